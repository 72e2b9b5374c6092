// Checklists of certifications: the items their scheme lists, what people decide about each, and the
// evidence for it. Each use case writes history, ids and states only, in the same transaction.

import type { Mark, Words } from '../core/certification.ts'
import type { Instant } from '../core/day.ts'
import type { NewEvidence } from '../core/evidence.ts'
import {
  type AreaOf, type Changed, type Checklist, decideChange, decideSeed, divideByArea, mostItems, type Progress, progressOfItems, type Proven,
  type Requirement, type RequirementChange,
} from '../core/requirement.ts'
import { findArea } from '../core/requirement-import.ts'
import { findScheme, listSchemes } from '../core/scheme.ts'
import { AppError, conflict, invalid, notFound } from '../errors.ts'
import { type Db, violatedConstraint } from '../store/database.ts'
import { insertEvidence, listEvidenceOf, type NewProof, withdrawEvidence } from '../store/evidence.ts'
import { appendHistory, type Entry } from '../store/history.ts'
import { listNames } from '../store/overview.ts'
import { findPerson } from '../store/people.ts'
import * as store from '../store/requirements.ts'
import type { App } from './app.ts'
import type { Act } from './obligations.ts'

/**
 * Gives certifications the items their scheme lists and they do not have: all of them at first, later what
 * the scheme has added or put otherwise. What people decided about an item stays. Returns how many were added.
 */
export async function seedRequirements(app: App, db: Db, certificationIds: readonly number[], now: Instant): Promise<number> {
  const holders = (await store.listHolders(db, [...new Set(certificationIds)])).filter((one) => checklistOf(app, one.scheme))
  const stored = Map.groupBy(await store.listRequirementsOf(db, holders.map((one) => one.id)), (one) => one.certificationId)
  const decided = holders.map((holder) => ({ holder, ...decideSeed(checklistOf(app, holder.scheme)!, stored.get(holder.id) ?? []) }))
  await insertItems(db, decided.flatMap(({ holder, missing }) => missing.map((item) => ({ ...item, certificationId: holder.id }))), now)
  for (const item of decided.flatMap((one) => one.rewritten)) await store.rewriteRequirement(db, item)
  const grown = decided.filter((one) => one.missing.length > 0)
  for (const [organisationId, ones] of Map.groupBy(grown, (one) => one.holder.organisationId)) {
    await appendHistory(db, organisationId, ones.map(({ holder, missing }): Entry => ({
      event: 'requirements-added', subject: 'certification', subjectId: holder.id, facts: { added: missing.length },
    })), now)
  }
  return grown.reduce((sum, one) => sum + one.missing.length, 0)
}

/** Returns which scheme and organisation a certification is of; throws `not-found`. */
export async function getHolder(db: Db, certificationId: number): Promise<store.Holder> {
  const [found] = await store.listHolders(db, [certificationId])
  if (!found) throw notFound(`There is no certification ${certificationId}. List them with: certification list`)
  return found
}

const checklistOf = (app: App, scheme: string): Checklist | undefined => findScheme(app.catalogue, scheme)?.requirements

/** Returns the checklist of a certification's scheme; throws `invalid` where it has none. */
export function getChecklist(app: App, scheme: string): Checklist {
  const checklist = checklistOf(app, scheme)
  if (checklist) return checklist
  const known = listSchemes(app.catalogue).filter((one) => one.requirements).map((one) => one.id)
  throw invalid(`${scheme} has no checklist. Schemes with one: ${known.join(', ') || 'none'}. Give it one in a scheme file of your own: scheme check FILE`)
}

/** Inserts items; throws `conflict` where somebody else has just added the same ones. */
export async function insertItems(db: Db, items: readonly store.NewRequirement[], now: Instant): Promise<readonly number[]> {
  try {
    return await store.insertRequirements(db, items, now)
  } catch (cause) {
    if (violatedConstraint(cause) !== 'requirement_code_is_used_once_per_certification') throw cause
    throw new AppError('conflict', 'Somebody else has just added the same items. Look at them again: requirement list', { cause })
  }
}

export interface RequirementView extends Proven {
  readonly certification: string
  readonly areaTitle: Words
  /** Who answers for it: its own owner, else the certification's. */
  readonly owner: string | undefined
}

export interface RequirementQuestion extends Omit<store.RequirementFilter, 'areas'> {
  /** An area by its id or its title. */
  readonly area?: string | undefined
}

/** Lists items with the names a person knows them by; throws `invalid` for an area that no list has. */
export async function listRequirements(app: App, asked: RequirementQuestion, limit = 1000): Promise<RequirementView[]> {
  const { db } = app.database
  const { area, ...filter } = asked
  const scheme = filter.certificationId === undefined ? undefined : (await getHolder(db, filter.certificationId)).scheme
  const areas = area === undefined ? undefined : areasCalled(app, scheme, area)
  return await viewsOf(app, db, await store.listRequirements(db, { ...filter, areas }, limit))
}

function areasCalled(app: App, scheme: string | undefined, text: string): string[] {
  const lists = listSchemes(app.catalogue).filter((one) => scheme === undefined || one.id === scheme).flatMap((one) => one.requirements ?? [])
  const found = lists.flatMap((one) => findArea(one, text)?.id ?? [])
  if (found.length > 0) return [...new Set(found)]
  const known = lists.flatMap((one) => one.areas.map(({ id, title }) => `${id} (${title.en}, ${title.zh})`))
  throw invalid(`No checklist has an area "${text}". Areas: ${known.join('; ') || 'none'}.`)
}

