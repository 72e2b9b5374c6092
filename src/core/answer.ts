// What people answer to a notice from their mail, and what an answer may do: quiet what can wait, and never
// the last two notices before a day nor anything after it.

import type { Day, Instant } from './day.ts'
import type { Purpose } from './message.ts'

/** What is answered to a notice. */
export const answerActions = ['acknowledge', 'snooze', 'done', 'not-mine'] as const
export type AnswerAction = (typeof answerActions)[number]

/** What a link in a mail is good for. */
export const linkActions = [...answerActions, 'confirm', 'unsubscribe'] as const
export type LinkAction = (typeof linkActions)[number]

/** How an answer came: a link proves only that somebody, or something, had the mail. */
export const vias = ['mail-link', 'page', 'command'] as const
export type Via = (typeof vias)[number]

/** An answer that stands, as far as deciding needs it. */
export interface Given {
  readonly action: AnswerAction
  /** The notice it answers. */
  readonly notice: string
  readonly countedTo: Day
  readonly offsetDays: number
  readonly purpose: Purpose
  /** Whose notice it was, and whom that stood for. */
  readonly personId: number
  readonly onBehalfOf: number | undefined
  /** A snooze's day. */
  readonly untilOn: Day | undefined
  readonly answeredAt: Instant
  readonly via: Via
}
