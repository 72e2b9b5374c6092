// The register as a whole, on a day: how many certifications stand where, and what their records lack.

import type { Day } from '../core/day.ts'
import type { DigestView } from '../core/digest.ts'
import type { Certification } from '../core/certification.ts'
import type { CertificationState } from '../core/standing.ts'
import { listCertifications } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { listObligationsOf } from '../store/obligations.ts'
import { listExpectedFinishes } from '../store/procedures.ts'
import type { Within } from '../store/within.ts'
import type { App } from './app.ts'
import { standingsOf } from './standings.ts'
import type { World } from './world.ts'

type Counts = { -readonly [K in keyof DigestView['register']]: number }

const page = 500

const countedAs: Readonly<Record<CertificationState, keyof Counts>> = {
  planned: 'notPlanned', active: 'valid', 'in-renewal': 'valid', 'pending-renewal': 'valid', suspended: 'suspended',
  'expired-restorable': 'expired', expired: 'expired', archived: 'archived', deprecated: 'archived',
  withdrawn: 'ended', cancelled: 'ended', superseded: 'ended',
}

/** Counts certifications by where they stand, page by page. */
export async function readRegister(
  app: App, db: Db, within: Within, at: { readonly world: World; readonly day: Day },
): Promise<{ counts: Counts; incomplete: number }> {
  const counts: Counts = { valid: 0, suspended: 0, expired: 0, archived: 0, ended: 0, notPlanned: 0, unverified: 0, provisional: 0 }
  let incomplete = 0
  for (let after = 0; ;) {
    const records = await listCertifications(db, { within, after }, page)
    incomplete += await countPage(app, db, records, { counts, ...at })
    if (records.length < page) return { counts, incomplete }
    after = records.at(-1)!.id
  }
}

async function countPage(
  app: App, db: Db, records: readonly Certification[], at: { counts: Counts; world: World; day: Day },
): Promise<number> {
  const duties = Map.groupBy((await listObligationsOf(db, records.map((one) => one.id)))
    .filter((one) => one.state === 'open' || one.state === 'submitted'), (one) => one.certificationId)
  const standings = await standingsOf(app, db, records, { world: at.world, asOf: () => at.day })
  const planned = await listExpectedFinishes(db, records.map((one) => one.id))
  let incomplete = 0
  for (const record of records) {
    const standing = standings.get(record.id)
    if (!standing) continue
    const owed = duties.get(record.id) ?? []
    at.counts[countedAs[standing.state]]++
    // Valid, but nobody has planned what keeps it so.
    if (countedAs[standing.state] === 'valid' && !planned.has(record.id) && !owed.some((one) => one.bookedOn)) at.counts.notPlanned++
    if (owed.some((one) => one.mark === 'unverified')) at.counts.unverified++
    if (owed.some((one) => one.provisional)) at.counts.provisional++
    if (isIncomplete(record, standing.endsOn)) incomplete++
  }
  return incomplete
}

const isIncomplete = (record: Certification, endsOn: Day | undefined): boolean =>
  record.ownerId === undefined || endsOn === undefined
  || record.cycles.some((cycle) => cycle.anchors.some((anchor) => anchor.assumed))
