// The database as an administrator sees it: migrating, backing up, and what to know about it. Restoring is in
// restoring.ts.

import type { Database } from '../store/database.ts'
import { writeBackup } from '../store/backup.ts'
import { readDatabaseFacts, type DatabaseFacts } from '../store/facts.ts'
import { migrate, migrationStatus, type MigrationStatus } from '../store/migrations.ts'
import type { App } from './app.ts'

export interface DatabaseStatus extends DatabaseFacts {
  readonly kind: Database['kind']
  readonly place: string
  readonly identity: string
  /** Whether a server runs on this PostgreSQL; the embedded database is held by whoever asks. */
  readonly served: boolean
  readonly migrations: MigrationStatus
  /** What an administrator should mend, as sentences; empty when all is well. */
  readonly warnings: readonly string[]
}

/** Applies what is pending and returns the names of the migrations. Throws `conflict` where they do not fit. */
export async function migrateDatabase(database: Database): Promise<string[]> {
  return migrate(database)
}

/** Tells what the database is, how far it is migrated and what is wrong with it; changes nothing. */
export async function findDatabaseStatus(database: Database): Promise<DatabaseStatus> {
  const facts = await readDatabaseFacts(database.db)
  const migrations = await migrationStatus(database)
  return {
    kind: database.kind,
    place: database.place,
    identity: await database.identity(),
    served: await database.isServed(),
    ...facts,
    migrations,
    warnings: [...warningsOf(migrations), ...settingWarnings(facts.settings)],
  }
}

function warningsOf({ refusal, pending, unknown }: MigrationStatus): string[] {
  if (refusal !== undefined) return [refusal]
  return [
    ...pending.length === 0 ? [] : [`${pending.length} migrations are not applied yet: ${pending.join(', ')}. Run "database migrate".`],
    ...unknown.length === 0 ? [] : [`A newer version of Recert has changed this database (${unknown.join(', ')}). Update this one soon.`],
  ]
}

function settingWarnings(settings: DatabaseFacts['settings']): string[] {
  return Object.entries(settings)
    .filter(([, value]) => value === 'off')
    .map(([name]) => `The setting ${name} of the database is off: a power cut may lose what was already confirmed. Set it to on.`)
}

/** Writes all records into one file, with the moment it was begun; returns the number of rows. */
export async function backUpDatabase({ database, clock }: Pick<App, 'database' | 'clock'>, file: string): Promise<number> {
  return writeBackup(database, file, clock.now())
}
