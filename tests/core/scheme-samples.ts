// What the tests of schemes share: the built-in files, China's announced holidays, and records, days and
// tables short enough to be read beside what is expected of them.

import { readdirSync, readFileSync } from 'node:fs'
import type { Calendar } from '../../src/core/calendar.ts'
import { weekdays } from '../../src/core/calendar.ts'
import type { Anchor, CycleKind, Decision, DecisionKind } from '../../src/core/certification.ts'
import type { Day } from '../../src/core/day.ts'
import type { DerivationFacts } from '../../src/core/derivation.ts'
import type { Derived } from '../../src/core/obligation.ts'
import type { Scheme } from '../../src/core/scheme.ts'
import { parseScheme, readSource } from '../../src/formats/scheme-yaml.ts'

export const day = (text: string): Day => Temporal.PlainDate.from(text)

export const schemeText = (id: string): string =>
  readFileSync(new URL(`../../src/schemes/${id}.yaml`, import.meta.url), 'utf8')

const sources = new Map(readdirSync(new URL('../../src/schemes/', import.meta.url)).filter((name) => name.endsWith('.yaml')).map((name) => {
  const read = readSource(schemeText(name.replace('.yaml', '')), name)
  if (!read.ok) throw new Error(`${name} is not YAML`)
  return [name.replace('.yaml', ''), read.source] as const
}))

/** Reads a scheme, which may extend a built-in one. */
export function schemeFrom(text: string): Scheme {
  const parsed = parseScheme(text, 'test.yaml', (id) => sources.get(id))
  if (!parsed.ok) throw new Error(parsed.problems.map((one) => `${one.line} ${one.path} ${one.reason}`).join('\n'))
  return parsed.scheme
}

export const iso = schemeFrom(schemeText('iso-27001'))
export const mlps = schemeFrom(schemeText('mlps'))
export const cc = schemeFrom(schemeText('common-criteria'))
export const fips = schemeFrom(schemeText('fips-140'))
/** Every scheme that a certification can be entered under, by id. */
export const builtIn: readonly Scheme[] = [...sources.keys()].map((id) => schemeFrom(schemeText(id))).filter((scheme) => !scheme.abstract)
  .sort((a, b) => (a.id < b.id ? -1 : 1))

/** The days off and the make-up workdays of the State Council's notices for 2025 and 2026. */
const off = [
  '2025-01-01', '2025-01-28/02-04', '2025-04-04/04-06', '2025-05-01/05-05', '2025-05-31/06-02', '2025-10-01/10-08',
  '2026-01-01/01-03', '2026-02-15/02-23', '2026-04-04/04-06', '2026-05-01/05-05', '2026-06-19/06-21', '2026-09-25/09-27',
  '2026-10-01/10-07',
]
const makeUp = [
  '2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11', '2026-01-04', '2026-02-14', '2026-02-28',
  '2026-05-09', '2026-09-20', '2026-10-10',
]

function daysOf(range: string): string[] {
  const [first, last] = range.split('/')
  const from = day(first!)
  const to = last === undefined ? from : day(`${from.year}-${last}`)
  return Array.from({ length: from.until(to).days + 1 }, (_, n) => from.add({ days: n }).toString())
}

export const china: Calendar = {
  id: 'CN',
  exceptions: new Map([...off.flatMap(daysOf).map((one) => [one, false] as const), ...makeUp.map((one) => [one, true] as const)]),
  knownYears: new Set([2025, 2026]),
}

export const anchors = (days: Readonly<Record<string, string>>): readonly Anchor[] =>
  Object.entries(days).map(([name, text]) => ({ name, day: day(text), assumed: false }))

export const decision = (kind: DecisionKind, decidedOn: string, untilOn?: string, cycle = 1): Decision =>
  ({ kind, cycle, decidedOn: day(decidedOn), untilOn: untilOn === undefined ? undefined : day(untilOn) })

interface More {
  readonly kind?: CycleKind
  readonly options?: Readonly<Record<string, string>>
  readonly decisions?: readonly Decision[]
  readonly parentEndsOn?: string
  readonly parent?: DerivationFacts['parent']
  readonly country?: string
  readonly happened?: DerivationFacts['happened']
  readonly calendar?: Calendar
}

/** A record of one cycle with these days. */
export function record(days: Readonly<Record<string, string>>, more: More = {}): DerivationFacts {
  return {
    options: more.options ?? {}, decisions: more.decisions ?? [], calendar: more.calendar ?? weekdays,
    cycles: [{ number: 1, kind: more.kind ?? 'initial', anchors: anchors(days) }],
    parent: more.parent ?? (more.parentEndsOn === undefined ? undefined : { state: 'active', endsOn: day(more.parentEndsOn), validUntil: day(more.parentEndsOn), over: false }),
    country: more.country, happened: more.happened,
  }
}

/** One duty a line: due day, then what differs from the plain case. */
export function tableOf(duties: readonly Derived[]): string {
  return duties.map((duty) => [
    duty.dueOn.toString(), duty.ruleId,
    duty.ordinal === 1 ? '' : `#${duty.ordinal}`,
    duty.opensOn ? `opens ${duty.opensOn.toString()}` : '',
    duty.latestOn ? `late after ${duty.latestOn.toString()}` : '',
    duty.mark === 'confirmed' ? '' : duty.mark,
    duty.provisional ? 'provisional' : '',
  ].filter((part) => part !== '').join(' ')).join('\n')
}

/** Takes the indentation off a table written in a test. */
export const lines = (text: string): string => text.split('\n').map((one) => one.trim()).filter(Boolean).join('\n')
