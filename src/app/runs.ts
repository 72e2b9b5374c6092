// A run through a scheme's stages as a page and the command line show it: where each stage and step stands,
// when each can and must happen, what that makes of the day the run is for, and how the forecast has moved.

import { type Calendar, workingDaysBetween } from '../core/calendar.ts'
import type { Mark, Words } from '../core/certification.ts'
import { type Day, isBefore } from '../core/day.ts'
import type { Limit, StepState, Waits } from '../core/network.ts'
import type { OwedBy } from '../core/obligation.ts'
import type { Breach, Place, Plan } from '../core/plan.ts'
import { percentOf, progressOf, type Risk, runRisk, stageRisk } from '../core/procedure.ts'
import type { Db } from '../store/database.ts'
import { type ForecastRow, listForecasts, listProcedures, type ProcedureFilter, type StepRow, type WholeProcedure } from '../store/procedures.ts'
import type { App } from './app.ts'
import { schemeName } from './reading.ts'
import { calendarOfRun, deadlineOf, loadRunScene, planOf, type RunScene } from './run-plans.ts'
import { todayOf } from './world.ts'

export interface StepView extends Omit<Place, 'code'> {
  readonly id: number
  readonly code: string
  readonly title: Words
  readonly state: StepState
  /** `P5WD` in working days, `P30D` in calendar days. */
  readonly length: string
  readonly after: readonly Waits[]
  readonly limit: Limit | undefined
  /** The last days it is kept to: its duty's. */
  readonly startOn: Day | undefined
  readonly finishOn: Day | undefined
  readonly startedOn: Day | undefined
  readonly waitingSince: Day | undefined
  readonly expectedOn: Day | undefined
  readonly doneOn: Day | undefined
  readonly reason: string | undefined
  readonly late: boolean
  readonly owedBy: OwedBy
  readonly ownerId: number | undefined
  readonly owner: string | undefined
  readonly role: string
  readonly waitsOn: string | undefined
  readonly deliverable: string
  readonly basis: string
  readonly mark: Mark
}

export interface StageView {
  readonly code: string
  readonly title: Words
  readonly state: 'done' | 'current' | 'ahead'
  readonly risk: Risk
  readonly percent: number
  readonly done: number
  readonly steps: readonly StepView[]
}

export interface ForecastView {
  readonly asOf: Day
  readonly finishOn: Day
  readonly deadlineOn: Day | undefined
  readonly slack: number | undefined
}

export interface RunView {
  readonly id: number
  readonly title: Words
  readonly template: string
  readonly version: string
  readonly certificationId: number
  readonly certification: string
  readonly scheme: Words
  readonly startedOn: Day
  readonly startedBy: 'person' | 'window'
  /** The day it is for; undefined where there is none. */
  readonly targetOn: Day | undefined
  /** Where two readings of the duty differ, the looser day: late only after it. */
  readonly latestOn: Day | undefined
  /** The duty it is for, by its rule. */
  readonly serves: string | undefined
  readonly endedOn: Day | undefined
  readonly endReason: string | undefined
  readonly percent: number
  readonly next: Words | undefined
  readonly nextOn: Day | undefined
  /** When its target is finished at the earliest, as things stand. */
  readonly forecastOn: Day
  /** Working days from there to the day it is for; negative where they are missing. */
  readonly slack: number | undefined
  readonly risk: Risk
  readonly fits: boolean
  /** The unfinished steps that decide the forecast, first to last. */
  readonly chain: readonly string[]
  readonly broken: readonly Breach[]
  readonly waitsOn: string | undefined
  readonly waitingSince: Day | undefined
  readonly late: boolean
  readonly stages: readonly StageView[]
  /** One for each day on which it changed, the oldest first. */
  readonly forecasts: readonly ForecastView[]
}

/** Returns runs as of a day; today of who holds each certification where none is asked for. */
export async function viewRuns(app: App, db: Db, filter: ProcedureFilter, asOf?: Day, limit?: number): Promise<RunView[]> {
  const runs = await listProcedures(db, filter, limit)
  const scene = await loadRunScene(db, runs)
  const forecasts = await listForecasts(db, runs.map((run) => run.procedure.id))
  const now = app.clock.now()
  return runs.map((run) => runView(app, run, {
    scene, asOf: asOf ?? todayOf(scene.world, run.certification.organisationId, now), forecasts: forecasts.get(run.procedure.id) ?? [],
  }))
}

interface RunMoment { readonly scene: RunScene; readonly asOf: Day; readonly forecasts: readonly ForecastRow[] }

