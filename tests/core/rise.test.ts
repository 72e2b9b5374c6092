import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Given } from '../../src/core/answer.ts'
import type { Obligation } from '../../src/core/obligation.ts'
import { decideReminder, snoozableUntil } from '../../src/core/reminder.ts'
import type { Said } from '../../src/core/rise.ts'
import { alice, bob, china, day, daysFrom, ladderOf, listener, obligation, untouched } from '../helpers/factory.ts'
import { live } from '../helpers/ledger.ts'

// Due on Wednesday 30 June 2027; told 60, 30, 14, 7 and 0 days before.
const ladder = ladderOf('P60D', 'P30D', 'P14D', 'P7D', 'P0D')
const counted = day('2027-06-30')
const may = daysFrom('2027-04-25', '2027-07-05')

const given = (rest: Partial<Given> = {}): Given => ({
  action: 'acknowledge', notice: 'P30D', countedTo: counted, offsetDays: 30, purpose: 'reminder', personId: alice.id,
  onBehalfOf: undefined, untilOn: undefined, answeredAt: Temporal.Instant.from('2027-06-01T10:00:00Z'), via: 'mail-link', ...rest,
})
const snooze = (until: string, rest: Partial<Given> = {}): Given => given({ action: 'snooze', untilOn: day(until), ...rest })

describe('who puts a notice off until a day', () => {
  it('hears nothing before it, what was reached is kept as snoozed, and the tightest is said on it', () => {
    const said: Said[] = []
    const story = { obligation: obligation(), ladder, listener: listener() }
    expect(live(story, daysFrom('2027-04-25', '2027-05-01'), said)).toEqual(['2027-04-30 P60D'])
    expect(live({ ...story, given: [snooze('2027-06-21', { notice: 'P60D', offsetDays: 60 })] }, daysFrom('2027-05-02', '2027-07-05'), said))
      .toEqual(['2027-06-21 again-2027-06-21 (P30D P14D)', '2027-06-23 P7D', '2027-06-30 P0D'])
  })

  it('is reminded on that day though no rung fell in between', () => {
    expect(live({ obligation: obligation(), ladder, listener: listener(), given: [snooze('2027-06-10')] }, daysFrom('2027-05-31', '2027-06-12')))
      .toEqual(['2027-06-10 again-2027-06-10 (P60D P30D)'])
  })

  it('has what falls before the day in the ledger as snoozed, with nothing covered by it', () => {
    const decision = decideReminder(obligation(), ladder, listener(), {
      said: [], given: [snooze('2027-06-10')], circumstances: untouched,
    }, day('2027-06-01'))
    expect(decision.say ? 'said' : decision.reason).toBe('snoozed')
    expect(decision.unheard.map(({ rise, outcome }) => `${rise.rung.notice} ${outcome}`)).toEqual(['P60D snoozed', 'P30D snoozed'])
  })

  it('cannot put off the last two notices, nor what comes after the day', () => {
    const beyond = snooze('2027-06-29')
    expect(live({ obligation: obligation(), ladder, listener: listener(), given: [beyond] }, may).map((line) => line.split(' ').slice(0, 2).join(' ')))
      .toEqual(['2027-06-23 P7D', '2027-06-29 again-2027-06-29', '2027-06-30 P0D'])
    const late = { obligation: obligation(), ladder: { ...ladder, overdue: [{ every: 'P1D', times: 1 }] }, listener: listener(), given: [snooze('2027-07-20')] }
    expect(live(late, daysFrom('2027-06-24', '2027-07-05')).at(-1)).toContain('2027-07-01 overdue-1')
  })

  it.each([
    ['2027-05-01', '2027-06-22'], ['2027-06-20', '2027-06-22'], ['2027-06-21', '2027-06-22'],
    ['2027-06-22', undefined], ['2027-06-23', undefined], ['2027-07-01', undefined],
  ])('on %s may name a day until %s', (asOf, until) => {
    expect(snoozableUntil(obligation(), ladder, listener(), { said: [], circumstances: untouched }, day(asOf))?.toString()).toBe(until)
  })

  it('of a ladder with a single notice can put nothing off', () => {
    expect(snoozableUntil(obligation(), ladderOf('P0D'), listener(), { said: [], circumstances: untouched }, day('2027-05-01'))).toBeUndefined()
  })

  it('before a longer closure must be back before the notice moves ahead of it', () => {
    const china2026 = obligation({ dueOn: day('2026-10-07') })
    const until = snoozableUntil(china2026, ladder, listener({ calendar: china }), { said: [], circumstances: untouched }, day('2026-09-01'))
    // Seven days before is 30 September, the last working day before the National Day closure.
    expect(until?.toString()).toBe('2026-09-29')
  })

  it('hears the ladder anew once the day is moved', () => {
    const moved = obligation({ dueOn: day('2027-07-30'), movedFrom: counted })
    expect(live({ obligation: moved, ladder, listener: listener(), given: [snooze('2027-06-21')] }, daysFrom('2027-05-31', '2027-06-02')))
      .toEqual(['2027-05-31 P60D'])
  })

  it('whatever day is named, hears the last two notices, and no notice twice', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 70 }), (n) => {
      const lines = live({ obligation: obligation(), ladder, listener: listener(), given: [snooze(day('2027-04-25').add({ days: n }).toString())] }, may)
      const notices = lines.map((line) => line.split(' ')[1])
      expect(notices).toEqual(expect.arrayContaining(['P7D', 'P0D']))
      expect(new Set(notices).size).toBe(notices.length)
    }), { numRuns: 70 })
  })
})

