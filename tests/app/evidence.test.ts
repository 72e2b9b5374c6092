import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { openFileSource } from '../../src/app/evidence-files.ts'
import { addEvidence, type EvidenceAdded, listEvidence, type NewEvidence, openEvidence, withdrawEvidence } from '../../src/app/evidence.ts'
import { startProcedure } from '../../src/app/procedures.ts'
import { listRequirements, setRequirement } from '../../src/app/requirements.ts'
import { mostBytes, partBytes } from '../../src/core/evidence.ts'
import type { Person } from '../../src/core/person.ts'
import { rows } from '../../src/store/database.ts'
import { appendPart, beginFile } from '../../src/store/files.ts'
import { finding } from '../../src/store/schema-proof.ts'
import { day } from '../helpers/factory.ts'
import { bytesOf, partsOf, sha256Of, wholeOf } from '../helpers/files.ts'
import { testFolder } from '../helpers/folder.ts'
import { aCast, aCertification, dutyOf, testApp, type TestApp } from '../helpers/records.ts'

let opened: TestApp
let app: App
let alice: Person
let certificationId: number
beforeAll(async () => {
  opened = await testApp()
  app = opened.app
})
beforeEach(async () => {
  await opened.reset()
  const cast = await aCast(app)
  alice = cast.alice
  certificationId = (await aCertification(app, { organisationId: cast.organisation.id, ownerId: alice.id, scheme: 'trucs', name: 'Cloud host', days: { decision: '2026-01-05', expiry: '2028-01-04' } })).id
})
afterAll(() => opened.close())

const item = { kind: 'requirement', id: 1 } as const
const file = (content: Uint8Array<ArrayBuffer>, name = 'report.bin'): NewEvidence['source'] => ({ name, content: new Blob([content]) })
const add = (source: NewEvidence['source'], rest: Partial<NewEvidence> = {}): Promise<EvidenceAdded> => addEvidence(app, { target: item, source, ...rest })
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(() => 'It was not refused.', (error: { code?: string; message: string }) => `${error.code}: ${error.message}`)
const withdraw = (id: number, reason = 'it is old') => act(app, (db, now) => withdrawEvidence(db, id, reason, { now }))
const count = async (table: 'file' | 'file_part' | 'evidence'): Promise<number> =>
  (await rows<{ n: number }>(app.database.db, sql`select count(*)::int as n from ${sql.identifier(table)}`))[0]!.n

/** Records the longest value of each statement outside a transaction that the embedded database is handed. */
function watch(): number[] {
  const longest: number[] = []
  const client: { query: (text: string, values?: unknown[], ...rest: unknown[]) => unknown } = Reflect.get(app.database.db, '$client')
  const query = client.query
  onTestFinished(() => { client.query = query })
  client.query = (text, values = [], ...rest) => {
    longest.push(Math.max(0, ...values.map((value) => (typeof value === 'string' ? Buffer.byteLength(value, 'base64') : 0))))
    return query(text, values, ...rest)
  }
  return longest
}

