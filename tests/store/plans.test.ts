// A run of planning costs what is due, not what is stored (design 1.6): shown by PostgreSQL's own plans.

import { sql, type SQL } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultLadders } from '../../src/core/default-ladders.ts'
import { windowsOf } from '../../src/core/window.ts'
import { insertCertifications } from '../../src/store/certifications.ts'
import { type Db, rows } from '../../src/store/database.ts'
import { candidatesQuery, listCandidates } from '../../src/store/reminders.ts'
import { databases } from '../helpers/database.ts'
import { day, instant } from '../helpers/factory.ts'
import { anOrganisation, testApp, type TestApp } from '../helpers/records.ts'

const now = instant('2026-11-24T09:00:00Z')
const stored = 20_000

describe.each(databases())('with twenty thousand duties far ahead, on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
    await anOrganisation(opened.app)
    await insertCertifications(db, [{
      organisationId: 1, scheme: 'iso-27001', options: {}, name: 'Office', registerKey: 'o', registerFacts: {}, enteredOn: day('2026-11-24'), createdAt: now,
    }])
    const ladders = defaultLadders.map((one) => one.id)
    await db.execute(sql`insert into obligation (certification_id, organisation_id, cycle, rule_id, ordinal, kind, tier, ladder, title, due_on, met_by,
        owed_by, basis, mark, provisional, state, entered_on, revision)
      select 1, 1, 1, 'rule', n, 'report', 'A', (array[${sql.join(ladders.map((id) => sql`${id}`), sql`, `)}])[1 + n % ${ladders.length}::int],
        '{"en": "Report", "zh": "报告"}', date '2040-01-01' + n % 3650, 'submitted', 'organisation', 'clause', 'confirmed', false,
        case when n % 10 = 0 then 'unconfirmed' else 'open' end, '2026-11-24', 1
      from generate_series(1, ${stored}::int) as n`)
  })
  afterAll(() => opened.close())

  const windows = windowsOf(defaultLadders, now.subtract({ hours: 24 }), now)
  const explain = async (query: SQL, how = ''): Promise<string[]> =>
    (await rows<{ 'QUERY PLAN': string }>(db, sql`explain ${sql.raw(how)} ${query}`)).map((row) => row['QUERY PLAN'])
  /** The number of 8 KB blocks a query touches; the top line of the plan counts those below it. */
  const blocksOf = async (query: SQL): Promise<number> => {
    const [line = ''] = (await explain(query, '(analyze, buffers)')).filter((one) => one.includes('Buffers:'))
    return [...line.matchAll(/shared (?:hit=(\d+))?(?: ?read=(\d+))?/g)].reduce((sum, [, hit, read]) => sum + Number(hit ?? 0) + Number(read ?? 0), 0)
  }

  test('a run with a send hour finds its way by the indexes even before the table was ever analysed', async () => {
    expect((await explain(candidatesQuery(windows, now, 0, 500))).filter((line) => line.includes('Seq Scan'))).toEqual([])
  })

  test('a run with a send hour asks each index for the days of its windows', async () => {
    await db.execute(sql`analyze obligation`)
    const plan = await explain(candidatesQuery(windows, now, 0, 500))
    expect(plan.filter((line) => line.includes('Seq Scan'))).toEqual([])
    expect(plan.filter((line) => line.includes('Index Cond: ((ladder =') && line.includes('counted_to >=')).length)
      .toBe(windows.filter((one) => one.by === 'counted').length)
    expect(plan.filter((line) => line.includes('Index Cond: ((ladder =') && line.includes('late_after >=')).length)
      .toBe(windows.filter((one) => one.by === 'late').length)
  })

  test('a run between two send hours reads nothing but what was asked to be looked at', async () => {
    const plan = await explain(candidatesQuery([], now, 0, 500))
    expect(plan.filter((line) => /Scan.* obligation/.test(line) || /Index .*Scan/.test(line)).every((line) => /obligation_to_check|Bitmap Heap Scan on obligation/.test(line))).toBe(true)
    expect(plan.join('\n')).toMatch(/obligation_to_check/)
    expect(plan.join('\n')).not.toMatch(/Seq Scan/)
  })

  test('neither touches more than a few blocks of the table', async () => {
    const [table] = await rows<{ blocks: number }>(db, sql`select (pg_relation_size('obligation') / 8192)::int as blocks`)
    expect(table!.blocks).toBeGreaterThan(400)
    expect(await blocksOf(candidatesQuery([], now, 0, 500))).toBeLessThan(10)
    expect(await blocksOf(candidatesQuery(windows, now, 0, 500))).toBeLessThan(table!.blocks / 2)
    expect(await listCandidates(db, windows, now, { after: 0, limit: 500 })).toEqual([])
  })

  test('what is due among them is found by its window', async () => {
    await db.execute(sql`update obligation set due_on = '2026-12-24', ladder = 'custom' where id in (77, 4242)`)
    expect(await listCandidates(db, windows, now, { after: 0, limit: 500 })).toEqual([77, 4242])
  })
})
