// Links in mails: kept as hashes of their tokens, so that who reads the database can press none of them.
// A mail that is composed anew has new ones; its former ones are removed.

import { asc, eq } from 'drizzle-orm'
import type { LinkAction } from '../core/answer.ts'
import type { Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import { link } from './schema-answers.ts'

export interface Link {
  readonly id: number
  readonly messageId: number
  readonly personId: number
  readonly action: LinkAction
  /** Rows of the ledger that its line stood for; none for a link about the person alone. */
  readonly notices: readonly number[]
  readonly expiresAt: Instant
}

export interface NewLink extends Omit<Link, 'id'> {
  readonly tokenHash: string
  readonly createdAt: Instant
}

export async function insertLinks(db: Db, links: readonly NewLink[]): Promise<void> {
  for (let i = 0; i < links.length; i += 500) {
    await db.insert(link).values(links.slice(i, i + 500).map((one) => ({ ...one, notices: [...one.notices] })))
  }
}

export async function removeLinks(db: Db, messageId: number): Promise<void> {
  await db.delete(link).where(eq(link.messageId, messageId))
}

/** Finds a link whether or not it has expired: one that was used can still be taken back. */
export async function findLink(db: Db, tokenHash: string): Promise<Link | undefined> {
  const [row] = await db.select().from(link).where(eq(link.tokenHash, tokenHash)).limit(1)
  return row && { id: row.id, messageId: row.messageId, personId: row.personId, action: row.action, notices: row.notices, expiresAt: row.expiresAt }
}

/** Lists what the links of a mail are good for, in the order they were made. */
export async function listLinks(db: Db, messageId: number, limit = 1000): Promise<Pick<Link, 'action' | 'notices'>[]> {
  return await db.select({ action: link.action, notices: link.notices }).from(link)
    .where(eq(link.messageId, messageId)).orderBy(asc(link.id)).limit(limit)
}
