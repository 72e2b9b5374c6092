// Closures: five or more days off in a row (a festival, a shutdown). Whoever has something due in one, or just
// after it, gets one list while there is still time.

import { addWorkingDays, type Calendar, isWorkingDay } from './calendar.ts'
import { compareDays, type Day, isBefore } from './day.ts'

/** Days off in a row, both included, and the last day of what is listed before them. */
export interface Closure {
  readonly from: Day
  readonly to: Day
  /** Five working days after it: what is due by then cannot be begun after the closure. */
  readonly until: Day
}

const least = 5
const ahead = 10
const after = 5
// Ten working days are at most a month, whatever lies between.
const farthest = 45

/** Returns the closure that begins within the next ten working days after `asOf`; undefined where none does, or it has begun. */
export function closureAhead(calendar: Calendar, asOf: Day): Closure | undefined {
  const end = asOf.add({ days: farthest })
  for (let from = asOf.add({ days: 1 }); isBefore(from, end); from = from.add({ days: 1 })) {
    if (isWorkingDay(from, calendar) || !isWorkingDay(from.subtract({ days: 1 }), calendar)) continue
    const to = lastOff(from, calendar)
    if (from.until(to).days + 1 < least) continue
    if (compareDays(addWorkingDays(from, -ahead, calendar).day, asOf) > 0) return undefined
    return { from, to, until: addWorkingDays(to, after, calendar).day }
  }
  return undefined
}

function lastOff(from: Day, calendar: Calendar): Day {
  let last = from
  while (!isWorkingDay(last.add({ days: 1 }), calendar)) last = last.add({ days: 1 })
  return last
}
