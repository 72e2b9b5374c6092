// Servers that sleep, wake at odd minutes, or run in no order. Whatever the moments of its runs, up to the same
// last one the ledger holds the same notices as if it had run every minute: each said or covered once, none
// said after a tighter one. What a run every minute would give is decided here by the pure rule, day by day.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { planDigests } from '../../src/app/digests.ts'
import { isWorkingDay, weekdays } from '../../src/core/calendar.ts'
import type { Listener, Said } from '../../src/core/rise.ts'
import { rows } from '../../src/store/database.ts'
import { listObligationsOf } from '../../src/store/obligations.ts'
import { day, daysFrom, defaultLadder, listener } from '../helpers/factory.ts'
import { live } from '../helpers/ledger.ts'
import { aCast, aCertification, type Cast, deliverAll, ledger, mail, planAt, type TestApp, testApp } from '../helpers/records.ts'

let made: TestApp
let cast: Cast

beforeAll(async () => { made = await testApp() })
beforeEach(async () => { await made.reset() })
afterAll(() => made.close())

/** Enters validations that end on these days, on the morning of one; Alice owns them. Returns their numbers. */
async function entered(on: string, ...ends: readonly string[]): Promise<number[]> {
  made.clock.set(`${on}T08:00:00Z`)
  cast = await aCast(made.app)
  const ids: number[] = []
  for (const expiry of ends) {
    ids.push((await aCertification(made.app, { organisationId: cast.organisation.id, name: `Module until ${expiry}`, ownerId: cast.alice.id, days: { expiry } })).id)
  }
  return ids
}

async function runAt(moment: string): Promise<void> {
  await planAt(made, moment)
  await planDigests(made.app, made.clock.now())
  await deliverAll(made.app)
}

/** What is told of an owner's silence follows when the owner was told, and is proved elsewhere. */
const isOfLadder = (line: string): boolean => / (P\d+D|overdue-\d+) /.test(line)

test('after a month asleep each duty has one reminder, its tightest, and those before are covered by it', async () => {
  await entered('2027-05-05', '2027-05-20', '2027-06-10', '2027-07-02', '2027-09-05', '2027-12-31')
  await runAt('2027-05-06T09:00:00Z')
  await runAt('2027-06-07T09:00:00Z')
  expect((await ledger(made.app)).filter((one) => one.includes('2027-06-07') && isOfLadder(one)).sort()).toEqual([
    // Ended while it slept: 7, 0 days before, and three overdue notices.
    'Alice 2027-06-07 P7D covered', 'Alice 2027-06-07 P0D covered', 'Alice 2027-06-07 overdue-1 covered', 'Alice 2027-06-07 overdue-2 covered', 'Alice 2027-06-07 overdue-3 said',
    'Bob 2027-06-07 P7D covered escalation', 'Bob 2027-06-07 overdue-1 said escalation', 'Carol 2027-06-07 P7D said escalation',
    // Ends in three days: 30 and 7 were slept through.
    'Alice 2027-06-07 P30D covered', 'Alice 2027-06-07 P7D said', 'Bob 2027-06-07 P7D said escalation', 'Carol 2027-06-07 P7D said escalation',
    // 30 was slept through; 90 falls on this very day; nothing of the last.
    'Alice 2027-06-07 P30D said', 'Alice 2027-06-07 P90D said',
  ].sort())
  expect((await mail(made.app)).filter((one) => one.includes('2027-06-07'))).toEqual(['Alice', 'Bob', 'Carol'].map((name) => `${name} daily 2027-06-07 captured`))
})

test('after a month asleep there is the status of this week, and none of those slept through', async () => {
  await entered('2027-05-05', '2027-12-31')
  await runAt('2027-05-06T09:00:00Z')
  await runAt('2027-06-09T14:20:00Z') //                    a Wednesday afternoon: it waits for the next morning
  await runAt('2027-06-10T09:00:00Z')
  await runAt('2027-06-11T09:00:00Z')
  expect((await mail(made.app)).filter((one) => one.includes('digest'))).toEqual(['Carol digest 2027-W18 captured', 'Carol digest 2027-W23 captured'])
})

