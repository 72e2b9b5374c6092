import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { weekdays } from '../../src/core/calendar.ts'
import { dayOf } from '../../src/core/day.ts'
import type { Audience, Rung } from '../../src/core/ladder.ts'
import { countedTo, lateAfter } from '../../src/core/obligation.ts'
import { ladderFor, type LadderChange, mergedChange, type Place, placeKey, policiesOf, type Policies, policyFor, variantsOf, wholeChange } from '../../src/core/policy.ts'
import { risesOf } from '../../src/core/rise.ts'
import { windowsOf } from '../../src/core/window.ts'
import { day, instant, ladderOf, listener, obligation, untouched } from '../helpers/factory.ts'

const duty = obligation({ id: 12, certificationId: 3, organisationId: 1, ladder: 'test' })

const everywhere: Place = { kind: 'everywhere' }
const at = (kind: 'organisation' | 'certification' | 'obligation', id: number): Place => ({ kind, id })

const hears = (audience: Audience, ...notices: readonly string[]): LadderChange =>
  ({ audiences: [audience], rungs: notices.map((notice): Rung => ({ notice, audience })) })

const base = { ...ladderOf('P30D', 'P7D'), overdue: [{ every: 'P7D', times: 4 }], late: ['supervisor'] as const }

const policies = (...changes: readonly (readonly [Place, LadderChange])[]): Policies =>
  policiesOf([base, { ...ladderOf('P1D'), id: 'other' }], changes.map(([place, change]) => ({ ladder: 'test', place, change })))

const ownerHears = (all: Policies, subject: Parameters<typeof ladderFor>[0] = duty): string =>
  ladderFor(subject, all)!.rungs.filter((rung) => rung.audience === 'owner').map((rung) => rung.notice).join(' ')

describe('the ladder of a duty', () => {
  const all = [
    [everywhere, hears('owner', 'P1D')], [at('organisation', 1), hears('owner', 'P2D')], [at('certification', 3), hears('owner', 'P3D')],
    [at('obligation', 12), hears('owner', 'P4D')],
  ] as const

  it.each([
    ['the default where nobody changed it', 0, 'P30D P7D'], ['what holds everywhere', 1, 'P1D'], ['what holds for its organisation', 2, 'P2D'],
    ['what holds for its certification', 3, 'P3D'], ['what holds for itself', 4, 'P4D'],
  ])('is %s', (_, nearest, expected) => {
    expect(ownerHears(policies(...all.slice(0, nearest)))).toBe(expected)
    // In whatever order they were made.
    expect(ownerHears(policies(...all.slice(0, nearest).toReversed()))).toBe(expected)
  })

  it('is not touched by what holds for another organisation, certification, duty or ladder', () => {
    const foreign = policies([at('organisation', 3), hears('owner', 'P1D')], [at('certification', 12), hears('owner', 'P1D')], [at('obligation', 1), hears('owner', 'P1D')])
    expect(ownerHears(foreign)).toBe('P30D P7D')
    expect(ownerHears(policies(...all), { ...duty, ladder: 'other' })).toBe('P1D')
    expect(ladderFor({ ladder: 'gone' }, policies())).toBeUndefined()
  })

  it('takes each part from the nearest place that names it, and says from where', () => {
    const found = policyFor(duty, policies(
      [everywhere, { audiences: [], rungs: [], late: ['management'] }], [at('organisation', 1), hears('compliance', 'P14D')],
      [at('certification', 3), { ...hears('owner', 'P60D'), overdue: [] }],
    ))!
    expect(found.ladder.rungs.map((rung) => `${rung.audience} ${rung.notice}`)).toEqual(['compliance P14D', 'owner P60D'])
    expect([found.ladder.overdue, found.ladder.late]).toEqual([[], ['management']])
    expect([...found.from].map(([part, place]) => `${part} ${placeKey(place)}`))
      .toEqual(['late everywhere', 'compliance organisation/1', 'owner certification/3', 'overdue certification/3'])
  })

  it('may be silent for an audience, which is not the same as unchanged', () => {
    expect(ownerHears(policies([at('certification', 3), hears('owner')]))).toBe('')
  })

  it('kept before changes had a place is one of all its parts, everywhere', () => {
    const old = wholeChange({ rungs: [{ notice: 'P5D', audience: 'owner' }], overdue: [], late: [] })
    expect(ladderFor(duty, policies([everywhere, old]))).toEqual({ ...base, rungs: [{ notice: 'P5D', audience: 'owner' }], overdue: [], late: [] })
  })
})

it('a further change of one place leaves what it does not name', () => {
  const first = { ...hears('owner', 'P60D'), overdue: [{ every: 'P1D', times: 2 }] }
  const both = mergedChange(mergedChange(undefined, first), hears('compliance', 'P9D'))
  expect([both.audiences, both.rungs.map((rung) => rung.notice), both.overdue, both.late]).toEqual([['owner', 'compliance'], ['P60D', 'P9D'], first.overdue, undefined])
  expect(mergedChange(both, { ...hears('owner'), overdue: [] })).toEqual({ audiences: ['owner', 'compliance'], rungs: hears('compliance', 'P9D').rungs, overdue: [], late: undefined })
})

describe('the windows of all variants of a ladder', () => {
  const notice = fc.constantFrom('P1000D', 'P540D', 'P90D', 'P45D', 'P10WD', 'P3WD', 'P0D', 'late-P5WD', 'late-P14D')
  const change = fc.record({
    place: fc.constantFrom<Place>(everywhere, at('organisation', 1), at('certification', 3), at('obligation', 12), at('obligation', 13)),
    notices: fc.array(notice, { maxLength: 4 }), every: fc.option(fc.constantFrom('P1D', 'P2WD', 'P1M')),
  })

  it('find every duty that reaches a notice of the ladder that holds for it', () => {
    let found = 0
    fc.assert(fc.property(fc.array(change, { maxLength: 4 }), fc.integer({ min: -60, max: 1100 }), (changes, ahead) => {
      const all = policies(...changes.map(({ place, notices, every }) =>
        [place, { ...hears('owner', ...notices), overdue: every === null ? undefined : [{ every, times: 2 }] }] as const))
      const now = instant('2027-03-01T09:00:00Z')
      const one = obligation({ ...duty, dueOn: day('2027-03-01').add({ days: ahead }), enteredOn: day('2020-01-01') })
      const reached = risesOf(one, ladderFor(one, all)!, listener({ calendar: weekdays }), { said: [], circumstances: untouched }, dayOf(now, 'UTC'))
        .filter((rise) => rise.on.equals(dayOf(now, 'UTC')) && !/^overdue-(?!1$)/.test(rise.rung.notice))
      if (reached.length === 0) return
      found++
      expect(windowsOf(variantsOf(all), now.subtract({ minutes: 1 }), now).some((window) => {
        const on = window.by === 'counted' ? countedTo(one) : lateAfter(one)
        return window.ladder === 'test' && Temporal.PlainDate.compare(window.from, on) <= 0 && Temporal.PlainDate.compare(on, window.to) <= 0
      })).toBe(true)
    }), { numRuns: 4000 })
    expect(found).toBeGreaterThan(10)
  })
})
