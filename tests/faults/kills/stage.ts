// The world around processes that die: one database, one mail server, people to be written to, replicas to be
// started, and an account of what each person got. Needs no test runner, so that a command can go on for hours.

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sql } from 'drizzle-orm'
import { schedule } from '../../../jobs/schedule.ts'
import type { App } from '../../../src/app/app.ts'
import { enterCertification } from '../../../src/app/entry.ts'
import { runJob } from '../../../src/app/jobs.ts'
import { closeApp, openApp, openTransport } from '../../../src/app/open.ts'
import { addOrganisation, addPerson, goLive } from '../../../src/app/people.ts'
import { readConfig } from '../../../src/config.ts'
import type { Organisation } from '../../../src/core/person.ts'
import { silentLog } from '../../../src/log.ts'
import type { Transport } from '../../../src/mail/transport.ts'
import { rows } from '../../../src/store/database.ts'
import { aheadTo, clockAhead } from './clock.ts'
import type { Order } from './replica.ts'
import { openSink, type Sink, type SinkOptions } from './sink.ts'

/** `DATABASE_URL`, or `RECERT_HOME` for the embedded database. */
export type Place = Readonly<Record<'DATABASE_URL', string>> | Readonly<Record<'RECERT_HOME', string>>

export interface Stage {
  readonly place: Place
  readonly sink: Sink
  readonly ahead: number
  /** What its processes are given. */
  readonly environment: Readonly<Record<string, string>>
  /** Uses the application, which stays open. */
  use<T>(work: (app: App, transport: Transport) => Promise<T>): Promise<T>
  /** Leaves an embedded database to others; on a server there is room for all. */
  leave(): Promise<void>
  close(): Promise<void>
}

/** A Monday, 30 days before the certificates of the story end: at nine their owners are due to be told. */
const morning = '2027-05-31T09:00:00Z'
const expiry = Temporal.PlainDate.from('2027-06-30')

/** Jobs that bring a mail from being due to being sent, in their order. */
export const deliveringJobs = ['plan-reminders', 'rescue-deliveries', 'deliver-messages'] as const

export interface StageOptions extends SinkOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Whose watch it shares; its own shows nine o'clock when it opens. */
  readonly beside?: Pick<Stage, 'ahead'>
}

export async function openStage(place: Place, options: StageOptions = {}): Promise<Stage> {
  const sink = await openSink(options)
  const ahead = options.beside?.ahead ?? aheadTo(morning)
  const environment = {
    ...place, SMTP_URL: sink.url, RECERT_FROM: 'Recert <recert@example.org>', RECERT_MAIL_CONNECTIONS: '1', LOG_LEVEL: 'fatal', ...options.settings,
  }
  const config = readConfig(environment)
  let open: { readonly app: App; readonly transport: Transport } | undefined
  const shut = async (): Promise<void> => {
    const held = open
    open = undefined
    await held?.transport.close()
    if (held) await closeApp(held.app)
  }
  return {
    place, sink, ahead, environment,
    async use(work) {
      open ??= { app: await openApp(config, clockAhead(ahead), silentLog), transport: openTransport(config)! }
      return await work(open.app, open.transport)
    },
    leave: async () => { if ('RECERT_HOME' in place) await shut() },
    async close() {
      await shut()
      await sink.close()
    },
  }
}

/** Makes the organisation whose people are written to, live. */
export async function settle(stage: Stage): Promise<Organisation> {
  return await stage.use(async (app) => await app.database.transact(async (db) => {
    const now = app.clock.now()
    const organisation = await addOrganisation(app, db, { name: 'Harbour Cloud', calendar: 'weekdays' }, { zone: 'UTC', now })
    await goLive(app, db, organisation, now)
    return organisation
  }))
}

/** Adds people with one certificate each that is due to be spoken of today: one mail each. */
export async function addOwners(app: App, organisationId: number, names: readonly string[]): Promise<void> {
  await app.database.transact(async (db) => {
    const now = app.clock.now()
    for (const name of names) {
      const owner = await addPerson(app, db, { organisationId, name, email: `${name}@example.org`, roles: ['owner'] }, now)
      await enterCertification(app, db, {
        organisationId, scheme: 'fips-140', options: {}, name: `Module of ${name}`, cycleKind: 'initial', days: { expiry }, ownerId: owner.id,
      }, now)
    }
  })
}

export interface Replica {
  readonly process: ChildProcess
  /** Resolves when it has said a line that begins so; rejects where it ended without. */
  says(line: string): Promise<void>
  /** Resolves when it has ended: by which signal, or undefined. */
  readonly ended: Promise<NodeJS.Signals | undefined>
}

const ownProgram = join(import.meta.dirname, '../../..')

/** Starts a process of its own on the same database; of this program, unless the folder of another is given. */
export function startReplica(stage: Stage, order: Partial<Order>, program = ownProgram): Replica {
  const child = spawn(process.execPath, [join(program, 'tests/faults/kills/replica.ts')], {
    env: { ...stage.environment, REPLICA: JSON.stringify({ ahead: stage.ahead, jobs: deliveringJobs, ...order }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: string[] = []
  const hearers = new Set<() => void>()
  const hear = (): void => { for (const one of hearers) one() }
  createInterface({ input: child.stdout }).on('line', (line) => { said.push(line); hear() })
  let over = false
  const ended = new Promise<NodeJS.Signals | undefined>((resolve) => {
    child.once('close', (_, signal) => { over = true; hear(); resolve(signal ?? undefined) })
  })
  return {
    process: child, ended,
    says: async (line) => await new Promise((resolve, reject) => {
      const look = (): void => {
        const found = said.some((one) => one.startsWith(line))
        if (!found && !over) return
        hearers.delete(look)
        if (found) resolve()
        else reject(new Error(`A replica ended without saying "${line}"; it said: ${said.join(', ')}`))
      }
      hearers.add(look)
      look()
    }),
  }
}

const isDelivering = (name: string): boolean => deliveringJobs.some((one) => one === name)

/** Runs the jobs once in this process, as the next replica would, now or some minutes later. */
export async function runJobs(app: App, transport: Transport, minutesLater = 0): Promise<void> {
  const now = app.clock.now().add({ minutes: minutesLater })
  for (const job of schedule.filter((one) => isDelivering(one.name))) await runJob(app, job, { now, asked: false, transport })
}

/**
 * Lets the leases run out. Leases are judged by the clock of the database, which no test can set ahead: so their
 * ends are set back instead, which is the same to every statement that compares the two.
 */
export async function ageLeases(app: App, which = sql`true`): Promise<number> {
  const aged = await rows(app.database.db, sql`
    update message set lease_until = clock_timestamp() - interval '1 second' where lease_until is not null and ${which} returning id`)
  return aged.length
}
