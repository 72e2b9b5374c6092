// The composition root: the only file that knows every face. It reads the environment, opens the
// application for a command, or hands the command to a server that holds the folder.

import { readFileSync } from 'node:fs'
import { startTimetable } from '../jobs/main.ts'
import { schedule } from '../jobs/schedule.ts'
import type { App } from './app/app.ts'
import { loadCalendars, publishedCalendars } from './app/calendars.ts'
import { buildDemo } from './app/demo.ts'
import { listOrganisations } from './app/lists.ts'
import { closeApp, hasDatabase, openApp, openTransport } from './app/open.ts'
import { openRounds } from './app/rounds.ts'
import type { Context } from './cli/context.ts'
import { handOver, listenForCommands } from './cli/handover.ts'
import { type Io, processIo } from './cli/io.ts'
import { run } from './cli/program.ts'
import { localZone, systemClock } from './clock.ts'
import { type Config, readConfig } from './config.ts'
import { AppError } from './errors.ts'
import { type Log, openLog } from './log.ts'
import { listen } from './web/server.ts'

const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

// These look at no record. Everything else is handed over, so that a server can refuse what would get in its way.
const local = new Set(['help', '--help', '-h'])

async function main(argv: string[], io: Io): Promise<number> {
  try {
    const config = readConfig(process.env)
    const handed = await handOverToServer(config, argv, io)
    if (handed !== 'nobody') return handed
    return await runHere(config, argv, io)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    io.stderr(`${error.message}\n`)
    return error.code === 'invalid' ? 2 : 1
  }
}

async function handOverToServer(config: Config, argv: string[], io: Io): Promise<number | 'nobody'> {
  if (config.databaseUrl !== undefined || local.has(argv[0] ?? 'help')) return 'nobody'
  return await handOver({ home: config.home, version, argv, io })
}

async function runHere(config: Config, argv: string[], io: Io): Promise<number> {
  const log = openLog(argv[0] === 'serve' ? config.logLevel : 'warn')
  let app: Promise<App> | undefined
  const context: Context = {
    io, clock: systemClock, zone: localZone(), home: config.home, served: false, jobs: schedule,
    app: () => (app ??= openApp(config, systemClock, log)),
    // Counting days must not make a database where there is none.
    calendars: async () => (hasDatabase(config) ? loadCalendars((await context.app()).database.db) : publishedCalendars()),
    transport: (one) => openTransport(one.config),
    serve: async ({ port, first }) => {
      const opened = await openApp(withPort(config, port), systemClock, log)
      await doFirst(opened, first)
      await serveUntilStopped(opened, io, log)
    },
    demo: (options) => demo(config, options, io),
  }
  try {
    return await run(argv, context, (error) => log.error({ err: error }, 'a command failed'))
  } finally {
    if (app) await app.then(closeApp, () => undefined)
  }
}

async function doFirst(app: App, first: ((app: App) => Promise<void>) | undefined): Promise<void> {
  try {
    await first?.(app)
  } catch (error) {
    await closeApp(app)
    throw error
  }
}

function withPort(config: Config, port: number | undefined): Config {
  if (port === undefined) return config
  const url = process.env['RECERT_URL'] ? config.url : `http://localhost:${port}`
  return { ...config, port, url }
}

/** Serves pages and timetable until a signal says stop; commands of other terminals are carried out meanwhile. */
async function serveUntilStopped(app: App, io: Io, log: Log): Promise<void> {
  // Listened for before anybody is told that it runs: told to stop, it stops in order.
  const stopped = stopSignal()
  const transport = openTransport(app.config)
  const closers: (() => Promise<unknown>)[] = [() => closeApp(app)]
  try {
    const stopping = new AbortController()
    const rounds = openRounds(app, { transport, stopping: stopping.signal, ask: fetch })
    const web = await listen(app, rounds.pulse)
    closers.unshift(() => web.close())
    await app.database.holdServing()
    const commands = await takeCommands(app, log)
    closers.unshift(() => commands.close())
    const timetable = startTimetable((job) => rounds.run(job))
    closers.unshift(async () => {
      // What has not passed the gate is given back, what has is waited for.
      stopping.abort()
      await Promise.all([timetable.stop(), rounds.stop(), transport?.close()])
    })
    const deaf = await app.database.listen(() => timetable.wake('deliver-messages'))
    closers.unshift(deaf)
    sayHello(app, web.url, io)
    if ((await listOrganisations(app)).length === 0) io.stdout(firstSteps)
    await stopped
    io.stderr('Stopping.\n')
  } finally {
    for (const close of closers) await close()
    await transport?.close()
  }
}

async function takeCommands(app: App, log: Log): Promise<{ close(): Promise<void> }> {
  if (app.database.kind !== 'embedded') return { close: async () => undefined }
  const refuse = () => Promise.reject(new AppError('conflict', 'A server runs on this folder. Stop it first.'))
  return await listenForCommands({
    home: app.config.home, version,
    run: (argv, io) => run(argv, {
      io, clock: app.clock, zone: localZone(), home: app.config.home, served: true, jobs: schedule, app: async () => app,
      calendars: () => loadCalendars(app.database.db),
      transport: () => openTransport(app.config), serve: refuse, demo: refuse,
    }, (error) => log.error({ err: error }, 'a command failed')),
  })
}

function sayHello(app: App, url: string, io: Io): void {
  const jobs = schedule.map((job) => `  ${job.name.padEnd(18)} ${job.says}`).join('\n')
  io.stdout(`Recert ${version} serves ${url}\n`
    + `Records are in ${app.database.place}.\n`
    + `Mail is ${app.config.mail === 'smtp' ? 'sent by SMTP for organisations that are live' : 'captured: nothing leaves; read it under /mail'}.\n`
    + `Jobs, each once now and then (UTC):\n${jobs}\n`)
}

const firstSteps = `
Nothing is here yet. In another terminal:
  npm run -s recert -- organisation add --name "Example Ltd"
  npm run -s recert -- person add --name "Ann Keller" --email ann@example.org --role compliance-manager,owner
  npm run -s recert -- certification add --scheme iso-27001 --name "Head office" --set decision=YYYY-MM-DD --owner ann@example.org
  npm run -s recert -- admin login-link ann@example.org
`

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

async function demo(config: Config, options: { once: boolean; port: number | undefined }, io: Io): Promise<void> {
  const app = await buildDemo(withPort(config, options.port), { clock: systemClock, jobs: schedule, say: io.stdout })
  if (options.once) return await closeApp(app)
  await serveUntilStopped(app, io, openLog('warn'))
}

process.exitCode = await main(process.argv.slice(2), processIo())
