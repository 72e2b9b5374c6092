// From a record and the rules of its scheme to what must be done by when: every duty of the current
// cycle. Nothing is stored and nothing chained: each day is counted anew from the anchor it names.

import { type Anchor, currentCycle, type Cycle, type CycleKind, type Words } from './certification.ts'
import type { Calendar } from './calendar.ts'
import { compareDays, type Day, earliest, isAfter } from './day.ts'
import type { Derived } from './obligation.ts'
import { bindsIn, type Happened, listOccurrences, type Occurrence, type Scene } from './occurrence.ts'
import { footingOf, type Rule, type Scheme } from './scheme.ts'
import { addSpan } from './span.ts'
import { type Standing, standingOfCycle, suspensionOn } from './standing.ts'
import { type Facts, rulesOf, validityOf, weakest } from './validity.ts'

/** A record as far as its duties follow from it, with the calendar of its organisation. */
export interface DerivationFacts extends Facts {
  readonly calendar: Calendar
  /** What became of the duties of the current cycle so far; others may depend on it. */
  readonly happened?: readonly Happened[] | undefined
  readonly enteredOn?: Day | undefined
}

/** What a question about a cycle that is not stored brings along. */
export interface PlannedCycle {
  readonly anchors: readonly Anchor[]
  readonly options: Readonly<Record<string, string>>
  readonly kind: CycleKind
  readonly calendar: Calendar
  readonly country?: string | undefined
}

const titles = {
  restoration: { en: 'Restoration decided', zh: '恢复认证的决定' },
  'suspension-end': { en: 'Suspension ended by a decision to restore', zh: '暂停期满前恢复' },
} satisfies Record<string, Words>

/**
 * Returns the duties of the current cycle on `asOf`, by due day, then rule.
 *
 * A certification that is withdrawn, given up, archived or replaced owes nothing. One that expired and
 * cannot be restored keeps what asks about the expiry, and what is owed whether the paper is valid or not.
 */
export function deriveObligations(scheme: Scheme, facts: DerivationFacts, asOf: Day): readonly Derived[] {
  const cycle = currentCycle(facts)
  if (!cycle) return []
  const standing = standingOfCycle(scheme, facts, cycle, asOf)
  if (standing.over) return []
  const rules = rulesOf(scheme, facts, cycle, asOf)
  const asked = hasEnded.has(standing.state) ? rules.rules.filter((rule) => rule.kind === 'expiry' || rule.outlives) : rules.rules
  const question = { facts, cycle, asOf }
  return sorted([...dutiesOf(rules, asked, question), ...dutiesOfState(rules, standing, question)])
}

const hasEnded: ReadonlySet<Standing['state']> = new Set(['expired', 'archived', 'deprecated'])

/** Returns every duty that a cycle with these days would have, whatever has expired by `asOf`. */
export function planCycle(scheme: Scheme, planned: PlannedCycle, asOf: Day): readonly Derived[] {
  const { anchors, kind, ...given } = planned
  const cycle: Cycle = { number: 1, kind, anchors }
  const question = { facts: { ...given, cycles: [cycle], decisions: [] }, cycle, asOf }
  const standing = standingOfCycle(scheme, question.facts, cycle, asOf)
  const rules = rulesOf(scheme, question.facts, cycle, asOf)
  return sorted([...dutiesOf(rules, rules.rules, question), ...dutiesOfState(rules, standing, question)])
}

interface Question {
  readonly facts: DerivationFacts
  readonly cycle: Cycle
  readonly asOf: Day
}

function dutiesOf(scheme: Scheme, rules: readonly Rule[], { facts, cycle, asOf }: Question): Derived[] {
  const scene: Scene = {
    scheme, validity: validityOf(scheme, facts, cycle, asOf), calendar: facts.calendar,
    happened: facts.happened ?? [], enteredOn: facts.enteredOn, asOf,
  }
  const hasParent = facts.parent !== undefined && (scheme.restsOn === undefined || footingOf(scheme, facts.options) !== undefined)
  // Applied for in time, it does not expire any more: it waits for a decision.
  const isAsked = (rule: Rule): boolean => rule.kind !== 'expiry' || scene.validity.appliedOn === undefined
  return rules.filter((rule) => bindsIn(rule, scene) && isAsked(rule)).flatMap((rule) => dutiesOfRule(rule, scene, hasParent ? 'rides' : 'stands alone'))
}

type Footing = 'rides' | 'stands alone'

function dutiesOfRule(rule: Rule, scene: Scene, footing: Footing): Derived[] {
  const end = scene.validity.end?.on
  return listOccurrences(rule, scene)
    .filter(({ due }) => rule.outlives || end === undefined || !isAfter(due.day, end))
    .filter(({ due }) => !rule.whileAhead || !isAfter(scene.asOf, due.day))
    .map((occurrence) => dutyOf(rule, occurrence, scene, footing))
}

