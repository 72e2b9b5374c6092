// What planning costs: with nothing due, beside counting the duties and beside itself with a tenth of them; and with
// thousands due, beside the one statement that writes the same rows of the ledger.

import { sql } from 'drizzle-orm'
import type { App } from '../src/app/app.ts'
import { planJob, planReminders } from '../src/app/reminders.ts'
import type { Instant } from '../src/core/day.ts'
import { type Database, rows } from '../src/store/database.ts'
import { moveWatermark } from '../src/store/jobs.ts'
import { type Context, type Line, shortest } from './line.ts'
import { forget, quietMinute, quietSendHour, sendHour } from './records.ts'
import { appOn, within } from './stand.ts'

interface Sizes { readonly few: number; readonly many: number; readonly due: number }

export const sizesOf = ({ small }: Context): Sizes => (small ? { few: 5_000, many: 50_000, due: 800 } : { few: 100_000, many: 1_000_000, due: 8_000 })

export const inWords = (certifications: number): string => (certifications >= 1_000_000 ? `${certifications / 1_000_000}M` : `${certifications / 1000}k`)

export async function planningLines(context: Context): Promise<Line[]> {
  const { few, many, due } = sizesOf(context)
  const stand = await context.stand()
  const made = { few: await stand.filled(few, due), many: await stand.filled(many, due) }
  const between = { few: await within(made.few, nothingDue(quietMinute)), many: await within(made.many, nothingDue(quietMinute)) }
  const opening = { few: await within(made.few, nothingDue(quietSendHour)), many: await within(made.many, nothingDue(quietSendHour)) }
  const counting = await within(made.many, count)
  const moments = [['in a minute between send hours', between], ['as a send hour begins', opening]] as const
  const quietLines = moments.flatMap(([when, cost]): Line[] => {
    const measured = { what: `nothing due ${when}, ${inWords(many)}`, value: cost.many, unit: 'ms' }
    return [
      { measured, limit: { what: 'count(*) of the duties', value: counting, unit: 'ms' }, mark: { atMost: 0.01 } },
      { measured, limit: { what: `the same, ${inWords(few)}`, value: cost.few, unit: 'ms' }, mark: { atMost: 1.15 } },
    ]
  })
  return [...quietLines, await within(made.many, (database) => dueLine(context, database, { many, due }))]
}

const nothingDue = (now: Instant) => async (database: Database): Promise<number> => {
  const app = await appOn(database)
  await forget(database, now)
  return await shortest(15, () => planAsking(app, now, 0), () => database.transact((db) => moveWatermark(db, planJob, now.subtract({ minutes: 1 }))))
}

/** Plans, and makes sure that it planned what it was to. */
async function planAsking(app: App, now: Instant, said: number): Promise<void> {
  const planned = await planReminders(app, now, true)
  if (planned.said !== said) throw new Error(`${planned.said} notices were said, not ${said}.`)
}

// One worker of the server, as every statement of the product has.
async function count(database: Database): Promise<number> {
  return await shortest(3, () => database.transact(async (db) => {
    await db.execute(sql`set local max_parallel_workers_per_gather = 0`)
    await rows(db, sql`select count(*) from obligation`)
  }))
}

async function dueLine(context: Context, database: Database, { many, due }: { many: number; due: number }): Promise<Line> {
  const app = await appOn(database)
  const before = () => forget(database, sendHour.subtract({ minutes: 1 }))
  const planning = await shortest(context.small ? 3 : 5, () => planAsking(app, sendHour, due), before)
  const bare = await shortest(context.small ? 3 : 5, () => bareInsert(database, due), before)
  await before()
  return {
    measured: { what: `${due.toLocaleString('en')} due, ${inWords(many)}`, value: planning, unit: 'ms' },
    limit: { what: 'one statement that finds and writes them', value: bare, unit: 'ms' }, mark: { atMost: 3 },
    remark: `${(planning / due * 1000).toFixed(0)} µs a notice: its duty and record read, decided for whoever could hear, and a mail opened for each of their owners`,
  }
}

// Fenced, so that no plan reads the table; into the real ledger, with its keys, checks and references.
async function bareInsert(database: Database, due: number): Promise<void> {
  const written = await rows<{ n: number }>(database.db, sql`with written as (
      insert into notice (obligation_id, counted_to, notice, offset_days, person_id, purpose, audience, outcome, reason, message_id, decided_at)
      select o.id, o.counted_to, 'P' || r.days || 'D', r.days, c.owner_id, 'reminder', 'owner', 'said', 'next-notice', c.owner_id, ${sendHour.toString()}::timestamptz
      from (values (180), (90), (30), (7), (0)) as r (days)
      cross join lateral (select id, counted_to, certification_id from obligation where ladder = 'registration-expiry'
        and counted_to = '2026-11-24'::date + r.days and state in ('open', 'submitted') offset 0) as o
      join certification as c on c.id = o.certification_id
      on conflict do nothing returning 1)
    select count(*)::int as n from written`)
  if (written[0]?.n !== due) throw new Error(`${written[0]?.n} rows were written, not ${due}.`)
}
