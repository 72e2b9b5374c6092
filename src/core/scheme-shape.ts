// The shape of a scheme file, as zod checks it: what may stand where, and what each field decides. What
// one field says about another (a rule naming an anchor) is checked in scheme-check.ts.

import { z } from 'zod'
import type { Mark } from './certification.ts'
import { parseDay } from './day.ts'
import { defaultLadders } from './ladder.ts'
import { endings, obligationKinds, tiers } from './obligation.ts'
import { parseSpan, rolls, type CalendarSpan, type Span } from './span.ts'

export const instruments = [
  'certificate', 'report', 'filing', 'assessment-result', 'self-assessment', 'label',
] as const

/** Days a rule may count from besides the scheme's own anchors. */
export const references = {
  start: 'the day the validity counts from',
  end: 'the last valid day',
  lapse: 'the first day it is no longer valid',
  'edition-end': 'the last day of the chosen edition',
  due: 'the last allowed day of the same rule',
} as const

const idPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/
export const idShape = z.string().regex(idPattern, 'must be lower-case words joined by hyphens, such as iso-27001')

const sentence = z.string().trim().min(1, 'must not be empty')
const words = z.strictObject({ en: sentence, zh: sentence })
const mark = z.enum(['confirmed', 'derived', 'unverified'] satisfies Mark[])

// Every value that decides a date says where it comes from and how far it can be trusted.
const source = { basis: sentence, mark }

const day = z.string().transform((text, context) => {
  const parsed = parseDay(text)
  if (parsed) return parsed
  context.addIssue({ code: 'custom', message: `"${text}" is not a day: write it as 2026-11-18` })
  return z.NEVER
})

const span = z.string().transform((text, context): Span => {
  const parsed = parseSpan(text)
  if (parsed) return parsed
  context.addIssue({
    code: 'custom', message: `"${text}" is not a length of time: write P3Y, P6M, P30D, P10WD (working days) or, before a day, -P3M`,
  })
  return z.NEVER
})

const calendarSpan = span.transform((parsed, context): CalendarSpan => {
  if (parsed.unit === 'calendar' && parsed.duration.sign > 0) return parsed
  context.addIssue({ code: 'custom', message: `"${parsed.text}" must be a length in years, months or days, such as P3Y` })
  return z.NEVER
})

const workingDays = z.string().transform((text, context): number => {
  const parsed = parseSpan(text)
  if (parsed?.unit === 'working' && parsed.days >= 0) return parsed.days
  context.addIssue({ code: 'custom', message: `"${text}" is not a number of working days: write P5WD` })
  return z.NEVER
})

/** A value of an option; one with `ends` is an edition, which caps every certificate issued to it. */
const optionValue = z.strictObject({
  title: words,
  /** The scheme's name once this value is chosen, such as ISO/IEC 27001:2022. */
  named: words.optional(),
  ends: z.strictObject({ on: day, ...source }).optional(),
})

const option = z.strictObject({
  title: words,
  default: z.string().optional(),
  values: z.record(z.string(), optionValue),
})

const anchor = z.strictObject({
  title: words,
  /** The anchor whose day stands in, marked assumed, where this one is missing. */
  standIn: idShape.optional(),
  /** The event comes again within a cycle: duties counted from it are told apart by its month. */
  repeats: z.boolean().default(false),
})

const validity = z.strictObject({
  from: idShape,
  /** Holds for anchors on or after this day; the first entry that holds decides. */
  since: day.optional(),
  /** An earlier anchor counts as if it were this day. */
  notBefore: day.optional(),
  lasts: calendarSpan,
  end: z.enum(['same-day', 'day-before']),
  ...source,
})

/** A day, counted from another: `from` plus `add`, taken to the end of its year, rolled off rest days. */
const point = z.strictObject({
  from: z.union([idShape, z.strictObject({ latest: z.array(idShape).min(1) })], {
    error: 'must be an anchor, or latest: [anchors]',
  }),
  add: span.optional(),
  to: z.literal('year-end').optional(),
  roll: z.enum(rolls).optional(),
})

const recurrence = z.strictObject({
  /** `calendar-year`, once in each by 31 December; or a length, each time counted from the same day. */
  every: z.union([z.literal('calendar-year'), calendarSpan], {
    error: 'must be calendar-year or a length of time such as P1Y',
  }),
  from: idShape,
  /** The first time: years after the year of `from` (0 is the same year), or lengths after it. */
  first: z.int().min(0).max(100).default(1),
  /** Leaves out the calendar year in which the validity ends: the year of the recertification. */
  except: z.literal('end-year').optional(),
})

const ladders = defaultLadders.map((ladder) => ladder.id)

