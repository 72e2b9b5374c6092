// A file somebody hands to a command, and what of it was refused: read whole, with a limit, listed as a table.

import { readFile, stat } from 'node:fs/promises'
import { AppError, invalid, type Problem } from '../errors.ts'
import { table } from './output.ts'

const megabyte = 1024 * 1024

/** Reads a file whole. Throws `invalid` above `atMost` megabytes, `not-found` where it cannot be read. */
export async function readInputFile(path: string, atMost = 10): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size > atMost * megabyte) throw invalid(`${path} has ${Math.ceil(size / megabyte)} MB; at most ${atMost} MB are read. Split it.`)
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('not-found', `${path} cannot be read. Check the name.`, { cause })
  }
}

/** Returns the first refusals as a table, and how many more there are; no block where nothing was refused. */
export function problemBlocks(problems: readonly Problem[]): readonly string[] {
  const shown = problems.slice(0, 50)
  return [
    ...(shown.length > 0 ? [table(['row', 'column', 'value', 'why'], shown.map((one) => [one.row, one.column, one.value, one.reason]), '')] : []),
    ...(problems.length > shown.length ? [`… and ${problems.length - shown.length} more; all of them with --json.`] : []),
  ]
}
