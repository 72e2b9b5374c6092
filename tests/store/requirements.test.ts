import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { insertCertifications } from '../../src/store/certifications.ts'
import { type Db, violatedConstraint } from '../../src/store/database.ts'
import { insertOrganisation, insertPerson } from '../../src/store/people.ts'
import * as store from '../../src/store/requirements.ts'
import { databases, type TestDatabase } from '../helpers/database.ts'
import { day, instant } from '../helpers/factory.ts'

const at = instant('2026-11-24T08:00:00Z')
const later = instant('2026-11-25T08:00:00Z')

describe.each(databases())('requirements on %s', (_name, open) => {
  let opened: TestDatabase
  let db: Db
  let certificationId: number
  let alice: number
  let bob: number

  beforeAll(async () => {
    opened = await open()
    db = opened.database.db
  })
  beforeEach(async () => {
    await opened.reset()
    const { id: organisationId } = await insertOrganisation(db, { name: 'Harbour Cloud', zone: 'UTC', calendar: 'weekdays', language: 'en', sendHour: '09:00', createdAt: at })
    const add = async (name: string) => (await insertPerson(db, { organisationId, name, roles: ['owner'], createdAt: at })).id
    alice = await add('Alice')
    bob = await add('Bob')
    certificationId = await aRecord('Cloud host', alice)
  })
  afterAll(() => opened.close())

  const aRecord = async (name: string, ownerId?: number): Promise<number> => (await insertCertifications(db, [{
    organisationId: 1, scheme: 'trucs', options: {}, name, registerKey: name, registerFacts: {}, ownerId, enteredOn: day('2026-11-24'), createdAt: at,
  }]))[0]!
  const item = (code: string, rest: Partial<store.NewRequirement> = {}): store.NewRequirement =>
    ({ certificationId, area: 'data', code, ordinal: 1, title: { en: `Item ${code}`, zh: `条目 ${code}` }, ...rest })
  const insert = async (code: string, rest?: Partial<store.NewRequirement>): Promise<number> => (await store.insertRequirements(db, [item(code, rest)], at))[0]!
  const found = async (id: number) => (await store.findRequirement(db, id))!
  const listed = async (filter: store.RequirementFilter, limit = 100) => (await store.listRequirements(db, filter, limit)).map((one) => one.code)

  test('an item comes back as it was written, open where nothing else was said', async () => {
    const id = await insert('1', { ordinal: 3, state: 'not-applicable', reason: 'no disks', ownerId: bob })
    expect(await found(id)).toEqual({
      id, certificationId, area: 'data', code: '1', ordinal: 3, title: { en: 'Item 1', zh: '条目 1' }, state: 'not-applicable', ownerId: bob, reason: 'no disks', revision: 1,
    })
    expect(await found(await insert('2'))).toMatchObject({ state: 'open', ownerId: undefined, reason: undefined })
  })

  test('a batch longer than one statement gets its numbers in the order it was given', async () => {
    const codes = Array.from({ length: 701 }, (_each, n) => String((n * 389) % 701))
    const ids = await store.insertRequirements(db, codes.map((code) => item(code)), at)
    expect((await Promise.all([0, 299, 300, 700].map((n) => found(ids[n]!)))).map((one) => one.code)).toEqual([0, 299, 300, 700].map((n) => codes[n]))
  })

  test('a code is used once per certification', async () => {
    await insert('1')
    const failed = await insert('1').then(() => undefined, (error: unknown) => error)
    expect(violatedConstraint(failed)).toBe('requirement_code_is_used_once_per_certification')
    await insert('1', { certificationId: await aRecord('Storage') })
  })

  test('who comes second changes nothing', async () => {
    const one = await found(await insert('1'))
    expect(await store.changeRequirement(db, one, { state: 'met' }, later)).toBe(true)
    expect(await store.changeRequirement(db, one, { state: 'open' }, later)).toBe(false)
    expect(await found(one.id)).toMatchObject({ state: 'met', revision: 2 })
  })

  test('what the scheme decides is rewritten beside what a person decided', async () => {
    const id = await insert('1', { state: 'met', ownerId: bob })
    await store.rewriteRequirement(db, { id, code: '1', area: 'service', ordinal: 9, title: { en: 'New', zh: '新' } })
    expect(await found(id)).toMatchObject({ area: 'service', ordinal: 9, title: { en: 'New', zh: '新' }, state: 'met', ownerId: bob })
  })

  test('lists follow the place in the list, are filtered and end at their limit', async () => {
    const other = await aRecord('Storage', bob)
    await insert('c', { ordinal: 3, state: 'met' })
    await insert('a', { ordinal: 1, area: 'service' })
    await insert('b', { ordinal: 2, ownerId: bob })
    await insert('z', { certificationId: other, ownerId: alice })
    await insert('y', { certificationId: other, ordinal: 2 })
    expect(await listed({})).toEqual(['a', 'b', 'c', 'z', 'y'])
    expect(await listed({}, 2)).toEqual(['a', 'b'])
    expect(await listed({ certificationId })).toEqual(['a', 'b', 'c'])
    expect(await listed({ areas: ['service'] })).toEqual(['a'])
    expect(await listed({ state: 'met' })).toEqual(['c'])
    expect(await listed({ ownerId: alice })).toEqual(['a', 'c', 'z'])
    expect(await listed({ ownerId: bob })).toEqual(['b', 'y'])
    expect((await store.listRequirements(db, { certificationId: other }, 9)).map((one) => [one.certification, one.scheme, one.effectiveOwnerId]))
      .toEqual([['Storage', 'trucs', alice], ['Storage', 'trucs', bob]])
    expect((await store.listRequirementsOf(db, [other, certificationId])).map((one) => one.code)).toEqual(['a', 'b', 'c', 'z', 'y'])
  })
})
