import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { type Database, type Db, openDatabase, rows, violatedConstraint } from '../../src/store/database.ts'
import { claimMessage, passGate, rescueMessages } from '../../src/store/lease.ts'
import * as store from '../../src/store/outbox.ts'
import { databases, testPostgres } from '../helpers/database.ts'
import { instant } from '../helpers/factory.ts'
import { anOrganisation, aPerson, testApp, type TestApp } from '../helpers/records.ts'

const at = instant('2027-05-31T09:00:00Z')
const plus = (duration: string) => at.add(duration)
const constraintOf = (work: Promise<unknown>): Promise<string | undefined> => work.then(() => 'nothing', violatedConstraint)
const raw = new TextEncoder().encode('Subject: Due\r\n\r\nDue.')
const composed: store.Composed = { address: 'ann@example.org', subject: 'Due', text: 'Due.', html: '<p>Due.</p>', raw, fingerprint: 'f1' }

const message = (rest: Partial<store.NewMessage> = {}): store.NewMessage => ({
  organisationId: 1, personId: 1, kind: 'daily', period: '2027-05-31', part: 1, rehearsal: false, dueAt: at,
  messageId: `<${JSON.stringify(rest)}@localhost>`, language: 'en', ...rest,
})

describe.each(databases())('the outbox on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
  })
  beforeEach(async () => {
    await opened.reset()
    await anOrganisation(opened.app)
    await aPerson(opened.app, { name: 'Ann', organisationId: 1 })
    await aPerson(opened.app, { name: 'Ben', organisationId: 1 })
  })
  afterAll(() => opened.close())

  const insert = async (rest?: Partial<store.NewMessage>): Promise<number> => (await store.insertMessage(db, message(rest), at))!
  const claim = async (token = 'worker', now = at) => (await claimMessage(db, token, now))?.id
  const found = async (id: number) => (await store.findMessage(db, id))!
  const states = async (): Promise<string[]> => (await rows<{ state: string }>(db, sql`select state from message order by id`)).map((row) => row.state)
  const endLease = (id: number) => db.execute(sql`update message set lease_until = clock_timestamp() - interval '1 second' where id = ${id}`)
  /** A message that a worker holds: claimed, composed and, if asked, past the gate. */
  const held = async (gated: boolean, rest?: Partial<store.NewMessage>): Promise<store.Claim> => {
    const one = { id: await insert(rest), token: 'worker' }
    expect(await claim()).toBe(one.id)
    expect(await store.saveComposed(db, one, composed)).toBe(true)
    if (gated) expect(await passGate(db, one, at)).toBe(true)
    return one
  }

  describe('planning', () => {
    test('a message is one per person, kind, period, part and rehearsal', async () => {
      await insert()
      expect(await insert()).toBeUndefined()
      const others: Partial<store.NewMessage>[] = [{ part: 2 }, { period: '2027-06-01' }, { kind: 'digest' }, { rehearsal: true }, { personId: 2 }]
      for (const other of others) expect(await insert(other)).toBeGreaterThan(1)
    })

    test('what still waits is found, of an earlier day what could not leave, and whether a mail of the day has left', async () => {
      const key = { personId: 1, kind: 'daily', period: '2027-05-31', rehearsal: false } as const
      expect(await store.findParts(db, key)).toEqual({ waiting: undefined, hasLeft: false, count: 0 })
      const first = await insert()
      const second = await insert({ part: 2 })
      expect(await store.findParts(db, key)).toMatchObject({ waiting: { id: second, part: 2 }, hasLeft: false, count: 2 })
      await store.moveMessage(db, second, { from: ['planned'], to: 'cancelled', reason: 'by hand' }, at)
      expect(await store.findParts(db, key)).toMatchObject({ waiting: { id: first, part: 1 }, hasLeft: false, count: 2 })
      expect(await store.findParts(db, { ...key, period: '2027-06-01' })).toEqual({ waiting: undefined, hasLeft: false, count: 0 })
      await db.execute(sql`update message set state = 'deferred' where id = ${first}`)
      expect(await store.findParts(db, { ...key, period: '2027-06-01' })).toMatchObject({ waiting: { id: first }, hasLeft: false, count: 0 })
      expect((await store.findParts(db, { ...key, rehearsal: true })).waiting).toBeUndefined()
      await claim()
      expect(await store.findParts(db, key)).toEqual({ waiting: undefined, hasLeft: true, count: 2 })
      expect(await store.findParts(db, { ...key, period: '2027-06-01' })).toEqual({ waiting: undefined, hasLeft: false, count: 0 })
    })

    test('one that turned out to say nothing is taken back, unless somebody has it', async () => {
      const id = await insert()
      await claim()
      await store.removeUnsaid(db, id)
      expect(await states()).toEqual(['claimed'])
      await store.settleMessage(db, { id, token: 'worker' }, { state: 'planned', reply: null }, at)
      await store.removeUnsaid(db, id)
      expect(await states()).toEqual([])
    })
  })

  describe('claiming', () => {
    test('takes the one that waits longest, and none before its time', async () => {
      const late = await insert({ dueAt: plus('PT2H') })
      const [first, second] = [await insert({ part: 2, dueAt: plus('PT1H') }), await insert({ part: 3, dueAt: plus('PT1H') })]
      expect(await claim('a', at)).toBeUndefined()
      expect([await claim('a', plus('PT2H')), await claim('b', plus('PT2H')), await claim('c', plus('PT2H')), await claim('d', plus('PT2H'))])
        .toEqual([first, second, late, undefined])
    })

    test('changes one row, which then has a token and a lease by the database\'s clock', async () => {
      await insert()
      await insert({ part: 2 })
      const row = (await claimMessage(db, 'worker', at))!
      expect([row.state, row.token]).toEqual(['claimed', 'worker'])
      const [lease] = await rows<{ seconds: number }>(db, sql`select extract(epoch from lease_until - clock_timestamp())::int as seconds from message where id = ${row.id}`)
      expect(lease!.seconds).toBeGreaterThan(60)
      expect(lease!.seconds).toBeLessThanOrEqual(90)
      expect(await states()).toEqual(['claimed', 'planned'])
    })
  })

  describe('the gate', () => {
    test('is passed once, by who holds the claim, and gives the last reply its time', async () => {
      const one = await held(false)
      expect(await passGate(db, { ...one, token: 'another' }, at)).toBe(false)
      expect(await passGate(db, one, at)).toBe(true)
      expect(await passGate(db, one, at)).toBe(false)
      const [lease] = await rows<{ seconds: number }>(db, sql`select extract(epoch from lease_until - clock_timestamp())::int as seconds from message`)
      expect(lease!.seconds).toBeGreaterThan(700)
      expect((await found(one.id)).gatedAt?.toString()).toBe(at.toString())
    })

    test('refuses whoever comes after the end of the lease', async () => {
      const one = await held(false)
      await endLease(one.id)
      expect(await passGate(db, one, at)).toBe(false)
      expect(await states()).toEqual(['claimed'])
    })

    test('remembers the first time it was passed', async () => {
      const one = await held(true)
      await endLease(one.id)
      await rescueMessages(db, plus('PT12M'))
      await claimMessage(db, 'second', plus('PT12M'))
      expect(await passGate(db, { id: one.id, token: 'second' }, plus('PT12M'))).toBe(true)
      expect((await found(one.id)).gatedAt?.toString()).toBe(at.toString())
    })

    test('is closed to what has no bytes, and to a rehearsal', async () => {
      const one = { id: await insert(), token: 'worker' }
      await claim()
      expect(await constraintOf(passGate(db, one, at))).toBe('message_gone_out_has_its_bytes')
      await store.settleMessage(db, one, { state: 'cancelled', reply: null }, at)
      const rehearsal = await held(false, { rehearsal: true })
      expect(await constraintOf(passGate(db, rehearsal, at))).toBe('message_of_a_rehearsal_never_leaves')
    })
  })

  describe('the rescue', () => {
    test('frees what never passed the gate as planned, and what did as deferred, in doubt', async () => {
      const [before, after, running] = [await held(false), await held(true, { part: 2 }), await held(true, { part: 3 })]
      for (const { id } of [before, after]) await endLease(id)
      expect(await rescueMessages(db, plus('PT5M'))).toEqual({ released: [before.id], inDoubt: [after.id] })
      expect(await states()).toEqual(['planned', 'deferred', 'gated'])
      expect(await found(after.id)).toMatchObject({ token: null, leaseUntil: null })
      expect((await found(after.id)).nextAttemptAt.toString()).toBe(plus('PT5M').toString())
      expect(await rescueMessages(db, at)).toEqual({ released: [], inDoubt: [] })
      expect((await found(running.id)).token).toBe('worker')
    })

    test('keeps to its limit', async () => {
      for (const part of [1, 2, 3]) await endLease((await held(false, { part })).id)
      expect((await rescueMessages(db, at, 2)).released).toHaveLength(2)
      expect((await rescueMessages(db, at, 2)).released).toHaveLength(1)
    })
  })

  describe('settling', () => {
    test.each(['captured', 'planned', 'deferred', 'rejected', 'abandoned', 'cancelled'] as const)('a claim ends as %s for who holds it, once', async (state) => {
      const one = await held(false)
      expect(await store.settleMessage(db, { ...one, token: 'another' }, { state, reply: 'r' }, at)).toBe(false)
      expect(await states()).toEqual(['claimed'])
      expect(await store.settleMessage(db, one, { state, reply: 'r', attempts: 3, nextAttemptAt: plus('PT4M') }, at)).toBe(true)
      expect(await store.settleMessage(db, one, { state: 'rejected', reply: 'late' }, at)).toBe(false)
      const row = await found(one.id)
      expect(row).toMatchObject({ state, reply: 'r', attempts: 3, token: null, leaseUntil: null })
      expect(row.settledAt === null).toBe(state === 'planned' || state === 'deferred')
    })

    test.each(['sent', 'deferred', 'rejected', 'abandoned'] as const)('what passed the gate ends as %s', async (state) => {
      const one = await held(true)
      expect(await store.settleMessage(db, { ...one, token: 'another' }, { state, reply: null }, at)).toBe(false)
      expect(await store.settleMessage(db, one, { state, reply: null }, at)).toBe(true)
    })

    test('what passed the gate is neither planned again nor captured nor cancelled', async () => {
      const one = await held(true)
      for (const state of ['planned', 'captured', 'cancelled'] as const) {
        expect(await store.settleMessage(db, one, { state, reply: null }, at)).toBe(false)
      }
    })

    test('what did not pass the gate was not sent', async () => {
      expect(await store.settleMessage(db, await held(false), { state: 'sent', reply: null }, at)).toBe(false)
    })

    test('a worker that was overtaken writes nothing: neither bytes nor outcome', async () => {
      const one = await held(false)
      await endLease(one.id)
      await rescueMessages(db, at)
      await claim('second')
      expect(await store.saveComposed(db, one, { ...composed, subject: 'Zombie' })).toBe(false)
      expect(await store.settleMessage(db, one, { state: 'captured', reply: null }, at)).toBe(false)
      expect(await found(one.id)).toMatchObject({ state: 'claimed', token: 'second', subject: 'Due' })
    })

    test('bytes are kept as they are, and no more once they passed the gate', async () => {
      const one = await held(true)
      expect([...(await found(one.id)).raw!]).toEqual([...raw])
      expect(await store.saveComposed(db, one, { ...composed, raw: new Uint8Array([1]) })).toBe(false)
    })

    test('by hand, only from the states named', async () => {
      const one = await held(false)
      await store.settleMessage(db, one, { state: 'rejected', reply: '554', attempts: 1 }, at)
      expect(await store.moveMessage(db, one.id, { from: ['planned'], to: 'cancelled', reason: 'no' }, at)).toBe(false)
      expect(await store.moveMessage(db, one.id, { from: ['rejected'], to: 'deferred', reason: 'again' }, plus('PT1H'))).toBe(true)
      expect(await found(one.id)).toMatchObject({ state: 'deferred', attempts: 0, settledAt: null, reply: 'again' })
    })
  })

  describe('deliveries', () => {
    test('are numbered within their message, and end with what was answered', async () => {
      const [one, two] = [await insert(), await insert({ part: 2 })]
      const first = await store.startDelivery(db, one, 'smtp', at)
      await store.endDelivery(db, first, { outcome: 'deferred', phase: 'data', fault: 'transient', reply: '451' }, plus('PT1S'))
      await store.startDelivery(db, one, 'smtp', plus('PT1M'))
      await store.startDelivery(db, two, 'capture', at)
      expect((await store.listDeliveries(db, one)).map((row) => [row.attempt, row.outcome, row.phase, row.reply]))
        .toEqual([[1, 'deferred', 'data', '451'], [2, null, null, null]])
      expect((await store.listDeliveries(db, two)).map((row) => row.attempt)).toEqual([1])
    })

    test('that a vanished worker left open are closed; ended ones stay', async () => {
      const id = await insert()
      const first = await store.startDelivery(db, id, 'smtp', at)
      await store.endDelivery(db, first, { outcome: 'released', phase: null, fault: null, reply: null }, at)
      await store.startDelivery(db, id, 'smtp', at)
      await store.closeLostDeliveries(db, [], 'in-doubt', at)
      await store.closeLostDeliveries(db, [id], 'in-doubt', plus('PT12M'))
      expect((await store.listDeliveries(db, id)).map((row) => row.outcome)).toEqual(['released', 'in-doubt'])
    })
  })

  describe('reading', () => {
    test('lists come newest first, of a state or a person, page by page', async () => {
      const [one, two, three] = [await insert(), await insert({ personId: 2 }), await insert({ part: 2, dueAt: plus('PT1H') })]
      const ids = async (filter: store.MessageFilter, limit?: number) => (await store.listMessages(db, filter, limit)).map((row) => row.id)
      expect(await ids({})).toEqual([three, two, one])
      expect(await ids({}, 2)).toEqual([three, two])
      expect(await ids({ before: two })).toEqual([one])
      expect(await ids({ personId: 2 })).toEqual([two])
      await claim()
      expect(await ids({ states: ['claimed'] })).toEqual([one])
      expect(await ids({ states: ['planned', 'claimed'], personId: 1 })).toEqual([three, one])
      expect([...await store.countMessages(db, plus('PT1H'))]).toEqual([['planned', 1]])
      expect((await store.findOldestWaiting(db, plus('PT2H')))?.toString()).toBe(at.toString())
      expect(await store.findOldestWaiting(db, at)).toBeUndefined()
    })

    test('the digest before one is the last that went out, across the end of a year of 53 weeks', async () => {
      for (const [period, state] of [['2026-W52', 'captured'], ['2026-W53', 'captured'], ['2027-W01', 'cancelled']] as const) {
        const one = await held(false, { kind: 'digest', period })
        await store.settleMessage(db, one, { state, reply: null }, at)
      }
      expect((await store.findDigestBefore(db, 1, '2027-W02'))?.period).toBe('2026-W53')
      expect((await store.findDigestBefore(db, 1, '2026-W53'))?.period).toBe('2026-W52')
      expect(await store.findDigestBefore(db, 2, '2027-W02')).toBeUndefined()
    })
  })
})

