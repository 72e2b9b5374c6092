// scheme and calendar: the rules and the days they count with; nothing here touches a record.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { getCalendar, listCalendars, publishedCalendars } from '../app/calendars.ts'
import { checkSchemeFile, loadCatalogue, planScheme, problemsOfSchemes, schemeFolders, schemeOf } from '../app/schemes.ts'
import { addWorkingDays, isProvisional, rollBack, rollForward } from '../core/calendar.ts'
import { type Day, dayOf } from '../core/day.ts'
import { listSchemes } from '../core/scheme.ts'
import { AppError } from '../errors.ts'
import { day, dayPair, given, oneOf, wholeNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, facts, table } from './output.ts'

export function addSchemeCommands(program: Command, context: Context): void {
  const group = program.command('scheme').description('the catalogue of schemes and their rules')
  const catalogue = () => loadCatalogue(schemeFolders(context.home))
  group.command('list').description('list the schemes').option('--json', 'one JSON document')
    .action(async (options: { json?: boolean }) => {
      const all = listSchemes(await catalogue())
      const rows = all.map(({ id, title, instrument, effectiveOn, country }) => ({ id, title, instrument, effectiveOn, country: country ?? null }))
      answer(context, options.json, rows, () => table(['id', 'scheme', 'instrument', 'rules of'],
        rows.map((one) => [one.id, one.title.en, one.instrument, one.effectiveOn]), 'No schemes.'))
    })
  group.command('show').description('one scheme: anchors, options, rules').argument('<id>').option('--json', 'one JSON document')
    .action(async (id: string, options: { json?: boolean }) => {
      const scheme = schemeOf({ catalogue: await catalogue() }, id)
      answer(context, options.json, scheme, () => [
        facts([['id', scheme.id], ['scheme', `${scheme.title.en} ${scheme.title.zh}`], ['instrument', scheme.instrument], ['rules of', scheme.effectiveOn]]),
        table(['anchor', 'what'], Object.entries(scheme.anchors).map(([name, one]) => [name, `${one.title.en} ${one.title.zh}`]), ''),
        table(['option', 'values', 'default'], Object.entries(scheme.options).map(([name, one]) => [name, Object.keys(one.values).join(', '), one.default]), 'No options.'),
        table(['rule', 'kind', 'tier', 'met by', 'basis', 'mark'], scheme.rules.map((one) => [one.id, one.kind, one.tier, one.metBy, one.basis, one.mark]), ''),
        table(['procedure', 'what', 'stages'], scheme.templates.map((one) => [one.id, one.title.en, one.stages.map((stage) => stage.title.en).join(' > ')]), 'No procedures.'),
      ].join('\n\n'))
    })
  group.command('check').description('check scheme files of your own').argument('<files...>').option('--json', 'one JSON document')
    .action(async (files: string[], options: { json?: boolean }) => checkFiles(context, files, options.json))
  planCommand(group, context)
  calendarCommands(program.command('calendar').description('working days'), context)
}

async function checkFiles(context: Context, files: readonly string[], json: boolean | undefined): Promise<void> {
  const checked = await Promise.all(files.map((file) => checkSchemeFile(resolve(context.io.cwd, file))))
  const problems = checked.flatMap((one) => (one.ok ? [] : one.problems))
  if (problems.length > 0) {
    const lines = problems.map((one) => `${one.file}:${one.line} ${one.path ? `${one.path}: ` : ''}${one.reason}`)
    throw new AppError('invalid', lines.join('\n'), { problems: problemsOfSchemes(problems) })
  }
  answer(context, json, { checked: files, problems }, () => `${files.length} ${files.length === 1 ? 'file is' : 'files are'} in order.`)
}

interface PlanOptions { set: Record<string, Day>; level?: string; edition?: string; eal?: string; cycle: 'initial' | 'recertification'; calendar?: string; asOf?: Day; json?: boolean }

function planCommand(group: Command, context: Context): void {
  group.command('plan').description('the duties a scheme derives from these days; nothing is stored').argument('<id>')
    .requiredOption('--set <anchor=day>', 'a day to count from; any number of times', dayPair)
    .option('--level <level>', 'level').option('--edition <edition>', 'edition').option('--eal <eal>', 'assurance level')
    .option('--cycle <kind>', 'initial or recertification', oneOf('initial', 'recertification'), 'initial')
    .option('--calendar <id>', 'working calendar (default: of the scheme\'s country, else weekdays)')
    .option('--as-of <day>', 'asked on another day', day).option('--json', 'one JSON document')
    .action(async (id: string, options: PlanOptions) => {
      const catalogue = await loadCatalogue(schemeFolders(context.home))
      const calendars = publishedCalendars()
      const country = schemeOf({ catalogue }, id).country
      const calendar = getCalendar(calendars, options.calendar ?? (country && calendars.has(country) ? country : 'weekdays'))
      const asOf = options.asOf ?? dayOf(context.clock.now(), context.zone)
      const duties = planScheme(catalogue, id, { set: options.set, options: given({ level: options.level, edition: options.edition, eal: options.eal }), kind: options.cycle }, calendar, asOf)
      answer(context, options.json, duties, () => table(['due', 'opens', 'duty', 'rule', 'tier', 'met by', 'basis', 'mark'], duties.map((one) => [
        `${one.dueOn.toString()}${one.latestOn ? ` (late after ${one.latestOn.toString()})` : ''}${one.provisional ? ' provisional' : ''}`,
        one.opensOn, one.title.en, one.rule, one.tier, one.metBy, one.basis, one.mark,
      ]), 'Nothing follows from these days.'))
    })
}

interface AddDaysOptions { calendar: string; working?: boolean; roll?: 'forward' | 'back'; json?: boolean }

function calendarCommands(group: Command, context: Context): void {
  group.command('list').description('list the calendars and the years they know').option('--json', 'one JSON document')
    .action(async (options: { json?: boolean }) => {
      const all = await listCalendars(await context.app())
      answer(context, options.json, all, () => table(['calendar', 'years', 'source'], all.map((one) => [one.calendar, one.years.join(', '), one.source]),
        'Only weekdays (Monday to Friday) are known.'))
    })
  group.command('add-days').description('count days as the rules do; the start day is not counted').argument('<day>', '', day).argument('<n>', 'may be negative', wholeNumber)
    .requiredOption('--calendar <id>', 'such as CN').option('--working', 'count working days only')
    .option('--roll <way>', 'move off a day off', oneOf('forward', 'back')).option('--json', 'one JSON document')
    .action(async (from: Day, n: number, options: AddDaysOptions) => {
      const calendar = getCalendar(publishedCalendars(), options.calendar)
      const counted = options.working ? addWorkingDays(from, n, calendar) : { day: from.add({ days: n }), provisional: isProvisional(from.add({ days: n }), calendar) }
      const roll = options.roll === 'forward' ? rollForward : options.roll === 'back' ? rollBack : undefined
      const date = roll ? roll(counted.day, calendar) : counted.day
      const provisional = counted.provisional || (roll !== undefined && isProvisional(date, calendar))
      answer(context, options.json, { date, provisional }, () => `${date.toString()}${provisional ? ' (provisional: the year has not been announced)' : ''}`)
    })
}
