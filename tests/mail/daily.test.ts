import { describe, expect, it } from 'vitest'
import { languages } from '../../src/core/certification.ts'
import { byTheRules, type Line, purposes } from '../../src/core/message.ts'
import { obligationKinds } from '../../src/core/obligation.ts'
import { composeDaily } from '../../src/mail/daily.ts'
import { day, lineWith, manifoldLines, viewWith } from './views.ts'

/** What a reader sees of the HTML part: its text, in order. */
const seen = (html: string): string => html
  .replace(/<(style|title)[^>]*>.*?<\/\1>/gs, '').replace(/<div style="display:none.*?<\/div>/s, '')
  .replace(/<[^>]+>/g, ' ').replace(/&amp;/g, '&').replace(/&#39;/g, '\'').replace(/&quot;/g, '"').replace(/\s+/g, ' ')

const linksOf = (html: string): string[] => [...html.matchAll(/href="([^"]*)"/g)].map((match) => match[1]!)

describe('the subject', () => {
  const subjectOf = (...all: Parameters<typeof viewWith>) => composeDaily(viewWith(...all)).subject

  it('says the most urgent thing: which certificate, what, how many days, which day', () => {
    expect(subjectOf([lineWith()])).toBe('ISO/IEC 27001:2022 Frankfurt DC: surveillance audit due in 25 days (18 Dec)')
    expect(subjectOf([lineWith()], { language: 'zh' })).toBe('ISO/IEC 27001:2022 Frankfurt DC：监督审核还有 25 天截止（12月18日）')
  })

  it('counts the rest', () => {
    expect(subjectOf([lineWith(), lineWith(), lineWith()])).toMatch(/\(18 Dec\), and 2 more$/)
    expect(subjectOf([lineWith(), lineWith(), lineWith()], { language: 'zh' })).toMatch(/，另有 2 项$/)
  })

  it.each([
    [{ dueOn: day('2026-11-23'), daysLeft: 0 }, 'due today (23 Nov)', '今天截止（11月23日）'],
    [{ dueOn: day('2026-11-24'), daysLeft: 1 }, 'due tomorrow (24 Nov)', '明天截止（11月24日）'],
    [{ dueOn: day('2027-02-21'), daysLeft: 90 }, 'due in 90 days (21 Feb 2027)', '还有 90 天截止（2027年2月21日）'],
    [{ dueOn: day('2026-11-22'), daysLeft: -1, late: true }, '1 day late (last allowed day 22 Nov)', '已逾期 1 天（最迟日期 11月22日）'],
    [{ dueOn: day('2026-10-24'), daysLeft: -30, late: true }, '30 days late (last allowed day 24 Oct)', '已逾期 30 天（最迟日期 10月24日）'],
    [{ bookedOn: day('2026-12-01'), daysLeft: 8 }, 'in 8 days (booked for 1 Dec)', '还有 8 天（已约定 12月1日）'],
    [{ bookedOn: day('2026-11-22'), daysLeft: -1 }, 'its booked day passed yesterday (22 Nov)', '的约定日期已过（11月22日，昨天）'],
    [{ dueOn: day('2026-11-20'), latestOn: day('2026-12-20'), daysLeft: -3 }, 'was due 3 days ago (20 Nov) by the stricter reading', '按较严的理解已于 11月20日 截止（3 天前）'],
    [{ dueOn: day('2026-11-18'), daysLeft: -5 }, 'was expected 5 days ago (18 Nov)', '应于 11月18日 收到（5 天前）'],
  ] as [Partial<Line>, string, string][])('puts %j in words', (overrides, en, zh) => {
    const line = lineWith(overrides)
    expect(subjectOf([line])).toContain(en)
    expect(subjectOf([line], { language: 'zh' })).toContain(zh)
  })

  it('says of a certificate that it expires, never that it is due', () => {
    const duties = [{ obligationId: 1, kind: 'expiry' as const, title: { en: 'Expiry', zh: '到期' }, basis: '', mark: 'confirmed' as const }]
    expect(subjectOf([lineWith({ duties })])).toBe('ISO/IEC 27001:2022 Frankfurt DC: expires in 25 days (18 Dec)')
    expect(subjectOf([lineWith({ duties, late: true, dueOn: day('2026-11-20') })])).toContain('expired 3 days ago (20 Nov)')
    expect(subjectOf([lineWith({ duties })], { language: 'zh' })).toContain('还有 25 天到期（12月18日）')
  })
})

describe('a line', () => {
  const both = (...all: Parameters<typeof viewWith>): string[] => {
    const letter = composeDaily(viewWith(...all))
    return [letter.text, seen(letter.html)]
  }
  const says = (parts: string[], ...texts: string[]): void => {
    for (const part of parts) for (const text of texts) expect(part).toContain(text)
  }

  it('names certificate, holder, number, body, duty, day with weekday, days left and reason', () => {
    const letter = both([lineWith()])
    says(letter, 'ISO/IEC 27001:2022 Frankfurt DC', 'Nordlicht Hosting GmbH · no. 01 153 2101 · TÜV Rheinland',
      'First surveillance audit: due Fri 18 Dec 2026, in 25 days', 'ISO/IEC 17021-1:2015, 9.1.3.3, 30-day notice')
    says(both([lineWith()], { language: 'zh' }), '第一次监督审核：截止日期 2026年12月18日（周五），还有 25 天', '证书编号 01 153 2101', '提前 30 个自然日的提醒')
  })

  it('leads to the page of the certification, and no link to anything else than pages', () => {
    const { html, text } = composeDaily(viewWith(manifoldLines()))
    expect(text).toContain('https://recert.example.org/certifications/12')
    for (const href of linksOf(html)) expect(href).toMatch(/^https:\/\/recert\.example\.org\/(certifications\/\d+|mail)?$/)
  })

  it('says the booked day and the last allowed day beside it', () => {
    says(both([lineWith({ bookedOn: day('2026-12-01'), countedTo: day('2026-12-01'), daysLeft: 8 })]),
      'booked for Tue 1 Dec 2026, in 8 days', 'Last allowed day', 'Fri 18 Dec 2026')
  })

  it('shows both days where a rule is read in two ways', () => {
    says(both([lineWith({ latestOn: day('2027-01-17') })]), 'by the stricter reading Fri 18 Dec 2026; late only after Sun 17 Jan 2027')
    says(both([lineWith({ latestOn: day('2027-01-17') })], { language: 'zh' }), '2027年1月17日（周日）之后才算逾期')
  })

  it('that is late by the looser reading counts from that', () => {
    says(both([lineWith({ late: true, dueOn: day('2026-10-01'), latestOn: day('2026-11-20'), daysLeft: -53 })]), '3 days late, the last allowed day was Fri 20 Nov 2026')
  })

  it('says what moved, from where to where and by whom', () => {
    says(both([lineWith({ movedFrom: day('2026-12-01'), movedBy: 'Zhou Min' })]), 'from Tue 1 Dec 2026 to Fri 18 Dec 2026, by Zhou Min')
    says(both([lineWith({ movedFrom: day('2026-12-01'), movedBy: byTheRules })]), 'by the rules')
    says(both([lineWith({ movedFrom: day('2026-12-01'), bookedOn: day('2026-12-09'), countedTo: day('2026-12-09'), daysLeft: 16 })]), 'from Tue 1 Dec 2026 to Fri 18 Dec 2026')
    says(both([lineWith({ movedFrom: day('2026-12-01'), movedBy: '周敏' })], { language: 'zh' }), '由 2026年12月1日（周二）改为 2026年12月18日（周五），变更人：周敏')
  })

  it('admits what is late, provisional or unverified about itself', () => {
    const duties = lineWith().duties.map((duty) => ({ ...duty, mark: 'unverified' as const }))
    says(both([lineWith({ belated: true, provisional: true, duties })]), 'This notice was due earlier', 'Provisional', 'Unverified default')
    for (const part of both([lineWith()])) expect(part).not.toMatch(/due earlier|Provisional|Unverified/)
  })

  it('joins the duties of the day and says that the certificate expires then, too', () => {
    const duty = (kind: 'recertification' | 'expiry', en: string) => ({ obligationId: 1, kind, title: { en, zh: en }, basis: '', mark: 'confirmed' as const })
    says(both([lineWith({ duties: [duty('expiry', 'Expiry'), duty('recertification', 'Recertification')] })]),
      'Recertification: due Fri 18 Dec 2026', 'The certificate expires that day.')
  })

  it('names what rides along, and the window', () => {
    says(both([lineWith({ opensOn: day('2026-10-01') }, { riders: ['CSA STAR Gold', 'ISO/IEC 27017'] })]),
      'CSA STAR Gold and ISO/IEC 27017', 'Thu 1 Oct 2026 to Fri 18 Dec 2026')
  })

  it('says what to do next: the open steps, else the usual first move', () => {
    const next = [{ en: 'Confirm the audit date', zh: '确认审核日期' }]
    says(both([lineWith({ next })]), 'Confirm the audit date')
    says(both([lineWith()]), 'Agree the audit day with the certification body.')
    says(both([lineWith({ purpose: 'escalation', owner: 'Ben Ott' })]), 'Ask Ben Ott what holds it up.')
    says(both([lineWith({ dueOn: day('2026-11-18'), daysLeft: -5 })]), 'Ask them when it will come.')
  })

  it('of a deputy names the owner', () => {
    says(both([lineWith({ owner: 'Ben Ott' })]), 'Ben Ott (you stand in)')
  })
})

describe('the mail', () => {
  it('groups: late, yours, passed up to you, reached nobody nearer', () => {
    const letter = composeDaily(viewWith(manifoldLines()))
    for (const part of [letter.text, seen(letter.html)]) {
      const places = ['The last allowed day has passed.', 'You own these', 'The owner has been told.', 'No owner or deputy could be reached.'].map((text) => part.indexOf(text))
      expect(places.every((place) => place >= 0)).toBe(true)
      expect(places).toEqual(places.toSorted((a, b) => a - b))
      expect(part).toContain('8 things need you; 2 of them are late.')
    }
  })

  it('of a rehearsal says that it was not sent', () => {
    expect(composeDaily(viewWith([lineWith()], { rehearsal: true })).text).toMatch(/^Rehearsal: this mail was kept here and not sent/)
    expect(composeDaily(viewWith([lineWith()], { rehearsal: true, language: 'zh' })).html).toContain('演练')
    expect(composeDaily(viewWith([lineWith()])).text).not.toContain('Rehearsal')
  })

  it.each(languages.flatMap((language) => obligationKinds.map((kind) => ({ language, kind }))))('about $kind in $language is whole', ({ language, kind }) => {
    for (const purpose of purposes) {
      for (const notice of ['opens', 'P30D', 'P3WD', 'P0D', 'late-P5WD', 'late-P10D', 'overdue-1']) {
        for (const late of [false, true]) {
          const duties = [{ obligationId: 1, kind, title: { en: 'A duty', zh: '一项事务' }, basis: 'Rule 1', mark: 'unverified' as const }]
          const letter = composeDaily(viewWith([lineWith({ purpose, notice, late, duties, belated: true, provisional: true, owner: 'Ben Ott', opensOn: day('2026-12-01') })], { language, rehearsal: true }))
          const whole = letter.subject + letter.text + letter.html
          expect(whole).not.toMatch(/undefined|\[object|NaN|null/)
          if (language === 'zh') expect(letter.subject).not.toMatch(/\b(due|days|late|booked)\b/)
        }
      }
    }
  })

  it('of two hundred lines shows the worst fifty, counts the rest, and is below the size at which mail is clipped', () => {
    const lines = Array.from({ length: 200 }, (_, n) => lineWith({ owner: 'Ben Ott', movedFrom: day('2026-12-01'), provisional: true }, { id: n + 1 }))
    const letter = composeDaily(viewWith(lines))
    const shown = new Set(linksOf(letter.html).filter((href) => href.includes('/certifications/'))).size
    expect(shown).toBeGreaterThan(30)
    expect(shown).toBeLessThanOrEqual(50)
    expect(Buffer.byteLength(letter.html)).toBeLessThan(100_000)
    expect(letter.html).toContain(`${200 - shown} more certifications have something due`)
    expect(letter.text).toContain(`${200 - shown} more certifications have something due`)
    expect(letter.subject).toContain('and 199 more')
  })

  it('stays below that size whatever the names are', () => {
    const long = '审核认证'.repeat(200)
    const lines = Array.from({ length: 60 }, () => lineWith({ owner: long, movedBy: long, movedFrom: day('2026-12-01'), next: [{ en: long, zh: long }, { en: long, zh: long }, { en: long, zh: long }] },
      { name: long, organisation: long, certificateNumber: long, certificationBody: long, riders: Array.from({ length: 50 }, () => long) }))
    const letter = composeDaily(viewWith(lines, { language: 'zh' }))
    expect(Buffer.byteLength(letter.html)).toBeLessThan(100_000)
    expect(letter.text).toMatch(/另有 \d+ 项认证有事项待办/)
  })

  it('shows late lines first where lines are cut', () => {
    const lines = [...Array.from({ length: 60 }, (_, n) => lineWith({}, { id: n + 100 })), lineWith({ late: true, dueOn: day('2026-11-20') }, { id: 7 })]
    expect(composeDaily(viewWith(lines)).html).toContain('/certifications/7"')
  })

  it('is a whole document in its language, which follows the reader into the dark', () => {
    const { html } = composeDaily(viewWith([lineWith()], { language: 'zh' }))
    expect(html).toMatch(/^<!doctype html>\n<html lang="zh-CN"/)
    expect(html).toContain('<meta name="color-scheme" content="light dark">')
    expect(html).toContain('@media (prefers-color-scheme:dark)')
    expect(html).toContain('[data-ogsc]')
    for (const table of html.match(/<table[^>]*>/g)!) expect(table).toContain('role="presentation"')
    expect(html).not.toMatch(/=[^"'\s>][^\s>]*(?=[\s>][^<]*>)(?<!content=.*)/)
    expect(html).not.toContain('<script')
  })
})
