import { afterEach, describe, expect, it } from 'vitest'
import { openSmtp } from '../../src/mail/smtp.ts'
import { connectionOptions, parseSmtpUrl } from '../../src/mail/settings.ts'
import type { SendResult, Transport } from '../../src/mail/transport.ts'
import { openRealServer, openScriptedServer, type Place, type Move, type RealServer, reply, type ScriptedServer } from './mail-servers.ts'

const url = 'https://recert.example.org'
const raw = Buffer.from('Subject: Test\r\nMessage-ID: <1@example.org>\r\n\r\nThe last line of the mail.\r\n')
const parcel = { raw, from: 'Recert <recert@example.org>', to: 'ann@example.org' }
const yes = async (): Promise<boolean> => true
const never = new AbortController().signal

const open: { close(): Promise<void> }[] = []
const kept = <T extends { close(): Promise<void> }>(one: T): T => { open.push(one); return one }
const realServer = async (options?: Parameters<typeof openRealServer>[0]): Promise<RealServer> => kept(await openRealServer(options))
const scripted = async (script: Partial<Record<Place, Move>>): Promise<ScriptedServer> => kept(await openScriptedServer(script))
const transportTo = (server: { url: string }): Transport => kept(openSmtp(server.url, { url }))

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

describe('a mail server that accepts', () => {
  it('gets the bytes as they are, from and to exactly the addresses given', async () => {
    const server = await realServer()
    const result = await transportTo(server).send(parcel, yes, never)
    expect(result).toEqual({ outcome: 'sent', reply: '250 kept as 42' })
    expect(server.received).toEqual([{ from: 'recert@example.org', to: ['ann@example.org'], raw }])
  })

  it('gets one message after another over a connection that is kept', async () => {
    let connections = 0
    const server = await realServer({ onConnect: (_session, done) => { connections++; done() } })
    const transport = transportTo(server)
    for (let n = 0; n < 3; n++) expect((await transport.send(parcel, yes, never)).outcome).toBe('sent')
    expect(connections).toBe(1)
    expect(server.received).toHaveLength(3)
  })

  it('gets messages that are sent at once over as many connections', async () => {
    let connections = 0
    const server = await realServer({ onConnect: (_session, done) => { connections++; done() } })
    const transport = transportTo(server)
    const results = await Promise.all([1, 2, 3].map(() => transport.send(parcel, yes, never)))
    expect(results.map((one) => one.outcome)).toEqual(['sent', 'sent', 'sent'])
    expect(connections).toBe(3)
  })

  it.each(['drop', '421 idle for too long'])('that ends a kept connection (%s) costs no attempt: the mail leaves over another', async (move) => {
    const script: Partial<Record<Place, Move>> = {}
    const server = await scripted(script)
    const transport = transportTo(server)
    expect((await transport.send(parcel, yes, never)).outcome).toBe('sent')
    script.MAIL = move
    server.onConnect = () => { delete script.MAIL }
    expect((await transport.send(parcel, yes, never)).outcome).toBe('sent')
    expect(server.commands.filter((line) => line.startsWith('EHLO'))).toHaveLength(2)
  })

  it('is asked only once more: what fails on a new connection is an attempt', async () => {
    const script: Partial<Record<Place, Move>> = {}
    const server = await scripted(script)
    const transport = transportTo(server)
    await transport.send(parcel, yes, never)
    script.MAIL = 'drop'
    expect(await transport.send(parcel, yes, never)).toEqual(expect.objectContaining({ outcome: 'deferred', fault: 'transient', phase: 'mail' }))
    expect(server.commands.filter((line) => line.startsWith('EHLO'))).toHaveLength(2)
  })

  it('hears the name of the pages, not of this machine', async () => {
    const server = await scripted({})
    await transportTo(server).send(parcel, yes, never)
    expect(server.commands[0]).toBe('EHLO recert.example.org')
  })

  it('is signed in to with the user and password of the address', async () => {
    const seen: unknown[] = []
    const server = await realServer({
      allowInsecureAuth: true, authMethods: ['PLAIN'],
      onAuth: (auth, _session, done) => { seen.push([auth.username, auth.password]); done(null, { user: 'u' }) },
    })
    const result = await transportTo({ url: server.url.replace('://', '://ann%40example.org:p%2Fw@') }).send(parcel, yes, never)
    expect(result.outcome).toBe('sent')
    expect(seen).toEqual([['ann@example.org', 'p/w']])
  })
})

