// The rules of the house, as a test: arrows between rooms, one clock, no time from SQL, and the words
// and shapes that were agreed to stay out.

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const files = globSync(['src/**/*.ts', 'jobs/**/*.ts'], { cwd: root }).map((path) => path.replaceAll('\\', '/')).sort()
const sourceOf = (path: string): string => readFileSync(join(root, path), 'utf8')

// Comments and texts may speak of what code must not do.
const codeOf = (path: string): string => sourceOf(path).replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1')

const roomOf = (path: string): string => {
  const parts = path.split('/')
  if (parts[0] === 'jobs') return 'jobs'
  return parts.length === 2 ? parts[1]! : parts[1]!
}

interface Import { readonly from: string; readonly what: string; readonly typeOnly: boolean }

function importsOf(path: string): Import[] {
  const pattern = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\s+from\s+)?['"]([^'"]+)['"]/gm
  return [...codeOf(path).matchAll(pattern)].map(([, type, what]) => ({
    from: path, typeOnly: type !== undefined,
    what: what!.startsWith('.') ? relative(root, join(root, dirname(path), what!)).replaceAll('\\', '/') : what!,
  }))
}

const isOwn = (what: string): boolean => what.startsWith('src/') || what.startsWith('jobs/') || what === 'package.json'

/** Rooms each room may import, besides itself. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  core: [],
  mail: ['core'],
  formats: ['core'],
  store: ['core', 'errors.ts'],
  app: ['core', 'mail', 'formats', 'store', 'clock.ts', 'config.ts', 'errors.ts', 'log.ts'],
  cli: ['app', 'core', 'errors.ts', 'log.ts'],
  web: ['app', 'core', 'errors.ts', 'log.ts'],
  jobs: ['app', 'core', 'errors.ts', 'log.ts'],
  'clock.ts': ['core'],
  'config.ts': ['errors.ts'],
  'errors.ts': [],
  'log.ts': [],
}

/** Libraries each room may use; `node:` modules are listed for the rooms that are pure. */
const libraries: Readonly<Record<string, RegExp>> = {
  core: /^zod$/,
  mail: /^(hono\/html|hono\/utils\/html|nodemailer(\/.*)?|postal-mime|node:.*)$/,
  formats: /^(yaml|csv-parse\/sync|csv-stringify\/sync|file-type|html-entities|ical\.js|ical-generator|zod|chinese-days\/.*|node:(util|buffer|crypto))$/,
  store: /^(drizzle-orm(\/.*)?|postgres|@electric-sql\/pglite(\/.*)?|node:.*)$/,
  app: /^node:.*$/,
  cli: /^(commander|cli-table3|node:.*)$/,
  web: /^(hono(\/.*)?|@hono\/node-server(\/.*)?|prom-client|node:.*)$/,
  jobs: /^node-cron$/,
  'clock.ts': /^$/, 'config.ts': /^(zod|node:.*)$/, 'errors.ts': /^$/, 'log.ts': /^pino$/,
}

describe('arrows', () => {
  test.each(files.filter((path) => path !== 'src/main.ts'))('%s imports only what its room may', (path) => {
    const room = roomOf(path)
    const wrong = importsOf(path).filter(({ what, typeOnly }) => {
      if (!isOwn(what)) return !libraries[room]!.test(what)
      const target = roomOf(what)
      if (target === room) return false
      // The application's type names the shape of what it is made of; a face may read that shape.
      return !rooms[room]!.includes(target) && !(typeOnly && room === 'app')
    })
    expect(wrong.map(({ what }) => what)).toEqual([])
  })

  test('only smtp.ts imports nodemailer', () => {
    const users = files.filter((path) => importsOf(path).some(({ what }) => what.startsWith('nodemailer')))
    expect(users.filter((path) => path !== 'src/mail/smtp.ts')).toEqual([])
  })

  test('only report.ts imports postal-mime', () => {
    const users = files.filter((path) => importsOf(path).some(({ what }) => what === 'postal-mime'))
    expect(users.filter((path) => path !== 'src/mail/report.ts')).toEqual([])
  })

  test('nothing is a barrel', () => {
    expect(files.filter((path) => path.endsWith('/index.ts'))).toEqual([])
  })
})

const offenders = (pattern: RegExp, but: (path: string) => boolean = () => false): string[] =>
  files.filter((path) => !but(path)).flatMap((path) => codeOf(path).split('\n')
    .flatMap((line, n) => (pattern.test(line) ? [`${path}:${n + 1} ${line.trim()}`] : [])))

describe('time', () => {
  test('only clock.ts looks at a watch', () => {
    expect(offenders(/Temporal\.Now|Date\.now|new Date\(|performance\.now|process\.hrtime/, (path) => path === 'src/clock.ts')).toEqual([])
  })

  test('the JavaScript date does not appear', () => {
    expect(offenders(/(?<![\w.'"-])Date(?![\w'":-])(?!\()/, (path) => path === 'src/clock.ts' || path.startsWith('src/mail/smtp'))).toEqual([])
  })

  test('SQL is told the time, except by the three statements that judge leases', () => {
    const clocks = /\bnow\(\)|current_date|current_timestamp|clock_timestamp|defaultNow/i
    expect(offenders(clocks, (path) => !path.startsWith('src/store/') || path === 'src/store/lease.ts')).toEqual([])
  })

  test('days and moments are compared by their own functions', () => {
    expect(offenders(/(On|At)\)?\s*(===|!==|<=|>=|<|>)\s*\w*\.?\w*(On|At)\b/)).toEqual([])
    const tests = globSync('tests/**/*.test.ts', { cwd: root })
    const loose = tests.filter((path) => path !== 'tests/house.test.ts' && /toMatchObject\([^)]*Temporal\./.test(sourceOf(path)))
    expect(loose).toEqual([])
  })
})

describe('shape', () => {
  test('core does not wait', () => {
    expect(offenders(/\basync\b|\bawait\b|Promise</).filter((line) => line.startsWith('src/core/'))).toEqual([])
  })

  test('nothing prints past its face', () => {
    expect(offenders(/\bconsole\./)).toEqual([])
    expect(offenders(/process\.(stdout|stderr|exit\b)/, (path) => path === 'src/cli/io.ts')).toEqual([])
  })

  test('only config.ts and the composition root read the environment', () => {
    expect(offenders(/process\.env/, (path) => ['src/config.ts', 'src/main.ts', 'src/cli/io.ts'].includes(path))).toEqual([])
  })

  test('exports are named', () => {
    expect(offenders(/export default/)).toEqual([])
  })

  test('a file opens by saying what belongs in it', () => {
    expect(files.filter((path) => !sourceOf(path).startsWith('// '))).toEqual([])
  })

  test('file names are plain nouns', () => {
    const bad = /(utils?|common|services?|managers?|helpers?|types|shared|misc)\.ts$/
    expect(files.filter((path) => bad.test(path))).toEqual([])
  })

  test('the top level is what was agreed', () => {
    const allowed = /^(package(-lock)?\.json|tsconfig\.json|src|drizzle|jobs|tests|bench|docs|docker-compose\.yml|Dockerfile|README\.md|LICENSE|node_modules|\..*)$/
    expect(globSync('*', { cwd: root }).filter((name) => !allowed.test(name))).toEqual([])
  })
})
