// What a person is told besides the notices of ladders, each thing once: something is theirs now, a duty has
// nobody, a mail came back, a closure is near, something was past when it was entered, a link answered for them.

import type { AnswerAction } from './answer.ts'
import type { Words } from './certification.ts'
import type { Day } from './day.ts'
import type { ObligationKind } from './obligation.ts'

export const newsKinds = ['assigned', 'gap', 'bounced', 'not-mine', 'closure', 'unconfirmed', 'answered'] as const
export type NewsKind = (typeof newsKinds)[number]

/** Ids, days and states of what happened; names and titles are read when it is told. */
export type NewsFacts = Readonly<Record<string, string | number | null>>

/** Why a duty reaches nobody by itself. */
export const gapCauses = ['no-owner', 'left', 'no-address'] as const
export type GapCause = (typeof gapCauses)[number]

/** One thing told, as a mail names it. */
export interface NewsItem {
  readonly certificationId: number | undefined
  readonly scheme: Words | undefined
  readonly name: string | undefined
  readonly title: Words | undefined
  readonly kind: ObligationKind | undefined
  /** The day it counts to, where there is one. */
  readonly on: Day | undefined
  /** Who is meant: who assigned it, whose mail came back, who says it is not theirs, who has left. */
  readonly person: string | undefined
  readonly cause: GapCause | undefined
  /** What somebody wrote beside it; of a mail that came back, to which address. */
  readonly remark: string | undefined
  /** What a link answered, with the day of a snooze or of what was done. */
  readonly answer?: {
    readonly action: AnswerAction
    readonly on: Day | undefined
    /** The row of the ledger it answers, while it can be taken back. */
    readonly notice: number | undefined
  } | undefined
  /** Where it is looked at or taken back; without one, at its certification. */
  readonly href?: string | undefined
}

/** All that is told of one kind; `items` are the first of `count`. */
export interface NewsBlock {
  readonly kind: NewsKind
  readonly count: number
  readonly items: readonly NewsItem[]
  /** The closure it is about: its first and last day off. */
  readonly closure: { readonly from: Day; readonly to: Day } | undefined
  /** Where all of it is answered or seen at once. */
  readonly href: string | undefined
}

/** In the order in which a reader needs them. */
export const newsOrder: readonly NewsKind[] = ['unconfirmed', 'gap', 'bounced', 'not-mine', 'answered', 'assigned', 'closure']
