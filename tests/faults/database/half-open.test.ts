// A line whose other end has gone without a word: nothing is answered, nothing is closed. A process on it must
// neither wait for ever nor end, and nobody must be forgotten or told twice.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openDatabase, rows } from '../../../src/store/database.ts'
import { testPostgres, type TestDatabase } from '../../helpers/database.ts'
import { drawAccount } from '../kills/account.ts'
import { finish } from '../kills/killing.ts'
import { addOwners, openStage, settle, startReplica } from '../kills/stage.ts'
import { openProxy, type Proxy } from './proxy.ts'

describe.skipIf('missing' in inject('postgres'))('a line to PostgreSQL that swallows everything', () => {
  let opened: TestDatabase & { readonly url: string }
  let proxy: Proxy

  beforeAll(async () => {
    opened = await testPostgres()
    proxy = await openProxy(opened.url)
  })
  afterAll(async () => {
    await proxy?.close()
    await opened?.close()
  })

  test('is given up within half a minute, and the next statement runs as soon as there is a way again', async () => {
    const database = await openDatabase({ home: '', databaseUrl: proxy.url })
    proxy.swallow()
    const began = performance.now()
    await expect(Promise.all([
      database.transact(async (db) => await db.execute(sql`select 1`)),
      rows(database.db, sql`select 1`),
    ])).rejects.toThrow()
    expect(performance.now() - began).toBeLessThan(60_000)
    proxy.recover()
    expect(await rows(database.db, sql`select 1 as one`)).toEqual([{ one: 1 }])
    await database.close()
  }, 120_000)

  test('a statement that the server is still at work on is waited for, however quiet it is', async () => {
    const database = await openDatabase({ home: '', databaseUrl: proxy.url })
    expect(await rows(database.db, sql`select 1 as one from pg_sleep(24)`)).toEqual([{ one: 1 }])
    await database.close()
  }, 120_000)

  test('a replica on it lives on, and sends what it could not, once', async () => {
    const stage = await openStage({ DATABASE_URL: opened.url })
    const organisation = await settle(stage)
    const replica = startReplica({ ...stage, environment: { ...stage.environment, DATABASE_URL: proxy.url } }, {})
    await replica.says('ready')
    proxy.swallow()
    await stage.use(async (app) => await addOwners(app, organisation.id, ['alice', 'bob', 'carol']))
    await replica.says('failed')
    expect(stage.sink.copies).toEqual([])
    proxy.recover()
    await stage.sink.kept(3)
    replica.process.kill('SIGTERM')
    expect(await replica.ended).toBeUndefined()
    await stage.use(async (app, transport) => {
      await finish(app, transport)
      expect(await drawAccount(app, stage.sink.copies)).toMatchObject({ mails: 3, duplicates: 0, inDoubt: 0, findings: [] })
    })
    await stage.close()
  }, 180_000)
})
