// The register as a whole, a page at a time: every record beside what a register calls it.

import { asc, gt } from 'drizzle-orm'
import { readCertifications, type Registered } from './certifications.ts'
import type { Db } from './database.ts'
import { certification } from './schema-records.ts'

/** Returns up to `limit` records with an id after `after`, by id. */
export async function listRegister(db: Db, after: number, limit = 500): Promise<Registered[]> {
  const rows = await db
    .select({ id: certification.id, registerKey: certification.registerKey, registerFacts: certification.registerFacts })
    .from(certification).where(gt(certification.id, after)).orderBy(asc(certification.id)).limit(limit)
  const records = await readCertifications(db, rows.map((row) => row.id))
  return records.map((record, n) => ({ record, registerKey: rows[n]!.registerKey, registerFacts: rows[n]!.registerFacts }))
}
