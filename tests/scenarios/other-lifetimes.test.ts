// Certificates of one organisation side by side, each in its own table: one Common Criteria and one FIPS
// 140 certificate to their ends, one that lapses and is restored, one that is suspended. Then an MPS
// filing and assessment in China. Alice owns them all; a mail of hers holds every line of its day.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import {
  answer, asLines, beginLife, decide, type Deed, done, dutiesOf, enter, liveTables, met, type Row, serverRuns, setDays, tell,
} from '../helpers/timeline.ts'

let opened: TestDatabase

beforeAll(async () => { opened = await testDatabase() })
afterAll(() => opened.close())

// 540 days before the archive date one decides: assess again, evaluate anew or let go.
const commonCriteria: readonly Row[] = [
  ['2027-08-02', 'a product is entered, archived on 2028-08-25', 'Alice: expiry P540D'], // since 4 March, before it was entered
  ['2027-08-26', '', 'Alice: expiry P365D | Bob: expiry P365D | Carol: expiry P365D'],
  ['2027-11-29', '', 'Alice: expiry P270D'],
  ['2028-02-25', '', 'Alice: expiry P180D'], //  from Sunday
  ['2028-05-26', '', 'Alice: expiry P90D'], //   from Saturday
  ['2028-07-26', '', 'Alice: expiry P30D'],
  ['2028-08-02', '', 'Bob: expiry silence-P30D'], // five working days without an answer
  ['2028-08-28', '', 'Alice: expiry overdue-1'], // Friday was the last day; once, and to nobody else
  ['2028-08-31', '', ''],
]

const fips: readonly Row[] = [
  ['2027-08-02', 'a module is entered, active until 2028-01-19', 'Alice: expiry P180D'],
  ['2027-10-21', '', 'Alice: expiry P90D'],
  ['2027-12-20', '', 'Alice: expiry P30D'],
  ['2027-12-27', '', 'Bob: expiry silence-P30D'],
  ['2028-01-12', '', 'Alice: expiry P7D | Bob: expiry P7D | Carol: expiry P7D'],
  ['2028-01-19', '', 'Alice: expiry P0D | Bob: expiry silence-P7D'],
  ['2028-01-20', '', 'Alice: expiry overdue-1 | Bob: expiry overdue-1 | Dora: expiry overdue-1'],
  ['2028-01-27', '', 'Alice: expiry overdue-2'],
  ['2028-02-03', '', 'Alice: expiry overdue-3'],
  ['2028-02-10', '', 'Alice: expiry overdue-4'],
  ['2028-02-17', '', 'Alice: expiry overdue-5'],
  ['2028-03-17', '', 'Alice: expiry overdue-6'], // monthly from here
  ['2028-04-03', 'the module is given up', ''],
  ['2028-08-31', '', ''],
]

const both = (notice: string): string => `expiry ${notice} + recertification ${notice}`
const everybody = (notice: string): string => ['Alice', 'Bob', 'Carol', 'Dora'].map((name) => `${name}: ${notice}`).join(' | ')

const lapsed: readonly Row[] = [
  // The tightest notice that holds, not the three before it; its audits of past years are asked about, not reminded of.
  ['2027-08-02', 'a certificate is entered, valid until 2027-09-20', `Alice: (unconfirmed) + ${both('P60D')} | Bob: ${both('P150D')} | Carol: ${both('P120D')}`],
  ['2027-08-20', '', everybody(both('P30D'))], // from Saturday
  ['2027-08-27', '', `Bob: ${both('silence-P30D')}`],
  ['2027-09-06', '', `Alice: ${both('P14D')}`],
  ['2027-09-13', '', `Alice: ${both('P7D')} | Bob: ${both('silence-P14D')} | Dora: ${both('P7D')}`],
  ['2027-09-20', '', `Alice: ${both('P0D')} | Bob: ${both('silence-P7D')}`],
  // The mark and the customers are asked for from the first day without a certificate: Alice is slow about them.
  ['2027-09-21', '', `Alice: customers-told-of-expiry opens + expiry overdue-1 + mark-after-expiry opens + recertification overdue-1 + restoration opens | Bob: ${both('overdue-1')} + restoration opens`
    + ` | Carol: restoration opens | Dora: ${both('overdue-1')} + restoration opens`],
  ['2027-09-28', '', 'Alice: customers-told-of-expiry P0D + expiry overdue-2 + mark-after-expiry P0D + recertification overdue-2'],
  ['2027-10-05', '', 'Alice: customers-told-of-expiry overdue-1 + expiry overdue-3 + mark-after-expiry overdue-1 + recertification overdue-3'
    + ' | Carol: customers-told-of-expiry late-P5WD + mark-after-expiry late-P5WD'],
  ['2027-10-12', '', 'Alice: customers-told-of-expiry overdue-2 + expiry overdue-4 + mark-after-expiry overdue-2 + recertification overdue-4'],
  ['2027-10-19', '', `Alice: ${both('overdue-5')}`],
  ['2027-11-08', 'it is restored, valid until 2030-09-20', ''],
  ['2028-08-03', '', 'Alice: surveillance-in-later-cycle/2028#2 P150D'],
  ['2028-08-31', '', ''],
]

const suspended: readonly Row[] = [
  ['2027-08-02', 'a certificate is entered, valid until 2029-05-18', 'Alice: (unconfirmed)'],
  ['2027-08-05', 'the audit of May is confirmed', ''],
  ['2027-10-11', 'it is suspended', `Alice: customers-told-of-suspension opens + mark-while-suspended opens + suspension-end opens`
    + ' | Bob: suspension-end opens | Carol: suspension-end opens | Dora: suspension-end opens'],
  ['2027-10-15', 'the mark is off the pages, the customers are told', ''], // in time: nothing more is said of either
  ['2028-01-12', '', everybody('suspension-end P90D')],
  ['2028-02-11', '', everybody('suspension-end P60D')],
  ['2028-02-21', 'the suspension is lifted', ''],
  ['2028-08-03', '', 'Alice: surveillance/2028 P150D'],
  ['2028-08-21', '', `Alice: ${both('P270D')}`],
  ['2028-08-31', '', ''],
]

