import { describe, expect, test } from 'vitest'
import { type RecordRemark, remarksOf } from '../../src/core/remark.ts'
import type { Scheme } from '../../src/core/scheme.ts'
import { certificationStates, type Standing } from '../../src/core/standing.ts'
import type { Facts } from '../../src/core/validity.ts'
import { builtIn, day, decision, iso, lines, mlps, record, schemeFrom } from './scheme-samples.ts'

// Each kind of remark on a small scheme of its own, then those that readers of the built-in schemes meet.

const words = (text: string): string => `{ en: '${text}', zh: '${text}（中文）' }`

const scheme = (more = '', options = ''): Scheme => schemeFrom(`
id: small
title: ${words('Small')}
instrument: certificate
effectiveOn: 2020-01-01
options: {${options}}
anchors:
  decision: { title: ${words('Decision')} }
  expiry: { title: ${words('End')} }
${more.includes('restsOn') ? `  parent-expiry: { title: ${words('End of the parent')} }` : ''}
begins: decision
validity: [{ from: decision, lasts: P3Y, end: same-day, basis: three years, mark: confirmed }]
${more}
rules:
  - { id: expiry, kind: expiry, tier: A, ladder: expiry, title: ${words('Expiry')}, metBy: decided, basis: test, mark: confirmed, costs: ${words('x')}, due: { from: end } }
`)

function sayingOf(one: RecordRemark): string {
  switch (one.kind) {
    case 'rule-set': return `rule-set: ${one.title.en}`
    case 'disputed': return `disputed: ${one.option.en} is ${one.value.en}. ${one.says.en}`
    case 'edition-closed': return `edition-closed: ${one.edition.en} until ${one.until.toString()}, decided on ${one.decidedOn.toString()}`
    case 'restoration-doubtful': return `restoration-doubtful: ${one.says.en}`
    case 'footing-lapsed': return `footing-lapsed: ${one.state} ${String(one.endsOn)}`
    case 'locked-out': return `locked-out: ${one.until.toString()}, ${one.basis}`
    case 'footing-renewed': return `footing-renewed: ${one.on.toString()}`
    default: return `footing-unknown: ${one.schemes.join(', ')}`
  }
}

const remarks = (one: Scheme, facts: Facts, asOf = '2026-06-01'): string[] => remarksOf(one, facts, day(asOf)).map(sayingOf)

type Footing = NonNullable<Facts['parent']>
const footing = (state: Standing['state'], endsOn: string | undefined, over = false, beganOn?: string): Footing => {
  const on = endsOn === undefined ? undefined : day(endsOn)
  return { state, endsOn: on, validUntil: on, over, beganOn: beganOn === undefined ? undefined : day(beganOn) }
}

test('a record about which nothing need be known has no remarks', () => {
  expect(remarks(scheme(), record({ decision: '2026-01-31' }))).toEqual([])
})

describe('the rules that hold', () => {
  const set = (id: string, rest: string): string =>
    `  - { id: ${id}, title: ${words(`Rules of ${id}`)}, basis: a change, mark: confirmed, changes: { rules: [{ id: expiry, basis: ${id} }] }, ${rest} }`
  const versioned = scheme(`ruleSets:
${set('running', 'effectiveOn: 2026-06-01, appliesTo: running-cycles')}
${set('new', 'effectiveOn: 2026-03-01, appliesTo: new-cycles')}
${set('china', 'effectiveOn: 2026-01-01, appliesTo: running-cycles, country: CN')}`)
  const named = (decided: string, asOf: string, country?: string) => remarks(versioned, record({ decision: decided }, country === undefined ? {} : { country }), asOf)

  test.each([
    ['the day before a change of running cycles', '2025-07-31', '2026-05-31', undefined, []],
    ['on its day', '2025-07-31', '2026-06-01', undefined, ['rule-set: Rules of running']],
    ['of a cycle begun the day before a change of new ones', '2026-02-28', '2026-04-01', undefined, []],
    ['of a cycle begun on its day', '2026-03-01', '2026-04-01', undefined, ['rule-set: Rules of new']],
    ['in the country of a set', '2025-07-31', '2026-04-01', 'CN', ['rule-set: Rules of china']],
    ['in another country', '2025-07-31', '2026-04-01', 'DE', []],
    ['of all of them, in the order they take effect', '2026-03-01', '2026-06-01', 'CN', ['rule-set: Rules of china', 'rule-set: Rules of new', 'rule-set: Rules of running']],
  ] as const)('%s', (_what, decided, asOf, country, expected) => {
    expect(named(decided, asOf, country)).toEqual(expected)
  })

  test('are named in both languages', () => {
    expect(remarksOf(versioned, record({ decision: '2025-07-31' }), day('2026-06-01'))).toEqual([
      { kind: 'rule-set', title: { en: 'Rules of running', zh: 'Rules of running（中文）' } },
    ])
  })
})

