// Working days as an iCalendar file (RFC 5545): all-day events, of some days or coming again every year.
// What the file means beyond that is refused with its line; which days are off is told by its marks.

import ICAL from 'ical.js'
import type { CalendarEntry } from '../core/calendar-years.ts'
import { type Day, daysBetween, isAfter, parseDay } from '../core/day.ts'
import type { RowProblem } from '../core/register.ts'
import type { EntriesRead } from './calendar-csv.ts'
import { type Kind, kindOf, settled, unmarkedTitle } from './calendar-marks.ts'
import { years as plausible } from './dates.ts'

/** The most events a file may have. */
const eventLimit = 5_000

/** The most days an event may last. */
const lengthLimit = 366

type Component = InstanceType<typeof ICAL.Component>

interface Event { readonly component: Component; readonly row: number; readonly title: string; readonly kind: Kind }

type Fault = Omit<RowProblem, 'row'>
type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault }

/** Reads the events of a file; those that come again every year, in the years named. */
export function readCalendarIcs(text: string, years: readonly number[] | undefined): EntriesRead {
  const lines = beginnings(text)
  if (lines.length > eventLimit) return refusal(lines[eventLimit]!, `More than ${eventLimit} events: divide the file`)
  const parsed = parse(text)
  if (typeof parsed === 'string') return refusal(1, parsed)
  const events = parsed.flatMap((calendar) => calendar.getAllSubcomponents('vevent')).map((component, i) => eventOf(component, lines[i] ?? 1))
    .filter(({ component }) => textOf(component, 'status').toUpperCase() !== 'CANCELLED')
  if (events.length === 0) return refusal(1, 'The file has no event: nothing has been announced in it')
  const kinds = events.map((one) => one.kind)
  const read = events.map((event) => readEvent(event, settled(event.kind, kinds), years))
  return { entries: read.flatMap((one) => one.entries), problems: read.flatMap((one) => one.problems) }
}

function refusal(row: number, reason: string): EntriesRead {
  return { entries: [], problems: [{ row, column: '', value: '', reason }] }
}

function beginnings(text: string): number[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, i) => (/^BEGIN:VEVENT\s*$/i.test(line) ? [i + 1] : []))
}

// Whatever the library throws here, it says about the file.
function parse(text: string): Component[] | string {
  try {
    const read = ICAL.parse(text)
    // One calendar comes by itself, several in a list.
    return (typeof read[0] === 'string' ? [read] : read).map((one: unknown[]) => new ICAL.Component(one))
  } catch (error) {
    return `Not a whole iCalendar file: ${error instanceof Error ? error.message : String(error)}`
  }
}

function eventOf(component: Component, row: number): Event {
  const title = textOf(component, 'summary')
  const marks = { title, description: textOf(component, 'description'), special: textOf(component, 'x-apple-special-day').toUpperCase() }
  return { component, row, title: unmarkedTitle(title), kind: kindOf(marks) }
}

function textOf(component: Component, property: string): string {
  const value: unknown = component.getFirstPropertyValue(property)
  return typeof value === 'string' ? value.trim() : ''
}

function readEvent(event: Event, kind: ReturnType<typeof settled>, years: readonly number[] | undefined): EntriesRead {
  if (kind.is === 'observance') return { entries: [], problems: [] }
  if (kind.is === 'unclear') return { entries: [], problems: [{ row: event.row, column: 'SUMMARY', value: event.title, reason: kind.reason }] }
  const days = readDays(event.component, years)
  if (!days.ok) return { entries: [], problems: [{ row: event.row, ...days.fault }] }
  const working = kind.is === 'working'
  return { entries: days.value.map((day): CalendarEntry => ({ row: event.row, day, working, name: event.title })), problems: [] }
}

function readDays(component: Component, years: readonly number[] | undefined): Read<Day[]> {
  const first = readDate(component, 'dtstart')
  if (!first.ok) return first
  const length = readLength(component, first.value)
  if (!length.ok) return length
  const beginnings = readBeginnings(component, first.value, years)
  if (!beginnings.ok) return beginnings
  return { ok: true, value: beginnings.value.flatMap((day) => Array.from({ length: length.value }, (_, i) => day.add({ days: i }))) }
}

function readDate(component: Component, property: 'dtstart' | 'dtend'): Read<Day> {
  const column = property.toUpperCase()
  const found = component.getAllProperties(property)
  if (found.length !== 1) return fault(column, '', `An event has exactly one ${column}`)
  const value = valueOf(found[0]!)
  // Eight digits without VALUE=DATE are a day too, and the library leaves the hours empty.
  const day = parseDay(value.replace(/T::$/, ''))
  if (!day) return fault(column, value, /T\d/.test(value) ? 'A moment, not a day: only all-day events are read' : 'Not a day that exists: write it as 20261118')
  return day.year < plausible.first || day.year > plausible.last
    ? fault(column, value, `The year must be from ${plausible.first} to ${plausible.last}`)
    : { ok: true, value: day }
}

