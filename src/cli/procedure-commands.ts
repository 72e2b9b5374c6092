// procedure: runs through a scheme's stages, from the first step to the last.

import type { Command } from 'commander'
import { act, type App } from '../app/app.ts'
import { getPerson } from '../app/people.ts'
import { abandonProcedure, retargetProcedure, startProcedure } from '../app/procedures.ts'
import { type RunView, viewRuns } from '../app/runs.ts'
import { assignSteps, markSteps } from '../app/steps.ts'
import { listWindows } from '../app/windows.ts'
import { type Day, dayOf, type Instant } from '../core/day.ts'
import { stepStates, type StepState } from '../core/network.ts'
import { notFound } from '../errors.ts'
import { day, oneOf, recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { addProcedureEdits } from './procedure-edits.ts'
import { runText, risksIn } from './procedure-text.ts'
import { answer, noteLimit, table } from './output.ts'

type Db = Parameters<Parameters<typeof act>[1]>[0]

export function addProcedureCommands(program: Command, context: Context): void {
  const group = program.command('procedure').description('runs through a scheme\'s stages, planned back from the day they are for')
  startCommand(group, context)
  listCommand(group, context)
  group.command('show').description('one run: its steps with their days and slack, drawn as a chart, and how the forecast moved')
    .argument('<number>', '', recordNumber).option('--as-of <day>', 'asked on another day', day).option('--json', 'one JSON document')
    .action(async (id: number, { asOf, json }: { asOf?: Day; json?: boolean }) => showRun(context, await context.app(), id, { asOf, json }))
  stepCommands(group, context)
  addProcedureEdits(group, context)
}

/** Prints a run as it stands after a command. */
export async function showRun(context: Context, app: App, id: number, { asOf, json }: { readonly asOf?: Day | undefined; readonly json?: boolean | undefined }): Promise<void> {
  const [run] = await viewRuns(app, app.database.db, { ids: [id] }, asOf)
  if (!run) throw notFound(`There is no procedure ${id}. List them with: procedure list`)
  answer(context, json, run, () => runText(run, { asOf: asOf ?? dayOf(app.clock.now(), context.zone), columns: context.io.columns, language: context.io.language }))
}

interface StartOptions { template: string; on?: Day; target?: Day; for?: number; json?: boolean }

function startCommand(group: Command, context: Context): void {
  group.command('start').description('start a run from the scheme\'s template').argument('<certification>', '', recordNumber)
    .requiredOption('--template <id>', 'scheme show').option('--on <day>', 'first day (default: today)', day)
    .option('--target <day>', 'the day it is for (default: the last allowed day of the next duty its template serves)', day)
    .option('--for <obligation>', 'the duty it is for, where there are several', recordNumber).option('--json', 'one JSON document')
    .action(async (certificationId: number, options: StartOptions) => {
      const app = await context.app()
      const id = await act(app, (db, now) => startProcedure(app, db, {
        certificationId, template: options.template, startOn: options.on ?? dayOf(now, context.zone), targetOn: options.target, obligationId: options.for,
      }, { now }))
      await showRun(context, app, id, { json: options.json })
    })
}

interface ListOptions { certification?: number; running?: boolean; toStart?: boolean; asOf?: Day; limit: number; json?: boolean }

function listCommand(group: Command, context: Context): void {
  group.command('list').description('list runs, the newest first').option('--certification <n>', 'only of this one', recordNumber)
    .option('--running', 'only those that have not ended').option('--to-start', 'instead, the runs that nobody has started yet, with the last day each may begin')
    .option('--as-of <day>', 'asked on another day', day).option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async (options: ListOptions) => {
      const app = await context.app()
      if (options.toStart) return await listToStart(context, app, options)
      const runs = await viewRuns(app, app.database.db, { certificationId: options.certification, runningOnly: options.running }, options.asOf, options.limit)
      noteLimit(context, runs.length, options.limit)
      answer(context, options.json, runs, () => listText(context, runs))
    })
}

