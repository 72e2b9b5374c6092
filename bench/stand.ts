// What the benchmarks stand on: a PostgreSQL of their own with fsync on, databases on it that are filled once and
// used by several parts, and an application on such a database.

import type { App } from '../src/app/app.ts'
import { loadCatalogue, schemeFolders } from '../src/app/schemes.ts'
import { systemClock } from '../src/clock.ts'
import { readConfig } from '../src/config.ts'
import { silentLog } from '../src/log.ts'
import { type Database, openDatabase } from '../src/store/database.ts'
import { createDatabase, dropDatabase, provideServer, urlOf } from '../tests/helpers/postgres.ts'
import { Missing } from './line.ts'
import { fill } from './records.ts'

export interface Stand {
  /** The server's address, with a role that may make databases. */
  readonly url: string
  /** Makes an empty, migrated database; returns its address. */
  empty(): Promise<string>
  /** Returns the address of a database with so many certifications, `due` of whose duties call for a notice; filled once. */
  filled(certifications: number, due: number): Promise<string>
  /** Drops what was made, and stops the server. */
  close(): Promise<void>
}

// As a small server would be set up; what is measured stays in memory.
const settings = ['shared_buffers=1GB', 'max_wal_size=8GB', 'maintenance_work_mem=512MB', 'checkpoint_timeout=60min', 'autovacuum=off']

/** Starts a server, or uses that of TEST_DATABASE_URL. Throws `Missing` where there is neither. */
export async function openStand(say: (text: string) => void): Promise<Stand> {
  const { server, stop } = await provideServer(settings)
  if ('missing' in server) throw new Missing(`${server.missing} Install one with: apt-get install postgresql`)
  const made = new Map<string, Promise<string>>()
  const names: string[] = []
  const empty = async (): Promise<string> => {
    const name = await createDatabase(server.url, server.template)
    names.push(name)
    return urlOf(server.url, name)
  }
  const fillNew = async (certifications: number, due: number): Promise<string> => {
    const url = await empty()
    const began = performance.now()
    await within(url, (database) => fill(database, { certifications, due }))
    say(`filled a database with ${certifications.toLocaleString('en')} certifications in ${((performance.now() - began) / 1000).toFixed(0)} s`)
    return url
  }
  return {
    url: server.url, empty,
    async filled(certifications, due) {
      const key = `${certifications}/${due}`
      const filling = made.get(key) ?? fillNew(certifications, due)
      made.set(key, filling)
      return await filling
    },
    async close() {
      for (const name of names) await dropDatabase(server.url, name)
      await stop()
    },
  }
}

/** Opens the database at an address for some work. */
export async function within<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({ home: '', databaseUrl: url })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** An application that captures its mail, on a database. */
export const appOn = async (database: Database): Promise<App> => ({
  config: readConfig({}), clock: systemClock, log: silentLog, database, catalogue: await loadCatalogue(schemeFolders('nowhere')),
})
