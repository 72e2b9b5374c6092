// Working calendars: which days differ from the weekday rule, and for which years that is known.

import { asc, inArray } from 'drizzle-orm'
import { type Calendar, weekdays } from '../core/calendar.ts'
import type { Db } from './database.ts'
import { calendarDay, calendarYear } from './schema.ts'

const daysLimit = 50_000
const yearsLimit = 5_000

/** Every calendar by id; `weekdays` is always there. */
export async function readCalendars(db: Db): Promise<ReadonlyMap<string, Calendar>> {
  const days = await db.select().from(calendarDay).orderBy(asc(calendarDay.calendar), asc(calendarDay.day)).limit(daysLimit)
  const years = await db.select().from(calendarYear).orderBy(asc(calendarYear.calendar), asc(calendarYear.year)).limit(yearsLimit)
  const ids = new Set(years.map((row) => row.calendar))
  const known = [...ids].map((id): [string, Calendar] => [id, {
    id,
    exceptions: new Map(days.filter((row) => row.calendar === id).map((row) => [row.day.toString(), row.working])),
    knownYears: new Set(years.filter((row) => row.calendar === id).map((row) => row.year)),
  }])
  return new Map([[weekdays.id, weekdays], ...known])
}

/** Lists the years known per calendar, for `calendar list`. */
export async function listCalendarYears(db: Db, ids?: readonly string[]) {
  return await db.select().from(calendarYear)
    .where(ids ? inArray(calendarYear.calendar, [...ids]) : undefined)
    .orderBy(asc(calendarYear.calendar), asc(calendarYear.year)).limit(yearsLimit)
}
