// The shape of a scheme file, as zod checks it: what may stand where, and what each field decides. What
// one field says about another (a rule naming an anchor) is checked in scheme-check.ts; stages and steps
// are in template-shape.ts, the values they share in scheme-values.ts.

import { z } from 'zod'
import { defaultLadders } from './default-ladders.ts'
import { findingsShape } from './finding-shape.ts'
import { endings, obligationKinds, owers, tiers } from './obligation.ts'
import { calendarSpan, country, day, idShape, source, span, words } from './scheme-values.ts'
import { rolls } from './span.ts'
import { templateShape } from './template-shape.ts'

export const instruments = [
  'certificate', 'report', 'filing', 'assessment-result', 'self-assessment', 'label',
] as const

/** Days a rule may count from besides the scheme's own anchors. */
export const references = {
  start: 'the day the validity counts from',
  end: 'the last valid day',
  lapse: 'the first day it is no longer valid',
  'edition-end': 'the last day of the chosen edition',
  'parent-end': 'the last valid day of the certification it rests on',
  due: 'the last allowed day of the same rule',
  each: 'the last allowed day of the duty it stands ahead of',
  booked: 'the booked day of the duty it stands ahead of',
} as const

/** Names of what every record has: an option or a day of the same name would share its column in a register. */
export const recordNames = [
  'scheme', 'organisation', 'name', 'scope', 'holder', 'covers', 'sites', 'country', 'owner', 'cycle', 'status', 'decisions', 'facts',
] as const

/** The anchor that says when a parent ends which is not recorded here. */
export const parentExpiry = 'parent-expiry'

/** A value of an option; one with `ends` is an edition, which caps every certificate issued to it. */
const optionValue = z.strictObject({
  title: words,
  /** The scheme's name once this value is chosen, such as ISO/IEC 27001:2022. */
  named: words.optional(),
  ends: z.strictObject({ on: day, ...source }).optional(),
  /** Sources contradict each other on this value alone. */
  disputed: words.optional(),
  /** The last day on which a cycle could be decided to this edition; a later decision is remarked on. */
  accepts: z.strictObject({ until: day, ...source }).optional(),
})

const when = z.record(idShape, z.array(z.string()).min(1))

const option = z.strictObject({
  title: words,
  default: z.string().optional(),
  /** Decides something only where each other option named has one of these values. */
  when: when.optional(),
  /** Sources contradict each other here: both readings, and why the default is what it is. */
  disputed: words.optional(),
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
  /** Holds where each option named has one of these values. */
  when: when.optional(),
  /** Holds for anchors on or after this day; the first entry that holds decides. */
  since: day.optional(),
  /** An earlier anchor counts as if it were this day. */
  notBefore: day.optional(),
  /** Counts from so long after the anchor: P1D is from the day after it. */
  offset: calendarSpan.optional(),
  lasts: calendarSpan,
  end: z.enum(['same-day', 'day-before']),
  ...source,
})

/** A day, counted from another: `from` plus `add`, taken to the end of its year, rolled off rest days. */
const point = z.strictObject({
  from: z.union([
    idShape, z.strictObject({ latest: z.array(idShape).min(1) }), z.strictObject({ earliest: z.array(idShape).min(1) }),
  ], { error: 'must be an anchor, latest: [anchors] or earliest: [anchors]' }),
  add: span.optional(),
  to: z.literal('year-end').optional(),
  roll: z.enum(rolls).optional(),
})

/** One day, or several of which the first whose `from` is known counts. */
const due = z.union([point, z.array(point).min(1)], { error: 'must be a day such as { from: decision, add: P1Y }, or a list of them' })

const recurrence = z.strictObject({
  /** `calendar-year`, once in each by 31 December; or a length, each time counted from the same day. */
  every: z.union([z.literal('calendar-year'), calendarSpan], {
    error: 'must be calendar-year or a length of time such as P1Y',
  }),
  from: idShape,
  /** The first time: years after the year of `from` (0 is the same year), or lengths after it. */
  first: z.int().min(0).max(100).default(1),
  /** In each calendar year so often, by the end of each equal part: 4 is once a quarter. */
  times: z.union([1, 2, 3, 4, 6, 12].map((n) => z.literal(n)), { error: 'must be 1, 2, 3, 4, 6 or 12' }).default(1),
  /** At most that length since the last time was carried out, whenever that was. */
  sinceLast: z.boolean().default(false),
  /** The rule whose duty is the time before the first: the day that one was carried out decides the next. */
  after: idShape.optional(),
  /** `year` numbers lengths as calendar years are: the same duty under two readings keeps its identity. */
  numbered: z.literal('year').optional(),
  /** `end-year` leaves out what falls into the calendar year in which the validity ends; `end` what falls on its last day. */
  except: z.enum(['end-year', 'end']).optional(),
})

const ladders = defaultLadders.map((ladder) => ladder.id)

