// From a planned message to its words: what it still has to say today, as the view that the mail room
// composes. Finished and moved items drop out; a message with nothing left is not sent.

import { createHash } from 'node:crypto'
import { answerActions } from '../core/answer.ts'
import { findingDutyOf } from '../core/finding.ts'
import { costOf, costOfGrade } from '../core/rule-set.ts'
import { findScheme, type Scheme } from '../core/scheme.ts'
import { compareDays, type Day, dayOf, daysBetween, type Instant, latest } from '../core/day.ts'
import type { DailyView, Letter, Line, Served } from '../core/message.ts'
import type { NewsBlock } from '../core/news.ts'
import { isLate, lateAfter, type Obligation } from '../core/obligation.ts'
import type { Directory, Person } from '../core/person.ts'
import { isDoneByLink } from '../core/reminder.ts'
import { composeDaily } from '../mail/daily.ts'
import { readAnswers } from '../store/answers.ts'
import { listLastMoves, listVisits, type MoveRow, type Visit } from '../store/audits.ts'
import { listGrades } from '../store/findings.ts'
import { listRiderNames } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { toObligation } from '../store/obligations.ts'
import type { MessageRow } from '../store/outbox.ts'
import { listNextSteps } from '../store/procedures.ts'
import { listSaidIn, unsayNotices } from '../store/reminders.ts'
import { isPossible, loadAnswerable } from './answerable.ts'
import type { App } from './app.ts'
import { threadRootFor } from './installation.ts'
import { calendarOf } from './letter-calendar.ts'
import type { Issue } from './links.ts'
import { readNewsBlocks } from './news-blocks.ts'
import { aheadFor, withButtons } from './own-digest.ts'
import { schemeName } from './reading.ts'
import type { World } from './world.ts'

export interface Composition {
  /** Composes the words, whose links are drawn anew each time. */
  readonly letter: (issue: Issue) => Promise<Letter>
  /** Changes whenever the words would. */
  readonly fingerprint: string
  /** An iCalendar file of the deadline, where the mail is about a single one. */
  readonly calendar?: string | undefined
  /** Message-IDs of the thread it belongs to, oldest first. */
  readonly references?: readonly string[]
  /** Where the words hold a secret: what is kept of them, and what is stored together with them. */
  readonly secret?: { readonly kept: Letter; readonly save: (db: Db) => Promise<void> }
}

type Item = Awaited<ReturnType<typeof listSaidIn>>[number] & { duty: Obligation }

/** Composes a person's daily mail as of `now`; undefined where nothing of it is left to say. */
export async function composeDailyMessage(
  app: App, db: Db, message: MessageRow, at: { readonly world: World; readonly directory: Directory; readonly now: Instant },
): Promise<Composition | undefined> {
  const person = at.directory.get(message.personId)!
  const day = dayOf(at.now, person.zone)
  const items = (await listSaidIn(db, message.id)).map((row): Item => ({ ...row, duty: toObligation(row.obligation) }))
  const given = await readAnswers(db, items.map((item) => item.duty.id))
  const left = items.filter((item) => isLeft(item, isDoneByLink({ given: given.get(item.duty.id) })))
  // A day moved away may come back: what was not sent for it must not count as said then.
  const moved = items.filter((item) => !left.includes(item)).map((item) => item.duty.id)
  if (moved.length > 0) await unsayNotices(db, message.id, moved)
  const news = await readNewsBlocks(app, db, { message, person, lines: left.map((item) => ({ certificationId: item.certification.id, obligationId: item.duty.id })) }, at)
  if (left.length === 0 && news.length === 0) return undefined
  const ahead = await aheadFor(app, db, person, new Set(left.map((item) => item.duty.id)), at)
  const view = { ...await viewOf(app, db, { message, person, day, items: left }, at), news, ahead }
  const calendar = calendarOf(view, left.map((item) => item.duty), message.dueAt)
  // The most urgent line's thread alone: several roots would make mailboxes join the threads of all of them.
  const references = await Promise.all(view.lines.slice(0, 1).map((line) => threadRootFor(app, db, line.certification.id)))
  return {
    calendar, references, fingerprint: fingerprintOf([view, calendar]),
    letter: async (issue) => composeDaily({
      ...view, lines: await withLinks(db, view.lines, issue, at), news: news.map((block) => withAnswer(block, issue)),
      ahead: ahead && await withButtons(db, ahead, issue, { ...at, person }),
    }),
  }
}

