// One case of the matrix, lived: the attempts before it, the fault, what must be seen of it; and then the server is well, and
// the mail has arrived once, or once more where nobody could know that it had arrived.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { retryMessage } from '../../../src/app/messages.ts'
import type { Case } from './envelope-cases.ts'
import { type Attempt, expectedOf, type Fate } from './fates.ts'
import { type Lab, mailIn, morning, openLab, type Way } from './lab.ts'
import { expectNoSecrets } from './secrets.ts'

const minutesAfter = (moment: string, minutes: number): string => Temporal.Instant.from(moment).add({ minutes }).toString()
const moments: Readonly<Record<Attempt, string>> = { first: morning, kept: morning, third: minutesAfter(morning, 3) }
const titles: Readonly<Record<Attempt, string>> = { first: 'the first attempt', third: 'the third attempt', kept: 'an attempt over a connection that was kept' }

/** Makes a test of every case at each of these attempts. */
export function playAll(groups: Readonly<Record<string, readonly Case[]>>, tried: readonly Attempt[]): void {
  let lab: Lab
  beforeAll(async () => { lab = await openLab() })
  beforeEach(() => lab.begin())
  afterAll(() => lab.close())
  describe.each(Object.keys(groups))('%s', (group) => {
    describe.each(tried.map((attempt) => [titles[attempt], attempt] as const))('%s', (_title, attempt) => {
      test.each(groups[group]!.map((one) => [one[0], one] as const))('%s', async (_name, one) => await play(lab, one, attempt))
    })
  })
  test('nothing that was logged meanwhile holds an address, a name, a word of a mail, a link or a password', () => expectNoSecrets(lab.lines))
}

async function play(lab: Lab, [, script, fate, way]: Case, attempt: Attempt): Promise<void> {
  await prepare(lab, attempt, way)
  await lab.live(moments[attempt], script)
  expect(await lab.seen()).toEqual(expectedOf(fate, attempt))
  expect((await lab.deliveries()).filter((one) => one === 'in-doubt')).toHaveLength(fate.is === 'doubt' ? 1 : 0)
  await heal(lab, fate, moments[attempt], way)
  expectSameCopies(lab)
  // The next in line hears exactly where the address was marked.
  expect((await mailIn(lab.app)).slice(1)).toEqual(fate.is === 'recipient gone' ? ['Bob sent', 'Carol sent'] : [])
}

async function prepare(lab: Lab, attempt: Attempt, way: Way | undefined): Promise<void> {
  if (attempt === 'third') await failTwice(lab)
  if (way) await lab.reach(way)
  if (attempt === 'kept') await lab.warm()
}

/** Two attempts that failed: at the recipient, and once the server had it all. */
async function failTwice(lab: Lab): Promise<void> {
  await lab.live(morning, { RCPT: '450 4.2.0 greylisted' })
  await lab.live(minutesAfter(morning, 1), { dot: '451 4.3.0 try later' })
  expect(await lab.seen()).toMatchObject({ message: 'deferred, 2 counted, again in PT2M' })
}

/** When the mail goes out again: after a pause of the channel, after its lease, at its own moment, when somebody says so. */
const minutesUntilHealed: Readonly<Record<Exclude<Fate['is'], 'later'>, number>> = {
  'site': 1, 'doubt': 12, 'message refused': 30, 'recipient gone': 1, 'sent': 1,
}

async function heal(lab: Lab, fate: Fate, moment: string, way: Way | undefined): Promise<void> {
  const before = await lab.message()
  await lab.reach(way?.moved ? {} : { ...way, shut: false })
  if (fate.is === 'doubt') await lab.endLeases()
  if (fate.is === 'message refused') await lab.app.database.transact((db) => retryMessage(db, before.id, lab.app.clock.now()))
  const due = fate.is === 'later' ? before.nextAttemptAt.toString() : minutesAfter(moment, minutesUntilHealed[fate.is])
  const well = way?.moved ? {} : way?.well ?? {}
  await lab.live(due, well)
  await lab.live(minutesAfter(due, 60), well)
  const { message, kept, channel } = await lab.seen()
  // By hand it begins anew; a doubt was an attempt once its lease is over.
  const counted = fate.is === 'message refused' ? 1 : before.attempts + (fate.is === 'sent' ? 0 : fate.is === 'doubt' ? 2 : 1)
  expect([message, kept, channel]).toEqual(fate.is === 'recipient gone'
    ? [`rejected, ${before.attempts} counted`, 0, 'open']
    : [`sent, ${counted} counted`, 'kept' in fate ? fate.kept + 1 : 1, 'open'])
}

/** All copies of a mail are the same to the last byte. */
function expectSameCopies({ server: { kept } }: Lab): void {
  for (const one of kept) expect(one.raw.equals(kept.find(({ messageId }) => messageId === one.messageId)!.raw)).toBe(true)
}
