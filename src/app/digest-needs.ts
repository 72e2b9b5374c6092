// What needs the reader of the weekly status: decisions nobody else takes, and every gap. They come again each
// week until they are settled; what is at stake first, then by day.

import { compareDays, type Day, type Instant, isAfter, isBefore } from '../core/day.ts'
import type { Need } from '../core/digest.ts'
import { bookByOf } from '../core/light.ts'
import type { Tier } from '../core/obligation.ts'
import type { Db } from '../store/database.ts'
import * as store from '../store/digests.ts'
import type { App } from './app.ts'
import type { DigestScope } from './digest-blocks.ts'
import { digestDuties, type Duty } from './digest-duties.ts'

interface Ranked { readonly need: Need; readonly tier: Tier; readonly on: Day }

/** What people and mail lack, read once for the needs and for what says whether the digest can be trusted. */
export interface Lacks {
  readonly gaps: store.Gaps
  readonly unreachable: Awaited<ReturnType<typeof store.listUnreachable>>
  readonly left: Awaited<ReturnType<typeof store.listLeftOwners>>
  readonly mail: store.MailCounts
}

/** From when mail is counted: nothing between two digests is left out, and no less than a week is told. */
export function mailSince({ since, now }: Pick<DigestScope, 'since' | 'now'>): Instant {
  const weekAgo = now.subtract({ hours: 7 * 24 })
  return Temporal.Instant.compare(since, weekAgo) < 0 ? since : weekAgo
}

export async function readLacks(db: Db, at: DigestScope): Promise<Lacks> {
  const { organisationIds } = at.within
  const since = mailSince(at)
  return {
    gaps: await store.readGaps(db, at.within), unreachable: await store.listUnreachable(db, organisationIds),
    left: await store.listLeftOwners(db, at.within), mail: await store.countMail(db, organisationIds, { since, now: at.now }),
  }
}

/** Lists what needs the reader, by tier, then by day. */
export async function needsOf(app: App, db: Db, duties: readonly Duty[], lacks: Lacks, at: DigestScope): Promise<Need[]> {
  const ranked = [...ofDuties(duties, at.day), ...await disowned(app, db, at), ...ofRecords(lacks, at.day), ...ofMail(lacks, at)]
  return ranked.toSorted((a, b) => (a.tier < b.tier ? -1 : a.tier > b.tier ? 1 : 0) || compareDays(a.on, b.on)).map((one) => one.need)
}

function ofDuties(duties: readonly Duty[], day: Day): Ranked[] {
  return duties.flatMap(({ duty, row }): Ranked[] => {
    const { tier, bookedOn } = duty
    if (bookedOn) return isBefore(bookedOn, day) ? [{ tier, on: duty.dueOn, need: { kind: 'booked-day-passed', duty } }] : []
    const bookBy = bookByOf(row.obligation)
    return bookBy && isAfter(day, bookBy) ? [{ tier, on: duty.dueOn, need: { kind: 'unbooked', duty, bookBy } }] : []
  })
}

async function disowned(app: App, db: Db, at: DigestScope): Promise<Ranked[]> {
  const rows = await store.listDisowned(db, at.within)
  const people = new Map(rows.map((row) => [row.obligation.id, row.person]))
  return (await digestDuties(app, db, rows, at)).map(({ duty }) =>
    ({ tier: duty.tier, on: duty.dueOn, need: { kind: 'not-mine', duty, person: people.get(duty.obligationId)! } }))
}

function ofRecords({ gaps, left }: Lacks, day: Day): Ranked[] {
  const other = gaps.unconfirmed - gaps.expired
  const { withoutOwnerExample: ownerless, expiredExample: expired } = gaps
  return [
    ...(ownerless ? [{ tier: 'A' as const, on: gaps.withoutOwnerDueOn ?? day, need: { kind: 'no-owner' as const, certifications: gaps.withoutOwner, exampleId: ownerless.id, example: ownerless.name } }] : []),
    ...left.map(({ person, duties, exampleId, example, tier, dueOn }): Ranked =>
      ({ tier, on: Temporal.PlainDate.from(dueOn), need: { kind: 'owner-left', person, duties, exampleId, example } })),
    ...(expired ? [{ tier: 'A' as const, on: day, need: { kind: 'expired' as const, certifications: gaps.expired, exampleId: expired.id, example: expired.name } }] : []),
    ...(other > 0 ? [{ tier: 'B' as const, on: day, need: { kind: 'unconfirmed' as const, duties: other } }] : []),
  ]
}

// Whoever cannot be reached hears of nothing, whatever it is: that keeps every other line of the digest true.
function ofMail({ unreachable, mail }: Lacks, { scope, day }: DigestScope): Ranked[] {
  const closed = mail.captured > 0 ? scope.find((one) => !one.live) : undefined
  return [
    ...unreachable.map((one): Ranked => ({ tier: 'B', on: day, need: { kind: 'unreachable', personId: one.id, person: one.name, cause: one.rejectedAt ? 'rejected' : 'no-address' } })),
    ...(mail.failed > 0 ? [{ tier: 'B' as const, on: day, need: { kind: 'failed-mail' as const, messages: mail.failed } }] : []),
    ...(closed ? [{ tier: 'C' as const, on: day, need: { kind: 'not-live' as const, organisation: closed.name, captured: mail.captured } }] : []),
  ]
}
