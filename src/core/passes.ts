// The two passes over a run's network: forward from what happened, and back from the day the run is for.
//
// A step of n days occupies n days of its own calendar, first and last counted; what follows begins on the
// next day, or later by a lag. A milestone, and a step that was skipped, take no time.

import type { Day } from './day.ts'
import { type Extent, type Extents, type Ground, type Lag, lagOf, type Limit, lineOf, type PlanStep, takesTime } from './network.ts'
import { numberOf } from './working-index.ts'

/**
 * Places every step: where what happened says, else as soon as all it waits for lets it begin, but not before
 * a day. What takes no time stands on the last of what it waits for, and before the first day where it waits for nothing.
 */
export function forward(ground: Ground, notBefore: number, happened: (step: PlanStep) => Extent | undefined): Extents {
  const extents = new Map<string, Extent>()
  const start = numberOf(ground.network.startOn)
  for (const code of ground.order) {
    const step = ground.steps.get(code)!
    extents.set(code, happened(step) ?? (takesTime(step)
      ? fromStart(ground, step, Math.max(notBefore, awaited(ground, step, extents, { place: readyAfter, least: start })))
      : stand(awaited(ground, step, extents, { place: standsOn, least: start - 1 }))))
  }
  return extents
}

type PlaceAfter = (ground: Ground, finish: number, lag: Lag) => number

/** The latest of the days that what a step waits for gives it. */
function awaited(ground: Ground, step: PlanStep, extents: Extents, { place, least }: { readonly place: PlaceAfter; readonly least: number }): number {
  let last = least
  for (const { step: before, lag } of step.after) {
    const finish = extents.get(before)?.finish
    if (finish !== undefined) last = Math.max(last, place(ground, finish, step.state === 'skipped' ? none : lagOf(lag)))
  }
  return last
}

const none: Lag = { working: true, days: 0 }

/** The first day something may begin after a finish and a lag. */
const readyAfter: PlaceAfter = ({ index }, finish, lag) =>
  (lag.working && lag.days > 0 ? index.nth(index.upTo(finish) + lag.days) : finish + lag.days + 1)

/** The day something that takes no time stands on after a finish and a lag. */
const standsOn: PlaceAfter = ({ index }, finish, lag) =>
  (lag.working && lag.days > 0 ? index.nth(index.upTo(finish) + lag.days - 1) : finish + lag.days)

/** A run that begins on its first day and of which nothing has happened yet. */
export const fresh = (ground: Ground): Extents => forward(ground, -Infinity, () => undefined)

function fromStart(ground: Ground, step: PlanStep, ready: number): Extent {
  const line = lineOf(ground, step)
  const start = line.first(ready)
  return { start, finish: Math.max(line.finish(start, step.days), dayOr(step.bookedOn), dayOr(step.expectedOn)) }
}

const dayOr = (day: Day | undefined): number => (day ? numberOf(day) : -Infinity)

/** What happened: done on its day, or under way since its day and not finished before today. */
export function happened(ground: Ground, step: PlanStep, today: number): Extent | undefined {
  if (step.state === 'done' && step.doneOn) {
    const finish = numberOf(step.doneOn)
    return { start: step.startedOn ? Math.min(numberOf(step.startedOn), finish) : finish, finish }
  }
  if (!takesTime(step) || step.state === 'not-started' || !step.startedOn) return undefined
  const line = lineOf(ground, step)
  const start = numberOf(step.startedOn)
  const planned = Math.max(line.finish(line.first(start), step.days), dayOr(step.bookedOn))
  return { start, finish: Math.max(step.expectedOn ? numberOf(step.expectedOn) : planned, line.first(today)) }
}

/** The deadline, or, without one, the finish of a run that begins on its first day. */
export const deadlineOf = (ground: Ground): number =>
  (ground.network.deadlineOn ? numberOf(ground.network.deadlineOn) : fresh(ground).get(ground.network.target)!.finish)

