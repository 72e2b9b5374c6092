// Import of a checklist into one certification: read, decide every row, then save all of it or nothing.
// A file with problems is refused whole unless the good part is asked for; a dry run takes everything back.

import type { RowProblem } from '../core/register.ts'
import type { Proven } from '../core/requirement.ts'
import { decideRequirements, type ImportDecided } from '../core/requirement-import.ts'
import { AppError, invalid } from '../errors.ts'
import { readRequirementFile } from '../formats/requirement-file.ts'
import { type Encoding, encodings } from '../formats/text.ts'
import type { Db } from '../store/database.ts'
import { insertEvidence, listEvidenceOf } from '../store/evidence.ts'
import { appendHistory, type Facts } from '../store/history.ts'
import { listPeople, peopleLimit } from '../store/people.ts'
import * as store from '../store/requirements.ts'
import { act, type App, rehearse } from './app.ts'
import type { Act } from './obligations.ts'
import { applyChange, getChecklist, getHolder, insertItems, proofOf, seedRequirements } from './requirements.ts'

export interface RequirementImport {
  readonly bytes: Uint8Array
  /** The file's name, for messages. */
  readonly file: string
  readonly certificationId: number
  readonly encoding?: string | undefined
  /** Everything but the commit. */
  readonly dryRun: boolean
  /** Takes what is right and leaves what is refused. */
  readonly partial: boolean
  /** Who imports it. */
  readonly by?: Act['by']
}

/** Counts are of items; the lists at the end are codes, for a person to look at. */
export interface RequirementsImported {
  readonly accepted: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
  readonly problems: readonly RowProblem[]
  /** Kept, though the file does not have them: nothing is ever deleted. */
  readonly absent: readonly string[]
  readonly lackEvidence: readonly string[]
  /** The scheme's own items that the file calls otherwise; the scheme's title stands. */
  readonly titledOtherwise: readonly string[]
  /** Headers of columns that were not read. */
  readonly ignored: readonly string[]
}

/** A file refused whole: nothing was written, and `result` says why, row by row. */
export class RequirementsRefused extends AppError {
  readonly result: RequirementsImported

  constructor(message: string, result: RequirementsImported) {
    super('invalid', message, { problems: result.problems })
    this.result = result
  }
}

/** Imports a file; throws `RequirementsRefused` with every problem where one is found and `partial` is not asked for. */
export async function importRequirements(app: App, request: RequirementImport): Promise<RequirementsImported> {
  const read = readRequirementFile({ bytes: request.bytes, encoding: encodingOf(request.encoding) })
  const run = request.dryRun ? rehearse : act
  const result = await run(app, async (db, now) => {
    const certification = await getHolder(db, request.certificationId)
    const checklist = getChecklist(app, certification.scheme)
    if (!read.ok) throw refused(request, { ...nothing, problems: read.problems })
    // What the scheme lists is there before a file speaks of it.
    await seedRequirements(app, db, [certification.id], now)
    const into = { certification, stored: await itemsOf(db, certification.id) }
    const people = await listPeople(db, {}, peopleLimit)
    const decided = decideRequirements(read.readings, { checklist, stored: into.stored, organisationId: certification.organisationId, people })
    const found = { ...resultOf(decided), ignored: read.ignored }
    if (found.problems.length > 0 && !request.partial) {
      throw refused(request, { ...nothing, rejected: found.rejected, problems: found.problems, ignored: found.ignored })
    }
    await save(db, into, decided, { now, by: request.by })
    return found
  })
  const { accepted, updated, unchanged, rejected } = result
  app.log.info({ certification: request.certificationId, dryRun: request.dryRun, accepted, updated, unchanged, rejected }, 'checklist imported')
  return result
}

const nothing: RequirementsImported = {
  accepted: 0, updated: 0, unchanged: 0, rejected: 0, problems: [], absent: [], lackEvidence: [], titledOtherwise: [], ignored: [],
}

function encodingOf(text: string | undefined): Encoding | undefined {
  const found = encodings.find((one) => one === text)
  if (found !== undefined || text === undefined) return found
  throw invalid(`"${text}" is not a value of --encoding. Allowed: ${encodings.join(', ')}.`)
}

function refused(request: RequirementImport, result: RequirementsImported): RequirementsRefused {
  const { problems, rejected } = result
  const [first] = problems
  const place = first ? `row ${first.row}${first.column ? `, ${first.column}` : ''}: ${first.reason.replace(/\.$/, '')}` : ''
  return new RequirementsRefused(rejected === 0
    ? `${request.file} cannot be imported: ${place}.`
    : `${request.file}: ${rejected === 1 ? '1 item is' : `${rejected} items are`} refused, so nothing was imported. First: ${place}. Mend the file, or import the others with --partial.`, result)
}

async function itemsOf(db: Db, certificationId: number): Promise<Proven[]> {
  const stored = await store.listRequirementsOf(db, [certificationId])
  const evidence = await listEvidenceOf(db, stored.map((one) => one.id))
  return stored.map((one) => ({ ...one, evidence: evidence.get(one.id) ?? [] }))
}

const resultOf = (decided: ImportDecided): Omit<RequirementsImported, 'ignored'> => ({
  accepted: decided.added.length, updated: decided.updated.length, unchanged: decided.unchanged, rejected: decided.rejected,
  problems: decided.problems, absent: decided.absent, lackEvidence: decided.lackEvidence, titledOtherwise: decided.titledOtherwise,
})

interface Into {
  readonly certification: store.Holder
  readonly stored: readonly Proven[]
}

async function save(db: Db, { certification, stored }: Into, { added, updated }: ImportDecided, by: Act): Promise<void> {
  if (added.length + updated.length === 0) return
  const last = Math.max(0, ...stored.map((one) => one.ordinal))
  const ids = await insertItems(db, added.map(({ item, change }, n) => (
    { ...item, ...change.values, certificationId: certification.id, ordinal: last + n + 1 })), by.now)
  for (const { item, values, change } of updated) await applyChange(db, item, { ...values, ...change.values }, by)
  const evidence = await insertEvidence(db, [
    ...added.flatMap(({ change }, n) => change.added.map((one) => proofOf(ids[n]!, one))),
    ...updated.flatMap(({ item, change }) => change.added.map((one) => proofOf(item.id, one))),
  ], { id: by.by?.id, at: by.now })
  await appendHistory(db, certification.organisationId, [{
    event: 'requirements-imported', subject: 'certification', subjectId: certification.id, actorId: by.by?.id,
    facts: { ...factsOf(ids, { added, updated }), evidence: listed(evidence) },
  }], by.now)
}

// One link for a whole file: which items it added, and which it brought into each state.
function factsOf(ids: readonly number[], { added, updated }: Pick<ImportDecided, 'added' | 'updated'>): Facts {
  const moved = [
    ...added.map(({ change }, n) => ({ id: ids[n]!, state: change.values.state })),
    ...updated.map(({ item, change }) => ({ id: item.id, state: change.values.state })),
  ]
  const states = Object.entries(Object.groupBy(moved.filter((one) => one.state), (one) => one.state!))
  return {
    added: listed(ids), updated: listed(updated.map(({ item }) => item.id)),
    ...Object.fromEntries(states.map(([state, ones]) => [state, listed((ones ?? []).map((one) => one.id))])),
  }
}

const listed = (ids: readonly number[]): string => ids.join(',')
