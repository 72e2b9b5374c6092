// Plans to be counted along on a wall calendar. A line is a step: its first days, its last days, the working days
// to spare, and `*` where it has none to spare against the finish as it stands.

import { describe, expect, it } from 'vitest'
import { type Calendar, weekdays } from '../../src/core/calendar.ts'
import type { Absence, Limit, Network, PlanStep } from '../../src/core/network.ts'
import { dueDays, latestBeginning, planRun } from '../../src/core/plan.ts'
import { networkSteps } from '../../src/core/procedure.ts'
import { china, day } from './scheme-samples.ts'

/** `A 5`, `B 30d after A`, `C 3 after A+P5WD, B`: working days, or calendar days with a `d`. */
function step(text: string, rest: Partial<PlanStep> = {}): PlanStep {
  const [, code, days, unit, after] = /^(\w+) (\d+)(d?)(?: after (.+))?$/.exec(text)!
  const waits = (after ?? '').split(', ').filter(Boolean).map((one) => { const [step, lag] = one.split('+'); return { step: step!, lag: lag ?? 'P0WD' } })
  return { code: code!, days: Number(days), unit: unit === 'd' ? 'calendar' : 'working', after: waits, state: 'not-started', ...rest }
}

const done = (on: string, startedOn?: string): Partial<PlanStep> => ({ state: 'done', doneOn: day(on), startedOn: startedOn === undefined ? undefined : day(startedOn) })
const away = (from: string, until: string): Absence => ({ from: day(from), until: day(until) })
const limit = (from: string, within: string, roll?: 'forward' | 'back'): Limit => ({ from, within, roll, basis: 'law', mark: 'confirmed' })

interface Told { readonly start: string; readonly deadline?: string; readonly asOf?: string; readonly calendar?: Calendar; readonly target?: string }

const networkOf = (steps: readonly PlanStep[], { start, deadline, calendar, target }: Told): Network => ({
  steps, target: target ?? steps.at(-1)!.code, startOn: day(start), deadlineOn: deadline === undefined ? undefined : day(deadline), calendar: calendar ?? china,
})

const planOf = (steps: readonly PlanStep[], told: Told) => planRun(networkOf(steps, told), day(told.asOf ?? told.start))

/** `02-09/02-13`, or one day. */
function rangeOf(from: Temporal.PlainDate, to: Temporal.PlainDate): string {
  const [a, b] = [from, to].map((one) => one.toString())
  return a === b ? a!.slice(5) : `${a!.slice(5)}/${b!.slice(5)}`
}

function linesOf(steps: readonly PlanStep[], told: Told): string[] {
  return [...planOf(steps, told).places.values()].map((place) => [
    place.code, rangeOf(place.earliestStartOn, place.earliestFinishOn), 'last', rangeOf(place.latestStartOn, place.latestFinishOn),
    place.slack, place.critical ? '*' : '', place.limitOn ? `limit ${place.limitOn.toString().slice(5)}` : '', place.provisional ? 'provisional' : '',
  ].filter((part) => part !== '').join(' '))
}

const dueOf = (steps: readonly PlanStep[], told: Told): string[] =>
  [...dueDays(networkOf(steps, told))].map(([code, due]) => `${code} ${rangeOf(due.startOn, due.finishOn)}`)

const verdictOf = (steps: readonly PlanStep[], told: Told): string => {
  const plan = planOf(steps, told)
  return [plan.finishOn.toString(), plan.fits ? 'fits' : 'does not fit', String(plan.slack), plan.chain.join(' > '), ...plan.broken.map((one) => `${one.code} breaks its ${one.by} ${one.on.toString()} by ${one.days}`)].join(', ')
}

const spring = { start: '2026-02-12', deadline: '2026-03-06' }
const three = [step('A 3'), step('B 2 after A'), step('C 4 after B')]

