// The way out for mail as all replicas see it: paused for all of them by a fault that is nobody's attempt, and
// open again with the first mail that is taken.

import { and, eq, isNotNull, sql } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import { channel } from './schema-delivery.ts'

export type ChannelRow = typeof channel.$inferSelect

export async function findChannel(db: Db, name: string): Promise<ChannelRow | undefined> {
  const [row] = await db.select().from(channel).where(eq(channel.name, name)).limit(1)
  return row
}

/**
 * Counts a fault of the site and pauses the channel until `pausedUntil(failures)`. Several workers meet the same
 * fault at once: while the channel is paused already it is one, and undefined is returned.
 */
export async function pauseChannel(
  db: Db, name: string, reply: string, now: Instant, pausedUntil: (failures: number) => Instant,
): Promise<ChannelRow | undefined> {
  await db.insert(channel).values({ name }).onConflictDoNothing()
  const [held] = await db.select().from(channel).where(eq(channel.name, name)).limit(1).for('update')
  if (!held || (held.pausedUntil && Temporal.Instant.compare(held.pausedUntil, now) > 0)) return undefined
  const failures = held.failures + 1
  const [row] = await db.update(channel)
    .set({ failures, failingSince: held.failingSince ?? now, pausedUntil: pausedUntil(failures), reply })
    .where(eq(channel.name, name)).returning()
  return row
}

/** Opens a failing channel again; false where it was not failing. */
export async function resumeChannel(db: Db, name: string): Promise<boolean> {
  const resumed = await db.update(channel).set({ failures: 0, failingSince: null, pausedUntil: null, reply: null })
    .where(and(eq(channel.name, name), isNotNull(channel.failingSince))).returning({ name: channel.name })
  return resumed.length === 1
}

/** Holds the channel's row until the transaction ends, so that several workers count one after another. */
export async function holdChannel(db: Db, name: string): Promise<void> {
  await db.insert(channel).values({ name }).onConflictDoNothing()
  await db.select({ one: sql`1` }).from(channel).where(eq(channel.name, name)).limit(1).for('update')
}
