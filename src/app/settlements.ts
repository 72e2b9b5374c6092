// What an answer of the mail server means for the message: sent, refused, tried again and when, or put back
// as if nothing had been. Pure; deliveries.ts writes it down.

import type { Instant } from '../core/day.ts'
import { nextAttemptAfter } from '../core/message.ts'
import type { Phase, SendResult } from '../mail/transport.ts'
import type { MessageRow, Settlement } from '../store/outbox.ts'

/**
 * What became of one claim. `paused`: the fault is the site's, and all mail waits; `limited`: no more may leave now;
 * `put-back`: this one waits and nothing was attempted; `lost`: somebody else has it; `stopped`: the program ends.
 */
export type Outcome = 'sent' | 'captured' | 'deferred' | 'rejected' | 'abandoned' | 'cancelled' | 'lost' | 'paused' | 'in-doubt' | 'limited' | 'put-back' | 'stopped'

export interface Verdict {
  readonly outcome: Outcome
  readonly delivery: 'sent' | 'deferred' | 'rejected' | 'abandoned' | 'released' | 'in-doubt'
  /** Undefined leaves the row where it is: in doubt, until its lease ends. */
  readonly message?: Settlement
}

type Tried = Pick<MessageRow, 'attempts' | 'gatedAt'>

export function settlementOf(result: SendResult, message: Tried, now: Instant): Verdict {
  const attempts = message.attempts + 1
  if (result.outcome === 'sent' || result.outcome === 'rejected') {
    return { outcome: result.outcome, delivery: result.outcome, message: { state: result.outcome, reply: result.reply, attempts } }
  }
  if (result.outcome === 'in-doubt') return { outcome: 'in-doubt', delivery: 'in-doubt' }
  if (result.outcome === 'refused-at-gate') return { outcome: 'lost', delivery: 'released' }
  if (result.outcome === 'stopped') return { outcome: 'stopped', delivery: 'released', message: putBack(message, result.reply) }
  return result.fault === 'site' ? released(result, message) : deferred(result.reply, message, now)
}

// A fault of the site is nobody's attempt: the message goes back to its place, and the channel rests.
const released = ({ reply, phase }: { reply: string; phase: Phase }, message: Tried): Verdict =>
  ({ outcome: 'paused', delivery: 'released', message: putBack(message, reply, phase) })

/** Whoever once passed the gate keeps its bytes; the others may be composed anew. */
export function putBack({ gatedAt }: Pick<MessageRow, 'gatedAt'>, reply: string, phase?: Phase): Settlement {
  return { state: gatedAt !== null || phase === 'gated' || phase === 'dot' ? 'deferred' : 'planned', reply }
}

function deferred(reply: string, message: Tried, now: Instant): Verdict {
  const attempts = message.attempts + 1
  const wait = nextAttemptAfter(attempts)
  if (!wait) return { outcome: 'abandoned', delivery: 'abandoned', message: { state: 'abandoned', reply, attempts } }
  return { outcome: 'deferred', delivery: 'deferred', message: { state: 'deferred', reply, attempts, nextAttemptAt: now.add(wait) } }
}
