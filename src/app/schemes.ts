// The scheme catalogue: built-in files, and the organisation's own beside them, which override by id.
// A file that cannot be used stops the start with all its faults: a missing rule would be a silent one.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Calendar } from '../core/calendar.ts'
import type { CycleKind, Mark, Words } from '../core/certification.ts'
import type { Day } from '../core/day.ts'
import { planCycle } from '../core/derivation.ts'
import type { Derived, Ending, ObligationKind, OwedBy, Tier } from '../core/obligation.ts'
import { type Catalogue, decideAnchors, decideOptions, getScheme, type Scheme } from '../core/scheme.ts'
import { AppError, invalid, notFound, type Problem } from '../errors.ts'
import { parseScheme, type SchemeParsed, type SchemeProblem } from '../formats/scheme-yaml.ts'
import type { App } from './app.ts'

const builtIn = fileURLToPath(new URL('../schemes/', import.meta.url))

/** Returns the folders schemes are read from, the organisation's own last. */
export const schemeFolders = (home: string): readonly string[] => [builtIn, join(home, 'schemes')]

/**
 * Reads every `*.yaml` of the folders; a scheme of a later folder replaces one with the same id.
 *
 * Throws `invalid` with every fault of every file. A folder that is not there holds no schemes.
 */
export async function loadCatalogue(folders: readonly string[]): Promise<Catalogue> {
  const schemes = new Map<string, Scheme>()
  const problems: SchemeProblem[] = []
  for (const folder of folders) {
    const found = await readFolder(folder)
    problems.push(...found.flatMap(({ parsed }) => (parsed.ok ? [] : parsed.problems)), ...twiceIn(found))
    for (const { parsed } of found) if (parsed.ok) schemes.set(parsed.scheme.id, parsed.scheme)
  }
  if (problems.length > 0) throw unusable(problems)
  return { schemes }
}

interface Found { readonly file: string; readonly parsed: SchemeParsed }

async function readFolder(folder: string): Promise<Found[]> {
  const names = (await namesIn(folder)).filter((name) => /\.ya?ml$/.test(name)).sort()
  const files = names.map((name) => join(folder, name))
  return await Promise.all(files.map(async (file) => ({ file, parsed: await checkSchemeFile(file) })))
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    if (fileErrorOf(cause) === 'ENOENT') return []
    throw new AppError('unavailable', `The folder of schemes ${folder} cannot be read.`, { cause })
  }
}

function twiceIn(found: readonly Found[]): SchemeProblem[] {
  const files = new Map<string, string>()
  return found.flatMap(({ file, parsed }) => {
    if (!parsed.ok) return []
    const first = files.get(parsed.scheme.id)
    files.set(parsed.scheme.id, first ?? file)
    return first === undefined ? [] : [{ file, line: 1, path: 'id', reason: `"${parsed.scheme.id}" is the id of ${first} already` }]
  })
}

/** Checks one file and returns the scheme or its faults; throws `not-found` where the file cannot be read. */
export async function checkSchemeFile(path: string): Promise<SchemeParsed> {
  try {
    return parseScheme(await readFile(path, 'utf8'), path)
  } catch (cause) {
    if (fileErrorOf(cause) === undefined) throw cause
    throw new AppError('not-found', `The scheme file ${path} cannot be read.`, { cause })
  }
}

const fileErrorOf = (cause: unknown): unknown => (cause instanceof Error && 'code' in cause ? cause.code : undefined)

/** Returns the faults as problems of an input: the line as its row, the path as its column. */
export function problemsOfSchemes(problems: readonly SchemeProblem[]): readonly Problem[] {
  return problems.map(({ file, line, path, reason }) => ({ row: line, column: path, reason: `${file}: ${reason}` }))
}

function unusable(problems: readonly SchemeProblem[]): AppError {
  const lines = problems.map(({ file, line, path, reason }) => `  ${file}:${line} ${path ? `${path} ` : ''}${reason}`)
  return invalid(`The scheme files cannot be used:\n${lines.join('\n')}`, problemsOfSchemes(problems))
}

/** Returns a scheme of this installation; throws `not-found` naming the ids there are. */
export function schemeOf(app: Pick<App, 'catalogue'>, id: string): Scheme {
  const found = getScheme(app.catalogue, id)
  if (!found.ok) throw notFound(found.refusal)
  return found.scheme
}

export interface PlanRequest {
  readonly set: Readonly<Record<string, Day>>
  readonly options: Readonly<Record<string, string>>
  readonly kind: CycleKind
}

/** One line of `scheme plan`; null, not left out, where a duty has no such day. */
export interface PlannedDuty {
  readonly rule: string
  readonly kind: ObligationKind
  readonly tier: Tier
  readonly title: Words
  readonly opensOn: Day | null
  readonly dueOn: Day
  readonly latestOn: Day | null
  readonly metBy: Ending
  readonly owedBy: OwedBy
  readonly basis: string
  readonly mark: Mark
  readonly provisional: boolean
}

/**
 * Returns what the scheme derives from these days, by due day; nothing is stored.
 *
 * Throws `not-found` for an unknown scheme, `invalid` for an unknown anchor, option or value, and for an
 * expiry that is not after the day the cycle begins.
 */
export function planScheme(
  catalogue: Catalogue, id: string, request: PlanRequest, calendar: Calendar, asOf: Day,
): readonly PlannedDuty[] {
  const scheme = schemeOf({ catalogue }, id)
  const options = decideOptions(scheme, request.options)
  if (!options.ok) throw invalid(options.refusal)
  const anchors = decideAnchors(scheme, request.set)
  if (!anchors.ok) throw invalid(anchors.refusal)
  const planned = { anchors: anchors.anchors, options: options.options, kind: request.kind, calendar }
  return planCycle(scheme, planned, asOf).map(plannedDuty)
}

function plannedDuty(duty: Derived): PlannedDuty {
  const { kind, tier, title, dueOn, metBy, owedBy, basis, mark, provisional } = duty
  return {
    rule: duty.ruleId, kind, tier, title, opensOn: duty.opensOn ?? null, dueOn, latestOn: duty.latestOn ?? null,
    metBy, owedBy, basis, mark, provisional,
  }
}
