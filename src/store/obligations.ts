// Obligations: written by re-deriving and by what people decide; read by their day, never all of them.
// Everything that could make a notice due sets `check_at`, so that the planner looks again.

import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lte, ne, or, sql, type SQL } from 'drizzle-orm'
import type { Day, Instant } from '../core/day.ts'
import type { Derived, Obligation, ObligationState } from '../core/obligation.ts'
import type { Place } from '../core/policy.ts'
import type { Db } from './database.ts'
import { news } from './schema-answers.ts'
import { notice } from './schema-mail.ts'
import { certification } from './schema-records.ts'
import { obligation } from './schema-work.ts'

type Row = typeof obligation.$inferSelect

const batch = 300
// Each has some ten duties, and the embedded database lets nothing else run while a statement does.
const certificationsAtOnce = 50

export const toObligation = (row: Row): Obligation => ({
  id: row.id, certificationId: row.certificationId, organisationId: row.organisationId, cycle: row.cycle,
  ruleId: row.ruleId, ordinal: row.ordinal, kind: row.kind, tier: row.tier,
  ladder: row.ladder, title: row.title, opensOn: row.opensOn ?? undefined, dueOn: row.dueOn,
  latestOn: row.latestOn ?? undefined, metBy: row.metBy, owedBy: row.owedBy, basis: row.basis,
  mark: row.mark, provisional: row.provisional, bookedOn: row.bookedOn ?? undefined,
  state: row.state, ownerId: row.ownerId ?? undefined, stepId: row.stepId ?? undefined, enteredOn: row.enteredOn,
  submittedOn: row.submittedOn ?? undefined, metOn: row.metOn ?? undefined, endedBy: row.endedBy ?? undefined, movedFrom: row.movedFrom ?? undefined,
  movedBy: row.movedBy ?? undefined,
  revision: row.revision,
})

const derivedColumns = (one: Derived) => ({
  kind: one.kind, tier: one.tier, ladder: one.ladder, title: { ...one.title }, opensOn: one.opensOn ?? null,
  dueOn: one.dueOn, latestOn: one.latestOn ?? null, metBy: one.metBy, owedBy: one.owedBy, basis: one.basis,
  mark: one.mark, provisional: one.provisional,
})

export interface NewObligation {
  readonly certificationId: number
  readonly organisationId: number
  readonly derived: Derived
  readonly state: ObligationState
  readonly enteredOn: Day
  readonly ownerId?: number | undefined
  readonly stepId?: number | undefined
}

