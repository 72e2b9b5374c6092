// Working calendars for use cases: those published with this release, and the years a person imported.

import { type Calendar, weekdays } from '../core/calendar.ts'
import { invalid } from '../errors.ts'
import { readChineseDays } from '../formats/chinese-days.ts'
import { listCalendarYears, readCalendars } from '../store/calendars.ts'
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

/** Every calendar: the published ones, with the years that a person imported in place of the published. */
export async function loadCalendars(db: Db): Promise<Calendars> {
  const stored = await readCalendars(db)
  return new Map([...published, ...stored].map(([id]) => [id, merged(published.get(id), stored.get(id))]))
}

function merged(released: Calendar | undefined, stored: Calendar | undefined): Calendar {
  if (!released || !stored) return (released ?? stored)!
  const years = stored.knownYears ?? new Set<number>()
  const kept = [...released.exceptions].filter(([day]) => !years.has(Number(day.slice(0, 4))))
  const known = released.knownYears && new Set([...released.knownYears, ...years])
  return { id: released.id, exceptions: new Map([...kept, ...stored.exceptions]), knownYears: known }
}

/** Returns the calendar, or the weekday rule where a stored id has since vanished: never a crash in the planner. */
export const calendarOf = (calendars: Calendars, id: string): Calendar => calendars.get(id) ?? weekdays

export function getCalendar(calendars: Calendars, id: string): Calendar {
  const calendar = calendars.get(id)
  if (calendar) return calendar
  throw invalid(`There is no calendar "${id}". Known: ${[...calendars.keys()].join(', ')}.`)
}

/** Lists the calendars with the years they know and where that is from; `weekdays` needs none. */
export async function listCalendars(app: App): Promise<{ calendar: string; years: number[]; source: string }[]> {
  const imported = await listCalendarYears(app.database.db)
  const released = chinese.years.map((year) => ({ calendar: 'CN', year, source: 'State Council notices, as published with this release' }))
  const known = [...released.filter((one) => !imported.some((row) => row.calendar === 'CN' && row.year === one.year)), ...imported]
  return [...Map.groupBy(known, (row) => `${row.calendar}/${row.source}`).values()]
    .map((rows) => ({ calendar: rows[0]!.calendar, years: rows.map((row) => row.year), source: rows[0]!.source }))
}
