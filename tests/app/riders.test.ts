// What rests on another certification: shown as it stands with it, re-derived with it in one transaction,
// named in its line. An office's ISO/IEC 27001 certificate is valid until 30 June 2027; STAR rests on it.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App, rehearse } from '../../src/app/app.ts'
import { editCertification, getCertification } from '../../src/app/certifications.ts'
import { loadWorld } from '../../src/app/world.ts'
import { decideCertification, type DecisionInput } from '../../src/app/decisions.ts'
import { rederiveAll } from '../../src/app/derivation.ts'
import { exportRegister } from '../../src/app/export.ts'
import { importRegister } from '../../src/app/import.ts'
import { listCertifications, showCertification } from '../../src/app/lists.ts'
import { doneObligation } from '../../src/app/obligations.ts'
import type { Anchor } from '../../src/core/certification.ts'
import { rows } from '../../src/store/database.ts'
import { listObligationsOf } from '../../src/store/obligations.ts'
import { day } from '../helpers/factory.ts'
import {
  aCast, aCertification, type CertificationSample, type Cast, deliverAll, dutiesOf, dutyOf, planAt, testApp, type TestApp,
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

const anchors = (days: Record<string, string>): Anchor[] => Object.entries(days).map(([name, text]) => ({ name, day: day(text), assumed: false }))
const owned = (scheme: string, name: string, days: Record<string, string>, rest: Partial<CertificationSample> = {}) =>
  aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme, name, days, ...rest })
const office = (): Promise<{ id: number }> => owned('iso-27001', 'Office', { decision: '2024-06-30' })
const star = (parentId: number, name = 'Cloud'): Promise<{ id: number }> => owned('csa-star', name, { decision: '2024-09-30' }, { parentId })
const decide = (id: number, kind: DecisionInput['kind'], on: string, rest: Partial<DecisionInput> = {}) =>
  act(app, (db, now) => decideCertification(app, db, id, { kind, decidedOn: day(on), ...rest }, now))
const edit = (id: number, change: Parameters<typeof editCertification>[3]) =>
  act(app, (db, now) => editCertification(app, db, id, change, { now }))

/** How certifications stand as the list shows them: name, state, last day and what binds. */
async function listed(asOf?: string): Promise<string[]> {
  const all = await listCertifications(app, {}, { asOf: asOf === undefined ? undefined : day(asOf) })
  return all.map(({ certification, standing }) => `${certification.name}: ${standing.state} ${standing.endsOn?.toString() ?? '-'} ${standing.binds ?? '-'}`)
}

const live = async (id: number): Promise<string[]> => (await dutiesOf(app, id)).filter((one) => / (open|submitted)$/.test(one))

