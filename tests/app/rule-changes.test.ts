// The rules change under running records: a scheme file of one's own, another country, a calendar year that is
// announced. Each is foreseen exactly before it holds, and who must know is told once, from where to where.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App, rehearse } from '../../src/app/app.ts'
import { importCalendar } from '../../src/app/calendar-import.ts'
import { editCertification } from '../../src/app/certifications.ts'
import { loadWorld } from '../../src/app/world.ts'
import { rederiveAll } from '../../src/app/derivation.ts'
import { foreseeSchemes, type MovedDuty } from '../../src/app/foresight.ts'
import { bookObligation, dismissObligation, doneObligation } from '../../src/app/obligations.ts'
import { addOrganisation, editOrganisation } from '../../src/app/people.ts'
import { loadCatalogue, schemeFolders } from '../../src/app/schemes.ts'
import type { Day } from '../../src/core/day.ts'
import type { Obligation } from '../../src/core/obligation.ts'
import { listCertifications } from '../../src/store/certifications.ts'
import { listObligationsOf } from '../../src/store/obligations.ts'
import { findMessage } from '../../src/store/outbox.ts'
import { day, daysFrom } from '../helpers/factory.ts'
import { testFolder } from '../helpers/folder.ts'
import {
  aCast, aCertification, aPerson, anOrganisation, type Cast, type CertificationSample, deliverAll, dutiesOf, dutyOf, ledger, mail, planAt, testApp,
  type TestApp,
} from '../helpers/records.ts'

let opened: TestApp
let app: App
let cast: Cast
let home: string

beforeAll(async () => { opened = await testApp() })
beforeEach(async () => {
  await opened.reset()
  app = opened.app
  home = testFolder()
  mkdirSync(join(home, 'schemes'))
  cast = await aCast(app)
})
afterAll(() => opened.close())

// ---- scheme files ----

const draft = (text: string): string => {
  const file = join(home, 'draft.yaml')
  writeFileSync(file, text)
  return file
}

/** Puts a file into the schemes folder of this installation and starts it anew. */
async function install(text: string): Promise<void> {
  writeFileSync(join(home, 'schemes', 'own.yaml'), text)
  app = { ...opened.app, catalogue: await loadCatalogue(schemeFolders(home)) }
}

const words = (text: string): string => `{ en: '${text}', zh: '${text}' }`

const rule = (id: string, title: string, due: string, rest: string): string =>
  `  - { id: ${id}, title: ${words(title)}, metBy: carried-out, basis: b, mark: confirmed, costs: ${words('c')}, due: { from: decision, add: ${due} }, ${rest} }`

/** Our own scheme: an audit so long after the decision, a quiet duty and one of a laboratory on the same day. */
const house = (interval: string, more = ''): string => `
id: house
title: ${words('House rules')}
instrument: certificate
effectiveOn: 2020-01-01
anchors: { decision: { title: ${words('Decision')} }, expiry: { title: ${words('End')} } }
begins: decision
validity: [{ from: decision, lasts: P5Y, end: same-day, basis: five years, mark: confirmed }]
rules:
${rule('audit', 'House audit', interval, 'kind: assessment, tier: A, ladder: custom')}
${rule('quiet', 'Quiet duty', interval, 'kind: assessment, tier: B, ladder: none')}
${rule('laboratory', 'Laboratory', interval, 'kind: assessment, tier: C, ladder: outside, owedBy: outside')}
${more}`

const ruleSet = (appliesTo: string, interval: string): string => `
ruleSets:
  - id: second
    title: ${words('Second version')}
    effectiveOn: 2027-02-01
    appliesTo: ${appliesTo}
    basis: b
    mark: confirmed
    changes: { rules: [{ id: audit, due: { from: decision, add: ${interval} } }] }`

