// What re-deriving changes: the rules yield their duties anew, and this says which rows are new, which
// moved, and which have ended. What a person planned, assigned or decided is never touched.

import { compareDays, type Day, daysBetween, earliest, isBefore } from './day.ts'
import { type Derived, lateAfter, type Obligation, type ObligationState, stateAtEntry } from './obligation.ts'

export interface Move {
  readonly obligation: Obligation
  readonly derived: Derived
  /** True where the ledger's rows go along: the rules moved it by a week or less, which nobody need hear. */
  readonly quiet: boolean
  /** The state from now on: a duty nobody has answered for is open once its day lies ahead. */
  readonly state: ObligationState
}

export interface Ending {
  readonly obligation: Obligation
  readonly state: Extract<ObligationState, 'met' | 'not-applicable'>
  readonly on: Day
  readonly reason: string
}

export interface Rederivation {
  readonly added: readonly { readonly derived: Derived; readonly state: ObligationState }[]
  /** The due day changed. */
  readonly moved: readonly Move[]
  /** Something else that the rules decide changed: title, basis, window. */
  readonly rewritten: readonly { readonly obligation: Obligation; readonly derived: Derived }[]
  /** Ended by the rules before, and yielded by them again. */
  readonly reopened: readonly { readonly obligation: Obligation; readonly derived: Derived; readonly state: ObligationState }[]
  readonly ended: readonly Ending[]
}

export interface Occasion {
  /** The day duties are new as of: one already past then is unconfirmed. */
  readonly asOf: Day
  /** Who made the change: a person's move always opens a new ladder. */
  readonly by: 'person' | 'rules'
  /** Why duties that no longer follow have ended, and how those that a decision settles end. */
  readonly because: string
  /** The day of the decision that settles expiry, recertification and the like; undefined where none is taken. */
  readonly decidedOn: Day | undefined
  /** True where another duty's booking or completion is what this one follows. */
  readonly follows?: boolean
  /** The day on which what a vanished duty asked for happened, such as a filing; undefined where it did not. */
  readonly settledOn: (obligation: Obligation) => Day | undefined
}

const quietDays = 7
const identity = (one: Pick<Derived, 'cycle' | 'ruleId' | 'ordinal'>): string => `${one.cycle}/${one.ruleId}/${one.ordinal}`
const endedByDecision = new Set(['expiry', 'recertification', 'restoration', 'suspension-end'])

/**
 * Compares what stands with what the rules yield now. What runs and findings ask for is not the rules' and stays;
 * so does what is met, or not applicable because a person said so, with the day it was measured by.
 */
export function decideRederivation(
  standing: readonly Obligation[], derived: readonly Derived[], occasion: Occasion,
): Rederivation {
  const before = new Map(standing.map((one) => [identity(one), one]))
  const now = new Map(derived.map((one) => [identity(one), one]))
  const kept = derived.flatMap((one) => {
    const obligation = before.get(identity(one))
    return obligation && isLive(obligation) ? [{ obligation, derived: one }] : []
  })
  return {
    // Advice that was past before anybody heard of it is no question either.
    added: derived.filter((one) => !before.has(identity(one)) && !(one.owedBy === 'nobody' && isBefore(one.dueOn, occasion.asOf)))
      .map((one) => ({ derived: one, state: stateAtEntry(lateAfter(one), occasion.asOf) })),
    moved: kept.filter(isMoved).map((pair) => (
      { ...pair, quiet: occasion.by === 'rules' && isSmall(pair), state: stateAfterMove(pair, occasion) })),
    rewritten: kept.filter((pair) => !isMoved(pair) && isRewritten(pair)),
    reopened: derived.flatMap((one) => {
      const obligation = before.get(identity(one))
      return obligation && !isLive(obligation) && obligation.endedBy === 'rules' ? [{ obligation, derived: one, state: stateBefore(obligation, one) }] : []
    }),
    ended: standing.filter((one) => isRuled(one) && isLive(one) && !now.has(identity(one))).map((one) => ending(one, occasion)),
  }
}

type Pair = { readonly obligation: Obligation; readonly derived: Derived }

const isMoved = ({ obligation, derived }: Pair): boolean => !obligation.dueOn.equals(derived.dueOn)

const isSmall = ({ obligation, derived }: Pair): boolean =>
  Math.abs(daysBetween(obligation.dueOn, derived.dueOn)) <= quietDays

// What a booking puts into the past is asked about, not called late: nobody could have known of it then.
function stateAfterMove({ obligation, derived }: Pair, { asOf, follows }: Occasion): ObligationState {
  const isPulled = follows === true && obligation.state === 'open' && !isBefore(lateAfter(obligation), asOf)
  return isPulled || obligation.state === 'unconfirmed' ? stateAtEntry(lateAfter(derived), asOf) : obligation.state
}

// What comes back is what it was: handed in, or past when it was first entered; a day that has passed since is late.
const stateBefore = (obligation: Obligation, derived: Derived): ObligationState =>
  (obligation.submittedOn ? 'submitted' : stateAtEntry(lateAfter(derived), obligation.enteredOn))

function isRewritten({ obligation, derived }: Pair): boolean {
  const face = (one: Derived): string => JSON.stringify([
    one.kind, one.tier, one.ladder, one.title.en, one.title.zh, one.opensOn?.toString(), one.latestOn?.toString(),
    one.metBy, one.owedBy, one.basis, one.mark, one.provisional,
  ])
  return face(obligation) !== face(derived)
}

/** Says whether a duty comes from the scheme's rules; those of runs and findings follow theirs. */
export const isRuled = (one: Pick<Obligation, 'ruleId'>): boolean => !/^(run|finding)-\d+\//.test(one.ruleId)
const isLive = (one: Obligation): boolean => one.state !== 'met' && one.state !== 'not-applicable'

function ending(obligation: Obligation, occasion: Occasion): Ending {
  const settledOn = occasion.settledOn(obligation)
  const metOn = settledOn ?? (endedByDecision.has(obligation.kind) ? occasion.decidedOn : undefined)
  return { obligation, state: metOn ? 'met' : 'not-applicable', on: earliest(metOn, occasion.asOf)!, reason: occasion.because }
}

/** Sorts for people: by due day, then by rule. */
export function byDueDay(a: Pick<Derived, 'dueOn' | 'ruleId' | 'ordinal'>, b: Pick<Derived, 'dueOn' | 'ruleId' | 'ordinal'>): number {
  return compareDays(a.dueOn, b.dueOn) || (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : a.ordinal - b.ordinal)
}
