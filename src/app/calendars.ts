// Working calendars for use cases: those published with this release, the years a person imported, and every
// country by its weekends alone.

import { type Calendar, countryCalendar, weekdays } from '../core/calendar.ts'
import { keptDays } from '../core/calendar-years.ts'
import { dayOf } from '../core/day.ts'
import { invalid } from '../errors.ts'
import { readChineseDays } from '../formats/chinese-days.ts'
import { listCalendarYears, listUsedCalendars, readCalendars } from '../store/calendars.ts'
import type { Db } from '../store/database.ts'
import type { App } from './app.ts'

export type Calendars = ReadonlyMap<string, Calendar>

/** The calendars that came with this release, for questions that need no records. */
export const publishedCalendars = (): Calendars => published

const chinese = readChineseDays()
const published: Calendars = new Map([[weekdays.id, weekdays], ['CN', {
  id: 'CN', knownYears: new Set(chinese.years),
  exceptions: new Map(chinese.days.map((one) => [one.day.toString(), one.working])),
}]])

/** Every calendar with days: the published ones, with the years that a person imported in place of the published. */
export async function loadCalendars(db: Db): Promise<Calendars> {
  const stored = await readCalendars(db)
  return new Map([...published, ...stored].map(([id]) => [id, merged(published.get(id), stored.get(id))]))
}

function merged(released: Calendar | undefined, stored: Calendar | undefined): Calendar {
  if (!released || !stored || !released.knownYears || !stored.knownYears) return (released ?? stored)!
  const kept = keptDays(released, stored.knownYears, stored.exceptions)
  return {
    ...released, exceptions: new Map([...kept, ...stored.exceptions]),
    knownYears: new Set([...released.knownYears, ...stored.knownYears]),
  }
}

/** Returns the calendar, or the weekday rule where a stored id has since vanished: never a crash in the planner. */
export const calendarOf = (calendars: Calendars, id: string): Calendar => findCalendar(calendars, id) ?? weekdays

export function getCalendar(calendars: Calendars, id: string): Calendar {
  const calendar = findCalendar(calendars, id)
  if (calendar) return calendar
  throw invalid(`There is no calendar "${id}". Known: ${[...calendars.keys()].join(', ')}, and every country by its ISO 3166 code, such as DE. `
    + `For one of your own: calendar import FILE --calendar ${/^[A-Za-z0-9-]+$/.test(id) ? id : 'ID'}`)
}

function findCalendar(calendars: Calendars, id: string): Calendar | undefined {
  return calendars.get(id) ?? countryOf(id)
}

const countries = new Map<string, Calendar>()

// One object a country, so that what was worked out for counting with it is worked out once.
function countryOf(id: string): Calendar | undefined {
  const found = countries.get(id) ?? countryCalendar(id)
  if (found) countries.set(id, found)
  return found
}

export interface CalendarLine {
  readonly calendar: string
  readonly years: readonly number[]
  readonly source: string
  /** This year and the next, where nothing is known of them: what is counted through them is provisional. */
  readonly missing: readonly number[]
}

/** Lists the calendars with the years they know and where that is from; `weekdays` needs none. */
export async function listCalendars(app: App): Promise<CalendarLine[]> {
  const { year } = dayOf(app.clock.now(), 'UTC')
  const { db } = app.database
  const imported = await listCalendarYears(db)
  const released = chinese.years.filter((known) => !imported.some((row) => row.calendar === 'CN' && row.year === known))
    .map((known) => ({ calendar: 'CN', year: known, source: 'State Council notices, as published with this release' }))
  const known = [...released, ...imported]
  const bare = (await listUsedCalendars(db)).filter((id) => id !== weekdays.id && !known.some((row) => row.calendar === id))
  const missing = (id: string) => [year, year + 1].filter((one) => !known.some((row) => row.calendar === id && row.year === one))
  return [
    ...[...Map.groupBy(known, (row) => `${row.calendar}/${row.source}`).values()].map(([first, ...rest]): CalendarLine => (
      { calendar: first!.calendar, years: [first!, ...rest].map((row) => row.year), source: first!.source, missing: missing(first!.calendar) })),
    ...bare.map((id): CalendarLine => ({ calendar: id, years: [], source: 'nothing imported: its weekends alone', missing: missing(id) })),
  ]
}
