// Tables of what people answer to their mail, by which links, and of what else they are told, once each. What is
// said of duties is in schema-mail.ts. Constraint names are sentences, as in schema-records.ts.

import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgTable, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import type { AnswerAction, LinkAction, Via } from '../core/answer.ts'
import type { NewsFacts, NewsKind } from '../core/news.ts'
import { day, id, instant, oneOf } from './columns.ts'
import { message, notice } from './schema-mail.ts'
import { certification, person } from './schema-records.ts'
import { obligation } from './schema-work.ts'

/** A link in a mail, good for one action of one person about what that line of the mail said. Only a hash is kept. */
export const link = pgTable('link', {
  id: id(),
  tokenHash: text('token_hash').notNull(),
  messageId: integer('message_id').notNull().references(() => message.id),
  personId: integer('person_id').notNull().references(() => person.id),
  action: text('action').$type<LinkAction>().notNull(),
  // The rows of the ledger that the line stood for; none for a link about the person alone.
  notices: integer('notices').array().notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at').notNull(),
}, (t) => [
  unique('link_token_is_used_once').on(t.tokenHash),
  index('link_by_message').on(t.messageId),
  check('link_action_is_known', oneOf(t.action, ['acknowledge', 'snooze', 'done', 'not-mine', 'confirm', 'unsubscribe'])),
])

/** What somebody answered to a notice. Nothing is changed but that it was taken back, and by whom. */
export const answer = pgTable('answer', {
  id: id(),
  noticeId: integer('notice_id').notNull().references(() => notice.id),
  obligationId: integer('obligation_id').notNull().references(() => obligation.id),
  // Whose mail it answers, and who acted: from a mailbox of several that is another.
  personId: integer('person_id').notNull().references(() => person.id),
  actorId: integer('actor_id').references(() => person.id),
  action: text('action').$type<AnswerAction>().notNull(),
  untilOn: day('until_on'),
  doneOn: day('done_on'),
  remark: text('remark'),
  via: text('via').$type<Via>().notNull(),
  answeredAt: instant('answered_at').notNull(),
  takenBackAt: instant('taken_back_at'),
  takenBackBy: integer('taken_back_by').references(() => person.id),
}, (t) => [
  // Pressed twice, or by two: one answer stands.
  uniqueIndex('answer_is_given_once_per_notice_and_action').on(t.noticeId, t.action).where(sql`${t.takenBackAt} is null`),
  index('answer_by_obligation').on(t.obligationId, t.id),
  check('answer_action_is_known', oneOf(t.action, ['acknowledge', 'snooze', 'done', 'not-mine'])),
  check('answer_came_by_mail_link_page_or_command', oneOf(t.via, ['mail-link', 'page', 'command'])),
  check('answer_snooze_has_its_day', sql`(${t.action} = 'snooze') = (${t.untilOn} is not null)`),
  check('answer_done_has_its_day', sql`(${t.action} = 'done') = (${t.doneOn} is not null)`),
])

/** What a person is told besides notices, once: it joins their next mail, and drops out where it no longer holds. */
export const news = pgTable('news', {
  id: id(),
  personId: integer('person_id').notNull().references(() => person.id),
  kind: text('kind').$type<NewsKind>().notNull(),
  // What it is about, so that the same is told once: of a kind, for a person, until it is closed.
  key: text('key').notNull(),
  certificationId: integer('certification_id').references(() => certification.id),
  obligationId: integer('obligation_id').references(() => obligation.id),
  facts: jsonb('facts').$type<NewsFacts>().notNull(),
  // The mail that tells it; none while it waits for one.
  messageId: integer('message_id').references(() => message.id),
  createdAt: instant('created_at').notNull(),
  // When what it told of had passed: the same may then be news again.
  closedAt: instant('closed_at'),
}, (t) => [
  uniqueIndex('news_is_told_once_while_it_holds').on(t.personId, t.kind, t.key).where(sql`${t.closedAt} is null`),
  index('news_waiting').on(t.personId, t.id).where(sql`${t.messageId} is null and ${t.closedAt} is null`),
  index('news_by_message').on(t.messageId),
  index('news_open_by_kind').on(t.kind, t.id).where(sql`${t.closedAt} is null`),
  check('news_kind_is_known', oneOf(t.kind, ['assigned', 'gap', 'bounced', 'not-mine', 'closure', 'unconfirmed', 'answered'])),
])
