// The record: what is certified, under which scheme, for whom; its cycles with the days they are
// counted from; the decisions taken on it. What follows from them is derived elsewhere, never stored.

import type { Day, Instant } from './day.ts'

/** A text for people in the two languages of the product. */
export interface Words { readonly en: string; readonly zh: string }

export type Language = 'en' | 'zh'
export const languages = ['en', 'zh'] as const

/** How far a value can be trusted: stated by a source, computed from stated ones, or our default. */
export type Mark = 'confirmed' | 'derived' | 'unverified'

export type CycleKind = 'initial' | 'recertification'

/** A day that rules count from, such as `decision` or `expiry`. */
export interface Anchor {
  readonly name: string
  readonly day: Day
  /** True where the record lacked it and another day stands in, which screens say. */
  readonly assumed: boolean
}

/** From a (re)certification decision to its expiry; numbered from 1. */
export interface Cycle {
  readonly number: number
  readonly kind: CycleKind
  readonly anchors: readonly Anchor[]
}

export const decisionKinds = [
  'grant', 'maintain', 'renew', 'suspend', 'restore', 'withdraw', 'cancel', 'extend', 'archive',
  'expand-scope', 'reduce-scope', 'refuse', 'transfer',
] as const
export type DecisionKind = (typeof decisionKinds)[number]

/** What a decision replaced, as it was before. */
export interface Replaced {
  readonly certificateNumber?: string
  readonly certificationBody?: string
  readonly scope?: string
}

/** One decision on a certification (ISO/IEC 17021-1, 9.5 and 9.6); `cancel` is giving it up (注销). */
export interface Decision {
  readonly kind: DecisionKind
  readonly cycle: number
  readonly decidedOn: Day
  /** The last day of a suspension, or the new last day of an extension. */
  readonly untilOn?: Day | undefined
  readonly reason?: string | undefined
  readonly was?: Replaced | undefined
}

export const coverageKinds = ['organisation', 'site'] as const
export type CoverageKind = (typeof coverageKinds)[number]

export interface Certification {
  readonly id: number
  readonly organisationId: number
  readonly scheme: string
  /** Options of the scheme, such as `{ level: '3' }` or `{ edition: '2022' }`. */
  readonly options: Readonly<Record<string, string>>
  /** ISO 3166, where the rules of another country than the organisation's apply. */
  readonly country: string | undefined
  /** What is certified: a system, a product, a site. */
  readonly name: string
  readonly scope: string | undefined
  /** The name on the certificate where it is not the organisation's own. */
  readonly holder: string | undefined
  /** Organisations and sites that the certificate covers besides its holder, as its annex names them. */
  readonly covers: readonly string[]
  readonly sites: readonly string[]
  readonly certificateNumber: string | undefined
  readonly certificationBody: string | undefined
  readonly ownerId: number | undefined
  /** Words of the user's own, in lower case, each once (tag.ts). */
  readonly tags: readonly string[]
  readonly parentId: number | undefined
  /** The day the record was entered here; duties already past then are unconfirmed. */
  readonly enteredOn: Day
  readonly createdAt: Instant
  readonly cycles: readonly Cycle[]
  readonly decisions: readonly Decision[]
}

/** Returns the running cycle: the one with the highest number. */
export function currentCycle(certification: Pick<Certification, 'cycles'>): Cycle | undefined {
  return certification.cycles.reduce<Cycle | undefined>(
    (last, cycle) => (last === undefined || cycle.number > last.number ? cycle : last), undefined)
}

export function anchorOf(cycle: Cycle | undefined, name: string): Day | undefined {
  return cycle?.anchors.find((anchor) => anchor.name === name)?.day
}
