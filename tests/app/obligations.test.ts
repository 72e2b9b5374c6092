import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import * as duties from '../../src/app/obligations.ts'
import { changeObligation } from '../../src/store/obligations.ts'
import { listHistory } from '../../src/store/history.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, type Cast, dutiesOf, dutyOf, ledger, planAt, testApp, type TestApp } from '../helpers/records.ts'

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

const act = () => ({ now: app.clock.now(), by: cast.alice })
const iso = (decision: string) => aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Office', days: { decision } })
const run = <T>(work: Parameters<typeof app.database.transact<T>>[0]): Promise<T> => app.database.transact(work)
/** The first surveillance audit of an office certified on 1 February 2026, due a year later. */
const audit = async () => await dutyOf(app, (await iso('2026-02-01')).id, 'surveillance-1')
const expiry = async () => await dutyOf(app, (await aCertification(app, { organisationId: 1, ownerId: cast.alice.id })).id)
const unanswered = async () => await dutyOf(app, (await iso('2025-10-06')).id, 'surveillance-1')
const report = async () => await dutyOf(app, (await aCertification(app, {
  organisationId: 1, ownerId: cast.alice.id, scheme: 'mlps', name: 'Payments', days: { filing: '2025-02-10', report: '2026-03-02' },
})).id, 'yearly-assessment')

describe('booking', () => {
  test('makes notices count to the agreed day', async () => {
    const { id } = await audit()
    await planAt(opened, '2026-11-24T09:00:00Z')
    const booked = await run((db) => duties.bookObligation(app, db, id, day('2027-01-20'), { ...act(), pastTheLimit: 'refuse' }))
    expect([booked.bookedOn, booked.dueOn].map(String)).toEqual(['2027-01-20', '2027-02-01'])
    for (const rule of ['internal-audit-for-surveillance-1', 'management-review-for-surveillance-1']) {
      const { id: preparation } = await dutyOf(app, booked.certificationId, rule)
      await run((db) => duties.doneObligation(app, db, preparation, day('2026-11-24'), act()))
    }
    await planAt(opened, '2027-01-06T09:00:00Z')
    expect((await ledger(app)).filter((one) => one.startsWith('Alice 2027-01-06') && one.endsWith('said'))).toEqual(['Alice 2027-01-06 P14D said'])
  })

  test('counts what prepares the audit from the agreed day, and nothing else', async () => {
    const { certificationId, id } = await audit()
    const before = await dutiesOf(app, certificationId)
    await run((db) => duties.bookObligation(app, db, id, day('2027-01-20'), { ...act(), pastTheLimit: 'refuse' }))
    const after = await dutiesOf(app, certificationId)
    expect(before.filter((one) => !after.includes(one))).toEqual([
      '2027-01-02 internal-audit-for-surveillance-1 open', '2027-01-12 management-review-for-surveillance-1 open',
    ])
    expect(after.filter((one) => !before.includes(one))).toEqual([
      '2026-12-21 internal-audit-for-surveillance-1 open', '2026-12-31 management-review-for-surveillance-1 open',
    ])
  })

  test('so near that what prepares the audit was due before asks whether it was done, instead of calling it late', async () => {
    const { certificationId, id } = await audit()
    await run((db) => duties.bookObligation(app, db, id, day('2026-12-08'), { ...act(), pastTheLimit: 'refuse' }))
    expect(await dutiesOf(app, certificationId)).toContain('2026-11-08 internal-audit-for-surveillance-1 unconfirmed')
  })

  test('past the last allowed day is refused with that day, unless it is kept all the same', async () => {
    const { id } = await audit()
    await expect(run((db) => duties.bookObligation(app, db, id, day('2027-02-02'), { ...act(), pastTheLimit: 'refuse' })))
      .rejects.toThrow('2027-02-02 is past the last allowed day 2027-02-01. Agree on an earlier day, or add --past-the-limit to keep it all the same.')
    expect(String((await run((db) => duties.bookObligation(app, db, id, day('2027-02-02'), { ...act(), pastTheLimit: 'keep' }))).bookedOn)).toBe('2027-02-02')
  })

  test('on the last allowed day itself is in time, by the looser reading where there are two', async () => {
    const { id } = await audit()
    await run((db) => duties.bookObligation(app, db, id, day('2027-02-01'), { ...act(), pastTheLimit: 'refuse' }))
    const { id: assessment } = await report()
    await run((db) => duties.bookObligation(app, db, assessment, day('2027-12-31'), { ...act(), pastTheLimit: 'refuse' }))
  })

  test('an expiry is refused', async () => {
    const { id } = await expiry()
    await expect(run((db) => duties.bookObligation(app, db, id, day('2027-06-01'), { ...act(), pastTheLimit: 'keep' }))).rejects.toThrow('An expiry is not booked.')
  })
})

