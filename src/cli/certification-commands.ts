// certification, obligation, procedure: records, decisions, deadlines, stages and steps.

import type { Command } from 'commander'
import { act } from '../app/app.ts'
import { decideCertification, editCertification } from '../app/certifications.ts'
import { enterCertification } from '../app/entry.ts'
import { listCertifications, listObligations } from '../app/lists.ts'
import { getHome, getOrganisation, getPerson } from '../app/people.ts'
import type { DecisionKind } from '../core/certification.ts'
import { type Day, dayOf } from '../core/day.ts'
import { notFound } from '../errors.ts'
import { day, dayPair, given, oneOf, recordNumber } from './arguments.ts'
import { dutyTable } from './obligation-commands.ts'
import type { Context } from './context.ts'
import { answer, facts, noteLimit, table } from './output.ts'

interface AddOptions {
  scheme: string; name: string; organisation?: string; owner?: string; set: Record<string, Day>
  level?: string; edition?: string; eal?: string; number?: string; body?: string; scope?: string; holder?: string; parent?: number
  cycle: 'initial' | 'recertification'; json?: boolean
}

export function addCertificationCommands(program: Command, context: Context): void {
  const group = program.command('certification').description('records and the decisions taken on them')
  group.command('add').description('enter a certification; its duties follow from the scheme')
    .requiredOption('--scheme <id>', 'scheme list').requiredOption('--name <name>', 'what is certified: a system, a product, a site')
    .requiredOption('--set <anchor=day>', 'decision, issue, expiry, filing, report …; any number of times (scheme show)', dayPair)
    .option('--organisation <name>', 'who holds it; may be left out while there is only one').option('--owner <person>', 'address or number')
    .option('--level <level>', 'level').option('--edition <edition>', 'edition').option('--eal <eal>', 'assurance level')
    .option('--number <number>', 'certificate number').option('--body <name>', 'certification body').option('--scope <text>', 'scope of certification')
    .option('--holder <name>', 'name on the certificate where it is another').option('--parent <n>', 'the certification it rides on', recordNumber)
    .option('--cycle <kind>', 'initial or recertification', oneOf('initial', 'recertification'), 'initial').option('--json', 'one JSON document')
    .action(async (options: AddOptions) => {
      const app = await context.app()
      const id = await act(app, async (db, now) => enterCertification(app, db, {
        organisationId: (await getHome(db, options.organisation)).id, scheme: options.scheme, name: options.name, days: options.set,
        options: given({ level: options.level, edition: options.edition, eal: options.eal }), cycleKind: options.cycle,
        scope: options.scope, holder: options.holder, certificateNumber: options.number, certificationBody: options.body,
        ownerId: options.owner === undefined ? undefined : (await getPerson(db, options.owner)).id, parentId: options.parent,
      }, now))
      const duties = await listObligations(app, { states: ['open', 'submitted', 'unconfirmed'], certificationId: id.certificationId })
      answer(context, options.json, { ...id, obligations: duties.map((one) => one.obligation) }, () =>
        `Added certification ${id.certificationId}: ${options.name}.\n\n${dutyTable(duties)}${unconfirmedNote(id.unconfirmed)}`)
    })
  listCommands(group, context)
  decisionCommands(group, context)
}

const unconfirmedNote = (n: number): string => (n === 0 ? ''
  : `\n\n${n} ${n === 1 ? 'was' : 'were'} past already: nobody is reminded of ${n === 1 ? 'it' : 'them'} until you answer with: obligation confirm N --answer done|open|not-ours`)

