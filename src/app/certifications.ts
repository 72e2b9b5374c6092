// Certifications: entered one by one or by the register, and edited. Each use case saves the record, re-derives
// its duties and those of what rests on it, and writes history in one transaction.

import { type Anchor, type Certification, currentCycle, type CycleKind, type Decision } from '../core/certification.ts'
import { type Day, type Instant } from '../core/day.ts'
import { decideAnchors, decideOptions } from '../core/scheme.ts'
import { decideTags } from '../core/tag.ts'
import { AppError, invalid, notFound } from '../errors.ts'
import * as store from '../store/certifications.ts'
import { type Db, violatedConstraint } from '../store/database.ts'
import { appendHistory, type Entry } from '../store/history.ts'
import { countUnconfirmed } from '../store/obligations.ts'
import type { App } from './app.ts'
import { movedDuties, type MovedDuty, movedEntries, type Occasion, rederive, type Rederived, rederiveStored } from './derivation.ts'
import { noteAssigned } from './news.ts'
import { seedRequirements } from './requirements.ts'
import { schemeOf } from './schemes.ts'
import { loadWorld, todayOf, type World } from './world.ts'

export interface CertificationDraft {
  readonly organisationId: number
  readonly scheme: string
  readonly options: Readonly<Record<string, string>>
  /** Where it differs from the organisation's. */
  readonly country?: string | undefined
  readonly name: string
  readonly scope?: string | undefined
  readonly holder?: string | undefined
  /** Organisations and sites it covers besides its holder; undefined leaves what is recorded. */
  readonly covers?: readonly string[] | undefined
  readonly sites?: readonly string[] | undefined
  /** Undefined leaves what is recorded. */
  readonly tags?: readonly string[] | undefined
  readonly certificateNumber?: string | undefined
  readonly certificationBody?: string | undefined
  readonly ownerId?: number | undefined
  readonly parentId?: number | undefined
  /** Identity within (organisation, scheme): the certificate number, or what else stays the same. */
  readonly registerKey: string
  readonly registerFacts: Readonly<Record<string, string>>
  readonly cycleKind: CycleKind
  readonly anchors: readonly Anchor[]
  /** Events of that cycle besides its grant, such as `maintain` or `archive`. */
  readonly decisions: readonly Decision[]
}

export interface Registered {
  readonly certificationId: number
  readonly outcome: 'added' | 'updated' | 'unchanged'
  /** Duties already past at entry that wait for an answer. */
  readonly unconfirmed: number
}

/**
 * Saves a batch of records within the given transaction: new ones with their duties, changed ones
 * re-derived, equal ones left alone. Results in the order of the drafts.
 */
export async function registerCertifications(
  app: App, db: Db, drafts: readonly CertificationDraft[], now: Instant,
): Promise<readonly Registered[]> {
  const world = await loadWorld(db)
  const stored = await storedUnder(db, drafts)
  const fresh = drafts.filter((draft) => !stored.has(keyOf(draft)))
  const added = await addAll(app, db, { drafts: fresh, world, now })
  const changed = await updateAll(db, drafts.filter((draft) => isChanged(draft, stored.get(keyOf(draft)))), stored, now)
  const touched = drafts.flatMap((draft) => {
    const id = added.get(keyOf(draft)) ?? changed.get(keyOf(draft))
    return id === undefined ? [] : [{ id, organisationId: draft.organisationId, isNew: added.has(keyOf(draft)) }]
  })
  for (const [organisationId, ones] of Map.groupBy(touched, (one) => one.organisationId)) {
    await deriveAll(app, db, ones.map((one) => one.id), world, { organisationId, now })
    await appendHistory(db, organisationId, ones.map((one): Entry => ({
      event: one.isNew ? 'certification-added' : 'certification-edited', subject: 'certification', subjectId: one.id, facts: {},
    })), now)
  }
  for (const { id, organisationId, isNew } of touched) {
    if (!isNew) await recordMoves(db, await rederiveRiders(app, db, id, world, registeredAt(todayOf(world, organisationId, now), now)), now)
  }
  await seedRequirements(app, db, [...added.values()], now)
  const idOf = (draft: CertificationDraft) => added.get(keyOf(draft)) ?? stored.get(keyOf(draft))!.record.id
  const open = await countUnconfirmed(db, drafts.map(idOf))
  return drafts.map((draft) => ({
    certificationId: idOf(draft),
    outcome: added.has(keyOf(draft)) ? 'added' : changed.has(keyOf(draft)) ? 'updated' : 'unchanged',
    unconfirmed: open.get(idOf(draft)) ?? 0,
  }))
}

