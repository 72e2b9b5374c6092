// What people answer to a notice from their mail, and what an answer may do: quiet what can wait, and never
// the last two notices before a day nor anything after it.

import { type Day, type Instant, isAfter } from './day.ts'
import type { Purpose } from './message.ts'
import type { Obligation } from './obligation.ts'

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

/** What an answer does to one duty. */
export type Effect = 'heard' | 'quiet' | 'submitted' | 'met' | 'passed-back'

/** Why an answer can do nothing for one duty. */
export type Hindrance = 'ended' | 'submitted' | 'expiry' | 'moved' | 'reassigned' | 'too-near' | 'past-limit'

export type AnswerDecision = { readonly ok: true; readonly effect: Effect } | { readonly ok: false; readonly refusal: Hindrance }

/** A notice with its duty, as far as answering it needs them. */
export interface Answered {
  readonly obligation: Pick<Obligation, 'state' | 'kind' | 'tier' | 'metBy'>
  /** False once the duty is somebody else's, or its day has moved, since the notice was said. */
  readonly isTheirs: boolean
  readonly isCurrent: boolean
  /** The last day a snooze may name; undefined where none may. */
  readonly snoozableUntil: Day | undefined
}

const no = (refusal: Hindrance): AnswerDecision => ({ ok: false, refusal })
const yes = (effect: Effect): AnswerDecision => ({ ok: true, effect })

/**
 * Decides what an answer does to one duty; `untilOn` is a snooze's day, left out where none is named yet.
 *
 * A link proves only that somebody had the mail: a duty of tier A is never met by one, whatever its rule
 * asks for, and an expiry has no "done" at all.
 */
export function decideAnswer(action: AnswerAction, answered: Answered, untilOn?: Day): AnswerDecision {
  const { obligation, isTheirs, isCurrent, snoozableUntil } = answered
  if (obligation.state !== 'open' && obligation.state !== 'submitted') return no('ended')
  if (!isTheirs) return no('reassigned')
  if (action === 'not-mine') return yes('passed-back')
  if (action === 'done') return decideDone(obligation)
  if (!isCurrent) return no('moved')
  if (action === 'acknowledge') return yes('heard')
  if (obligation.state === 'submitted') return no('submitted')
  if (snoozableUntil === undefined) return no('too-near')
  return untilOn && isAfter(untilOn, snoozableUntil) ? no('past-limit') : yes('quiet')
}

function decideDone({ state, kind, tier, metBy }: Answered['obligation']): AnswerDecision {
  if (kind === 'expiry') return no('expiry')
  if (state === 'submitted') return no('submitted')
  return yes(tier !== 'A' && (metBy === 'submitted' || metBy === 'carried-out') ? 'met' : 'submitted')
}
