import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWeb } from '../../src/web/server.ts'
import { en } from '../../src/web/words-en.ts'
import { zh } from '../../src/web/words-zh.ts'
import { base, type Browser, browserOf, fill, openWorld, type World } from './world.ts'

let world: World
let carol: Browser
let ann: Browser
let wang: Browser
beforeAll(async () => {
  world = await openWorld()
  await fill(world)
  carol = await browserOf(world, 'carol@example.org')
  ann = await browserOf(world, 'ann@example.org')
  wang = await browserOf(world, 'wang@example.org')
})
afterAll(() => world.test.close())

/** What a person reads of a page: its text without tags, spaces folded. */
const read = async (answer: Response | Promise<Response>): Promise<string> => textOf(await (await answer).text())
const textOf = (page: string): string => page.replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

describe('the overview', () => {
  test('says what is late, by whom and how long, and what needs an answer with its command', async () => {
    const page = await read(carol('/'))
    expect(page).toMatch(/\d+ duties are late/)
    expect(page).toContain('Frankfurt data centre ISO/IEC 27001:2022 · Harbour Cloud First surveillance audit Ann Keller 14 Nov 2026 Sat 10 days late')
    expect(page).toContain('Old office')
    expect(page).toContain('Valid until 28 Feb 2026. Renewed, given up, or being restored?')
    expect(page).toContain('npm run -s recert -- certification renew 3 --on DAY --set expiry=DAY')
    expect(page).toContain('npm run -s recert -- certification cancel 3 --on DAY')
  })

  test('says the same in Chinese to whoever reads Chinese', async () => {
    const page = await read(wang('/'))
    expect(page).toContain('已逾期')
    expect(page).toContain('2026 年自查')
    expect(page).toContain('2026年12月31日 周四')
    expect(page).toContain('进行中的办理流程')
    const asked = await read(carol('/?lang=zh'))
    expect(asked).toContain('第一次监督审核 Ann Keller 2026年11月14日 周六 逾期 10 天')
    expect(asked).toContain('等待您答复')
  })

  test('shows a run by its five stages and marks the one under way', async () => {
    const page = await (await wang('/')).text()
    const stepper = /<ol class="stepper">([\s\S]*?)<\/ol>/.exec(page)![1]!
    expect([...stepper.matchAll(/<li /g)]).toHaveLength(5)
    expect([...stepper.matchAll(/aria-current="step"/g)]).toHaveLength(1)
    expect(textOf(stepper)).toMatch(/定级.*备案.*建设整改.*等级测评.*监督检查/)
  })

  test('can be asked about another day, and says so', async () => {
    const before = await read(carol('/?asOf=2026-11-14'))
    expect(before).toContain('You are looking at 14 Nov 2026, not at today.')
    expect(before).toContain('First surveillance audit Ann Keller 14 Nov 2026 Sat today')
    const after = await (await carol('/?asOf=2026-11-15')).text()
    expect(textOf(after)).toContain('1 day late')
    expect(after).toContain('href="/certifications/1?asOf=2026-11-15"')
  })

  test.each(['2026-02-29', 'tomorrow', '0001-01-01', '2026-1-5'])('refuses asOf=%s and names it', async (asOf) => {
    const answer = await carol(`/?asOf=${asOf}`)
    expect(answer.status).toBe(400)
    expect(await read(answer)).toContain(`asOf=${asOf}`)
  })

  test('counts late, next and unanswered duties for what a person sees', async () => {
    const numbers = async (browser: Browser): Promise<string[]> =>
      [...(await (await browser('/')).text()).matchAll(/<dd class="\w+">(\d+)<\/dd>/g)].map((found) => found[1]!)
    expect(await numbers(ann)).toEqual(['1', '0', '0', '0'])
    const all = await numbers(carol)
    expect(Number(all[0])).toBeGreaterThan(1)
    expect(Number(all[3])).toBeGreaterThan(0)
  })
})

describe('the register', () => {
  test('lists by the last valid day, and tells what has ended apart', async () => {
    const page = await read(carol('/certifications'))
    expect(page.indexOf('Frankfurt data centre')).toBeLessThan(page.indexOf('alert('))
    expect(page).toContain('14 Nov 2028 in 721 days')
    expect(page).not.toContain('Old office')
    const ended = await read(carol('/certifications?show=ended'))
    expect(ended).toContain('Old office')
    expect(ended).toContain('28 Feb 2026 269 days ago')
    expect(ended).not.toContain('Frankfurt')
  })

  test.each([['frankfurt', 1], ['27001', 2], ['ann kell', 1], ['100%', 0], ['_', 0], ["'; drop table person; --", 0], ['\0', 2]])('searching for %s finds %i', async (words, found) => {
    const page = await (await carol(`/certifications?q=${encodeURIComponent(words)}`)).text()
    expect([...page.matchAll(/<th scope="row">/g)]).toHaveLength(found)
  })

  test('a search that is no text at all finds nothing and breaks nothing', async () => {
    expect((await carol('/certifications?q=%ff%fe%ED%A0%80')).status).toBe(200)
  })

  test('turns its pages without losing or repeating one', async () => {
    await world.app.database.db.execute(sql`
      insert into certification (organisation_id, scheme, options, name, owner_id, register_key, register_facts, entered_on, created_at, revision)
      select 1, 'fips-140', '{}', 'Module ' || n, 1, 'm' || n, '{}', '2026-09-29', '2026-09-29T00:00:00Z', 1 from generate_series(1, 120) n`)
    await world.app.database.db.execute(sql`insert into cycle (certification_id, number, kind) select id, 1, 'initial' from certification where name like 'Module %'`)
    await world.app.database.db.execute(sql`insert into anchor (certification_id, cycle, name, day, assumed)
      select id, 1, 'expiry', '2027-01-01'::date + id % 7, false from certification where name like 'Module %' and id % 5 <> 0`)
    const seen: string[] = []
    for (let path: string | undefined = '/certifications?q=Module'; path !== undefined;) {
      const page: string = await (await carol(path)).text()
      seen.push(...[...page.matchAll(/>(Module \d+)<\/a>/g)].map((found) => found[1]!))
      path = /href="([^"]*)" rel="next"/.exec(page)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(seen).toHaveLength(120)
    expect(new Set(seen).size).toBe(120)
    await world.app.database.db.execute(sql`delete from anchor where certification_id in (select id from certification where name like 'Module %')`)
    await world.app.database.db.execute(sql`delete from cycle where certification_id in (select id from certification where name like 'Module %')`)
    await world.app.database.db.execute(sql`delete from certification where name like 'Module %'`)
  })

  test.each(['/certifications?after=x', '/certifications?show=mine', '/mail?state=gone', '/mail?before=x', '/certifications?after=2026-02-30.1'])('%s is refused with the reason', async (path) => {
    const answer = await carol(path)
    expect(answer.status).toBe(400)
    expect(await read(answer)).toContain('That cannot be shown')
  })
})