describe('the last-dot gate', () => {
  it('is asked after the whole body has gone out and before the dot', async () => {
    const server = await scripted({})
    let dotBeforeGate: boolean | undefined
    const result = await transportTo(server).send(parcel, async () => {
      await server.sees('The last line of the mail.')
      dotBeforeGate = server.body().includes('\r\n.\r\n')
      return true
    }, never)
    expect(result.outcome).toBe('sent')
    expect(dotBeforeGate).toBe(false)
    expect(server.commands.filter((line) => line !== 'QUIT')).toEqual([
      'EHLO recert.example.org', 'MAIL FROM:<recert@example.org>', 'RCPT TO:<ann@example.org>', 'DATA',
    ])
    expect(server.body()).toBe(`${raw.toString()}.\r\n`)
  })

  it('is asked late for a mail larger than every buffer, too', async () => {
    const server = await scripted({})
    const large = { ...parcel, raw: Buffer.from(`Subject: x\r\n\r\n${'0123456789abcdef\r\n'.repeat(20_000)}The end.\r\n`) }
    let asked = 0
    const result = await transportTo(server).send(large, async () => { asked++; await server.sees('The end.'); return true }, never)
    expect(result.outcome).toBe('sent')
    expect(asked).toBe(1)
  })

  it('that refuses leaves the server with nothing', async () => {
    const real = await realServer()
    expect(await transportTo(real).send(parcel, async () => false, never)).toEqual({ outcome: 'refused-at-gate' })
    expect(real.received).toEqual([])
    const server = await scripted({})
    await transportTo(server).send(parcel, async () => false, never)
    expect(server.body()).not.toContain('\r\n.\r\n')
  })

  it('that cannot be asked ends the attempt with its own error, and the server with nothing', async () => {
    const server = await realServer()
    const lost = new Error('the database is gone')
    await expect(transportTo(server).send(parcel, async () => { throw lost }, never)).rejects.toThrow('the database is gone')
    expect(server.received).toEqual([])
  })

  it('is never asked where the recipient was refused', async () => {
    const server = await realServer({ onRcptTo: (_address, _session, done) => done(reply(550, 'no such person')) })
    let asked = false
    await transportTo(server).send(parcel, async () => { asked = true; return true }, never)
    expect(asked).toBe(false)
  })

  it('passed for a connection that broke meanwhile is not in doubt: the dot was never written', async () => {
    const server = await scripted({})
    const result = await transportTo(server).send(parcel, async () => {
      await server.sees('The last line')
      await server.close()
      await breath()
      return true
    }, never)
    expect(result).toEqual(expect.objectContaining({ outcome: 'deferred', fault: 'transient', phase: 'data' }))
    expect(server.body()).not.toContain('\r\n.\r\n')
  })

  it('asked after the deadline passed meanwhile still decides: the signal ends only what comes before it', async () => {
    const server = await realServer()
    const deadline = new AbortController()
    const result = await transportTo(server).send(parcel, async () => { deadline.abort(); return true }, deadline.signal)
    expect(result.outcome).toBe('sent')
    expect(server.received).toHaveLength(1)
  })
})

