import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decisionKinds } from '../../src/core/certification.ts'
import { certificationStates, decideDecision, decideMove, standingOfCycle, standingOn } from '../../src/core/standing.ts'
import { rulesOf } from '../../src/core/validity.ts'
import type { Scheme } from '../../src/core/scheme.ts'
import { deriveObligations } from '../../src/core/derivation.ts'
import { anchors, builtIn, cc, day, decision, fips, iso, mlps, record } from './scheme-samples.ts'

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

const refusalOf = (move: ReturnType<typeof decideDecision>): string => (move.ok ? '' : move.refusal)

describe('which decision each state allows', () => {
  const columns = ['grant', 'maintain', 'renew', 'suspend', 'restore', 'withdraw', 'cancel', 'extend', 'archive', 'expand-scope', 'reduce-scope', 'refuse', 'transfer']
  //                      gr ma re su re wi ca ex ar +s -s no tr
  const table: Record<string, string> = {
    planned: /*         */ 'x  .  .  .  .  .  x  .  .  .  .  x  .',
    active: /*          */ '.  x  x  x  .  x  x  x  x  x  x  x  x',
    'in-renewal': /*    */ '.  x  x  x  .  x  x  x  x  x  x  x  x',
    'pending-renewal': /**/ '.  x  x  x  .  x  x  .  x  x  x  x  .',
    suspended: /*       */ '.  .  .  .  x  x  x  .  x  .  x  .  .',
    'expired-restorable': 'x  .  .  .  x  x  x  .  x  .  .  x  .',
    expired: /*         */ 'x  .  .  .  .  .  x  .  x  .  .  .  .',
    deprecated: /*      */ 'x  .  x  .  .  .  x  .  x  .  .  .  .',
    withdrawn: /*       */ '.  .  .  .  .  .  .  .  .  .  .  .  .',
    cancelled: /*       */ '.  .  .  .  .  .  .  .  .  .  .  .  .',
    archived: /*        */ '.  .  .  .  .  .  .  .  .  .  .  .  .',
    superseded: /*      */ '.  .  .  .  .  .  .  .  .  .  .  .  .',
  }
  const pairs = certificationStates.flatMap((state) => decisionKinds.map((kind) =>
    ({ state, kind, allowed: table[state]!.split('  ')[columns.indexOf(kind)] === 'x' })))

  // How a refusal names the state and the decision, for every pair that is refused.
  const states: Record<string, string> = {
    planned: 'planned', active: 'valid', 'in-renewal': 'valid (renewal under way)', 'pending-renewal': 'valid (renewal applied for)', suspended: 'suspended',
    'expired-restorable': 'expired', expired: 'expired', deprecated: 'deprecated', withdrawn: 'withdrawn', cancelled: 'given-up', archived: 'archived', superseded: 'replaced',
  }
  const done: Record<string, string> = {
    grant: 'granted', maintain: 'maintained', renew: 'renewed', suspend: 'suspended', restore: 'restored', withdraw: 'withdrawn', cancel: 'given up', extend: 'extended',
    archive: 'archived', 'expand-scope': 'given a wider scope', 'reduce-scope': 'given a narrower scope', refuse: 'refused', transfer: 'moved to another body',
  }

  it.each(pairs)('$state, $kind: $allowed', ({ state, kind, allowed }) => {
    const move = decideMove(state, kind)
    expect(move.ok).toBe(allowed)
    if (move.ok) return
    const instead = columns.filter((one) => table[state]!.split('  ')[columns.indexOf(one)] === 'x')
    const rule = state === 'suspended' && kind === 'transfer' ? ' (IAF MD 2: one that is known to be suspended is not accepted)' : ''
    const [sentence, way] = move.refusal.split('. ')
    expect(sentence).toBe(`a certification that is ${states[state]!} cannot be ${done[kind]!}${rule}`)
    expect(way!.replace(/^Allowed now: |\.$/g, '').split(', ').toSorted()).toEqual(instead.length > 0 ? instead.toSorted() : ['Enter a new certification instead'])
  })

  it.each([
    // Only where a rule of its own says so.
    [iso, 'its validity is not extended (ISO/IEC 17021-1 9.6.3.2.4, no extension where recertification is not finished in time). Renew it before its end, or, where a paper states another last day, correct the record: certification edit --set expiry=DAY.'],
    [cc, 'common-criteria has no rule by which its validity is extended. Renew it before its end, or, where a paper states another last day, correct the record: certification edit --set expiry=DAY.'],
    [fips, 'fips-140 has no rule by which its validity is extended. Renew it before its end, or, where a paper states another last day, correct the record: certification edit --set expiry=DAY.'],
  ])('is not extended without a rule of its scheme', (scheme, refusal) => {
    const standing = standingOn(scheme, record({ decision: '2024-05-31' }), day('2025-01-01'))
    expect(decideDecision(scheme, standing, 'extend')).toEqual({ ok: false, refusal })
  })

  it('is extended where its scheme has such a rule', () => {
    const extendable = builtIn.filter((scheme) => decideDecision(scheme, { ...standingOn(scheme, record({}), day('2025-01-01')), state: 'active' }, 'extend').ok).map((scheme) => scheme.id)
    expect(extendable).toEqual(['c5', 'hitrust', 'soc-2'])
    const letters = rulesOf(mlps, record({ filing: '2025-05-31' }), record({ filing: '2025-05-31' }).cycles[0]!, day('2025-06-01'))
    expect(decideDecision(letters, standingOn(mlps, record({ filing: '2025-05-31' }), day('2025-06-01')), 'extend')).toEqual({ ok: true })
  })

  it('is restored until the day its scheme gives, and a refusal afterwards names it', () => {
    const facts = record({ decision: '2023-08-31', expiry: '2026-08-31' })
    const on = (scheme: Scheme, asOf: string) => decideDecision(scheme, standingOn(scheme, facts, day(asOf)), 'restore')
    expect(on(iso, '2027-02-28')).toEqual({ ok: true })
    expect(refusalOf(on(iso, '2027-03-01'))).toMatch(/^it could be restored until 2027-02-28 \(ISO\/IEC 17021-1 9\.6\.3\.2\.5.*\)\. a certification that is expired cannot be restored\./)
    expect(refusalOf(on(fips, '2026-09-01'))).toMatch(/^fips-140 knows no restoration after the expiry\./)
  })

  it('no order of decisions leads to a state that the table does not know, and none of those refused', () => {
    const steps = fc.array(fc.record({ kind: fc.constantFrom(...decisionKinds), after: fc.integer({ min: 1, max: 200 }) }), { maxLength: 12 })
    fc.assert(fc.property(steps, (wanted) => {
      let facts = record({ decision: '2024-05-31' })
      let on = day('2024-06-01')
      for (const { kind, after } of wanted) {
        on = on.add({ days: after })
        const standing = standingOn(iso, facts, on)
        expect(certificationStates).toContain(standing.state)
        if (kind !== 'renew' && kind !== 'grant' && decideDecision(iso, standing, kind).ok) facts = { ...facts, decisions: [...facts.decisions, decision(kind, on.toString())] }
      }
      expect(certificationStates).toContain(standingOn(iso, facts, on.add({ years: 5 })).state)
    }))
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
