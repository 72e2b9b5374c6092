// Findings of audits: entered with their grade, answered, proven, verified, closed otherwise, graded again, given
// to somebody. Each change is kept to what the state allows, and the duties of the finding follow it.

import { compareDays, type Day, type Instant, latest } from '../core/day.ts'
import {
  blockingFindings, byWeight, expectedClosing, type DatedMove, decideDatedMove, decideDays, decideGrade, decideMove, decideReopen, type Finding, findingDutyOf,
  findingOn, type FindingState, type Graded, isOpen, type Owed, owedNext, regradedDays, stateOf,
} from '../core/finding.ts'
import type { Certification, DecisionKind, Words } from '../core/certification.ts'
import { type FindingRemark, findingRemarks } from '../core/remark.ts'
import type { Obligation, ObligationState } from '../core/obligation.ts'
import { findScheme, type Scheme } from '../core/scheme.ts'
import { cycleOn } from '../core/standing.ts'
import { rulesOf } from '../core/validity.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import type { Db } from '../store/database.ts'
import * as store from '../store/findings.ts'
import { appendHistory, type Entry } from '../store/history.ts'
import { listNames } from '../store/overview.ts'
import { findPerson } from '../store/people.ts'
import type { App } from './app.ts'
import { getCertification } from './certifications.ts'
import { alignDuties } from './finding-duties.ts'
import type { Act } from './obligations.ts'
import { schemeName } from './reading.ts'
import { schemeOf } from './schemes.ts'
import { standingsOf } from './standings.ts'
import { factsOf, loadWorld, todayOf } from './world.ts'

/** Last days that a person gives instead of the rule's, from the body's letter; null takes one away. */
export interface GivenDays {
  readonly answerDueOn?: Day | null | undefined
  readonly proofDueOn?: Day | null | undefined
  readonly verifyDueOn?: Day | null | undefined
}

export interface FindingInput extends GivenDays {
  readonly certificationId: number
  readonly grade: string
  readonly title: string
  /** The last day of the audit; taken from the audit where none is given. */
  readonly foundOn?: Day | undefined
  readonly auditId?: number | undefined
  readonly number?: string | undefined
  readonly clause?: string | undefined
  readonly site?: string | undefined
  readonly ownerId?: number | undefined
}

/** Enters a finding with the days its grade gives, and a duty for each. */
export async function addFinding(app: App, db: Db, input: FindingInput, act: Act): Promise<FindingView> {
  const certification = await getCertification(db, input.certificationId)
  const title = textOf('title', input.title)
  if (title === null) throw invalid('Say what was found: --title "…".')
  const foundOn = input.foundOn ?? await auditDay(db, input)
  if (input.auditId !== undefined) await refuseForeignAudit(db, input.auditId, certification.id)
  await refuseInactive(db, input.ownerId)
  const today = todayOf(await loadWorld(db), certification.organisationId, act.now)
  if (compareDays(foundOn, today) > 0) throw invalid(`${foundOn.toString()} lies in the future (today is ${today.toString()}).`)
  const { cycle, graded } = await gradeOn(app, db, certification, { grade: input.grade, foundOn })
  const rule = ruleOf(graded, input, foundOn)
  const id = await store.insertFinding(db, {
    ...rule, certificationId: certification.id, cycle, auditId: input.auditId, title, foundOn, ownerId: input.ownerId,
    number: textOf('number', input.number) ?? undefined, clause: textOf('clause', input.clause) ?? undefined, site: textOf('site', input.site) ?? undefined,
  }, act.now)
  await alignDuties(db, await getFinding(db, id), graded, { ...act, organisationId: certification.organisationId, today })
  await tell(db, certification, [{ event: 'finding-added', facts: { finding: id, on: foundOn.toString() } }], act)
  return await showFinding(app, db, id)
}

const longest = { title: 300, number: 60, clause: 120, site: 200, text: 10_000 } as const

/** Returns a text without what surrounds it, null where nothing is left; throws `invalid` for a longer one than is kept. */
function textOf(what: keyof typeof longest, text: string | undefined): string | null {
  const trimmed = text?.trim() ?? ''
  if (trimmed.length > longest[what]) throw invalid(`A ${what} may have ${longest[what]} characters; this one has ${trimmed.length}.`)
  return trimmed || null
}