describe('one certification', () => {
  test('says where it stands, what sets the end, its duties and what was said', async () => {
    const page = await read(ann('/certifications/1'))
    expect(page).toContain('valid Valid until 14 Nov 2028')
    expect(page).toContain('What sets this day: the expiry of the certificate.')
    expect(page).toContain('Decision day 14 Nov 2025')
    expect(page).toContain('14 Nov 2028 by the rules of the scheme')
    expect(page).toContain('First surveillance audit 14 Nov 2026 not booked Ann Keller ISO/IEC 17021-1 9.1.3')
    expect(page).toContain('30-day notice')
    expect(page).toContain('captured')
    expect(page).toContain('14 Nov 2025 granted')
    expect(page).toContain('Entered')
  })

  test('says of a rule nobody has verified that it is so', async () => {
    expect(await read(wang('/certifications/2'))).toContain('规则未核实')
  })

  test('says what it was or will be on another day', async () => {
    expect(await read(ann('/certifications/1?asOf=2028-11-14'))).toContain('valid Valid until 14 Nov 2028')
    expect(await read(ann('/certifications/1?asOf=2028-11-15'))).toContain('expired, can be restored Valid until 14 Nov 2028')
    expect(await read(ann('/certifications/1?asOf=2028-11-15'))).toContain('Can be restored until 14 May 2029.')
  })
})

describe('mail', () => {
  test('is listed by state and readable as HTML, as text and as a file', async () => {
    expect(await read(ann('/mail'))).toContain('Subject &lt;b&gt;0&lt;/b&gt;')
    expect(await read(ann('/mail?state=sent'))).toContain('No mail here.')
    expect(await read(ann('/mail/1'))).toContain('Text of mail 0')
    const file = await ann('/mail/1/message.eml')
    expect(file.headers.get('content-type')).toBe('message/rfc822')
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="recert-1.eml"')
    expect(await file.text()).toBe('Subject: mail 0\r\n\r\nBody')
  })
})

describe('every page', () => {
  const paths = ['/', '/certifications', '/certifications?q=%3Cscript%3Ealert(1)%3C/script%3E', '/certifications/2', '/mail', '/mail/2',
    '/?lang="><script>alert(1)</script>', '/?asOf=<script>alert(1)</script>', '/certifications?after="><img onerror=alert(1)>']

  test.each(paths)('%s lets no name and no question become markup', async (path) => {
    const page = await (await carol(path)).text()
    expect(page).not.toContain('<script')
    expect(page).not.toContain('<img')
    expect(page).not.toContain('<b>')
  })

  test('shows a hostile name as the text it is', async () => {
    expect(await (await carol('/certifications/2')).text()).toContain('<h1>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;co&#39;</h1>')
  })

  test('keeps the language somebody chose', async () => {
    const web = openWeb(world.app)
    const answer = await web.request(`${base}/sign-in?lang=zh`)
    expect(answer.headers.getSetCookie().join()).toContain('recert-language=zh')
    expect(await read(web.request(`${base}/sign-in`, { headers: { cookie: 'recert-language=zh', 'accept-language': 'en' } }))).toContain('登录')
    expect(await read(web.request(`${base}/sign-in`, { headers: { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' } }))).toContain('登录')
    expect(await (await carol('/?asOf=2027-01-05')).text()).toContain('href="/?asOf=2027-01-05&amp;lang=zh"')
  })

  test('says in both languages the same things', () => {
    const shape = (value: unknown): unknown => (typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)])) : typeof value)
    expect(shape(zh)).toEqual(shape(en))
  })

  test('the style sheet is found by its content and small', async () => {
    const page = await (await carol('/')).text()
    const address = /href="(\/app\.css\?v=[0-9a-f]{12})"/.exec(page)![1]!
    const sheet = await openWeb(world.app).request(`${base}${address}`)
    expect(sheet.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect((await sheet.text()).length).toBeLessThan(12 * 1024)
  })
})

test('an installation without a record says how to begin', async () => {
  const empty = await openWorld()
  await fill(empty)
  await empty.app.database.db.execute(sql`truncate notice, obligation, step, stage, procedure, decision, anchor, cycle, certification cascade`)
  const browser = await browserOf(empty, 'carol@example.org')
  const page = await read(browser('/'))
  expect(page).toContain('Nothing is late, nothing in danger.')
  expect(page).toContain('npm run -s recert -- import FILE --dry-run')
  await empty.test.close()
})
