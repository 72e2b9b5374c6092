// The program as an operating system runs it: processes, a folder, ports, signals and exit codes. Nothing
// here waits for a time: only for lines of output and for processes to end.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import { openDatabase } from '../../src/store/database.ts'
import { testPostgres } from '../helpers/database.ts'
import { testFolder } from '../helpers/folder.ts'

const root = join(import.meta.dirname, '../..')

type Environment = Readonly<Record<string, string>>

/** What a process said, and how it ended. */
interface Ended { readonly exit: number | null; readonly out: string; readonly err: string }

interface Running {
  readonly child: ChildProcess
  /** Resolves with all it said so far once that matches; rejects where it ends before. */
  says(pattern: RegExp): Promise<string>
  readonly ended: Promise<Ended>
}

/** Starts the program with nothing of this process's settings but where programs are found. */
function start(argv: readonly string[], environment: Environment): Running {
  const { PATH = '', HOME = '', TMPDIR } = process.env
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...argv], {
    cwd: environment['RECERT_HOME'] ?? root, env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), LOG_LEVEL: 'error', ...environment }, stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = '', err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text })
  const ended = new Promise<Ended>((resolve) => { child.once('close', (exit) => resolve({ exit, out, err })) })
  return {
    child, ended,
    says: (pattern) => new Promise((resolve, reject) => {
      const look = (): void => { if (pattern.test(out)) resolve(out) }
      child.stdout.on('data', look)
      void ended.then((end) => reject(new Error(`ended with ${end.exit}: ${end.out}${end.err}`)))
      look()
    }),
  }
}

const recert = (home: string, ...argv: readonly string[]): Promise<Ended> => start(argv, { RECERT_HOME: home }).ended

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((resolve) => { server.close(resolve) })
  return port
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not a port')
  return address.port
}

const isServing = /housekeeping .*\n/

describe('a server on a folder, and the folder after it', () => {
  const home = mkdtempSync(join(tmpdir(), 'recert-test-'))
  let server: Running
  let hello: string
  let port: number

  beforeAll(async () => {
    port = await freePort()
    server = start(['serve', '--port', String(port)], { RECERT_HOME: home })
    hello = await server.says(isServing)
  }, 60_000)
  afterAll(async () => {
    server.child.kill('SIGKILL')
    await server.ended
    rmSync(home, { recursive: true, force: true })
  })

  test('says where it is, where its records are, that mail is captured, and which jobs run when', () => {
    expect(hello).toContain(`serves http://localhost:${port}\n`)
    expect(hello).toContain(home)
    expect(hello).toContain('captured: nothing leaves')
    for (const job of schedule) expect(hello).toContain(`${job.name.padEnd(18)} ${job.says}\n`)
  })

  test('answers, and shows nobody anything without a sign-in', async () => {
    const answer = await fetch(`http://localhost:${port}/`, { redirect: 'manual' })
    expect([302, 303, 401, 403]).toContain(answer.status)
    expect((await fetch(`http://127.0.0.1:${port}/`, { headers: { host: 'evil.example' }, redirect: 'manual' })).status).not.toBe(200)
  })

  test('carries out commands of another terminal, which the next one sees', async () => {
    expect(await recert(home, 'organisation', 'add', '--name', '示例 Ltd', '--zone', 'Europe/Berlin')).toMatchObject({ exit: 0, err: '' })
    expect(await recert(home, 'person', 'add', '--name', 'Ann', '--email', 'ann@example.org', '--role', 'compliance-manager')).toMatchObject({ exit: 0 })
    const listed = await recert(home, 'organisation', 'list', '--json')
    expect(JSON.parse(listed.out)).toMatchObject([{ name: '示例 Ltd', zone: 'Europe/Berlin' }])
    const link = await recert(home, 'admin', 'login-link', 'ann@example.org')
    expect(link.out).toContain(`http://localhost:${port}/sign-in/`)
    expect((await fetch(link.out.split('\n')[0]!)).status).toBe(200)
  }, 30_000)

  test('gives back the exit code and the words of a refused command', async () => {
    expect(await recert(home, 'certification', 'show', '7')).toEqual({ exit: 2, out: '', err: 'There is no certification 7. List them with: certification list\n' })
  })

  test('B53 has run every job by then, since the timetable starts with it, and none has failed', async () => {
    const jobs: { name: string; lastRun: { outcome: string | null } | null }[] = JSON.parse((await recert(home, 'job', 'list', '--json')).out)
    expect(jobs.map((job) => job.name)).toEqual(schedule.map((job) => job.name))
    // One may just be at it again.
    for (const job of jobs) expect(['done', null]).toContain(job.lastRun === null ? 'never' : job.lastRun.outcome)
  })

  test('refuses meanwhile what would replace it or its records, with the reason', async () => {
    const commands = [['serve'], ['demo', '--once'], ['database', 'migrate'], ['database', 'restore', 'backup.jsonl']]
    const answers = await Promise.all(commands.map((argv) => recert(home, ...argv)))
    expect(answers).toEqual(['serve', 'demo', 'database migrate', 'database restore'].map((name) => (
      { exit: 1, out: '', err: `"${name}" is not possible while a server runs on this folder. Stop the server first.\n` })))
    expect(existsSync(join(home, 'demo'))).toBe(false)
  })

  test('refuses a moment of its own to a job, naming simulate', async () => {
    const { exit, err } = await recert(home, 'job', 'run', 'plan-reminders', '--now', '2027-01-15T09:00:00Z')
    expect(exit).toBe(2)
    expect(err).toContain('simulate --from DAY --to DAY')
  })

  test('ends with 0 when it is told to, frees the folder, and what it did is in a backup', async () => {
    expect(await recert(home, 'database', 'backup', 'backup.jsonl')).toMatchObject({ exit: 0 })
    server.child.kill('SIGTERM')
    expect(await server.ended).toMatchObject({ exit: 0, err: 'Stopping.\n' })
    expect(existsSync(join(home, 'holder'))).toBe(false)
    expect(JSON.parse((await recert(home, 'organisation', 'list', '--json')).out)).toHaveLength(1)
    const other = testFolder()
    const restored = await recert(other, 'database', 'restore', join(home, 'backup.jsonl'))
    expect(restored).toMatchObject({ exit: 0, err: '' })
    expect(restored.out).toContain('admin confirm-installation')
    expect((await recert(other, 'organisation', 'list')).out).toContain('示例 Ltd')
  }, 60_000)

  test('a port in use ends the start with 1 and names another', async () => {
    const other = createServer()
    onTestFinished(() => { other.close() })
    const taken = await listening(other)
    const { exit, err } = await recert(home, 'serve', '--port', String(taken))
    expect({ exit, err }).toEqual({ exit: 1, err: `Port ${taken} on 127.0.0.1 is in use by another program. Stop it, or use another port: PORT=${taken + 1} npm start\n` })
  }, 60_000)

  test('a folder that another process holds is left alone, and who holds it is said', async () => {
    const held = await openDatabase({ home, databaseUrl: undefined })
    onTestFinished(() => held.close())
    for (const answer of [recert(home, 'person', 'list'), recert(home, 'serve')]) {
      const { exit, out, err } = await answer
      expect({ exit, out }).toEqual({ exit: 1, out: '' })
      expect(err).toContain(`The folder ${home} is in use by process ${process.pid}`)
      expect(err).toContain('RECERT_HOME')
    }
  }, 60_000)
})

