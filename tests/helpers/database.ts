// A migrated, empty database for one test file, on either driver.

import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { inject } from 'vitest'
import { openDatabase, openMemoryDatabase, rows, type Database } from '../../src/store/database.ts'
import { createDatabase, dropDatabase, urlOf } from './postgres.ts'

export interface TestDatabase {
  readonly database: Database
  /** Empties every table and starts its numbers again from 1. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** Opens an embedded database in memory. */
export async function testDatabase(): Promise<TestDatabase> {
  const database = await openMemoryDatabase(new Blob([readFileSync(inject('embeddedTemplate'))]))
  return { database, reset: () => empty(database), close: () => database.close() }
}

/** Opens a database of its own on the PostgreSQL server; `url` opens it once more, as another process would. */
export async function testPostgres(): Promise<TestDatabase & { readonly url: string }> {
  const server = inject('postgres')
  if ('missing' in server) throw new Error(server.missing)
  const name = await createDatabase(server.url, server.template)
  const url = urlOf(server.url, name)
  const database = await openDatabase({ home: '', databaseUrl: url })
  return {
    database,
    url,
    reset: () => empty(database),
    close: async () => {
      await database.close()
      await dropDatabase(server.url, name)
    },
  }
}

/** The databases to run a contract on, for `describe.each`; the global set-up says where one is missing. */
export function databases(): [name: string, open: () => Promise<TestDatabase>][] {
  return 'missing' in inject('postgres')
    ? [['the embedded database', testDatabase]]
    : [['the embedded database', testDatabase], ['PostgreSQL', testPostgres]]
}

async function empty(database: Database): Promise<void> {
  const tables = await rows<{ name: string }>(database.db, sql`
    select quote_ident(tablename) as name from pg_tables
    where schemaname = 'public' and tablename <> 'migration' order by tablename`)
  await database.transact(async (db) => {
    // History refuses to be emptied.
    await db.execute(sql`alter table history disable trigger user`)
    await db.execute(sql.raw(`truncate ${tables.map((each) => each.name).join(', ')} restart identity cascade`))
    await db.execute(sql`alter table history enable trigger user`)
  })
}
