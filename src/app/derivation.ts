// Re-deriving: after anything changed a record, the rules of its scheme say its duties anew. New, moved
// and ended ones are written; what people decided stays. What would change can be asked before it is written.

import { type Certification, currentCycle } from '../core/certification.ts'
import { deriveObligations } from '../core/derivation.ts'
import { type Day, dayOf, type Instant } from '../core/day.ts'
import { byTheRules } from '../core/message.ts'
import type { Derived, Obligation } from '../core/obligation.ts'
import { decideRederivation, type Move, type Rederivation } from '../core/rederivation.ts'
import { findScheme, type Scheme, settledOn } from '../core/scheme.ts'
import { type Standing, standingOfCycle } from '../core/standing.ts'
import { rulesOf } from '../core/validity.ts'
import { listCertifications, readCertifications } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { appendHistory, type Entry } from '../store/history.ts'
import {
  carryNotices, checkDutiesOfCertification, endObligations, insertObligations, listObligationsOf, type NewObligation, rewriteObligations,
} from '../store/obligations.ts'
import type { App } from './app.ts'
import { replanRunsOf } from './replanning.ts'
import { seedRequirements } from './requirements.ts'
import { schemeOf } from './schemes.ts'
import { parentStandings } from './standings.ts'
import { factsOf, happenedIn, type World } from './world.ts'

export interface Occasion {
  readonly asOf: Day
  readonly now: Instant
  readonly by: 'person' | 'rules'
  readonly movedBy: string | undefined
  readonly because: string
  readonly decidedOn: Day | undefined
  readonly follows?: boolean
}

export interface Rederived {
  readonly certification: Certification
  readonly change: Rederivation
  readonly unconfirmed: number
  readonly moved: readonly Move[]
}

/** A duty that is new, has moved or has ended, as lists of changes say it. */
export interface MovedDuty {
  readonly certificationId: number
  readonly name: string
  readonly rule: string
  readonly ordinal: number
  readonly change: 'added' | 'moved' | 'ended'
  readonly from: Day | null
  readonly to: Day | null
}

/** Re-derives the duties of these certifications and writes what changed; results in the order given. */
export async function rederive(
  app: App, db: Db, certifications: readonly Certification[], world: World, occasion: Occasion,
): Promise<Rederived[]> {
  const changes = await foresee(app, db, certifications, world, occasion)
  await insertObligations(db, changes.flatMap(({ certification, change }) => additions(certification, change, occasion)), occasion.now)
  await applyChanges(db, changes.map((one) => one.change), occasion)
  const moved = changes.filter(({ change }) => change.moved.length + change.ended.length + change.reopened.length > 0).map((one) => one.certification.id)
  // A run is for a duty: its steps follow the day of it.
  if (moved.length > 0) await replanRunsOf(db, { certificationIds: moved }, { now: occasion.now, by: occasion.movedBy, world })
  return changes
}

type Foreseen = Pick<Occasion, 'asOf' | 'by' | 'because' | 'decidedOn' | 'follows'>

/** Returns what re-deriving would change, and writes nothing. A record whose scheme is gone is left as it is. */
export async function foresee(
  app: App, db: Db, certifications: readonly Certification[], world: World, occasion: Foreseen,
): Promise<Rederived[]> {
  const standing = Map.groupBy(await listObligationsOf(db, certifications.map((one) => one.id)), (one) => one.certificationId)
  const parents = await parentStandings(app, db, certifications, { world, asOf: () => occasion.asOf })
  const gone = certifications.filter((one) => !findScheme(app.catalogue, one.scheme))
  if (gone.length > 0) app.log.error({ schemes: [...new Set(gone.map((one) => one.scheme))], records: gone.length }, 'schemes of records are not in the catalogue: their duties stay as they are')
  return certifications.filter((one) => !gone.includes(one)).map((certification) => {
    const obligations = standing.get(certification.id) ?? []
    const change = changeOf(app, certification, { obligations, parent: parents.get(certification.parentId ?? 0), world }, occasion)
    return {
      certification, change, moved: change.moved, unconfirmed: change.added.filter((one) => one.state === 'unconfirmed').length,
    }
  })
}

