import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { explainReminders, previewReminders } from '../../src/app/explanations.ts'
import { deactivatePerson, setAway } from '../../src/app/people.ts'
import { changePolicy, getPolicy, listPolicies, type PolicyEdit, resetPolicy, type Where } from '../../src/app/policies.ts'
import { previewChange } from '../../src/app/trial.ts'
import { createSignInLink } from '../../src/app/sign-in.ts'
import { rows } from '../../src/store/database.ts'
import { listHistory } from '../../src/store/history.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, anOrganisation, aPerson, type Cast, deliverAll, dutyOf, ledger, planAt, testApp, type TestApp } from '../helpers/records.ts'

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

const ladder = 'registration-expiry'
const forAlice = (values: Partial<Parameters<typeof aCertification>[1]> = {}) =>
  aCertification(app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, ...values })
const change = (edit: PolicyEdit, id = ladder) => app.database.transact((db) => changePolicy(db, id, edit, app.clock.now()))
const reset = (where: Where = {}, id = ladder) => app.database.transact((db) => resetPolicy(db, id, where, app.clock.now()))
const aMailbox = () => aPerson(app, { name: 'Box', organisationId: cast.organisation.id, kind: 'mailbox' })

async function liveDays(days: readonly string[]): Promise<void> {
  for (const one of days) {
    await planAt(opened, `${one}T09:00:00Z`)
    await deliverAll(app)
  }
}

// What goes out because nobody answers is another story.
const said = async (): Promise<string[]> => (await ledger(app)).filter((one) => one.includes(' said') && !one.includes(' silence-'))

describe('a changed ladder', () => {
  test('reaches a thousand days ahead', async () => {
    await forAlice({ days: { expiry: '2029-12-31' } })
    await change({ notices: ['P1000D', 'P540D'] })
    await liveDays(['2027-04-05', '2027-04-06', '2027-04-07', '2028-07-07', '2028-07-08', '2028-07-10'])
    expect(await said()).toEqual(['Alice 2027-04-06 P1000D said', 'Alice 2028-07-07 P540D said'])
  })

  test('repeats what is late as often as it says, and then keeps quiet', async () => {
    await forAlice()
    await change({ notices: ['none'], overdue: ['P1WD', 'P7D*2'], late: ['none'] })
    await change({ audience: 'supervisor', notices: ['none'] })
    await change({ audience: 'compliance', notices: ['none'] })
    await liveDays(['2027-06-30', '2027-07-01', '2027-07-08', '2027-07-15', '2027-07-22', '2027-08-31'])
    expect(await said()).toEqual(['Alice 2027-07-01 overdue-1 said', 'Alice 2027-07-08 overdue-2 said', 'Alice 2027-07-15 overdue-3 said'])
  })

  test('says half-way and by working days what it promises, between windows', async () => {
    const { id } = await forAlice()
    await app.database.db.execute(sql`update obligation set opens_on = '2027-05-03', check_at = now() where certification_id = ${id}`)
    await change({ notices: ['opens', 'half', 'P3WD'] })
    await change({ audience: 'supervisor', notices: ['none'] })
    await change({ audience: 'compliance', notices: ['none'] })
    await liveDays(['2027-05-03', '2027-05-31', '2027-06-01', '2027-06-24', '2027-06-25'])
    expect(await said()).toEqual(['Alice 2027-05-03 opens said', 'Alice 2027-06-01 half said', 'Alice 2027-06-25 P3WD said'])
  })

  test('says nothing again that was said at or after a notice', async () => {
    await forAlice()
    await liveDays(['2027-05-31'])
    await change({ notices: ['P180D', 'P45D', 'P28D', 'P10D', 'P7D'] })
    await liveDays(['2027-06-01', '2027-06-02', '2027-06-17', '2027-06-18'])
    expect(await said()).toEqual(['Alice 2027-05-31 P30D said', 'Alice 2027-06-18 P10D said'])
  })

  test('is heard at once by whoever a notice already reached had left out', async () => {
    await forAlice()
    await liveDays(['2027-05-31'])
    await change({ audience: 'management', notices: ['P40D'] })
    await aPerson(app, { name: 'Tara', organisationId: cast.organisation.id, roles: ['top-management'] })
    await liveDays(['2027-06-01'])
    expect((await said()).slice(1)).toEqual(['Tara 2027-06-01 P40D said escalation'])
  })
})

