// Who is told: from the audiences of a ladder to people who can be reached. An owner who is away is
// stood in for by the deputy; where nobody near can be reached it goes on to the next, and never to nobody.

import type { Calendar } from './calendar.ts'
import type { Day } from './day.ts'
import { type Audience, personNamedBy } from './ladder.ts'
import { type Directory, isAway, isReachable, type Person } from './person.ts'
import type { Listener } from './rise.ts'

export interface Duty {
  readonly ownerId: number | undefined
  readonly organisationId: number
  /** Whom its ladder speaks to beside the owner and those above (besideOwner of ladder.ts). */
  readonly beside?: readonly Audience[] | undefined
  /** The owners of unfinished steps of its certification's runs. */
  readonly stepOwnerIds?: readonly number[] | undefined
}

export interface Addressed extends Listener { readonly person: Person }

type CalendarOf = (person: Person) => Calendar
type TodayOf = (person: Person) => Day

/**
 * Returns who listens to a duty, the owner's side first. Nobody is escalated to themselves; a line manager
 * who hears as a compliance manager is replaced by the next one up; a person with several roles is one
 * listener, in the highest of them. Whoever is named and is the owner, or stands in, hears it as that.
 * Empty only where nobody at all can be reached.
 */
export function listenersOf(
  duty: Duty, directory: Directory, at: { readonly calendarOf: CalendarOf; readonly todayOf: TodayOf },
): Addressed[] {
  const listen = (person: Person, audience: Audience, rest: Partial<Listener> = {}): Addressed => ({
    person, personId: person.id, audience, purpose: 'escalation', onBehalfOf: undefined,
    calendar: at.calendarOf(person), weeklyDay: person.weeklyDay, rhythm: person.rhythm, ...rest,
  })
  const nearest = ownerSide(duty, directory, at.todayOf)
    .map(({ person, ...rest }) => listen(person, 'owner', rest))
  const told = new Set([...nearest.map((one) => one.personId), ...(duty.ownerId === undefined ? [] : [duty.ownerId])])
  const compliance = withRole('compliance-manager', duty, directory)
  const beside = besideOf(duty, directory, compliance)
  const above = [
    ...supervisorOf(duty, directory, told, compliance).map((person) => listen(person, 'supervisor')),
    ...compliance.map((person) => listen(person, 'compliance')),
    // Another legal entity's management is not ours to alarm.
    ...withRole('top-management', duty, directory).filter((one) => one.organisationId === duty.organisationId)
      .map((person) => listen(person, 'management')),
    ...beside.map(({ person, audience }) => listen(person, audience)),
  ]
  const own = nearest.map((one) => withAlso(one, beside.filter(({ person }) => person.id === one.personId).map(({ audience }) => audience)))
  return [...own, ...hearingSilence(merged(above.filter((one) => !told.has(one.personId))))]
}

// That nobody answers goes to the line manager; where there is none, to those who look after compliance.
function hearingSilence(above: readonly Addressed[]): Addressed[] {
  const hears = (audience: Audience) => (one: Addressed): boolean => one.audience === audience || one.alsoAs?.includes(audience) === true
  const hearing = above.some(hears('supervisor')) ? hears('supervisor') : hears('compliance')
  return above.map((one) => (hearing(one) ? { ...one, hearsSilence: true } : one))
}

const withAlso = (one: Addressed, also: readonly Audience[]): Addressed => (also.length === 0 ? one : { ...one, alsoAs: also })

interface Beside { readonly person: Person; readonly audience: Audience }

// Deputies, owners of steps and people by name; those whom no mail reaches are passed over.
function besideOf(duty: Duty, directory: Directory, compliance: readonly Person[]): Beside[] {
  return (duty.beside ?? []).flatMap((audience) => {
    const people = audience === 'deputy' ? [found(found(duty.ownerId, directory)?.deputyId, directory)]
      : audience === 'step-owner' ? (duty.stepOwnerIds ?? []).map((id) => directory.get(id))
      : namedOr(found(personNamedBy(audience), directory), compliance)
    return people.filter(isReachable).map((person) => ({ person, audience }))
  })
}

