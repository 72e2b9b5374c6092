// Reports of mail servers on mail they had taken: each kept once for the mail it is about, and found by that mail.

import { and, asc, eq, gt, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import { bounce } from './schema-delivery.ts'
import { message, notice } from './schema-mail.ts'
import { person } from './schema-records.ts'
import { history } from './schema-system.ts'

export type BounceRow = typeof bounce.$inferSelect

/** Keeps a report; undefined where the same one is known already. */
export async function insertBounce(db: Db, values: Omit<BounceRow, 'id'>): Promise<number | undefined> {
  const [row] = await db.insert(bounce).values(values).onConflictDoNothing().returning({ id: bounce.id })
  return row?.id
}

/** The reports on a mail, oldest first. */
export async function listBounces(db: Db, messageId: number, limit = 100): Promise<BounceRow[]> {
  return await db.select().from(bounce).where(eq(bounce.messageId, messageId)).orderBy(asc(bounce.id)).limit(limit)
}

/** What judging a report needs of the mail it names. */
export type NamedMail = Pick<typeof message.$inferSelect, 'id' | 'organisationId' | 'personId' | 'address' | 'gatedAt' | 'state'>

const named = {
  id: message.id, organisationId: message.organisationId, personId: message.personId, address: message.address, gatedAt: message.gatedAt, state: message.state,
}

export async function findNamedMail(db: Db, id: number): Promise<NamedMail | undefined> {
  const [row] = await db.select(named).from(message).where(eq(message.id, id)).limit(1)
  return row
}

/** The mails that have one of these Message-IDs, oldest first. */
export async function listMailWithIds(db: Db, messageIds: readonly string[], limit = 50): Promise<NamedMail[]> {
  if (messageIds.length === 0) return []
  return await db.select(named).from(message).where(inArray(message.messageId, [...messageIds])).orderBy(asc(message.id)).limit(limit)
}

/** Says whether a person's address was reinstated after a moment. */
export async function wasReinstatedAfter(db: Db, personId: number, at: Instant): Promise<boolean> {
  const found = await db.select({ sequence: history.sequence }).from(history)
    .where(and(eq(history.subject, 'person'), eq(history.subjectId, personId), eq(history.event, 'person-reinstated'), gt(history.at, at))).limit(1)
  return found.length > 0
}

/** Of these duties those of which a mail came back after a moment, so that what it said has to go on at once. */
export async function readReturned(db: Db, obligationIds: readonly number[], after: Instant): Promise<ReadonlySet<number>> {
  if (obligationIds.length === 0) return new Set()
  const cameBack = sql`(${message.state} = 'rejected' and ${message.settledAt} > ${after.toString()}::timestamptz or exists (select 1 from ${bounce}
    where ${bounce.messageId} = ${message.id} and ${bounce.suspends} and ${bounce.receivedAt} > ${after.toString()}::timestamptz))`
  const found = await db.selectDistinct({ id: notice.obligationId }).from(notice).innerJoin(message, eq(message.id, notice.messageId))
    .where(and(inArray(notice.obligationId, [...obligationIds]), eq(notice.outcome, 'unsaid'), cameBack)).limit(obligationIds.length)
  return new Set(found.map((row) => row.id))
}

export interface Suspended { readonly id: number; readonly name: string }

/** Active people whose address is suspended, by id. */
export async function listSuspended(db: Db, limit: number): Promise<Suspended[]> {
  return await db.select({ id: person.id, name: person.name }).from(person)
    .where(and(isNotNull(person.emailRejectedAt), isNotNull(person.email), isNull(person.deactivatedAt))).orderBy(asc(person.id)).limit(limit)
}
