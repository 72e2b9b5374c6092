import fc from 'fast-check'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { type Recorded, recordReport } from '../../src/app/bounces.ts'
import { checkConservation } from '../../src/app/conservation.ts'
import { bounceTokenFor } from '../../src/app/installation.ts'
import { editPerson, reinstatePerson } from '../../src/app/people.ts'
import { listOpenAlarms } from '../../src/store/alarms.ts'
import { listBounces } from '../../src/store/bounces.ts'
import { listHistory } from '../../src/store/history.ts'
import { findMessage } from '../../src/store/outbox.ts'
import { findPerson } from '../../src/store/people.ts'
import { alarm, bounce } from '../../src/store/schema-delivery.ts'
import { person } from '../../src/store/schema-records.ts'
import { rows } from '../../src/store/database.ts'
import { busy, mailServer } from '../helpers/mail-server.ts'
import { aCast, aCertification, type Cast, deliverAll, ledger, live, planAt, testApp, type TestApp } from '../helpers/records.ts'
import { bytes, dsn, type Original, type Sample, samplesOf } from '../mail/report-samples.ts'

let opened: TestApp
let app: App
let cast: Cast

beforeAll(async () => {
  opened = await testApp()
  app = { ...opened.app, config: { ...opened.app.config, bounceAddress: 'bounces@example.org' } }
})
beforeEach(async () => {
  await opened.reset()
  cast = await aCast(app)
})
afterAll(() => opened.close())

const morning = '2027-05-31T09:00:00Z'

/** Alice's mail of the day, sent; the address it comes back to and its Message-ID. */
async function sentMail(): Promise<Original> {
  await live(app, cast.organisation)
  await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id })
  await planAt(opened, morning)
  const server = mailServer()
  expect(await deliverAll(app, server)).toEqual(['sent'])
  return { returnPath: server.parcels[0]!.from, messageId: (await findMessage(app.database.db, 1))!.messageId, address: 'alice@example.org' }
}

const noSuchUser = (of: Original, more: Partial<Parameters<typeof dsn>[0]> = {}): Uint8Array =>
  bytes(dsn({ to: of.returnPath, groups: [{ final: `rfc822; ${of.address}`, status: '5.1.1', says: '550 5.1.1 user unknown' }], ...more }))

const alarms = async () => await listOpenAlarms(app.database.db, 10)
const acceptsMail = async (): Promise<boolean> => (await findPerson(app.database.db, cast.alice.id))!.emailAccepted

/** Everything a report could have changed. */
const state = async (): Promise<string> => JSON.stringify(await rows(app.database.db, sql`
  select (select count(*) from bounce)::int as bounces, (select count(*) from alarm)::int as alarms, (select count(*) from news)::int as news,
    (select count(*) from history)::int as history, (select json_agg(email_rejected_at order by id) from person) as people,
    (select json_agg(array[outcome::text, message_id::text] order by id) from notice) as notices,
    (select json_agg(array[state::text, reply] order by id) from message) as messages, (select sum(revision) from obligation)::int as duties`))

const forget = () => app.database.db.transaction(async (db) => {
  await db.delete(bounce)
  await db.delete(alarm)
  await db.update(person).set({ emailRejectedAt: null })
})

async function told(recorded: Recorded): Promise<string> {
  if (recorded.outcome === 'ignored') return 'ignored'
  if (recorded.outcome === 'refused') return `refused: ${recorded.reason}`
  if (recorded.outcome === 'known') return 'known'
  const alarmed = (await alarms()).some((one) => one.kind === 'mail-failed' && one.subjectId === recorded.messageId)
  expect(await acceptsMail()).toBe(!recorded.suspended)
  return [[recorded.action, recorded.status].filter(Boolean).join(' '), recorded.suspended ? 'suspended' : '', alarmed ? 'alarm' : ''].filter((part) => part !== '').join(', ')
}

const isAsExpected = (sample: Sample, became: string): boolean => (sample.becomes.startsWith('refused: ')
  ? became.startsWith('refused: ') && became.includes(sample.becomes.slice('refused: '.length)) : became === sample.becomes)

