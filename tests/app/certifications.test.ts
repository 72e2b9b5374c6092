import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { editCertification, getCertification, registerCertifications } from '../../src/app/certifications.ts'
import { decideCertification, type DecisionInput } from '../../src/app/decisions.ts'
import { enterCertification, type NewCertification } from '../../src/app/entry.ts'
import { listCertifications } from '../../src/app/lists.ts'
import { bookObligation, doneObligation } from '../../src/app/obligations.ts'
import { startProcedure } from '../../src/app/procedures.ts'
import type { Anchor } from '../../src/core/certification.ts'
import { listHistory } from '../../src/store/history.ts'
import { findMessage } from '../../src/store/outbox.ts'
import { day } from '../helpers/factory.ts'
import {
  aCast, aCertification, type Cast, deliverAll, dutiesOf, dutyOf, ledger, planAt, testApp, type TestApp,
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

const iso = (decision = '2024-01-15') =>
  aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Office', days: { decision } })
const mlps = (days: Record<string, string>) =>
  aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'mlps', name: 'Payments', days })
const anchors = (days: Record<string, string>): Anchor[] => Object.entries(days).map(([name, text]) => ({ name, day: day(text), assumed: false }))
const decide = (id: number, kind: DecisionInput['kind'], on: string, rest: Partial<DecisionInput> = {}) =>
  app.database.transact((db) => decideCertification(app, db, id, { kind, decidedOn: day(on), ...rest }, app.clock.now()))
const edit = (id: number, change: Parameters<typeof editCertification>[3]) =>
  app.database.transact((db) => editCertification(app, db, id, change, { now: app.clock.now(), by: cast.carol }))
const act = () => ({ now: app.clock.now() })
/** The duties but for what prepares an audit, which has tests of its own. */
const limits = (duties: readonly string[]): string[] => duties.filter((one) => !/internal-audit|management-review/.test(one))

const stateOf = async (id: number, asOf?: string): Promise<string> => {
  const [found] = await listCertifications(app, { after: id - 1 }, { limit: 1, asOf: asOf === undefined ? undefined : day(asOf) })
  const { state, endsOn, binds } = found!.standing
  return `${state} ${endsOn?.toString() ?? '-'} ${binds ?? '-'}`
}

describe('a renewal', () => {
  test('opens a new cycle with its own duties, and ends those of the old one', async () => {
    const { id } = await iso()
    opened.clock.set('2026-12-15T10:00:00Z')
    await decide(id, 'renew', '2026-12-14', { anchors: anchors({ expiry: '2030-01-15' }), certificateNumber: 'IS 2', reason: 'recertified' })
    const renewed = await getCertification(app.database.db, id)
    expect(renewed.cycles.map((one) => `${one.number} ${one.kind}`)).toEqual(['1 initial', '2 recertification'])
    expect(renewed.certificateNumber).toBe('IS 2')
    expect(limits(await dutiesOf(app, id)).toSorted()).toEqual([
      '2025-01-15 surveillance-1 not-applicable', '2026-12-31 surveillance #2026 not-applicable',
      '2027-01-15 expiry met', '2027-01-15 recertification met',
      '2027-12-31 surveillance-in-later-cycle #2027 open', '2028-12-31 surveillance-in-later-cycle #2028 open', '2029-12-31 surveillance-in-later-cycle #2029 open',
      '2030-01-15 expiry open', '2030-01-15 recertification open',
    ].toSorted())
    expect(await stateOf(id)).toBe('active 2030-01-15 expiry')
    expect((await listHistory(app.database.db, 'certification', id)).map((one) => one.event)).toEqual(['certification-renew', 'certification-added'])
  })

  test('stops the reminders of the old cycle, also of a mail already planned', async () => {
    const { id } = await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, days: { decision: '2022-07-01', expiry: '2027-06-30' } })
    await planAt(opened, '2027-05-31T09:00:00Z')
    await decide(id, 'renew', '2027-05-31', { anchors: anchors({ expiry: '2032-06-30' }) })
    expect(await deliverAll(app)).toEqual(['cancelled'])
    for (const morning of ['2027-06-23', '2027-06-30', '2027-07-01', '2027-07-08']) await planAt(opened, `${morning}T09:00:00Z`)
    expect((await ledger(app)).filter((one) => one.includes(' said'))).toEqual([])
  })

  test.each([
    ['in the future', 'renew', '2026-11-25', {}, 'A decision of 2026-11-25 lies in the future (today is 2026-11-24). Enter it once it is taken.'],
    ['until before it begins', 'renew', '2026-11-20', { expiry: '2026-11-20' }, 'The expiry 2026-11-20 must be after the decision 2026-11-20.'],
    ['by a day the scheme does not know', 'renew', '2026-11-20', { sunset: '2030-01-01' }, 'iso-27001 has no anchor "sunset". Anchors: decision, issue, first-issue, expiry.'],
  ] as const)('%s is refused', async (_what, kind, on, days, sentence) => {
    const { id } = await iso()
    await expect(decide(id, kind, on, { anchors: anchors(days) })).rejects.toThrow(sentence)
    expect((await getCertification(app.database.db, id)).cycles).toHaveLength(1)
  })
})

