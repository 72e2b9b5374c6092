// Lives of what the catalogue holds besides audited certificates: an MPS system from its filing to the extension
// of it, two CAIQ entries, a Trusted Cloud certificate with its 16 metrics and a Gold O&M result on it; and what a
// mail says of a duty that was missed. Alice owns them all.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act } from '../../src/app/app.ts'
import { editCertification } from '../../src/app/certifications.ts'
import { getMessage, listCertifications, listMessages, showCertification } from '../../src/app/lists.ts'
import { listRequirements, requirementsOf, setRequirement } from '../../src/app/requirements.ts'
import { schemeOf } from '../../src/app/schemes.ts'
import type { Words } from '../../src/core/certification.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { instantAt } from '../../src/core/day.ts'
import { day } from '../helpers/factory.ts'
import {
  asLines, beginLife, decide, type Deed, done, dutiesOf, enter, type Life, liveTables, met, type Row, serverRuns, setDays, tell,
} from '../helpers/timeline.ts'

let opened: TestDatabase

beforeAll(async () => { opened = await testDatabase() })
beforeEach(() => opened.reset())
afterAll(() => opened.close())

const all = (...deeds: readonly Deed[]): Deed => async (life) => {
  for (const deed of deeds) await deed(life)
}

/** How certifications stand on a day, by name. */
const standings = async (life: Life, asOf?: string): Promise<string[]> =>
  (await listCertifications(life.app, {}, { asOf: asOf === undefined ? undefined : day(asOf) }))
    .map(({ certification, standing }) => `${certification.name}: ${standing.state} ${standing.endsOn?.toString() ?? '-'}`)

/** Lets days pass with the server off: what people did on some of them, and the day it is on again. */
async function asleep(life: Life, deeds: readonly (readonly [on: string, deed: Deed])[], until: string): Promise<void> {
  for (const [on, deed] of deeds) {
    life.next = day(on)
    life.clock.set(instantAt(life.next, '08:30', life.zone).toString())
    await deed(life)
  }
  life.next = day(until)
}

