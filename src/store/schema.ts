// Tables, keys and constraints; nothing else. Constraint names are sentences: they are what a person
// reads when an invariant is broken. Derived states (expired, late) have no column anywhere.

import { sql } from 'drizzle-orm'
import {
  bigint, boolean, check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex,
  type AnyPgColumn,
} from 'drizzle-orm/pg-core'
import type { CoverageKind, CycleKind, DecisionKind, Language, Mark, Words } from '../core/certification.ts'
import type { Ladder } from '../core/ladder.ts'
import type { MessageKind, MessageState, Purpose } from '../core/message.ts'
import type { Ending, ObligationKind, ObligationState, OwedBy, Tier } from '../core/obligation.ts'
import type { Role } from '../core/person.ts'
import type { StepState } from '../core/procedure.ts'
import type { RequirementState } from '../core/requirement.ts'
import { bytes, day, instant } from './columns.ts'

export type NoticeOutcome = 'said' | 'covered' | 'skipped' | 'unsaid'
export type DeliveryOutcome = 'sent' | 'captured' | 'deferred' | 'rejected' | 'abandoned' | 'released' | 'in-doubt'
/** The part of a ladder that a person may change. */
export type LadderChange = Pick<Ladder, 'rungs' | 'overdue' | 'late'>

const id = () => integer('id').primaryKey().generatedAlwaysAsIdentity()
const oneOf = (column: AnyPgColumn, values: readonly string[]) =>
  sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`

export const organisation = pgTable('organisation', {
  id: id(),
  name: text('name').notNull(),
  zone: text('zone').notNull(),
  calendar: text('calendar').notNull(),
  // ISO 3166: whose rules apply to what it holds; none where only the international ones do.
  country: text('country'),
  language: text('language').$type<Language>().notNull(),
  sendHour: text('send_hour').notNull(),
  // Nothing leaves by SMTP for an organisation before this is set.
  liveAt: instant('live_at'),
  createdAt: instant('created_at').notNull(),
}, (t) => [
  uniqueIndex('organisation_name_is_used_once').on(sql`lower(${t.name})`),
  check('organisation_country_is_two_capital_letters', sql`${t.country} ~ '^[A-Z]{2}$'`),
  check('organisation_language_is_english_or_chinese', oneOf(t.language, ['en', 'zh'])),
  check('organisation_send_hour_is_a_local_time', sql`${t.sendHour} ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'`),
])

export const person = pgTable('person', {
  id: id(),
  organisationId: integer('organisation_id').notNull().references(() => organisation.id),
  name: text('name').notNull(),
  // A person may be known by name alone: somebody to complete, whom no mail can reach.
  email: text('email'),
  roles: text('roles').array().$type<Role[]>().notNull(),
  // Empty settings follow the organisation's.
  zone: text('zone'),
  calendar: text('calendar'),
  language: text('language').$type<Language>(),
  sendHour: text('send_hour'),
  supervisorId: integer('supervisor_id'),
  deputyId: integer('deputy_id'),
  awayFrom: day('away_from'),
  awayUntil: day('away_until'),
  deactivatedAt: instant('deactivated_at'),
  // Set when a mail server refused the address for good.
  emailRejectedAt: instant('email_rejected_at'),
  createdAt: instant('created_at').notNull(),
}, (t) => [
  foreignKey({ name: 'supervisor_is_a_person', columns: [t.supervisorId], foreignColumns: [t.id] }),
  foreignKey({ name: 'deputy_is_a_person', columns: [t.deputyId], foreignColumns: [t.id] }),
  uniqueIndex('person_email_is_used_once_whatever_its_case').on(sql`lower(${t.email})`),
  index('person_by_organisation').on(t.organisationId),
  check('person_is_not_their_own_supervisor', sql`${t.supervisorId} <> ${t.id}`),
  check('person_is_not_their_own_deputy', sql`${t.deputyId} <> ${t.id}`),
  check('person_language_is_english_or_chinese', oneOf(t.language, ['en', 'zh'])),
  check('person_send_hour_is_a_local_time', sql`${t.sendHour} ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'`),
  check('person_is_away_from_a_day_until_a_day',
    sql`(${t.awayFrom} is null) = (${t.awayUntil} is null) and (${t.awayFrom} is null or ${t.awayFrom} <= ${t.awayUntil})`),
])