type Ids = ReadonlyMap<string, number>

const keyOf = (draft: Pick<CertificationDraft, 'organisationId' | 'scheme' | 'registerKey'>): string =>
  JSON.stringify([draft.organisationId, draft.scheme, draft.registerKey])

async function storedUnder(db: Db, drafts: readonly CertificationDraft[]): Promise<ReadonlyMap<string, store.Registered>> {
  const stored = new Map<string, store.Registered>()
  const groups = Map.groupBy(drafts, (draft) => JSON.stringify([draft.organisationId, draft.scheme]))
  for (const group of groups.values()) {
    const { organisationId, scheme } = group[0]!
    for (const one of await store.listByRegisterKeys(db, organisationId, scheme, group.map((draft) => draft.registerKey))) {
      stored.set(keyOf({ organisationId, scheme, registerKey: one.registerKey }), one)
    }
  }
  return stored
}

interface Entered { readonly drafts: readonly CertificationDraft[]; readonly world: World; readonly now: Instant }

async function addAll(app: App, db: Db, { drafts, world, now }: Entered): Promise<Ids> {
  const ids = await store.insertCertifications(db, drafts.map((draft) => ({
    ...recordValues(draft), organisationId: draft.organisationId, scheme: draft.scheme, registerKey: draft.registerKey,
    enteredOn: todayOf(world, draft.organisationId, now), createdAt: now,
  })))
  await store.insertCycles(db, drafts.map((draft, n) => ({ certificationId: ids[n]!, number: 1, kind: draft.cycleKind })))
  await store.saveAnchors(db, drafts.flatMap((draft, n) =>
    draft.anchors.map((anchor) => ({ certificationId: ids[n]!, cycle: 1, ...anchor }))))
  await store.insertDecisions(db, drafts.flatMap((draft, n) =>
    [...grantOf(app, draft), ...draft.decisions].map((one) => ({ ...one, cycle: 1, certificationId: ids[n]!, recordedAt: now }))))
  for (const [n, draft] of drafts.entries()) if (draft.covers ?? draft.sites) await saveCoverage(db, ids[n]!, draft)
  return new Map(drafts.map((draft, n) => [keyOf(draft), ids[n]!]))
}

/** Sets what a certificate covers, each kind that is given in place of what was recorded. */
export async function saveCoverage(db: Db, id: number, { covers, sites }: Pick<CertificationDraft, 'covers' | 'sites'>): Promise<void> {
  if (covers) await store.saveCoverage(db, id, 'organisation', namesOf(covers))
  if (sites) await store.saveCoverage(db, id, 'site', namesOf(sites))
}

// As a register would carry it: there a semicolon stands between two names.
function namesOf(given: readonly string[]): readonly string[] {
  const names = given.map((name) => name.trim().replace(/\s+/g, ' ')).filter((name) => name !== '')
  const joined = names.find((name) => /[;；]/.test(name))
  if (joined !== undefined) throw invalid(`"${joined}" has a semicolon, which separates two names in a register. Give each name by itself.`)
  return [...new Set(names)]
}

/** Returns the tags these words are; throws `invalid` naming the one that cannot be kept. */
export function tagsOf(given: readonly string[]): string[] {
  const decided = decideTags(given)
  if (!decided.ok) throw invalid(decided.refusal)
  return [...decided.tags]
}

