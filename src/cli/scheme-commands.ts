// scheme: the catalogue and its rules. Only `check --moves` looks at a record, and nothing here changes one.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { getCalendar } from '../app/calendars.ts'
import { foreseeSchemes, type MovedDuty } from '../app/foresight.ts'
import { checkSchemeFiles, loadCatalogue, planScheme, problemsOfSchemes, schemeFolders, schemeOf } from '../app/schemes.ts'
import { type Day, dayOf } from '../core/day.ts'
import { schemeAsOf } from '../core/rule-set.ts'
import { disputesOf, listSchemes, type Scheme } from '../core/scheme.ts'
import { AppError } from '../errors.ts'
import { country, day, dayPair, oneOf, type SchemeOptions, schemeOptions, withSchemeOptions } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, type Cell, facts, table } from './output.ts'
import { templatesText } from './template-text.ts'

export function addSchemeCommands(program: Command, context: Context): void {
  const group = program.command('scheme').description('the catalogue of schemes and their rules')
  const catalogue = () => loadCatalogue(schemeFolders(context.home))
  group.command('list').description('list the schemes').option('--json', 'one JSON document')
    .action(async (options: { json?: boolean }) => {
      const rows = listSchemes(await catalogue()).map(({ id, title, instrument, effectiveOn, country: of }) =>
        ({ id, title, instrument, effectiveOn, country: of ?? null }))
      answer(context, options.json, rows, () => table(['id', 'scheme', '', 'instrument', 'rules of'],
        rows.map((one) => [one.id, one.title.en, one.title.zh, one.instrument, one.effectiveOn]), 'No schemes.'))
    })
  group.command('show').description('one scheme: anchors, options, the rules in force and its procedures').argument('<id>')
    .option('--country <code>', 'with the rules of this country', country).option('--as-of <day>', 'the rules in force on another day', day).option('--json', 'one JSON document')
    .action(async (id: string, options: { country?: string; asOf?: Day; json?: boolean }) => {
      const whole = schemeOf({ catalogue: await catalogue() }, id)
      const asOf = options.asOf ?? dayOf(context.clock.now(), context.zone)
      // A cycle that begins on that day is under every rule set in force then.
      const { variants: _variants, ...scheme } = schemeAsOf(whole, options.country ?? whole.country, asOf)
      answer(context, options.json, scheme, () => schemeText(scheme, context.io.language))
    })
  checkCommand(group, context)
  planCommand(group, context)
}

function schemeText(scheme: Scheme, language: 'en' | 'zh'): string {
  return [
    facts([
      ['id', scheme.id], ['scheme', `${scheme.title.en} ${scheme.title.zh}`], ['instrument', scheme.instrument], ['rules of', scheme.effectiveOn],
      ['rests on', scheme.restsOn && `${scheme.restsOn.schemes.join(', ')} (${scheme.restsOn.lapse === 'ends' ? 'ends with it' : 'warns when it lapses'}; ${scheme.restsOn.mark})`],
      ['validity', validityText(scheme)],
    ]),
    table(['anchor', 'what'], Object.entries(scheme.anchors).map(([name, one]) => [name, `${one.title.en} ${one.title.zh}`]), ''),
    table(['option', 'values', 'default', 'sources differ'], Object.entries(scheme.options).map(([name, one]) =>
      [name, Object.keys(one.values).join(', '), one.default, one.disputed?.en]), 'No options.'),
    table(['rule set', 'from', 'country', 'for', 'changes', 'basis', 'mark'], scheme.ruleSets.map((one) =>
      [one.id, one.effectiveOn, one.country ?? 'all', one.appliesTo, changesText(one.changes), one.basis, one.mark]), 'One version of the rules.'),
    table(['rule', 'kind', 'tier', 'met by', 'owed by', 'basis', 'mark', 'missing it costs'], scheme.rules.map((one) =>
      [one.id, one.kind, one.tier, one.metBy, one.owedBy, one.basis, one.mark, one.costs?.en]), ''),
    ...scheme.requirements ? [table(['requirements', 'area', 'items'], scheme.requirements.areas.map((one): Cell[] =>
      [scheme.requirements!.title.en, one.title.en, one.items.length === 0 ? 'by import' : one.items.length]), '')] : [],
    ...scheme.findings ? [table(['grade', '', 'answer', 'proof', 'verified', 'closed by', 'blocks', 'basis', 'mark'], scheme.findings.grades.map((one): Cell[] =>
      [one.id, one.title[language], one.answer?.text, one.proof?.text, one.verified?.text, one.closes, one.blocks ? 'yes' : '', one.basis, one.mark]), '')] : [],
    templatesText(scheme, language),
  ].join('\n\n')
}

