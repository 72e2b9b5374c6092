import { describe, expect, it } from 'vitest'
import { languages } from '../../src/core/certification.ts'
import type { OwnDigestItem, OwnDigestView } from '../../src/core/digest.ts'
import { composeOwnDigest } from '../../src/mail/own-digest.ts'
import { busyDigest, day, dutyWith } from './views.ts'

const links = [{ label: 'Done', href: 'https://recert.example.org/answer/abc' }]
const late = dutyWith({ obligationId: 2, name: 'Hamburg', dueOn: day('2026-11-20'), daysLeft: -3, light: 'red' })
const soon = dutyWith({ obligationId: 3, ball: { holder: 'waits', name: 'TÜV', since: day('2026-11-02') }, forecast: { on: day('2026-12-10'), days: -8 } })

function ownWith(lateOrInDanger: readonly OwnDigestItem[], next30: readonly OwnDigestItem[], rest: Partial<OwnDigestView> = {}): OwnDigestView {
  const { to, language, organisation, week, cutOffAt, zone, url, rehearsal, day: on } = busyDigest()
  const lateOnes = lateOrInDanger.filter((one) => one.daysLeft < 0).length
  return {
    to, language, organisation, week, cutOffAt, zone, url, rehearsal, day: on, lateOrInDanger, next30,
    counts: { late: lateOnes, inDanger: lateOrInDanger.length - lateOnes, next30: next30.length }, ...rest,
  }
}

describe('an owner\'s weekly mail', () => {
  it('says in its subject what is late, in danger and due', () => {
    expect(composeOwnDigest(ownWith([late], [soon])).subject).toBe('Your week 48: 1 late, 1 due within 30 days')
    expect(composeOwnDigest(ownWith([late], [], { language: 'zh' })).subject).toBe('您的一周 第48周：1 项已逾期，30 天内没有事项')
  })

  it('names each of their duties once, with whom it waits on but not themselves', () => {
    const { text } = composeOwnDigest(ownWith([late, soon], [soon]))
    expect(text).toContain('Late or in danger (2)\n* ISO/IEC 27001:2022 Hamburg: First surveillance audit [3 days late]')
    expect(text).toContain('waits on TÜV since 2 Nov · forecast 10 Dec, 8 days early')
    expect(text.match(/Frankfurt DC/g)).toHaveLength(1)
    expect(text).toContain('1 of them is listed above.')
    expect(text).not.toContain('Ann Keller')
  })

  it('has its buttons in both parts', () => {
    const { text, html } = composeOwnDigest(ownWith([], [{ ...soon, links }]))
    expect(text).toContain('  Done: https://recert.example.org/answer/abc')
    expect(html).toMatch(/<a class="c-button" href="https:\/\/recert\.example\.org\/answer\/abc"[^>]*>Done<\/a>/)
    expect(text).not.toContain('Late or in danger')
  })

  it.each(languages)('is whole in %s, and at most 100 KB whatever they own', (language) => {
    const many = Array.from({ length: 5000 }, (_, n) => ({ ...late, obligationId: n + 10, links: [1, 2, 3].map((one) => ({ label: 'I know, I am on it', href: `https://recert.example.org/answer/${'x'.repeat(60)}${one}` })), name: 'Data centre '.repeat(8) }))
    const letter = composeOwnDigest(ownWith(many, many.map((one) => ({ ...one, obligationId: one.obligationId + 10_000 })), { language }))
    expect(letter.subject + letter.text + letter.html).not.toMatch(/undefined|\[object|NaN|null/)
    expect(Buffer.byteLength(letter.html)).toBeLessThan(100_000)
    expect(letter.text).toContain(language === 'en' ? 'and 4,985 more' : '另有 4,985 项')
  })

  it('of a rehearsal says that it was not sent', () => {
    expect(composeOwnDigest(ownWith([late], [], { rehearsal: true })).text).toMatch(/^Rehearsal/)
  })
})
