// The steps of a run as a network: what waits for what, which steps its target needs, and the days each can
// be worked on. Days are numbers here (working-index.ts).

import type { Calendar } from './calendar.ts'
import type { Mark } from './certification.ts'
import type { Day } from './day.ts'
import { parseLength } from './span.ts'
import { numberOf, type WorkingIndex, workingIndex } from './working-index.ts'

/** What a step waits for: the finish of another, and how long after it. */
export interface Waits {
  readonly step: string
  /** `P40WD` in working days, `P30D` in calendar days. */
  readonly lag: string
}

/** The last day a step may finish by a law or a contract, counted from another step's finish. */
export interface Limit {
  /** The code of the step it is counted from. */
  readonly from: string
  /** `P30D`, `P10WD`. */
  readonly within: string
  /** A day off moves it where the law says so. */
  readonly roll: 'forward' | 'back' | undefined
  readonly basis: string
  readonly mark: Mark
}

export const stepStates = ['not-started', 'in-progress', 'waiting', 'done', 'skipped'] as const
export type StepState = (typeof stepStates)[number]

/** Days on which somebody does no work, both included. */
export interface Absence { readonly from: Day; readonly until: Day }

export interface PlanStep {
  readonly code: string
  readonly days: number
  readonly unit: 'working' | 'calendar'
  readonly after: readonly Waits[]
  readonly limit?: Limit | undefined
  /** When its owner is away. */
  readonly absences?: readonly Absence[] | undefined
  readonly state: StepState
  readonly startedOn?: Day | undefined
  readonly doneOn?: Day | undefined
  /** An outside party's own act. */
  readonly outside?: boolean | undefined
  /** The day on which an outside party said it would be done. */
  readonly expectedOn?: Day | undefined
  /** The first day it can begin whatever it waits for: its window opens then. */
  readonly opensOn?: Day | undefined
  /** The agreed day on which it ends: an audit is held then, not before. */
  readonly bookedOn?: Day | undefined
}

export interface Network {
  /** Without a circle (orderOf). */
  readonly steps: readonly PlanStep[]
  /** The step whose finish meets the deadline. */
  readonly target: string
  readonly startOn: Day
  /** Undefined for a run that is for no day: its latest days are then those of a start on `startOn`. */
  readonly deadlineOn: Day | undefined
  readonly calendar: Calendar
}

export interface Lag { readonly working: boolean; readonly days: number }

export interface Link { readonly node: Node; readonly lag: Lag }

/** A step in its place in the network. */
export interface Node {
  /** Its place in the order, from 0. */
  readonly at: number
  readonly step: PlanStep
  /** Milestones and skipped steps take no time. */
  readonly lasts: boolean
  /** The target waits for it, or it is the target. */
  readonly leads: boolean
  readonly before: readonly Link[]
  readonly next: readonly Link[]
  readonly line: Line
  /** The agreed day; undefined for a step that was skipped. */
  readonly booked: number | undefined
}

export interface Ground {
  readonly network: Network
  /** Each after all it waits for. */
  readonly nodes: readonly Node[]
  readonly named: ReadonlyMap<string, Node>
  readonly target: Node
  readonly index: WorkingIndex
  /** The first day of the run. */
  readonly start: number
}

/** Returns the codes so that each comes after what it waits for; those left out wait in a circle. */
export function orderOf(steps: readonly Pick<PlanStep, 'code' | 'after'>[]): readonly string[] {
  const left = new Map(steps.map((step) => [step.code, 0]))
  const followers = new Map<string, string[]>(steps.map((step) => [step.code, []]))
  for (const { code, after } of steps) {
    for (const { step } of after) {
      followers.get(step)?.push(code)
      if (followers.has(step)) left.set(code, left.get(code)! + 1)
    }
  }
  const order = steps.map((step) => step.code).filter((code) => left.get(code) === 0)
  for (const code of order) {
    for (const next of followers.get(code)!) {
      left.set(next, left.get(next)! - 1)
      if (left.get(next) === 0) order.push(next)
    }
  }
  return order
}

