// What planning promises of any run, and the planner against one that tries every day (plan-oracle.ts).

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publishedCalendars } from '../../src/app/calendars.ts'
import { type Calendar, weekdays } from '../../src/core/calendar.ts'
import { compareDays, type Day } from '../../src/core/day.ts'
import type { Network, PlanStep, StepState } from '../../src/core/network.ts'
import { dueDays, latestBeginning, planRun } from '../../src/core/plan.ts'
import { day } from '../helpers/factory.ts'
import { leadsTo, tryPlan } from './plan-oracle.ts'

const calendars: readonly Calendar[] = [
  { ...publishedCalendars().get('CN')!, exceptions: new Map([...publishedCalendars().get('CN')!.exceptions].filter(([text]) => text >= '2024')) }, weekdays,
  { id: 'gulf', exceptions: new Map([['2025-03-30', false], ['2025-03-31', false], ['2025-04-01', false], ['2025-04-05', true]]), knownYears: new Set([2024, 2025]), weekend: [5, 6] },
]

const upTo = (max: number) => fc.integer({ min: 0, max })
const often = (one: string, ...others: string[]) => fc.constantFrom(one, one, one, ...others)

/** A step as numbers: days are counted from the first day of the run. */
const drawnStep = fc.record({
  days: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: upTo(12) }), unit: fc.constantFrom<PlanStep['unit'][]>('working', 'working', 'working', 'calendar'),
  after: fc.array(fc.record({ back: fc.integer({ min: 1, max: 4 }), lag: often('P0WD', 'P0D', 'P1WD', 'P4WD', 'P2D', 'P9D') }), { maxLength: 3 }),
  away: fc.oneof({ weight: 4, arbitrary: fc.constant<{ from: number; days: number }[]>([]) }, { weight: 1, arbitrary: fc.array(fc.record({ from: upTo(90), days: upTo(15) }), { minLength: 1, maxLength: 2 }) }),
  took: upTo(10), skipped: fc.nat(11), expected: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: upTo(60) }),
})

interface DrawnLimit { readonly step: number; readonly from: number; readonly within: string; readonly roll: 'forward' | 'back' | undefined }

const drawnRun = fc.record({
  steps: fc.oneof({ weight: 8, arbitrary: fc.array(drawnStep, { minLength: 1, maxLength: 6 }) }, { weight: 1, arbitrary: fc.array(drawnStep, { minLength: 7, maxLength: 14 }) }),
  start: upTo(1200), asOf: upTo(50), begun: fc.oneof(fc.constant(0), upTo(8)), strayed: fc.oneof({ weight: 9, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: upTo(14) }),
  target: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: upTo(4) }),
  deadline: fc.oneof({ weight: 1, arbitrary: fc.constant(undefined) }, { weight: 9, arbitrary: fc.integer({ min: -5, max: 150 }) }),
  calendar: fc.constantFrom(...calendars), reversed: fc.boolean(),
  limits: fc.oneof({ weight: 3, arbitrary: fc.constant<DrawnLimit[]>([]) }, { weight: 1, arbitrary: fc.array(fc.record({
    step: upTo(13), from: upTo(13), within: fc.constantFrom('P10D', 'P30D', 'P45D', 'P10WD', 'P20WD', 'P60D'), roll: fc.constantFrom(undefined, 'forward' as const, 'back' as const),
  }), { minLength: 1, maxLength: 2 }) }),
  booked: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.record({ step: upTo(13), on: upTo(80) }) }),
})
type Drawn = typeof drawnRun extends fc.Arbitrary<infer T> ? T : never

interface Run { readonly network: Network; readonly asOf: Day; readonly strayed: boolean }