/** Inserts obligations, to be looked at from `checkAt` on; ids in the order given. */
export async function insertObligations(db: Db, values: readonly NewObligation[], checkAt: Instant): Promise<number[]> {
  const ids: number[] = []
  for (let i = 0; i < values.length; i += batch) {
    const rows = await db.insert(obligation).values(values.slice(i, i + batch).map((one) => ({
      ...derivedColumns(one.derived), certificationId: one.certificationId, organisationId: one.organisationId,
      cycle: one.derived.cycle, ruleId: one.derived.ruleId, ordinal: one.derived.ordinal, state: one.state,
      enteredOn: one.enteredOn, ownerId: one.ownerId ?? null, stepId: one.stepId ?? null,
      checkAt: one.state === 'open' ? checkAt : null, revision: 1,
    }))).returning({ id: obligation.id })
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}

const touched = (checkAt: Instant) => ({ checkAt, revision: sql`${obligation.revision} + 1` })

export interface Rewriting {
  readonly obligation: Obligation
  readonly derived: Derived
  readonly state: ObligationState
  /** Remembered so that the next mail can say from-to. */
  readonly moved: { readonly from: Day; readonly by: string | undefined } | undefined
}

/**
 * Rewrites what the rules decide, in batches. A row that somebody changed since it was read is left alone:
 * their word stands, and the next derivation sees it.
 */
export async function rewriteObligations(db: Db, list: readonly Rewriting[], checkAt: Instant): Promise<void> {
  for (let i = 0; i < list.length; i += batch) {
    await db.insert(obligation).values(list.slice(i, i + batch).map((one) => rewritten(one, checkAt))).onConflictDoUpdate({
      target: [obligation.certificationId, obligation.cycle, obligation.ruleId, obligation.ordinal],
      set: {
        ...excluded('kind', 'tier', 'ladder', 'title', 'opensOn', 'dueOn', 'latestOn', 'metBy', 'owedBy', 'basis', 'mark', 'provisional',
          'state', 'metOn', 'reason', 'endedBy', 'movedFrom', 'movedBy', 'checkAt'),
        revision: sql`${obligation.revision} + 1`,
      },
      setWhere: sql`${obligation.revision} = excluded.revision`,
    })
  }
}

function rewritten({ obligation: one, derived, state, moved }: Rewriting, checkAt: Instant) {
  const isOpen = state !== 'met' && state !== 'not-applicable'
  return {
    ...derivedColumns(derived), certificationId: one.certificationId, organisationId: one.organisationId, cycle: one.cycle,
    ruleId: one.ruleId, ordinal: one.ordinal, enteredOn: one.enteredOn, state, checkAt, revision: one.revision,
    submittedOn: one.submittedOn ?? null, metOn: isOpen ? null : one.metOn ?? null,
    // Ended by the rules and yielded by them again: nothing of the ending stays.
    reason: null, endedBy: null,
    movedFrom: moved ? moved.from : one.movedFrom ?? null, movedBy: moved ? moved.by ?? null : one.movedBy ?? null,
  }
}

const excluded = (...names: readonly (keyof typeof obligation._.columns)[]): Record<string, SQL> =>
  Object.fromEntries(names.map((name) => [name, sql`excluded.${sql.identifier(obligation[name].name)}`]))

/** Ends duties that no longer follow, unless somebody ended them meanwhile. */
export async function endObligations(
  db: Db, ids: readonly number[], how: { readonly state: 'met' | 'not-applicable'; readonly on: Day; readonly reason: string }, now: Instant,
): Promise<void> {
  for (let i = 0; i < ids.length; i += batch) {
    await db.update(obligation)
      .set({ state: how.state, metOn: how.state === 'met' ? how.on : null, reason: how.reason, endedBy: 'rules', ...touched(now) })
      .where(and(inArray(obligation.id, ids.slice(i, i + batch)), inArray(obligation.state, ['unconfirmed', 'open', 'submitted'])))
  }
}

/**
 * Takes the ledger's rows along to a day that the rules moved by a week or less: nothing is said twice.
 * Rows that stand there already, from a move away and back, stay as they are.
 */
export async function carryNotices(db: Db, obligationId: number, from: Day, to: Day): Promise<void> {
  await db.execute(sql`update notice as n set counted_to = ${to.toString()}::date
    where n.obligation_id = ${obligationId} and n.counted_to = ${from.toString()}::date and not exists (
      select 1 from notice as there where there.obligation_id = n.obligation_id and there.counted_to = ${to.toString()}::date
        and there.notice = n.notice and there.person_id = n.person_id and there.purpose = n.purpose)`)
}

export interface ObligationChange {
  readonly state?: ObligationState
  readonly bookedOn?: Day | null
  readonly ownerId?: number | null
  readonly submittedOn?: Day | null
  readonly metOn?: Day | null
  readonly reason?: string | null
  readonly endedBy?: 'rules' | 'person' | null
  readonly opensOn?: Day | null
  readonly dueOn?: Day
  readonly provisional?: boolean
  readonly latestOn?: Day | null
  readonly movedFrom?: Day | null
  readonly movedBy?: string | null
}

/**
 * Applies what a person decided, if nobody else changed the row since it was read.
 * Returns false where somebody did: the caller reads again and says so.
 */
export async function changeObligation(
  db: Db, one: Pick<Obligation, 'id' | 'revision'>, change: ObligationChange, checkAt: Instant,
): Promise<boolean> {
  const changed = await db.update(obligation).set({ ...change, ...touched(checkAt) })
    .where(and(eq(obligation.id, one.id), eq(obligation.revision, one.revision))).returning({ id: obligation.id })
  return changed.length === 1
}

export async function findObligation(db: Db, id: number): Promise<Obligation | undefined> {
  const [row] = await db.select().from(obligation).where(eq(obligation.id, id)).limit(1)
  return row && toObligation(row)
}

export async function listObligationsOf(db: Db, certificationIds: readonly number[]): Promise<Obligation[]> {
  const found: Obligation[] = []
  for (let i = 0; i < certificationIds.length; i += certificationsAtOnce) {
    const rows = await db.select().from(obligation)
      .where(inArray(obligation.certificationId, certificationIds.slice(i, i + certificationsAtOnce)))
      .orderBy(asc(obligation.certificationId), asc(obligation.dueOn), asc(obligation.id)).limit(100_000)
    found.push(...rows.map(toObligation))
  }
  return found
}

export async function listObligationsById(db: Db, ids: readonly number[]): Promise<Obligation[]> {
  const found: Obligation[] = []
  for (let i = 0; i < ids.length; i += batch) {
    const rows = await db.select().from(obligation).where(inArray(obligation.id, ids.slice(i, i + batch)))
      .orderBy(asc(obligation.id)).limit(batch)
    found.push(...rows.map(toObligation))
  }
  return found
}

export interface DueFilter {
  readonly dueOnOrBefore?: Day | undefined
  /** Theirs, or of a certification that is theirs and nobody else's to do. */
  readonly ownerId?: number | undefined
  readonly organisationId?: number | undefined
  readonly certificationId?: number | undefined
  readonly states?: readonly ObligationState[] | undefined
}

/** Lists duties by due day; live ones unless states are given. */
export async function listDue(db: Db, filter: DueFilter, limit = 200): Promise<Obligation[]> {
  const states = filter.states ?? ['open', 'submitted']
  const rows = await db.select({ obligation }).from(obligation)
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(
      inArray(obligation.state, [...states]),
      filter.dueOnOrBefore ? lte(obligation.dueOn, filter.dueOnOrBefore) : undefined,
      filter.organisationId === undefined ? undefined : eq(obligation.organisationId, filter.organisationId),
      filter.certificationId === undefined ? undefined : eq(obligation.certificationId, filter.certificationId),
      filter.ownerId === undefined ? undefined : ownedBy(filter.ownerId),
    ))
    .orderBy(asc(obligation.dueOn), asc(obligation.id)).limit(limit)
  return rows.map((row) => toObligation(row.obligation))
}

