// A connection that was kept and died while nothing was said costs no attempt: before the gate nothing can be doubled, so
// the mail goes at once over another.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectedOf, sent } from './fates.ts'
import { type Lab, morning, openLab } from './lab.ts'
import { fin, type Move, reset } from './scripted-server.ts'

let lab: Lab
beforeAll(async () => { lab = await openLab() })
beforeEach(() => lab.begin())
afterAll(() => lab.close())

test.each<[name: string, moves: readonly Move[]]>([
  ['alive', []], ['closed while it was idle', [fin]], ['broken off while it was idle', [reset]], ['said good-bye to while it was idle', ['421 4.4.2 idle too long', fin]],
  ['talked nonsense to while it was idle', ['and another thing']],
])('a kept connection that was %s', async (name, moves) => {
  await lab.warm()
  const before = lab.server.connections()
  await lab.server.interrupt(...moves)
  await lab.live(morning, {})
  expect(await lab.seen()).toEqual(expectedOf(sent, 'kept'))
  expect(lab.server.connections() - before).toBe(name === 'alive' ? 0 : 1)
})