describe('a STAR certificate on an ISO/IEC 27001 one', () => {
  let iso: number
  let rider: number

  beforeEach(async () => {
    iso = (await office()).id
    rider = (await star(iso)).id
  })

  test('ends with it', async () => {
    expect(await listed()).toEqual(['Office: active 2027-06-30 expiry', 'Cloud: active 2027-06-30 parent'])
    expect(await listed('2027-06-30')).toContain('Cloud: active 2027-06-30 parent')
    expect(await listed('2027-07-01')).toEqual(['Office: expired-restorable 2027-06-30 expiry', 'Cloud: expired 2027-06-30 parent'])
    expect(await dutiesOf(app, rider)).toContain('2027-06-30 expiry open')
  })

  test('follows it in the same breath when a register brings another end', async () => {
    await edit(iso, { anchors: [{ name: 'expiry', day: day('2027-06-28') }] })
    const csv = await exportRegister(app, { format: 'csv' })
    expect(csv).toContain('2027-06-28')
    const bytes = new TextEncoder().encode(csv.replaceAll('2027-06-28', '2027-04-30'))
    expect(await importRegister(app, { bytes, file: 'register.csv', dryRun: false, partial: false })).toMatchObject({ updated: 1, unchanged: 1 })
    expect(await dutiesOf(app, rider)).toContain('2027-04-30 expiry open')
    expect(await rederiveAll(app, await loadWorld(app.database.db), app.clock.now())).toMatchObject({ moved: 0 })
  })

  test('is suspended with it and comes back with it, and is not suspended by itself', async () => {
    await decide(iso, 'suspend', '2026-11-24', { untilOn: day('2027-03-01') })
    expect(await listed()).toEqual(['Office: suspended 2027-03-01 suspension', 'Cloud: suspended 2027-03-01 parent'])
    expect(await live(iso)).toContain('2027-03-01 suspension-end open')
    // What ends the suspension is owed once, by the certificate that is suspended.
    expect((await dutiesOf(app, rider)).filter((one) => one.includes('suspension'))).toEqual([])
    expect((await getCertification(app.database.db, rider)).decisions.map((one) => one.kind)).toEqual(['grant'])
    opened.clock.set('2026-12-10T08:00:00Z')
    await decide(iso, 'restore', '2026-12-10')
    expect(await listed()).toEqual(['Office: active 2027-06-30 expiry', 'Cloud: active 2027-06-30 parent'])
    expect(await live(rider)).toContain('2027-06-30 expiry open')
  })

  test.each([['withdraw', 'withdrawn'], ['cancel', 'cancelled'], ['archive', 'archived']] as const)('owes nothing once its parent has ended by the decision to %s', async (kind, state) => {
    expect(await live(rider)).not.toEqual([])
    await decide(iso, kind, '2026-11-24')
    expect((await listed()).map((one) => one.split(' ').slice(0, 3).join(' '))).toEqual([`Office: ${state} 2026-11-24`, `Cloud: ${state} 2026-11-24`])
    expect(await listed('2026-11-23')).toEqual(['Office: active 2027-06-30 expiry', 'Cloud: active 2027-06-30 parent'])
    expect(await live(rider)).toEqual([])
  })

  test('goes on with the new cycle when its parent is renewed', async () => {
    await decide(iso, 'renew', '2026-11-24', { anchors: anchors({ expiry: '2030-06-30' }) })
    expect(await listed()).toEqual(['Office: active 2030-06-30 expiry', 'Cloud: active 2030-06-30 parent'])
    expect(await live(rider)).toContain('2030-06-30 expiry open')
  })

  test('comes back when its parent, expired, is restored', async () => {
    opened.clock.set('2027-08-02T08:00:00Z')
    expect(await listed()).toEqual(['Office: expired-restorable 2027-06-30 expiry', 'Cloud: expired 2027-06-30 parent'])
    await decide(iso, 'restore', '2027-08-02', { anchors: anchors({ expiry: '2030-06-30' }) })
    expect(await listed()).toEqual(['Office: active 2030-06-30 expiry', 'Cloud: active 2030-06-30 parent'])
    expect(await live(rider)).toContain('2030-06-30 expiry open')
  })

  test('keeps an earlier end that its own paper states', async () => {
    await edit(rider, { anchors: anchors({ expiry: '2027-03-31' }) })
    expect(await listed()).toContain('Cloud: active 2027-03-31 expiry')
  })

  test('may be given up or withdrawn alone: its parent stays', async () => {
    await decide(rider, 'cancel', '2026-11-24')
    expect(await listed()).toEqual(['Office: active 2027-06-30 expiry', 'Cloud: cancelled 2026-11-24 cancellation'])
  })

  test('is re-derived in the transaction of the decision about its parent: both, or neither', async () => {
    const before = [await dutiesOf(app, iso), await dutiesOf(app, rider)]
    const within = await rehearse(app, async (db, now) => {
      await decideCertification(app, db, iso, { kind: 'withdraw', decidedOn: day('2026-11-24') }, now)
      return (await listObligationsOf(db, [iso, rider])).filter((one) => one.state === 'open' || one.state === 'submitted').length
    })
    expect(within).toBe(0)
    expect([await dutiesOf(app, iso), await dutiesOf(app, rider)]).toEqual(before)
    expect(await listed()).toContain('Cloud: active 2027-06-30 parent')
  })

  test('is in the list of what moved when its parent is corrected, and both moves are in the history', async () => {
    const moved = await edit(iso, { anchors: anchors({ expiry: '2027-09-30' }) })
    expect(moved.filter((one) => one.rule === 'expiry').map((one) => `${one.name} ${one.change} ${String(one.from)} ${String(one.to)}`)).toEqual([
      'Office moved 2027-06-30 2027-09-30', 'Cloud moved 2027-06-30 2027-09-30',
    ])
    const [{ n } = { n: 0 }] = await rows<{ n: number }>(app.database.db, sql`
      select count(*)::int as n from history h join obligation o on o.id = h.subject_id and h.subject = 'obligation'
      where h.event = 'obligation-moved' and o.rule_id = 'expiry' and h.facts->>'to' = '2027-09-30'`)
    expect(n).toBe(2)
  })

  test('is named in the line of its parent and has no mail of its own about what the parent\'s audits meet', async () => {
    // Its CAIQ of 2024 was past at entry: asked about, and nothing to be reminded of.
    expect(await dutiesOf(app, rider)).toContain('2025-09-30 caiq #202409 unconfirmed')
    for (const morning of ['2026-12-01', '2026-12-31', '2027-01-01', '2027-04-01', '2027-05-31', '2027-06-23', '2027-06-30', '2027-07-01']) {
      await planAt(opened, `${morning}T09:00:00Z`)
      await deliverAll(app)
    }
    const about = await rows<{ id: number }>(app.database.db, sql`
      select distinct o.certification_id as id from notice n join obligation o on o.id = n.obligation_id order by 1`)
    expect(about.map((one) => one.id)).toEqual([iso])
    const texts = (await rows<{ text: string }>(app.database.db, sql`select text from message order by id`)).map((one) => one.text)
    expect(texts.length).toBeGreaterThan(6)
    for (const text of texts) {
      expect(text).toContain('Rides along: Cloud')
      // It is asked once about what was past when it was entered, and that is all.
      expect(text.split('Was this done?')[0]).not.toContain('* CSA STAR')
    }
  })

  test('has a mail of its own about what no audit of the parent meets', async () => {
    opened.clock.set('2026-11-24T08:00:00Z')
    const again = await star(iso, 'Second cloud')
    await edit(again.id, { anchors: anchors({ caiq: '2026-01-29' }) })
    await planAt(opened, '2026-11-30T09:00:00Z')
    await deliverAll(app)
    const said = await rows<{ line: string }>(app.database.db, sql`
      select c.name || ' ' || o.rule_id || ' ' || n.notice as line from notice n join obligation o on o.id = n.obligation_id
      join certification c on c.id = o.certification_id where n.outcome = 'said' and c.id = ${again.id} order by n.id`)
    expect(said.map((one) => one.line)).toEqual(['Second cloud caiq P60D'])
  })

  test('put on another parent ends with that, and put on none asks for one', async () => {
    const other = await owned('iso-27001', 'Data centre', { decision: '2025-03-31' })
    await edit(rider, { parentId: other.id })
    expect(await listed()).toContain('Cloud: active 2028-03-31 parent')
    await edit(rider, { parentId: null })
    expect((await showCertification(app, rider, undefined)).remarks).toContainEqual({ kind: 'footing-unknown', schemes: ['iso-27001'] })
  })
})

