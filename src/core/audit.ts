// One visit of auditors, for any number of duties: where it stands, which duties it can meet, and what a day
// agreed, or the day it really happened, is to each of them.

import { compareDays, type Day, daysBetween, isBefore } from './day.ts'
import { lateAfter, type Obligation, type ObligationKind } from './obligation.ts'
import type { Refused } from './scheme.ts'

export const auditStates = ['planned', 'booked', 'carried-out', 'cancelled'] as const
export type AuditState = (typeof auditStates)[number]

export interface AuditDays {
  readonly bookedFrom: Day | undefined
  readonly carriedOutOn: Day | undefined
  readonly cancelledOn: Day | undefined
}

export function auditStateOf({ bookedFrom, carriedOutOn, cancelledOn }: AuditDays): AuditState {
  if (cancelledOn) return 'cancelled'
  if (carriedOutOn) return 'carried-out'
  return bookedFrom ? 'booked' : 'planned'
}

/** What auditors come for, the likeliest first; an expiry ends by a decision, a step by its run. */
const coverable: readonly ObligationKind[] = ['surveillance-audit', 'recertification', 'assessment', 'inspection', 'internal-audit', 'management-review', 'transition', 'custom']

export const isCoverable = ({ kind }: Pick<Obligation, 'kind'>): boolean => coverable.includes(kind)

/** The kinds that a visit is planned for where only the certification is named. */
const visited: ReadonlySet<ObligationKind> = new Set(['surveillance-audit', 'recertification', 'assessment', 'inspection'])

/** Returns the duty of a certification that the next visit is for: the one owed first. */
export function nextVisited<T extends Pick<Obligation, 'kind' | 'state' | 'dueOn'>>(duties: readonly T[]): T | undefined {
  return duties.filter((one) => visited.has(one.kind) && (one.state === 'open' || one.state === 'unconfirmed')).toSorted((a, b) => compareDays(a.dueOn, b.dueOn))[0]
}

/**
 * Returns the duty of a certification that rides on another which a visit for the other's duty meets too: told by no
 * ladder of its own, of the same kind, open by the other's last day and due less than a year after it.
 */
export function riddenDuty(parent: Pick<Obligation, 'kind' | 'dueOn'>, duties: readonly Obligation[]): Obligation | undefined {
  return duties.filter((one) => one.state === 'open' && one.ladder === 'none' && one.kind === parent.kind
    && isBefore(one.dueOn, parent.dueOn.add({ years: 1 })) && !(one.opensOn && isBefore(parent.dueOn, one.opensOn)))
    .toSorted((a, b) => compareDays(a.dueOn, b.dueOn))[0]
}

/** What is to be done about a visit on a day: agree on its days, get ready, or say whether it took place. */
export type NextMove = 'book' | 'prepare' | 'record' | 'none'

export function nextMoveOn(days: AuditDays & { readonly bookedUntil: Day | undefined }, asOf: Day): NextMove {
  const state = auditStateOf(days)
  if (state !== 'booked') return state === 'planned' ? 'book' : 'none'
  return isBefore(days.bookedUntil!, asOf) ? 'record' : 'prepare'
}

type Limits = Pick<Obligation, 'id' | 'opensOn' | 'dueOn' | 'latestOn'>

/** What a day is to a duty: before its window, within its last day, past the stricter of two, or past the limit. */
export const fits = ['before-window', 'in-time', 'stricter-passed', 'past-the-limit'] as const
export type Fit = (typeof fits)[number]

export function fitOf(duty: Limits, on: Day): Fit {
  if (compareDays(on, lateAfter(duty)) > 0) return 'past-the-limit'
  if (compareDays(on, duty.dueOn) > 0) return 'stricter-passed'
  return duty.opensOn && isBefore(on, duty.opensOn) ? 'before-window' : 'in-time'
}

/** Returns the days from `on` to the last allowed one, by the looser reading; negative where it is late by so many. */
export const daysToLimit = (duty: Limits, on: Day): number => daysBetween(on, lateAfter(duty))

export interface Named extends Limits { readonly name: string }

/** Says whether a visit may be agreed on until `until`: refused whole, naming every duty whose limit it passes. */
export function decideBooking(duties: readonly Named[], days: { readonly from: Day; readonly until: Day }): { readonly ok: true } | Refused {
  if (isBefore(days.until, days.from)) return refuse(`The visit cannot end on ${days.until.toString()}, before it begins on ${days.from.toString()}.`)
  const past = duties.filter((duty) => fitOf(duty, days.until) === 'past-the-limit')
  if (past.length === 0) return { ok: true }
  const list = past.map((duty) => `${duty.name} (last allowed day ${lateAfter(duty).toString()})`).join('; ')
  return refuse(`${days.until.toString()} is past the limit of: ${list}. Agree on an earlier day, or add --past-the-limit to keep it all the same.`)
}

const refuse = (refusal: string): Refused => ({ ok: false, refusal })
