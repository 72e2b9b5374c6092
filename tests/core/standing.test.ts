import { describe, expect, it } from 'vitest'
import { decisionKinds } from '../../src/core/certification.ts'
import { certificationStates, decideMove, standingOfCycle, standingOn } from '../../src/core/standing.ts'
import type { Scheme } from '../../src/core/scheme.ts'
import { deriveObligations } from '../../src/core/derivation.ts'
import { anchors, cc, day, decision, fips, iso, mlps, record } from './scheme-samples.ts'

function said(scheme: Scheme, facts: ReturnType<typeof record>, asOf: string): string {
  const { state, endsOn, binds, restorableUntil } = standingOn(scheme, facts, day(asOf))
  return [state, endsOn?.toString(), binds, restorableUntil && `restorable until ${restorableUntil.toString()}`].filter(Boolean).join(' ')
}

describe('a certificate that expires on 2026-08-31', () => {
  const facts = record({ decision: '2023-08-31', expiry: '2026-08-31' })

  it.each([
    ['the day before its decision', '2023-08-30', 'planned 2026-08-31 expiry'],
    ['on the day of its decision', '2023-08-31', 'active 2026-08-31 expiry'],
    ['the day before it expires', '2026-08-30', 'active 2026-08-31 expiry'],
    ['on the day it expires: valid through it', '2026-08-31', 'active 2026-08-31 expiry'],
    ['the day after', '2026-09-01', 'expired-restorable 2026-08-31 expiry restorable until 2027-02-28'],
    ['the day before the restoration limit', '2027-02-27', 'expired-restorable 2026-08-31 expiry restorable until 2027-02-28'],
    ['on the restoration limit', '2027-02-28', 'expired-restorable 2026-08-31 expiry restorable until 2027-02-28'],
    ['the day after that', '2027-03-01', 'expired 2026-08-31 expiry'],
  ])('%s', (_, asOf, expected) => {
    expect(said(iso, facts, asOf)).toBe(expected)
  })

  it('where the scheme knows no restoration, is simply expired', () => {
    expect(said(fips, facts, '2026-09-01')).toBe('expired 2026-08-31 expiry')
  })

  it('on a register that archives what has ended, is archived, and not over: somebody must say what became of it', () => {
    expect(said(cc, facts, '2026-09-01')).toBe('archived 2026-08-31 expiry')
    expect(standingOn(cc, facts, day('2026-09-01')).over).toBe(false)
    expect(deriveObligations(cc, facts, day('2026-09-01')).map((duty) => duty.ruleId)).toEqual(['expiry'])
  })
})

describe('what binds', () => {
  const from = { decision: '2024-05-31' }

  it.each([
    ['the computed expiry', iso, record(from), 'active 2027-05-31 expiry'],
    ['the expiry as stated', iso, record({ ...from, expiry: '2027-05-30' }), 'active 2027-05-30 expiry'],
    ['the edition', iso, record(from, { options: { edition: '2013' } }), 'active 2025-10-31 edition'],
    ['the edition before a stated expiry', fips, record({ decision: '2022-05-31', expiry: '2027-05-30' }, { options: { edition: '140-2' } }), 'active 2026-09-21 edition'],
    ['the parent', iso, record(from, { parentEndsOn: '2026-01-31' }), 'active 2026-01-31 parent'],
    ['not a parent that ends later', iso, record(from, { parentEndsOn: '2028-01-31' }), 'active 2027-05-31 expiry'],
    ['an extension', mlps, record({ filing: '2022-05-31' }, { decisions: [decision('extend', '2025-03-01')] }), 'active 2028-12-31 extension'],
    ['a suspension by the scheme\'s maximum', iso, record(from, { decisions: [decision('suspend', '2025-08-31')] }), 'suspended 2026-02-28 suspension'],
    ['a suspension until a stated day', iso, record(from, { decisions: [decision('suspend', '2025-08-31', '2025-10-01')] }), 'suspended 2025-10-01 suspension'],
    ['the expiry, where it comes before the suspension ends', iso,
      record({ ...from, expiry: '2025-12-31' }, { decisions: [decision('suspend', '2025-08-31')] }), 'suspended 2025-12-31 expiry'],
    ['nothing, where no end is known', cc, record({}), 'planned'],
  ])('is %s', (_, scheme, facts, expected) => {
    expect(said(scheme, facts, '2025-09-15')).toBe(expected)
  })

  it('is shown beside a computed end that differs from the stated one', () => {
    const standing = standingOn(cc, record({ decision: '2023-09-29', expiry: '2028-01-31' }), day('2024-01-01'))
    expect([standing.statedOn?.toString(), standing.computedOn?.toString()]).toEqual(['2028-01-31', '2028-09-29'])
  })

  it.each([['edition', { options: { edition: '2013' } }], ['parent', { parentEndsOn: '2025-10-31' }]])(
    'an ended %s leaves nothing to restore', (_, more) => {
      expect(said(iso, record({ decision: '2024-05-31' }, more), '2025-11-01')).toMatch(/^expired 2025-10-31/)
    })
})

