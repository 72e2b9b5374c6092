import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { type Db, openDatabase } from '../../src/store/database.ts'
import { appendHistory, type Entry, findBrokenLink, listHistory } from '../../src/store/history.ts'
import { databases, testPostgres } from '../helpers/database.ts'
import { instant } from '../helpers/factory.ts'
import { anOrganisation, testApp, type TestApp } from '../helpers/records.ts'

const at = instant('2026-11-24T08:00:00.123456789Z')
const entry = (event: string, rest: Partial<Entry> = {}): Entry =>
  ({ event, subject: 'certification', subjectId: 7, facts: { to: '2027-01-01', cycle: 2, done: true, from: null }, ...rest })

describe.each(databases())('history on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
  })
  // Adding an organisation is the first link of its chain.
  beforeEach(async () => {
    await opened.reset()
    await anOrganisation(opened.app)
  })
  afterAll(() => opened.close())

  const append = (...entries: readonly Entry[]) => opened.app.database.transact((tx) => appendHistory(tx, 1, entries, at))
  const forge = async (change: string): Promise<void> => {
    await db.execute(sql`alter table history disable trigger user`)
    await db.execute(sql.raw(change))
    await db.execute(sql`alter table history enable trigger user`)
  }

  test('is a whole chain, however its links came, and one per organisation', async () => {
    const other = await anOrganisation(opened.app, 'Other')
    await append(entry('a'), entry('b'))
    await append()
    await append(...Array.from({ length: 1100 }, (_each, n) => entry(`c${n}`)))
    expect(await findBrokenLink(db, 1)).toBeUndefined()
    expect(await findBrokenLink(db, other.id)).toBeUndefined()
    expect(await findBrokenLink(db, 99)).toBeUndefined()
  })

  test('cannot be rewritten or taken away', async () => {
    await append(entry('a'))
    await expect(db.execute(sql`update history set event = 'b'`)).rejects.toThrow()
    await expect(db.execute(sql`delete from history`)).rejects.toThrow()
    await expect(db.execute(sql`truncate history cascade`)).rejects.toThrow()
    expect((await listHistory(db, 'certification', 7)).map((one) => one.event)).toEqual(['a'])
  })

  test.each([
    ['an event', `update history set event = 'x' where sequence = 3`, 3],
    ['a fact', `update history set facts = facts || '{"cycle": 3}' where sequence = 2`, 2],
    ['a day', `update history set at = at + interval '1 microsecond' where sequence = 4`, 4],
    ['who did it', `update history set subject_id = 8 where sequence = 2`, 2],
    ['a link taken out', `delete from history where sequence = 3`, 4],
    ['a hash of its own', `update history set hash = md5(hash) where sequence = 3`, 3],
  ])('shows the first link that was forged: %s', async (_what, change, sequence) => {
    await append(entry('a'), entry('b'), entry('c'))
    await forge(change)
    expect(await findBrokenLink(db, 1)).toBe(sequence)
  })

  test('comes back newest first, of one subject, and can be counted', async () => {
    await append(entry('a'), entry('b', { subjectId: 8 }), entry('c', { subject: 'obligation' }), entry('a'))
    const found = await listHistory(db, 'certification', 7)
    expect(found.map((one) => [one.event, one.sequence])).toEqual([['a', 5], ['a', 2]])
    expect(found[0]!.facts).toEqual({ to: '2027-01-01', cycle: 2, done: true, from: null })
    expect(found[0]!.at.toString()).toBe('2026-11-24T08:00:00.123456Z')
    expect(await listHistory(db, 'certification', 7, 1)).toHaveLength(1)
  })

  test('a change that is rolled back leaves no link', async () => {
    await expect(opened.app.database.transact(async (tx) => {
      await appendHistory(tx, 1, [entry('a')], at)
      throw new Error('no')
    })).rejects.toThrow('no')
    await append(entry('b'))
    expect((await listHistory(db, 'certification', 7)).map((one) => [one.event, one.sequence])).toEqual([['b', 2]])
  })
})

describe.skipIf('missing' in inject('postgres'))('history written by two servers at once', () => {
  test('stays one chain', async () => {
    const postgres = await testPostgres()
    const second = await openDatabase({ home: '', databaseUrl: postgres.url })
    const opened = await testApp(async () => postgres)
    try {
      await anOrganisation(opened.app)
      await Promise.all(Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? second : postgres.database).transact((db) => appendHistory(db, 1, [entry(`a${n}`), entry(`b${n}`)], at))))
      expect(await findBrokenLink(postgres.database.db, 1)).toBeUndefined()
      expect(await listHistory(postgres.database.db, 'certification', 7)).toHaveLength(40)
    } finally {
      await second.close()
      await opened.close()
    }
  })
})
