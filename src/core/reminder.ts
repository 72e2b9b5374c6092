// The middle of the product: does an obligation call for a notice to one person on a day, and why or
// why not. Level, not edge: the answer follows from the day and from what the ledger says was said.

import { type Calendar, rollBack, rollForward } from './calendar.ts'
import { compareDays, type Day, daysBetween, isAfter } from './day.ts'
import { type Audience, type Condition, type Ladder, type Placed, placeRepeats, placeRung } from './ladder.ts'
import { byTheRules, type Purpose } from './message.ts'
import { countedTo, lateAfter, type Obligation } from './obligation.ts'

/** A row of the ledger, as far as deciding needs it. */
export interface Said {
  readonly notice: string
  readonly countedTo: Day
  readonly offsetDays: number
  readonly purpose: Purpose
  /** The person told, and whom that stood for. */
  readonly personId: number
  readonly onBehalfOf: number | undefined
  /** What was skipped, muted or snoozed has not been heard. */
  readonly outcome: 'said' | 'covered' | 'muted' | 'snoozed' | 'skipped'
}

/** What the conditions of a ladder ask about. */
export interface Circumstances {
  readonly booked: boolean
  readonly contracted: boolean
  readonly started: boolean
  /** True for a step planned for ten working days or more. */
  readonly long: boolean
}

/** One side of a ladder: the notices of an audience, for one person. */
export interface Listener {
  readonly audience: Audience
  /** Other audiences the same person belongs to: each notice reaches them once. */
  readonly alsoAs?: readonly Audience[] | undefined
  readonly purpose: Purpose
  readonly personId: number
  readonly onBehalfOf: number | undefined
  readonly calendar: Calendar
}

export type Silence =
  | 'unconfirmed' | 'met' | 'not-applicable' | 'submitted' | 'no-notices' | 'not-yet' | 'already-said' | 'nothing-left'

/** A rung with the working day on which it is said. */
export interface Rise extends Placed { readonly on: Day }

export type ReminderDecision =
  | {
    readonly say: true
    readonly reason: 'first-notice' | 'next-notice' | 'overdue' | 'moved'
    readonly rise: Rise
    /** Older notices reached but never said: this one covers them. */
    readonly covers: readonly Rise[]
    readonly skips: readonly Rise[]
    readonly next: Rise | undefined
  }
  | {
    readonly say: false
    readonly reason: Silence
    readonly rise: Rise | undefined
    readonly skips: readonly Rise[]
    readonly next: Rise | undefined
  }

/**
 * Decides whether `listener` is told about `obligation` on `asOf`, and why.
 *
 * `said` holds the ledger's rows of this obligation, in any order. A notice is covered when a row of the
 * same counted day, purpose and person (or somebody standing in for them) stands at it or at a tighter one.
 * Unsaid notices are therefore always tighter than what was said for their day, in whatever order it is asked.
 */
export function decideReminder(
  obligation: Obligation, ladder: Ladder, listener: Listener,
  known: { readonly said: readonly Said[]; readonly circumstances: Circumstances }, asOf: Day,
): ReminderDecision {
  const closed = closedFor(obligation)
  if (closed) return silent(closed)
  const rises = risesOf(obligation, ladder, listener, asOf)
  if (rises.length === 0) return silent('no-notices')
  const applies = (rise: Rise): boolean => holds(rise.rung.when, known.circumstances)
  const reached = rises.filter((rise) => compareDays(rise.on, asOf) <= 0)
  const next = rises.find((rise) => isAfter(rise.on, asOf) && applies(rise))
  const spoken = known.said.filter((row) => speaksTo(row, listener))
  const named = new Set(ladder.rungs.filter((rung) => speaksAs(listener, rung.audience)).map((rung) => rung.notice))
  // What was skipped while it did not apply is said once it does: a booking may be undone.
  const heard = spoken.filter((row) => row.outcome !== 'skipped')
  const due = reached.filter((rise) => applies(rise) && (isMove(rise) ? !isKnown(rise, heard, obligation.movedFrom) : !isCovered(rise, heard, named)))
  // A ladder may hold one notice under two conditions: said under one, it is not skipped under the other.
  const skips = reached.filter((rise) => !applies(rise) && !isCovered(rise, spoken, named) && !due.some((one) => isSame(one, rise)))
  const tightest = due.findLast((rise) => obligation.state !== 'submitted' || rise.offsetDays < 0)
  if (!tightest) return { say: false, ...silence(due, reached.findLast(applies), next), skips, next }
  const covers = due.slice(0, due.indexOf(tightest)).filter((rise) => !isSame(rise, tightest))
  return { say: true, reason: reasonFor(obligation, [...covers, tightest], spoken), rise: tightest, covers, skips, next }
}

function silence(
  muted: readonly Rise[], last: Rise | undefined, next: Rise | undefined,
): { readonly reason: Silence; readonly rise: Rise | undefined } {
  if (muted.length > 0) return { reason: 'submitted', rise: muted.at(-1) }
  if (last) return { reason: 'already-said', rise: last }
  return { reason: next ? 'not-yet' : 'nothing-left', rise: undefined }
}

