// Visits of auditors: what each covers, where it goes, and how its agreed days were moved. Moves are never changed.

import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Day, Instant } from '../core/day.ts'
import type { Obligation } from '../core/obligation.ts'
import type { Db } from './database.ts'
import { toObligation } from './obligations.ts'
import { audit, auditDuty, auditMove, auditPlace } from './schema-proof.ts'
import { certification } from './schema-records.ts'
import { obligation } from './schema-work.ts'

export type AuditRow = typeof audit.$inferSelect
export type AuditValues = Omit<typeof audit.$inferInsert, 'id' | 'revision'>
export type MoveRow = typeof auditMove.$inferSelect
type CertificationRow = typeof certification.$inferSelect

export interface Covered { readonly duty: Obligation; readonly certification: CertificationRow }

export interface WholeAudit {
  readonly audit: AuditRow
  readonly covered: readonly Covered[]
  readonly organisations: readonly string[]
  readonly sites: readonly string[]
  readonly moves: readonly MoveRow[]
}

export async function insertAudit(db: Db, values: AuditValues): Promise<number> {
  const [row] = await db.insert(audit).values({ ...values, revision: 1 }).returning({ id: audit.id })
  return row!.id
}

/** Changes an audit as it was read; false where somebody else changed it since. */
export async function updateAudit(db: Db, one: Pick<AuditRow, 'id' | 'revision'>, values: Partial<AuditValues>): Promise<boolean> {
  const changed = await db.update(audit).set({ ...values, revision: sql`${audit.revision} + 1` })
    .where(and(eq(audit.id, one.id), eq(audit.revision, one.revision))).returning({ id: audit.id })
  return changed.length === 1
}

export async function coverDuties(db: Db, auditId: number, obligationIds: readonly number[]): Promise<void> {
  if (obligationIds.length > 0) await db.insert(auditDuty).values(obligationIds.map((obligationId) => ({ auditId, obligationId }))).onConflictDoNothing()
}

/** Holds duties until the end of the transaction, so that two visits cannot take the same at once. */
export async function lockDuties(db: Db, obligationIds: readonly number[]): Promise<void> {
  await db.select({ id: obligation.id }).from(obligation).where(inArray(obligation.id, [...obligationIds])).orderBy(asc(obligation.id)).limit(10_000).for('update')
}

export async function releaseDuties(db: Db, auditId: number, obligationIds: readonly number[]): Promise<void> {
  await db.delete(auditDuty).where(and(eq(auditDuty.auditId, auditId), inArray(auditDuty.obligationId, [...obligationIds])))
}

export async function addPlaces(db: Db, auditId: number, kind: 'organisation' | 'site', names: readonly string[]): Promise<void> {
  if (names.length > 0) await db.insert(auditPlace).values(names.map((name) => ({ auditId, kind, name }))).onConflictDoNothing()
}

export async function insertMove(db: Db, values: Omit<typeof auditMove.$inferInsert, 'id'>): Promise<void> {
  await db.insert(auditMove).values(values)
}

export interface AuditFilter {
  readonly ids?: readonly number[] | undefined
  readonly certificationId?: number | undefined
  /** Only what is neither carried out nor cancelled. */
  readonly liveOnly?: boolean | undefined
}

