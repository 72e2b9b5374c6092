// Column types of our own: civil days, instants and bytes, the same over both drivers; and what many tables share.
// drizzle's date modes give JavaScript dates, which no deadline here may pass through.

import { sql, type SQL } from 'drizzle-orm'
import { customType, integer, type AnyPgColumn } from 'drizzle-orm/pg-core'

/** The number a row is known by, given by the database. */
export const id = () => integer('id').primaryKey().generatedAlwaysAsIdentity()

/** The condition that a column has one of these words; none of them holds a quote. */
export const oneOf = (column: AnyPgColumn, values: readonly string[]): SQL =>
  sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(', '))})`

export const day = customType<{ data: Temporal.PlainDate; driverData: string }>({
  dataType: () => 'date',
  toDriver: (value) => value.toString(),
  fromDriver: (value) => Temporal.PlainDate.from(value),
})

export const instant = customType<{ data: Temporal.Instant; driverData: string }>({
  dataType: () => 'timestamp with time zone',
  toDriver: (value) => value.toString(),
  fromDriver: (value) => Temporal.Instant.from(value.replace(' ', 'T')),
})

export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'bytea',
})
