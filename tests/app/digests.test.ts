import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { editCertification } from '../../src/app/certifications.ts'
import { changedFilter, type FilterWords } from '../../src/app/digest-scope.ts'
import { examine } from '../../src/app/doctor.ts'
import { loadWorld } from '../../src/app/world.ts'
import { composeDigestPreview, type DigestQuestion, planDigests } from '../../src/app/digests.ts'
import { digestDueAt } from '../../src/app/digest-scope.ts'
import { type Job, runJob } from '../../src/app/jobs.ts'
import { bookObligation } from '../../src/app/obligations.ts'
import { deactivatePerson, editOrganisation, editPerson, setAway } from '../../src/app/people.ts'
import { planReminders } from '../../src/app/reminders.ts'
import type { Person } from '../../src/core/person.ts'
import { rows } from '../../src/store/database.ts'
import { findMessage } from '../../src/store/outbox.ts'
import { findPerson } from '../../src/store/people.ts'
import { answer } from '../../src/store/schema-answers.ts'
import { day, daysFrom, person } from '../helpers/factory.ts'
import {
  aCast, aCertification, anOrganisation, aPerson, type Cast, deliverAll, dutyOf, live, mail, planAt, testApp, type TestApp,
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

/** Plans at a moment and delivers what that opened. */
async function weekAt(moment: string): Promise<number> {
  opened.clock.set(moment)
  const { planned } = await planDigests(app, app.clock.now())
  await deliverAll(app)
  return planned
}
const digests = async () => (await mail(app)).filter((one) => one.includes('digest'))
const change = (values: Partial<Person>): Promise<unknown> =>
  app.database.transact((db) => editPerson(db, cast.carol, values, app.clock.now()))

describe('when it goes out', () => {
  test('exactly one a week, however often it is asked, through a year of 53 weeks', async () => {
    for (const one of daysFrom('2026-12-18', '2027-01-20')) {
      await weekAt(`${one}T08:59:00Z`)
      await weekAt(`${one}T09:00:00Z`)
      await weekAt(`${one}T16:00:00Z`)
    }
    expect(await digests()).toEqual(['2026-W51', '2026-W52', '2026-W53', '2027-W01', '2027-W02', '2027-W03'].map((week) => `Carol digest ${week} captured`))
  })

  test('at nine on the first working day of the week, where the reader is', async () => {
    await change({ zone: 'Asia/Shanghai' })
    expect(await weekAt('2026-11-23T00:59:59Z')).toBe(0)
    expect(await weekAt('2026-11-23T01:00:00Z')).toBe(1)
    expect((await findMessage(app.database.db, 1))!.dueAt.toString()).toBe('2026-11-23T01:00:00Z')
  })

  test.each([
    ['CN', '2026-02-25T12:00:00Z', '2026-02-24'], // Spring Festival lasts until Monday
    ['CN', '2026-10-07T12:00:00Z', '2026-10-08'], // National Day: a week of three days
    ['weekdays', '2026-02-25T12:00:00Z', '2026-02-23'],
    ['a calendar that has vanished', '2026-02-25T12:00:00Z', '2026-02-23'],
  ])('by the calendar %s the week of %s begins on %s', async (calendar, now, first) => {
    const reader = person({ id: 9, name: 'Reader', calendar })
    expect(digestDueAt(reader, await loadWorld(app.database.db), Temporal.Instant.from(now)).toString()).toBe(`${first}T09:00:00Z`)
  })

  test('late within its week it is sent, a week that was missed is not', async () => {
    expect(await weekAt('2026-11-29T20:00:00Z')).toBe(1)
    expect(await weekAt('2026-12-14T09:00:00Z')).toBe(1)
    expect(await digests()).toEqual(['Carol digest 2026-W48 captured', 'Carol digest 2026-W51 captured'])
  })

  test('a day late it waits for the send hour, and for none on its own day', async () => {
    expect(await weekAt('2026-11-24T15:00:00Z')).toBe(0)
    expect(await weekAt('2026-11-25T09:20:00Z')).toBe(1)
    expect(await weekAt('2026-11-30T15:00:00Z')).toBe(1)
  })

  test('planned in its week but not delivered before the next, it is cancelled', async () => {
    opened.clock.set('2026-11-27T09:00:00Z')
    await planDigests(app, app.clock.now())
    await weekAt('2026-11-30T09:00:00Z')
    expect(await digests()).toEqual(['Carol digest 2026-W48 cancelled', 'Carol digest 2026-W49 captured'])
  })
})

describe('who reads it', () => {
  test('every compliance manager who can be reached, and nobody else', async () => {
    await aPerson(app, { name: 'Dan', organisationId: 1, roles: ['compliance-manager', 'owner'] })
    const eve = await aPerson(app, { name: 'Eve', organisationId: 1, roles: ['compliance-manager'] })
    await aPerson(app, { name: 'Fay', organisationId: 1, email: undefined, roles: ['compliance-manager'] })
    await app.database.transact((db) => deactivatePerson(db, eve, app.clock.now()))
    await weekAt('2026-11-23T09:00:00Z')
    expect(await digests()).toEqual(['Carol digest 2026-W48 captured', 'Dan digest 2026-W48 captured'])
  })

  test('whoever is not a compliance manager any more gets none', async () => {
    opened.clock.set('2026-11-23T09:00:00Z')
    await planDigests(app, app.clock.now())
    await change({ roles: ['owner'] })
    await deliverAll(app)
    expect(await digests()).toEqual(['Carol digest 2026-W48 cancelled'])
  })

  test('about their own organisation, and about those without a manager of their own', async () => {
    const labs = await anOrganisation(app, 'Harbour Labs')
    const expo = await anOrganisation(app, 'Harbour Expo')
    await aPerson(app, { name: 'Dan', organisationId: expo.id, roles: ['compliance-manager'] })
    for (const [id, name] of [[1, 'Cloud module'], [labs.id, 'Labs module'], [expo.id, 'Expo module']] as const) {
      await aCertification(app, { organisationId: id, name, days: { expiry: '2026-12-15' } })
    }
    const { text } = await composeDigestPreview(app, { to: 'carol@example.org' })
    expect(text).toContain('Harbour Cloud, Harbour Labs')
    expect([text.includes('Cloud module'), text.includes('Labs module'), text.includes('Expo module')]).toEqual([true, true, false])
  })

  test('it leaves once an organisation in it is live', async () => {
    opened.clock.set('2026-11-23T09:00:00Z')
    await planDigests(app, app.clock.now())
    expect((await findMessage(app.database.db, 1))!.rehearsal).toBe(true)
    await live(app, cast.organisation)
    await weekAt('2026-11-30T09:00:00Z')
    expect((await findMessage(app.database.db, 2))!.rehearsal).toBe(false)
  })
})

describe('what it says', () => {
  const preview = () => composeDigestPreview(app, {})

  test('in a quiet week that nothing is late, and that the checks ran', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, days: { expiry: '2029-06-30' } })
    const job: Job = { name: 'plan-reminders', cron: '* * * * *', says: '', run: async (one, at) => ({ ...await planReminders(one, at.now, true) }) }
    for (let n = 0; n < 3; n++) await runJob(app, job, { now: app.clock.now(), asked: false, transport: undefined })
    const { text, subject, counts } = await preview()
    expect(counts).toMatchObject({ late: 0, inDanger: 0, next30: 0 })
    expect(subject).toBe('Recert week 48: nothing late, nothing in danger')
    expect(text).toContain('Nothing is late, nothing in danger. 3 checks ran this week.')
    expect(text).toContain('3 checks ran, the last Tue 24 Nov 2026, 08:00 (UTC)')
  })

  test('when no check ran, that this proves little', async () => {
    expect((await preview()).text).toContain('But no check ran this week, so this proves little.')
  })

  test('what is late, in danger, due soon, and what needs the reader', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Office', days: { decision: '2025-12-20' } })
    await aCertification(app, { organisationId: 1, name: 'Orphan', days: { expiry: '2026-12-10' } })
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Forgotten', days: { expiry: '2026-10-01' } })
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Later', days: { expiry: '2027-02-01' } })
    opened.clock.set('2026-12-14T09:00:00Z')
    const { text, counts } = await preview()
    expect(counts).toMatchObject({ late: 1, inDanger: 1, next30: 1, in31to90: 1, in91to180: 0, running: 0 })
    expect(text).toMatch(/Orphan/)
    expect(text).toContain('1 certification has no owner, such as Orphan. Name one.')
    expect(text).toContain('1 certificate had already expired when entered, such as Forgotten: renewed, given up, or being restored?')
    expect(text).toContain('First surveillance audit has no booked day; it had to be booked by')
    expect(text).toMatch(/Register/)
  })

  test('since the last one: what changed, and how the numbers moved', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Office', days: { decision: '2026-01-10' } })
    await weekAt('2026-11-24T09:00:00Z')
    const audit = await dutyOf(app, 1, 'surveillance-1')
    await app.database.transact((db) => bookObligation(app, db, audit.id, day('2026-12-08'), { now: app.clock.now().add('PT1H'), by: cast.alice, pastTheLimit: 'refuse' }))
    await weekAt('2026-11-30T09:00:00Z')
    const { text } = (await findMessage(app.database.db, 2))!
    expect(text).toMatch(/Booked: .*Office.*First surveillance audit, 8 Dec.*, by Alice/)
    expect(text).toMatch(/Since last week: late unchanged, in danger \S+, needs you \S+\./)
    expect(text).not.toContain('Added')
  })

  test('of a certification by its name, of a duty by its title as well', async () => {
    const office = await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Office', days: { decision: '2026-01-10' } })
    const audit = await dutyOf(app, 1, 'internal-audit-for-surveillance-1')
    expect(audit.id).toBe(office.id)
    await app.database.transact((db) => bookObligation(app, db, audit.id, day('2026-12-08'), { now: app.clock.now(), pastTheLimit: 'refuse' }))
    const { text } = await preview()
    expect(text).toMatch(/Added: ISO\/IEC 27001:2022 Office\n/)
    expect(text).toMatch(/Booked: ISO\/IEC 27001:2022 Office, Internal audit before the surveillance audit 2027, 8 Dec\n/)
  })

  test('in the reader\'s language', async () => {
    await change({ language: 'zh' })
    const { subject } = await preview()
    expect(subject).toMatch(/[\u4e00-\u9fff]/)
  })

  test('a preview writes nothing, and names the way where nobody would read it', async () => {
    await preview()
    expect(await mail(app)).toEqual([])
    await expect(composeDigestPreview(app, { to: 'dan@example.org' })).rejects.toThrow('There is no person "dan@example.org".')
    await opened.reset()
    await expect(preview()).rejects.toThrow('There is no compliance manager yet. Add one: person add --name NAME --email ADDRESS --role compliance-manager')
  })
})

