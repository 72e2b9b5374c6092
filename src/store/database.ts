// Opening the one database, embedded or PostgreSQL, behind one type. `Db` is what every store function
// takes first; a transaction is a `Db` too.

import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { isInFolder, openEmbedded, openMemory, type MemoryDatabase } from './embedded.ts'
import { migrate } from './migrations.ts'
import { openPostgres } from './postgres.ts'

export { rows, violatedConstraint, wakeWorkers } from './driver.ts'

export type Db = PgDatabase<PgQueryResultHKT>

export interface Database {
  readonly kind: 'embedded' | 'postgres'
  /** Where it is, fit to be shown: a folder, or host, port and name; never a password. */
  readonly place: string
  /** Outside a transaction. Throws when it is used inside one: on the embedded database that would hang. */
  readonly db: Db
  /** Runs `work` in one transaction; a throw rolls back. Throws inside another one. */
  transact<T>(work: (db: Db) => Promise<T>): Promise<T>
  /** Runs `work` while no other process migrates this database; `unavailable` when one holds on for a minute. */
  migrateAlone<T>(work: () => Promise<T>): Promise<T>
  /** Tells this database from a copy made by dump and restore: system identifier and database number. */
  identity(): Promise<string>
  /** Calls `woken` whenever a transaction that called `wakeWorkers` has committed, in any process. Returns how to end it. */
  listen(woken: () => void): Promise<() => Promise<void>>
  /** Says until `close` that a server runs on this database. Means something on PostgreSQL only. */
  holdServing(): Promise<void>
  /** Whether a server runs on it. Always false on the embedded database: its lock already says so. */
  isServed(): Promise<boolean>
  close(): Promise<void>
}

export interface OpenOptions {
  /** The folder of the embedded database, absolute; made with its parents where it is missing. */
  readonly home: string
  /** PostgreSQL to use instead. */
  readonly databaseUrl: string | undefined
  /** `leave` opens the tables as they are, to look at a database that cannot be migrated. */
  readonly migrations?: 'apply' | 'leave'
}

/**
 * Opens and migrates the database.
 *
 * Throws `unavailable` where it cannot be reached, `conflict` where another process holds the folder,
 * or where its migrations do not fit this program.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const database = options.databaseUrl === undefined
    ? await openEmbedded(options.home)
    : await openPostgres(options.databaseUrl)
  return options.migrations === 'leave' ? database : migrated(database)
}

/** Says whether there is a database to open; one on a server is taken to be there. */
export const databaseExists = ({ home, databaseUrl }: OpenOptions): boolean => databaseUrl !== undefined || isInFolder(home)

/** Opens a migrated database that lives in memory; `dump` is what another one's `dump()` returned. */
export async function openMemoryDatabase(dump?: Blob): Promise<MemoryDatabase> {
  return migrated(await openMemory(dump))
}

async function migrated<D extends Database>(database: D): Promise<D> {
  try {
    await migrate(database)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}