/** A built-in scheme with these rules put otherwise. */
const over = (id: string, rules: string): string => `id: ${id}\nextends: ${id}\neffectiveOn: 2026-11-23\nrules:\n${rules}\n`
const iso = (rules: string): string => over('iso-27001', rules)

// ---- records ----

const owned = (scheme: string, name: string, decision: string, rest: Partial<CertificationSample> = {}) =>
  aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme, name, days: { decision }, ...rest })

/** One of each kind: young, in a later cycle, under China's rules, of other schemes. */
async function someRecords(): Promise<void> {
  await owned('iso-27001', 'Young', '2026-03-02')
  await owned('iso-27001', 'Old', '2025-06-16', { cycleKind: 'recertification' })
  await owned('iso-27001', 'Shanghai', '2026-05-11', { country: 'CN' })
  await owned('fips-140', 'Module', '2024-07-01')
  await owned('mlps', 'Payments', '', { days: { filing: '2026-03-02' } })
}

// ---- what moved, by looking ----

interface Stored { readonly name: string; readonly duty: Obligation }

async function snapshot(): Promise<ReadonlyMap<number, Stored>> {
  const records = await listCertifications(app.database.db, {})
  const names = new Map(records.map((one) => [one.id, one.name]))
  const duties = await listObligationsOf(app.database.db, [...names.keys()])
  return new Map(duties.map((duty) => [duty.id, { name: names.get(duty.certificationId)!, duty }]))
}

const isOver = ({ state }: Obligation): boolean => state === 'met' || state === 'not-applicable'
const lineOf = (name: string, rule: string, ordinal: number, change: string, from: Day | null, to: Day | null): string =>
  `${name} ${rule} #${ordinal} ${change} ${from?.toString() ?? '-'} ${to?.toString() ?? '-'}`
const linesOf = (moves: readonly MovedDuty[]): string[] => moves.map((one) => lineOf(one.name, one.rule, one.ordinal, one.change, one.from, one.to)).toSorted()

/** Looks at every duty before and after, and says what is different. */
async function differences(work: () => Promise<unknown>): Promise<string[]> {
  const before = await snapshot()
  await work()
  return [...(await snapshot()).entries()].flatMap(([id, { name, duty }]) => {
    const was = before.get(id)?.duty
    const line = (change: string, from: Day | null, to: Day | null) => [lineOf(name, duty.ruleId, duty.ordinal, change, from, to)]
    if (!was || (isOver(was) && !isOver(duty))) return line('added', null, duty.dueOn)
    if (!isOver(was) && isOver(duty)) return line('ended', was.dueOn, null)
    return was.dueOn.equals(duty.dueOn) ? [] : line('moved', was.dueOn, duty.dueOn)
  }).toSorted()
}

const rederived = async (): Promise<void> => void await rederiveAll(app, await loadWorld(app.database.db), app.clock.now())
const foreseen = async (text: string): Promise<string[]> => linesOf(await foreseeSchemes(app, schemeFolders(home), [draft(text)]))

// ---- what was said ----

const said = async (): Promise<string[]> => (await ledger(app)).filter((one) => one.startsWith('Alice') && one.includes(' said')).map((one) => one.replace(/^Alice | said$/g, ''))

/** Lives these mornings: the night's re-deriving, then the mail of nine o'clock, asked twice. */
async function mornings(...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    opened.clock.set(`${text}T00:17:00Z`)
    await rederived()
    await planAt({ ...opened, app }, `${text}T09:00:00Z`)
    await planAt({ ...opened, app }, `${text}T09:01:00Z`)
    await deliverAll(app)
  }
}

const lastMail = async (): Promise<string> => (await findMessage(app.database.db, (await mail(app)).length))!.text!

