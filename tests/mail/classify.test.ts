import { describe, expect, it } from 'vitest'
import { classify, replyText, type SmtpFailure } from '../../src/mail/classify.ts'
import type { Phase } from '../../src/mail/transport.ts'

const replied = (responseCode: number, command: string, text = 'no'): SmtpFailure =>
  ({ code: 'EENVELOPE', command, responseCode, response: `${responseCode} ${text}`, message: 'refused' })
const lost: SmtpFailure = { code: 'ECONNECTION', command: 'CONN', message: 'Connection closed unexpectedly' }

describe('what ended a delivery', () => {
  it.each<[string, SmtpFailure, Phase, string]>([
    ['a name that does not resolve', { code: 'EDNS', command: 'CONN', originalCode: 'ENOTFOUND' }, 'connect', 'deferred site connect'],
    ['a refused connection', { code: 'ESOCKET', command: 'CONN', originalCode: 'ECONNREFUSED' }, 'connect', 'deferred site connect'],
    ['a connection that takes too long', { code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'CONNECT_TIMEOUT' }, 'connect', 'deferred site connect'],
    ['a greeting that never comes', { code: 'ETIMEDOUT', command: 'CONN', timeoutType: 'GREETING_TIMEOUT' }, 'connect', 'deferred site greeting'],
    ['a greeting of 554', { ...replied(554, 'CONN'), code: 'EPROTOCOL' }, 'connect', 'deferred site greeting'],
    ['a refused EHLO', replied(500, 'EHLO'), 'connect', 'deferred site greeting'],
    ['STARTTLS refused', { ...replied(454, 'STARTTLS'), code: 'ETLS' }, 'connect', 'deferred site tls'],
    ['an expired certificate', { code: 'ESOCKET', command: 'CONN', originalCode: 'CERT_HAS_EXPIRED' }, 'connect', 'deferred site tls'],
    ['a certificate of another host', { code: 'ESOCKET', command: 'CONN', originalCode: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'connect', 'deferred site tls'],
    ['a wrong password', { ...replied(535, 'AUTH PLAIN'), code: 'EAUTH' }, 'connect', 'deferred site auth'],
    ['535 wherever it is said', replied(535, 'RCPT TO'), 'mail', 'deferred site rcpt'],
    ['550 to MAIL', replied(550, 'MAIL FROM'), 'mail', 'deferred site mail'],
    ['451 to MAIL', replied(451, 'MAIL FROM'), 'mail', 'deferred site mail'],
    ['530 to RCPT', replied(530, 'RCPT TO', '5.7.0 sign in'), 'mail', 'deferred site rcpt'],
    ['550 to RCPT', replied(550, 'RCPT TO', '5.1.1 no such user'), 'mail', 'rejected recipient rcpt'],
    ['553 to RCPT', replied(553, 'RCPT TO'), 'mail', 'rejected recipient rcpt'],
    ['relaying denied', replied(550, 'RCPT TO', '5.7.1 unable to relay'), 'mail', 'deferred recipient rcpt'],
    ['a full mailbox', replied(452, 'RCPT TO'), 'mail', 'deferred recipient rcpt'],
    ['greylisting', replied(451, 'RCPT TO'), 'mail', 'deferred recipient rcpt'],
    ['421 to RCPT', replied(421, 'RCPT TO'), 'mail', 'deferred transient rcpt'],
    ['554 to DATA', replied(554, 'DATA'), 'mail', 'deferred message data'],
    ['a connection lost in the envelope', lost, 'mail', 'deferred transient mail'],
    ['a connection lost in the body', lost, 'data', 'deferred transient data'],
    ['the deadline', { code: 'EABORT', message: 'aborted' }, 'data', 'deferred transient data'],
    ['552 in the body', { ...replied(552, 'DATA'), code: 'EMESSAGE' }, 'data', 'deferred message data'],
    ['554 to the dot', { ...replied(554, 'DATA'), code: 'EMESSAGE' }, 'gated', 'rejected message dot'],
    ['451 to the dot', { ...replied(451, 'DATA'), code: 'EMESSAGE' }, 'gated', 'deferred message dot'],
    ['421 to the dot', { ...replied(421, 'DATA'), code: 'EMESSAGE' }, 'gated', 'deferred transient dot'],
    ['a connection lost after the dot', lost, 'gated', 'in-doubt gated'],
    ['silence after the dot', { code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT' }, 'gated', 'in-doubt gated'],
    ['nonsense after the dot', { code: 'EMESSAGE', response: 'what?', command: 'DATA' }, 'gated', 'in-doubt gated'],
    ['a fault of our own', new TypeError('x is not a function'), 'connect', 'deferred site connect'],
  ])('%s', (_name, error, phase, expected) => {
    const verdict = classify(error, phase)
    expect([verdict.outcome, 'fault' in verdict ? verdict.fault : '', 'phase' in verdict ? verdict.phase : ''].filter(Boolean).join(' ')).toBe(expected)
  })

  it('is told in one line without control characters, of 200 characters at most', () => {
    expect(replyText('550 no\r\n550-more\u001b[31m red')).toBe('550 no 550-more [31m red')
    expect(Array.from(replyText(`550 ${'😀'.repeat(500)}`))).toHaveLength(200)
  })
})