describe('decisions', () => {
  const facts = record({ decision: '2024-05-31' }, {
    decisions: [decision('restore', '2025-06-01'), decision('suspend', '2025-03-01'), decision('withdraw', '2026-02-01')],
  })

  it.each([
    ['2025-02-28', 'active 2027-05-31 expiry'],
    ['2025-03-01', 'suspended 2025-09-01 suspension'],
    ['2025-05-31', 'suspended 2025-09-01 suspension'],
    ['2025-06-01', 'active 2027-05-31 expiry'],
    ['2026-01-31', 'active 2027-05-31 expiry'],
    ['2026-02-01', 'withdrawn 2026-02-01 withdrawal'],
    ['2030-01-01', 'withdrawn 2026-02-01 withdrawal'],
  ])('count from their day on, in whatever order they were entered: %s', (asOf, expected) => {
    expect(said(iso, facts, asOf)).toBe(expected)
  })

  it('given up and archived have their own words', () => {
    expect(said(iso, record({ decision: '2024-05-31' }, { decisions: [decision('cancel', '2025-01-01')] }), '2025-01-01')).toBe('cancelled 2025-01-01 cancellation')
    expect(said(cc, record({ decision: '2024-05-31' }, { decisions: [decision('archive', '2025-01-01')] }), '2025-01-01')).toBe('archived 2025-01-01 archive')
  })

  it('a suspended certificate is expired once its last day has passed', () => {
    const suspended = record({ decision: '2022-05-31' }, { decisions: [decision('suspend', '2025-05-01')] })
    expect(said(iso, suspended, '2025-06-01')).toBe('expired-restorable 2025-05-31 expiry restorable until 2025-11-30')
  })
})

describe('a renewal', () => {
  const first = record({ decision: '2023-08-31' })
  const facts = { ...first, cycles: [...first.cycles, { number: 2, kind: 'recertification' as const, anchors: anchors({ decision: '2026-08-01', expiry: '2029-08-31' }) }] }

  it('replaces the old cycle from the day of its decision', () => {
    expect(said(iso, facts, '2026-07-31')).toBe('active 2026-08-31 expiry')
    expect(said(iso, facts, '2026-08-01')).toBe('active 2029-08-31 expiry')
    expect(standingOfCycle(iso, facts, facts.cycles[0]!, day('2026-07-31')).state).toBe('active')
    expect(standingOfCycle(iso, facts, facts.cycles[0]!, day('2026-08-01')).state).toBe('superseded')
  })

  it('under way is shown from the day its run began until the certificate has expired', () => {
    const renewing = { ...first, renewalStartedOn: day('2026-01-15') }
    expect(said(iso, renewing, '2026-01-14')).toBe('active 2026-08-31 expiry')
    expect(said(iso, renewing, '2026-01-15')).toBe('in-renewal 2026-08-31 expiry')
    expect(said(iso, renewing, '2026-09-01')).toMatch(/^expired-restorable/)
  })
})

it('a record without any day is only planned', () => {
  expect(said(iso, record({}), '2026-01-01')).toBe('planned')
  expect(said(mlps, record({ 'level-fixed': '2025-01-01' }), '2026-01-01')).toBe('planned')
  expect(said(iso, { ...record({}), cycles: [] }, '2026-01-01')).toBe('planned')
})

describe('which decision each state allows', () => {
  const columns = ['grant', 'maintain', 'renew', 'suspend', 'restore', 'withdraw', 'cancel', 'extend', 'archive', 'expand-scope', 'reduce-scope']
  //                      gr ma re su re wi ca ex ar +s -s
  const table: Record<string, string> = {
    planned: /*         */ 'x  .  .  .  .  .  x  .  .  .  .',
    active: /*          */ '.  x  x  x  .  x  x  x  x  x  x',
    'in-renewal': /*    */ '.  x  x  x  .  x  x  x  x  x  x',
    'pending-renewal': /**/ '.  x  x  x  .  x  x  .  x  x  x',
    suspended: /*       */ '.  .  .  .  x  x  x  .  x  .  x',
    'expired-restorable': 'x  .  .  .  x  x  x  .  x  .  .',
    expired: /*         */ 'x  .  .  .  .  .  x  .  x  .  .',
    deprecated: /*      */ 'x  .  x  .  .  .  x  .  x  .  .',
    withdrawn: /*       */ '.  .  .  .  .  .  .  .  .  .  .',
    cancelled: /*       */ '.  .  .  .  .  .  .  .  .  .  .',
    archived: /*        */ '.  .  .  .  .  .  .  .  .  .  .',
    superseded: /*      */ '.  .  .  .  .  .  .  .  .  .  .',
  }
  const pairs = certificationStates.flatMap((state) => decisionKinds.map((kind) =>
    ({ state, kind, allowed: table[state]!.split('  ')[columns.indexOf(kind)] === 'x' })))

  it.each(pairs)('$state, $kind: $allowed', ({ state, kind, allowed }) => {
    expect(decideMove(state, kind).ok).toBe(allowed)
  })

  it('a refusal says why, and what may be decided instead', () => {
    expect(decideMove('suspended', 'extend')).toEqual({
      ok: false, refusal: 'a certification that is suspended cannot be extended. Allowed now: restore, withdraw, cancel, archive, reduce-scope.',
    })
    expect(decideMove('withdrawn', 'renew')).toEqual({
      ok: false, refusal: 'a certification that is withdrawn cannot be renewed. Enter a new certification instead.',
    })
  })
})
