// Layers of a scheme: the file it extends, the file itself, a rule set's changes. Laid over each other as
// plain values, with the way back: which file and line a place of the merged scheme comes from.

import { isMap, isNode, isPair, isScalar, type Document, type LineCounter, type YAMLMap } from 'yaml'

export type Path = readonly (string | number)[]

/** A file, or a part of one, that is laid over what stands below it. */
export interface Layer {
  readonly file: string
  readonly document: Document
  readonly lines: LineCounter
  /** Where in the file the layer begins; empty for all of it. */
  readonly at: Path
  readonly value: unknown
}

export interface Layers {
  /** Lowest first. */
  readonly layers: readonly Layer[]
  readonly value: unknown
  /** The value with what was dropped still marked in it, for the layers that come over it. */
  readonly marked?: unknown
}

export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Such as `rules[2].ladder`, as the file itself counts; empty for the file as a whole. */
  readonly path: string
}

export const noLayers: Layers = { layers: [], value: undefined }

/** Lays one more layer over the others. */
export function lay(below: Layers, layer: Layer): Layers {
  const marked = below.layers.length === 0 ? layer.value : merged(below.marked ?? below.value, layer.value)
  return { layers: [...below.layers, layer], value: cleared(marked), marked }
}

// What a lower layer dropped stays dropped: one above that changes it, or drops it too, was written for a
// scheme that still had it, and is right where it has not.
const dropped = Symbol('dropped')

const isDropped = (one: unknown): boolean => isGroup(one) && dropped in one

// An alias may stand for what it lies in; the shape refuses that later, with its line.
function cleared(value: unknown, around: readonly unknown[] = []): unknown {
  if (around.includes(value)) return value
  const within = [...around, value]
  if (Array.isArray(value)) return value.filter((one: unknown) => !isDropped(one)).map((one) => cleared(one, within))
  return isGroup(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cleared(one, within)])) : value
}

type Group = Record<string, unknown>

const isGroup = (value: unknown): value is Group => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Returns what stands under a key of a group or at a position of a list. */
const within = (value: unknown, part: string | number): unknown =>
  (isGroup(value) ? value[part] : Array.isArray(value) ? value[Number(part)] : undefined)

const isEntry = (value: unknown): value is Group & { id: string } => isGroup(value) && typeof value['id'] === 'string'
const isNamed = (list: readonly unknown[]): list is readonly (Group & { id: string })[] => list.length > 0 && list.every(isEntry)

// What only makes sense as one piece: half of a due day and half of another would be a third one.
const whole = new Set(['due', 'recurs', 'opens', 'latest', 'each', 'when', 'stages', 'changes'])
// A rule is due on a day or again and again: giving one takes the other away.
const instead: Readonly<Record<string, string>> = { due: 'recurs', recurs: 'due' }

/** Groups are merged key by key, null takes one away; entries with an id by it; anything else is replaced. */
function merged(below: unknown, over: unknown): unknown {
  if (Array.isArray(below) && Array.isArray(over) && isNamed(below) && isNamed(over)) return mergedEntries(below, over)
  if (!isGroup(below) || !isGroup(over)) return over
  const result: Group = { ...below }
  for (const [key, value] of Object.entries(over)) {
    const other = instead[key]
    if (other !== undefined && !(other in over)) delete result[other]
    if (value === null) delete result[key]
    else result[key] = key in below && !whole.has(key) ? merged(below[key], value) : value
  }
  return result
}

function mergedEntries(below: readonly (Group & { id: string })[], over: readonly (Group & { id: string })[]): unknown[] {
  const changes = new Map(over.map((one) => [one.id, one]))
  const known = new Set(below.map((one) => one.id))
  const kept = below.flatMap((one): unknown[] => {
    const change = changes.get(one.id)
    if (change === undefined) return [one]
    if (change['drop'] === true || (isDropped(one) && !('kind' in change))) return [{ id: one.id, [dropped]: true }]
    return [isDropped(one) ? change : merged(one, change)]
  })
  return [...kept, ...over.filter((one) => !known.has(one.id))]
}

/** Returns the file and line that a place of the merged value comes from: the topmost layer that reaches nearest to it. */
export function placeOf({ layers, value }: Layers, path: Path): Place {
  const found = layers.map((layer) => ({ layer, own: pathIn(layer.value, value, path) })).reverse()
    .reduce((best, one) => (one.own.length > best.own.length ? one : best))
  const { layer } = found
  // What is missing everywhere is said of the nearest thing around it that is there.
  const rest = found.own.length === path.length ? [] : path.slice(found.own.length).filter((part) => typeof part === 'string')
  const own = [...layer.at, ...found.own]
  return { file: layer.file, line: lineOf(layer, own), path: pathText([...own, ...rest]) }
}

// The same place in a layer's own count: an entry with an id is found by it, whatever its position there.
function pathIn(own: unknown, whole: unknown, path: Path): Path {
  const walked: (string | number)[] = []
  let mine = own, all = whole
  for (const part of path) {
    const step = stepIn(mine, all, part)
    if (step === undefined) return walked
    walked.push(step)
    mine = within(mine, step)
    all = within(all, part)
  }
  return walked
}

function stepIn(mine: unknown, all: unknown, part: string | number): string | number | undefined {
  if (isGroup(mine)) return Object.hasOwn(mine, part) ? part : undefined
  if (!Array.isArray(mine)) return undefined
  const entry: unknown = Array.isArray(all) ? all[Number(part)] : undefined
  const isSame = (one: unknown): boolean => isEntry(one) && isEntry(entry) && one.id === entry.id
  // Where an id stands twice, the entry meant is the one at this very place.
  const position = !isEntry(entry) || isSame(mine[Number(part)]) ? Number(part) : mine.findIndex(isSame)
  return position >= 0 && position < mine.length ? position : undefined
}

/** Returns what the file itself says at a place of the merged value; undefined where it says nothing. */
export function valueAt({ value }: Layers, path: Path): unknown {
  return path.reduce(within, value)
}

/** The line of the key or the entry, or of the nearest thing around it that is there. */
export function lineOf({ document, lines }: Pick<Layer, 'document' | 'lines'>, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const offset = offsetOf(document, path.slice(0, depth))
    if (offset !== undefined) return lines.linePos(offset).line
  }
  return 1
}

function offsetOf(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const key = isMap(parent) ? keyOffset(parent, String(path.at(-1))) : undefined
  if (key !== undefined) return key
  const node = document.getIn(path, true)
  return isNode(node) ? node.range?.[0] : undefined
}

function keyOffset(map: YAMLMap, name: string): number | undefined {
  const pair = map.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === name)
  return isNode(pair?.key) ? pair.key.range?.[0] : undefined
}

function pathText(path: Path): string {
  return path.map((part, n) => (typeof part === 'number' ? `[${part}]` : n === 0 ? part : `.${part}`)).join('')
}
