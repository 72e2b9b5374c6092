// Keeping runs to their plan: after anything that moves a day (a step done, an absence, a booking, an expiry, a
// calendar), the last day of each open step and its duty follow, and a new forecast is kept where it differs.

import { type Day, daysBetween, type Instant, isAfter } from '../core/day.ts'
import type { Network, PlanStep } from '../core/network.ts'
import type { Obligation } from '../core/obligation.ts'
import { dueDays, type Plan, planRun } from '../core/plan.ts'
import type { Db } from '../store/database.ts'
import { carryNotices, changeObligation, listObligationsOf } from '../store/obligations.ts'
import * as store from '../store/procedures.ts'
import type { WholeProcedure } from '../store/procedures.ts'
import type { App } from './app.ts'
import { loadRunScene, networkOf } from './run-plans.ts'
import { loadWorld, todayOf, type World } from './world.ts'

export interface Replanning {
  readonly now: Instant
  /** Whoever moved the days; nobody where time or the rules did. */
  readonly by?: string | undefined
  readonly world?: World | undefined
}

/** Plans these runs anew and writes what changed; those that have ended are left as they are. Returns how many steps moved. */
export async function replanRuns(db: Db, procedureIds: readonly number[], how: Replanning): Promise<number> {
  if (procedureIds.length === 0) return 0
  const runs = (await store.listProcedures(db, { ids: procedureIds }, procedureIds.length)).filter((run) => run.procedure.endedOn === null)
  return await replan(db, runs, how)
}

const page = 100

/** Whose running procedures: of certifications, of organisations, or with a step that is a person's. */
export type Whose = Pick<store.ProcedureFilter, 'certificationIds' | 'organisationIds' | 'personId'>

/** Plans the running procedures concerned anew, within the given transaction. Returns how many steps moved. */
export async function replanRunsOf(db: Db, whose: Whose, how: Replanning): Promise<number> {
  let moved = 0
  for (let after = 0; ;) {
    const runs = await store.listProcedures(db, { ...whose, runningOnly: true, after }, page)
    moved += await replan(db, runs, how)
    if (runs.length < page) return moved
    after = runs.at(-1)!.procedure.id
  }
}

/** Plans every running procedure anew, each page in a transaction of its own: once a day, as time passes. */
export async function replanEvery(app: App, now: Instant): Promise<{ readonly runs: number; readonly moved: number }> {
  const world = await loadWorld(app.database.db)
  const total = { runs: 0, moved: 0 }
  for (let after = 0; ;) {
    const { runs, moved } = await app.database.transact(async (db) => {
      const runs = await store.listProcedures(db, { runningOnly: true, after }, page)
      return { runs, moved: await replan(db, runs, { now, world }) }
    })
    total.runs += runs.length
    total.moved += moved
    if (runs.length < page) return total
    after = runs.at(-1)!.procedure.id
  }
}

async function replan(db: Db, runs: readonly WholeProcedure[], how: Replanning): Promise<number> {
  if (runs.length === 0) return 0
  const scene = await loadRunScene(db, runs, how.world)
  const duties = Map.groupBy((await listObligationsOf(db, [...new Set(runs.map((run) => run.certification.id))])), (one) => one.stepId)
  const last = await store.lastForecasts(db, runs.map((run) => run.procedure.id))
  let moved = 0
  for (const run of runs) {
    const network = networkOf(run, scene)
    const asOf = todayOf(scene.world, run.certification.organisationId, how.now)
    moved += await moveSteps(db, run, network, { duties, how, asOf })
    await keepForecast(db, run, network, { asOf, last: last.get(run.procedure.id) })
  }
  return moved
}

interface Moving { readonly duties: ReadonlyMap<number | undefined, readonly Obligation[]>; readonly how: Replanning; readonly asOf: Day }

async function moveSteps(db: Db, run: WholeProcedure, network: Network, { duties, how, asOf }: Moving): Promise<number> {
  const kept = keptDays(network, asOf)
  let moved = 0
  for (const step of run.stages.flatMap((stage) => stage.steps)) {
    const { startOn, finishOn, provisional } = kept.get(step.code)!
    const isSame = isOn(step.startOn, startOn) && isOn(step.finishOn, finishOn) && step.provisional === provisional
    if (isSame || step.state === 'done' || step.state === 'skipped') continue
    await store.planStep(db, step.id, { startOn, finishOn, provisional })
    for (const duty of duties.get(step.id) ?? []) await moveDuty(db, duty, kept.get(step.code)!, how)
    moved++
  }
  return moved
}

