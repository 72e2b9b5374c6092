// Messages and their deliveries: opened by planning, composed, settled. Every update after a claim
// carries its own fence (id, token, state). The three statements that judge leases are in lease.ts.

import { and, asc, desc, eq, gt, gte, inArray, isNull, lt, ne, or, sql } from 'drizzle-orm'
import type { Priority } from '../core/channel.ts'
import type { Language } from '../core/certification.ts'
import type { Day, Instant } from '../core/day.ts'
import { type MessageKind, messageMoves, type MessageState } from '../core/message.ts'
import type { Db } from './database.ts'
import { delivery, message } from './schema-mail.ts'
import { person } from './schema-records.ts'

export type MessageRow = typeof message.$inferSelect
export type DeliveryRow = typeof delivery.$inferSelect

export interface NewMessage {
  readonly organisationId: number
  readonly personId: number
  readonly kind: MessageKind
  readonly period: string
  readonly part: number
  readonly rehearsal: boolean
  readonly dueAt: Instant
  /** 0 leaves first, 3 last (core/channel.ts); 2 where nothing is said. */
  readonly priority?: Priority
  readonly messageId: string
  readonly language: Language
  /** `planned` unless it may have been sent before a restore. */
  readonly state?: 'planned' | 'quarantined'
}

/** Inserts a message; undefined where somebody else has just planned the same one. */
export async function insertMessage(db: Db, one: NewMessage, now: Instant): Promise<number | undefined> {
  const [row] = await db.insert(message).values({
    state: 'planned', ...one, attempts: 0, nextAttemptAt: one.dueAt, createdAt: now,
  }).onConflictDoNothing().returning({ id: message.id })
  return row?.id
}

/** Lets a waiting message leave before others, where what has joined it cannot wait as long. */
export async function hurryMessage(db: Db, id: number, priority: Priority): Promise<void> {
  await db.update(message).set({ priority }).where(and(eq(message.id, id), gt(message.priority, priority)))
}

/** Takes back a message that turned out to say nothing, in the transaction that inserted it. */
export async function removeUnsaid(db: Db, id: number): Promise<void> {
  await db.delete(message).where(and(eq(message.id, id), inArray(message.state, ['planned', 'quarantined']), eq(message.attempts, 0)))
}

/** A person's mail as planning sees it: one that waits can still be added to, another has had its say. */
export interface Parts {
  /** Not yet past the gate; of an earlier day where it was tried in vain, since it leaves with today's words. */
  readonly waiting: Pick<MessageRow, 'id' | 'part'> | undefined
  /** Whether one of this period has left, or is leaving. */
  readonly hasLeft: boolean
  readonly count: number
}

/**
 * Finds a person's mail of a period, and of earlier ones what could not leave, held until the transaction ends. What is
 * quarantined takes nothing in and stands for nothing, but while `replayedAt` is lived anew: then a mail quarantined
 * at that very moment waits, and any other has left.
 */
export async function findParts(
  db: Db, key: Pick<NewMessage, 'personId' | 'kind' | 'period' | 'rehearsal'>, replayedAt?: Instant,
): Promise<Parts> {
  const triedInVain = and(eq(message.state, 'deferred'), isNull(message.gatedAt))
  const found = await db.select({ id: message.id, part: message.part, period: message.period, state: message.state, gatedAt: message.gatedAt, createdAt: message.createdAt })
    .from(message).where(and(
      eq(message.personId, key.personId), eq(message.kind, key.kind), eq(message.rehearsal, key.rehearsal),
      or(eq(message.period, key.period), triedInVain),
    )).orderBy(desc(message.period), desc(message.part)).limit(100).for('update')
  const isOpen = (row: (typeof found)[number]): boolean =>
    (replayedAt ? row.state === 'quarantined' && row.createdAt.equals(replayedAt) : ['planned', 'deferred'].includes(row.state))
  const isWaiting = (row: (typeof found)[number]): boolean => isOpen(row) && row.gatedAt === null
  const idle: readonly MessageState[] = replayedAt ? ['cancelled'] : ['cancelled', 'quarantined']
  const own = found.filter((row) => row.period === key.period)
  return {
    waiting: found.find(isWaiting),
    hasLeft: own.some((row) => !isWaiting(row) && !idle.includes(row.state)),
    count: own[0]?.part ?? 0,
  }
}

export interface Composed {
  readonly address: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly raw: Uint8Array
  readonly fingerprint: string
}

