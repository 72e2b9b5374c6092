// How this installation is doing, for machines that watch it: the figures, and whether it is ready. No secret, no
// address and no name is in either.

import type { AlarmKind } from '../core/alarm.ts'
import type { Instant } from '../core/day.ts'
import type { MessageState } from '../core/message.ts'
import { jobNames, standsStill, vitalJobs } from '../core/watch.ts'
import { migrationStatus } from '../store/migrations.ts'
import { countQuarantined } from '../store/quarantine.ts'
import * as store from '../store/watch.ts'
import type { App } from './app.ts'
import { findHold } from './installation.ts'
import type { Pulse } from './pulse.ts'

export interface Watch {
  readonly now: Instant
  /** The last run of each job that ended well, by whichever process. */
  readonly runs: readonly store.LastRun[]
  readonly backlog: store.Backlog
  /** Why nothing may leave; undefined where it may. */
  readonly hold: string | undefined
  /** What a person must release after a restore; it has no index, so it is counted only while its alarm is open. */
  readonly quarantined: number
  /** Given up within 30 days. */
  readonly failed: number
  /** What became of the mails planned within 24 hours. */
  readonly lastDay: ReadonlyMap<MessageState, number>
  readonly lateness: store.Lateness
  readonly alarms: ReadonlyMap<AlarmKind, number>
  readonly channels: Awaited<ReturnType<typeof store.listChannels>>
}

const failedWithin = { hours: 30 * 24 }
const day = { hours: 24 }

/** Reads all figures. */
export async function readWatch(app: App): Promise<Watch> {
  const { db } = app.database
  const now = app.clock.now()
  const alarms = await store.countOpenAlarms(db)
  return {
    now, alarms, runs: await store.listLastGoodRuns(db, jobNames), backlog: await store.readBacklog(db, now), hold: await readHold(app),
    quarantined: alarms.has('quarantine') ? await countQuarantined(db) : 0, failed: await store.countFailed(db, now.subtract(failedWithin)),
    lastDay: await store.countPlannedSince(db, now.subtract(day)), lateness: await store.readLateness(db, now.subtract(day)),
    channels: await store.listChannels(db),
  }
}

/** Returns why mail is held; never while it is only captured. */
export const readHold = async (app: App): Promise<string | undefined> => (app.config.mail === 'smtp' ? await findHold(app) : undefined)

/** Says whether the way out rests at a moment. */
export const isPausedAt = ({ pausedUntil }: Watch['channels'][number], now: Instant): boolean =>
  pausedUntil !== null && Temporal.Instant.compare(pausedUntil, now) > 0

/**
 * What can be wrong: no answer from the database within five seconds; migrations missing or foreign; the first runs of
 * this process not ended yet; planning or delivering stood still for two minutes; mail held; mails that do not add up.
 */
export type Check = 'database' | 'migrations' | 'starting' | 'scheduler' | 'mail-held' | 'conservation'

export interface Readiness { readonly ready: boolean; readonly failing: readonly Check[] }

const patience = 5000

/** Says whether this process does its work, and if not, what is wrong; never throws. */
export async function readReadiness(app: App, pulse: Pulse): Promise<Readiness> {
  const failing = [...await failingRecords(app), ...failingRuns(app, pulse)]
  return { ready: failing.length === 0, failing }
}

function failingRuns({ clock }: App, pulse: Pulse): Check[] {
  const now = clock.now()
  const last = vitalJobs.map((job) => pulse.last(job))
  if (last.includes(undefined)) return ['starting']
  return last.some((run) => run !== undefined && standsStill(run, now)) ? ['scheduler'] : []
}

async function failingRecords(app: App): Promise<Check[]> {
  try {
    return await withinTime(app, lookAtRecords(app))
  } catch (error) {
    app.log.warn({ err: error }, 'not ready: the database does not answer')
    return ['database']
  }
}

async function lookAtRecords(app: App): Promise<Check[]> {
  const { refusal, pending } = await migrationStatus(app.database)
  if (refusal !== undefined || pending.length > 0) return ['migrations']
  const alarms = await store.countOpenAlarms(app.database.db)
  return [
    ...await readHold(app) === undefined ? [] : ['mail-held' as const],
    ...alarms.has('conservation') ? ['conservation' as const] : [],
  ]
}

// A database that is not there any more may neither answer nor refuse.
async function withinTime<T>({ clock }: App, work: Promise<T>): Promise<T> {
  const deadline = clock.deadline(patience)
  const { promise, reject } = Promise.withResolvers<never>()
  const giveUp = (): void => { reject(new Error('no answer within five seconds')) }
  deadline.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    deadline.removeEventListener('abort', giveUp)
  }
}
