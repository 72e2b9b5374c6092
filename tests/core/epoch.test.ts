import { describe, expect, test } from 'vitest'
import { decideRestored, type Epoch, epochAfter } from '../../src/core/epoch.ts'

const at = (text: string): Temporal.Instant => Temporal.Instant.from(text)
const shown = ({ number, since, beganAt, replayed }: Epoch): unknown[] => [number, since.toString(), beganAt.toString(), replayed]
const epoch = (replayed: boolean): Epoch => ({ number: 3, since: at('2027-01-10T03:00:00Z'), beganAt: at('2027-01-12T08:00:00Z'), replayed })

describe('an epoch', () => {
  test('reaches from the moment of the data to the restore, as exact as databases keep it', () => {
    expect(shown(epochAfter(undefined, at('2027-01-15T03:00:00.1234567Z'), at('2027-01-15T09:30:00.9999999Z'))))
      .toEqual([1, '2027-01-15T03:00:00.123Z', '2027-01-15T09:30:00.999Z', false])
  })
  test('follows the one before, and takes its time over where that was not lived anew to its end', () => {
    const [since, now] = [at('2027-01-13T03:00:00Z'), at('2027-01-15T09:00:00Z')]
    expect(shown(epochAfter(epoch(true), since, now)).slice(0, 2)).toEqual([4, '2027-01-13T03:00:00Z'])
    expect(shown(epochAfter(epoch(false), since, now)).slice(0, 2)).toEqual([4, '2027-01-10T03:00:00Z'])
  })
  test('never begins after it began: a clock that was ahead counts as now', () => {
    expect(shown(epochAfter(undefined, at('2027-01-16T00:00:00Z'), at('2027-01-15T09:00:00Z'))).slice(1, 3)).toEqual(['2027-01-15T09:00:00Z', '2027-01-15T09:00:00Z'])
  })
})

describe('a restore by other means', () => {
  const now = at('2027-01-15T09:00:00Z')
  test.each([
    ['the first, at a moment somebody names', undefined, '2027-01-15T03:00:00Z', 'ok'],
    ['the first, at a moment nobody knows', undefined, undefined, 'ok'],
    ['of data taken after the last one', epoch(true), '2027-01-12T08:00:00.001Z', 'ok'],
    ['of data taken as the last one was made', epoch(true), '2027-01-12T08:00:00Z', 'known'],
    ['told of twice', epoch(true), '2027-01-10T03:00:00Z', 'known'],
    ['another, at a moment nobody names', epoch(true), undefined, 'unnamed'],
    ['of tomorrow', undefined, '2027-01-16T03:00:00Z', 'future'],
  ] as const)('%s', (_, last, since, expected) => {
    const verdict = decideRestored(last, since === undefined ? undefined : at(since), now)
    expect(verdict.ok ? 'ok' : verdict.refusal).toBe(expected)
  })
})
