// Whether mails agree with their deliveries, the ledger and the history: questions about a bounded set of mails, each
// answered by the ids that do not agree.

import { sql, type SQL } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import type { Tally } from '../core/conservation.ts'
import type { Db } from './database.ts'
import { rows } from './driver.ts'
import { isInDoubt } from './watch.ts'

/** A set of mails: by their numbers, from `after` (excluded) to `upTo`, or those that were tried between two deliveries. */
export type Span =
  | { readonly by: 'message'; readonly after: number; readonly upTo: number }
  | { readonly by: 'delivery'; readonly after: number; readonly upTo: number }
  | { readonly by: 'id'; readonly ids: readonly number[] }

function within(column: SQL, span: Span): SQL {
  if (span.by === 'message') return sql`${column} > ${span.after} and ${column} <= ${span.upTo}`
  if (span.by === 'delivery') return sql`${column} in (select message_id from delivery where id > ${span.after} and id <= ${span.upTo})`
  return span.ids.length === 0 ? sql`false` : sql`${column} in (${sql.join(span.ids.map((id) => sql`${id}::int`), sql`, `)})`
}

const id = sql`m.id`
const most = 200

/** Keeps a look at few rows from being planned as one over whole tables, which a growing table makes the planner try. */
const oneByOne = sql`offset 0`

async function idsOf(db: Db, query: SQL): Promise<number[]> {
  return (await rows<{ id: number }>(db, sql`${query} order by id limit ${most}`)).map((row) => row.id)
}

export async function countParts(db: Db, span: Span): Promise<Tally> {
  const [found] = await rows<{ [part in keyof Tally]: number }>(db, sql`
    select count(*)::int as planned,
      count(*) filter (where m.state = 'sent')::int as sent, count(*) filter (where m.state = 'captured')::int as captured,
      count(*) filter (where m.state in ('planned', 'deferred') and not ${isInDoubt})::int as waiting,
      count(*) filter (where m.state in ('claimed', 'gated') and not ${isInDoubt})::int as "inFlight",
      count(*) filter (where ${isInDoubt})::int as "inDoubt", count(*) filter (where m.state = 'quarantined')::int as held,
      count(*) filter (where m.state in ('rejected', 'abandoned') and ${isAlarmed})::int as failed,
      count(*) filter (where m.state = 'cancelled')::int as cancelled
    from message m where ${within(id, span)}`)
  return { ...found! }
}

const isAlarmed = sql`exists (select 1 from alarm a where a.kind = 'mail-failed' and a.subject_id = m.id)`

export interface GivenUp {
  readonly id: number
  readonly personId: number
  readonly state: string
}

/** Lists mail that was given up and of which nobody was alarmed. */
export async function listUnalarmed(db: Db, span: Span): Promise<GivenUp[]> {
  return await rows<{ id: number; personId: number; state: string }>(db, sql`
    select m.id, m.person_id as "personId", m.state from message m
    where ${within(id, span)} and m.state in ('rejected', 'abandoned') and not ${isAlarmed} order by m.id limit ${most}`)
}

/** Lists the mails whose alarm is still open, though they are no longer given up: they were tried again, or taken out. One that came back was not. */
export async function listOverAlarms(db: Db): Promise<number[]> {
  return await idsOf(db, sql`
    select m.id from alarm a join message m on m.id = a.subject_id
    where a.kind = 'mail-failed' and a.closed_at is null and m.state not in ('rejected', 'abandoned')
      and not exists (select 1 from bounce b where b.message_id = m.id and b.action = 'failed')`)
}

/** Lists mails that count as sent or captured, and no attempt of theirs says so. */
export async function listUndelivered(db: Db, span: Span): Promise<number[]> {
  return await idsOf(db, sql`
    select m.id from message m where ${within(id, span)} and m.state in ('sent', 'captured')
      and not exists (select 1 from delivery d where d.message_id = m.id and d.outcome = m.state ${oneByOne})`)
}

/** Lists mails that count as sent or captured, and the history does not say so. */
export async function listUnlinked(db: Db, span: Span): Promise<number[]> {
  return await idsOf(db, sql`
    select m.id from message m where ${within(id, span)} and m.state in ('sent', 'captured')
      and not exists (select 1 from history h where h.subject = 'message' and h.subject_id = m.id and h.event = 'message-' || m.state ${oneByOne})`)
}

/** Lists mails of which the history says that they left, and their rows do not, or are not there. */
export async function listOrphanLinks(db: Db, span: Span): Promise<number[]> {
  return await idsOf(db, sql`
    select distinct h.subject_id as id from history h where h.subject = 'message' and h.event in ('message-sent', 'message-captured')
      and ${within(sql`h.subject_id`, span)}
      and not exists (select 1 from message m where m.id = h.subject_id and 'message-' || m.state = h.event ${oneByOne})`)
}

/** Lists mails that a mail server took twice, where nothing between the two says that the first was in doubt. */
export async function listSentTwice(db: Db, span: Span): Promise<number[]> {
  return await idsOf(db, sql`
    select distinct d.message_id as id from delivery d where ${within(sql`d.message_id`, span)} and d.outcome = 'sent'
      and exists (select 1 from delivery e where e.message_id = d.message_id and e.outcome = 'sent' and e.attempt < d.attempt ${oneByOne})
      and not exists (select 1 from delivery e where e.message_id = d.message_id and e.outcome = 'in-doubt' and e.attempt < d.attempt ${oneByOne})`)
}

/** Lists mails that were taken out because nobody could read them, and what they would have said still counts as said. */
export async function listSaidToNobody(db: Db, span: Span): Promise<number[]> {
  return await idsOf(db, sql`
    select m.id from message m where ${within(id, span)} and m.state = 'cancelled' and m.reply = 'the person can no longer be reached'
      and exists (select 1 from notice n where n.message_id = m.id and n.outcome = 'said' ${oneByOne})`)
}

/** Lists mails that could have left before a moment and have not been touched. */
export async function listOverdue(db: Db, before: Instant): Promise<number[]> {
  // Apart from its order: the planner would walk through all mails in it.
  return await idsOf(db, sql`
    with overdue as materialized (select m.id from message m where m.state in ('planned', 'deferred') and m.next_attempt_at < ${before.toString()}::timestamptz and m.due_at < ${before.toString()}::timestamptz) select id from overdue`)
}

/** Says whether any mail was tried since a moment. */
export async function hasTriedSince(db: Db, since: Instant): Promise<boolean> {
  const [last] = await rows<{ since: boolean }>(db, sql`select started_at >= ${since.toString()}::timestamptz as since from delivery order by id desc limit 1`)
  return last?.since ?? false
}

export interface Heads {
  readonly message: number
  readonly delivery: number
}

/** Returns the last number of each, of deliveries only as far as all of them have ended; neither more than `most` after `after`. */
export async function findHeads(db: Db, after: Heads, most: number): Promise<Heads> {
  const [found] = await rows<{ message: number; delivery: number }>(db, sql`
    select least(coalesce((select max(id) from message), 0), ${after.message + most}::int)::int as message,
      least(coalesce((select min(id) - 1 from delivery where id > ${after.delivery} and id <= ${after.delivery + most} and outcome is null),
        (select max(id) from delivery), 0), ${after.delivery + most}::int)::int as delivery`)
  return found!
}
