// `doctor --test-mail`: one mail to a real mail server on this machine, and what it answered.

import { simpleParser } from 'mailparser'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { confirmInstallation } from '../../src/app/installation.ts'
import { listMessages } from '../../src/app/lists.ts'
import { loadCalendars } from '../../src/app/calendars.ts'
import { openTransport } from '../../src/app/open.ts'
import type { Context } from '../../src/cli/context.ts'
import { run } from '../../src/cli/program.ts'
import { readConfig } from '../../src/config.ts'
import { testApp, type TestApp } from '../helpers/records.ts'
import { openRealServer, openScriptedServer, type RealServer, reply } from '../mail/mail-servers.ts'

let opened: TestApp
beforeAll(async () => {
  opened = await testApp()
})
beforeEach(() => opened.reset())
afterAll(() => opened.close())

const open: { close(): Promise<void> }[] = []
const kept = <T extends { close(): Promise<void> }>(one: T): T => { open.push(one); return one }
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const sendingBy = (server: { readonly url: string }, over: Record<string, string> = {}): App =>
  ({ ...opened.app, config: readConfig({ SMTP_URL: server.url, RECERT_FROM: 'Recert <recert@example.org>', ...over }) })

async function doctor(app: App, ...argv: string[]): Promise<{ exit: number; out: string; err: string }> {
  let out = '', err = ''
  const context: Context = {
    io: { stdout: (text) => { out += text }, stderr: (text) => { err += text }, stdoutBytes: async () => undefined, stdin: async () => '', cwd: '/', columns: 100, language: 'en' },
    clock: app.clock, zone: 'Europe/Berlin', app: async () => app, served: false, calendars: () => loadCalendars(app.database.db), jobs: [], home: '/nowhere',
    transport: ({ config }) => { const one = openTransport(config); return one && kept(one) },
    serve: () => Promise.reject(new Error('not served here')), demo: () => Promise.reject(new Error('no demo here')),
  }
  const exit = await run(['doctor', ...argv], context, (error) => { throw error })
  return { exit, out, err }
}

describe('a test mail', () => {
  let server: RealServer
  beforeEach(async () => {
    server = kept(await openRealServer())
  })

  test.each([['en', 'Test mail from Recert'], ['zh', 'Recert 测试邮件']])('in %s arrives, and the answer of the mail server is shown', async (language, subject) => {
    const { exit, out } = await doctor(sendingBy(server), '--test-mail', 'Ann@Example.org', '--language', language)
    expect(exit).toBe(0)
    expect(out).toContain('250 kept as 42')
    expect(out).toContain('sent')
    expect(server.received.map(({ from, to }) => [from, to])).toEqual([['recert@example.org', ['Ann@example.org']]])
    const parsed = await simpleParser(server.received[0]!.raw)
    expect(parsed.subject).toBe(subject)
    expect(parsed.text).toContain('09:00')
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated')
  })

  test('is no message of the outbox, and leaves though nobody is live', async () => {
    await doctor(sendingBy(server), '--test-mail', 'ann@example.org')
    expect(server.received).toHaveLength(1)
    expect(await listMessages(opened.app, {}, 10)).toEqual([])
  })

  test('is one document for a script', async () => {
    const { out } = await doctor(sendingBy(server), '--test-mail', 'ann@example.org', '--json')
    expect(JSON.parse(out)).toEqual({ to: 'ann@example.org', outcome: 'sent', phase: null, reply: '250 kept as 42' })
  })

  test('to what is no address is refused, and nothing is sent', async () => {
    const { exit, err } = await doctor(sendingBy(server), '--test-mail', 'ann@example.org,eve@example.net')
    expect(exit).toBe(2)
    expect(err).toContain('is not usable as an address')
    expect(server.received).toEqual([])
  })

  test('is not sent while mail is captured', async () => {
    const { exit, err } = await doctor(opened.app, '--test-mail', 'ann@example.org')
    expect(exit).toBe(1)
    expect(err).toContain('Nothing was sent: mail is captured here.')
  })

  test('B35 is not sent from a copy until an administrator has confirmed it', async () => {
    await confirmInstallation(sendingBy(server))
    const copy = sendingBy(server, { RECERT_URL: 'https://staging.example.org' })
    const { exit, err } = await doctor(copy, '--test-mail', 'ann@example.org')
    expect(exit).toBe(1)
    expect(err).toContain('Nothing was sent: mail is held.')
    expect(err).toContain('admin confirm-installation')
    expect(server.received).toEqual([])
  })

  test('says with the language alone where it is missing', async () => {
    const { exit, err } = await doctor(opened.app, '--language', 'zh')
    expect(exit).toBe(2)
    expect(err).toContain('--test-mail ADDRESS')
  })
})

describe('a test mail that is refused', () => {
  test('says where and why: the recipient', async () => {
    const server = kept(await openRealServer({ onRcptTo: (_address, _session, done) => { done(reply(550, 'no such user')) } }))
    const { exit, out, err } = await doctor(sendingBy(server), '--test-mail', 'ann@example.org')
    expect(exit).toBe(1)
    expect(out).toMatch(/came as far as +rcpt/)
    expect(out).toContain('550 no such user')
    expect(err).toContain('The test mail to ann@example.org was not taken.')
  })

  test('says where and why: the mail as a whole', async () => {
    const server = kept(await openRealServer({ answerDot: () => reply(554, 'looks like spam') }))
    const { exit, out } = await doctor(sendingBy(server), '--test-mail', 'ann@example.org')
    expect(exit).toBe(1)
    expect(out).toMatch(/came as far as +dot/)
    expect(out).toContain('554 looks like spam')
  })

  test('says where and why: a server that answers nobody', async () => {
    const server = kept(await openScriptedServer({ greeting: '554 go away' }))
    const { exit, out } = await doctor(sendingBy(server), '--test-mail', 'ann@example.org')
    expect(exit).toBe(1)
    expect(out).toMatch(/came as far as +greeting/)
    expect(out).toContain('554 go away')
  })
})
