// What the database says about itself.

import { sql } from 'drizzle-orm'
import type { Db } from './database.ts'
import { rows } from './driver.ts'

export interface DatabaseFacts {
  /** PostgreSQL's version, such as `15.18`. */
  readonly version: string
  readonly bytes: number
  /** The settings on which durability rests, each `on` or `off` or one of its degrees. */
  readonly settings: { readonly fsync: string; readonly synchronous_commit: string; readonly full_page_writes: string }
}

export async function readDatabaseFacts(db: Db): Promise<DatabaseFacts> {
  const [found] = await rows<{ version: string; bytes: string; settings: DatabaseFacts['settings'] }>(db, sql`
    select split_part(current_setting('server_version'), ' ', 1) as version,
      pg_database_size(current_database())::text as bytes,
      json_build_object('fsync', current_setting('fsync'), 'synchronous_commit', current_setting('synchronous_commit'),
        'full_page_writes', current_setting('full_page_writes')) as settings`)
  if (found === undefined) throw new Error('The database did not tell about itself.')
  return { ...found, bytes: Number(found.bytes) }
}
