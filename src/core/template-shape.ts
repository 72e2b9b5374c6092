// The shape of a procedure's template: stages and steps, what each waits for, whose act it is, what comes
// out of it, which law limits it, and the duties a run from it is for.

import { z } from 'zod'
import { idShape, length, mark, sentence, source, words } from './scheme-values.ts'
import { parseLength, rolls } from './span.ts'

const code = z.string().regex(/^[A-Za-z0-9]+(\.[0-9]+)*$/, 'must be a short code such as A1 or \'4.2\'')

const predecessor = z.string().transform((text, context) => {
  const [, step, lag = 'P0WD'] = /^([A-Za-z0-9.]+?)(?:\+(P\d{1,4}(?:WD|D)))?$/.exec(text) ?? []
  if (step !== undefined && parseLength(lag)) return { step, lag }
  context.addIssue({ code: 'custom', message: `"${text}" is not a step to wait for: write A4, A4+P40WD with a lag in working days, or A4+P30D in calendar days` })
  return z.NEVER
})

const step = z.strictObject({
  code,
  title: words,
  /** Planned length, `P5WD` in working days or `P30D` in calendar days; a length of none is a milestone. */
  days: length,
  after: z.array(predecessor).default([]),
  role: sentence,
  /** The outside party it waits on. */
  waitsOn: sentence.optional(),
  /** `outside` where the step is that party's own act: expected, never owed by us. */
  owedBy: z.enum(['organisation', 'outside']).default('organisation'),
  deliverable: sentence,
  /** The last day it may finish by a law or a contract, counted from the finish of another step. */
  limit: z.strictObject({
    from: code, within: length.transform((one) => one.text), roll: z.enum(rolls).optional(), ...source,
  }).optional(),
  basis: sentence.optional(),
  mark: mark.optional(),
}).transform(({ days, ...one }) => ({ ...one, days: days.days, unit: days.unit }))

export const templateShape = z.strictObject({
  id: idShape,
  title: words,
  /** A run from it renews the certification: meanwhile it is in renewal. */
  renews: z.boolean().default(false),
  /** The rules whose duty it is for: that duty's last allowed day is the deadline, and its window starts a run. */
  serves: z.array(idShape).default([]),
  /** Offered where each option named has one of these values. */
  when: z.record(idShape, z.array(z.string()).min(1)).optional(),
  /** The step whose finish meets the deadline the run is for. */
  target: code,
  /** The step that is held on the booked day of the duty it is for. */
  audit: code.optional(),
  /** The step that cannot begin before the window of that duty opens. */
  opens: code.optional(),
  stages: z.array(z.strictObject({
    code, title: words,
    /** Stages that must have ended before any of its steps begins. */
    after: z.array(code).default([]),
    steps: z.array(step).min(1),
  })).min(1),
  /** Holds for every step that says nothing else: the lengths are most often practice. */
  ...source,
}).transform(({ stages, ...one }) => ({
  ...one,
  stages: stages.map((stage) => ({
    ...stage, steps: stage.steps.map((step) => ({ ...step, basis: step.basis ?? one.basis, mark: step.mark ?? one.mark })),
  })),
}))