describe('silence', () => {
  const told = (notice: string, offsetDays: number, on: string, rest: Partial<Said> = {}): Said => ({
    notice, countedTo: counted, offsetDays, purpose: 'reminder', personId: alice.id, onBehalfOf: undefined, outcome: 'said', toldOn: day(on), ...rest,
  })
  const above = listener({ audience: 'supervisor', purpose: 'escalation', personId: bob.id, hearsSilence: true })
  const heard = (said: Said[], answers: Given[] = [], rest: Partial<Obligation> = {}): string[] =>
    live({ obligation: obligation(rest), ladder, listener: above, given: answers }, daysFrom('2027-05-20', '2027-07-10'), [...said])
  const thirty = told('P30D', 30, '2027-05-31')

  it('of five working days after a notice within thirty days goes to the line manager, once', () => {
    expect(heard([thirty])).toEqual(['2027-06-07 silence-P30D'])
  })

  it('counts from when a notice was said: an early one that came late, with a month or less to go, goes up as well', () => {
    expect(heard([told('P60D', 60, '2027-06-07')])).toEqual(['2027-06-14 silence-P60D'])
  })

  it('of each notice is told, until one is answered', () => {
    expect(heard([thirty, told('P14D', 14, '2027-06-16')])).toEqual(['2027-06-07 silence-P30D', '2027-06-23 silence-P14D'])
    expect(heard([thirty, told('P14D', 14, '2027-06-16')], [given({ notice: 'P14D', offsetDays: 14 })])).toEqual([])
  })

  it('of a notice that two were told, who stood in and then its owner, goes up once, from the first', () => {
    expect(heard([told('P30D', 30, '2027-05-31', { purpose: 'fallback', personId: 9, onBehalfOf: alice.id }), told('P30D', 30, '2027-06-02')]))
      .toEqual(['2027-06-07 silence-P30D'])
  })

  it('B41 of an acknowledged notice stays with the owner; of the next one it goes up again', () => {
    expect(heard([thirty], [given()])).toEqual([])
    expect(heard([thirty, told('P14D', 14, '2027-06-16')], [given()])).toEqual(['2027-06-23 silence-P14D'])
  })

  it('is not broken by a link alone where it is one of the last two notices', () => {
    const seven = told('P7D', 7, '2027-06-23')
    expect(heard([seven], [given({ notice: 'P7D', offsetDays: 7 })])).toEqual(['2027-06-30 silence-P7D'])
    expect(heard([seven], [given({ notice: 'P7D', offsetDays: 7, via: 'page' })])).toEqual([])
  })

  it('is not broken by "not mine"', () => {
    expect(heard([thirty], [given({ action: 'not-mine' })])).toEqual(['2027-06-07 silence-P30D'])
  })

  it.each<[string, Said, Partial<Obligation>]>([
    ['about an early notice', told('P60D', 60, '2027-05-03'), {}],
    ['about a mail that has not left', { ...thirty, toldOn: undefined }, {}],
    ['of a tier B duty', thirty, { tier: 'B' }],
    ['about what an outside party owes', thirty, { owedBy: 'outside' }],
    ['once the duty is handed in', thirty, { state: 'submitted', submittedOn: day('2027-06-02') }],
    ['about a day that counts no more', thirty, { dueOn: day('2027-09-30') }],
  ])('is not told %s', (_, row, rest) => {
    expect(heard([row], [], rest)).toEqual([])
  })

  it('of the last two notices goes up though a link says it is done: a scanner may have pressed it', () => {
    const seven = told('P7D', 7, '2027-06-23')
    const byLink = given({ action: 'done', notice: 'P14D', offsetDays: 14 })
    const submitted = { state: 'submitted', submittedOn: day('2027-06-20') } as const
    expect(heard([seven], [byLink], submitted)).toEqual(['2027-06-30 silence-P7D'])
    expect(heard([seven], [{ ...byLink, via: 'page' }], submitted)).toEqual([])
  })

  it('is told to nobody else', () => {
    expect(live({ obligation: obligation(), ladder, listener: { ...above, hearsSilence: false } }, daysFrom('2027-05-20', '2027-06-30'), [thirty])).toEqual([])
  })
})

