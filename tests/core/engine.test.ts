import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveObligations } from '../../src/core/derivation.ts'
import type { Happened } from '../../src/core/occurrence.ts'
import { decideDecision, type Standing, standingOn } from '../../src/core/standing.ts'
import type { Scheme } from '../../src/core/scheme.ts'
import { anchors, builtIn, china, day, decision, iso, lines, record, schemeFrom, tableOf } from './scheme-samples.ts'

// The engine's primitives, one by one, on small schemes of their own; what the built-in schemes make of
// them is in the golden files.

const words = (text: string): string => `{ en: '${text}', zh: '${text}' }`
const rule = (id: string, rest: string): string =>
  `  - { id: ${id}, kind: custom, tier: B, ladder: custom, title: ${words(`${id} {year}`)}, metBy: carried-out, basis: test, mark: confirmed, costs: ${words('x')}, ${rest} }`

const scheme = (rules: readonly string[], more = ''): Scheme => schemeFrom(`
id: small
title: ${words('Small')}
instrument: certificate
effectiveOn: 2020-01-01
anchors:
  decision: { title: ${words('Decision')} }
  application: { title: ${words('Application')} }
  report: { title: ${words('Report')}, repeats: true }
  expiry: { title: ${words('End')} }
begins: decision
validity: [{ from: decision, lasts: P3Y, end: same-day, basis: three years, mark: confirmed }]
${more}
rules:
${rules.join('\n')}
`)

const derived = (one: Scheme, facts: ReturnType<typeof record>, asOf: string): string => tableOf(deriveObligations(one, facts, day(asOf)))

const happened = (ruleId: string, ordinal: number, what: { booked?: string; done?: string; closed?: boolean }): Happened => ({
  ruleId, ordinal, bookedOn: what.booked === undefined ? undefined : day(what.booked),
  doneOn: what.done === undefined ? undefined : day(what.done), closed: what.closed ?? what.done !== undefined,
})

describe('a duty at most so long since the last time', () => {
  const interval = scheme([rule('audit', 'recurs: { every: P12M, from: decision, sinceLast: true, except: end }')])
  const plan = (...done: Happened[]) => derived(interval, record({ decision: '2026-01-31' }, { happened: done }), '2026-02-01')

  it('is counted from the anchor while nothing has happened, and leaves out the last valid day', () => {
    expect(plan()).toBe(lines(`
      2027-01-31 audit
      2028-01-31 audit #2
    `))
  })

  it('done early pulls the next one in, and leaves room for one more', () => {
    expect(plan(happened('audit', 1, { done: '2026-11-30' }))).toBe(lines(`
      2027-01-31 audit
      2027-11-30 audit #2
      2028-11-30 audit #3
    `))
  })

  it('done late moves the next one out, and nothing before it', () => {
    expect(plan(happened('audit', 1, { done: '2027-03-15' }))).toBe(lines(`
      2027-01-31 audit
      2028-03-15 audit #2
    `))
  })

  it('counts the third from the second, whatever the first was', () => {
    const early = [happened('audit', 1, { done: '2026-06-30' }), happened('audit', 2, { done: '2026-12-31' })]
    expect(plan(...early)).toContain('2027-12-31 audit #3')
  })

  it('is never chained: the nth is n lengths from the last that was done', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 36_000 }), fc.integer({ min: 1, max: 700 }), (start, after) => {
      const began = day('2000-01-01').add({ days: start })
      const done = began.add({ days: after })
      const facts = record({ decision: began.toString() }, { happened: [happened('audit', 1, { done: done.toString() })] })
      const later = deriveObligations(interval, facts, began).filter((duty) => duty.ordinal > 1)
      expect(later.map((duty) => duty.dueOn.toString())).toEqual(later.map((duty) => done.add({ months: 12 * (duty.ordinal - 1) }).toString()))
    }), { numRuns: 300 })
  })
})

