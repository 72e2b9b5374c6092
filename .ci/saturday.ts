// Stops the clock: a Saturday night, or the moment that RECERT_FROZEN names. For `node --import` only.

const frozen = Temporal.Instant.from(process.env['RECERT_FROZEN'] ?? '2026-11-28T15:30:00Z')
Object.defineProperty(Temporal.Now, 'instant', { value: () => frozen })
