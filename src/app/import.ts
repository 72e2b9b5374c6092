// Import of a register: read, decide every row, then save all of it in one transaction, or nothing.
// A file with problems is refused whole unless the good part is asked for; a dry run takes everything back.

import { type Day, dayOf, type Instant } from '../core/day.ts'
import { decideReadings, type Decided, type Draft, expiredOn, type RowProblem } from '../core/register.ts'
import { findScheme } from '../core/scheme.ts'
import { AppError, invalid } from '../errors.ts'
import { type MappingId, mappingIds } from '../formats/mapping.ts'
import { readRegister, type RegisterRead } from '../formats/register-file.ts'
import { type Encoding, encodings } from '../formats/text.ts'
import { listByRegisterKeys } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { act, type App, rehearse } from './app.ts'
import { type CertificationDraft, registerCertifications, type Registered } from './certifications.ts'
import { placeOnFootings } from './footings.ts'
import { loadRoster, organisationOf, ownerOf, type Roster } from './owners.ts'
import { loadWorld, todayOf } from './world.ts'

export interface ImportRequest {
  readonly bytes: Uint8Array
  /** The file's name, for messages. */
  readonly file: string
  readonly mapping?: string | undefined
  readonly encoding?: string | undefined
  /** Address or number of whoever owns what names no owner; default: the first compliance manager. */
  readonly owner?: string | undefined
  /** Name or number of the organisation of what names none; default: the owner's. */
  readonly organisation?: string | undefined
  /** Everything but the commit. */
  readonly dryRun: boolean
  /** Takes what is right and leaves what is refused. */
  readonly partial: boolean
}

export interface Question {
  readonly certification: string
  readonly expiredOn: Day
  readonly ask: string
}

/** Counts are of certifications, not rows; `unconfirmed` of duties already past that wait for an answer. */
export interface ImportResult {
  readonly accepted: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
  readonly unconfirmed: number
  readonly problems: readonly RowProblem[]
  readonly created: { readonly organisations: readonly string[]; readonly people: readonly string[] }
  readonly questions: readonly Question[]
}

/** A file refused whole: nothing was written, and `result` says why, row by row. */
export class ImportRefused extends AppError {
  readonly result: ImportResult

  constructor(message: string, result: ImportResult) {
    super('invalid', message, { problems: result.problems })
    this.result = result
  }
}

/** Imports a file; throws `ImportRefused` with every problem where one is found and `partial` is not asked for. */
export async function importRegister(app: App, request: ImportRequest): Promise<ImportResult> {
  const now = app.clock.now()
  const read = readRegister({
    bytes: request.bytes,
    mapping: oneOf<MappingId>('--mapping', request.mapping, mappingIds),
    encoding: oneOf<Encoding>('--encoding', request.encoding, encodings),
  }, app.catalogue)
  if (!read.ok) throw refused(request, { ...nothing, problems: read.problems })
  const decided = decide(app, read, now)
  const run = request.dryRun ? rehearse : act
  const result = await run(app, (db) => save(app, db, request, decided, now))
  app.log.info({
    mapping: read.mapping.id, dryRun: request.dryRun, accepted: result.accepted, updated: result.updated,
    unchanged: result.unchanged, rejected: result.rejected,
  }, 'register imported')
  return result
}

const nothing: ImportResult = {
  accepted: 0, updated: 0, unchanged: 0, rejected: 0, unconfirmed: 0, problems: [], questions: [],
  created: { organisations: [], people: [] },
}

function oneOf<T extends string>(option: string, value: string | undefined, known: readonly T[]): T | undefined {
  const found = known.find((one) => one === value)
  if (found !== undefined || value === undefined) return found
  throw invalid(`"${value}" is not a value of ${option}. Allowed: ${known.join(', ')}.`)
}

function decide(app: App, read: Extract<RegisterRead, { ok: true }>, now: Instant): Decided {
  return decideReadings(read.readings, { catalogue: app.catalogue, layout: read.mapping }, dayOf(now, 'UTC'))
}

function refused(request: ImportRequest, result: ImportResult): ImportRefused {
  const { problems, rejected } = result
  const [first] = problems
  const place = first ? `row ${first.row}${first.column ? `, ${first.column}` : ''}: ${first.reason.replace(/\.$/, '')}` : ''
  return new ImportRefused(rejected === 0
    ? `${request.file} cannot be imported: ${place}.`
    : `${request.file}: ${rejected} certifications are refused, so nothing was imported. First: ${place}. `
      + 'Mend the file, or import the others with --partial.', result)
}