describe('a file', () => {
  test('comes back byte for byte, with who added it when', async () => {
    const content = bytesOf(3 * partBytes + 17)
    const added = await add(file(content, '/home/ann/SLA 报告.bin'), { title: ' SLA 2026 ', by: alice })
    expect(added).toMatchObject({
      title: 'SLA 2026', addedBy: 'Alice', certificationId, target: { kind: 'requirement', code: '1' }, claimed: undefined,
      file: { name: 'SLA 报告.bin', size: content.length, type: 'application/octet-stream', sha256: sha256Of(content) },
    })
    expect(added.addedAt.toString()).toBe('2026-11-24T08:00:00Z')
    expect((await wholeOf((await openEvidence(app, added.id)).content)).equals(content)).toBe(true)
  })

  test('of 25 MB goes in by statements that carry at most 256 KB each', async () => {
    const content = new Uint8Array(mostBytes).map((_, n) => n % 251)
    const longest = watch()
    const { id } = await add(file(content))
    expect(longest.filter((length) => length > 1000)).toEqual(Array.from({ length: 100 }, () => partBytes))
    let size = 0
    for await (const part of (await openEvidence(app, id)).content) {
      expect(part.length).toBe(partBytes)
      size += part.length
    }
    expect(size).toBe(mostBytes)
  }, 120_000)

  test('of one byte more is refused before any of it is read, and so is an empty one', async () => {
    let reads = 0
    const large = new Blob([new Uint8Array(mostBytes + 1)])
    const slice = large.slice.bind(large)
    large.slice = (...given) => {
      reads += 1
      return slice(...given)
    }
    expect(await refusal(add({ name: 'scan.tiff', content: large })))
      .toBe('invalid: scan.tiff has 25.1 MB; a file of evidence has at most 25 MB. Divide it, or put it where you keep large files and add the link.')
    expect(reads).toBe(0)
    expect(await refusal(add(file(new Uint8Array())))).toBe('invalid: report.bin is empty: it proves nothing. Check that it was saved.')
    expect(await count('file')).toBe(0)
  })

  test('whose name says something else is kept as what it is', async () => {
    const added = await add(file(new Uint8Array(Buffer.from('<!doctype html><script>alert(1)</script>')), 'report.pdf'))
    expect(added).toMatchObject({ claimed: 'application/pdf', file: { name: 'report.pdf', type: 'text/html' } })
  })

  test('is stored once, however often it is evidence, and each time under the name it had', async () => {
    const content = bytesOf(partBytes + 1)
    const duty = await dutyOf(app, certificationId)
    const [first, second] = [await add(file(content, 'a.bin')), await add(file(content, 'b.bin'), { target: { kind: 'obligation', id: duty.id } })]
    expect([first.file!.name, second.file!.name, second.file!.sha256 === first.file!.sha256]).toEqual(['a.bin', 'b.bin', true])
    expect([await count('file'), await count('file_part'), await count('evidence')]).toEqual([1, 2, 2])
  })

  test('that is evidence of the same thing already is refused with the number that is there', async () => {
    const { id } = await add(file(bytesOf(10)))
    expect(await refusal(add(file(bytesOf(10), 'other name.bin')))).toBe(`conflict: A file with this content is evidence of the same requirement already: evidence ${id}. `
      + `To put it otherwise, first: evidence withdraw ${id} --reason WHY`)
    await withdraw(id)
    expect((await add(file(bytesOf(10)))).id).toBe(id + 1)
  })

  test('whose upload was interrupted is nobody’s evidence; the next upload of the same content carries it on', async () => {
    const content = bytesOf(2 * partBytes + 5)
    const sha256 = sha256Of(content)
    await beginFile(app.database.db, { sha256, size: content.length, type: 'application/octet-stream' }, app.clock.now())
    await appendPart(app.database.db, sha256, 0, partsOf(content)[0]!)
    expect(await listEvidence(app, { withdrawnToo: true })).toEqual([])
    const { id } = await add(file(content))
    expect((await wholeOf((await openEvidence(app, id)).content)).equals(content)).toBe(true)
    expect([await count('file'), await count('file_part')]).toEqual([1, 3])
  })

  test('that changes while it is read becomes no evidence', async () => {
    const path = join(testFolder(), 'log.txt')
    writeFileSync(path, 'one')
    const source = await openFileSource(path)
    writeFileSync(path, 'another one')
    expect(await refusal(add(source))).toBe('conflict: log.txt was changed or taken away while it was read. Add it again once nobody writes to it.')
    expect(await count('evidence')).toBe(0)
  })

  test('that is damaged where it is stored is never taken for whole: its name is said before the last part', async () => {
    const content = bytesOf(2 * partBytes + 5)
    const { id } = await add(file(content, 'report.bin'))
    await app.database.db.execute(sql`update file_part set content = set_byte(content, 100, (get_byte(content, 100) + 1) % 256) where ordinal = 1`)
    const { content: read } = await openEvidence(app, id)
    let size = 0
    const end = await refusal((async () => { for await (const part of read) size += part.length })())
    expect(end).toMatch(/^unavailable: report\.bin is damaged: what is stored is not what was added \(SHA-256 [0-9a-f]{64}\)\. Restore the database from a backup\.$/)
    expect(size).toBe(2 * partBytes)
    expect(opened.alarms).toEqual(['a file of evidence is damaged'])
  })

  test('that lacks a part is not taken for whole either', async () => {
    const { id } = await add(file(bytesOf(2 * partBytes + 5)))
    await app.database.db.execute(sql`delete from file_part where ordinal = 2`)
    expect(await refusal(wholeOf((await openEvidence(app, id)).content))).toContain('unavailable: report.bin is damaged')
  })

  test('on this machine is opened by its name; a folder and what is not there are refused', async () => {
    const folder = testFolder()
    writeFileSync(join(folder, '报告.txt'), 'done')
    expect((await add(await openFileSource(join(folder, '报告.txt')))).file).toMatchObject({ name: '报告.txt', size: 4, type: 'text/plain' })
    expect(await refusal(openFileSource(folder))).toBe(`invalid: ${folder} is no file. Put a folder into one archive first.`)
    expect(await refusal(openFileSource(join(folder, 'no')))).toContain('no cannot be read. Check the name')
  })
})

describe('what evidence proves', () => {
  test('is a requirement, an obligation, a step or a finding', async () => {
    const duty = await dutyOf(app, certificationId)
    const mlps = await aCertification(app, { organisationId: 1, ownerId: alice.id, scheme: 'mlps', name: 'Payments', days: { 'level-fixed': '2026-10-01', filing: '2026-10-12' } })
    const procedureId = await act(app, (db, now) => startProcedure(app, db, { certificationId: mlps.id, template: 'filing-extension', startOn: day('2026-11-24'), targetOn: day('2027-03-31') }, { now }))
    const [found] = await app.database.db.insert(finding).values({
      certificationId, cycle: 1, number: 'NC-1', grade: 'minor', title: 'No restore test', foundOn: day('2026-11-20'), closesBy: 'answer', blocks: false,
      basis: '-', mark: 'confirmed', createdAt: app.clock.now(), revision: 1,
    }).returning({ id: finding.id })
    const link = { link: 'https://a.example/x' }
    const targets = [item, { kind: 'obligation', id: duty.id }, { kind: 'step', procedureId, code: '3' }, { kind: 'finding', id: found!.id }] as const
    for (const target of targets) await add(link, { target })
    expect((await listEvidence(app, {})).map((one) => [one.target.kind, one.target.code, one.certification])).toEqual([
      ['finding', 'NC-1', 'Cloud host'], ['step', '3', 'Payments'], ['obligation', undefined, 'Cloud host'], ['requirement', '1', 'Cloud host'],
    ])
    for (const target of targets) expect((await listEvidence(app, { target })).map((one) => one.target.kind)).toEqual([target.kind])
    expect((await listEvidence(app, { certificationId: mlps.id })).map((one) => one.target.procedureId)).toEqual([procedureId])
  })

  test.each([
    [{ kind: 'requirement', id: 999 }, 'There is no requirement 999. List them with: requirement list'],
    [{ kind: 'obligation', id: 999 }, 'There is no obligation 999. List them with: obligation list'],
    [{ kind: 'finding', id: 999 }, 'There is no finding 999. List them with: finding list'],
    [{ kind: 'step', procedureId: 9, code: '4.2' }, 'There is no step 9/4.2. List them with: procedure show N'],
  ] as const)('%j that is not there is refused, and nothing is stored', async (target, sentence) => {
    expect(await refusal(add(file(bytesOf(10)), { target }))).toBe(`not-found: ${sentence}`)
    expect(await refusal(listEvidence(app, { target }))).toBe(`not-found: ${sentence}`)
    expect(await count('file')).toBe(0)
  })

  test('shows in the checklist: an item met with a file does not lack evidence', async () => {
    await add(file(bytesOf(10)))
    const set = await act(app, (db, now) => setRequirement(db, 1, { state: 'met' }, { now }))
    expect(set.lacksEvidence).toBe(false)
    const [first] = await listRequirements(app, { certificationId }, 1)
    expect(first!.evidence.map((one) => one.file?.name)).toEqual(['report.bin'])
  })
})