/** Keeps the final words and bytes; false where the claim is no longer ours. */
export async function saveComposed(db: Db, claim: Claim, composed: Composed): Promise<boolean> {
  const saved = await db.update(message).set({ ...composed }).where(held(claim, 'claimed')).returning({ id: message.id })
  return saved.length === 1
}

export interface Claim { readonly id: number; readonly token: string }

const held = (claim: Claim, ...states: MessageState[]) =>
  and(eq(message.id, claim.id), eq(message.token, claim.token), inArray(message.state, states))

export interface Settlement {
  readonly state: Extract<MessageState, 'sent' | 'captured' | 'deferred' | 'rejected' | 'abandoned' | 'cancelled' | 'planned'>
  readonly reply: string | null
  readonly nextAttemptAt?: Instant
  readonly attempts?: number
  /** Bytes and words to keep instead of those that were sent. */
  readonly raw?: Uint8Array
  readonly text?: string
  readonly html?: string
}

const isFinal = (state: Settlement['state']): boolean => state !== 'deferred' && state !== 'planned'

/** Ends a claim; false where the lease ran out and somebody else has it: nothing was changed then. */
export async function settleMessage(db: Db, claim: Claim, settlement: Settlement, now: Instant): Promise<boolean> {
  const from = (['claimed', 'gated'] as const).filter((state) => messageMoves[state].includes(settlement.state))
  const settled = await db.update(message).set({
    state: settlement.state, reply: settlement.reply, token: null, leaseUntil: null,
    ...(settlement.nextAttemptAt ? { nextAttemptAt: settlement.nextAttemptAt } : {}),
    ...(settlement.attempts === undefined ? {} : { attempts: settlement.attempts }),
    ...(settlement.raw ? { raw: settlement.raw } : {}),
    ...(settlement.text !== undefined && settlement.html !== undefined ? { text: settlement.text, html: settlement.html } : {}),
    settledAt: isFinal(settlement.state) ? now : null,
  }).where(held(claim, ...from)).returning({ id: message.id })
  return settled.length === 1
}

/** Opens an attempt; its number follows the last. */
export async function startDelivery(
  db: Db, messageId: number, channel: 'capture' | 'smtp', startedAt: Instant,
): Promise<number> {
  const [row] = await db.insert(delivery).values({
    messageId, channel, startedAt,
    attempt: sql`(select coalesce(max(attempt), 0) + 1 from delivery where message_id = ${messageId})`,
  }).returning({ id: delivery.id })
  return row!.id
}

/** Ends an attempt; one that was given up meanwhile, its worker being late beyond its lease, stays in doubt. */
export async function endDelivery(
  db: Db, id: number, end: { readonly outcome: NonNullable<DeliveryRow['outcome']>; readonly phase: string | null; readonly fault: string | null; readonly reply: string | null }, endedAt: Instant,
): Promise<void> {
  await db.update(delivery).set({ ...end, endedAt }).where(and(eq(delivery.id, id), isNull(delivery.outcome)))
}

/** Marks attempts whose worker vanished: after the gate nobody knows whether the server took the mail. */
export async function closeLostDeliveries(db: Db, messageIds: readonly number[], outcome: 'in-doubt' | 'released', endedAt: Instant): Promise<void> {
  if (messageIds.length === 0) return
  await db.update(delivery).set({ outcome, endedAt })
    .where(and(inArray(delivery.messageId, [...messageIds]), sql`${delivery.outcome} is null`))
}

/** Reads how often messages were tried, and how often nobody knew what became of it. */
export async function readDoubts(db: Db, ids: readonly number[]): Promise<{ readonly id: number; readonly personId: number; readonly attempts: number; readonly doubts: number }[]> {
  if (ids.length === 0) return []
  return await db.select({
    id: message.id, personId: message.personId, attempts: message.attempts,
    doubts: sql<number>`count(*) filter (where ${delivery.outcome} = 'in-doubt')::int`,
  }).from(message).innerJoin(delivery, eq(delivery.messageId, message.id))
    .where(inArray(message.id, [...ids])).groupBy(message.id).orderBy(asc(message.id)).limit(ids.length)
}

/** Has a message in doubt wait, or gives it up. */
export async function deferInDoubt(db: Db, id: number, nextAttemptAt: Instant | undefined, now: Instant): Promise<void> {
  await db.update(message).set(nextAttemptAt ? { nextAttemptAt } : { state: 'abandoned', settledAt: now })
    .where(and(eq(message.id, id), eq(message.state, 'deferred')))
}

