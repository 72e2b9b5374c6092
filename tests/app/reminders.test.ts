import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { decideCertification } from '../../src/app/decisions.ts'
import { confirmObligation } from '../../src/app/obligations.ts'
import { deactivatePerson, editPerson, setAway } from '../../src/app/people.ts'
import { changePolicy } from '../../src/app/policies.ts'
import { planReminders } from '../../src/app/reminders.ts'
import { fixedClock } from '../../src/clock.ts'
import { type Db, openDatabase, rows } from '../../src/store/database.ts'
import { findWatermark } from '../../src/store/jobs.ts'
import { insertMessage } from '../../src/store/outbox.ts'
import { testPostgres } from '../helpers/database.ts'
import { day, daysFrom } from '../helpers/factory.ts'
import {
  aCast, aCertification, anOrganisation, aPerson, type Cast, deliverAll, dutyOf, ledger, live, mail, planAt, testApp, type TestApp,
} from '../helpers/records.ts'

let opened: TestApp
let app: App
let cast: Cast

beforeAll(async () => {
  opened = await testApp()
  app = opened.app
})
beforeEach(async () => {
  await opened.reset()
  cast = await aCast(app)
})
afterAll(() => opened.close())

const organisationId = (): number => cast.organisation.id
const forAlice = (values: Partial<Parameters<typeof aCertification>[1]> = {}) =>
  aCertification(app, { organisationId: organisationId(), ownerId: cast.alice.id, ...values })

/** Plans and delivers at nine on each of the days. */
async function liveDays(days: readonly string[]): Promise<void> {
  for (const one of days) {
    await planAt(opened, `${one}T09:00:00Z`)
    await deliverAll(app)
  }
}

const checkOf = async (obligationId: number): Promise<string | undefined> => {
  const [row] = await rows<{ at: string | null }>(app.database.db, sql`
    select to_char(check_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"') as at from obligation where id = ${obligationId}`)
  return row?.at ?? undefined
}

describe('the life of one certificate', () => {
  const life = [
    'Alice 2027-01-01 P180D said', 'Alice 2027-04-01 P90D said', 'Alice 2027-05-31 P30D said',
    'Bob 2027-06-07 silence-P30D said escalation', 'Alice 2027-06-23 P7D said', 'Bob 2027-06-23 P7D said escalation', 'Carol 2027-06-23 P7D said escalation',
    'Alice 2027-06-30 P0D said', 'Bob 2027-06-30 silence-P7D said escalation', 'Alice 2027-07-01 overdue-1 said', 'Bob 2027-07-01 overdue-1 said escalation', 'Alice 2027-07-08 overdue-2 said',
    'Alice 2027-07-15 overdue-3 said',
  ]
  const span = daysFrom('2026-11-24', '2027-07-16')

  test('lived day by day, says each notice once, to whom it is for', async () => {
    await forAlice()
    await liveDays(span)
    expect(await ledger(app)).toEqual(life)
    expect((await mail(app)).filter((one) => one.includes('2027-07-01'))).toEqual(['Alice daily 2027-07-01 captured', 'Bob daily 2027-07-01 captured'])
  })

  test('says the same when each day is asked three times', async () => {
    await forAlice()
    await liveDays(span.filter((one) => one > '2027-03-28').flatMap((one) => [one, one, one]))
    expect(await ledger(app)).toEqual(['Alice 2027-03-29 P180D said', ...life.slice(1)])
  })

  test('after a month without a server says the tightest notice once, and what it covers', async () => {
    await forAlice()
    await liveDays(['2026-12-30', '2027-06-23'])
    expect(await ledger(app)).toEqual([
      'Alice 2027-06-23 P7D said', 'Alice 2027-06-23 P180D covered', 'Alice 2027-06-23 P90D covered', 'Alice 2027-06-23 P30D covered',
      'Bob 2027-06-23 P7D said escalation', 'Carol 2027-06-23 P7D said escalation',
    ])
  })

  test('a day asked again after a later one says nothing', async () => {
    await forAlice()
    await liveDays(['2027-04-01', '2027-05-31', '2027-04-01', '2027-05-31'])
    expect(await ledger(app)).toHaveLength(3)
  })
})

