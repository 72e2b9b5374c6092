// A backup that either driver can write and read: gzipped lines, one JSON array each. The first names the
// format and the migrations, the last counts the rows, so that a file cut short is noticed.
//   ["recert-backup",{"version":1,"migrations":[…],"takenAt":"…"}]   ["person",{"id":1,…}]   …   ["end",{"rows":1}]

import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { sql } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import { AppError, conflict, invalid, notFound } from '../errors.ts'
import type { Database, Db } from './database.ts'
import { rows } from './driver.ts'
import { migrationStatus } from './migrations.ts'
import { pageSize, readPages, writePages, type Page } from './pages.ts'
import { listTables, type StoredTable } from './tables.ts'

const format = 'recert-backup'
const version = 1

/**
 * Writes every row as of one moment; `file` is replaced only once all is on the disk. Returns the number of rows.
 *
 * `takenAt` is a moment before the rows are read: whatever is sent after it, a restore cannot know of.
 */
export async function writeBackup(database: Database, file: string, takenAt: Instant): Promise<number> {
  const { applied } = await migrationStatus(database)
  const unfinished = `${file}.unfinished`
  try {
    const count = await atOneMoment(database, async (db) => {
      const counted = { rows: 0 }
      await pipeline(Readable.from(backupLines(db, { version, migrations: applied, takenAt: takenAt.toString() }, counted)), createGzip(),
        createWriteStream(unfinished, { mode: 0o600, flush: true }))
      return counted.rows
    })
    await rename(unfinished, file)
    return count
  } catch (cause) {
    await rm(unfinished, { force: true })
    if (!isFileError(cause)) throw cause
    throw new AppError('unavailable', `The backup cannot be written to ${file}: ${cause.message}.`, { cause })
  }
}

interface Header {
  readonly version: number
  readonly migrations: readonly string[]
  /** Missing in a backup of before it was kept. */
  readonly takenAt?: string
}

async function* backupLines(db: Db, header: Header, counted: { rows: number }): AsyncGenerator<string> {
  yield `["${format}",${JSON.stringify(header)}]\n`
  for await (const { table, rows: page } of readPages(db, await listTables(db))) {
    counted.rows += page.length
    yield page.map((row) => `["${table.name}",${row}]\n`).join('')
  }
  yield `["end",${JSON.stringify(counted)}]\n`
}

/**
 * Restores a backup into a migrated, empty database, all or nothing; returns the number of rows. `begin` is done in
 * the same transaction, with the moment the backup was taken, where it knows it.
 *
 * Throws `conflict` where the database has rows or other migrations than the backup, `invalid` for a
 * file that is no backup or is damaged, `not-found` where there is no file.
 */
export async function readBackup(
  database: Database, file: string, begin: (db: Db, takenAt: Instant | undefined) => Promise<void>,
): Promise<number> {
  const { applied } = await migrationStatus(database)
  return database.transact(async (db) => {
    const tables = await listTables(db)
    await refuseRows(db, tables, database.place)
    let takenAt: string | undefined
    const count = await writePages(db, pagesOf(file, tables, (header) => {
      refuseOtherMigrations(header.migrations, applied, file)
      takenAt = header.takenAt
    }))
    await begin(db, takenAt === undefined ? undefined : Temporal.Instant.from(takenAt))
    return count
  })
}

/** Copies every row as of one moment into a migrated, empty database with the same migrations. */
export async function copyInto(from: Database, to: Database): Promise<number> {
  const [given, wanted] = [await migrationStatus(from), await migrationStatus(to)]
  refuseOtherMigrations(given.applied, wanted.applied, from.place)
  return to.transact(async (target) => {
    const tables = await listTables(target)
    await refuseRows(target, tables, to.place)
    return atOneMoment(from, (source) => writePages(target, readPages(source, tables)))
  })
}

function atOneMoment<T>(database: Database, work: (db: Db) => Promise<T>): Promise<T> {
  return database.transact(async (db) => {
    await db.execute(sql`set transaction isolation level repeatable read, read only`)
    return work(db)
  })
}

async function refuseRows(db: Db, tables: readonly StoredTable[], place: string): Promise<void> {
  const filled: string[] = []
  for (const { name } of tables) {
    const [found] = await rows<{ there: boolean }>(db, sql`select exists (select 1 from ${sql.identifier(name)}) as there`)
    if (found?.there) filled.push(name)
  }
  if (filled.length === 0) return
  throw conflict(`The database (${place}) already has rows in ${filled.join(', ')}. A backup is restored into an empty one only: `
    + 'set RECERT_HOME to a new folder, or DATABASE_URL to a new database.')
}

function refuseOtherMigrations(given: readonly string[], wanted: readonly string[], source: string): void {
  if (given.join() === wanted.join()) return
  throw conflict(`${source} has the tables as of ${given.at(-1) ?? 'no migration'}, the database as of ${
    wanted.at(-1) ?? 'no migration'}. Restore it with the version of Recert that wrote it, then start the newer one.`)
}

async function* pagesOf(file: string, tables: readonly StoredTable[], check: (header: Header) => void): AsyncGenerator<Page> {
  const byName = new Map(tables.map((each) => [each.name, each]))
  let [open, count, ended] = [undefined as { table: StoredTable; rows: string[] } | undefined, 0, false]
  for await (const { tag, text, number } of taggedLines(file)) {
    if (number === 1) check(headerOf(file, tag, text))
    else if (tag === 'end') ended = text === JSON.stringify({ rows: count })
    else {
      const table = byName.get(tag) ?? damaged(file, `line ${number} is of an unknown table`)
      if (open && (open.table !== table || open.rows.length === pageSize(table))) {
        yield open
        open = undefined
      }
      open ??= { table, rows: [] }
      open.rows.push(text)
      count += 1
    }
  }
  if (!ended) damaged(file, 'it ends too early')
  if (open) yield open
}

function headerOf(file: string, tag: string, text: string): Header {
  if (tag !== format) throw invalid(`${file} is not a backup of Recert.`)
  const header: Header = JSON.parse(text)
  if (header.version !== version) {
    throw conflict(`${file} is a backup in format ${header.version}; this version of Recert reads format ${version}. Use the version that wrote it.`)
  }
  return header
}

function damaged(file: string, reason: string, cause?: unknown): never {
  throw new AppError('invalid', `${file} is not a whole backup: ${reason}. Nothing was restored; use another backup.`, { cause })
}

async function* taggedLines(file: string): AsyncGenerator<{ tag: string; text: string; number: number }> {
  let number = 0
  try {
    for await (const line of linesOf(file)) {
      number += 1
      const [, tag, text] = /^\["([a-z_-]+)",(\{.*\})\]$/s.exec(line) ?? damaged(file, `line ${number} cannot be read`)
      yield { tag: tag ?? '', text: text ?? '', number }
    }
  } catch (error) {
    if (!isFileError(error)) throw error
    if (error.code === 'ENOENT') throw notFound(`There is no file ${file}.`)
    damaged(file, error.message, error)
  }
}

// Only a line feed ends a line here: a text may hold the other characters that readline splits at.
async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file)
  const plain = source.pipe(createGunzip()).setEncoding('utf8')
  source.once('error', (error) => plain.destroy(error))
  let parts: string[] = []
  for await (const chunk of plain as AsyncIterable<string>) {
    const [first = '', ...others] = chunk.split('\n')
    parts.push(first)
    for (const next of others) {
      yield parts.join('')
      parts = [next]
    }
  }
  if (parts.join('') !== '') yield parts.join('')
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(E[A-Z]+|Z_[A-Z_]+)$/.test(error.code)
}
