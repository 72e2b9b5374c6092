// A calendar's working days, numbered, so that planning a run counts by looking up instead of walking.
// Days are numbers here, one a day; what is outside the numbered range is refused rather than guessed.

import { type Calendar, isWorkingDay } from './calendar.ts'
import { type Day, daysBetween } from './day.ts'

export interface WorkingIndex {
  /** The number of working days up to and including a day. */
  readonly upTo: (n: number) => number
  /** The working day with that many before it. */
  readonly nth: (k: number) => number
}

const firstDay = Temporal.PlainDate.from('1970-01-01')
const years = 280
const length = daysBetween(firstDay, firstDay.add({ years }))

// A step's days are asked for again and again; measuring from the first day costs far more than looking up a month.
const monthStarts = new Map<number, number>()
const daysMade: (Day | undefined)[] = []

export function numberOf(day: Day): number {
  const month = day.year * 12 + day.month
  const start = monthStarts.get(month) ?? daysBetween(firstDay, day.with({ day: 1 }))
  monthStarts.set(month, start)
  return start + day.day - 1
}

export const dayAt = (n: number): Day => (daysMade[within(n)] ??= firstDay.add({ days: n }))

const known = new WeakMap<Calendar, WorkingIndex>()

/** Returns the index of a calendar; worked out once for each. Days from 1970 to 2249. */
export function workingIndex(calendar: Calendar): WorkingIndex {
  const found = known.get(calendar)
  if (found) return found
  const index = countedIndex(calendar)
  known.set(calendar, index)
  return index
}

function countedIndex(calendar: Calendar): WorkingIndex {
  const counts = new Int32Array(length)
  const days = new Int32Array(length)
  const working = workingWeek(calendar)
  const exceptions = new Map([...calendar.exceptions].map(([text, works]) => [numberOf(Temporal.PlainDate.from(text)), works]))
  let count = 0
  for (let n = 0; n < length; n++) {
    if (exceptions.get(n) ?? working[n % 7]!) days[count++] = n
    counts[n] = count
  }
  return {
    upTo: (n) => counts[within(n)]!,
    nth: (k) => days[k < 0 || k >= count ? within(-1) : k]!,
  }
}

// The first seven days of the range tell the week: none of them is anybody's exception by then.
const workingWeek = (calendar: Calendar): readonly boolean[] =>
  [0, 1, 2, 3, 4, 5, 6].map((n) => isWorkingDay(dayAt(n), { ...calendar, exceptions: new Map() }))

function within(n: number): number {
  if (n >= 0 && n < length) return n
  throw new RangeError(`A plan can be counted from ${firstDay.toString()} to ${firstDay.add({ years }).subtract({ days: 1 }).toString()} only.`)
}
