import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createSignInLink, findSession, isLinkUsable, signIn, signOut } from '../../src/app/sign-in.ts'
import { person } from '../../src/store/schema-records.ts'
import { session, signInLink } from '../../src/store/schema-system.ts'
import { fill, now, openWorld, type World } from '../web/world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
beforeEach(async () => {
  await world.test.reset()
  world.clock.set(now)
  await fill(world)
  world.logged.length = 0
})
afterAll(() => world.test.close())

const tokenIn = (url: string): string => url.split('/').at(-1)!
const linkFor = async (email = 'ann@example.org'): Promise<string> => tokenIn((await createSignInLink(world.app, email)).url)

test('a link lasts fifteen minutes and holds 256 random bits', async () => {
  const link = await createSignInLink(world.app, 'ANN@example.org')
  expect(link.expiresAt.toString()).toBe('2026-11-24T09:15:00Z')
  expect(link.url).toMatch(/^http:\/\/localhost:3000\/sign-in\/[\w-]{43}$/)
})

test('a link signs in once', async () => {
  const token = await linkFor()
  expect(await signIn(world.app, token)).toMatch(/^[\w-]{43}$/)
  expect(await signIn(world.app, token)).toBeUndefined()
})

test('of two who use a link at once, one is signed in', async () => {
  const token = await linkFor()
  const sessions = await Promise.all([signIn(world.app, token), signIn(world.app, token)])
  expect(sessions.filter((one) => one !== undefined)).toHaveLength(1)
})

test('asking whether a link works does not use it up', async () => {
  const token = await linkFor()
  expect(await isLinkUsable(world.app, token)).toBe(true)
  expect(await isLinkUsable(world.app, token)).toBe(true)
  expect(await signIn(world.app, token)).toBeDefined()
  expect(await isLinkUsable(world.app, token)).toBe(false)
})

test('a link that has expired signs nobody in, and one made earlier than another still does', async () => {
  const first = await linkFor()
  world.clock.advance('PT10M')
  const second = await linkFor()
  world.clock.advance('PT4M59S')
  expect(await signIn(world.app, first)).toBeDefined()
  world.clock.advance('PT10M1S')
  expect(await signIn(world.app, second)).toBeUndefined()
})

test('only hashes of tokens are stored, and no token or address is logged', async () => {
  const token = await linkFor()
  const opened = (await signIn(world.app, token))!
  await findSession(world.app, opened)
  const links = await world.app.database.db.select().from(signInLink)
  const sessions = await world.app.database.db.select().from(session)
  const kept = JSON.stringify([links, sessions, world.logged])
  for (const secret of [token, opened, 'ann@example.org']) expect(kept).not.toContain(secret)
  expect(sessions[0]!.tokenHash).toMatch(/^[0-9a-f]{64}$/)
})

test('a session ends when it is signed out', async () => {
  const opened = (await signIn(world.app, await linkFor()))!
  expect((await findSession(world.app, opened))?.person.name).toBe('Ann Keller')
  await signOut(world.app, opened)
  expect(await findSession(world.app, opened)).toBeUndefined()
})

test('a session ends after twelve idle hours', async () => {
  const opened = (await signIn(world.app, await linkFor()))!
  world.clock.advance('PT11H59M')
  expect(await findSession(world.app, opened)).toBeDefined()
  world.clock.advance('PT11H59M')
  expect(await findSession(world.app, opened)).toBeDefined()
  world.clock.advance('PT12H')
  expect(await findSession(world.app, opened)).toBeUndefined()
})

test('a session ends after seven days, however often it is used', async () => {
  const opened = (await signIn(world.app, await linkFor()))!
  for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
    world.clock.advance('PT6H')
    expect(await findSession(world.app, opened)).toBeDefined()
  }
  world.clock.advance('PT6H')
  expect(await findSession(world.app, opened)).toBeUndefined()
})

test('using a session is written down at most once a minute', async () => {
  const opened = (await signIn(world.app, await linkFor()))!
  const seen = async (): Promise<string> => (await world.app.database.db.select().from(session))[0]!.seenAt.toString()
  world.clock.advance('PT59S')
  await findSession(world.app, opened)
  expect(await seen()).toBe('2026-11-24T09:00:00Z')
  world.clock.advance('PT1S')
  await findSession(world.app, opened)
  expect(await seen()).toBe('2026-11-24T09:01:00Z')
})

test('somebody deactivated has no session, gets no link and can use none', async () => {
  const token = await linkFor()
  const opened = (await signIn(world.app, await linkFor()))!
  await world.app.database.db.update(person).set({ deactivatedAt: world.clock.now() }).where(eq(person.name, 'Ann Keller'))
  expect(await findSession(world.app, opened)).toBeUndefined()
  expect(await signIn(world.app, token)).toBeUndefined()
  await expect(linkFor()).rejects.toThrow('Ann Keller was deactivated and cannot sign in.')
})

test('an address nobody has gets no link, and the error names it', async () => {
  await expect(linkFor('nobody@example.org')).rejects.toThrow('Nobody here has the address "nobody@example.org".')
})

test('a token of another kind opens nothing', async () => {
  const token = await linkFor()
  expect(await findSession(world.app, token)).toBeUndefined()
  expect(await signIn(world.app, (await signIn(world.app, token))!)).toBeUndefined()
})
