// The bulk answer about duties that were past when their records were entered: all of one person's, a page
// at a time, behind the link of their mail. What is valid is kept; each refusal is told beside its duty.

import { type Day, parseDay, type Instant } from '../core/day.ts'
import { doneDayFault, type Obligation } from '../core/obligation.ts'
import type { Person } from '../core/person.ts'
import type { Words } from '../core/certification.ts'
import { AppError } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { listUnconfirmedOf } from '../store/obligations.ts'
import { act, type App } from './app.ts'
import { actorOf, hasExpired, openLink, type OpenedLink } from './links.ts'
import { type Answer, answers, confirmObligation } from './obligations.ts'
import { schemeName } from './reading.ts'
import { loadWorld, todayOf, type World } from './world.ts'

export interface Asked {
  readonly obligation: Obligation
  readonly certification: { readonly scheme: Words; readonly name: string }
}

export interface ConfirmPage {
  readonly opened: OpenedLink
  readonly asked: readonly Asked[]
  /** What `?after=` of the next page is; undefined on the last. */
  readonly after: number | undefined
}

/** What was chosen about one duty, as it was typed; nothing chosen is no entry. */
export interface ConfirmEntry { readonly answer: string | undefined; readonly doneOn: string | undefined }

export interface ConfirmForm {
  readonly actor: string | undefined
  /** By duty; what is not named takes the choice for all. */
  readonly each: ReadonlyMap<number, ConfirmEntry>
  readonly all: ConfirmEntry
}

/** Why one duty was not answered; `message` where only the use case knows. */
export interface ConfirmRefusal {
  readonly kind: 'no-day' | 'future' | 'long-ago' | 'expiry' | 'other'
  readonly first?: Day | undefined
  readonly last?: Day | undefined
  readonly message?: string | undefined
}

export interface Confirmed {
  /** The page as it stands now, with what is still unanswered. */
  readonly page: ConfirmPage
  readonly saved: number
  readonly refusals: ReadonlyMap<number, ConfirmRefusal>
  /** True where a mailbox did not say who acts: nothing was saved. */
  readonly noActor: boolean
}

export const pageLength = 50

/** Reads a page of what one person has to answer, after a duty; undefined where the link is not for that, or has expired. */
export async function findConfirmPage(app: App, db: Db, opened: OpenedLink, at: { readonly after: number; readonly now: Instant }): Promise<ConfirmPage | undefined> {
  if (opened.link.action !== 'confirm' || hasExpired(opened.link, at.now)) return undefined
  const found = await listUnconfirmedOf(db, opened.person.id, at.after, pageLength + 1)
  const shown = found.slice(0, pageLength)
  return {
    opened, after: found.length > pageLength ? shown.at(-1)?.obligation.id : undefined,
    asked: shown.map(({ obligation, certification }) => ({ obligation, certification: { scheme: schemeName(app, certification), name: certification.name } })),
  }
}

/** Answers what was chosen on a page that began after a duty, each on its own; undefined where the link is gone. */
export async function confirmByLink(app: App, token: string, form: ConfirmForm, after: number): Promise<Confirmed | undefined> {
  const { db } = app.database
  const now = app.clock.now()
  const opened = await openLink(db, token)
  const page = opened && await findConfirmPage(app, db, opened, { after, now })
  if (!opened || !page) return undefined
  const chosen = page.asked.flatMap((asked) => choiceOf(asked, form))
  const actor = actorOf(opened, form.actor)
  if (!actor) return { page, saved: 0, refusals: new Map(), noActor: chosen.length > 0 }
  const world = await loadWorld(db)
  const refusals = new Map<number, ConfirmRefusal>()
  for (const one of chosen) {
    const refusal = await confirmOne(app, one, { actor, world })
    if (refusal) refusals.set(one.asked.obligation.id, refusal)
  }
  if (chosen.length > 0) app.log.info({ person: opened.person.id, chosen: chosen.length, refused: refusals.size }, 'answered by a link')
  return { page: (await findConfirmPage(app, db, opened, { after, now }))!, saved: chosen.length - refusals.size, refusals, noActor: false }
}

interface Choice { readonly asked: Asked; readonly answer: Answer; readonly doneOn: string | undefined }

const isChosen = (text: string | undefined): text is Answer => answers.some((one) => one === text)

// The choice for all stands for whatever has none of its own, but an expiry is never done: that is left open.
function choiceOf(asked: Asked, { each, all }: ConfirmForm): Choice[] {
  const own = each.get(asked.obligation.id)
  if (own && isChosen(own.answer)) return [{ asked, answer: own.answer, doneOn: own.doneOn }]
  if (!isChosen(all.answer) || (asked.obligation.kind === 'expiry' && all.answer === 'done')) return []
  return [{ asked, answer: all.answer, doneOn: own?.doneOn || all.doneOn }]
}

async function confirmOne(app: App, choice: Choice, { actor, world }: { actor: Person; world: World }): Promise<ConfirmRefusal | undefined> {
  const { asked: { obligation }, answer, doneOn } = choice
  const on = answer === 'done' ? parseDay(doneOn ?? '') : undefined
  try {
    return await act(app, async (db, now) => {
      const refusal = answer === 'done' ? dayRefusal(obligation, on, todayOf(world, obligation.organisationId, now)) : undefined
      if (refusal) return refusal
      await confirmObligation(app, db, obligation.id, { answer, on }, { now, by: actor })
      await appendHistory(db, obligation.organisationId, [{
        event: 'answer-confirm', subject: 'obligation', subjectId: obligation.id, actorId: actor.id,
        facts: { answer, via: 'mail-link', on: on?.toString() ?? null },
      }], now)
      return undefined
    })
  } catch (error) {
    if (error instanceof AppError) return { kind: 'other', message: error.message }
    throw error
  }
}

function dayRefusal(obligation: Obligation, on: Day | undefined, today: Day): ConfirmRefusal | undefined {
  if (obligation.kind === 'expiry') return { kind: 'expiry' }
  if (!on) return { kind: 'no-day' }
  const fault = doneDayFault(obligation, on, today)
  return fault && { kind: fault.kind, first: fault.first, last: today }
}
