// From a record and the rules of its scheme to what must be done by when: every duty of the current
// cycle. Nothing is stored and nothing chained: each day is counted anew from the anchor it names.

import { type Anchor, currentCycle, type Cycle, type CycleKind, type Words } from './certification.ts'
import type { Calendar } from './calendar.ts'
import { compareDays, type Day, earliest, isAfter } from './day.ts'
import type { Derived } from './obligation.ts'
import { listOccurrences, type Scene } from './occurrence.ts'
import { chosenValues, type Rule, type Scheme } from './scheme.ts'
import { endedStates, type Standing, standingOfCycle, suspensionOn } from './standing.ts'
import { type Facts, validityOf, weakest } from './validity.ts'

/** A record as far as its duties follow from it, with the calendar of its organisation. */
export interface DerivationFacts extends Facts {
  readonly calendar: Calendar
}

/** What a question about a cycle that is not stored brings along. */
export interface PlannedCycle {
  readonly anchors: readonly Anchor[]
  readonly options: Readonly<Record<string, string>>
  readonly kind: CycleKind
  readonly calendar: Calendar
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
  if (endedStates.has(standing.state)) return []
  const rules = standing.state === 'expired' ? scheme.rules.filter((rule) => rule.kind === 'expiry' || rule.outlives) : scheme.rules
  return sorted([...dutiesOf(scheme, rules, { facts, cycle, asOf }), ...dutiesOfState(scheme, standing, { facts, cycle, asOf })])
}

/** Returns every duty that a cycle with these days would have, whatever has expired by `asOf`. */
export function planCycle(scheme: Scheme, planned: PlannedCycle, asOf: Day): readonly Derived[] {
  const { anchors, kind, ...given } = planned
  const cycle: Cycle = { number: 1, kind, anchors }
  const facts: DerivationFacts = { ...given, cycles: [cycle], decisions: [] }
  const standing = standingOfCycle(scheme, facts, cycle, asOf)
  return sorted([...dutiesOf(scheme, scheme.rules, { facts, cycle, asOf }), ...dutiesOfState(scheme, standing, { facts, cycle, asOf })])
}

interface Question {
  readonly facts: DerivationFacts
  readonly cycle: Cycle
  readonly asOf: Day
}

function dutiesOf(scheme: Scheme, rules: readonly Rule[], { facts, cycle, asOf }: Question): Derived[] {
  const validity = validityOf(scheme, facts, cycle, asOf)
  const scene: Scene = { scheme, validity, calendar: facts.calendar, asOf }
  const chosen = new Map(chosenValues(scheme, facts.options).map(({ option, chosen }) => [option, chosen]))
  return rules.filter((rule) => binds(rule, scene, chosen)).flatMap((rule) => dutiesOfRule(rule, scene))
}

function binds(rule: Rule, { validity }: Scene, chosen: ReadonlyMap<string, string>): boolean {
  if (rule.cycle !== undefined && rule.cycle !== validity.cycle.kind) return false
  if (rule.unless !== undefined && validity.cycle.anchors.some((anchor) => anchor.name === rule.unless)) return false
  return Object.entries(rule.when ?? {}).every(([option, values]) => values.includes(chosen.get(option) ?? ''))
}

function dutiesOfRule(rule: Rule, scene: Scene): Derived[] {
  const end = scene.validity.end?.on
  return listOccurrences(rule, scene)
    .filter(({ due }) => rule.outlives || end === undefined || !isAfter(due.day, end))
    .filter(({ due }) => !rule.whileAhead || !isAfter(scene.asOf, due.day))
    .map(({ ordinal, opensOn, due, latestOn }): Derived => ({
      cycle: scene.validity.cycle.number, ruleId: rule.id, ordinal, kind: rule.kind, tier: rule.tier,
      ladder: rule.ladder, title: withYear(rule.title, due.day), opensOn: earliest(opensOn, opensOn && due.day),
      dueOn: due.day, latestOn: latestOn && isAfter(latestOn, due.day) ? latestOn : undefined,
      metBy: rule.metBy, owedBy: rule.owedBy, basis: [rule.basis, ...due.sources.map((one) => one.basis)].join('; '),
      mark: weakest(rule.mark, ...due.sources.map((one) => one.mark)), provisional: due.provisional,
    }))
}

const withYear = ({ en, zh }: Words, day: Day): Words =>
  ({ en: en.replaceAll('{year}', String(day.year)), zh: zh.replaceAll('{year}', String(day.year)) })

function dutiesOfState(scheme: Scheme, standing: Standing, question: Question): Derived[] {
  return [restorationOf(scheme, standing, question), suspensionOf(scheme, standing, question)].filter((one) => one !== undefined)
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
