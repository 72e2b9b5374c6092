// What stands on a stored message besides its words: values of the message and of the installation alone, so
// that composing it again gives the same headers, and every attempt comes back to the same address.

import type { Envelope } from '../mail/headers.ts'
import { returnPathOf } from '../mail/return-path.ts'
import type { MessageRow } from '../store/outbox.ts'
import type { App } from './app.ts'
import { bounceTokenFor } from './installation.ts'

/** Returns a message's envelope to an address. */
export function envelopeOf(
  app: App, message: Pick<MessageRow, 'messageId' | 'dueAt' | 'kind'>, to: Envelope['to'], rest: Pick<Envelope, 'references' | 'unsubscribeUrl'> = {},
): Envelope {
  return { from: app.config.from, to, messageId: message.messageId, date: message.dueAt, kind: message.kind, url: app.config.url, ...rest }
}

/** Returns where a message comes back to: an address of its own where the domain allows it, else the sender's. */
export async function returnPathFor(app: App, message: Pick<MessageRow, 'id'>): Promise<string> {
  const { bounceAddress, from } = app.config
  return bounceAddress === undefined ? from : returnPathOf(bounceAddress, await bounceTokenFor(app.database.db, message.id))
}