function listText(context: Context, runs: readonly RunView[]): string {
  const { language } = context.io
  return table(['number', 'run', 'certification', 'stage', 'done', 'for', 'forecast', 'slack', 'risk', 'next', 'by'], runs.map((one) => {
    const stage = one.stages.findIndex((each) => each.state === 'current')
    return [
      one.id, one.title[language], one.certification.slice(0, 30), stage < 0 ? 'ended' : `${stage + 1} of ${one.stages.length} ${one.stages[stage]!.title[language]}`,
      `${one.percent} %`, one.targetOn, one.endedOn ? one.endedOn : one.forecastOn, one.slack, risksIn[language][one.risk], one.next?.[language], one.nextOn,
    ]
  }), 'No runs. Start one: procedure start CERTIFICATION --template ID')
}

async function listToStart(context: Context, app: App, { certification, asOf, limit, json }: ListOptions): Promise<void> {
  const { language } = context.io
  const windows = await listWindows(app, { certificationId: certification, asOf }, limit)
  noteLimit(context, windows.length, limit)
  answer(context, json, windows, () => table(['certification', 'name', 'run', 'for', 'due', 'opens', 'begin by', 'slack'], windows.map((one) => [
    one.certificationId, one.certification.slice(0, 30), one.template, one.duty[language], one.dueOn, one.opensOn, one.latestStartOn, one.slack,
  ]), 'Every duty that a run could be for has one.'))
}

interface MarkOptions { as: StepState; on?: Day; reason?: string; waitsOn?: string; expected?: Day; json?: boolean }

function stepCommands(group: Command, context: Context): void {
  const change = async (id: number, json: boolean | undefined, work: (db: Db, now: Instant) => Promise<unknown>): Promise<void> => {
    const app = await context.app()
    await act(app, work)
    await showRun(context, app, id, { json })
  }
  group.command('mark').description('say how far steps are').argument('<number>', '', recordNumber).argument('<step...>', 'codes such as 4.2; the code of a stage means all its steps that are left')
    .requiredOption('--as <state>', stepStates.join(', '), oneOf(...stepStates)).option('--on <day>', 'default: today', day)
    .option('--reason <text>', 'why it is skipped').option('--waits-on <party>', 'whom it waits on')
    .option('--expected <day>', 'when that party says it will have acted', day).option('--json', 'one JSON document')
    .action(async (id: number, codes: string[], options: MarkOptions) => change(id, options.json, (db, now) => markSteps(db, id, codes, {
      state: options.as, on: options.on ?? dayOf(now, context.zone), reason: options.reason, waitsOn: options.waitsOn, expectedOn: options.expected,
    }, { now })))
  group.command('assign').description('give steps to somebody').argument('<number>', '', recordNumber).argument('<step...>', 'codes of steps or stages')
    .requiredOption('--to <person>', 'address or number; none to give them back to the owner of the certification').option('--json', 'one JSON document')
    .action(async (id: number, codes: string[], { to, json }: { to: string; json?: boolean }) => change(id, json, async (db, now) =>
      assignSteps(db, id, codes, to === 'none' ? null : (await getPerson(db, to)).id, { now })))
  group.command('target').description('change the day a run is for').argument('<number>', '', recordNumber).requiredOption('--on <day>', 'the new day', day).option('--json', 'one JSON document')
    .action(async (id: number, { on, json }: { on: Day; json?: boolean }) => change(id, json, (db, now) => retargetProcedure(db, id, on, { now })))
  group.command('end').description('give a run up: what is left of it is owed no more').argument('<number>', '', recordNumber).requiredOption('--reason <text>', 'why').option('--json', 'one JSON document')
    .action(async (id: number, { reason, json }: { reason: string; json?: boolean }) => change(id, json, (db, now) => abandonProcedure(db, id, reason, { now })))
}
