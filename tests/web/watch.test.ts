import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPulse, type Pulse } from '../../src/app/pulse.ts'
import { readConfig } from '../../src/config.ts'
import { raiseAlarm } from '../../src/store/alarms.ts'
import { openWeb } from '../../src/web/server.ts'
import { base, browserOf, fill, openWorld, type World } from './world.ts'

const token = 'a-token-of-a-monitor-0123456789ab'

let world: World
let pulse: Pulse
let web: ReturnType<typeof openWeb>
beforeAll(async () => {
  world = await openWorld({ RECERT_METRICS_TOKEN: token, RECERT_HEARTBEAT_URL: 'https://monitor.example.org/ping/secret-of-ours' })
  await fill(world)
})
beforeEach(() => {
  pulse = openPulse()
  web = openWeb(world.app, pulse)
})
afterAll(() => world.test.close())

const ask = async (path: string, authorization?: string): Promise<Response> => await web.request(`${base}${path}`, authorization === undefined ? {} : { headers: { Authorization: authorization } })
const round = async (): Promise<void> => {
  for (const job of ['plan-reminders', 'deliver-messages']) await pulse.run(world.app, job, async () => undefined)
}

describe('what a monitor asks without signing in', () => {
  test('the process answers, before it has done anything', async () => {
    const answer = await ask('/healthz')
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
  })

  test('it is ready once it has planned and delivered, and says what is wrong when it is not', async () => {
    const before = await ask('/readyz')
    expect([before.status, await before.json()]).toEqual([503, { status: 'not ready', failing: ['starting'] }])
    await round()
    const ready = await ask('/readyz')
    expect([ready.status, await ready.json(), ready.headers.get('Cache-Control')]).toEqual([200, { status: 'ready' }, 'no-store'])
    world.clock.advance('PT4M')
    expect(await (await ask('/readyz')).json()).toEqual({ status: 'not ready', failing: ['scheduler'] })
  })

  test('those who ask at once get one answer', async () => {
    await round()
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/readyz')))
    expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200]))
  })
})

describe('the figures', () => {
  test('are not there while no token is set', async () => {
    web = openWeb({ ...world.app, config: readConfig({}) })
    expect((await ask('/metrics', `Bearer ${token}`)).status).toBe(404)
  })

  test.each([undefined, '', 'Bearer', 'Bearer wrong', `Basic ${token}`, token, `Bearer ${token} `.slice(0, -2), `Bearer ${token}x`])('are refused to %s', async (authorization) => {
    const answer = await ask('/metrics', authorization)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('WWW-Authenticate')).toContain('Bearer')
    expect(await answer.text()).not.toContain('recert_')
  })

  test('name jobs, mails, lateness, alarms and the process; no secret, name or address', async () => {
    await round()
    await world.app.database.transact((db) => raiseAlarm(db, { kind: 'mail-failed', subjectId: 1, facts: { reply: '550 ann@example.org unknown' } }, world.clock.now()))
    await world.app.database.db.execute(sql`insert into channel (name, failing_since, failures, paused_until)
      values ('smtp', ${world.clock.now().subtract({ minutes: 3 }).toString()}::timestamptz, 2, ${world.clock.now().add({ minutes: 1 }).toString()}::timestamptz)`)
    const answer = await ask('/metrics', `Bearer ${token}`)
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    const text = await answer.text()
    for (const line of [
      'recert_job_runs_total{job="plan-reminders",outcome="done"} 1', 'recert_messages{state="planned"} 0', 'recert_lateness_seconds{quantile="1"} 0',
      'recert_alarms_open{kind="mail-failed"} 1', 'recert_alarms_open{kind="clock"} 0', 'recert_channel_paused{channel="smtp"} 1', 'recert_channel_failing_seconds{channel="smtp"} 180',
      'recert_mail_held 0', 'recert_oldest_due_unsent_seconds 0',
    ]) expect(text.split('\n')).toContain(line)
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m)
    for (const secret of ['secret-of-ours', token, 'example.org', 'Ann', 'Harbour']) expect(text).not.toContain(secret)
  })

  test('count a run once, however often they are asked for', async () => {
    await round()
    await ask('/metrics', `Bearer ${token}`)
    expect(await (await ask('/metrics', `Bearer ${token}`)).text()).toContain('recert_job_runs_total{job="deliver-messages",outcome="done"} 1\n')
  })

  test('of two applications in one process are apart', async () => {
    await round()
    await ask('/metrics', `Bearer ${token}`)
    web = openWeb(world.app, openPulse())
    expect(await (await ask('/metrics', `Bearer ${token}`)).text()).not.toContain('recert_job_runs_total{')
  })
})

describe('the first page', () => {
  test('names what is wrong with the mail, since when and what to do, to those who look after it', async () => {
    const carol = await browserOf(world, 'carol@example.org')
    const page = await (await carol('/')).text()
    expect(page).toContain('Something is wrong with the mail')
    expect(page).toContain('<a href="/mail/1">A mail was given up</a>')
    expect(page).toContain('npm run -s recert -- message show 1')
    expect(page).toContain('npm run -s recert -- admin close-alarm 1')
    expect(await (await carol('/?lang=zh')).text()).toContain('有一封邮件已放弃发送')
    const ann = await browserOf(world, 'ann@example.org')
    expect(await (await ann('/')).text()).not.toContain('close-alarm')
  })
})
