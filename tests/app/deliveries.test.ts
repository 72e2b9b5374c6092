import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { decideCertification } from '../../src/app/decisions.ts'
import { deliverNext, openPost, rescueDeliveries } from '../../src/app/deliveries.ts'
import { confirmInstallation, messageIdFor } from '../../src/app/installation.ts'
import { cancelMessage, retryMessage } from '../../src/app/messages.ts'
import { bookObligation, doneObligation } from '../../src/app/obligations.ts'
import { deactivatePerson, editPerson, setAway } from '../../src/app/people.ts'
import { maxAttempts } from '../../src/core/message.ts'
import { rows } from '../../src/store/database.ts'
import { listOpenAlarms } from '../../src/store/alarms.ts'
import { listHistory } from '../../src/store/history.ts'
import { claimMessage } from '../../src/store/lease.ts'
import { findMessage, listDeliveries, type MessageRow } from '../../src/store/outbox.ts'
import { findPerson } from '../../src/store/people.ts'
import { day } from '../helpers/factory.ts'
import { bodyRefused, busy, mailServer, passing, type Reply, taken, unknownRecipient } from '../helpers/mail-server.ts'
import {
  aCast, aCertification, aPerson, type Cast, deliverAll, dutyOf, ledger, live, mail, planAt, testApp, type TestApp,
} from '../helpers/records.ts'

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
})
afterAll(() => opened.close())

const answerLost = passing({ outcome: 'in-doubt', phase: 'gated', reply: 'the connection was closed' })
const wrongPassword: Reply = async () => ({ outcome: 'deferred', fault: 'site', phase: 'auth', reply: '535 authentication failed' })

const morning = '2027-05-31T09:00:00Z'

/** One live certification of Alice, and her mail about it, planned on the morning it is due to be said. */
async function plannedMail(): Promise<{ certificationId: number; read: () => Promise<MessageRow> }> {
  await live(app, cast.organisation)
  const { id } = await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id })
  await planAt(opened, morning)
  return { certificationId: id, read: async () => (await findMessage(app.database.db, 1))! }
}

const endLeases = () => app.database.db.execute(sql`update message set lease_until = clock_timestamp() - interval '1 second' where lease_until is not null`)
const attemptsOf = async (id = 1): Promise<(string | null)[]> => (await listDeliveries(app.database.db, id)).map((one) => one.outcome)

test('a mail that is in doubt at every attempt is given up after a day, with an alarm', async () => {
  const { read } = await plannedMail()
  const server = mailServer(...Array.from({ length: 30 }, () => answerLost))
  for (let n = 1; (await read()).state !== 'abandoned' && n < 30; n++) {
    await deliverAll(app, server)
    await endLeases()
    await rescueDeliveries(app, app.clock.now())
    opened.clock.set((await read()).nextAttemptAt.toString())
  }
  expect(server.parcels).toHaveLength(maxAttempts)
  expect(new Set(server.parcels.map((one) => Buffer.from(one.raw).toString())).size).toBe(1)
  expect(app.clock.now().since(Temporal.Instant.from(morning)).total('hours')).toBeGreaterThan(20)
  expect((await listOpenAlarms(app.database.db, 10)).map((one) => one.kind)).toEqual(['mail-failed'])
})

describe('while mail is captured', () => {
  test('it is kept to be read, and nothing leaves', async () => {
    await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id })
    await planAt(opened, morning)
    expect(await deliverAll(app)).toEqual(['captured'])
    const kept = await findMessage(app.database.db, 1)
    expect(kept).toMatchObject({ state: 'captured', address: 'alice@example.org', attempts: 1, token: null, leaseUntil: null })
    expect(kept!.text).toContain('30 days')
    expect(Buffer.from(kept!.raw!).toString()).toContain(`Message-ID: ${kept!.messageId}`)
    expect(await attemptsOf()).toEqual(['captured'])
    expect((await listHistory(app.database.db, 'message', 1)).map((one) => one.event)).toEqual(['message-captured'])
  })

  test('that of an organisation that is not live never leaves, though there is a mail server', async () => {
    await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id })
    await planAt(opened, morning)
    const server = mailServer()
    expect(await deliverAll(app, server)).toEqual(['captured'])
    expect(server.parcels).toEqual([])
  })
})

