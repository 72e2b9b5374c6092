import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { bookObligation, dismissObligation, doneObligation, reopenObligation } from '../../src/app/obligations.ts'
import { setAway } from '../../src/app/people.ts'
import { abandonProcedure, getProcedure, retargetProcedure, startProcedure, stepsOfRun } from '../../src/app/procedures.ts'
import { replanEvery } from '../../src/app/replanning.ts'
import { type RunView, viewRuns } from '../../src/app/runs.ts'
import { addStage, addStep, assignSteps, editStep, markSteps, moveStage } from '../../src/app/steps.ts'
import { listHistory } from '../../src/store/history.ts'
import { listObligationsOf } from '../../src/store/obligations.ts'
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
    organisationId: 1, ownerId: cast.alice.id, scheme: 'mlps', name: 'Payments', days: { 'level-fixed': '2026-10-01', filing: '2026-10-12' },
  })).id
})
afterAll(() => opened.close())

const by = () => ({ now: app.clock.now(), by: cast.carol })
const start = (template: string, targetOn: string, startOn = '2026-11-24'): Promise<number> =>
  act(app, (db) => startProcedure(app, db, { certificationId, template, startOn: day(startOn), targetOn: day(targetOn) }, by()))
const mark = (id: number, codes: string[], state: 'in-progress' | 'waiting' | 'done' | 'skipped' | 'not-started', rest: object = {}) =>
  act(app, (db) => markSteps(db, id, codes, { state, on: day('2026-11-24'), ...rest }, by()))
const view = async (id: number, asOf?: string): Promise<RunView> => (await viewRuns(app, app.database.db, { ids: [id] }, asOf === undefined ? undefined : day(asOf)))[0]!
const step = (run: RunView, code: string) => run.stages.flatMap((stage) => stage.steps).find((one) => one.code === code)!
const duty = async (id: number, code: string) => (await listObligationsOf(app.database.db, [certificationId])).find((one) => one.ruleId === `run-${id}/${code}`)!

describe('a run with a day to be done by', () => {
  test('keeps each step to its last day, and that day is its duty', async () => {
    const id = await start('filing-extension', '2027-03-31')
    const run = await view(id)
    // Weekdays only: 24 working days, the last of them the day itself.
    expect(['1', '2', '3', '4', '5'].map((code) => `${code} ${step(run, code).latestStartOn.toString()} ${step(run, code).latestFinishOn.toString()}`)).toEqual([
      '1 2027-02-26 2027-03-04', '2 2027-03-05 2027-03-11', '3 2027-03-12 2027-03-12', '4 2027-03-15 2027-03-26', '5 2027-03-29 2027-03-31',
    ])
    expect(`${(await duty(id, '3')).opensOn!.toString()} ${(await duty(id, '3')).dueOn.toString()}`).toBe('2027-03-12 2027-03-12')
    expect([run.forecastOn.toString(), run.slack, run.risk, run.fits]).toEqual(['2026-12-25', 68, 'safe', true])
    expect(run.chain).toEqual(['1', '2', '3', '4', '5'])
  })

  test('that cannot fit says by how many working days and which steps bind, and asks nobody for the impossible', async () => {
    const id = await start('filing-extension', '2026-12-11')
    const run = await view(id)
    expect([run.forecastOn.toString(), run.slack, run.risk, run.fits, run.chain.join()]).toEqual(['2026-12-25', -10, 'danger', false, '1,2,3,4,5'])
    // The first days it could be done, not days that have passed.
    expect((await duty(id, '1')).dueOn.toString()).toBe('2026-11-30')
    expect((await duty(id, '1')).state).toBe('open')
  })

  test('sees a slip as it happens, and keeps each forecast', async () => {
    const id = await start('filing-extension', '2027-01-08')
    await mark(id, ['1'], 'in-progress')
    opened.clock.set('2026-12-07T10:00:00Z')
    await replanEvery(app, app.clock.now())
    opened.clock.set('2026-12-08T10:00:00Z')
    await replanEvery(app, app.clock.now())
    const run = await view(id)
    expect(run.forecasts.map((one) => `${one.asOf.toString()} ${one.finishOn.toString()} ${one.slack}`)).toEqual([
      '2026-11-24 2026-12-25 10', '2026-12-07 2027-01-01 5', '2026-12-08 2027-01-04 4',
    ])
    expect([run.risk, run.stages[0]!.risk]).toEqual(['tight', 'tight'])
  })
})

