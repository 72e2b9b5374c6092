// Tables of what is said: ladders, messages, the ledger of notices, deliveries. What people answer is in
// schema-answers.ts. Constraint names are sentences, as in schema-records.ts.

import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, pgTable, smallint, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Language } from '../core/certification.ts'
import type { Audience } from '../core/ladder.ts'
import type { MessageKind, MessageState, Purpose } from '../core/message.ts'
import type { LadderChange } from '../core/policy.ts'
import { bytes, day, id, instant, oneOf } from './columns.ts'
import { certification, organisation, person } from './schema-records.ts'
import { obligation } from './schema-work.ts'

export type NoticeOutcome = 'said' | 'covered' | 'muted' | 'snoozed' | 'skipped' | 'unsaid'
export type DeliveryOutcome = 'sent' | 'captured' | 'deferred' | 'rejected' | 'abandoned' | 'released' | 'in-doubt'
/** Rows of before a policy had a place name no audiences: they set them all. */
type KeptChange = Omit<LadderChange, 'audiences'> & Partial<Pick<LadderChange, 'audiences'>>

/** A reminder policy changed by a person, for everything or for one organisation, certification or duty; ladders nobody changed are not stored. */
export const policy = pgTable('policy', {
  id: id(),
  ladder: text('ladder').notNull(),
  // Where it holds; none of them: everywhere. The nearest to a duty applies.
  organisationId: integer('organisation_id').references(() => organisation.id),
  certificationId: integer('certification_id').references(() => certification.id),
  obligationId: integer('obligation_id').references(() => obligation.id),
  rungs: jsonb('rungs').$type<KeptChange>().notNull(),
  changedAt: instant('changed_at').notNull(),
}, (t) => [
  unique('policy_is_one_per_ladder_and_place').on(t.ladder, t.organisationId, t.certificationId, t.obligationId).nullsNotDistinct(),
  check('policy_holds_for_one_place_or_everywhere', sql`num_nonnulls(${t.organisationId}, ${t.certificationId}, ${t.obligationId}) <= 1`),
])

export const message = pgTable('message', {
  id: id(),
  organisationId: integer('organisation_id').notNull().references(() => organisation.id),
  personId: integer('person_id').notNull().references(() => person.id),
  kind: text('kind').$type<MessageKind>().notNull(),
  // The local day of a daily mail, the ISO week of a digest, the moment of a sign-in.
  period: text('period').notNull(),
  // 1 is the day's mail; more only where a due day would otherwise pass first.
  part: integer('part').notNull(),
  // True while the organisation is not live: kept to be read, never sent.
  rehearsal: boolean('rehearsal').notNull(),
  // The computed instant at which it is due to be sent.
  dueAt: instant('due_at').notNull(),
  state: text('state').$type<MessageState>().notNull(),
  messageId: text('message_id').notNull(),
  language: text('language').$type<Language>().notNull(),
  // The final words and bytes, once composed; rewritten only until it has passed the gate.
  address: text('address'),
  subject: text('subject'),
  text: text('text'),
  html: text('html'),
  raw: bytes('raw'),
  // What it was composed from, to see whether it must be composed again.
  fingerprint: text('fingerprint'),
  gatedAt: instant('gated_at'),
  token: text('token'),
  leaseUntil: instant('lease_until'),
  // What leaves first where not all can: 0 who waits to sign in, 1 what would soon be worthless, 2 a day's mail, 3 a digest.
  priority: smallint('priority').notNull().default(2),
  // When it was last claimed, by the clock of the database: what a limit of mails per minute counts.
  claimedAt: instant('claimed_at'),
  attempts: integer('attempts').notNull(),
  nextAttemptAt: instant('next_attempt_at').notNull(),
  settledAt: instant('settled_at'),
  reply: text('reply'),
  createdAt: instant('created_at').notNull(),
}, (t) => [
  unique('message_is_one_per_person_kind_period_and_part').on(t.personId, t.kind, t.period, t.part, t.rehearsal),
  unique('message_id_is_used_once').on(t.messageId),
  index('message_waiting_by_priority').on(t.priority, t.nextAttemptAt, t.id).where(sql`${t.state} in ('planned', 'deferred')`),
  index('message_by_claim').on(t.claimedAt),
  check('message_priority_is_from_0_to_3', sql`${t.priority} between 0 and 3`),
  index('message_in_flight').on(t.leaseUntil).where(sql`${t.state} in ('claimed', 'gated')`),
  index('message_by_person').on(t.personId, t.id),
  check('message_kind_is_known', oneOf(t.kind, ['daily', 'digest', 'sign-in'])),
  check('message_state_is_known', oneOf(t.state, ['planned', 'claimed', 'gated', 'sent', 'captured', 'deferred', 'rejected', 'abandoned', 'cancelled', 'quarantined'])),
  check('message_in_flight_has_a_token_and_a_lease',
    sql`(${t.state} in ('claimed', 'gated')) = (${t.token} is not null and ${t.leaseUntil} is not null)`),
  check('message_settled_has_its_moment',
    sql`(${t.state} in ('sent', 'captured', 'rejected', 'abandoned', 'cancelled')) = (${t.settledAt} is not null)`),
  check('message_gone_out_has_its_bytes', sql`${t.state} not in ('gated', 'sent', 'captured') or ${t.raw} is not null`),
  check('message_of_a_rehearsal_never_leaves', sql`not ${t.rehearsal} or ${t.state} not in ('gated', 'sent')`),
])

