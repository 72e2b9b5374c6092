// A file on its way in and out, never whole in memory: looked at once from end to end, kept part by part in
// short statements of their own, and checked against its SHA-256 while it is read back.

import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Instant } from '../core/day.ts'
import { decideFile, type KeptFile, partBytes } from '../core/evidence.ts'
import { AppError, conflict, invalid } from '../errors.ts'
import { kindOfFile, openTextScan } from '../formats/file-kind.ts'
import type { Db } from '../store/database.ts'
import { appendPart, beginFile, completeFile, readParts } from '../store/files.ts'
import type { App } from './app.ts'

/** A file that can be read more than once. */
export interface FileSource {
  readonly name: string
  readonly content: Blob
}

/** Opens a file on this machine; throws `not-found` where it cannot be read, `invalid` for what is no file. */
export async function openFileSource(path: string): Promise<FileSource> {
  const refuse = (cause: unknown): never => {
    throw new AppError('not-found', `${path} cannot be read. Check the name, and whether this user may read it.`, { cause })
  }
  const found = await stat(path).catch(refuse)
  if (!found.isFile()) throw invalid(`${path} is no file. Put a folder into one archive first.`)
  await access(path, constants.R_OK).catch(refuse)
  return { name: basename(path), content: await openAsBlob(path) }
}

export interface SurveyedFile extends KeptFile {
  /** What the name says it is, where the content is something else. */
  readonly claimed: string | undefined
  /** The SHA-256 of each part, in their order. */
  readonly parts: readonly string[]
}

/**
 * Looks at all of a file: its name as it is kept, size, type and hashes. Throws `invalid` where it may not be
 * kept, before anything is read. Under its hash a file is stored, so that must be known before the first part
 * is: reading twice costs less than a copy on the disk, and what is kept already needs no second reading.
 */
export async function surveyFile({ name, content }: FileSource): Promise<SurveyedFile> {
  const decided = decideFile({ name, size: content.size })
  if (!decided.ok) throw invalid(decided.refusal)
  const [whole, text, parts] = [createHash('sha256'), openTextScan(), [] as string[]]
  for await (const part of partsOf({ name: decided.name, content })) {
    whole.update(part)
    text.add(part)
    parts.push(hashOf(part))
  }
  const kind = await kindOfFile(content, { name: decided.name, isText: text.isText() })
  return { ...kind, name: decided.name, size: content.size, sha256: whole.digest('hex'), parts }
}

const hashOf = (part: Uint8Array): string => createHash('sha256').update(part).digest('hex')

async function* partsOf({ name, content }: FileSource): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.size; start += partBytes) {
    const wanted = content.slice(start, start + partBytes)
    const part = await wanted.arrayBuffer().catch((cause: unknown) => { throw changed(name, cause) })
    if (part.byteLength !== wanted.size) throw changed(name)
    yield new Uint8Array(part)
  }
}

const changed = (name: string, cause?: unknown): AppError =>
  new AppError('conflict', `${name} was changed or taken away while it was read. Add it again once nobody writes to it.`, { cause })

/**
 * Keeps a file as it was surveyed, each part in a transaction of its own; what is there already is not written
 * again. Returns it under the type it was first kept with. A part that has become another is never written.
 */
export async function keepFile(db: Db, { content }: FileSource, { parts, name, size, type, sha256 }: SurveyedFile, now: Instant): Promise<KeptFile> {
  const begun = await beginFile(db, { size, type, sha256 }, now)
  const kept: KeptFile = { name, size, sha256, type: begun.type }
  if (begun.isComplete) return kept
  let ordinal = 0
  for await (const part of partsOf({ name, content })) {
    if (hashOf(part) !== parts[ordinal]) throw changed(name)
    if (!begun.parts.has(ordinal)) await appendPart(db, sha256, ordinal, part)
    ordinal += 1
  }
  if (await completeFile(db, sha256, now)) return kept
  throw conflict(`${name} could not be kept whole. Add it again.`)
}

/**
 * Reads a kept file part by part. The last part is held back until the whole has the right hash: throws
 * `unavailable` naming the file before anybody could take something false for all of it.
 */
export async function* readKept({ database, log }: App, file: KeptFile): AsyncGenerator<Uint8Array> {
  const whole = createHash('sha256')
  let [held, read] = [undefined as Uint8Array | undefined, 0]
  for await (const part of readParts(database.db, file.sha256)) {
    if (held) yield held
    whole.update(part)
    read += part.length
    held = part
  }
  if (read !== file.size || whole.digest('hex') !== file.sha256) {
    log.error({ sha256: file.sha256, size: file.size, read }, 'a file of evidence is damaged')
    throw new AppError('unavailable', `${file.name} is damaged: what is stored is not what was added (SHA-256 ${file.sha256}). Restore the database from a backup.`)
  }
  if (held) yield held
}