describe('sources that differ', () => {
  const disputed = scheme('', `
    reading: { title: ${words('Reading')}, default: strict, disputed: ${words('Two letters differ.')}, when: { level: ['4'] },
      values: { strict: { title: ${words('Strict')} }, loose: { title: ${words('Loose')} } } },
    level: { title: ${words('Level')}, values: { '3': { title: ${words('Three')} }, '4': { title: ${words('Four')} } } },
    edition: { title: ${words('Edition')}, values: { old: { title: ${words('Old')}, disputed: ${words('Its last day is contested.')} }, new: { title: ${words('New')} } } }`)
  const with_ = (options: Record<string, string>) => remarks(disputed, record({ decision: '2026-01-31' }, { options }))

  test('are told with the reading taken, also where it is the default', () => {
    expect(with_({ level: '4' })).toEqual(['disputed: Reading is Strict. Two letters differ.'])
    expect(with_({ level: '4', reading: 'loose' })).toEqual(['disputed: Reading is Loose. Two letters differ.'])
  })

  test('on what decides nothing here are left out', () => {
    expect(with_({ level: '3' })).toEqual([])
    expect(with_({})).toEqual([])
  })

  test('on one value alone are told with that value only', () => {
    expect(with_({ edition: 'old' })).toEqual(['disputed: Edition is Old. Its last day is contested.'])
    expect(with_({ edition: 'new' })).toEqual([])
  })
})

describe('an edition to which nothing was decided any more', () => {
  const editions = scheme('', `
    edition: { title: ${words('Edition')}, default: new, values: {
      old: { title: ${words('Old')}, named: ${words('Small:2013')}, accepts: { until: 2025-04-30, basis: transition, mark: confirmed } },
      older: { title: ${words('Older')}, accepts: { until: 2020-04-30, basis: transition, mark: confirmed } },
      new: { title: ${words('New')} } } }`)
  const decided = (on: string, edition?: string) => remarks(editions, record({ decision: on }, edition === undefined ? {} : { options: { edition } }))

  test.each([
    ['the day before its last', '2025-04-29', []], ['on its last day', '2025-04-30', []],
    ['the day after', '2025-05-01', ['edition-closed: Small:2013 until 2025-04-30, decided on 2025-05-01']],
  ] as const)('%s', (_when, on, expected) => {
    expect(decided(on, 'old')).toEqual(expected)
  })

  test('is called by its own name where it has no longer one', () => {
    expect(decided('2025-05-01', 'older')).toEqual(['edition-closed: Older until 2020-04-30, decided on 2025-05-01'])
  })

  test('is no matter with another edition, nor without the day of the decision', () => {
    expect(decided('2025-05-01')).toEqual([])
    expect(remarks(editions, record({ expiry: '2028-05-01' }, { options: { edition: 'old' } }))).toEqual([])
  })
})

describe('a restoration in doubt', () => {
  const doubted = scheme(`restoration: { within: P6M, doubt: ${words('Do not count on it.')}, basis: six months, mark: unverified }`)

  test('is told while the certificate is valid, and after', () => {
    for (const asOf of ['2026-06-01', '2029-02-01']) {
      expect(remarks(doubted, record({ decision: '2026-01-31' }), asOf)).toEqual(['restoration-doubtful: Do not count on it.'])
    }
  })

  test('is not, where the scheme restores without a doubt', () => {
    expect(remarks(scheme('restoration: { within: P6M, basis: six months, mark: confirmed }'), record({ decision: '2026-01-31' }))).toEqual([])
  })
})

describe('what it rests on', () => {
  const resting = (lapse: 'ends' | 'warns', when = ''): Scheme =>
    scheme(`restsOn: { schemes: [iso-27001, mlps], lapse: ${lapse}, basis: passed first, mark: unverified${when} }`,
      `kind: { title: ${words('Kind')}, default: add-on, values: { add-on: { title: ${words('Add-on')} }, alone: { title: ${words('Alone')} } } }`)
  const on = (one: Scheme, parent: Footing | undefined, days: Record<string, string> = {}) =>
    remarks(one, record({ decision: '2026-01-31', expiry: '2029-01-30', ...days }, parent ? { parent } : {}))

  test.each(certificationStates.map((state) => [state]))('is said to have lapsed when it is %s, or not', (state) => {
    const lapsed = ['suspended', 'expired-restorable', 'expired', 'deprecated', 'withdrawn', 'cancelled', 'archived'].includes(state)
    expect(on(resting('warns'), footing(state, '2026-05-15'))).toEqual(lapsed ? [`footing-lapsed: ${state} 2026-05-15`] : [])
  })

  test('may have lapsed on no known day', () => {
    expect(on(resting('warns'), footing('suspended', undefined))).toEqual(['footing-lapsed: suspended undefined'])
  })

  test('is silent where the standing says it already: it ends with it', () => {
    expect(on(resting('ends'), footing('expired', '2026-05-15'))).toEqual([])
    expect(on(resting('ends'), footing('suspended', '2026-05-15'))).toEqual([])
  })

  test.each([
    ['half a year after it was decided', '2026-07-31', []],
    ['a day later', '2026-08-01', ['footing-renewed: 2026-08-01']],
    ['before it was decided', '2025-06-30', []],
  ])('renewed %s, where it ends with it, is asked about: was this one too?', (_when, beganOn, expected) => {
    expect(on(resting('ends'), footing('active', '2029-06-30', false, beganOn))).toEqual(expected)
    expect(on(resting('warns'), footing('active', '2029-06-30', false, beganOn))).toEqual([])
  })

  test('is asked for where it is not recorded, whatever its lapse does', () => {
    expect(on(resting('warns'), undefined)).toEqual(['footing-unknown: iso-27001, mlps'])
    expect(on(resting('ends'), undefined)).toEqual(['footing-unknown: iso-27001, mlps'])
  })

  test('is not asked for where its last day is entered instead', () => {
    expect(on(resting('ends'), undefined, { 'parent-expiry': '2027-06-30' })).toEqual([])
  })

  test('is not asked for of a kind that stands alone', () => {
    const some = resting('ends', ', when: { kind: [add-on] }')
    const of = (kind: string) => remarks(some, record({ decision: '2026-01-31', expiry: '2029-01-30' }, { options: { kind } }))
    expect(of('add-on')).toEqual(['footing-unknown: iso-27001, mlps'])
    expect(of('alone')).toEqual([])
  })
})

