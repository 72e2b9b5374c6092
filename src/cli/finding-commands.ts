// finding: what audits found, from the closing meeting to the verification.

import type { Command } from 'commander'
import { act } from '../app/app.ts'
import {
  addFinding, answerFinding, assignFinding, closeFinding, type FindingView, gradeFinding, listFindings, proveFinding, reopenFinding, showFinding, verifyFinding,
} from '../app/findings.ts'
import { getPerson } from '../app/people.ts'
import type { Day } from '../core/day.ts'
import { findingWords } from '../core/finding.ts'
import { day, recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, facts, noteLimit, table } from './output.ts'

export function addFindingCommands(program: Command, context: Context): void {
  const group = program.command('finding').description('what audits found: grade, answer, proof, verification')
  addCommand(group, context)
  listCommand(group, context)
  showCommand(group, context)
  stepCommands(group, context)
  gradeCommand(group, context)
  assignCommand(group, context)
}

type DayOrNone = Day | 'none'
interface DayOptions { answerBy?: DayOrNone; proofBy?: DayOrNone; verifyBy?: DayOrNone }

const dayOrNone = (text: string): DayOrNone => (text === 'none' ? text : day(text))
const givenDay = (one: DayOrNone | undefined): Day | null | undefined => (one === 'none' ? null : one)

const withDays = (command: Command): Command => command
  .option('--answer-by <day>', 'last day for the answer, as the body gave it; none takes it away', dayOrNone)
  .option('--proof-by <day>', 'last day for the proof, or none', dayOrNone)
  .option('--verify-by <day>', 'last day for the verification, or none', dayOrNone)

const daysIn = ({ answerBy, proofBy, verifyBy }: DayOptions) => ({ answerDueOn: givenDay(answerBy), proofDueOn: givenDay(proofBy), verifyDueOn: givenDay(verifyBy) })

interface AddOptions extends DayOptions {
  grade: string; title: string; on?: Day; audit?: number; number?: string; clause?: string; site?: string; owner?: string; json?: boolean
}

function addCommand(group: Command, context: Context): void {
  withDays(group.command('add').description('enter what an audit found; its days follow from the grade')
    .argument('<certification>', 'its number', recordNumber)
    .requiredOption('--grade <grade>', 'of the scheme\'s own scale (scheme show)').requiredOption('--title <text>', 'what was found')
    .option('--on <day>', 'the last day of the audit', day).option('--audit <n>', 'the audit that found it', recordNumber)
    .option('--number <text>', 'as the audit report numbers it').option('--clause <text>', 'the clause it is against').option('--site <text>', 'where')
    .option('--owner <person>', 'address or number; the owner of the certification without'))
    .option('--json', 'one JSON document')
    .action(async (certificationId: number, options: AddOptions) => {
      const app = await context.app()
      const added = await act(app, async (db, now) => await addFinding(app, db, {
        certificationId, grade: options.grade, title: options.title, foundOn: options.on, auditId: options.audit, number: options.number, clause: options.clause,
        site: options.site, ownerId: options.owner === undefined ? undefined : (await getPerson(db, options.owner)).id, ...daysIn(options),
      }, { now }))
      answer(context, options.json, jsonOf(added), () => findingText(context, added))
    })
}

interface ListOptions { certification?: number; audit?: number; open?: boolean; owner?: string; grade?: string; asOf?: Day; limit: number; json?: boolean }