const deeds: Readonly<Record<string, Deed>> = {
  'a product is entered, archived on 2028-08-25': enter({ scheme: 'common-criteria', name: 'Card OS 3', options: { eal: 'EAL4+' } }, { decision: '2023-08-25', expiry: '2028-08-25' }),
  'a module is entered, active until 2028-01-19': enter({ scheme: 'fips-140', name: 'Crypto Module 2.1', options: { level: '1' } }, { decision: '2023-01-20' }),
  'the module is given up': decide('cancel'),
  'a certificate is entered, valid until 2027-09-20': enter({ scheme: 'iso-27001', name: 'Old data centre' }, { decision: '2024-09-20' }),
  'it is restored, valid until 2030-09-20': decide('restore', { set: { expiry: '2030-09-20' } }),
  'a certificate is entered, valid until 2029-05-18': enter({ scheme: 'iso-27001', name: 'New data centre' }, { decision: '2026-05-18' }),
  'the audit of May is confirmed': answer('surveillance-1', 'done', '2027-05-10'),
  'it is suspended': decide('suspend'),
  'the mark is off the pages, the customers are told': async (life) => {
    await done('mark-while-suspended')(life)
    await done('customers-told-of-suspension')(life)
  },
  'the suspension is lifted': decide('restore'),
}

describe('four certificates of one organisation, August 2027 to August 2028', () => {
  const tables = { commonCriteria, fips, lapsed, suspended }
  let lived: string[][]

  beforeAll(async () => {
    lived = await liveTables(await beginLife(opened.database, '2027-08-02'), Object.values(tables), deeds)
  }, 180_000)

  test.each([
    ['a Common Criteria certificate is reminded of its archive date from eighteen months on, and once after it', 0],
    ['a FIPS 140 module is told of its last day, then weekly, then monthly, until it is given up', 1],
    ['a certificate that lapsed is told of as late until it is restored; its new cycle begins a ladder of its own', 2],
    ['a suspended certificate tells everybody of the limit, until it is lifted; its other duties go on', 3],
  ])('%s', (_name, n) => {
    expect(lived[n]).toEqual(asLines(Object.values(tables)[n]!))
  })
})

const filing: readonly Row[] = [
  ['2026-09-01', 'a system goes live', 'Alice: filing opens'],
  ['2026-09-17', '', 'Alice: (closure)'], // ten working days before National Day
  ['2026-09-24', '', 'Alice: filing P14D'],
  ['2026-09-28', '', 'Alice: filing P3WD'], // the first week of October is off: three working days reach back ten days
  ['2026-09-30', '', 'Alice: filing P7D | Bob: filing P7D | Carol: filing P7D'], // from National Day
  ['2026-10-08', '', 'Alice: filing P0D | Dora: filing P0D'], // thirty days end on 1 October and roll behind the holiday
  ['2026-10-10', '', 'Alice: filing overdue-1 | Bob: filing overdue-1 | Dora: filing overdue-1'], // a Saturday that is worked
  ['2026-10-12', 'it is filed', ''],
  ['2026-12-07', '', 'Alice: self-check/2026 P30D'],
  ['2026-12-24', '', 'Alice: self-check/2026 P7D'],
  ['2026-12-28', 'the self-check is done', ''],
  ['2027-01-05', '', 'Alice: inspection/2026 overdue-1'], // expected of the police: "ask them", and nobody's manager hears
  ['2027-01-11', 'the inspection took place', ''],
  ['2027-01-15', 'the server runs on Mondays', ''],
  ['2027-04-09', 'the server runs every day', ''],
  ['2027-04-15', '', 'Alice: first-assessment P180D'],
  ['2027-06-14', '', 'Alice: first-assessment P120D | Bob: first-assessment P120D'],
  ['2027-07-14', '', 'Carol: first-assessment P90D'],
  ['2027-08-13', '', 'Alice: first-assessment P60D'],
  ['2027-08-30', 'the report is dated today', 'Alice: table-4/202708 opens'],
  ['2027-09-06', '', 'Bob: table-4/202708 silence-opens'],
  ['2027-09-10', 'table 4 is submitted', ''],
  ['2027-09-30', '', ''],
]

describe('an MPS level 3 system in China', () => {
  beforeEach(() => opened.reset())

  test('is filed, checked and assessed in its first year, by the days that are worked there', async () => {
    const life = await beginLife(opened.database, '2026-09-01', { zone: 'Asia/Shanghai', calendar: 'CN' })
    await tell(life, filing, {
      'a system goes live': enter({ scheme: 'mlps', name: 'Payments' }, { 'level-fixed': '2026-08-10', 'go-live': '2026-09-01' }),
      'it is filed': setDays({ filing: '2026-10-12' }),
      'the self-check is done': done('self-check/2026'),
      'the inspection took place': met('inspection/2026'),
      'the server runs on Mondays': serverRuns('on Mondays'),
      'the server runs every day': serverRuns('daily'),
      'the report is dated today': setDays({ report: '2027-08-30' }),
      'table 4 is submitted': done('table-4/202708'),
    })
    expect((await dutiesOf(life, ['open'])).slice(0, 4)).toEqual([
      'inspection/2027 open 2027-12-31', 'self-check/2027 open 2027-12-31', 'yearly-assessment/202708 open 2028-08-30', 'inspection/2028 open 2028-12-31',
    ])
  }, 180_000)
})
