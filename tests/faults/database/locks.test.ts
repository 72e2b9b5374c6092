// Races on row locks, where several processes have one PostgreSQL: each connection below is a pool of its own.

import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { rescueDeliveries } from '../../../src/app/deliveries.ts'
import { enterCertification } from '../../../src/app/entry.ts'
import { planReminders } from '../../../src/app/reminders.ts'
import type { App } from '../../../src/app/app.ts'
import type { Organisation } from '../../../src/core/person.ts'
import { type Database, openDatabase, rows } from '../../../src/store/database.ts'
import { claimMessage } from '../../../src/store/lease.ts'
import { testPostgres, type TestDatabase } from '../../helpers/database.ts'
import { day } from '../../helpers/factory.ts'
import { drawAccount } from '../kills/account.ts'
import { finish } from '../kills/killing.ts'
import { addOwners, ageLeases, openStage, runJobs, settle, type Stage } from '../kills/stage.ts'

describe.skipIf('missing' in inject('postgres'))('several processes on one PostgreSQL', () => {
  let opened: TestDatabase & { readonly url: string }
  let stage: Stage
  let other: Stage
  let organisation: Organisation

  beforeAll(async () => { opened = await testPostgres() })
  beforeEach(async () => {
    await opened.reset()
    stage = await openStage({ DATABASE_URL: opened.url })
    other = await openStage({ DATABASE_URL: opened.url }, { beside: stage, settings: { SMTP_URL: stage.sink.url } })
    organisation = await settle(stage)
  })
  afterEach(async () => {
    await other.close()
    await stage.close()
  })
  afterAll(() => opened?.close())

  const people = (count: number): string[] => Array.from({ length: count }, (_, n) => `p${n}`)
  const both = async <T>(work: (app: App, n: number) => Promise<T>): Promise<T[]> =>
    await Promise.all([stage, other].map((one, n) => one.use(async (app) => await work(app, n))))

  test('eight that claim 3,000 mails take each once, and none goes idle while one waits', async () => {
    await stage.use(async (app) => {
      await addOwners(app, organisation.id, ['alice'])
      await app.database.db.execute(sql`
        insert into message (organisation_id, person_id, kind, period, part, rehearsal, due_at, state, message_id, language, attempts, next_attempt_at, created_at)
        select ${organisation.id}, 1, 'daily', '2027-05-31', n, false, '2027-05-31T09:00:00Z', 'planned', '<' || n || '@x>', 'en', 0, '2027-05-31T09:00:00Z', '2027-05-31T09:00:00Z'
        from generate_series(1, 3000) n`)
    })
    const claimers = await Promise.all(Array.from({ length: 8 }, () => openDatabase({ home: '', databaseUrl: opened.url })))
    const found = await Promise.all(claimers.map((database) => claimAll(database)))
    const ids = found.flatMap((one) => one.ids)
    expect(new Set(ids).size).toBe(3000)
    expect(ids).toHaveLength(3000)
    // What another is just about to commit still looks as if it waited.
    expect(Math.max(...found.map((one) => one.left))).toBeLessThan(8)
    expect(Math.min(...found.map((one) => one.ids.length))).toBeGreaterThan(0)
    await Promise.all(claimers.map((one) => one.close()))
  }, 120_000)

  test('two that plan the same duties at once say each notice once, in one mail a person', async () => {
    await stage.use(async (app) => await addOwners(app, organisation.id, people(30)))
    await both(async (app) => await planReminders(app, app.clock.now(), true))
    await stage.use(async (app, transport) => {
      expect(await rows(app.database.db, sql`select count(*)::int as notices, count(distinct message_id)::int as mails from notice where outcome = 'said'`))
        .toEqual([{ notices: 30, mails: 30 }])
      await finish(app, transport)
      expect(await drawAccount(app, stage.sink.copies)).toMatchObject({ mails: 30, duplicates: 0, findings: [] })
    })
  }, 120_000)

  test('what is added to a mail while another delivers it is in its words, or in a mail of its own', async () => {
    await stage.use(async (app) => {
      await addOwners(app, organisation.id, people(20))
      await planReminders(app, app.clock.now(), true)
    })
    await Promise.all([
      other.use(async (app, transport) => await runJobs(app, transport)),
      stage.use(async (app) => {
        for (let n = 0; n < 20; n++) await addSecond(app, organisation.id, n)
      }),
    ])
    await stage.use(async (app, transport) => {
      await finish(app, transport)
      const silent = await rows(app.database.db, sql`
        select m.id, m.state, c.name from notice n join message m on m.id = n.message_id join obligation o on o.id = n.obligation_id
        join certification c on c.id = o.certification_id
        where n.outcome = 'said' and m.state = 'sent' and position(c.name in m.text) = 0 order by m.id limit 10`)
      expect(silent).toEqual([])
    })
  }, 120_000)

  test('where a lease runs out while the mail is settled, either it is sent or it is in doubt, and never both', async () => {
    for (let n = 0; n < 8; n++) {
      await stage.use(async (app) => await addOwners(app, organisation.id, [`p${n}`]))
      const silent = stage.sink.kept(stage.sink.copies.length + 1)
      const delivering = other.use(async (app, transport) => await runJobs(app, transport))
      await silent
      await stage.use(async (app) => {
        await ageLeases(app)
        await rescueDeliveries(app, app.clock.now())
      })
      await delivering
    }
    await stage.use(async (app, transport) => {
      await finish(app, transport)
      expect((await drawAccount(app, stage.sink.copies)).findings).toEqual([])
    })
  }, 120_000)
})

async function claimAll(database: Database): Promise<{ ids: number[]; left: number }> {
  const ids: number[] = []
  const now = Temporal.Instant.from('2027-05-31T09:01:00Z')
  for (;;) {
    const claimed = await database.transact((db) => claimMessage(db, crypto.randomUUID(), now))
    if (!claimed) break
    ids.push(claimed.id)
  }
  const [left] = await rows<{ n: number }>(database.db, sql`select count(*)::int as n from message where state = 'planned'`)
  return { ids, left: left!.n }
}

async function addSecond(app: App, organisationId: number, n: number): Promise<void> {
  await app.database.transact(async (db) => await enterCertification(app, db, {
    organisationId, scheme: 'fips-140', options: {}, name: `Second ${n}`, cycleKind: 'initial', days: { expiry: day('2027-06-30') },
    ownerId: n + 1,
  }, app.clock.now()))
  await planReminders(app, app.clock.now(), true)
}