async function auditDay(db: Db, { auditId, certificationId }: FindingInput): Promise<Day> {
  const audit = auditId === undefined ? undefined : await store.findAuditOf(db, auditId, certificationId)
  if (audit?.lastOn) return audit.lastOn
  throw invalid('Say when it was found, the last day of the audit: --on YYYY-MM-DD.')
}

async function refuseForeignAudit(db: Db, auditId: number, certificationId: number): Promise<void> {
  const audit = await store.findAuditOf(db, auditId, certificationId)
  if (!audit) throw notFound(`There is no audit ${auditId}. List them with: audit list`)
  if (!audit.covers) throw invalid(`Audit ${auditId} (${audit.title}) covers no duty of certification ${certificationId}. Add one of its duties to the audit, or leave --audit out.`)
}

async function refuseInactive(db: Db, ownerId: number | null | undefined): Promise<void> {
  const owner = ownerId === undefined || ownerId === null ? undefined : await findPerson(db, ownerId)
  if (owner && !owner.active) throw conflict(`${owner.name} is deactivated: name somebody else.`)
}

interface GradedIn { readonly cycle: number; readonly graded: Graded }

/** Grades by the rules that held when it was found; throws `invalid` naming the grades there are. */
async function gradeOn(app: App, db: Db, certification: Certification, { grade, foundOn }: Pick<Finding, 'grade' | 'foundOn'>): Promise<GradedIn> {
  const world = await loadWorld(db)
  const facts = factsOf(certification, world)
  const whole = schemeOf(app, certification.scheme)
  const cycle = cycleOn(whole, facts, foundOn)
  const rules: Scheme = cycle ? rulesOf(whole, facts, cycle, foundOn) : whole
  const standing = (await standingsOf(app, db, [certification], { world, asOf: () => foundOn })).get(certification.id)
  if (standing?.over) throw conflict(`"${certification.name}" was ${standing.state} by ${foundOn.toString()}: nothing is found there any more.`)
  const initial = standing?.state === 'planned'
  const graded = decideGrade(rules, grade, { foundOn, initial, end: initial ? undefined : standing?.validUntil, body: certification.certificationBody, calendar: facts.calendar })
  if (!graded.ok) throw invalid(graded.refusal)
  return { cycle: cycle?.number ?? 1, graded }
}

function ruleOf({ grade, days: ruled, basis, mark }: Graded, given: GivenDays, foundOn: Day) {
  const decided = decideDays(ruled, given, foundOn)
  if (!decided.ok) throw invalid(decided.refusal)
  const hasDays = decided.days.answerDueOn ?? decided.days.proofDueOn ?? decided.days.verifyDueOn
  if (grade.closes === 'nothing' && hasDays) throw invalid(`A finding graded ${grade.id} owes nothing: leave its days out, or choose another grade.`)
  const isGiven = Object.values({ a: given.answerDueOn, b: given.proofDueOn, c: given.verifyDueOn }).some((one) => one !== undefined)
  return { grade: grade.id, closesBy: grade.closes, blocks: grade.blocks, mark, ...decided.days, basis: isGiven ? `${basis}; days as the body gave them` : basis }
}

export interface AnswerTexts {
  readonly correction?: string | undefined
  readonly rootCause?: string | undefined
  readonly correctiveAction?: string | undefined
}

/** Records the answer sent to the body: correction, root cause and corrective action; where that is enough, it is closed. */
export async function answerFinding(app: App, db: Db, id: number, answer: AnswerTexts & { readonly on?: Day | undefined }, act: Act): Promise<FindingView> {
  const texts = Object.fromEntries((['correction', 'rootCause', 'correctiveAction'] as const).flatMap((name) => {
    const text = textOf('text', answer[name])
    return text === null ? [] : [[name, text]]
  }))
  return await moveFinding(app, db, id, { move: 'answer', on: answer.on, values: texts }, act)
}

export const proveFinding = (app: App, db: Db, id: number, on: Day | undefined, act: Act): Promise<FindingView> =>
  moveFinding(app, db, id, { move: 'prove', on }, act)

export const verifyFinding = (app: App, db: Db, id: number, on: Day | undefined, act: Act): Promise<FindingView> =>
  moveFinding(app, db, id, { move: 'verify', on }, act)