describe('working days', () => {
  it('stand still from 15 to 23 February 2026, Spring Festival, and are worked on the Saturdays before and after', () => {
    expect(linesOf(three, spring)).toEqual(['A 02-12/02-14 last 02-25/02-27 4 *', 'B 02-24/02-25 last 02-28/03-02 4 *', 'C 02-26/03-02 last 03-03/03-06 4 *'])
  })

  it('stand still from 1 to 7 October 2026, National Day, and are worked on Saturday 10 October', () => {
    expect(linesOf(three, { start: '2026-09-28', deadline: '2026-10-16' }))
      .toEqual(['A 09-28/09-30 last 09-30/10-09 2 *', 'B 10-08/10-09 last 10-10/10-12 2 *', 'C 10-10/10-14 last 10-13/10-16 2 *'])
  })

  it('are worked on Sunday 20 September 2026', () => {
    expect(linesOf([step('A 5'), step('B 1 after A')], { start: '2026-09-16', deadline: '2026-09-24' })).toEqual(['A 09-16/09-21 last 09-18/09-23 2 *', 'B 09-22 last 09-24 2 *'])
  })

  it('are counted back over the festival from the first day after it', () => {
    expect(linesOf([step('A 2'), step('B 3 after A')], { start: '2026-02-02', deadline: '2026-02-24' })).toEqual(['A 02-02/02-03 last 02-11/02-12 7 *', 'B 02-04/02-06 last 02-13/02-24 7 *'])
  })

  it('of an owner on leave around the festival are those before and after, both ways', () => {
    const steps = [step('A 3', { absences: [away('2026-02-12', '2026-02-26')] }), step('B 1 after A')]
    expect(linesOf(steps, { start: '2026-02-10', deadline: '2026-03-06' })).toEqual(['A 02-10/02-27 last 03-03/03-05 5 *', 'B 02-28 last 03-06 5 *'])
    expect(linesOf(steps, { start: '2026-02-02', deadline: '2026-02-27' })).toEqual(['A 02-02/02-04 last 02-09/02-11 5 *', 'B 02-05 last 02-27 11 *'])
  })

  it('run over New Year: 1 to 3 January 2026 are off, Sunday the 4th is worked', () => {
    expect(linesOf([step('A 2'), step('B 3 after A')], { start: '2025-12-29', deadline: '2026-01-06' })).toEqual(['A 12-29/12-30 last 12-30/12-31 1 *', 'B 12-31/01-05 last 01-04/01-06 1 *'])
  })
})

describe('lags and days of the calendar', () => {
  it('a lag of working days waits for them, one of calendar days for those; what follows begins on the next day it can', () => {
    const steps = [step('A 1'), step('B 1 after A+P3WD'), step('C 1 after A+P3D'), step('D 0 after B+P2WD, C+P10D')]
    expect(linesOf(steps, { start: '2026-09-29', deadline: '2026-10-20' }))
      .toEqual(['A 09-29 last 09-30 1', 'B 10-10 last 10-16 5', 'C 10-08 last 10-10 2 *', 'D 10-18 last 10-20 2 *'])
  })

  it('ten calendar days from Thursday end on a Saturday, and the next step begins on Monday', () => {
    expect(linesOf([step('A 10d'), step('B 1 after A')], { start: '2026-04-02', deadline: '2026-04-14' })).toEqual(['A 04-02/04-11 last 04-04/04-13 1 *', 'B 04-13 last 04-14 1 *'])
  })

  it('a step that ends a day off too late is a working day too late', () => {
    expect(verdictOf([step('A 3d')], { start: '2026-10-01', deadline: '2026-10-03' })).toBe('2026-10-03, fits, 0, A')
    expect(verdictOf([step('A 3d')], { start: '2026-10-01', deadline: '2026-10-02' })).toBe('2026-10-03, does not fit, -1, A')
  })
})

