import { describe, expect, it } from 'vitest'
import { parseScheme } from '../../src/formats/scheme-yaml.ts'
import { schemeText } from '../core/scheme-samples.ts'

const good = `id: sample
title: { en: Sample, zh: 样例 }
instrument: certificate
effectiveOn: 2020-01-01
options:
  level:
    title: { en: Level, zh: 级别 }
    default: '1'
    values:
      '1': { title: { en: One, zh: 一级 } }
anchors:
  decision: { title: { en: Decision, zh: 决定 } }
  expiry: { title: { en: End, zh: 到期 } }
begins: decision
validity:
  - from: decision
    lasts: P3Y
    end: same-day
    basis: test
    mark: confirmed
rules:
  - id: expiry
    kind: expiry
    tier: A
    ladder: expiry
    title: { en: End, zh: 到期 }
    due: { from: end }
    metBy: decided
    basis: test
    mark: confirmed
    costs: { en: It ends, zh: 失效 }
templates:
  - id: run
    title: { en: Run, zh: 流程 }
    target: B
    basis: practice
    mark: unverified
    stages:
      - code: S
        title: { en: Stage, zh: 阶段 }
        steps:
          - { code: A, days: P5WD, role: owner, deliverable: plan, title: { en: First, zh: 一 } }
          - { code: B, days: P5WD, after: [A+P3WD], role: owner, deliverable: plan, title: { en: Second, zh: 二 } }
`

/** The problems of the good file with one text replaced, as "line path reason". */
function problems(from: string, to: string): string[] {
  expect(good).toContain(from)
  const parsed = parseScheme(good.replace(from, to), 'sample.yaml')
  return parsed.ok ? [] : parsed.problems.map(({ file, line, path, reason }) => `${file}:${line} ${path} ${reason}`)
}

describe('a scheme file', () => {
  it.each(['iso-17021', 'mlps', 'common-criteria', 'fips-140'])('%s is one', (id) => {
    expect(parseScheme(schemeText(id), `${id}.yaml`)).toMatchObject({ ok: true, scheme: { id } })
  })

  it('gives steps the source of their template where they have none of their own', () => {
    const parsed = parseScheme(good, 'sample.yaml')
    const steps = parsed.ok ? parsed.scheme.templates[0]!.stages[0]!.steps : []
    expect(steps.map((step) => [step.code, step.days, step.after, step.basis, step.mark])).toEqual([
      ['A', 5, [], 'practice', 'unverified'], ['B', 5, [{ step: 'A', lag: 'P3WD' }], 'practice', 'unverified'],
    ])
  })

  it('may say that its validity has no source', () => {
    const parsed = parseScheme(good.replace(/validity:[\s\S]*?rules:/, 'validity: stated\nrules:'), 'sample.yaml')
    expect(parsed.ok && parsed.scheme.validity).toEqual([])
  })
})

it('a procedure may be for a duty that only a rule set brings', () => {
  const set = `ruleSets:
  - id: later
    title: { en: Later, zh: 之后 }
    effectiveOn: 2026-01-01
    appliesTo: running-cycles
    basis: test
    mark: confirmed
    changes:
      rules:
        - { id: visit, kind: assessment, tier: A, ladder: none, title: { en: Visit, zh: 到访 }, due: { from: end }, metBy: carried-out, basis: test, mark: confirmed, costs: { en: It ends, zh: 失效 } }
`
  expect(problems('target: B', 'target: B\n    serves: [visit]')).toEqual(['sample.yaml:36 templates[0].serves[0] unknown rule "visit". Allowed: expiry'])
  expect(problems('templates:\n', `${set}templates:\n`)).toEqual([])
  expect(parseScheme(good.replace('target: B', 'target: B\n    serves: [visit]') + set, 'sample.yaml').ok).toBe(true)
})

