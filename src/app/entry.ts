// Entering one certification by hand: a scheme, a name and a day or two. The register's rules of identity
// apply, so that the same certificate is not entered twice.

import type { Anchor, CycleKind } from '../core/certification.ts'
import { type Day, dayOf, type Instant } from '../core/day.ts'
import { registerKeyOf } from '../core/register.ts'
import { decideAnchors, decideOptions, lacksEnd, type Scheme, statedEnd } from '../core/scheme.ts'
import { rulesOf } from '../core/validity.ts'
import { conflict, invalid } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { findOrganisation } from '../store/people.ts'
import type { App } from './app.ts'
import { refuseWrongParent, type Registered, registerCertifications } from './certifications.ts'
import { schemeOf } from './schemes.ts'

export interface NewCertification {
  readonly organisationId: number
  readonly scheme: string
  readonly options: Readonly<Record<string, string>>
  readonly name: string
  readonly days: Readonly<Record<string, Day>>
  readonly cycleKind: CycleKind
  readonly ownerId?: number | undefined
  readonly parentId?: number | undefined
  readonly scope?: string | undefined
  readonly holder?: string | undefined
  readonly certificateNumber?: string | undefined
  readonly certificationBody?: string | undefined
  readonly country?: string | undefined
  readonly covers?: readonly string[] | undefined
  readonly sites?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
}

/** Enters a certification and derives its duties; throws `conflict` where it is entered already. */
export async function enterCertification(app: App, db: Db, input: NewCertification, now: Instant): Promise<Registered> {
  const scheme = schemeOf(app, input.scheme)
  if (input.name.trim() === '') throw invalid('Say what is certified: --name NAME.')
  const options = decideOptions(scheme, input.options)
  if (!options.ok) throw invalid(options.refusal)
  const anchors = decideAnchors(scheme, input.days)
  if (!anchors.ok) throw invalid(anchors.refusal)
  const home = await findOrganisation(db, input.organisationId)
  refuseWithoutEnd(scheme, { ...input, country: input.country ?? home?.country, options: options.options, anchors: anchors.anchors }, now)
  if (input.parentId !== undefined) await refuseWrongParent(app, db, { scheme: input.scheme, parentId: input.parentId })
  const { days: _, ...record } = input
  const [registered] = await registerCertifications(app, db, [{
    // One line, as a register would have it: exported and read back it is the same.
    ...record, name: input.name.trim().replace(/\s+/g, ' '), options: options.options, registerKey: registerKeyOf(input), registerFacts: {},
    anchors: anchors.anchors satisfies readonly Anchor[], decisions: [],
  }], now)
  if (registered!.outcome === 'added') return registered!
  throw conflict(`"${input.name}" is entered already, as certification ${registered!.certificationId}. Correct it with: certification edit, or record its renewal with: certification renew`)
}

// No source says how long it lasts, so nothing is computed: without the printed day nobody would be warned.
function refuseWithoutEnd(
  scheme: Scheme, one: Pick<NewCertification, 'options' | 'cycleKind' | 'country'> & { readonly anchors: readonly Anchor[] }, now: Instant,
): void {
  const cycle = { number: 1, kind: one.cycleKind, anchors: one.anchors }
  const rules = rulesOf(scheme, { country: one.country ?? scheme.country }, cycle, dayOf(now, 'UTC'))
  if (!lacksEnd(rules, one.options, one.anchors)) return
  const from = [...new Set(rules.validity.map((rule) => rule.from))].map((name) => `--set ${name}=DAY`)
  throw invalid(`No validity of ${scheme.id} can be computed from these days. Give ${[...from, `the last valid day of the paper: --set ${statedEnd}=DAY`].join(', or ')}`)
}
