// A year of three people in China, 2026, with real mail: Alice owns three certificates, Bob is her line
// manager, Carol manages compliance. Eve stands in for Alice, who is away in July and whose mailbox is
// closed for a month in autumn. Dan has nothing to do with any of it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { act } from '../../src/app/app.ts'
import { publishedCalendars } from '../../src/app/calendars.ts'
import { editPerson, getOrganisation, getPerson, goLive, setAway } from '../../src/app/people.ts'
import { isWorkingDay } from '../../src/core/calendar.ts'
import { weekOf } from '../../src/core/day.ts'
import type { Transport } from '../../src/mail/transport.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { day, daysFrom } from '../helpers/factory.ts'
import { asLines, beginLife, decide, type Deed, done, enter, type Life, liveTables, type Row, serverRuns } from '../helpers/timeline.ts'

const table: readonly Row[] = [
  ['2026-01-05', 'three certificates are entered', 'Alice: (unconfirmed)'], // what was past already is asked about once
  ['2026-01-06', 'the server runs on Mondays', ''],
  ['2026-02-13', 'the server runs every day', ''], //     through Spring Festival, from the 15th to the 23rd
  ['2026-02-27', 'the server runs on Mondays', ''],
  ['2026-04-03', 'the server runs every day', ''],
  ['2026-04-13', '', 'Alice: expiry P180D'],
  ['2026-04-24', '', 'Alice: surveillance-1 P150D'],
  ['2026-05-22', '', 'Alice: first-assessment P180D'],
  ['2026-06-08', '', 'Alice: surveillance-1 P105D'],
  ['2026-07-03', 'Alice is away from the 6th to the 31st', ''],
  ['2026-07-08', '', 'Bob: surveillance-1 P75D | Carol: surveillance-1 P75D | Eve: surveillance-1 P75D'],
  ['2026-07-10', '', 'Eve: expiry P90D'],
  ['2026-07-23', '', 'Bob: first-assessment P120D | Eve: first-assessment P120D'],
  ['2026-08-07', '', 'Alice: surveillance-1 P45D'], //    back, and not told again what Eve was told for her
  ['2026-08-21', '', 'Carol: first-assessment P90D'],
  ['2026-09-10', '', 'Alice: expiry P30D'],
  ['2026-09-17', '', 'Alice: (closure) | Bob: expiry silence-P30D'], // National Day is near; five working days without an answer
  ['2026-09-21', '', 'Alice: first-assessment P60D'],
  ['2026-09-22', 'Alice\'s mailbox is closed', 'Alice (refused) | Bob: surveillance-1 overdue-1'],
  ['2026-09-23', '', 'Carol: (bounced) | Eve: (closure) + expiry P30D + first-assessment P60D + surveillance-1 overdue-1'], // where each stands now
  ['2026-09-29', '', 'Eve: surveillance-1 overdue-2'],
  ['2026-09-30', '', 'Bob: expiry P7D | Carol: expiry P7D | Eve: expiry P7D'], // the last working day before the holiday
  ['2026-10-08', '', 'Eve: surveillance-1 overdue-3'], //                         the first after it
  ['2026-10-10', '', 'Eve: expiry P0D'], //                                       a Saturday that is worked
  ['2026-10-12', '', 'Bob: expiry overdue-1 | Eve: expiry overdue-1'],
  ['2026-10-13', '', 'Eve: surveillance-1 overdue-4'],
  ['2026-10-16', 'Alice has a new address', 'Alice: expiry overdue-1 + surveillance-1 overdue-4'],
  ['2026-10-19', '', 'Alice: expiry overdue-2'],
  ['2026-10-20', '', 'Alice: surveillance-1 overdue-5'],
  ['2026-10-21', 'the audit was carried out', 'Alice: first-assessment P30D'],
  ['2026-10-22', 'the module is given up', ''],
  ['2026-10-28', '', 'Bob: first-assessment silence-P30D'],
  ['2026-11-06', '', 'Alice: first-assessment P14D | Bob: first-assessment P14D | Carol: first-assessment P14D'],
  ['2026-11-13', '', 'Bob: first-assessment silence-P14D'],
  ['2026-11-20', '', 'Alice: first-assessment P0D'], // late only after the end of the year, by the looser reading
  ['2026-12-07', '', 'Alice: self-check/2026 P30D'], // tier B: on a Monday
  ['2026-12-24', '', 'Alice: self-check/2026 P7D'],
  ['2026-12-31', '', 'Alice: self-check/2026 P0D'],
]

const closed = new Set<string>()

