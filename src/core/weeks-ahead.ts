// What lies ahead, counted: the weeks in which duties fall due, where they crowd, and what falls due while
// everything is closed.

import { addWorkingDays, type Calendar, isWorkingDay } from './calendar.ts'
import { compareDays, type Day, daysBetween, isAfter, isBefore, mondayOf, weekOf } from './day.ts'
import type { Cluster, DigestWeek, Light } from './digest.ts'

export const weeksShown = 26
const crowd = { duties: 3, workingDays: 10 } as const
/** Days off in a row that close more than a long weekend. */
const shortestClosure = 5

export interface Ahead { readonly on: Day; readonly light: Light }

const severity: Readonly<Record<Light, number>> = { grey: 0, green: 1, amber: 2, red: 3 }

/** Returns the last day of the weeks shown. */
export const lastShown = (asOf: Day): Day => mondayOf(asOf).add({ days: weeksShown * 7 - 1 })

/** Counts duties by week, this one first; what lies behind `asOf` is in none. */
export function weeksAhead(duties: readonly Ahead[], asOf: Day): DigestWeek[] {
  const monday = mondayOf(asOf)
  const byWeek = Map.groupBy(duties.filter(({ on }) => !isBefore(on, asOf)), ({ on }) => Math.floor(daysBetween(monday, on) / 7))
  return Array.from({ length: weeksShown }, (_, n) => {
    const from = monday.add({ days: 7 * n })
    const due = byWeek.get(n) ?? []
    return { week: weekOf(from), from: n === 0 ? asOf : from, duties: due.length, light: worstOf(due) }
  })
}

const worstOf = (duties: readonly Ahead[]): Light | undefined =>
  duties.reduce<Light | undefined>((worst, { light }) => (worst === undefined || severity[light] > severity[worst] ? light : worst), undefined)

/** Finds where duties crowd (three or more within ten working days) and what falls on a closure of five days or more. */
export function findClusters(dueOns: readonly Day[], calendar: Calendar): Cluster[] {
  const days = dueOns.toSorted(compareDays)
  return [...crowdsIn(days, calendar), ...closuresIn(days, calendar)].toSorted((a, b) => compareDays(a.from, b.from))
}

function crowdsIn(days: readonly Day[], calendar: Calendar): Cluster[] {
  const found: Cluster[] = []
  for (let n = 0; n < days.length;) {
    const until = addWorkingDays(days[n]!, crowd.workingDays, calendar).day
    const within = days.slice(n).filter((day) => !isAfter(day, until))
    const crowds = within.length >= crowd.duties
    if (crowds) found.push({ kind: 'crowd', from: days[n]!, to: within.at(-1)!, duties: within.length })
    n += crowds ? within.length : 1
  }
  return found
}

function closuresIn(days: readonly Day[], calendar: Calendar): Cluster[] {
  const closed = days.flatMap((day) => closureAround(day, calendar) ?? [])
  return [...Map.groupBy(closed, ({ from }) => from.toString()).values()]
    .map((same): Cluster => ({ kind: 'closure', ...same[0]!, duties: same.length }))
}

// A year that is off as a whole is a mistake of its data; the walk must still end.
const longestClosure = 60

function closureAround(day: Day, calendar: Calendar): { readonly from: Day; readonly to: Day } | undefined {
  if (isWorkingDay(day, calendar)) return undefined
  const walk = (step: 1 | -1): Day => {
    let at = day
    for (let n = 0; n < longestClosure && !isWorkingDay(at.add({ days: step }), calendar); n++) at = at.add({ days: step })
    return at
  }
  const [from, to] = [walk(-1), walk(1)]
  return daysBetween(from, to) + 1 >= shortestClosure ? { from, to } : undefined
}
