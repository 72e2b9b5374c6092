// A file that a command writes: whole or not at all, and never over another one unless that is asked for.

import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError, conflict } from '../errors.ts'

export interface Output {
  /** What it is called where a folder is named to put it into. */
  readonly name: string
  readonly content: AsyncIterable<Uint8Array>
  /** Also over a file that is there. */
  readonly force: boolean
}

/**
 * Writes a file for its owner only, under its name once all of it is on the disk; returns where. Throws `conflict`
 * where there is one already, `unavailable` where it cannot be written; what the content throws comes through.
 */
export async function writeOutputFile(place: string, { name, content, force }: Output): Promise<string> {
  const path = (await stat(place).catch(() => undefined))?.isDirectory() ? join(place, name) : place
  const unfinished = join(dirname(path), `.${basename(path).slice(0, 50)}.${randomBytes(6).toString('hex')}.unfinished`)
  // The name is taken first, so that of two who write at once one is refused.
  if (!force) await take(path)
  try {
    await pipeline(Readable.from(content), createWriteStream(unfinished, { mode: 0o600, flags: 'wx', flush: true }))
    await rename(unfinished, path)
    return path
  } catch (cause) {
    await Promise.all([unfinished, ...(force ? [] : [path])].map((each) => rm(each, { force: true })))
    throw cause instanceof AppError ? cause : unwritable(path, cause)
  }
}

async function take(path: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o600)).close()
  } catch (cause) {
    if (!hasCode(cause, 'EEXIST')) throw unwritable(path, cause)
    throw new AppError('conflict', `${path} is there already. Write elsewhere with --out FILE, or over it with --force.`, { cause })
  }
}

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code

function unwritable(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error && 'code' in cause)) return cause
  if (hasCode(cause, 'EISDIR')) return conflict(`${path} is a folder. Write elsewhere with --out FILE.`)
  return new AppError('unavailable', `${path} cannot be written: ${cause.message}.`, { cause })
}
