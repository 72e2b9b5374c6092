// What delivery costs with everything on (claimed, composed, gated, settled, kept in the history): beside the mail
// library's own pool, which remembers nothing; beside the loop that somebody would write in a day; and three
// replicas beside one against a server that is far away. Each sender is a cold process of its own.

import { type ChildProcess, fork } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { simpleParser } from 'mailparser'
import { deliverWaiting } from '../src/app/delivery-run.ts'
import { planReminders } from '../src/app/reminders.ts'
import { fixedClock } from '../src/clock.ts'
import { type Database, rows } from '../src/store/database.ts'
import type { Context, Figure, Line } from './line.ts'
import { forget, sendHour } from './records.ts'
import { appOn, type Stand, within } from './stand.ts'

interface Scene { readonly url: string; readonly mails: number; readonly rounds: number; readonly keyFile: string }

/** Returns what a child says first that has the field. */
const said = (child: ChildProcess, field: string): Promise<number> => new Promise((resolve, reject) => {
  child.on('message', (message: Readonly<Record<string, number>>) => { if (field in message) resolve(message[field]!) })
  child.once('exit', (code) => reject(new Error(`a sender ended with ${code} before it said "${field}"`)))
})

/** Mails a second of so many senders of a kind, the best of some rounds; 0 milliseconds is a server that answers at once. */
async function rateOf(scene: Scene, kind: string, how: { readonly senders?: number; readonly delay?: number; readonly signed?: boolean } = {}): Promise<number> {
  let best = 0
  for (let round = 0; round < scene.rounds; round += 1) {
    await within(scene.url, plannedAnew)
    best = Math.max(best, await once(scene, kind, how))
  }
  return best
}

async function once(scene: Scene, kind: string, { senders = 1, delay = 0, signed = false }: { readonly senders?: number; readonly delay?: number; readonly signed?: boolean }): Promise<number> {
  const sink = fork(join(import.meta.dirname, 'sink.ts'), [String(delay)])
  const mailUrl = `smtp://127.0.0.1:${await said(sink, 'port')}`
  const children = Array.from({ length: senders }, () =>
    fork(join(import.meta.dirname, 'sender.ts'), [kind, scene.url, mailUrl, String(scene.mails), ...(signed ? [scene.keyFile] : [])]))
  await Promise.all(children.map((child) => said(child, 'ready')))
  const ends = children.map((child) => said(child, 'sent'))
  const began = performance.now()
  for (const child of children) child.send('begin')
  const sent = (await Promise.all(ends)).reduce((a, b) => a + b)
  const seconds = (performance.now() - began) / 1000
  const taken = said(sink, 'taken')
  sink.send('how many')
  if (await taken !== scene.mails || sent !== scene.mails) throw new Error(`${kind}: ${sent} of ${scene.mails} mails were sent, and ${await taken} taken.`)
  sink.disconnect()
  return sent / seconds
}

/** Plans the mails of the morning as if none had been. */
async function plannedAnew(database: Database): Promise<void> {
  await forget(database, sendHour.subtract({ minutes: 1 }))
  await planReminders({ ...await appOn(database), clock: fixedClock(sendHour) }, sendHour, true)
}

/** Keeps the mails as they are captured, for the senders that compose the same words by themselves. */
async function keepSamples(database: Database, mails: number): Promise<void> {
  await plannedAnew(database)
  const app = { ...await appOn(database), clock: fixedClock(sendHour) }
  for (let more = true; more;) more = (await deliverWaiting(app, { now: sendHour, asked: false, transport: undefined }))['more'] === 1
  const { db } = database
  await db.execute(sql`create table sample (id integer primary key, address text, subject text, text text, html text, calendar text)`)
  await db.execute(sql`create table sent_by_loop (address text, sent_at timestamptz)`)
  const [one] = await rows<{ raw: Uint8Array }>(db, sql`select raw from message where state = 'captured' order by id desc limit 1`)
  const calendar = (await simpleParser(Buffer.from(one!.raw))).attachments[0]?.content.toString() ?? ''
  await db.execute(sql`insert into sample select row_number() over (order by id), address, subject, text, html, ${calendar} from message where state = 'captured'`)
  const [counted] = await rows<{ n: number }>(db, sql`select count(*)::int as n from sample`)
  if (counted?.n !== mails) throw new Error(`${counted?.n} mails were composed, not ${mails}.`)
}

const each = (what: string, value: number): Figure => ({ what, value, unit: '/s' })

export async function deliveryLines(context: Context): Promise<Line[]> {
  const stand: Stand = await context.stand()
  const folder = mkdtempSync(join(tmpdir(), 'recert-bench-'))
  const mails = context.small ? 200 : 1500
  const scene: Scene = { url: await stand.filled(mails * 2, mails), mails, rounds: context.small ? 1 : 3, keyFile: join(folder, 'key.pem') }
  try {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(scene.keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await within(scene.url, (database) => keepSamples(database, mails))
    return await measured(context, scene)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function measured({ say }: Context, scene: Scene): Promise<Line[]> {
  say('delivering, unsigned')
  const ours = await rateOf(scene, 'ours')
  const pool = await rateOf(scene, 'pool')
  const loop = await rateOf(scene, 'loop')
  say('delivering, signed')
  const signed = { ours: await rateOf(scene, 'ours', { signed: true }), pool: await rateOf(scene, 'pool', { signed: true }) }
  say('delivering to a server that answers in 50 ms')
  const far = { ...scene, rounds: 1 }
  const [alone, together] = [await rateOf(far, 'ours', { delay: 50 }), await rateOf(far, 'ours', { delay: 50, senders: 3 })]
  return [
    { measured: each('delivery, 5 connections', ours), limit: each('the library\'s pool of 5', pool), mark: { atLeast: 0.95 } },
    { measured: each('delivery, 5 connections, DKIM', signed.ours), limit: each('the library\'s pool of 5, DKIM', signed.pool), mark: { atLeast: 0.95 } },
    { measured: each('delivery, 5 connections', ours), limit: each('a loop written in a day', loop), mark: { atLeast: 2.5 } },
    { measured: each('three replicas, 50 ms away', together), limit: each('one replica, 50 ms away', alone), mark: { atLeast: 2.5 } },
  ]
}
