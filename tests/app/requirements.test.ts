import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { deactivatePerson } from '../../src/app/people.ts'
import { importRequirements, type RequirementImport, type RequirementsImported, RequirementsRefused } from '../../src/app/requirement-import.ts'
import { listRequirements, requirementsOf, seedRequirements, setRequirement } from '../../src/app/requirements.ts'
import type { RequirementChange } from '../../src/core/requirement.ts'
import { rows } from '../../src/store/database.ts'
import { findBrokenLink, listHistory } from '../../src/store/history.ts'
import { changeRequirement, findRequirement } from '../../src/store/requirements.ts'
import { appWith, certified, metrics, metricsLater } from '../helpers/checklists.ts'
import { testClock } from '../helpers/clock.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { aCast, type Cast } from '../helpers/records.ts'

let opened: TestDatabase
let app: App
let cast: Cast
const clock = testClock('2026-11-24T08:00:00Z')

beforeAll(async () => {
  opened = await testDatabase()
  app = appWith(opened, clock)
})
beforeEach(async () => {
  await opened.reset()
  cast = await aCast(app)
})
afterAll(() => opened.close())

const run = <T>(work: Parameters<typeof app.database.transact<T>>[0]): Promise<T> => app.database.transact(work)
const act = () => ({ now: clock.now(), by: cast.alice })
const set = (id: number, change: RequirementChange) => run((db) => setRequirement(db, id, change, act()))
/** The items of a certification as lines of text. */
const items = async (certificationId: number) => (await listRequirements(app, { certificationId }))
  .map((one) => [one.code, one.state, one.owner ?? 'none', ...one.evidence.map((each) => each.link)].join(' '))
/** What was recorded of a certification since it was entered, oldest first. */
const recorded = async (id: number) => (await listHistory(app.database.db, 'certification', id)).toReversed()
  .filter((one) => /requirement|evidence/.test(one.event)).map((one) => [one.event, one.facts, one.actorId])

describe('a certification', () => {
  test('of a scheme with a checklist has its items, open and owned by its owner', async () => {
    const id = await certified(app, 'metrics', cast.alice.id)
    expect(await items(id)).toEqual(['1 open Alice', '2 open Alice', '7 open Alice', '10 open Alice', '12 open Alice'])
    expect(await recorded(id)).toEqual([['requirements-added', { added: 5 }, null]])
  })

  test('gets what the scheme adds later and nothing twice; what was decided stays', async () => {
    const id = await certified(app, 'metrics', cast.alice.id)
    const [first] = await listRequirements(app, { certificationId: id })
    await set(first!.id, { state: 'met', ownerId: cast.bob.id })
    const later = appWith(opened, clock, [metricsLater])
    expect(await run((db) => seedRequirements(later, db, [id, id], clock.now()))).toBe(1)
    expect(await run((db) => seedRequirements(later, db, [id], clock.now()))).toBe(0)
    expect(await items(id)).toEqual(['1 met Bob', '2 open Alice', '7 open Alice', '10 open Alice', '12 open Alice', '13 open Alice'])
    expect((await listRequirements(app, { certificationId: id }))[0]!.title.en).toBe('Durability of stored data')
  })

  test('of a scheme without one, or with one to be imported, has no items', async () => {
    const ids = [await certified(app, 'plain'), await certified(app, 'survey')]
    expect(await listRequirements(app, {})).toEqual([])
    expect(await run((db) => requirementsOf(app, db, ids[0]!))).toBeUndefined()
    expect(await run((db) => requirementsOf(app, db, ids[1]!))).toMatchObject({ title: { zh: '评估项' }, progress: { all: 0 }, areas: [{ byImport: true }, { byImport: true }] })
  })

  test('shows its list by area with how far each has come', async () => {
    const id = await certified(app, 'metrics', cast.alice.id)
    const [first, , third] = await listRequirements(app, { certificationId: id })
    await set(first!.id, { state: 'met' })
    await set(third!.id, { state: 'not-applicable', reason: 'not offered' })
    const list = await run((db) => requirementsOf(app, db, id))
    expect([list!.title.en, list!.mark, list!.progress.settled, list!.progress.all]).toEqual(['The five metrics', 'unverified', 2, 5])
    expect(list!.areas.map((one) => `${one.title.zh} ${one.progress.settled}/${one.progress.all}`)).toEqual(['数据安全 1/2', '服务质量 1/3'])
  })
})