// Nobody is behind a mailbox that mail no longer reaches: the compliance managers take its place.
const namedOr = (person: Person | undefined, compliance: readonly Person[]): readonly (Person | undefined)[] =>
  (person?.kind === 'mailbox' && !isReachable(person) ? compliance : [person])

// One listener a person: what they hear in several roles is one ladder, each notice of it said once.
function merged(listeners: readonly Addressed[]): Addressed[] {
  return [...Map.groupBy(listeners, (one) => one.personId).values()].map(([first, ...others]) =>
    ({ ...first!, alsoAs: others.map((one) => one.audience) }))
}

type OwnerSide = { person: Person } & Pick<Listener, 'purpose' | 'onBehalfOf'>

function ownerSide(duty: Duty, directory: Directory, todayOf: TodayOf): OwnerSide[] {
  const isPresent = (person: Person): boolean => isReachable(person) && !isAway(person, todayOf(person))
  const owner = found(duty.ownerId, directory)
  const deputy = found(owner?.deputyId, directory)
  const own: OwnerSide[] = isReachable(owner) ? [{ person: owner, purpose: 'reminder', onBehalfOf: undefined }] : []
  if (own.length > 0) {
    if (isPresent(own[0]!.person)) return own
    if (deputy && isPresent(deputy)) return [{ person: deputy, purpose: 'reminder', onBehalfOf: duty.ownerId }]
    // Away and nobody to stand in: the mail waits in their own box rather than nowhere. A deputy whom mail
    // no longer reaches is another matter: what was sent there may have come back, and has to go on.
    if (!deputy || isReachable(deputy)) return own
  }
  const beyond = fallbacks([...(deputy ? [deputy] : []), ...(owner ? lineAbove(owner, directory) : [])], duty, { directory, isPresent })
  return beyond.length > 0 ? beyond.map((person) => ({ person, purpose: 'fallback', onBehalfOf: duty.ownerId })) : own
}

const found = (id: number | undefined, directory: Directory): Person | undefined => id === undefined ? undefined : directory.get(id)

// Deputy, line, compliance managers, administrators; one who is away only where there is nobody else.
function fallbacks(
  near: readonly Person[], duty: Duty, at: { readonly directory: Directory; readonly isPresent: (person: Person) => boolean },
): Person[] {
  const nearest = near.find(at.isPresent)
  if (nearest) return [nearest]
  const others = caretakersOf(duty.organisationId, at.directory)
  return others.length > 0 ? others : near.filter(isReachable).slice(0, 1)
}

function supervisorOf(duty: Duty, directory: Directory, told: ReadonlySet<number>, compliance: readonly Person[]): Person[] {
  const owner = found(duty.ownerId, directory)
  const above = owner ? lineAbove(owner, directory).filter((one) => isReachable(one) && !told.has(one.id)) : []
  const next = above.find((one) => !compliance.includes(one)) ?? above[0]
  return next ? [next] : []
}

// The supervisors one above the other, as far as the records lead; a circle ends them.
function lineAbove(person: Person, directory: Directory): Person[] {
  const line: Person[] = []
  let above = found(person.supervisorId, directory)
  while (above && above.id !== person.id && !line.includes(above)) {
    line.push(above)
    above = found(above.supervisorId, directory)
  }
  return line
}

/** Returns who looks after an organisation's gaps: its compliance managers, else all of them, else administrators. */
export function caretakersOf(organisationId: number, directory: Directory): Person[] {
  const duty = { organisationId, ownerId: undefined }
  const managers = withRole('compliance-manager', duty, directory)
  return managers.length > 0 ? managers : withRole('administrator', duty, directory)
}

// People of the organisation itself, else of the whole installation: a unit without a compliance
// manager of its own is looked after by the others.
function withRole(role: Person['roles'][number], duty: Duty, directory: Directory): Person[] {
  const all = [...directory.values()].filter((person) => person.roles.includes(role) && isReachable(person))
  const own = all.filter((person) => person.organisationId === duty.organisationId)
  return own.length > 0 ? own : all
}
