// What the rows of a register mean, whatever layout they came in: rows that say the same are one
// certification, rows that disagree are refused, and each becomes a draft or a list of problems.

import type { Anchor, CycleKind, Decision, DecisionKind } from './certification.ts'
import { type Day, isAfter, latest } from './day.ts'
import { type Catalogue, decideAnchors, decideOptions, getScheme, lacksEnd, type Scheme, statedEnd } from './scheme.ts'
import { standingOn } from './standing.ts'
import { rulesOf } from './validity.ts'

/** One thing wrong with a row. Rows are numbered as a spreadsheet shows them: the header is row 1. */
export interface RowProblem {
  readonly row: number
  readonly column: string
  readonly value: string
  readonly reason: string
}

/** Whom a row names as owner: an address, a name, or both; `nobody` where it says that there is none. */
export type NamedOwner = { readonly name?: string | undefined; readonly email?: string | undefined } | 'nobody'

/** How a register says that a certificate ended other than by its expiry, without saying when. */
export type Ending = Extract<DecisionKind, 'archive' | 'withdraw' | 'cancel'>

export type RegisterEvent = Omit<Decision, 'cycle'>

/** One row, read: texts are trimmed, days are days, and nothing is decided yet. */
export interface Entry {
  readonly scheme: string
  /** What stays the same from import to import, within organisation and scheme. */
  readonly key: string
  readonly name: string
  readonly scope?: string | undefined
  readonly holder?: string | undefined
  /** Organisations and sites covered besides the holder; undefined where the register does not say. */
  readonly covers?: readonly string[] | undefined
  readonly sites?: readonly string[] | undefined
  /** As they are kept (tag.ts); undefined where the register does not say. */
  readonly tags?: readonly string[] | undefined
  readonly country?: string | undefined
  /** The certification it rests on: its scheme, and what tells it apart there. */
  readonly footing?: { readonly scheme: string; readonly key: string } | undefined
  readonly certificateNumber?: string | undefined
  readonly certificationBody?: string | undefined
  readonly organisation?: string | undefined
  readonly owner?: NamedOwner | undefined
  readonly options: Readonly<Record<string, string>>
  /** Options taken only where the scheme knows the option and the value: the register's words for the same. */
  readonly offered: Readonly<Record<string, string>>
  readonly cycleKind: CycleKind
  /** Anchor name to day; `expiry` is the end as stated. */
  readonly days: Readonly<Record<string, Day>>
  /** True where it is said that there is no end, which an empty cell does not say. */
  readonly endless: boolean
  readonly events: readonly RegisterEvent[]
  readonly ending?: { readonly kind: Ending; readonly said: string } | undefined
  readonly facts: Readonly<Record<string, string>>
}

/** A row with what it says, or why it cannot be read; `identity` tells which rows speak of the same certification. */
export interface Reading {
  readonly row: number
  readonly identity: string | undefined
  readonly entry: Entry | undefined
  readonly problems: readonly RowProblem[]
}

/** What a register's layout adds: the names of its columns, by what we call them, and what a row is. */
export interface Layout {
  readonly columns: Readonly<Record<string, string>>
  /** `event`: one row for each maintenance, the rest repeated. */
  readonly rowIs: 'certification' | 'event'
  /** True where every row states its end; otherwise the scheme computes one that is missing. */
  readonly statesEnd: boolean
}

/** A certification as a register states it; who owns it, and for which organisation, is resolved where they are stored. */
export interface Draft {
  readonly rows: readonly number[]
  readonly organisation: string | undefined
  readonly owner: NamedOwner | undefined
  readonly scheme: string
  readonly options: Readonly<Record<string, string>>
  readonly name: string
  readonly scope: string | undefined
  readonly holder: string | undefined
  readonly covers: readonly string[] | undefined
  readonly sites: readonly string[] | undefined
  readonly tags: readonly string[] | undefined
  readonly country: string | undefined
  readonly footing: Entry['footing']
  readonly certificateNumber: string | undefined
  readonly certificationBody: string | undefined
  readonly registerKey: string
  readonly registerFacts: Readonly<Record<string, string>>
  readonly cycleKind: CycleKind
  readonly anchors: readonly Anchor[]
  readonly decisions: readonly Decision[]
}

export interface Decided {
  readonly drafts: readonly Draft[]
  readonly problems: readonly RowProblem[]
  /** How many certifications, not rows, are refused. */
  readonly rejected: number
}

interface Rules {
  readonly catalogue: Catalogue
  readonly layout: Layout
}

/** Makes texts comparable: width, case and spaces do not matter. */
export function sameText(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
}

