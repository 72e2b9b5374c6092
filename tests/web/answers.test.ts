import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { enterCertification } from '../../src/app/entry.ts'
import { openLinks } from '../../src/app/links.ts'
import type { LinkAction } from '../../src/core/answer.ts'
import { rows } from '../../src/store/database.ts'
import { listUnconfirmedOf } from '../../src/store/obligations.ts'
import { answer, link } from '../../src/store/schema-answers.ts'
import { notice } from '../../src/store/schema-mail.ts'
import { person } from '../../src/store/schema-records.ts'
import { obligation } from '../../src/store/schema-work.ts'
import { openWeb } from '../../src/web/server.ts'
import { everyRow } from '../helpers/mail-links.ts'
import { base, browserOf, fill, hostileName, openWorld, type People, type World } from './world.ts'

let world: World
let app: App
let people: People
/** What is ours is said by the browser, without any cookie. */
const fromUs = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' }

beforeAll(async () => {
  world = await openWorld()
  app = world.app
  people = await fill(world)
  // Two more duties of Carol's were past when they were entered, beside the certificate that had expired.
  for (const [name, decision] of [['Second site', '2024-03-01'], ['Third site', '2024-05-01']] as const) {
    await act(app, (db, now) => enterCertification(app, db, {
      organisationId: 1, ownerId: people.carol, scheme: 'iso-27001', options: {}, name, cycleKind: 'initial', days: { decision: Temporal.PlainDate.from(decision) },
    }, now))
  }
})
beforeEach(async () => {
  world.clock.set('2026-11-24T09:00:00Z')
  await app.database.db.delete(answer)
  await app.database.db.delete(link)
})
afterAll(() => world.test.close())

const ask = async (path: string, init?: RequestInit): Promise<Response> => await openWeb(app).request(`${base}${path}`, init)
const look = async (path: string, headers: Record<string, string> = {}): Promise<string> => await (await ask(path, { headers })).text()
const press = async (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = fromUs): Promise<Response> =>
  await ask(path, { method: 'POST', headers, body: new URLSearchParams(fields).toString() })

/** Makes a link of a person's mail; the mail is Ann's first one, unless it is Wang's. */
async function linkFor(action: LinkAction, personId = people.ann, notices: readonly number[] = []): Promise<string> {
  const links = openLinks(base)
  const url = links.issue(action, notices)
  await app.database.transact(async (db) => await links.keep(db, { id: personId === people.wang ? 2 : 1, personId }, app.clock.now()))
  return new URL(url).pathname
}

const counted = async (): Promise<string> => JSON.stringify(await rows(app.database.db, sql`select action, until_on, done_on, remark, actor_id, taken_back_at is not null as back from answer order by id`))

describe('E5 opening a link changes nothing', () => {
  test.each(['acknowledge', 'snooze', 'done', 'not-mine', 'confirm', 'unsubscribe'] as const)('%s: GET, HEAD and OPTIONS, again and again', async (action) => {
    const path = await linkFor(action, action === 'unsubscribe' ? people.carol : people.ann, action === 'confirm' || action === 'unsubscribe' ? [] : [1])
    const before = await everyRow(app)
    for (let n = 0; n < 10; n++) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const { status } = await ask(`${path}${n % 2 === 0 ? '' : '?until=2026-12-01&done=2026-11-01&take-back=1&List-Unsubscribe=One-Click'}`, { method })
        if (method !== 'OPTIONS') expect([action, method, status]).toEqual([action, method, 200])
      }
    }
    expect(await everyRow(app)).toEqual(before)
  })

  test.each(['acknowledge', 'done', 'not-mine', 'unsubscribe'] as const)('%s: the page has one button and no script, and nothing presses it', async (action) => {
    const page = await look(await linkFor(action, people.carol, [await noticeOfCarol()]))
    expect(page.match(/<button/g)).toHaveLength(1)
    expect(page).not.toMatch(/<script|http-equiv|autofocus|onload/i)
  })
})

// A certificate hangs on it, and nobody has touched it.
const untouched = { tier: 'A', state: 'open', submittedOn: null, metOn: null, endedBy: null, reason: null } as const

/** A notice of Carol's own about Ann's surveillance audit, made hers for the time. */
async function noticeOfCarol(): Promise<number> {
  const { db } = app.database
  await db.update(obligation).set({ ...untouched, ownerId: people.carol }).where(eq(obligation.id, 1))
  await db.update(notice).set({ personId: people.carol }).where(eq(notice.id, 1))
  return 1
}

async function noticeOfAnn(): Promise<number> {
  const { db } = app.database
  await db.update(obligation).set({ ...untouched, ownerId: null }).where(eq(obligation.id, 1))
  await db.update(notice).set({ personId: people.ann }).where(eq(notice.id, 1))
  return 1
}