export function groundOf(network: Network): Ground {
  const order = orderOf(network.steps)
  if (order.length < network.steps.length) throw new RangeError('steps wait for each other in a circle')
  const index = workingIndex(network.calendar)
  const steps = new Map(network.steps.map((step) => [step.code, step]))
  const leading = leadingTo(network.target, steps)
  const named = new Map<string, Growing>()
  for (const [at, code] of order.entries()) named.set(code, nodeOf(steps.get(code)!, { at, leads: leading.has(code), index, named }))
  return { network, nodes: [...named.values()], named, target: named.get(network.target)!, index, start: numberOf(network.startOn) }
}

/** Links to what follows are added as that is met. */
type Growing = Omit<Node, 'next'> & { readonly next: Link[] }

interface Surroundings { readonly at: number; readonly leads: boolean; readonly index: WorkingIndex; readonly named: ReadonlyMap<string, Growing> }

function nodeOf(step: PlanStep, { at, leads, index, named }: Surroundings): Growing {
  const before: Link[] = []
  const isSkipped = step.state === 'skipped'
  const node = {
    at, step, leads, before, next: [], lasts: step.days > 0 && !isSkipped, line: lineOf(index, step),
    booked: step.bookedOn && !isSkipped ? numberOf(step.bookedOn) : undefined,
  }
  for (const one of step.after) {
    const other = named.get(one.step)
    // What was skipped follows at once: its lag was the wait for its own work.
    const lag = isSkipped ? none : lagOf(one.lag)
    if (other) before.push({ node: other, lag })
    other?.next.push({ node, lag })
  }
  return node
}

function leadingTo(target: string, steps: ReadonlyMap<string, PlanStep>): ReadonlySet<string> {
  const leading = new Set([target])
  for (const code of leading) for (const { step } of steps.get(code)?.after ?? []) leading.add(step)
  return leading
}

const none: Lag = { working: false, days: 0 }
const lags = new Map<string, Lag>()

export function lagOf(text: string): Lag {
  const known = lags.get(text)
  if (known) return known
  const { unit, days } = parseLength(text)!
  const lag = { working: unit === 'working', days }
  lags.set(text, lag)
  return lag
}

/** The days a step can be worked on: of its unit, less those its owner is away. */
export interface Line {
  readonly first: (n: number) => number
  readonly last: (n: number) => number
  readonly finish: (start: number, days: number) => number
  readonly start: (finish: number, days: number) => number
}

const everyDay: Line = { first: (n) => n, last: (n) => n, finish: (start, days) => start + days - 1, start: (finish, days) => finish - days + 1 }
const workingLines = new WeakMap<WorkingIndex, Line>()

function lineOf(index: WorkingIndex, step: PlanStep): Line {
  if (step.unit === 'calendar') return everyDay
  if (step.absences && step.absences.length > 0) {
    const away = step.absences.map((one) => [numberOf(one.from), numberOf(one.until)] as const)
    return lineWithout(index, (n) => away.some(([from, until]) => n >= from && n <= until))
  }
  const known = workingLines.get(index)
  if (known) return known
  const line: Line = {
    first: (n) => index.nth(index.upTo(n - 1)),
    last: (n) => index.nth(index.upTo(n) - 1),
    finish: (start, days) => index.nth(index.upTo(start - 1) + days - 1),
    start: (finish, days) => index.nth(index.upTo(finish) - days),
  }
  workingLines.set(index, line)
  return line
}

function lineWithout(index: WorkingIndex, isAway: (n: number) => boolean): Line {
  const walk = (from: number, step: 1 | -1, days: number): number => {
    let k = from
    for (let left = days; ; k += step) if (!isAway(index.nth(k)) && --left === 0) return index.nth(k)
  }
  return {
    first: (n) => walk(index.upTo(n - 1), 1, 1),
    last: (n) => walk(index.upTo(n) - 1, -1, 1),
    finish: (start, days) => walk(index.upTo(start - 1), 1, days),
    start: (finish, days) => walk(index.upTo(finish) - 1, -1, days),
  }
}
