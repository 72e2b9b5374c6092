// audit: visits planned, booked, moved, carried out and cancelled, for any number of certifications.

import { type Command, InvalidArgumentError } from 'commander'
import { act, type App } from '../app/app.ts'
import { type AuditView, bookAudit, cancelAudit, coverDuties, getAudit, listAudits, planAudit, recordAudit, releaseDuties, type VisitedDuty } from '../app/audits.ts'
import { type Day, dayOf, type Instant } from '../core/day.ts'
import { invalid } from '../errors.ts'
import { day, list, names, oneOf, recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, facts, noteLimit, table } from './output.ts'

type Db = Parameters<Parameters<typeof act>[1]>[0]

/** Reads numbers with commas between, given any number of times. */
function numbers(text: string, earlier: readonly number[] = []): number[] {
  const found = list(text).map(recordNumber)
  if (found.length === 0) throw new InvalidArgumentError('Give at least one number.')
  return [...earlier, ...found]
}

export function addAuditCommands(program: Command, context: Context): void {
  const group = program.command('audit').description('visits of auditors, each for any number of certifications')
  planCommand(group, context)
  moveCommand(group, context)
  recordCommands(group, context)
  listCommands(group, context)
}

async function changed(context: Context, json: boolean | undefined, work: (app: App, db: Db, now: Instant) => Promise<number>): Promise<void> {
  const app = await context.app()
  const id = await act(app, (db, now) => work(app, db, now))
  await showAudit(context, app, id, json)
}

async function showAudit(context: Context, app: App, id: number, json: boolean | undefined, asOf?: Day): Promise<void> {
  const audit = await getAudit(app, id, asOf)
  answer(context, json, audit, () => auditText(audit, context))
}

interface PlanOptions {
  certification?: number[]; obligation?: number[]; title?: string; body?: string; organisationCovered?: string[]; site?: string[]
  from?: Day; until?: Day; pastTheLimit?: boolean; json?: boolean
}

function planCommand(group: Command, context: Context): void {
  group.command('plan').description('plan a visit, and book it where its days are agreed')
    .option('--certification <numbers>', 'the audit each of them owes next: 1,2,3', numbers).option('--obligation <numbers>', 'these duties', numbers)
    .option('--title <text>', 'what it is called').option('--body <name>', 'who comes (default: the body of the certificates)')
    .option('--organisation-covered <name>', 'an organisation it visits; any number of times (default: what the certificates cover)', names)
    .option('--site <name>', 'a site it visits; any number of times', names)
    .option('--from <day>', 'its first agreed day', day).option('--until <day>', 'its last agreed day (default: the first)', day)
    .option('--past-the-limit', 'keep days past a last allowed one').option('--json', 'one JSON document')
    .action(async (options: PlanOptions) => changed(context, options.json, (app, db, now) => {
      if (options.until && !options.from) throw invalid('Give the first day too: --from DAY.')
      return planAudit(app, db, {
        certificationIds: options.certification, obligationIds: options.obligation, title: options.title, body: options.body,
        organisations: options.organisationCovered, sites: options.site, days: options.from && { from: options.from, until: options.until, pastTheLimit: options.pastTheLimit ? 'keep' : 'refuse' },
      }, { now })
    }))
}

interface MoveOptions { from: Day; until?: Day; by: 'body' | 'us'; reason?: string; pastTheLimit?: boolean; json?: boolean }

function moveCommand(group: Command, context: Context): void {
  for (const [name, says] of [['book', 'agree on its days'], ['move', 'agree on other days']] as const) {
    group.command(name).description(says).argument('<number>', '', recordNumber)
      .requiredOption('--from <day>', 'its first agreed day', day).option('--until <day>', 'its last agreed day (default: the first)', day)
      .option('--by <who>', 'body, us: who moved it; the body needs a reason', oneOf('body', 'us'), 'us').option('--reason <text>', 'why')
      .option('--past-the-limit', 'keep days past a last allowed one').option('--json', 'one JSON document')
      .action(async (id: number, options: MoveOptions) => changed(context, options.json, async (app, db, now) => {
        await bookAudit(app, db, id, { from: options.from, until: options.until, by: options.by, reason: options.reason, pastTheLimit: options.pastTheLimit ? 'keep' : 'refuse' }, { now })
        return id
      }))
  }
}

