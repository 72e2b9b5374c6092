import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { insertCertifications } from '../../src/store/certifications.ts'
import type { Db } from '../../src/store/database.ts'
import * as store from '../../src/store/findings.ts'
import { insertOrganisation, insertPerson } from '../../src/store/people.ts'
import { databases, type TestDatabase } from '../helpers/database.ts'
import { day, instant } from '../helpers/factory.ts'

const at = instant('2026-11-24T08:00:00Z')

describe.each(databases())('findings on %s', (_name, open) => {
  let opened: TestDatabase
  let db: Db
  let certificationId: number
  let alice: number

  beforeAll(async () => {
    opened = await open()
    db = opened.database.db
  })
  beforeEach(async () => {
    await opened.reset()
    const { id: organisationId } = await insertOrganisation(db, { name: 'Harbour Cloud', zone: 'UTC', calendar: 'weekdays', language: 'en', sendHour: '09:00', createdAt: at })
    alice = (await insertPerson(db, { organisationId, name: 'Alice', roles: ['owner'], createdAt: at })).id
    certificationId = (await insertCertifications(db, [{
      organisationId, scheme: 'iso-27001', options: {}, name: 'Main', registerKey: 'Main', registerFacts: {}, ownerId: alice, enteredOn: day('2026-11-24'), createdAt: at,
    }]))[0]!
  })
  afterAll(() => opened.close())

  const insert = (rest: Partial<store.NewFinding> = {}): Promise<number> => store.insertFinding(db, {
    certificationId, cycle: 1, auditId: undefined, number: undefined, grade: 'major', title: 'No risk treatment', clause: undefined, site: undefined, foundOn: day('2026-11-20'),
    ownerId: undefined, closesBy: 'verification', blocks: true, basis: 'clause', mark: 'unverified', answerDueOn: day('2026-12-04'), proofDueOn: undefined, verifyDueOn: undefined, ...rest,
  }, at)
  const found = async (id: number) => (await store.listFindings(db, { id }, 1))[0]!.finding
  const listed = async (filter: store.FindingFilter) => (await store.listFindings(db, filter, 100)).map((one) => one.finding.id)

  test('one comes back as it was written', async () => {
    const one = await found(await insert({ number: 'NC-1', clause: '6.1.3', site: 'Hamburg' }))
    expect(one).toMatchObject({ certificationId, cycle: 1, number: 'NC-1', clause: '6.1.3', site: 'Hamburg', grade: 'major', closesBy: 'verification', blocks: true, revision: 1, ownerId: undefined, closedOn: undefined })
    expect([String(one.foundOn), String(one.answerDueOn), String(one.proofDueOn)]).toEqual(['2026-11-20', '2026-12-04', 'undefined'])
  })

  test('of two who change the same one, the second is told', async () => {
    const read = await found(await insert())
    expect(await store.changeFinding(db, read, { answeredOn: day('2026-11-24'), correction: 'done' })).toBe(true)
    expect(await store.changeFinding(db, read, { answeredOn: null })).toBe(false)
    expect(await found(read.id)).toMatchObject({ correction: 'done', revision: 2 })
  })

  test('graded again has the new rule', async () => {
    const read = await found(await insert())
    await store.changeFinding(db, read, { rule: { grade: 'minor', closesBy: 'answer', blocks: false, basis: 'other', mark: 'confirmed', answerDueOn: undefined, proofDueOn: undefined, verifyDueOn: undefined } })
    expect(await found(read.id)).toMatchObject({ grade: 'minor', closesBy: 'answer', blocks: false, answerDueOn: undefined, basis: 'other' })
  })

  test('are listed by certification, grade, owner, day and whether anything has closed them', async () => {
    const first = await insert()
    const second = await insert({ grade: 'minor', ownerId: alice, foundOn: day('2026-11-24') })
    const noted = await insert({ grade: 'observation', closesBy: 'nothing', blocks: false })
    await store.changeFinding(db, await found(second), { closedOn: day('2026-11-24') })
    expect(await listed({ certificationId })).toEqual([first, second, noted])
    expect(await listed({ grade: 'minor' })).toEqual([second])
    expect(await listed({ ownerId: alice })).toEqual([first, second, noted])
    expect(await listed({ foundBy: day('2026-11-23') })).toEqual([first, noted])
    expect(await listed({ unclosedOnly: true })).toEqual([first])
    expect(await listed({ within: { organisationIds: [99] } })).toEqual([])
    expect((await store.listBlockingOf(db, [certificationId])).map((one) => one.id)).toEqual([first, second])
    expect([...await store.listGrades(db, [first, second])]).toEqual([[first, 'major'], [second, 'minor']])
  })

  test('an audit that is not there is none', async () => {
    expect(await store.findAuditOf(db, 5, certificationId)).toBeUndefined()
  })
})
