// Faults at the last dot and after it, and replies that are no replies: where it must be known what is not known.

import type { Case } from './envelope-cases.ts'
import { doubt, doubtKept, later, messageRefused, recipientGone, sent } from './fates.ts'
import { byBytes, deaf, fin, keep, reset, tooLate } from './scripted-server.ts'

const impatient = { patience: { connect: 30_000, greeting: 30_000, answer: 1_000 } }
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

export const slowReaders: readonly Case[] = [
  ['a server that reads no more', { body: { at: 0, moves: [deaf] } }, doubt, impatient],
  ['a server that reads byte by byte', { body: { at: 0, moves: [byBytes] } }, sent],
]

export const atDot: readonly Case[] = [
  ['421 to the dot', { dot: ['421 4.3.2 closing', fin] }, later('transient', 'dot')],
  ['450 to the dot', { dot: '450 4.7.1 greylisted' }, later('message', 'dot')],
  ['451 to the dot', { dot: '451 4.3.0 try later' }, later('message', 'dot')],
  ['452 to the dot', { dot: '452 4.3.1 no room' }, later('message', 'dot')],
  ['550 to the dot', { dot: '550 5.7.1 looks like spam' }, messageRefused],
  ['552 to the dot', { dot: '552 5.3.4 too much' }, messageRefused],
  ['554 to the dot', { dot: '554 5.6.0 not like this' }, messageRefused],
  ['silence at the dot', { dot: [] }, doubt, impatient],
  ['a connection closed at the dot', { dot: fin }, doubt],
  ['a connection broken off at the dot', { dot: reset }, doubt],
  ['kept, and the connection closed', { dot: [keep, fin] }, doubtKept],
  ['kept, and the connection broken off', { dot: [keep, reset] }, doubtKept],
  ['kept, and half a reply', { dot: [keep, bytes('250 2.0.0 ke'), fin] }, doubtKept],
  ['kept, and a code alone', { dot: [keep, bytes('25'), fin] }, doubtKept],
  ['kept, and nonsense', { dot: [keep, 'what is this?'] }, doubtKept],
  ['kept, and a code that is none', { dot: [keep, '999 9.9.9 wonderful'] }, doubtKept],
  ['kept, and a code too long', { dot: [keep, '5500 never heard of'] }, doubtKept],
  ['kept, and a go-ahead', { dot: [keep, '354 go on'] }, doubtKept],
  ['kept, and 421', { dot: [keep, '421 4.3.2 closing', fin] }, later('transient', 'dot', 1)],
  ['kept, and 250 when nobody waits any more', { dot: [keep, tooLate('250 2.0.0 kept')] }, doubtKept, impatient],
]

export const afterTheReply: readonly Case[] = [
  ['the connection closed after 250', { dot: [keep, '250 2.0.0 kept', fin] }, sent],
  ['the connection broken off after 250', { dot: [keep, '250 2.0.0 kept', reset] }, sent],
  ['421 after 250', { dot: [keep, '250 2.0.0 kept', '421 4.3.2 closing', fin] }, sent],
  ['nonsense after 250', { dot: [keep, '250 2.0.0 kept', 'and another thing'] }, sent],
  ['QUIT that is not answered', { QUIT: [] }, sent],
]

const long = (code: number): string => [...Array.from({ length: 1024 }, (_, n) => `${code}-2.0.0 ${String(n).padStart(54, '.')}`), `${code} 2.0.0 at last`].join('\r\n')

export const replySyntax: readonly Case[] = [
  ['a reply of 64 KiB to the dot', { dot: [keep, long(250)] }, sent],
  ['a reply of 64 KiB to RCPT', { RCPT: long(550) }, recipientGone],
  ['a reply that never ends', { RCPT: [bytes('250-'.concat('*'.repeat(2_000_000)))] }, later('transient', 'mail')],
  ['no space after the code', { dot: [keep, '250kept'] }, sent],
  ['a code and nothing more', { dot: [keep, '250'] }, sent],
  ['a refusal without a space', { RCPT: '550no such user' }, recipientGone],
  ['a reply in single bytes', { dot: [keep, ...Array.from('250 2.0.0 kept\r\n', bytes)] }, sent],
  ['bare line feeds', { MAIL: bytes('250 ok\n'), RCPT: bytes('250 ok\n'), dot: [keep, bytes('250 kept\n')] }, sent],
  ['NUL in a reply', { dot: [keep, '250 2.0.0 ke\0pt'] }, sent],
  ['NUL in a refusal', { RCPT: '450 4.2.1 bu\0sy' }, later('recipient', 'rcpt')],
  ['bytes that are no UTF-8', { dot: [keep, bytes('250 2.0.0 k\xffpt\xfe\r\n')] }, sent],
  ['bytes that are no UTF-8 in a refusal', { RCPT: bytes('550 5.1.1 utilisateur inconnu \xe0 cette adresse\r\n') }, recipientGone],
  ['250 that turns into 550 at the dot', { dot: ['250-2.0.0 so far', '550 5.7.1 no'] }, doubt],
  ['550 that turns into 250 at the dot', { dot: [keep, '550-5.7.1 no', '250 2.0.0 kept'] }, doubtKept],
  ['250 that turns into 550 at RCPT', { RCPT: ['250-2.1.5 ok', '550 5.1.1 no such user'], DATA: '554 5.5.1 no valid recipients' }, later('message', 'data')],
  ['550 that turns into 250 at RCPT', { RCPT: ['550-5.1.1 no such user', '250 2.1.5 ok'] }, later('recipient', 'rcpt')],
  ['250 with a code of failure', { RCPT: '250 5.1.1 no such user' }, sent],
  ['550 with a code of success', { RCPT: '550 2.1.5 ok' }, recipientGone],
  ['550 with a code of patience at RCPT', { RCPT: '550 4.2.1 mailbox busy' }, later('recipient', 'rcpt')],
  ['554 with a code of patience at the dot', { dot: '554 4.3.0 try later' }, later('message', 'dot')],
  ['450 with a code of refusal', { RCPT: '450 5.1.1 no such user' }, later('recipient', 'rcpt')],
]

const pipelining = '250-mail.example.test\r\n250 PIPELINING'
const noRecipients = '554 5.5.1 no valid recipients'

export const inAPipeline: readonly Case[] = [
  ['all taken', { EHLO: pipelining }, sent],
  ['450 to MAIL', { EHLO: pipelining, MAIL: '450 4.7.1 not now', RCPT: '503 5.5.1 MAIL first', DATA: noRecipients }, { is: 'site', phase: 'mail' }],
  ['450 to RCPT', { EHLO: pipelining, RCPT: '450 4.2.1 busy', DATA: noRecipients }, later('recipient', 'rcpt')],
  ['550 to RCPT', { EHLO: pipelining, RCPT: '550 5.1.1 no such user', DATA: noRecipients }, recipientGone],
  ['550 to RCPT, and DATA all the same', { EHLO: pipelining, RCPT: '550 5.1.1 no such user' }, recipientGone],
  ['451 to DATA', { EHLO: pipelining, DATA: '451 4.3.0 try later' }, later('message', 'data')],
  ['a connection closed at DATA', { EHLO: pipelining, DATA: fin }, later('transient', 'mail')],
]
