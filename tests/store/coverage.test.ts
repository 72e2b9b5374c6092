import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from 'drizzle-orm'
import type { CoverageKind } from '../../src/core/certification.ts'
import { findCertification, insertCertifications, listCertifications, saveCoverage } from '../../src/store/certifications.ts'
import { type Db, rows, violatedConstraint } from '../../src/store/database.ts'
import { insertOrganisation } from '../../src/store/people.ts'
import { databases, type TestDatabase } from '../helpers/database.ts'
import { day, instant } from '../helpers/factory.ts'

const at = instant('2026-11-24T08:00:00Z')

describe.each(databases())('what a certificate covers on %s', (_name, open) => {
  let opened: TestDatabase
  let db: Db
  let group: number
  let other: number

  beforeAll(async () => {
    opened = await open()
    db = opened.database.db
  })
  beforeEach(async () => {
    await opened.reset()
    const { id: organisationId } = await insertOrganisation(db, { name: 'Harbour Cloud', zone: 'UTC', calendar: 'weekdays', language: 'en', sendHour: '09:00', createdAt: at })
    const add = async (name: string): Promise<number> => (await insertCertifications(db, [{
      organisationId, scheme: 'iso-27001', options: {}, name, registerKey: name, registerFacts: {}, enteredOn: day('2026-11-24'), createdAt: at,
    }]))[0]!
    group = await add('Group')
    other = await add('Other')
  })
  afterAll(() => opened.close())

  const covered = async (id: number) => {
    const { covers, sites } = (await findCertification(db, id))!
    return { covers, sites }
  }
  const insert = (kind: CoverageKind | 'town', ordinal: number, name: string) =>
    db.execute(sql`insert into coverage (certification_id, kind, ordinal, name) values (${group}, ${kind}, ${ordinal}, ${name})`)

  test('is nothing until something is said', async () => {
    expect(await covered(group)).toEqual({ covers: [], sites: [] })
  })

  test('comes back in the order of its annex, organisations apart from sites, of each certificate its own', async () => {
    await saveCoverage(db, group, 'organisation', ['Zulu Ltd', 'Alpha Ltd', '港云数据有限公司'])
    await saveCoverage(db, group, 'site', ['Dock 4', 'Alpha Ltd'])
    await saveCoverage(db, other, 'site', ['Quay 1'])
    expect(await covered(group)).toEqual({ covers: ['Zulu Ltd', 'Alpha Ltd', '港云数据有限公司'], sites: ['Dock 4', 'Alpha Ltd'] })
    expect(await covered(other)).toEqual({ covers: [], sites: ['Quay 1'] })
    expect((await listCertifications(db, {})).map((one) => [...one.covers, ...one.sites].length)).toEqual([5, 1])
  })

  test('keeps its order beyond nine', async () => {
    const names = Array.from({ length: 25 }, (_, n) => `Site ${25 - n}`)
    await saveCoverage(db, group, 'site', names)
    expect((await covered(group)).sites).toEqual(names)
  })

  test('said anew replaces what was said of that kind, and of no other', async () => {
    await saveCoverage(db, group, 'organisation', ['A', 'B'])
    await saveCoverage(db, group, 'site', ['Dock 4'])
    await saveCoverage(db, other, 'organisation', ['A'])
    await saveCoverage(db, group, 'organisation', ['B', 'C'])
    expect(await covered(group)).toEqual({ covers: ['B', 'C'], sites: ['Dock 4'] })
    expect(await covered(other)).toEqual({ covers: ['A'], sites: [] })
  })

  test('of nothing takes all of it away', async () => {
    await saveCoverage(db, group, 'organisation', ['A', 'B'])
    await saveCoverage(db, group, 'organisation', [])
    expect(await covered(group)).toEqual({ covers: [], sites: [] })
    expect(await rows(db, sql`select 1 from coverage`)).toEqual([])
  })

  test('in more than a thousand lines is kept whole', async () => {
    const names = Array.from({ length: 1200 }, (_, n) => `Branch ${n}`)
    await saveCoverage(db, group, 'organisation', names)
    expect((await covered(group)).covers).toEqual(names)
  })

  test('is refused by the database where the application would let it through', async () => {
    const constraint = async (work: PromiseLike<unknown>): Promise<string | undefined> =>
      await Promise.resolve(work).then(() => 'accepted', (cause: unknown) => violatedConstraint(cause))
    await insert('site', 1, 'Dock 4')
    expect(await constraint(insert('site', 2, 'Dock 4'))).toBe('coverage_names_each_once')
    expect(await constraint(insert('site', 1, 'Quay 1'))).toBe('coverage_is_in_the_order_of_the_certificate')
    expect(await constraint(insert('town', 3, 'Harbour'))).toBe('coverage_is_of_an_organisation_or_a_site')
    expect(await covered(group)).toEqual({ covers: [], sites: ['Dock 4'] })
  })
})