describe('planning again', () => {
  test('a hundred runs on the same day say nothing more', async () => {
    await forAlice()
    for (let n = 0; n < 100; n++) {
      await planAt(opened, Temporal.Instant.from('2027-05-31T09:00:00Z').add({ minutes: n * 7 }).toString())
      if (n % 3 === 0) await deliverAll(app)
    }
    expect(await mail(app)).toEqual(['Alice daily 2027-05-31 captured'])
    expect(await ledger(app)).toHaveLength(3)
  })

  test('what could not be written into the ledger is not in the mail either, and is said by the next run', async () => {
    await forAlice()
    const { db } = app.database
    await db.execute(sql.raw(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$`))
    await db.execute(sql.raw('create trigger refuse before insert on notice execute function refuse()'))
    try {
      await expect(planAt(opened, '2027-05-31T09:00:00Z')).rejects.toThrow()
      expect(await mail(app)).toEqual([])
    } finally {
      await db.execute(sql.raw('drop function refuse cascade'))
    }
    await planAt(opened, '2027-05-31T09:05:00Z')
    expect(await mail(app)).toEqual(['Alice daily 2027-05-31 planned'])
    expect(await ledger(app)).toContain('Alice 2027-05-31 P30D said')
  })

  test('a run about another moment leaves no trace of how far was looked', async () => {
    const certification = await forAlice()
    await planAt(opened, '2026-11-24T09:00:00Z')
    const duty = await dutyOf(app, certification.id)
    await app.database.db.execute(sql`update obligation set check_at = '2026-11-24T10:00:00Z'`)
    const asked = Temporal.Instant.from('2027-05-31T09:00:00Z')
    expect((await planReminders(app, asked, false)).said).toBe(1)
    expect((await findWatermark(app.database.db, 'plan-reminders'))?.toString()).toBe('2026-11-24T09:00:00Z')
    expect(await checkOf(duty.id)).toBe('2026-11-24T10:00Z')
    expect((await planReminders(app, asked, false)).said).toBe(0)
  })
})

describe.skipIf('missing' in inject('postgres'))('two servers on one PostgreSQL', () => {
  test('plan the same mornings at once: nothing is said twice, and nobody gets two mails', async () => {
    const postgres = await testPostgres()
    const second = await openDatabase({ home: '', databaseUrl: postgres.url })
    const shared = await testApp(async () => postgres)
    try {
      const { organisation, bob } = await aCast(shared.app)
      for (let n = 0; n < 12; n++) {
        const owner = await aPerson(shared.app, { name: `Owner ${n}`, email: `owner-${n}@example.org`, organisationId: organisation.id, supervisorId: bob.id })
        for (const expiry of ['2027-06-30', '2027-07-01']) {
          await aCertification(shared.app, { organisationId: organisation.id, ownerId: owner.id, name: `Module ${n} ${expiry}`, days: { expiry } })
        }
      }
      for (const morning of ['2027-05-31T09:00:00Z', '2027-06-01T09:00:00Z', '2027-06-23T09:00:00Z', '2027-06-30T09:00:00Z']) {
        const now = Temporal.Instant.from(morning)
        const two = [shared.app, { ...shared.app, database: second }].map((one) => ({ ...one, clock: fixedClock(now) }))
        await Promise.all([...two, ...two].map((one) => planReminders(one, now, true)))
      }
      const said = (await ledger(shared.app)).filter((one) => one.endsWith('said')).map((one) => one.replace(/ 2027-\S+/, ''))
      const each = ['P0D', 'P30D', 'P30D', 'P7D', 'P7D', 'P90D']
      expect(said.toSorted()).toEqual(Array.from({ length: 12 }, (_, n) => each.map((notice) => `Owner ${n} ${notice} said`)).flat().toSorted())
      const mails = await mail(shared.app)
      expect(new Set(mails).size).toBe(mails.length)
      expect(mails.filter((one) => one.includes('#'))).toEqual([])
    } finally {
      await second.close()
      await shared.close()
    }
  })
})

/** Whether somebody waits for what this transaction holds. */
async function isWaitedFor(db: Db): Promise<boolean> {
  return (await rows(db, sql`select 1 from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`)).length > 0
}

describe.skipIf('missing' in inject('postgres'))('a server that comes second to open the mail of a day', () => {
  test('adds to it what the first one did not know of', async () => {
    const postgres = await testPostgres()
    const second = await openDatabase({ home: '', databaseUrl: postgres.url })
    const shared = await testApp(async () => postgres)
    try {
      const { organisation, alice } = await aCast(shared.app)
      await aCertification(shared.app, { organisationId: organisation.id, ownerId: alice.id })
      shared.clock.set('2027-05-31T09:00:00Z')
      const now = shared.clock.now()
      const planned = await second.transact(async (db) => {
        await insertMessage(db, {
          organisationId: organisation.id, personId: alice.id, kind: 'daily', period: '2027-05-31', part: 1, rehearsal: true, dueAt: now,
          messageId: '<first@localhost>', language: 'en',
        }, now)
        const planning = planReminders(shared.app, now, true)
        while (!await isWaitedFor(db)) ;
        return { planning }
      })
      expect(await planned.planning).toMatchObject({ said: 1, messages: 0 })
      expect(await mail(shared.app)).toEqual(['Alice daily 2027-05-31 planned'])
    } finally {
      await second.close()
      await shared.close()
    }
  })
})

describe('one mail a person and day', () => {
  test('holds what is due of all their certifications', async () => {
    await forAlice({ name: 'Module A' })
    await forAlice({ name: 'Module B' })
    await liveDays(['2027-05-31'])
    expect(await mail(app)).toEqual(['Alice daily 2027-05-31 captured'])
    expect((await ledger(app)).filter((one) => one.endsWith('said'))).toEqual(['Alice 2027-05-31 P30D said', 'Alice 2027-05-31 P30D said'])
  })

  test('takes in what comes up while it has not left', async () => {
    await forAlice({ name: 'Module A' })
    await planAt(opened, '2027-05-31T09:00:00Z')
    opened.clock.set('2027-05-31T09:05:00Z')
    await forAlice({ name: 'Module B' })
    await planAt(opened, '2027-05-31T09:06:00Z')
    expect(await mail(app)).toEqual(['Alice daily 2027-05-31 planned'])
    expect((await ledger(app)).filter((one) => one.endsWith('said'))).toHaveLength(2)
  })

  test('once it has left, the rest waits for the next send hour', async () => {
    await forAlice({ name: 'Module A' })
    await liveDays(['2027-05-31'])
    opened.clock.set('2027-05-31T09:10:00Z')
    const later = await forAlice({ name: 'Module B' })
    expect(await planAt(opened, '2027-05-31T09:11:00Z')).toMatchObject({ said: 0, messages: 0, waiting: 1 })
    expect(await checkOf((await dutyOf(app, later.id)).id)).toBe('2027-06-01T09:00Z')
    await planAt(opened, '2027-06-01T09:00:00Z')
    expect(await mail(app)).toEqual(['Alice daily 2027-05-31 captured', 'Alice daily 2027-06-01 planned'])
  })

  test('that could not leave yesterday takes in what is due today', async () => {
    await forAlice({ name: 'Module A' })
    await planAt(opened, '2027-05-31T09:00:00Z')
    await app.database.db.execute(sql`update message set state = 'deferred'`)
    opened.clock.set('2027-05-31T10:00:00Z')
    await forAlice({ name: 'Module B', days: { expiry: '2027-07-01' } })
    await planAt(opened, '2027-06-01T09:00:00Z')
    expect(await mail(app)).toEqual(['Alice daily 2027-05-31 deferred'])
    expect((await ledger(app)).filter((one) => one.endsWith('said'))).toHaveLength(2)
  })

  test('is followed by a second part only where the due day would pass before the next', async () => {
    await forAlice({ name: 'Module A' })
    await liveDays(['2027-05-31'])
    opened.clock.set('2027-05-31T09:10:00Z')
    await forAlice({ name: 'Module B', days: { expiry: '2027-05-31' } })
    await forAlice({ name: 'Module C', days: { expiry: '2027-06-30' } })
    await planAt(opened, '2027-05-31T09:11:00Z')
    expect(await mail(app)).toEqual(expect.arrayContaining(['Alice daily 2027-05-31 captured', 'Alice daily 2027-05-31#2 planned']))
    expect((await ledger(app)).filter((one) => one.startsWith('Alice 2027-05-31#2') && one.endsWith('said'))).toEqual(['Alice 2027-05-31#2 P0D said'])
  })

  test('of a day on which it was cancelled, since nothing was left to say, is opened anew', async () => {
    const first = await forAlice({ name: 'Module A' })
    await planAt(opened, '2027-05-31T09:00:00Z')
    await app.database.transact((db) => decideCertification(app, db, first.id, { kind: 'cancel', decidedOn: day('2027-05-31') }, app.clock.now()))
    expect(await deliverAll(app)).toEqual(['cancelled'])
    await forAlice({ name: 'Module B' })
    await planAt(opened, '2027-05-31T09:10:00Z')
    expect(await mail(app)).toEqual(['Alice daily 2027-05-31 cancelled', 'Alice daily 2027-05-31#2 planned'])
  })

  test('a duty entered after its notice was reached is said at the next send hour, in the reader\'s zone', async () => {
    const jo = await aPerson(app, { name: 'Jo', organisationId: organisationId(), zone: 'America/New_York', sendHour: '08:30' })
    opened.clock.set('2027-06-02T20:00:00Z')
    await forAlice({ name: 'Module A' })
    await forAlice({ name: 'Module B', ownerId: jo.id })
    await planAt(opened, '2027-06-02T20:01:00Z')
    expect(await ledger(app)).toEqual([])
    await planAt(opened, '2027-06-03T09:00:00Z')
    expect(await mail(app)).toEqual(['Alice daily 2027-06-03 planned'])
    await planAt(opened, '2027-06-03T12:30:00Z')
    expect(await mail(app)).toEqual(['Alice daily 2027-06-03 planned', 'Jo daily 2027-06-03 planned'])
  })

  test('a duty entered on a Friday evening that is due on Saturday is said at once', async () => {
    opened.clock.set('2027-06-04T18:00:00Z')
    await forAlice({ days: { expiry: '2027-06-05' } })
    await planAt(opened, '2027-06-04T18:01:00Z')
    expect(await mail(app)).toContain('Alice daily 2027-06-04 planned')
  })
})

describe('notices that no window finds', () => {
  test('the opening of a filing is said on its day, because the duty says when to look', async () => {
    const filing = await forAlice({ scheme: 'mlps', name: 'Payments', days: { 'level-fixed': '2027-03-01' } })
    await planAt(opened, '2026-11-24T09:00:00Z')
    expect(await checkOf((await dutyOf(app, filing.id, 'filing')).id)).toBe('2027-03-01T09:00Z')
    await planAt(opened, '2027-03-01T09:00:00Z')
    expect(await ledger(app)).toContain('Alice 2027-03-01 opens said')
  })

  test('each repeat of an overdue one sets the day of the next', async () => {
    const certification = await forAlice()
    const duty = await dutyOf(app, certification.id)
    await liveDays(['2027-07-01'])
    expect(await checkOf(duty.id)).toBe('2027-07-08T09:00Z')
    await liveDays(['2027-07-08'])
    expect(await checkOf(duty.id)).toBe('2027-07-15T09:00Z')
  })
})

describe('who hears', () => {
  test('the deputy while the owner is away, and the owner again afterwards, but nothing twice', async () => {
    const dan = await aPerson(app, { name: 'Dan', organisationId: organisationId() })
    await app.database.transact(async (db) => {
      const alice = await editPerson(db, cast.alice, { deputyId: dan.id }, app.clock.now())
      await setAway(db, alice, { from: day('2027-05-24'), until: day('2027-06-11') }, app.clock.now())
    })
    await forAlice()
    await liveDays(['2027-04-01', '2027-05-31', '2027-06-14', '2027-06-23'])
    expect((await ledger(app)).filter((one) => one.endsWith('said') || one.endsWith('Alice'))).toEqual([
      'Alice 2027-04-01 P90D said', 'Dan 2027-05-31 P30D said for Alice', 'Alice 2027-06-23 P7D said',
    ])
  })

  test('the line manager where the owner has left, and the compliance manager where nobody owns it', async () => {
    await forAlice({ name: 'Module A' })
    await forAlice({ name: 'Module B', ownerId: undefined })
    await app.database.transact((db) => deactivatePerson(db, cast.alice, app.clock.now()))
    await liveDays(['2027-05-31'])
    expect((await ledger(app)).filter((one) => one.includes(' said'))).toEqual([
      'Bob 2027-05-31 P30D said fallback for Alice', 'Carol 2027-05-31 P30D said fallback',
    ])
  })

  test('nobody where nobody can be reached, and the run says so', async () => {
    await forAlice()
    await app.database.db.execute(sql`update person set email_rejected_at = '2027-01-01'`)
    expect(await planAt(opened, '2027-05-31T09:00:00Z')).toMatchObject({ said: 0, unheard: 1 })
  })

  test('nobody hears of a duty that was past when it was entered, until somebody says it is still open', async () => {
    const certification = await forAlice({ days: { expiry: '2026-10-01' } })
    await liveDays(daysFrom('2026-11-24', '2026-12-24'))
    expect(await ledger(app)).toEqual([])
    const duty = await dutyOf(app, certification.id)
    await app.database.transact((db) => confirmObligation(app, db, duty.id, { answer: 'open' }, { now: app.clock.now() }))
    await liveDays(['2026-12-25'])
    expect((await ledger(app)).filter((one) => one.includes(' said'))).toEqual([
      'Alice 2026-12-25 overdue-6 said', 'Bob 2026-12-25 overdue-1 said escalation', 'Carol 2026-12-25 P7D said escalation',
    ])
  })

  test('nobody hears of a certificate that its register archived', async () => {
    const certification = await forAlice({ scheme: 'common-criteria', days: { decision: '2024-01-15', expiry: '2027-06-30' } })
    await app.database.transact((db) => decideCertification(app, db, certification.id, { kind: 'archive', decidedOn: day('2026-11-24') }, app.clock.now()))
    await liveDays(['2027-05-31', '2027-06-30', '2027-07-01'])
    expect(await ledger(app)).toEqual([])
  })
})

describe('changed policies', () => {
  test('a notice moved by a few days says nothing twice', async () => {
    await forAlice()
    await liveDays(['2027-05-31'])
    await app.database.transact((db) =>
      changePolicy(db, 'registration-expiry', { audience: 'owner', notices: ['P180D', 'P90D', 'P28D', 'P7D', 'P0D'] }, app.clock.now()))
    await liveDays(daysFrom('2027-06-01', '2027-06-22'))
    expect((await ledger(app)).filter((one) => one.includes(' said'))).toEqual(['Alice 2027-05-31 P30D said', 'Bob 2027-06-07 silence-P30D said escalation'])
  })
})

describe('an organisation that is not live', () => {
  test('has a mail of its own, apart from that of one that is', async () => {
    const other = await anOrganisation(app, 'Harbour Labs')
    await forAlice({ name: 'Module A' })
    await forAlice({ name: 'Module B', organisationId: other.id })
    await live(app, other)
    await planAt(opened, '2027-05-31T09:00:00Z')
    const found = await rows<{ line: string }>(app.database.db, sql`
      select c.name || case when m.rehearsal then ' rehearsed' else ' for good' end as line from notice n join message m on m.id = n.message_id
      join obligation o on o.id = n.obligation_id join certification c on c.id = o.certification_id where n.outcome = 'said' order by c.name`)
    expect(found.map((row) => row.line)).toEqual(['Module A rehearsed', 'Module B for good'])
  })

  test('says again, once it is live, what only its rehearsal said; what was said for good is not repeated', async () => {
    await forAlice()
    await liveDays(['2027-04-01', '2027-05-31'])
    expect(await live(app, cast.organisation)).toEqual({ renewed: 3 })
    await liveDays(['2027-06-01'])
    expect((await ledger(app)).slice(-3)).toEqual(['Alice 2027-06-01 P30D said', 'Alice 2027-06-01 P180D covered', 'Alice 2027-06-01 P90D covered'])
    await liveDays(['2027-06-02'])
    expect((await ledger(app)).filter((one) => one.includes('2027-06-02'))).toEqual([])
  })
})
