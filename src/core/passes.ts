// The passes over a run's network: forward from what happened, and back from the day the run is for.
//
// A step of n days occupies n days of its own calendar, first and last counted; what follows begins on the
// next day, or later by a lag. A milestone, and a step that was skipped, take no time.

import type { Day } from './day.ts'
import { type Ground, type Lag, lagOf, type Limit, type Node, type PlanStep } from './network.ts'
import { numberOf } from './working-index.ts'

/** Start and finish as numbers of days; a milestone's finish is that of what it waits for. */
export interface Extent { readonly start: number; readonly finish: number }

/** By the node's place in the order. */
export type Extents = readonly Extent[]

/** The last days of a step. */
export interface Last extends Extent {
  /** Up to here it would be in time, on a day that it can be worked on or not. */
  readonly bound: number
}

export type Lasts = readonly Last[]

/** What a pass forward knows of a step besides its length and what it waits for. */
export interface Facts {
  /** No step begins before it. */
  readonly notBefore: number
  /** The day an agreement or a promise keeps its finish from coming before. */
  readonly floor: (node: Node) => number
  /** Where it stands, whatever it waits for. */
  readonly happened: (node: Node) => Extent | undefined
}

/**
 * Places every step: where what happened says, else as soon as all it waits for lets it begin, but not before
 * a day. What takes no time stands on the last of what it waits for, and before the first day where it waits for nothing.
 */
export function forward(ground: Ground, facts: Facts): Extents {
  const extents: Extent[] = []
  for (const node of ground.nodes) extents.push(facts.happened(node) ?? placed(ground, node, extents, facts))
  return extents
}

function placed(ground: Ground, node: Node, extents: Extents, { notBefore, floor }: Facts): Extent {
  if (!node.lasts) return stand(Math.max(awaited(ground, node, extents), floor(node)))
  const start = node.line.first(Math.max(notBefore, dayOr(node.step.opensOn, -Infinity), awaited(ground, node, extents)))
  return { start, finish: Math.max(node.line.finish(start, node.step.days), floor(node)) }
}

const stand = (at: number): Extent => ({ start: at, finish: at })

/** The first day that all a step waits for lets it begin on; what takes no time stands on the day before that. */
function awaited({ index, start }: Ground, { before, lasts }: Node, extents: Extents): number {
  const own = lasts ? 1 : 0
  let last = start - 1 + own
  for (const { node, lag } of before) {
    const { finish } = extents[node.at]!
    last = Math.max(last, lag.working && lag.days > 0 ? index.nth(index.upTo(finish) + lag.days - 1 + own) : finish + lag.days + own)
  }
  return last
}

const nothing: Facts = { notBefore: -Infinity, floor: ({ booked }) => booked ?? -Infinity, happened: () => undefined }

/** A run that begins on its first day and of which nothing has happened yet, but that its agreed days are agreed. */
export const fresh = (ground: Ground): Extents => forward(ground, nothing)

/**
 * The same, but counting from the day on which a step was really done where that came first and a limit is counted
 * from it: the law does not wait until the plan would have been there.
 */
export function freshWithin(ground: Ground): Extents {
  const first = fresh(ground)
  const early = new Map(ground.nodes.flatMap(({ step }): [number, Extent][] => {
    const from = step.limit && ground.named.get(step.limit.from)
    const doneOn = from && doneDay(from.step)
    return doneOn !== undefined && doneOn < first[from!.at]!.finish ? [[from!.at, stand(doneOn)]] : []
  }))
  return early.size === 0 ? first : forward(ground, { ...nothing, happened: ({ at }) => early.get(at) })
}

/** What is known today: what is not done is not finished before it. */
export const known = (today: number): Facts => ({
  notBefore: today,
  floor: ({ booked, step }) => (step.state === 'skipped' ? -Infinity : Math.max(booked ?? -Infinity, dayOr(step.expectedOn, -Infinity))),
  happened: (node) => happened(node, today),
})

const dayOr = (day: Day | undefined, other: number): number => (day ? numberOf(day) : other)
const doneDay = (step: PlanStep): number | undefined => (step.state === 'done' && step.doneOn ? numberOf(step.doneOn) : undefined)

/** Done on its day, or under way since its day and not finished before today. */
export function happened({ step, lasts, line, booked }: Node, today: number): Extent | undefined {
  const doneOn = doneDay(step)
  if (doneOn !== undefined) return { start: Math.min(dayOr(step.startedOn, doneOn), doneOn), finish: doneOn }
  if (!lasts || step.state === 'not-started' || !step.startedOn) return undefined
  const start = numberOf(step.startedOn)
  const planned = step.expectedOn ? numberOf(step.expectedOn) : line.finish(line.first(start), step.days)
  return { start, finish: Math.max(planned, booked ?? -Infinity, line.first(today)) }
}

/** The deadline, or, without one, the finish of a run that begins on its first day. */
export const deadlineOf = (ground: Ground): number =>
  (ground.network.deadlineOn ? numberOf(ground.network.deadlineOn) : fresh(ground)[ground.target.at]!.finish)