describe('a mail that is sent', () => {
  test('goes to one address once, and is remembered with the server\'s answer', async () => {
    const { read } = await plannedMail()
    const server = mailServer()
    expect(await deliverAll(app, server)).toEqual(['sent'])
    expect(await deliverAll(app, server)).toEqual([])
    expect(server.parcels.map((one) => one.to)).toEqual(['alice@example.org'])
    expect(await read()).toMatchObject({ state: 'sent', reply: '250 queued', attempts: 1 })
    expect((await read()).gatedAt?.toString()).toBe(morning)
    expect((await listHistory(app.database.db, 'message', 1)).map((one) => one.event)).toEqual(['message-sent'])
  })

  test('is not sent before it is due', async () => {
    await plannedMail()
    await app.database.db.execute(sql`update message set next_attempt_at = '2027-05-31T09:00:01Z'`)
    expect(await deliverAll(app, mailServer())).toEqual([])
  })

  test('has a Message-ID that follows from what it is, of the host of RECERT_URL', async () => {
    const { db } = app.database
    const ids = [await messageIdFor(app, db, [1, 'daily', '2027-05-31', 1, false]), await messageIdFor(app, db, [1, 'daily', '2027-05-31', 1, false])]
    expect(ids[0]).toMatch(/^<[0-9a-f]{40}@localhost>$/)
    expect(ids[1]).toBe(ids[0])
    expect(await messageIdFor(app, db, [1, 'daily', '2027-05-31', 2, false])).not.toBe(ids[0])
  })
})

describe('a server that is busy', () => {
  test('is tried again after 1, 2, 4 … minutes, at most every four hours, for a day; then somebody is alarmed', async () => {
    const { read } = await plannedMail()
    const server = mailServer(...Array.from({ length: maxAttempts }, () => busy))
    const waits: number[] = []
    for (let n = 1; n < maxAttempts; n++) {
      expect(await deliverAll(app, server)).toEqual(['deferred'])
      const { nextAttemptAt, attempts } = await read()
      expect(attempts).toBe(n)
      waits.push(app.clock.now().until(nextAttemptAt).total('minute'))
      opened.clock.set(nextAttemptAt.toString())
    }
    expect(waits.slice(0, 9)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 240])
    expect(waits.reduce((sum, one) => sum + one, 0) / 60).toBeGreaterThan(20)
    expect(opened.alarms).toEqual([])
    expect(await deliverAll(app, server)).toEqual(['abandoned'])
    expect(await read()).toMatchObject({ state: 'abandoned', attempts: maxAttempts, reply: '451 try later' })
    expect(opened.alarms).toEqual(['a mail could not be delivered'])
  })

  test('a mail given up can be tried again by hand, and taken out by hand while it waits', async () => {
    const { read } = await plannedMail()
    const server = mailServer(bodyRefused, busy)
    await deliverAll(app, server)
    await app.database.transact((db) => retryMessage(db, 1, app.clock.now()))
    expect(await read()).toMatchObject({ state: 'deferred', attempts: 0 })
    expect(await deliverAll(app, server)).toEqual(['deferred'])
    await app.database.transact((db) => cancelMessage(db, 1, app.clock.now()))
    await expect(app.database.transact((db) => retryMessage(db, 1, app.clock.now()))).rejects.toThrow('Message 1 is cancelled; only rejected or abandoned ones')
    await expect(app.database.transact((db) => cancelMessage(db, 9, app.clock.now()))).rejects.toThrow('Message 9 is not there')
  })
})

describe('a fault that is ours', () => {
  test('consumes no attempt, stops the run, is told, and is over a minute later', async () => {
    const { read } = await plannedMail()
    await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.carol.id, name: 'Module B' })
    await planAt(opened, morning)
    const server = mailServer(wrongPassword)
    expect(await deliverAll(app, server)).toEqual(['paused'])
    expect(await read()).toMatchObject({ state: 'planned', attempts: 0, reply: '535 authentication failed' })
    expect(await mail(app)).toEqual(['Alice daily 2027-05-31 planned', 'Carol daily 2027-05-31 planned'])
    expect(opened.alarms).toEqual(['the mail server refuses this installation: mail waits'])
    opened.clock.advance('PT1M')
    expect(await deliverAll(app, server)).toEqual(['sent', 'sent'])
  })

  test('said after the last dot keeps the bytes as they are', async () => {
    const { read } = await plannedMail()
    await deliverAll(app, mailServer(passing({ outcome: 'deferred', fault: 'site', phase: 'dot', reply: '530 sign in first' })))
    expect(await read()).toMatchObject({ state: 'deferred', attempts: 0 })
  })
})

