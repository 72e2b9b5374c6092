// The notices of one duty for one person, each on the day it is said: the rungs of the ladder, what repeats once
// it is late, and what only the ledger and the answers give: a move by the rules, the end of a snooze, silence.

import type { Given } from './answer.ts'
import { addWorkingDays, type Calendar, rollBack, rollForward } from './calendar.ts'
import { type Circumstances, holds } from './circumstances.ts'
import { compareDays, type Day, daysBetween, earliest, isAfter, isBefore } from './day.ts'
import { type Audience, type Ladder, type Placed, placeRepeats, placeRung } from './ladder.ts'
import { byTheRules, type Purpose } from './message.ts'
import { countedTo, lateAfter, type Obligation } from './obligation.ts'
import type { Rhythm } from './person.ts'

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
  /** The day of the mail that said it; undefined until it has left. */
  readonly toldOn?: Day | undefined
}

/** What is known of a duty besides itself: the ledger's rows in any order, the answers that stand, how things are. */
export interface Memory {
  readonly said: readonly Said[]
  readonly given?: readonly Given[] | undefined
  readonly circumstances: Circumstances
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
  /** When what can wait is written of: an ISO day of the week, and whether tier A waits too. Without it nothing waits. */
  readonly weeklyDay?: number | undefined
  readonly rhythm?: Rhythm | undefined
  /** Whether they hear that the owner has not answered. */
  readonly hearsSilence?: boolean | undefined
}

/** A rung with the working day on which it is said. */
export interface Rise extends Placed { readonly on: Day }

/** Returns every notice for this listener once, in the order they are reached, up to the first after `asOf` that repeats. */
export function risesOf(obligation: Obligation, ladder: Ladder, listener: Listener, memory: Memory, asOf: Day): Rise[] {
  const days = { countedTo: countedTo(obligation), lateAfter: lateAfter(obligation), opensOn: obligation.opensOn }
  const own = ladder.rungs
    .filter((rung, i, all) => speaksAs(listener, rung.audience) && !all.slice(0, i).some((one) =>
      one.notice === rung.notice && one.when === rung.when && speaksAs(listener, one.audience)))
    .flatMap((rung) => placeRung(rung, days, listener.calendar) ?? [])
  return [
    ...own, ...moveRises(obligation, ladder, listener, asOf), ...lateRises(ladder, listener, days.lateAfter, asOf),
    ...againRises(obligation, listener, memory), ...silenceRises(obligation, ladder, listener, memory),
  ]
    .map((placed) => ({ ...placed, on: saidOn(placed, obligation, listener) }))
    // Of two on one day a rung is the tighter: a snooze that ends on it is covered, and so is silence.
    .sort((a, b) => compareDays(a.reachedOn, b.reachedOn) || b.offsetDays - a.offsetDays || Number(isPrompted(b)) - Number(isPrompted(a)))
}

export const speaksAs = (listener: Listener, audience: Audience): boolean =>
  listener.audience === audience || listener.alsoAs?.includes(audience) === true

/** Says whether a notice is a rung of a ladder, and not one that something brought about. */
export const isRung = (notice: string): boolean => !/^(moved$|again-|silence-|overdue-)/.test(notice)

const isPrompted = ({ rung }: Placed): boolean => /^(again|silence)-/.test(rung.notice)

/** Says whether a notice is the end of a snooze. */
export const isAgain = ({ rung }: Placed): boolean => rung.notice.startsWith('again-')

// A day that the rules moved is news to its owner, whatever the ladder says of the new one; a day that a
// person moved is not. It stands for every rung that the new day has already reached.
function moveRises(obligation: Obligation, ladder: Ladder, listener: Listener, asOf: Day): Placed[] {
  const { movedFrom, movedBy, owedBy, bookedOn, dueOn: on } = obligation
  // Once a visit is booked the agreed day is what counts; what was said of it needs no correction.
  if (!movedFrom || movedBy !== byTheRules || owedBy !== 'organisation' || bookedOn || isAfter(asOf, on)) return []
  if (ladder.rungs.length === 0 || !speaksAs(listener, 'owner')) return []
  return [{ rung: { notice: 'moved', audience: 'owner' }, countedTo: on, reachedOn: asOf, offsetDays: daysBetween(asOf, on) }]
}

function lateRises(ladder: Ladder, listener: Listener, lastAllowed: Day, asOf: Day): Placed[] {
  const repeats = () => placeRepeats(ladder, lastAllowed, listener.calendar, asOf)
  if (listener.audience === 'owner') return repeats()
  if (!ladder.late.some((audience) => speaksAs(listener, audience))) return []
  // Those above hear that the limit has passed, once; the repeats are the owner's.
  return repeats().slice(0, 1).map((placed) => ({ ...placed, rung: { ...placed.rung, audience: listener.audience } }))
}

/** Returns the snooze that stands for this listener, the last one given for the day that counts. */
export function snoozeOf(obligation: Obligation, listener: Listener, { given }: Memory): Day | undefined {
  const snoozes = (given ?? []).filter((one) => one.action === 'snooze' && one.purpose === listener.purpose
    && one.countedTo.equals(countedTo(obligation)) && isHeardBy(one, listener))
  return snoozes.at(-1)?.untilOn
}

// On its day whoever put a notice off is reminded, whether or not a rung fell in between.
function againRises(obligation: Obligation, listener: Listener, memory: Memory): Placed[] {
  const on = snoozeOf(obligation, listener, memory)
  const counted = countedTo(obligation)
  if (!on || isAfter(on, counted)) return []
  return [{
    rung: { notice: `again-${on.toString()}`, audience: listener.audience }, countedTo: counted, reachedOn: on,
    offsetDays: daysBetween(on, counted),
  }]
}

