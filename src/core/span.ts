// Lengths of time as scheme files write them, and adding them to a day. Calendar lengths are ISO 8601
// text (`P3Y`, `P6M`, `P30D`, `-P3M` for before); working days, which ISO 8601 lacks, are `P10WD`.

import { addWorkingDays, type Calendar, type Counted, isProvisional, rollBack, rollForward } from './calendar.ts'
import { type Day, nthAfter } from './day.ts'

export type Span =
  | { readonly unit: 'calendar'; readonly text: string; readonly duration: Temporal.Duration }
  | { readonly unit: 'working'; readonly text: string; readonly days: number }

export type CalendarSpan = Extract<Span, { unit: 'calendar' }>

const calendarPattern = /^-?P(?=\d)(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,5}D)?$/
const workingPattern = /^(-?)P(\d{1,4})WD$/

/** Reads `P3Y`, `-P3M`, `P10WD`; undefined for any other form, such as one with hours. */
export function parseSpan(text: string): Span | undefined {
  const [, sign, days] = workingPattern.exec(text) ?? []
  if (days !== undefined) return { unit: 'working', text, days: sign ? -Number(days) : Number(days) }
  if (!calendarPattern.test(text)) return undefined
  return { unit: 'calendar', text, duration: Temporal.Duration.from(text) }
}

/** A number of days, working or calendar ones, none or more. */
export interface Length {
  readonly unit: 'working' | 'calendar'
  readonly days: number
  readonly text: string
}

/** Reads `P5WD` or `P30D`; undefined for years, months, and lengths before a day. */
export function parseLength(text: string): Length | undefined {
  const [, days, working] = /^P(\d{1,4})(W?)D$/.exec(text) ?? []
  return days === undefined ? undefined : { unit: working ? 'working' : 'calendar', days: Number(days), text }
}

/** Adds a length to a day, which is not counted itself; months are clamped to the month's end. */
export function addSpan(day: Day, span: Span, calendar: Calendar): Counted {
  if (span.unit === 'working') return addWorkingDays(day, span.days, calendar)
  return { day: nthAfter(day, span.duration, 1), provisional: false }
}

export const rolls = ['forward', 'back'] as const
export type Roll = (typeof rolls)[number]

/** Moves a day off a non-working day; provisional when a year without data had a say. */
export function rollDay(day: Day, roll: Roll | undefined, calendar: Calendar): Counted {
  if (roll === undefined) return { day, provisional: false }
  const rolled = roll === 'forward' ? rollForward(day, calendar) : rollBack(day, calendar)
  return { day: rolled, provisional: isProvisional(day, calendar) || isProvisional(rolled, calendar) }
}
