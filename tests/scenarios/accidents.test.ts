// What happens to servers: off for a month, run a hundred times, clocks set back, days in any order, two
// at once. Whatever happens, every notice is said once, and none after a tighter one.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import type { App } from '../../src/app/app.ts'
import { deliverWaiting } from '../../src/app/delivery-run.ts'
import { listMessages } from '../../src/app/lists.ts'
import { planReminders } from '../../src/app/reminders.ts'
import { openDatabase, rows } from '../../src/store/database.ts'
import { listNoticesOf } from '../../src/store/reminders.ts'
import { testDatabase, type TestDatabase, testPostgres } from '../helpers/database.ts'
import { daysFrom } from '../helpers/factory.ts'
import { appOn, beginLife, enter, type Life, liveDay, mailAbout, newMail, type Row, runJobsAt, serverRuns, tell } from '../helpers/timeline.ts'

let opened: TestDatabase

beforeAll(async () => { opened = await testDatabase() })
beforeEach(() => opened.reset())
afterAll(() => opened.close())

/** A module whose validation ends on Wednesday 2027-06-30: 180, 90, 30, 7 and 0 days. */
const aModule = enter({ scheme: 'fips-140', options: { level: '1' } }, { decision: '2022-07-01' })
/** Another ends a fortnight later, on 2027-07-14. */
const another = enter({ scheme: 'fips-140', options: { level: '1' }, name: 'Branch' }, { decision: '2022-07-15' })

async function lifeOfModule(first: string): Promise<Life> {
  const life = await beginLife(opened.database, first)
  await aModule(life)
  return life
}

const ledgerOf = async ({ app }: Life) => (await rows<{ n: number; m: number }>(app.database.db, sql`
  select (select count(*)::int from notice) as n, (select count(*)::int from message) as m`))[0]!

test('after a month asleep there is one mail with the tightest notices, and those before are covered', async () => {
  const life = await lifeOfModule('2026-12-01')
  await another(life)
  const table: readonly Row[] = [
    ['2026-12-01', 'the server is switched off', ''],
    ['2027-06-07', 'the server is switched on', 'Alice: expiry P30D + expiry P90D'], // and nothing of the wider ones before
    ['2027-06-14', '', 'Alice: expiry P30D | Bob: expiry silence-P30D'],
    ['2027-06-21', '', 'Bob: expiry silence-P30D'],
    ['2027-06-23', '', 'Alice: expiry P7D | Bob: expiry P7D | Carol: expiry P7D'],
    ['2027-06-25', '', ''],
  ]
  await tell(life, table, { 'the server is switched off': serverRuns('never'), 'the server is switched on': serverRuns('daily') })
  const outcomes = (await listNoticesOf(opened.database.db, 1)).map(({ notice }) => `${notice.notice} ${notice.outcome} ${notice.reason}`)
  expect(outcomes.filter((one) => one.startsWith('P180D') || one.startsWith('P90D')).sort()).toEqual(['P180D covered covered by P30D', 'P90D covered covered by P30D'])
})

test('a hundred runs of a day say no more than the first, and write no more', async () => {
  const life = await lifeOfModule('2027-06-23')
  expect(mailAbout(await liveDay(life))).toBe('Alice: expiry P7D | Bob: expiry P7D | Carol: expiry P7D')
  const before = await ledgerOf(life)
  for (let n = 0; n < 100; n++) {
    for (const job of schedule.slice(0, 2)) await job.run(life.app, { now: life.clock.now(), asked: false, transport: undefined })
    life.clock.advance('PT1M')
  }
  await runJobsAt(life, life.clock.now().toString())
  expect(await newMail(life)).toEqual([])
  expect(await ledgerOf(life)).toEqual(before)
}, 60_000)

test('a clock set back by a year says nothing again, and set right again goes on where it was', async () => {
  const life = await lifeOfModule('2027-05-31')
  expect(mailAbout(await liveDay(life))).toBe('Alice: expiry P30D')
  for (const moment of ['2026-06-01', '2026-12-30', '2027-01-01', '2027-04-01', '2027-05-30']) await runJobsAt(life, `${moment}T09:00:00Z`)
  expect(mailAbout(await newMail(life))).toBe('')
  await tell(life, [
    ['2027-06-07', '', 'Bob: expiry silence-P30D'], ['2027-06-23', '', 'Alice: expiry P7D | Bob: expiry P7D | Carol: expiry P7D'], ['2027-06-24', '', ''],
  ])
})

