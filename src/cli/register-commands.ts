// import and export: registers in and out as files.

import { writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { type Command } from 'commander'
import { exportFormats, exportRegister } from '../app/export.ts'
import { ImportRefused, importRegister, type ImportResult } from '../app/import.ts'
import type { Day } from '../core/day.ts'
import { invalid } from '../errors.ts'
import { day, oneOf } from './arguments.ts'
import type { Context } from './context.ts'
import { problemBlocks, readInputFile } from './input-file.ts'
import { answer, facts } from './output.ts'

interface ImportOptions {
  mapping?: string; owner?: string; organisation?: string; encoding?: string; dryRun?: boolean; partial?: boolean; json?: boolean
}

export function addRegisterCommands(program: Command, context: Context): void {
  program.command('import').description('read certifications from a register; all or nothing unless --partial').argument('<file>', 'a CSV file')
    .option('--mapping <m>', 'common-criteria, common-criteria-portal, fips-140 or recert (default: by its header)')
    .option('--owner <person>', 'owner of what names none (default: the first compliance manager)')
    .option('--organisation <name>', 'organisation of what names none (default: the owner\'s)').option('--encoding <name>', 'where it is neither UTF-8 nor GB 18030')
    .option('--dry-run', 'say what would happen').option('--partial', 'take what is right, list what is refused').option('--json', 'one JSON document')
    .action(async (file: string, options: ImportOptions) => {
      const bytes = await readInputFile(resolve(context.io.cwd, file))
      const app = await context.app()
      const say = (result: ImportResult): void => answer(context, options.json, result, () => resultText(result, options))
      try {
        say(await importRegister(app, { ...options, bytes, file: basename(file), dryRun: options.dryRun ?? false, partial: options.partial ?? false }))
      } catch (error) {
        if (error instanceof ImportRefused) say(error.result)
        throw error instanceof ImportRefused ? invalid(error.message) : error
      }
    })
  program.command('export').description('write the register; it can be imported again').requiredOption('--format <format>', exportFormats.join(' or '), oneOf(...exportFormats))
    .option('--output <file>', 'a file instead of standard output').option('--as-of <day>', 'the day its status is about', day)
    .action(async (options: { format: (typeof exportFormats)[number]; output?: string; asOf?: Day }) => {
      const text = await exportRegister(await context.app(), options)
      if (options.output === undefined) context.io.stdout(text)
      else await writeFile(resolve(context.io.cwd, options.output), text)
    })
}

function resultText(result: ImportResult, options: ImportOptions): string {
  const head = facts([
    ['accepted', result.accepted], ['updated', result.updated], ['unchanged', result.unchanged], ['rejected', result.rejected], ['unconfirmed', result.unconfirmed],
    ['new organisations', result.created.organisations.join(', ')], ['new people', result.created.people.join(', ')],
  ])
  return [
    options.dryRun ? `${head}\n\nA dry run: nothing was written.` : head,
    ...problemBlocks(result.problems),
    ...(result.unconfirmed > 0 ? [`${result.unconfirmed} duties were past already: nobody is reminded of them until they are answered. See: obligation list --unconfirmed`] : []),
    ...(result.questions.length > 0 ? [`${result.questions.length} certificates have expired: renewed, given up or being restored? The first: ${result.questions[0]!.certification}, expired on ${result.questions[0]!.expiredOn.toString()}.`] : []),
  ].join('\n\n')
}