/** Returns what tells a certification apart within its organisation and scheme: its number, else its name, else the scheme. */
export function registerKeyOf(
  one: { readonly scheme: string; readonly name?: string | undefined; readonly certificateNumber?: string | undefined },
): string {
  return sameText(one.certificateNumber || one.name || one.scheme)
}

/** Returns what tells the certifications of one file apart. */
export function identityOf(one: Pick<Entry, 'organisation' | 'scheme' | 'key'>): string {
  return JSON.stringify([sameText(one.organisation ?? ''), one.scheme, one.key])
}

/** Decides every row of a file: drafts in the order of their first rows, or problems in the order of the rows. */
export function decideReadings(readings: readonly Reading[], rules: Rules, asOf: Day): Decided {
  const groups = Map.groupBy(readings, (reading) => reading.identity ?? `row ${reading.row}`)
  const decided = [...groups.values()].map((group) => decideGroup(group, rules, asOf))
  return {
    drafts: decided.flatMap((one) => one.draft ?? []),
    problems: decided.flatMap((one) => one.problems).sort((a, b) => a.row - b.row),
    rejected: decided.filter((one) => one.problems.length > 0).length,
  }
}

interface DecidedGroup { readonly draft?: Draft; readonly problems: readonly RowProblem[] }

// One refused row refuses its certification: half of what a register says of it would be wrong.
function decideGroup(group: readonly Reading[], rules: Rules, asOf: Day): DecidedGroup {
  const unread = group.flatMap((reading) => reading.problems)
  if (unread.length > 0) return { problems: unread }
  const entries = group.flatMap(({ row, entry }) => (entry ? [{ row, entry }] : []))
  const [first, ...others] = entries
  if (!first) return { problems: [] }
  const different = others.flatMap((other) => differences(first.entry, other.entry, rules.layout)[0] ?? [])[0]
  if (different) return { problems: entries.map((one) => contradiction(one, entries, different, rules.layout)) }
  const events = distinct(entries.flatMap(({ entry }) => entry.events))
  const rows = entries.map((one) => one.row)
  return decideEntry({ ...first.entry, events }, rows, rules, asOf)
}

function distinct(events: readonly RegisterEvent[]): RegisterEvent[] {
  const faces = new Map(events.map((event) => [faceOf(event), event]))
  return [...faces.values()].sort((a, b) => Temporal.PlainDate.compare(a.decidedOn, b.decidedOn))
}

// What an entry says as plain pairs, so that two can be compared and their difference named.
function sayings(entry: Entry, layout: Layout): Map<string, string> {
  const { options, offered, days, facts, events, owner, endless, ending, covers, sites, tags, footing, key: _key, scheme: _scheme, organisation: _organisation, ...plain } = entry
  return new Map(Object.entries({
    ...plain, ...offered, ...options, ...facts, ...(endless && { [statedEnd]: 'n/a' }), ...days,
    owner: owner && faceOf(owner), ending: ending?.said, covers: covers?.join('; '), sites: sites?.join('; '), tags: tags?.join('; '), footing: footing && faceOf(footing),
    ...(layout.rowIs === 'event' ? {} : { decisions: events.map(faceOf).join('; ') }),
  }).map(([what, value]) => [what, value?.toString() ?? '']))
}

const faceOf = (value: object | string): string => (typeof value === 'string' ? value : JSON.stringify(value))

function differences(one: Entry, other: Entry, layout: Layout): string[] {
  const a = sayings(one, layout)
  const b = sayings(other, layout)
  return [...new Set([...a.keys(), ...b.keys()])].filter((what) => (a.get(what) ?? '') !== (b.get(what) ?? ''))
}

function contradiction(
  one: { readonly row: number; readonly entry: Entry }, all: readonly { readonly row: number }[], what: string, layout: Layout,
): RowProblem {
  const rows = all.map(({ row }) => row).join(', ')
  return {
    row: one.row, column: layout.columns[what] ?? what, value: sayings(one.entry, layout).get(what) ?? '',
    reason: `Rows ${rows} speak of the same certification, "${one.entry.certificateNumber || one.entry.name || one.entry.key}", and differ here: keep one, or tell them apart by number or name`,
  }
}

function decideEntry(entry: Entry, rows: readonly number[], rules: Rules, asOf: Day): DecidedGroup {
  const found = getScheme(rules.catalogue, entry.scheme)
  const [row = 0] = rows
  const problem = (what: string, value: string, reason: string): RowProblem =>
    ({ row, column: rules.layout.columns[what] ?? what, value, reason })
  if (!found.ok) return { problems: [problem('scheme', entry.scheme, found.refusal)] }
  const options = decideEntryOptions(entry, found.scheme, problem)
  const anchors = decideEntryDays({ ...entry, options: options.value }, found.scheme, { layout: rules.layout, asOf }, problem)
  const decisions = decideEvents(entry, asOf, problem)
  const problems = [...options.problems, ...anchors.problems, ...decisions.problems]
  return problems.length > 0
    ? { problems }
    : { problems, draft: draftOf(entry, rows, { scheme: found.scheme, options: options.value, anchors: anchors.value, decisions: decisions.value }) }
}

