// The law that no mail is lost: whatever was planned has left, waits, is on its way, in doubt, held, failed with an alarm,
// cancelled or captured, and what its delivery, the ledger and the history say of it agrees.

/** Every mail of a set, each counted once among the parts; `planned` is the whole, counted by itself. */
export interface Tally {
  readonly planned: number
  readonly sent: number
  readonly captured: number
  readonly waiting: number
  readonly inFlight: number
  readonly inDoubt: number
  readonly held: number
  /** Given up, and somebody was alarmed. */
  readonly failed: number
  readonly cancelled: number
}

export const breachKinds = [
  'unaccounted', 'sent-without-delivery', 'sent-without-link', 'link-without-mail', 'sent-twice', 'lost-in-flight', 'stuck', 'said-to-nobody',
] as const
/**
 * In how many ways it can be broken: the parts are fewer than the whole; a mail counts as gone and no attempt says so, or
 * the history does not; the history says so and the mail does not; two attempts took the same mail and the first was not in
 * doubt; a worker vanished and nobody took over; it could leave and nothing moves; it counts as said and went to nobody.
 */
export type BreachKind = (typeof breachKinds)[number]

export interface Breach {
  readonly kind: BreachKind
  /** The mails it is about, ascending. */
  readonly ids: readonly number[]
}

/** How many mails are in none of the parts; 0 where the law holds, negative where some are in two. */
export const missingFrom = (tally: Tally): number => tally.planned - (
  tally.sent + tally.captured + tally.waiting + tally.inFlight + tally.inDoubt + tally.held + tally.failed + tally.cancelled)

export const emptyTally: Tally = { planned: 0, sent: 0, captured: 0, waiting: 0, inFlight: 0, inDoubt: 0, held: 0, failed: 0, cancelled: 0 }

/** Adds the tallies of sets that have no mail in common. */
export function addTallies(a: Tally, b: Tally): Tally {
  return {
    planned: a.planned + b.planned, sent: a.sent + b.sent, captured: a.captured + b.captured, waiting: a.waiting + b.waiting,
    inFlight: a.inFlight + b.inFlight, inDoubt: a.inDoubt + b.inDoubt, held: a.held + b.held, failed: a.failed + b.failed, cancelled: a.cancelled + b.cancelled,
  }
}

/** A breach as it is known by: accepted once, it is not told again. */
export const breachKey = (kind: BreachKind, id: number): string => `${kind}/${id}`

/** Joins what was found in several looks: a kind once, an id once, without those a person has accepted. */
export function joinBreaches(found: readonly Breach[], accepted: ReadonlySet<string> = new Set()): Breach[] {
  return breachKinds.flatMap((kind): Breach[] => {
    const ids = new Set(found.filter((one) => one.kind === kind).flatMap((one) => one.ids).filter((id) => !accepted.has(breachKey(kind, id))))
    return ids.size === 0 ? [] : [{ kind, ids: [...ids].sort((a, b) => a - b) }]
  })
}

const shownIds = 20

/** What an alarm says of breaches: how many cases, and of each kind the first ids. */
export function breachFacts(breaches: readonly Breach[]): Readonly<Record<string, string | number>> {
  const told = breaches.map(({ kind, ids }) => [kind, ids.slice(0, shownIds).join(' ')] as const)
  return { cases: breaches.reduce((sum, { ids }) => sum + ids.length, 0), ...Object.fromEntries(told) }
}

/** Reads back which breaches an alarm named. */
export function breachKeysIn(facts: Readonly<Record<string, unknown>>): string[] {
  return breachKinds.flatMap((kind) => {
    const ids = facts[kind]
    return typeof ids === 'string' ? ids.split(' ').map((id) => breachKey(kind, Number(id))) : []
  })
}
