// Faults of other systems in saying things once: each by its number in the checklist, shown not to be here.

import { sql } from 'drizzle-orm'
import { describe, expect, inject, test } from 'vitest'
import { editCertification } from '../../src/app/certifications.ts'
import { decideCertification } from '../../src/app/decisions.ts'
import { deliverWaiting } from '../../src/app/delivery-run.ts'
import { bookObligation } from '../../src/app/obligations.ts'
import { editOrganisation, editPerson } from '../../src/app/people.ts'
import { changePolicy } from '../../src/app/policies.ts'
import { planReminders } from '../../src/app/reminders.ts'
import { copyInto } from '../../src/store/backup.ts'
import { type Db, openDatabase } from '../../src/store/database.ts'
import { findPerson } from '../../src/store/people.ts'
import { testDatabase, testPostgres } from '../helpers/database.ts'
import { day, daysFrom } from '../helpers/factory.ts'
import { busy, mailServer, onlyFor } from '../helpers/mail-server.ts'
import { heardIn, lettersIn, office, times } from '../helpers/office.ts'
import { aCast, aCertification, anOrganisation, aPerson, dutyOf, live, mail, testApp } from '../helpers/records.ts'
import { appOn } from '../helpers/timeline.ts'
import { typist } from '../helpers/typing.ts'

const here = office()
const now = () => here.clock.now()
const goLive = () => live(here.app, here.cast.organisation)
const expiryOn = (text: string) => ({ anchors: [{ name: 'expiry', day: day(text) }] })
const edit = (id: number, change: Parameters<typeof editCertification>[3]) => here.change((db) => editCertification(here.app, db, id, change, { now: now() }))

