// Tables of what is to be done: runs with their steps, duties, audits and what they found, checklists and the
// evidence for all of it. Constraint names are sentences, as in schema-records.ts.

import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Mark, Words } from '../core/certification.ts'
import type { Ending, ObligationKind, ObligationState, OwedBy, Tier } from '../core/obligation.ts'
import type { StepState } from '../core/procedure.ts'
import type { RequirementState } from '../core/requirement.ts'
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
