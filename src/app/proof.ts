// Evidence for auditors: of one certification, who was told what and when, by which mail, what its server answered,
// and who acknowledged. Read as it was kept; nothing is derived anew.

import type { Words } from '../core/certification.ts'
import type { Day, Instant } from '../core/day.ts'
import { notFound } from '../errors.ts'
import { formatTable } from '../formats/csv.ts'
import type { Db } from '../store/database.ts'
import { listAnswersTo, listToldOf } from '../store/proof.ts'
import { isCertificationSeen } from '../store/register-pages.ts'
import type { App } from './app.ts'
import { getCertification } from './certifications.ts'
import { seenBy } from './reading.ts'
import type { Reader } from './sign-in.ts'

export interface Told {
  readonly decidedAt: Instant
  readonly person: string
  readonly personId: number
  readonly audience: string | null
  readonly purpose: string
  readonly duty: Words
  readonly obligationId: number
  readonly notice: string
  readonly countedTo: Day
  readonly outcome: string
  readonly reason: string
  readonly mail: {
    readonly number: number
    readonly address: string | null
    readonly subject: string | null
    readonly messageId: string
    readonly state: string
    /** When the server took it, refused it, or it was kept here. */
    readonly settledAt: Instant | null
    readonly reply: string | null
    readonly rehearsal: boolean
  } | null
  readonly answers: readonly {
    readonly action: string
    readonly via: string
    readonly by: string | null
    readonly answeredAt: Instant
    readonly untilOn: Day | null
    readonly takenBackAt: Instant | null
  }[]
}

const page = 500

/** Lists everything that was told of a certification, oldest first; throws `not-found` where there is none. */
export async function listProof(app: App, certificationId: number): Promise<Told[]> {
  const { db } = app.database
  await getCertification(db, certificationId)
  const told: Told[] = []
  for (let after = 0; ;) {
    const rows = await listToldOf(db, certificationId, after, page)
    const answers = Map.groupBy(await listAnswersTo(db, rows.map((row) => row.notice.id)), (row) => row.answer.noticeId)
    told.push(...rows.map((row) => toldOf(row, answers.get(row.notice.id) ?? [])))
    if (rows.length < page) return told
    after = rows.at(-1)!.notice.id
  }
}

type Row = Awaited<ReturnType<typeof listToldOf>>[number]
type AnswerRow = Awaited<ReturnType<typeof listAnswersTo>>[number]

function toldOf({ notice, duty, person, mail }: Row, answers: readonly AnswerRow[]): Told {
  return {
    decidedAt: notice.decidedAt, person: person.name, personId: notice.personId, audience: notice.audience, purpose: notice.purpose,
    duty: duty.title, obligationId: duty.id, notice: notice.notice, countedTo: notice.countedTo, outcome: notice.outcome, reason: notice.reason,
    mail: mail && notice.messageId !== null ? { number: notice.messageId, ...mail } : null,
    answers: answers.map(({ answer, actor }) => ({
      action: answer.action, via: answer.via, by: actor ?? person.name, answeredAt: answer.answeredAt, untilOn: answer.untilOn, takenBackAt: answer.takenBackAt,
    })),
  }
}

const header = [
  'decided at', 'person', 'as', 'purpose', 'duty', 'notice', 'counted to', 'outcome', 'reason', 'mail', 'to', 'subject', 'Message-ID', 'mail state',
  'settled at', 'server\'s reply', 'answers',
]

/** Writes the proof as a table that spreadsheets open rightly. */
export function formatProof(told: readonly Told[]): string {
  const text = (value: string | number | Instant | null | undefined): string => value?.toString() ?? ''
  return formatTable(header, told.map((one) => [
    one.decidedAt.toString(), one.person, text(one.audience), one.purpose, one.duty.en, one.notice, one.countedTo.toString(), one.outcome, one.reason,
    text(one.mail?.number), text(one.mail?.address), text(one.mail?.subject), text(one.mail?.messageId),
    one.mail ? `${one.mail.state}${one.mail.rehearsal ? ' (rehearsal)' : ''}` : '', text(one.mail?.settledAt), text(one.mail?.reply), one.answers.map(answerText).join('; '),
  ]))
}

/** Says one answer in a line: what, by whom, how, when, and whether it was taken back. */
export function answerText(answer: Told['answers'][number]): string {
  const until = answer.untilOn ? ` until ${answer.untilOn.toString()}` : ''
  const back = answer.takenBackAt ? `, taken back ${answer.takenBackAt.toString({ smallestUnit: 'second' })}` : ''
  return `${answer.action}${until} by ${answer.by ?? 'nobody known'} (${answer.via}) ${answer.answeredAt.toString({ smallestUnit: 'second' })}${back}`
}

/** Reads the proof for a reader who sees the certification and the mails of everybody; else it is as if there were none. */
export async function getProofFor(app: App, reader: Reader, certificationId: number): Promise<string> {
  const seen = reader.rights.messages === 'every' && await isSeen(app.database.db, reader, certificationId)
  if (!seen) throw notFound(`There is no certification ${certificationId}.`)
  return formatProof(await listProof(app, certificationId))
}

const isSeen = (db: Db, reader: Reader, id: number): Promise<boolean> => isCertificationSeen(db, id, seenBy(reader, 'certifications'))