type Name = (what: string, value: string, reason: string) => RowProblem
interface Part<T> { readonly value: T; readonly problems: readonly RowProblem[] }

function decideEntryOptions(entry: Entry, scheme: Scheme, problem: Name): Part<Readonly<Record<string, string>>> {
  const problems = Object.entries(entry.options).flatMap(([name, value]) => {
    const decided = decideOptions(scheme, { [name]: value })
    return decided.ok ? [] : [problem(name, value, decided.refusal)]
  })
  const known = Object.entries(entry.offered).filter(([name, value]) => decideOptions(scheme, { [name]: value }).ok)
  const decided = decideOptions(scheme, { ...Object.fromEntries(known), ...entry.options })
  return { value: decided.ok ? decided.options : {}, problems }
}

function decideEntryDays(
  entry: Entry, scheme: Scheme, { layout, asOf }: { readonly layout: Layout; readonly asOf: Day }, problem: Name,
): Part<readonly Anchor[]> {
  const unknown = Object.entries(entry.days).flatMap(([name, day]) => (Object.hasOwn(scheme.anchors, name) ? []
    : [problem(name, day.toString(), `${scheme.id} has no such day. It has: ${Object.keys(scheme.anchors).join(', ')}`)]))
  if (unknown.length > 0) return { value: [], problems: unknown }
  const decided = decideAnchors(scheme, entry.days)
  const end = entry.days[statedEnd]?.toString() ?? ''
  if (!decided.ok) return { value: [], problems: [problem(statedEnd, end, decided.refusal)] }
  const inForce = rulesOf(scheme, { country: scheme.country }, { number: 1, kind: entry.cycleKind, anchors: decided.anchors }, asOf)
  const lacks = layout.statesEnd ? end === '' : lacksEnd(inForce, entry.options, decided.anchors)
  const unsaid = lacks && !entry.endless && !entry.ending
  return { value: decided.anchors, problems: unsaid ? [problem(statedEnd, '', 'Empty: when does it end? Write n/a where it has no end')] : [] }
}

// A register that says how a certificate stands, but not since when: it ended with its term if that is
// over, else on the last day something is known to have happened to it.
function decideEvents(entry: Entry, asOf: Day, problem: Name): Part<readonly Decision[]> {
  const events = entry.events.map((event): Decision => ({ ...event, cycle: 1 }))
  const { ending } = entry
  if (!ending || entry.events.some((event) => event.kind === ending.kind)) return { value: events, problems: [] }
  const { [statedEnd]: end, ...others } = entry.days
  const over = end && !isAfter(end, asOf) ? end : undefined
  const decidedOn = over ?? latest(...Object.values(others), ...entry.events.map((event) => event.decidedOn))
  if (!decidedOn) return { value: [], problems: [problem('ending', ending.said, `Since when? Say it in the column decisions, as in: ${ending.kind} 2026-11-18`)] }
  const reason = over ? 'Said by the register' : 'Said by the register, without the day'
  return { value: [...events, { kind: ending.kind, cycle: 1, decidedOn, reason }], problems: [] }
}

function draftOf(
  entry: Entry, rows: readonly number[],
  decided: Pick<Draft, 'options' | 'anchors' | 'decisions'> & { readonly scheme: Scheme },
): Draft {
  const { scheme, ...parts } = decided
  return {
    rows, ...parts, scheme: scheme.id, organisation: entry.organisation, owner: entry.owner,
    name: entry.name || [scheme.title.en, entry.certificateNumber].filter(Boolean).join(' '),
    scope: entry.scope, holder: entry.holder, covers: entry.covers, sites: entry.sites, tags: entry.tags, country: entry.country, footing: entry.footing, certificateNumber: entry.certificateNumber,
    certificationBody: entry.certificationBody, registerKey: entry.key, registerFacts: entry.facts, cycleKind: entry.cycleKind,
  }
}

/** Returns the last day of a certificate that had expired by `asOf` and that nothing else has ended. */
export function expiredOn(draft: Draft, scheme: Scheme, asOf: Day): Day | undefined {
  const { options, decisions, cycleKind: kind, anchors } = draft
  const standing = standingOn(scheme, { options, decisions, cycles: [{ number: 1, kind, anchors }] }, asOf)
  return standing.state === 'expired' || standing.state === 'expired-restorable' ? standing.endsOn : undefined
}
