// A classified system whose filing certificate prints 2027-12-31, planned over a Spring Festival and a National Day
// that nobody has announced yet, and again once they are; and what two completed assessments make of its end.

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { importCalendar } from '../../src/app/calendar-import.ts'
import { decideCertification } from '../../src/app/decisions.ts'
import { startProcedure } from '../../src/app/procedures.ts'
import { type RunView, viewRuns } from '../../src/app/runs.ts'
import { listObligationsOf } from '../../src/store/obligations.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, testApp, type TestApp } from '../helpers/records.ts'

let opened: TestApp
let app: App
let system: number

beforeAll(async () => {
  opened = await testApp()
  app = opened.app
})
beforeEach(async () => {
  await opened.reset()
  opened.clock.set('2026-12-01T01:00:00Z')
  const cast = await aCast(app, { calendar: 'CN', zone: 'Asia/Shanghai' })
  system = (await aCertification(app, {
    organisationId: 1, ownerId: cast.alice.id, scheme: 'mlps', name: 'Payments', days: { filing: '2025-01-01', expiry: '2027-12-31', report: '2026-11-10' },
  })).id
})
afterAll(() => opened.close())

const start = (template: string, obligationId?: number): Promise<number> =>
  act(app, (db, now) => startProcedure(app, db, { certificationId: system, template, startOn: day('2026-12-01'), obligationId }, { now }))
const view = async (id: number): Promise<RunView> => (await viewRuns(app, app.database.db, { ids: [id] }))[0]!
const stepsIn = (run: RunView) => run.stages.flatMap((stage) => stage.steps)
const lastDays = (run: RunView, ...codes: string[]): string[] => codes.map((code) => {
  const step = stepsIn(run).find((one) => one.code === code)!
  return `${code} ${step.latestStartOn.toString()} to ${step.latestFinishOn.toString()}${step.provisional ? ' provisional' : ''}`
})
const owed = async (rule: string) => (await listObligationsOf(app.database.db, [system])).findLast((one) => one.ruleId === rule && one.state === 'open')!

describe('a filing certificate that prints 2027-12-31', () => {
  test('has its extension planned back from that day, over a National Day nobody has announced', async () => {
    const run = await view(await start('filing-extension'))
    expect([run.targetOn!.toString(), run.serves]).toEqual(['2027-12-31', 'filing-extension'])
    expect(lastDays(run, '1', '2', '3', '4', '5')).toEqual([
      '1 2027-11-30 to 2027-12-06 provisional', '2 2027-12-07 to 2027-12-13 provisional', '3 2027-12-14 to 2027-12-14 provisional',
      '4 2027-12-15 to 2027-12-28 provisional', '5 2027-12-29 to 2027-12-31 provisional',
    ])
    // It cannot be applied for before the window opens on 1 October, a Friday: begun a year early, it is finished no sooner.
    const apply = stepsIn(run).find((step) => step.code === '3')!
    expect([apply.earliestStartOn.toString(), run.forecastOn.toString(), run.slack]).toEqual(['2027-10-01', '2027-10-20', 52])
  })

  test('has the assessment of 2027 planned across both festivals; announced, they take days away and nothing is provisional any more', async () => {
    const id = await start('yearly-assessment')
    const before = await view(id)
    expect([before.targetOn!.toString(), before.latestOn!.toString(), before.serves]).toEqual(['2027-11-10', '2027-12-31', 'yearly-assessment'])
    // Counted by weekends alone: February and the first week of October are working weeks like any other.
    expect(lastDays(before, '3.1', '4.3', '4.4', '4.7')).toEqual([
      '3.1 2027-06-25 to 2027-08-05 provisional', '4.3 2027-08-25 to 2027-09-14 provisional', '4.4 2027-09-15 to 2027-09-24 provisional', '4.7 2027-11-01 to 2027-11-10 provisional',
    ])
    expect([before.forecastOn.toString(), before.slack]).toEqual(['2027-04-16', 148])

    const bytes = readFileSync(new URL('../samples/calendar-cn-2027.ics', import.meta.url))
    await importCalendar(app, { calendar: 'CN', file: 'cn-2027.ics', bytes, dryRun: false })
    const after = await view(id)
    expect(stepsIn(after).some((step) => step.provisional)).toBe(false)
    // What lies before National Day must begin earlier, what lies after it stays.
    expect(lastDays(after, '4.7')).toEqual(['4.7 2027-11-01 to 2027-11-10'])
    expect(Temporal.PlainDate.compare(stepsIn(after)[0]!.latestStartOn, stepsIn(before)[0]!.latestStartOn)).toBe(-1)
    // The Spring Festival falls into the first days it could be done: the forecast is later.
    expect(Temporal.PlainDate.compare(after.forecastOn, before.forecastOn)).toBe(1)
    // The duties moved with the steps, a few days each: what was said of them stays said.
    const moved = (await listObligationsOf(app.database.db, [system])).filter((one) => one.kind === 'step')
    expect(moved.map((one) => one.dueOn.toString())).toEqual(stepsIn(after).map((step) => step.finishOn!.toString()).toSorted())
    expect(moved.filter((one) => one.movedFrom !== undefined)).toEqual([])
    expect(after.forecasts.map((one) => one.finishOn.toString())).toEqual([after.forecastOn.toString()])
  })

  test('ends two years later after two completed assessments, the second year unverified, and the run moves with it', async () => {
    const run = await start('filing-extension')
    const extend = (on: string) => act(app, (db, now) => decideCertification(app, db, system, { kind: 'extend', decidedOn: day(on) }, now))
    await extend('2025-11-20')
    const once = await owed('expiry')
    expect([once.dueOn.toString(), once.mark]).toEqual(['2028-12-31', 'confirmed'])
    await extend('2026-11-20')
    const twice = await owed('expiry')
    expect([twice.dueOn.toString(), twice.mark]).toEqual(['2029-12-31', 'unverified'])
    expect(twice.basis).toContain('does not say whether each further assessment adds another year')
    // The run was for a request that the extension has made needless.
    expect((await listObligationsOf(app.database.db, [system])).filter((one) => one.ruleId === 'filing-extension').map((one) => `${one.dueOn.toString()} ${one.state}`))
      .toEqual(['2027-12-31 not-applicable', '2028-12-31 not-applicable', '2029-12-31 open'])
    expect((await view(run)).targetOn!.toString()).toBe('2027-12-31')
    const next = await view(await start('filing-extension'))
    expect([next.targetOn!.toString(), stepsIn(next).every((step) => step.provisional)]).toEqual(['2029-12-31', true])
  })
})
