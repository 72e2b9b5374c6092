// The only file that knows the mail library: it makes a message's final bytes, and hands them to a mail
// server over one connection each, so that every retry is ours. Replies are judged in classify.ts.

import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Letter } from '../core/message.ts'
import { parseAddress, parseMailbox } from './address.ts'
import { classify, failureOf, replyText, type SmtpFailure } from './classify.ts'
import { type Envelope, headersOf } from './headers.ts'
import { holdLastDot } from './last-dot.ts'
import { parseSmtpUrl, type SmtpSettings, transportOptions } from './settings.ts'
import type { Parcel, Phase, SendResult, Transport, Verified } from './transport.ts'

/** Composes the final bytes of a mail: the same letter and envelope always give the same bytes. */
export async function composeBytes(letter: Letter, envelope: Envelope): Promise<Uint8Array> {
  const composer = new MailComposer({
    ...headersOf(letter, envelope),
    text: lines(letter.text),
    html: lines(letter.html),
    // Without one of ours, each composing would draw a boundary at random.
    baseBoundary: createHash('sha256').update(envelope.messageId).digest('hex').slice(0, 24),
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
  })
  return await composer.compile().build()
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
