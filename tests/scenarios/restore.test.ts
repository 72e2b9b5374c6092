// Restores at every age. An installation lives, is backed up, lives on for a minute to thirty days while its mail leaves,
// and is lost; its backup is restored and lives on. What the mail server took is the truth: nothing of it comes twice
// unless a person lets it, and once they let it all, nothing is missing that an installation never lost would have said.

import { sql } from 'drizzle-orm'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import { act } from '../../src/app/app.ts'
import type { Job } from '../../src/app/jobs.ts'
import { backUpDatabase } from '../../src/app/database.ts'
import { confirmInstallation } from '../../src/app/installation.ts'
import { releaseMessages } from '../../src/app/quarantine.ts'
import { restoreBackup } from '../../src/app/restoring.ts'
import type { Transport } from '../../src/mail/transport.ts'
import { rows } from '../../src/store/database.ts'
import { countQuarantined } from '../../src/store/quarantine.ts'
import { testFolder } from '../helpers/folder.ts'
import { aCast, aCertification, aPerson, live, testApp, type TestApp } from '../helpers/records.ts'

const seeds = Number(process.env['RESTORE_SEEDS'] ?? 12)
const first = Number(process.env['RESTORE_SEED'] ?? 1)

/** A sequence of numbers from 0 to 1 that a seed begins (mulberry32). */
function drawsOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6D2B79F5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Taken { readonly messageId: string; readonly to: string; readonly says: readonly string[] }

/** A world with a mail server that keeps what it took, whether or not its answer came back. */
interface World { readonly opened: TestApp; readonly taken: Taken[]; readonly transport: Transport; readonly hours: readonly string[] }

function worldOf(opened: TestApp, hours: readonly string[], faults: () => 'none' | 'busy' | 'answer lost'): World {
  const taken: Taken[] = []
  const take = async (raw: Uint8Array, to: string): Promise<void> => {
    const [, messageId] = /^Message-ID: (\S+)/im.exec(Buffer.from(raw).toString('latin1'))!
    taken.push({ messageId: messageId!, to, says: await saidIn(opened, messageId!) })
  }
  return {
    opened, taken, hours, transport: {
      async send({ raw, to }, gate) {
        const fault = faults()
        if (fault === 'busy') return { outcome: 'deferred', fault: 'transient', phase: 'data', reply: '451 try later' }
        if (!await gate()) return { outcome: 'refused-at-gate' }
        await take(raw, to)
        return fault === 'none' ? { outcome: 'sent', reply: '250 queued' } : { outcome: 'in-doubt', phase: 'gated', reply: 'the connection was closed' }
      },
      verify: async () => ({ ok: true }), close: async () => undefined,
    },
  }
}

// By what it is about, since the numbers of duties may differ between two lives. A digest says its week.
const saidIn = async ({ app }: TestApp, messageId: string): Promise<string[]> => (await rows<{ line: string }>(app.database.db, sql`
  select concat_ws(' ', p.name, c.name, o.rule_id, o.cycle, o.ordinal, n.counted_to, n.purpose, n.notice, n.offset_days) as line
  from notice n join message m on m.id = n.message_id join person p on p.id = n.person_id join obligation o on o.id = n.obligation_id
    join certification c on c.id = o.certification_id where m.message_id = ${messageId} and n.outcome = 'said'
  union all select concat_ws(' ', p.name, 'digest', m.period) from message m join person p on p.id = m.person_id where m.message_id = ${messageId} and m.kind = 'digest'
  union all select concat_ws(' ', p.name, 'news', w.kind, w.key) from news w join message m on m.id = w.message_id join person p on p.id = m.person_id where m.message_id = ${messageId}
  order by 1`)).map((row) => row.line)

const minutely = schedule.filter((job) => job.cron === '* * * * *')

/** Lives from a moment to another: the jobs run at every send hour, those of the day once a week, but where the server sleeps. */
async function liveOn(world: World, from: string, to: string, sleeps: () => boolean): Promise<void> {
  const [begin, end] = [Temporal.Instant.from(from), Temporal.Instant.from(to)]
  for (let day = begin.toZonedDateTimeISO('UTC').toPlainDate(); ; day = day.add({ days: 1 })) {
    // On days off nobody is written to.
    for (const hour of day.dayOfWeek > 5 ? [] : world.hours) {
      const at = Temporal.Instant.from(`${day.toString()}T${hour}Z`)
      if (Temporal.Instant.compare(at, begin) <= 0) continue
      if (Temporal.Instant.compare(at, end) > 0) return
      if (sleeps()) continue
      await tick(world, at.toString(), day.dayOfWeek === 1 ? schedule : minutely)
    }
  }
}

async function tick({ opened: { app, clock }, transport }: World, at: string, jobs: readonly Job[] = minutely): Promise<void> {
  clock.set(at)
  // Leases run by the clock of the database, which stands still meanwhile.
  await app.database.db.execute(sql`update message set lease_until = clock_timestamp() - interval '1 second' where lease_until is not null`)
  for (const job of jobs) await job.run(app, { now: clock.now(), asked: false, transport })
}

async function settle(opened: TestApp, zone: string, draw: () => number): Promise<void> {
  const { app } = opened
  const { organisation, alice, bob, carol } = await aCast(app)
  const wei = await aPerson(app, { name: 'Wei', organisationId: organisation.id, zone, supervisorId: bob.id })
  await live(app, organisation)
  const today = Temporal.PlainDate.from('2026-11-24')
  for (let n = 0; n < 8; n++) {
    const ownerId = [alice, bob, carol, wei][Math.floor(draw() * 4)]!.id
    const expiry = today.add({ days: Math.floor(draw() * 220) }).toString()
    await aCertification(app, { organisationId: organisation.id, ownerId, name: `Module ${n}`, days: { expiry } })
  }
  await aCertification(app, { organisationId: organisation.id, ownerId: alice.id, scheme: 'iso-27001', name: 'Head office', days: { decision: '2025-12-18' } })
}

