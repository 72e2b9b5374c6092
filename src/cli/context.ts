// What a command is handed: its input and output, the application, and the few things that only the
// composition root can start. The same whether a command runs by itself or inside a running server.

import type { App } from '../app/app.ts'
import type { Calendars } from '../app/calendars.ts'
import type { Job, JobMoment } from '../app/jobs.ts'
import type { Instant } from '../core/day.ts'
import type { Io } from './io.ts'

export interface Context {
  readonly io: Io
  /** For questions that open no application, and the zone of this machine for days that nobody names. */
  readonly clock: { now(): Instant }
  readonly zone: string
  /** Opens the application on first use; a command that needs none opens none. */
  readonly app: () => Promise<App>
  /** The calendars with the years imported here; the published ones where there is no database yet. */
  readonly calendars: () => Promise<Calendars>
  /** True where a running server carries the command out: what would replace its data is refused. */
  readonly served: boolean
  readonly jobs: readonly Job[]
  readonly transport: (app: App) => JobMoment['transport']
  /** Serves until it is stopped; `first` is done before anything runs, and what it throws ends it. */
  readonly serve: (options: { readonly port: number | undefined; readonly first?: ((app: App) => Promise<void>) | undefined }) => Promise<void>
  readonly demo: (options: { readonly once: boolean; readonly port: number | undefined }) => Promise<void>
  /** The folder for schemes of one's own, whether or not it is there. */
  readonly home: string
}