describe('a late step', () => {
  test('puts its stage at risk and sends no second mail', async () => {
    const id = await start('filing-extension', '2026-12-28')
    for (const moment of ['2026-11-24T09:00:00Z', '2026-12-01T09:00:00Z', '2026-12-03T09:00:00Z']) {
      await replanEvery(app, Temporal.Instant.from(moment))
      await planAt(opened, moment)
    }
    const run = await view(id, '2026-12-03')
    expect([run.stages[0]!.risk, step(run, '1').late, run.risk]).toEqual(['late', true, 'danger'])
    const said = (await ledger(app)).filter((one) => one.endsWith('said'))
    expect(said.filter((one) => one.includes('2026-12-01')).length).toBeGreaterThan(0)
    // One duty a step: none for the stage or the run.
    expect((await listObligationsOf(app.database.db, [certificationId])).filter((one) => one.kind === 'step')).toHaveLength(5)
  })
})

describe('an outside party', () => {
  test('is expected so long after it began, its own word counts more, and the plan slips with it', async () => {
    const id = await start('filing-extension', '2027-03-31')
    await mark(id, ['1', '2', '3'], 'done')
    await mark(id, ['4'], 'waiting', { waitsOn: 'public security' })
    expect((await duty(id, '4')).dueOn.toString()).toBe('2026-12-07')
    await mark(id, ['4'], 'waiting', { expectedOn: day('2027-01-15') })
    expect([(await duty(id, '4')).dueOn.toString(), (await duty(id, '4')).owedBy]).toEqual(['2027-01-15', 'outside'])
    const run = await view(id, '2027-02-01')
    expect([run.forecastOn.toString(), step(run, '4').late, run.waitsOn, run.waitingSince!.toString()]).toEqual(['2027-02-04', false, 'public security', '2026-11-24'])
  })
})

describe('what the target does not wait for', () => {
  test('is nobody\'s lateness before what it waits for has ended, however long that takes', async () => {
    const id = await start('five-stages', '2027-12-31')
    await mark(id, ['1', '2'], 'done')
    opened.clock.set('2027-11-24T10:00:00Z')
    await replanEvery(app, app.clock.now())
    // The authority comes when it comes: expected no sooner than today, and what its notice orders follows on.
    expect([String((await duty(id, '5.1')).dueOn), String((await duty(id, '5.2')).dueOn)]).toEqual(['2027-11-24', '2027-12-15'])
    const run = await view(id)
    expect([step(run, '5.2').late, step(run, '5.2').slack, String(step(run, '5.2').latestFinishOn), run.stages[4]!.risk]).toEqual([false, 0, '2027-12-15', 'safe'])
    await mark(id, ['5.1'], 'done', { on: day('2027-11-24') })
    opened.clock.set('2027-12-20T10:00:00Z')
    await replanEvery(app, app.clock.now())
    // From then on its days count.
    expect([String((await duty(id, '5.2')).dueOn), step(await view(id), '5.2').late]).toEqual(['2027-12-15', true])
  })
})

describe('who is away', () => {
  test('does no work meanwhile: the plan goes round it', async () => {
    const id = await start('filing-extension', '2027-03-31')
    await act(app, (db, now) => setAway(db, cast.alice, { from: day('2027-03-29'), until: day('2027-03-31') }, now))
    await replanEvery(app, app.clock.now())
    expect(step(await view(id), '5').latestFinishOn.toString()).toBe('2027-03-26')
    // Somebody who is there can still do it on the last days.
    await act(app, (db) => assignSteps(db, id, ['5'], cast.bob.id, by()))
    expect(`${(await duty(id, '5')).dueOn.toString()} ${(await duty(id, '5')).ownerId}`).toBe(`2027-03-31 ${cast.bob.id}`)
  })
})

