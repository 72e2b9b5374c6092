// Faults from MAIL to the end of the body: before the gate, so that nothing can be doubled.

import { type Fate, later, recipientGone, site } from './fates.ts'
import type { Way } from './lab.ts'
import { fin, reset, type Script, silence } from './scripted-server.ts'

export type Case = readonly [name: string, script: Script, fate: Fate, way?: Way]

export const atMail: readonly Case[] = [
  ['421 to MAIL', { MAIL: ['421 4.3.2 closing', fin] }, site('mail')],
  ['450 to MAIL', { MAIL: '450 4.7.1 not you, not now' }, site('mail')],
  ['451 to MAIL', { MAIL: '451 4.3.0 try later' }, site('mail')],
  ['452 to MAIL', { MAIL: '452 4.3.1 no room' }, site('mail')],
  ['550 to MAIL', { MAIL: '550 5.7.1 <recert@localhost>: who are you' }, site('mail')],
  ['552 to MAIL', { MAIL: '552 5.3.4 too much' }, site('mail')],
  ['553 to MAIL', { MAIL: '553 5.1.8 no such sender' }, site('mail')],
  ['a connection closed at MAIL', { MAIL: fin }, later('transient', 'mail')],
  ['a connection broken off at MAIL', { MAIL: reset }, later('transient', 'mail')],
  ['silence at MAIL', { MAIL: silence }, later('transient', 'mail')],
]

export const atRcpt: readonly Case[] = [
  ['421 to RCPT', { RCPT: ['421 4.3.2 closing', fin] }, later('transient', 'rcpt')],
  ['450 to RCPT', { RCPT: '450 4.2.1 mailbox busy' }, later('recipient', 'rcpt')],
  ['451 to RCPT', { RCPT: '451 4.3.0 try later' }, later('recipient', 'rcpt')],
  ['452 to RCPT', { RCPT: '452 4.2.2 <alice@example.org> mailbox full' }, later('recipient', 'rcpt')],
  ['550 to RCPT', { RCPT: '550 5.1.1 <alice@example.org>: no such user' }, recipientGone],
  ['552 to RCPT', { RCPT: '552 5.2.2 mailbox full' }, recipientGone],
  ['553 to RCPT', { RCPT: '553 5.1.3 not an address' }, recipientGone],
  ['relaying denied at RCPT', { RCPT: '550 5.7.1 relaying denied' }, later('recipient', 'rcpt')],
  ['a demand to sign in at RCPT', { RCPT: '530 5.7.0 sign in first' }, site('rcpt')],
  ['a connection closed at RCPT', { RCPT: fin }, later('transient', 'mail')],
  ['a connection broken off at RCPT', { RCPT: reset }, later('transient', 'mail')],
  ['silence at RCPT', { RCPT: silence }, later('transient', 'mail')],
]

export const atData: readonly Case[] = [
  ['421 to DATA', { DATA: ['421 4.3.2 closing', fin] }, later('transient', 'data')],
  ['451 to DATA', { DATA: '451 4.3.0 try later' }, later('message', 'data')],
  ['452 to DATA', { DATA: '452 4.3.1 no room' }, later('message', 'data')],
  ['552 to DATA', { DATA: '552 5.3.4 too much' }, later('message', 'data')],
  ['554 to DATA', { DATA: '554 5.5.1 no valid recipients' }, later('message', 'data')],
  ['a connection closed at DATA', { DATA: fin }, later('transient', 'mail')],
  ['a connection broken off at DATA', { DATA: reset }, later('transient', 'mail')],
  ['silence at DATA', { DATA: silence }, later('transient', 'mail')],
]

export const inTheBody: readonly Case[] = [
  ['a connection closed before the body', { body: { at: 0, moves: [fin] } }, later('transient', 'data')],
  ['a connection broken off before the body', { body: { at: 0, moves: [reset] } }, later('transient', 'data')],
  ['a connection broken off in the middle of the body', { body: { at: 0.5, moves: [reset] } }, later('transient', 'data')],
  ['a connection broken off near the end of the body', { body: { at: 0.99, moves: [reset] } }, later('transient', 'data')],
  ['451 in the middle of the body', { body: { at: 0.5, moves: ['451 4.3.0 enough', fin] } }, later('message', 'data')],
  ['250 before the end of the body', { body: { at: 0.5, moves: ['250 2.0.0 kept already'] } }, later('transient', 'data')],
]
