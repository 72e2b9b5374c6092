// Runs through a scheme's stages: stages and steps with their days and done marks.

import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Words } from '../core/certification.ts'
import type { Day } from '../core/day.ts'
import type { Db } from './database.ts'
import { certification } from './schema-records.ts'
import { procedure, stage, step } from './schema-work.ts'

export type ProcedureRow = typeof procedure.$inferSelect
export type StageRow = typeof stage.$inferSelect
export type StepRow = typeof step.$inferSelect
export type StepValues = Omit<typeof step.$inferInsert, 'id' | 'procedureId' | 'stageId'>

export interface WholeProcedure {
  readonly procedure: ProcedureRow
  readonly certification: { readonly id: number; readonly name: string; readonly scheme: string; readonly organisationId: number; readonly ownerId: number | null }
  readonly stages: readonly (StageRow & { readonly steps: readonly StepRow[] })[]
}

export async function insertProcedure(
  db: Db, values: Omit<typeof procedure.$inferInsert, 'id'>,
  stages: readonly { readonly code: string; readonly title: Words; readonly steps: readonly StepValues[] }[],
): Promise<number> {
  const [row] = await db.insert(procedure).values(values).returning({ id: procedure.id })
  const procedureId = row!.id
  for (const [n, one] of stages.entries()) {
    const [inserted] = await db.insert(stage)
      .values({ procedureId, ordinal: n + 1, code: one.code, title: one.title }).returning({ id: stage.id })
    if (one.steps.length > 0) {
      await db.insert(step).values(one.steps.map((values) => ({ ...values, procedureId, stageId: inserted!.id })))
    }
  }
  return procedureId
}

export interface ProcedureFilter {
  readonly ids?: readonly number[] | undefined
  readonly certificationId?: number | undefined
  readonly organisationIds?: readonly number[] | undefined
  readonly runningOnly?: boolean | undefined
}

/** Lists runs with their stages and steps in order, newest run first. */
export async function listProcedures(db: Db, filter: ProcedureFilter, limit = 100): Promise<WholeProcedure[]> {
  const found = await db.select({ procedure, certification }).from(procedure)
    .innerJoin(certification, eq(certification.id, procedure.certificationId)).where(and(
      filter.ids ? inArray(procedure.id, [...filter.ids]) : undefined,
      filter.certificationId === undefined ? undefined : eq(procedure.certificationId, filter.certificationId),
      filter.organisationIds ? inArray(certification.organisationId, [...filter.organisationIds]) : undefined,
      filter.runningOnly ? isNull(procedure.endedOn) : undefined,
    )).orderBy(desc(procedure.id)).limit(limit)
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

export async function updateStep(db: Db, id: number, values: Partial<StepValues>): Promise<void> {
  await db.update(step).set(values).where(eq(step.id, id))
}

export async function endProcedure(db: Db, id: number, endedOn: Day, reason?: string): Promise<void> {
  await db.update(procedure).set({ endedOn, endReason: reason ?? null }).where(and(eq(procedure.id, id), isNull(procedure.endedOn)))
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

/** When the running procedures of certifications are planned to finish, by certification. */
export async function listPlannedFinishes(db: Db, certificationIds: readonly number[]): Promise<ReadonlyMap<number, Day>> {
  if (certificationIds.length === 0) return new Map()
  const rows = await db.select({ id: procedure.certificationId, finish: sql<string>`max(${step.finishOn})::text` }).from(procedure)
    .innerJoin(step, eq(step.procedureId, procedure.id))
    .where(and(inArray(procedure.certificationId, [...certificationIds]), isNull(procedure.endedOn)))
    .groupBy(procedure.certificationId).orderBy(asc(procedure.certificationId)).limit(certificationIds.length)
  return new Map(rows.flatMap((row) => (row.finish ? [[row.id, Temporal.PlainDate.from(row.finish)]] : [])))
}
