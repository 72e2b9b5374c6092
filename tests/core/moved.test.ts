import { describe, expect, test } from 'vitest'
import { byTheRules } from '../../src/core/message.ts'
import type { Obligation } from '../../src/core/obligation.ts'
import { decideReminder } from '../../src/core/reminder.ts'
import type { Listener, Said } from '../../src/core/rise.ts'
import { bob, carol, day, daysFrom, defaultLadder, ladderOf, listener, obligation, untouched } from '../helpers/factory.ts'
import { live, rowOf, type Story } from '../helpers/ledger.ts'

// A duty of Alice that the rules moved from 15 May to 30 June 2027, a Wednesday; its ladder says 30, 7 and 0 days.

const ladder = ladderOf('P30D', 'P7D', 'P0D')
const moved = (rest: Partial<Obligation> = {}): Obligation => obligation({ movedFrom: day('2027-05-15'), movedBy: byTheRules, ...rest })
const story = (rest: Partial<Obligation> = {}, to: Partial<Listener> = {}, more: Partial<Story> = {}): Story =>
  ({ obligation: moved(rest), ladder, listener: listener(to), ...more })
const toTheDay = daysFrom('2027-05-03', '2027-06-30')

const decided = (one: Story, asOf: string, said: readonly Said[] = []) =>
  decideReminder(one.obligation, one.ladder, one.listener, { said, circumstances: untouched }, day(asOf))
/** What the ledger holds of a notice that Alice was told, for the day she was told it for. */
const told = (notice: string, countedTo: string, offsetDays: number): Said =>
  rowOf({ rung: { notice, audience: 'owner' }, countedTo: day(countedTo), offsetDays }, listener(), 'said')

describe('a duty that the rules moved', () => {
  test('is said on the first day somebody asks, once, and its later notices open as usual', () => {
    expect(live(story(), toTheDay)).toEqual(['2027-05-03 moved', '2027-05-31 P30D', '2027-06-23 P7D', '2027-06-30 P0D'])
  })

  test.each([
    ['before any', '2027-05-28', ['2027-05-28 moved', '2027-05-31 P30D', '2027-06-23 P7D', '2027-06-30 P0D']],
    ['the day before one', '2027-06-22', ['2027-06-22 moved (P30D)', '2027-06-23 P7D', '2027-06-30 P0D']],
    ['on its day', '2027-06-23', ['2027-06-23 moved (P30D P7D)', '2027-06-30 P0D']],
    ['after it', '2027-06-24', ['2027-06-24 moved (P30D P7D)', '2027-06-30 P0D']],
    ['on the day itself', '2027-06-30', ['2027-06-30 moved (P30D P7D P0D)']],
  ])('stands for the notices of the new day already reached: asked first %s', (_when, first, expected) => {
    expect(live(story(), daysFrom(first, '2027-06-30'))).toEqual(expected)
  })

  test('is said for the new day, as far off as that is, with the reason', () => {
    const decision = decided(story(), '2027-06-01')
    expect(decision).toMatchObject({ say: true, reason: 'moved', rise: { rung: { notice: 'moved' }, offsetDays: 29 } })
    expect(String(decision.rise?.countedTo)).toBe('2027-06-30')
  })

  test('is named by a notice that is reached with it before a weekend', () => {
    const decision = decided(story({ dueOn: day('2027-07-05') }), '2027-06-04')
    expect(decision).toMatchObject({ say: true, reason: 'moved', rise: { rung: { notice: 'P30D' } } })
  })

  test('is said however often and in whatever order it is asked, once', () => {
    const asked = [...toTheDay, ...toTheDay, ...toTheDay.toReversed()]
    expect(live(story(), asked).filter((one) => one.includes('moved'))).toEqual(['2027-05-03 moved'])
  })

  test('says it also to somebody who had been told of the old day', () => {
    const before = [told('P30D', '2027-05-15', 30), told('P7D', '2027-05-15', 7)]
    expect(live(story(), ['2027-05-14', '2027-05-17', '2027-05-31'], before)).toEqual(['2027-05-14 moved', '2027-05-31 P30D'])
  })

  test('says nothing more to somebody who has been told of the new day', () => {
    expect(live(story(), ['2027-06-01', '2027-06-22', '2027-06-23'], [told('P30D', '2027-06-30', 30)])).toEqual(['2027-06-23 P7D'])
  })

  test('is said anew when the rules move it once more', () => {
    const said: Said[] = []
    expect(live(story(), ['2027-05-03', '2027-05-04'], said)).toEqual(['2027-05-03 moved'])
    const again = story({ movedFrom: day('2027-06-30'), dueOn: day('2027-09-30') })
    expect(live(again, ['2027-05-05', '2027-05-06'], said)).toEqual(['2027-05-05 moved'])
  })

  test('to an earlier day tells that day at once', () => {
    const earlier = story({ movedFrom: day('2027-12-31') })
    expect(live(earlier, daysFrom('2027-06-25', '2027-06-30'))).toEqual(['2027-06-25 moved (P30D P7D)', '2027-06-30 P0D'])
  })
})