// Limits are counted from another step's last day, so they are known only after one way back: two ways are
// enough, since a limit only caps what its own chain leaves room for.
export function latestOf(ground: Ground, deadline: number): Extents {
  const unlimited = backward(ground, deadline, (step) => step.bookedOn && numberOf(step.bookedOn))
  const limits = limitsOf(ground, unlimited)
  if (limits.size === 0) return unlimited
  return backward(ground, deadline, (step) => {
    const caps = [step.bookedOn && numberOf(step.bookedOn), limits.get(step.code)].filter((one) => one !== undefined)
    return caps.length > 0 ? Math.min(...caps) : undefined
  })
}

/** Counts back from the deadline of the target; `cap` gives a step's own last day, where it has one. */
export function backward(ground: Ground, deadline: number, cap: (step: PlanStep) => number | undefined): Extents {
  const extents = new Map<string, Extent>()
  for (const code of ground.order.toReversed().filter((one) => ground.leading.has(one))) {
    const step = ground.steps.get(code)!
    const bounds = ground.followers.get(code)!.filter((one) => ground.leading.has(one.code))
      .map(({ code: next, lag }) => lastBefore(ground, ground.steps.get(next)!, extents.get(next)!, lag))
    extents.set(code, backFrom(ground, step, Math.min(code === ground.network.target ? deadline : Infinity, ...bounds, cap(step) ?? Infinity)))
  }
  return withTails(ground, extents, cap)
}

function backFrom(ground: Ground, step: PlanStep, bound: number): Extent {
  if (!takesTime(step)) return { start: bound, finish: bound }
  const line = lineOf(ground, step)
  const finish = line.last(bound)
  return { start: line.start(finish, step.days), finish }
}

/** The last day a step may finish for the one that waits for it to keep its own last days. */
function lastBefore({ index }: Ground, next: PlanStep, { start, finish }: Extent, lag: Lag): number {
  if (next.state === 'skipped') return finish
  const last = next.days > 0 ? start - 1 : finish
  if (!lag.working || lag.days === 0) return last - lag.days
  return index.nth((next.days > 0 ? index.upTo(start) - 1 : index.upTo(finish)) - lag.days) - 1
}

// What the target does not wait for follows on after the last days of what it waits for itself.
function withTails(ground: Ground, leading: Extents, cap: (step: PlanStep) => number | undefined): Extents {
  const extents = new Map(leading)
  const start = numberOf(ground.network.startOn)
  for (const code of ground.order.filter((one) => !ground.leading.has(one))) {
    const step = ground.steps.get(code)!
    const free = takesTime(step)
      ? fromStart(ground, { ...step, expectedOn: undefined }, awaited(ground, step, extents, { place: readyAfter, least: start }))
      : stand(awaited(ground, step, extents, { place: standsOn, least: start - 1 }))
    const last = cap(step)
    extents.set(code, last === undefined || last >= free.finish ? free : backFrom(ground, step, last))
  }
  return extents
}

const stand = (at: number): Extent => ({ start: at, finish: at })

/** Returns the last day of every limit, counted from the finish of its step in `extents`, or from the day that was done. */
export function limitsOf(ground: Ground, extents: Extents): ReadonlyMap<string, number> {
  return new Map(ground.network.steps.flatMap((step): [string, number][] => {
    const from = step.limit && ground.steps.get(step.limit.from)
    if (!step.limit || !from || from.state === 'skipped') return []
    const base = from.state === 'done' && from.doneOn ? numberOf(from.doneOn) : extents.get(from.code)!.finish
    return [[step.code, rolled(ground, standsOn(ground, base, lagOf(step.limit.within)), step.limit.roll)]]
  }))
}

function rolled({ index }: Ground, n: number, roll: Limit['roll']): number {
  if (roll === undefined) return n
  return roll === 'forward' ? index.nth(index.upTo(n - 1)) : index.nth(index.upTo(n) - 1)
}
