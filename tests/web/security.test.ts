import { createServer } from 'node:net'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addEvidence } from '../../src/app/evidence.ts'
import { createSignInLink } from '../../src/app/sign-in.ts'
import { readConfig } from '../../src/config.ts'
import { listObligationsOf } from '../../src/store/obligations.ts'
import { person } from '../../src/store/schema-records.ts'
import { obligation } from '../../src/store/schema-work.ts'
import { listen, openWeb } from '../../src/web/server.ts'
import { base, type Browser, browserOf, cookieOf, fill, openWorld, type World } from './world.ts'

let world: World
let ann: Browser
let wang: Browser
let carol: Browser
beforeAll(async () => {
  world = await openWorld()
  await fill(world)
  // Evidence 1 is of a certification of Ann's, 2 of one of Wang's.
  for (const certificationId of [1, 2]) {
    const [duty] = await listObligationsOf(world.app.database.db, [certificationId])
    await addEvidence(world.app, { target: { kind: 'obligation', id: duty!.id }, source: { name: 'proof.txt', content: new Blob([`of ${certificationId}`]) } })
  }
  ann = await browserOf(world, 'ann@example.org')
  wang = await browserOf(world, 'wang@example.org')
  carol = await browserOf(world, 'carol@example.org')
})
afterAll(() => world.test.close())

const ask = async (path: string, init?: RequestInit): Promise<Response> => await openWeb(world.app).request(`${base}${path}`, init)
const linkPath = async (): Promise<string> => new URL((await createSignInLink(world.app, 'ann@example.org')).url).pathname
const fromUs = { 'sec-fetch-site': 'same-origin' }

/** Every address the router knows, with its patterns filled in. */
const routes = (): { method: string; path: string }[] => openWeb(world.app).routes
  .filter((route) => route.method !== 'ALL')
  .map(({ method, path }) => ({ method, path: path.replace(/:id\{[^}]*\}/, '1').replace(':token', 'x'.repeat(43)) }))

