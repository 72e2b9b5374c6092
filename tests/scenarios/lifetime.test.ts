// Three years of one ISO/IEC 27001 certificate, day by day: granted on a Monday, audited twice, renewed
// three weeks before it ends. The middle column is what people and the world did before nine o'clock;
// Alice owns it, Bob is her line manager, Carol manages compliance, Dora is top management.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { weekOf } from '../../src/core/day.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { daysFrom, day } from '../helpers/factory.ts'
import {
  beginLife, book, decide, type Deed, done, dutiesOf, enter, type Life, type Row, runJobsAt, serverRuns, tell,
} from '../helpers/timeline.ts'

const table: readonly Row[] = [
  ['2027-03-01', 'granted until 2030-03-01', ''],
  ['2027-03-05', 'the server runs on Mondays', ''], //                              nothing is near: which days it runs is all one
  ['2027-09-24', 'the server runs every day', ''],
  // First surveillance, by 2028-03-01: twelve months after the decision.
  ['2027-10-01', '', 'Alice: surveillance-1 P150D'], //                             from Sunday the 3rd
  ['2027-11-17', '', 'Alice: surveillance-1 P105D'],
  ['2027-12-17', '', 'Alice: surveillance-1 P75D | Bob: surveillance-1 P75D | Carol: surveillance-1 P75D'],
  // No P45D to anybody: it is booked. What prepares it kept quiet until then, and is counted from the booked day.
  ['2027-12-20', 'the audit is booked for 2028-02-16', 'Alice: internal-audit-for-surveillance-1 P45D + management-review-for-surveillance-1 P45D'],
  ['2027-12-31', '', 'Alice: surveillance-1 P45D'], //                              from Sunday, to the booked day
  ['2028-01-03', '', 'Alice: internal-audit-for-surveillance-1 P14D'],
  ['2028-01-12', 'the internal audit is carried out', ''],
  ['2028-01-13', '', 'Alice: management-review-for-surveillance-1 P14D'],
  ['2028-01-24', 'management has reviewed', ''],
  ['2028-02-02', 'the jobs run a hundred times', 'Alice: surveillance-1 P14D'],
  ['2028-02-09', '', 'Bob: surveillance-1 silence-P14D'], //                        Alice has not answered in five working days
  ['2028-02-11', '', 'Alice: surveillance-1 P3WD'],
  ['2028-02-16', 'the first audit is carried out', ''],
  ['2028-04-12', 'the clock is set back to days of mail', ''],
  ['2028-04-14', 'the server runs on Mondays', ''],
  // Recertification and expiry, both by 2030-03-01, are one line of one mail.
  ['2029-05-31', 'the server is switched off', ''], //                              P270D passes on 4 June
  ['2029-07-03', 'the server runs every day', 'Alice: expiry P270D + recertification P270D'],
  // Surveillance of 2029, by the end of the year, never booked.
  ['2029-08-03', '', 'Alice: surveillance/2029 P150D'],
  ['2029-08-31', '', 'Alice: expiry P180D + recertification P180D'], //             from Sunday 2 September
  ['2029-09-14', 'the clock runs to the 19th, then back', 'Alice: surveillance/2029 P105D'], // due on the 17th
  ['2029-10-02', '', 'Bob: expiry P150D + recertification P150D'],
  ['2029-10-17', '', 'Alice: surveillance/2029 P75D | Bob: surveillance/2029 P75D | Carol: surveillance/2029 P75D'],
  ['2029-11-01', '', 'Carol: expiry P120D + recertification P120D'],
  ['2029-11-05', 'recertification is booked for 2030-01-14', 'Alice: internal-audit-before-recertification P45D'],
  ['2029-11-12', '', 'Alice: management-review-before-recertification P45D'], //    tier B: on a Monday
  ['2029-11-16', '', 'Alice: surveillance/2029 P45D | Dora: surveillance/2029 P45D'],
  ['2029-11-30', '', 'Alice: expiry P90D + recertification P45D'], //                            to the booked day
  ['2029-12-03', '', 'Alice: internal-audit-before-recertification P14D'],
  ['2029-12-04', 'what goes before recertification is done', ''],
  ['2029-12-31', '', 'Alice: expiry P60D + recertification P14D'],
  ['2030-01-01', '', 'Alice: surveillance/2029 overdue-1 | Bob: surveillance/2029 overdue-1 | Dora: surveillance/2029 overdue-1'],
  ['2030-01-07', '', 'Bob: recertification silence-P14D'],
  ['2030-01-08', '', 'Alice: surveillance/2029 overdue-2'],
  ['2030-01-09', '', 'Alice: recertification P3WD'],
  ['2030-01-15', '', 'Alice: surveillance/2029 overdue-3'],
  ['2030-01-17', 'both audits were carried out', ''],
  ['2030-01-30', '', 'Alice: expiry P30D | Bob: expiry P30D | Carol: expiry P30D | Dora: expiry P30D'],
  ['2030-02-06', '', 'Bob: expiry silence-P30D'],
  ['2030-02-11', 'renewed until 2033-03-01', ''], //                                no P14D, P7D, P0D, overdue
  ['2030-03-31', '', ''],
]

