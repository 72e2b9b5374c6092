// The weekly status for compliance managers: its blocks, in the order a reader needs them.
// What stands in a block is decided by the use case; how it looks, by the mail room.

import type { Language, Words } from './certification.ts'
import type { Day, Instant } from './day.ts'
import type { Owed } from './finding.ts'
import type { ObligationKind, Tier } from './obligation.ts'

export type Light = 'red' | 'amber' | 'green' | 'grey'

/** Who has to move next: its owner, whom a step waits on, or the body once it is handed in; and since when. */
export interface Ball {
  readonly holder: 'owner' | 'waits' | 'handed-in'
  /** Undefined where nobody owns it, or nobody knows the body's name. */
  readonly name: string | undefined
  readonly since: Day | undefined
}

/** One duty as a digest names it. */
export interface DigestDuty {
  readonly obligationId: number
  readonly certificationId: number
  readonly scheme: Words
  readonly name: string
  readonly organisation: string
  readonly kind: ObligationKind
  readonly tier: Tier
  readonly title: Words
  readonly dueOn: Day
  readonly latestOn: Day | undefined
  readonly bookedOn: Day | undefined
  readonly daysLeft: number
  readonly light: Light
  /** The owner's name, or undefined where nobody owns it. */
  readonly owner: string | undefined
  readonly ball: Ball
  /** The day it is expected to be done as things stand; `days` after its last allowed day, negative before it. */
  readonly forecast: { readonly on: Day; readonly days: number } | undefined
  readonly provisional: boolean
  readonly unverified: boolean
}

/** One open finding as a digest names it. */
export interface DigestFinding {
  readonly findingId: number
  readonly certificationId: number
  readonly scheme: Words
  readonly name: string
  readonly audit: string | undefined
  readonly grade: Words
  readonly number: string | undefined
  readonly title: string
  readonly owed: Owed['what']
  /** Undefined where no rule and no letter sets a day. */
  readonly dueOn: Day | undefined
  readonly daysLeft: number | undefined
  readonly light: Light
  readonly owner: string | undefined
}

/** Why something needs the reader. */
export type Need =
  | { readonly kind: 'no-owner'; readonly certifications: number; readonly exampleId: number; readonly example: string }
  | { readonly kind: 'unconfirmed'; readonly duties: number }
  | { readonly kind: 'expired'; readonly certifications: number; readonly exampleId: number; readonly example: string }
  | { readonly kind: 'unreachable'; readonly personId: number; readonly person: string; readonly cause: 'no-address' | 'rejected' }
  | { readonly kind: 'unbooked'; readonly duty: DigestDuty; readonly bookBy: Day }
  | { readonly kind: 'booked-day-passed'; readonly duty: DigestDuty }
  | { readonly kind: 'not-mine'; readonly duty: DigestDuty; readonly person: string }
  | { readonly kind: 'owner-left'; readonly duties: number; readonly person: string; readonly exampleId: number; readonly example: string }
  | { readonly kind: 'failed-mail'; readonly messages: number }
  | { readonly kind: 'not-live'; readonly organisation: string; readonly captured: number }

export type ChangeKind =
  | 'granted' | 'refused' | 'renewed' | 'transferred' | 'scope-changed' | 'suspended' | 'restored' | 'withdrawn' | 'given-up' | 'extended' | 'archived'
  | 'added' | 'moved' | 'met' | 'booked' | 'owner-changed'

export interface Change {
  readonly kind: ChangeKind
  readonly on: Day
  readonly certificationId: number
  readonly scheme: Words
  readonly name: string
  readonly title: Words | undefined
  readonly from: Day | undefined
  readonly to: Day | undefined
  readonly by: string | undefined
  /** How many alike this line stands for: an import of 600 is one line. */
  readonly count: number
}

