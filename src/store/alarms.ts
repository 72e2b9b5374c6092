// Alarms: what a person must look at because no mail can be trusted to say it. One stays open per kind and
// subject, however often it is raised; closed ones are kept.

import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm'
import type { AlarmKind } from '../core/alarm.ts'
import type { Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import { alarm } from './schema-delivery.ts'

export type AlarmRow = typeof alarm.$inferSelect
export type AlarmFacts = AlarmRow['facts']

export interface NewAlarm {
  readonly kind: AlarmKind
  /** What it is about, such as the message; undefined where it is about the whole installation. */
  readonly subjectId?: number | undefined
  /** Ids, counts, moments and states; never names or addresses. */
  readonly facts: AlarmFacts
}

/** Raises an alarm; false where one of the same kind and subject is open: that one stays as it is. */
export async function raiseAlarm(db: Db, one: NewAlarm, now: Instant): Promise<boolean> {
  const raised = await db.insert(alarm).values({ kind: one.kind, subjectId: one.subjectId ?? null, facts: { ...one.facts }, raisedAt: now })
    .onConflictDoNothing().returning({ id: alarm.id })
  return raised.length === 1
}

/** Rewrites what an open alarm says, where the same trouble has other figures by now; false where none is open. */
export async function restateAlarm(db: Db, one: NewAlarm): Promise<boolean> {
  const restated = await db.update(alarm).set({ facts: { ...one.facts } }).where(isOpenAbout(one)).returning({ id: alarm.id })
  return restated.length === 1
}

/** Closes the open alarms of a kind, all of them where no subject is named; by nobody where they are over by themselves. Returns what was closed. */
export async function closeAlarms(
  db: Db, one: Pick<NewAlarm, 'kind'> & { readonly subjectId?: number | undefined }, now: Instant, by?: number,
): Promise<AlarmRow[]> {
  return await db.update(alarm).set({ closedAt: now, closedBy: by ?? null })
    .where(one.subjectId === undefined ? and(eq(alarm.kind, one.kind), isNull(alarm.closedAt)) : isOpenAbout(one)).returning()
}

/** Closes one alarm; undefined where it is not open any more. */
export async function closeAlarm(db: Db, id: number, now: Instant, by?: number): Promise<AlarmRow | undefined> {
  const [row] = await db.update(alarm).set({ closedAt: now, closedBy: by ?? null }).where(and(eq(alarm.id, id), isNull(alarm.closedAt))).returning()
  return row
}

// As the unique index has it, so that it is found by it.
const isOpenAbout = ({ kind, subjectId }: Pick<NewAlarm, 'kind' | 'subjectId'>) =>
  and(eq(alarm.kind, kind), sql`coalesce(${alarm.subjectId}, 0) = ${subjectId ?? 0}`, isNull(alarm.closedAt))

export async function findAlarm(db: Db, id: number): Promise<AlarmRow | undefined> {
  const [row] = await db.select().from(alarm).where(eq(alarm.id, id)).limit(1)
  return row
}

/** Lists what is open, oldest first. */
export async function listOpenAlarms(db: Db, limit: number): Promise<AlarmRow[]> {
  return await db.select().from(alarm).where(isNull(alarm.closedAt)).orderBy(asc(alarm.raisedAt), asc(alarm.id)).limit(limit)
}

/** Lists all of them, newest first, closed ones too. */
export async function listAlarms(db: Db, limit: number): Promise<AlarmRow[]> {
  return await db.select().from(alarm).orderBy(desc(alarm.raisedAt), desc(alarm.id)).limit(limit)
}
