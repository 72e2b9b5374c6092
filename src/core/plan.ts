// When the steps of a run can start and finish at the earliest, counted forward from what really happened,
// and when they must at the latest, counted back from the day the run is for. Slack is what lies between.

import type { Calendar } from './calendar.ts'
import type { Day } from './day.ts'
import { type Ground, groundOf, type Network, type Node } from './network.ts'
import { deadlineOf, type Extent, type Extents, forward, fresh, freshWithin, known, type Last, latestOf, limitsOf, tightOf } from './passes.ts'
import { dayAt, numberOf } from './working-index.ts'

/** One step's place; all days inclusive, slack in working days of the run's calendar. */
export interface Place {
  readonly code: string
  readonly earliestStartOn: Day
  readonly earliestFinishOn: Day
  readonly latestStartOn: Day
  readonly latestFinishOn: Day
  /** From the earliest finish to the latest; negative where it cannot be in time, be it by a day off. */
  readonly slack: number
  /** It has no working day to spare: one more of it, and the target finishes later. */
  readonly critical: boolean
  /** The target waits for it; the others follow on after the target or beside it. */
  readonly leads: boolean
  /** The last day a law or a contract gives it, as things stand. */
  readonly limitOn: Day | undefined
  /** The last days were counted over a year nobody has announced yet. */
  readonly provisional: boolean
}

export interface Plan {
  readonly places: ReadonlyMap<string, Place>
  /** When the target is finished at the earliest. */
  readonly finishOn: Day
  /** Working days from there to the deadline; negative by how many it cannot fit. Undefined without a deadline. */
  readonly slack: number | undefined
  /** The unfinished steps that decide the finish, first to last: where the plan does not fit, those that bind it. */
  readonly chain: readonly string[]
  /** Steps whose limit or booked day cannot be kept, or was not, and by how many working days it is missed. */
  readonly broken: readonly Breach[]
  /** The target is finished by the deadline, and what is still to be done breaks no limit and no booked day. */
  readonly fits: boolean
}

export interface Breach { readonly code: string; readonly by: 'limit' | 'booking'; readonly on: Day; readonly days: number }

/** Plans a run as of a day: what is not done by then can be done on that day at the earliest. */
export function planRun(network: Network, asOf: Day): Plan {
  const ground = groundOf(network)
  const facts = known(numberOf(asOf))
  const earliest = forward(ground, facts)
  const target = earliest[ground.target.at]!
  const latest = latestOf(ground, deadlineOf(ground))
  // The same way back from the finish as it stands: what then has nothing to spare decides it.
  const tight = tightOf(ground, target.finish, facts)
  const limits = limitsOf(ground, earliest)
  const found = (node: Node): Place => {
    const [own, last] = [earliest[node.at]!, tight[node.at]]
    return placeOf(ground, node, { earliest: own, latest: latest[node.at]!, limit: limits.get(node.at), critical: last !== undefined && spareOf(ground, own.finish, last.finish) <= 0 })
  }
  const places = new Map(network.steps.map(({ code }) => [code, found(ground.named.get(code)!)]))
  const broken = breachesOf(ground, earliest, limits)
  const slack = network.deadlineOn && spareOf(ground, shown(ground, ground.target, target).finish, numberOf(network.deadlineOn))
  return {
    places, finishOn: places.get(network.target)!.earliestFinishOn, broken, slack, chain: chainOf(ground, places, earliest),
    fits: (slack === undefined || slack >= 0) && broken.every(({ code }) => ground.named.get(code)!.step.state === 'done'),
  }
}

/** Working days from a day to a last day; past it, one at least is missing, though it be a day off. */
function spareOf({ index }: Ground, from: number, to: number): number {
  const days = index.upTo(to) - index.upTo(from)
  return from > to ? Math.min(-1, days) : days
}

const chainOf = ({ nodes }: Ground, places: ReadonlyMap<string, Place>, earliest: Extents): string[] =>
  nodes.filter(({ step, lasts }) => lasts && step.state !== 'done' && places.get(step.code)!.critical)
    .toSorted((a, b) => earliest[a.at]!.finish - earliest[b.at]!.finish).map(({ step }) => step.code)

/**
 * Returns the days a run keeps its steps to: the latest ones, or, for a step that could not make those even in a run
 * begun on its first day, the first ones it could have made. They do not move while time passes.
 */
