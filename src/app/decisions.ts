// The decisions taken on a certification: granted, renewed, suspended, withdrawn and the like. Each is judged
// by where the certification stood on its day, opens a cycle where it begins one, and re-derives in one transaction.

import {
  type Anchor, anchorOf, type Certification, currentCycle, type Cycle, type Decision, type DecisionKind, type Replaced,
} from '../core/certification.ts'
import type { Day, Instant } from '../core/day.ts'
import { isRuled } from '../core/rederivation.ts'
import { completeCycle, type Template } from '../core/scheme.ts'
import { cycleOn, decideDecision, type Standing, stateForDecisions } from '../core/standing.ts'
import { rulesOf } from '../core/validity.ts'
import { conflict, invalid } from '../errors.ts'
import * as store from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { appendHistory, type Entry } from '../store/history.ts'
import { changeObligation, listObligationsOf } from '../store/obligations.ts'
import { endProcedure, listProcedures } from '../store/procedures.ts'
import type { App } from './app.ts'
import { getCertification, recordMoves, rederiveRiders, refuseWrongDays, saveCoverage } from './certifications.ts'
import { movedEntries, type Occasion, rederiveStored } from './derivation.ts'
import { refuseWhileBlocked } from './findings.ts'
import { schemeOf } from './schemes.ts'
import { standingsOf } from './standings.ts'
import { factsOf, loadWorld, todayOf } from './world.ts'

export interface DecisionInput {
  readonly kind: DecisionKind
  readonly decidedOn: Day
  readonly untilOn?: Day | undefined
  readonly reason?: string | undefined
  /** Days of the cycle that the decision begins or changes: `expiry` of a renewal, for example. */
  readonly anchors?: readonly Anchor[] | undefined
  readonly certificateNumber?: string | undefined
  /** The body it moves to (transfer), the scope it has from now on (change of scope), with what it then covers. */
  readonly certificationBody?: string | undefined
  readonly scope?: string | undefined
  readonly covers?: readonly string[] | undefined
  readonly sites?: readonly string[] | undefined
  readonly by?: { readonly id: number; readonly name: string } | undefined
}

/**
 * Records a decision and what follows: a renewal opens a new cycle and ends the duties of the old one.
 * A move the state does not allow is refused with the reason.
 */
export async function decideCertification(
  app: App, db: Db, id: number, asked: Omit<DecisionInput, 'decidedOn'> & { readonly decidedOn?: Day | undefined }, now: Instant,
): Promise<Certification> {
  const world = await loadWorld(db)
  const certification = await getCertification(db, id)
  const asOf = todayOf(world, certification.organisationId, now)
  const input: DecisionInput = { ...asked, decidedOn: asked.decidedOn ?? asOf }
  for (const day of [input.decidedOn, ...beginningsIn(app, certification, input)]) refuseFuture(day, asOf)
  const facts = factsOf(certification, world)
  const whole = schemeOf(app, certification.scheme)
  const judged = cycleOn(whole, facts, input.decidedOn)
  const scheme = judged ? rulesOf(whole, facts, judged, input.decidedOn) : whole
  const standing = (await standingsOf(app, db, [certification], { world, asOf: () => input.decidedOn })).get(id)!
  const move = decideDecision(scheme, standing, input.kind)
  if (!move.ok) throw conflict(`"${certification.name}" is ${standing.state}: ${move.refusal}`)
  refuseWrongLastDay(input, standing)
  refuseIncomplete(certification, input)
  await refuseWhileBlocked(db, id, input, standing.state)
  const cycle = await openCycle(app, db, certification, { ...input, standing, judged })
  await store.insertDecisions(db, [{ ...decisionOf(input, cycle), was: replacedBy(certification, input), certificationId: id, recordedAt: now, recordedBy: input.by?.id ?? null }])
  await saveReplacing(db, id, input)
  const results = await rederiveStored(app, db, [id], world, occasionOf(input, asOf, now))
  await appendHistory(db, certification.organisationId, [decidedEntry(certification, input, cycle), ...movedEntries(results)], now)
  await endRuns(app, db, certification, input, occasionOf(input, asOf, now))
  await recordMoves(db, await rederiveRiders(app, db, id, world, occasionOf(input, asOf, now)), now)
  return await getCertification(db, id)
}

