import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { editCertification, getCertification } from '../../src/app/certifications.ts'
import { decideCertification, type DecisionInput } from '../../src/app/decisions.ts'
import { keepHouse } from '../../src/app/jobs.ts'
import { listCertifications } from '../../src/app/lists.ts'
import * as duties from '../../src/app/obligations.ts'
import type { App } from '../../src/app/app.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, type Cast, dutiesOf, dutyOf, testApp, type TestApp } from '../helpers/records.ts'

// Slips and their mending: what a wrong day or option did is undone by the right one, nothing is called
// done by it, and what would move everything by a year is refused.

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

const act = () => ({ now: app.clock.now() })
const decide = (id: number, kind: DecisionInput['kind'], on: string, set: Record<string, string> = {}) => app.database.transact((db) =>
  decideCertification(app, db, id, {
    kind, decidedOn: day(on), anchors: Object.entries(set).map(([name, text]) => ({ name, day: day(text), assumed: false })),
  }, app.clock.now()))
const edit = (id: number, days: Record<string, string | null>, options?: Record<string, string>) => app.database.transact((db) =>
  editCertification(app, db, id, { options, anchors: Object.entries(days).map(([name, text]) => ({ name, day: text === null ? null : day(text) })) }, act()))
const limits = async (id: number): Promise<string[]> => (await dutiesOf(app, id)).filter((one) => !/internal-audit|management-review/.test(one))
const mlps = (days: Record<string, string>) => aCertification(app, {
  organisationId: 1, ownerId: cast.alice.id, scheme: 'mlps', name: 'Payments', options: { level: '3' }, days,
})
const iso = (days: Record<string, string>) => aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Office', days })
const stateOf = async (id: number): Promise<string> => {
  const [found] = await listCertifications(app, { after: id - 1 }, { limit: 1 })
  return `${found!.standing.state} ${String(found!.standing.endsOn)}`
}

describe('an option corrected and put back', () => {
  test('leaves the yearly assessment owed: no report has come', async () => {
    const { id } = await mlps({ filing: '2025-02-10', report: '2026-03-02' })
    await edit(id, {}, { level: '2' })
    expect(await dutiesOf(app, id)).toContain('2027-03-02 yearly-assessment #202603 not-applicable')
    await edit(id, {}, { level: '3' })
    expect(await dutiesOf(app, id)).toContain('2027-03-02 yearly-assessment #202603 open')
  })
})

describe('a day corrected', () => {
  test('takes along the decision day that it stood in for', async () => {
    const { id } = await iso({ issue: '2026-01-10' })
    await edit(id, { issue: '2026-03-15' })
    expect(await limits(id)).toContain('2027-03-15 surveillance-1 open')
    expect((await getCertification(app.database.db, id)).cycles[0]!.anchors.find((one) => one.name === 'decision')).toMatchObject({ assumed: true })
  })

  test('is taken away again, and what it had settled is owed again', async () => {
    const { id } = await mlps({ filing: '2025-02-10' })
    await edit(id, { report: '2026-03-02' })
    expect(await dutiesOf(app, id)).toContain('2026-02-10 first-assessment met')
    await edit(id, { report: null })
    expect(await dutiesOf(app, id)).toContain('2026-02-10 first-assessment open')
  })

  test('with which the cycle begins cannot be taken away', async () => {
    const { id } = await iso({ decision: '2026-01-10' })
    await expect(edit(id, { decision: null })).rejects.toThrow('decision is the day the cycle begins with: correct it, it cannot be taken away.')
  })
})