describe('answering', () => {
  beforeEach(async () => void await noticeOfAnn())

  test('works without cookies and signs nobody in', async () => {
    const path = await linkFor('acknowledge', people.ann, [1])
    const response = await press(path)
    expect([response.status, response.headers.get('location')]).toEqual([303, path])
    expect(response.headers.getSetCookie().filter((one) => /^recert=|^__Host-recert=/.test(one))).toEqual([])
    const page = await look(path)
    expect(page).toContain('Answered for Ann Keller, by mail link')
    expect(page).toContain('Take it back')
    expect(page).not.toContain('Sign out')
    expect((await ask('/certifications')).status).toBe(401)
  })

  test('pressed twice is one answer, and taken back it can be given again', async () => {
    const path = await linkFor('acknowledge', people.ann, [1])
    for (let n = 0; n < 3; n++) expect((await press(path)).status).toBe(303)
    expect(JSON.parse(await counted())).toHaveLength(1)
    expect((await press(path, { 'take-back': '1' })).status).toBe(303)
    expect(await look(path)).toContain('I know, I am on it')
    await press(path)
    expect((await app.database.db.select().from(answer).orderBy(answer.id)).map((one) => one.takenBackAt !== null)).toEqual([true, false])
  })

  test('"done" has no day filled in: whoever merely presses is refused, and told why', async () => {
    const path = await linkFor('done', people.ann, [1])
    const page = await look(path)
    expect(page).toMatch(/<input type="date" id="done" name="done" required max="2026-11-24" value="">/)
    for (const done of ['', '2026-13-01', '2026-11-25']) {
      const refused = await press(path, { done })
      expect([done, refused.status]).toEqual([done, 400])
      const text = await refused.text()
      expect(text).toContain('role="alert"')
      expect(text).toContain(`value="${done}"`)
    }
    expect(await counted()).toBe('[]')
    expect((await press(path, { done: '2026-11-23' })).status).toBe(303)
    expect(await look(path)).toContain('a link alone ends no duty of this weight')
    expect(await look(path)).toContain('obligation met 1 --on 2026-11-23')
  })

  test('what was entered comes back escaped', async () => {
    const path = await linkFor('not-mine', people.ann, [1])
    const remark = '"><script>alert(1)</script>'.padEnd(600, 'x')
    const refused = await press(path, { remark })
    expect(refused.status).toBe(400)
    const page = await refused.text()
    expect(page).not.toContain('<script>')
    expect(page).toContain('&quot;&gt;&lt;script&gt;')
  })

  test('speaks the language of whose mail it was, unless this browser asks for another', async () => {
    const path = await linkFor('confirm', people.wang)
    expect(await look(path)).toContain('<html lang="zh')
    expect(await look(`${path}?lang=en`)).toContain('<html lang="en"')
  })

  test('the page is kept by nobody, named to nobody and found by no search engine', async () => {
    for (const path of [await linkFor('acknowledge', people.ann, [1]), `/answer/${'x'.repeat(43)}`]) {
      const { headers } = await ask(path)
      expect([headers.get('cache-control'), headers.get('referrer-policy'), headers.get('x-robots-tag')]).toEqual(['no-store', 'no-referrer', 'noindex, nofollow'])
    }
  })

  test('E7 unknown and expired links look alike', async () => {
    const path = await linkFor('acknowledge', people.ann, [1])
    world.clock.set('2026-12-24T09:00:00Z')
    const answers = await Promise.all([path, `/answer/${'x'.repeat(43)}`, '/answer/short'].map(async (one) => {
      const response = await ask(one)
      return { status: response.status, text: (await response.text()).replaceAll(one, '').replace(/name="form" value="[^"]*"/, '') }
    }))
    expect(answers.map((one) => one.status)).toEqual([410, 410, 410])
    expect(new Set(answers.map((one) => one.text)).size).toBe(1)
    for (const one of [path, `/answer/${'x'.repeat(43)}`]) expect((await press(one)).status).toBe(410)
  })

  test('another site cannot press it', async () => {
    const path = await linkFor('acknowledge', people.ann, [1])
    for (const [name, value] of [['origin', 'https://evil.example'], ['sec-fetch-site', 'cross-site'], ['origin', 'null']] as const) {
      expect((await press(path, {}, { 'content-type': fromUs['content-type'], [name]: value })).status).toBe(403)
    }
    expect(await counted()).toBe('[]')
  })

  test('no line of the log holds a token', async () => {
    const path = await linkFor('acknowledge', people.ann, [1])
    await press(path)
    await look(path)
    await press(path, { 'take-back': '1' })
    expect(JSON.stringify(world.logged)).not.toContain(path.split('/').at(-1))
    expect(JSON.stringify(world.logged)).toContain('answered by a link')
  })
})

describe('a signed-in person takes an answer back', () => {
  const takenBack = async (): Promise<boolean[]> => (await app.database.db.select().from(answer).orderBy(answer.id)).map((one) => one.takenBackAt !== null)

  test('on the page of its certification, with one button that leads back there', async () => {
    await noticeOfAnn()
    await press(await linkFor('acknowledge', people.ann, [1]))
    const [given] = await app.database.db.select().from(answer)
    const ann = await browserOf(world, 'ann@example.org')
    const page = await (await ann('/certifications/1')).text()
    const form = `action="/answers/${given!.id}/take-back"`
    expect([page.includes('id="answers"'), page.includes('by mail link'), page.includes(form)]).toEqual([true, true, true])
    const taken = await ann(`/answers/${given!.id}/take-back`, { method: 'POST', headers: fromUs })
    expect([taken.status, taken.headers.get('location')]).toEqual([303, '/certifications/1#answers'])
    expect(await takenBack()).toEqual([true])
    const after = await (await ann('/certifications/1')).text()
    expect([after.includes(form), after.includes('taken back')]).toEqual([false, true])
  })

  test('but not one of somebody else, nor from another site', async () => {
    await noticeOfAnn()
    await press(await linkFor('acknowledge', people.ann, [1]))
    const [given] = await app.database.db.select().from(answer)
    const path = `/answers/${given!.id}/take-back`
    const wang = await browserOf(world, 'wang@example.org')
    expect((await wang(path, { method: 'POST', headers: fromUs })).status).toBe(404)
    const ann = await browserOf(world, 'ann@example.org')
    expect((await ann(path, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
    expect((await ask(path, { method: 'POST', headers: fromUs })).status).toBe(401)
    expect(await takenBack()).toEqual([false])
  })
})

describe('E8 ending a weekly status', () => {
  const oneClick = { 'content-type': 'application/x-www-form-urlencoded' }
  const digestOf = async (id: number): Promise<string> => {
    const [row] = await app.database.db.select().from(person).where(eq(person.id, id))
    return `${row!.digestEndedAt ? 'ended' : 'sent'} ${row!.rhythm}`
  }

  test('one click of a mail provider does it: without cookies, origin or redirection', async () => {
    const path = await linkFor('unsubscribe', people.carol)
    const response = await press(path, { 'List-Unsubscribe': 'One-Click' }, oneClick)
    expect(response.status).toBe(200)
    expect(await digestOf(people.carol)).toBe('ended daily')
    expect((await press(path, { 'List-Unsubscribe': 'One-Click' }, oneClick)).status).toBe(200)
    const form = new FormData()
    form.set('List-Unsubscribe', 'One-Click')
    expect((await ask(path, { method: 'POST', body: form })).status).toBe(200)
    expect((await press(path, { again: '1' })).status).toBe(303)
    expect(await digestOf(people.carol)).toBe('sent daily')
  })

  test('the same request does nothing else: neither answer, nor sign in, nor sign out', async () => {
    await noticeOfAnn()
    const before = await everyRow(app)
    for (const action of ['acknowledge', 'done', 'not-mine', 'confirm'] as const) {
      const path = await linkFor(action, people.ann, [1])
      expect((await press(path, { 'List-Unsubscribe': 'One-Click', 'done': '2026-11-23' }, oneClick)).status).toBe(403)
    }
    for (const path of ['/sign-out', `/sign-in/${'x'.repeat(43)}`, '/answer/short', '/']) {
      expect((await press(path, { 'List-Unsubscribe': 'One-Click' }, oneClick)).status).toBe(403)
    }
    await app.database.db.delete(link)
    const { link: _, ...after } = await everyRow(app)
    expect(after).toEqual(Object.fromEntries(Object.entries(before).filter(([name]) => name !== 'link')))
  })

  test('another body from nowhere is refused, and looking ends nothing', async () => {
    const path = await linkFor('unsubscribe', people.carol)
    expect((await press(path, {}, oneClick)).status).toBe(403)
    expect(await look(path)).toContain('End the weekly status')
    expect(await digestOf(people.carol)).toBe('sent daily')
  })

  test('who reads their own list weekly has each notice on its day again; reminders cannot be ended', async () => {
    await app.database.db.update(person).set({ rhythm: 'weekly' }).where(eq(person.id, people.ann))
    const path = await linkFor('unsubscribe', people.ann)
    expect(await look(path)).toContain('Reminders of what must be done cannot be ended')
    await press(path)
    expect(await digestOf(people.ann)).toBe('sent daily')
    await press(path, { again: '1' })
    expect(await digestOf(people.ann)).toBe('sent weekly')
    await press(path)
  })
})

describe('what was past at entry', () => {
  const asked = async (): Promise<number[]> => (await listUnconfirmedOf(app.database.db, people.carol, 0, 100)).map((one) => one.obligation.id)

  test('pressing without choosing changes nothing', async () => {
    const path = await linkFor('confirm', people.carol)
    const page = await look(path)
    const ids = await asked()
    expect(ids.length).toBeGreaterThan(1)
    for (const id of ids) expect(page).toContain(`name="answer-${id}" value="" checked`)
    const before = await everyRow(app)
    const response = await press(path, Object.fromEntries([...ids.map((id) => [`answer-${id}`, '']), ['all', ''], ['all-done', '2026-01-01']]))
    expect([response.status, (await response.text()).includes('Nothing was chosen')]).toEqual([200, true])
    expect(await everyRow(app)).toEqual(before)
  })

  test('an expiry has no "done": a renewal is a decision', async () => {
    const page = await look(await linkFor('confirm', people.carol))
    const duties = await listUnconfirmedOf(app.database.db, people.carol, 0, 100)
    for (const { obligation: { id, kind } } of duties) {
      expect([id, page.includes(`name="answer-${id}" value="done"`)]).toEqual([id, kind !== 'expiry'])
    }
    expect(duties.some((one) => one.obligation.kind === 'expiry')).toBe(true)
    expect(page).toContain('a renewal is a decision')
  })

  test('what is valid is saved; what is not keeps what was entered, with the reason beside it', async () => {
    const path = await linkFor('confirm', people.carol)
    const duties = await listUnconfirmedOf(app.database.db, people.carol, 0, 100)
    const [first, second] = duties.filter((one) => one.obligation.kind !== 'expiry').map((one) => one.obligation.id)
    const response = await press(path, { [`answer-${first}`]: 'done', [`done-${first}`]: '2027-01-01', [`answer-${second}`]: 'open', 'answer-999999': 'open' })
    expect(response.status).toBe(400)
    const page = await response.text()
    expect(page).toContain('1 answer saved, 1 not: see below.')
    expect(page).toContain('That day lies in the future; today is 24 Nov 2026.')
    expect(page).toContain(`name="done-${first}" aria-label="Done on" value="2027-01-01"`)
    const states = new Map((await app.database.db.select().from(obligation)).map((one) => [one.id, one.state]))
    expect([states.get(first!), states.get(second!)]).toEqual(['unconfirmed', 'open'])
  })

  test('another’s duty cannot be answered with it', async () => {
    const path = await linkFor('confirm', people.wang)
    const [theirs] = await asked()
    await press(path, { [`answer-${theirs}`]: 'not-ours' })
    expect(await asked()).toContain(theirs)
  })

  test('the choice for all answers the rest of the page', async () => {
    const path = await linkFor('confirm', people.carol)
    expect(await (await press(path, { all: 'not-ours' })).text()).toContain('Everything is answered')
    expect(await asked()).toEqual([])
  })
})

test('a snooze proposes a day, within the days that are possible', async () => {
  const { db } = app.database
  const [duty] = await db.select().from(obligation).where(and(eq(obligation.certificationId, 1), eq(obligation.ruleId, 'recertification'))).limit(1)
  const [said] = await db.insert(notice).values({
    obligationId: duty!.id, countedTo: duty!.dueOn, notice: 'P270D', offsetDays: 270, personId: people.ann, purpose: 'reminder',
    outcome: 'said', reason: 'first-notice', messageId: 1, decidedAt: app.clock.now(),
  }).returning({ id: notice.id })
  const path = await linkFor('snooze', people.ann, [said!.id])
  const page = await look(path)
  expect(page.match(/<button/g)).toHaveLength(1)
  const [, min, max, value] = /name="until" required min="([\d-]+)" max="([\d-]+)" value="([\d-]+)"/.exec(page)!
  expect([min, max! > '2028-10-01' && max! < '2028-11-14', value! <= max!]).toEqual(['2026-11-25', true, true])
  const refused = await press(path, { until: '2028-11-13' })
  expect([refused.status, (await refused.text()).includes('That day is not possible: choose one from 25 Nov 2026 to')]).toEqual([400, true])
  expect((await press(path, { until: '2027-06-01' })).status).toBe(303)
  expect(await look(path)).toContain('Quiet until <time datetime="2027-06-01">')
})

test('names are escaped on every page', async () => {
  const { db } = app.database
  const [theirs] = await db.select().from(obligation).where(eq(obligation.certificationId, 2)).limit(1)
  const [theirNotice] = await db.insert(notice).values({
    obligationId: theirs!.id, countedTo: theirs!.dueOn, notice: 'P30D', offsetDays: 30, personId: people.wang, purpose: 'reminder',
    outcome: 'said', reason: 'first-notice', messageId: 2, decidedAt: app.clock.now(),
  }).returning({ id: notice.id })
  const page = await look(await linkFor('acknowledge', people.wang, [theirNotice!.id]))
  expect(page).not.toContain(hostileName)
  expect(page).toContain('&lt;script&gt;')
})