export const certification = pgTable('certification', {
  id: id(),
  organisationId: integer('organisation_id').notNull().references(() => organisation.id),
  scheme: text('scheme').notNull(),
  options: jsonb('options').$type<Record<string, string>>().notNull(),
  // Where it differs from the organisation's.
  country: text('country'),
  name: text('name').notNull(),
  scope: text('scope'),
  holder: text('holder'),
  certificateNumber: text('certificate_number'),
  certificationBody: text('certification_body'),
  ownerId: integer('owner_id').references(() => person.id),
  parentId: integer('parent_id'),
  // What a register calls it, so that the same row imported again is the same certification.
  registerKey: text('register_key').notNull(),
  // What the register said beyond our columns, kept for a person to read.
  registerFacts: jsonb('register_facts').$type<Record<string, string>>().notNull(),
  enteredOn: day('entered_on').notNull(),
  createdAt: instant('created_at').notNull(),
  revision: integer('revision').notNull(),
}, (t) => [
  foreignKey({ name: 'parent_is_a_certification', columns: [t.parentId], foreignColumns: [t.id] }),
  unique('register_key_is_used_once_per_organisation_and_scheme').on(t.organisationId, t.scheme, t.registerKey),
  index('certification_by_owner').on(t.ownerId),
  index('certification_by_parent').on(t.parentId),
  check('certification_country_is_two_capital_letters', sql`${t.country} ~ '^[A-Z]{2}$'`),
  check('certification_is_not_its_own_parent', sql`${t.parentId} <> ${t.id}`),
])

/** What a certificate covers besides its holder: organisations (legal entities) and sites, as its annex names them. */
export const coverage = pgTable('coverage', {
  certificationId: integer('certification_id').notNull().references(() => certification.id),
  kind: text('kind').$type<CoverageKind>().notNull(),
  ordinal: integer('ordinal').notNull(),
  name: text('name').notNull(),
}, (t) => [
  primaryKey({ name: 'coverage_is_in_the_order_of_the_certificate', columns: [t.certificationId, t.kind, t.ordinal] }),
  unique('coverage_names_each_once').on(t.certificationId, t.kind, t.name),
  check('coverage_is_of_an_organisation_or_a_site', oneOf(t.kind, ['organisation', 'site'])),
])

/** One item of a scheme's checklist for one certification. */
export const requirement = pgTable('requirement', {
  id: id(),
  certificationId: integer('certification_id').notNull().references(() => certification.id),
  area: text('area').notNull(),
  code: text('code').notNull(),
  ordinal: integer('ordinal').notNull(),
  title: jsonb('title').$type<Words>().notNull(),
  state: text('state').$type<RequirementState>().notNull(),
  ownerId: integer('owner_id').references(() => person.id),
  reason: text('reason'),
  changedAt: instant('changed_at').notNull(),
  revision: integer('revision').notNull(),
}, (t) => [
  unique('requirement_code_is_used_once_per_certification').on(t.certificationId, t.code),
  index('requirement_by_owner').on(t.ownerId),
  check('requirement_state_is_known', oneOf(t.state, ['open', 'in-progress', 'met', 'not-applicable'])),
  check('requirement_not_applicable_has_a_reason', sql`${t.state} <> 'not-applicable' or ${t.reason} is not null`),
])