describe('what a compliance manager chooses to read', () => {
  const filterBy = (words: FilterWords) => act(app, async (db, now) =>
    editPerson(db, cast.carol, { digestFilter: await changedFilter(app, db, (await findPerson(db, cast.carol.id))!.digestFilter, words) }, now))
  const named = async (question: DigestQuestion = {}) => {
    const { text } = await composeDigestPreview(app, { to: 'carol@example.org', ...question })
    return ['Vault', 'Gate', 'Labs module'].filter((name) => text.includes(name))
  }
  beforeEach(async () => {
    const labs = await anOrganisation(app, 'Harbour, Labs')
    await aCertification(app, { organisationId: 1, name: 'Vault', tags: ['key', 'board'], days: { expiry: '2026-12-15' } })
    await aCertification(app, { organisationId: 1, name: 'Gate', scheme: 'common-criteria', days: { decision: '2021-12-16', expiry: '2026-12-15' } })
    await aCertification(app, { organisationId: labs.id, name: 'Labs module', tags: ['board'], days: { expiry: '2026-12-15' } })
  })

  test.each<[FilterWords, string[]]>([
    [{}, ['Vault', 'Gate', 'Labs module']],
    [{ tag: 'Board' }, ['Vault', 'Labs module']],
    [{ tag: 'key,absent' }, ['Vault']],
    [{ scheme: 'common-criteria' }, ['Gate']],
    [{ organisation: 'Harbour, Labs' }, ['Labs module']],
    [{ organisation: 'harbour cloud', scheme: 'fips-140' }, ['Vault']],
    [{ tag: 'absent' }, []],
  ])('%j: all of it is about %j', async (words, names) => {
    await filterBy(words)
    expect(await named()).toEqual(names)
  })

  test('counts, needs, changes and the register alike', async () => {
    await filterBy({ tag: 'key' })
    const { text, counts } = await composeDigestPreview(app, {})
    expect(counts).toMatchObject({ next30: 1, findings: 0 })
    expect(text).toContain('Only tags: key')
    expect(text).toContain('1 certification has no owner, such as Vault.')
    expect(text).toMatch(/Changed since the last status \(1\)\n\* Added: .*Vault/)
    expect(text).toContain('Register (1)')
  })

  test('is overridden by the questions of a preview, and taken away by all', async () => {
    await filterBy({ tag: 'key' })
    expect(await named({ tag: 'all' })).toEqual(['Vault', 'Gate', 'Labs module'])
    expect(await named({ tag: 'board', organisation: 'Harbour, Labs' })).toEqual(['Labs module'])
    await filterBy({ tag: 'all' })
    expect((await findPerson(app.database.db, cast.carol.id))!.digestFilter).toEqual({})
  })

  test('names what is not there', async () => {
    await expect(filterBy({ scheme: 'iso-99999' })).rejects.toThrow('There is no scheme "iso-99999". Schemes:')
    await expect(filterBy({ organisation: 'Nowhere' })).rejects.toThrow('There is no organisation "Nowhere"')
    await expect(filterBy({ tag: ',' })).rejects.toThrow('Name at least one')
  })

  test('is not compared with a digest of another choice', async () => {
    await weekAt('2026-11-24T09:00:00Z')
    await filterBy({ tag: 'key' })
    await weekAt('2026-11-30T09:00:00Z')
    await weekAt('2026-12-07T09:00:00Z')
    const texts = await Promise.all([2, 3].map(async (id) => (await findMessage(app.database.db, id))!.text!.includes('Since last week')))
    expect(texts).toEqual([false, true])
  })

  test('may be nothing at all: no digest is planned, a preview still works, and who reads it instead', async () => {
    await aPerson(app, { name: 'Dan', organisationId: 2, roles: ['compliance-manager'] })
    const about = async () => (await composeDigestPreview(app, { to: 'dan@example.org' })).text.split('\n').find((one) => one.includes(' · '))
    expect(await about()).toContain('Harbour, Labs ·')
    await change({ digest: 'none' })
    await weekAt('2026-11-24T09:00:00Z')
    expect(await digests()).toEqual(['Dan digest 2026-W48 captured'])
    expect(await named()).toEqual(['Vault', 'Gate'])
    expect(await about()).toContain('Harbour Cloud, Harbour, Labs ·')
    await change({ digest: 'weekly' })
    expect(await weekAt('2026-11-24T09:00:00Z')).toBe(1)
  })

  test('ended while it is on its way, it is cancelled', async () => {
    opened.clock.set('2026-11-24T09:00:00Z')
    await planDigests(app, app.clock.now())
    await change({ digest: 'none' })
    await deliverAll(app)
    expect(await digests()).toEqual(['Carol digest 2026-W48 cancelled'])
  })

  test('where nobody reads of an organisation any more, doctor says so', async () => {
    const people = async () => (await examine(app, undefined)).find((one) => one.what === 'people')!
    expect(await people()).toMatchObject({ ok: true })
    await filterBy({ organisation: 'Harbour Cloud' })
    expect((await people()).ok).toBe(false)
    expect((await people()).says).toContain('nobody reads the weekly status of Harbour, Labs:')
    await change({ digest: 'none' })
    expect((await people()).says).toContain('of Harbour Cloud, Harbour, Labs:')
  })
})

