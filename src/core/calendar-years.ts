// Which years a file of working days makes known, which of its days count, and what of the days before stays.
// Holidays run over New Year: the days before it belong to the next year's notice and come with its file.

import { type Calendar, isWorkingDay } from './calendar.ts'
import { compareDays, type Day } from './day.ts'
import type { RowProblem } from './register.ts'

/** One day as a file states it; `row` is its row or line in the file. */
export interface CalendarEntry {
  readonly row: number
  readonly day: Day
  readonly working: boolean
  readonly name: string
}

export interface Claim {
  /** The years that are known from now on, ascending. */
  readonly years: readonly number[]
  /** Each day once, in order. */
  readonly entries: readonly CalendarEntry[]
  /** Days of years that were not asked for. */
  readonly leftOut: number
  readonly problems: readonly RowProblem[]
}

/**
 * Decides which years a file makes known. Those named; else each in which it has a day off that is not one around
 * New Year, since a file of 2026 may end with 1 January 2027 and know nothing else of that year.
 */
export function claimYears(stated: readonly CalendarEntry[], named: readonly number[] | undefined, week: Pick<Calendar, 'id' | 'weekend'>): Claim {
  const { entries, problems } = once(stated)
  const whole = new Set(entries.filter((one) => !one.working && !isAroundNewYear(one.day)).map((one) => one.day.year))
  const years = [...(named ? new Set(named) : whole)].sort((a, b) => a - b)
  const calendar: Calendar = { ...week, exceptions: exceptionsOf(entries), knownYears: whole }
  const belonging = entries.filter((one) => belongs(one.day, { years: new Set(years), named: named !== undefined, calendar }))
  const strays = named || years.length === 0 ? [] : entries.filter((one) => !belonging.includes(one))
  return {
    years, entries: belonging, leftOut: entries.length - belonging.length - strays.length,
    problems: [...problems, ...yearProblems(years, calendar, entries), ...strays.map((one) => strayProblem(one, years))],
  }
}

/** Days by their text, as a calendar keeps them. */
export const exceptionsOf = (entries: readonly CalendarEntry[]): Map<string, boolean> =>
  new Map(entries.map((one) => [one.day.toString(), one.working]))

interface Claimed { readonly years: ReadonlySet<number>; readonly named: boolean; readonly calendar: Calendar }

function belongs(day: Day, { years, named, calendar }: Claimed): boolean {
  if (years.has(day.year)) return true
  if (named) return isMovedByNextYear(day, calendar) && years.has(day.year + 1)
  return isAroundNewYear(day) && years.has(day.month === 12 ? day.year + 1 : day.year - 1)
}

/** From 20 December to 10 January: what a file says there does not make a year known. */
const isAroundNewYear = (day: Day): boolean => (day.month === 12 && day.day >= 20) || (day.month === 1 && day.day <= 10)

/** Says whether the closure or shift that a December day is part of goes on to New Year's Day. */
function isMovedByNextYear(day: Day, calendar: Calendar): boolean {
  if (!isAroundNewYear(day) || day.month !== 12) return false
  let at = day
  for (; at.month === 12; at = at.add({ days: 1 })) if (!calendar.exceptions.has(at.toString()) && isWorkingDay(at, calendar)) return false
  return calendar.exceptions.has(at.toString())
}

function once(stated: readonly CalendarEntry[]): { entries: CalendarEntry[]; problems: RowProblem[] } {
  const groups = [...Map.groupBy(stated, (one) => one.day.toString()).values()]
  const problems = groups.flatMap(([first, ...others]) => others.filter((one) => one.working !== first!.working).map((one): RowProblem => ({
    row: one.row, column: 'date', value: one.day.toString(),
    reason: `${one.working ? 'A working day here' : 'A day off here'}, the opposite in row ${first!.row}: keep one`,
  })))
  const entries = groups.map((group) => ({ ...group[0]!, name: [...new Set(group.map((one) => one.name).filter((name) => name !== ''))].join(', ') }))
  return { entries: entries.sort((a, b) => compareDays(a.day, b.day)), problems }
}

function yearProblems(years: readonly number[], calendar: Calendar, entries: readonly CalendarEntry[]): RowProblem[] {
  if (entries.length === 0) return []
  if (years.length === 0) {
    const reason = 'No year has a day off but around New Year, so none is known by this file. Name the year with --year if it is complete'
    return [{ row: entries[0]!.row, column: 'date', value: '', reason }]
  }
  // Replacing a year by the few December days that the next one moved would lose all its holidays.
  return years.filter((year) => !entries.some((one) => one.day.year === year && !isMovedByNextYear(one.day, calendar)))
    .map((year) => ({
      row: 0, column: 'date', value: String(year),
      reason: `The file has no day of ${year} itself: leave out --year ${year}, or take the file of that year`,
    }))
}

function strayProblem({ row, day }: CalendarEntry, years: readonly number[]): RowProblem {
  return {
    row, column: 'date', value: day.toString(),
    reason: `Outside the years that this file makes known (${years.join(', ')}): ${day.year} has no day off in it. Name the years with --year`,
  }
}

/**
 * Returns the days of before that stay once `years` are replaced by what came in: those of other years, and those of a
 * December that only the known next year moved, where what came in is silent about that New Year.
 */
export function keptDays(before: Calendar, years: ReadonlySet<number>, incoming: ReadonlyMap<string, boolean>): Map<string, boolean> {
  const spoken = new Set([...incoming.keys()].filter((text) => text.slice(5) >= '12-20').map((text) => Number(text.slice(0, 4))))
  return new Map([...before.exceptions].filter(([text]) => {
    const year = Number(text.slice(0, 4))
    if (!years.has(year)) return true
    const next = year + 1
    return (before.knownYears?.has(next) ?? false) && !years.has(next) && !spoken.has(year) && isMovedByNextYear(Temporal.PlainDate.from(text), before)
  }))
}

export interface DayChange {
  readonly date: string
  /** `week` where the day follows the days of the week. */
  readonly from: 'off' | 'working' | 'week'
  readonly to: 'off' | 'working' | 'week'
}

/** Lists what differs between two states of a calendar's days, in order. */
export function changedDays(before: ReadonlyMap<string, boolean>, after: ReadonlyMap<string, boolean>): DayChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((date) => {
    const [from, to] = [stateOf(before.get(date)), stateOf(after.get(date))]
    return from === to ? [] : [{ date, from, to }]
  })
}

const stateOf = (working: boolean | undefined): DayChange['from'] => (working === undefined ? 'week' : working ? 'working' : 'off')