describe('a link', () => {
  test('is kept as it was written, and is no file to fetch', async () => {
    const { id } = await add({ link: ' HTTPS://a.example/文档 ' })
    expect(await refusal(openEvidence(app, id))).toBe(`invalid: Evidence ${id} is a link, not a file. Open it: https://a.example/文档`)
    expect(await refusal(add({ link: 'https://a.example/文档' }))).toContain(`conflict: This link is evidence of the same requirement already: evidence ${id}.`)
    expect(await refusal(add({ link: 'javascript:alert(1)' }))).toContain('invalid: "javascript:alert(1)" cannot be kept as evidence')
  })

  test('two people add at the same time is there once', async () => {
    const both = await Promise.all([1, 2].map(() => refusal(add({ link: 'https://a.example/x' }))))
    expect(both.filter((one) => one === 'It was not refused.')).toHaveLength(1)
    expect(both.filter((one) => one.startsWith('conflict: This link is evidence of the same requirement already: evidence 1.'))).toHaveLength(1)
  })
})

describe('evidence that is withdrawn', () => {
  test('is listed only when asked for, with who, when and why, and its file can still be read', async () => {
    const { id } = await add(file(bytesOf(10)))
    opened.clock.advance('PT1H')
    const withdrawn = await act(app, (db, now) => withdrawEvidence(db, id, ' wrong file ', { now, by: alice }))
    expect({ ...withdrawn.withdrawn, at: withdrawn.withdrawn?.at.toString() }).toEqual({ at: '2026-11-24T09:00:00Z', by: 'Alice', reason: 'wrong file' })
    expect(await listEvidence(app, {})).toEqual([])
    expect((await listEvidence(app, { withdrawnToo: true })).map((one) => one.id)).toEqual([id])
    expect((await wholeOf((await openEvidence(app, id)).content)).equals(bytesOf(10))).toBe(true)
  })

  test('says why, is withdrawn once, and must be there', async () => {
    const { id } = await add(file(bytesOf(10)))
    expect(await refusal(withdraw(id, ' '))).toBe(`invalid: Say why evidence ${id} proves it no longer: an auditor will ask.`)
    expect(await refusal(withdraw(id, 'x'.repeat(2001)))).toBe('invalid: A reason may have 2000 characters; this one has 2001.')
    await withdraw(id)
    expect(await refusal(withdraw(id))).toBe(`conflict: Evidence ${id} has been withdrawn already. Look at it again: evidence list --withdrawn`)
    expect(await refusal(withdraw(99))).toBe('not-found: There is no evidence 99. List it with: evidence list')
  })

  test('leaves both in the history, without names or words', async () => {
    const { id } = await add(file(bytesOf(10), 'Secret name.bin'), { title: 'Secret title', by: alice })
    await withdraw(id, 'Secret reason')
    const said = await rows<{ event: string; actor: number | null; facts: unknown }>(app.database.db,
      sql`select event, actor_id as actor, facts from history where event like 'evidence%' order by sequence`)
    expect(said).toEqual([
      { event: 'evidence-added', actor: alice.id, facts: { evidence: id, requirement: 1 } }, { event: 'evidence-withdrawn', actor: null, facts: { evidence: id, requirement: 1 } },
    ])
  })
})
