// A second planner, as slow and as plain as can be, to hold the first against: it looks at one day after the
// other and tries. It shares nothing with the planner but the shape of a network and the calendar.

import { type Calendar, isWorkingDay } from '../../src/core/calendar.ts'
import { compareDays, type Day } from '../../src/core/day.ts'
import type { Network, PlanStep } from '../../src/core/network.ts'

export interface Stretch { readonly start: Day; readonly finish: Day }
type Stretches = Map<string, Stretch>

const next = (day: Day): Day => day.add({ days: 1 })
const before = (day: Day): Day => day.subtract({ days: 1 })
const isPast = (a: Day, b: Day): boolean => compareDays(a, b) > 0
const later = (a: Day, b: Day | undefined): Day => (b !== undefined && isPast(b, a) ? b : a)
const lengthOf = (text: string): { days: number; working: boolean } => ({ days: Number(/\d+/.exec(text)![0]), working: text.includes('W') })
const lasts = (step: PlanStep): boolean => step.state !== 'skipped' && step.days > 0

function canWorkOn(step: PlanStep, day: Day, calendar: Calendar): boolean {
  if (step.unit === 'calendar') return true
  return isWorkingDay(day, calendar) && !(step.absences ?? []).some((one) => !isPast(one.from, day) && !isPast(day, one.until))
}

/** Works the days of a step off, one after the other, from the first day it may begin. */
function work(step: PlanStep, from: Day, calendar: Calendar): Stretch {
  let day = from
  while (!canWorkOn(step, day, calendar)) day = next(day)
  const start = day
  for (let left = step.days - 1; left > 0;) {
    day = next(day)
    if (canWorkOn(step, day, calendar)) left--
  }
  return { start, finish: day }
}

/** The last day of a stretch of days after a day. */
function daysAfter(day: Day, text: string, calendar: Calendar): Day {
  const { days, working } = lengthOf(text)
  let at = day
  for (let left = days; left > 0;) {
    at = next(at)
    if (!working || isWorkingDay(at, calendar)) left--
  }
  return at
}

/** The first day on which something may begin after another has finished and a lag has passed. */
function dayAfter(finish: Day, lag: string, calendar: Calendar): Day {
  let day = next(daysAfter(finish, lag, calendar))
  if (lengthOf(lag).working && lengthOf(lag).days > 0) while (!isWorkingDay(day, calendar)) day = next(day)
  return day
}

interface Told {
  readonly notBefore?: Day
  readonly progress: boolean
  /** Finishes put elsewhere by hand. */
  readonly finishes?: ReadonlyMap<string, Day>
}

/** Plays a run through, step by step. */
function play(network: Network, told: Told): Stretches {
  const played: Stretches = new Map()
  while (played.size < network.steps.length) {
    for (const step of network.steps) {
      if (played.has(step.code) || !step.after.every((one) => played.has(one.step))) continue
      const own = playStep(step, step.after.map((one) => ({ finish: played.get(one.step)!.finish, lag: one.lag })), network, told)
      played.set(step.code, { ...own, finish: told.finishes?.get(step.code) ?? own.finish })
    }
  }
  return played
}

interface Waited { readonly finish: Day; readonly lag: string }

function playStep(step: PlanStep, waits: readonly Waited[], { startOn, calendar }: Network, { notBefore, progress }: Told): Stretch {
  if (progress && step.state === 'done') return { start: step.startedOn && !isPast(step.startedOn, step.doneOn!) ? step.startedOn : step.doneOn!, finish: step.doneOn! }
  if (step.state === 'skipped') return standing(waits.map((one) => one.finish).reduce(later, before(startOn)))
  const agreed = (finish: Day): Day => later(later(finish, step.bookedOn), progress ? step.expectedOn : undefined)
  if (step.days === 0) return standing(agreed(waits.map((one) => daysAfter(one.finish, one.lag, calendar)).reduce(later, before(startOn))))
  if (progress && step.state !== 'not-started' && step.startedOn) {
    let today = notBefore!
    while (!canWorkOn(step, today, calendar)) today = next(today)
    return { start: step.startedOn, finish: later(later(step.expectedOn ?? work(step, step.startedOn, calendar).finish, step.bookedOn), today) }
  }
  const { start, finish } = work(step, later(waits.map((one) => dayAfter(one.finish, one.lag, calendar)).reduce(later, startOn), notBefore), calendar)
  return { start, finish: agreed(finish) }
}

const standing = (day: Day): Stretch => ({ start: day, finish: day })

/** Counts working days from one day to another; past it one at least is missing. */
export function spareDays(from: Day, to: Day, calendar: Calendar): number {
  let count = 0
  for (let day = from; isPast(to, day);) { day = next(day); if (isWorkingDay(day, calendar)) count++ }
  for (let day = from; isPast(day, to); day = before(day)) if (isWorkingDay(day, calendar)) count--
  return isPast(from, to) ? Math.min(-1, count) : count
}