describe('one mail for one reason', () => {
  test('B15 notices stored unsorted and twice are one mail after an outage, and one each day by day', async () => {
    const set = (notices: readonly string[]) => here.change((db) => changePolicy(db, 'registration-expiry', { audience: 'owner', notices }, now()))
    await expect(set(['P7D', 'P90D', 'P7D'])).rejects.toThrow('"P7D" is there twice')
    await set(['P7D', 'P90D', 'P30D'])
    await here.app.database.db.execute(sql`update policy set rungs = jsonb_set(rungs, '{rungs}',
      (select jsonb_agg(rung order by n desc) || jsonb_agg(rung order by n desc) from jsonb_array_elements(rungs->'rungs') with ordinality as one(rung, n)))`)
    await here.certificate({ name: 'Module A' })
    await here.live('2027-06-10')
    expect(await here.heard()).toEqual(['Alice 2027-06-10 P30D'])
    expect(times((await here.letters())[0]!.text, 'Module A')).toBe(1)
    await here.certificate({ name: 'Module B', days: { expiry: '2027-09-30' } })
    await here.live('2027-06-23', '2027-07-02', '2027-08-31', '2027-09-23')
    const told = (await here.heard('Alice')).filter((one) => one > 'Alice 2027-07-01' && !one.includes('overdue'))
    expect(told).toEqual(['Alice 2027-07-02 P90D', 'Alice 2027-08-31 P30D', 'Alice 2027-09-23 P7D'])
  })

  test('B16 what nobody acts on is not mailed every day: once a week for a month after the end, then once a month', async () => {
    await here.certificate()
    await here.live(...daysFrom('2027-06-30', '2027-10-31').filter((one) => day(one).dayOfWeek <= 5))
    expect(await here.heard('Alice')).toEqual([
      '2027-06-30 P0D', '2027-07-01 overdue-1', '2027-07-08 overdue-2', '2027-07-15 overdue-3', '2027-07-22 overdue-4', '2027-07-29 overdue-5',
      '2027-08-30 overdue-6', '2027-09-29 overdue-7', '2027-10-29 overdue-8',
    ].map((one) => `Alice ${one}`))
    expect((await here.heard('Bob'))).toHaveLength(2)
  }, 60_000)

  test('B25 duties in mixed order, with places and other organisations beside them, are one line each in one mail each', async () => {
    const dan = await aPerson(here.app, { name: 'Dan', organisationId: here.cast.organisation.id })
    for (let n = 1; n <= 6; n++) {
      await here.certificate({
        name: `Module ${n}.`, ownerId: n % 2 ? here.cast.alice.id : dan.id, covers: ['Harbour Labs', 'Harbour Data'], sites: ['Kiel', 'Bremen'],
      })
    }
    await here.live('2027-05-31')
    const letters = await here.letters()
    expect(letters.map((one) => one.to)).toEqual(['Alice', 'Dan'])
    for (const [n, name] of [1, 2, 3, 4, 5, 6].map((one) => [one, one % 2 ? 'Alice' : 'Dan'] as const)) {
      expect(letters.map(({ to, text }) => `${to} ${times(text, `Module ${n}.`)}`).sort()).toEqual(name === 'Alice' ? ['Alice 1', 'Dan 0'] : ['Alice 0', 'Dan 1'])
    }
  })

  test('B27 somebody who is owner\'s manager, compliance and top management at once hears once; one address is one person, whatever its case', async () => {
    await here.change((db) => editPerson(db, here.cast.bob, { roles: ['owner', 'compliance-manager', 'top-management'] }, now()))
    await here.certificate()
    await here.live('2027-06-23')
    expect(await here.heard('Bob')).toEqual(['Bob 2027-06-23 P7D escalation'])
    const [letter] = await here.letters('Bob')
    expect(times(letter!.text, '* FIPS')).toBe(1)
    const type = typist(here.app, () => ({ folder: '/nowhere' }))
    expect(await type`person add --name Alicia --email ALICE@Example.org`).toMatchObject({ exit: 1, err: expect.stringContaining('One address is one person') })
  })

  test('B28 two certificates that are called the same are both told of', async () => {
    await here.certificate({ name: 'Module', certificateNumber: '4711' })
    await here.certificate({ name: 'Module', certificateNumber: '4712' })
    await here.live('2027-05-31')
    expect(await here.heard()).toHaveLength(2)
    const [letter] = await here.letters('Alice')
    expect([times(letter!.text, '4711'), times(letter!.text, '4712')]).toEqual([1, 1])
  })
})

