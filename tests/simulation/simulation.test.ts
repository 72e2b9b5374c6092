// The simulator itself: that a seed can be played again, that the database shows true time, that answers kept are answers true.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalogue, schemeFolders } from '../../src/app/schemes.ts'
import { rows } from '../../src/store/database.ts'
import { openClockwork } from './clockwork.ts'
import { randomOf } from './random.ts'
import { readLetter } from './reading.ts'
import { runSeed } from './run.ts'
import { openStore, type SimulatedStore } from './store.ts'

let store: SimulatedStore
beforeAll(async () => { store = await openStore() }, 180_000)
afterAll(() => store.close())

const nobody = { before: async () => undefined, inside: () => undefined, beforeCommit: () => undefined, afterCommit: async () => undefined }
const at = Date.UTC(2031, 4, 6, 7, 8, 9)

describe('the database of a simulation', () => {
  test('shows true time where leases are judged', async () => {
    await store.begin(openClockwork(at, randomOf('any')))
    const database = store.open(nobody)
    const [outside] = await rows<{ now: string }>(database.db, sql`select clock_timestamp()::text as now`)
    const inside = await database.transact(async (db) => (await rows<{ now: string }>(db, sql`select (clock_timestamp() + interval '90 seconds')::text as now`))[0])
    expect([outside!.now, inside!.now]).toEqual(['2031-05-06 07:08:09+00', '2031-05-06 07:09:39+00'])
  })

  test('answers anew once a table has changed, also where the change is taken back', async () => {
    await store.begin(openClockwork(at, randomOf('any')))
    const database = store.open(nobody)
    const facts = async (db = database.db): Promise<string[]> => (await rows<{ name: string }>(db, sql`select name from installation order by name`)).map((one) => one.name)
    const write = (name: string) => sql`insert into installation (name, value) values (${name}, 'x')`
    expect(await facts()).toEqual([])
    await database.transact((db) => db.execute(write('a')))
    expect(await facts()).toEqual(['a'])
    await expect(database.transact(async (db) => {
      await db.execute(write('b'))
      expect(await facts(db)).toEqual(['a', 'b'])
      throw new Error('no')
    })).rejects.toThrow('no')
    expect(await facts()).toEqual(['a'])
  })
})

test('a seed lives the same life each time', { timeout: 300_000 }, async () => {
  const catalogue = await loadCatalogue(schemeFolders('/nowhere'))
  const first = await runSeed(store, catalogue, 3, 0.04)
  const again = await runSeed(store, catalogue, 3, 0.04)
  expect(again.hash).toBe(first.hash)
  expect(first.findings).toEqual([])
})

test('a mail says to its reader what it says to the oracle', () => {
  const raw = Buffer.from([
    'To: Alice <alice@example.org>', 'Subject: FIPS 140-3 Module 0: expires in 30 days', 'Message-ID: <abc@example.org>', 'Date: Tue, 2 Mar 2027 09:00:00 +0000', '',
    '--x', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable', '',
    'Hello Alice,', '2 things need you; one of them is late.', '', 'Late (1)', 'The last allowed day has passed.', '',
    '* FIPS 140-3 Module 1', '  Expired: valid until Mon 1 Mar 2027, yesterday', '  Why: CMVP, late =', 'notice no. 1, passed up to you', '',
    'Passed up to you (1)', 'The owner has been told. You hear because it is getting close or is still open.', '',
    '* FIPS 140-3 Module 2', '  Valid until Fri 5 Mar 2027: expires in 3 days', '  Why: CMVP, five working days without an answer to the 30-day notice', '', '--x--',
  ].join('\r\n'))
  expect(readLetter(raw).lines).toEqual([
    { certificate: 'Module 1', notice: 'overdue-1', purpose: 'escalation', countedTo: '2027-03-01', daysLeft: -1 },
    { certificate: 'Module 2', notice: 'silence-P30D', purpose: 'escalation', countedTo: '2027-03-05', daysLeft: 3 },
  ])
})
