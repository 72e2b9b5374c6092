import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import * as people from '../../src/app/people.ts'
import type { Role } from '../../src/core/person.ts'
import { findOrganisation, findPerson, updatePerson } from '../../src/store/people.ts'
import { listHistory } from '../../src/store/history.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, anOrganisation, aPerson, type Cast, deliverAll, ledger, live, mail, planAt, testApp, type TestApp } from '../helpers/records.ts'

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

const run = <T>(work: Parameters<typeof app.database.transact<T>>[0]): Promise<T> => app.database.transact(work)
const now = () => app.clock.now()
const edit = (change: people.PersonChange) => run((db) => people.editPerson(db, cast.alice, change, now()))

describe('an organisation', () => {
  test('starts with the zone of the machine, weekdays, English and nine o\'clock, and is not live', async () => {
    const added = await run((db) => people.addOrganisation(app, db, { name: ' Harbour Labs ' }, { zone: 'Europe/Oslo', now: now() }))
    expect(added).toEqual({ id: 2, name: 'Harbour Labs', zone: 'Europe/Oslo', calendar: 'weekdays', language: 'en', sendHour: '09:00', weeklyDay: 1, runs: 'by-hand', live: false })
    expect((await listHistory(app.database.db, 'organisation', 2)).map((one) => one.event)).toEqual(['organisation-added'])
  })

  test.each<[Partial<people.NewOrganisation>, string]>([
    [{ name: 'harbour CLOUD' }, 'There is already an organisation "harbour CLOUD". Change it with: organisation edit.'],
    [{ name: ' ' }, 'A name must not be empty.'],
    [{ zone: 'Berlin' }, '"Berlin" is not a time zone. Use an IANA name such as Asia/Shanghai or Europe/Berlin.'],
    [{ zone: '+01:00' }, '"+01:00" is not a time zone.'],
    [{ calendar: 'MARS' }, 'There is no calendar "MARS". Known: weekdays, CN'],
    [{ sendHour: '9' }, '"9" is not a local time. Use HH:MM from 00:00 to 23:59.'],
    [{ sendHour: '24:00' }, '"24:00" is not a local time.'],
  ])('given %j is refused', async (wrong, sentence) => {
    await expect(run((db) => people.addOrganisation(app, db, { name: 'New', ...wrong }, { zone: 'UTC', now: now() }))).rejects.toThrow(sentence)
    expect(await findOrganisation(app.database.db, 2)).toBeUndefined()
  })

  test('renamed to another one\'s name is refused', async () => {
    const other = await anOrganisation(app, 'Harbour Labs')
    await expect(run((db) => people.editOrganisation(app, db, other.id, { name: 'Harbour Cloud' }, now()))).rejects.toThrow('There is already an organisation of this name.')
    await expect(run((db) => people.editOrganisation(app, db, other.id, { sendHour: 'noon' }, now()))).rejects.toThrow('"noon" is not a local time.')
  })

  test('with another send hour writes to its people at that hour, from the same day on', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id })
    await planAt(opened, '2027-05-28T09:00:00Z')
    opened.clock.set('2027-05-31T08:00:00Z')
    await run((db) => people.editOrganisation(app, db, 1, { sendHour: '11:30', zone: 'Europe/Berlin' }, now()))
    await planAt(opened, '2027-05-31T09:00:00Z')
    expect((await ledger(app)).filter((one) => one.includes('05-31'))).toEqual([])
    await planAt(opened, '2027-05-31T09:30:00Z')
    expect(await mail(app)).toContain('Alice daily 2027-05-31 planned')
  })

  test('goes live once, and only where there is a mail server', async () => {
    await expect(run((db) => people.goLive(app, db, cast.organisation, now()))).rejects.toThrow('Set SMTP_URL and RECERT_MAIL=smtp before an organisation goes live.')
    await live(app, cast.organisation)
    const [again] = [(await findOrganisation(app.database.db, 1))!]
    expect(again.live).toBe(true)
    await expect(live(app, again)).rejects.toThrow('"Harbour Cloud" is live already.')
  })

  test('is found by name or number, or is the only one; else the way to add one is told', async () => {
    const { db } = app.database
    expect((await people.getOrganisation(db, 'harbour cloud')).id).toBe(1)
    expect((await people.getOrganisation(db, '1')).name).toBe('Harbour Cloud')
    expect((await people.getHome(db, undefined)).id).toBe(1)
    await expect(people.getOrganisation(db, 'Nobody')).rejects.toThrow('There is no organisation "Nobody". Add it with: organisation add --name "Nobody"')
    await anOrganisation(app, 'Harbour Labs')
    await expect(people.getHome(db, undefined)).rejects.toThrow('Say of which organisation: --organisation NAME. There are: Harbour Cloud, Harbour Labs.')
    await opened.reset()
    await expect(people.getHome(db, undefined)).rejects.toThrow('There is no organisation yet. Add one first: organisation add --name NAME')
  })
})

