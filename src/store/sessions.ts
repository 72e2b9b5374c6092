// Sign-in links and sessions. Only hashes of their tokens are stored: who reads the database cannot
// sign in with what they find. Every lookup is by hash, and every condition is in the statement itself.

import { and, eq, gt, isNull, lte, sql } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import { person } from './schema-records.ts'
import { session, signInLink } from './schema-system.ts'

export interface NewToken {
  readonly personId: number
  readonly tokenHash: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

export async function insertSignInLink(db: Db, link: NewToken): Promise<void> {
  await db.insert(signInLink).values(link)
}

const usable = (tokenHash: string, now: Instant) => and(
  eq(signInLink.tokenHash, tokenHash), isNull(signInLink.usedAt), gt(signInLink.expiresAt, now),
  sql`exists (select 1 from ${person} where ${person.id} = ${signInLink.personId} and ${person.deactivatedAt} is null)`,
)

/** Says whether a link would sign somebody in, without using it up. */
export async function isSignInLinkUsable(db: Db, tokenHash: string, now: Instant): Promise<boolean> {
  const found = await db.select({ id: signInLink.id }).from(signInLink).where(usable(tokenHash, now)).limit(1)
  return found.length === 1
}

/** Uses a link up and returns whose it is: of two at once, one gets the person and the other undefined. */
export async function claimSignInLink(db: Db, tokenHash: string, now: Instant): Promise<number | undefined> {
  const [claimed] = await db.update(signInLink).set({ usedAt: now }).where(usable(tokenHash, now))
    .returning({ personId: signInLink.personId })
  return claimed?.personId
}

export async function insertSession(db: Db, values: NewToken): Promise<void> {
  await db.insert(session).values({ ...values, seenAt: values.createdAt })
}

export interface LiveSession {
  readonly id: number
  readonly personId: number
  readonly seenAt: Instant
}

/** Finds a session that has not ended, run out, or been idle since before `seenAfter`. */
export async function findLiveSession(
  db: Db, tokenHash: string, at: { readonly now: Instant; readonly seenAfter: Instant },
): Promise<LiveSession | undefined> {
  const [found] = await db.select({ id: session.id, personId: session.personId, seenAt: session.seenAt }).from(session)
    .innerJoin(person, eq(person.id, session.personId))
    .where(and(
      eq(session.tokenHash, tokenHash), isNull(session.endedAt), gt(session.expiresAt, at.now),
      gt(session.seenAt, at.seenAfter), isNull(person.deactivatedAt),
    )).limit(1)
  return found
}

/** Remembers that a session is in use, unless it was seen after `unlessSince` already. */
export async function touchSession(db: Db, id: number, now: Instant, unlessSince: Instant): Promise<void> {
  await db.update(session).set({ seenAt: now }).where(and(eq(session.id, id), lte(session.seenAt, unlessSince)))
}

export async function endSession(db: Db, tokenHash: string, now: Instant): Promise<void> {
  await db.update(session).set({ endedAt: now }).where(and(eq(session.tokenHash, tokenHash), isNull(session.endedAt)))
}
