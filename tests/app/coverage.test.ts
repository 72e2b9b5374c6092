// What a certificate covers besides its holder, where, and by whose rules: entered, shown, corrected, written to
// a file and read back unchanged.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import { act, type App, rehearse } from '../../src/app/app.ts'
import { loadCalendars } from '../../src/app/calendars.ts'
import { editCertification, getCertification } from '../../src/app/certifications.ts'
import { exportRegister } from '../../src/app/export.ts'
import { importRegister, type ImportRequest, ImportRefused } from '../../src/app/import.ts'
import type { Context } from '../../src/cli/context.ts'
import { run } from '../../src/cli/program.ts'
import { aCast, aCertification, type Cast, type CertificationSample, dutiesOf, testApp, type TestApp } from '../helpers/records.ts'

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

const covers = ['Harbour Data Ltd', '港云数据有限公司', 'Smith, "Sons" & Co']
const sites = ['Dock 4, Rotterdam', '上海市浦东新区 1 号']
const group = (rest: Partial<CertificationSample> = {}) => aCertification(app, {
  organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Group', days: { decision: '2026-03-02' }, covers, sites, country: 'CN', ...rest,
})
const edit = (id: number, change: Parameters<typeof editCertification>[3], how: typeof act = act) =>
  how(app, (db, now) => editCertification(app, db, id, change, { now }))
const recorded = async (id = 1) => {
  const found = await getCertification(app.database.db, id)
  return { covers: found.covers, sites: found.sites, country: found.country }
}
const importing = (text: string, rest: Partial<ImportRequest> = {}) =>
  importRegister(app, { bytes: new TextEncoder().encode(text), file: 'register.csv', dryRun: false, partial: false, ...rest })
const counts = async (work: ReturnType<typeof importing>) => {
  const { accepted, updated, unchanged, rejected } = await work
  return { accepted, updated, unchanged, rejected }
}
/** A register with these columns, in our own layout. */
const register = (columns: string, ...lines: readonly string[]): string =>
  [`scheme,organisation,name,decision,owner,${columns}`, ...lines.map((one) => `iso-27001,Harbour Cloud,Group,2026-03-02,alice@example.org,${one}`)].join('\n')

/** Types a command as in a terminal; returns what it printed. */
async function typed(...argv: readonly string[]): Promise<string> {
  let out = '', err = ''
  const context: Context = {
    io: { stdout: (text) => { out += text }, stderr: (text) => { err += text }, stdoutBytes: async () => undefined, stdin: async () => '', cwd: '/', columns: 200, language: 'en' },
    clock: app.clock, zone: 'UTC', app: async () => app, served: false, calendars: () => loadCalendars(app.database.db), jobs: schedule, transport: () => undefined, home: 'nowhere',
    serve: () => Promise.reject(new Error('not served here')), demo: () => Promise.reject(new Error('no demo here')),
  }
  const exit = await run(argv, context, (error) => { throw error })
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  return out
}

describe('entered', () => {
  test('it is kept in the order given, and nothing where nothing is said', async () => {
    expect(await recorded((await group()).id)).toEqual({ covers, sites, country: 'CN' })
    const plain = await aCertification(app, { organisationId: 1 })
    expect(await recorded(plain.id)).toEqual({ covers: [], sites: [], country: undefined })
  })

  test('on the command line it is shown with the record, and as JSON', async () => {
    await typed('certification', 'add', '--scheme', 'iso-27001', '--name', 'Group', '--set', 'decision=2026-03-02', '--country', 'CN',
      '--covers', 'Harbour Data Ltd', '--covers', '港云数据有限公司', '--site', 'Dock 4')
    const shown = await typed('certification', 'show', '1')
    expect(shown).toMatch(/also covers\s+Harbour Data Ltd; 港云数据有限公司/)
    expect(shown).toMatch(/sites\s+Dock 4/)
    expect(shown).toMatch(/rules of\s+CN/)
    expect(JSON.parse(await typed('certification', 'show', '1', '--json')).certification)
      .toMatchObject({ covers: ['Harbour Data Ltd', '港云数据有限公司'], sites: ['Dock 4'], country: 'CN' })
  })

  test('without any of it the record has no such lines', async () => {
    await aCertification(app, { organisationId: 1 })
    expect(await typed('certification', 'show', '1')).not.toMatch(/also covers|sites|rules of/)
  })
})

describe('a name', () => {
  test('is recorded once, however often and with whatever spaces it is given', async () => {
    const { id } = await group({ covers: ['A  Ltd', ' A Ltd ', '', 'B Ltd'] })
    expect((await recorded(id)).covers).toEqual(['A Ltd', 'B Ltd'])
    await edit(id, { sites: ['Dock 4', 'Dock 4'] })
    expect((await recorded(id)).sites).toEqual(['Dock 4'])
  })

  test.each(['A; B Ltd', '甲；乙'])('that a register would take for two is refused: %s', async (name) => {
    const { id } = await group()
    await expect(edit(id, { covers: [name] })).rejects.toThrow(`"${name}" has a semicolon`)
    expect((await recorded(id)).covers).toEqual(covers)
  })
})

