// obligation and procedure: deadlines and what people decide about them, runs and their steps.

import type { Command } from 'commander'
import { act, type App } from '../app/app.ts'
import { type DutyView, listObligations, listProcedures } from '../app/lists.ts'
import {
  type Act, answers, assignObligation, bookObligation, confirmObligation, dismissObligation, doneObligation, getObligation, localDayOf, meetObligation, reopenObligation, unbookObligation,
} from '../app/obligations.ts'
import { getPerson } from '../app/people.ts'
import { getProcedure, markStep, runningOf, startProcedure } from '../app/procedures.ts'
import { publishedCalendars } from '../app/calendars.ts'
import { type Day, dayOf } from '../core/day.ts'
import type { Obligation } from '../core/obligation.ts'
import { stepStates, type StepState } from '../core/procedure.ts'
import { invalid } from '../errors.ts'
import { day, oneOf, recordNumber, span } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, facts, noteLimit, table } from './output.ts'

type Db = Parameters<Parameters<typeof act>[1]>[0]

export const dutyTable = (duties: readonly DutyView[]): string => table(
  ['number', 'due', 'duty', 'certification', 'owner', 'booked', 'state', 'tier', 'mark'],
  duties.map(({ obligation: one, certification, owner }) => [
    one.id, `${one.dueOn.toString()}${one.latestOn ? ` (late after ${one.latestOn.toString()})` : ''}`, one.title.en, certification.slice(0, 40),
    owner ?? 'none', one.bookedOn, one.state, one.tier, `${one.mark}${one.provisional ? ', provisional' : ''}`,
  ]), 'No duties.')

export function addObligationCommands(program: Command, context: Context): void {
  const group = program.command('obligation').description('deadlines')
  group.command('list').description('list what is owed, by due day').option('--due-within <span>', 'such as P90D; what is late is always listed', span)
    .option('--owner <person>', 'address or number').option('--as-of <day>', 'asked on another day', day)
    .option('--unconfirmed', 'those that were past when they were entered').option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async (options: { dueWithin?: Temporal.Duration; owner?: string; asOf?: Day; unconfirmed?: boolean; limit: number; json?: boolean }) => {
      const app = await context.app()
      const today = options.asOf ?? dayOf(app.clock.now(), context.zone)
      const owner = options.owner === undefined ? undefined : await act(app, (db) => getPerson(db, options.owner!))
      const duties = await listObligations(app, {
        dueOnOrBefore: options.dueWithin && today.add(options.dueWithin), ownerId: owner?.id, states: options.unconfirmed ? ['unconfirmed'] : undefined,
      }, options.limit)
      noteLimit(context, duties.length, options.limit)
      answer(context, options.json, duties.map(({ obligation, ...rest }) => ({ ...obligation, ...rest })), () => dutyTable(duties))
    })
  actCommands(group, context)
  procedureCommands(program.command('procedure').description('runs through a scheme\'s stages'), context)
}

type Options = { on?: Day; none?: boolean; reason?: string; json?: boolean; to?: string; answer?: (typeof answers)[number]; pastTheLimit?: boolean }

function actCommands(group: Command, context: Context): void {
  const command = (name: string, says: string, use: (app: App, db: Db, id: number, options: Options, one: Act) => Promise<Obligation>): Command =>
    group.command(name).description(says).argument('<number>', '', recordNumber).option('--json', 'one JSON document')
      .action(async (id: number, options: Options) => {
        const app = await context.app()
        const changed = await act(app, (db, now) => use(app, db, id, options, { now }))
        answer(context, options.json, changed, () => facts([
          ['obligation', `${changed.id} ${changed.title.en}`], ['state', changed.state], ['due', changed.dueOn], ['booked', changed.bookedOn], ['met', changed.metOn],
        ]))
      })
  const dayOrToday = async (db: Db, id: number, on: Day | undefined, now: Act['now']): Promise<Day> => on ?? await localDayOf(db, await getObligation(db, id), now)
  command('book', 'agree on a day with the body', (app, db, id, options, one) => {
    if (options.none) return unbookObligation(app, db, id, one)
    if (!options.on) throw invalid('Give the agreed day, --on DAY, or --none to take it back.')
    return bookObligation(app, db, id, options.on, { ...one, pastTheLimit: options.pastTheLimit ? 'keep' : 'refuse' })
  }).option('--on <day>', 'the agreed day', day).option('--none', 'no day is agreed any more').option('--past-the-limit', 'keep a day past the last allowed one')
  command('done', 'the owner has done it', async (app, db, id, options, one) => doneObligation(app, db, id, await dayOrToday(db, id, options.on, one.now), one)).option('--on <day>', 'default: today', day)
  command('met', 'what its rule asks for has happened', async (app, db, id, options, one) => meetObligation(app, db, id, await dayOrToday(db, id, options.on, one.now), one)).option('--on <day>', 'default: today', day)
  command('not-applicable', 'it does not apply', (app, db, id, options, one) => dismissObligation(app, db, id, options.reason!, one)).requiredOption('--reason <text>', 'why')
  command('reopen', 'take back done, met or not-applicable', (app, db, id, options, one) => reopenObligation(app, db, id, options.reason!, one)).requiredOption('--reason <text>', 'why')
  command('confirm', 'answer about a duty that was past when it was entered', (app, db, id, options, one) => confirmObligation(app, db, id, { answer: options.answer!, on: options.on }, one))
    .requiredOption('--answer <answer>', answers.join(', '), oneOf(...answers)).option('--on <day>', 'done when', day)
  command('assign', 'give it to somebody', async (app, db, id, options, one) => assignObligation(app, db, id, options.to === 'none' ? null : (await getPerson(db, options.to!)).id, one))
    .requiredOption('--to <person>', 'address or number; none to give it back to the owner of the certification')
}

