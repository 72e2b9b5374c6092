// Working days of a country or a company: weekends, holidays and make-up workdays.
// A year that nobody has announced yet is provisional: counted by weekends alone, and said so.

import { type Day, daysBetween } from './day.ts'

export interface Calendar {
  readonly id: string
  /** Days that differ from the weekday rule: false is a day off, true a make-up workday. */
  readonly exceptions: ReadonlyMap<string, boolean>
  /** Years whose exceptions are known; undefined where the weekday rule is all there is. */
  readonly knownYears: ReadonlySet<number> | undefined
  /** Days of the week that are off, Monday being 1; Saturday and Sunday where nothing is said. */
  readonly weekend?: readonly number[] | undefined
}

export interface Counted {
  readonly day: Day
  /** True when a day of a year without data was walked over. */
  readonly provisional: boolean
}

const saturdayAndSunday = [6, 7] as const

/** Monday to Friday, no holidays: what an organisation has until it chooses a calendar. */
export const weekdays: Calendar = { id: 'weekdays', exceptions: new Map(), knownYears: undefined }

// The runtime knows more regions than ISO 3166 has countries: groups of them, islands reserved for the post, placeholders.
const notCountries = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'XK', 'ZZ'])
const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** Says whether this is the ISO 3166 code of a country: two capital letters, none that has been withdrawn. */
export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && !notCountries.has(code) && regionNames.of(code) !== undefined
    && new Intl.Locale(`und-${code}`).region === code
}

/** Returns the weekend of the country an id begins with, such as `CN` or `CN-acme`; undefined where it names none. */
export function weekendOf(id: string): readonly number[] | undefined {
  const country = id.split('-')[0]!
  return isCountry(country) ? new Intl.Locale(`und-${country}`).getWeekInfo().weekend : undefined
}

/** A country whose holidays nobody has entered: its weekends, and every year provisional. Undefined for what is no country. */
export function countryCalendar(code: string): Calendar | undefined {
  return isCountry(code) ? { id: code, exceptions: new Map(), knownYears: new Set(), weekend: weekendOf(code) } : undefined
}

export function isWorkingDay(day: Day, calendar: Calendar): boolean {
  return isWorking(numberOf(day), trackOf(calendar))
}

export function isProvisional(day: Day, calendar: Calendar): boolean {
  return calendar.knownYears !== undefined && !calendar.knownYears.has(day.year)
}

/** Returns the day itself or the next working day after it. */
export function rollForward(day: Day, calendar: Calendar): Day {
  return roll(day, calendar, 1)
}

/** Returns the day itself or the last working day before it. */
export function rollBack(day: Day, calendar: Calendar): Day {
  return roll(day, calendar, -1)
}

function roll(day: Day, calendar: Calendar, step: 1 | -1): Day {
  const from = numberOf(day)
  const to = nextWorking(from, trackOf(calendar), step)
  return to === from ? day : day.add({ days: to - from })
}

/** Counts `n` working days from `day`, which is not counted itself; `n` may be negative. */
export function addWorkingDays(day: Day, n: number, calendar: Calendar): Counted {
  if (n === 0) return { day, provisional: isProvisional(day, calendar) }
  const step = n < 0 ? -1 : 1
  const track = trackOf(calendar)
  const from = numberOf(day)
  let at = from
  for (let left = Math.abs(n); left > 0; left--) at = nextWorking(at + step, track, step)
  const reached = day.add({ days: at - from })
  return { day: reached, provisional: isAnyProvisional(day.year, reached.year, calendar) }
}

// Every year between the two days was walked through, so each of them had its say.
function isAnyProvisional(one: number, other: number, { knownYears }: Calendar): boolean {
  if (knownYears === undefined) return false
  for (let year = Math.min(one, other); year <= Math.max(one, other); year++) if (!knownYears.has(year)) return true
  return false
}

/** Counts the working days after `from` up to and including `to`; negative where `to` is earlier. */
export function workingDaysBetween(from: Day, to: Day, calendar: Calendar): number {
  const distance = daysBetween(from, to)
  const step = distance < 0 ? -1 : 1
  const track = trackOf(calendar)
  const start = numberOf(from)
  let count = 0
  for (let i = 1; i <= Math.abs(distance); i++) if (isWorking(start + i * step, track)) count += step
  return count
}

// Counting walks over numbers, one a day, since stepping a day object costs a hundred times as much and
// every duty is counted with. A calendar's numbers are worked out once, when it is first walked.

interface Track {
  readonly exceptions: ReadonlyMap<number, boolean>
  readonly weekend: readonly boolean[]
}

const tracks = new WeakMap<Calendar, Track>()

function trackOf(calendar: Calendar): Track {
  const known = tracks.get(calendar)
  if (known) return known
  const weekend = calendar.weekend ?? saturdayAndSunday
  const track: Track = {
    exceptions: new Map([...calendar.exceptions].map(([text, working]) => [numberOf(Temporal.PlainDate.from(text)), working])),
    weekend: [1, 2, 3, 4, 5, 6, 7].map((dayOfWeek) => weekend.includes(dayOfWeek)),
  }
  tracks.set(calendar, track)
  return track
}

/** A Monday: the remainder by seven tells the day of the week. */
const dayZero = Temporal.PlainDate.from('1970-01-05')
const monthStarts = new Map<number, number>()

function numberOf(day: Day): number {
  const month = day.year * 12 + day.month
  const start = monthStarts.get(month) ?? daysBetween(dayZero, day.with({ day: 1 }))
  monthStarts.set(month, start)
  return start + day.day - 1
}

function isWorking(number: number, track: Track): boolean {
  return track.exceptions.get(number) ?? !track.weekend[((number % 7) + 7) % 7]
}

// A calendar in which a whole year is off is a mistake of its data; the walk must still end.
const longestClosure = 366

function nextWorking(number: number, track: Track, step: 1 | -1): number {
  let at = number
  for (let i = 0; i < longestClosure && !isWorking(at, track); i++) at += step
  return at
}
