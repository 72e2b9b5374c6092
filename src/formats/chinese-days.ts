// The days off and make-up workdays of China, from the published data set; nothing of its code, whose
// functions read the local clock's zone.

import data from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import { parseDay } from '../core/day.ts'

interface Published {
  readonly holidays: Readonly<Record<string, string>>
  readonly workdays: Readonly<Record<string, string>>
}

/** Returns the exceptions to the weekday rule: every day off and every make-up workday, with its name. */
export function readChineseDays(): { years: number[]; days: { day: Temporal.PlainDate; working: boolean; name: string }[] } {
  const published = data as Published
  const days = [...exceptionsOf(published.holidays, false), ...exceptionsOf(published.workdays, true)]
  // A year counts as announced once its own days are there: New Year's Day of the next one may stand alone.
  const years = [...new Set(days.filter((one) => !one.working).map((one) => one.day.year))]
    .filter((year) => days.filter((one) => one.day.year === year).length > 5)
  return { years: years.sort((a, b) => a - b), days }
}

function exceptionsOf(published: Readonly<Record<string, string>>, working: boolean) {
  return Object.entries(published).flatMap(([text, names]) => {
    const day = parseDay(text)
    const name = names.split(',')[1] ?? names
    return day ? [{ day, working, name }] : []
  })
}
