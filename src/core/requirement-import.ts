// What a file says about the items of one certification's checklist, compared with what is kept: added,
// updated, unchanged or refused, row by row. Nothing is ever taken away: what the file leaves out stays.

import type { Words } from './certification.ts'
import type { NewEvidence } from './evidence.ts'
import type { Person } from './person.ts'
import { type NamedOwner, type RowProblem, sameText } from './register.ts'
import {
  type Area, type Changed, type Checklist, decideChange, type Listed, listedItems, mostItems, type Proven, type RequirementState,
} from './requirement.ts'

/** One row, read; what is undefined was left blank and changes nothing. */
export interface RequirementLine {
  readonly code: string
  /** The area by its id or its title. */
  readonly area: string | undefined
  readonly en: string | undefined
  readonly zh: string | undefined
  readonly state: RequirementState | undefined
  readonly owner: NamedOwner | undefined
  readonly reason: string | undefined
  readonly evidence: readonly NewEvidence[]
  /** The file says that the item is to be added to an area that has a list of its own. */
  readonly isNew: boolean
}

/** A row with what it says and what is wrong with it; `line` is undefined where its code cannot be read. */
export interface RequirementReading {
  readonly row: number
  readonly line: RequirementLine | undefined
  readonly problems: readonly RowProblem[]
}

export interface Addition {
  readonly item: Omit<Listed, 'ordinal'>
  readonly change: Changed
}

export interface Update {
  readonly item: Proven
  readonly values: Partial<Pick<Listed, 'area' | 'title'>>
  readonly change: Changed
}

export interface ImportDecided {
  readonly added: readonly Addition[]
  readonly updated: readonly Update[]
  readonly unchanged: number
  /** Rows, not problems. */
  readonly rejected: number
  readonly problems: readonly RowProblem[]
  /** Kept, but not in the file. */
  readonly absent: readonly string[]
  /** Met by this file without any evidence. */
  readonly lackEvidence: readonly string[]
  /** Items of the scheme's own list that the file calls otherwise: the list's title stands. */
  readonly titledOtherwise: readonly string[]
}

export interface ImportWorld {
  readonly checklist: Checklist
  readonly stored: readonly Proven[]
  readonly people: readonly Person[]
  readonly organisationId: number
}

type Decided = { readonly addition?: Addition; readonly update?: Update; readonly problems: readonly RowProblem[]; readonly titledOtherwise?: boolean }

/** Decides every row by itself; codes are compared without case, width and spaces. */
export function decideRequirements(readings: readonly RequirementReading[], world: ImportWorld): ImportDecided {
  const stored = new Map(world.stored.map((one) => [sameText(one.code), one]))
  const own = new Set(listedItems(world.checklist).map((one) => one.code))
  const repeated = repeatedRows(readings)
  const decided = readings.map((reading): Decided & { readonly code: string } => {
    const { row, line } = reading
    if (!line) return { code: '', problems: reading.problems }
    const at: Place = { row, line, world, item: stored.get(sameText(line.code)), isOwn: own.has(stored.get(sameText(line.code))?.code ?? '') }
    const problems = [...reading.problems, ...repeatedProblem(at, repeated)]
    return { code: line.code, ...(problems.length > 0 ? { problems } : at.item ? decideKnown(at, at.item) : decideNew(at)) }
  })
  return summed(decided, readings, stored)
}

interface Place {
  readonly row: number
  readonly line: RequirementLine
  readonly world: ImportWorld
  readonly item: Proven | undefined
  /** The scheme lists it: its place and title are not a file's to change. */
  readonly isOwn: boolean
}

function summed(
  decided: readonly (Decided & { readonly code: string })[], readings: readonly RequirementReading[], stored: ReadonlyMap<string, Proven>,
): ImportDecided {
  const good = decided.filter((one) => one.problems.length === 0)
  const added = good.flatMap((one) => one.addition ?? [])
  const updated = good.flatMap((one) => one.update ?? [])
  const problems = decided.flatMap((one) => one.problems)
  const fits = stored.size + added.length <= mostItems
  const said = new Set(readings.flatMap(({ line }) => (line ? [sameText(line.code)] : [])))
  return {
    added: fits ? added : [], updated, unchanged: good.length - added.length - updated.length,
    rejected: decided.length - good.length + (fits ? 0 : added.length),
    problems: fits ? problems : [...problems, {
      row: 1, column: '', value: '', reason: `${stored.size + added.length} items in all; one certification may have ${mostItems}: divide the list`,
    }],
    absent: [...stored].filter(([code]) => !said.has(code)).map(([, one]) => one.code),
    lackEvidence: good.filter((one) => (one.addition ?? one.update)?.change.lacksEvidence).map((one) => one.code),
    titledOtherwise: good.filter((one) => one.titledOtherwise).map((one) => one.code),
  }
}

function repeatedRows(readings: readonly RequirementReading[]): ReadonlyMap<string, readonly number[]> {
  const rows = Map.groupBy(readings.filter((one) => one.line), (one) => sameText(one.line!.code))
  return new Map([...rows].filter(([, same]) => same.length > 1).map(([code, same]) => [code, same.map((one) => one.row)]))
}