/** Makes a run of the numbers: begun in order, each step done so long after what it waited for. */
function runOf(drawn: Drawn): Run {
  const startOn = day('2024-01-01').add({ days: drawn.start })
  const asOf = startOn.add({ days: drawn.asOf })
  const steps: PlanStep[] = []
  for (const [n, one] of drawn.steps.entries()) {
    const waits = [...new Map(one.after.filter(({ back }) => back <= n).map(({ back, lag }) => [`S${n - back}`, lag])).entries()].map(([step, lag]) => ({ step, lag }))
    const limit = drawn.limits.find((limit) => limit.step % drawn.steps.length === n && limit.from % drawn.steps.length !== n)
    steps.push({
      code: `S${n}`, days: one.days, unit: one.unit, after: waits,
      limit: limit && { from: `S${limit.from % drawn.steps.length}`, within: limit.within, roll: limit.roll, basis: 'law', mark: 'confirmed' },
      absences: one.away.map(({ from, days }) => ({ from: startOn.add({ days: from }), until: startOn.add({ days: from + days }) })),
      bookedOn: drawn.booked && drawn.booked.step % drawn.steps.length === n ? startOn.add({ days: drawn.booked.on }) : undefined,
      ...progressOf(one, { before: waits.map((wait) => steps.find((other) => other.code === wait.step)!), startOn, asOf, isBegun: n < drawn.begun || n === drawn.strayed }),
    })
  }
  const target = `S${Math.max(0, steps.length - 1 - drawn.target)}`
  return {
    asOf, strayed: steps.some((step) => isBegun(step) && isAhead(step, steps)),
    network: { steps: drawn.reversed ? steps.toReversed() : steps, target, startOn, deadlineOn: drawn.deadline === undefined ? undefined : startOn.add({ days: drawn.deadline }), calendar: drawn.calendar },
  }
}

const isBegun = (step: PlanStep): boolean => step.state !== 'not-started' && step.state !== 'skipped'

/** Something it waits for, be it through others, is still to be done. */
const isAhead = (step: PlanStep, steps: readonly PlanStep[]): boolean => step.after.some((wait) => {
  const before = steps.find((one) => one.code === wait.step)!
  return (before.state !== 'done' && before.state !== 'skipped') || isAhead(before, steps)
})

interface Past { readonly before: readonly PlanStep[]; readonly startOn: Day; readonly asOf: Day; readonly isBegun: boolean }

function progressOf({ took, skipped, expected }: Drawn['steps'][number], { before, startOn, asOf, isBegun }: Past): Pick<PlanStep, 'state' | 'startedOn' | 'doneOn' | 'expectedOn'> {
  const expectedOn = expected === undefined ? undefined : startOn.add({ days: expected })
  if (skipped === 0) return { state: 'skipped' }
  const startedOn = before.map((one) => one.doneOn ?? startOn).reduce((a, b) => (compareDays(a, b) < 0 ? b : a), startOn)
  const isFree = before.every((one) => one.state === 'done' || one.state === 'skipped')
  const state: StepState = !isBegun || compareDays(startedOn, asOf) > 0 ? 'not-started' : 'done'
  if (state === 'not-started') return { state, expectedOn }
  const doneOn = startedOn.add({ days: took })
  if (compareDays(doneOn, asOf) <= 0 && (isFree || took % 2 === 0)) return { state: 'done', startedOn: took % 3 === 0 ? undefined : startedOn, doneOn }
  return { state: took % 2 === 0 ? 'waiting' : 'in-progress', startedOn, expectedOn }
}

// Printed when a property fails: a calendar in full would hide the run.
const run = drawnRun.map(runOf).map((one) => ({ ...one, [fc.toStringMethod]: () => JSON.stringify({ ...one, network: { ...one.network, calendar: one.network.calendar.id } }) }))

/** A plan in the words of the second planner. */
function linesOf(network: Network, asOf: Day, hopeless: boolean): string[] {
  const plan = planRun(network, asOf)
  const due = dueDays(network)
  const lines = network.steps.map(({ code }) => {
    const one = plan.places.get(code)!
    const head = `${code} ${one.earliestStartOn.toString()} ${one.earliestFinishOn.toString()} limit ${String(one.limitOn)} ${one.critical ? 'critical' : 'spare'} ${one.leads ? 'leads' : 'follows'}`
    const { startOn, finishOn } = due.get(code)!
    return hopeless ? head : `${head} ${one.latestStartOn.toString()} ${one.latestFinishOn.toString()} slack ${one.slack} due ${startOn.toString()} ${finishOn.toString()}`
  })
  const broken = plan.broken.map((one) => `${one.code} breaks its ${one.by} ${one.on.toString()} by ${one.days}${network.steps.find((step) => step.code === one.code)!.state === 'done' ? ' done' : ''}`)
  return [...lines, ...broken, `slack ${String(plan.slack)} ${plan.fits ? 'fits' : 'does not fit'}`]
}

