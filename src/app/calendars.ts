// Working calendars for use cases: what is stored, and the published Chinese days put there once.

import { type Calendar, weekdays } from '../core/calendar.ts'
import { invalid } from '../errors.ts'
import { readChineseDays } from '../formats/chinese-days.ts'
import { addCalendarYears, listCalendarYears, readCalendars } from '../store/calendars.ts'
import type { Database, Db } from '../store/database.ts'
import type { App } from './app.ts'

export type Calendars = ReadonlyMap<string, Calendar>

/** Puts the years that came with this release beside those a person imported. */
export async function seedCalendars(database: Database): Promise<void> {
  const { years, days } = readChineseDays()
  await database.transact((db) => addCalendarYears(db, { calendar: 'CN', source: 'State Council notices (chinese-days)', years, days }))
}

export const loadCalendars = (db: Db): Promise<Calendars> => readCalendars(db)

/** Returns the calendar, or the weekday rule where a stored id has since vanished: never a crash in the planner. */
export const calendarOf = (calendars: Calendars, id: string): Calendar => calendars.get(id) ?? weekdays

export function getCalendar(calendars: Calendars, id: string): Calendar {
  const calendar = calendars.get(id)
  if (calendar) return calendar
  throw invalid(`There is no calendar "${id}". Known: ${[...calendars.keys()].join(', ')}.`)
}

/** The calendars that came with this release, for questions that need no records. */
export function publishedCalendars(): Calendars {
  const { years, days } = readChineseDays()
  const exceptions = new Map(days.map((one) => [one.day.toString(), one.working]))
  return new Map([[weekdays.id, weekdays], ['CN', { id: 'CN', exceptions, knownYears: new Set(years) }]])
}

export async function listCalendars(app: App): Promise<{ calendar: string; years: number[]; source: string }[]> {
  const known = await listCalendarYears(app.database.db)
  return [...Map.groupBy(known, (row) => row.calendar)]
    .map(([calendar, rows]) => ({ calendar, years: rows.map((row) => row.year), source: rows[0]!.source }))
}
