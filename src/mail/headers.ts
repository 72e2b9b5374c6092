// What stands above a mail: who from, who to, and the headers that say a machine wrote it. Everything
// here is a value of the message itself, so the same message always gets the same headers.

import type { Instant } from '../core/day.ts'
import type { Letter, MessageKind } from '../core/message.ts'
import { parseAddress, parseMailbox } from './address.ts'
import { oneLine } from './clean.ts'

/** What a mail is: a message of the outbox, or the test of an administrator, which is none. */
export type MailKind = MessageKind | 'test'

/** Everything besides the words that a message's bytes are made of. */
export interface Envelope {
  /** A mailbox: `Recert <recert@example.org>`. */
  readonly from: string
  readonly to: { readonly name: string; readonly address: string }
  /** As in the header, with its angle brackets. */
  readonly messageId: string
  readonly date: Instant
  readonly kind: MailKind
  /** Message-IDs of the thread it belongs to, oldest first. */
  readonly references?: readonly string[]
  /** Where the pages are; its host names the list. */
  readonly url: string
  /** Where one press ends the weekly status (RFC 8058); nothing else can be unsubscribed from. */
  readonly unsubscribeUrl?: string | undefined
}

/** Returns the headers by name; throws where an address is not one, which was checked on its way in. */
export function headersOf(letter: Letter, envelope: Envelope) {
  const from = parseMailbox(envelope.from)
  if (!from.ok) throw new RangeError(`The sender "${envelope.from}" is not usable: ${from.refusal}`)
  const to = parseAddress(envelope.to.address)
  if (!to.ok) throw new RangeError(`The recipient of ${envelope.messageId} is not usable: ${to.refusal}`)
  return {
    from: { name: from.name ?? '', address: from.address },
    to: { name: oneLine(envelope.to.name, 100), address: to.address },
    subject: oneLine(letter.subject, 200),
    messageId: envelope.messageId,
    date: dateHeader(envelope.date),
    ...(envelope.references?.length ? { references: [...envelope.references], inReplyTo: envelope.references.at(-1)! } : {}),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'List-ID': listId(envelope),
      ...unsubscribing(envelope),
    },
  }
}

/**
 * The fields that a DKIM signature names, as far as a mail has them: whoever added, changed or took away one of
 * these would show. One-click unsubscribing counts only where both of its fields are signed (RFC 8058, 4).
 */
export const signedHeaders = [
  'From', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version', 'Content-Type', 'Content-Transfer-Encoding', 'In-Reply-To', 'References',
  'Auto-Submitted', 'X-Auto-Response-Suppress', 'List-ID', 'List-Unsubscribe', 'List-Unsubscribe-Post',
] as const

// An address stands on one line whatever its length, and one-click is defined for https alone.
function unsubscribing({ kind, unsubscribeUrl }: Envelope): Record<string, { prepared: true; value: string }> {
  if (kind !== 'digest' || unsubscribeUrl === undefined) return {}
  const parsed = URL.parse(unsubscribeUrl)
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new RangeError('The address to unsubscribe at must begin with https:// or http://.')
  return {
    'List-Unsubscribe': { prepared: true, value: `<${parsed.href}>` },
    ...(parsed.protocol === 'https:' ? { 'List-Unsubscribe-Post': { prepared: true as const, value: 'List-Unsubscribe=One-Click' } } : {}),
  }
}

const lists: Readonly<Record<MailKind, { readonly title: string; readonly label: string }>> = {
  daily: { title: 'Recert reminders', label: 'reminders' },
  digest: { title: 'Recert weekly status', label: 'weekly-status' },
  'sign-in': { title: 'Recert sign-in', label: 'sign-in' },
  test: { title: 'Recert test', label: 'test' },
}

// RFC 2919: the identifier is a name below a domain of ours; an address is no domain.
function listId({ kind, url }: Envelope): string {
  const host = URL.parse(url)?.hostname ?? ''
  const domain = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host) && !/\.\d+$/.test(host) ? host : 'localhost'
  return `${lists[kind].title} <${lists[kind].label}.${domain}>`
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Writes an instant as RFC 5322, 3.3 asks, in UTC: `Fri, 18 Dec 2026 09:00:00 +0000`. */
export function dateHeader(at: Instant): string {
  const utc = at.toZonedDateTimeISO('UTC')
  const time = utc.toPlainTime().toString({ smallestUnit: 'second' })
  return `${weekdays[utc.dayOfWeek - 1]!}, ${utc.day} ${months[utc.month - 1]!} ${utc.year} ${time} +0000`
}
