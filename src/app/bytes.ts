// What of a mail is kept beside its bytes, and what stays of them once it has left. The words at rest hold
// no token; the bytes hold them until a mail server has taken them. A captured mail is its own mailbox: its
// links must work for whoever tries them.

import type { Letter } from '../core/message.ts'
import { redactBytes, redactWords } from '../mail/redact.ts'
import type { Db } from '../store/database.ts'
import { findMessage, saveWords } from '../store/outbox.ts'

/** Returns the words that are kept of a mail that will leave, or stays here to be read. */
export function wordsKept(letter: Letter, fate: 'leaves' | 'stays'): Pick<Letter, 'subject' | 'text' | 'html'> {
  const { subject, text, html } = letter
  return fate === 'stays' ? { subject, text, html } : { subject, text: redactWords(text), html: redactWords(html) }
}

/** Takes the tokens out of what is kept of a mail that has left, whatever it was composed for. */
export async function redactMessage(db: Db, id: number): Promise<void> {
  const kept = await findMessage(db, id)
  if (!kept?.raw) return
  await saveWords(db, id, {
    text: kept.text && redactWords(kept.text), html: kept.html && redactWords(kept.html), raw: redactBytes(kept.raw),
  })
}