describe('suspended', () => {
  test('it has a last day, and restoring it ends that duty', async () => {
    const { id } = await iso()
    await decide(id, 'suspend', '2026-11-24', { reason: 'missed surveillance' })
    expect(await stateOf(id)).toBe('suspended 2027-01-15 expiry')
    expect(await dutiesOf(app, id)).toContain('2027-01-15 suspension-end open')
    await planAt(opened, '2026-11-24T09:00:00Z')
    // Alice also of the mark and of the customers: those are hers alone.
    expect((await ledger(app)).filter((one) => one.includes('opens')).map((one) => one.split(' ')[0])).toEqual(['Alice', 'Alice', 'Alice', 'Bob', 'Carol'])
    expect(await dutiesOf(app, id)).toEqual(expect.arrayContaining(['2026-12-01 customers-told-of-suspension open', '2026-12-01 mark-while-suspended open']))
    opened.clock.set('2026-12-10T10:00:00Z')
    await decide(id, 'restore', '2026-12-10')
    expect(await dutiesOf(app, id)).toContain('2027-01-15 suspension-end met')
    expect(await dutiesOf(app, id)).toEqual(expect.arrayContaining(['2026-12-01 customers-told-of-suspension not-applicable', '2026-12-01 mark-while-suspended not-applicable']))
    expect(await stateOf(id)).toBe('active 2027-01-15 expiry')
  })

  test('until a day before the decision is refused', async () => {
    const { id } = await iso()
    await expect(decide(id, 'suspend', '2026-11-20', { untilOn: day('2026-11-19') })).rejects.toThrow('The last day 2026-11-19 is before the decision of 2026-11-20.')
  })

  test('it cannot be renewed before it is restored, and the refusal says what can be done', async () => {
    const { id } = await iso()
    await decide(id, 'suspend', '2026-11-20')
    await expect(decide(id, 'renew', '2026-11-24')).rejects.toThrow(
      '"Office" is suspended: a certification that is suspended cannot be renewed. Allowed now: restore, withdraw, cancel, archive, reduce-scope.')
  })
})

describe('expired', () => {
  test('but restorable: a restoration must say the expiry, and opens a cycle', async () => {
    const { id } = await iso('2023-10-02')
    expect(await stateOf(id)).toBe('expired-restorable 2026-10-02 expiry')
    await expect(decide(id, 'restore', '2026-11-24')).rejects.toThrow('Give the expiry it prints: --set expiry=DAY')
    await decide(id, 'restore', '2026-11-24', { anchors: anchors({ expiry: '2029-10-02' }) })
    expect(await stateOf(id)).toBe('active 2029-10-02 expiry')
    expect(await dutiesOf(app, id)).toEqual(expect.arrayContaining(['2026-10-02 expiry met', '2027-04-02 restoration met', '2029-10-02 expiry open']))
  })

  test('for too long, it can only be granted anew', async () => {
    const { id } = await iso('2022-10-02')
    await expect(decide(id, 'restore', '2026-11-24', { anchors: anchors({ expiry: '2028-10-02' }) }))
      .rejects.toThrow('a certification that is expired cannot be restored. Allowed now: grant, cancel, archive.')
  })
})

describe('what ends a certification', () => {
  test.each([
    ['withdraw', 'withdrawn 2026-11-24 withdrawal'], ['cancel', 'cancelled 2026-11-24 cancellation'], ['archive', 'archived 2026-11-24 archive'],
  ] as const)('%s: nothing is owed any more, steps of its run included, and nobody hears', async (kind, state) => {
    const { id } = await iso()
    await app.database.transact((db) => startProcedure(app, db, { certificationId: id, template: 'recertification', startOn: day('2026-11-24') }, act()))
    await decide(id, kind, '2026-11-24')
    expect(await stateOf(id)).toBe(state)
    expect((await dutiesOf(app, id)).filter((one) => !one.endsWith('not-applicable'))).toEqual([])
    await planAt(opened, '2027-01-15T09:00:00Z')
    expect(await ledger(app)).toEqual([])
    await expect(decide(id, 'renew', '2026-11-24')).rejects.toThrow('Enter a new certification instead.')
  })

  test('what was done before stays done', async () => {
    const { id } = await iso('2026-02-02')
    const audit = await dutyOf(app, id, 'surveillance-1')
    await app.database.transact((db) => doneObligation(app, db, audit.id, day('2026-11-20'), act()))
    await decide(id, 'cancel', '2026-11-24')
    expect(await dutiesOf(app, id)).toContain('2027-02-02 surveillance-1 met')
  })
})