describe('a refusal', () => {
  test('of the address marks it, alarms, and the next in line hears', async () => {
    await plannedMail()
    expect(await deliverAll(app, mailServer(unknownRecipient))).toEqual(['rejected'])
    expect((await findPerson(app.database.db, cast.alice.id))!.emailAccepted).toBe(false)
    expect(opened.alarms).toEqual(['a mail could not be delivered'])
    await planAt(opened, '2027-05-31T09:02:00Z')
    expect(await ledger(app)).toContain('Bob 2027-05-31 P30D said fallback for Alice')
    const server = mailServer()
    // Carol looks after compliance: she is told that Alice's mail comes back.
    expect(await deliverAll(app, server)).toEqual(['sent', 'sent'])
    expect(server.parcels.map((one) => one.to)).toEqual(['bob@example.org', 'carol@example.org'])
  })

  test('of the address of somebody who heard for another goes on as well', async () => {
    const dan = await aPerson(app, { name: 'Dan', organisationId: cast.organisation.id })
    await app.database.transact(async (db) => {
      const alice = await editPerson(db, cast.alice, { deputyId: dan.id }, app.clock.now())
      await setAway(db, alice, { from: day('2027-05-24'), until: day('2027-06-11') }, app.clock.now())
    })
    await plannedMail()
    expect(await mail(app)).toEqual(['Dan daily 2027-05-31 planned'])
    await deliverAll(app, mailServer(unknownRecipient))
    await planAt(opened, '2027-05-31T09:02:00Z')
    expect(await mail(app)).toEqual(['Dan daily 2027-05-31 rejected', 'Bob daily 2027-05-31 planned', 'Carol daily 2027-05-31 planned'])
  })

  test('of the words leaves the address alone, and alarms', async () => {
    const { read } = await plannedMail()
    expect(await deliverAll(app, mailServer(bodyRefused))).toEqual(['rejected'])
    expect(await read()).toMatchObject({ state: 'rejected', reply: '554 looks like spam' })
    expect((await findPerson(app.database.db, cast.alice.id))!.emailAccepted).toBe(true)
    expect(opened.alarms).toHaveLength(1)
  })
})

describe('whether it arrived is not known', () => {
  test('so it stays where it is until its lease ends, and goes again with the same bytes', async () => {
    const { read } = await plannedMail()
    const server = mailServer(answerLost)
    expect(await deliverAll(app, server)).toEqual(['in-doubt'])
    expect(await read()).toMatchObject({ state: 'gated', attempts: 0 })
    expect(await rescueDeliveries(app, app.clock.now())).toEqual({ released: 0, inDoubt: 0 })
    expect(await deliverAll(app, server)).toEqual([])
    await endLeases()
    opened.clock.set('2027-06-01T09:00:00Z')
    expect(await rescueDeliveries(app, app.clock.now())).toEqual({ released: 0, inDoubt: 1 })
    expect((await read()).state).toBe('deferred')
    expect(await deliverAll(app, server)).toEqual(['sent'])
    expect(Buffer.compare(server.parcels[0]!.raw, server.parcels[1]!.raw)).toBe(0)
    expect(await attemptsOf()).toEqual(['in-doubt', 'sent'])
  })

  test('and the words do not change any more, even where the duty is done meanwhile', async () => {
    const { certificationId } = await plannedMail()
    const server = mailServer(answerLost)
    await deliverAll(app, server)
    await app.database.transact((db) => decideCertification(app, db, certificationId, { kind: 'cancel', decidedOn: day('2027-05-31') }, app.clock.now()))
    await endLeases()
    await rescueDeliveries(app, app.clock.now())
    expect(await deliverAll(app, server)).toEqual(['sent'])
    expect(Buffer.compare(server.parcels[0]!.raw, server.parcels[1]!.raw)).toBe(0)
  })
})

