import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { EvidenceView } from '../../src/app/evidence.ts'
import { handOver, listenForCommands } from '../../src/cli/handover.ts'
import { partBytes } from '../../src/core/evidence.ts'
import { bytesOf, sha256Of } from '../helpers/files.ts'
import { testFolder } from '../helpers/folder.ts'
import { aCast, aCertification, testApp, type TestApp } from '../helpers/records.ts'
import { type Typist, typist } from '../helpers/typing.ts'

let opened: TestApp
let recert: Typist
let folder: string
let language: 'en' | 'zh'

const content = bytesOf(partBytes + 100)

beforeAll(async () => {
  opened = await testApp()
  recert = typist(opened.app, () => ({ folder, language, columns: 100 }))
})
beforeEach(async () => {
  await opened.reset()
  language = 'en'
  folder = testFolder()
  const { alice, organisation } = await aCast(opened.app)
  await aCertification(opened.app, { organisationId: organisation.id, ownerId: alice.id, scheme: 'trucs', name: 'Cloud host', days: { decision: '2026-01-05', expiry: '2028-01-04' } })
  writeFileSync(join(folder, '报告 2026.bin'), content)
})
afterAll(() => opened.close())

const typed = (command: string): ReturnType<Typist> => recert(Object.assign([command], { raw: [command] }))
const inFolder = (name: string): string => join(folder, name)
const addReport = () => recert`evidence add ${'报告 2026.bin'} --requirement 1 --title ${'SLA 2026'} --by alice@example.org --json`

describe('evidence add', () => {
  test('keeps a file and says what it is', async () => {
    const { exit, out, err } = await recert`evidence add ${'报告 2026.bin'} --requirement 1 --by alice@example.org`
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    expect(out).toBe(`evidence       1
file           报告 2026.bin
size           256 KB
type           application/octet-stream
SHA-256        ${sha256Of(content)}
proves         requirement 1 (1) Durability of stored data
certification  1 Cloud host
added          2026-11-24T08:00:00Z by Alice
`)
  })

  test('says on the side where the name claims something else', async () => {
    writeFileSync(inFolder('report.pdf'), 'plain words')
    const { exit, out, err } = await recert`evidence add report.pdf --obligation 1 --json`
    expect({ exit, err }).toEqual({ exit: 0, err: 'The name says application/pdf, the content is text/plain: it is kept as that.\n' })
    expect(JSON.parse(out)).toMatchObject({ id: 1, addedAt: '2026-11-24T08:00:00Z', claimed: 'application/pdf', file: { type: 'text/plain' }, target: { kind: 'obligation', id: 1 } })
  })

  test('takes a link as well', async () => {
    expect(JSON.parse((await recert`evidence add https://a.example/x --obligation 1 --title SLA --json`).out)).toMatchObject({ title: 'SLA', link: 'https://a.example/x' })
  })

  test.each([
    ['evidence add a.pdf', 2, 'Say what it proves: --requirement N, --obligation N, --step RUN/CODE or --finding N.'],
    ['evidence add a.pdf --requirement 1 --finding 2', 2, 'Evidence proves one thing: give one of --requirement, --obligation, --step and --finding.'],
    ['evidence add a.pdf --step 4.2', 2, '"4.2" is not a step. Write its run and code, such as 3/4.2.'],
    ['evidence add a.pdf --step x/4.2', 2, '"x" is not a whole number.'],
    ['evidence add no.pdf --requirement 1', 2, 'no.pdf cannot be read. Check the name'],
    ['evidence add . --requirement 1', 2, 'is no file. Put a folder into one archive first.'],
    ['evidence add empty.txt --requirement 1', 2, 'empty.txt is empty: it proves nothing.'],
    ['evidence add ftp://a.example/x --requirement 1', 2, '"ftp://a.example/x" cannot be kept as evidence: a link begins with https:// or http://'],
    ['evidence add https://a.example/x --step 1/4.2', 2, 'There is no step 1/4.2.'],
    ['evidence add https://a.example/x --requirement 1 --by nobody@example.org', 2, 'There is no person "nobody@example.org".'],
    ['evidence add https://a.example/there --requirement 1', 1, 'This link is evidence of the same requirement already: evidence 1.'],
  ])('%s is refused with a sentence', async (command, exit, sentence) => {
    writeFileSync(inFolder('empty.txt'), '')
    await recert`evidence add https://a.example/there --requirement 1`
    const answer = await typed(command)
    expect(answer.exit).toBe(exit)
    expect(answer.err).toContain(sentence)
  })
})

describe('evidence list', () => {
  test('shows who added what when, the newest first', async () => {
    await addReport()
    await recert`evidence add https://a.example/x --obligation 1`
    const { out } = await recert`evidence list --certification 1`
    expect(out.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'number | evidence | proves | certification | added | by',
      '2 | https://a.example/x | obligation 1 Certificate valid until | 1 Cloud host | 2026-11-24',
      '1 | SLA 2026 报告 2026.bin (256 KB) | requirement 1 (1) Durability of stored data | 1 Cloud host | 2026-11-24 | Alice', '',
    ])
    language = 'zh'
    expect((await recert`evidence list`).out).toContain('数据存储的持久性')
  })

  test('is narrowed by what it proves and who added it; what was withdrawn is there for whoever asks', async () => {
    await addReport()
    await recert`evidence add https://a.example/x --obligation 1`
    await recert`evidence withdraw 1 --reason ${'the wrong year'} --by alice@example.org`
    const ids = async (command: string): Promise<number[]> => {
      const found: EvidenceView[] = JSON.parse((await typed(`${command} --json`)).out)
      return found.map((one) => one.id)
    }
    expect(await ids('evidence list')).toEqual([2])
    expect(await ids('evidence list --withdrawn')).toEqual([2, 1])
    expect(await ids('evidence list --withdrawn --requirement 1')).toEqual([1])
    expect(await ids('evidence list --obligation 1')).toEqual([2])
    expect(await ids('evidence list --withdrawn --by alice@example.org')).toEqual([1])
    expect(await ids('evidence list --certification 9')).toEqual([])
    expect((await recert`evidence list --withdrawn`).out).toContain('2026-11-24 the wrong year')
    expect((await recert`evidence list --withdrawn --limit 1`).err).toBe('Only the first 1 are listed; --limit N lists more.\n')
  })
})