describe('a day that comes back', () => {
  const atFirst: Story = { obligation: obligation(), ladder, listener: listener() }
  const away = story({ movedFrom: day('2027-06-30'), dueOn: day('2027-09-30') })
  const back = story({ movedFrom: day('2027-09-30') })

  test('after another was announced is news again, once', () => {
    const said: Said[] = []
    expect(live(atFirst, ['2027-05-31'], said)).toEqual(['2027-05-31 P30D'])
    expect(live(away, ['2027-06-01', '2027-06-02'], said)).toEqual(['2027-06-01 moved'])
    expect(live(back, daysFrom('2027-06-03', '2027-06-30'), said)).toEqual(['2027-06-03 moved', '2027-06-23 P7D', '2027-06-30 P0D'])
  })

  test('before anybody was told that it had gone is no news', () => {
    const said: Said[] = []
    live(atFirst, ['2027-05-31'], said)
    expect(live(back, daysFrom('2027-06-03', '2027-06-30'), said)).toEqual(['2027-06-23 P7D', '2027-06-30 P0D'])
  })
})

describe('a visit with an agreed day', () => {
  const booked = story({ bookedOn: day('2027-06-21') })

  test('counts to that day: nothing is said of the limit behind it', () => {
    expect(live(booked, daysFrom('2027-05-03', '2027-06-21'))).toEqual(['2027-05-21 P30D', '2027-06-14 P7D', '2027-06-21 P0D'])
  })

  test('that was agreed after the move was told, and given up again, says it no second time', () => {
    const said: Said[] = []
    expect(live(story(), ['2027-05-03'], said)).toEqual(['2027-05-03 moved'])
    expect(live(booked, ['2027-05-04', '2027-05-05'], said)).toEqual([])
    expect(live(story(), ['2027-05-06', '2027-05-07'], said)).toEqual([])
  })
})

