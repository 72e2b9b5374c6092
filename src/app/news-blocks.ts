// News as a mail names it: ids turned into certificates, duties and people, as they are when it leaves. What has
// passed meanwhile drops out, and what another line of the same mail says is not said twice.

import type { Certification } from '../core/certification.ts'
import { compareDays, dayOf, type Instant } from '../core/day.ts'
import { gapCauses, type NewsBlock, type NewsItem, type NewsKind, newsOrder } from '../core/news.ts'
import { countedTo, isDue, type Obligation } from '../core/obligation.ts'
import type { Directory, Person } from '../core/person.ts'
import { type AnswerRow, readAnswersById } from '../store/answers.ts'
import { readCertifications } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { listDueWithin, listNewsIn, type NewsRow } from '../store/news.ts'
import { listObligationsById } from '../store/obligations.ts'
import type { MessageRow } from '../store/outbox.ts'
import type { App } from './app.ts'
import { standsInFor } from './news-sources.ts'
import { schemeName } from './reading.ts'
import { canBeTakenBack } from './taking-back.ts'

interface Mail {
  readonly message: MessageRow
  readonly person: Person
  /** What its lines are about. */
  readonly lines: readonly { readonly certificationId: number; readonly obligationId: number }[]
}

interface Around { readonly directory: Directory; readonly now: Instant }

interface Known {
  readonly certifications: ReadonlyMap<number, Certification>
  readonly duties: ReadonlyMap<number, Obligation>
  /** Answers that are told of, by number. */
  readonly answers: ReadonlyMap<number, AnswerRow>
}

const mostItems = 8

/** Reads what a mail tells besides its lines, as far as it still holds. */
export async function readNewsBlocks(app: App, db: Db, mail: Mail, at: Around): Promise<NewsBlock[]> {
  const rows = await listNewsIn(db, mail.message.id)
  if (rows.length === 0) return []
  const known = await readKnown(db, rows)
  const byKind = Map.groupBy(rows.filter((row) => stillHolds(row, known, mail, at)), (row) => row.kind)
  const blocks: NewsBlock[] = []
  for (const kind of newsOrder) {
    const ones = byKind.get(kind) ?? []
    if (kind === 'closure') blocks.push(...await closureBlocks(app, db, ones, { ...at, person: mail.person }))
    else if (ones.length > 0) blocks.push(blockOf(app, kind, ones, known, { ...at, reader: mail.person }))
  }
  return blocks
}

async function readKnown(db: Db, rows: readonly NewsRow[]): Promise<Known> {
  const certifications = await readCertifications(db, [...new Set(rows.flatMap((row) => row.certificationId ?? []))])
  const duties = await listObligationsById(db, [...new Set(rows.flatMap((row) => row.obligationId ?? []))])
  return {
    certifications: new Map(certifications.map((one) => [one.id, one])), duties: new Map(duties.map((one) => [one.id, one])),
    answers: await readAnswersById(db, [...new Set(rows.map((row) => Number(row.facts['answer'] ?? 0)))].filter((id) => id > 0)),
  }
}

function stillHolds(row: NewsRow, { certifications, duties, answers }: Known, mail: Mail, { directory }: Around): boolean {
  const certification = certifications.get(row.certificationId ?? 0)
  const duty = duties.get(row.obligationId ?? 0)
  switch (row.kind) {
    case 'unconfirmed': return duty?.state === 'unconfirmed'
    case 'assigned': {
      const owner = row.obligationId === null ? certification?.ownerId : duty?.ownerId
      const isSaid = mail.lines.some((line) => (row.obligationId === null ? line.certificationId === row.certificationId : line.obligationId === row.obligationId))
      return owner === row.personId && !isSaid && (duty === undefined || isDue(duty))
    }
    case 'gap': return (certification?.ownerId ?? null) === row.facts['owner']
    case 'not-mine': return duty !== undefined && isDue(duty)
    case 'answered': return answers.get(Number(row.facts['answer']))?.takenBackAt === null
    case 'bounced': return directory.get(Number(row.facts['person']))?.emailAccepted === false
    default: return true
  }
}

function blockOf(app: App, kind: NewsKind, rows: readonly NewsRow[], known: Known, at: Around & { readonly reader: Person }): NewsBlock {
  const items = rows.slice(0, mostItems).map((row): NewsItem => {
    const person = at.directory.get(Number(row.facts['person'] ?? row.facts['by'] ?? row.facts['owner'] ?? 0))
    const given = known.answers.get(Number(row.facts['answer']))
    return {
      ...about(app, known.certifications.get(row.certificationId ?? 0), known.duties.get(row.obligationId ?? 0)),
      person: kind === 'answered' && person?.id === at.reader.id ? undefined : person?.name, cause: kind === 'gap' ? gapCauses.find((cause) => cause === row.facts['cause']) : undefined,
      remark: kind === 'bounced' ? person?.email : given?.remark ?? undefined, answer: kind === 'answered' && given ? answerOf(given, at.now) : undefined,
    }
  })
  return { kind, count: rows.length, items, closure: undefined, href: undefined }
}

const answerOf = (given: AnswerRow, now: Instant): NewsItem['answer'] => ({
  action: given.action, on: given.untilOn ?? given.doneOn ?? undefined, notice: canBeTakenBack(given.answeredAt, now) ? given.noticeId : undefined,
})

function about(app: App, certification: Certification | undefined, duty: Obligation | undefined): Omit<NewsItem, 'person' | 'cause' | 'remark'> {
  return {
    certificationId: certification?.id, scheme: certification && schemeName(app, certification), name: certification?.name,
    title: duty?.title, kind: duty?.kind, on: duty && countedTo(duty),
  }
}

async function closureBlocks(app: App, db: Db, rows: readonly NewsRow[], at: Around & { readonly person: Person }): Promise<NewsBlock[]> {
  const blocks: NewsBlock[] = []
  for (const { facts } of rows) {
    const [from, to, until] = [facts['from'], facts['to'], facts['until']].map((text) => Temporal.PlainDate.from(String(text)))
    if (compareDays(dayOf(at.now, at.person.zone), from!) >= 0) continue
    const due = (await listDueWithin(db, from!, until!)).filter((row) => standsInFor(row.ownerId, at.person, at))
    if (due.length === 0) continue
    const shown = due.slice(0, mostItems * 2)
    const certifications = new Map((await readCertifications(db, [...new Set(shown.map((row) => row.certificationId))])).map((one) => [one.id, one]))
    const duties = new Map((await listObligationsById(db, shown.map((row) => row.obligationId))).map((one) => [one.id, one]))
    blocks.push({
      kind: 'closure', count: due.length, closure: { from: from!, to: to! }, href: undefined,
      items: shown.map((row) => ({
        ...about(app, certifications.get(row.certificationId), duties.get(row.obligationId)), person: undefined, cause: undefined, remark: undefined,
      })),
    })
  }
  return blocks
}