/** Lists audits with all that belongs to them, the newest first. */
export async function listAudits(db: Db, filter: AuditFilter, limit: number): Promise<WholeAudit[]> {
  const rows = await db.select().from(audit).where(and(
    filter.ids && inArray(audit.id, [...filter.ids]), filter.liveOnly ? and(isNull(audit.carriedOutOn), isNull(audit.cancelledOn)) : undefined,
    filter.certificationId === undefined ? undefined : inArray(audit.id, db.select({ id: auditDuty.auditId }).from(auditDuty)
      .innerJoin(obligation, eq(obligation.id, auditDuty.obligationId)).where(eq(obligation.certificationId, filter.certificationId))),
  )).orderBy(desc(audit.id)).limit(limit)
  const ids = rows.map((row) => row.id)
  if (ids.length === 0) return []
  const covered = Map.groupBy(await coveredBy(db, ids), (row) => row.auditId)
  const places = await db.select().from(auditPlace).where(inArray(auditPlace.auditId, ids)).orderBy(asc(auditPlace.auditId), asc(auditPlace.kind), asc(auditPlace.name)).limit(10_000)
  const moves = await db.select().from(auditMove).where(inArray(auditMove.auditId, ids)).orderBy(asc(auditMove.auditId), asc(auditMove.id)).limit(10_000)
  const placesOf = (id: number, kind: 'organisation' | 'site') => places.filter((one) => one.auditId === id && one.kind === kind).map((one) => one.name)
  return rows.map((row) => ({
    audit: row, covered: covered.get(row.id) ?? [], organisations: placesOf(row.id, 'organisation'), sites: placesOf(row.id, 'site'),
    moves: moves.filter((one) => one.auditId === row.id),
  }))
}

async function coveredBy(db: Db, auditIds: readonly number[]): Promise<(Covered & { auditId: number })[]> {
  const rows = await db.select({ auditId: auditDuty.auditId, obligation, certification }).from(auditDuty)
    .innerJoin(obligation, eq(obligation.id, auditDuty.obligationId)).innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(inArray(auditDuty.auditId, [...auditIds])).orderBy(asc(auditDuty.auditId), asc(obligation.dueOn), asc(obligation.id)).limit(10_000)
  return rows.map((row) => ({ auditId: row.auditId, duty: toObligation(row.obligation), certification: row.certification }))
}

/** Lists the certifications that rest on these. */
export async function listRiding(db: Db, parentIds: readonly number[]): Promise<{ readonly id: number; readonly parentId: number }[]> {
  if (parentIds.length === 0) return []
  const rows = await db.select({ id: certification.id, parentId: certification.parentId }).from(certification)
    .where(inArray(certification.parentId, [...new Set(parentIds)])).orderBy(asc(certification.id)).limit(10_000)
  return rows.map(({ id, parentId }) => ({ id, parentId: parentId! }))
}

/** How the days of these visits were moved last, by visit. */
export async function listLastMoves(db: Db, auditIds: readonly number[]): Promise<ReadonlyMap<number, MoveRow>> {
  if (auditIds.length === 0) return new Map()
  const rows = await db.select().from(auditMove).where(inArray(auditMove.auditId, [...new Set(auditIds)])).orderBy(asc(auditMove.id)).limit(10_000)
  return new Map(rows.map((row) => [row.auditId, row]))
}

/** A visit that is still to come, as its duties know it. */
export interface Visit { readonly auditId: number; readonly title: string; readonly body: string | undefined; readonly until: Day | undefined }

/** Returns the live visits that duties are covered by, by duty. */
export async function listVisits(db: Db, obligationIds: readonly number[]): Promise<ReadonlyMap<number, Visit>> {
  if (obligationIds.length === 0) return new Map()
  const rows = await db.select({ id: auditDuty.obligationId, audit }).from(auditDuty).innerJoin(audit, eq(audit.id, auditDuty.auditId))
    .where(and(inArray(auditDuty.obligationId, [...new Set(obligationIds)]), isNull(audit.carriedOutOn), isNull(audit.cancelledOn)))
    .orderBy(asc(auditDuty.obligationId), asc(audit.id)).limit(50_000)
  return new Map(rows.map((row) => [row.id, { auditId: row.audit.id, title: row.audit.title, body: row.audit.body ?? undefined, until: row.audit.bookedUntil ?? undefined }]))
}

export type AuditMove = { readonly fromOn: Day | undefined; readonly toOn: Day | undefined; readonly movedBy: 'body' | 'us'; readonly reason: string | undefined; readonly at: Instant }
