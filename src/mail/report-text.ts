// Reports in a mail server's own words: those of Exim, qmail, sendmail, Exchange and their kind, which name the address
// at the beginning of a line and say beneath what went wrong. Read only of mail that a mail system has written.

import type { BounceAction, ReportedRecipient } from '../core/bounce.ts'
import { canonicalAddress } from './address.ts'
import { oneLine } from './clean.ts'

/** More than judging needs; what is kept and shown is shorter. */
export const longestDiagnostic = 500

export interface TextReport {
  readonly recipients: readonly ReportedRecipient[]
  /** The Message-IDs of the copy beneath the words. */
  readonly about: readonly string[]
}

export interface Told {
  readonly words: string
  readonly subject: string
  /** Whom a header says it failed for. */
  readonly failed: readonly string[]
  readonly isFromMailSystem: boolean
}

// From here on it is a copy of the mail that came back, and anybody's words.
const copyBegins = /^[ \t>-]*(?:below this line is a copy|this is a copy of (?:the|your) message|a copy of (?:the|your) (?:original )?message|original message (?:follows|headers?)|unsent message below|returned message|message headers? follow|original message headers:|-+ ?original message ?-+)/im

const longestWords = 20_000

/** Reads a report in words; undefined where it is none. */
export function readTextReport(told: Told): TextReport | undefined {
  if (!told.isFromMailSystem) return undefined
  const words = told.words.slice(0, longestWords)
  const begins = copyBegins.exec(words)?.index ?? words.length
  const says = words.slice(0, begins)
  const action = actionIn(`${told.subject}\n${says}`)
  if (action === undefined) return undefined
  const about = [...words.slice(begins).matchAll(/^message-id:\s{0,10}(<[^<>\s@]{1,200}@[^<>\s@]{1,255}>)/gim)].slice(0, 1).map(([, id]) => id!)
  return { about, recipients: recipientsIn(says, told.failed).map((one) => recipientOf(one, action)) }
}

const delays = /delay|warning|will (?:be|keep|continue)|(?:has|have) not yet been|still (?:being|trying)|no action is required/i
const fails = /permanent|fatal|undeliver|not (?:be )?deliver|(?:wasn't|was not|unable|cannot|can't|could not|couldn't|failed|failure)[^\n]{0,60}\b(?:deliver|sen[dt]|reach)|deliver[^\n]{0,40}fail|returned (?:mail|to sender)|did not reach|could not be reached|rejected|\b5\d\d[ -]|\b5\.\d{1,3}\.\d{1,3}\b/i

function actionIn(text: string): BounceAction | undefined {
  // A warning speaks of failing too: "could not be delivered yet, will be tried again".
  if (delays.test(text) && !/permanent|given up|giving up|\b5\.\d{1,3}\.\d{1,3}\b|\b55\d\b/i.test(text)) return 'delayed'
  return fails.test(text) ? 'failed' : undefined
}

// Whom to ask is named beside whom it failed for.
const isPostmaster = /^(?:postmaster|mailer-daemon|abuse|support|help)@/i

interface Named { readonly addresses: readonly string[]; readonly says: string }

// "<a@b>:", "a@b on 31/05/2027 09:00", "To: a@b", "a@b (b): host said", "a@b ... User unknown", each with what follows.
const begins = /^[ \t>*•-]*(?:(?:final-)?recipient:|to:|failed recipient:)?[ \t]*<?([^\s<>,;:"()@]{1,80}@[^\s<>,;:"()@]{1,255}?)>?[ \t]*(?:$|[:,(]|\.\.\.|on \d|because\b|- )/i

function recipientsIn(says: string, failed: readonly string[]): Named[] {
  const found: { address: string; lines: string[] }[] = []
  for (const line of says.split('\n')) {
    const [head, address] = begins.exec(line) ?? []
    if (address !== undefined) found.push({ address, lines: [line.slice(head!.length)] })
    else found.at(-1)?.lines.push(line)
  }
  const named = found.map(({ address, lines }): Named => ({ addresses: [canonicalAddress(address)], says: lines.slice(0, 12).join(' ') }))
  const listed = failed.map(canonicalAddress).filter((address) => !named.some((one) => one.addresses.includes(address)))
  if (named.length > 0 || listed.length > 0) return [...named, ...listed.map((address) => ({ addresses: [address], says }))]
  const elsewhere = [...says.matchAll(/[^\s<>,;:"'()@]{1,80}@[^\s<>,;:"'()@]{1,255}[^\s<>,;:"'()@.]/g)].slice(0, 20)
    .map(([address]) => canonicalAddress(address)).filter((address) => !isPostmaster.test(address))
  return [{ addresses: [...new Set(elsewhere)], says }]
}

function recipientOf({ addresses, says }: Named, action: BounceAction): ReportedRecipient {
  const status = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(says)?.[0]
  const diagnostic = oneLine(says, longestDiagnostic)
  return { addresses, action, status, diagnostic: diagnostic === '' ? undefined : diagnostic }
}
