// Ladders that a person changed; the others are the defaults of core.

import { asc, sql } from 'drizzle-orm'
import { defaultLadders } from '../core/default-ladders.ts'
import type { Ladder } from '../core/ladder.ts'
import type { Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import { type LadderChange, policy } from './schema-mail.ts'

/** Every ladder by id, changed ones in place of their defaults. */
export async function readLadders(db: Db): Promise<ReadonlyMap<string, Ladder & { readonly changed: boolean }>> {
  const changed = new Map((await db.select().from(policy).orderBy(asc(policy.ladder)).limit(1000))
    .map((row) => [row.ladder, row.rungs]))
  return new Map(defaultLadders.map((ladder) => {
    const change = changed.get(ladder.id)
    return [ladder.id, { ...ladder, ...change, changed: change !== undefined }]
  }))
}

export async function savePolicy(db: Db, ladder: string, change: LadderChange, changedAt: Instant): Promise<void> {
  await db.insert(policy).values({ ladder, rungs: change, changedAt })
    .onConflictDoUpdate({ target: [policy.ladder, policy.organisationId, policy.certificationId, policy.obligationId], set: { rungs: sql`excluded.rungs`, changedAt } })
}