describe('done', () => {
  test('meets a duty that is met by carrying it out, and nobody hears of it any more', async () => {
    const { id } = await audit()
    const done = await run((db) => duties.doneObligation(app, db, id, day('2026-11-20'), act()))
    expect([done.state, String(done.metOn)]).toEqual(['met', '2026-11-20'])
    await planAt(opened, '2027-02-02T09:00:00Z')
    expect(await ledger(app)).toEqual([])
    expect((await listHistory(app.database.db, 'obligation', id))[0]).toMatchObject({ event: 'obligation-met', actorId: cast.alice.id, facts: { on: '2026-11-20' } })
  })

  test('only hands in what somebody else has to publish: it is asked for again once it is late', async () => {
    const { id } = await report()
    const handedIn = await run((db) => duties.doneObligation(app, db, id, day('2026-11-20'), act()))
    expect([handedIn.state, String(handedIn.submittedOn), handedIn.metOn]).toEqual(['submitted', '2026-11-20', undefined])
    await planAt(opened, '2027-03-02T09:00:00Z')
    expect((await ledger(app)).filter((one) => one.startsWith('Alice') && /P\d+D said/.test(one))).toEqual([])
    await planAt(opened, '2028-01-07T09:00:00Z')
    expect((await ledger(app)).filter((one) => one.startsWith('Alice') && one.includes('overdue-1 said'))).not.toEqual([])
    expect((await run((db) => duties.meetObligation(app, db, id, day('2027-11-20'), act()))).state).toBe('met')
  })

  test('in the future is refused', async () => {
    const { id } = await audit()
    await expect(run((db) => duties.doneObligation(app, db, id, day('2026-11-25'), act()))).rejects.toThrow('2026-11-25 lies in the future (today is 2026-11-24).')
    await expect(run((db) => duties.meetObligation(app, db, id, day('2026-11-25'), act()))).rejects.toThrow('2026-11-25 lies in the future')
  })

  test('is refused for an expiry, naming the decisions', async () => {
    const { id } = await expiry()
    for (const done of [duties.doneObligation, duties.meetObligation]) {
      await expect(run((db) => done(app, db, id, day('2026-11-20'), act()))).rejects.toThrow('certification renew, restore, cancel or withdraw')
    }
  })

  test('twice is refused', async () => {
    const { id } = await audit()
    await run((db) => duties.doneObligation(app, db, id, day('2026-11-20'), act()))
    await expect(run((db) => duties.doneObligation(app, db, id, day('2026-11-20'), act()))).rejects.toThrow(`Obligation ${id} is met already.`)
    await expect(run((db) => duties.assignObligation(app, db, id, cast.bob.id, act()))).rejects.toThrow('is met already')
  })
})

describe('not applicable', () => {
  test('needs a reason, and ends it', async () => {
    const { id } = await audit()
    await expect(run((db) => duties.dismissObligation(app, db, id, '  ', act()))).rejects.toThrow('Say why it is not applicable: --reason "…".')
    expect((await run((db) => duties.dismissObligation(app, db, id, ' merged with the group audit ', act()))).state).toBe('not-applicable')
  })
})

