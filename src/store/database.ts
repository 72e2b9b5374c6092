// Opening the one database, embedded or PostgreSQL, behind one type. `Db` is what every store function
// takes first; a transaction is a `Db` too.

import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as schema from './schema.ts'

export type Db = PgDatabase<PgQueryResultHKT, typeof schema>

export interface Database {
  readonly kind: 'embedded' | 'postgres'
  /** Outside a transaction. Throws when it is used inside one: on the embedded database that would hang. */
  readonly db: Db
  /** Runs `work` in one transaction; a throw rolls back. */
  transact<T>(work: (db: Db) => Promise<T>): Promise<T>
  close(): Promise<void>
}
