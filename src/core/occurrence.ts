// The days of one rule in one cycle: when it opens, when it is due, and how often it comes again. A day
// carries the sources it rests on, so that a duty never looks surer than what it was counted from.

import type { Mark } from './certification.ts'
import type { Calendar } from './calendar.ts'
import { type Day, isAfter, latest, nthAfter } from './day.ts'
import type { Point, Recurrence, Rule, Scheme } from './scheme.ts'
import { addSpan, rollDay } from './span.ts'
import type { Validity } from './validity.ts'

/** What the days of a rule are counted from. */
export interface Scene {
  readonly scheme: Scheme
  readonly validity: Validity
  readonly calendar: Calendar
  readonly asOf: Day
}

/** A day with the sources it rests on besides the rule's own. */
export interface Counted {
  readonly day: Day
  readonly provisional: boolean
  readonly sources: readonly { readonly basis: string; readonly mark: Mark }[]
}

/** One time a rule binds; the ordinal is its identity within the cycle (see `ordinalOf`). */
export interface Occurrence {
  readonly ordinal: number
  readonly opensOn: Day | undefined
  readonly due: Counted
  readonly latestOn: Day | undefined
}

/** Returns each time the rule binds in the cycle; none where a day it counts from is not known. */
export function listOccurrences(rule: Rule, scene: Scene): readonly Occurrence[] {
  const times = rule.recurs ? recurring(rule.recurs, scene) : once(rule, scene)
  return times.map(({ ordinal, opensOn, due }) => ({
    ordinal, due,
    opensOn: rule.opens ? placePoint(rule.opens, scene, due)?.day : opensOn,
    latestOn: rule.latest && placePoint(rule.latest, scene, due)?.day,
  }))
}

type Time = Omit<Occurrence, 'latestOn'>

function once(rule: Rule, scene: Scene): readonly Time[] {
  const due = rule.due && placePoint(rule.due, scene)
  return due ? [{ ordinal: ordinalOf(rule, scene), opensOn: undefined, due }] : []
}

// A duty counted from an event that comes again (each report has its own table 4) is told apart by the
// month of that event, written 202611: the next one must not look like the one already met, and a
// corrected day of the month must not look like another one.
function ordinalOf(rule: Rule, { scheme, validity }: Scene): number {
  const from = rule.due?.from
  const anchor = typeof from === 'string' && scheme.anchors[from]?.repeats
    ? validity.cycle.anchors.find((one) => one.name === from) : undefined
  return anchor ? anchor.day.year * 100 + anchor.day.month : 1
}

function recurring(recurs: Recurrence, scene: Scene): readonly Time[] {
  const from = resolve(recurs.from, scene)
  if (!from) return []
  return recurs.every === 'calendar-year'
    ? everyCalendarYear(recurs, from, scene)
    : everyLength(recurs.every.duration, recurs.first, from, scene)
}

// A duty without an end in sight is planned a year ahead.
const horizon = ({ validity, asOf }: Scene): Day => validity.end?.on ?? asOf.add({ years: 1 })

/** Numbered by the calendar year itself, which stays the same when the first day is corrected. */
function everyCalendarYear(recurs: Recurrence, from: Counted, scene: Scene): readonly Time[] {
  const firstYear = from.day.year + recurs.first
  const lastYear = horizon(scene).year - (recurs.except === 'end-year' && scene.validity.end ? 1 : 0)
  return Array.from({ length: Math.max(0, lastYear - firstYear + 1) }, (_, n) => {
    const newYear = from.day.with({ year: firstYear + n, month: 1, day: 1 })
    return { ordinal: firstYear + n, opensOn: latest(newYear, from.day), due: { ...from, day: yearEnd(newYear) } }
  })
}

function everyLength(length: Temporal.Duration, first: number, from: Counted, scene: Scene): readonly Time[] {
  const times: Time[] = []
  for (let n = first; ; n++) {
    const day = nthAfter(from.day, length, n)
    if (isAfter(day, horizon(scene))) return times
    times.push({ ordinal: n, opensOn: undefined, due: { ...from, day } })
  }
}

const yearEnd = (day: Day): Day => day.with({ month: 12, day: 31 })

function placePoint(point: Point, scene: Scene, due?: Counted): Counted | undefined {
  const from = typeof point.from === 'string'
    ? resolve(point.from, scene, due)
    : latestOf(point.from.latest.flatMap((name) => resolve(name, scene, due) ?? []))
  if (!from) return undefined
  const added = point.add ? addSpan(from.day, point.add, scene.calendar) : { day: from.day, provisional: false }
  const taken = point.to === 'year-end' ? yearEnd(added.day) : added.day
  const rolled = rollDay(taken, point.roll, scene.calendar)
  return { ...from, day: rolled.day, provisional: from.provisional || added.provisional || rolled.provisional }
}

function latestOf(days: readonly Counted[]): Counted | undefined {
  return days.reduce<Counted | undefined>((a, b) => (a === undefined || isAfter(b.day, a.day) ? b : a), undefined)
}

/** Returns the day of an anchor or of one of the engine's own references (scheme-shape.ts). */
function resolve(name: string, scene: Scene, due?: Counted): Counted | undefined {
  const { validity } = scene
  switch (name) {
    case 'due': return due
    case 'end': return validity.end && sourced(validity.end.on, validity.end)
    case 'lapse': return validity.end && sourced(validity.end.on.add({ days: 1 }), validity.end)
    case 'edition-end': return validity.edition && sourced(validity.edition.on, validity.edition)
    case 'start': return validity.startsOn && plain(validity.startsOn, validity.began?.assumed ? scene.scheme.begins : undefined)
    default: {
      const anchor = validity.cycle.anchors.find((one) => one.name === name)
      return anchor && plain(anchor.day, anchor.assumed ? name : undefined)
    }
  }
}

const sourced = (day: Day, { basis, mark }: { basis: string; mark: Mark }): Counted =>
  ({ day, provisional: false, sources: [{ basis, mark }] })

const plain = (day: Day, assumed: string | undefined): Counted => ({
  day, provisional: false, sources: assumed === undefined ? [] : [{ basis: `${assumed} day assumed`, mark: 'unverified' }],
})
