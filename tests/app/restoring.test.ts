// What a restore does to mail: a backup taken while mail is in every state, restored into either database.

import { sql } from 'drizzle-orm'
import { join } from 'node:path'
import { writeFileSync, readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import { act } from '../../src/app/app.ts'
import { listOpenAlarms } from '../../src/app/alarms.ts'
import { backUpDatabase } from '../../src/app/database.ts'
import { deliverNext, openPost } from '../../src/app/deliveries.ts'
import { examine } from '../../src/app/doctor.ts'
import { confirmInstallation, findHold } from '../../src/app/installation.ts'
import { dropMessages, listHeldMail, releaseMessages } from '../../src/app/quarantine.ts'
import { noteRestored, restoreBackup } from '../../src/app/restoring.ts'
import { requestSignInLink } from '../../src/app/sign-in.ts'
import { rows, type Database } from '../../src/store/database.ts'
import { findBrokenLink, listHistory } from '../../src/store/history.ts'
import { claimMessage } from '../../src/store/lease.ts'
import { findMessage, listDeliveries } from '../../src/store/outbox.ts'
import { findEpoch } from '../../src/store/quarantine.ts'
import { saveFact } from '../../src/store/jobs.ts'
import { listTables } from '../../src/store/tables.ts'
import { databases } from '../helpers/database.ts'
import { testFolder } from '../helpers/folder.ts'
import { busy, mailServer, passing, taken } from '../helpers/mail-server.ts'
import { aCast, aCertification, aPerson, type Cast, deliverAll, ledger, live, mail, planAt, testApp, type TestApp } from '../helpers/records.ts'

const morning = '2027-05-31T09:00:00Z'
const takenAt = '2027-05-31T09:00:30Z'
const answerLost = passing({ outcome: 'in-doubt', phase: 'gated', reply: 'the connection was closed' })

let source: TestApp
let cast: Cast
beforeAll(async () => { source = await testApp() })
beforeEach(async () => {
  await source.reset()
  cast = await aCast(source.app)
  await live(source.app, cast.organisation)
})
afterAll(() => source.close())

const minutely = schedule.filter((job) => job.cron === '* * * * *')
const entriesOf = async ({ app }: TestApp, id: number): Promise<string[]> => (await listHistory(app.database.db, 'message', id)).map((one) => one.event)

async function tick({ app, clock }: TestApp, at: string, transport: ReturnType<typeof mailServer>): Promise<void> {
  clock.set(at)
  for (const job of minutely) await job.run(app, { now: clock.now(), asked: false, transport })
}

/** Everybody has a certificate of their own that ends in thirty days, and a mail about it, planned this morning. */
async function plannedMails(): Promise<void> {
  const { organisation, alice, bob, carol } = cast
  const dan = await aPerson(source.app, { name: 'Dan', organisationId: organisation.id })
  const eve = await aPerson(source.app, { name: 'Eve', organisationId: organisation.id })
  for (const { id, name } of [alice, bob, carol, dan, eve]) await aCertification(source.app, { organisationId: organisation.id, ownerId: id, name: `Module of ${name}` })
  await planAt(source, morning)
}

async function backUp(): Promise<string> {
  const file = join(testFolder(), 'backup.gz')
  source.clock.set(takenAt)
  await backUpDatabase(source.app, file)
  return file
}

/** One mail sent, one put off, one in doubt, one claimed, one planned, and one that signs in. */
async function everyState(): Promise<void> {
  await plannedMails()
  const server = mailServer(taken, busy, answerLost)
  const post = await openPost(source.app, server, source.clock.now())
  for (let n = 0; n < 3; n++) await deliverNext(source.app, post)
  await source.app.database.transact((db) => claimMessage(db, 'a worker', source.clock.now()))
  await requestSignInLink(source.app, 'eve@example.org')
}

// Every row of every table but those that a restore writes itself.
async function recordsOf(database: Database): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {}
  for (const { name } of await listTables(database.db)) {
    if (['message', 'delivery', 'alarm', 'installation', 'watermark', 'obligation'].includes(name)) continue
    const kept = name === 'history' ? sql`where event <> 'restored'` : sql``
    found[name] = (await rows(database.db, sql`select t::text as row from ${sql.identifier(name)} t ${kept} order by 1`)).map((each) => each['row'])
  }
  return found
}

