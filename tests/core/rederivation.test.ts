import { describe, expect, it } from 'vitest'
import type { Derived, Obligation } from '../../src/core/obligation.ts'
import { byDueDay, decideRederivation, type Occasion } from '../../src/core/rederivation.ts'
import { day, derived, obligation } from '../helpers/factory.ts'

const occasion: Occasion = { asOf: day('2027-01-15'), by: 'rules', because: 'scheme version 2', decidedOn: undefined, settledOn: () => undefined }

function changes(standing: readonly Obligation[], rules: readonly Derived[], rest: Partial<Occasion> = {}): string[] {
  const { added, moved, rewritten, ended } = decideRederivation(standing, rules, { ...occasion, ...rest })
  return [
    ...added.map((one) => `added ${one.derived.ruleId}/${one.derived.ordinal} ${one.state}`),
    ...moved.map((one) => `moved ${one.obligation.dueOn.toString()} to ${one.derived.dueOn.toString()} ${one.quiet ? 'quietly' : 'and told'}, ${one.state}`),
    ...rewritten.map((one) => `rewritten ${one.derived.ruleId}`),
    ...ended.map((one) => `ended ${one.obligation.ruleId} ${one.state} on ${one.on.toString()}: ${one.reason}`),
  ]
}

const due = (text: string) => ({ dueOn: day(text) })

describe('what the rules yield as before', () => {
  it('changes nothing', () => {
    expect(changes([obligation()], [derived()])).toEqual([])
  })

  it('whatever a person booked, assigned or began', () => {
    const planned = obligation({ bookedOn: day('2027-05-01'), ownerId: 7, state: 'submitted', submittedOn: day('2027-01-01'), revision: 12 })
    expect(changes([planned], [derived()])).toEqual([])
  })

  it.each([
    ['its title', { title: { en: 'Report to the authority', zh: '年度报告' } }], ['its basis', { basis: 'clause 2' }],
    ['its window', { opensOn: day('2027-05-01') }], ['its looser day', { latestOn: day('2027-07-30') }], ['its ladder', { ladder: 'filing' }],
    ['its mark', { mark: 'unverified' as const }], ['that it is provisional', { provisional: true }],
  ])('but for %s, is rewritten and stays where it is', (_, change) => {
    expect(changes([obligation()], [derived(change)])).toEqual(['rewritten rule'])
  })
})

describe('a new duty', () => {
  it.each([
    ['the day before', '2027-01-14', 'unconfirmed'], ['today', '2027-01-15', 'open'], ['ahead', '2027-01-16', 'open'],
  ])('due %s (%s) is %s: %s', (_, text, state) => {
    expect(changes([], [derived(due(text))])).toEqual([`added rule/1 ${state}`])
  })

  it('is asked about only once its looser day is past too', () => {
    expect(changes([], [derived({ ...due('2027-01-01'), latestOn: day('2027-01-15') })])).toEqual(['added rule/1 open'])
    expect(changes([], [derived({ ...due('2027-01-01'), latestOn: day('2027-01-14') })])).toEqual(['added rule/1 unconfirmed'])
  })

  it('is new by its cycle, rule and number, never by its title', () => {
    const standing = [obligation({ ordinal: 1 })]
    expect(changes(standing, [derived({ ordinal: 1 }), derived({ ordinal: 2 })])).toEqual(['added rule/2 open'])
    expect(changes(standing, [derived(), derived({ cycle: 2 })])).toEqual(['added rule/1 open'])
  })
})

describe('a duty whose day moves', () => {
  it.each([
    ['a day later by the rules', 'rules', '2027-07-01', 'quietly'],
    ['a week later by the rules', 'rules', '2027-07-07', 'quietly'],
    ['a week earlier by the rules', 'rules', '2027-06-23', 'quietly'],
    ['eight days later by the rules', 'rules', '2027-07-08', 'and told'],
    ['eight days earlier by the rules', 'rules', '2027-06-22', 'and told'],
    ['a day later by a person', 'person', '2027-07-01', 'and told'],
  ] as const)('%s', (_, by, to, how) => {
    expect(changes([obligation()], [derived(due(to))], { by })).toEqual([`moved 2027-06-30 to ${to} ${how}, open`])
  })

  it('keeps its identity, its booking and its owner', () => {
    const standing = obligation({ id: 42, bookedOn: day('2027-05-01'), ownerId: 7 })
    const [move] = decideRederivation([standing], [derived(due('2028-06-30'))], occasion).moved
    expect(move!.obligation).toBe(standing)
  })

  it('is open once it lies ahead, though it was past when it was entered', () => {
    const past = obligation({ ...due('2026-12-31'), state: 'unconfirmed' })
    expect(changes([past], [derived(due('2027-01-15'))], { by: 'person' })).toEqual(['moved 2026-12-31 to 2027-01-15 and told, open'])
    expect(changes([past], [derived(due('2027-01-14'))], { by: 'person' })).toEqual(['moved 2026-12-31 to 2027-01-14 and told, unconfirmed'])
  })

  it('into the past stays what it is: it is late, not unasked', () => {
    expect(changes([obligation()], [derived(due('2026-12-31'))], { by: 'person' })).toEqual(['moved 2027-06-30 to 2026-12-31 and told, open'])
    expect(changes([obligation({ state: 'submitted' })], [derived(due('2026-12-31'))])).toEqual(['moved 2027-06-30 to 2026-12-31 and told, submitted'])
  })
})

describe('what is over stays as it was', () => {
  it.each(['met', 'not-applicable'] as const)('a duty that is %s is neither moved, rewritten nor ended', (state) => {
    const over = obligation({ state, metOn: day('2027-01-01') })
    expect(changes([over], [derived(due('2027-09-30'))], { by: 'person' })).toEqual([])
    expect(changes([over], [derived({ basis: 'clause 2' })])).toEqual([])
    expect(changes([over], [])).toEqual([])
  })
})

describe('a duty the rules no longer yield', () => {
  it.each(['open', 'submitted', 'unconfirmed'] as const)('that was %s is not applicable, with the reason', (state) => {
    expect(changes([obligation({ state })], [])).toEqual(['ended rule not-applicable on 2027-01-15: scheme version 2'])
  })

  it.each([
    ['expiry', 'met'], ['recertification', 'met'], ['restoration', 'met'], ['suspension-end', 'met'], ['surveillance-audit', 'not-applicable'],
    ['self-check', 'not-applicable'],
  ] as const)('after a renewal, of kind %s, is %s', (kind, state) => {
    expect(changes([obligation({ kind })], [], { decidedOn: day('2027-01-15'), because: 'renewed' })).toEqual([`ended rule ${state} on 2027-01-15: renewed`])
  })

  it('is met on the day the record says it happened', () => {
    expect(changes([obligation({ kind: 'filing' })], [], { settledOn: () => day('2027-01-10'), because: 'filed' }))
      .toEqual(['ended rule met on 2027-01-10: filed'])
  })

  it.each(['run-1/4.2', 'finding-7/proof'])('the duty %s is not the rules\' to end', (ruleId) => {
    expect(changes([obligation({ ruleId })], [])).toEqual([])
  })
})

it('duties are sorted by day, then rule, then number', () => {
  const all = [
    derived({ ruleId: 'b' }), derived({ ruleId: 'a', ordinal: 2 }), derived({ ruleId: 'a', ordinal: 1 }), derived({ ruleId: 'z', ...due('2027-01-01') }),
  ]
  expect(all.toSorted(byDueDay).map((one) => `${one.ruleId}${one.ordinal}`)).toEqual(['z1', 'a1', 'a2', 'b1'])
})
