// How long the program stands still while a file of 25 MB goes into the embedded database and out again: in
// parts of 256 KB, as evidence is kept, beside one statement of the whole. The embedded database runs in this
// thread, so while a statement runs nobody is served. Ratios within one run; single times depend on the machine.
//
//   npm run bench:evidence

import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { mostBytes, partBytes } from '../src/core/evidence.ts'
import { type Database, openDatabase, rows } from '../src/store/database.ts'
import { appendPart, beginFile, completeFile, readParts } from '../src/store/files.ts'

const rounds = 3
const at = Temporal.Instant.from('2026-11-25T08:00:00Z')

interface Measured { readonly stall: number; readonly total: number }

/**
 * Runs some work; returns the longest time in which nothing else could run, and the whole of it, in milliseconds.
 * Something that wants to run at every turn of the loop looks at its watch: what it misses is the stall.
 */
async function measured(work: () => Promise<void>): Promise<Measured> {
  const began = performance.now()
  const watch = { last: began, stall: 0, isOver: false }
  const tick = (): void => {
    const now = performance.now()
    watch.stall = Math.max(watch.stall, now - watch.last)
    watch.last = now
    if (!watch.isOver) setImmediate(tick)
  }
  setImmediate(tick)
  await work()
  const total = performance.now() - began
  watch.isOver = true
  await new Promise((resolve) => { setImmediate(resolve) })
  return { stall: watch.stall, total }
}

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

async function partsIn({ db }: Database, content: Uint8Array, sha256: string): Promise<void> {
  await beginFile(db, { sha256, size: content.length, type: 'application/octet-stream' }, at)
  for (let start = 0; start < content.length; start += partBytes) await appendPart(db, sha256, start / partBytes, content.subarray(start, start + partBytes))
  if (!await completeFile(db, sha256, at)) throw new Error('The file is not whole.')
}

async function partsOut({ db }: Database, sha256: string): Promise<void> {
  const hash = createHash('sha256')
  for await (const part of readParts(db, sha256)) hash.update(part)
  if (hash.digest('hex') !== sha256) throw new Error('Other bytes came back.')
}

async function wholeIn({ db }: Database, content: Uint8Array): Promise<void> {
  const encoded = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64')
  await db.execute(sql`insert into whole (content) values (decode(${encoded}, 'base64'))`)
}

async function wholeOut({ db }: Database, sha256: string): Promise<void> {
  const [found] = await rows<{ content: string }>(db, sql`select encode(content, 'base64') as content from whole`)
  if (hashOf(Buffer.from(found?.content ?? '', 'base64')) !== sha256) throw new Error('Other bytes came back.')
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

function printLine(name: string, parts: readonly Measured[], whole: readonly Measured[]): void {
  const [stall, wholeStall] = [median(parts.map((one) => one.stall)), median(whole.map((one) => one.stall))]
  const [total, wholeTotal] = [median(parts.map((one) => one.total)), median(whole.map((one) => one.total))]
  process.stdout.write(`${name.padEnd(4)} longest stall in parts ${stall.toFixed(0).padStart(5)} ms, whole ${wholeStall.toFixed(0).padStart(6)} ms, ratio 1 : ${
    (wholeStall / stall).toFixed(0)}; in all ${total.toFixed(0)} ms and ${wholeTotal.toFixed(0)} ms\n`)
}

const home = mkdtempSync(join(tmpdir(), 'recert-bench-'))
const database = await openDatabase({ home, databaseUrl: undefined })
try {
  await database.db.execute(sql`create table whole (content bytea not null)`)
  await partsIn(database, randomBytes(2 * partBytes), hashOf(randomBytes(8)))
  const results = { partsIn: [] as Measured[], partsOut: [] as Measured[], wholeIn: [] as Measured[], wholeOut: [] as Measured[] }
  for (let round = 0; round < rounds; round += 1) {
    const content = randomBytes(mostBytes)
    const sha256 = hashOf(content)
    results.partsIn.push(await measured(() => partsIn(database, content, sha256)))
    results.partsOut.push(await measured(() => partsOut(database, sha256)))
    results.wholeIn.push(await measured(() => wholeIn(database, content)))
    results.wholeOut.push(await measured(() => wholeOut(database, sha256)))
    await database.db.execute(sql`truncate whole`)
  }
  process.stdout.write(`25 MB, parts of 256 KB, ${rounds} rounds, medians\n`)
  printLine('in', results.partsIn, results.wholeIn)
  printLine('out', results.partsOut, results.wholeOut)
} finally {
  await database.close()
  rmSync(home, { recursive: true, force: true })
}