describe('what can wait for the weekly day', () => {
  const monday = listener({ weeklyDay: 1 })
  const days = daysFrom('2027-04-01', '2027-07-01')
  const heard = (rest: Partial<Obligation>, to = monday): string[] => live({ obligation: obligation(rest), ladder, listener: to }, days)

  it('is tier B and C, more than ten working days ahead', () => {
    // Sixty days before is Saturday 1 May, thirty before Monday 31 May; fourteen before is within ten working days.
    expect(heard({ tier: 'B' })).toEqual(['2027-05-03 P60D', '2027-05-31 P30D', '2027-06-16 P14D', '2027-06-23 P7D', '2027-06-30 P0D'])
    expect(heard({ tier: 'C', dueOn: day('2027-06-24') }))
      .toEqual(['2027-04-26 P60D', '2027-05-31 P30D', '2027-06-10 P14D', '2027-06-17 P7D', '2027-06-24 P0D'])
  })

  it('never is tier A, unless its reader prefers to hear weekly', () => {
    expect(heard({ dueOn: day('2027-06-24') })[1]).toBe('2027-05-25 P30D')
    expect(heard({ dueOn: day('2027-06-24') }, { ...monday, rhythm: 'weekly' })[1]).toBe('2027-05-31 P30D')
  })

  it('comes on the working day after a weekly day that is off', () => {
    const calendar = { ...monday.calendar, exceptions: new Map([['2027-05-31', false]]) }
    expect(heard({ tier: 'B', dueOn: day('2027-06-24') }, { ...monday, calendar })[1]).toBe('2027-06-01 P30D')
  })

  it('waits no longer than until ten working days before its day', () => {
    // Eighteen days before Wednesday the 30th is a Saturday: the Friday after it would be the 18th.
    const friday = listener({ weeklyDay: 5 })
    expect(live({ obligation: obligation({ tier: 'B' }), ladder: ladderOf('P18D', 'P0D'), listener: friday }, days)).toEqual(['2027-06-16 P18D', '2027-06-30 P0D'])
  })

  it('is not what opens that day, nor what comes after the day', () => {
    expect(live({ obligation: obligation({ tier: 'B', opensOn: day('2027-05-04') }), ladder: ladderOf('opens'), listener: monday }, days)).toEqual(['2027-05-04 opens'])
  })
})
