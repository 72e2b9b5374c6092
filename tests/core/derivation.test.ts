import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveObligations, planCycle } from '../../src/core/derivation.ts'
import { weekdays } from '../../src/core/calendar.ts'
import type { Day } from '../../src/core/day.ts'
import type { Derived } from '../../src/core/obligation.ts'
import type { Scheme } from '../../src/core/scheme.ts'
import {
  anchors, builtIn, cc, china, day, decision, fips, iso, lines, mlps, record, schemeFrom, tableOf,
} from './scheme-samples.ts'

/** The duties as lines; what must be prepared ahead of each audit has tests of its own. */
const derived = (scheme: Scheme, facts: ReturnType<typeof record>, asOf: string): string =>
  tableOf(limitsOf(deriveObligations(scheme, facts, day(asOf))))

const limitsOf = (duties: readonly Derived[]): readonly Derived[] =>
  duties.filter((duty) => duty.kind !== 'internal-audit' && duty.kind !== 'management-review')

describe('an ISO/IEC 27001 certificate', () => {
  it('decided on a leap day has its whole cycle clamped to the end of February', () => {
    expect(derived(iso, record({ decision: '2024-02-29' }), '2024-03-01')).toBe(lines(`
      2025-02-28 surveillance-1
      2026-12-31 surveillance #2026 opens 2026-01-01
      2027-02-28 expiry
      2027-02-28 recertification
    `))
  })

  it('has no twelve-month limit in a later cycle, but an audit in every calendar year before the last', () => {
    expect(derived(iso, record({ decision: '2024-11-15' }, { kind: 'recertification' }), '2024-12-01')).toBe(lines(`
      2025-12-31 surveillance-in-later-cycle #2025 opens 2025-01-01
      2026-12-31 surveillance-in-later-cycle #2026 opens 2026-01-01
      2027-11-15 expiry
      2027-11-15 recertification
    `))
  })

  it('renewed early keeps the old expiry as stated, and the audits of the calendar years between', () => {
    const facts = record({ decision: '2026-10-20', expiry: '2029-12-31' }, { kind: 'recertification' })
    expect(derived(iso, facts, '2026-11-01')).toBe(lines(`
      2027-12-31 surveillance-in-later-cycle #2027 opens 2027-01-01
      2028-12-31 surveillance-in-later-cycle #2028 opens 2028-01-01
      2029-12-31 expiry
      2029-12-31 recertification
    `))
  })

  it('of the 2013 edition ends with its edition, and says so', () => {
    const duties = deriveObligations(iso, record({ decision: '2022-12-01' }, { options: { edition: '2013' } }), day('2025-01-15'))
    expect(tableOf(limitsOf(duties))).toBe(lines(`
      2023-12-01 surveillance-1
      2024-12-31 surveillance #2024 opens 2024-01-01
      2025-10-31 expiry
      2025-10-31 recertification
      2025-10-31 transition
    `))
    expect(duties.find((duty) => duty.ruleId === 'expiry')!.basis).toContain('IAF MD 26')
  })

  it('of an ended edition has nothing left but the question what became of it', () => {
    const facts = record({ decision: '2022-12-01' }, { options: { edition: '2013' } })
    expect(derived(iso, facts, '2025-10-31')).toContain('transition')
    expect(derived(iso, facts, '2025-11-01')).toBe('2025-10-31 expiry')
  })

  it('that ends before its edition does has no transition in this cycle', () => {
    expect(derived(iso, record({ decision: '2022-05-31', expiry: '2025-05-30' }, { options: { edition: '2013' } }), '2024-01-01'))
      .not.toContain('transition')
  })

  it('whose decision is missing counts from the issue, and what is counted so is marked', () => {
    expect(derived(iso, record({ issue: '2024-02-29', expiry: '2027-02-27' }), '2024-03-01')).toBe(lines(`
      2025-02-28 surveillance-1 unverified
      2026-12-31 surveillance #2026 opens 2026-01-01 unverified
      2027-02-27 expiry
      2027-02-27 recertification
    `))
  })

  it('known by its end alone still has its expiry and recertification', () => {
    expect(derived(iso, record({ expiry: '2027-02-27' }), '2026-03-01')).toBe(lines(`
      2027-02-27 expiry
      2027-02-27 recertification
    `))
  })

  it('rides on its parent: when that ends first, so do its own duties', () => {
    expect(derived(iso, record({ decision: '2024-05-31' }, { parentEndsOn: '2026-03-31' }), '2025-01-01')).toBe(lines(`
      2025-05-31 surveillance-1
      2026-03-31 expiry derived
      2026-03-31 recertification derived
    `))
  })

  it('that has expired can be restored for six months, then only the expiry is asked about', () => {
    const facts = record({ decision: '2023-08-31', expiry: '2026-08-31' })
    expect(derived(iso, facts, '2026-08-31')).not.toContain('restoration')
    expect(derived(iso, facts, '2026-09-01')).toContain('2027-02-28 restoration opens 2026-09-01')
    expect(derived(iso, facts, '2027-02-28')).toContain('restoration')
    expect(derived(iso, facts, '2027-03-01')).toBe('2026-08-31 expiry')
  })

  it.each(['withdraw', 'cancel', 'archive'] as const)('owes nothing after a decision to %s it', (kind) => {
    const facts = record({ decision: '2024-02-29' }, { decisions: [decision(kind, '2025-06-01')] })
    expect(derived(iso, facts, '2025-05-31')).not.toBe('')
    expect(derived(iso, facts, '2025-06-01')).toBe('')
  })

  it('has the duties of its current cycle only', () => {
    const facts = record({ decision: '2021-02-28' })
    const renewed = { ...facts, cycles: [...facts.cycles, { number: 2, kind: 'recertification' as const, anchors: anchors({ decision: '2024-02-20' }) }] }
    expect(limitsOf(deriveObligations(iso, renewed, day('2024-03-01'))).map((duty) => duty.cycle)).toEqual([2, 2, 2, 2])
  })
})

