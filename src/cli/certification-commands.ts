// certification, obligation, procedure: records, decisions, deadlines, stages and steps.

import type { Command } from 'commander'
import { act, rehearse } from '../app/app.ts'
import { editCertification, tagsOf } from '../app/certifications.ts'
import { decideCertification } from '../app/decisions.ts'
import { enterCertification } from '../app/entry.ts'
import { listCertifications, listObligations, showCertification } from '../app/lists.ts'
import { getHome, getOrganisation, getPerson } from '../app/people.ts'
import type { DecisionKind, Replaced } from '../core/certification.ts'
import type { Day } from '../core/day.ts'
import type { Remark } from '../core/remark.ts'
import {
  country, countryOrNone, day, dayChange, dayPair, list as tagList, names, oneOf, recordNumber, type SchemeOptions, schemeOptions, withSchemeOptions,
} from './arguments.ts'
import { dutyTable } from './obligation-commands.ts'
import type { Context } from './context.ts'
import { answer, facts, noteLimit, table } from './output.ts'
import { movesTable } from './scheme-commands.ts'

interface AddOptions extends SchemeOptions {
  scheme: string; name: string; organisation?: string; owner?: string; set: Record<string, Day>; country?: string
  number?: string; body?: string; scope?: string; holder?: string; covers?: string[]; site?: string[]; tag?: string[]; parent?: number
  cycle: 'initial' | 'recertification'; json?: boolean
}