describe('a worker that vanished', () => {
  test('before the gate leaves a mail that is certain not to have gone: it is sent once', async () => {
    const { read } = await plannedMail()
    await app.database.transact((db) => claimMessage(db, 'a dead worker', app.clock.now()))
    const server = mailServer()
    expect(await deliverAll(app, server)).toEqual([])
    await endLeases()
    expect(await rescueDeliveries(app, app.clock.now())).toEqual({ released: 1, inDoubt: 0 })
    expect(await deliverAll(app, server)).toEqual(['sent'])
    expect((await read()).attempts).toBe(1)
  })

  test('and comes back after its lease is refused at the gate, and settles nothing', async () => {
    const { read } = await plannedMail()
    const late: Reply = async (gate) => {
      await endLeases()
      return await taken(gate)
    }
    const server = mailServer(late)
    expect(await deliverAll(app, server)).toEqual(['lost'])
    expect(await read()).toMatchObject({ state: 'claimed', attempts: 0 })
    await rescueDeliveries(app, app.clock.now())
    expect(await deliverAll(app, server)).toEqual(['sent'])
    expect(await attemptsOf()).toEqual(['released', 'sent'])
  })

  test('cannot overwrite what another one settled', async () => {
    const { read } = await plannedMail()
    const overtaken: Reply = async (gate) => {
      await gate()
      await endLeases()
      await rescueDeliveries(app, app.clock.now())
      await deliverAll(app, other)
      return { outcome: 'rejected', fault: 'message', phase: 'dot', reply: '554 too late' }
    }
    const other = mailServer()
    expect(await deliverAll(app, mailServer(overtaken))).toEqual(['lost'])
    expect(await read()).toMatchObject({ state: 'sent', reply: '250 queued' })
  })

  test('whose gate could not be asked leaves the mail to the rescue', async () => {
    const { read } = await plannedMail()
    const server = mailServer(() => Promise.reject(new Error('the database is gone')))
    await expect(deliverAll(app, server)).rejects.toThrow('the database is gone')
    expect((await read()).state).toBe('claimed')
    await endLeases()
    await rescueDeliveries(app, app.clock.now())
    expect(await attemptsOf()).toEqual(['released'])
    expect(await deliverAll(app, server)).toEqual(['sent'])
  })
})

