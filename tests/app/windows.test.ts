import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { keepHouse } from '../../src/app/jobs.ts'
import { editOrganisation } from '../../src/app/people.ts'
import { startProcedure } from '../../src/app/procedures.ts'
import { viewRuns } from '../../src/app/runs.ts'
import { listWindows, startOpenRuns } from '../../src/app/windows.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, type Cast, testApp, type TestApp } from '../helpers/records.ts'

let opened: TestApp
let app: App
let cast: Cast
let office: number

beforeAll(async () => {
  opened = await testApp()
  app = opened.app
})
beforeEach(async () => {
  await opened.reset()
  cast = await aCast(app)
  office = (await aCertification(app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Office', days: { decision: '2026-06-15' } })).id
})
afterAll(() => opened.close())

const windows = async (asOf?: string): Promise<string[]> => (await listWindows(app, { certificationId: office, asOf: asOf === undefined ? undefined : day(asOf) }, 100))
  .map((one) => `${one.template} ${one.dueOn.toString()} opens ${one.opensOn.toString()} begin by ${one.latestStartOn.toString()} ${one.slack}`)
const runs = async (): Promise<string[]> => (await viewRuns(app, app.database.db, {})).map((one) => `${one.template} for ${one.targetOn!.toString()} started ${one.startedOn.toString()} by ${one.startedBy}`)

describe('a run that nobody has started', () => {
  test('is listed with its duty, its window and the last day it may begin, the most urgent first', async () => {
    expect(await windows()).toEqual([
      // 41 working days to the audit, and a month of working days before that.
      'surveillance 2027-06-15 opens 2027-03-23 begin by 2027-04-20 105',
      // Once in the calendar year: its own window is the whole of it.
      'surveillance 2028-12-31 opens 2028-01-01 begin by 2028-11-03 508',
      'recertification 2029-06-15 opens 2028-11-06 begin by 2028-12-04 529',
    ])
  })

  test('says how late it is to begin, and is gone once its duty is past or has a run', async () => {
    expect((await windows('2027-05-04'))[0]).toBe('surveillance 2027-06-15 opens 2027-03-23 begin by 2027-04-20 -10')
    expect((await windows('2027-06-16'))[0]).toMatch(/^surveillance 2028-12-31/)
    await act(app, (db, now) => startProcedure(app, db, { certificationId: office, template: 'surveillance', startOn: day('2026-11-24') }, { now }))
    expect((await windows())[0]).toMatch(/^surveillance 2028-12-31/)
  })
})

describe('an organisation that wants runs to start by themselves', () => {
  const automatic = () => act(app, (db, now) => editOrganisation(app, db, 1, { runs: 'automatic' }, now))

  test('has one started on the day its window opens, once, and never before', async () => {
    await automatic()
    for (const moment of ['2027-03-22T10:00:00Z', '2027-03-23T10:00:00Z', '2027-03-24T10:00:00Z']) await startOpenRuns(app, Temporal.Instant.from(moment))
    expect(await runs()).toEqual(['surveillance for 2027-06-15 started 2027-03-23 by window'])
  })

  test('has one that was missed while the server was off started when it is on again', async () => {
    await automatic()
    opened.clock.set('2027-05-03T10:00:00Z')
    await keepHouse(app, app.clock.now())
    expect(await runs()).toEqual(['surveillance for 2027-06-15 started 2027-05-03 by window'])
    // Too late to fit: it says so from the first day.
    expect((await viewRuns(app, app.database.db, {}))[0]!.slack).toBeLessThan(0)
  })

  test('is the only one: by hand means by hand', async () => {
    opened.clock.set('2027-05-03T10:00:00Z')
    await keepHouse(app, app.clock.now())
    expect(await runs()).toEqual([])
  })
})
