// Reminder policies: what a person changed about a ladder, and for what. Each part of a ladder (the notices of an
// audience, the repeats, who hears what is late) is taken from the nearest place that says something of it:
// the duty, its certification, its organisation, everywhere, and else the default.

import { type Audience, audiences, type Ladder, type Repeat, type Rung } from './ladder.ts'

/** Where a change holds. */
export type Place =
  | { readonly kind: 'everywhere' }
  | { readonly kind: 'organisation' | 'certification' | 'obligation'; readonly id: number }

/** What one place says of a ladder; what it does not name, it leaves to the place around it. */
export interface LadderChange {
  /** Whose notices it sets, also where that is none. */
  readonly audiences: readonly Audience[]
  readonly rungs: readonly Rung[]
  readonly overdue?: readonly Repeat[] | undefined
  readonly late?: readonly Audience[] | undefined
}

export interface Policy {
  readonly ladder: string
  readonly place: Place
  readonly change: LadderChange
}

export interface LadderPolicies {
  readonly base: Ladder
  /** What was changed, by `placeKey`. */
  readonly changes: ReadonlyMap<string, Policy>
}

/** Every ladder by id, with all that was changed about it anywhere. */
export type Policies = ReadonlyMap<string, LadderPolicies>

/** What a policy is asked about: a duty, or less than one. An `Obligation` is one. */
export interface Subject {
  readonly ladder: string
  readonly id?: number | undefined
  readonly certificationId?: number | undefined
  readonly organisationId?: number | undefined
}

/** A part of a ladder: the notices of an audience, its repeats, or who hears that it is late. */
export type Part = Audience | 'overdue' | 'late'

export interface Applied {
  readonly ladder: Ladder
  /** From where each part comes that no default gives. */
  readonly from: ReadonlyMap<Part, Place>
}

export const placeKey = (place: Place): string => (place.kind === 'everywhere' ? place.kind : `${place.kind}/${place.id}`)

/** Puts changes beside the ladders they are about; one of a ladder that is no more is left out. */
export function policiesOf(ladders: readonly Ladder[], changed: readonly Policy[]): Policies {
  const byLadder = Map.groupBy(changed, (one) => one.ladder)
  return new Map(ladders.map((base) => [base.id, {
    base, changes: new Map((byLadder.get(base.id) ?? []).map((one) => [placeKey(one.place), one])),
  }]))
}

/** Returns the ladder that holds for a duty, and from where its parts come; undefined where there is no such ladder. */
export function policyFor(subject: Subject, policies: Policies): Applied | undefined {
  const found = policies.get(subject.ladder)
  if (!found) return undefined
  // Most ladders are nobody's own: then there is nothing to lay over the default.
  if (found.changes.size === 0) return { ladder: found.base, from: new Map() }
  return placesOf(subject).reduce((applied: Applied, place) => {
    const policy = found.changes.get(placeKey(place))
    return policy ? laidOver(applied, policy) : applied
  }, { ladder: found.base, from: new Map() })
}

/** Returns the ladder that holds for a duty; undefined where there is no such ladder. */
export function ladderFor(subject: Subject, policies: Policies): Ladder | undefined {
  return policyFor(subject, policies)?.ladder
}

/** Returns where a subject belongs, the farthest first. */
function placesOf({ id, certificationId, organisationId }: Subject): Place[] {
  const own: [Exclude<Place['kind'], 'everywhere'>, number | undefined][] =
    [['organisation', organisationId], ['certification', certificationId], ['obligation', id]]
  return [{ kind: 'everywhere' }, ...own.flatMap(([kind, n]): Place[] => (n === undefined ? [] : [{ kind, id: n }]))]
}

function laidOver({ ladder, from }: Applied, { change, place }: Policy): Applied {
  return {
    ladder: {
      ...ladder, overdue: change.overdue ?? ladder.overdue, late: change.late ?? ladder.late,
      rungs: [...ladder.rungs.filter((rung) => !change.audiences.includes(rung.audience)), ...change.rungs],
    },
    from: new Map<Part, Place>([...from, ...partsOf(change).map((part) => [part, place] as const)]),
  }
}

/** Returns what a change says something of. */
export function partsOf(change: LadderChange): Part[] {
  return [...change.audiences, ...(change.overdue ? ['overdue' as const] : []), ...(change.late ? ['late' as const] : [])]
}

/** Lays a further change over an earlier one of the same place: what it does not name stays. */
export function mergedChange(earlier: LadderChange | undefined, change: LadderChange): LadderChange {
  if (!earlier) return change
  return {
    audiences: [...new Set([...earlier.audiences, ...change.audiences])],
    rungs: [...earlier.rungs.filter((rung) => !change.audiences.includes(rung.audience)), ...change.rungs],
    overdue: change.overdue ?? earlier.overdue, late: change.late ?? earlier.late,
  }
}

/**
 * Returns for every ladder its default and what each change brings, so that together they hold every notice that
 * any duty could reach: for the windows of a run, never for deciding.
 */
export function variantsOf(policies: Policies): Ladder[] {
  return [...policies.values()].flatMap(({ base, changes }) => [
    base, ...[...changes.values()].map(({ change }): Ladder =>
      ({ ...base, rungs: change.rungs, overdue: change.overdue ?? [], late: change.late ?? [] })),
  ])
}

/** A change as it was kept before it had a place: all of a ladder. */
export function wholeChange(kept: Omit<LadderChange, 'audiences'> & { readonly audiences?: readonly Audience[] | undefined }): LadderChange {
  return { ...kept, audiences: kept.audiences ?? audiences }
}