describe('until it has left', () => {
  test('what is finished drops out, and the rest goes', async () => {
    const { certificationId } = await plannedMail()
    await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, name: 'Module B' })
    await planAt(opened, morning)
    await app.database.transact((db) => decideCertification(app, db, certificationId, { kind: 'cancel', decidedOn: day('2027-05-31') }, app.clock.now()))
    const server = mailServer()
    expect(await deliverAll(app, server)).toEqual(['sent'])
    expect((await findMessage(app.database.db, 1))!.text).toContain('Module B')
    expect((await findMessage(app.database.db, 1))!.text).not.toMatch(/Module\n/)
  })

  test('a mail with nothing left to say is cancelled', async () => {
    const { certificationId, read } = await plannedMail()
    await app.database.transact((db) => decideCertification(app, db, certificationId, { kind: 'cancel', decidedOn: day('2027-05-31') }, app.clock.now()))
    expect(await deliverAll(app, mailServer())).toEqual(['cancelled'])
    expect(await read()).toMatchObject({ state: 'cancelled', reply: 'nothing left to say' })
  })

  test('a duty counted to another day, or handed in, is no longer asked for', async () => {
    await live(app, cast.organisation)
    const owned = { organisationId: cast.organisation.id, ownerId: cast.alice.id }
    const audit = await aCertification(app, { ...owned, scheme: 'iso-27001', days: { decision: '2026-11-13' }, name: 'Office' })
    const assessment = await aCertification(app, { ...owned, scheme: 'mlps', days: { filing: '2026-01-04', report: '2026-09-25' }, name: 'Payments' })
    await planAt(opened, '2027-07-30T09:00:00Z')
    const [booked, handedIn] = [await dutyOf(app, audit.id, 'surveillance-1'), await dutyOf(app, assessment.id, 'yearly-assessment')]
    const said = async () => (await rows<{ n: number }>(app.database.db, sql`select obligation_id as n from notice
      where outcome = 'said' and person_id = ${cast.alice.id} and obligation_id in (${booked.id}, ${handedIn.id}) order by 1`)).map((row) => row.n)
    expect(new Set(await said())).toEqual(new Set([booked.id, handedIn.id]))
    await app.database.transact(async (db) => {
      await bookObligation(app, db, booked.id, day('2027-11-02'), { now: app.clock.now(), pastTheLimit: 'refuse' })
      await doneObligation(app, db, handedIn.id, day('2027-07-30'), { now: app.clock.now() })
    })
    const server = mailServer()
    await deliverAll(app, server)
    const text = server.parcels.filter((one) => one.to === 'alice@example.org').map((one) => Buffer.from(one.raw).toString()).join('')
    expect(text).not.toContain('surveillance audit')
    expect(text).not.toContain('Assessment report 2027')
    // What the police owe is not put into one line with what Alice is late with.
    expect(text).toMatch(/\* MLPS level 3 Payments\r\n {2}Self-check 2026: .*late/)
    expect(text).toMatch(/\* MLPS level 3 Payments\r\n {2}Inspection by public security 2026: expected/)
  })

  test('it is composed anew on a new day', async () => {
    await plannedMail()
    const server = mailServer(busy)
    await deliverAll(app, server)
    expect((await findMessage(app.database.db, 1))!.text).toContain('30 days')
    opened.clock.set('2027-06-01T09:00:00Z')
    expect(await deliverAll(app, server)).toEqual(['sent'])
    expect((await findMessage(app.database.db, 1))!.text).toContain('29 days')
    const [first, second] = server.parcels.map((one) => Buffer.from(one.raw).toString())
    expect(second).not.toBe(first)
    expect(/^Message-ID: .*$/m.exec(second!)![0]).toBe(/^Message-ID: .*$/m.exec(first!)![0])
  })

  test('an address corrected meanwhile is the one it goes to', async () => {
    await plannedMail()
    const server = mailServer(busy)
    await deliverAll(app, server)
    await app.database.transact((db) => editPerson(db, cast.alice, { email: 'alice.chen@example.org' }, app.clock.now()))
    opened.clock.advance('PT1M')
    await deliverAll(app, server)
    expect(server.parcels.map((one) => one.to)).toEqual(['alice@example.org', 'alice.chen@example.org'])
    expect(Buffer.from(server.parcels[1]!.raw).toString()).toContain('alice.chen@example.org')
  })

  test('whoever left meanwhile is not written to, and the next in line hears', async () => {
    const { read } = await plannedMail()
    await app.database.transact((db) => deactivatePerson(db, cast.alice, app.clock.now()))
    const server = mailServer()
    expect(await deliverAll(app, server)).toEqual(['cancelled'])
    expect(await read()).toMatchObject({ state: 'cancelled', reply: 'the person can no longer be reached' })
    await planAt(opened, '2027-05-31T09:02:00Z')
    await deliverAll(app, server)
    expect(server.parcels.map((one) => one.to)).toEqual(['bob@example.org'])
  })
})

describe('a copied installation', () => {
  test('holds its mail under another address until somebody confirms that it is the real one', async () => {
    await plannedMail()
    expect((await openPost(app, mailServer(), app.clock.now())).hold).toBeUndefined()
    const copy: App = { ...app, config: { ...app.config, url: 'https://staging.example.org' } }
    const server = mailServer()
    const held = await openPost(copy, server, app.clock.now())
    expect(held.hold).toBe('RECERT_URL is https://staging.example.org, but this database was set up for http://localhost:3000. Confirm with: admin confirm-installation')
    expect(await deliverNext(copy, held)).toBeUndefined()
    expect(server.parcels).toEqual([])
    await confirmInstallation(copy)
    expect(await deliverAll(copy, server)).toEqual(['sent'])
  })

  test('holds its mail in another database, too', async () => {
    await plannedMail()
    await openPost(app, mailServer(), app.clock.now())
    await app.database.db.execute(sql`update installation set value = 'another/1' where name = 'identity'`)
    expect((await openPost(app, mailServer(), app.clock.now())).hold).toContain('is a copy of the one that was set up')
    await confirmInstallation(app)
    expect(await deliverAll(app, mailServer())).toEqual(['sent'])
  })
})