const recordValues = (draft: CertificationDraft) => ({
  options: { ...draft.options }, country: draft.country ?? null, name: draft.name, scope: draft.scope ?? null, holder: draft.holder ?? null,
  certificateNumber: draft.certificateNumber ?? null, certificationBody: draft.certificationBody ?? null,
  ownerId: draft.ownerId ?? null, parentId: draft.parentId ?? null, registerFacts: { ...draft.registerFacts },
  ...draft.tags && { tags: tagsOf(draft.tags) },
})

// The day that begins a cycle, by whatever name the scheme has for it, is the day it was granted.
function grantOf(app: App, draft: CertificationDraft): Decision[] {
  const { begins } = schemeOf(app, draft.scheme)
  const decided = draft.anchors.find((anchor) => anchor.name === begins)
  return decided ? [{ kind: 'grant', cycle: 1, decidedOn: decided.day }] : []
}

// What a register says is compared with what it said before; what people decided here since is not its matter.
function isChanged(draft: CertificationDraft, stored: store.Registered | undefined): stored is store.Registered {
  return stored !== undefined && faceOf(draft) !== storedFace(stored, draft)
}

function faceOf(draft: CertificationDraft): string {
  const { options, country, name, scope, holder, covers, sites, tags, certificateNumber, certificationBody, ownerId, registerFacts } = draft
  return JSON.stringify([
    sorted(options), country ?? null, covers ?? null, sites ?? null, tags ?? null, name, scope ?? null, holder ?? null, certificateNumber ?? null, certificationBody ?? null,
    ownerId ?? null, sorted(registerFacts), anchorsFace(draft.anchors), decisionsFace(draft.decisions),
  ])
}

function storedFace({ record, registerFacts }: store.Registered, draft: CertificationDraft): string {
  const cycle = currentCycle(record)
  const said = new Set(draft.decisions.map((one) => one.kind))
  return faceOf({
    ...draft, ...record, registerFacts,
    // A register that names no owner does not take one away.
    ownerId: draft.ownerId === undefined ? undefined : record.ownerId,
    covers: draft.covers && record.covers, sites: draft.sites && record.sites, tags: draft.tags && record.tags, country: draft.country && record.country,
    anchors: cycle?.anchors ?? [],
    decisions: record.decisions.filter((one) => one.cycle === cycle?.number && said.has(one.kind)),
  })
}

const sorted = (values: Readonly<Record<string, string>>) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))
const anchorsFace = (anchors: readonly Anchor[]) =>
  anchors.map((one) => `${one.name}=${one.day.toString()}${one.assumed ? '?' : ''}`).sort()
const decisionsFace = (decisions: readonly Decision[]) =>
  decisions.map((one) => `${one.kind}=${one.decidedOn.toString()}/${one.untilOn?.toString() ?? ''}/${one.reason ?? ''}`).sort()

async function updateAll(
  db: Db, drafts: readonly CertificationDraft[], stored: ReadonlyMap<string, store.Registered>, now: Instant,
): Promise<Ids> {
  const ids = new Map<string, number>()
  for (const draft of drafts) {
    const { record } = stored.get(keyOf(draft))!
    const number = currentCycle(record)?.number ?? 1
    const { ownerId, parentId, country, ...values } = recordValues(draft)
    await store.updateCertification(db, record.id, {
      ...values, ...(ownerId === null ? {} : { ownerId }), ...(parentId === null ? {} : { parentId }), ...(country === null ? {} : { country }),
    })
    await saveCoverage(db, record.id, draft)
    const names = new Set(draft.anchors.map((one) => one.name))
    await store.removeAnchors(db, record.id, number, (currentCycle(record)?.anchors ?? []).map((one) => one.name).filter((name) => !names.has(name)))
    await store.saveAnchors(db, draft.anchors.map((anchor) => ({ certificationId: record.id, cycle: number, ...anchor })))
    const known = new Set(decisionsFace(record.decisions.filter((one) => one.cycle === number)))
    const news = draft.decisions.filter((one) => !known.has(decisionsFace([one])[0]!))
    await store.insertDecisions(db, news.map((one) => ({ ...one, cycle: number, certificationId: record.id, recordedAt: now })))
    ids.set(keyOf(draft), record.id)
  }
  return ids
}