/** Returns every notice of the ladder for this listener once, in the order they are reached, up to the first after `asOf` that repeats. */
export function risesOf(obligation: Obligation, ladder: Ladder, listener: Listener, asOf: Day): Rise[] {
  const days = { countedTo: countedTo(obligation), lateAfter: lateAfter(obligation), opensOn: obligation.opensOn }
  const own = ladder.rungs
    .filter((rung, i, all) => speaksAs(listener, rung.audience) && !all.slice(0, i).some((one) =>
      one.notice === rung.notice && one.when === rung.when && speaksAs(listener, one.audience)))
    .flatMap((rung) => placeRung(rung, days, listener.calendar) ?? [])
  return [...own, ...moveRises(obligation, ladder, listener, asOf), ...lateRises(ladder, listener, days.lateAfter, asOf)]
    .map((placed) => ({ ...placed, on: moved(placed, listener.calendar) }))
    .sort((a, b) => compareDays(a.reachedOn, b.reachedOn) || b.offsetDays - a.offsetDays)
}

// A day that the rules moved is news to its owner, whatever the ladder says of the new one; a day that a
// person moved is not. It stands for every rung that the new day has already reached.
function moveRises(obligation: Obligation, ladder: Ladder, listener: Listener, asOf: Day): Placed[] {
  const { movedFrom, movedBy, owedBy, bookedOn, dueOn: on } = obligation
  // Once a visit is booked the agreed day is what counts; what was said of it needs no correction.
  if (!movedFrom || movedBy !== byTheRules || owedBy !== 'organisation' || bookedOn || isAfter(asOf, on)) return []
  if (ladder.rungs.length === 0 || !speaksAs(listener, 'owner')) return []
  return [{ rung: { notice: 'moved', audience: 'owner' }, countedTo: on, reachedOn: asOf, offsetDays: daysBetween(asOf, on) }]
}

const isMove = (rise: Placed): boolean => rise.rung.notice === 'moved'

// Whatever was said for the new day said from where it moved; but a day that comes back after another was
// announced is news again.
function isKnown(rise: Placed, heard: readonly Said[], movedFrom: Day | undefined): boolean {
  const told = heard.filter((row) => row.countedTo.equals(rise.countedTo))
  const wasElsewhere = movedFrom !== undefined && heard.some((row) => row.notice === 'moved' && row.countedTo.equals(movedFrom))
  return told.some((row) => !wasElsewhere || row.notice === 'moved')
}

function lateRises(ladder: Ladder, listener: Listener, lastAllowed: Day, asOf: Day): Placed[] {
  const repeats = () => placeRepeats(ladder, lastAllowed, listener.calendar, asOf)
  if (listener.audience === 'owner') return repeats()
  if (!ladder.late.some((audience) => speaksAs(listener, audience))) return []
  // Those above hear that the limit has passed, once; the repeats are the owner's.
  return repeats().slice(0, 1).map((placed) => ({ ...placed, rung: { ...placed.rung, audience: listener.audience } }))
}

// A notice up to the day moves back to the working day before, so that it never comes too late;
// an overdue one moves forward, since nothing is won by an earlier one.
function moved(placed: Placed, calendar: Calendar): Day {
  return placed.offsetDays >= 0 ? rollBack(placed.reachedOn, calendar) : rollForward(placed.reachedOn, calendar)
}

function closedFor(obligation: Obligation): Silence | undefined {
  if (obligation.state === 'unconfirmed' || obligation.state === 'met') return obligation.state
  return obligation.state === 'not-applicable' ? 'not-applicable' : undefined
}

const silent = (reason: Silence): ReminderDecision =>
  ({ say: false, reason, rise: undefined, skips: [], next: undefined })

// Nothing is decided while a duty is open, so "undecided" holds as long as anybody asks.
const conditionsHold: Readonly<Record<Condition, (circumstances: Circumstances) => boolean>> = {
  undecided: () => true,
  booked: ({ booked }) => booked,
  unbooked: ({ booked }) => !booked,
  uncontracted: ({ contracted }) => !contracted,
  unstarted: ({ started }) => !started,
  long: ({ long }) => long,
}

/** Says whether a rung applies in these circumstances. */
export function holds(when: Condition | undefined, circumstances: Circumstances): boolean {
  return when === undefined || conditionsHold[when](circumstances)
}

const speaksAs = (listener: Listener, audience: Audience): boolean =>
  listener.audience === audience || listener.alsoAs?.includes(audience) === true

const isSame = (a: Placed, b: Placed): boolean => a.rung.notice === b.rung.notice && a.countedTo.equals(b.countedTo)

// A deputy's row stands for the owner's and the other way round. A fallback's stands for its person alone:
// it is made because nobody nearer could be reached, who may well have a row whose mail came back.
function speaksTo(row: Said, listener: Listener): boolean {
  if (row.purpose !== listener.purpose) return false
  if (row.personId === listener.personId) return true
  if (listener.purpose === 'fallback') return false
  return row.onBehalfOf === listener.personId
    || (listener.onBehalfOf !== undefined && (row.personId === listener.onBehalfOf || row.onBehalfOf === listener.onBehalfOf))
}

// By name, since a new calendar shifts the offset of working days; or by a tighter offset.
function isCovered(rise: Placed, said: readonly Said[], named: ReadonlySet<string>): boolean {
  return said.some((row) => row.countedTo.equals(rise.countedTo) && (row.notice === rise.rung.notice
    || (row.outcome !== 'skipped' && (row.offsetDays <= rise.offsetDays || isReplaced(row, rise, named)))))
}

// A notice that a changed policy took off the ladder stands for the one that came in its place, up to a
// quarter nearer: after `P30D`, `P28D` says nothing new.
function isReplaced(row: Said, rise: Placed, named: ReadonlySet<string>): boolean {
  return row.notice !== 'moved' && row.offsetDays > 0 && rise.offsetDays >= row.offsetDays * 0.75 && !named.has(row.notice)
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