describe('a list of items', () => {
  test('is narrowed to a certification, an area by any of its names, a state, an owner', async () => {
    const id = await certified(app, 'metrics', cast.alice.id)
    await certified(app, 'metrics', cast.bob.id, 'Other')
    const [first] = await listRequirements(app, { certificationId: id })
    await set(first!.id, { state: 'in-progress', ownerId: cast.bob.id })
    const codes = async (asked: Parameters<typeof listRequirements>[1]) => (await listRequirements(app, asked)).map((one) => one.code)
    expect(await codes({ certificationId: id, area: '数据安全' })).toEqual(['1', '2'])
    expect(await codes({ area: 'data SECURITY', state: 'open' })).toEqual(['2', '1', '2'])
    expect(await codes({ ownerId: cast.alice.id })).toEqual(['2', '7', '10', '12'])
    await expect(listRequirements(app, { certificationId: id, area: 'process' })).rejects
      .toThrow('No checklist has an area "process". Areas: data (Data security, 数据安全); service (Service quality, 服务质量).')
    await expect(listRequirements(app, { certificationId: 99 })).rejects.toThrow('There is no certification 99.')
  })
})

describe('setting an item', () => {
  let id: number
  let item: number
  beforeEach(async () => {
    id = await certified(app, 'metrics', cast.alice.id)
    item = (await listRequirements(app, { certificationId: id }))[0]!.id
  })

  test('changes state, owner and evidence at once, and each is recorded by ids and states only', async () => {
    const changed = await set(item, { state: 'met', ownerId: cast.bob.id, add: [{ link: 'https://docs.example.com/sla', title: 'SLA of Alice' }] })
    expect(changed).toMatchObject({ state: 'met', ownerId: cast.bob.id, lacksEvidence: false, evidence: [{ link: 'https://docs.example.com/sla', title: 'SLA of Alice' }] })
    expect((await recorded(id)).slice(1)).toEqual([
      ['requirement-met', { requirement: item, was: 'open' }, cast.alice.id], ['requirement-assigned', { requirement: item, owner: cast.bob.id }, cast.alice.id],
      ['evidence-added', { requirement: item, evidence: 1 }, cast.alice.id],
    ])
    expect(await findBrokenLink(app.database.db, 1)).toBeUndefined()
  })

  test('met without evidence is said, and so is evidence withdrawn from under it', async () => {
    expect((await set(item, { state: 'met' })).lacksEvidence).toBe(true)
    expect((await set(item, { add: [{ link: 'https://a.example/x', title: undefined }] })).lacksEvidence).toBe(false)
    expect((await set(item, { withdraw: ['https://a.example/x'] })).lacksEvidence).toBe(true)
    expect((await recorded(id)).map(([event]) => event).slice(1)).toEqual(['requirement-met', 'evidence-added', 'evidence-withdrawn'])
  })

  test('not applicable needs a reason, which history does not hold', async () => {
    await expect(set(item, { state: 'not-applicable' })).rejects.toThrow(`Requirement ${item}: Say why 1 is not applicable: it needs a reason.`)
    expect(await set(item, { state: 'not-applicable', reason: ' Bob says no ' })).toMatchObject({ reason: 'Bob says no' })
    expect((await recorded(id)).slice(1)).toEqual([['requirement-not-applicable', { requirement: item, was: 'open' }, cast.alice.id]])
  })

  test('to what it is already changes and records nothing', async () => {
    await set(item, { state: 'met', add: [{ link: 'https://a.example/x', title: undefined }] })
    const before = await findRequirement(app.database.db, item)
    await set(item, { state: 'met', add: [{ link: 'https://a.example/x', title: 'again' }] })
    expect(await findRequirement(app.database.db, item)).toEqual(before)
    expect(await recorded(id)).toHaveLength(3)
  })

  test('is refused without anything to change, for somebody who left, and for a number that is not there', async () => {
    await expect(set(item, {})).rejects.toThrow(`Say what to change about requirement ${item}`)
    await run((db) => deactivatePerson(db, cast.bob, clock.now()))
    await expect(set(item, { ownerId: cast.bob.id })).rejects.toThrow('Bob is deactivated: name somebody else.')
    await expect(set(99, { state: 'met' })).rejects.toThrow('There is no requirement 99. List them with: requirement list')
  })

  test('who comes second finds what the first one wrote', async () => {
    const read = (await findRequirement(app.database.db, item))!
    await set(item, { state: 'met' })
    expect(await run((db) => changeRequirement(db, read, { state: 'open' }, clock.now()))).toBe(false)
    expect(await items(id)).toContain('1 met Alice')
  })
})

