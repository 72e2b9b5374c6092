// Tables of what is checked and proven: checklists, audits and what they found, evidence and its files.
// Constraint names are sentences, as in schema-records.ts.

import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Mark, Words } from '../core/certification.ts'
import type { RequirementState } from '../core/requirement.ts'
import { bytes, day, id, instant, oneOf } from './columns.ts'
import { certification, organisation, person } from './schema-records.ts'
import { obligation, step } from './schema-work.ts'

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

/** One visit of a certification body or of our own auditors, for any number of certifications. */
export const audit = pgTable('audit', {
  id: id(),
  // Who planned it: its history and its calendar. It may cover certifications of others too.
  organisationId: integer('organisation_id').notNull().references(() => organisation.id),
  title: text('title').notNull(),
  body: text('body'),
  // The agreed first and last day: duties are booked to the first, and the last must be within their limit.
  bookedFrom: day('booked_from'),
  bookedUntil: day('booked_until'),
  // The last day it was really on site.
  carriedOutOn: day('carried_out_on'),
  cancelledOn: day('cancelled_on'),
  reason: text('reason'),
  createdAt: instant('created_at').notNull(),
  revision: integer('revision').notNull(),
}, (t) => [
  index('audit_by_organisation').on(t.organisationId, t.id),
  check('audit_is_booked_from_a_day_until_a_day',
    sql`(${t.bookedFrom} is null) = (${t.bookedUntil} is null) and (${t.bookedFrom} is null or ${t.bookedFrom} <= ${t.bookedUntil})`),
  check('audit_is_carried_out_or_cancelled_not_both', sql`${t.carriedOutOn} is null or ${t.cancelledOn} is null`),
  check('audit_cancelled_has_a_reason', sql`${t.cancelledOn} is null or ${t.reason} is not null`),
])

/** The duties a visit is to meet, each by its own rule. */
export const auditDuty = pgTable('audit_duty', {
  auditId: integer('audit_id').notNull().references(() => audit.id),
  obligationId: integer('obligation_id').notNull().references(() => obligation.id),
}, (t) => [
  primaryKey({ name: 'audit_covers_a_duty_once', columns: [t.auditId, t.obligationId] }),
  index('audit_duty_by_obligation').on(t.obligationId),
])

/** The organisations and sites a visit goes to. */
export const auditPlace = pgTable('audit_place', {
  auditId: integer('audit_id').notNull().references(() => audit.id),
  kind: text('kind').$type<'organisation' | 'site'>().notNull(),
  name: text('name').notNull(),
}, (t) => [
  primaryKey({ name: 'audit_names_a_place_once', columns: [t.auditId, t.kind, t.name] }),
  check('audit_place_is_an_organisation_or_a_site', oneOf(t.kind, ['organisation', 'site'])),
])

/** Each change of the agreed days: by whom, and why. Never changed. */
export const auditMove = pgTable('audit_move', {
  id: id(),
  auditId: integer('audit_id').notNull().references(() => audit.id),
  fromOn: day('from_on'),
  toOn: day('to_on'),
  movedBy: text('moved_by').$type<'body' | 'us'>().notNull(),
  reason: text('reason'),
  recordedBy: integer('recorded_by').references(() => person.id),
  recordedAt: instant('recorded_at').notNull(),
}, (t) => [
  index('audit_move_by_audit').on(t.auditId, t.id),
  check('audit_is_moved_by_the_body_or_us', oneOf(t.movedBy, ['body', 'us'])),
  check('audit_moved_by_the_body_has_a_reason', sql`${t.movedBy} <> 'body' or ${t.reason} is not null`),
])

