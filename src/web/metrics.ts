// The figures in the text format of Prometheus. They come from the records, so every replica gives the same; only the
// runs of jobs and the process itself are each one's own.

import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { RunCount } from '../app/pulse.ts'
import { isPausedAt, type Watch } from '../app/watch.ts'
import { alarmKinds } from '../core/alarm.ts'
import type { Instant } from '../core/day.ts'
import { messageStates } from '../core/message.ts'

export interface Metrics {
  readonly contentType: string
  text(watch: Watch, runs: readonly RunCount[]): Promise<string>
}

/** Opens a registry of its own. */
export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const set = gaugesOf(registry)
  const runsTotal = new Counter({ name: 'recert_job_runs_total', help: 'Runs of jobs by this process since it began.', labelNames: ['job', 'outcome'], registers: [registry] })
  return {
    contentType: registry.contentType,
    async text(watch, runs) {
      set(watch)
      runsTotal.reset()
      for (const { job, outcome, n } of runs) runsTotal.inc({ job, outcome }, n)
      return await registry.metrics()
    },
  }
}

const seconds = (at: Instant): number => at.epochMilliseconds / 1000
const sinceOf = (at: Instant | null | undefined, now: Instant): number => (at ? Math.max(0, seconds(now) - seconds(at)) : 0)

function gaugesOf(registry: Registry): (watch: Watch) => void {
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> => new Gauge({ name: `recert_${name}`, help, labelNames, registers: [registry] })
  const lastSuccess = gauge('job_last_success_timestamp_seconds', 'When the last run that ended well began, by any process.', 'job')
  const messages = gauge('messages', 'Mails that have not ended, each counted once; failed: given up within 30 days and not tried again.', 'state')
  const planned = gauge('messages_planned_last_day', 'What became of the mails planned within 24 hours, of the last 10000 at most.', 'state')
  const oldest = gauge('oldest_due_unsent_seconds', 'How long the mail that has waited longest could have left; one put off counts from its next attempt.')
  const lateness = gauge('lateness_seconds', 'From the computed instant to the moment a mail server took the mail, over 24 hours and the last 5000 attempts at most; quantile 1 is the maximum.', 'quantile')
  const sent = gauge('sent_last_day', 'Mails that mail servers took within 24 hours, of the last 5000 attempts at most.')
  const alarms = gauge('alarms_open', 'Open alarms.', 'kind')
  const held = gauge('mail_held', '1 while all mail is held: a copied database, or another address.')
  const paused = gauge('channel_paused', '1 while the way out rests after a fault of the mail server as a whole.', 'channel')
  const failing = gauge('channel_failing_seconds', 'How long the way out has failed without a success; 0 while it works.', 'channel')
  return (watch) => {
    for (const one of watch.runs) lastSuccess.set({ job: one.job }, seconds(one.startedAt))
    setMessages(messages, watch)
    for (const state of messageStates) planned.set({ state }, watch.lastDay.get(state) ?? 0)
    oldest.set(watch.hold === undefined ? sinceOf(watch.backlog.waitingSince, watch.now) : 0)
    for (const [quantile, late] of [['0.5', watch.lateness.p50], ['0.95', watch.lateness.p95], ['1', watch.lateness.max]] as const) lateness.set({ quantile }, late)
    sent.set(watch.lateness.sent)
    for (const kind of alarmKinds) alarms.set({ kind }, watch.alarms.get(kind) ?? 0)
    held.set(watch.hold === undefined ? 0 : 1)
    for (const one of watch.channels) {
      paused.set({ channel: one.name }, isPausedAt(one, watch.now) ? 1 : 0)
      failing.set({ channel: one.name }, sinceOf(one.failingSince, watch.now))
    }
  }
}

// While all mail is held, what waits is held.
function setMessages(messages: Gauge<'state'>, { backlog, hold, quarantined, failed }: Watch): void {
  const isHeld = hold !== undefined
  messages.set({ state: 'planned' }, isHeld ? 0 : backlog.planned)
  messages.set({ state: 'deferred' }, isHeld ? 0 : backlog.deferred)
  messages.set({ state: 'held' }, isHeld ? backlog.planned + backlog.deferred : 0)
  messages.set({ state: 'in-flight' }, backlog.inFlight)
  messages.set({ state: 'in-doubt' }, backlog.inDoubt)
  messages.set({ state: 'quarantined' }, quarantined)
  messages.set({ state: 'failed' }, failed)
}