describe('more than one worker, and none', () => {
  test.each([['two runs in one process', false], ...('missing' in inject('postgres') ? [] : [['two servers on one PostgreSQL', true] as const])] as const)('B17 %s plan and deliver at once: one mail', async (_, shared) => {
    const opened = shared ? await testPostgres() : undefined
    const first = opened ? await testApp(async () => opened) : undefined
    const second = opened ? await openDatabase({ home: '', databaseUrl: opened.url }) : undefined
    const app = first?.app ?? here.app
    const { organisation, alice } = first ? await aCast(app) : here.cast
    const clock = first?.clock ?? here.clock
    try {
      await live(app, organisation)
      for (const name of ['Module A', 'Module B']) await aCertification(app, { organisationId: organisation.id, ownerId: alice.id, name })
      clock.set('2027-06-23T09:00:00Z')
      const apps = [app, second ? await appOn(second, clock) : app]
      const server = mailServer()
      await Promise.all([...apps, ...apps].map((one) => planReminders(one, clock.now(), true)))
      await Promise.all([...apps, ...apps].map((one) => deliverWaiting(one, { now: clock.now(), asked: false, transport: server })))
      expect(server.parcels.map((one) => one.to).sort()).toEqual(['alice@example.org', 'bob@example.org', 'carol@example.org'])
    } finally {
      await second?.close()
      await first?.close()
    }
  })

  test('B18 a process that starts anew remembers what was said', async () => {
    await here.certificate()
    await here.live('2027-05-31')
    const memory = await testDatabase()
    try {
      await copyInto(here.app.database, memory.database)
      const anew = await appOn(memory.database, here.clock)
      for (const moment of ['2027-05-31T09:01:00Z', '2027-06-01T09:00:00Z', '2027-06-02T09:00:00Z']) {
        here.clock.set(moment)
        await planReminders(anew, now(), true)
      }
      expect(await heardIn(anew)).toEqual(['Alice 2027-05-31 P30D'])
      expect(await mail(anew)).toHaveLength(1)
    } finally {
      await memory.close()
    }
  })

  test('B19 a mail is neither called sent before it is, nor forgotten: notices and mail are written together, and a lost worker loses neither', async () => {
    await goLive()
    await here.certificate()
    const died = mailServer(() => Promise.reject(new Error('the process ended')))
    here.transport = died
    await expect(here.live('2027-05-31')).rejects.toThrow('the process ended')
    expect((await here.letters()).map((one) => one.state)).toEqual(['claimed'])
    expect(await here.heard()).toEqual(['Alice 2027-05-31 P30D'])
    await endLease(here.app.database.db)
    here.transport = mailServer()
    await here.live('2027-05-31T09:05:00Z', '2027-05-31T09:06:00Z', '2027-06-01')
    expect((await here.letters()).map((one) => one.state)).toEqual(['sent'])
    expect(here.transport).toMatchObject({ parcels: [{ to: 'alice@example.org' }] })
  })

  test('B20 that one reader\'s mail was taken does not stand for the others', async () => {
    await goLive()
    await here.certificate()
    here.transport = mailServer(...Array.from({ length: 3 }, () => onlyFor('bob@example.org', busy)))
    await here.live('2027-06-23')
    expect(await mail(here.app)).toEqual(['Alice daily 2027-06-23 sent', 'Bob daily 2027-06-23 deferred', 'Carol daily 2027-06-23 sent'])
    await here.live('2027-06-23T09:05:00Z')
    expect(await mail(here.app)).toContain('Bob daily 2027-06-23 sent')
  })
})