describe('the network', () => {
  it('a stage waits for the last steps of the stages before, also through one that has no steps', () => {
    const steps = networkSteps([
      { code: '1', after: [], steps: [step('A 2'), step('B 3'), step('M 0 after A')] }, { code: '2', after: ['1'], steps: [] },
      { code: '3', after: ['2'], steps: [step('C 1'), step('D 2 after C')] },
    ])
    expect(linesOf(steps, { start: '2026-03-02', deadline: '2026-03-13' })).toEqual([
      'A 03-02/03-03 last 03-09/03-10 5', 'B 03-02/03-04 last 03-06/03-10 4 *', 'M 03-03 last 03-10 5',
      'C 03-05 last 03-11 4 *', 'D 03-06/03-09 last 03-12/03-13 4 *',
    ])
  })

  it('beside a long step two short ones have days to spare', () => {
    const steps = [step('A 1'), step('B 8 after A'), step('C 3 after A'), step('D 2 after C'), step('E 1 after B, D')]
    expect(linesOf(steps, { start: '2026-03-02', deadline: '2026-03-17' })).toEqual([
      'A 03-02 last 03-04 2 *', 'B 03-03/03-12 last 03-05/03-16 2 *', 'C 03-03/03-05 last 03-10/03-12 5', 'D 03-06/03-09 last 03-13/03-16 5', 'E 03-13 last 03-17 2 *',
    ])
  })

  it('a milestone at the start is on the first day and takes nothing of it; the run begins early enough for what waits after it', () => {
    const steps = [step('M 0'), step('A 2 after M+P2WD'), step('E 0 after A')]
    expect(linesOf(steps, { start: '2026-03-02', deadline: '2026-03-05' })).toEqual(['M 03-02 last 03-02 0 *', 'A 03-04/03-05 last 03-04/03-05 0 *', 'E 03-05 last 03-05 0 *'])
    expect(dueOf(steps, { start: '2026-03-02', deadline: '2026-03-05' })).toEqual(['M 03-02', 'A 03-04/03-05', 'E 03-05'])
    expect(latestBeginning(networkOf(steps, { start: '2026-01-01' }), day('2026-03-05')).toString()).toBe('2026-03-02')
  })

  it('a step skipped in the middle takes no time, nor its lag', () => {
    const steps = [step('A 2'), step('B 5 after A+P10WD', { state: 'skipped' }), step('C 2 after B')]
    expect(linesOf(steps, { start: '2026-03-02', deadline: '2026-03-10' })).toEqual(['A 03-02/03-03 last 03-05/03-06 3 *', 'B 03-03 last 03-08 3 *', 'C 03-04/03-05 last 03-09/03-10 3 *'])
  })

  it('what the target does not wait for follows on after it, or beside it, and delays nothing', () => {
    expect(linesOf([step('A 2'), step('T 3 after A'), step('R 2 after T'), step('S 1 after A')], { start: '2026-03-02', deadline: '2026-03-13', target: 'T' }))
      .toEqual(['A 03-02/03-03 last 03-09/03-10 5 *', 'T 03-04/03-06 last 03-11/03-13 5 *', 'R 03-09/03-10 last 03-16/03-17 5', 'S 03-04 last 03-11 5'])
  })
})

describe('a limit of the law', () => {
  // The level is fixed, written up, filed within thirty days; the thirtieth may be a day off.
  const filing = (write: number, fixed: Partial<PlanStep> = {}) =>
    [step('L 2', fixed), step(`W ${write} after L`), step('F 2 after W', { limit: limit('L', 'P30D', 'forward') })]
  const year = { start: '2026-08-31', asOf: '2026-09-02', deadline: '2026-12-31' }

  it('that falls into National Day is met on the first day after it, and broken a working day later', () => {
    expect(linesOf(filing(20, done('2026-09-01')), year)[2]).toBe('F 09-30/10-08 last 09-30/10-08 0 * limit 10-08')
    expect(verdictOf(filing(20, done('2026-09-01')), year)).toBe('2026-10-08, fits, 61, W > F')
    expect(verdictOf(filing(24, done('2026-09-01')), year)).toBe('2026-10-13, does not fit, 57, W > F, F breaks its limit 2026-10-08 by 4')
  })

  it('is counted from the day really done: a day earlier, and it ends before the closure', () => {
    expect(linesOf(filing(18, done('2026-08-31')), year)).toEqual(['L 08-31 last 09-01/09-02 2', 'W 09-02/09-24 last 09-03/09-28 1 *', 'F 09-28/09-29 last 09-29/09-30 1 * limit 09-30'])
    expect(dueOf(filing(18, done('2026-08-31')), year)).toEqual(['L 09-01/09-02', 'W 09-03/09-28', 'F 09-29/09-30'])
  })

  it('that follows another is counted from the last day the other leaves', () => {
    const steps = [step('L 2'), step('F 2 after L', { limit: limit('L', 'P10WD') }), step('P 2 after F', { limit: limit('F', 'P10WD') }), step('X 60 after L'), step('T 1 after P, X')]
    expect(linesOf(steps, { start: '2026-03-02', deadline: '2026-06-30' })).toEqual([
      'L 03-02/03-03 last 03-30/03-31 20 *', 'F 03-04/03-05 last 04-14/04-15 28 limit 03-17', 'P 03-06/03-09 last 04-28/04-29 36 limit 03-19',
      'X 03-04/05-29 last 04-01/06-29 20 *', 'T 06-01 last 06-30 20 *',
    ])
  })

  it('on a step after the target holds what comes before, too', () => {
    const steps = [step('A 5', done('2026-03-06')), step('T 5 after A'), step('R 3 after T', { limit: limit('A', 'P14D') })]
    expect(linesOf(steps, { start: '2026-03-02', asOf: '2026-03-09', deadline: '2026-06-30', target: 'T' }))
      .toEqual(['A 03-06 last 03-04/03-10 2 *', 'T 03-09/03-13 last 03-11/03-17 2 *', 'R 03-16/03-18 last 03-18/03-20 2 limit 03-20'])
  })

  it('that its own steps have no room for is broken wherever they stand, and moves no last day', () => {
    const steps = [step('A 2'), step('B 30 after A', { limit: limit('A', 'P14D') })]
    expect(linesOf(steps, { start: '2026-03-02', deadline: '2026-12-31' })).toEqual(['A 03-02/03-03 last 11-18/11-19 179 *', 'B 03-04/04-15 last 11-20/12-31 179 * limit 03-17'])
    expect(verdictOf(steps, { start: '2026-03-02', deadline: '2026-12-31' })).toBe('2026-04-15, does not fit, 179, A > B, B breaks its limit 2026-03-17 by 20')
  })

  it('once broken stays told, but endangers nothing that is left', () => {
    const steps = [step('L 2', done('2026-03-03')), step('F 2 after L', { ...done('2026-04-07'), limit: limit('L', 'P30D') }), step('T 1 after F')]
    expect(verdictOf(steps, { start: '2026-03-02', asOf: '2026-04-08', deadline: '2026-04-30' })).toBe('2026-04-08, fits, 16, T, F breaks its limit 2026-04-02 by 2')
  })
})

