import { describe, expect, test } from 'vitest'
import { type DateRead, parseIsoDay, parseMonthFirst, parseMonthFirstGlued, parseYearFirst, saysNone } from '../../src/formats/dates.ts'

const said = (read: DateRead): string => (read.ok ? read.day.toString() : read.reason)

describe('with the year first a date is understood', () => {
  test.each([
    ['2026-11-18', '2026-11-18'], ['2026/11/18', '2026-11-18'], ['2026.11.18', '2026-11-18'],
    ['2026年11月18日', '2026-11-18'], ['2026 年 1 月 8 日', '2026-01-08'], ['20261118', '2026-11-18'],
    ['2026/1/5', '2026-01-05'], [' 2026-11-18 ', '2026-11-18'], ['２０２６－１１－１８', '2026-11-18'],
    ['2026-11-18 00:00:00', '2026-11-18'], ['2026/1/5 0:00', '2026-01-05'], ['2024-02-29', '2024-02-29'],
  ])('%s is %s', (text, day) => {
    expect(said(parseYearFirst(text))).toBe(day)
  })
})

describe('what may be read in two ways, or not at all, is refused with the reason', () => {
  test.each([
    ['03/04/2026', 'Ambiguous date'], ['3.4.2026', 'Ambiguous date'], ['25/12/2026', 'Ambiguous date'], ['03-04-26', 'Ambiguous date'],
    ['2023-02-29', '2023-02-29 does not exist'], ['2026-13-01', '2026-13-01 does not exist'], ['20260230', '2026-02-30 does not exist'],
    ['2026年2月30日', '2026-02-30 does not exist'], ['2026-11', 'The day of the month is missing'], ['2026年11月', 'The day of the month is missing'],
    ['46344', 'A spreadsheet\'s day number'], ['2026-11-18T20:00:00.000Z', 'A moment, not a day'], ['2026-11-18 00:00:00Z', 'A moment, not a day'],
    ['9999-12-31', 'The year must be from 1950 to 2199'], ['0026-11-18', 'The year must be from 1950 to 2199'],
    ['2026-11/18', 'Not a date'], ['18 Nov 2026', 'Not a date'], ['next year', 'Not a date'], ['2026-11-18x', 'Not a date'], ['-2026-11-18', 'Not a date'],
  ])('%s: %s', (text, reason) => {
    expect(said(parseYearFirst(text))).toContain(reason)
  })
})

test.each(['长期', '长期有效', ' n/a ', 'N/A', '-', '—', '无固定期限', 'Permanent', '永久'])('%s says that there is no end', (text) => {
  expect(saysNone(text)).toBe(true)
})

test.each(['', '0', '2026-11-18', 'soon'])('"%s" does not say that there is no end', (text) => {
  expect(saysNone(text)).toBe(false)
})

describe('a register is read in its own style alone', () => {
  test.each([
    ['03/26/2026', '2026-03-26'], ['9/21/2026', '2026-09-21'], ['2/29/2023', '2023-02-29 does not exist'],
    ['13/01/2026', '2026-13-01 does not exist'], ['2026-03-26', 'month/day/year'], ['03/26/26', 'month/day/year'], ['No date', 'month/day/year'],
  ])('month first: %s is %s', (text, expected) => {
    expect(said(parseMonthFirst(text))).toContain(expected)
  })

  test.each([['2023-09-29', '2023-09-29'], ['2023-02-29', 'does not exist'], ['09/29/2023', 'it writes 2026-11-18'], ['2023-9-29', 'it writes']])(
    'ISO: %s is %s', (text, expected) => {
      expect(said(parseIsoDay(text))).toContain(expected)
    })
})

describe('dates without anything between them are divided by ten characters', () => {
  test.each([
    ['9/21/2026', ['2026-09-21']],
    ['01/21/2025', ['2025-01-21']],
    ['01/21/202506/11/202507/15/2025', ['2025-01-21', '2025-06-11', '2025-07-15']],
  ])('%s', (text, days) => {
    const read = parseMonthFirstGlued(text)
    expect(read.ok && read.days.map((day) => day.toString())).toEqual(days)
  })

  test.each([
    ['1/21/202506/11/2025', 'do not divide into ten characters'], ['01/21/202506/11/202', 'do not divide into ten characters'],
    ['01/21/2025 06/11/2025', 'do not divide into ten characters'], ['01/21/202502/30/2025', '02/30/2025: 2025-02-30 does not exist'],
    ['', 'month/day/year'],
  ])('%s is refused', (text, reason) => {
    const read = parseMonthFirstGlued(text)
    expect(read.ok ? '' : read.reason).toContain(reason)
  })
})
