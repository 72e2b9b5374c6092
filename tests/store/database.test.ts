import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { rows, violatedConstraint } from '../../src/store/database.ts'
import { history, organisation, person } from '../../src/store/schema.ts'
import { databases, type TestDatabase } from '../helpers/database.ts'

describe.each(databases())('on %s', (_, open) => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await open()
  })
  afterAll(() => test.close())
  it('works', async () => {
    expect(await rows(test.database.db, sql`select 1 as a`)).toEqual([{ a: 1 }])
    console.log(await test.database.identity(), test.database.place, await test.database.isServed())
  })
})
