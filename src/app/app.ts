// What every use case is handed: configuration, clock, log, database and the scheme catalogue.
// A use case reads the clock once, at its top, and passes the value down.

import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Instant } from '../core/day.ts'
import type { Catalogue } from '../core/scheme.ts'
import type { Log } from '../log.ts'
import type { Database, Db } from '../store/database.ts'

export interface App {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly database: Database
  readonly catalogue: Catalogue
}

/** Runs a use case that changes something: the clock is read once, and one transaction holds it all. */
export async function act<T>(app: App, work: (db: Db, now: Instant) => Promise<T>): Promise<T> {
  const now = app.clock.now()
  return await app.database.transact((db) => work(db, now))
}

/** Does all that `act` does but the commit: what would happen, exactly, and nothing of it stays. */
export async function rehearse<T>(app: App, work: (db: Db, now: Instant) => Promise<T>): Promise<T> {
  const now = app.clock.now()
  const takenBack = new Error('everything was only tried, and is taken back')
  const done: { result?: T } = {}
  try {
    return await app.database.transact(async (db) => {
      done.result = await work(db, now)
      throw takenBack
    })
  } catch (error) {
    if (error === takenBack && 'result' in done) return done.result!
    throw error
  }
}