function listCommand(group: Command, context: Context): void {
  group.command('list').description('list findings, what blocks a renewal first, then by what is owed next')
    .option('--certification <n>', 'only of this one', recordNumber).option('--audit <n>', 'only of this audit', recordNumber)
    .option('--open', 'only what is not closed yet').option('--owner <person>', 'address or number: theirs, and what is nobody\'s own in certifications of theirs')
    .option('--grade <grade>', 'only of this grade').option('--as-of <day>', 'as it was on another day', day)
    .option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async ({ certification: certificationId, audit: auditId, open: openOnly, owner, grade, asOf, limit, json }: ListOptions) => {
      const app = await context.app()
      const found = await act(app, async (db) => await listFindings(app, db, {
        certificationId, auditId, openOnly, grade, asOf, ownerId: owner === undefined ? undefined : (await getPerson(db, owner)).id,
      }, limit))
      noteLimit(context, found.length, limit)
      answer(context, json, found.map(jsonOf), () => table(
        ['number', 'certification', 'as reported', 'grade', 'finding', 'state', 'owed next', 'by', 'days', 'owner'], found.map((one) => rowOf(context, one)),
        'No findings. Enter one: finding add CERTIFICATION --grade GRADE --title "…" --on DAY'))
    })
}

function rowOf({ io: { language } }: Context, one: FindingView) {
  return [
    one.id, one.certification.slice(0, 30), one.number, one.gradeTitle[language], one.title.slice(0, 50), findingWords[one.state][language],
    one.owed?.what, one.owed?.dueOn, one.late ? `${-one.daysLeft!} late` : one.daysLeft, one.owner ?? 'none',
  ]
}

function showCommand(group: Command, context: Context): void {
  group.command('show').description('one finding: its days, its answer, what is owed').argument('<number>', '', recordNumber)
    .option('--json', 'one JSON document').action(async (id: number, { json }: { json?: boolean }) => {
      const app = await context.app()
      const found = await act(app, (db) => showFinding(app, db, id))
      answer(context, json, jsonOf(found), () => findingText(context, found))
    })
}

function findingText({ io: { language } }: Context, one: FindingView): string {
  const by = (dueOn: Day | undefined, on: Day | undefined): string | undefined =>
    (on ? `${on.toString()}${dueOn ? ` (by ${dueOn.toString()})` : ''}` : dueOn && `by ${dueOn.toString()}`)
  return facts([
    ['finding', `${one.id} ${one.title}`], ['certification', `${one.certificationId} ${one.certification}`], ['audit', one.audit && `${one.auditId} ${one.audit}`],
    ['as reported', one.number], ['grade', `${one.gradeTitle[language]} (${one.grade})`], ['state', findingWords[one.state][language]],
    ['clause', one.clause], ['site', one.site], ['found', one.foundOn],
    ['answer', by(one.answerDueOn, one.answeredOn)], ['proof', by(one.proofDueOn, one.provenOn)], ['verification', by(one.verifyDueOn, one.verifiedOn)],
    ['owed next', one.owed && `${one.owed.what}${one.owed.dueOn ? ` by ${one.owed.dueOn.toString()}` : ', no day is set'}${one.late ? ', late' : ''}`],
    ['closed by', one.closesBy === 'nothing' ? undefined : one.closesBy], ['closed', one.closedOn], ['because', one.closedReason],
    ['blocks', one.blocks && one.open ? 'no renewal is decided while it is open' : undefined], ['left open, it costs', one.open ? one.costs?.[language] : undefined],
    ['owner', one.owner ?? 'none'], ['correction', one.correction], ['root cause', one.rootCause], ['corrective action', one.correctiveAction],
    ['basis', `${one.basis} (${one.mark})`],
  ])
}

// Null where there is nothing: a program finds every key.
const jsonOf = (one: FindingView): unknown => ({
  id: one.id, certificationId: one.certificationId, certification: one.certification, cycle: one.cycle, auditId: one.auditId ?? null, audit: one.audit ?? null,
  number: one.number ?? null, grade: one.grade, gradeTitle: one.gradeTitle, title: one.title, clause: one.clause ?? null, site: one.site ?? null,
  state: one.state, open: one.open, foundOn: one.foundOn, answerDueOn: one.answerDueOn ?? null, proofDueOn: one.proofDueOn ?? null, verifyDueOn: one.verifyDueOn ?? null,
  answeredOn: one.answeredOn ?? null, provenOn: one.provenOn ?? null, verifiedOn: one.verifiedOn ?? null, closedOn: one.closedOn ?? null, closedReason: one.closedReason ?? null,
  owed: one.owed ? { what: one.owed.what, dueOn: one.owed.dueOn ?? null } : null, late: one.late, daysLeft: one.daysLeft ?? null, owner: one.owner ?? null,
  correction: one.correction ?? null, rootCause: one.rootCause ?? null, correctiveAction: one.correctiveAction ?? null,
  closesBy: one.closesBy, blocks: one.blocks, basis: one.basis, mark: one.mark,
})

