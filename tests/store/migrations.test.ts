import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openDatabase, rows, type Database } from '../../src/store/database.ts'
import { compareMigrations, migrate, migrationStatus, readMigrations, type Migration } from '../../src/store/migrations.ts'
import { databases, testPostgres, type TestDatabase } from '../helpers/database.ts'
import { testFolder } from '../helpers/folder.ts'
import { createDatabase, dropDatabase, urlOf } from '../helpers/postgres.ts'

const root = join(import.meta.dirname, '../..')

/** Writes a folder of migrations, in the order given. */
function folderOf(files: Record<string, string>): string {
  const folder = testFolder()
  mkdirSync(join(folder, 'meta'))
  const entries = Object.keys(files).map((tag, idx) => ({ idx, tag, when: idx, version: '7', breakpoints: true }))
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }))
  for (const [tag, text] of Object.entries(files)) writeFileSync(join(folder, `${tag}.sql`), text)
  return folder
}

const first = { '0000_first': 'create table a (id integer);\n--> statement-breakpoint\ncreate table b (id integer);\n' }
const second = { ...first, '0001_second': 'alter table a add column name text;\n' }

describe.each(databases())('on %s', (_, open) => {
  let test: TestDatabase
  let database: Database
  beforeAll(async () => {
    test = await open()
    database = test.database
  })
  beforeEach(async () => {
    await database.db.execute(sql`drop schema public cascade`)
    await database.db.execute(sql`create schema public`)
  })
  afterAll(() => test.close())

  const tables = async (): Promise<unknown[]> => (await rows(database.db, sql`
    select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'migration' order by 1`)).map((each) => each['name'])

  it('an empty database gets every migration in order, and a second run changes nothing', async () => {
    const folder = folderOf(second)
    expect(await migrationStatus(database, folder)).toEqual({
      applied: [], pending: ['0000_first', '0001_second'], unknown: [], refusal: undefined,
    })
    expect(await migrate(database, folder)).toEqual(['0000_first', '0001_second'])
    expect(await tables()).toEqual(['a', 'b'])
    expect(await migrate(database, folder)).toEqual([])
    expect((await migrationStatus(database, folder)).applied).toEqual(['0000_first', '0001_second'])
  })

  it('a new migration is applied to a database that has the earlier ones', async () => {
    await migrate(database, folderOf(first))
    expect(await migrate(database, folderOf(second))).toEqual(['0001_second'])
  })

  it('the migrations of this program apply to an empty database', async () => {
    expect(await migrate(database)).toEqual(readMigrations().map((each) => each.name))
    expect(await tables()).toContain('obligation')
  })

  it('a migration that fails leaves nothing of itself, and those before it stay', async () => {
    const folder = folderOf({ ...first, '0001_broken': 'create table c (id integer);\n--> statement-breakpoint\ncreate tabel d;' })
    await expect(migrate(database, folder)).rejects.toThrow()
    expect(await tables()).toEqual(['a', 'b'])
    expect(await migrate(database, folderOf(second))).toEqual(['0001_second'])
  })

  it('a file changed after it was applied is refused, a turned line ending is not', async () => {
    await migrate(database, folderOf(first))
    const turned = { '0000_first': first['0000_first'].replaceAll('\n', '\r\n') }
    expect(await migrate(database, folderOf(turned))).toEqual([])
    const edited = { '0000_first': `${first['0000_first']}-- more\n`, '0001_second': second['0001_second'] }
    await expect(migrate(database, folderOf(edited))).rejects.toThrow('The migration 0000_first has been changed since it was applied')
    expect((await migrationStatus(database, folderOf(edited))).refusal).toContain('make the change in a new migration')
  })

  it('a migration taken out after it was applied is refused', async () => {
    await migrate(database, folderOf(second))
    await expect(migrate(database, folderOf({ '0001_second': second['0001_second'] })))
      .rejects.toThrow('The migration 0000_first has been applied to this database, but this version of Recert has lost it')
  })

  it('a migration that comes late is refused, not skipped', async () => {
    await migrate(database, folderOf(second))
    const late = { ...first, '0000a_late': 'create table late (id integer);', '0001_second': second['0001_second'] }
    await expect(migrate(database, folderOf(late))).rejects.toThrow('The migration 0000a_late belongs before 0001_second')
    expect(await tables()).toEqual(['a', 'b'])
  })

  it('an expanding migration of a newer program is tolerated', async () => {
    await migrate(database, folderOf(second))
    expect(await migrate(database, folderOf(first))).toEqual([])
    expect((await migrationStatus(database, folderOf(first))).unknown).toEqual(['0001_second'])
  })

  it('a breaking migration of a newer program is refused', async () => {
    await migrate(database, folderOf({ ...first, '0001_breaking': '-- breaking\ndrop table b;' }))
    await expect(migrate(database, folderOf(first)))
      .rejects.toThrow('This database has been changed by a newer version of Recert (migration 0001_breaking)')
  })
})

