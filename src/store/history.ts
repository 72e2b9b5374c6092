// The append-only history: one hash chain per organisation, written by the transaction that changed
// something. A link holds ids, days and states only, so that a person can be erased and the chain stays.

import { createHash } from 'node:crypto'
import { and, asc, desc, eq, gt } from 'drizzle-orm'
import type { Instant } from '../core/day.ts'
import type { Db } from './database.ts'
import { organisation } from './schema-records.ts'
import { history } from './schema-system.ts'

export type Facts = Readonly<Record<string, string | number | boolean | null>>

export interface Entry {
  readonly event: string
  readonly subject: 'organisation' | 'person' | 'certification' | 'obligation' | 'procedure' | 'audit' | 'finding' | 'message' | 'policy' | 'alarm'
  readonly subjectId: number
  readonly facts: Facts
  readonly actorId?: number | undefined
}

/** Appends entries to the organisation's chain, in the order given; at most a few thousand at a time. */
export async function appendHistory(db: Db, organisationId: number, entries: readonly Entry[], at: Instant): Promise<void> {
  if (entries.length === 0) return
  // The row of the organisation is the head's lock: two writers would fork the chain otherwise. Its key is not
  // locked: whoever adds a row that names the organisation meanwhile would wait for us, and we may wait for them.
  await db.select({ id: organisation.id }).from(organisation).where(eq(organisation.id, organisationId)).for('no key update')
  const [head] = await db.select({ sequence: history.sequence, hash: history.hash }).from(history)
    .where(eq(history.organisationId, organisationId)).orderBy(desc(history.sequence)).limit(1)
  let previous = head ?? { sequence: 0, hash: '' }
  // Databases keep microseconds and round to them; what is hashed must be what is kept.
  const kept = at.round({ smallestUnit: 'microsecond', roundingMode: 'trunc' })
  const links = entries.map((entry) => {
    const link = linkAfter(previous, organisationId, entry, kept)
    previous = link
    return link
  })
  for (let i = 0; i < links.length; i += 500) await db.insert(history).values(links.slice(i, i + 500))
}

function linkAfter(previous: { sequence: number; hash: string }, organisationId: number, entry: Entry, at: Instant) {
  const link = {
    organisationId, sequence: previous.sequence + 1, at, actorId: entry.actorId ?? null,
    event: entry.event, subject: entry.subject, subjectId: entry.subjectId, facts: { ...entry.facts },
    previousHash: previous.hash,
  }
  return { ...link, hash: hashOf(link) }
}

// Key order must not matter: jsonb does not keep it.
function hashOf(link: Omit<typeof history.$inferInsert, 'id' | 'hash'>): string {
  const facts = Object.entries(link.facts).sort(([a], [b]) => (a < b ? -1 : 1))
  const content = [link.organisationId, link.sequence, link.at.toString(), link.actorId, link.event, link.subject, link.subjectId, facts]
  return createHash('sha256').update(link.previousHash).update(JSON.stringify(content)).digest('hex')
}

/** Returns the first link whose hash does not follow from its content and its forerunner; undefined for a whole chain. */
export async function findBrokenLink(db: Db, organisationId: number): Promise<number | undefined> {
  let previous = { sequence: 0, hash: '' }
  for (;;) {
    const links = await db.select().from(history)
      .where(and(eq(history.organisationId, organisationId), gt(history.sequence, previous.sequence)))
      .orderBy(asc(history.sequence)).limit(1000)
    if (links.length === 0) return undefined
    for (const link of links) {
      const follows = link.sequence === previous.sequence + 1 && link.previousHash === previous.hash
      if (!follows || link.hash !== hashOf(link)) return link.sequence
      previous = link
    }
  }
}

export async function listHistory(
  db: Db, subject: Entry['subject'], subjectId: number, limit = 200,
): Promise<(typeof history.$inferSelect)[]> {
  return await db.select().from(history)
    .where(and(eq(history.subject, subject), eq(history.subjectId, subjectId)))
    .orderBy(desc(history.id)).limit(limit)
}
