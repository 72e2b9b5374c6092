// From when to when one cycle is valid: the end as stated, as computed by the scheme, as extended, and
// what caps it. A stated end is kept; the two that differ are shown, never corrected.

import { type Anchor, anchorOf, type Cycle, type Decision, type Mark } from './certification.ts'
import { compareDays, type Day, isAfter, isBefore, latest, nthAfter } from './day.ts'
import { inForce } from './rule-set.ts'
import { parentExpiry } from './scheme-shape.ts'
import { chosenValues, completeCycle, footingOf, optionsFit, type Scheme, statedEnd, type ValidityRule } from './scheme.ts'
import type { Standing } from './standing.ts'

/** What the engine has to know of a record. */
export interface Facts {
  readonly options: Readonly<Record<string, string>>
  readonly cycles: readonly Cycle[]
  readonly decisions: readonly Decision[]
  /** ISO 3166: whose rules apply besides the international ones. */
  readonly country?: string | undefined
  /** Where the certification stands that this one rests on; undefined where none is recorded. */
  readonly parent?: (Pick<Standing, 'state' | 'endsOn' | 'validUntil' | 'over'> & Partial<Pick<Standing, 'beganOn'>>) | undefined
  /** The day a run towards the renewal began, where one is under way. */
  readonly renewalStartedOn?: Day | undefined
}

/** The last valid day, what sets it, and how far that can be trusted. */
export interface End {
  readonly on: Day
  readonly binds: 'expiry' | 'extension' | 'edition' | 'parent'
  readonly basis: string
  readonly mark: Mark
}

export interface Validity {
  /** The cycle with the days that stand in for missing ones. */
  readonly cycle: Cycle
  /** The anchor that begins the cycle; undefined while it is only planned. */
  readonly began: Anchor | undefined
  /** The day the validity counts from: that anchor, or the first day the rule counts from. */
  readonly startsOn: Day | undefined
  readonly statedOn: Day | undefined
  readonly computedOn: Day | undefined
  /** The last day of the chosen edition, whether it binds or not. */
  readonly edition: End | undefined
  /** The last day of what it rests on, whether it binds or not. */
  readonly parent: End | undefined
  readonly end: End | undefined
  /** How often it has been extended so far. */
  readonly extensions: number
  /** The day its renewal was applied for, where that keeps it valid past its end. */
  readonly appliedOn: Day | undefined
  /** Each option with its value, given or by default. */
  readonly options: ReadonlyMap<string, string>
}

/** Returns the rules that hold for a cycle of this record on `asOf`. */
export function rulesOf(scheme: Scheme, facts: Pick<Facts, 'country'>, cycle: Cycle, asOf: Day): Scheme {
  if (scheme.ruleSets.length === 0) return scheme
  const beganOn = anchorOf(completeCycle(scheme, cycle), scheme.begins)
  return inForce(scheme, { country: facts.country, beganOn }, asOf)
}

const marks: readonly Mark[] = ['confirmed', 'derived', 'unverified']

/** Returns the mark of a value made from others: no better than the weakest of them. */
export function weakest(...given: readonly Mark[]): Mark {
  return marks[Math.max(...given.map((mark) => marks.indexOf(mark)))]!
}

/** Returns the validity of a cycle by the rules given (`rulesOf`), as known on `asOf`: later extensions do not count yet. */
export function validityOf(scheme: Scheme, facts: Facts, cycle: Cycle, asOf: Day): Validity {
  const complete = completeCycle(scheme, cycle)
  const find = (name: string): Anchor | undefined => complete.anchors.find((anchor) => anchor.name === name)
  const options = new Map(chosenValues(scheme, facts.options).map(({ option, chosen }) => [option, chosen]))
  const counted = countedValidity(scheme, find, options)
  const stated = find(statedEnd)
  const edition = editionEnd(scheme, facts)
  const parent = parentEnd(scheme, facts, find)
  const base = stated ? statedExpiry(stated) : counted?.end
  const extensions = extensionsOf(facts, cycle, asOf)
  const own = base && extended(scheme, base, extensions, counted?.rule ?? scheme.validity[0])
  const ends = [own, parent?.lapse === 'warns' ? undefined : parent]
  // The end of an edition caps a validity; where one is there but not known, it would make one up, years too late.
  const end = scheme.endless || ends.some((one) => one !== undefined) ? earliestEnd([...ends, edition]) : undefined
  return {
    cycle: complete, began: find(scheme.begins), startsOn: counted?.startsOn ?? find(scheme.begins)?.day,
    statedOn: stated?.day, computedOn: counted?.end.on, edition, parent, end, extensions: extensions.length, appliedOn: applied(scheme, find, end), options,
  }
}

