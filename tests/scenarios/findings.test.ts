// A major nonconformity of a recertification audit, from the closing meeting to the renewal: what is mailed on
// each day, what the certificate shows, and what cannot be decided meanwhile.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act } from '../../src/app/app.ts'
import { addFinding, answerFinding, proveFinding, verifyFinding } from '../../src/app/findings.ts'
import { showCertification } from '../../src/app/lists.ts'
import { day } from '../helpers/factory.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { beginLife, book, decide, type Deed, enter, type Life, tell } from '../helpers/timeline.ts'

let opened: TestDatabase
beforeAll(async () => { opened = await testDatabase() })
beforeEach(() => opened.reset())
afterAll(() => opened.close())

const find: Deed = (life) => act(life.app, (db, now) => addFinding(life.app, db, { certificationId: life.certificationId, grade: 'major', title: 'No risk treatment', foundOn: day('2027-01-29'), number: 'NC-1' }, { now }))
const answer: Deed = (life) => act(life.app, (db, now) => answerFinding(life.app, db, 1, { rootCause: 'nobody was told' }, { now }))
const prove: Deed = (life) => act(life.app, (db, now) => proveFinding(life.app, db, 1, undefined, { now }))
const verify: Deed = (life) => act(life.app, (db, now) => verifyFinding(life.app, db, 1, undefined, { now }))
const renew = decide('renew')
const restore = decide('restore', { set: { expiry: '2030-03-10' } })
const refused = (decision: Deed, remark: string): Deed => async (life) => {
  await expect(decision(life)).rejects.toThrow('Finding 1 (NC-1), graded major, is not verified')
  expect(await shown(life)).toEqual([remark])
}
const shown = async (life: Life): Promise<string[]> => (await showCertification(life.app, life.certificationId, undefined)).remarks
  .flatMap((one) => (one.kind === 'finding-open' ? [`${String(one.dueOn)}${one.late ? ' late' : ''}`] : []))

describe('a major nonconformity found six weeks before the expiry', () => {
  test('is mailed about until the body has verified it; open at the limit it shows on the certificate, and only then is it renewed', async () => {
    const life = await beginLife(opened.database, '2027-01-29')
    await tell(life, [
      ['2027-01-29', 'the audit ends with a major one', 'Alice: (unconfirmed) + expiry P60D + finding-1/answer P14D + recertification P3WD | Bob: finding-1/answer opens | Carol: finding-1/answer P14D'],
      ['2027-02-05', '', 'Alice: finding-1/answer P7D | Bob: finding-1/answer P7D | Carol: finding-1/answer P7D | Dora: finding-1/answer P7D'],
      ['2027-02-08', '', 'Alice: expiry P30D | Bob: expiry P30D | Carol: expiry P30D | Dora: expiry P30D'],
      ['2027-02-09', 'answered', ''],
      // The proof had ninety days; they are shortened to the last valid day.
      ['2027-02-12', '', 'Alice: finding-1/proof opens | Bob: finding-1/proof opens | Carol: finding-1/proof opens'],
      ['2027-02-15', '', 'Bob: expiry silence-P30D'],
      ['2027-02-19', '', 'Bob: finding-1/proof silence-opens'],
      ['2027-02-24', '', 'Alice: expiry P14D + finding-1/proof P14D | Carol: finding-1/proof P14D'],
      ['2027-02-25', '', 'Alice: finding-1/proof half'],
      ['2027-03-03', '', 'Alice: expiry P7D + finding-1/proof P7D | Bob: expiry silence-P14D + finding-1/proof P7D | Carol: finding-1/proof P7D | Dora: expiry P7D + finding-1/proof P7D'],
      ['2027-03-04', 'proof sent', ''],
      ['2027-03-10', 'renewal refused', 'Alice: expiry P0D | Bob: expiry silence-P7D'],
      ['2027-03-11', 'restoration refused', 'Alice: customers-told-of-expiry opens + expiry overdue-1 + mark-after-expiry opens + recertification overdue-1 + restoration opens | Bob: expiry overdue-1 + recertification overdue-1 + restoration opens | Carol: restoration opens | Dora: expiry overdue-1 + recertification overdue-1 + restoration opens'],
      // What the body owes makes nobody late: Alice alone hears, to ask them.
      ['2027-03-15', '', 'Alice: finding-1/verification overdue-1'],
      ['2027-03-18', '', 'Alice: customers-told-of-expiry P0D + expiry overdue-2 + mark-after-expiry P0D + recertification overdue-2'],
      ['2027-03-22', 'verified', ''],
      ['2027-03-23', 'restored', ''],
      ['2027-03-25', '', ''],
    ], {
      'the audit ends with a major one': async (one) => {
        await enter({ scheme: 'iso-27001' }, { decision: '2024-03-10', expiry: '2027-03-10' })(one)
        await book('recertification', '2027-01-29')(one)
        await find(one)
      },
      answered: answer, 'proof sent': prove, verified: verify,
      'renewal refused': refused(renew, '2027-03-10'), 'restoration refused': refused(restore, '2027-03-10 late'), restored: restore,
    })
    expect(await shown(life)).toEqual([])
  }, 120_000)
})
