// What a certification is on a day, and which decisions may be taken on it then. "Expired" is a fact
// about a day, never a column: it follows from the cycle's days and the decisions taken by then.

import { compareDays, type Day, isAfter, nthAfter } from './day.ts'
import { anchorOf, type Cycle, type Decision, type DecisionKind, type Words } from './certification.ts'
import { completeCycle, footingOf, type Refused, type Scheme } from './scheme.ts'
import { type End, type Facts, rulesOf, type Validity, validityOf } from './validity.ts'

export const certificationStates = [
  'planned', 'active', 'in-renewal', 'pending-renewal', 'suspended', 'expired-restorable', 'expired', 'deprecated', 'withdrawn',
  'cancelled', 'archived', 'superseded',
] as const
export type CertificationState = (typeof certificationStates)[number]

export type Binding = End['binds'] | 'suspension' | 'withdrawal' | 'cancellation' | 'archive' | 'renewal' | 'application'

export interface Standing {
  readonly state: CertificationState
  /** The effective end: the last valid day, the last day of a suspension, or the day a decision ended it. */
  readonly endsOn: Day | undefined
  /** The last valid day whatever its state: a suspension does not move it. */
  readonly validUntil: Day | undefined
  readonly binds: Binding | undefined
  /** The day its cycle began. */
  readonly beganOn: Day | undefined
  /** The end as the record states it and as the scheme computes it; both are shown where they differ. */
  readonly statedOn: Day | undefined
  readonly computedOn: Day | undefined
  /** The last day on which an expired one can be restored; undefined where it cannot be any more. */
  readonly restorableUntil: Day | undefined
  /** Why restoration must not be counted on; such a certificate counts as expired all the same. */
  readonly doubt: Words | undefined
  /** True once a decision or a successor ended it: nothing is owed any more. Expired by its day alone, it is not over. */
  readonly over: boolean
}

/** Returns the standing on `asOf` by what had been decided until then; valid through the end, not before it. */
export function standingOn(scheme: Scheme, facts: Facts, asOf: Day): Standing {
  const cycle = cycleOn(scheme, facts, asOf)
  if (!cycle) return { ...nothing, state: 'planned' }
  return standingOfCycle(scheme, facts, cycle, asOf)
}

/** Returns the standing of one cycle, which its successor replaces from the day that one begins. */
export function standingOfCycle(scheme: Scheme, facts: Facts, cycle: Cycle, asOf: Day): Standing {
  const rules = rulesOf(scheme, facts, cycle, asOf)
  const validity = validityOf(rules, facts, cycle, asOf)
  const days = { ...nothing, statedOn: validity.statedOn, computedOn: validity.computedOn, validUntil: validity.end?.on, beganOn: validity.began?.day }
  const decisions = decidedIn(facts, cycle, asOf)
  const ending = decisions.findLast((one) => endings[one.kind] !== undefined)
  if (ending) return { ...days, ...endings[ending.kind]!, endsOn: ending.decidedOn, over: true }
  const successor = facts.cycles.find((one) => one.number > cycle.number && hasBegun(scheme, one, asOf))
  if (successor) {
    return { ...days, state: 'superseded', binds: 'renewal', endsOn: anchorOf(completeCycle(scheme, successor), scheme.begins), over: true }
  }
  return parentStanding(rules, facts, days) ?? { ...days, ...validityStanding(rules, facts, { validity, decisions }, asOf) }
}

const nothing: Omit<Standing, 'state'> = {
  endsOn: undefined, validUntil: undefined, beganOn: undefined, binds: undefined, statedOn: undefined, computedOn: undefined, restorableUntil: undefined, doubt: undefined, over: false,
}

const endings: Partial<Record<DecisionKind, Pick<Standing, 'state' | 'binds'>>> = {
  withdraw: { state: 'withdrawn', binds: 'withdrawal' },
  cancel: { state: 'cancelled', binds: 'cancellation' },
  archive: { state: 'archived', binds: 'archive' },
}

