import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Calendar, weekdays } from '../../src/core/calendar.ts'
import type { Ladder } from '../../src/core/ladder.ts'
import { decideReminder } from '../../src/core/reminder.ts'
import { risesOf, type Said } from '../../src/core/rise.ts'
import { alice, bob, china, day, daysFrom, defaultLadder, ladderOf, listener, obligation, untouched } from '../helpers/factory.ts'
import { live, type Story } from '../helpers/ledger.ts'

const plain = defaultLadder('custom')
const story = (rest: Partial<Story> = {}): Story => ({ obligation: obligation(), ladder: plain, listener: listener(), ...rest })

function decided(on: string, rest: Partial<Story> = {}, said: readonly Said[] = []): string {
  const { obligation, ladder, listener, circumstances } = story(rest)
  const decision = decideReminder(obligation, ladder, listener, { said, circumstances: { ...untouched, ...circumstances } }, day(on))
  return `${decision.say ? 'say' : 'silent'} ${decision.reason}${decision.rise ? ` ${decision.rise.rung.notice}` : ''}`
}

function row(notice: string, offsetDays: number, rest: Partial<Said> = {}): Said {
  return {
    notice, offsetDays, countedTo: day('2027-06-30'), purpose: 'reminder', personId: alice.id, onBehalfOf: undefined, outcome: 'said', ...rest,
  }
}

describe('the life of a certificate that expires on Wednesday 2027-06-30', () => {
  const certificate = { obligation: obligation({ kind: 'expiry', ladder: 'expiry' }), ladder: defaultLadder('expiry') }
  const audiences = { owner: 'reminder', supervisor: 'escalation', compliance: 'escalation', management: 'escalation' } as const
  const heardBy = (audience: keyof typeof audiences, circumstances = {}): string[] =>
    live(story({ ...certificate, circumstances, listener: listener({ audience, purpose: audiences[audience] }) }), daysFrom('2026-01-05', '2027-10-01'))

  it('its owner hears each notice on its day, and then what is late', () => {
    expect(heardBy('owner')).toEqual([
      '2026-10-02 P270D', '2027-01-01 P180D', '2027-04-01 P90D', '2027-04-30 P60D', '2027-05-31 P30D', '2027-06-16 P14D', '2027-06-23 P7D',
      '2027-06-30 P0D', '2027-07-01 overdue-1', '2027-07-08 overdue-2', '2027-07-15 overdue-3', '2027-07-22 overdue-4', '2027-07-29 overdue-5',
      '2027-08-30 overdue-6', '2027-09-29 overdue-7',
    ])
  })

  it('those above hear what escalates, and once that it is late', () => {
    expect(heardBy('supervisor')).toEqual(['2027-01-29 P150D', '2027-05-31 P30D', '2027-07-01 overdue-1'])
    expect(heardBy('compliance')).toEqual(['2027-03-02 P120D', '2027-05-31 P30D'])
    expect(heardBy('management')).toEqual(['2027-05-31 P30D', '2027-06-23 P7D', '2027-07-01 overdue-1'])
  })

  it('nobody hears "if not booked" once the audit is booked', () => {
    expect(heardBy('owner', { booked: true }).slice(0, 2)).toEqual(['2026-10-02 P270D', '2027-04-01 P90D'])
    expect(heardBy('supervisor', { booked: true })).toEqual(['2027-05-31 P30D', '2027-07-01 overdue-1'])
    expect(heardBy('compliance', { booked: true })).toEqual(['2027-05-31 P30D'])
  })
})

