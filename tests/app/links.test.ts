import { createHash } from 'node:crypto'
import { simpleParser } from 'mailparser'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { answerByLink } from '../../src/app/answers.ts'
import { findConfirmPage } from '../../src/app/confirmations.ts'
import { findAnswerPage } from '../../src/app/answer-pages.ts'
import { openLink, openLinks } from '../../src/app/links.ts'
import { subscribeByLink, subscriptionPage } from '../../src/app/subscriptions.ts'
import { takeBackByLink } from '../../src/app/taking-back.ts'
import { deactivatePerson } from '../../src/app/people.ts'
import type { Parcel, Transport } from '../../src/mail/transport.ts'
import { redactBytes, redactWords } from '../../src/mail/redact.ts'
import { rows } from '../../src/store/database.ts'
import { findLink } from '../../src/store/links.ts'
import { findMessage } from '../../src/store/outbox.ts'
import { link } from '../../src/store/schema-answers.ts'
import { everyRow, tokenIn } from '../helpers/mail-links.ts'
import { aCast, aCertification, type Cast, deliverAll, live, planAt, testApp, type TestApp } from '../helpers/records.ts'

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

const morning = '2027-05-31T09:00:00Z'

async function planned(): Promise<void> {
  await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id })
  await planAt(opened, morning)
}

