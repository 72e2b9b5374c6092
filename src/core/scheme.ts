// A scheme: the rules under which something is certified, read from a YAML file; and the catalogue of
// them. Everything a scheme says is data; what follows from it for a record is in derivation.ts.

import type { z } from 'zod'
import { type Anchor, anchorOf, type Cycle, type Words } from './certification.ts'
import { type Day, isAfter } from './day.ts'
import type { schemeShape } from './scheme-shape.ts'

export type Scheme = Readonly<z.output<typeof schemeShape>>
export type Rule = Readonly<Scheme['rules'][number]>
export type Point = NonNullable<Rule['due']>
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

/** Returns what missing a duty costs, by the rule it comes from; undefined where nothing is known of it. */
export function costOf(scheme: Scheme, ruleId: string): Words | undefined {
  if (ruleId === 'restoration') return scheme.restoration?.costs
  if (ruleId === 'suspension-end') return scheme.suspension?.costs
  return scheme.rules.find((rule) => rule.id === ruleId)?.costs
}

/** Returns the day on which the record itself shows a duty as done; undefined while it does not, or cannot. */
export function settledOn(scheme: Scheme, ruleId: string, cycle: Cycle): Day | undefined {
  const rule = scheme.rules.find((one) => one.id === ruleId)
  const shownBy = rule?.unless ?? repeatedAnchor(scheme, rule)
  return shownBy === undefined ? undefined : anchorOf(cycle, shownBy)
}

// A duty counted from an event that comes again has vanished because the event came: the next report
// is what the last one's anniversary asked for.
function repeatedAnchor(scheme: Scheme, rule: Rule | undefined): string | undefined {
  const from = rule?.due?.from
  return typeof from === 'string' && scheme.anchors[from]?.repeats ? from : undefined
}

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

/** Returns the options with the scheme's defaults, or a refusal naming every one that is wrong. */
export function decideOptions(
  scheme: Scheme, given: Readonly<Record<string, string>>,
): { readonly ok: true; readonly options: Readonly<Record<string, string>> } | Refused {
  const faults = Object.entries(given).flatMap(([name, value]) => optionFault(scheme, name, value) ?? [])
  if (faults.length > 0) return refuse(faults.join(' '))
  const defaults = chosenValues(scheme, {}).map(({ option, chosen }) => [option, chosen] as const)
  return { ok: true, options: { ...Object.fromEntries(defaults), ...given } }
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