describe('steps', () => {
  test('are marked and assigned many at once, or a whole stage by its code', async () => {
    const id = await start('five-stages', '2027-12-31')
    await mark(id, ['1.1', '1.2'], 'done')
    await act(app, (db) => assignSteps(db, id, ['3'], cast.bob.id, by()))
    await mark(id, ['5'], 'skipped', { reason: 'the authority came by itself' })
    const run = await view(id)
    expect(['1.1', '1.2', '5.1', '5.2'].map((code) => step(run, code).state)).toEqual(['done', 'done', 'skipped', 'skipped'])
    expect(run.stages[2]!.steps.every((one) => one.owner === cast.bob.name)).toBe(true)
    expect(run.stages.map((stage) => stage.percent)).toEqual([44, 0, 0, 0, 100])
  })

  test('are added, edited, put elsewhere, and planned with the rest', async () => {
    const id = await start('filing-extension', '2027-03-31')
    await act(app, (db) => addStep(db, id, {
      code: '2.1', title: { en: 'Ask the lawyers', zh: '法务审核' }, length: { unit: 'calendar', days: 7, text: 'P7D' }, stage: 'E', role: 'legal', deliverable: 'opinion',
      after: [{ step: '2', lag: 'P0WD' }], followers: ['3'], before: '3', ownerId: cast.bob.id,
    }, by()))
    const run = await view(id)
    expect(run.stages[0]!.steps.map((one) => one.code)).toEqual(['1', '2', '2.1', '3', '4', '5'])
    expect(`${step(run, '2.1').latestStartOn.toString()} ${step(run, '2.1').latestFinishOn.toString()} ${step(run, '2').latestFinishOn.toString()}`).toBe('2027-03-05 2027-03-11 2027-03-04')
    expect((await duty(id, '2.1')).ownerId).toBe(cast.bob.id)
    await act(app, (db) => editStep(db, id, '4', { length: { unit: 'working', days: 20, text: 'P20WD' } }, by()))
    expect(step(await view(id), '3').latestFinishOn.toString()).toBe('2027-02-26')
    await act(app, (db) => addStage(db, id, { code: 'F', title: { en: 'Afterwards', zh: '后续' }, after: ['E'], before: 'E' }, by()))
    await act(app, (db) => editStep(db, id, '2.1', { stage: 'E', before: '1' }, by()))
    expect((await view(id)).stages.map((stage) => `${stage.code} ${stage.steps.map((one) => one.code).join()}`)).toEqual(['F ', 'E 2.1,1,2,3,4,5'])
    await act(app, (db) => moveStage(db, id, 'E', 'F', by()))
    expect((await view(id)).stages.map((stage) => stage.code)).toEqual(['E', 'F'])
    expect((await listHistory(app.database.db, 'procedure', id)).map((one) => one.event)).toEqual(expect.arrayContaining(['step-added', 'step-edited', 'stage-added', 'stage-moved']))
  })

  test.each([
    ['wait for each other in a circle', (id: number) => act(app, (db) => editStep(db, id, '1', { after: [{ step: '5', lag: 'P0WD' }] }, by())), 'Steps would wait for each other in a circle: 1, 2, 3, 4, 5.'],
    ['wait for a step that is not there', (id: number) => act(app, (db) => editStep(db, id, '1', { after: [{ step: '9', lag: 'P0WD' }] }, by())), 'There is no step "9" to wait for. Steps: 1, 2, 3, 4, 5.'],
    ['have a code twice', (id: number) => act(app, (db) => addStep(db, id, { code: '1', title: { en: 'x', zh: 'x' }, length: { unit: 'working', days: 1, text: 'P1WD' }, stage: 'E', role: 'r', deliverable: 'd' }, by())), `Procedure 1 has a step "1" already: choose another code.`],
    ['stand in a stage that is not there', (id: number) => act(app, (db) => editStep(db, id, '1', { stage: 'Z' }, by())), 'Procedure 1 has no stage "Z". Stages: E.'],
  ])('that would %s are refused, and nothing is changed', async (_what, work, sentence) => {
    const id = await start('filing-extension', '2027-03-31')
    const before = JSON.stringify(await view(id))
    await expect(work(id)).rejects.toThrow(sentence)
    expect(JSON.stringify(await view(id))).toBe(before)
  })

  test('follow what is said of their duties: done, not applicable, open again', async () => {
    const id = await start('filing-extension', '2027-03-31')
    const [first, second] = [await duty(id, '1'), await duty(id, '2')]
    await act(app, (db) => doneObligation(app, db, first.id, day('2026-11-24'), by()))
    await act(app, (db) => dismissObligation(app, db, second.id, 'same as last year', by()))
    const run = await view(id)
    expect([step(run, '1').state, step(run, '2').state, step(run, '2').reason]).toEqual(['done', 'skipped', 'same as last year'])
    await act(app, (db) => reopenObligation(app, db, first.id, 'by mistake', by()))
    expect(step(await view(id), '1').state).toBe('not-started')
  })
})

