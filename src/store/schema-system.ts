// Tables the program keeps for itself: runs of jobs, the history, sessions, calendars, facts about this
// installation. Constraint names are sentences, as in schema-records.ts.

import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { day, id, instant, oneOf } from './columns.ts'
import { organisation, person } from './schema-records.ts'

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
