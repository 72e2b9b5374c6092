// Scheme files: YAML to a checked scheme, or every fault with its file, line, path and what is allowed.
// Keys nobody knows are refused, for a misspelt key would otherwise be a rule that silently does nothing.

import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type Document, type YAMLMap } from 'yaml'
import type { z } from 'zod'
import { checkScheme } from '../core/scheme-check.ts'
import { schemeShape } from '../core/scheme-shape.ts'
import type { Scheme } from '../core/scheme.ts'

export interface SchemeProblem {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Where in the scheme, such as `rules[2].ladder`; empty for the file as a whole. */
  readonly path: string
  readonly reason: string
}

export type SchemeParsed =
  | { readonly ok: true; readonly scheme: Scheme }
  | { readonly ok: false; readonly problems: readonly SchemeProblem[] }

/** Reads one scheme file; `file` is its name as problems should say it. Problems come in the order of lines. */
export function parseScheme(text: string, file: string): SchemeParsed {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place: Place = { file, document, lines }
  const broken = [...document.errors, ...document.warnings]
    .map((error) => ({ file, line: lines.linePos(error.pos[0]).line, path: '', reason: error.message }))
  if (broken.length > 0) return refused(broken)
  const parsed = schemeShape.safeParse(plainValue(document))
  if (!parsed.success) return refused(parsed.error.issues.flatMap((issue) => problemsOf(issue, place)))
  const faults = checkScheme(parsed.data)
  if (faults.length > 0) return refused(faults.map((fault) => problemAt(place, fault.path, fault.reason)))
  return { ok: true, scheme: parsed.data }
}

interface Place {
  readonly file: string
  readonly document: Document.Parsed
  readonly lines: LineCounter
}

function refused(problems: readonly SchemeProblem[]): SchemeParsed {
  return { ok: false, problems: problems.toSorted((a, b) => a.line - b.line) }
}

// An alias that stands for too much, or for nothing, throws; the shape then refuses the whole.
function plainValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    return undefined
  }
}

type Issue = z.core.$ZodIssue
type Path = readonly (string | number)[]

function problemsOf(issue: Issue, place: Place, around: Path = []): SchemeProblem[] {
  const path = [...around, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))]
  const meant = issue.code === 'invalid_union' ? meantBranch(issue.errors) : undefined
  if (meant) return meant.flatMap((one) => problemsOf(one, place, path))
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problemAt(place, [...path, key], `unknown key "${key}"`))
  }
  return [problemAt(place, path, reasonOf(issue, valueAt(place, path)))]
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

function valueAt({ document }: Place, path: Path): unknown {
  const node = document.getIn(path, true)
  return isScalar(node) ? node.value : node
}

function problemAt(place: Place, path: Path, reason: string): SchemeProblem {
  return { file: place.file, line: lineOf(place, path), path: pathText(path), reason }
}

/** The line of the key or the entry, or of the nearest thing around it that is there. */
function lineOf({ document, lines }: Place, path: Path): number {
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
