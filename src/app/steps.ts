// What happens to the steps of a run: begun, waiting, done, skipped, given to somebody, put elsewhere, or added.
// One or many at once; each change plans the run anew, and the run ends with its last step.

import type { Words } from '../core/certification.ts'
import { compareDays, type Day, earliest, latest } from '../core/day.ts'
import { networkSteps } from '../core/procedure.ts'
import { type Limit, orderOf, type StepState, type Waits } from '../core/network.ts'
import type { Obligation, ObligationState } from '../core/obligation.ts'
import type { Length } from '../core/span.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { appendHistory, type Entry } from '../store/history.ts'
import { changeObligation, listObligationsOf } from '../store/obligations.ts'
import { findPerson } from '../store/people.ts'
import * as store from '../store/procedures.ts'
import type { StepRow, WholeProcedure } from '../store/procedures.ts'
import { noteAssigned } from './news.ts'
import type { Act } from './obligations.ts'
import { addStepDuties, getProcedure, getRunning, stepsOfRun } from './procedures.ts'
import { replanRuns } from './replanning.ts'
import { loadWorld, todayOf } from './world.ts'

export interface StepMark {
  readonly state: StepState
  readonly on: Day
  readonly reason?: string | undefined
  readonly waitsOn?: string | undefined
  /** When the outside party says it will have acted. */
  readonly expectedOn?: Day | undefined
}

/** Marks steps; the duty of each ends with it, and the run ends with its last step. */
export async function markSteps(db: Db, procedureId: number, codes: readonly string[], mark: StepMark, act: Act): Promise<WholeProcedure> {
  const run = await getRunning(db, procedureId)
  const steps = namedSteps(run, codes)
  if (mark.state === 'skipped' && !mark.reason?.trim()) throw invalid('Say why the step is skipped: --reason "…".')
  const today = todayOf(await loadWorld(db), run.certification.organisationId, act.now)
  if (mark.state !== 'skipped' && compareDays(mark.on, today) > 0) throw invalid(`${mark.on.toString()} lies in the future (today is ${today.toString()}).`)
  for (const step of steps) {
    await changeStep(db, run, step, markedValues(step, mark))
    await markDuty(db, run, step, mark, act)
  }
  await replanRuns(db, [procedureId], { now: act.now, by: act.by?.name })
  await endWithLastStep(db, procedureId)
  await tell(db, run, steps.map((step) => ({ event: `step-${mark.state}`, facts: { step: step.code, on: mark.on.toString() } })), act)
  return await getProcedure(db, procedureId)
}

export const markStep = (db: Db, procedureId: number, code: string, mark: StepMark, act: Act): Promise<WholeProcedure> =>
  markSteps(db, procedureId, [code], mark, act)

function markedValues(step: StepRow, { state, on, reason, waitsOn, expectedOn }: StepMark): store.StepChange {
  if (state === 'done' && step.startedOn && compareDays(on, step.startedOn) < 0) {
    throw invalid(`Step ${step.code} began on ${step.startedOn.toString()}: it cannot have been done on ${on.toString()}. Take it back first: --as not-started`)
  }
  return {
    state, doneOn: state === 'done' ? on : null, reason: reason?.trim() ?? step.reason,
    startedOn: state === 'not-started' ? null : step.startedOn ?? (state === 'skipped' ? null : on),
    waitingSince: state === 'waiting' ? step.waitingSince ?? on : null, waitsOn: waitsOn ?? step.waitsOn,
    expectedOn: state === 'done' || state === 'not-started' ? null : expectedOn ?? step.expectedOn,
  }
}

async function markDuty(db: Db, run: WholeProcedure, step: StepRow, mark: StepMark, act: Act): Promise<void> {
  const duty = (await listObligationsOf(db, [run.certification.id])).find((one) => one.stepId === step.id)
  if (!duty) return
  if (mark.state === 'done') await changeObligation(db, duty, { state: 'met', metOn: mark.on, submittedOn: mark.on }, act.now)
  else if (mark.state === 'skipped') await changeObligation(db, duty, { state: 'not-applicable', reason: mark.reason!.trim(), metOn: null, endedBy: 'person' }, act.now)
  // A step past at entry waits for an answer: that it is under way is one.
  else await changeObligation(db, duty, { state: 'open', metOn: null, submittedOn: null, reason: null, endedBy: null }, act.now)
}

