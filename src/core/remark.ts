// What a reader of one record should know besides its days: which rules hold, where sources contradict
// each other, what it rests on, and what does not fit. Remarks are shown; they decide nothing.

import { anchorOf, type Words } from './certification.ts'
import { type Day, earliest, isAfter, nthAfter } from './day.ts'
import type { Finding } from './finding.ts'
import { setsInForce } from './rule-set.ts'
import { parentExpiry } from './scheme-shape.ts'
import { chosenValues, completeCycle, disputesOf, footingOf, type Scheme } from './scheme.ts'
import { type CertificationState, cycleOn, standingOfCycle } from './standing.ts'
import { type Facts, rulesOf } from './validity.ts'

export type Remark = RecordRemark | FindingRemark

export type RecordRemark =
  /** A version of the rules, or those of a country, holds for it. */
  | { readonly kind: 'rule-set'; readonly title: Words }
  /** Sources differ on an option; the reading taken, and what each says. */
  | { readonly kind: 'disputed'; readonly option: Words; readonly value: Words; readonly says: Words }
  /** It was decided to an edition after the last day on which that was possible. */
  | { readonly kind: 'edition-closed'; readonly edition: Words; readonly until: Day; readonly decidedOn: Day }
  /** Restoration must not be counted on. */
  | { readonly kind: 'restoration-doubtful'; readonly says: Words }
  /** What it rests on has lapsed, which does not end it by rule: somebody should ask. */
  | { readonly kind: 'footing-lapsed'; readonly state: CertificationState; readonly endsOn: Day | undefined }
  /** What it rests on has been renewed since it was decided: has this been renewed with it? */
  | { readonly kind: 'footing-renewed'; readonly on: Day }
  /** It was withdrawn, and no body takes a new application before a day. */
  | { readonly kind: 'locked-out'; readonly until: Day; readonly basis: string }
  /** What it rests on is not recorded. */
  | { readonly kind: 'footing-unknown'; readonly schemes: readonly string[] }

/** A finding is open that keeps the renewal from being decided; late once its own last day or the renewal's has passed. */
export interface FindingRemark {
  readonly kind: 'finding-open'
  readonly findingId: number
  readonly grade: Words
  readonly number: string | undefined
  readonly title: string
  /** The last day for its verification, or the renewal's where that is earlier. */
  readonly dueOn: Day | undefined
  readonly late: boolean
}

const lapsed: ReadonlySet<CertificationState> = new Set([
  'suspended', 'expired-restorable', 'expired', 'deprecated', 'withdrawn', 'cancelled', 'archived',
])

/** Returns the remarks on a record as of a day, the weightiest first. */
export function remarksOf(scheme: Scheme, facts: Facts, asOf: Day): readonly RecordRemark[] {
  const cycle = cycleOn(scheme, facts, asOf)
  if (!cycle) return []
  const rules = rulesOf(scheme, facts, cycle, asOf)
  const complete = completeCycle(rules, cycle)
  const standing = standingOfCycle(scheme, facts, cycle, asOf)
  if (standing.state === 'withdrawn' && rules.lockout && standing.endsOn) return lockedOut(rules.lockout, standing.endsOn, asOf)
  if (standing.over) return []
  return [
    ...footing(rules, facts, anchorOf(complete, parentExpiry) !== undefined),
    ...renewedFooting(rules, facts, anchorOf(complete, rules.begins)),
    ...closedEditions(rules, facts, anchorOf(complete, rules.begins)),
    ...rules.restoration?.doubt ? [{ kind: 'restoration-doubtful' as const, says: rules.restoration.doubt }] : [],
    ...disputesOf(rules, facts.options).map(({ title, value, says }): RecordRemark => ({ kind: 'disputed', option: title, value, says })),
    ...setsInForce(scheme, { country: facts.country, beganOn: anchorOf(complete, scheme.begins) }, asOf)
      .map(({ title }): RecordRemark => ({ kind: 'rule-set', title })),
  ]
}

function lockedOut({ after, basis }: NonNullable<Scheme['lockout']>, withdrawnOn: Day, asOf: Day): RecordRemark[] {
  const until = nthAfter(withdrawnOn, after.duration, 1)
  return isAfter(asOf, until) ? [] : [{ kind: 'locked-out', until, basis }]
}

function footing(scheme: Scheme, { parent, options }: Facts, isStated: boolean): RecordRemark[] {
  const restsOn = footingOf(scheme, options)
  if (!restsOn) return []
  if (!parent) return isStated ? [] : [{ kind: 'footing-unknown', schemes: restsOn.schemes }]
  // With one that ends together with what it rests on, the standing says so already.
  if (restsOn.lapse === 'ends' || !lapsed.has(parent.state)) return []
  return [{ kind: 'footing-lapsed', state: parent.state, endsOn: parent.endsOn }]
}

// Its end follows the parent's, also where only the parent was renewed: that must not pass unseen.
function renewedFooting(scheme: Scheme, { parent, options }: Facts, beganOn: Day | undefined): RecordRemark[] {
  if (footingOf(scheme, options)?.lapse !== 'ends' || !parent?.beganOn || !beganOn) return []
  return isAfter(parent.beganOn, beganOn.add({ months: 6 })) ? [{ kind: 'footing-renewed', on: parent.beganOn }] : []
}

function closedEditions(scheme: Scheme, facts: Facts, decidedOn: Day | undefined): RecordRemark[] {
  if (!decidedOn) return []
  return chosenValues(scheme, facts.options).flatMap(({ value }): RecordRemark[] => (value.accepts && isAfter(decidedOn, value.accepts.until)
    ? [{ kind: 'edition-closed', edition: value.named ?? value.title, until: value.accepts.until, decidedOn }] : []))
}

/** Returns the remarks on open findings that block, given those open on `asOf`; `limitOn` is the last day for the renewal. */
export function findingRemarks(open: readonly (Omit<Finding, 'grade'> & { readonly grade: Words })[], limitOn: Day | undefined, asOf: Day): readonly FindingRemark[] {
  return open.filter((one) => one.blocks).map((one): FindingRemark => {
    // One found after the renewal's own limit is not late by that.
    const limit = limitOn && isAfter(one.foundOn, limitOn) ? undefined : limitOn
    const dueOn = earliest(one.verifyDueOn ?? one.proofDueOn, limit)
    const own = one.provenOn ? undefined : one.answeredOn ? one.proofDueOn : one.answerDueOn
    const late = [dueOn, own].some((day) => day !== undefined && isAfter(asOf, day))
    return { kind: 'finding-open', findingId: one.id, grade: one.grade, number: one.number, title: one.title, dueOn, late }
  })
}
