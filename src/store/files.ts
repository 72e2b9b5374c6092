// The content of files, by its SHA-256: one row a part, each written and read by a statement of its own, so
// that nothing holds a whole file. The embedded database runs in this thread and answers without letting
// anything else run, so after each part the program is given a turn. A file counts once all its parts are
// there; what an interrupted upload left is carried on by the next one of the same content.

import { setImmediate as turn } from 'node:timers/promises'
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import type { KeptFile } from '../core/evidence.ts'
import type { Db } from './database.ts'
import { file, filePart } from './schema-proof.ts'

type Content = Omit<KeptFile, 'name'>

export interface Begun {
  /** As it was told when the content first came. */
  readonly type: string
  /** True where nothing needs to be written any more. */
  readonly isComplete: boolean
  /** The places, from 0, of the parts that are there already. */
  readonly parts: ReadonlySet<number>
}

/** Makes room for a file where the same content is not there yet. */
export async function beginFile(db: Db, content: Content, at: Instant): Promise<Begun> {
  await db.insert(file).values({ ...content, addedAt: at }).onConflictDoNothing()
  const [row] = await db.select({ type: file.type, completeAt: file.completeAt }).from(file).where(eq(file.sha256, content.sha256)).limit(1)
  if (row === undefined) throw new Error(`The file ${content.sha256} was begun and is not there.`)
  if (row.completeAt !== null) return { type: row.type, isComplete: true, parts: new Set() }
  const parts = await db.select({ ordinal: filePart.ordinal }).from(filePart).where(eq(filePart.sha256, content.sha256))
    .orderBy(asc(filePart.ordinal)).limit(1000)
  return { type: row.type, isComplete: false, parts: new Set(parts.map((part) => part.ordinal)) }
}

/**
 * Adds one part, of at most 256 KB, at its place from 0; the same content that is there already stays. It travels
 * as base64: the embedded database takes five times as long over the hexadecimal form that bytes have otherwise.
 */
export async function appendPart(db: Db, sha256: string, ordinal: number, content: Uint8Array): Promise<void> {
  const encoded = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64')
  await db.insert(filePart).values({ sha256, ordinal, content: sql`decode(${encoded}, 'base64')` }).onConflictDoNothing()
  await turn()
}

/** Says that all parts are there. Returns false, and changes nothing, where they do not make up its size. */
export async function completeFile(db: Db, sha256: string, at: Instant): Promise<boolean> {
  const completed = await db.update(file).set({ completeAt: sql`coalesce(${file.completeAt}, ${at.toString()}::timestamptz)` })
    .where(and(eq(file.sha256, sha256), sql`${file.size} = (select sum(length(part.content)) from file_part part where part.sha256 = ${sha256})`))
    .returning({ sha256: file.sha256 })
  return completed.length === 1
}

/** Reads a file part by part, as far as its parts follow each other: whether that is all of it, its hash tells. */
export async function* readParts(db: Db, sha256: string): AsyncGenerator<Uint8Array> {
  for (let ordinal = 0; ; ordinal += 1) {
    const [part] = await db.select({ content: sql<string>`encode(${filePart.content}, 'base64')` }).from(filePart)
      .where(and(eq(filePart.sha256, sha256), eq(filePart.ordinal, ordinal))).limit(1)
    if (part === undefined) return
    await turn()
    yield Buffer.from(part.content, 'base64')
  }
}
