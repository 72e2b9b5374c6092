// What an installation is watched by: which jobs there are, which of them must never stand still, and when they do.

import type { Instant } from './day.ts'

export const jobNames = ['plan-reminders', 'weekly-digest', 'rescue-deliveries', 'deliver-messages', 'housekeeping'] as const

/** Without these nothing is said: both must end well again and again. */
export const vitalJobs = ['plan-reminders', 'deliver-messages'] as const

/** A run that ended well. */
export interface GoodRun {
  readonly startedAt: Instant
  readonly endedAt: Instant
}

const period = { seconds: 60 }
const periodSeconds = 60

/**
 * Says whether a job of every minute stands still: two of its minutes have passed since it last ended well, and as
 * long as that run took, a minute at most. So it is seen no later than a minute after the second one missed.
 */
export function standsStill(last: GoodRun, now: Instant): boolean {
  const took = Math.min(Math.max(last.startedAt.until(last.endedAt).total('seconds'), 0), periodSeconds)
  const patience = last.endedAt.add(period).add(period).add({ milliseconds: Math.round(took * 1000) })
  return Temporal.Instant.compare(now, patience) > 0
}

/** How long mail may wait that could leave, before the outside is no longer told that all is well. */
export const longestWait = { minutes: 15 }

/** How far two clocks may differ before nothing is planned or sent by either. */
export const mostSkew = { minutes: 5 }

/** Says whether a clock is so far from the database's that what it says cannot be acted on. */
export function isSkewed(skew: Temporal.Duration): boolean {
  return Math.abs(skew.total('seconds')) > mostSkew.minutes * 60
}
