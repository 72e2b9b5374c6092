// The ledger of what has been said, and the planner's reading of duties: by windows on two partial
// indexes and by the list of those to check, never over all that is stored (design 1.6).

import { and, asc, eq, inArray, isNotNull, ne, sql } from 'drizzle-orm'
import { type Day, dayOf, type Instant, latest } from '../core/day.ts'
import type { Audience } from '../core/ladder.ts'
import type { Said } from '../core/rise.ts'
import { type Purpose, sentBeforeRestore } from '../core/message.ts'
import type { Window } from '../core/window.ts'
import { type Db, rows } from './database.ts'
import { message, notice } from './schema-mail.ts'
import { certification } from './schema-records.ts'
import { forecast, obligation, procedure, step } from './schema-work.ts'

const live = inArray(obligation.state, ['open', 'submitted'])

/** The statement behind `listCandidates`: a fenced probe of an index per window, so that no plan reads the table. */
export function candidatesQuery(windows: readonly Window[], now: Instant, after: number, limit: number) {
  const probes = windows.map((one) => {
    const column = sql.raw(one.by === 'counted' ? 'counted_to' : 'late_after')
    return sql`select id from (select id from obligation where ladder = ${one.ladder}
      and ${column} between ${one.from.toString()}::date and ${one.to.toString()}::date
      and state in ('open', 'submitted') offset 0) as probe`
  })
  const checks = sql`select id from (select id from obligation
    where check_at is not null and check_at <= ${now.toString()}::timestamptz offset 0) as checks`
  return sql`select id from (${sql.join([checks, ...probes], sql` union all `)}) as candidate
    where id > ${after}::int group by id order by id limit ${limit}::int`
}

/** Lists ids of duties that may call for a notice, after an id: a superset of those that do. */
export async function listCandidates(
  db: Db, windows: readonly Window[], now: Instant, page: { readonly after: number; readonly limit: number },
): Promise<number[]> {
  const found = await rows<{ id: number }>(db, candidatesQuery(windows, now, page.after, page.limit))
  return found.map((row) => row.id)
}

/** Reads the ledger of these duties; rows that are unsaid again (a rehearsal's, or of a mail that reached nobody) are left out. */
export async function readSaid(db: Db, obligationIds: readonly number[]): Promise<ReadonlyMap<number, Said[]>> {
  if (obligationIds.length === 0) return new Map()
  const found = await db.select({ notice, day: message.period, kind: message.kind, state: message.state, reply: message.reply, settledAt: message.settledAt }).from(notice)
    .leftJoin(message, eq(message.id, notice.messageId))
    .where(and(inArray(notice.obligationId, [...obligationIds]), ne(notice.outcome, 'unsaid')))
    .orderBy(asc(notice.obligationId), asc(notice.id)).limit(200_000)
  return Map.groupBy(found.flatMap(({ notice: row, ...mail }) => (row.outcome === 'unsaid' ? [] : [{
    obligationId: row.obligationId, notice: row.notice, countedTo: row.countedTo, offsetDays: row.offsetDays,
    purpose: row.purpose, personId: row.personId, onBehalfOf: row.onBehalfOf ?? undefined,
    outcome: row.outcome, toldOn: toldOn(mail),
  }])), (row) => row.obligationId)
}

type Mail = { readonly [K in 'kind' | 'state' | 'reply']: string | null } & { readonly day: string | null; readonly settledAt: Instant | null }

// A daily mail has the day of its reader in its key; it counts once it has left. One that left long after its day
// counts from then: the UTC day of leaving is never more than a day off its reader's. What is quarantined after a
// restore has most likely been sent on its day: silence upon it goes up, and so nobody can forget it there.
function toldOn({ day, kind, state, reply, settledAt }: Mail): Day | undefined {
  if (kind !== 'daily' || day === null) return undefined
  const on = Temporal.PlainDate.from(day)
  if (state === 'quarantined' || (state === 'cancelled' && reply === sentBeforeRestore)) return on
  return state === 'sent' || state === 'captured' ? latest(on, settledAt ? dayOf(settledAt, 'UTC').subtract({ days: 1 }) : undefined) : undefined
}

export interface NoticeValues {
  readonly obligationId: number
  readonly countedTo: Temporal.PlainDate
  readonly notice: string
  readonly offsetDays: number
  readonly personId: number
  readonly onBehalfOf: number | undefined
  readonly purpose: Purpose
  /** As whom the person is told: the highest of their roles. */
  readonly audience?: Audience | undefined
  readonly outcome: Said['outcome']
  readonly reason: string
  readonly messageId: number | undefined
}

/** Adds rows that are not there yet; returns how many of them say something. */
export async function insertNotices(db: Db, values: readonly NoticeValues[], decidedAt: Instant): Promise<number> {
  let said = 0
  for (let i = 0; i < values.length; i += 500) {
    const inserted = await db.insert(notice).values(values.slice(i, i + 500).map((one) => ({
      ...one, onBehalfOf: one.onBehalfOf ?? null, messageId: one.messageId ?? null, decidedAt,
    }))).onConflictDoUpdate({
      // What was skipped or quiet may apply after all; what was said or covered stands.
      target: [notice.obligationId, notice.countedTo, notice.notice, notice.personId, notice.purpose],
      targetWhere: sql`outcome <> 'unsaid'`, setWhere: sql`${notice.outcome} in ('skipped', 'muted', 'snoozed') and excluded.outcome <> ${notice.outcome}`,
      set: {
        outcome: sql`excluded.outcome`, reason: sql`excluded.reason`, messageId: sql`excluded.message_id`,
        onBehalfOf: sql`excluded.on_behalf_of`, audience: sql`excluded.audience`, offsetDays: sql`excluded.offset_days`, decidedAt,
      },
    }).returning({ outcome: notice.outcome })
    said += inserted.filter((row) => row.outcome === 'said').length
  }
  return said
}

