// Which version of a scheme's rules holds for a cycle: by country, by the day a change takes effect, and by
// whether it is for new cycles or for running ones. What each version says was merged and checked when it was read.

import { type Day, isBefore } from './day.ts'
import type { Words } from './certification.ts'
import type { Rule, RuleSet, Scheme } from './scheme.ts'

/** What decides which rules hold. */
export interface Circumstance {
  /** ISO 3166; undefined where only the international rules apply. */
  readonly country: string | undefined
  /** The day the cycle began; undefined where the record does not know it. */
  readonly beganOn: Day | undefined
}

/** Returns the scheme as it holds for a cycle on `asOf`: later sets stand over earlier ones. */
export function inForce(scheme: Scheme, circumstance: Circumstance, asOf: Day): Scheme {
  const sets = setsInForce(scheme, circumstance, asOf)
  return sets.length === 0 ? scheme : scheme.variants?.get(keyOfSets(sets)) ?? scheme
}

/** Lists the rule sets that hold for a cycle on `asOf`, by the day they take effect. */
export function setsInForce(scheme: Scheme, circumstance: Circumstance, asOf: Day): readonly RuleSet[] {
  return scheme.ruleSets.length === 0 ? [] : ordered(scheme.ruleSets.filter((set) => holds(set, circumstance, asOf)))
}

// A cycle that has yet to begin is new to every set that is in force by then.
function holds(set: RuleSet, { country, beganOn }: Circumstance, asOf: Day): boolean {
  if (set.country !== undefined && set.country !== country) return false
  const isNew = beganOn !== undefined && !isBefore(beganOn, set.effectiveOn)
  return isNew || (set.appliesTo === 'running-cycles' && !isBefore(asOf, set.effectiveOn))
}

/** The key under which a combination of sets is kept. */
export const keyOfSets = (sets: readonly Pick<RuleSet, 'id'>[]): string => sets.map((set) => set.id).join('+')

/** Returns every combination of sets that can hold at once: those of one country, in the order they take effect. */
export function combinationsOf(sets: readonly RuleSet[]): readonly (readonly RuleSet[])[] {
  const countries = [undefined, ...new Set(sets.flatMap((set) => set.country ?? []))]
  const found = countries.flatMap((country) =>
    subsets(ordered(sets.filter((set) => set.country === undefined || set.country === country))))
  return [...new Map(found.map((one) => [keyOfSets(one), one])).values()].filter((one) => one.length > 0)
}

const ordered = (sets: readonly RuleSet[]): readonly RuleSet[] =>
  sets.toSorted((a, b) => Temporal.PlainDate.compare(a.effectiveOn, b.effectiveOn))

function subsets(sets: readonly RuleSet[]): readonly (readonly RuleSet[])[] {
  return sets.reduce<readonly (readonly RuleSet[])[]>((all, set) => [...all, ...all.map((one) => [...one, set])], [[]])
}

/** Returns the whole scheme with the rules of a cycle that begins on `asOf`: what a reader is shown. */
export function schemeAsOf(scheme: Scheme, country: string | undefined, asOf: Day): Scheme {
  const { templates, requirements, ruleSets } = scheme
  return { ...inForce(scheme, { country, beganOn: asOf }, asOf), templates, requirements, ruleSets }
}

/** Returns a rule by its id, of the scheme itself or of any version of it. */
export function findRule(scheme: Scheme, ruleId: string): Rule | undefined {
  return [scheme, ...scheme.variants?.values() ?? []].flatMap((one) => one.rules.find((rule) => rule.id === ruleId) ?? [])[0]
}

/** Returns what leaving a finding of a grade open costs; undefined where nothing is known of it. */
export const costOfGrade = (scheme: Scheme, grade: string | undefined): Words | undefined =>
  scheme.findings?.grades.find((one) => one.id === grade)?.costs

/** Returns what missing a duty costs, by the rule it comes from; undefined where nothing is known of it. */
export function costOf(scheme: Scheme, ruleId: string, { country }: Pick<Circumstance, 'country'>, asOf: Day): Words | undefined {
  const rules = inForce(scheme, { country, beganOn: undefined }, asOf)
  if (ruleId === 'restoration') return rules.restoration?.costs
  if (ruleId === 'suspension-end') return rules.suspension?.costs
  return (rules.rules.find((rule) => rule.id === ruleId) ?? findRule(scheme, ruleId))?.costs
}
