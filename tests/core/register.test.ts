import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Decided, decideReadings, type Entry, expiredOn, identityOf, type Reading, registerKeyOf, type RegisterEvent,
} from '../../src/core/register.ts'
import { type Scheme } from '../../src/core/scheme.ts'
import { parseScheme } from '../../src/formats/scheme-yaml.ts'

const words = (text: string) => `{ en: ${text}, zh: ${text} }`

const parsed = parseScheme(`
id: paper
title: ${words('Paper')}
instrument: certificate
effectiveOn: 2020-01-01
options:
  grade: { title: ${words('Grade')}, values: { a: { title: ${words('A')} }, b: { title: ${words('B')} } } }
anchors:
  decision: { title: ${words('Decision')}, standIn: issue }
  issue: { title: ${words('Issue')} }
  expiry: { title: ${words('Expiry')} }
begins: decision
validity: stated
rules:
  - { id: expiry, kind: expiry, tier: A, ladder: expiry, title: ${words('Expiry')}, due: { from: end }, metBy: decided, basis: the paper, mark: confirmed, costs: ${words('It ends')} }
`, 'paper.yaml')
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const paper: Scheme = parsed.scheme
const catalogue = { schemes: new Map([['paper', paper]]) }

const day = (text: string) => Temporal.PlainDate.from(text)
const today = day('2026-11-24')

function entry(changes: Partial<Entry> = {}): Entry {
  return {
    scheme: 'paper', key: 'p-1', name: 'Paper one', certificateNumber: 'P-1', organisation: 'Acme', options: {}, offered: {},
    cycleKind: 'initial', days: { decision: day('2024-01-31'), expiry: day('2027-01-30') }, endless: false, events: [], facts: {}, ...changes,
  }
}

const reading = (row: number, one: Entry): Reading => ({ row, identity: identityOf(one), entry: one, problems: [] })

function decide(entries: readonly Entry[], rowIs: 'certification' | 'event' = 'certification', asOf = today): Decided {
  const layout = { columns: { expiry: 'Valid until', grade: 'Klasse' }, rowIs, statesEnd: false }
  return decideReadings(entries.map((one, i) => reading(i + 2, one)), { catalogue, layout }, asOf)
}

const decisions = (decided: Decided) => decided.drafts.map((one) => one.decisions.map((each) => `${each.kind} ${each.decidedOn.toString()}`).join(', '))
const problems = (decided: Decided) => decided.problems.map((one) => `${one.row} ${one.column} "${one.value}": ${one.reason}`)

const maintained = (text: string): RegisterEvent => ({ kind: 'maintain', decidedOn: day(text) })

describe('rows that speak of the same certification', () => {
  test('say the same: they are one', () => {
    expect(decide([entry(), entry({ organisation: 'ACME' })]).drafts.map((one) => one.rows)).toEqual([[2, 3]])
  })

  test('differ: every one of them is refused, the column named as the register names it, the certification counted once', () => {
    const decided = decide([entry(), entry({ days: { decision: day('2024-01-31'), expiry: day('2028-01-30') } })])
    expect(problems(decided)).toEqual([
      '2 Valid until "2027-01-30": Rows 2, 3 speak of the same certification, "P-1", and differ here: keep one, or tell them apart by number or name',
      '3 Valid until "2028-01-30": Rows 2, 3 speak of the same certification, "P-1", and differ here: keep one, or tell them apart by number or name',
    ])
    expect(decided.rejected).toBe(1)
    expect(decided.drafts).toEqual([])
  })

  test('another organisation or scheme makes another certification', () => {
    expect(decide([entry(), entry({ organisation: 'Beta' })]).drafts).toHaveLength(2)
  })

  test('list one maintenance each: all of them are kept, in the order of their days, where the layout says so', () => {
    const rows = ['2025-05-01', '2024-05-01', '2025-05-01'].map((on) => entry({ events: [maintained(on)] }))
    expect(decisions(decide(rows, 'event'))).toEqual(['maintain 2024-05-01, maintain 2025-05-01'])
    expect(decide(rows, 'certification')).toMatchObject({ rejected: 1, drafts: [] })
  })

  test('the order and the repetition of rows change nothing', () => {
    const rows = ['a', 'b', 'c'].map((key) => entry({ key, certificateNumber: key }))
    fc.assert(fc.property(fc.shuffledSubarray([...rows, ...rows, ...rows], { minLength: 9 }), (shuffled) => {
      const decided = decide(shuffled)
      expect(decided.problems).toEqual([])
      expect(decided.drafts.map((one) => one.registerKey).sort()).toEqual(['a', 'b', 'c'])
    }))
  })
})

