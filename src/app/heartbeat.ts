// The dead man's switch: an address outside is asked after each round of planning and delivering that did its work, so
// that whoever watches it notices the silence when this installation, or its machine, is gone.

import type { Instant } from '../core/day.ts'
import { longestWait, vitalJobs } from '../core/watch.ts'
import { listChannels, readBacklog } from '../store/watch.ts'
import type { App } from './app.ts'
import { readHold } from './watch.ts'

/** How the outside is asked; the runtime's own `fetch` fits. */
export type Ask = (url: string, init: { readonly method: 'GET'; readonly redirect: 'error'; readonly signal: AbortSignal }) => Promise<{
  readonly ok: boolean
  readonly status: number
  readonly body: { cancel(): Promise<void> } | null
}>

export interface Heartbeat {
  /** Notes how a job ended, and asks where a round is complete and all is well. Never throws. */
  note(job: string, ended: 'done' | 'failed'): Promise<void>
  /** Gives up what is being asked. */
  stop(): void
}

const limit = 10_000

const [planning, delivering] = vitalJobs
const minuteOf = (at: Instant): number => Math.floor(at.epochMilliseconds / 60_000)

/** Opens it on the address that the configuration names; it does nothing without one. */
export function openHeartbeat(app: App, ask: Ask): Heartbeat {
  const url = app.config.heartbeatUrl
  const stopping = new AbortController()
  let planned = false
  let lastMinute: number | undefined
  return {
    async note(job, ended) {
      if (job === planning) planned = ended === 'done'
      if (url === undefined || job !== delivering || ended === 'failed' || !planned) return
      planned = false
      const minute = minuteOf(app.clock.now())
      if (minute === lastMinute || !await isWell(app)) return
      lastMinute = minute
      await beat(app, ask, url, stopping.signal)
    },
    stop: () => stopping.abort(),
  }
}

/** Says whether mail leaves: not held, the way out not closed for long, and nothing that could leave still here. */
async function isWell(app: App): Promise<boolean> {
  try {
    const { db } = app.database
    const before = app.clock.now().subtract(longestWait)
    const isOlder = (at: Instant | null | undefined): boolean => at !== null && at !== undefined && Temporal.Instant.compare(at, before) < 0
    if (await readHold(app) !== undefined || (await listChannels(db)).some((one) => isOlder(one.failingSince))) return false
    return !isOlder((await readBacklog(db, app.clock.now())).waitingSince)
  } catch (error) {
    app.log.warn({ err: error }, 'whether all is well could not be found out: nobody outside is told')
    return false
  }
}

// The address is a secret: whoever has it could say that all is well. Neither it nor what an error says of it is logged.
async function beat(app: App, ask: Ask, url: string, stopping: AbortSignal): Promise<void> {
  try {
    const reply = await ask(url, { method: 'GET', redirect: 'error', signal: AbortSignal.any([app.clock.deadline(limit), stopping]) })
    await reply.body?.cancel()
    if (!reply.ok) app.log.warn({ status: reply.status }, 'the outside monitor did not take the sign of life')
  } catch (error) {
    if (!stopping.aborted) app.log.warn({ fault: error instanceof Error ? error.name : typeof error }, 'the outside monitor could not be reached')
  }
}