describe('corrected', () => {
  test('what is named stands in place of what was, the rest stays', async () => {
    const { id } = await group()
    const before = await dutiesOf(app, id)
    expect(await edit(id, { covers: ['Harbour Data Ltd', 'Pier GmbH'] })).toEqual([])
    expect(await recorded(id)).toEqual({ covers: ['Harbour Data Ltd', 'Pier GmbH'], sites, country: 'CN' })
    await edit(id, { sites: [] })
    expect(await recorded(id)).toEqual({ covers: ['Harbour Data Ltd', 'Pier GmbH'], sites: [], country: 'CN' })
    await edit(id, { name: 'Group and subsidiaries' })
    expect(await recorded(id)).toEqual({ covers: ['Harbour Data Ltd', 'Pier GmbH'], sites: [], country: 'CN' })
    expect(await dutiesOf(app, id)).toEqual(before)
  })

  test('the country taken away is the organisation\'s again', async () => {
    const { id } = await group()
    expect(await edit(id, { country: null })).not.toEqual([])
    expect((await recorded(id)).country).toBeUndefined()
    expect(await typed('certification', 'show', '1')).not.toContain('rules of')
  })

  test('as a dry run nothing of it stays', async () => {
    const { id } = await group()
    await edit(id, { covers: ['Pier GmbH'], sites: ['Quay 1'], country: null }, rehearse)
    expect(await recorded(id)).toEqual({ covers, sites, country: 'CN' })
  })

  test('on the command line', async () => {
    await group()
    await typed('certification', 'edit', '1', '--covers', 'Pier GmbH', '--site', 'Quay 1', '--site', 'Quay 2', '--country', 'none')
    expect(await recorded()).toEqual({ covers: ['Pier GmbH'], sites: ['Quay 1', 'Quay 2'], country: undefined })
  })
})

describe('written to a file', () => {
  test('and read back, it is unchanged: here, and in an empty installation after one reading', async () => {
    await group()
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Module' })
    const csv = await exportRegister(app, { format: 'csv' })
    expect(await counts(importing(csv))).toEqual({ accepted: 0, updated: 0, unchanged: 2, rejected: 0 })
    expect(await recorded()).toEqual({ covers, sites, country: 'CN' })
    await opened.reset()
    cast = await aCast(app)
    expect(await counts(importing(csv))).toEqual({ accepted: 2, updated: 0, unchanged: 0, rejected: 0 })
    expect(await recorded()).toEqual({ covers, sites, country: 'CN' })
    expect(await exportRegister(app, { format: 'csv' })).toBe(csv)
    expect(await counts(importing(csv))).toEqual({ accepted: 0, updated: 0, unchanged: 2, rejected: 0 })
  })

  test('as JSON it has each of them, also where there is none', async () => {
    await group()
    await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, name: 'Module' })
    const records: { covers: string[]; sites: string[]; country: string | null }[] = JSON.parse(await exportRegister(app, { format: 'json' }))
    expect(records.map((one) => [one.covers, one.sites, one.country])).toEqual([[covers, sites, 'CN'], [[], [], null]])
  })
})

describe('read from a register', () => {
  test('a line or a semicolon for each, in English or Chinese, each once', async () => {
    await importing(register('另覆盖,场所,适用规则', '"A Ltd；B Ltd\nA Ltd","Dock 4; Dock 5",cn'))
    expect(await recorded()).toEqual({ covers: ['A Ltd', 'B Ltd'], sites: ['Dock 4', 'Dock 5'], country: 'CN' })
  })

  test('another list updates the record, and the rules of another country move its duties', async () => {
    await importing(register('covers,sites,country', 'A Ltd,Dock 4,'))
    const before = await dutiesOf(app, 1)
    expect(await counts(importing(register('covers,sites,country', 'A Ltd; B Ltd,Dock 4,')))).toMatchObject({ updated: 1 })
    expect((await recorded()).covers).toEqual(['A Ltd', 'B Ltd'])
    expect(await dutiesOf(app, 1)).toEqual(before)
    expect(await counts(importing(register('covers,sites,country', 'A Ltd; B Ltd,Dock 4,CN')))).toMatchObject({ updated: 1 })
    expect((await recorded()).country).toBe('CN')
    expect(await dutiesOf(app, 1)).not.toEqual(before)
  })

  test('that has no such columns, or leaves them empty, takes nothing away', async () => {
    await importing(register('covers,sites,country', '"A Ltd","Dock 4",CN'))
    expect(await counts(importing(register('scope', '')))).toMatchObject({ unchanged: 1 })
    expect(await counts(importing(register('covers,sites,country', ',,')))).toMatchObject({ unchanged: 1 })
    expect(await counts(importing(register('scope', 'Data centres')))).toMatchObject({ updated: 1 })
    expect(await recorded()).toEqual({ covers: ['A Ltd'], sites: ['Dock 4'], country: 'CN' })
  })

  test('with a country that is no code it is refused, with row, column and value', async () => {
    const error = await importing(register('country', 'China')).then(() => undefined, (thrown: unknown) => thrown)
    if (!(error instanceof ImportRefused)) throw new Error('was not refused', { cause: error })
    expect(error.result.problems.map((one) => `${one.row} ${one.column} ${one.value.toLowerCase()}: ${one.reason}`))
      .toEqual(['2 country china: Must be a country code of two letters, such as CN'])
    expect(await exportRegister(app, { format: 'json' })).toBe('[]\n')
  })

  test('as a dry run it changes nothing', async () => {
    await group()
    await importing((await exportRegister(app, { format: 'csv' })).replace('Dock 4', 'Dock 5'), { dryRun: true })
    expect((await recorded()).sites).toEqual(sites)
  })
})
