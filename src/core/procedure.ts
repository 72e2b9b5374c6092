// One run through the stages of a template: how far it has come, what puts it at risk, and the duty that
// each step's last day makes. When its steps can and must happen is in plan.ts.

import type { Calendar } from './calendar.ts'
import type { Mark, Words } from './certification.ts'
import { compareDays, type Day, isAfter } from './day.ts'
import type { PlanStep, StepState, Waits } from './network.ts'
import type { Derived, OwedBy } from './obligation.ts'
import { latestBeginning, longestChain, type Plan } from './plan.ts'
import type { Step, Template } from './scheme.ts'

type Stages<S> = readonly { readonly code: string; readonly after: readonly string[]; readonly steps: readonly S[] }[]

export const stepsOf = (template: Pick<Template, 'stages'>): readonly Step[] => template.stages.flatMap((stage) => stage.steps)

/** Returns the steps of all stages; those of a stage that waits for others wait for the last steps of these. */
export function networkSteps<S extends { readonly code: string; readonly after: readonly Waits[] }>(stages: Stages<S>): (S & { readonly after: readonly Waits[] })[] {
  return stages.flatMap((stage) => {
    const before = awaitedSteps(stage.after, stages)
    return stage.steps.map((step) => (before.length === 0 ? step : { ...step, after: [...step.after, ...before.map((code) => ({ step: code, lag: 'P0WD' }))] }))
  })
}

// A stage without steps, as editing may leave it, hands on what it waits for itself.
function awaitedSteps(codes: readonly string[], stages: Stages<{ readonly code: string; readonly after: readonly Waits[] }>): string[] {
  const waited = new Set(codes)
  for (const code of waited) {
    const stage = stages.find((one) => one.code === code)
    if (stage?.steps.length === 0) for (const before of stage.after) waited.add(before)
  }
  return [...waited].flatMap((code) => lastSteps(stages.find((one) => one.code === code)?.steps ?? []))
}

const lastSteps = (steps: readonly { readonly code: string; readonly after: readonly Waits[] }[]): string[] =>
  steps.map((step) => step.code).filter((code) => !steps.some((step) => step.after.some((one) => one.step === code)))

/** The steps of a template as a run would begin with them. */
export const freshSteps = (template: Pick<Template, 'stages'>): PlanStep[] =>
  networkSteps(template.stages).map((step) => ({ ...step, state: 'not-started', limit: step.limit && { ...step.limit, roll: step.limit.roll } }))

/** Returns the working days of the longest chain of steps up to and including one, lags included. */
export const chainLength = (template: Pick<Template, 'stages'>, code: string): number => longestChain({ steps: freshSteps(template) }, code)

/** Returns the last day a run may begin for its target step to finish by `deadlineOn`. */
export const latestStartOn = (template: Pick<Template, 'stages' | 'target'>, deadlineOn: Day, calendar: Calendar): Day =>
  latestBeginning({ steps: freshSteps(template), target: template.target, calendar }, deadlineOn)

/** A step of a run as far as its progress goes; in the order of the run. */
export interface TrackedStep {
  readonly stage: string
  readonly days: number
  readonly unit?: 'working' | 'calendar'
  readonly owedBy?: OwedBy
  readonly state: StepState
  readonly finishOn: Day | undefined
}

export interface Progress<S extends TrackedStep> {
  /** Planned effort done of all that counts, rounded down: 100 means every step has ended. */
  readonly percent: number
  /** The first stage with a step still to be done; undefined once all have ended. */
  readonly stage: string | undefined
  /** Its place from 1; the last one's once all have ended. */
  readonly stageNumber: number
  readonly stages: number
  /** The unfinished step whose last day is first; one an outside party has not begun only where nothing else is left. */
  readonly next: S | undefined
}

const hasEnded = ({ state }: { readonly state: StepState }): boolean => state === 'done' || state === 'skipped'

/** Returns how far a run has come; skipped steps count as if they had never been planned. */
export function progressOf<S extends TrackedStep>(steps: readonly S[]): Progress<S> {
  const stages = [...new Set(steps.map((step) => step.stage))]
  const left = steps.filter((step) => !hasEnded(step))
  const stage = left[0] === undefined ? undefined : stages.find((one) => left.some((step) => step.stage === one))
  return {
    percent: percentOf(steps), stage, stages: stages.length,
    stageNumber: stage === undefined ? stages.length : stages.indexOf(stage) + 1,
    next: left.toSorted((a, b) => Number(isOutsideYet(a)) - Number(isOutsideYet(b)) || byFinish(a, b))[0],
  }
}

