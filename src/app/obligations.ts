// What people decide about duties: booked, done, met, not ours, whose; and the answer about one that was
// already past when its record was entered. What depends on the answer is derived anew.

import { anchorOf, currentCycle, type Cycle } from '../core/certification.ts'
import { compareDays, type Day, dayOf, type Instant } from '../core/day.ts'
import { doneDayFault, lateAfter, type Obligation, type ObligationState } from '../core/obligation.ts'
import { rulesOf } from '../core/validity.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { findCertification, saveAnchors } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import * as store from '../store/obligations.ts'
import { findOrganisation } from '../store/people.ts'
import type { App } from './app.ts'
import { movedEntries, rederiveStored } from './derivation.ts'
import { followFindingDuty } from './findings.ts'
import { noteAssigned } from './news.ts'
import { replanRunsOf } from './replanning.ts'
import { schemeOf } from './schemes.ts'
import { followDuty } from './steps.ts'
import { factsOf, loadWorld, todayOf } from './world.ts'

/** Who acts, when, and about which day. */
export interface Act {
  readonly now: Instant
  readonly by?: { readonly id: number; readonly name: string } | undefined
}

export async function getObligation(db: Db, id: number): Promise<Obligation> {
  const found = await store.findObligation(db, id)
  if (!found) throw notFound(`There is no obligation ${id}. List them with: obligation list`)
  return found
}

/** Returns the local day of the organisation that owes a duty. */
export async function localDayOf(db: Db, obligation: Obligation, now: Instant): Promise<Day> {
  const organisation = await findOrganisation(db, obligation.organisationId)
  return dayOf(now, organisation!.zone)
}

/** Takes back an agreed day: notices count to the last allowed day again. */
export async function unbookObligation(app: App, db: Db, id: number, act: Act): Promise<Obligation> {
  const obligation = await getLive(db, id)
  if (!obligation.bookedOn) throw conflict(`Obligation ${id} has no booked day.`)
  return await change(app, db, obligation, { bookedOn: null }, { ...act, event: 'obligation-unbooked' })
}

/** Takes back what was said of a duty by mistake: it is owed again, by the rules as they are. */
export async function reopenObligation(app: App, db: Db, id: number, reason: string, act: Act): Promise<Obligation> {
  const obligation = await getObligation(db, id)
  if (reason.trim() === '') throw invalid('Say why it is open again: --reason "…".')
  const isEnded = obligation.state === 'met' || obligation.state === 'not-applicable'
  if (!isEnded && obligation.state !== 'submitted') throw conflict(`Obligation ${id} is ${obligation.state}: there is nothing to take back.`)
  if (isEnded && obligation.endedBy === 'rules') throw conflict(`Obligation ${id} was ended by the rules. Correct the record: certification edit ${obligation.certificationId}`)
  return await change(app, db, obligation, { state: 'open', metOn: null, submittedOn: null, reason: null, endedBy: null }, { ...act, event: 'obligation-reopened' })
}

/** Sets the agreed day; from then on notices count to it. A day past the limit is refused unless `past` says so. */
export async function bookObligation(
  app: App, db: Db, id: number, on: Day, act: Act & { readonly pastTheLimit: 'refuse' | 'keep' },
): Promise<Obligation> {
  const obligation = await getLive(db, id)
  if (obligation.kind === 'expiry') throw conflict('An expiry is not booked. Book the recertification or the audit that renews it.')
  if (compareDays(on, lateAfter(obligation)) > 0 && act.pastTheLimit === 'refuse') {
    throw invalid(`${on.toString()} is past the last allowed day ${lateAfter(obligation).toString()}. Agree on an earlier day, or add --past-the-limit to keep it all the same.`)
  }
  return await change(app, db, obligation, { bookedOn: on }, { ...act, event: 'obligation-booked', on })
}