export function dueDays(network: Network): ReadonlyMap<string, { readonly startOn: Day; readonly finishOn: Day }> {
  const ground = groundOf(network)
  const first = freshWithin(ground)
  const latest = latestOf(ground, deadlineOf(ground))
  return new Map(network.steps.map(({ code }) => {
    const node = ground.named.get(code)!
    const [late, early] = [latest[node.at]!, first[node.at]!]
    const due = shown(ground, node, late.finish >= early.finish ? late : early)
    return [code, { startOn: dayAt(due.start), finishOn: dayAt(due.finish) }]
  }))
}

/** Returns the last day a run may begin for its target to be finished by `deadlineOn`. */
export function latestBeginning(network: Omit<Network, 'startOn' | 'deadlineOn'>, deadlineOn: Day): Day {
  const ground = groundOf({ ...network, startOn: deadlineOn, deadlineOn })
  const latest = latestOf(ground, numberOf(deadlineOn))
  // What takes no time may be waited after, too: it stands on the evening before.
  const starts = ground.nodes.filter((node) => node.leads).map((node) => latest[node.at]!.start + (node.lasts ? 0 : 1))
  return dayAt(Math.min(numberOf(deadlineOn), ...starts))
}

const everyDay: Calendar = { id: 'every-day', exceptions: new Map(), knownYears: undefined, weekend: [] }
const someDay = Temporal.PlainDate.from('2000-01-01')

/** Returns the working days of the longest chain of steps up to and including one, lags included, nobody being away. */
export function longestChain(network: Pick<Network, 'steps'>, code: string): number {
  const steps = network.steps.map((step) => ({ ...step, absences: [] }))
  const ground = groundOf({ steps, target: code, startOn: someDay, deadlineOn: undefined, calendar: everyDay })
  return fresh(ground)[ground.target.at]!.finish - ground.start + 1
}

function breachesOf(ground: Ground, earliest: Extents, limits: ReadonlyMap<number, number>): Breach[] {
  return ground.network.steps.flatMap(({ code, state }): Breach[] => {
    const { at, booked } = ground.named.get(code)!
    const { finish } = earliest[at]!
    const past = (by: Breach['by'], last: number | undefined): Breach[] =>
      (last === undefined || finish <= last ? [] : [{ code, by, on: dayAt(last), days: -spareOf(ground, finish, last) }])
    return [...past('limit', limits.get(at)), ...past('booking', state === 'done' ? undefined : booked)]
  })
}

interface Found { readonly earliest: Extent; readonly latest: Last; readonly limit: number | undefined; readonly critical: boolean }

function placeOf(ground: Ground, node: Node, { earliest, latest, limit, critical }: Found): Place {
  // What stands on a day off, by its own kind or by somebody's word, is in time if it is within the bound.
  const isBetween = earliest.finish > latest.finish && earliest.finish <= latest.bound
  const last = isBetween ? { ...latest, finish: earliest.finish } : latest
  const isDone = node.step.state === 'done'
  const [first, final] = [isDone ? earliest : shown(ground, node, earliest), shown(ground, node, last)]
  const latestFinishOn = dayAt(final.finish)
  return {
    code: node.step.code, earliestStartOn: dayAt(first.start), earliestFinishOn: dayAt(first.finish),
    latestStartOn: dayAt(final.start), latestFinishOn, slack: spareOf(ground, earliest.finish, (isDone ? final : last).finish), critical,
    leads: node.leads, limitOn: limit === undefined ? undefined : dayAt(limit), provisional: isCountedOver(ground.network, [latestFinishOn, ...(last.finish < earliest.finish ? [dayAt(first.finish)] : [])]),
  }
}

// What takes no time and waits for nothing stands on the evening before the first day; it is shown on that.
const shown = ({ start }: Ground, { lasts }: Node, extent: Extent): Extent =>
  (lasts || extent.finish !== start - 1 ? extent : { start, finish: start })

// Counting back from the deadline walks every year between, and so does counting on to where a late step can be done.
function isCountedOver({ deadlineOn, startOn, calendar }: Network, days: readonly Day[]): boolean {
  if (calendar.knownYears === undefined) return false
  const years = [deadlineOn ?? startOn, ...days].map((day) => day.year)
  const last = Math.max(...years)
  for (let year = Math.min(...years); year <= last; year++) if (!calendar.knownYears.has(year)) return true
  return false
}
