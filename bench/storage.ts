// What the database asks for a mail: claimed, past the gate and settled by the statements of the sender, each in a
// transaction of its own that is on the disk; beside one bare UPDATE a transaction by pgbench, with as many clients.

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { Database } from '../src/store/database.ts'
import { claimMessage, passGate } from '../src/store/lease.ts'
import { settleMessage } from '../src/store/outbox.ts'
import { newestBinaries } from '../tests/helpers/postgres.ts'
import { type Context, type Line, Missing } from './line.ts'
import { fill, ownerCount, sendHour } from './records.ts'
import { within } from './stand.ts'

const clients = 4

export async function storageLines(context: Context): Promise<Line[]> {
  const binaries = newestBinaries()
  if (binaries === undefined) throw new Missing('There is no pgbench in /usr/lib/postgresql. Install it with: apt-get install postgresql')
  const stand = await context.stand()
  const url = await stand.empty()
  const mails = context.small ? 2_000 : 20_000
  const seconds = context.small ? 2 : 10
  await within(url, (database) => fill(database, { certifications: 10, due: 0 }))
  const settling = await within(url, (database) => settledPerSecond(database, mails, false))
  const gated = await within(url, (database) => settledPerSecond(database, mails, true))
  const bare = { what: `bare UPDATE by pgbench, ${clients} clients`, value: updatesPerSecond(join(binaries, 'pgbench'), url, seconds), unit: '/s' }
  return [
    { measured: { what: `mails claimed and settled by ${clients} at once`, value: settling, unit: '/s' }, limit: bare, mark: { atLeast: 4 } },
    { measured: { what: `mails claimed, past the gate and settled by ${clients} at once`, value: gated, unit: '/s' }, limit: bare, mark: { atLeast: 4 } },
  ]
}

async function settledPerSecond(database: Database, mails: number, isGated: boolean): Promise<number> {
  await planMails(database, mails)
  const began = performance.now()
  const settled = await Promise.all(Array.from({ length: clients }, () => settleAll(database, isGated)))
  const seconds = (performance.now() - began) / 1000
  const total = settled.reduce((sum, one) => sum + one, 0)
  if (total !== mails) throw new Error(`${total} mails were settled, not ${mails}.`)
  return total / seconds
}

// With bytes of the usual size, to be sent at once.
async function planMails(database: Database, mails: number): Promise<void> {
  await database.db.execute(sql`truncate message cascade`)
  await database.db.execute(sql`insert into message (organisation_id, person_id, kind, period, part, rehearsal, due_at, state, message_id, language,
      address, subject, text, html, raw, fingerprint, priority, attempts, next_attempt_at, created_at)
    select 1, 1 + n % ${ownerCount}::int, 'daily', '2026-11-24', n, false, ${sendHour.toString()}::timestamptz, 'planned', '<' || n || '@example.org>', 'en',
      'owner@example.org', 'Recert', repeat('text ', 100), repeat('html ', 200), convert_to(repeat('0123456789', 600), 'UTF8'), 'print', 2, 0,
      ${sendHour.toString()}::timestamptz, ${sendHour.toString()}::timestamptz from generate_series(1, ${mails}::int) as n`)
  await database.db.execute(sql`vacuum analyze message`)
  await database.db.execute(sql`checkpoint`)
}

async function settleAll(database: Database, isGated: boolean): Promise<number> {
  for (let settled = 0; ; settled += 1) {
    const token = randomUUID()
    const message = await database.transact((db) => claimMessage(db, token, sendHour))
    if (!message) return settled
    const claim = { id: message.id, token }
    if (isGated && !await database.transact((db) => passGate(db, claim, sendHour))) throw new Error('The gate was closed.')
    const state = isGated ? 'sent' : 'captured'
    if (!await database.transact((db) => settleMessage(db, claim, { state, reply: '250 2.0.0 Ok', attempts: 1 }, sendHour))) throw new Error('The claim was lost.')
  }
}

function updatesPerSecond(pgbench: string, url: string, seconds: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'recert-bench-'))
  try {
    const script = join(folder, 'update.sql')
    writeFileSync(script, '\\set id random(1, 2000)\nupdate message set attempts = attempts + 1 where id = :id;\n')
    const said = execFileSync(pgbench, ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-T', String(seconds), '-f', script, url], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    return Number(/tps = ([\d.]+)/.exec(said)?.[1])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
