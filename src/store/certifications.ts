// Certifications with their cycles, anchors and decisions: written in batches, read as whole records.

import { and, arrayContains, asc, eq, gt, inArray, or, sql } from 'drizzle-orm'
import type { Anchor, Certification, CoverageKind, Cycle, CycleKind, Decision } from '../core/certification.ts'
import type { Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import { anchor, certification, coverage, cycle, decision } from './schema-records.ts'
import { certificationWithin, type Within } from './within.ts'

export type CertificationValues = Omit<typeof certification.$inferInsert, 'id' | 'revision'>
type Row = typeof certification.$inferSelect

const batch = 500

/** Inserts records with their first cycle; ids come back in the order given. */
export async function insertCertifications(db: Db, values: readonly CertificationValues[]): Promise<number[]> {
  const ids: number[] = []
  for (let i = 0; i < values.length; i += batch) {
    const rows = await db.insert(certification)
      .values(values.slice(i, i + batch).map((one) => ({ ...one, revision: 1 }))).returning({ id: certification.id })
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}

export async function insertCycles(
  db: Db, cycles: readonly { certificationId: number; number: number; kind: CycleKind }[],
): Promise<void> {
  for (let i = 0; i < cycles.length; i += batch) await db.insert(cycle).values(cycles.slice(i, i + batch))
}

/** Sets anchors, replacing those of the same name. */
export async function saveAnchors(
  db: Db, anchors: readonly ({ certificationId: number; cycle: number } & Anchor)[],
): Promise<void> {
  for (let i = 0; i < anchors.length; i += batch) {
    await db.insert(anchor).values(anchors.slice(i, i + batch)).onConflictDoUpdate({
      target: [anchor.certificationId, anchor.cycle, anchor.name],
      set: { day: sql`excluded.day`, assumed: sql`excluded.assumed` },
    })
  }
}

export async function removeAnchors(db: Db, certificationId: number, number: number, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await db.delete(anchor).where(and(
    eq(anchor.certificationId, certificationId), eq(anchor.cycle, number), inArray(anchor.name, [...names])))
}

/** Sets what a certificate covers, of one kind, in the order of its annex; what it named before is replaced. */
export async function saveCoverage(db: Db, certificationId: number, kind: CoverageKind, names: readonly string[]): Promise<void> {
  await db.delete(coverage).where(and(eq(coverage.certificationId, certificationId), eq(coverage.kind, kind)))
  const rows = names.map((name, n) => ({ certificationId, kind, ordinal: n + 1, name }))
  for (let i = 0; i < rows.length; i += batch) await db.insert(coverage).values(rows.slice(i, i + batch))
}

export async function insertDecisions(
  db: Db, decisions: readonly ({ certificationId: number; recordedAt: Instant; recordedBy?: number | null } & Decision)[],
): Promise<void> {
  for (let i = 0; i < decisions.length; i += batch) {
    await db.insert(decision).values(decisions.slice(i, i + batch).map((one) => ({
      certificationId: one.certificationId, cycle: one.cycle, kind: one.kind, decidedOn: one.decidedOn,
      untilOn: one.untilOn ?? null, reason: one.reason ?? null, was: one.was ?? null,
      recordedBy: one.recordedBy ?? null, recordedAt: one.recordedAt,
    })))
  }
}

export async function updateCertification(
  db: Db, id: number, values: Partial<CertificationValues>,
): Promise<void> {
  await db.update(certification).set({ ...values, revision: sql`${certification.revision} + 1` }).where(eq(certification.id, id))
}

/** A stored record beside what a register calls it. */
export interface Registered { readonly record: Certification; readonly registerKey: string; readonly registerFacts: Record<string, string> }

/** Finds what is stored under the register keys of one organisation and scheme. */
export async function listByRegisterKeys(
  db: Db, organisationId: number, scheme: string, keys: readonly string[],
): Promise<Registered[]> {
  const found: Registered[] = []
  for (let i = 0; i < keys.length; i += batch) {
    const rows = await db.select().from(certification).where(and(
      eq(certification.organisationId, organisationId), eq(certification.scheme, scheme),
      inArray(certification.registerKey, keys.slice(i, i + batch)),
    )).orderBy(asc(certification.id)).limit(batch)
    const records = await withParts(db, rows)
    found.push(...records.map((record, n) => ({
      record, registerKey: rows[n]!.registerKey, registerFacts: rows[n]!.registerFacts,
    })))
  }
  return found
}

export async function readCertifications(db: Db, ids: readonly number[]): Promise<Certification[]> {
  const records: Certification[] = []
  for (let i = 0; i < ids.length; i += batch) {
    const rows = await db.select().from(certification)
      .where(inArray(certification.id, ids.slice(i, i + batch))).orderBy(asc(certification.id)).limit(batch)
    records.push(...await withParts(db, rows))
  }
  return records
}

export async function findCertification(db: Db, id: number): Promise<Certification | undefined> {
  return (await readCertifications(db, [id]))[0]
}

export interface CertificationFilter {
  readonly organisationId?: number | undefined
  readonly ownerId?: number | undefined
  readonly scheme?: string | undefined
  readonly within?: Within | undefined
  /** With this tag. */
  readonly tag?: string | undefined
  /** Words in the name, holder, number or tags. */
  readonly words?: string | undefined
  /** Only ids after this one: the next page. */
  readonly after?: number | undefined
}

export async function listCertifications(db: Db, filter: CertificationFilter, limit = 100): Promise<Certification[]> {
  const like = filter.words && `%${filter.words.replace(/[\\%_]/g, '\\$&')}%`
  const rows = await db.select().from(certification).where(and(
    filter.organisationId === undefined ? undefined : eq(certification.organisationId, filter.organisationId),
    filter.ownerId === undefined ? undefined : eq(certification.ownerId, filter.ownerId),
    filter.scheme === undefined ? undefined : eq(certification.scheme, filter.scheme),
    filter.within && certificationWithin(filter.within),
    filter.tag === undefined ? undefined : arrayContains(certification.tags, [filter.tag]),
    filter.after === undefined ? undefined : gt(certification.id, filter.after),
    like ? or(sql`${certification.name} ilike ${like}`, sql`${certification.holder} ilike ${like}`, sql`${certification.certificateNumber} ilike ${like}`,
      sql`array_to_string(${certification.tags}, ', ') ilike ${like}`) : undefined,
  )).orderBy(asc(certification.id)).limit(limit)
  return await withParts(db, rows)
}

async function withParts(db: Db, rows: readonly Row[]): Promise<Certification[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const cycles = await db.select().from(cycle)
    .where(inArray(cycle.certificationId, ids)).orderBy(asc(cycle.certificationId), asc(cycle.number)).limit(100_000)
  const anchors = await db.select().from(anchor)
    .where(inArray(anchor.certificationId, ids)).orderBy(asc(anchor.certificationId), asc(anchor.cycle), asc(anchor.name)).limit(100_000)
  const decisions = await db.select().from(decision)
    .where(inArray(decision.certificationId, ids)).orderBy(asc(decision.certificationId), asc(decision.id)).limit(100_000)
  const covered = await db.select().from(coverage)
    .where(inArray(coverage.certificationId, ids)).orderBy(asc(coverage.certificationId), asc(coverage.kind), asc(coverage.ordinal)).limit(100_000)
  const coveredBy = Map.groupBy(covered, (one) => `${one.certificationId}/${one.kind}`)
  const namesOf = (id: number, kind: CoverageKind): string[] => (coveredBy.get(`${id}/${kind}`) ?? []).map((one) => one.name)
  const anchorsOf = Map.groupBy(anchors, (one) => `${one.certificationId}/${one.cycle}`)
  const cyclesOf = Map.groupBy(cycles, (one) => one.certificationId)
  const decisionsOf = Map.groupBy(decisions, (one) => one.certificationId)
  return rows.map((row) => toCertification(row, {
    covers: namesOf(row.id, 'organisation'), sites: namesOf(row.id, 'site'),
    cycles: (cyclesOf.get(row.id) ?? []).map((one): Cycle => ({
      number: one.number, kind: one.kind,
      anchors: (anchorsOf.get(`${row.id}/${one.number}`) ?? []).map(({ name, day, assumed }) => ({ name, day, assumed })),
    })),
    decisions: (decisionsOf.get(row.id) ?? []).map((one): Decision => ({
      kind: one.kind, cycle: one.cycle, decidedOn: one.decidedOn,
      untilOn: one.untilOn ?? undefined, reason: one.reason ?? undefined, ...(one.was && { was: one.was }),
    })),
  }))
}

const toCertification = (row: Row, parts: Pick<Certification, 'cycles' | 'decisions' | 'covers' | 'sites'>): Certification => ({
  id: row.id, organisationId: row.organisationId, scheme: row.scheme, options: row.options, country: row.country ?? undefined, name: row.name,
  scope: row.scope ?? undefined, holder: row.holder ?? undefined,
  certificateNumber: row.certificateNumber ?? undefined, certificationBody: row.certificationBody ?? undefined,
  ownerId: row.ownerId ?? undefined, tags: row.tags, parentId: row.parentId ?? undefined,
  enteredOn: row.enteredOn, createdAt: row.createdAt, ...parts,
})

/** Ids of the certifications that ride on this one. */
export async function listRiders(db: Db, parentId: number, limit = 1000): Promise<number[]> {
  const rows = await db.select({ id: certification.id }).from(certification)
    .where(eq(certification.parentId, parentId)).orderBy(asc(certification.id)).limit(limit)
  return rows.map((row) => row.id)
}

/** Names of the certifications that ride on these, by parent: named in the parent's line. */
export async function listRiderNames(db: Db, parentIds: readonly number[]): Promise<ReadonlyMap<number, string[]>> {
  if (parentIds.length === 0) return new Map()
  const rows = await db.select({ parentId: certification.parentId, name: certification.name }).from(certification)
    .where(inArray(certification.parentId, [...parentIds])).orderBy(asc(certification.id)).limit(10_000)
  const grouped = Map.groupBy(rows, (row) => row.parentId!)
  return new Map([...grouped].map(([id, riders]) => [id, riders.map((rider) => rider.name)]))
}
