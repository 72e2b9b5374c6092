import { createServer, type Server } from 'node:http'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import { listOpenAlarms } from '../../src/app/alarms.ts'
import type { App } from '../../src/app/app.ts'
import { runJob } from '../../src/app/jobs.ts'
import { openRounds, type Rounds } from '../../src/app/rounds.ts'
import { type Log, silentLog } from '../../src/log.ts'
import { readClock } from '../../src/store/lease.ts'
import { mailServer } from '../helpers/mail-server.ts'
import { aCast, aCertification, live, testApp, type TestApp } from '../helpers/records.ts'

/** A monitor that keeps what it was asked, and answers as it is told. */
interface Monitor { readonly url: string; readonly asked: string[]; status: number; close(): Promise<void> }

async function openMonitor(): Promise<Monitor> {
  const asked: string[] = []
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(monitor.status, { Connection: 'close', ...(monitor.status === 302 ? { Location: '/elsewhere' } : {}) }).end('body')
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the monitor has no port')
  const monitor: Monitor = { url: `http://127.0.0.1:${address.port}/ping/secret-of-ours`, asked, status: 200, close: () => new Promise((resolve) => { server.close(() => resolve()) }) }
  return monitor
}

let opened: TestApp
let app: App
let monitor: Monitor
let rounds: Rounds
let logged: string[]

const noteLine = (...line: readonly unknown[]): void => { logged.push(JSON.stringify(line)) }
const begin = (url: string | undefined): void => {
  const log: Log = { ...silentLog, warn: noteLine, error: noteLine, info: noteLine }
  app = { ...opened.app, log, config: { ...opened.app.config, heartbeatUrl: url } }
  rounds = openRounds(app, { transport: undefined, stopping: new AbortController().signal, ask: fetch })
}
const run = async (...names: readonly string[]): Promise<void> => {
  for (const name of names) await rounds.run(schedule.find((job) => job.name === name)!)
}
/** A minute of the timetable, the telling outside included. */
const minute = async (): Promise<void> => {
  await run('plan-reminders', 'weekly-digest', 'rescue-deliveries', 'deliver-messages')
  await rounds.told()
  opened.clock.advance('PT1M')
}

beforeAll(async () => {
  opened = await testApp()
  monitor = await openMonitor()
})
beforeEach(async () => {
  await opened.reset()
  // The database has a clock of its own, and a wrong one of ours would hold everything.
  opened.clock.set((await readClock(opened.app.database.db)).toString())
  monitor.asked.length = 0
  monitor.status = 200
  logged = []
  begin(monitor.url)
})
afterAll(async () => {
  await monitor.close()
  await opened.close()
})

const ping = 'GET /ping/secret-of-ours'