describe('a duty so often a calendar year', () => {
  it('is due by the end of each part, from the part in which it begins', () => {
    const quarterly = scheme([rule('scan', 'recurs: { every: calendar-year, from: decision, first: 0, times: 4 }')])
    const table = derived(quarterly, record({ decision: '2026-05-10', expiry: '2027-05-09' }), '2026-05-11')
    expect(table).toBe(lines(`
      2026-06-30 scan #202602 opens 2026-05-10
      2026-09-30 scan #202603 opens 2026-07-01
      2026-12-31 scan #202604 opens 2026-10-01
      2027-03-31 scan #202701 opens 2027-01-01
    `))
  })

  it('without an end in sight is planned a year ahead, and asked about a year back from the entry', () => {
    const endless = schemeFrom(`
id: endless
title: ${words('Endless')}
instrument: report
effectiveOn: 2020-01-01
anchors: { decision: { title: ${words('Decision')} }, expiry: { title: ${words('End')} } }
begins: decision
validity: stated
rules:
${rule('assessment', 'recurs: { every: P1Y, from: decision }')}
`)
    const facts = { ...record({ decision: '2015-03-01' }), enteredOn: day('2026-11-24') }
    expect(derived(endless, facts, '2026-11-24')).toBe(lines(`
      2026-03-01 assessment #11
      2027-03-01 assessment #12
    `))
  })
})