describe('a register that says archived, but not since when', () => {
  const ending = { kind: 'archive' as const, said: 'archived' }

  test.each([
    ['the day before its expiry', '2027-01-29', 'archive 2024-01-31'],
    ['on its expiry', '2027-01-30', 'archive 2027-01-30'],
    ['the day after', '2027-01-31', 'archive 2027-01-30'],
  ])('asked %s', (_when, asOf, expected) => {
    expect(decisions(decide([entry({ ending })], 'certification', day(asOf)))).toEqual([expected])
  })

  test('the last day something happened to it is the last it was known to be listed', () => {
    expect(decisions(decide([entry({ ending, events: [maintained('2025-03-01')] })]))).toEqual(['maintain 2025-03-01, archive 2025-03-01'])
  })

  test('its own archiving, where it is stated, stands alone', () => {
    expect(decisions(decide([entry({ ending, events: [{ kind: 'archive', decidedOn: day('2025-03-01') }] })]))).toEqual(['archive 2025-03-01'])
  })
})

describe('what the scheme says of a row', () => {
  test('a value it does not know is refused under the register\'s column, one merely offered is left out', () => {
    expect(problems(decide([entry({ options: { grade: 'z' } })]))).toEqual(['2 Klasse "z": "z" is not a value of grade. Allowed: a, b.'])
    expect(decide([entry({ offered: { grade: 'z', colour: 'red' } })]).drafts[0]?.options).toEqual({})
    expect(decide([entry({ offered: { grade: 'b' } })]).drafts[0]?.options).toEqual({ grade: 'b' })
  })

  test('an end that only the paper can state must be stated, or said not to be', () => {
    const days = { decision: day('2024-01-31') }
    expect(problems(decide([entry({ days })]))).toEqual(['2 Valid until "": Empty: when does it end? Write n/a where it has no end'])
    expect(decide([entry({ days, endless: true })]).drafts).toHaveLength(1)
  })

  test('every fault of a row is told at once', () => {
    expect(decide([entry({ options: { grade: 'z' }, days: { 'go-live': today } })]).problems.map((one) => one.column)).toEqual(['Klasse', 'go-live'])
  })
})

describe('a certificate that had expired', () => {
  const [draft] = decide([entry()]).drafts
  test.each([['2027-01-29', undefined], ['2027-01-30', undefined], ['2027-01-31', '2027-01-30']])('asked on %s: %s', (asOf, expected) => {
    expect(expiredOn(draft!, paper, day(asOf))?.toString()).toBe(expected)
  })

  test('is no question once it is archived or given up', () => {
    const [archived] = decide([entry({ ending: { kind: 'cancel', said: '注销' } })]).drafts
    expect(expiredOn(archived!, paper, day('2030-01-01'))).toBeUndefined()
  })
})

test('a certification is known by its number, else its name, else its scheme, whatever the case, width and spaces', () => {
  expect(registerKeyOf({ scheme: 'paper', name: 'One', certificateNumber: ' ＩＳ  7 ' })).toBe('is 7')
  expect(registerKeyOf({ scheme: 'paper', name: 'One', certificateNumber: '' })).toBe('one')
  expect(registerKeyOf({ scheme: 'paper', name: '' })).toBe('paper')
})
