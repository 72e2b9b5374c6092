// Starts and stops the timetable. Every job runs once at the start, then at its ticks, one job at a time.

import { schedule as tick, type ScheduledTask } from 'node-cron'
import type { Counts, Job } from '../src/app/jobs.ts'
import { schedule } from './schedule.ts'

export interface Timetable {
  /** Runs a job now, as soon as the one under way has ended: something waits that need not wait for a tick. */
  wake(name: string): void
  /** Stops ticking and waits for the job under way. */
  stop(): Promise<void>
}

/** Runs one job. A failure is recorded and logged where it happens; here it stops nothing, and the next tick tries again. */
export type Run = (job: Job) => Promise<Counts | void>

export function startTimetable(run: Run): Timetable {
  const line = openLine(run)
  line.add(schedule)
  const tasks = [...Map.groupBy(schedule, (job) => job.cron)].map(([cron, jobs]) => taskOf(cron, () => line.add(jobs)))
  return {
    wake: (name) => line.add(schedule.filter((job) => job.name === name)),
    async stop() {
      const ended = line.end()
      for (const task of tasks) await task.destroy()
      await ended
    },
  }
}

function taskOf(cron: string, run: () => void): ScheduledTask {
  const task = tick(cron, run, { timezone: 'UTC', noOverlap: true })
  // A tick that comes too late is dropped by the library; late is exactly when the question matters.
  task.on('execution:missed', run)
  return task
}

// One job at a time, each waiting at most once: a slow minute does not pile up runs behind it.
function openLine(run: Run) {
  const waiting: Job[] = []
  let busy: Promise<void> | undefined
  const stopping = new AbortController()
  const runAll = async (): Promise<void> => {
    for (let job = waiting.shift(); job && !stopping.signal.aborted; job = waiting.shift()) {
      const counts = await run(job).catch(() => undefined)
      // What has more to do goes on after the others have had their turn.
      if (counts?.['more'] && !waiting.includes(job)) waiting.push(job)
    }
    busy = undefined
  }
  return {
    add(jobs: readonly Job[]): void {
      waiting.push(...jobs.filter((job) => !waiting.includes(job)))
      if (waiting.length > 0) busy ??= runAll()
    },
    async end(): Promise<void> {
      stopping.abort()
      await busy
    },
  }
}