export function addCertificationCommands(program: Command, context: Context): void {
  const group = program.command('certification').description('records and the decisions taken on them')
  withSchemeOptions(group.command('add').description('enter a certification; its duties follow from the scheme')
    .requiredOption('--scheme <id>', 'scheme list').requiredOption('--name <name>', 'what is certified: a system, a product, a site')
    .requiredOption('--set <anchor=day>', 'decision, issue, expiry, filing, report …; any number of times (scheme show)', dayPair)
    .option('--organisation <name>', 'who holds it; may be left out while there is only one').option('--owner <person>', 'address or number')
    .option('--country <code>', 'whose rules apply where they are not the organisation\'s, such as CN', country)
    .option('--number <number>', 'certificate number').option('--body <name>', 'certification body').option('--scope <text>', 'scope of certification')
    .option('--holder <name>', 'name on the certificate where it is another').option('--covers <name>', 'an organisation it covers besides; any number of times', names)
    .option('--site <name>', 'a site it covers; any number of times', names)
    .option('--tag <tags>', 'words of your own to find and filter by; commas between', tagList).option('--parent <n>', 'the certification it rests on', recordNumber)
    .option('--cycle <kind>', 'initial or recertification', oneOf('initial', 'recertification'), 'initial').option('--json', 'one JSON document'))
    .action(async (options: AddOptions) => {
      const app = await context.app()
      const id = await act(app, async (db, now) => enterCertification(app, db, {
        organisationId: (await getHome(db, options.organisation)).id, scheme: options.scheme, name: options.name, days: options.set,
        options: schemeOptions(options), cycleKind: options.cycle, country: options.country,
        scope: options.scope, holder: options.holder, covers: options.covers, sites: options.site, tags: options.tag, certificateNumber: options.number, certificationBody: options.body,
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
    .option('--tag <tag>', 'only with this tag')
    .option('--search <words>', 'in name, holder, number or tags').option('--as-of <day>', 'asked on another day', day)
    .option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async (options: { organisation?: string; scheme?: string; tag?: string; search?: string; asOf?: Day; limit: number; json?: boolean }) => {
      const app = await context.app()
      const home = options.organisation === undefined ? undefined : await act(app, (db) => getOrganisation(db, options.organisation!))
      const all = await listCertifications(app, { organisationId: home?.id, scheme: options.scheme, tag: options.tag === undefined ? undefined : tagsOf([options.tag])[0], words: options.search }, options)
      const rows = all.map(({ certification, standing, ...rest }) => ({
        id: certification.id, name: certification.name, ...rest, certificateNumber: certification.certificateNumber ?? null, tags: certification.tags,
        state: standing.state, endsOn: standing.endsOn ?? null, binds: standing.binds ?? null, owner: rest.owner ?? null,
      }))
      noteLimit(context, rows.length, options.limit)
      answer(context, options.json, rows, () => table(['number', 'certification', 'scheme', 'organisation', 'state', 'valid until', 'owner', 'tags'],
        rows.map((one) => [one.id, one.name.slice(0, 60), one.scheme, one.organisation, one.state, one.endsOn, one.owner ?? 'none', one.tags.join(', ')]),
        'No certifications. Enter one: certification add --scheme iso-27001 --name NAME --set decision=YYYY-MM-DD'))
    })
  group.command('show').description('one certification: days, decisions, duties').argument('<number>', '', recordNumber)
    .option('--as-of <day>', 'asked on another day', day).option('--json', 'one JSON document')
    .action(async (id: number, options: { asOf?: Day; json?: boolean }) => {
      const app = await context.app()
      const one = await showCertification(app, id, options.asOf)
      const duties = await listObligations(app, { states: ['unconfirmed', 'open', 'submitted', 'met', 'not-applicable'], certificationId: id })
      answer(context, options.json, { ...one, obligations: duties.map((duty) => duty.obligation) }, () => [
        facts([
          ['certification', `${id} ${one.certification.name}`], ['scheme', one.scheme], ['organisation', one.organisation], ['holder', one.certification.holder],
          ['also covers', one.certification.covers.join('; ')], ['sites', one.certification.sites.join('; ')], ['rules of', one.certification.country], ['rests on', one.certification.parentId],
          ['certificate number', one.certification.certificateNumber], ['body', one.certification.certificationBody], ['owner', one.owner ?? 'none'], ['tags', one.certification.tags.join(', ')],
          ['state', one.standing.state], ['valid until', one.standing.endsOn], ['what binds', one.standing.binds], ['can be restored until', one.standing.restorableUntil],
          ['stated and computed', one.standing.statedOn && one.standing.computedOn && !one.standing.statedOn.equals(one.standing.computedOn)
            ? `stated ${one.standing.statedOn.toString()} counts; the rules give ${one.standing.computedOn.toString()}` : undefined],
        ]),
        ...one.remarks.length > 0 ? [one.remarks.map((remark) => `Note: ${remarkText(remark)}`).join('\n')] : [],
        ...one.certification.cycles.map((cycle) => table([`cycle ${cycle.number} (${cycle.kind})`, 'day', ''],
          cycle.anchors.map((anchor) => [anchor.name, anchor.day, anchor.assumed ? 'assumed' : '']), '')),
        table(['decision', 'on', 'until', 'was before', 'reason'], one.certification.decisions.map((decision) => [decision.kind, decision.decidedOn, decision.untilOn, decision.was && wasText(decision.was), decision.reason]), 'No decisions.'),
        dutyTable(duties),
      ].join('\n\n'))
    })
}

function remarkText(one: Remark): string {
  switch (one.kind) {
    case 'rule-set': return `these rules hold: ${one.title.en}.`
    case 'disputed': return `${one.option.en}: ${one.value.en}. ${one.says.en}`
    case 'edition-closed': return `decided on ${one.decidedOn.toString()} to ${one.edition.en}, to which decisions ended on ${one.until.toString()}.`
    case 'restoration-doubtful': return one.says.en
    case 'locked-out': return `no certification body takes a new application until ${one.until.toString()} (${one.basis}).`
    case 'footing-lapsed': return `what it rests on is ${one.state}${one.endsOn ? ` (${one.endsOn.toString()})` : ''}; that does not end it by rule.`
    case 'finding-open': return `${one.late ? 'LATE: ' : ''}${one.grade.en} ${one.number ?? one.findingId} is open (${one.title})${one.dueOn ? `, to be verified by ${one.dueOn.toString()}` : ''}: while it is, no renewal is decided (finding show ${one.findingId}).`
    case 'footing-renewed': return `what it rests on was renewed on ${one.on.toString()}, and its end follows; record its own renewal: certification renew N`
    default: return `it rests on ${one.schemes.join(' or ')}, which is not recorded (certification edit --parent N, or --set parent-expiry=DAY).`
  }
}

interface DecideOptions {
  on?: Day; until?: Day; reason?: string; set?: Record<string, Day>; number?: string; to?: string; scope?: string; covers?: string[]; site?: string[]; json?: boolean
}

const decisions: readonly (readonly [DecisionKind, string, boolean])[] = [
  ['grant', 'the body has granted it', false], ['maintain', 'kept after surveillance, or a maintenance report', false],
  ['renew', 'recertified: a new cycle begins', false], ['suspend', 'suspended by the body', true], ['restore', 'restored', false],
  ['withdraw', 'withdrawn by the body', false], ['cancel', 'given up', false], ['extend', 'extended until a day', true],
  ['archive', 'archived by its register', false], ['expand-scope', 'scope expanded', false], ['reduce-scope', 'scope reduced', false],
  ['refuse', 'the body has refused it: a first one stays planned, a renewal runs out', false], ['transfer', 'moved to another body: its cycle goes on', false],
]

function decisionCommands(group: Command, context: Context): void {
  for (const [kind, says, lasts] of decisions) {
    const command = group.command(kind).description(says).argument('<number>', '', recordNumber)
      .option('--on <day>', 'the day of the decision (default: today)', day).option('--reason <text>', 'why').option('--json', 'one JSON document')
    if (lasts) command.option('--until <day>', 'its last day', day)
    if (kind === 'renew' || kind === 'grant' || kind === 'restore') {
      command.option('--set <anchor=day>', 'days of the new certificate, such as expiry=2029-05-01', dayPair).option('--number <number>', 'new certificate number')
    }
    if (kind === 'transfer') command.requiredOption('--to <body>', 'the body it moves to').option('--number <number>', 'its number there')
    if (kind === 'expand-scope' || kind === 'reduce-scope') withScope(command)
    command.action(async (id: number, options: DecideOptions) => {
      const app = await context.app()
      const decided = await act(app, (db, now) => decideCertification(app, db, id, {
        kind, decidedOn: options.on, untilOn: options.until, reason: options.reason, certificateNumber: options.number, certificationBody: options.to, scope: options.scope, covers: options.covers, sites: options.site,
        anchors: Object.entries(options.set ?? {}).map(([name, on]) => ({ name, day: on, assumed: false })),
      }, now))
      const duties = await listObligations(app, { states: ['open', 'submitted', 'unconfirmed'], certificationId: id })
      answer(context, options.json, { certification: decided, obligations: duties.map((one) => one.obligation) }, () => `Recorded: ${kind} ${decided.name}.\n\n${dutyTable(duties)}`)
    })
  }
  editCommand(group, context)
}

const withScope = (command: Command): Command => command.option('--scope <text>', 'the scope from now on')
  .option('--covers <name>', 'the organisations it then covers, in place of those recorded', names).option('--site <name>', 'the sites it then covers, in place of those recorded', names)

const wasText = ({ certificateNumber, certificationBody, scope }: Replaced): string =>
  [certificateNumber && `number ${certificateNumber}`, certificationBody && `body ${certificationBody}`, scope && `scope ${scope}`].filter(Boolean).join(', ')

interface EditOptions extends SchemeOptions {
  name?: string; owner?: string; parent?: string; number?: string; body?: string; country?: string; covers?: string[]; site?: string[]; tag?: string[]
  set?: Record<string, Day | null>; dryRun?: boolean; json?: boolean
}

function editCommand(group: Command, context: Context): void {
  withSchemeOptions(group.command('edit').description('correct a record').argument('<number>', '', recordNumber).option('--name <name>', 'what is certified')
    .option('--owner <person>', 'address or number; none to clear').option('--number <number>', 'certificate number').option('--body <name>', 'certification body')
    .option('--set <anchor=day>', 'correct a day; none takes it away', dayChange).option('--country <code>', 'whose rules apply; none for the organisation\'s', countryOrNone)
    .option('--covers <name>', 'the organisations it covers, in place of those recorded', names).option('--site <name>', 'the sites it covers, in place of those recorded', names)
    .option('--tag <tags>', 'its tags, in place of those recorded; commas between; none to clear', tagList)
    .option('--parent <n>', 'the certification it rests on; none to clear', parentNumber))
    .option('--dry-run', 'list what would move, and change nothing').option('--json', 'one JSON document')
    .action(async (id: number, options: EditOptions) => {
      const app = await context.app()
      const chosen = schemeOptions(options)
      const moved = await (options.dryRun ? rehearse : act)(app, async (db, now) => editCertification(app, db, id, {
        name: options.name, certificateNumber: options.number, certificationBody: options.body, covers: options.covers, sites: options.site, tags: options.tag?.join() === 'none' ? [] : options.tag,
        ownerId: options.owner === undefined ? undefined : options.owner === 'none' ? null : (await getPerson(db, options.owner)).id,
        country: clearable(options.country), parentId: options.parent === undefined ? undefined : options.parent === 'none' ? null : Number(options.parent),
        options: Object.keys(chosen).length > 0 ? chosen : undefined,
        anchors: Object.entries(options.set ?? {}).map(([name, on]) => ({ name, day: on })),
      }, { now }))
      answer(context, options.json, { moved }, () =>
        `${options.dryRun ? `Nothing was changed. Certification ${id} corrected like this:` : `Corrected certification ${id}.`}\n\n${movesTable(moved)}`)
    })
}

const clearable = (text: string | undefined): string | null | undefined => (text === 'none' ? null : text)

const parentNumber = (text: string): string => (text === 'none' ? text : String(recordNumber(text)))
