// The days of one rule in one cycle: when it opens, when it is due, and how often it comes again. A day
// carries the sources it rests on, so that a duty never looks surer than what it was counted from.

import type { Mark } from './certification.ts'
import type { Calendar } from './calendar.ts'
import { type Day, isAfter, isBefore, latest, nthAfter } from './day.ts'
import { optionsFit, type Point, pointsOf, type Recurrence, type Rule, type Scheme } from './scheme.ts'
import { addSpan, rollDay } from './span.ts'
import type { Validity } from './validity.ts'

/** What became of a duty of the cycle so far, where others depend on it. */
export interface Happened {
  readonly ruleId: string
  readonly ordinal: number
  readonly bookedOn: Day | undefined
  /** The day it was carried out, submitted or met; undefined while it is open. */
  readonly doneOn: Day | undefined
  /** True once it is met, or said not to apply: nothing need be prepared for it any more. */
  readonly closed: boolean
}

/** What the days of a rule are counted from. */
export interface Scene {
  readonly scheme: Scheme
  readonly validity: Validity
  readonly calendar: Calendar
  readonly happened: readonly Happened[]
  /** The day the record was entered: what has no end is not asked about for all the years before. */
  readonly enteredOn: Day | undefined
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
  /** What its title may name: the calendar year, and which part of it. */
  readonly year: number
  readonly part: number
  /** True while the day it is to be counted from has not been booked: a plan, and nothing to be reminded of. */
  readonly tentative: boolean
}

type Time = Omit<Occurrence, 'latestOn' | 'year' | 'part' | 'tentative'> & { readonly year?: number; readonly part?: number; readonly ahead?: Ahead }

/** The duty that a rule stands ahead of. */
interface Ahead { readonly each: Counted; readonly booked: Counted | undefined }

/** Returns each time the rule binds in the cycle; none where a day it counts from is not known. */
export function listOccurrences(rule: Rule, scene: Scene): readonly Occurrence[] {
  const times = rule.each !== undefined ? aheadOf(rule, rule.each, scene) : rule.recurs ? recurring(rule, rule.recurs, scene) : once(rule, scene)
  return times.map(({ ordinal, opensOn, due, ahead, year, part }) => {
    const tentative = ahead !== undefined && isTentative(rule, ahead)
    return {
      ordinal, due, year: year ?? due.day.year, part: part ?? 1, tentative,
      opensOn: rule.opens ? placePoint(rule.opens, scene, { due, ...ahead })?.day : opensOn,
      // What prepares a visit without a day is not late before the visit is.
      latestOn: tentative ? ahead.each.day : rule.latest && placePoint(rule.latest, scene, { due, ...ahead })?.day,
    }
  })
}

const isTentative = (rule: Rule, ahead: Ahead): boolean =>
  ahead.booked === undefined && pointsOf(rule.due).some(({ from }) => from === 'booked')

function once(rule: Rule, scene: Scene): readonly Time[] {
  const due = placeDue(rule, scene, {})
  return due ? [{ ordinal: ordinalOf(rule, scene), opensOn: undefined, due }] : []
}

const placeDue = (rule: Rule, scene: Scene, near: Near): Counted | undefined =>
  pointsOf(rule.due).reduce<Counted | undefined>((found, point) => found ?? placePoint(point, scene, near), undefined)

// A duty counted from an event that comes again (each report has its own table 4) is told apart by the
// month of that event, written 202611: the next one must not look like the one already met, and a
// corrected day of the month must not look like another one.
// What each extension asks for is numbered by those granted before it; what the parent's renewal asks for, by
// the year that one ends in.
function ordinalOf(rule: Rule, { scheme, validity }: Scene): number {
  if (rule.per === 'extension') return validity.extensions + 1
  if (rule.per === 'parent') return validity.parent?.on.year ?? 1
  const names = pointsOf(rule.due).flatMap(({ from }) => (typeof from === 'string' ? [from] : []))
  const anchor = validity.cycle.anchors.find((one) => names.includes(one.name) && scheme.anchors[one.name]?.repeats)
  return anchor ? anchor.day.year * 100 + anchor.day.month : 1
}

