// A deadline as a person's calendar holds it: one whole day with a name that stays the same, so that a day
// that moves replaces its entry instead of adding a second.

import type { Day, Instant } from './day.ts'

export interface CalendarEvent {
  /** The same for the same duty of the same installation, whatever else changes (RFC 5545, 3.8.4.7). */
  readonly uid: string
  /** Rises whenever the entry changes: of two with one uid the higher counts (RFC 5545, 3.8.7.4). */
  readonly revision: number
  /** The day itself; it lasts the whole of it, wherever the reader is. */
  readonly on: Day
  /** When this version of it was made. */
  readonly stampedAt: Instant
  readonly title: string
  /** Lines of text, put apart by `\n`. */
  readonly text: string
  /** Where it is to be read up: an absolute address. */
  readonly url: string
}

/** Returns the uid of a duty's entry; `host` is that of the installation's address, in lower case. */
export function uidOf(obligationId: number, host: string): string {
  return `obligation-${obligationId}@${host}`
}