/** Sets aside what an organisation's rehearsal said: from now on it counts as never said. */
export async function releaseRehearsals(db: Db, organisationId: number): Promise<number> {
  const released = await db.update(notice).set({ outcome: 'unsaid' }).where(and(
    ne(notice.outcome, 'unsaid'), inArray(notice.obligationId,
      db.select({ id: obligation.id }).from(obligation).where(eq(obligation.organisationId, organisationId))),
    inArray(notice.messageId, db.select({ id: message.id }).from(message).where(eq(message.rehearsal, true))),
  )).returning({ id: notice.id })
  return released.length
}

/** Takes back what a message was to say, all of it or about some duties: it has reached nobody. */
export async function unsayNotices(db: Db, messageId: number, obligationIds?: readonly number[]): Promise<void> {
  await db.update(notice).set({ outcome: 'unsaid' }).where(and(
    eq(notice.messageId, messageId), ne(notice.outcome, 'unsaid'),
    obligationIds && inArray(notice.obligationId, [...obligationIds]),
  ))
}

/** What the conditions of ladders ask about a certification, read for many at once. */
export interface Situation {
  readonly booked: ReadonlySet<number>
  readonly contracted: ReadonlySet<number>
  readonly started: ReadonlySet<number>
  /** Whose running procedure has handed in what is asked for. */
  readonly submitted: ReadonlySet<number>
  readonly steps: ReadonlyMap<number, { readonly started: boolean; readonly days: number; readonly critical: boolean }>
  /** By certification: the owners of unfinished steps of its running procedures, once each. */
  readonly stepOwners: ReadonlyMap<number, readonly number[]>
}

const nothing: Situation = {
  booked: new Set(), contracted: new Set(), started: new Set(), submitted: new Set(), steps: new Map(), stepOwners: new Map(),
}

/** Reads which certifications have a booked recertification, a contract, a running procedure, who has steps there, and the steps asked for. */
export async function readSituation(
  db: Db, certificationIds: readonly number[], stepIds: readonly number[],
): Promise<Situation> {
  if (certificationIds.length === 0) return nothing
  const ids = [...new Set(certificationIds)]
  const booked = await db.selectDistinct({ id: obligation.certificationId }).from(obligation)
    .where(and(inArray(obligation.certificationId, ids), live, isNotNull(obligation.bookedOn), eq(obligation.kind, 'recertification'))).limit(ids.length)
  const running = await readRunning(db, ids)
  const having = (what: 'contract' | 'receipt'): ReadonlySet<number> => new Set(running.filter((row) => row[what]).map((row) => row.id))
  return {
    booked: new Set(booked.map((row) => row.id)),
    contracted: having('contract'), submitted: having('receipt'),
    started: new Set(running.map((row) => row.id)),
    steps: await readSteps(db, stepIds),
    stepOwners: new Map(running.map((row) => [row.id, row.owners ?? []])),
  }
}

// What has been signed or handed in is told by what a finished step yields: a contract, a receipt.
const readRunning = (db: Db, ids: readonly number[]) => db.select({
  id: procedure.certificationId,
  contract: sql<boolean>`bool_or(${step.state} = 'done' and ${step.deliverable} ~ 'contract')`,
  receipt: sql<boolean>`bool_or(${step.state} = 'done' and ${step.deliverable} = 'receipt')`,
  owners: sql<number[] | null>`array_agg(distinct ${step.ownerId} order by ${step.ownerId})
    filter (where ${step.ownerId} is not null and ${step.state} not in ('done', 'skipped'))`,
})
  .from(procedure).innerJoin(step, eq(step.procedureId, procedure.id))
  .where(and(inArray(procedure.certificationId, [...ids]), sql`${procedure.endedOn} is null`))
  .groupBy(procedure.certificationId).limit(ids.length)

// A step is critical while the last forecast of its run names it among those that decide the finish.
async function readSteps(db: Db, stepIds: readonly number[]): Promise<Situation['steps']> {
  if (stepIds.length === 0) return new Map()
  const found = await db.select({
    id: step.id, state: step.state, days: step.days,
    critical: sql<boolean>`coalesce((select f.chain @> to_jsonb(${step.code}) from ${forecast} as f
      where f.procedure_id = ${step.procedureId} order by f.as_of desc limit 1), false)`,
  }).from(step).where(inArray(step.id, [...stepIds])).orderBy(asc(step.id)).limit(stepIds.length)
  return new Map(found.map((row) => [row.id, { started: row.state !== 'not-started', days: row.days, critical: row.critical }]))
}

/** What one message says: its rows with their duties and certifications, in the order of duties. */
export async function listSaidIn(db: Db, messageId: number, limit = 5000) {
  return await db.select({ notice, obligation, certification }).from(notice)
    .innerJoin(obligation, eq(obligation.id, notice.obligationId))
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(eq(notice.messageId, messageId), eq(notice.outcome, 'said')))
    .orderBy(asc(obligation.dueOn), asc(obligation.id)).limit(limit)
}

/** The ledger of one certification, newest first: the proof of what was said to whom. */
export async function listNoticesOf(db: Db, certificationId: number, limit = 500) {
  return await db.select({ notice, obligation }).from(notice)
    .innerJoin(obligation, eq(obligation.id, notice.obligationId))
    .where(eq(obligation.certificationId, certificationId))
    .orderBy(sql`${notice.id} desc`).limit(limit)
}
