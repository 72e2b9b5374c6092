// What a link answered is told to whoever it may surprise (E6): a scanner that presses buttons is found out by
// its next mail, and where a duty is over by it, by a mail of its own.

import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { answerByLink } from '../../src/app/answers.ts'
import { listAnswersFor } from '../../src/app/answer-list.ts'
import { assignObligation } from '../../src/app/obligations.ts'
import { editPerson, getPerson, setAway } from '../../src/app/people.ts'
import { getCertificationPage } from '../../src/app/register-pages.ts'
import { takeBackAnswerFor, takeBackByLink } from '../../src/app/taking-back.ts'
import type { Person } from '../../src/core/person.ts'
import { rightsOf } from '../../src/core/rights.ts'
import { rows } from '../../src/store/database.ts'
import { day } from '../helpers/factory.ts'
import { tokenIn } from '../helpers/mail-links.ts'
import { office } from '../helpers/office.ts'
import { aPerson, dutyOf } from '../helpers/records.ts'

const here = office()

const head = 'Recorded by a link in a mail'

/** Plans and delivers at a moment; returns the texts of the mails made then, by who gets them. */
async function mailsAt(moment: string): Promise<Record<string, string>> {
  const before = await lastMail()
  await here.live(moment)
  const found = await rows<{ name: string; text: string }>(here.app.database.db, sql`
    select p.name, m.text from message m join person p on p.id = m.person_id where m.id > ${before} and m.state = 'captured' order by m.id`)
  return Object.fromEntries(found.map((row) => [row.name, row.text]))
}

/** An expiry of Alice's on 30 June 2027, about which she has the 30-day notice. */
async function toldOfAnExpiry(): Promise<number> {
  const { id } = await here.certificate()
  await mailsAt('2027-05-31T09:00:00Z')
  return id
}

/** A yearly report of tier C, which is met by being submitted. */
async function toldOfAReport(): Promise<{ id: number; token: string }> {
  const { id } = await here.certificate({ scheme: 'cac-cloud', name: 'Platform', days: { decision: '2026-03-01' } })
  await mailsAt('2026-12-07T09:00:00Z')
  return { id: (await dutyOf(here.app, id, 'state-report')).id, token: await tokenIn(here.app, await lastMail(), 'done', 'yearly state') }
}

const lastMail = async (): Promise<number> =>
  (await rows<{ id: number }>(here.app.database.db, sql`select coalesce(max(id), 0)::int as id from message`))[0]!.id

const receiptIn = (text: string | undefined): string => text?.split(`${head} `)[1]?.split('\n\n')[0] ?? ''
const linkIn = (receipt: string): string => /\/answer\/([\w-]{43})/.exec(receipt)![1]!
const readerOf = (person: Person) => ({ person, rights: rightsOf(person) })

describe('E6 what a link acknowledged', () => {
  test('makes no mail, is told in the next one, and is taken back by its link', async () => {
    const id = await toldOfAnExpiry()
    await answerByLink(here.app, await tokenIn(here.app, 1, 'acknowledge'), {})
    for (const quiet of ['2027-06-01', '2027-06-02', '2027-06-22']) expect(await mailsAt(`${quiet}T09:00:00Z`)).toEqual({})
    const { Alice: text } = await mailsAt('2027-06-23T09:00:00Z')
    const receipt = receiptIn(text)
    expect(receipt).toContain('FIPS 140-3 Module, valid until Wed 30 Jun 2027: seen')
    expect(await takeBackByLink(here.app, linkIn(receipt))).toBe(true)
    expect((await listAnswersFor(here.app, readerOf(here.cast.alice), { certificationId: id, now: here.app.clock.now() }, 10)).map((one) => [one.action, one.takenBackAt !== null, one.canBeTakenBack]))
      .toEqual([['acknowledge', true, false]])
    expect(receiptIn((await mailsAt('2027-06-30T09:00:00Z'))['Alice'])).toBe('')
  })

  test('is told once', async () => {
    await toldOfAnExpiry()
    await answerByLink(here.app, await tokenIn(here.app, 1, 'acknowledge'), {})
    expect(receiptIn((await mailsAt('2027-06-23T09:00:00Z'))['Alice'])).not.toBe('')
    for (const later of ['2027-06-30', '2027-07-01']) expect(receiptIn((await mailsAt(`${later}T09:00:00Z`))['Alice'])).toBe('')
  })

  test('and taken back before the next mail is told of to nobody', async () => {
    await toldOfAnExpiry()
    const token = await tokenIn(here.app, 1, 'acknowledge')
    await answerByLink(here.app, token, {})
    await takeBackByLink(here.app, token)
    expect((await mailsAt('2027-06-23T09:00:00Z'))['Alice']).not.toContain(head)
  })

  test('snoozed is told with its day', async () => {
    await toldOfAnExpiry()
    await answerByLink(here.app, await tokenIn(here.app, 1, 'snooze'), { untilOn: '2027-06-14' })
    expect(receiptIn((await mailsAt('2027-06-14T09:00:00Z'))['Alice'])).toContain('quiet until Mon 14 Jun 2027')
  })
})

