import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import type { Letter } from '../../src/core/message.ts'
import { composeDaily } from '../../src/mail/daily.ts'
import { formatCalendar } from '../../src/formats/icalendar.ts'
import { dateHeader, type Envelope } from '../../src/mail/headers.ts'
import { composeBytes } from '../../src/mail/smtp.ts'
import { lineWith, viewWith } from './views.ts'

const letter: Letter = {
  subject: 'ISO/IEC 27001 Frankfurt DC: surveillance audit due in 25 days (18 Dec)',
  text: 'Hello Ann,\n.\nFrom here on.\n资质', html: '<!doctype html><p>Hello Ann & 资质</p>',
}
const envelope: Envelope = {
  from: 'Recert <recert@example.org>', to: { name: 'Ann Keller', address: 'ann@example.org' }, messageId: '<abc.1@example.org>',
  date: Temporal.Instant.from('2026-11-23T08:00:00.5Z'), kind: 'daily', url: 'https://recert.example.org',
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const headerNames = (bytes: Uint8Array): string[] => {
  const head = textOf(bytes).split('\r\n\r\n')[0]!.replace(/\r\n[ \t]+/g, ' ')
  return head.split('\r\n').map((line) => line.split(':')[0]!)
}
const usualHeaders = [
  'Auto-Submitted', 'X-Auto-Response-Suppress', 'List-ID', 'From', 'To', 'Subject', 'Message-ID', 'Date', 'MIME-Version', 'Content-Type',
]

function expectWellFormed(bytes: Uint8Array): void {
  const text = textOf(bytes)
  expect(text).not.toMatch(/\r(?!\n)|(?<!\r)\n/)
  expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
  expect(text).toMatch(/^[\x20-\x7e\r\n\t]*$/)
}

describe('the bytes of a mail', () => {
  it('are the same for the same message, however often it is composed', async () => {
    const [a, b] = [await composeBytes(letter, envelope), await composeBytes(letter, envelope)]
    expect(textOf(a)).toBe(textOf(b))
    expectWellFormed(a)
  })

  it('say who, when and what, and that a machine wrote them', async () => {
    const bytes = await composeBytes(letter, envelope)
    expect(headerNames(bytes).toSorted()).toEqual(usualHeaders.toSorted())
    const parsed = await simpleParser(Buffer.from(bytes))
    expect(parsed.messageId).toBe('<abc.1@example.org>')
    expect(parsed.subject).toBe(letter.subject)
    expect(parsed.date?.toISOString()).toBe('2026-11-23T08:00:00.000Z')
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated')
    expect(parsed.headers.get('x-auto-response-suppress')).toBe('All')
    expect(textOf(bytes)).toContain('List-ID: Recert reminders <reminders.recert.example.org>')
    expect(parsed.text).toBe(letter.text)
    expect(parsed.html).toBe(letter.html)
    expect(parsed.attachments).toEqual([])
  })

  it('name the thread they belong to', async () => {
    const bytes = await composeBytes(letter, { ...envelope, references: ['<a@example.org>', '<b@example.org>'] })
    const parsed = await simpleParser(Buffer.from(bytes))
    expect(parsed.references).toEqual(['<a@example.org>', '<b@example.org>'])
    expect(parsed.inReplyTo).toBe('<b@example.org>')
  })

  it('of a digest belong to another list than those of a reminder', async () => {
    expect(textOf(await composeBytes(letter, { ...envelope, kind: 'digest' }))).toContain('<weekly-status.recert.example.org>')
  })

  it('say that nobody is meant to answer, and claim no precedence', async () => {
    for (const kind of ['daily', 'digest', 'sign-in', 'test'] as const) {
      const bytes = await composeBytes(letter, { ...envelope, kind })
      expect(textOf(bytes)).toContain('\r\nX-Auto-Response-Suppress: All\r\n')
      expect(headerNames(bytes)).toContain('Auto-Submitted')
      expect(headerNames(bytes).filter((name) => /^(precedence|priority|importance|x-priority)$/i.test(name))).toEqual([])
    }
  })

  it('have a date as RFC 5322 writes it', () => {
    expect(dateHeader(Temporal.Instant.from('2026-01-03T23:59:59.999+01:00'))).toBe('Sat, 3 Jan 2026 22:59:59 +0000')
  })

  it('are not made for an address that is none', async () => {
    await expect(composeBytes(letter, { ...envelope, to: { name: 'Ann', address: 'ann@example.org,eve@example.net' } })).rejects.toThrow(RangeError)
    await expect(composeBytes(letter, { ...envelope, from: 'nobody' })).rejects.toThrow('nobody')
  })
})

const unsubscribeUrl = `https://recert.example.org/unsubscribe/${'x'.repeat(43)}?lang=zh`

describe('one press that ends a list', () => {
  it('is offered by the weekly status, on one line each, as RFC 8058 writes it', async () => {
    const bytes = await composeBytes(letter, { ...envelope, kind: 'digest', unsubscribeUrl })
    expect(textOf(bytes)).toContain(`\r\nList-Unsubscribe: <${unsubscribeUrl}>\r\n`)
    expect(textOf(bytes)).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n')
    const parsed = await simpleParser(Buffer.from(bytes))
    expect(parsed.headers.get('list')).toMatchObject({ unsubscribe: { url: unsubscribeUrl } })
  })

  it.each(['daily', 'sign-in', 'test'] as const)('is never offered by a mail of the kind %s', async (kind) => {
    const names = headerNames(await composeBytes(letter, { ...envelope, kind, unsubscribeUrl }))
    expect(names.filter((name) => name.startsWith('List-Unsubscribe'))).toEqual([])
  })

  it('needs https: without, the mail only names the page', async () => {
    const names = headerNames(await composeBytes(letter, { ...envelope, kind: 'digest', unsubscribeUrl: 'http://localhost:3000/unsubscribe/x' }))
    expect(names.filter((name) => name.startsWith('List-Unsubscribe'))).toEqual(['List-Unsubscribe'])
  })

  it('cannot carry a header of somebody else', async () => {
    const bytes = await composeBytes(letter, { ...envelope, kind: 'digest', unsubscribeUrl: 'https://recert.example.org/u/a>\r\nBcc: eve@example.net' })
    expect(headerNames(bytes)).not.toContain('Bcc')
    expect(textOf(bytes)).toMatch(/\r\nList-Unsubscribe: <[^<>\s]+>\r\n/)
    await expect(composeBytes(letter, { ...envelope, kind: 'digest', unsubscribeUrl: 'mailto:eve@example.net' })).rejects.toThrow(RangeError)
  })
})

/** The types of a mail's parts as they lie in each other: `multipart/mixed > text/plain`. */
function structureOf(bytes: Uint8Array): string[] {
  const types: string[] = []
  const walk = (part: string, path: string): void => {
    const [head = ''] = part.split('\r\n\r\n')
    const fields = head.replace(/\r\n[ \t]+/g, ' ')
    const type = /^Content-Type: ([^;\r\n]+)/im.exec(fields)?.[1] ?? 'none'
    const at = path === '' ? type : `${path} > ${type}`
    const boundary = /boundary="?([^";]+)/i.exec(fields)?.[1]
    if (boundary === undefined) types.push(at)
    else for (const inner of part.slice(head.length + 4).split(`--${boundary}`).slice(1, -1)) walk(inner.replace(/^\r\n/, ''), at)
  }
  walk(textOf(bytes), '')
  return types
}