describe('a suspended certificate', () => {
  const suspended = (untilOn?: string) => record({ decision: '2024-02-29' }, { decisions: [decision('suspend', '2025-08-31', untilOn)] })

  it('must be restored within six months, besides everything else', () => {
    expect(derived(iso, suspended(), '2025-09-01')).toContain('2026-02-28 suspension-end opens 2025-08-31')
    expect(derived(iso, suspended(), '2025-09-01')).toContain('2026-12-31 surveillance')
  })

  it('must be restored by the day its decision states', () => {
    expect(derived(iso, suspended('2025-12-01'), '2025-09-01')).toContain('2025-12-01 suspension-end')
  })

  it('stays due for a decision after that day has passed', () => {
    expect(derived(iso, suspended('2025-12-01'), '2026-01-01')).toContain('2025-12-01 suspension-end')
  })

  it('suspended a second time has a new duty, not the one already met', () => {
    const again = [decision('suspend', '2024-06-01'), decision('restore', '2024-08-01'), decision('suspend', '2025-06-01')]
    const facts = (decisions: typeof again) => record({ decision: '2024-02-29' }, { decisions })
    expect(derived(iso, facts(again.slice(0, 1)), '2025-07-01')).toContain('2024-12-01 suspension-end')
    expect(derived(iso, facts(again.slice(0, 2)), '2025-07-01')).not.toContain('suspension-end')
    expect(derived(iso, facts(again), '2025-07-01')).toContain('2025-12-01 suspension-end #2')
  })
})

