// Items of checklists and the evidence for them: written in batches, changed only as they were read.
// Evidence is never changed or deleted, only withdrawn with the moment.

import { and, asc, eq, inArray, isNull, or, sql, type SQL } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import { type Evidence, type Listed, mostItems, type NewEvidence, type Requirement, type RequirementState, type RequirementValues } from '../core/requirement.ts'
import type { Db } from './database.ts'
import { certification } from './schema-records.ts'
import { evidence, requirement } from './schema-proof.ts'

type Row = typeof requirement.$inferSelect

const batch = 300

const toRequirement = (row: Row): Requirement => ({
  id: row.id, certificationId: row.certificationId, area: row.area, code: row.code, ordinal: row.ordinal, title: row.title,
  state: row.state, ownerId: row.ownerId ?? undefined, reason: row.reason ?? undefined, revision: row.revision,
})

const toEvidence = (row: typeof evidence.$inferSelect): Evidence =>
  ({ id: row.id, requirementId: row.requirementId!, title: row.title ?? undefined, link: row.link!, addedAt: row.addedAt })

export interface Holder { readonly id: number; readonly scheme: string; readonly organisationId: number }

/** Lists which scheme each certification is of. */
export async function listHolders(db: Db, certificationIds: readonly number[]): Promise<Holder[]> {
  const found: Holder[] = []
  for (let i = 0; i < certificationIds.length; i += batch) {
    found.push(...await db.select({ id: certification.id, scheme: certification.scheme, organisationId: certification.organisationId })
      .from(certification).where(inArray(certification.id, certificationIds.slice(i, i + batch))).orderBy(asc(certification.id)).limit(batch))
  }
  return found
}

export type NewRequirement = Listed & RequirementValues & { readonly certificationId: number }

