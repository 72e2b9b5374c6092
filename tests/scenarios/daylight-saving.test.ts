// Clocks that change, lived: people of telling time zones and send hours, each with a notice on each of three
// days, planned and delivered at every half hour through the change. The pure rule, for all zones, is in core.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { act } from '../../src/app/app.ts'
import { changePolicy } from '../../src/app/policies.ts'
import { isWorkingDay, weekdays } from '../../src/core/calendar.ts'
import { dayOf, instantAt } from '../../src/core/day.ts'
import { writeCalendar } from '../../src/store/calendars.ts'
import { rows } from '../../src/store/database.ts'
import { day, daysFrom } from '../helpers/factory.ts'
import { aCertification, anOrganisation, aPerson, deliverAll, planAt, type TestApp, testApp } from '../helpers/records.ts'

// Those that change on the second of three days, beside some that never do: by half an hour, by two hours, at
// midnight, a quarter of an hour off.
const windows: readonly (readonly [first: string, zones: readonly string[]])[] = [
  ['2026-03-07', ['America/New_York', 'America/St_Johns', 'America/Sao_Paulo']],
  ['2026-03-28', ['Europe/Berlin', 'Antarctica/Troll', 'America/Nuuk']],
  ['2026-04-04', ['Australia/Lord_Howe', 'Pacific/Chatham', 'Pacific/Apia']],
  ['2026-04-23', ['Africa/Cairo', 'Asia/Kathmandu']],
  ['2026-09-26', ['Pacific/Chatham', 'Pacific/Kiritimati']],
  ['2026-10-03', ['Australia/Lord_Howe', 'Asia/Shanghai']],
  ['2026-10-24', ['Europe/Berlin', 'Antarctica/Troll', 'America/Nuuk']],
  ['2026-10-29', ['Africa/Cairo', 'Asia/Shanghai']],
  ['2026-10-31', ['America/New_York', 'America/St_Johns', 'America/Sao_Paulo']],
]
const hours = ['00:00', '02:30', '03:00', '23:30']
const notices = ['P1D', 'P0D', 'overdue-1']

let made: TestApp
beforeAll(async () => { made = await testApp() })
beforeEach(() => made.reset())
afterAll(() => made.close())

/** Sunday is when clocks change: here it is worked, so that the day itself has its mail. */
async function workEveryDay(): Promise<void> {
  const off = daysFrom('2026-01-01', '2026-12-31').map(day).filter((one) => !isWorkingDay(one, weekdays))
  await act(made.app, (db) => writeCalendar(db, {
    calendar: 'every-day', years: [2026], source: 'house', removed: [], entries: off.map((one, row) => ({ row, day: one, working: true, name: 'worked' })),
  }))
}

/** Adds one owner for each zone and hour; what each owns ends on the second of the three days. */
async function settle(first: string, zones: readonly string[]): Promise<string[]> {
  made.clock.set(instantAt(day(first).subtract({ days: 2 }), '00:00', 'UTC').toString())
  await workEveryDay()
  await act(made.app, (db, now) => changePolicy(db, 'registration-expiry', { audience: 'owner', notices: notices.slice(0, 2) }, now))
  const { id } = await anOrganisation(made.app, undefined, { calendar: 'every-day' })
  const names: string[] = []
  for (const zone of zones) {
    for (const sendHour of hours) {
      const name = `${zone} ${sendHour}`
      const owner = await aPerson(made.app, { name, email: `reader-${names.push(name)}@example.org`, organisationId: id, zone, sendHour })
      await aCertification(made.app, { organisationId: id, name, ownerId: owner.id, days: { expiry: day(first).add({ days: 1 }).toString() } })
    }
  }
  return names
}

/** Every half hour in which it is one of the three days somewhere. */
function halfHours(first: string, zones: readonly string[]): string[] {
  const starts = zones.map((zone) => instantAt(day(first), '00:00', zone).epochMilliseconds)
  const ends = zones.map((zone) => instantAt(day(first).add({ days: 3 }), '00:00', zone).epochMilliseconds)
  const ticks: string[] = []
  for (let at = Math.min(...starts); at < Math.max(...ends); at += 30 * 60_000) ticks.push(Temporal.Instant.fromEpochMilliseconds(at).toString())
  return ticks
}