/** The day a cycle begins, where it is given besides the decision. */
function beginningsIn(app: App, { scheme }: Certification, { anchors = [] }: DecisionInput): readonly Day[] {
  const { begins } = schemeOf(app, scheme)
  return anchors.filter((anchor) => anchor.name === begins).map((anchor) => anchor.day)
}

function refuseIncomplete({ name, certificationBody }: Certification, { kind, certificationBody: to, scope }: DecisionInput): void {
  if (kind === 'transfer' && !to?.trim()) throw invalid(`Say which body "${name}" moves to: --to BODY`)
  if (kind === 'transfer' && to?.trim() === certificationBody) throw invalid(`"${name}" is with ${certificationBody!} already.`)
  if (to !== undefined && kind !== 'transfer') throw invalid(`Only a transfer changes the body; to correct it: certification edit --body`)
  if (scope !== undefined && kind !== 'expand-scope' && kind !== 'reduce-scope') throw invalid('Only a change of scope changes the scope.')
}

/** What a decision replaces, as it is until now; undefined where it replaces nothing. */
function replacedBy(one: Certification, input: DecisionInput): Replaced | undefined {
  const changed = (from: string | undefined, to: string | undefined): string | undefined => (to !== undefined && to.trim() !== from ? from : undefined)
  const was: Replaced = Object.fromEntries(Object.entries({
    certificateNumber: changed(one.certificateNumber, input.certificateNumber), certificationBody: changed(one.certificationBody, input.certificationBody),
    scope: changed(one.scope, input.scope),
  }).filter(([, value]) => value !== undefined))
  return Object.keys(was).length > 0 ? was : undefined
}

async function saveReplacing(db: Db, id: number, { certificateNumber, certificationBody, scope, covers, sites }: DecisionInput): Promise<void> {
  const values = {
    ...(certificateNumber && { certificateNumber }), ...(certificationBody && { certificationBody: certificationBody.trim() }), ...(scope && { scope: scope.trim() }),
  }
  if (Object.keys(values).length > 0) await store.updateCertification(db, id, values)
  if (covers || sites) await saveCoverage(db, id, { covers, sites })
}

const decisionOf = (input: DecisionInput, cycle: number): Decision =>
  ({ kind: input.kind, cycle, decidedOn: input.decidedOn, untilOn: input.untilOn, reason: input.reason })

const occasionOf = (input: DecisionInput, asOf: Day, now: Instant): Occasion => ({
  asOf, now, by: 'person', movedBy: input.by?.name, because: `ended by the decision to ${input.kind}`,
  decidedOn: input.kind === 'renew' || input.kind === 'restore' ? input.decidedOn : undefined,
})

function decidedEntry(certification: Certification, input: DecisionInput, cycle: number): Entry {
  return {
    event: `certification-${input.kind}`, subject: 'certification', subjectId: certification.id, actorId: input.by?.id,
    facts: { cycle, decidedOn: input.decidedOn.toString(), untilOn: input.untilOn?.toString() ?? null },
  }
}

function refuseFuture(decidedOn: Day, today: Day): void {
  if (Temporal.PlainDate.compare(decidedOn, today) > 0) {
    throw invalid(`A decision of ${decidedOn.toString()} lies in the future (today is ${today.toString()}). Enter it once it is taken.`)
  }
}

function refuseWrongLastDay({ kind, decidedOn, untilOn }: DecisionInput, standing: Standing): void {
  if (untilOn && Temporal.PlainDate.compare(untilOn, decidedOn) < 0) {
    throw invalid(`The last day ${untilOn.toString()} is before the decision of ${decidedOn.toString()}.`)
  }
  if (kind !== 'extend') return
  if (untilOn && standing.endsOn && Temporal.PlainDate.compare(untilOn, standing.endsOn) <= 0) {
    throw invalid(`An extension until ${untilOn.toString()} adds nothing: it is valid until ${standing.endsOn.toString()} already.`)
  }
}