describe('an MPS level 3 system', () => {
  let life: Life
  const open = (): Promise<string[]> => dutiesOf(life, ['open', 'submitted', 'unconfirmed'])

  test('from its filing to the extension of it', async () => {
    life = await beginLife(opened.database, '2026-09-01', { zone: 'Asia/Shanghai', calendar: 'CN' })
    await tell(life, [
      ['2026-09-01', 'a system goes live', 'Alice: filing opens'],
      ['2026-09-07', 'the filing is handed in', ''], // that is all the rule asks: no P14D on the 24th
      ['2026-09-21', 'the filing certificate is issued', ''],
      ['2026-09-25', '', ''],
    ], {
      'a system goes live': enter({ scheme: 'mlps', name: 'Payments' }, { 'level-fixed': '2026-08-10', 'go-live': '2026-09-01' }),
      'the filing is handed in': done('filing'),
      'the filing certificate is issued': setDays({ filing: '2026-09-21' }),
    })
    expect(await standings(life)).toEqual(['Payments: active 2029-09-20'])
    expect(await dutiesOf(life, ['met'])).toEqual(['filing met 2026-10-08'])
    expect((await open()).filter((one) => /assessment|extension|2026/.test(one))).toEqual([
      'inspection/2026 open 2026-12-31', 'self-check/2026 open 2026-12-31', 'first-assessment open 2027-09-21', 'filing-extension open 2029-09-20',
    ])

    await asleep(life, [], '2026-11-30')
    await tell(life, [
      ['2026-12-01', '', ''], // tier B waits for Monday, when it is done already
      ['2026-12-07', 'the self-check is done and the police were here', ''],
    ], { 'the self-check is done and the police were here': all(done('self-check/2026'), met('inspection/2026')) })

    // No mail came while the server was off; nothing was due. The first report, a year after the filing at the latest.
    await asleep(life, [], '2027-03-24')
    await tell(life, [['2027-03-25', '', 'Alice: first-assessment P180D'], ['2027-03-26', '', '']])
    await asleep(life, [], '2027-05-07')
    await tell(life, [
      ['2027-05-10', 'the first report is published', 'Alice: table-4/202705 opens'],
      ['2027-05-17', '', 'Bob: table-4/202705 silence-opens'],
      ['2027-05-20', 'table 4 is handed in', ''],
      ['2027-05-28', '', ''], // no P14D on the 26th
    ], { 'the first report is published': met('first-assessment'), 'table 4 is handed in': done('table-4/202705') })
    // The day it was met is the report's, and everything counts from it.
    const { certification } = await showCertification(life.app, life.certificationId, undefined)
    expect(certification.cycles[0]!.anchors.filter((one) => one.name === 'report').map((one) => `${one.day.toString()} ${one.assumed}`)).toEqual(['2027-05-10 false'])
    expect((await dutiesOf(life)).filter((one) => /assessment|table-4/.test(one))).toEqual([
      'table-4/202705 met 2027-06-09', 'first-assessment met 2027-09-21', 'yearly-assessment/202705 open 2028-05-10',
    ])

    await asleep(life, [
      ['2027-11-10', all(done('self-check/2027'), met('inspection/2027'))], ['2028-05-08', all(met('yearly-assessment/202705'), done('table-4/202805'))],
      ['2028-11-10', all(done('self-check/2028'), met('inspection/2028'))], ['2029-05-07', all(met('yearly-assessment/202805'), done('table-4/202905'))],
    ], '2029-05-21')
    await tell(life, [
      ['2029-05-21', '', 'Alice: expiry P180D'], // since 24 March, while the server was off
      ['2029-05-23', '', 'Alice: filing-extension P120D'],
      ['2029-06-22', 'the window opens', 'Alice: expiry P90D + filing-extension P90D'],
      ['2029-06-25', 'the extension is requested', ''],
      ['2029-07-09', 'the filing is extended', ''],
      ['2029-07-10', '', ''],
    ], { 'the window opens': async () => undefined, 'the extension is requested': done('filing-extension'), 'the filing is extended': decide('extend') })
    await asleep(life, [], '2029-08-03')
    await tell(life, [['2029-08-10', '', '']]) // no P45D on the 6th
    expect(await standings(life)).toEqual(['Payments: active 2030-09-20'])
    expect((await open()).filter((one) => !/self-check|inspection/.test(one))).toEqual(expect.arrayContaining([
      'yearly-assessment/202905 open 2030-05-07', 'expiry open 2030-09-20', 'filing-extension/2 open 2030-09-20',
    ]))
  }, 60_000)
})

describe('two entries of the STAR Registry', () => {
  const kept: readonly Row[] = [
    ['2027-08-30', 'an entry of last November is kept', ''],
    ['2027-09-06', '', 'Alice: expiry P60D + renewal P60D'],
    ['2027-10-18', '', 'Alice: expiry P21D + renewal P21D'],
    ['2027-10-20', 'it is submitted again', ''], // no P7D, no P0D
    ['2027-12-06', 'the server is switched off', ''],
    ['2028-08-18', 'the server runs again', ''],
    ['2028-08-21', '', 'Alice: expiry#2 P60D + renewal#2 P60D'],
    ['2028-08-28', 'it is submitted again, unchanged', ''],
  ]
  const lapsed: readonly Row[] = [
    ['2027-08-30', 'an entry of last November is forgotten', ''],
    ['2027-09-06', '', 'Alice: expiry P60D + renewal P60D'],
    ['2027-10-18', '', 'Alice: expiry P21D + renewal P21D'],
    ['2027-10-26', '', 'Alice: expiry P7D + renewal P7D'],
    ['2027-11-02', '', 'Alice: expiry P0D + renewal P0D'],
    ['2027-11-03', '', 'Alice: expiry overdue-1'],
    ['2027-11-16', '', 'Bob: expiry late-P10WD'],
    ['2027-12-02', '', 'Alice: expiry overdue-2'], // thirty days after, and never again
    ['2028-08-30', 'it is submitted after all', ''],
    ['2028-09-01', '', ''],
  ]
  const entry = (name: string): Deed => enter({ scheme: 'caiq', name, options: { edition: '4.1' } }, { submission: '2026-11-02' })

  test('one is renewed every year; one is forgotten, is deprecated, and can still be renewed', async () => {
    const life = await beginLife(opened.database, '2027-08-30')
    const lived = await liveTables(life, [kept, lapsed], {
      'an entry of last November is kept': entry('Kept'), 'an entry of last November is forgotten': entry('Lapsed'),
      'it is submitted again': decide('renew'), 'it is submitted again, unchanged': decide('renew'), 'it is submitted after all': decide('renew'),
      'the server is switched off': serverRuns('never'), 'the server runs again': serverRuns('daily'),
    })
    expect(lived).toEqual([asLines(kept), asLines(lapsed)])
    expect(life.alarms).toEqual([])
    expect(await standings(life)).toEqual(['Kept: active 2029-08-28', 'Lapsed: active 2029-08-30'])
    expect(await standings(life, '2027-11-02')).toEqual(['Kept: active 2028-10-20', 'Lapsed: active 2027-11-02'])
    expect(await standings(life, '2027-11-03')).toEqual(['Kept: active 2028-10-20', 'Lapsed: deprecated 2027-11-02'])
    // Two years later the registry shows such an entry no more: here it is the one that nobody renews next.
    expect(await standings(life, '2031-08-28')).toEqual(['Kept: deprecated 2029-08-28', 'Lapsed: deprecated 2029-08-30'])
    expect(await standings(life, '2031-08-29')).toEqual(['Kept: expired 2029-08-28', 'Lapsed: deprecated 2029-08-30'])
  }, 60_000)
})

