// Reminder policies: the ladders in force, for what, and changing them. A change says nothing twice: a notice at
// or after one already said is covered.

import type { Instant } from '../core/day.ts'
import { type Audience, audiences, type Ladder, personNamedBy, type Repeat, type Rung } from '../core/ladder.ts'
import { type LadderChange, mergedChange, type Part, partsOf, type Place, placeKey, type Policies, policyFor, type Subject } from '../core/policy.ts'
import { parseAudience, type Parsed, parseNotices, parseRepeats } from '../core/policy-text.ts'
import { AppError, conflict, invalid, notFound } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { checkDutiesOnLadder, findObligation } from '../store/obligations.ts'
import { listOrganisations } from '../store/people.ts'
import { findPolicy, type KeptPolicy, readPolicies, removePolicy, savePolicy } from '../store/policies.ts'
import type { App } from './app.ts'
import { getCertification } from './certifications.ts'
import { getOrganisation, getPerson } from './people.ts'

/** Where a policy holds, as a person names it; nothing: everywhere. At most one of them. */
export interface Where {
  /** Name or number. */
  readonly organisation?: string | undefined
  readonly certification?: number | undefined
  readonly obligation?: number | undefined
}

/** A ladder as it holds somewhere. */
export interface PolicyView extends Ladder {
  readonly place: Place
  /** The place of each part that no default gives. */
  readonly from: readonly { readonly part: Part; readonly place: Place }[]
  /** Every place where something was changed about this ladder. */
  readonly places: readonly Place[]
}

/** What a person changes about a ladder, in texts as they are typed; `none` in a list of one empties it. */
export interface PolicyEdit {
  /** Whose notices: the owner's unless said; an audience, `person:12` or an address. */
  readonly audience?: string | undefined
  readonly notices?: readonly string[] | undefined
  readonly overdue?: readonly string[] | undefined
  readonly late?: readonly string[] | undefined
  readonly where?: Where | undefined
}

/** Lists every ladder as it holds everywhere, with the places where it is another. */
export async function listPolicies(app: App): Promise<readonly PolicyView[]> {
  const policies = await readPolicies(app.database.db)
  return [...policies.keys()].map((id) => viewOf(policies, { ladder: id }, { kind: 'everywhere' }))
}

/** Returns a ladder as it holds at a place. Throws `not-found` for a ladder or a place that is not there. */
export async function getPolicy(app: App, id: string, where: Where = {}): Promise<PolicyView> {
  const { db } = app.database
  const policies = await readPolicies(db)
  requireLadder(policies, id)
  const { place, subject } = await placeIn(db, id, where)
  return viewOf(policies, subject, place)
}

function viewOf(policies: Policies, subject: Subject, place: Place): PolicyView {
  const { ladder, from } = policyFor(subject, policies)!
  return {
    ...ladder, rungs: ladder.rungs.toSorted((a, b) => rankOf(a.audience) - rankOf(b.audience)), place, from: [...from].map(([part, at]) => ({ part, place: at })),
    places: [...policies.get(subject.ladder)!.changes.values()].map((one) => one.place),
  }
}

// Those that have names of their own come first, in their order; then people by number.
function rankOf(audience: Audience): number {
  const known = audiences.findIndex((one) => one === audience)
  return known >= 0 ? known : audiences.length + (personNamedBy(audience) ?? 0)
}

function requireLadder(policies: Policies, id: string): void {
  if (!policies.has(id)) throw notFound(`There is no ladder "${id}". Ladders: ${[...policies.keys()].join(', ')}.`)
}

interface Found { readonly place: Place; readonly subject: Subject; readonly organisationId: number | undefined }

async function placeIn(db: Db, ladder: string, { organisation, certification, obligation }: Where): Promise<Found> {
  if ([organisation, certification, obligation].filter((one) => one !== undefined).length > 1) {
    throw invalid('Name one place: --organisation, --certification or --obligation; none of them means everywhere.')
  }
  if (obligation !== undefined) return await placeOfDuty(db, ladder, obligation)
  if (certification !== undefined) {
    const { id, organisationId } = await getCertification(db, certification)
    return { place: { kind: 'certification', id }, subject: { ladder, certificationId: id, organisationId }, organisationId }
  }
  if (organisation !== undefined) {
    const { id } = await getOrganisation(db, organisation)
    return { place: { kind: 'organisation', id }, subject: { ladder, organisationId: id }, organisationId: id }
  }
  return { place: { kind: 'everywhere' }, subject: { ladder }, organisationId: undefined }
}

async function placeOfDuty(db: Db, ladder: string, id: number): Promise<Found> {
  const found = await findObligation(db, id)
  if (!found) throw notFound(`There is no obligation ${id}. List them with: obligation list`)
  if (found.ladder !== ladder) throw invalid(`Obligation ${id} is not on the ladder "${ladder}": its ladder is "${found.ladder}".`)
  return { place: { kind: 'obligation', id }, subject: found, organisationId: found.organisationId }
}

/**
 * Changes parts of a ladder at one place; what is not named stays as it is there. The duties it concerns are looked
 * at again. Throws `invalid` with every problem, one a line; `conflict` where somebody else changed it meanwhile.
 */
export async function changePolicy(db: Db, id: string, edit: PolicyEdit, now: Instant): Promise<PolicyView> {
  const { place, change, organisationId } = await readEdit(db, id, edit)
  const was = await findPolicy(db, id, place)
  const policyId = await savePolicy(db, { ladder: id, place, change: mergedChange(was?.change, change) }, was, now)
  if (policyId === undefined) throw meanwhile(id)
  return await concluded(db, { event: 'policy-changed', ladder: id, place, policyId, organisationId, parts: partsOf(change) }, now)
}