describe('comparing migrations', () => {
  const known = (names: string): Migration[] => names.split('').map((name) => ({ name, statements: [], hash: name, breaking: false }))
  const applied = (names: string) => names.split('').map((name) => ({
    name: name.toLowerCase(), hash: name.toLowerCase(), breaking: name !== name.toLowerCase(),
  }))

  // Applied ones in capitals are breaking.
  it.each([
    ['nothing yet', 'abc', '', undefined],
    ['all there', 'abc', 'abc', undefined],
    ['one to come', 'abc', 'ab', undefined],
    ['one from the future', 'ab', 'abc', undefined],
    ['two from the future', 'ab', 'abcd', undefined],
    ['a breaking one that is known', 'abc', 'aBc', undefined],
    ['a breaking one from the future', 'ab', 'abC', 'newer version'],
    ['a breaking one behind an expanding one', 'ab', 'abcD', 'newer version'],
    ['one to come and one from the future', 'abx', 'abc', 'x belongs before c'],
    ['one in the middle not applied', 'abc', 'ac', 'b belongs before c'],
    ['one in the middle lost', 'ac', 'abc', 'lost'],
    ['the first lost', 'bc', 'abc', 'lost'],
    ['nothing known, all breaking', '', 'A', 'newer version'],
  ])('%s', (_, program, database, refusal) => {
    const found = compareMigrations(known(program), applied(database)).refusal
    if (refusal === undefined) expect(found).toBeUndefined()
    else expect(found).toContain(refusal)
  })
})

describe('the migrations of this program', () => {
  it('are numbered and dated in rising order, each with its file, and no file beside them', () => {
    const { entries }: { entries: { idx: number; when: number; tag: string }[] } =
      JSON.parse(readFileSync(join(root, 'drizzle/meta/_journal.json'), 'utf8'))
    expect(entries.map((each) => each.idx)).toEqual(entries.map((_, at) => at))
    expect(entries.map((each) => each.when)).toEqual(entries.map((each) => each.when).sort((a, b) => a - b))
    expect(entries.map((each) => each.tag.slice(0, 4))).toEqual(entries.map((_, at) => String(at).padStart(4, '0')))
    expect(readdirSync(join(root, 'drizzle')).filter((file) => file.endsWith('.sql')).sort())
      .toEqual(entries.map((each) => `${each.tag}.sql`))
  })

  it('say what the schema files say: nothing is left to generate', () => {
    const folder = join(testFolder(), 'drizzle')
    cpSync(join(root, 'drizzle'), folder, { recursive: true })
    const before = readdirSync(folder)
    const said = execFileSync(process.execPath, [join(root, 'node_modules/drizzle-kit/bin.cjs'), 'generate',
      '--dialect', 'postgresql', '--schema', './src/store/schema-*.ts', '--out', relative(root, folder)], { cwd: root, encoding: 'utf8' })
    expect(readdirSync(folder)).toEqual(before)
    expect(said).toContain('No schema changes')
  })
})

const server = inject('postgres')

describe.skipIf('missing' in server)(`several processes at once${'missing' in server ? ` (skipped: ${server.missing})` : ''}`, () => {
  it('four that open an empty PostgreSQL together migrate it once', async () => {
    if ('missing' in server) return
    const name = await createDatabase(server.url)
    const all = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ home: '', databaseUrl: urlOf(server.url, name) })))
    const [any] = all
    const found = any && await rows(any.db, sql`select name from migration order by ordinal`)
    expect(found?.map((each) => each['name'])).toEqual(readMigrations().map((each) => each.name))
    await Promise.all(all.map((each) => each.close()))
    await dropDatabase(server.url, name)
  })

  it('a database can be opened as it is, to look at what cannot be migrated', async () => {
    const test = await testPostgres()
    await test.database.db.execute(sql`insert into migration (name, hash, breaking) values ('9999_future', 'x', true)`)
    await expect(openDatabase({ home: '', databaseUrl: test.url })).rejects.toThrow('9999_future')
    const looking = await openDatabase({ home: '', databaseUrl: test.url, migrations: 'leave' })
    expect((await migrationStatus(looking)).refusal).toContain('9999_future')
    await looking.close()
    await test.close()
  })
})