function limitOf(step: PlanStep, network: Network, finishOf: (code: string) => Day): Day | undefined {
  const from = network.steps.find((one) => one.code === step.limit?.from)
  if (!step.limit || !from || from.state === 'skipped' || step.state === 'skipped') return undefined
  const base = from.state === 'done' ? from.doneOn! : later(finishOf(from.code), network.startOn)
  let day = daysAfter(base, step.limit.within, network.calendar)
  if (step.limit.roll) while (!isWorkingDay(day, network.calendar)) day = step.limit.roll === 'forward' ? next(day) : before(day)
  return day
}

export function leadsTo(network: Network, code: string): boolean {
  return code === network.target || network.steps.some((step) => step.after.some((one) => one.step === code) && leadsTo(network, step.code))
}

/** Counts back by taking a day away wherever something would be too late, until nothing is; undefined where a limit leaves a step no day. */
function lastDays(network: Network, deadlineOn: Day, allowed: Allowed = {}): Map<string, Day> | undefined {
  const { steps, calendar } = network
  const last = new Map(steps.filter((step) => leadsTo(network, step.code)).map((step) => [step.code, deadlineOn]))
  const ordered = inOrder(steps)
  const first = play(network, { progress: false })
  for (let moved = true; moved;) {
    moved = false
    if (steps.some((step) => last.has(step.code) && hasNoRoom(step, network, last, first))) return undefined
    for (const step of ordered.toReversed()) {
      while (last.has(step.code) && (!canFinishOn(step, last.get(step.code)!, calendar, allowed) || isTooLate(step, last.get(step.code)!, network, last))) {
        last.set(step.code, before(last.get(step.code)!))
        moved = true
      }
    }
    for (const step of ordered.filter((one) => !leadsTo(network, one.code))) {
      const { finish } = playStep(step, step.after.map((one) => ({ finish: last.get(one.step)!, lag: one.lag })), network, { progress: false })
      if (last.has(step.code) && !isPast(last.get(step.code)!, finish)) continue
      last.set(step.code, finish)
      moved = true
    }
  }
  return last
}

function hasNoRoom(step: PlanStep, network: Network, last: ReadonlyMap<string, Day>, first: Stretches): boolean {
  const from = network.steps.find((one) => one.code === step.limit?.from)
  if (!from || from.state === 'done' || !last.has(from.code)) return false
  const limit = limitOf(step, network, (code) => last.get(code)!)
  return limit !== undefined && isPast(first.get(step.code)!.finish, limit)
}

function inOrder(steps: readonly PlanStep[]): PlanStep[] {
  const ordered: PlanStep[] = []
  while (ordered.length < steps.length) ordered.push(steps.find((step) => !ordered.includes(step) && step.after.every((one) => ordered.some((other) => other.code === one.step)))!)
  return ordered
}

/** A day off on which one step may finish for once. */
interface Allowed { readonly code?: string; readonly day?: Day }

const canFinishOn = (step: PlanStep, day: Day, calendar: Calendar, allowed: Allowed): boolean =>
  !lasts(step) || canWorkOn(step, day, calendar) || (step.bookedOn?.equals(day) ?? false) || (allowed.code === step.code && allowed.day!.equals(day))

function isTooLate(step: PlanStep, day: Day, network: Network, last: ReadonlyMap<string, Day>): boolean {
  if (step.code === network.target && network.deadlineOn && isPast(day, network.deadlineOn)) return true
  if (step.state !== 'skipped' && step.bookedOn && isPast(day, step.bookedOn)) return true
  const from = network.steps.find((one) => one.code === step.limit?.from)
  const limit = from && (from.state === 'done' || last.has(from.code)) ? limitOf(step, network, (code) => last.get(code)!) : undefined
  if (limit && isPast(day, limit)) return true
  return network.steps.some((one) => last.has(one.code) && one.after.filter((wait) => wait.step === step.code)
    .some((wait) => isPast(finishAfter(one, day, wait.lag, network.calendar), last.get(one.code)!)))
}

/** When a step that waits for nothing else is finished. */
function finishAfter(step: PlanStep, finish: Day, lag: string, calendar: Calendar): Day {
  if (step.state === 'skipped') return finish
  return step.days === 0 ? daysAfter(finish, lag, calendar) : work(step, dayAfter(finish, lag, calendar), calendar).finish
}

/** The day a step must begin to finish on a day. */
function lastStart(step: PlanStep, finish: Day, calendar: Calendar): Day {
  if (!lasts(step)) return finish
  let day = finish
  while (!canWorkOn(step, day, calendar)) day = before(day)
  for (let left = step.days - 1; left > 0;) {
    day = before(day)
    if (canWorkOn(step, day, calendar)) left--
  }
  return day
}

function isCritical(network: Network, asOf: Day, played: Stretches, step: PlanStep): boolean {
  let day = next(played.get(step.code)!.finish)
  while (!(lasts(step) ? canWorkOn(step, day, network.calendar) : true) || !isWorkingDay(day, network.calendar)) day = next(day)
  const delayed = play(network, { notBefore: asOf, progress: true, finishes: new Map([[step.code, day]]) })
  return isPast(delayed.get(network.target)!.finish, played.get(network.target)!.finish)
}