/** What a rule set changes: values by their key, rules by their id. */
function changesText(changes: Readonly<Record<string, unknown>>): string {
  const idsOf = (list: unknown): string[] => (Array.isArray(list) ? list.map((one: { id: string; drop?: boolean }) => (one.drop ? `without ${one.id}` : one.id)) : [])
  return Object.entries(changes).map(([key, value]) => (key === 'rules' ? idsOf(value).join(', ') : value === null ? `no ${key}` : key)).join(', ')
}

const validityText = (scheme: Scheme): string => scheme.validity.length === 0 ? 'as stated on the paper: nothing is computed'
  : scheme.validity.map((one) => `${one.lasts.text} from ${one.from}, ${one.end}${one.since ? ` since ${one.since.toString()}` : ''}${
    one.when ? ` (${Object.entries(one.when).map(([name, values]) => `${name} ${values.join(', ')}`).join('; ')})` : ''} (${one.mark})`).join('; ')

function checkCommand(group: Command, context: Context): void {
  group.command('check').description('check scheme files of your own').argument('<files...>')
    .option('--moves', 'also list what would move in your records if these files held').option('--json', 'one JSON document')
    .action(async (files: string[], options: { moves?: boolean; json?: boolean }) => {
      const paths = files.map((file) => resolve(context.io.cwd, file))
      const checked = await checkSchemeFiles(schemeFolders(context.home), paths)
      const problems = checked.flatMap((one) => (one.ok ? [] : one.problems))
      if (problems.length > 0) {
        const lines = problems.map((one) => `${one.file}:${one.line} ${one.path ? `${one.path}: ` : ''}${one.reason}`)
        throw new AppError('invalid', lines.join('\n'), { problems: problemsOfSchemes(problems) })
      }
      const moves = options.moves ? await foreseeSchemes(await context.app(), schemeFolders(context.home), paths) : undefined
      answer(context, options.json, { checked: files, problems, ...moves && { moves } }, () =>
        `${files.length} ${files.length === 1 ? 'file is' : 'files are'} in order.${moves ? `\n\n${movesTable(moves)}` : ''}`)
    })
}

/** One line a duty that is new, has moved or has ended. */
export const movesTable = (moves: readonly MovedDuty[]): string => table(['certification', 'rule', 'change', 'from', 'to'],
  moves.map((one) => [`${one.certificationId} ${one.name.slice(0, 50)}`, one.ordinal === 1 ? one.rule : `${one.rule} #${one.ordinal}`, one.change, one.from, one.to]),
  'No duty moves.')

interface PlanOptions extends SchemeOptions { set: Record<string, Day>; cycle: 'initial' | 'recertification'; country?: string; calendar?: string; asOf?: Day; json?: boolean }

function planCommand(group: Command, context: Context): void {
  withSchemeOptions(group.command('plan').description('the duties a scheme derives from these days; nothing is stored').argument('<id>')
    .requiredOption('--set <anchor=day>', 'a day to count from; any number of times', dayPair))
    .option('--cycle <kind>', 'initial or recertification', oneOf('initial', 'recertification'), 'initial')
    .option('--country <code>', 'whose rules apply besides the international ones, such as CN', country)
    .option('--calendar <id>', 'working calendar (default: of the country, else weekdays)')
    .option('--as-of <day>', 'asked on another day', day).option('--json', 'one JSON document')
    .action(async (id: string, options: PlanOptions) => {
      const catalogue = await loadCatalogue(schemeFolders(context.home))
      const scheme = schemeOf({ catalogue }, id)
      const calendar = getCalendar(await context.calendars(), options.calendar ?? options.country ?? scheme.country ?? 'weekdays')
      const asOf = options.asOf ?? dayOf(context.clock.now(), context.zone)
      const chosen = schemeOptions(options)
      const duties = planScheme(catalogue, id, { set: options.set, options: chosen, kind: options.cycle, country: options.country ?? scheme.country }, calendar, asOf)
      const notes = disputesOf(scheme, chosen).map((one) => `\nNote: ${one.title.en}: ${one.value.en}. ${one.says.en}`)
      answer(context, options.json, duties, () => [table(['due', 'opens', 'duty', 'rule', 'tier', 'met by', 'basis', 'mark'], duties.map((one) => [
        `${one.dueOn.toString()}${one.latestOn ? ` (late after ${one.latestOn.toString()})` : ''}${one.provisional ? ' provisional' : ''}`,
        one.opensOn, one.title.en, one.rule, one.tier, `${one.metBy}${one.owedBy === 'organisation' ? '' : ` (${one.owedBy === 'outside' ? 'by an outside party' : 'advice'})`}`, one.basis, one.mark,
      ]), 'Nothing follows from these days.'), ...notes].join('\n'))
    })
}
