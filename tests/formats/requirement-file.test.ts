import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { RequirementLine } from '../../src/core/requirement-import.ts'
import { readRequirementFile, type RequirementFileRead } from '../../src/formats/requirement-file.ts'
import type { Encoding } from '../../src/formats/text.ts'

const sample = (name: string): Uint8Array => readFileSync(new URL(`../samples/${name}`, import.meta.url))

function read(file: string | Uint8Array, encoding?: Encoding): Extract<RequirementFileRead, { ok: true }> {
  const found = readRequirementFile({ bytes: typeof file === 'string' ? new TextEncoder().encode(file) : file, encoding })
  if (!found.ok) throw new Error(JSON.stringify(found.problems))
  return found
}

function refusal(file: string | Uint8Array): string[] {
  const found = readRequirementFile({ bytes: typeof file === 'string' ? new TextEncoder().encode(file) : file, encoding: undefined })
  return found.ok ? [] : found.problems.map((one) => `${one.row} ${one.column}: ${one.reason}`)
}

const linesOf = (file: string | Uint8Array): RequirementLine[] => read(file).readings.flatMap((one) => one.line ?? [])
const problems = (file: string): string[] => read(file).readings.flatMap((one) => one.problems.map((each) => `${each.row} ${each.column} "${each.value}": ${each.reason}`))

/** One row with these cells, by header. */
const row = (cells: Readonly<Record<string, string>>): string => {
  const quoted = (texts: string[]) => texts.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')
  return `${quoted(['code', ...Object.keys(cells)])}\n${quoted(['1', ...Object.values(cells)])}\n`
}

describe('a checklist', () => {
  test('in Chinese, as a spreadsheet in China saves it, says what it says', () => {
    const { readings, ignored } = read(sample('requirements-chinese-gbk.csv'))
    expect(readings.map((one) => one.line)).toEqual([
      {
        code: '1', area: '数据安全', en: 'Durability', zh: '数据存储的持久性', state: 'met', owner: { name: 'Alice', email: 'alice@example.org' }, reason: undefined, isNew: false,
        evidence: [{ link: 'https://docs.example.com/sla#1', title: 'SLA 2026' }, { link: 'https://wiki.example.com/持久性', title: undefined }],
      },
      { code: '2', area: '数据安全', en: 'Privacy', zh: '数据私密性', state: 'in-progress', owner: undefined, reason: '等待法务', evidence: [], isNew: false },
      { code: '7', area: '服务质量', en: 'Availability', zh: '业务可用性', state: 'not-applicable', owner: 'nobody', reason: '不提供该服务', evidence: [], isNew: false },
      { code: '10', area: '服务质量', en: 'Fault recovery', zh: '故障恢复能力', state: undefined, owner: undefined, reason: undefined, evidence: [], isNew: false },
    ])
    expect(ignored).toEqual(['评估方法'])
  })

  test('in English says the same', () => {
    expect(linesOf(sample('requirements-english.csv')).map((one) => [one.code, one.state, one.evidence.length, one.en, one.zh])).toEqual([
      ['P-1', 'met', 2, 'Runbook for every service', '每项服务有操作手册'], ['P-2', 'in-progress', 0, 'Change board', '变更评审'],
      ['A-1', 'open', 0, 'Restart without a person', undefined], ['A-2', 'not-applicable', 0, undefined, '自动扩容'],
    ])
  })

  test.each([
    [{ title: 'Erasure' }, 'Erasure', undefined], [{ 指标: '数据可销毁性' }, undefined, '数据可销毁性'], [{ 指标: 'DevOps 平台' }, undefined, 'DevOps 平台'],
    [{ 要求: '可销毁', 'title en': 'Erasure' }, 'Erasure', '可销毁'], [{ title: 'SLA', 'title zh': '服务等级' }, 'SLA', '服务等级'],
  ])('a title that names no language is in the one it is written in: %j', (cells, en, zh) => {
    expect(linesOf(row(cells)).map((one) => [one.en, one.zh])).toEqual([[en, zh]])
  })

  test.each([
    ['MET', 'met'], ['In-Progress', 'in-progress'], ['in_progress', 'in-progress'], ['未开始', 'open'], ['Ｎ/Ａ', 'not-applicable'], ['不适用', 'not-applicable'], ['', undefined],
  ])('the state %j is %s', (text, state) => {
    expect(linesOf(row({ state: text }))[0]!.state).toBe(state)
  })

  test('evidence is any number of links, with or without a title', () => {
    const evidence = (text: string) => linesOf(row({ evidence: text }))[0]!.evidence.map((one) => [one.title, one.link])
    expect(evidence('https://a.example/x;https://b.example/y')).toEqual([[undefined, 'https://a.example/x'], [undefined, 'https://b.example/y']])
    expect(evidence('Plan: https://a.example/x, Report https://b.example/y?a=1;b=2\n无')).toEqual([['Plan', 'https://a.example/x'], ['Report', 'https://b.example/y?a=1;b=2']])
  })

  test.each(['yes', '是', 'TRUE', '1'])('the column new says %s: the item may be added to any area', (text) => {
    expect(linesOf(row({ 新增: text }))[0]!.isNew).toBe(true)
  })

  test('a cell that a spreadsheet would run is read as it was meant', () => {
    expect(linesOf(row({ title: "'=Sum of parts" }))[0]!.en).toBe('=Sum of parts')
  })
})

describe('what cannot be read is said by row and column', () => {
  test.each([
    [row({ state: 'perhaps' }), /^2 state "perhaps": Not a state\. Known: open, 未开始, in progress/],
    [row({ evidence: 'in the cupboard' }), /^2 evidence "in the cupboard": Write links, one a line/],
    [row({ evidence: 'https://a.example/x (page 3)' }), /^2 evidence .*: Write links, one a line/],
    [row({ evidence: 'https://user:secret@a.example/x' }), /^2 evidence .*: .* cannot be kept as evidence: it carries a name or a password/],
    [row({ new: 'maybe' }), /^2 new "maybe": Must be yes or no/],
    [row({ title: 'a\u202Eb' }), /^2 title .*: Contains a control character/],
    ['code,title\n,Erasure\n', /^2 code "": /],
    [`code\n${'1'.repeat(41)}\n`, /^2 code .*: Longer than 40 characters \(41\)/],
    ['code,title\n1,Erasure,met\n', /^2 {2}"": 3 cells where the header has 2/],
  ])('%#', (file, reason) => {
    expect(problems(file)).toEqual([expect.stringMatching(reason)])
  })

  test.each([
    ['title,state\nErasure,met\n', '1 code: The column is missing. A checklist has: code, area, title'],
    ['code,编号\n1,2\n', '1 code: The column code is there twice'],
    ['', '1 : The file is empty'], ['code\n', '1 : Only a header, no rows'],
  ])('a file that is no checklist is refused whole: %j', (file, reason) => {
    expect(refusal(file)).toEqual([expect.stringContaining(reason)])
  })

  test('a file of more than 10 MB is refused', () => {
    expect(refusal(new Uint8Array(10 * 1024 * 1024 + 1))).toEqual(['1 : The file has 10.0 MB, more than 10: divide it'])
  })
})