describe('a scheme file put into the folder of an installation, over the built-in one', () => {
  test.each([
    ['a shorter interval', iso('  - { id: surveillance-1, due: { from: decision, add: P9M } }'), [
      'Shanghai internal-audit-for-surveillance-1 #1 moved 2027-04-11 2027-01-12', 'Shanghai management-review-for-surveillance-1 #1 moved 2027-04-21 2027-01-22',
      'Shanghai surveillance-1 #1 moved 2027-05-11 2027-02-11', 'Young surveillance-1 #1 moved 2027-03-02 2026-12-02',
    ]],
    ['a longer interval', iso('  - { id: surveillance-1, due: { from: decision, add: P15M } }'), [
      'Shanghai surveillance-1 #1 moved 2027-05-11 2027-08-11', 'Young surveillance-1 #1 moved 2027-03-02 2027-06-02',
    ]],
    ['a rule taken away', over('mlps', '  - { id: self-check, drop: true }'), [
      'Payments self-check #2026 ended 2026-12-31 -', 'Payments self-check #2027 ended 2027-12-31 -',
    ]],
    ['another cadence', iso('  - { id: surveillance-in-later-cycle, recurs: { every: P6M, from: decision, except: end } }'), [
      'Old surveillance-in-later-cycle #2027 ended 2027-12-31 -', 'Old surveillance-in-later-cycle #3 added - 2026-12-16',
    ]],
    ['a rule of one\'s own', iso(rule('ours', 'Ours', 'P400D', 'kind: custom, tier: C, ladder: custom')), [
      'Old ours #1 added - 2026-07-21', 'Shanghai ours #1 added - 2027-06-15', 'Young ours #1 added - 2027-04-06',
    ]],
    ['a validity of two years', iso('  - { id: expiry, basis: two years }\nvalidity: [{ from: decision, lasts: P2Y, end: day-before, basis: two years, mark: confirmed }]'), [
      'Old expiry #1 moved 2028-06-16 2027-06-15', 'Young expiry #1 moved 2029-03-02 2028-03-01', 'Shanghai expiry #1 moved 2029-05-11 2028-05-10',
    ]],
  ])('with %s: it is foreseen exactly, without a trace, and then happens', async (_what, file, some) => {
    await someRecords()
    const untouched = await differences(async () => {
      const lines = await foreseen(file)
      expect(lines).toEqual(expect.arrayContaining(some))
      expect(lines.filter((one) => one.startsWith('Module'))).toEqual([])
    })
    expect(untouched).toEqual([])
    const lines = await foreseen(file)
    await install(file)
    expect(await differences(rederived)).toEqual(lines)
    expect(await differences(rederived)).toEqual([])
  })

  test('taken out again, everything is foreseen back and goes back, with its identity', async () => {
    await someRecords()
    const before = await snapshot()
    await install(iso('  - { id: surveillance-1, due: { from: decision, add: P9M } }'))
    await rederived()
    const back = await foreseen(iso('  - { id: surveillance-1, due: { from: decision, add: P12M } }'))
    app = opened.app
    expect(await differences(rederived)).toEqual(back)
    const after = await snapshot()
    for (const [id, { duty }] of before) expect([id, String(after.get(id)!.duty.dueOn)]).toEqual([id, String(duty.dueOn)])
  })

  test('keeps what people booked, did and set aside', async () => {
    const { id } = await owned('iso-27001', 'Young', '2026-03-02')
    const audit = await dutyOf(app, id, 'surveillance-1')
    await act(app, (db, now) => bookObligation(app, db, audit.id, day('2027-01-20'), { now, pastTheLimit: 'refuse' }))
    const internal = await dutyOf(app, id, 'internal-audit-for-surveillance-1')
    await act(app, (db, now) => doneObligation(app, db, internal.id, day('2026-11-20'), { now }))
    const review = await dutyOf(app, id, 'management-review-for-surveillance-1')
    await act(app, (db, now) => dismissObligation(app, db, review.id, 'with the one of the group', { now }))
    await install(iso('  - { id: surveillance-1, due: { from: decision, add: P11M } }'))
    await rederived()
    const after = await dutyOf(app, id, 'surveillance-1')
    expect([after.id, String(after.dueOn), String(after.bookedOn)]).toEqual([audit.id, '2027-02-02', '2027-01-20'])
    expect((await dutiesOf(app, id)).filter((one) => one.includes('for-surveillance-1')))
      .toEqual(['2026-12-21 internal-audit-for-surveillance-1 met', '2026-12-31 management-review-for-surveillance-1 not-applicable'])
  })

  test('with a fault is refused whole before anything is foreseen', async () => {
    await someRecords()
    expect(await differences(async () => {
      await expect(foreseen(iso('  - { id: surveillance-1, tier: Z }'))).rejects.toThrow('"Z" is not allowed here. Allowed: A, B, C')
    })).toEqual([])
  })
})

