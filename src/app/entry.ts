// Entering one certification by hand: a scheme, a name and a day or two. The register's rules of identity
// apply, so that the same certificate is not entered twice.

import type { Anchor, CycleKind } from '../core/certification.ts'
import type { Day, Instant } from '../core/day.ts'
import { registerKeyOf } from '../core/register.ts'
import { decideAnchors, decideOptions } from '../core/scheme.ts'
import { conflict, invalid } from '../errors.ts'
import type { Db } from '../store/database.ts'
import type { App } from './app.ts'
import { type Registered, registerCertifications } from './certifications.ts'
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
}

/** Enters a certification and derives its duties; throws `conflict` where it is entered already. */
export async function enterCertification(app: App, db: Db, input: NewCertification, now: Instant): Promise<Registered> {
  const scheme = schemeOf(app, input.scheme)
  if (input.name.trim() === '') throw invalid('Say what is certified: --name NAME.')
  const options = decideOptions(scheme, input.options)
  if (!options.ok) throw invalid(options.refusal)
  const anchors = decideAnchors(scheme, input.days)
  if (!anchors.ok) throw invalid(anchors.refusal)
  const { days: _, ...record } = input
  const [registered] = await registerCertifications(app, db, [{
    ...record, name: input.name.trim(), options: options.options, registerKey: registerKeyOf(input), registerFacts: {},
    anchors: anchors.anchors satisfies readonly Anchor[], decisions: [],
  }], now)
  if (registered!.outcome === 'added') return registered!
  throw conflict(`"${input.name}" is entered already, as certification ${registered!.certificationId}. Correct it with: certification edit, or record its renewal with: certification renew`)
}
