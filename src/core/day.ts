// Civil days: comparison, distance and anniversaries. Everything that a deadline is counted with.
// No clock and no zone lives here except `dayOf`, the one place where an instant becomes a day.

export type Day = Temporal.PlainDate
export type Instant = Temporal.Instant

/** Orders days for sorting: negative where `a` is the earlier. */
export const compareDays = (a: Day, b: Day): number => Temporal.PlainDate.compare(a, b)

export const isBefore = (a: Day, b: Day): boolean => compareDays(a, b) < 0
export const isAfter = (a: Day, b: Day): boolean => compareDays(a, b) > 0

/** Returns the earliest of the days given; undefined where none is given. */
export function earliest(...days: readonly (Day | undefined)[]): Day | undefined {
  return days.reduce((a, b) => (a === undefined || (b !== undefined && isBefore(b, a)) ? b : a), undefined)
}

/** Returns the latest of the days given; undefined where none is given. */
export function latest(...days: readonly (Day | undefined)[]): Day | undefined {
  return days.reduce((a, b) => (a === undefined || (b !== undefined && isAfter(b, a)) ? b : a), undefined)
}

/** Counts calendar days from `from` to `to`; the start day is not counted, so the same day is 0. */
export function daysBetween(from: Day, to: Day): number {
  return from.until(to, { largestUnit: 'day' }).days
}

/**
 * Returns the nth repetition of `step` after `anchor`, clamped to the month's end.
 *
 * Always counted from the anchor: 31 January plus one month, twice, would be 28 March, while the
 * second anniversary of 31 January is 31 March.
 */
export function nthAfter(anchor: Day, step: Temporal.Duration, n: number): Day {
  return anchor.add({
    years: step.years * n, months: step.months * n, weeks: step.weeks * n, days: step.days * n,
  })
}

/** Reads `YYYY-MM-DD`; undefined for any other form and for a day that does not exist. */
export function parseDay(text: string): Day | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' })
  } catch {
    return undefined
  }
}

/** Returns the civil day at `instant` in an IANA time zone. */
export function dayOf(instant: Instant, zone: string): Day {
  return instant.toZonedDateTimeISO(zone).toPlainDate()
}

/**
 * Returns the instant of a local hour (`HH:MM`); in a DST gap the later, in an overlap the first.
 *
 * A gap may end at midnight: there the later would be on the next day, and the earlier one holds.
 */
export function instantAt(day: Day, hour: string, zone: string): Instant {
  const wall = day.toPlainDateTime(Temporal.PlainTime.from(hour))
  const at = wall.toZonedDateTime(zone)
  if (at.toPlainDate().equals(day)) return at.toInstant()
  const earlier = wall.toZonedDateTime(zone, { disambiguation: 'earlier' })
  return (earlier.toPlainDate().equals(day) ? earlier : at).toInstant()
}

/** Returns the ISO 8601 week a day belongs to, such as `2026-W48`. */
export function weekOf(day: Day): string {
  return `${day.yearOfWeek}-W${String(day.weekOfYear).padStart(2, '0')}`
}

/** Returns the Monday of the day's ISO week. */
export function mondayOf(day: Day): Day {
  return day.subtract({ days: day.dayOfWeek - 1 })
}
