// What is asked of either driver: raw rows, whose shape differs, the name of a broken constraint, and
// which database this is.

import { sql, type SQL } from 'drizzle-orm'
import type { Db } from './database.ts'

type Row = Record<string, unknown>

/** Runs raw SQL and returns its rows as plain objects. Dates and timestamps are text on both drivers. */
export async function rows<R extends Row = Row>(db: Db, query: SQL): Promise<R[]> {
  const answer: unknown = await db.execute(query)
  return Array.isArray(answer) ? [...answer as R[]] : (answer as { rows: R[] }).rows
}

/**
 * Returns the name of the unique, check or foreign-key constraint that an error is about.
 *
 * undefined for any other error. The names are sentences (schema.ts), fit to be looked up for a message.
 */
export function violatedConstraint(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const { code, constraint, constraint_name: name } = at as Error & Record<string, unknown>
    if (typeof code === 'string' && code.startsWith('23')) {
      const found = name ?? constraint
      return typeof found === 'string' ? found : undefined
    }
  }
  return undefined
}

/** Returns PostgreSQL's system identifier and the database's number: a folder's first start draws them. */
export async function identityOf(db: Db): Promise<string> {
  const [found] = await rows<{ identity: string }>(db, sql`
    select system_identifier::text || '/' || (select oid from pg_database where datname = current_database())::text as identity
    from pg_control_system()`)
  if (found === undefined) throw new Error('PostgreSQL did not tell its system identifier.')
  return found.identity
}
