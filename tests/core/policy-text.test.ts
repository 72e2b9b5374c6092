import { describe, expect, it } from 'vitest'
import { formatRepeats, parseAudience, parseNotices, parseRepeats } from '../../src/core/policy-text.ts'

const problemsOf = (parsed: ReturnType<typeof parseNotices> | ReturnType<typeof parseRepeats>): readonly string[] => (parsed.ok ? [] : parsed.problems)

describe('the notices of an audience', () => {
  it('are read in their order, with their conditions', () => {
    expect(parseNotices(['P1000D', 'P45D:unbooked', 'half', 'late-P5WD:critical'], 'person:12')).toEqual({ ok: true, value: [
      { notice: 'P1000D', audience: 'person:12', when: undefined }, { notice: 'P45D', audience: 'person:12', when: 'unbooked' },
      { notice: 'half', audience: 'person:12', when: undefined }, { notice: 'late-P5WD', audience: 'person:12', when: 'critical' },
    ] })
  })

  it('may name one notice under two conditions', () => {
    expect(parseNotices(['P45D:booked', 'P45D:unbooked'], 'owner').ok).toBe(true)
  })

  it.each([
    [['P30D', 'P3661D', '30', 'P7D:later'], ['"P3661D" is too long', '"30" is not a notice', '"later" is not a condition. Conditions: unbooked, booked,']],
    [['P30D:booked:unbooked'], ['"booked:unbooked" is not a condition']], [['P30D', 'P7D', 'P30D'], ['"P30D" is there twice']], [[], ['No notice is named: write none']],
    [Array.from({ length: 41 }, (_, n) => `P${n}D`), ['41 notices are too many: at most 40']],
  ])('%j are refused, every fault of them', (texts, says) => {
    const problems = problemsOf(parseNotices(texts, 'owner'))
    expect(problems).toHaveLength(says.length)
    says.forEach((one, n) => expect(problems[n]).toContain(one))
  })

  it('may be forty', () => {
    expect(parseNotices(Array.from({ length: 40 }, (_, n) => `P${n}D`), 'owner').ok).toBe(true)
  })
})

describe('repeats', () => {
  it('are read as once, so many times, or until closed; and written back', () => {
    expect(parseRepeats(['P1WD', 'P7D*4', 'P1M*'])).toEqual({ ok: true, value: [
      { every: 'P1WD', times: 1 }, { every: 'P7D', times: 4 }, { every: 'P1M', times: 'until closed' },
    ] })
    expect(formatRepeats([{ every: 'P1WD', times: 1 }, { every: 'P7D', times: 4 }, { every: 'P1M', times: 'until closed' }])).toBe('P1WD,P7D*4,P1M*')
    expect(formatRepeats([])).toBe('none')
  })

  it.each([
    ['P0D', 'from one day on'], ['P1D*0', 'is not a repeat'], ['P1D*1000', 'is not a repeat'], ['P1W', 'is not a repeat'], ['7', 'is not a repeat'],
    ['P3661D', 'is too long: at most P3660D'], ['P121M', 'at most P3660D, P3660WD or P120M'],
  ])('%s is refused', (text, says) => {
    expect(problemsOf(parseRepeats([text]))).toEqual([expect.stringContaining(says)])
  })

  it('end with one that goes on until closed', () => {
    expect(problemsOf(parseRepeats(['P7D*', 'P1M']))).toEqual(['Nothing comes after "P7D*", which goes on until the duty is closed: put it last.'])
    expect(problemsOf(parseRepeats(Array(11).fill('P1D')))).toEqual(['11 repeats are too many: at most 10, one after the other.'])
    expect(problemsOf(parseRepeats([]))).toEqual([expect.stringContaining('write none')])
  })
})

it.each([['owner', 'owner'], ['step-owner', 'step-owner'], ['person:12', 'person:12'], ['person:0', undefined], ['person:x', undefined], ['12', undefined], ['boss', undefined]])(
  'the audience %s is %s', (text, expected) => {
    expect(parseAudience(text)).toBe(expected)
  })
