// Living days on a settable clock: what is done once a day as the day begins, every other job at every send
// hour, as a server would. The demo lives its last weeks so, and `simulate` lives a copy of the records.

import { type Day, dayOf, type Instant, instantAt, isAfter, isBefore } from '../core/day.ts'
import type { MessageState } from '../core/message.ts'
import { sendHoursOf } from '../core/person.ts'
import { readDirectory } from '../store/people.ts'
import { copyInto } from '../store/backup.ts'
import { openMemoryDatabase } from '../store/database.ts'
import { settableClock } from '../clock.ts'
import { silentLog } from '../log.ts'
import type { App } from './app.ts'
import { type Job, runJob } from './jobs.ts'
import { listMessages } from './lists.ts'

export interface Life {
  readonly app: App
  readonly clock: { set(now: Instant): void }
  readonly jobs: readonly Job[]
}

const ticksEveryMinute = (job: Job): boolean => job.cron === '* * * * *'

interface Moment { readonly at: Instant; readonly jobs: readonly Job[] }

/** Lives one UTC day up to `until`: its night, then every send hour that falls on it; nothing that is not after `since`. */
export async function liveDay(life: Life, day: Day, until: Instant, since?: Instant): Promise<void> {
  const minutely = life.jobs.filter(ticksEveryMinute)
  const moments: Moment[] = [
    ...life.jobs.filter((job) => !ticksEveryMinute(job)).map((job) => ({ at: nightOf(job, day), jobs: [job] })),
    ...(await sendMomentsOf(life.app, day)).map((at) => ({ at, jobs: minutely })),
  ]
  for (const moment of moments.sort((a, b) => Temporal.Instant.compare(a.at, b.at))) {
    const isPast = since !== undefined && Temporal.Instant.compare(moment.at, since) <= 0
    if (!isPast && Temporal.Instant.compare(moment.at, until) <= 0) await runAll(life, moment)
  }
}

// Once a day, at the first tick: people whose send hour comes before it are written to before.
const nightOf = (job: Job, day: Day): Instant => instantAt(day, '00:00', 'UTC').add({ minutes: Number(job.cron.split(' ')[0]) })

async function runAll(life: Life, { at, jobs }: Moment): Promise<void> {
  life.clock.set(at)
  for (const job of jobs) await runJob(life.app, job, { now: at, asked: false, transport: undefined })
}

/** Returns the moments of a UTC day at which somebody's send hour begins, in their order. */
export async function sendMomentsOf(app: App, day: Day): Promise<Instant[]> {
  const hours = sendHoursOf(await readDirectory(app.database.db))
  const moments = hours.flatMap(({ sendHour, zone }) =>
    [-1, 0, 1].map((n) => instantAt(day.add({ days: n }), sendHour, zone)).filter((at) => dayOf(at, 'UTC').equals(day)))
  const all = new Set(moments.map((moment) => moment.epochMilliseconds))
  return [...all].sort((a, b) => a - b).map((at) => Temporal.Instant.fromEpochMilliseconds(at))
}

export interface SimulatedMail {
  readonly dueAt: Instant
  readonly to: string
  readonly kind: string
  readonly subject: string | null
  readonly state: string
}

/**
 * Lives a copy of the records from a UTC day to another, both included, and returns all mail there would be; nothing is
 * sent or kept. Days before them that are still to come are lived too, in silence: what they say is not said again.
 */
export async function simulate(app: App, jobs: readonly Job[], days: { readonly from: Day; readonly to: Day }): Promise<SimulatedMail[]> {
  const memory = await openMemoryDatabase()
  try {
    await copyInto(app.database, memory)
    const now = app.clock.now()
    const today = dayOf(now, 'UTC')
    const clock = settableClock(now)
    const life: Life = { app: { ...app, database: memory, clock, log: silentLog, config: { ...app.config, mail: 'capture' } }, clock, jobs }
    // A question about days past begins with them; any other with what is due at this very moment.
    const isPast = isBefore(days.from, today)
    if (isAfter(days.from, today)) {
      await runAll(life, { at: now, jobs })
      await liveDays(life, { from: today, to: days.from.subtract({ days: 1 }) }, now)
    }
    const gone = new Set((await listMessages(life.app, {}, messagesLimit)).filter((one) => !waits(one.state)).map((one) => one.id))
    if (days.from.equals(today)) await runAll(life, { at: now, jobs })
    await liveDays(life, days, isPast ? undefined : now)
    return (await listMessages(life.app, {}, messagesLimit)).filter((one) => !gone.has(one.id)).toReversed()
      .map((one) => ({ dueAt: one.dueAt, to: one.person, kind: one.kind, subject: one.subject, state: one.state }))
  } finally {
    await memory.close()
  }
}

const messagesLimit = 100_000

const waits = (state: MessageState): boolean => state === 'planned' || state === 'deferred'

async function liveDays(life: Life, days: { readonly from: Day; readonly to: Day }, since: Instant | undefined): Promise<void> {
  const end = instantAt(days.to.add({ days: 1 }), '00:00', 'UTC').subtract({ nanoseconds: 1 })
  for (let day = days.from; !isAfter(day, days.to); day = day.add({ days: 1 })) await liveDay(life, day, end, since)
}