describe('a refusal', () => {
  const cases: { name: string; server: () => Promise<{ url: string }>; result: Partial<SendResult> & Record<string, unknown> }[] = [
    {
      name: '550 to RCPT rejects the recipient',
      server: () => realServer({ onRcptTo: (_a, _s, done) => done(reply(550, 'no such person')) }),
      result: { outcome: 'rejected', fault: 'recipient', phase: 'rcpt', reply: '550 no such person' },
    },
    {
      name: '451 to RCPT defers',
      server: () => realServer({ onRcptTo: (_a, _s, done) => done(reply(451, 'try later')) }),
      result: { outcome: 'deferred', fault: 'recipient', phase: 'rcpt', reply: '451 try later' },
    },
    {
      name: '550 to MAIL is a fault of the site',
      server: () => realServer({ onMailFrom: (_a, _s, done) => done(reply(550, 'who are you')) }),
      result: { outcome: 'deferred', fault: 'site', phase: 'mail', reply: '550 who are you' },
    },
    {
      name: '554 to the dot rejects the message',
      server: () => realServer({ answerDot: () => reply(554, 'not like this') }),
      result: { outcome: 'rejected', fault: 'message', phase: 'dot', reply: '554 not like this' },
    },
    {
      name: '452 to the dot defers the message',
      server: () => realServer({ answerDot: () => reply(452, 'full') }),
      result: { outcome: 'deferred', fault: 'message', phase: 'dot', reply: '452 full' },
    },
    {
      name: 'a wrong password is a fault of the site',
      server: async () => {
        const server = await realServer({ allowInsecureAuth: true, onAuth: (_a, _s, done) => done(reply(535, 'wrong password')) })
        return { url: server.url.replace('://', '://ann:pw@') }
      },
      result: { outcome: 'deferred', fault: 'site', phase: 'auth', reply: '535 wrong password' },
    },
    { name: '554 as greeting is a fault of the site', server: () => scripted({ greeting: '554 go away' }), result: { outcome: 'deferred', fault: 'site', phase: 'greeting' } },
    { name: '421 as greeting is a fault of the site', server: () => scripted({ greeting: '421 busy' }), result: { outcome: 'deferred', fault: 'site', phase: 'greeting' } },
    { name: 'a connection closed before the greeting is a fault of the site', server: () => scripted({ greeting: 'drop' }), result: { outcome: 'deferred', fault: 'site', phase: 'greeting' } },
    { name: '554 to DATA defers', server: () => scripted({ DATA: '554 not now' }), result: { outcome: 'deferred', fault: 'message', phase: 'data' } },
    { name: 'a drop at RCPT defers', server: () => scripted({ RCPT: 'drop' }), result: { outcome: 'deferred', fault: 'transient' } },
    { name: 'a drop at DATA defers', server: () => scripted({ DATA: 'drop' }), result: { outcome: 'deferred', fault: 'transient' } },
    { name: 'a drop after the dot leaves it in doubt', server: () => scripted({ dot: 'drop' }), result: { outcome: 'in-doubt', phase: 'gated' } },
    { name: '421 to the dot defers', server: () => scripted({ dot: '421 closing' }), result: { outcome: 'deferred', fault: 'transient', phase: 'dot' } },
    { name: '250 before the dot is believed by nobody', server: () => scripted({ body: '250 kept already' }), result: { outcome: 'deferred', fault: 'transient', phase: 'data' } },
    { name: '550 in the middle of the body defers', server: () => scripted({ body: '550 enough' }), result: { outcome: 'deferred', fault: 'message', phase: 'data' } },
  ]
  it.each(cases)('$name', async ({ server, result }) => {
    const to = await server()
    expect(await transportTo(to).send(parcel, async () => { await breath(); return true }, never)).toEqual(expect.objectContaining(result))
  })

  it('of a port where nobody listens is a fault of the site', async () => {
    const server = await openScriptedServer({})
    await server.close()
    expect(await transportTo(server).send(parcel, yes, never)).toEqual(expect.objectContaining({ outcome: 'deferred', fault: 'site', phase: 'connect' }))
  })

  it('because of a certificate that cannot be checked is a fault of the site', async () => {
    const server = await realServer({ scheme: 'smtps' })
    expect(await transportTo(server).send(parcel, yes, never)).toEqual(expect.objectContaining({ outcome: 'deferred', fault: 'site', phase: 'tls' }))
    expect(server.received).toEqual([])
  })

  it('drops in the body are before the gate: deferred, and the gate is not asked', async () => {
    const server = await scripted({ body: 'drop' })
    let asked = 0
    const large = { ...parcel, raw: Buffer.alloc(8_000_000, 'x\r\n') }
    const result = await transportTo(server).send(large, async () => { asked++; return true }, never)
    expect(result).toEqual(expect.objectContaining({ outcome: 'deferred', fault: 'transient', phase: 'data' }))
    expect(asked).toBe(0)
  })

  it('of an address that is none never reaches the server', async () => {
    const server = await realServer()
    const result = await transportTo(server).send({ ...parcel, to: 'ann@example.org, eve@example.net' }, yes, never)
    expect(result).toEqual(expect.objectContaining({ outcome: 'rejected', fault: 'recipient' }))
    expect(server.received).toEqual([])
  })
})