test('the weightiest comes first: what it rests on, its edition, its restoration, then the sources and the rules', () => {
  const all = scheme(`restsOn: { schemes: [iso-27001], lapse: ends, basis: with it, mark: confirmed }
restoration: { within: P6M, doubt: ${words('Ask.')}, basis: six months, mark: unverified }
ruleSets: [{ id: s, title: ${words('Second version')}, effectiveOn: 2026-02-01, appliesTo: running-cycles, basis: s, mark: confirmed, changes: { rules: [{ id: expiry, basis: s }] } }]`,
  `edition: { title: ${words('Edition')}, default: old, disputed: ${words('Contested.')}, values: {
      old: { title: ${words('Old')}, accepts: { until: 2025-04-30, basis: t, mark: confirmed } } } }`)
  expect(remarks(all, record({ decision: '2026-01-31' })).join('\n')).toBe(lines(`
    footing-unknown: iso-27001
    edition-closed: Old until 2025-04-30, decided on 2026-01-31
    restoration-doubtful: Ask.
    disputed: Edition is Old. Contested.
    rule-set: Second version
  `))
})

describe('a record whose life is over, or has no cycle, has nothing to remark on', () => {
  const resting = scheme('restsOn: { schemes: [iso-27001], lapse: warns, basis: passed first, mark: unverified }')

  test.each(['withdraw', 'cancel', 'archive'] as const)('after the decision to %s', (kind) => {
    const facts = record({ decision: '2026-01-31' }, { decisions: [decision(kind, '2026-05-01')] })
    expect(remarks(resting, facts, '2026-04-30')).toEqual(['footing-unknown: iso-27001'])
    expect(remarks(resting, facts, '2026-05-01')).toEqual([])
  })

  test('without a cycle', () => {
    expect(remarks(resting, { ...record({}), cycles: [] })).toEqual([])
  })
})

describe('of the built-in schemes', () => {
  const one = (id: string): Scheme => builtIn.find((each) => each.id === id)!
  const kinds = (of: Scheme, facts: Facts, asOf = '2026-11-24') => remarksOf(of, facts, day(asOf)).map((each) => each.kind)

  test('an ISO/IEC 27001 certificate in China is told not to count on restoration, and which rules hold', () => {
    expect(kinds(iso, record({ decision: '2025-06-02' }, { country: 'CN' }))).toEqual(['restoration-doubtful', 'rule-set'])
    expect(kinds(iso, record({ decision: '2025-06-02' }, { country: 'DE' }))).toEqual([])
  })

  test('one to the edition of 2013, decided after its last day, is told so, and that its sources differ', () => {
    expect(kinds(iso, record({ decision: '2024-05-01' }, { options: { edition: '2013' } }), '2024-06-03')).toEqual(['edition-closed', 'disputed'])
  })

  test('an MPS system at level 4 is told that its cadence is disputed, at level 3 not', () => {
    const of = (level: string) => remarks(mlps, record({ filing: '2025-02-10' }, { options: { level }, country: 'CN' }), '2026-11-24')
    const atFour = of('4').find((text) => text.startsWith('disputed: Assessments at level 4 is '))
    expect(atFour).toContain('Once a year')
    expect(of('3').filter((text) => text.startsWith('disputed: Assessments'))).toEqual([])
  })

  test('a STAR certificate alone asks for its ISO/IEC 27001 one, a Gold O&M result alone for its Trusted Cloud one', () => {
    expect(remarks(one('csa-star'), record({ decision: '2026-01-31' }))).toContain('footing-unknown: iso-27001')
    expect(remarks(one('gold-om'), record({ decision: '2026-01-31', expiry: '2029-01-30' }))).toContain('footing-unknown: trucs')
  })

  test('a Gold O&M result whose Trusted Cloud certificate was withdrawn says so', () => {
    const facts = record({ decision: '2026-01-31', expiry: '2029-01-30' }, { parent: footing('withdrawn', '2026-05-15', true) })
    expect(remarks(one('gold-om'), facts)).toContain('footing-lapsed: withdrawn 2026-05-15')
  })
})
