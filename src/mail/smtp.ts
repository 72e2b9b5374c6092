// The only file that knows the mail library: it makes a message's final bytes, and hands them to a mail
// server over one connection each, so that every retry is ours. Replies are judged in classify.ts.

import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import DkimSigner from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Letter } from '../core/message.ts'
import { parseAddress, parseMailbox } from './address.ts'
import { classify, failureOf, replyText, type SmtpFailure } from './classify.ts'
import { type Envelope, headersOf, signedHeaders } from './headers.ts'
import { holdLastDot } from './last-dot.ts'
import { parseSmtpUrl, type SmtpSettings, transportOptions } from './settings.ts'
import type { Parcel, Phase, SendResult, Transport, Verified } from './transport.ts'

/** A key of the sender's domain; its public half stands in the DNS at `selector._domainkey.domain` (RFC 6376). */
export interface DkimKey {
  readonly domain: string
  readonly selector: string
  /** RSA, as PEM. */
  readonly key: string
}

export interface Enclosed {
  /** An iCalendar text that is attached. */
  readonly calendar?: string | undefined
  /** What the bytes are signed with; unsigned without. */
  readonly dkim?: DkimKey | undefined
}

/** Composes the final bytes of a mail, signature included: the same letter, envelope and rest always give the same bytes. */
export async function composeBytes(letter: Letter, envelope: Envelope, { calendar, dkim }: Enclosed = {}): Promise<Uint8Array> {
  const composer = new MailComposer({
    ...headersOf(letter, envelope),
    text: lines(letter.text),
    html: lines(letter.html),
    ...(calendar === undefined ? {} : { attachments: [calendarPart(calendar)] }),
    // Without one of ours, each composing would draw a boundary at random.
    baseBoundary: createHash('sha256').update(envelope.messageId).digest('hex').slice(0, 24),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
  })
  const bytes = await composer.compile().build()
  return dkim ? await sign(bytes, dkim) : bytes
}

const calendarFile = 'deadline.ics'

// An attachment and no alternative: a deadline is no invitation, and asks for no answer.
const calendarPart = (calendar: string) => ({
  filename: calendarFile, contentType: `text/calendar; charset=utf-8; method=PUBLISH; name="${calendarFile}"`,
  contentDisposition: 'attachment' as const, contentTransferEncoding: 'base64' as const, content: Buffer.from(calendar),
})

// RSA with PKCS #1 v1.5 draws nothing at random, and no time is signed: bytes composed again are the same bytes.
async function sign(bytes: Buffer, { domain, selector, key }: DkimKey): Promise<Buffer> {
  const signer = new DkimSigner({ domainName: domain, keySelector: selector, privateKey: key, headerFieldNames: signedHeaders.join(':') })
  const parts: Buffer[] = []
  for await (const part of signer.sign(bytes)) parts.push(Buffer.from(part))
  const signed = Buffer.concat(parts)
  // The library leaves a mail unsigned where the key is not usable, and says nothing.
  if (!signed.subarray(0, 15).equals(Buffer.from('DKIM-Signature:'))) throw new RangeError('The DKIM key cannot sign. Check RECERT_DKIM_KEY.')
  return signed
}

const lines = (text: string): string => text.replace(/\r\n?|\n/g, '\r\n')

/**
 * Opens the way to a mail server; nothing connects before the first mail. `url` is where the pages are.
 * Throws a RangeError that says what is wrong with `smtpUrl`.
 */
export function openSmtp(smtpUrl: string, options: { readonly url: string }): Transport {
  const parsed = parseSmtpUrl(smtpUrl, options.url)
  if (!parsed.ok) throw new RangeError(parsed.refusal)
  const { settings } = parsed
  const running = new Set<Attempt>()
  let open = true
  return {
    async send(parcel, gate, signal) {
      if (!open) return { outcome: 'deferred', fault: 'transient', phase: 'connect', reply: 'the program is stopping' }
      const envelope = envelopeOf(parcel)
      if ('outcome' in envelope) return envelope
      const attempt = startAttempt(settings, { raw: parcel.raw, envelope }, gate, signal)
      running.add(attempt)
      return await attempt.result.finally(() => running.delete(attempt))
    },
    verify: async () => await verify(settings),
    async close() {
      open = false
      for (const attempt of running) attempt.stop()
      await Promise.allSettled([...running].map((attempt) => attempt.result))
    },
  }
}

