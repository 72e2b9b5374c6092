// What planning costs: 100 to 10,000 running procedures of 30 steps on China's calendar, the cost of one beside
// the cost of one in the smallest round, and beside the planner of the tests that tries every day. Pure: no
// database, no files. Ratios within one run; single times depend on the machine and are printed only to be divided.
//
//   npm run bench:plan

import { publishedCalendars } from '../src/app/calendars.ts'
import type { Network, PlanStep } from '../src/core/network.ts'
import { planRun } from '../src/core/plan.ts'
import { networkSteps } from '../src/core/procedure.ts'
import { tryPlan } from '../tests/core/plan-oracle.ts'

const asOf = Temporal.PlainDate.from('2026-11-25')
const sizes = [100, 1000, 10_000]
const tried = 50
const rounds = 9
const calendar = publishedCalendars().get('CN')!

/** The nth step of a stage: most wait for the one before, some run beside it; a laboratory counts calendar days. */
function stepOf(stage: number, at: number, n: number): PlanStep {
  const before = at === 0 ? [] : [{ step: `${stage}.${at % 3 === 2 ? Math.max(0, at - 2) : at - 1}`, lag: at === 4 ? 'P5WD' : 'P0WD' }]
  const startedOn = asOf.subtract({ days: 60 - at * 5 + n % 7 })
  return {
    code: `${stage}.${at}`, days: at === 5 ? 0 : 1 + (n * 7 + stage * 5 + at * 3) % 10, unit: at === 3 ? 'calendar' : 'working', after: before,
    absences: (n + at) % 5 === 0 ? [{ from: asOf.add({ days: n % 40 }), until: asOf.add({ days: n % 40 + 9 }) }] : [],
    limit: stage === 2 && at === 4 ? { from: '2.0', within: 'P30D', roll: 'forward', basis: 'law', mark: 'confirmed' } : undefined,
    bookedOn: stage === 4 && at === 2 ? asOf.add({ days: 150 + n % 30 }) : undefined,
    ...(stage === 1 && at < n % 6 ? { state: 'done' as const, startedOn, doneOn: startedOn.add({ days: 4 }) } : { state: 'not-started' as const }),
  }
}

/** Five stages of six steps, one after the other but for the fourth, which runs beside the third. */
function networkOf(n: number): Network {
  const stages = [[], ['1'], ['2'], ['2'], ['3', '4']].map((after, stage) => ({
    code: String(stage + 1), after, steps: Array.from({ length: 6 }, (_, at) => stepOf(stage + 1, at, n)),
  }))
  return { steps: networkSteps(stages), target: '5.3', startOn: asOf.subtract({ days: 70 }), deadlineOn: asOf.add({ days: 180 + n % 90 }), calendar }
}

/** Returns the nanoseconds one procedure takes; each is made as it is needed, as from a database, and not counted. */
function timeOf(size: number, plan: (network: Network) => unknown): number {
  let spent = 0n
  for (let n = 0; n < size; n++) {
    const network = networkOf(n)
    const before = process.hrtime.bigint()
    plan(network)
    spent += process.hrtime.bigint() - before
  }
  return Number(spent) / size
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

const plan = (network: Network): unknown => planRun(network, asOf)
timeOf(2000, plan)
// The sizes take turns, so that a machine that slows down slows all of them.
const times = new Map(sizes.map((size) => [size, [] as number[]]))
for (let round = 0; round < rounds; round++) for (const size of sizes) times.get(size)!.push(timeOf(size, plan))
const base = median(times.get(sizes[0]!)!)
const plain = timeOf(tried, (network) => tryPlan(network, asOf))
process.stdout.write(`${networkOf(0).steps.length} steps, as of ${asOf.toString()}, ${rounds} rounds, median cost of planning one procedure\n`)
for (const size of sizes) {
  const one = median(times.get(size)!)
  process.stdout.write(`${String(size).padStart(8)} procedures  ${(one / 1000).toFixed(1).padStart(9)} µs  ratio ${(one / base).toFixed(2)}\n`)
}
process.stdout.write(`${String(tried).padStart(8)} by trying   ${(plain / 1000).toFixed(1).padStart(9)} µs  ratio ${(plain / base).toFixed(0)}\n`)
