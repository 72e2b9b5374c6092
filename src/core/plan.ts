// When the steps of a run can start and finish at the earliest, counted forward from what really happened,
// and when they must at the latest, counted back from the day the run is for. Slack is what lies between.

import { type Calendar, isProvisional } from './calendar.ts'
import type { Day } from './day.ts'
import { type Extent, type Extents, type Ground, groundOf, type Network, takesTime } from './network.ts'
import { backward, deadlineOf, forward, fresh, happened, latestOf, limitsOf } from './passes.ts'
import { dayAt, numberOf } from './working-index.ts'

/** One step's place; all days inclusive, slack in working days of the run's calendar. */
export interface Place {
  readonly code: string
  readonly earliestStartOn: Day
  readonly earliestFinishOn: Day
  readonly latestStartOn: Day
  readonly latestFinishOn: Day
  /** From the earliest finish to the latest; negative where it cannot be in time. */
  readonly slack: number
  /** A working day more of it is a working day more of the whole. */
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
  /** The unfinished steps that decide the finish, first to last. */
  readonly chain: readonly string[]
  /** Steps whose limit or booked day cannot be kept, and by how many working days it is missed. */
  readonly broken: readonly Breach[]
  /** The target is finished by the deadline, and no limit or booked day is broken. */
  readonly fits: boolean
}

export interface Breach { readonly code: string; readonly by: 'limit' | 'booking'; readonly on: Day; readonly days: number }

/** Plans a run as of a day: what is not done by then can be done on that day at the earliest. */
export function planRun(network: Network, asOf: Day): Plan {
  const ground = groundOf(network)
  const earliest = forward(ground, numberOf(asOf), (step) => happened(ground, step, numberOf(asOf)))
  const target = earliest.get(network.target)!
  const latest = latestOf(ground, deadlineOf(ground))
  // The same way back from the finish as it stands: what then has nothing to spare decides it.
  const tight = backward(ground, target.finish, () => undefined)
  const limits = limitsOf(ground, earliest)
  const slackTo = (from: number, to: number): number => ground.index.upTo(to) - ground.index.upTo(from)
  const isCritical = (code: string): boolean => isAwaited(ground, code) && slackTo(earliest.get(code)!.finish, tight.get(code)!.finish) <= 0
  const places = new Map(network.steps.map(({ code }) => [code, placeOf(ground, code, {
    earliest: earliest.get(code)!, latest: latest.get(code)!, limit: limits.get(code), critical: isCritical(code),
    slack: slackTo(earliest.get(code)!.finish, latest.get(code)!.finish),
  })]))
  const broken = breachesOf(ground, earliest, limits)
  const deadline = network.deadlineOn && numberOf(network.deadlineOn)
  return {
    places, finishOn: places.get(network.target)!.earliestFinishOn, broken,
    slack: deadline === undefined ? undefined : slackTo(target.finish, deadline),
    chain: ground.order.filter((code) => places.get(code)!.critical && takesTime(ground.steps.get(code)!) && ground.steps.get(code)!.state !== 'done'),
    fits: broken.length === 0 && (deadline === undefined || target.finish <= deadline),
  }
}

// Where all that waits for a step was done without it, nothing is delayed by it any more.
const isAwaited = ({ leading, followers, network, steps }: Ground, code: string): boolean => leading.has(code)
  && (code === network.target || followers.get(code)!.some((next) => leading.has(next.code) && steps.get(next.code)!.state !== 'done'))

/**
 * Returns the days a run keeps its steps to: the latest ones, or, where even a start on its first day could
 * not fit, the first ones it could have done. They do not move while time passes.
 */
export function dueDays(network: Network): ReadonlyMap<string, { readonly startOn: Day; readonly finishOn: Day }> {
  const ground = groundOf(network)
  const first = fresh(ground)
  const latest = latestOf(ground, deadlineOf(ground))
  return new Map(network.steps.map(({ code }) => {
    const [late, early] = [latest.get(code)!, first.get(code)!]
    const due = late.finish >= early.finish ? late : early
    return [code, { startOn: dayAt(due.start), finishOn: dayAt(due.finish) }]
  }))
}

/** Returns the last day a run may begin for its target to be finished by `deadlineOn`. */
export function latestBeginning(network: Omit<Network, 'startOn' | 'deadlineOn'>, deadlineOn: Day): Day {
  const ground = groundOf({ ...network, startOn: deadlineOn, deadlineOn })
  const latest = latestOf(ground, numberOf(deadlineOn))
  const starts = [...ground.leading].filter((code) => takesTime(ground.steps.get(code)!)).map((code) => latest.get(code)!.start)
  return dayAt(Math.min(numberOf(deadlineOn), ...starts))
}

/** Returns the working days of the longest chain of steps up to and including one, lags included, nobody being away. */
export function longestChain(network: Pick<Network, 'steps'>, code: string): number {
  const everyDay: Calendar = { id: 'every-day', exceptions: new Map(), knownYears: undefined, weekend: [] }
  const start = dayAt(numberOf(Temporal.PlainDate.from('2000-01-01')))
  const ground = groundOf({ steps: network.steps.map((step) => ({ ...step, absences: [] })), target: code, startOn: start, deadlineOn: undefined, calendar: everyDay })
  return fresh(ground).get(code)!.finish - numberOf(start) + 1
}

function breachesOf(ground: Ground, earliest: Extents, limits: ReadonlyMap<string, number>): Breach[] {
  return ground.network.steps.filter((step) => step.state !== 'skipped').flatMap((step): Breach[] => {
    const { finish } = earliest.get(step.code)!
    const past = (by: Breach['by'], last: number | undefined): Breach[] => (last === undefined || finish <= last ? []
      : [{ code: step.code, by, on: dayAt(last), days: Math.max(1, ground.index.upTo(finish) - ground.index.upTo(last)) }])
    return [...past('limit', limits.get(step.code)), ...past('booking', step.state === 'done' || !step.bookedOn ? undefined : numberOf(step.bookedOn))]
  })
}

interface Found { readonly earliest: Extent; readonly latest: Extent; readonly limit: number | undefined; readonly critical: boolean; readonly slack: number }

function placeOf(ground: Ground, code: string, found: Found): Place {
  const latestFinishOn = dayAt(found.latest.finish)
  // What takes no time and waits for nothing stands before the first day; it is shown on it.
  const first = takesTime(ground.steps.get(code)!) ? -Infinity : numberOf(ground.network.startOn)
  return {
    code, earliestStartOn: dayAt(Math.max(first, found.earliest.start)), earliestFinishOn: dayAt(Math.max(first, found.earliest.finish)),
    latestStartOn: dayAt(found.latest.start), latestFinishOn, slack: found.slack, critical: found.critical,
    leads: ground.leading.has(code), limitOn: found.limit === undefined ? undefined : dayAt(found.limit),
    provisional: isCountedOver(ground.network, latestFinishOn),
  }
}

// Counting back from the deadline walks every year between: each of them has its say.
function isCountedOver({ deadlineOn, startOn, calendar }: Network, finishOn: Day): boolean {
  const other = (deadlineOn ?? startOn).year
  const [from, to] = [Math.min(finishOn.year, other), Math.max(finishOn.year, other)]
  for (let year = from; year <= to; year++) if (isProvisional(Temporal.PlainDate.from({ year, month: 1, day: 1 }), calendar)) return true
  return false
}
