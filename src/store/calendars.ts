// Working calendars: which days differ from the weekday rule, and for which years that is known.

import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { type Calendar, weekdays, weekendOf } from '../core/calendar.ts'
import type { CalendarEntry } from '../core/calendar-years.ts'
import type { Day } from '../core/day.ts'
import type { Db } from './database.ts'
import { organisation, person } from './schema-records.ts'
import { calendarDay, calendarYear } from './schema-system.ts'

const daysLimit = 50_000
const yearsLimit = 5_000
const usedLimit = 1_000
const batch = 500

/** Every calendar by id; `weekdays` is always there. */
export async function readCalendars(db: Db): Promise<ReadonlyMap<string, Calendar>> {
  const days = await db.select().from(calendarDay).orderBy(asc(calendarDay.calendar), asc(calendarDay.day)).limit(daysLimit)
  const years = await db.select().from(calendarYear).orderBy(asc(calendarYear.calendar), asc(calendarYear.year)).limit(yearsLimit)
  const daysOf = Map.groupBy(days, (row) => row.calendar)
  const known = [...Map.groupBy(years, (row) => row.calendar)].map(([id, rows]): [string, Calendar] => [id, {
    id, weekend: weekendOf(id), knownYears: new Set(rows.map((row) => row.year)),
    exceptions: new Map((daysOf.get(id) ?? []).map((row) => [row.day.toString(), row.working])),
  }])
  return new Map([[weekdays.id, weekdays], ...known])
}

/** Lists the years known per calendar, for `calendar list`. */
export async function listCalendarYears(db: Db, ids?: readonly string[]) {
  return await db.select().from(calendarYear)
    .where(ids ? inArray(calendarYear.calendar, [...ids]) : undefined)
    .orderBy(asc(calendarYear.calendar), asc(calendarYear.year)).limit(yearsLimit)
}

/** Lists the ids that organisations and people are set to, in order. */
export async function listUsedCalendars(db: Db): Promise<string[]> {
  const ofOrganisations = await db.selectDistinct({ id: organisation.calendar }).from(organisation).orderBy(asc(organisation.calendar)).limit(usedLimit)
  const ofPeople = await db.selectDistinct({ id: person.calendar }).from(person).orderBy(asc(person.calendar)).limit(usedLimit)
  return [...new Set([...ofOrganisations, ...ofPeople].flatMap((row) => row.id ?? []))].sort()
}

export interface CalendarChange {
  readonly calendar: string
  readonly years: readonly number[]
  readonly source: string
  /** Days that follow the weekday rule from now on. */
  readonly removed: readonly Day[]
  readonly entries: readonly CalendarEntry[]
}

/** Makes years known and writes their days over what was there. */
export async function writeCalendar(db: Db, { calendar, years, source, removed, entries }: CalendarChange): Promise<void> {
  for (let i = 0; i < removed.length; i += batch) {
    await db.delete(calendarDay).where(and(eq(calendarDay.calendar, calendar), inArray(calendarDay.day, removed.slice(i, i + batch))))
  }
  for (let i = 0; i < entries.length; i += batch) {
    await db.insert(calendarDay).values(entries.slice(i, i + batch).map(({ day, working, name }) => ({ calendar, day, working, name })))
      .onConflictDoUpdate({ target: [calendarDay.calendar, calendarDay.day], set: { working: sql`excluded.working`, name: sql`excluded.name` } })
  }
  await db.insert(calendarYear).values(years.map((year) => ({ calendar, year, source })))
    .onConflictDoUpdate({ target: [calendarYear.calendar, calendarYear.year], set: { source: sql`excluded.source` } })
}
