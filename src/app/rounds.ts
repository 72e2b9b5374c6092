// Runs of a server: not by a wrong clock, noted in its pulse, and told to whoever watches from outside. A run that a
// person asks for is none of these.

import type { Transport } from '../mail/transport.ts'
import type { App } from './app.ts'
import { refuseWrongClock } from './clock-sanity.ts'
import { type Ask, openHeartbeat } from './heartbeat.ts'
import { type Counts, type Job, runJob } from './jobs.ts'
import { openPulse, type Pulse } from './pulse.ts'

export interface Rounds {
  readonly pulse: Pulse
  run(job: Job): Promise<Counts>
  /** Resolves once whoever watches from outside has been told of the runs so far. */
  told(): Promise<void>
  /** Ends what is told outside; the run under way is ended by `stopping`. */
  stop(): Promise<void>
}

export interface RoundsOptions {
  readonly transport: Transport | undefined
  /** Given when the program is told to stop. */
  readonly stopping: AbortSignal
  readonly ask: Ask
}

export function openRounds(app: App, { transport, stopping, ask }: RoundsOptions): Rounds {
  const pulse = openPulse()
  const heartbeat = openHeartbeat(app, ask)
  let told: Promise<unknown> = Promise.resolve()
  return {
    pulse,
    async run(job) {
      try {
        const counts = await pulse.run(app, job.name, async () => {
          await refuseWrongClock(app)
          return await runJob(app, job, { now: app.clock.now(), asked: false, transport, stopping })
        })
        // Not waited for: a monitor that answers slowly must not hold up mail.
        told = Promise.all([told, heartbeat.note(job.name, 'done')])
        return counts
      } catch (error) {
        await heartbeat.note(job.name, 'failed')
        throw error
      }
    },
    async told() {
      await told
    },
    async stop() {
      heartbeat.stop()
      await told
    },
  }
}