/** What an audit found, graded by the scheme's own scale. Its rule is kept as it was when it was graded. */
export const finding = pgTable('finding', {
  id: id(),
  certificationId: integer('certification_id').notNull().references(() => certification.id),
  cycle: integer('cycle').notNull(),
  auditId: integer('audit_id').references(() => audit.id),
  // As the audit report numbers it.
  number: text('number'),
  grade: text('grade').notNull(),
  title: text('title').notNull(),
  clause: text('clause'),
  site: text('site'),
  foundOn: day('found_on').notNull(),
  ownerId: integer('owner_id').references(() => person.id),
  correction: text('correction'),
  rootCause: text('root_cause'),
  correctiveAction: text('corrective_action'),
  // The last days for each, where the rule or the body asks for it.
  answerDueOn: day('answer_due_on'),
  proofDueOn: day('proof_due_on'),
  verifyDueOn: day('verify_due_on'),
  answeredOn: day('answered_on'),
  provenOn: day('proven_on'),
  verifiedOn: day('verified_on'),
  // What closes it; nothing closes an observation: it owes nothing.
  closesBy: text('closes_by').$type<'answer' | 'proof' | 'verification' | 'nothing'>().notNull(),
  // While open, no recertification can be decided.
  blocks: boolean('blocks').notNull(),
  basis: text('basis').notNull(),
  mark: text('mark').$type<Mark>().notNull(),
  closedOn: day('closed_on'),
  // Taken back, or answered otherwise: why it was closed without what closes it.
  closedReason: text('closed_reason'),
  createdAt: instant('created_at').notNull(),
  revision: integer('revision').notNull(),
}, (t) => [
  index('finding_by_certification').on(t.certificationId, t.id),
  index('finding_by_audit').on(t.auditId),
  index('finding_open').on(t.certificationId).where(sql`${t.closedOn} is null`),
  check('finding_is_closed_by_answer_proof_verification_or_nothing', oneOf(t.closesBy, ['answer', 'proof', 'verification', 'nothing'])),
])

/** A file by its content: kept once, however often it is evidence. */
export const file = pgTable('file', {
  sha256: text('sha256').primaryKey(),
  size: integer('size').notNull(),
  type: text('type').notNull(),
  addedAt: instant('added_at').notNull(),
  // Set once all its parts are there: a file still coming in is nobody's evidence.
  completeAt: instant('complete_at'),
}, (t) => [
  check('file_is_named_by_its_sha256', sql`${t.sha256} ~ '^[0-9a-f]{64}$'`),
  check('file_has_at_most_25_megabytes', sql`${t.size} between 1 and 26214400`),
])

export const filePart = pgTable('file_part', {
  sha256: text('sha256').notNull().references(() => file.sha256),
  ordinal: integer('ordinal').notNull(),
  content: bytes('content').notNull(),
}, (t) => [
  primaryKey({ name: 'file_part_is_one_per_file_and_place', columns: [t.sha256, t.ordinal] }),
  check('file_part_has_at_most_256_kilobytes', sql`length(${t.content}) between 1 and 262144`),
])

/** Proof, a link or a file, of one thing: where it lies and who added it when. Never changed, only withdrawn with the moment. */
export const evidence = pgTable('evidence', {
  id: id(),
  requirementId: integer('requirement_id').references(() => requirement.id),
  obligationId: integer('obligation_id').references(() => obligation.id),
  stepId: integer('step_id').references(() => step.id),
  findingId: integer('finding_id').references(() => finding.id),
  title: text('title'),
  link: text('link'),
  file: text('file').references(() => file.sha256),
  // What the file was called where it came from.
  fileName: text('file_name'),
  addedBy: integer('added_by').references(() => person.id),
  addedAt: instant('added_at').notNull(),
  withdrawnBy: integer('withdrawn_by').references(() => person.id),
  withdrawnAt: instant('withdrawn_at'),
  withdrawnReason: text('withdrawn_reason'),
}, (t) => [
  uniqueIndex('evidence_link_is_added_once').on(t.requirementId, t.link).where(sql`${t.withdrawnAt} is null`),
  uniqueIndex('evidence_is_added_once_to_the_same_thing').on(
    sql`coalesce(${t.requirementId}, 0)`, sql`coalesce(${t.obligationId}, 0)`, sql`coalesce(${t.stepId}, 0)`, sql`coalesce(${t.findingId}, 0)`,
    sql`coalesce(${t.link}, ${t.file})`).where(sql`${t.withdrawnAt} is null`),
  index('evidence_by_obligation').on(t.obligationId),
  index('evidence_by_step').on(t.stepId),
  index('evidence_by_finding').on(t.findingId),
  index('evidence_by_file').on(t.file),
  check('evidence_is_a_link', sql`${t.link} ~ '^https?://'`),
  check('evidence_is_a_link_or_a_file', sql`(${t.link} is null) <> (${t.file} is null)`),
  check('evidence_proves_one_thing', sql`num_nonnulls(${t.requirementId}, ${t.obligationId}, ${t.stepId}, ${t.findingId}) = 1`),
])