function dutyOf(rule: Rule, occurrence: Occurrence, scene: Scene, footing: Footing): Derived {
  const { ordinal, opensOn, due, latestOn, year, part } = occurrence
  // The parent's own audit meets it, and the parent's line names it; until a visit is booked, the ladder of
  // the visit says so, and what prepares it keeps quiet.
  const quiet = (rule.rides && footing === 'rides') || occurrence.tentative
  return {
    cycle: scene.validity.cycle.number, ruleId: rule.id, ordinal, kind: rule.kind, tier: rule.tier,
    ladder: quiet ? 'none' : rule.ladder,
    title: titled(rule.title, year, part), opensOn: earliest(opensOn, opensOn && due.day),
    dueOn: due.day, latestOn: latestOn && isAfter(latestOn, due.day) ? latestOn : undefined,
    metBy: rule.metBy, owedBy: rule.owedBy, basis: [...new Set([rule.basis, ...due.sources.map((one) => one.basis)])].join('; '),
    mark: weakest(rule.mark, ...due.sources.map((one) => one.mark)), provisional: due.provisional,
  }
}

function titled({ en, zh }: Words, year: number, part: number): Words {
  const filled = (text: string): string => text.replaceAll('{year}', String(year)).replaceAll('{part}', String(part))
  return { en: filled(en), zh: filled(zh) }
}

function dutiesOfState(scheme: Scheme, standing: Standing, question: Question): Derived[] {
  return [restorationOf(scheme, standing, question), suspensionOf(scheme, standing, question), ...begunByState(scheme, standing, question)].filter((one) => one !== undefined)
}

// To stop using the mark, to tell the customers: owed from the day it is suspended, or the day after it expired.
function begunByState(scheme: Scheme, standing: Standing, { facts, cycle, asOf }: Question): Derived[] {
  const suspension = standing.state === 'suspended' ? suspensionOn(scheme, facts, cycle, asOf) : undefined
  if (suspension) return stateDuties(scheme.whileSuspended, suspension.since, { ordinal: suspension.ordinal, cycle, facts })
  const isExpired = standing.state === 'expired' || standing.state === 'expired-restorable'
  return isExpired && standing.validUntil ? stateDuties(scheme.whileExpired, standing.validUntil.add({ days: 1 }), { ordinal: 1, cycle, facts }) : []
}

interface Began { readonly ordinal: number; readonly cycle: Cycle; readonly facts: DerivationFacts }

function stateDuties(rules: Scheme['whileSuspended'], since: Day, { ordinal, cycle, facts }: Began): Derived[] {
  // What had begun before the record was entered is past and done with: a register brings many that expired long ago.
  if (!facts.enteredOn || isAfter(facts.enteredOn, since)) return []
  return rules.map((rule) => {
    const due = addSpan(since, rule.due, facts.calendar)
    return {
      cycle: cycle.number, ruleId: rule.id, ordinal, kind: rule.kind, tier: rule.tier, ladder: rule.ladder, title: rule.title, opensOn: since, dueOn: due.day,
      latestOn: undefined, metBy: rule.metBy, owedBy: 'organisation', basis: rule.basis, mark: rule.mark, provisional: due.provisional,
    }
  })
}

const limit = { tier: 'A', ladder: 'suspension-end', metBy: 'decided', owedBy: 'organisation', latestOn: undefined, provisional: false } as const

function restorationOf(scheme: Scheme, standing: Standing, { cycle }: Question): Derived | undefined {
  if (standing.state !== 'expired-restorable' || !scheme.restoration || !standing.restorableUntil) return undefined
  const { basis, mark } = scheme.restoration
  return {
    ...limit, cycle: cycle.number, ruleId: 'restoration', ordinal: 1, kind: 'restoration', title: titles.restoration,
    opensOn: standing.endsOn?.add({ days: 1 }), dueOn: standing.restorableUntil, basis, mark,
  }
}

// A suspension cannot outlast the certificate: its limit is the earlier of the two ends.
function suspensionOf(scheme: Scheme, standing: Standing, { facts, cycle, asOf }: Question): Derived | undefined {
  const suspension = standing.state === 'suspended' ? suspensionOn(scheme, facts, cycle, asOf) : undefined
  const dueOn = suspension?.untilOn && earliest(suspension.untilOn, standing.endsOn)
  if (!suspension || !dueOn) return undefined
  const source = suspension.stated ? undefined : scheme.suspension
  return {
    ...limit, cycle: cycle.number, ruleId: 'suspension-end', ordinal: suspension.ordinal, kind: 'suspension-end',
    title: titles['suspension-end'], opensOn: earliest(suspension.since, dueOn), dueOn,
    basis: source?.basis ?? 'last day as the decision to suspend states it', mark: source?.mark ?? 'confirmed',
  }
}

function sorted(duties: readonly Derived[]): readonly Derived[] {
  return duties.toSorted((a, b) =>
    compareDays(a.dueOn, b.dueOn) || (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : a.ordinal - b.ordinal))
}
