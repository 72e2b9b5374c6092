// Reading what came back: a report on deliveries (RFC 3464, 6533), or one that older mail servers write in words of
// their own. The only file that knows the library that takes mails apart. What a report is worth is judged in core.

import PostalMime, { decodeWords, type Attachment, type Email } from 'postal-mime'
import { type BounceAction, bounceActions, type Report, type ReportedRecipient, type ReportKind } from '../core/bounce.ts'
import { canonicalAddress } from './address.ts'
import { oneLine } from './clean.ts'
import { longestDiagnostic, readTextReport } from './report-text.ts'

/** More than any mail server returns of a mail of ours. */
export const longestReport = 1024 * 1024

const limits = { forceRfc822Attachments: true, maxNestingDepth: 30, maxHeadersSize: 256 * 1024 } as const

/** Reads the bytes of a mail; undefined where they are none. `deep` is how many mails within mails are looked into. */
export async function parseReport(raw: Uint8Array, deep = 3): Promise<Report | undefined> {
  const email = await PostalMime.parse(raw, limits).catch(() => undefined)
  if (!email || email.headers.length === 0) return undefined
  const read = readOn(email)
  if (read.kind !== 'other' || deep === 0) return read
  return await readForwarded(email, read, deep) ?? read
}

// Somebody hands on a report as it came: what counts is the report, and where either was sent.
async function readForwarded(email: Email, around: Report, deep: number): Promise<Report | undefined> {
  const [only, ...more] = partsOf(email, /^message\/(?:rfc822|global)$/)
  const inner = only && more.length === 0 ? await parseReport(bytesOf(only), deep - 1) : undefined
  return inner?.kind === 'delivery' ? { ...inner, sentTo: [...around.sentTo, ...inner.sentTo] } : undefined
}

function readOn(email: Email): Report {
  const base = { id: idsIn(headerOf(email, 'message-id'))[0], sentTo: sentTo(email), about: aboutOf(email) }
  const [status] = partsOf(email, /^message\/(?:global-)?delivery-status$/)
  const listed = status ? recipientsIn(textOf(status)) : []
  if (listed.length > 0) return { kind: 'delivery', ...base, recipients: listed }
  const kind = otherKindOf(email)
  // Machines that answer for an absent reader and mail servers use the same headers; a mail server names whom it failed.
  const told = kind === undefined || (kind === 'auto-reply' && isFromMailSystem(email)) ? readTextReport({
    words: wordsOf(email), subject: email.subject ?? '', failed: addressesIn(headerOf(email, 'x-failed-recipients')), isFromMailSystem: isFromMailSystem(email),
  }) : undefined
  if (told) return { kind: 'delivery', ...base, about: [...base.about, ...told.about], recipients: told.recipients }
  return { kind: kind ?? 'other', ...base, recipients: [] }
}

function otherKindOf(email: Email): Exclude<ReportKind, 'delivery' | 'other'> | undefined {
  if (partsOf(email, /^message\/(?:global-)?disposition-notification$/).length > 0) return 'receipt'
  if (partsOf(email, /^message\/feedback-report$/).length > 0) return 'complaint'
  const says = (name: string, pattern: RegExp): boolean => pattern.test(headerOf(email, name))
  const answers = says('auto-submitted', /^\s*auto-(?:replied|generated|notified)/i) || says('precedence', /^\s*(?:auto_?reply|bulk|junk|list)/i)
    || ['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-mail-autoreply', 'x-vacation'].some((name) => says(name, /\S/))
    || /^\s*(?:auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|abwesenheit|自动(?:答复|回复)|外出)/i.test(email.subject ?? '')
  return answers ? 'auto-reply' : undefined
}

function isFromMailSystem(email: Email): boolean {
  const [from = ''] = addressesIn(headerOf(email, 'from'))
  return headerOf(email, 'x-failed-recipients') !== '' || /^(?:mailer-daemon|mail-daemon|postmaster|mmdf|microsoftexchange[0-9a-f]*)@/i.test(from)
    || (from === '' && /mailer-daemon|postmaster|system administrator|mail delivery/i.test(headerOf(email, 'from')))
}

const headersOf = (email: Email, name: string): string[] => email.headers.filter((one) => one.key === name).map((one) => one.value)
const headerOf = (email: Email, name: string): string => headersOf(email, name)[0] ?? ''