/** Lets a step follow what was said of its duty: done, not applicable, or owed again. */
export async function followDuty(db: Db, duty: Obligation, said: { readonly state?: ObligationState; readonly metOn?: Day | null; readonly reason?: string | null }, act: Act): Promise<void> {
  const run = (await store.listProcedures(db, { certificationId: duty.certificationId })).find((one) => stepsOfRun(one).some((step) => step.id === duty.stepId))
  const step = run && stepsOfRun(run).find((one) => one.id === duty.stepId)
  if (!run || !step || run.procedure.endedOn) return
  const values: store.StepChange = said.state === 'met' && said.metOn ? { state: 'done', doneOn: said.metOn, startedOn: earliest(step.startedOn ?? undefined, said.metOn)!, waitingSince: null, expectedOn: null }
    : said.state === 'not-applicable' ? { state: 'skipped', reason: said.reason ?? 'not applicable', doneOn: null }
    : step.state === 'done' || step.state === 'skipped' ? { state: 'not-started', doneOn: null, startedOn: null } : {}
  if (Object.keys(values).length === 0) return
  await changeStep(db, run, step, values)
  await replanRuns(db, [run.procedure.id], { now: act.now, by: act.by?.name })
  await endWithLastStep(db, run.procedure.id)
}

async function endWithLastStep(db: Db, procedureId: number): Promise<void> {
  const run = await getProcedure(db, procedureId)
  const steps = stepsOfRun(run)
  if (!steps.every((step) => step.state === 'done' || step.state === 'skipped')) return
  await store.endProcedure(db, procedureId, latest(...steps.map((step) => step.doneOn ?? undefined)) ?? run.procedure.startedOn)
}

function namedSteps(run: WholeProcedure, codes: readonly string[]): readonly StepRow[] {
  const steps = stepsOfRun(run)
  return [...new Set(codes)].flatMap((code) => {
    const stage = run.stages.find((one) => one.code === code)
    const step = steps.find((one) => one.code === code)
    if (step) return [step]
    // The code of a stage means all of its steps that are left.
    if (stage) return stage.steps.filter((one) => one.state !== 'done' && one.state !== 'skipped')
    throw notFound(`Procedure ${run.procedure.id} has no step "${code}". Steps: ${steps.map((one) => one.code).join(', ')}. Stages: ${run.stages.map((one) => one.code).join(', ')}.`)
  })
}

async function changeStep(db: Db, run: WholeProcedure, step: StepRow, values: store.StepChange): Promise<void> {
  if (await store.updateStep(db, step, values)) return
  throw conflict(`Somebody else has just changed step ${step.code}. Look at it again: procedure show ${run.procedure.id}`)
}

async function tell(db: Db, run: WholeProcedure, entries: readonly Pick<Entry, 'event' | 'facts'>[], act: Act): Promise<void> {
  await appendHistory(db, run.certification.organisationId, entries.map((one) => ({ ...one, subject: 'procedure', subjectId: run.procedure.id, actorId: act.by?.id })), act.now)
}

/** Gives steps, or all that are left of a stage, to somebody; to nobody gives them back to the owner of the certification. */
export async function assignSteps(db: Db, procedureId: number, codes: readonly string[], ownerId: number | null, act: Act): Promise<WholeProcedure> {
  const run = await getRunning(db, procedureId)
  const owner = ownerId === null ? undefined : await findPerson(db, ownerId)
  if (owner && !owner.active) throw conflict(`${owner.name} is deactivated: name somebody else.`)
  const duties = await listObligationsOf(db, [run.certification.id])
  const steps = namedSteps(run, codes)
  for (const step of steps) {
    await changeStep(db, run, step, { ownerId })
    const duty = duties.find((one) => one.stepId === step.id)
    if (duty) await changeObligation(db, duty, { ownerId }, act.now)
  }
  const given = duties.filter((duty) => steps.some((step) => step.id === duty.stepId && step.ownerId !== ownerId)).map((duty) => duty.id)
  if (given.length > 0) await noteAssigned(db, { certificationId: run.certification.id, obligationIds: given, ownerId }, act)
  // Somebody else may be away at other times.
  await replanRuns(db, [procedureId], { now: act.now, by: act.by?.name })
  await tell(db, run, steps.map((step) => ({ event: 'step-assigned', facts: { step: step.code, owner: ownerId } })), act)
  return await getProcedure(db, procedureId)
}