/** Closes a finding without what closes it: taken back by the body, or settled otherwise. */
export async function closeFinding(app: App, db: Db, id: number, how: { readonly reason: string; readonly on?: Day | undefined }, act: Act): Promise<FindingView> {
  const reason = textOf('text', how.reason)
  if (reason === null) throw invalid('Say why it is closed without being verified: --reason "…". Verified by the body? finding verify')
  return await moveFinding(app, db, id, { move: 'close', on: how.on, values: { closedReason: reason } }, act)
}

const eventOf = { answer: 'finding-answered', prove: 'finding-proven', verify: 'finding-verified', close: 'finding-closed' } as const

interface Move { readonly move: DatedMove; readonly on?: Day | undefined; readonly values?: store.FindingValues }

async function moveFinding(app: App, db: Db, id: number, { move, on, values }: Move, act: Act): Promise<FindingView> {
  const scene = await sceneOf(db, id, act.now)
  const day = on ?? scene.today
  const decided = decideDatedMove(scene.finding, move, day, scene.today)
  if (!decided.ok) throw conflict(`Finding ${id}: ${decided.refusal}`)
  await write(app, db, scene, { ...decided.change, ...values }, { event: eventOf[move], facts: { finding: id, on: day.toString() } }, act)
  return await showFinding(app, db, id)
}

interface Scene { readonly finding: Finding; readonly certification: Certification; readonly today: Day }

async function sceneOf(db: Db, id: number, now: Instant): Promise<Scene> {
  const finding = await getFinding(db, id)
  const certification = await getCertification(db, finding.certificationId)
  return { finding, certification, today: todayOf(await loadWorld(db), certification.organisationId, now) }
}

// One place where a finding is written: then its duties follow, and history says so.
async function write(app: App, db: Db, { finding, certification, today }: Scene, values: store.FindingValues, entry: Pick<Entry, 'event' | 'facts'>, act: Act & { readonly graded?: Graded }): Promise<void> {
  if (!await store.changeFinding(db, finding, values)) throw conflict(`Somebody else has just changed finding ${finding.id}. Look at it again: finding show ${finding.id}`)
  const changed = await getFinding(db, finding.id)
  await alignDuties(db, changed, act.graded ?? await kept(app, db, certification, changed), { ...act, organisationId: certification.organisationId, today })
  await tell(db, certification, [entry], act)
}

// A grade that the scheme no longer has keeps the duties it once gave.
async function kept(app: App, db: Db, certification: Certification, finding: Finding): Promise<Graded | undefined> {
  if (!findScheme(app.catalogue, certification.scheme)?.findings?.grades.some((one) => one.id === finding.grade)) return undefined
  return (await gradeOn(app, db, certification, finding)).graded
}

const tell = (db: Db, certification: Certification, entries: readonly Pick<Entry, 'event' | 'facts'>[], act: Act): Promise<void> =>
  appendHistory(db, certification.organisationId, entries.map((one) => ({ ...one, subject: 'certification', subjectId: certification.id, actorId: act.by?.id })), act.now)

export interface Regrading extends GivenDays { readonly grade: string; readonly reason: string }

/** Grades a finding again; its days follow the new grade, but for those that a person had set. */
export async function gradeFinding(app: App, db: Db, id: number, { grade, reason, ...given }: Regrading, act: Act): Promise<FindingView> {
  const scene = await sceneOf(db, id, act.now)
  const { finding, certification } = scene
  const allowed = decideMove(finding, 'grade')
  if (!allowed.ok) throw conflict(`Finding ${id}: ${allowed.refusal}`)
  const why = textOf('text', reason)
  if (why === null) throw invalid('Say why it is graded again: --reason "…".')
  const { graded } = await gradeOn(app, db, certification, { ...finding, grade })
  const old = (await kept(app, db, certification, finding))?.days
  const days = graded.grade.closes === 'nothing' ? graded.days : regradedDays(finding, old, graded.days)
  const rule = ruleOf({ ...graded, days }, given, finding.foundOn)
  const basis = `${rule.basis}. ${finding.grade === grade ? 'Days changed' : `Graded ${grade} instead of ${finding.grade}`}: ${why}`
  // Answered or proven before, it may be closed by what the new grade asks for.
  const reached = { answer: finding.answeredOn, proof: finding.provenOn, verification: finding.verifiedOn, nothing: undefined }[graded.grade.closes]
  await write(app, db, scene, { rule: { ...rule, basis }, ...(reached && { closedOn: reached }) }, { event: 'finding-graded', facts: { finding: id, grade, was: finding.grade } }, { ...act, graded })
  return await showFinding(app, db, id)
}