const isLater = (a: Day, b: Day): boolean => compareDays(a, b) > 0
const finishOf = (network: Network, asOf: Day): Day => planRun(network, asOf).finishOn
const withStep = (network: Network, code: string, change: Partial<PlanStep>): Network =>
  ({ ...network, steps: network.steps.map((step) => (step.code === code ? { ...step, ...change } : step)) })

/** The run as it was before anything happened; steps that limits are counted from may keep what did. */
function untouched(network: Network, keeps: (code: string) => boolean = () => false): Network {
  const steps = network.steps.map((step): PlanStep => (step.state === 'skipped' || keeps(step.code) ? step
    : { ...step, state: 'not-started', startedOn: undefined, doneOn: undefined, expectedOn: undefined }))
  return { ...network, steps }
}

// What the target does not wait for is kept to its day, and so are the limits counted from that, however late it is itself.
const isCountedAhead = ({ steps, ...network }: Network): boolean =>
  steps.every(({ limit }) => !limit || leadsTo({ steps, ...network }, limit.from) || steps.some((step) => step.code === limit.from && step.state === 'done'))

describe('any plan', () => {
  it('is the one found by trying every day', () => {
    fc.assert(fc.property(run, ({ network, asOf }) => {
      const tried = tryPlan(network, asOf)
      expect(linesOf(network, asOf, tried.hopeless)).toEqual(tried.lines)
    }), { numRuns: 10_000 })
  }, 180_000)

  it('that fits has no step later than its last day, of those its target still waits for', () => {
    fc.assert(fc.property(run, ({ network, asOf, strayed }) => {
      const plan = planRun(network, asOf)
      fc.pre(plan.fits && network.deadlineOn !== undefined && !strayed && isCountedAhead(network))
      const left = network.steps.filter((step) => step.state !== 'done' && step.state !== 'skipped').map((step) => plan.places.get(step.code)!).filter((place) => place.leads)
      const hasBegun = (code: string): boolean => network.steps.some((step) => step.code === code && step.state !== 'not-started')
      expect(left.filter((place) => place.slack < 0 || isLater(place.earliestFinishOn, place.latestFinishOn)
        || (!hasBegun(place.code) && isLater(place.earliestStartOn, place.latestStartOn)))).toEqual([])
    }), { numRuns: 3000 })
  }, 60_000)

  it('that fits on its first day has no step later than its last day at all', () => {
    fc.assert(fc.property(run, ({ network: begun }) => {
      const network = untouched(begun)
      const plan = planRun(network, network.startOn)
      fc.pre(plan.fits && network.deadlineOn !== undefined)
      expect([...plan.places.values()].filter((place) => place.slack < 0)).toEqual([])
    }), { numRuns: 2000 })
  }, 60_000)

  it('is never later for a step that is skipped', () => {
    fc.assert(fc.property(run, fc.nat(), ({ network, asOf }, n) => {
      const step = network.steps[n % network.steps.length]!
      fc.pre(step.state === 'not-started')
      expect(isLater(finishOf(withStep(network, step.code, { state: 'skipped' }), asOf), finishOf(network, asOf))).toBe(false)
    }), { numRuns: 2000 })
  }, 60_000)

  it('has nothing finished earlier for a step that takes longer', () => {
    fc.assert(fc.property(run, fc.nat(), fc.integer({ min: 1, max: 9 }), ({ network, asOf }, n, more) => {
      const step = network.steps[n % network.steps.length]!
      fc.pre(step.days > 0)
      const [before, after] = [planRun(network, asOf), planRun(withStep(network, step.code, { days: step.days + more }), asOf)]
      expect(network.steps.filter(({ code }) => isLater(before.places.get(code)!.earliestFinishOn, after.places.get(code)!.earliestFinishOn))).toEqual([])
    }), { numRuns: 2000 })
  }, 60_000)

  it('has no last day later for an earlier deadline', () => {
    fc.assert(fc.property(run, fc.integer({ min: 1, max: 30 }), ({ network: drawn, asOf }, days) => {
      fc.pre(drawn.deadlineOn !== undefined)
      // A limit that only an earlier deadline leaves no room for holds nothing any more; it is left out here.
      const network = { ...drawn, steps: drawn.steps.map((step) => ({ ...step, limit: undefined })) }
      const [before, after] = [planRun(network, asOf), planRun({ ...network, deadlineOn: network.deadlineOn!.subtract({ days }) }, asOf)]
      expect(network.steps.filter(({ code }) => isLater(after.places.get(code)!.latestFinishOn, before.places.get(code)!.latestFinishOn))).toEqual([])
    }), { numRuns: 2000 })
  }, 60_000)

  it('is never finished earlier because time has passed', () => {
    fc.assert(fc.property(run, fc.integer({ min: 1, max: 40 }), ({ network, asOf }, days) => {
      const [before, after] = [planRun(network, asOf), planRun(network, asOf.add({ days }))]
      expect(network.steps.filter(({ code }) => isLater(before.places.get(code)!.earliestFinishOn, after.places.get(code)!.earliestFinishOn))).toEqual([])
    }), { numRuns: 2000 })
  }, 60_000)

  it('says by at least a working day what it misses, and which steps bind it', () => {
    fc.assert(fc.property(run, ({ network, asOf }) => {
      const plan = planRun(network, asOf)
      const isMissed = network.deadlineOn !== undefined && isLater(plan.finishOn, network.deadlineOn)
      expect((plan.slack ?? 0) < 0).toBe(isMissed)
      expect(plan.broken.filter((one) => one.days < 1)).toEqual([])
      expect(plan.chain.filter((code) => !plan.places.get(code)!.critical)).toEqual([])
    }), { numRuns: 2000 })
  }, 60_000)
})