describe('a version of the rules with a day of its own', () => {
  const version = (appliesTo: string): string => house('P1Y', ruleSet(appliesTo, 'P15M'))
  const at = (text: string): void => opened.clock.set(`${text}T08:00:00Z`)

  beforeEach(async () => {
    await install(house('P1Y'))
    await owned('house', 'Running', '2026-03-02')
  })

  test('for running cycles moves them on its day, not before, as foreseen on each', async () => {
    at('2027-01-31')
    expect(await foreseen(version('running-cycles'))).toEqual([])
    await install(version('running-cycles'))
    expect(await differences(rederived)).toEqual([])
    at('2027-02-01')
    const lines = await foreseen(version('running-cycles'))
    expect(lines).toEqual(['Running audit #1 moved 2027-03-02 2027-06-02'])
    expect(await differences(rederived)).toEqual(lines)
  })

  test('for new cycles leaves running ones alone and holds for those begun on its day', async () => {
    at('2027-02-02')
    expect(await foreseen(version('new-cycles'))).toEqual([])
    await install(version('new-cycles'))
    const eve = await owned('house', 'Of the eve', '2027-01-31')
    const begun = await owned('house', 'Of the day', '2027-02-01')
    expect(await differences(rederived)).toEqual([])
    expect([String((await dutyOf(app, eve.id, 'audit')).dueOn), String((await dutyOf(app, begun.id, 'audit')).dueOn)]).toEqual(['2028-01-31', '2028-05-01'])
  })

  test('for running cycles is told once they move: on the first morning of the new rules', async () => {
    await install(version('running-cycles'))
    await mornings('2027-01-29', '2027-02-01', '2027-02-02', '2027-03-02')
    expect(await said()).toEqual(['2027-01-29 P30D', '2027-02-01 moved'])
  })
})

