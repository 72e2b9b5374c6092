// What the conditions of a ladder ask about, and which of them hold.

import type { Condition } from './ladder.ts'

export interface Circumstances {
  readonly booked: boolean
  readonly contracted: boolean
  readonly started: boolean
  /** True for a step planned for ten working days or more. */
  readonly long: boolean
}

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
