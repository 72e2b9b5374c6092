import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { partBytes } from '../../src/core/evidence.ts'
import { type Db, rows, violatedConstraint } from '../../src/store/database.ts'
import { appendPart, beginFile, completeFile, readParts } from '../../src/store/files.ts'
import { databases, type TestDatabase } from '../helpers/database.ts'
import { instant } from '../helpers/factory.ts'
import { bytesOf, partsOf, sha256Of, wholeOf } from '../helpers/files.ts'

const at = instant('2026-11-24T08:00:00Z')
const later = instant('2026-11-25T08:00:00Z')
const content = bytesOf(2 * partBytes + 1000)
const sha256 = sha256Of(content)
const meta = { sha256, size: content.length, type: 'application/pdf' }

describe.each(databases())('files on %s', (_name, open) => {
  let opened: TestDatabase
  let db: Db
  beforeAll(async () => {
    opened = await open()
    db = opened.database.db
  })
  beforeEach(() => opened.reset())
  afterAll(() => opened.close())

  const append = async (from: number, until: number): Promise<void> => {
    for (let n = from; n < until; n += 1) await appendPart(db, sha256, n, partsOf(content)[n]!)
  }
  const keep = async (): Promise<boolean> => {
    await beginFile(db, meta, at)
    await append(0, 3)
    return await completeFile(db, sha256, at)
  }
  const failed = (work: Promise<unknown>): Promise<string | undefined> => work.then(() => 'nothing failed', violatedConstraint)
  const stored = () => rows<{ ordinal: number; size: number }>(db, sql`select ordinal, length(content) as size from file_part order by ordinal`)

  test('a file comes back byte for byte, part by part', async () => {
    expect(await keep()).toBe(true)
    const parts: number[] = []
    for await (const part of readParts(db, sha256)) parts.push(part.length)
    expect(parts).toEqual([partBytes, partBytes, 1000])
    expect((await wholeOf(readParts(db, sha256))).equals(content)).toBe(true)
  })

  test('every byte there is survives the way in and out', async () => {
    const every = Uint8Array.from({ length: 256 }, (_each, n) => n)
    const name = sha256Of(every)
    await beginFile(db, { sha256: name, size: 256, type: 'application/octet-stream' }, at)
    await appendPart(db, name, 0, every)
    expect([...await wholeOf(readParts(db, name))]).toEqual([...every])
  })

  test('no row holds more than 256 KB', async () => {
    await beginFile(db, meta, at)
    expect(await failed(appendPart(db, sha256, 0, content.subarray(0, partBytes + 1)))).toBe('file_part_has_at_most_256_kilobytes')
    expect(await failed(appendPart(db, sha256, 0, new Uint8Array()))).toBe('file_part_has_at_most_256_kilobytes')
    expect(await stored()).toEqual([])
  })

  test('no file is larger than 25 MB, empty, or named otherwise than by its hash', async () => {
    expect(await failed(beginFile(db, { ...meta, size: 25 * 1024 * 1024 + 1 }, at))).toBe('file_has_at_most_25_megabytes')
    expect(await failed(beginFile(db, { ...meta, size: 0 }, at))).toBe('file_has_at_most_25_megabytes')
    expect(await failed(beginFile(db, { ...meta, sha256: 'ABC' }, at))).toBe('file_is_named_by_its_sha256')
  })

  test('an upload that was interrupted is not complete, and is carried on where it stopped', async () => {
    await beginFile(db, meta, at)
    await append(0, 2)
    expect(await completeFile(db, sha256, at)).toBe(false)
    const begun = await beginFile(db, { ...meta, type: 'text/plain' }, later)
    expect({ ...begun, parts: [...begun.parts] }).toEqual({ type: 'application/pdf', isComplete: false, parts: [0, 1] })
    await append(2, 3)
    expect(await completeFile(db, sha256, later)).toBe(true)
    expect((await wholeOf(readParts(db, sha256))).equals(content)).toBe(true)
  })

  test('the same content is kept once, under the type and moment it first had', async () => {
    await keep()
    expect((await beginFile(db, { ...meta, type: 'text/plain' }, later)).isComplete).toBe(true)
    expect(await completeFile(db, sha256, later)).toBe(true)
    expect(await rows(db, sql`select type, complete_at = ${at.toString()}::timestamptz as first from file`)).toEqual([{ type: 'application/pdf', first: true }])
  })

  test('two uploads of the same content at the same time make one file', async () => {
    expect(await Promise.all([keep(), keep()])).toEqual([true, true])
    expect(await stored()).toEqual([{ ordinal: 0, size: partBytes }, { ordinal: 1, size: partBytes }, { ordinal: 2, size: 1000 }])
  })

  test('others get a turn after every part, on the way in and on the way out', async () => {
    const turns = { count: 0, isOver: false }
    const tick = (): void => {
      turns.count += 1
      if (!turns.isOver) setImmediate(tick)
    }
    setImmediate(tick)
    await beginFile(db, meta, at)
    const before = turns.count
    await append(0, 3)
    const between = turns.count
    await wholeOf(readParts(db, sha256))
    turns.isOver = true
    expect([between - before >= 3, turns.count - between >= 3]).toEqual([true, true])
  })

  test('a file that lacks a part is read as far as it goes', async () => {
    await keep()
    await db.execute(sql`delete from file_part where ordinal = 1`)
    expect((await wholeOf(readParts(db, sha256))).length).toBe(partBytes)
  })
})
