// Tables of what is known: organisations, people, certifications and the decisions on them. Derived states
// (expired, late) have no column anywhere. Constraint names are sentences: they are what a person reads when
// an invariant is broken.

import { sql } from 'drizzle-orm'
import { boolean, check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import type { CoverageKind, CycleKind, DecisionKind, Language, Replaced } from '../core/certification.ts'
import type { DigestFilter, PersonKind, Rhythm, Role } from '../core/person.ts'
import { day, id, instant, oneOf } from './columns.ts'

export const organisation = pgTable('organisation', {
  id: id(),
  name: text('name').notNull(),
  zone: text('zone').notNull(),
  calendar: text('calendar').notNull(),
  // ISO 3166: whose rules apply to what it holds; none where only the international ones do.
  country: text('country'),
  language: text('language').$type<Language>().notNull(),
  sendHour: text('send_hour').notNull(),
  // ISO day of the week (1 is Monday) on which what can wait is written of.
  weeklyDay: integer('weekly_day').notNull().default(1),
  // Whether runs start by themselves when their window opens.
  runs: text('runs').$type<'by-hand' | 'automatic'>().notNull().default('by-hand'),
  // Nothing leaves by SMTP for an organisation before this is set.
  liveAt: instant('live_at'),
  createdAt: instant('created_at').notNull(),
}, (t) => [
  uniqueIndex('organisation_name_is_used_once').on(sql`lower(${t.name})`),
  check('organisation_country_is_two_capital_letters', sql`${t.country} ~ '^[A-Z]{2}$'`),
  check('organisation_language_is_english_or_chinese', oneOf(t.language, ['en', 'zh'])),
  check('organisation_starts_runs_by_hand_or_automatically', oneOf(t.runs, ['by-hand', 'automatic'])),
  check('organisation_weekly_day_is_a_day_of_the_week', sql`${t.weeklyDay} between 1 and 7`),
  check('organisation_send_hour_is_a_local_time', sql`${t.sendHour} ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'`),
])

export const person = pgTable('person', {
  id: id(),
  organisationId: integer('organisation_id').notNull().references(() => organisation.id),
  name: text('name').notNull(),
  // A person may be known by name alone: somebody to complete, whom no mail can reach.
  email: text('email'),
  // A mailbox is read by several people: what is answered from it asks who is acting.
  kind: text('kind').$type<PersonKind>().notNull().default('person'),
  roles: text('roles').array().$type<Role[]>().notNull(),
  // Empty settings follow the organisation's.
  zone: text('zone'),
  calendar: text('calendar'),
  language: text('language').$type<Language>(),
  sendHour: text('send_hour'),
  weeklyDay: integer('weekly_day'),
  // Weekly: what can wait comes once a week, with what lies ahead.
  rhythm: text('rhythm').$type<Rhythm>().notNull().default('daily'),
  // When the weekly status was unsubscribed from; and what of it is read.
  digestEndedAt: instant('digest_ended_at'),
  digestFilter: jsonb('digest_filter').$type<DigestFilter>().notNull().default({}),
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
  check('person_is_a_person_or_a_mailbox', oneOf(t.kind, ['person', 'mailbox'])),
  check('person_rhythm_is_daily_or_weekly', oneOf(t.rhythm, ['daily', 'weekly'])),
  check('person_weekly_day_is_a_day_of_the_week', sql`${t.weeklyDay} between 1 and 7`),
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
  // Words of the user's own, to find and filter by; in lower case.
  tags: text('tags').array().notNull().default(sql`'{}'`),
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
  index('certification_without_owner').on(t.id).where(sql`${t.ownerId} is null`),
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
  // What it replaced, as it was before: number, body, scope.
  was: jsonb('was').$type<Replaced>(),
  recordedBy: integer('recorded_by').references(() => person.id),
  recordedAt: instant('recorded_at').notNull(),
}, (t) => [
  foreignKey({ name: 'decision_belongs_to_a_cycle', columns: [t.certificationId, t.cycle], foreignColumns: [cycle.certificationId, cycle.number] }),
  index('decision_by_certification').on(t.certificationId, t.id),
  check('decision_kind_is_known', oneOf(t.kind, ['grant', 'maintain', 'renew', 'suspend', 'restore', 'withdraw',
    'cancel', 'extend', 'archive', 'expand-scope', 'reduce-scope', 'refuse', 'transfer'])),
  check('decision_lasts_until_a_day_not_before_it', sql`${t.untilOn} >= ${t.decidedOn}`),
])
