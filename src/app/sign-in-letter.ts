// The mail that somebody asked for to sign in. Its link is drawn only when the mail is composed, at every claim
// anew; the words are kept without it, and so are the bytes as soon as they cannot be needed again.

import type { Instant } from '../core/day.ts'
import type { Directory, Person } from '../core/person.ts'
import { composeSignIn } from '../mail/sign-in-mail.ts'
import { composeBytes } from '../mail/smtp.ts'
import { findMessage, type MessageRow, type Settlement } from '../store/outbox.ts'
import { insertSignInLink } from '../store/sessions.ts'
import type { App } from './app.ts'
import { envelopeOf } from './envelopes.ts'
import type { Composition } from './letters.ts'
import { drawSignInLink, linkLifetime } from './sign-in.ts'

/** Composes it around a link of its own, which works once the message is stored. */
export function composeSignInMessage(app: App, message: MessageRow, at: { readonly directory: Directory }): Composition {
  const person = at.directory.get(message.personId)!
  const link = drawSignInLink(app, app.clock.now())
  const around = (address: string) => composeSignIn({ to: person, language: person.language, link: address })
  return {
    letter: async () => around(link.url), fingerprint: link.row.tokenHash,
    secret: {
      kept: around(`${app.config.url}/sign-in/…`),
      save: (db) => insertSignInLink(db, { ...link.row, personId: person.id }),
    },
  }
}

/** Says whether somebody who asked has given up waiting: a link that came now would surprise them. */
export function isAskedTooLongAgo(message: MessageRow, now: Instant): boolean {
  return message.kind === 'sign-in' && Temporal.Instant.compare(message.dueAt.add(linkLifetime), now) <= 0
}

/**
 * Returns the settlement with bytes that hold no link, for a mail with one. Not where it is kept to be read
 * here, nor where the very same bytes may have to be sent again.
 */
export async function withoutLink(app: App, message: MessageRow, person: Person, settlement: Settlement): Promise<Settlement> {
  if (message.kind !== 'sign-in' || settlement.state === 'captured') return settlement
  const row = await findMessage(app.database.db, message.id)
  if (!row?.raw || row.text === null || (settlement.state === 'deferred' && row.gatedAt)) return settlement
  const letter = { subject: row.subject!, text: row.text, html: row.html! }
  // Unsigned: these bytes have not been sent to anybody.
  return { ...settlement, raw: await composeBytes(letter, envelopeOf(app, row, { name: person.name, address: row.address! })) }
}
