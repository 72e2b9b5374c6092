// What people decide about duties: booked, done, met, not ours, whose; and the answer about one that was
// already past when its record was entered. Nothing the rules derived is changed here.

import { compareDays, type Day, dayOf, type Instant } from '../core/day.ts'
import { lateAfter, type Obligation, type ObligationState } from '../core/obligation.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import * as store from '../store/obligations.ts'
import { findOrganisation } from '../store/people.ts'

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

/** Sets the agreed day; from then on notices count to it. A day past the limit is refused unless `past` says so. */
export async function bookObligation(
  db: Db, id: number, on: Day, act: Act & { readonly pastTheLimit: 'refuse' | 'keep' },
): Promise<Obligation> {
  const obligation = await getLive(db, id)
  if (obligation.kind === 'expiry') throw conflict('An expiry is not booked. Book the recertification or the audit that renews it.')
  if (compareDays(on, lateAfter(obligation)) > 0 && act.pastTheLimit === 'refuse') {
    throw invalid(`${on.toString()} is past the last allowed day ${lateAfter(obligation).toString()}. Agree on an earlier day, or add --past-the-limit to keep it all the same.`)
  }
  return await change(db, obligation, { bookedOn: on }, { ...act, event: 'obligation-booked', on })
}

/** An owner's "done": met where that is what the rule asks, else submitted and still owed. */
export async function doneObligation(db: Db, id: number, on: Day, act: Act): Promise<Obligation> {
  const obligation = await getLive(db, id)
  if (obligation.kind === 'expiry') {
    throw conflict('An expiry is not done: it ends by a decision. Record it with: certification renew, restore, cancel or withdraw.')
  }
  await refuseFuture(db, obligation, on, act.now)
  return obligation.metBy === 'submitted' || obligation.metBy === 'carried-out'
    ? await change(db, obligation, { state: 'met', metOn: on, submittedOn: on }, { ...act, event: 'obligation-met', on })
    : await change(db, obligation, { state: 'submitted', submittedOn: on }, { ...act, event: 'obligation-submitted', on })
}

/** Ends a duty: what its rule asks for has happened (verified, decided, published …). */
export async function meetObligation(db: Db, id: number, on: Day, act: Act): Promise<Obligation> {
  const obligation = await getLive(db, id)
  if (obligation.kind === 'expiry') {
    throw conflict('An expiry ends by a decision. Record it with: certification renew, restore, cancel or withdraw.')
  }
  await refuseFuture(db, obligation, on, act.now)
  return await change(db, obligation, { state: 'met', metOn: on }, { ...act, event: 'obligation-met', on })
}

export async function dismissObligation(db: Db, id: number, reason: string, act: Act): Promise<Obligation> {
  const obligation = await getLive(db, id)
  if (reason.trim() === '') throw invalid('Say why it is not applicable: --reason "…".')
  return await change(db, obligation, { state: 'not-applicable', reason: reason.trim(), endedBy: 'person' }, { ...act, event: 'obligation-not-applicable' })
}

export async function assignObligation(db: Db, id: number, ownerId: number | null, act: Act): Promise<Obligation> {
  const obligation = await getLive(db, id)
  return await change(db, obligation, { ownerId }, { ...act, event: 'obligation-assigned' })
}

export const answers = ['done', 'open', 'not-ours'] as const
export type Answer = (typeof answers)[number]

/**
 * Answers the question about a duty that was already past when its record was entered. Only "open"
 * enters the ladder; "done" needs the day. For an expired certificate: a renewal is a decision, being
 * restored is "open".
 */
export async function confirmObligation(
  db: Db, id: number, answer: { readonly answer: Answer; readonly on?: Day | undefined }, act: Act,
): Promise<Obligation> {
  const obligation = await getObligation(db, id)
  if (obligation.state !== 'unconfirmed') throw conflict(`Obligation ${id} is ${obligation.state}: there is nothing to confirm.`)
  if (answer.answer === 'open') return await change(db, obligation, { state: 'open' }, { ...act, event: 'obligation-confirmed' })
  if (answer.answer === 'not-ours') {
    return await change(db, obligation, { state: 'not-applicable', reason: 'not ours', endedBy: 'person' }, { ...act, event: 'obligation-not-applicable' })
  }
  if (obligation.kind === 'expiry') {
    throw conflict(`Renewed? Record it: certification renew ${obligation.certificationId} --on DAY --set expiry=DAY. Given up? certification cancel ${obligation.certificationId} --on DAY.`)
  }
  if (!answer.on) throw invalid('Done when? Add --on YYYY-MM-DD.')
  await refuseFuture(db, obligation, answer.on, act.now)
  return await change(db, obligation, { state: 'met', metOn: answer.on, submittedOn: answer.on }, { ...act, event: 'obligation-met', on: answer.on })
}

async function refuseFuture(db: Db, obligation: Obligation, on: Day, now: Instant): Promise<void> {
  const today = await localDayOf(db, obligation, now)
  if (compareDays(on, today) > 0) throw invalid(`${on.toString()} lies in the future (today is ${today.toString()}).`)
}

async function getLive(db: Db, id: number): Promise<Obligation> {
  const obligation = await getObligation(db, id)
  if (obligation.state === 'unconfirmed') throw conflict(`Obligation ${id} was past when it was entered. Answer first: obligation confirm ${id} --answer done|open|not-ours`)
  if (obligation.state === 'met' || obligation.state === 'not-applicable') throw conflict(`Obligation ${id} is ${obligation.state} already.`)
  return obligation
}

async function change(
  db: Db, obligation: Obligation, values: store.ObligationChange & { state?: ObligationState },
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
  return await getObligation(db, obligation.id)
}
