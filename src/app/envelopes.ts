// What stands on a stored message besides its words: values of the message and of the installation alone, so
// that composing it again gives the same headers.

import type { Envelope } from '../mail/headers.ts'
import type { MessageRow } from '../store/outbox.ts'
import type { App } from './app.ts'

/** Returns a message's envelope to an address. */
export function envelopeOf(
  app: App, message: Pick<MessageRow, 'messageId' | 'dueAt' | 'kind'>, to: Envelope['to'], rest: Pick<Envelope, 'references' | 'unsubscribeUrl'> = {},
): Envelope {
  return { from: app.config.from, to, messageId: message.messageId, date: message.dueAt, kind: message.kind, url: app.config.url, ...rest }
}