describe('every gap', () => {
  const needs = async () => (await composeDigestPreview(app, {})).text.split('Late or in danger\n')[0]!

  test('is told in each digest until it is closed', async () => {
    await aCertification(app, { organisationId: 1, name: 'Orphan' })
    await aCertification(app, { organisationId: 1, ownerId: cast.bob.id, name: 'Left behind' })
    await act(app, (db, now) => deactivatePerson(db, cast.bob, now))
    for (const [n, week] of ['2026-11-24', '2026-11-30', '2026-12-07'].entries()) {
      await weekAt(`${week}T09:00:00Z`)
      const { text } = (await findMessage(app.database.db, n + 1))!
      expect(text).toContain('1 certification has no owner, such as Orphan.')
      expect(text).toContain('Bob has left and still owns 1 duty, such as of Left behind.')
      expect(text).toContain('1 without owner; 1 duty of owners who have left.')
    }
    await act(app, (db, now) => editCertification(app, db, 2, { ownerId: cast.alice.id }, { now }))
    expect(await needs()).not.toContain('Bob')
  })

  test('of an owner who is away without a deputy is none', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id })
    await act(app, (db, now) => setAway(db, cast.alice, { from: day('2026-11-01'), until: day('2026-12-31') }, now))
    expect(await needs()).not.toContain('Needs you')
  })

  test('of an owner who says that it is not theirs stays until somebody else owns it or it is taken back', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Vault', days: { expiry: '2026-12-15' } })
    opened.clock.set('2026-11-24T09:00:00Z')
    await planReminders(app, app.clock.now(), true)
    await app.database.db.insert(answer).values({ noticeId: 1, obligationId: 1, personId: cast.alice.id, action: 'not-mine', via: 'mail-link', answeredAt: app.clock.now() })
    expect(await needs()).toMatch(/Vault: Alice says that this is not theirs: .*\. Name an owner\./)
    await act(app, (db, now) => editCertification(app, db, 1, { ownerId: cast.bob.id }, { now }))
    expect(await needs()).not.toContain('not theirs')
    await act(app, (db, now) => editCertification(app, db, 1, { ownerId: cast.alice.id }, { now }))
    await app.database.db.update(answer).set({ takenBackAt: app.clock.now() })
    expect(await needs()).not.toContain('not theirs')
  })

  test('comes by what is at stake, then by day', async () => {
    await aCertification(app, { organisationId: 1, name: 'Orphan', days: { expiry: '2026-12-20' } })
    await aPerson(app, { name: 'Fay', organisationId: 1, email: undefined })
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Office', days: { decision: '2025-12-10' } })
    const places = ['Office: First surveillance audit has no booked day', 'such as Orphan', 'Fay has no address']
    const text = await needs()
    expect(places.map((one) => text.indexOf(one)).every((at, n, all) => at > (all[n - 1] ?? 0))).toBe(true)
  })

  test('who has a duty is said with since when', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Vault', days: { expiry: '2026-12-15' } })
    expect((await composeDigestPreview(app, {})).text).toContain('with Alice since 24 Nov')
    opened.clock.set('2026-11-27T09:00:00Z')
    await act(app, (db, now) => editCertification(app, db, 1, { ownerId: cast.bob.id }, { now }))
    expect((await composeDigestPreview(app, {})).text).toContain('with Bob since 27 Nov')
  })
})

