// A run of deliveries: what leaves at once and what leaves first, what closes the way out and opens it again, for
// one process and for several on the same records.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { rescueDeliveries } from '../../src/app/deliveries.ts'
import { deliverWaiting } from '../../src/app/delivery-run.ts'
import { retryMessage } from '../../src/app/messages.ts'
import type { Counts } from '../../src/app/jobs.ts'
import type { SendResult, Transport } from '../../src/mail/transport.ts'
import { listOpenAlarms } from '../../src/store/alarms.ts'
import { findChannel } from '../../src/store/channel.ts'
import { rows } from '../../src/store/database.ts'
import { insertMessage, listDeliveries } from '../../src/store/outbox.ts'
import { busy, mailServer, type Reply, taken } from '../helpers/mail-server.ts'
import { aCast, aCertification, aPerson, type Cast, ledger, live, planAt, testApp, type TestApp } from '../helpers/records.ts'

let opened: TestApp
let app: App
let cast: Cast

beforeAll(async () => {
  opened = await testApp()
  app = opened.app
})
beforeEach(async () => {
  await opened.reset()
  cast = await aCast(app)
  await live(app, cast.organisation)
})
afterAll(() => opened.close())

const morning = '2027-05-31T09:00:00Z'
const refused: Reply = async () => ({ outcome: 'deferred', fault: 'site', phase: 'auth', reply: '535 authentication failed' })

const deliver = (transport: Transport, one: App = app, stopping?: AbortSignal): Promise<Counts> =>
  deliverWaiting(one, { now: one.clock.now(), asked: false, transport, stopping })

/** As many people, each with a certification whose notice of thirty days is said this morning. */
async function mailsOf(count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const person = await aPerson(app, { name: `Owner ${n}`, organisationId: cast.organisation.id, email: `owner${n}@example.org` })
    await aCertification(app, { organisationId: cast.organisation.id, ownerId: person.id, name: `Site ${n}` })
  }
  await planAt(opened, morning)
}

const statesNow = async (): Promise<string[]> =>
  (await rows<{ line: string }>(app.database.db, sql`select state || ' ' || attempts as line from message order by id`)).map((row) => row.line)

const alarmsNow = async (): Promise<string[]> => (await listOpenAlarms(app.database.db, 10)).map((one) => one.kind)

/** A server that keeps whoever comes waiting until it is told to go on; `held(n)` resolves once n are waiting. */
function slowServer() {
  const parcels: string[] = []
  const arrivals: { count: number; resolve: () => void }[] = []
  const gateOpen = Promise.withResolvers<void>()
  const transport: Transport = {
    async send(parcel, gate) {
      parcels.push(parcel.to)
      for (const one of arrivals) if (parcels.length >= one.count) one.resolve()
      await gateOpen.promise
      return await taken(gate)
    },
    verify: async () => ({ ok: true }),
    close: async () => undefined,
  }
  return { transport, parcels, goOn: () => gateOpen.resolve(), held: (count: number) => new Promise<void>((resolve) => arrivals.push({ count, resolve })) }
}

describe('mails leave', () => {
  test('as many at once as there are connections, each claimed only when it can start', async () => {
    await mailsOf(7)
    const server = slowServer()
    const held = server.held(5)
    const run = deliver(server.transport)
    await held
    expect((await statesNow()).map((one) => one.split(' ')[0]!).toSorted()).toEqual([...Array.from({ length: 5 }, () => 'claimed'), 'planned', 'planned'])
    server.goOn()
    expect(await run).toEqual({ sent: 7 })
  })

  test('past one whose server is silent', async () => {
    await mailsOf(4)
    const silence = Promise.withResolvers<SendResult>()
    const others = Promise.withResolvers<void>()
    let sent = 0
    const server = mailServer(() => silence.promise, ...Array.from({ length: 3 }, (): Reply => async (gate) => {
      const result = await taken(gate)
      sent += 1
      if (sent === 3) others.resolve()
      return result
    }))
    const run = deliver(server)
    await others.promise
    silence.resolve({ outcome: 'deferred', fault: 'transient', phase: 'data', reply: 'no answer' })
    expect(await run).toEqual({ sent: 3, deferred: 1 })
  })

  test('until the run is long enough, and says that there is more', async () => {
    await mailsOf(3)
    const server = mailServer(async (gate) => {
      opened.clock.advance('PT31S')
      return await taken(gate)
    })
    const one = { ...app, config: { ...app.config, mailConnections: 1 } }
    expect(await deliver(server, one)).toEqual({ sent: 1, more: 1 })
    expect(await deliver(server, one)).toEqual({ sent: 2 })
  })
})

