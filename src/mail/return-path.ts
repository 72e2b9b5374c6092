// Where mail comes back to, one address a mail (VERP): NAME+TOKEN@DOMAIN. Its token says which mail a report is
// about, and that whoever reports has seen it: nobody else can know it. What a token is made of is not known here.

import { parseAddress } from './address.ts'

export type ParsedBounceAddress =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly refusal: string }

// RFC 5321, 4.5.3.1.1: 64 characters before the @, of which the plus and the longest token take 39.
const longestName = 25

/** Reads the address that tokens are put into, such as `bounces@example.org`; a refusal completes "… is not usable: ". */
export function parseBounceAddress(text: string): ParsedBounceAddress {
  const parsed = parseAddress(text)
  if (!parsed.ok) return parsed
  const name = parsed.address.slice(0, parsed.address.indexOf('@'))
  if (name.includes('+')) return refuse('leave the + and what follows it out: each mail gets its own')
  if (name.length > longestName) return refuse(`the part before the @ has ${name.length} characters, and at most ${longestName} leave room for the token of a mail`)
  return parsed
}

const refuse = (refusal: string): { readonly ok: false; readonly refusal: string } => ({ ok: false, refusal })

/** Returns the address one mail comes back to; throws where the bounce address is not one, which was checked on its way in. */
export function returnPathOf(bounceAddress: string, token: string): string {
  const parsed = parseBounceAddress(bounceAddress)
  if (!parsed.ok) throw new RangeError(`The bounce address "${bounceAddress}" is not usable: ${parsed.refusal}`)
  const at = parsed.address.indexOf('@')
  return `${parsed.address.slice(0, at)}+${token}${parsed.address.slice(at)}`
}

// 128 bits as hexadecimal digits, then the mail's number to the base 36: whatever letter case a relay makes of it.
const tokenShape = /^[^+]+\+(?<proof>[0-9a-f]{32})(?<number>[1-9a-z][0-9a-z]{0,5})$/i

/** What an address that mail came back to says of itself; whether it tells the truth is for its proof to show. */
export interface NamedByToken {
  readonly token: string
  readonly messageId: number
}

/** Returns what the address of a report names; undefined where it has no token. The name and domain before may have changed since. */
export function tokenIn(address: string): NamedByToken | undefined {
  const parts = tokenShape.exec(address.slice(0, Math.max(0, address.lastIndexOf('@'))))?.groups
  const messageId = parts && Number.parseInt(parts['number']!, 36)
  if (!parts || messageId! > 2_147_483_647) return undefined
  return { token: `${parts['proof']}${parts['number']}`.toLowerCase(), messageId: messageId! }
}

/** Returns the token of a mail, given at least 128 bits of proof in hexadecimal digits. */
export const tokenOf = (messageId: number, proof: string): string => `${proof.slice(0, 32)}${messageId.toString(36)}`
