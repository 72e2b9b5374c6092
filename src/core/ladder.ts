// Reminder ladders: which notices an obligation gives, to whom, counted to which day. The defaults for
// every kind are in default-ladders.ts; a changed policy replaces one. Deciding is in reminder.ts.

import type { Words } from './certification.ts'
import { addWorkingDays, type Calendar } from './calendar.ts'
import { type Day, daysBetween, isAfter, nthAfter } from './day.ts'

/** Whom a rung speaks to by what they are; who that is, is found in recipient.ts. */
export const audiences = ['owner', 'supervisor', 'compliance', 'management', 'deputy', 'step-owner'] as const
/** A person or a group mailbox by number, as in `person:12`. */
export type NamedAudience = `person:${number}`
export type Audience = (typeof audiences)[number] | NamedAudience

/** Returns the number of the person whom an audience names. */
export function personNamedBy(audience: Audience): number | undefined {
  return audience.startsWith('person:') ? Number(audience.slice('person:'.length)) : undefined
}

/** When a rung applies; one that does not is recorded as skipped, with this as its reason. */
export const conditions = [
  'unbooked', 'booked', 'undecided', 'uncontracted', 'unstarted', 'unsubmitted', 'long', 'critical',
] as const
export type Condition = (typeof conditions)[number]

/**
 * One notice: `P30D` is 30 days before the counted day, `P3WD` three working days before it, `P0D` the
 * day itself, `late-P5WD` five working days after the last allowed day, `opens` the day its window opens,
 * `half` the day half-way from there to the counted day.
 */
export interface Rung {
  readonly notice: string
  readonly audience: Audience
  readonly when?: Condition | undefined
}

/** Repeats after the last allowed day: `overdue-1`, `overdue-2` …, to the owner. */
export interface Repeat {
  /** `P1WD`, `P7D`, `P1M`. */
  readonly every: string
  readonly times: number | 'until closed'
}

export interface Ladder {
  readonly id: string
  readonly title: Words
  readonly rungs: readonly Rung[]
  readonly overdue: readonly Repeat[]
  /** Tier A: who besides the owner hears that a last allowed day has passed. */
  readonly late: readonly Audience[]
}

/** Returns those a ladder speaks to beside the owner and those above: deputies, owners of steps, people by name. */
export function besideOwner(ladder: Pick<Ladder, 'rungs' | 'late'>): readonly Audience[] {
  const usual: readonly Audience[] = ['owner', 'supervisor', 'compliance', 'management']
  const spoken = [...ladder.rungs.map((rung) => rung.audience), ...ladder.late]
  return [...new Set(spoken.filter((audience) => !usual.includes(audience)))]
}

const noticePattern = /^(?:opens|half|(late-(?!P0))?P(0|[1-9]\d{0,3})(WD|D))$/

/** Ten years and a little: longer than any certificate lasts. */
export const longestLead = 3660

/** Says whether a text names a notice a policy may use; the reason names the allowed forms. */
export function noticeFault(text: string): string | undefined {
  const [form, , amount] = noticePattern.exec(text) ?? []
  if (form === undefined) {
    return `"${text}" is not a notice: use P30D (days before), P3WD (working days before), P0D, late-P5WD, opens or half`
  }
  return Number(amount ?? 0) <= longestLead ? undefined
    : `"${text}" is too long: at most P${longestLead}D, P${longestLead}WD or late-P${longestLead}D`
}

/** Says whether a notice falls on a day that no window of windowsOf finds: the planner looks again on that day. */
export function isUnwindowed(notice: string): boolean {
  return notice === 'opens' || notice === 'half' || /^(overdue-(?!1$)|again-|silence-)/.test(notice)
}

/** A rung placed in the calendar of one person. */
export interface Placed {
  readonly rung: Rung
  readonly countedTo: Day
  /** The day it is reached, before moving to a working day. */
  readonly reachedOn: Day
  /** Days before `countedTo`; negative after it. */
  readonly offsetDays: number
}

/** Returns the day a notice is reached; undefined for `opens` and `half` where nothing opens before the counted day is past. */
export function placeRung(
  rung: Rung, days: { readonly countedTo: Day; readonly lateAfter: Day; readonly opensOn: Day | undefined },
  calendar: Calendar,
): Placed | undefined {
  if (rung.notice === 'opens' || rung.notice === 'half') {
    if (!days.opensOn || isAfter(days.opensOn, days.countedTo)) return undefined
    const on = rung.notice === 'opens' ? days.opensOn : halfWay(days.opensOn, days.countedTo)
    return placed(rung, days.countedTo, on)
  }
  const [, late, amount, unit] = noticePattern.exec(rung.notice) ?? []
  const n = Number(amount) * (late ? 1 : -1)
  const from = late ? days.lateAfter : days.countedTo
  return placed(rung, from, unit === 'WD' ? addWorkingDays(from, n, calendar).day : from.add({ days: n }))
}

// Of an odd number of days the earlier half: a warning errs on the early side.
const halfWay = (from: Day, to: Day): Day => from.add({ days: Math.floor(daysBetween(from, to) / 2) })

function placed(rung: Rung, countedTo: Day, reachedOn: Day): Placed {
  return { rung, countedTo, reachedOn, offsetDays: daysBetween(reachedOn, countedTo) }
}

/**
 * Returns the overdue notices reached up to `asOf`, and the next one. The first repeat counts from
 * `lateAfter`, each later one from the end of the repeat before it: a week after the first working day.
 */
export function placeRepeats(ladder: Ladder, lateAfter: Day, calendar: Calendar, asOf: Day): Placed[] {
  const reached: Placed[] = []
  let base = lateAfter
  for (const repeat of ladder.overdue) {
    const times = repeat.times === 'until closed' ? Infinity : repeat.times
    let last = base
    for (let n = 1; n <= times; n++) {
      last = repeatDay(base, repeat.every, n, calendar)
      reached.push(placed({ notice: `overdue-${reached.length + 1}`, audience: 'owner' }, lateAfter, last))
      if (isAfter(last, asOf)) return reached
    }
    base = last
  }
  return reached
}

function repeatDay(base: Day, every: string, n: number, calendar: Calendar): Day {
  const working = /^P(\d+)WD$/.exec(every)
  if (working) return addWorkingDays(base, Number(working[1]) * n, calendar).day
  return nthAfter(base, Temporal.Duration.from(every), n)
}
