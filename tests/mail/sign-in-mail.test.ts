// The mails that are about no duty: the link to sign in, and an administrator's test. And what holds for every
// mail, whatever it is about.

import { simpleParser } from 'mailparser'
import { describe, expect, it, test } from 'vitest'
import type { Letter } from '../../src/core/message.ts'
import { composeDaily } from '../../src/mail/daily.ts'
import { composeDigest } from '../../src/mail/digest.ts'
import type { MailKind } from '../../src/mail/headers.ts'
import { composeSignIn } from '../../src/mail/sign-in-mail.ts'
import { composeBytes } from '../../src/mail/smtp.ts'
import { composeTestMail } from '../../src/mail/test-mail.ts'
import { busyDigest, day, dutyWith, lineWith, viewWith } from './views.ts'

const languages = ['en', 'zh'] as const
const link = `https://recert.example.org/sign-in/${'t'.repeat(43)}`
const at = Temporal.Instant.from('2026-11-24T08:30:00Z')
const envelope = { from: 'Recert <recert@example.org>', to: { name: '王强', address: 'wang@example.org' }, messageId: '<1@example.org>', date: at, url: 'https://recert.example.org' }
const bytesOf = (letter: Letter, kind: MailKind): Promise<Uint8Array> => composeBytes(letter, { ...envelope, kind })

describe.each(languages)('a sign-in mail in %s', (language) => {
  const letter = composeSignIn({ to: { name: '<Ann>\r\nBcc: x' }, language, link })

  it('has one link, in its button and as an address', () => {
    expect(letter.html.match(/href="[^"]*"/g)).toEqual([`href="${link}"`])
    expect(letter.text.split('\n')).toContain(link)
  })

  it('says that it works once and for 15 minutes, and what to do where somebody else asked', () => {
    const says = language === 'en' ? ['works once, and for 15 minutes', 'If it was not you, do nothing', 'does not know who'] : ['只能使用一次，15 分钟内有效', '如果不是您本人申请', '不知道是谁']
    for (const one of says) {
      expect(letter.text).toContain(one)
      expect(letter.html).toContain(one)
    }
  })

  it('shows a name as words and not as tags or headers', async () => {
    expect(letter.html).toContain('&lt;Ann&gt; Bcc: x')
    const parsed = await simpleParser(Buffer.from(await bytesOf(letter, 'sign-in')))
    expect(parsed.text).toContain(link)
    expect(parsed.subject).toBe(letter.subject)
  })

  it('has no word of the link where only a copy is kept', () => {
    const kept = composeSignIn({ to: { name: 'Ann' }, language, link: 'https://recert.example.org/sign-in/…' })
    expect(kept.html + kept.text).not.toContain('ttt')
    expect(kept.text).toContain('https://recert.example.org/sign-in/…')
  })
})

test.each(languages)('a test mail in %s says from where and when it was sent, and that nothing is due', (language) => {
  const letter = composeTestMail({ language, url: 'https://recert.example.org', at, zone: 'Europe/Berlin' })
  for (const part of [letter.text, letter.html]) {
    expect(part).toContain('https://recert.example.org')
    expect(part).toContain('09:30')
    expect(part).toContain(language === 'en' ? 'Nothing is due' : '没有任何事项到期')
  }
})

// Mailboxes cut off an HTML part of more than about 102 KB, and with it the links at its end.
const most = 100 * 1024
const long = (language: 'en' | 'zh'): string => (language === 'en' ? 'classified ' : '资质认证').repeat(40)

test.each(languages)('every mail in %s has at most 100 KB of HTML and of text, however much there is to say', (language) => {
  const words = { en: long(language), zh: long(language) }
  const line = lineWith({
    duties: [{ obligationId: 1, kind: 'step', title: words, basis: words.en, mark: 'unverified' }], owner: words.en, next: [words, words, words],
    costs: words, late: true, daysLeft: -3, countedTo: day('2026-11-20'), dueOn: day('2026-11-20'),
  }, { name: words.en, organisation: words.en, certificateNumber: words.en, certificationBody: words.en, riders: Array.from({ length: 12 }, () => words.en) })
  const busy = busyDigest({ language })
  const duties = Array.from({ length: 300 }, (_, n) => dutyWith({ obligationId: n, name: words.en, organisation: words.en, owner: words.en, light: 'red' }))
  const letters = [
    composeDaily(viewWith(Array.from({ length: 600 }, () => line), { language })),
    composeDigest({ ...busy, lateOrInDanger: duties, next30: duties, changed: Array.from({ length: 300 }, () => ({ ...busy.changed[0]!, name: words.en })), running: Array.from({ length: 300 }, () => ({ ...busy.running[0]!, name: words.en })) }),
    composeSignIn({ to: { name: words.en }, language, link }), composeTestMail({ language, url: envelope.url, at, zone: 'UTC' }),
  ]
  for (const { html, text } of letters) {
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(most)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most)
  }
})