/** A mail server that knows no mailbox that is closed. */
const mailServer: Transport = {
  send: async ({ to }, gate) => {
    if (closed.has(to)) return { outcome: 'rejected', fault: 'recipient', phase: 'rcpt', reply: '550 5.1.1 no such mailbox' }
    return await gate() ? { outcome: 'sent', reply: '250 taken' } : { outcome: 'refused-at-gate' }
  },
  verify: async () => ({ ok: true }),
  close: async () => undefined,
}

const toAlice = (change: (life: Life, db: Parameters<typeof getPerson>[0], now: Temporal.Instant) => Promise<unknown>): Deed => async (life) => {
  await act(life.app, (db, now) => change(life, db, now))
}

const deeds: Readonly<Record<string, Deed>> = {
  'three certificates are entered': async (life) => {
    await enter({ scheme: 'iso-27001', name: 'Head office' }, { decision: '2025-09-21' })(life)
    const audited = life.certificationId
    await enter({ scheme: 'mlps', name: 'Payments' }, { filing: '2025-11-20' })(life)
    await enter({ scheme: 'fips-140', name: 'Module', options: { level: '1' } }, { decision: '2021-10-11' })(life)
    ids = { audited, module: life.certificationId }
  },
  'the server runs on Mondays': serverRuns('on Mondays'),
  'the server runs every day': serverRuns('daily'),
  'Alice is away from the 6th to the 31st': toAlice(async (_life, db, now) =>
    setAway(db, await getPerson(db, 'alice@example.org'), { from: day('2026-07-06'), until: day('2026-07-31') }, now)),
  'Alice\'s mailbox is closed': async () => { closed.add('alice@example.org') },
  'Alice has a new address': toAlice(async (_life, db, now) =>
    editPerson(db, await getPerson(db, 'alice@example.org'), { email: 'alice.new@example.org' }, now)),
  'the audit was carried out': async (life) => {
    life.certificationId = ids.audited
    await done('surveillance-1')(life)
  },
  'the module is given up': async (life) => {
    life.certificationId = ids.module
    await decide('cancel')(life)
  },
}

let ids = { audited: 0, module: 0 }

describe('a year of three people', () => {
  let opened: TestDatabase
  let life: Life
  let lived: string[]

  beforeAll(async () => {
    opened = await testDatabase()
    life = await beginLife(opened.database, '2026-01-05', {
      zone: 'Asia/Shanghai', calendar: 'CN', people: [
        { name: 'Carol', roles: ['compliance-manager'] }, { name: 'Bob', roles: ['owner'] }, { name: 'Eve', roles: ['owner'] },
        { name: 'Alice', roles: ['owner'], supervisor: 'Bob', deputy: 'Eve' }, { name: 'Dan', roles: ['owner'] },
      ],
    })
    life.transport = mailServer
    const sending = { ...life.app, config: { ...life.app.config, mail: 'smtp' as const } }
    await act(sending, async (db, now) => goLive(sending, db, await getOrganisation(db, 'Example Ltd'), now))
    lived = (await liveTables(life, [table], deeds))[0]!
  }, 180_000)
  afterAll(() => opened.close())

  test('brought each of them what concerned them, on working days of China, once', () => {
    expect(lived).toEqual(asLines(table))
  })

  test('brought nobody two mails on a day, and no mail on a day off', () => {
    const calendar = publishedCalendars().get('CN')!
    for (const line of lived.filter((one) => one.includes(': '))) {
      const told = line.slice(58)
      const names = told.split(' | ').map((one) => one.split(':')[0])
      expect(new Set(names).size, line).toBe(names.length)
      expect(told, line).not.toContain('(part')
      expect(isWorkingDay(day(line.slice(0, 10)), calendar), line).toBe(true)
    }
  })

  test('brought 18 mails to Alice and one that came back, 9 to Bob, 5 to Carol, 10 to Eve, none to Dan', () => {
    const names = lived.flatMap((line) => line.slice(58).split(' | ').filter((one) => one !== '').map((one) => one.split(':')[0]!))
    const counts = Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]))
    expect(counts).toEqual({ 'Alice': 18, 'Alice (refused)': 1, 'Bob': 9, 'Carol': 5, 'Eve': 10 })
  })

  test('brought Carol one status a week, in the week of Spring Festival too', () => {
    expect(life.digests).toEqual([...new Set(daysFrom('2026-01-05', '2026-12-31').map((one) => `${weekOf(day(one))} Carol`))])
  })

  test('raised one alarm: the mail that came back', () => {
    expect(life.alarms).toEqual(['a mail could not be delivered'])
  })
})
