// Our own layout, read and written: what export writes, import reads back as unchanged. People keep their
// lists in it too, so a scheme, an organisation and one day suffice, and headers may be Chinese.

import {
  type Anchor, type Certification, currentCycle, type Decision, decisionKinds,
} from '../core/certification.ts'
import { isCountry } from '../core/calendar.ts'
import type { Day } from '../core/day.ts'
import {
  type Ending, type Entry, identityOf, type NamedOwner, type Reading, type RegisterEvent, registerKeyOf, sameText,
} from '../core/register.ts'
import { type Catalogue, listSchemes, statedEnd } from '../core/scheme.ts'
import { decideTags } from '../core/tag.ts'
import { cellLimit, rearm } from './csv.ts'
import { parseYearFirst, saysNone } from './dates.ts'
import { knownDays, type Mapping, type RowReader, withoutEmpty } from './mapping.ts'
import { recertColumns, type RecertColumns } from './recert-columns.ts'

/** Returns the layout with the columns of these schemes. */
export function recertMapping(catalogue: Catalogue): Mapping {
  const columns = recertColumns(listSchemes(catalogue))
  return {
    id: 'recert',
    needs: ['scheme'], allows: columns.all, older: 'gb18030', rowIs: 'certification', statesEnd: false,
    columns: {
      certificateNumber: 'certificate number', certificationBody: 'certification body', cycleKind: 'cycle', ending: 'status',
    },
    columnOf: columns.columnOf,
    cell: rearm,
    read: (row) => readRecord(row, columns, catalogue),
  }
}

function readRecord(row: RowReader, columns: RecertColumns, catalogue: Catalogue): Reading {
  const scheme = schemeIdOf(row.needed('scheme'), catalogue)
  const organisation = row.text('organisation') || undefined
  const certificateNumber = stated(row.text('certificate number'))
  const name = row.text('name')
  const key = row.text('register key') || registerKeyOf({ scheme, name, certificateNumber })
  const entry: Entry = {
    scheme, key, organisation, name, certificateNumber,
    scope: row.text('scope', cellLimit) || undefined, holder: row.text('holder') || undefined,
    covers: linesIn(row, 'covers'), sites: linesIn(row, 'sites'), tags: tagsIn(row), country: countryIn(row), footing: footingIn(row, catalogue),
    certificationBody: row.text('certification body') || undefined, owner: ownerIn(row.text('owner')),
    options: withoutEmpty(Object.fromEntries(columns.options.map((option) => [option, row.text(option)]))), offered: {},
    cycleKind: cycleIn(row), days: daysIn(row, columns), endless: saysNone(row.text(statedEnd)), events: eventsIn(row), ending: endingIn(row), facts: factsIn(row),
  }
  return {
    row: row.number, identity: scheme === '' ? undefined : identityOf(entry),
    entry: row.problems.length === 0 ? entry : undefined, problems: row.problems,
  }
}

// A register without the column says nothing of it: what is recorded stays.
function linesIn(row: RowReader, column: string): readonly string[] | undefined {
  const names = row.lines(column).flatMap((line) => line.split(/[;；]/)).map((name) => name.trim()).filter((name) => name !== '')
  return names.length === 0 ? undefined : [...new Set(names)]
}

// An empty cell says nothing of tags, n/a that there are none.
function tagsIn(row: RowReader): readonly string[] | undefined {
  const cell = row.lines('tags').join(';')
  if (cell === '') return undefined
  const decided = decideTags(saysNone(cell) ? [] : cell.split(/[;；]/))
  if (!decided.ok) row.refuse('tags', cell, decided.refusal)
  return decided.ok ? decided.tags : undefined
}

function footingIn(row: RowReader, catalogue: Catalogue): Entry['footing'] {
  const text = row.text('rests on')
  if (text === '' || saysNone(text)) return undefined
  const at = text.indexOf(':')
  const scheme = at < 1 ? '' : schemeIdOf(text.slice(0, at), catalogue)
  if (at > 0 && catalogue.schemes.has(scheme)) return { scheme, key: sameText(text.slice(at + 1)) }
  row.refuse('rests on', text, 'Write the scheme and the number or name of the other, as in: iso-27001: IS 771204')
  return undefined
}

function countryIn(row: RowReader): string | undefined {
  const text = row.text('country').toUpperCase()
  if (text === '' || isCountry(text)) return text || undefined
  row.refuse('country', text, 'Must be a country code of two letters, such as CN')
  return undefined
}

const stated = (text: string): string | undefined => (text === '' || saysNone(text) ? undefined : text)

// A scheme is named by its id; its title, in either language, is the same thing said in full.
function schemeIdOf(text: string, catalogue: Catalogue): string {
  const said = sameText(text)
  const found = listSchemes(catalogue).filter((scheme) =>
    [scheme.id, scheme.title.en, scheme.title.zh].some((name) => sameText(name) === said))
  return found.length === 1 ? found[0]!.id : text
}

function ownerIn(text: string): NamedOwner | undefined {
  if (text === '') return undefined
  if (saysNone(text)) return 'nobody'
  const both = /^(.*?)\s*<([^<>]*)>$/.exec(text)
  if (both) return { name: both[1]?.replace(/^"(.*)"$/, '$1') || undefined, email: both[2] }
  return text.includes('@') ? { email: text } : { name: text }
}

function cycleIn(row: RowReader): Entry['cycleKind'] {
  const text = row.text('cycle').toLowerCase()
  if (text === 'recertification' || text === '再认证') return 'recertification'
  if (text !== '' && text !== 'initial' && text !== '初次认证') row.refuse('cycle', text, 'Must be initial or recertification')
  return 'initial'
}

