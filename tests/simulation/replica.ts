// One replica: an application of its own on a way to the database that may fail, a clock of its own, and a line
// of jobs. It dies between two statements or with a commit just made, stands still beyond its leases, and is started again.

import { schedule } from '../../jobs/schedule.ts'
import type { App } from '../../src/app/app.ts'
import type { Job } from '../../src/app/jobs.ts'
import { openRounds } from '../../src/app/rounds.ts'
import type { Config } from '../../src/config.ts'
import type { Log } from '../../src/log.ts'
import type { Transport } from '../../src/mail/transport.ts'
import type { Actor, Clockwork } from './clockwork.ts'
import type { Random } from './random.ts'
import type { Door, SimulatedStore } from './store.ts'
import type { FaultKind, Swarm } from './swarm.ts'

/** How a clock is wrong: it is set right by the network every third day, and drifts away meanwhile. */
export interface Watch { aheadMs: number; readonly driftPpm: number }

const setRightEvery = 3 * 86_400_000

export interface Replica {
  readonly name: string
  /** The process that runs now; undefined while none does. */
  process: Process | undefined
  readonly watch: Watch
  /** When it comes up again by itself. */
  upAt: number
}

export interface Process {
  readonly actor: Actor
  readonly app: App
  /** Runs jobs one after another, joining what runs already. */
  tick(jobs: readonly Job[]): void
  /** Ends what has not asked the gate, waits for the rest, and starts nothing more. */
  stop(): Promise<void>
  stopping: boolean
}

export interface Surroundings {
  readonly store: SimulatedStore
  readonly clockwork: Clockwork
  readonly random: Random
  readonly swarm: Swarm
  readonly config: Config
  readonly catalogue: App['catalogue']
  readonly openTransport: (actor: Actor, kill: () => void) => Transport
  readonly note: (kind: FaultKind | 'job failed' | 'killed' | 'started', who: string, more?: string) => void
  /** Whether no connection to the database can be had. */
  readonly databaseIsDown: () => boolean
  /** Whether faults strike at all: not while a run ends. */
  readonly calm: () => boolean
  readonly alarm: (who: string, text: string) => void
}

export const jobNamed = (name: string): Job => schedule.find((one) => one.name === name)!
/** What runs every minute, in the order of the timetable. */
export const everyMinute: readonly Job[] = schedule.filter((one) => one.cron === '* * * * *')

export function nowOf({ watch }: Replica, clockwork: Clockwork, epoch: number): Temporal.Instant {
  const drift = Math.round((clockwork.now() - epoch) % setRightEvery * watch.driftPpm / 1e6)
  return Temporal.Instant.fromEpochMilliseconds(clockwork.now() + watch.aheadMs + drift)
}

class Killed extends Error {}

/** Starts a process; it has run nothing yet. */
export function startProcess(replica: Replica, around: Surroundings, epoch: number): Process {
  const { clockwork, store, note } = around
  const actor: Actor = { name: replica.name, alive: true, pausedUntil: 0, working: 0 }
  const kill = (how: string): void => {
    if (!actor.alive) return
    actor.alive = false
    replica.process = undefined
    note('killed', replica.name, how)
  }
  const database = store.open(doorOf(actor, around, kill))
  const transport = around.openTransport(actor, () => kill('while sending'))
  const app: App = {
    config: around.config, catalogue: around.catalogue, database, log: logOf(around, replica.name),
    clock: { now: () => nowOf(replica, clockwork, epoch), deadline: (ms) => deadlineOf(actor, clockwork, ms) },
  }
  const stopping = new AbortController()
  const rounds = openRounds(app, { transport, stopping: stopping.signal, ask: async () => await Promise.reject(new Error('nobody watches from outside')) })
  const waiting: Job[] = []
  let isRunning = false
  let ended: Promise<void> = Promise.resolve()
  const runAll = async (): Promise<void> => {
    for (let job = waiting.shift(); job && !process.stopping; job = waiting.shift()) {
      try {
        const counts = await rounds.run(job)
        // As the timetable does: what has more to do goes on after the others.
        if (counts['more'] && !waiting.includes(job)) waiting.push(job)
      } catch (error) {
        note('job failed', replica.name, `${job.name}: ${error instanceof Error ? error.message.slice(0, 120) : String(error)}`)
      }
    }
    isRunning = false
    actor.working--
  }
  const process: Process = {
    actor, app, stopping: false,
    tick(jobs: readonly Job[]) {
      waiting.push(...jobs.filter((one) => !waiting.includes(one)))
      if (isRunning || !actor.alive) return
      isRunning = true
      actor.working++
      ended = runAll()
    },
    async stop() {
      process.stopping = true
      stopping.abort()
      await Promise.all([transport.close(), ended])
      if (!actor.alive) return
      actor.alive = false
      replica.process = undefined
    },
  }
  return process
}

/** A deadline is a timer of the process: it does not ring while that stands still. */
function deadlineOf(actor: Actor, clockwork: Clockwork, milliseconds: number): AbortSignal {
  const controller = new AbortController()
  const ring = (): void => {
    if (!actor.alive) return
    if (actor.pausedUntil > clockwork.now()) clockwork.at(actor.pausedUntil, ring)
    else controller.abort()
  }
  clockwork.at(clockwork.now() + milliseconds, ring)
  return controller.signal
}

function logOf({ alarm }: Surroundings, who: string): Log {
  const quiet = (): void => undefined
  return { info: quiet, warn: quiet, debug: quiet, error: (_: unknown, text?: string) => alarm(who, text ?? '') }
}

const refused = (text: string, code: string): Error => Object.assign(new Error(text), { code })
const never = async (): Promise<never> => await new Promise(() => undefined)

function doorOf(actor: Actor, around: Surroundings, kill: (how: string) => void): Door {
  const { clockwork, random, swarm, note } = around
  const strikes = (kind: FaultKind, part = 1): boolean => {
    if (around.calm() || !random.chance(swarm(kind) * part)) return false
    note(kind, actor.name)
    return true
  }
  let dying = false
  let failing = false
  return {
    async before(kind) {
      await clockwork.turn(actor)
      // A run asks many questions between two transactions.
      const part = kind === 'statement' ? 0.1 : 1
      if (strikes('pause', part)) {
        actor.pausedUntil = clockwork.now() + random.pick([2, 95, 100, 300, 725, 900, 3600]) * 1000
        await clockwork.turn(actor)
      }
      if (around.databaseIsDown() || strikes('connection refused', part)) throw refused('connect ECONNREFUSED', 'ECONNREFUSED')
      if (kind === 'statement') return
      if (strikes('kill before commit')) { kill('before a transaction'); await never() }
      dying = strikes('kill inside transaction')
      failing = !dying && strikes('serialization failure')
    },
    inside() {
      if (strikes('statement terminated')) throw refused('terminating connection due to administrator command', '57P01')
    },
    beforeCommit() {
      if (dying) { kill('before a commit'); throw new Killed('the process is no more') }
      if (failing) throw refused('could not serialize access', '40001')
    },
    async afterCommit() {
      if (strikes('kill after commit')) { kill('after a commit'); await never() }
      if (strikes('commit acknowledgement lost')) throw refused('connection closed before the answer', 'ECONNRESET')
    },
  }
}
