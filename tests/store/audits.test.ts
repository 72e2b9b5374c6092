import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as store from '../../src/store/audits.ts'
import { insertCertifications } from '../../src/store/certifications.ts'
import { violatedConstraint } from '../../src/store/database.ts'
import { insertObligations } from '../../src/store/obligations.ts'
import { insertOrganisation } from '../../src/store/people.ts'
import { databases, type TestDatabase } from '../helpers/database.ts'
import { day, instant } from '../helpers/factory.ts'

const at = instant('2026-11-24T10:00:00Z')

describe.each(databases())('audits on %s', (_name, open) => {
  let opened: TestDatabase
  let duties: number[]

  beforeAll(async () => { opened = await open() })
  afterAll(() => opened.close())
  beforeEach(async () => {
    await opened.reset()
    await opened.database.transact(async (db) => {
      const { id: organisationId } = await insertOrganisation(db, { name: 'Acme', zone: 'UTC', calendar: 'weekdays', language: 'en', sendHour: '09:00', createdAt: at })
      const [certificationId] = await insertCertifications(db, [{
        organisationId, scheme: 'iso-27001', options: {}, name: 'Office', registerKey: 'Office', registerFacts: {}, enteredOn: day('2026-11-24'), createdAt: at,
      }])
      duties = await insertObligations(db, [1, 2].map((ordinal) => ({
        certificationId: certificationId!, organisationId, state: 'open' as const, enteredOn: day('2026-11-24'),
        derived: {
          cycle: 1, ruleId: 'surveillance', ordinal, kind: 'surveillance-audit' as const, tier: 'A' as const, ladder: 'surveillance-audit', title: { en: 'Audit', zh: '审核' }, opensOn: undefined,
          dueOn: day('2027-03-10'), latestOn: undefined, metBy: 'carried-out' as const, owedBy: 'organisation' as const, basis: 'test', mark: 'confirmed' as const, provisional: false,
        },
      })), at)
    })
  })

  const visit = (values: Partial<store.AuditValues> = {}): Promise<number> => opened.database.transact((db) => store.insertAudit(db, { organisationId: 1, title: 'Visit', createdAt: at, ...values }))

  test('are listed with their duties, places and moves, and found by certification', async () => {
    const id = await visit({ bookedFrom: day('2027-03-01'), bookedUntil: day('2027-03-02') })
    await opened.database.transact(async (db) => {
      await store.coverDuties(db, id, duties)
      await store.coverDuties(db, id, duties)
      await store.addPlaces(db, id, 'site', ['Hanau', 'Berlin'])
      await store.insertMove(db, { auditId: id, fromOn: null, toOn: day('2027-03-01'), movedBy: 'body', reason: 'ill', recordedAt: at })
    })
    const [found] = await store.listAudits(opened.database.db, { certificationId: 1 }, 10)
    expect([found!.covered.map((one) => one.duty.id), found!.sites, found!.moves.map((one) => one.reason)]).toEqual([duties, ['Berlin', 'Hanau'], ['ill']])
    expect([...await store.listVisits(opened.database.db, duties)].map(([duty, one]) => `${duty} ${one.auditId} ${String(one.until)}`)).toEqual(duties.map((duty) => `${duty} ${id} 2027-03-02`))
  })

  test('that took place or were cancelled hold no duty any more', async () => {
    const id = await visit()
    await opened.database.transact((db) => store.coverDuties(db, id, duties))
    expect(await opened.database.transact((db) => store.updateAudit(db, { id, revision: 1 }, { carriedOutOn: day('2027-03-01') }))).toBe(true)
    expect((await store.listVisits(opened.database.db, duties)).size).toBe(0)
    expect(await store.listAudits(opened.database.db, { liveOnly: true }, 10)).toEqual([])
  })

  test('changed by somebody else meanwhile are left to them', async () => {
    const id = await visit()
    await opened.database.transact((db) => store.updateAudit(db, { id, revision: 1 }, { title: 'First' }))
    expect(await opened.database.transact((db) => store.updateAudit(db, { id, revision: 1 }, { title: 'Second' }))).toBe(false)
  })

  test.each([
    ['that ends before it begins', { bookedFrom: day('2027-03-02'), bookedUntil: day('2027-03-01') }, 'audit_is_booked_from_a_day_until_a_day'],
    ['cancelled without a reason', { cancelledOn: day('2027-03-01') }, 'audit_cancelled_has_a_reason'],
    ['carried out and cancelled', { carriedOutOn: day('2027-03-01'), cancelledOn: day('2027-03-01'), reason: 'x' }, 'audit_is_carried_out_or_cancelled_not_both'],
  ])('one %s cannot be stored', async (_what, values, constraint) => {
    expect(violatedConstraint(await visit(values).catch((error: unknown) => error))).toBe(constraint)
  })
})
