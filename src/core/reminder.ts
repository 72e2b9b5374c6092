// The middle of the product: does an obligation call for a notice to one person on a day, and why or
// why not. Level, not edge: the answer follows from the day and from what the ledger says was said.

import { holds } from './circumstances.ts'
import { compareDays, type Day, isAfter, isBefore } from './day.ts'
import type { Ladder, Placed } from './ladder.ts'
import type { Obligation } from './obligation.ts'
import { isAgain, isHeardBy, isRung, lastTwo, type Listener, type Memory, type Rise, risesOf, type Said, speaksAs } from './rise.ts'

export type Silence =
  | 'unconfirmed' | 'met' | 'not-applicable' | 'submitted' | 'snoozed' | 'no-notices' | 'not-yet' | 'already-said' | 'nothing-left'

/** What was reached and is not said: its condition does not hold, its duty was handed in, its reader put it off. */
export interface Unheard {
  readonly rise: Rise
  readonly outcome: 'skipped' | 'muted' | 'snoozed'
}

export type ReminderDecision =
  | {
    readonly say: true
    readonly reason: 'first-notice' | 'next-notice' | 'overdue' | 'moved'
    readonly rise: Rise
    /** Older notices reached but never said: this one covers them. */
    readonly covers: readonly Rise[]
    readonly unheard: readonly Unheard[]
    readonly next: Rise | undefined
  }
  | {
    readonly say: false
    readonly reason: Silence
    readonly rise: Rise | undefined
    readonly unheard: readonly Unheard[]
    readonly next: Rise | undefined
  }

/**
 * Decides whether `listener` is told about `obligation` on `asOf`, and why.
 *
 * A notice is covered when a row of the same counted day, purpose and person (or somebody standing in for them)
 * stands at it or at a tighter one. Unsaid notices are therefore always tighter than what was said for their day, in
 * whatever order it is asked.
 */
export function decideReminder(obligation: Obligation, ladder: Ladder, listener: Listener, memory: Memory, asOf: Day): ReminderDecision {
  const closed = closedFor(obligation)
  if (closed) return silent(closed)
  const rises = risesOf(obligation, ladder, listener, memory, asOf)
  if (rises.length === 0) return silent('no-notices')
  const applies = (rise: Rise): boolean => holds(rise.rung.when, memory.circumstances)
  const reached = rises.filter((rise) => compareDays(rise.on, asOf) <= 0)
  const next = rises.find((rise) => isAfter(rise.on, asOf) && applies(rise))
  const spoken = memory.said.filter((row) => row.purpose === listener.purpose && isHeardBy(row, listener))
  const named = new Set(ladder.rungs.filter((rung) => speaksAs(listener, rung.audience)).map((rung) => rung.notice))
  // What was skipped while it did not apply is said once it does: a booking may be undone. So is what was quiet.
  const heard = spoken.filter((row) => row.outcome === 'said' || row.outcome === 'covered')
  const due = reached.filter((rise) => applies(rise) && (isMove(rise) ? !isKnown(rise, heard, obligation.movedFrom) : !isCovered(rise, heard, named)))
  // A ladder may hold one notice under two conditions: said under one, it is not skipped under the other.
  const skips = reached.filter((rise) => !applies(rise) && !isCovered(rise, spoken, named) && !due.some((one) => isSame(one, rise)))
  const quietFor = quieting(obligation, ladder, { listener, rises }, memory, asOf)
  const tightest = due.findLast((rise) => quietFor(rise) === undefined)
  const quiet = due.slice(tightest ? due.indexOf(tightest) + 1 : 0)
  const unheard: Unheard[] = [
    ...skips.map((rise) => ({ rise, outcome: 'skipped' as const })),
    ...quiet.map((rise) => ({ rise, outcome: quietFor(rise)! })).filter(({ rise, outcome }) => !spoken.some((row) => row.notice === rise.rung.notice && row.countedTo.equals(rise.countedTo) && row.outcome === outcome)),
  ]
  if (!tightest) return { say: false, ...silence(quiet, quietFor, { last: reached.findLast(applies), next }), unheard, next }
  const covers = due.slice(0, due.indexOf(tightest)).filter((rise) => !isSame(rise, tightest))
  return { say: true, reason: reasonFor(obligation, [...covers, tightest], spoken), rise: tightest, covers, unheard, next }
}

type Quiet = (rise: Rise) => 'muted' | 'snoozed' | undefined

/**
 * Says what keeps a notice quiet: the duty was handed in, or its reader put it off until a later day. The last two
 * notices before the day are kept from neither a snooze nor a link alone, and nothing after the day is ever quiet.
 */