const ownedBy = (ownerId: number): SQL | undefined => or(
  eq(obligation.ownerId, ownerId), and(isNull(obligation.ownerId), eq(certification.ownerId, ownerId)))

export async function countUnconfirmed(db: Db, certificationIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>()
  for (let i = 0; i < certificationIds.length; i += batch) {
    const rows = await db.select({ id: obligation.certificationId, n: sql<number>`count(*)::int` }).from(obligation)
      .where(and(inArray(obligation.certificationId, certificationIds.slice(i, i + batch)), eq(obligation.state, 'unconfirmed')))
      .groupBy(obligation.certificationId).orderBy(asc(obligation.certificationId)).limit(batch)
    for (const row of rows) counts.set(row.id, row.n)
  }
  return counts
}

// What concerns many duties at once only moves their next look; deciding stays with the planner.
const live = inArray(obligation.state, ['open', 'submitted'])

export async function checkDutiesOf(db: Db, personId: number, at: Instant): Promise<void> {
  await db.update(obligation).set(touched(at)).where(and(live, or(
    eq(obligation.ownerId, personId),
    and(isNull(obligation.ownerId), inArray(obligation.certificationId,
      db.select({ id: certification.id }).from(certification).where(eq(certification.ownerId, personId)))),
  )))
}

/** Looks again at a duty at a moment, or earlier where it is looked at before. */
export async function checkDutyAt(db: Db, id: number, at: Instant): Promise<void> {
  await db.update(obligation).set({
    checkAt: sql`least(coalesce(${obligation.checkAt}, ${at.toString()}::timestamptz), ${at.toString()}::timestamptz)`,
    revision: sql`${obligation.revision} + 1`,
  }).where(and(live, eq(obligation.id, id)))
}

