// Runs through a scheme's stages: stages and steps with their days and done marks, and the forecasts made of
// each. Written only as they were read: a row that somebody changed meanwhile is left to them.

import { and, asc, desc, eq, exists, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { Words } from '../core/certification.ts'
import type { Day } from '../core/day.ts'
import type { Obligation } from '../core/obligation.ts'
import type { Db } from './database.ts'
import { toObligation } from './obligations.ts'
import { certification } from './schema-records.ts'
import { forecast, obligation, procedure, stage, step } from './schema-work.ts'
import { certificationWithin, type Within } from './within.ts'

export type ProcedureRow = typeof procedure.$inferSelect
export type StageRow = typeof stage.$inferSelect
export type StepRow = typeof step.$inferSelect
export type ForecastRow = typeof forecast.$inferSelect
export type StepValues = Omit<typeof step.$inferInsert, 'id' | 'procedureId' | 'stageId' | 'revision'>
export type StepChange = Partial<StepValues & Pick<StepRow, 'stageId'>>
export type StageValues = Pick<typeof stage.$inferInsert, 'code' | 'title' | 'after'>

export interface WholeProcedure {
  readonly procedure: ProcedureRow
  readonly certification: { readonly id: number; readonly name: string; readonly scheme: string; readonly organisationId: number; readonly ownerId: number | null }
  readonly stages: readonly (StageRow & { readonly steps: readonly StepRow[] })[]
}

export async function insertProcedure(
  db: Db, values: Omit<typeof procedure.$inferInsert, 'id'>,
  stages: readonly (StageValues & { readonly steps: readonly StepValues[] })[],
): Promise<number> {
  const [row] = await db.insert(procedure).values(values).returning({ id: procedure.id })
  const procedureId = row!.id
  for (const [n, { steps, ...one }] of stages.entries()) {
    const stageId = await insertStage(db, procedureId, { ...one, ordinal: n + 1 })
    if (steps.length > 0) await db.insert(step).values(steps.map((values) => ({ ...values, procedureId, stageId })))
  }
  return procedureId
}

export async function insertStage(db: Db, procedureId: number, values: StageValues & { readonly ordinal: number }): Promise<number> {
  const [row] = await db.insert(stage).values({ ...values, procedureId }).returning({ id: stage.id })
  return row!.id
}

export async function insertStep(db: Db, procedureId: number, stageId: number, values: StepValues): Promise<number> {
  const [row] = await db.insert(step).values({ ...values, procedureId, stageId }).returning({ id: step.id })
  return row!.id
}

export interface ProcedureFilter {
  readonly ids?: readonly number[] | undefined
  readonly certificationId?: number | undefined
  readonly certificationIds?: readonly number[] | undefined
  /** With a step that is theirs, or nobody's own where the certification is theirs. */
  readonly personId?: number | undefined
  readonly organisationIds?: readonly number[] | undefined
  readonly within?: Within | undefined
  readonly runningOnly?: boolean | undefined
  /** Only runs with a greater number: for walks through all of them, page by page, oldest first. */
  readonly after?: number | undefined
}

/** Lists runs with their stages and steps in order, newest run first; oldest first after a number. */
export async function listProcedures(db: Db, filter: ProcedureFilter, limit = 100): Promise<WholeProcedure[]> {
  const found = await db.select({ procedure, certification }).from(procedure)
    .innerJoin(certification, eq(certification.id, procedure.certificationId)).where(and(
      filter.ids ? inArray(procedure.id, [...filter.ids]) : undefined,
      filter.certificationId === undefined ? undefined : eq(procedure.certificationId, filter.certificationId),
      filter.certificationIds ? inArray(procedure.certificationId, [...filter.certificationIds]) : undefined,
      filter.personId === undefined ? undefined : or(eq(certification.ownerId, filter.personId), exists(
        db.select({ id: step.id }).from(step).where(and(eq(step.procedureId, procedure.id), eq(step.ownerId, filter.personId))))),
      filter.organisationIds ? inArray(certification.organisationId, [...filter.organisationIds]) : undefined,
      filter.within && certificationWithin(filter.within),
      filter.runningOnly ? isNull(procedure.endedOn) : undefined,
      filter.after === undefined ? undefined : gt(procedure.id, filter.after),
    )).orderBy(filter.after === undefined ? desc(procedure.id) : asc(procedure.id)).limit(limit)
  const ids = found.map((row) => row.procedure.id)
  if (ids.length === 0) return []
  const stages = await db.select().from(stage).where(inArray(stage.procedureId, ids)).orderBy(asc(stage.procedureId), asc(stage.ordinal)).limit(10_000)
  const steps = await db.select().from(step).where(inArray(step.procedureId, ids)).orderBy(asc(step.procedureId), asc(step.ordinal)).limit(50_000)
  const stepsOf = Map.groupBy(steps, (row) => row.stageId)
  return found.map((row) => ({
    procedure: row.procedure,
    certification: { ...row.certification },
    stages: stages.filter((one) => one.procedureId === row.procedure.id).map((one) => ({ ...one, steps: stepsOf.get(one.id) ?? [] })),
  }))
}

/** Changes a step as it was read; false where somebody else changed it since. */
export async function updateStep(db: Db, one: Pick<StepRow, 'id' | 'revision'>, values: StepChange): Promise<boolean> {
  const changed = await db.update(step).set({ ...values, revision: sql`${step.revision} + 1` })
    .where(and(eq(step.id, one.id), eq(step.revision, one.revision))).returning({ id: step.id })
  return changed.length === 1
}

/** Writes what the plan says of a step's days: nobody's change is in the way of it. */
export async function planStep(db: Db, id: number, days: Pick<StepRow, 'startOn' | 'finishOn' | 'provisional'>): Promise<void> {
  await db.update(step).set(days).where(eq(step.id, id))
}

/** Puts a step in its place among those of its run. */
export async function placeStep(db: Db, id: number, ordinal: number): Promise<void> {
  await db.update(step).set({ ordinal }).where(eq(step.id, id))
}

export async function updateStage(db: Db, id: number, values: Partial<StageValues> & { readonly ordinal?: number }): Promise<void> {
  await db.update(stage).set(values).where(eq(stage.id, id))
}

export async function updateProcedure(
  db: Db, id: number, values: Partial<Pick<ProcedureRow, 'targetOn' | 'target' | 'forecastOn' | 'slack' | 'servesRule' | 'servesOrdinal'>>,
): Promise<void> {
  await db.update(procedure).set(values).where(eq(procedure.id, id))
}

export async function endProcedure(db: Db, id: number, endedOn: Day, reason?: string): Promise<void> {
  await db.update(procedure).set({ endedOn, endReason: reason ?? null }).where(and(eq(procedure.id, id), isNull(procedure.endedOn)))
}

/** Returns the duties that runs are for, by run. */
export async function listServedDuties(db: Db, procedureIds: readonly number[]): Promise<ReadonlyMap<number, Obligation>> {
  if (procedureIds.length === 0) return new Map()
  const rows = await db.select({ id: procedure.id, obligation }).from(procedure).innerJoin(obligation, and(
    eq(obligation.certificationId, procedure.certificationId), eq(obligation.cycle, procedure.cycle),
    eq(obligation.ruleId, procedure.servesRule), eq(obligation.ordinal, procedure.servesOrdinal),
  )).where(inArray(procedure.id, [...procedureIds])).orderBy(asc(procedure.id)).limit(procedureIds.length)
  return new Map(rows.map((row) => [row.id, toObligation(row.obligation)]))
}

/** Lists which duties have or had a run, by the certification, cycle, rule and ordinal that name them. */
export async function listServings(db: Db, certificationIds: readonly number[]) {
  if (certificationIds.length === 0) return []
  return await db.select({
    certificationId: procedure.certificationId, cycle: procedure.cycle, rule: procedure.servesRule, ordinal: procedure.servesOrdinal, template: procedure.template,
  }).from(procedure).where(inArray(procedure.certificationId, [...certificationIds])).orderBy(asc(procedure.id)).limit(100_000)
}

/** Keeps the forecast of a day: a later one of the same day takes its place. */
export async function saveForecast(db: Db, values: typeof forecast.$inferInsert): Promise<void> {
  const { finishOn, deadlineOn, slack, chain } = values
  await db.insert(forecast).values(values).onConflictDoUpdate({ target: [forecast.procedureId, forecast.asOf], set: { finishOn, deadlineOn, slack, chain } })
}

/** Lists the forecasts of runs, the oldest first. */
export async function listForecasts(db: Db, procedureIds: readonly number[], limit = 10_000): Promise<ReadonlyMap<number, ForecastRow[]>> {
  if (procedureIds.length === 0) return new Map()
  const rows = await db.select().from(forecast).where(inArray(forecast.procedureId, [...procedureIds]))
    .orderBy(asc(forecast.procedureId), asc(forecast.asOf)).limit(limit)
  return Map.groupBy(rows, (row) => row.procedureId)
}

/** Returns each run's last forecast. */
export async function lastForecasts(db: Db, procedureIds: readonly number[]): Promise<ReadonlyMap<number, ForecastRow>> {
  if (procedureIds.length === 0) return new Map()
  const rows = await db.selectDistinctOn([forecast.procedureId]).from(forecast).where(inArray(forecast.procedureId, [...procedureIds]))
    .orderBy(asc(forecast.procedureId), desc(forecast.asOf)).limit(procedureIds.length)
  return new Map(rows.map((row) => [row.procedureId, row]))
}

/** The first open steps of running procedures, by certification: what to do next. */
export async function listNextSteps(db: Db, certificationIds: readonly number[], perCertification: number): Promise<ReadonlyMap<number, Words[]>> {
  if (certificationIds.length === 0) return new Map()
  const rows = await db.select({ certificationId: procedure.certificationId, title: step.title }).from(step)
    .innerJoin(procedure, eq(procedure.id, step.procedureId))
    .where(and(
      inArray(procedure.certificationId, [...certificationIds]), isNull(procedure.endedOn),
      sql`${step.state} not in ('done', 'skipped')`,
    )).orderBy(asc(procedure.certificationId), asc(step.startOn), asc(step.ordinal)).limit(20_000)
  const grouped = Map.groupBy(rows, (row) => row.certificationId)
  return new Map([...grouped].map(([id, steps]) => [id, steps.slice(0, perCertification).map((row) => row.title)]))
}

/** The running procedures of certifications: from which template, and since when. */
export async function listRunStarts(db: Db, certificationIds: readonly number[]) {
  if (certificationIds.length === 0) return []
  return await db.select({ certificationId: procedure.certificationId, template: procedure.template, startedOn: procedure.startedOn })
    .from(procedure).where(and(inArray(procedure.certificationId, [...certificationIds]), isNull(procedure.endedOn)))
    .orderBy(asc(procedure.certificationId), asc(procedure.id)).limit(10_000)
}

/** When the running procedures of certifications are expected to finish, by certification: the latest of them. */
export async function listExpectedFinishes(db: Db, certificationIds: readonly number[]): Promise<ReadonlyMap<number, Day>> {
  if (certificationIds.length === 0) return new Map()
  const rows = await db.select({ id: procedure.certificationId, finish: sql<string>`max(${procedure.forecastOn})::text` }).from(procedure)
    .where(and(inArray(procedure.certificationId, [...certificationIds]), isNull(procedure.endedOn)))
    .groupBy(procedure.certificationId).orderBy(asc(procedure.certificationId)).limit(certificationIds.length)
  return new Map(rows.flatMap((row) => (row.finish ? [[row.id, Temporal.PlainDate.from(row.finish)]] : [])))
}