const isOutsideYet = (step: TrackedStep): boolean => step.owedBy === 'outside' && step.state === 'not-started'

/** Returns the planned effort done, in whole percent; 99 at most while a step is left. */
export function percentOf(steps: readonly TrackedStep[]): number {
  if (steps.every(hasEnded)) return 100
  const total = effortOf(steps.filter((step) => step.state !== 'skipped'))
  const done = effortOf(steps.filter((step) => step.state === 'done'))
  return total === 0 ? 0 : Math.min(99, Math.floor((done / total) * 100))
}

// Seven calendar days hold five working ones.
const effortOf = (steps: readonly TrackedStep[]): number =>
  steps.reduce((sum, step) => sum + (step.unit === 'calendar' ? step.days * 5 / 7 : step.days), 0)

function byFinish(a: TrackedStep, b: TrackedStep): number {
  if (a.finishOn && b.finishOn) return compareDays(a.finishOn, b.finishOn)
  return (a.finishOn ? 0 : 1) - (b.finishOn ? 0 : 1)
}

/** From safe to worst: `tight` has fewer than ten working days to spare, `danger` will not be in time, `late` is not. */
export const risks = ['ended', 'safe', 'tight', 'danger', 'late'] as const
export type Risk = (typeof risks)[number]

/** Below so many working days to spare a run is watched. */
export const spareDays = 10

/** A step as its stage is judged by it. */
export interface RiskyStep {
  readonly state: StepState
  readonly owedBy: OwedBy
  /** The last day it is kept to. */
  readonly finishOn: Day | undefined
  readonly slack: number
  readonly critical: boolean
  /** The target waits for it. */
  readonly leads: boolean
}

/**
 * Returns what its unfinished steps make of a stage; what an outside party has not done endangers it, but is nobody's
 * lateness. Steps that are short of the stricter day only leave little to spare where the run keeps the looser one.
 */
export function stageRisk(steps: readonly RiskyStep[], run: Risk, asOf: Day): Risk {
  const left = steps.filter((step) => !hasEnded(step))
  if (left.length === 0) return 'ended'
  if (left.some((step) => step.owedBy === 'organisation' && step.finishOn && isAfter(asOf, step.finishOn))) return 'late'
  if (left.some((step) => step.leads && step.slack < 0)) return run === 'tight' ? 'tight' : 'danger'
  return left.some((step) => step.critical && step.slack < spareDays) ? 'tight' : 'safe'
}

/**
 * Returns what puts a whole run at risk; `ended` once its target is done. `lateAfter` is the day it is for, by the
 * looser reading where there are two: only past it is a run late. A run for no day is never late.
 */
export function runRisk(plan: Plan, run: { readonly lateAfter: Day | undefined; readonly targetEnded: boolean }, asOf: Day): Risk {
  if (run.targetEnded) return 'ended'
  if (run.lateAfter && isAfter(asOf, run.lateAfter)) return 'late'
  if (plan.broken.length > 0 || (run.lateAfter && isAfter(plan.finishOn, run.lateAfter))) return 'danger'
  return plan.slack !== undefined && plan.slack < spareDays ? 'tight' : 'safe'
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
  readonly deliverable: string
  readonly basis: string
  readonly mark: Mark
  readonly provisional: boolean
}

/** What a step yields that tells a body of a change: owed without delay, whatever else the run waits for. */
export const noticeOfChange = 'notice of change'

/** Returns the duty that a step's last day makes; what an outside party does is expected, not owed. */
export function stepDuty(step: RunStep): Derived {
  const tells = step.owedBy !== 'outside' && step.deliverable === noticeOfChange
  return {
    cycle: step.cycle, ruleId: `run-${step.procedureId}/${step.code}`, ordinal: 1, kind: 'step', tier: tells ? 'A' : 'B',
    ladder: tells ? 'change-notice' : step.owedBy === 'outside' ? 'outside' : 'step', title: step.title, opensOn: step.startOn,
    dueOn: step.finishOn, latestOn: undefined, metBy: 'carried-out', owedBy: step.owedBy,
    basis: step.basis, mark: step.mark, provisional: step.provisional,
  }
}
