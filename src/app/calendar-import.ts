// Import of working days: read, decide which years become known, write them and move the duties that were counted
// through them, all in one transaction or not at all. A dry run does the same and takes it back.

import { type Calendar, isCountry, weekdays, weekendOf } from '../core/calendar.ts'
import { type CalendarEntry, changedDays, claimYears, type DayChange, exceptionsOf, keptDays } from '../core/calendar-years.ts'
import type { Day, Instant } from '../core/day.ts'
import type { RowProblem } from '../core/register.ts'
import { invalid } from '../errors.ts'
import { readCalendarFile } from '../formats/calendar-file.ts'
import { years as plausible } from '../formats/dates.ts'
import { type Encoding, encodings } from '../formats/text.ts'
import { readCalendars, writeCalendar } from '../store/calendars.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { checkWaitingDuties } from '../store/obligations.ts'
import { act, type App, rehearse } from './app.ts'
import { type Calendars, loadCalendars } from './calendars.ts'
import { rederiveEvery } from './derivation.ts'
import { replanRunsOf } from './replanning.ts'
import { loadWorld } from './world.ts'

export interface CalendarImport {
  readonly bytes: Uint8Array
  /** The file's name, for messages; where the days are from, unless `source` says it. */
  readonly file: string
  readonly calendar: string
  /** The years that become known; without, those in which the file has days off. */
  readonly years?: readonly number[] | undefined
  readonly source?: string | undefined
  readonly encoding?: string | undefined
  /** Everything but the commit. */
  readonly dryRun: boolean
}

export interface MovedDay {
  readonly certification: string
  readonly rule: string
  readonly ordinal: number
  /** None for a duty that is new. */
  readonly from: Day | null
  /** None for a duty that has ended. */
  readonly to: Day | null
}

export interface CalendarImported {
  readonly calendar: string
  readonly years: readonly number[]
  readonly days: { readonly added: number; readonly changed: number; readonly removed: number }
  /** The days of `days`, one by one. */
  readonly changes: readonly DayChange[]
  /** Days of the file that belong to years not asked for. */
  readonly leftOut: number
  readonly moved: readonly MovedDay[]
  /** Not empty where the file was refused whole, and nothing written. */
  readonly problems: readonly RowProblem[]
}

/** Imports a file of working days; refuses it whole, with every problem, where there is one. */
export async function importCalendar(app: App, request: CalendarImport): Promise<CalendarImported> {
  const now = app.clock.now()
  checkRequest(request, await loadCalendars(app.database.db))
  const nothing: CalendarImported = {
    calendar: request.calendar, years: [], days: { added: 0, changed: 0, removed: 0 }, changes: [], leftOut: 0, moved: [], problems: [],
  }
  const years = request.years?.length ? request.years : undefined
  const read = readCalendarFile({ bytes: request.bytes, encoding: encodingOf(request.encoding), years })
  if (!read.ok) return { ...nothing, problems: read.problems }
  const claim = claimYears(read.entries, years, { id: request.calendar, weekend: weekendOf(request.calendar) })
  if (claim.problems.length > 0) return { ...nothing, problems: claim.problems }
  const saved = await (request.dryRun ? rehearse : act)(app, (db) => save(app, db, request, claim, now))
  app.log.info({ calendar: request.calendar, years: claim.years, dryRun: request.dryRun, ...saved.days, moved: saved.moved.length }, 'calendar imported')
  return { ...nothing, years: claim.years, leftOut: claim.leftOut, ...saved }
}

const idPattern = /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/

function checkRequest({ calendar: id, years = [] }: CalendarImport, calendars: Calendars): void {
  if (id.toLowerCase() === weekdays.id) {
    throw invalid('"weekdays" is Monday to Friday and nothing else. Import the days under a country, such as DE, or an id of your own, such as DE-acme.')
  }
  if (!idPattern.test(id) || id.length > 40) throw invalid(`"${id}" cannot name a calendar. Use at most 40 letters, digits and hyphens, such as CN-acme.`)
  const names = isCountry(id.toUpperCase()) ? [...calendars.keys(), id.toUpperCase()] : [...calendars.keys()]
  const other = names.find((one) => one !== id && one.toLowerCase() === id.toLowerCase())
  if (other) throw invalid(`There is a calendar "${other}" already: write it so, or take an id that differs by more than its case.`)
  if (id.length === 2 && !isCountry(id)) {
    throw invalid(`"${id}" is no ISO 3166 country code, and two letters are kept for countries. For one of your own take a longer id, such as ${id}-acme.`)
  }
  const wrong = years.find((year) => !Number.isInteger(year) || year < plausible.first || year > plausible.last)
  if (wrong !== undefined) throw invalid(`--year ${wrong} is not from ${plausible.first} to ${plausible.last}.`)
}

function encodingOf(text: string | undefined): Encoding | undefined {
  const found = encodings.find((one) => one === text)
  if (found !== undefined || text === undefined) return found
  throw invalid(`"${text}" is not a value of --encoding. Allowed: ${encodings.join(', ')}.`)
}

interface Accepted { readonly years: readonly number[]; readonly entries: readonly CalendarEntry[] }

async function save(app: App, db: Db, request: CalendarImport, accepted: Accepted, now: Instant): Promise<Pick<CalendarImported, 'days' | 'changes' | 'moved'>> {
  const before = (await loadCalendars(db)).get(request.calendar)
  await write(db, request, accepted)
  const world = await loadWorld(db)
  const changes = changedDays(before?.exceptions ?? new Map(), world.calendars.get(request.calendar)!.exceptions)
  const organisations = new Set([...world.organisations.values()].filter((one) => one.calendar === request.calendar).map((one) => one.id))
  const moved = await rederiveEvery(app, db, world, { now, because: 'no longer follows with the days of the working calendar', organisations })
  await replanRunsOf(db, { organisationIds: [...organisations] }, { now, world })
  for (const id of organisations) {
    const facts = { calendar: request.calendar, years: accepted.years.join(' '), days: changes.length, moved: moved.length }
    await appendHistory(db, id, [{ event: 'calendar-imported', subject: 'organisation', subjectId: id, facts }], now)
  }
  // Who is written to on which day moves too, also for people whose calendar is another than their organisation's.
  await checkWaitingDuties(db, now)
  return { days: countsOf(changes), changes, moved: moved.map(({ name, rule, ordinal, from, to }) => ({ certification: name, rule, ordinal, from, to })) }
}

async function write(db: Db, { calendar, source, file }: CalendarImport, { years, entries }: Accepted): Promise<void> {
  const stored: Calendar = (await readCalendars(db)).get(calendar) ?? { ...weekdays, id: calendar }
  const incoming = exceptionsOf(entries)
  const kept = keptDays(stored, new Set(years), incoming)
  const removed = [...stored.exceptions.keys()].filter((text) => !kept.has(text) && !incoming.has(text)).map((text) => Temporal.PlainDate.from(text))
  await writeCalendar(db, { calendar, years, source: source?.trim() || file, removed, entries })
}

function countsOf(changes: readonly DayChange[]): CalendarImported['days'] {
  const added = changes.filter((one) => one.from === 'week').length
  const removed = changes.filter((one) => one.to === 'week').length
  return { added, changed: changes.length - added - removed, removed }
}
