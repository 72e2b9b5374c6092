// Items of checklists: written in batches, changed only as they were read. The evidence for them is in
// evidence.ts.

import { and, asc, eq, inArray, isNull, or, sql, type SQL } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import { type Listed, mostItems, type Requirement, type RequirementState, type RequirementValues } from '../core/requirement.ts'
import type { Db } from './database.ts'
import { certification } from './schema-records.ts'
import { requirement } from './schema-proof.ts'

type Row = typeof requirement.$inferSelect

const batch = 300

const toRequirement = (row: Row): Requirement => ({
  id: row.id, certificationId: row.certificationId, area: row.area, code: row.code, ordinal: row.ordinal, title: row.title,
  state: row.state, ownerId: row.ownerId ?? undefined, reason: row.reason ?? undefined, revision: row.revision,
})

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
