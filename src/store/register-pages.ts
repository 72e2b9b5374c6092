// What the pages read about certifications: the register a page at a time, sorted by the last valid
// day, and what was said and recorded about one of them.

import { and, asc, desc, eq, or, sql, type SQL } from 'drizzle-orm'
import type { Day, Instant } from '../core/day.ts'
import { type Db, rows } from './database.ts'
import { certificationSeenBy, type SeenBy } from './overview.ts'
import { message, notice } from './schema-mail.ts'
import { certification, person } from './schema-records.ts'
import { history } from './schema-system.ts'
import { obligation } from './schema-work.ts'

/** `current`: valid, planned or suspended; `ended`: past its last day, or ended by a decision. */
export type Shown = 'current' | 'ended' | 'all'

export interface RegisterFilter {
  readonly seenBy: SeenBy
  readonly shown: Shown
  /** Words in the name, holder, number, scheme, body, owner or tags. */
  readonly words: string | undefined
  readonly asOf: Day
}

/** Where a page ended: the last valid day (`infinity` where there is none) and the id. */
export interface Cursor {
  readonly end: string
  readonly id: number
}

// The last valid day as derived, else as the record states it; the running cycle alone counts.
const lastDay = sql`coalesce(
  (select min(o.due_on) from obligation o where o.certification_id = certification.id and o.kind = 'expiry' and o.cycle = current.number),
  (select a.day from anchor a where a.certification_id = certification.id and a.cycle = current.number and a.name = 'expiry'),
  'infinity'::date)`

const endedByDecision = sql`exists (select 1 from decision d where d.certification_id = certification.id
  and d.cycle = current.number and d.kind in ('withdraw', 'cancel', 'archive'))`

function registerQuery(filter: RegisterFilter): SQL {
  const like = filter.words && `%${filter.words.replace(/[\\%_]/g, '\\$&')}%`
  const seen = certificationSeenBy(filter.seenBy)
  return sql`select certification.id, ${lastDay} as last_day,
      (${endedByDecision} or ${lastDay} < ${filter.asOf.toString()}::date) as ended
    from certification
    left join person on person.id = certification.owner_id
    left join lateral (select max(number) as number from cycle where cycle.certification_id = certification.id) current on true
    where ${seen ?? sql`true`} ${like ? sql`and (
      certification.name ilike ${like} or certification.holder ilike ${like} or certification.certificate_number ilike ${like}
      or array_to_string(certification.tags, ', ') ilike ${like} or certification.scheme ilike ${like} or certification.certification_body ilike ${like} or person.name ilike ${like})` : sql``}`
}

/** Lists one page of the register, the earliest last day first; ended ones the latest first. */
export async function listRegisterPage(
  db: Db, filter: RegisterFilter, page: { readonly after: Cursor | undefined; readonly limit: number },
): Promise<Cursor[]> {
  const backwards = filter.shown === 'ended'
  const shown = filter.shown === 'all' ? sql`true` : filter.shown === 'ended' ? sql`ended` : sql`not ended`
  const beyond = page.after === undefined ? sql`true`
    : sql`(last_day, id) ${sql.raw(backwards ? '<' : '>')} (${page.after.end}::date, ${page.after.id}::int)`
  const direction = sql.raw(backwards ? 'desc' : 'asc')
  const found = await rows<{ id: number; end: string }>(db, sql`
    select id, last_day::text as end from (${registerQuery(filter)}) as register
    where ${shown} and ${beyond} order by last_day ${direction}, id ${direction} limit ${page.limit}::int`)
  return found.map(({ id, end }) => ({ id, end }))
}

/** Counts the register by what is shown. */
export async function countRegister(db: Db, filter: Omit<RegisterFilter, 'shown'>): Promise<Readonly<Record<Shown, number>>> {
  const [found] = await rows<{ all: number; ended: number }>(db, sql`
    select count(*)::int as all, count(*) filter (where ended)::int as ended from (${registerQuery({ ...filter, shown: 'all' })}) as register`)
  const { all, ended } = found ?? { all: 0, ended: 0 }
  return { all, ended, current: all - ended }
}

/** Says whether a certification is there for this person: elsewhere is the same as nowhere. */
export async function isCertificationSeen(db: Db, id: number, seenBy: SeenBy): Promise<boolean> {
  const found = await db.select({ id: certification.id }).from(certification)
    .where(and(eq(certification.id, id), certificationSeenBy(seenBy))).limit(1)
  return found.length === 1
}

export interface NoticeRow {
  readonly obligationId: number
  readonly notice: string
  readonly countedTo: Day
  readonly purpose: string
  readonly outcome: string
  readonly personId: number
  readonly person: string
  readonly decidedAt: Instant
  readonly messageId: number | null
  readonly messageState: string | null
}

/** Lists the ledger of one certification, the newest first. */
export async function listNoticesOf(db: Db, certificationId: number, limit: number): Promise<NoticeRow[]> {
  return await db.select({
    obligationId: notice.obligationId, notice: notice.notice, countedTo: notice.countedTo, purpose: notice.purpose,
    outcome: notice.outcome, personId: notice.personId, person: person.name, decidedAt: notice.decidedAt,
    messageId: notice.messageId, messageState: message.state,
  }).from(notice)
    .innerJoin(obligation, eq(obligation.id, notice.obligationId))
    .innerJoin(person, eq(person.id, notice.personId))
    .leftJoin(message, eq(message.id, notice.messageId))
    .where(eq(obligation.certificationId, certificationId))
    .orderBy(desc(notice.decidedAt), desc(notice.id)).limit(limit)
}

/** Lists what is recorded of a certification, its duties and its runs, the newest first. */
export async function listHistoryOf(db: Db, certificationId: number, limit: number) {
  return await db.select({
    id: history.id, at: history.at, event: history.event, subject: history.subject, subjectId: history.subjectId,
    facts: history.facts, actor: person.name,
  }).from(history).leftJoin(person, eq(person.id, history.actorId)).where(or(
    and(eq(history.subject, 'certification'), eq(history.subjectId, certificationId)),
    and(eq(history.subject, 'obligation'), sql`${history.subjectId} in (select id from obligation where certification_id = ${certificationId}::int)`),
    and(eq(history.subject, 'procedure'), sql`${history.subjectId} in (select id from procedure where certification_id = ${certificationId}::int)`),
  )).orderBy(desc(history.id)).limit(limit)
}

/** Lists the certifications that ride on one, as far as this person sees them. */
export async function listRidersOf(db: Db, parentId: number, seenBy: SeenBy, limit: number): Promise<{ id: number; name: string }[]> {
  return await db.select({ id: certification.id, name: certification.name }).from(certification)
    .where(and(eq(certification.parentId, parentId), certificationSeenBy(seenBy))).orderBy(asc(certification.id)).limit(limit)
}
