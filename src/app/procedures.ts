// Runs through a scheme's stages: started from its template, for a duty whose last allowed day is then their
// deadline, planned back from it, and ended. What happens to their steps meanwhile is in steps.ts.

import { type Calendar, workingDaysBetween } from '../core/calendar.ts'
import { type Certification, currentCycle, type Words } from '../core/certification.ts'
import { compareDays, type Day, type Instant, latest } from '../core/day.ts'
import type { Running } from '../core/digest.ts'
import { type Obligation, stateAtEntry } from '../core/obligation.ts'
import { progressOf, stepDuty } from '../core/procedure.ts'
import { chosenValues, findTemplate, optionsFit, type Scheme, type Template } from '../core/scheme.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { changeObligation, checkDutiesOfCertification, insertObligations, listObligationsOf, type NewObligation } from '../store/obligations.ts'
import * as store from '../store/procedures.ts'
import type { StepRow, WholeProcedure } from '../store/procedures.ts'
import type { App } from './app.ts'
import { getCertification } from './certifications.ts'
import type { Act } from './obligations.ts'
import { keptDays, replanRuns } from './replanning.ts'
import { loadRunScene, networkOf } from './run-plans.ts'
import { schemeOf } from './schemes.ts'
import { loadWorld, todayOf } from './world.ts'

export interface NewProcedure {
  readonly certificationId: number
  readonly template: string
  readonly startOn: Day
  /** The day the run is for; the last allowed day of the duty its template serves where none is given. */
  readonly targetOn?: Day | undefined
  /** The duty it is for, where its template serves several. */
  readonly obligationId?: number | undefined
  readonly startedBy?: 'person' | 'window' | undefined
}

/** Starts a run: stages and steps from the template, planned back from the day it is for, and a duty for each step. */
export async function startProcedure(app: App, db: Db, input: NewProcedure, act: Act): Promise<number> {
  const certification = await getCertification(db, input.certificationId)
  const scheme = schemeOf(app, certification.scheme)
  const template = templateOf(scheme, input.template, certification.options)
  const duty = await servedDuty(db, certification, template, input)
  const targetOn = input.targetOn ?? duty?.dueOn
  if (targetOn && compareDays(targetOn, input.startOn) < 0) {
    throw invalid(`The run is for ${targetOn.toString()}, which is before its start on ${input.startOn.toString()}.`)
  }
  const id = await store.insertProcedure(db, {
    certificationId: certification.id, cycle: duty?.cycle ?? currentCycle(certification)?.number ?? 1, template: template.id,
    version: scheme.effectiveOn.toString(), title: { ...template.title }, startedOn: input.startOn, startedBy: input.startedBy ?? 'person',
    servesRule: duty?.ruleId ?? null, servesOrdinal: duty?.ordinal ?? null, targetOn: targetOn ?? null, target: template.target,
    audit: template.audit ?? null, opens: template.opens ?? null,
  }, stagesOf(template))
  await addStepDuties(db, await getProcedure(db, id), act.now)
  await replanRuns(db, [id], { now: act.now })
  await checkDutiesOfCertification(db, certification.id, act.now)
  await appendHistory(db, certification.organisationId, [{
    event: 'procedure-started', subject: 'procedure', subjectId: id, actorId: act.by?.id,
    facts: { certification: certification.id, template: template.id, start: input.startOn.toString() },
  }], act.now)
  return id
}

function templateOf(scheme: Scheme, id: string, options: Certification['options']): Template {
  const offered = offeredTemplates(scheme, options)
  const template = findTemplate(scheme, id)
  if (template && offered.includes(template)) return template
  const known = offered.map((one) => one.id).join(', ')
  throw invalid(`${scheme.id} has no procedure "${id}"${template ? ' for these options' : ''}. ${known ? `There are: ${known}.` : 'It has none.'}`)
}

/** Returns the templates of a scheme that fit a record's options. */
export const offeredTemplates = (scheme: Scheme, options: Certification['options']): readonly Template[] =>
  scheme.templates.filter((one) => optionsFit(one.when, new Map(chosenValues(scheme, options).map(({ option, chosen }) => [option, chosen]))))

/** The duty a run is for: the one named, else the next one owed that the template serves and no run is for yet. */
async function servedDuty(db: Db, certification: Certification, template: Template, input: NewProcedure): Promise<Obligation | undefined> {
  const owed = (await listObligationsOf(db, [certification.id]))
    .filter((one) => template.serves.includes(one.ruleId) && (one.state === 'open' || one.state === 'submitted' || one.state === 'unconfirmed'))
  if (input.obligationId !== undefined) {
    const named = owed.find((one) => one.id === input.obligationId)
    if (named) return named
    throw invalid(`A run of "${template.id}" is not for obligation ${input.obligationId}. It is for: ${owed.map((one) => `${one.id} (${one.ruleId}, due ${one.dueOn.toString()})`).join(', ') || 'no duty that is owed now'}.`)
  }
  const taken = new Set((await store.listServings(db, [certification.id])).map(({ cycle, rule, ordinal }) => `${cycle}/${rule}/${ordinal}`))
  const free = owed.filter((one) => !taken.has(`${one.cycle}/${one.ruleId}/${one.ordinal}`))
  return input.targetOn ? free.find((one) => one.dueOn.equals(input.targetOn!)) : free.find((one) => compareDays(one.dueOn, input.startOn) >= 0)
}

