import { describe, expect, it } from 'vitest'
import { bookByOf, lightOf } from '../../src/core/light.ts'
import type { Obligation } from '../../src/core/obligation.ts'
import { weekdays } from '../../src/core/calendar.ts'
import { china, day, obligation } from '../helpers/factory.ts'

type Rest = { finish?: string; booked?: string; latest?: string } & Pick<Partial<Obligation>, 'kind' | 'state' | 'dueOn'>

function light(asOf: string, { finish, booked, latest, ...rest }: Rest = {}, calendar = weekdays): string {
  const duty = obligation({
    ...rest, bookedOn: booked === undefined ? undefined : day(booked), latestOn: latest === undefined ? undefined : day(latest),
  })
  return lightOf(duty, { finishOn: finish === undefined ? undefined : day(finish) }, calendar, day(asOf))
}

// Everything here is due on Wednesday 2027-06-30; ten working days before it is Wednesday 2027-06-16.
describe('red', () => {
  it.each([
    ['the day before the limit', '2027-06-29', 'amber'], ['on the limit', '2027-06-30', 'amber'], ['the day after', '2027-07-01', 'red'],
  ])('%s (%s), unplanned: %s', (_, asOf, expected) => {
    expect(light(asOf)).toBe(expected)
    expect(light(asOf, { state: 'submitted' })).toBe(expected)
  })

  it('only after the looser day where two readings differ', () => {
    expect(light('2027-07-01', { latest: '2027-07-15' })).toBe('amber')
    expect(light('2027-07-15', { latest: '2027-07-15' })).toBe('amber')
    expect(light('2027-07-16', { latest: '2027-07-15' })).toBe('red')
  })

  it.each([
    ['the day before', '2027-06-29', 'amber'], ['on it', '2027-06-30', 'amber'], ['the day after', '2027-07-01', 'red'],
  ])('the plan finishes %s the limit (%s): %s', (_, finish, expected) => {
    expect(light('2027-01-15', { finish })).toBe(expected)
  })

  it('the audit is booked past the limit', () => {
    expect(light('2027-01-15', { booked: '2027-07-01' })).toBe('red')
    expect(light('2027-01-15', { booked: '2027-06-30' })).toBe('amber')
    expect(light('2027-01-15', { booked: '2027-07-01', latest: '2027-07-15' })).toBe('amber')
  })

  it('the run finishes past the limit, whatever is booked', () => {
    expect(light('2027-01-15', { booked: '2027-05-03', finish: '2027-07-01' })).toBe('red')
  })

  it.each([
    ['surveillance-audit', '2027-05-15', 'amber'], ['surveillance-audit', '2027-05-16', 'amber'], ['surveillance-audit', '2027-05-17', 'red'],
    ['recertification', '2027-03-31', 'amber'], ['recertification', '2027-04-01', 'amber'], ['recertification', '2027-04-02', 'red'],
  ] as const)('a %s nobody has booked, on %s: %s', (kind, asOf, expected) => {
    expect(light(asOf, { kind })).toBe(expected)
  })

  it('not once it is booked', () => {
    expect(light('2027-05-17', { kind: 'surveillance-audit', booked: '2027-06-01' })).toBe('green')
    expect(light('2027-05-17', { kind: 'surveillance-audit', finish: '2027-06-01' })).toBe('red')
  })
})

describe('amber', () => {
  it.each([
    ['ten working days', '2027-06-16', 'green'], ['nine', '2027-06-17', 'amber'], ['eleven', '2027-06-15', 'green'],
  ])('with a slack of %s (planned for %s): %s', (_, on, expected) => {
    expect(light('2027-01-15', { finish: on })).toBe(expected)
    expect(light('2027-01-15', { booked: on })).toBe(expected)
  })

  it('counts the slack in working days of the calendar', () => {
    const duty = { dueOn: day('2026-10-16'), finish: '2026-09-25' }
    expect(light('2026-06-01', duty, weekdays)).toBe('green')
    expect(light('2026-06-01', duty, china)).toBe('green')
    expect(light('2026-06-01', { ...duty, finish: '2026-09-29' }, weekdays)).toBe('green')
    expect(light('2026-06-01', { ...duty, finish: '2026-09-29' }, china)).toBe('amber')
  })

  it.each([
    ['on its day', '2027-05-03', 'green'], ['the day after', '2027-05-04', 'amber'],
  ])('the booked day %s, without the duty being done (%s): %s', (_, asOf, expected) => {
    expect(light(asOf, { booked: '2027-05-03' })).toBe(expected)
    expect(light(asOf, { booked: '2027-05-03', state: 'submitted' })).toBe('green')
  })

  it.each([['2027-05-30', 'grey'], ['2027-05-31', 'amber'], ['2027-06-01', 'amber']])('unplanned with the limit within thirty days, on %s: %s', (asOf, expected) => {
    expect(light(asOf)).toBe(expected)
  })

  it.each([['2027-04-15', 'grey'], ['2027-04-16', 'amber'], ['2027-04-17', 'amber']])('unbooked with its booking day within thirty days, on %s: %s', (asOf, expected) => {
    expect(light(asOf, { kind: 'surveillance-audit' })).toBe(expected)
  })
})

describe('grey and green', () => {
  it('far away and unplanned is grey: green is earned', () => {
    expect(light('2026-06-30')).toBe('grey')
    expect(light('2026-06-30', { kind: 'surveillance-audit' })).toBe('grey')
    expect(light('2026-06-30', { booked: '2027-05-03' })).toBe('green')
    expect(light('2026-06-30', { finish: '2027-05-03' })).toBe('green')
  })
})

describe('the day an audit has to be booked by', () => {
  it.each([
    ['surveillance-audit', '2027-05-16'], ['recertification', '2027-04-01'], ['expiry', undefined], ['report', undefined],
  ] as const)('of a %s is %s', (kind, expected) => {
    expect(bookByOf(obligation({ kind }))?.toString()).toBe(expected)
  })
})

describe('a step', () => {
  it.each([
    ['more than three working days ahead', '2027-06-24', 'green'], ['three working days ahead', '2027-06-25', 'amber'],
    ['its last day', '2027-06-30', 'amber'], ['the day after', '2027-07-01', 'red'],
  ])('%s (%s): %s, since its run has planned it', (_, asOf, expected) => {
    expect(light(asOf, { kind: 'step' })).toBe(expected)
  })
})

it('a renewal is red once a finding that blocks it cannot be closed before its last day', () => {
  const of = (kind: Obligation['kind'], closesOn: string) => lightOf(obligation({ kind, bookedOn: day('2027-06-01') }), { finishOn: undefined, closesOn: day(closesOn) }, weekdays, day('2027-05-20'))
  expect([of('recertification', '2027-06-30'), of('recertification', '2027-07-01'), of('surveillance-audit', '2027-07-01')]).toEqual(['green', 'red', 'green'])
})
