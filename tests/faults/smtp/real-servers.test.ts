// The same promises against mail servers that others wrote: what our own server plays is what real ones do.

import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectedOf, type Fate, later, messageRefused, recipientGone, sent, site, doubt } from './fates.ts'
import { type Lab, morning, openLab } from './lab.ts'
import { type Exim, missingExim, missingSink, openExim, openSink, type RealServer } from './real-servers.ts'

let lab: Lab
beforeAll(async () => { lab = await openLab() })
beforeEach(() => lab.begin())
afterAll(() => lab.close())

const address = (local: string) => lab.app.database.db.execute(sql`update person set email = ${`${local}@example.org`} where name = 'Alice'`)
/** What was seen, but for what only our own server can tell. */
const seen = async () => ({ ...await lab.seen(), kept: 0 })
const expected = (fate: Fate) => ({ ...expectedOf(fate, 'first'), kept: 0 })

describe.skipIf(missingExim !== undefined)(`Exim${missingExim ? ` (skipped: ${missingExim})` : ''}`, () => {
  let exim: Exim
  beforeAll(async () => { exim = await openExim() })
  beforeEach(async () => {
    exim.refuseSenders()
    await lab.reach({ url: () => `smtp://127.0.0.1:${exim.port}` })
  })
  afterAll(() => exim.close())

  test('takes a mail, and what arrives are the bytes that were handed over', async () => {
    await lab.live(morning, {})
    expect(await seen()).toEqual(expected(sent))
    const [arrived] = await exim.arrived(1)
    expect(arrived!.toString('latin1')).toBe(Buffer.from(lab.handed[0]!).toString('latin1'))
  })

  test.each<[name: string, local: string, sender: string | undefined, fate: Fate]>([
    ['450 to MAIL', 'alice', '450', site('mail')],
    ['550 to MAIL', 'alice', '550', site('mail')],
    ['451 to RCPT', 'later', undefined, later('recipient', 'rcpt')],
    ['550 to RCPT', 'never', undefined, recipientGone],
    ['451 to the dot', 'tired', undefined, later('message', 'dot')],
    ['550 to the dot', 'refused', undefined, messageRefused],
  ])('%s', async (_name, local, sender, fate) => {
    exim.refuseSenders(sender)
    await address(local)
    await lab.live(morning, {})
    expect(await seen()).toEqual(expected(fate))
  })
})

describe.skipIf(missingSink !== undefined)(`smtp-sink${missingSink ? ` (skipped: ${missingSink})` : ''}`, () => {
  let sink: RealServer | undefined
  afterEach(async () => {
    await lab.reach()
    await sink?.close()
  })

  test.each<[name: string, options: readonly string[], fate: Fate]>([
    ['all taken', [], sent],
    ['all taken, without ESMTP', ['-E'], sent],
    ['all taken, without pipelining', ['-p'], sent],
    ['soft rejection at connect', ['-r', 'CONNECT'], site('greeting')],
    ['hard rejection at connect', ['-f', 'CONNECT'], site('greeting')],
    ['hanging up at connect', ['-q', 'CONNECT'], site('greeting')],
    ['soft rejection at MAIL', ['-r', 'MAIL'], site('mail')],
    ['hard rejection at MAIL', ['-f', 'MAIL'], site('mail')],
    ['hanging up at MAIL', ['-q', 'MAIL'], later('transient', 'mail')],
    ['soft rejection at RCPT', ['-r', 'RCPT'], later('recipient', 'rcpt')],
    ['hard rejection at RCPT', ['-f', 'RCPT'], recipientGone],
    ['hanging up at RCPT', ['-q', 'RCPT'], later('transient', 'mail')],
    ['soft rejection at DATA', ['-r', 'DATA'], later('message', 'data')],
    ['hard rejection at DATA', ['-f', 'DATA'], later('message', 'data')],
    ['hanging up at DATA', ['-q', 'DATA'], later('transient', 'mail')],
    ['soft rejection at the dot', ['-r', '.'], later('message', 'dot')],
    ['hard rejection at the dot', ['-f', '.'], messageRefused],
    ['hanging up at the dot', ['-q', '.'], doubt],
    ['hanging up at QUIT', ['-q', 'QUIT'], sent],
  ])('%s', async (_name, options, fate) => {
    sink = await openSink(...options)
    const { port } = sink
    await lab.reach({ url: () => `smtp://127.0.0.1:${port}` })
    await lab.live(morning, {})
    expect(await seen()).toEqual(expected(fate))
  })
})