/** Gives a finding and its duties to somebody; to nobody gives them back to the owner of the certification. */
export async function assignFinding(app: App, db: Db, id: number, ownerId: number | null, act: Act): Promise<FindingView> {
  await refuseInactive(db, ownerId)
  const scene = await sceneOf(db, id, act.now)
  await write(app, db, scene, { ownerId }, { event: 'finding-assigned', facts: { finding: id, owner: ownerId } }, act)
  return await showFinding(app, db, id)
}

/** Takes the last step back: what the body refused is owed again, and one closed by mistake is open. */
export async function reopenFinding(app: App, db: Db, id: number, act: Act): Promise<FindingView> {
  const scene = await sceneOf(db, id, act.now)
  const decided = decideReopen(scene.finding)
  if (!decided.ok) throw conflict(`Finding ${id}: ${decided.refusal}`)
  await write(app, db, scene, decided.change, { event: 'finding-reopened', facts: { finding: id } }, act)
  return await showFinding(app, db, id)
}

/** Lets a finding follow what was said of its duty: sent, verified, or owed again. */
export async function followFindingDuty(app: App, db: Db, duty: Obligation, said: { readonly state?: ObligationState; readonly metOn?: Day | null }, act: Act): Promise<void> {
  const named = findingDutyOf(duty.ruleId)
  if (!named) return
  const { finding } = await sceneOf(db, named.findingId, act.now)
  const on = { answer: finding.answeredOn, proof: finding.provenOn, verification: finding.verifiedOn }[named.what]
  const move = ({ answer: 'answer', proof: 'prove', verification: 'verify' } as const)[named.what]
  if (said.state === 'met' && said.metOn) await moveFinding(app, db, finding.id, { move, on: said.metOn }, act)
  else if (said.state === 'open' && on) await reopenTo(app, db, finding, named.what, act)
}

async function reopenTo(app: App, db: Db, finding: Finding, what: Owed['what'], act: Act): Promise<void> {
  const last = finding.verifiedOn ? 'verification' : finding.provenOn ? 'proof' : 'answer'
  if (last !== what) throw conflict(`Finding ${finding.id} has gone on since: its ${last} is recorded. Take that back first: finding reopen ${finding.id}`)
  await reopenFinding(app, db, finding.id, act)
}

/** Returns a finding; throws `not-found`. */
export async function getFinding(db: Db, id: number): Promise<Finding> {
  const [found] = await store.listFindings(db, { id }, 1)
  if (!found) throw notFound(`There is no finding ${id}. List them with: finding list`)
  return found.finding
}

export interface FindingView extends Finding {
  readonly certification: string
  readonly organisationId: number
  /** The scheme's name with the certification's options. */
  readonly scheme: Words
  readonly gradeTitle: Words
  readonly costs: Words | undefined
  readonly audit: string | undefined
  readonly state: FindingState
  readonly open: boolean
  readonly owed: Owed | undefined
  /** Who answers for it: its own owner, else the certification's. */
  readonly owner: string | undefined
  /** The day owed next by us has passed. */
  readonly late: boolean
  readonly daysLeft: number | undefined
}

export interface FindingQuestion extends Omit<store.FindingFilter, 'foundBy' | 'unclosedOnly'> {
  readonly openOnly?: boolean | undefined
  /** Today, where each is held, without one. */
  readonly asOf?: Day | undefined
}

