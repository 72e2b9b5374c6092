// The duties of a finding: written when it is entered, moved with its days, met with its answer and proof, ended
// when it is closed. They follow the finding; what a person says of one of them comes here by way of findings.ts.

import type { Day } from '../core/day.ts'
import { fateOfDuty, type Finding, findingDuties, findingDutyOf, type Graded } from '../core/finding.ts'
import { type Derived, type Obligation, stateAtEntry } from '../core/obligation.ts'
import { conflict } from '../errors.ts'
import type { Db } from '../store/database.ts'
import {
  changeObligation, checkDutiesOfCertification, insertObligations, listObligationsOf, type ObligationChange, rewriteObligations,
} from '../store/obligations.ts'
import type { Act } from './obligations.ts'

export interface Alignment extends Act { readonly organisationId: number; readonly today: Day }

/** Makes the duties of a finding what it asks for now; without a grade they keep their words and days. */
export async function alignDuties(db: Db, finding: Finding, graded: Graded | undefined, at: Alignment): Promise<void> {
  const wanted = graded && findingDuties(finding, graded.grade, graded.provisional)
  if (wanted) await writeDuties(db, finding, wanted, at)
  for (const duty of await dutiesOfFinding(db, finding)) {
    await settleDuty(db, finding, duty, wanted === undefined || wanted.some((one) => one.ruleId === duty.ruleId), at)
  }
  await checkDutiesOfCertification(db, finding.certificationId, at.now)
}

const dutiesOfFinding = async (db: Db, { id, certificationId }: Finding): Promise<Obligation[]> =>
  (await listObligationsOf(db, [certificationId])).filter((one) => findingDutyOf(one.ruleId)?.findingId === id)

async function writeDuties(db: Db, finding: Finding, wanted: readonly Derived[], at: Alignment): Promise<void> {
  const standing = new Map((await dutiesOfFinding(db, finding)).map((one) => [one.ruleId, one]))
  const added = wanted.filter((one) => !standing.has(one.ruleId))
  await insertObligations(db, added.map((derived) => ({
    certificationId: finding.certificationId, organisationId: at.organisationId, derived, enteredOn: at.today,
    state: stateAtEntry(derived.dueOn, at.today), ownerId: finding.ownerId,
  })), at.now)
  const changed = wanted.flatMap((derived) => {
    const obligation = standing.get(derived.ruleId)
    return obligation && faceOf(obligation) !== faceOf(derived) ? [{ obligation, derived }] : []
  })
  await rewriteObligations(db, changed.map(({ obligation, derived }) => ({
    obligation, derived, state: obligation.state === 'met' ? 'met' : stateAtEntry(derived.dueOn, obligation.enteredOn),
    moved: obligation.dueOn.equals(derived.dueOn) ? undefined : { from: obligation.dueOn, by: at.by?.name },
  })), at.now)
}

const faceOf = (one: Derived): string => JSON.stringify([
  one.tier, one.ladder, one.title.en, one.title.zh, one.opensOn?.toString(), one.dueOn.toString(), one.basis, one.mark,
])

async function settleDuty(db: Db, finding: Finding, duty: Obligation, isAsked: boolean, at: Alignment): Promise<void> {
  const fate = isAsked || duty.state === 'met' ? fateOfDuty(finding, findingDutyOf(duty.ruleId)!.what) : 'not-owed'
  const change: ObligationChange = {
    ...stateAfter(duty, fate),
    ...((duty.ownerId ?? null) === (finding.ownerId ?? null) ? {} : { ownerId: finding.ownerId ?? null }),
  }
  if (Object.keys(change).length === 0) return
  if (await changeObligation(db, duty, change, at.now)) return
  throw conflict(`Somebody else has just changed obligation ${duty.id}. Look at the finding again: finding show ${finding.id}`)
}

function stateAfter(duty: Obligation, fate: ReturnType<typeof fateOfDuty>): ObligationChange {
  if (typeof fate === 'object') {
    return duty.state === 'met' && duty.metOn?.equals(fate.metOn) ? {} : { state: 'met', metOn: fate.metOn, submittedOn: fate.metOn, reason: null, endedBy: null }
  }
  if (fate === 'not-owed') {
    return duty.state === 'not-applicable' ? {} : { state: 'not-applicable', metOn: null, submittedOn: null, reason: 'the finding asks for it no more', endedBy: 'rules' }
  }
  // A person's "not applicable" stands; what a closing ended is owed again once that is taken back.
  const isBack = duty.state === 'met' || (duty.state === 'not-applicable' && duty.endedBy === 'rules')
  return isBack ? { state: 'open', metOn: null, submittedOn: null, reason: null, endedBy: null } : {}
}
