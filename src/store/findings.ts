// Findings: written once, changed only as they were read. What they mean is in core/finding.ts.

import { and, asc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import type { Day, Instant } from '../core/day.ts'
import type { Finding, FindingChange, FindingDays } from '../core/finding.ts'
import type { Db } from './database.ts'
import { audit, auditDuty, finding } from './schema-proof.ts'
import { certification } from './schema-records.ts'
import { obligation } from './schema-work.ts'
import { certificationWithin, type Within } from './within.ts'

type Row = typeof finding.$inferSelect

const batch = 300

export const toFinding = (row: Row): Finding => ({
  id: row.id, certificationId: row.certificationId, cycle: row.cycle, auditId: row.auditId ?? undefined, number: row.number ?? undefined,
  grade: row.grade, title: row.title, clause: row.clause ?? undefined, site: row.site ?? undefined, foundOn: row.foundOn,
  ownerId: row.ownerId ?? undefined, correction: row.correction ?? undefined, rootCause: row.rootCause ?? undefined,
  correctiveAction: row.correctiveAction ?? undefined, answerDueOn: row.answerDueOn ?? undefined, proofDueOn: row.proofDueOn ?? undefined,
  verifyDueOn: row.verifyDueOn ?? undefined, answeredOn: row.answeredOn ?? undefined, provenOn: row.provenOn ?? undefined,
  verifiedOn: row.verifiedOn ?? undefined, closesBy: row.closesBy, blocks: row.blocks, basis: row.basis, mark: row.mark,
  closedOn: row.closedOn ?? undefined, closedReason: row.closedReason ?? undefined, revision: row.revision,
})

type Rule = Pick<Finding, 'grade' | 'closesBy' | 'blocks' | 'basis' | 'mark'> & FindingDays

export type NewFinding = Rule & Pick<Finding, 'certificationId' | 'cycle' | 'auditId' | 'number' | 'title' | 'clause' | 'site' | 'foundOn' | 'ownerId'>

const ruled = (rule: Rule) => ({
  grade: rule.grade, closesBy: rule.closesBy, blocks: rule.blocks, basis: rule.basis, mark: rule.mark,
  answerDueOn: rule.answerDueOn ?? null, proofDueOn: rule.proofDueOn ?? null, verifyDueOn: rule.verifyDueOn ?? null,
})

/** Inserts a finding; returns its id. */
export async function insertFinding(db: Db, one: NewFinding, at: Instant): Promise<number> {
  const [row] = await db.insert(finding).values({
    ...ruled(one), certificationId: one.certificationId, cycle: one.cycle, auditId: one.auditId ?? null, number: one.number ?? null,
    title: one.title, clause: one.clause ?? null, site: one.site ?? null, foundOn: one.foundOn, ownerId: one.ownerId ?? null, createdAt: at, revision: 1,
  }).returning({ id: finding.id })
  return row!.id
}

export interface FindingValues extends FindingChange {
  readonly ownerId?: number | null
  readonly correction?: string
  readonly rootCause?: string
  readonly correctiveAction?: string
  /** Graded again: the rule as it is from now on. */
  readonly rule?: Rule
}

/** Applies a change, if nobody else changed the row since it was read; false where somebody did. */
export async function changeFinding(db: Db, one: Pick<Finding, 'id' | 'revision'>, { rule, ...values }: FindingValues): Promise<boolean> {
  const changed = await db.update(finding).set({ ...values, ...(rule && ruled(rule)), revision: sql`${finding.revision} + 1` })
    .where(and(eq(finding.id, one.id), eq(finding.revision, one.revision))).returning({ id: finding.id })
  return changed.length === 1
}

export interface FindingFilter {
  readonly id?: number | undefined
  readonly certificationId?: number | undefined
  readonly within?: Within | undefined
  readonly auditId?: number | undefined
  readonly grade?: string | undefined
  /** Theirs, or nobody's own and of a certification that is theirs. */
  readonly ownerId?: number | undefined
  readonly foundBy?: Day | undefined
  /** Only what nothing has closed yet; findings that owe nothing are not among them. */
  readonly unclosedOnly?: boolean | undefined
}

export interface NamedFinding {
  readonly finding: Finding
  readonly certification: { readonly id: number; readonly name: string; readonly scheme: string; readonly options: Readonly<Record<string, string>>; readonly organisationId: number; readonly ownerId: number | undefined }
  readonly audit: string | undefined
}

/** Lists findings, by certification and number. */
export async function listFindings(db: Db, filter: FindingFilter, limit: number): Promise<NamedFinding[]> {
  const rows = await db.select({ finding, certification, audit: audit.title }).from(finding)
    .innerJoin(certification, eq(certification.id, finding.certificationId)).leftJoin(audit, eq(audit.id, finding.auditId))
    .where(and(
      filter.id === undefined ? undefined : eq(finding.id, filter.id),
      filter.certificationId === undefined ? undefined : eq(finding.certificationId, filter.certificationId),
      filter.within && certificationWithin(filter.within),
      filter.auditId === undefined ? undefined : eq(finding.auditId, filter.auditId),
      filter.grade === undefined ? undefined : eq(finding.grade, filter.grade),
      filter.ownerId === undefined ? undefined : or(eq(finding.ownerId, filter.ownerId), and(isNull(finding.ownerId), eq(certification.ownerId, filter.ownerId))),
      filter.foundBy === undefined ? undefined : lte(finding.foundOn, filter.foundBy),
      filter.unclosedOnly ? and(isNull(finding.closedOn), sql`${finding.closesBy} <> 'nothing'`) : undefined,
    )).orderBy(asc(finding.certificationId), asc(finding.id)).limit(limit)
  return rows.map((row) => ({
    finding: toFinding(row.finding), audit: row.audit ?? undefined,
    certification: { id: row.certification.id, name: row.certification.name, scheme: row.certification.scheme, options: row.certification.options, organisationId: row.certification.organisationId, ownerId: row.certification.ownerId ?? undefined },
  }))
}

/** Lists the findings of certifications that keep a renewal from being decided while they are open, closed ones among them. */
export async function listBlockingOf(db: Db, certificationIds: readonly number[]): Promise<Finding[]> {
  const found: Finding[] = []
  for (let i = 0; i < certificationIds.length; i += batch) {
    const rows = await db.select().from(finding)
      .where(and(inArray(finding.certificationId, certificationIds.slice(i, i + batch)), eq(finding.blocks, true)))
      .orderBy(asc(finding.certificationId), asc(finding.id)).limit(10_000)
    found.push(...rows.map(toFinding))
  }
  return found
}

/** Returns the grade of each finding, by its id. */
export async function listGrades(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>()
  for (let i = 0; i < ids.length; i += batch) {
    const rows = await db.select({ id: finding.id, grade: finding.grade }).from(finding).where(inArray(finding.id, ids.slice(i, i + batch)))
      .orderBy(asc(finding.id)).limit(batch)
    for (const row of rows) found.set(row.id, row.grade)
  }
  return found
}

export interface AuditName { readonly title: string; readonly lastOn: Day | undefined; readonly covers: boolean }

/** Returns an audit and whether it is to meet a duty of the certification; undefined where there is none. */
export async function findAuditOf(db: Db, auditId: number, certificationId: number): Promise<AuditName | undefined> {
  const [row] = await db.select().from(audit).where(eq(audit.id, auditId)).limit(1)
  if (!row) return undefined
  const covered = await db.select({ id: obligation.id }).from(auditDuty).innerJoin(obligation, eq(obligation.id, auditDuty.obligationId))
    .where(and(eq(auditDuty.auditId, auditId), eq(obligation.certificationId, certificationId))).orderBy(asc(obligation.id)).limit(1)
  return { title: row.title, lastOn: row.carriedOutOn ?? undefined, covers: covered.length === 1 }
}
