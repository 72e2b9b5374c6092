// What an auditor relies on: every decision and every mail that left is a link of one chain.

import { expect, test } from 'vitest'
import { editCertification } from '../../src/app/certifications.ts'
import { decideCertification } from '../../src/app/decisions.ts'
import { assignObligation, bookObligation, confirmObligation, doneObligation } from '../../src/app/obligations.ts'
import { deactivatePerson, setAway } from '../../src/app/people.ts'
import { startProcedure } from '../../src/app/procedures.ts'
import { markStep } from '../../src/app/steps.ts'
import { rows } from '../../src/store/database.ts'
import { sql } from 'drizzle-orm'
import { findBrokenLink } from '../../src/store/history.ts'
import { day } from '../helpers/factory.ts'
import { aCast, aCertification, deliverAll, dutyOf, planAt, testApp } from '../helpers/records.ts'

test('what people decide and what leaves is one whole chain, with who did it and without a name in it', async () => {
  const opened = await testApp()
  const { app } = opened
  try {
    const { alice, carol } = await aCast(app)
    const office = await aCertification(app, { organisationId: 1, ownerId: alice.id, scheme: 'iso-27001', name: 'Secret Office', days: { decision: '2025-10-06' } })
    const [past, next] = [await dutyOf(app, office.id, 'surveillance-1'), await dutyOf(app, office.id, 'surveillance')]
    const act = { now: app.clock.now(), by: carol }
    await app.database.transact(async (db) => {
      await confirmObligation(app, db, past.id, { answer: 'open' }, act)
      await assignObligation(app, db, past.id, alice.id, act)
      await bookObligation(app, db, past.id, day('2026-11-20'), { ...act, pastTheLimit: 'keep' })
      await doneObligation(app, db, past.id, day('2026-11-20'), act)
      await bookObligation(app, db, next.id, day('2027-09-01'), { ...act, pastTheLimit: 'refuse' })
      const run = await startProcedure(app, db, { certificationId: office.id, template: 'surveillance', startOn: day('2026-11-24'), targetOn: day('2027-01-20') }, act)
      await markStep(db, run, 'A1', { state: 'done', on: day('2026-11-24') }, act)
      await editCertification(app, db, office.id, { ownerId: carol.id }, act)
      await setAway(db, alice, { from: day('2026-12-01'), until: day('2026-12-02') }, app.clock.now())
      await deactivatePerson(db, alice, app.clock.now())
    })
    await planAt(opened, '2026-12-07T09:00:00Z')
    await deliverAll(app)
    await app.database.transact((db) => decideCertification(app, db, office.id, { kind: 'withdraw', decidedOn: day('2026-12-07'), by: carol }, app.clock.now()))
    const links = await rows<{ event: string; actor: number | null; facts: string }>(app.database.db, sql`
      select event, actor_id as actor, facts::text as facts from history order by sequence`)
    expect(links.map((one) => one.event)).toEqual([
      'organisation-added', 'person-added', 'person-added', 'person-added', 'certification-added',
      'obligation-confirmed', 'obligation-assigned', 'obligation-booked', 'obligation-met', 'obligation-booked', 'obligation-moved', 'obligation-moved',
      'procedure-started', 'step-done', 'certification-owner', 'person-away', 'person-deactivated', 'message-captured', 'certification-withdraw',
    ])
    expect(links.filter((one) => one.actor === carol.id)).toHaveLength(9)
    expect(links.map((one) => one.facts).join('')).not.toMatch(/Alice|Carol|Secret|example\.org/)
    expect(await findBrokenLink(app.database.db, 1)).toBeUndefined()
  } finally {
    await opened.close()
  }
})