/** Takes back what was changed about a ladder at one place: from now on the place around it decides. */
export async function resetPolicy(db: Db, id: string, where: Where, now: Instant): Promise<PolicyView> {
  requireLadder(await readPolicies(db), id)
  const { place, organisationId } = await placeIn(db, id, where)
  const was: KeptPolicy | undefined = await findPolicy(db, id, place)
  if (!was) throw conflict(`Nothing was changed about the ladder "${id}" ${place.kind === 'everywhere' ? 'for all' : `for ${placeText(place)}`}. See where something was: policy show ${id}`)
  if (!await removePolicy(db, was)) throw meanwhile(id)
  return await concluded(db, { event: 'policy-reset', ladder: id, place, policyId: was.id, organisationId, parts: partsOf(was.change) }, now)
}

const meanwhile = (id: string): AppError =>
  conflict(`Somebody else has just changed the ladder "${id}" there. Look again with: policy show ${id}`)

/** Names a place as a person reads it. */
export const placeText = (place: Place): string =>
  (place.kind === 'everywhere' ? 'everywhere' : place.kind === 'obligation' ? `duty ${place.id}` : `${place.kind} ${place.id}`)

interface Concluded {
  readonly event: 'policy-changed' | 'policy-reset'
  readonly ladder: string
  readonly place: Place
  readonly policyId: number
  readonly organisationId: number | undefined
  readonly parts: readonly Part[]
}

async function concluded(db: Db, { event, ladder, place, policyId, organisationId, parts }: Concluded, now: Instant): Promise<PolicyView> {
  await checkDutiesOnLadder(db, ladder, place, now)
  const concerned = organisationId === undefined ? (await listOrganisations(db)).map((one) => one.id) : [organisationId]
  const facts = { ladder, place: placeKey(place), parts: parts.join(' ') }
  for (const one of concerned) await appendHistory(db, one, [{ event, subject: 'policy', subjectId: policyId, facts }], now)
  const { subject } = await placeIn(db, ladder, whereOf(place))
  return viewOf(await readPolicies(db), subject, place)
}

const whereOf = (place: Place): Where => (place.kind === 'everywhere' ? {} : { [place.kind]: place.kind === 'organisation' ? String(place.id) : place.id })

interface ReadEdit { readonly place: Place; readonly change: LadderChange; readonly organisationId: number | undefined }

// Everything that is wrong is found before anything is said of it.
async function readEdit(db: Db, id: string, { audience = 'owner', where = {}, ...edit }: PolicyEdit): Promise<ReadEdit> {
  const problems: string[] = []
  const said = <T>(parsed: Parsed<T>): T | undefined => {
    if (parsed.ok) return parsed.value
    problems.push(...parsed.problems)
    return undefined
  }
  if (!edit.notices && !edit.overdue && !edit.late) problems.push('Say what to change: --notices, --overdue or --late.')
  const found = await told(problems, async () => {
    requireLadder(await readPolicies(db), id)
    return await placeIn(db, id, where)
  })
  const speaksTo = await told(problems, () => audienceOf(db, audience))
  const rungs = edit.notices && said(noticesOf(edit.notices, speaksTo ?? 'owner'))
  const overdue = edit.overdue && said(repeatsOf(edit.overdue))
  const late = edit.late && await lateOf(db, edit.late, problems)
  if (problems.length > 0 || !found || !speaksTo) throw invalid([...new Set(problems)].join('\n'))
  return { place: found.place, organisationId: found.organisationId, change: { audiences: rungs ? [speaksTo] : [], rungs: rungs ?? [], overdue, late } }
}

const isNone = (texts: readonly string[]): boolean => texts.length === 1 && texts[0] === 'none'

const noticesOf = (texts: readonly string[], audience: Audience): Parsed<readonly Rung[]> =>
  (isNone(texts) ? { ok: true, value: [] } : parseNotices(texts, audience))

const repeatsOf = (texts: readonly string[]): Parsed<readonly Repeat[]> =>
  (isNone(texts) ? { ok: true, value: [] } : parseRepeats(texts))

async function lateOf(db: Db, texts: readonly string[], problems: string[]): Promise<readonly Audience[]> {
  if (isNone(texts)) return []
  const late: Audience[] = []
  for (const text of texts) {
    const one = await told(problems, () => audienceOf(db, text))
    if (one === 'owner') problems.push('The owner hears what is late anyway: name in --late who else does.')
    else if (one) late.push(one)
  }
  if (texts.length === 0) problems.push('Nobody is named in --late: write none where nobody else hears what is late.')
  return [...new Set(late)]
}

async function told<T>(problems: string[], find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    problems.push(error.message)
    return undefined
  }
}

async function audienceOf(db: Db, text: string): Promise<Audience> {
  const known = parseAudience(text)
  const named = known && personNamedBy(known)
  if (known && named === undefined) return known
  if (!text.includes('@') && named === undefined) {
    throw invalid(`"${text}" is not somebody a ladder speaks to: owner, supervisor, compliance, management, deputy, step-owner, person:NUMBER or an address.`)
  }
  const person = await getPerson(db, named === undefined ? text : String(named))
  if (!person.active) throw invalid(`${person.name} was deactivated and hears nothing. Name somebody else.`)
  return `person:${person.id}`
}
