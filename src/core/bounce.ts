// What a mail server reports later of a mail it had taken (RFC 3464): whether a report is believed, and what it means
// for the address and for those who look after it. Who sent a report proves nothing; what it knows of the mail does.

import type { Instant } from './day.ts'

/** RFC 3464, 2.3.3: what became of it. Only `failed` is final and bad. */
export const bounceActions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const
export type BounceAction = (typeof bounceActions)[number]

/** What a report says of one recipient. */
export interface ReportedRecipient {
  /** What it is called there, finally and originally; none where a report names nobody. */
  readonly addresses: readonly string[]
  readonly action: BounceAction
  /** RFC 3463, such as 5.1.1. */
  readonly status: string | undefined
  /** What the mail server said, on one line. */
  readonly diagnostic: string | undefined
}

/** Besides reports on deliveries: an absence told by a machine, a receipt that somebody has read, a complaint, anything else. */
export type ReportKind = 'delivery' | 'auto-reply' | 'receipt' | 'complaint' | 'other'

/** What came back, as far as judging it needs. */
export interface Report {
  readonly kind: ReportKind
  /** Its own Message-ID, by which the same report is known when it comes twice. */
  readonly id: string | undefined
  /** The addresses it was sent to, as they stand. */
  readonly sentTo: readonly string[]
  /** The Message-IDs it says it is about, with their angle brackets. */
  readonly about: readonly string[]
  readonly recipients: readonly ReportedRecipient[]
}

/** The mail a report names, as it was sent. */
export interface ReportedMail {
  readonly address: string | null
  /** When its last dot may have been written; null while it has never left. */
  readonly gatedAt: Instant | null
}

/** By its own token in the address it came back to, or by the Message-ID that a returned copy shows. */
export type Proof = 'token' | 'message-id'

export type BounceRefusal = 'never-sent' | 'too-old' | 'other-recipient'

/** `address`: no mail will reach it. `mail`: this one did not. `none`: it is under way, or arrived. */
export type BounceMeaning = 'address' | 'mail' | 'none'

export type BounceVerdict =
  | { readonly ok: true; readonly recipient: ReportedRecipient; readonly meaning: BounceMeaning }
  | { readonly ok: false; readonly refusal: BounceRefusal }

/** Mail servers try for five days at most; what comes after a month is a replay. */
export const believedFor = { hours: 30 * 24 }

/**
 * Decides what a report on a delivery means for the mail it proves to know.
 *
 * A Message-ID stands in every copy that somebody forwards, so there the report must also name the very address the
 * mail went to. A token is known to mail servers and the reader alone; but where addresses are named, ours is among them.
 */
export function decideBounce(report: Pick<Report, 'recipients'>, mail: ReportedMail, proof: Proof, now: Instant): BounceVerdict {
  if (!mail.gatedAt || mail.address === null) return { ok: false, refusal: 'never-sent' }
  if (Temporal.Instant.compare(mail.gatedAt.add(believedFor), now) < 0) return { ok: false, refusal: 'too-old' }
  const address = mail.address.toLowerCase()
  const ours = report.recipients.filter(({ addresses }) =>
    addresses.some((one) => one.toLowerCase() === address) || (proof === 'token' && addresses.length === 0))
  const recipient = ours.toSorted((a, b) => bounceActions.indexOf(a.action) - bounceActions.indexOf(b.action))[0]
  return recipient ? { ok: true, recipient, meaning: meaningOf(recipient) } : { ok: false, refusal: 'other-recipient' }
}

/** Says what a report on a recipient means: for the address only where it is permanent and about the address. */
export function meaningOf({ action, status, diagnostic }: Pick<ReportedRecipient, 'action' | 'status' | 'diagnostic'>): BounceMeaning {
  if (action !== 'failed') return 'none'
  return isAboutTheAddress(status, diagnostic ?? '') ? 'address' : 'mail'
}

// RFC 3463, 3.2 and 3.3, and the registry: no such mailbox, host or name, moved away, no mail taken (5.1.10), disabled.
// Not 5.1.7 and 5.1.8, which are about the sender's address, nor what a server gave up after days of trying (4.x.x).
// A full mailbox (5.2.2), a mail too big (5.3.4) and policy (5.7.x) say nothing against the address, however often they
// come: what says it of one mail says it of every address.
const aboutTheAddress = /^5\.(?:1\.(?:[012346]|10)|2\.1|4\.310)$/

// What servers say when nothing fits: only their words tell, as of hosts and routes.
const unclear = /^5\.(?:0\.0|1\.9|2\.0|3\.0|4\.[014]|5\.0)$/

function isAboutTheAddress(status: string | undefined, diagnostic: string): boolean {
  const [said] = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(diagnostic) ?? []
  const code = status !== undefined && !unclear.test(status) ? status : said ?? status
  if (code !== undefined && !unclear.test(code)) return aboutTheAddress.test(code)
  return namesTheAddress.test(diagnostic) && !namesAnotherCause.test(diagnostic)
}

const namesTheAddress = new RegExp([
  'user (?:is )?(?:unknown|not found)', 'unknown (?:user|recipient|mailbox|local part)', 'no such (?:user|mailbox|recipient|address|person|domain|host)',
  'no (?:mailbox|user) (?:here )?by that name', '(?:user|mailbox|recipient|account|address|domain)(?: \\S{1,80})? (?:does not|doesn\'t) exist',
  'mailbox (?:not found|unavailable|is disabled|disabled|is inactive)', 'recipient (?:not found|unknown|address rejected)', 'invalid (?:recipient|mailbox|address)',
  'not (?:listed in|a known user|a valid (?:mailbox|recipient|user))', '(?:doesn\'t|does not) have (?:a|an) \\S{1,80} account', 'account (?:has been |is )?(?:disabled|closed|deactivated)',
  'unrouteable address', 'domain name not found', '(?:host|domain) not found', '(?:unknown|unresolvable) (?:host|domain)', 'addressee unknown',
  '用户不存在', '收件人不存在', '邮箱不存在',
].join('|'), 'i')

const namesAnotherCause = /\bfull\b|quota|too (?:large|big)|exceed|spam|polic|blocked|blacklist|denied by|reputation|greylist|try again/i