describe('a Trusted Cloud certificate and a Gold O&M result on it', () => {
  const trucs: readonly Row[] = [
    ['2027-04-05', 'a cloud host is entered, valid until 2027-07-09', 'Alice: expiry P210D'], // since December, before it was entered
    ['2027-04-09', '', 'Alice: expiry P90D | Bob: expiry P90D | Carol: expiry P90D'],
    ['2027-04-20', 'all metrics but one are proven', ''],
    ['2027-05-25', '', 'Alice: expiry P45D'],
    ['2027-06-25', '', 'Alice: expiry P14D | Bob: expiry P14D | Carol: expiry P14D'],
    ['2027-06-28', 'it is renewed until 2029-07-09', ''],
    ['2027-07-12', '', ''], // nothing overdue, of either
  ]
  const gold: readonly Row[] = [
    ['2027-04-05', 'the operations are entered, resting on it', ''],
    ['2027-06-04', '', 'Alice: expiry P270D'], //           to its own end on 2028-03-01, from Saturday
    ['2027-06-14', '', 'Alice: trucs-renewed/2027 P30D'], //     to the end of what it rests on
  ]
  const numberOf = async (life: Life, name: string): Promise<number> =>
    (await listCertifications(life.app, {}, {})).find(({ certification }) => certification.name === name)!.certification.id
  const restOn = (parent: string): Deed => async (life) => {
    const parentId = await numberOf(life, parent)
    await act(life.app, (db, now) => editCertification(life.app, db, life.certificationId, { parentId }, { now }))
  }
  const proveAllButOne: Deed = async (life) => {
    const items = await listRequirements(life.app, { certificationId: life.certificationId })
    for (const { id, code } of items.slice(0, -1)) {
      await act(life.app, (db, now) => setRequirement(db, id, { state: 'met', add: [{ title: `SLA, section ${code}`, link: `https://example.org/sla#${code}` }] }, { now }))
    }
  }
  const listOf = async (life: Life, name: string) => (await requirementsOf(life.app, life.app.database.db, await numberOf(life, name)))!

  test('keep a list of 16 metrics, two ends, and a question about the one that carries the other', async () => {
    const life = await beginLife(opened.database, '2027-04-05')
    const lived = await liveTables(life, [trucs, gold], {
      'a cloud host is entered, valid until 2027-07-09': enter({ scheme: 'trucs', name: 'Cloud host', options: { service: 'cloud-host' } }, { decision: '2025-07-10', expiry: '2027-07-09' }),
      'all metrics but one are proven': proveAllButOne,
      'the operations are entered, resting on it': all(enter({ scheme: 'gold-om', name: 'Operations' }, { decision: '2026-03-02', expiry: '2028-03-01' }), restOn('Cloud host')),
      'it is renewed until 2029-07-09': decide('renew', { set: { expiry: '2029-07-09' } }),
    })
    expect(lived).toEqual([asLines(trucs), asLines(gold)])
    expect(life.alarms).toEqual([])

    const metrics = await listOf(life, 'Cloud host')
    expect([metrics.progress.all, metrics.progress.settled, metrics.areas.map((one) => `${one.progress.settled} of ${one.progress.all}`)]).toEqual([16, 15, ['6 of 6', '6 of 6', '3 of 4']])
    expect(metrics.areas[0]!.items[0]).toMatchObject({ state: 'met', owner: 'Alice', evidence: [{ link: 'https://example.org/sla#1' }] })
    const items = await listOf(life, 'Operations')
    expect([items.progress.all, items.areas.length]).toEqual([0, 3]) // its list of more than 200 comes by import

    expect(await standings(life)).toEqual(['Cloud host: active 2029-07-09', 'Operations: active 2028-03-01'])
    // The question was about an end that is no more; the next lies beyond the result's own.
    expect((await dutiesOf(life)).filter((one) => one.startsWith('trucs-renewed'))).toEqual([])
  }, 60_000)
})

