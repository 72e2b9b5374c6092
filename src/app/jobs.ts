// One run of a job: recorded from its start, idempotent, its failure kept and logged once. What a job
// does is a use case and stands in its own file under jobs/; when it does it is the timetable's matter.

import { createHash } from 'node:crypto'
import { dayOf, type Instant } from '../core/day.ts'
import { listSchemes } from '../core/scheme.ts'
import { invalid } from '../errors.ts'
import { faultOf } from '../log.ts'
import type { Transport } from '../mail/transport.ts'
import {
  endRun, failLostRuns, findFact, findLastDone, type JobRun, listLastRuns, removeOldTraces, saveFact, startRun, vacuum,
} from '../store/jobs.ts'
import type { App } from './app.ts'
import { publishedCalendars } from './calendars.ts'
import { checkConservation } from './conservation.ts'
import { rederiveAll } from './derivation.ts'
import { replanEvery } from './replanning.ts'
import { startOpenRuns } from './windows.ts'
import { loadWorld } from './world.ts'

export type Counts = Record<string, number>

export interface JobMoment {
  readonly now: Instant
  /** True where somebody asked about another moment: the watermark stays where it is. */
  readonly asked: boolean
  /** Undefined while mail is only captured. */
  readonly transport: Transport | undefined
  /** Given when the program is told to stop: a run ends after what is under way. */
  readonly stopping?: AbortSignal | undefined
}

export interface Job {
  readonly name: string
  /** Five fields, UTC: a tick and nothing more. */
  readonly cron: string
  /** When and what, for `job list` and the start of a server. */
  readonly says: string
  readonly run: (app: App, at: JobMoment) => Promise<Counts>
}

/** Runs a job once and records the run; a failure is recorded, logged and thrown. */
export async function runJob(app: App, job: Job, at: JobMoment): Promise<Counts> {
  const run = await beginRun(app, job, at)
  try {
    const counts = await job.run(app, at)
    await app.database.transact((db) => endRun(db, run, { outcome: 'done', counts }, app.clock.now()))
    return counts
  } catch (error) {
    app.log.error({ job: job.name, err: error }, 'a job failed')
    await app.database.transact((db) => endRun(db, run, { outcome: 'failed', error: faultText(error) }, app.clock.now()))
    throw error
  }
}

// Where not even the beginning can be recorded (the database has gone), the log is the only witness.
async function beginRun(app: App, job: Job, at: JobMoment): Promise<number> {
  try {
    return await app.database.transact((db) => startRun(db, job.name, { startedAt: app.clock.now(), asOf: at.now }))
  } catch (error) {
    app.log.error({ job: job.name, err: error }, 'a job could not begin')
    throw error
  }
}

function faultText(error: unknown): string {
  const { name, code, message } = faultOf(error)
  return [name, code, message].filter((part) => part !== undefined).join(': ')
}

/** Proof (mail, decisions, history) is kept; what proves nothing goes after five weeks. */
const tracesKept = { hours: 35 * 24 }

const rulesFact = 'rules'

/**
 * Checks that no mail is lost, every time. Re-derives as of today, starts and plans runs, clears old traces, fails lost runs, vacuums: once a day, however often it is
 * asked, and at once where the rules are others than last time: a new release, or a scheme file of one's own.
 */
export async function keepHouse(app: App, now: Instant): Promise<Counts> {
  const { db } = app.database
  const { breaches, alarmed } = await checkConservation(app, now)
  const checked = { breaches: breaches.length, alarmed }
  const last = await findLastDone(db, 'housekeeping')
  const rules = fingerprintOf(app)
  const isSame = await findFact(db, rulesFact) === rules
  if (isSame && last?.counts && dayOf(last.asOf, 'UTC').equals(dayOf(now, 'UTC'))) return { ...last.counts, ...checked }
  const derived = await rederiveAll(app, await loadWorld(db), now)
  const started = await startOpenRuns(app, now)
  const { runs: replanned } = await replanEvery(app, now)
  if (!isSame) await app.database.transact((tx) => saveFact(tx, rulesFact, rules))
  const traces = await app.database.transact((db) => removeOldTraces(db, now.subtract(tracesKept)))
  const lost = await app.database.transact((db) => failLostRuns(db, now.subtract({ hours: 6 }), now))
  if (app.database.kind === 'embedded') await vacuum(app.database.db)
  return { ...derived, started, replanned, ...traces, lost, ...checked }
}

// A catalogue does not change while it is held: a whole one is read anew, so its print is taken once.
const prints = new WeakMap<App['catalogue'], string>()

/** What duties are derived from besides records: the schemes, and the calendars that came with this release. */
function fingerprintOf({ catalogue }: App): string {
  const print = prints.get(catalogue) ?? takePrint(catalogue)
  prints.set(catalogue, print)
  return print
}

function takePrint(catalogue: App['catalogue']): string {
  const schemes = listSchemes(catalogue).map(({ variants, ...scheme }) => [scheme, [...variants ?? []].map(([id, { rules, validity }]) => [id, rules, validity])])
  const calendars = [...publishedCalendars().values()].map(({ id, exceptions }) => [id, [...exceptions]])
  return createHash('sha256').update(JSON.stringify([schemes, calendars])).digest('hex')
}

/** Reads the moment of `job run --now`; refuses it where it could touch real mail or a running clock. */
export async function askedMoment(app: App, text: string): Promise<Instant> {
  const now = parseInstant(text)
  if (app.config.mail !== 'capture') {
    throw invalid('--now is only possible while mail is captured (RECERT_MAIL=capture): a moment asked for must not send mail. '
      + 'To see another time, use: simulate --from DAY --to DAY')
  }
  if (await app.database.isServed()) {
    throw invalid('--now is not possible beside a running server, whose clock would disagree. Stop it, or use: simulate --from DAY --to DAY')
  }
  return now
}

function parseInstant(text: string): Instant {
  try {
    return Temporal.Instant.from(text)
  } catch {
    throw invalid(`"${text}" is not a moment. Write it with its offset: 2027-01-15T09:00:00Z or 2027-01-15T09:00:00+08:00`)
  }
}

export async function listJobRuns(app: App): Promise<readonly JobRun[]> {
  return await listLastRuns(app.database.db)
}
