// A stored run as the planner sees it: its steps as a network, on the calendar of who holds the certification,
// with the absences of who owns each step and the agreed day of the duty it is for.

import type { Calendar } from '../core/calendar.ts'
import type { Day } from '../core/day.ts'
import type { Absence, Network, PlanStep } from '../core/network.ts'
import type { Obligation } from '../core/obligation.ts'
import type { Directory } from '../core/person.ts'
import { type Plan, planRun } from '../core/plan.ts'
import { networkSteps } from '../core/procedure.ts'
import { listVisits, type Visit } from '../store/audits.ts'
import type { Db } from '../store/database.ts'
import { readDirectory } from '../store/people.ts'
import { listServedDuties, type StepRow, type WholeProcedure } from '../store/procedures.ts'
import { calendarOf } from './calendars.ts'
import { loadWorld, type World } from './world.ts'

/** What planning runs needs to know besides the runs. */
export interface RunScene {
  readonly world: World
  readonly directory: Directory
  /** The duties that runs are for, by run. */
  readonly duties: ReadonlyMap<number, Obligation>
  /** The visits still to come, by the duty they cover. */
  readonly visits: ReadonlyMap<number, Visit>
}

export async function loadRunScene(db: Db, runs: readonly WholeProcedure[], world?: World): Promise<RunScene> {
  const duties = await listServedDuties(db, runs.map((run) => run.procedure.id))
  return {
    world: world ?? await loadWorld(db), directory: await readDirectory(db), duties,
    visits: await listVisits(db, [...duties.values()].map((one) => one.id)),
  }
}

export function calendarOfRun({ certification }: Pick<WholeProcedure, 'certification'>, { world }: Pick<RunScene, 'world'>): Calendar {
  return calendarOf(world.calendars, world.organisations.get(certification.organisationId)!.calendar)
}

/** The day a run is for: the last allowed day of its duty, else the one a person gave. */
export function deadlineOf({ procedure }: WholeProcedure, { duties }: Pick<RunScene, 'duties'>): Day | undefined {
  const duty = duties.get(procedure.id)
  const isOwed = duty && (duty.state === 'open' || duty.state === 'submitted' || duty.state === 'unconfirmed')
  return isOwed ? duty.dueOn : procedure.targetOn ?? undefined
}

export function networkOf(run: WholeProcedure, scene: RunScene): Network {
  const { procedure } = run
  const duty = procedure.audit === null ? undefined : scene.duties.get(procedure.id)
  // A visit of several days ends later than the day it is booked to.
  const booked = duty && (scene.visits.get(duty.id)?.until ?? duty.bookedOn)
  const step = (row: StepRow): PlanStep => ({
    code: row.code, days: row.days, unit: row.unit, after: row.after, limit: row.legalLimit ?? undefined, outside: row.owedBy === 'outside',
    absences: absencesOf(row.ownerId ?? run.certification.ownerId, scene.directory), state: row.state,
    startedOn: row.startedOn ?? undefined, doneOn: row.doneOn ?? undefined, expectedOn: row.expectedOn ?? undefined,
    bookedOn: row.code === procedure.audit ? booked : undefined, opensOn: row.code === procedure.opens ? scene.duties.get(procedure.id)?.opensOn : undefined,
  })
  return {
    steps: networkSteps(run.stages.map((stage) => ({ code: stage.code, after: stage.after, steps: stage.steps.map(step) }))),
    target: procedure.target, startOn: procedure.startedOn, deadlineOn: deadlineOf(run, scene), calendar: calendarOfRun(run, scene),
  }
}

function absencesOf(personId: number | null, directory: Directory): readonly Absence[] {
  const away = directory.get(personId ?? 0)?.away
  return away ? [away] : []
}

/** Plans a stored run as of a day. */
export const planOf = (run: WholeProcedure, scene: RunScene, asOf: Day): Plan => planRun(networkOf(run, scene), asOf)
