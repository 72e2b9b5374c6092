import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listAnswers } from '../../src/app/answer-list.ts'
import { findAnswerPage, type AnswerPage } from '../../src/app/answer-pages.ts'
import { type AnswerEntry, answerByLink } from '../../src/app/answers.ts'
import { act, type App } from '../../src/app/app.ts'
import { openLink } from '../../src/app/links.ts'
import { assignObligation, bookObligation, meetObligation, reopenObligation } from '../../src/app/obligations.ts'
import { takeBackAnswer, takeBackByLink } from '../../src/app/taking-back.ts'
import { rows } from '../../src/store/database.ts'
import { listHistory } from '../../src/store/history.ts'
import { updatePerson } from '../../src/store/people.ts'
import { day } from '../helpers/factory.ts'
import { buttonsIn, everyRow, labels, tokenIn } from '../helpers/mail-links.ts'
import { aCast, aCertification, aPerson, type Cast, deliverAll, dutyOf, ledger, planAt, testApp, type TestApp } from '../helpers/records.ts'

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

/** An expiry on 30 June 2027, about which Alice has the 30-day notice; the last two are those of 7 days and of the day. */
async function toldOfAnExpiry(ownerId = cast.alice.id): Promise<number> {
  const { id } = await aCertification(app, { organisationId: cast.organisation.id, ownerId })
  await morning('2027-05-31')
  return (await dutyOf(app, id)).id
}

/** A yearly report of tier C and, later, an application of tier A, both met by being submitted. */
async function toldOfAPlatform(on: string, ruleId: string): Promise<{ id: number; message: number }> {
  const { id } = await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, scheme: 'cac-cloud', name: 'Platform', days: { decision: '2026-03-01' } })
  await morning(on)
  return { id: (await dutyOf(app, id, ruleId)).id, message: await lastMessage() }
}

async function morning(on: string): Promise<void> {
  await planAt(opened, `${on}T09:00:00Z`)
  await deliverAll(app)
}

const lastMessage = async (personId = cast.alice.id): Promise<number> =>
  (await rows<{ id: number }>(app.database.db, sql`select max(id)::int as id from message where person_id = ${personId}::int`))[0]!.id

const press = (token: string, entry: AnswerEntry = {}) => answerByLink(app, token, entry)
const pageOf = async (token: string): Promise<AnswerPage | undefined> => {
  const link = await openLink(app.database.db, token)
  return link && await findAnswerPage(app, app.database.db, link, app.clock.now())
}
const answers = async (): Promise<string[]> => (await listAnswers(app, undefined, 100)).toReversed().map((one) =>
  [one.actor, one.action, one.notice, one.on?.toString(), one.via, one.takenBackAt ? 'taken back' : undefined].filter(Boolean).join(' '))
const saidOf = async (id: number): Promise<string[]> => (await rows<{ line: string }>(app.database.db, sql`select m.period || ' ' || n.notice as line
  from notice n join message m on m.id = n.message_id where n.obligation_id = ${id}::int and n.person_id = ${cast.alice.id}::int and n.outcome = 'said' order by n.id`)).map((one) => one.line)
const stateOf = async (id: number): Promise<string> => (await rows<{ state: string }>(app.database.db, sql`select state from obligation where id = ${id}::int`))[0]!.state

describe('the buttons of a mail', () => {
  test('offer what would do something: an expiry is acknowledged, snoozed or handed back, and has no "done"', async () => {
    await toldOfAnExpiry()
    expect(await buttonsIn(app, 1)).toEqual([labels.acknowledge, labels.snooze, labels['not-mine']])
  })

  test('a duty that is done has its "done"', async () => {
    const { message } = await toldOfAPlatform('2026-12-07', 'state-report')
    expect(await buttonsIn(app, message, 'yearly state')).toContain(labels.done)
  })

  test('of the last two notices before the day, and after it, nothing can be snoozed', async () => {
    await toldOfAnExpiry()
    for (const on of ['2027-06-23', '2027-06-30', '2027-07-01']) {
      await morning(on)
      expect([on, await buttonsIn(app, await lastMessage())]).toEqual([on, [labels.acknowledge, labels['not-mine']]])
    }
  })

  test('who is only told of it has none', async () => {
    await toldOfAnExpiry()
    await morning('2027-06-23')
    const { text } = (await rows<{ text: string }>(app.database.db, sql`select text from message where person_id = ${cast.bob.id}::int`))[0]!
    expect(text).not.toContain('/answer/')
  })
})

