// Reminder ladders: which notices an obligation gives, to whom, counted to which day. The defaults for
// every kind are in default-ladders.ts; a changed policy replaces one. Deciding is in reminder.ts.

import type { Words } from './certification.ts'
import { addWorkingDays, type Calendar } from './calendar.ts'
import { type Day, daysBetween, isAfter, nthAfter } from './day.ts'

/** Who a rung speaks to; the person is found in recipient.ts. */
export const audiences = ['owner', 'supervisor', 'compliance', 'management'] as const
export type Audience = (typeof audiences)[number]

/** When a rung applies; one that does not is recorded as skipped, with this as its reason. */
export const conditions = ['unbooked', 'booked', 'undecided', 'uncontracted', 'unstarted', 'long'] as const
export type Condition = (typeof conditions)[number]

/**
 * One notice: `P30D` is 30 days before the counted day, `P3WD` three working days before it, `P0D` the
 * day itself, `late-P5WD` five working days after the last allowed day, `opens` the day its window opens.
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

const noticePattern = /^(?:opens|(late-(?!P0))?P(\d{1,4})(WD|D))$/

/** Says whether a text names a notice a policy may use; the reason names the allowed forms. */
export function noticeFault(text: string): string | undefined {
  return noticePattern.test(text) ? undefined
    : `"${text}" is not a notice: use P30D (days before), P3WD (working days before), P0D, late-P5WD or opens`
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

/** Returns the day a notice is reached; undefined for `opens` where nothing opens before the counted day is past. */
export function placeRung(
  rung: Rung, days: { readonly countedTo: Day; readonly lateAfter: Day; readonly opensOn: Day | undefined },
  calendar: Calendar,
): Placed | undefined {
  if (rung.notice === 'opens') {
    return days.opensOn && !isAfter(days.opensOn, days.countedTo) ? placed(rung, days.countedTo, days.opensOn) : undefined
  }
  const [, late, amount, unit] = noticePattern.exec(rung.notice) ?? []
  const n = Number(amount) * (late ? 1 : -1)
  const from = late ? days.lateAfter : days.countedTo
  return placed(rung, from, unit === 'WD' ? addWorkingDays(from, n, calendar).day : from.add({ days: n }))
}

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
