// Alarms as an administrator meets them: what is open, and closing one. They are raised where the trouble is found.

import type { AlarmKind } from '../core/alarm.ts'
import type { Instant } from '../core/day.ts'
import { conflict, notFound } from '../errors.ts'
import * as store from '../store/alarms.ts'
import type { Db } from '../store/database.ts'
import { appendHistory, type Entry } from '../store/history.ts'
import { findMessage } from '../store/outbox.ts'
import { listOrganisations } from '../store/people.ts'
import type { App } from './app.ts'
import { acceptBreaches } from './conservation.ts'

export type Alarm = Pick<store.AlarmRow, 'id' | 'kind' | 'subjectId' | 'facts' | 'raisedAt'>

/** The most that is shown at once; a person who has more has one problem. */
export const mostAlarms = 200

/** Lists what is open, oldest first. */
export async function listOpenAlarms(app: App, limit = mostAlarms): Promise<Alarm[]> {
  const open = await store.listOpenAlarms(app.database.db, limit)
  return open.map(({ id, kind, subjectId, facts, raisedAt }) => ({ id, kind, subjectId, facts, raisedAt }))
}

/** What a person does about an alarm of a kind, as a command; with `subjectId` where it is about one mail. */
export function wayOut({ kind, subjectId }: Pick<Alarm, 'kind' | 'subjectId'>): string {
  const ways: Readonly<Record<AlarmKind, string>> = {
    'mail-failed': `message show ${subjectId ?? 'N'}`, 'channel-paused': 'doctor', conservation: 'admin alarms --json',
    quarantine: 'message quarantined', clock: 'doctor',
  }
  return ways[kind]
}

const whats: Readonly<Record<AlarmKind, string>> = {
  'mail-failed': 'a mail was given up', 'channel-paused': 'the mail server refuses all mail', conservation: 'mails do not add up',
  quarantine: 'mail is held after a restore', clock: 'a clock is wrong',
}

/** Says what an alarm is about and since when, for whoever reads a command line. */
export function alarmText({ id, kind, subjectId, facts, raisedAt }: Alarm): string {
  const said = Object.entries(facts).map(([name, value]) => `${name} ${value}`).join(', ')
  return `alarm ${id}: ${whats[kind]}${subjectId === null ? '' : ` (message ${subjectId})`} since ${raisedAt.toString({ smallestUnit: 'second' })}${said === '' ? '' : `: ${said}`}`
}

/** Closes an alarm by hand; throws `not-found`, or `conflict` where it is closed already. Breaches it names are not told again. */
export async function closeAlarm(db: Db, id: number, now: Instant, actorId?: number): Promise<Alarm> {
  const closed = await store.closeAlarm(db, id, now, actorId)
  if (!closed) {
    const known = await store.findAlarm(db, id)
    throw known ? conflict(`Alarm ${id} has been closed since ${known.closedAt!.toString({ smallestUnit: 'second' })}.`) : notFound(`There is no alarm ${id}. List them with: admin alarms`)
  }
  if (closed.kind === 'conservation') await acceptBreaches(db, closed.facts)
  await noteClosed(db, closed, now, actorId)
  return closed
}

// An alarm about a mail stands in the history of its organisation, one about everything in that of the first.
async function noteClosed(db: Db, { id, kind, subjectId }: Alarm, now: Instant, actorId: number | undefined): Promise<void> {
  const message = kind === 'mail-failed' && subjectId !== null ? await findMessage(db, subjectId) : undefined
  const organisationId = message?.organisationId ?? (await listOrganisations(db))[0]?.id
  if (organisationId === undefined) return
  const about: Pick<Entry, 'subject' | 'subjectId'> = message ? { subject: 'message', subjectId: message.id } : { subject: 'alarm', subjectId: id }
  await appendHistory(db, organisationId, [{ event: 'alarm-closed', ...about, facts: { alarm: id, kind }, actorId }], now)
}