describe('the nearest place', () => {
  test('decides, and taking it back lets the next decide', async () => {
    const { id } = await forAlice()
    const duty = await dutyOf(app, id)
    const ownerHears = async (where: Where): Promise<string> =>
      (await getPolicy(app, ladder, where)).rungs.filter((rung) => rung.audience === 'owner').map((rung) => rung.notice).join(' ')
    await change({ notices: ['P1D'] })
    await change({ notices: ['P2D'], where: { organisation: 'Harbour Cloud' } })
    await change({ notices: ['P3D'], where: { certification: id } })
    await change({ notices: ['P4D'], where: { obligation: duty.id } })
    expect(await ownerHears({ obligation: duty.id })).toBe('P4D')
    await reset({ obligation: duty.id })
    expect(await ownerHears({ obligation: duty.id })).toBe('P3D')
    await reset({ certification: id })
    expect(await ownerHears({ certification: id })).toBe('P2D')
    await reset({ organisation: '1' })
    expect(await ownerHears({ organisation: '1' })).toBe('P1D')
    await reset()
    expect(await ownerHears({ obligation: duty.id })).toBe('P180D P90D P30D P7D P0D')
    await expect(reset()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('Nothing was changed about the ladder "registration-expiry" for all.') })
  })

  test('is what is said, and no other certificate is touched', async () => {
    const first = await forAlice({ name: 'Module A' })
    await forAlice({ name: 'Module B' })
    await change({ notices: ['P60D'], where: { certification: first.id } })
    await liveDays(['2027-04-01', '2027-04-30', '2027-05-31'])
    const lines = await rows<{ line: string }>(app.database.db, sql`select c.name || ' ' || n.notice as line from notice n
      join obligation o on o.id = n.obligation_id join certification c on c.id = o.certification_id where n.outcome = 'said' order by n.id`)
    expect(lines.map((row) => row.line)).toEqual(['Module B P90D', 'Module A P60D', 'Module B P30D'])
  })

  test('is told by explain, part by part', async () => {
    const { id } = await forAlice()
    expect((await explainReminders(app, id, undefined))[0]!.policy).toEqual({ ladder, from: [] })
    await change({ notices: ['P60D'], where: { certification: id } })
    await change({ overdue: ['P7D*'], where: { organisation: '1' } })
    expect((await explainReminders(app, id, undefined))[0]!.policy).toEqual({ ladder, from: [
      { part: 'overdue', place: { kind: 'organisation', id: 1 } }, { part: 'owner', place: { kind: 'certification', id } },
    ] })
  })

  test('is listed', async () => {
    await change({ notices: ['P60D'], where: { organisation: '1' } })
    const found = (await listPolicies(app)).filter((one) => one.places.length > 0)
    expect(found.map((one) => [one.id, one.places])).toEqual([[ladder, [{ kind: 'organisation', id: 1 }]]])
  })

  test('leaves a trace in the history of whom it concerns', async () => {
    const other = await anOrganisation(app, 'Harbour Labs')
    await change({ notices: ['P60D'], overdue: ['P7D*'], where: { organisation: other.name } })
    await change({ notices: ['P60D'] }, 'custom')
    await reset({}, 'custom')
    const entries = [...await listHistory(app.database.db, 'policy', 1), ...await listHistory(app.database.db, 'policy', 2)]
    expect(entries.map((one) => [one.organisationId, one.event, one.facts])).toEqual([
      [other.id, 'policy-changed', { ladder, place: 'organisation/2', parts: 'owner overdue' }],
      [2, 'policy-reset', { ladder: 'custom', place: 'everywhere', parts: 'owner' }], [1, 'policy-reset', { ladder: 'custom', place: 'everywhere', parts: 'owner' }],
      [2, 'policy-changed', { ladder: 'custom', place: 'everywhere', parts: 'owner' }], [1, 'policy-changed', { ladder: 'custom', place: 'everywhere', parts: 'owner' }],
    ])
  })
})