describe('a chain of three', () => {
  let ids: { iso: number; star: number; caiq: number }

  beforeEach(async () => {
    const iso = (await office()).id
    const rider = (await star(iso)).id
    ids = { iso, star: rider, caiq: (await owned('caiq', 'Answers', { submission: '2026-11-02' }, { parentId: rider })).id }
  })

  test('stands, is suspended and ends together, however deep', async () => {
    expect(await listed()).toEqual(['Office: active 2027-06-30 expiry', 'Cloud: active 2027-06-30 parent', 'Answers: active 2027-06-30 parent'])
    await decide(ids.iso, 'suspend', '2026-11-24', { untilOn: day('2027-03-01') })
    expect((await listed()).slice(1)).toEqual(['Cloud: suspended 2027-03-01 parent', 'Answers: suspended 2027-03-01 parent'])
    await decide(ids.iso, 'restore', '2026-11-24')
    expect((await listed()).slice(1)).toEqual(['Cloud: active 2027-06-30 parent', 'Answers: active 2027-06-30 parent'])
    await decide(ids.iso, 'withdraw', '2026-11-24')
    expect((await listed()).slice(1)).toEqual(['Cloud: withdrawn 2026-11-24 parent', 'Answers: withdrawn 2026-11-24 parent'])
    expect([await live(ids.iso), await live(ids.star), await live(ids.caiq)]).toEqual([[], [], []])
  })

  test('moves with its head, down to the last', async () => {
    expect(await live(ids.caiq)).toContain('2027-06-30 expiry open')
    await edit(ids.iso, { anchors: [{ name: 'expiry', day: day('2027-08-31') }] })
    expect(await live(ids.caiq)).toContain('2027-08-31 expiry open')
  })

  test('breaks below the one that is given up', async () => {
    await decide(ids.star, 'cancel', '2026-11-24')
    expect(await listed()).toEqual(['Office: active 2027-06-30 expiry', 'Cloud: cancelled 2026-11-24 cancellation', 'Answers: cancelled 2026-11-24 parent'])
    expect(await live(ids.caiq)).toEqual([])
    expect(await live(ids.iso)).not.toEqual([])
  })
})

