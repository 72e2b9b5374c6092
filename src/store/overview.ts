// What the pages read about duties: lists and counts, each one statement, ordered and limited.
// `seenBy` narrows to what one person owns; undefined sees every record.

import { type SQL, and, asc, eq, gte, inArray, isNotNull, isNull, lt, lte, ne, or, sql } from 'drizzle-orm'
import type { Day, Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import type { DutyRow } from './digests.ts'
import { toObligation } from './obligations.ts'
import { message } from './schema-mail.ts'
import { certification, person } from './schema-records.ts'
import { obligation, procedure } from './schema-work.ts'

export type SeenBy = number | undefined

const live = inArray(obligation.state, ['open', 'submitted'])
// What rides on another, or waits for a visit to be booked, is told by the other's line.
const ours = and(eq(obligation.owedBy, 'organisation'), ne(obligation.ladder, 'none'))

/** A duty is seen by whoever owns it, and by whoever owns its certification. */
const dutySeenBy = (seenBy: SeenBy): SQL | undefined =>
  seenBy === undefined ? undefined : or(eq(obligation.ownerId, seenBy), eq(certification.ownerId, seenBy))

/** A certification is seen by its owner, and by whoever owns one of its duties. */
export const certificationSeenBy = (seenBy: SeenBy): SQL | undefined =>
  seenBy === undefined ? undefined : or(eq(certification.ownerId, seenBy), sql`exists (select 1 from obligation theirs
    where theirs.certification_id = ${certification.id} and theirs.owner_id = ${seenBy}::int)`)

/** Lists live duties of the organisation that fall due up to a day, the earliest first. */
export async function listDutiesSeen(db: Db, seenBy: SeenBy, until: Day, limit: number): Promise<DutyRow[]> {
  const found = await db.select({ obligation, certification }).from(obligation)
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(live, ours, lte(obligation.dueOn, until), dutySeenBy(seenBy)))
    .orderBy(asc(obligation.dueOn), asc(obligation.id)).limit(limit)
  return found.map((row) => ({ obligation: toObligation(row.obligation), certification: row.certification }))
}

export interface DutyCounts {
  readonly late: number
  readonly next30: number
  readonly unconfirmed: number
}

/** Counts duties by where they stand on a day: late after their last allowed day, due within 30 days, unanswered. */
export async function countDuties(db: Db, seenBy: SeenBy, asOf: Day): Promise<DutyCounts> {
  const owed = await db.select({
    late: sql<number>`count(*) filter (where ${obligation.lateAfter} < ${asOf.toString()}::date)::int`,
    next30: sql<number>`count(*) filter (where ${obligation.lateAfter} >= ${asOf.toString()}::date)::int`,
  }).from(obligation).innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(live, ours, lte(obligation.dueOn, asOf.add({ days: 30 })), lte(obligation.lateAfter, asOf.add({ days: 30 })), dutySeenBy(seenBy)))
  const asked = await db.select({ n: sql<number>`count(*)::int` }).from(obligation)
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(eq(obligation.state, 'unconfirmed'), dutySeenBy(seenBy)))
  return { late: owed[0]?.late ?? 0, next30: owed[0]?.next30 ?? 0, unconfirmed: asked[0]?.n ?? 0 }
}

/** A duty that waits for an answer: past when it was entered, or an expiry that nothing has followed. */
const asks = (asOf: Day): SQL | undefined => or(
  eq(obligation.state, 'unconfirmed'),
  and(eq(obligation.kind, 'expiry'), live, lt(obligation.lateAfter, asOf)),
)

/** Lists certifications with something to answer, the longest waiting first, and how many there are in all. */
export async function listAsking(db: Db, seenBy: SeenBy, asOf: Day, limit: number): Promise<{ ids: number[]; total: number }> {
  const found = await db.select({ id: obligation.certificationId, total: sql<number>`count(*) over ()::int` }).from(obligation)
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(asks(asOf), dutySeenBy(seenBy))).groupBy(obligation.certificationId)
    .orderBy(sql`bool_or(${obligation.kind} = 'expiry') desc, min(${obligation.dueOn})`, asc(obligation.certificationId)).limit(limit)
  return { ids: found.map((row) => row.id), total: found[0]?.total ?? 0 }
}