/** Proof by link: where it lies and who added it when. Never changed, only withdrawn with the moment. */
export const evidence = pgTable('evidence', {
  id: id(),
  requirementId: integer('requirement_id').notNull().references(() => requirement.id),
  title: text('title'),
  link: text('link').notNull(),
  addedBy: integer('added_by').references(() => person.id),
  addedAt: instant('added_at').notNull(),
  withdrawnAt: instant('withdrawn_at'),
}, (t) => [
  uniqueIndex('evidence_link_is_added_once').on(t.requirementId, t.link).where(sql`${t.withdrawnAt} is null`),
  check('evidence_is_a_link', sql`${t.link} ~ '^https?://'`),
])

export const cycle = pgTable('cycle', {
  certificationId: integer('certification_id').notNull().references(() => certification.id),
  number: integer('number').notNull(),
  kind: text('kind').$type<CycleKind>().notNull(),
}, (t) => [
  primaryKey({ name: 'cycle_is_numbered_within_its_certification', columns: [t.certificationId, t.number] }),
  check('cycle_is_numbered_from_one', sql`${t.number} >= 1`),
  check('cycle_is_initial_or_recertification', oneOf(t.kind, ['initial', 'recertification'])),
])

export const anchor = pgTable('anchor', {
  certificationId: integer('certification_id').notNull(),
  cycle: integer('cycle').notNull(),
  name: text('name').notNull(),
  day: day('day').notNull(),
  assumed: boolean('assumed').notNull(),
}, (t) => [
  primaryKey({ name: 'anchor_is_set_once_per_cycle', columns: [t.certificationId, t.cycle, t.name] }),
  foreignKey({ name: 'anchor_belongs_to_a_cycle', columns: [t.certificationId, t.cycle], foreignColumns: [cycle.certificationId, cycle.number] }),
])

export const decision = pgTable('decision', {
  id: id(),
  certificationId: integer('certification_id').notNull(),
  cycle: integer('cycle').notNull(),
  kind: text('kind').$type<DecisionKind>().notNull(),
  decidedOn: day('decided_on').notNull(),
  untilOn: day('until_on'),
  reason: text('reason'),
  recordedBy: integer('recorded_by').references(() => person.id),
  recordedAt: instant('recorded_at').notNull(),
}, (t) => [
  foreignKey({ name: 'decision_belongs_to_a_cycle', columns: [t.certificationId, t.cycle], foreignColumns: [cycle.certificationId, cycle.number] }),
  index('decision_by_certification').on(t.certificationId, t.id),
  check('decision_kind_is_known', oneOf(t.kind, ['grant', 'maintain', 'renew', 'suspend', 'restore', 'withdraw',
    'cancel', 'extend', 'archive', 'expand-scope', 'reduce-scope'])),
  check('decision_lasts_until_a_day_not_before_it', sql`${t.untilOn} >= ${t.decidedOn}`),
])

export const procedure = pgTable('procedure', {
  id: id(),
  certificationId: integer('certification_id').notNull().references(() => certification.id),
  cycle: integer('cycle').notNull(),
  template: text('template').notNull(),
  // The scheme version the run keeps, whatever the catalogue says later.
  version: text('version').notNull(),
  title: jsonb('title').$type<Words>().notNull(),
  startedOn: day('started_on').notNull(),
  targetOn: day('target_on'),
  endedOn: day('ended_on'),
}, (t) => [index('procedure_by_certification').on(t.certificationId, t.id)])

export const stage = pgTable('stage', {
  id: id(),
  procedureId: integer('procedure_id').notNull().references(() => procedure.id),
  ordinal: integer('ordinal').notNull(),
  code: text('code').notNull(),
  title: jsonb('title').$type<Words>().notNull(),
}, (t) => [unique('stage_code_is_used_once_per_procedure').on(t.procedureId, t.code)])

