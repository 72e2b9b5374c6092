// The weekly mail of an owner who prefers one: what of their own is late or in danger, and what falls due in
// the next 30 days. Nothing else is said to them, and with neither there is no mail.

import { type Day, dayOf, type Instant, weekOf } from '../core/day.ts'
import type { OwnDigestView } from '../core/digest.ts'
import type { Directory, Person } from '../core/person.ts'
import type { Db } from '../store/database.ts'
import { answerActions } from '../core/answer.ts'
import { wordsIn } from '../mail/words.ts'
import { readLastSaid } from '../store/answers.ts'
import { listDutiesOwned } from '../store/digests.ts'
import { isPossible, loadAnswerable } from './answerable.ts'
import type { App } from './app.ts'
import { calendarOf } from './calendars.ts'
import { datedDuties, digestDuties, isBad, worstFirst } from './digest-duties.ts'
import { digestDueAt, readsOwnDigest } from './digest-scope.ts'
import type { Issue } from './links.ts'
import type { World } from './world.ts'

const ahead = 180

/** What the weekly mail of an owner says as of `now`; nothing is written. */
export async function ownDigestViewFor(
  app: App, db: Db, person: Person, at: { readonly world: World; readonly directory: Directory; readonly now: Instant },
): Promise<OwnDigestView> {
  const day: Day = dayOf(at.now, person.zone)
  const home = at.world.organisations.get(person.organisationId)
  const rows = await listDutiesOwned(db, person.id, day.add({ days: ahead }))
  const duties = await digestDuties(app, db, rows, { ...at, calendar: calendarOf(at.world.calendars, person.calendar), zone: person.zone, day })
  const bad = duties.filter(isBad)
  const next30 = duties.filter(({ duty }) => duty.daysLeft >= 0 && duty.daysLeft <= 30).map((one) => one.duty)
  return {
    to: { id: person.id, name: person.name }, language: person.language, organisation: home?.name ?? '', week: weekOf(day), day,
    cutOffAt: at.now, zone: person.zone, url: app.config.url, rehearsal: home?.live !== true,
    counts: { late: bad.filter((one) => one.late).length, inDanger: bad.filter((one) => !one.late).length, next30: next30.length },
    lateOrInDanger: await datedDuties(db, bad.map((one) => one.duty).toSorted(worstFirst), person.zone), next30,
  }
}

/** Adds the buttons by which items can be answered: of each, to the last notice its owner had. */
export async function withButtons(
  db: Db, view: OwnDigestView, issue: Issue, at: { readonly world: World; readonly directory: Directory; readonly now: Instant; readonly person: Person },
): Promise<OwnDigestView> {
  const said = await readLastSaid(db, at.person.id, [...new Set([...view.lateOrInDanger, ...view.next30].map((one) => one.obligationId))])
  const answerable = new Map((await loadAnswerable(db, [...said.values()], at)).map((one) => [one.obligation.id, one]))
  const { actions } = wordsIn(view.language).daily
  const drawn = new Map([...answerable].map(([id, one]) => [id, answerActions.filter((action) => isPossible(action, [one]))
    .map((action) => ({ label: actions[action], href: issue(action, [one.notice.id]) }))]))
  const linked = (items: OwnDigestView['next30']) => items.map((one) => ({ ...one, links: drawn.get(one.obligationId) ?? [] }))
  return { ...view, lateOrInDanger: linked(view.lateOrInDanger), next30: linked(view.next30) }
}

/** What of an owner's weekly mail is not in the lines of the day's mail already; undefined on other days and for others. */
export async function aheadFor(
  app: App, db: Db, person: Person, lines: ReadonlySet<number>, at: { readonly world: World; readonly directory: Directory; readonly now: Instant },
): Promise<OwnDigestView | undefined> {
  const day = dayOf(at.now, person.zone)
  if (!readsOwnDigest(person) || !dayOf(digestDueAt(person, at.world, at.now), person.zone).equals(day)) return undefined
  const view = await ownDigestViewFor(app, db, person, at)
  const left = (items: OwnDigestView['next30']) => items.filter((one) => !lines.has(one.obligationId))
  const [lateOrInDanger, next30] = [left(view.lateOrInDanger), left(view.next30)]
  return { ...view, lateOrInDanger, next30, counts: { late: lateOrInDanger.filter((one) => one.daysLeft < 0).length, inDanger: lateOrInDanger.filter((one) => one.daysLeft >= 0).length, next30: next30.length } }
}

/** Says whether there is nothing to say: no mail goes out then. */
export const isEmptyOwnDigest = (view: OwnDigestView): boolean => view.lateOrInDanger.length === 0 && view.next30.length === 0