describe('what is refused, with file, line, path and what is allowed', () => {
  it.each([
    ['an unknown key', 'tier: A', 'teir: A', [
      'sample.yaml:22 rules[0].tier is missing. Allowed: A, B, C',
      'sample.yaml:24 rules[0].teir unknown key "teir"',
    ]],
    ['an unknown key at the top', 'begins: decision', 'begins: decision\nowner: me', ['sample.yaml:15 owner unknown key "owner"']],
    ['an unknown tier', 'tier: A', 'tier: D', ['sample.yaml:24 rules[0].tier "D" is not allowed here. Allowed: A, B, C']],
    ['an unknown mark', 'basis: test\n    mark: confirmed\nrules', 'basis: test\n    mark: sure\nrules', [
      'sample.yaml:20 validity[0].mark "sure" is not allowed here. Allowed: confirmed, derived, unverified',
    ]],
    ['a missing basis', '    basis: test\n    mark: confirmed\n    costs', '    mark: confirmed\n    costs', [
      'sample.yaml:22 rules[0].basis is missing',
    ]],
    ['a missing language', '{ en: Sample, zh: 样例 }', '{ en: Sample }', ['sample.yaml:2 title.zh is missing']],
    ['an empty text', '{ en: Sample, zh: 样例 }', '{ en: Sample, zh: "" }', ['sample.yaml:2 title.zh must not be empty']],
    ['a length that is none', 'lasts: P3Y', 'lasts: 3 years', [
      'sample.yaml:17 validity[0].lasts "3 years" is not a length of time: write P3Y, P6M, P30D, P10WD (working days) or, before a day, -P3M',
    ]],
    ['an unknown recurrence', 'due: { from: end }', 'recurs: { every: year, from: start }', [
      'sample.yaml:27 rules[0].recurs.every must be calendar-year or a length of time such as P1Y',
    ]],
    ['a misspelt way to count from several days', 'due: { from: end }', 'due: { from: { last: [end] } }', [
      'sample.yaml:27 rules[0].due.from.latest is missing',
      'sample.yaml:27 rules[0].due.from.last unknown key "last"',
    ]],
    ['a validity in working days', 'lasts: P3Y', 'lasts: P90WD', [
      'sample.yaml:17 validity[0].lasts "P90WD" must be a length in years, months or days, such as P3Y',
    ]],
    ['a day that does not exist', '2020-01-01', '2023-02-29', ['sample.yaml:4 effectiveOn "2023-02-29" is not a day: write it as 2026-11-18']],
    ['a bare number of days', 'days: P5WD, role: owner, deliverable: plan, title: { en: First', 'days: 5, role: owner, deliverable: plan, title: { en: First', [
      'sample.yaml:42 templates[0].stages[0].steps[0].days "5" must be a text: put it in quotes, \'5\'',
    ]],
    ['a rule without a day', 'due: { from: end }\n', '\n', ['sample.yaml:22 rules[0].due needs either due (one day) or recurs (again and again)']],
    ['an unknown anchor in a rule', 'due: { from: end }', 'due: { from: issue }', [
      'sample.yaml:27 rules[0].due.from unknown anchor "issue". Allowed: decision, expiry, start, end, lapse, edition-end, parent-end',
    ]],
    ['an unknown beginning', 'begins: decision', 'begins: issue', ['sample.yaml:14 begins unknown anchor "issue". Allowed: decision, expiry']],
    ['a default that is no value', 'default: \'1\'', 'default: \'2\'', ['sample.yaml:8 options.level.default unknown value "2". Allowed: 1']],
    ['an unknown option in a condition', 'metBy: decided', 'metBy: decided\n    when: { tier: [gold] }', [
      'sample.yaml:29 rules[0].when.tier unknown option "tier". Allowed: level',
    ]],
    ['an unknown step to wait for', 'A+P3WD', 'C+P3WD', [
      'sample.yaml:43 templates[0].stages[0].steps[1].after[0] unknown step "C". Allowed: A, B',
    ]],
    ['a lag in bare numbers', 'A+P3WD', 'A+3', [
      'sample.yaml:43 templates[0].stages[0].steps[1].after[0] "A+3" is not a step to wait for: write A4, A4+P40WD with a lag in working days, or A4+P30D in calendar days',
    ]],
    ['steps that wait for each other', 'code: A, days: P5WD', 'code: A, after: [B], days: P5WD', [
      'sample.yaml:38 templates[0].stages steps wait for each other in a circle: A, B',
    ]],
    ['a target that is no step', 'target: B', 'target: Z', ['sample.yaml:35 templates[0].target unknown step "Z". Allowed: A, B']],
    ['a step code used twice', 'code: B', 'code: A', [
      'sample.yaml:35 templates[0].target unknown step "B". Allowed: A, A',
      'sample.yaml:38 templates[0].stages steps wait for each other in a circle: A',
      'sample.yaml:43 templates[0].stages[0].steps[1].code "A" is used twice',
    ]],
    ['a stage to wait for that is none', "{ en: Stage, zh: 阶段 }", "{ en: Stage, zh: 阶段 }\n        after: [T]", [
      'sample.yaml:41 templates[0].stages[0].after[0] unknown stage "T". Allowed: none',
    ]],
    ['a limit counted from no step', 'days: P5WD, after: [A+P3WD]', 'days: P5WD, limit: { from: C, within: P30D, basis: law, mark: confirmed }, after: [A+P3WD]', [
      'sample.yaml:43 templates[0].stages[0].steps[1].limit.from unknown step "C". Allowed: A',
    ]],
    ['a limit in months', 'days: P5WD, after: [A+P3WD]', 'days: P5WD, limit: { from: A, within: P6M, basis: law, mark: confirmed }, after: [A+P3WD]', [
      'sample.yaml:43 templates[0].stages[0].steps[1].limit.within "P6M" is not a length in days: write P5WD for working days, P30D for calendar days',
    ]],
    ['a procedure for a duty that is none', 'target: B', 'target: B\n    serves: [expiry, renewal]', [
      'sample.yaml:36 templates[0].serves[1] unknown rule "renewal". Allowed: expiry',
    ]],
    ['an audit that is no step', 'target: B', 'target: B\n    audit: C', ['sample.yaml:36 templates[0].audit unknown step "C". Allowed: A, B']],
    ['a procedure offered for an option that is none', 'target: B', 'target: B\n    when: { level: [\'2\'] }', [
      'sample.yaml:36 templates[0].when.level[0] unknown value "2". Allowed: 1',
    ]],
    ['an anchor with a name of the engine', '  expiry: { title: { en: End, zh: 到期 } }\nbegins', '  expiry: { title: { en: End, zh: 到期 } }\n  lapse: { title: { en: End, zh: 到期 } }\nbegins', [
      'sample.yaml:14 anchors.lapse "lapse" is taken: it means the first day it is no longer valid',
    ]],
    ['a scheme without a stated end', '  expiry: { title: { en: End, zh: 到期 } }\nbegins', 'begins', [
      'sample.yaml:11 anchors must have the anchor expiry: the last valid day as the paper states it',
    ]],
    ['a duty that does not say what missing it costs', '    costs: { en: It ends, zh: 失效 }\n', '', [
      'sample.yaml:22 rules[0].costs is missing: say what missing the duty costs, in en and zh; overdue mails say it',
    ]],
    ['a rule id that the engine uses', '- id: expiry', '- id: restoration', [
      'sample.yaml:22 rules[0].id "restoration" is taken: the engine derives it from the state of a certification',
    ]],
  ])('%s', (_, from, to, expected) => {
    expect(problems(from, to)).toEqual(expected)
  })

  it('stages that wait for each other', () => {
    const other = "      - { code: T, title: { en: Other, zh: 其他 }, after: [S], steps: [{ code: C, days: P1WD, role: owner, deliverable: plan, title: { en: Third, zh: 三 } }] }\n"
    const parsed = parseScheme(good.replace('zh: 阶段 }\n', 'zh: 阶段 }\n        after: [T]\n') + other, 'sample.yaml')
    expect(parsed.ok ? [] : parsed.problems.map(({ line, path, reason }) => `${line} ${path} ${reason}`))
      .toEqual(['38 templates[0].stages steps wait for each other in a circle: A, B, C'])
  })

  it('an unknown ladder or kind, naming those there are', () => {
    expect(problems('ladder: expiry', 'ladder: weekly')[0]).toMatch(/^sample\.yaml:25 rules\[0\]\.ladder "weekly" is not allowed here\. Allowed: expiry, recertification, .*none$/)
    expect(problems('kind: expiry', 'kind: audit')[0]).toMatch(/^sample\.yaml:23 rules\[0\]\.kind "audit" is not allowed here\. Allowed: expiry, .*custom$/)
  })

  it('a validity that is neither rules nor stated', () => {
    const list = /validity:\n[\s\S]*?(?=rules:)/.exec(good)![0]
    expect(problems(list, 'validity: never\n'))
      .toEqual(['sample.yaml:15 validity must be stated (read from the paper, never computed) or a list of rules'])
  })

  it('a rule id used twice, and every other fault at once', () => {
    const rule = /rules:\n([\s\S]*?)templates:/.exec(good)![1]!
    expect(problems(rule, rule + rule)).toEqual(['sample.yaml:32 rules[1].id "expiry" is used twice'])
    expect(problems(rule, rule.replace('tier: A', 'tier: X').replace('metBy: decided', 'metBy: hope'))).toHaveLength(2)
  })

  it('a key given twice, and text that is no YAML', () => {
    expect(problems('begins: decision', 'begins: decision\nbegins: expiry')).toEqual(['sample.yaml:15  Map keys must be unique'])
    const broken = parseScheme('id: [', 'broken.yaml')
    expect(broken.ok ? [] : broken.problems.map((one) => one.line)).toEqual([1])
  })

  it.each(['', '- a list', 'just words', '&a [*a, *a]'])('%j, which is no group of keys', (text) => {
    expect(parseScheme(text, 'x.yaml')).toMatchObject({ ok: false, problems: [{ file: 'x.yaml', line: 1 }] })
  })
})
