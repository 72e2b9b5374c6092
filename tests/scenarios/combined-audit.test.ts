// One visit of auditors that serves five certifications of one house: planned, booked, moved by the body, carried out
// early for some and late for one. One line in each mail, and every duty met by its own rule.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { bookAudit, cancelAudit, coverDuties, getAudit, planAudit, recordAudit, releaseDuties } from '../../src/app/audits.ts'
import { getMessage, listMessages } from '../../src/app/lists.ts'
import { listHistory } from '../../src/store/history.ts'
import { listObligationsOf } from '../../src/store/obligations.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, type Cast, deliverAll, planAt, testApp, type TestApp } from '../helpers/records.ts'

let opened: TestApp
let app: App
let cast: Cast
let ids: number[]

// The certificates of one house, decided on different days of 2026: each owes its first surveillance a year later.
const house = [
  ['iso-27001', 'Data centre', '2026-03-10'], ['iso-9001', 'Quality', '2026-03-20'], ['iso-20000-1', 'Service desk', '2026-04-02'],
  ['iso-22301', 'Continuity', '2026-04-15'], ['iso-42001', 'Assistant', '2026-02-20'],
] as const

beforeAll(async () => {
  opened = await testApp()
  app = opened.app
})
beforeEach(async () => {
  await opened.reset()
  opened.clock.set('2026-11-24T10:00:00Z')
  cast = await aCast(app)
  ids = []
  for (const [scheme, name, decision] of house) {
    ids.push((await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme, name, certificationBody: 'Nordcert', sites: [`${name} site`], days: { decision } })).id)
  }
})
afterAll(() => opened.close())

const by = () => ({ now: app.clock.now(), by: cast.carol })
const plan = (rest: object = {}) => act(app, (db) => planAudit(app, db, { certificationIds: ids, title: 'Spring visit', ...rest }, by()))
const states = async (id: number): Promise<string[]> => (await getAudit(app, id)).duties.map((one) =>
  [one.certification, one.dueOn, one.bookedOn, one.doneOn, one.state, one.fit, one.daysToLimit].map((value) => (value === undefined ? '-' : String(value))).join(' '))
const mails = async (): Promise<string[]> => await Promise.all((await listMessages(app, {}, 100)).map(async ({ id }) => (await getMessage(app, id)).message.text ?? ''))

