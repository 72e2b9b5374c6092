import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { calendarOf } from '../../src/app/calendars.ts'
import { loadWorld } from '../../src/app/world.ts'
import { getProcedure, runningOf, startProcedure } from '../../src/app/procedures.ts'
import { markStep, type StepMark } from '../../src/app/steps.ts'
import { listHistory } from '../../src/store/history.ts'
import { listObligationsOf } from '../../src/store/obligations.ts'
import { listNextSteps, listExpectedFinishes, listProcedures, type WholeProcedure } from '../../src/store/procedures.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, type Cast, ledger, planAt, testApp, type TestApp } from '../helpers/records.ts'

let opened: TestApp
let app: App
let cast: Cast
let certificationId: number

beforeAll(async () => {
  opened = await testApp()
  app = opened.app
})
beforeEach(async () => {
  await opened.reset()
  cast = await aCast(app)
  certificationId = (await aCertification(app, {
    organisationId: 1, ownerId: cast.alice.id, scheme: 'mlps', name: 'Payments', days: { 'level-fixed': '2027-03-01' },
  })).id
})
afterAll(() => opened.close())

const start = (template = 'filing-extension', startOn = '2026-11-24', targetOn?: string): Promise<number> => app.database.transact((db) => startProcedure(app, db, {
  certificationId, template, startOn: day(startOn), targetOn: targetOn === undefined ? undefined : day(targetOn),
}, { now: app.clock.now(), by: cast.carol }))
const mark = (id: number, code: string, rest: Partial<StepMark> & Pick<StepMark, 'state'>): Promise<WholeProcedure> =>
  app.database.transact((db) => markStep(db, id, code, { on: day('2026-11-24'), ...rest }, { now: app.clock.now() }))
const steps = (run: WholeProcedure) => run.stages.flatMap((stage) => stage.steps)
const stepDuties = async () => (await listObligationsOf(app.database.db, [certificationId])).filter((one) => one.kind === 'step')
const dutyOfStep = async (run: number, code: string) => (await stepDuties()).find((one) => one.ruleId === `run-${run}/${code}`)!

describe('a run', () => {
  test('has the stages of its template, a day for every step, and a duty for each that takes time', async () => {
    const run = await getProcedure(app.database.db, await start('five-stages'))
    expect(run.stages.map((stage) => `${stage.code} ${stage.title.en} ${stage.steps.length}`)).toEqual([
      '1 Classification 4', '2 Filing 3', '3 Security building and rectification 5', '4 Assessment 9', '5 Inspection 2',
    ])
    expect(steps(run)[0]).toMatchObject({ code: '1.1', state: 'not-started', days: 5 })
    expect([steps(run)[0]!.startOn, steps(run)[0]!.finishOn].map(String)).toEqual(['2026-11-24', '2026-11-30'])
    expect(steps(run).every((step) => step.startOn && step.finishOn)).toBe(true)
    expect(await stepDuties()).toHaveLength(steps(run).length)
    expect((await stepDuties()).filter((one) => one.owedBy === 'outside').map((one) => one.ladder).every((one) => one === 'outside')).toBe(true)
    expect((await listHistory(app.database.db, 'procedure', run.procedure.id))[0]).toMatchObject({ event: 'procedure-started', actorId: cast.carol.id })
  })

  test('begins on the next working day, and steps past when it is entered wait for an answer', async () => {
    const run = await getProcedure(app.database.db, await start('filing-extension', '2026-11-14'))
    expect(String(steps(run)[0]!.startOn)).toBe('2026-11-16')
    expect((await stepDuties())[0]!.state).toBe('unconfirmed')
  })

  test('reminds the owner of its steps as of any other duty', async () => {
    await start('five-stages', '2026-11-25')
    await planAt(opened, '2026-11-25T09:00:00Z')
    await planAt(opened, '2026-12-01T09:00:00Z')
    expect((await ledger(app)).filter((one) => one.startsWith('Alice') && one.endsWith('said'))).toEqual(['Alice 2026-11-25 opens said', 'Alice 2026-12-01 P0D said'])
  })

  test.each([
    ['a template the scheme has not', () => start('six-stages'), 'mlps has no procedure "six-stages". There are: five-stages, yearly-assessment, filing-extension, change.'],
    ['a target before its start', () => start('five-stages', '2026-11-24', '2026-11-23'), 'The run is for 2026-11-23, which is before its start on 2026-11-24.'],
    ['no such run', () => mark(99, '1', { state: 'done' }), 'There is no procedure 99. List them with: procedure list'],
  ])('with %s is refused', async (_what, work, sentence) => {
    await expect(work()).rejects.toThrow(sentence)
  })

  test('of a scheme without templates is refused', async () => {
    const { id } = await aCertification(app, { organisationId: 1 })
    await expect(app.database.transact((db) => startProcedure(app, db, { certificationId: id, template: 'renewal', startOn: day('2026-11-24') }, { now: app.clock.now() })))
      .rejects.toThrow('fips-140 has no procedure "renewal". It has none.')
  })
})