async function deriveAll(
  app: App, db: Db, ids: readonly number[], world: World, at: { readonly organisationId: number; readonly now: Instant },
): Promise<void> {
  const occasion = registeredAt(todayOf(world, at.organisationId, at.now), at.now)
  const results = await rederive(app, db, await store.readCertifications(db, ids), world, occasion)
  await appendHistory(db, at.organisationId, movedEntries(results), at.now)
}

const registeredAt = (asOf: Day, now: Instant): Occasion =>
  ({ asOf, now, by: 'person', movedBy: undefined, because: 'the register no longer yields it', decidedOn: undefined })

export async function getCertification(db: Db, id: number): Promise<Certification> {
  const found = await store.findCertification(db, id)
  if (!found) throw notFound(`There is no certification ${id}. List them with: certification list`)
  return found
}

/** Writes the moves into the history of the organisation they belong to: a rider may be another's. */
export async function recordMoves(db: Db, results: readonly Rederived[], now: Instant): Promise<void> {
  for (const [organisationId, ones] of Map.groupBy(results, (one) => one.certification.organisationId)) {
    await appendHistory(db, organisationId, movedEntries(ones), now)
  }
}

/** Refuses a day the scheme does not know, which would never be counted from, and an end before its beginning. */
export function refuseWrongDays(app: App, certification: Certification, standing: readonly Anchor[], given: readonly Anchor[] = []): void {
  if (given.length === 0) return
  const scheme = schemeOf(app, certification.scheme)
  const known = standing.filter((anchor) => scheme.anchors[anchor.name] !== undefined && !anchor.assumed)
  const decided = decideAnchors(scheme, Object.fromEntries([...known, ...given].map(({ name, day }) => [name, day])))
  if (!decided.ok) throw invalid(decided.refusal)
}

/** A certificate that rests on this one ends, pauses and returns with it; so does what rests on that one. */
export async function rederiveRiders(app: App, db: Db, parentId: number, world: World, occasion: Occasion): Promise<Rederived[]> {
  const riders = await store.listRiders(db, parentId)
  const results = riders.length > 0 ? await rederiveStored(app, db, riders, world, occasion) : []
  for (const rider of riders) results.push(...await rederiveRiders(app, db, rider, world, occasion))
  return results
}

export interface CertificationChange {
  readonly name?: string | undefined
  readonly ownerId?: number | null | undefined
  readonly parentId?: number | null | undefined
  readonly certificateNumber?: string | undefined
  readonly certificationBody?: string | undefined
  /** Whose rules apply; null for the organisation's again. */
  readonly country?: string | null | undefined
  readonly options?: Readonly<Record<string, string>> | undefined
  readonly covers?: readonly string[] | undefined
  readonly sites?: readonly string[] | undefined
  /** In place of those recorded. */
  readonly tags?: readonly string[] | undefined
  readonly anchors?: readonly DayChange[] | undefined
}

/** A day of the running cycle; null takes it away. */
export interface DayChange { readonly name: string; readonly day: Day | null }

/** Corrects a record: names, owner, options, or the days its duties are counted from. Returns every duty this moved. */
export async function editCertification(
  app: App, db: Db, id: number, change: CertificationChange, at: { readonly now: Instant; readonly by?: { id: number; name: string } | undefined },
): Promise<readonly MovedDuty[]> {
  const certification = await getCertification(db, id)
  const { anchors, options, covers, sites, tags, ...values } = change
  refuseWrongDays(app, certification, keptDays(certification, anchors), (anchors ?? []).flatMap((one) => (one.day ? [{ name: one.name, day: one.day, assumed: false }] : [])))
  if (change.parentId) await refuseWrongParent(app, db, { id, scheme: certification.scheme, parentId: change.parentId })
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
  await rename(store.updateCertification(db, id, { ...given, ...options && { options: optionsOf(app, certification, options) }, ...tags && { tags: tagsOf(tags) } }))
  await saveCoverage(db, id, { covers, sites })
  await saveDays(app, db, certification, anchors ?? [])
  const world = await loadWorld(db)
  const occasion: Occasion = {
    asOf: todayOf(world, certification.organisationId, at.now), now: at.now, by: 'person', movedBy: at.by?.name,
    because: 'the corrected record no longer yields it', decidedOn: undefined,
  }
  const results = [...await rederiveStored(app, db, [id], world, occasion), ...await rederiveRiders(app, db, id, world, occasion)]
  await appendHistory(db, certification.organisationId, [editedEntry(certification, change, at.by?.id)], at.now)
  await recordMoves(db, results, at.now)
  if (change.ownerId !== undefined && change.ownerId !== (certification.ownerId ?? null)) await noteAssigned(db, { certificationId: id, ownerId: change.ownerId }, at)
  return movedDuties(results)
}

