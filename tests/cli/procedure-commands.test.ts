import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RunView } from '../../src/app/runs.ts'
import { aCast, aCertification, testApp, type TestApp } from '../helpers/records.ts'
import { type Typist, typist } from '../helpers/typing.ts'

let opened: TestApp
let recert: Typist
let language: 'en' | 'zh' = 'en'

beforeAll(async () => {
  opened = await testApp()
  recert = typist(opened.app, () => ({ folder: '/nowhere', language, columns: 100 }))
})
beforeEach(async () => {
  language = 'en'
  await opened.reset()
  const cast = await aCast(opened.app)
  await aCertification(opened.app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'mlps', name: 'Payments', days: { 'level-fixed': '2026-10-01', filing: '2026-10-12' } })
})
afterAll(() => opened.close())

const json = async (answer: ReturnType<Typist>): Promise<RunView> => {
  const { exit, out, err } = await answer
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  return JSON.parse(out)
}

describe('procedure show', () => {
  test('draws the run, names what decides it, and lists the days each step can and must have', async () => {
    await recert`procedure start 1 --template filing-extension --target 2027-01-29`
    const { out } = await recert`procedure show 1`
    const lines = out.split('\n')
    expect(out).toContain('forecast       2026-12-25, 25 working days to spare')
    expect(out).toContain('risk           in time')
    expect(out).toContain('decided by     1 > 2 > 3 > 4 > 5')
    expect(lines.find((line) => line.startsWith('4 * '))).toMatch(/^4 \* │ +▒+·+░+ +╎$/)
    expect(lines.find((line) => line.startsWith('5 * '))).toMatch(/^5 \* │ +▒+·+░+$/)
    expect(lines.find((line) => line.includes('Police review'))).toContain('2026-12-09 … 2026-12-22  2027-01-13 … 2027-01-26  25')
  })

  test('marks the days too many of a run that does not fit', async () => {
    await recert`procedure start 1 --template filing-extension --target 2026-12-11`
    const { out } = await recert`procedure show 1`
    expect(out).toContain('2026-12-25, does not fit by 10 working days')
    expect(out.split('\n').find((line) => line.startsWith('5 * '))).toMatch(/!+$/)
  })

  test('in Chinese speaks Chinese', async () => {
    await recert`procedure start 1 --template filing-extension --target 2027-01-29`
    language = 'zh'
    const { out } = await recert`procedure show 1`
    expect(out).toContain('备案证明延期')
    expect(out).toContain('公安机关审核')
    expect(out).toContain('按期')
    expect(out).toContain('▒ 最早可安排')
  })

  test('as JSON gives every day, the slack and the history of forecasts', async () => {
    const run = await json(recert`procedure start 1 --template filing-extension --target 2027-01-29 --json`)
    expect(run).toMatchObject({
      id: 1, template: 'filing-extension', startedOn: '2026-11-24', targetOn: '2027-01-29', forecastOn: '2026-12-25', slack: 25, risk: 'safe', fits: true,
      chain: ['1', '2', '3', '4', '5'], broken: [], percent: 0, forecasts: [{ asOf: '2026-11-24', finishOn: '2026-12-25', deadlineOn: '2027-01-29', slack: 25 }],
    })
    expect(run.stages[0]!.steps[2]).toMatchObject({
      code: '3', length: 'P1WD', after: [{ step: '2', lag: 'P0WD' }], earliestStartOn: '2026-12-08', earliestFinishOn: '2026-12-08',
      latestStartOn: '2027-01-12', latestFinishOn: '2027-01-12', slack: 25, critical: true, leads: true, state: 'not-started', role: 'compliance manager',
    })
  })
})

describe('steps', () => {
  test('are marked, assigned, edited and added by their codes', async () => {
    await recert`procedure start 1 --template filing-extension --target 2027-03-31`
    await json(recert`procedure mark 1 1 2 --as done --json`)
    expect((await json(recert`procedure mark 1 4 --as waiting --waits-on ${'the police'} --expected 2026-12-31 --json`)).waitsOn).toBe('the police')
    expect((await json(recert`procedure assign 1 E --to bob@example.org --json`)).stages[0]!.steps.map((one) => one.owner)).toEqual([undefined, undefined, 'Bob', 'Bob', 'Bob'])
    expect((await json(recert`procedure edit 1 5 --length P10D --after 4+P2WD --json`)).stages[0]!.steps[4]).toMatchObject({ length: 'P10D', after: [{ step: '4', lag: 'P2WD' }] })
    const run = await json(recert`procedure add-step 1 6 --stage E --title ${'Tell the customers'} --title-zh 通知客户 --length P2WD --after 5 --limit 5+P10WD --json`)
    expect(run.stages[0]!.steps[5]).toMatchObject({ code: '6', title: { en: 'Tell the customers', zh: '通知客户' }, limit: { from: '5', within: 'P10WD' }, leads: false })
    expect((await json(recert`procedure end 1 --reason ${'extended by the assessment'} --json`)).risk).toBe('ended')
  })

  test.each([
    ['procedure mark 1 9 --as done', 2, 'Procedure 1 has no step "9". Steps: 1, 2, 3, 4, 5. Stages: E.'],
    ['procedure mark 1 1 --as skipped', 2, 'Say why the step is skipped: --reason "…".'],
    ['procedure mark 1 1 --as finished', 2, '"finished" is not one of not-started, in-progress, waiting, done, skipped.'],
    ['procedure edit 1 1 --length 5', 2, '"5" is not a length in days: write P5WD for working days, P30D for calendar days.'],
    ['procedure edit 1 1 --limit 2+P1M', 2, '"2+P1M" is not a limit: write 1.4+P30D, so long after step 1.4, or none.'],
    ['procedure edit 1 1 --outside --ours', 2, '--outside and --ours contradict each other.'],
    ['procedure edit 1 E --length P5WD', 2, '"E" is a stage: name one of its steps.'],
    ['procedure edit 1 1 --after 5', 2, 'Steps would wait for each other in a circle: 1, 2, 3, 4, 5.'],
    ['procedure show 7', 2, 'There is no procedure 7. List them with: procedure list'],
    ['procedure start 1 --template five-stages --for 99', 2, 'is not for obligation 99'],
  ])('%s is refused with a sentence', async (command, exit, sentence) => {
    await recert`procedure start 1 --template filing-extension --target 2027-03-31`
    const answer = await typed(command)
    expect(answer.exit).toBe(exit)
    expect(answer.err).toContain(sentence)
  })
})

const typed = (command: string): ReturnType<Typist> => recert(Object.assign([command], { raw: [command] }))

describe('procedure list', () => {
  test('shows runs with their forecast, spare days and risk, the newest first', async () => {
    await recert`procedure start 1 --template filing-extension --target 2027-01-29`
    await recert`procedure start 1 --template filing-extension --target 2026-12-11`
    const { out } = await recert`procedure list`
    const [first, second] = out.split('\n').slice(1)
    expect(first).toMatch(/^2 .*2026-12-11 +2026-12-25 +-10 +in danger of being late/)
    expect(second).toMatch(/^1 .*2027-01-29 +2026-12-25 +25 +in time/)
  })
})
