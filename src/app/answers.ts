// Answering a notice: acknowledged, snoozed, done, not mine; and taking an answer back. What a link is good
// for was settled when its mail was composed; what it does to each duty is decided when it is pressed.

import type { AnswerAction, Via } from '../core/answer.ts'
import { compareDays, type Day, dayOf, type Instant, instantAt, parseDay } from '../core/day.ts'
import { doneDayFault } from '../core/obligation.ts'
import type { Person } from '../core/person.ts'
import { caretakersOf } from '../core/recipient.ts'
import { insertAnswer, listStanding } from '../store/answers.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { insertNews } from '../store/news.ts'
import { checkDutyAt, findObligation } from '../store/obligations.ts'
import { readDirectory } from '../store/people.ts'
import { type Answerable, decide, lastSnooze, loadAnswerable } from './answerable.ts'
import { act, type App } from './app.ts'
import { actorOf, hasExpired, openLink, type OpenedLink } from './links.ts'
import { noteAnswered } from './news.ts'
import { doneObligation, submitObligation } from './obligations.ts'
import { loadWorld, todayOf, type World } from './world.ts'

/** What was entered on the page of a link, as it was typed. */
export interface AnswerEntry {
  readonly actor?: string | undefined
  readonly untilOn?: string | undefined
  readonly doneOn?: string | undefined
  readonly remark?: string | undefined
}

/** Why a press did nothing; `first` and `last` are the days allowed, both inclusive. */
export interface AnswerRefusal {
  readonly kind: 'gone' | 'actor' | 'nothing' | 'no-day' | 'snooze-range' | 'future' | 'long-ago' | 'remark'
  readonly first?: Day | undefined
  readonly last?: Day | undefined
}

export type AnswerResult = { readonly ok: true } | { readonly ok: false; readonly refusal: AnswerRefusal }

export const longestRemark = 500

/** Answers by the link of a mail; pressed again it changes nothing and is as well. */
export async function answerByLink(app: App, token: string, entry: AnswerEntry): Promise<AnswerResult> {
  return await act(app, async (db, now) => {
    const opened = await openLink(db, token)
    if (!opened || !isAnswer(opened.link.action)) return refused('gone')
    const { action, notices } = opened.link
    if ((await listStanding(db, notices, action)).length > 0) return { ok: true }
    if (hasExpired(opened.link, now)) return refused('gone')
    const world = await loadWorld(db)
    const items = await loadAnswerable(db, notices, { world, directory: await readDirectory(db), now })
    const read = readEntry(entry, opened, { items, world, now })
    if (!read.ok) return read
    const possible = items.filter((one) => decide(action, one, read.given.untilOn).ok)
    for (const one of possible) await give(app, db, one, { ...read.given, action, person: opened.person, via: 'mail-link', now })
    app.log.info({ person: opened.person.id, action, duties: possible.length }, 'answered by a link')
    return { ok: true }
  })
}

export const isAnswer = (action: OpenedLink['link']['action']): action is AnswerAction => action !== 'confirm' && action !== 'unsubscribe'

const refused = (kind: AnswerRefusal['kind'], days: Omit<AnswerRefusal, 'kind'> = {}): AnswerResult & { ok: false } =>
  ({ ok: false, refusal: { kind, ...days } })

interface Entered {
  readonly actor: Person
  readonly untilOn?: Day | undefined
  readonly doneOn?: Day | undefined
  readonly remark?: string | undefined
}

interface Around { readonly items: readonly Answerable[]; readonly world: World; readonly now: Instant }

function readEntry(entry: AnswerEntry, opened: OpenedLink, around: Around): { ok: true; given: Entered } | (AnswerResult & { ok: false }) {
  const { action } = opened.link
  const possible = around.items.filter((one) => isAnswer(action) && decide(action, one).ok)
  if (possible.length === 0) return refused('nothing')
  const actor = actorOf(opened, entry.actor)
  if (!actor) return refused('actor')
  if (action === 'snooze') return readSnooze(entry, actor, { ...around, opened })
  if (action === 'done') return readDone(entry, actor, { ...around, items: possible })
  const remark = entry.remark?.trim()
  if (remark !== undefined && remark.length > longestRemark) return refused('remark')
  return { ok: true, given: { actor, remark: action === 'not-mine' && remark ? remark : undefined } }
}

