// Content of files for tests about evidence: bytes of any length that differ from place to place.

import { createHash } from 'node:crypto'
import { partBytes } from '../../src/core/evidence.ts'

/** Bytes that repeat nowhere soon; another seed gives others. */
export function bytesOf(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  let state = seed
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 16 & 0xff
  })
}

export const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

export const partsOf = (content: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.ceil(content.length / partBytes) }, (_, n) => content.subarray(n * partBytes, (n + 1) * partBytes))

/** Reads all of it. */
export async function wholeOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of content) parts.push(part)
  return Buffer.concat(parts)
}
