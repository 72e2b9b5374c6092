// From asking for a link to the mail that holds it: who gets one, how long it may take, and that nobody who
// reads the records afterwards could sign in with what they find.

import { eq } from 'drizzle-orm'
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getMailbox, getMailPage } from '../../src/app/mailbox.ts'
import { retryMessage } from '../../src/app/messages.ts'
import { createSignInLink, findSession, type Reader, requestSignInLink, signIn } from '../../src/app/sign-in.ts'
import type { Parcel, SendResult, Transport } from '../../src/mail/transport.ts'
import { findMessage, type MessageRow } from '../../src/store/outbox.ts'
import { message } from '../../src/store/schema-mail.ts'
import { person } from '../../src/store/schema-records.ts'
import { signInLink } from '../../src/store/schema-system.ts'
import { aCast, type Cast, deliverAll, live, mail, testApp, type TestApp } from '../helpers/records.ts'

let opened: TestApp
let app: TestApp['app']
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

type Answer = (gate: () => Promise<boolean>) => Promise<SendResult>
const passing = (result: SendResult): Answer => async (gate) => (await gate() ? result : { outcome: 'refused-at-gate' })
const taken = passing({ outcome: 'sent', reply: '250 queued' })
const busy: Answer = async () => ({ outcome: 'deferred', fault: 'transient', phase: 'data', reply: '451 try later' })
const laterAtDot = passing({ outcome: 'deferred', fault: 'transient', phase: 'dot', reply: '451 try later' })
const spam = passing({ outcome: 'rejected', fault: 'message', phase: 'dot', reply: '554 looks like spam' })

function mailServer(...answers: readonly Answer[]): Transport & { readonly parcels: Parcel[] } {
  const parcels: Parcel[] = []
  return {
    parcels,
    async send(parcel, gate) {
      parcels.push(parcel)
      return await (answers[parcels.length - 1] ?? taken)(gate)
    },
    verify: async () => ({ ok: true }), close: async () => undefined,
  }
}

const tokenPattern = /\/sign-in\/([\w-]{43})/
const tokenIn = async (raw: Uint8Array): Promise<string | undefined> => tokenPattern.exec((await simpleParser(Buffer.from(raw))).text ?? '')?.[1]
const stored = async (id = 1): Promise<MessageRow> => (await findMessage(app.database.db, id))!

/** Everything the records hold of messages and links, as text, with mails read as mails. */
async function recordsAsText(): Promise<string> {
  const rows = await app.database.db.select().from(message)
  const mails = await Promise.all(rows.map(async ({ raw }) => (raw ? [Buffer.from(raw).toString('latin1'), JSON.stringify(await simpleParser(Buffer.from(raw)))] : [])))
  return JSON.stringify([rows.map((row) => ({ ...row, raw: undefined })), mails, await app.database.db.select().from(signInLink)])
}

async function readerOf(email: string): Promise<Reader> {
  const { url } = await createSignInLink(app, email)
  return (await findSession(app, (await signIn(app, url.split('/').at(-1)!))!))!
}

describe('asking for a link', () => {
  test('plans one mail, at once, to whoever has the address', async () => {
    await requestSignInLink(app, ' ALICE@example.org ')
    expect(await mail(app)).toEqual(['Alice sign-in 2026-11-24T08:00:00Z planned'])
    expect((await stored()).dueAt.toString()).toBe('2026-11-24T08:00:00Z')
    expect(await app.database.db.select().from(signInLink)).toEqual([])
  })

  test.each(['nobody@example.org', 'not an address', '', 'a@b,alice@example.org', `${'x'.repeat(9000)}@example.org`])('with "%.40s" plans nothing and says nothing', async (address) => {
    expect(await requestSignInLink(app, address)).toBeUndefined()
    expect(await mail(app)).toEqual([])
  })

  test.each([
    ['left', { deactivatedAt: Temporal.Instant.from('2026-11-01T00:00:00Z') }], ['whose address was refused', { emailRejectedAt: Temporal.Instant.from('2026-11-01T00:00:00Z') }],
    ['is a mailbox of several', { kind: 'mailbox' as const }],
  ])('for somebody who %s plans nothing', async (_, change) => {
    await app.database.db.update(person).set(change).where(eq(person.id, cast.alice.id))
    await requestSignInLink(app, 'alice@example.org')
    expect(await mail(app)).toEqual([])
  })

  test('more than three times in 15 minutes plans no more, and then again', async () => {
    for (let n = 0; n < 5; n++) {
      await requestSignInLink(app, 'alice@example.org')
      opened.clock.advance('PT1M')
    }
    expect(await mail(app)).toHaveLength(3)
    await requestSignInLink(app, 'bob@example.org')
    expect(await mail(app)).toHaveLength(4)
    opened.clock.set('2026-11-24T08:15:00Z')
    await requestSignInLink(app, 'alice@example.org')
    await requestSignInLink(app, 'alice@example.org')
    expect(await mail(app)).toHaveLength(5)
  })

  test('many times at the same moment plans one', async () => {
    await Promise.all(Array.from({ length: 6 }, () => requestSignInLink(app, 'alice@example.org')))
    expect(await mail(app)).toHaveLength(1)
  })
})