export interface StepEdit {
  readonly title?: Words | undefined
  readonly length?: Length | undefined
  readonly after?: readonly Waits[] | undefined
  readonly role?: string | undefined
  readonly deliverable?: string | undefined
  /** `null` takes it away. */
  readonly waitsOn?: string | null | undefined
  readonly expectedOn?: Day | null | undefined
  readonly limit?: Limit | null | undefined
  readonly outside?: boolean | undefined
  /** The stage it belongs to. */
  readonly stage?: string | undefined
  /** The step it is put in front of, in the same stage. */
  readonly before?: string | undefined
}

/** Changes what a step is: its length, what it waits for, its place, who does it. Later versions of its template do not. */
export async function editStep(db: Db, procedureId: number, code: string, edit: StepEdit, act: Act): Promise<WholeProcedure> {
  const run = await getRunning(db, procedureId)
  const [step] = namedSteps(run, [code])
  if (!step || step.code !== code) throw invalid(`"${code}" is a stage: name one of its steps.`)
  await changeStep(db, run, step, editedValues(run, edit))
  if (edit.stage !== undefined || edit.before !== undefined) await placeStep(db, run, step, edit)
  await settle(db, procedureId, act)
  await tell(db, run, [{ event: 'step-edited', facts: { step: code } }], act)
  return await getProcedure(db, procedureId)
}

function editedValues(run: WholeProcedure, edit: StepEdit): store.StepChange {
  return {
    ...(edit.title && { title: { ...edit.title } }),
    ...(edit.length && { days: edit.length.days, unit: edit.length.unit }),
    ...(edit.after && { after: edit.after.map((one) => ({ ...one })) }),
    ...(edit.role && { role: edit.role }), ...(edit.deliverable && { deliverable: edit.deliverable }),
    ...(edit.waitsOn !== undefined && { waitsOn: edit.waitsOn }),
    ...(edit.expectedOn !== undefined && { expectedOn: edit.expectedOn }),
    ...(edit.limit !== undefined && { legalLimit: edit.limit }),
    ...(edit.outside !== undefined && { owedBy: edit.outside ? 'outside' as const : 'organisation' as const }),
    ...(edit.stage !== undefined && { stageId: stageOf(run, edit.stage).id }),
  }
}

function stageOf(run: WholeProcedure, code: string): WholeProcedure['stages'][number] {
  const found = run.stages.find((stage) => stage.code === code)
  if (found) return found
  throw notFound(`Procedure ${run.procedure.id} has no stage "${code}". Stages: ${run.stages.map((one) => one.code).join(', ')}.`)
}

async function placeStep(db: Db, run: WholeProcedure, step: Pick<StepRow, 'id' | 'code' | 'stageId'>, { stage, before }: Pick<StepEdit, 'stage' | 'before'>): Promise<void> {
  const home = stage === undefined ? run.stages.find((one) => one.id === step.stageId)! : stageOf(run, stage)
  const others: readonly Pick<StepRow, 'id' | 'code'>[] = home.steps.filter((one) => one.id !== step.id)
  const at = before === undefined ? others.length : others.findIndex((one) => one.code === before)
  if (at < 0) throw notFound(`Stage ${home.code} has no step "${before!}" to put it in front of. Steps: ${others.map((one) => one.code).join(', ') || 'none'}.`)
  const order = run.stages.flatMap((one): readonly Pick<StepRow, 'id'>[] => (one.id === home.id ? others.toSpliced(at, 0, step) : one.steps.filter((other) => other.id !== step.id)))
  for (const [n, { id }] of order.entries()) await store.placeStep(db, id, n + 1)
}

export interface NewStep extends StepEdit {
  readonly code: string
  readonly title: Words
  readonly length: Length
  readonly stage: string
  readonly role: string
  readonly deliverable: string
  /** Steps that wait for it from now on. */
  readonly followers?: readonly string[] | undefined
  readonly ownerId?: number | undefined
}