function repeatedProblem({ row, line }: Place, repeated: ReadonlyMap<string, readonly number[]>): RowProblem[] {
  const rows = repeated.get(sameText(line.code))
  return rows ? [{ row, column: 'code', value: line.code, reason: `Rows ${rows.join(', ')} have the same code: keep one` }] : []
}

function decideNew(at: Place): Decided {
  const { row, line, world } = at
  const area = areaOf(at)
  if (!area.ok) return area
  if (area.area.items.length > 0 && !line.isNew) {
    return refuse(row, 'code', line.code, `"${area.area.title.en}" has a list of its own without this code. Mend the code, or write yes in the column new to add it`)
  }
  const title = titleAfter(undefined, line)
  if (!title) return refuse(row, 'title', '', 'A new item needs a title')
  const blank = { code: line.code, state: 'open', ownerId: undefined, reason: undefined, evidence: [] } as const
  const change = changeOf(at, blank, world)
  return change.ok ? { problems: [], addition: { item: { area: area.area.id, code: line.code, title }, change: change.change } } : change
}

function decideKnown(at: Place, item: Proven): Decided {
  const { row, line, world, isOwn } = at
  const area = line.area === undefined ? undefined : areaOf(at)
  if (area && !area.ok) return area
  const moves = area && area.area.id !== item.area ? area.area : undefined
  if (moves && isOwn) return refuse(row, 'area', line.area!, `The scheme has ${item.code} in the area "${item.area}". Mend the code or the area`)
  if (moves && moves.items.length > 0 && !line.isNew) {
    return refuse(row, 'area', line.area!, `"${moves.title.en}" has a list of its own. Write yes in the column new to move ${item.code} there`)
  }
  const change = changeOf(at, item, world)
  if (!change.ok) return change
  const title = titleAfter(item.title, line) ?? item.title
  const renamed = title.en !== item.title.en || title.zh !== item.title.zh
  const values = { ...(moves ? { area: moves.id } : {}), ...(renamed && !isOwn ? { title } : {}) }
  const alters = Object.keys(values).length + Object.keys(change.change.values).length + change.change.added.length > 0
  return { problems: [], titledOtherwise: renamed && isOwn, ...(alters ? { update: { item, values, change: change.change } } : {}) }
}

type Answer<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly problems: readonly RowProblem[] }

const refuse = (row: number, column: string, value: string, reason: string) => ({ ok: false, problems: [{ row, column, value, reason }] } as const)

/** Without an area, the only one there is. */
function areaOf({ row, line, world }: Place): Answer<{ readonly area: Area }> {
  const { areas } = world.checklist
  const found = line.area === undefined ? (areas.length === 1 ? areas[0] : undefined) : findArea(world.checklist, line.area)
  if (found) return { ok: true, area: found }
  const known = areas.map(({ id, title }) => `${id} (${title.en}, ${title.zh})`).join('; ')
  return refuse(row, 'area', line.area ?? '', `${line.area === undefined ? 'A new item needs an area' : 'No such area'}. Areas: ${known}`)
}

/** Finds an area by its id or its title in either language. */
export function findArea(checklist: Checklist, text: string): Area | undefined {
  return checklist.areas.find(({ id, title }) => [id, title.en, title.zh].some((name) => sameText(name) === sameText(text)))
}

// One language stands in for the other until a file brings it too.
function titleAfter(before: Words | undefined, { en, zh }: RequirementLine): Words | undefined {
  const one = en ?? zh
  if (one === undefined) return undefined
  const standsIn = before === undefined || before.en === before.zh
  return { en: en ?? (standsIn ? one : before.en), zh: zh ?? (standsIn ? one : before.zh) }
}

function changeOf(
  { row, line }: Place, item: Parameters<typeof decideChange>[0], world: ImportWorld,
): Answer<{ readonly change: Changed }> {
  const owner = line.owner === undefined ? undefined : ownerOf(line.owner, world)
  if (owner?.ok === false) return refuse(row, 'owner', owner.said, owner.reason)
  const decided = decideChange(item, { state: line.state, ownerId: owner?.id, reason: line.reason, add: line.evidence })
  if (decided.ok) return { ok: true, change: decided }
  return refuse(row, decided.field, '', decided.refusal)
}

type Owner = { readonly ok: true; readonly id: number | null } | { readonly ok: false; readonly said: string; readonly reason: string }

// People are not added on the side here: of a list with two hundred names, one mistyped would go unseen.
function ownerOf(owner: NamedOwner, { people, organisationId }: ImportWorld): Owner {
  if (owner === 'nobody') return { ok: true, id: null }
  const said = owner.email ?? owner.name ?? ''
  const found = owner.email === undefined
    ? people.filter((one) => one.active && one.organisationId === organisationId && sameText(one.name) === sameText(said))
    : people.filter((one) => one.email?.toLowerCase() === said.toLowerCase())
  const [person] = found
  if (!person) return { ok: false, said, reason: `Nobody here is known by this ${owner.email === undefined ? 'name' : 'address'}. Add them first: person add` }
  if (found.length > 1) return { ok: false, said, reason: 'Several people have this name: give the address' }
  return person.active ? { ok: true, id: person.id } : { ok: false, said, reason: `${person.name} is deactivated: name somebody else` }
}
