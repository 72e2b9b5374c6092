// Audits: one visit planned for any number of duties, booked, moved, carried out or cancelled. What a visit does to
// each duty goes through the duty's own use cases, so that ladders, runs and what is counted from it follow.

import { auditStateOf, type AuditState, daysToLimit, decideBooking, type Fit, fitOf, isCoverable, type NextMove, nextMoveOn, nextVisited, riddenDuty } from '../core/audit.ts'
import type { Words } from '../core/certification.ts'
import { compareDays, type Day, daysBetween, earliest } from '../core/day.ts'
import type { Obligation } from '../core/obligation.ts'
import { costOf } from '../core/rule-set.ts'
import { findScheme } from '../core/scheme.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import * as store from '../store/audits.ts'
import type { Db } from '../store/database.ts'
import { appendHistory, type Entry } from '../store/history.ts'
import { listObligationsById, listObligationsOf } from '../store/obligations.ts'
import type { App } from './app.ts'
import { getCertification } from './certifications.ts'
import { type Act, bookObligation, confirmObligation, doneObligation, unbookObligation } from './obligations.ts'
import { schemeName } from './reading.ts'
import { loadWorld, todayOf, type World } from './world.ts'

export interface VisitDays {
  readonly from: Day
  readonly until?: Day | undefined
  readonly pastTheLimit: 'refuse' | 'keep'
}

export interface NewAudit {
  /** The audit duty owed next of each of these, and these duties. */
  readonly certificationIds?: readonly number[] | undefined
  readonly obligationIds?: readonly number[] | undefined
  readonly title?: string | undefined
  readonly body?: string | undefined
  /** Where it goes; what the certificates cover where nothing is said. */
  readonly organisations?: readonly string[] | undefined
  readonly sites?: readonly string[] | undefined
  readonly days?: VisitDays | undefined
}

/** Plans a visit, and books it where its days are given. */
export async function planAudit(app: App, db: Db, input: NewAudit, act: Act): Promise<number> {
  const chosen = await dutiesFor(db, input)
  await refuseUncoverable(db, chosen)
  const duties = await withRiding(db, chosen)
  const certifications = await Promise.all([...new Set(duties.map((one) => one.certificationId))].map((id) => getCertification(db, id)))
  const [first] = certifications
  const body = input.body?.trim() || certifications.map((one) => one.certificationBody).find((one) => one !== undefined)
  const id = await store.insertAudit(db, {
    organisationId: first!.organisationId, title: input.title?.trim() || [body, first!.name].filter(Boolean).join(', '), body: body ?? null, createdAt: act.now,
  })
  await store.coverDuties(db, id, duties.map((one) => one.id))
  await store.addPlaces(db, id, 'organisation', input.organisations ?? [...new Set(certifications.flatMap((one) => one.covers))])
  await store.addPlaces(db, id, 'site', input.sites ?? [...new Set(certifications.flatMap((one) => one.sites))])
  await record(db, first!.organisationId, id, { event: 'audit-planned', facts: { duties: duties.length } }, act)
  if (input.days) await bookAudit(app, db, id, { ...input.days, by: 'us' }, act)
  return id
}

async function dutiesFor(db: Db, { certificationIds = [], obligationIds = [] }: NewAudit): Promise<readonly Obligation[]> {
  const named = await listObligationsById(db, obligationIds)
  const missing = obligationIds.find((id) => !named.some((one) => one.id === id))
  if (missing !== undefined) throw notFound(`There is no obligation ${missing}. List them with: obligation list`)
  const found: Obligation[] = [...named]
  for (const id of certificationIds) {
    const certification = await getCertification(db, id)
    const next = nextVisited((await listObligationsOf(db, [id])).filter((one) => !found.some((other) => other.id === one.id)))
    // What rides on a certification of the visit needs no duty of its own.
    if (!next && certificationIds.includes(certification.parentId ?? 0)) continue
    if (!next) throw invalid(`"${certification.name}" owes no audit now. Name the duty: --obligation N (obligation list)`)
    found.push(next)
  }
  if (found.length === 0) throw invalid('Say what the visit is for: --certification N or --obligation N.')
  return found
}

// A visit to the certificate that others rest on is theirs too; one of them already in another visit stays there.
async function withRiding(db: Db, duties: readonly Obligation[]): Promise<readonly Obligation[]> {
  const riders = await store.listRiding(db, duties.map((one) => one.certificationId))
  const owed = Map.groupBy(await listObligationsOf(db, riders.map((one) => one.id)), (one) => one.certificationId)
  const found = riders.flatMap((rider) => duties.filter((one) => one.certificationId === rider.parentId).flatMap((one) => riddenDuty(one, owed.get(rider.id) ?? []) ?? []))
  const elsewhere = await store.listVisits(db, found.map((one) => one.id))
  const added = found.filter((one) => !elsewhere.has(one.id))
  await store.lockDuties(db, added.map((one) => one.id))
  return [...new Map([...duties, ...added].map((one) => [one.id, one])).values()]
}