describe('an MLPS level 3 system', () => {
  it('going live on 2026-09-01 is filed by 8 October: the thirtieth day is a holiday', () => {
    expect(derived(mlps, record({ 'go-live': '2026-09-01' }, { calendar: china }), '2026-09-02'))
      .toBe('2026-10-08 filing opens 2026-09-01')
  })

  it('whose level was fixed on 2026-02-01 is filed by 3 March: the start day is not counted', () => {
    expect(derived(mlps, record({ 'level-fixed': '2026-02-01' }, { calendar: china }), '2026-02-02'))
      .toBe('2026-03-03 filing opens 2026-02-01')
  })

  it('counts from the later of level and going live', () => {
    const fresh = record({ 'level-fixed': '2026-01-05', 'go-live': '2026-03-02' }, { calendar: china })
    const running = record({ 'level-fixed': '2026-03-02', 'go-live': '2020-03-02' }, { calendar: china })
    expect(derived(mlps, fresh, '2026-03-03')).toBe('2026-04-01 filing opens 2026-03-02')
    expect(derived(mlps, running, '2026-03-03')).toBe('2026-04-01 filing opens 2026-03-02')
  })

  it('has a provisional limit where it falls into a year nobody has announced', () => {
    expect(derived(mlps, record({ 'go-live': '2026-12-10' }, { calendar: china }), '2026-12-11'))
      .toBe('2027-01-11 filing opens 2026-12-10 provisional')
  })

  it('filed before 2025 counts from 2025-01-01 and has its extension window from 2027-10-01', () => {
    expect(derived(mlps, record({ filing: '2023-05-05', report: '2026-06-11' }, { calendar: china }), '2026-07-01')).toBe(lines(`
      2025-12-31 inspection #2025 opens 2025-01-01 derived
      2025-12-31 self-check #2025 opens 2025-01-01 derived
      2026-07-13 table-4 #202606 opens 2026-06-11
      2026-12-31 inspection #2026 opens 2026-01-01 derived
      2026-12-31 self-check #2026 opens 2026-01-01 derived
      2027-06-11 yearly-assessment #202606 late after 2027-12-31 unverified
      2027-12-31 expiry derived
      2027-12-31 filing-extension opens 2027-10-01 derived
      2027-12-31 inspection #2027 opens 2027-01-01 derived
      2027-12-31 self-check #2027 opens 2027-01-01 derived
    `))
  })

  it('without a report yet is assessed within a year of its filing', () => {
    expect(derived(mlps, record({ filing: '2026-03-02' }), '2026-04-01')).toContain('2027-03-02 first-assessment late after 2027-12-31 unverified')
  })

  it('has a new duty after each report, never the one already met', () => {
    const identities = (report: string) => deriveObligations(mlps, record({ filing: '2025-03-02', report }), day('2027-02-01'))
      .filter((duty) => duty.ruleId === 'yearly-assessment' || duty.ruleId === 'table-4').map((duty) => `${duty.ruleId} ${duty.ordinal}`)
    const all = ['2025-12-20', '2026-01-10', '2026-12-20', '2027-01-15'].flatMap(identities)
    expect(new Set(all).size).toBe(all.length)
    expect(identities('2026-01-10')).toEqual(identities('2026-01-12'))
  })

  it('is assessed and checked whether or not its filing is still valid', () => {
    const facts = record({ filing: '2022-03-01', expiry: '2025-02-28', report: '2025-01-10' })
    expect(derived(mlps, facts, '2025-05-01')).toBe(lines(`
      2025-02-10 table-4 #202501 opens 2025-01-10
      2025-02-28 expiry
      2025-02-28 filing-extension opens 2024-12-01
      2025-12-31 inspection #2025 opens 2025-01-01 derived
      2025-12-31 self-check #2025 opens 2025-01-01 derived
      2026-01-10 yearly-assessment #202501 late after 2026-12-31 unverified
      2026-12-31 inspection #2026 opens 2026-01-01 derived
      2026-12-31 self-check #2026 opens 2026-01-01 derived
    `))
  })

  it('expects the police, who never make the owner late', () => {
    const inspection = deriveObligations(mlps, record({ filing: '2026-03-02' }), day('2026-04-01')).find((duty) => duty.kind === 'inspection')!
    expect([inspection.owedBy, inspection.ladder]).toEqual(['outside', 'outside'])
  })

  it('moves its end by a year with each extension, or to the day a decision states', () => {
    const end = (...decisions: ReturnType<typeof decision>[]) =>
      deriveObligations(mlps, record({ filing: '2025-03-01' }, { decisions }), day('2030-01-01')).find((duty) => duty.kind === 'expiry')!.dueOn.toString()
    expect(end()).toBe('2028-02-29')
    expect(end(decision('extend', '2026-02-01'))).toBe('2029-02-28')
    expect(end(decision('extend', '2026-02-01'), decision('extend', '2027-02-01'))).toBe('2030-02-28')
    expect(end(decision('extend', '2026-02-01', '2028-12-31'))).toBe('2028-12-31')
    expect(end(decision('extend', '2026-02-01', '2028-12-31'), decision('extend', '2027-02-01'))).toBe('2029-12-31')
    expect(end(decision('extend', '2030-01-02'))).toBe('2028-02-29')
  })

  it('that ends with February stays with the end of February, leap year or not', () => {
    const end = (days: Readonly<Record<string, string>>) =>
      deriveObligations(mlps, record(days, { decisions: [decision('extend', '2026-02-01')] }), day('2026-03-01')).find((duty) => duty.kind === 'expiry')!.dueOn.toString()
    expect(end({ expiry: '2027-02-28' })).toBe('2028-02-29')
    expect(end({ filing: '2025-06-01', expiry: '2027-02-28' })).toBe('2028-02-29')
  })
})

describe('the other registers', () => {
  it.each([
    [cc, { decision: '2023-09-29' }, {}, '2028-09-29 expiry'],
    [cc, { decision: '2024-02-29' }, {}, '2029-02-28 expiry'],
    [cc, { decision: '2015-11-23' }, {}, '2020-11-23 expiry unverified'],
    [cc, { decision: '2019-06-01' }, {}, '2024-06-01 expiry'],
    [cc, { decision: '2023-09-29', expiry: '2027-01-31' }, {}, '2027-01-31 expiry'],
    [fips, { decision: '2025-12-09' }, {}, '2030-12-08 expiry'],
    [fips, { decision: '2024-02-29' }, {}, '2029-02-27 expiry'],
    [fips, { decision: '2024-03-01' }, {}, '2029-02-28 expiry'],
    [fips, { decision: '2024-12-09' }, { edition: '140-2' }, '2026-09-21 expiry'],
    [fips, { decision: '2020-01-01' }, { edition: '140-2' }, '2024-12-31 expiry'],
    [fips, { expiry: '2029-07-28' }, {}, '2029-07-28 expiry'],
  ])('%#: ends as its scheme or the register says', (scheme, days, options, expected) => {
    expect(derived(scheme, record(days, { options }), '2020-01-02')).toBe(expected)
  })

  it('keep a stated end though it is past', () => {
    expect(derived(cc, record({ decision: '2018-01-01', expiry: '2023-01-01' }), '2026-11-24')).toBe('2023-01-01 expiry')
  })
})

