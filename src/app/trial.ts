// What a change would make us say: it is made on a copy of the records, and what is foreseen there is held against
// what is foreseen without it. Nothing of it is kept.

import type { Day } from '../core/day.ts'
import { fixedClock } from '../clock.ts'
import { silentLog } from '../log.ts'
import { copyInto } from '../store/backup.ts'
import { openMemoryDatabase } from '../store/database.ts'
import type { App } from './app.ts'
import { type Foreseen, previewReminders } from './explanations.ts'

/** A notice that only one of the two states foresees. */
export interface Changed extends Foreseen {
  readonly change: 'added' | 'removed'
}

export interface Range {
  readonly from: Day
  readonly to: Day
  readonly certificationId?: number | undefined
}

/**
 * Carries a change out on a copy of the records, at this very moment, and returns what would be said otherwise from a
 * day to a day, both included: by day, what falls away before what is new. Whatever `change` throws is thrown.
 */
export async function previewChange(app: App, range: Range, change: (copy: App) => Promise<unknown>): Promise<Changed[]> {
  const memory = await openMemoryDatabase()
  try {
    await copyInto(app.database, memory)
    const copy: App = { ...app, database: memory, clock: fixedClock(app.clock.now()), log: silentLog }
    const before = await previewReminders(copy, range)
    await change(copy)
    return differenceOf(before, await previewReminders(copy, range))
  } finally {
    await memory.close()
  }
}

/**
 * Returns what only one of two previews holds; a notice that is said on another day, or of another, is there as removed
 * and as added. Whether it is the first or the next of its duty makes no other notice of it.
 */
export function differenceOf(before: readonly Foreseen[], after: readonly Foreseen[]): Changed[] {
  const [was, is] = [keysOf(before), keysOf(after)]
  return [
    ...before.filter((one) => !is.has(keyOf(one))).map((one): Changed => ({ ...one, change: 'removed' })),
    ...after.filter((one) => !was.has(keyOf(one))).map((one): Changed => ({ ...one, change: 'added' })),
  ].sort((a, b) => Temporal.PlainDate.compare(a.on, b.on) || a.toId - b.toId || a.obligationId - b.obligationId || (a.change < b.change ? 1 : -1))
}

const keysOf = (list: readonly Foreseen[]): ReadonlySet<string> => new Set(list.map(keyOf))

const keyOf = (one: Foreseen): string => JSON.stringify([
  one.on, one.toId, one.obligationId, one.notice, one.purpose, one.dueOn, one.bookedOn ?? null, one.certification, one.obligation,
])
