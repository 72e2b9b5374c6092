// Links and files as proof of one thing each: who added what when, listed with what they prove. Evidence is
// never changed or deleted, only withdrawn with moment, person and reason.

import { aliasedTable, and, asc, desc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import type { Words } from '../core/certification.ts'
import type { Instant } from '../core/day.ts'
import type { Evidence, Target, TargetKind } from '../core/evidence.ts'
import type { Db } from './database.ts'
import { evidence, file, finding, requirement } from './schema-proof.ts'
import { certification, person } from './schema-records.ts'
import { obligation, procedure, step } from './schema-work.ts'

const batch = 300

export interface NewProof {
  readonly target: Target
  readonly title: string | undefined
  /** A link, or a complete file by its SHA-256 and the name it had. */
  readonly proof: { readonly link: string } | { readonly sha256: string; readonly name: string }
}

interface By { readonly id: number | undefined; readonly at: Instant }

const columnOf = {
  requirement: evidence.requirementId, obligation: evidence.obligationId, step: evidence.stepId, finding: evidence.findingId,
} as const satisfies Record<TargetKind, unknown>

const only = (kind: TargetKind, target: Target): number | null => (target.kind === kind ? target.id : null)

/** Adds evidence; what is there already, or is added by somebody else in the same moment, stays theirs. Returns the new ids. */
export async function insertEvidence(db: Db, values: readonly NewProof[], by: By): Promise<number[]> {
  const ids: number[] = []
  for (let i = 0; i < values.length; i += batch) {
    const added = await db.insert(evidence).values(values.slice(i, i + batch).map(({ target, title, proof }) => ({
      requirementId: only('requirement', target), obligationId: only('obligation', target), stepId: only('step', target), findingId: only('finding', target),
      title: title ?? null, addedBy: by.id ?? null, addedAt: by.at,
      ...('link' in proof ? { link: proof.link } : { file: proof.sha256, fileName: proof.name }),
    }))).onConflictDoNothing().returning({ id: evidence.id })
    ids.push(...added.map((row) => row.id))
  }
  return ids
}

/** Finds the number under which a link, or a file by its SHA-256, is evidence of the same thing already. */
export async function findSameEvidence(db: Db, target: Target, proof: NewProof['proof']): Promise<number | undefined> {
  const [found] = await db.select({ id: evidence.id }).from(evidence).where(and(
    eq(columnOf[target.kind], target.id), isNull(evidence.withdrawnAt),
    'link' in proof ? eq(evidence.link, proof.link) : eq(evidence.file, proof.sha256),
  )).limit(1)
  return found?.id
}

/** Withdraws what has not been withdrawn yet; returns the ids of these. */
export async function withdrawEvidence(db: Db, ids: readonly number[], by: By & { readonly reason?: string | undefined }): Promise<number[]> {
  if (ids.length === 0) return []
  const withdrawn = await db.update(evidence).set({ withdrawnAt: by.at, withdrawnBy: by.id ?? null, withdrawnReason: by.reason ?? null })
    .where(and(inArray(evidence.id, [...ids]), isNull(evidence.withdrawnAt))).returning({ id: evidence.id })
  return withdrawn.map((row) => row.id)
}

type Row = typeof evidence.$inferSelect

function toEvidence(row: Row, content: typeof file.$inferSelect | null): Evidence {
  const { id, addedAt } = row
  const title = row.title ?? undefined
  if (row.link !== null) return { id, title, addedAt, link: row.link }
  if (content === null) throw new Error(`The evidence ${id} is neither a link nor a file.`)
  return { id, title, addedAt, file: { name: row.fileName ?? content.sha256, size: content.size, type: content.type, sha256: content.sha256 } }
}

/** Lists the evidence of items that has not been withdrawn, the oldest first. */
export async function listEvidenceOf(db: Db, requirementIds: readonly number[]): Promise<ReadonlyMap<number, readonly Evidence[]>> {
  const found: { of: number; evidence: Evidence }[] = []
  for (let i = 0; i < requirementIds.length; i += batch) {
    const rows = await db.select({ of: requirement.id, evidence, file }).from(evidence)
      .innerJoin(requirement, eq(requirement.id, evidence.requirementId)).leftJoin(file, eq(file.sha256, evidence.file))
      .where(and(inArray(evidence.requirementId, requirementIds.slice(i, i + batch)), isNull(evidence.withdrawnAt)))
      .orderBy(asc(evidence.id)).limit(100_000)
    found.push(...rows.map((row) => ({ of: row.of, evidence: toEvidence(row.evidence, row.file) })))
  }
  const grouped = Map.groupBy(found, (one) => one.of)
  return new Map([...grouped].map(([id, ones]) => [id, ones.map((one) => one.evidence)]))
}

/** What evidence proves, with the words it is known by. */
export interface ProvenThing extends Target {
  /** The code of an item or a step, the number of a finding. */
  readonly code: string | undefined
  /** The run a step is of. */
  readonly procedureId: number | undefined
  readonly title: Words
}

export type Recorded = Evidence & {
  readonly certificationId: number
  readonly certification: string
  readonly organisationId: number
  readonly target: ProvenThing
  readonly addedBy: string | undefined
  readonly withdrawn: { readonly at: Instant; readonly by: string | undefined; readonly reason: string | undefined } | undefined
}

export interface EvidenceFilter {
  readonly id?: number | undefined
  readonly certificationId?: number | undefined
  readonly target?: Target | undefined
  /** Who added it. */
  readonly personId?: number | undefined
  /** Also what was withdrawn. */
  readonly withdrawnToo?: boolean | undefined
}

const remover = aliasedTable(person, 'remover')
const certificationOf = sql`coalesce(${requirement.certificationId}, ${obligation.certificationId}, ${procedure.certificationId}, ${finding.certificationId})`

/** Lists evidence with what it proves, the newest first. */
export async function listEvidence(db: Db, filter: EvidenceFilter, limit: number): Promise<Recorded[]> {
  const rows = await db.select({ evidence, file, certification, requirement, obligation, step, finding, addedBy: person.name, withdrawnBy: remover.name })
    .from(evidence)
    .leftJoin(requirement, eq(requirement.id, evidence.requirementId)).leftJoin(obligation, eq(obligation.id, evidence.obligationId))
    .leftJoin(step, eq(step.id, evidence.stepId)).leftJoin(procedure, eq(procedure.id, step.procedureId))
    .leftJoin(finding, eq(finding.id, evidence.findingId))
    .innerJoin(certification, eq(certification.id, certificationOf))
    .leftJoin(file, eq(file.sha256, evidence.file))
    .leftJoin(person, eq(person.id, evidence.addedBy)).leftJoin(remover, eq(remover.id, evidence.withdrawnBy))
    .where(and(
      filter.id === undefined ? undefined : eq(evidence.id, filter.id),
      filter.certificationId === undefined ? undefined : isOf(filter.certificationId),
      filter.target === undefined ? undefined : eq(columnOf[filter.target.kind], filter.target.id),
      filter.personId === undefined ? undefined : eq(evidence.addedBy, filter.personId),
      filter.withdrawnToo ? undefined : isNull(evidence.withdrawnAt),
    )).orderBy(desc(evidence.id)).limit(limit)
  return rows.map((row) => ({
    ...toEvidence(row.evidence, row.file), certificationId: row.certification.id, certification: row.certification.name,
    organisationId: row.certification.organisationId, target: thingOf(row), addedBy: row.addedBy ?? undefined,
    withdrawn: row.evidence.withdrawnAt === null ? undefined
      : { at: row.evidence.withdrawnAt, by: row.withdrawnBy ?? undefined, reason: row.evidence.withdrawnReason ?? undefined },
  }))
}

// As arrays that are made first, so that each kind is found by its own index.
const isOf = (id: number): SQL => sql`(
  ${evidence.requirementId} = any (array(select r.id from requirement r where r.certification_id = ${id}::int))
  or ${evidence.obligationId} = any (array(select o.id from obligation o where o.certification_id = ${id}::int))
  or ${evidence.stepId} = any (array(select s.id from step s join procedure p on p.id = s.procedure_id where p.certification_id = ${id}::int))
  or ${evidence.findingId} = any (array(select f.id from finding f where f.certification_id = ${id}::int)))`

interface Joined {
  readonly evidence: Row
  readonly requirement: typeof requirement.$inferSelect | null
  readonly obligation: typeof obligation.$inferSelect | null
  readonly step: typeof step.$inferSelect | null
  readonly finding: typeof finding.$inferSelect | null
}

function thingOf({ evidence: { id }, requirement: item, obligation: duty, step: part, finding: found }: Joined): ProvenThing {
  const none = { code: undefined, procedureId: undefined }
  if (item) return { ...none, kind: 'requirement', id: item.id, code: item.code, title: item.title }
  if (duty) return { ...none, kind: 'obligation', id: duty.id, title: duty.title }
  if (part) return { kind: 'step', id: part.id, code: part.code, procedureId: part.procedureId, title: part.title }
  if (found) return { ...none, kind: 'finding', id: found.id, code: found.number ?? undefined, title: { en: found.title, zh: found.title } }
  throw new Error(`The evidence ${id} proves nothing.`)
}

/** What evidence can be added to: by its number, a step by its run and code. */
export type TargetName = { readonly kind: Exclude<TargetKind, 'step'>; readonly id: number }
  | { readonly kind: 'step'; readonly procedureId: number; readonly code: string }

export type Found = Target & { readonly certificationId: number; readonly organisationId: number }

/** Finds what a name means, and whose it is. */
export async function findTarget(db: Db, name: TargetName): Promise<Found | undefined> {
  const [place] = await placeOf(db, name)
  if (place === undefined) return undefined
  const [of] = await db.select({ organisationId: certification.organisationId }).from(certification)
    .where(eq(certification.id, place.certificationId)).limit(1)
  return of && { kind: name.kind, ...place, ...of }
}

async function placeOf(db: Db, name: TargetName): Promise<{ id: number; certificationId: number }[]> {
  if (name.kind === 'step') {
    return await db.select({ id: step.id, certificationId: procedure.certificationId }).from(step)
      .innerJoin(procedure, eq(procedure.id, step.procedureId)).where(and(eq(step.procedureId, name.procedureId), eq(step.code, name.code))).limit(1)
  }
  const from = { requirement, obligation, finding }[name.kind]
  return await db.select({ id: from.id, certificationId: from.certificationId }).from(from).where(eq(from.id, name.id)).limit(1)
}