describe('an extension', () => {
  test('moves the end, by the scheme\'s length or to the day given, and only where the scheme has one', async () => {
    const filing = await mlps({ filing: '2025-02-10' })
    expect(await stateOf(filing.id)).toBe('active 2028-02-09 expiry')
    await decide(filing.id, 'extend', '2026-11-24')
    expect(await stateOf(filing.id)).toBe('active 2029-02-09 extension')
    expect(await dutiesOf(app, filing.id)).toContain('2029-02-09 expiry open')
    await decide(filing.id, 'extend', '2026-11-24', { untilOn: day('2029-06-30') })
    expect(await stateOf(filing.id)).toBe('active 2029-06-30 extension')
    const office = await iso()
    await expect(decide(office.id, 'extend', '2026-11-24', { untilOn: day('2027-03-31') })).rejects.toThrow('its validity is not extended (ISO/IEC 17021-1 9.6.3.2.4')
    expect(await stateOf(office.id)).toBe('active 2027-01-15 expiry')
  })

  test('that would change nothing is refused', async () => {
    const { id } = await mlps({ filing: '2025-02-10' })
    await expect(decide(id, 'extend', '2026-11-24', { untilOn: day('2028-02-09') })).rejects.toThrow('it is valid until 2028-02-09 already')
  })
})

describe('an assessment report', () => {
  test('meets the yearly duty and opens the next', async () => {
    const { id } = await mlps({ filing: '2025-02-10', report: '2025-12-15' })
    expect(await dutiesOf(app, id)).toContain('2026-12-15 yearly-assessment #202512 open')
    await edit(id, { anchors: anchors({ report: '2026-11-20' }) })
    expect(await dutiesOf(app, id)).toEqual(expect.arrayContaining([
      '2026-12-15 yearly-assessment #202512 met', '2027-11-20 yearly-assessment #202611 open', '2026-12-21 table-4 #202611 open',
    ]))
    const met = await dutyOf(app, id, 'yearly-assessment')
    expect(met.metOn?.toString()).toBe('2026-11-20')
  })

  test('corrected within its month moves the next one instead', async () => {
    const { id } = await mlps({ filing: '2025-02-10', report: '2026-11-20' })
    expect((await edit(id, { anchors: anchors({ report: '2026-11-18' }) })).map((one) => `${one.rule} ${String(one.from)} ${String(one.to)}`).toSorted())
      .toEqual(['table-4 2026-12-21 2026-12-18', 'yearly-assessment 2027-11-20 2027-11-18'])
  })
})

describe('a corrected record', () => {
  test('says which duties moved, and the next mail says from where, to where and by whom', async () => {
    const { id } = await aCertification(app, { organisationId: 1, ownerId: cast.alice.id })
    await planAt(opened, '2027-05-31T09:00:00Z')
    await deliverAll(app)
    opened.clock.set('2027-06-01T10:00:00Z')
    const moved = await edit(id, { anchors: anchors({ expiry: '2027-07-02' }) })
    expect(moved.map((one) => `${one.rule} ${String(one.from)} ${String(one.to)}`)).toEqual(['expiry 2027-06-30 2027-07-02'])
    await planAt(opened, '2027-06-02T09:00:00Z')
    await deliverAll(app)
    expect((await findMessage(app.database.db, 2))!.text).toContain('Moved: from Wed 30 Jun 2027 to Fri 2 Jul 2027, by Carol')
    expect((await listHistory(app.database.db, 'obligation', 1))[0]).toMatchObject({ event: 'obligation-moved', facts: { from: '2027-06-30', to: '2027-07-02' } })
  })

  test('that moves no day says nothing again', async () => {
    const { id } = await aCertification(app, { organisationId: 1, ownerId: cast.alice.id })
    await planAt(opened, '2027-05-31T09:00:00Z')
    await deliverAll(app)
    opened.clock.set('2027-06-01T10:00:00Z')
    expect(await edit(id, { name: 'Module 2', certificationBody: 'Nordcert' })).toEqual([])
    await planAt(opened, '2027-06-02T09:00:00Z')
    expect((await ledger(app)).filter((one) => one.includes('2027-06-02'))).toEqual([])
  })

  test('what a person planned and decided stays where it was', async () => {
    const { id } = await iso('2026-02-02')
    const audit = await dutyOf(app, id, 'surveillance-1')
    await app.database.transact((db) => bookObligation(app, db, audit.id, day('2027-01-12'), { ...act(), pastTheLimit: 'refuse' }))
    await edit(id, { anchors: anchors({ decision: '2026-02-20' }) })
    const duty = await dutyOf(app, id, 'surveillance-1')
    expect([duty.dueOn, duty.bookedOn].map(String)).toEqual(['2027-02-20', '2027-01-12'])
  })

  test('given to somebody else is heard of by them, and kept as a change of owner', async () => {
    const { id } = await aCertification(app, { organisationId: 1, ownerId: cast.alice.id })
    await edit(id, { ownerId: cast.bob.id })
    await planAt(opened, '2027-05-31T09:00:00Z')
    expect((await ledger(app)).filter((one) => one.includes(' said'))).toEqual(['Bob 2027-05-31 P30D said'])
    expect((await listHistory(app.database.db, 'certification', id))[0]).toMatchObject({ event: 'certification-owner', actorId: cast.carol.id })
  })

  test.each([
    [{ sunset: '2030-01-01' }, 'fips-140 has no anchor "sunset". Anchors: decision, issue, first-issue, expiry.'],
    [{ decision: '2027-06-30' }, 'The expiry 2027-06-30 must be after the decision 2027-06-30.'],
  ] as const)('by %j is refused', async (days, sentence) => {
    const { id } = await aCertification(app, { organisationId: 1 })
    await expect(edit(id, { anchors: anchors(days) })).rejects.toThrow(sentence)
  })

  test('that does not exist is refused, with the way to find those that do', async () => {
    await expect(edit(99, { name: 'x' })).rejects.toThrow('There is no certification 99. List them with: certification list')
    await expect(decide(99, 'renew', '2026-11-24')).rejects.toThrow('There is no certification 99.')
  })
})