/** Lists what waits for a person's answer, theirs or asked of them in another's place, by id after one. */
export async function listUnconfirmedOf(db: Db, personId: number, after: number, limit: number) {
  const found = await db.select({ obligation, certification }).from(obligation)
    .innerJoin(certification, eq(certification.id, obligation.certificationId))
    .where(and(eq(obligation.state, 'unconfirmed'), gt(obligation.id, after), or(ownedBy(personId), inArray(obligation.id,
      db.select({ id: news.obligationId }).from(news).where(and(eq(news.personId, personId), eq(news.kind, 'unconfirmed'), isNull(news.closedAt)))))))
    .orderBy(asc(obligation.id)).limit(limit)
  return found.map((row) => ({ obligation: toObligation(row.obligation), certification: row.certification }))
}

/** Looks again at what a message was to say: it reached nobody. */
export async function checkDutiesIn(db: Db, messageId: number, at: Instant): Promise<void> {
  await db.update(obligation).set(touched(at)).where(and(live, inArray(obligation.id,
    db.select({ id: notice.obligationId }).from(notice).where(eq(notice.messageId, messageId)))))
}

/** Has the duties looked at of which a mail said a notice that may not stay unanswered: tier A, counted to a day up to `until`. */
export async function checkWhatMayBeUnanswered(db: Db, messageId: number, until: Day, at: Instant): Promise<void> {
  await db.update(obligation).set(touched(at)).where(and(live, eq(obligation.tier, 'A'), inArray(obligation.id,
    db.select({ id: notice.obligationId }).from(notice).where(and(
      eq(notice.messageId, messageId), eq(notice.outcome, 'said'), ne(notice.purpose, 'escalation'),
      gte(notice.offsetDays, 0), lte(notice.countedTo, until),
    )))))
}

export async function checkDutiesOfOrganisation(db: Db, organisationId: number, at: Instant): Promise<void> {
  await db.update(obligation).set(touched(at)).where(and(live, eq(obligation.organisationId, organisationId)))
}

export async function checkDutiesOfCertification(db: Db, certificationId: number, at: Instant): Promise<void> {
  await db.update(obligation).set(touched(at)).where(and(live, eq(obligation.certificationId, certificationId)))
}

/** Looks again at the duties that a change of a ladder concerns: those of the place it was made for. */
export async function checkDutiesOnLadder(db: Db, ladder: string, place: Place, at: Instant): Promise<void> {
  await db.update(obligation).set(touched(at)).where(and(live, eq(obligation.ladder, ladder), within(place)))
}

function within(place: Place): SQL | undefined {
  if (place.kind === 'everywhere') return undefined
  const column = { organisation: obligation.organisationId, certification: obligation.certificationId, obligation: obligation.id }[place.kind]
  return eq(column, place.id)
}

/** Looks again, now, at whatever waits for a computed day: a calendar may have moved it. */
export async function checkWaitingDuties(db: Db, at: Instant): Promise<void> {
  await db.update(obligation).set(touched(at)).where(and(live, isNotNull(obligation.checkAt), gt(obligation.checkAt, at)))
}

/** Sets the next look, unless the row was changed since it was read. */
export async function setNextCheck(
  db: Db, checks: readonly { readonly id: number; readonly revision: number; readonly at: Instant | undefined }[],
): Promise<void> {
  for (let i = 0; i < checks.length; i += batch) {
    const part = checks.slice(i, i + batch)
    const values = sql.join(part.map((one) => sql`(${one.id}::int, ${one.revision}::int, ${one.at?.toString() ?? null}::timestamptz)`), sql`, `)
    await db.execute(sql`update obligation as o set check_at = n.at from (values ${values}) as n(id, revision, at)
      where o.id = n.id and o.revision = n.revision and o.check_at is distinct from n.at`)
  }
}

/** Ids of live duties after an id: for questions that walk all of them, page by page. */
export async function listDueIds(
  db: Db, filter: { readonly certificationId?: number | undefined; readonly after: number }, limit: number,
): Promise<number[]> {
  const rows = await db.select({ id: obligation.id }).from(obligation).where(and(
    live, gt(obligation.id, filter.after),
    filter.certificationId === undefined ? undefined : eq(obligation.certificationId, filter.certificationId),
  )).orderBy(asc(obligation.id)).limit(limit)
  return rows.map((row) => row.id)
}
