// The only place that may look at a watch. Use cases read it once and pass the value down.

import type { Instant } from './core/day.ts'

export interface Clock {
  now(): Instant
  /** A signal that is given after so many milliseconds have passed, however the watch is set meanwhile. */
  deadline(milliseconds: number): AbortSignal
}

const deadline = (milliseconds: number): AbortSignal => AbortSignal.timeout(milliseconds)

export const systemClock: Clock = { now: () => Temporal.Now.instant(), deadline }

/** A clock that stands still at `now`: for questions about another moment. */
export const fixedClock = (now: Instant): Clock => ({ now: () => now, deadline })

/** The zone of this machine: the default for a first organisation. */
export const localZone = (): string => Temporal.Now.timeZoneId()

/** A clock that shows what it was last set to: for lives that are lived again, in the demo and in questions. */
export function settableClock(start: Instant): Clock & { set(now: Instant): void } {
  let now = start
  return { now: () => now, deadline, set: (next) => { now = next } }
}
