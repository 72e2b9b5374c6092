// Where certifications stand: the record's own standing, with that of the one it rests on and the run
// towards its renewal, which other records know.

import type { Certification } from '../core/certification.ts'
import { type Day, earliest } from '../core/day.ts'
import { findScheme } from '../core/scheme.ts'
import { type Standing, standingOn } from '../core/standing.ts'
import { readCertifications } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { listRunStarts } from '../store/procedures.ts'
import type { App } from './app.ts'
import { factsOf, type World } from './world.ts'

export interface Asked {
  readonly world: World
  /** The day asked about; today differs from organisation to organisation. */
  readonly asOf: (certification: Certification) => Day
}

/** Returns where certifications stand, by id; one whose scheme the catalogue lacks is left out. */
export async function standingsOf(
  app: App, db: Db, certifications: readonly Certification[], asked: Asked,
): Promise<ReadonlyMap<number, Standing>> {
  const parents = await parentStandings(app, db, certifications, asked)
  const renewals = await renewalsOf(app, db, certifications)
  return new Map(certifications.flatMap((one) => standingOf(app, one, {
    parent: parents.get(one.parentId ?? 0), renewalStartedOn: renewals.get(one.id),
  }, asked)))
}

/** A STAR certificate rests on an ISO one, which may rest on another: a few steps, never a circle of them. */
const longestChain = 8

/** Returns where the certifications stand that these rest on, each with what it rests on itself. */
export async function parentStandings(
  app: App, db: Db, certifications: readonly Certification[], asked: Asked, left = longestChain,
): Promise<ReadonlyMap<number, Standing>> {
  const ids = [...new Set(certifications.flatMap((one) => one.parentId ?? []))]
  if (ids.length === 0 || left === 0) return new Map()
  const parents = await readCertifications(db, ids)
  const above = await parentStandings(app, db, parents, asked, left - 1)
  return new Map(parents.flatMap((one) => standingOf(app, one, { parent: above.get(one.parentId ?? 0) }, asked)))
}

function standingOf(
  app: App, one: Certification, known: { readonly parent?: Standing | undefined; readonly renewalStartedOn?: Day | undefined }, asked: Asked,
): [number, Standing][] {
  const scheme = findScheme(app.catalogue, one.scheme)
  return scheme ? [[one.id, standingOn(scheme, factsOf(one, asked.world, known), asked.asOf(one))]] : []
}

// A run whose template renews: its start is what makes a valid certificate one in renewal.
async function renewalsOf(app: App, db: Db, certifications: readonly Certification[]): Promise<ReadonlyMap<number, Day>> {
  const schemes = new Map(certifications.map((one) => [one.id, findScheme(app.catalogue, one.scheme)]))
  const runs = (await listRunStarts(db, [...schemes.keys()]))
    .filter((run) => schemes.get(run.certificationId)?.templates.some((one) => one.id === run.template && one.renews))
  return new Map([...Map.groupBy(runs, (run) => run.certificationId)]
    .flatMap(([id, all]) => { const first = earliest(...all.map((run) => run.startedOn)); return first ? [[id, first]] : [] }))
}