// Due on Tuesday 2 March 2027: said 30 days before (on Friday, since that is a Sunday), 7 days before and on its day.
describe('a day that the rules moved', () => {
  beforeEach(async () => {
    await install(house('P1Y'))
    await owned('house', 'Plant', '2026-03-02')
    await mornings('2027-01-28', '2027-01-29', '2027-02-01')
    expect(await said()).toEqual(['2027-01-29 P30D'])
  })

  test.each([
    ['a week later', 'P1Y7D', '2027-03-09', ['2027-03-02 P7D', '2027-03-09 P0D']],
    ['a day earlier', 'P52W', '2027-03-01', ['2027-02-22 P7D', '2027-03-01 P0D']],
    ['a week earlier', 'P358D', '2027-02-23', ['2027-02-16 P7D', '2027-02-23 P0D']],
  ])('by %s is not news: what was said holds, and the next notice comes with the new day', async (_what, interval, dueOn, later) => {
    await install(house(interval))
    await mornings(...daysFrom('2027-02-02', dueOn).filter((text) => day(text).dayOfWeek <= 3))
    expect(await said()).toEqual(['2027-01-29 P30D', ...later])
    expect(await dutiesOf(app, 1)).toContain(`${dueOn} audit open`)
  })

  test.each([
    ['eight days later', 'P1Y8D', '2027-03-10', ['2027-02-02 moved', '2027-02-08 P30D', '2027-03-03 P7D', '2027-03-10 P0D'], 'to Wed 10 Mar 2027'],
    ['eight days earlier', 'P51W', '2027-02-22', ['2027-02-02 moved', '2027-02-15 P7D', '2027-02-22 P0D'], 'to Mon 22 Feb 2027'],
    ['three months later', 'P15M', '2027-06-02', ['2027-02-02 moved', '2027-05-03 P30D', '2027-05-26 P7D', '2027-06-02 P0D'], 'to Wed 2 Jun 2027'],
  ])('by %s is told to its owner once, from where to where and that it was the rules, and never again', async (_what, interval, dueOn, later, to) => {
    await install(house(interval))
    await mornings('2027-02-02')
    expect(await lastMail()).toContain(`Moved: from Tue 2 Mar 2027 ${to}, by the rules`)
    await mornings(...daysFrom('2027-02-03', dueOn).filter((text) => day(text).dayOfWeek <= 3))
    expect(await said()).toEqual(['2027-01-29 P30D', ...later])
  })

  test('is told to nobody but its owner', async () => {
    await install(house('P15M'))
    await mornings('2027-02-02', '2027-02-03')
    expect((await ledger(app)).filter((one) => one.includes('moved'))).toEqual(['Alice 2027-02-02 moved said'])
  })

  test('is told of what has notices and is ours, not of what is quiet or of what a laboratory owes', async () => {
    await install(house('P15M'))
    expect((await differences(rederived)).map((one) => one.split(' ')[1])).toEqual(['audit', 'laboratory', 'quiet'])
    await mornings('2027-02-02', '2027-02-03')
    const text = await lastMail()
    expect(text).toContain('House audit')
    expect(text).not.toMatch(/Quiet duty|Laboratory/)
    expect((await mail(app)).filter((one) => one.startsWith('Alice daily 2027-02-0'))).toHaveLength(1)
  })

  test('twice is told twice, each time from the day before', async () => {
    await install(house('P15M'))
    await mornings('2027-02-02')
    await install(house('P18M'))
    await mornings('2027-02-03', '2027-02-04')
    expect(await said()).toEqual(['2027-01-29 P30D', '2027-02-02 moved', '2027-02-03 moved'])
    expect(await lastMail()).toContain('Moved: from Wed 2 Jun 2027 to Thu 2 Sep 2027, by the rules')
  })

  test('and was not sent yet is told from where it was first to where it is', async () => {
    await install(house('P15M'))
    opened.clock.set('2027-02-01T23:00:00Z')
    await rederived()
    await install(house('P15M3D'))
    await mornings('2027-02-02', '2027-02-03')
    expect(await said()).toEqual(['2027-01-29 P30D', '2027-02-02 moved'])
    expect(await lastMail()).toContain('Moved: from Tue 2 Mar 2027 to Sat 5 Jun 2027, by the rules')
  })
})

describe('a duty that was past when it was entered', () => {
  test('and moves is not told of: it is still to be answered', async () => {
    await install(house('P1Y'))
    await owned('house', 'Plant', '2025-03-03')
    await install(house('P1Y1M'))
    await mornings('2026-11-25')
    expect(await dutiesOf(app, 1)).toContain('2026-04-03 audit unconfirmed')
    expect(await said()).toEqual([])
  })
})