export const step = pgTable('step', {
  id: id(),
  procedureId: integer('procedure_id').notNull().references(() => procedure.id),
  stageId: integer('stage_id').notNull().references(() => stage.id),
  ordinal: integer('ordinal').notNull(),
  code: text('code').notNull(),
  title: jsonb('title').$type<Words>().notNull(),
  // Working days the step is planned to take.
  days: integer('days').notNull(),
  role: text('role').notNull(),
  waitsOn: text('waits_on'),
  deliverable: text('deliverable').notNull(),
  basis: text('basis').notNull(),
  mark: text('mark').$type<Mark>().notNull(),
  ownerId: integer('owner_id').references(() => person.id),
  startOn: day('start_on'),
  finishOn: day('finish_on'),
  provisional: boolean('provisional').notNull(),
  state: text('state').$type<StepState>().notNull(),
  startedOn: day('started_on'),
  doneOn: day('done_on'),
  reason: text('reason'),
}, (t) => [
  unique('step_code_is_used_once_per_procedure').on(t.procedureId, t.code),
  check('step_state_is_known', oneOf(t.state, ['not-started', 'in-progress', 'waiting', 'done', 'skipped'])),
  check('step_done_has_its_day', sql`(${t.state} = 'done') = (${t.doneOn} is not null)`),
  check('step_skipped_has_a_reason', sql`${t.state} <> 'skipped' or ${t.reason} is not null`),
  check('step_finishes_on_or_after_its_start', sql`${t.finishOn} >= ${t.startOn}`),
])

export const obligation = pgTable('obligation', {
  id: id(),
  certificationId: integer('certification_id').notNull().references(() => certification.id),
  organisationId: integer('organisation_id').notNull().references(() => organisation.id),
  cycle: integer('cycle').notNull(),
  ruleId: text('rule_id').notNull(),
  ordinal: integer('ordinal').notNull(),
  // Derived columns: re-deriving rewrites these and none below.
  kind: text('kind').$type<ObligationKind>().notNull(),
  tier: text('tier').$type<Tier>().notNull(),
  ladder: text('ladder').notNull(),
  title: jsonb('title').$type<Words>().notNull(),
  opensOn: day('opens_on'),
  dueOn: day('due_on').notNull(),
  latestOn: day('latest_on'),
  metBy: text('met_by').$type<Ending>().notNull(),
  owedBy: text('owed_by').$type<OwedBy>().notNull(),
  basis: text('basis').notNull(),
  mark: text('mark').$type<Mark>().notNull(),
  provisional: boolean('provisional').notNull(),
  // What people decided.
  bookedOn: day('booked_on'),
  state: text('state').$type<ObligationState>().notNull(),
  ownerId: integer('owner_id').references(() => person.id),
  stepId: integer('step_id').references(() => step.id),
  enteredOn: day('entered_on').notNull(),
  submittedOn: day('submitted_on'),
  metOn: day('met_on'),
  reason: text('reason'),
  endedBy: text('ended_by').$type<'rules' | 'person'>(),
  movedFrom: day('moved_from'),
  movedBy: text('moved_by'),
  countedTo: day('counted_to').notNull().generatedAlwaysAs(sql`coalesce(booked_on, due_on)`),
  lateAfter: day('late_after').notNull().generatedAlwaysAs(sql`coalesce(latest_on, due_on)`),
  // When the planner must look at it again whatever its day: new, changed, or waiting for a send hour.
  checkAt: instant('check_at'),
  revision: integer('revision').notNull(),
}, (t) => [
  unique('obligation_is_one_per_certification_cycle_rule_and_ordinal').on(t.certificationId, t.cycle, t.ruleId, t.ordinal),
  // The planner's two windows, and its list of what changed (design 1.6).
  index('obligation_live_by_ladder_and_counted_day').on(t.ladder, t.countedTo).where(sql`${t.state} in ('open', 'submitted')`),
  index('obligation_live_by_ladder_and_late_day').on(t.ladder, t.lateAfter).where(sql`${t.state} in ('open', 'submitted')`),
  index('obligation_to_check').on(t.checkAt).where(sql`${t.checkAt} is not null`),
  index('obligation_live_by_due_day').on(t.dueOn, t.id).where(sql`${t.state} in ('open', 'submitted')`),
  index('obligation_unconfirmed').on(t.organisationId, t.id).where(sql`${t.state} = 'unconfirmed'`),
  index('obligation_by_owner').on(t.ownerId),
  check('obligation_state_is_known', oneOf(t.state, ['unconfirmed', 'open', 'submitted', 'met', 'not-applicable'])),
  check('obligation_tier_is_a_b_or_c', oneOf(t.tier, ['A', 'B', 'C'])),
  check('obligation_is_owed_by_us_an_outside_party_or_nobody', oneOf(t.owedBy, ['organisation', 'outside', 'nobody'])),
  check('obligation_met_has_its_day', sql`(${t.state} = 'met') = (${t.metOn} is not null)`),
  check('obligation_submitted_has_its_day', sql`${t.state} <> 'submitted' or ${t.submittedOn} is not null`),
  check('obligation_is_ended_by_the_rules_or_a_person', oneOf(t.endedBy, ['rules', 'person'])),
  check('obligation_not_applicable_has_a_reason', sql`${t.state} <> 'not-applicable' or ${t.reason} is not null`),
  check('obligation_opens_on_or_before_it_is_due', sql`${t.opensOn} <= ${t.dueOn}`),
  check('obligation_looser_day_is_not_the_earlier', sql`${t.latestOn} >= ${t.dueOn}`),
])

