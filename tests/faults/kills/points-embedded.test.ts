// A real process is killed at every named point, on the embedded database; whoever opens the folder next finishes its work.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Organisation } from '../../../src/core/person.ts'
import { killAt } from './killing.ts'
import { doubtful, points } from './points.ts'
import { openStage, settle, type Stage } from './stage.ts'

describe('a process that is killed, on the embedded database', () => {
  const home = mkdtempSync(join(tmpdir(), 'recert-kills-'))
  let stage: Stage
  let organisation: Organisation

  beforeAll(async () => {
    stage = await openStage({ RECERT_HOME: home })
    organisation = await settle(stage)
  }, 240_000)
  afterAll(async () => {
    await stage?.close()
    rmSync(home, { recursive: true, force: true })
  })

  test.each(points)('at "%s" has lost nothing, and nobody hears twice what is not in doubt', async (point) => {
    const killing = await killAt(stage, organisation.id, point, point.replace(/\W+/g, '-'))
    expect(killing.findings).toEqual([])
    expect(killing.duplicates).toBe(doubtful.has(point) ? 1 : 0)
  }, 120_000)
})
