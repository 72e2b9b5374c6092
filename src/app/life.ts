// Living days on a settable clock: what is done once a day as the day begins, every other job at every send
// hour, as a server would. The demo lives its last weeks so, and `simulate` lives a copy of the records.

import { type Day, dayOf, type Instant, instantAt } from '../core/day.ts'
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

/** Lives one UTC day up to `until`: its night, then every send hour that falls on it. */
export async function liveDay(life: Life, day: Day, until: Instant): Promise<void> {
  await runAll(life, life.jobs.filter((job) => !ticksEveryMinute(job)), instantAt(day, '00:00', 'UTC'), until)
  const minutely = life.jobs.filter(ticksEveryMinute)
  for (const moment of await sendMomentsOf(life.app, day)) await runAll(life, minutely, moment, until)
}

async function runAll(life: Life, jobs: readonly Job[], moment: Instant, until: Instant): Promise<void> {
  if (Temporal.Instant.compare(moment, until) > 0) return
  life.clock.set(moment)
  for (const job of jobs) await runJob(life.app, job, { now: moment, asked: false, transport: undefined })
}

// The send hours of everybody within the UTC day.
async function sendMomentsOf(app: App, day: Day): Promise<Instant[]> {
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

/** Lives a copy of the records from a day to a day, both included, and returns all mail there would be. Nothing is sent or kept. */
export async function simulate(app: App, jobs: readonly Job[], days: { readonly from: Day; readonly to: Day }): Promise<SimulatedMail[]> {
  const memory = await openMemoryDatabase()
  try {
    await copyInto(app.database, memory)
    const clock = settableClock(instantAt(days.from, '00:00', 'UTC'))
    const copy: App = { ...app, database: memory, clock, log: silentLog, config: { ...app.config, mail: 'capture' } }
    const known = new Set((await listMessages(copy, {}, 100_000)).map((one) => one.id))
    const end = instantAt(days.to.add({ days: 1 }), '00:00', 'UTC')
    for (let day = days.from; Temporal.PlainDate.compare(day, days.to) <= 0; day = day.add({ days: 1 })) {
      await liveDay({ app: copy, clock, jobs }, day, end)
    }
    return (await listMessages(copy, {}, 100_000)).filter((one) => !known.has(one.id)).toReversed()
      .map((one) => ({ dueAt: one.dueAt, to: one.person, kind: one.kind, subject: one.subject, state: one.state }))
  } finally {
    await memory.close()
  }
}