describe('asked on one day, with nothing said so far, a duty due on 2027-06-30', () => {
  it.each([
    ['2027-05-30', 'silent not-yet'],
    ['2027-05-31', 'say first-notice P30D'],
    ['2027-06-22', 'say first-notice P30D'],
    ['2027-06-23', 'say first-notice P7D'],
    ['2027-06-29', 'say first-notice P7D'],
    ['2027-06-30', 'say first-notice P0D'],
    ['2027-07-01', 'say overdue overdue-1'],
    ['2027-07-07', 'say overdue overdue-1'],
    ['2027-07-08', 'say overdue overdue-2'],
    ['2028-06-30', 'say overdue overdue-5'],
  ])('on %s: %s', (on, expected) => {
    expect(decided(on)).toBe(expected)
  })

  it.each([
    ['2027-06-22', 'silent already-said P30D'],
    ['2027-06-23', 'say next-notice P7D'],
  ])('after its first notice, on %s: %s', (on, expected) => {
    expect(decided(on, {}, [row('P30D', 30)])).toBe(expected)
  })
})

describe('after a time without runs', () => {
  it('a month yields one reminder, which covers the older ones', () => {
    expect(live(story(), ['2027-04-01', '2027-06-30'])).toEqual(['2027-06-30 P0D (P30D P7D)'])
  })

  it('a year yields one overdue notice', () => {
    expect(live(story(), ['2026-06-01', '2027-07-15', '2027-07-16'])).toEqual(['2027-07-15 overdue-3 (P30D P7D P0D overdue-1 overdue-2)'])
  })

  it('repeated, skipped and disordered days say nothing twice', () => {
    expect(live(story(), ['2027-06-24', '2027-06-24', '2027-06-01', '2027-06-29', '2027-06-23', '2027-06-30', '2027-05-31']))
      .toEqual(['2027-06-24 P7D (P30D)', '2027-06-30 P0D'])
  })
})

describe('who is done', () => {
  it.each([
    ['unconfirmed', 'silent unconfirmed'], ['met', 'silent met'], ['not-applicable', 'silent not-applicable'], ['open', 'say overdue overdue-1'],
  ] as const)('a duty that is %s: %s', (state, expected) => {
    expect(decided('2027-07-01', { obligation: obligation({ state }) })).toBe(expected)
  })

  it('has nothing to say on a ladder without notices', () => {
    expect(decided('2027-07-01', { ladder: defaultLadder('none') })).toBe('silent no-notices')
    expect(decided('2027-07-01', { listener: listener({ audience: 'management' }) })).toBe('silent no-notices')
  })

  it('has nothing left after the last repeat', () => {
    expect(live(story(), daysFrom('2027-07-20', '2030-01-01'))).toHaveLength(3)
  })
})

describe('a duty handed in but not yet decided', () => {
  const submitted = obligation({ state: 'submitted', metBy: 'verified' })

  it.each([
    ['2027-06-01', 'silent submitted P30D'], ['2027-06-30', 'silent submitted P0D'], ['2027-07-01', 'say overdue overdue-1'],
  ])('is quiet while its day is ahead: on %s %s', (on, expected) => {
    expect(decided(on, { obligation: submitted })).toBe(expected)
  })

  it('that is sent back hears the tightest notice reached meanwhile', () => {
    const said: Said[] = []
    live(story({ obligation: submitted }), daysFrom('2027-05-01', '2027-06-24'), said)
    expect(live(story(), ['2027-06-25', '2027-06-26'], said)).toEqual(['2027-06-25 P7D (P30D)'])
  })
})

describe('a moved day', () => {
  it('that a person moved opens a new ladder, and the first notice says from-to', () => {
    const said: Said[] = []
    live(story(), daysFrom('2027-05-01', '2027-06-24'), said)
    const later = { obligation: obligation({ dueOn: day('2027-07-20'), movedFrom: day('2027-06-30') }) }
    expect(decided('2027-06-25', later, said)).toBe('say moved P30D')
    expect(live(story(later), daysFrom('2027-06-25', '2027-07-21'), said))
      .toEqual(['2027-06-25 P30D', '2027-07-13 P7D', '2027-07-20 P0D', '2027-07-21 overdue-1'])
  })

  it('is only "moved" for who had heard of the old one', () => {
    expect(decided('2027-06-01', { obligation: obligation({ movedFrom: day('2027-05-01') }) })).toBe('say first-notice P30D')
  })

  it('that is moved there and back says nothing a second time', () => {
    const said: Said[] = []
    live(story(), ['2027-06-24'], said)
    live(story({ obligation: obligation({ dueOn: day('2027-07-20') }) }), ['2027-06-25'], said)
    expect(live(story(), daysFrom('2027-06-26', '2027-06-29'), said)).toEqual([])
  })

  it('changed otherwise (title, owner of the certificate, revision) says nothing again', () => {
    const edited = obligation({ title: { en: 'x', zh: 'x' }, revision: 9, enteredOn: day('2027-06-01') })
    expect(decided('2027-06-24', { obligation: edited }, [row('P7D', 7)])).toBe('silent already-said P7D')
  })
})

