// Claim, gate and rescue: the only statements that read a clock in SQL, since leases of several workers
// must be judged by one clock, and that is the database's.

import { and, asc, eq, getTableColumns, inArray, isNotNull, lte, sql } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import { holdChannel } from './channel.ts'
import type { Db } from './database.ts'
import { rows } from './driver.ts'
import type { Claim, MessageRow } from './outbox.ts'
import { message } from './schema-mail.ts'

const clock = sql`clock_timestamp()`
/** A claim must reach the gate well within its lease; the gate leaves ten minutes for the last reply. */
const gateLease = sql`clock_timestamp() + interval '720 seconds'`

/** A claimed message, with how many of the last mails to its person were sent within a day. */
export type ClaimedRow = MessageRow & { readonly recentlySent: number }

const lastMails = 50
// Named in full: alone, the column would be that of the inner table.
const recentlySent = sql<number>`(select count(*)::int from (
  select m.state, m.settled_at from message m where m.person_id = message.person_id order by m.id desc limit ${sql.raw(String(lastMails))}) last
  where last.state = 'sent' and last.settled_at > ${clock} - interval '24 hours')`

/**
 * Claims the message that comes first by priority and then by its moment, of those due by `now`; undefined where
 * none waits. One statement.
 */
export async function claimMessage(db: Db, token: string, now: Instant): Promise<ClaimedRow | undefined> {
  const next = db.select({ id: message.id }).from(message)
    .where(and(inArray(message.state, ['planned', 'deferred']), lte(message.nextAttemptAt, now)))
    .orderBy(asc(message.priority), asc(message.nextAttemptAt), asc(message.id)).limit(1).for('update', { skipLocked: true })
  const [row] = await db.update(message)
    .set({ state: 'claimed', token, claimedAt: clock, leaseUntil: sql`clock_timestamp() + interval '90 seconds'` })
    // Equal to the one, not among them: a plan may run a limited choice anew for every row it looks at.
    .where(eq(message.id, sql`(${next})`)).returning({ ...getTableColumns(message), recentlySent })
  return row
}

/**
 * Says whether `perMinute` messages were claimed within the last minute. Holds the channel until the transaction
 * ends: of several workers each counts what the one before has claimed in the same transaction.
 */
export async function isRateUsedUp(db: Db, perMinute: number): Promise<boolean> {
  await holdChannel(db, 'smtp')
  const [found] = await db.select({ n: sql<number>`count(*)::int` }).from(message)
    .where(sql`${message.claimedAt} > ${clock} - interval '60 seconds'`)
  return found!.n >= perMinute
}

/**
 * Passes the gate: the last moment at which not sending is certain. Returns false where the lease ran
 * out or somebody else holds the message; the final dot must not be written then.
 */
export async function passGate(db: Db, claim: Claim, now: Instant): Promise<boolean> {
  const passed = await db.update(message)
    .set({ state: 'gated', gatedAt: sql`coalesce(${message.gatedAt}, ${now.toString()}::timestamptz)`, leaseUntil: gateLease })
    .where(and(
      eq(message.id, claim.id), eq(message.token, claim.token), eq(message.state, 'claimed'),
      sql`${message.leaseUntil} > ${clock}`,
    )).returning({ id: message.id })
  return passed.length === 1
}

/**
 * Frees messages whose worker vanished. Those past the gate are in doubt: sent again, with the same bytes. What passed
 * the gate was an attempt, whatever became of it.
 */
export async function rescueMessages(db: Db, now: Instant, limit = 500): Promise<{ released: number[]; inDoubt: number[] }> {
  const expired = db.select({ id: message.id }).from(message)
    .where(and(inArray(message.state, ['claimed', 'gated']), isNotNull(message.leaseUntil), lte(message.leaseUntil, clock)))
    .orderBy(asc(message.id)).limit(limit).for('update', { skipLocked: true })
  const freed = await db.update(message).set({
    // Whoever once passed the gate keeps its bytes; the others may be composed anew.
    state: sql`case when ${message.gatedAt} is null then 'planned' else 'deferred' end`,
    attempts: sql`${message.attempts} + case when ${message.state} = 'gated' then 1 else 0 end`,
    token: null, leaseUntil: null, nextAttemptAt: now,
  }).where(inArray(message.id, expired)).returning({ id: message.id, gatedAt: message.gatedAt })
  return {
    released: freed.filter((row) => row.gatedAt === null).map((row) => row.id),
    inDoubt: freed.filter((row) => row.gatedAt !== null).map((row) => row.id),
  }
}

/** Lists messages whose lease has been over for five minutes: somebody should have freed them long ago. */
export async function listLostLeases(db: Db, limit = 200): Promise<number[]> {
  const lost = await db.select({ id: message.id }).from(message)
    .where(and(inArray(message.state, ['claimed', 'gated']), sql`${message.leaseUntil} < ${clock} - interval '5 minutes'`))
    .orderBy(asc(message.id)).limit(limit)
  return lost.map((row) => row.id)
}

/** Reads the clock of the database. */
export async function readClock(db: Db): Promise<Instant> {
  const [read] = await rows<{ at: string }>(db, sql`select ${clock}::text as at`)
  return Temporal.Instant.from(read!.at.replace(' ', 'T'))
}