describe('signing in', () => {
  test('a scanner that opens a link uses nothing up; the button signs in once', async () => {
    const path = await linkPath()
    for (const method of ['GET', 'HEAD', 'GET']) expect((await ask(path, { method })).status).toBe(200)
    const answer = await ask(path, { method: 'POST', headers: fromUs })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe('/')
    const again = await ask(path, { method: 'POST', headers: fromUs })
    expect(again.status).toBe(410)
    expect(await again.text()).toContain('npm run -s recert -- admin login-link EMAIL')
    expect((await ask(path)).status).toBe(410)
  })

  test('a link that has expired answers 410', async () => {
    const path = await linkPath()
    world.clock.advance('PT15M')
    expect((await ask(path)).status).toBe(410)
    expect((await ask(path, { method: 'POST', headers: fromUs })).status).toBe(410)
    world.clock.set('2026-11-24T09:00:00Z')
  })

  test('the session cookie is out of reach for scripts and other sites', async () => {
    const answer = await ask(await linkPath(), { method: 'POST', headers: fromUs })
    const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('recert='))
    expect(cookie).toMatch(/^recert=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('over https the cookie is bound to the host', async () => {
    const app = { ...world.app, config: readConfig({ RECERT_HOME: '/nowhere', RECERT_URL: 'https://recert.example.org' }) }
    const { url } = await createSignInLink(app, 'ann@example.org')
    const answer = await openWeb(app).request(url, { method: 'POST', headers: fromUs })
    expect(answer.headers.getSetCookie().join('\n')).toMatch(/__Host-recert=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax/)
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=15552000')
  })

  test('a session somebody brings along is not taken over', async () => {
    const brought = 'a'.repeat(43)
    const answer = await ask(await linkPath(), { method: 'POST', headers: { ...fromUs, cookie: `recert=${brought}` } })
    expect(cookieOf(answer)).not.toContain(brought)
    expect((await ask('/', { headers: { cookie: `recert=${brought}` } })).status).toBe(401)
  })

  test('signing out ends the session at once, for every copy of its cookie', async () => {
    const copy = await browserOf(world, 'ann@example.org')
    expect((await copy('/')).status).toBe(200)
    expect((await copy('/sign-out', { method: 'POST', headers: fromUs })).status).toBe(303)
    expect((await copy('/')).status).toBe(401)
  })

  test('somebody deactivated is out at the next request', async () => {
    const { db } = world.app.database
    const theirs = await browserOf(world, 'ann@example.org')
    await db.update(person).set({ deactivatedAt: world.clock.now() }).where(eq(person.email, 'ann@example.org'))
    expect((await theirs('/')).status).toBe(401)
    await db.update(person).set({ deactivatedAt: null }).where(eq(person.email, 'ann@example.org'))
  })
})

describe('without a session', () => {
  const free = new Set([
    'GET /healthz', 'GET /readyz', 'GET /app.css', 'GET /sign-in', 'POST /sign-in', 'GET /sign-in/:token', 'POST /sign-in/:token', 'GET /answer/:token', 'POST /answer/:token',
    'POST /hooks/bounces',
  ])

  test('every address of the router asks to sign in, but for the few that cannot', async () => {
    const known = openWeb(world.app).routes.filter((route) => route.method !== 'ALL').map(({ method, path }) => `${method} ${path}`)
    expect([...free].filter((one) => !known.includes(one))).toEqual([])
    for (const [n, { method, path }] of routes().entries()) {
      const status = (await ask(path, { method, headers: fromUs })).status
      // Figures are for whoever shows a token, and are not there while none is set.
      if (known[n] === 'GET /metrics') expect(status).toBe(404)
      else if (!free.has(known[n]!)) expect([known[n], status]).toEqual([known[n], 401])
      else expect(status).not.toBe(401)
    }
  })

  test('an address that does not exist looks like one that does', async () => {
    expect((await ask('/nothing/here')).status).toBe(401)
    expect((await ask('/certifications/1')).status).toBe(401)
  })

  test('the answer says how to get a link and shows nobody’s data', async () => {
    const page = await (await ask('/certifications/1')).text()
    expect(page).toContain('admin login-link EMAIL')
    expect(page).not.toContain('Frankfurt')
  })
})

describe('where a request comes from', () => {
  test.each(['evil.example', 'localhost:3001', 'localhost', '127.0.0.1', 'localhost:3000.evil.example'])('the host %s is refused, with the way out', async (host) => {
    const answer = await ask('/', { headers: { host } })
    expect(answer.status).toBe(421)
    expect(await answer.text()).toContain('This server answers to localhost:3000 only.')
  })

  test.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST:3000'])('the host %s is ours', async (host) => {
    expect((await ask('/sign-in', { headers: { host } })).status).toBe(200)
  })

  const foreign: [string, Record<string, string>][] = [
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a sister site', { 'sec-fetch-site': 'same-site', origin: 'http://other.localhost:3000' }],
    ['an address bar', { 'sec-fetch-site': 'none' }],
    ['an older browser at another site', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://localhost:3001' }],
    ['another scheme', { origin: 'https://localhost:3000' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['nowhere known', {}],
    ['another site that lies about its frame', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
  ]
  test.each(foreign)('no change is taken from %s', async (_, headers) => {
    const path = await linkPath()
    for (const contentType of ['application/x-www-form-urlencoded', 'application/json', 'text/plain']) {
      for (const to of [path, '/sign-out', '/nothing']) {
        const answer = await ann(to, { method: 'POST', headers: { ...headers, 'content-type': contentType }, body: 'form=' })
        expect(answer.status).toBe(403)
      }
    }
    expect((await ask(path)).status).toBe(200)
    expect((await ann('/')).status).toBe(200)
  })

  test('an older browser at our own address may', async () => {
    expect((await ask(await linkPath(), { method: 'POST', headers: { origin: 'http://localhost:3000' } })).status).toBe(303)
  })

  test('a browser that tells nothing may, with the token that only our page and its cookie hold', async () => {
    const path = await linkPath()
    const page = await ask(path)
    const token = /name="form" value="([\w-]{22})"/.exec(await page.text())![1]!
    const cookie = cookieOf(page)
    const post = async (form: string, sent: string) => (await ask(path, {
      method: 'POST', headers: { origin: 'null', cookie: sent, 'content-type': 'application/x-www-form-urlencoded' }, body: `form=${form}`,
    })).status
    expect(await post('x'.repeat(22), cookie)).toBe(403)
    expect(await post(token, '')).toBe(403)
    expect(await post(token, cookie)).toBe(303)
  })

  test('a form of more than 64 KB is refused', async () => {
    const answer = await ask('/sign-out', { method: 'POST', headers: fromUs, body: 'x'.repeat(64 * 1024 + 1) })
    expect(answer.status).toBe(413)
  })
})

describe('what others own', () => {
  test.each(['/certifications/1', '/evidence/1', '/mail/1', '/mail/1/html', '/mail/1/message.eml'])('%s is Ann’s: hers, the manager’s, and nobody else’s', async (path) => {
    expect((await ann(path)).status).toBe(200)
    expect((await carol(path)).status).toBe(200)
    expect((await wang(path)).status).toBe(404)
  })

  test('a foreign record answers exactly like a missing one', async () => {
    const plain = async (path: string): Promise<string> =>
      (await (await ann(path)).text()).replaceAll(path, '').replace(/name="form" value="[^"]*"/g, '')
    expect(await plain('/certifications/2')).toBe(await plain('/certifications/999'))
    expect(await plain('/evidence/2')).toBe(await plain('/evidence/999'))
    expect(await plain('/mail/2')).toBe(await plain('/mail/999'))
  })

  test('lists and the overview name no foreign record, and no health of the installation', async () => {
    for (const path of ['/', '/certifications', '/certifications?show=all', '/certifications?q=office', '/mail']) {
      const page = await (await ann(path)).text()
      for (const foreign of ['script&gt;alert', 'Old office', '王强', 'mail/2']) expect(page).not.toContain(foreign)
    }
    expect(await (await ann('/')).text()).not.toContain('Can you trust this')
    expect(await (await carol('/')).text()).toContain('Can you trust this')
  })

  test('whoever owns only a duty sees its certification', async () => {
    await world.app.database.db.update(obligation).set({ ownerId: 3 }).where(eq(obligation.id, 1))
    expect((await wang('/certifications/1')).status).toBe(200)
    expect(await (await wang('/certifications')).text()).toContain('Frankfurt data centre')
    await world.app.database.db.update(obligation).set({ ownerId: null }).where(eq(obligation.id, 1))
    expect((await wang('/certifications/1')).status).toBe(404)
  })
})

describe('what every answer carries', () => {
  test('pages run nothing, are framed by nobody, tell no address and are kept by nobody', async () => {
    for (const path of ['/', '/certifications', '/certifications/1', '/mail', '/mail/1', '/sign-in', '/certifications/999', await linkPath()]) {
      const { headers } = await carol(path)
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  test('a mail’s HTML is shown as it is, in a frame where nothing runs, loads or leaves', async () => {
    const answer = await ann('/mail/1/html')
    expect(await answer.text()).toBe('<p>HTML of mail 0</p><script>alert(1)</script>')
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
      + "frame-ancestors 'self'; form-action 'none'; base-uri 'none'; sandbox")
    expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(await (await ann('/mail/1')).text()).toContain('<iframe class="letter" src="/mail/1/html" sandbox=""')
  })

  test('a fault answers 500 and is logged once, with its address’s pattern and nothing that was sent', async () => {
    world.logged.length = 0
    const broken = { ...world.app, database: { ...world.app.database, db: new Proxy(world.app.database.db, { get: () => { throw new Error('secret-value') } }) } }
    const answer = await openWeb(broken).request(`${base}/mail/1?state=secret-query`, { headers: { cookie: 'recert=secret-cookie' } })
    expect(answer.status).toBe(500)
    const page = await answer.text()
    expect(page).toContain('This is a fault of Recert')
    expect(world.logged).toHaveLength(1)
    const line = JSON.stringify(world.logged)
    expect(line).toContain('/mail/:id')
    expect(line).not.toContain('secret')
    for (const secret of ['secret-value', 'secret-cookie']) expect(page).not.toContain(secret)
  })
})

describe('the socket', () => {
  const freePort = async (): Promise<{ port: number; release: () => Promise<void> }> => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    return {
      port: typeof address === 'object' && address ? address.port : 0,
      release: () => new Promise((resolve) => server.close(() => resolve())),
    }
  }
  const at = (port: number) => ({ ...world.app, config: readConfig({ RECERT_HOME: '/nowhere', PORT: String(port) }) })

  test('it serves pages and stops', async () => {
    const { port, release } = await freePort()
    await release()
    const web = await listen(at(port))
    expect(web.url).toBe(`http://localhost:${port}`)
    expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toEqual({ status: 'ok' })
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(401)
    await web.close()
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
  })

  test('a port in use is named, with the way out', async () => {
    const { port, release } = await freePort()
    await expect(listen(at(port))).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use by another program. Stop it, or use another port: PORT=${port + 1} npm start`)
    await release()
  })
})
