// The verdict on a duty for each person who could hear of it: what the planner writes, what `explain`
// says and what `preview` lists are all made from it.

import type { Calendar } from '../core/calendar.ts'
import type { Certification } from '../core/certification.ts'
import { type Day, dayOf, type Instant, instantAt } from '../core/day.ts'
import { besideOwner, type Ladder } from '../core/ladder.ts'
import type { Obligation } from '../core/obligation.ts'
import type { Directory, Person } from '../core/person.ts'
import { ladderFor, type Policies } from '../core/policy.ts'
import { type Addressed, listenersOf } from '../core/recipient.ts'
import type { Circumstances } from '../core/circumstances.ts'
import { decideReminder, type ReminderDecision } from '../core/reminder.ts'
import type { Memory } from '../core/rise.ts'
import { decideTiming, type Timing } from '../core/sending.ts'
import { readAnswers } from '../store/answers.ts'
import { readCertifications } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { listObligationsById } from '../store/obligations.ts'
import { readSaid, readSituation, type Situation } from '../store/reminders.ts'
import { calendarOf } from './calendars.ts'
import type { World } from './world.ts'

/** A duty with all that deciding about it needs. */
export interface LoadedDuty extends Memory {
  readonly obligation: Obligation
  readonly certification: Certification
  /** The owners of unfinished steps of its certification's runs. */
  readonly stepOwnerIds: readonly number[]
}

export interface Scene {
  readonly world: World
  readonly directory: Directory
  readonly policies: Policies
}

/** A scene at a moment, as a run of the planner sees it. */
export interface PlanScene extends Scene {
  readonly now: Instant
  /** Where what was due before a restore is lived anew: mails begin in quarantine. */
  readonly begins?: 'quarantined' | undefined
}

export interface Verdict {
  readonly duty: LoadedDuty
  readonly listener: Addressed
  readonly decision: ReminderDecision
  /** When it is sent; undefined where nothing is to be said. */
  readonly timing: Timing | undefined
  /** The listener's send hour on a day. */
  readonly opensAt: (day: Day) => Instant
}

export async function loadDuties(db: Db, obligationIds: readonly number[]): Promise<LoadedDuty[]> {
  const obligations = await listObligationsById(db, obligationIds)
  const certificationIds = [...new Set(obligations.map((one) => one.certificationId))]
  const certifications = new Map((await readCertifications(db, certificationIds)).map((one) => [one.id, one]))
  const said = await readSaid(db, obligationIds)
  const given = await readAnswers(db, obligationIds)
  const situation = await readSituation(db, certificationIds, obligations.flatMap((one) => one.stepId ?? []))
  return obligations.map((obligation) => ({
    obligation, certification: certifications.get(obligation.certificationId)!,
    said: said.get(obligation.id) ?? [], given: given.get(obligation.id) ?? [], circumstances: circumstancesOf(obligation, situation),
    stepOwnerIds: situation.stepOwners.get(obligation.certificationId) ?? [],
  }))
}

function circumstancesOf(obligation: Obligation, situation: Situation): Circumstances {
  const id = obligation.certificationId
  const step = obligation.stepId === undefined ? undefined : situation.steps.get(obligation.stepId)
  // An expiry cannot be booked: its "if not booked" asks about the audit that renews it.
  const booked = obligation.bookedOn !== undefined || (obligation.kind === 'expiry' && situation.booked.has(id))
  return {
    booked, contracted: booked || situation.contracted.has(id),
    started: step ? step.started : situation.started.has(id), long: (step?.days ?? 0) >= 10, critical: step?.critical ?? false,
    submitted: obligation.state === 'submitted' || situation.submitted.has(id),
    // An archive date is decided on by going on, which is a run, or by letting go, which ends the duty. A renewal
    // that is decided ends its duty too: while one is open, it is not.
    decided: obligation.ladder === 'archive-date' && situation.started.has(id),
  }
}

export function ownerOf(duty: Pick<LoadedDuty, 'obligation' | 'certification'>): number | undefined {
  return duty.obligation.ownerId ?? duty.certification.ownerId
}

export function listenersFor(duty: LoadedDuty, scene: Scene, now: Instant): Addressed[] {
  const ladder = ladderFor(duty.obligation, scene.policies)
  return listenersOf(
    {
      ownerId: ownerOf(duty), organisationId: duty.obligation.organisationId,
      beside: ladder && besideOwner(ladder), stepOwnerIds: duty.stepOwnerIds,
    }, scene.directory,
    { calendarOf: (person) => calendarFor(person, scene), todayOf: (person) => dayOf(now, person.zone) },
  )
}

const calendarFor = (person: Person, scene: Scene): Calendar => calendarOf(scene.world.calendars, person.calendar)

/** Decides every duty for everybody who could hear of it. */
export function decideAll(duties: readonly LoadedDuty[], scene: Scene, now: Instant): Verdict[] {
  return duties.flatMap((duty) => {
    const ladder = ladderFor(duty.obligation, scene.policies)
    return ladder ? listenersFor(duty, scene, now).map((listener) => decideFor(duty, ladder, listener, now)) : []
  })
}

function decideFor(duty: LoadedDuty, ladder: Ladder, listener: Addressed, now: Instant): Verdict {
  const { person, calendar } = listener
  const decision = decideReminder(duty.obligation, ladder, listener, duty, dayOf(now, person.zone))
  const timing = decision.say ? decideTiming({
    on: decision.rise.on, lastUsefulOn: decision.rise.offsetDays >= 0 ? decision.rise.countedTo : undefined,
  }, person, calendar, now) : undefined
  return { duty, listener, decision, timing, opensAt: (day) => instantAt(day, person.sendHour, person.zone) }
}
