import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Db, violatedConstraint } from '../../src/store/database.ts'
import * as store from '../../src/store/jobs.ts'
import { insertSession, insertSignInLink } from '../../src/store/sessions.ts'
import { databases } from '../helpers/database.ts'
import { instant } from '../helpers/factory.ts'
import { anOrganisation, aPerson, testApp, type TestApp } from '../helpers/records.ts'

const at = instant('2026-11-24T08:00:00Z')
const plus = (duration: string) => at.add(duration)

describe.each(databases())('runs and facts on %s', (_, open) => {
  let opened: TestApp
  let db: Db
  beforeAll(async () => {
    opened = await testApp(open)
    db = opened.app.database.db
  })
  beforeEach(() => opened.reset())
  afterAll(() => opened.close())

  const run = async (job: string, startedAt = at, outcome?: 'done' | 'failed', asOf = startedAt): Promise<number> => {
    const id = await store.startRun(db, job, { startedAt, asOf })
    if (outcome) await store.endRun(db, id, outcome === 'done' ? { outcome, counts: { said: 2 } } : { outcome, error: 'no disk' }, startedAt)
    return id
  }

  test('the last run of each job is told, whatever became of it', async () => {
    await run('a', at, 'done')
    await run('b', plus('PT1H'), 'done')
    await run('a', plus('PT2H'), 'failed')
    await run('b', plus('PT2H'))
    expect((await store.listLastRuns(db)).map((one) => [one.job, one.outcome, one.error, one.counts])).toEqual([['a', 'failed', 'no disk', null], ['b', null, null, null]])
    expect(await store.findLastDone(db, 'a')).toMatchObject({ outcome: 'done', counts: { said: 2 } })
    expect(await store.findLastDone(db, 'c')).toBeUndefined()
  })

  test('runs are counted by the moment they were about, from the first included to the last excluded', async () => {
    await run('a', at, 'done')
    await run('a', plus('PT1H'), 'failed')
    await run('a', plus('PT2H'), 'done')
    await run('b', at, 'done')
    await run('a', plus('PT3H'), 'done', at)
    expect(await store.countRuns(db, 'a', at, plus('PT2H'))).toEqual({ done: 2, failed: 1 })
  })

  test('a run that ended has an outcome', async () => {
    const id = await run('a')
    const fault = await store.endRun(db, id, { outcome: JSON.parse('"half"') }, at).then(() => undefined, violatedConstraint)
    expect(fault).toBe('job_run_outcome_is_done_or_failed')
  })

  test('a watermark follows the clock, also back', async () => {
    expect(await store.findWatermark(db, 'plan')).toBeUndefined()
    await store.moveWatermark(db, 'plan', plus('PT1H'))
    await store.moveWatermark(db, 'plan', at)
    await store.moveWatermark(db, 'other', at)
    expect((await store.findWatermark(db, 'plan'))?.toString()).toBe(at.toString())
    await store.moveWatermark(db, 'plan', plus('PT2H'))
    expect((await store.findWatermark(db, 'plan'))?.toString()).toBe(plus('PT2H').toString())
  })

  test('a fact is kept as it was first said, or saved anew', async () => {
    expect(await store.findFact(db, 'url')).toBeUndefined()
    expect([await store.keepFact(db, 'url', 'a'), await store.keepFact(db, 'url', 'b')]).toEqual(['a', 'a'])
    await store.saveFact(db, 'url', 'c')
    expect(await store.findFact(db, 'url')).toBe('c')
  })

  test('old traces go: runs that did their work, dead sessions and links; a failure stays', async () => {
    await anOrganisation(opened.app)
    await aPerson(opened.app, { name: 'Ann', organisationId: 1 })
    await run('a', at, 'done')
    await run('a', at, 'failed')
    await run('a', plus('PT1H'), 'done')
    for (const [tokenHash, expiresAt] of [['old', at], ['new', plus('PT2H')]] as const) {
      await insertSession(db, { personId: 1, tokenHash, createdAt: at, expiresAt })
      await insertSignInLink(db, { personId: 1, tokenHash, createdAt: at, expiresAt })
    }
    expect(await store.removeOldTraces(db, plus('PT1H'))).toEqual({ runs: 1, sessions: 1, links: 1 })
    expect(await store.countRuns(db, 'a', at, plus('PT2H'))).toEqual({ done: 1, failed: 1 })
  })

  test('a run whose process died is failed, one under way is not', async () => {
    await run('a', at)
    await run('b', plus('PT6H'))
    expect(await store.failLostRuns(db, plus('PT1H'), plus('PT6H'))).toBe(1)
    expect((await store.listLastRuns(db)).map((one) => [one.job, one.outcome, one.error])).toEqual([['a', 'failed', 'the process ended before the run did'], ['b', null, null]])
  })

  test('dead rows can be freed', async () => {
    await store.saveFact(db, 'url', 'a')
    await expect(store.vacuum(db)).resolves.toBeUndefined()
  })
})
