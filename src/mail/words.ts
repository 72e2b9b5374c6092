// The shape of every text in a mail. Each language fills it whole, so a missing word fails the type check;
// what the texts are about (which stance a duty has, which block comes first) is decided by the composers.

import type { AnswerAction } from '../core/answer.ts'
import type { Language } from '../core/certification.ts'
import type { Day, Instant } from '../core/day.ts'
import type { Ball, Change, ChangeKind, Cluster, DigestDuty, DigestFinding, DigestView, Light, Need, OwnDigestView } from '../core/digest.ts'
import type { Purpose } from '../core/message.ts'
import type { GapCause, NewsKind } from '../core/news.ts'
import type { ObligationKind } from '../core/obligation.ts'
import { en } from './words-en.ts'
import { zh } from './words-zh.ts'

/**
 * How a duty stands on the mail's day: ahead (`due`, `expires`, `booked`), behind (`late`, `expired`), or
 * between: its booked day went by, the stricter of two readings went by, an outside party has not delivered.
 */
export type Stance = 'due' | 'expires' | 'booked' | 'late' | 'expired' | 'booked-passed' | 'stricter-passed' | 'expected'

/** What a stance is said about. `days` counts to or from the day; never negative. */
export interface Told {
  readonly what: string
  readonly days: number
  /** The day with its weekday, and the short form for a subject. */
  readonly on: string
  readonly shortOn: string
  /** The looser last day, where there are two. */
  readonly latest: string
}

export interface StanceWords {
  readonly subject: (told: Told) => string
  readonly statement: (told: Told) => string
  /** A few characters: what stands beside the name. */
  readonly tag: (days: number) => string
}

export interface DailyWords {
  readonly subject: (certificate: string, statement: string, more: number) => string
  readonly greeting: (name: string) => string
  readonly lead: (lines: number, late: number) => string
  readonly rehearsal: string
  readonly groups: Readonly<Record<'late' | Purpose, { readonly head: string; readonly lead: string }>>
  readonly labels: Readonly<Record<'lastAllowed' | 'readings' | 'booked' | 'window' | 'owner' | 'moved' | 'costs' | 'serves' | 'riders' | 'why' | 'next', string>>
  readonly readings: (stricter: string, looser: string) => string
  readonly window: (from: string, to: string) => string
  /** The owner's name, for one who stands in for them. */
  readonly standIn: (owner: string) => string
  readonly moved: (from: string, to: string, by: string | undefined) => string
  /** What a visit that serves several certifications is called. */
  readonly visit: (title: string, serves: number) => string
  /** What is due of one certification that a visit serves; `latest` where there are two readings. */
  readonly served: (certificate: string, titles: string, on: string, latest: string | undefined) => string
  readonly visitMoved: (from: string, to: string, by: string | undefined, reason: string | undefined) => string
  readonly theBody: string
  readonly certificateNumber: (number: string) => string
  readonly expiresToo: string
  readonly notes: Readonly<Record<'belated' | 'provisional' | 'unverified', string>>
  /** The purpose of a late line, which has no group of its own. */
  readonly purposes: Readonly<Record<Purpose, string>>
  /** What the buttons of a line say. */
  readonly actions: Readonly<Record<AnswerAction, string>>
  readonly moreLines: (count: number) => string
  readonly moreDuties: (count: number) => string
  readonly open: string
  readonly footer: string
  readonly links: Readonly<Record<'home' | 'mail', string>>
}

/** What an entry of news is made of; what is not there is empty. */
export interface NewsTold {
  readonly certificate: string
  /** Empty for an expiry, of which the day says it all. */
  readonly title: string
  readonly on: string
  readonly expires: boolean
  readonly person: string
  readonly cause: GapCause | undefined
  readonly remark: string
  /** What a link answered, and the day it named. */
  readonly action: AnswerAction | undefined
  readonly actionOn: string
}

export interface NewsWords {
  readonly subject: (count: number, first: NewsTold) => string
  /** A closure's first and last day are in its head; elsewhere both are empty. */
  readonly head: (from: string, to: string) => string
  readonly lead: string
  readonly entry: (told: NewsTold) => string
}

