// A file of working days as a whole: bytes to text, and by what stands in it, not by its name, to rows or events.

import type { CalendarEntry } from '../core/calendar-years.ts'
import type { RowProblem } from '../core/register.ts'
import { type EntriesRead, readCalendarCsv } from './calendar-csv.ts'
import { readCalendarIcs } from './calendar-ics.ts'
import { decodeAs, decodeText, type Encoding } from './text.ts'

/** The most bytes a file of working days may have: 1 MB. */
export const calendarSizeLimit = 1024 * 1024

/** The most days a file may state: about ten years, day by day. */
const dayLimit = 5_000

export interface CalendarFile {
  readonly bytes: Uint8Array
  readonly encoding: Encoding | undefined
  /** What comes again every year is read in these. */
  readonly years: readonly number[] | undefined
}

export type CalendarRead =
  | { readonly ok: true; readonly entries: readonly CalendarEntry[] }
  | { readonly ok: false; readonly problems: readonly RowProblem[] }

export function readCalendarFile(file: CalendarFile): CalendarRead {
  const megabytes = file.bytes.length / 1024 / 1024
  if (file.bytes.length > calendarSizeLimit) return refuse(1, `The file has ${megabytes.toFixed(1)} MB, more than 1: it holds more than working days`)
  const decoded = file.encoding ? decodeAs(file.bytes, file.encoding) : decodeText(file.bytes, 'gb18030')
  if (!decoded.ok) return refuse(decoded.line, decoded.reason)
  const { entries, problems } = readText(decoded.text, file.years)
  if (problems.length > 0) return { ok: false, problems }
  if (entries.length > dayLimit) return refuse(entries[dayLimit]!.row, `More than ${dayLimit} days: divide the file by years`)
  return entries.length > 0 ? { ok: true, entries } : refuse(1, 'The file states no day off and no make-up workday')
}

function readText(text: string, years: readonly number[] | undefined): EntriesRead {
  if (/^\s*BEGIN:VCALENDAR/i.test(text)) return readCalendarIcs(text, years)
  if (/^\s*[{[]/.test(text)) return { entries: [], problems: problemAt(1, 'Neither a table nor iCalendar: save the days as CSV with the columns date, working and name') }
  return readCalendarCsv(text)
}

const problemAt = (row: number, reason: string): RowProblem[] => [{ row, column: '', value: '', reason }]

function refuse(row: number, reason: string): CalendarRead {
  return { ok: false, problems: problemAt(row, reason) }
}