const isOn = (one: Day | null, other: Day): boolean => one !== null && one.equals(other)

export interface KeptDays { readonly startOn: Day; readonly finishOn: Day; readonly provisional: boolean }

/**
 * Returns the days each step is kept to. What an outside party does is expected on the day it named, or, once it
 * is under way, so long after it began: a plan slips with it, and nobody is late by it.
 */
export function keptDays(network: Network, asOf: Day): ReadonlyMap<string, KeptDays> {
  const due = dueDays(network)
  // As of the first day nothing is held up by today: what is under way is then where it should be.
  const plan = planRun(network, network.startOn)
  const today = planRun(network, asOf)
  const ended = new Set(network.steps.filter((step) => step.state === 'done' || step.state === 'skipped').map((step) => step.code))
  return new Map(network.steps.map((step) => {
    const { provisional, leads } = plan.places.get(step.code)!
    const kept = expectedDays(step, plan) ?? (leads ? due.get(step.code)! : followingDays(step, due.get(step.code)!, { plan, today, ended }))
    return [step.code, { ...kept, provisional }]
  }))
}

type Days = Pick<KeptDays, 'startOn' | 'finishOn'>

// What follows the target, or stands beside it, begins when what it waits for has ended: until then nobody can be
// late with it. When an outside party comes of its own accord, nobody knows before it says so.
function followingDays(step: PlanStep, due: Days, { plan, today, ended }: { readonly plan: Plan; readonly today: Plan; readonly ended: ReadonlySet<string> }): Days {
  const isWaiting = step.after.some((one) => !ended.has(one.step)) || (step.outside === true && step.state === 'not-started')
  const { earliestStartOn: startOn, earliestFinishOn: finishOn } = (isWaiting ? today : plan).places.get(step.code)!
  return isAfter(finishOn, due.finishOn) ? { startOn, finishOn } : due
}

function expectedDays(step: PlanStep, plan: Plan): Days | undefined {
  const isUnderWay = (step.state === 'waiting' || step.state === 'in-progress') && step.startedOn !== undefined
  if (!step.outside || !(step.expectedOn || isUnderWay)) return undefined
  const { earliestStartOn, earliestFinishOn } = plan.places.get(step.code)!
  const finishOn = step.expectedOn ?? earliestFinishOn
  return { startOn: isAfter(earliestStartOn, finishOn) ? finishOn : earliestStartOn, finishOn }
}

/** So small a move takes along what has been said of the day. */
const smallMove = 7

async function moveDuty(db: Db, duty: Obligation, to: KeptDays, how: Replanning): Promise<void> {
  if (duty.state === 'met' || duty.state === 'not-applicable') return
  const isMoved = !duty.dueOn.equals(to.finishOn)
  const isSmall = Math.abs(daysBetween(duty.dueOn, to.finishOn)) <= smallMove
  await changeObligation(db, duty, {
    dueOn: to.finishOn, opensOn: to.startOn, provisional: to.provisional, ...(isMoved && !isSmall ? { movedFrom: duty.dueOn, movedBy: how.by ?? null } : {}),
  }, how.now)
  if (isMoved && isSmall) await carryNotices(db, duty.id, duty.dueOn, to.finishOn)
}

interface Forecasting { readonly asOf: Day; readonly last: store.ForecastRow | undefined }

async function keepForecast(db: Db, run: WholeProcedure, network: Network, { asOf, last }: Forecasting): Promise<void> {
  const plan = planRun(network, asOf)
  const { id, targetOn, forecastOn, slack } = run.procedure
  const found = { finishOn: plan.finishOn, deadlineOn: network.deadlineOn ?? null, slack: plan.slack ?? null }
  if (!isOn(forecastOn, plan.finishOn) || slack !== found.slack || targetOn?.toString() !== network.deadlineOn?.toString()) {
    await store.updateProcedure(db, id, { targetOn: network.deadlineOn ?? null, forecastOn: plan.finishOn, slack: found.slack })
  }
  if (last && last.finishOn.equals(found.finishOn) && last.slack === found.slack && last.deadlineOn?.toString() === network.deadlineOn?.toString()) return
  await store.saveForecast(db, { procedureId: id, asOf, ...found, chain: [...plan.chain] })
}