// Nor is what rides on a duty looked at without it.
function ridingAlong(covered: readonly store.Covered[], ids: readonly number[]): readonly number[] {
  const parents = new Set(covered.filter(({ duty }) => ids.includes(duty.id)).map(({ duty }) => `${duty.certificationId}/${duty.kind}`))
  return covered.filter(({ duty, certification }) => ids.includes(duty.id) || (duty.ladder === 'none' && parents.has(`${certification.parentId ?? 0}/${duty.kind}`))).map(({ duty }) => duty.id)
}

async function refuseUncoverable(db: Db, duties: readonly Obligation[]): Promise<void> {
  const wrong = duties.find((one) => !isCoverable(one))
  if (wrong) throw invalid(`Obligation ${wrong.id} (${wrong.ruleId}) is met by no visit: it is of the kind ${wrong.kind}.`)
  const over = duties.find((one) => one.state === 'met' || one.state === 'not-applicable')
  if (over) throw conflict(`Obligation ${over.id} (${over.ruleId}) is ${over.state} already.`)
  await store.lockDuties(db, duties.map((one) => one.id))
  const taken = await store.listVisits(db, duties.map((one) => one.id))
  const [id, visit] = [...taken][0] ?? []
  if (visit) throw conflict(`Obligation ${id!} is covered by audit ${visit.auditId} (${visit.title}) already. Release it first: audit release ${visit.auditId} --obligation ${id!}`)
}

export interface Booking extends VisitDays {
  readonly by: 'body' | 'us'
  readonly reason?: string | undefined
}

/** Agrees on the days of a visit, or moves them; every duty it covers is booked to its first day. */
export async function bookAudit(app: App, db: Db, id: number, booking: Booking, act: Act): Promise<void> {
  const whole = await getLive(db, id)
  const days = { from: booking.from, until: booking.until ?? booking.from }
  if (booking.by === 'body' && !booking.reason?.trim()) throw invalid('Say why the body moved it: --reason "…".')
  const live = whole.covered.filter(({ duty }) => isOwed(duty))
  const decided = decideBooking(live.map(({ duty, certification }) => ({ ...duty, name: `${certification.name}, ${duty.ruleId}` })), days)
  if (!decided.ok && (booking.pastTheLimit === 'refuse' || compareDays(days.until, days.from) < 0)) throw invalid(decided.refusal)
  await change(db, whole, { bookedFrom: days.from, bookedUntil: days.until })
  for (const { duty } of live) {
    if (duty.state !== 'unconfirmed' && !duty.bookedOn?.equals(days.from)) await bookObligation(app, db, duty.id, days.from, { ...act, pastTheLimit: 'keep' })
  }
  const moved = whole.audit.bookedFrom !== null
  if (moved || booking.by === 'body') {
    await store.insertMove(db, {
      auditId: id, fromOn: whole.audit.bookedFrom, toOn: days.from, movedBy: booking.by, reason: booking.reason?.trim() ?? null, recordedBy: act.by?.id ?? null, recordedAt: act.now,
    })
  }
  await record(db, whole.audit.organisationId, id, {
    event: moved ? 'audit-moved' : 'audit-booked', facts: { from: whole.audit.bookedFrom?.toString() ?? null, to: days.from.toString(), by: booking.by },
  }, act)
}

const isOwed = ({ state }: Obligation): boolean => state === 'open' || state === 'unconfirmed' || state === 'submitted'

/**
 * Records that a visit took place; `on` is its last day on site. Each duty is met by its own rule: carried out where
 * that is what it asks, else handed in, and still owed until it is decided or published.
 */
export async function recordAudit(app: App, db: Db, id: number, what: { readonly on: Day; readonly except?: readonly number[] | undefined }, act: Act): Promise<void> {
  const whole = await getLive(db, id)
  const today = todayOf(await loadWorld(db), whole.audit.organisationId, act.now)
  if (compareDays(what.on, today) > 0) throw invalid(`${what.on.toString()} lies in the future (today is ${today.toString()}).`)
  const except = new Set(what.except)
  const stranger = [...except].find((one) => !whole.covered.some(({ duty }) => duty.id === one))
  if (stranger !== undefined) throw invalid(`Audit ${id} does not cover obligation ${stranger}. It covers: ${whole.covered.map(({ duty }) => duty.id).join(', ')}.`)
  const left = new Set(ridingAlong(whole.covered, [...except]))
  await change(db, whole, { carriedOutOn: what.on })
  for (const { duty } of whole.covered.filter((one) => isOwed(one.duty))) {
    if (left.has(duty.id)) await release(app, db, duty, act)
    else await meetBy(app, db, duty, what.on, act)
  }
  await record(db, whole.audit.organisationId, id, { event: 'audit-carried-out', facts: { on: what.on.toString(), except: left.size } }, act)
}

