// The machine's watch, set ahead by a fixed time: processes that share the figure agree on the day, and it goes on.

import { type Clock, systemClock } from '../../../src/clock.ts'

export const clockAhead = (milliseconds: number): Clock => ({
  ...systemClock,
  now: () => systemClock.now().add({ milliseconds }),
})

/** How far ahead a watch must be set to show a moment now. */
export const aheadTo = (moment: string): number =>
  Math.round(systemClock.now().until(Temporal.Instant.from(moment)).total('milliseconds'))
