// Working calendars for use cases: what is stored, and the published Chinese days put there once.

import { type Calendar, weekdays } from '../core/calendar.ts'
import { invalid } from '../errors.ts'
import { readChineseDays } from '../formats/chinese-days.ts'
import { addCalendarYears, readCalendars } from '../store/calendars.ts'
import type { Database, Db } from '../store/database.ts'

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