const patience = 5
/** Days before its day from which a notice may not stay unanswered. */
export const silenceFrom = 30

// Nobody is told that an early notice went unanswered: only of tier A, and from thirty days before its day.
function silenceRises(obligation: Obligation, ladder: Ladder, listener: Listener, memory: Memory): Placed[] {
  if (!listener.hearsSilence || obligation.tier !== 'A' || obligation.owedBy !== 'organisation') return []
  const counted = countedTo(obligation)
  const last = lastTwo(obligation, ladder, { audiences: ['owner'], calendar: listener.calendar }, memory.circumstances)
  const silences = memory.said.flatMap((row): Placed[] => {
    const asks = row.outcome === 'said' && row.purpose !== 'escalation' && row.countedTo.equals(counted) && row.notice !== 'moved'
    if (!asks || !row.toldOn || row.offsetDays < 0 || !isNear(row.offsetDays, row.toldOn, counted) || isAnswered(row, memory.given ?? [], last)) return []
    const reachedOn = addWorkingDays(row.toldOn, patience, listener.calendar).day
    // Past the day the ladder itself tells those above.
    if (isAfter(reachedOn, counted)) return []
    return [{ rung: { notice: `silence-${row.notice}`, audience: listener.audience }, countedTo: counted, reachedOn, offsetDays: daysBetween(reachedOn, counted) }]
  })
  // Two may have been asked by one notice, who stood in and then its owner: the silence of the first goes up, once.
  return [...Map.groupBy(silences, (one) => one.rung.notice).values()].map((ones) => ones.reduce((a, b) => (isBefore(b.reachedOn, a.reachedOn) ? b : a)))
}

// An early notice that came late is no early one; and days off move one of thirty days a little further away.
const isNear = (offsetDays: number, toldOn: Day, counted: Day): boolean => Math.min(offsetDays, daysBetween(toldOn, counted)) <= silenceFrom

// An answer to a later notice answers the earlier one. A link proves only that somebody, or a scanner, had the
// mail: it does not quiet the last two notices. "Not mine" leaves the duty where it was.
function isAnswered(row: Said, given: readonly Given[], last: ReadonlySet<string>): boolean {
  return given.some((one) => one.action !== 'not-mine' && one.purpose !== 'escalation' && one.countedTo.equals(row.countedTo)
    && one.offsetDays <= row.offsetDays && !(one.via === 'mail-link' && last.has(row.notice)))
}

/** Names the last two notices that apply up to the day: nothing quiets these, and no snooze reaches them. */
export function lastTwo(
  obligation: Obligation, ladder: Ladder, of: { readonly audiences: readonly Audience[]; readonly calendar: Calendar }, circumstances: Circumstances,
): ReadonlySet<string> {
  const days = { countedTo: countedTo(obligation), lateAfter: lateAfter(obligation), opensOn: obligation.opensOn }
  const placed = ladder.rungs.filter((rung) => of.audiences.includes(rung.audience) && holds(rung.when, circumstances))
    .flatMap((rung) => placeRung(rung, days, of.calendar) ?? [])
    .filter((one) => one.offsetDays >= 0)
    .toSorted((a, b) => compareDays(a.reachedOn, b.reachedOn))
  return new Set([...new Set(placed.map((one) => one.rung.notice))].slice(-2))
}

/** Says whether a row or an answer is of this listener: their own, or of somebody standing in for the same person. */
export function isHeardBy(row: Pick<Said, 'personId' | 'onBehalfOf'>, listener: Listener): boolean {
  if (row.personId === listener.personId) return true
  // A fallback's stands for its person alone: it is made because nobody nearer could be reached, who may well
  // have a row whose mail came back.
  if (listener.purpose === 'fallback') return false
  return row.onBehalfOf === listener.personId
    || (listener.onBehalfOf !== undefined && (row.personId === listener.onBehalfOf || row.onBehalfOf === listener.onBehalfOf))
}

// A notice up to the day moves back to the working day before, so that it never comes too late; an overdue
// one moves forward, since nothing is won by an earlier one.
function saidOn(placed: Placed, obligation: Obligation, listener: Listener): Day {
  if (placed.offsetDays < 0) return rollForward(placed.reachedOn, listener.calendar)
  const usual = rollBack(placed.reachedOn, listener.calendar)
  return isPatient(placed, obligation, listener) ? weeklyFrom(placed, listener) ?? usual : usual
}

// What is good order, or keeps another duty possible, may wait for the weekly day. What opens that day or
// was asked for by its reader may not.
function isPatient({ rung }: Placed, { tier }: Obligation, { weeklyDay, rhythm }: Listener): boolean {
  return weeklyDay !== undefined && (tier !== 'A' || rhythm === 'weekly') && isRung(rung.notice) && rung.notice !== 'opens'
}

const shortRun = 10

// The next weekly day, or the working day after it; never later than ten working days before the day itself.
function weeklyFrom({ reachedOn, countedTo: counted }: Placed, { weeklyDay, calendar }: Listener): Day | undefined {
  const shortRunFrom = rollBack(addWorkingDays(counted, -shortRun, calendar).day, calendar)
  if (!isBefore(reachedOn, shortRunFrom)) return undefined
  const ahead = (weeklyDay! - reachedOn.dayOfWeek + 7) % 7
  return earliest(rollForward(reachedOn.add({ days: ahead }), calendar), shortRunFrom)
}
