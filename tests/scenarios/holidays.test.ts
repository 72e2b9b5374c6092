// China's closures of 2026, lived: what is said before, inside and after Spring Festival, and the weekly
// status over a whole year. The list before a closure is told of elsewhere; here it is left out.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { publishedCalendars } from '../../src/app/calendars.ts'
import { planDigests } from '../../src/app/digests.ts'
import { isWorkingDay } from '../../src/core/calendar.ts'
import { instantAt, mondayOf, weekOf } from '../../src/core/day.ts'
import { rows } from '../../src/store/database.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { day, daysFrom } from '../helpers/factory.ts'
import { aCast, deliverAll, type TestApp, testApp } from '../helpers/records.ts'
import { beginLife, enter, type Life, liveDay, type Mail, newMail, runJobsAt } from '../helpers/timeline.ts'

const zone = 'Asia/Shanghai'
const china = publishedCalendars().get('CN')!
const off2026 = daysFrom('2025-12-29', '2027-01-03').filter((one) => !isWorkingDay(day(one), china))

test('Spring Festival of 2026 is nine days off between two Saturdays that are worked', () => {
  expect(off2026.filter((one) => one >= '2026-02-14' && one <= '2026-02-28')).toEqual(daysFrom('2026-02-15', '2026-02-23'))
})

describe('around Spring Festival', () => {
  let opened: TestDatabase
  let life: Life
  const names = new Map<number, string>()
  beforeAll(async () => { opened = await testDatabase() })
  beforeEach(async () => {
    await opened.reset()
    names.clear()
  })
  afterAll(() => opened.close())

  /** Enters validations named by the day they end on; Alice owns them. */
  async function ending(...days: readonly string[]): Promise<void> {
    for (const on of days) {
      await enter({ scheme: 'fips-140', name: `Module until ${on}` }, { expiry: on })(life)
      names.set(life.certificationId, on.slice(5))
    }
  }

  const isOfLadder = (notice: string): boolean => /^expiry (P\d+D|overdue-\d+)$/.test(notice)

  /** Reads mails as `Alice: 02-18 P0D, 02-25 P7D`. */
  const told = (mails: readonly Mail[]): string => mails.flatMap(({ to, says }) => {
    const items = says.filter((one) => isOfLadder(one.notice)).map((one) => `${names.get(one.certificationId)!} ${one.notice.replace('expiry ', '')}`).sort()
    return items.length > 0 ? [`${to}: ${items.join(', ')}`] : []
  }).sort().join(' | ')

  async function livedUntil(last: string): Promise<string[]> {
    const lines: string[] = []
    while (life.next.toString() <= last) {
      const on = life.next.toString()
      const mail = told(await liveDay(life))
      if (mail !== '') lines.push(`${on} ${mail}`)
    }
    return lines
  }

  test('what falls into it is said on the Saturday before, what is late on the Tuesday after, and nothing between', async () => {
    life = await beginLife(opened.database, '2026-02-09', { zone, calendar: 'CN' })
    await ending('2026-02-13', '2026-02-18', '2026-02-23', '2026-02-24', '2026-02-28', '2026-03-20')
    expect(await livedUntil('2026-03-02')).toEqual([
      // Entered so late, each is told where it stands.
      '2026-02-09 Alice: 02-13 P7D, 02-18 P30D, 02-23 P30D, 02-24 P30D, 02-28 P30D, 03-20 P90D | Bob: 02-13 P7D | Carol: 02-13 P7D',
      '2026-02-11 Alice: 02-18 P7D | Bob: 02-18 P7D | Carol: 02-18 P7D',
      '2026-02-13 Alice: 02-13 P0D',
      // A Saturday, worked: the last day before. What ends inside says so now; so does every notice that falls inside.
      '2026-02-14 Alice: 02-13 overdue-1, 02-18 P0D, 02-23 P0D, 02-24 P7D, 02-28 P7D, 03-20 P30D | Bob: 02-13 overdue-1, 02-23 P7D, 02-24 P7D, 02-28 P7D | Carol: 02-23 P7D, 02-24 P7D, 02-28 P7D | Dora: 02-13 overdue-1',
      '2026-02-24 Alice: 02-13 overdue-2, 02-18 overdue-1, 02-23 overdue-1, 02-24 P0D | Bob: 02-18 overdue-1, 02-23 overdue-1 | Dora: 02-18 overdue-1, 02-23 overdue-1',
      '2026-02-25 Alice: 02-24 overdue-1 | Bob: 02-24 overdue-1 | Dora: 02-24 overdue-1',
      // A Saturday again, and worked: its own notice goes.
      '2026-02-28 Alice: 02-13 overdue-3, 02-28 P0D',
      '2026-03-02 Alice: 02-28 overdue-1 | Bob: 02-28 overdue-1 | Dora: 02-28 overdue-1',
    ])
    expect(life.alarms).toEqual([])
  }, 120_000)

  test('inside it only what would be over by its end is said, at once', async () => {
    life = await beginLife(opened.database, '2026-02-17', { zone, calendar: 'CN' })
    life.clock.set('2026-02-17T07:10:00Z')
    await ending('2026-02-20', '2026-02-24', '2026-03-20')
    await runJobsAt(life, '2026-02-17T07:12:00Z')
    expect(told(await newMail(life))).toBe('Alice: 02-20 P0D | Bob: 02-20 P7D | Carol: 02-20 P7D')
    life.next = day('2026-02-18')
    expect(await livedUntil('2026-02-24')).toEqual([
      '2026-02-24 Alice: 02-20 overdue-1, 02-24 P0D, 03-20 P30D | Bob: 02-20 overdue-1, 02-24 P7D | Carol: 02-24 P7D | Dora: 02-20 overdue-1',
    ])
  })
})