const keptDays = (certification: Certification, change: readonly DayChange[] = []): readonly Anchor[] =>
  (currentCycle(certification)?.anchors ?? []).filter((anchor) => !change.some((one) => one.name === anchor.name))

/** Saves days of the running cycle, takes away those without one, and lets what only stood in for another follow it. */
async function saveDays(app: App, db: Db, certification: Certification, change: readonly DayChange[]): Promise<void> {
  const cycle = currentCycle(certification)
  const scheme = schemeOf(app, certification.scheme)
  const [given, removed] = [change.filter((one) => one.day !== null), change.filter((one) => one.day === null).map((one) => one.name)]
  if (removed.includes(scheme.begins)) throw invalid(`${scheme.begins} is the day the cycle begins with: correct it, it cannot be taken away.`)
  const days = new Map(given.map((one) => [one.name, one.day!]))
  const following = (cycle?.anchors ?? []).filter((one) => one.assumed && !days.has(one.name))
    .flatMap((one): Anchor[] => { const day = days.get(scheme.anchors[one.name]?.standIn ?? ''); return day ? [{ ...one, day }] : [] })
  const saved = [...given.map((one): Anchor => ({ name: one.name, day: one.day!, assumed: false })), ...following]
  await store.removeAnchors(db, certification.id, cycle?.number ?? 1, removed)
  await store.saveAnchors(db, saved.map((anchor) => ({ certificationId: certification.id, cycle: cycle?.number ?? 1, ...anchor })))
}

function optionsOf(app: App, certification: Certification, change: Readonly<Record<string, string>>): Record<string, string> {
  const decided = decideOptions(schemeOf(app, certification.scheme), { ...certification.options, ...change })
  if (!decided.ok) throw invalid(decided.refusal)
  return { ...decided.options }
}

/** Refuses a certification to rest on what its scheme does not know, or on what rests on it in turn. */
export async function refuseWrongParent(
  app: App, db: Db, rider: { readonly id?: number; readonly scheme: string; readonly parentId: number },
): Promise<void> {
  const parent = await getCertification(db, rider.parentId)
  const allowed = schemeOf(app, rider.scheme).restsOn?.schemes
  if (allowed && !allowed.includes(parent.scheme)) {
    throw invalid(`${rider.scheme} rests on ${allowed.join(', ')}; certification ${parent.id} is of ${parent.scheme}.`)
  }
  for (let above: Certification | undefined = parent; above; above = above.parentId === undefined ? undefined : await store.findCertification(db, above.parentId)) {
    if (above.id === rider.id) throw invalid(`Certification ${parent.id} rests on ${rider.id} already: two cannot rest on each other.`)
  }
}

function editedEntry(certification: Certification, { ownerId }: CertificationChange, actorId: number | undefined): Entry {
  const isGivenOn = ownerId !== undefined && ownerId !== (certification.ownerId ?? null)
  return {
    event: isGivenOn ? 'certification-owner' : 'certification-edited', subject: 'certification', subjectId: certification.id, actorId,
    facts: { owner: ownerId ?? null },
  }
}

async function rename<T>(write: Promise<T>): Promise<T> {
  try {
    return await write
  } catch (cause) {
    if (violatedConstraint(cause)?.startsWith('register_key')) {
      throw new AppError('conflict', 'This organisation already has a certification of this scheme under that number.', { cause })
    }
    throw cause
  }
}