describe.each(databases())('a backup taken while mail is sent, restored on %s', (_, open) => {
  let target: TestApp
  beforeAll(async () => { target = await testApp(open) })
  beforeEach(() => target.reset())
  afterAll(() => target.close())

  async function restore(file: string, at: string) {
    target.clock.set(at)
    return await restoreBackup(target.app, file)
  }

  test('has every record as it was, nothing in flight, and waits with what may have been sent', async () => {
    await everyState()
    expect(await mail(source.app)).toEqual([
      'Alice daily 2027-05-31 sent', 'Bob daily 2027-05-31 deferred', 'Carol daily 2027-05-31 gated', 'Dan daily 2027-05-31 claimed', 'Eve daily 2027-05-31 planned',
      'Eve sign-in 2027-05-31T09:00:00Z planned',
    ])
    const file = await backUp()
    expect(await restore(file, '2027-05-31T14:00:00Z')).toMatchObject({ epoch: 1, quarantined: 5 })
    expect(await mail(target.app)).toEqual([
      'Alice daily 2027-05-31 sent', 'Bob daily 2027-05-31 quarantined', 'Carol daily 2027-05-31 quarantined', 'Dan daily 2027-05-31 quarantined', 'Eve daily 2027-05-31 quarantined',
      'Eve sign-in 2027-05-31T09:00:00Z cancelled', 'Carol digest 2027-W22 quarantined',
    ])
    expect(await recordsOf(target.app.database)).toEqual(await recordsOf(source.app.database))
    expect((await rows(target.app.database.db, sql`select id from message where token is not null or lease_until is not null union all select id from delivery where outcome is null`))).toEqual([])
    expect((await listDeliveries(target.app.database.db, 3)).map((one) => one.outcome)).toEqual(['in-doubt'])
    expect(await findBrokenLink(target.app.database.db, cast.organisation.id)).toBeUndefined()
    expect((await listHistory(target.app.database.db, 'organisation', cast.organisation.id)).map((one) => one.event)).toContain('restored')
    expect(await findEpoch(target.app.database.db)).toMatchObject({ number: 1, replayed: true })
    expect((await findEpoch(target.app.database.db))!.since.toString()).toBe(takenAt)
  })

  test('sends none of it by itself, and what falls due after it in mails of their own', async () => {
    await everyState()
    await aCertification(source.app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, name: 'Later', days: { expiry: '2027-07-01' } })
    await restore(await backUp(), '2027-05-31T14:00:00Z')
    await confirmInstallation(target.app)
    const server = mailServer()
    await tick(target, '2027-05-31T14:01:00Z', server)
    expect(server.parcels).toEqual([])
    await tick(target, '2027-06-01T09:00:00Z', server)
    expect(server.parcels.map((one) => one.to)).toEqual(['alice@example.org'])
    expect((await mail(target.app)).filter((one) => one.includes('quarantined'))).toHaveLength(5)
  })

  test('lives the days between anew: each mail waits with its own day and Message-ID', async () => {
    const { organisation, alice } = cast
    for (const [name, expiry] of [['One', '2027-07-01'], ['Two', '2027-07-02'], ['Three', '2027-07-09']] as const) {
      await aCertification(source.app, { organisationId: organisation.id, ownerId: alice.id, name, days: { expiry } })
    }
    await tick(source, morning, mailServer())
    const file = await backUp()
    const server = mailServer()
    for (const day of ['2027-06-01', '2027-06-02', '2027-06-03']) await tick(source, `${day}T09:00:00Z`, server)
    await restore(file, '2027-06-03T15:00:00Z')
    const idsOf = (app: TestApp) => rows(app.app.database.db, sql`select message_id from message where kind = 'daily' order by period`)
    expect(await mail(target.app)).toEqual(['Alice daily 2027-05-31 sent', 'Carol digest 2027-W22 sent', 'Alice daily 2027-06-01 quarantined', 'Alice daily 2027-06-02 quarantined'])
    expect(await idsOf(target)).toEqual(await idsOf(source))
    expect((await listHeldMail(target.app, 10)).map((one) => `${one.dueAt.toString()} ${one.person}: ${one.notices.map((notice) => `${notice.certification} ${notice.notice}`).join()}`)).toEqual([
      '2027-06-01T09:00:00Z Alice: One P30D', '2027-06-02T09:00:00Z Alice: Two P30D',
    ])
    // What falls due later is said as ever.
    await confirmInstallation(target.app)
    const later = mailServer()
    await tick(target, '2027-06-09T09:00:00Z', later)
    expect((await ledger(target.app)).at(-1)).toBe('Alice 2027-06-09 P30D said')
    expect(later.parcels.map((one) => one.to)).toContain('alice@example.org')
  })

  test('goes on living anew where it was interrupted, before anything is planned', async () => {
    await aCertification(source.app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, name: 'One', days: { expiry: '2027-07-01' } })
    await restore(await backUp(), '2027-06-03T15:00:00Z')
    const whole = await mail(target.app)
    // As if the process had died at its last step, and once more before anything but the epoch was kept.
    await target.app.database.db.execute(sql`update installation set value = jsonb_set(value::jsonb, '{replayed}', 'false')::text where name = 'epoch'`)
    await target.app.database.db.execute(sql`delete from notice`)
    await target.app.database.db.execute(sql`delete from message`)
    await confirmInstallation(target.app)
    const server = mailServer()
    await tick(target, '2027-06-03T15:01:00Z', server)
    expect(await mail(target.app)).toEqual(whole)
    expect(server.parcels).toEqual([])
  })
})

