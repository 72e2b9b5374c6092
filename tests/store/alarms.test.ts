import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database, Db } from '../../src/store/database.ts'
import * as store from '../../src/store/alarms.ts'
import { databases } from '../helpers/database.ts'
import { instant } from '../helpers/factory.ts'

const at = instant('2027-05-31T09:00:00Z')
const later = at.add({ hours: 1 })

describe.each(databases())('alarms on %s', (_, open) => {
  let opened: Awaited<ReturnType<typeof open>>
  let database: Database
  let db: Db
  beforeAll(async () => {
    opened = await open()
    database = opened.database
    db = database.db
  })
  beforeEach(() => opened.reset())
  afterAll(() => opened.close())

  const openOnes = async (): Promise<string[]> =>
    (await store.listOpenAlarms(db, 50)).map((one) => `${one.kind} ${one.subjectId ?? '-'} ${JSON.stringify(one.facts)}`)

  test('one stays open per kind and subject, however often it is raised', async () => {
    expect(await store.raiseAlarm(db, { kind: 'mail-failed', subjectId: 7, facts: { state: 'rejected' } }, at)).toBe(true)
    expect(await store.raiseAlarm(db, { kind: 'mail-failed', subjectId: 7, facts: { state: 'abandoned' } }, later)).toBe(false)
    expect(await store.raiseAlarm(db, { kind: 'mail-failed', subjectId: 8, facts: {} }, later)).toBe(true)
    expect(await store.raiseAlarm(db, { kind: 'clock', facts: { seconds: 600 } }, later)).toBe(true)
    expect(await store.raiseAlarm(db, { kind: 'clock', facts: { seconds: 700 } }, later)).toBe(false)
    expect(await openOnes()).toEqual(['mail-failed 7 {"state":"rejected"}', 'mail-failed 8 {}', 'clock - {"seconds":600}'])
  })

  test('raising one that is open does not end the transaction it stands in', async () => {
    await store.raiseAlarm(db, { kind: 'clock', facts: {} }, at)
    await database.transact(async (tx) => {
      expect(await store.raiseAlarm(tx, { kind: 'clock', facts: {} }, at)).toBe(false)
      await store.raiseAlarm(tx, { kind: 'quarantine', facts: {} }, at)
    })
    expect(await openOnes()).toEqual(['clock - {}', 'quarantine - {}'])
  })

  test('one that is over closes, stays as a record, and may be raised again', async () => {
    await store.raiseAlarm(db, { kind: 'mail-failed', subjectId: 7, facts: {} }, at)
    await store.raiseAlarm(db, { kind: 'mail-failed', subjectId: 8, facts: {} }, at)
    expect((await store.closeAlarms(db, { kind: 'mail-failed', subjectId: 7 }, later)).map((one) => one.id)).toEqual([1])
    expect(await openOnes()).toEqual(['mail-failed 8 {}'])
    expect(await store.raiseAlarm(db, { kind: 'mail-failed', subjectId: 7, facts: {} }, later)).toBe(true)
    expect(await store.closeAlarms(db, { kind: 'mail-failed' }, later)).toHaveLength(2)
    expect(await openOnes()).toEqual([])
    expect((await store.listAlarms(db, 50)).map((one) => one.closedAt?.toString())).toEqual(['2027-05-31T10:00:00Z', '2027-05-31T10:00:00Z', '2027-05-31T10:00:00Z'])
  })

  test('closing one by its number happens once', async () => {
    await store.raiseAlarm(db, { kind: 'clock', facts: {} }, at)
    expect((await store.closeAlarm(db, 1, later))?.kind).toBe('clock')
    expect(await store.closeAlarm(db, 1, later)).toBeUndefined()
    expect((await store.findAlarm(db, 1))?.closedAt?.toString()).toBe('2027-05-31T10:00:00Z')
  })

  test('other figures of the same trouble replace the old ones', async () => {
    expect(await store.restateAlarm(db, { kind: 'conservation', facts: { cases: 2 } })).toBe(false)
    await store.raiseAlarm(db, { kind: 'conservation', facts: { cases: 1 } }, at)
    expect(await store.restateAlarm(db, { kind: 'conservation', facts: { cases: 2 } })).toBe(true)
    expect(await openOnes()).toEqual(['conservation - {"cases":2}'])
  })
})