/** Adds a step to a run, with a duty of its own. */
export async function addStep(db: Db, procedureId: number, input: NewStep, act: Act): Promise<WholeProcedure> {
  const run = await getRunning(db, procedureId)
  if (stepsOfRun(run).some((step) => step.code === input.code)) throw conflict(`Procedure ${procedureId} has a step "${input.code}" already: choose another code.`)
  if (!/^[A-Za-z0-9]+(\.[0-9]+)*$/.test(input.code)) throw invalid(`"${input.code}" is not a code: write a short one such as A1 or 4.2.`)
  const stage = stageOf(run, input.stage)
  const id = await store.insertStep(db, procedureId, stage.id, {
    ordinal: stepsOfRun(run).length + 1, code: input.code, title: { ...input.title }, days: input.length.days, unit: input.length.unit,
    after: (input.after ?? []).map((one) => ({ ...one })), legalLimit: input.limit ?? null, owedBy: input.outside ? 'outside' : 'organisation',
    role: input.role, waitsOn: input.waitsOn ?? null, deliverable: input.deliverable, basis: 'added to this run', mark: 'unverified',
    ownerId: input.ownerId ?? null, provisional: false, state: 'not-started',
  })
  await placeStep(db, await getProcedure(db, procedureId), { id, code: input.code, stageId: stage.id }, { before: input.before })
  for (const follower of namedSteps(run, input.followers ?? [])) await changeStep(db, run, follower, { after: [...follower.after, { step: input.code, lag: 'P0WD' }] })
  await settle(db, procedureId, act)
  await tell(db, run, [{ event: 'step-added', facts: { step: input.code } }], act)
  return await getProcedure(db, procedureId)
}

export interface NewStage { readonly code: string; readonly title: Words; readonly after?: readonly string[] | undefined; readonly before?: string | undefined }

/** Adds a stage without steps, at the end or in front of another. */
export async function addStage(db: Db, procedureId: number, input: NewStage, act: Act): Promise<WholeProcedure> {
  const run = await getRunning(db, procedureId)
  if (run.stages.some((stage) => stage.code === input.code)) throw conflict(`Procedure ${procedureId} has a stage "${input.code}" already: choose another code.`)
  for (const code of input.after ?? []) stageOf(run, code)
  await store.insertStage(db, procedureId, { code: input.code, title: { ...input.title }, after: [...input.after ?? []], ordinal: run.stages.length + 1 })
  if (input.before !== undefined) await placeStage(db, await getProcedure(db, procedureId), input.code, input.before)
  await tell(db, run, [{ event: 'stage-added', facts: { stage: input.code } }], act)
  return await getProcedure(db, procedureId)
}

/** Puts a stage in front of another. */
export async function moveStage(db: Db, procedureId: number, code: string, before: string, act: Act): Promise<WholeProcedure> {
  const run = await getRunning(db, procedureId)
  await placeStage(db, run, code, before)
  await tell(db, run, [{ event: 'stage-moved', facts: { stage: code } }], act)
  return await getProcedure(db, procedureId)
}

async function placeStage(db: Db, run: WholeProcedure, code: string, before: string): Promise<void> {
  const moved = stageOf(run, code)
  const others = run.stages.filter((stage) => stage.id !== moved.id)
  const order = others.toSpliced(others.indexOf(stageOf(run, before)), 0, moved)
  for (const [n, stage] of order.entries()) await store.updateStage(db, stage.id, { ordinal: n + 1 })
}

/** After an edit: refused where steps would wait for what is not there or for each other, else planned anew. */
async function settle(db: Db, procedureId: number, act: Act): Promise<void> {
  const run = await getProcedure(db, procedureId)
  const steps = stepsOfRun(run)
  const codes = new Set(steps.map((step) => step.code))
  const missing = steps.flatMap((step) => [...step.after.map((one) => one.step), ...(step.legalLimit ? [step.legalLimit.from] : [])]).find((code) => !codes.has(code))
  if (missing !== undefined) throw invalid(`There is no step "${missing}" to wait for. Steps: ${[...codes].join(', ')}.`)
  const ordered = new Set(orderOf(networkSteps(run.stages)))
  const circle = steps.map((step) => step.code).filter((code) => !ordered.has(code))
  if (circle.length > 0) throw invalid(`Steps would wait for each other in a circle: ${circle.join(', ')}.`)
  await addStepDuties(db, run, act.now)
  await replanRuns(db, [procedureId], { now: act.now, by: act.by?.name })
}
