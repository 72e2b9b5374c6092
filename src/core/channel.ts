// The way out for mail: how long it rests after a fault that is the mail server's or ours as a whole, and what
// leaves first where not all can leave at once.

/** A fault of the site is nobody's attempt: all mail waits 1, 2, 4, 8, then 15 minutes. `failures` counts from 1. */
export function pauseAfter(failures: number): Temporal.Duration {
  return Temporal.Duration.from({ minutes: Math.min(2 ** (failures - 1), 15) })
}

/** Who waits to sign in; what would soon be worthless, or is late; the mail of a day; the status of a week. */
export const priorities = { signIn: 0, urgent: 1, daily: 2, digest: 3 } as const
export type Priority = (typeof priorities)[keyof typeof priorities]

const urgentDays = 7

/** Returns the priority of a daily mail, from the days that are left to what it says; negative ones are overdue. */
export function priorityOfDays(daysLeft: readonly number[]): Priority {
  return daysLeft.some((days) => days <= urgentDays) ? priorities.urgent : priorities.daily
}
