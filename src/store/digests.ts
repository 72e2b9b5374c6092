// What the weekly status counts and names: read models, each one statement, ordered and limited.

import { and, asc, desc, eq, gte, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import type { Day, Instant } from '../core/day.ts'
import type { Obligation } from '../core/obligation.ts'
import type { Db } from './database.ts'
import { message } from './schema-mail.ts'
import { certification, person } from './schema-records.ts'
import { history } from './schema-system.ts'
import { obligation } from './schema-work.ts'
import { toObligation } from './obligations.ts'

export interface DutyRow {
  readonly obligation: Obligation
  readonly certification: { readonly id: number; readonly name: string; readonly scheme: string; readonly options: Record<string, string>; readonly organisationId: number; readonly ownerId: number | null; readonly holder: string | null }
}

/** Live duties of these organisations due up to a day; the earliest first. */
export async function listDutiesUntil(db: Db, organisationIds: readonly number[], until: Day, limit = 2000): Promise<DutyRow[]> {
  if (organisationIds.length === 0) return []
  const rows = await db.select({ obligation, certification }).from(obligation)
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(
      inArray(obligation.organisationId, [...organisationIds]), inArray(obligation.state, ['open', 'submitted']),
      lte(obligation.dueOn, until),
    )).orderBy(asc(obligation.dueOn), asc(obligation.id)).limit(limit)
  return rows.map((row) => ({ obligation: toObligation(row.obligation), certification: row.certification }))
}

export interface Gaps {
  readonly withoutOwner: number
  readonly withoutOwnerExample: { readonly id: number; readonly name: string } | undefined
  readonly unconfirmed: number
  readonly expired: number
  readonly expiredExample: { readonly id: number; readonly name: string } | undefined
}

/** Counts what nobody owns and what waits for an answer. */
export async function readGaps(db: Db, organisationIds: readonly number[]): Promise<Gaps> {
  const within = inArray(certification.organisationId, [...organisationIds])
  const ownerless = await db.select({ id: certification.id, name: certification.name, n: sql<number>`count(*) over ()::int` })
    .from(certification).where(and(within, isNull(certification.ownerId), sql`exists (select 1 from obligation o
      where o.certification_id = ${certification.id} and o.owner_id is null and o.state in ('open', 'submitted'))`))
    .orderBy(asc(certification.id)).limit(1)
  const unconfirmed = await db.select({
    n: sql<number>`count(*)::int`, expired: sql<number>`count(*) filter (where ${obligation.kind} = 'expiry')::int`,
  }).from(obligation).where(and(inArray(obligation.organisationId, [...organisationIds]), eq(obligation.state, 'unconfirmed')))
  const expired = await db.select({ id: certification.id, name: certification.name }).from(obligation)
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(inArray(obligation.organisationId, [...organisationIds]), eq(obligation.state, 'unconfirmed'), eq(obligation.kind, 'expiry')))
    .orderBy(asc(obligation.dueOn), asc(obligation.id)).limit(1)
  return {
    withoutOwner: ownerless[0]?.n ?? 0, withoutOwnerExample: ownerless[0],
    unconfirmed: unconfirmed[0]?.n ?? 0, expired: unconfirmed[0]?.expired ?? 0, expiredExample: expired[0],
  }
}

/** People of these organisations whom no mail reaches though they own something. */
export async function listUnreachable(db: Db, organisationIds: readonly number[], limit = 50) {
  return await db.select({ id: person.id, name: person.name, rejectedAt: person.emailRejectedAt }).from(person)
    .where(and(
      inArray(person.organisationId, [...organisationIds]), isNull(person.deactivatedAt),
      sql`(${person.email} is null or ${person.emailRejectedAt} is not null)`,
    )).orderBy(asc(person.id)).limit(limit)
}

/** What happened to certifications and duties since a moment, newest first. */
export async function listChanges(db: Db, organisationIds: readonly number[], since: Instant, limit = 2000) {
  return await db.select().from(history)
    .where(and(
      inArray(history.organisationId, [...organisationIds]), gte(history.at, since),
      inArray(history.subject, ['certification', 'obligation']),
    )).orderBy(desc(history.id)).limit(limit)
}

/** Mail by state since a moment, of these organisations' people. */
export async function countMail(db: Db, organisationIds: readonly number[], since: Instant): Promise<{ sent: number; captured: number; failed: number }> {
  const [row] = await db.select({
    sent: sql<number>`count(*) filter (where ${message.state} = 'sent')::int`,
    captured: sql<number>`count(*) filter (where ${message.state} = 'captured')::int`,
    failed: sql<number>`count(*) filter (where ${message.state} in ('rejected', 'abandoned'))::int`,
  }).from(message).where(and(inArray(message.organisationId, [...organisationIds]), gte(message.settledAt, since), isNotNull(message.settledAt)))
  return row ?? { sent: 0, captured: 0, failed: 0 }
}
