// What may have been sent before a restore: the epoch that the restore began, and the mail that waits for a person to
// say whether it leaves. Every move out of quarantine is fenced by the state it leaves.

import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import type { Epoch } from '../core/epoch.ts'
import { sentBeforeRestore } from '../core/message.ts'
import type { Db } from './database.ts'
import { rows } from './driver.ts'
import { findFact, saveFact } from './jobs.ts'
import { closeLostDeliveries } from './outbox.ts'
import { news } from './schema-answers.ts'
import { message, notice } from './schema-mail.ts'
import { certification, person } from './schema-records.ts'
import { obligation } from './schema-work.ts'

const epochFact = 'epoch'
const batch = 500

/** Finds the epoch that the last restore began; undefined where there was none. */
export async function findEpoch(db: Db): Promise<Epoch | undefined> {
  const kept = await findFact(db, epochFact)
  if (kept === undefined) return undefined
  const { number, since, beganAt, replayed }: Record<'since' | 'beganAt', string> & Pick<Epoch, 'number' | 'replayed'> = JSON.parse(kept)
  return { number, since: Temporal.Instant.from(since), beganAt: Temporal.Instant.from(beganAt), replayed }
}

export async function saveEpoch(db: Db, epoch: Epoch): Promise<void> {
  await saveFact(db, epochFact, JSON.stringify(epoch))
}

/** Finds the newest moment that the records tell of, which is not after the moment they were taken. */
export async function findNewestMoment(db: Db): Promise<Instant | undefined> {
  const [found] = await rows<{ at: string | null }>(db, sql`
    select to_char(max(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from (
      select max(started_at) as at from job_run union all select max(ended_at) from job_run union all select max(at) from history
      union all select max(created_at) from message union all select max(settled_at) from message union all select max(at) from watermark) as found`)
  return found?.at ? Temporal.Instant.from(found.at) : undefined
}

/**
 * Takes all mail that waits or is under way out of reach of delivering; returns how much of each organisation. A sign-in
 * mail is cancelled: whoever still wants one asks anew.
 */
export async function quarantineMail(db: Db, now: Instant): Promise<ReadonlyMap<number, number>> {
  const under = await db.select({ id: message.id, state: message.state, gatedAt: message.gatedAt }).from(message)
    .where(inArray(message.state, ['claimed', 'gated'])).orderBy(asc(message.id)).limit(100_000).for('update')
  const ids = (gated: boolean): number[] => under.filter((row) => (row.state === 'gated') === gated).map((row) => row.id)
  await closeLostDeliveries(db, ids(false), 'released', now)
  await closeLostDeliveries(db, ids(true), 'in-doubt', now)
  const quarantined = await db.update(message).set({ state: 'quarantined', token: null, leaseUntil: null })
    .where(inArray(message.state, ['planned', 'claimed', 'gated', 'deferred'])).returning({ organisationId: message.organisationId, kind: message.kind })
  await db.update(message).set({ state: 'cancelled', settledAt: now, reply: 'a restore came between' })
    .where(and(eq(message.state, 'quarantined'), eq(message.kind, 'sign-in')))
  const counts = new Map<number, number>()
  for (const { organisationId, kind } of quarantined) if (kind !== 'sign-in') counts.set(organisationId, (counts.get(organisationId) ?? 0) + 1)
  return counts
}

/** Lists what is quarantined, what would have been sent first before, with the first few notices of each. */
export async function listQuarantined(db: Db, limit: number) {
  return await db.select({
    id: message.id, kind: message.kind, period: message.period, dueAt: message.dueAt, messageId: message.messageId,
    gatedAt: message.gatedAt, rehearsal: message.rehearsal, personId: message.personId, person: person.name,
  }).from(message).innerJoin(person, eq(person.id, message.personId)).where(eq(message.state, 'quarantined'))
    .orderBy(asc(message.dueAt), asc(message.id)).limit(limit)
}

/** Lists what mails say: the duties with their notices, and how much news. */
export async function listContents(db: Db, messageIds: readonly number[], limit = 20_000) {
  const ids = [...messageIds]
  if (ids.length === 0) return { notices: [], news: [] }
  const notices = await db.select({
    messageId: sql<number>`${notice.messageId}`, notice: notice.notice, countedTo: notice.countedTo, title: obligation.title, certification: certification.name,
  }).from(notice).innerJoin(obligation, eq(obligation.id, notice.obligationId)).innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(inArray(notice.messageId, ids), eq(notice.outcome, 'said'))).orderBy(asc(notice.messageId), asc(notice.countedTo), asc(notice.id)).limit(limit)
  const told = await db.select({ messageId: sql<number>`${news.messageId}`, n: sql<number>`count(*)::int` }).from(news)
    .where(and(inArray(news.messageId, ids), isNull(news.closedAt))).groupBy(news.messageId).orderBy(asc(news.messageId)).limit(limit)
  return { notices, news: told }
}