interface Known { readonly obligations: readonly Obligation[]; readonly parent: Standing | undefined; readonly world: World }

function changeOf(
  app: App, certification: Certification, { obligations, parent, world }: Known, occasion: Foreseen,
): Rederivation {
  const cycle = currentCycle(certification)
  const facts = factsOf(certification, world, { parent, happened: happenedIn(cycle?.number, obligations) })
  const scheme = schemeOf(app, certification.scheme)
  const rules = cycle ? rulesOf(scheme, facts, cycle, occasion.asOf) : scheme
  const derived = deriveObligations(scheme, facts, occasion.asOf)
  // Given up, withdrawn or gone with its parent: what is not owed any more was not done by that.
  const isOver = cycle !== undefined && standingOfCycle(scheme, facts, cycle, occasion.asOf).over
  return decideRederivation(obligations, derived, { ...occasion, settledOn: (duty) => (isOver ? undefined : settledDay(rules, certification, duty)) })
}

function settledDay(scheme: Scheme, certification: Certification, duty: Obligation): Day | undefined {
  const cycle = certification.cycles.find((one) => one.number === duty.cycle)
  return cycle && settledOn(scheme, duty, cycle)
}

/** Reads the records again and re-derives them: after a change to one. */
export async function rederiveStored(
  app: App, db: Db, ids: readonly number[], world: World, occasion: Occasion,
): Promise<Rederived[]> {
  const results = await rederive(app, db, await readCertifications(db, ids), world, occasion)
  for (const id of ids) await checkDutiesOfCertification(db, id, occasion.now)
  return results
}

function additions(certification: Certification, change: Rederivation, occasion: Occasion): NewObligation[] {
  return change.added.map(({ derived, state }) => ({
    certificationId: certification.id, organisationId: certification.organisationId, derived, state,
    enteredOn: occasion.asOf,
  }))
}

async function applyChanges(db: Db, changes: readonly Rederivation[], occasion: Occasion): Promise<void> {
  const movedBy = occasion.by === 'rules' ? byTheRules : occasion.movedBy
  await rewriteObligations(db, changes.flatMap((change) => [
    ...change.moved.map(({ obligation, derived, quiet, state }) =>
      ({ obligation, derived, state, moved: quiet ? undefined : { from: obligation.dueOn, by: movedBy } })),
    ...change.rewritten.map(({ obligation, derived }) => ({ obligation, derived, state: obligation.state, moved: undefined })),
    ...change.reopened.map(({ obligation, derived, state }) => ({ obligation, derived, state, moved: undefined })),
  ]), occasion.now)
  for (const { obligation, derived } of changes.flatMap((change) => change.moved).filter((one) => one.quiet)) await carryAll(db, obligation, derived)
  const ended = changes.flatMap((change) => change.ended)
  for (const group of Map.groupBy(ended, ({ state, on, reason }) => JSON.stringify([state, on, reason])).values()) {
    const { state, on, reason } = group[0]!
    await endObligations(db, group.map((one) => one.obligation.id), { state, on, reason }, occasion.now)
  }
}

// Notices before the day count to it; overdue ones to the looser day, where there are two.
async function carryAll(db: Db, obligation: Obligation, derived: Derived): Promise<void> {
  await carryNotices(db, obligation.id, obligation.dueOn, derived.dueOn)
  if (obligation.latestOn && derived.latestOn) await carryNotices(db, obligation.id, obligation.latestOn, derived.latestOn)
}

/** History lines for what moved: the day it was and the day it is. */
export const movedEntries = (results: readonly Pick<Rederived, 'moved'>[]): Entry[] => results.flatMap((one) =>
  one.moved.map(({ obligation, derived }): Entry => ({
    event: 'obligation-moved', subject: 'obligation', subjectId: obligation.id,
    facts: { from: obligation.dueOn.toString(), to: derived.dueOn.toString() },
  })))