describe('a step', () => {
  test('begun, waiting and done keeps its days, and its duty ends with it', async () => {
    const id = await start()
    const begun = steps(await mark(id, '1', { state: 'in-progress' }))[0]!
    expect([begun.state, String(begun.startedOn), begun.doneOn]).toEqual(['in-progress', '2026-11-24', null])
    await mark(id, '1', { state: 'waiting', waitsOn: 'public security' })
    opened.clock.set('2026-11-26T10:00:00Z')
    const done = steps(await mark(id, '1', { state: 'done', on: day('2026-11-26') }))[0]!
    expect([done.state, done.waitsOn, String(done.startedOn), String(done.doneOn)]).toEqual(['done', 'public security', '2026-11-24', '2026-11-26'])
    const duty = await dutyOfStep(id, '1')
    expect([duty.state, String(duty.metOn)]).toEqual(['met', '2026-11-26'])
  })

  test('taken back is owed again', async () => {
    const id = await start()
    await mark(id, '1', { state: 'done' })
    const back = steps(await mark(id, '1', { state: 'not-started' }))[0]!
    expect([back.state, back.startedOn, back.doneOn]).toEqual(['not-started', null, null])
    expect((await dutyOfStep(id, '1')).state).toBe('open')
  })

  test('skipped needs a reason, which its duty keeps', async () => {
    const id = await start()
    await expect(mark(id, '1', { state: 'skipped', reason: ' ' })).rejects.toThrow('Say why the step is skipped: --reason "…".')
    await mark(id, '1', { state: 'skipped', reason: 'asked last month' })
    expect((await dutyOfStep(id, '1')).state).toBe('not-applicable')
  })

  test('done in the future, or unknown, is refused', async () => {
    const id = await start()
    await expect(mark(id, '1', { state: 'done', on: day('2026-11-25') })).rejects.toThrow('2026-11-25 lies in the future (today is 2026-11-24).')
    await expect(mark(id, '9.9', { state: 'done' })).rejects.toThrow(`Procedure ${id} has no step "9.9". Steps: 1, 2`)
  })
})

describe('the end of a run', () => {
  test('comes with its last step, on the day the last one was done; afterwards nothing is marked', async () => {
    const id = await start()
    const codes = steps(await getProcedure(app.database.db, id)).map((step) => step.code)
    for (const code of codes.slice(0, -1)) await mark(id, code, { state: 'done' })
    expect((await getProcedure(app.database.db, id)).procedure.endedOn).toBeNull()
    const ended = await mark(id, codes.at(-1)!, { state: 'skipped', reason: 'not needed' })
    expect(String(ended.procedure.endedOn)).toBe('2026-11-24')
    await expect(mark(id, codes[0]!, { state: 'not-started' })).rejects.toThrow(`Procedure ${id} ended on 2026-11-24.`)
    expect(await listProcedures(app.database.db, { runningOnly: true })).toEqual([])
    expect((await stepDuties()).filter((one) => one.state === 'open')).toEqual([])
  })
})

describe('where a run stands', () => {
  test('is told by its stage, the next step, and the working days to spare', async () => {
    const id = await start('five-stages', '2026-11-24', '2027-12-31')
    await mark(id, '1.1', { state: 'done' })
    const { db } = app.database
    const run = await getProcedure(db, id)
    const calendar = calendarOf((await loadWorld(db)).calendars, 'weekdays')
    const running = runningOf(run, { calendar, asOf: day('2026-11-24'), title: { en: '', zh: '' } })
    expect(running).toMatchObject({ stageNumber: 1, stages: 5, next: { en: 'Grading report on the 2025 form' }, name: 'Payments', waitsOn: undefined })
    expect(running.percent).toBeGreaterThan(0)
    expect(running.slack).toBeGreaterThan(0)
    const [finish] = [...(await listExpectedFinishes(db, [certificationId])).values()]
    expect(String(finish)).toBe(String(run.procedure.forecastOn))
    expect((await listNextSteps(db, [certificationId], 2)).get(certificationId)!.map((title) => title.en))
      .toEqual(['Grading report on the 2025 form', 'Expert review'])
    const late = runningOf(run, { calendar, asOf: day('2028-01-03'), title: { en: '', zh: '' } })
    expect(late.slack).toBeLessThan(0)
  })
})
