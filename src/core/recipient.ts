// Who is told: from the audiences of a ladder to people who can be reached. An owner who is away is
// stood in for by the deputy; where nobody near can be reached it goes on to the next, and never to nobody.

import type { Calendar } from './calendar.ts'
import type { Day } from './day.ts'
import type { Audience } from './ladder.ts'
import { type Directory, isAway, isReachable, type Person } from './person.ts'
import type { Listener } from './reminder.ts'

export interface Duty {
  readonly ownerId: number | undefined
  readonly organisationId: number
}

export interface Addressed extends Listener { readonly person: Person }

type CalendarOf = (person: Person) => Calendar
type TodayOf = (person: Person) => Day

/**
 * Returns who listens to a duty, the owner's side first. Nobody is escalated to themselves, and a person
 * who would hear in two roles hears in the first. Empty only where the organisation has nobody reachable.
 */
export function listenersOf(
  duty: Duty, directory: Directory, at: { readonly calendarOf: CalendarOf; readonly todayOf: TodayOf },
): Addressed[] {
  const listen = (person: Person, audience: Audience, rest: Partial<Listener> = {}): Addressed => ({
    person, personId: person.id, audience, purpose: 'escalation', onBehalfOf: undefined,
    calendar: at.calendarOf(person), ...rest,
  })
  const nearest = ownerSide(duty, directory, at.todayOf)
    .map(({ person, ...rest }) => listen(person, 'owner', rest))
  const told = new Set(nearest.flatMap((one) => [one.personId, ...(duty.ownerId ? [duty.ownerId] : [])]))
  const above = [
    ...supervisorOf(duty, directory, told).map((person) => listen(person, 'supervisor')),
    ...withRole('compliance-manager', duty, directory).map((person) => listen(person, 'compliance')),
    ...withRole('top-management', duty, directory).map((person) => listen(person, 'management')),
  ]
  return [...nearest, ...above.filter((one) => !told.has(one.personId))]
}

type OwnerSide = { person: Person } & Pick<Listener, 'purpose' | 'onBehalfOf'>

function ownerSide(duty: Duty, directory: Directory, todayOf: TodayOf): OwnerSide[] {
  const owner = duty.ownerId === undefined ? undefined : directory.get(duty.ownerId)
  if (isReachable(owner) && !isAway(owner, todayOf(owner))) {
    return [{ person: owner, purpose: 'reminder', onBehalfOf: undefined }]
  }
  const deputy = owner?.deputyId === undefined ? undefined : directory.get(owner.deputyId)
  if (owner?.active && isReachable(deputy) && !isAway(deputy, todayOf(deputy))) {
    return [{ person: deputy, purpose: 'reminder', onBehalfOf: owner.id }]
  }
  // Away without a deputy: the mail waits in their own box rather than nowhere.
  if (isReachable(owner)) return [{ person: owner, purpose: 'reminder', onBehalfOf: undefined }]
  return fallbacks(owner, deputy, duty, directory)
    .map((person) => ({ person, purpose: 'fallback', onBehalfOf: duty.ownerId }))
}

function fallbacks(
  owner: Person | undefined, deputy: Person | undefined, duty: Duty, directory: Directory,
): Person[] {
  if (isReachable(deputy)) return [deputy]
  const supervisor = owner && reachableAbove(owner, directory, new Set([owner.id]))
  if (supervisor) return [supervisor]
  const managers = withRole('compliance-manager', duty, directory)
  return managers.length > 0 ? managers : withRole('administrator', duty, directory)
}

function supervisorOf(duty: Duty, directory: Directory, told: ReadonlySet<number>): Person[] {
  const owner = duty.ownerId === undefined ? undefined : directory.get(duty.ownerId)
  const supervisor = owner && reachableAbove(owner, directory, told)
  return supervisor ? [supervisor] : []
}

// Up the line until somebody who can be reached and has not heard; a circle of supervisors ends it.
function reachableAbove(person: Person, directory: Directory, told: ReadonlySet<number>): Person | undefined {
  const seen = new Set<number>([person.id])
  let above = person.supervisorId
  while (above !== undefined && !seen.has(above)) {
    seen.add(above)
    const supervisor = directory.get(above)
    if (isReachable(supervisor) && !told.has(above)) return supervisor
    above = supervisor?.supervisorId
  }
  return undefined
}

// People of the organisation itself, else of the whole installation: a unit without a compliance
// manager of its own is looked after by the others.
function withRole(role: Person['roles'][number], duty: Duty, directory: Directory): Person[] {
  const all = [...directory.values()].filter((person) => person.roles.includes(role) && isReachable(person))
  const own = all.filter((person) => person.organisationId === duty.organisationId)
  return own.length > 0 ? own : all
}
