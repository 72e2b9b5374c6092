// A run through a scheme's stages as a page shows it: where each stage and step stands, and how much
// time is left for the rest.

import type { Calendar } from '../core/calendar.ts'
import type { Words } from '../core/certification.ts'
import { type Day, isBefore } from '../core/day.ts'
import type { StepState } from '../core/procedure.ts'
import type { StepRow, WholeProcedure } from '../store/procedures.ts'
import type { App } from './app.ts'
import { runningOf } from './procedures.ts'
import { schemeName } from './reading.ts'

export interface StepView {
  readonly code: string
  readonly title: Words
  readonly state: StepState
  readonly startOn: Day | undefined
  readonly finishOn: Day | undefined
  readonly doneOn: Day | undefined
  readonly late: boolean
  readonly owner: string | undefined
  readonly role: string
  readonly waitsOn: string | undefined
  readonly provisional: boolean
}

export interface StageView {
  readonly title: Words
  readonly state: 'done' | 'current' | 'ahead'
  readonly done: number
  readonly steps: readonly StepView[]
}

export interface RunView {
  readonly id: number
  readonly title: Words
  readonly certificationId: number
  readonly certification: string
  readonly scheme: Words
  readonly startedOn: Day
  readonly targetOn: Day | undefined
  readonly endedOn: Day | undefined
  readonly percent: number
  readonly next: Words | undefined
  readonly nextOn: Day | undefined
  /** Working days between the planned finish and the target; negative where they are missing. */
  readonly slack: number | undefined
  readonly waitsOn: string | undefined
  readonly late: boolean
  readonly stages: readonly StageView[]
}

export interface RunMoment {
  readonly calendar: Calendar
  readonly asOf: Day
  /** Names of the step owners, by id; a step without one shows its role. */
  readonly names: ReadonlyMap<number, string>
}

export function runView(app: App, run: WholeProcedure, at: RunMoment): RunView {
  const scheme = schemeName(app, { scheme: run.certification.scheme, options: {} })
  const running = runningOf(run, { calendar: at.calendar, asOf: at.asOf, title: scheme })
  const stages = run.stages.map((stage, n) => stageView(stage, n + 1 === running.stageNumber && !run.procedure.endedOn, at))
  return {
    id: run.procedure.id, title: run.procedure.title, certificationId: run.certification.id,
    certification: run.certification.name, scheme, startedOn: run.procedure.startedOn,
    targetOn: run.procedure.targetOn ?? undefined, endedOn: run.procedure.endedOn ?? undefined,
    percent: running.percent, next: running.next, nextOn: running.nextOn, slack: running.slack, waitsOn: running.waitsOn,
    late: stages.some((stage) => stage.steps.some((step) => step.late)), stages,
  }
}

function stageView(stage: WholeProcedure['stages'][number], current: boolean, at: RunMoment): StageView {
  const steps = stage.steps.map((step) => stepView(step, at))
  const done = steps.filter((step) => isEnded(step.state)).length
  return { title: stage.title, done, steps, state: done === steps.length ? 'done' : current ? 'current' : 'ahead' }
}

function stepView(step: StepRow, at: RunMoment): StepView {
  const { state } = step
  return {
    code: step.code, title: step.title, state, startOn: step.startOn ?? undefined, finishOn: step.finishOn ?? undefined,
    doneOn: step.doneOn ?? undefined, late: !isEnded(state) && step.finishOn !== null && isBefore(step.finishOn, at.asOf),
    owner: at.names.get(step.ownerId ?? 0), role: step.role, waitsOn: step.waitsOn ?? undefined, provisional: step.provisional,
  }
}

const isEnded = (state: StepState): boolean => state === 'done' || state === 'skipped'
