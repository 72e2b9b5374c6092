import { describe, expect, it } from 'vitest'
import type { ChangeKind, DigestFinding, DigestView, Light, Need } from '../../src/core/digest.ts'
import { languages } from '../../src/core/certification.ts'
import { weeksAhead } from '../../src/core/weeks-ahead.ts'
import { composeDigest } from '../../src/mail/digest.ts'
import { busyDigest, day, dutyWith, quietDigest } from './views.ts'

const seen = (html: string): string => html.replace(/<style.*?<\/style>/gs, '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

describe('the subject of the weekly status', () => {
  it('says the week and what is in danger, late, and up to the reader', () => {
    expect(composeDigest(busyDigest()).subject).toBe('Recert week 48: 2 in danger, 1 late, 6 need you')
    expect(composeDigest(busyDigest({ language: 'zh' })).subject).toBe('资质周报 第48周：2 项有风险，1 项逾期，6 项待您处理')
  })
  it('of a quiet week says that nothing is late', () => {
    expect(composeDigest(quietDigest()).subject).toBe('Recert week 48: nothing late, nothing in danger')
    expect(composeDigest(quietDigest({ language: 'zh' })).subject).toBe('资质周报 第48周：没有逾期，没有逾期风险')
  })
})

describe('the verdict', () => {
  it('of a quiet week says how often was checked', () => {
    expect(composeDigest(quietDigest()).text).toContain('Nothing is late, nothing in danger. 10,080 checks ran this week.')
    expect(composeDigest(quietDigest({ language: 'zh' })).text).toContain('没有逾期，也没有逾期风险。本周共检查 10,080 次。')
  })
  it('of a week without a check does not pretend', () => {
    const trust = { ...quietDigest().trust, checks: 0, lastCheckAt: undefined }
    expect(composeDigest(quietDigest({ trust })).text).toContain('But no check ran this week, so this proves little.')
  })
  it('counts what is late, in danger and up to the reader, and what changed since last week', () => {
    const { text } = composeDigest(busyDigest())
    expect(text).toContain('1 duty is late, 2 are in danger of being late. 6 things need you.')
    expect(text).toContain('Since last week: late +1, in danger \u22121, needs you unchanged.')
    expect(composeDigest(busyDigest({ before: undefined })).text).not.toContain('Since last week')
  })
})

describe('whether it can be trusted', () => {
  it('is said by the mail since the last one: sent, failed, late to leave, refused addresses', () => {
    expect(composeDigest(busyDigest()).text).toContain('Mail since 16 Nov: 34 sent, 2 kept here, 1 failed, 0 overdue to leave; 1 address refused, 0 people without one.')
    expect(composeDigest(busyDigest()).text).toContain('Records: 5 incomplete, 3 without owner; 2 duties of owners who have left.')
    expect(composeDigest(busyDigest({ language: 'zh' })).text).toContain('邮件（自 11月16日 起）：发出 34 封')
  })
})

describe('open nonconformities', () => {
  const finding: DigestFinding = {
    findingId: 7, certificationId: 12, scheme: { en: 'ISO/IEC 27001:2022', zh: 'ISO/IEC 27001:2022' }, name: 'Frankfurt DC', audit: 'Recertification 2026', number: 'NC-1',
    grade: { en: 'Major nonconformity', zh: '严重不符合' }, title: 'No <b>risk</b> treatment', owed: 'proof', dueOn: day('2026-11-20'), daysLeft: -3, light: 'red', owner: 'Ann Keller',
  }
  const withFindings = (one: DigestFinding, n = 1, language: DigestView['language'] = 'en') =>
    quietDigest({ language, findings: Array.from({ length: n }, () => one), counts: { ...quietDigest().counts, findings: n } })

  it('are said with their grade, what is owed, the days and the audit', () => {
    const { text, html } = composeDigest(withFindings(finding))
    expect(text).toContain('Open nonconformities (1)')
    expect(text).toContain('Frankfurt DC: Major nonconformity NC-1, No <b>risk</b> treatment [3 days late]')
    expect(text).toContain('proof owed · by Fri 20 Nov 2026 · Ann Keller · Recertification 2026')
    expect(html).not.toContain('<b>risk')
    expect(composeDigest(withFindings(finding, 1, 'zh')).text).toContain('未关闭的不符合项')
  })
  it('of which the body has the ball are not late, and more than five are counted', () => {
    const waits = { ...finding, owed: 'verification' as const }
    const { text } = composeDigest(withFindings(waits, 7))
    expect(text).not.toContain('late]')
    expect(text).toContain('with the body')
    expect(text).toContain('and 2 more')
  })
  it('are left out where there are none', () => {
    expect(composeDigest(quietDigest()).text).not.toContain('Open nonconformities')
  })
})

describe('the blocks', () => {
  const order = ['Needs you', 'Late or in danger', 'Next 30 days', 'Running', 'Changed since the last status', 'Register', 'Can you trust this?']

  it('come in the order a reader needs them, in both parts', () => {
    const { text, html } = composeDigest(busyDigest())
    for (const part of [text, seen(html)]) {
      const places = order.map((head) => part.indexOf(head, part.indexOf('things need you')))
      expect(places.every((place) => place >= 0)).toBe(true)
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    }
  })

  it('that are empty are left out or say so', () => {
    const { text } = composeDigest(quietDigest())
    expect(text).toContain('Late or in danger\nNone.')
    expect(text).toContain('Next 30 days\nNothing.')
    expect(text).toContain('Changed since the last status\nNothing.')
    expect(text).not.toContain('Needs you')
    expect(text).not.toContain('Running')
  })

  it('show their first lines and the number of the whole', () => {
    const duties = Array.from({ length: 23 }, (_, n) => dutyWith({ obligationId: n, certificationId: n, daysLeft: -n - 1, light: 'red' }))
    const view = busyDigest({ lateOrInDanger: duties, counts: { ...busyDigest().counts, late: 23, inDanger: 0 } })
    const { text, html } = composeDigest(view)
    expect(text).toContain('Late or in danger (23)')
    expect(text).toContain('and 15 more: https://recert.example.org/')
    expect(text.match(/days? late\]/g)).toHaveLength(8)
    expect(seen(html)).toContain('and 15 more')
  })

  it('say each duty once: what is late or in danger is only counted among the next 30 days', () => {
    const { text } = composeDigest(busyDigest())
    expect(text).toContain('Next 30 days (3)')
    expect(text).toContain('2 of them are listed above.')
    expect(text.match(/KeyVault 3\.2: Archive date/g)).toHaveLength(1)
  })

  it('say who has the ball, booked or not, which day and how far it can be trusted', () => {
    const { text } = composeDigest(busyDigest())
    expect(text).toContain('* ISO/IEC 27001:2022 上海机房: First surveillance audit [7 days left]\n  last allowed day Mon 30 Nov 2026 · not booked · with 陈晨 since 3 Nov · 华东数据中心 · late as it stands · unverified rule')
    expect(text).toContain('[11 days late]')
    expect(text).toContain('valid until Wed 16 Dec 2026 · no owner since 3 Nov')
    expect(text).toContain('booked for 9 Dec')
  })

  it('say how a run stands', () => {
    expect(composeDigest(busyDigest()).text).toContain('[3 working days short]\n  stage 4 of 5, assessment, 62% done · next: On-site assessment by 2 Dec · waits on 测评机构')
  })

  it('say an import of six hundred in one line', () => {
    expect(composeDigest(busyDigest()).text).toContain('* Added: 600, such as FIPS 140-3 Module A')
    expect(composeDigest(busyDigest()).text).toContain('* Moved: ISO/IEC 27001:2022 Frankfurt DC, First surveillance audit, 1 Dec → 18 Dec, by Ann Keller')
  })
})

