// What a mail server says is a stranger's text: on a page, in a terminal and in a log it is one short line that does nothing.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { nextAttemptAfter } from '../../../src/core/message.ts'
import { openSmtp } from '../../../src/mail/smtp.ts'
import { listDeliveries } from '../../../src/store/outbox.ts'
import { typist } from '../../helpers/typing.ts'
import { browserOf } from '../../web/world.ts'
import { type Lab, morning, openLab } from './lab.ts'

let lab: Lab
beforeAll(async () => { lab = await openLab() })
beforeEach(() => lab.begin())
afterAll(() => lab.close())

const hostile = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><svg/onload=alert(1)>', "'-alert(1)-'", '</td></tr></table><h1>Paid', '&lt;b&gt; &amp;#60;',
  '<a href="javascript:alert(1)">certificate</a>', '\x1b[2J\x1b[31mred', '\x1b]0;title\x07', '\x9b31m', 'a\rb', 'a\0b', 'a\x08\x08\x08b', 'a\u2028b', 'sent \u202Etneis',
  '\u2066turned\u2069', '{"level":"error","msg":"forged"}', '%s %d %o %j', '${process.env.HOME}', '*'.repeat(5000), '😀'.repeat(300), '证书'.repeat(200), 'https://evil.example/?' + 'q'.repeat(400),
  '=HYPERLINK("https://evil.example")', "'; drop table message; --",
]
const control = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u

test('two hundred of them come back as one line of at most 200 characters, without a character that steers', async () => {
  const codes = ['450 4.2.1 ', '451-', '550 ', '550 5.7.1 ', '421 ', '452 ', '553 5.1.3 ', '530 ']
  const transport = openSmtp(`smtp://127.0.0.1:${lab.server.port}`, { url: 'http://localhost' })
  const parcel = { raw: Buffer.from('Subject: x\r\n\r\nx\r\n'), from: 'recert@example.org', to: 'ann@example.org' }
  for (const code of codes) {
    for (const text of hostile) {
      lab.server.play({ RCPT: code.endsWith('-') ? `${code}${text}\r\n${code.slice(0, 3)} ${text}` : `${code}${text}` })
      const result = await transport.send(parcel, async () => true, new AbortController().signal)
      const reply = 'reply' in result ? result.reply : ''
      expect([result.outcome === 'sent', control.test(reply), Array.from(reply).length > 200, reply.startsWith(code.slice(0, 3))], text).toEqual([false, false, false, true])
    }
  }
  await transport.close()
  expect(codes.length * hostile.length).toBeGreaterThanOrEqual(200)
}, 120_000)

test('a person sees them escaped and cut, on the page of the mail and on the command line', async () => {
  const chosen = hostile.slice(0, 13)
  let at = Temporal.Instant.from(morning)
  for (const [n, text] of chosen.entries()) {
    await lab.live(at.toString(), { RCPT: `450 4.2.1 ${text}` })
    at = at.add(nextAttemptAfter(n + 1)!)
  }
  const replies = (await listDeliveries(lab.app.database.db, 1)).map((one) => one.reply!)
  expect(replies).toHaveLength(chosen.length)
  const page = await readPage('/mail/1')
  for (const reply of replies) expect(page).toContain(`>${escaped(reply)}</td>`)
  expect(page).not.toMatch(/<script>alert|<img src=x|<svg\/onload|<h1>Paid|href="javascript:/)
  expect(page).not.toMatch(new RegExp(control.source.replace('\\p{Cc}', '\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f'), 'u'))
  const type = typist(lab.app, () => ({ folder: '.', columns: 400 }))
  for (const { out } of [await type`message show 1`, await type`message list`]) {
    expect(out).toContain('450 4.2.1')
    // eslint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202A-\u202E\u2066-\u2069]/)
  }
  expect(JSON.parse((await type`message show 1 --json`).out)).toMatchObject({ state: 'deferred' })
}, 120_000)

async function readPage(path: string): Promise<string> {
  const carol = await browserOf(lab, 'carol@example.org')
  const answer = await carol(path)
  expect(answer.status).toBe(200)
  return await answer.text()
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => entities[one]!)
