// What a restore begins. The records are those of the moment the backup was taken; what was sent between then and
// now nobody here knows. An epoch names both moments; mail that may have been sent between them is quarantined.

import type { Instant } from './day.ts'

export interface Epoch {
  /** Counts restores; 0 is the installation as it was set up, which has no record of it. */
  readonly number: number
  /** The moment the restored data was taken: from then on nobody knows what was sent. */
  readonly since: Instant
  /** The moment of the restore: what falls due after it was sent by nobody before. */
  readonly beganAt: Instant
  /** False until all that was due between the two has been found, and quarantined. */
  readonly replayed: boolean
}

/**
 * Returns the epoch that a restore of data taken at `since` begins. Where the one before was not replayed to its end
 * when the backup was taken, its time belongs to this one too.
 */
export function epochAfter(last: Epoch | undefined, since: Instant, now: Instant): Epoch {
  const from = last && !last.replayed ? earlierOf(last.since, since) : since
  return { number: (last?.number ?? 0) + 1, since: kept(earlierOf(from, now)), beganAt: kept(now), replayed: false }
}

/**
 * `future`: the moment is still to come. `known`: data that holds an epoch cannot have been taken before that began,
 * so this restore has been told already. `unnamed`: whether it has cannot be known without the moment.
 */
export type RestoreRefusal = 'future' | 'known' | 'unnamed'

/** Decides whether a restore that was made by other means begins an epoch; `since` is undefined where nobody named the moment. */
export function decideRestored(
  last: Epoch | undefined, since: Instant | undefined, now: Instant,
): { readonly ok: true } | { readonly ok: false; readonly refusal: RestoreRefusal } {
  if (since === undefined) return last ? { ok: false, refusal: 'unnamed' } : { ok: true }
  if (Temporal.Instant.compare(since, now) > 0) return { ok: false, refusal: 'future' }
  return last && Temporal.Instant.compare(since, last.beganAt) <= 0 ? { ok: false, refusal: 'known' } : { ok: true }
}

// As exact as every database keeps it, so that a moment read back is the same one.
const kept = (at: Instant): Instant => at.round({ smallestUnit: 'millisecond', roundingMode: 'trunc' })

const earlierOf = (a: Instant, b: Instant): Instant => (Temporal.Instant.compare(a, b) <= 0 ? a : b)