describe('a sign-in mail that is sent', () => {
  beforeEach(() => live(app, cast.organisation))

  test('signs its reader in once, for 15 minutes from when it was composed', async () => {
    await requestSignInLink(app, 'alice@example.org')
    opened.clock.advance('PT2M')
    const server = mailServer()
    expect(await deliverAll(app, server)).toEqual(['sent'])
    const token = (await tokenIn(server.parcels[0]!.raw))!
    expect(server.parcels[0]!.to).toBe('alice@example.org')
    expect((await app.database.db.select().from(signInLink)).map((one) => one.expiresAt.toString())).toEqual(['2026-11-24T08:17:00Z'])
    opened.clock.advance('PT14M59S')
    const session = await signIn(app, token)
    expect((await findSession(app, session!))?.person.name).toBe('Alice')
    expect(await signIn(app, token)).toBeUndefined()
  })

  test('B50 leaves no link behind that somebody could find', async () => {
    await requestSignInLink(app, 'alice@example.org')
    const server = mailServer()
    await deliverAll(app, server)
    const token = (await tokenIn(server.parcels[0]!.raw))!
    expect(await recordsAsText()).not.toContain(token)
    const kept = await stored()
    expect([kept.state, kept.text, kept.html].join('\n')).toContain('/sign-in/…')
    const parsed = await simpleParser(Buffer.from(kept.raw!))
    expect(parsed.messageId).toBe(kept.messageId)
    expect(parsed.text).toContain('/sign-in/…')
  })

  test('while it waits for another attempt is composed anew each time, around another link', async () => {
    await requestSignInLink(app, 'alice@example.org')
    const server = mailServer(busy, taken)
    expect(await deliverAll(app, server)).toEqual(['deferred'])
    expect(await recordsAsText()).not.toContain((await tokenIn(server.parcels[0]!.raw))!)
    opened.clock.advance('PT1M')
    expect(await deliverAll(app, server)).toEqual(['sent'])
    const [first, second] = await Promise.all(server.parcels.map(({ raw }) => tokenIn(raw)))
    expect(second).not.toBe(first)
    expect(await signIn(app, second!)).toBeDefined()
  })

  test('and was put off only at its end goes out again as it was', async () => {
    await requestSignInLink(app, 'alice@example.org')
    const server = mailServer(laterAtDot, taken)
    await deliverAll(app, server)
    opened.clock.advance('PT1M')
    expect(await deliverAll(app, server)).toEqual(['sent'])
    expect(Buffer.from(server.parcels[1]!.raw).equals(Buffer.from(server.parcels[0]!.raw))).toBe(true)
    expect(await recordsAsText()).not.toContain((await tokenIn(server.parcels[1]!.raw))!)
  })

  test.each([['before the gate', busy], ['at its end', laterAtDot]])('but was put off %s for 15 minutes is cancelled: it was asked for too long ago', async (_, answer) => {
    await requestSignInLink(app, 'alice@example.org')
    const server = mailServer(answer)
    await deliverAll(app, server)
    opened.clock.advance('PT15M')
    expect(await deliverAll(app, server)).toEqual(['cancelled'])
    expect(server.parcels).toHaveLength(1)
    expect((await stored()).reply).toBe('asked too long ago')
    expect(await recordsAsText()).not.toContain((await tokenIn(server.parcels[0]!.raw))!)
  })

  test('and is refused is not tried again by hand, since its link is gone', async () => {
    await requestSignInLink(app, 'alice@example.org')
    const server = mailServer(spam)
    expect(await deliverAll(app, server)).toEqual(['rejected'])
    expect(await recordsAsText()).not.toContain((await tokenIn(server.parcels[0]!.raw))!)
    await expect(app.database.transact((db) => retryMessage(db, 1, app.clock.now()))).rejects.toThrow('admin login-link')
  })

  test('is shown to its own reader only, whatever else others may read', async () => {
    await requestSignInLink(app, 'alice@example.org')
    await deliverAll(app, mailServer())
    await app.database.db.update(person).set({ roles: ['administrator', 'compliance-manager'] }).where(eq(person.id, cast.carol.id))
    const [alice, carol] = [await readerOf('alice@example.org'), await readerOf('carol@example.org')]
    const all = { state: undefined, before: undefined }
    expect((await getMailbox(app, alice, all)).entries.map((one) => one.kind)).toEqual(['sign-in'])
    expect((await getMailbox(app, carol, all)).entries).toEqual([])
    expect((await getMailPage(app, alice, 1)).text).toContain('/sign-in/…')
    await expect(getMailPage(app, carol, 1)).rejects.toThrow('There is no mail 1.')
  })
})

describe('a sign-in mail that is captured', () => {
  test('is kept with its link, to be read on the command line', async () => {
    await requestSignInLink(app, 'alice@example.org')
    expect(await deliverAll(app, undefined)).toEqual(['captured'])
    const token = tokenPattern.exec((await stored()).text!)![1]!
    expect(await tokenIn((await stored()).raw!)).toBe(token)
    expect(await signIn(app, token)).toBeDefined()
  })

  test('of an organisation that is not live never leaves, though there is a mail server', async () => {
    await requestSignInLink(app, 'alice@example.org')
    const server = mailServer()
    expect(await deliverAll(app, server)).toEqual(['captured'])
    expect(server.parcels).toEqual([])
    expect((await stored()).rehearsal).toBe(true)
  })
})

test('no address and no link is logged', async () => {
  const lines: unknown[] = []
  const keep = (...line: unknown[]): void => void lines.push(line)
  const logging = { ...app, log: { ...app.log, info: keep, warn: keep, error: keep } }
  await requestSignInLink(logging, 'alice@example.org')
  await requestSignInLink(logging, 'nobody@example.org')
  await deliverAll(logging, undefined)
  const token = tokenPattern.exec((await stored()).text!)![1]!
  expect(lines.length).toBeGreaterThan(0)
  for (const secret of ['alice@example.org', 'nobody@example.org', token]) expect(JSON.stringify(lines)).not.toContain(secret)
})
