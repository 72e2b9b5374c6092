// The values of a scheme file: days, lengths, words, and where each comes from. A value that cannot be
// read says how it is written.

import { z } from 'zod'
import type { Mark } from './certification.ts'
import { parseDay } from './day.ts'
import { type CalendarSpan, type Length, parseLength, parseSpan, type Span } from './span.ts'

const idPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/
export const idShape = z.string().regex(idPattern, 'must be lower-case words joined by hyphens, such as iso-27001')

export const sentence = z.string().trim().min(1, 'must not be empty')
export const words = z.strictObject({ en: sentence, zh: sentence })
export const mark = z.enum(['confirmed', 'derived', 'unverified'] satisfies Mark[])

/** Every value that decides a date says where it comes from and how far it can be trusted. */
export const source = { basis: sentence, mark }

/** ISO 3166. */
export const country = z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters, such as CN')

export const day = z.string().transform((text, context) => {
  const parsed = parseDay(text)
  if (parsed) return parsed
  context.addIssue({ code: 'custom', message: `"${text}" is not a day: write it as 2026-11-18` })
  return z.NEVER
})

export const span = z.string().transform((text, context): Span => {
  const parsed = parseSpan(text)
  if (parsed) return parsed
  context.addIssue({
    code: 'custom', message: `"${text}" is not a length of time: write P3Y, P6M, P30D, P10WD (working days) or, before a day, -P3M`,
  })
  return z.NEVER
})

export const calendarSpan = span.transform((parsed, context): CalendarSpan => {
  if (parsed.unit === 'calendar' && parsed.duration.sign > 0) return parsed
  context.addIssue({ code: 'custom', message: `"${parsed.text}" must be a length in years, months or days, such as P3Y` })
  return z.NEVER
})

/** A length that is not before: `P5WD` in working days, `P30D` in calendar days. */
export const length = z.string().transform((text, context): Length => {
  const parsed = parseLength(text)
  if (parsed) return parsed
  context.addIssue({ code: 'custom', message: `"${text}" is not a length in days: write P5WD for working days, P30D for calendar days` })
  return z.NEVER
})
