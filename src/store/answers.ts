// What people answered to notices: written once, taken back at most once, never removed.

import { and, asc, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import type { AnswerAction, Given, Via } from '../core/answer.ts'
import type { Day, Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import { toObligation } from './obligations.ts'
import { answer } from './schema-answers.ts'
import { notice } from './schema-mail.ts'
import { certification } from './schema-records.ts'
import { obligation } from './schema-work.ts'

/** The last notice said to a person of each of these duties, by duty. */
export async function readLastSaid(db: Db, personId: number, obligationIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (obligationIds.length === 0) return new Map()
  const found = await db.select({ obligationId: notice.obligationId, id: sql<number>`max(${notice.id})::int` }).from(notice)
    .where(and(inArray(notice.obligationId, [...obligationIds]), eq(notice.personId, personId), eq(notice.outcome, 'said'), ne(notice.purpose, 'escalation')))
    .groupBy(notice.obligationId).orderBy(asc(notice.obligationId)).limit(obligationIds.length)
  return new Map(found.map((row) => [row.obligationId, row.id]))
}

/** Reads the answers that stand about these duties, oldest first. */
export async function readAnswers(db: Db, obligationIds: readonly number[]): Promise<ReadonlyMap<number, Given[]>> {
  if (obligationIds.length === 0) return new Map()
  const found = await db.select({ answer, notice }).from(answer).innerJoin(notice, eq(notice.id, answer.noticeId))
    .where(and(inArray(answer.obligationId, [...obligationIds]), isNull(answer.takenBackAt)))
    .orderBy(asc(answer.obligationId), asc(answer.id)).limit(200_000)
  const given = found.map((row): Given & { readonly obligationId: number } => ({
    obligationId: row.answer.obligationId, action: row.answer.action, notice: row.notice.notice, countedTo: row.notice.countedTo,
    offsetDays: row.notice.offsetDays, purpose: row.notice.purpose, personId: row.notice.personId,
    onBehalfOf: row.notice.onBehalfOf ?? undefined, untilOn: row.answer.untilOn ?? undefined,
    answeredAt: row.answer.answeredAt, via: row.answer.via,
  }))
  return Map.groupBy(given, (row) => row.obligationId)
}

export interface NewAnswer {
  readonly noticeId: number
  readonly obligationId: number
  readonly personId: number
  readonly actorId: number
  readonly action: AnswerAction
  readonly untilOn?: Day | undefined
  readonly doneOn?: Day | undefined
  readonly remark?: string | undefined
  readonly via: Via
}

/** Records an answer; undefined where the same stands already. Of two at once, the second waits for the first. */
export async function insertAnswer(db: Db, one: NewAnswer, answeredAt: Instant): Promise<number | undefined> {
  const [row] = await db.insert(answer).values({
    ...one, untilOn: one.untilOn ?? null, doneOn: one.doneOn ?? null, remark: one.remark ?? null, answeredAt,
  }).onConflictDoNothing().returning({ id: answer.id })
  return row?.id
}

export type AnswerRow = typeof answer.$inferSelect

export async function findAnswer(db: Db, id: number): Promise<AnswerRow | undefined> {
  const [row] = await db.select().from(answer).where(eq(answer.id, id)).limit(1)
  return row
}

/** Lists the answers of one kind that stand to these notices, oldest first. */
export async function listStanding(db: Db, noticeIds: readonly number[], action: AnswerAction): Promise<AnswerRow[]> {
  if (noticeIds.length === 0) return []
  return await db.select().from(answer)
    .where(and(inArray(answer.noticeId, [...noticeIds]), eq(answer.action, action), isNull(answer.takenBackAt)))
    .orderBy(asc(answer.id)).limit(noticeIds.length)
}

/** Says whether an answer of a kind about a duty still stands. */
export async function isAnswered(db: Db, obligationId: number, action: AnswerAction): Promise<boolean> {
  const found = await db.select({ id: answer.id }).from(answer)
    .where(and(eq(answer.obligationId, obligationId), eq(answer.action, action), isNull(answer.takenBackAt))).limit(1)
  return found.length === 1
}

/** Takes an answer back; false where somebody else just has. */
export async function takeBack(db: Db, id: number, by: number | undefined, at: Instant): Promise<boolean> {
  const taken = await db.update(answer).set({ takenBackAt: at, takenBackBy: by ?? null })
    .where(and(eq(answer.id, id), isNull(answer.takenBackAt))).returning({ id: answer.id })
  return taken.length === 1
}

/** Reads rows of the ledger with their duties and certifications, in the order of duties. */
export async function listHeard(db: Db, noticeIds: readonly number[]) {
  if (noticeIds.length === 0) return []
  const found = await db.select({ notice, obligation, certification }).from(notice)
    .innerJoin(obligation, eq(obligation.id, notice.obligationId))
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(inArray(notice.id, [...noticeIds])).orderBy(asc(obligation.dueOn), asc(obligation.id)).limit(noticeIds.length)
  return found.map((row) => ({ notice: row.notice, obligation: toObligation(row.obligation), certification: row.certification }))
}

/** Lists answers newest first, with what they are about. */
export async function listAnswers(
  db: Db, filter: { readonly certificationId?: number | undefined; readonly id?: number | undefined }, limit: number,
) {
  return await db.select({ answer, notice: notice.notice, title: obligation.title, ownerId: sql<number | null>`coalesce(${obligation.ownerId}, ${certification.ownerId})`, certification: { id: certification.id, name: certification.name } })
    .from(answer).innerJoin(notice, eq(notice.id, answer.noticeId))
    .innerJoin(obligation, eq(obligation.id, answer.obligationId))
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(
      filter.certificationId === undefined ? undefined : eq(certification.id, filter.certificationId),
      filter.id === undefined ? undefined : eq(answer.id, filter.id),
    )).orderBy(desc(answer.id)).limit(limit)
}

/** Returns answers by their ids, whether they stand or were taken back. */
export async function readAnswersById(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, AnswerRow>> {
  if (ids.length === 0) return new Map()
  const found = await db.select().from(answer).where(inArray(answer.id, [...ids])).orderBy(asc(answer.id)).limit(ids.length)
  return new Map(found.map((row) => [row.id, row]))
}
