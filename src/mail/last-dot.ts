// The last-dot gate: a stream of a message's bytes that does not end before the gate has said yes.
// Ending it is what makes the connection write the dot; a server keeps nothing without it.

import { Readable } from 'node:stream'

/** Ends the stream where the gate said no; nobody is told anything by its text. */
export class RefusedAtGate extends Error {
  override readonly name = 'RefusedAtGate'
}

// In slices a slow connection holds the body back, and with it the gate; one great chunk would be taken whole.
const slice = 16_384

function* slices(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += slice) yield chunk.subarray(at, at + slice)
}

/**
 * Returns the bytes of `body`, and asks the gate once the connection has taken them all.
 *
 * Nothing is read ahead: `began` is told at the first read, which is the server's go-ahead for the
 * body. A transform in front of the connection would not do: buffers behind it swallow a small mail whole,
 * and the gate would be asked before the server has even heard of the recipient (measured).
 */
export function holdLastDot(body: Uint8Array, began: () => void, ask: () => Promise<boolean>): Readable {
  async function* held(): AsyncGenerator<Uint8Array> {
    began()
    yield* slices(body)
    if (!await ask()) throw new RefusedAtGate('the gate refused')
  }
  return Readable.from(held(), { objectMode: false, highWaterMark: 1 })
}
