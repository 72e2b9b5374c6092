// From when to when one cycle is valid: the end as stated, as computed by the scheme, as extended, and
// what caps it. A stated end is kept; the two that differ are shown, never corrected.

import type { Anchor, Cycle, Decision, Mark } from './certification.ts'
import { compareDays, type Day, isAfter, isBefore, latest, nthAfter } from './day.ts'
import { completeCycle, chosenValues, type Scheme, statedEnd, type ValidityRule } from './scheme.ts'

/** What the engine has to know of a record. */
export interface Facts {
  readonly options: Readonly<Record<string, string>>
  readonly cycles: readonly Cycle[]
  readonly decisions: readonly Decision[]
  /** The effective end of the certification this one rides on. */
  readonly parentEndsOn?: Day | undefined
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
  readonly end: End | undefined
}

const marks: readonly Mark[] = ['confirmed', 'derived', 'unverified']

/** Returns the mark of a value made from others: no better than the weakest of them. */
export function weakest(...given: readonly Mark[]): Mark {
  return marks[Math.max(...given.map((mark) => marks.indexOf(mark)))]!
}

/** Returns the validity of a cycle as known on `asOf`: later extensions do not count yet. */
export function validityOf(scheme: Scheme, facts: Facts, cycle: Cycle, asOf: Day): Validity {
  const complete = completeCycle(scheme, cycle)
  const find = (name: string): Anchor | undefined => complete.anchors.find((anchor) => anchor.name === name)
  const counted = countedValidity(scheme, find)
  const stated = find(statedEnd)
  const edition = editionEnd(scheme, facts)
  const parent = parentEnd(scheme, facts)
  const base = stated ? statedExpiry(stated) : counted?.end
  const own = base && extended(scheme, base, extensionsOf(facts, cycle, asOf), counted?.rule ?? scheme.validity[0])
  return {
    cycle: complete, began: find(scheme.begins), startsOn: counted?.startsOn ?? find(scheme.begins)?.day,
    statedOn: stated?.day, computedOn: counted?.end.on, edition,
    end: earliestEnd([own, scheme.caps.includes('edition') ? edition : undefined, parent]),
  }
}

type Find = (name: string) => Anchor | undefined

function countedValidity(scheme: Scheme, find: Find): { rule: ValidityRule; startsOn: Day; end: End } | undefined {
  for (const rule of scheme.validity) {
    const anchor = find(rule.from)
    if (!anchor || (rule.since && isBefore(anchor.day, rule.since))) continue
    const startsOn = latest(anchor.day, rule.notBefore)!
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
  const { by, basis, mark } = scheme.extension
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

function parentEnd(scheme: Scheme, facts: Facts): End | undefined {
  if (!facts.parentEndsOn || !scheme.caps.includes('parent')) return undefined
  return { on: facts.parentEndsOn, binds: 'parent', basis: 'ends with the certification it rides on', mark: 'derived' }
}

function earliestEnd(ends: readonly (End | undefined)[]): End | undefined {
  return ends.reduce((a, b) => (a === undefined || (b !== undefined && isBefore(b.on, a.on)) ? b : a), undefined)
}