describe('the parts of a mail', () => {
  const calendar = formatCalendar([{
    uid: 'obligation-12@recert.example.org', revision: 1, on: Temporal.PlainDate.from('2026-12-18'), stampedAt: envelope.date,
    title: '监督审核', text: 'Why: 9.1.3.3\nsecond line', url: 'https://recert.example.org/certifications/12',
  }])

  it('are the same words twice, plain first', async () => {
    expect(structureOf(await composeBytes(letter, envelope))).toEqual(['multipart/alternative > text/plain', 'multipart/alternative > text/html'])
  })

  it('are, with a calendar, the words and the file beside them', async () => {
    const bytes = await composeBytes(letter, envelope, { calendar })
    expect(structureOf(bytes)).toEqual([
      'multipart/mixed > multipart/alternative > text/plain', 'multipart/mixed > multipart/alternative > text/html', 'multipart/mixed > text/calendar',
    ])
    expectWellFormed(bytes)
    const { attachments: [file, ...more], text, html } = await simpleParser(Buffer.from(bytes))
    expect(more).toEqual([])
    expect(file).toMatchObject({ contentType: 'text/calendar', filename: 'deadline.ics', contentDisposition: 'attachment' })
    expect(file!.content.toString()).toBe(calendar)
    expect([text, html]).toEqual([letter.text, letter.html])
    const head = textOf(bytes).replace(/\r\n[ \t]+/g, ' ')
    expect(head).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=PUBLISH; name=deadline\.ics/)
  })

  it('are the same bytes for the same letter, envelope and calendar', async () => {
    const [a, b] = [await composeBytes(letter, envelope, { calendar }), await composeBytes(letter, envelope, { calendar })]
    expect(textOf(a)).toBe(textOf(b))
  })
})