test('an unreachable PostgreSQL ends a command with 1 and says how to start one, and no password', async () => {
  const { exit, err } = await start(['person', 'list'], { RECERT_HOME: testFolder(), DATABASE_URL: 'postgres://me:opensesame@127.0.0.1:1/mine' }).ended
  expect(exit).toBe(1)
  expect(err).toMatch(/docker compose up|pg_ctl|systemctl start/)
  expect(err).not.toContain('opensesame')
}, 60_000)

test('an environment that is wrong is refused with 2, every fault of it at once', async () => {
  const faults = start(['person', 'list'], { RECERT_HOME: testFolder(), PORT: 'abc', DATABASE_URL: 'mysql://localhost/x', RECERT_MAIL: 'sendmail' }).ended
  const secret = start(['person', 'list'], { RECERT_HOME: testFolder(), SMTP_URL_FILE: '/nowhere/secret' }).ended
  expect(await faults).toMatchObject({ exit: 2, out: '' })
  for (const says of ['PORT must be a number from 1 to 65535', 'DATABASE_URL must look like postgres://user:password@host:5432/name', 'RECERT_MAIL must be capture or smtp']) {
    expect((await faults).err).toContain(says)
  }
  expect(await secret).toEqual({ exit: 2, out: '', err: 'SMTP_URL_FILE names /nowhere/secret, which cannot be read.\n' })
})

test('help and wrong words need no database', async () => {
  const home = testFolder()
  expect(await recert(home, '--help')).toMatchObject({ exit: 0, err: '' })
  expect(await recert(home, 'schemes')).toMatchObject({ exit: 2, out: '', err: expect.stringContaining('Did you mean scheme?') })
  expect(existsSync(join(home, 'database'))).toBe(false)
})

test('a reader who stops listening is no fault of the command', async () => {
  const shown = start(['scheme', 'show', 'mlps', '--json'], { RECERT_HOME: testFolder() })
  shown.child.stdout?.destroy()
  expect(await shown.ended).toMatchObject({ exit: 0, err: '' })
})

describe.skipIf('missing' in inject('postgres'))('a server on PostgreSQL', () => {
  test('lets commands of other terminals in, but no moment of their own to a job', async () => {
    const opened = await testPostgres()
    const environment = { DATABASE_URL: opened.url, RECERT_HOME: testFolder() }
    const server = start(['serve', '--port', String(await freePort())], environment)
    try {
      await server.says(isServing)
      expect(await start(['organisation', 'add', '--name', 'Example Ltd'], environment).ended).toMatchObject({ exit: 0 })
      const asked = await start(['job', 'run', 'plan-reminders', '--now', '2027-01-15T09:00:00Z'], environment).ended
      expect(asked.exit).toBe(2)
      expect(asked.err).toContain('simulate --from DAY --to DAY')
      server.child.kill('SIGINT')
      expect(await server.ended).toMatchObject({ exit: 0 })
    } finally {
      server.child.kill('SIGKILL')
      await server.ended
      await opened.close()
    }
  }, 60_000)
})
