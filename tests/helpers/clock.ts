// A clock that stands where a test puts it.

import type { Clock } from '../../src/clock.ts'

export interface TestClock extends Clock {
  set(instant: string): void
  /** Hours, minutes and seconds, or days of 24 hours, such as `PT2H` or `P1D`. */
  advance(duration: string): void
}

export function testClock(start: string): TestClock {
  let now = Temporal.Instant.from(start)
  return {
    now: () => now,
    deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
    set(instant) {
      now = Temporal.Instant.from(instant)
    },
    advance(duration) {
      now = now.toZonedDateTimeISO('UTC').add(duration).toInstant()
    },
  }
}