describe('acknowledging', () => {
  test('is recorded with who, which notice and how, once however often it is pressed', async () => {
    const id = await toldOfAnExpiry()
    const token = await tokenIn(app, 1, 'acknowledge')
    expect(await Promise.all([press(token), press(token)])).toEqual([{ ok: true }, { ok: true }])
    expect(await press(token)).toEqual({ ok: true })
    expect(await answers()).toEqual(['Alice acknowledge P30D mail-link'])
    expect((await listHistory(app.database.db, 'obligation', id)).map((one) => one.event).filter((one) => one.startsWith('answer'))).toEqual(['answer-acknowledge'])
    expect(await stateOf(id)).toBe('open')
  })

  test('of a notice whose day has moved since does nothing, and the page says so', async () => {
    const { id, message } = await toldOfAPlatform('2027-09-02', 'reassessment-application')
    const token = await tokenIn(app, message, 'acknowledge', 'Re-assessment')
    await act(app, (db, now) => bookObligation(app, db, id, day('2028-06-01'), { now, pastTheLimit: 'refuse' }))
    expect((await pageOf(token))!.duties[0]!.decision).toEqual({ ok: false, refusal: 'moved' })
    expect(await press(token)).toEqual({ ok: false, refusal: { kind: 'nothing' } })
    expect(await answers()).toEqual([])
  })
})

describe('snoozing', () => {
  test('is quiet until its day, and then says the tightest notice', async () => {
    await toldOfAnExpiry()
    expect(await press(await tokenIn(app, 1, 'snooze'), { untilOn: '2027-06-14' })).toEqual({ ok: true })
    expect(await answers()).toEqual(['Alice snooze P30D 2027-06-14 mail-link'])
    for (const on of ['2027-06-07', '2027-06-11', '2027-06-14']) await morning(on)
    expect((await ledger(app)).filter((line) => line.includes('again'))).toEqual(['Alice 2027-06-14 again-2027-06-14 said'])
  })

  test.each([
    ['2027-05-31', 'snooze-range'], ['2027-06-01', undefined], ['2027-06-22', undefined], ['2027-06-23', 'snooze-range'], ['', 'no-day'], ['soon', 'no-day'],
  ])('until %s: %s', async (untilOn, refusal) => {
    await toldOfAnExpiry()
    const result = await press(await tokenIn(app, 1, 'snooze'), { untilOn })
    expect(result.ok ? undefined : result.refusal.kind).toBe(refusal)
    if (!result.ok) expect([result.refusal.first?.toString(), result.refusal.last?.toString()]).toEqual(['2027-06-01', '2027-06-22'])
    expect((await answers()).length).toBe(refusal ? 0 : 1)
  })

  test('proposes a working day within its range', async () => {
    await toldOfAnExpiry()
    const { days } = (await pageOf(await tokenIn(app, 1, 'snooze')))!
    expect([days!.first, days!.last, days!.proposed].map(String)).toEqual(['2027-06-01', '2027-06-22', '2027-06-22'])
  })

  test('is refused once the second-last notice is due, however old the mail', async () => {
    await toldOfAnExpiry()
    const token = await tokenIn(app, 1, 'snooze')
    opened.clock.set('2027-06-23T09:00:00Z')
    expect(await press(token, { untilOn: '2027-06-28' })).toEqual({ ok: false, refusal: { kind: 'nothing' } })
  })
})