describe('a duty ahead of another', () => {
  const prepared = scheme([
    rule('audit', 'recurs: { every: P1Y, from: decision, except: end }'),
    rule('review', 'each: audit, due: [{ from: booked, add: -P20D }, { from: each, add: -P30D }]'),
  ])
  const plan = (...done: Happened[]) => derived(prepared, record({ decision: '2026-01-31' }, { happened: done }), '2026-02-01')

  it('is counted from the last allowed day until a day is booked, then from that', () => {
    expect(plan()).toBe(lines(`
      2027-01-01 review late after 2027-01-31
      2027-01-31 audit
      2028-01-01 review #2 late after 2028-01-31
      2028-01-31 audit #2
    `))
    expect(plan(happened('audit', 1, { booked: '2026-11-30', closed: false }))).toBe(lines(`
      2026-11-10 review
      2027-01-31 audit
      2028-01-01 review #2 late after 2028-01-31
      2028-01-31 audit #2
    `))
  })

  it('has no notices of its own until that day is booked', () => {
    const ladders = (...past: Happened[]) => deriveObligations(prepared, record({ decision: '2026-01-31' }, { happened: past }), day('2026-02-01'))
      .filter((duty) => duty.ruleId === 'review').map((duty) => duty.ladder)
    expect(ladders()).toEqual(['none', 'none'])
    expect(ladders(happened('audit', 1, { booked: '2026-11-30', closed: false }))).toEqual(['custom', 'none'])
  })

  it('of an audit that was past when its record was entered is not asked about', () => {
    const facts = { ...record({ decision: '2026-01-31' }), enteredOn: day('2027-02-01') }
    expect(derived(prepared, facts, '2027-02-01')).toBe(lines(`
      2027-01-31 audit
      2028-01-01 review #2 late after 2028-01-31
      2028-01-31 audit #2
    `))
  })

  it('whose own day was past at entry is not asked about while no day is booked, and is once there is one', () => {
    const entered = (...past: Happened[]) => derived(prepared, { ...record({ decision: '2026-01-31' }, { happened: past }), enteredOn: day('2027-01-10') }, '2027-01-10')
    expect(entered()).not.toContain('2027-01-01 review')
    expect(entered(happened('audit', 1, { booked: '2027-01-25', closed: false }))).toContain('2027-01-05 review')
  })

  it('leaves a late audit to speak for itself, and comes back when a day is booked', () => {
    const late = (past: Happened) => derived(prepared, record({ decision: '2026-01-31' }, { happened: [past] }), '2027-02-01')
    expect(late(happened('audit', 1, { closed: false }))).not.toMatch(/review(?! #2)/)
    expect(late(happened('audit', 1, { booked: '2027-02-26', closed: false }))).toContain('2027-02-06 review\n')
  })

  it('falls away once the audit has taken place, and the next one stays', () => {
    expect(plan(happened('audit', 1, { done: '2026-11-30' }))).toBe(lines(`
      2027-01-31 audit
      2028-01-01 review #2 late after 2028-01-31
      2028-01-31 audit #2
    `))
  })

  it('ahead of several has a rule of its own for each', () => {
    const two = scheme([
      rule('first', 'due: { from: decision, add: P1Y }'), rule('second', 'due: { from: decision, add: P2Y }'),
      rule('review', 'each: [first, second], due: { from: each, add: -P1M }'),
    ])
    expect(derived(two, record({ decision: '2026-03-31' }), '2026-04-01')).toBe(lines(`
      2027-02-28 review-for-first
      2027-03-31 first
      2028-02-29 review-for-second
      2028-03-31 second
    `))
  })

  it('names the year of the duty it stands ahead of', () => {
    const yearly = scheme([
      rule('audit', 'recurs: { every: calendar-year, from: decision }'), rule('review', 'each: audit, due: { from: each, add: -P1Y }'),
    ])
    const [first] = deriveObligations(yearly, record({ decision: '2026-03-31' }), day('2026-04-01'))
    expect([first!.dueOn.toString(), first!.title.en]).toEqual(['2026-12-31', 'review 2027'])
  })
})

describe('a day counted from several', () => {
  it('takes the latest or the earliest that is known', () => {
    const both = scheme([
      rule('late', 'due: { from: { latest: [decision, application] } }'), rule('early', 'due: { from: { earliest: [decision, application] } }'),
    ])
    expect(derived(both, record({ decision: '2026-03-31', application: '2026-06-30' }), '2026-04-01')).toBe(lines(`
      2026-03-31 early
      2026-06-30 late
    `))
    expect(derived(both, record({ decision: '2026-03-31' }), '2026-04-01')).toBe(lines(`
      2026-03-31 early
      2026-03-31 late
    `))
  })
})

describe('rule sets', () => {
  const versioned = scheme([rule('audit', 'due: { from: decision, add: P18M }')], `
ruleSets:
  - id: everywhere
    title: ${words('Everywhere')}
    effectiveOn: 2026-06-01
    appliesTo: running-cycles
    basis: a change
    mark: confirmed
    changes: { rules: [{ id: audit, due: { from: decision, add: P15M }, basis: fifteen }] }
  - id: china
    title: ${words('China')}
    country: CN
    effectiveOn: 2026-01-01
    appliesTo: new-cycles
    basis: a rule
    mark: confirmed
    changes:
      restoration: null
      rules:
        - { id: audit, due: { from: decision, add: P12M }, basis: twelve }
        - { id: report, kind: report, tier: C, ladder: custom, title: ${words('report')}, metBy: submitted, basis: b, mark: derived, costs: ${words('x')}, due: { from: decision, add: P1M } }
restoration: { within: P6M, basis: six months, mark: confirmed }`)
  const plan = (decided: string, asOf: string, country?: string) => derived(versioned, record({ decision: decided }, country === undefined ? {} : { country }), asOf)

  it('for running cycles hold for every one from their day on, and not before', () => {
    expect(plan('2025-07-31', '2026-05-31')).toBe('2027-01-31 audit')
    expect(plan('2025-07-31', '2026-06-01')).toBe('2026-10-31 audit')
  })

  it('for new cycles hold for those begun on their day or later, in their country', () => {
    expect(plan('2025-12-31', '2026-02-01', 'CN')).toBe('2027-06-30 audit')
    expect(plan('2026-01-01', '2026-02-01', 'CN')).toBe('2026-02-01 report derived\n2027-01-01 audit')
    expect(plan('2026-01-01', '2026-02-01', 'DE')).toBe('2027-07-01 audit')
  })

  it('stand over each other in the order they take effect', () => {
    expect(plan('2026-01-01', '2026-06-01', 'CN')).toBe('2026-02-01 report derived\n2027-04-01 audit')
    expect(deriveObligations(versioned, record({ decision: '2026-01-01' }, { country: 'CN' }), day('2026-06-01')).at(-1)!.basis).toBe('fifteen')
  })

  it('hold for a cycle that has yet to begin, if they are in force by then', () => {
    expect(plan('2027-01-31', '2026-05-01')).toBe('2028-04-30 audit')
  })

  it('may take a value away', () => {
    const state = (country: string) => standingOn(versioned, record({ decision: '2026-01-01' }, { country }), day('2029-01-02')).state
    expect([state('DE'), state('CN')]).toEqual(['expired-restorable', 'expired'])
  })
})

describe('what rests on another', () => {
  const rider = scheme([
    rule('audit', 'due: { from: decision, add: P1Y }, rides: true'), rule('list', 'due: { from: decision, add: P2Y }'),
    '  - { id: expiry, kind: expiry, tier: A, ladder: expiry, title: { en: E, zh: E }, metBy: decided, basis: test, mark: confirmed, costs: { en: x, zh: x }, due: { from: end }, rides: true }',
  ], 'restsOn: { schemes: [iso-27001], lapse: ends, basis: with its parent, mark: confirmed }')
  const parent = (state: Standing['state'], endsOn: string, over = false) => ({ state, endsOn: day(endsOn), validUntil: day(state === 'suspended' ? '2028-12-31' : endsOn), over })
  const on = (footing: ReturnType<typeof parent> | undefined, asOf = '2026-06-01') => {
    const facts = record({ decision: '2026-01-31' }, footing === undefined ? {} : { parent: footing })
    const { state, endsOn, binds } = standingOn(rider, facts, day(asOf))
    return `${state} ${String(endsOn)} ${String(binds)}`
  }

  it('ends with it, is suspended with it, and comes back with it', () => {
    expect(on(parent('active', '2027-12-31'))).toBe('active 2027-12-31 parent')
    expect(on(parent('suspended', '2026-09-30'))).toBe('suspended 2026-09-30 parent')
    expect(on(parent('in-renewal', '2030-12-31'))).toBe('active 2029-01-31 expiry')
  })

  it('keeps its own days while its parent is suspended: only the state is the parent\'s', () => {
    const days = (footing: ReturnType<typeof parent>) => derived(rider, record({ decision: '2026-01-31' }, { parent: footing }), '2026-06-01')
    expect(days(parent('suspended', '2026-09-30'))).toBe(days(parent('active', '2028-12-31')))
  })

  it.each(['withdrawn', 'cancelled', 'archived'] as const)('is %s with it, and owes nothing then', (state) => {
    expect(on(parent(state, '2026-05-15', true))).toBe(`${state} 2026-05-15 parent`)
    expect(deriveObligations(rider, record({ decision: '2026-01-31' }, { parent: parent(state, '2026-05-15', true) }), day('2026-06-01'))).toEqual([])
  })

  it('has expired once its parent has, and cannot be restored by itself', () => {
    expect(on(parent('expired-restorable', '2026-05-31'), '2026-06-01')).toBe('expired 2026-05-31 parent')
  })

  it('has no reminders of its own for what the parent\'s audit meets, and keeps those for the rest', () => {
    const ladders = (facts: ReturnType<typeof record>) => deriveObligations(rider, facts, day('2026-06-01')).map((duty) => `${duty.ruleId} ${duty.ladder}`)
    expect(ladders(record({ decision: '2026-01-31' }))).toEqual(['audit custom', 'list custom', 'expiry expiry'])
    expect(ladders(record({ decision: '2026-01-31' }, { parent: parent('active', '2028-12-31') }))).toEqual(['audit none', 'list custom', 'expiry none'])
  })

  it('that only warns keeps its own end', () => {
    const warned = schemeFrom(`
id: warned
title: ${words('Warned')}
instrument: certificate
effectiveOn: 2020-01-01
anchors: { decision: { title: ${words('Decision')} }, expiry: { title: ${words('End')} }, parent-expiry: { title: ${words('Parent')} } }
begins: decision
validity: stated
restsOn: { schemes: [iso-27001], lapse: warns, basis: passed first, mark: unverified }
rules:
${rule('ask', 'due: { from: parent-end }')}
`)
    const facts = (footing?: ReturnType<typeof parent>) => record({ decision: '2026-01-31', expiry: '2029-01-30' }, footing ? { parent: footing } : {})
    expect(standingOn(warned, facts(parent('suspended', '2026-09-30')), day('2026-06-01')).state).toBe('active')
    expect(standingOn(warned, facts(parent('withdrawn', '2026-05-01', true)), day('2026-06-01')).state).toBe('active')
    expect(derived(warned, facts(parent('active', '2027-03-31')), '2026-06-01')).toBe('2027-03-31 ask unverified')
    expect(derived(warned, record({ decision: '2026-01-31', expiry: '2029-01-30', 'parent-expiry': '2027-06-30' }), '2026-06-01')).toBe('2027-06-30 ask unverified')
  })
})

describe('an application made in time', () => {
  const pending = scheme([rule('x', 'due: { from: end }')], 'pending: { anchor: application, basis: pending, mark: confirmed }')
  const state = (days: Record<string, string>, asOf: string) => standingOn(pending, record(days), day(asOf))

  it('keeps it valid past its end until somebody decides', () => {
    const applied = { decision: '2023-01-31', application: '2026-01-31' }
    expect(state(applied, '2026-01-31').state).toBe('active')
    expect(state(applied, '2026-02-01')).toMatchObject({ state: 'pending-renewal', binds: 'application', endsOn: undefined })
    expect(state({ ...applied, application: '2026-02-01' }, '2026-02-02').state).toBe('expired')
  })
})

describe('after its end', () => {
  const registered = scheme([rule('x', 'due: { from: end }')], 'afterEnd: { state: deprecated, lasts: P2Y, basis: register, mark: confirmed }')
  const state = (asOf: string) => standingOn(registered, record({ decision: '2023-01-31' }), day(asOf)).state

  it('a register may call it deprecated for a time, then drop it', () => {
    expect(['2026-01-31', '2026-02-01', '2028-01-31', '2028-02-01'].map(state)).toEqual(['active', 'deprecated', 'deprecated', 'expired'])
  })

  it('an extension may still be recorded where the scheme has one, and only there', () => {
    const bridged = scheme([rule('x', 'due: { from: end }')], 'extension: { by: P90D, basis: bridge, mark: confirmed }')
    const expired = standingOn(bridged, record({ decision: '2023-01-31' }), day('2026-02-10'))
    expect(decideDecision(bridged, expired, 'extend')).toEqual({ ok: true })
    expect(decideDecision(scheme([rule('x', 'due: { from: end }')]), expired, 'extend').ok).toBe(false)
    const extended = record({ decision: '2023-01-31' }, { decisions: [decision('extend', '2026-02-10')] })
    expect(standingOn(bridged, extended, day('2026-02-11'))).toMatchObject({ state: 'active', binds: 'extension' })
  })
})

describe('a restoration that must not be counted on', () => {
  const doubted = scheme([rule('x', 'due: { from: end }')], `restoration: { within: P6M, doubt: ${words('ask')}, basis: unclear, mark: unverified }`)
  const standing = standingOn(doubted, record({ decision: '2023-01-31' }), day('2026-02-01'))

  it('counts as expired, says until when and why, derives no duty to lean on, and may be decided all the same', () => {
    expect(standing).toMatchObject({ state: 'expired', doubt: { en: 'ask' } })
    expect(String(standing.restorableUntil)).toBe('2026-07-31')
    expect(derived(doubted, record({ decision: '2023-01-31' }), '2026-02-01')).not.toContain('restoration')
    expect(decideDecision(doubted, standing, 'restore').ok).toBe(true)
  })
})

describe('whatever the scheme', () => {
  const anyDay = fc.integer({ min: 0, max: 20_000 }).map((n) => day('2010-01-01').add({ days: n }))

  it.each(builtIn.map((one) => [one.id, one] as const))('%s yields each duty once, in order, opening before it is due, and the same again', (_, one) => {
    fc.assert(fc.property(fc.record({
      days: fc.dictionary(fc.constantFrom(...Object.keys(one.anchors)), anyDay.map(String)),
      options: fc.record(Object.fromEntries(Object.entries(one.options).map(([name, option]) => [name, fc.constantFrom(...Object.keys(option.values))]))),
      country: fc.constantFrom(undefined, 'CN', 'DE'), kind: fc.constantFrom('initial' as const, 'recertification' as const), asOf: anyDay,
    }), ({ days, options, country, kind, asOf }) => {
      const facts = record(days, { options, kind, calendar: china, ...country === undefined ? {} : { country } })
      const duties = deriveObligations(one, facts, asOf)
      const identities = duties.map((duty) => `${duty.ruleId}/${duty.ordinal}`)
      expect(new Set(identities).size).toBe(identities.length)
      expect(duties.every((duty) => duty.opensOn === undefined || Temporal.PlainDate.compare(duty.opensOn, duty.dueOn) <= 0)).toBe(true)
      expect(duties.every((duty) => duty.latestOn === undefined || Temporal.PlainDate.compare(duty.latestOn, duty.dueOn) > 0)).toBe(true)
      expect(duties.map((duty) => duty.dueOn.toString())).toEqual(duties.map((duty) => duty.dueOn.toString()).toSorted())
      expect(tableOf(deriveObligations(one, facts, asOf))).toBe(tableOf(duties))
    }), { numRuns: 60 })
  })
})

it('an internal audit and a management review stand ahead of every audit of ISO/IEC 27001', () => {
  const facts = record({ decision: '2026-03-01' }, { happened: [happened('surveillance-1', 1, { booked: '2027-01-20', closed: false })] })
  const ahead = deriveObligations(iso, facts, day('2026-03-02')).filter((duty) => duty.kind === 'internal-audit' || duty.kind === 'management-review')
  expect(ahead.slice(0, 2).map((duty) => duty.dueOn.toString())).toEqual(['2026-12-21', '2026-12-31'])
  expect(ahead.map((duty) => duty.kind).toSorted()).toEqual(['internal-audit', 'internal-audit', 'internal-audit', 'management-review', 'management-review', 'management-review'])
  expect(anchors({ decision: '2026-03-01' })).toHaveLength(1)
})
