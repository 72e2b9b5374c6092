// database, admin, doctor, serve, demo: what an administrator does.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { App } from '../app/app.ts'
import { backUpDatabase, findDatabaseStatus, migrateDatabase } from '../app/database.ts'
import { examine } from '../app/doctor.ts'
import { confirmInstallation } from '../app/installation.ts'
import { noteRestored, restoreBackup, type Restored } from '../app/restoring.ts'
import { createSignInLink } from '../app/sign-in.ts'
import { sendTestMail } from '../app/test-mail.ts'
import type { Instant } from '../core/day.ts'
import { AppError, conflict, invalid } from '../errors.ts'
import { addAlarmCommands } from './alarm-commands.ts'
import { instant, oneOf, port } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, facts, table } from './output.ts'

export function addAdminCommands(program: Command, context: Context): void {
  program.command('serve').description('pages and timetable in one process').option('--port <port>', 'default 3000', port)
    .option('--restored [instant]', 'once, after a restore by other means: as "database restored" does, then serve', instant)
    .action(async ({ port: wanted, restored }: { port?: number; restored?: Instant | true }) => {
      refuseServed(context, 'serve')
      await context.serve({ port: wanted, first: restored && ((app) => sayRestored(context, app, restored)) })
    })
  program.command('demo').description('a sample organisation, lived over the last eight weeks; then serve').option('--once', 'all but serve').option('--port <port>', 'default 3000', port)
    .action(async (options: { once?: boolean; port?: number }) => {
      refuseServed(context, 'demo')
      await context.demo({ once: options.once ?? false, port: options.port })
    })
  databaseCommands(program.command('database').description('migrations, backup'), context)
  const admin = program.command('admin').description('what needs no sign-in')
  admin.command('login-link').description('print a sign-in link, without mail').argument('<address>').option('--json', 'one JSON document')
    .action(async (address: string, options: { json?: boolean }) => {
      const link = await createSignInLink(await context.app(), address)
      answer(context, options.json, link, () => `${link.url}\nGood for one sign-in until ${link.expiresAt.toString({ smallestUnit: 'second' })}.`)
    })
  admin.command('confirm-installation').description('this is the real installation: held mail may leave')
    .action(async () => {
      const app = await context.app()
      await confirmInstallation(app)
      answer(context, false, null, () => `Confirmed: mail leaves as ${app.config.url}.`)
    })
  addAlarmCommands(admin, context)
  program.command('doctor').description('what is wrong with this installation').option('--test-mail <address>', 'send a test mail there, and say what the mail server answered')
    .option('--language <language>', 'of the test mail: en, zh (default: en)', oneOf('en', 'zh')).option('--json', 'one JSON document')
    .action(async (options: { testMail?: string; language?: 'en' | 'zh'; json?: boolean }) => {
      if (options.language !== undefined && options.testMail === undefined) throw invalid('--language is that of a test mail. Say where to: --test-mail ADDRESS')
      const app = await context.app()
      if (options.testMail !== undefined) return await testMail(context, app, { address: options.testMail, language: options.language ?? 'en', json: options.json })
      const findings = await examine(app, context.transport(app))
      answer(context, options.json, findings, () => table(['', 'what', 'finding'], findings.map((one) => [one.ok ? 'ok' : 'LOOK', one.what, one.says]), ''))
      const wrong = findings.filter((one) => !one.ok).length
      if (wrong > 0) throw new AppError('conflict', `${wrong} ${wrong === 1 ? 'thing needs' : 'things need'} attention.`)
    })
}

async function testMail(context: Context, app: App, { json, ...asked }: { readonly address: string; readonly language: 'en' | 'zh'; readonly json?: boolean | undefined }): Promise<void> {
  const result = await sendTestMail(app, context.transport(app), { ...asked, zone: context.zone })
  answer(context, json, { ...result, phase: result.phase ?? null }, () => facts([['to', result.to], ['outcome', result.outcome], ['came as far as', result.phase], ['the mail server said', result.reply]]))
  if (result.outcome !== 'sent') throw conflict(`The test mail to ${result.to} was not taken.`)
}

async function sayRestored(context: Context, app: App, since: Instant | true): Promise<void> {
  const restored = await noteRestored(app, since === true ? undefined : since)
  context.io.stdout(`${restoredText(restored)}\n`)
}

function refuseServed(context: Context, name: string): void {
  if (context.served) throw conflict(`"${name}" is not possible while a server runs on this folder. Stop the server first.`)
}

function restoredText({ since, quarantined }: Restored): string {
  const what = `What was due to be sent since ${since.toString({ smallestUnit: 'second' })} may have been sent before:`
  return quarantined === 0 ? `${what} there is none.`
    : `${what} ${quarantined} ${quarantined === 1 ? 'mail waits' : 'mails wait'} for your decision.\nLook with: message quarantined. Then: message release, or: message drop`
}

function databaseCommands(group: Command, context: Context): void {
  group.command('migrate').description('apply pending migrations').action(async () => {
    refuseServed(context, 'database migrate')
    const app = await context.app()
    const names = await migrateDatabase(app.database)
    answer(context, false, names, () => (names.length > 0 ? `Applied: ${names.join(', ')}.` : 'Everything is applied.'))
  })
  group.command('status').description('what the database is and how far it is migrated').option('--json', 'one JSON document').action(async (options: { json?: boolean }) => {
    const app = await context.app()
    const status = await findDatabaseStatus(app.database)
    answer(context, options.json, status, () => facts([
      ['kind', status.kind], ['place', status.place], ['identity', status.identity], ['migrations', `${status.migrations.applied.length} applied, ${status.migrations.pending.length} pending`],
      ['warnings', status.warnings.join(' ') || 'none'],
    ]))
  })
  group.command('backup').description('write all records into one file').argument('<file>').action(async (file: string) => {
    const rows = await backUpDatabase(await context.app(), resolve(context.io.cwd, file))
    answer(context, false, rows, () => `${rows} rows are in ${file}.`)
  })
  group.command('restore').description('read a backup into an empty database').argument('<file>').action(async (file: string) => {
    refuseServed(context, 'database restore')
    const app = await context.app()
    const restored = await restoreBackup(app, resolve(context.io.cwd, file))
    answer(context, false, restored, () => `${restored.rows} rows are restored. All mail is held until: admin confirm-installation\n${restoredText(restored)}`)
  })
  group.command('restored').description('these records were restored by other means: mail that was due since is quarantined')
    .option('--since <instant>', 'when they were taken (default: the newest moment found in them)', instant)
    .action(async ({ since }: { since?: Instant }) => {
      refuseServed(context, 'database restored')
      const restored = await noteRestored(await context.app(), since)
      answer(context, false, restored, () => restoredText(restored))
    })
}

