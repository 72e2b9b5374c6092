import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { editCertification } from '../../src/app/certifications.ts'
import { assignObligation, confirmObligation } from '../../src/app/obligations.ts'
import { deactivatePerson, editPerson, getPerson, setAway } from '../../src/app/people.ts'
import type { Transport } from '../../src/mail/transport.ts'
import { rows } from '../../src/store/database.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, aPerson, type Cast, deliverAll, dutyOf, live, mail, planAt, testApp, type TestApp } from '../helpers/records.ts'

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

const forAlice = (values: Partial<Parameters<typeof aCertification>[1]> = {}) =>
  aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, ...values })

/** Plans and delivers at a moment; returns the mails that left or were captured then, `Alice: subject`. */
async function mailsAt(moment: string, transport?: Transport): Promise<string[]> {
  const before = await lastId()
  await planAt(opened, moment)
  await deliverAll(app, transport)
  const found = await rows<{ line: string }>(app.database.db, sql`
    select p.name || ': ' || m.subject as line from message m join person p on p.id = m.person_id
    where m.id > ${before} and m.state in ('captured', 'sent') order by m.id`)
  return found.map((row) => row.line)
}

async function lastId(): Promise<number> {
  return (await rows<{ id: number }>(app.database.db, sql`select coalesce(max(id), 0)::int as id from message`))[0]!.id
}

async function textOf(name: string): Promise<string> {
  const [row] = await rows<{ text: string }>(app.database.db, sql`
    select m.text from message m join person p on p.id = m.person_id where p.name = ${name} order by m.id desc limit 1`)
  return row!.text
}

describe('what was past when it was entered', () => {
  test('is asked about once, of its owner, in one mail', async () => {
    for (const name of ['One', 'Two', 'Three']) await forAlice({ name, days: { expiry: '2026-05-01' } })
    expect(await mailsAt('2026-11-24T09:00:00Z')).toEqual(['Alice: 3 duties were past when entered, such as FIPS 140-3 One, valid until Fri 1 May 2026: done, or still open?'])
    for (const day of ['2026-11-25', '2026-12-01', '2027-01-04']) expect(await mailsAt(`${day}T09:00:00Z`)).toEqual([])
  })

  test('is asked of nobody once somebody has answered, though the mail was planned', async () => {
    const { id } = await forAlice({ days: { expiry: '2026-05-01' } })
    await planAt(opened, '2026-11-24T09:00:00Z')
    const duty = await dutyOf(app, id)
    await act(app, (db, now) => confirmObligation(app, db, duty.id, { answer: 'not-ours' }, { now }))
    await deliverAll(app)
    expect(await mail(app)).toEqual(['Alice daily 2026-11-24 cancelled'])
  })

  test('goes to those who look after compliance where it has no owner', async () => {
    await aCertification(app, { organisationId: cast.organisation.id, days: { expiry: '2026-05-01' } })
    expect((await mailsAt('2026-11-24T09:00:00Z')).map((one) => one.split(':')[0])).toEqual(['Carol'])
  })
})

describe('a certification that has nobody', () => {
  test('B38 is told to compliance managers once, and again when it loses its next owner', async () => {
    const { id } = await aCertification(app, { organisationId: cast.organisation.id, name: 'Orphan' })
    expect(await mailsAt('2026-11-24T09:00:00Z')).toEqual(['Carol: FIPS 140-3 Orphan has nobody to tell'])
    expect(await mailsAt('2026-11-25T09:00:00Z')).toEqual([])
    await act(app, (db, now) => editCertification(app, db, id, { ownerId: cast.alice.id }, { now }))
    await mailsAt('2026-11-26T09:00:00Z')
    await act(app, async (db, now) => deactivatePerson(db, await getPerson(db, 'alice@example.org'), now))
    expect(await mailsAt('2026-11-27T09:00:00Z')).toEqual(['Carol: FIPS 140-3 Orphan has nobody to tell'])
    expect(await textOf('Carol')).toContain('its owner, Alice, has left')
  })

  test('B37 whose owner has left is told at the next send hour, and its notices go on', async () => {
    await forAlice({ name: 'Frankfurt' })
    await act(app, async (db, now) => deactivatePerson(db, await getPerson(db, 'alice@example.org'), now))
    await mailsAt('2026-11-24T09:00:00Z')
    expect(await textOf('Carol')).toContain('FIPS 140-3 Frankfurt: its owner, Alice, has left')
    expect(await mailsAt('2027-01-01T09:00:00Z')).toEqual(['Bob: FIPS 140-3 Frankfurt: expires in 180 days (30 Jun)'])
  })

  test('among hundreds is one mail with the number', async () => {
    for (let n = 0; n < 30; n++) await aCertification(app, { organisationId: cast.organisation.id, name: `Module ${n}` })
    expect(await mailsAt('2026-11-24T09:00:00Z')).toEqual(['Carol: 30 certifications have nobody to tell, such as FIPS 140-3 Module 0'])
    expect(await textOf('Carol')).toContain('and 22 more')
  })
})