export async function findMessage(db: Db, id: number): Promise<MessageRow | undefined> {
  const [row] = await db.select().from(message).where(eq(message.id, id)).limit(1)
  return row
}

export async function listDeliveries(db: Db, messageId: number, limit = 100): Promise<DeliveryRow[]> {
  return await db.select().from(delivery).where(eq(delivery.messageId, messageId)).orderBy(asc(delivery.attempt)).limit(limit)
}

export interface MessageFilter {
  readonly states?: readonly MessageState[] | undefined
  readonly personId?: number | undefined
  readonly before?: number | undefined
  /** Who looks: of sign-in mails only their own are listed. Everything where nobody is named. */
  readonly readerId?: number | undefined
}

/** Lists messages newest first, without their bytes. */
export async function listMessages(db: Db, filter: MessageFilter, limit = 50) {
  return await db.select({
    id: message.id, kind: message.kind, period: message.period, part: message.part, state: message.state,
    rehearsal: message.rehearsal, dueAt: message.dueAt, settledAt: message.settledAt, subject: message.subject,
    address: message.address, attempts: message.attempts, nextAttemptAt: message.nextAttemptAt, reply: message.reply,
    personId: message.personId, person: person.name,
  }).from(message).innerJoin(person, eq(person.id, message.personId)).where(and(
    filter.states ? inArray(message.state, [...filter.states]) : undefined,
    filter.personId === undefined ? undefined : eq(message.personId, filter.personId),
    filter.before === undefined ? undefined : lt(message.id, filter.before),
    filter.readerId === undefined ? undefined : or(ne(message.kind, 'sign-in'), eq(message.personId, filter.readerId)),
  )).orderBy(desc(message.id)).limit(limit)
}

/** Puts a message that was given up back in the queue, or takes a waiting one out; false where its state forbids it. */
export async function moveMessage(
  db: Db, id: number, move: { readonly from: readonly MessageState[]; readonly to: 'deferred' | 'cancelled'; readonly reason: string }, now: Instant,
): Promise<boolean> {
  const moved = await db.update(message).set({
    state: move.to, reply: move.reason, nextAttemptAt: now, settledAt: move.to === 'cancelled' ? now : null,
    ...(move.to === 'deferred' ? { attempts: 0 } : {}),
  }).where(and(eq(message.id, id), inArray(message.state, [...move.from]))).returning({ id: message.id })
  return moved.length === 1
}

/** Counts messages by state, of those settled or due since a moment. */
export async function countMessages(db: Db, since: Instant): Promise<ReadonlyMap<string, number>> {
  const counted = await db.select({ state: message.state, n: sql<number>`count(*)::int` }).from(message)
    .where(gte(message.dueAt, since)).groupBy(message.state).orderBy(asc(message.state)).limit(20)
  return new Map(counted.map((row) => [row.state, row.n]))
}

/** Counts the sign-in mails that a person has asked for after a moment. */
export async function countAsked(db: Db, personId: number, after: Instant): Promise<number> {
  const [row] = await db.select({ n: sql<number>`count(*)::int` }).from(message)
    .where(and(eq(message.personId, personId), eq(message.kind, 'sign-in'), gt(message.createdAt, after)))
  return row!.n
}

/** Finds the digest a person had before a period: what this one is compared with. */
export async function findDigestBefore(db: Db, personId: number, period: string): Promise<MessageRow | undefined> {
  const [row] = await db.select().from(message)
    .where(and(eq(message.personId, personId), eq(message.kind, 'digest'), lt(message.period, period), inArray(message.state, ['sent', 'captured'])))
    .orderBy(desc(message.period), desc(message.id)).limit(1)
  return row
}

/** Says whether a person has a daily mail of that day, or had one. */
export async function hasDailyMail(db: Db, personId: number, day: Day): Promise<boolean> {
  const found = await db.select({ id: message.id }).from(message)
    .where(and(eq(message.personId, personId), eq(message.kind, 'daily'), eq(message.period, day.toString()), ne(message.state, 'cancelled'))).limit(1)
  return found.length > 0
}

/** Finds the oldest mail that should have left by now. */
export async function findOldestWaiting(db: Db, now: Instant): Promise<Instant | undefined> {
  const [row] = await db.select({ dueAt: message.dueAt }).from(message)
    .where(and(inArray(message.state, ['planned', 'deferred']), lt(message.dueAt, now)))
    .orderBy(asc(message.dueAt)).limit(1)
  return row?.dueAt
}
