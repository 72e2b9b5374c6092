// One mail of Alice, sent by the real jobs over a real connection to a server that plays a script; and all that could be
// seen of it afterwards: the rows, who was alarmed, what the server holds, every line that was logged.

import { setDefaultCACertificates } from 'node:tls'
import { sql } from 'drizzle-orm'
import { schedule } from '../../../jobs/schedule.ts'
import type { App } from '../../../src/app/app.ts'
import { sendTestMail } from '../../../src/app/test-mail.ts'
import { faultOf, type Log } from '../../../src/log.ts'
import { openSmtp } from '../../../src/mail/smtp.ts'
import type { Patience } from '../../../src/mail/settings.ts'
import type { Transport } from '../../../src/mail/transport.ts'
import { listOpenAlarms } from '../../../src/store/alarms.ts'
import { findChannel } from '../../../src/store/channel.ts'
import { rows } from '../../../src/store/database.ts'
import { findMessage, listDeliveries, type MessageRow } from '../../../src/store/outbox.ts'
import { findPerson } from '../../../src/store/people.ts'
import { aCast, aCertification, type Cast, live, testApp, type TestApp } from '../../helpers/records.ts'
import { runJobsAt } from '../../helpers/timeline.ts'
import { openBlackHole } from './black-hole.ts'
import { authority } from './certificates.ts'
import { openScriptedServer, type Script, type ScriptedServer } from './scripted-server.ts'

export const morning = '2027-05-31T09:00:00Z'

/** What can be seen of Alice's mail after an attempt. */
export interface Seen {
  /** Its state, the attempts counted, and how long until the next: `deferred, 1 counted, again in PT1M`. */
  readonly message: string
  /** The last row of its deliveries: `deferred recipient rcpt`. */
  readonly delivery: string
  /** How long the way out rests for everybody: `paused for PT1M`. */
  readonly channel: string
  /** What was logged as an error. */
  readonly logged: readonly string[]
  /** Alarms that are open. */
  readonly alarms: readonly string[]
  readonly address: 'good' | 'marked'
  /** Copies of it that the server holds. */
  readonly kept: number
}

export interface Lab {
  readonly app: App
  readonly server: ScriptedServer
  /** The bytes of each mail that was handed over. */
  readonly handed: Uint8Array[]
  /** Everything that was logged, before anything was taken out of it. */
  readonly lines: string[]
  /** Forgets everything; the server is well, and Alice's mail will be due on `morning`. */
  begin(): Promise<void>
  /** How the server is reached from now on, over new connections. */
  reach(way?: Way): Promise<void>
  /** Sends the test mail of an administrator, so that a connection is kept. */
  warm(): Promise<void>
  /** Runs the jobs of a minute against a server that plays a script. */
  live(moment: string, script: Script): Promise<void>
  seen(): Promise<Seen>
  message(): Promise<MessageRow>
  deliveries(): Promise<string[]>
  endLeases(): Promise<void>
  close(): Promise<void>
}

export interface Ports { readonly scripted: number; readonly blackHole: number }

/** How the server is reached in a case; directly and in the clear where nothing is said. */
export interface Way {
  readonly url?: (ports: Ports) => string
  readonly patience?: Patience
  /** Nobody listens. */
  readonly shut?: boolean
  /** The address is wrong: to be well is to be reached at the right one. */
  readonly moved?: boolean
  /** How a server is that is well, reached this way. */
  readonly well?: Script
}

const minutely = schedule.filter((job) => job.cron === '* * * * *' && job.name !== 'weekly-digest')
const subject = 1

