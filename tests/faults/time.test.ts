// Faults of other systems in telling the time: each by its number in the checklist, shown not to be here.

import { EventEmitter } from 'node:events'
import { sql } from 'drizzle-orm'
import { getTasks } from 'node-cron'
import { afterEach, expect, test } from 'vitest'
import { startTimetable } from '../../jobs/main.ts'
import { schedule } from '../../jobs/schedule.ts'
import { exportRegister } from '../../src/app/export.ts'
import { importRegister } from '../../src/app/import.ts'
import { editOrganisation } from '../../src/app/people.ts'
import { createSignInLink } from '../../src/app/sign-in.ts'
import { openWeb } from '../../src/web/server.ts'
import { day } from '../helpers/factory.ts'
import { office } from '../helpers/office.ts'
import { aPerson, dutyOf, mail } from '../helpers/records.ts'
import { typist } from '../helpers/typing.ts'
import { base, cookieOf } from '../web/world.ts'

const here = office()
const machine = process.env['TZ']
const zones = ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Shanghai']

afterEach(() => {
  if (machine === undefined) delete process.env['TZ']
  else process.env['TZ'] = machine
})

async function pageFor(email: string, path: string): Promise<string> {
  const web = openWeb(here.app)
  const { url } = await createSignInLink(here.app, email)
  const cookie = cookieOf(await web.request(url, { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } }))
  return await (await web.request(`${base}${path}`, { headers: { cookie } })).text()
}

test('B42 the pages, the command line and the database agree on the day, whatever zones they run in', async () => {
  await here.change((db) => editOrganisation(here.app, db, here.cast.organisation.id, { zone: 'Pacific/Auckland' }, here.clock.now()))
  const { id } = await here.certificate()
  const type = typist(here.app, () => ({ folder: '/nowhere' }))
  for (const zone of zones) {
    process.env['TZ'] = zone
    for (const session of zones) {
      await here.app.database.db.execute(sql`select set_config('TimeZone', ${session}, false)`)
      here.clock.set('2027-06-30T11:59:59Z') // the last second of the last day in Auckland
      const before = JSON.parse((await type`certification list --json`).out)[0]
      here.clock.set('2027-06-30T12:00:00Z')
      const after = JSON.parse((await type`certification list --json`).out)[0]
      expect([before.state, after.state, after.endsOn], `${zone}, ${session}`).toEqual(['active', 'expired', '2027-06-30'])
    }
    const page = await pageFor('carol@example.org', `/certifications/${id}`)
    expect(page).toContain('2027-06-30')
    expect(page).toMatch(/expired/i)
  }
  await here.app.database.db.execute(sql`select set_config('TimeZone', 'UTC', false)`)
})

test.each(zones)('B43 a day stays the same day on a machine in %s: read, stored, counted and written', async (zone) => {
  process.env['TZ'] = zone
  const file = 'scheme,organisation,name,owner,expiry\r\nfips-140,Harbour Cloud,Module,alice@example.org,2027-06-30\r\n'
  await importRegister(here.app, { bytes: new TextEncoder().encode(file), file: 'register.csv', dryRun: false, partial: false })
  expect((await dutyOf(here.app, 1)).dueOn.toString()).toBe('2027-06-30')
  expect(await exportRegister(here.app, { format: 'csv' })).toContain('2027-06-30')
  await here.live('2027-06-30', '2027-07-01')
  expect((await here.letters('Alice')).map(({ on, subject }) => `${on} ${/expires today|expired yesterday/.exec(subject)?.[0]}`)).toEqual(['2027-06-30 expires today', '2027-07-01 expired yesterday'])
})

/** Every quarter of an hour of the night, as a server would ask. */
const quarters = (from: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => Temporal.Instant.from(from).add({ minutes: 15 * n }).toString())

test.each([
  ['that is skipped', '00:30', '2027-05-30', '2027-04-30', '2027-04-29T21:00:00Z'],
  ['that comes twice', '23:30', '2027-11-27', '2027-10-28', '2027-10-28T19:45:00Z'],
])('B44 a send hour %s when clocks change brings one mail, and the days around it theirs', async (_, sendHour, expiry, on, from) => {
  const dan = await aPerson(here.app, { name: 'Dan', organisationId: here.cast.organisation.id, zone: 'Africa/Cairo', sendHour })
  for (const n of [-1, 0, 3]) await here.certificate({ ownerId: dan.id, name: `Module ${n}`, days: { expiry: day(expiry).add({ days: n }).toString() } })
  await here.live(...quarters(Temporal.Instant.from(from).subtract({ hours: 24 }).toString(), 10), ...quarters(from, 10))
  const days = (await mail(here.app)).map((one) => one.split(' ')[2]!)
  expect(days).toContain(on)
  expect(new Set(days).size).toBe(days.length)
}, 60_000)

test.each([
  ['Pacific/Auckland', '09:00', '2027-06-30', '2027-05-30T21:00:00Z', '2027-05-31'], // a Monday there, Sunday in UTC
  ['Pacific/Honolulu', '16:00', '2027-07-04', '2027-06-05T02:00:00Z', '2027-06-04'], // a Friday there, Saturday in UTC
])('B45 in %s it is a working day by the calendar there, not by that of UTC', async (zone, sendHour, expiry, moment, local) => {
  const dan = await aPerson(here.app, { name: 'Dan', organisationId: here.cast.organisation.id, zone, sendHour })
  await here.certificate({ ownerId: dan.id, days: { expiry } })
  const at = Temporal.Instant.from(moment)
  await here.live(at.subtract({ hours: 30 }).toString(), at.subtract({ minutes: 1 }).toString(), moment, at.add({ hours: 30 }).toString())
  expect(await here.heard('Dan')).toEqual([`Dan ${local} P30D`])
})

test('B46 a tick that was missed, since the process was busy or asleep, is made up for', async () => {
  const ran: string[] = []
  const timetable = startTimetable(async (job) => { ran.push(job.name) })
  const turns = async (): Promise<void> => { for (let n = 0; n < 1000; n++) await Promise.resolve() }
  await turns()
  const names = schedule.map((job) => job.name)
  expect(ran).toEqual(names)
  for (const task of getTasks().values()) {
    const emitter: unknown = Reflect.get(task, 'emitter')
    if (emitter instanceof EventEmitter) emitter.emit('execution:missed', {})
  }
  await turns()
  await timetable.stop()
  expect(ran.slice(names.length).toSorted()).toEqual(names.toSorted())
  await here.certificate()
  await here.live('2027-05-31T08:59:00Z', '2027-05-31T17:20:00Z') // the lid closed before nine, opened in the evening
  expect(await here.heard()).toEqual(['Alice 2027-05-31 P30D'])
})