describe('a surveillance audit with its last day on 2027-06-30', () => {
  const audit = { ladder: defaultLadder('surveillance-audit') }

  it('counts to the last allowed day while nothing is booked', () => {
    expect(live(story(audit), daysFrom('2027-01-01', '2027-07-09'))).toEqual([
      '2027-01-29 P150D', '2027-03-17 P105D', '2027-04-16 P75D', '2027-05-14 P45D', '2027-07-01 overdue-1', '2027-07-08 overdue-2',
    ])
  })

  it('counts to the booked day once there is one, and is late only after the last allowed day', () => {
    const said: Said[] = []
    live(story(audit), daysFrom('2027-01-01', '2027-02-28'), said)
    const booked = { ...audit, obligation: obligation({ bookedOn: day('2027-06-09') }), circumstances: { booked: true } }
    expect(live(story(booked), daysFrom('2027-03-01', '2027-07-02'), said))
      .toEqual(['2027-04-23 P45D', '2027-05-26 P14D', '2027-06-04 P3WD', '2027-07-01 overdue-1'])
  })

  it('hears its 45-day notice at the send hour though the same day was looked at in the night', () => {
    // A notice that waits for its hour is not in the ledger yet; what was skipped is.
    const asked = () => decideReminder(obligation(), audit.ladder, listener(), { said, circumstances: untouched }, day('2027-05-14'))
    const said: Said[] = [row('P75D', 75)]
    said.push(...asked().unheard.map(({ rise, outcome }) => row(rise.rung.notice, rise.offsetDays, { outcome })))
    const decision = asked()
    expect(`${decision.say} ${decision.rise?.rung.notice} ${decision.rise?.rung.when}`).toBe('true P45D unbooked')
  })

  it('booked for a day past the limit counts to it, though it has been late before', () => {
    const said: Said[] = []
    live(story(audit), daysFrom('2027-05-14', '2027-07-09'), said)
    const booked = { ...audit, obligation: obligation({ bookedOn: day('2027-07-28') }), circumstances: { booked: true } }
    expect(live(story(booked), daysFrom('2027-07-10', '2027-07-24'), said))
      .toEqual(['2027-07-10 P45D', '2027-07-14 P14D', '2027-07-15 overdue-3', '2027-07-22 overdue-4', '2027-07-23 P3WD'])
  })
})