describe('the sign of life', () => {
  test('is given once after each round of planning and delivering', async () => {
    await minute()
    expect(monitor.asked).toEqual([ping])
    await minute()
    expect(monitor.asked).toEqual([ping, ping])
  })

  test('is given once a minute, however often mail is delivered', async () => {
    await run('plan-reminders', 'deliver-messages', 'deliver-messages', 'plan-reminders', 'deliver-messages')
    await rounds.told()
    expect(monitor.asked).toEqual([ping])
  })

  test('is not given where planning or delivering failed', async () => {
    const broken = { name: 'plan-reminders', cron: '* * * * *', says: '', run: () => Promise.reject(new Error('no')) }
    await expect(rounds.run(broken)).rejects.toThrow('no')
    await run('deliver-messages')
    await run('plan-reminders')
    await expect(rounds.run({ ...broken, name: 'deliver-messages' })).rejects.toThrow('no')
    await rounds.told()
    expect(monitor.asked).toEqual([])
  })

  test('is not given while mail could have left a quarter of an hour ago, nor while the way out has been closed as long', async () => {
    await aCast(app)
    await app.database.db.execute(sql`
      insert into message (organisation_id, person_id, kind, period, part, rehearsal, due_at, state, message_id, language, attempts, next_attempt_at, created_at)
      select 1, 2, 'daily', 'x', 1, false, at, 'deferred', 'x', 'en', 0, at, at from (select ${app.clock.now().subtract({ minutes: 16 }).toString()}::timestamptz as at) made`)
    await run('plan-reminders')
    const jobs = { ...schedule.find((job) => job.name === 'deliver-messages')!, run: async () => ({}) }
    await rounds.run(jobs)
    await rounds.told()
    expect(monitor.asked, 'mail waits').toEqual([])
    await app.database.db.execute(sql`update message set next_attempt_at = ${app.clock.now().add({ minutes: 1 }).toString()}::timestamptz`)
    await app.database.db.execute(sql`insert into channel (name, failing_since, failures) values ('smtp', ${app.clock.now().subtract({ minutes: 16 }).toString()}::timestamptz, 4)`)
    await minute()
    expect(monitor.asked, 'the way out is closed').toEqual([])
    await app.database.db.execute(sql`delete from channel`)
    await minute()
    expect(monitor.asked, 'one put off by its receiver is no trouble of ours').toEqual([ping])
  })

  test.each([[500, 'status'], [302, 'TypeError']])('a monitor that answers %s is a warning without its address, and stops nothing', async (status, says) => {
    monitor.status = status
    await minute()
    expect(monitor.asked).toEqual([ping])
    expect(logged.join('\n')).toContain(says)
    expect(logged.join('\n')).not.toContain('secret-of-ours')
  })

  test('a monitor that cannot be reached is a warning without its address', async () => {
    begin('http://127.0.0.1:1/ping/secret-of-ours')
    await minute()
    expect(logged).toHaveLength(1)
    expect(logged[0]).not.toContain('secret-of-ours')
    expect(logged[0]).not.toContain('127.0.0.1')
  })

  test('nobody is asked where no address is set', async () => {
    begin(undefined)
    await minute()
    expect(monitor.asked).toEqual([])
  })
})

describe('a clock that is wrong', () => {
  const alarms = async (): Promise<string[]> => (await listOpenAlarms(app)).map((one) => `${one.kind} ${String(one.facts['seconds'])}`)

  test.each(['PT6M', '-PT6M', 'P7300D', '-P7300D'])('by %s: nothing is planned or sent, with one alarm, until it is right again', async (jump) => {
    const { organisation, alice } = await aCast(app)
    await live(app, organisation)
    const expiry = app.clock.now().toZonedDateTimeISO('UTC').toPlainDate().add({ days: 200 }).toString()
    await aCertification(app, { organisationId: organisation.id, ownerId: alice.id, days: { expiry } })
    const post = mailServer()
    rounds = openRounds(app, { transport: post, stopping: new AbortController().signal, ask: fetch })
    opened.clock.advance(jump)
    for (const job of ['plan-reminders', 'weekly-digest', 'deliver-messages', 'plan-reminders', 'deliver-messages']) await expect(run(job)).rejects.toThrow(/The clock of this machine is \d+ seconds (ahead of|behind)/)
    expect(await app.database.db.execute(sql`select 1 from message`)).toMatchObject({ rows: [] })
    expect(post.parcels).toEqual([])
    expect(await alarms()).toHaveLength(1)
    expect(logged.filter((line) => line.includes('nothing is planned or sent'))).toHaveLength(1)
    await rounds.told()
    expect(monitor.asked).toEqual([])
    opened.clock.set((await readClock(app.database.db)).toString())
    await app.database.db.execute(sql`update alarm set facts = facts || jsonb_build_object('seenAt', '2020-01-01T00:00:00Z')`)
    await minute()
    expect(await alarms()).toEqual([])
  })

  test('by less than five minutes holds nothing', async () => {
    opened.clock.advance('PT4M50S')
    await minute()
    opened.clock.advance('-PT10M40S')
    await minute()
    expect(await alarms()).toEqual([])
  })

  test('of one process keeps its alarm while another, which is right, looks', async () => {
    opened.clock.advance('PT6M')
    await expect(run('plan-reminders')).rejects.toThrow()
    opened.clock.advance('-PT6M')
    await run('plan-reminders')
    expect(await alarms()).toEqual(['clock 360'])
  })

  test('does not hold a moment that somebody asks about', async () => {
    const plan = schedule.find((job) => job.name === 'plan-reminders')!
    await runJob(app, plan, { now: app.clock.now().add({ hours: 24 * 365 }), asked: true, transport: undefined })
    expect(await alarms()).toEqual([])
  })
})
