// Scheme files: YAML to a checked scheme with every version of its rules, or every fault with its file,
// line, path and what is allowed. Keys nobody knows are refused: a misspelt one would be a rule that does nothing.

import { LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { combinationsOf, keyOfSets } from '../core/rule-set.ts'
import { checkScheme } from '../core/scheme-check.ts'
import { schemeShape } from '../core/scheme-shape.ts'
import { ruledScheme, type Scheme } from '../core/scheme.ts'
import { lay, type Layer, type Layers, noLayers, type Path, placeOf, valueAt } from './scheme-layers.ts'

export interface SchemeProblem {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Where in the file, such as `rules[2].ladder`; empty for the file as a whole. */
  readonly path: string
  readonly reason: string
}

export type SchemeParsed =
  | { readonly ok: true; readonly scheme: Scheme }
  | { readonly ok: false; readonly problems: readonly SchemeProblem[] }

/** A file that is YAML, not yet a scheme: it may extend another. */
export interface SchemeSource {
  readonly layer: Layer
  readonly id: string | undefined
  readonly extends: string | undefined
}

export type SourceRead =
  | { readonly ok: true; readonly source: SchemeSource }
  | { readonly ok: false; readonly problems: readonly SchemeProblem[] }

/** Finds the source that a scheme extends; the one asking is handed along, for it may extend its own id. */
export type FindSource = (id: string, asking: SchemeSource) => SchemeSource | undefined

/** Reads one file as YAML; `file` is its name as problems should say it. */
export function readSource(text: string, file: string): SourceRead {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const broken = [...document.errors, ...document.warnings]
    .map((error) => ({ file, line: lines.linePos(error.pos[0]).line, path: '', reason: error.message }))
  if (broken.length > 0) return refused(broken)
  const value = plainValue(document)
  const said = (key: string): string | undefined => {
    const found = valueAt({ layers: [], value }, [key])
    return typeof found === 'string' ? found : undefined
  }
  return { ok: true, source: { layer: { file, document, lines, at: [], value }, id: said('id'), extends: said('extends') } }
}

// An alias that stands for too much, or for nothing, throws; the shape then refuses the whole.
function plainValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 200 })
  } catch {
    return undefined
  }
}

/** Reads and checks one scheme file that extends nothing, or what `find` finds. Problems come in the order of lines. */
export function parseScheme(text: string, file: string, find: FindSource = () => undefined): SchemeParsed {
  const read = readSource(text, file)
  return read.ok ? resolveScheme(read.source, find) : read
}

/** Lays a source over what it extends and checks the whole, with each of its rule sets. */
export function resolveScheme(source: SchemeSource, find: FindSource): SchemeParsed {
  const layers = layersOf(source, find, [])
  if (!layers.ok) return layers
  const parsed = check(layers.layers)
  if (!parsed.ok) return parsed
  return withVariants(parsed.scheme, layers.layers)
}

type Laid = { readonly ok: true; readonly layers: Layers } | { readonly ok: false; readonly problems: readonly SchemeProblem[] }

function layersOf(source: SchemeSource, find: FindSource, above: readonly SchemeSource[]): Laid {
  if (source.extends === undefined) return { ok: true, layers: lay(noLayers, source.layer) }
  const below = find(source.extends, source)
  const fault = (reason: string): Laid =>
    ({ ok: false, problems: [{ ...placeOf(lay(noLayers, source.layer), ['extends']), reason }] })
  if (!below) return fault(`there is no scheme "${source.extends}" to extend`)
  if (below === source || above.includes(below)) return fault(`"${source.extends}" extends this scheme in turn`)
  const laid = layersOf(below, find, [...above, source])
  if (!laid.ok) return laid
  // Being abstract is not handed on: who extends an abstract scheme wants a real one.
  return { ok: true, layers: lay(laid.layers, { ...source.layer, value: { abstract: null, ...group(source.layer.value) } }) }
}

const group = (value: unknown): Record<string, unknown> =>
  (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})

function check(layers: Layers): SchemeParsed {
  const parsed = schemeShape.safeParse(layers.value)
  if (!parsed.success) return refused([...dropsOfNothing(layers), ...parsed.error.issues.filter((issue) => !isOfDrop(issue, layers)).flatMap((issue) => problemsOf(issue, layers))])
  const faults = checkScheme(parsed.data)
  if (faults.length > 0) return refused(faults.map((fault) => problemAt(layers, fault.path, fault.reason)))
  return { ok: true, scheme: ruledScheme(parsed.data) }
}

// What is still marked to be dropped was not there: one fault, not one for each thing the entry has not.
function dropsOfNothing(layers: Layers): SchemeProblem[] {
  return entriesOf(group(layers.value)['rules']).flatMap((one, n) => (one['drop'] === true
    ? [problemAt(layers, ['rules', n], `there is no rule "${String(one['id'])}" to drop: take the line away, or correct the id`)] : []))
}

