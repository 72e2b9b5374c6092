// What people changed about ladders, and for what; the ladders themselves are in core.

import { and, asc, eq, isNull, type SQL } from 'drizzle-orm'
import { defaultLadders } from '../core/default-ladders.ts'
import type { Instant } from '../core/day.ts'
import { type LadderChange, type Place, policiesOf, type Policies, type Policy, wholeChange } from '../core/policy.ts'
import type { Db } from './database.ts'
import { policy } from './schema-mail.ts'

/** A change as it is kept; `changedAt` is what a later writer compares. */
export interface KeptPolicy extends Policy {
  readonly id: number
  readonly changedAt: Instant
}

type Row = typeof policy.$inferSelect

const toPolicy = (row: Row): KeptPolicy => ({
  id: row.id, ladder: row.ladder, place: placeOf(row), change: wholeChange(row.rungs), changedAt: row.changedAt,
})

function placeOf({ organisationId, certificationId, obligationId }: Row): Place {
  if (obligationId !== null) return { kind: 'obligation', id: obligationId }
  if (certificationId !== null) return { kind: 'certification', id: certificationId }
  return organisationId === null ? { kind: 'everywhere' } : { kind: 'organisation', id: organisationId }
}

const columnsOf = (place: Place) => ({
  organisationId: place.kind === 'organisation' ? place.id : null,
  certificationId: place.kind === 'certification' ? place.id : null,
  obligationId: place.kind === 'obligation' ? place.id : null,
})

/** Every ladder by id, with what was changed about it anywhere. */
export async function readPolicies(db: Db): Promise<Policies> {
  const rows = await db.select().from(policy).orderBy(asc(policy.ladder), asc(policy.id)).limit(100_000)
  return policiesOf(defaultLadders, rows.map(toPolicy))
}

export async function findPolicy(db: Db, ladder: string, place: Place): Promise<KeptPolicy | undefined> {
  const [row] = await db.select().from(policy).where(at(ladder, place)).limit(1)
  return row && toPolicy(row)
}

function at(ladder: string, place: Place): SQL | undefined {
  const { organisationId, certificationId, obligationId } = columnsOf(place)
  return and(
    eq(policy.ladder, ladder),
    organisationId === null ? isNull(policy.organisationId) : eq(policy.organisationId, organisationId),
    certificationId === null ? isNull(policy.certificationId) : eq(policy.certificationId, certificationId),
    obligationId === null ? isNull(policy.obligationId) : eq(policy.obligationId, obligationId),
  )
}

/**
 * Keeps what a place says of a ladder, in the place of what was read of it before (none: nothing was there).
 * Returns its number; undefined where somebody else changed it since.
 */
export async function savePolicy(
  db: Db, { ladder, place, change }: Policy, was: KeptPolicy | undefined, changedAt: Instant,
): Promise<number | undefined> {
  const rungs: LadderChange = { ...change }
  const [saved] = was
    ? await db.update(policy).set({ rungs, changedAt }).where(unchanged(was)).returning({ id: policy.id })
    : await db.insert(policy).values({ ladder, ...columnsOf(place), rungs, changedAt }).onConflictDoNothing().returning({ id: policy.id })
  return saved?.id
}

/** Takes back what a place says of a ladder; false where somebody else changed it since it was read. */
export async function removePolicy(db: Db, was: KeptPolicy): Promise<boolean> {
  return (await db.delete(policy).where(unchanged(was)).returning({ id: policy.id })).length === 1
}

const unchanged = (was: KeptPolicy): SQL | undefined => and(eq(policy.id, was.id), eq(policy.changedAt, was.changedAt))