describe('a notice with a condition', () => {
  const ladder = ladderOf('P60D', 'P30D unbooked', 'P7D')

  it('that does not hold is skipped, names what it asked for, and covers nothing', () => {
    const booked = { ladder, circumstances: { booked: true } }
    const decision = decideReminder(obligation(), ladder, listener(), { said: [], circumstances: { ...untouched, booked: true } }, day('2027-06-01'))
    expect(decision.unheard.map(({ rise, outcome }) => `${rise.rung.notice} ${rise.rung.when} ${outcome}`)).toEqual(['P30D unbooked skipped'])
    expect(live(story(booked), ['2027-06-01', '2027-06-23'])).toEqual(['2027-06-01 P60D', '2027-06-23 P7D'])
  })

  it('that is skipped alone leaves "not yet" while more is to come, and "nothing left" after the last', () => {
    const only = { ladder: ladderOf('P30D unbooked', 'P7D unbooked', 'P0D'), circumstances: { booked: true } }
    expect(decided('2027-06-24', only)).toBe('silent not-yet')
    expect(decided('2027-06-24', { ...only, ladder: ladderOf('P30D unbooked') })).toBe('silent nothing-left')
  })

  it('is skipped once, not on every run', () => {
    const said: Said[] = []
    live(story({ ladder, circumstances: { booked: true } }), daysFrom('2027-06-01', '2027-06-10'), said)
    expect(said.map((one) => `${one.notice} ${one.outcome}`)).toEqual(['P60D said', 'P30D skipped'])
    const again = decideReminder(obligation(), ladder, listener(), { said, circumstances: { ...untouched, booked: true } }, day('2027-06-11'))
    expect(`${again.reason}, ${again.unheard.length} skipped`).toBe('already-said, 0 skipped')
  })

  it.each([
    ['unbooked', {}], ['booked', { booked: true }], ['uncontracted', {}], ['unstarted', {}], ['long', { long: true }], ['undecided', {}],
  ])('"%s" holds', (when, circumstances) => {
    expect(decided('2027-06-01', { ladder: ladderOf(`P30D ${when}`), circumstances })).toBe('say first-notice P30D')
  })

  it.each([
    ['unbooked', { booked: true }], ['booked', {}], ['uncontracted', { contracted: true }], ['unstarted', { started: true }], ['long', {}],
  ])('"%s" does not hold otherwise', (when, circumstances) => {
    expect(decided('2027-06-01', { ladder: ladderOf(`P30D ${when}`), circumstances })).toBe('silent nothing-left')
  })
})

describe('a policy', () => {
  it('with its notices unsorted or twice says the same as in order', () => {
    const days = daysFrom('2027-05-01', '2027-07-05')
    const sorted = live(story({ ladder: ladderOf('P30D', 'P7D', 'P0D') }), days)
    expect(live(story({ ladder: ladderOf('P0D', 'P30D', 'P7D', 'P30D', 'P0D') }), days)).toEqual(sorted)
    expect(live(story({ ladder: ladderOf('P7D', 'P30D', 'P7D') }), ['2027-06-23'])).toEqual(['2027-06-23 P7D (P30D)'])
  })

  it.each([
    ['P30D', 'P28D', []],
    ['P28D', 'P30D', []],
    ['P60D', 'P45D', []],
    ['P30D', 'P21D', ['2027-06-09 P21D']],
    ['P30D', 'P7D', ['2027-06-23 P7D']],
    ['P7D', 'P3D', ['2027-06-25 P3D']],
  ])('changed from %s to %s after the first was said, says %j more', (before, after, more) => {
    const said: Said[] = []
    live(story({ ladder: ladderOf(before) }), daysFrom('2027-04-01', day('2027-06-30').subtract(before).toString()), said)
    expect(live(story({ ladder: ladderOf(after) }), daysFrom('2027-04-01', '2027-06-30'), said)).toEqual(more)
  })

  it('that adds a notice beside the one said speaks at both', () => {
    expect(live(story({ ladder: ladderOf('P30D', 'P28D') }), daysFrom('2027-05-01', '2027-06-30'))).toEqual(['2027-05-31 P30D', '2027-06-02 P28D'])
  })

  it('of a year ahead is heard a year ahead', () => {
    expect(live(story({ ladder: ladderOf('P365D') }), daysFrom('2026-01-05', '2027-06-30'))).toEqual(['2026-06-30 P365D'])
  })
})