describe('entered by hand', () => {
  const enter = (values: Partial<NewCertification>) => app.database.transact((db) => enterCertification(app, db, {
    organisationId: 1, scheme: 'iso-27001', options: {}, name: 'Office', cycleKind: 'initial', days: { decision: day('2026-01-05') }, ...values,
  }, app.clock.now()))

  test.each<[string, Partial<NewCertification>]>([
    ['Say what is certified: --name NAME.', { name: ' ' }],
    ['There is no scheme "iso-9999".', { scheme: 'iso-9999' }],
    ['iso-27001 has no anchor "start".', { days: { start: day('2026-01-05') } }],
    ['iso-27001 needs a day to count from.', { days: {} }],
    ['The expiry 2026-01-05 must be after the decision 2026-01-05.', { days: { decision: day('2026-01-05'), expiry: day('2026-01-05') } }],
    ['"1999" is not a value of edition.', { options: { edition: '1999' } }],
    ['iso-27001 has no option "level".', { options: { level: '3' } }],
  ])('is refused: %s', async (sentence, wrong) => {
    await expect(enter(wrong)).rejects.toThrow(sentence)
    expect(await listCertifications(app, {}, {})).toEqual([])
  })

  test('twice is refused, naming the first and what to do', async () => {
    await enter({})
    await expect(enter({})).rejects.toThrow('"Office" is entered already, as certification 1. Correct it with: certification edit')
  })

  test('what was past by then waits for an answer, the rest is open', async () => {
    expect(await enter({ days: { decision: day('2025-10-06') } })).toMatchObject({ outcome: 'added', unconfirmed: 1 })
    expect(limits(await dutiesOf(app, 1))).toEqual([
      '2026-10-06 surveillance-1 unconfirmed', '2027-12-31 surveillance #2027 open', '2028-10-06 expiry open', '2028-10-06 recertification open',
    ])
  })

  test('a corrected day that brings an unanswered duty ahead again opens it', async () => {
    await enter({ days: { decision: day('2025-10-06') } })
    await edit(1, { anchors: anchors({ decision: '2026-10-06' }) })
    expect(await dutiesOf(app, 1)).toContain('2027-10-06 surveillance-1 open')
  })
})

describe('a certificate that rides on another', () => {
  test('is named in its line', async () => {
    const group = await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Group', days: { decision: '2022-07-01', expiry: '2027-06-30' } })
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Site', parentId: group.id, days: { decision: '2022-07-01', expiry: '2027-12-31' } })
    await planAt(opened, '2027-05-31T09:00:00Z')
    await deliverAll(app)
    expect((await findMessage(app.database.db, 1))!.text).toMatch(/Rides along: Site/)
  })
})

describe('a register that is read again', () => {
  test('leaves alone what was decided here since', async () => {
    const draft = {
      organisationId: 1, scheme: 'fips-140', options: {}, name: 'Module', registerKey: 'm', registerFacts: {}, cycleKind: 'initial' as const,
      anchors: anchors({ decision: '2022-07-01', expiry: '2027-06-30' }), decisions: [],
    }
    const read = () => app.database.transact((db) => registerCertifications(app, db, [draft], app.clock.now()))
    expect((await read())[0]!.outcome).toBe('added')
    await edit(1, { ownerId: cast.bob.id })
    expect((await read())[0]!.outcome).toBe('unchanged')
  })
})
