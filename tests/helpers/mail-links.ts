// The links of a captured mail as its reader finds them, and a look at everything that is stored.

import { sql } from 'drizzle-orm'
import type { App } from '../../src/app/app.ts'
import { rows } from '../../src/store/database.ts'
import { findMessage } from '../../src/store/outbox.ts'

export const labels = { acknowledge: 'I know, I am on it', snooze: 'Snooze …', done: 'Done', 'not-mine': 'Not mine' } as const

/** Returns the labels of a mail's buttons, of the entry that holds `about`. */
export async function buttonsIn(app: App, messageId: number, about = ''): Promise<string[]> {
  return [...(await entryOf(app, messageId, about)).matchAll(/^ {2}(.*): http\S+\/answer\//gm)].map(([, label]) => label!)
}

/** Returns the token behind a button of a mail, of the entry that holds `about`. */
export async function tokenIn(app: App, messageId: number, action: keyof typeof labels, about = ''): Promise<string> {
  const entry = await entryOf(app, messageId, about)
  const token = entry.split('\n').find((line) => line.trim().startsWith(`${labels[action]}: `))?.split('/answer/')[1]
  if (!token) throw new Error(`no button ${action} in: ${entry}`)
  return token
}

async function entryOf(app: App, messageId: number, about: string): Promise<string> {
  const { text } = (await findMessage(app.database.db, messageId))!
  const entry = text!.split('\n* ').slice(1).find((one) => one.includes(about))
  if (!entry) throw new Error(`no entry about ${about} in: ${text}`)
  return entry
}

/** Returns a digest of every table, by its name: equal before and after means that nothing was changed. */
export async function everyRow(app: App): Promise<Record<string, string>> {
  const { db } = app.database
  const tables = await rows<{ name: string }>(db, sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`)
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await rows<{ digest: string }>(db, sql`select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from ${sql.identifier(name)} as t`)
    found[name] = row!.digest
  }
  return found
}
