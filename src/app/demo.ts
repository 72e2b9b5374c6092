// A sample organisation, built through the real use cases and lived day by day over the last eight weeks,
// so that what it shows could not be invented: every mail in it was due. Its folder is its own.

import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, settableClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { type Day, dayOf, type Instant, instantAt } from '../core/day.ts'
import { isLate } from '../core/obligation.ts'
import { silentLog } from '../log.ts'
import { copyInto } from '../store/backup.ts'
import { type Database, type Db, openMemoryDatabase } from '../store/database.ts'
import { findFact, saveFact } from '../store/jobs.ts'
import { findFirstComplianceManager } from '../store/people.ts'
import { act, type App } from './app.ts'
import { type Job, runJob } from './jobs.ts'
import { liveDay, type Life } from './life.ts'
import { listMessages, listObligations } from './lists.ts'
import { closeApp, openApp } from './open.ts'
import { addDemoRecords, demoEvents } from './demo-story.ts'
import { loadCatalogue, schemeFolders } from './schemes.ts'
import { createSignInLink } from './sign-in.ts'

const builtFact = 'demo-built'
const daysLived = 56

export interface DemoOptions {
  readonly clock: Clock
  readonly jobs: readonly Job[]
  readonly say: (text: string) => void
}

/** The demo's own installation: never the user's data, database or mail server. */
export const demoConfig = (config: Config): Config =>
  ({ ...config, home: join(config.home, 'demo'), databaseUrl: undefined, mail: 'capture', smtpUrl: undefined, heartbeatUrl: undefined })

/** Opens the demo, building it first where it is not there yet; says what was done and prints a sign-in link. */
export async function buildDemo(user: Config, options: DemoOptions): Promise<App> {
  const config = demoConfig(user)
  const found = await openBuilt(config, options.clock)
  const app = found ?? await buildNew(config, options)
  await summarise(app, found ? 'The demo of an earlier start is there again' : `Lived ${daysLived} days of a sample organisation`, options.say)
  return app
}

// A build that was interrupted is no life to go on with: it is made anew.
async function openBuilt(config: Config, clock: Clock): Promise<App | undefined> {
  const folder = join(config.home, 'database')
  if (!existsSync(folder)) return undefined
  const app = await openApp(config, clock, silentLog)
  if (await findFact(app.database.db, builtFact)) return app
  await closeApp(app)
  await rm(folder, { recursive: true, force: true })
  return undefined
}

// Lived in memory, where nothing waits for a disk, then moved into its folder whole.
async function buildNew(config: Config, options: DemoOptions): Promise<App> {
  options.say('Building a sample organisation …\n')
  const now = options.clock.now()
  const clock = settableClock(now)
  const memory = await openMemoryDatabase()
  try {
    const catalogue = await loadCatalogue(schemeFolders(config.home))
    await live({ app: { config, clock, log: silentLog, catalogue, database: memory }, clock, jobs: options.jobs }, now)
    await memory.transact((db) => saveFact(db, builtFact, now.toString()))
    return await moveIn(memory, config, options.clock)
  } finally {
    await memory.close()
  }
}

async function moveIn(memory: Database, config: Config, clock: Clock): Promise<App> {
  const app = await openApp(config, clock, silentLog)
  try {
    await copyInto(memory, app.database)
    return app
  } catch (error) {
    await closeApp(app)
    throw error
  }
}

async function live(life: Life, now: Instant): Promise<void> {
  const zone = 'Asia/Shanghai'
  const today: Day = dayOf(now, zone)
  const first = today.subtract({ days: daysLived })
  for (let n = 0; n <= daysLived; n++) {
    const day = first.add({ days: n })
    await liveMorning(life, day, { first, daysAgo: daysLived - n, zone, now })
    await liveDay(life, dayOf(instantAt(day, '12:00', zone), 'UTC'), now)
  }
  life.clock.set(now)
  for (const job of life.jobs) await runJob(life.app, job, { now, asked: false, transport: undefined })
}

interface Morning { readonly first: Day; readonly daysAgo: number; readonly zone: string; readonly now: Instant }

// People act at half past eight, before the mail of the day.
async function liveMorning(life: Life, day: Day, at: Morning): Promise<void> {
  const moment = instantAt(day, '08:30', at.zone)
  if (Temporal.Instant.compare(moment, at.now) > 0) return
  life.clock.set(moment)
  if (day.equals(at.first)) await act(life.app, (db, now) => addDemoRecords(life.app, db, day, now))
  for (const event of demoEvents.filter((one) => one.daysAgo === at.daysAgo)) {
    await act(life.app, (db: Db, now) => event.happens(life.app, db, { day, now }))
  }
}

async function summarise(app: App, head: string, say: (text: string) => void): Promise<void> {
  const mail = await listMessages(app, {}, 1000)
  const duties = await listObligations(app, {})
  const today = dayOf(app.clock.now(), 'Asia/Shanghai')
  const late = duties.filter(({ obligation }) => isLate(obligation, today))
  const digests = mail.filter((one) => one.kind === 'digest').length
  const manager = await findFirstComplianceManager(app.database.db)
  const link = await createSignInLink(app, manager!.email!, Temporal.Duration.from({ hours: 24 }))
  say([
    `${head}, in ${app.config.home}.`,
    `  ${mail.length - digests} daily mails and ${digests} weekly digests were captured; nothing was sent.`,
    `  ${duties.length} duties are open; ${late.length} ${late.length === 1 ? 'is' : 'are'} late${late[0] ? `, such as: ${late[0].obligation.title.en}, ${late[0].certification}` : ''}.`,
    '', `Sign in as ${manager!.name}, the compliance manager:`, `  ${link.url}`, '',
  ].join('\n'))
}
