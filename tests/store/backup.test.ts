import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { partBytes } from '../../src/core/evidence.ts'
import { copyInto, readBackup, writeBackup } from '../../src/store/backup.ts'
import { openMemoryDatabase, rows, type Database } from '../../src/store/database.ts'
import { appendPart, beginFile, completeFile, readParts } from '../../src/store/files.ts'
import { readPages } from '../../src/store/pages.ts'
import { message } from '../../src/store/schema-mail.ts'
import { certification, organisation, person } from '../../src/store/schema-records.ts'
import { history } from '../../src/store/schema-system.ts'
import { obligation } from '../../src/store/schema-work.ts'
import { listTables } from '../../src/store/tables.ts'
import { databases, testDatabase, type TestDatabase } from '../helpers/database.ts'
import { bytesOf, partsOf, sha256Of, wholeOf } from '../helpers/files.ts'
import { testFolder } from '../helpers/folder.ts'

const at = Temporal.Instant.from('2027-01-15T09:00:00.123456Z')
const on = Temporal.PlainDate.from('2027-01-15')
const nothingMore = async (): Promise<void> => undefined

// More people than a page, each the supervisor of somebody before and after; words of every kind; bytes.
async function fill(database: Database): Promise<void> {
  await database.transact(async (db) => {
    const [home] = await db.insert(organisation).values({
      name: 'Acme "Ltd"\n\u2028 行 \\n', zone: 'UTC', calendar: 'CN', language: 'zh', sendHour: '09:00', createdAt: at,
    }).returning()
    const organisationId = home?.id ?? 0
    await db.execute(sql`
      insert into person (organisation_id, name, email, roles, created_at)
      select ${organisationId}, 'Person ' || n, case when n % 3 = 0 then null else 'p' || n || '@example.org' end,
        array['owner', 'a "b", {c}'], '2027-01-15T09:00:00.123456Z'
      from generate_series(1, 2100) n`)
    await db.execute(sql`update person set supervisor_id = 2101 - id, away_from = '2027-01-15', away_until = '2027-02-28' where id <> 2101 - id`)
    const add = (name: string, parentId: number | null) => db.insert(certification).values({
      organisationId, scheme: 'iso-27001', options: { edition: '2022' }, name, ownerId: 7, registerKey: name,
      registerFacts: { 列: '"值"', empty: '' }, enteredOn: on, createdAt: at, revision: 1, parentId,
    }).returning()
    const [child] = await add('child', null)
    const [parent] = await add('parent', null)
    await db.update(certification).set({ parentId: parent?.id }).where(sql`id = ${child?.id}`)
    await db.insert(obligation).values({
      certificationId: child?.id ?? 0, organisationId, cycle: 1, ruleId: 'expiry', ordinal: 1, kind: 'expiry', tier: 'A', ladder: 'a',
      title: { en: 'Expiry', zh: '到期' }, dueOn: on, bookedOn: on.add({ days: -3 }), metBy: 'decided', owedBy: 'organisation', basis: '-',
      mark: 'confirmed', provisional: false, state: 'open', enteredOn: on, checkAt: at, revision: 1,
    })
    await db.insert(message).values(Array.from({ length: 120 }, (_, n) => ({
      organisationId, personId: n + 1, kind: 'daily' as const, period: '2027-01-15', part: 1, rehearsal: false, dueAt: at, state: 'captured' as const,
      messageId: `<${n}@example.org>`, language: 'en' as const, raw: Uint8Array.from({ length: 300 }, (_, value) => (value * 7 + n) % 256),
      attempts: 1, nextAttemptAt: at, settledAt: at, createdAt: at,
    })))
    await db.insert(history).values({
      organisationId, sequence: 1, at, event: 'added', subject: 'certification', subjectId: 1, previousHash: '', hash: 'a',
      facts: { big: 9_007_199_254_740_991, small: 1e-7, yes: true, none: null },
    })
  })
}

// Every row of every table, as the database writes it.
async function content(database: Database): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {}
  for (const { name } of await listTables(database.db)) {
    found[name] = (await rows(database.db, sql`select t::text as row from ${sql.identifier(name)} t order by 1`)).map((each) => each['row'])
  }
  return found
}

let source: TestDatabase
beforeAll(async () => {
  source = await testDatabase()
  await fill(source.database)
})
afterAll(() => source.close())

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(() => 'It was not refused.', (error: { code?: string; message: string }) => `${error.code}: ${error.message}`)