function runView(app: App, run: WholeProcedure, at: RunMoment): RunView {
  const { procedure, certification } = run
  // A run that has ended stands as on its last day.
  const asOf = procedure.endedOn && isBefore(procedure.endedOn, at.asOf) ? procedure.endedOn : at.asOf
  const plan = planOf(run, at.scene, asOf)
  const targetOn = procedure.endedOn ? procedure.targetOn ?? undefined : deadlineOf(run, at.scene)
  const progress = progressOf(run.stages.flatMap((stage) => stage.steps.map((step) => ({ ...step, stage: stage.code, finishOn: step.finishOn ?? undefined }))))
  const duty = at.scene.duties.get(procedure.id)
  const latestOn = targetOn && duty?.dueOn.equals(targetOn) ? duty.latestOn : undefined
  const target = run.stages.flatMap((stage) => stage.steps).find((step) => step.code === procedure.target)
  const risk = procedure.endedOn ? 'ended' : runRisk(plan, { lateAfter: latestOn ?? targetOn, targetEnded: target !== undefined && isEnded(target.state) }, asOf)
  const stages = run.stages.map((stage, n) => stageView(stage, { plan, calendar: calendarOfRun(run, at.scene), asOf, risk, people: at.scene.directory, current: n + 1 === progress.stageNumber && !procedure.endedOn }))
  const steps = stages.flatMap((stage) => stage.steps)
  const waiting = steps.find((step) => step.state === 'waiting')
  return {
    id: procedure.id, title: procedure.title, template: procedure.template, version: procedure.version,
    certificationId: certification.id, certification: certification.name, scheme: schemeName(app, { scheme: certification.scheme, options: {} }),
    startedOn: procedure.startedOn, startedBy: procedure.startedBy, targetOn, latestOn, serves: procedure.servesRule ?? undefined,
    endedOn: procedure.endedOn ?? undefined, endReason: procedure.endReason ?? undefined,
    percent: progress.percent, next: progress.next?.title, nextOn: progress.next?.finishOn,
    forecastOn: plan.finishOn, slack: plan.slack, fits: plan.fits, chain: plan.chain, broken: plan.broken,
    risk,
    waitsOn: waiting?.waitsOn, waitingSince: waiting?.waitingSince, late: !procedure.endedOn && steps.some((step) => step.late), stages,
    forecasts: at.forecasts.map((one) => ({ asOf: one.asOf, finishOn: one.finishOn, deadlineOn: one.deadlineOn ?? undefined, slack: one.slack ?? undefined })),
  }
}

interface StageMoment { readonly plan: Plan; readonly calendar: Calendar; readonly asOf: Day; readonly risk: Risk; readonly people: RunScene['directory']; readonly current: boolean }

function stageView(stage: WholeProcedure['stages'][number], at: StageMoment): StageView {
  const steps = stage.steps.map((step) => stepView(step, at))
  const done = steps.filter((step) => isEnded(step.state)).length
  return {
    code: stage.code, title: stage.title, done, steps, state: done === steps.length ? 'done' : at.current ? 'current' : 'ahead',
    risk: stageRisk(steps, at.risk, at.asOf), percent: percentOf(stage.steps.map((step) => ({ ...step, stage: stage.code, finishOn: step.finishOn ?? undefined }))),
  }
}

function stepView(step: StepRow, at: StageMoment): StepView {
  const { state } = step
  return {
    ...placeOf(step, at),
    id: step.id, code: step.code, title: step.title, state, length: `P${step.days}${step.unit === 'working' ? 'WD' : 'D'}`, after: step.after,
    limit: step.legalLimit ?? undefined, startOn: step.startOn ?? undefined, finishOn: step.finishOn ?? undefined,
    startedOn: step.startedOn ?? undefined, waitingSince: step.waitingSince ?? undefined, expectedOn: step.expectedOn ?? undefined,
    doneOn: step.doneOn ?? undefined, reason: step.reason ?? undefined, owedBy: step.owedBy,
    late: !isEnded(state) && step.owedBy === 'organisation' && step.finishOn !== null && isBefore(step.finishOn, at.asOf),
    ownerId: step.ownerId ?? undefined, owner: at.people.get(step.ownerId ?? 0)?.name, role: step.role, waitsOn: step.waitsOn ?? undefined,
    deliverable: step.deliverable, basis: step.basis, mark: step.mark,
  }
}

// What the target does not wait for is kept to other last days than those counted back from its deadline.
function placeOf(step: StepRow, { plan, calendar }: StageMoment): Place {
  const place = plan.places.get(step.code)!
  if (place.leads || isEnded(step.state) || !step.startOn || !step.finishOn) return place
  return { ...place, latestStartOn: step.startOn, latestFinishOn: step.finishOn, slack: workingDaysBetween(place.earliestFinishOn, step.finishOn, calendar) }
}

const isEnded = (state: StepState): boolean => state === 'done' || state === 'skipped'