const valueOf = (property: { readonly jCal: readonly unknown[] }): string => String(property.jCal[3])

/** Counts the days of an event: DTEND is the day after the last. */
function readLength(component: Component, first: Day): Read<number> {
  const duration = component.getFirstProperty('duration')
  if (duration) {
    const [, count, unit] = /^P(\d{1,3})([DW])$/.exec(valueOf(duration)) ?? []
    return checkedLength(Number(count ?? 0) * (unit === 'W' ? 7 : 1), 'DURATION', valueOf(duration), 'Not a number of days: write it as P3D')
  }
  if (!component.hasProperty('dtend')) return { ok: true, value: 1 }
  const end = readDate(component, 'dtend')
  if (!end.ok) return end
  return checkedLength(daysBetween(first, end.value), 'DTEND', end.value.toString(),
    'Not after DTSTART. DTEND is the day after the last: a file that writes the last day there would lose a day of every holiday')
}

function checkedLength(days: number, column: string, value: string, tooShort: string): Read<number> {
  if (days < 1) return fault(column, value, tooShort)
  return days > lengthLimit ? fault(column, value, `Lasts ${days} days, more than ${lengthLimit}`) : { ok: true, value: days }
}

const fault = (column: string, value: string, reason: string): { readonly ok: false; readonly fault: Fault } => ({ ok: false, fault: { column, value, reason } })

interface Yearly { readonly times: number; readonly until: Day | undefined }

/** Returns the first day of each time the event takes place. */
function readBeginnings(component: Component, first: Day, years: readonly number[] | undefined): Read<Day[]> {
  const unread = ['rdate', 'recurrence-id', 'exrule'].find((property) => component.hasProperty(property))
  if (unread) return fault(unread.toUpperCase(), '', 'Only events that come again every year are read: write the others as events of their own')
  const rule = component.getFirstProperty('rrule')
  if (!rule) return { ok: true, value: [first] }
  const yearly = readRule(rule.jCal[3], first)
  if (!yearly) return fault('RRULE', saidIn(rule.jCal[3]), 'Only FREQ=YEARLY on the same day is read: write the days as events of their own')
  if (yearly.times === Infinity && !yearly.until && !years) return fault('RRULE', saidIn(rule.jCal[3]), 'Comes again without end: name the years with --year')
  const except = new Set(component.getAllProperties('exdate').flatMap((one) => one.jCal.slice(3).map((value) => String(value).slice(0, 10))))
  return { ok: true, value: timesOf(first, yearly, years).filter((day) => !except.has(day.toString())) }
}

const partsOf = (rule: unknown): [string, string][] => Object.entries(Object(rule)).map(([name, value]) => [name.toUpperCase(), String(value)])
const saidIn = (rule: unknown): string => partsOf(rule).map(([name, value]) => `${name}=${value}`).join(';')

function readRule(rule: unknown, first: Day): Yearly | undefined {
  const { FREQ, INTERVAL = '1', COUNT, UNTIL, BYMONTH = String(first.month), BYMONTHDAY = String(first.day), WKST: _weekStart, ...others } =
    Object.fromEntries(partsOf(rule))
  const until = UNTIL === undefined ? undefined : parseDay(UNTIL.slice(0, 10))
  const isSimple = FREQ === 'YEARLY' && INTERVAL === '1' && BYMONTH === String(first.month) && BYMONTHDAY === String(first.day)
    && Object.keys(others).length === 0 && (UNTIL === undefined) === (until === undefined)
  return isSimple ? { times: COUNT === undefined ? Infinity : Number(COUNT), until } : undefined
}

// 29 February comes again in leap years only (RFC 5545, 3.3.10): a day that does not exist is passed over.
function timesOf(first: Day, { times, until }: Yearly, years: readonly number[] | undefined): Day[] {
  const last = years ? Math.max(...years) + 1 : plausible.last
  const since = years ? Math.min(...years) - 1 : plausible.first
  const found: Day[] = []
  for (let { year } = first; year <= Math.max(first.year, last) && found.length < times; year++) {
    const day = parseDay(`${year}${first.toString().slice(4)}`)
    if (day && until && isAfter(day, until)) break
    if (day) found.push(day)
  }
  return found.filter((day) => day.year >= since)
}