function quieting(
  obligation: Obligation, ladder: Ladder, of: { readonly listener: Listener; readonly rises: readonly Rise[] }, memory: Memory, asOf: Day,
): Quiet {
  const { listener } = of
  const last = lastTwo(obligation, ladder, { audiences: [listener.audience, ...listener.alsoAs ?? []], calendar: listener.calendar }, memory.circumstances)
  const again = of.rises.find(isAgain)
  const byLink = obligation.state === 'submitted' && isDoneByLink(memory)
  return (rise) => {
    if (rise.offsetDays < 0 || (last.has(rise.rung.notice) && (byLink || obligation.state !== 'submitted'))) return undefined
    // That nobody has answered goes up as well where only a link says it is done.
    if (obligation.state === 'submitted') return byLink && rise.rung.notice.startsWith('silence-') ? undefined : 'muted'
    return again && isBefore(asOf, again.on) && isBefore(rise.on, again.on) ? 'snoozed' : undefined
  }
}

/**
 * Says whether a duty was handed in by a link alone: its last two notices are said all the same. Whoever is signed
 * in is known to have said so; a link proves only that somebody, or a scanner, had the mail.
 */
export const isDoneByLink = ({ given }: Pick<Memory, 'given'>): boolean => given?.findLast((one) => one.action === 'done')?.via === 'mail-link'

/** Returns the last day that a snooze may name, on which the tightest notice is said; undefined where nothing can wait any more. */
export function snoozableUntil(obligation: Obligation, ladder: Ladder, listener: Listener, memory: Memory, asOf: Day): Day | undefined {
  if (obligation.state !== 'open') return undefined
  const last = lastTwo(obligation, ladder, { audiences: [listener.audience, ...listener.alsoAs ?? []], calendar: listener.calendar }, memory.circumstances)
  if (last.size < 2) return undefined
  const first = risesOf(obligation, ladder, listener, memory, asOf)
    .find((rise) => last.has(rise.rung.notice) && holds(rise.rung.when, memory.circumstances))
  const until = first?.on.subtract({ days: 1 })
  return until && isAfter(until, asOf) ? until : undefined
}

function silence(
  quiet: readonly Rise[], quietFor: Quiet, reached: { readonly last: Rise | undefined; readonly next: Rise | undefined },
): { readonly reason: Silence; readonly rise: Rise | undefined } {
  const kept = quiet.at(-1)
  if (kept) return { reason: quietFor(kept) === 'muted' ? 'submitted' : 'snoozed', rise: kept }
  if (reached.last) return { reason: 'already-said', rise: reached.last }
  return { reason: reached.next ? 'not-yet' : 'nothing-left', rise: undefined }
}

const isMove = (rise: Placed): boolean => rise.rung.notice === 'moved'

// Whatever was said for the new day said from where it moved; but a day that comes back after another was
// announced is news again.
function isKnown(rise: Placed, heard: readonly Said[], movedFrom: Day | undefined): boolean {
  const told = heard.filter((row) => row.countedTo.equals(rise.countedTo))
  const wasElsewhere = movedFrom !== undefined && heard.some((row) => row.notice === 'moved' && row.countedTo.equals(movedFrom))
  return told.some((row) => !wasElsewhere || row.notice === 'moved')
}

function closedFor(obligation: Obligation): Silence | undefined {
  if (obligation.state === 'unconfirmed' || obligation.state === 'met') return obligation.state
  return obligation.state === 'not-applicable' ? 'not-applicable' : undefined
}

const silent = (reason: Silence): ReminderDecision =>
  ({ say: false, reason, rise: undefined, unheard: [], next: undefined })

const isSame = (a: Placed, b: Placed): boolean => a.rung.notice === b.rung.notice && a.countedTo.equals(b.countedTo)

// By name, since a new calendar shifts the offset of working days; or by a tighter offset.
function isCovered(rise: Placed, said: readonly Said[], named: ReadonlySet<string>): boolean {
  return said.some((row) => row.countedTo.equals(rise.countedTo) && (row.notice === rise.rung.notice
    || (isHeard(row) && (row.offsetDays <= rise.offsetDays || isReplaced(row, rise, named)))))
}

const isHeard = (row: Said): boolean => row.outcome === 'said' || row.outcome === 'covered'

// A notice that a changed policy took off the ladder stands for the one that came in its place, up to a
// quarter nearer: after `P30D`, `P28D` says nothing new.
function isReplaced(row: Said, rise: Placed, named: ReadonlySet<string>): boolean {
  return isRung(row.notice) && row.offsetDays > 0 && rise.offsetDays >= row.offsetDays * 0.75 && !named.has(row.notice)
}

// A rung that is reached together with a move by the rules says the move too.
function reasonFor(obligation: Obligation, rises: readonly Rise[], said: readonly Said[]): 'first-notice' | 'next-notice' | 'overdue' | 'moved' {
  const rise = rises.at(-1)!
  if (rise.offsetDays < 0) return 'overdue'
  const heard = said.filter((row) => row.outcome === 'said')
  if (rises.some(isMove)) return 'moved'
  if (heard.some((row) => row.countedTo.equals(rise.countedTo))) return 'next-notice'
  return heard.length > 0 && obligation.movedFrom ? 'moved' : 'first-notice'
}
