import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type CalendarImport, type CalendarImported, importCalendar } from '../../src/app/calendar-import.ts'
import { calendarOf, getCalendar, listCalendars, loadCalendars } from '../../src/app/calendars.ts'
import { addOrganisation } from '../../src/app/people.ts'
import { addWorkingDays, isProvisional, isWorkingDay } from '../../src/core/calendar.ts'
import { AppError } from '../../src/errors.ts'
import { rows } from '../../src/store/database.ts'
import { day } from '../helpers/factory.ts'
import { aCertification, anOrganisation, aPerson, dutyOf, ledger, planAt, testApp, type TestApp } from '../helpers/records.ts'

let world: TestApp
beforeAll(async () => { world = await testApp() })
beforeEach(() => world.reset())
afterAll(() => world.close())

const sample = (name: string): Uint8Array => readFileSync(new URL(`../samples/${name}`, import.meta.url))
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Rows of days off: `2027-05-03`, or made up for: `+2027-05-08`. */
const table = (...days: readonly string[]): Uint8Array =>
  bytesOf(`date,working\n${days.map((one) => (one.startsWith('+') ? `${one.slice(1)},yes` : `${one},no`)).join('\n')}\n`)

const importing = (bytes: Uint8Array, rest: Partial<CalendarImport> = {}): Promise<CalendarImported> =>
  importCalendar(world.app, { bytes, file: 'days.csv', calendar: 'CN', dryRun: false, ...rest })

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown)
  if (error instanceof AppError) return error.message
  throw new Error('was not refused', { cause: error })
}

const china = async () => getCalendar(await loadCalendars(world.app.database.db), 'CN')
const storedDays = () => rows<{ line: string }>(world.app.database.db, sql`
  select concat_ws(' ', calendar, day, case when working then 'working' else 'off' end) as line from calendar_day order by calendar, day`)

/** An organisation in China whose filing is due 30 days after its level was fixed: on Friday 5 February 2027, unless that is off. */
async function aFiling(calendar = 'CN') {
  world.clock.set('2027-01-06T08:00:00Z')
  const now = world.clock.now()
  const organisation = await world.app.database.transact((db) => addOrganisation(world.app, db, { name: 'Harbour Cloud', calendar }, { zone: 'UTC', now }))
  const alice = await aPerson(world.app, { name: 'Alice', organisationId: organisation.id })
  const certification = await aCertification(world.app, {
    organisationId: organisation.id, ownerId: alice.id, scheme: 'mlps', options: { level: '3' }, name: 'Payments', days: { 'level-fixed': '2027-01-06' },
  })
  return { organisation, certification, due: async () => dutyOf(world.app, certification.id, 'filing') }
}