const carriers = ['to', 'delivered-to', 'x-original-to', 'x-delivered-to', 'envelope-to', 'x-envelope-to', 'x-rcpt-to']
const sentTo = (email: Email): string[] => [...new Set(carriers.flatMap((name) => headersOf(email, name)).flatMap(addressesIn))].slice(0, 50)

const addressesIn = (text: string): string[] => [...text.matchAll(/[^\s<>,;:"()@]{1,80}@[^\s<>,;:"()@]{1,255}/g)].map(([address]) => address)
const idsIn = (text: string): string[] => [...text.matchAll(/<[^<>\s@]{1,200}@[^<>\s@]{1,255}>/g)].map(([id]) => id)

// Of the mail that came back only its own headers count: what it quotes within may be anybody's.
function aboutOf(email: Email): string[] {
  const returned = partsOf(email, /^(?:message\/(?:rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/)
    .flatMap((part) => idsIn(/^message-id:([^\n]*(?:\n[ \t][^\n]*)?)/im.exec(headOf(textOf(part)))?.[1] ?? ''))
  return [...new Set([...returned, ...idsIn(headerOf(email, 'in-reply-to')), ...idsIn(headerOf(email, 'references'))])].slice(0, 50)
}

const headOf = (text: string): string => text.trimStart().split('\n\n', 1)[0]!

const partsOf = (email: Email, type: RegExp): Attachment[] => email.attachments.filter((part) => type.test(part.mimeType))

const bytesOf = ({ content }: Attachment): Uint8Array =>
  (typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content))

const textOf = (part: Attachment): string => new TextDecoder().decode(bytesOf(part)).replace(/\r\n?/g, '\n')

// Words for people, of whichever part has them.
function wordsOf({ text, html }: Email): string {
  return (text?.trim() ? text : (html ?? '').replace(/<(?:br|p|div|tr|li)\b[^<>]*>/gi, '\n').replace(/<[^<>]*>/g, '')
    .replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&nbsp;', ' ').replaceAll('&amp;', '&')).replace(/\r\n?/g, '\n')
}

/** Reads the groups of fields of RFC 3464, 2.1; the first is about the report itself. */
function recipientsIn(text: string): ReportedRecipient[] {
  const groups = text.trim().split(/\n[ \t]*\n/).slice(0, 100).map(fieldsIn)
  return groups.filter((fields) => fields.has('final-recipient') || fields.has('original-recipient')).flatMap((fields): ReportedRecipient[] => {
    const status = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(fields.get('status') ?? '')?.[0]
    const action = actionOf(fields.get('action') ?? '', status)
    const said = oneLine(decodeWords(fields.get('diagnostic-code') ?? '').replace(/^\s*[\w-]+\s*;/, ''), longestDiagnostic)
    return action === undefined ? [] : [{
      addresses: [...new Set(['final-recipient', 'original-recipient'].flatMap((name) => typedAddress(fields.get(name) ?? '')))],
      action, status, diagnostic: said === '' ? undefined : said,
    }]
  })
}

function fieldsIn(group: string): Map<string, string> {
  const lines = group.replace(/\n[ \t]+/g, ' ').split('\n')
  return new Map(lines.flatMap((line): [string, string][] => {
    const [, name, value] = /^([\w-]{1,60})[ \t]*:(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [[name.toLowerCase(), value!.trim()]]
  }))
}

// Some leave out what became of it: then the class of the status says it.
function actionOf(text: string, status: string | undefined): BounceAction | undefined {
  const named = bounceActions.find((one) => text.toLowerCase().startsWith(one))
  if (named) return named
  return status === undefined ? undefined : ({ 5: 'failed', 4: 'delayed', 2: 'delivered' } as const)[status[0]!]
}

// `rfc822; a@b`, `utf-8; ä@b` and `utf-8; \x{E4}@b` (RFC 6533, 3); the spelling is that of our own records.
function typedAddress(text: string): string[] {
  const plain = text.replace(/^\s*[\w-]+\s*;/, '').replace(/\\x\{([0-9a-f]{1,6})\}/gi, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16)
    return code > 0x20 && code <= 0x10FFFF ? String.fromCodePoint(code) : whole
  })
  return addressesIn(plain).slice(0, 1).map(canonicalAddress)
}
