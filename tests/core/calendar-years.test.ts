import { describe, expect, test } from 'vitest'
import type { Calendar } from '../../src/core/calendar.ts'
import { type CalendarEntry, changedDays, type Claim, claimYears, exceptionsOf, keptDays } from '../../src/core/calendar-years.ts'
import { day, daysFrom } from '../helpers/factory.ts'

/** Days as a file states them, one a row from row 2: `2027-01-01 off`, `2027-01-03 working`. */
const stated = (...lines: readonly string[]): CalendarEntry[] => lines.map((line, i) => {
  const [date, kind] = line.split(' ')
  return { row: i + 2, day: day(date!), working: kind === 'working', name: '' }
})

const off = (...dates: readonly string[]): CalendarEntry[] => stated(...dates.map((one) => `${one} off`))
const claimOf = (entries: readonly CalendarEntry[], named?: readonly number[]): Claim => claimYears(entries, named, { id: 'CN', weekend: undefined })
const daysOf = (claim: Claim): string[] => claim.entries.map((one) => one.day.toString())

describe('a file makes known', () => {
  test('each year in which it has days off', () => {
    expect(claimOf(off('2026-05-01', '2027-05-01', '2027-10-01')).years).toEqual([2026, 2027])
  })

  test('its own year, not the next one whose first day it ends with; that day is kept all the same', () => {
    const claim = claimOf(off('2026-01-01', '2026-05-01', '2026-12-25', '2027-01-01'))
    expect(claim.years).toEqual([2026])
    expect(daysOf(claim)).toEqual(['2026-01-01', '2026-05-01', '2026-12-25', '2027-01-01'])
  })

  test('its own year, not the old one whose last days it moves; those days are kept all the same', () => {
    const claim = claimOf(stated('2028-12-30 working', '2028-12-31 off', '2029-01-01 off', '2029-05-01 off'))
    expect(claim.years).toEqual([2029])
    expect(daysOf(claim)).toEqual(['2028-12-30', '2028-12-31', '2029-01-01', '2029-05-01'])
  })

  test('exactly the years named, and the December days that lead into them', () => {
    const claim = claimOf(off('2026-05-01', '2026-12-24', '2026-12-31', '2027-01-01', '2027-05-01', '2028-05-01'), [2027])
    expect(claim.years).toEqual([2027])
    expect(daysOf(claim)).toEqual(['2026-12-31', '2027-01-01', '2027-05-01'])
    expect(claim.leftOut).toBe(3)
  })

  test('December days that lead into the next year over a weekend', () => {
    // 31 December 2022 was a Saturday, and no file lists a Saturday that is off anyway.
    expect(daysOf(claimOf(off('2022-12-30', '2023-01-01', '2023-05-01'), [2023]))).toEqual(['2022-12-30', '2023-01-01', '2023-05-01'])
    expect(daysOf(claimOf(off('2022-12-29', '2023-01-01', '2023-05-01'), [2023]))).toEqual(['2023-01-01', '2023-05-01'])
  })

  test('a year named even if it has nothing but its own New Year in it', () => {
    expect(claimOf(off('2027-01-01'), [2027])).toMatchObject({ years: [2027], problems: [] })
  })
})

describe('a file is refused', () => {
  const reasons = (claim: Claim): string[] => claim.problems.map((one) => `row ${one.row} ${one.value}: ${one.reason}`)

  test('where a day is off in one row and worked in another, with both rows', () => {
    expect(reasons(claimOf(stated('2027-05-01 off', '2027-05-02 off', '2027-05-01 working')))).toEqual([
      'row 4 2027-05-01: A working day here, the opposite in row 2: keep one',
    ])
  })

  test('where no year can be told from it', () => {
    expect(reasons(claimOf(off('2026-12-31', '2027-01-01')))[0]).toContain('No year has a day off but around New Year')
  })

  test('where a day lies in a year it has no day off of, each such day by its row', () => {
    expect(reasons(claimOf(stated('2027-05-01 off', '2028-05-06 working', '2028-05-07 working'))).map((one) => one.slice(0, 17)))
      .toEqual(['row 3 2028-05-06:', 'row 4 2028-05-07:'])
  })

  test('where a year named has no day of its own in it, so that the year is not emptied', () => {
    expect(reasons(claimOf(off('2026-12-31', '2027-01-01', '2027-05-01'), [2026, 2027]))[0]).toContain('no day of 2026 itself')
    expect(reasons(claimOf(off('2027-05-01'), [2028]))[0]).toContain('no day of 2028 itself')
  })

  test('not for saying the same twice: two holidays may fall on one day, and it has both names', () => {
    const [one, other] = off('2027-10-01', '2027-10-01')
    const claim = claimOf([{ ...one!, name: '国庆节' }, { ...other!, name: '中秋节' }])
    expect(claim.problems).toEqual([])
    expect(claim.entries.map((each) => each.name)).toEqual(['国庆节, 中秋节'])
  })
})

describe('replacing a year', () => {
  const before: Calendar = {
    id: 'CN', knownYears: new Set([2026, 2027]),
    exceptions: exceptionsOf(off('2025-10-01', '2026-05-01', ...daysFrom('2026-12-30', '2027-01-01'), '2027-05-01')),
  }
  const kept = (years: readonly number[], incoming: readonly CalendarEntry[]) => [...keptDays(before, new Set(years), exceptionsOf(incoming)).keys()]

  test('leaves the other years as they are', () => {
    expect(kept([2027], off('2027-05-03'))).toEqual(['2025-10-01', '2026-05-01', '2026-12-30', '2026-12-31'])
  })

  test('leaves the December days that came with the next year', () => {
    expect(kept([2026], off('2026-05-04'))).toEqual(['2025-10-01', '2026-12-30', '2026-12-31', '2027-01-01', '2027-05-01'])
  })

  test('replaces them too where the file speaks of that New Year itself, or brings the next year as well', () => {
    expect(kept([2026], off('2026-05-04', '2026-12-31'))).toEqual(['2025-10-01', '2027-01-01', '2027-05-01'])
    expect(kept([2026, 2027], off('2026-05-04', '2027-05-04'))).toEqual(['2025-10-01'])
  })

  test('says of each day that changed what it was and what it is', () => {
    const after = exceptionsOf(stated('2026-05-01 working', '2026-05-04 off', '2027-05-01 off'))
    expect(changedDays(exceptionsOf(off('2026-05-01', '2026-05-03', '2027-05-01')), after)).toEqual([
      { date: '2026-05-01', from: 'off', to: 'working' }, { date: '2026-05-03', from: 'off', to: 'week' }, { date: '2026-05-04', from: 'week', to: 'off' },
    ])
  })
})
