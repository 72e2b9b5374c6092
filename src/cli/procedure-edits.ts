// procedure edit, add-step, add-stage, move-stage: what a run is made of, where it differs from its template.

import { type Command, InvalidArgumentError } from 'commander'
import { act } from '../app/app.ts'
import { getPerson } from '../app/people.ts'
import { addStage, addStep, editStep, moveStage, type StepEdit } from '../app/steps.ts'
import type { Day, Instant } from '../core/day.ts'
import type { Limit, Waits } from '../core/network.ts'
import { type Length, parseLength } from '../core/span.ts'
import { invalid } from '../errors.ts'
import { day, list, recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { showRun } from './procedure-commands.ts'

type Db = Parameters<Parameters<typeof act>[1]>[0]

function length(text: string): Length {
  const parsed = parseLength(text)
  if (parsed) return parsed
  throw new InvalidArgumentError(`"${text}" is not a length in days: write P5WD for working days, P30D for calendar days.`)
}

/** Reads `A,B+P3WD`; `none` for nothing. */
function waits(text: string): Waits[] {
  if (text === 'none') return []
  return list(text).map((one) => {
    const [, step, lag = 'P0WD'] = /^([A-Za-z0-9.]+?)(?:\+(P\d{1,4}W?D))?$/.exec(one) ?? []
    if (step === undefined) throw new InvalidArgumentError(`"${one}" is not a step to wait for: write A4, A4+P40WD in working days, or A4+P30D in calendar days.`)
    return { step, lag }
  })
}

/** Reads `1.4+P30D`; `none` for no limit. */
function limit(text: string): Limit | null {
  if (text === 'none') return null
  const [, from, within] = /^([A-Za-z0-9.]+?)\+(P\d{1,4}W?D)$/.exec(text) ?? []
  if (from === undefined || within === undefined) throw new InvalidArgumentError(`"${text}" is not a limit: write 1.4+P30D, so long after step 1.4, or none.`)
  return { from, within, roll: undefined, basis: 'given for this run', mark: 'unverified' }
}

const dayOrNone = (text: string): Day | null => (text === 'none' ? null : day(text))

interface EditOptions {
  length?: Length; after?: Waits[]; title?: string; titleZh?: string; role?: string; deliverable?: string; waitsOn?: string
  expected?: Day | null; limit?: Limit | null; outside?: boolean; ours?: boolean; stage?: string; before?: string; json?: boolean
}

const withEdits = (command: Command): Command => command
  .option('--length <length>', 'P5WD in working days, P30D in calendar days', length)
  .option('--after <steps>', 'what it waits for: A,B+P3WD; none', waits).option('--title <text>', 'what is done').option('--title-zh <text>', 'the same in Chinese')
  .option('--role <text>', 'who does it').option('--deliverable <text>', 'what comes out of it').option('--waits-on <party>', 'the outside party it waits on; none')
  .option('--expected <day>', 'when that party says it will have acted; none', dayOrNone).option('--limit <limit>', 'its last day by law, such as 1.4+P30D; none', limit)
  .option('--outside', 'it is the outside party\'s own act: nobody of ours is late by it').option('--ours', 'it is ours')
  .option('--before <step>', 'put it in front of this step').option('--json', 'one JSON document')

function editOf(options: EditOptions): StepEdit {
  if (options.outside && options.ours) throw invalid('--outside and --ours contradict each other.')
  return {
    length: options.length, after: options.after, role: options.role, deliverable: options.deliverable, limit: options.limit,
    title: options.title === undefined ? undefined : { en: options.title, zh: options.titleZh ?? options.title },
    waitsOn: options.waitsOn === 'none' ? null : options.waitsOn, expectedOn: options.expected, stage: options.stage, before: options.before,
    outside: options.outside ? true : options.ours ? false : undefined,
  }
}

interface AddOptions extends EditOptions { stage: string; title: string; length: Length; role?: string; deliverable?: string; followedBy?: string[]; to?: string }

export function addProcedureEdits(group: Command, context: Context): void {
  const change = async (id: number, json: boolean | undefined, work: (db: Db, now: Instant) => Promise<unknown>): Promise<void> => {
    const app = await context.app()
    await act(app, work)
    await showRun(context, app, id, { json })
  }
  withEdits(group.command('edit').description('change a step of a run: its length, what it waits for, its place').argument('<number>', '', recordNumber).argument('<step>', 'its code'))
    .option('--stage <code>', 'the stage it belongs to')
    .action(async (id: number, code: string, options: EditOptions) => change(id, options.json, (db, now) => editStep(db, id, code, editOf(options), { now })))
  withEdits(group.command('add-step').description('add a step to a run').argument('<number>', '', recordNumber).argument('<code>', 'a code of its own, such as 4.10'))
    .requiredOption('--stage <code>', 'the stage it belongs to').option('--followed-by <steps>', 'steps that wait for it from now on', list)
    .option('--to <person>', 'address or number of its owner')
    .action(async (id: number, code: string, options: AddOptions) => change(id, options.json, async (db, now) => {
      const { title, length: lasts } = options
      if (title === undefined || lasts === undefined) throw invalid('A new step needs --title TEXT and --length P5WD.')
      const ownerId = options.to === undefined ? undefined : (await getPerson(db, options.to)).id
      return await addStep(db, id, {
        ...editOf(options), code, stage: options.stage, title: { en: title, zh: options.titleZh ?? title }, length: lasts,
        role: options.role ?? 'certification owner', deliverable: options.deliverable ?? title, followers: options.followedBy, ownerId,
      }, { now })
    }))
  group.command('add-stage').description('add a stage to a run').argument('<number>', '', recordNumber).argument('<code>', 'a code of its own')
    .requiredOption('--title <text>', 'what it is called').option('--title-zh <text>', 'the same in Chinese').option('--after <stages>', 'stages that must have ended first', list)
    .option('--before <stage>', 'put it in front of this stage').option('--json', 'one JSON document')
    .action(async (id: number, code: string, { title, titleZh, after, before, json }: { title: string; titleZh?: string; after?: string[]; before?: string; json?: boolean }) =>
      change(id, json, (db, now) => addStage(db, id, { code, title: { en: title, zh: titleZh ?? title }, after, before }, { now })))
  group.command('move-stage').description('put a stage in front of another').argument('<number>', '', recordNumber).argument('<code>', 'its code')
    .requiredOption('--before <stage>', 'the stage it is put in front of').option('--json', 'one JSON document')
    .action(async (id: number, code: string, { before, json }: { before: string; json?: boolean }) => change(id, json, (db, now) => moveStage(db, id, code, before, { now })))
}