describe('mail held after a restore', () => {
  let target: TestApp
  beforeAll(async () => { target = await testApp() })
  beforeEach(() => target.reset())
  afterAll(() => target.close())
  const release = (ids: readonly number[] | 'all', sentIn?: string) => act(target.app, (db, now) => releaseMessages(target.app, db, ids, { now, sentIn }))

  async function restored(at = '2027-05-31T14:00:00Z'): Promise<void> {
    const file = await backUp()
    target.clock.set(at)
    await restoreBackup(target.app, file)
    await confirmInstallation(target.app)
  }

  test('leaves at once when it is released: what was in doubt with the bytes it had', async () => {
    await everyState()
    await restored()
    const before = (await findMessage(target.app.database.db, 3))!
    await release('all')
    expect((await mail(target.app)).slice(1, 5)).toEqual(['Bob daily 2027-05-31 planned', 'Carol daily 2027-05-31 deferred', 'Dan daily 2027-05-31 planned', 'Eve daily 2027-05-31 planned'])
    const server = mailServer()
    await deliverAll(target.app, server)
    expect(server.parcels.map((one) => one.to).toSorted()).toEqual(['bob@example.org', 'carol@example.org', 'carol@example.org', 'dan@example.org', 'eve@example.org'])
    expect(server.parcels.some((one) => Buffer.from(one.raw).equals(Buffer.from(before.raw!)))).toBe(true)
    expect(await entriesOf(target, 3)).toEqual(['message-sent', 'message-released'])
  })

  test('raises an alarm, which is over when none is left', async () => {
    await everyState()
    await restored()
    expect((await listOpenAlarms(target.app)).map((one) => [one.kind, one.facts['waiting']])).toEqual([['quarantine', 5]])
    expect((await examine(target.app, undefined)).find((one) => one.what === 'quarantine')).toMatchObject({ ok: false })
    await release([2])
    expect((await listOpenAlarms(target.app)).map((one) => one.facts['waiting'])).toEqual([4])
    await act(target.app, (db, now) => dropMessages(db, 'all', { now }))
    expect(await listOpenAlarms(target.app)).toEqual([])
    expect((await examine(target.app, undefined)).find((one) => one.what === 'quarantine')).toBeUndefined()
  })

  test('is not planned anew when it is dropped, and the next notice comes as ever', async () => {
    await plannedMails()
    await restored()
    await act(target.app, (db, now) => dropMessages(db, 'all', { now }))
    const server = mailServer()
    for (const at of ['2027-06-01T09:00:00Z', '2027-06-02T09:00:00Z']) await tick(target, at, server)
    expect(server.parcels).toEqual([])
    await tick(target, '2027-06-23T09:00:00Z', server)
    expect((await ledger(target.app)).filter((one) => one.includes('P7D') && one.includes('said'))).toContain('Alice 2027-06-23 P7D said')
    expect((await findMessage(target.app.database.db, 1))).toMatchObject({ state: 'cancelled', reply: 'sent before the restore' })
  })

  test('is dropped where a log of the mail server has its Message-ID, and released otherwise', async () => {
    await plannedMails()
    await restored()
    const { messageId } = (await findMessage(target.app.database.db, 2))!
    const log = `Jun 1 09:00:01 mx postfix/cleanup[12]: 4F2: message-id=${messageId.toUpperCase()}\nno id here\nto=<alice@example.org>\n`
    expect(await release('all', log)).toMatchObject({ dropped: [2], released: [1, 3, 4, 5, 6], joined: [] })
    await expect(release('all', 'nothing')).rejects.toThrow('holds no Message-ID')
  })

  test('of several days to one person leaves as one, with a Message-ID of its own and no notice after a tighter one', async () => {
    const { organisation, alice } = cast
    // Thirty days before one and seven before the other; and again seven days before the first.
    for (const [name, expiry] of [['One', '2027-07-01'], ['Two', '2027-07-02']] as const) await aCertification(source.app, { organisationId: organisation.id, ownerId: alice.id, name, days: { expiry } })
    await tick(source, morning, mailServer())
    await restored('2027-06-24T15:00:00Z')
    expect((await mail(target.app)).filter((one) => one.startsWith('Alice'))).toEqual([
      'Alice daily 2027-05-31 sent', 'Alice daily 2027-06-01 quarantined', 'Alice daily 2027-06-02 quarantined', 'Alice daily 2027-06-24 quarantined',
    ])
    const former = (await rows<{ message_id: string }>(target.app.database.db, sql`select message_id from message`)).map((row) => row.message_id)
    await release('all')
    const server = mailServer()
    await deliverAll(target.app, server)
    const toAlice = server.parcels.filter((one) => one.to === 'alice@example.org').map((one) => Buffer.from(one.raw).toString())
    expect(toAlice).toHaveLength(1)
    expect(former.filter((id) => toAlice[0]!.includes(id))).toEqual([])
    const said = (await ledger(target.app)).filter((one) => one.startsWith('Alice 2027-06') && !one.includes('2027-06-24#'))
    expect(said.toSorted()).toEqual(['Alice 2027-06-24 P30D covered', 'Alice 2027-06-24 P30D said', 'Alice 2027-06-24 P7D said'])
  })

  test('is left alone where somebody else has decided meanwhile', async () => {
    await plannedMails()
    await restored()
    await release([1])
    await expect(release([1, 2])).rejects.toThrow('Message 1 is not quarantined (any more): nothing was changed.')
    expect((await mail(target.app))[1]).toBe('Bob daily 2027-05-31 quarantined')
  })

  test('stays held where the restored database is not confirmed as the real one, and that lets out nothing of it', async () => {
    await plannedMails()
    await source.app.database.transact((db) => saveFact(db, 'identity', 'the database that was lost'))
    const file = await backUp()
    target.clock.set('2027-05-31T14:00:00Z')
    await restoreBackup(target.app, file)
    expect(await findHold(target.app)).toContain('a copy of the one that was set up')
    await confirmInstallation(target.app)
    const server = mailServer()
    expect(await deliverAll(target.app, server)).toEqual([])
  })

  test('is found in a backup of before the moment was kept by the newest moment in it', async () => {
    await plannedMails()
    const file = await backUp()
    const [, ...lines] = gunzipSync(readFileSync(file)).toString().split('\n')
    const { applied } = { applied: (await rows<{ name: string }>(source.app.database.db, sql`select name from migration order by name`)).map((row) => row.name) }
    writeFileSync(file, gzipSync([JSON.stringify(['recert-backup', { version: 1, migrations: applied }]), ...lines].join('\n')))
    target.clock.set('2027-05-31T14:00:00Z')
    expect((await restoreBackup(target.app, file)).since.toString()).toBe(morning)
    writeFileSync(file, gzipSync([JSON.stringify(['recert-backup', { version: 1, migrations: applied.slice(0, -1) }]), ...lines].join('\n')))
    await target.reset()
    await expect(restoreBackup(target.app, file)).rejects.toThrow(/Restore it with the version of Recert that wrote it, then start the newer one/)
  })
})