describe('a booked audit', () => {
  const audit = (on: string): readonly PlanStep[] => [step('P 5'), step('A 3 after P', { bookedOn: day(on) }), step('C 10 after A')]
  const told = { start: '2026-03-09', deadline: '2026-04-24' }

  it('ends on its day, neither earlier nor later, and what prepares it has until then', () => {
    expect(linesOf(audit('2026-03-27'), told)).toEqual(['P 03-09/03-13 last 03-18/03-24 7', 'A 03-16/03-27 last 03-25/03-27 0 *', 'C 03-30/04-13 last 04-13/04-24 9 *'])
  })

  it('on a Saturday is on that Saturday', () => {
    expect(linesOf(audit('2026-03-28'), told)[1]).toBe('A 03-16/03-28 last 03-25/03-28 0 *')
  })

  it('booked after the last day makes the run late by the days between', () => {
    expect(linesOf(audit('2026-04-15'), told)[1]).toBe('A 03-16/04-15 last 04-08/04-10 -3 *')
    expect(verdictOf(audit('2026-04-15'), told)).toBe('2026-04-29, does not fit, -3, A > C')
  })

  it('booked before it can be prepared is broken, though the run would be in time', () => {
    expect(verdictOf(audit('2026-03-10'), told)).toBe('2026-04-01, does not fit, 16, P > A > C, A breaks its booking 2026-03-10 by 6')
  })

  it('that is a milestone, or was skipped, is on its day, or on none', () => {
    expect(linesOf([step('P 5'), step('A 0 after P', { bookedOn: day('2026-03-27') })], told)[1]).toBe('A 03-27 last 03-27 0 *')
    expect(linesOf([step('P 5'), step('A 3 after P', { bookedOn: day('2026-03-11'), state: 'skipped' }), step('C 10 after A')], told)[0]).toBe('P 03-09/03-13 last 04-03/04-10 19 *')
  })
})

describe('a run that cannot fit', () => {
  const steps = [step('A 5'), step('B 15 after A'), step('Q 5 after A'), step('C 10 after B, Q')]
  const told = { start: '2026-03-02', deadline: '2026-03-23' }

  it('is short by 14 working days, and names the steps that bind', () => {
    expect(verdictOf(steps, told)).toBe('2026-04-13, does not fit, -14, A > B > C')
    expect(linesOf(steps, told)[2]).toBe('Q 03-09/03-13 last 03-03/03-09 -4')
  })

  it('is kept to the first days it could have been done, which do not move while time passes', () => {
    expect(dueOf(steps, told)).toEqual(['A 03-02/03-06', 'B 03-09/03-27', 'Q 03-09/03-13', 'C 03-30/04-13'])
  })
})

describe('a year nobody has announced', () => {
  it('makes Spring Festival and National Day 2027 working days, and says so', () => {
    const steps = [step('A 3'), step('B 2 after A')]
    expect(linesOf(steps, { start: '2027-02-01', deadline: '2027-02-12' })).toEqual(['A 02-01/02-03 last 02-08/02-10 5 * provisional', 'B 02-04/02-05 last 02-11/02-12 5 * provisional'])
    expect(linesOf(steps, { start: '2027-09-27', deadline: '2027-10-08' })).toEqual(['A 09-27/09-29 last 10-04/10-06 5 * provisional', 'B 09-30/10-01 last 10-07/10-08 5 * provisional'])
  })

  it('is walked over to the last days of the year before, and on to where a late step can be done', () => {
    const steps = [step('A 2'), step('B 3 after A')]
    expect(linesOf(steps, { start: '2026-12-21', deadline: '2026-12-31' })).toEqual(['A 12-21/12-22 last 12-25/12-28 4 *', 'B 12-23/12-25 last 12-29/12-31 4 *'])
    expect(linesOf(steps, { start: '2026-12-21', deadline: '2027-01-05' })).toEqual(['A 12-21/12-22 last 12-30/12-31 7 * provisional', 'B 12-23/12-25 last 01-01/01-05 7 * provisional'])
    expect(linesOf(steps, { start: '2026-12-30', deadline: '2026-12-31' })).toEqual(['A 12-30/12-31 last 12-25/12-28 -3 *', 'B 01-01/01-05 last 12-29/12-31 -3 * provisional'])
  })
})

