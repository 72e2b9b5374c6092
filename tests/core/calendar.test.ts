import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addWorkingDays, type Calendar, isCountry, isProvisional, isWorkingDay, rollBack, rollForward, weekdays, workingDaysBetween,
} from '../../src/core/calendar.ts'
import { compareDays, isAfter, isBefore } from '../../src/core/day.ts'
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

/** Any calendar that works at least once a week: some weekend, some days off, some make-up days, some years known. */
const anyCalendar: fc.Arbitrary<Calendar> = fc.record({
  weekend: fc.constantFrom([6, 7], [5, 6], [5], [7], undefined),
  exceptions: fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.boolean()), { maxLength: 200 }),
  known: fc.subarray([2025, 2026, 2027, 2028]),
}).map(({ weekend, exceptions, known }) => ({
  id: 'any', weekend, knownYears: new Set(known),
  exceptions: new Map(exceptions.map(([n, working]) => [day('2025-06-01').add({ days: n }).toString(), working])),
}))

/** The same count, made one day at a time from what a single day is. */
function stepped(from: Temporal.PlainDate, n: number, calendar: Calendar) {
  const step = Math.sign(n)
  let at = from
  let provisional = isProvisional(at, calendar)
  for (let left = Math.abs(n); left > 0;) {
    at = at.add({ days: step })
    provisional ||= isProvisional(at, calendar)
    if (isWorkingDay(at, calendar)) left--
  }
  return `${at.toString()} ${provisional}`
}

describe('on any calendar', () => {
  const anyNumber = fc.integer({ min: -80, max: 80 })

  it('counting is stepping day by day, and provisional exactly where a year without data was stepped on', () => {
    fc.assert(fc.property(anyCalendar, anyDay, anyNumber, (calendar, from, n) => {
      const counted = addWorkingDays(from, n, calendar)
      expect(`${counted.day.toString()} ${counted.provisional}`).toBe(stepped(from, n, calendar))
    }))
  })

  it('moving off a day off never passes a working day', () => {
    fc.assert(fc.property(anyCalendar, anyDay, (calendar, from) => {
      const [back, forward] = [rollBack(from, calendar), rollForward(from, calendar)]
      expect([isWorkingDay(back, calendar), isWorkingDay(forward, calendar)]).toEqual([true, true])
      const passed = daysFrom(back.toString(), forward.toString()).map(day)
        .filter((one) => isAfter(one, back) && isBefore(one, forward) && !one.equals(from))
      expect(passed.filter((one) => isWorkingDay(one, calendar)).map(String)).toEqual([])
      if (isWorkingDay(from, calendar)) expect([back, forward].map(String)).toEqual([from.toString(), from.toString()])
    }))
  })

  it('counting on and back lands on the working day at or before the start; back and on, at or after it', () => {
    fc.assert(fc.property(anyCalendar, anyDay, fc.integer({ min: 1, max: 80 }), (calendar, from, n) => {
      const there = (start: Temporal.PlainDate, by: number) => addWorkingDays(start, by, calendar).day
      expect(there(there(from, n), -n).toString()).toBe(rollBack(from, calendar).toString())
      expect(there(there(from, -n), n).toString()).toBe(rollForward(from, calendar).toString())
    }))
  })

  it('counting in two parts is counting the whole', () => {
    fc.assert(fc.property(anyCalendar, anyDay, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (calendar, from, n, m) => {
      const halfway = addWorkingDays(from, n, calendar).day
      expect(addWorkingDays(halfway, m, calendar).day.toString()).toBe(addWorkingDays(from, n + m, calendar).day.toString())
    }))
  })

  it('a later start never ends earlier', () => {
    fc.assert(fc.property(anyCalendar, anyDay, anyDay, anyNumber, (calendar, one, other, n) => {
      const [first, second] = [one, other].sort(compareDays)
      expect(isAfter(addWorkingDays(first!, n, calendar).day, addWorkingDays(second!, n, calendar).day)).toBe(false)
    }))
  })
})

describe('the countries of ISO 3166', () => {
  it('are the 249 that have a code of two letters', () => {
    const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i))
    expect(letters.flatMap((one) => letters.map((other) => one + other)).filter(isCountry)).toHaveLength(249)
  })

  it.each(['UK', 'EU', 'XX', 'ZZ', 'DD', 'cn', 'C', 'CN-acme', ''])('are not "%s"', (text) => {
    expect(isCountry(text)).toBe(false)
  })
})
