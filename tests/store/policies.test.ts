import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LadderChange, ladderFor, type Place, placeKey } from '../../src/core/policy.ts'
import { type Db, violatedConstraint } from '../../src/store/database.ts'
import * as store from '../../src/store/policies.ts'
import { checkDutiesOnLadder, listObligationsById, setNextCheck } from '../../src/store/obligations.ts'
import { listProcedures } from '../../src/store/procedures.ts'
import { listCandidates, readSituation } from '../../src/store/reminders.ts'
import { startProcedure } from '../../src/app/procedures.ts'
import { markStep } from '../../src/app/steps.ts'
import { databases } from '../helpers/database.ts'
import { day, instant } from '../helpers/factory.ts'
import { aCast, aCertification, anOrganisation, type Cast, dutyOf, testApp, type TestApp } from '../helpers/records.ts'

const at = instant('2026-11-24T08:00:00Z')
const later = instant('2026-11-24T09:00:00Z')
const change = (...notices: readonly string[]): LadderChange =>
  ({ audiences: ['owner'], rungs: notices.map((notice) => ({ notice, audience: 'owner' })) })

describe.each(databases())('policies on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  let cast: Cast
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
  })
  beforeEach(async () => {
    await opened.reset()
    cast = await aCast(opened.app)
    await aCertification(opened.app, { organisationId: 1, ownerId: cast.alice.id })
  })
  afterAll(() => opened.close())

  const ladder = 'registration-expiry'
  const everywhere: Place = { kind: 'everywhere' }
  const places: readonly Place[] = [everywhere, { kind: 'organisation', id: 1 }, { kind: 'certification', id: 1 }, { kind: 'obligation', id: 1 }]
  const save = (place: Place, what: LadderChange, was?: store.KeptPolicy, now = at) => store.savePolicy(db, { ladder, place, change: what }, was, now)

  test('are kept one for each place, found there and read with their ladder', async () => {
    for (const [n, place] of places.entries()) await save(place, change(`P${n + 1}D`))
    for (const [n, place] of places.entries()) {
      const found = await store.findPolicy(db, ladder, place)
      expect([found && placeKey(found.place), found?.change.rungs[0]?.notice, found?.changedAt.toString()]).toEqual([placeKey(place), `P${n + 1}D`, at.toString()])
    }
    expect(await store.findPolicy(db, 'custom', everywhere)).toBeUndefined()
    const policies = await store.readPolicies(db)
    expect(policies.get(ladder)!.changes.size).toBe(4)
    expect(ladderFor(await dutyOf(opened.app, 1), policies)!.rungs.filter((rung) => rung.audience === 'owner').map((rung) => rung.notice)).toEqual(['P4D'])
    expect(policies.get('custom')!.changes.size).toBe(0)
  })

  test('are changed by one of two who read the same, and not by the other', async () => {
    expect(await save(everywhere, change('P1D'))).toBe(1)
    expect(await save(everywhere, change('P2D'))).toBeUndefined()
    const read = await store.findPolicy(db, ladder, everywhere)
    expect(await save(everywhere, change('P3D'), read, later)).toBe(1)
    expect(await save(everywhere, change('P4D'), read, later.add({ minutes: 1 }))).toBeUndefined()
    expect(await store.removePolicy(db, read!)).toBe(false)
    const now = await store.findPolicy(db, ladder, everywhere)
    expect(now?.change).toEqual(change('P3D'))
    expect(await store.removePolicy(db, now!)).toBe(true)
    expect(await store.findPolicy(db, ladder, everywhere)).toBeUndefined()
  })

  test('of before they had a place say all of a ladder', async () => {
    await db.execute(sql`insert into policy (ladder, rungs, changed_at) values (${ladder}, '{"rungs":[{"notice":"P9D","audience":"owner"}],"overdue":[],"late":[]}', ${at.toString()})`)
    const { rungs, overdue, late } = ladderFor({ ladder }, await store.readPolicies(db))!
    expect([rungs, overdue, late]).toEqual([[{ notice: 'P9D', audience: 'owner' }], [], []])
  })

  test('hold for one place or for all', async () => {
    const both = db.execute(sql`insert into policy (ladder, organisation_id, certification_id, rungs, changed_at) values ('x', 1, 1, '{}', ${at.toString()})`)
    expect(await both.then(() => 'nothing', violatedConstraint)).toBe('policy_holds_for_one_place_or_everywhere')
  })

  test('make the planner look again at the duties of their place, and at no others', async () => {
    const other = await anOrganisation(opened.app, 'Harbour Labs')
    await aCertification(opened.app, { organisationId: 1, name: 'Second' })
    await aCertification(opened.app, { organisationId: other.id, name: 'Third' })
    const clear = async () => {
      const all = await listObligationsById(db, [1, 2, 3])
      await setNextCheck(db, all.map(({ id, revision }) => ({ id, revision, at: undefined })))
    }
    const ids = async (place: Place, of = ladder): Promise<number[]> => {
      await clear()
      await checkDutiesOnLadder(db, of, place, later)
      return await listCandidates(db, [], later, { after: 0, limit: 10 })
    }
    expect(await ids(everywhere)).toEqual([1, 2, 3])
    expect(await ids({ kind: 'organisation', id: 1 })).toEqual([1, 2])
    expect(await ids({ kind: 'certification', id: 2 })).toEqual([2])
    expect(await ids({ kind: 'obligation', id: 3 })).toEqual([3])
    expect(await ids(everywhere, 'custom')).toEqual([])
  })
})

describe.each(databases())('what conditions ask about a run on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
    const { alice, bob } = await aCast(opened.app)
    const { id } = await aCertification(opened.app, { organisationId: 1, ownerId: alice.id, scheme: 'trucs', options: { service: 'cdn' }, days: { decision: '2026-06-01', expiry: '2027-12-31' } })
    await opened.app.database.transact((tx) => startProcedure(opened.app, tx, { certificationId: id, template: 'evaluation', startOn: day('2026-11-24') }, { now: at }))
    await db.execute(sql`update step set owner_id = ${bob.id} where code in ('A1', 'A2', 'B3')`)
    await db.execute(sql`update step set owner_id = ${alice.id} where code = 'A1'`)
  })
  afterAll(() => opened.close())

  const stepIds = async (...codes: readonly string[]): Promise<number[]> => {
    const [run] = await listProcedures(db, { ids: [1] })
    return run!.stages.flatMap((stage) => stage.steps).filter((step) => codes.includes(step.code)).map((step) => step.id)
  }

  test('who has unfinished steps, whether it was handed in, and which steps decide the finish', async () => {
    const [a1, c3] = await stepIds('A1', 'C3')
    const before = await readSituation(db, [1], [a1!, c3!])
    expect([...before.stepOwners]).toEqual([[1, [1, 2]]])
    expect([before.submitted.has(1), before.started.has(1)]).toEqual([false, true])
    expect([before.steps.get(a1!)?.critical, before.steps.get(c3!)?.critical]).toEqual([true, false])
    for (const code of ['A1', 'A2', 'A3', 'A4']) {
      await opened.app.database.transact((tx) => markStep(tx, 1, code, { state: 'done', on: day('2026-11-24') }, { now: later }))
    }
    const after = await readSituation(db, [1], [a1!])
    expect([...after.stepOwners]).toEqual([[1, [1]]])
    expect([after.submitted.has(1), after.steps.get(a1!)?.critical]).toEqual([true, false])
  })
})
