import { describe, expect, it } from 'vitest'
import { closureAhead } from '../../src/core/closure.ts'
import { weekdays } from '../../src/core/calendar.ts'
import { china, day } from '../helpers/factory.ts'

const ahead = (asOf: string): string => {
  const closure = closureAhead(china, day(asOf))
  return closure ? `${closure.from.toString()} to ${closure.to.toString()}, then until ${closure.until.toString()}` : 'none'
}

describe('the closure ahead', () => {
  it.each([
    ['2026-02-02', 'none'],
    ['2026-02-03', '2026-02-15 to 2026-02-23, then until 2026-02-28'], // five working days, a Saturday among them
    ['2026-02-14', '2026-02-15 to 2026-02-23, then until 2026-02-28'],
    ['2026-02-15', 'none'], // it has begun
    ['2026-04-04', 'none'], // Qingming is three days
    ['2026-09-25', '2026-10-01 to 2026-10-07, then until 2026-10-13'],
  ])('on %s is %s', (asOf, expected) => {
    expect(ahead(asOf)).toBe(expected)
  })

  it('is none where only weekends are off', () => {
    expect(closureAhead(weekdays, day('2026-12-24'))).toBeUndefined()
  })

  it('is none in a year whose holidays are not known', () => {
    expect(ahead('2031-01-25')).toBe('none')
  })

  it('counts the shutdown of a company with the weekends around it', () => {
    const acme = { ...weekdays, exceptions: new Map(['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01'].map((one) => [one, false])) }
    const closure = closureAhead(acme, day('2026-12-14'))
    expect(`${closure?.from.toString()} ${closure?.to.toString()}`).toBe('2026-12-26 2027-01-03')
  })
})