const at = (...days: readonly string[]): Deed => async (life) => {
  for (const one of days) await runJobsAt(life, `${one}T09:00:00Z`)
}

const deeds: Readonly<Record<string, Deed>> = {
  'granted until 2030-03-01': enter({ scheme: 'iso-27001' }, { decision: '2027-03-01', issue: '2027-03-08' }),
  'the audit is booked for 2028-02-16': book('surveillance-1', '2028-02-16'),
  'the jobs run a hundred times': at(...Array.from({ length: 100 }, () => '2028-02-02')),
  'the internal audit is carried out': done('internal-audit-for-surveillance-1'),
  'management has reviewed': done('management-review-for-surveillance-1'),
  'what goes before recertification is done': async (life) => {
    await done('internal-audit-before-recertification')(life)
    await done('management-review-before-recertification')(life)
  },
  'the first audit is carried out': done('surveillance-1'),
  'the clock is set back to days of mail': at('2027-12-17', '2027-10-01', '2028-02-11', '2028-02-02'),
  'the server is switched off': serverRuns('never'),
  'the server runs on Mondays': serverRuns('on Mondays'),
  'the server runs every day': serverRuns('daily'),
  'the clock runs to the 19th, then back': at('2029-09-19', '2029-09-16', '2029-09-18', '2029-09-15', '2029-09-17'),
  'recertification is booked for 2030-01-14': book('recertification', '2030-01-14'),
  'both audits were carried out': async (life) => {
    await done('surveillance/2029')(life)
    await done('recertification')(life)
  },
  'renewed until 2033-03-01': decide('renew', { set: { expiry: '2033-03-01' } }),
}

let opened: TestDatabase
let life: Life

beforeAll(async () => {
  opened = await testDatabase()
  life = await beginLife(opened.database, '2027-03-01')
})
afterAll(() => opened.close())

test('three years of a certificate, as its people heard of it', async () => {
  await tell(life, table, deeds)
}, 180_000)

test('the renewal ended what the old cycle still owed, and the new one owes its own', async () => {
  expect(await dutiesOf(life)).toEqual([
    'internal-audit-for-surveillance-1 met 2028-01-17', 'management-review-for-surveillance-1 met 2028-01-27', 'surveillance-1 met 2028-03-01',
    'internal-audit-for-surveillance/2029 not-applicable 2029-12-01', 'management-review-for-surveillance/2029 not-applicable 2029-12-11',
    'internal-audit-before-recertification met 2029-12-15', 'management-review-before-recertification met 2029-12-25',
    'surveillance/2029 met 2029-12-31', 'expiry met 2030-03-01', 'recertification met 2030-03-01',
    'internal-audit-for-surveillance-in-later-cycle/2031#2 open 2031-12-01', 'management-review-for-surveillance-in-later-cycle/2031#2 open 2031-12-11',
    'surveillance-in-later-cycle/2031#2 open 2031-12-31',
    'internal-audit-before-recertification#2 open 2032-11-01', 'management-review-before-recertification#2 open 2032-11-11',
    'internal-audit-for-surveillance-in-later-cycle/2032#2 open 2032-12-01', 'management-review-for-surveillance-in-later-cycle/2032#2 open 2032-12-11',
    'surveillance-in-later-cycle/2032#2 open 2032-12-31', 'expiry#2 open 2033-03-01', 'recertification#2 open 2033-03-01',
  ])
})

test('the compliance manager had one status a week, and none after all for weeks slept through', () => {
  const asleep = new Set(daysFrom('2029-05-31', '2029-07-02'))
  const awake = daysFrom('2027-03-01', '2030-03-31').filter((one) => !asleep.has(one) && day(one).dayOfWeek <= 5)
  expect(life.digests).toEqual([...new Set(awake.map((one) => `${weekOf(day(one))} Carol`))])
})
