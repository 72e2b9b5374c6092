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

/** Start and finish as numbers of days; a milestone's finish is that of what it waits for. */
export interface Extent { readonly start: number; readonly finish: number }
export type Extents = ReadonlyMap<string, Extent>

export interface Ground {
  readonly network: Network
  readonly steps: ReadonlyMap<string, PlanStep>
  readonly order: readonly string[]
  readonly followers: ReadonlyMap<string, readonly { readonly code: string; readonly lag: Lag }[]>
  readonly leading: ReadonlySet<string>
  readonly index: WorkingIndex
}

export interface Lag { readonly working: boolean; readonly days: number }

/** Returns the codes so that each comes after what it waits for; those left out wait in a circle. */
export function orderOf(steps: readonly Pick<PlanStep, 'code' | 'after'>[]): readonly string[] {
  const waiting = new Map(steps.map((step) => [step.code, new Set(step.after.map((one) => one.step))]))
  const order: string[] = []
  for (let free = freeOf(waiting); free.length > 0; free = freeOf(waiting)) {
    order.push(...free)
    for (const code of free) waiting.delete(code)
  }
  return order
}

const freeOf = (waiting: ReadonlyMap<string, ReadonlySet<string>>): string[] =>
  [...waiting].filter(([, before]) => ![...before].some((code) => waiting.has(code))).map(([code]) => code)

export function groundOf(network: Network): Ground {
  const steps = new Map(network.steps.map((step) => [step.code, step]))
  const followers = new Map(network.steps.map((step): [string, { code: string; lag: Lag }[]] => [step.code, []]))
  for (const step of network.steps) for (const { step: before, lag } of step.after) followers.get(before)?.push({ code: step.code, lag: lagOf(lag) })
  const order = orderOf(network.steps)
  if (order.length < network.steps.length) throw new RangeError('steps wait for each other in a circle')
  return { network, steps, order, followers, leading: leadingTo(network.target, steps), index: workingIndex(network.calendar) }
}

function leadingTo(target: string, steps: ReadonlyMap<string, PlanStep>): ReadonlySet<string> {
  const leading = new Set([target])
  for (const code of leading) for (const { step } of steps.get(code)?.after ?? []) leading.add(step)
  return leading
}

const lags = new Map<string, Lag>()

export function lagOf(text: string): Lag {
  const known = lags.get(text)
  if (known) return known
  const { unit, days } = parseLength(text)!
  const lag = { working: unit === 'working', days }
  lags.set(text, lag)
  return lag
}

export const takesTime = (step: PlanStep): boolean => step.days > 0 && step.state !== 'skipped'

/** The days a step can be worked on: of its unit, less those its owner is away. */
export interface Line {
  readonly first: (n: number) => number
  readonly last: (n: number) => number
  readonly finish: (start: number, days: number) => number
  readonly start: (finish: number, days: number) => number
}

const everyDay: Line = { first: (n) => n, last: (n) => n, finish: (start, days) => start + days - 1, start: (finish, days) => finish - days + 1 }

export function lineOf({ index }: Ground, step: PlanStep): Line {
  if (step.unit === 'calendar') return everyDay
  const away = (step.absences ?? []).map((one) => [numberOf(one.from), numberOf(one.until)] as const)
  if (away.length > 0) return lineWithout(index, (n) => away.some(([from, until]) => n >= from && n <= until))
  return {
    first: (n) => index.nth(index.upTo(n - 1)),
    last: (n) => index.nth(index.upTo(n) - 1),
    finish: (start, days) => index.nth(index.upTo(start - 1) + days - 1),
    start: (finish, days) => index.nth(index.upTo(finish) - days),
  }
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