describe('an owner who prefers one mail a week', () => {
  const weekly = (weeklyDay: number) => act(app, (db, now) => editPerson(db, cast.alice, { rhythm: 'weekly', weeklyDay }, now))
  const own = async () => (await mail(app)).filter((one) => one.startsWith('Alice digest'))
  /** Plans notices, then digests, and delivers, as the timetable does. */
  const morning = async (moment: string): Promise<void> => {
    await planAt(opened, moment)
    await weekAt(moment)
  }
  const lastMail = () => rows<{ subject: string; text: string }>(app.database.db, sql`
    select m.subject, m.text from message m join person p on p.id = m.person_id where p.name = 'Alice' and m.text is not null order by m.id desc limit 1`)

  test('gets it on their weekly day at their send hour, once a week', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Vault', days: { expiry: '2026-12-15' } })
    await aCertification(app, { organisationId: 1, ownerId: cast.bob.id, name: 'Gate', days: { expiry: '2026-12-15' } })
    await morning('2026-11-24T09:00:00Z')
    await weekly(3)
    await morning('2026-11-24T09:00:00Z')
    expect(await own()).toEqual([])
    await morning('2026-11-25T09:00:00Z')
    await morning('2026-11-25T09:30:00Z')
    await morning('2026-11-27T09:00:00Z')
    expect(await own()).toEqual(['Alice digest 2026-W48 captured'])
    const { subject, text } = (await lastMail())[0]!
    expect(subject).toBe('Your week 48: 1 in danger, 1 due within 30 days')
    expect([text.includes('Vault'), text.includes('Gate')]).toEqual([true, false])
    expect(text).toMatch(/I know, I am on it: http:/)
  })

  test('gets it with the notices of that day, as one mail', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Vault', days: { expiry: '2026-12-15' } })
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Archive', days: { expiry: '2027-01-20' } })
    await morning('2026-11-24T09:00:00Z')
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Cellar', days: { expiry: '2027-02-20' } })
    await weekly(3)
    await morning('2026-11-25T09:00:00Z')
    expect(await own()).toEqual(['Alice digest 2026-W48 cancelled'])
    const { text } = (await lastMail())[0]!
    expect(text).toContain('FIPS 140-3 Cellar')
    expect(text.slice(text.indexOf('Next 30 days'))).not.toContain('Cellar')
    expect(text).toContain('FIPS 140-3 Vault')
  })

  test.each([
    ['CN', 1, '2026-02-25T12:00:00Z', '2026-02-24'], // Spring Festival lasts until Monday
    ['CN', 3, '2026-02-25T12:00:00Z', '2026-02-25'],
    ['CN', 3, '2026-10-07T12:00:00Z', '2026-10-08'],
    ['weekdays', 6, '2026-02-25T12:00:00Z', '2026-02-27'], // no working day from Saturday on: the last before it
  ])('by the calendar %s and weekly day %i the week of %s has it on %s', async (calendar, weeklyDay, now, on) => {
    const reader = person({ id: 9, name: 'Reader', calendar, weeklyDay, rhythm: 'weekly' })
    expect(digestDueAt(reader, await loadWorld(app.database.db), Temporal.Instant.from(now)).toString()).toBe(`${on}T09:00:00Z`)
  })

  test('with nothing late and nothing due gets none', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, days: { expiry: '2029-06-30' } })
    await weekly(1)
    await morning('2026-11-24T09:00:00Z')
    expect(await own()).toEqual(['Alice digest 2026-W48 cancelled'])
    expect((await findMessage(app.database.db, 1))!.reply).toBe('nothing left to say')
  })

  test('who manages compliance has the weekly status instead, and who ended it has none', async () => {
    await act(app, (db, now) => editPerson(db, cast.carol, { rhythm: 'weekly' }, now))
    await act(app, (db, now) => editPerson(db, cast.alice, { rhythm: 'weekly', digest: 'none' }, now))
    await weekAt('2026-11-24T09:00:00Z')
    expect(await digests()).toEqual(['Carol digest 2026-W48 captured'])
  })

  test('leaves with their own organisation, and a preview shows it', async () => {
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Vault', days: { expiry: '2026-12-15' } })
    const preview = await composeDigestPreview(app, { to: 'alice@example.org' })
    expect(preview.subject).toBe('Your week 48: 1 in danger, 1 due within 30 days')
    expect(preview.text).toMatch(/^Rehearsal/)
    await live(app, cast.organisation)
    expect((await composeDigestPreview(app, { to: 'alice@example.org' })).text).not.toMatch(/^Rehearsal/)
    expect(await mail(app)).toEqual([])
  })
})

test('an organisation\'s own hour and zone are those of its people', async () => {
  await app.database.transact((db) => editOrganisation(app, db, 1, { sendHour: '07:45', zone: 'Europe/Berlin' }, app.clock.now()))
  const carol = (await findPerson(app.database.db, cast.carol.id))!
  expect(digestDueAt(carol, await loadWorld(app.database.db), Temporal.Instant.from('2026-11-25T12:00:00Z')).toString()).toBe('2026-11-23T06:45:00Z')
})
