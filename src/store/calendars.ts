// Working calendars: which days differ from the weekday rule, and for which years that is known.

import { asc, inArray } from 'drizzle-orm'
import { type Calendar, weekdays } from '../core/calendar.ts'
import type { Db } from './database.ts'
import { calendarDay, calendarYear } from './schema.ts'

const daysLimit = 50_000
const yearsLimit = 5_000

export interface CalendarData {
  readonly calendar: string
  readonly source: string
  readonly years: readonly number[]
  readonly days: readonly { readonly day: Temporal.PlainDate; readonly working: boolean; readonly name: string }[]
}

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

/** Adds the years that are not known yet; a year a person has already imported is theirs and stays. */
export async function addCalendarYears(db: Db, data: CalendarData): Promise<readonly number[]> {
  if (data.years.length === 0) return []
  const added = await db.insert(calendarYear)
    .values(data.years.map((year) => ({ calendar: data.calendar, year, source: data.source })))
    .onConflictDoNothing().returning({ year: calendarYear.year })
  const years = new Set(added.map((row) => row.year))
  const days = data.days.filter((one) => years.has(one.day.year))
  for (let i = 0; i < days.length; i += 500) {
    await db.insert(calendarDay)
      .values(days.slice(i, i + 500).map((one) => ({ calendar: data.calendar, ...one }))).onConflictDoNothing()
  }
  return [...years]
}

/** Lists the years known per calendar, for `calendar list`. */
export async function listCalendarYears(db: Db, ids?: readonly string[]) {
  return await db.select().from(calendarYear)
    .where(ids ? inArray(calendarYear.calendar, [...ids]) : undefined)
    .orderBy(asc(calendarYear.calendar), asc(calendarYear.year)).limit(yearsLimit)
}
