// The calendar beside a daily mail: only where the mail is about one certification and one day, so that the
// file holds nothing its reader did not just read.

import { type CalendarEvent, uidOf } from '../core/calendar-event.ts'
import type { Instant } from '../core/day.ts'
import type { DailyView, Line } from '../core/message.ts'
import type { Obligation } from '../core/obligation.ts'
import { formatCalendar } from '../formats/icalendar.ts'
import { deadlineWordsOf } from '../mail/deadline.ts'

/**
 * Returns the iCalendar file of a mail's single deadline; undefined where it has several, serves several
 * certifications, or its day is past. `duties` are those of the mail; `stampedAt` is the mail's own moment.
 *
 * Duties of one day are an entry each: by its own name each is replaced when it moves alone.
 */
export function calendarOf(view: DailyView, duties: readonly Obligation[], stampedAt: Instant): string | undefined {
  const [line, ...more] = view.lines
  if (!line || more.length > 0 || line.visit || line.late || line.daysLeft < 0) return undefined
  return formatCalendar(line.duties.map((duty) => eventOf(view, line, { duty, stampedAt, revision: duties.find((one) => one.id === duty.obligationId)?.revision ?? 0 })))
}

function eventOf(view: DailyView, line: Line, at: { readonly duty: Line['duties'][number]; readonly stampedAt: Instant; readonly revision: number }): CalendarEvent {
  const url = `${view.url}/certifications/${line.certification.id}`
  return {
    uid: uidOf(at.duty.obligationId, new URL(view.url).hostname), revision: at.revision, on: line.countedTo, stampedAt: at.stampedAt,
    ...deadlineWordsOf({ ...line, duties: [at.duty] }, view, url), url,
  }
}