function daysIn(row: RowReader, columns: RecertColumns): Record<string, Day> {
  return knownDays(Object.fromEntries(columns.days.map((name) => [name, row.day(name, parseYearFirst)])))
}

const endings: Readonly<Record<string, Ending>> = {
  archived: 'archive', '已归档': 'archive', '归档': 'archive',
  withdrawn: 'withdraw', revoked: 'withdraw', '撤销': 'withdraw', '已撤销': 'withdraw',
  cancelled: 'cancel', canceled: 'cancel', 'given up': 'cancel', '注销': 'cancel', '已注销': 'cancel',
}

// What follows from the days is not read: it will be true, or not, on the day somebody looks.
const derived = new Set([
  '', 'planned', 'active', 'valid', 'in renewal', 'pending renewal', 'expired', 'deprecated', 'expired restorable', 'superseded', '计划中', '有效', '续期中', '办理中',
  '过期', '已过期', '失效', '已换证',
])

function endingIn(row: RowReader): Entry['ending'] {
  const cell = row.text('status')
  const text = sameText(cell).replaceAll('-', ' ')
  if (text === 'suspended' || text === '暂停') {
    if (!row.lines('decisions').some((line) => line.startsWith('suspend '))) {
      row.refuse('status', cell, 'Suspended since when, until when? Say it in the column decisions, as in: suspend 2026-11-18 until 2027-05-18')
    }
    return undefined
  }
  const kind = Object.hasOwn(endings, text) ? endings[text] : undefined
  if (kind) return { kind, said: cell }
  if (!derived.has(text)) row.refuse('status', cell, `Not a status. Known: ${[...Object.keys(endings), ...derived, 'suspended', '暂停'].filter(Boolean).join(', ')}`)
  return undefined
}

// A grant is the day of the decision, and a renewal the next cycle's: both are columns, not events.
const eventKinds = decisionKinds.filter((kind) => kind !== 'grant' && kind !== 'renew')

function eventsIn(row: RowReader): RegisterEvent[] {
  return row.lines('decisions').flatMap((line) => {
    const [, word, on = '', until, reason] = /^(\S+) (\S+?)(?: until (\S+?))?(?:: (.*))?$/.exec(line) ?? []
    const kind = eventKinds.find((one) => one === word)
    if (!kind) {
      row.refuse('decisions', line, `Write one line for each: ${eventKinds.join(', ')}, and the day, as in: maintain 2026-11-18`)
      return []
    }
    const decidedOn = dayIn(row, line, on)
    const untilOn = until === undefined ? undefined : dayIn(row, line, until)
    if (decidedOn && untilOn && Temporal.PlainDate.compare(untilOn, decidedOn) < 0) row.refuse('decisions', line, 'It ends before it begins')
    return decidedOn ? [{ kind, decidedOn, untilOn, reason }] : []
  })
}

function dayIn(row: RowReader, line: string, text: string): Day | undefined {
  const read = parseYearFirst(text)
  if (read.ok) return read.day
  row.refuse('decisions', line, read.reason)
  return undefined
}

function factsIn(row: RowReader): Record<string, string> {
  return Object.fromEntries(row.lines('facts').flatMap((line) => {
    const at = line.indexOf(': ')
    if (at > 0) return [[line.slice(0, at), line.slice(at + 2)]]
    row.refuse('facts', line, 'Write one line for each, as in: category: smart cards')
    return []
  }))
}

/** A record with the names of those it belongs to. */
export interface Registered {
  readonly record: Certification
  readonly organisation: string
  readonly owner: { readonly name: string; readonly email: string | undefined } | undefined
  readonly status: string
  /** What it rests on: scheme and register key. */
  readonly footing: string | undefined
  /** True where the scheme computes no end: what is not stated does not exist. */
  readonly endless: boolean
  readonly registerKey: string
  readonly facts: Readonly<Record<string, string>>
}

/** Composes the row of a record, in the order of the columns. Days that only stand in for others are left out. */
export function composeRow(one: Registered, columns: RecertColumns): string[] {
  const { record } = one
  const cycle = currentCycle(record)
  const cells: Readonly<Record<string, string | undefined>> = {
    ...record.options, ...(one.endless && { [statedEnd]: 'n/a' }), ...dayCells(cycle?.anchors ?? []),
    scheme: record.scheme, organisation: one.organisation, name: record.name, scope: record.scope, holder: record.holder,
    covers: record.covers.join('\n'), sites: record.sites.join('\n'), country: record.country, 'rests on': one.footing,
    'certificate number': record.certificateNumber, 'certification body': record.certificationBody, tags: record.tags.join('; '),
    owner: one.owner ? ownerCell(one.owner) : 'n/a', cycle: cycle?.kind, status: one.status.replaceAll('-', ' '),
    decisions: record.decisions.filter((decision) => decision.cycle === cycle?.number).flatMap(eventLine).join('\n'),
    facts: Object.entries(one.facts).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}: ${value}`).join('\n'),
    'register key': one.registerKey,
  }
  return columns.all.map((column) => cells[column] ?? '')
}

function dayCells(anchors: readonly Anchor[]): Record<string, string> {
  return Object.fromEntries(anchors.filter((one) => !one.assumed).map((one) => [one.name, one.day.toString()]))
}

const ownerCell = (owner: { readonly name: string; readonly email: string | undefined }): string =>
  (owner.email ? `${owner.name} <${owner.email}>` : owner.name)

function eventLine(decision: Decision): string[] {
  if (!eventKinds.some((kind) => kind === decision.kind)) return []
  const until = decision.untilOn ? ` until ${decision.untilOn.toString()}` : ''
  const reason = decision.reason ? `: ${decision.reason.replace(/\s+/g, ' ')}` : ''
  return [`${decision.kind} ${decision.decidedOn.toString()}${until}${reason}`]
}