/** A reminder policy changed by a person; ladders nobody changed are not stored. */
export const policy = pgTable('policy', {
  ladder: text('ladder').primaryKey(),
  rungs: jsonb('rungs').$type<LadderChange>().notNull(),
  changedAt: instant('changed_at').notNull(),
})

export const message = pgTable('message', {
  id: id(),
  organisationId: integer('organisation_id').notNull().references(() => organisation.id),
  personId: integer('person_id').notNull().references(() => person.id),
  kind: text('kind').$type<MessageKind>().notNull(),
  // The local day of a daily mail, the ISO week of a digest.
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
  attempts: integer('attempts').notNull(),
  nextAttemptAt: instant('next_attempt_at').notNull(),
  settledAt: instant('settled_at'),
  reply: text('reply'),
  createdAt: instant('created_at').notNull(),
}, (t) => [
  unique('message_is_one_per_person_kind_period_and_part').on(t.personId, t.kind, t.period, t.part, t.rehearsal),
  unique('message_id_is_used_once').on(t.messageId),
  index('message_waiting').on(t.nextAttemptAt, t.id).where(sql`${t.state} in ('planned', 'deferred')`),
  index('message_in_flight').on(t.leaseUntil).where(sql`${t.state} in ('claimed', 'gated')`),
  index('message_by_person').on(t.personId, t.id),
  check('message_kind_is_known', oneOf(t.kind, ['daily', 'digest'])),
  check('message_state_is_known', oneOf(t.state, ['planned', 'claimed', 'gated', 'sent', 'captured', 'deferred', 'rejected', 'abandoned', 'cancelled'])),
  check('message_in_flight_has_a_token_and_a_lease',
    sql`(${t.state} in ('claimed', 'gated')) = (${t.token} is not null and ${t.leaseUntil} is not null)`),
  check('message_settled_has_its_moment',
    sql`(${t.state} in ('sent', 'captured', 'rejected', 'abandoned', 'cancelled')) = (${t.settledAt} is not null)`),
  check('message_gone_out_has_its_bytes', sql`${t.state} not in ('gated', 'sent', 'captured') or ${t.raw} is not null`),
  check('message_of_a_rehearsal_never_leaves', sql`not ${t.rehearsal} or ${t.state} not in ('gated', 'sent')`),
])

