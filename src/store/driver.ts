// What is asked of either driver: raw rows, whose shape differs, the name of a broken constraint, and
// which database this is.

import { sql, type SQL } from 'drizzle-orm'
import type { Db } from './database.ts'

type Row = Record<string, unknown>

/** What is said when mail waits that need not wait for a tick. */
export const wakeCall = 'recert_mail'

/** Wakes every process that listens, once the transaction has committed. Hearing it is never relied on: ticks are the floor. */
export async function wakeWorkers(db: Db): Promise<void> {
  await db.execute(sql`select pg_notify(${wakeCall}, '')`)
}

/** Runs raw SQL and returns its rows as plain objects. Dates and timestamps are text on both drivers. */
export async function rows<R extends Row = Row>(db: Db, query: SQL): Promise<R[]> {
  const answer: unknown = await db.execute(query)
  if (Array.isArray(answer)) return [...answer]
  if (typeof answer === 'object' && answer && 'rows' in answer && Array.isArray(answer.rows)) return answer.rows
  throw new Error('The driver did not answer with rows.')
}

/**
 * Returns the name of the unique, check or foreign-key constraint that an error is about.
 *
 * undefined for any other error. The names are sentences (schema-records.ts), fit to be looked up for a message.
 */
export function violatedConstraint(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    if (codeOf(at).startsWith('23')) return constraintOf(at)
  }
  return undefined
}

/** Returns the code of an error, of PostgreSQL or of the system; empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

// PGlite calls it one way, postgres.js the other.
function constraintOf(error: Error): string | undefined {
  const found = 'constraint_name' in error ? error.constraint_name : 'constraint' in error ? error.constraint : undefined
  return typeof found === 'string' ? found : undefined
}

/** Returns PostgreSQL's system identifier and the database's number: a folder's first start draws them. */
export async function identityOf(db: Db): Promise<string> {
  const [found] = await rows<{ identity: string }>(db, sql`
    select system_identifier::text || '/' || (select oid from pg_database where datname = current_database())::text as identity
    from pg_control_system()`)
  if (found === undefined) throw new Error('PostgreSQL did not tell its system identifier.')
  return found.identity
}
