// What watching asks of the records: each answer comes from an index or from the newest rows, so that it costs the
// same with a million mails. How mails agree with their deliveries is in conservation.ts.

import { asc, sql, type SQL } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import type { AlarmKind } from '../core/alarm.ts'
import type { MessageState } from '../core/message.ts'
import type { Db } from './database.ts'
import { rows } from './driver.ts'
import { channel } from './schema-delivery.ts'

export interface LastRun {
  readonly job: string
  readonly startedAt: Instant
  readonly endedAt: Instant
}

const toInstant = (text: string): Instant => Temporal.Instant.from(text.replace(' ', 'T'))

/** The last run of each job that ended well; a job that never did is left out. */
export async function listLastGoodRuns(db: Db, jobs: readonly string[]): Promise<LastRun[]> {
  const names = sql.join(jobs.map((job) => sql`(${job}::text)`), sql`, `)
  const found = await rows<{ job: string; started: string; ended: string }>(db, sql`
    select named.job, last.started_at::text as started, last.ended_at::text as ended
    from (values ${names}) named(job) cross join lateral (
      select started_at, ended_at from job_run where job_run.job = named.job and outcome = 'done' order by started_at desc, id desc limit 1) last`)
  return found.map((row) => ({ job: row.job, startedAt: toInstant(row.started), endedAt: toInstant(row.ended) }))
}

export interface Backlog {
  readonly planned: number
  readonly deferred: number
  readonly inFlight: number
  /** Past the gate with an attempt whose end nobody knows, and not settled since. Counted apart from the others. */
  readonly inDoubt: number
  /** Since when the mail that has waited longest could have left; one put off counts from its next attempt. */
  readonly waitingSince: Instant | undefined
}

/** Whether a message `m` is in doubt, as far as its rows say; a lease that is over is judged in lease.ts. */
export const isInDoubt = sql`(m.state in ('planned', 'deferred', 'claimed', 'gated') and m.gated_at is not null
  and exists (select 1 from delivery d where d.message_id = m.id and d.outcome = 'in-doubt'))`

/** Counts the mail that has not ended. */
export async function readBacklog(db: Db, now: Instant): Promise<Backlog> {
  const [waiting] = await rows<{ planned: number; deferred: number; doubt: number; since: string | null }>(db, sql`
    select count(*) filter (where m.state = 'planned' and not ${isInDoubt})::int as planned,
      count(*) filter (where m.state = 'deferred' and not ${isInDoubt})::int as deferred, count(*) filter (where ${isInDoubt})::int as doubt,
      min(greatest(m.due_at, m.next_attempt_at)) filter (where m.next_attempt_at <= ${now.toString()}::timestamptz and m.due_at <= ${now.toString()}::timestamptz)::text as since
    from message m where m.state in ('planned', 'deferred')`)
  const [flying] = await rows<{ flying: number; doubt: number }>(db, sql`
    select count(*) filter (where not ${isInDoubt})::int as flying, count(*) filter (where ${isInDoubt})::int as doubt
    from message m where m.state in ('claimed', 'gated')`)
  return {
    planned: waiting!.planned, deferred: waiting!.deferred, inFlight: flying!.flying, inDoubt: waiting!.doubt + flying!.doubt,
    waitingSince: waiting!.since === null ? undefined : toInstant(waiting!.since),
  }
}

/** Counts mail given up since a moment and not tried again, by the alarms that were raised for it. */
export async function countFailed(db: Db, since: Instant): Promise<number> {
  const [found] = await rows<{ n: number }>(db, sql`
    select count(distinct m.id)::int as n from alarm a join message m on m.id = a.subject_id
    where a.kind = 'mail-failed' and a.raised_at >= ${since.toString()}::timestamptz and m.state in ('rejected', 'abandoned')`)
  return found!.n
}

// Rows are numbered as time passes, so the first of a moment is found by halving: no index on moments is needed.
const firstSince = (table: SQL, moment: SQL, since: Instant): SQL => sql`(
  with recursive halved(low, high) as (
    select 0::bigint, coalesce((select max(id) from ${table}), 0)::bigint
    union all
    select case when isBefore.it then middle + 1 else low end, case when isBefore.it then high else middle end
    from halved cross join lateral (select (low + high) / 2 as middle) half
      cross join lateral (select coalesce((select ${moment} < ${since.toString()}::timestamptz from ${table} where id > middle order by id limit 1), false) as it) isBefore
    where low < high)
  select low from halved where low >= high limit 1)`

/** The number after which all messages were planned since a moment; clocks that were set back blur it. */
export async function findFirstPlanned(db: Db, since: Instant): Promise<number> {
  const [found] = await rows<{ first: number }>(db, sql`select ${firstSince(sql`message`, sql`created_at`, since)}::int as first`)
  return found!.first
}

const newest = 10_000
const newestTried = 5000

/** What became of the mails planned since a moment, of the last 10,000 at most. */
export async function countPlannedSince(db: Db, since: Instant): Promise<ReadonlyMap<MessageState, number>> {
  const found = await rows<{ state: MessageState; n: number }>(db, sql`
    select state, count(*)::int as n from (
      select state from message where id > ${firstSince(sql`message`, sql`created_at`, since)} order by id desc limit ${newest}) planned
    group by state order by state`)
  return new Map(found.map((row) => [row.state, row.n]))
}

export interface Lateness {
  /** Mails taken by a mail server. */
  readonly sent: number
  /** Seconds from the computed instant to the moment the mail was taken; 0 where none was. */
  readonly max: number
  readonly p95: number
  readonly p50: number
}

/** How late mail left since a moment, by the last 5,000 attempts at most. */
export async function readLateness(db: Db, since: Instant): Promise<Lateness> {
  const [found] = await rows<{ n: number; max: number; p95: number; p50: number }>(db, sql`
    select count(*)::int as n, coalesce(max(late), 0)::float8 as max,
      coalesce(percentile_disc(0.95) within group (order by late), 0)::float8 as p95, coalesce(percentile_disc(0.5) within group (order by late), 0)::float8 as p50
    from (select greatest(extract(epoch from d.ended_at - m.due_at), 0) as late
      from (select message_id, ended_at, outcome from delivery
        where id > ${firstSince(sql`delivery`, sql`started_at`, since)} order by id desc limit ${newestTried}) d
      cross join lateral (select due_at from message where id = d.message_id offset 0) m where d.outcome = 'sent') sent`)
  return { sent: found!.n, max: found!.max, p95: found!.p95, p50: found!.p50 }
}

export async function countOpenAlarms(db: Db): Promise<ReadonlyMap<AlarmKind, number>> {
  const found = await rows<{ kind: AlarmKind; n: number }>(db, sql`select kind, count(*)::int as n from alarm where closed_at is null group by kind order by kind`)
  return new Map(found.map((row) => [row.kind, row.n]))
}

export async function listChannels(db: Db) {
  return await db.select({ name: channel.name, failingSince: channel.failingSince, pausedUntil: channel.pausedUntil, failures: channel.failures })
    .from(channel).orderBy(asc(channel.name)).limit(10)
}