interface SmtpEnvelope { readonly from: string; readonly to: string }

function envelopeOf({ from, to }: Parcel): SmtpEnvelope | SendResult {
  const sender = parseMailbox(from)
  if (!sender.ok) return { outcome: 'deferred', fault: 'site', phase: 'connect', reply: replyText(`the sender is not usable: ${sender.refusal}`) }
  const recipient = parseAddress(to)
  if (!recipient.ok) return { outcome: 'rejected', fault: 'recipient', phase: 'connect', reply: replyText(`the address is not usable: ${recipient.refusal}`) }
  return { from: sender.address, to: recipient.address }
}

interface Attempt {
  readonly result: Promise<SendResult>
  /** Ends it, unless the gate has been asked. */
  stop(): void
}

interface Sending { readonly raw: Uint8Array; readonly envelope: SmtpEnvelope }

/** What the attempt has seen so far; the library's errors do not tell. */
interface Progress {
  phase: Phase
  stream: Readable | undefined
  asking: boolean
  answer: Promise<boolean> | undefined
}

function startAttempt(settings: SmtpSettings, sending: Sending, gate: () => Promise<boolean>, signal: AbortSignal): Attempt {
  const progress: Progress = { phase: 'connect', stream: undefined, asking: false, answer: undefined }
  const ending = new AbortController()
  const stop = (): void => { if (!progress.asking) ending.abort() }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const result = deliver(settings, sending, progress, { gate, signal: ending.signal })
    .finally(() => signal.removeEventListener('abort', stop))
  return { result, stop }
}

async function deliver(
  settings: SmtpSettings, { raw, envelope }: Sending, progress: Progress,
  controls: { readonly gate: () => Promise<boolean>; readonly signal: AbortSignal },
): Promise<SendResult> {
  const transporter = createTransport(transportOptions(settings))
  transporter.use('stream', (mail, done) => {
    mail.message.processFunc((body) => hold(body, progress, controls.gate))
    done()
  })
  try {
    const sent = await transporter.sendMail({
      raw: Buffer.from(raw), envelope: { from: envelope.from, to: [envelope.to] }, signal: controls.signal,
    })
    return await settle(progress, { response: sent.response })
  } catch (error) {
    return await settle(progress, { error: failureOf(error) })
  } finally {
    transporter.close()
  }
}

function hold(body: Readable, progress: Progress, gate: () => Promise<boolean>): Readable {
  progress.phase = 'mail'
  const stream = holdLastDot(body, () => { progress.phase = 'data' }, async () => {
    progress.asking = true
    progress.answer = gate()
    const passed = await progress.answer
    // Where the connection broke meanwhile the dot can no longer be written, whatever the gate said.
    if (passed && !stream.destroyed) progress.phase = 'gated'
    return passed
  })
  progress.stream = stream
  return stream
}

async function settle(progress: Progress, end: { readonly response: string } | { readonly error: SmtpFailure }): Promise<SendResult> {
  const { phase } = progress
  progress.stream?.destroy()
  // The answer of a gate that was asked is waited for: whoever settles the row must not overtake it.
  const passed = await progress.answer
  if (passed === false) return { outcome: 'refused-at-gate' }
  if ('error' in end) return classify(end.error, phase)
  if (phase === 'gated') return { outcome: 'sent', reply: replyText(end.response) }
  return { outcome: 'deferred', fault: 'transient', phase, reply: replyText(`answered before the end of the message: ${end.response}`) }
}

async function verify(settings: SmtpSettings): Promise<Verified> {
  const transporter = createTransport(transportOptions(settings))
  try {
    await transporter.verify()
    return { ok: true }
  } catch (error) {
    const verdict = classify(failureOf(error), 'connect')
    return { ok: false, phase: 'phase' in verdict ? verdict.phase : 'connect', reply: 'reply' in verdict ? verdict.reply : '' }
  } finally {
    transporter.close()
  }
}
