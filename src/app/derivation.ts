// Re-deriving: after anything changed a record, the rules of its scheme say its duties anew. New, moved
// and ended ones are written; what people decided stays.

import type { Certification } from '../core/certification.ts'
import { deriveObligations } from '../core/derivation.ts'
import { type Day, dayOf, type Instant } from '../core/day.ts'
import { byTheRules } from '../core/message.ts'
import type { Derived, Obligation } from '../core/obligation.ts'
import type { Organisation } from '../core/person.ts'
import { decideRederivation, type Move, type Rederivation } from '../core/rederivation.ts'
import { type Scheme, settledOn } from '../core/scheme.ts'
import { standingOn } from '../core/standing.ts'
import type { Db } from '../store/database.ts'
import { appendHistory, type Entry } from '../store/history.ts'
import {
  carryNotices, changeObligation, checkDutiesOfCertification, insertObligations, listObligationsOf, type NewObligation, rewriteObligation,
} from '../store/obligations.ts'
import { listCertifications, readCertifications } from '../store/certifications.ts'
import type { App } from './app.ts'
import { calendarOf, type Calendars } from './calendars.ts'
import { schemeOf } from './schemes.ts'

export interface Occasion {
  readonly asOf: Day
  readonly now: Instant
  readonly by: 'person' | 'rules'
  readonly movedBy: string | undefined
  readonly because: string
  readonly decided: boolean
}

export interface Rederived {
  readonly certification: Certification
  readonly added: number
  readonly unconfirmed: number
  readonly moved: readonly Move[]
  readonly ended: number
}

export interface World {
  readonly organisations: ReadonlyMap<number, Organisation>
  readonly calendars: Calendars
}

/** Returns what the engine needs to know of a record; a parent's end comes from the parent's own standing. */
export function factsOf(certification: Certification, world: World, parentEndsOn?: Day) {
  const organisation = world.organisations.get(certification.organisationId)
  return {
    options: certification.options, cycles: certification.cycles, decisions: certification.decisions,
    calendar: calendarOf(world.calendars, organisation?.calendar ?? 'weekdays'), parentEndsOn,
  }
}

/** Re-derives the duties of these certifications and writes what changed; results in the order given. */
export async function rederive(
  app: App, db: Db, certifications: readonly Certification[], world: World, occasion: Occasion,
): Promise<Rederived[]> {
  const ids = certifications.map((one) => one.id)
  const standing = Map.groupBy(await listObligationsOf(db, ids), (one) => one.certificationId)
  const ends = await parentEnds(app, db, certifications, world, occasion.asOf)
  const changes = certifications.map((certification) => {
    const facts = factsOf(certification, world, ends.get(certification.parentId ?? 0))
    const scheme = schemeOf(app, certification.scheme)
    const derived = deriveObligations(scheme, facts, occasion.asOf)
    const settled = (duty: Obligation): Day | undefined => settledDay(scheme, certification, duty)
    return { certification, change: decideRederivation(standing.get(certification.id) ?? [], derived, { ...occasion, settledOn: settled }) }
  })
  await insertObligations(db, changes.flatMap(({ certification, change }) => additions(certification, change, occasion)), occasion.now)
  for (const { change } of changes) await applyChanges(db, change, occasion)
  return changes.map(({ certification, change }) => ({
    certification, added: change.added.length, moved: change.moved, ended: change.ended.length,
    unconfirmed: change.added.filter((one) => one.state === 'unconfirmed').length,
  }))
}

/** Reads the records again and re-derives them: after a change to one. */
export async function rederiveStored(
  app: App, db: Db, ids: readonly number[], world: World, occasion: Occasion,
): Promise<Rederived[]> {
  const results = await rederive(app, db, await readCertifications(db, ids), world, occasion)
  for (const id of ids) await checkDutiesOfCertification(db, id, occasion.now)
  return results
}

function settledDay(scheme: Scheme, certification: Certification, duty: Obligation): Day | undefined {
  const cycle = certification.cycles.find((one) => one.number === duty.cycle)
  return cycle && settledOn(scheme, duty.ruleId, cycle)
}