describe('importing a year that was not announced', () => {
  test.each([['a holiday calendar', 'calendar-cn-2027.ics'], ['a table in Chinese, in the encoding of an old spreadsheet', 'calendar-cn-2027-gbk.csv']])(
    'from %s makes it known, with the December days it moves', async (_, file) => {
      const result = await importing(sample(file), { file })
      expect(result).toMatchObject({ calendar: 'CN', years: [2027], days: { added: 14, changed: 0, removed: 0 }, leftOut: 0, moved: [], problems: [] })
      const known = await china()
      expect(addWorkingDays(day('2027-02-04'), 1, known).day.toString()).toBe('2027-02-12')
      expect([isWorkingDay(day('2027-02-14'), known), isWorkingDay(day('2026-12-31'), known), isWorkingDay(day('2026-12-30'), known)]).toEqual([true, false, true])
      expect([2025, 2026, 2027, 2028].filter((year) => isProvisional(day(`${year}-06-01`), known))).toEqual([2028])
      expect(isWorkingDay(day('2026-10-08'), known)).toBe(true)
      expect(isWorkingDay(day('2026-10-07'), known)).toBe(false)
    })

  test('moves what was counted through it, in the same breath, says so, and what had been said is not said again', async () => {
    const { due } = await aFiling()
    await planAt(world, '2027-01-22T09:00:00Z')
    const said = await ledger(world.app)
    expect(said.join()).toContain('Alice 2027-01-22 P')
    expect((await due()).dueOn.toString()).toBe('2027-02-05')
    expect((await due()).provisional).toBe(true)
    const result = await importing(sample('calendar-cn-2027.ics'))
    const moved = result.moved.map((one) => `${one.certification} ${one.rule} ${one.ordinal} ${one.from?.toString()} ${one.to?.toString()}`)
    expect(moved).toEqual(['Payments filing 1 2027-02-05 2027-02-12'])
    expect((await due()).dueOn.toString()).toBe('2027-02-12')
    expect((await due()).provisional).toBe(false)
    await planAt(world, '2027-01-25T09:00:00Z')
    expect(await ledger(world.app)).toEqual(said)
  })

  test('leaves a line in the history of each organisation that counts with it, and of no other', async () => {
    const { organisation } = await aFiling()
    await anOrganisation(world.app, 'Elsewhere')
    await importing(sample('calendar-cn-2027.ics'))
    expect(await rows(world.app.database.db, sql`select organisation_id as id, facts from history where event = 'calendar-imported'`))
      .toEqual([{ id: organisation.id, facts: { calendar: 'CN', years: '2027', days: 14, moved: 1 } }])
  })

  test('as a dry run says all of it and changes none of it', async () => {
    const { due } = await aFiling()
    const foreseen = await importing(sample('calendar-cn-2027.ics'), { dryRun: true })
    expect((await due()).dueOn.toString()).toBe('2027-02-05')
    expect(await storedDays()).toEqual([])
    expect(isProvisional(day('2027-06-01'), await china())).toBe(true)
    const done = await importing(sample('calendar-cn-2027.ics'))
    expect(JSON.stringify(foreseen)).toBe(JSON.stringify(done))
  })

  test('has the planner look again at what waits for a working day, since a person may go by it where their organisation does not', async () => {
    const { certification } = await aFiling('weekdays')
    await planAt(world, '2027-01-06T09:00:00Z')
    const now = world.clock.now().toString()
    const waiting = () => rows(world.app.database.db, sql`select 1 from obligation where certification_id = ${certification.id} and check_at > ${now}::timestamptz`)
    await world.app.database.db.execute(sql`update obligation set check_at = '2027-03-01T00:00:00Z'`)
    expect(await waiting()).not.toEqual([])
    await importing(sample('calendar-cn-2027.ics'))
    expect(await waiting()).toEqual([])
  })
})

describe('importing a year again', () => {
  test('replaces it, and says of each day what it was', async () => {
    await importing(table('2027-05-03', '2027-05-04', '+2027-05-08', '2028-05-01'))
    const result = await importing(table('2027-05-03', '2027-05-05', '2027-05-08'))
    expect(result.days).toEqual({ added: 1, changed: 1, removed: 1 })
    expect(result.changes).toEqual([
      { date: '2027-05-04', from: 'off', to: 'week' }, { date: '2027-05-05', from: 'week', to: 'off' }, { date: '2027-05-08', from: 'working', to: 'off' },
    ])
    expect((await storedDays()).map((row) => row.line)).toEqual(['CN 2027-05-03 off', 'CN 2027-05-05 off', 'CN 2027-05-08 off', 'CN 2028-05-01 off'])
  })

  test('with the same file changes nothing', async () => {
    await importing(sample('calendar-cn-2027.ics'))
    expect((await importing(sample('calendar-cn-2027.ics'))).changes).toEqual([])
  })

  test('takes the place of a year that came with the release, and only of that', async () => {
    const result = await importing(table('2026-05-04'))
    expect(result.days.added).toBe(0)
    expect(result.days.removed).toBeGreaterThan(30)
    const known = await china()
    expect([isWorkingDay(day('2026-05-01'), known), isWorkingDay(day('2026-10-01'), known), isWorkingDay(day('2025-10-01'), known)]).toEqual([true, true, false])
  })

  test('keeps the December days that the year after it had moved', async () => {
    await importing(sample('calendar-cn-2027.ics'))
    await importing(table('2026-05-04'))
    expect(isWorkingDay(day('2026-12-31'), await china())).toBe(false)
  })

  test('names where the days are from', async () => {
    await importing(table('2027-05-03'), { file: 'may.csv' })
    await importing(table('2028-05-03'), { source: 'Notice no. 7' })
    const lines = (await listCalendars(world.app)).map((one) => `${one.calendar} ${one.years.at(0)}-${one.years.at(-1)} ${one.source}`)
    expect(lines).toEqual(['CN 2004-2026 State Council notices, as published with this release', 'CN 2027-2027 may.csv', 'CN 2028-2028 Notice no. 7'])
  })
})