async function viewsOf(app: App, db: Db, items: readonly store.Owned[]): Promise<RequirementView[]> {
  const evidence = await listEvidenceOf(db, items.map((one) => one.id))
  const names = await listNames(db, [...new Set(items.flatMap((one) => one.effectiveOwnerId ?? []))])
  return items.map(({ effectiveOwnerId, scheme, ...item }) => {
    const areaTitle = checklistOf(app, scheme)?.areas.find((one) => one.id === item.area)?.title ?? { en: item.area, zh: item.area }
    return { ...item, areaTitle, owner: names.get(effectiveOwnerId ?? 0), evidence: evidence.get(item.id) ?? [] }
  })
}

/** One certification's list as a page shows it. */
export interface ChecklistView {
  readonly certificationId: number
  readonly title: Words
  readonly basis: string | undefined
  readonly mark: Mark | undefined
  readonly progress: Progress
  readonly areas: readonly AreaOf<RequirementView>[]
}

/** Returns the list of a certification; undefined where its scheme has none and nothing was kept of an earlier one. */
export async function requirementsOf(app: App, db: Db, certificationId: number): Promise<ChecklistView | undefined> {
  const { scheme } = await getHolder(db, certificationId)
  const checklist = checklistOf(app, scheme)
  const items = await viewsOf(app, db, await store.listRequirements(db, { certificationId }, mostItems))
  if (!checklist && items.length === 0) return undefined
  return {
    certificationId, title: checklist?.title ?? findScheme(app.catalogue, scheme)?.title ?? { en: scheme, zh: scheme },
    basis: checklist?.basis, mark: checklist?.mark, progress: progressOfItems(items), areas: divideByArea(checklist, items),
  }
}

export type RequirementSet = Proven & {
  /** It is met without any evidence: allowed, but said. */
  readonly lacksEvidence: boolean
}

/** Changes an item: state, owner, reason, evidence added or withdrawn. What is so already is left alone. */
export async function setRequirement(db: Db, id: number, change: RequirementChange, act: Act): Promise<RequirementSet> {
  const item = await getRequirement(db, id)
  if (Object.values(change).every((value) => value === undefined)) {
    throw invalid(`Say what to change about requirement ${id}: a state, an owner, a reason, evidence to add or to withdraw.`)
  }
  await refuseAbsent(db, change.ownerId)
  const decided = decideChange(item, change)
  if (!decided.ok) throw invalid(`Requirement ${id}: ${decided.refusal}`)
  const { values, added, withdrawn, lacksEvidence } = decided
  if (Object.keys(values).length + added.length + withdrawn.length === 0) return { ...item, lacksEvidence }
  await applyChange(db, item, values, act)
  const ids = await insertEvidence(db, added.map((one) => proofOf(id, one)), { id: act.by?.id, at: act.now })
  await withdrawEvidence(db, withdrawn.map((one) => one.id), { id: act.by?.id, at: act.now })
  const { organisationId } = await getHolder(db, item.certificationId)
  await appendHistory(db, organisationId, entriesOf(item, decided, ids).map((one) => ({ ...one, actorId: act.by?.id })), act.now)
  return { ...await getRequirement(db, id), lacksEvidence }
}

/** Returns a link as evidence of an item. */
export const proofOf = (requirementId: number, { link, title }: NewEvidence): NewProof =>
  ({ target: { kind: 'requirement', id: requirementId }, title, proof: { link } })

/** Writes what a person decided about an item; throws `conflict` where it was changed since it was read. */
export async function applyChange(db: Db, item: Requirement, values: Parameters<typeof store.changeRequirement>[2], act: Act): Promise<void> {
  if (await store.changeRequirement(db, item, values, act.now)) return
  throw conflict(`Somebody else has just changed requirement ${item.id}. Look at it again: requirement list --certification ${item.certificationId}`)
}

/** Returns an item with its evidence; throws `not-found` naming the way to the numbers there are. */
export async function getRequirement(db: Db, id: number): Promise<Proven> {
  const found = await store.findRequirement(db, id)
  if (!found) throw notFound(`There is no requirement ${id}. List them with: requirement list`)
  return { ...found, evidence: (await listEvidenceOf(db, [id])).get(id) ?? [] }
}

async function refuseAbsent(db: Db, ownerId: number | null | undefined): Promise<void> {
  const owner = ownerId === undefined || ownerId === null ? undefined : await findPerson(db, ownerId)
  if (owner && !owner.active) throw conflict(`${owner.name} is deactivated: name somebody else.`)
}

// One link each, so that the page of a certification says what happened. A reason may name people: it stays out.
function entriesOf(item: Requirement, { values, withdrawn }: Changed, added: readonly number[]): Entry[] {
  const entry = (event: string, facts: Entry['facts'] = {}): Entry =>
    ({ event, subject: 'certification', subjectId: item.certificationId, facts: { requirement: item.id, ...facts } })
  return [
    ...(values.state === undefined ? [] : [entry(`requirement-${values.state}`, { was: item.state })]),
    ...(values.ownerId === undefined ? [] : [entry('requirement-assigned', { owner: values.ownerId })]),
    ...(values.reason === undefined || values.state !== undefined ? [] : [entry('requirement-remarked')]),
    ...added.map((id) => entry('evidence-added', { evidence: id })),
    ...withdrawn.map((one) => entry('evidence-withdrawn', { evidence: one.id })),
  ]
}
