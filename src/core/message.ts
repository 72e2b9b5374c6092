// One mail to one person: its states and the moves between them, and what a daily mail is made of.
// *Sent* means accepted by a mail server, never delivered; *captured* means kept here to be read.

import type { AnswerAction } from './answer.ts'
import type { Language, Mark, Words } from './certification.ts'
import type { Day } from './day.ts'
import type { OwnDigestView } from './digest.ts'
import type { NewsBlock } from './news.ts'
import type { ObligationKind, Tier } from './obligation.ts'

/** The reminders of a day, the status of a week, the link that somebody asked for to sign in. */
export type MessageKind = 'daily' | 'digest' | 'sign-in'

export const messageStates = [
  'planned', 'claimed', 'gated', 'sent', 'captured', 'deferred', 'rejected', 'abandoned', 'cancelled', 'quarantined',
] as const
export type MessageState = (typeof messageStates)[number]

/**
 * The allowed moves (design 5). `claimed` may be released unstarted to where it came from; `gated` is
 * in doubt once its lease ran out, and is then resent with the same bytes: a rare duplicate beats a
 * missed deadline. After a restore nobody knows what had been sent since the backup: what fell due in between is
 * quarantined until a person releases or drops it.
 */
export const messageMoves: Readonly<Record<MessageState, readonly MessageState[]>> = {
  planned: ['claimed', 'cancelled', 'quarantined'],
  claimed: ['gated', 'captured', 'planned', 'deferred', 'rejected', 'abandoned', 'cancelled', 'quarantined'],
  gated: ['sent', 'deferred', 'rejected', 'abandoned', 'quarantined'],
  deferred: ['claimed', 'cancelled', 'quarantined'],
  quarantined: ['planned', 'deferred', 'cancelled'],
  rejected: ['deferred'],
  abandoned: ['deferred'],
  sent: [],
  captured: [],
  cancelled: [],
}

/** What is said of a mail that a person took out of quarantine because it had been sent before the restore. */
export const sentBeforeRestore = 'sent before the restore'

export const maxAttempts = 14

/**
 * Returns when to try again after the nth failed attempt (n from 1): 1, 2, 4 … minutes, at most four
 * hours; undefined when it is time to give up, with an alarm. Fourteen attempts span a day.
 */
export function nextAttemptAfter(attempt: number): Temporal.Duration | undefined {
  if (attempt >= maxAttempts) return undefined
  return Temporal.Duration.from({ minutes: Math.min(2 ** (attempt - 1), 240) })
}

/**
 * Returns how long a mail waits that is in doubt for the nth time: not at all twice, since a lease has passed already;
 * undefined when it is time to give up. A server that always hangs up after keeping must not get a copy for ever.
 */
export function nextAfterDoubt(doubts: number): Temporal.Duration | undefined {
  return doubts < 3 ? Temporal.Duration.from({ minutes: 0 }) : nextAttemptAfter(doubts) && nextAttemptAfter(doubts - 1)
}

/** Stands for the rules of a scheme where a person's name could stand. */
export const byTheRules = '§'

export const purposes = ['reminder', 'escalation', 'fallback'] as const
/** Why a person hears: it is theirs; it went up to them; nobody nearer could be reached. */
export type Purpose = (typeof purposes)[number]

/** A certification that a visit serves, with what is due of it. */
export interface Served {
  readonly scheme: Words
  readonly name: string
  readonly titles: readonly Words[]
  readonly dueOn: Day
  readonly latestOn: Day | undefined
}

/** One line of a daily mail: the duties of one certification that end on the same day. */
export interface Line {
  readonly purpose: Purpose
  /** The visit all its duties are met by, where it serves several certifications: then it stands for all of them. */
  readonly visit?: { readonly title: string; readonly serves: readonly Served[] } | undefined
  /** Where the day of its visit was moved, and this is the first mail about the new one. */
  readonly visitMoved?: { readonly from: Day; readonly to: Day; readonly by: string | undefined; readonly movedBy: 'body' | 'us'; readonly reason: string | undefined } | undefined
  readonly certification: {
    readonly id: number
    /** The scheme's name, such as ISO/IEC 27001:2022. */
    readonly scheme: Words
    readonly name: string
    readonly organisation: string
    readonly certificateNumber: string | undefined
    readonly certificationBody: string | undefined
    /** Certifications riding on this one, which have no line of their own. */
    readonly riders: readonly string[]
  }
  readonly duties: readonly {
    readonly obligationId: number
    readonly kind: ObligationKind
    readonly title: Words
    readonly basis: string
    readonly mark: Mark
  }[]
  readonly tier: Tier
  /** The tightest notice reached, by its configured text, such as `P30D` or `overdue-1`. */
  readonly notice: string
  readonly countedTo: Day
  readonly dueOn: Day
  readonly latestOn: Day | undefined
  readonly bookedOn: Day | undefined
  readonly opensOn: Day | undefined
  /** From the mail's day to `countedTo`; 0 on the day, negative after it. */
  readonly daysLeft: number
  /** True once the last allowed day (the looser where two are given) has passed. */
  readonly late: boolean
  /** True where the notice was reached on an earlier day than the mail's: it says so. */
  readonly belated: boolean
  readonly movedFrom: Day | undefined
  /** Who moved it: a person's name, `byTheRules`, or undefined where nobody is named. */
  readonly movedBy: string | undefined
  /** Who owns it, where the reader does not. */
  readonly owner: string | undefined
  /** What missing it costs; undefined until it is late, and where nothing is known of it. */
  readonly costs: Words | undefined
  /** What to do next: open steps, or the usual first move for the kind; at most three. */
  readonly next: readonly Words[]
  /** The rows of the ledger it stands for. */
  readonly notices?: readonly number[] | undefined
  /** What its reader may answer, and by which link. */
  readonly links?: readonly { readonly action: AnswerAction; readonly href: string }[] | undefined
  readonly provisional: boolean
}

export interface DailyView {
  readonly to: { readonly id: number; readonly name: string }
  readonly language: Language
  readonly day: Day
  /** Sorted: late first, then tier, then day. */
  readonly lines: readonly Line[]
  /** What is told besides, in the order a reader needs it. */
  readonly news: readonly NewsBlock[]
  /** On the day of an owner's weekly mail, what that has besides the lines. */
  readonly ahead?: OwnDigestView | undefined
  /** Where the pages are; links are this plus a path such as `/certifications/12`. */
  readonly url: string
  readonly rehearsal: boolean
}

/** The words of one mail, in one language: what composing gives and bytes are made of. */
export interface Letter {
  readonly subject: string
  readonly text: string
  readonly html: string
}
