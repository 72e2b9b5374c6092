import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Calendar, rollForward, weekdays } from '../../src/core/calendar.ts'
import { compareDays, dayOf, instantAt } from '../../src/core/day.ts'
import { decideTiming, nextSendAt, opensBetween, passesFirst, sendHourAfter } from '../../src/core/sending.ts'
import { alice, calendarOf, china, day, instant } from '../helpers/factory.ts'

const zones = ['UTC', 'Asia/Shanghai', 'Europe/Berlin', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Australia/Lord_Howe', 'America/New_York']

/** Local time of Alice in a zone. */
const at = (text: string, zone = 'UTC') => Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant()

function timed(notice: { on: string; useful?: string }, now: string, rest: { zone?: string; calendar?: Calendar; sendHour?: string } = {}): string {
  const person = { ...alice, zone: rest.zone ?? 'UTC', sendHour: rest.sendHour ?? '09:00' }
  const local = (one: Temporal.Instant): string => one.toZonedDateTimeISO(person.zone).toPlainDateTime().toString({ smallestUnit: 'minute' })
  const timing = decideTiming(
    { on: day(notice.on), lastUsefulOn: notice.useful === undefined ? undefined : day(notice.useful) },
    person, rest.calendar ?? weekdays, at(now, person.zone))
  if (!timing.send) return `wait until ${local(timing.waitUntil)}`
  return `send, due ${local(timing.dueAt)}${timing.urgent ? ', urgent' : ''}${timing.belated ? ', belated' : ''}`
}

// 2027-06-30 is a Wednesday.
describe('a notice of today', () => {
  it.each([
    ['in the night', '2027-06-30T00:00', 'wait until 2027-06-30T09:00'],
    ['the minute before the hour', '2027-06-30T08:59', 'wait until 2027-06-30T09:00'],
    ['on the hour', '2027-06-30T09:00', 'send, due 2027-06-30T09:00'],
    ['within the hour', '2027-06-30T09:59', 'send, due 2027-06-30T09:00'],
    ['in the afternoon, after an outage', '2027-06-30T16:30', 'send, due 2027-06-30T09:00'],
    ['at the last minute', '2027-06-30T23:59', 'send, due 2027-06-30T09:00'],
  ])('%s: %s', (_, now, expected) => {
    expect(timed({ on: '2027-06-30', useful: '2027-07-30' }, now)).toBe(expected)
  })
})

describe('a late notice', () => {
  it.each([
    ['before the hour waits for it', '2027-06-30T07:00', 'wait until 2027-06-30T09:00'],
    ['within the hour goes at once', '2027-06-30T09:30', 'send, due 2027-06-30T09:00, belated'],
    ['after the hour waits for tomorrow\'s', '2027-06-30T10:00', 'wait until 2027-07-01T09:00'],
    ['on Friday evening waits for Monday', '2027-07-02T18:00', 'wait until 2027-07-05T09:00'],
    ['on Sunday waits for Monday', '2027-07-04T09:30', 'wait until 2027-07-05T09:00'],
  ])('%s', (_, now, expected) => {
    expect(timed({ on: '2027-06-29', useful: '2027-07-30' }, now)).toBe(expected)
  })

  it.each([
    ['its last day is today and the hour is past', '2027-06-30', '2027-06-30T10:00', 'send, due 2027-06-30T10:00, urgent, belated'],
    ['its last day is today and the hour is to come', '2027-06-30', '2027-06-30T08:00', 'wait until 2027-06-30T09:00'],
    ['its last day is tomorrow, a working day', '2027-07-01', '2027-06-30T10:00', 'wait until 2027-07-01T09:00'],
    ['its last day is on the weekend, on Friday evening', '2027-07-04', '2027-07-02T18:00', 'send, due 2027-07-02T18:00, urgent, belated'],
    ['its last day is Sunday, on that Sunday', '2027-07-04', '2027-07-04T00:01', 'send, due 2027-07-04T00:01, urgent, belated'],
    ['its last day is Monday, on Friday evening', '2027-07-05', '2027-07-02T18:00', 'wait until 2027-07-05T09:00'],
    ['its last day is past', '2027-07-03', '2027-07-04T10:00', 'wait until 2027-07-05T09:00'],
  ])('where %s', (_, useful, now, expected) => {
    expect(timed({ on: '2027-06-29', useful }, now)).toBe(expected)
  })

  it('that is overdue already is never urgent', () => {
    expect(timed({ on: '2027-06-29' }, '2027-07-02T18:00')).toBe('wait until 2027-07-05T09:00')
  })

  it('waits over a closure, unless the day falls into it', () => {
    expect(timed({ on: '2026-09-29', useful: '2026-10-08' }, '2026-09-30T18:00', { calendar: china })).toBe('wait until 2026-10-08T09:00')
    expect(timed({ on: '2026-09-29', useful: '2026-10-05' }, '2026-09-30T18:00', { calendar: china }))
      .toBe('send, due 2026-09-30T18:00, urgent, belated')
  })

  it('goes on a Sunday worked instead', () => {
    expect(timed({ on: '2026-09-18', useful: '2026-12-01' }, '2026-09-19T12:00', { calendar: china })).toBe('wait until 2026-09-20T09:00')
  })
})

describe('the zone of the reader decides', () => {
  it.each([
    ['Pacific/Kiritimati', '2027-06-29T19:00:00Z'], ['Asia/Shanghai', '2027-06-30T01:00:00Z'], ['UTC', '2027-06-30T09:00:00Z'],
    ['Pacific/Pago_Pago', '2027-06-30T20:00:00Z'],
  ])('in %s a notice of 30 June goes at %s', (zone, expected) => {
    const timing = decideTiming({ on: day('2027-06-30'), lastUsefulOn: undefined }, { ...alice, zone }, weekdays, instant(expected))
    expect(timing.send && timing.dueAt.toString()).toBe(expected)
    const before = decideTiming({ on: day('2027-06-30'), lastUsefulOn: undefined }, { ...alice, zone }, weekdays, instant(expected).subtract({ minutes: 1 }))
    expect(before.send).toBe(false)
  })

  it('an hour that the clocks skip is an hour later that day', () => {
    // Berlin, Sunday 2027-03-28, 02:00 becomes 03:00; a company that works on that day.
    const rest = { zone: 'Europe/Berlin', sendHour: '02:30', calendar: calendarOf([], ['2027-03-28']) }
    expect(timed({ on: '2027-03-28' }, '2027-03-28T01:59', rest)).toBe('wait until 2027-03-28T03:30')
    expect(timed({ on: '2027-03-28' }, '2027-03-28T03:30', rest)).toBe('send, due 2027-03-28T03:30')
  })

  it('an hour that comes twice is the first of the two', () => {
    const rest = { zone: 'Europe/Berlin', sendHour: '02:30', calendar: calendarOf([], ['2027-10-31']) }
    expect(timed({ on: '2027-10-31' }, '2027-10-31T02:30', rest)).toBe('send, due 2027-10-31T02:30')
    expect(nextSendAt({ ...alice, zone: rest.zone, sendHour: rest.sendHour }, rest.calendar, instant('2027-10-30T23:00:00Z')).toString()).toBe('2027-10-31T00:30:00Z')
  })
})

describe('the next send hour', () => {
  it.each([
    ['2027-06-30T08:59', '2027-06-30T09:00'], ['2027-06-30T09:00', '2027-06-30T09:00'], ['2027-06-30T09:59', '2027-06-30T09:00'],
    ['2027-06-30T10:00', '2027-07-01T09:00'], ['2027-07-02T10:00', '2027-07-05T09:00'],
  ])('at %s is %s', (now, expected) => {
    expect(nextSendAt(alice, weekdays, at(now)).toString()).toBe(at(expected).toString())
  })

  it('after a day is never on that day', () => {
    expect(sendHourAfter(alice, weekdays, day('2027-06-30')).toString()).toBe('2027-07-01T09:00:00Z')
    expect(sendHourAfter(alice, weekdays, day('2027-07-02')).toString()).toBe('2027-07-05T09:00:00Z')
    expect(sendHourAfter(alice, china, day('2026-09-30')).toString()).toBe('2026-10-08T09:00:00Z')
  })
})

describe('a day passes before the next mail', () => {
  it.each([
    ['2027-06-30', '2027-06-30', '2027-07-01', true], ['2027-06-30', '2027-06-30', '2027-06-30', false],
    ['2027-07-01', '2027-06-30', '2027-07-01', false], ['2027-06-29', '2027-06-30', '2027-07-01', false],
  ])('%s, seen on %s with the next mail on %s: %s', (useful, today, next, expected) => {
    expect(passesFirst(day(useful), day(today), day(next))).toBe(expected)
  })

  it('never where there is none', () => {
    expect(passesFirst(undefined, day('2027-06-30'), day('2027-07-01'))).toBe(false)
  })
})

describe('the send hour began between two moments', () => {
  it.each([
    ['from just before to the hour', '2027-06-30T08:59', '2027-06-30T09:00', true],
    ['from the hour on', '2027-06-30T09:00', '2027-06-30T09:01', false],
    ['within one afternoon', '2027-06-30T12:00', '2027-06-30T23:00', false],
    ['over a night', '2027-06-30T22:00', '2027-07-01T09:00', true],
    ['over a night, not yet', '2027-06-30T22:00', '2027-07-01T08:59', false],
    ['a day and more', '2027-06-30T10:00', '2027-07-01T10:01', true],
    ['on a Sunday all the same', '2027-07-04T08:00', '2027-07-04T10:00', true],
  ])('%s: %s to %s is %s', (_, from, to, expected) => {
    expect(opensBetween('09:00', 'UTC', at(from), at(to))).toBe(expected)
  })

  it('on a day of 23 hours that lies between the two whole', () => {
    const from = at('2027-03-27T23:30', 'Europe/Berlin')
    expect(opensBetween('09:00', 'Europe/Berlin', from, from.add({ hours: 24 }))).toBe(true)
    expect(dayOf(from.add({ hours: 24 }), 'Europe/Berlin').toString()).toBe('2027-03-29')
  })

  it('exactly once for any way of cutting time into runs', () => {
    const start = instant('2027-03-26T00:00:00Z')
    const cuts = fc.array(fc.integer({ min: 1, max: 5 * 24 * 60 - 1 }), { maxLength: 40 }).map((all) => [...new Set([0, ...all, 5 * 24 * 60])].toSorted((a, b) => a - b))
    fc.assert(fc.property(cuts, fc.constantFrom(...zones), fc.constantFrom('00:00', '02:30', '09:00', '23:59'), (minutes, zone, hour) => {
      const moments = minutes.map((n) => start.add({ minutes: n }))
      const opened = moments.slice(1).filter((to, i) => to.since(moments[i]!).total('hours') <= 24 && opensBetween(hour, zone, moments[i]!, to))
      const opens = Array.from({ length: 8 }, (_, n) => instantAt(day('2027-03-25').add({ days: n }), hour, zone))
      const expected = moments.slice(1).filter((to, i) => to.since(moments[i]!).total('hours') <= 24
        && opens.some((one) => Temporal.Instant.compare(one, moments[i]!) > 0 && Temporal.Instant.compare(one, to) <= 0))
      expect(opened.map(String)).toEqual(expected.map(String))
    }))
  })
})

describe('whenever it is asked', () => {
  const someMoment = fc.integer({ min: 0, max: 60 * 24 * 60 }).map((n) => instant('2026-09-10T00:00:00Z').add({ minutes: n }))
  const question = fc.record({
    now: someMoment, zone: fc.constantFrom(...zones), sendHour: fc.constantFrom('00:00', '06:30', '09:00', '23:59'),
    calendar: fc.constantFrom(china, weekdays), ago: fc.integer({ min: 0, max: 12 }), ahead: fc.integer({ min: 0, max: 12 }),
  })

  it('a notice whose last day is not past is sent, or waits for an hour that is not past it either', () => {
    fc.assert(fc.property(question, ({ now, zone, sendHour, calendar, ago, ahead }) => {
      const person = { ...alice, zone, sendHour }
      const today = dayOf(now, zone)
      const notice = { on: rollForward(today.subtract({ days: ago }), calendar), lastUsefulOn: today.add({ days: ahead }) }
      fc.pre(compareDays(notice.on, today) <= 0)
      const timing = decideTiming(notice, person, calendar, now)
      if (timing.send) return
      expect(Temporal.Instant.compare(timing.waitUntil, now)).toBe(1)
      expect(compareDays(dayOf(timing.waitUntil, zone), notice.lastUsefulOn)).toBeLessThanOrEqual(0)
      expect(decideTiming(notice, person, calendar, timing.waitUntil).send).toBe(true)
    }), { numRuns: 500 })
  })

  it('only what is urgent goes outside the send hour of its day', () => {
    fc.assert(fc.property(question, ({ now, zone, sendHour, calendar, ago, ahead }) => {
      const today = dayOf(now, zone)
      const on = rollForward(today.subtract({ days: ago }), calendar)
      const timing = decideTiming({ on, lastUsefulOn: today.add({ days: ahead }) }, { ...alice, zone, sendHour }, calendar, now)
      fc.pre(timing.send && !timing.urgent && compareDays(on, today) < 0)
      if (timing.send) expect(now.since(timing.dueAt).total('minutes')).toBeLessThan(60)
    }), { numRuns: 500 })
  })
})
