// A real process is killed at every named point, on PostgreSQL; whoever comes next finishes its work.

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Organisation } from '../../../src/core/person.ts'
import { createDatabase, dropDatabase, urlOf } from '../../helpers/postgres.ts'
import { killAt } from './killing.ts'
import { doubtful, points } from './points.ts'
import { openStage, settle, type Stage } from './stage.ts'

const server = inject('postgres')

describe.skipIf('missing' in server)('a process that is killed, on PostgreSQL', () => {
  let stage: Stage
  let organisation: Organisation
  let name: string

  beforeAll(async () => {
    if ('missing' in server) return
    name = await createDatabase(server.url, server.template)
    stage = await openStage({ DATABASE_URL: urlOf(server.url, name) })
    organisation = await settle(stage)
  }, 120_000)
  afterAll(async () => {
    await stage?.close()
    if (!('missing' in server)) await dropDatabase(server.url, name)
  })

  test.each(points)('at "%s" has lost nothing, and nobody hears twice what is not in doubt', async (point) => {
    const killing = await killAt(stage, organisation.id, point, point.replace(/\W+/g, '-'))
    expect(killing.findings).toEqual([])
    expect(killing.duplicates).toBe(doubtful.has(point) ? 1 : 0)
  }, 120_000)
})
