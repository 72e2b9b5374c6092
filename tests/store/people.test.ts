import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Db, violatedConstraint } from '../../src/store/database.ts'
import * as store from '../../src/store/people.ts'
import { databases } from '../helpers/database.ts'
import { instant } from '../helpers/factory.ts'
import { anOrganisation, aPerson, testApp, type TestApp } from '../helpers/records.ts'

const constraintOf = (work: Promise<unknown>): Promise<string | undefined> => work.then(() => 'nothing', violatedConstraint)

describe.each(databases())('people on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
  })
  beforeEach(() => opened.reset())
  afterAll(() => opened.close())

  const at = instant('2026-11-24T08:00:00Z')
  const values = (rest: Partial<store.PersonValues> = {}): store.PersonValues =>
    ({ organisationId: 1, name: 'Ann', roles: ['owner'], createdAt: at, ...rest })

  test('an address belongs to one person, whatever its case, and finds them', async () => {
    await anOrganisation(opened.app)
    const ann = await store.insertPerson(db, values({ email: 'Ann.Keller@Example.org' }))
    expect(await constraintOf(store.insertPerson(db, values({ email: 'ann.keller@example.ORG' })))).toBe('person_email_is_used_once_whatever_its_case')
    expect((await store.findPersonByEmail(db, '  ANN.keller@example.org '))?.id).toBe(ann.id)
    expect(await store.findPersonByEmail(db, 'ann@example.org')).toBeUndefined()
  })

  test('several people may have no address yet', async () => {
    await anOrganisation(opened.app)
    await store.insertPerson(db, values())
    await store.insertPerson(db, values({ name: 'Ben' }))
    expect((await store.listPeople(db)).map((one) => [one.name, one.email])).toEqual([['Ann', undefined], ['Ben', undefined]])
  })

  test('a name is looked for within the organisation, without regard to case', async () => {
    const [one, other] = [await anOrganisation(opened.app), await anOrganisation(opened.app, 'Other')]
    const ann = await store.insertPerson(db, values({ organisationId: other.id }))
    expect(await store.findPersonByName(db, one.id, 'Ann')).toBeUndefined()
    expect((await store.findPersonByName(db, other.id, ' aNN'))?.id).toBe(ann.id)
  })

  test('settings that are not their own are their organisation\'s', async () => {
    await anOrganisation(opened.app)
    await store.insertPerson(db, values())
    await store.insertPerson(db, values({ name: 'Ben', zone: 'Asia/Shanghai', calendar: 'CN', language: 'zh', sendHour: '08:15' }))
    await store.updateOrganisation(db, 1, { zone: 'Europe/Oslo', sendHour: '10:00' })
    const settings = [...(await store.readDirectory(db)).values()].map((one) => [one.name, one.zone, one.calendar, one.language, one.sendHour])
    expect(settings).toEqual([['Ann', 'Europe/Oslo', 'weekdays', 'en', '10:00'], ['Ben', 'Asia/Shanghai', 'CN', 'zh', '08:15']])
  })

  test('absence, leaving and a refused address come back as they were written', async () => {
    await anOrganisation(opened.app)
    const ann = await store.insertPerson(db, values({ email: 'ann@example.org' }))
    expect(ann).toMatchObject({ active: true, emailAccepted: true, away: undefined })
    const from = Temporal.PlainDate.from('2027-01-04')
    await store.updatePerson(db, ann.id, { awayFrom: from, awayUntil: from.add({ days: 4 }), deactivatedAt: at, emailRejectedAt: at })
    const found = await store.findPerson(db, ann.id)
    expect(found).toMatchObject({ active: false, emailAccepted: false })
    expect([found?.away?.from.toString(), found?.away?.until.toString()]).toEqual(['2027-01-04', '2027-01-08'])
  })

  test('the first compliance manager is the active one entered first, of the organisation where one is asked for', async () => {
    const [one, other] = [await anOrganisation(opened.app), await anOrganisation(opened.app, 'Other')]
    expect(await store.findFirstComplianceManager(db)).toBeUndefined()
    const left = await aPerson(opened.app, { name: 'Left', organisationId: one.id, roles: ['compliance-manager'] })
    await aPerson(opened.app, { name: 'Owner', organisationId: one.id })
    await aPerson(opened.app, { name: 'Far', organisationId: other.id, roles: ['owner', 'compliance-manager'] })
    await store.updatePerson(db, left.id, { deactivatedAt: at })
    expect((await store.findFirstComplianceManager(db))?.name).toBe('Far')
    expect(await store.findFirstComplianceManager(db, one.id)).toBeUndefined()
  })

  test('people are listed in the order they were entered, of one organisation and no more than asked for', async () => {
    const [one, other] = [await anOrganisation(opened.app), await anOrganisation(opened.app, 'Other')]
    for (const [name, organisationId] of [['Zoe', one.id], ['Ann', other.id], ['Ben', one.id]] as const) {
      await aPerson(opened.app, { name, organisationId })
    }
    expect((await store.listPeople(db)).map((each) => each.name)).toEqual(['Zoe', 'Ann', 'Ben'])
    expect((await store.listPeople(db, { organisationId: one.id })).map((each) => each.name)).toEqual(['Zoe', 'Ben'])
    expect(await store.listPeople(db, {}, 1)).toHaveLength(1)
  })

  test('an organisation is found by its name without regard to case, and is not live before it is told so', async () => {
    const added = await anOrganisation(opened.app)
    expect((await store.findOrganisationByName(db, 'harbour CLOUD'))?.id).toBe(added.id)
    expect(added.live).toBe(false)
    await store.updateOrganisation(db, added.id, { liveAt: at })
    expect((await store.findOrganisation(db, added.id))?.live).toBe(true)
    expect(await store.findOrganisation(db, 9)).toBeUndefined()
    expect((await store.listOrganisations(db)).map((one) => one.name)).toEqual(['Harbour Cloud'])
  })

  test.each<[string, Partial<store.PersonValues>]>([
    ['supervisor_is_a_person', { supervisorId: 99 }],
    ['deputy_is_a_person', { deputyId: 99 }],
    ['person_send_hour_is_a_local_time', { sendHour: '24:00' }],
    ['person_is_away_from_a_day_until_a_day', { awayFrom: Temporal.PlainDate.from('2027-01-04') }],
    ['person_is_away_from_a_day_until_a_day', { awayFrom: Temporal.PlainDate.from('2027-01-04'), awayUntil: Temporal.PlainDate.from('2027-01-03') }],
  ])('says that a %s', async (sentence, wrong) => {
    await anOrganisation(opened.app)
    expect(await constraintOf(store.insertPerson(db, values(wrong)))).toBe(sentence)
  })

  test('says that nobody is their own supervisor or deputy, and that a language is one of two', async () => {
    await anOrganisation(opened.app)
    const ann = await store.insertPerson(db, values())
    expect(await constraintOf(store.updatePerson(db, ann.id, { supervisorId: ann.id }))).toBe('person_is_not_their_own_supervisor')
    expect(await constraintOf(store.updatePerson(db, ann.id, { deputyId: ann.id }))).toBe('person_is_not_their_own_deputy')
    expect(await constraintOf(db.execute(sql`update person set language = 'de'`))).toBe('person_language_is_english_or_chinese')
    expect(await constraintOf(store.insertOrganisation(db, { name: 'HARBOUR cloud', zone: 'UTC', calendar: 'weekdays', language: 'en', sendHour: '09:00', createdAt: at })))
      .toBe('organisation_name_is_used_once')
  })
})