/** Lists every duty that is new, has moved or has ended, by certification. */
export const movedDuties = (results: readonly Rederived[]): MovedDuty[] => results.flatMap(({ certification, change }) => {
  const duty = (one: Pick<Derived, 'ruleId' | 'ordinal'>, how: Pick<MovedDuty, 'change' | 'from' | 'to'>): MovedDuty =>
    ({ certificationId: certification.id, name: certification.name, rule: one.ruleId, ordinal: one.ordinal, ...how })
  return [
    ...change.moved.map(({ obligation, derived }) => duty(derived, { change: 'moved', from: obligation.dueOn, to: derived.dueOn })),
    ...[...change.added, ...change.reopened].map(({ derived }) => duty(derived, { change: 'added', from: null, to: derived.dueOn })),
    ...change.ended.map(({ obligation }) => duty(obligation, { change: 'ended', from: obligation.dueOn, to: null })),
  ]
})

const page = 500

/** When every record is looked at anew, and why. */
export interface Every {
  readonly now: Instant
  readonly because: string
  /** Only these organisations; all of them without. */
  readonly organisations?: ReadonlySet<number> | undefined
  /** A person's change opens new ladders, one of the rules carries small moves over; the rules unless said. */
  readonly by?: Occasion['by']
}

/** Re-derives every record within the given transaction; returns what changed. */
export async function rederiveEvery(app: App, db: Db, world: World, at: Every): Promise<readonly MovedDuty[]> {
  const moves: MovedDuty[] = []
  for await (const { records, occasion } of pagesOf(db, world, at)) moves.push(...movedDuties(await rederivePage(app, db, records, world, occasion)))
  return moves
}

/** Returns what re-deriving every record would change; nothing is written. */
export async function foreseeEvery(app: App, db: Db, world: World, at: Every): Promise<readonly MovedDuty[]> {
  const moves: MovedDuty[] = []
  for await (const { records, occasion } of pagesOf(db, world, at)) moves.push(...movedDuties(await foresee(app, db, records, world, occasion)))
  return moves
}

/**
 * Re-derives every record as of today: a day that passes opens a restoration, and a new version of a
 * scheme moves days. Moves of a week or less keep what has been said; larger ones are said from-to.
 */
export async function rederiveAll(app: App, world: World, now: Instant): Promise<{ moved: number; added: number; ended: number }> {
  const total = { moved: 0, added: 0, ended: 0 }
  for await (const { records, occasion } of pagesOf(app.database.db, world, { now, because: 'no longer follows from the rules' })) {
    const results = await app.database.transact((db) => rederivePage(app, db, records, world, occasion))
    for (const { change } of movedDuties(results)) total[change]++
  }
  return total
}

async function rederivePage(app: App, db: Db, page: readonly Certification[], world: World, occasion: Occasion): Promise<Rederived[]> {
  // Read again where they are written: somebody may have decided since the page was listed.
  const records = await readCertifications(db, page.map((one) => one.id))
  const results = await rederive(app, db, records, world, occasion)
  // A checklist is of the scheme too: what it has gained appears with the duties.
  await seedRequirements(app, db, records.map((one) => one.id), occasion.now)
  if (records[0]) await appendHistory(db, records[0].organisationId, movedEntries(results), occasion.now)
  return results
}

async function* pagesOf(db: Db, world: World, at: Every): AsyncGenerator<{ records: Certification[]; occasion: Occasion }> {
  for (const organisation of world.organisations.values()) {
    if (at.organisations && !at.organisations.has(organisation.id)) continue
    const occasion: Occasion = { asOf: dayOf(at.now, organisation.zone), now: at.now, by: at.by ?? 'rules', movedBy: undefined, because: at.because, decidedOn: undefined }
    for (let after = 0; ;) {
      const records = await listCertifications(db, { organisationId: organisation.id, after }, page)
      if (records.length > 0) yield { records, occasion }
      if (records.length < page) break
      after = records.at(-1)!.id
    }
  }
}