export async function openLab(): Promise<Lab> {
  const opened = await testApp()
  const server = await openScriptedServer()
  const blackHole = await openBlackHole()
  setDefaultCACertificates([authority])
  const lines: string[] = []
  const handed: Uint8Array[] = []
  const errors: string[] = []
  const deadline = { passed: new AbortController() }
  // Once a server has fallen silent nothing more can come: the deadline passes then, and not a minute later.
  server.onSilence(() => deadline.passed.abort())
  const app: App = {
    ...opened.app, log: listening(lines, errors),
    clock: { ...opened.clock, deadline: () => { deadline.passed = new AbortController(); return deadline.passed.signal } },
  }
  let isShut = false
  const here = { cast: undefined as Cast | undefined, transport: undefined as Transport | undefined, errorsBefore: 0 }
  const reach = async ({ url = ({ scripted }) => `smtp://127.0.0.1:${scripted}`, patience, shut = false }: Way = {}): Promise<void> => {
    await here.transport?.close()
    if (shut !== isShut) await (shut ? server.shut() : server.open())
    isShut = shut
    here.transport = hearing(openSmtp(url({ scripted: server.port, blackHole: blackHole.port }), { url: app.config.url, ...(patience ? { patience } : {}) }), server, handed)
  }
  return {
    app, server, lines, handed,
    async begin() {
      await opened.reset()
      server.kept.length = 0
      errors.length = 0
      handed.length = 0
      here.cast = await aPlannedDay(opened, app)
      await reach()
    },
    reach,
    async warm() {
      server.play({})
      await sendTestMail(app, here.transport, { address: here.cast!.carol.email!, language: 'en', zone: 'UTC' })
    },
    async live(moment, script) {
      server.play(script)
      here.errorsBefore = errors.length
      await runJobsAt({ app, clock: opened.clock, transport: here.transport }, moment, minutely)
    },
    message: async () => (await findMessage(app.database.db, subject))!,
    deliveries: async () => (await listDeliveries(app.database.db, subject)).map((one) => one.outcome ?? 'under way'),
    seen: () => look(app, server, here.cast!, errors.slice(here.errorsBefore)),
    endLeases: async () => void await app.database.db.execute(sql`update message set lease_until = clock_timestamp() - interval '1 second' where lease_until is not null`),
    async close() {
      await here.transport?.close()
      if (!isShut) await server.shut()
      await blackHole.close()
      await opened.close()
    },
  }
}

async function aPlannedDay(opened: TestApp, app: App): Promise<Cast> {
  const cast = await aCast(app)
  await live(app, cast.organisation)
  await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, name: 'Signing module' })
  opened.clock.set(morning)
  return cast
}

/** Tells the server how long a mail is, and asks the gate only when what the server does in its midst has arrived here. */
function hearing(transport: Transport, server: ScriptedServer, handed: Uint8Array[]): Transport {
  return {
    ...transport,
    send: async (parcel, gate, signal) => {
      handed.push(parcel.raw)
      const played = server.expect(parcel.raw.length)
      return await transport.send(parcel, async () => { await played; await breath(); return await gate() }, signal)
    },
  }
}

const breath = async (): Promise<void> => { for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => { setImmediate(resolve) }) }

function listening(lines: string[], errors: string[]): Log {
  const write = (level: string) => (fields: unknown, text = ''): void => {
    lines.push(JSON.stringify([level, fields, text], (name, value: unknown) => (name === 'err' ? faultOf(value) : value)))
    if (level === 'error') errors.push(text)
  }
  return { info: write('info'), warn: write('warn'), error: write('error'), debug: write('debug') }
}

async function look(app: App, server: ScriptedServer, cast: Cast, logged: readonly string[]): Promise<Seen> {
  const { db } = app.database
  const message = (await findMessage(db, subject))!
  const last = (await listDeliveries(db, subject)).at(-1)!
  const again = message.state === 'planned' || message.state === 'deferred' ? [`again in ${untilIn(app, message.nextAttemptAt)}`] : []
  const person = (await findPerson(db, cast.alice.id))!
  return {
    message: [message.state, `${message.attempts} counted`, ...again].join(', '),
    delivery: [last.outcome, last.fault, last.phase].filter(Boolean).join(' '),
    channel: await channelIn(app),
    logged,
    alarms: (await listOpenAlarms(db, 10)).map((one) => one.kind),
    address: person.emailAccepted ? 'good' : 'marked',
    kept: server.kept.filter((one) => one.messageId === message.messageId).length,
  }
}

const untilIn = (app: App, moment: Temporal.Instant): string => moment.since(app.clock.now(), { largestUnit: 'hour' }).toString()

async function channelIn(app: App): Promise<string> {
  const channel = await findChannel(app.database.db, 'smtp')
  return channel?.pausedUntil ? `paused for ${untilIn(app, channel.pausedUntil)}` : 'open'
}

/** Who was written to and what became of it, oldest first: `Alice rejected`. */
export async function mailIn(app: App): Promise<string[]> {
  return (await rows<{ line: string }>(app.database.db, sql`
    select p.name || ' ' || m.state as line from message m join person p on p.id = m.person_id where m.kind = 'daily' order by m.id`)).map((one) => one.line)
}