export interface DigestWords {
  readonly subject: (week: number, counts: DigestView['counts']) => string
  readonly title: (week: number) => string
  readonly scope: (organisation: string, from: string, to: string, cutOff: string) => string
  /** What it is narrowed to; parts that are not are undefined. */
  readonly narrowing: (to: Readonly<Record<'organisations' | 'schemes' | 'tags', string | undefined>>) => string
  readonly verdict: (counts: DigestView['counts'], checks: number) => string
  readonly since: (counts: DigestView['counts'], before: NonNullable<DigestView['before']>) => string
  readonly rehearsal: string
  readonly figures: Readonly<Record<'late' | 'inDanger' | 'needsYou' | 'next30', string>>
  readonly heads: Readonly<Record<'needsYou' | 'lateOrInDanger' | 'findings' | 'next30' | 'running' | 'changed' | 'register' | 'trust', string>>
  readonly none: Readonly<Record<'lateOrInDanger' | 'next30' | 'changed', string>>
  readonly need: (need: Need, certificate: (duty: DigestDuty) => string, day: (day: Day) => string) => string
  readonly owner: (name: string | undefined) => string
  /** Who has it, and since when. */
  readonly ball: (ball: Ball, since: string | undefined) => string
  /** When it is expected; `days` after its last allowed day, negative before it. */
  readonly forecast: (on: string, days: number) => string
  readonly booked: (on: string | undefined) => string
  readonly lastAllowed: (duty: DigestDuty, day: (day: Day) => string) => string
  /** Where a finding stands: what is owed next. */
  readonly owed: Readonly<Record<DigestFinding['owed'], string>>
  readonly until: (on: string) => string
  readonly unverified: string
  readonly provisional: string
  readonly ahead: (counts: DigestView['counts']) => string
  readonly listedAbove: (count: number) => string
  readonly cluster: (cluster: Cluster, from: string, to: string) => string
  readonly weeks: {
    readonly head: (weeks: number) => string
    readonly today: string
    readonly legend: string
    readonly month: (of: Day, withYear: boolean) => string
    /** The weeks in which something falls due, for who does not see the cells. */
    readonly sentence: (due: readonly { readonly week: number; readonly duties: number }[], weeks: number) => string
  }
  readonly stage: (number: number, stages: number, name: string, percent: number) => string
  readonly nextStep: (step: string, on: string | undefined) => string
  readonly slack: (days: number) => string
  readonly waitsOn: (whom: string, since: string | undefined) => string
  readonly changes: Readonly<Record<ChangeKind, string>>
  readonly change: (change: Change, kind: string, what: string, day: (day: Day) => string) => string
  readonly register: (register: DigestView['register']) => readonly string[]
  readonly trust: (trust: DigestView['trust'], last: string | undefined, mailSince: string) => readonly string[]
  readonly more: (count: number) => string
  /** A short link behind a sentence. */
  readonly open: string
  readonly footer: string
}

export interface SignInWords {
  readonly subject: string
  readonly lead: string
  readonly button: string
  readonly lasts: string
  /** What to do where somebody else asked. */
  readonly ignore: string
  readonly footer: string
}

export interface TestWords {
  readonly subject: string
  readonly lead: (at: string) => string
  readonly ignore: string
  readonly footer: string
}

/** The weekly mail of an owner. */
export interface OwnDigestWords {
  readonly subject: (week: number, counts: OwnDigestView['counts']) => string
  readonly title: (week: number) => string
  readonly scope: (organisation: string, cutOff: string) => string
  readonly lead: (counts: OwnDigestView['counts']) => string
  readonly lateOrInDanger: string
  readonly footer: string
}

export interface MailWords {
  /** For the `lang` attribute. */
  readonly tag: string
  readonly number: (n: number) => string
  /** `Fri 18 Dec 2026`, `2026年12月18日（周五）`. */
  readonly day: (day: Day) => string
  /** `18 Dec`, `12月18日`; with the year where it is not that of `asOf`. */
  readonly shortDay: (day: Day, asOf: Day) => string
  /** The local day and time, with its zone. */
  readonly moment: (at: Instant, zone: string) => string
  readonly list: (items: readonly string[]) => string
  /** Puts apart what stands beside each other in a line of facts. */
  readonly comma: string
  readonly colon: string
  readonly kinds: Readonly<Record<ObligationKind, string>>
  readonly firstMoves: Readonly<Record<ObligationKind, string>>
  /** The first move that a stance asks for, whatever the kind. */
  readonly stanceMoves: Readonly<Partial<Record<Stance, string>>>
  /** The first move of one to whom it was passed up. */
  readonly askOwner: (owner: string) => string
  readonly stances: Readonly<Record<Stance, StanceWords>>
  readonly notice: (notice: string) => string
  readonly lights: Readonly<Record<Light, string>>
  readonly daily: DailyWords
  readonly news: Readonly<Record<NewsKind, NewsWords>>
  /** The link under questions: all of them answered at once. */
  readonly newsAnswer: (count: number) => string
  readonly digest: DigestWords
  readonly signIn: SignInWords
  readonly test: TestWords
  readonly own: OwnDigestWords
}

const byLanguage: Readonly<Record<Language, MailWords>> = { en, zh }

export const wordsIn = (language: Language): MailWords => byLanguage[language]
