// What every use case is handed: configuration, clock, log, database and the scheme catalogue.
// A use case reads the clock once, at its top, and passes the value down.

import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Catalogue } from '../core/scheme.ts'
import type { Log } from '../log.ts'
import type { Database } from '../store/database.ts'

export interface App {
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly database: Database
  readonly catalogue: Catalogue
}
