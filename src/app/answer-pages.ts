// What the page behind an answering link shows: the duties its line stood for with what would happen to each,
// or what was answered and whether it can be taken back. Looking changes nothing.

import type { AnswerAction, AnswerDecision, Effect, Via } from '../core/answer.ts'
import { rollBack } from '../core/calendar.ts'
import type { Words } from '../core/certification.ts'
import { type Day, dayOf, type Instant, latest } from '../core/day.ts'
import { countedTo, type Obligation } from '../core/obligation.ts'
import { type AnswerRow, listStanding } from '../store/answers.ts'
import type { Db } from '../store/database.ts'
import { listNames } from '../store/overview.ts'
import { readDirectory } from '../store/people.ts'
import { type Answerable, decide, lastSnooze, loadAnswerable } from './answerable.ts'
import { firstSnooze, isAnswer } from './answers.ts'
import type { App } from './app.ts'
import { calendarOf } from './calendars.ts'
import { hasExpired, type OpenedLink } from './links.ts'
import { schemeName } from './reading.ts'
import { canBeTakenBack } from './taking-back.ts'
import { loadWorld, type World } from './world.ts'

export interface AnsweredDuty {
  readonly obligation: Obligation
  readonly certification: { readonly scheme: Words; readonly name: string }
  readonly countedTo: Day
  /** What pressing does to it, or has done. */
  readonly decision: AnswerDecision
  /** The last day that a snooze of it may name. */
  readonly snoozableUntil: Day | undefined
}

export interface GivenAnswer {
  readonly at: Instant
  readonly by: string | undefined
  readonly via: Via
  readonly untilOn: Day | undefined
  readonly doneOn: Day | undefined
  readonly canBeTakenBack: boolean
}

export interface AnswerPage {
  readonly action: AnswerAction
  readonly opened: OpenedLink
  readonly today: Day
  readonly duties: readonly AnsweredDuty[]
  /** The days a snooze may name, both inclusive, and the one proposed. */
  readonly days: { readonly first: Day; readonly last: Day; readonly proposed: Day } | undefined
  /** What stands; undefined while nothing was answered. */
  readonly given: GivenAnswer | undefined
}

/** Reads the page of an answering link; undefined where it is unknown, has expired, or is for something else. */
export async function findAnswerPage(app: App, db: Db, opened: OpenedLink, now: Instant): Promise<AnswerPage | undefined> {
  const { link, person } = opened
  const { action } = link
  if (!isAnswer(action)) return undefined
  const standing = await listStanding(db, link.notices, action)
  if (standing.length === 0 && hasExpired(link, now)) return undefined
  if (standing.length > 0 && hasExpired(link, now) && !standing.some((row) => canBeTakenBack(row.answeredAt, now))) return undefined
  const world = await loadWorld(db)
  const items = await loadAnswerable(db, link.notices, { world, directory: await readDirectory(db), now })
  const answered = new Set(standing.map((row) => row.noticeId))
  const shown = standing.length > 0 ? items.filter((one) => answered.has(one.notice.id)) : items
  return {
    action, opened, today: dayOf(now, person.zone),
    duties: shown.map((one) => dutyOf(app, one, action, standing.length > 0)),
    days: action === 'snooze' && standing.length === 0 ? daysOf(items, opened, world, now) : undefined,
    given: standing[0] && await givenOf(db, standing[0], now),
  }
}


function dutyOf(app: App, one: Answerable, action: AnswerAction, isGiven: boolean): AnsweredDuty {
  return {
    obligation: one.obligation, certification: { scheme: schemeName(app, one.certification), name: one.certification.name },
    countedTo: countedTo(one.obligation), snoozableUntil: one.snoozableUntil,
    decision: isGiven ? { ok: true, effect: effectOf(action, one) } : decide(action, one),
  }
}

const effects: Readonly<Record<Exclude<AnswerAction, 'done'>, Effect>> = { acknowledge: 'heard', snooze: 'quiet', 'not-mine': 'passed-back' }

const effectOf = (action: AnswerAction, { obligation }: Answerable): Effect =>
  (action === 'done' ? obligation.state === 'met' ? 'met' : 'submitted' : effects[action])

function daysOf(items: readonly Answerable[], { person }: OpenedLink, world: World, now: Instant): AnswerPage['days'] {
  const first = firstSnooze(person, now)
  const last = lastSnooze(items)
  return last && { first, last, proposed: latest(first, rollBack(last, calendarOf(world.calendars, person.calendar)))! }
}

async function givenOf(db: Db, row: AnswerRow, now: Instant): Promise<GivenAnswer> {
  const by = row.actorId ?? row.personId
  return {
    at: row.answeredAt, by: (await listNames(db, [by])).get(by), via: row.via, untilOn: row.untilOn ?? undefined,
    doneOn: row.doneOn ?? undefined, canBeTakenBack: canBeTakenBack(row.answeredAt, now),
  }
}
