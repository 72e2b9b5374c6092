import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import type { RequirementsImported } from '../../src/app/requirement-import.ts'
import type { RequirementSet, RequirementView } from '../../src/app/requirements.ts'
import { appWith, certified } from '../helpers/checklists.ts'
import { testClock } from '../helpers/clock.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { testFolder } from '../helpers/folder.ts'
import { aCast } from '../helpers/records.ts'
import { type Answer, type Typist, typist } from '../helpers/typing.ts'

const clock = testClock('2026-11-24T08:00:00Z')
let opened: TestDatabase
let app: App
let folder: string

beforeAll(async () => {
  opened = await testDatabase()
  app = appWith(opened, clock)
})
beforeEach(async () => {
  await opened.reset()
  const cast = await aCast(app)
  await certified(app, 'metrics', cast.alice.id, 'Cloud host')
  folder = testFolder()
})
afterAll(() => opened.close())

const recert: Typist = (words, ...values) => typist(app, () => ({ folder }))(words, ...values)

async function jsonOf<T>(answer: Promise<Answer>): Promise<T> {
  const { exit, out, err } = await answer
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  const document: T = JSON.parse(out)
  return document
}

const states = async (): Promise<string[]> => (await jsonOf<RequirementView[]>(recert`requirement list --json`)).map((one) => `${one.code} ${one.state}`)
const file = (name: string, text: string | Uint8Array): string => {
  writeFileSync(join(folder, name), text)
  return name
}

describe('requirement list', () => {
  test('shows number, area, item, state and owner, and how far each area has come', async () => {
    await recert`requirement set 1 --state met --evidence https://a.example/x`
    const { out } = await recert`requirement list --certification 1`
    expect(out).toMatch(/^1 +Cloud host +Data security +1 +Durability +met +Alice +1$/m)
    expect(out).toMatch(/^Cloud host, Data security +1 of 2 +50 % +1 +0 +0 +1$/m)
    expect(out).toMatch(/^all +1 of 5 +20 % +1 +0 +0 +4$/m)
  })

  test('is of one certification where that is asked', async () => {
    await certified(app, 'metrics', undefined, 'Object storage')
    expect((await jsonOf<RequirementView[]>(recert`requirement list --json`)).map((one) => one.certificationId)).toHaveLength(10)
    expect((await jsonOf<RequirementView[]>(recert`requirement list --certification 2 --json`)).map((one) => one.certification)).toEqual(Array(5).fill('Object storage'))
    expect((await recert`requirement list --certification 9`).exit).toBe(2)
  })

  test('is narrowed by area, state and owner, and says when it was cut', async () => {
    await recert`requirement set 1 2 --owner bob@example.org`
    expect((await jsonOf<RequirementView[]>(recert`requirement list --owner bob@example.org --area ${'数据安全'} --state open --json`)).map((one) => one.id)).toEqual([1, 2])
    expect((await recert`requirement list --state met`).out).toBe('No items. Fill a list from a file: requirement import FILE --certification N\n')
    expect((await recert`requirement list --limit 2`).err).toContain('Only the first 2 are listed')
    expect((await recert`requirement list --state done`).exit).toBe(2)
    expect((await recert`requirement list --owner zoe@example.org`).exit).toBe(2)
  })
})