// A run serves its certificate: with that gone, or with what it was for decided, nobody is reminded of its steps any more,
// nor, with the certificate gone, of findings.
async function endRuns(app: App, db: Db, { id, scheme }: Certification, { kind }: DecisionInput, { asOf, now, because }: Occasion): Promise<void> {
  const templates = new Map(schemeOf(app, scheme).templates.map((one) => [one.id, one]))
  const runs = (await listProcedures(db, { certificationId: id, runningOnly: true }))
    .filter(({ procedure }) => endsRun(kind, templates.get(procedure.template), procedure.servesRule))
  for (const { procedure } of runs) await endProcedure(db, procedure.id, asOf, because)
  const ended = new Set(runs.flatMap((run) => run.stages.flatMap((stage) => stage.steps.map((step) => step.id))))
  const steps = (await listObligationsOf(db, [id])).filter((one) => (ended.has(one.stepId ?? 0) || (endsAll(kind) && !isRuled(one))) && !endedDuty.has(one.state))
  for (const step of steps) await changeObligation(db, step, { state: 'not-applicable', reason: because, endedBy: 'rules' }, now)
}

const endsAll = (kind: DecisionKind): boolean => kind === 'withdraw' || kind === 'cancel' || kind === 'archive'

/** Says which runs a decision ends: all with the certificate, those towards a renewal or a first grant with that. */
function endsRun(kind: DecisionKind, template: Template | undefined, serves: string | null): boolean {
  if (endsAll(kind)) return true
  const isInitial = template?.id === 'initial-certification'
  if (kind === 'renew' || kind === 'refuse') return template?.renews === true || isInitial || serves !== null
  return kind === 'grant' && isInitial
}

const endedDuty: ReadonlySet<string> = new Set(['met', 'not-applicable'])

type Judged = DecisionInput & { readonly standing: Standing; readonly judged: Cycle | undefined }

/** Opens the cycle that a decision begins, or returns the one it was judged in; days given are saved with it. */
async function openCycle(app: App, db: Db, certification: Certification, input: Judged): Promise<number> {
  const current = currentCycle(certification)
  const opens = opensCycle(input)
  const scheme = schemeOf(app, certification.scheme)
  if (opens) refuseBeforeCycle(certification, anchorOf(current && completeCycle(scheme, current), scheme.begins), input)
  if (opens && input.kind === 'restore') refuseWithoutExpiry(input)
  const number = opens ? (current?.number ?? 0) + 1 : input.judged?.number ?? 1
  if (opens) await store.insertCycles(db, [{ certificationId: certification.id, number, kind: input.kind === 'grant' ? 'initial' : 'recertification' }])
  const decided: Anchor[] = opens || input.kind === 'grant' ? [{ name: scheme.begins, day: input.decidedOn, assumed: false }] : []
  refuseWrongDays(app, certification, [...opens ? [] : input.judged?.anchors ?? [], ...decided], input.anchors)
  // What comes again within a cycle, such as a yearly report, goes on counting across a renewal.
  const lasting = opens ? (current?.anchors ?? []).filter((anchor) => scheme.anchors[anchor.name]?.repeats && !anchor.assumed) : []
  const days = new Map([...lasting, ...decided, ...input.anchors ?? []].map((anchor) => [anchor.name, anchor]))
  await store.saveAnchors(db, [...days.values()].map((anchor) => ({ certificationId: certification.id, cycle: number, ...anchor })))
  return number
}

// Granted again after it has ended, it begins anew; a planned one begins in the cycle that was entered for it.
function opensCycle({ kind, standing }: Judged): boolean {
  if (kind === 'renew') return true
  if (kind === 'restore') return stateForDecisions(standing) === 'expired-restorable'
  return kind === 'grant' && standing.state !== 'planned'
}

function refuseBeforeCycle({ name }: Certification, beganOn: Day | undefined, { kind, decidedOn }: DecisionInput): void {
  if (!beganOn || Temporal.PlainDate.compare(decidedOn, beganOn) > 0) return
  throw invalid(`The running cycle of "${name}" began on ${beganOn.toString()}: a decision to ${kind} of ${decidedOn.toString()} is not after it. `
    + 'Is it recorded already? To correct a day: certification edit')
}

// ISO/IEC 17021-1, 9.6.3.2.5: the new expiry follows the prior cycle, so it must not be counted from this decision.
function refuseWithoutExpiry(input: DecisionInput): void {
  if (input.anchors?.some((anchor) => anchor.name === 'expiry')) return
  throw invalid('A certificate restored after its expiry keeps the count of the prior cycle. Give the expiry it prints: --set expiry=DAY')
}
