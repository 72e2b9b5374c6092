// What becomes of a mail when a server fails it, as the product promises it: the columns of the matrix.

import type { Seen } from './lab.ts'

export type Fate =
  /** The server as a whole: nobody's attempt. */
  | { readonly is: 'site'; readonly phase: string }
  /** Tried again later, and counted. */
  | { readonly is: 'later'; readonly fault: string; readonly phase: string; readonly kept: 0 | 1 }
  /** The address is marked, and the next in line is told. */
  | { readonly is: 'recipient gone' }
  /** The message is given up. */
  | { readonly is: 'message refused' }
  /** Sent again once its lease ends; of what a server took without saying so it gets one copy more. */
  | { readonly is: 'doubt'; readonly kept: 0 | 1 }
  | { readonly is: 'sent' }

export const site = (phase: string): Fate => ({ is: 'site', phase })
/** A server that keeps a mail and says that it does not gets one copy more. */
export const later = (fault: string, phase: string, kept: 0 | 1 = 0): Fate => ({ is: 'later', fault, phase, kept })
export const recipientGone: Fate = { is: 'recipient gone' }
export const messageRefused: Fate = { is: 'message refused' }
/** In doubt, and the server has no copy. */
export const doubt: Fate = { is: 'doubt', kept: 0 }
/** In doubt, and the server has a copy. */
export const doubtKept: Fate = { is: 'doubt', kept: 1 }
export const sent: Fate = { is: 'sent' }

/** How often a mail was tried in vain before; `kept` is a first attempt over a connection that has carried another mail. */
export const attempts = { first: 0, third: 2, kept: 0 } as const
export type Attempt = keyof typeof attempts

const waits: Readonly<Record<Attempt, string>> = { first: 'PT1M', third: 'PT4M', kept: 'PT1M' }

/** What must be seen after the attempt. */
export function expectedOf(fate: Fate, attempt: Attempt): Seen {
  const nothing = { channel: 'open', logged: [], alarms: [], address: 'good', kept: 0 } as const
  return { ...nothing, ...tracesOf(fate, attempts[attempt], attempt) }
}

const gaveUp = { logged: ['a mail could not be delivered'], alarms: ['mail-failed'] } as const

function tracesOf(fate: Fate, before: number, attempt: Attempt): Pick<Seen, 'message' | 'delivery'> & Partial<Seen> {
  const counted = `${before + 1} counted`
  if (fate.is === 'later') return { message: `deferred, ${counted}, again in ${waits[attempt]}`, delivery: `deferred ${fate.fault} ${fate.phase}`, kept: fate.kept }
  if (fate.is === 'recipient gone') return { ...gaveUp, message: `rejected, ${counted}`, delivery: 'rejected recipient rcpt', address: 'marked' }
  if (fate.is === 'message refused') return { ...gaveUp, message: `rejected, ${counted}`, delivery: 'rejected message dot' }
  if (fate.is === 'doubt') return { message: `gated, ${before} counted`, delivery: 'in-doubt gated', kept: fate.kept }
  if (fate.is === 'sent') return { message: `sent, ${counted}`, delivery: 'sent', kept: 1 }
  return {
    // Nobody's attempt: it keeps its place, and all mail waits. What has been past the gate keeps its bytes as well.
    message: `${attempt === 'third' ? 'deferred' : 'planned'}, ${before} counted, again in PT0S`, delivery: `released site ${fate.phase}`,
    channel: 'paused for PT1M', logged: ['the mail server refuses this installation: mail waits'], alarms: ['channel-paused'],
  }
}
