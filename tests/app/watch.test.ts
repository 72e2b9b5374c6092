import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import type { App } from '../../src/app/app.ts'
import { openPulse, type Pulse } from '../../src/app/pulse.ts'
import { readReadiness, readWatch } from '../../src/app/watch.ts'
import { readConfig } from '../../src/config.ts'
import { jobNames } from '../../src/core/watch.ts'
import { raiseAlarm } from '../../src/store/alarms.ts'
import { databases } from '../helpers/database.ts'
import { aCast, anOrganisation, testApp, type TestApp } from '../helpers/records.ts'

const smtp = { RECERT_MAIL: 'smtp', SMTP_URL: 'smtp://mail.example.org', RECERT_URL: 'https://recert.example.org' }

let opened: TestApp
let app: App

describe('readiness', () => {
  let pulse: Pulse
  beforeAll(async () => {
    opened = await testApp()
    app = opened.app
  })
  beforeEach(async () => {
    await opened.reset()
    pulse = openPulse()
  })
  afterAll(() => opened.close())

  /** A run of both jobs that took so many seconds each. */
  const round = async (seconds = 0): Promise<void> => {
    for (const job of ['plan-reminders', 'deliver-messages']) await pulse.run(app, job, async () => opened.clock.advance(`PT${seconds}S`))
  }
  const failing = async (): Promise<readonly string[]> => (await readReadiness(app, pulse)).failing

  test('is red until planning and delivering have both ended once', async () => {
    expect(await readReadiness(app, pulse)).toEqual({ ready: false, failing: ['starting'] })
    await pulse.run(app, 'plan-reminders', async () => undefined)
    expect(await failing()).toEqual(['starting'])
    await pulse.run(app, 'deliver-messages', async () => undefined)
    expect(await readReadiness(app, pulse)).toEqual({ ready: true, failing: [] })
  })

  test('a job that stands still turns it red once two runs are missed, and no later than a minute after', async () => {
    await round()
    opened.clock.advance('PT2M')
    expect(await failing()).toEqual([])
    opened.clock.advance('PT1S')
    expect(await failing()).toEqual(['scheduler'])
    await round()
    expect(await failing()).toEqual([])
  })

  test('what runs for long is given as long again, a minute at most', async () => {
    await round(40)
    opened.clock.advance('PT2M')
    expect(await failing(), 'planning ended 160 seconds ago, and took 40').toEqual([])
    opened.clock.advance('PT1S')
    expect(await failing()).toEqual(['scheduler'])
    await round(600)
    await pulse.run(app, 'plan-reminders', async () => undefined)
    opened.clock.advance('PT3M')
    await pulse.run(app, 'plan-reminders', async () => undefined)
    expect(await failing(), 'delivering took ten minutes and ended three ago').toEqual([])
    opened.clock.advance('PT1S')
    expect(await failing()).toEqual(['scheduler'])
  })

  test('delivering that fails is not made up for by planning that goes well', async () => {
    await round()
    opened.clock.advance('PT3M')
    await pulse.run(app, 'plan-reminders', async () => undefined)
    await expect(pulse.run(app, 'deliver-messages', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await failing()).toEqual(['scheduler'])
    expect(pulse.counts()).toContainEqual({ job: 'deliver-messages', outcome: 'failed', n: 1 })
  })

  test('is red while mail is held, for mails that do not add up, and for migrations that are missing', async () => {
    await round()
    const live = { ...app, config: readConfig(smtp) }
    expect((await readReadiness(live, pulse)).failing).toEqual([])
    const elsewhere = { ...live, config: { ...live.config, url: 'https://staging.example.org' } }
    expect((await readReadiness(elsewhere, pulse)).failing).toEqual(['mail-held'])
    await app.database.transact((db) => raiseAlarm(db, { kind: 'conservation', facts: {} }, app.clock.now()))
    expect(await failing()).toEqual(['conservation'])
    await app.database.db.execute(sql`update migration set hash = 'x' || hash`)
    try {
      expect(await failing()).toEqual(['migrations'])
    } finally {
      await app.database.db.execute(sql`update migration set hash = substr(hash, 2)`)
    }
  })

  test('a database that refuses, or never answers, is what is wrong', async () => {
    await round()
    const refusing = { ...app, database: { ...app.database, get db(): never { throw new Error('gone') } } }
    expect((await readReadiness(refusing, pulse)).failing).toEqual(['database'])
    const silent = { ...app, clock: { ...app.clock, deadline: () => AbortSignal.timeout(1) }, config: readConfig(smtp), database: { ...app.database, identity: () => new Promise<string>(() => undefined) } }
    expect((await readReadiness(silent, pulse)).failing).toEqual(['database'])
  })

  test('what is watched is what the timetable runs', () => {
    expect([...jobNames].sort()).toEqual(schedule.map((job) => job.name).sort())
  })
})

describe.each(databases())('the figures on %s', (_, open) => {
  beforeAll(async () => {
    opened = await testApp(open)
    app = opened.app
  })
  beforeEach(async () => {
    await opened.reset()
    await aCast(app)
  })
  afterAll(() => opened.close())

  /** Mails of Alice: state, minutes from the start of the day to its computed instant, and to the moment it was created. */
  const insert = async (...mails: readonly { state: string; due: string; created?: string; next?: string; more?: string }[]): Promise<void> => {
    for (const [n, { state, due, created = due, next = due, more }] of mails.entries()) {
      const ended = ['sent', 'captured', 'rejected', 'abandoned', 'cancelled'].includes(state)
      const held = ['claimed', 'gated'].includes(state)
      await app.database.db.execute(sql`
        insert into message (organisation_id, person_id, kind, period, part, rehearsal, due_at, state, message_id, language, raw, attempts, next_attempt_at, created_at, settled_at, token, lease_until, gated_at)
        values (1, 2, 'daily', ${due}, ${n + 1}, false, ${due}::timestamptz, ${state}, ${`${due}/${n}/${state}`}, 'en', '', 0, ${next}::timestamptz, ${created}::timestamptz,
          ${ended ? due : null}::timestamptz, ${held ? 'x' : null}::text, ${held ? due : null}::timestamptz, ${more === 'gated' ? due : null}::timestamptz)`)
    }
  }
  const deliver = (messageId: number, outcome: string, at: string) => app.database.db.execute(sql`
    insert into delivery (message_id, attempt, channel, started_at, ended_at, outcome) values (${messageId}, 1, 'smtp', ${at}::timestamptz, ${at}::timestamptz, ${outcome})`)

  test('of nothing are all nought', async () => {
    const watch = await readWatch(app)
    expect(watch.backlog).toEqual({ planned: 0, deferred: 0, inFlight: 0, inDoubt: 0, waitingSince: undefined })
    expect(watch.lateness).toEqual({ sent: 0, max: 0, p95: 0, p50: 0 })
    expect([watch.runs, [...watch.lastDay], [...watch.alarms], watch.channels, watch.failed, watch.quarantined]).toEqual([[], [], [], [], 0, 0])
  })

  test('count what has not ended, each mail once, and since when the oldest could have left', async () => {
    opened.clock.set('2026-11-24T12:00:00Z')
    await insert(
      { state: 'planned', due: '2026-11-24T11:30:00Z' }, { state: 'planned', due: '2026-11-24T13:00:00Z' },
      { state: 'deferred', due: '2026-11-24T08:00:00Z', next: '2026-11-24T11:50:00Z' }, { state: 'claimed', due: '2026-11-24T11:00:00Z' },
      { state: 'deferred', due: '2026-11-24T08:00:00Z', next: '2026-11-24T11:58:00Z', more: 'gated' }, { state: 'gated', due: '2026-11-24T11:00:00Z', more: 'gated' },
    )
    await deliver(5, 'in-doubt', '2026-11-24T09:00:00Z')
    await deliver(6, 'in-doubt', '2026-11-24T09:00:00Z')
    const { backlog } = await readWatch(app)
    expect({ ...backlog, waitingSince: String(backlog.waitingSince) })
      .toEqual({ planned: 2, deferred: 1, inFlight: 1, inDoubt: 2, waitingSince: '2026-11-24T11:30:00Z' })
  })

  test('tell what became of the mails of a day, and how late they left', async () => {
    opened.clock.set('2026-11-24T12:00:00Z')
    await insert(
      { state: 'sent', due: '2026-11-20T08:00:00Z' }, { state: 'captured', due: '2026-11-22T08:00:00Z' },
      { state: 'sent', due: '2026-11-24T08:00:00Z' }, { state: 'sent', due: '2026-11-24T08:00:00Z' }, { state: 'cancelled', due: '2026-11-24T08:00:00Z' },
    )
    await deliver(1, 'sent', '2026-11-20T20:00:00Z')
    await deliver(3, 'sent', '2026-11-24T08:00:05Z')
    await deliver(4, 'sent', '2026-11-24T08:10:00Z')
    const watch = await readWatch(app)
    expect([...watch.lastDay]).toEqual([['cancelled', 1], ['sent', 2]])
    expect(watch.lateness).toEqual({ sent: 2, max: 600, p95: 600, p50: 5 })
  })

  test('find the first mail of a day among many', async () => {
    opened.clock.set('2026-11-24T12:00:00Z')
    await app.database.db.execute(sql`
      insert into message (organisation_id, person_id, kind, period, part, rehearsal, due_at, state, message_id, language, raw, attempts, next_attempt_at, created_at, settled_at)
      select 1, 2, 'daily', 'x', n, false, at, 'captured', n::text, 'en', '', 1, at, at, at
      from (select n, timestamptz '2026-11-24T12:00:00Z' - (1000 - n) * interval '1 hour' as at from generate_series(1, 1000) n where n % 3 <> 0) made`)
    expect([...(await readWatch(app)).lastDay]).toEqual([['captured', 17]])
  })

  test('count mail given up by its alarms, until it is tried again', async () => {
    await insert({ state: 'rejected', due: '2026-11-20T08:00:00Z' }, { state: 'abandoned', due: '2026-11-20T08:00:00Z' }, { state: 'sent', due: '2026-11-20T08:00:00Z' })
    for (const subjectId of [1, 2, 3]) await app.database.transact((db) => raiseAlarm(db, { kind: 'mail-failed', subjectId, facts: {} }, app.clock.now()))
    const watch = await readWatch(app)
    expect([watch.failed, [...watch.alarms]]).toEqual([2, [['mail-failed', 3]]])
  })

  test('name the last good run of each job, not the last', async () => {
    await anOrganisation(app, 'Other')
    await app.database.db.execute(sql`
      insert into job_run (job, started_at, as_of, ended_at, outcome) values
        ('plan-reminders', '2026-11-24T07:58:00Z', '2026-11-24T07:58:00Z', '2026-11-24T07:58:01Z', 'done'),
        ('plan-reminders', '2026-11-24T07:59:00Z', '2026-11-24T07:59:00Z', '2026-11-24T07:59:01Z', 'failed')`)
    expect((await readWatch(app)).runs.map((one) => `${one.job} ${one.endedAt.toString()}`)).toEqual(['plan-reminders 2026-11-24T07:58:01Z'])
  })
})