const nasty = [
  'Ann\r\nBcc: eve@example.net', 'Ann\nX-Evil: 1', 'Ann\r\n\r\n<script>alert(1)</script>', '"Ann" <eve@example.net>', 'Ann, eve@example.net', 'Ann (eve@example.net)',
  'group: eve@example.net;', '=?utf-8?q?=0D=0ABcc:_eve@example.net?=', '=?utf-8?B?DQpCY2M6IGV2ZUBleGFtcGxlLm5ldA==?=', '\u202egnp.exe', '😀'.repeat(300), '\u2028Bcc: eve@example.net', '\0', '\ud800',
  'a'.repeat(5000), '审'.repeat(2000), '.\r\n.', "'; drop table message; --", '${7*7}', '</style><script>', '" onmouseover="x', "' onfocus='x", '\\', '\u0085Bcc: x', '%0d%0aBcc: x', ' ', '',
]
const hostile = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ unit: 'grapheme', maxLength: 40 }), fc.tuple(fc.string(), fc.constantFrom(...nasty)).map((pair) => pair.join('')))

describe('hostile words in every field', () => {
  it('leave exactly the expected headers, one recipient and no tag of theirs', async () => {
    await fc.assert(fc.asyncProperty(fc.record({ person: hostile, scheme: hostile, name: hostile, organisation: hostile, number: hostile, body: hostile, rider: hostile, title: hostile, basis: hostile, mover: hostile, owner: hostile, next: hostile }), fc.constantFrom('en' as const, 'zh' as const), async (words, language) => {
      const { person, scheme, name, organisation, number, body, rider, title, basis, mover, owner, next } = words
      const line = lineWith({
        duties: [{ obligationId: 1, kind: 'step', title: { en: title, zh: title }, basis, mark: 'unverified' }],
        movedFrom: Temporal.PlainDate.from('2026-12-01'), movedBy: mover, owner, next: [{ en: next, zh: next }],
      }, { scheme: { en: scheme, zh: scheme }, name, organisation, certificateNumber: number, certificationBody: body, riders: [rider] })
      const composed = composeDaily(viewWith([line, line], { to: { id: 1, name: person }, language }))
      const bytes = await composeBytes(composed, { ...envelope, to: { name: person, address: 'ann@example.org' } })
      expectWellFormed(bytes)
      expect(headerNames(bytes).toSorted()).toEqual(usualHeaders.toSorted())
      const parsed = await simpleParser(Buffer.from(bytes))
      const to = [parsed.to ?? []].flat().flatMap((one) => one.value)
      expect(to.map((one) => one.address)).toEqual(['ann@example.org'])
      expect([parsed.from?.value ?? []].flat().map((one) => one.address)).toEqual(['recert@example.org'])
      expect(parsed.cc ?? parsed.bcc).toBeUndefined()
      expect(parsed.html).toBe(composed.html.replace(/\r\n?/g, '\n'))
      expect(composed.html.match(/<[a-z!/]+/g)!.filter((tag) => /script|img|iframe|svg/.test(tag))).toEqual([])
      expect((composed.text + composed.subject).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\u202e]/u)
      expect(composed.subject).not.toContain('\n')
    }), { numRuns: 300 })
  }, 120_000)
})
