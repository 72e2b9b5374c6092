import { describe, expect, it } from 'vitest'
import { languages } from '../../src/core/certification.ts'
import { type NewsBlock, type NewsItem, newsKinds } from '../../src/core/news.ts'
import { composeDaily } from '../../src/mail/daily.ts'
import { day, lineWith, viewWith } from './views.ts'

const item = (rest: Partial<NewsItem> = {}): NewsItem => ({
  certificationId: 12, scheme: { en: 'ISO/IEC 27001:2022', zh: 'ISO/IEC 27001:2022' }, name: 'Frankfurt DC',
  title: { en: 'Internal audit', zh: '内部审核' }, kind: 'internal-audit', on: day('2026-12-18'), person: undefined, cause: undefined, remark: undefined, ...rest,
})
const block = (kind: NewsBlock['kind'], items: NewsItem[], rest: Partial<NewsBlock> = {}): NewsBlock =>
  ({ kind, count: items.length, items, closure: undefined, href: undefined, ...rest })

const samples: Readonly<Record<NewsBlock['kind'], NewsBlock>> = {
  unconfirmed: block('unconfirmed', [item()], { count: 126, href: 'https://recert.example.org/answer/abc' }),
  gap: block('gap', [item({ title: undefined, on: undefined, cause: 'left', person: 'Zhou Min' })]),
  bounced: block('bounced', [item({ certificationId: undefined, scheme: undefined, name: undefined, title: undefined, on: undefined, person: 'Zhou Min', remark: 'zhou@example.org' })]),
  'not-mine': block('not-mine', [item({ person: 'Zhou Min', remark: 'ask facilities' })]),
  answered: block('answered', [
    item({ answer: { action: 'done', on: day('2026-12-04'), notice: 7 }, href: 'https://recert.example.org/answer/def' }),
    item({ answer: { action: 'snooze', on: day('2026-12-10'), notice: undefined }, person: 'Zhou Min' }),
  ]),
  assigned: block('assigned', [item({ person: 'Zhou Min' })]),
  closure: block('closure', [item()], { closure: { from: day('2027-02-05'), to: day('2027-02-11') } }),
}

describe('a mail of news alone', () => {
  it.each([
    ['unconfirmed', '126 duties were past when entered', '126 项应办事项登记时日期已过'],
    ['gap', 'ISO/IEC 27001:2022 Frankfurt DC has nobody to tell', 'Frankfurt DC无人可通知'],
    ['bounced', 'Mail to Zhou Min comes back', '发给Zhou Min的邮件被退回'],
    ['not-mine', 'Whose is it? ISO/IEC 27001:2022 Frankfurt DC: Internal audit', '应由谁负责？'],
    ['answered', 'By a link in a mail: ISO/IEC 27001:2022 Frankfurt DC: Internal audit, due Fri 18 Dec 2026: done on Fri 4 Dec 2026, and 1 more', '通过邮件链接登记：'],
    ['assigned', 'Yours now: ISO/IEC 27001:2022 Frankfurt DC: Internal audit, due Fri 18 Dec 2026', '现由您负责：'],
    ['closure', 'Before the closure: ISO/IEC 27001:2022 Frankfurt DC', '放假前须办：'],
  ] as const)('about %s says so in its subject and in both parts', (kind, en, zh) => {
    for (const [language, subject] of [['en', en], ['zh', zh]] as const) {
      const letter = composeDaily(viewWith([], { news: [samples[kind]], language }))
      expect(letter.subject).toContain(subject)
      for (const part of [letter.text, letter.html]) expect(part).toContain(kind === 'bounced' ? 'Zhou Min' : 'Frankfurt DC')
      expect(letter.text).not.toMatch(/undefined|NaN|\[object/)
    }
  })

  it('asks about what was past at entry with one link to answer all of it', () => {
    const { text, html } = composeDaily(viewWith([], { news: [samples.unconfirmed] }))
    expect(text).toContain('Answer all 126 of them: https://recert.example.org/answer/abc')
    expect(html).toContain('href="https://recert.example.org/answer/abc"')
  })

  it('names who left, who says it is not theirs and what they wrote', () => {
    expect(composeDaily(viewWith([], { news: [samples.gap] })).text).toContain('its owner, Zhou Min, has left')
    expect(composeDaily(viewWith([], { news: [samples.bounced] })).text).toContain('* Zhou Min, zhou@example.org')
    expect(composeDaily(viewWith([], { news: [samples['not-mine']] })).text).toContain('says Zhou Min: ask facilities')
    expect(composeDaily(viewWith([], { news: [samples.closure] })).text).toContain('Before the closure, 5 Feb 2027 to 11 Feb 2027')
  })

  it('says what a link answered, for whom, and leads to where it is taken back while it can be', () => {
    const { text, html } = composeDaily(viewWith([], { news: [samples.answered] }))
    expect(text).toMatch(/done on Fri 4 Dec 2026\n {2}https:\/\/recert.example.org\/answer\/def\n/)
    expect(text).toMatch(/quiet until Thu 10 Dec 2026; says Zhou Min\n {2}\S+\/certifications\/12\n/)
    expect(html).toContain('href="https://recert.example.org/answer/def"')
    expect(composeDaily(viewWith([], { news: [samples.answered], language: 'zh' })).text).toContain('：已于2026年12月4日')
  })

  it('is no mail without any', () => {
    expect(() => composeDaily(viewWith([], { news: [] }))).toThrow(/needs a line or news/)
  })
})

describe('news beside lines', () => {
  it('comes after them and leaves the subject to them', () => {
    const { subject, text } = composeDaily(viewWith([lineWith()], { news: newsKinds.map((kind) => samples[kind]) }))
    expect(subject).toContain('surveillance audit due in 25 days')
    expect(text.indexOf('First surveillance audit')).toBeLessThan(text.indexOf('Nobody to tell'))
  })

  it('stays below the size at which mailboxes clip, in both languages, however hostile its texts', () => {
    const hostile = item({ name: '<script>alert(1)</script>'.repeat(40), title: { en: 'x'.repeat(4000), zh: '事'.repeat(4000) }, remark: '"><img src=x>'.repeat(50) })
    for (const language of languages) {
      const { html } = composeDaily(viewWith([], { language, news: newsKinds.map((kind) => ({ ...samples[kind], items: Array.from({ length: 16 }, () => hostile) })) }))
      expect(html).not.toContain('<script>alert')
      expect(html).not.toContain('<img src=x>')
      expect(Buffer.byteLength(html)).toBeLessThan(100_000)
    }
  })
})
