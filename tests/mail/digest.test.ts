import { describe, expect, it } from 'vitest'
import type { ChangeKind, DigestFinding, DigestView, Light, Need } from '../../src/core/digest.ts'
import { languages } from '../../src/core/certification.ts'
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