/** Returns the first day that a snooze may name. */
export const firstSnooze = (person: Person, now: Instant): Day => dayOf(now, person.zone).add({ days: 1 })

function readSnooze(entry: AnswerEntry, actor: Person, at: Around & { readonly opened: OpenedLink }): ReturnType<typeof readEntry> {
  const first = firstSnooze(at.opened.person, at.now)
  const last = lastSnooze(at.items)
  const untilOn = parseDay(entry.untilOn ?? '')
  if (!untilOn) return refused('no-day', { first, last })
  if (!last || compareDays(untilOn, first) < 0 || compareDays(untilOn, last) > 0) return refused('snooze-range', { first, last })
  return { ok: true, given: { actor, untilOn } }
}

function readDone(entry: AnswerEntry, actor: Person, at: Around): ReturnType<typeof readEntry> {
  const doneOn = parseDay(entry.doneOn ?? '')
  if (!doneOn) return refused('no-day')
  for (const { obligation } of at.items) {
    const today = todayOf(at.world, obligation.organisationId, at.now)
    const fault = doneDayFault(obligation, doneOn, today)
    if (fault) return refused(fault.kind, { first: fault.first, last: today })
  }
  return { ok: true, given: { actor, doneOn } }
}

interface Giving extends Entered {
  readonly action: AnswerAction
  readonly person: Person
  readonly via: Via
  readonly now: Instant
}

async function give(app: App, db: Db, one: Answerable, giving: Giving): Promise<void> {
  const { action, person, actor, now, via, untilOn, doneOn, remark } = giving
  const decision = decide(action, one, untilOn)
  if (!decision.ok) return
  // A duty of the same line may have been ended by the one before it.
  if (action === 'done' && (await findObligation(db, one.obligation.id))?.state !== 'open') return
  const id = await insertAnswer(db, {
    noticeId: one.notice.id, obligationId: one.obligation.id, personId: person.id, actorId: actor.id, action, untilOn, doneOn, remark, via,
  }, now)
  if (id === undefined) return
  if (untilOn) await checkDutyAt(db, one.obligation.id, instantAt(untilOn, person.sendHour, person.zone))
  if (doneOn) await (decision.effect === 'met' ? doneObligation : submitObligation)(app, db, one.obligation.id, doneOn, { now, by: actor })
  if (action === 'not-mine') await tellCaretakers(db, one, { answerId: id, actor, person, now })
  if (via === 'mail-link') await noteAnswered(db, { ...one, ownerId: one.obligation.ownerId ?? one.certification.ownerId ?? undefined }, { ...giving, answerId: id, effect: decision.effect })
  await appendHistory(db, one.obligation.organisationId, [{
    event: `answer-${action}`, subject: 'obligation', subjectId: one.obligation.id, actorId: actor.id,
    facts: { answer: id, notice: one.notice.id, person: person.id, via, on: (untilOn ?? doneOn)?.toString() ?? null },
  }], now)
}

/** What a remark says stays with the answer; the news holds ids only. */
async function tellCaretakers(
  db: Db, { obligation }: Answerable, by: { readonly answerId: number; readonly actor: Person; readonly person: Person; readonly now: Instant },
): Promise<void> {
  const caretakers = caretakersOf(obligation.organisationId, await readDirectory(db)).filter((one) => one.id !== by.actor.id && one.id !== by.person.id)
  await insertNews(db, caretakers.map((one) => ({
    personId: one.id, kind: 'not-mine' as const, key: notMineKey(obligation.id), certificationId: obligation.certificationId,
    obligationId: obligation.id, facts: { by: by.actor.id, answer: by.answerId },
  })), by.now)
}

export const notMineKey = (obligationId: number): string => `obligation/${obligationId}`