// A duty past at entry is asked about: that a visit came for it says it was owed, and its own rule says what that met.
async function meetBy(app: App, db: Db, duty: Obligation, on: Day, act: Act): Promise<void> {
  if (duty.state === 'unconfirmed') await confirmObligation(app, db, duty.id, { answer: 'open' }, act)
  if (duty.state !== 'submitted') await doneObligation(app, db, duty.id, on, act)
}

async function release(app: App, db: Db, duty: Obligation, act: Act): Promise<void> {
  if (duty.bookedOn && isOwed(duty) && duty.state !== 'unconfirmed') await unbookObligation(app, db, duty.id, act)
}

/** Cancels a visit: its duties count to their last allowed day again, and ask for another. */
export async function cancelAudit(app: App, db: Db, id: number, reason: string, act: Act): Promise<void> {
  const whole = await getLive(db, id)
  if (reason.trim() === '') throw invalid('Say why it is cancelled: --reason "…".')
  await change(db, whole, { cancelledOn: todayOf(await loadWorld(db), whole.audit.organisationId, act.now), reason: reason.trim() })
  for (const { duty } of whole.covered) await release(app, db, duty, act)
  await record(db, whole.audit.organisationId, id, { event: 'audit-cancelled', facts: {} }, act)
}

/** Lets a visit serve further duties: booked where it is. */
export async function coverDuties(app: App, db: Db, id: number, obligationIds: readonly number[], pastTheLimit: VisitDays['pastTheLimit'], act: Act): Promise<void> {
  const whole = await getLive(db, id)
  const chosen = await dutiesFor(db, { obligationIds })
  await refuseUncoverable(db, chosen)
  const duties = await withRiding(db, chosen)
  await store.coverDuties(db, id, duties.map((one) => one.id))
  await record(db, whole.audit.organisationId, id, { event: 'audit-covers', facts: { duties: duties.length } }, act)
  const { bookedFrom, bookedUntil } = whole.audit
  if (!bookedFrom || !bookedUntil) return
  const decided = decideBooking(duties.map((one) => ({ ...one, name: one.ruleId })), { from: bookedFrom, until: bookedUntil })
  if (!decided.ok && pastTheLimit === 'refuse') throw invalid(decided.refusal)
  for (const duty of duties) if (duty.state !== 'unconfirmed') await bookObligation(app, db, duty.id, bookedFrom, { ...act, pastTheLimit: 'keep' })
}

/** Takes duties out of a visit: they ask for another one. */
export async function releaseDuties(app: App, db: Db, id: number, obligationIds: readonly number[], act: Act): Promise<void> {
  const whole = await getLive(db, id)
  if (obligationIds.some((one) => !whole.covered.some(({ duty }) => duty.id === one))) throw invalid(`Audit ${id} covers: ${whole.covered.map(({ duty }) => duty.id).join(', ') || 'nothing'}.`)
  const out = ridingAlong(whole.covered, obligationIds)
  const covered = whole.covered.filter(({ duty }) => out.includes(duty.id))
  await store.releaseDuties(db, id, out)
  for (const { duty } of covered) await release(app, db, duty, act)
  await record(db, whole.audit.organisationId, id, { event: 'audit-releases', facts: { duties: covered.length } }, act)
}

async function getWhole(db: Db, id: number): Promise<store.WholeAudit> {
  const [found] = await store.listAudits(db, { ids: [id] }, 1)
  if (!found) throw notFound(`There is no audit ${id}. List them with: audit list`)
  return found
}

async function getLive(db: Db, id: number): Promise<store.WholeAudit> {
  const whole = await getWhole(db, id)
  const { carriedOutOn, cancelledOn } = whole.audit
  if (carriedOutOn) throw conflict(`Audit ${id} was carried out on ${carriedOutOn.toString()}.`)
  if (cancelledOn) throw conflict(`Audit ${id} was cancelled on ${cancelledOn.toString()}.`)
  return whole
}

async function change(db: Db, { audit }: store.WholeAudit, values: Partial<store.AuditValues>): Promise<void> {
  if (await store.updateAudit(db, audit, values)) return
  throw conflict(`Somebody else has just changed audit ${audit.id}. Look at it again: audit show ${audit.id}`)
}