async function told(): Promise<void> {
  await planned()
  await deliverAll(app)
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')
const tokensIn = (text: string): string[] => [...text.matchAll(/\/answer\/([\w-]{43})/g)].map(([, token]) => token!)

/** A mail server that takes every mail, after failing the first `busy` times before the gate. */
function mailServer(busy = 0): Transport & { readonly parcels: Parcel[] } {
  const parcels: Parcel[] = []
  return {
    parcels,
    async send(parcel, gate) {
      parcels.push(parcel)
      if (parcels.length <= busy) return { outcome: 'deferred', fault: 'transient', phase: 'data', reply: '451 try later' }
      return await gate() ? { outcome: 'sent', reply: '250 queued' } : { outcome: 'refused-at-gate' }
    },
    verify: async () => ({ ok: true }),
    close: async () => undefined,
  }
}

describe('at rest', () => {
  test('a link is 256 random bits, of which only the hash is stored', async () => {
    await told()
    const token = await tokenIn(app, 1, 'acknowledge')
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect((await findLink(app.database.db, hashOf(token)))!).toMatchObject({ messageId: 1, personId: cast.alice.id, action: 'acknowledge', notices: [1] })
    expect(JSON.stringify(await app.database.db.select().from(link))).not.toContain(token)
  })

  test('a mail that has left keeps its words and bytes without tokens', async () => {
    await live(app, cast.organisation)
    await planned()
    const server = mailServer()
    expect(await deliverAll(app, server)).toEqual(['sent'])
    const sent = await simpleParser(Buffer.from(server.parcels[0]!.raw))
    const tokens = tokensIn(sent.text!)
    expect(tokens).toHaveLength(3)
    expect(new Set(tokensIn(String(sent.html)))).toEqual(new Set(tokens))
    const kept = (await findMessage(app.database.db, 1))!
    const words = await simpleParser(Buffer.from(kept.raw!))
    for (const text of [kept.text!, kept.html!, words.text!, String(words.html), Buffer.from(kept.raw!).toString()]) {
      expect(text).not.toMatch(/answer\/[\w-]/)
      for (const token of tokens) expect(text).not.toContain(token.slice(0, 20))
    }
    expect(kept.text).toContain('/answer/…')
    // Nothing else has changed, and the links that left work.
    expect(kept.raw!.length).toBe(server.parcels[0]!.raw.length)
    expect(words.subject).toBe(sent.subject)
    expect(await answerByLink(app, tokens[0]!, {})).toEqual({ ok: true })
  })

  test('a captured mail is its own mailbox: what it holds can be tried', async () => {
    await told()
    const kept = (await findMessage(app.database.db, 1))!
    expect(tokensIn(kept.text!)).toHaveLength(3)
    expect(tokensIn((await simpleParser(Buffer.from(kept.raw!))).text!)).toEqual(tokensIn(kept.text!))
  })

  test('a Chinese mail, whose parts are encoded otherwise, loses its tokens too', async () => {
    const token = 'A_b-'.repeat(10) + 'Xyz'
    const words = `已知悉：https://recert.example.org/answer/${token}\r\n${'中文'.repeat(200)}`
    const base64 = Buffer.from(words).toString('base64').replace(/.{76}/g, '$&\r\n')
    const part = (encoding: string, body: string): string => `--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`
    const broken = `https://recert.example.org/answer/${token.slice(0, 9)}=\r\n${token.slice(9)}`
    const raw = Buffer.from(`List-Unsubscribe: <https://recert.example.org/answer/${token}>\r\n\r\n${part('base64', base64)}${part('quoted-printable', broken)}--b--\r\n`)
    const redacted = Buffer.from(redactBytes(raw))
    expect(redacted).toHaveLength(raw.length)
    expect(redacted.toString()).not.toContain(token)
    expect(redacted.toString()).toContain(`<https://recert.example.org/answer/${'.'.repeat(43)}>`)
    expect(redacted.toString()).toContain(`/answer/${'.'.repeat(9)}=\r\n${'.'.repeat(34)}`)
    const body = /base64\r\n\r\n([\s\S]*?)\r\n--b/.exec(redacted.toString())![1]!
    expect(Buffer.from(body, 'base64').toString()).toBe(words.replace(token, '.'.repeat(43)))
    expect(redactWords(words)).toBe(words.replace(token, '…'))
  })

  test('tried again with the same words a mail keeps its bytes and its links', async () => {
    await live(app, cast.organisation)
    await planned()
    const server = mailServer(1)
    expect(await deliverAll(app, server)).toEqual(['deferred'])
    opened.clock.set('2027-05-31T09:05:00Z')
    expect(await deliverAll(app, server)).toEqual(['sent'])
    expect(Buffer.from(server.parcels[1]!.raw).equals(Buffer.from(server.parcels[0]!.raw))).toBe(true)
    expect((await rows(app.database.db, sql`select 1 from link`)).length).toBe(3)
  })

  test('composed anew it has new links, and the former ones are worthless', async () => {
    await live(app, cast.organisation)
    await planned()
    const server = mailServer(1)
    await deliverAll(app, server)
    opened.clock.set('2027-06-01T09:00:00Z')
    expect(await deliverAll(app, server)).toEqual(['sent'])
    const [before, after] = await Promise.all(server.parcels.map(async ({ raw }) => tokensIn((await simpleParser(Buffer.from(raw))).text!)))
    expect(before!.some((token) => after!.includes(token))).toBe(false)
    expect(await answerByLink(app, before![0]!, {})).toEqual({ ok: false, refusal: { kind: 'gone' } })
    expect(await answerByLink(app, after![0]!, {})).toEqual({ ok: true })
  })
})

describe('E7 a token is good for one action of one person about one notice', () => {
  test('forged, shortened and altered tokens open nothing', async () => {
    await told()
    const token = await tokenIn(app, 1, 'acknowledge')
    const before = await everyRow(app)
    const altered = token.split('').map((letter, n) => token.slice(0, n) + (letter === 'A' ? 'B' : 'A') + token.slice(n + 1))
    const forged = Array.from({ length: 200 }, (_, n) => createHash('sha256').update(`${n}`).digest('base64url'))
    // The last letter carries two bits of no meaning: another one may read as the same bytes, and is still another token.
    for (const one of [...altered, ...forged]) expect(await openLink(app.database.db, one)).toBeUndefined()
    for (const one of [altered[0]!, altered[42]!, forged[0]!, '', token.slice(1), `${token}A`, ` ${token}`, hashOf(token), "' or 1=1 --"]) {
      expect(await openLink(app.database.db, one)).toBeUndefined()
      expect(await answerByLink(app, one, { untilOn: '2027-06-10', doneOn: '2027-05-30' })).toEqual({ ok: false, refusal: { kind: 'gone' } })
      expect(await takeBackByLink(app, one)).toBe(false)
    }
    expect(await everyRow(app)).toEqual(before)
  })

  test('what else is entered with it makes it no other action', async () => {
    await told()
    await answerByLink(app, await tokenIn(app, 1, 'acknowledge'), { untilOn: '2027-06-10', doneOn: '2027-05-30', remark: 'x', actor: String(cast.bob.id) })
    const found = await rows<{ line: string }>(app.database.db, sql`select concat_ws(' ', action, until_on, done_on, remark, actor_id) as line from answer`)
    expect(found.map((one) => one.line)).toEqual([`acknowledge ${cast.alice.id}`])
  })

  test('it neither ends a weekly mail nor answers what was past at entry, and the other way round', async () => {
    await told()
    const { db } = app.database
    const links = openLinks('http://localhost:3000')
    const [confirm, unsubscribe] = (['confirm', 'unsubscribe'] as const).map((action) => links.issue(action).split('/answer/')[1]!)
    await app.database.transact((tx) => links.keep(tx, { id: 1, personId: cast.carol.id }, app.clock.now()))
    const before = await everyRow(app)
    for (const token of [confirm!, unsubscribe!]) {
      expect(await answerByLink(app, token, {})).toEqual({ ok: false, refusal: { kind: 'gone' } })
      expect(await takeBackByLink(app, token)).toBe(false)
      expect(await findAnswerPage(app, db, (await openLink(db, token))!, app.clock.now())).toBeUndefined()
    }
    expect(await subscribeByLink(app, confirm!, 'end')).toBe(false)
    expect(subscriptionPage((await openLink(db, confirm!))!, app.clock.now())).toBeUndefined()
    expect(await findConfirmPage(app, db, (await openLink(db, unsubscribe!))!, { after: 0, now: app.clock.now() })).toBeUndefined()
    expect(await everyRow(app)).toEqual(before)
  })

  test('it ends after thirty days, and with its person', async () => {
    await told()
    const token = await tokenIn(app, 1, 'acknowledge')
    opened.clock.set('2027-06-30T08:59:59Z')
    expect(await findAnswerPage(app, app.database.db, (await openLink(app.database.db, token))!, app.clock.now())).toBeDefined()
    opened.clock.set('2027-06-30T09:00:00Z')
    expect(await answerByLink(app, token, {})).toEqual({ ok: false, refusal: { kind: 'gone' } })
    opened.clock.set('2027-06-02T09:00:00Z')
    await act(app, (db, now) => deactivatePerson(db, cast.alice, now))
    expect(await openLink(app.database.db, token)).toBeUndefined()
    expect(await ownerOf(token)).toBe(cast.alice.id)
  })
})

const ownerOf = async (token: string): Promise<number | undefined> =>
  (await app.database.db.select().from(link).where(eq(link.tokenHash, hashOf(token))))[0]?.personId

test('B36 a link that is only opened changes nothing', async () => {
  await told()
  const before = await everyRow(app)
  for (let n = 0; n < 20; n++) {
    for (const action of ['acknowledge', 'snooze', 'not-mine'] as const) {
      const found = await openLink(app.database.db, await tokenIn(app, 1, action))
      expect(await findAnswerPage(app, app.database.db, found!, app.clock.now())).toBeDefined()
    }
  }
  expect(await everyRow(app)).toEqual(before)
})
