// The account at the end: what the mail server kept against what the database says. One line for each thing that is
// not as promised; an empty account is what every run must end with.

import { sql } from 'drizzle-orm'
import type { App } from '../../../src/app/app.ts'
import { rows } from '../../../src/store/database.ts'
import { findBrokenLink } from '../../../src/store/history.ts'
import type { Copy } from './sink.ts'

export interface Account {
  /** Mails that were due, one a person. */
  readonly mails: number
  /** Copies that the mail server kept beyond the first. */
  readonly duplicates: number
  /** Attempts of which nobody knows whether the server kept the mail. */
  readonly inDoubt: number
  readonly findings: readonly string[]
}

interface Told {
  readonly email: string
  readonly mails: number
  readonly messageId: string | null
  readonly states: string | null
  readonly doubts: number
  readonly open: number
  readonly remembered: number
}

export async function drawAccount(app: App, copies: readonly Copy[]): Promise<Account> {
  const told = await listTold(app)
  const kept = Map.groupBy(copies, (copy) => copy.messageId)
  const known = new Set(told.map((one) => one.messageId))
  const stray = [...kept.keys()].filter((id) => !known.has(id)).map((id) => `${id} is a mail that nobody planned`)
  const broken = await findBrokenLink(app.database.db, 1)
  return {
    mails: told.length,
    duplicates: told.reduce((sum, one) => sum + Math.max(0, copiesOf(kept, one).length - 1), 0),
    inDoubt: told.reduce((sum, one) => sum + one.doubts, 0),
    findings: [...told.flatMap((one) => faultsOf(one, copiesOf(kept, one))), ...stray, ...(broken ? [`history is broken at ${JSON.stringify(broken)}`] : [])],
  }
}

const copiesOf = (kept: ReadonlyMap<string, Copy[]>, one: Told): Copy[] => kept.get(one.messageId ?? '') ?? []

function faultsOf(one: Told, copies: readonly Copy[]): string[] {
  const duplicates = copies.length - 1
  return [
    one.mails === 1 ? '' : `has ${one.mails} mails instead of one`,
    one.states === 'sent' ? '' : `is ${one.states}, not sent`,
    copies.length > 0 ? '' : 'was missed: the mail server has nothing',
    duplicates > one.doubts ? `got ${duplicates} duplicates, of which ${one.doubts} are listed as in doubt` : '',
    new Set(copies.map((copy) => copy.hash)).size <= 1 ? '' : 'got copies of different bytes',
    copies.every((copy) => copy.to === one.email) ? '' : 'is written to at another address',
    one.open === 0 ? '' : `has ${one.open} attempts that nobody closed`,
    one.remembered === 1 ? '' : `is remembered ${one.remembered} times as sent`,
  ].filter((fault) => fault !== '').map((fault) => `${one.email} ${fault}`)
}

// One row a person; `states` of all their mails, so that a second one shows.
async function listTold(app: App): Promise<Told[]> {
  return await rows<Told & Record<string, unknown>>(app.database.db, sql`
    select p.email, count(m.id)::int as mails, min(m.message_id) as "messageId", string_agg(m.state, ', ' order by m.id) as states,
      coalesce(sum(d.doubts), 0)::int as doubts, coalesce(sum(d.open), 0)::int as open, coalesce(sum(h.n), 0)::int as remembered
    from person p left join message m on m.person_id = p.id
    left join lateral (select count(*) filter (where outcome = 'in-doubt') as doubts, count(*) filter (where outcome is null) as open
      from delivery where message_id = m.id) d on true
    left join lateral (select count(*) as n from history where event = 'message-sent' and subject = 'message' and subject_id = m.id) h on true
    group by p.id order by p.id limit 1000000`)
}
