// One run through the steps of a template: planned forward by working days, how far it has come, and
// the duty that each step's last day makes. A step of n days occupies n working days, its first and its
// last counted; the next one begins on the working day after, or later by a lag.

import { addWorkingDays, type Calendar, isProvisional, isWorkingDay, rollBack, rollForward } from './calendar.ts'
import type { Mark, Words } from './certification.ts'
import { compareDays, type Day } from './day.ts'
import type { Derived, OwedBy } from './obligation.ts'
import type { Step, Template } from './scheme.ts'
import { parseLength } from './span.ts'

export interface PlannedStep {
  readonly code: string
  readonly startOn: Day
  readonly finishOn: Day
  /** True when a calendar year without data was counted over. */
  readonly provisional: boolean
}

/** First and last working day of a step, counted from 1; a milestone's last is the day before its first. */
interface Extent { readonly first: number; readonly last: number }

export const stepsOf = (template: Pick<Template, 'stages'>): readonly Step[] => template.stages.flatMap((stage) => stage.steps)

/** Returns the days of every step for a run that begins on `startOn`, or the first working day after it. */
export function planSteps(template: Pick<Template, 'stages'>, startOn: Day, calendar: Calendar): readonly PlannedStep[] {
  const extents = extentsOf(template)
  const length = Math.max(1, ...[...extents.values()].map((extent) => extent.last))
  const days = workingDaysFrom(startOn, length + 1, calendar)
  return [...extents].map(([code, { first, last }]) => {
    // A milestone takes no time: it stands on the last day of what it waits for.
    const finish = days[Math.max(last, 1) - 1]!
    const start = last < first ? finish : days[first - 1]!
    return { code, startOn: start.day, finishOn: finish.day, provisional: finish.provisional }
  })
}

/** Returns the working days of the longest chain of steps up to and including one, lags included. */
export function chainLength(template: Pick<Template, 'stages'>, code: string): number {
  return extentsOf(template).get(code)?.last ?? 0
}

/** Returns the last day a run may begin for its target step to finish by `deadlineOn`. */
export function latestStartOn(template: Template, deadlineOn: Day, calendar: Calendar): Day {
  const length = chainLength(template, template.target)
  return addWorkingDays(rollBack(deadlineOn, calendar), -(Math.max(length, 1) - 1), calendar).day
}

function extentsOf(template: Pick<Template, 'stages'>): ReadonlyMap<string, Extent> {
  const steps = new Map(stepsOf(template).map((step) => [step.code, step]))
  const extents = new Map<string, Extent>()
  for (const code of steps.keys()) place(code, steps, extents)
  return new Map([...steps.keys()].map((code) => [code, extents.get(code)!]))
}

// The check of a scheme has refused steps that wait for each other in a circle.
function place(code: string, steps: ReadonlyMap<string, Step>, extents: Map<string, Extent>): Extent {
  const known = extents.get(code)
  if (known) return known
  const step = steps.get(code)!
  const ready = step.after.map((one) => place(one.step, steps, extents).last + parseLength(one.lag)!.days)
  const first = Math.max(0, ...ready) + 1
  const extent = { first, last: first + step.days - 1 }
  extents.set(code, extent)
  return extent
}

function workingDaysFrom(startOn: Day, count: number, calendar: Calendar): { day: Day; provisional: boolean }[] {
  const days: { day: Day; provisional: boolean }[] = []
  let provisional = isProvisional(startOn, calendar)
  let day = rollForward(startOn, calendar)
  while (days.length < count) {
    provisional ||= isProvisional(day, calendar)
    if (isWorkingDay(day, calendar)) days.push({ day, provisional })
    day = rollForward(day.add({ days: 1 }), calendar)
  }
  return days
}

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

/** A step of a run as far as its progress goes; in the order of the template. */
export interface TrackedStep {
  readonly stage: string
  readonly days: number
  readonly state: StepState
  readonly finishOn: Day | undefined
}

export interface Progress<S extends TrackedStep> {
  /** Planned days done of all planned days that count, rounded down: 100 means every step has ended. */
  readonly percent: number
  /** The first stage with a step still to be done; undefined once all have ended. */
  readonly stage: string | undefined
  /** Its place from 1; the last one's once all have ended. */
  readonly stageNumber: number
  readonly stages: number
  /** The unfinished step that is planned to finish first. */
  readonly next: S | undefined
}

/** Returns how far a run has come; skipped steps count as if they had never been planned. */
export function progressOf<S extends TrackedStep>(steps: readonly S[]): Progress<S> {
  const stages = [...new Set(steps.map((step) => step.stage))]
  const left = steps.filter((step) => step.state !== 'done' && step.state !== 'skipped')
  const stage = left[0] === undefined ? undefined : stages.find((one) => left.some((step) => step.stage === one))
  return {
    percent: percentOf(steps, left), stage, stages: stages.length,
    stageNumber: stage === undefined ? stages.length : stages.indexOf(stage) + 1,
    next: left.toSorted(byFinish)[0],
  }
}

function percentOf(steps: readonly TrackedStep[], left: readonly TrackedStep[]): number {
  if (left.length === 0) return 100
  const total = sumOfDays(steps.filter((step) => step.state !== 'skipped'))
  const done = sumOfDays(steps.filter((step) => step.state === 'done'))
  return total === 0 ? 0 : Math.min(99, Math.floor((done / total) * 100))
}

const sumOfDays = (steps: readonly TrackedStep[]): number => steps.reduce((sum, step) => sum + step.days, 0)

function byFinish(a: TrackedStep, b: TrackedStep): number {
  if (a.finishOn && b.finishOn) return compareDays(a.finishOn, b.finishOn)
  return (a.finishOn ? 0 : 1) - (b.finishOn ? 0 : 1)
}

/** A planned step of a stored run. */
export interface RunStep {
  readonly procedureId: number
  readonly cycle: number
  readonly code: string
  readonly title: Words
  readonly startOn: Day
  readonly finishOn: Day
  readonly owedBy: OwedBy
  readonly basis: string
  readonly mark: Mark
  readonly provisional: boolean
}

/** Returns the duty that a step's last day makes; what an outside party does is expected, not owed. */
export function stepDuty(step: RunStep): Derived {
  return {
    cycle: step.cycle, ruleId: `run-${step.procedureId}/${step.code}`, ordinal: 1, kind: 'step', tier: 'B',
    ladder: step.owedBy === 'outside' ? 'outside' : 'step', title: step.title, opensOn: step.startOn,
    dueOn: step.finishOn, latestOn: undefined, metBy: 'carried-out', owedBy: step.owedBy,
    basis: step.basis, mark: step.mark, provisional: step.provisional,
  }
}