describe('a file is refused whole', () => {
  test('with every problem, and nothing is written', async () => {
    const result = await importing(bytesOf('date,working\n2027-05-03,no\n2027-02-30,no\n2027-05-04,perhaps\n'))
    expect(result.problems.map((one) => `${one.row} ${one.value}`)).toEqual(['3 2027-02-30', '4 perhaps'])
    expect(result).toMatchObject({ years: [], days: { added: 0, changed: 0, removed: 0 }, moved: [] })
    expect(await storedDays()).toEqual([])
  })

  test.each([
    ['weekdays', '"weekdays" is Monday to Friday and nothing else'], ['cn', 'There is a calendar "CN" already'],
    ['de', 'There is a calendar "DE" already'], ['UK', 'no ISO 3166 country code'],
    ['my calendar', 'Use at most 40 letters, digits and hyphens'], ['', 'Use at most 40 letters'], ['CN-', 'Use at most 40 letters'],
  ])('under the id "%s"', async (calendar, reason) => {
    expect(await refusal(importing(table('2027-05-03'), { calendar }))).toContain(reason)
  })

  test('for a year no calendar has', async () => {
    expect(await refusal(importing(table('2027-05-03'), { years: [20_270] }))).toContain('--year 20270 is not from 1950 to 2199')
  })
})

describe('calendars that did not come with the release', () => {
  test('a country counts by its own weekend, provisionally, until a year of it is imported', async () => {
    const before = getCalendar(await loadCalendars(world.app.database.db), 'DE')
    expect(isProvisional(day('2027-06-01'), before)).toBe(true)
    await importing(sample('calendar-de-2027.ics'), { calendar: 'DE' })
    const germany = getCalendar(await loadCalendars(world.app.database.db), 'DE')
    expect([isWorkingDay(day('2027-03-26'), germany), isWorkingDay(day('2027-06-09'), germany)]).toEqual([false, true])
    expect([isProvisional(day('2027-06-01'), germany), isProvisional(day('2028-06-01'), germany)]).toEqual([false, true])
  })

  test('a calendar of one\'s own is known once it was imported, with the weekend of its country', async () => {
    await importing(sample('calendar-acme-2027.csv'), { calendar: 'SA-acme' })
    const own = getCalendar(await loadCalendars(world.app.database.db), 'SA-acme')
    // A Friday, which is weekend there; a Sunday, which is not; the Saturday of the stocktaking; a day of the works holiday.
    expect(['2027-08-06', '2027-08-08', '2027-08-07', '2027-08-03'].map((text) => isWorkingDay(day(text), own))).toEqual([false, true, true, false])
  })

  test('an id that is nothing of this is refused, naming what is known and how to import', async () => {
    const calendars = await loadCalendars(world.app.database.db)
    expect(() => getCalendar(calendars, 'Atlantis')).toThrow(
      'There is no calendar "Atlantis". Known: weekdays, CN, and every country by its ISO 3166 code, such as DE. '
      + 'For one of your own: calendar import FILE --calendar Atlantis')
    expect(calendarOf(calendars, 'Atlantis').id).toBe('weekdays')
  })

  test('those in use are listed with what is missing, this year and the next', async () => {
    await aFiling('DE')
    world.clock.set('2026-11-24T08:00:00Z')
    const lines = async () => (await listCalendars(world.app)).map((one) => `${one.calendar} ${one.years.length} years, ${one.source}; missing ${one.missing.join(' ')}`)
    expect(await lines()).toEqual([
      'CN 23 years, State Council notices, as published with this release; missing 2027', 'DE 0 years, nothing imported: its weekends alone; missing 2026 2027',
    ])
    await importing(sample('calendar-cn-2027.ics'), { file: 'cn.ics' })
    expect((await lines()).slice(0, 2)).toEqual(['CN 23 years, State Council notices, as published with this release; missing ', 'CN 1 years, cn.ics; missing '])
  })
})
