// What `simulate` foretells against what then happens: the same records, the same days, the same jobs. Eight
// certifications, an absence, an owner whose address bounced, a week of holidays, readers in two zones.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import { act } from '../../src/app/app.ts'
import { type SimulatedMail, simulate } from '../../src/app/life.ts'
import { listMessages } from '../../src/app/lists.ts'
import { getPerson, setAway } from '../../src/app/people.ts'
import { updatePerson } from '../../src/store/people.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { day, daysFrom } from '../helpers/factory.ts'
import { beginLife, enter, type Life, runJobsAt } from '../helpers/timeline.ts'

const [first, last] = ['2026-09-28', '2026-10-09'] // over National Day, the 1st to the 7th
/** Foretold from this day, after three that nobody asked about. */
const later = '2026-10-01'

let opened: TestDatabase
let life: Life
let foretold: string[]
let foretoldLater: string[]
let happened: string[]
let keptByForetelling: number

beforeAll(async () => {
  opened = await testDatabase()
  life = await beginLife(opened.database, first, {
    zone: 'Asia/Shanghai', calendar: 'CN', people: [
      { name: 'Carol', roles: ['compliance-manager'] }, { name: 'Bob', roles: ['owner'], zone: 'Europe/Berlin', calendar: 'weekdays' },
      { name: 'Eve', roles: ['owner'] }, { name: 'Alice', roles: ['owner'], supervisor: 'Bob', deputy: 'Eve', language: 'zh' },
      { name: 'Dan', roles: ['owner'], supervisor: 'Bob' },
    ],
  })
  await populate()
  foretold = linesOf(await simulate(life.app, schedule, { from: day(first), to: day(last) }))
  foretoldLater = linesOf(await simulate(life.app, schedule, { from: day(later), to: day(last) }))
  keptByForetelling = (await listMessages(life.app, {}, 1000)).length
  for (const on of daysFrom(first, last)) await liveForReal(on)
  happened = linesOf((await listMessages(life.app, {}, 1000)).toReversed().map(({ person, ...one }) => ({ ...one, to: person })))
}, 240_000)
afterAll(() => opened.close())

async function populate(): Promise<void> {
  const expiring = (name: string, expiry: string, owner = 'Alice') => enter({ scheme: 'fips-140', name }, { expiry }, owner)(life)
  await enter({ scheme: 'iso-27001', name: 'Head office' }, { decision: '2025-09-21' })(life)
  await enter({ scheme: 'iso-9001', name: 'Plant' }, { decision: '2024-10-08' }, 'Dan')(life)
  await enter({ scheme: 'mlps', name: 'Payments' }, { filing: '2025-11-20' })(life)
  await enter({ scheme: 'trucs', name: 'Object storage' }, { expiry: '2026-12-30' }, 'Eve')(life)
  await expiring('Ends in the holiday', '2026-10-03')
  await expiring('Ends after it', '2026-10-08')
  await expiring('Ends in a month', '2026-10-30', 'Dan')
  await expiring('Ends in two days', '2026-09-30', 'Bob')
  await act(life.app, async (db, now) => {
    await setAway(db, await getPerson(db, 'alice@example.org'), { from: day('2026-09-29'), until: day('2026-10-08') }, now)
    await updatePerson(db, life.people.get('Dan')!, { emailRejectedAt: now })
  })
}

// As a server would, though not every minute: the hours at which somebody is written to, and some at which nobody is.
async function liveForReal(on: string): Promise<void> {
  for (const time of ['00:17', '01:00', '01:01', '07:00', '22:00']) {
    const moment = `${on}T${time}:00Z`
    // It is past midnight when the records are made: the first tick is the one after.
    if (Temporal.Instant.compare(Temporal.Instant.from(moment), began) < 0) continue
    await runJobsAt(life, moment, schedule.filter((job) => time === '00:17' || job.cron === '* * * * *'))
  }
}

/** The moment at which the records are made: eight in the morning in Shanghai. */
const began = Temporal.Instant.from(`${first}T00:00:00Z`)

const linesOf = (mails: readonly Pick<SimulatedMail, 'dueAt' | 'to' | 'kind' | 'subject' | 'state'>[]): string[] =>
  mails.map((one) => `${one.dueAt.toString()} ${one.to} ${one.kind} ${one.state}: ${one.subject ?? ''}`).sort()

test('what was foretold is what happened: to whom, when, and in which words', () => {
  expect(foretold).toEqual(happened)
  for (const name of ['Alice', 'Bob', 'Carol', 'Eve']) expect(happened.some((one) => one.includes(` ${name} `)), name).toBe(true)
  expect(happened.some((one) => one.includes(' Dan '))).toBe(false)
  expect(happened.length).toBeGreaterThan(10)
})

test('what was foretold of later days is what happened on them, and what was said before is not said again', () => {
  expect(foretoldLater.length).toBeGreaterThan(3)
  expect(foretoldLater).toEqual(happened.filter((one) => one >= later))
})

test('foretelling writes nothing', () => {
  expect(keptByForetelling).toBe(0)
})
