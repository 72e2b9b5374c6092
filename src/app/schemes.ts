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
import {
  type FindSource, readSource, resolveScheme, type SchemeParsed, type SchemeProblem, type SchemeSource, type SourceRead,
} from '../formats/scheme-yaml.ts'
import type { App } from './app.ts'

const builtIn = fileURLToPath(new URL('../schemes/', import.meta.url))

/** Returns the folders schemes are read from, the organisation's own last. */
export const schemeFolders = (home: string): readonly string[] => [builtIn, join(home, 'schemes')]

/**
 * Reads every `*.yaml` of the folders; a scheme of a later folder replaces one with the same id, which it
 * may also extend. What is abstract is only there to be extended.
 *
 * Throws `invalid` with every fault of every file. A folder that is not there holds no schemes.
 */
export async function loadCatalogue(folders: readonly string[]): Promise<Catalogue> {
  const library = await readLibrary(folders)
  if (library.problems.length > 0) throw unusable(library.problems)
  return catalogueOf(library.sources)
}

/** Every source by folder, later folders over earlier ones. */
interface Library {
  readonly sources: readonly ReadonlyMap<string, SchemeSource>[]
  readonly problems: readonly SchemeProblem[]
}

async function readLibrary(folders: readonly string[]): Promise<Library> {
  const found = await Promise.all(folders.map(readFolder))
  return {
    sources: found.map((folder) => new Map(folder.flatMap(({ read }) => (read.ok && read.source.id ? [[read.source.id, read.source]] : [])))),
    problems: found.flatMap((folder) => [...folder.flatMap(({ read }) => (read.ok ? [] : read.problems)), ...twiceIn(folder)]),
  }
}

function catalogueOf(sources: Library['sources']): Catalogue {
  const find = finderIn(sources)
  const named = new Map(sources.flatMap((folder) => [...folder]))
  const parsed = [...named.values()].map((source) => resolveScheme(source, find))
  const problems = parsed.flatMap((one) => (one.ok ? [] : one.problems))
  if (problems.length > 0) throw unusable(distinct(problems))
  return { schemes: new Map(parsed.flatMap((one) => (one.ok && !one.scheme.abstract ? [[one.scheme.id, one.scheme]] : []))) }
}

// A fault of a scheme that others extend is one fault, not one for each of them.
const distinct = (problems: readonly SchemeProblem[]): SchemeProblem[] =>
  [...new Map(problems.map((one) => [JSON.stringify(one), one])).values()]

/** A scheme that extends its own id means the one in the folder below; any other means the topmost. */
const finderIn = (sources: Library['sources']): FindSource => (id, asking) => {
  const known = sources.flatMap((folder) => folder.get(id) ?? [])
  const below = asking.id === id ? known.slice(0, Math.max(0, known.indexOf(asking))) : known
  return below.at(-1)
}

interface Found { readonly file: string; readonly read: SourceRead }

async function readFolder(folder: string): Promise<Found[]> {
  const names = (await namesIn(folder)).filter((name) => /\.ya?ml$/.test(name)).sort()
  return await Promise.all(names.map(async (name) => ({ file: join(folder, name), read: await readSchemeFile(join(folder, name)) })))
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
  return found.flatMap(({ file, read }) => {
    const id = read.ok ? read.source.id : undefined
    if (id === undefined) return []
    const first = files.get(id)
    files.set(id, first ?? file)
    return first === undefined ? [] : [{ file, line: 1, path: 'id', reason: `"${id}" is the id of ${first} already` }]
  })
}

/** Reads one file as YAML; throws `not-found` where it cannot be read. */
async function readSchemeFile(path: string): Promise<SourceRead> {
  try {
    return readSource(await readFile(path, 'utf8'), path)
  } catch (cause) {
    if (fileErrorOf(cause) === undefined) throw cause
    throw new AppError('not-found', `The scheme file ${path} cannot be read.`, { cause })
  }
}

/** Checks files as they would stand over the schemes of these folders; results in the order given. */
export async function checkSchemeFiles(folders: readonly string[], paths: readonly string[]): Promise<readonly SchemeParsed[]> {
  const { reads, sources } = await layFiles(folders, paths)
  const find = finderIn(sources)
  return reads.map((read) => (read.ok ? resolveScheme(read.source, find) : read))
}

/** Returns the catalogue as it would be with these files over those of the folders; throws `invalid` with every fault. */
export async function catalogueWith(folders: readonly string[], paths: readonly string[]): Promise<Catalogue> {
  return catalogueOf((await layFiles(folders, paths)).sources)
}

async function layFiles(folders: readonly string[], paths: readonly string[]) {
  const library = await readLibrary(folders)
  const reads = await Promise.all(paths.map(readSchemeFile))
  const given = new Map(reads.flatMap((read) => (read.ok && read.source.id ? [[read.source.id, read.source] as const] : [])))
  // A file that lies in one of the folders already stands once, not over itself.
  const files = new Set(paths)
  const below = library.sources.map((folder) => new Map([...folder].filter(([, source]) => !files.has(source.layer.file))))
  return { reads, sources: [...below, given] }
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
  readonly country?: string | undefined
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
  const planned = { anchors: anchors.anchors, options: options.options, kind: request.kind, country: request.country, calendar }
  return planCycle(scheme, planned, asOf).map(plannedDuty)
}

/** Returns a derived duty as a line of a plan. */
export function plannedDuty(duty: Derived): PlannedDuty {
  const { kind, tier, title, dueOn, metBy, owedBy, basis, mark, provisional } = duty
  return {
    rule: duty.ruleId, kind, tier, title, opensOn: duty.opensOn ?? null, dueOn, latestOn: duty.latestOn ?? null,
    metBy, owedBy, basis, mark, provisional,
  }
}