describe('another country', () => {
  const toChina = (run: typeof act) => run(app, (db, now) => editOrganisation(app, db, 1, { country: 'CN' }, now))

  beforeEach(async () => {
    const elsewhere = await anOrganisation(app, 'Elsewhere')
    await owned('iso-27001', 'Young', '2026-03-02')
    await owned('iso-27001', 'Old', '2025-06-16', { cycleKind: 'recertification' })
    await owned('iso-27001', 'Abroad', '2026-03-02', { country: 'DE' })
    await owned('iso-27001', 'Theirs', '2026-03-02', { organisationId: elsewhere.id })
  })

  test('of an organisation is foreseen exactly, then happens: to what it holds and has no country of its own', async () => {
    let dry: string[] = []
    expect(await differences(async () => { dry = linesOf(await toChina(rehearse)) })).toEqual([])
    expect(new Set(dry.map((one) => one.split(' ')[0]))).toEqual(new Set(['Young', 'Old']))
    expect(dry.filter((one) => one.startsWith('Old surveillance-in-later-cycle'))).not.toEqual([])
    let done: string[] = []
    expect(await differences(async () => { done = linesOf(await toChina(act)) })).toEqual(dry)
    expect(done).toEqual(dry)
    expect(await differences(rederived)).toEqual([])
  })

  test('taken away again brings back what was there', async () => {
    const open = async () => [...(await snapshot()).values()].filter(({ duty }) => !isOver(duty))
      .map(({ name, duty }) => `${name} ${duty.ruleId} ${duty.ordinal} ${duty.dueOn.toString()}`).toSorted()
    const first = await open()
    await toChina(act)
    await act(app, (db, now) => editOrganisation(app, db, 1, { country: null }, now))
    expect(await open()).toEqual(first)
  })

  test('of one certification is foreseen exactly, then happens to it alone', async () => {
    const change = (run: typeof act, country: string | null) => run(app, (db, now) => editCertification(app, db, 2, { country }, { now }))
    let dry: string[] = []
    expect(await differences(async () => { dry = linesOf(await change(rehearse, 'CN')) })).toEqual([])
    expect(new Set(dry.map((one) => one.split(' ')[0]))).toEqual(new Set(['Old']))
    let done: string[] = []
    expect(await differences(async () => { done = linesOf(await change(act, 'CN')) })).toEqual(dry)
    expect(done).toEqual(dry)
    // As the organisation's own, it changes nothing more.
    expect(linesOf(await toChina(rehearse)).filter((one) => one.startsWith('Old'))).toEqual([])
    expect(linesOf(await change(act, null)).length).toBe(dry.length)
  })

  test('leaves an audit the same audit: its agreed day stays, and what was carried out is not asked for again', async () => {
    const { id } = await owned('iso-27001', 'Audited', '2025-11-30')
    const first = await dutyOf(app, id, 'surveillance-1')
    await act(app, (db, now) => doneObligation(app, db, first.id, day('2026-11-20'), { now }))
    const second = await dutyOf(app, id, 'surveillance')
    await act(app, (db, now) => bookObligation(app, db, second.id, day('2027-05-10'), { now, pastTheLimit: 'refuse' }))
    const audits = async () => (await dutiesOf(app, id)).filter((one) => / surveillance/.test(one))
    expect(await audits()).toEqual(['2026-11-30 surveillance-1 met', '2027-12-31 surveillance #2027 open'])
    await toChina(act)
    expect(await audits()).toEqual(['2026-11-30 surveillance-1 met', '2027-11-20 surveillance #2027 open'])
    const after = await dutyOf(app, id, 'surveillance')
    expect([after.id, String(after.bookedOn)]).toEqual([second.id, '2027-05-10'])
  })

  test('leaves alone what others hold, also where other rules are still to come into force for it', async () => {
    await install(house('P1Y'))
    const { id } = await owned('house', 'Plant', '2026-03-02', { organisationId: 2 })
    await install(house('P15M'))
    expect(linesOf(await toChina(act)).filter((one) => one.startsWith('Plant'))).toEqual([])
    expect(await dutiesOf(app, id)).toContain('2027-03-02 audit open')
  })

  test('that changes no rule moves nothing', async () => {
    expect(linesOf(await act(app, (db, now) => editOrganisation(app, db, 1, { country: 'FR' }, now)))).toEqual([])
  })
})

