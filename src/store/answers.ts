// What people answered to notices: written once, taken back at most once, never removed.

import { and, asc, eq, inArray, isNull } from 'drizzle-orm'
import type { Given } from '../core/answer.ts'
import type { Db } from './database.ts'
import { answer } from './schema-answers.ts'
import { notice } from './schema-mail.ts'

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
