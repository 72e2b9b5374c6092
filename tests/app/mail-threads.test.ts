// What stands around the words of a planned mail once it is delivered: the thread of its certification, and the
// calendar of a single deadline.

import ICAL from 'ical.js'
import { type ParsedMail, simpleParser } from 'mailparser'
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { threadRootFor } from '../../src/app/installation.ts'
import { findMessage, listMessages } from '../../src/store/outbox.ts'
import { aCast, aCertification, type Cast, deliverAll, dutyOf, planAt, testApp, type TestApp } from '../helpers/records.ts'

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

const module = (name: string, expiry: string) => aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, name, days: { expiry } })

/** Plans and delivers as of a moment; returns what Alice got, oldest first, read by another program. */
async function aliceGets(moment: string): Promise<ParsedMail[]> {
  await planAt(opened, moment)
  await deliverAll(app)
  const ids = (await listMessages(app.database.db, { personId: cast.alice.id })).map((one) => one.id).toReversed()
  return await Promise.all(ids.map(async (id) => await simpleParser(Buffer.from((await findMessage(app.database.db, id))!.raw!))))
}

const rootsOf = (mail: ParsedMail): string[] => [mail.references ?? []].flat()
const calendarIn = (mail: ParsedMail): ICAL.Event[] => mail.attachments.filter((one) => one.contentType === 'text/calendar')
  .flatMap((one) => new ICAL.Component(ICAL.parse(one.content.toString())).getAllSubcomponents('vevent').map((event) => new ICAL.Event(event)))

describe('the thread of a certification', () => {
  test('holds all mail about it, though that is months apart, and no mail about another', async () => {
    const first = await module('Module', '2027-06-30')
    await module('Other module', '2027-06-23')
    let mails: ParsedMail[] = []
    for (const on of ['2027-03-25', '2027-04-01', '2027-05-24', '2027-05-31']) mails = await aliceGets(`${on}T09:00:00Z`)
    const about = (name: string) => mails.filter((mail) => mail.subject!.includes(name))
    expect(about(' Module').length).toBeGreaterThan(1)
    expect(about('Other module').length).toBeGreaterThan(1)
    const roots = new Set(about(' Module').flatMap(rootsOf))
    expect([...roots]).toEqual([await threadRootFor(app, app.database.db, first.id)])
    for (const mail of mails) {
      expect(rootsOf(mail)).toHaveLength(1)
      expect(mail.inReplyTo).toBe(rootsOf(mail)[0])
      expect(mail.messageId).not.toBe(mail.inReplyTo)
    }
    for (const mail of about('Other module')) expect(roots.has(rootsOf(mail)[0]!)).toBe(false)
  })

  test('of a mail about several is that of the most urgent, and no other', async () => {
    await module('Later', '2027-08-10')
    const urgent = await module('Urgent', '2027-06-03')
    const [mail] = (await aliceGets('2027-05-31T09:00:00Z')).slice(-1)
    expect(mail!.subject).toContain('Urgent')
    expect(rootsOf(mail!)).toEqual([await threadRootFor(app, app.database.db, urgent.id)])
  })

  test('has a root of this installation that can be computed again and not be guessed', async () => {
    const { db } = app.database
    const roots = [await threadRootFor(app, db, 12), await threadRootFor(app, db, 12), await threadRootFor(app, db, 13)]
    expect(roots[0]).toMatch(/^<certification-12\.[0-9a-f]{40}@localhost>$/)
    expect(roots[1]).toBe(roots[0])
    expect(roots[2]!.split('.')[1]).not.toBe(roots[0]!.split('.')[1])
  })
})

describe('the calendar of a mail', () => {
  test('is that of its one deadline, to the day, in the reader\'s words', async () => {
    const { id } = await module('Module', '2027-06-30')
    const [mail] = await aliceGets('2027-05-31T09:00:00Z')
    const [event, ...more] = calendarIn(mail!)
    expect(more).toEqual([])
    const duty = await dutyOf(app, id)
    expect(event!.uid).toBe(`obligation-${duty.id}@localhost`)
    expect(event!.sequence).toBeGreaterThan(0)
    expect(event!.sequence).toBeLessThanOrEqual(duty.revision)
    expect([event!.startDate.toString(), event!.endDate.toString()]).toEqual(['2027-06-30', '2027-07-01'])
    expect(event!.summary).toContain('Module')
    expect(event!.description).toContain('Last allowed day: Wed 30 Jun 2027')
    expect(event!.description).toContain(`http://localhost:3000/certifications/${id}`)
    expect(event!.description).not.toMatch(/\bdays\b/)
  })

  test('is missing where the mail is about several certifications, or its day is past', async () => {
    await module('One', '2027-06-30')
    await module('Two', '2027-06-29')
    expect((await aliceGets('2027-05-31T09:00:00Z')).map((mail) => mail.attachments.length)).toEqual([0])
    await opened.reset()
    cast = await aCast(app)
    await module('Late', '2027-05-28')
    const mails = await aliceGets('2027-05-28T09:00:00Z').then(() => aliceGets('2027-06-01T09:00:00Z'))
    const late = mails.filter((mail) => /expired/.test(mail.subject!))
    expect(late.length).toBeGreaterThan(0)
    expect(late.flatMap(calendarIn)).toEqual([])
  })
})

test('where a key is set, what is kept to be sent is signed', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
  await module('Module', '2027-06-30')
  await planAt(opened, '2027-05-31T09:00:00Z')
  await deliverAll({ ...app, config: { ...app.config, dkim: { domain: 'example.org', selector: 'recert1', key: privateKey } } })
  expect(Buffer.from((await findMessage(app.database.db, 1))!.raw!).toString()).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=example\.org/)
})
