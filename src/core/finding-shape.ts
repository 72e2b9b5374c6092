// The shape of a scheme's scale of findings, as zod checks it: its grades, what each asks for and by when, and
// what single certification bodies ask for instead. What follows for one finding is in finding.ts.

import { z } from 'zod'
import { defaultLadders } from './default-ladders.ts'
import { tiers } from './obligation.ts'
import { idShape, source, span, words } from './scheme-values.ts'

/** What ends a finding: its answer accepted, its proof sent, its verification by the body; an observation owes nothing. */
export const closings = ['answer', 'proof', 'verification', 'nothing'] as const
export type Closing = (typeof closings)[number]

/** What a finding asks for, each so long after the last day of the audit. */
const spans = { answer: span.optional(), proof: span.optional(), verified: span.optional() }

const grade = z.strictObject({
  id: idShape,
  title: words,
  tier: z.enum(tiers),
  ...spans,
  /** Instead of those above while the certification has yet to be granted. */
  initial: z.strictObject({ ...spans, ...source }).optional(),
  closes: z.enum(closings),
  /** While it is open, no recertification can be decided and the validity is not extended. */
  blocks: z.boolean().default(false),
  /** `end`: each day is shortened so that it does not fall after the last valid day. */
  cap: z.literal('end').optional(),
  ladder: z.enum(defaultLadders.map((ladder) => ladder.id)).default('corrective-action'),
  /** What leaving it open costs. */
  costs: words.optional(),
  ...source,
})

export const findingsShape = z.strictObject({
  grades: z.array(grade).min(1),
  /** What a certification body writes into its contracts, by its name as the record has it. */
  bodies: z.array(z.strictObject({ named: z.string().trim().min(1).max(200), grades: z.record(idShape, z.strictObject(spans)), ...source })).default([]),
  ...source,
})
