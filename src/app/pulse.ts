// What this process knows of its own runs since it began: what ended well and when, and how many did. What all
// processes together did stands in the records.

import type { Instant } from '../core/day.ts'
import type { GoodRun } from '../core/watch.ts'
import type { App } from './app.ts'

export type RunOutcome = 'done' | 'failed'

export interface RunCount { readonly job: string; readonly outcome: RunOutcome; readonly n: number }

export interface Pulse {
  /** Runs a job and keeps how it ended; throws what it throws. */
  run<T>(app: App, job: string, work: () => Promise<T>): Promise<T>
  /** The last run of a job that ended well. */
  last(job: string): GoodRun | undefined
  counts(): readonly RunCount[]
}

export function openPulse(): Pulse {
  const good = new Map<string, GoodRun>()
  const counts = new Map<string, RunCount>()
  const count = (job: string, outcome: RunOutcome): void => {
    const key = `${job}/${outcome}`
    counts.set(key, { job, outcome, n: (counts.get(key)?.n ?? 0) + 1 })
  }
  const noteGood = (job: string, startedAt: Instant, endedAt: Instant): void => {
    good.set(job, { startedAt, endedAt })
    count(job, 'done')
  }
  return {
    async run(app, job, work) {
      const startedAt = app.clock.now()
      try {
        const done = await work()
        noteGood(job, startedAt, app.clock.now())
        return done
      } catch (error) {
        count(job, 'failed')
        throw error
      }
    },
    last: (job) => good.get(job),
    counts: () => [...counts.values()],
  }
}