test('two runs a minute apart say on each day what one says', async () => {
  const days = daysFrom('2027-06-09', '2027-07-02').filter((one) => isWorkingDay(day(one), weekdays))
  const lived: string[][] = []
  for (const minutes of [['09:00'], ['09:00', '09:01']]) {
    await made.reset()
    await entered('2027-06-09', '2027-06-16', '2027-06-30', '2027-07-09')
    for (const on of days) for (const minute of minutes) await runAt(`${on}T${minute}:00Z`)
    lived.push([...await ledger(made.app), ...await mail(made.app)])
  }
  expect(lived[1]).toEqual(lived[0])
  expect(lived[0]!.length).toBeGreaterThan(30)
}, 120_000)

const [first, last] = ['2027-01-04', '2027-12-31'] // a Monday and a Friday
const ends = ['2027-02-10', '2027-04-18', '2027-06-30', '2027-09-04', '2027-12-15', '2028-02-29']

interface Kept { readonly key: string; readonly offset: number; readonly outcome: string; readonly line: string }

/** The ledger in the order in which it was written: who, of which duty, which notice of which day. */
const keptIn = (app: TestApp['app']): Promise<Kept[]> => rows<Kept & Record<string, unknown>>(app.database.db, sql`
  select concat_ws(' ', p.name, o.certification_id) as key, n.offset_days as offset, n.outcome,
    concat_ws(' ', p.name, o.certification_id, n.counted_to, n.notice) as line
  from notice n join person p on p.id = n.person_id join obligation o on o.id = n.obligation_id
  where n.outcome in ('said', 'covered') and n.notice ~ '^(P[0-9]+D|overdue-[0-9]+)$' order by n.id`)

/** What a run every minute would have said or covered by the last day. */
async function expected(ids: readonly number[]): Promise<string[]> {
  const duties = await listObligationsOf(made.app.database.db, ids)
  const listeners: [string, Listener][] = [
    ['Alice', listener({ personId: cast.alice.id })],
    ['Bob', listener({ personId: cast.bob.id, audience: 'supervisor', purpose: 'escalation' })],
    ['Carol', listener({ personId: cast.carol.id, audience: 'compliance', purpose: 'escalation' })],
  ]
  return duties.flatMap((obligation) => listeners.flatMap(([name, one]) => {
    const said: Said[] = []
    live({ obligation, ladder: defaultLadder(obligation.ladder), listener: one }, daysFrom(first, last), said)
    return said.map((row) => `${name} ${obligation.certificationId} ${row.countedTo.toString()} ${row.notice}`)
  })).sort()
}

/** Numbers below one, the same again for the same seed. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const minutesOfYear = 361 * 24 * 60
function randomMinutes(seed: number, count: number): string[] {
  const next = dice(seed)
  const start = Temporal.Instant.from(`${first}T09:00:00Z`)
  return Array.from({ length: count }, () => start.add({ minutes: Math.floor(next() * minutesOfYear) }).toString())
}

async function keepsItsPromise(moments: readonly string[]): Promise<void> {
  const ids = await entered(first, ...ends)
  for (const moment of [...moments, `${last}T09:00:00Z`]) {
    const { messages } = await planAt(made, moment)
    if (messages > 0) await deliverAll(made.app)
  }
  const kept = await keptIn(made.app)
  expect(kept.map((one) => one.line).sort()).toEqual(await expected(ids))
  for (const told of Map.groupBy(kept.filter((one) => one.outcome === 'said'), (one) => one.key).values()) {
    const offsets = told.map((one) => one.offset)
    expect(offsets, told[0]!.key).toEqual([...new Set(offsets)].sort((a, b) => b - a))
  }
}

test.each([3, 17, 2027])('a year of runs at random minutes (seed %i) says or covers what runs at every minute would', async (seed) => {
  await keepsItsPromise(randomMinutes(seed, 100).sort())
}, 120_000)

test.each([5, 41])('a year of runs in no order (seed %i) says or covers the same', async (seed) => {
  await keepsItsPromise(randomMinutes(seed, 60))
}, 120_000)

test('one run at the end of the year says or covers the same', async () => {
  await keepsItsPromise([])
  const said = (await keptIn(made.app)).filter((one) => one.outcome === 'said')
  expect(new Set(said.map((one) => one.key)).size).toBe(said.length)
}, 60_000)