describe('who stands in', () => {
  const deputy = listener({ personId: bob.id, onBehalfOf: alice.id })

  it('for the owner has spoken for them: neither hears it twice', () => {
    expect(decided('2027-06-01', {}, [row('P30D', 30, { personId: bob.id, onBehalfOf: alice.id })])).toBe('silent already-said P30D')
    expect(decided('2027-06-01', { listener: deputy }, [row('P30D', 30)])).toBe('silent already-said P30D')
  })

  it('takes over from another deputy', () => {
    const carolWas = row('P30D', 30, { personId: 3, onBehalfOf: alice.id })
    expect(decided('2027-06-01', { listener: deputy }, [carolWas])).toBe('silent already-said P30D')
  })

  it('for somebody else has said nothing to a new owner', () => {
    const toBobForAlice = row('P30D', 30, { personId: bob.id, onBehalfOf: alice.id })
    expect(decided('2027-06-01', { listener: listener({ personId: 9 }) }, [toBobForAlice])).toBe('say first-notice P30D')
  })

  it('keeps apart what is a reminder and what is an escalation', () => {
    expect(decided('2027-06-01', {}, [row('P30D', 30, { purpose: 'escalation' })])).toBe('say first-notice P30D')
  })

  it('because mail came back hears what the owner and the one before them were told in vain', () => {
    const fallback = listener({ personId: bob.id, onBehalfOf: alice.id, purpose: 'fallback' })
    const inVain = [row('P30D', 30), row('P30D', 30, { purpose: 'fallback', personId: 9, onBehalfOf: alice.id })]
    expect(decided('2027-06-01', { listener: fallback }, inVain)).toBe('say first-notice P30D')
    expect(decided('2027-06-01', { listener: fallback }, [...inVain, row('P30D', 30, { purpose: 'fallback', personId: bob.id })]))
      .toBe('silent already-said P30D')
  })
})

describe('one person in two roles', () => {
  it('hears each notice of both once', () => {
    const both = listener({ audience: 'compliance', alsoAs: ['management'], purpose: 'escalation' })
    expect(live(story({ ladder: defaultLadder('expiry'), listener: both }), daysFrom('2027-01-01', '2027-07-10')))
      .toEqual(['2027-03-02 P120D', '2027-05-31 P30D', '2027-06-23 P7D', '2027-07-01 overdue-1'])
  })
})

describe('days off', () => {
  const due = (dueOn: string, calendar: Calendar = weekdays) => ({ obligation: obligation({ dueOn: day(dueOn) }), listener: listener({ calendar }) })

  it('move a notice up to the day back to the working day before, and an overdue one forward', () => {
    // Sunday 2027-06-27.
    expect(live(story(due('2027-06-27')), daysFrom('2027-05-01', '2027-07-06')))
      .toEqual(['2027-05-28 P30D', '2027-06-18 P7D', '2027-06-25 P0D', '2027-06-28 overdue-1', '2027-07-05 overdue-2'])
  })

  it('that bring two notices together say the tighter', () => {
    const ladder = ladderOf('P2D', 'P1D', 'P0D')
    expect(live(story({ ...due('2027-06-28'), ladder }), daysFrom('2027-06-01', '2027-06-30'))).toEqual(['2027-06-25 P1D (P2D)', '2027-06-28 P0D'])
  })

  it('of nine in a row are walked over, and a Sunday worked instead is a day like any other', () => {
    // Due within Spring Festival; a week before it is Thursday 2026-02-12, the day itself goes back to Saturday 14.
    const entered = { enteredOn: day('2025-06-01') }
    expect(live(story({ ...due('2026-02-19', china), obligation: obligation({ dueOn: day('2026-02-19'), ...entered }) }), daysFrom('2026-01-01', '2026-03-05')))
      .toEqual(['2026-01-20 P30D', '2026-02-12 P7D', '2026-02-14 P0D', '2026-02-24 overdue-1', '2026-03-03 overdue-2'])
  })

  it('a calendar that arrives later and shifts working days says nothing twice', () => {
    const duty = { obligation: obligation({ dueOn: day('2026-10-09') }), ladder: ladderOf('P3WD') }
    const said: Said[] = []
    const by = (calendar: Calendar) => live(story({ ...duty, listener: listener({ calendar }) }), daysFrom('2026-09-01', '2026-10-09'), said)
    // Three working days before are ten days over National Day, and three where nobody knew of it.
    expect(by(china)).toEqual(['2026-09-29 P3WD'])
    expect(by(weekdays)).toEqual([])
  })
})

