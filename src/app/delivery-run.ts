// A run of deliveries: as many at once as there are connections, each claiming only what it can start, until
// nothing waits, the way out is closed, or the run is long enough.

import type { App } from './app.ts'
import { deliverNext, isPaused, openPost, type Post } from './deliveries.ts'
import type { Counts, JobMoment } from './jobs.ts'
import type { Outcome } from './settlements.ts'

/** The rest waits for the next run, which follows at once: other jobs have their turn in between. */
const longestRun = { seconds: 30 }
const mostPerRun = 2000
const deliveriesPerPost = 25

interface Run {
  post: Post
  started: number
  ended: boolean
  readonly counts: Counts
}

/** Outcomes after which no lane goes on: what waits waits for all. */
const closing: ReadonlySet<Outcome> = new Set(['paused', 'limited', 'stopped'])

/** Delivers what waits. `more` in the counts says that the run ended before the mail did. */
export async function deliverWaiting(app: App, at: JobMoment): Promise<Counts> {
  const run: Run = { post: await openPost(app, at.transport, at.now), started: 0, ended: false, counts: {} }
  if (run.post.hold) app.log.error({ held: true }, run.post.hold)
  const until = app.clock.now().add(longestRun)
  const lanes = Array.from({ length: lanesOf(app, run.post) }, () => runLane(app, at, run, until))
  // All of them are waited for, also where one fails: whoever goes on must not be forgotten.
  const failed = (await Promise.allSettled(lanes)).find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  return run.counts
}

// One at a time where nothing leaves, and where it is not known whether the way out works again.
function lanesOf(app: App, post: Post): number {
  if (post.hold || isPaused(post)) return 0
  return post.transport && !post.channel?.failingSince ? app.config.mailConnections : 1
}

async function runLane(app: App, at: JobMoment, run: Run, until: Temporal.Instant): Promise<void> {
  while (!run.ended && !at.stopping?.aborted) {
    if (run.started >= mostPerRun || Temporal.Instant.compare(app.clock.now(), until) > 0) {
      run.counts['more'] = 1
      return
    }
    run.started += 1
    // A long run must see who bounced, and that midnight has passed.
    if (run.started % deliveriesPerPost === 0) run.post = await openPost(app, at.transport, at.asked ? at.now : app.clock.now())
    const outcome = await deliverNext(app, run.post).catch((error: unknown) => {
      run.ended = true
      throw error
    })
    if (outcome === undefined) return
    run.counts[outcome] = (run.counts[outcome] ?? 0) + 1
    if (closing.has(outcome)) run.ended = true
  }
}
