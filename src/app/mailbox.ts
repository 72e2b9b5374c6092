// The mails as people read them in the browser: a list, and one with its parts and attempts. A mail to
// somebody else answers like one that does not exist, unless the reader looks after the installation.

import type { BounceAction } from '../core/bounce.ts'
import type { Instant } from '../core/day.ts'
import { type MessageState, messageStates } from '../core/message.ts'
import { invalid, notFound } from '../errors.ts'
import { listBounces } from '../store/bounces.ts'
import * as outbox from '../store/outbox.ts'
import { listNames } from '../store/overview.ts'
import type { App } from './app.ts'
import { seenBy } from './reading.ts'
import type { Reader } from './sign-in.ts'

export interface MailboxEntry {
  readonly id: number
  readonly kind: string
  readonly state: MessageState
  readonly rehearsal: boolean
  readonly person: string
  readonly subject: string | undefined
  readonly at: Instant
}

export interface MailboxPage {
  readonly state: MessageState | undefined
  readonly entries: readonly MailboxEntry[]
  /** What `?before=` of the next page is; undefined on the last. */
  readonly before: number | undefined
}

const pageLength = 50

/** Returns a page of mails, newest first. */
export async function getMailbox(
  app: App, reader: Reader, asked: { readonly state: string | undefined; readonly before: string | undefined },
): Promise<MailboxPage> {
  const state = stateOf(asked.state)
  const found = await outbox.listMessages(app.database.db, {
    states: state && [state], personId: seenBy(reader, 'messages'), before: beforeOf(asked.before), readerId: reader.person.id,
  }, pageLength + 1)
  const page = found.slice(0, pageLength)
  return {
    state, before: found.length > pageLength ? page.at(-1)?.id : undefined,
    entries: page.map((row) => ({
      id: row.id, kind: row.kind, state: row.state, rehearsal: row.rehearsal, person: row.person,
      subject: row.subject ?? undefined, at: row.settledAt ?? row.dueAt,
    })),
  }
}

function stateOf(text: string | undefined): MessageState | undefined {
  if (text === undefined || text === '') return undefined
  const state = messageStates.find((one) => one === text)
  if (!state) throw invalid(`state=${text} is not known. Use one of: ${messageStates.join(', ')}.`)
  return state
}

function beforeOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^\d{1,9}$/.test(text)) throw invalid(`before=${text} is not a place in this list. Begin again without it.`)
  return Number(text)
}

export interface Attempt {
  readonly number: number
  readonly channel: string
  readonly at: Instant
  readonly outcome: string | undefined
  readonly reply: string | undefined
}

/** What a mail server reported of a mail it had taken. */
export interface Reported {
  readonly at: Instant
  readonly action: BounceAction
  readonly status: string | undefined
  readonly diagnostic: string | undefined
  readonly suspends: boolean
}

export interface MailPage extends MailboxEntry {
  readonly address: string | undefined
  readonly messageId: string
  readonly dueAt: Instant
  readonly settledAt: Instant | undefined
  readonly text: string | undefined
  readonly html: string | undefined
  readonly raw: Uint8Array | undefined
  readonly attempts: readonly Attempt[]
  readonly reports: readonly Reported[]
}

/** Returns one mail with its parts; throws `not-found` where there is none in the reader's sight. */
export async function getMailPage(app: App, reader: Reader, id: number): Promise<MailPage> {
  const { db } = app.database
  const row = await outbox.findMessage(db, id)
  const own = seenBy(reader, 'messages')
  // Whoever reads a sign-in mail of somebody else could sign in as them.
  const isForeign = row?.personId !== (row?.kind === 'sign-in' ? reader.person.id : own ?? row?.personId)
  if (!row || isForeign) throw notFound(`There is no mail ${id}.`)
  const names = await listNames(db, [row.personId])
  const attempts = await outbox.listDeliveries(db, id)
  return {
    id, kind: row.kind, state: row.state, rehearsal: row.rehearsal, person: names.get(row.personId) ?? '',
    subject: row.subject ?? undefined, at: row.settledAt ?? row.dueAt, address: row.address ?? undefined,
    messageId: row.messageId, dueAt: row.dueAt, settledAt: row.settledAt ?? undefined,
    text: row.text ?? undefined, html: row.html ?? undefined, raw: row.raw ?? undefined,
    attempts: attempts.map((one) => ({
      number: one.attempt, channel: one.channel, at: one.startedAt, outcome: one.outcome ?? undefined, reply: one.reply ?? undefined,
    })),
    reports: (await listBounces(db, id)).map((one) => ({
      at: one.receivedAt, action: one.action, status: one.status ?? undefined, diagnostic: one.diagnostic ?? undefined, suspends: one.suspends,
    })),
  }
}