describe('requirement set', () => {
  test('sets several items at once', async () => {
    const changed = await jsonOf<RequirementSet[]>(recert`requirement set 1 3 --state met --owner bob@example.org --evidence https://a.example/x --title ${'SLA 2026'} --json`)
    expect(changed.map((one) => [one.id, one.state, one.lacksEvidence, one.evidence.map((each) => `${each.title} ${each.link}`)]))
      .toEqual([1, 3].map((id) => [id, 'met', false, ['SLA 2026 https://a.example/x']]))
    expect(await states()).toEqual(['1 met', '2 open', '7 met', '10 open', '12 open'])
  })

  test('sets all of them or none', async () => {
    const { exit, err } = await recert`requirement set 1 99 --state met`
    expect([exit, err]).toEqual([2, 'There is no requirement 99. List them with: requirement list\n'])
    expect(await states()).toContain('1 open')
  })

  test('says which are met without evidence, and takes links back', async () => {
    await recert`requirement set 1 --evidence https://a.example/x --evidence https://a.example/y`
    expect((await recert`requirement set 1 2 --state met`).out).toContain('Met without evidence: 2. Add a link with: requirement set N --evidence URL')
    const [changed] = await jsonOf<RequirementSet[]>(recert`requirement set 1 --withdraw https://a.example/x --json`)
    expect(changed!.evidence.map((one) => one.link)).toEqual(['https://a.example/y'])
  })

  test('gives an item back to the owner of the certification', async () => {
    await recert`requirement set 1 --owner bob@example.org`
    await recert`requirement set 1 --owner none`
    expect((await jsonOf<RequirementView[]>(recert`requirement list --json`))[0]).toMatchObject({ owner: 'Alice' })
  })

  test.each([
    [() => recert`requirement set 1`, 'Say what to change about requirement 1'], [() => recert`requirement set 1 --state not-applicable`, 'needs a reason'],
    [() => recert`requirement set 1 --evidence ${'javascript:alert(1)'}`, 'cannot be kept as evidence'],
    [() => recert`requirement set 1 --title SLA`, '--title names one link'],
    [() => recert`requirement set one --state met`, '"one" is not a whole number.'], [() => recert`requirement set --state met`, 'missing required argument'],
    [() => recert`requirement set 1 --colour red`, 'unknown option'],
  ])('refuses what cannot be meant (%#)', async (typed, message) => {
    const { exit, err } = await typed()
    expect(exit).toBe(2)
    expect(err).toContain(message)
    expect(await states()).toContain('1 open')
  })
})

describe('requirement import', () => {
  const sample = readFileSync(new URL('../samples/requirements-chinese-gbk.csv', import.meta.url))

  test('tries a file first, then takes it in', async () => {
    file('list.csv', sample)
    const dry = await recert`requirement import list.csv --certification 1 --dry-run`
    expect(dry.out).toMatch(/updated +3[\s\S]*not in the file, kept +12[\s\S]*columns not read +评估方法[\s\S]*A dry run: nothing was written\./)
    expect(await states()).toContain('1 open')
    const result = await jsonOf<RequirementsImported>(recert`requirement import list.csv --certification 1 --json`)
    expect(result).toMatchObject({ accepted: 0, updated: 3, unchanged: 1, rejected: 0, problems: [], absent: ['12'] })
    expect(await states()).toEqual(['1 met', '2 in-progress', '7 not-applicable', '10 open', '12 open'])
  })

  test('refuses a file with a wrong row whole, says where, and takes the rest with --partial', async () => {
    file('list.csv', 'code,state\n1,met\n2,perhaps\n')
    const refused = await recert`requirement import list.csv --certification 1 --json`
    expect([refused.exit, JSON.parse(refused.out)]).toMatchObject([2, { accepted: 0, updated: 0, rejected: 1, problems: [{ row: 3, column: 'state', value: 'perhaps' }] }])
    expect(refused.err).toContain('list.csv: 1 item is refused, so nothing was imported.')
    expect(await states()).toContain('1 open')
    const { exit, out } = await recert`requirement import list.csv --certification 1 --partial`
    expect([exit, out]).toEqual([0, expect.stringMatching(/updated +1[\s\S]*rejected +1[\s\S]*3 +state +perhaps/)])
    expect(await states()).toContain('1 met')
  })

  test('says that a file or a certification is not there', async () => {
    expect(await recert`requirement import nowhere.csv --certification 1`).toMatchObject({ exit: 2, err: `${join(folder, 'nowhere.csv')} cannot be read. Check the name.\n` })
    file('list.csv', 'code\n1\n')
    expect(await recert`requirement import list.csv --certification 9`).toMatchObject({ exit: 2, err: expect.stringContaining('There is no certification 9.') })
    expect((await recert`requirement import list.csv`).exit).toBe(2)
  })
})