/** The ledger: what has been said, covered or skipped. Its unique key makes a notice happen once. */
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
  outcome: text('outcome').$type<NoticeOutcome>().notNull(),
  reason: text('reason').notNull(),
  messageId: integer('message_id').references(() => message.id),
  decidedAt: instant('decided_at').notNull(),
}, (t) => [
  uniqueIndex('notice_is_said_once_per_obligation_day_person_and_purpose')
    .on(t.obligationId, t.countedTo, t.notice, t.personId, t.purpose).where(sql`${t.outcome} <> 'unsaid'`),
  index('notice_by_message').on(t.messageId),
  check('notice_purpose_is_known', oneOf(t.purpose, ['reminder', 'escalation', 'fallback'])),
  check('notice_outcome_is_known', oneOf(t.outcome, ['said', 'covered', 'skipped', 'unsaid'])),
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

export const jobRun = pgTable('job_run', {
  id: id(),
  job: text('job').notNull(),
  startedAt: instant('started_at').notNull(),
  // The moment the run was about: another than its start where it was asked with one.
  asOf: instant('as_of').notNull(),
  endedAt: instant('ended_at'),
  outcome: text('outcome').$type<'done' | 'failed'>(),
  counts: jsonb('counts').$type<Record<string, number>>(),
  error: text('error'),
}, (t) => [
  index('job_run_by_job').on(t.job, t.startedAt),
  check('job_run_outcome_is_done_or_failed', oneOf(t.outcome, ['done', 'failed'])),
  check('job_run_ended_has_an_outcome', sql`(${t.endedAt} is null) = (${t.outcome} is null)`),
])

/** How far a job has looked: the moment up to which nothing due was left unplanned. */
export const watermark = pgTable('watermark', {
  job: text('job').primaryKey(),
  at: instant('at').notNull(),
})

/** Append-only; decisions and sent mail are links of one hash chain per organisation. */
export const history = pgTable('history', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  organisationId: integer('organisation_id').notNull().references(() => organisation.id),
  sequence: integer('sequence').notNull(),
  at: instant('at').notNull(),
  actorId: integer('actor_id').references(() => person.id),
  event: text('event').notNull(),
  subject: text('subject').notNull(),
  subjectId: integer('subject_id').notNull(),
  // Ids, days and states only: names live in person, so that a person can be erased and the hash stay.
  facts: jsonb('facts').$type<Record<string, string | number | boolean | null>>().notNull(),
  previousHash: text('previous_hash').notNull(),
  hash: text('hash').notNull(),
}, (t) => [
  unique('history_has_one_link_per_number').on(t.organisationId, t.sequence),
  unique('history_link_has_one_successor').on(t.organisationId, t.previousHash),
  index('history_by_subject').on(t.subject, t.subjectId, t.id),
])

export const signInLink = pgTable('sign_in_link', {
  id: id(),
  personId: integer('person_id').notNull().references(() => person.id),
  tokenHash: text('token_hash').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
}, (t) => [unique('sign_in_link_token_is_used_once').on(t.tokenHash)])

export const session = pgTable('session', {
  id: id(),
  personId: integer('person_id').notNull().references(() => person.id),
  tokenHash: text('token_hash').notNull(),
  createdAt: instant('created_at').notNull(),
  seenAt: instant('seen_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
  endedAt: instant('ended_at'),
}, (t) => [unique('session_token_is_used_once').on(t.tokenHash)])

export const calendarYear = pgTable('calendar_year', {
  calendar: text('calendar').notNull(),
  year: integer('year').notNull(),
  source: text('source').notNull(),
}, (t) => [primaryKey({ name: 'calendar_year_is_known_once', columns: [t.calendar, t.year] })])

export const calendarDay = pgTable('calendar_day', {
  calendar: text('calendar').notNull(),
  day: day('day').notNull(),
  working: boolean('working').notNull(),
  name: text('name').notNull(),
}, (t) => [primaryKey({ name: 'calendar_day_is_said_once', columns: [t.calendar, t.day] })])

/** One row a fact about this installation: its address, the identity of its database, its key. */
export const installation = pgTable('installation', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
})
