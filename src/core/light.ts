// The status light of a duty. Green is earned by a plan that holds; far away and unplanned is grey.

import { addWorkingDays, type Calendar } from './calendar.ts'
import { type Day, isAfter, isBefore, daysBetween, latest } from './day.ts'
import type { Light } from './digest.ts'
import { isLate, lateAfter, type Obligation } from './obligation.ts'

export interface Plan {
  /** When the run that serves the duty is planned to finish; undefined without one. */
  readonly finishOn: Day | undefined
  /** When the last finding that keeps a renewal from being decided can be expected to be closed. */
  readonly closesOn?: Day | undefined
}

// An audit that is not booked by then cannot be held in time: bodies need six weeks, renewals a quarter.
const bookAhead: Partial<Record<Obligation['kind'], number>> = { 'surveillance-audit': 45, recertification: 90 }

/** Returns the last day on which an audit had to be booked; undefined where nothing is booked. */
export function bookByOf(obligation: Pick<Obligation, 'kind' | 'dueOn'>): Day | undefined {
  const days = bookAhead[obligation.kind]
  return days === undefined ? undefined : obligation.dueOn.subtract({ days })
}

/**
 * Red: the limit has passed, the plan passes it, an audit is unbooked past its day, or a finding
 * cannot be closed before a renewal must be decided. Amber: fewer than
 * ten working days of slack, a planned day that passed without the duty being done, or, unplanned, a gate
 * within thirty days. A step is planned by its run: amber only in its last three working days.
 */
export function lightOf(obligation: Obligation, plan: Plan, calendar: Calendar, asOf: Day): Light {
  const bookBy = obligation.bookedOn ? undefined : bookByOf(obligation)
  if (isLate(obligation, asOf)) return 'red'
  if (obligation.kind === 'step') return stepLight(obligation, calendar, asOf)
  const lastPlannedOn = latest(plan.finishOn, obligation.bookedOn)
  if (lastPlannedOn && isAfter(lastPlannedOn, lateAfter(obligation))) return 'red'
  if (bookBy && isAfter(asOf, bookBy)) return 'red'
  if (obligation.kind === 'recertification' && plan.closesOn && isAfter(plan.closesOn, lateAfter(obligation))) return 'red'
  const planned = obligation.bookedOn ?? plan.finishOn
  if (planned) {
    const slackEndsOn = addWorkingDays(planned, 10, calendar).day
    const isMissed = obligation.state === 'open' && isBefore(planned, asOf)
    return isMissed || isAfter(slackEndsOn, obligation.dueOn) ? 'amber' : 'green'
  }
  const gate = bookBy && isBefore(bookBy, obligation.dueOn) ? bookBy : obligation.dueOn
  return daysBetween(asOf, gate) <= 30 ? 'amber' : 'grey'
}

function stepLight(step: Obligation, calendar: Calendar, asOf: Day): Light {
  return isAfter(step.dueOn, addWorkingDays(asOf, 3, calendar).day) ? 'green' : 'amber'
}
