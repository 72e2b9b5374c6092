// Faults of other systems in whom they tell: each by its number in the checklist, shown not to be here.

import { expect, test } from 'vitest'
import { editCertification } from '../../src/app/certifications.ts'
import { assignObligation } from '../../src/app/obligations.ts'
import { deactivatePerson, editPerson } from '../../src/app/people.ts'
import { findPerson } from '../../src/store/people.ts'
import { day } from '../helpers/factory.ts'
import { mailServer } from '../helpers/mail-server.ts'
import { office } from '../helpers/office.ts'
import { aPerson, dutyOf, live } from '../helpers/records.ts'

const here = office()
const now = () => here.clock.now()
const leaves = (id: number) => here.change(async (db) => deactivatePerson(db, (await findPerson(db, id))!, now()))

test('B37 where an owner has left, the next who can be reached hears, up to the administrator; never nobody', async () => {
  const { alice, bob, carol, organisation } = here.cast
  const dan = await aPerson(here.app, { name: 'Dan', organisationId: organisation.id })
  await aPerson(here.app, { name: 'Ada', organisationId: organisation.id, roles: ['administrator'] })
  await here.change(async (db) => editPerson(db, alice, { deputyId: dan.id }, now()))
  for (const [n, one] of [alice, dan, bob, carol].entries()) {
    await leaves(one.id)
    await here.certificate({ name: `Module ${n}`, days: { expiry: day('2027-06-30').add({ days: n }).toString() } })
    await here.live(day('2027-05-31').add({ days: n }).toString())
  }
  expect((await here.heard()).filter((one) => one.endsWith('for Alice') && one.includes('P30D'))).toEqual(expect.arrayContaining([
    'Dan 2027-05-31 P30D fallback for Alice', 'Bob 2027-06-01 P30D fallback for Alice', 'Carol 2027-06-02 P30D fallback for Alice', 'Ada 2027-06-03 P30D fallback for Alice',
  ]))
  expect(await here.letters('Alice')).toEqual([])
})

test('B38 what nobody owns is told to those who manage compliance, and says that it has no owner', async () => {
  await here.certificate({ ownerId: undefined })
  await here.live('2027-05-31', '2027-06-30', '2027-07-01')
  expect(await here.heard()).toEqual(['Carol 2027-05-31 P30D fallback', 'Carol 2027-06-30 P0D fallback', 'Carol 2027-07-01 overdue-1 fallback'])
  expect((await here.letters('Carol'))[0]!.text).toMatch(/no owner|nobody/i)
})

test('B39 once it is somebody else\'s, the old owner hears no more, not even what was ready to go', async () => {
  const { alice, organisation } = here.cast
  await live(here.app, organisation)
  const dan = await aPerson(here.app, { name: 'Dan', organisationId: organisation.id, supervisorId: here.cast.carol.id })
  const { id } = await here.certificate()
  here.transport = mailServer(async () => ({ outcome: 'deferred', fault: 'transient', phase: 'data', reply: '451 try later' }))
  await here.live('2027-05-31')
  here.clock.set('2027-05-31T09:01:00Z')
  await here.change((db) => editCertification(here.app, db, id, { ownerId: dan.id }, { now: now() }))
  const server = mailServer()
  here.transport = server
  await here.live('2027-05-31T09:05:00Z', '2027-06-01', '2027-06-23', '2027-06-30', '2027-07-01')
  expect((await here.letters('Alice')).map((one) => one.state)).toEqual(['cancelled'])
  expect(new Set(server.parcels.map((one) => one.to))).toEqual(new Set(['dan@example.org', 'carol@example.org']))
  const duty = await dutyOf(here.app, id)
  await here.change((db) => assignObligation(here.app, db, duty.id, alice.id, { now: now() }))
  const before = server.parcels.length
  await here.live('2027-07-08', '2027-07-09')
  const told = server.parcels.slice(before).map((one) => one.to)
  expect(told).toContain('alice@example.org')
  expect(told).not.toContain('dan@example.org')
})

test('B40 of thirty people of an organisation, only those whom it concerns are told', async () => {
  for (let n = 1; n <= 30; n++) await aPerson(here.app, { name: `Colleague${n}`, organisationId: here.cast.organisation.id, roles: [n % 2 ? 'owner' : 'auditor'] })
  await here.certificate()
  await here.live('2027-05-31', '2027-06-23', '2027-06-30', '2027-07-01')
  expect([...new Set((await here.letters()).map((one) => one.to))].sort()).toEqual(['Alice', 'Bob', 'Carol'])
})