describe('months and leap years', () => {
  it.each([
    ['2028-02-29', ['2028-01-28 P30D', '2028-02-22 P7D', '2028-02-29 P0D', '2028-03-01 overdue-1']],
    ['2028-01-31', ['2027-12-31 P30D', '2028-01-24 P7D', '2028-01-31 P0D', '2028-02-01 overdue-1']],
  ])('a duty due on %s', (dueOn, expected) => {
    const said = live(story({ obligation: obligation({ dueOn: day(dueOn) }) }), daysFrom('2027-06-01', '2028-03-02'))
    expect(said.slice(0, 4)).toEqual(expected)
  })

  it('a notice repeated monthly from 31 January comes at each month\'s end', () => {
    const ladder: Ladder = { ...ladderOf(), overdue: [{ every: 'P1M', times: 'until closed' }] }
    expect(live(story({ ladder, obligation: obligation({ dueOn: day('2028-01-31') }) }), daysFrom('2028-01-01', '2028-05-31')))
      .toEqual(['2028-02-29 overdue-1', '2028-03-31 overdue-2', '2028-05-01 overdue-3', '2028-05-31 overdue-4'])
  })
})

describe('where two readings of the law differ', () => {
  const contested = { obligation: obligation({ latestOn: day('2027-07-30') }) }

  it('reminders count to the earlier day, and it is late only after the later', () => {
    expect(live(story(contested), daysFrom('2027-05-01', '2027-08-06')))
      .toEqual(['2027-05-31 P30D', '2027-06-23 P7D', '2027-06-30 P0D', '2027-08-02 overdue-1'])
  })

  it('one overdue notice covers what was missed on both', () => {
    expect(live(story(contested), ['2027-08-02', '2027-08-03'])).toEqual(['2027-08-02 overdue-1 (P30D P7D P0D)'])
  })
})

describe('a window that opens', () => {
  const filing = { ladder: defaultLadder('filing'), obligation: obligation({ opensOn: day('2027-05-31') }) }

  it('is said on its day', () => {
    expect(live(story(filing), daysFrom('2027-05-01', '2027-07-03')))
      .toEqual(['2027-05-31 opens', '2027-06-16 P14D', '2027-06-23 P7D', '2027-06-25 P3WD', '2027-06-30 P0D', '2027-07-02 overdue-1'])
  })

  it('is not said of a duty that opens nothing', () => {
    expect(live(story({ ladder: filing.ladder }), daysFrom('2027-05-01', '2027-06-16'))).toEqual(['2027-06-16 P14D'])
  })
})

describe('what comes next', () => {
  it.each([
    ['2027-05-01', 'P30D 2027-05-31'], ['2027-05-31', 'P7D 2027-06-23'], ['2027-06-30', 'overdue-1 2027-07-01'],
    ['2027-07-01', 'overdue-2 2027-07-08'], ['2027-08-01', undefined],
  ])('after %s is %s', (on, expected) => {
    const { next } = decideReminder(obligation(), plain, listener(), { said: [], circumstances: untouched }, day(on))
    expect(next && `${next.rung.notice} ${next.on.toString()}`).toBe(expected)
  })
})

// ---- promises

const someNotices = ['P60D', 'P45D unbooked', 'P45D booked', 'P30D', 'P14D', 'P10WD', 'P7D', 'P3WD', 'P1D', 'P0D', 'late-P5WD', 'opens']
const someRepeats: Ladder['overdue'][] = [
  [], [{ every: 'P1WD', times: 1 }, { every: 'P7D', times: 2 }], [{ every: 'P2WD', times: 3 }], [{ every: 'P7D', times: 1 }, { every: 'P1M', times: 'until closed' }],
]
const someDay = (from: string, span: number) => fc.integer({ min: 0, max: span }).map((n) => day(from).add({ days: n }))

