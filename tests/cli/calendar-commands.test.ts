// The calendar commands as typed: what they print, and the exit code that a script goes by.

import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadCalendars, publishedCalendars } from '../../src/app/calendars.ts'
import type { Context } from '../../src/cli/context.ts'
import { run } from '../../src/cli/program.ts'
import { testFolder } from '../helpers/folder.ts'
import { testApp, type TestApp } from '../helpers/records.ts'

let world: TestApp
let folder: string
beforeAll(async () => { world = await testApp() })
beforeEach(async () => {
  await world.reset()
  folder = testFolder()
})
afterAll(() => world.close())

async function typed(line: string, rest: Partial<Context> = {}): Promise<{ exit: number; out: string; err: string }> {
  let out = '', err = ''
  const context: Context = {
    io: { stdout: (text) => { out += text }, stderr: (text) => { err += text }, stdoutBytes: async () => undefined, stdin: async () => '', cwd: folder, columns: 100, language: 'en' },
    clock: world.clock, zone: 'UTC', app: async () => world.app, calendars: () => loadCalendars(world.app.database.db), served: false, jobs: [], home: folder,
    transport: () => undefined, serve: () => Promise.reject(new Error('not here')), demo: () => Promise.reject(new Error('not here')), ...rest,
  }
  const exit = await run(line.split(' '), context, (error) => { throw error })
  return { exit, out, err }
}

const sample = (name: string): void => copyFileSync(new URL(`../samples/${name}`, import.meta.url), join(folder, name))

describe('calendar import', () => {
  test('says what became known, and counting and the list go by it from then on', async () => {
    sample('calendar-cn-2027.ics')
    expect((await typed('calendar list')).out).toContain('CN 2027 not known')
    expect((await typed('calendar add-days 2027-02-04 1 --calendar CN --working')).out).toContain('2027-02-05 (provisional')
    const imported = await typed('calendar import calendar-cn-2027.ics --calendar CN --source 国办发明电')
    expect(imported).toMatchObject({ exit: 0, err: '' })
    expect(imported.out).toMatch(/years known +2027\ndays added +14/)
    expect((await typed('calendar add-days 2027-02-04 1 --calendar CN --working')).out).toBe('2027-02-12\n')
    const { out } = await typed('calendar list')
    expect(out).toMatch(/CN +2004-2026 +State Council/)
    expect(out).toMatch(/CN +2027 +国办发明电/)
    expect(out).not.toContain('not known')
  })

  test('as one document has the agreed names', async () => {
    sample('calendar-cn-2027-gbk.csv')
    const { out } = await typed('calendar import calendar-cn-2027-gbk.csv --calendar CN --year 2027 --dry-run --json')
    expect(JSON.parse(out)).toMatchObject({ calendar: 'CN', years: [2027], days: { added: 14, changed: 0, removed: 0 }, moved: [], problems: [] })
    expect((await typed('calendar list')).out).toContain('CN 2027 not known')
  })

  test('of a file with faults lists them all, says the first, and exits with 2', async () => {
    writeFileSync(join(folder, 'days.csv'), 'date,working\n2027-05-03,no\n2027-02-30,no\n2027-05-04,perhaps\n')
    const refused = await typed('calendar import days.csv --calendar CN')
    expect(refused.exit).toBe(2)
    expect(refused.out).toMatch(/3 +date +2027-02-30[^]*4 +working +perhaps/)
    expect(refused.err).toBe('days.csv was not imported: row 3 (2027-02-30): 2027-02-30 does not exist.\n')
    const { out } = await typed('calendar import days.csv --calendar CN --json')
    expect(JSON.parse(out).problems).toHaveLength(2)
  })

  test.each([
    ['calendar import nothing.csv --calendar CN', 'nothing.csv cannot be read'], ['calendar import nothing.csv', '--calendar'],
    ['calendar import nothing.csv --calendar CN --year 27', '"27" is not a year'], ['calendar add-days 2026-02-06 60000 --calendar CN', '60000 is too far'],
    ['calendar add-days 2026-02-06 10 --calendar Atlantis', 'There is no calendar "Atlantis"'],
  ])('%s is wrong usage', async (line, says) => {
    const { exit, err } = await typed(line)
    expect(exit).toBe(2)
    expect(err).toContain(says)
  })
})

describe('calendar import of a year that the file is not of', () => {
  test('says which, and exits with 2', async () => {
    sample('calendar-cn-2027.ics')
    const { exit, err } = await typed('calendar import calendar-cn-2027.ics --calendar CN --year 2026')
    expect(exit).toBe(2)
    expect(err).toMatch(/^calendar-cn-2027\.ics was not imported: 2026: The file has no day of 2026 itself/)
  })
})

describe('calendar add-days', () => {
  const withoutRecords: Partial<Context> = { app: () => Promise.reject(new Error('no database is opened for this')), calendars: async () => publishedCalendars() }

  test.each([
    ['2026-02-06 10 --calendar CN --working', '2026-02-27', false], ['2026-02-24 -1 --calendar CN --working', '2026-02-14', false],
    ['2026-09-01 30 --calendar CN', '2026-10-01', false],
    ['2026-09-01 30 --calendar CN --roll forward', '2026-10-08', false], ['2026-09-01 30 --calendar CN --roll back', '2026-09-30', false],
    ['2026-12-25 10 --calendar CN --working', '2027-01-08', true],
    ['2026-12-25 10 --calendar CN', '2027-01-04', false], ['2026-12-25 10 --calendar CN --roll forward', '2027-01-04', true],
    ['2026-11-23 5 --calendar DE --working', '2026-11-30', true], ['2026-11-26 1 --calendar IR --working', '2026-11-28', true],
  ])('%s is %s, provisional only where the calendar had a say: %s', async (words, date, provisional) => {
    const { out } = await typed(`calendar add-days ${words} --json`, withoutRecords)
    expect(JSON.parse(out)).toEqual({ date, provisional })
  })
})
