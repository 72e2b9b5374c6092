// Mail that comes back after a server had taken it: what it said reaches somebody within the hour, whatever the hour is,
// until a person says that mail gets through again.

import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import { recordReport } from '../../src/app/bounces.ts'
import { reinstatePerson, setAway } from '../../src/app/people.ts'
import type { Role } from '../../src/core/person.ts'
import type { Parcel } from '../../src/mail/transport.ts'
import { listOpenAlarms } from '../../src/store/alarms.ts'
import { rows } from '../../src/store/database.ts'
import { findPerson, updatePerson } from '../../src/store/people.ts'
import { day } from '../helpers/factory.ts'
import { mailServer } from '../helpers/mail-server.ts'
import { office } from '../helpers/office.ts'
import { aCertification, anOrganisation, aPerson, live, testApp, type TestApp } from '../helpers/records.ts'
import { runJobsAt } from '../helpers/timeline.ts'
import { bytes, dsn, headersOf } from '../mail/report-samples.ts'

/** What the mail server of its reader reports: nobody of that name. */
function comesBack({ raw, to }: Parcel): Uint8Array {
  const [, messageId] = /^Message-ID: (<[^>]+>)/im.exec(Buffer.from(raw).toString())!
  return bytes(dsn({
    groups: [{ final: `rfc822; ${to}`, status: '5.1.1', says: '550 5.1.1 no such user' }], copy: headersOf({ returnPath: 'recert@example.org', messageId: messageId!, address: to }),
  }))
}

describe('a mail comes back', () => {
  const here = office()

  /** Alice's mail of Monday at nine has left, and Bob has had one of his own. */
  async function monday() {
    await live(here.app, here.cast.organisation)
    await here.certificate()
    await here.certificate({ ownerId: here.cast.bob.id, name: 'Bob\'s module' })
    const server = mailServer()
    here.transport = server
    await here.live('2027-05-31')
    expect(server.parcels.map((one) => one.to)).toEqual(['alice@example.org', 'bob@example.org'])
    return server
  }

  test.each([
    ['in the afternoon', '2027-05-31T14:20:00Z', '2027-05-31T14:21:00Z'],
    ['at night', '2027-06-01T02:10:00Z', '2027-06-01T02:11:00Z'],
    ['days later, on a Saturday', '2027-06-05T23:58:00Z', '2027-06-05T23:59:00Z'],
  ])('%s: the next in line hears with the next run, though they have had their mail of the day', async (_when, reported, next) => {
    const server = await monday()
    here.clock.set(reported)
    await recordReport(here.app, comesBack(server.parcels[0]!))
    await here.live(next)
    expect(server.parcels.slice(2).map((one) => one.to)).toEqual(['bob@example.org'])
    expect((await here.letters('Bob')).at(-1)!.text).toContain('Module')
    expect((await here.heard('Bob')).filter((one) => one.includes('fallback'))).toEqual([`Bob ${next.slice(0, 10)}${reported.startsWith('2027-05-31') ? '#2' : ''} P30D fallback for Alice`])
    await here.live(next.replace(/\d\d:00Z$/, '59:30Z'))
    expect(server.parcels).toHaveLength(3)
  })

  test('from sending to reinstating: the line manager stands in, compliance is told, and then the owner hears again', async () => {
    const server = await monday()
    here.clock.set('2027-05-31T14:20:00Z')
    await recordReport(here.app, comesBack(server.parcels[0]!))
    await here.live('2027-05-31T14:21:00Z', '2027-06-01')
    expect((await here.letters('Carol')).at(-1)!.subject).toContain('Mail to Alice comes back')
    expect(await here.heard('Alice')).toEqual([])
    await here.change(async (db) => reinstatePerson(db, (await findPerson(db, here.cast.alice.id))!, here.clock.now()))
    await expect(here.change(async (db) => reinstatePerson(db, (await findPerson(db, here.cast.alice.id))!, here.clock.now()))).rejects.toThrow('not suspended')
    await here.live('2027-06-01T14:00:00Z')
    expect(await here.heard('Alice')).toEqual([])
    await here.live('2027-06-02', '2027-06-23')
    expect(await here.heard('Alice')).toEqual(['Alice 2027-06-02 P30D', 'Alice 2027-06-23 P7D'])
    expect((await here.heard('Bob')).filter((one) => one.includes('fallback'))).toEqual(['Bob 2027-05-31#2 P30D fallback for Alice'])
    // It comes back once more: that is news again.
    await recordReport(here.app, comesBack(server.parcels.findLast((one) => one.to === 'alice@example.org')!))
    await here.live('2027-06-23T09:05:00Z', '2027-06-24')
    expect((await here.heard('Bob')).filter((one) => one.includes('fallback')).at(-1)).toContain('P7D')
    expect((await here.letters('Carol')).filter((one) => one.text.includes('Mail came back'))).toHaveLength(2)
  })

  test('from somebody who hears what has gone up: the next above hears it', async () => {
    const server = await monday()
    await here.live('2027-06-23')
    const escalated = server.parcels.find((one) => one.to === 'carol@example.org')!
    const dora = await aPerson(here.app, { name: 'Dora', organisationId: here.cast.organisation.id, roles: ['compliance-manager'] })
    here.clock.set('2027-06-23T16:00:00Z')
    await recordReport(here.app, comesBack(escalated))
    await here.live('2027-06-23T16:01:00Z')
    expect(await here.heard('Dora')).toContain('Dora 2027-06-23 P7D escalation')
    expect(dora.emailAccepted).toBe(true)
  })

  test('nothing is ever sent to whoever reports', async () => {
    const server = await monday()
    await recordReport(here.app, comesBack(server.parcels[0]!))
    await here.live('2027-06-01', '2027-06-02')
    expect(server.parcels.every((one) => /^\w+@example\.org$/.test(one.to))).toBe(true)
    expect(server.parcels.filter((one) => one.to === 'alice@example.org')).toHaveLength(1)
  })
})

