import type { Role } from '../../src/core/person.ts'
import { eq, sql } from 'drizzle-orm'
import { integer, pgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { bytes, day, instant } from '../../src/store/columns.ts'
import { openDatabase, rows, violatedConstraint, wakeWorkers, type Database, type Db } from '../../src/store/database.ts'
import { organisation, person } from '../../src/store/schema-records.ts'
import { history } from '../../src/store/schema-system.ts'
import { databases, testPostgres, type TestDatabase } from '../helpers/database.ts'
import { urlOf } from '../helpers/postgres.ts'

const at = Temporal.Instant.from('2027-01-15T09:00:00.123456Z')

const acme = { name: 'Acme', zone: 'Asia/Shanghai', calendar: 'CN', language: 'zh', sendHour: '09:00', createdAt: at } as const

async function addOrganisation(db: Db, name = 'Acme'): Promise<number> {
  const [added] = await db.insert(organisation).values({ ...acme, name }).returning({ id: organisation.id })
  return added?.id ?? 0
}

const failure = (work: Promise<unknown>): Promise<Error | undefined> =>
  work.then(() => undefined, (error: unknown) => (error instanceof Error ? error : new Error(String(error))))
// drizzle puts the driver's error behind one of its own.
const sentence = (error: Error | undefined): string => `${String(error)} ${String(error?.cause)}`

describe.each(databases())('on %s', (_, open) => {
  let test: TestDatabase
  let database: Database
  let db: Db
  beforeAll(async () => {
    test = await open()
    database = test.database
    db = database.db
  })
  beforeEach(() => test.reset())
  afterAll(() => test.close())

  describe('values', () => {
    const sample = pgTable('sample', {
      id: integer('id').primaryKey(), on: day('on'), at: instant('at'), raw: bytes('raw'),
    })
    beforeAll(() => db.execute(sql`create table sample (id integer primary key, "on" date, at timestamptz, raw bytea)`))
    afterAll(() => db.execute(sql`drop table sample`))

    it.each(['2024-02-29', '0001-01-01', '1582-10-10', '1999-12-31', '9999-12-31'])('the day %s comes back as it was', async (text) => {
      await db.insert(sample).values({ id: 1, on: Temporal.PlainDate.from(text) })
      const [found] = await db.select().from(sample).where(eq(sample.on, Temporal.PlainDate.from(text)))
      expect(found?.on?.toString()).toBe(text)
    })

    it.each(['2027-01-15T09:00:00Z', '2027-01-15T09:00:00.123456Z', '1970-01-01T00:00:00Z', '1899-12-31T23:59:59Z'])(
      'the moment %s comes back as it was', async (text) => {
        await db.insert(sample).values({ id: 1, at: Temporal.Instant.from(text) })
        const [found] = await db.select().from(sample)
        expect(found?.at?.toString()).toBe(text)
      })

    it('every byte comes back as it was', async () => {
      const raw = Uint8Array.from({ length: 256 }, (_, value) => value)
      await db.insert(sample).values({ id: 1, raw })
      const [found] = await db.select().from(sample)
      expect([...found?.raw ?? []]).toEqual([...raw])
    })

    it('lists and words come back as they were', async () => {
      const organisationId = await addOrganisation(db)
      // Not roles of ours: what matters here is that the quotes of the database are undone.
      const roles: Role[] = JSON.parse('["owner", "a \\"quoted\\", {braced} role"]')
      await db.insert(person).values({ organisationId, name: '张伟', roles, createdAt: at })
      expect(await db.select({ name: person.name, roles: person.roles }).from(person)).toEqual([{ name: '张伟', roles }])
    })

    it('raw rows have the same shape on both drivers, with days and moments as text', async () => {
      const found = await rows(db, sql`
        select 1 as number, 'x' as text, true as yes, null as nothing, date '2024-02-29' as day,
          timestamptz '2027-01-15 17:00:00+08' as moment, '{"a":[1]}'::jsonb as data`)
      expect(found).toEqual([{
        number: 1, text: 'x', yes: true, nothing: null, day: '2024-02-29', moment: '2027-01-15 09:00:00+00', data: { a: [1] },
      }])
    })
  })

  describe('constraints', () => {
    it('a unique key that is used twice is known by its name', async () => {
      await addOrganisation(db, 'Acme')
      expect(violatedConstraint(await failure(addOrganisation(db, 'ACME')))).toBe('organisation_name_is_used_once')
    })

    it('a value that is not allowed is known by the name of its check', async () => {
      const error = await failure(db.insert(organisation).values({ ...acme, sendHour: '25:00' }))
      expect(violatedConstraint(error)).toBe('organisation_send_hour_is_a_local_time')
    })

    it('a reference to nothing is known by the name of its key', async () => {
      const organisationId = await addOrganisation(db)
      const error = await failure(db.insert(person).values({ organisationId, name: 'A', roles: [], supervisorId: 99, createdAt: at }))
      expect(violatedConstraint(error)).toBe('supervisor_is_a_person')
    })

    it('an error of another kind names no constraint', async () => {
      expect(violatedConstraint(await failure(db.execute(sql`select 1 / 0`)))).toBeUndefined()
      expect(violatedConstraint(new Error('no'))).toBeUndefined()
      expect(violatedConstraint('no')).toBeUndefined()
    })
  })

  describe('history', () => {
    beforeEach(async () => {
      const organisationId = await addOrganisation(db)
      await db.insert(history).values({
        organisationId, sequence: 1, at, event: 'added', subject: 'organisation', subjectId: organisationId, facts: {},
        previousHash: '', hash: 'a',
      })
    })

    it.each([
      ['changed', sql`update history set hash = 'b'`, 'update'],
      ['deleted', sql`delete from history`, 'delete'],
      ['emptied', sql`truncate history`, 'truncate'],
      ['changed, even where no row fits', sql`update history set hash = 'b' where false`, 'update'],
    ])('cannot be %s', async (_, statement, word) => {
      const error = await failure(db.execute(statement))
      expect(sentence(error)).toContain(`History is append-only: ${word} is refused.`)
      expect(violatedConstraint(error)).toBe('history_is_append_only')
      expect(await db.select({ hash: history.hash }).from(history)).toEqual([{ hash: 'a' }])
    })
  })

  describe('workers', () => {
    it('are woken by a transaction once it has committed, and not by one that was taken back', async () => {
      const heard: string[] = []
      const second = Promise.withResolvers<void>()
      const end = await database.listen(() => {
        heard.push('woken')
        second.resolve()
      })
      await failure(database.transact(async (tx) => {
        await wakeWorkers(tx)
        throw new Error('taken back')
      }))
      await database.transact(wakeWorkers)
      await second.promise
      await end()
      await database.transact(wakeWorkers)
      expect(heard).toEqual(['woken'])
    })
  })

  describe('transactions', () => {
    const names = async (): Promise<string[]> => (await db.select().from(organisation)).map((each) => each.name)

    it('all of its work is kept, and its answer returned', async () => {
      expect(await database.transact((inner) => addOrganisation(inner))).toBe(1)
      expect(await names()).toEqual(['Acme'])
    })

    it('a throw takes all of it back', async () => {
      await expect(database.transact(async (inner) => {
        await addOrganisation(inner)
        throw new Error('changed my mind')
      })).rejects.toThrow('changed my mind')
      expect(await names()).toEqual([])
    })

    it('a savepoint takes back its part only', async () => {
      await database.transact(async (inner) => {
        await addOrganisation(inner, 'kept')
        await failure(inner.transaction(async (part) => {
          await addOrganisation(part, 'lost')
          throw new Error('this part only')
        }))
      })
      expect(await names()).toEqual(['kept'])
    })

    it('the outer database used inside throws at once, and takes the work back', async () => {
      const error = await failure(database.transact(async (inner) => {
        await addOrganisation(inner)
        await addOrganisation(db, 'outside')
      }))
      expect(sentence(error)).toContain('The outer database was used inside a transaction')
      expect(await names()).toEqual([])
    })

    it.each([
      ['reading', () => db.select().from(organisation)],
      ['raw SQL', () => rows(db, sql`select 1`)],
      ['another transaction', () => database.transact(async () => 1)],
      ['a plain transaction', async () => db.transaction(async () => 1)],
    ])('%s on the outer database is refused inside', async (_, use) => {
      const error = await database.transact(() => failure(use()))
      expect(sentence(error)).toContain('The outer database was used inside a transaction')
    })

    it('another database may be used inside', async () => {
      const other = await open()
      try {
        expect(await database.transact(() => rows(other.database.db, sql`select 1 as one`))).toEqual([{ one: 1 }])
      } finally {
        await other.close()
      }
    })

    it('what a transaction leaves running is outside once it has ended', async () => {
      const ended = Promise.withResolvers<void>()
      let later: Promise<number> | undefined
      await database.transact(async () => {
        later = ended.promise.then(() => addOrganisation(db, 'later'))
      })
      ended.resolve()
      await later
      expect(await names()).toEqual(['later'])
    })
  })

  it('an empty database starts its numbers again', async () => {
    expect(await addOrganisation(db)).toBe(1)
    await test.reset()
    expect(await addOrganisation(db)).toBe(1)
  })

  it('a database has one identity, and another has another', async () => {
    const identity = await database.identity()
    expect(identity).toMatch(/^\d{15,}\/\d+$/)
    expect(await database.identity()).toBe(identity)
  })

  it('the time zone is UTC', async () => {
    expect(await rows(db, sql`select current_setting('TimeZone') as zone`)).toEqual([{ zone: 'UTC' }])
  })
})

const server = inject('postgres')
const reason = 'missing' in server ? ` (skipped: ${server.missing})` : ''

describe.skipIf(reason !== '')(`a PostgreSQL server${reason}`, () => {
  let test: Awaited<ReturnType<typeof testPostgres>>
  beforeAll(async () => {
    test = await testPostgres()
  })
  afterAll(() => test.close())

  const openAgain = (url = test.url): Promise<Database> => openDatabase({ home: '', databaseUrl: url })
  const refusalOf = async (url: string): Promise<string> => String(await failure(openAgain(url)))

  it('nobody is said to serve before a server holds the mark, nor after it has closed', async () => {
    const [first, second] = [await openAgain(), await openAgain()]
    expect(await test.database.isServed()).toBe(false)
    await Promise.all([first.holdServing(), second.holdServing()])
    expect(await test.database.isServed()).toBe(true)
    await first.close()
    expect(await test.database.isServed()).toBe(true)
    await second.close()
    await expect.poll(() => test.database.isServed()).toBe(false)
  })

  it('the serving mark comes back after its connection was lost', async () => {
    const serving = await openAgain()
    const holders = sql`select pid, pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 2`
    await serving.holdServing()
    const [lost] = await rows(test.database.db, holders)
    await expect.poll(async () => (await rows(test.database.db,
      sql`select pid from pg_locks where locktype = 'advisory' and objid = 2 and pid <> ${lost?.['pid']}`)).length, { timeout: 10_000 }).toBe(1)
    await serving.close()
    await expect.poll(() => test.database.isServed()).toBe(false)
  })

  it('two databases of one server differ in their identity', async () => {
    const other = await testPostgres()
    expect(await other.database.identity()).not.toBe(await test.database.identity())
    await other.close()
  })

  it('a server that is not there is named without its password, with the way to start one', async () => {
    const message = await refusalOf('postgres://recert:hunter2@127.0.0.1:1/recert')
    expect(message).toContain('No PostgreSQL answers at 127.0.0.1:1, database "recert" (ECONNREFUSED)')
    expect(message).toContain('docker compose up -d database')
    expect(message).toContain('unset DATABASE_URL')
    expect(message).not.toContain('hunter2')
  })

  it('a database that is not there is named', async () => {
    expect(await refusalOf(urlOf(test.url, 'nowhere'))).toContain('there is no such database')
  })

  it.skipIf(process.env['TEST_DATABASE_URL'])('a wrong password is told apart from a server that is not there', async () => {
    const url = new URL(test.url)
    url.password = 'hunter2'
    const message = await refusalOf(url.toString())
    expect(message).toContain('does not let user "recert" in')
    expect(message).not.toContain('hunter2')
  })
})