describe('resting is refused', () => {
  test('on a scheme that the rider\'s does not know, at entry and later, and nothing is kept', async () => {
    const module = await owned('fips-140', 'Module', { expiry: '2027-06-30' })
    const sentence = `csa-star rests on iso-27001; certification ${module.id} is of fips-140.`
    await expect(star(module.id)).rejects.toThrow(sentence)
    expect((await listed()).map((one) => one.split(':')[0])).toEqual(['Module'])
    const rider = await star((await office()).id)
    await expect(edit(rider.id, { parentId: module.id, name: 'Renamed' })).rejects.toThrow(sentence)
    expect(await getCertification(app.database.db, rider.id)).toMatchObject({ name: 'Cloud', parentId: 2 })
  })

  test('on what does not exist', async () => {
    await expect(star(99)).rejects.toThrow('There is no certification 99. List them with: certification list')
  })

  test('in a circle of one, two and three', async () => {
    const module = (name: string, parentId?: number) => owned('fips-140', name, { expiry: '2027-06-30' }, parentId === undefined ? {} : { parentId })
    const a = await module('A')
    const b = await module('B', a.id)
    const c = await module('C', b.id)
    for (const parentId of [a.id, b.id, c.id]) {
      await expect(edit(a.id, { parentId })).rejects.toThrow(/cannot rest on (each other|itself)/)
    }
    expect((await getCertification(app.database.db, a.id)).parentId).toBeUndefined()
    // The way back is free.
    await edit(c.id, { parentId: a.id })
    expect((await getCertification(app.database.db, c.id)).parentId).toBe(a.id)
  })
})

describe('a Gold O&M result on a Trusted Cloud certificate', () => {
  let trucs: number
  let gold: number

  beforeEach(async () => {
    trucs = (await owned('trucs', 'Cloud host', { decision: '2025-07-10', expiry: '2027-07-09' }, { options: { service: 'cloud-host' } })).id
    gold = (await owned('gold-om', 'Operations', { decision: '2026-03-02', expiry: '2028-03-01' }, { parentId: trucs })).id
  })
  const remarksOfGold = async (asOf?: string): Promise<string[]> => {
    const { remarks } = await showCertification(app, gold, asOf === undefined ? undefined : day(asOf))
    return remarks.map((one) => (one.kind === 'footing-lapsed' ? `${one.kind} ${one.state} ${String(one.endsOn)}` : one.kind))
  }

  test('has its own end, and a duty on the end of what it rests on', async () => {
    expect(await listed()).toContain('Operations: active 2028-03-01 expiry')
    expect(await live(gold)).toEqual(['2027-07-09 trucs-renewed #2027 open', '2028-03-01 expiry open'])
    expect(await remarksOfGold()).toEqual([])
  })

  test('is not ended when that lapses: it says so, and goes on', async () => {
    expect(await listed('2027-07-10')).toEqual(['Cloud host: expired 2027-07-09 expiry', 'Operations: active 2028-03-01 expiry'])
    expect(await remarksOfGold('2027-07-09')).toEqual([])
    expect(await remarksOfGold('2027-07-10')).toEqual(['footing-lapsed expired 2027-07-09'])
  })

  test.each([['suspend', 'suspended'], ['withdraw', 'withdrawn'], ['cancel', 'cancelled']] as const)('warns after the decision to %s, and is still owed', async (kind, state) => {
    await decide(trucs, kind, '2026-11-24')
    expect(await listed()).toContain('Operations: active 2028-03-01 expiry')
    expect((await remarksOfGold())[0]).toMatch(new RegExp(`^footing-lapsed ${state}`))
    expect(await live(gold)).toContain('2028-03-01 expiry open')
  })

  test('tells its owner before the Trusted Cloud certificate ends', async () => {
    // Thirty days before is Wednesday the 9th; tier B waits for Monday.
    await planAt(opened, '2027-06-14T09:00:00Z')
    const said = await rows<{ line: string }>(app.database.db, sql`
      select o.rule_id || ' ' || n.notice as line from notice n join obligation o on o.id = n.obligation_id
      where o.certification_id = ${gold} and n.outcome = 'said' order by n.id`)
    expect(said.map((one) => one.line)).toContain('trucs-renewed P30D')
  })

  test('asks about the new end once that was renewed', async () => {
    await decide(trucs, 'renew', '2026-11-24', { anchors: anchors({ expiry: '2027-12-31' }) })
    expect(await live(gold)).toEqual(['2027-12-31 trucs-renewed #2027 open', '2028-03-01 expiry open'])
  })

  test('whose question about it was answered is not asked again for the same end', async () => {
    const duty = await dutyOf(app, gold, 'trucs-renewed')
    await act(app, (db, now) => doneObligation(app, db, duty.id, day('2026-11-20'), { now }))
    expect(await live(gold)).toEqual(['2028-03-01 expiry open'])
    await edit(trucs, { anchors: [{ name: 'expiry', day: day('2027-07-12') }] })
    expect(await live(gold)).toEqual(['2028-03-01 expiry open'])
    await decide(trucs, 'renew', '2026-11-24', { anchors: anchors({ expiry: '2028-02-09' }) })
    expect(await live(gold)).toEqual(['2028-02-09 trucs-renewed #2028 open', '2028-03-01 expiry open'])
  })
})