describe('importing a checklist', () => {
  const sample = (name: string): Uint8Array => readFileSync(new URL(`../samples/${name}`, import.meta.url))
  const importing = (certificationId: number, file: string | Uint8Array, options: Partial<RequirementImport> = {}): Promise<RequirementsImported> =>
    importRequirements(app, {
      bytes: typeof file === 'string' ? new TextEncoder().encode(file) : file, file: 'list.csv', certificationId, dryRun: false, partial: false, by: cast.alice, ...options,
    })
  async function refusal(...given: Parameters<typeof importing>): Promise<RequirementsRefused> {
    const error = await importing(...given).then(() => undefined, (thrown: unknown) => thrown)
    if (error instanceof RequirementsRefused) return error
    throw new Error('was not refused', { cause: error })
  }
  const counts = ({ accepted, updated, unchanged, rejected }: RequirementsImported) => [accepted, updated, unchanged, rejected]
  const stored = async () => await rows(app.database.db, sql`
    select (select count(*)::int from requirement) as items, (select count(*)::int from evidence) as evidence, (select count(*)::int from history) as links`)

  test('updates the scheme\'s own list and lists what the file left out; again, it changes nothing', async () => {
    const id = await certified(app, 'metrics', cast.bob.id)
    const result = await importing(id, sample('requirements-chinese-gbk.csv'))
    expect(counts(result)).toEqual([0, 3, 1, 0])
    expect([result.absent, result.ignored, result.lackEvidence]).toEqual([['12'], ['评估方法'], []])
    expect(await items(id)).toEqual([
      '1 met Alice https://docs.example.com/sla#1 https://wiki.example.com/持久性', '2 in-progress Bob', '7 not-applicable Bob', '10 open Bob', '12 open Bob',
    ])
    expect((await recorded(id)).slice(1)).toEqual([['requirements-imported',
      { added: '', updated: '1,2,3', met: '1', 'in-progress': '2', 'not-applicable': '3', evidence: '1,2' }, cast.alice.id]])
    const before = await stored()
    expect(counts(await importing(id, sample('requirements-chinese-gbk.csv')))).toEqual([0, 0, 4, 0])
    expect(await stored()).toEqual(before)
  })

  test('fills a list that the scheme leaves to a file, in the order of the file', async () => {
    const id = await certified(app, 'survey', cast.bob.id)
    expect(counts(await importing(id, sample('requirements-english.csv')))).toEqual([4, 0, 0, 0])
    expect(await items(id)).toEqual([
      'P-1 met Alice https://wiki.example.com/runbooks https://wiki.example.com/index', 'P-2 in-progress Bob', 'A-1 open Bob', 'A-2 not-applicable Bob',
    ])
    const list = await run((db) => requirementsOf(app, db, id))
    expect(list!.areas.map((one) => one.items.map((each) => each.title.zh))).toEqual([['每项服务有操作手册', '变更评审'], ['Restart without a person', '自动扩容']])
    expect(counts(await importing(id, 'code,area,title\nP-3,process,Rota\n'))).toEqual([1, 0, 0, 0])
    expect(await items(id)).toHaveLength(5)
  })

  test('with a row that is wrong is refused whole, with every problem; --partial takes the others', async () => {
    const id = await certified(app, 'survey', cast.bob.id)
    const file = 'code,area,title,owner,state\nP-1,process,Runbook,,met\nP-2,people,Rota,,\n'
      + 'P-3,process,Board,zoe@example.org,perhaps\nP-4,process,Drill,zoe@example.org,\n'
    const before = await stored()
    const error = await refusal(id, file)
    expect(error.message).toBe('list.csv: 3 items are refused, so nothing was imported. First: row 3, area: No such area. Areas: process (Process management, 流程管理); '
      + 'automation (Automation, 运维自动化). Mend the file, or import the others with --partial.')
    expect(error.result.problems.map((one) => `${one.row} ${one.column} ${one.value}`)).toEqual(['3 area people', '4 state perhaps', '5 owner zoe@example.org'])
    expect([error.code, counts(error.result)]).toEqual(['invalid', [0, 0, 0, 3]])
    expect(await stored()).toEqual(before)
    expect(counts(await importing(id, file, { partial: true }))).toEqual([1, 0, 0, 3])
    expect(await items(id)).toEqual(['P-1 met Bob'])
  })

  test('a dry run says the same and writes nothing, even of a list nobody has filled yet', async () => {
    const id = await certified(appWith(opened, clock, [{ ...metrics, requirements: undefined }]), 'metrics', cast.bob.id)
    const before = await stored()
    const file = 'code,state\n1,met\n2,open\n'
    expect(counts(await importing(id, file, { dryRun: true }))).toEqual([0, 1, 1, 0])
    expect(await stored()).toEqual(before)
    expect(counts(await importing(id, file))).toEqual([0, 1, 1, 0])
    expect(await items(id)).toHaveLength(5)
  })

  test('says which items it met without evidence, and whose title stayed the scheme\'s', async () => {
    const id = await certified(app, 'metrics', cast.bob.id)
    expect(await importing(id, 'code,title,state\n1,Lasting,met\n2,Privacy,open\n')).toMatchObject({ lackEvidence: ['1'], titledOtherwise: ['1'] })
    expect((await listRequirements(app, { certificationId: id }))[0]!.title.en).toBe('Durability')
  })

  test.each([
    ['plain', 'code\n1\n', 'plain has no checklist. Schemes with one: metrics, survey.'],
    ['metrics', 'title\nDurability\n', 'list.csv cannot be imported: row 1, code: The column is missing.'],
    ['metrics', '', 'list.csv cannot be imported: row 1: The file is empty.'],
  ])('into %s is refused: %j', async (schemeId, file, message) => {
    const id = await certified(app, schemeId)
    await expect(importing(id, file)).rejects.toThrow(message)
  })

  test('into a certification that is not there, or in an encoding that is none, is refused', async () => {
    await expect(importing(99, 'code\n1\n')).rejects.toThrow('There is no certification 99.')
    await expect(importing(await certified(app, 'metrics'), 'code\n1\n', { encoding: 'ebcdic' })).rejects.toThrow('"ebcdic" is not a value of --encoding.')
  })

  test('two hundred items and more are added in one go, and changed in one go', async () => {
    const id = await certified(app, 'survey', cast.bob.id)
    const line = (n: number, state: string) => `${n},${n % 2 ? 'process' : 'automation'},Item ${n},${state}\n`
    const file = (state: string) => `code,area,title,state\n${Array.from({ length: 230 }, (_, n) => line(n, state)).join('')}`
    expect(counts(await importing(id, file('open')))).toEqual([230, 0, 0, 0])
    expect(counts(await importing(id, file('met')))).toEqual([0, 230, 0, 0])
    expect((await run((db) => requirementsOf(app, db, id)))!.progress).toMatchObject({ all: 230, settled: 230, percent: 100 })
    expect(await findBrokenLink(app.database.db, 1)).toBeUndefined()
  })
})
