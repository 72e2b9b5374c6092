import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { loadWorld } from '../../src/app/world.ts'
import { composeDigestPreview, digestDueAt, planDigests } from '../../src/app/digests.ts'
import { type Job, runJob } from '../../src/app/jobs.ts'
import { bookObligation } from '../../src/app/obligations.ts'
import { deactivatePerson, editOrganisation, editPerson } from '../../src/app/people.ts'
import { planReminders } from '../../src/app/reminders.ts'
import type { Person } from '../../src/core/person.ts'
import { findMessage } from '../../src/store/outbox.ts'
import { findPerson } from '../../src/store/people.ts'
import { day, daysFrom, person } from '../helpers/factory.ts'
import {
  aCast, aCertification, anOrganisation, aPerson, type Cast, deliverAll, dutyOf, live, mail, testApp, type TestApp,
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

test('an organisation\'s own hour and zone are those of its people', async () => {
  await app.database.transact((db) => editOrganisation(app, db, 1, { sendHour: '07:45', zone: 'Europe/Berlin' }, app.clock.now()))
  const carol = (await findPerson(app.database.db, cast.carol.id))!
  expect(digestDueAt(carol, await loadWorld(app.database.db), Temporal.Instant.from('2026-11-25T12:00:00Z')).toString()).toBe('2026-11-23T06:45:00Z')
})
