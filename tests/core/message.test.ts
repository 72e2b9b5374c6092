import { describe, expect, it } from 'vitest'
import { nextAfterDoubt, maxAttempts, messageMoves, messageStates, nextAttemptAfter } from '../../src/core/message.ts'

const minutesAfter = (attempt: number): number | undefined => nextAttemptAfter(attempt)?.total('minutes')

describe('a mail that could not be delivered', () => {
  it.each([[1, 1], [2, 2], [3, 4], [8, 128], [9, 240], [13, 240], [14, undefined], [99, undefined]])('after attempt %i waits %s minutes', (attempt, expected) => {
    expect(minutesAfter(attempt)).toBe(expected)
  })

  it('is tried for a day before it is given up with an alarm', () => {
    const waits = Array.from({ length: maxAttempts - 1 }, (_, n) => minutesAfter(n + 1)!)
    expect(waits.reduce((a, b) => a + b) / 60).toBeGreaterThanOrEqual(24)
    expect(waits.reduce((a, b) => a + b) / 60).toBeLessThan(30)
  })
})

describe('a mail in doubt', () => {
  it.each([[1, 0], [2, 0], [3, 2], [4, 4], [10, 240], [13, 240], [14, undefined]])('for the %ith time waits %s minutes besides its lease', (attempt, expected) => {
    expect(nextAfterDoubt(attempt)?.total('minutes')).toBe(expected)
  })
})

describe('the states of a message', () => {
  it('each lead on to states that exist, and are led to', () => {
    const targets = new Set(Object.values(messageMoves).flat())
    expect([...targets].filter((state) => !messageStates.includes(state))).toEqual([])
    expect(messageStates.filter((state) => !targets.has(state))).toEqual([])
    expect(Object.keys(messageMoves).toSorted()).toEqual(messageStates.toSorted())
  })

  it('end where it was sent, captured or cancelled', () => {
    expect(messageStates.filter((state) => messageMoves[state].length === 0)).toEqual(['sent', 'captured', 'cancelled'])
  })

  it('let nothing be sent that has not passed the gate, and nothing unsend it after', () => {
    expect(messageStates.filter((state) => messageMoves[state].includes('sent'))).toEqual(['gated'])
    expect(messageMoves.gated).not.toContain('cancelled')
    expect(messageMoves.gated).not.toContain('planned')
  })
})
