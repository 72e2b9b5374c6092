// Migrations where processes start together, die in the middle, and are of two versions: real processes on one PostgreSQL.

import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openDatabase, rows } from '../../../src/store/database.ts'
import { readMigrations } from '../../../src/store/migrations.ts'
import { testFolder } from '../../helpers/folder.ts'
import { createDatabase, dropDatabase, urlOf } from '../../helpers/postgres.ts'
import { drawAccount } from '../kills/account.ts'
import { finish } from '../kills/killing.ts'
import { addOwners, openStage, settle, startReplica } from '../kills/stage.ts'

const server = inject('postgres')
const root = join(import.meta.dirname, '../../..')
const known = readMigrations().map((each) => each.name)

describe.skipIf('missing' in server)('migrating PostgreSQL', () => {
  const made: string[] = []
  const fresh = async (template?: string): Promise<string> => {
    if ('missing' in server) throw new Error(server.missing)
    const name = await createDatabase(server.url, template)
    made.push(name)
    return urlOf(server.url, name)
  }
  let whole: string

  beforeAll(async () => {
    if ('missing' in server) return
    whole = await shapeOf(await fresh(server.template))
  })
  afterAll(async () => {
    if ('missing' in server) return
    for (const name of made) await dropDatabase(server.url, name)
  })

  test.each([0, 3])('eight that start at once on a database with %i migrations: one migrates, seven wait, none fails', async (had) => {
    const url = await fresh()
    if (had > 0) expect((await run(url, { folder: folderOfFirst(had) })).applied).toEqual(known.slice(0, had))
    const all = await Promise.all(Array.from({ length: 8 }, async () => await run(url)))
    expect(all.map((one) => one.signal)).toEqual(Array.from({ length: 8 }, () => null))
    expect(all.map((one) => one.applied).filter((names) => names?.length !== 0)).toEqual([known.slice(had)])
    expect(await shapeOf(url)).toBe(whole)
  }, 240_000)

  test('one that is killed at a statement leaves whole migrations only, and the next start goes on', async () => {
    const url = await fresh()
    for (const dieAt of [1, 3, 20, 90, 60, 45, 30, 12]) {
      const { signal, applied } = await run(url, { dieAt })
      expect([signal, applied]).toEqual(['SIGKILL', undefined])
      const names = await journalOf(url)
      expect(names).toEqual(known.slice(0, names.length))
    }
    await run(url)
    expect(await shapeOf(url)).toBe(whole)
  }, 240_000)

  test('a program of before a migration and one of after it deliver side by side, each mail once', async () => {
    const stage = await openStage({ DATABASE_URL: await fresh('missing' in server ? undefined : server.template) })
    const newer = newerProgram()
    try {
      const organisation = await settle(stage)
      const old = startReplica(stage, {})
      await old.says('ready')
      await stage.use(async (app) => await addOwners(app, organisation.id, names('before', 10)))
      const young = startReplica(stage, {}, newer)
      await young.says('ready')
      await stage.use(async (app) => await addOwners(app, organisation.id, names('after', 10)))
      await stage.sink.kept(20)
      for (const one of [old, young]) one.process.kill('SIGTERM')
      expect(await Promise.all([old.ended, young.ended])).toEqual([undefined, undefined])
      await stage.use(async (app, transport) => {
        await finish(app, transport)
        expect(await rows(app.database.db, sql`select name from migration order by ordinal desc limit 1`)).toEqual([{ name: '9999_of_the_future' }])
        expect(await drawAccount(app, stage.sink.copies)).toMatchObject({ mails: 20, duplicates: 0, findings: [] })
      })
    } finally {
      await stage.close()
      rmSync(newer, { recursive: true, force: true })
    }
  }, 240_000)
})

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)

interface Run { readonly signal: NodeJS.Signals | null; readonly applied: string[] | undefined }

async function run(url: string, { folder = '', dieAt = 0 }: { readonly folder?: string; readonly dieAt?: number } = {}): Promise<Run> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'migrator.ts'), url, folder, String(dieAt)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { said += text })
  return await new Promise((resolve) => {
    child.once('close', (_, signal) => resolve({ signal, applied: said === '' ? undefined : JSON.parse(said) }))
  })
}

interface Journal { entries: { idx: number; tag: string; when: number; version: string; breakpoints: boolean }[] }

function folderOfFirst(count: number): string {
  const folder = testFolder()
  cpSync(join(root, 'drizzle'), folder, { recursive: true })
  writeJournal(folder, (journal) => ({ ...journal, entries: journal.entries.slice(0, count) }))
  return folder
}

function writeJournal(folder: string, change: (journal: Journal) => Journal): void {
  const file = join(folder, 'meta/_journal.json')
  const journal: Journal = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify(change(journal)))
}

// A copy of this program that knows one expanding migration more, as its next version would.
function newerProgram(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recert-newer-'))
  for (const each of ['src', 'jobs', 'drizzle', 'package.json']) cpSync(join(root, each), join(folder, each), { recursive: true })
  mkdirSync(join(folder, 'tests/faults'), { recursive: true })
  cpSync(join(root, 'tests/faults/kills'), join(folder, 'tests/faults/kills'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const tag = '9999_of_the_future'
  writeFileSync(join(folder, `drizzle/${tag}.sql`), 'alter table message add column future text;\n--> statement-breakpoint\ncreate index message_by_future on message (future);\n')
  writeJournal(join(folder, 'drizzle'), (journal) => ({ ...journal, entries: [...journal.entries, { ...journal.entries.at(-1)!, idx: journal.entries.length, tag }] }))
  return folder
}

async function journalOf(url: string): Promise<string[]> {
  const database = await openDatabase({ home: '', databaseUrl: url, migrations: 'leave' })
  const [table] = await rows<{ there: boolean }>(database.db, sql`select to_regclass('public.migration') is not null as there`)
  const found = table?.there ? await rows<{ name: string }>(database.db, sql`select name from migration order by ordinal`) : []
  await database.close()
  return found.map((one) => one.name)
}

// Columns, constraints, indexes and triggers, and which migrations made them, with their hashes.
async function shapeOf(url: string): Promise<string> {
  const client = postgres(url, { max: 1 })
  const [found] = await client`
    select md5(
      (select string_agg(concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default), E'\n' order by table_name, column_name)
        from information_schema.columns where table_schema = 'public')
      || (select string_agg(conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid), E'\n' order by conrelid::regclass::text, conname)
        from pg_constraint where connamespace = 'public'::regnamespace)
      || (select string_agg(indexdef, E'\n' order by indexname) from pg_indexes where schemaname = 'public')
      || (select coalesce(string_agg(pg_get_triggerdef(oid), E'\n' order by tgname), '') from pg_trigger where not tgisinternal)
      || (select string_agg(name || ' ' || hash, E'\n' order by ordinal) from migration)) as shape`
  await client.end()
  return String(found?.['shape'])
}
