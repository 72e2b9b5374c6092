// Dates as registers write them, one function a style. What can be read in two ways is refused with
// the reason, never guessed; a day that does not exist is refused too.

import { type Day, parseDay } from '../core/day.ts'

export type DateRead = { readonly ok: true; readonly day: Day } | { readonly ok: false; readonly reason: string }
export type DatesRead = { readonly ok: true; readonly days: readonly Day[] } | { readonly ok: false; readonly reason: string }

/** The years a certification can plausibly name, both inclusive. */
export const years = { first: 1950, last: 2199 }

const noEnd = new Set([
  '长期', '长期有效', '永久', '永久有效', '无固定期限', '无期限', '无', 'n/a', 'na', 'none', '-', '--', '—', '——', '/',
  'permanent', 'indefinite', 'unlimited', 'no expiry', 'never',
])

/** Says whether a cell states that there is no such day: "长期", "n/a", "-", "permanent" and their like. */
export function saysNone(text: string): boolean {
  return noEnd.has(text.normalize('NFKC').trim().toLowerCase())
}

/** Reads a date with the year first: 2026-11-18, 2026/11/18, 2026.11.18, 2026年11月18日 or 20261118. */
export function parseYearFirst(text: string): DateRead {
  const plain = text.normalize('NFKC').trim().replace(/[ T]0?0:00(:00)?$/, '')
  const found = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(plain)
  if (found) return dayFrom(found[1], found[3], found[4])
  const other = /^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日$/.exec(plain) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(plain)
  return other ? dayFrom(other[1], other[2], other[3]) : refuse(whyNotYearFirst(plain))
}

function whyNotYearFirst(plain: string): string {
  if (/^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})$/.test(plain)) {
    return 'Ambiguous date: the day or the month may come first. Write the year first, as in 2026-11-18'
  }
  if (/^\d{5}$/.test(plain)) return 'A spreadsheet\'s day number: format the column as a date, as in 2026-11-18'
  if (/^\d{4}[-/.年]\d{1,2}月?$/.test(plain)) return 'The day of the month is missing: write it as in 2026-11-18'
  if (/\d:\d\d/.test(plain)) return 'A moment, not a day: which day it is depends on the zone. Write the day, as in 2026-11-18'
  return 'Not a date: write it as 2026-11-18, 2026/11/18, 2026.11.18, 2026年11月18日 or 20261118'
}

/** Reads the ISO form alone: 2026-11-18. */
export function parseIsoDay(text: string): DateRead {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim())
  return found ? dayFrom(found[1], found[2], found[3]) : refuse('Not a date of this register: it writes 2026-11-18')
}

/** Reads month/day/year, as registers of the United States and the Common Criteria portal write it: 03/26/2026 or 3/26/2026. */
export function parseMonthFirst(text: string): DateRead {
  const found = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim())
  return found ? dayFrom(found[3], found[1], found[2]) : refuse('Not a date of this register: it writes month/day/year, as in 03/26/2026')
}

/** Reads one month/day/year, or several of ten characters each without anything between them. */
export function parseMonthFirstGlued(text: string): DatesRead {
  const plain = text.trim()
  const parts = plain.length <= 10 ? [plain] : (plain.match(/.{1,10}/gs) ?? [])
  if (plain.length > 10 && !parts.every((part) => /^\d\d\/\d\d\/\d{4}$/.test(part))) {
    return refuse('Several dates that do not divide into ten characters each, as in 01/21/202506/11/2025')
  }
  const days: Day[] = []
  for (const part of parts) {
    const read = parseMonthFirst(part)
    if (!read.ok) return refuse(parts.length > 1 ? `${part}: ${read.reason}` : read.reason)
    days.push(read.day)
  }
  return { ok: true, days }
}

function dayFrom(year = '', month = '', dayOfMonth = ''): DateRead {
  const iso = `${year}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`
  const day = parseDay(iso)
  if (day === undefined) return refuse(`${iso} does not exist`)
  return day.year < years.first || day.year > years.last
    ? refuse(`The year must be from ${years.first} to ${years.last}; write n/a for no end`)
    : { ok: true, day }
}

const refuse = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason })
