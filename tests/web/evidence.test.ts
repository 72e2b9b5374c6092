import { createServer } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { act } from '../../src/app/app.ts'
import { addEvidence, type EvidenceView, type NewEvidence, withdrawEvidence } from '../../src/app/evidence.ts'
import { createSignInLink } from '../../src/app/sign-in.ts'
import { readConfig } from '../../src/config.ts'
import { type KeptFile, partBytes } from '../../src/core/evidence.ts'
import { attachment } from '../../src/web/download.ts'
import { evidenceCard } from '../../src/web/evidence-card.ts'
import { listen } from '../../src/web/server.ts'
import { en } from '../../src/web/words-en.ts'
import { zh } from '../../src/web/words-zh.ts'
import { instant } from '../helpers/factory.ts'
import { bytesOf } from '../helpers/files.ts'
import { dutyOf } from '../helpers/records.ts'
import { type Browser, browserOf, cookieOf, fill, openWorld, type World } from './world.ts'

const content = bytesOf(2 * partBytes + 9)
const page = '<!doctype html><script>alert(document.cookie)</script>'

let world: World
let ann: Browser
let wang: Browser
let duty: number
beforeAll(async () => {
  world = await openWorld()
  await fill(world)
  ann = await browserOf(world, 'ann@example.org')
  wang = await browserOf(world, 'wang@example.org')
  duty = (await dutyOf(world.app, 1)).id
})
afterAll(() => world.test.close())

const add = async (source: NewEvidence['source'], title?: string): Promise<number> =>
  (await addEvidence(world.app, { target: { kind: 'obligation', id: duty }, source, title, by: { id: 2, name: 'Ann Keller' } })).id
const file = (bytes: Uint8Array<ArrayBuffer> | string, name = 'report.bin'): NewEvidence['source'] => ({ name, content: new Blob([bytes]) })
const damage = (id: number, ordinal: number) => world.app.database.db.execute(sql`
  update file_part set content = set_byte(content, 0, (get_byte(content, 0) + 1) % 256) where ordinal = ${ordinal} and sha256 = (select file from evidence where id = ${id})`)

describe('a file of evidence', () => {
  test('is saved as it was added, under its own name, and kept by nobody on the way', async () => {
    const id = await add(file(content, '等保 报告 (1).bin'))
    const answer = await ann(`/evidence/${id}`)
    expect(answer.status).toBe(200)
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true)
    expect(Object.fromEntries(['content-type', 'content-length', 'content-disposition', 'cache-control', 'x-content-type-options'].map((name) => [name, answer.headers.get(name)]))).toEqual({
      'content-type': 'application/octet-stream', 'content-length': String(content.length), 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff',
      'content-disposition': "attachment; filename=\"__ __ (1).bin\"; filename*=UTF-8''%E7%AD%89%E4%BF%9D%20%E6%8A%A5%E5%91%8A%20%281%29.bin",
    })
    const head = await ann(`/evidence/${id}`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(content.length), ''])
  })

  test.each([['page.html', page, 'text/html'], ['logo.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml'], ['innocent.txt', `${page} `, 'text/html']])(
    '%s that could run something is only ever saved: it is no page of ours, and gets no cookie', async (name, text, type) => {
      const answer = await ann(`/evidence/${await add(file(text, name))}`)
      expect(answer.headers.get('content-type')).toBe(type)
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; /)
      expect(answer.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'; frame-ancestors 'none'")
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.getSetCookie()).toEqual([])
    })

  test('is there for whoever may see its certification; foreign, missing and a link answer alike', async () => {
    const [theirs, link] = [await add(file('hers')), await add({ link: 'https://a.example/x' })]
    const answers = await Promise.all([wang(`/evidence/${theirs}`), wang('/evidence/9999'), ann('/evidence/9999'), ann(`/evidence/${link}`)])
    expect(answers.map((one) => one.status)).toEqual([404, 404, 404, 404])
    const pageOf = async (answer: Response): Promise<string> => (await answer.text()).replace(/\/evidence\/\d+/g, '').replace(/name="form" value="[^"]*"/g, '')
    const [foreign, missing] = await Promise.all(answers.slice(0, 2).map(pageOf))
    expect(foreign).toBe(missing)
    for (const path of ['/evidence/0', '/evidence/x', '/evidence/1/2', '/evidence/99999999999']) expect((await ann(path)).status).toBe(404)
  })

  test('that is damaged is a page that says so, or breaks off: never a whole answer', async () => {
    const [small, large] = [await add(file('a small one', 'small.txt')), await add(file(bytesOf(3 * partBytes, 7), 'large.bin'))]
    await damage(small, 0)
    await damage(large, 1)
    const answer = await ann(`/evidence/${small}`)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(await answer.text()).toContain('small.txt is damaged')
    await expect((await ann(`/evidence/${large}`)).arrayBuffer()).rejects.toThrow('large.bin is damaged')
  })

  test('comes over a real socket whole, and a damaged one does not', async () => {
    const port = await freePort()
    const app = { ...world.app, config: readConfig({ RECERT_HOME: '/nowhere', PORT: String(port) }) }
    const [good, bad] = [await add(file(bytesOf(3 * partBytes, 11), 'good.bin')), await add(file(bytesOf(3 * partBytes, 13), 'bad.bin'))]
    await damage(bad, 2)
    const web = await listen(app)
    const { url } = await createSignInLink(app, 'ann@example.org')
    const cookie = cookieOf(await fetch(url, { method: 'POST', redirect: 'manual', headers: { 'sec-fetch-site': 'same-origin' } }))
    const read = async (id: number) => Buffer.from(await (await fetch(`${web.url}/evidence/${id}`, { headers: { cookie } })).arrayBuffer())
    expect((await read(good)).equals(bytesOf(3 * partBytes, 11))).toBe(true)
    await expect(read(bad)).rejects.toThrow()
    await web.close()
  })
})

const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
  })
})

test.each([
  ['report.pdf', "attachment; filename=\"report.pdf\"; filename*=UTF-8''report.pdf"],
  ['a "b"\\c%20;.txt', "attachment; filename=\"a _b__c_20;.txt\"; filename*=UTF-8''a%20%22b%22%5Cc%2520%3B.txt"],
  ["it's *new*.txt", "attachment; filename=\"it_s _new_.txt\"; filename*=UTF-8''it%27s%20%2Anew%2A.txt"],
])('the header for %s names it in plain letters and as it is', (name, header) => {
  expect(attachment(name)).toBe(header)
})

describe('the card of a certification', () => {
  const piece = (rest: Partial<Pick<EvidenceView, 'title' | 'withdrawn'>> = {}, proof: { link: string } | { file: KeptFile } = { link: 'https://a.example/x' }): EvidenceView => ({
    id: 7, title: undefined, addedAt: instant('2026-11-24T23:30:00Z'), addedBy: 'Ann Keller', certificationId: 3, certification: 'Host', organisationId: 1,
    target: { kind: 'step', id: 5, code: '4.2', procedureId: 2, title: { en: 'Audit', zh: '审核' } }, withdrawn: undefined, ...proof, ...rest,
  })
  const shown = async (list: readonly EvidenceView[], words = en, cut = false): Promise<string> =>
    (await evidenceCard({ certificationId: 3, list, cut, zone: 'Asia/Shanghai' }, words)).toString()

  test('is not there where there is no evidence', async () => expect(await shown([])).toBe(''))

  test('says what each piece proves, who added it and when, in the reader’s zone and language', async () => {
    const file = piece({ title: 'SLA <2026>' }, { file: { name: '报告.pdf', size: 2_621_440, type: 'application/pdf', sha256: 'a'.repeat(64) } })
    const english = await shown([file])
    for (const part of ['<a href="/evidence/7">SLA &lt;2026&gt;</a>', '报告.pdf, 2.5 MB', '4.2', 'Audit', 'step', '25 Nov 2026, 07:30', 'Ann Keller']) expect(english).toContain(part)
    for (const part of ['佐证材料', '审核', '步骤']) expect(await shown([file], zh)).toContain(part)
  })

  test('folds away what was withdrawn, with the reason, and says where the list was cut', async () => {
    const withdrawn = piece({ withdrawn: { at: instant('2026-11-26T08:00:00Z'), by: 'Carol', reason: 'the <wrong> year' } })
    const text = await shown([withdrawn], en, true)
    for (const part of ['All of it was withdrawn.', '<summary>1 withdrawn</summary>', 'the &lt;wrong&gt; year', 'Carol', 'evidence list --certification 3 --withdrawn']) expect(text).toContain(part)
    expect(await shown([piece()])).not.toContain('withdrawn')
  })

  test('stands on the page of the certification', async () => {
    const id = await add(file('for the page', 'page.txt'), 'Proof of the page')
    expect(await (await ann('/certifications/1')).text()).toContain(`<a href="/evidence/${id}">Proof of the page</a>`)
    await act(world.app, (db, now) => withdrawEvidence(db, id, 'not ours', { now }))
    expect(await (await ann('/certifications/1')).text()).toContain('not ours')
  })
})