describe('a duty that was missed', () => {
  const people = [
    { name: 'Carol', roles: ['compliance-manager'] }, { name: 'Bob', roles: ['owner'], language: 'zh' }, { name: 'Alice', roles: ['owner'], supervisor: 'Bob' },
  ] as const
  const mailOf = async (life: Life, name: string): Promise<{ text: string; html: string }> => {
    const found = (await listMessages(life.app, {}, 100)).find((one) => one.person === name && one.kind === 'daily')
    const { message } = await getMessage(life.app, found!.id)
    return { text: message.text!, html: message.html! }
  }
  const costsOf = (life: Life, scheme: string, rule: string): Words => schemeOf(life.app, scheme).rules.find((one) => one.id === rule)!.costs!

  test('is mailed with what missing it costs, to each in their language, and not before', async () => {
    const life = await beginLife(opened.database, '2027-03-01', { people })
    await tell(life, [
      ['2027-03-01', 'an audit is owed today', 'Alice: surveillance-1 P45D | Bob: surveillance-1 P75D | Carol: surveillance-1 P75D'],
    ], { 'an audit is owed today': enter({ scheme: 'iso-27001' }, { decision: '2026-03-01' }) })
    const costs = costsOf(life, 'iso-27001', 'surveillance-1')
    expect((await mailOf(life, 'Alice')).text).not.toContain(costs.en)
    expect((await mailOf(life, 'Bob')).text).not.toContain(costs.zh)
    await tell(life, [['2027-03-02', '', 'Alice: surveillance-1 overdue-1 | Bob: surveillance-1 overdue-1']])
    const [toAlice, toBob] = [await mailOf(life, 'Alice'), await mailOf(life, 'Bob')]
    expect(toAlice.text).toContain(`What it costs: ${costs.en}`)
    expect(toAlice.html).toContain(costs.en)
    expect(toBob.text).toContain(costs.zh)
    expect(toBob.html).toContain(costs.zh)
    expect(toBob.text).not.toContain(costs.en)
  }, 30_000)

  test('by the rules of a country is mailed with what it costs there', async () => {
    const life = await beginLife(opened.database, '2027-03-01', { people })
    const expired = (country: string): Deed => async (one) => {
      await enter({ scheme: 'iso-27001', name: country }, { decision: '2024-03-01', expiry: '2027-03-01' })(one)
      await act(one.app, (db, now) => editCertification(one.app, db, one.certificationId, { country }, { now }))
    }
    const twoEnd = 'one ends in China and one in Germany'
    await liveTables(life, [[['2027-03-01', twoEnd, ''], ['2027-03-02', '', '']]], { [twoEnd]: all(expired('CN'), expired('DE')) })
    const { text } = await mailOf(life, 'Alice')
    const said = (about: string): string => text.slice(text.indexOf(` ${about}\n`)).split('What it costs: ')[1]!.split('\n')[0]!
    expect(said('DE')).toBe(costsOf(life, 'iso-27001', 'expiry').en)
    expect(said('CN')).toMatch(/In China do not count on restoring it/)
  }, 30_000)
})
