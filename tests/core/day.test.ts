import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, daysBetween, earliest, instantAt, latest, mondayOf, nthAfter, parseDay, weekOf } from '../../src/core/day.ts'
import { day, instant } from '../helpers/factory.ts'

const after = (anchor: string, step: string, n: number): string =>
  nthAfter(day(anchor), Temporal.Duration.from(step), n).toString()

describe('the nth anniversary', () => {
  it.each([
    ['2027-01-31', 'P1M', 1, '2027-02-28'],
    ['2027-01-31', 'P1M', 2, '2027-03-31'],
    ['2028-01-31', 'P1M', 1, '2028-02-29'],
    ['2027-10-31', 'P1M', 1, '2027-11-30'],
    ['2027-10-31', 'P1M', 2, '2027-12-31'],
    ['2028-02-29', 'P1Y', 1, '2029-02-28'],
    ['2028-02-29', 'P1Y', 4, '2032-02-29'],
    ['2028-02-29', 'P3Y', 1, '2031-02-28'],
    ['2027-05-31', 'P3M', 1, '2027-08-31'],
    ['2027-05-31', 'P6M', 1, '2027-11-30'],
    ['2027-12-31', 'P7D', 1, '2028-01-07'],
    ['2027-12-31', 'P2W', 3, '2028-02-11'],
    ['2027-03-15', 'P1Y', 0, '2027-03-15'],
    ['2027-03-31', 'P1M', -1, '2027-02-28'],
  ])('of %s by %s, number %i, is %s', (anchor, step, n, expected) => {
    expect(after(anchor, step, n)).toBe(expected)
  })

  it('never drifts: twelve months are the year, whatever the months between were clamped to', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 60 }), (offset, years) => {
      const anchor = day('2000-01-01').add({ days: offset }).toString()
      expect(after(anchor, 'P1M', 12 * years)).toBe(after(anchor, 'P1Y', years))
    }))
  })
})

describe('the distance between days', () => {
  it('does not count the start day', () => {
    expect(daysBetween(day('2027-06-30'), day('2027-06-30'))).toBe(0)
    expect(daysBetween(day('2027-06-30'), day('2027-07-01'))).toBe(1)
    expect(daysBetween(day('2027-07-01'), day('2027-06-30'))).toBe(-1)
  })

  it('is in days, however many months it spans', () => {
    expect(daysBetween(day('2027-01-01'), day('2028-01-01'))).toBe(365)
    expect(daysBetween(day('2028-01-01'), day('2029-01-01'))).toBe(366)
  })
})

describe('the earliest and the latest', () => {
  it('leave out what is not known', () => {
    expect(earliest(undefined, day('2027-02-01'), day('2027-01-31'))?.toString()).toBe('2027-01-31')
    expect(latest(day('2027-02-01'), undefined, day('2027-01-31'))?.toString()).toBe('2027-02-01')
  })

  it('of nothing known are not known', () => {
    expect(earliest(undefined, undefined)).toBeUndefined()
    expect(latest()).toBeUndefined()
  })
})

describe('reading a day', () => {
  it.each(['2027-02-28', '2028-02-29', '0999-12-31'])('takes %s', (text) => {
    expect(parseDay(text)?.toString()).toBe(text)
  })

  it.each([
    '2027-02-29', '2027-13-01', '2027-00-10', '2027-04-31', '27-04-01', '2027/04/01', '20270401', ' 2027-04-01', '2027-04-01T00:00',
    '2027-04-01[u-ca=chinese]', '2027-W14-4', '',
  ])('refuses %j', (text) => {
    expect(parseDay(text)).toBeUndefined()
  })
})

describe('the day at an instant', () => {
  it.each([
    ['Pacific/Kiritimati', '2027-03-02'],
    ['Asia/Shanghai', '2027-03-01'],
    ['UTC', '2027-03-01'],
    ['Pacific/Pago_Pago', '2027-02-28'],
  ])('in %s is its own', (zone, expected) => {
    expect(dayOf(instant('2027-03-01T10:30:00Z'), zone).toString()).toBe(expected)
  })
})

describe('a local hour', () => {
  it.each([
    ['in summer', '2027-07-01', '09:00', 'Europe/Berlin', '2027-07-01T07:00:00Z'],
    ['in winter', '2027-12-01', '09:00', 'Europe/Berlin', '2027-12-01T08:00:00Z'],
    ['that the clocks skip comes an hour later', '2027-03-28', '02:30', 'Europe/Berlin', '2027-03-28T01:30:00Z'],
    ['that comes twice is the first', '2027-10-31', '02:30', 'Europe/Berlin', '2027-10-31T00:30:00Z'],
    ['that the clocks skip, by half an hour', '2026-10-04', '02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00Z'],
    ['at the first place of the day', '2027-03-02', '09:00', 'Pacific/Kiritimati', '2027-03-01T19:00:00Z'],
    ['at the last', '2027-03-02', '09:00', 'Pacific/Pago_Pago', '2027-03-02T20:00:00Z'],
    ['in a gap that ends at midnight, still on its day', '2027-03-27', '23:30', 'America/Nuuk', '2027-03-28T00:30:00Z'],
    ['in a gap that begins at midnight, on its day', '2027-04-30', '00:00', 'Africa/Cairo', '2027-04-29T22:00:00Z'],
    ['on a day that a zone left out', '2011-12-30', '09:00', 'Pacific/Apia', '2011-12-30T19:00:00Z'],
  ])('%s', (_, on, hour, zone, expected) => {
    expect(instantAt(day(on), hour, zone).toString()).toBe(expected)
  })
})

describe('the week', () => {
  it.each([
    ['2027-01-03', '2026-W53', '2026-12-28'],
    ['2027-01-04', '2027-W01', '2027-01-04'],
    ['2026-11-24', '2026-W48', '2026-11-23'],
    ['2024-12-30', '2025-W01', '2024-12-30'],
  ])('of %s is %s and begins on %s', (text, week, monday) => {
    expect(weekOf(day(text))).toBe(week)
    expect(mondayOf(day(text)).toString()).toBe(monday)
  })
})