async function live(ticks: readonly string[]): Promise<void> {
  for (const tick of ticks) {
    const { messages } = await planAt(made, tick)
    if (messages > 0) await deliverAll(made.app)
  }
}

interface Told { readonly name: string; readonly period: string; readonly part: number; readonly state: string; readonly due: number; readonly settled: number; readonly says: string }

const mailOf = (): Promise<Told[]> => rows<Told & Record<string, unknown>>(made.app.database.db, sql`
  select p.name, m.period, m.part, m.state, extract(epoch from m.due_at)::float8 as due, extract(epoch from m.settled_at)::float8 as settled,
    (select string_agg(n.notice, '+' order by n.id) from notice n where n.message_id = m.id and n.outcome = 'said') as says
  from message m join person p on p.id = m.person_id where p.name like '%/%' order by p.name, m.id`)

/** What each person's days brought, as text. */
const linesOf = (mails: readonly Told[], names: readonly string[]): string[] =>
  names.flatMap((name) => mails.filter((one) => one.name === name).map((one) => `${name}: ${one.period} ${one.says}${one.part === 1 ? '' : ` (part ${one.part})`}, ${one.state}`))

const expectedOf = (names: readonly string[], first: string): string[] => {
  const days = Array.from({ length: 3 }, (_, n) => day(first).add({ days: n }).toString())
  return names.flatMap((name) => notices.map((notice, n) => `${name}: ${days[n]!} ${notice}, captured`))
}

/** Mail that left on another day than its own, or after its send hour. */
function strays(mails: readonly Told[]): string[] {
  return mails.filter(({ name, period, due, settled }) => {
    const zone = name.split(' ')[0]!
    const on = dayOf(Temporal.Instant.fromEpochMilliseconds(settled * 1000), zone).toString()
    return on !== period || settled < due || settled - due >= 3600
  }).map(({ name, period, due, settled }) => `${name}: ${period}, ${settled - due} s after its hour`)
}

test.each(windows)('three days from %s, at every half hour: everybody has one mail a day, within their hour, and each notice once', async (first, zones) => {
  const names = await settle(first, zones)
  await live(halfHours(first, zones))
  const mails = await mailOf()
  expect(linesOf(mails, names)).toEqual(expectedOf(names, first))
  expect(strays(mails)).toEqual([])
}, 120_000)

test.each(windows.slice(5))('three days from %s, at half of the half hours: nobody has two mails a day, and each notice is said or covered once', async (first, zones) => {
  const names = await settle(first, zones)
  const lastHours = zones.map((zone) => instantAt(day(first).add({ days: 3 }), '23:30', zone).toString()).sort()
  await live([...some(halfHours(first, zones), 2026), ...lastHours])
  const mails = await mailOf()
  // Who is written to half an hour before midnight may hear only on the next day: then of both days at once.
  const early = names.filter((name) => !name.endsWith('23:30'))
  expect(linesOf(mails, early)).toEqual(expectedOf(early, first))
  expect(linesOf(mails, names).filter((one) => one.includes('part'))).toEqual([])
  expect(await ledgerOf(names)).toEqual(names.map((name) => `${name}: ${notices.join(' ')}`))
}, 120_000)

/** Leaves out every other one on the whole, by a seed that a failed test can be repeated with. */
function some(ticks: readonly string[], seed: number): string[] {
  let state = seed
  const next = (): number => (state = (state * 48_271) % 2_147_483_647)
  return ticks.filter(() => next() % 2 === 0)
}

/** The notices of each person in the order of the ladder; what was covered counts as much as what was said. */
async function ledgerOf(names: readonly string[]): Promise<string[]> {
  const found = await rows<{ name: string; notices: string }>(made.app.database.db, sql`
    select p.name, string_agg(n.notice, ' ' order by n.offset_days desc) as notices
    from notice n join person p on p.id = n.person_id where n.outcome in ('said', 'covered') group by p.name`)
  const byName = new Map(found.map((one) => [one.name, one.notices]))
  return names.map((name) => `${name}: ${byName.get(name) ?? ''}`)
}