/** By what the last days of a step are held besides the deadline. */
interface Ties {
  /** Its own last day, where it has one. */
  readonly cap: (node: Node) => number
  /** Whether its days depend on those of what it waits for. */
  readonly follows: (node: Node) => boolean
}

/**
 * Counts back from the deadline of the target, and from the last days that steps have of their own. What neither
 * holds has no last day.
 */
function backward(ground: Ground, deadline: number, { cap, follows }: Ties): (Last | undefined)[] {
  const lasts: (Last | undefined)[] = Array.from(ground.nodes, () => undefined)
  for (const node of ground.nodes.toReversed()) {
    let bound = Math.min(node === ground.target ? deadline : Infinity, cap(node))
    for (const { node: next, lag } of node.next) {
      const last = lasts[next.at]
      if (last && follows(next)) bound = Math.min(bound, lastBefore(ground, next, last, lag))
    }
    if (bound !== Infinity) lasts[node.at] = lastOf(node, bound)
  }
  return lasts
}

function lastOf({ lasts, line, step, booked }: Node, bound: number): Last {
  if (!lasts) return { start: bound, finish: bound, bound }
  // An agreed day is kept even where it is a day off.
  const finish = bound === booked ? bound : line.last(bound)
  return { start: line.start(finish, step.days), finish, bound }
}

/** The last day a step may finish for the one that waits for it to keep its own last days. */
function lastBefore({ index }: Ground, { lasts }: Node, { start, finish }: Extent, lag: Lag): number {
  if (!lag.working || lag.days === 0) return (lasts ? start - 1 : finish) - lag.days
  return index.nth((lasts ? index.upTo(start) - 1 : index.upTo(finish)) - lag.days) - 1
}

/** The last days with which the target still finishes on a day, given what has begun; undefined where it does not depend on a step. */
export const tightOf = (ground: Ground, finish: number, { happened }: Facts): readonly (Last | undefined)[] =>
  backward(ground, finish, { cap: () => Infinity, follows: (node) => happened(node) === undefined })

/**
 * Returns the last days of every step for the target to finish by the deadline and every limit and agreed day to be
 * kept. Limits counted from a last day move with it, so both are counted until they stand. A limit that leaves its
 * step a last day before its very first one holds nothing: there is no room for it, and it is broken wherever it stands.
 */
export function latestOf(ground: Ground, deadline: number): Lasts {
  const first = ground.nodes.some(({ step }) => step.limit) ? fresh(ground) : []
  const roomless = new Set<number>()
  let limits: ReadonlyMap<number, number> = new Map()
  for (;;) {
    const lasts = lastsWithin(ground, deadline, limits)
    const found = new Map([...limitsOf(ground, lasts)].filter(([at]) => !roomless.has(at)))
    const without = [...found].filter(([at, limit]) => limit < first[at]!.finish && !isRunning(ground, at)).map(([at]) => at)
    for (const at of without) roomless.add(at)
    if (without.length === 0 && [...found].every(([at, limit]) => limits.get(at) === limit)) return lasts
    limits = without.length === 0 ? found : new Map()
  }
}

/** A limit is counted from a day that has been. */
const isRunning = ({ nodes, named }: Ground, at: number): boolean => doneDay(named.get(nodes[at]!.step.limit!.from)!.step) !== undefined

function lastsWithin(ground: Ground, deadline: number, limits: ReadonlyMap<number, number>): Lasts {
  return withTails(ground, backward(ground, deadline, {
    cap: ({ at, booked }) => Math.min(booked ?? Infinity, limits.get(at) ?? Infinity), follows: () => true,
  }))
}

// What the target does not wait for follows on after the last days of what it waits for itself.
function withTails(ground: Ground, held: readonly (Last | undefined)[]): Lasts {
  const lasts: Last[] = []
  for (const node of ground.nodes) {
    const last = held[node.at]
    if (node.leads) lasts.push(last!)
    else {
      const free = placed(ground, node, lasts, nothing)
      lasts.push(last && last.bound < free.finish ? last : { ...free, bound: free.finish })
    }
  }
  return lasts
}

/** Returns the last day of every limit, by place, counted from the finish of its step in `extents`, or from the day that was done. */
export function limitsOf(ground: Ground, extents: Extents): ReadonlyMap<number, number> {
  const limits = new Map<number, number>()
  for (const { at, step } of ground.nodes) {
    const from = step.limit && ground.named.get(step.limit.from)
    if (!step.limit || !from || step.state === 'skipped' || from.step.state === 'skipped') continue
    // What takes no time and waits for nothing stands before the first day, but happens on it.
    const base = doneDay(from.step) ?? Math.max(ground.start, extents[from.at]!.finish)
    limits.set(at, limitOf(ground, base, step.limit))
  }
  return limits
}

function limitOf({ index }: Ground, base: number, { within, roll }: Limit): number {
  const { working, days } = lagOf(within)
  const last = working && days > 0 ? index.nth(index.upTo(base) + days - 1) : base + days
  if (roll === undefined) return last
  return roll === 'forward' ? index.nth(index.upTo(last - 1)) : index.nth(index.upTo(last) - 1)
}
