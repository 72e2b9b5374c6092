// The register as people leaf through it, and one certification with everything known about it. A
// certification out of the reader's sight answers like one that does not exist.

import { anchorOf, type Certification, currentCycle, type Decision, type Words } from '../core/certification.ts'
import { type Day, daysBetween, type Instant, parseDay } from '../core/day.ts'
import { type Remark, remarksOf } from '../core/remark.ts'
import { completeCycle, findScheme } from '../core/scheme.ts'
import type { Standing } from '../core/standing.ts'
import { invalid, notFound } from '../errors.ts'
import { findCertification, readCertifications } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { listObligationsOf } from '../store/obligations.ts'
import { listNames, listRunPlans } from '../store/overview.ts'
import * as store from '../store/register-pages.ts'
import { type AnswerView, listAnswersFor } from './answer-list.ts'
import type { App } from './app.ts'
import { type AuditView, listAudits } from './audits.ts'
import { closingsOf, findingRemarksOf, type FindingView, listFindings } from './findings.ts'
import { type EvidenceView, listEvidence } from './evidence.ts'
import { calendarFor, type DutyView, dutyView, type Question, questionOf, schemeName, seenBy } from './reading.ts'
import { type ChecklistView, requirementsOf } from './requirements.ts'
import { parentStandings, standingsOf } from './standings.ts'
import { type RunView, viewRuns } from './runs.ts'
import type { Reader } from './sign-in.ts'
import { type Window, windowsOf } from './windows.ts'
import { factsOf, loadWorld } from './world.ts'

export interface RegisterAsked {
  readonly asOf: string | undefined
  readonly words: string | undefined
  readonly shown: string | undefined
  readonly after: string | undefined
}

export interface RegisterEntry {
  readonly id: number
  readonly name: string
  readonly scheme: Words
  readonly organisation: string
  readonly number: string | undefined
  readonly owner: string | undefined
  readonly tags: readonly string[]
  readonly standing: Standing | undefined
}

export interface RegisterPage extends Question {
  readonly words: string
  readonly shown: store.Shown
  readonly counts: Readonly<Record<store.Shown, number>>
  readonly entries: readonly RegisterEntry[]
  /** What `?after=` of the next page is; undefined on the last. */
  readonly after: string | undefined
}

const pageLength = 50
const longestSearch = 200

/** Returns a page of the register; a search looks through all of it unless told otherwise. */
export async function getRegisterPage(app: App, reader: Reader, asked: RegisterAsked): Promise<RegisterPage> {
  const { db } = app.database
  const question = questionOf(app, reader, asked.asOf)
  // A database takes no control characters in a text, and no name has any.
  const words = (asked.words ?? '').replace(/\p{Cc}/gu, ' ').trim().slice(0, longestSearch)
  const filter = {
    seenBy: seenBy(reader, 'certifications'), words: words || undefined, asOf: question.asOf, shown: shownOf(asked.shown, words),
  }
  const found = await store.listRegisterPage(db, filter, { after: cursorOf(asked.after), limit: pageLength + 1 })
  const page = found.slice(0, pageLength)
  const last = page.at(-1)
  return {
    ...question, words, shown: filter.shown, counts: await store.countRegister(db, filter),
    entries: await entriesOf(app, db, page.map((one) => one.id), question.asOf),
    after: found.length > pageLength && last ? `${last.end}.${last.id}` : undefined,
  }
}

function shownOf(text: string | undefined, words: string): store.Shown {
  if (text === undefined || text === '') return words ? 'all' : 'current'
  if (text === 'current' || text === 'ended' || text === 'all') return text
  throw invalid(`show=${text} is not known. Use current, ended or all.`)
}

function cursorOf(text: string | undefined): store.Cursor | undefined {
  if (text === undefined || text === '') return undefined
  const [, end, id] = /^(\d{4}-\d{2}-\d{2}|infinity)\.(\d{1,9})$/.exec(text) ?? []
  if (end === undefined || id === undefined || (end !== 'infinity' && !parseDay(end))) throw invalid(`after=${text} is not a place in this list. Begin again without it.`)
  return { end, id: Number(id) }
}

async function entriesOf(app: App, db: Db, ids: readonly number[], asOf: Day): Promise<RegisterEntry[]> {
  const world = await loadWorld(db)
  const records = await readCertifications(db, ids)
  const standings = await standingsOf(app, db, records, { world, asOf: () => asOf })
  const names = await listNames(db, records.flatMap((one) => one.ownerId ?? []))
  const entries = records.map((one): RegisterEntry => ({
    id: one.id, name: one.name, scheme: schemeName(app, one), number: one.certificateNumber,
    organisation: world.organisations.get(one.organisationId)?.name ?? '', owner: names.get(one.ownerId ?? 0), tags: one.tags,
    standing: standings.get(one.id),
  }))
  return entries.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
}

