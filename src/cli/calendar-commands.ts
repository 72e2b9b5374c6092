// calendar: which days are worked. Counting touches no record; an import moves the duties that were counted
// through its days.

import { basename, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { type CalendarImported, importCalendar } from '../app/calendar-import.ts'
import { type CalendarLine, getCalendar, listCalendars } from '../app/calendars.ts'
import type { Day } from '../core/day.ts'
import { addWorkingDays } from '../core/calendar.ts'
import { rollDay, rolls, type Roll } from '../core/span.ts'
import { invalid } from '../errors.ts'
import { day, oneOf, wholeNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { readInputFile } from './input-file.ts'
import { answer, facts, table } from './output.ts'

export function addCalendarCommands(program: Command, context: Context): void {
  const group = program.command('calendar').description('working days: counting them, and importing the holidays of a year')
  group.command('list').description('list the calendars and the years they know').option('--json', 'one JSON document')
    .action(async (options: { json?: boolean }) => {
      const all = await listCalendars(await context.app())
      answer(context, options.json, all, () => listText(all))
    })
  addDaysCommand(group, context)
  importCommand(group, context)
}

function listText(all: readonly CalendarLine[]): string {
  const rows = all.map((one) => [one.calendar, spans(one.years), one.source])
  const missing = new Map(all.filter((one) => one.missing.length > 0).map((one) => [one.calendar, one.missing]))
  return [
    table(['calendar', 'years', 'source'], rows, 'Only weekdays (Monday to Friday) are known.'),
    ...[...missing].map(([id, years]) =>
      `${id} ${years.join(' and ')} not known: what is counted through it is provisional until: calendar import FILE --calendar ${id}`),
  ].join('\n')
}

/** Writes years in rows as `2004-2026`. */
function spans(years: readonly number[]): string {
  const starts = years.filter((year) => !years.includes(year - 1)).sort((a, b) => a - b)
  return starts.map((first) => {
    let last = first
    while (years.includes(last + 1)) last++
    return last === first ? String(first) : `${first}-${last}`
  }).join(', ')
}

interface AddDaysOptions { calendar: string; working?: boolean; roll?: Roll; json?: boolean }

/** A hundred and more years of days; further than any rule counts. */
const furthest = 50_000

function addDaysCommand(group: Command, context: Context): void {
  group.command('add-days').description('count days as the rules do; the start day is not counted')
    .argument('<day>', '', day).argument('<n>', 'may be negative', distance)
    .requiredOption('--calendar <id>', 'CN, another country such as DE, weekdays, or one that was imported').option('--working', 'count working days only')
    .option('--roll <way>', 'move off a day off', oneOf(...rolls)).option('--json', 'one JSON document')
    .action(async (from: Day, n: number, options: AddDaysOptions) => {
      const calendar = getCalendar(await context.calendars(), options.calendar)
      const counted = options.working ? addWorkingDays(from, n, calendar) : { day: from.add({ days: n }), provisional: false }
      const rolled = rollDay(counted.day, options.roll, calendar)
      const provisional = counted.provisional || rolled.provisional
      answer(context, options.json, { date: rolled.day, provisional },
        () => `${rolled.day.toString()}${provisional ? ' (provisional: a year on the way has not been announced)' : ''}`)
    })
}

function distance(text: string): number {
  const n = wholeNumber(text)
  if (Math.abs(n) > furthest) throw new InvalidArgumentError(`${text} is too far. At most ${furthest} days are counted.`)
  return n
}

interface ImportOptions { calendar: string; year?: number[]; source?: string; encoding?: string; dryRun?: boolean; json?: boolean }

function importCommand(group: Command, context: Context): void {
  group.command('import').description('make years known from a file; all or nothing. Years that were known are replaced')
    .argument('<file>', 'CSV (date, working, name) or iCalendar')
    .requiredOption('--calendar <id>', 'a country, such as CN or DE, or an id of your own, such as CN-acme, whose file holds the public holidays too')
    .option('--year <year>', 'only this year, any number of times (default: those in which the file has days off)', years)
    .option('--source <text>', 'where the days are from (default: the name of the file)').option('--encoding <name>', 'where it is neither UTF-8 nor GB 18030')
    .option('--dry-run', 'say what would happen').option('--json', 'one JSON document')
    .action(async (file: string, options: ImportOptions) => {
      const bytes = await readInputFile(resolve(context.io.cwd, file), 1)
      const { year, ...rest } = options
      const result = await importCalendar(await context.app(), { ...rest, years: year, bytes, file: basename(file), dryRun: options.dryRun ?? false })
      answer(context, options.json, result, () => importText(result, options))
      const [first] = result.problems
      if (first) throw invalid(`${basename(file)} was not imported: ${placeOf(first)}${first.reason.replace(/\.$/, '')}.`)
    })
}

function placeOf({ row, value }: { readonly row: number; readonly value: string }): string {
  const words = [row > 0 ? `row ${row}` : '', row > 0 && value ? `(${value})` : value]
  return `${words.filter((word) => word !== '').join(' ')}: `
}

function years(text: string, earlier: readonly number[] = []): number[] {
  if (!/^\d{4}$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a year. Write it as 2027.`)
  return [...earlier, Number(text)]
}

const shown = 60

function importText(result: CalendarImported, options: ImportOptions): string {
  if (result.problems.length > 0) {
    const rows = result.problems.map((one) => [one.row || '', one.column, one.value, one.reason])
    return table(['row', 'column', 'value', 'why'], rows.slice(0, shown), '') + more(rows.length)
  }
  const { added, changed, removed } = result.days
  const changes = result.changes.filter((one) => one.from !== 'week').map((one) => [one.date, said[one.from], said[one.to]])
  const moved = result.moved.map((one) => [one.certification, one.rule, one.from ?? 'new', one.to ?? 'ended'])
  return [
    facts([
      ['calendar', result.calendar], ['years known', result.years.join(', ')], ['days added', added], ['days changed', changed], ['days removed', removed],
      ['left out, of other years', result.leftOut || undefined], ['duties moved', result.moved.length],
    ]),
    ...(options.dryRun ? ['A dry run: nothing was written.'] : []),
    ...(changes.length > 0 ? [table(['day', 'was', 'is'], changes.slice(0, shown), '') + more(changes.length)] : []),
    ...(moved.length > 0 ? [table(['certification', 'rule', 'from', 'to'], moved.slice(0, shown), '') + more(moved.length)] : []),
  ].join('\n\n')
}

const said = { off: 'off', working: 'working', week: 'by the day of the week' }
const more = (count: number): string => (count > shown ? `\n… and ${count - shown} more; all of them with --json.` : '')
