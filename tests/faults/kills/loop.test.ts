// Three replicas on one PostgreSQL, killed at random while mail goes out; the long run is a command (main.ts).

import { describe, expect, inject, test } from 'vitest'
import { testPostgres } from '../../helpers/database.ts'
import { killAtRandom } from './loop.ts'
import { openStage, settle } from './stage.ts'

describe.skipIf('missing' in inject('postgres'))('three replicas that are killed at random', () => {
  test('send every mail, and none twice that is not in doubt', async () => {
    const opened = await testPostgres()
    const stage = await openStage({ DATABASE_URL: opened.url }, { slowness: 20, settings: { RECERT_MAIL_CONNECTIONS: '5' } })
    const organisation = await settle(stage)
    const result = await killAtRandom(stage, organisation.id, { replicas: 3, kills: 4, mails: 40, random: Math.random })
    expect(result.findings).toEqual([])
    expect(result).toMatchObject({ kills: 4, mails: 40 })
    await stage.close()
    await opened.close()
  }, 300_000)
})