describe('evidence get', () => {
  beforeEach(async () => {
    await addReport()
    mkdirSync(inFolder('out'))
    folder = inFolder('out')
  })

  test('writes the file under its own name, here, for its owner only', async () => {
    const { exit, out } = await recert`evidence get 1`
    expect(exit).toBe(0)
    expect(out).toContain(`written  ${inFolder('报告 2026.bin')}`)
    expect(readFileSync(inFolder('报告 2026.bin')).equals(content)).toBe(true)
    expect(statSync(inFolder('报告 2026.bin')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['报告 2026.bin'])
  })

  test('writes elsewhere, into a folder, or over a file only when told', async () => {
    await recert`evidence get 1 --out a.bin`
    mkdirSync(inFolder('deep'))
    await recert`evidence get 1 --out deep`
    expect([existsSync(inFolder('a.bin')), existsSync(inFolder('deep/报告 2026.bin'))]).toEqual([true, true])
    writeFileSync(inFolder('a.bin'), 'mine')
    const { exit, err } = await recert`evidence get 1 --out a.bin`
    expect({ exit, err }).toEqual({ exit: 1, err: `${inFolder('a.bin')} is there already. Write elsewhere with --out FILE, or over it with --force.\n` })
    expect(readFileSync(inFolder('a.bin'), 'utf8')).toBe('mine')
    expect((await recert`evidence get 1 --out a.bin --force`).exit).toBe(0)
    expect(readFileSync(inFolder('a.bin')).equals(content)).toBe(true)
  })

  test('writes the bytes and nothing else to standard output', async () => {
    const { exit, out, err, bytes } = await recert`evidence get 1 --out -`
    expect({ exit, out, err }).toEqual({ exit: 0, out: '', err: '' })
    expect(bytes.equals(content)).toBe(true)
  })

  test('leaves nothing behind where the file is damaged or cannot be written, and spares what was there', async () => {
    await opened.app.database.db.execute(sql`update file_part set content = set_byte(content, 0, (get_byte(content, 0) + 1) % 256) where ordinal = 0`)
    expect(await recert`evidence get 1`).toMatchObject({ exit: 1, err: expect.stringContaining('报告 2026.bin is damaged') })
    expect(readdirSync(folder)).toEqual([])
    writeFileSync(inFolder('a.bin'), 'mine')
    expect((await recert`evidence get 1 --out a.bin --force`).exit).toBe(1)
    expect(readFileSync(inFolder('a.bin'), 'utf8')).toBe('mine')
    expect(await recert`evidence get 1 --out no/such/a.bin`).toMatchObject({ exit: 1, err: expect.stringContaining('no/such/a.bin cannot be written') })
    expect(readdirSync(folder)).toEqual(['a.bin'])
  })

  test('a link, a number that is not there and two wishes at once are refused', async () => {
    await recert`evidence add https://a.example/x --requirement 1`
    expect(await recert`evidence get 2`).toMatchObject({ exit: 2, err: 'Evidence 2 is a link, not a file. Open it: https://a.example/x\n' })
    expect(await recert`evidence get 9`).toMatchObject({ exit: 2, err: 'There is no evidence 9. List it with: evidence list\n' })
    expect((await recert`evidence get 1 --out - --json`).exit).toBe(2)
  })

  test('handed to a running server brings the same bytes', async () => {
    const home = testFolder()
    const server = await listenForCommands({ home, version: '1', run: async (_argv, io) => {
      const { exit, bytes } = await recert`evidence get 1 --out -`
      await io.stdoutBytes(bytes)
      return exit
    } })
    const parts: Uint8Array[] = []
    const exit = await handOver({ home, version: '1', argv: ['evidence', 'get', '1', '--out', '-'], io: {
      stdout: () => undefined, stderr: () => undefined, stdoutBytes: async (part) => void parts.push(part), stdin: async () => '', cwd: folder, columns: 80, language: 'en',
    } })
    await server.close()
    expect([exit, Buffer.concat(parts).equals(content)]).toEqual([0, true])
  })
})

describe('evidence withdraw', () => {
  test('says what was withdrawn, by whom and why', async () => {
    await addReport()
    expect((await recert`evidence withdraw 1 --reason ${'the wrong year'} --by alice@example.org`).out).toContain('withdrawn      2026-11-24T08:00:00Z by Alice: the wrong year')
    expect(await recert`evidence withdraw 1 --reason again`).toMatchObject({ exit: 1, err: expect.stringContaining('has been withdrawn already') })
    expect((await recert`evidence withdraw 1`).exit).toBe(2)
  })
})

test('a requirement that is set names the files that prove it', async () => {
  await addReport()
  const { out } = await recert`requirement set 1 --state met`
  expect(out).toContain('SLA 2026 报告 2026.bin (256 KB)')
  expect(out).not.toContain('undefined')
})
