// Once a run: a migrated embedded database, kept as a dump that every file starts from, and a PostgreSQL
// server with a migrated template, where one is given or can be started.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openMemoryDatabase } from '../src/store/database.ts'
import { provideServer, type Server } from './helpers/postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file that holds the dump of a migrated embedded database. */
    embeddedTemplate: string
    postgres: Server
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'recert-tests-'))
  project.provide('embeddedTemplate', await writeTemplate(join(folder, 'template.tar')))
  const { server, stop } = await provideServer()
  project.provide('postgres', server)
  process.stderr.write('url' in server
    ? `The PostgreSQL tests run on ${server.name}.\n`
    : `The PostgreSQL tests are SKIPPED: ${server.missing}\n`)
  return async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function writeTemplate(file: string): Promise<string> {
  const database = await openMemoryDatabase()
  const dump = await database.dump()
  writeFileSync(file, new Uint8Array(await dump.arrayBuffer()))
  await database.close()
  return file
}
