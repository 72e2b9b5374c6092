// The timetable: that every job runs at the start, in order and one at a time, whatever another one does,
// and that a stop waits. A tick carries no meaning, so none is waited for.

import { validate } from 'node-cron'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTimetable } from '../../jobs/main.ts'
import { schedule } from '../../jobs/schedule.ts'
import { type Counts, type Job, runJob } from '../../src/app/jobs.ts'
import type { Database } from '../../src/store/database.ts'
import { testClock } from '../helpers/clock.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { appOn } from '../helpers/timeline.ts'

let opened: TestDatabase

beforeAll(async () => { opened = await testDatabase() })
afterAll(() => opened.close())

interface Step { readonly job: string; readonly end: () => void; readonly fail: (error: Error) => void }

/** Runs jobs only as far as the test lets them; `next` resolves when another one has begun. */
function stepwise() {
  const begun: Step[] = []
  let wake: (() => void) | undefined
  return {
    run: (job: Job): Promise<void> => new Promise((resolve, reject) => {
      begun.push({ job: job.name, end: resolve, fail: reject })
      wake?.()
    }),
    names: (): string[] => begun.map((one) => one.job),
    async next(n: number): Promise<Step> {
      while (begun.length < n) await new Promise<void>((resolve) => { wake = resolve })
      return begun[n - 1]!
    },
  }
}

const names = schedule.map((job) => job.name)

test('plans before it delivers, and names each job as the command line does', () => {
  expect(names).toEqual(['plan-reminders', 'weekly-digest', 'rescue-deliveries', 'deliver-messages', 'housekeeping'])
})

test.each(schedule.map((job) => [job.name, job]))('%s ticks by five fields that node-cron understands, and says when', (_name, job) => {
  expect(validate(job.cron)).toBe(true)
  expect(job.cron.split(' ')).toHaveLength(5)
  expect(job.says).toMatch(job.cron === '* * * * *' ? /^every minute: / : /^hourly/)
})

test('every job runs once at the start, in order, one at a time', async () => {
  const steps = stepwise()
  const timetable = startTimetable(steps.run)
  for (const [n, name] of names.entries()) {
    const step = await steps.next(n + 1)
    expect(steps.names()).toEqual(names.slice(0, n + 1))
    expect(step.job).toBe(name)
    step.end()
  }
  await timetable.stop()
})

test('a stop waits for the job under way, and begins no other', async () => {
  const steps = stepwise()
  const timetable = startTimetable(steps.run)
  const first = await steps.next(1)
  let stopped = false
  const stop = timetable.stop().then(() => { stopped = true })
  await Promise.resolve()
  expect(stopped).toBe(false)
  first.end()
  await stop
  expect(steps.names()).toEqual(['plan-reminders'])
})

test('a job that has more to do goes on after the others have had their turn; one that is woken runs once', async () => {
  const begun: string[] = []
  const idle = Promise.withResolvers<void>()
  let rounds = 0
  const timetable = startTimetable(async (job): Promise<Counts> => {
    begun.push(job.name)
    if (job.name === 'housekeeping') timetable.wake('plan-reminders')
    if (job.name === 'plan-reminders' && begun.length > 1) idle.resolve()
    return job.name === 'deliver-messages' && rounds++ < 1 ? { sent: 5, more: 1 } : {}
  })
  await idle.promise
  await timetable.stop()
  expect(begun).toEqual([...names, 'deliver-messages', 'plan-reminders'])
})

test('a job that fails stops no other', async () => {
  const steps = stepwise()
  const timetable = startTimetable(steps.run)
  for (let n = 1; n <= names.length; n++) (await steps.next(n)).fail(new Error('the database has gone'))
  await timetable.stop()
  expect(steps.names()).toEqual(names)
})

test('a database that has gone is logged, since nothing else can say so', async () => {
  const alarms: string[] = []
  const gone: Database = { ...opened.database, transact: () => Promise.reject(new Error('the database has gone')) }
  const app = await appOn(gone, testClock('2026-11-24T08:00:00Z'), alarms)
  const timetable = startTimetable((job) => runJob(app, job, { now: app.clock.now(), asked: false, transport: undefined }))
  await timetable.stop()
  expect(alarms).toEqual(['a job could not begin'])
})