async function save(app: App, db: Db, request: ImportRequest, decided: Decided, now: Instant): Promise<ImportResult> {
  const roster = await loadRoster(db, { owner: request.owner, organisation: request.organisation })
  const placed = await place(app, db, decided.drafts, roster, now)
  const problems = [...decided.problems, ...placed.problems].sort((a, b) => a.row - b.row)
  const rejected = decided.rejected + placed.problems.length
  if (problems.length > 0 && !request.partial) throw refused(request, { ...nothing, rejected, problems })
  const registered = await registerCertifications(app, db, placed.ready.map((one) => one.certification), now)
  problems.push(...await placeOnFootings(app, db, placed.ready.map(({ draft, certification }, n) =>
    ({ draft, organisationId: certification.organisationId, certificationId: registered[n]!.certificationId })), now))
  if (problems.length > 0 && !request.partial) throw refused(request, { ...nothing, rejected, problems })
  const count = (outcome: Registered['outcome']) => registered.filter((one) => one.outcome === outcome).length
  return {
    accepted: count('added'), updated: count('updated'), unchanged: count('unchanged'), rejected,
    unconfirmed: registered.reduce((sum, one) => sum + one.unconfirmed, 0),
    problems, created: roster.created, questions: await questionsOf(app, db, placed.ready, registered, now),
  }
}

interface Ready { readonly draft: Draft; readonly certification: CertificationDraft }

/** Gives every draft its organisation and owner. */
async function place(
  app: App, db: Db, drafts: readonly Draft[], roster: Roster, now: Instant,
): Promise<{ ready: Ready[]; problems: RowProblem[] }> {
  const placed = []
  const problems: RowProblem[] = []
  for (const draft of drafts) {
    const organisationId = await organisationOf(app, db, draft, roster, now)
    const owner = await ownerOf(app, db, { ...draft, organisationId }, roster, now)
    if (owner.ok) placed.push({ draft, organisationId, owner })
    else problems.push(owner.problem)
  }
  const clashes = clashing(placed)
  const owned = await ownedAlready(db, placed)
  const ready = placed.filter((one) => !clashes.has(one)).map(({ draft, organisationId, owner }): Ready => {
    const { rows: _rows, organisation: _organisation, owner: _owner, footing: _footing, ...record } = draft
    // A fallback fills what is missing; it takes nothing from whoever owns the record by now.
    const ownerId = owner.named || !owned.has(placeKey({ draft, organisationId })) ? owner.id : undefined
    return { draft, certification: { ...record, organisationId, ownerId } }
  })
  return { ready, problems: [...problems, ...clashes.values()] }
}

interface Placed { readonly draft: Draft; readonly organisationId: number }

const placeKey = ({ draft, organisationId }: Placed): string => JSON.stringify([organisationId, draft.scheme, draft.registerKey])

// One row names its organisation and another leaves it to the fallback: only here are they seen to be the same.
function clashing<P extends Placed>(placed: readonly P[]): ReadonlyMap<P, RowProblem> {
  const same = [...Map.groupBy(placed, placeKey).values()].filter((group) => group.length > 1)
  return new Map(same.flatMap((group) => group.map((one) => [one, {
    row: one.draft.rows[0] ?? 0, column: 'organisation', value: one.draft.organisation ?? '',
    reason: `Rows ${group.flatMap((other) => other.draft.rows).join(', ')} speak of the same certification, "${one.draft.name}": keep one`,
  }] as const)))
}

async function ownedAlready(db: Db, placed: readonly Placed[]): Promise<ReadonlySet<string>> {
  const owned = new Set<string>()
  const groups = Map.groupBy(placed, (one) => JSON.stringify([one.organisationId, one.draft.scheme]))
  for (const group of groups.values()) {
    const { organisationId, draft } = group[0]!
    const stored = await listByRegisterKeys(db, organisationId, draft.scheme, group.map((one) => one.draft.registerKey))
    for (const one of stored.filter(({ record }) => record.ownerId !== undefined)) {
      owned.add(JSON.stringify([organisationId, draft.scheme, one.registerKey]))
    }
  }
  return owned
}

async function questionsOf(
  app: App, db: Db, ready: readonly Ready[], registered: readonly Registered[], now: Instant,
): Promise<Question[]> {
  const world = await loadWorld(db)
  return ready.flatMap(({ draft, certification }, i) => {
    const scheme = findScheme(app.catalogue, draft.scheme)
    if (!scheme || registered[i]?.outcome === 'unchanged') return []
    const on = expiredOn(draft, scheme, todayOf(world, certification.organisationId, now))
    return on ? [{ certification: draft.name, expiredOn: on, ask: 'Renewed, given up, or being restored?' }] : []
  })
}