/** An owner's "done": met where that is what the rule asks, else submitted and still owed. */
export async function doneObligation(app: App, db: Db, id: number, on: Day, act: Act): Promise<Obligation> {
  const obligation = await getLive(db, id)
  if (obligation.kind === 'expiry') {
    throw conflict('An expiry is not done: it ends by a decision. Record it with: certification renew, restore, cancel or withdraw.')
  }
  await refuseFuture(db, obligation, on, act.now)
  return obligation.metBy === 'submitted' || obligation.metBy === 'carried-out'
    ? await change(app, db, obligation, { state: 'met', metOn: on, submittedOn: on }, { ...act, event: 'obligation-met', on })
    : await change(app, db, obligation, { state: 'submitted', submittedOn: on }, { ...act, event: 'obligation-submitted', on })
}

/** What a "done" comes to that proves no more than that somebody said so: handed in, and still owed. */
export async function submitObligation(app: App, db: Db, id: number, on: Day, act: Act): Promise<Obligation> {
  const obligation = await getLive(db, id)
  await refuseFuture(db, obligation, on, act.now)
  return await change(app, db, obligation, { state: 'submitted', submittedOn: on }, { ...act, event: 'obligation-submitted', on })
}

/** Ends a duty: what its rule asks for has happened (verified, decided, published …). */
export async function meetObligation(app: App, db: Db, id: number, on: Day, act: Act): Promise<Obligation> {
  const obligation = await getLive(db, id)
  if (obligation.kind === 'expiry') {
    throw conflict('An expiry ends by a decision. Record it with: certification renew, restore, cancel or withdraw.')
  }
  await refuseFuture(db, obligation, on, act.now)
  return await change(app, db, obligation, { state: 'met', metOn: on }, { ...act, event: 'obligation-met', on })
}

export async function dismissObligation(app: App, db: Db, id: number, reason: string, act: Act): Promise<Obligation> {
  const obligation = await getLive(db, id)
  if (reason.trim() === '') throw invalid('Say why it is not applicable: --reason "…".')
  return await change(app, db, obligation, { state: 'not-applicable', reason: reason.trim(), endedBy: 'person' }, { ...act, event: 'obligation-not-applicable' })
}

export async function assignObligation(app: App, db: Db, id: number, ownerId: number | null, act: Act): Promise<Obligation> {
  const obligation = await getLive(db, id)
  const given = await change(app, db, obligation, { ownerId }, { ...act, event: 'obligation-assigned' })
  if ((obligation.ownerId ?? null) !== ownerId) await noteAssigned(db, { certificationId: obligation.certificationId, obligationIds: [id], ownerId }, act)
  return given
}

export const answers = ['done', 'open', 'not-ours'] as const
export type Answer = (typeof answers)[number]

/**
 * Answers the question about a duty that was already past when its record was entered. Only "open"
 * enters the ladder; "done" needs the day. For an expired certificate: a renewal is a decision, being
 * restored is "open".
 */
export async function confirmObligation(
  app: App, db: Db, id: number, answer: { readonly answer: Answer; readonly on?: Day | undefined }, act: Act,
): Promise<Obligation> {
  const obligation = await getObligation(db, id)
  if (obligation.state !== 'unconfirmed') throw conflict(`Obligation ${id} is ${obligation.state}: there is nothing to confirm.`)
  if (answer.answer === 'open') return await change(app, db, obligation, { state: 'open' }, { ...act, event: 'obligation-confirmed' })
  if (answer.answer === 'not-ours') {
    return await change(app, db, obligation, { state: 'not-applicable', reason: 'not ours', endedBy: 'person' }, { ...act, event: 'obligation-not-applicable' })
  }
  if (obligation.kind === 'expiry') {
    throw conflict(`Renewed? Record it: certification renew ${obligation.certificationId} --on DAY --set expiry=DAY. Given up? certification cancel ${obligation.certificationId} --on DAY.`)
  }
  if (!answer.on) throw invalid('Done when? Add --on YYYY-MM-DD.')
  await refuseFuture(db, obligation, answer.on, act.now)
  return await change(app, db, obligation, { state: 'met', metOn: answer.on, submittedOn: answer.on }, { ...act, event: 'obligation-met', on: answer.on })
}

