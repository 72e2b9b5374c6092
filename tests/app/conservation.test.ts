import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { closeAlarm, listOpenAlarms } from '../../src/app/alarms.ts'
import { checkConservation } from '../../src/app/conservation.ts'
import { keepHouse, runJob } from '../../src/app/jobs.ts'
import { raiseAlarm } from '../../src/store/alarms.ts'
import { retryMessage } from '../../src/app/messages.ts'
import { deliverMessagesJob } from '../../jobs/deliver-messages.ts'
import { bodyRefused, mailServer } from '../helpers/mail-server.ts'
import { aCast, aCertification, live, planAt, testApp, type TestApp } from '../helpers/records.ts'

const nine = '2027-05-31T09:00:00Z'

describe('the law of conservation', () => {
  let opened: TestApp
  let app: App
  beforeAll(async () => {
    opened = await testApp()
    app = opened.app
  })
  beforeEach(async () => {
    await opened.reset()
    const { organisation, alice } = await aCast(app)
    await live(app, organisation)
    await aCertification(app, { organisationId: organisation.id, ownerId: alice.id })
  })
  afterAll(() => opened.close())

  const deliver = async (transport = mailServer()): Promise<void> => {
    await runJob(app, deliverMessagesJob, { now: app.clock.now(), asked: false, transport })
  }
  /** One mail, planned and sent: message 1. */
  const send = async (transport = mailServer()): Promise<void> => {
    await planAt(opened, nine)
    await deliver(transport)
  }
  const check = () => checkConservation(app, app.clock.now())
  const breaches = async (): Promise<string[]> => (await check()).breaches.map((one) => `${one.kind} ${one.ids.join(' ')}`)
  const alarms = async (): Promise<string[]> => (await listOpenAlarms(app)).map((one) => `${one.kind} ${JSON.stringify(one.facts)}`)
  const change = (query: ReturnType<typeof sql>) => app.database.db.execute(query)

  test('every mail of a day is in one of the parts', async () => {
    await send()
    const { tally } = await check()
    expect(tally).toMatchObject({ planned: 1, sent: 1 })
    expect(await breaches()).toEqual([])
    expect(await alarms()).toEqual([])
  })

  test.each([
    ['counts as sent and no attempt says so', sql`delete from delivery`, 'sent-without-delivery 1'],
    ['was taken twice, the first not in doubt', sql`insert into delivery (message_id, attempt, channel, started_at, outcome) values (1, 2, 'smtp', ${nine}, 'sent')`, 'sent-twice 1'],
    ['has left by the history and waits by its row', sql`update message set state = 'planned', settled_at = null`, 'link-without-mail 1'],
    ['was taken out for want of a reader and counts as said',
      sql`update message set state = 'cancelled', reply = 'the person can no longer be reached'`, 'said-to-nobody 1'],
  ])('a mail that %s is found', async (_, accident, expected) => {
    await send()
    await change(accident)
    expect(await breaches()).toContain(expected)
  })

  test('a mail that left and is not in the history is found', async () => {
    await planAt(opened, nine)
    await change(sql`update message set state = 'sent', raw = '', settled_at = ${nine}::timestamptz`)
    await change(sql`insert into delivery (message_id, attempt, channel, started_at, outcome) values (1, 1, 'smtp', ${nine}, 'sent')`)
    expect(await breaches()).toEqual(['sent-without-link 1'])
  })

  test('a second attempt after one in doubt is no breach', async () => {
    await send()
    await change(sql`update delivery set attempt = 3`)
    await change(sql`insert into delivery (message_id, attempt, channel, started_at, outcome)
      values (1, 1, 'smtp', ${nine}, 'sent'), (1, 2, 'smtp', ${nine}, 'in-doubt')`)
    expect(await breaches()).toEqual([])
  })

  test('a worker that vanished and was not missed for five minutes is found', async () => {
    await planAt(opened, nine)
    const vanish = (ago: string) => change(sql`update message set state = 'claimed', token = 'x', lease_until = clock_timestamp() - ${ago}::interval`)
    await vanish('4 minutes')
    expect(await breaches()).toEqual([])
    await vanish('6 minutes')
    expect(await breaches()).toEqual(['lost-in-flight 1'])
  })

  test('a mail that could have left an hour ago while deliveries run is found, and not while mail is paused', async () => {
    await planAt(opened, nine)
    opened.clock.set('2027-05-31T10:05:00Z')
    expect(await breaches(), 'no delivery ran').toEqual([])
    await change(sql`insert into job_run (job, started_at, as_of, ended_at, outcome)
      values ('deliver-messages', '2027-05-31T10:04:00Z', '2027-05-31T10:04:00Z', '2027-05-31T10:04:00Z', 'done')`)
    expect(await breaches()).toEqual(['stuck 1'])
    await change(sql`insert into channel (name, failing_since, failures) values ('smtp', ${nine}::timestamptz, 3)`)
    expect(await breaches()).toEqual([])
  })

  test('a breach is one alarm, which names the mails, and is over when a later look finds nothing', async () => {
    await send()
    await change(sql`update delivery set outcome = 'deferred'`)
    await check()
    await check()
    expect(await alarms()).toEqual(['conservation {"cases":1,"sent-without-delivery":"1"}'])
    opened.clock.advance('P3D')
    await check()
    expect(await alarms(), 'what was found is looked at again, however old').toHaveLength(1)
    await change(sql`update delivery set outcome = 'sent'`)
    await check()
    expect(await alarms()).toEqual([])
  })

  test('what cannot be mended is accepted by closing the alarm, and is not told again', async () => {
    await send()
    await change(sql`delete from delivery`)
    await check()
    await app.database.transact((db) => closeAlarm(db, 1, app.clock.now()))
    expect(await breaches()).toEqual([])
    expect(await alarms()).toEqual([])
  })

  test('a mail given up without an alarm gets one, and trying it again closes it', async () => {
    await send(mailServer(bodyRefused))
    await change(sql`delete from alarm`)
    expect(await check()).toMatchObject({ alarmed: 1, breaches: [] })
    expect(await alarms()).toEqual(['mail-failed {"state":"rejected","person":2}'])
    expect(await check()).toMatchObject({ alarmed: 0, tally: { failed: 1 } })
    await app.database.transact((db) => retryMessage(db, 1, app.clock.now()))
    expect(await alarms()).toEqual([])
  })

  test('the alarm of a mail that was sent and came back stays until a person closes it', async () => {
    await send()
    await app.database.transact((db) => raiseAlarm(db, { kind: 'mail-failed', subjectId: 1, facts: { state: 'failed' } }, app.clock.now()))
    await change(sql`insert into bounce (message_id, person_id, report_hash, action, suspends, received_at) values (1, 2, 'x', 'failed', true, ${nine})`)
    await check()
    expect(await alarms()).toEqual(['mail-failed {"state":"failed"}'])
    await change(sql`delete from bounce`)
    await check()
    expect(await alarms()).toEqual([])
  })

  test('housekeeping looks every hour, though the rest of it is done once a day', async () => {
    await send()
    expect(await keepHouse(app, app.clock.now())).toMatchObject({ breaches: 0 })
    await change(sql`delete from delivery`)
    opened.clock.advance('PT1H')
    expect(await keepHouse(app, app.clock.now())).toMatchObject({ breaches: 1 })
    expect(opened.alarms.at(-1)).toContain('do not add up')
  })

  test('mails of long ago are not looked at again, unless they are tried', async () => {
    await send(mailServer(bodyRefused))
    await check()
    opened.clock.advance('P5D')
    expect((await check()).tally.planned).toBe(0)
    await app.database.transact((db) => retryMessage(db, 1, app.clock.now()))
    await deliver()
    await change(sql`update delivery set outcome = 'deferred' where outcome = 'sent'`)
    expect(await breaches()).toEqual(['sent-without-delivery 1'])
  })
})
