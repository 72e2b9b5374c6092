// Calendars as other programs read them (RFC 5545): whole days that neither block time nor ring. The library
// escapes and folds; days, names and revisions are ours, so that the same events always give the same text.

import { ICalCalendar, ICalCalendarMethod, ICalEventTransparency } from 'ical-generator'
import type { CalendarEvent } from '../core/calendar-event.ts'

const product = '//Recert//Recert//EN'

/**
 * Writes events as a published calendar, in the order given; lines end with CRLF and hold at most 75 octets.
 *
 * An event of a day begins on it and ends on the next, which is exclusive (RFC 5545, 3.6.1).
 */
export function formatCalendar(events: readonly CalendarEvent[]): string {
  const calendar = new ICalCalendar({ prodId: product, method: ICalCalendarMethod.PUBLISH })
  for (const one of events) {
    calendar.createEvent({
      id: one.uid, sequence: one.revision, stamp: one.stampedAt,
      start: one.on, end: one.on.add({ days: 1 }), allDay: true, transparency: ICalEventTransparency.TRANSPARENT,
      summary: plain(one.title), description: plain(one.text), url: one.url,
    })
  }
  return `${calendar.toString().trimEnd()}\r\n`
}

// Of control characters a text may hold line breaks and tabs only (RFC 5545, 3.3.11); half a character is none.
const control = /[\p{Cc}\p{Zl}\p{Zp}]/gu
const halves = /\p{Cs}/gu

function plain(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n')
  return lines.replace(control, (one) => (one === '\n' || one === '\t' ? one : ' ')).replace(halves, '\u{FFFD}')
}
