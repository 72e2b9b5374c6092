// The shape of a procedure's template: stages and steps, what each waits for, whose act it is, and what
// comes out of it. Lengths are working days.

import { z } from 'zod'
import { parseSpan } from './span.ts'
import { idShape, mark, sentence, source, words, workingDays } from './scheme-values.ts'

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

export const templateShape = z.strictObject({
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