describe('"done"', () => {
  test('meets a duty of tier C whose rule asks for no more', async () => {
    const { id, message } = await toldOfAPlatform('2026-12-07', 'state-report')
    expect(await press(await tokenIn(app, message, 'done', 'yearly state'), { doneOn: '2026-12-04' })).toEqual({ ok: true })
    expect(await stateOf(id)).toBe('met')
    expect(await answers()).toEqual(['Alice done P90D 2026-12-04 mail-link'])
  })

  test('B36 a scanner that presses the button silences no deadline', async () => {
    const { id, message } = await toldOfAPlatform('2027-09-02', 'reassessment-application')
    for (const action of ['acknowledge', 'snooze', 'done', 'not-mine'] as const) {
      await press(await tokenIn(app, message, action, 'Re-assessment'))
    }
    // Without a day nothing is done, nor snoozed by whoever leaves out the one proposed.
    expect(await answers()).toEqual(['Alice acknowledge P365D mail-link', 'Alice not-mine P365D mail-link'])
    // Even with one a duty of tier A is only submitted by a link, whatever its rule asks for.
    await press(await tokenIn(app, message, 'done', 'Re-assessment'), { doneOn: '2027-09-02' })
    await press(await tokenIn(app, message, 'snooze', 'Re-assessment'), { untilOn: '2028-06-01' })
    expect(await stateOf(id)).toBe('submitted')
    for (const on of ['2028-07-31', '2028-08-17', '2028-08-18', '2028-08-31', '2028-09-01', '2028-09-04', '2028-09-08']) await morning(on)
    expect(await saidOf(id)).toEqual(['2027-09-02 P365D', '2028-08-18 P14D', '2028-09-01 P0D', '2028-09-08 overdue-1'])
  })

  test.each([['', 'no-day'], ['2026-12-08', 'future'], ['2023-12-01', 'long-ago'], ['7 December', 'no-day']])('on "%s" is refused: %s', async (doneOn, kind) => {
    const { id, message } = await toldOfAPlatform('2026-12-07', 'state-report')
    const result = await press(await tokenIn(app, message, 'done', 'yearly state'), { doneOn })
    expect(result.ok ? undefined : result.refusal.kind).toBe(kind)
    expect([await stateOf(id), await answers()]).toEqual(['open', []])
  })

  test('applies to each duty of its line that it can: the recertification, and not the expiry of the same day', async () => {
    const { id } = await aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Frankfurt', days: { decision: '2026-03-01' } })
    await morning('2028-06-02')
    const token = await tokenIn(app, await lastMessage(), 'done', 'Recertification')
    const page = (await pageOf(token))!
    expect(page.duties.map((one) => `${one.obligation.ruleId} ${one.decision.ok ? one.decision.effect : one.decision.refusal}`).sort()).toEqual(['expiry expiry', 'recertification submitted'])
    await press(token, { doneOn: '2028-06-01' })
    expect([(await dutyOf(app, id, 'recertification')).state, (await dutyOf(app, id)).state]).toEqual(['submitted', 'open'])
    expect((await pageOf(token))!.duties.map((one) => one.obligation.ruleId)).toEqual(['recertification'])
  })
})

describe('"not mine"', () => {
  test('changes no owner, and the compliance manager is told once', async () => {
    const id = await toldOfAnExpiry()
    await press(await tokenIn(app, 1, 'not-mine'), { remark: '  Ask Zoe <zoe@example.org> ' })
    const duty = (await rows<{ owner: number | null }>(app.database.db, sql`select owner_id as owner from obligation where id = ${id}::int`))[0]
    expect(duty!.owner).toBeNull()
    expect((await listAnswers(app, undefined, 10))[0]!.remark).toBe('Ask Zoe <zoe@example.org>')
    const news = await rows<{ person: number; key: string; facts: object }>(app.database.db, sql`select person_id as person, key, facts from news where kind = 'not-mine'`)
    expect(news).toEqual([{ person: cast.carol.id, key: `obligation/${id}`, facts: { by: cast.alice.id, answer: 1 } }])
    expect(JSON.stringify(await listHistory(app.database.db, 'obligation', id))).not.toContain('zoe')
    await morning('2027-06-23')
    expect((await ledger(app)).filter((line) => line.startsWith('Alice'))).toContain('Alice 2027-06-23 P7D said')
    const { text } = (await rows<{ text: string }>(app.database.db, sql`select text from message where person_id = ${cast.carol.id}::int order by id desc`))[0]!
    expect(text).toContain('Alice: Ask Zoe <zoe@example.org>')
  })

  test('after it was given to somebody else there is nothing to answer', async () => {
    const id = await toldOfAnExpiry()
    await act(app, (db, now) => assignObligation(app, db, id, cast.bob.id, { now }))
    const token = await tokenIn(app, 1, 'not-mine')
    expect((await pageOf(token))!.duties[0]!.decision).toEqual({ ok: false, refusal: 'reassigned' })
    expect(await press(token)).toEqual({ ok: false, refusal: { kind: 'nothing' } })
  })
})

describe('a mailbox that several people read', () => {
  test('is asked who acts, among the people of its organisation', async () => {
    const box = await aPerson(app, { name: 'Security', organisationId: cast.organisation.id })
    await app.database.transact((db) => updatePerson(db, box.id, { kind: 'mailbox' }))
    await toldOfAnExpiry(box.id)
    const token = await tokenIn(app, 1, 'acknowledge')
    expect((await pageOf(token))!.opened.actors.map((one) => one.name)).toEqual(['Alice', 'Bob', 'Carol'])
    for (const actor of [undefined, '', String(box.id), '999', 'Bob']) expect(await press(token, { actor })).toEqual({ ok: false, refusal: { kind: 'actor' } })
    expect(await press(token, { actor: String(cast.bob.id) })).toEqual({ ok: true })
    expect((await listAnswers(app, undefined, 10)).map((one) => `${one.person}, by ${one.actor}`)).toEqual(['Security, by Bob'])
  })
})

