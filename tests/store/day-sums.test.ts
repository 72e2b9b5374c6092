import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nthAfter } from '../../src/core/day.ts'
import { rows } from '../../src/store/database.ts'
import { databases, type TestDatabase } from '../helpers/database.ts'

// Our sums against PostgreSQL's `date + interval`, which adds years and months first, clamped to the
// month's end, then weeks and days: for every day of a century. Scheme files write such lengths.

const lengths = [
  'P1D', 'P2D', 'P7D', 'P14D', 'P28D', 'P29D', 'P30D', 'P31D', 'P42D', 'P60D', 'P90D', 'P120D', 'P180D', 'P365D', 'P366D', 'P540D', 'P1W', 'P6W',
  'P1M', 'P2M', 'P3M', 'P4M', 'P6M', 'P9M', 'P11M', 'P12M', 'P13M', 'P15M', 'P18M', 'P20M', 'P24M', 'P36M', 'P43M',
  'P1Y', 'P2Y', 'P3Y', 'P4Y', 'P5Y', 'P10Y', 'P1Y4M', 'P2Y6M', 'P1Y1D', 'P3M15D', 'P1Y2M3D', 'P4Y11M30D', 'P1M1W1D',
  '-P1D', '-P30D', '-P60D', '-P90D', '-P1M', '-P2M', '-P3M', '-P6M', '-P12M', '-P1Y', '-P3Y', '-P4Y', '-P3M1D', '-P1Y2M3D',
]
const first = Temporal.PlainDate.from('2000-01-01')
const days = Array.from({ length: 36_525 }, (_, n) => first.add({ days: n }))

/** Days since the first day of the century, for each of its days plus the length. */
async function sumsOf({ database }: TestDatabase, length: Temporal.Duration): Promise<number[]> {
  const { years, months, weeks, days: added } = length
  const [row] = await rows<{ sums: number[] }>(database.db, sql`
    select array_agg(((date '2000-01-01' + n) + make_interval(${years}::int, ${months}::int, ${weeks}::int, ${added}::int))::date - date '2000-01-01' order by n) as sums
    from generate_series(0, 36524) as n`)
  return row!.sums
}

test('sixty lengths are compared', () => {
  expect(new Set(lengths).size).toBe(60)
  expect(days.at(-1)!.toString()).toBe('2099-12-31')
})

describe.each(databases())('on %s', (_name, open) => {
  let opened: TestDatabase
  beforeAll(async () => { opened = await open() })
  afterAll(() => opened.close())

  test.each(lengths)('every day of 2000 to 2099 plus %s is the same day', async (text) => {
    const length = Temporal.Duration.from(text)
    const sums = await sumsOf(opened, length)
    const different = days.filter((day, n) => first.until(nthAfter(day, length, 1)).days !== sums[n])
    expect(different.map(String)).toEqual([])
  })
})