describe('a restore by other means', () => {
  const note = (since?: string) => noteRestored(source.app, since === undefined ? undefined : Temporal.Instant.from(since))

  test('quarantines what was due since, told once: told again it is refused and changes nothing', async () => {
    await plannedMails()
    source.clock.set('2027-05-31T14:00:00Z')
    expect(await note(takenAt)).toMatchObject({ epoch: 1, quarantined: 6 })
    const before = await mail(source.app)
    for (const [since, sentence] of [[takenAt, 'this one has been told already'], [undefined, 'Name the moment'], ['2027-06-01T00:00:00Z', 'still to come']] as const) {
      await expect(note(since)).rejects.toThrow(sentence)
    }
    expect(await mail(source.app)).toEqual(before)
    expect((await findEpoch(source.app.database.db))!.number).toBe(1)
  })

  test('is told anew of data that was taken later', async () => {
    source.clock.set('2027-05-31T14:00:00Z')
    await note(takenAt)
    source.clock.set('2027-07-01T14:00:00Z')
    expect(await note('2027-06-30T03:00:00Z')).toMatchObject({ epoch: 2 })
  })

  test('takes the newest moment of the records where nobody names one', async () => {
    await plannedMails()
    source.clock.set('2027-05-31T14:00:00Z')
    expect((await note()).since.toString()).toBe(morning)
  })
})
