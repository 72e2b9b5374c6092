// What came back, handed in over HTTP: who may, how much, and that a browser gains nothing by it.

import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bounceTokenFor } from '../../src/app/installation.ts'
import { bounce } from '../../src/store/schema-delivery.ts'
import { message } from '../../src/store/schema-mail.ts'
import { person } from '../../src/store/schema-records.ts'
import { openWeb } from '../../src/web/server.ts'
import { bytes, dsn, type Group } from '../mail/report-samples.ts'
import { base, browserOf, fill, openWorld, type World } from './world.ts'

const token = 'a-secret-of-at-least-32-characters'
const bearer = { authorization: `Bearer ${token}` }
let world: World
let returnPath: string

beforeAll(async () => {
  world = await openWorld({ RECERT_BOUNCE_TOKEN: token })
  await fill(world)
  const { db } = world.app.database
  await db.update(message).set({ state: 'sent', gatedAt: Temporal.Instant.from('2026-11-23T08:00:00Z'), address: 'ann@example.org' }).where(eq(message.id, 1))
  returnPath = `bounces+${await bounceTokenFor(db, 1)}@example.org`
})
beforeEach(async () => {
  const { db } = world.app.database
  await db.delete(bounce)
  await db.update(person).set({ emailRejectedAt: null })
})
afterAll(() => world.test.close())

const hostile = '<img src=x onerror=alert(1)>'
const report = (group: Partial<Group> = {}, to = returnPath): Uint8Array =>
  bytes(dsn({ to, groups: [{ final: 'rfc822; ann@example.org', status: '5.1.1', says: `550 5.1.1 no such user ${hostile}${'x'.repeat(400)}`, ...group }] }))
const post = async (body: Uint8Array, headers: Record<string, string> = bearer, path = '/hooks/bounces', app = world.app): Promise<Response> =>
  await openWeb(app).request(`${base}${path}`, { method: 'POST', body, headers: { 'content-type': 'message/rfc822', ...headers } })
const bounces = async () => await world.app.database.db.select().from(bounce)

describe('the way in for reports', () => {
  test('takes one from whoever has the token, without session or form', async () => {
    const answer = await post(report())
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(await answer.json()).toMatchObject({ outcome: 'recorded', messageId: 1, action: 'failed', status: '5.1.1', suspended: true })
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(await bounces()).toHaveLength(1)
  })

  test('takes the address it came to beside it', async () => {
    expect((await post(report({}, 'elsewhere@example.org'))).status).toBe(422)
    expect((await post(report({}, 'elsewhere@example.org'), bearer, `/hooks/bounces?recipient=${encodeURIComponent(returnPath)}`)).status).toBe(200)
  })

  test('says why one is refused, and that one counted before', async () => {
    const forged = await post(report({}, returnPath.replace(/\+./, '+x')))
    expect([forged.status, await forged.json()]).toEqual([422, { outcome: 'refused', reason: expect.stringContaining('nothing in it proves') }])
    const same = report()
    await post(same)
    expect(await (await post(same)).json()).toEqual({ outcome: 'known', messageId: 1 })
  })

  test('is closed while no token is set, whatever is sent', async () => {
    const closed = { ...world.app, config: { ...world.app.config, bounceToken: undefined } }
    for (const headers of [{}, bearer, { authorization: 'Bearer undefined' }, { authorization: 'Bearer ' }]) {
      expect((await post(report(), headers, '/hooks/bounces', closed)).status).toBe(404)
    }
    expect(await bounces()).toEqual([])
  })

  test.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer another-secret-of-at-least-32-char' }],
    ['the beginning of it', { authorization: `Bearer ${token.slice(0, -1)}` }],
    ['more than it', { authorization: `Bearer ${token}x` }],
    ['it in other letters', { authorization: `Bearer ${token.toUpperCase()}` }],
    ['it in the wrong scheme', { authorization: `Basic ${token}` }],
    ['it in a cookie', { cookie: `recert=${token}` }],
  ])('does not take one with %s', async (_what, headers: Record<string, string>) => {
    const answer = await post(report(), headers)
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await bounces()).toEqual([])
  })

  test('is no way in for a browser that is signed in, nor for its forms', async () => {
    const carol = await browserOf(world, 'carol@example.org')
    const answer = await carol('/hooks/bounces', { method: 'POST', body: Buffer.from(report()).toString(), headers: { 'sec-fetch-site': 'same-origin' } })
    expect(answer.status).toBe(401)
    expect(await bounces()).toEqual([])
  })

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('does nothing for %s', async (method) => {
    const answer = await openWeb(world.app).request(`${base}/hooks/bounces`, { method, headers: bearer })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await bounces()).toEqual([])
  })

  test('takes what forms may not hold, up to a megabyte, however it is sent', async () => {
    const long = (length: number): Uint8Array => Buffer.concat([report(), Buffer.alloc(length, 'x')])
    expect((await post(long(500_000))).status).toBe(200)
    expect((await post(long(1024 * 1024))).status).toBe(413)
    const chunks = new ReadableStream({ start(stream) { for (let n = 0; n < 20; n++) stream.enqueue(Buffer.alloc(100_000, 'y')); stream.close() } })
    const streamed = await openWeb(world.app).request(new Request(`${base}/hooks/bounces`, { method: 'POST', body: chunks, headers: bearer, duplex: 'half' }))
    expect(streamed.status).toBe(413)
    expect(await bounces()).toHaveLength(1)
  })

  test('answers no other host', async () => {
    expect((await openWeb(world.app).request('http://evil.example/hooks/bounces', { method: 'POST', body: report(), headers: { ...bearer, host: 'evil.example' } })).status).toBe(421)
  })
})

describe('the page of the mail', () => {
  test('shows in both languages what came back, and what a mail server wrote neither runs nor fills the page', async () => {
    await post(report())
    const carol = await browserOf(world, 'carol@example.org')
    const page = await (await carol('/mail/1')).text()
    expect(page).toContain('What mail servers reported later')
    expect(page).toContain('came back')
    expect(page).toContain('5.1.1 · 550 5.1.1 no such user &lt;img src=x onerror=alert(1)&gt;xxx')
    expect(page).not.toContain(hostile)
    expect(page).not.toContain('x'.repeat(200))
    expect(page).toContain('The address is suspended')
    const chinese = await (await carol('/mail/1?lang=zh')).text()
    for (const says of ['邮件服务器的后续报告', '被退回', '该地址已停用']) expect(chinese).toContain(says)
  })

  test('says nothing of it where nothing came back', async () => {
    const carol = await browserOf(world, 'carol@example.org')
    expect(await (await carol('/mail/2')).text()).not.toContain('reported later')
  })

  test('of a mail to somebody else is nobody\'s to see', async () => {
    await post(report())
    const wang = await browserOf(world, 'wang@example.org')
    expect((await wang('/mail/1')).status).toBe(404)
  })
})
