// What of a mail is kept beside its bytes, and what stays of them once it has left. The words at rest hold
// no token; the bytes hold them until a mail server has taken them. A captured mail is its own mailbox: its
// links must work for whoever tries them.

import type { Letter } from '../core/message.ts'
import { redactBytes, redactWords } from '../mail/redact.ts'
import type { MessageRow, Settlement } from '../store/outbox.ts'

/** Returns the words that are kept of a mail that will leave, or stays here to be read. */
export function wordsKept(letter: Letter, fate: 'leaves' | 'stays'): Pick<Letter, 'subject' | 'text' | 'html'> {
  const { subject, text, html } = letter
  return fate === 'stays' ? { subject, text, html } : { subject, text: redactWords(text), html: redactWords(html) }
}

/**
 * Returns the settlement of a mail that has left with what is kept of it from then on, its tokens taken out. `message` is
 * as it was claimed: words it had by then may have been composed while mail was still captured.
 */
export function withoutTokens(message: Pick<MessageRow, 'text' | 'html'>, raw: Uint8Array, settlement: Settlement): Settlement {
  if (settlement.state !== 'sent') return settlement
  const { text, html } = message
  return { ...settlement, raw: redactBytes(raw), ...(text && html && hasToken(text + html) ? { text: redactWords(text), html: redactWords(html) } : {}) }
}

const hasToken = (words: string): boolean => redactWords(words) !== words