describe.each(databases())('a backup of an embedded database, restored on %s', (_, open) => {
  let target: TestDatabase
  beforeAll(async () => {
    target = await open()
  })
  beforeEach(() => target.reset())
  afterAll(() => target.close())

  it('has every row as it was, and can be backed up and restored in turn', async () => {
    const file = join(testFolder(), 'first.gz')
    const written = await writeBackup(source.database, file, at)
    expect(written).toBe(2100 + 120 + 5)
    expect(await readBackup(target.database, file, nothingMore)).toBe(written)
    expect(await content(target.database)).toEqual(await content(source.database))

    const again = join(testFolder(), 'again.gz')
    expect(await writeBackup(target.database, again, at)).toBe(written)
    expect(gunzipSync(readFileSync(again)).equals(gunzipSync(readFileSync(file)))).toBe(true)
  })

  it('numbers new rows after the restored ones', async () => {
    const file = join(testFolder(), 'backup.gz')
    await writeBackup(source.database, file, at)
    await readBackup(target.database, file, nothingMore)
    const [added] = await target.database.db.insert(person)
      .values({ organisationId: 1, name: 'New', roles: [], createdAt: at }).returning({ id: person.id })
    expect(added?.id).toBe(2101)
  })

  it('is refused where the database has rows, and takes nothing away', async () => {
    const file = join(testFolder(), 'backup.gz')
    await writeBackup(source.database, file, at)
    await target.database.db.execute(sql`insert into installation (name, value) values ('url', 'x')`)
    expect(await refusal(readBackup(target.database, file, nothingMore))).toMatch(/^conflict: .* already has rows in installation\. .*RECERT_HOME/)
    expect(await rows(target.database.db, sql`select value from installation`)).toEqual([{ value: 'x' }])
  })

  it('restores nothing from a file that is cut short, at whatever place', async () => {
    const file = join(testFolder(), 'backup.gz')
    await writeBackup(source.database, file, at)
    const [whole, plain] = [readFileSync(file), gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')]
    const cuts = [
      whole.subarray(0, whole.length - 20),
      whole.subarray(0, whole.length / 2),
      gzipSync(plain.slice(0, -1).join('\n')),
      gzipSync(plain.toSpliced(1000, 1).join('\n')),
      gzipSync(plain.join('\n').slice(0, 100_000)),
    ]
    for (const cut of cuts) {
      writeFileSync(file, cut)
      expect(await refusal(readBackup(target.database, file, nothingMore))).toMatch(/^invalid: .*backup\.gz is not a whole backup: .*Nothing was restored/)
      expect((await rows(target.database.db, sql`select 1 from person limit 1`))).toEqual([])
    }
  })

  it('the records can be copied straight into it', async () => {
    expect(await copyInto(source.database, target.database)).toBe(2225)
    expect(await content(target.database)).toEqual(await content(source.database))
  })
})

describe('files of evidence', () => {
  it('are read a part at a time, whatever their number: no statement carries more than one of 256 KB', async () => {
    const from = await testDatabase()
    await keepFile(from.database, bytesOf(3 * partBytes + 1, 3))
    const pages: { name: string; length: number }[] = []
    for await (const { table, rows: page } of readPages(from.database.db, await listTables(from.database.db))) {
      if (table.name === 'file_part') pages.push({ name: table.name, length: page.length })
    }
    expect(pages.map((page) => page.length)).toEqual([1, 1, 1, 1])
    await from.close()
  })

  it.each(databases())('come back byte for byte on %s', async (_, open) => {
    const [from, to] = [await testDatabase(), await open()]
    const [content, other] = [bytesOf(3 * partBytes + 1, 5), bytesOf(partBytes, 6)]
    for (const each of [content, other]) await keepFile(from.database, each)
    const file = join(testFolder(), 'backup.gz')
    const written = await writeBackup(from.database, file, at)
    expect(written).toBe(2 + 5)
    expect(await readBackup(to.database, file, nothingMore)).toBe(written)
    for (const each of [content, other]) expect((await wholeOf(readParts(to.database.db, sha256Of(each)))).equals(each)).toBe(true)
    await Promise.all([from.close(), to.close()])
  })
})

async function keepFile({ db }: Database, content: Uint8Array): Promise<void> {
  const sha256 = sha256Of(content)
  await beginFile(db, { sha256, size: content.length, type: 'application/pdf' }, at)
  for (const [n, part] of partsOf(content).entries()) await appendPart(db, sha256, n, part)
  expect(await completeFile(db, sha256, at)).toBe(true)
}

describe('a backup', () => {
  it('is for its owner only, and leaves no unfinished file beside it', async () => {
    const folder = testFolder()
    await writeBackup(source.database, join(folder, 'backup.gz'), at)
    expect(statSync(join(folder, 'backup.gz')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['backup.gz'])
  })

  it('that cannot be written leaves the earlier one as it was', async () => {
    const folder = testFolder()
    expect(await refusal(writeBackup(source.database, join(folder, 'no/such/backup.gz'), at))).toMatch(/^unavailable: .*cannot be written to .*no\/such/)
    expect(existsSync(join(folder, 'no'))).toBe(false)
  })

  it('is refused by a database with other migrations', async () => {
    const file = join(testFolder(), 'backup.gz')
    await writeBackup(source.database, file, at)
    const other = await testDatabase()
    await other.database.db.execute(sql`insert into migration (name, hash, breaking) values ('9999_future', 'x', false)`)
    expect(await refusal(readBackup(other.database, file, nothingMore))).toMatch(/^conflict: .*backup\.gz has the tables as of .*the database as of 9999_future/)
    expect(await refusal(copyInto(source.database, other.database))).toMatch(/^conflict: memory has the tables as of/)
    await other.close()
  })

  it.each([
    ['is not there', undefined, /^not-found: There is no file/],
    ['is something else', Buffer.from('hello'), /^invalid: .*is not a whole backup/],
    ['is something else, zipped', gzipSync('hello\n'), /^invalid: .*line 1 cannot be read/],
    ['is empty', gzipSync(''), /^invalid: .*it ends too early/],
    ['is another list', gzipSync('["other",{}]\n'), /^invalid: .*is not a backup of Recert/],
    ['is of a newer format', gzipSync('["recert-backup",{"version":2}]\n'), /^conflict: .*format 2; this version of Recert reads format 1/],
  ])('that %s is refused with a sentence', async (_, bytes, sentence) => {
    const file = join(testFolder(), 'backup.gz')
    if (bytes) writeFileSync(file, bytes)
    const target = await testDatabase()
    expect(await refusal(readBackup(target.database, file, nothingMore))).toMatch(sentence)
    await target.close()
  })

  it('of a memory database can be opened from its dump instead', async () => {
    const database = await openMemoryDatabase()
    await database.db.execute(sql`insert into installation (name, value) values ('url', 'x')`)
    const copy = await openMemoryDatabase(await database.dump())
    expect(await rows(copy.db, sql`select value from installation`)).toEqual([{ value: 'x' }])
    await copy.close()
    await database.close()
  })
})
