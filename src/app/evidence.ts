// Evidence: links and files added to what they prove, listed, read back and withdrawn. A file is kept before
// the transaction that makes it evidence: interrupted half-way, there are parts that nobody refers to, and the
// next upload of the same content carries them on.

import { decideLink, decideRemark, type KeptFile, type Target, type TargetKind } from '../core/evidence.ts'
import { type AppError, conflict, invalid, notFound } from '../errors.ts'
import type { Db } from '../store/database.ts'
import {
  findSameEvidence, findTarget, type Found, insertEvidence, listEvidence as listRecorded, type NewProof, type Recorded,
  type TargetName, withdrawEvidence as markWithdrawn,
} from '../store/evidence.ts'
import { appendHistory } from '../store/history.ts'
import { isCertificationSeen } from '../store/register-pages.ts'
import { act, type App } from './app.ts'
import { type FileSource, keepFile, readKept, surveyFile } from './evidence-files.ts'
import type { Act } from './obligations.ts'
import { seenBy } from './reading.ts'
import type { Reader } from './sign-in.ts'

export type { Recorded as EvidenceView, TargetName }

export interface NewEvidence {
  readonly target: TargetName
  readonly source: { readonly link: string } | FileSource
  readonly title?: string | undefined
  readonly by?: Act['by']
}

export type EvidenceAdded = Recorded & {
  /** What the name of a file says it is, where its content is something else. */
  readonly claimed: string | undefined
}

/**
 * Adds a link or a file to what it proves.
 *
 * Throws `not-found` for a target that is not there, `invalid` for a link or file that may not be kept,
 * `conflict` naming the number where the same is evidence of the same thing already.
 */
export async function addEvidence(app: App, { target: name, source, title, by }: NewEvidence): Promise<EvidenceAdded> {
  const { db } = app.database
  const decided = decideRemark('title', title)
  if (!decided.ok) throw invalid(decided.refusal)
  const target = await getTarget(db, name)
  const { proof, claimed } = 'link' in source ? { proof: linkOf(source.link), claimed: undefined } : await keptProof(app, target, source)
  const id = await act(app, async (tx, now) => {
    const [added] = await insertEvidence(tx, [{ target, title: decided.text, proof }], { id: by?.id, at: now })
    if (added === undefined) throw await alreadyThere(tx, target, proof)
    await appendHistory(tx, target.organisationId, [{
      event: 'evidence-added', subject: 'certification', subjectId: target.certificationId, actorId: by?.id, facts: { evidence: added, [target.kind]: target.id },
    }], now)
    return added
  })
  return { ...await getEvidence(db, id), claimed }
}

type Proof = NewProof['proof']

function linkOf(text: string): Proof {
  const decided = decideLink(text)
  if (!decided.ok) throw invalid(decided.refusal)
  return { link: decided.link }
}

async function keptProof(app: App, target: Target, source: FileSource): Promise<{ proof: Proof; claimed: string | undefined }> {
  const { db } = app.database
  const surveyed = await surveyFile(source)
  const proof = { sha256: surveyed.sha256, name: surveyed.name }
  if (await findSameEvidence(db, target, proof) !== undefined) throw await alreadyThere(db, target, proof)
  await keepFile(db, source, surveyed, app.clock.now())
  return { proof, claimed: surveyed.claimed }
}

async function alreadyThere(db: Db, target: Target, proof: Proof): Promise<AppError> {
  const id = await findSameEvidence(db, target, proof)
  const what = 'link' in proof ? 'This link' : 'A file with this content'
  return conflict(`${what} is evidence of the same ${target.kind} already: evidence ${id}. To put it otherwise, first: evidence withdraw ${id} --reason WHY`)
}

const whereToLook: Readonly<Record<TargetKind, string>> = {
  requirement: 'requirement list', obligation: 'obligation list', step: 'procedure show N', finding: 'finding list',
}

async function getTarget(db: Db, name: TargetName): Promise<Found> {
  const found = await findTarget(db, name)
  if (found) return found
  const said = name.kind === 'step' ? `${name.procedureId}/${name.code}` : name.id
  throw notFound(`There is no ${name.kind} ${said}. List them with: ${whereToLook[name.kind]}`)
}

/** Returns one piece of evidence, withdrawn or not; throws `not-found`. */
export async function getEvidence(db: Db, id: number): Promise<Recorded> {
  const [found] = await listRecorded(db, { id, withdrawnToo: true }, 1)
  if (!found) throw notFound(`There is no evidence ${id}. List it with: evidence list`)
  return found
}

export interface EvidenceQuestion {
  readonly certificationId?: number | undefined
  readonly target?: TargetName | undefined
  readonly personId?: number | undefined
  readonly withdrawnToo?: boolean | undefined
}

/** Lists evidence, the newest first; throws `not-found` for a target that is not there. */
export async function listEvidence({ database: { db } }: App, { target, ...filter }: EvidenceQuestion, limit = 1000): Promise<Recorded[]> {
  return await listRecorded(db, { ...filter, target: target && await getTarget(db, target) }, limit)
}

export interface OpenedFile extends KeptFile {
  /** Parts of the content in their order; throws `unavailable` before the last where it is not what was added. */
  readonly content: AsyncGenerator<Uint8Array>
}

/** Opens a file that is evidence, withdrawn or not; throws `not-found`, and `invalid` for a link. */
export async function openEvidence(app: App, id: number): Promise<OpenedFile> {
  const found = await getEvidence(app.database.db, id)
  if (found.file === undefined) throw invalid(`Evidence ${id} is a link, not a file. Open it: ${found.link}`)
  return { ...found.file, content: readKept(app, found.file) }
}

/** Opens a file for a reader; one out of their sight, a link and one that is not there are all `not-found`. */
export async function openEvidenceFor(app: App, reader: Reader, id: number): Promise<OpenedFile> {
  const { db } = app.database
  const [found] = await listRecorded(db, { id, withdrawnToo: true }, 1)
  const isSeen = found?.file !== undefined && await isCertificationSeen(db, found.certificationId, seenBy(reader, 'certifications'))
  if (!isSeen) throw notFound(`There is no file ${id}.`)
  return await openEvidence(app, id)
}

/** Takes evidence back: it stays recorded, with who, when and why. Throws `conflict` where that has happened already. */
export async function withdrawEvidence(db: Db, id: number, reason: string, { now, by }: Act): Promise<Recorded> {
  const decided = decideRemark('reason', reason)
  if (!decided.ok) throw invalid(decided.refusal)
  if (decided.text === undefined) throw invalid(`Say why evidence ${id} proves it no longer: an auditor will ask.`)
  const found = await getEvidence(db, id)
  const [withdrawn] = await markWithdrawn(db, [id], { id: by?.id, at: now, reason: decided.text })
  if (withdrawn === undefined) throw conflict(`Evidence ${id} has been withdrawn already. Look at it again: evidence list --withdrawn`)
  await appendHistory(db, found.organisationId, [{
    event: 'evidence-withdrawn', subject: 'certification', subjectId: found.certificationId, actorId: by?.id,
    facts: { evidence: id, [found.target.kind]: found.target.id },
  }], now)
  return await getEvidence(db, id)
}
