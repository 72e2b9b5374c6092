// Runs through a scheme's stages: started from its template with a day for every step, followed by done
// marks. Each step's last day is a duty of its owner, so that it is reminded of like any other.

import { type Calendar, workingDaysBetween } from '../core/calendar.ts'
import { currentCycle, type Words } from '../core/certification.ts'
import { compareDays, type Day, type Instant, latest } from '../core/day.ts'
import type { Running } from '../core/digest.ts'
import { type Obligation, stateAtEntry } from '../core/obligation.ts'
import { planSteps, progressOf, stepDuty, stepsOf, type StepState } from '../core/procedure.ts'
import { findTemplate, type Scheme, type Template } from '../core/scheme.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { changeObligation, checkDutiesOfCertification, insertObligations, listObligationsOf, type NewObligation } from '../store/obligations.ts'
import * as store from '../store/procedures.ts'
import type { StepRow, WholeProcedure } from '../store/procedures.ts'
import type { App } from './app.ts'
import { calendarOf } from './calendars.ts'
import { getCertification, loadWorld, todayOf } from './certifications.ts'
import type { Act } from './obligations.ts'
import { schemeOf } from './schemes.ts'

export interface NewProcedure {
  readonly certificationId: number
  readonly template: string
  readonly startOn: Day
  /** The day the run is for, such as an expiry. */
  readonly targetOn?: Day | undefined
}

/** Starts a run: stages, steps and their days from the template, and a duty for each step. */
export async function startProcedure(app: App, db: Db, input: NewProcedure, act: Act): Promise<number> {
  const certification = await getCertification(db, input.certificationId)
  const scheme = schemeOf(app, certification.scheme)
  const template = templateOf(scheme, input.template)
  if (input.targetOn && compareDays(input.targetOn, input.startOn) < 0) {
    throw invalid(`The run is for ${input.targetOn.toString()}, which is before its start on ${input.startOn.toString()}.`)
  }
  const world = await loadWorld(db)
  const calendar = calendarOf(world.calendars, world.organisations.get(certification.organisationId)!.calendar)
  const cycle = currentCycle(certification)?.number ?? 1
  const id = await store.insertProcedure(db, {
    certificationId: certification.id, cycle, template: template.id, version: scheme.effectiveOn.toString(),
    title: { ...template.title }, startedOn: input.startOn, targetOn: input.targetOn ?? null,
  }, stagesOf(template, input.startOn, calendar))
  const asOf = todayOf(world, certification.organisationId, act.now)
  await insertDuties(db, { id, cycle, template, certification, enteredOn: asOf }, act.now)
  await checkDutiesOfCertification(db, certification.id, act.now)
  await appendHistory(db, certification.organisationId, [{
    event: 'procedure-started', subject: 'procedure', subjectId: id, actorId: act.by?.id,
    facts: { certification: certification.id, template: template.id, start: input.startOn.toString() },
  }], act.now)
  return id
}

function templateOf(scheme: Scheme, id: string): Template {
  const template = findTemplate(scheme, id)
  if (template) return template
  const known = scheme.templates.map((one) => one.id).join(', ')
  throw invalid(`${scheme.id} has no procedure "${id}". ${known ? `There are: ${known}.` : 'It has none.'}`)
}

function stagesOf(template: Template, startOn: Day, calendar: Calendar) {
  const planned = new Map(planSteps(template, startOn, calendar).map((one) => [one.code, one]))
  const ordinals = new Map(stepsOf(template).map((step, n) => [step.code, n + 1]))
  return template.stages.map((stage) => ({
    code: stage.code, title: { ...stage.title },
    steps: stage.steps.map((step) => {
      const days = planned.get(step.code)!
      return {
        ordinal: ordinals.get(step.code)!, code: step.code, title: { ...step.title }, days: step.days, role: step.role,
        waitsOn: step.waitsOn ?? null, deliverable: step.deliverable, basis: step.basis, mark: step.mark,
        startOn: days.startOn, finishOn: days.finishOn, provisional: days.provisional, state: 'not-started' as const,
      }
    }),
  }))
}

interface Started {
  readonly id: number
  readonly cycle: number
  readonly template: Template
  readonly certification: { readonly id: number; readonly organisationId: number }
  readonly enteredOn: Day
}

async function insertDuties(db: Db, started: Started, now: Instant): Promise<void> {
  const [whole] = await store.listProcedures(db, { ids: [started.id] })
  const owedBy = new Map(stepsOf(started.template).map((step) => [step.code, step.owedBy]))
  // A milestone of no days is the same day as what it waits for: one duty is enough.
  const steps = whole!.stages.flatMap((stage) => stage.steps).filter((step) => step.days > 0)
  await insertObligations(db, steps.map((step): NewObligation => {
    const derived = stepDuty({
      procedureId: started.id, cycle: started.cycle, code: step.code, title: step.title, startOn: step.startOn!,
      finishOn: step.finishOn!, owedBy: owedBy.get(step.code)!, basis: step.basis, mark: step.mark,
      provisional: step.provisional,
    })
    return {
      certificationId: started.certification.id, organisationId: started.certification.organisationId, derived,
      state: stateAtEntry(derived.dueOn, started.enteredOn), enteredOn: started.enteredOn, stepId: step.id,
    }
  }), now)
}

