// A scheme: the rules under which something is certified, read from a YAML file; and the catalogue of
// them. Everything a scheme says is data; what follows from it for a record is in derivation.ts.

import type { z } from 'zod'
import { type Anchor, anchorOf, type Cycle, type Words } from './certification.ts'
import { type Day, isAfter } from './day.ts'
import type { schemeShape } from './scheme-shape.ts'

/** A scheme as its file writes it: a rule may stand ahead of several others. */
export type SchemeText = Readonly<z.output<typeof schemeShape>>
export type Rule = Readonly<Omit<SchemeText['rules'][number], 'each'> & { readonly each?: string | undefined }>
export type Scheme = Omit<SchemeText, 'rules'> & {
  readonly rules: readonly Rule[]
  /** The scheme under each combination of its rule sets, by their ids joined with `+`; see rule-set.ts. */
  readonly variants?: ReadonlyMap<string, Scheme>
}
export type RuleSet = Readonly<Scheme['ruleSets'][number]>
export type Due = NonNullable<Rule['due']>
export type Point = NonNullable<Rule['opens']>
export type Recurrence = NonNullable<Rule['recurs']>
export type ValidityRule = Readonly<Scheme['validity'][number]>
export type Option = Readonly<Scheme['options'][string]>
export type OptionValue = Readonly<Option['values'][string]>
export type Template = Readonly<Scheme['templates'][number]>
export type Stage = Readonly<Template['stages'][number]>
export type Step = Readonly<Stage['steps'][number]>

export interface Catalogue {
  readonly schemes: ReadonlyMap<string, Scheme>
}

export interface Refused {
  readonly ok: false
  readonly refusal: string
}

/** Returns the scheme with a rule of its own for each one that a rule stands ahead of: `internal-audit-for-surveillance`. */
export function ruledScheme(text: SchemeText): Scheme {
  return { ...text, rules: text.rules.flatMap(ruleForEach) }
}

function ruleForEach({ each, ...rule }: SchemeText['rules'][number]): Rule[] {
  if (each === undefined || typeof each === 'string') return [{ ...rule, each }]
  return each.map((source) => ({ ...rule, id: `${rule.id}-for-${source}`, each: source }))
}

/** The anchor every scheme has: the last valid day as the paper or the register states it. */
export const statedEnd = 'expiry'

export function findScheme(catalogue: Catalogue, id: string): Scheme | undefined {
  return catalogue.schemes.get(id)
}

/** Returns the scheme, or a refusal that names the ids there are. */
export function getScheme(catalogue: Catalogue, id: string): { readonly ok: true; readonly scheme: Scheme } | Refused {
  const scheme = findScheme(catalogue, id)
  if (scheme) return { ok: true, scheme }
  return refuse(`There is no scheme "${id}". Known schemes: ${listSchemes(catalogue).map((one) => one.id).join(', ')}.`)
}

