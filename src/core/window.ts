// Which duties a planning run must look at: for each notice of each ladder, the days whose duties could
// have reached it since the last run. A superset by construction; deciding is done row by row.

import { type Day, dayOf, type Instant } from './day.ts'
import type { Ladder } from './ladder.ts'

/** Duties on one ladder whose day lies from `from` to `to`, both included. */
export interface Window {
  readonly ladder: string
  /** `counted` looks at the booked or due day, `late` at the last allowed day. */
  readonly by: 'counted' | 'late'
  readonly from: Day
  readonly to: Day
}

/** The longest way a notice moves off its day: Chinese closures reach nine days, company shutdowns more. */
export const longestShift = 15

/**
 * Returns the windows for the time from `since` to `now`, widened by the longest shift and by a day for
 * the widest zone. Ladders of one id are the variants of it that hold somewhere: their windows are joined.
 * `opens`, `half` and all but the first repeat have none (isUnwindowed): they are looked at on their own day.
 */
export function windowsOf(ladders: readonly Ladder[], since: Instant, now: Instant): Window[] {
  const from = dayOf(since, 'UTC').subtract({ days: longestShift + 1 })
  const to = dayOf(now, 'UTC').add({ days: longestShift + 1 })
  return [...Map.groupBy(ladders, (ladder) => ladder.id)].flatMap(([id, variants]) => {
    const windows = variants.flatMap(reachesOf).map(({ by, least, most }): Window =>
      ({ ladder: id, by, from: from.add({ days: least }), to: to.add({ days: most }) }))
    return [...joined(windows.filter((one) => one.by === 'counted')), ...joined(windows.filter((one) => one.by === 'late'))]
  })
}

interface Reach { readonly by: Window['by']; readonly least: number; readonly most: number }

function reachesOf(ladder: Ladder): Reach[] {
  const first = ladder.overdue[0]
  const notices = [...ladder.rungs.map((rung) => rung.notice), ...(first ? [`late-${first.every}`] : [])]
  return notices.flatMap((notice) => {
    const [, late, amount, unit] = /^(late-)?P(\d+)(WD|D|M)$/.exec(notice) ?? []
    if (amount === undefined) return []
    const days = Number(amount) * (unit === 'M' ? 31 : 1)
    // n working days are at most two calendar days each, besides the shift.
    const most = unit === 'D' ? days : days * 2
    return [late ? { by: 'late' as const, least: -most, most: -Number(amount) } : { by: 'counted' as const, least: Number(amount), most }]
  })
}

function joined(windows: readonly Window[]): Window[] {
  const sorted = windows.toSorted((a, b) => Temporal.PlainDate.compare(a.from, b.from))
  return sorted.reduce<Window[]>((done, one) => {
    const last = done.at(-1)
    if (!last || Temporal.PlainDate.compare(one.from, last.to.add({ days: 1 })) > 0) return [...done, one]
    const to = Temporal.PlainDate.compare(one.to, last.to) > 0 ? one.to : last.to
    return [...done.slice(0, -1), { ...last, to }]
  }, [])
}