export async function getProcedure(db: Db, id: number): Promise<WholeProcedure> {
  const [found] = await store.listProcedures(db, { ids: [id] })
  if (!found) throw notFound(`There is no procedure ${id}. List them with: procedure list`)
  return found
}

export interface StepMark {
  readonly state: StepState
  readonly on: Day
  readonly reason?: string | undefined
  readonly waitsOn?: string | undefined
}

/** Marks a step; its duty ends with it, and the run ends with its last step. */
export async function markStep(db: Db, procedureId: number, code: string, mark: StepMark, act: Act): Promise<WholeProcedure> {
  const run = await getProcedure(db, procedureId)
  const step = stepOf(run, code)
  if (mark.state === 'skipped' && !mark.reason?.trim()) throw invalid('Say why the step is skipped: --reason "…".')
  const today = todayOf(await loadWorld(db), run.certification.organisationId, act.now)
  if (mark.state === 'done' && compareDays(mark.on, today) > 0) throw invalid(`${mark.on.toString()} lies in the future (today is ${today.toString()}).`)
  await store.updateStep(db, step.id, {
    state: mark.state, doneOn: mark.state === 'done' ? mark.on : null, reason: mark.reason?.trim() ?? step.reason,
    startedOn: mark.state === 'not-started' ? null : step.startedOn ?? mark.on, waitsOn: mark.waitsOn ?? step.waitsOn,
  })
  await markDuty(db, run, step, mark, act.now)
  const marked = await getProcedure(db, procedureId)
  const last = lastDay(marked)
  if (last) await store.endProcedure(db, procedureId, last)
  await appendHistory(db, run.certification.organisationId, [{
    event: `step-${mark.state}`, subject: 'procedure', subjectId: procedureId, actorId: act.by?.id,
    facts: { step: code, on: mark.on.toString() },
  }], act.now)
  return await getProcedure(db, procedureId)
}

function stepOf(run: WholeProcedure, code: string): StepRow {
  const steps = run.stages.flatMap((stage) => stage.steps)
  const step = steps.find((one) => one.code === code)
  if (!step) throw notFound(`Procedure ${run.procedure.id} has no step "${code}". Steps: ${steps.map((one) => one.code).join(', ')}.`)
  if (run.procedure.endedOn) throw conflict(`Procedure ${run.procedure.id} ended on ${run.procedure.endedOn.toString()}.`)
  return step
}

async function markDuty(db: Db, run: WholeProcedure, step: StepRow, mark: StepMark, now: Instant): Promise<void> {
  const duties = await listObligationsOf(db, [run.certification.id])
  const duty = duties.find((one: Obligation) => one.stepId === step.id)
  if (!duty) return
  if (mark.state === 'done') await changeObligation(db, duty, { state: 'met', metOn: mark.on, submittedOn: mark.on }, now)
  else if (mark.state === 'skipped') await changeObligation(db, duty, { state: 'not-applicable', reason: mark.reason ?? 'skipped', metOn: null }, now)
  else await changeObligation(db, duty, { state: 'open', metOn: null, reason: null }, now)
}

function lastDay(run: WholeProcedure): Day | undefined {
  const steps = run.stages.flatMap((stage) => stage.steps)
  const ended = steps.every((step) => step.state === 'done' || step.state === 'skipped')
  return ended ? latest(...steps.map((step) => step.doneOn ?? undefined)) ?? run.procedure.startedOn : undefined
}

/** Returns a run as lists and digests show it. `slack` is in working days, from its planned finish to its target. */
export function runningOf(run: WholeProcedure, at: { readonly calendar: Calendar; readonly asOf: Day; readonly title: Words }): Running {
  const steps = run.stages.flatMap((stage) => stage.steps.map((step) => ({
    ...step, stage: stage.code, finishOn: step.finishOn ?? undefined,
  })))
  const progress = progressOf(steps)
  const stage = run.stages[progress.stageNumber - 1]
  const finishOn = latest(...steps.filter((step) => step.state !== 'skipped').map((step) => step.finishOn))
  const { targetOn } = run.procedure
  const waiting = steps.find((step) => step.state === 'waiting')
  return {
    procedureId: run.procedure.id, certificationId: run.certification.id, title: run.procedure.title,
    name: run.certification.name, stage: stage?.title ?? at.title, stageNumber: progress.stageNumber, stages: progress.stages,
    percent: progress.percent, next: progress.next?.title, nextOn: progress.next?.finishOn,
    slack: targetOn && finishOn ? slackOf(finishOn, targetOn, at) : undefined, waitsOn: waiting?.waitsOn ?? undefined,
  }
}

// A step that is late already cannot finish before today: the run's spare days shrink with it.
function slackOf(finishOn: Day, targetOn: Day, at: { calendar: Calendar; asOf: Day }): number {
  const from = compareDays(at.asOf, finishOn) > 0 ? at.asOf : finishOn
  return workingDaysBetween(from, targetOn, at.calendar)
}