const rule = z.strictObject({
  id: idShape,
  kind: z.enum(obligationKinds),
  tier: z.enum(tiers),
  ladder: z.enum(ladders),
  /** `{year}` stands for the calendar year of a yearly duty, `{part}` for the part of it, from 1. */
  title: words,
  metBy: z.enum(endings),
  /** `nobody` where it is advice: planned and said, never late. */
  owedBy: z.enum(owers).default('organisation'),
  /** Binds in this kind of cycle only. */
  cycle: z.enum(['initial', 'recertification']).optional(),
  /** Binds where each option named has one of these values. */
  when: when.optional(),
  /** Falls away once this anchor is known. */
  unless: idShape.optional(),
  /** Derived only until its day has passed: what remains then is the expiry. */
  whileAhead: z.boolean().default(false),
  /** Owed though the paper is no longer valid, or beyond its last day. */
  outlives: z.boolean().default(false),
  /** Owed anew with each extension of the validity, or each time what it rests on is renewed to another year. */
  per: z.enum(['extension', 'parent']).optional(),
  /** Of a certification that rides on a parent: the parent's audit meets it and the parent's ladder tells. */
  rides: z.boolean().default(false),
  /** Meeting it records this anchor with the day: the next time is counted from there. */
  sets: idShape.optional(),
  /** Once ahead of each time these rules bind, until that is met; days count from `each` and `booked`. */
  each: z.union([idShape, z.array(idShape).min(1)], { error: 'must be a rule or a list of rules' }).optional(),
  opens: point.optional(),
  due: due.optional(),
  recurs: recurrence.optional(),
  /** The last allowed day by the looser reading, where readings differ. */
  latest: point.optional(),
  /** What missing it costs. */
  costs: words.optional(),
  ...source,
}).refine((one) => (one.due === undefined) !== (one.recurs === undefined), {
  error: 'needs either due (one day) or recurs (again and again)', path: ['due'],
})

/** A duty that a state begins, such as to stop using the mark while suspended. */
const stateRule = z.strictObject({
  id: idShape,
  kind: z.enum(obligationKinds),
  tier: z.enum(tiers),
  ladder: z.enum(ladders),
  title: words,
  /** Counted from the first day of the state, which is not counted. */
  due: span,
  metBy: z.enum(endings),
  costs: words.optional(),
  ...source,
})

/** A checklist of the scheme: its items by area; an area without items takes them by import. */
const checklist = z.strictObject({
  title: words,
  areas: z.array(z.strictObject({
    id: idShape,
    title: words,
    items: z.array(z.strictObject({ code: z.string().trim().min(1).max(40), title: words })).default([]),
  })).min(1),
  ...source,
})

/** A later version of the rules, or those of one country: what it changes, from when, for which cycles. */
const ruleSet = z.strictObject({
  id: idShape,
  title: words,
  country: country.optional(),
  effectiveOn: day,
  /** `new-cycles`: those begun on that day or later; `running-cycles`: every one, from that day on. */
  appliesTo: z.enum(['new-cycles', 'running-cycles']),
  /** Merged over the scheme: rules by their id, `drop: true` takes one away, null takes a value away. */
  changes: z.partialRecord(z.enum([
    'title', 'options', 'anchors', 'validity', 'endless', 'restsOn', 'pending', 'afterEnd', 'extension', 'unextended', 'restoration', 'suspension', 'whileSuspended', 'whileExpired', 'lockout', 'rules', 'findings',
  ]), z.unknown()),
  ...source,
})

export const schemeShape = z.strictObject({
  id: idShape,
  /** The scheme whose whole content this one starts from; what stands here replaces it. */
  extends: idShape.optional(),
  /** Only there to be extended: no certification can be entered under it. */
  abstract: z.boolean().default(false),
  title: words,
  instrument: z.enum(instruments),
  /** The version: the day from which these rules hold. */
  effectiveOn: day,
  /** ISO 3166 code where the rules are those of one country. */
  country: country.optional(),
  options: z.record(idShape, option).default({}),
  anchors: z.record(idShape, anchor),
  /** The anchor that begins a cycle: before it a certification is planned. */
  begins: idShape,
  /** `stated` where no source gives a validity: the expiry is then read from the paper, never computed. */
  validity: z.union([z.literal('stated').transform(() => []), z.array(validity).min(1)], {
    error: 'must be stated (read from the paper, never computed) or a list of rules',
  }),
  /** True where it may go on without an end; elsewhere an end that no rule gives must be read from the paper. */
  endless: z.boolean().default(false),
  /** What it rests on: with a parent that lapses it ends (and pauses, and is withdrawn) too, or only warns. */
  restsOn: z.strictObject({ schemes: z.array(idShape).min(1), lapse: z.enum(['ends', 'warns']), when: when.optional(), ...source }).optional(),
  /** It stays valid past its end once this anchor says that its renewal has been applied for in time. */
  pending: z.strictObject({ anchor: idShape, ...source }).optional(),
  /** What its register calls it once its end has passed, and for how long. */
  afterEnd: z.strictObject({ state: z.enum(['archived', 'deprecated']), lasts: calendarSpan.optional(), ...source }).optional(),
  /** How much an extension adds that names no day itself; `further` is what is known of a second one within a cycle. */
  extension: z.strictObject({ by: calendarSpan, further: z.strictObject(source).optional(), ...source }).optional(),
  /** Where its validity is never extended: what says so. */
  unextended: z.strictObject(source).optional(),
  /** What begins with a state: counted from its first day, owed while it lasts. */
  whileSuspended: z.array(stateRule).default([]),
  whileExpired: z.array(stateRule).default([]),
  /** How long after a withdrawal no body takes a new application. */
  lockout: z.strictObject({ after: calendarSpan, ...source }).optional(),
  /** How long after its expiry it can be restored; `doubt` where that must not be counted on, and why. */
  restoration: z.strictObject({ within: calendarSpan, doubt: words.optional(), costs: words.optional(), ...source }).optional(),
  /** How long a suspension may last where the decision names no day. */
  suspension: z.strictObject({ atMost: calendarSpan, costs: words.optional(), ...source }).optional(),
  rules: z.array(rule).min(1),
  requirements: checklist.optional(),
  /** The scale that findings are graded by; without one, none can be recorded. */
  findings: findingsShape.optional(),
  ruleSets: z.array(ruleSet).default([]),
  templates: z.array(templateShape).default([]),
})
