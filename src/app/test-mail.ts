// The test of an administrator: one mail to one address by the way that all mail leaves, at once, without the
// outbox; and what the mail server answered. It is the one mail that leaves before anybody is live.

import type { Language } from '../core/certification.ts'
import { conflict, invalid } from '../errors.ts'
import { parseAddress } from '../mail/address.ts'
import { composeBytes } from '../mail/smtp.ts'
import { composeTestMail } from '../mail/test-mail.ts'
import type { SendResult, Transport } from '../mail/transport.ts'
import type { App } from './app.ts'
import { findHold, messageIdFor } from './installation.ts'

const patienceMilliseconds = 60_000

export interface TestMail {
  readonly to: string
  readonly outcome: Exclude<SendResult['outcome'], 'refused-at-gate'>
  /** How far it came; undefined where the mail server took it. */
  readonly phase: string | undefined
  /** The mail server's last word, or what went wrong. */
  readonly reply: string
}

/**
 * Sends a test mail and returns what became of it.
 *
 * Throws `invalid` for what is no address, and `conflict`, sending nothing, while mail is captured or held.
 */
export async function sendTestMail(
  app: App, transport: Transport | undefined, asked: { readonly address: string; readonly language: Language; readonly zone: string },
): Promise<TestMail> {
  const to = parseAddress(asked.address)
  if (!to.ok) throw invalid(`${JSON.stringify(asked.address)} is not usable as an address: ${to.refusal}`)
  if (!transport) throw conflict('Nothing was sent: mail is captured here. Set SMTP_URL (and RECERT_MAIL=smtp) to send.')
  const hold = await findHold(app)
  if (hold) throw conflict(`Nothing was sent: mail is held. ${hold}`)
  const raw = await composeTest(app, { ...asked, address: to.address })
  const result = await transport.send({ raw, from: app.config.from, to: to.address }, async () => true, AbortSignal.timeout(patienceMilliseconds))
  // A gate that always opens refuses nothing.
  if (result.outcome === 'refused-at-gate') throw new Error('a test mail was stopped at its gate')
  return { to: to.address, outcome: result.outcome, phase: 'phase' in result ? result.phase : undefined, reply: result.reply }
}

async function composeTest(app: App, { address, language, zone }: { address: string; language: Language; zone: string }): Promise<Uint8Array> {
  const now = app.clock.now()
  const messageId = await app.database.transact((db) => messageIdFor(app, db, ['test', address, now.toString()]))
  const letter = composeTestMail({ language, url: app.config.url, at: now, zone })
  return await composeBytes(letter, { from: app.config.from, to: { name: '', address }, messageId, date: now, kind: 'test', url: app.config.url }, { dkim: app.config.dkim })
}