function procedureCommands(group: Command, context: Context): void {
  group.command('start').description('start a run from the scheme\'s template').argument('<certification>', '', recordNumber)
    .requiredOption('--template <id>', 'scheme show').option('--on <day>', 'first day (default: today)', day).option('--target <day>', 'the day it is for', day).option('--json', 'one JSON document')
    .action(async (id: number, options: { template: string; on?: Day; target?: Day; json?: boolean }) => {
      const app = await context.app()
      const run = await act(app, async (db, now) => getProcedure(db, await startProcedure(app, db, {
        certificationId: id, template: options.template, startOn: options.on ?? dayOf(now, context.zone), targetOn: options.target,
      }, { now })))
      answer(context, options.json, run, () => runText(run))
    })
  group.command('list').description('list runs').option('--certification <n>', 'only of this one', recordNumber).option('--json', 'one JSON document')
    .action(async (options: { certification?: number; json?: boolean }) => {
      const app = await context.app()
      const runs = (await listProcedures(app, { certificationId: options.certification })).map((run) => summaryOf(context, run, app.clock.now()))
      answer(context, options.json, runs, () => table(['number', 'run', 'certification', 'stage', 'done', 'next', 'by'], runs.map((one) => [
        one.procedureId, one.title.en, one.name, `${one.stageNumber} of ${one.stages} ${one.stage.en}`, `${one.percent} %`, one.next?.en, one.nextOn,
      ]), 'No runs. Start one: procedure start CERTIFICATION --template ID'))
    })
  group.command('show').description('one run, step by step').argument('<number>', '', recordNumber).option('--json', 'one JSON document')
    .action(async (id: number, options: { json?: boolean }) => {
      const app = await context.app()
      const run = await act(app, (db) => getProcedure(db, id))
      answer(context, options.json, { ...run, summary: summaryOf(context, run, app.clock.now()) }, () => runText(run))
    })
  group.command('mark').description('mark a step').argument('<number>', '', recordNumber).argument('<step>', 'its code, such as 4.2')
    .requiredOption('--as <state>', stepStates.join(', '), oneOf(...stepStates)).option('--on <day>', 'default: today', day)
    .option('--reason <text>', 'why it is skipped').option('--waits-on <party>', 'whom it waits on').option('--json', 'one JSON document')
    .action(async (id: number, code: string, options: { as: StepState; on?: Day; reason?: string; waitsOn?: string; json?: boolean }) => {
      const app = await context.app()
      const run = await act(app, (db, now) => markStep(db, id, code, {
        state: options.as, on: options.on ?? dayOf(now, context.zone), reason: options.reason, waitsOn: options.waitsOn,
      }, { now }))
      answer(context, options.json, run, () => runText(run))
    })
}

type Run = Awaited<ReturnType<typeof getProcedure>>

const summaryOf = (context: Context, run: Run, now: Act['now']) =>
  runningOf(run, { calendar: publishedCalendars().get('weekdays')!, asOf: dayOf(now, context.zone), title: run.procedure.title })

function runText(run: Run): string {
  const head = facts([
    ['run', `${run.procedure.id} ${run.procedure.title.en}`], ['certification', `${run.certification.id} ${run.certification.name}`],
    ['started', run.procedure.startedOn], ['for', run.procedure.targetOn], ['ended', run.procedure.endedOn],
  ])
  return [head, ...run.stages.map((stage) => `${stage.code} ${stage.title.en} ${stage.title.zh}\n${table(['step', 'what', 'start', 'finish', 'state', 'done', 'who'],
    stage.steps.map((step) => [step.code, step.title.en, step.startOn, `${step.finishOn?.toString() ?? ''}${step.provisional ? ' provisional' : ''}`, step.state, step.doneOn, step.role]), '')}`)].join('\n\n')
}
