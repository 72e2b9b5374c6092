import { describe, expect, test } from 'vitest'
import { auditStateOf, daysToLimit, fitOf, isCoverable, nextMoveOn, riddenDuty } from '../../src/core/audit.ts'
import { obligationKinds } from '../../src/core/obligation.ts'
import { day, obligation } from '../helpers/factory.ts'

const unbooked = { bookedFrom: undefined, bookedUntil: undefined, carriedOutOn: undefined, cancelledOn: undefined }
const booked = { ...unbooked, bookedFrom: day('2027-03-01'), bookedUntil: day('2027-03-03') }

test.each([
  ['without days is to be booked', unbooked, '2027-03-01', 'planned', 'book'], ['booked is prepared the day before its last', booked, '2027-03-02', 'booked', 'prepare'],
  ['booked is prepared on its last day', booked, '2027-03-03', 'booked', 'prepare'], ['whose last day has passed is to be recorded', booked, '2027-03-04', 'booked', 'record'],
  ['carried out is over', { ...booked, carriedOutOn: day('2027-03-02') }, '2027-03-04', 'carried-out', 'none'], ['called off is over', { ...booked, cancelledOn: day('2027-02-01') }, '2027-03-04', 'cancelled', 'none'],
] as const)('a visit %s', (_says, days, asOf, state, next) => {
  expect([auditStateOf(days), nextMoveOn(days, day(asOf))]).toEqual([state, next])
})

test('a visit never covers an expiry, a step or a filing', () => {
  expect(obligationKinds.filter((kind) => isCoverable({ kind }) && ['expiry', 'step', 'filing', 'booking', 'report', 'contract', 'suspension-end'].includes(kind))).toEqual([])
})

describe('a day', () => {
  const two = obligation({ opensOn: day('2027-01-01'), dueOn: day('2027-06-30'), latestOn: day('2027-09-30') })
  test.each([
    ['2026-12-31', 'before-window', 273], ['2027-01-01', 'in-time', 272], ['2027-01-02', 'in-time', 271], ['2027-06-29', 'in-time', 93], ['2027-06-30', 'in-time', 92],
    ['2027-07-01', 'stricter-passed', 91], ['2027-09-29', 'stricter-passed', 1], ['2027-09-30', 'stricter-passed', 0], ['2027-10-01', 'past-the-limit', -1],
  ] as const)('of %s is %s to a duty under two readings, %i days from the looser last day', (on, fit, days) => {
    expect([fitOf(two, day(on)), daysToLimit(two, day(on))]).toEqual([fit, days])
  })

  test.each([['2027-06-29', 'in-time'], ['2027-06-30', 'in-time'], ['2027-07-01', 'past-the-limit']] as const)('of %s is %s where there is one reading', (on, fit) => {
    expect(fitOf(obligation({ dueOn: day('2027-06-30') }), day(on))).toBe(fit)
  })
})

test('what rides on a duty is told by no ladder of its own, of its kind, and of its year', () => {
  const parent = obligation({ kind: 'surveillance-audit', dueOn: day('2027-03-01') })
  const rides = (dueOn: string, rest: Parameters<typeof obligation>[0] = {}): boolean =>
    riddenDuty(parent, [obligation({ id: 2, kind: 'surveillance-audit', ladder: 'none', dueOn: day(dueOn), ...rest })]) !== undefined
  expect([rides('2027-03-01'), rides('2028-02-29'), rides('2028-03-01')]).toEqual([true, true, false])
  expect([rides('2027-12-31', { opensOn: day('2027-03-01') }), rides('2027-12-31', { opensOn: day('2027-03-02') })]).toEqual([true, false])
  expect([rides('2027-03-01', { ladder: 'surveillance-audit' }), rides('2027-03-01', { kind: 'recertification' }), rides('2027-03-01', { state: 'met' })]).toEqual([false, false, false])
})