interface StepOptions { on?: Day; correction?: string; rootCause?: string; action?: string; reason?: string; json?: boolean }

function stepCommands(group: Command, context: Context): void {
  const dated = (name: string, says: string): Command => group.command(name).description(says).argument('<number>', '', recordNumber)
    .option('--on <day>', 'the day (default: today)', day).option('--json', 'one JSON document')
  const carriedOut = (command: Command, work: (...given: [...Parameters<Parameters<typeof act>[1]>, number, StepOptions]) => Promise<FindingView>): void => {
    command.action(async (id: number, options: StepOptions) => {
      const app = await context.app()
      const changed = await act(app, (db, now) => work(db, now, id, options))
      answer(context, options.json, jsonOf(changed), () => findingText(context, changed))
    })
  }
  carriedOut(dated('answer', 'the answer has been sent: correction, root cause, corrective action').option('--correction <text>', 'what was put right at once')
    .option('--root-cause <text>', 'why it happened').option('--action <text>', 'what is done so that it does not happen again'),
  async (db, now, id, { on, correction, rootCause, action }) => await answerFinding(await context.app(), db, id, { on, correction, rootCause, correctiveAction: action }, { now }))
  carriedOut(dated('prove', 'the proof has been sent'), async (db, now, id, { on }) => await proveFinding(await context.app(), db, id, on, { now }))
  carriedOut(dated('verify', 'the body has verified it'), async (db, now, id, { on }) => await verifyFinding(await context.app(), db, id, on, { now }))
  carriedOut(dated('close', 'closed without being verified: taken back by the body, or settled otherwise').requiredOption('--reason <text>', 'why'),
    async (db, now, id, { on, reason }) => await closeFinding(await context.app(), db, id, { on, reason: reason! }, { now }))
  carriedOut(group.command('reopen').description('take the last step back: an answer or proof refused, a closing by mistake').argument('<number>', '', recordNumber)
    .option('--json', 'one JSON document'), async (db, now, id) => await reopenFinding(await context.app(), db, id, { now }))
}

function gradeCommand(group: Command, context: Context): void {
  withDays(group.command('grade').description('grade it again, or change its days').argument('<number>', '', recordNumber)
    .requiredOption('--grade <grade>', 'of the scheme\'s own scale').requiredOption('--reason <text>', 'why')).option('--json', 'one JSON document')
    .action(async (id: number, options: DayOptions & { grade: string; reason: string; json?: boolean }) => {
      const app = await context.app()
      const changed = await act(app, (db, now) => gradeFinding(app, db, id, { grade: options.grade, reason: options.reason, ...daysIn(options) }, { now }))
      answer(context, options.json, jsonOf(changed), () => findingText(context, changed))
    })
}

function assignCommand(group: Command, context: Context): void {
  group.command('assign').description('give it and its duties to somebody').argument('<number>', '', recordNumber)
    .argument('<person>', 'address or number; none gives it back to the owner of the certification').option('--json', 'one JSON document')
    .action(async (id: number, person: string, { json }: { json?: boolean }) => {
      const app = await context.app()
      const changed = await act(app, async (db, now) => await assignFinding(app, db, id, person === 'none' ? null : (await getPerson(db, person)).id, { now }))
      answer(context, json, jsonOf(changed), () => findingText(context, changed))
    })
}
