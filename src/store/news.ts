// What people are told besides notices: written once while it holds, joined to a mail, closed when it has passed.
// And the questions it comes from: what has nobody, what was never confirmed, what falls into a closure.

import { and, asc, eq, gt, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import type { Day, Instant } from '../core/day.ts'
import type { NewsFacts, NewsKind } from '../core/news.ts'
import type { Db } from './database.ts'
import { news } from './schema-answers.ts'
import { message } from './schema-mail.ts'
import { certification } from './schema-records.ts'
import { obligation } from './schema-work.ts'

export type NewsRow = typeof news.$inferSelect

export interface NewNews {
  readonly personId: number
  readonly kind: NewsKind
  readonly key: string
  readonly certificationId?: number | undefined
  readonly obligationId?: number | undefined
  readonly facts: NewsFacts
}

const batch = 500

/** Adds what is not known to hold already; the same is told once. */
export async function insertNews(db: Db, all: readonly NewNews[], now: Instant): Promise<void> {
  for (let i = 0; i < all.length; i += batch) {
    await db.insert(news).values(all.slice(i, i + batch).map((one) => ({ ...one, createdAt: now }))).onConflictDoNothing()
  }
}

const open = isNull(news.closedAt)

/** Ends what was told or waits to be: from now on the same would be news again. */
export async function closeNews(db: Db, kind: NewsKind, keys: readonly string[], now: Instant): Promise<void> {
  for (let i = 0; i < keys.length; i += batch) {
    await db.update(news).set({ closedAt: now }).where(and(eq(news.kind, kind), open, inArray(news.key, keys.slice(i, i + batch))))
  }
}

/** Ends the questions about duties that somebody has answered meanwhile. */
export async function closeAnsweredQuestions(db: Db, now: Instant): Promise<void> {
  await db.update(news).set({ closedAt: now }).where(and(eq(news.kind, 'unconfirmed'), open, inArray(news.obligationId,
    db.select({ id: obligation.id }).from(obligation).where(sql`${obligation.state} <> 'unconfirmed'`))))
}

/** What holds of a kind, told or not, oldest first. */
export async function listOpenNews(db: Db, kind: NewsKind, limit = 200_000): Promise<NewsRow[]> {
  return await db.select().from(news).where(and(eq(news.kind, kind), open)).orderBy(asc(news.id)).limit(limit)
}

/** What no mail tells yet, by person. */
export async function listWaitingNews(db: Db, limit = 50_000): Promise<NewsRow[]> {
  return await db.select().from(news).where(and(isNull(news.messageId), open)).orderBy(asc(news.personId), asc(news.id)).limit(limit)
}

/** Gives waiting news to a mail; returns how many it took that nobody else had taken. */
export async function joinNews(db: Db, ids: readonly number[], messageId: number): Promise<number> {
  let joined = 0
  for (let i = 0; i < ids.length; i += batch) {
    joined += (await db.update(news).set({ messageId })
      .where(and(inArray(news.id, ids.slice(i, i + batch)), isNull(news.messageId), open)).returning({ id: news.id })).length
  }
  return joined
}

/** What a mail tells, as far as it still holds. */
export async function listNewsIn(db: Db, messageId: number, limit = 50_000): Promise<NewsRow[]> {
  return await db.select().from(news).where(and(eq(news.messageId, messageId), open)).orderBy(asc(news.id)).limit(limit)
}

/** Lets what a mail was to tell wait for another: it has reached nobody. */
export async function releaseNews(db: Db, messageId: number): Promise<void> {
  await db.update(news).set({ messageId: null }).where(and(eq(news.messageId, messageId), open))
}

/** Lets wait again what a rehearsal told of an organisation's certifications: it was said to nobody. */
export async function releaseRehearsedNews(db: Db, organisationId: number): Promise<void> {
  await db.update(news).set({ messageId: null }).where(and(open, isNotNull(news.messageId),
    inArray(news.certificationId, db.select({ id: certification.id }).from(certification).where(eq(certification.organisationId, organisationId))),
    inArray(news.messageId, db.select({ id: message.id }).from(message).where(eq(message.rehearsal, true)))))
}

export interface GapRow { readonly id: number; readonly organisationId: number; readonly ownerId: number | null }

/** Certifications with a live duty of ours that nobody owns but them, and no owner, or one of these; after an id. */
export async function listOwnerless(db: Db, ownerIds: readonly number[], after: number, limit: number): Promise<GapRow[]> {
  const unowned = or(isNull(certification.ownerId), ownerIds.length > 0 ? inArray(certification.ownerId, [...ownerIds]) : undefined)
  return await db.select({ id: certification.id, organisationId: certification.organisationId, ownerId: certification.ownerId }).from(certification)
    .where(and(gt(certification.id, after), unowned, sql`exists (select 1 from ${obligation} where ${obligation.certificationId} = ${certification.id}
      and ${obligation.ownerId} is null and ${obligation.state} in ('open', 'submitted') and ${obligation.owedBy} = 'organisation')`))
    .orderBy(asc(certification.id)).limit(limit)
}

/** Ids of unconfirmed duties of ours about which nobody is asked yet; after an id. What another duty tells is not asked for. */
export async function listUnasked(db: Db, after: number, limit: number): Promise<number[]> {
  const found = await db.select({ id: obligation.id }).from(obligation)
    .where(and(gt(obligation.id, after), eq(obligation.state, 'unconfirmed'), eq(obligation.owedBy, 'organisation'), ne(obligation.ladder, 'none'), sql`not exists (select 1 from ${news}
      where ${news.kind} = 'unconfirmed' and ${news.obligationId} = ${obligation.id} and ${news.closedAt} is null)`))
    .orderBy(asc(obligation.id)).limit(limit)
  return found.map((row) => row.id)
}

export interface DueRow { readonly obligationId: number; readonly certificationId: number; readonly ownerId: number | null; readonly countedTo: Day }

/** Live duties of ours that count to a day from `from` to `to`, both included, with who owns them; earliest first. */
export async function listDueWithin(db: Db, from: Day, to: Day, limit = 20_000): Promise<DueRow[]> {
  return await db.select({
    obligationId: obligation.id, certificationId: certification.id,
    ownerId: sql<number | null>`coalesce(${obligation.ownerId}, ${certification.ownerId})`, countedTo: obligation.countedTo,
  }).from(obligation).innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(
      inArray(obligation.state, ['open', 'submitted']), eq(obligation.owedBy, 'organisation'), sql`${obligation.ladder} <> 'none'`,
      sql`(${obligation.dueOn} between ${from.toString()}::date and ${to.toString()}::date or ${obligation.bookedOn} between ${from.toString()}::date and ${to.toString()}::date)`,
      sql`${obligation.countedTo} between ${from.toString()}::date and ${to.toString()}::date`,
    )).orderBy(asc(obligation.countedTo), asc(obligation.id)).limit(limit)
}