const isOfDrop = ({ path }: Issue, layers: Layers): boolean =>
  path[0] === 'rules' && group(valueAt(layers, path.slice(0, 2).map((part) => (typeof part === 'number' ? part : String(part)))))['drop'] === true

/** Every combination of rule sets that can be in force is checked now, so that none fails on the day it is needed. */
function withVariants(scheme: Scheme, layers: Layers): SchemeParsed {
  const variants = new Map<string, Scheme>()
  const problems: SchemeProblem[] = []
  for (const sets of combinationsOf(scheme.ruleSets)) {
    const bare = lay(layers, dropping(layers, ['ruleSets', 'templates', 'requirements']))
    const laid = sets.reduce((below, set) => lay(below, withoutIdleDrops(layerOfSet(layers, scheme, set.id), below, scheme)), bare)
    const parsed = check(laid)
    if (parsed.ok) variants.set(keyOfSets(sets), parsed.scheme)
    else problems.push(...parsed.problems.filter((one) => !problems.some((other) => other.line === one.line && other.path === one.path && other.file === one.file)))
  }
  return problems.length > 0 ? refused(problems) : { ok: true, scheme: { ...scheme, variants } }
}

const dropping = (layers: Layers, keys: readonly string[]): Layer =>
  ({ ...layers.layers.at(-1)!, value: Object.fromEntries(keys.map((key) => [key, null])) })

function layerOfSet(layers: Layers, scheme: Scheme, id: string): Layer {
  const position = scheme.ruleSets.findIndex((set) => set.id === id)
  const holder = layers.layers.findLast((layer) => positionOf(layer, id) >= 0)!
  return { ...holder, at: ['ruleSets', positionOf(holder, id), 'changes'], value: scheme.ruleSets[position]!.changes }
}

// A set may take away what an earlier one brought; where that one does not hold there is nothing to take away.
function withoutIdleDrops(layer: Layer, below: Layers, scheme: Scheme): Layer {
  const changes = group(layer.value)
  const brought = new Set(scheme.ruleSets.flatMap((set) => entriesOf(set.changes.rules).filter((one) => one['drop'] !== true).map((one) => one['id'])))
  const there = new Set(entriesOf(group(below.value)['rules']).map((one) => one['id']))
  const isIdle = (one: unknown): boolean => group(one)['drop'] === true && brought.has(group(one)['id']) && !there.has(group(one)['id'])
  return Array.isArray(changes['rules']) ? { ...layer, value: { ...changes, rules: changes['rules'].filter((one: unknown) => !isIdle(one)) } } : layer
}

const entriesOf = (list: unknown): Record<string, unknown>[] => (Array.isArray(list) ? list.map(group) : [])

function positionOf(layer: Layer, id: string): number {
  const sets = group(layer.value)['ruleSets']
  return Array.isArray(sets) ? sets.findIndex((one: unknown) => group(one)['id'] === id) : -1
}

function refused(problems: readonly SchemeProblem[]): { readonly ok: false; readonly problems: readonly SchemeProblem[] } {
  return { ok: false, problems: problems.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)) }
}

const problemAt = (layers: Layers, path: Path, reason: string): SchemeProblem => ({ ...placeOf(layers, path), reason })

type Issue = z.core.$ZodIssue

function problemsOf(issue: Issue, layers: Layers, around: Path = []): SchemeProblem[] {
  const path = [...around, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))]
  const meant = issue.code === 'invalid_union' ? meantBranch(issue.errors) : undefined
  if (meant) return meant.flatMap((one) => problemsOf(one, layers, path))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problemAt(layers, [...path, key], `unknown key "${key}"`))
  }
  return [problemAt(layers, path, reasonOf(issue, valueAt(layers, path)))]
}

// Of the forms a value may have, the one that was meant is the one that fits at its top.
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) => issues.length > 0 && issues.every((one) => one.path.length > 0 || one.code === 'unrecognized_keys'))
}

function reasonOf(issue: Issue, value: unknown): string {
  if (value === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union')) {
    return `is missing${allowedBy(issue)}`
  }
  if (issue.code === 'invalid_value') return `${shown(value)} is not allowed here${allowedBy(issue)}`
  if (issue.code === 'invalid_type') return typeReason(issue.expected, value)
  if (issue.code === 'invalid_key') return `the name ${issue.issues[0]?.message ?? 'is not allowed'}`
  return issue.message
}

const allowedBy = (issue: Issue): string =>
  issue.code === 'invalid_value' ? `. Allowed: ${issue.values.map(String).join(', ')}` : ''

function typeReason(expected: string, value: unknown): string {
  const quotes = expected === 'string' && isPlain(value) ? `: put it in quotes, '${String(value)}'` : ''
  return `${shown(value)} must be ${expectations[expected] ?? expected}${quotes}`
}

const expectations: Readonly<Record<string, string>> = {
  string: 'a text', array: 'a list', object: 'a group of keys', record: 'a group of keys', int: 'a whole number', boolean: 'true or false',
}

const isPlain = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value)
const shown = (value: unknown): string => (isPlain(value) ? `"${String(value)}"` : 'this')
