import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Db, rows, violatedConstraint } from '../../src/store/database.ts'
import { carryNotices, changeObligation, checkDutiesIn } from '../../src/store/obligations.ts'
import { insertMessage } from '../../src/store/outbox.ts'
import * as store from '../../src/store/reminders.ts'
import { databases } from '../helpers/database.ts'
import { day, instant } from '../helpers/factory.ts'
import { aCast, aCertification, anOrganisation, type Cast, dutyOf, testApp, type TestApp } from '../helpers/records.ts'

const at = instant('2027-05-31T09:00:00Z')
const constraintOf = (work: Promise<unknown>): Promise<string | undefined> => work.then(() => 'nothing', violatedConstraint)

describe.each(databases())('the ledger on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  let cast: Cast
  let obligationId: number
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
  })
  beforeEach(async () => {
    await opened.reset()
    cast = await aCast(opened.app)
    const { id } = await aCertification(opened.app, { organisationId: 1, ownerId: cast.alice.id })
    obligationId = (await dutyOf(opened.app, id)).id
    await aMessage(false)
  })
  afterAll(() => opened.close())

  let number = 0
  const aMessage = async (rehearsal: boolean): Promise<number> => {
    number++
    return (await insertMessage(db, {
      organisationId: 1, personId: cast.alice.id, kind: 'daily', period: `2027-05-${String(number % 28 + 1).padStart(2, '0')}`, part: number, rehearsal,
      dueAt: at, messageId: `<${number}@localhost>`, language: 'en',
    }, at))!
  }
  const notice = (rest: Partial<store.NoticeValues> = {}): store.NoticeValues => ({
    obligationId, countedTo: day('2027-06-30'), notice: 'P30D', offsetDays: 30, personId: cast.alice.id, onBehalfOf: undefined,
    purpose: 'reminder', outcome: 'said', reason: 'first-notice', messageId: 1, ...rest,
  })
  const insert = (...all: Partial<store.NoticeValues>[]) => store.insertNotices(db, all.map(notice), at)
  const held = async (): Promise<string[]> => (await rows<{ line: string }>(db, sql`
    select concat_ws(' ', notice, counted_to, outcome, message_id) as line from notice order by id`)).map((row) => row.line)

  test('a notice is said once per duty, day, person and purpose', async () => {
    expect(await insert({})).toBe(1)
    expect(await insert({ reason: 'again', messageId: await aMessage(false) })).toBe(0)
    expect(await insert({ personId: cast.bob.id }, { purpose: 'escalation' }, { countedTo: day('2027-07-31') }, { notice: 'P7D', offsetDays: 7 })).toBe(4)
    expect(await held()).toHaveLength(5)
  })

  test('what covers or skips is kept beside it, and says nothing', async () => {
    expect(await insert({}, { notice: 'P90D', offsetDays: 90, outcome: 'covered' }, { notice: 'P60D', offsetDays: 60, outcome: 'skipped', messageId: undefined })).toBe(1)
    expect(await held()).toEqual(['P30D 2027-06-30 said 1', 'P90D 2027-06-30 covered 1', 'P60D 2027-06-30 skipped'])
  })

  test('what was skipped may be said after all; what was said is not unsaid by a skip', async () => {
    await insert({ outcome: 'skipped', messageId: undefined })
    expect(await insert({})).toBe(1)
    expect(await insert({ outcome: 'skipped', messageId: undefined })).toBe(0)
    expect(await held()).toEqual(['P30D 2027-06-30 said 1'])
  })

  test('what reached nobody counts as never said, and may be said again', async () => {
    await insert({}, { notice: 'P90D', offsetDays: 90, outcome: 'covered' })
    await store.unsayNotices(db, 1)
    expect((await store.readSaid(db, [obligationId])).size).toBe(0)
    const again = await aMessage(false)
    expect(await insert({ messageId: again })).toBe(1)
    expect(await held()).toEqual(['P30D 2027-06-30 unsaid 1', 'P90D 2027-06-30 unsaid 1', `P30D 2027-06-30 said ${again}`])
  })

  test('some of a message can be unsaid, about the duties that are named', async () => {
    const other = await dutyOf(opened.app, (await aCertification(opened.app, { organisationId: 1, name: 'Module B' })).id)
    await insert({}, { obligationId: other.id })
    await store.unsayNotices(db, 1, [other.id])
    expect([...(await store.readSaid(db, [obligationId, other.id])).keys()]).toEqual([obligationId])
  })

  test('going live forgets what the rehearsal of that organisation said, and nothing else', async () => {
    const elsewhere = await anOrganisation(opened.app, 'Other')
    const other = await dutyOf(opened.app, (await aCertification(opened.app, { organisationId: elsewhere.id, name: 'Module B' })).id)
    const rehearsal = await aMessage(true)
    await insert({}, { notice: 'P90D', offsetDays: 90, messageId: rehearsal }, { notice: 'P60D', offsetDays: 60, outcome: 'skipped', messageId: undefined },
      { obligationId: other.id, messageId: rehearsal })
    expect(await store.releaseRehearsals(db, 1)).toBe(1)
    expect(await store.releaseRehearsals(db, 1)).toBe(0)
    const said = await store.readSaid(db, [obligationId, other.id])
    expect(said.get(obligationId)!.map((one) => `${one.notice} ${one.outcome}`)).toEqual(['P30D said', 'P60D skipped'])
    expect(said.get(other.id)).toHaveLength(1)
  })

  test('what is read back is what deciding needs', async () => {
    await insert({ onBehalfOf: cast.bob.id, personId: cast.carol.id, purpose: 'fallback', notice: 'overdue-2', offsetDays: -8 })
    const [row] = (await store.readSaid(db, [obligationId])).get(obligationId)!
    expect({ ...row, countedTo: row!.countedTo.toString() }).toMatchObject({
      notice: 'overdue-2', offsetDays: -8, countedTo: '2027-06-30', personId: cast.carol.id, onBehalfOf: cast.bob.id, purpose: 'fallback', outcome: 'said',
    })
    expect((await store.readSaid(db, [])).size).toBe(0)
  })

  test('a message lists what it says by day, then duty; not what it covers', async () => {
    const earlier = await dutyOf(opened.app, (await aCertification(opened.app, { organisationId: 1, name: 'Module B', days: { expiry: '2027-06-29' } })).id)
    await insert({}, { obligationId: earlier.id }, { notice: 'P90D', offsetDays: 90, outcome: 'covered' })
    expect((await store.listSaidIn(db, 1)).map((row) => `${row.certification.name} ${row.obligation.dueOn.toString()}`)).toEqual(['Module B 2027-06-29', 'Module 2027-06-30'])
    expect((await store.listNoticesOf(db, 1)).map((row) => row.notice.notice)).toEqual(['P90D', 'P30D'])
  })

  test('rows go along with a day that moved a little, but not onto rows that stand there', async () => {
    await insert({}, { notice: 'P7D', offsetDays: 7 })
    await carryNotices(db, obligationId, day('2027-06-30'), day('2027-07-05'))
    expect(await held()).toEqual(['P30D 2027-07-05 said 1', 'P7D 2027-07-05 said 1'])
    await insert({})
    await carryNotices(db, obligationId, day('2027-07-05'), day('2027-06-30'))
    expect((await held()).toSorted()).toEqual(['P30D 2027-06-30 said 1', 'P30D 2027-07-05 said 1', 'P7D 2027-06-30 said 1'])
  })

  test('the duties of a message can be looked at again', async () => {
    await insert({})
    await db.execute(sql`update obligation set check_at = null`)
    await checkDutiesIn(db, 99, at)
    expect(await store.listCandidates(db, [], at, { after: 0, limit: 9 })).toEqual([])
    await checkDutiesIn(db, 1, at)
    expect(await store.listCandidates(db, [], at, { after: 0, limit: 9 })).toEqual([obligationId])
  })

  test('what ladders ask about: a booked recertification, a contract, a run, a step', async () => {
    const iso = await aCertification(opened.app, { organisationId: 1, scheme: 'iso-27001', name: 'Office', days: { decision: '2026-01-05' } })
    const surveillance = await dutyOf(opened.app, iso.id, 'surveillance-1')
    await changeObligation(db, surveillance, { bookedOn: day('2026-12-01') }, at)
    expect((await store.readSituation(db, [1, iso.id], [])).booked.size).toBe(0)
    await changeObligation(db, await dutyOf(opened.app, iso.id, 'recertification'), { bookedOn: day('2028-12-01') }, at)
    expect([...(await store.readSituation(db, [1, iso.id], [])).booked]).toEqual([iso.id])
    expect((await store.readSituation(db, [], [])).started.size).toBe(0)
  })

  test.each<[string, Partial<store.NoticeValues>]>([
    ['notice_said_is_in_a_message', { messageId: undefined }],
    ['notice_purpose_is_known', { purpose: JSON.parse('"gossip"') }],
    ['notice_outcome_is_known', { outcome: JSON.parse('"whispered"') }],
  ])('says that a %s', async (sentence, wrong) => {
    expect(await constraintOf(insert(wrong))).toBe(sentence)
  })
})
