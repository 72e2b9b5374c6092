// What a certification is on a day, and which decisions may be taken on it then. "Expired" is a fact
// about a day, never a column: it follows from the cycle's days and the decisions taken by then.

import { compareDays, type Day, isAfter, nthAfter } from './day.ts'
import { anchorOf, type Cycle, type Decision, type DecisionKind } from './certification.ts'
import { completeCycle, type Refused, type Scheme } from './scheme.ts'
import { type End, type Facts, type Validity, validityOf } from './validity.ts'

export const certificationStates = [
  'planned', 'active', 'in-renewal', 'suspended', 'expired-restorable', 'expired', 'withdrawn', 'cancelled',
  'archived', 'superseded',
] as const
export type CertificationState = (typeof certificationStates)[number]

export type Binding = End['binds'] | 'suspension' | 'withdrawal' | 'cancellation' | 'archive' | 'renewal'

export interface Standing {
  readonly state: CertificationState
  /** The effective end: the last valid day, the last day of a suspension, or the day a decision ended it. */
  readonly endsOn: Day | undefined
  readonly binds: Binding | undefined
  /** The end as the record states it and as the scheme computes it; both are shown where they differ. */
  readonly statedOn: Day | undefined
  readonly computedOn: Day | undefined
  /** The last day on which an expired one can be restored; undefined where it cannot be any more. */
  readonly restorableUntil: Day | undefined
}

/** States in which nothing is owed any more. */
export const endedStates: ReadonlySet<CertificationState> = new Set(['withdrawn', 'cancelled', 'archived', 'superseded'])

/** Returns the standing on `asOf` by what had been decided until then; valid through the end, not before it. */
export function standingOn(scheme: Scheme, facts: Facts, asOf: Day): Standing {
  const cycle = cycleOn(scheme, facts, asOf)
  if (!cycle) return { ...nothing, state: 'planned' }
  return standingOfCycle(scheme, facts, cycle, asOf)
}

/** Returns the standing of one cycle, which its successor replaces from the day that one begins. */
export function standingOfCycle(scheme: Scheme, facts: Facts, cycle: Cycle, asOf: Day): Standing {
  const validity = validityOf(scheme, facts, cycle, asOf)
  const days = { ...nothing, statedOn: validity.statedOn, computedOn: validity.computedOn }
  const decisions = decidedIn(facts, cycle, asOf)
  const ending = decisions.findLast((one) => endings[one.kind] !== undefined)
  if (ending) return { ...days, ...endings[ending.kind]!, endsOn: ending.decidedOn }
  const successor = facts.cycles.find((one) => one.number > cycle.number && hasBegun(scheme, one, asOf))
  if (successor) {
    return { ...days, state: 'superseded', binds: 'renewal', endsOn: anchorOf(completeCycle(scheme, successor), scheme.begins) }
  }
  return { ...days, ...validityStanding(scheme, facts, { validity, decisions }, asOf) }
}

const nothing: Omit<Standing, 'state'> = {
  endsOn: undefined, binds: undefined, statedOn: undefined, computedOn: undefined, restorableUntil: undefined,
}

const endings: Partial<Record<DecisionKind, Pick<Standing, 'state' | 'binds'>>> = {
  withdraw: { state: 'withdrawn', binds: 'withdrawal' },
  cancel: { state: 'cancelled', binds: 'cancellation' },
  archive: { state: 'archived', binds: 'archive' },
}

/** Returns the cycle that runs on a day: the last one begun by then, or the first where none has. */
export function cycleOn(scheme: Scheme, facts: Facts, asOf: Day): Cycle | undefined {
  const cycles = facts.cycles.toSorted((a, b) => a.number - b.number)
  return cycles.findLast((cycle) => hasBegun(scheme, cycle, asOf)) ?? cycles[0]
}

// A record that states its end alone has begun; one that states no day at all is only planned.
function hasBegun(scheme: Scheme, cycle: Cycle, asOf: Day): boolean {
  const complete = completeCycle(scheme, cycle)
  const began = anchorOf(complete, scheme.begins)
  return began ? !isAfter(began, asOf) : anchorOf(complete, 'expiry') !== undefined
}

function decidedIn(facts: Facts, cycle: Cycle, asOf: Day): readonly Decision[] {
  return facts.decisions
    .filter((one) => one.cycle === cycle.number && !isAfter(one.decidedOn, asOf))
    .toSorted((a, b) => compareDays(a.decidedOn, b.decidedOn))
}

interface Known { readonly validity: Validity; readonly decisions: readonly Decision[] }

type Now = Pick<Standing, 'state' | 'endsOn' | 'binds' | 'restorableUntil'>

