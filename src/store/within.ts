// Which certifications a question is about: those of some organisations, narrowed by scheme and by tag.

import { and, arrayOverlaps, inArray, type SQL } from 'drizzle-orm'
import { certification } from './schema-records.ts'

export interface Within {
  readonly organisationIds: readonly number[]
  /** Any of these; undefined for every scheme. */
  readonly schemes?: readonly string[] | undefined
  /** With any of these; undefined for all, with tags or without. */
  readonly tags?: readonly string[] | undefined
}

/** The condition on a certification, for statements that join it. */
export const certificationWithin = ({ organisationIds, schemes, tags }: Within): SQL | undefined => and(
  inArray(certification.organisationId, [...organisationIds]),
  schemes && inArray(certification.scheme, [...schemes]),
  tags && arrayOverlaps(certification.tags, [...tags]),
)