describe('people named in a ladder', () => {
  test('hear beside the others, each item once, and the ledger says as whom', async () => {
    await forAlice()
    const box = await aMailbox()
    for (const audience of [`person:${box.id}`, 'carol@example.org', 'alice@example.org']) await change({ audience, notices: ['P90D', 'P7D'] })
    await liveDays(['2027-04-01', '2027-06-23'])
    expect(await said()).toEqual([
      'Alice 2027-04-01 P90D said', 'Carol 2027-04-01 P90D said escalation', 'Box 2027-04-01 P90D said escalation',
      'Alice 2027-06-23 P7D said', 'Bob 2027-06-23 P7D said escalation', 'Carol 2027-06-23 P7D said escalation', 'Box 2027-06-23 P7D said escalation',
    ])
    const found = await rows<{ line: string }>(app.database.db, sql`select distinct p.name || ' ' || n.audience as line from notice n join person p on p.id = n.person_id order by line`)
    expect(found.map((row) => row.line)).toEqual(['Alice owner', 'Bob supervisor', `Box person:${box.id}`, 'Carol compliance'])
  })

  test('a mailbox that cannot be reached is stood in for by compliance, a person is not', async () => {
    await forAlice()
    const box = await aMailbox()
    const dave = await aPerson(app, { name: 'Dave', organisationId: cast.organisation.id })
    await change({ audience: `person:${box.id}`, notices: ['P60D'] })
    await change({ audience: `person:${dave.id}`, notices: ['P45D'] })
    for (const one of [box, dave]) await app.database.transact((db) => deactivatePerson(db, one, app.clock.now()))
    await liveDays(['2027-04-30', '2027-05-14'])
    expect(await said()).toEqual(['Alice 2027-04-30 P90D said', 'Carol 2027-04-30 P60D said escalation'])
  })

  test('nobody signs in as a mailbox', async () => {
    await aMailbox()
    await expect(createSignInLink(app, 'box@example.org')).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('Box is a mailbox that several read') })
  })
})

test('a change that is wrong is refused whole, with every problem on a line', async () => {
  const refused = change({ audience: 'boss', notices: ['30', 'P1D:soon'], overdue: ['P0D'], late: ['owner', '77@example.org'], where: { certification: 9 } })
  await expect(refused).rejects.toMatchObject({ code: 'invalid' })
  const problems = await refused.catch((error: Error) => error.message.split('\n'))
  expect(problems).toEqual([
    expect.stringContaining('There is no certification 9.'), expect.stringContaining('"boss" is not somebody a ladder speaks to'),
    expect.stringContaining('"30" is not a notice'), expect.stringContaining('"soon" is not a condition'), expect.stringContaining('"P0D" is not a repeat'),
    expect.stringContaining('The owner hears what is late anyway'), expect.stringContaining('There is no person "77@example.org"'),
  ])
  expect((await listPolicies(app)).every((one) => one.places.length === 0)).toBe(true)
})

describe('a preview', () => {
  const lines = (all: Awaited<ReturnType<typeof previewReminders>>): string[] => all.map((one) => `${one.on.toString()} ${one.to} ${one.notice}`)
  const range = { from: day('2027-04-01'), to: day('2027-06-30') }

  test('knows who will be away on the day', async () => {
    const dave = await aPerson(app, { name: 'Dave', organisationId: cast.organisation.id })
    await forAlice()
    await app.database.db.execute(sql`update person set deputy_id = ${dave.id} where id = ${cast.alice.id}`)
    await app.database.transact((db) => setAway(db, cast.alice, { from: day('2027-05-31'), until: day('2027-06-23') }, app.clock.now()))
    expect(lines(await previewReminders(app, range)).filter((one) => /Alice|Dave/.test(one)))
      .toEqual(['2027-04-01 Alice P90D', '2027-05-31 Dave P30D', '2027-06-23 Dave P7D', '2027-06-30 Alice P0D'])
    await liveDays(['2027-03-31', '2027-04-01', '2027-05-28', '2027-05-31', '2027-06-23', '2027-06-24', '2027-06-30'])
    expect((await said()).filter((one) => /Alice|Dave/.test(one)).map((one) => one.split(' ').slice(0, 3).join(' '))).toEqual([
      'Alice 2027-03-31 P180D', 'Alice 2027-04-01 P90D', 'Dave 2027-05-31 P30D', 'Dave 2027-06-23 P7D', 'Alice 2027-06-30 P0D',
    ])
  })

  test('of a change lists what is new and what falls away, and changes nothing', async () => {
    await forAlice()
    const difference = await previewChange(app, range, (copy) => copy.database.transact((db) =>
      changePolicy(db, ladder, { notices: ['P90D', 'P45D', 'P0D'] }, copy.clock.now())))
    expect(difference.map((one) => `${one.change} ${one.on.toString()} ${one.to} ${one.notice}`)).toEqual([
      'added 2027-05-14 Alice P45D', 'removed 2027-05-31 Alice P30D', 'removed 2027-06-07 Bob silence-P30D', 'removed 2027-06-23 Alice P7D',
      'removed 2027-06-30 Bob silence-P7D',
    ])
    expect((await listPolicies(app)).every((one) => one.places.length === 0)).toBe(true)
    expect(await listHistory(app.database.db, 'policy', 1)).toEqual([])
  }, 120_000)
})
