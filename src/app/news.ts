// Telling news: what waits joins the mail of its reader's day, or makes one at their send hour. It never makes a
// second mail of a day. And what use cases leave to be told: something was assigned, a mail came back.

import { dayOf, type Instant } from '../core/day.ts'
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
  const waiting = await store.listWaitingNews(app.database.db)
  let messages = 0
  for (const [personId, rows] of Map.groupBy(waiting, (row) => row.personId)) {
    const person = scene.directory.get(personId)
    if (!isReachable(person) || !isSendHour(person, scene)) continue
    messages += await app.database.transact((db) => tell(app, db, { person, ids: rows.map((row) => row.id) }, scene)) ? 1 : 0
  }
  return { messages }
}

function isSendHour(person: Person, { world, now }: PlanScene): boolean {
  const next = nextSendAt(person, calendarOf(world.calendars, person.calendar), now)
  return Temporal.Instant.compare(next, now) <= 0
}

async function tell(app: App, db: Db, to: { readonly person: Person; readonly ids: readonly number[] }, { world, now }: PlanScene): Promise<boolean> {
  const { person, ids } = to
  const rehearsal = !world.organisations.get(person.organisationId)?.live
  const key = { personId: person.id, kind: 'daily' as const, period: dayOf(now, person.zone).toString(), rehearsal }
  const { waiting, hasLeft, count } = await findParts(db, key)
  // What has no day can wait for tomorrow's mail.
  if (!waiting && hasLeft) return false
  const part = waiting ? waiting.part : count + 1
  const id = waiting?.id ?? await insertMessage(db, {
    ...key, part, organisationId: person.organisationId, language: person.language, dueAt: now,
    messageId: await messageIdFor(app, db, [key.personId, key.kind, key.period, part, rehearsal]),
  }, now)
  // Somebody else has just opened it: the next run joins that one.
  if (id === undefined) return false
  const joined = await store.joinNews(db, ids, id)
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

/** Leaves to be told, to those who look after an organisation, that mail to somebody came back. */
export async function noteBounced(db: Db, person: Person, directory: Directory, now: Instant): Promise<void> {
  await store.insertNews(db, caretakersOf(person.organisationId, directory).filter((one) => one.id !== person.id).map((one): store.NewNews => ({
    personId: one.id, kind: 'bounced', key: `person/${person.id}`, facts: { person: person.id },
  })), now)
}
