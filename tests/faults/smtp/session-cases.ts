// Faults from the connection to the sign-in: those of the server as a whole, which are nobody's attempt.

import { expired, ofAnotherHost, selfSigned } from './certificates.ts'
import type { Case } from './envelope-cases.ts'
import { sent, site, later } from './fates.ts'
import type { Way } from './lab.ts'
import { below, fin, reset, type Script, silence } from './scripted-server.ts'

const impatient = { connect: 400, greeting: 400, answer: 600_000 }

export const atConnect: readonly Case[] = [
  ['a refused connection', {}, site('connect'), { shut: true }],
  ['a name that does not exist', {}, site('connect'), { url: () => 'smtp://mail.example.invalid:25?tls=never', moved: true, patience: impatient }],
  ['a connection that nobody takes', {}, site('connect'), { url: ({ blackHole }) => `smtp://127.0.0.1:${blackHole}`, moved: true, patience: impatient }],
  ['a connection broken off at once', { connect: reset }, site('connect')],
  ['a connection closed at once', { connect: fin }, site('greeting')],
  ['a host of two addresses of which one is dead', {}, sent, { url: ({ scripted }) => `smtp://localhost:${scripted}` }],
]

export const atGreeting: readonly Case[] = [
  ['no greeting', { greeting: [] }, site('greeting'), { patience: impatient }],
  ['421 as greeting', { greeting: ['421 4.3.2 busy', fin] }, site('greeting')],
  ['554 as greeting', { greeting: '554 5.7.1 your address is listed' }, site('greeting')],
  ['a greeting of 8 KiB', { greeting: `220 mail.example.test ${'*'.repeat(8192)}` }, sent],
  ['a greeting of 200 lines', { greeting: [...Array.from({ length: 200 }, () => '220-mail.example.test welcomes you'), '220 at last'] }, sent],
  ['another protocol', { greeting: 'SSH-2.0-OpenSSH_9.2p1' }, site('greeting')],
  ['a web server', { greeting: ['HTTP/1.1 400 Bad Request', 'Connection: close', '', fin] }, site('greeting')],
  ['a greeting without an end', { greeting: [Buffer.from('220 mail.exam'), fin] }, site('greeting')],
  ['421 to EHLO', { EHLO: ['421 4.3.2 busy', fin] }, site('greeting')],
  ['a connection closed at EHLO', { EHLO: fin }, site('greeting')],
  ['EHLO and HELO refused', { EHLO: '502 5.5.1 no', HELO: '502 5.5.1 no' }, site('greeting')],
  ['EHLO refused, HELO taken', { EHLO: '502 5.5.1 no' }, sent],
]

const toStartTls: Way = { url: ({ scripted }) => `smtp://0.0.0.0:${scripted}`, well: { tls: 'starttls' } }
const toTls: Way = { url: ({ scripted }) => `smtps://0.0.0.0:${scripted}`, well: { tls: 'at once' } }
const asked = (script: Script): Script => ({ tls: 'starttls', ...script })

export const atTls: readonly Case[] = [
  ['STARTTLS stripped', { tls: 'never', STARTTLS: '502 5.5.1 not implemented' }, site('tls'), toStartTls],
  ['454 to STARTTLS', asked({ STARTTLS: '454 4.7.0 not now' }), site('tls'), toStartTls],
  ['an expired certificate', asked({ certificate: { cert: expired } }), site('tls'), toStartTls],
  ['a certificate signed by itself', asked({ certificate: { cert: selfSigned } }), site('tls'), toStartTls],
  ['a certificate of another host', asked({ certificate: { cert: ofAnotherHost } }), site('tls'), toStartTls],
  ['no newer TLS than 1.1', asked({ certificate: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } }), site('tls'), toStartTls],
  ['a handshake that is not answered', asked({ handshake: [] }), site('tls'), { ...toStartTls, patience: impatient }],
  // All that is heard of it is that the connection is gone.
  ['a handshake broken off', asked({ handshake: reset }), site('connect'), toStartTls],
  ['a handshake answered in the clear', asked({ handshake: Buffer.from('500 5.5.1 what?\r\n') }), site('tls'), toStartTls],
  ['a reply injected before the handshake', asked({ STARTTLS: '220 2.0.0 go ahead\r\n250 injected' }), sent, toStartTls],
  ['half a reply injected before the handshake', asked({ STARTTLS: Buffer.from('220 2.0.0 go ahead\r\n250-inj') }), sent, toStartTls],
  ['an alert in the middle of the body', asked({ body: { at: 0.5, moves: [below(Buffer.from([21, 3, 3, 0, 2, 2, 80]))] } }), later('transient', 'data'), toStartTls],
  ['a certificate signed by itself, from the first byte', { tls: 'at once', certificate: { cert: selfSigned } }, site('tls'), toTls],
  ['an expired certificate, from the first byte', { tls: 'at once', certificate: { cert: expired } }, site('tls'), toTls],
  ['no encryption where it is expected from the first byte', { tls: 'never' }, site('tls'), toTls],
]

/** What is told to nobody, and searched for in every line that is logged. */
export const password = 'correct-horse-battery'
const signingIn: Way = { url: ({ scripted }) => `smtp://recert%40example.org:${password}@127.0.0.1:${scripted}`, well: {} }

export const atSignIn: readonly Case[] = [
  ['535 to AUTH', { AUTH: '535 5.7.8 wrong password' }, site('auth'), signingIn],
  ['454 to AUTH', { AUTH: '454 4.7.0 try later' }, site('auth'), signingIn],
  ['432 to AUTH', { AUTH: '432 4.7.12 too many connections' }, site('auth'), signingIn],
  ['421 to AUTH', { AUTH: ['421 4.7.0 closing', fin] }, site('auth'), signingIn],
  ['silence at AUTH', { AUTH: silence }, site('auth'), signingIn],
  ['a connection closed at AUTH', { AUTH: fin }, site('auth'), signingIn],
  ['a sign-in that is not offered any more', { EHLO: '250 mail.example.test', AUTH: '503 5.5.1 not here' }, site('auth'), signingIn],
  ['a way to sign in that nobody knows', { EHLO: '250-mail.example.test\r\n250 AUTH X-NOBODY', AUTH: '504 5.5.4 unknown' }, site('auth'), signingIn],
  ['530 to MAIL', { MAIL: '530 5.7.0 sign in first' }, site('mail'), signingIn],
]