export interface NamedDay {
  readonly name: string
  readonly title: Words | undefined
  readonly day: Day | undefined
  /** The record lacks it: another day stands in. */
  readonly assumed: boolean
  /** The record lacks it: the rules of the scheme give it. */
  readonly computed: boolean
}

export interface Said {
  readonly duty: Words | undefined
  readonly notice: string
  readonly countedTo: Day
  readonly purpose: string
  readonly outcome: string
  readonly person: string
  readonly at: Instant
  /** Undefined where the reader may not open that mail. */
  readonly messageId: number | undefined
  readonly messageState: string | undefined
}

export interface Recorded {
  readonly at: Instant
  readonly event: string
  readonly duty: Words | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  readonly actor: string | undefined
}

export interface CertificationPage extends Question {
  readonly certification: Certification
  readonly scheme: Words
  readonly organisation: string
  readonly owner: string | undefined
  readonly standing: Standing | undefined
  readonly parent: { readonly id: number; readonly name: string } | undefined
  readonly riders: readonly { readonly id: number; readonly name: string }[]
  /** Decision, issue, first issue and expiry, as far as the scheme knows them; then what else the running cycle counts from. */
  readonly days: readonly NamedDay[]
  readonly otherDays: readonly NamedDay[]
  readonly duties: readonly DutyView[]
  readonly remarks: readonly Remark[]
  /** What its scheme rests on, by name. */
  readonly footings: readonly Words[]
  readonly requirements: ChecklistView | undefined
  /** The newest first, also what was withdrawn; `cut` where there is more. */
  readonly evidence: { readonly list: readonly EvidenceView[]; readonly cut: boolean }
  readonly runs: readonly RunView[]
  readonly audits: readonly AuditView[]
  /** What audits found, with what is owed next. */
  readonly findings: readonly FindingView[]
  /** The runs that nobody has started yet. */
  readonly windows: readonly Window[]
  readonly said: readonly Said[]
  /** What was answered to notices, newest first. */
  readonly answers: readonly AnswerView[]
  readonly decisions: readonly Decision[]
  readonly recorded: readonly Recorded[]
}

const longestList = 100
/** A window further off is not worth a line yet. */
const opensSoon = 90

/** Returns one certification for a reader; throws `not-found` where there is none in their sight. */
export async function getCertificationPage(app: App, reader: Reader, id: number, asked: string | undefined): Promise<CertificationPage> {
  const { db } = app.database
  const question = questionOf(app, reader, asked)
  const seen = await store.isCertificationSeen(db, id, seenBy(reader, 'certifications'))
  const certification = seen ? await findCertification(db, id) : undefined
  if (!certification) throw notFound(`There is no certification ${id}.`)
  const world = await loadWorld(db)
  const obligations = await listObligationsOf(db, [id])
  const titles = new Map(obligations.map((one) => [one.id, one.title]))
  const names = await listNames(db, [certification.ownerId, ...obligations.map((one) => one.ownerId)].flatMap((one) => one ?? []))
  const calendar = await calendarFor(db, reader)
  const plans = (await listRunPlans(db, [id])).get(id)
  const closesOn = (await closingsOf(db, [id], question.asOf)).get(id)
  const then = { world, asOf: () => question.asOf }
  const standing = (await standingsOf(app, db, [certification], then)).get(id)
  const parent = (await parentStandings(app, db, [certification], then)).get(certification.parentId ?? 0)
  const scheme = findScheme(app.catalogue, certification.scheme)
  return {
    ...question, certification, standing, scheme: schemeName(app, certification),
    organisation: world.organisations.get(certification.organisationId)?.name ?? '', owner: names.get(certification.ownerId ?? 0),
    ...await kinOf(db, reader, certification), ...daysOf(app, certification, standing),
    duties: obligations.filter((one) => one.kind !== 'step').map((one) =>
      dutyView(one, { owner: names.get(one.ownerId ?? certification.ownerId ?? 0), plans, calendar, closesOn }, question.asOf)),
    remarks: [
      ...await findingRemarksOf(app, db, id, { limitOn: standing?.validUntil, asOf: question.asOf }),
      ...scheme ? remarksOf(scheme, factsOf(certification, world, { parent }), question.asOf) : [],
    ],
    footings: scheme?.restsOn?.schemes.map((id) => findScheme(app.catalogue, id)?.title ?? { en: id, zh: id }) ?? [],
    requirements: await requirementsOf(app, db, id),
    evidence: await evidenceOf(app, id),
    runs: await viewRuns(app, db, { certificationId: id }, question.asOf),
    audits: (await listAudits(app, { certificationId: id }, longestList)).map((one) => (seenBy(reader, 'certifications') === undefined ? one : ownPart(one, id))),
    findings: await listFindings(app, db, { certificationId: id, asOf: question.asOf }, longestList),
    windows: (await windowsOf(app, db, [certification], { world, asOf: question.asOf })).filter((one) => daysBetween(question.asOf, one.opensOn) <= opensSoon),
    said: await saidOf(db, reader, id, titles),
    answers: await listAnswersFor(app, reader, { certificationId: id, now: app.clock.now() }, longestList),
    decisions: certification.decisions.toReversed(),
    recorded: await recordedOf(db, id, titles),
  }
}

