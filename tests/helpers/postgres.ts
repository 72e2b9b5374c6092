// A PostgreSQL server to test on: the one of TEST_DATABASE_URL, or one started from Debian's binaries
// in a folder of its own, as another user where the tests run as root.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { openDatabase } from '../../src/store/database.ts'

/** Where databases can be made from a migrated template, or why there is none. */
export type Server =
  | { readonly url: string; readonly template: string; readonly name: string }
  | { readonly missing: string }

/** Provides a server; `settings` are for one that is started, which otherwise does not sync: a test's data need not outlive it. */
export async function provideServer(settings: readonly string[] = ['fsync=off']): Promise<{ server: Server; stop: () => Promise<void> }> {
  const given = process.env['TEST_DATABASE_URL']
  if (given) return withTemplate(given, 'TEST_DATABASE_URL', async () => undefined)
  const binaries = newestBinaries()
  if (binaries === undefined) {
    return without('TEST_DATABASE_URL is not set, and there is no PostgreSQL 15 or newer in /usr/lib/postgresql.')
  }
  const started = await start(binaries, settings).catch((error: unknown) => String(error))
  return typeof started === 'string'
    ? without(`the server in ${binaries} cannot be started: ${started}`)
    : withTemplate(started.url, binaries, started.stop)
}

const without = (missing: string) => ({ server: { missing }, stop: async () => undefined })

async function withTemplate(url: string, name: string, stopServer: () => Promise<void>) {
  const template = await createDatabase(url)
  try {
    const database = await openDatabase({ home: '', databaseUrl: urlOf(url, template) })
    await database.close()
  } catch (error) {
    await stopServer()
    throw error
  }
  const stop = async (): Promise<void> => {
    await dropDatabase(url, template)
    await stopServer()
  }
  return { server: { url, template, name }, stop }
}

/** Makes an empty database, or a copy of `template`; returns its name. */
export async function createDatabase(url: string, template = 'template1'): Promise<string> {
  const name = `recert_test_${randomBytes(6).toString('hex')}`
  await administer(url, `create database ${name} template ${template}`)
  return name
}

export async function dropDatabase(url: string, name: string): Promise<void> {
  await administer(url, `drop database if exists ${name} with (force)`)
}

export function urlOf(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.toString()
}

async function administer(url: string, statement: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await client.unsafe(statement)
  } finally {
    await client.end()
  }
}

/** Returns the folder of Debian's newest binaries from version 15 on, where there is one. */
export function newestBinaries(): string | undefined {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return undefined
  const newest = readdirSync(root).map(Number).filter((version) => version >= 15).sort((a, b) => b - a)[0]
  const folder = join(root, String(newest), 'bin')
  return existsSync(join(folder, 'initdb')) ? folder : undefined
}

async function start(binaries: string, settings: readonly string[]): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'recert-postgres-'))
  const user = unprivileged()
  const password = randomBytes(12).toString('hex')
  writeFileSync(join(folder, 'password'), password, { mode: 0o600 })
  for (const path of user ? [folder, join(folder, 'password')] : []) chownSync(path, user?.uid ?? 0, user?.gid ?? 0)
  const data = join(folder, 'data')
  execFileSync(join(binaries, 'initdb'), ['-D', data, '-U', 'recert', '-A', 'scram-sha-256', `--pwfile=${join(folder, 'password')}`,
    '-E', 'UTF8', '--locale=C', '--no-sync'], { cwd: folder, stdio: 'pipe', ...user })
  const port = await freePort()
  const server = spawn('sh', ['-c', untilInputEnds, 'sh', folder, join(binaries, 'postgres'), '-D', data, '-p', String(port), '-k', folder,
    ...['listen_addresses=127.0.0.1', 'max_connections=100', ...settings].flatMap((one) => ['-c', one])], { cwd: folder, stdio: ['pipe', 'ignore', 'pipe'], detached: true, ...user })
  await ready(server)
  const ended = new Promise((resolve) => server.once('exit', resolve))
  return {
    url: `postgres://recert:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      server.stdin.end()
      await ended
    },
  }
}

// The server ends, and its folder goes, with the process that started it, even where that one is killed.
const untilInputEnds = `folder=$1; shift; "$@" & server=$!
  exec 2> /dev/null; cat > /dev/null; kill -INT $server; wait $server; cd /; rm -rf "$folder"`

// PostgreSQL refuses to run as root.
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-4000)
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.stderr?.once('end', () => reject(new Error(`PostgreSQL ended before it was ready:\n${said}`)))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
