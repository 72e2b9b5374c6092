// Tables of what becomes of mail once it is on its way: whether the way out works, what mail servers reported
// later, and what a person must look at. Constraint names are sentences, as in schema-records.ts.

import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import type { AlarmKind } from '../core/alarm.ts'
import type { BounceAction } from '../core/bounce.ts'
import { id, instant, oneOf } from './columns.ts'
import { message } from './schema-mail.ts'
import { person } from './schema-records.ts'

/** The way out for mail as all replicas see it: a fault of the mail server as a whole is nobody's attempt, and pauses it for all. */
export const channel = pgTable('channel', {
  name: text('name').primaryKey(),
  // Since when it fails without a success between; null while it works.
  failingSince: instant('failing_since'),
  failures: integer('failures').notNull().default(0),
  pausedUntil: instant('paused_until'),
  reply: text('reply'),
}, (t) => [check('channel_failing_has_failures', sql`(${t.failingSince} is null) = (${t.failures} = 0)`)])

/** What mail servers reported of a mail they had taken (RFC 3464), each report once. */
export const bounce = pgTable('bounce', {
  id: id(),
  messageId: integer('message_id').notNull().references(() => message.id),
  personId: integer('person_id').notNull().references(() => person.id),
  // SHA-256 of the report: a report that comes twice is one.
  reportHash: text('report_hash').notNull(),
  action: text('action').$type<BounceAction>().notNull(),
  // RFC 3463, such as 5.1.1.
  status: text('status'),
  diagnostic: text('diagnostic'),
  // Whether the address was suspended by it.
  suspends: boolean('suspends').notNull(),
  receivedAt: instant('received_at').notNull(),
}, (t) => [
  unique('bounce_report_counts_once').on(t.reportHash, t.messageId),
  index('bounce_by_message').on(t.messageId),
  index('bounce_by_person').on(t.personId, t.id),
  check('bounce_action_is_known', oneOf(t.action, ['failed', 'delayed', 'delivered', 'relayed', 'expanded'])),
])

/** What a person must look at because no mail can say it: open until it is over or somebody closes it. */
export const alarm = pgTable('alarm', {
  id: id(),
  kind: text('kind').$type<AlarmKind>().notNull(),
  // What it is about, such as the message; null where it is about the whole installation.
  subjectId: integer('subject_id'),
  facts: jsonb('facts').$type<Record<string, string | number | boolean | null>>().notNull(),
  raisedAt: instant('raised_at').notNull(),
  closedAt: instant('closed_at'),
  // Null where it closed by itself.
  closedBy: integer('closed_by').references(() => person.id),
}, (t) => [
  uniqueIndex('alarm_is_open_once_per_subject').on(t.kind, sql`coalesce(${t.subjectId}, 0)`).where(sql`${t.closedAt} is null`),
  index('alarm_by_moment').on(t.raisedAt, t.id),
  check('alarm_kind_is_known', oneOf(t.kind, ['mail-failed', 'channel-paused', 'conservation', 'quarantine', 'clock'])),
])