const rule = z.strictObject({
  id: idShape,
  kind: z.enum(obligationKinds),
  tier: z.enum(tiers),
  ladder: z.enum(ladders),
  /** `{year}` stands for the calendar year of a yearly duty. */
  title: words,
  metBy: z.enum(endings),
  owedBy: z.enum(['organisation', 'outside']).default('organisation'),
  /** Binds in this kind of cycle only. */
  cycle: z.enum(['initial', 'recertification']).optional(),
  /** Binds where each option named has one of these values. */
  when: z.record(idShape, z.array(z.string()).min(1)).optional(),
  /** Falls away once this anchor is known. */
  unless: idShape.optional(),
  /** Derived only until its day has passed: what remains then is the expiry. */
  whileAhead: z.boolean().default(false),
  /** Owed though the paper is no longer valid, or beyond its last day. */
  outlives: z.boolean().default(false),
  opens: point.optional(),
  due: point.optional(),
  recurs: recurrence.optional(),
  /** The last allowed day by the looser reading, where readings differ. */
  latest: point.optional(),
  /** What missing it costs. */
  costs: words.optional(),
  ...source,
}).refine((one) => (one.due === undefined) !== (one.recurs === undefined), {
  error: 'needs either due (one day) or recurs (again and again)', path: ['due'],
})

const code = z.string().regex(/^[A-Za-z0-9]+(\.[0-9]+)*$/, 'must be a short code such as A1 or \'4.2\'')

const predecessor = z.string().transform((text, context) => {
  const [, step, lag] = /^([A-Za-z0-9.]+?)(?:\+(P\d{1,4}WD))?$/.exec(text) ?? []
  const waits = lag === undefined ? { unit: 'working' as const, days: 0 } : parseSpan(lag)
  if (step !== undefined && waits?.unit === 'working') return { step, lag: waits.days }
  context.addIssue({ code: 'custom', message: `"${text}" is not a step to wait for: write A4, or A4+P40WD with a lag in working days` })
  return z.NEVER
})

const step = z.strictObject({
  code,
  title: words,
  /** Planned length in working days, as `P5WD`; a length of none is a milestone. */
  days: workingDays,
  after: z.array(predecessor).default([]),
  role: sentence,
  /** The outside party it waits on. */
  waitsOn: sentence.optional(),
  /** `outside` where the step is that party's own act: expected, never owed by us. */
  owedBy: z.enum(['organisation', 'outside']).default('organisation'),
  deliverable: sentence,
  basis: sentence.optional(),
  mark: mark.optional(),
})

const template = z.strictObject({
  id: idShape,
  title: words,
  /** A run from it renews the certification: meanwhile it is in renewal. */
  renews: z.boolean().default(false),
  /** The step whose finish meets the deadline the run is for. */
  target: code,
  stages: z.array(z.strictObject({ code, title: words, steps: z.array(step).min(1) })).min(1),
  /** Holds for every step that says nothing else: the lengths are most often practice. */
  ...source,
}).transform(({ stages, ...one }) => ({
  ...one,
  stages: stages.map((stage) => ({
    ...stage, steps: stage.steps.map((step) => ({ ...step, basis: step.basis ?? one.basis, mark: step.mark ?? one.mark })),
  })),
}))

export const schemeShape = z.strictObject({
  id: idShape,
  title: words,
  instrument: z.enum(instruments),
  /** The version: the day from which these rules hold. */
  effectiveOn: day,
  /** ISO 3166 code where the rules are those of one country. */
  country: z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters, such as CN').optional(),
  options: z.record(idShape, option).default({}),
  anchors: z.record(idShape, anchor),
  /** The anchor that begins a cycle: before it a certification is planned. */
  begins: idShape,
  /** `stated` where no source gives a validity: the expiry is then read from the paper, never computed. */
  validity: z.union([z.literal('stated').transform(() => []), z.array(validity).min(1)], {
    error: 'must be stated (read from the paper, never computed) or a list of rules',
  }),
  /** What else may end it early; a parent that only warns is left out. */
  caps: z.array(z.enum(['edition', 'parent'])).default(['edition', 'parent']),
  /** How much an extension adds that names no day itself. */
  extension: z.strictObject({ by: calendarSpan, ...source }).optional(),
  /** How long after its expiry it can be restored. */
  restoration: z.strictObject({ within: calendarSpan, costs: words.optional(), ...source }).optional(),
  /** How long a suspension may last where the decision names no day. */
  suspension: z.strictObject({ atMost: calendarSpan, costs: words.optional(), ...source }).optional(),
  rules: z.array(rule).min(1),
  templates: z.array(template).default([]),
})
