// obligation: deadlines, and what people decide about them.

import type { Command } from 'commander'
import { act, type App } from '../app/app.ts'
import { type DutyView, listObligations } from '../app/lists.ts'
import {
  type Act, answers, assignObligation, bookObligation, confirmObligation, dismissObligation, doneObligation, getObligation, localDayOf, meetObligation, reopenObligation, unbookObligation,
} from '../app/obligations.ts'
import { getPerson } from '../app/people.ts'
import { type Day, dayOf } from '../core/day.ts'
import type { Obligation } from '../core/obligation.ts'
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