/** Returns every scheme of the catalogue, by id. */
export function listSchemes(catalogue: Catalogue): readonly Scheme[] {
  return [...catalogue.schemes.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

export function findTemplate(scheme: Scheme, id: string): Template | undefined {
  return scheme.templates.find((template) => template.id === id)
}

/** Returns the scheme's name with its options, such as ISO/IEC 27001:2022. */
export function schemeTitle(scheme: Scheme, options: Readonly<Record<string, string>>): Words {
  return chosenValues(scheme, options).find(({ value }) => value.named)?.value.named ?? scheme.title
}

/**
 * Returns the day on which the record itself shows a duty as done; undefined while it does not, or cannot. A duty
 * counted from an event that comes again has vanished because the event came: the next report is what the
 * last one's anniversary asked for, so it must be a later one.
 */
export function settledOn(scheme: Scheme, duty: { readonly ruleId: string; readonly ordinal: number }, cycle: Cycle): Day | undefined {
  const rule = scheme.rules.find((one) => one.id === duty.ruleId)
  if (rule?.unless) return anchorOf(cycle, rule.unless)
  const repeated = repeatedAnchor(scheme, rule)
  const day = repeated === undefined ? undefined : anchorOf(cycle, repeated)
  return day && day.year * 100 + day.month > duty.ordinal ? day : undefined
}

function repeatedAnchor(scheme: Scheme, rule: Rule | undefined): string | undefined {
  return rule && pointsOf(rule.due).flatMap(({ from }) => (typeof from === 'string' ? [from] : []))
    .find((name) => scheme.anchors[name]?.repeats)
}

/** Returns the days a rule may be due on, the first known one counting. */
export const pointsOf = (due: Due | undefined): readonly Point[] => (due === undefined ? [] : Array.isArray(due) ? due : [due])

/** Returns the value of each option, given or by default, as far as the scheme knows it. */
export function chosenValues(
  scheme: Scheme, options: Readonly<Record<string, string>>,
): readonly { readonly option: string; readonly chosen: string; readonly value: OptionValue }[] {
  return Object.entries(scheme.options).flatMap(([name, option]) => {
    const chosen = options[name] ?? option.default
    const value = chosen === undefined ? undefined : option.values[chosen]
    return chosen !== undefined && value ? [{ option: name, chosen, value }] : []
  })
}

/** Says whether each option named has one of its values, given or by default. */
export function optionsFit(when: Readonly<Record<string, readonly string[]>> | undefined, values: ReadonlyMap<string, string>): boolean {
  return Object.entries(when ?? {}).every(([option, wanted]) => wanted.includes(values.get(option) ?? ''))
}

const valuesOf = (scheme: Scheme, options: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(chosenValues(scheme, options).map(({ option, chosen }) => [option, chosen]))

/** Returns what a certification with these options rests on; undefined where it stands alone. */
export function footingOf(scheme: Scheme, options: Readonly<Record<string, string>>): Scheme['restsOn'] {
  return scheme.restsOn && optionsFit(scheme.restsOn.when, valuesOf(scheme, options)) ? scheme.restsOn : undefined
}

/** Returns the options on which sources contradict each other, with the reading that is taken. */
export function disputesOf(
  scheme: Scheme, options: Readonly<Record<string, string>>,
): readonly { readonly option: string; readonly title: Words; readonly value: Words; readonly says: Words }[] {
  const values = valuesOf(scheme, options)
  return chosenValues(scheme, options).flatMap(({ option, value }) => {
    const { title, disputed, when } = scheme.options[option]!
    const says = value.disputed ?? disputed
    return says && optionsFit(when, values) ? [{ option, title, value: value.title, says }] : []
  })
}

/** Returns the options with the scheme's defaults, or a refusal naming every one that is wrong. */
export function decideOptions(
  scheme: Scheme, given: Readonly<Record<string, string>>,
): { readonly ok: true; readonly options: Readonly<Record<string, string>> } | Refused {
  const faults = Object.entries(given).flatMap(([name, value]) => optionFault(scheme, name, value) ?? [])
  if (faults.length > 0) return refuse(faults.join(' '))
  // What decides nothing with the other options given is not chosen for anybody.
  const values = valuesOf(scheme, given)
  const defaults = chosenValues(scheme, {}).filter(({ option }) => optionsFit(scheme.options[option]!.when, values))
  return { ok: true, options: { ...Object.fromEntries(defaults.map(({ option, chosen }) => [option, chosen])), ...given } }
}

function optionFault(scheme: Scheme, name: string, value: string): string | undefined {
  const option = scheme.options[name]
  if (!option) return `${scheme.id} has no option "${name}". ${known('Options', Object.keys(scheme.options))}`
  if (Object.hasOwn(option.values, value)) return undefined
  return `"${value}" is not a value of ${name}. ${known('Allowed', Object.keys(option.values))}`
}

const known = (what: string, names: readonly string[]): string => `${what}: ${names.join(', ') || 'none'}.`

/** Returns the anchors, with stand-ins marked assumed, or a refusal naming every day that is wrong. */
export function decideAnchors(
  scheme: Scheme, days: Readonly<Record<string, Day>>,
): { readonly ok: true; readonly anchors: readonly Anchor[] } | Refused {
  const unknown = Object.keys(days).filter((name) => !Object.hasOwn(scheme.anchors, name))
  const allowed = known('Anchors', Object.keys(scheme.anchors))
  if (unknown.length > 0) return refuse(`${scheme.id} has no anchor ${unknown.map((name) => `"${name}"`).join(', ')}. ${allowed}`)
  const anchors = completeAnchors(scheme, Object.entries(days).map(([name, day]) => ({ name, day, assumed: false })))
  if (anchors.length === 0) return refuse(`${scheme.id} needs a day to count from. ${allowed}`)
  const began = anchors.find((anchor) => anchor.name === scheme.begins)
  const end = days[statedEnd]
  if (began && end && !isAfter(end, began.day)) {
    return refuse(`The expiry ${end.toString()} must be after the ${scheme.begins} ${began.day.toString()}.`)
  }
  return { ok: true, anchors }
}

/** Says whether a cycle has begun whose end nothing gives: no rule, no parent, and no day read from the paper. */
export function lacksEnd(scheme: Scheme, options: Readonly<Record<string, string>>, anchors: readonly Anchor[]): boolean {
  if (scheme.endless || footingOf(scheme, options)?.lapse === 'ends') return false
  const named = new Set(anchors.map((anchor) => anchor.name))
  const values = valuesOf(scheme, options)
  if (scheme.validity.some((rule) => named.has(rule.from) && optionsFit(rule.when, values))) return false
  return named.has(scheme.begins) && !named.has(statedEnd)
}

/** Adds, marked assumed, the anchors that are missing and have a stand-in. */
export function completeAnchors(scheme: Scheme, anchors: readonly Anchor[]): readonly Anchor[] {
  const days = new Map(anchors.map((anchor) => [anchor.name, anchor.day]))
  const assumed = Object.entries(scheme.anchors).flatMap(([name, { standIn }]): Anchor[] => {
    const day = standIn === undefined || days.has(name) ? undefined : days.get(standIn)
    return day ? [{ name, day, assumed: true }] : []
  })
  return assumed.length === 0 ? anchors : [...anchors, ...assumed]
}

/** Returns the cycle with its stand-ins: what rules count from. */
export function completeCycle(scheme: Scheme, cycle: Cycle): Cycle {
  return { ...cycle, anchors: completeAnchors(scheme, cycle.anchors) }
}

const refuse = (refusal: string): Refused => ({ ok: false, refusal })
