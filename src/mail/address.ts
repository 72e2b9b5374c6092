// What may be written to: exactly one plain address, checked by our own rules before any mail library
// sees it. Libraries disagree on comments, groups, routes and quotes; here none of them is allowed, so
// the address that is shown, the one in the header and the one in the envelope are the same.

import { domainToASCII } from 'node:url'

export type ParsedAddress =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly refusal: string }

export type ParsedMailbox =
  | { readonly ok: true; readonly name: string | undefined; readonly address: string }
  | { readonly ok: false; readonly refusal: string }

const longest = { address: 254, local: 64, domain: 253 } as const

// RFC 5321 dot-string: what is left of the @ in practically every address there is.
const dotString = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const control = /[\p{Cc}\p{Zl}\p{Zp}]/u

/**
 * Reads one address such as `ann@example.org`; spaces around it are ignored.
 *
 * Returns it with the domain in lower case and as A-labels (`bücher.example` becomes
 * `xn--bcher-kva.example`), or a refusal that completes the sentence "… is not usable: ".
 * Single-label domains such as `localhost` are allowed, IP addresses are not.
 */
export function parseAddress(text: string): ParsedAddress {
  if (control.test(text)) return refuse('it contains a line break or another control character')
  const trimmed = text.replace(/^ +| +$/g, '')
  if (trimmed === '') return refuse('it is empty')
  const [local = '', domain = '', ...more] = trimmed.split('@')
  if (!trimmed.includes('@') || more.length > 0) return refuse('it must contain exactly one @, as in name@example.org')
  const fault = localFault(local)
  if (fault) return refuse(fault)
  const ascii = domainOf(domain)
  if (!ascii) return refuse(`"${clip(domain)}" is not the name of a mail domain such as example.org`)
  const address = `${local}@${ascii}`
  if (address.length > longest.address) return refuse(`it is longer than ${longest.address} characters`)
  return { ok: true, address }
}

/** Returns an address as our own records spell it, or as it stands where they could not hold it. */
export function canonicalAddress(text: string): string {
  const parsed = parseAddress(text)
  return parsed.ok ? parsed.address : text
}

/** Reads `Name <address>` or a bare address: what RECERT_FROM holds. The name may be quoted. */
export function parseMailbox(text: string): ParsedMailbox {
  if (control.test(text)) return refuse('it contains a line break or another control character')
  const named = /^ *(?:"(?<quoted>[^"\\<>]*)"|(?<plain>[^"\\<>@,;:()]*?)) *<(?<address>[^<>]*)> *$/u.exec(text)
  const parsed = parseAddress(named?.groups?.['address'] ?? text)
  if (!parsed.ok) {
    return /[<>"]/.test(text) && !named ? refuse('it must look like Name <name@example.org> or name@example.org') : parsed
  }
  const name = (named?.groups?.['quoted'] ?? named?.groups?.['plain'] ?? '').trim()
  return { ok: true, name: name === '' ? undefined : name, address: parsed.address }
}

function localFault(local: string): string | undefined {
  if (local === '') return 'the part before the @ is missing'
  if (local.length > longest.local) return `the part before the @ is longer than ${longest.local} characters`
  if (dotString.test(local)) return undefined
  return 'the part before the @ may hold only Latin letters, digits, single dots and !#$%&\'*+/=?^_`{|}~-'
}

function domainOf(domain: string): string | undefined {
  // domainToASCII would decode %40 and read 0x7f.1 as an IP address: both are kept away from it.
  if (!/^[\p{L}\p{M}\p{N}.\-。]+$/u.test(domain)) return undefined
  const ascii = domainToASCII(domain).toLowerCase()
  const labels = ascii.split('.')
  const named = !/^\d+$/.test(labels.at(-1)!) && !labels.at(-1)!.startsWith('0x')
  return ascii.length <= longest.domain && named && labels.every((one) => label.test(one)) ? ascii : undefined
}

const clip = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)
const refuse = (refusal: string): { readonly ok: false; readonly refusal: string } => ({ ok: false, refusal })