// What has been carried out, or was said not to apply, needs no preparation any more.
function aheadOf(rule: Rule, sourceId: string, scene: Scene): readonly Time[] {
  const source = scene.scheme.rules.find((one) => one.id === sourceId)
  if (!source || !bindsIn(source, scene)) return []
  return listOccurrences(source, scene).flatMap(({ ordinal, due: each, year }): Time[] => {
    const past = happenedTo(scene, sourceId, ordinal)
    if (past?.closed || past?.doneOn || isPastAtEntry(each.day, scene)) return []
    const booked = past?.bookedOn && { day: past.bookedOn, provisional: false, sources: [] }
    const due = placeDue(rule, scene, { each, booked })
    // Without a booked day its own day is a plan: nobody is asked about one that was past at entry, and a
    // visit that is late says enough by itself. It comes back with the booking.
    const isMoot = due && (isPastAtEntry(due.day, scene) || (past !== undefined && isAfter(scene.asOf, each.day)))
    if (!due || (isMoot && isTentative(rule, { each, booked }))) return []
    return [{ ordinal, opensOn: undefined, due, year, ahead: { each, booked } }]
  })
}

// An audit that was past when its record was entered is asked about once; what came before it is not.
const isPastAtEntry = (dueOn: Day, { enteredOn }: Scene): boolean => enteredOn !== undefined && isBefore(dueOn, enteredOn)

/** Says whether a rule binds in this kind of cycle, with these options, as far as is known. */
export function bindsIn(rule: Rule, { validity }: Scene): boolean {
  if (rule.cycle !== undefined && rule.cycle !== validity.cycle.kind) return false
  if (rule.unless !== undefined && validity.cycle.anchors.some((anchor) => anchor.name === rule.unless)) return false
  return optionsFit(rule.when, validity.options)
}

const happenedTo = ({ happened }: Scene, ruleId: string, ordinal: number): Happened | undefined =>
  happened.find((one) => one.ruleId === ruleId && one.ordinal === ordinal)

function recurring(rule: Rule, recurs: Recurrence, scene: Scene): readonly Time[] {
  const from = resolve(recurs.from, scene, {})
  if (!from) return []
  const until = horizon(rule, scene)
  const times = recurs.every === 'calendar-year' ? everyCalendarYear(recurs, from, until, scene) : everyLength(rule, recurs, { from, until }, scene)
  return times.filter(({ due }) => isAsked(due.day, scene))
}

// A duty without an end in sight is planned a year ahead, and asked about a year back from the entry; so is
// one that is owed whether the paper is still valid or not.
function horizon({ outlives }: Rule, { validity, asOf }: Scene): Day {
  const ahead = asOf.add({ years: 1 })
  return validity.end === undefined ? ahead : outlives ? latest(validity.end.on, ahead)! : validity.end.on
}

const isAsked = (dueOn: Day, { validity, enteredOn }: Scene): boolean =>
  validity.end !== undefined || enteredOn === undefined || !isBefore(dueOn, enteredOn.subtract({ years: 1 }))

/** Numbered by the calendar year itself, and its part where there are several: both stay when the first day is corrected. */
function everyCalendarYear(recurs: Recurrence, from: Counted, until: Day, scene: Scene): readonly Time[] {
  // Done early, in the year of the beginning itself, the time before the first leaves the next year without one.
  const before = recurs.after === undefined ? undefined : happenedTo(scene, recurs.after, 1)?.doneOn
  const firstYear = Math.min(from.day.year + recurs.first, before ? before.year + 1 : Infinity)
  const lastYear = until.year - (recurs.except === 'end-year' && scene.validity.end ? 1 : 0)
  const years = Array.from({ length: Math.max(0, lastYear - firstYear + 1) }, (_, n) => firstYear + n)
  return years.flatMap((year) => partsOf(year, recurs.times, from)).filter(({ due }) => recurs.times === 1 || !isBefore(due.day, from.day))
}