function listCommands(group: Command, context: Context): void {
  group.command('list').description('list certifications and where they stand').option('--organisation <name>', 'only of this one').option('--scheme <id>', 'only of this scheme')
    .option('--search <words>', 'in name, holder or number').option('--as-of <day>', 'asked on another day', day)
    .option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async (options: { organisation?: string; scheme?: string; search?: string; asOf?: Day; limit: number; json?: boolean }) => {
      const app = await context.app()
      const home = options.organisation === undefined ? undefined : await act(app, (db) => getOrganisation(db, options.organisation!))
      const all = await listCertifications(app, { organisationId: home?.id, scheme: options.scheme, words: options.search }, options)
      const rows = all.map(({ certification, standing, ...rest }) => ({
        id: certification.id, name: certification.name, ...rest, certificateNumber: certification.certificateNumber ?? null,
        state: standing.state, endsOn: standing.endsOn ?? null, binds: standing.binds ?? null, owner: rest.owner ?? null,
      }))
      noteLimit(context, rows.length, options.limit)
      answer(context, options.json, rows, () => table(['number', 'certification', 'scheme', 'organisation', 'state', 'valid until', 'owner'],
        rows.map((one) => [one.id, one.name.slice(0, 60), one.scheme, one.organisation, one.state, one.endsOn, one.owner ?? 'none']),
        'No certifications. Enter one: certification add --scheme iso-27001 --name NAME --set decision=YYYY-MM-DD'))
    })
  group.command('show').description('one certification: days, decisions, duties').argument('<number>', '', recordNumber)
    .option('--as-of <day>', 'asked on another day', day).option('--json', 'one JSON document')
    .action(async (id: number, options: { asOf?: Day; json?: boolean }) => {
      const app = await context.app()
      const [one] = await listCertifications(app, { after: id - 1 }, { asOf: options.asOf, limit: 1 })
      if (one?.certification.id !== id) throw notFound(`There is no certification ${id}. List them with: certification list`)
      const duties = await listObligations(app, { states: ['unconfirmed', 'open', 'submitted', 'met', 'not-applicable'], certificationId: id })
      answer(context, options.json, { ...one, obligations: duties.map((duty) => duty.obligation) }, () => [
        facts([
          ['certification', `${id} ${one.certification.name}`], ['scheme', one.scheme], ['organisation', one.organisation], ['holder', one.certification.holder],
          ['certificate number', one.certification.certificateNumber], ['body', one.certification.certificationBody], ['owner', one.owner ?? 'none'],
          ['state', one.standing.state], ['valid until', one.standing.endsOn], ['what binds', one.standing.binds], ['can be restored until', one.standing.restorableUntil],
        ]),
        ...one.certification.cycles.map((cycle) => table([`cycle ${cycle.number} (${cycle.kind})`, 'day', ''],
          cycle.anchors.map((anchor) => [anchor.name, anchor.day, anchor.assumed ? 'assumed' : '']), '')),
        table(['decision', 'on', 'until', 'reason'], one.certification.decisions.map((decision) => [decision.kind, decision.decidedOn, decision.untilOn, decision.reason]), 'No decisions.'),
        dutyTable(duties),
      ].join('\n\n'))
    })
}

interface DecideOptions { on?: Day; until?: Day; reason?: string; set?: Record<string, Day>; number?: string; json?: boolean }

const decisions: readonly (readonly [DecisionKind, string, boolean])[] = [
  ['grant', 'the body has granted it', false], ['maintain', 'kept after surveillance, or a maintenance report', false],
  ['renew', 'recertified: a new cycle begins', false], ['suspend', 'suspended by the body', true], ['restore', 'restored', false],
  ['withdraw', 'withdrawn by the body', false], ['cancel', 'given up', false], ['extend', 'extended until a day', true],
  ['archive', 'archived by its register', false], ['expand-scope', 'scope expanded', false], ['reduce-scope', 'scope reduced', false],
]

function decisionCommands(group: Command, context: Context): void {
  for (const [kind, says, lasts] of decisions) {
    const command = group.command(kind).description(says).argument('<number>', '', recordNumber)
      .option('--on <day>', 'the day of the decision (default: today)', day).option('--reason <text>', 'why').option('--json', 'one JSON document')
    if (lasts) command.option('--until <day>', 'its last day', day)
    if (kind === 'renew' || kind === 'grant' || kind === 'restore') {
      command.option('--set <anchor=day>', 'days of the new certificate, such as expiry=2029-05-01', dayPair).option('--number <number>', 'new certificate number')
    }
    command.action(async (id: number, options: DecideOptions) => {
      const app = await context.app()
      const decided = await act(app, (db, now) => decideCertification(app, db, id, {
        kind, decidedOn: options.on ?? dayOf(now, 'UTC'), untilOn: options.until, reason: options.reason, certificateNumber: options.number,
        anchors: Object.entries(options.set ?? {}).map(([name, on]) => ({ name, day: on, assumed: false })),
      }, now))
      const duties = await listObligations(app, { states: ['open', 'submitted', 'unconfirmed'], certificationId: id })
      answer(context, options.json, { certification: decided, obligations: duties.map((one) => one.obligation) }, () => `Recorded: ${kind} ${decided.name}.\n\n${dutyTable(duties)}`)
    })
  }
  group.command('edit').description('correct a record').argument('<number>', '', recordNumber).option('--name <name>', 'what is certified')
    .option('--owner <person>', 'address or number; none to clear').option('--number <number>', 'certificate number').option('--body <name>', 'certification body')
    .option('--set <anchor=day>', 'correct a day', dayPair).option('--json', 'one JSON document')
    .action(async (id: number, options: { name?: string; owner?: string; number?: string; body?: string; set?: Record<string, Day>; json?: boolean }) => {
      const app = await context.app()
      const moved = await act(app, async (db, now) => editCertification(app, db, id, {
        name: options.name, certificateNumber: options.number, certificationBody: options.body,
        ownerId: options.owner === undefined ? undefined : options.owner === 'none' ? null : (await getPerson(db, options.owner)).id,
        anchors: Object.entries(options.set ?? {}).map(([name, on]) => ({ name, day: on, assumed: false })),
      }, { now }))
      answer(context, options.json, { moved }, () => (moved.length === 0 ? `Corrected certification ${id}. No duty moved.`
        : `Corrected certification ${id}. Moved:\n${table(['rule', 'from', 'to'], moved.map((one) => [one.rule, one.from, one.to]), '')}`))
    })
}
