// requirement: checklists of certifications, item by item or as a file.

import { basename, resolve } from 'node:path'
import type { Command } from 'commander'
import { act } from '../app/app.ts'
import { getPerson } from '../app/people.ts'
import { importRequirements, type RequirementsImported, RequirementsRefused } from '../app/requirement-import.ts'
import { listRequirements, type RequirementSet, type RequirementView, setRequirement } from '../app/requirements.ts'
import { progressOfItems, type Proven, requirementStates, type RequirementState } from '../core/requirement.ts'
import { invalid } from '../errors.ts'
import { oneOf, recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { proofText } from './evidence-commands.ts'
import { problemBlocks, readInputFile } from './input-file.ts'
import { answer, facts, noteLimit, table } from './output.ts'

type Db = Parameters<Parameters<typeof act>[1]>[0]

export function addRequirementCommands(program: Command, context: Context): void {
  const group = program.command('requirement').description('checklists: their items, state, owner and evidence')
  listCommand(group, context)
  setCommand(group, context)
  importCommand(group, context)
}

interface ListOptions { certification?: number; area?: string; state?: RequirementState; owner?: string; limit: number; json?: boolean }

function listCommand(group: Command, context: Context): void {
  group.command('list').description('list items, by certification and place').option('--certification <n>', 'only of this one', recordNumber)
    .option('--area <area>', 'its id or title').option('--state <state>', requirementStates.join(', '), oneOf(...requirementStates))
    .option('--owner <person>', 'address or number: theirs, and what is nobody\'s own in certifications of theirs')
    .option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async ({ certification: certificationId, area, state, owner, limit, json }: ListOptions) => {
      const app = await context.app()
      const ownerId = owner === undefined ? undefined : (await act(app, (db) => getPerson(db, owner))).id
      const items = await listRequirements(app, { certificationId, area, state, ownerId }, limit)
      noteLimit(context, items.length, limit)
      answer(context, json, items, () => listText(context, items))
    })
}

function listText(context: Context, items: readonly RequirementView[]): string {
  const { language } = context.io
  const rows = items.map((one) => [
    one.id, one.certification.slice(0, 30), one.areaTitle[language], one.code, one.title[language].slice(0, 60), one.state, one.owner ?? 'none', one.evidence.length,
  ])
  const listed = table(['number', 'certification', 'area', 'code', 'item', 'state', 'owner', 'evidence'], rows,
    'No items. Fill a list from a file: requirement import FILE --certification N')
  return items.length === 0 ? listed : `${listed}\n\n${progressText(context, items)}`
}

/** Counts what is listed: each area of each certification, and all of it. */
function progressText(context: Context, items: readonly RequirementView[]): string {
  const areas = [...Map.groupBy(items, (one) => `${one.certification.slice(0, 30)}, ${one.areaTitle[context.io.language]}`)]
  const rows = [...areas, ...(areas.length > 1 ? [['all', items] as const] : [])].map(([name, ones]) => {
    const { all, settled, percent, counts } = progressOfItems(ones)
    return [name, `${settled} of ${all}`, `${percent} %`, counts.met, counts['not-applicable'], counts['in-progress'], counts.open]
  })
  return table(['listed', 'settled', '', 'met', 'not applicable', 'in progress', 'open'], rows, '')
}

interface SetOptions {
  state?: RequirementState; owner?: string; reason?: string; evidence?: string[]; withdraw?: string[]; title?: string; json?: boolean
}

function setCommand(group: Command, context: Context): void {
  group.command('set').description('say how it stands with one item or several')
    .argument('<number...>', 'as requirement list shows them', (text, earlier: number[] | undefined) => [...earlier ?? [], recordNumber(text)])
    .option('--state <state>', requirementStates.join(', '), oneOf(...requirementStates))
    .option('--owner <person>', 'address or number; none to give it back to the owner of the certification')
    .option('--reason <text>', 'why it is not applicable, or a remark; "" takes it away')
    .option('--evidence <url>', 'a link that proves it; any number of times', collected)
    .option('--withdraw <url>', 'a link that proves it no longer; any number of times', collected)
    .option('--title <text>', 'what the link given with --evidence is called')
    .option('--json', 'one JSON document')
    .action(async (numbers: number[], options: SetOptions) => {
      if (options.title !== undefined && options.evidence?.length !== 1) throw invalid('--title names one link: give it with one --evidence URL.')
      const app = await context.app()
      const changed = await act(app, (db, now) => setAll(db, [...new Set(numbers)], options, now))
      answer(context, options.json, changed, () => setText(context, changed))
    })
}