function partsOf(year: number, times: number, from: Counted): Time[] {
  const months = 12 / times
  return Array.from({ length: times }, (_, n): Time => {
    const first = from.day.with({ year, month: n * months + 1, day: 1 })
    const due = first.add({ months }).subtract({ days: 1 })
    return {
      ordinal: times === 1 ? year : year * 100 + n + 1, part: n + 1, year,
      opensOn: latest(first, from.day), due: { ...from, day: due },
    }
  })
}

/** Counted from the anchor; `sinceLast` from the last time it was done, whenever that was, never from a day planned before. */
function everyLength(
  rule: Rule, recurs: Recurrence, { from, until }: { readonly from: Counted; readonly until: Day }, scene: Scene,
): readonly Time[] {
  if (recurs.every === 'calendar-year') return []
  const times: Time[] = []
  const before = recurs.after === undefined ? undefined : happenedTo(scene, recurs.after, 1)?.doneOn
  let base = before ? { n: recurs.first - 1, from: { ...from, day: before } } : { n: 0, from }
  for (let n = recurs.first; ; n++) {
    const day = nthAfter(base.from.day, recurs.every.duration, n - base.n)
    if (isAfter(day, until) || isExcepted(recurs, day, scene)) return times
    const ordinal = recurs.numbered === 'year' ? from.day.year + n : n
    times.push({ ordinal, opensOn: undefined, due: { ...base.from, day } })
    const doneOn = recurs.sinceLast ? happenedTo(scene, rule.id, ordinal)?.doneOn : undefined
    if (doneOn) base = { n, from: { ...from, day: doneOn } }
  }
}

// The recertification takes the place of the surveillance that would fall beside it.
function isExcepted({ except }: Recurrence, day: Day, { validity: { end } }: Scene): boolean {
  if (except === undefined || end === undefined) return false
  return except === 'end' ? end.on.equals(day) : day.year >= end.on.year
}

const yearEnd = (day: Day): Day => day.with({ month: 12, day: 31 })

interface Near { readonly due?: Counted; readonly each?: Counted; readonly booked?: Counted | undefined }

function placePoint(point: Point, scene: Scene, near: Near): Counted | undefined {
  const from = typeof point.from === 'string' ? resolve(point.from, scene, near) : outermost(point.from, scene, near)
  if (!from) return undefined
  const added = point.add ? addSpan(from.day, point.add, scene.calendar) : { day: from.day, provisional: false }
  const taken = point.to === 'year-end' ? yearEnd(added.day) : added.day
  const rolled = rollDay(taken, point.roll, scene.calendar)
  return { ...from, day: rolled.day, provisional: from.provisional || added.provisional || rolled.provisional }
}

/** Returns the latest, or the earliest, of the days that are known. */
function outermost(from: Exclude<Point['from'], string>, scene: Scene, near: Near): Counted | undefined {
  const wins = 'latest' in from ? isAfter : isBefore
  const names = 'latest' in from ? from.latest : from.earliest
  return names.flatMap((name) => resolve(name, scene, near) ?? [])
    .reduce<Counted | undefined>((a, b) => (a === undefined || wins(b.day, a.day) ? b : a), undefined)
}

/** Returns the day of an anchor or of one of the engine's own references (scheme-shape.ts). */
function resolve(name: string, scene: Scene, near: Near): Counted | undefined {
  const { validity } = scene
  switch (name) {
    case 'due': return near.due
    case 'each': return near.each
    case 'booked': return near.booked
    case 'end': return validity.end && sourced(validity.end.on, validity.end)
    case 'lapse': return validity.end && sourced(validity.end.on.add({ days: 1 }), validity.end)
    case 'edition-end': return validity.edition && sourced(validity.edition.on, validity.edition)
    case 'parent-end': return validity.parent && sourced(validity.parent.on, validity.parent)
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
