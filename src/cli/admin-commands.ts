// database, admin, doctor, serve, demo: what an administrator does.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { backUpDatabase, findDatabaseStatus, migrateDatabase, restoreDatabase } from '../app/database.ts'
import { examine } from '../app/doctor.ts'
import { confirmInstallation } from '../app/installation.ts'
import { createSignInLink } from '../app/sign-in.ts'
import { AppError, conflict } from '../errors.ts'
import { port } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, facts, table } from './output.ts'

export function addAdminCommands(program: Command, context: Context): void {
  program.command('serve').description('pages and timetable in one process').option('--port <port>', 'default 3000', port)
    .action(async (options: { port?: number }) => {
      refuseServed(context, 'serve')
      await context.serve({ port: options.port })
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
  program.command('doctor').description('what is wrong with this installation').option('--json', 'one JSON document')
    .action(async (options: { json?: boolean }) => {
      const app = await context.app()
      const findings = await examine(app, context.transport(app))
      answer(context, options.json, findings, () => table(['', 'what', 'finding'], findings.map((one) => [one.ok ? 'ok' : 'LOOK', one.what, one.says]), ''))
      const wrong = findings.filter((one) => !one.ok).length
      if (wrong > 0) throw new AppError('conflict', `${wrong} ${wrong === 1 ? 'thing needs' : 'things need'} attention.`)
    })
}

function refuseServed(context: Context, name: string): void {
  if (context.served) throw conflict(`"${name}" is not possible while a server runs on this folder. Stop the server first.`)
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
    const rows = await backUpDatabase((await context.app()).database, resolve(context.io.cwd, file))
    answer(context, false, rows, () => `${rows} rows are in ${file}.`)
  })
  group.command('restore').description('read a backup into an empty database').argument('<file>').action(async (file: string) => {
    refuseServed(context, 'database restore')
    const app = await context.app()
    const rows = await restoreDatabase(app.database, resolve(context.io.cwd, file))
    answer(context, false, rows, () => `${rows} rows are restored. Mail is held until: admin confirm-installation`)
  })
}