// Said for a day that has since moved, about a duty that has ended, or to somebody who owns it no more.
// What was handed in meanwhile is asked for only once it is late, unless only a link says that it was.
function isLeft({ notice, duty, certification }: Item, byLink: boolean): boolean {
  const owner = duty.ownerId ?? certification.ownerId
  if (notice.purpose === 'reminder' && (notice.onBehalfOf ?? notice.personId) !== owner) return false
  const live = duty.state === 'open' || (duty.state === 'submitted' && (byLink || notice.offsetDays < 0))
  const counted = notice.offsetDays >= 0 ? duty.bookedOn ?? duty.dueOn : lateAfter(duty)
  return live && counted.equals(notice.countedTo)
}

type Moment = Parameters<typeof loadAnswerable>[2]

// Only those who answer for a duty get buttons, and only such as would do something today.
async function withLinks(db: Db, lines: readonly Line[], issue: Issue, at: Moment): Promise<Line[]> {
  const answerable = new Map((await loadAnswerable(db, lines.flatMap((line) => line.notices ?? []), at)).map((one) => [one.notice.id, one]))
  return lines.map((line) => {
    const notices = line.notices ?? []
    const stands = notices.flatMap((id) => answerable.get(id) ?? [])
    const possible = line.purpose === 'escalation' ? [] : answerActions.filter((action) => isPossible(action, stands))
    return { ...line, links: possible.map((action) => ({ action, href: issue(action, notices) })) }
  })
}

// What was past at entry is answered all at once; what a link answered is taken back behind a link of its own.
function withAnswer(block: NewsBlock, issue: Issue): NewsBlock {
  if (block.kind === 'unconfirmed') return { ...block, href: issue('confirm') }
  return {
    ...block,
    items: block.items.map((item) => (item.answer?.notice === undefined ? item : { ...item, href: issue(item.answer.action, [item.answer.notice]) })),
  }
}

interface Mail { readonly message: MessageRow; readonly person: Person; readonly day: Day; readonly items: readonly Item[] }

async function viewOf(
  app: App, db: Db, mail: Mail, at: { readonly world: World; readonly directory: Directory },
): Promise<Omit<DailyView, 'news'>> {
  const ids = [...new Set(mail.items.map((item) => item.certification.id))]
  const riders = await listRiderNames(db, ids)
  const steps = await listNextSteps(db, ids, 3)
  const grades = await listGrades(db, mail.items.flatMap(({ duty }) => findingDutyOf(duty.ruleId)?.findingId ?? []))
  // What an outside party owes has a line of its own: nobody of ours is late by it, and it must not hide who is.
  const visits = await listVisits(db, mail.items.map((item) => item.duty.id))
  const moves = await listLastMoves(db, [...visits.values()].map((one) => one.auditId))
  // One visit is one line, however many certifications it serves.
  const groups = Map.groupBy(mail.items, ({ notice, certification, duty }) =>
    `${notice.purpose}/${visits.has(duty.id) ? `visit ${visits.get(duty.id)!.auditId}` : certification.id}/${notice.countedTo.toString()}/${duty.owedBy}`)
  const lines = [...groups.values()].map((items) => lineOf(app, items, {
    day: mail.day, visit: visits.get(items[0]!.duty.id), move: moves.get(visits.get(items[0]!.duty.id)?.auditId ?? 0), grades, directory: at.directory, world: at.world, reader: mail.person,
    riders: riders.get(items[0]!.certification.id) ?? [], next: steps.get(items[0]!.certification.id) ?? [],
  }))
  return {
    to: { id: mail.person.id, name: mail.person.name }, language: mail.person.language, day: mail.day,
    lines: lines.toSorted(byUrgency), url: app.config.url, rehearsal: mail.message.rehearsal,
  }
}

interface Around {
  readonly day: Day
  /** The visit that covers its duties, and how its day was moved last. */
  readonly visit: Visit | undefined
  readonly move: MoveRow | undefined
  /** Of the findings that duties are about. */
  readonly grades: ReadonlyMap<number, string>
  readonly directory: Directory
  readonly world: World
  readonly reader: Person
  readonly riders: readonly string[]
  readonly next: Line['next']
}