describe('a corpus of what comes back', () => {
  test('has every kind, each by a name of its own', () => {
    const samples = samplesOf({ returnPath: `bounces+${'0'.repeat(32)}1@example.org`, messageId: '<a@localhost>', address: 'alice@example.org' })
    expect(samples.length).toBeGreaterThanOrEqual(80)
    expect(new Set(samples.map((one) => one.name)).size).toBe(samples.length)
  })

  test.each<[string, (sample: Sample) => boolean]>([
    ['suspends the address', (one) => one.becomes.endsWith('suspended')],
    ['leaves the address alone', (one) => !/suspended$|^refused|^ignored/.test(one.becomes)],
    ['is not believed, or is no report, and changes nothing', (one) => /^(?:refused|ignored)/.test(one.becomes)],
  ])('is judged rightly: what %s', async (_what, belongs) => {
    const samples = samplesOf(await sentMail()).filter(belongs)
    const before = await state()
    const wrong: string[] = []
    for (const sample of samples) {
      const recorded = await recordReport(app, sample.raw, sample.recipient)
      const became = await told(recorded)
      if (!isAsExpected(sample, became)) wrong.push(`${sample.name}: ${became}, not ${sample.becomes}`)
      if (recorded.outcome === 'recorded') await forget()
    }
    expect(wrong).toEqual([])
    if (samples.every((one) => /^(?:refused|ignored)/.test(one.becomes))) expect(await state()).toBe(before)
  }, 60_000)

  test('cut anywhere never fails, and accuses nobody that it did not accuse whole', async () => {
    const of = await sentMail()
    for (const [n, { name, raw }] of samplesOf(of).filter((one) => !one.becomes.endsWith('suspended')).entries()) {
      for (const part of [raw.subarray(0, Math.floor(raw.length * (n % 7) / 7)), raw.subarray(Math.floor(raw.length / 3))]) {
        const recorded = await recordReport(app, part)
        if (recorded.outcome !== 'recorded') continue
        expect(recorded.suspended, name).toBe(false)
        expect(Buffer.from(part).toString().toLowerCase(), name).toContain(of.returnPath.split('@')[0])
      }
    }
    expect(await acceptsMail()).toBe(true)
  }, 60_000)
})

describe('the address a mail comes back to', () => {
  test('is its own, the same at every attempt, and stands in no header', async () => {
    await live(app, cast.organisation)
    await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id })
    await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.carol.id, name: 'Module B' })
    await planAt(opened, morning)
    const server = mailServer(busy)
    await deliverAll(app, server)
    opened.clock.advance('PT2M')
    await deliverAll(app, server)
    const from = Map.groupBy(server.parcels, (one) => one.to)
    const [first, again] = from.get('alice@example.org')!
    expect(again!.from).toBe(first!.from)
    expect(first!.from).toMatch(/^bounces\+[0-9a-f]{32}1@example\.org$/)
    expect(first!.from.split('@')[0]!.length).toBeLessThanOrEqual(64)
    expect(from.get('carol@example.org')![0]!.from).not.toBe(first!.from)
    const raw = Buffer.from(first!.raw).toString()
    expect(raw).toContain('From: Recert <recert@localhost>')
    expect(raw).not.toContain('bounces')
  })

  test('is the sender\'s where none is set', async () => {
    app = { ...app, config: { ...app.config, bounceAddress: undefined } }
    expect((await sentMail()).returnPath).toBe('Recert <recert@localhost>')
    app = { ...app, config: { ...app.config, bounceAddress: 'bounces@example.org' } }
  })

  test('with any other token is not believed', async () => {
    const of = await sentMail()
    const { db } = app.database
    const token = await bounceTokenFor(db, 1)
    const before = await state()
    const letters = Array.from('0123456789abcdefghijklmnopqrstuvwxyz+=-_.Z', (one) => fc.constant(one))
    const changed = fc.oneof(
      fc.tuple(fc.nat(token.length - 1), fc.oneof(...letters)).map(([at, one]) => token.slice(0, at) + one + token.slice(at + 1)),
      fc.tuple(fc.nat(token.length), fc.oneof(...letters)).map(([at, one]) => token.slice(0, at) + one + token.slice(at)),
      fc.nat(token.length - 1).map((at) => token.slice(0, at) + token.slice(at + 1)),
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: 30, maxLength: 38 }),
      fc.tuple(fc.nat(token.length - 1), fc.nat(token.length - 1)).map(([a, b]) => {
        const all = Array.from(token)
        ;[all[a], all[b]] = [all[b]!, all[a]!]
        return all.join('')
      }),
    ).filter((one) => one.toLowerCase() !== token)
    await fc.assert(fc.asyncProperty(changed, async (forged) => {
      const recorded = await recordReport(app, noSuchUser({ ...of, returnPath: `bounces+${forged}@example.org` }))
      expect(recorded.outcome).toBe('refused')
    }), { numRuns: 200 })
    expect(await state()).toBe(before)
    expect((await recordReport(app, noSuchUser({ ...of, returnPath: `BOUNCES+${token.toUpperCase()}@EXAMPLE.ORG` }))).outcome).toBe('recorded')
  })
})

