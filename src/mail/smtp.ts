// The only file that knows the mail library: it makes a message's final bytes, and hands them to a mail
// server over connections that are kept, one message at a time on each. The library's own pool would try
// again by itself; here every retry is ours. Replies are judged in classify.ts.

import { createHash } from 'node:crypto'
import DkimSigner from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Letter } from '../core/message.ts'
import { parseAddress, parseMailbox } from './address.ts'
import { type End, foundDead, hasEnded, hold, type Progress, settle, startProgress } from './attempt.ts'
import { classify, failureOf, replyText } from './classify.ts'
import { type Envelope, headersOf, signedHeaders } from './headers.ts'
import { keepLines, type KeptLines, type Line } from './kept.ts'
import { connectionOptions, parseSmtpUrl, type Patience, type SmtpSettings } from './settings.ts'
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
export function openSmtp(smtpUrl: string, options: { readonly url: string; readonly patience?: Patience }): Transport {
  const parsed = parseSmtpUrl(smtpUrl, options.url)
  if (!parsed.ok) throw new RangeError(parsed.refusal)
  const way: Way = { settings: parsed.settings, patience: options.patience, kept: keepLines<SmtpLine>() }
  const running = new Set<Attempt>()
  let open = true
  return {
    async send(parcel, gate, signal) {
      if (!open) return stopped('connect')
      const envelope = envelopeOf(parcel)
      if ('outcome' in envelope) return envelope
      const attempt = startAttempt(way, { raw: parcel.raw, envelope }, gate, signal)
      running.add(attempt)
      const result = await attempt.result.finally(() => running.delete(attempt))
      // Ended by us, and so told apart from a server that let it end.
      return !open && result.outcome === 'deferred' && result.reply === stoppedText ? stopped(result.phase) : result
    },
    verify: async () => await verify(way),
    async close() {
      open = false
      for (const attempt of running) attempt.stop()
      await Promise.allSettled([...running].map((attempt) => attempt.result))
      way.kept.clear()
    },
  }
}

const stoppedText = 'stopped before the message was handed over'
const stopped = (phase: Phase): SendResult => ({ outcome: 'stopped', phase, reply: 'the program is stopping' })

interface Way { readonly settings: SmtpSettings; readonly patience?: Patience | undefined; readonly kept: KeptLines<SmtpLine> }

interface SmtpLine extends Line {
  readonly connection: SMTPConnection
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
interface Controls { readonly gate: () => Promise<boolean>; readonly signal: AbortSignal }

function startAttempt(way: Way, sending: Sending, gate: () => Promise<boolean>, signal: AbortSignal): Attempt {
  const progress = startProgress()
  const ending = new AbortController()
  const stop = (): void => { if (!progress.asking) ending.abort() }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const result = deliver(way, sending, progress, { gate, signal: ending.signal })
    .finally(() => signal.removeEventListener('abort', stop))
  return { result, stop }
}

async function deliver(way: Way, sending: Sending, progress: Progress, controls: Controls): Promise<SendResult> {
  const kept = way.kept.take()
  if (kept) {
    const end = await carry(way, kept, sending, progress, controls)
    if (!foundDead(progress, end) || controls.signal.aborted) return await settle(progress, end)
    // The server had hung up while nothing was said. It knows nothing of this mail: no attempt, and another connection.
    way.kept.clear()
    Object.assign(progress, startProgress())
  }
  return await settle(progress, await overNewLine(way, sending, progress, controls))
}

async function overNewLine(way: Way, sending: Sending, progress: Progress, controls: Controls): Promise<End> {
  try {
    const line = await dial(way, progress, controls.signal)
    return await carry(way, line, sending, progress, controls)
  } catch (error) {
    return { error: failureOf(error) }
  }
}

/** Connects, encrypts and signs in, as the settings demand. */
async function dial({ settings, patience }: Way, progress: Progress, signal: AbortSignal): Promise<SmtpLine> {
  const connection = new SMTPConnection(connectionOptions(settings, patience))
  // An idle connection fails, too, and then nobody waits for it.
  connection.on('error', () => undefined)
  const line: SmtpLine = { connection, isOpen: () => !connection.destroyed, close: () => leave(connection) }
  await attended(connection, signal, (done) => connection.connect(done))
  if (settings.auth) {
    progress.phase = 'auth'
    await attended(connection, signal, (done) => connection.login({ ...settings.auth }, done))
  }
  return line
}

const patienceAtLeaving = 2_000

// The server is told, and not waited for long.
function leave(connection: SMTPConnection): void {
  if (connection.destroyed) return
  connection.quit()
  setTimeout(() => connection.close(), patienceAtLeaving).unref()
}

/** Hands one message over; the connection is kept where the server took it, and closed where anything went wrong. */
async function carry(way: Way, line: SmtpLine, { raw, envelope }: Sending, progress: Progress, { gate, signal }: Controls): Promise<End> {
  progress.phase = 'mail'
  const body = hold(raw, progress, gate)
  try {
    const sent = await attended<{ response: string }>(line.connection, signal, (done) =>
      line.connection.send({ from: envelope.from, to: [envelope.to], size: raw.length }, body, done))
    // Answered before its end, the body is still open: whatever is written next, a QUIT with its dot among it, would end it.
    if (hasEnded(progress)) way.kept.keep(line)
    else line.connection.close()
    return { response: sent?.response ?? '' }
  } catch (error) {
    return { error: failureOf(error) }
  }
}

type Done<T> = (error?: Error | null, answer?: T) => void

// A step of a conversation ends by its own callback, by an error of the connection, by its end, or by the signal:
// the library tells each of these in another way, and some of them in none.
async function attended<T>(connection: SMTPConnection, signal: AbortSignal, step: (done: Done<T>) => void): Promise<T | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<T | undefined>()
  const ended = (): void => void setImmediate(() => reject(new Error('Connection closed')))
  const stop = (): void => {
    reject(new Error(stoppedText))
    connection.close()
  }
  connection.on('error', reject).once('end', ended)
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (signal.aborted) stop()
    else step((error, answer) => (error ? reject(error) : resolve(answer)))
    return await promise
  } catch (error) {
    connection.close()
    throw error
  } finally {
    connection.off('error', reject).off('end', ended)
    signal.removeEventListener('abort', stop)
  }
}

async function verify(way: Way): Promise<Verified> {
  const progress = startProgress()
  try {
    const line = await dial(way, progress, new AbortController().signal)
    line.close()
    return { ok: true }
  } catch (error) {
    const verdict = classify(failureOf(error), progress.phase)
    return { ok: false, phase: 'phase' in verdict ? verdict.phase : 'connect', reply: 'reply' in verdict ? verdict.reply : '' }
  }
}