async function evidenceOf(app: App, certificationId: number): Promise<CertificationPage['evidence']> {
  const found = await listEvidence(app, { certificationId, withdrawnToo: true }, longestList + 1)
  return { list: found.slice(0, longestList), cut: found.length > longestList }
}

// What else a visit is for, and where else it goes, may be out of this reader's sight.
const ownPart = (audit: AuditView, certificationId: number): AuditView =>
  ({ ...audit, organisations: [], sites: [], duties: audit.duties.filter((one) => one.certificationId === certificationId) })

// A parent or rider out of sight is not even named.
async function kinOf(db: Db, reader: Reader, certification: Certification): Promise<Pick<CertificationPage, 'parent' | 'riders'>> {
  const sight = seenBy(reader, 'certifications')
  const [found] = certification.parentId === undefined ? [] : await readCertifications(db, [certification.parentId])
  const parent = found && await store.isCertificationSeen(db, found.id, sight) ? { id: found.id, name: found.name } : undefined
  return { parent, riders: await store.listRidersOf(db, certification.id, sight, longestList) }
}

const fourDays = ['decision', 'issue', 'first-issue', 'expiry'] as const

function daysOf(app: App, certification: Certification, standing: Standing | undefined): Pick<CertificationPage, 'days' | 'otherDays'> {
  const scheme = findScheme(app.catalogue, certification.scheme)
  const cycle = currentCycle(certification)
  const anchors = cycle && scheme ? completeCycle(scheme, cycle).anchors : cycle?.anchors ?? []
  const first = certification.cycles.find((one) => one.number === 1)
  const named = (name: string): NamedDay => {
    const found = anchors.find((anchor) => anchor.name === name)
    return { name, title: scheme?.anchors[name]?.title, day: found?.day, assumed: found?.assumed ?? false, computed: false }
  }
  const firstIssue = { ...named('first-issue'), day: named('first-issue').day ?? anchorOf(first, 'issue') }
  const stated = named('expiry')
  const given = standing?.computedOn ?? standing?.validUntil
  const expiry = stated.day ? stated : { ...stated, day: given, computed: given !== undefined }
  return {
    days: [named('decision'), named('issue'), firstIssue, expiry].filter((one) => one.day ?? one.title),
    otherDays: anchors.filter((anchor) => !fourDays.some((name) => name === anchor.name)).map((anchor) => named(anchor.name)),
  }
}

type Titles = ReadonlyMap<number, Words>

async function saidOf(db: Db, reader: Reader, id: number, titles: Titles): Promise<Said[]> {
  const own = seenBy(reader, 'messages')
  return (await store.listNoticesOf(db, id, longestList)).map((row): Said => ({
    duty: titles.get(row.obligationId), notice: row.notice, countedTo: row.countedTo, purpose: row.purpose, outcome: row.outcome,
    person: row.person, at: row.decidedAt, messageState: row.messageState ?? undefined,
    messageId: own === undefined || own === row.personId ? row.messageId ?? undefined : undefined,
  }))
}

async function recordedOf(db: Db, id: number, titles: Titles): Promise<Recorded[]> {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  return (await store.listHistoryOf(db, id, longestList)).map((row): Recorded => ({
    at: row.at, event: row.event, duty: row.subject === 'obligation' ? titles.get(row.subjectId) : undefined,
    from: text(row.facts['from']), to: text(row.facts['to']) ?? text(row.facts['on']) ?? text(row.facts['decidedOn']),
    actor: row.actor ?? undefined,
  }))
}