describe('what is said again, and what is not', () => {
  test('B21 a renewed certificate is told of again in its next cycle, and a day that people moved opens its own notices', async () => {
    const { id } = await here.certificate({ days: { decision: '2022-07-01', expiry: '2027-06-30' } })
    await here.live('2027-05-31')
    await here.change((db) => decideCertification(here.app, db, id, { kind: 'renew', decidedOn: day('2027-05-31'), anchors: [{ name: 'expiry', day: day('2030-07-02'), assumed: false }] }, now()))
    await here.live('2030-01-03', '2030-06-03')
    here.clock.set('2030-06-03T12:00:00Z')
    await edit(id, expiryOn('2031-07-02'))
    await here.live('2031-06-02')
    expect(await here.heard('Alice')).toEqual(['Alice 2027-05-31 P30D', 'Alice 2030-01-03 P180D', 'Alice 2030-06-03 P30D', 'Alice 2031-06-02 P30D'])
  })

  test('B22 no edit of anything but a date makes a mail go out again', async () => {
    const { id } = await here.certificate()
    await here.live('2027-05-31')
    here.clock.set('2027-06-01T12:00:00Z')
    await edit(id, { name: 'Module, renamed', certificateNumber: '4711', certificationBody: 'CMVP', covers: ['Labs'], sites: ['Kiel'] })
    await here.change(async (db) => {
      await editPerson(db, (await findPerson(db, here.cast.alice.id))!, { name: 'Alice Chen', language: 'zh', sendHour: '08:00', email: 'alice.chen@example.org' }, now())
      await editOrganisation(here.app, db, here.cast.organisation.id, { name: 'Harbour', language: 'zh', country: 'CN' }, now())
      await changePolicy(db, 'registration-expiry', { audience: 'owner', notices: ['P180D', 'P90D', 'P28D', 'P7D', 'P0D'] }, now())
    })
    await here.keepHouse('2027-06-02T00:17:00Z')
    await here.live('2027-06-02T08:00:00Z', '2027-06-02', '2027-06-03T08:00:00Z', '2027-06-03', '2027-06-04T08:00:00Z', '2027-06-22T08:00:00Z')
    expect(await mail(here.app)).toEqual(['Alice Chen daily 2027-05-31 captured'])
  })

  test('B23 a date that flaps is told of once for each day, however often it comes back', async () => {
    const { id } = await here.certificate()
    await here.live('2027-05-31')
    for (const [n, on] of daysFrom('2027-06-15', '2027-06-18').entries()) {
      here.clock.set(`${on}T08:00:00Z`)
      await edit(id, expiryOn(n % 2 === 0 ? '2027-07-07' : '2027-06-30'))
      await here.live(on)
    }
    expect((await here.heard('Alice')).filter((one) => one.includes('P30D'))).toEqual(['Alice 2027-05-31 P30D', 'Alice 2027-06-15 P30D'])
    const booked = await here.certificate({ scheme: 'iso-27001', days: { decision: '2026-11-16' } })
    const duty = await dutyOf(here.app, booked.id, 'surveillance-1')
    const before = (await here.heard('Alice')).length
    for (const [n, on] of daysFrom('2027-08-02', '2027-08-06').entries()) {
      here.clock.set(`${on}T08:00:00Z`)
      await here.change((db) => bookObligation(here.app, db, duty.id, day(n % 2 === 0 ? '2027-08-10' : '2027-08-11'), { now: now(), pastTheLimit: 'refuse' }))
      await here.live(on)
    }
    const told = (await here.heard('Alice')).slice(before).filter((one) => one.includes('P14D'))
    expect(told).toHaveLength(2)
  })

  test('B24 nothing that is cleared away makes a notice come again', async () => {
    await here.certificate()
    await here.live('2027-06-30', '2027-07-01', '2027-07-08', '2027-07-15', '2027-07-22', '2027-07-29')
    const before = await here.heard()
    for (const night of ['2027-08-10', '2027-09-20', '2028-12-01', '2031-01-06']) await here.keepHouse(`${night}T00:17:00Z`)
    await here.live('2031-01-06', '2031-01-07')
    const after = await here.heard()
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after.slice(before.length).map((one) => one.replace(/\d+$/, 'n'))).toEqual(['Alice 2031-01-06 overdue-n'])
  })

  test('B26 every mail goes to one address and speaks only of what its reader is to hear', async () => {
    await goLive()
    const stranger = await anOrganisation(here.app, 'Stranger Ltd')
    await aPerson(here.app, { name: 'Sven', organisationId: stranger.id, roles: ['compliance-manager', 'top-management', 'administrator'] })
    const names = ['Dan', 'Eve', 'Finn', 'Gus']
    for (const name of names) {
      const one = await aPerson(here.app, { name, organisationId: here.cast.organisation.id })
      await here.certificate({ ownerId: one.id, name: `Module of ${name}` })
    }
    const server = mailServer()
    here.transport = server
    await here.live('2027-05-31')
    const letters = server.parcels.map(({ to, raw }) => ({ to, raw: Buffer.from(raw).toString() }))
    expect(letters.map((one) => one.to).sort()).toEqual(names.map((name) => `${name.toLowerCase()}@example.org`))
    for (const { to, raw } of letters) {
      const head = raw.slice(0, raw.indexOf('\r\n\r\n'))
      expect(head.match(/[\w.]+@example\.org/g)).toEqual([to])
      expect(head).not.toMatch(/^(cc|bcc):/im)
      expect(names.filter((name) => raw.includes(`Module of ${name}`)).map((name) => `${name.toLowerCase()}@example.org`)).toEqual([to])
    }
    expect((await lettersIn(here.app, 'Sven'))).toEqual([])
  })
})

async function endLease(db: Db): Promise<void> {
  await db.execute('update message set lease_until = clock_timestamp() - interval \'1 second\' where lease_until is not null')
}
