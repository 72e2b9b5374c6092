// Something due by a day. The words for its kinds, states and ends are those of the design;
// which obligations exist is derived from the scheme (derivation.ts), not decided here.

import type { Words, Mark } from './certification.ts'
import { compareDays, type Day, isBefore } from './day.ts'

export const obligationKinds = [
  'expiry', 'recertification', 'surveillance-audit', 'internal-audit', 'management-review', 'booking',
  'assessment', 'filing', 'filing-extension', 'self-check', 'scan', 'report', 'notification', 'contract',
  'step', 'corrective-action', 'transition', 'suspension-end', 'restoration', 'inspection', 'custom',
] as const
export type ObligationKind = (typeof obligationKinds)[number]

/** A: certificate or law at stake; B: keeps an A possible; C: good order. */
export const tiers = ['A', 'B', 'C'] as const
export type Tier = (typeof tiers)[number]

/** What ends an obligation; an owner's "done" alone only sets *submitted*. */
export const endings = ['submitted', 'carried-out', 'verified', 'decided', 'published'] as const
export type Ending = (typeof endings)[number]

export const obligationStates = ['unconfirmed', 'open', 'submitted', 'met', 'not-applicable'] as const
export type ObligationState = (typeof obligationStates)[number]

/** Who owes it; what an outside party owes is *expected*, and advice is owed by nobody: neither makes us late. */
export const owers = ['organisation', 'outside', 'nobody'] as const
export type OwedBy = (typeof owers)[number]

/** What a rule yields for one cycle: the part of an obligation that re-deriving rewrites. */
export interface Derived {
  readonly cycle: number
  readonly ruleId: string
  /** From 1; more than one where a rule recurs within a cycle. */
  readonly ordinal: number
  readonly kind: ObligationKind
  readonly tier: Tier
  /** The reminder ladder that applies, by id (ladder.ts). */
  readonly ladder: string
  readonly title: Words
  readonly opensOn: Day | undefined
  /** The last allowed day, by the stricter reading. */
  readonly dueOn: Day
  /** The last allowed day by the looser reading where sources differ: late only after it. */
  readonly latestOn: Day | undefined
  readonly metBy: Ending
  readonly owedBy: OwedBy
  /** Document and clause, or which of our defaults. */
  readonly basis: string
  readonly mark: Mark
  /** True when a calendar year without data was counted over. */
  readonly provisional: boolean
}

export interface Obligation extends Derived {
  readonly id: number
  readonly certificationId: number
  readonly organisationId: number
  readonly bookedOn: Day | undefined
  readonly state: ObligationState
  readonly ownerId: number | undefined
  /** The step it is the deadline of. */
  readonly stepId: number | undefined
  readonly enteredOn: Day
  readonly submittedOn: Day | undefined
  readonly metOn: Day | undefined
  /** Who said it does not apply: what the rules ended opens again once they yield it. */
  readonly endedBy: 'rules' | 'person' | undefined
  /** Where the day was moved: what it was and by whom, so that the next mail can say from-to. */
  readonly movedFrom: Day | undefined
  readonly movedBy: string | undefined
  readonly revision: number
}

/** A duty already past when its record was entered waits for a person's answer. */
export function stateAtEntry(dueOn: Day, enteredOn: Day): ObligationState {
  return isBefore(dueOn, enteredOn) ? 'unconfirmed' : 'open'
}

/** Returns the day that notices count to: the booked day, else the last allowed day. */
export function countedTo(obligation: Pick<Obligation, 'bookedOn' | 'dueOn'>): Day {
  return obligation.bookedOn ?? obligation.dueOn
}

/** Returns the last day on which meeting it is in time, by the looser reading. */
export function lateAfter(obligation: Pick<Obligation, 'latestOn' | 'dueOn'>): Day {
  return obligation.latestOn ?? obligation.dueOn
}

/** Says whether the duty is late on `asOf`: its last allowed day has passed and it is still owed by us. */
export function isLate(
  obligation: Pick<Obligation, 'latestOn' | 'dueOn' | 'state' | 'owedBy'>, asOf: Day,
): boolean {
  return obligation.owedBy === 'organisation'
    && (obligation.state === 'open' || obligation.state === 'submitted')
    && compareDays(asOf, lateAfter(obligation)) > 0
}

/** Says whether it is still owed: open, or handed in and not met. */
export const isDue = ({ state }: Pick<Obligation, 'state'>): boolean => state === 'open' || state === 'submitted'

// A slip of a year would move everything that is counted from that day.
const longestAgo = { years: 3 }

/** Says what is wrong with a day on which a duty is said to be done; `first` and `today` are the days allowed, both inclusive. */
export function doneDayFault(
  { dueOn }: Pick<Obligation, 'dueOn'>, on: Day, today: Day,
): { readonly kind: 'future' | 'long-ago'; readonly first: Day } | undefined {
  const first = dueOn.subtract(longestAgo)
  if (compareDays(on, today) > 0) return { kind: 'future', first }
  return isBefore(on, first) ? { kind: 'long-ago', first } : undefined
}