describe('nothing is said of a move', () => {
  test.each([['by a person', 'Carol'], ['by somebody who is not named', undefined]])('%s: the ladder of the new day speaks', (_who, movedBy) => {
    expect(live(story({ movedBy }), toTheDay)).toEqual(['2027-05-31 P30D', '2027-06-23 P7D', '2027-06-30 P0D'])
  })

  test('that never was', () => {
    expect(live({ obligation: obligation(), ladder, listener: listener() }, toTheDay)[0]).toBe('2027-05-31 P30D')
  })

  test.each(['outside', 'nobody'] as const)('of what %s owes', (owedBy) => {
    expect(live(story({ owedBy }), toTheDay)).toEqual(['2027-05-31 P30D', '2027-06-23 P7D', '2027-06-30 P0D'])
  })

  test('of what has no notices of its own', () => {
    expect(live(story({ ladder: 'none' }, {}, { ladder: defaultLadder('none') }), toTheDay)).toEqual([])
  })

  test.each(['unconfirmed', 'met', 'not-applicable'] as const)('of a duty that is %s', (state) => {
    expect(live(story({ state }), toTheDay)).toEqual([])
  })

  test('of a duty that was handed in', () => {
    expect(live(story({ state: 'submitted', submittedOn: day('2027-05-01') }), toTheDay)).toEqual([])
  })

  test('to those above its owner, whose own notices open as usual', () => {
    const above = { audience: 'supervisor' as const, purpose: 'escalation' as const, personId: bob.id }
    const upwards = ladderOf('P30D', 'P7D')
    const withBob = { ...upwards, rungs: [...upwards.rungs, { notice: 'P7D', audience: 'supervisor' as const }] }
    expect(live(story({}, above, { ladder: withBob }), toTheDay)).toEqual(['2027-06-23 P7D'])
  })

  test('once the new day has passed: from there on it is late', () => {
    expect(live(story({}, {}, { ladder: defaultLadder('custom') }), daysFrom('2027-07-01', '2027-07-10'))).toEqual([
      '2027-07-01 overdue-1 (P30D P7D P0D)', '2027-07-08 overdue-2',
    ])
  })
})

describe('who hears it', () => {
  test('an owner who also listens as somebody else', () => {
    expect(live(story({}, { audience: 'compliance', alsoAs: ['owner'], personId: carol.id }), ['2027-05-03', '2027-05-04'])).toEqual(['2027-05-03 moved'])
  })

  test('whoever stands in for the owner, and then not the owner again', () => {
    const said: Said[] = []
    expect(live(story({}, { personId: bob.id, onBehalfOf: 1 }), ['2027-05-03'], said)).toEqual(['2027-05-03 moved'])
    expect(live(story(), ['2027-05-04', '2027-05-31'], said)).toEqual(['2027-05-31 P30D'])
  })

  test('whoever is reached because nobody nearer can be', () => {
    expect(live(story({}, { purpose: 'fallback', personId: carol.id }), ['2027-05-03', '2027-05-04'])).toEqual(['2027-05-03 moved'])
  })
})

describe('beside a ladder as it comes', () => {
  test('the notice overdue is the same, and as often', () => {
    const days = daysFrom('2027-07-01', '2027-08-15')
    const custom = { ladder: defaultLadder('custom') }
    const plain: Story = { obligation: obligation(), listener: listener(), ...custom }
    expect(live(story({}, {}, custom), days)).toEqual(live(plain, days))
    expect(live(plain, days)).toHaveLength(5)
  })

  test('it is overdue only after the looser day where there are two, and between them nothing is said of a move', () => {
    const two = story({ latestOn: day('2027-07-15') }, {}, { ladder: defaultLadder('custom') })
    const all = live(two, daysFrom('2027-07-01', '2027-07-16'))
    expect(all.filter((one) => one.includes('moved'))).toEqual([])
    expect(all.at(-1)).toMatch(/^2027-07-16 overdue-1/)
  })

  test('a notice replaced by a changed policy is still said for the new day: the move does not stand for it', () => {
    const said: Said[] = []
    live(story(), ['2027-06-04'], said)
    const changed = story({}, {}, { ladder: ladderOf('P25D', 'P7D', 'P0D') })
    expect(live(changed, ['2027-06-05', '2027-06-07'], said)).toEqual([])
    expect(live(story({}, {}, { ladder: ladderOf('P21D', 'P7D', 'P0D') }), ['2027-06-09'], said)).toEqual(['2027-06-09 P21D'])
  })
})

test('the next notice named is that of the new day', () => {
  const { next } = decided(story(), '2027-05-03')
  expect([next?.rung.notice, String(next?.on)]).toEqual(['P30D', '2027-05-31'])
})
