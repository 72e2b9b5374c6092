// Tables of what is to be done: duties, and runs with their stages, steps and forecasts. Constraint names are
// sentences, as in schema-records.ts.

import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import type { Mark, Words } from '../core/certification.ts'
import type { Ending, ObligationKind, ObligationState, OwedBy, Tier } from '../core/obligation.ts'
import type { Limit, StepState, Waits } from '../core/network.ts'
import { day, id, instant, oneOf } from './columns.ts'
import { certification, organisation, person } from './schema-records.ts'

export const procedure = pgTable('procedure', {
  id: id(),
  certificationId: integer('certification_id').notNull().references(() => certification.id),
  cycle: integer('cycle').notNull(),
  template: text('template').notNull(),
  // The scheme version the run keeps, whatever the catalogue says later.
  version: text('version').notNull(),
  title: jsonb('title').$type<Words>().notNull(),
  startedOn: day('started_on').notNull(),
  startedBy: text('started_by').$type<'person' | 'window'>().notNull().default('person'),
  // The duty of the same cycle that it is for, by its identity; its last allowed day is then the deadline.
  servesRule: text('serves_rule'),
  servesOrdinal: integer('serves_ordinal'),
  // The day it is for: of that duty, or one that a person gave.
  targetOn: day('target_on'),
  // The step whose finish meets the day.
  target: text('target').notNull().default(''),
  // The step that is held on the booked day of that duty.
  audit: text('audit'),
  // The step that cannot begin before the window of that duty opens.
  opens: text('opens'),
  // As forecast last; in working days to the day it is for.
  forecastOn: day('forecast_on'),
  slack: integer('slack'),
  endedOn: day('ended_on'),
  endReason: text('end_reason'),
  revision: integer('revision').notNull().default(1),
}, (t) => [
  index('procedure_by_certification').on(t.certificationId, t.id),
  index('procedure_running').on(t.id).where(sql`${t.endedOn} is null`),
  check('procedure_is_started_by_a_person_or_its_window', oneOf(t.startedBy, ['person', 'window'])),
  check('procedure_serves_a_rule_and_its_ordinal', sql`(${t.servesRule} is null) = (${t.servesOrdinal} is null)`),
])

/** How each run was expected to finish, whenever that changed: a slip is seen as it happens. */
export const forecast = pgTable('forecast', {
  procedureId: integer('procedure_id').notNull().references(() => procedure.id),
  asOf: day('as_of').notNull(),
  finishOn: day('finish_on').notNull(),
  deadlineOn: day('deadline_on'),
  slack: integer('slack'),
  // The unfinished steps that decide it, first to last.
  chain: jsonb('chain').$type<string[]>().notNull(),
}, (t) => [primaryKey({ name: 'forecast_is_one_per_procedure_and_day', columns: [t.procedureId, t.asOf] })])

export const stage = pgTable('stage', {
  id: id(),
  procedureId: integer('procedure_id').notNull().references(() => procedure.id),
  ordinal: integer('ordinal').notNull(),
  code: text('code').notNull(),
  title: jsonb('title').$type<Words>().notNull(),
  // The stages all of whose steps it waits for.
  after: jsonb('after').$type<string[]>().notNull().default([]),
}, (t) => [unique('stage_code_is_used_once_per_procedure').on(t.procedureId, t.code)])

export const step = pgTable('step', {
  id: id(),
  procedureId: integer('procedure_id').notNull().references(() => procedure.id),
  stageId: integer('stage_id').notNull().references(() => stage.id),
  ordinal: integer('ordinal').notNull(),
  code: text('code').notNull(),
  title: jsonb('title').$type<Words>().notNull(),
  // The days the step is planned to take, working or calendar ones.
  days: integer('days').notNull(),
  unit: text('unit').$type<'working' | 'calendar'>().notNull().default('working'),
  after: jsonb('after').$type<Waits[]>().notNull().default([]),
  // A day fixed by law, counted from the finish of another step.
  legalLimit: jsonb('legal_limit').$type<Limit>(),
  owedBy: text('owed_by').$type<OwedBy>().notNull().default('organisation'),
  role: text('role').notNull(),
  waitsOn: text('waits_on'),
  deliverable: text('deliverable').notNull(),
  basis: text('basis').notNull(),
  mark: text('mark').$type<Mark>().notNull(),
  ownerId: integer('owner_id').references(() => person.id),
  // The last days it may start and finish; where the run cannot fit, the first ones it could.
  startOn: day('start_on'),
  finishOn: day('finish_on'),
  provisional: boolean('provisional').notNull(),
  state: text('state').$type<StepState>().notNull(),
  startedOn: day('started_on'),
  waitingSince: day('waiting_since'),
  // When an outside party is expected to have acted, where somebody said so.
  expectedOn: day('expected_on'),
  doneOn: day('done_on'),
  reason: text('reason'),
  revision: integer('revision').notNull().default(1),
}, (t) => [
  unique('step_code_is_used_once_per_procedure').on(t.procedureId, t.code),
  check('step_state_is_known', oneOf(t.state, ['not-started', 'in-progress', 'waiting', 'done', 'skipped'])),
  index('step_by_owner').on(t.ownerId),
  check('step_takes_working_or_calendar_days', oneOf(t.unit, ['working', 'calendar'])),
  check('step_is_owed_by_us_an_outside_party_or_nobody', oneOf(t.owedBy, ['organisation', 'outside', 'nobody'])),
  check('step_takes_no_less_than_no_time', sql`${t.days} >= 0`),
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