describe('whoever is behind no address any more', () => {
  let opened: TestApp
  beforeAll(async () => { opened = await testApp() })
  afterAll(() => opened.close())

  const everyMinute = schedule.filter((job) => job.cron === '* * * * *' && job.name !== 'weekly-digest')

  interface Cast { readonly line: readonly (number | null)[]; readonly deputies: readonly (number | null)[]; readonly roles: readonly Role[]; readonly away: readonly boolean[]; readonly dead: readonly boolean[]; readonly after: number }

  async function enter({ line, deputies, roles, away }: Cast) {
    const { app } = opened
    const { organisation, people } = { organisation: await anOrganisation(app), people: [] as { id: number; address: string }[] }
    await live(app, organisation)
    for (const [n, role] of roles.entries()) {
      const one = await aPerson(app, { name: `P${n}`, organisationId: organisation.id, roles: [role] })
      people.push({ id: one.id, address: one.email! })
    }
    await app.database.transact(async (db) => {
      const idOf = (n: number | null | undefined, self: number): number | null => (n === null || n === undefined || n === self ? null : people[n]!.id)
      for (const [n, { id }] of people.entries()) {
        await updatePerson(db, id, { supervisorId: idOf(line[n], n), deputyId: idOf(deputies[n], n) })
        if (away[n]) await setAway(db, (await findPerson(db, id))!, { from: day('2027-05-30'), until: day('2027-06-02') }, app.clock.now())
      }
    })
    await aCertification(app, { organisationId: organisation.id, ownerId: people[0]!.id })
    return people
  }

  /** Live duties of which no mail that counts has gone to an address that is not dead. */
  const orphans = async (dead: readonly string[]): Promise<number> => (await rows<{ n: number }>(opened.app.database.db, sql`
    select count(*)::int as n from obligation o where o.state = 'open' and not exists (select 1 from notice n join message m on m.id = n.message_id
      where n.obligation_id = o.id and n.outcome = 'said' and m.state = 'sent' and not (m.address = any(${sql.param(dead)}::text[])))`))[0]!.n

  test('what was for them has reached somebody within the hour, or an alarm says that nobody is left', async () => {
    const count = 4
    const someone = fc.option(fc.nat(count - 1))
    const many = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: count, maxLength: count })
    const casts: fc.Arbitrary<Cast> = fc.record({
      line: many(someone), deputies: many(someone), roles: many(fc.constantFrom<Role[]>('owner', 'owner', 'compliance-manager', 'administrator')),
      away: many(fc.boolean()), dead: many(fc.boolean()), after: fc.integer({ min: 0, max: 3000 }),
    })
    await fc.assert(fc.asyncProperty(casts, async (cast) => {
      await opened.reset()
      opened.clock.set('2027-05-28T12:00:00Z')
      const people = await enter(cast)
      const dead = people.filter((_, n) => cast.dead[n]).map((one) => one.address)
      const server = mailServer()
      await runJobsAt({ app: opened.app, clock: opened.clock, transport: server }, '2027-05-31T09:00:00Z', everyMinute)
      const first = Temporal.Instant.from('2027-05-31T09:10:00Z').add({ minutes: cast.after })
      let reported = 0
      for (let minute = 0; minute < 59; minute++) {
        opened.clock.set(first.add({ minutes: minute }).toString())
        const back = server.parcels.slice(reported).filter((one) => dead.includes(one.to))
        reported = server.parcels.length
        for (const parcel of back) expect((await recordReport(opened.app, comesBack(parcel))).outcome).toBe('recorded')
        if (back.length === 0 && minute > 0) break
        await runJobsAt({ app: opened.app, clock: opened.clock, transport: server }, opened.clock.now().toString(), everyMinute)
      }
      if (await orphans(dead) > 0) expect((await listOpenAlarms(opened.app.database.db, 10)).map((one) => one.facts['told'])).toContain('nobody')
    }), { numRuns: 6 })
  }, 120_000)
})