const record = (db: Db, organisationId: number, id: number, entry: Pick<Entry, 'event' | 'facts'>, { by, now }: Act): Promise<void> =>
  appendHistory(db, organisationId, [{ ...entry, subject: 'audit', subjectId: id, actorId: by?.id }], now)

/** A duty as its visit shows it: the three days, and what the visit is to it. */
export interface VisitedDuty {
  readonly obligationId: number
  readonly certificationId: number
  readonly certification: string
  readonly scheme: Words
  readonly rule: string
  readonly title: Words
  /** The last allowed day, and the looser one where readings differ. */
  readonly dueOn: Day
  readonly latestOn: Day | undefined
  readonly bookedOn: Day | undefined
  /** When it was done, by whatever meets it. */
  readonly doneOn: Day | undefined
  readonly state: Obligation['state']
  readonly metBy: Obligation['metBy']
  /** What the visit's day is to it; undefined without one. */
  readonly fit: Fit | undefined
  /** Days from the visit to the last allowed one; negative where it is late by so many. */
  readonly daysToLimit: number | undefined
  /** What that costs, where it is past the limit. */
  readonly costs: Words | undefined
}

export interface AuditView {
  readonly id: number
  readonly title: string
  readonly body: string | undefined
  readonly state: AuditState
  /** What is to be done on the day asked about; days are counted to the booked day, else to the first last allowed one. */
  readonly next: NextMove
  readonly countedTo: Day | undefined
  readonly daysLeft: number | undefined
  readonly bookedFrom: Day | undefined
  readonly bookedUntil: Day | undefined
  readonly carriedOutOn: Day | undefined
  readonly cancelledOn: Day | undefined
  readonly reason: string | undefined
  readonly organisations: readonly string[]
  readonly sites: readonly string[]
  readonly duties: readonly VisitedDuty[]
  readonly moves: readonly store.AuditMove[]
}

export async function getAudit(app: App, id: number, asOf?: Day): Promise<AuditView> {
  return viewOf(app, await getWhole(app.database.db, id), await loadWorld(app.database.db), asOf)
}

export async function listAudits(app: App, filter: store.AuditFilter, limit = 1000, asOf?: Day): Promise<AuditView[]> {
  const { db } = app.database
  const world = await loadWorld(db)
  return (await store.listAudits(db, filter, limit)).map((whole) => viewOf(app, whole, world, asOf))
}

function viewOf(app: App, { audit, covered, organisations, sites, moves }: store.WholeAudit, world: World, asked: Day | undefined): AuditView {
  const days = { bookedFrom: audit.bookedFrom ?? undefined, carriedOutOn: audit.carriedOutOn ?? undefined, cancelledOn: audit.cancelledOn ?? undefined }
  const asOf = asked ?? todayOf(world, audit.organisationId, app.clock.now())
  const next = nextMoveOn({ ...days, bookedUntil: audit.bookedUntil ?? undefined }, asOf)
  const countedTo = next === 'none' ? undefined : days.bookedFrom ?? earliest(...covered.flatMap(({ duty }) => (isOwed(duty) ? [duty.dueOn] : [])))
  const on = days.carriedOutOn ?? audit.bookedUntil ?? undefined
  return {
    id: audit.id, title: audit.title, body: audit.body ?? undefined, state: auditStateOf(days), next, countedTo, daysLeft: countedTo && daysBetween(asOf, countedTo), ...days, bookedUntil: audit.bookedUntil ?? undefined,
    reason: audit.reason ?? undefined, organisations, sites, duties: covered.map((one) => visitedDuty(app, one, on, world)),
    moves: moves.map((one) => ({ fromOn: one.fromOn ?? undefined, toOn: one.toOn ?? undefined, movedBy: one.movedBy, reason: one.reason ?? undefined, at: one.recordedAt })),
  }
}

function visitedDuty(app: App, { duty, certification }: store.Covered, on: Day | undefined, world: World): VisitedDuty {
  const scheme = findScheme(app.catalogue, certification.scheme)
  const fit = on && fitOf(duty, on)
  const country = certification.country ?? world.organisations.get(certification.organisationId)?.country
  return {
    obligationId: duty.id, certificationId: certification.id, certification: certification.name, scheme: schemeName(app, certification), rule: duty.ruleId, title: duty.title,
    dueOn: duty.dueOn, latestOn: duty.latestOn, bookedOn: duty.bookedOn, doneOn: duty.submittedOn ?? duty.metOn, state: duty.state, metBy: duty.metBy,
    fit, daysToLimit: on && daysToLimit(duty, on), costs: fit === 'past-the-limit' && scheme && on ? costOf(scheme, duty.ruleId, { country }, on) : undefined,
  }
}