describe('the day a run is for', () => {
  test('can be changed, and its steps move with it; what moves by more than a week is said from-to', async () => {
    const id = await start('filing-extension', '2027-03-31')
    await act(app, (db) => retargetProcedure(db, id, day('2027-04-30'), by()))
    const moved = await duty(id, '5')
    expect([moved.dueOn.toString(), moved.movedFrom!.toString(), moved.movedBy]).toEqual(['2027-04-30', '2027-03-31', cast.carol.name])
    await act(app, (db) => retargetProcedure(db, id, day('2027-05-04'), by()))
    expect((await duty(id, '5')).movedFrom!.toString()).toBe('2027-03-31')
    await expect(act(app, (db) => retargetProcedure(db, id, day('2026-11-23'), by()))).rejects.toThrow('The run is for 2026-11-23, which is before its start on 2026-11-24.')
  })
})

describe('a run that is given up', () => {
  test('ends with its reason, and what was left of it is owed no more', async () => {
    const id = await start('filing-extension', '2027-03-31')
    await mark(id, ['1'], 'done')
    await act(app, (db) => abandonProcedure(db, id, 'the paper was extended by the assessment', by()))
    const run = await getProcedure(app.database.db, id)
    expect([run.procedure.endedOn!.toString(), run.procedure.endReason]).toEqual(['2026-11-24', 'the paper was extended by the assessment'])
    expect((await Promise.all(stepsOfRun(run).map((one) => duty(id, one.code)))).map((one) => one.state)).toEqual(['met', 'not-applicable', 'not-applicable', 'not-applicable', 'not-applicable'])
    await expect(mark(id, ['2'], 'done')).rejects.toThrow(`Procedure ${id} ended on 2026-11-24.`)
  })
})

test('a step is not done before it began, nor tomorrow', async () => {
  const id = await start('filing-extension', '2027-03-31')
  await mark(id, ['1'], 'in-progress')
  await expect(mark(id, ['1'], 'done', { on: day('2026-11-23') })).rejects.toThrow('Step 1 began on 2026-11-24: it cannot have been done on 2026-11-23.')
  await expect(mark(id, ['1'], 'done', { on: day('2026-11-25') })).rejects.toThrow('2026-11-25 lies in the future (today is 2026-11-24).')
})

test('an agreed day of the audit holds the step that is the audit', async () => {
  const iso = (await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Office', days: { decision: '2026-06-15' } })).id
  const id = await act(app, (db) => startProcedure(app, db, { certificationId: iso, template: 'surveillance', startOn: day('2026-11-24') }, by()))
  const run = await view(id)
  expect([run.targetOn!.toString(), run.serves]).toEqual(['2027-06-15', 'surveillance-1'])
  const audit = (await listObligationsOf(app.database.db, [iso])).find((one) => one.ruleId === 'surveillance-1')!
  await act(app, (db) => bookObligation(app, db, audit.id, day('2027-05-12'), { ...by(), pastTheLimit: 'refuse' }))
  const booked = step(await view(id), 'C1')
  expect([booked.earliestFinishOn.toString(), booked.latestFinishOn.toString()]).toEqual(['2027-05-12', '2027-05-12'])
  expect((await view(id)).targetOn!.toString()).toBe('2027-06-15')
})