describe('a fault of the site', () => {
  test('pauses the way out for every process, uses up no attempt, and is alarmed once', async () => {
    await mailsOf(3)
    const server = mailServer(refused, refused, refused, refused, refused)
    const first = await deliver(server)
    expect(Object.keys(first)).toEqual(['paused'])
    expect(await statesNow()).toEqual(['planned 0', 'planned 0', 'planned 0'])
    const before = server.parcels.length
    opened.clock.advance('PT59S')
    expect(await deliver(server, { ...app })).toEqual({})
    expect(server.parcels).toHaveLength(before)
    expect(await alarmsNow()).toEqual(['channel-paused'])
    expect(opened.alarms).toHaveLength(1)
  })

  test('is asked about after 1, 2, 4, 8 and 15 minutes by one mail, and the first that is taken opens the way for all', async () => {
    await mailsOf(3)
    const alone = { ...app, config: { ...app.config, mailConnections: 1 } }
    const server = mailServer(...Array.from({ length: 6 }, () => refused))
    const waits: number[] = []
    for (let n = 1; n <= 6; n++) {
      expect(await deliver(server, n === 1 ? alone : app)).toEqual({ paused: 1 })
      const { pausedUntil } = (await findChannel(app.database.db, 'smtp'))!
      waits.push(opened.clock.now().until(pausedUntil!).total('minutes'))
      opened.clock.set(pausedUntil!.toString())
    }
    expect(waits).toEqual([1, 2, 4, 8, 15, 15])
    expect(server.parcels).toHaveLength(6)
    expect(await deliver(server)).toEqual({ sent: 3 })
    expect(await alarmsNow()).toEqual([])
    expect(await findChannel(app.database.db, 'smtp')).toMatchObject({ failures: 0, failingSince: null, pausedUntil: null })
  })

  test('leaves a mail that had passed the gate its bytes', async () => {
    await mailsOf(1)
    await deliver(mailServer(async (gate) => {
      await gate()
      return { outcome: 'in-doubt', phase: 'gated', reply: 'lost' }
    }))
    await app.database.db.execute(sql`update message set lease_until = clock_timestamp() - interval '1 second'`)
    await rescueDeliveries(app, opened.clock.now())
    const server = mailServer(refused)
    await deliver(server)
    // The doubt was an attempt, the fault of the site is none.
    expect(await statesNow()).toEqual(['deferred 1'])
    opened.clock.advance('PT1M')
    await deliver(server)
    expect(Buffer.from(server.parcels[0]!.raw).equals(Buffer.from(server.parcels[1]!.raw))).toBe(true)
    expect(await statesNow()).toEqual(['sent 2'])
  })
})

