// What the weekly status counts and names: read models, each one statement, ordered and limited.

import { and, asc, count, desc, eq, gte, inArray, isNotNull, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { Day, Instant } from '../core/day.ts'
import type { Obligation } from '../core/obligation.ts'
import type { Db } from './database.ts'
import { answer } from './schema-answers.ts'
import { message, notice } from './schema-mail.ts'
import { certification, person } from './schema-records.ts'
import { history } from './schema-system.ts'
import { obligation } from './schema-work.ts'
import { toObligation } from './obligations.ts'
import { certificationWithin, type Within } from './within.ts'

export interface DutyRow {
  readonly obligation: Obligation
  readonly certification: {
    readonly id: number; readonly name: string; readonly scheme: string; readonly options: Record<string, string>
    readonly organisationId: number; readonly ownerId: number | null; readonly holder: string | null; readonly certificationBody: string | null
  }
}

const live = inArray(obligation.state, ['open', 'submitted'])
const ownerOf = sql<number | null>`coalesce(${obligation.ownerId}, ${certification.ownerId})`

/** Live duties of these certifications due up to a day; the earliest first. */
export const listDutiesUntil = (db: Db, within: Within, until: Day, limit = 20_000): Promise<DutyRow[]> =>
  listDuties(db, and(certificationWithin(within), live, lte(obligation.dueOn, until)), limit)

/** Live duties that are somebody's own, or nobody's own and of a certification that is theirs, due up to a day. */
export const listDutiesOwned = (db: Db, personId: number, until: Day, limit = 2000): Promise<DutyRow[]> =>
  listDuties(db, and(eq(ownerOf, personId), live, lte(obligation.dueOn, until)), limit)

async function listDuties(db: Db, where: SQL | undefined, limit: number): Promise<DutyRow[]> {
  const rows = await db.select({ obligation, certification }).from(obligation)
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(where).orderBy(asc(obligation.dueOn), asc(obligation.id)).limit(limit)
  return rows.map((row) => ({ obligation: toObligation(row.obligation), certification: row.certification }))
}

/** Live duties whose owner has said that they are not theirs, and still owns them; with who said so. */
export async function listDisowned(db: Db, within: Within, limit = 200): Promise<(DutyRow & { readonly person: string })[]> {
  const rows = await db.selectDistinctOn([obligation.dueOn, obligation.id], { obligation, certification, person: person.name }).from(answer)
    .innerJoin(notice, eq(notice.id, answer.noticeId)).innerJoin(obligation, eq(obligation.id, answer.obligationId))
    .innerJoin(certification, eq(certification.id, obligation.certificationId)).innerJoin(person, eq(person.id, ownerOf))
    .where(and(
      eq(answer.action, 'not-mine'), isNull(answer.takenBackAt), live, certificationWithin(within),
      eq(ownerOf, sql`coalesce(${notice.onBehalfOf}, ${answer.personId})`),
    )).orderBy(asc(obligation.dueOn), asc(obligation.id)).limit(limit)
  return rows.map((row) => ({ obligation: toObligation(row.obligation), certification: row.certification, person: row.person }))
}

/** Owners who have left and what is still theirs; whose is due first comes first. */
export async function listLeftOwners(db: Db, within: Within, limit = 50) {
  return await db.select({
    person: person.name, duties: count(), dueOn: sql<string>`min(${obligation.dueOn})::text`, tier: sql<'A' | 'B' | 'C'>`min(${obligation.tier})`,
    exampleId: sql<number>`(array_agg(${certification.id} order by ${obligation.dueOn}, ${obligation.id}))[1]`,
    example: sql<string>`(array_agg(${certification.name} order by ${obligation.dueOn}, ${obligation.id}))[1]`,
  }).from(obligation).innerJoin(certification, eq(certification.id, obligation.certificationId)).innerJoin(person, eq(person.id, ownerOf))
    .where(and(certificationWithin(within), live, isNotNull(person.deactivatedAt)))
    .groupBy(person.id, person.name).orderBy(sql`min(${obligation.dueOn})`, asc(person.id)).limit(limit)
}

/** When duties were last given to somebody, by duty; one that never was is missing. */
export async function listGivenAt(db: Db, duties: readonly { readonly id: number; readonly certificationId: number }[]): Promise<ReadonlyMap<number, Instant>> {
  if (duties.length === 0) return new Map()
  const given = await db.select({ subject: history.subject, id: history.subjectId, at: history.at }).from(history).where(sql`
    (${history.subject} = 'obligation' and ${history.event} = 'obligation-assigned' and ${inArray(history.subjectId, duties.map((one) => one.id))})
    or (${history.subject} = 'certification' and ${history.event} = 'certification-owner' and ${inArray(history.subjectId, duties.map((one) => one.certificationId))})`)
    .orderBy(asc(history.id)).limit(10_000)
  const last = new Map(given.map((one) => [`${one.subject} ${one.id}`, one.at]))
  return new Map(duties.flatMap((duty) => {
    const at = last.get(`obligation ${duty.id}`) ?? last.get(`certification ${duty.certificationId}`)
    return at ? [[duty.id, at] as const] : []
  }))
}

export interface Gaps {
  readonly withoutOwner: number
  readonly withoutOwnerExample: { readonly id: number; readonly name: string } | undefined
  /** The first day that something nobody owns falls due. */
  readonly withoutOwnerDueOn: Day | undefined
  readonly unconfirmed: number
  readonly expired: number
  readonly expiredExample: { readonly id: number; readonly name: string } | undefined
}

/** Counts what nobody owns and what waits for an answer. */
export async function readGaps(db: Db, within: Within): Promise<Gaps> {
  const inside = certificationWithin(within)
  const ownerless = await db.select({
    id: certification.id, name: certification.name, n: sql<number>`count(*) over ()::int`, dueOn: sql<string>`min(${obligation.dueOn})::text`,
  }).from(obligation).innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(inside, live, isNull(ownerOf))).groupBy(certification.id, certification.name)
    .orderBy(sql`min(${obligation.dueOn})`, asc(certification.id)).limit(1)
  const asked = and(inside, eq(obligation.state, 'unconfirmed'))
  const unconfirmed = await db.select({ n: count(), expired: sql<number>`count(*) filter (where ${obligation.kind} = 'expiry')::int` })
    .from(obligation).innerJoin(certification, eq(certification.id, obligation.certificationId)).where(asked)
  const expired = await db.select({ id: certification.id, name: certification.name }).from(obligation)
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(asked, eq(obligation.kind, 'expiry'))).orderBy(asc(obligation.dueOn), asc(obligation.id)).limit(1)
  return {
    withoutOwner: ownerless[0]?.n ?? 0, withoutOwnerExample: ownerless[0], withoutOwnerDueOn: ownerless[0] && Temporal.PlainDate.from(ownerless[0].dueOn),
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

/** What happened to these certifications and their duties since a moment, newest first. */
export async function listChanges(db: Db, within: Within, since: Instant, limit = 2000) {
  const inside = db.select({ id: certification.id }).from(certification).where(certificationWithin(within))
  const duties = db.select({ id: obligation.id }).from(obligation).where(inArray(obligation.certificationId, inside))
  return await db.select().from(history).where(and(
    inArray(history.organisationId, [...within.organisationIds]), gte(history.at, since),
    sql`((${history.subject} = 'certification' and ${inArray(history.subjectId, inside)}) or (${history.subject} = 'obligation' and ${inArray(history.subjectId, duties)}))`,
  )).orderBy(desc(history.id)).limit(limit)
}

export interface MailCounts { readonly sent: number; readonly captured: number; readonly failed: number; readonly waiting: number }

/** Mail of these organisations' people: by state since a moment, and what should have left a quarter of an hour ago. */
export async function countMail(db: Db, organisationIds: readonly number[], at: { readonly since: Instant; readonly now: Instant }): Promise<MailCounts> {
  const theirs = inArray(message.organisationId, [...organisationIds])
  const [row] = await db.select({
    sent: sql<number>`count(*) filter (where ${message.state} = 'sent')::int`,
    captured: sql<number>`count(*) filter (where ${message.state} = 'captured')::int`,
    failed: sql<number>`count(*) filter (where ${message.state} in ('rejected', 'abandoned'))::int`,
  }).from(message).where(and(theirs, gte(message.settledAt, at.since), lte(message.settledAt, at.now)))
  const [due] = await db.select({ waiting: count() }).from(message)
    .where(and(theirs, inArray(message.state, ['planned', 'deferred']), lt(message.dueAt, at.now.subtract({ minutes: 15 }))))
  return { sent: 0, captured: 0, failed: 0, ...row, waiting: due?.waiting ?? 0 }
}