describe('the days a run is kept to', () => {
  const textOf = (days: ReturnType<typeof dueDays>): string[] => [...days].map(([code, due]) => `${code} ${due.startOn.toString()} ${due.finishOn.toString()}`)

  it('depend on no progress but that which limits are counted from', () => {
    fc.assert(fc.property(run, ({ network }) => {
      const counted = new Set(network.steps.map((step) => step.limit?.from))
      expect(textOf(dueDays(network))).toEqual(textOf(dueDays(untouched(network, (code) => counted.has(code)))))
    }), { numRuns: 2000 })
  }, 60_000)

  it('are the last days of a run that fits from its first day, and else no later than it can be done', () => {
    fc.assert(fc.property(run, ({ network: begun }) => {
      const network = untouched(begun)
      const plan = planRun(network, network.startOn)
      const expected = network.steps.map(({ code }) => {
        const { earliestStartOn, earliestFinishOn, latestStartOn, latestFinishOn } = plan.places.get(code)!
        const isLate = isLater(earliestFinishOn, latestFinishOn)
        return `${code} ${(isLate ? earliestStartOn : latestStartOn).toString()} ${(isLate ? earliestFinishOn : latestFinishOn).toString()}`
      })
      expect(textOf(dueDays(network))).toEqual(expected)
      if (plan.fits) expect(network.steps.filter(({ code }) => plan.places.get(code)!.slack < 0)).toEqual([])
    }), { numRuns: 2000 })
  }, 60_000)
})

it('the last day a run may begin is in time, and the day after is not', () => {
  fc.assert(fc.property(run, ({ network: begun }) => {
    const network = untouched({ ...begun, steps: begun.steps.map((step) => ({ ...step, limit: undefined, bookedOn: undefined })) })
    fc.pre(network.deadlineOn !== undefined && network.steps.some((step) => step.days > 0 && step.state !== 'skipped' && leadsTo(network, step.code)))
    const beginOn = latestBeginning(network, network.deadlineOn)
    const fits = (startOn: Day): boolean => planRun({ ...network, startOn }, startOn).fits
    expect([fits(beginOn), fits(beginOn.add({ days: 1 }))]).toEqual([true, false])
  }), { numRuns: 2000 })
}, 60_000)