function stagesOf(template: Template) {
  let ordinal = 0
  return template.stages.map((stage) => ({
    code: stage.code, title: { ...stage.title }, after: [...stage.after],
    steps: stage.steps.map((step): store.StepValues => ({
      ordinal: ++ordinal, code: step.code, title: { ...step.title }, days: step.days, unit: step.unit, after: step.after.map((one) => ({ ...one })),
      legalLimit: step.limit ? { ...step.limit, roll: step.limit.roll } : null, owedBy: step.owedBy, role: step.role,
      waitsOn: step.waitsOn ?? null, deliverable: step.deliverable, basis: step.basis, mark: step.mark, provisional: false, state: 'not-started',
    })),
  }))
}

/** Gives each step of a run that has none yet a duty on the last day it is kept to. */
export async function addStepDuties(db: Db, run: WholeProcedure, now: Instant): Promise<void> {
  const scene = await loadRunScene(db, [run])
  const had = new Set((await listObligationsOf(db, [run.certification.id])).map((one) => one.stepId))
  const enteredOn = todayOf(scene.world, run.certification.organisationId, now)
  const kept = keptDays(networkOf(run, scene), enteredOn)
  // A milestone of no days is the same day as what it waits for: one duty is enough.
  const steps = run.stages.flatMap((stage) => stage.steps).filter((step) => step.days > 0 && !had.has(step.id))
  await insertObligations(db, steps.map((step): NewObligation => {
    const derived = stepDuty({ ...step, procedureId: run.procedure.id, cycle: run.procedure.cycle, ...kept.get(step.code)! })
    return {
      certificationId: run.certification.id, organisationId: run.certification.organisationId, derived,
      state: stateAtEntry(derived.dueOn, enteredOn), enteredOn, stepId: step.id, ownerId: step.ownerId ?? undefined,
    }
  }), now)
  for (const step of steps) await store.planStep(db, step.id, kept.get(step.code)!)
}

export async function getProcedure(db: Db, id: number): Promise<WholeProcedure> {
  const [found] = await store.listProcedures(db, { ids: [id] })
  if (!found) throw notFound(`There is no procedure ${id}. List them with: procedure list`)
  return found
}

export const stepsOfRun = (run: WholeProcedure): readonly StepRow[] => run.stages.flatMap((stage) => stage.steps)

/** Returns a run that has not ended; throws `conflict` for one that has. */
export async function getRunning(db: Db, id: number): Promise<WholeProcedure> {
  const run = await getProcedure(db, id)
  if (run.procedure.endedOn) throw conflict(`Procedure ${id} ended on ${run.procedure.endedOn.toString()}.`)
  return run
}

/** Changes the day a run is for; with it the run serves no duty any more. */
export async function retargetProcedure(db: Db, id: number, targetOn: Day, act: Act): Promise<WholeProcedure> {
  const run = await getRunning(db, id)
  if (compareDays(targetOn, run.procedure.startedOn) < 0) throw invalid(`The run is for ${targetOn.toString()}, which is before its start on ${run.procedure.startedOn.toString()}.`)
  await store.updateProcedure(db, id, { targetOn, servesRule: null, servesOrdinal: null })
  await replanRuns(db, [id], { now: act.now, by: act.by?.name })
  await appendHistory(db, run.certification.organisationId, [{
    event: 'procedure-moved', subject: 'procedure', subjectId: id, actorId: act.by?.id,
    facts: { from: run.procedure.targetOn?.toString() ?? null, to: targetOn.toString() },
  }], act.now)
  return await getProcedure(db, id)
}

/** Gives a run up: what is left of it is owed no more. */
export async function abandonProcedure(db: Db, id: number, reason: string, act: Act): Promise<WholeProcedure> {
  const run = await getRunning(db, id)
  if (reason.trim() === '') throw invalid('Say why the run is given up: --reason "…".')
  await store.endProcedure(db, id, todayOf(await loadWorld(db), run.certification.organisationId, act.now), reason.trim())
  await endStepDuties(db, run, reason.trim(), act.now)
  await appendHistory(db, run.certification.organisationId, [{ event: 'procedure-ended', subject: 'procedure', subjectId: id, actorId: act.by?.id, facts: {} }], act.now)
  return await getProcedure(db, id)
}

async function endStepDuties(db: Db, run: WholeProcedure, reason: string, now: Instant): Promise<void> {
  const ids = new Set(stepsOfRun(run).map((step) => step.id))
  const left = (await listObligationsOf(db, [run.certification.id])).filter((one) => ids.has(one.stepId ?? 0) && one.state !== 'met' && one.state !== 'not-applicable')
  for (const duty of left) await changeObligation(db, duty, { state: 'not-applicable', reason, endedBy: 'rules' }, now)
}

/** Returns a run as lists and digests show it, by its last forecast. `slack` is in working days. */
export function runningOf(run: WholeProcedure, at: { readonly calendar: Calendar; readonly asOf: Day; readonly title: Words }): Running {
  const steps = run.stages.flatMap((stage) => stage.steps.map((step) => ({ ...step, stage: stage.code, finishOn: step.finishOn ?? undefined })))
  const progress = progressOf(steps)
  const stage = run.stages[progress.stageNumber - 1]
  const { targetOn, forecastOn } = run.procedure
  const waiting = steps.find((step) => step.state === 'waiting')
  return {
    procedureId: run.procedure.id, certificationId: run.certification.id, title: run.procedure.title,
    name: run.certification.name, stage: stage?.title ?? at.title, stageNumber: progress.stageNumber, stages: progress.stages,
    percent: progress.percent, next: progress.next?.title, nextOn: progress.next?.finishOn,
    slack: targetOn && forecastOn ? workingDaysBetween(latest(at.asOf, forecastOn)!, targetOn, at.calendar) : undefined,
    waitsOn: waiting?.waitsOn ?? undefined, waitingSince: waiting?.waitingSince ?? undefined,
  }
}