describe('a visit', () => {
  test('covers the audit each certification owes next, and keeps last allowed, booked and actual day apart', async () => {
    const id = await plan({ days: { from: day('2027-02-16'), until: day('2027-02-18'), pastTheLimit: 'refuse' } })
    expect(await states(id)).toEqual([
      'Assistant 2027-02-20 2027-02-16 - open in-time 2', 'Data centre 2027-03-10 2027-02-16 - open in-time 20', 'Quality 2027-03-20 2027-02-16 - open in-time 30',
      'Service desk 2027-04-02 2027-02-16 - open in-time 43', 'Continuity 2027-04-15 2027-02-16 - open in-time 56',
    ])
    expect((await getAudit(app, id))).toMatchObject({ state: 'booked', body: 'Nordcert', sites: house.map(([, name]) => `${name} site`).toSorted() })
  })

  test.each([
    ['the last allowed day of one', '2027-02-20', true], ['the day after it', '2027-02-21', false],
  ])('on %s is %s', async (_what, until, isAllowed) => {
    const planned = plan({ days: { from: day('2027-02-16'), until: day(until), pastTheLimit: 'refuse' } })
    if (isAllowed) await expect(planned).resolves.toBeGreaterThan(0)
    else await expect(planned).rejects.toThrow('2027-02-21 is past the limit of: Assistant, surveillance-1 (last allowed day 2027-02-20). Agree on an earlier day, or add --past-the-limit to keep it all the same.')
  })

  test('past a limit on purpose is marked with what that costs', async () => {
    const id = await plan({ days: { from: day('2027-03-01'), pastTheLimit: 'keep' } })
    const [assistant] = (await getAudit(app, id)).duties
    expect([assistant!.fit, assistant!.daysToLimit, assistant!.costs?.en]).toEqual(['past-the-limit', -9, 'The certificate is suspended, for up to six months, then withdrawn.'])
  })

  test('is one line in the mail, before it is booked and after', async () => {
    const id = await plan()
    await act(app, (db) => bookAudit(app, db, id, { from: day('2027-02-16'), by: 'us', pastTheLimit: 'refuse' }, by()))
    await planAt(opened, '2027-01-04T09:00:00Z')
    await deliverAll(app)
    const text = (await mails()).join('\n')
    expect(text.match(/Audit visit Spring visit \(5 certificates\)/g)?.length).toBe(1)
    expect(text).toContain('Last allowed day: Sat 20 Feb 2027') // the strictest of the five
    expect(text).toContain('Serves: ISO/IEC 42001 Assistant: First surveillance audit, last allowed day Sat 20 Feb 2027')
    expect(text).toContain('Serves: ISO 22301 Continuity: First surveillance audit, last allowed day Thu 15 Apr 2027')
    for (const [, name] of house) expect(text).toContain(name)
    expect(text.match(/First surveillance audit: booked for/g)).toHaveLength(1)
    expect(text).not.toContain('Moved:')
  })

  test('moved by the body keeps the reason; every duty moves with it', async () => {
    const id = await plan({ days: { from: day('2027-02-16'), pastTheLimit: 'refuse' } })
    await expect(act(app, (db) => bookAudit(app, db, id, { from: day('2027-02-19'), by: 'body', pastTheLimit: 'refuse' }, by()))).rejects.toThrow('Say why the body moved it: --reason "…".')
    await act(app, (db) => bookAudit(app, db, id, { from: day('2027-02-19'), by: 'body', reason: 'the auditor is ill', pastTheLimit: 'refuse' }, by()))
    const audit = await getAudit(app, id)
    expect(audit.moves.map((one) => `${String(one.fromOn)} ${String(one.toOn)} ${one.movedBy} ${one.reason}`)).toEqual(['2027-02-16 2027-02-19 body the auditor is ill'])
    expect(new Set(audit.duties.map((one) => String(one.bookedOn)))).toEqual(new Set(['2027-02-19']))
    await planAt(opened, '2027-01-05T09:00:00Z')
    await deliverAll(app)
    const text = (await mails()).join('\n')
    // Nobody had heard of the day before, or somebody had: either way the first mail about the new one says it.
    expect(text).toContain('Moved: the booked day, from Tue 16 Feb 2027 to Fri 19 Feb 2027, by Nordcert: the auditor is ill')
    await planAt(opened, '2027-02-05T09:00:00Z')
    await deliverAll(app)
    expect((await mails()).join('\n').match(/Moved: the booked day/g)).toHaveLength(1)
  })

  test('carried out early for four and late for one is kept so, meets each duty, and next year counts from it where the rule says so', async () => {
    const id = await plan({ days: { from: day('2027-02-16'), until: day('2027-02-18'), pastTheLimit: 'refuse' } })
    opened.clock.set('2027-02-24T10:00:00Z')
    await act(app, (db) => recordAudit(app, db, id, { on: day('2027-02-23') }, by()))
    expect(await states(id)).toEqual([
      'Assistant 2027-02-20 2027-02-16 2027-02-23 met past-the-limit -3', 'Data centre 2027-03-10 2027-02-16 2027-02-23 met in-time 15', 'Quality 2027-03-20 2027-02-16 2027-02-23 met in-time 25',
      'Service desk 2027-04-02 2027-02-16 2027-02-23 met in-time 38', 'Continuity 2027-04-15 2027-02-16 2027-02-23 met in-time 51',
    ])
    const next = await Promise.all(ids.map(async (one) => (await listObligationsOf(app.database.db, [one])).find((duty) => duty.kind === 'surveillance-audit' && duty.state === 'open')!.dueOn.toString()))
    expect(next).toEqual(['2028-12-31', '2028-12-31', '2028-12-31', '2028-12-31', '2028-12-31'])
    await expect(act(app, (db) => cancelAudit(app, db, id, 'no', by()))).rejects.toThrow(`Audit ${id} was carried out on 2027-02-23.`)
    expect((await listHistory(app.database.db, 'audit', id)).map((one) => one.event).toSorted()).toEqual(['audit-booked', 'audit-carried-out', 'audit-planned'])
  })

  test('meets a duty that is decided only half: handed in, and still owed', async () => {
    const [iso] = ids
    const recertification = (await listObligationsOf(app.database.db, [iso!])).find((one) => one.ruleId === 'recertification')!
    const id = await act(app, (db) => planAudit(app, db, { obligationIds: [recertification.id], days: { from: day('2029-01-15'), pastTheLimit: 'refuse' } }, by()))
    opened.clock.set('2029-01-16T10:00:00Z')
    await act(app, (db) => recordAudit(app, db, id, { on: day('2029-01-15') }, by()))
    expect(await states(id)).toEqual(['Data centre 2029-03-10 2029-01-15 2029-01-15 submitted in-time 54'])
  })

  test('meets by its own rule also a duty that was past when it was entered', async () => {
    const old = (await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Old office', days: { decision: '2023-10-20', expiry: '2026-10-20' } })).id
    const past = (await listObligationsOf(app.database.db, [old])).find((one) => one.ruleId === 'recertification')!
    expect(past.state).toBe('unconfirmed')
    const id = await act(app, (db) => planAudit(app, db, { obligationIds: [past.id] }, by()))
    await act(app, (db) => recordAudit(app, db, id, { on: day('2026-11-20') }, by()))
    // Carried out is not decided: it is still owed.
    expect((await states(id))[0]).toBe('Old office 2026-10-20 - 2026-11-20 submitted past-the-limit -31')
  })

  test('leaves out what it did not look at, which asks for another visit', async () => {
    const id = await plan({ days: { from: day('2027-02-16'), pastTheLimit: 'refuse' } })
    const quality = (await getAudit(app, id)).duties.find((one) => one.certification === 'Quality')!
    opened.clock.set('2027-02-17T10:00:00Z')
    await act(app, (db) => recordAudit(app, db, id, { on: day('2027-02-16'), except: [quality.obligationId] }, by()))
    expect((await states(id)).find((one) => one.startsWith('Quality'))).toBe('Quality 2027-03-20 - - open in-time 32')
  })

  test('cancelled gives its duties back, and so does releasing one; two visits never cover the same', async () => {
    const id = await plan({ days: { from: day('2027-02-16'), pastTheLimit: 'refuse' } })
    const [first, second] = (await getAudit(app, id)).duties
    await expect(plan()).rejects.toThrow(`is covered by audit ${id} (Spring visit) already`)
    await act(app, (db) => releaseDuties(app, db, id, [first!.obligationId], by()))
    await act(app, (db) => coverDuties(app, db, id, [first!.obligationId], 'refuse', by()))
    expect(String((await getAudit(app, id)).duties.find((one) => one.obligationId === first!.obligationId)!.bookedOn)).toBe('2027-02-16')
    await act(app, (db) => cancelAudit(app, db, id, 'the body has lost its accreditation', by()))
    const after = (await listObligationsOf(app.database.db, ids)).find((one) => one.id === second!.obligationId)!
    expect([after.state, after.bookedOn]).toEqual(['open', undefined])
    expect((await getAudit(app, id)).state).toBe('cancelled')
  })

  test.each([
    ['an expiry', 'expiry', 'is met by no visit: it is of the kind expiry.'],
  ])('for %s is refused', async (_what, rule, sentence) => {
    const duty = (await listObligationsOf(app.database.db, ids)).find((one) => one.ruleId === rule)!
    await expect(act(app, (db) => planAudit(app, db, { obligationIds: [duty.id] }, by()))).rejects.toThrow(sentence)
  })
})

describe('a visit to the certificate that others rest on', () => {
  const rider = () => aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27017', name: 'Cloud', parentId: ids[0], days: { decision: '2026-03-10' } })
  const audited = async (certificationId: number): Promise<string> => {
    const duty = (await listObligationsOf(app.database.db, [certificationId])).find((one) => one.ruleId === 'surveillance-1')!
    return [duty.state, duty.bookedOn, duty.metOn].map((value) => (value === undefined ? '-' : String(value))).join(' ')
  }

  test('is theirs too: booked with it, and met by it', async () => {
    const cloud = await rider()
    const id = await plan({ certificationIds: [ids[0], cloud.id], days: { from: day('2027-02-16'), pastTheLimit: 'refuse' } })
    expect((await getAudit(app, id)).duties.map((one) => one.certification)).toEqual(['Data centre', 'Cloud'])
    expect(await audited(cloud.id)).toBe('open 2027-02-16 -')
    opened.clock.set('2027-02-16T10:00:00Z')
    await act(app, (db) => recordAudit(app, db, id, { on: day('2027-02-16') }, by()))
    expect(await audited(cloud.id)).toBe('met 2027-02-16 2027-02-16')
  })

  test('left out or released takes them along', async () => {
    const cloud = await rider()
    const id = await plan({ certificationIds: [ids[0], ids[1]], days: { from: day('2027-02-16'), pastTheLimit: 'refuse' } })
    const centre = (await getAudit(app, id)).duties.find((one) => one.certification === 'Data centre')!
    await act(app, (db) => releaseDuties(app, db, id, [centre.obligationId], by()))
    expect((await getAudit(app, id)).duties.map((one) => one.certification)).toEqual(['Quality'])
    await act(app, (db) => coverDuties(app, db, id, [centre.obligationId], 'refuse', by()))
    expect(await audited(cloud.id)).toBe('open 2027-02-16 -')
    opened.clock.set('2027-02-16T10:00:00Z')
    await act(app, (db) => recordAudit(app, db, id, { on: day('2027-02-16'), except: [centre.obligationId] }, by()))
    expect([await audited(cloud.id), await audited(ids[1]!)]).toEqual(['open - -', 'met 2027-02-16 2027-02-16'])
  })
})

test('a visit asks to be booked, then prepared, then recorded', async () => {
  const id = await plan()
  const asked = async (on: string): Promise<string> => {
    const { next, countedTo, daysLeft } = await getAudit(app, id, day(on))
    return [next, countedTo?.toString(), daysLeft].join(' ')
  }
  expect(await asked('2027-02-01')).toBe('book 2027-02-20 19')
  await act(app, (db) => bookAudit(app, db, id, { from: day('2027-02-16'), until: day('2027-02-18'), by: 'us', pastTheLimit: 'refuse' }, by()))
  expect([await asked('2027-02-01'), await asked('2027-02-18'), await asked('2027-02-19')]).toEqual(['prepare 2027-02-16 15', 'prepare 2027-02-16 -2', 'record 2027-02-16 -3'])
})
