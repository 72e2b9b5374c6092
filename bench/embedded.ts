// The embedded database beside PostgreSQL: the same planning; and the longest of its statements while the program does
// its work, since nobody is served while one runs.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import type { App } from '../src/app/app.ts'
import { deliverWaiting } from '../src/app/delivery-run.ts'
import { planDigests } from '../src/app/digests.ts'
import { importRegister } from '../src/app/import.ts'
import { planReminders } from '../src/app/reminders.ts'
import { fixedClock } from '../src/clock.ts'
import { type Database, openDatabase } from '../src/store/database.ts'
import { type Context, type Line, Missing, shortest } from './line.ts'
import { fill, forget, sendHour } from './records.ts'
import { appOn, within } from './stand.ts'

const longestAllowed = 50

export async function embeddedLines(context: Context): Promise<Line[]> {
  const amount = context.small ? { certifications: 1_000, due: 100 } : { certifications: 10_000, due: 800 }
  const home = mkdtempSync(join(tmpdir(), 'recert-bench-'))
  const watch = watchStatements()
  const database = await openDatabase({ home, databaseUrl: undefined })
  try {
    await fill(database, amount)
    const own = await planning(database, amount.due)
    const lines = await besidePostgres(context, amount, own)
    return [...lines, ...await longestStatements(database, amount.due, watch)]
  } finally {
    watch.end()
    await database.close()
    rmSync(home, { recursive: true, force: true })
  }
}

async function planning(database: Database, due: number): Promise<number> {
  const app = await appOn(database)
  return await shortest(3, async () => {
    const { said } = await planReminders(app, sendHour, true)
    if (said !== due) throw new Error(`${said} notices were said, not ${due}.`)
  }, () => forget(database, sendHour.subtract({ minutes: 1 })))
}

async function besidePostgres(context: Context, amount: { certifications: number; due: number }, own: number): Promise<Line[]> {
  try {
    const url = await (await context.stand()).filled(amount.certifications, amount.due)
    const value = await within(url, (database) => planning(database, amount.due))
    return [{
      measured: { what: `planning ${amount.due} due on the embedded database`, value: own, unit: 'ms' },
      limit: { what: 'the same on PostgreSQL', value, unit: 'ms' }, mark: { atMost: 2 },
    }]
  } catch (error) {
    if (error instanceof Missing) return []
    throw error
  }
}

async function longestStatements(database: Database, due: number, watch: Watch): Promise<Line[]> {
  const app: App = { ...await appOn(database), clock: fixedClock(sendHour) }
  await forget(database, sendHour.subtract({ minutes: 1 }))
  const file = registerOf(due * 2)
  const work: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['planning', () => planReminders(app, sendHour, true)],
    ['delivering', () => deliverWaiting(app, { now: sendHour, asked: false, transport: undefined })],
    ['the weekly status', async () => {
      await database.db.execute(sql`update message set state = 'cancelled', settled_at = ${sendHour.toString()}::timestamptz where state = 'planned'`)
      await planDigests(app, sendHour)
      await deliverWaiting(app, { now: sendHour, asked: false, transport: undefined })
    }],
    ['an import', () => importRegister(app, { bytes: file, file: 'register.csv', owner: 'owner1@example.org', dryRun: false, partial: false })],
  ]
  const lines: Line[] = []
  for (const [what, run] of work) {
    watch.begin()
    await run()
    lines.push(lineOf(what, watch.longest()))
  }
  return lines
}

const lineOf = (what: string, longest: Timed): Line => ({
  measured: { what: `longest statement of ${what}, embedded`, value: longest.milliseconds, unit: 'ms' },
  limit: { what: 'the longest that a page may wait', value: longestAllowed, unit: 'ms' }, mark: { atMost: 1 },
  remark: `it was: ${longest.text.replace(/\s+/g, ' ').slice(0, 150)}`,
})

function registerOf(certifications: number): Uint8Array {
  const rows = Array.from({ length: certifications }, (_, n) => `iso-27001,Harbour Cloud,Platform ${n},IS ${n},Certifier,owner${1 + n % 50}@example.org,2022,2026-05-02,2029-05-01`)
  return new TextEncoder().encode(`scheme,organisation,name,certificate number,certification body,owner,edition,issue,expiry\r\n${rows.join('\r\n')}\r\n`)
}

interface Timed { readonly text: string; readonly milliseconds: number }
interface Watch { begin(): void; longest(): Timed; end(): void }

// Every message to the embedded database passes here and takes as long as it takes; that which prepares a statement has its text.
function watchStatements(): Watch {
  const original: PGlite['execProtocolRawSync'] = Reflect.get(PGlite.prototype, 'execProtocolRawSync')
  let [text, longest]: [string, Timed] = ['', { text: '', milliseconds: 0 }]
  PGlite.prototype.execProtocolRawSync = function timed(this: PGlite, message: Uint8Array): Uint8Array {
    const began = performance.now()
    try {
      return Reflect.apply(original, this, [message])
    } finally {
      const milliseconds = performance.now() - began
      text = textOf(message) ?? text
      if (milliseconds > longest.milliseconds) longest = { text, milliseconds }
    }
  }
  return {
    begin: () => { longest = { text: '', milliseconds: 0 } },
    longest: () => longest,
    end: () => { PGlite.prototype.execProtocolRawSync = original },
  }
}

// Parse (P) has a name before its text, Query (Q) has the text alone.
function textOf(message: Uint8Array): string | undefined {
  if (message[0] === 0x51) return new TextDecoder().decode(message.subarray(5, 600))
  if (message[0] !== 0x50) return undefined
  const name = message.indexOf(0, 5)
  return new TextDecoder().decode(message.subarray(name + 1, name + 600))
}