describe.skipIf('missing' in inject('postgres'))('two workers on one PostgreSQL', () => {
  let opened: TestApp
  let second: Database
  beforeAll(async () => {
    const postgres = await testPostgres()
    opened = await testApp(async () => postgres)
    second = await openDatabase({ home: '', databaseUrl: postgres.url })
    await anOrganisation(opened.app)
    await aPerson(opened.app, { name: 'Ann', organisationId: 1 })
    for (let part = 1; part <= 40; part++) await store.insertMessage(opened.app.database.db, message({ part }), at)
  })
  afterAll(async () => {
    await second.close()
    await opened.close()
  })

  test('do not wait for each other: the second takes the next one', async () => {
    const [first, next] = await opened.app.database.transact(async (db) => {
      const mine = await claimMessage(db, 'first', at)
      const theirs = await second.transact((other) => claimMessage(other, 'second', at))
      return [mine?.id, theirs?.id]
    })
    expect([first, next]).toEqual([1, 2])
  })

  test('claim each message once between them', async () => {
    const claims = await Promise.all([opened.app.database, second].map(async (database, worker) => {
      const ids: number[] = []
      for (;;) {
        const one = await database.transact((db) => claimMessage(db, `worker ${worker}`, at))
        if (!one) return ids
        ids.push(one.id)
      }
    }))
    expect(claims.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 38 }, (_, n) => n + 3))
  })
})
