import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { type Db, openDatabase } from '../../src/store/database.ts'
import { updatePerson } from '../../src/store/people.ts'
import * as store from '../../src/store/sessions.ts'
import { databases, testPostgres } from '../helpers/database.ts'
import { instant } from '../helpers/factory.ts'
import { anOrganisation, aPerson, testApp, type TestApp } from '../helpers/records.ts'

const at = instant('2026-11-24T08:00:00Z')
const plus = (duration: string) => at.add(duration)
const token = (tokenHash: string): store.NewToken => ({ personId: 1, tokenHash, createdAt: at, expiresAt: plus('PT15M') })

describe.each(databases())('sign-in on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
  })
  beforeEach(async () => {
    await opened.reset()
    await anOrganisation(opened.app)
    await aPerson(opened.app, { name: 'Ann', organisationId: 1 })
  })
  afterAll(() => opened.close())

  test('a link works once, until it expires, for somebody who has not left', async () => {
    await store.insertSignInLink(db, token('a'))
    await store.insertSignInLink(db, token('b'))
    expect(await store.isSignInLinkUsable(db, 'a', at)).toBe(true)
    expect(await store.claimSignInLink(db, 'a', plus('PT14M'))).toBe(1)
    expect(await store.claimSignInLink(db, 'a', plus('PT14M'))).toBeUndefined()
    expect(await store.claimSignInLink(db, 'nobody knows it', at)).toBeUndefined()
    expect(await store.isSignInLinkUsable(db, 'b', plus('PT15M'))).toBe(false)
    expect(await store.claimSignInLink(db, 'b', plus('PT15M'))).toBeUndefined()
    await updatePerson(db, 1, { deactivatedAt: at })
    expect(await store.claimSignInLink(db, 'b', at)).toBeUndefined()
  })

  test('a session lives while it is used, has not expired, was not ended, and its person has not left', async () => {
    await store.insertSession(db, token('s'))
    const find = (now = at, seenAfter = at.subtract({ hours: 1 })) => store.findLiveSession(db, 's', { now, seenAfter })
    expect(await find()).toMatchObject({ id: 1, personId: 1 })
    expect(await find(plus('PT15M'))).toBeUndefined()
    expect(await find(at, at)).toBeUndefined()
    await updatePerson(db, 1, { deactivatedAt: at })
    expect(await find()).toBeUndefined()
    await updatePerson(db, 1, { deactivatedAt: null })
    await store.endSession(db, 's', at)
    expect(await find()).toBeUndefined()
  })

  test('its use is remembered, but not at every step', async () => {
    await store.insertSession(db, token('s'))
    const seen = async () => (await store.findLiveSession(db, 's', { now: at, seenAfter: at.subtract({ hours: 1 }) }))?.seenAt.toString()
    await store.touchSession(db, 1, plus('PT1M'), at.subtract({ minutes: 4 }))
    expect(await seen()).toBe(at.toString())
    await store.touchSession(db, 1, plus('PT5M'), at)
    expect(await seen()).toBe(plus('PT5M').toString())
  })
})

describe.skipIf('missing' in inject('postgres'))('a link used through two servers at once', () => {
  test('signs one of them in', async () => {
    const postgres = await testPostgres()
    const second = await openDatabase({ home: '', databaseUrl: postgres.url })
    const opened = await testApp(async () => postgres)
    try {
      await anOrganisation(opened.app)
      await aPerson(opened.app, { name: 'Ann', organisationId: 1 })
      await store.insertSignInLink(postgres.database.db, token('a'))
      const claimed = await Promise.all([postgres.database, second, postgres.database, second].map((one) => one.transact((db) => store.claimSignInLink(db, 'a', at))))
      expect(claimed.filter((one) => one !== undefined)).toEqual([1])
    } finally {
      await second.close()
      await opened.close()
    }
  })
})