const someStory: fc.Arbitrary<Story> = fc.record({
  notices: fc.array(fc.constantFrom(...someNotices), { maxLength: 8 }),
  overdue: fc.constantFrom(...someRepeats),
  dueOn: someDay('2026-09-15', 40),
  latestOn: fc.option(fc.integer({ min: 1, max: 40 })),
  bookedOn: fc.option(fc.integer({ min: -30, max: 30 })),
  opensOn: fc.option(fc.integer({ min: 0, max: 50 })),
  calendar: fc.constantFrom(china, weekdays),
  submitted: fc.boolean(),
}).map(({ notices, overdue, dueOn, calendar, ...rest }) => ({
  ladder: { ...ladderOf(...notices), overdue },
  listener: listener({ calendar }),
  obligation: obligation({
    dueOn, state: rest.submitted ? 'submitted' : 'open', enteredOn: day('2026-06-01'),
    latestOn: rest.latestOn === null ? undefined : dueOn.add({ days: rest.latestOn }),
    bookedOn: rest.bookedOn === null ? undefined : dueOn.add({ days: rest.bookedOn }),
    opensOn: rest.opensOn === null ? undefined : dueOn.subtract({ days: rest.opensOn }),
  }),
  circumstances: { booked: rest.bookedOn !== null },
}))

const span = daysFrom('2026-05-01', '2026-12-31')
const ledgerAfter = (one: Story, days: readonly string[]): { lines: string[]; said: Said[] } => {
  const said: Said[] = []
  return { lines: live(one, days, said), said }
}
const key = (one: Pick<Said, 'notice' | 'countedTo'>): string => `${one.notice} ${one.countedTo.toString()}`

describe('whatever days are asked, in whatever order', () => {
  it('no notice is said twice, and none after a tighter one of the same day', () => {
    fc.assert(fc.property(someStory, fc.array(fc.constantFrom(...span), { maxLength: 60 }), (one, days) => {
      const said = ledgerAfter(one, days).said.filter((row) => row.outcome === 'said')
      expect(new Set(said.map(key)).size).toBe(said.length)
      for (const rows of Map.groupBy(said, (row) => row.countedTo.toString()).values()) {
        rows.slice(1).forEach((row, i) => expect(row.offsetDays).toBeLessThan(rows[i]!.offsetDays))
      }
    }), { numRuns: 300 })
  })

  it('asking the same day again says nothing more', () => {
    fc.assert(fc.property(someStory, fc.array(fc.constantFrom(...span), { maxLength: 20 }), (one, days) => {
      const { said } = ledgerAfter(one, days)
      expect(live(one, days.slice(-1), said)).toEqual([])
    }), { numRuns: 200 })
  })

  it('asked daily, every notice that applies is said on its day, or covered there by a tighter one', () => {
    fc.assert(fc.property(someStory.filter((one) => one.obligation.state === 'open'), (one) => {
      const { lines } = ledgerAfter(one, span)
      const due = risesOf(one.obligation, one.ladder, one.listener, { said: [], circumstances: { ...untouched, ...one.circumstances } }, day('2026-12-31'))
        .filter((rise) => rise.on.toString() <= '2026-12-31' && rise.rung.when !== (one.circumstances?.booked ? 'unbooked' : 'booked'))
      // Several that land on one day make one mail: the line names the one said and those it covers.
      const byDay = Map.groupBy(due, (rise) => rise.on.toString())
      expect(lines.map((line) => line.slice(0, 10))).toEqual([...byDay.keys()].toSorted())
      for (const line of lines) {
        const named = line.slice(11).replace(/[()]/g, '').split(' ').toSorted()
        expect(named).toEqual([...new Set(byDay.get(line.slice(0, 10))!.map((rise) => rise.rung.notice))].toSorted())
      }
    }), { numRuns: 300 })
  })

  it('who asks late owes nothing more, and has said nothing that daily asking would not have', () => {
    fc.assert(fc.property(someStory, fc.subarray(span), (one, days) => {
      const last = span.at(-1)!
      const late = ledgerAfter(one, [...days, last]).said
      expect(live(one, [last], late)).toEqual([])
      expect(ledgerAfter(one, span).said.map(key)).toEqual(expect.arrayContaining(late.filter((row) => row.outcome === 'said').map(key)))
    }), { numRuns: 100 })
  })
})