describe('every text', () => {
  const duty = dutyWith()
  const needs: Need[] = [
    { kind: 'no-owner', certifications: 1, exampleId: 1, example: 'X' }, { kind: 'unconfirmed', duties: 1 },
    { kind: 'expired', certifications: 1, exampleId: 1, example: 'X' }, { kind: 'unreachable', personId: 1, person: 'Ann', cause: 'no-address' },
    { kind: 'unreachable', personId: 1, person: 'Ann', cause: 'rejected' }, { kind: 'unbooked', duty, bookBy: day('2026-11-01') },
    { kind: 'booked-day-passed', duty: dutyWith({ bookedOn: day('2026-11-20') }) }, { kind: 'failed-mail', messages: 2 },
    { kind: 'not-mine', duty, person: 'Bob' }, { kind: 'owner-left', person: 'Bob', duties: 2, exampleId: 3, example: 'X' },
    { kind: 'not-live', organisation: 'Nordlicht', captured: 7 },
  ]
  const kinds: ChangeKind[] = ['granted', 'renewed', 'suspended', 'restored', 'withdrawn', 'given-up', 'extended', 'archived', 'added', 'moved', 'met', 'booked', 'owner-changed', 'refused', 'transferred', 'scope-changed']
  const lights: Light[] = ['red', 'amber', 'green', 'grey']
  const views = (language: DigestView['language']): DigestView[] => [
    ...needs.map((need) => busyDigest({ language, needsYou: [need] })),
    ...kinds.flatMap((kind) => [1, 600].map((count) => busyDigest({ language, changed: [{ ...busyDigest().changed[1]!, kind, count }] }))),
    ...lights.map((light) => busyDigest({ language, lateOrInDanger: [dutyWith({ light, latestOn: day('2027-01-01'), provisional: true, kind: 'filing' })] })),
    quietDigest({ language, rehearsal: true }),
  ]
  it.each(languages)('is whole in %s', (language) => {
    for (const view of views(language)) {
      const letter = composeDigest(view)
      expect(letter.subject + letter.text + letter.html).not.toMatch(/undefined|\[object|NaN|null/)
      for (const [, href] of letter.html.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^https:\/\/recert\.example\.org\/(certifications\/\d+|mail)?$/)
      expect(Buffer.byteLength(letter.html)).toBeLessThan(40_000)
    }
  })

  it('of a rehearsal says that it was not sent', () => {
    expect(composeDigest(quietDigest({ rehearsal: true })).text).toMatch(/^Rehearsal/)
  })
})

describe('who has the ball', () => {
  const said = (overrides: Parameters<typeof dutyWith>[0], language: DigestView['language'] = 'en') =>
    composeDigest(quietDigest({ language, lateOrInDanger: [dutyWith(overrides)] })).text
  const since = day('2026-11-03')
  it('is said with since when: the owner, nobody, whom it waits on, the body once it is handed in', () => {
    expect(said({ ball: { holder: 'owner', name: 'Ann', since } })).toContain('with Ann since 3 Nov')
    expect(said({ ball: { holder: 'owner', name: undefined, since } })).toContain('no owner since 3 Nov')
    expect(said({ ball: { holder: 'waits', name: 'the police', since } })).toContain('waits on the police since 3 Nov')
    expect(said({ ball: { holder: 'handed-in', name: 'TÜV', since } })).toContain('handed in 3 Nov, with TÜV')
    expect(said({ ball: { holder: 'handed-in', name: undefined, since } }, 'zh')).toContain('已提交（11月3日），等待认证机构')
  })
  it('goes with the forecast, before or after the last allowed day', () => {
    expect(said({ forecast: { on: day('2026-12-20'), days: 2 } })).toContain('forecast 20 Dec, 2 days too late')
    expect(said({ forecast: { on: day('2026-12-17'), days: -1 } })).toContain('forecast 17 Dec, 1 day early')
    expect(said({ forecast: { on: day('2026-12-18'), days: 0 } }, 'zh')).toContain('预计 12月18日 完成，恰为最迟日期')
  })
})

describe('what is narrowed', () => {
  const narrowing = { organisations: ['Harbour, Inc.'], schemes: [{ en: 'Classified protection', zh: '等保' }], tags: ['key', 'board'] }
  it('is said below the scope, in both parts', () => {
    const { text, html } = composeDigest(quietDigest({ narrowing }))
    expect(text).toContain('\nOnly organisations: Harbour, Inc.; schemes: Classified protection; tags: key, board\n')
    expect(seen(html)).toContain('Only organisations: Harbour, Inc.')
    expect(composeDigest(quietDigest({ narrowing, language: 'zh' })).text).toContain('仅含单位：Harbour, Inc.；资质类型：等保；标签：key，board')
    expect(composeDigest(quietDigest()).text).not.toContain('Only ')
  })
})

describe('the timeline', () => {
  const weeks = weeksAhead([
    { on: day('2026-12-08'), light: 'red' }, { on: day('2026-12-09'), light: 'grey' }, { on: day('2026-12-30'), light: 'amber' },
  ], day('2026-11-23'))
  const { text, html } = composeDigest(quietDigest({ weeks }))

  it('is a row of 26 cells with a shape and a number, months above and today at the left', () => {
    const row = /<table role="img".*?<\/table>/s.exec(html)![0]
    expect(row.match(/class="wk /g)).toHaveLength(26)
    expect(seen(row)).toMatch(/Dec .*\u25B2 2 .*\u25C6 1 .*\u2191 today/)
    expect(row).toMatch(/width="3\.84%"/)
    const spans = [...row.matchAll(/colspan="(\d+)" align="left" style="font-size:11px;line-height:1\.4;white-space/g)].map(([, n]) => Number(n))
    expect(spans.reduce((a, b) => a + b, 0)).toBe(26)
  })
  it('is said in words as well, for those who see no cells', () => {
    expect(text).toContain('Next 26 weeks: week 50: 2, week 53: 1.')
    expect(html).toContain('aria-label="Next 26 weeks: week 50: 2, week 53: 1."')
    expect(composeDigest(quietDigest({ weeks, language: 'zh' })).text).toContain('今后 26 周：第50周 2 项，第53周 1 项。')
    expect(composeDigest(quietDigest()).html).not.toContain('role="img"')
  })
  it('says each light by a shape and a word', () => {
    expect(seen(html)).toContain('\u25B2 late as it stands · \u25C6 tight · \u25CF planned and in time · \u25CB nothing planned yet')
  })
})

describe('a register of ten thousand duties', () => {
  const lights = ['red', 'amber', 'green', 'grey'] as const
  const duties = Array.from({ length: 10_000 }, (_, n) => dutyWith({
    obligationId: n, certificationId: n, name: `Data centre ${n} `.repeat(6), daysLeft: (n % 180) - 20, light: lights[n % 4]!, owner: 'An Owner with a Long Name '.repeat(3),
  }))
  const weeks = weeksAhead(duties.map((one, n) => ({ on: day('2026-11-24').add({ days: n % 180 }), light: one.light })), day('2026-11-23'))

  it.each(languages)('makes a mail below 100 KB in %s, drawn without picture, script or outside style', (language) => {
    const { html } = composeDigest(busyDigest({
      language, weeks, lateOrInDanger: duties, next30: duties, needsYou: duties.map((duty) => ({ kind: 'unbooked', duty, bookBy: day('2026-11-01') })),
      counts: { needsYou: 10_000, inDanger: 5000, late: 5000, findings: 0, next30: 10_000, in31to90: 10_000, in91to180: 10_000, running: 0 },
    }))
    expect(Buffer.byteLength(html)).toBeLessThan(100_000)
    expect(html).not.toMatch(/<(svg|img|script|link|iframe|form)\b|url\(|@import/i)
    expect(html).toContain('99+')
  })
})
