import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from 'drizzle-orm'
import { raiseAlarm } from '../../src/store/alarms.ts'
import { rows } from '../../src/store/database.ts'
import { aCast, testApp, type TestApp } from '../helpers/records.ts'
import { type Typist, typist } from '../helpers/typing.ts'

let opened: TestApp
beforeAll(async () => { opened = await testApp() })
beforeEach(async () => {
  await opened.reset()
  await aCast(opened.app)
})
afterAll(() => opened.close())

const recert: Typist = (words, ...values) => typist(opened.app, () => ({ folder: '/nowhere', columns: 200 }))(words, ...values)
const raise = (one: Parameters<typeof raiseAlarm>[1]) => opened.app.database.transact((db) => raiseAlarm(db, one, opened.clock.now()))

describe('alarms', () => {
  test('are listed with what to do, oldest first', async () => {
    expect((await recert`admin alarms`).out).toBe('No alarm is open.\n')
    await raise({ kind: 'channel-paused', facts: { phase: 'greeting', reply: '554 no' } })
    opened.clock.advance('PT1H')
    await raise({ kind: 'conservation', facts: { cases: 1, 'sent-twice': '7' } })
    const { out } = await recert`admin alarms`
    expect(out).toMatch(/1 +channel-paused +2026-11-24T08:00:00Z +phase: greeting, reply: 554 no +doctor\n/)
    expect(out).toMatch(/2 +conservation +2026-11-24T09:00:00Z +cases: 1, sent-twice: 7/)
    expect(JSON.parse((await recert`admin alarms --json`).out)).toEqual([
      { id: 1, kind: 'channel-paused', subjectId: null, facts: { phase: 'greeting', reply: '554 no' }, raisedAt: '2026-11-24T08:00:00Z', see: 'doctor' },
      { id: 2, kind: 'conservation', subjectId: null, facts: { cases: 1, 'sent-twice': '7' }, raisedAt: '2026-11-24T09:00:00Z', see: 'admin alarms --json' },
    ])
    expect((await recert`admin alarms --limit 1`).err).toContain('--limit N')
  })

  test('are closed once, which the history keeps', async () => {
    await raise({ kind: 'clock', facts: { seconds: 400 } })
    expect((await recert`admin close-alarm 1`).out).toBe('Alarm 1 (clock) is closed.\n')
    expect((await recert`admin alarms`).out).toBe('No alarm is open.\n')
    expect(await recert`admin close-alarm 1`).toMatchObject({ exit: 1, err: 'Alarm 1 has been closed since 2026-11-24T08:00:00Z.\n' })
    expect(await recert`admin close-alarm 9`).toMatchObject({ exit: 2, err: 'There is no alarm 9. List them with: admin alarms\n' })
    expect(await rows(opened.app.database.db, sql`select event, subject, subject_id, actor_id, facts from history where event = 'alarm-closed'`))
      .toEqual([{ event: 'alarm-closed', subject: 'alarm', subject_id: 1, actor_id: null, facts: { alarm: 1, kind: 'clock' } }])
  })

  test('are what the doctor looks at too', async () => {
    await raise({ kind: 'quarantine', facts: { mails: 3 } })
    const { exit, out } = await recert`doctor`
    expect(exit).toBe(1)
    expect(out).toContain('alarm 1: mail is held after a restore since 2026-11-24T08:00:00Z: mails 3. See: message quarantined; when it is settled: admin close-alarm 1')
  })
})