let source: TestApp, target: TestApp
beforeAll(async () => { [source, target] = [await testApp(), await testApp()] })
afterAll(async () => { await Promise.all([source.close(), target.close()]) })

const never = (): boolean => false
const after = (at: string, span: Temporal.DurationLike): string => Temporal.Instant.from(at).add(span).toString()

/** The notices that others tell more tightly are left out of what should have been heard. */
function missing(should: readonly string[], heard: readonly string[]): string[] {
  const split = (line: string): { of: string; offset: number } => {
    const words = line.split(' ')
    return { of: words.slice(0, -2).join(' '), offset: Number(words.at(-1)) }
  }
  const known = new Set(heard)
  const tightest = new Map<string, number>()
  for (const { of, offset } of heard.map(split)) tightest.set(of, Math.min(tightest.get(of) ?? Infinity, offset))
  return should.filter((line) => {
    if (known.has(line)) return false
    const { of, offset } = split(line)
    return !((tightest.get(of) ?? Infinity) <= offset)
  })
}

const tally = { quarantined: 0, restores: 0, sentBetween: 0 }

test.each(Array.from({ length: seeds }, (_, n) => first + n))('seed %i: nothing is sent twice without a release, and nothing is missing after it', async (seed) => {
  const draw = drawsOf(seed)
  await Promise.all([source.reset(), target.reset()])
  const [zone, hours] = draw() < 0.3 ? ['Asia/Shanghai', ['01:00:00', '09:00:00']] : ['UTC', ['09:00:00']]
  const faultRate = draw() < 0.5 ? 0 : 0.25
  const faults = () => (draw() >= faultRate ? 'none' : draw() < 0.5 ? 'busy' : 'answer lost')
  const lived = worldOf(source, hours, faults)
  await settle(source, zone, draw)
  const start = '2026-11-24T08:30:00Z'
  // Often close to a send hour, where most is under way.
  const minuteOfDay = draw() < 0.6 ? 9 * 60 + Math.floor(draw() * 40) - 10 : Math.floor(draw() * 24 * 60)
  const backedUpAt = after(`2026-11-${25 + Math.floor(draw() * 3)}T00:00:00Z`, { minutes: minuteOfDay, seconds: 30 })
  await liveOn(lived, start, backedUpAt, never)
  if (draw() < 0.4) await tick(lived, backedUpAt, schedule.slice(0, 2))
  else source.clock.set(backedUpAt)
  const file = join(testFolder(), 'backup.gz')
  await backUpDatabase(source.app, file)

  const minutes = Math.max(1, Math.round(Math.exp(draw() * Math.log(30 * 24 * 60))))
  const lostAt = after(backedUpAt, { minutes })
  const sleepRate = draw() < 0.3 ? 0.3 : 0
  await tick(lived, after(backedUpAt, { seconds: 30 }))
  await liveOn(lived, backedUpAt, lostAt, () => draw() < sleepRate)
  const before = [...lived.taken]

  target.clock.set(lostAt)
  const restored = await restoreBackup(target.app, file)
  expect(restored.since.toString()).toBe(backedUpAt)
  await confirmInstallation(target.app)
  const again = worldOf(target, hours, () => 'none')
  const releasedAt = after(lostAt, { minutes: 1 + Math.floor(draw() * 4 * 24 * 60) })
  const until = after(releasedAt, { hours: 5 * 24 })
  await tick(again, after(lostAt, { seconds: 20 }))
  await liveOn(again, lostAt, releasedAt, never)
  const known = new Set(before.flatMap((one) => one.says))
  expect(again.taken.filter((one) => before.some((mail) => mail.messageId === one.messageId))).toEqual([])
  expect(again.taken.flatMap((one) => one.says).filter((line) => known.has(line))).toEqual([])

  tally.restores++
  tally.quarantined += await countQuarantined(target.app.database.db)
  tally.sentBetween += before.length
  target.clock.set(releasedAt)
  await act(target.app, (db, now) => releaseMessages(target.app, db, 'all', { now }))
  await tick(again, releasedAt)
  await liveOn(again, releasedAt, until, never)
  expect(await countQuarantined(target.app.database.db)).toBe(0)

  // The life that was never lost, to the same day.
  await tick(lived, after(lostAt, { seconds: 20 }))
  await liveOn({ ...lived, transport: worldOf(source, hours, () => 'none').transport }, lostAt, until, never)
  const should = (await rows<{ messageId: string }>(source.app.database.db, sql`select message_id as "messageId" from message where state = 'sent' order by id`))
  const lines = (await Promise.all(should.map((one) => saidIn(source, one.messageId)))).flat()
    // Whoever is told later is silent later.
    .filter((line) => !/ silence-\S+ -?\d+$/.test(line))
  expect(missing(lines, [...before, ...again.taken].flatMap((one) => one.says))).toEqual([])
}, 60_000)

test('the seeds are about something', () => {
  expect(tally).toMatchObject({ restores: seeds })
  if (seeds < 50) return
  expect(tally.quarantined).toBeGreaterThan(seeds / 2)
  expect(tally.sentBetween).toBeGreaterThan(seeds)
})