describe('taking back', () => {
  test('E6 an answer by link says so and can be taken back for thirty days by the same link', async () => {
    const id = await toldOfAnExpiry()
    const token = await tokenIn(app, 1, 'snooze')
    await press(token, { untilOn: '2027-06-14' })
    const { given } = (await pageOf(token))!
    expect([given!.via, given!.by, given!.untilOn!.toString(), given!.canBeTakenBack]).toEqual(['mail-link', 'Alice', '2027-06-14', true])
    expect(await takeBackByLink(app, token)).toBe(true)
    expect(await takeBackByLink(app, token)).toBe(true)
    expect(await answers()).toEqual(['Alice snooze P30D 2027-06-14 mail-link taken back'])
    expect((await listHistory(app.database.db, 'obligation', id)).filter((one) => one.event === 'answer-taken-back')).toHaveLength(1)
    // And it can be answered anew.
    expect(await press(token, { untilOn: '2027-06-10' })).toEqual({ ok: true })
    expect((await answers()).length).toBe(2)
  })

  test('thirty days later it is too late, and the way out is named', async () => {
    await toldOfAnExpiry()
    const token = await tokenIn(app, 1, 'acknowledge')
    await press(token)
    opened.clock.set('2027-06-30T09:00:01Z')
    await expect(takeBackByLink(app, token)).rejects.toThrow(/more than 30 days ago.*obligation reopen/)
    expect(await pageOf(token)).toBeUndefined()
  })

  test('an answer given on the last day of its link can be taken back for thirty days all the same', async () => {
    await toldOfAnExpiry()
    const token = await tokenIn(app, 1, 'acknowledge')
    opened.clock.set('2027-06-30T08:59:00Z')
    await press(token)
    opened.clock.set('2027-07-20T09:00:00Z')
    expect((await pageOf(token))!.given!.canBeTakenBack).toBe(true)
    expect(await takeBackByLink(app, token)).toBe(true)
    expect(await pageOf(token)).toBeUndefined()
  })

  test('what was done is open again', async () => {
    const { id, message } = await toldOfAPlatform('2026-12-07', 'state-report')
    await press(await tokenIn(app, message, 'done', 'yearly state'), { doneOn: '2026-12-04' })
    await act(app, (db, now) => takeBackAnswer(app, db, 1, { now, via: 'command' }))
    expect(await stateOf(id)).toBe('open')
    await expect(act(app, (db, now) => takeBackAnswer(app, db, 1, { now, via: 'command' }))).rejects.toThrow('taken back already')
  })

  test('where somebody has decided further nothing is undone', async () => {
    const { id, message } = await toldOfAPlatform('2027-09-02', 'reassessment-application')
    const token = await tokenIn(app, message, 'done', 'Re-assessment')
    await press(token, { doneOn: '2027-09-01' })
    await act(app, (db, now) => meetObligation(app, db, id, day('2027-09-02'), { now }))
    await expect(takeBackByLink(app, token)).rejects.toThrow(`Somebody has decided further about duty ${id} since: it is met`)
    expect([await stateOf(id), (await answers()).some((one) => one.includes('taken back'))]).toEqual(['met', false])
    await act(app, (db, now) => reopenObligation(app, db, id, 'a slip', { now }))
    expect(await takeBackByLink(app, token)).toBe(true)
    expect(await stateOf(id)).toBe('open')
  })

  test('"not mine" taken back is no news any more', async () => {
    await toldOfAnExpiry()
    const token = await tokenIn(app, 1, 'not-mine')
    await press(token)
    await takeBackByLink(app, token)
    expect(await rows(app.database.db, sql`select 1 from news where closed_at is null`)).toEqual([])
  })
})

test('looking at the page of every link changes no row', async () => {
  const { message } = await toldOfAPlatform('2026-12-07', 'state-report')
  const before = await everyRow(app)
  for (const action of ['acknowledge', 'done', 'not-mine'] as const) expect(await pageOf(await tokenIn(app, message, action, 'yearly state'))).toBeDefined()
  expect(await everyRow(app)).toEqual(before)
})
