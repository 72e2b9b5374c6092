import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addWorkingDays, isProvisional, isWorkingDay, rollBack, rollForward, weekdays, workingDaysBetween,
} from '../../src/core/calendar.ts'
import { calendarOf, china, day, daysFrom } from '../helpers/factory.ts'

const anyDay = fc.integer({ min: 0, max: 364 }).map((n) => day('2026-01-01').add({ days: n }))

describe('a working day', () => {
  it.each([
    ['a Monday', '2026-11-23', true],
    ['a Saturday', '2026-11-21', false],
    ['a holiday on a Thursday', '2026-10-01', false],
    ['a Sunday worked instead', '2026-09-20', true],
    ['a Saturday worked instead', '2026-10-10', true],
    ['the first day after a closure', '2026-10-08', true],
  ])('in China, %s: %s is %s', (_, text, expected) => {
    expect(isWorkingDay(day(text), china)).toBe(expected)
  })

  it.each([
    ['2026-10-03', '2026-09-30', '2026-10-08'],
    ['2026-10-08', '2026-10-08', '2026-10-08'],
    ['2026-02-23', '2026-02-14', '2026-02-24'],
  ])('near %s is %s before and %s after', (text, before, after) => {
    expect(rollBack(day(text), china).toString()).toBe(before)
    expect(rollForward(day(text), china).toString()).toBe(after)
  })

  it('is looked for a year at most, where a calendar by mistake has none', () => {
    const never = calendarOf(daysFrom('2025-01-01', '2028-12-31'))
    expect(rollForward(day('2026-01-01'), never).toString()).toBe('2027-01-02')
  })
})

describe('adding working days', () => {
  it.each([
    ['none stays, even on a holiday', '2026-10-01', 0, '2026-10-01'],
    ['one over National Day', '2026-09-30', 1, '2026-10-08'],
    ['three takes the make-up Saturday', '2026-09-30', 3, '2026-10-10'],
    ['one from within a closure', '2026-10-03', 1, '2026-10-08'],
    ['back over Spring Festival lands on the make-up Saturday', '2026-02-24', -1, '2026-02-14'],
    ['back from within a closure', '2026-10-03', -1, '2026-09-30'],
  ])('%s', (_, from, n, expected) => {
    expect(addWorkingDays(day(from), n, china).day.toString()).toBe(expected)
  })

  it('agrees with counting them', () => {
    fc.assert(fc.property(anyDay, fc.integer({ min: -60, max: 60 }), (from, n) => {
      expect(workingDaysBetween(from, addWorkingDays(from, n, china).day, china)).toBe(n)
    }))
  })

  it('of nothing but weekends counts five a week', () => {
    fc.assert(fc.property(anyDay, fc.integer({ min: -20, max: 20 }), (from, weeks) => {
      const start = rollForward(from, weekdays)
      expect(addWorkingDays(start, weeks * 5, weekdays).day.toString()).toBe(start.add({ weeks }).toString())
    }))
  })
})

describe('a year nobody has announced yet', () => {
  it.each([
    ['is not reached', '2026-12-28', 3, false],
    ['is reached', '2026-12-28', 4, true],
    ['is walked out of', '2027-01-04', -3, true],
  ])('%s: counting from %s by %i is provisional: %s', (_, from, n, expected) => {
    expect(addWorkingDays(day(from), n, china).provisional).toBe(expected)
  })

  it('does not exist where weekdays are all there is', () => {
    expect(isProvisional(day('2099-01-01'), weekdays)).toBe(false)
    expect(isProvisional(day('2027-01-01'), china)).toBe(true)
  })
})
