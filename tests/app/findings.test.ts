import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { decideCertification } from '../../src/app/decisions.ts'
import { readDigestBlocks } from '../../src/app/digest-blocks.ts'
import { rederiveAll } from '../../src/app/derivation.ts'
import {
  addFinding, answerFinding, assignFinding, closeFinding, type FindingInput, type FindingView, gradeFinding, listFindings, proveFinding, refuseWhileBlocked, reopenFinding, verifyFinding,
} from '../../src/app/findings.ts'
import { showCertification } from '../../src/app/lists.ts'
import { confirmObligation, doneObligation, meetObligation, reopenObligation } from '../../src/app/obligations.ts'
import { loadWorld } from '../../src/app/world.ts'
import { weekdays } from '../../src/core/calendar.ts'
import { readDirectory } from '../../src/store/people.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, type Cast, dutiesOf, dutyOf, testApp, type TestApp } from '../helpers/records.ts'

let opened: TestApp
let app: App
let cast: Cast
let id: number

beforeAll(async () => {
  opened = await testApp()
  app = opened.app
})
beforeEach(async () => {
  await opened.reset()
  cast = await aCast(app)
  id = (await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Main', days: { decision: '2024-03-10', expiry: '2027-03-10' } })).id
})
afterAll(() => opened.close())

const add = (rest: Partial<FindingInput> = {}): Promise<FindingView> => act(app, (db, now) => addFinding(app, db, {
  certificationId: id, grade: 'major', title: 'No risk treatment', foundOn: day('2026-11-20'), number: 'NC-1', ...rest,
}, { now }))
const found = async (): Promise<string[]> => (await dutiesOf(app, id)).filter((one) => one.includes('finding-'))
const answered = (on = '2026-11-23') => act(app, (db, now) => answerFinding(app, db, 1, { on: day(on), rootCause: 'nobody was told' }, { now }))
const prove = (on = '2026-11-23') => act(app, (db, now) => proveFinding(app, db, 1, day(on), { now }))
const verify = (on = '2026-11-24') => act(app, (db, now) => verifyFinding(app, db, 1, day(on), { now }))
const decide = (kind: 'renew' | 'withdraw') => act(app, (db, now) =>
  decideCertification(app, db, id, { kind, decidedOn: day('2026-11-24') }, now))

describe('a major nonconformity', () => {
  test('gives a duty for each day, shortened to the last valid day', async () => {
    await add()
    expect(await found()).toEqual(['2026-12-04 finding-1/answer open', '2027-02-18 finding-1/proof open', '2027-03-04 finding-1/verification open'])
  })

  test('is answered, proven and verified, and its duties with it', async () => {
    await add()
    expect(await answered()).toMatchObject({ state: 'answered', rootCause: 'nobody was told' })
    expect(await prove()).toMatchObject({ state: 'proof-sent', open: true })
    expect(await verify()).toMatchObject({ state: 'closed', open: false })
    expect(await found()).toEqual(['2026-12-04 finding-1/answer met', '2027-02-18 finding-1/proof met', '2027-03-04 finding-1/verification met'])
  })

  test('survives the rules being read anew', async () => {
    await add()
    await rederiveAll(app, await loadWorld(app.database.db), app.clock.now())
    expect((await found()).every((one) => one.endsWith('open'))).toBe(true)
  })

  test('is followed through its duties as well', async () => {
    await add()
    const done = async (rule: string, on: string) => { const duty = await dutyOf(app, id, rule); await act(app, (db, now) => doneObligation(app, db, duty.id, day(on), { now })) }
    await expect(done('finding-1/proof', '2026-11-23')).rejects.toThrow('Answer first: finding answer 1 --on DAY')
    await done('finding-1/answer', '2026-11-23')
    await done('finding-1/proof', '2026-11-23')
    const [one] = await listFindings(app, app.database.db, { certificationId: id }, 10)
    expect([one!.state, String(one!.answeredOn), String(one!.provenOn)]).toEqual(['proof-sent', '2026-11-23', '2026-11-23'])
    const duty = await dutyOf(app, id, 'finding-1/verification')
    await act(app, (db, now) => meetObligation(app, db, duty.id, day('2026-11-24'), { now }))
    expect((await listFindings(app, app.database.db, { certificationId: id }, 10))[0]!.state).toBe('closed')
  })

  test('whose proof was recorded by mistake owes it again', async () => {
    await add()
    await answered()
    await prove()
    const duty = await dutyOf(app, id, 'finding-1/answer')
    await expect(act(app, (db, now) => reopenObligation(app, db, duty.id, 'wrong', { now }))).rejects.toThrow('finding reopen 1')
    const proof = await dutyOf(app, id, 'finding-1/proof')
    await act(app, (db, now) => reopenObligation(app, db, proof.id, 'wrong', { now }))
    expect((await listFindings(app, app.database.db, {}, 10))[0]!.state).toBe('answered')
  })

  test('that the body refuses is owed again by reopening it', async () => {
    await add()
    await answered()
    await prove()
    expect(await act(app, (db, now) => reopenFinding(app, db, 1, { now }))).toMatchObject({ state: 'answered' })
    expect(await found()).toContain('2027-02-18 finding-1/proof open')
  })

  test('taken back owes nothing, and everything again once that was a mistake', async () => {
    await add()
    expect(await act(app, (db, now) => closeFinding(app, db, 1, { reason: 'the auditor withdrew it' }, { now }))).toMatchObject({ state: 'taken-back', closedReason: 'the auditor withdrew it' })
    expect((await found()).every((one) => one.endsWith('not-applicable'))).toBe(true)
    await act(app, (db, now) => reopenFinding(app, db, 1, { now }))
    expect((await found()).every((one) => one.endsWith('open'))).toBe(true)
  })

  test('keeps the renewal and an extension from being decided until it is verified', async () => {
    await add()
    await expect(decide('renew')).rejects.toThrow('Finding 1 (NC-1), graded major, is not verified by 2026-11-24: while it is open, no renewal can be decided.')
    for (const [kind, state, noun] of [['extend', 'active', 'extension'], ['restore', 'expired-restorable', 'restoration'], ['grant', 'planned', 'grant'], ['restore', 'suspended', ''], ['suspend', 'active', '']] as const) {
      const asked = refuseWhileBlocked(app.database.db, id, { kind, decidedOn: day('2026-11-24') }, state)
      await (noun ? expect(asked).rejects.toThrow(`no ${noun} can be decided`) : expect(asked).resolves.toBeUndefined())
    }
    await answered()
    await prove()
    await verify()
    await decide('renew')
    expect(await dutiesOf(app, id)).toContain('2029-11-24 recertification open')
  })

  test('is said on the certificate, late once its own last day has passed', async () => {
    await add()
    const remark = async (asOf: string) => (await showCertification(app, id, day(asOf))).remarks.filter((one) => one.kind === 'finding-open').map((one) => one.late)
    expect([await remark('2026-11-24'), await remark('2026-12-04'), await remark('2026-12-05'), await remark('2026-11-19')]).toEqual([[false], [false], [true], []])
  })

  test('is owed no more once the certificate is withdrawn', async () => {
    await add()
    await decide('withdraw')
    expect((await found()).every((one) => one.endsWith('not-applicable'))).toBe(true)
  })

  test('of which the answer was past when it was entered asks what became of it', async () => {
    await add({ foundOn: day('2026-10-01') })
    expect((await found())[0]).toBe('2026-10-15 finding-1/answer unconfirmed')
    const duty = await dutyOf(app, id, 'finding-1/answer')
    await act(app, (db, now) => confirmObligation(app, db, duty.id, { answer: 'done', on: day('2026-10-10') }, { now }))
    expect((await listFindings(app, app.database.db, {}, 10))[0]!.state).toBe('answered')
  })
})

describe('other grades', () => {
  test('a minor one is closed by its answer', async () => {
    await add({ grade: 'minor' })
    expect(await found()).toEqual(['2027-02-18 finding-1/answer open'])
    expect(await answered()).toMatchObject({ state: 'closed' })
    expect(await act(app, (db, now) => verifyFinding(app, db, 1, day('2026-11-24'), { now }))).toMatchObject({ state: 'closed' })
  })
  test('an observation owes nothing and takes no day', async () => {
    expect(await add({ grade: 'observation' })).toMatchObject({ state: 'noted', open: false, owed: undefined })
    expect(await found()).toEqual([])
    await expect(add({ grade: 'observation', answerDueOn: day('2026-12-24') })).rejects.toThrow('owes nothing')
  })
  test('graded again, its days follow, but for those that a person gave', async () => {
    await add({ proofDueOn: day('2027-01-15') })
    const again = await act(app, (db, now) => gradeFinding(app, db, 1, { grade: 'minor', reason: 'one record of many' }, { now }))
    expect([again.grade, String(again.answerDueOn), String(again.proofDueOn), again.blocks]).toEqual(['minor', '2027-01-15', '2027-01-15', false])
  })
})

describe('refused is', () => {
  const refusals: readonly [string, Partial<FindingInput>, string][] = [
    ['a grade that the scheme has not', { grade: 'fatal' }, 'Grades: major'], ['a day to come', { foundOn: day('2026-11-25') }, 'lies in the future'],
    ['no title', { title: '  ' }, '--title'], ['an audit that is not there', { auditId: 9 }, 'There is no audit 9'], ['no day', { foundOn: undefined }, '--on YYYY-MM-DD'],
    ['a title too long', { title: 'x'.repeat(301) }, '300 characters'], ['days out of turn', { answerDueOn: day('2027-03-01') }, 'too early'],
  ]
  test.each(refusals)('%s', async (_what, rest, says) => { await expect(add(rest)).rejects.toThrow(says) })
  test('a scheme without a scale, with the way out', async () => {
    const other = await aCertification(app, { organisationId: 1, name: 'Other' })
    await expect(add({ certificationId: other.id })).rejects.toThrow('fips-140 has no scale of findings. Give it one in a scheme file of your own that extends it')
  })
  test('an audit of something else', async () => {
    await app.database.db.execute(sql`insert into audit (organisation_id, title, created_at, revision) values (1, 'Other', now(), 1)`)
    await expect(add({ auditId: 1 })).rejects.toThrow('covers no duty of certification')
  })
})

describe('everybody', () => {
  test('finds theirs: an owner of a finding owns its duties', async () => {
    await add()
    await act(app, (db, now) => assignFinding(app, db, 1, cast.bob.id, { now }))
    expect((await dutyOf(app, id, 'finding-1/proof')).ownerId).toBe(cast.bob.id)
    const of = async (ownerId: number) => (await listFindings(app, app.database.db, { ownerId }, 10)).length
    expect([await of(cast.bob.id), await of(cast.alice.id)]).toEqual([1, 0])
  })
  test('sees in the weekly status what is open, major ones first', async () => {
    await add({ grade: 'minor', number: 'NC-2' })
    await add()
    await add({ grade: 'observation' })
    const { db } = app.database
    const blocks = await readDigestBlocks(app, db, {
      scope: [cast.organisation], within: { organisationIds: [cast.organisation.id] }, zone: 'UTC', world: await loadWorld(db), directory: await readDirectory(db), calendar: weekdays, day: day('2026-12-05'), since: app.clock.now(), now: app.clock.now(),
    })
    expect(blocks.findings.map((one) => `${one.number} ${one.grade.en} ${one.owed} ${one.daysLeft} ${one.light}`)).toEqual([
      'NC-1 Major nonconformity answer -1 red', 'NC-2 Minor nonconformity answer 75 grey',
    ])
  })
  test('reads in the history what happened, in ids and days only', async () => {
    await add()
    await answered()
    const rows = await app.database.db.execute(sql`select event, facts from history where event like 'finding-%' order by id limit 10`)
    expect(JSON.stringify(rows)).toContain('finding-answered')
    expect(JSON.stringify(rows)).not.toContain('risk treatment')
    expect(JSON.stringify(rows)).not.toContain('nobody was told')
  })
})
