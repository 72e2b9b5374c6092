// What use cases know of the world besides one record: organisations and calendars; and a record turned
// into the facts that the engine in core derives from.

import type { Certification } from '../core/certification.ts'
import { type Day, dayOf, type Instant } from '../core/day.ts'
import type { DerivationFacts } from '../core/derivation.ts'
import type { Obligation } from '../core/obligation.ts'
import type { Happened } from '../core/occurrence.ts'
import type { Organisation } from '../core/person.ts'
import { notFound } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { listOrganisations } from '../store/people.ts'
import { type Calendars, calendarOf, loadCalendars } from './calendars.ts'

export interface World {
  readonly organisations: ReadonlyMap<number, Organisation>
  readonly calendars: Calendars
}

/** What only other records know of a certification. */
export type Around = Pick<DerivationFacts, 'parent' | 'renewalStartedOn' | 'happened'>

/** Returns what the engine needs to know of a record. */
export function factsOf(certification: Certification, world: World, around: Around = {}): DerivationFacts {
  const organisation = world.organisations.get(certification.organisationId)
  const { options, cycles, decisions, enteredOn } = certification
  return {
    options, cycles, decisions, enteredOn, ...around, country: certification.country ?? organisation?.country,
    calendar: calendarOf(world.calendars, organisation?.calendar ?? 'weekdays'),
  }
}

/** Returns what became of the duties of one cycle: booked, done, or closed for good. */
export function happenedIn(cycle: number | undefined, obligations: readonly Obligation[]): readonly Happened[] {
  return obligations.filter((one) => one.cycle === cycle).map((one) => ({
    ruleId: one.ruleId, ordinal: one.ordinal, bookedOn: one.bookedOn, doneOn: doneOn(one),
    // What the rules ended they may yield again: that is not an answer anybody gave.
    closed: one.state === 'met' || (one.state === 'not-applicable' && one.endedBy === 'person'),
  }))
}

const doneOn = ({ submittedOn, metOn }: Obligation): Day | undefined => submittedOn ?? metOn

export async function loadWorld(db: Db): Promise<World> {
  const organisations = await listOrganisations(db)
  return { organisations: new Map(organisations.map((one) => [one.id, one])), calendars: await loadCalendars(db) }
}

/** Returns the organisation's local day: what "today" means for its records. */
export function todayOf(world: World, organisationId: number, now: Instant): Day {
  const organisation = world.organisations.get(organisationId)
  if (!organisation) throw notFound(`There is no organisation ${organisationId}.`)
  return dayOf(now, organisation.zone)
}