// What rests on another is suspended, withdrawn and given up with it; its expiry is a matter of validity.
function parentStanding(scheme: Scheme, facts: Facts, days: Omit<Standing, 'state'>): Standing | undefined {
  const { parent } = facts
  const footing = footingOf(scheme, facts.options)
  if (!parent || footing?.lapse === 'warns' || (scheme.restsOn && !footing)) return undefined
  if (parent.state !== 'suspended' && !(parent.over && parent.state !== 'superseded')) return undefined
  return { ...days, state: parent.state, binds: 'parent', endsOn: parent.endsOn, over: parent.over }
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

type Now = Pick<Standing, 'state' | 'endsOn' | 'binds' | 'restorableUntil' | 'doubt'> & Partial<Pick<Standing, 'validUntil'>>

function validityStanding(scheme: Scheme, facts: Facts, known: Known, asOf: Day): Now {
  const { end } = known.validity
  const days = { endsOn: end?.on, binds: end?.binds, restorableUntil: undefined, doubt: undefined }
  if (!hasBegun(scheme, known.validity.cycle, asOf)) return { ...days, state: 'planned' }
  const isPending = known.validity.appliedOn !== undefined
  if (end && isAfter(asOf, end.on) && !isPending) return { ...days, ...expiredStanding(scheme, end, asOf) }
  const suspension = openSuspension(scheme, known.decisions)
  if (end && isAfter(asOf, end.on) && !suspension) return { ...days, state: 'pending-renewal', endsOn: undefined, validUntil: undefined, binds: 'application' }
  if (suspension) return { ...days, ...suspendedStanding(suspension, end) }
  const renewing = facts.renewalStartedOn !== undefined && !isAfter(facts.renewalStartedOn, asOf)
  return { ...days, state: renewing ? 'in-renewal' : 'active' }
}

// An edition or a parent that has ended cannot be restored by finishing one's own audit.
function expiredStanding(scheme: Scheme, end: End, asOf: Day): Pick<Standing, 'state' | 'restorableUntil' | 'doubt'> {
  const own = end.binds === 'expiry' || end.binds === 'extension'
  const until = own && scheme.restoration ? nthAfter(end.on, scheme.restoration.within.duration, 1) : undefined
  const restorableUntil = until && !isAfter(asOf, until) ? until : undefined
  const doubt = restorableUntil && scheme.restoration?.doubt
  if (restorableUntil && !doubt) return { state: 'expired-restorable', restorableUntil, doubt }
  return { state: stateAfterEnd(scheme, end, asOf), restorableUntil, doubt }
}

function stateAfterEnd({ afterEnd }: Scheme, end: End, asOf: Day): CertificationState {
  if (!afterEnd) return 'expired'
  const until = afterEnd.lasts && nthAfter(end.on, afterEnd.lasts.duration, 1)
  return until && isAfter(asOf, until) ? 'expired' : afterEnd.state
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
  return openSuspension(rulesOf(scheme, facts, cycle, asOf), decidedIn(facts, cycle, asOf))
}

function suspendedStanding(suspension: Suspension, end: End | undefined): Pick<Standing, 'state'> | Now {
  const { untilOn } = suspension
  const binds = untilOn !== undefined && (end === undefined || compareDays(untilOn, end.on) < 0)
  return binds ? { state: 'suspended', endsOn: untilOn, binds: 'suspension', restorableUntil: undefined, doubt: undefined } : { state: 'suspended' }
}

const running: readonly DecisionKind[] = [
  'maintain', 'renew', 'suspend', 'withdraw', 'cancel', 'extend', 'archive', 'expand-scope', 'reduce-scope', 'refuse', 'transfer',
]

/** The decisions each state allows (ISO/IEC 17021-1, 9.5 and 9.6). */
export const allowedDecisions: Readonly<Record<CertificationState, readonly DecisionKind[]>> = {
  planned: ['grant', 'cancel', 'refuse'],
  active: running,
  'in-renewal': running,
  'pending-renewal': running.filter((kind) => kind !== 'extend' && kind !== 'transfer'),
  suspended: ['restore', 'withdraw', 'cancel', 'archive', 'reduce-scope'],
  'expired-restorable': ['restore', 'grant', 'withdraw', 'cancel', 'archive', 'refuse'],
  expired: ['grant', 'cancel', 'archive'],
  deprecated: ['renew', 'grant', 'cancel', 'archive'],
  withdrawn: [],
  cancelled: [],
  archived: [],
  superseded: [],
}

const past: Readonly<Record<DecisionKind, string>> = {
  grant: 'granted', maintain: 'maintained', renew: 'renewed', suspend: 'suspended', restore: 'restored',
  withdraw: 'withdrawn', cancel: 'given up', extend: 'extended', archive: 'archived',
  'expand-scope': 'given a wider scope', 'reduce-scope': 'given a narrower scope', refuse: 'refused', transfer: 'moved to another body',
}

const named: Readonly<Record<CertificationState, string>> = {
  planned: 'planned', active: 'valid', 'in-renewal': 'valid (renewal under way)', 'pending-renewal': 'valid (renewal applied for)',
  suspended: 'suspended', 'expired-restorable': 'expired', expired: 'expired', deprecated: 'deprecated', withdrawn: 'withdrawn', cancelled: 'given-up',
  archived: 'archived', superseded: 'replaced',
}

/** Says whether a decision may be taken in a state; a refusal names what may be instead. */
export function decideMove(state: CertificationState, decision: DecisionKind): { readonly ok: true } | Refused {
  const allowed = allowedDecisions[state]
  if (allowed.includes(decision)) return { ok: true }
  const way = allowed.length > 0 ? `Allowed now: ${allowed.join(', ')}.` : 'Enter a new certification instead.'
  // IAF MD 2, 2.1: only a valid certification may be transferred; a known suspended one must not be accepted.
  const rule = decision === 'transfer' && state === 'suspended' ? ' (IAF MD 2: one that is known to be suspended is not accepted)' : ''
  return { ok: false, refusal: `a certification that is ${named[state]} cannot be ${past[decision]}${rule}. ${way}` }
}

/** Says whether a decision may be taken on a certification that stands like this, by its scheme's own rules. */
export function decideDecision(scheme: Scheme, standing: Standing, decision: DecisionKind): { readonly ok: true } | Refused {
  // A bridge letter, or the answer of an authority asked in time, is often written after the old end.
  const isBridge = decision === 'extend' && scheme.extension !== undefined && standing.state === 'expired'
  if (isBridge) return { ok: true }
  const move = decideMove(stateForDecisions(standing), decision)
  if (!move.ok) return decision === 'restore' ? refuseRestoration(scheme, standing, move) : move
  return decision === 'extend' && !scheme.extension ? refuseExtension(scheme) : move
}

function refuseExtension({ id, unextended }: Scheme): Refused {
  const why = unextended ? `its validity is not extended (${unextended.basis})` : `${id} has no rule by which its validity is extended`
  return { ok: false, refusal: `${why}. Renew it before its end, or, where a paper states another last day, correct the record: certification edit --set expiry=DAY.` }
}

// Why it cannot be restored any more, or never could.
function refuseRestoration({ id, restoration }: Scheme, { state, validUntil }: Standing, { refusal }: Refused): Refused {
  if (state !== 'expired' || !validUntil) return { ok: false, refusal }
  if (!restoration) return { ok: false, refusal: `${id} knows no restoration after the expiry. ${refusal}` }
  const until = nthAfter(validUntil, restoration.within.duration, 1)
  return { ok: false, refusal: `it could be restored until ${until.toString()} (${restoration.basis}). ${refusal}` }
}

/**
 * Returns the state whose decisions may be taken: a certificate whose restoration is only in doubt may
 * still be restored, and one that its register archived by its day alone may still be granted or given up.
 */
export function stateForDecisions(standing: Standing): CertificationState {
  if (standing.state === 'expired' && standing.restorableUntil) return 'expired-restorable'
  return standing.state === 'archived' && !standing.over ? 'expired' : standing.state
}