describe('E6 a duty that is over by a link', () => {
  test('is told of by a mail of its own, since no other may ever come, and is open again when that is taken back', async () => {
    const { id, token } = await toldOfAReport()
    await answerByLink(here.app, token, { doneOn: '2026-12-04' })
    expect(await mailsAt('2026-12-07T15:00:00Z')).toEqual({})
    const mails = await mailsAt('2026-12-08T09:00:00Z')
    expect(Object.keys(mails)).toEqual(['Alice'])
    const receipt = receiptIn(mails['Alice'])
    expect(receipt).toContain('done on Fri 4 Dec 2026')
    expect(await mailsAt('2026-12-09T09:00:00Z')).toEqual({})
    await takeBackByLink(here.app, linkIn(receipt))
    const [duty] = await rows<{ state: string }>(here.app.database.db, sql`select state from obligation where id = ${id}::int`)
    expect(duty!.state).toBe('open')
  })

  test('by the deputy of somebody away is told to both, and to the owner who it was', async () => {
    const dan = await aPerson(here.app, { organisationId: here.cast.organisation.id, name: 'Dan' })
    await here.change(async (db) => {
      const now = here.clock.now()
      await editPerson(db, await getPerson(db, 'alice@example.org'), { deputyId: dan.id }, now)
      await setAway(db, await getPerson(db, 'alice@example.org'), { from: day('2026-12-01'), until: day('2026-12-11') }, now)
    })
    await here.certificate({ scheme: 'cac-cloud', name: 'Platform', days: { decision: '2026-03-01' } })
    await mailsAt('2026-12-07T09:00:00Z')
    await answerByLink(here.app, await tokenIn(here.app, await lastMail(), 'done', 'yearly state'), { doneOn: '2026-12-04' })
    const mails = await mailsAt('2026-12-08T09:00:00Z')
    expect(receiptIn(mails['Dan'])).not.toContain('; says')
    expect(receiptIn(mails['Alice'])).toContain('done on Fri 4 Dec 2026; says Dan')
  })
})

describe('taking back on a page', () => {
  test('is for the reader of the mail, the owner and who looks after compliance; to others there is no such answer', async () => {
    const { token } = await toldOfAReport()
    await answerByLink(here.app, token, { doneOn: '2026-12-04' })
    await expect(takeBackAnswerFor(here.app, readerOf(here.cast.bob), 1)).rejects.toThrow('There is no answer 1.')
    // Nor for somebody who sees the certification by another duty of it.
    const other = await dutyOf(here.app, 1, 'reassessment-application')
    await here.change((db) => assignObligation(here.app, db, other.id, here.cast.bob.id, { now: here.clock.now() }))
    expect((await getCertificationPage(here.app, readerOf(here.cast.bob), 1, undefined)).answers.map((one) => one.canBeTakenBack)).toEqual([false])
    await expect(takeBackAnswerFor(here.app, readerOf(here.cast.bob), 1)).rejects.toThrow('There is no answer 1.')
    await expect(takeBackAnswerFor(here.app, readerOf(here.cast.carol), 99)).rejects.toThrow('There is no answer 99.')
    const certificationId = await takeBackAnswerFor(here.app, readerOf(here.cast.carol), 1)
    expect(await takeBackAnswerFor(here.app, readerOf(here.cast.alice), 1)).toBe(certificationId)
    const [row] = await rows<{ by: number }>(here.app.database.db, sql`select taken_back_by as by from answer`)
    expect(row!.by).toBe(here.cast.carol.id)
  })
})