/** The ledger: what has been said, or covered, muted, snoozed, skipped. Its unique key makes a notice happen once. */
export const notice = pgTable('notice', {
  id: id(),
  obligationId: integer('obligation_id').notNull().references(() => obligation.id),
  countedTo: day('counted_to').notNull(),
  notice: text('notice').notNull(),
  // Days before the counted day; negative once it is past.
  offsetDays: integer('offset_days').notNull(),
  personId: integer('person_id').notNull().references(() => person.id),
  // Whom it stands for where somebody stands in: their rows cover the owner's.
  onBehalfOf: integer('on_behalf_of').references(() => person.id),
  purpose: text('purpose').$type<Purpose>().notNull(),
  // As whom the person was told; rows of before it was kept have none.
  audience: text('audience').$type<Audience>(),
  outcome: text('outcome').$type<NoticeOutcome>().notNull(),
  reason: text('reason').notNull(),
  messageId: integer('message_id').references(() => message.id),
  decidedAt: instant('decided_at').notNull(),
}, (t) => [
  uniqueIndex('notice_is_said_once_per_obligation_day_person_and_purpose')
    .on(t.obligationId, t.countedTo, t.notice, t.personId, t.purpose).where(sql`${t.outcome} <> 'unsaid'`),
  index('notice_by_message').on(t.messageId),
  check('notice_purpose_is_known', oneOf(t.purpose, ['reminder', 'escalation', 'fallback'])),
  check('notice_outcome_is_known', oneOf(t.outcome, ['said', 'covered', 'muted', 'snoozed', 'skipped', 'unsaid'])),
  check('notice_said_is_in_a_message', sql`${t.outcome} <> 'said' or ${t.messageId} is not null`),
])

export const delivery = pgTable('delivery', {
  id: id(),
  messageId: integer('message_id').notNull().references(() => message.id),
  attempt: integer('attempt').notNull(),
  channel: text('channel').$type<'capture' | 'smtp'>().notNull(),
  startedAt: instant('started_at').notNull(),
  endedAt: instant('ended_at'),
  // Null while under way; a row left so by a dead process is in doubt once it was gated.
  outcome: text('outcome').$type<DeliveryOutcome>(),
  phase: text('phase'),
  fault: text('fault'),
  reply: text('reply'),
}, (t) => [
  unique('delivery_attempts_are_numbered_within_their_message').on(t.messageId, t.attempt),
  check('delivery_channel_is_capture_or_smtp', oneOf(t.channel, ['capture', 'smtp'])),
  check('delivery_outcome_is_known', oneOf(t.outcome, ['sent', 'captured', 'deferred', 'rejected', 'abandoned', 'released', 'in-doubt'])),
])