describe('a decision', () => {
  test('to renew keeps the last report: the next assessment is a year after it, not after the renewal', async () => {
    const { id } = await mlps({ filing: '2025-02-10', report: '2026-06-20' })
    await decide(id, 'renew', '2026-11-20', { expiry: '2029-11-19' })
    expect(await limits(id)).toContain('2027-06-20 yearly-assessment #202606 open')
  })

  test('to renew is refused a second time, and before the running cycle', async () => {
    const { id } = await iso({ decision: '2024-01-15' })
    await decide(id, 'renew', '2026-11-20', { expiry: '2030-01-15' })
    for (const on of ['2026-11-20', '2026-10-01']) await expect(decide(id, 'renew', on)).rejects.toThrow('The running cycle of "Office" began on 2026-11-20')
    expect((await getCertification(app.database.db, id)).cycles).toHaveLength(2)
  })

  test('to grant what has expired begins a cycle anew', async () => {
    const { id } = await iso({ decision: '2022-01-10', expiry: '2025-01-10' })
    expect(await stateOf(id)).toBe('expired 2025-01-10')
    await decide(id, 'grant', '2026-05-04')
    expect((await getCertification(app.database.db, id)).cycles.map((one) => one.kind)).toEqual(['initial', 'initial'])
    expect(await stateOf(id)).toBe('active 2029-05-04')
    expect(await limits(id)).toContain('2027-05-04 surveillance-1 open')
  })

  test('of the time before a renewal does not touch the cycle after it', async () => {
    const { id } = await iso({ decision: '2023-12-15' })
    await decide(id, 'renew', '2026-11-02', { expiry: '2029-12-15' })
    await decide(id, 'suspend', '2026-10-01')
    expect(await stateOf(id)).toBe('active 2029-12-15')
  })

  test('that ends what was due before it was typed in says the day it was taken', async () => {
    const { id } = await iso({ decision: '2023-12-15' })
    await decide(id, 'renew', '2026-10-02', { expiry: '2029-12-15' })
    expect(String((await dutyOf(app, id, 'recertification')).metOn)).toBe('2026-10-02')
  })
})

describe('an audit in the year of the decision itself', () => {
  test('leaves the next calendar year an audit of its own', async () => {
    const { id } = await iso({ decision: '2026-01-10' })
    const first = await dutyOf(app, id, 'surveillance-1')
    await app.database.transact((db) => duties.doneObligation(app, db, first.id, day('2026-11-20'), act()))
    expect(await limits(id)).toContain('2027-12-31 surveillance #2027 open')
  })
})

describe('what was said of a duty', () => {
  test('a booking is taken back, and what prepares the audit is a plan again', async () => {
    const { id } = await iso({ decision: '2026-03-01' })
    const audit = await dutyOf(app, id, 'surveillance-1')
    const before = await dutiesOf(app, id)
    await app.database.transact((db) => duties.bookObligation(app, db, audit.id, day('2027-01-20'), { ...act(), pastTheLimit: 'refuse' }))
    expect(await dutiesOf(app, id)).not.toEqual(before)
    await app.database.transact((db) => duties.unbookObligation(app, db, audit.id, act()))
    expect(await dutiesOf(app, id)).toEqual(before)
    await expect(app.database.transact((db) => duties.unbookObligation(app, db, audit.id, act()))).rejects.toThrow('has no booked day')
  })

  test('done is taken back with its reason, and the audit is prepared again', async () => {
    const { id } = await iso({ decision: '2026-03-01' })
    const audit = await dutyOf(app, id, 'surveillance-1')
    const before = await dutiesOf(app, id)
    await app.database.transact((db) => duties.doneObligation(app, db, audit.id, day('2026-11-20'), act()))
    await expect(app.database.transact((db) => duties.reopenObligation(app, db, audit.id, ' ', act()))).rejects.toThrow('Say why it is open again')
    await app.database.transact((db) => duties.reopenObligation(app, db, audit.id, 'the wrong office', act()))
    // The audit of 2027 that followed from it is gone again.
    expect((await dutiesOf(app, id)).filter((one) => !one.endsWith('not-applicable'))).toEqual(before)
  })

  test('of a slip in the year is refused, and so is a report that is not later than the last one', async () => {
    const { id } = await mlps({ filing: '2025-02-10', report: '2026-10-02' })
    const assessment = await dutyOf(app, id, 'yearly-assessment')
    const met = (on: string) => app.database.transact((db) => duties.meetObligation(app, db, assessment.id, day(on), act()))
    await expect(met('2016-11-02')).rejects.toThrow('is more than three years before the last allowed day 2027-10-02. Is the year right?')
    await expect(met('2026-10-20')).rejects.toThrow('2026-10-20 is not in a later month than the report recorded last, 2026-10-02.')
    await met('2026-11-20')
    expect(await limits(id)).toContain('2027-11-20 yearly-assessment #202611 open')
  })
})

test('a record whose scheme is gone keeps its duties, and the night goes on for the others', async () => {
  const { id } = await iso({ decision: '2026-03-01' })
  await aCertification(app, { organisationId: 1, name: 'Module', days: { decision: '2025-01-10', expiry: '2026-11-20' } })
  const before = await dutiesOf(app, id)
  const without: App = { ...app, catalogue: { schemes: new Map([...app.catalogue.schemes].filter(([scheme]) => scheme !== 'iso-27001')) } }
  expect(await keepHouse(without, app.clock.now())).toMatchObject({ moved: 0, ended: 0 })
  expect(await dutiesOf(app, id)).toEqual(before)
})
