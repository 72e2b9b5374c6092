// One attempt to hand over a mail, as we saw it: how far it came, whether the gate was asked and what it said.
// The library's errors tell none of it (design 5).

import type { Readable } from 'node:stream'
import { classify, isAcceptance, replyText, type SmtpFailure } from './classify.ts'
import { holdLastDot } from './last-dot.ts'
import type { Phase, SendResult } from './transport.ts'

export interface Progress {
  phase: Phase
  stream: Readable | undefined
  asking: boolean
  answer: Promise<boolean> | undefined
}

export const startProgress = (): Progress => ({ phase: 'connect', stream: undefined, asking: false, answer: undefined })

/** Returns the body with its last dot held back; `progress` follows what becomes of it. */
export function hold(body: Uint8Array, progress: Progress, gate: () => Promise<boolean>): Readable {
  const stream = holdLastDot(body, () => { progress.phase = 'data' }, async () => {
    progress.asking = true
    progress.answer = gate()
    const passed = await progress.answer
    // Where the connection broke meanwhile the dot can no longer be written, whatever the gate said.
    if (passed && !stream.destroyed) progress.phase = 'gated'
    return passed
  })
  progress.stream = stream
  return stream
}

/** What ended an attempt: the answer to the dot, or an error. */
export type End = { readonly response: string } | { readonly error: SmtpFailure }

/** Says what an attempt came to. The answer of a gate that was asked is waited for: whoever settles the row must not overtake it. */
export async function settle(progress: Progress, end: End): Promise<SendResult> {
  const { phase } = progress
  progress.stream?.destroy()
  const passed = await progress.answer
  if (passed === false) return { outcome: 'refused-at-gate' }
  if ('error' in end) return classify(end.error, phase)
  if (phase === 'gated') {
    const reply = replyText(end.response)
    return isAcceptance(end.response) ? { outcome: 'sent', reply } : { outcome: 'in-doubt', phase, reply }
  }
  return { outcome: 'deferred', fault: 'transient', phase, reply: replyText(`answered before the end of the message: ${end.response}`) }
}

/** Whether the last dot may have been written: only then is a connection where the next mail can begin. */
export const hasEnded = ({ phase }: Progress): boolean => phase === 'gated'

/** Whether a connection that had been idle turned out to be dead, or dying, before the server heard of this mail. */
export const foundDead = ({ phase }: Progress, end: End): boolean =>
  phase === 'mail' && 'error' in end && (end.error.responseCode === undefined || end.error.responseCode === 421)
