// Bytes of a file to text. What an encoding is, is never guessed from the looks of the letters: a mark
// at the start, then UTF-8 if every byte fits, then one older encoding, else the person is asked.

export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'gb18030', 'windows-1252'] as const
export type Encoding = (typeof encodings)[number]

/** What a file may be written in when it is neither marked nor UTF-8; GBK and GB 2312 are inside gb18030. */
export type OlderEncoding = 'gb18030' | 'windows-1252'

export type Decoded =
  | { readonly ok: true; readonly text: string; readonly encoding: Encoding }
  | { readonly ok: false; readonly line: number; readonly reason: string }

const marks: readonly { readonly encoding: Encoding; readonly bytes: readonly number[] }[] = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
]

/** Decodes strictly, without a byte order mark in the text; refuses with the line (from 1) of the first byte that does not fit. */
export function decodeText(bytes: Uint8Array, older: OlderEncoding): Decoded {
  const marked = marks.find((mark) => mark.bytes.every((byte, i) => bytes[i] === byte))
  if (marked) return decodeAs(bytes, marked.encoding)
  for (const encoding of ['utf-8', older] as const) {
    const decoded = decodeAs(bytes, encoding)
    if (decoded.ok) return decoded
  }
  return refusal(bytes, 'utf-8', `Neither UTF-8 nor ${older}: name the encoding with --encoding (${encodings.join(', ')})`)
}

/** Decodes in the encoding a person named; refuses with the line (from 1) of the first byte that does not fit. */
export function decodeAs(bytes: Uint8Array, encoding: Encoding): Decoded {
  const text = strictly(bytes, encoding, false)
  return text === undefined
    ? refusal(bytes, encoding, `Not ${encoding}: name another encoding with --encoding (${encodings.join(', ')})`)
    : { ok: true, text, encoding }
}

function refusal(bytes: Uint8Array, encoding: Encoding, reason: string): Decoded {
  const at = firstWrongByte(bytes, encoding)
  const line = bytes.subarray(0, at).reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 1)
  const byte = bytes[at]
  return { ok: false, line, reason: byte === undefined ? reason : `${reason}; the byte 0x${byte.toString(16).toUpperCase().padStart(2, '0')} does not fit` }
}

// Whether a beginning decodes only ever turns from yes to no as it grows, so halving finds the byte.
function firstWrongByte(bytes: Uint8Array, encoding: Encoding): number {
  let fits = 0
  let fails = bytes.length
  while (fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2)
    if (strictly(bytes.subarray(0, middle), encoding, true) === undefined) fails = middle
    else fits = middle
  }
  return Math.max(fails - 1, 0)
}

function strictly(bytes: Uint8Array, encoding: Encoding, beginning: boolean): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: beginning })
  } catch {
    return undefined
  }
}