describe('what happened', () => {
  const told = (asOf: string) => ({ start: '2026-03-02', asOf, deadline: '2026-03-13' })
  const under = (rest: Partial<PlanStep>): readonly PlanStep[] => [step('A 3', rest), step('B 2 after A')]
  const began = { state: 'in-progress', startedOn: day('2026-03-02') } as const
  const waiting = { state: 'waiting', startedOn: day('2026-03-02'), expectedOn: day('2026-03-14') } as const

  it('out of order delays nothing: what was done without a step does not wait for it any more', () => {
    const steps = [step('A 3'), step('B 2 after A', done('2026-03-03')), step('C 2 after B')]
    expect(verdictOf(steps, told('2026-03-05'))).toBe('2026-03-06, fits, 5, C')
    expect(linesOf(steps, told('2026-03-05'))[0]).toBe('A 03-05/03-09 last 03-05/03-09 0')
    const target = [step('A 3'), step('B 2 after A'), step('C 2 after B', done('2026-03-04'))]
    expect(planOf(target, told('2026-03-05')).chain).toEqual([])
  })

  it.each([
    ['2026-03-03', 'A 03-02/03-04 last 03-09/03-11 5 *'], // in its time
    ['2026-03-06', 'A 03-02/03-06 last 03-09/03-11 3 *'], // overrun: today at the earliest
    ['2026-03-07', 'A 03-02/03-09 last 03-09/03-11 2 *'], // a Saturday: Monday at the earliest
  ])('a step under way, as of %s: %s', (asOf, line) => {
    expect(linesOf(under(began), told(asOf))[0]).toBe(line)
  })

  it('waiting until a day somebody named is finished on that day, and once it has passed, today', () => {
    const late = { start: '2026-03-02', deadline: '2026-03-20' }
    expect(linesOf(under(waiting), { ...late, asOf: '2026-03-03' })).toEqual(['A 03-02/03-14 last 03-16/03-18 3 *', 'B 03-16/03-17 last 03-19/03-20 3 *'])
    expect(linesOf(under(waiting), { ...late, asOf: '2026-03-17' })).toEqual(['A 03-02/03-17 last 03-16/03-18 1 *', 'B 03-18/03-19 last 03-19/03-20 1 *'])
  })

  it('on a Saturday somebody named is in time for a deadline on the Sunday', () => {
    expect(linesOf([step('A 3', waiting)], { start: '2026-03-02', deadline: '2026-03-15' })).toEqual(['A 03-02/03-14 last 03-11/03-14 0 *'])
  })

  it('moves none of the days a run is kept to', () => {
    const due = ['A 03-09/03-11', 'B 03-12/03-13']
    for (const rest of [{}, began, waiting, done('2026-03-12')]) expect(dueOf(under(rest), told('2026-03-12'))).toEqual(due)
  })

  it('earlier than planned takes a limit along, and the days kept with it', () => {
    const steps = (rest: Partial<PlanStep>) => [step('V 10'), step('L 5 after V', rest), step('F 5 after L', { limit: limit('L', 'P14D') })]
    const late = { start: '2026-03-02', deadline: '2026-03-10' }
    expect(dueOf(steps({}), late)[2]).toBe('F 03-23/03-27')
    expect(dueOf(steps(done('2026-03-06')), late)[2]).toBe('F 03-09/03-13')
  })
})

it('without a deadline the last days are those of a start on the first day', () => {
  expect(linesOf([step('A 2'), step('B 2 after A'), step('C 1 after A'), step('D 1 after B, C')], { start: '2026-03-02', calendar: weekdays }))
    .toEqual(['A 03-02/03-03 last 03-02/03-03 0 *', 'B 03-04/03-05 last 03-04/03-05 0 *', 'C 03-04 last 03-05 1', 'D 03-06 last 03-06 0 *'])
})