function validityStanding(scheme: Scheme, facts: Facts, known: Known, asOf: Day): Now {
  const { end } = known.validity
  const days = { endsOn: end?.on, binds: end?.binds, restorableUntil: undefined }
  if (!hasBegun(scheme, known.validity.cycle, asOf)) return { ...days, state: 'planned' }
  if (end && isAfter(asOf, end.on)) return { ...days, ...expiredStanding(scheme, end, asOf) }
  const suspension = openSuspension(scheme, known.decisions)
  if (suspension) return { ...days, ...suspendedStanding(suspension, end) }
  const renewing = facts.renewalStartedOn !== undefined && !isAfter(facts.renewalStartedOn, asOf)
  return { ...days, state: renewing ? 'in-renewal' : 'active' }
}

// An edition or a parent that has ended cannot be restored by finishing one's own audit.
function expiredStanding(scheme: Scheme, end: End, asOf: Day): Pick<Standing, 'state' | 'restorableUntil'> {
  const own = end.binds === 'expiry' || end.binds === 'extension'
  const restorableUntil = own && scheme.restoration ? nthAfter(end.on, scheme.restoration.within.duration, 1) : undefined
  if (restorableUntil && !isAfter(asOf, restorableUntil)) return { state: 'expired-restorable', restorableUntil }
  return { state: 'expired', restorableUntil: undefined }
}

/** A suspension nothing has ended yet: the nth of its cycle, with its last day where one is known. */
export interface Suspension {
  readonly ordinal: number
  readonly since: Day
  readonly untilOn: Day | undefined
  /** True where the decision names the last day itself. */
  readonly stated: boolean
}

function openSuspension(scheme: Scheme, decisions: readonly Decision[]): Suspension | undefined {
  const suspensions = decisions.filter((one) => one.kind === 'suspend')
  const last = decisions.findLast((one) => one.kind === 'suspend' || one.kind === 'restore')
  if (last?.kind !== 'suspend') return undefined
  const computed = scheme.suspension && nthAfter(last.decidedOn, scheme.suspension.atMost.duration, 1)
  return {
    ordinal: suspensions.length, since: last.decidedOn, untilOn: last.untilOn ?? computed, stated: last.untilOn !== undefined,
  }
}

/** Returns the suspension of a cycle that is open on `asOf`. */
export function suspensionOn(scheme: Scheme, facts: Facts, cycle: Cycle, asOf: Day): Suspension | undefined {
  return openSuspension(scheme, decidedIn(facts, cycle, asOf))
}

function suspendedStanding(suspension: Suspension, end: End | undefined): Pick<Standing, 'state'> | Now {
  const { untilOn } = suspension
  const binds = untilOn !== undefined && (end === undefined || compareDays(untilOn, end.on) < 0)
  return binds ? { state: 'suspended', endsOn: untilOn, binds: 'suspension', restorableUntil: undefined } : { state: 'suspended' }
}

const running: readonly DecisionKind[] = [
  'maintain', 'renew', 'suspend', 'withdraw', 'cancel', 'extend', 'archive', 'expand-scope', 'reduce-scope',
]

/** The decisions each state allows (ISO/IEC 17021-1, 9.5 and 9.6). */
export const allowedDecisions: Readonly<Record<CertificationState, readonly DecisionKind[]>> = {
  planned: ['grant', 'cancel'],
  active: running,
  'in-renewal': running,
  suspended: ['restore', 'withdraw', 'cancel', 'archive', 'reduce-scope'],
  'expired-restorable': ['restore', 'grant', 'withdraw', 'cancel', 'archive'],
  expired: ['grant', 'cancel', 'archive'],
  withdrawn: [],
  cancelled: [],
  archived: [],
  superseded: [],
}

const past: Readonly<Record<DecisionKind, string>> = {
  grant: 'granted', maintain: 'maintained', renew: 'renewed', suspend: 'suspended', restore: 'restored',
  withdraw: 'withdrawn', cancel: 'given up', extend: 'extended', archive: 'archived',
  'expand-scope': 'given a wider scope', 'reduce-scope': 'given a narrower scope',
}

const named: Readonly<Record<CertificationState, string>> = {
  planned: 'planned', active: 'valid', 'in-renewal': 'valid (renewal under way)', suspended: 'suspended',
  'expired-restorable': 'expired', expired: 'expired', withdrawn: 'withdrawn', cancelled: 'given-up',
  archived: 'archived', superseded: 'replaced',
}

/** Says whether a decision may be taken in a state; a refusal names what may be instead. */
export function decideMove(state: CertificationState, decision: DecisionKind): { readonly ok: true } | Refused {
  const allowed = allowedDecisions[state]
  if (allowed.includes(decision)) return { ok: true }
  const way = allowed.length > 0 ? `Allowed now: ${allowed.join(', ')}.` : 'Enter a new certification instead.'
  return { ok: false, refusal: `a certification that is ${named[state]} cannot be ${past[decision]}. ${way}` }
}