/** Inserts items, open where nothing else is said; ids come back in the order given. */
export async function insertRequirements(db: Db, values: readonly NewRequirement[], at: Instant): Promise<number[]> {
  const ids: number[] = []
  for (let i = 0; i < values.length; i += batch) {
    const rows = await db.insert(requirement).values(values.slice(i, i + batch).map((one) => ({
      certificationId: one.certificationId, area: one.area, code: one.code, ordinal: one.ordinal, title: { ...one.title },
      state: one.state ?? 'open', ownerId: one.ownerId ?? null, reason: one.reason ?? null, changedAt: at, revision: 1,
    }))).returning({ id: requirement.id })
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}

/** Rewrites what the scheme decides of an item: nobody's change is in the way. */
export async function rewriteRequirement(db: Db, { id, area, ordinal, title }: Listed & { readonly id: number }): Promise<void> {
  await db.update(requirement).set({ area, ordinal, title: { ...title }, revision: sql`${requirement.revision} + 1` }).where(eq(requirement.id, id))
}

/**
 * Applies what a person decided, if nobody else changed the row since it was read.
 * Returns false where somebody did: the caller reads again and says so.
 */
export async function changeRequirement(
  db: Db, one: Pick<Requirement, 'id' | 'revision'>, values: RequirementValues & Partial<Pick<Listed, 'area' | 'title'>>, at: Instant,
): Promise<boolean> {
  const changed = await db.update(requirement)
    .set({ ...values, title: values.title && { ...values.title }, changedAt: at, revision: sql`${requirement.revision} + 1` })
    .where(and(eq(requirement.id, one.id), eq(requirement.revision, one.revision))).returning({ id: requirement.id })
  return changed.length === 1
}

export interface RequirementFilter {
  readonly certificationId?: number | undefined
  readonly areas?: readonly string[] | undefined
  readonly state?: RequirementState | undefined
  /** Theirs, or nobody's own and of a certification that is theirs. */
  readonly ownerId?: number | undefined
}

export type Owned = Requirement & {
  readonly certification: string
  readonly scheme: string
  /** The owner of the item, else of its certification. */
  readonly effectiveOwnerId: number | undefined
}

/** Lists items by certification, in the order of its list. */
export async function listRequirements(db: Db, filter: RequirementFilter, limit: number): Promise<Owned[]> {
  const rows = await db.select({ requirement, certification: certification.name, scheme: certification.scheme, ownerId: certification.ownerId })
    .from(requirement).innerJoin(certification, eq(certification.id, requirement.certificationId))
    .where(and(
      filter.certificationId === undefined ? undefined : eq(requirement.certificationId, filter.certificationId),
      filter.areas === undefined ? undefined : inArray(requirement.area, [...filter.areas]),
      filter.state === undefined ? undefined : eq(requirement.state, filter.state),
      filter.ownerId === undefined ? undefined : ownedBy(filter.ownerId),
    )).orderBy(asc(requirement.certificationId), asc(requirement.ordinal), asc(requirement.id)).limit(limit)
  return rows.map((row) => ({
    ...toRequirement(row.requirement), certification: row.certification, scheme: row.scheme,
    effectiveOwnerId: row.requirement.ownerId ?? row.ownerId ?? undefined,
  }))
}

const ownedBy = (ownerId: number): SQL | undefined =>
  or(eq(requirement.ownerId, ownerId), and(isNull(requirement.ownerId), eq(certification.ownerId, ownerId)))

export async function listRequirementsOf(db: Db, certificationIds: readonly number[]): Promise<Requirement[]> {
  const found: Requirement[] = []
  for (let i = 0; i < certificationIds.length; i += batch) {
    const rows = await db.select().from(requirement).where(inArray(requirement.certificationId, certificationIds.slice(i, i + batch)))
      .orderBy(asc(requirement.certificationId), asc(requirement.ordinal), asc(requirement.id)).limit(batch * mostItems)
    found.push(...rows.map(toRequirement))
  }
  return found
}

export async function findRequirement(db: Db, id: number): Promise<Requirement | undefined> {
  const [row] = await db.select().from(requirement).where(eq(requirement.id, id)).limit(1)
  return row && toRequirement(row)
}

/** Lists the evidence of items that has not been withdrawn, the oldest first. */
export async function listEvidenceOf(db: Db, requirementIds: readonly number[]): Promise<ReadonlyMap<number, readonly Evidence[]>> {
  const found: Evidence[] = []
  for (let i = 0; i < requirementIds.length; i += batch) {
    const rows = await db.select().from(evidence)
      .where(and(inArray(evidence.requirementId, requirementIds.slice(i, i + batch)), isNull(evidence.withdrawnAt)))
      .orderBy(asc(evidence.id)).limit(100_000)
    found.push(...rows.map(toEvidence))
  }
  return Map.groupBy(found, (one) => one.requirementId)
}

/** Adds evidence; a link that somebody added in the same moment is there already and stays theirs. Returns the new ids. */
export async function insertEvidence(
  db: Db, values: readonly (NewEvidence & { readonly requirementId: number })[], by: { readonly id: number | undefined; readonly at: Instant },
): Promise<{ readonly id: number; readonly requirementId: number }[]> {
  const ids: { id: number; requirementId: number }[] = []
  for (let i = 0; i < values.length; i += batch) {
    ids.push(...await db.insert(evidence).values(values.slice(i, i + batch).map((one) => ({
      requirementId: one.requirementId, title: one.title ?? null, link: one.link, addedBy: by.id ?? null, addedAt: by.at,
    }))).onConflictDoNothing().returning({ id: evidence.id, requirementId: sql<number>`${evidence.requirementId}` }))
  }
  return ids
}

export async function withdrawEvidence(db: Db, ids: readonly number[], at: Instant): Promise<void> {
  if (ids.length === 0) return
  await db.update(evidence).set({ withdrawnAt: at }).where(and(inArray(evidence.id, [...ids]), isNull(evidence.withdrawnAt)))
}