/** Lists the duties of these certifications that wait for an answer, by certification and day. */
export async function listQuestions(
  db: Db, seenBy: SeenBy, asked: { readonly certificationIds: readonly number[]; readonly asOf: Day }, limit: number,
): Promise<DutyRow[]> {
  if (asked.certificationIds.length === 0) return []
  const found = await db.select({ obligation, certification }).from(obligation)
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(inArray(obligation.certificationId, [...asked.certificationIds]), asks(asked.asOf), dutySeenBy(seenBy)))
    .orderBy(asc(obligation.certificationId), asc(obligation.dueOn), asc(obligation.id)).limit(limit)
  return found.map((row) => ({ obligation: toObligation(row.obligation), certification: row.certification }))
}

/** Lists running procedures, the earliest target first. */
export async function listRunningIds(db: Db, seenBy: SeenBy, limit: number): Promise<number[]> {
  const found = await db.select({ id: procedure.id }).from(procedure)
    .innerJoin(certification, eq(certification.id, procedure.certificationId))
    .where(and(sql`${procedure.endedOn} is null`, certificationSeenBy(seenBy)))
    .orderBy(sql`${procedure.targetOn} asc nulls last`, asc(procedure.id)).limit(limit)
  return found.map((row) => row.id)
}

/** A running procedure as far as the duty it is for cares: the day it is for, and when it is expected to finish. */
export interface RunPlan {
  readonly targetOn: Day
  readonly finishOn: Day
}

/** Returns the plans of running procedures that are for a day, by certification. */
export async function listRunPlans(db: Db, certificationIds: readonly number[]): Promise<ReadonlyMap<number, RunPlan[]>> {
  const ids = [...new Set(certificationIds)]
  if (ids.length === 0) return new Map()
  const found = await db.select({ id: procedure.certificationId, targetOn: procedure.targetOn, finishOn: procedure.forecastOn })
    .from(procedure).where(and(inArray(procedure.certificationId, ids), isNull(procedure.endedOn), isNotNull(procedure.targetOn)))
    .orderBy(asc(procedure.certificationId), asc(procedure.id)).limit(10_000)
  const plans = found.flatMap(({ id, targetOn, finishOn }) => (targetOn && finishOn ? [{ id, targetOn, finishOn }] : []))
  return Map.groupBy(plans, (plan) => plan.id)
}

/** Returns the names of people, by id. */
export async function listNames(db: Db, personIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const ids = [...new Set(personIds)]
  if (ids.length === 0) return new Map()
  const found = await db.select({ id: person.id, name: person.name }).from(person)
    .where(inArray(person.id, ids)).orderBy(asc(person.id)).limit(ids.length)
  return new Map(found.map((row) => [row.id, row.name]))
}

export interface MailHealth {
  readonly sent: number
  readonly captured: number
  readonly failed: number
  readonly waiting: number
  /** When the next waiting mail is tried. */
  readonly nextAt: Instant | undefined
}

/** Counts mail that ended since a moment, and what still waits. */
export async function readMailHealth(db: Db, since: Instant): Promise<MailHealth> {
  const ended = await db.select({
    sent: sql<number>`count(*) filter (where ${message.state} = 'sent')::int`,
    captured: sql<number>`count(*) filter (where ${message.state} = 'captured')::int`,
    failed: sql<number>`count(*) filter (where ${message.state} in ('rejected', 'abandoned'))::int`,
  }).from(message).where(and(isNotNull(message.settledAt), gte(message.settledAt, since)))
  const waiting = await db.select({ nextAttemptAt: message.nextAttemptAt, n: sql<number>`count(*) over ()::int` }).from(message)
    .where(inArray(message.state, ['planned', 'deferred'])).orderBy(asc(message.nextAttemptAt), asc(message.id)).limit(1)
  return {
    sent: ended[0]?.sent ?? 0, captured: ended[0]?.captured ?? 0, failed: ended[0]?.failed ?? 0,
    waiting: waiting[0]?.n ?? 0, nextAt: waiting[0]?.nextAttemptAt,
  }
}
