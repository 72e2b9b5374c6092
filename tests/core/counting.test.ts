// Periods as laws, standards and registers count them, against days worked out by hand or taken from
// certificates. China is counted with the days off as published.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { calendarOf as calendarIn, publishedCalendars } from '../../src/app/calendars.ts'
import { addWorkingDays, type Calendar, type Counted, isWorkingDay } from '../../src/core/calendar.ts'
import { type Day, nthAfter } from '../../src/core/day.ts'
import { addSpan, parseSpan, rollDay } from '../../src/core/span.ts'
import { day } from '../helpers/factory.ts'

const china = publishedCalendars().get('CN')!
const weekdays = publishedCalendars().get('weekdays')!

const said = (counted: Counted): string => `${counted.day.toString()}${counted.provisional ? ' provisional' : ''}`

/** Adds a length as a scheme file writes it. */
const after = (from: string, length: string, calendar: Calendar = weekdays): Day => addSpan(day(from), parseSpan(length)!, calendar).day

describe('ten working days in China', () => {
  it.each([
    ['Friday 6 February 2026, over Spring Festival and its make-up Saturday', '2026-02-06', '2026-02-27'],
    ['Monday 9 February 2026, which ends on a make-up Saturday', '2026-02-09', '2026-02-28'],
    ['Friday 24 April 2026, over Labour Day', '2026-04-24', '2026-05-12'],
    ['Thursday 24 September 2026, over two holidays', '2026-09-24', '2026-10-15'],
    ['Wednesday 30 September 2026, over National Day', '2026-09-30', '2026-10-20'],
    ['Wednesday 24 December 2025, by the notice of 2026', '2025-12-24', '2026-01-08'],
  ])('from %s', (_, from, expected) => {
    expect(said(addSpan(day(from), parseSpan('P10WD')!, china))).toBe(expected)
  })

  it('over New Year are provisional while only the old year has been announced', () => {
    const before: Calendar = { ...china, exceptions: new Map([...china.exceptions].filter(([text]) => text < '2026')), knownYears: new Set([2025]) }
    expect(said(addWorkingDays(day('2025-12-24'), 10, before))).toBe('2026-01-07 provisional')
  })
})

describe('thirty days', () => {
  it('from going live on 1 September 2026 end after National Day, not in it', () => {
    const ends = after('2026-09-01', 'P30D')
    expect(ends.toString()).toBe('2026-10-01')
    expect(rollDay(ends, 'forward', china).day.toString()).toBe('2026-10-08')
  })

  it('from 1 February 2026 do not count that day', () => {
    expect(after('2026-02-01', 'P30D').toString()).toBe('2026-03-03')
  })

  it.each([
    ['a Saturday', '2026-10-10', '2026-10-12'], ['a Sunday', '2026-10-11', '2026-10-12'], ['a Monday', '2026-10-12', '2026-10-12'],
  ])('that end on %s, by Regulation 1182/71, end on the next working day', (_, ends, expected) => {
    expect(rollDay(day(ends), 'forward', weekdays).day.toString()).toBe(expected)
  })
})

describe('months and years', () => {
  it.each([
    ['twelve months after 29 February 2024', '2024-02-29', 'P12M', '2025-02-28'],
    ['thirty-six months after it', '2024-02-29', 'P36M', '2027-02-28'],
    ['six months before 31 August 2027', '2027-08-31', '-P6M', '2027-02-28'],
    ['six months after that, which is not where it began', '2027-02-28', 'P6M', '2027-08-28'],
    ['a month after 31 January', '2026-01-31', 'P1M', '2026-02-28'],
    ['two months after it', '2026-01-31', 'P2M', '2026-03-31'],
  ])('%s: clamped to the end of the month', (_, from, length, expected) => {
    expect(after(from, length).toString()).toBe(expected)
  })

  it('are counted from the anchor: the second month after 31 January is not a month after the first', () => {
    const month = Temporal.Duration.from('P1M')
    expect(nthAfter(day('2026-01-31'), month, 2).toString()).toBe('2026-03-31')
    expect(nthAfter(nthAfter(day('2026-01-31'), month, 1), month, 1).toString()).toBe('2026-03-28')
  })

  it.each([
    ['a Common Criteria certificate of 29 September 2023 ends on the same day', after('2023-09-29', 'P5Y'), '2028-09-29'],
    ['a FIPS 140-3 validation of 9 December 2025 ends the day before', after(after('2025-12-09', 'P5Y').toString(), '-P1D'), '2030-12-08'],
    ['ISMAP, one year and four months after a period that ended on 31 March 2025', after('2025-03-31', 'P1Y4M'), '2026-07-31'],
    ['ISMAP, read from the day after it', after('2025-04-01', 'P1Y4M'), '2026-08-01'],
    ['the interim window of a HITRUST r2 of 10 March 2026 opens ninety days before its anniversary', after(after('2026-03-10', 'P1Y').toString(), '-P90D'), '2026-12-10'],
    ['the assessment plan is due sixty days before a FedRAMP anniversary on 2 February 2027', after('2027-02-02', '-P60D'), '2026-12-04'],
  ])('%s', (_, reached, expected) => {
    expect(reached.toString()).toBe(expected)
  })
})

describe('a country whose holidays nobody has entered', () => {
  it.each([
    ['Germany', 'DE', ['Saturday', 'Sunday']], ['Saudi Arabia', 'SA', ['Friday', 'Saturday']], ['Iran', 'IR', ['Friday']],
    ['a German company with its own calendar', 'DE-acme', ['Saturday', 'Sunday']],
  ])('%s has its own weekend', (_, id, expected) => {
    const own: Calendar = calendarIn(new Map(), id)
    const week = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
    expect(week.filter((_, i) => !isWorkingDay(day('2026-11-23').add({ days: i }), own))).toEqual(expected)
  })

  it('is provisional in every year, and weekdays alone never are', () => {
    const germany = calendarIn(new Map(), 'DE')
    expect(said(addWorkingDays(day('2026-11-23'), 5, germany))).toBe('2026-11-30 provisional')
    expect(said(addWorkingDays(day('2026-11-23'), 5, weekdays))).toBe('2026-11-30')
  })
})

const notices = join(import.meta.dirname, '../../../shared/data')
const missing = !existsSync(join(notices, 'cn-holidays-2026.json'))
if (missing) process.stderr.write(`The comparison with the published days off of China is SKIPPED: there is no ${notices}\n`)

interface Notice { readonly days: readonly { readonly date: string; readonly isOffDay: boolean }[] }

describe.skipIf(missing)('China as published with this release', () => {
  test.each([[2024, 366], [2025, 365], [2026, 365]])('agrees with the notices of %i on each of its %i days', (year, count) => {
    const { days }: Notice = JSON.parse(readFileSync(join(notices, `cn-holidays-${year}.json`), 'utf8'))
    const stated = new Map(days.map((one) => [one.date, !one.isOffDay]))
    const first = day(`${year}-01-01`)
    const all = Array.from({ length: first.daysInYear }, (_, i) => first.add({ days: i }))
    expect(all).toHaveLength(count)
    const wrong = all.filter((one) => isWorkingDay(one, china) !== (stated.get(one.toString()) ?? one.dayOfWeek <= 5))
    expect(wrong.map(String)).toEqual([])
  })
})
