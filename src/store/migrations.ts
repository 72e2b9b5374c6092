// Brings the tables to what this program knows: the named SQL files of drizzle/, each applied once, in
// order, in a transaction of its own, under a lock held from before the look that counts. What was applied is
// compared with the files every time; nothing is skipped, repaired or guessed.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { AppError } from '../errors.ts'
import type { Database, Db } from './database.ts'
import { rows } from './driver.ts'

export interface Migration {
  readonly name: string
  readonly statements: readonly string[]
  readonly hash: string
  /** Whether a program that does not know it can no longer work with the tables. */
  readonly breaking: boolean
}

export interface Applied {
  readonly name: string
  readonly hash: string
  readonly breaking: boolean
}

export interface MigrationStatus {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  /** Applied by a newer program, and harmless to this one. */
  readonly unknown: readonly string[]
  /** Why the two do not fit, as a sentence; `migrate` refuses with it. */
  readonly refusal: string | undefined
}

const ownFolder = join(import.meta.dirname, '../../drizzle')

/** Reads the journal and every file it names, in its order. A file whose first line is `-- breaking` is so. */
export function readMigrations(folder = ownFolder): Migration[] {
  const journal: { entries: { tag: string }[] } = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8'))
  return journal.entries.map(({ tag }) => migrationOf(tag, readMigrationFile(folder, tag)))
}

function readMigrationFile(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, `${name}.sql`), 'utf8')
  } catch (cause) {
    throw new AppError('conflict', `The migration ${name} is listed in ${folder}, but its file is missing. `
      + 'Install this version of Recert again.', { cause })
  }
}

function migrationOf(name: string, file: string): Migration {
  // A checkout on Windows may have turned the line endings.
  const text = file.replaceAll('\r\n', '\n')
  return {
    name,
    statements: text.split('--> statement-breakpoint').map((each) => each.trim()).filter((each) => each !== ''),
    hash: createHash('sha256').update(text).digest('hex'),
    breaking: /^-- breaking\b/.test(text),
  }
}

/**
 * Compares what the program knows with what the database has had, in the order it had it.
 *
 * Refused: a file changed or taken out after it was applied, one that belongs before one already
 * applied, and a breaking one that this program does not know. Expanding unknown ones are tolerated.
 */
export function compareMigrations(known: readonly Migration[], applied: readonly Applied[]): MigrationStatus {
  const names = new Map(known.map((each, at) => [each.name, at]))
  const had = new Set(applied.map((each) => each.name))
  const lastShared = applied.findLastIndex((each) => names.has(each.name))
  const unknown = applied.slice(lastShared + 1)
  return {
    applied: applied.map((each) => each.name),
    pending: known.filter((each) => !had.has(each.name)).map((each) => each.name),
    unknown: unknown.map((each) => each.name),
    refusal: missing(applied.slice(0, lastShared + 1), names) ?? edited(known, applied)
      ?? late(known, had, applied, unknown) ?? breaking(unknown),
  }
}

function missing(shared: readonly Applied[], names: ReadonlyMap<string, number>): string | undefined {
  const gone = shared.find((each) => !names.has(each.name))
  return gone && `The migration ${gone.name} has been applied to this database, but this version of Recert has lost it. `
    + 'Put its file back, or install the version that wrote it.'
}

function edited(known: readonly Migration[], applied: readonly Applied[]): string | undefined {
  const files = new Map(known.map((each) => [each.name, each]))
  const changed = applied.find((each) => (files.get(each.name)?.hash ?? each.hash) !== each.hash)
  return changed && `The migration ${changed.name} has been changed since it was applied to this database. `
    + 'Put the file back as it was, and make the change in a new migration.'
}

function late(
  known: readonly Migration[], had: ReadonlySet<string>, applied: readonly Applied[], unknown: readonly Applied[],
): string | undefined {
  const lastHad = known.findLastIndex((each) => had.has(each.name))
  const waiting = known.findIndex((each) => !had.has(each.name))
  if (waiting === -1 || (waiting > lastHad && unknown.length === 0)) return undefined
  return `The migration ${known[waiting]?.name} belongs before ${applied.at(-1)?.name}, which this database already has. `
    + 'Number it after that one, so that every database gets the same order.'
}

function breaking(unknown: readonly Applied[]): string | undefined {
  const found = unknown.find((each) => each.breaking)
  return found && `This database has been changed by a newer version of Recert (migration ${found.name}), with which this one `
    + 'cannot work. Use the newer version, or restore a backup made before it.'
}

/** Says where the database stands; changes nothing. */
export async function migrationStatus(database: Database, folder?: string): Promise<MigrationStatus> {
  return compareMigrations(readMigrations(folder), await listApplied(database.db))
}

/** Applies what is pending and returns its names. Throws `conflict` where the two do not fit. */
export async function migrate(database: Database, folder?: string): Promise<string[]> {
  const known = readMigrations(folder)
  if (isCurrent(compareMigrations(known, await listApplied(database.db)))) return []
  return database.migrateAlone(async () => {
    const { refusal, pending } = compareMigrations(known, await listApplied(database.db))
    if (refusal !== undefined) throw new AppError('conflict', refusal)
    for (const each of known) {
      if (pending.includes(each.name)) await apply(database, each)
    }
    return [...pending]
  })
}

const isCurrent = (status: MigrationStatus): boolean => status.refusal === undefined && status.pending.length === 0

async function listApplied(db: Db): Promise<Applied[]> {
  const [table] = await rows<{ there: boolean }>(db, sql`select to_regclass('public.migration') is not null as there`)
  if (!table?.there) return []
  return rows<{ name: string; hash: string; breaking: boolean }>(db,
    sql`select name, hash, breaking from migration order by ordinal`)
}

async function apply(database: Database, migration: Migration): Promise<void> {
  await database.transact(async (db) => {
    await db.execute(sql`create table if not exists migration (
      ordinal integer primary key generated always as identity, name text not null, hash text not null,
      breaking boolean not null, constraint migration_is_applied_once unique (name))`)
    for (const statement of migration.statements) await db.execute(sql.raw(statement))
    await db.execute(sql`insert into migration (name, hash, breaking)
      values (${migration.name}, ${migration.hash}, ${migration.breaking})`)
  })
}