/** Lists a plan as text, a line a step, to be compared; without last days where no days keep all limits. */
export function tryPlan(network: Network, asOf: Day): { readonly lines: readonly string[]; readonly hopeless: boolean } {
  const { calendar, steps } = network
  const played = play(network, { notBefore: asOf, progress: true })
  const untouched = play(network, { progress: false })
  const deadline = network.deadlineOn ?? untouched.get(network.target)!.finish
  const bounded = { ...network, deadlineOn: deadline }
  const last = lastDays(bounded, deadline)
  const early = firstDays(network, untouched)
  const broken = steps.flatMap((step) => brokenBy(step, network, played))
  const [, end] = shownOn(steps.find((one) => one.code === network.target)!, played.get(network.target)!, network)
  const lines = steps.map((step) => {
    const own = played.get(step.code)!
    const limit = limitOf(step, network, (code) => played.get(code)!.finish)
    const first = step.state === 'done' ? [own.start, own.finish] : shownOn(step, own, network)
    const head = [step.code, ...first.map(String), `limit ${String(limit)}`, isCritical(network, asOf, played, step) ? 'critical' : 'spare', leadsTo(network, step.code) ? 'leads' : 'follows']
    if (!last) return head.join(' ')
    const late = last.get(step.code)!
    const finish = lastWithDayOff(step, { late, own: own.finish }, bounded, deadline)
    const start = lasts(step) ? startFor(step, late, network, last) : finish
    const kept = { start: lasts(step) ? start : late, finish: late }
    const due = isPast(early.get(step.code)!.finish, late) ? early.get(step.code)! : kept
    const shownLast = shownOn(step, { start, finish }, network)
    return [...head, ...shownLast.map(String), `slack ${spareDays(own.finish, step.state === 'done' ? shownLast[1] : finish, calendar)}`, 'due', ...shownOn(step, due, network).map(String)].join(' ')
  })
  const slack = network.deadlineOn ? spareDays(end, network.deadlineOn, calendar) : undefined
  const fits = (slack === undefined || slack >= 0) && broken.every((text) => text.includes('done'))
  return { lines: [...lines, ...broken, `slack ${String(slack)} ${fits ? 'fits' : 'does not fit'}`], hopeless: !last }
}

/** A step that stands on a day off, by somebody's word, may be in time there: then that is its last day. */
function lastWithDayOff(step: PlanStep, { late, own }: { late: Day; own: Day }, network: Network, deadline: Day): Day {
  if (!isPast(own, late)) return late
  for (let day = own; isPast(day, late); day = before(day)) if (canFinishOn(step, day, network.calendar, {})) return late
  return lastDays(network, deadline, { code: step.code, day: own })?.get(step.code)?.equals(own) ? own : late
}

/** What follows on begins as soon as it can; the rest as late as it can. */
function startFor(step: PlanStep, finish: Day, network: Network, last: ReadonlyMap<string, Day>): Day {
  if (!leadsTo(network, step.code)) {
    const free = playStep(step, step.after.map((one) => ({ finish: last.get(one.step)!, lag: one.lag })), network, { progress: false })
    if (free.finish.equals(finish)) return free.start
  }
  return lastStart(step, finish, network.calendar)
}

/** The first days, counted from where a limit really began to run, if that was earlier. */
function firstDays(network: Network, first: Stretches): Stretches {
  const begun = network.steps.filter((step) => step.state === 'done' && network.steps.some((one) => one.limit?.from === step.code)
    && isPast(first.get(step.code)!.finish, step.doneOn!))
  if (begun.length === 0) return first
  const steps = network.steps.map((step) => (begun.includes(step) ? { ...step, state: 'done' as const, startedOn: undefined }
    : step.state === 'skipped' ? step : { ...step, state: 'not-started' as const, startedOn: undefined, doneOn: undefined, expectedOn: undefined }))
  return play({ ...network, steps }, { progress: true })
}

function brokenBy(step: PlanStep, network: Network, played: Stretches): string[] {
  const { finish } = played.get(step.code)!
  const past = (by: string, on: Day | undefined): string[] =>
    (on && isPast(finish, on) ? [`${step.code} breaks its ${by} ${on.toString()} by ${-spareDays(finish, on, network.calendar)}${step.state === 'done' ? ' done' : ''}`] : [])
  return [...past('limit', limitOf(step, network, (code) => played.get(code)!.finish)),
    ...past('booking', step.state === 'done' || step.state === 'skipped' ? undefined : step.bookedOn)]
}

/** What stands on the evening before the run is shown on its first day. */
const shownOn = (step: PlanStep, { start, finish }: Stretch, { startOn }: Network): [Day, Day] =>
  (lasts(step) || !finish.equals(before(startOn)) ? [start, finish] : [startOn, startOn])