function lineOf(app: App, items: readonly Item[], around: Around): Line {
  const lead = items.toSorted(byTightness)[0]!
  const { certification, duty, notice } = lead
  // A mail must leave also where a scheme file of one's own has been taken away meanwhile.
  const scheme = findScheme(app.catalogue, certification.scheme)
  const ownerId = duty.ownerId ?? certification.ownerId ?? null
  const organisation = around.world.organisations.get(certification.organisationId)
  return {
    purpose: notice.purpose, visit: visitOf(app, items, around.visit?.title), visitMoved: movedOf(items, around),
    certification: {
      id: certification.id, scheme: schemeName(app, certification), name: certification.name,
      organisation: organisation?.name ?? '',
      certificateNumber: certification.certificateNumber ?? undefined,
      certificationBody: certification.certificationBody ?? undefined, riders: around.riders,
    },
    duties: items.map(({ duty: one }) => ({ obligationId: one.id, kind: one.kind, title: one.title, basis: one.basis, mark: one.mark })),
    tier: duty.tier, notice: notice.notice, countedTo: notice.countedTo, dueOn: duty.dueOn, latestOn: duty.latestOn,
    bookedOn: duty.bookedOn, opensOn: duty.opensOn, daysLeft: daysBetween(around.day, notice.countedTo),
    late: isLate(duty, around.day), belated: isBelated(lead, around), ...(notice.reason === 'moved' ? { movedFrom: duty.movedFrom, movedBy: duty.movedBy } : { movedFrom: undefined, movedBy: undefined }),
    owner: ownerId === null || ownerId === around.reader.id ? undefined : around.directory.get(ownerId)?.name,
    costs: scheme && isLate(duty, around.day) ? costsOf(scheme, duty, { country: certification.country ?? organisation?.country, ...around }) : undefined,
    next: around.next, notices: items.map((item) => item.notice.id), provisional: items.some(({ duty: one }) => one.provisional),
  }
}

function visitOf(app: App, items: readonly Item[], title: string | undefined): Line['visit'] {
  const served = [...Map.groupBy(items.toSorted(byTightness), ({ certification }) => certification.id).values()]
  return title !== undefined && served.length > 1 ? { title, serves: served.map((ones) => servedOf(app, ones)) } : undefined
}

function servedOf(app: App, items: readonly Item[]): Served {
  const { certification, duty } = items[0]!
  return { scheme: schemeName(app, certification), name: certification.name, titles: items.map((item) => item.duty.title), dueOn: duty.dueOn, latestOn: duty.latestOn }
}

// Where anything was said of the new day before, from where it moved is no news.
function movedOf(items: readonly Item[], { move, visit }: Around): Line['visitMoved'] {
  if (!move?.fromOn || !move.toOn || move.fromOn.equals(move.toOn)) return undefined
  const { fromOn: from, toOn: to, movedBy, reason } = move
  const isNews = items.some(({ notice }) => (notice.reason === 'first-notice' || notice.reason === 'moved') && to.equals(notice.countedTo))
  return isNews ? { from, to, by: visit?.body, movedBy, reason: reason ?? undefined } : undefined
}

function costsOf(scheme: Scheme, { ruleId }: Item['duty'], at: Pick<Around, 'grades' | 'day'> & { readonly country: string | undefined }): Line['costs'] {
  const finding = findingDutyOf(ruleId)
  return finding ? costOfGrade(scheme, at.grades.get(finding.findingId)) : costOf(scheme, ruleId, at, at.day)
}

const byTightness = (a: Item, b: Item): number =>
  a.notice.offsetDays - b.notice.offsetDays || compareDays(lateAfter(a.duty), lateAfter(b.duty)) || a.duty.id - b.duty.id

// Days off move a notice by a few days, and one reached before the record was entered could not be said.
function isBelated({ notice, duty }: Item, { day, move, reader }: Around): boolean {
  const reachedOn = notice.countedTo.subtract({ days: notice.offsetDays })
  // Nor could what is counted to a day of a visit before the visit was moved there.
  const since = latest(duty.enteredOn, move?.toOn?.equals(notice.countedTo) ? dayOf(move.recordedAt, reader.zone) : undefined)!
  // What can wait for the weekly day is not late by waiting.
  const waits = duty.tier === 'A' && reader.rhythm === 'daily' ? 3 : 9
  return notice.offsetDays > 0 && daysBetween(reachedOn, day) > waits && compareDays(reachedOn, since) >= 0
}

function byUrgency(a: Line, b: Line): number {
  return Number(b.late) - Number(a.late) || (a.tier < b.tier ? -1 : a.tier > b.tier ? 1 : 0)
    || compareDays(a.countedTo, b.countedTo) || a.certification.id - b.certification.id
}

const fingerprintOf = (view: unknown): string => createHash('sha256').update(JSON.stringify(view)).digest('hex')
