// Telling news: what waits joins the mail of its reader's day, or makes one at their send hour. It never makes a
// second mail of a day. And what use cases leave to be told: something was assigned, a link answered, a mail came back.

import type { Effect } from '../core/answer.ts'
import { dayOf, type Instant } from '../core/day.ts'
import type { Obligation } from '../core/obligation.ts'
import { type Directory, isReachable, type Person } from '../core/person.ts'
import { caretakersOf } from '../core/recipient.ts'
import { nextSendAt } from '../core/sending.ts'
import type { Db } from '../store/database.ts'
import * as store from '../store/news.ts'
import { findParts, insertMessage, removeUnsaid } from '../store/outbox.ts'
import type { App } from './app.ts'
import { calendarOf } from './calendars.ts'
import { messageIdFor } from './installation.ts'
import { gatherNews } from './news-sources.ts'
import type { PlanScene } from './verdicts.ts'

/** Gathers news where a send hour has begun, and gives what waits to mails; returns how many were opened. */
export async function planNews(app: App, scene: PlanScene, opens: boolean): Promise<{ messages: number }> {
  if (opens) await gatherNews(app, scene)
  // What makes no mail by itself is looked at only where mails have just been made that it may join.
  const waiting = (await store.listWaitingNews(app.database.db)).filter((row) => opens || makesMail(row))
  let messages = 0
  for (const [personId, rows] of Map.groupBy(waiting, (row) => row.personId)) {
    const person = scene.directory.get(personId)
    if (!isReachable(person) || !isSendHour(person, scene)) continue
    messages += await app.database.transact((db) => tell(app, db, { person, rows }, scene)) ? 1 : 0
  }
  return { messages }
}

/** Says whether news waits that makes a mail by itself. */
export const hasNewsToTell = async (db: Db): Promise<boolean> => (await store.listWaitingNews(db)).some(makesMail)

/** A receipt waits for the next mail, unless it is for a duty that is over by it: no other mail may ever come. */
const makesMail = ({ kind, facts }: store.NewsRow): boolean => kind !== 'answered' || facts['effect'] === 'met'

function isSendHour(person: Person, { world, now }: PlanScene): boolean {
  const next = nextSendAt(person, calendarOf(world.calendars, person.calendar), now)
  return Temporal.Instant.compare(next, now) <= 0
}

async function tell(app: App, db: Db, to: { readonly person: Person; readonly rows: readonly store.NewsRow[] }, { world, now, begins }: PlanScene): Promise<boolean> {
  const { person, rows } = to
  const rehearsal = !world.organisations.get(person.organisationId)?.live
  const key = { personId: person.id, kind: 'daily' as const, period: dayOf(now, person.zone).toString(), rehearsal }
  const { waiting, hasLeft, count } = await findParts(db, key, begins && now)
  // What has no day can wait for tomorrow's mail.
  if (!waiting && (hasLeft || !rows.some(makesMail))) return false
  const part = waiting ? waiting.part : count + 1
  const id = waiting?.id ?? await insertMessage(db, {
    ...key, part, organisationId: person.organisationId, language: person.language, dueAt: now, state: begins ?? 'planned',
    messageId: await messageIdFor(app, db, [key.personId, key.kind, key.period, part, rehearsal]),
  }, now)
  // Somebody else has just opened it: the next run joins that one.
  if (id === undefined) return false
  const joined = await store.joinNews(db, rows.map((row) => row.id), id)
  if (joined === 0 && !waiting) await removeUnsaid(db, id)
  return joined > 0 && !waiting
}

export interface Assigned {
  readonly certificationId: number
  /** The duties given on by themselves; none where it is the whole certification. */
  readonly obligationIds?: readonly number[] | undefined
  readonly ownerId: number | null
}

/** Leaves to be told that something is somebody's now; nobody is told what they took themselves. */
export async function noteAssigned(
  db: Db, { certificationId, obligationIds, ownerId }: Assigned, act: { readonly now: Instant; readonly by?: { readonly id: number } | undefined },
): Promise<void> {
  const subjects = obligationIds?.map((id) => ({ key: `obligation/${id}`, obligationId: id })) ?? [{ key: `certification/${certificationId}` }]
  await store.closeNews(db, 'assigned', subjects.map((one) => one.key), act.now)
  if (ownerId === null || ownerId === act.by?.id) return
  await store.insertNews(db, subjects.map((one): store.NewNews => ({
    personId: ownerId, kind: 'assigned', certificationId, ...one, facts: { by: act.by?.id ?? null },
  })), act.now)
}

export interface Pressed {
  readonly answerId: number
  readonly effect: Effect
  /** Whose mail it was, and who says to have acted. */
  readonly person: Person
  readonly actor: Person
  readonly now: Instant
}

/**
 * Leaves to be told what a link answered, to whoever it may surprise: a link proves only that something had the
 * mail. Those are its reader, who is said to have acted, and the owner it answers for.
 */
export async function noteAnswered(
  db: Db, { obligation, ownerId }: { readonly obligation: Pick<Obligation, 'id' | 'certificationId'>; readonly ownerId: number | undefined }, pressed: Pressed,
): Promise<void> {
  const { answerId, effect, person, actor, now } = pressed
  const readers = new Set([person.id, actor.id, ...ownerId === undefined ? [] : [ownerId]])
  await store.insertNews(db, [...readers].map((personId): store.NewNews => ({
    personId, kind: 'answered', key: answeredKey(answerId), certificationId: obligation.certificationId, obligationId: obligation.id,
    facts: { answer: answerId, by: actor.id, effect },
  })), now)
}

export const answeredKey = (answerId: number): string => `answer/${answerId}`

/** Leaves to be told, to those who look after an organisation, that mail to somebody came back. */
export async function noteBounced(db: Db, person: Person, directory: Directory, now: Instant): Promise<void> {
  await store.insertNews(db, caretakersOf(person.organisationId, directory).filter((one) => one.id !== person.id).map((one): store.NewNews => ({
    personId: one.id, kind: 'bounced', key: `person/${person.id}`, facts: { person: person.id },
  })), now)
}
