import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Decision } from '../../src/core/certification.ts'
import * as store from '../../src/store/certifications.ts'
import { type Db, violatedConstraint } from '../../src/store/database.ts'
import { listRegister } from '../../src/store/register.ts'
import { databases } from '../helpers/database.ts'
import { day, instant } from '../helpers/factory.ts'
import { anOrganisation, aPerson, testApp, type TestApp } from '../helpers/records.ts'

const at = instant('2026-11-24T08:00:00Z')
const constraintOf = (work: Promise<unknown>): Promise<string | undefined> => work.then(() => 'nothing', violatedConstraint)

const values = (name: string, rest: Partial<store.CertificationValues> = {}): store.CertificationValues => ({
  organisationId: 1, scheme: 'fips-140', options: { level: '2' }, name, registerKey: name, registerFacts: { vendor: 'Acme' },
  enteredOn: day('2026-11-24'), createdAt: at, ...rest,
})

describe.each(databases())('certifications on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
  })
  beforeEach(async () => {
    await opened.reset()
    await anOrganisation(opened.app)
  })
  afterAll(() => opened.close())

  test('a batch longer than one statement gets its numbers in the order it was given', async () => {
    const names = Array.from({ length: 1203 }, (_each, n) => `Module ${(n * 7919) % 1203}`)
    const ids = await store.insertCertifications(db, names.map((name) => values(name)))
    expect((await store.readCertifications(db, ids)).map((one) => one.name)).toEqual(names)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
  })

  test('a record comes back whole: cycles in order, anchors by name, decisions as they were entered', async () => {
    const [id] = await store.insertCertifications(db, [values('Module', { certificateNumber: '4711' })])
    await store.insertCycles(db, [{ certificationId: id!, number: 2, kind: 'recertification' }, { certificationId: id!, number: 1, kind: 'initial' }])
    await store.saveAnchors(db, [
      { certificationId: id!, cycle: 1, name: 'expiry', day: day('2027-06-30'), assumed: false },
      { certificationId: id!, cycle: 1, name: 'decision', day: day('2022-07-01'), assumed: true },
    ])
    const decided: Decision[] = [
      { kind: 'renew', cycle: 2, decidedOn: day('2027-06-01') },
      { kind: 'suspend', cycle: 1, decidedOn: day('2026-01-05'), untilOn: day('2026-07-05'), reason: 'late audit' },
    ]
    await store.insertDecisions(db, decided.map((one) => ({ ...one, certificationId: id!, recordedAt: at })))
    const found = await store.findCertification(db, id!)
    expect(found).toMatchObject({ name: 'Module', options: { level: '2' }, certificateNumber: '4711', ownerId: undefined, scope: undefined })
    expect(found?.cycles.map((cycle) => `${cycle.number} ${cycle.kind}: ${cycle.anchors.map((one) => `${one.name} ${one.day.toString()}${one.assumed ? '?' : ''}`).join(', ')}`))
      .toEqual(['1 initial: decision 2022-07-01?, expiry 2027-06-30', '2 recertification: '])
    expect(found?.decisions.map((one) => `${one.kind} ${one.cycle} ${one.decidedOn.toString()} ${one.untilOn?.toString() ?? '-'} ${one.reason ?? '-'}`))
      .toEqual(['renew 2 2027-06-01 - -', 'suspend 1 2026-01-05 2026-07-05 late audit'])
  })

  test('an anchor saved again is replaced, and one removed is gone', async () => {
    const [id] = await store.insertCertifications(db, [values('Module')])
    await store.insertCycles(db, [{ certificationId: id!, number: 1, kind: 'initial' }])
    const anchor = (name: string, text: string) => ({ certificationId: id!, cycle: 1, name, day: day(text), assumed: false })
    await store.saveAnchors(db, [anchor('decision', '2022-07-01'), anchor('expiry', '2027-06-30')])
    await store.saveAnchors(db, [anchor('expiry', '2027-07-31')])
    await store.removeAnchors(db, id!, 1, ['decision', 'nothing of that name'])
    await store.removeAnchors(db, id!, 1, [])
    const found = await store.findCertification(db, id!)
    expect(found?.cycles[0]?.anchors.map((one) => `${one.name} ${one.day.toString()}`)).toEqual(['expiry 2027-07-31'])
  })

  test('what a register calls a record finds it, within its organisation and scheme', async () => {
    await store.insertCertifications(db, [values('A', { registerKey: 'a' }), values('B', { registerKey: 'b' }), values('C', { registerKey: 'a', scheme: 'mlps' })])
    const found = await store.listByRegisterKeys(db, 1, 'fips-140', ['b', 'a', 'nobody'])
    expect(found.map((one) => [one.record.name, one.registerKey, one.registerFacts])).toEqual([['A', 'a', { vendor: 'Acme' }], ['B', 'b', { vendor: 'Acme' }]])
    expect(await constraintOf(store.insertCertifications(db, [values('D', { registerKey: 'a' })]))).toBe('register_key_is_used_once_per_organisation_and_scheme')
  })

  test('the register is read a page at a time, by number', async () => {
    await store.insertCertifications(db, ['A', 'B', 'C'].map((name) => values(name)))
    const first = await listRegister(db, 0, 2)
    const second = await listRegister(db, first.at(-1)!.record.id, 2)
    expect([first, second].map((page) => page.map((one) => one.registerKey))).toEqual([['A', 'B'], ['C']])
  })

  test('a list is narrowed by owner, organisation, scheme and words, which mean what they say', async () => {
    const ann = await aPerson(opened.app, { name: 'Ann', organisationId: 1 })
    const other = await anOrganisation(opened.app, 'Other')
    await store.insertCertifications(db, [
      values('100% Safe_Box', { ownerId: ann.id }), values('1000 Safe Boxes', { holder: 'Acme' }),
      values('Card', { organisationId: other.id, certificateNumber: 'IS 77' }), values('Office', { scheme: 'iso-27001' }),
    ])
    const names = async (filter: store.CertificationFilter, limit?: number) => (await store.listCertifications(db, filter, limit)).map((one) => one.name)
    expect(await names({ words: '100%' })).toEqual(['100% Safe_Box'])
    expect(await names({ words: 'safe_' })).toEqual(['100% Safe_Box'])
    expect(await names({ words: 'ACME' })).toEqual(['1000 Safe Boxes'])
    expect(await names({ words: 'is 77' })).toEqual(['Card'])
    expect(await names({ ownerId: ann.id })).toEqual(['100% Safe_Box'])
    expect(await names({ organisationId: other.id })).toEqual(['Card'])
    expect(await names({ scheme: 'iso-27001' })).toEqual(['Office'])
    expect(await names({ after: 1 }, 2)).toEqual(['1000 Safe Boxes', 'Card'])
  })

  test('those that ride on a certification are found by it', async () => {
    const [parent] = await store.insertCertifications(db, [values('Group')])
    const riders = await store.insertCertifications(db, [values('Site 1', { parentId: parent! }), values('Site 2', { parentId: parent! })])
    expect(await store.listRiders(db, parent!)).toEqual(riders)
    expect([...await store.listRiderNames(db, [parent!, riders[0]!])]).toEqual([[parent, ['Site 1', 'Site 2']]])
    expect(await constraintOf(store.updateCertification(db, parent!, { parentId: parent! }))).toBe('certification_is_not_its_own_parent')
    expect(await constraintOf(store.updateCertification(db, parent!, { parentId: 99 }))).toBe('parent_is_a_certification')
  })

  test('a change is written, and counted', async () => {
    const [id] = await store.insertCertifications(db, [values('Module')])
    await store.updateCertification(db, id!, { name: 'Module 2' })
    expect((await store.findCertification(db, id!))?.name).toBe('Module 2')
    expect(await store.findCertification(db, 99)).toBeUndefined()
  })

  test.each<[string, Partial<Decision>]>([
    ['decision_belongs_to_a_cycle', { cycle: 7 }],
    ['decision_lasts_until_a_day_not_before_it', { untilOn: day('2026-01-04') }],
    ['decision_kind_is_known', { kind: JSON.parse('"forgotten"') }],
  ])('says that a %s', async (sentence, wrong) => {
    const [id] = await store.insertCertifications(db, [values('Module')])
    await store.insertCycles(db, [{ certificationId: id!, number: 1, kind: 'initial' }])
    const one: Decision = { kind: 'suspend', cycle: 1, decidedOn: day('2026-01-05'), ...wrong }
    expect(await constraintOf(store.insertDecisions(db, [{ ...one, certificationId: id!, recordedAt: at }]))).toBe(sentence)
  })
})