describe('a report', () => {
  test('that comes twice, on whatever way, counts once', async () => {
    const of = await sentMail()
    const id = '<one@mx.example.org>'
    expect((await recordReport(app, noSuchUser(of, { id }))).outcome).toBe('recorded')
    expect(await recordReport(app, noSuchUser(of, { id }))).toEqual({ outcome: 'known', messageId: 1 })
    expect(await recordReport(app, noSuchUser(of, { id, more: ['X-Original-To: somebody@else.example'] }))).toEqual({ outcome: 'known', messageId: 1 })
    expect(await listBounces(app.database.db, 1)).toHaveLength(1)
  })

  test('leaves the mail sent: a server had taken it', async () => {
    const of = await sentMail()
    await recordReport(app, noSuchUser(of))
    expect(await findMessage(app.database.db, 1)).toMatchObject({ state: 'sent', reply: '250 queued' })
    expect((await listHistory(app.database.db, 'message', 1)).map((one) => one.event)).toEqual(['message-reported', 'message-sent'])
    expect((await listHistory(app.database.db, 'person', cast.alice.id)).map((one) => one.event)).toEqual(['person-suspended', 'person-added'])
  })

  test('on a mail of more than 30 days ago is not believed', async () => {
    const of = await sentMail()
    opened.clock.set('2027-06-30T09:00:00Z')
    const last = noSuchUser(of, { groups: [{ final: 'rfc822; alice@example.org', action: 'delayed', status: '4.4.1' }] })
    expect((await recordReport(app, last)).outcome).toBe('recorded')
    opened.clock.set('2027-06-30T09:00:01Z')
    expect(await recordReport(app, noSuchUser(of))).toEqual({ outcome: 'refused', reason: 'the mail it names was sent more than 30 days ago' })
  })

  test('on a mail that has not left is not believed', async () => {
    await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id })
    await planAt(opened, morning)
    await deliverAll(app)
    const of = { returnPath: `bounces+${await bounceTokenFor(app.database.db, 1)}@example.org`, messageId: '', address: 'alice@example.org' }
    expect(await recordReport(app, noSuchUser(of))).toEqual({ outcome: 'refused', reason: 'the mail it names was never sent' })
  })

  test('of more than a megabyte is not read', async () => {
    expect(await recordReport(app, new Uint8Array(1024 * 1024 + 1))).toEqual({ outcome: 'refused', reason: 'it is longer than 1 MB' })
  })

  test('says nothing against an address that was entered since, and what the mail said is said again', async () => {
    const of = await sentMail()
    await app.database.transact((db) => editPerson(db, cast.alice, { email: 'alice@new.example.org' }, app.clock.now()))
    expect(await recordReport(app, noSuchUser(of))).toMatchObject({ outcome: 'recorded', suspended: false })
    expect(await acceptsMail()).toBe(true)
    await planAt(opened, '2027-06-01T09:00:00Z')
    expect(await ledger(app)).toContain('Alice 2027-06-01 P30D said')
  })

  test('says nothing against an address that was reinstated after the mail had left', async () => {
    const of = await sentMail()
    await recordReport(app, noSuchUser(of))
    const at = opened.clock.now().add({ minutes: 5 })
    opened.clock.set(at.toString())
    const alice = (await findPerson(app.database.db, cast.alice.id))!
    await app.database.transact((db) => reinstatePerson(db, alice, at))
    expect(await recordReport(app, noSuchUser(of))).toMatchObject({ outcome: 'recorded', suspended: false })
    expect(await acceptsMail()).toBe(true)
  })

  test('on a mail that failed for another reason alarms until a person has looked, and rejects nothing', async () => {
    const of = await sentMail()
    await recordReport(app, noSuchUser(of, { groups: [{ final: 'rfc822; alice@example.org', status: '5.7.1', says: '554 5.7.1 rejected' }] }))
    await checkConservation(app, opened.clock.now())
    expect((await alarms()).map(({ kind, subjectId, facts }) => [kind, subjectId, facts])).toEqual([['mail-failed', 1, { state: 'failed', person: cast.alice.id, status: '5.7.1' }]])
    expect([(await findMessage(app.database.db, 1))!.state, await acceptsMail()]).toEqual(['sent', true])
  })

  test('on the address of the last who looks after anything alarms: nobody could be told', async () => {
    await app.database.db.execute(sql`update person set roles = '{owner}'`)
    const of = await sentMail()
    await recordReport(app, noSuchUser(of))
    expect((await alarms()).map(({ kind, facts }) => [kind, facts])).toEqual([['mail-failed', { state: 'suspended', person: cast.alice.id, told: 'nobody' }]])
  })
})
