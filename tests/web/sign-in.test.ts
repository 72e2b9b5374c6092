// Asking for a link on the sign-in page: the same answer to everybody, and how to go on where no mail comes.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPost, deliverNext } from '../../src/app/deliveries.ts'
import { openWeb } from '../../src/web/server.ts'
import { base, browserOf, fill, now, openWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(async () => {
  await world.test.reset()
  world.clock.set(now)
  await fill(world)
})
afterAll(() => world.test.close())

const ask = async (path: string, init?: RequestInit): Promise<Response> => await openWeb(world.app).request(`${base}${path}`, init)
const fromUs = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' }
const askFor = (address: string, headers: Record<string, string> = {}): Promise<Response> =>
  ask('/sign-in', { method: 'POST', headers: { ...fromUs, ...headers }, body: new URLSearchParams({ address }).toString() })

const plain = (page: string): string => page.replace(/name="form" value="[^"]*"/g, '')

describe('the sign-in page', () => {
  test('takes an address, and says how to get a link without mail', async () => {
    const page = await (await ask('/sign-in')).text()
    expect(page).toMatch(/<form class="ask" method="post" action="\/sign-in">.*name="form"/)
    expect(page).toContain('<label for="address">Your e-mail address</label>')
    expect(page).toMatch(/<input id="address" name="address" type="email" autocomplete="email"/)
    expect(page).toContain('admin login-link EMAIL')
  })

  test.each([['en', 'a link is on its way'], ['zh', '链接已在发送途中']])('in %s answers a known, an unknown and a broken address with the same page', async (language, says) => {
    const pages = []
    for (const address of ['ann@example.org', 'nobody@example.org', '<script>', '']) {
      const answer = await askFor(address, { 'accept-language': language })
      expect(answer.status).toBe(200)
      pages.push(plain(await answer.text()))
    }
    expect(new Set(pages).size).toBe(1)
    expect(pages[0]).toContain(says)
    expect(pages[0]).toContain('admin login-link EMAIL')
    expect(pages[0]).not.toMatch(/ann@example|nobody@example|Ann Keller/)
  })

  test('takes no request from another site', async () => {
    const answer = await askFor('ann@example.org', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })
    expect(answer.status).toBe(403)
    const ann = await browserOf(world, 'ann@example.org')
    expect(await (await ann('/mail')).text()).not.toContain('Sign-in link')
  })

  test('leads, by the mail, to being signed in', async () => {
    await askFor('ANN@example.org')
    const post = await openPost(world.app, undefined, world.clock.now())
    expect(await deliverNext(world.app, post)).toBe('captured')
    const ann = await browserOf(world, 'ann@example.org')
    const list = await (await ann('/mail')).text()
    expect(list).toContain('Sign-in link')
    const mail = await (await ann('/mail/3')).text()
    const path = /\/sign-in\/[\w-]{43}/.exec(mail)![0]
    expect((await ask(path)).status).toBe(200)
    expect((await ask(path, { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(303)
  })

  test('and its mail are nobody else’s: not even the manager’s, in any form', async () => {
    await askFor('ann@example.org')
    await deliverNext(world.app, await openPost(world.app, undefined, world.clock.now()))
    const carol = await browserOf(world, 'carol@example.org')
    for (const path of ['/mail/3', '/mail/3/html', '/mail/3/message.eml']) expect((await carol(path)).status).toBe(404)
    expect(await (await carol('/mail')).text()).not.toContain('/mail/3')
    expect((await carol('/mail/1')).status).toBe(200)
  })
})
