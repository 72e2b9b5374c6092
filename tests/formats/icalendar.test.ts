// Calendars we write, read back by another library than the one that wrote them.

import fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, test } from 'vitest'
import { type CalendarEvent, uidOf } from '../../src/core/calendar-event.ts'
import { formatCalendar } from '../../src/formats/icalendar.ts'

const day = (text: string) => Temporal.PlainDate.from(text)

const eventWith = (over: Partial<CalendarEvent> = {}): CalendarEvent => ({
  uid: uidOf(12, 'recert.example.org'), revision: 3, on: day('2026-12-18'), stampedAt: Temporal.Instant.from('2026-11-23T08:00:00.5Z'),
  title: 'Surveillance audit: ISO/IEC 27001:2022 Frankfurt DC', text: 'Why: ISO/IEC 17021-1:2015, 9.1.3.3', url: 'https://recert.example.org/certifications/12', ...over,
})

const eventsIn = (text: string): ICAL.Event[] =>
  new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((one) => new ICAL.Event(one))
const octets = (line: string): number => Buffer.byteLength(line)

describe('a deadline in a calendar', () => {
  test('B48 an all-day deadline ends on the day after, exclusively', () => {
    for (const [on, first, after] of [['2026-12-18', '20261218', '20261219'], ['2026-12-31', '20261231', '20270101'], ['2028-02-28', '20280228', '20280229']] as const) {
      const text = formatCalendar([eventWith({ on: day(on) })])
      expect(text).toContain(`\r\nDTSTART;VALUE=DATE:${first}\r\n`)
      expect(text).toContain(`\r\nDTEND;VALUE=DATE:${after}\r\n`)
      expect(eventsIn(text)[0]!.startDate.isDate).toBe(true)
      expect(eventsIn(text)[0]!.duration.toString()).toBe('P1D')
    }
  })

  test('B47 keeps its name and raises its revision when its day moves', () => {
    const [before, after] = [eventWith(), eventWith({ on: day('2027-01-15'), revision: 4 })].map((one) => eventsIn(formatCalendar([one]))[0]!)
    expect(before!.uid).toBe('obligation-12@recert.example.org')
    expect(after!.uid).toBe(before!.uid)
    expect([before!.sequence, after!.sequence]).toEqual([3, 4])
  })

  test('is published, takes up no time, rings nowhere and says where to read on', () => {
    const text = formatCalendar([eventWith()])
    expect(text.startsWith('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n')).toBe(true)
    expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true)
    expect(text).toContain('\r\nMETHOD:PUBLISH\r\n')
    expect(text).toContain('\r\nTRANSP:TRANSPARENT\r\n')
    expect(text).toContain('\r\nDTSTAMP:20261123T080000Z\r\n')
    expect(text).not.toMatch(/VALARM|VTIMEZONE|ATTENDEE|ORGANIZER|RRULE/)
    expect(eventsIn(text)[0]!.component.getFirstPropertyValue('url')).toBe('https://recert.example.org/certifications/12')
  })

  test('is the same text for the same event, in every zone', () => {
    const zone = process.env['TZ']
    const texts = ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles'].map((name) => {
      process.env['TZ'] = name
      return formatCalendar([eventWith()])
    })
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
    expect(new Set(texts).size).toBe(1)
  })
})

const nasty = ['a;b,c\\d', 'x\r\nBEGIN:VALARM\r\nEND:VALARM', 'END:VEVENT\nATTENDEE:mailto:eve@example.net', '\\n', '"quoted"', ':', '审核'.repeat(60), '😀'.repeat(40), '\u2028X-EVIL:1', '\0\u0085', '\ud800', 'é'.repeat(75), '']
const hostile = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary', maxLength: 120 }), fc.tuple(fc.string(), fc.constantFrom(...nasty)).map((pair) => pair.join('')))

/** What may be left of a text: line breaks and tabs, and no other character that is none. */
const readable = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (one) => (one === '\n' || one === '\t' ? one : ' ')).replace(/\p{Cs}/gu, '\u{FFFD}')

describe('B49 words of records in a calendar', () => {
  test('stay words: no line of theirs becomes a property, and all of them come back', () => {
    fc.assert(fc.property(hostile, hostile, (title, text) => {
      const written = formatCalendar([eventWith({ title, text })])
      const [event, ...more] = eventsIn(written)
      expect(more).toEqual([])
      expect(event!.component.getAllSubcomponents()).toEqual([])
      expect(event!.component.getAllProperties().map((one) => one.name).filter((name) => !name.startsWith('x-microsoft')).toSorted())
        .toEqual(['description', 'dtend', 'dtstamp', 'dtstart', 'sequence', 'summary', 'transp', 'uid', 'url'])
      expect(event!.summary ?? '').toBe(readable(title))
      expect(event!.description ?? '').toBe(readable(text))
    }), { numRuns: 500 })
  })

  test('are folded at 75 octets, and no character is cut', () => {
    fc.assert(fc.property(hostile, (title) => {
      const lines = formatCalendar([eventWith({ title })]).split('\r\n')
      expect(Math.max(...lines.map(octets))).toBeLessThanOrEqual(75)
      expect(lines.some((line) => /^\s?[\u{DC00}-\u{DFFF}]/u.test(line))).toBe(false)
      expect(lines.join('')).not.toMatch(/[\r\n]/)
    }), { numRuns: 500 })
    const chinese = formatCalendar([eventWith({ title: '监督审核'.repeat(40) })])
    expect(Buffer.from(Buffer.from(chinese)).toString()).toBe(chinese)
    expect(eventsIn(chinese)[0]!.summary).toBe('监督审核'.repeat(40))
  })
})
