// Who answered what, newest first: the proof that a notice was heard, and what can be taken back.

import type { AnswerAction, Via } from '../core/answer.ts'
import type { Words } from '../core/certification.ts'
import type { Day, Instant } from '../core/day.ts'
import { mayTakeBack } from '../core/rights.ts'
import { listAnswers as listStored } from '../store/answers.ts'
import { listNames } from '../store/overview.ts'
import type { App } from './app.ts'
import type { Reader } from './sign-in.ts'
import { canBeTakenBack } from './taking-back.ts'

export interface ListedAnswer {
  readonly id: number
  readonly answeredAt: Instant
  /** Whose mail it answered, and who acted. */
  readonly person: string
  readonly actor: string
  readonly action: AnswerAction
  readonly certificationId: number
  readonly certification: string
  readonly obligationId: number
  readonly obligation: Words
  readonly notice: string
  /** Until when it is snoozed, or on which day it was done. */
  readonly on: Day | null
  readonly remark: string | null
  readonly via: Via
  readonly takenBackAt: Instant | null
}

/** Lists answers newest first, of one certification where it is named. */
export async function listAnswers(app: App, certificationId: number | undefined, limit: number): Promise<ListedAnswer[]> {
  return await listed(app, await listStored(app.database.db, { certificationId }, limit))
}

export interface AnswerView extends ListedAnswer {
  /** Whether this reader may take it back, and still can. */
  readonly canBeTakenBack: boolean
}

/** Lists the answers about a certification that a reader sees, newest first, as of `now`. */
export async function listAnswersFor(app: App, reader: Reader, asked: { readonly certificationId: number; readonly now: Instant }, limit: number): Promise<AnswerView[]> {
  const rows = await listStored(app.database.db, { certificationId: asked.certificationId }, limit)
  const answers = await listed(app, rows)
  return rows.map((row, i) => ({
    ...answers[i]!,
    canBeTakenBack: row.answer.takenBackAt === null && canBeTakenBack(row.answer.answeredAt, asked.now) && mayTakeBack(reader, { ...row.answer, ownerId: row.ownerId }),
  }))
}

async function listed(app: App, rows: Awaited<ReturnType<typeof listStored>>): Promise<ListedAnswer[]> {
  const names = await listNames(app.database.db, rows.flatMap(({ answer }) => [answer.personId, answer.actorId ?? answer.personId]))
  const nameOf = (id: number): string => names.get(id) ?? ''
  return rows.map(({ answer, notice, title, certification }) => ({
    id: answer.id, answeredAt: answer.answeredAt, person: nameOf(answer.personId), actor: nameOf(answer.actorId ?? answer.personId),
    action: answer.action, certificationId: certification.id, certification: certification.name, obligationId: answer.obligationId,
    obligation: title, notice, on: answer.untilOn ?? answer.doneOn, remark: answer.remark, via: answer.via, takenBackAt: answer.takenBackAt,
  }))
}