// Applied for after it had ended keeps nothing alive.
function applied(scheme: Scheme, find: Find, end: End | undefined): Day | undefined {
  const application = scheme.pending && find(scheme.pending.anchor)
  return application && end && !isAfter(application.day, end.on) ? application.day : undefined
}

type Find = (name: string) => Anchor | undefined

function countedValidity(
  scheme: Scheme, find: Find, options: ReadonlyMap<string, string>,
): { rule: ValidityRule; startsOn: Day; end: End } | undefined {
  for (const rule of scheme.validity) {
    const anchor = find(rule.from)
    if (!anchor || (rule.since && isBefore(anchor.day, rule.since))) continue
    if (!optionsFit(rule.when, options)) continue
    const startsOn = latest(rule.offset ? nthAfter(anchor.day, rule.offset.duration, 1) : anchor.day, rule.notBefore)!
    const on = addLength(startsOn, rule.lasts.duration, rule.end)
    const assumed = anchor.assumed ? `; ${rule.from} day assumed` : ''
    return {
      rule, startsOn,
      end: { on, binds: 'expiry', basis: `${rule.basis}${assumed}`, mark: anchor.assumed ? 'unverified' : rule.mark },
    }
  }
  return undefined
}

function addLength(from: Day, length: Temporal.Duration, end: 'same-day' | 'day-before'): Day {
  const corresponding = nthAfter(from, length, 1)
  return end === 'day-before' ? corresponding.subtract({ days: 1 }) : corresponding
}

function statedExpiry(stated: Anchor): End {
  return stated.assumed
    ? { on: stated.day, binds: 'expiry', basis: 'last valid day assumed in the record', mark: 'unverified' }
    : { on: stated.day, binds: 'expiry', basis: 'last valid day as stated in the record', mark: 'confirmed' }
}

function extensionsOf(facts: Facts, cycle: Cycle, asOf: Day): readonly Decision[] {
  return facts.decisions
    .filter((one) => one.kind === 'extend' && one.cycle === cycle.number && !isAfter(one.decidedOn, asOf))
    .sort((a, b) => compareDays(a.decidedOn, b.decidedOn))
}

// Extensions without a day of their own are counted together from the last stated end, so that two of
// a year each keep the day that one of two years would have.
function extended(scheme: Scheme, base: End, extensions: readonly Decision[], rule: ValidityRule | undefined): End {
  const lastStated = extensions.findLastIndex((one) => one.untilOn !== undefined)
  const from: End = lastStated < 0 ? base
    : { on: extensions[lastStated]!.untilOn!, binds: 'extension', basis: 'extended to the day its decision states', mark: 'confirmed' }
  const times = extensions.length - lastStated - 1
  if (times === 0 || !scheme.extension) return from
  const { by, further } = scheme.extension
  const { basis, mark } = extensions.length > 1 && further ? further : scheme.extension
  const on = rule?.end === 'day-before'
    ? nthAfter(from.on.add({ days: 1 }), by.duration, times).subtract({ days: 1 })
    : nthAfter(from.on, by.duration, times)
  return { on, binds: 'extension', basis, mark: weakest(mark, from.mark) }
}

function editionEnd(scheme: Scheme, facts: Facts): End | undefined {
  const ends = chosenValues(scheme, facts.options).flatMap(({ value }): End[] =>
    (value.ends ? [{ on: value.ends.on, binds: 'edition', basis: value.ends.basis, mark: value.ends.mark }] : []))
  return earliestEnd(ends)
}

// What is recorded here is surer than the day somebody copied from its paper.
function parentEnd(scheme: Scheme, facts: Facts, find: Find): (End & { readonly lapse: 'ends' | 'warns' }) | undefined {
  const on = facts.parent ? facts.parent.validUntil : find(parentExpiry)?.day
  const footing = scheme.restsOn ? footingOf(scheme, facts.options) : anyFooting
  if (!on || !footing) return undefined
  return { on, binds: 'parent', basis: footing.basis, mark: footing.mark, lapse: footing.lapse }
}

// Where a scheme says nothing of it, what a record is put on carries it.
const anyFooting = { basis: 'ends with the certification it rides on', mark: 'derived', lapse: 'ends' } as const

function earliestEnd(ends: readonly (End | undefined)[]): End | undefined {
  return ends.reduce((a, b) => (a === undefined || (b !== undefined && isBefore(b.on, a.on)) ? b : a), undefined)
}
