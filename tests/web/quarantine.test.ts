// Mail held after a restore, as an administrator meets it in the browser, and as nobody else does.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { rows } from '../../src/store/database.ts'
import { addPerson } from '../../src/app/people.ts'
import { act } from '../../src/app/app.ts'
import { type Browser, browserOf, fill, openWorld, type World } from './world.ts'

let world: World
let carol: Browser
let ann: Browser
let mia: Browser
const fromUs = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' }

beforeAll(async () => {
  world = await openWorld()
  await fill(world)
  await act(world.app, (db, now) => addPerson(world.app, db, { organisationId: 1, name: 'Mia', email: 'mia@example.org', roles: ['compliance-manager'] }, now))
  carol = await browserOf(world, 'carol@example.org')
  ann = await browserOf(world, 'ann@example.org')
  mia = await browserOf(world, 'mia@example.org')
})
beforeEach(async () => {
  await world.app.database.db.execute(sql`update message set state = 'quarantined', settled_at = null, reply = null`)
})
afterAll(() => world.test.close())

const states = async (): Promise<unknown[]> => (await rows(world.app.database.db, sql`select state from message order by id`)).map((row) => row['state'])
const press = (browser: Browser, body: string, headers: Record<string, string> = fromUs): Promise<Response> => browser('/mail/quarantine', { method: 'POST', body, headers })

test('an administrator sees to whom each would have gone, with which notices, and when', async () => {
  const page = await (await carol('/mail?state=quarantined')).text()
  for (const words of ['Held after a restore', 'Ann Keller', '王强', 'Frankfurt data centre', '30-day notice', '23 Nov 2026, 09:00', 'Release what I chose', 'Release all 2', 'message release --unless-in FILE --dry-run']) {
    expect(page).toContain(words)
  }
  expect(await (await carol('/mail?state=quarantined&lang=zh')).text()).toContain('恢复后暂扣的邮件')
  expect(await (await carol('/?lang=en')).text()).toContain('2 mails wait for a decision after a restore.')
})

test('what is chosen is released or dropped, and no more', async () => {
  const answer = await press(carol, 'message=1&act=drop')
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/mail?state=quarantined'])
  expect(await states()).toEqual(['cancelled', 'quarantined'])
  await press(carol, 'message=2&act=release')
  expect(await states()).toEqual(['cancelled', 'planned'])
  expect(await (await carol('/mail?state=quarantined')).text()).toContain('No mail is held any more.')
})

test('several are released at once', async () => {
  await press(carol, 'message=1&message=2&act=release')
  expect(await states()).toEqual(['planned', 'planned'])
})

test('where nothing is chosen nothing is done, and it is said', async () => {
  const answer = await press(carol, 'act=release')
  expect(answer.headers.get('location')).toBe('/mail?state=quarantined&chosen=none')
  expect(await (await carol('/mail?state=quarantined&chosen=none')).text()).toContain('Nothing was chosen')
  expect(await states()).toEqual(['quarantined', 'quarantined'])
})

test('somebody else has decided meanwhile: nothing is changed, and it is said', async () => {
  await press(carol, 'message=1&act=release')
  const answer = await press(carol, 'message=1&message=2&act=drop')
  expect(answer.status).toBe(409)
  expect(await states()).toEqual(['planned', 'quarantined'])
})

test('nobody but an administrator decides, nor does another site', async () => {
  for (const browser of [ann, mia]) {
    expect((await press(browser, 'message=1&act=release')).status).toBe(404)
    expect(await (await browser('/mail?state=quarantined')).text()).not.toContain('Release')
  }
  expect((await press(carol, 'message=1&act=release', { ...fromUs, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect(await states()).toEqual(['quarantined', 'quarantined'])
})