describe('a year of the calendar that is announced', () => {
  // Thirty days after the level was fixed: Friday 5 February and Wednesday 31 March 2027, in a year not announced yet.
  async function filings(): Promise<void> {
    opened.clock.set('2027-01-06T08:00:00Z')
    const now = app.clock.now()
    const { id } = await app.database.transact((db) => addOrganisation(app, db, { name: 'Harbour China', calendar: 'CN' }, { zone: 'UTC', now }))
    const wei = await aPerson(app, { name: 'Wei', organisationId: id, calendar: 'weekdays' })
    for (const [name, fixed] of [['Payments', '2027-01-06'], ['Portal', '2027-03-01']] as const) {
      await aCertification(app, { organisationId: id, ownerId: wei.id, scheme: 'mlps', options: { level: '3' }, name, days: { 'level-fixed': fixed } })
    }
  }
  const off = ['2027-02-05', '2027-02-08', '2027-02-09', '2027-02-10', '2027-02-11', '2027-02-12', '2027-02-15']
  const importing = (days: readonly string[], dryRun = false) => importCalendar(app, {
    bytes: new TextEncoder().encode(`date,working\n${days.map((one) => `${one},no`).join('\n')}\n`), file: 'days.csv', calendar: 'CN', dryRun,
  })
  const filing = async (id: number) => {
    const { dueOn, provisional } = await dutyOf(app, id, 'filing')
    return `${dueOn.toString()}${provisional ? ' provisional' : ''}`
  }
  const wei = async (): Promise<string[]> => (await ledger(app)).filter((one) => one.startsWith('Wei') && one.endsWith(' said'))

  test('makes firm what was provisional, where it moves and where it does not, and lists the moves it makes', async () => {
    await filings()
    expect([await filing(1), await filing(2)]).toEqual(['2027-02-05 provisional', '2027-03-31 provisional'])
    const lines = (moved: Awaited<ReturnType<typeof importing>>['moved']) =>
      moved.map((one) => lineOf(one.certification, one.rule, one.ordinal, 'moved', one.from, one.to)).toSorted()
    let dry: string[] = []
    expect(await differences(async () => { dry = lines((await importing(off, true)).moved) })).toEqual([])
    expect(dry).toEqual(['Payments filing #1 moved 2027-02-05 2027-02-16'])
    let done: string[] = []
    expect(await differences(async () => { done = lines((await importing(off)).moved) })).toEqual(dry)
    expect(done).toEqual(dry)
    expect([await filing(1), await filing(2)]).toEqual(['2027-02-16', '2027-03-31'])
  })

  test('that moves a day by more than a week tells its owner once, from-to', async () => {
    await filings()
    await mornings('2027-01-22')
    expect(await wei()).toEqual(['Wei 2027-01-22 P14D said'])
    opened.clock.set('2027-01-22T10:00:00Z')
    await importing(off)
    await mornings('2027-01-25', '2027-01-26', '2027-02-02', '2027-02-09')
    expect(await wei()).toEqual(['Wei 2027-01-22 P14D said', 'Wei 2027-01-25 moved said', 'Wei 2027-02-02 P14D said', 'Wei 2027-02-09 P7D said'])
    const texts = await Promise.all((await mail(app)).map(async (_, n) => (await findMessage(app.database.db, n + 1))!.text ?? ''))
    expect(texts.filter((text) => text.includes('Moved: from Fri 5 Feb 2027 to Tue 16 Feb 2027, by the rules'))).toHaveLength(1)
  })

  test('that moves a day by a week says nothing again', async () => {
    await filings()
    await mornings('2027-01-22')
    opened.clock.set('2027-01-22T10:00:00Z')
    await importing(off.slice(0, 5))
    expect(await filing(1)).toBe('2027-02-12')
    await mornings('2027-01-25', '2027-01-29', '2027-02-05')
    expect(await wei()).toEqual(['Wei 2027-01-22 P14D said', 'Wei 2027-02-05 P7D said'])
  })
})
