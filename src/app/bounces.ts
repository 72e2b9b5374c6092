// A report of a mail server on a mail it had taken: believed where it proves to know the mail, kept once, and, where no
// mail will reach the address, the address is suspended and what the mail said goes on. Nothing is ever sent in answer.

import { createHash, timingSafeEqual } from 'node:crypto'
import { type BounceAction, type BounceRefusal, type BounceVerdict, decideBounce, type Proof, type Report, type ReportKind } from '../core/bounce.ts'
import type { Instant } from '../core/day.ts'
import { isReachable, type Person } from '../core/person.ts'
import { oneLine } from '../mail/clean.ts'
import { longestReport, parseReport } from '../mail/report.ts'
import { type NamedByToken, tokenIn } from '../mail/return-path.ts'
import { raiseAlarm } from '../store/alarms.ts'
import { findNamedMail, insertBounce, listMailWithIds, type NamedMail, wasReinstatedAfter } from '../store/bounces.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { findPerson } from '../store/people.ts'
import type { App } from './app.ts'
import { bounceTokenFor } from './installation.ts'
import { passOn, suspendAddress } from './suspension.ts'

/** `ignored` is no report on a delivery; `refused` is one that is not believed. Neither changes anything. */
export type Recorded =
  | {
    readonly outcome: 'recorded'
    readonly messageId: number
    readonly person: { readonly id: number; readonly name: string }
    readonly action: BounceAction
    readonly status: string | undefined
    readonly diagnostic: string | undefined
    /** Whether no mail goes to the address any more. */
    readonly suspended: boolean
  }
  | { readonly outcome: 'known'; readonly messageId: number }
  | { readonly outcome: 'ignored'; readonly reason: string }
  | { readonly outcome: 'refused'; readonly reason: string }

/** Records a report as it came; `recipient` is the address it came to, where whoever hands it in knows that better than its headers. */
export async function recordReport(app: App, raw: Uint8Array, recipient?: string): Promise<Recorded> {
  const now = app.clock.now()
  if (raw.byteLength > longestReport) return refused(`it is longer than ${longestReport / 1024 / 1024} MB`)
  const report = await parseReport(raw)
  if (!report) return refused('it is not a mail with headers: hand in the report as it came, unchanged')
  if (report.kind === 'other') return refused('it reports on no delivery that can be recognised')
  if (report.kind !== 'delivery') return { outcome: 'ignored', reason: ignored[report.kind] }
  const recorded = await app.database.transact(async (db) => {
    const judged = await judge(db, report, recipient, now)
    return 'refused' in judged ? refused(refusals[judged.refused]) : await record(db, judged, hashOf(report, raw), now)
  })
  if (recorded.outcome === 'refused') app.log.warn({ refused: recorded.reason }, 'a report on a mail was refused')
  if (recorded.outcome === 'recorded') {
    app.log.info({ message: recorded.messageId, action: recorded.action, status: recorded.status, suspended: recorded.suspended }, 'a mail server reported on a mail')
  }
  return recorded
}

const refused = (reason: string): Recorded => ({ outcome: 'refused', reason })

const ignored: Readonly<Record<Exclude<ReportKind, 'delivery' | 'other'>, string>> = {
  'auto-reply': 'it is the answer of a machine, such as a note of absence: the mail has arrived',
  receipt: 'it is a receipt: the mail has been read',
  complaint: 'it is a complaint about mail, not a report on a delivery',
}

type Disbelief = BounceRefusal | 'no-proof' | 'wrong-token'

const refusals: Readonly<Record<Disbelief, string>> = {
  'no-proof': 'nothing in it proves that it is about a mail of ours: neither the address it came to nor a Message-ID. Give the address with --recipient (over HTTP: ?recipient=)',
  'wrong-token': 'the address it came to names a mail, but with a token that is not ours: it is forged or damaged',
  'never-sent': 'the mail it names was never sent',
  'too-old': 'the mail it names was sent more than 30 days ago',
  'other-recipient': 'the mail it names did not go to the recipient it reports on',
}

// A report has a Message-ID of its own, whatever was added above it on each way that it came.
const hashOf = ({ id }: Report, raw: Uint8Array): string => createHash('sha256').update(id ?? raw).digest('hex')

type Judged = Extract<BounceVerdict, { ok: true }> & { readonly mail: NamedMail }

async function judge(db: Db, report: Report, recipient: string | undefined, now: Instant): Promise<Judged | { readonly refused: Disbelief }> {
  const named = [...recipient === undefined ? [] : [recipient], ...report.sentTo].flatMap((address) => tokenIn(address) ?? [])
  const mails = named.length > 0 ? await listProven(db, named) : await listMailWithIds(db, report.about)
  if (mails.length === 0) return { refused: named.length > 0 ? 'wrong-token' : 'no-proof' }
  const proof: Proof = named.length > 0 ? 'token' : 'message-id'
  const verdicts = mails.map((mail) => ({ mail, ...decideBounce(report, mail, proof, now) }))
  const believed = verdicts.find((one) => one.ok)
  return believed ?? { refused: verdicts.flatMap((one) => (one.ok ? [] : [one.refusal]))[0]! }
}

// Whoever could tell how much of a guess is right could guess on.
async function listProven(db: Db, named: readonly NamedByToken[]): Promise<NamedMail[]> {
  const mails: NamedMail[] = []
  for (const { token, messageId } of named) {
    const ours = Buffer.from(await bounceTokenFor(db, messageId))
    const given = Buffer.from(token)
    const mail = ours.length === given.length && timingSafeEqual(ours, given) ? await findNamedMail(db, messageId) : undefined
    if (mail) mails.push(mail)
  }
  return mails
}

async function record(db: Db, { mail, recipient, meaning }: Judged, reportHash: string, now: Instant): Promise<Recorded> {
  const person = (await findPerson(db, mail.personId))!
  const { action, status } = recipient
  const suspends = meaning === 'address' && await isStillTheirs(db, person, mail)
  const diagnostic = recipient.diagnostic === undefined ? undefined : oneLine(recipient.diagnostic, longestKept)
  const kept = await insertBounce(db, {
    messageId: mail.id, personId: person.id, reportHash, action, status: status ?? null, diagnostic: diagnostic ?? null, suspends, receivedAt: now,
  })
  if (kept === undefined) return { outcome: 'known', messageId: mail.id }
  await appendHistory(db, mail.organisationId, [{
    event: 'message-reported', subject: 'message', subjectId: mail.id, facts: { person: person.id, action, status: status ?? null, suspends },
  }], now)
  if (suspends && isReachable(person)) await suspendAddress(db, mail, person, now)
  else if (meaning === 'address') await passOn(db, mail, now)
  if (meaning === 'mail') await raiseAlarm(db, { kind: 'mail-failed', subjectId: mail.id, facts: { state: action, person: person.id, status: status ?? null } }, now)
  return { outcome: 'recorded', messageId: mail.id, person: { id: person.id, name: person.name }, action, status, diagnostic, suspended: suspends }
}

const longestKept = 200

// The address may have been corrected since, or reinstated by a person who knows more than an older mail does.
async function isStillTheirs(db: Db, person: Person, mail: NamedMail): Promise<boolean> {
  return person.email?.toLowerCase() === mail.address!.toLowerCase() && !await wasReinstatedAfter(db, person.id, mail.gatedAt!)
}
