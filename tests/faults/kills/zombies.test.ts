// A process that is stopped for longer than its lease and then goes on, as a virtual machine that was paused does:
// before the gate it is refused, after it what nobody can know is listed.

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Organisation } from '../../../src/core/person.ts'
import { testPostgres, type TestDatabase } from '../../helpers/database.ts'
import { drawAccount } from './account.ts'
import { finish } from './killing.ts'
import type { OwnPoint } from './points.ts'
import { addOwners, openStage, settle, type Stage, startReplica } from './stage.ts'

describe.skipIf('missing' in inject('postgres'))('a process that is stopped for longer than its lease', () => {
  let opened: TestDatabase & { readonly url: string }
  let stage: Stage
  let organisation: Organisation

  beforeAll(async () => {
    opened = await testPostgres()
    stage = await openStage({ DATABASE_URL: opened.url })
    organisation = await settle(stage)
  }, 120_000)
  afterAll(async () => {
    await stage?.close()
    await opened?.close()
  })

  const points: [point: OwnPoint, duplicates: number, inDoubt: number][] = [
    ['claim after commit', 0, 0], ['compose after commit', 0, 0], ['body handed over', 0, 0],
    // Stopped behind the gate, it writes its dot when it goes on, although another has long done so.
    ['gate after commit', 1, 1], ['answer read', 1, 1],
  ]

  test.each(points)('at "%s" leads to %i more copies, %i of them in doubt', async (point, duplicates, inDoubt) => {
    const before = await stage.use(async (app) => {
      await addOwners(app, organisation.id, [point.replace(/\W+/g, '-')])
      return await drawAccount(app, stage.sink.copies)
    })
    const zombie = startReplica(stage, { point, rounds: 1, signal: 'SIGSTOP' })
    await zombie.says(`at ${point}`)
    await stage.use(async (app, transport) => await finish(app, transport))
    zombie.process.kill('SIGCONT')
    expect(await zombie.ended).toBeUndefined()
    await stage.use(async (app) => {
      const after = await drawAccount(app, stage.sink.copies)
      expect(after.findings).toEqual([])
      expect([after.duplicates - before.duplicates, after.inDoubt - before.inDoubt]).toEqual([duplicates, inDoubt])
    })
  }, 120_000)
})
