import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addTallies, type Breach, breachFacts, breachKeysIn, breachKinds, emptyTally, joinBreaches, missingFrom, type Tally } from '../../src/core/conservation.ts'
import { isSkewed, standsStill } from '../../src/core/watch.ts'
import { instant } from '../helpers/factory.ts'

const parts = ['sent', 'captured', 'waiting', 'inFlight', 'inDoubt', 'held', 'failed', 'cancelled'] as const
const tallies = fc.array(fc.constantFrom(...parts), { maxLength: 50 }).map((mails): Tally =>
  mails.reduce((tally, part) => ({ ...tally, planned: tally.planned + 1, [part]: tally[part] + 1 }), emptyTally))

describe('the law of conservation', () => {
  test('holds where each mail is in one part, and for sets of mails together', () => {
    fc.assert(fc.property(tallies, tallies, (a, b) => {
      expect([missingFrom(a), missingFrom(b), missingFrom(addTallies(a, b))]).toEqual([0, 0, 0])
      expect(addTallies(a, b).planned).toBe(a.planned + b.planned)
    }))
  })

  test('is broken by one mail in no part, and by one in two', () => {
    fc.assert(fc.property(tallies, fc.constantFrom(...parts), (tally, part) => {
      expect(missingFrom({ ...tally, planned: tally.planned + 1 })).toBe(1)
      expect(missingFrom({ ...tally, [part]: tally[part] + 1 })).toBe(-1)
    }))
  })
})

describe('breaches', () => {
  const breaches = fc.array(fc.record({ kind: fc.constantFrom(...breachKinds), ids: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 8 }) }))

  test('found in several looks count once, and what was accepted does not count', () => {
    fc.assert(fc.property(breaches, (found: Breach[]) => {
      const joined = joinBreaches(found)
      expect(joinBreaches([...found, ...joined])).toEqual(joined)
      expect(joinBreaches(found, new Set(breachKeysIn(breachFacts(joined))))).toEqual([])
    }))
  })

  test('are told with their number and the first twenty mails of each kind', () => {
    const ids = Array.from({ length: 25 }, (_, n) => n + 1)
    expect(breachFacts([{ kind: 'stuck', ids }, { kind: 'sent-twice', ids: [7] }]))
      .toEqual({ cases: 26, stuck: ids.slice(0, 20).join(' '), 'sent-twice': '7' })
  })
})

describe('standing still', () => {
  test.each([
    [0, 120, false], [0, 121, true], [30, 150, false], [30, 151, true], [60, 180, false], [60, 181, true], [3600, 180, false], [3600, 181, true], [-5, 121, true],
  ])('after a run of %i seconds, %i seconds later: %s', (took, later, expected) => {
    const endedAt = instant('2027-05-31T09:00:00Z')
    expect(standsStill({ startedAt: endedAt.subtract({ seconds: took }), endedAt }, endedAt.add({ seconds: later }))).toBe(expected)
  })
})

test.each([['PT5M', false], ['-PT5M', false], ['PT5M1S', true], ['-PT5M1S', true], ['PT0S', false]])('clocks %s apart are wrong: %s', (skew, expected) => {
  expect(isSkewed(Temporal.Duration.from(skew))).toBe(expected)
})
