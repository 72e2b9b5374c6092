// What a failed delivery means: how far it came, whose fault it is, and whether to try again. The mail
// library names neither the side of the last dot nor the culprit, so both are read from the phase that
// we kept ourselves and from the reply (design 5).

import { oneLine } from './clean.ts'
import type { Fault, Phase, SendResult } from './transport.ts'

/** What is read of an error of the mail library; every other error has none of it. */
export interface SmtpFailure {
  readonly code?: string | undefined
  readonly originalCode?: string | undefined
  readonly command?: string | undefined
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
  readonly timeoutType?: string | undefined
  readonly message?: string | undefined
}

/** Whatever was thrown, as far as judging it needs. */
export function failureOf(thrown: unknown): SmtpFailure {
  return thrown instanceof Error ? thrown : { message: String(thrown) }
}

const longestReply = 200

/** Returns a reply fit for a row and a screen: one line, no control characters, at most 200 characters. */
export function replyText(text: string): string {
  return oneLine(text, longestReply)
}

/**
 * Says what an error means that ended a delivery in `phase`, the last one we saw begin.
 *
 * Site (everything before RCPT, and a demand to sign in at any place) is deferred and nobody's attempt;
 * RCPT 5yz rejects the recipient, 5yz to the dot the message; without an answer to the dot it is in
 * doubt; everything else is deferred.
 */
export function classify(error: SmtpFailure, phase: Phase): SendResult {
  const at = placeOf(error, phase)
  const isPermanent = isRefusal(error)
  const reply = replyText(error.response ?? error.message ?? '')
  if (at === 'gated') return { outcome: 'in-doubt', phase: at, reply }
  if (isPermanent && at === 'rcpt' && isAboutTheAddress(error)) return { outcome: 'rejected', fault: 'recipient', phase: at, reply }
  if (isPermanent && at === 'dot') return { outcome: 'rejected', fault: 'message', phase: at, reply }
  return { outcome: 'deferred', fault: faultOf(error, at), phase: at, reply }
}

/** Whether the answer to the dot says that the mail was taken: one code, on every line of it (RFC 5321, 4.2.1). */
export const isAcceptance = (response: string): boolean => /^2\d\d(?!\d)/.test(response) && isOfOneMind(response)

// A server that says two things at once is asked again, and one that calls a refusal temporary (RFC 3463) is believed.
function isRefusal({ responseCode = 0, response = '' }: SmtpFailure): boolean {
  return responseCode >= 500 && responseCode < 600 && isOfOneMind(response) && !/^5\d\d[ -]4\.\d/.test(response)
}

const isOfOneMind = (response: string): boolean => new Set(response.split(/\r?\n/).map((line) => line.slice(0, 3))).size === 1

// 530 and its kind ask us to sign in or to encrypt, wherever they are said.
const asksUsToSignIn = ({ responseCode }: SmtpFailure): boolean =>
  responseCode === 530 || responseCode === 534 || responseCode === 535 || responseCode === 538

// 5.7.x is policy ("relaying denied"): it says nothing against the address, and a server that is set up
// wrongly says it of every address. Retried with back-off and an alarm, instead of losing all recipients.
const isAboutTheAddress = (error: SmtpFailure): boolean =>
  !asksUsToSignIn(error) && !/^5\d\d[ -]5\.7\.\d/.test(error.response ?? '')

function faultOf(error: SmtpFailure, at: Phase): Fault {
  if (asksUsToSignIn(error)) return 'site'
  switch (at) {
    case 'connect': case 'greeting': case 'tls': case 'auth': return 'site'
    // A connection lost within the envelope is not an answer to MAIL: it may have been the next command.
    case 'mail': return error.responseCode ? 'site' : 'transient'
    case 'rcpt': return error.responseCode && error.responseCode !== 421 ? 'recipient' : 'transient'
    default: return error.responseCode && error.responseCode !== 421 ? 'message' : 'transient'
  }
}

function placeOf(error: SmtpFailure, phase: Phase): Phase {
  // What is no code of failure, or is taken back in the same breath, answers nothing.
  const { responseCode = 0, response = '' } = error
  const answered = responseCode >= 400 && responseCode < 600 && isOfOneMind(response)
  if (phase === 'gated') return answered ? 'dot' : 'gated'
  if (phase === 'connect') return beforeTheEnvelope(error)
  if (phase !== 'mail') return phase
  if (error.command === 'RCPT TO') return 'rcpt'
  return error.command === 'DATA' ? 'data' : 'mail'
}

function beforeTheEnvelope({ code = '', originalCode = '', command = '', responseCode, timeoutType }: SmtpFailure): Phase {
  if (code === 'EAUTH' || code === 'ENOAUTH' || command.startsWith('AUTH')) return 'auth'
  if (code === 'ETLS' || command === 'STARTTLS' || timeoutType === 'UPGRADE_TIMEOUT') return 'tls'
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|EPROTO/.test(originalCode)) return 'tls'
  if (responseCode || code === 'EPROTOCOL' || timeoutType === 'GREETING_TIMEOUT' || /^(EHLO|HELO)$/.test(command)) return 'greeting'
  // Closed after it was open: the server never greeted.
  return code === 'ECONNECTION' && originalCode === '' ? 'greeting' : 'connect'
}