export type QuarantinedRow = Awaited<ReturnType<typeof holdQuarantined>>[number]

/** Reads what is quarantined, these or all, by day, and holds it until the transaction ends. */
export async function holdQuarantined(db: Db, ids: readonly number[] | 'all', limit = 50_000) {
  return await db.select({
    id: message.id, organisationId: message.organisationId, personId: message.personId, kind: message.kind, period: message.period, part: message.part,
    rehearsal: message.rehearsal, gatedAt: message.gatedAt, messageId: message.messageId,
  }).from(message).where(and(eq(message.state, 'quarantined'), ids === 'all' ? undefined : inArray(message.id, [...ids])))
    .orderBy(asc(message.period), asc(message.part), asc(message.id)).limit(limit).for('update')
}

/** Lets mails leave: those that once passed the gate with the bytes they have, the others composed anew. */
export async function releaseQuarantined(db: Db, ids: readonly number[], now: Instant): Promise<void> {
  for (let i = 0; i < ids.length; i += batch) {
    await db.update(message).set({
      state: sql`case when ${message.gatedAt} is null then 'planned' else 'deferred' end`, attempts: 0, nextAttemptAt: now, settledAt: null,
    }).where(and(eq(message.state, 'quarantined'), inArray(message.id, ids.slice(i, i + batch))))
  }
}

/** Takes mails out for good; what they say stays said. */
export async function cancelQuarantined(db: Db, ids: readonly number[], reason: string, now: Instant): Promise<void> {
  for (let i = 0; i < ids.length; i += batch) {
    await db.update(message).set({ state: 'cancelled', reply: reason, settledAt: now, nextAttemptAt: now })
      .where(and(eq(message.state, 'quarantined'), inArray(message.id, ids.slice(i, i + batch))))
  }
}

export const dropQuarantined = (db: Db, ids: readonly number[], now: Instant): Promise<void> => cancelQuarantined(db, ids, sentBeforeRestore, now)

/** Gives what some mails say to another one, under a Message-ID of its own: no mailbox may take it for one of them. */
export async function joinMessages(db: Db, from: readonly number[], into: { readonly id: number; readonly messageId: string }): Promise<void> {
  for (let i = 0; i < from.length; i += batch) {
    const ids = from.slice(i, i + batch)
    await db.update(notice).set({ messageId: into.id }).where(and(inArray(notice.messageId, ids), sql`${notice.outcome} <> 'unsaid'`))
    await db.update(news).set({ messageId: into.id }).where(inArray(news.messageId, ids))
  }
  await db.update(message).set({ messageId: into.messageId, raw: null, fingerprint: null })
    .where(and(eq(message.id, into.id), isNull(message.gatedAt)))
}

/** Sets what these mails say as covered where a tighter notice was said, or is about to be: nobody is told the looser after it. */
export async function coverByTighter(db: Db, messageIds: readonly number[]): Promise<void> {
  for (let i = 0; i < messageIds.length; i += batch) {
    const ids = messageIds.slice(i, i + batch)
    await db.execute(sql`
      update notice as loose set outcome = 'covered', reason = 'covered by ' || tight.notice
      from notice as tight join message on message.id = tight.message_id
      where loose.message_id in (${sql.join(ids.map((id) => sql`${id}::int`), sql`, `)}) and loose.outcome = 'said'
        and tight.obligation_id = loose.obligation_id and tight.counted_to = loose.counted_to and tight.person_id = loose.person_id
        and tight.purpose = loose.purpose and tight.outcome = 'said' and tight.offset_days < loose.offset_days
        and message.state not in ('quarantined', 'rejected', 'abandoned')`)
  }
}

/** Counts mail that a person must release or drop after a restore. It has no index: asked often only while its alarm is open. */
export async function countQuarantined(db: Db): Promise<number> {
  const [found] = await rows<{ n: number }>(db, sql`select count(*)::int as n from message where state = 'quarantined'`)
  return found!.n
}