describe('whose it is', () => {
  test('is the duty\'s own owner before its certification\'s, until it is given back', async () => {
    const { id } = await expiry()
    await run((db) => duties.assignObligation(app, db, id, cast.bob.id, act()))
    await planAt(opened, '2027-04-01T09:00:00Z')
    await run((db) => duties.assignObligation(app, db, id, null, act()))
    await planAt(opened, '2027-05-31T09:00:00Z')
    expect((await ledger(app)).filter((one) => one.includes(' said'))).toEqual(['Bob 2027-04-01 P90D said', 'Alice 2027-05-31 P30D said'])
  })
})

describe('the answer about a duty that was past when it was entered', () => {
  test('"done" needs the day, and meets it', async () => {
    const { id } = await unanswered()
    await expect(run((db) => duties.confirmObligation(app, db, id, { answer: 'done' }, act()))).rejects.toThrow('Done when? Add --on YYYY-MM-DD.')
    await expect(run((db) => duties.confirmObligation(app, db, id, { answer: 'done', on: day('2026-11-25') }, act()))).rejects.toThrow('lies in the future')
    const done = await run((db) => duties.confirmObligation(app, db, id, { answer: 'done', on: day('2026-09-30') }, act()))
    expect([done.state, String(done.metOn)]).toEqual(['met', '2026-09-30'])
  })

  test('"open" lets it be reminded of, "not ours" ends it', async () => {
    const { id } = await unanswered()
    expect((await run((db) => duties.confirmObligation(app, db, id, { answer: 'open' }, act()))).state).toBe('open')
    await planAt(opened, '2026-11-24T09:00:00Z')
    expect((await ledger(app)).filter((one) => /^Alice .* overdue-\d+ said$/.test(one))).toHaveLength(1)
    const other = await dutyOf(app, (await aCertification(app, { organisationId: 1, scheme: 'iso-27001', name: 'Lab', days: { decision: '2025-10-06' } })).id, 'surveillance-1')
    expect((await run((db) => duties.confirmObligation(app, db, other.id, { answer: 'not-ours' }, act()))).state).toBe('not-applicable')
  })

  test('an expired certificate was renewed or given up: both are decisions, and the refusal names them', async () => {
    const { id, certificationId } = await dutyOf(app, (await aCertification(app, { organisationId: 1, days: { expiry: '2026-10-01' } })).id)
    await expect(run((db) => duties.confirmObligation(app, db, id, { answer: 'done', on: day('2026-10-01') }, act())))
      .rejects.toThrow(`Renewed? Record it: certification renew ${certificationId} --on DAY --set expiry=DAY. Given up? certification cancel ${certificationId} --on DAY.`)
  })

  test('comes before everything else, and only once', async () => {
    const { id } = await unanswered()
    await expect(run((db) => duties.doneObligation(app, db, id, day('2026-11-20'), act()))).rejects.toThrow(`Answer first: obligation confirm ${id} --answer done|open|not-ours`)
    await run((db) => duties.confirmObligation(app, db, id, { answer: 'open' }, act()))
    await expect(run((db) => duties.confirmObligation(app, db, id, { answer: 'open' }, act()))).rejects.toThrow(`Obligation ${id} is open: there is nothing to confirm.`)
  })
})

test('an unknown number is refused, with the way to find the known ones', async () => {
  await expect(run((db) => duties.getObligation(db, 99))).rejects.toThrow('There is no obligation 99. List them with: obligation list')
})

test('who comes second finds what the first one wrote', async () => {
  const duty = await audit()
  await run((db) => changeObligation(db, duty, { ownerId: cast.bob.id }, app.clock.now()))
  expect(await run((db) => changeObligation(db, duty, { ownerId: cast.carol.id }, app.clock.now()))).toBe(false)
})