function recordCommands(group: Command, context: Context): void {
  group.command('record').description('it took place: each duty is met by its own rule').argument('<number>', '', recordNumber)
    .option('--on <day>', 'its last day on site (default: today)', day).option('--except <numbers>', 'duties it did not look at', numbers).option('--json', 'one JSON document')
    .action(async (id: number, { on, except, json }: { on?: Day; except?: number[]; json?: boolean }) => changed(context, json, async (app, db, now) => {
      await recordAudit(app, db, id, { on: on ?? dayOf(now, context.zone), except }, { now })
      return id
    }))
  group.command('cancel').description('it will not take place').argument('<number>', '', recordNumber).requiredOption('--reason <text>', 'why').option('--json', 'one JSON document')
    .action(async (id: number, { reason, json }: { reason: string; json?: boolean }) => changed(context, json, async (app, db, now) => {
      await cancelAudit(app, db, id, reason, { now })
      return id
    }))
  group.command('cover').description('let it serve further duties').argument('<number>', '', recordNumber).requiredOption('--obligation <numbers>', 'these duties', numbers)
    .option('--past-the-limit', 'though its day is past a last allowed one').option('--json', 'one JSON document')
    .action(async (id: number, { obligation, pastTheLimit, json }: { obligation: number[]; pastTheLimit?: boolean; json?: boolean }) => changed(context, json, async (app, db, now) => {
      await coverDuties(app, db, id, obligation, pastTheLimit ? 'keep' : 'refuse', { now })
      return id
    }))
  group.command('release').description('take duties out of it').argument('<number>', '', recordNumber).requiredOption('--obligation <numbers>', 'these duties', numbers).option('--json', 'one JSON document')
    .action(async (id: number, { obligation, json }: { obligation: number[]; json?: boolean }) => changed(context, json, async (app, db, now) => {
      await releaseDuties(app, db, id, obligation, { now })
      return id
    }))
}

function listCommands(group: Command, context: Context): void {
  group.command('list').description('list visits, the newest first').option('--certification <n>', 'only those for this one', recordNumber).option('--live', 'only those still to come')
    .option('--as-of <day>', 'asked on another day', day)
    .option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async ({ certification, live, asOf, limit, json }: { certification?: number; live?: boolean; asOf?: Day; limit: number; json?: boolean }) => {
      const found = await listAudits(await context.app(), { certificationId: certification, liveOnly: live }, limit, asOf)
      noteLimit(context, found.length, limit)
      answer(context, json, found, () => table(['number', 'visit', 'body', 'state', 'from', 'until', 'took place', 'certifications', 'past a limit', 'next', 'days left'], found.map((one) => [
        one.id, one.title.slice(0, 40), one.body, one.state, one.bookedFrom, one.bookedUntil, one.carriedOutOn, new Set(one.duties.map((duty) => duty.certificationId)).size,
        one.duties.filter((duty) => duty.fit === 'past-the-limit').length || '', nextMoves[context.io.language][one.next], one.daysLeft,
      ]), 'No visits. Plan one: audit plan --certification N'))
    })
  group.command('show').description('one visit: its days, and the last allowed, booked and actual day of each duty').argument('<number>', '', recordNumber).option('--as-of <day>', 'asked on another day', day).option('--json', 'one JSON document')
    .action(async (id: number, { asOf, json }: { asOf?: Day; json?: boolean }) => showAudit(context, await context.app(), id, json, asOf))
}

const nextMoves = {
  en: { book: 'book it', prepare: 'prepare', record: 'record it, or move it', none: '' }, zh: { book: '请约定日期', prepare: '请准备', record: '请登记结果或改期', none: '' },
} as const

function auditText(audit: AuditView, { io: { language } }: Context): string {
  const days = audit.bookedFrom && `${audit.bookedFrom.toString()}${audit.bookedUntil?.equals(audit.bookedFrom) ? '' : ` to ${audit.bookedUntil?.toString() ?? ''}`}`
  return [
    facts([
      ['audit', `${audit.id} ${audit.title}`], ['body', audit.body], ['state', audit.state],
      ['next', audit.countedTo && `${nextMoves[language][audit.next]}: ${audit.countedTo.toString()} (${audit.daysLeft!} days)`], ['booked', days], ['took place', audit.carriedOutOn],
      ['cancelled', audit.cancelledOn && `${audit.cancelledOn.toString()}, ${audit.reason ?? ''}`], ['organisations', audit.organisations.join('; ')], ['sites', audit.sites.join('; ')],
    ]),
    table(['duty', 'what', 'certification', 'last allowed', 'booked', 'actual', 'state', 'met once'], audit.duties.map((one) => [
      one.obligationId, one.title[language].slice(0, 50), `${one.scheme[language]} ${one.certification}`.slice(0, 50),
      `${one.dueOn.toString()}${one.latestOn ? ` (late after ${one.latestOn.toString()})` : ''}`, one.bookedOn, one.doneOn, one.state, one.metBy,
    ]), 'It covers no duty.'),
    ...audit.duties.flatMap((one) => noteOf(one, language) ?? []),
    ...(audit.moves.length === 0 ? [] : [table(['moved on', 'from', 'to', 'by', 'reason'], audit.moves.map((one) => [one.at.toString().slice(0, 10), one.fromOn, one.toOn, one.movedBy, one.reason]), '')]),
  ].join('\n\n')
}

function noteOf({ fit, daysToLimit, rule, obligationId, costs }: VisitedDuty, language: 'en' | 'zh'): string | undefined {
  if (fit === 'past-the-limit') return `Note: past the limit of ${rule} (duty ${obligationId}) by ${-(daysToLimit ?? 0)} days.${costs ? ` ${costs[language]}` : ''}`
  if (fit === 'stricter-passed') return `Note: ${rule} (duty ${obligationId}) is past the stricter of two last days.`
  return fit === 'before-window' ? `Note: ${rule} (duty ${obligationId}) is before its window opens.` : undefined
}
