// A mail that has left without the tokens of its links: what is kept can be read and proves what was said,
// and nothing in it can be pressed any more. Only the tokens differ, character by character.

const linkPattern = /(\/answer\/)([\w-]{43})(?![\w-])/g

/** Returns words with `…` in place of every token. */
export const redactWords = (words: string): string => words.replace(linkPattern, '$1…')

// In a quoted-printable part a line may break anywhere within the token.
const breakable = /(\/(?:=\r\n)?a(?:=\r\n)?n(?:=\r\n)?s(?:=\r\n)?w(?:=\r\n)?e(?:=\r\n)?r(?:=\r\n)?\/)((?:(?:=\r\n)?[\w-]){43})(?![\w-])/g
const inBase64 = /(content-transfer-encoding: base64\r\n(?:[^\r\n]+\r\n)*\r\n)([A-Za-z0-9+/=\r\n]+)/gi

/** Returns a message's bytes with a dot in place of every character of a token, so that all else stays where it is. */
export function redactBytes(raw: Uint8Array): Uint8Array {
  const bytes = Buffer.from(raw).toString('latin1')
  const plain = bytes.replace(breakable, (_, path: string, token: string) => path + dotted(token))
  return Buffer.from(plain.replace(inBase64, (_, head: string, body: string) => head + redactBase64(body)), 'latin1')
}

const dotted = (token: string): string => token.replace(/=\r\n|[\w-]/g, (part) => (part.length > 1 ? part : '.'))

// As long as before, so the lines of the encoding stay as they were.
function redactBase64(body: string): string {
  const words = Buffer.from(body, 'base64').toString('latin1')
  const redacted = words.replace(linkPattern, (_, path: string, token: string) => path + '.'.repeat(token.length))
  if (redacted === words) return body
  const encoded = Buffer.from(redacted, 'latin1').toString('base64')
  let n = 0
  return body.replace(/[A-Za-z0-9+/=]/g, () => encoded[n++] ?? '=')
}