async function refuseFuture(db: Db, obligation: Obligation, on: Day, now: Instant): Promise<void> {
  const today = await localDayOf(db, obligation, now)
  const fault = doneDayFault(obligation, on, today)
  if (fault?.kind === 'future') throw invalid(`${on.toString()} lies in the future (today is ${today.toString()}).`)
  if (fault) throw invalid(`${on.toString()} is more than three years before the last allowed day ${obligation.dueOn.toString()}. Is the year right?`)
}

async function getLive(db: Db, id: number): Promise<Obligation> {
  const obligation = await getObligation(db, id)
  if (obligation.state === 'unconfirmed') throw conflict(`Obligation ${id} was past when it was entered. Answer first: obligation confirm ${id} --answer done|open|not-ours`)
  if (obligation.state === 'met' || obligation.state === 'not-applicable') throw conflict(`Obligation ${id} is ${obligation.state} already.`)
  return obligation
}

async function change(
  app: App, db: Db, obligation: Obligation, values: store.ObligationChange & { state?: ObligationState },
  act: Act & { readonly event: string; readonly on?: Day },
): Promise<Obligation> {
  if (!await store.changeObligation(db, obligation, values, act.now)) {
    throw conflict(`Somebody else has just changed obligation ${obligation.id}. Look at it again: obligation list`)
  }
  await store.checkDutiesOfCertification(db, obligation.certificationId, act.now)
  await appendHistory(db, obligation.organisationId, [{
    event: act.event, subject: 'obligation', subjectId: obligation.id, actorId: act.by?.id,
    facts: { on: act.on?.toString() ?? null, owner: values.ownerId ?? null },
  }], act.now)
  if (values.bookedOn !== undefined || values.state !== undefined) await follow(app, db, obligation, { ...values, ...act })
  if (values.state !== undefined) await followFindingDuty(app, db, obligation, values, act)
  if (obligation.stepId !== undefined && values.state !== undefined) await followDuty(db, obligation, values, act)
  else if (values.bookedOn !== undefined) await replanRunsOf(db, { certificationIds: [obligation.certificationId] }, { now: act.now, by: act.by?.name })
  return await getObligation(db, obligation.id)
}

/**
 * Lets what depends on a duty follow it, and nothing else: the internal audit ahead of a booked visit, the
 * next surveillance after one carried out, the duties counted from a report that has come.
 */
async function follow(
  app: App, db: Db, obligation: Obligation, happened: Act & { readonly state?: ObligationState; readonly metOn?: Day | null },
): Promise<void> {
  const certification = await findCertification(db, obligation.certificationId)
  const cycle = certification?.cycles.find((one) => one.number === obligation.cycle)
  if (!certification || !cycle || currentCycle(certification)?.number !== cycle.number) return
  const world = await loadWorld(db)
  const asOf = todayOf(world, obligation.organisationId, happened.now)
  const { rules } = rulesOf(schemeOf(app, certification.scheme), factsOf(certification, world), cycle, asOf)
  const rule = rules.find((one) => one.id === obligation.ruleId)
  if (!rule || !(rule.sets ?? rule.recurs?.sinceLast) && !rules.some((one) => one.each === rule.id || one.recurs?.after === rule.id)) return
  if (rule.sets && happened.state === 'met' && happened.metOn) {
    refuseBackwards(cycle, rule.sets, happened.metOn)
    await saveAnchors(db, [{ certificationId: certification.id, cycle: cycle.number, name: rule.sets, day: happened.metOn, assumed: false }])
  }
  const results = await rederiveStored(app, db, [certification.id], world, {
    asOf, now: happened.now, by: 'person', movedBy: happened.by?.name, because: `follows from ${obligation.ruleId}`, decidedOn: undefined, follows: true,
  })
  await appendHistory(db, obligation.organisationId, movedEntries(results), happened.now)
}

// A yearly report is told from the last one by its month: one of the same month, or an older one, is a slip.
function refuseBackwards(cycle: Cycle, anchor: string, on: Day): void {
  const last = anchorOf(cycle, anchor)
  if (!last || on.year * 100 + on.month > last.year * 100 + last.month) return
  throw invalid(`${on.toString()} is not in a later month than the ${anchor} recorded last, ${last.toString()}. To correct that one: certification edit`)
}