// An empty one is kept, to be refused: it is a variable that was never set.
const collected = (text: string, earlier: string[] = []): string[] => [...earlier, text]

// One transaction: either all of them or none.
async function setAll(db: Db, numbers: readonly number[], options: SetOptions, now: Parameters<Parameters<typeof act>[1]>[1]): Promise<RequirementSet[]> {
  const ownerId = options.owner === undefined ? undefined : options.owner === 'none' ? null : (await getPerson(db, options.owner)).id
  const changed: RequirementSet[] = []
  for (const id of numbers) {
    changed.push(await setRequirement(db, id, {
      state: options.state, ownerId, reason: options.reason, withdraw: options.withdraw,
      add: options.evidence?.map((link) => ({ link, title: options.title })),
    }, { now }))
  }
  return changed
}

function setText(context: Context, changed: readonly RequirementSet[]): string {
  const lacking = changed.filter((one) => one.lacksEvidence)
  return [
    table(['number', 'code', 'item', 'state', 'reason', 'evidence'],
      changed.map((one) => [one.id, one.code, one.title[context.io.language].slice(0, 60), one.state, one.reason, linksOf(one)]), ''),
    ...(lacking.length > 0 ? [`Met without evidence: ${lacking.map((one) => one.code).join(', ')}. Add a link with: requirement set N --evidence URL`] : []),
  ].join('\n\n')
}

const linksOf = ({ evidence }: Proven): string => evidence.map(proofText).join('\n')

interface ImportOptions { certification: number; encoding?: string; dryRun?: boolean; partial?: boolean; json?: boolean }

function importCommand(group: Command, context: Context): void {
  group.command('import').description('read a checklist into a certification; all or nothing unless --partial')
    .argument('<file>', 'a CSV file: code, area, title, state, owner, evidence, reason, new (or 编号, 领域, 指标, 状态, 责任人, 证据, 说明, 新增)')
    .requiredOption('--certification <n>', 'whose list it is', recordNumber).option('--encoding <name>', 'where it is neither UTF-8 nor GB 18030')
    .option('--dry-run', 'say what would happen').option('--partial', 'take what is right, list what is refused').option('--json', 'one JSON document')
    .action(async (file: string, options: ImportOptions) => {
      const bytes = await readInputFile(resolve(context.io.cwd, file))
      const app = await context.app()
      const say = (result: RequirementsImported): void => answer(context, options.json, result, () => resultText(result, options))
      try {
        say(await importRequirements(app, {
          bytes, file: basename(file), certificationId: options.certification, encoding: options.encoding,
          dryRun: options.dryRun ?? false, partial: options.partial ?? false,
        }))
      } catch (error) {
        if (error instanceof RequirementsRefused) say(error.result)
        throw error instanceof RequirementsRefused ? invalid(error.message) : error
      }
    })
}

function resultText(result: RequirementsImported, options: ImportOptions): string {
  const head = facts([
    ['accepted', result.accepted], ['updated', result.updated], ['unchanged', result.unchanged], ['rejected', result.rejected],
    ['not in the file, kept', codes(result.absent)], ['met without evidence', codes(result.lackEvidence)],
    ['title of the scheme kept', codes(result.titledOtherwise)], ['columns not read', result.ignored.join(', ')],
  ])
  return [
    options.dryRun ? `${head}\n\nA dry run: nothing was written.` : head,
    ...problemBlocks(result.problems),
  ].join('\n\n')
}

const codes = (list: readonly string[]): string =>
  (list.length > 20 ? `${list.slice(0, 20).join(', ')} … and ${list.length - 20} more (--json lists them)` : list.join(', '))