/** Lists findings as they were on a day: what blocks first, then by what is owed next. */
export async function listFindings(app: App, db: Db, { openOnly, asOf, ...filter }: FindingQuestion, limit: number): Promise<FindingView[]> {
  const named = await store.listFindings(db, { ...filter, foundBy: asOf, unclosedOnly: openOnly === true && asOf === undefined }, limit)
  const world = await loadWorld(db)
  const names = await listNames(db, [...new Set(named.flatMap((one) => one.finding.ownerId ?? one.certification.ownerId ?? []))])
  return named.flatMap((one): FindingView[] => {
    const day = asOf ?? todayOf(world, one.certification.organisationId, app.clock.now())
    const then = asOf ? findingOn(one.finding, asOf) : one.finding
    return then && (!openOnly || isOpen(then)) ? [viewOf(app, { ...one, finding: then }, names, day)] : []
  }).toSorted(byWeight)
}

function viewOf(app: App, { finding, certification, audit }: store.NamedFinding, names: ReadonlyMap<number, string>, day: Day): FindingView {
  const owed = owedNext(finding)
  const daysLeft = owed?.dueOn && day.until(owed.dueOn, { largestUnit: 'day' }).days
  const grade = findScheme(app.catalogue, certification.scheme)?.findings?.grades.find((one) => one.id === finding.grade)
  return {
    ...finding, certification: certification.name, organisationId: certification.organisationId, scheme: schemeName(app, certification), audit, state: stateOf(finding), open: isOpen(finding), owed,
    gradeTitle: grade?.title ?? { en: finding.grade, zh: finding.grade }, costs: grade?.costs, owner: names.get(finding.ownerId ?? certification.ownerId ?? 0),
    daysLeft, late: daysLeft !== undefined && daysLeft < 0 && owed?.what !== 'verification',
  }
}

/** Returns one finding as a person reads it; throws `not-found`. */
export async function showFinding(app: App, db: Db, id: number): Promise<FindingView> {
  const [found] = await listFindings(app, db, { id }, 1)
  if (!found) throw notFound(`There is no finding ${id}. List them with: finding list`)
  return found
}

// Each keeps or makes it valid, as if nothing were open.
const decisive: ReadonlySet<DecisionKind> = new Set(['grant', 'renew', 'extend'])

const nounOf: Partial<Record<DecisionKind, string>> = { renew: 'renewal', extend: 'extension', restore: 'restoration' }

/**
 * Throws `conflict` where an open finding keeps the certification from being granted, renewed or extended, or one
 * that has expired from being restored (ISO/IEC 17021-1, 9.5.2 and 9.6.3.2).
 */
export async function refuseWhileBlocked(db: Db, certificationId: number, decision: { readonly kind: DecisionKind; readonly decidedOn: Day }, state: string): Promise<void> {
  const isDecided = decisive.has(decision.kind) || (decision.kind === 'restore' && state !== 'suspended')
  const [first] = isDecided ? blockingFindings(await store.listBlockingOf(db, [certificationId]), decision.decidedOn) : []
  if (!first) return
  const way = first.provenOn ? `finding verify ${first.id} --on DAY` : `finding prove ${first.id} --on DAY, then finding verify ${first.id} --on DAY`
  throw conflict(`Finding ${first.id}${first.number ? ` (${first.number})` : ''}, graded ${first.grade}, is not verified by ${decision.decidedOn.toString()}: `
    + `while it is open, no ${nounOf[decision.kind] ?? decision.kind} can be decided. Verified by the body? ${way}. Taken back? finding close ${first.id} --reason "…"`)
}

/** Returns by certification the day on which the last finding that blocks its renewal can be expected to be closed. */
export async function closingsOf(db: Db, certificationIds: readonly number[], asOf: Day): Promise<ReadonlyMap<number, Day>> {
  const open = blockingFindings(await store.listBlockingOf(db, [...new Set(certificationIds)]), asOf)
  return new Map([...Map.groupBy(open, (one) => one.certificationId)].flatMap(([id, all]) => {
    const last = latest(...all.map((one) => expectedClosing(one, asOf)))
    return last ? [[id, last] as const] : []
  }))
}

/** Returns what to say on a certificate about its findings: those that keep its renewal from being decided. */
export async function findingRemarksOf(app: App, db: Db, certificationId: number, at: { readonly limitOn: Day | undefined; readonly asOf: Day }): Promise<readonly FindingRemark[]> {
  const views = await listFindings(app, db, { certificationId, openOnly: true, asOf: at.asOf }, 1000)
  return findingRemarks(views.map((one) => ({ ...one, grade: one.gradeTitle })), at.limitOn, at.asOf)
}