function additions(certification: Certification, change: Rederivation, occasion: Occasion): NewObligation[] {
  return change.added.map(({ derived, state }) => ({
    certificationId: certification.id, organisationId: certification.organisationId, derived, state,
    enteredOn: occasion.asOf,
  }))
}

async function applyChanges(db: Db, change: Rederivation, occasion: Occasion): Promise<void> {
  for (const { obligation, derived, quiet, state } of change.moved) {
    await rewriteObligation(db, obligation.id, derived, {
      state, movedFrom: quiet ? undefined : obligation.dueOn, movedBy: occasion.by === 'rules' ? byTheRules : occasion.movedBy, checkAt: occasion.now,
    })
    if (quiet) await carryAll(db, obligation, derived)
  }
  for (const { obligation, derived } of change.rewritten) {
    await rewriteObligation(db, obligation.id, derived, { checkAt: occasion.now })
  }
  for (const { obligation, derived, state } of change.reopened) {
    await rewriteObligation(db, obligation.id, derived, { state, checkAt: occasion.now })
  }
  for (const { obligation, state, on, reason } of change.ended) await end(db, obligation, { state, on, reason }, occasion.now)
}

// Notices before the day count to it; overdue ones to the looser day, where there are two.
async function carryAll(db: Db, obligation: Obligation, derived: Derived): Promise<void> {
  await carryNotices(db, obligation.id, obligation.dueOn, derived.dueOn)
  if (obligation.latestOn && derived.latestOn) await carryNotices(db, obligation.id, obligation.latestOn, derived.latestOn)
}

async function end(
  db: Db, obligation: Obligation, how: { state: 'met' | 'not-applicable'; on: Day; reason: string }, now: Instant,
): Promise<void> {
  await changeObligation(db, obligation, {
    state: how.state, metOn: how.state === 'met' ? how.on : null, reason: how.reason, endedBy: 'rules',
  }, now)
}

async function parentEnds(
  app: App, db: Db, certifications: readonly Certification[], world: World, asOf: Day,
): Promise<ReadonlyMap<number, Day>> {
  const ids = [...new Set(certifications.flatMap((one) => one.parentId ?? []))]
  const parents = await readCertifications(db, ids)
  return new Map(parents.flatMap((parent) => {
    const scheme: Scheme = schemeOf(app, parent.scheme)
    const { endsOn } = standingOn(scheme, factsOf(parent, world), asOf)
    return endsOn ? [[parent.id, endsOn]] : []
  }))
}

/** History lines for what moved: the day it was and the day it is. */
export const movedEntries = (results: readonly Rederived[]): Entry[] => results.flatMap((one) =>
  one.moved.map(({ obligation, derived }): Entry => ({
    event: 'obligation-moved', subject: 'obligation', subjectId: obligation.id,
    facts: { from: obligation.dueOn.toString(), to: derived.dueOn.toString() },
  })))

const page = 500

/**
 * Re-derives every record as of today: a day that passes opens a restoration, and a new version of a
 * scheme moves days. Moves of a week or less keep what has been said; larger ones are said from-to.
 */
export async function rederiveAll(app: App, world: World, now: Instant): Promise<{ moved: number; added: number; ended: number }> {
  const total = { moved: 0, added: 0, ended: 0 }
  for (const organisation of world.organisations.values()) {
    for (let after = 0; ;) {
      const records = await listCertifications(app.database.db, { organisationId: organisation.id, after }, page)
      const results = await app.database.transact(async (db) => {
        const rederived = await rederive(app, db, records, world, {
          asOf: dayOf(now, organisation.zone), now, by: 'rules', movedBy: undefined, because: 'no longer follows from the rules', decided: false,
        })
        await appendHistory(db, organisation.id, movedEntries(rederived), now)
        return rederived
      })
      for (const one of results) {
        total.moved += one.moved.length
        total.added += one.added
        total.ended += one.ended
      }
      if (records.length < page) break
      after = records.at(-1)!.id
    }
  }
  return total
}