/** A shuffle that a failed test can be repeated with. */
function shuffled<T>(all: readonly T[], seed: number): T[] {
  let state = seed
  const next = (): number => (state = (state * 48_271) % 2_147_483_647)
  return all.map((one) => ({ one, at: next() })).sort((a, b) => a.at - b.at).map(({ one }) => one)
}

test.each([1, 7, 2026])('days in any order, some twice, some never (seed %i): nothing twice, nothing after a tighter one', async (seed) => {
  const life = await lifeOfModule('2026-12-01')
  const days = daysFrom('2026-12-20', '2027-07-31')
  const order = shuffled([...days, ...days.slice(0, 60)], seed).slice(0, 70)
  for (const [n, one] of order.entries()) await runJobsAt(life, `${one}T${n % 3 === 0 ? '08:59' : '09:00'}:00Z`, schedule.slice(0, 4))
  const said = (await listNoticesOf(opened.database.db, life.certificationId)).toReversed().filter(({ notice }) => notice.outcome === 'said')
  const perPerson = Map.groupBy(said, ({ notice }) => `${notice.personId}`)
  expect(perPerson.size).toBeGreaterThan(0)
  for (const told of perPerson.values()) {
    const offsets = told.map(({ notice }) => notice.offsetDays)
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => b - a))
  }
}, 60_000)

test('on a Saturday only what would be too late by Monday is told, at once; the rest waits for Monday', async () => {
  const life = await lifeOfModule('2027-06-26') //                                          ends on Wednesday the 30th
  await enter({ scheme: 'fips-140', name: 'Urgent' }, { decision: '2022-06-28' })(life) //  ends tomorrow
  await runJobsAt(life, '2027-06-26T15:30:00Z')
  const urgent = await newMail(life)
  expect(mailAbout(urgent, 2)).toBe('Alice: expiry P0D | Bob: expiry P7D | Carol: expiry P7D')
  expect(mailAbout(urgent, 1)).toBe('')
  await runJobsAt(life, '2027-06-27T09:00:00Z')
  expect(mailAbout(await newMail(life), 1)).toBe('')
  await runJobsAt(life, '2027-06-28T09:00:00Z')
  expect(mailAbout(await newMail(life), 1)).toBe('Alice: expiry P7D | Bob: expiry P7D | Carol: expiry P7D')
})

const noPostgres = 'missing' in inject('postgres')

describe.skipIf(noPostgres)('two servers on one PostgreSQL', () => {
  test('plan and deliver at once, and everybody hears once', async () => {
    const shared = await testPostgres()
    try {
      const life = await beginLife(shared.database, '2027-06-22')
      for (let n = 1; n <= 20; n++) await enter({ scheme: 'fips-140', name: `Module ${n}` }, { decision: '2022-07-01' })(life)
      life.clock.set('2027-06-23T09:00:00Z')
      const other = await openDatabase({ home: '', databaseUrl: shared.url })
      try {
        const second: App = await appOn(other, life.clock)
        const now = life.clock.now()
        const plan = (app: App) => planReminders(app, now, true)
        await Promise.all([plan(life.app), plan(second), plan(life.app), plan(second)])
        const deliver = (app: App) => deliverWaiting(app, { now, asked: false, transport: undefined })
        const delivered = await Promise.all([deliver(life.app), deliver(second)])
        expect(delivered.reduce((sum, one) => sum + (one['captured'] ?? 0), 0)).toBe(3)
      } finally {
        await other.close()
      }
      const messages = await listMessages(life.app, {}, 100)
      expect(messages.map((one) => `${one.person} ${one.kind} ${one.part} ${one.state}`).sort()).toEqual(['Alice daily 1 captured', 'Bob daily 1 captured', 'Carol daily 1 captured'])
      expect((await newMail(life)).map((one) => one.says.length)).toEqual([20, 20, 20])
    } finally {
      await shared.close()
    }
  })
})
