// Three years of an ISO/IEC 27001 certificate and what became of it: a first surveillance that came early, a second
// that came late, a major nonconformity, a renewal before the expiry and, in another life, one after it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act } from '../../src/app/app.ts'
import { planAudit, recordAudit } from '../../src/app/audits.ts'
import { showCertification } from '../../src/app/lists.ts'
import { addFinding, answerFinding, proveFinding, verifyFinding } from '../../src/app/findings.ts'
import { startProcedure } from '../../src/app/procedures.ts'
import { viewRuns } from '../../src/app/runs.ts'
import { instantAt } from '../../src/core/day.ts'
import { listObligationsOf } from '../../src/store/obligations.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { day } from '../helpers/factory.ts'
import { beginLife, decide, dutiesOf, enter, type Life, tell } from '../helpers/timeline.ts'

let opened: TestDatabase

beforeAll(async () => { opened = await testDatabase() })
beforeEach(() => opened.reset())
afterAll(() => opened.close())

/** Plans a visit for what the certification owes next, its days agreed on. */
const visit = (life: Life, from: string, pastTheLimit: 'refuse' | 'keep' = 'refuse'): Promise<number> => act(life.app, (db, now) =>
  planAudit(life.app, db, { certificationIds: [life.certificationId], body: 'Nordcert', days: { from: day(from), pastTheLimit } }, { now }))
const tookPlace = (life: Life, audit: number, on: string): Promise<void> => act(life.app, (db, now) => recordAudit(life.app, db, audit, { on: day(on) }, { now }))
const until = (life: Life, on: string): void => {
  life.next = day(on)
  life.clock.set(instantAt(life.next, '08:30', life.zone).toString())
}
const standing = async (life: Life) => {
  const { standing: { state, endsOn }, remarks } = await showCertification(life.app, life.certificationId, undefined)
  return `${state} ${String(endsOn)}${remarks.some((one) => one.kind === 'finding-open') ? ', a major is open' : ''}`
}
const live = ['open', 'submitted', 'unconfirmed'] as const

describe('three years', () => {
  let life: Life
  beforeEach(async () => {
    life = await beginLife(opened.database, '2027-03-01')
    await tell(life, [['2027-03-01', 'granted until 2030-03-01', '']], { 'granted until 2030-03-01': enter({ scheme: 'iso-27001' }, { decision: '2027-03-01' }) })
  })

  test('with an early first surveillance, a late second, a major nonconformity and a renewal in time', async () => {
    // The first surveillance, due within a year, takes place three months early. It is kept so, and the second is owed in its own year all the same.
    until(life, '2027-11-02')
    const first = await visit(life, '2027-11-29')
    until(life, '2027-11-30')
    await tookPlace(life, first, '2027-11-29')
    expect(await dutiesOf(life, ['met'])).toContain('surveillance-1 met 2028-03-01')
    expect(await dutiesOf(life, [...live])).toContain('surveillance/2028 open 2028-12-31')

    // The second is booked past the end of the year, on purpose: it is late from the first day of the next, and carried out then.
    until(life, '2028-11-20')
    await expect(visit(life, '2029-01-15')).rejects.toThrow('2029-01-15 is past the limit of: ')
    const second = await visit(life, '2029-01-15', 'keep')
    until(life, '2029-01-16')
    await tookPlace(life, second, '2029-01-15')
    expect(await dutiesOf(life, ['met'])).toContain('surveillance/2028 met 2028-12-31')

    // The renewal is planned back from the expiry.
    until(life, '2029-06-04')
    const run = await act(life.app, (db, now) => startProcedure(life.app, db, { certificationId: life.certificationId, template: 'recertification', startOn: day('2029-06-04') }, { now }))
    const [plan] = await viewRuns(life.app, life.app.database.db, { ids: [run] })
    expect([plan!.targetOn!.toString(), plan!.serves, plan!.fits, plan!.slack! >= 0]).toEqual(['2030-03-01', 'recertification', true, true])
    expect(await standing(life)).toBe('in-renewal 2030-03-01')

    // The audit finds a major: while it is open the renewal is refused, and the certificate says so.
    until(life, '2029-11-20')
    // One visit for this year's surveillance and the recertification.
    const recertification = (await listObligationsOf(life.app.database.db, [life.certificationId])).find((one) => one.ruleId === 'recertification')!
    const third = await act(life.app, (db, now) => planAudit(life.app, db, {
      certificationIds: [life.certificationId], obligationIds: [recertification.id], days: { from: day('2029-11-26'), pastTheLimit: 'refuse' },
    }, { now }))
    until(life, '2029-11-27')
    await tookPlace(life, third, '2029-11-26')
    expect(await dutiesOf(life, ['submitted'])).toContain('recertification submitted 2030-03-01')
    await act(life.app, (db, now) => addFinding(life.app, db, { certificationId: life.certificationId, auditId: third, grade: 'major', title: 'Restores were never tested', foundOn: day('2029-11-26'), number: 'NC-1' }, { now }))
    expect(await standing(life)).toBe('in-renewal 2030-03-01, a major is open')
    await expect(decide('renew')(life)).rejects.toThrow('while it is open, no renewal can be decided')

    until(life, '2029-12-05')
    await act(life.app, (db, now) => answerFinding(life.app, db, 1, { on: day('2029-12-05'), correction: 'Restored the last copies', rootCause: 'No plan', correctiveAction: 'A test each quarter' }, { now }))
    until(life, '2030-01-21')
    await act(life.app, (db, now) => proveFinding(life.app, db, 1, day('2030-01-21'), { now }))
    until(life, '2030-02-04')
    await act(life.app, (db, now) => verifyFinding(life.app, db, 1, day('2030-02-04'), { now }))
    expect(await standing(life)).toBe('in-renewal 2030-03-01')

    // Renewed three weeks before the expiry: a new cycle from the old end, the old one's duties and run ended, nothing more said of them.
    until(life, '2030-02-08')
    await decide('renew', { set: { expiry: '2033-03-01' } })(life)
    expect(await standing(life)).toBe('active 2033-03-01')
    expect((await viewRuns(life.app, life.app.database.db, { ids: [run] }))[0]!.endedOn!.toString()).toBe('2030-02-08')
    expect((await dutiesOf(life, [...live])).filter((one) => !one.includes('#2'))).toEqual([])
    await tell(life, [['2030-03-29', '', '']])
  }, 120_000)

  test('that nobody renewed in time end; restored within six months the count of the old cycle goes on, later only a new grant is left', async () => {
    until(life, '2030-03-02')
    expect(await standing(life)).toBe('expired-restorable 2030-03-01')
    until(life, '2030-06-03')
    await expect(decide('restore')(life)).rejects.toThrow('A certificate restored after its expiry keeps the count of the prior cycle.')
    await decide('restore', { set: { expiry: '2033-03-01' } })(life)
    expect(await standing(life)).toBe('active 2033-03-01')
    const { certification } = await showCertification(life.app, life.certificationId, undefined)
    expect(certification.cycles.map((cycle) => cycle.kind)).toEqual(['initial', 'recertification'])
  })

  test('that nobody restored within six months either can only begin anew', async () => {
    until(life, '2030-09-02')
    expect(await standing(life)).toBe('expired 2030-03-01')
    await expect(decide('restore', { set: { expiry: '2033-03-01' } })(life)).rejects.toThrow('it could be restored until 2030-09-01 (ISO/IEC 17021-1 9.6.3.2.5')
    await expect(decide('renew')(life)).rejects.toThrow('a certification that is expired cannot be renewed')
    await decide('grant')(life)
    expect(await standing(life)).toBe('active 2033-09-02')
  })
})