describe('planning a cycle', () => {
  it('shows every duty of it, whatever has passed by then', () => {
    const planned = planCycle(iso, { anchors: anchors({ decision: '2020-02-29' }), options: {}, kind: 'initial', calendar: weekdays }, day('2026-11-24'))
    expect(tableOf(limitsOf(planned))).toBe(lines(`
      2021-02-28 surveillance-1
      2022-12-31 surveillance #2022 opens 2022-01-01
      2023-02-28 expiry
      2023-02-28 recertification
    `))
  })
})

describe('what holds for every record', () => {
  const anyDay = fc.integer({ min: 0, max: 36_524 }).map((n) => day('2000-01-01').add({ days: n }))
  const anyFacts = (scheme: Scheme) => fc.record({
    days: fc.dictionary(fc.constantFrom(...Object.keys(scheme.anchors)), anyDay.map(String)),
    kind: fc.constantFrom('initial' as const, 'recertification' as const),
    edition: fc.constantFrom('2013', '2022', '140-2', '140-3'),
    extended: fc.array(anyDay.map((one) => decision('extend', one.toString())), { maxLength: 3 }),
    suspended: fc.option(anyDay.map((one) => decision('suspend', one.toString()))),
  }).map(({ days, kind, edition, extended, suspended }) =>
    record(days, { kind, options: { edition }, decisions: [...extended, ...(suspended ? [suspended] : [])], calendar: china }))

  const ordered = (duty: Derived): boolean => {
    const days = [duty.opensOn, duty.dueOn, duty.latestOn].filter((one): one is Day => one !== undefined)
    return days.every((one, n) => n === 0 || Temporal.PlainDate.compare(days[n - 1]!, one) <= 0)
  }

  it.each(builtIn)('$id: a window opens before it is due, each duty is there once, and asking twice gives the same', (scheme) => {
    fc.assert(fc.property(anyFacts(scheme), anyDay, (facts, asOf) => {
      const duties = deriveObligations(scheme, facts, asOf)
      expect(duties.filter((duty) => !ordered(duty))).toEqual([])
      expect(new Set(duties.map((duty) => `${duty.ruleId}/${duty.ordinal}`)).size).toBe(duties.length)
      const turned = { ...facts, cycles: facts.cycles.map((cycle) => ({ ...cycle, anchors: cycle.anchors.toReversed() })) }
      expect(tableOf(deriveObligations(scheme, turned, asOf))).toBe(tableOf(duties))
    }), { numRuns: 150 })
  })

  const monthly = schemeFrom(`
    id: monthly
    title: { en: Monthly, zh: 每月 }
    instrument: report
    effectiveOn: 2020-01-01
    anchors: { decision: { title: { en: Decision, zh: 决定 } }, expiry: { title: { en: End, zh: 到期 } } }
    begins: decision
    validity: [{ from: decision, lasts: P3Y, end: same-day, basis: test, mark: confirmed }]
    rules:
      - { id: scan, kind: scan, tier: B, ladder: custom, title: { en: Scan, zh: 扫描 }, metBy: carried-out,
          recurs: { every: P1M, from: decision }, basis: test, mark: confirmed, costs: { en: A gap, zh: 缺口 } }
  `)

  it('the nth time is counted from the anchor, never from the time before', () => {
    expect(tableOf(deriveObligations(monthly, record({ decision: '2026-01-31', expiry: '2026-05-31' }), day('2026-02-01')))).toBe(lines(`
      2026-02-28 scan
      2026-03-31 scan #2
      2026-04-30 scan #3
      2026-05-31 scan #4
    `))
    fc.assert(fc.property(anyDay, (began) => {
      const duties = deriveObligations(monthly, record({ decision: began.toString() }), began)
      expect(duties.map((duty) => duty.dueOn.toString()))
        .toEqual(duties.map((duty) => began.add({ months: duty.ordinal }).toString()))
      expect(duties).toHaveLength(36)
    }), { numRuns: 100 })
  })
})
