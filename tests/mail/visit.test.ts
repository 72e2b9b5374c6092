// Duties of one visit in a daily mail: one line, with what is due of each certification it serves, and how its day moved.

import { expect, test } from 'vitest'
import { languages } from '../../src/core/certification.ts'
import type { Line, Served } from '../../src/core/message.ts'
import { composeDaily } from '../../src/mail/daily.ts'
import { day, lineWith, viewWith } from './views.ts'

const served = (n: number, rest: Partial<Served> = {}): Served => ({
  scheme: { en: `ISO ${n}`, zh: `标准 ${n}` }, name: 'Head office', titles: [{ en: 'First surveillance audit', zh: '第一次监督审核' }], dueOn: day('2026-12-31'), latestOn: undefined, ...rest,
})
const moved = { from: day('2026-12-02'), to: day('2026-12-07'), by: 'DNV', movedBy: 'body' as const, reason: 'The auditor is ill' }
const visit = (serves: readonly Served[], rest: Partial<Line> = {}): Line => lineWith({
  bookedOn: day('2026-12-07'), countedTo: day('2026-12-07'), daysLeft: 14, notice: 'P14D', visit: { title: 'Winter visit', serves }, ...rest,
})
const says = (line: Line, language: 'en' | 'zh', ...texts: readonly string[]): void => {
  const { text, html } = composeDaily(viewWith([line], { language }))
  for (const part of [text, html]) for (const each of texts) expect(part).toContain(each)
}

test('a visit says what is due of each certification, by both readings where there are two', () => {
  const line = visit([served(1), served(2, { titles: [{ en: 'Recertification decided', zh: '完成再认证并作出决定' }], latestOn: day('2027-01-31') })])
  says(line, 'en', 'ISO 1 Head office: First surveillance audit, last allowed day Thu 31 Dec 2026',
    'ISO 2 Head office: Recertification decided, by the stricter reading Thu 31 Dec 2026, late only after Sun 31 Jan 2027')
  says(line, 'zh', '标准 1 Head office：第一次监督审核，最迟日期 2026年12月31日（周四）',
    '标准 2 Head office：完成再认证并作出决定，按较严的理解为 2026年12月31日（周四），2027年1月31日（周日）之后才算逾期')
})

test('a moved visit says from which day to which, by whom and why', () => {
  const line = (rest: Partial<typeof moved> | { readonly by: undefined } | { readonly movedBy: 'us' }): Line => visit([served(1), served(2)], { visitMoved: { ...moved, ...rest } })
  says(line({}), 'en', 'the booked day, from Wed 2 Dec 2026 to Mon 7 Dec 2026, by DNV: The auditor is ill')
  says(line({ by: undefined }), 'en', 'by the certification body: The auditor is ill')
  says(line({}), 'zh', '约定日期由 2026年12月2日（周三）改为 2026年12月7日（周一），变更方：DNV，原因：The auditor is ill')
  expect(composeDaily(viewWith([line({ movedBy: 'us' })])).text).not.toContain('by DNV')
  says(lineWith({ visitMoved: moved }), 'en', 'the booked day, from Wed 2 Dec 2026')
})

test('of a hundred certifications it shows twelve and counts the rest, below the size at which mail is clipped, whatever the names are', () => {
  const long = '审核认证'.repeat(200)
  const words = { en: long, zh: long }
  const serves = Array.from({ length: 100 }, () => served(1, { scheme: words, name: long, titles: [words, { en: `b${long}`, zh: `b${long}` }, { en: 'c', zh: 'c' }, { en: 'd', zh: 'd' }] }))
  for (const language of languages) {
    const letter = composeDaily(viewWith(Array.from({ length: 20 }, () => visit(serves, { visitMoved: { ...moved, reason: long } })), { language }))
    expect(Buffer.byteLength(letter.html)).toBeLessThan(100_000)
    expect(letter.text).toContain(language === 'en' ? 'Serves: 88 more' : '涉及资质：另有 88 项')
  }
})
