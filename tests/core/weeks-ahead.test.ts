import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Calendar, weekdays } from '../../src/core/calendar.ts'
import type { Day } from '../../src/core/day.ts'
import { type Ahead, findClusters, lastShown, weeksAhead, weeksShown } from '../../src/core/weeks-ahead.ts'
import { day } from '../helpers/factory.ts'

const ahead = (on: string, light: Ahead['light'] = 'grey'): Ahead => ({ on: day(on), light })
const wednesday = day('2026-11-25')

describe('the weeks ahead', () => {
  it('are 26, this one first, and begin today', () => {
    const weeks = weeksAhead([], wednesday)
    expect(weeks).toHaveLength(weeksShown)
    expect(weeks.slice(0, 2).map((one) => `${one.week} ${one.from.toString()}`)).toEqual(['2026-W48 2026-11-25', '2026-W49 2026-11-30'])
    expect(lastShown(wednesday).toString()).toBe('2027-05-23')
  })
  it('count what falls due from Monday to Sunday, with its worst light', () => {
    const weeks = weeksAhead([ahead('2026-11-25', 'green'), ahead('2026-11-29', 'red'), ahead('2026-11-30', 'amber'), ahead('2026-11-24', 'red'), ahead('2027-05-24')], wednesday)
    expect(weeks.slice(0, 3).map((one) => `${one.duties} ${one.light}`)).toEqual(['2 red', '1 amber', '0 undefined'])
    expect(weeks.reduce((sum, one) => sum + one.duties, 0)).toBe(3)
  })
  it('go on through a year of 53 weeks', () => {
    expect(weeksAhead([], wednesday).slice(4, 8).map((one) => one.week)).toEqual(['2026-W52', '2026-W53', '2027-W01', '2027-W02'])
  })
  it('lose none and count none twice', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 180 })), (offsets) => {
      const due = offsets.map((days) => ({ on: wednesday.add({ days }), light: 'grey' as const }))
      const within = due.filter(({ on }) => Temporal.PlainDate.compare(on, lastShown(wednesday)) <= 0)
      expect(weeksAhead(due, wednesday).reduce((sum, one) => sum + one.duties, 0)).toBe(within.length)
    }))
  })
})

describe('clusters', () => {
  const saying = (days: readonly string[], calendar: Calendar = weekdays) => findClusters(days.map((one): Day => day(one)), calendar)
    .map((one) => `${one.kind} ${one.duties} ${one.from.toString()} ${one.to.toString()}`)
  // Monday 1 to Friday 5 March 2027 and the weekends around are off.
  const closed: Calendar = { id: 'X', exceptions: new Map(['01', '02', '03', '04', '05'].map((d) => [`2027-03-${d}`, false])), knownYears: undefined }

  it.each([
    [['2027-01-04', '2027-01-11'], []],
    [['2027-01-04', '2027-01-11', '2027-01-18'], ['crowd 3 2027-01-04 2027-01-18']],
    [['2027-01-04', '2027-01-11', '2027-01-19'], []],
    [['2027-01-18', '2027-01-04', '2027-01-11', '2027-02-01', '2027-02-02', '2027-02-03', '2027-03-15'], ['crowd 3 2027-01-04 2027-01-18', 'crowd 3 2027-02-01 2027-02-03']],
  ])('of three or more within ten working days: %j gives %j', (days, found) => expect(saying(days)).toEqual(found))

  it('of what falls on a closure of five days or more, however little; a weekend closes nothing', () => {
    expect(saying(['2027-03-03', '2027-03-20'], closed)).toEqual(['closure 1 2027-02-27 2027-03-07'])
    expect(saying(['2027-02-27', '2027-03-07'], closed)).toEqual(['closure 2 2027-02-27 2027-03-07'])
    expect(saying(['2027-03-06'])).toEqual([])
  })
})
