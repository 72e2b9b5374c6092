import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDatabaseStatus, migrateDatabase } from '../../src/app/database.ts'
import { readMigrations } from '../../src/store/migrations.ts'
import { databases, type TestDatabase } from '../helpers/database.ts'

describe.each(databases())('the status of %s', (_, open) => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await open()
  })
  afterAll(() => test.close())

  it('tells what it is, and how far it is migrated', async () => {
    const { database } = test
    const status = await findDatabaseStatus(database)
    expect(status).toMatchObject({ kind: database.kind, place: database.place, served: false, identity: await database.identity() })
    expect(status.version).toMatch(/^1[5-9]\.\d+$/)
    expect(status.bytes).toBeGreaterThan(1_000_000)
    expect(status.migrations.applied).toEqual(readMigrations().map((each) => each.name))
  })

  it('warns of settings under which a power cut loses what was confirmed', async () => {
    // The databases the tests make for themselves are not synced to the disk; a server given to them may be.
    const { settings, warnings } = await findDatabaseStatus(test.database)
    expect(warnings).toEqual(settings.fsync === 'on' ? [] : [
      'The setting fsync of the database is off: a power cut may lose what was already confirmed. Set it to on.',
    ])
  })

  it('warns of a newer program, and of a database that does not fit', async () => {
    const { db } = test.database
    await db.execute(sql`insert into migration (name, hash, breaking) values ('9998_future', 'x', false)`)
    expect((await findDatabaseStatus(test.database)).warnings[0]).toContain('A newer version of Recert has changed this database (9998_future)')
    expect(await migrateDatabase(test.database)).toEqual([])
    await db.execute(sql`insert into migration (name, hash, breaking) values ('9999_future', 'x', true)`)
    expect((await findDatabaseStatus(test.database)).warnings[0]).toContain('with which this one cannot work')
    await expect(migrateDatabase(test.database)).rejects.toThrow('9999_future')
  })
})
