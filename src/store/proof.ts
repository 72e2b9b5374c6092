// What an auditor asks for of one certification: every notice, the mail that said it with what the server answered,
// and what people answered. One statement a page, oldest first.

import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import type { Db } from './database.ts'
import { answer } from './schema-answers.ts'
import { message, notice } from './schema-mail.ts'
import { person } from './schema-records.ts'
import { obligation } from './schema-work.ts'

/** Lists the notices of a certification after an id, with their mail. */
export async function listToldOf(db: Db, certificationId: number, after: number, limit: number) {
  return await db.select({ notice, duty: obligation, person: { name: person.name }, mail: {
    address: message.address, subject: message.subject, messageId: message.messageId, state: message.state, settledAt: message.settledAt,
    reply: message.reply, rehearsal: message.rehearsal,
  } }).from(notice)
    .innerJoin(obligation, eq(obligation.id, notice.obligationId))
    .innerJoin(person, eq(person.id, notice.personId))
    .leftJoin(message, eq(message.id, notice.messageId))
    .where(and(eq(obligation.certificationId, certificationId), gt(notice.id, after)))
    .orderBy(asc(notice.id)).limit(limit)
}

/** Lists every answer to these notices, also those taken back, with who acted. */
export async function listAnswersTo(db: Db, noticeIds: readonly number[]) {
  if (noticeIds.length === 0) return []
  return await db.select({ answer, actor: person.name }).from(answer)
    .leftJoin(person, eq(person.id, answer.actorId))
    .where(inArray(answer.noticeId, [...noticeIds])).orderBy(asc(answer.id)).limit(10_000)
}