// Lets an answer that is already on its way arrive before the gate passes.
const breath = async (): Promise<void> => { for (let i = 0; i < 20; i++) await new Promise((resolve) => { setImmediate(resolve) }) }

describe('an attempt that takes too long', () => {
  it.each([
    { at: 'the greeting', script: { greeting: 'nothing' } },
    { at: 'RCPT', script: { RCPT: 'nothing' } },
  ] as const)('at $at is deferred when its deadline passes', async ({ script }) => {
    const server = await scripted(script)
    const result = await transportTo(server).send(parcel, yes, AbortSignal.timeout(150))
    expect(result.outcome).toBe('deferred')
    expect(server.body()).toBe('')
  })

  it('is not begun where the deadline has passed already', async () => {
    const server = await realServer()
    const result = await transportTo(server).send(parcel, yes, AbortSignal.abort())
    expect(result.outcome).toBe('deferred')
    expect(server.received).toEqual([])
  })
})

describe('closing', () => {
  it('ends attempts before the gate', async () => {
    const server = await scripted({ MAIL: 'nothing' })
    const transport = transportTo(server)
    const sending = transport.send(parcel, yes, never)
    await transport.close()
    expect((await sending).outcome).toBe('stopped')
  })

  it('waits for an attempt past the gate', async () => {
    const server = await realServer()
    const transport = transportTo(server)
    let closing: Promise<void> | undefined
    const result = await transport.send(parcel, async () => { closing = transport.close(); return true }, never)
    await closing
    expect(result.outcome).toBe('sent')
  })
})

describe('verify', () => {
  it('says that a server is there', async () => {
    expect(await transportTo(await realServer()).verify()).toEqual({ ok: true })
  })
  it('says where a server refuses us', async () => {
    const verified = await transportTo(await scripted({ greeting: '554 go away' })).verify()
    expect(verified).toEqual({ ok: false, phase: 'greeting', reply: '554 go away' })
  })
})

describe('settings', () => {
  const settingsOf = (smtpUrl: string) => {
    const parsed = parseSmtpUrl(smtpUrl, url)
    if (!parsed.ok) throw new Error(parsed.refusal)
    return parsed.settings
  }

  it('are the safe ones', () => {
    expect(connectionOptions(settingsOf('smtp://user:pw@mail.example.org:2525'))).toEqual({
      host: 'mail.example.org', port: 2525, secure: false, requireTLS: true, ignoreTLS: false,
      name: 'recert.example.org',
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
      dnsTimeout: 30_000, connectionTimeout: 30_000, greetingTimeout: 30_000, socketTimeout: 600_000,
      logger: false, debug: false, transactionLog: false,
    })
  })

  it.each([
    ['smtp://mail.example.org', { port: 587, secure: false, requireTLS: true, ignoreTLS: false }],
    ['smtps://mail.example.org', { port: 465, secure: true, requireTLS: false, ignoreTLS: false }],
    ['smtp://mail.example.org:25?tls=never', { port: 25, secure: false, requireTLS: false, ignoreTLS: true }],
    ['smtp://localhost:1025', { port: 1025, secure: false, requireTLS: false, ignoreTLS: true }],
    ['smtp://127.0.0.1:1025', { port: 1025, secure: false, requireTLS: false, ignoreTLS: true }],
    ['smtp://[::1]:1025', { host: '::1', secure: false, requireTLS: false, ignoreTLS: true }],
    ['smtp://127.example.org', { requireTLS: true }],
  ])('of %s', (smtpUrl, expected) => {
    expect(settingsOf(smtpUrl)).toEqual(expect.objectContaining(expected))
  })

  it.each(['http://mail.example.org', 'mail.example.org', 'smtp://mail.example.org?tls=always', 'smtp://mail.example.org?pool=true', 'smtps://mail.example.org?tls=never', 'smtp://a:%zz@mail.example.org'])('are refused for %s, without its password', (smtpUrl) => {
    const parsed = parseSmtpUrl(smtpUrl, url)
    expect(parsed.ok).toBe(false)
    expect(() => openSmtp(smtpUrl, { url })).toThrow(RangeError)
    expect(JSON.stringify(parsed)).not.toContain('%zz')
  })
})
