// The law of conservation, checked every hour: the mails of the last day, those tried since the last look, and those
// that did not agree then. What does not agree is one alarm, which is over when a later look finds nothing.

import { addTallies, breachFacts, breachKeysIn, type Breach, emptyTally, joinBreaches, missingFrom, type Tally } from '../core/conservation.ts'
import type { Instant } from '../core/day.ts'
import { vitalJobs } from '../core/watch.ts'
import { closeAlarms, raiseAlarm, restateAlarm } from '../store/alarms.ts'
import * as store from '../store/conservation.ts'
import type { Db } from '../store/database.ts'
import { findFact, saveFact } from '../store/jobs.ts'
import { listLostLeases } from '../store/lease.ts'
import { findFirstPlanned, listChannels, listLastGoodRuns } from '../store/watch.ts'
import type { App } from './app.ts'
import { readHold } from './watch.ts'

export interface Conservation {
  readonly tally: Tally
  readonly breaches: readonly Breach[]
  /** Mails given up of which nobody had been alarmed; they have their alarm now. */
  readonly alarmed: number
}

/** Where the last look ended, what did not agree, and what a person has accepted. */
interface Mark extends store.Heads {
  readonly ids: readonly number[]
  readonly accepted: readonly string[]
}

const fact = 'conservation'
const recheckedFor = { hours: 26 }
const pageSize = 500
/** A look that is behind, as the first one is, goes on an hour later. */
const mostPages = 80
const shownIds = 200
const mostAccepted = 1000

/** Checks the law, raises or closes its alarm, and alarms of every mail that was given up unnoticed. */
export async function checkConservation(app: App, now: Instant): Promise<Conservation> {
  const { db } = app.database
  const mark = await readMark(db)
  const { spans, heads } = await spansSince(db, mark, now)
  const alarmed = await alarmUnalarmed(app, spans, now)
  const found: Breach[] = [...await findMoving(app, now)]
  let tally = emptyTally
  for (const span of spans) {
    const parts = await store.countParts(db, span)
    // Those looked at because they were tried may be among the others: each set must add up by itself.
    if (span.by === 'message') tally = addTallies(tally, parts)
    found.push(...await findDisagreeing(db, span, parts))
  }
  const breaches = joinBreaches(found, new Set(mark.accepted))
  await keep(app, { ...heads, ids: breaches.flatMap((one) => one.ids).slice(0, shownIds) }, breaches, now)
  return { tally, breaches, alarmed }
}

/** What a person says of breaches by closing their alarm: they know, and are not told of these again. */
export async function acceptBreaches(db: Db, facts: Readonly<Record<string, unknown>>): Promise<void> {
  const mark = await readMark(db)
  await saveFact(db, fact, JSON.stringify({ ...mark, accepted: [...new Set([...mark.accepted, ...breachKeysIn(facts)])].slice(-mostAccepted) }))
}

async function readMark(db: Db): Promise<Mark> {
  const kept = await findFact(db, fact)
  const none: Mark = { message: 0, delivery: 0, ids: [], accepted: [] }
  if (kept === undefined) return none
  const read: Partial<Mark> = JSON.parse(kept)
  return { ...none, ...read }
}

// Mails of a day end within it, nearly all: they are looked at again until then, and later ones when they are tried.
async function spansSince(db: Db, mark: Mark, now: Instant): Promise<{ spans: store.Span[]; heads: store.Heads }> {
  const from = Math.min(mark.message, await findFirstPlanned(db, now.subtract(recheckedFor)))
  const heads = await store.findHeads(db, { message: from, delivery: mark.delivery }, mostPages * pageSize)
  return {
    heads,
    spans: [...pagesOf('message', from, heads.message), ...pagesOf('delivery', mark.delivery, heads.delivery), { by: 'id', ids: mark.ids }],
  }
}

function pagesOf(by: 'message' | 'delivery', from: number, upTo: number): store.Span[] {
  const pages = Math.ceil(Math.max(0, upTo - from) / pageSize)
  return Array.from({ length: pages }, (_, n) => ({ by, after: from + n * pageSize, upTo: Math.min(upTo, from + (n + 1) * pageSize) }))
}

async function findDisagreeing(db: Db, span: store.Span, parts: Tally): Promise<Breach[]> {
  return [
    // A number of mails, not one: the set it is missing from is named by its first number.
    { kind: 'unaccounted', ids: missingFrom(parts) === 0 ? [] : [span.by === 'id' ? span.ids[0]! : span.after + 1] },
    { kind: 'sent-without-delivery', ids: await store.listUndelivered(db, span) },
    { kind: 'sent-without-link', ids: await store.listUnlinked(db, span) },
    { kind: 'link-without-mail', ids: await store.listOrphanLinks(db, span) },
    { kind: 'sent-twice', ids: await store.listSentTwice(db, span) },
    { kind: 'said-to-nobody', ids: await store.listSaidToNobody(db, span) },
  ]
}

/** What should be moving and is not. */
async function findMoving(app: App, now: Instant): Promise<Breach[]> {
  const { db } = app.database
  return [
    { kind: 'lost-in-flight', ids: await listLostLeases(db) },
    { kind: 'stuck', ids: await mayBeStuck(app, now) ? await store.listOverdue(db, now.subtract({ hours: 1 })) : [] },
  ]
}

const quiet = { minutes: 15 }

// Mail that is held or paused waits rightly, so does mail behind much other mail; where no delivery ran at all, readiness says so.
async function mayBeStuck(app: App, now: Instant): Promise<boolean> {
  const { db } = app.database
  const since = now.subtract(quiet)
  const [deliver] = await listLastGoodRuns(db, vitalJobs.slice(1))
  if (!deliver || Temporal.Instant.compare(deliver.startedAt, since) < 0) return false
  if (await readHold(app) !== undefined || (await listChannels(db)).some((one) => one.failingSince !== null)) return false
  return !await store.hasTriedSince(db, since)
}

async function alarmUnalarmed(app: App, spans: readonly store.Span[], now: Instant): Promise<number> {
  const { db } = app.database
  let alarmed = 0
  for (const span of spans) {
    const given = await store.listUnalarmed(db, span)
    for (const { id, personId, state } of given) {
      await app.database.transact((tx) => raiseAlarm(tx, { kind: 'mail-failed', subjectId: id, facts: { state, person: personId } }, now))
    }
    alarmed += given.length
  }
  for (const subjectId of await store.listOverAlarms(db)) {
    await app.database.transact((tx) => closeAlarms(tx, { kind: 'mail-failed', subjectId }, now))
  }
  if (alarmed > 0) app.log.warn({ mails: alarmed }, 'mails had been given up without an alarm')
  return alarmed
}

async function keep(app: App, mark: Omit<Mark, 'accepted'>, breaches: readonly Breach[], now: Instant): Promise<void> {
  const facts = breachFacts(breaches)
  const one = { kind: 'conservation', facts } as const
  const isNews = await app.database.transact(async (db) => {
    // Read again: somebody may have accepted something meanwhile.
    await saveFact(db, fact, JSON.stringify({ ...mark, accepted: (await readMark(db)).accepted }))
    if (breaches.length === 0) return (await closeAlarms(db, one, now)).length > 0
    return await raiseAlarm(db, one, now) || (await restateAlarm(db, one), false)
  })
  if (isNews && breaches.length === 0) app.log.info({}, 'all mails add up again')
  if (breaches.length > 0) app.log.error({ ...facts }, 'mails do not add up: look at "admin alarms"')
}