describe('a limit', () => {
  test('of mails per minute holds for three processes together, to the last mail', async () => {
    await mailsOf(8)
    const limited = (): App => ({ ...app, config: { ...app.config, mailRate: 5 } })
    const server = mailServer()
    const counts = await Promise.all([limited(), limited(), limited()].map((one) => deliver(server, one)))
    expect(server.parcels).toHaveLength(5)
    expect(counts.some((one) => one['limited'])).toBe(true)
    await app.database.db.execute(sql`update message set claimed_at = claimed_at - interval '61 seconds'`)
    await deliver(server, limited())
    expect(new Set(server.parcels.map((one) => one.to))).toHaveLength(8)
  })

  test('lets who waits to sign in leave first, then what is urgent, then the day, then the status of the week', async () => {
    const at = Temporal.Instant.from(morning)
    opened.clock.set(morning)
    const planned = (kind: 'daily' | 'digest' | 'sign-in', priority: 0 | 1 | 2 | 3, dueAt: string) => insertMessage(app.database.db, {
      organisationId: cast.organisation.id, personId: cast.alice.id, kind, period: `${kind} ${priority}`, part: 1, rehearsal: false,
      dueAt: Temporal.Instant.from(dueAt), messageId: `<${kind}-${priority}@example.org>`, language: 'en', priority,
    }, at)
    await planned('digest', 3, '2027-05-31T06:00:00Z')
    await planned('daily', 2, '2027-05-31T07:00:00Z')
    await planned('daily', 1, '2027-05-31T08:00:00Z')
    await planned('sign-in', 0, morning)
    // Their words do not matter here: each has passed the gate before, so its bytes are as they were.
    await app.database.db.execute(sql`update message set state = 'deferred', gated_at = ${morning}, raw = 'x', address = 'alice@example.org', subject = kind, text = '', html = ''`)
    const order: string[] = []
    const server = mailServer(...Array.from({ length: 4 }, (): Reply => async (gate) => {
      const [row] = await rows<{ name: string }>(app.database.db, sql`select period as name from message where state = 'claimed'`)
      order.push(row!.name)
      return await taken(gate)
    }))
    await deliver(server, { ...app, config: { ...app.config, mailConnections: 1 } })
    expect(order).toEqual(['sign-in 0', 'daily 1', 'daily 2', 'digest 3'])
  })

  test('of mails to one person puts the rest back, without an attempt', async () => {
    await mailsOf(2)
    await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id })
    await app.database.db.execute(sql`insert into message (organisation_id, person_id, kind, period, part, rehearsal, due_at, state, message_id, language, raw, attempts, next_attempt_at, settled_at, created_at)
      select ${cast.organisation.id}, p.id, 'sign-in', n::text, 1, false, clock_timestamp(), 'sent', p.id || '-' || n, 'en', 'x', 1, clock_timestamp(), clock_timestamp(), clock_timestamp()
      from person p cross join generate_series(1, 20) n where p.name = 'Owner 1'`)
    const server = mailServer()
    expect(await deliver(server)).toEqual({ sent: 1, 'put-back': 1 })
    expect(server.parcels.map((one) => one.to)).toEqual(['owner2@example.org'])
    expect(opened.alarms).toContain('a person is sent too much mail: the rest waits')
    opened.clock.advance('PT1H')
    await app.database.db.execute(sql`update message set settled_at = settled_at - interval '25 hours' where state = 'sent'`)
    expect(await deliver(server)).toEqual({ sent: 1 })
  })
})

describe('a stop', () => {
  test('gives back what has not passed the gate, and begins nothing else', async () => {
    await mailsOf(3)
    const stopping = new AbortController()
    const stopped: Reply = async () => {
      stopping.abort()
      return { outcome: 'stopped', phase: 'data', reply: 'the program is stopping' }
    }
    const server = mailServer(stopped, stopped, stopped)
    await deliver(server, { ...app, config: { ...app.config, mailConnections: 1 } }, stopping.signal)
    expect(server.parcels).toHaveLength(1)
    expect(await statesNow()).toEqual(['planned 0', 'planned 0', 'planned 0'])
    expect((await listDeliveries(app.database.db, 1)).map((one) => one.outcome)).toEqual(['released'])
    expect(await deliver(server)).toEqual({ stopped: 2, sent: 1 })
  })
})

describe('a mail that is given up', () => {
  test('raises an alarm of its own, and what it would have said is said again in the next mail', async () => {
    await mailsOf(1)
    await app.database.db.execute(sql`update message set attempts = 13`)
    expect(await deliver(mailServer(busy))).toEqual({ abandoned: 1 })
    expect(await alarmsNow()).toEqual(['mail-failed'])
    expect(await ledger(app)).toContain('Owner 1 2027-05-31 P30D unsaid')
    await planAt(opened, '2027-06-01T09:00:00Z')
    expect(await ledger(app)).toContain('Owner 1 2027-06-01 P30D said')
  })

  test('is not said again where the server may have taken it', async () => {
    await mailsOf(1)
    await app.database.db.execute(sql`update message set attempts = 13, state = 'deferred', gated_at = ${morning}, raw = 'x', address = 'owner1@example.org', subject = '', text = '', html = ''`)
    expect(await deliver(mailServer(busy))).toEqual({ abandoned: 1 })
    expect(await ledger(app)).toContain('Owner 1 2027-05-31 P30D said')
    await app.database.transact((db) => retryMessage(db, 1, opened.clock.now()))
    expect(await deliver(mailServer())).toEqual({ sent: 1 })
  })
})
