// Runs of jobs, the watermark of how far they looked, and facts about this installation.

import { and, asc, desc, eq, gte, lt, sql } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import { installation, jobRun, session, signInLink, watermark } from './schema-system.ts'

export type JobRun = typeof jobRun.$inferSelect

export async function startRun(db: Db, job: string, at: { readonly startedAt: Instant; readonly asOf: Instant }): Promise<number> {
  const [row] = await db.insert(jobRun).values({ job, ...at }).returning({ id: jobRun.id })
  return row!.id
}

export async function endRun(
  db: Db, id: number, end: { readonly outcome: 'done' | 'failed'; readonly counts?: Record<string, number>; readonly error?: string }, endedAt: Instant,
): Promise<void> {
  await db.update(jobRun).set({ ...end, endedAt }).where(eq(jobRun.id, id))
}

/** The last run of each job, whatever its outcome. */
export async function listLastRuns(db: Db): Promise<JobRun[]> {
  return await db.selectDistinctOn([jobRun.job]).from(jobRun)
    .orderBy(asc(jobRun.job), desc(jobRun.startedAt), desc(jobRun.id)).limit(50)
}

export async function countRuns(db: Db, job: string, from: Instant, to: Instant): Promise<{ done: number; failed: number }> {
  const [row] = await db.select({
    done: sql<number>`count(*) filter (where ${jobRun.outcome} = 'done')::int`,
    failed: sql<number>`count(*) filter (where ${jobRun.outcome} = 'failed')::int`,
  }).from(jobRun).where(and(eq(jobRun.job, job), gte(jobRun.asOf, from), lt(jobRun.asOf, to)))
  return row ?? { done: 0, failed: 0 }
}

export async function findLastDone(db: Db, job: string): Promise<JobRun | undefined> {
  const [row] = await db.select().from(jobRun).where(and(eq(jobRun.job, job), eq(jobRun.outcome, 'done')))
    .orderBy(desc(jobRun.startedAt), desc(jobRun.id)).limit(1)
  return row
}

export async function findWatermark(db: Db, job: string): Promise<Instant | undefined> {
  const [row] = await db.select().from(watermark).where(eq(watermark.job, job)).limit(1)
  return row?.at
}

/**
 * Sets how far a job has looked. A clock that was set back takes it back too: what the job sleeps through until it
 * is that late again has to be looked at, and looking twice says nothing twice.
 */
export async function moveWatermark(db: Db, job: string, at: Instant): Promise<void> {
  await db.insert(watermark).values({ job, at }).onConflictDoUpdate({ target: watermark.job, set: { at } })
}

/** Removes what proves nothing: runs that did their work, dead sessions and used links, all older than a moment. */
export async function removeOldTraces(db: Db, before: Instant): Promise<{ runs: number; sessions: number; links: number }> {
  const runs = await db.delete(jobRun).where(and(lt(jobRun.startedAt, before), eq(jobRun.outcome, 'done'))).returning({ id: jobRun.id })
  const sessions = await db.delete(session).where(lt(session.expiresAt, before)).returning({ id: session.id })
  const links = await db.delete(signInLink).where(lt(signInLink.expiresAt, before)).returning({ id: signInLink.id })
  return { runs: runs.length, sessions: sessions.length, links: links.length }
}

/** Marks runs as failed whose process died in the middle, so that nobody waits for them. */
export async function failLostRuns(db: Db, startedBefore: Instant, endedAt: Instant): Promise<number> {
  const lost = await db.update(jobRun).set({ outcome: 'failed', error: 'the process ended before the run did', endedAt })
    .where(and(sql`${jobRun.endedAt} is null`, lt(jobRun.startedAt, startedBefore))).returning({ id: jobRun.id })
  return lost.length
}

export async function findFact(db: Db, name: string): Promise<string | undefined> {
  const [row] = await db.select().from(installation).where(eq(installation.name, name)).limit(1)
  return row?.value
}

/** Sets a fact once; returns the value that stands, which may be somebody else's. */
export async function keepFact(db: Db, name: string, value: string): Promise<string> {
  await db.insert(installation).values({ name, value }).onConflictDoNothing()
  return (await findFact(db, name))!
}

export async function saveFact(db: Db, name: string, value: string): Promise<void> {
  await db.insert(installation).values({ name, value })
    .onConflictDoUpdate({ target: installation.name, set: { value } })
}

/** Frees dead rows: the embedded database has nobody else who does it. Outside a transaction. */
export async function vacuum(db: Db): Promise<void> {
  await db.execute(sql`vacuum (analyze)`)
}
