// Taking an answer back, for thirty days: by the link that gave it, by somebody who is signed in, by a
// command. A "done" is undone with it, unless somebody has decided further meanwhile.

import { decideAnswer, type Via } from '../core/answer.ts'
import { type Instant } from '../core/day.ts'
import { mayTakeBack } from '../core/rights.ts'
import { conflict, notFound } from '../errors.ts'
import { type AnswerRow, findAnswer, isAnswered, listAnswers, listStanding, takeBack } from '../store/answers.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { closeNews } from '../store/news.ts'
import { checkDutyAt } from '../store/obligations.ts'
import { isCertificationSeen } from '../store/register-pages.ts'
import { isAnswer, notMineKey } from './answers.ts'
import { act, type App } from './app.ts'
import { openLink } from './links.ts'
import { answeredKey } from './news.ts'
import { type Act, getObligation, reopenObligation } from './obligations.ts'
import { seenBy } from './reading.ts'
import type { Reader } from './sign-in.ts'

const period = Temporal.Duration.from({ hours: 30 * 24 })

/** Returns the moment until which an answer can be taken back. */
export const takenBackUntil = (answeredAt: Instant): Instant => answeredAt.add(period)

export const canBeTakenBack = (answeredAt: Instant, now: Instant): boolean => Temporal.Instant.compare(now, takenBackUntil(answeredAt)) < 0

export type TakingBack = Act & { readonly via: Via }

/** Takes back what a link answered; false where the link is gone. Throws `conflict` as `takeBackAnswer` does. */
export async function takeBackByLink(app: App, token: string): Promise<boolean> {
  return await act(app, async (db, now) => {
    const opened = await openLink(db, token)
    if (!opened || !isAnswer(opened.link.action)) return false
    const standing = await listStanding(db, opened.link.notices, opened.link.action)
    for (const row of standing) await takeBackOne(app, db, row, { now, by: opened.person, via: 'mail-link' })
    return true
  })
}

/** Takes back one answer; throws `conflict` where that is no longer possible, and says why. */
export async function takeBackAnswer(app: App, db: Db, id: number, taking: TakingBack): Promise<AnswerRow> {
  const row = await findAnswer(db, id)
  if (!row) throw notFound(`There is no answer ${id}. List them with: reminder answers`)
  if (row.takenBackAt) throw conflict(`Answer ${id} was taken back already.`)
  await takeBackOne(app, db, row, taking)
  return (await findAnswer(db, id))!
}

/** Takes back an answer for somebody signed in; returns its certification. One out of their sight is as one that was never given. */
export async function takeBackAnswerFor(app: App, reader: Reader, id: number): Promise<number> {
  return await act(app, async (db, now) => {
    const [found] = await listAnswers(db, { id }, 1)
    const isSeen = found && await isCertificationSeen(db, found.certification.id, seenBy(reader, 'certifications'))
    if (!isSeen || !mayTakeBack(reader, { ...found.answer, ownerId: found.ownerId })) throw notFound(`There is no answer ${id}.`)
    // Somebody else was quicker: it is as asked for.
    if (!found.answer.takenBackAt) await takeBackOne(app, db, found.answer, { now, by: reader.person, via: 'page' })
    return found.certification.id
  })
}

async function takeBackOne(app: App, db: Db, row: AnswerRow, taking: TakingBack): Promise<void> {
  const { now, by } = taking
  if (!canBeTakenBack(row.answeredAt, now)) {
    throw conflict(`Answer ${row.id} was given more than 30 days ago and can no longer be taken back. Say what holds now: obligation reopen ${row.obligationId} --reason "…"`)
  }
  if (!await takeBack(db, row.id, by?.id, now)) return
  if (row.action === 'done') await undo(app, db, row, taking)
  else await checkDutyAt(db, row.obligationId, now)
  if (row.action === 'not-mine' && !await isAnswered(db, row.obligationId, 'not-mine')) await closeNews(db, 'not-mine', [notMineKey(row.obligationId)], now)
  await closeNews(db, 'answered', [answeredKey(row.id)], now)
  const { organisationId } = await getObligation(db, row.obligationId)
  await appendHistory(db, organisationId, [{
    event: 'answer-taken-back', subject: 'obligation', subjectId: row.obligationId, actorId: by?.id,
    facts: { answer: row.id, action: row.action, via: taking.via },
  }], now)
}

async function undo(app: App, db: Db, row: AnswerRow, taking: TakingBack): Promise<void> {
  const duty = await getObligation(db, row.obligationId)
  // Somebody has opened it again already: there is nothing left to undo.
  if (duty.state === 'open') return
  const came = decideAnswer('done', { obligation: { ...duty, state: 'open' }, isTheirs: true, isCurrent: true, snoozableUntil: undefined })
  const day = duty.state === 'met' ? duty.metOn : duty.submittedOn
  if (!came.ok || duty.state !== came.effect || !day || !row.doneOn || !day.equals(row.doneOn)) {
    throw conflict(`Somebody has decided further about duty ${duty.id} since: it is ${duty.state}. Open it again with: obligation reopen ${duty.id} --reason "…"`)
  }
  await reopenObligation(app, db, duty.id, 'the answer was taken back', taking)
}