describe('the weekly status of 2026', () => {
  let made: TestApp
  beforeAll(async () => { made = await testApp() })
  beforeEach(() => made.reset())
  afterAll(() => made.close())

  /** Mondays that are off, and the day of the mail; the week of Spring Festival has no working day at all. */
  const moved = new Map([
    ['2026-02-16', '2026-02-16'], ['2026-02-23', '2026-02-24'], ['2026-04-06', '2026-04-07'], ['2026-05-04', '2026-05-06'], ['2026-10-05', '2026-10-08'],
  ])
  const mondays = daysFrom('2025-12-29', '2027-01-03').filter((one) => day(one).dayOfWeek === 1)

  test('has five Mondays off, four of them in weeks that are worked', () => {
    expect(off2026.filter((one) => day(one).dayOfWeek === 1)).toEqual([...moved.keys()])
    const worked = (monday: string): boolean => daysFrom(monday, day(monday).add({ days: 6 }).toString()).some((one) => !off2026.includes(one))
    expect([...moved.keys()].filter(worked)).toEqual(['2026-02-23', '2026-04-06', '2026-05-04', '2026-10-05'])
  })

  const seasons = [0, 14, 27, 40].map((from, n, all) => mondays.slice(from, all[n + 1]))

  test.each(seasons)('from the week of %s goes once a week, at nine on the first working day', async (...season) => {
    made.clock.set(instantAt(day(season[0]!), '00:00', zone).toString())
    await aCast(made.app, { zone, calendar: 'CN' })
    for (const one of daysFrom(season[0]!, day(season.at(-1)!).add({ days: 6 }).toString())) await askAt(one, ['00:30', '08:59', '09:00', '17:00'])
    expect(await digests()).toEqual(season.map((monday) => `${weekOf(mondayOf(day(monday)))} ${moved.get(monday) ?? monday} 09:00 captured`))
  })

  async function askAt(on: string, hours: readonly string[]): Promise<void> {
    for (const hour of hours) {
      made.clock.set(instantAt(day(on), hour, zone).toString())
      const { planned } = await planDigests(made.app, made.clock.now())
      if (planned > 0) await deliverAll(made.app)
    }
  }

  const digests = async (): Promise<string[]> => (await rows<{ line: string }>(made.app.database.db, sql`
    select concat_ws(' ', period, to_char(settled_at at time zone ${zone}, 'YYYY-MM-DD HH24:MI'), state) as line
    from message where kind = 'digest' order by id`)).map((row) => row.line)
})
