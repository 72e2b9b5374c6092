// Duties as a digest names them: who has the ball and since when, what is forecast, and which light they show.

import type { Calendar } from '../core/calendar.ts'
import { type Day, dayOf, daysBetween, latest } from '../core/day.ts'
import type { Ball, DigestDuty } from '../core/digest.ts'
import { lightOf } from '../core/light.ts'
import { isLate, lateAfter } from '../core/obligation.ts'
import type { Directory } from '../core/person.ts'
import type { Db } from '../store/database.ts'
import { type DutyRow, listGivenAt } from '../store/digests.ts'
import { listRunPlans } from '../store/overview.ts'
import { listProcedures } from '../store/procedures.ts'
import type { App } from './app.ts'
import { closingsOf } from './findings.ts'
import { schemeName } from './reading.ts'
import type { World } from './world.ts'

export interface DutiesAt {
  readonly world: World
  readonly directory: Directory
  /** The reader's, and the day in their zone. */
  readonly calendar: Calendar
  readonly zone: string
  readonly day: Day
}

export interface Duty { readonly duty: DigestDuty; readonly late: boolean; readonly row: DutyRow }

/** Returns duties as a digest names them, in the order given, without those that are told by another's line. */
export async function digestDuties(app: App, db: Db, rows: readonly DutyRow[], at: DutiesAt): Promise<Duty[]> {
  // What rides on another, or waits for a visit to be booked, is told by the other's line.
  const told = rows.filter(({ obligation }) => obligation.owedBy === 'organisation' && obligation.ladder !== 'none')
  const ids = [...new Set(told.map((row) => row.certification.id))]
  const [plans, closings, waits] = [await listRunPlans(db, ids), await closingsOf(db, ids, at.day), await waitsOf(db, ids)]
  return told.map((row): Duty => {
    const { obligation, certification } = row
    const finishOn = plans.get(certification.id)?.find((plan) => plan.targetOn.equals(obligation.dueOn))?.finishOn
    const ownerId = obligation.ownerId ?? certification.ownerId
    const owner = ownerId === null ? undefined : at.directory.get(ownerId)?.name
    const last = lateAfter(obligation)
    const forecastOn = latest(finishOn, obligation.bookedOn)
    return {
      row, late: isLate(obligation, at.day),
      duty: {
        obligationId: obligation.id, certificationId: certification.id,
        scheme: schemeName(app, certification), name: certification.name,
        organisation: at.world.organisations.get(certification.organisationId)?.name ?? '',
        kind: obligation.kind, tier: obligation.tier, title: obligation.title, dueOn: obligation.dueOn,
        latestOn: obligation.latestOn, bookedOn: obligation.bookedOn, daysLeft: daysBetween(at.day, last),
        light: lightOf(obligation, { finishOn, closesOn: closings.get(certification.id) }, at.calendar, at.day),
        owner, ball: ballOf(row, owner, waits),
        forecast: forecastOn && { on: forecastOn, days: daysBetween(last, forecastOn) },
        provisional: obligation.provisional, unverified: obligation.mark === 'unverified',
      },
    }
  })
}

interface Wait { readonly certificationId: number; readonly stepId: number; readonly targetOn: Day | null; readonly on: string; readonly since: Day | undefined }

async function waitsOf(db: Db, certificationIds: readonly number[]): Promise<readonly Wait[]> {
  if (certificationIds.length === 0) return []
  const runs = await listProcedures(db, { certificationIds, runningOnly: true }, 1000)
  return runs.flatMap((run) => run.stages.flatMap((stage) => stage.steps).flatMap((step): Wait[] => (step.state === 'waiting' && step.waitsOn
    ? [{ certificationId: run.certification.id, stepId: step.id, targetOn: run.procedure.targetOn, on: step.waitsOn, since: step.waitingSince ?? undefined }] : [])))
}

function ballOf({ obligation, certification }: DutyRow, owner: string | undefined, waits: readonly Wait[]): Ball {
  if (obligation.state === 'submitted') return { holder: 'handed-in', name: certification.certificationBody ?? undefined, since: obligation.submittedOn }
  const wait = waits.find((one) => one.stepId === obligation.stepId)
    ?? waits.find((one) => one.certificationId === certification.id && one.targetOn?.equals(obligation.dueOn))
  if (wait) return { holder: 'waits', name: wait.on, since: wait.since }
  return { holder: 'owner', name: owner, since: obligation.enteredOn }
}

// A list of so many is read elsewhere: only what stands in a mail says since when somebody has it.
const mostDated = 50

/** Says of the first duties since when their owner has them: the day they were given to them, else that they are recorded. */
export async function datedDuties(db: Db, duties: readonly DigestDuty[], zone: string): Promise<DigestDuty[]> {
  const owned = duties.slice(0, mostDated).filter(({ ball }) => ball.holder === 'owner')
  const given = await listGivenAt(db, owned.map((one) => ({ id: one.obligationId, certificationId: one.certificationId })))
  return duties.map((duty) => {
    const at = duty.ball.holder === 'owner' ? given.get(duty.obligationId) : undefined
    return at ? { ...duty, ball: { ...duty.ball, since: dayOf(at, zone) } } : duty
  })
}

/** What is lost first: the certificate or the law, then what has been late longest. */
export const worstFirst = (a: DigestDuty, b: DigestDuty): number =>
  Number(b.daysLeft < 0) - Number(a.daysLeft < 0) || (a.tier < b.tier ? -1 : a.tier > b.tier ? 1 : 0) || a.daysLeft - b.daysLeft

/** Says whether a duty stands among those late or in danger. */
export const isBad = ({ duty, late }: Duty): boolean => late || duty.light === 'red' || duty.light === 'amber'
