// Working days of a country or a company: weekends, holidays and make-up workdays.
// A year that nobody has announced yet is provisional: counted by weekends alone, and said so.

import { type Day, daysBetween } from './day.ts'

export interface Calendar {
  readonly id: string
  /** Days that differ from the weekday rule: false is a day off, true a make-up workday. */
  readonly exceptions: ReadonlyMap<string, boolean>
  /** Years whose exceptions are known; undefined where the weekday rule is all there is. */
  readonly knownYears: ReadonlySet<number> | undefined
}

export interface Counted {
  readonly day: Day
  /** True when a day of a year without data was walked over. */
  readonly provisional: boolean
}

/** Monday to Friday, no holidays: what an organisation has until it chooses a calendar. */
export const weekdays: Calendar = { id: 'weekdays', exceptions: new Map(), knownYears: undefined }

export function isWorkingDay(day: Day, calendar: Calendar): boolean {
  return calendar.exceptions.get(day.toString()) ?? day.dayOfWeek <= 5
}

export function isProvisional(day: Day, calendar: Calendar): boolean {
  return calendar.knownYears !== undefined && !calendar.knownYears.has(day.year)
}

/** Returns the day itself or the next working day after it. */
export function rollForward(day: Day, calendar: Calendar): Day {
  return roll(day, calendar, 1)
}

/** Returns the day itself or the last working day before it. */
export function rollBack(day: Day, calendar: Calendar): Day {
  return roll(day, calendar, -1)
}

// A calendar in which a whole year is off is a mistake of its data; the walk must still end.
const longestClosure = 366

function roll(day: Day, calendar: Calendar, step: 1 | -1): Day {
  let rolled = day
  for (let i = 0; i < longestClosure && !isWorkingDay(rolled, calendar); i++) rolled = rolled.add({ days: step })
  return rolled
}

/** Counts `n` working days from `day`, which is not counted itself; `n` may be negative. */
export function addWorkingDays(day: Day, n: number, calendar: Calendar): Counted {
  const step = n < 0 ? -1 : 1
  let at = day
  let provisional = isProvisional(day, calendar)
  for (let left = Math.abs(n); left > 0;) {
    at = roll(at.add({ days: step }), calendar, step)
    provisional ||= isProvisional(at, calendar)
    left--
  }
  return { day: at, provisional }
}

/** Counts the working days after `from` up to and including `to`; negative where `to` is earlier. */
export function workingDaysBetween(from: Day, to: Day, calendar: Calendar): number {
  const distance = daysBetween(from, to)
  const step = distance < 0 ? -1 : 1
  let count = 0
  for (let i = 1; i <= Math.abs(distance); i++) {
    if (isWorkingDay(from.add({ days: i * step }), calendar)) count += step
  }
  return count
}