export interface Running {
  readonly procedureId: number
  readonly certificationId: number
  readonly title: Words
  readonly name: string
  readonly stage: Words
  readonly stageNumber: number
  readonly stages: number
  readonly percent: number
  readonly next: Words | undefined
  readonly nextOn: Day | undefined
  /** Working days between the planned finish and the target; undefined without a target. */
  readonly slack: number | undefined
  /** What that was a week ago. */
  readonly slackBefore?: number | undefined
  readonly waitsOn: string | undefined
  readonly waitingSince?: Day | undefined
}

/** One week ahead: how many duties fall due in it, and the worst light among them. */
export interface DigestWeek {
  /** ISO week, such as `2026-W48`. */
  readonly week: string
  /** Its first day; of the running week, today. */
  readonly from: Day
  readonly duties: number
  readonly light: Light | undefined
}

/** What a digest looks at: undefined parts are not narrowed. */
export interface DigestNarrowing {
  readonly organisations: readonly string[] | undefined
  readonly schemes: readonly Words[] | undefined
  readonly tags: readonly string[] | undefined
}

/** Many duties in few working days, or what falls due while everything is closed. */
export interface Cluster {
  readonly kind: 'crowd' | 'closure'
  readonly from: Day
  readonly to: Day
  readonly duties: number
}

export interface DigestView {
  readonly to: { readonly id: number; readonly name: string }
  readonly language: Language
  readonly organisation: string
  readonly narrowing: DigestNarrowing | undefined
  /** ISO week, such as `2026-W48`. */
  readonly week: string
  readonly day: Day
  readonly cutOffAt: Instant
  readonly zone: string
  readonly url: string
  readonly rehearsal: boolean
  /** Numbers of whole blocks, though a block shows only its first lines. */
  readonly counts: {
    readonly needsYou: number; readonly inDanger: number; readonly late: number
    readonly findings: number; readonly next30: number; readonly in31to90: number; readonly in91to180: number; readonly running: number
  }
  /** The same counts in last week's digest, where there was one. */
  readonly before: { readonly inDanger: number; readonly late: number; readonly needsYou: number; readonly findings?: number | undefined } | undefined
  readonly needsYou: readonly Need[]
  readonly lateOrInDanger: readonly DigestDuty[]
  /** Open findings, major ones first. */
  readonly findings: readonly DigestFinding[]
  readonly next30: readonly DigestDuty[]
  readonly clusters: readonly Cluster[]
  /** The next 26 weeks, this one first. */
  readonly weeks: readonly DigestWeek[]
  readonly running: readonly Running[]
  readonly changed: readonly Change[]
  readonly register: {
    readonly valid: number; readonly suspended: number; readonly expired: number; readonly archived: number
    readonly ended: number; readonly notPlanned: number; readonly unverified: number; readonly provisional: number
  }
  readonly trust: {
    readonly checks: number; readonly lastCheckAt: Instant | undefined
    /** From when mail is counted: the last digest, or a week ago where that was later. */
    readonly mailSince: Instant
    readonly sent: number; readonly captured: number; readonly failed: number
    /** Mails that should have left and have not. */
    readonly waiting: number
    /** People whose address a mail server refused; people without one. */
    readonly bounced: number; readonly unreachable: number
    readonly withoutOwner: number; readonly ownerLeft: number; readonly incomplete: number
  }
}

/** A button beside a duty. */
export interface DigestLink { readonly label: string; readonly href: string }

export interface OwnDigestItem extends DigestDuty { readonly links?: readonly DigestLink[] | undefined }

/** The weekly mail of an owner: what of their own is late or in danger, and their next 30 days. */
export interface OwnDigestView {
  readonly to: { readonly id: number; readonly name: string }
  readonly language: Language
  readonly organisation: string
  readonly week: string
  readonly day: Day
  readonly cutOffAt: Instant
  readonly zone: string
  readonly url: string
  readonly rehearsal: boolean
  readonly counts: { readonly inDanger: number; readonly late: number; readonly next30: number }
  readonly lateOrInDanger: readonly OwnDigestItem[]
  /** Also those above; each is said once. */
  readonly next30: readonly OwnDigestItem[]
}
