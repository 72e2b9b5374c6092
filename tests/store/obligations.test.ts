import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Derived, ObligationState } from '../../src/core/obligation.ts'
import type { Window } from '../../src/core/window.ts'
import { insertCertifications } from '../../src/store/certifications.ts'
import { type Db, rows, violatedConstraint } from '../../src/store/database.ts'
import * as store from '../../src/store/obligations.ts'
import { listCandidates } from '../../src/store/reminders.ts'
import { databases } from '../helpers/database.ts'
import { day, derived, instant } from '../helpers/factory.ts'
import { anOrganisation, aPerson, testApp, type TestApp } from '../helpers/records.ts'

const at = instant('2026-11-24T08:00:00Z')
const later = instant('2026-11-24T09:00:00Z')
const constraintOf = (work: Promise<unknown>): Promise<string | undefined> => work.then(() => 'nothing', violatedConstraint)

describe.each(databases())('obligations on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  let certificationId: number
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
  })
  beforeEach(async () => {
    await opened.reset()
    await anOrganisation(opened.app)
    certificationId = await aRecord('Module')
  })
  afterAll(() => opened.close())

  const aRecord = async (name: string, ownerId?: number): Promise<number> => (await insertCertifications(db, [{
    organisationId: 1, scheme: 'fips-140', options: {}, name, registerKey: name, registerFacts: {}, ownerId, enteredOn: day('2026-11-24'), createdAt: at,
  }]))[0]!
  let next = 1
  const duty = (rest: Partial<store.NewObligation> = {}, rule: Partial<Derived> = {}): store.NewObligation => ({
    certificationId, organisationId: 1, state: 'open', enteredOn: day('2026-11-24'), derived: derived({ ordinal: next++, ...rule }), ...rest,
  })
  const insert = async (rest?: Partial<store.NewObligation>, rule?: Partial<Derived>): Promise<number> =>
    (await store.insertObligations(db, [duty(rest, rule)], at))[0]!
  const checks = async (): Promise<(string | null)[]> =>
    (await rows<{ at: string | null }>(db, sql`select to_char(check_at at time zone 'UTC', 'DD HH24:MI') as at from obligation order by id`)).map((row) => row.at)
  const found = async (id: number) => (await store.findObligation(db, id))!

  test('a batch longer than one statement gets its numbers in the order it was given', async () => {
    const days = Array.from({ length: 701 }, (_each, n) => day('2027-01-01').add({ days: (n * 389) % 701 }))
    const ids = await store.insertObligations(db, days.map((dueOn) => duty({}, { dueOn })), at)
    expect((await store.listObligationsById(db, ids)).map((one) => one.dueOn.toString())).toEqual(days.map((one) => one.toString()))
  })

  test('a duty comes back as it was derived', async () => {
    const rule: Derived = derived({
      ruleId: 'yearly', ordinal: 2027, opensOn: day('2027-01-01'), latestOn: day('2027-12-31'), metBy: 'verified', owedBy: 'outside', mark: 'unverified', provisional: true,
    })
    const id = await insert({ derived: rule, state: 'unconfirmed' })
    const text = (value: object): string => JSON.stringify(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const { id: _id, certificationId: _c, organisationId: _o, bookedOn, state, ownerId, stepId, enteredOn, submittedOn, metOn, endedBy, movedFrom, movedBy, revision, ...back } = await found(id)
    expect(text(back)).toBe(text(rule))
    expect([bookedOn, ownerId, stepId, submittedOn, metOn, endedBy, movedFrom, movedBy].every((one) => one === undefined)).toBe(true)
    expect([state, enteredOn.toString(), revision]).toEqual(['unconfirmed', '2026-11-24', 1])
  })

  test('only an open one is looked at from the start', async () => {
    await store.insertObligations(db, [duty(), duty({ state: 'unconfirmed' })], at)
    expect(await checks()).toEqual(['24 08:00', null])
  })

  test('of two who change one they have read, the second is told', async () => {
    const id = await insert()
    const read = await found(id)
    expect(await store.changeObligation(db, read, { bookedOn: day('2027-06-01') }, later)).toBe(true)
    expect(await store.changeObligation(db, read, { bookedOn: day('2027-06-02') }, later)).toBe(false)
    const now = await found(id)
    expect([now.bookedOn?.toString(), now.revision]).toEqual(['2027-06-01', 2])
    expect(await checks()).toEqual(['24 09:00'])
  })

  test('the next look is not set where the row was changed since it was read', async () => {
    const [first, second] = await store.insertObligations(db, [duty(), duty()], at)
    await store.changeObligation(db, { id: second!, revision: 1 }, { ownerId: null }, later)
    await store.setNextCheck(db, [{ id: first!, revision: 1, at: undefined }, { id: second!, revision: 1, at: undefined }])
    expect(await checks()).toEqual([null, '24 09:00'])
    await store.setNextCheck(db, [{ id: first!, revision: 1, at: instant('2026-11-30T09:00:00Z') }])
    expect(await checks()).toEqual(['30 09:00', '24 09:00'])
    expect((await found(first!)).revision).toBe(1)
  })

  test('what asks for a new look reaches live duties only, and is not undone by a run that had read them before', async () => {
    const ann = await aPerson(opened.app, { name: 'Ann', organisationId: 1 })
    const theirs = await aRecord('Theirs', ann.id)
    await insert({ ownerId: ann.id })
    await insert({ certificationId: theirs })
    await insert({ certificationId: theirs, ownerId: (await aPerson(opened.app, { name: 'Ben', organisationId: 1 })).id })
    await insert({ ownerId: ann.id, state: 'unconfirmed' })
    await store.checkDutiesOf(db, ann.id, later)
    expect(await checks()).toEqual(['24 09:00', '24 09:00', '24 08:00', null])
    await store.setNextCheck(db, [{ id: 1, revision: 1, at: undefined }])
    expect(await checks()).toEqual(['24 09:00', '24 09:00', '24 08:00', null])
    await store.checkDutiesOfCertification(db, theirs, instant('2026-11-24T10:00:00Z'))
    expect(await checks()).toEqual(['24 09:00', '24 10:00', '24 10:00', null])
    await store.checkDutiesOnLadder(db, 'custom', { kind: 'everywhere' }, instant('2026-11-24T11:00:00Z'))
    await store.checkDutiesOfOrganisation(db, 99, instant('2026-11-24T12:00:00Z'))
    expect(await checks()).toEqual(['24 11:00', '24 11:00', '24 11:00', null])
    await store.checkWaitingDuties(db, at)
    expect(await checks()).toEqual(['24 08:00', '24 08:00', '24 08:00', null])
  })

  describe('candidates', () => {
    const window = (by: Window['by'], from: string, to: string, ladder = 'custom'): Window => ({ by, ladder, from: day(from), to: day(to) })
    const page = { after: 0, limit: 100 }
    const never = { ...page, now: instant('2020-01-01T00:00:00Z') }
    const among = (windows: readonly Window[], { now, ...rest } = never) => listCandidates(db, windows, now, rest)

    test('are live duties whose counted or late day lies in a window, both ends included', async () => {
      const first = await insert({}, { dueOn: day('2027-01-10') })
      const last = await insert({ state: 'open' }, { dueOn: day('2027-01-20') })
      await insert({}, { dueOn: day('2027-01-09') })
      await insert({}, { dueOn: day('2027-01-21') })
      await insert({ state: 'unconfirmed' }, { dueOn: day('2027-01-15') })
      await insert({}, { dueOn: day('2027-01-15'), ladder: 'step' })
      const booked = await insert({}, { dueOn: day('2027-09-15') })
      await store.changeObligation(db, { id: booked, revision: 1 }, { bookedOn: day('2027-01-12') }, at)
      const looser = await insert({}, { dueOn: day('2026-06-30'), latestOn: day('2026-12-31') })
      expect(await among([window('counted', '2027-01-10', '2027-01-20')])).toEqual([first, last, booked])
      expect(await among([window('late', '2026-12-31', '2026-12-31')])).toEqual([looser])
      expect(await among([])).toEqual([])
    })

    test('are those whose moment has come, whatever their day and state', async () => {
      await insert()
      const waiting = await insert({ state: 'unconfirmed' })
      await db.execute(sql`update obligation set check_at = ${later.toString()}::timestamptz where id = ${waiting}`)
      expect(await among([], { ...page, now: instant('2026-11-24T07:59:59Z') })).toEqual([])
      expect(await among([], { ...page, now: at })).toEqual([1])
      expect(await among([], { ...page, now: later })).toEqual([1, waiting])
    })

    test('are named once, by number, a page at a time', async () => {
      await store.insertObligations(db, Array.from({ length: 5 }, (_each, n) => duty({}, { dueOn: day('2027-01-20').subtract({ days: n }) })), at)
      const windows = [window('counted', '2027-01-01', '2027-01-31'), window('counted', '2027-01-10', '2027-02-20'), window('late', '2027-01-01', '2027-01-31')]
      expect(await among(windows, { now: at, after: 0, limit: 2 })).toEqual([1, 2])
      expect(await among(windows, { now: at, after: 2, limit: 2 })).toEqual([3, 4])
      expect(await among(windows, { now: at, after: 4, limit: 2 })).toEqual([5])
    })
  })

  test('a day that the rules moved is remembered with who moved it; what a person decided stays', async () => {
    const id = await insert()
    await store.changeObligation(db, await found(id), { bookedOn: day('2027-06-01') }, at)
    const before = await found(id)
    const move = { derived: { ...before, dueOn: day('2027-07-31') }, state: before.state, moved: { from: day('2027-06-30'), by: 'Ann' } }
    await store.rewriteObligations(db, [{ obligation: before, ...move }], later)
    const now = await found(id)
    expect([now.dueOn, now.movedFrom, now.bookedOn].map(String)).toEqual(['2027-07-31', '2027-06-30', '2027-06-01'])
    expect([now.movedBy, now.state]).toEqual(['Ann', 'open'])
  })

  test('what somebody changed since it was read is left as they said', async () => {
    const id = await insert()
    const before = await found(id)
    await store.changeObligation(db, before, { state: 'not-applicable', reason: 'sold', endedBy: 'person' }, at)
    await store.rewriteObligations(db, [{ obligation: before, derived: { ...before, dueOn: day('2027-07-31') }, state: 'open', moved: undefined }], later)
    expect([(await found(id)).state, String((await found(id)).dueOn)]).toEqual(['not-applicable', '2027-06-30'])
  })

  test('duties are listed by day, of whom, where and in what state is asked', async () => {
    const ann = await aPerson(opened.app, { name: 'Ann', organisationId: 1 })
    const theirs = await aRecord('Theirs', ann.id)
    const late = await insert({}, { dueOn: day('2027-03-01') })
    const early = await insert({ ownerId: ann.id }, { dueOn: day('2027-01-01') })
    const hers = await insert({ certificationId: theirs }, { dueOn: day('2027-02-01') })
    const asked = await insert({ state: 'unconfirmed' }, { dueOn: day('2026-01-01') })
    const ids = async (filter: store.DueFilter, limit?: number) => (await store.listDue(db, filter, limit)).map((one) => one.id)
    expect(await ids({})).toEqual([early, hers, late])
    expect(await ids({}, 1)).toEqual([early])
    expect(await ids({ dueOnOrBefore: day('2027-02-01') })).toEqual([early, hers])
    expect(await ids({ ownerId: ann.id })).toEqual([early, hers])
    expect(await ids({ certificationId: theirs })).toEqual([hers])
    expect(await ids({ organisationId: 9 })).toEqual([])
    expect(await ids({ states: ['unconfirmed'] })).toEqual([asked])
    expect((await store.listObligationsOf(db, [theirs, certificationId])).map((one) => one.id)).toEqual([asked, early, late, hers])
    expect(await store.listDueIds(db, { after: 0 }, 2)).toEqual([late, early])
    expect(await store.listDueIds(db, { after: early, certificationId: theirs }, 2)).toEqual([hers])
    expect([...await store.countUnconfirmed(db, [certificationId, theirs])]).toEqual([[certificationId, 1]])
  })

  test.each<[string, string]>([
    ['obligation_met_has_its_day', `state = 'met'`],
    ['obligation_met_has_its_day', `met_on = '2027-01-01'`],
    ['obligation_submitted_has_its_day', `state = 'submitted'`],
    ['obligation_not_applicable_has_a_reason', `state = 'not-applicable'`],
    ['obligation_state_is_known', `state = 'forgotten'`],
    ['obligation_opens_on_or_before_it_is_due', `opens_on = '2027-07-01'`],
    ['obligation_looser_day_is_not_the_earlier', `latest_on = '2027-06-29'`],
    ['obligation_tier_is_a_b_or_c', `tier = 'D'`],
    ['obligation_is_owed_by_us_an_outside_party_or_nobody', `owed_by = 'everybody'`],
  ])('says %s', async (sentence, wrong) => {
    await insert()
    expect(await constraintOf(db.execute(sql.raw(`update obligation set ${wrong}`)))).toBe(sentence)
  })

  test('says that a duty is one per certification, cycle, rule and ordinal', async () => {
    await insert({}, { ordinal: 1 })
    expect(await constraintOf(insert({}, { ordinal: 1 }))).toBe('obligation_is_one_per_certification_cycle_rule_and_ordinal')
    const states: ObligationState[] = ['open', 'unconfirmed']
    expect(await store.insertObligations(db, states.map((state, n) => duty({ state }, { ordinal: 1, cycle: n + 2 })), at)).toHaveLength(2)
  })
})