describe('a person', () => {
  // As it would come from a form.
  const boss: Role = JSON.parse('"boss"')

  test.each<[Partial<people.NewPerson>, string]>([
    [{ email: 'ALICE@example.org' }, 'Somebody already has this address. One address is one person, whatever its case.'],
    [{ email: 'dan' }, '"dan" is not usable as an address:'],
    [{ email: 'dan@example.org, eve@example.org' }, 'is not usable as an address:'],
    [{ email: 'dan@example.org\r\nBcc: eve@example.org' }, 'is not usable as an address:'],
    [{ name: '' }, 'A name must not be empty.'],
    [{ roles: [boss] }, '"boss" is not a role. Roles: administrator, compliance-manager, top-management, owner, auditor.'],
    [{ sendHour: '7:30' }, '"7:30" is not a local time.'],
  ])('given %j is refused', async (wrong, sentence) => {
    await expect(aPerson(app, { name: 'Dan', organisationId: 1, ...wrong })).rejects.toThrow(sentence)
    expect(await findPerson(app.database.db, 4)).toBeUndefined()
  })

  test('is not their own supervisor or deputy', async () => {
    await expect(edit({ supervisorId: cast.alice.id })).rejects.toThrow('Nobody is their own supervisor.')
    await expect(edit({ deputyId: cast.alice.id })).rejects.toThrow('Nobody is their own deputy.')
  })

  test('changes only in what is given, and something must be', async () => {
    const changed = await edit({ name: 'Alice Chen', roles: ['owner', 'auditor'], supervisorId: null })
    expect(changed).toMatchObject({ name: 'Alice Chen', email: 'alice@example.org', roles: ['owner', 'auditor'], supervisorId: undefined })
    await expect(edit({})).rejects.toThrow('Say what to change about Alice.')
  })

  test('with a new address is written to again, and what never reached them is said', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id })
    await updatePerson(app.database.db, cast.alice.id, { emailRejectedAt: now() })
    await planAt(opened, '2027-05-31T09:00:00Z')
    expect(await mail(app)).toEqual(['Bob daily 2027-05-31 planned'])
    opened.clock.set('2027-05-31T10:00:00Z')
    expect(await edit({ email: 'alice.chen@example.org' })).toMatchObject({ email: 'alice.chen@example.org', emailAccepted: true })
    await planAt(opened, '2027-06-01T09:00:00Z')
    expect(await mail(app)).toEqual(['Bob daily 2027-05-31 planned', 'Alice daily 2027-06-01 planned'])
  })

  test('whose hour is moved to one that has begun already is written to at once', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id })
    await planAt(opened, '2027-05-31T08:40:00Z')
    opened.clock.set('2027-05-31T08:45:00Z')
    await edit({ sendHour: '08:30' })
    await planAt(opened, '2027-05-31T08:46:00Z')
    expect(await mail(app)).toEqual(['Alice daily 2027-05-31 planned'])
  })

  test('is away from a day until a day, both included, and can be back', async () => {
    const away = (from: string, until: string) => run((db) => people.setAway(db, cast.alice, { from: day(from), until: day(until) }, now()))
    await expect(away('2027-06-02', '2027-06-01')).rejects.toThrow('Away from 2027-06-02 until 2027-06-01: the first day must not be after the last.')
    await away('2027-06-01', '2027-06-01')
    expect((await findPerson(app.database.db, cast.alice.id))!.away?.until.toString()).toBe('2027-06-01')
    await run((db) => people.setAway(db, cast.alice, undefined, now()))
    expect((await findPerson(app.database.db, cast.alice.id))!.away).toBeUndefined()
  })

  test('who left gets no mail, and leaves once', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id })
    await run((db) => people.deactivatePerson(db, cast.alice, now()))
    await planAt(opened, '2027-05-31T09:00:00Z')
    await deliverAll(app)
    // Bob hears in her place; Carol is told that nobody owns it any more.
    expect(await mail(app)).toEqual(['Bob daily 2027-05-31 captured', 'Carol daily 2027-05-31 captured'])
    const left = (await findPerson(app.database.db, cast.alice.id))!
    await expect(run((db) => people.deactivatePerson(db, left, now()))).rejects.toThrow('Alice is deactivated already.')
    expect((await listHistory(app.database.db, 'person', cast.alice.id)).map((one) => one.event)).toEqual(['person-deactivated', 'person-added'])
  })

  test('is found by address or number; else the way to add one is told', async () => {
    const { db } = app.database
    expect((await people.getPerson(db, 'Alice@Example.org')).id).toBe(cast.alice.id)
    expect((await people.getPerson(db, String(cast.bob.id))).name).toBe('Bob')
    await expect(people.getPerson(db, 'dan@example.org')).rejects.toThrow('There is no person "dan@example.org". Add one with: person add --name NAME --email dan@example.org')
    await expect(people.getPerson(db, '99')).rejects.toThrow('--email ADDRESS')
  })
})
