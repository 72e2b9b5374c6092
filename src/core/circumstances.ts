// What the conditions of a ladder ask about, and which of them hold.

import type { Condition } from './ladder.ts'

export interface Circumstances {
  readonly booked: boolean
  readonly contracted: boolean
  readonly started: boolean
  /** True where what is asked for has been handed in. */
  readonly submitted: boolean
  /** True where it is settled what becomes of what ends. */
  readonly decided: boolean
  /** True for a step planned for ten working days or more. */
  readonly long: boolean
  /** True for a step whose delay delays the finish of its run. */
  readonly critical: boolean
}

const conditionsHold: Readonly<Record<Condition, (circumstances: Circumstances) => boolean>> = {
  undecided: ({ decided }) => !decided,
  booked: ({ booked }) => booked,
  unbooked: ({ booked }) => !booked,
  uncontracted: ({ contracted }) => !contracted,
  unstarted: ({ started }) => !started,
  unsubmitted: ({ submitted }) => !submitted,
  long: ({ long }) => long,
  critical: ({ critical }) => critical,
}

/** Says whether a rung applies in these circumstances. */
export function holds(when: Condition | undefined, circumstances: Circumstances): boolean {
  return when === undefined || conditionsHold[when](circumstances)
}