describe('an assignment', () => {
  test('is told to the new owner once, with who made it, and not to whom takes it', async () => {
    const { id } = await forAlice({ name: 'Frankfurt' })
    const duty = await dutyOf(app, id)
    await act(app, (db, now) => assignObligation(app, db, duty.id, cast.bob.id, { now, by: { id: cast.carol.id, name: 'Carol' } }))
    expect(await mailsAt('2026-11-24T09:00:00Z')).toEqual(['Bob: Yours now: FIPS 140-3 Frankfurt, valid until Wed 30 Jun 2027'])
    expect(await textOf('Bob')).toContain('assigned by Carol')
    await act(app, (db, now) => assignObligation(app, db, duty.id, cast.alice.id, { now, by: { id: cast.alice.id, name: 'Alice' } }))
    expect(await mailsAt('2026-11-25T09:00:00Z')).toEqual([])
  })

  test('taken back before the mail leaves is told to nobody', async () => {
    const { id } = await forAlice()
    const duty = await dutyOf(app, id)
    await act(app, (db, now) => assignObligation(app, db, duty.id, cast.bob.id, { now }))
    await act(app, (db, now) => assignObligation(app, db, duty.id, null, { now }))
    expect(await mailsAt('2026-11-24T09:00:00Z')).toEqual([])
  })

  test('of what a notice of the same mail is about is not said twice', async () => {
    const { id } = await forAlice({ days: { expiry: '2027-02-22' } })
    await mailsAt('2026-11-24T09:00:00Z')
    const duty = await dutyOf(app, id)
    await act(app, (db, now) => assignObligation(app, db, duty.id, cast.bob.id, { now }))
    expect(await mailsAt('2026-11-25T09:00:00Z')).toEqual(['Bob: FIPS 140-3 Module: expires in 89 days (22 Feb 2027)'])
    expect(await textOf('Bob')).not.toContain('Yours now')
  })

  test('entered with the record is no news', async () => {
    await forAlice()
    expect(await mailsAt('2026-11-24T09:00:00Z')).toEqual([])
  })
})

describe('a mail that came back', () => {
  const refusing = (address: string): Transport => ({
    send: async ({ to }, gate) => (to === address ? { outcome: 'rejected', fault: 'recipient', phase: 'rcpt', reply: '550 5.1.1 no such mailbox' }
      : await gate() ? { outcome: 'sent', reply: '250 taken' } : { outcome: 'refused-at-gate' }),
    verify: async () => ({ ok: true }),
    close: async () => undefined,
  })

  test('is told to compliance managers once, and the next in line hears', async () => {
    await forAlice({ name: 'Frankfurt', days: { expiry: '2027-02-22' } })
    await live(app, cast.organisation)
    const server = refusing('alice@example.org')
    expect(await mailsAt('2026-11-24T09:00:00Z', server)).toEqual([])
    const next = [...await mailsAt('2026-11-24T09:01:00Z', server), ...await mailsAt('2026-11-25T09:00:00Z', server)]
    expect(next).toEqual(expect.arrayContaining(['Carol: Mail to Alice comes back', expect.stringContaining('Bob: FIPS 140-3 Frankfurt')]))
    expect(next).toHaveLength(2)
    expect(await textOf('Carol')).toContain('* Alice, alice@example.org')
    await act(app, async (db, now) => editPerson(db, await getPerson(db, 'alice@example.org'), { email: 'alice.new@example.org' }, now))
    expect((await mailsAt('2026-11-26T09:00:00Z', server)).filter((one) => one.startsWith('Carol'))).toEqual([])
  })
})

describe('before a closure of five days or more', () => {
  // Spring Festival 2026 is 15 to 23 February; ten working days before it is Tuesday 3 February (the 14th is worked).
  beforeEach(async () => {
    await opened.reset()
    opened.clock.set('2026-01-05T00:00:00Z')
    cast = await aCast(app, { zone: 'Asia/Shanghai', calendar: 'CN' })
  })

  test('everybody with something due in it, or within five working days after it, gets one list ten working days before', async () => {
    await forAlice({ name: 'Inside', days: { expiry: '2026-02-18' } })
    await forAlice({ name: 'After', days: { expiry: '2026-03-02' } })
    await forAlice({ name: 'Later', days: { expiry: '2026-03-09' } })
    const said: string[] = []
    for (let on = day('2026-01-20'); on.toString() < '2026-02-15'; on = on.add({ days: 1 })) {
      const mails = await mailsAt(`${on.toString()}T01:00:00Z`)
      if (mails.length > 0 && (await textOf('Alice')).includes('Before the closure')) said.push(on.toString())
      await app.database.db.execute(sql`update message set text = '' where text is not null`)
    }
    expect(said).toEqual(['2026-02-03'])
  })

  test('lists what is due, and nothing that is not theirs', async () => {
    await forAlice({ name: 'Inside', days: { expiry: '2026-02-18' } })
    await forAlice({ name: 'Later', days: { expiry: '2026-03-09' } })
    await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.bob.id, name: 'Of Bob', days: { expiry: '2026-05-20' } })
    await mailsAt('2026-02-03T01:00:00Z')
    const text = await textOf('Alice')
    expect(text).toContain('Before the closure, 15 Feb to 23 Feb (1)')
    expect(text.slice(text.indexOf('Before the closure'))).toContain('FIPS 140-3 Inside')
    expect(text.slice(text.indexOf('Before the closure'))).not.toContain('Later')
    expect(await textOf('Bob')).not.toContain('Before the closure')
  })

  test('goes to the deputy of somebody who is away', async () => {
    const eve = await aPerson(app, { name: 'Eve', organisationId: cast.organisation.id })
    await act(app, async (db, now) => {
      await editPerson(db, await getPerson(db, 'alice@example.org'), { deputyId: eve.id }, now)
      await setAway(db, await getPerson(db, 'alice@example.org'), { from: day('2026-01-26'), until: day('2026-03-06') }, now)
    })
    await forAlice({ name: 'Inside', days: { expiry: '2026-02-18' } })
    await mailsAt('2026-02-03T01:00:00Z')
    expect(await textOf('Eve')).toContain('Before the closure')
  })
})
