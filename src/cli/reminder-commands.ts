// reminder, message, digest, job, simulate: what is said, what was said, and when it is looked at.

import { type Command } from 'commander'
import { act } from '../app/app.ts'
import { composeDigestPreview, type DigestQuestion } from '../app/digests.ts'
import { explainReminders, type Explanation, previewReminders } from '../app/explanations.ts'
import { askedMoment, listJobRuns, runJob } from '../app/jobs.ts'
import { simulate } from '../app/life.ts'
import { getMessage, listMessages } from '../app/lists.ts'
import { cancelMessage, retryMessage } from '../app/messages.ts'
import { getPerson } from '../app/people.ts'
import { placeText } from '../app/policies.ts'
import { type Day, dayOf } from '../core/day.ts'
import { messageStates, type MessageState } from '../core/message.ts'
import { invalid } from '../errors.ts'
import { addAnswerCommands } from './answer-commands.ts'
import { day, oneOf, recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { addBounceCommand, bouncesTable } from './message-commands.ts'
import { answer, facts, noteLimit, table } from './output.ts'
import { differenceText, previewDifference, previewRows, previewText } from './preview-text.ts'
import { addQuarantineCommands } from './quarantine-commands.ts'
import { addProofCommand } from './proof-command.ts'
import { type Run, trialOf } from './trial-run.ts'

export function addReminderCommands(program: Command, context: Context, run: Run): void {
  const reminders = program.command('reminder').description('what is said, to whom, and why')
  previewCommand(reminders, context, run)
  explainCommand(reminders, context)
  addAnswerCommands(reminders, context)
  const messages = program.command('message').description('the outbox and its deliveries')
  messageCommands(messages, context)
  addQuarantineCommands(messages, context)
  digestCommands(program.command('digest').description('the weekly status'), context)
  jobCommands(program.command('job').description('the timetable'), context)
  program.command('simulate').description('live a copy of the records day by day; nothing is sent').requiredOption('--from <day>', 'first day', day)
    .requiredOption('--to <day>', 'last day', day).option('--json', 'one JSON document')
    .action(async (options: { from: Day; to: Day; json?: boolean }) => {
      if (Temporal.PlainDate.compare(options.from, options.to) > 0) throw invalid(`--from ${options.from.toString()} is after --to ${options.to.toString()}.`)
      const mail = await simulate(await context.app(), context.jobs, options)
      answer(context, options.json, mail, () => table(['at', 'to', 'kind', 'subject'], mail.map((one) => [one.dueAt, one.to, one.kind, one.subject]), 'No mail.'))
    })
}

interface PreviewOptions { from?: Day; to?: Day; certification?: number; with?: string; json?: boolean }

function previewCommand(group: Command, context: Context, run: Run): void {
  group.command('preview').description('what will be said if nothing changes, or what a change would alter').option('--from <day>', 'first day (default: today)', day)
    .option('--to <day>', 'last day (default: 90 days on, with --with a year)', day).option('--certification <n>', 'only of this one', recordNumber)
    .option('--with <command>', 'a command that changes something, in quotes: it is tried on a copy, and what would be said otherwise is listed').option('--json', 'one JSON document')
    .action(async ({ with: line, json, ...asked }: PreviewOptions) => {
      if (line !== undefined) {
        const trial = trialOf(line, context, run)
        const difference = await previewDifference(context, await context.app(), asked, trial)
        return answer(context, json, difference.rows, () => differenceText(difference))
      }
      const app = await context.app()
      const from = asked.from ?? dayOf(app.clock.now(), context.zone)
      const lines = await previewReminders(app, { from, to: asked.to ?? from.add({ days: 90 }), certificationId: asked.certification })
      answer(context, json, previewRows(lines), () => previewText(lines))
    })
}

function explainCommand(group: Command, context: Context): void {
  group.command('explain').description('every duty of a certification, its notices, and why each was or was not said').argument('<certification>', '', recordNumber)
    .option('--as-of <day>', 'asked on another day', day).option('--json', 'one JSON document')
    .action(async (id: number, options: { asOf?: Day; json?: boolean }) => {
      const explained = await explainReminders(await context.app(), id, options.asOf)
      answer(context, options.json, explained, () => (explained.length === 0 ? noDuties : '') + explained.map(({ obligation, policy, listeners }) => [
        facts([['duty', `${obligation.id} ${obligation.title.en}`], ['policy', policyLine(policy)], ['due', obligation.dueOn], ['late after', obligation.latestOn], ['booked', obligation.bookedOn], ['state', obligation.state], ['basis', `${obligation.basis} (${obligation.mark})`]]),
        ...listeners.map((one) => `  ${one.person} (${one.audience}, ${one.purpose}): ${one.decision.say ? 'is told' : 'is not told'}: ${one.decision.reason}${one.decision.notice ? `, ${one.decision.notice}` : ''}${one.decision.next ? `; next ${one.decision.next.notice} on ${one.decision.next.on.toString()}` : ''}\n${
          one.notices.map((notice) => `    ${notice.on.toString()}  ${notice.notice.padEnd(10)}  ${notice.outcome}${notice.messageId ? ` in message ${notice.messageId}` : ''} (${notice.reason})`).join('\n')}`),
      ].join('\n')).join('\n\n'))
    })
  addProofCommand(group, context)
}

function policyLine({ ladder, from }: Explanation['policy']): string {
  const parts = [...Map.groupBy(from, (one) => placeText(one.place))].map(([place, of]) => `${of.map((one) => one.part).join(', ')} from ${place}`)
  return `${ladder}: ${parts.length === 0 ? 'the default' : `${parts.join('; ')}; the rest by default`}`
}

const noDuties = 'It owes nothing, so nobody is told: it is archived, ended, or no rule of its scheme applies. See: certification show'

function messageCommands(group: Command, context: Context): void {
  group.command('list').description('list messages, newest first').option('--state <state>', messageStates.join(', '), oneOf(...messageStates))
    .option('--to <person>', 'address or number').option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async (options: { state?: MessageState; to?: string; limit: number; json?: boolean }) => {
      const app = await context.app()
      const person = options.to === undefined ? undefined : await act(app, (db) => getPerson(db, options.to!))
      const all = await listMessages(app, { states: options.state && [options.state], personId: person?.id }, options.limit)
      noteLimit(context, all.length, options.limit)
      answer(context, options.json, all, () => table(['number', 'due', 'to', 'kind', 'state', 'subject', 'last reply'],
        all.map((one) => [one.id, one.dueAt, one.person, one.kind, one.state, one.subject, one.reply]), 'No messages.'))
    })
  group.command('show').description('one message as it is or was sent').argument('<number>', '', recordNumber).option('--html', 'its HTML part').option('--eml', 'its final bytes').option('--json', 'one JSON document')
    .action(async (id: number, options: { html?: boolean; eml?: boolean; json?: boolean }) => {
      const { message, deliveries, bounces } = await getMessage(await context.app(), id)
      const raw = message.raw ? Buffer.from(message.raw).toString('utf8') : null
      answer(context, options.json, { ...message, raw, token: undefined, deliveries, bounces }, () => {
        if (options.eml) return raw ?? notComposed
        if (options.html) return message.html ?? notComposed
        return [
          facts([['message', message.id], ['kind', message.kind], ['for', message.period], ['due', message.dueAt], ['state', message.state], ['to', message.address], ['subject', message.subject], ['Message-ID', message.messageId], ['last reply', message.reply]]),
          table(['attempt', 'by', 'started', 'outcome', 'phase', 'fault', 'reply'], deliveries.map((one) => [one.attempt, one.channel, one.startedAt, one.outcome, one.phase, one.fault, one.reply]), 'No attempts.'),
          ...bounces.length > 0 ? [bouncesTable(bounces)] : [],
          message.text ?? notComposed,
        ].join('\n\n')
      })
    })
  addBounceCommand(group, context)
  group.command('retry').description('try a rejected or abandoned message again').argument('<number>', '', recordNumber).action(async (id: number) => {
    await act(await context.app(), (db, now) => retryMessage(db, id, now))
    answer(context, false, null, () => `Message ${id} is tried again at the next delivery.`)
  })
  group.command('cancel').description('take out a message that has not left').argument('<number>', '', recordNumber).action(async (id: number) => {
    await act(await context.app(), (db, now) => cancelMessage(db, id, now))
    answer(context, false, null, () => `Message ${id} is cancelled.`)
  })
}

const notComposed = 'It is composed when it is delivered.'

function digestCommands(group: Command, context: Context): void {
  group.command('preview').description('the weekly status as it would go out').option('--to <person>', 'a compliance manager (default: the first), or an owner for their own')
    .option('--organisation <names>', 'of these organisations only; commas between; all').option('--scheme <ids>', 'of these schemes only; commas between; all')
    .option('--tag <tags>', 'of what has one of these tags only; commas between; all')
    .option('--as-of <day>', 'asked on another day', day).option('--html', 'its HTML part').option('--json', 'one JSON document')
    .action(async (options: DigestQuestion & { html?: boolean; json?: boolean }) => {
      const preview = await composeDigestPreview(await context.app(), options)
      answer(context, options.json, preview, () => (options.html ? preview.html : `${preview.subject}\n\n${preview.text}`))
    })
}

function jobCommands(group: Command, context: Context): void {
  group.command('list').description('which jobs there are, when they run, and how they last did').option('--json', 'one JSON document')
    .action(async (options: { json?: boolean }) => {
      const runs = await listJobRuns(await context.app())
      const rows = context.jobs.map(({ name, cron, says }) => ({ name, cron, says, lastRun: runs.find((run) => run.job === name) ?? null }))
      answer(context, options.json, rows, () => table(['job', 'UTC', 'when and what', 'last run', 'outcome'],
        rows.map((one) => [one.name, one.cron, one.says, one.lastRun?.startedAt, one.lastRun?.outcome ?? (one.lastRun ? 'under way' : 'never')]), ''))
    })
  group.command('run').description('one run of a job').argument('<name>').option('--now <instant>', 'as of another moment; only while mail is captured').option('--json', 'one JSON document')
    .action(async (name: string, options: { now?: string; json?: boolean }) => {
      const job = context.jobs.find((one) => one.name === name)
      if (!job) throw invalid(`There is no job "${name}". Jobs: ${context.jobs.map((one) => one.name).join(', ')}.`)
      if (options.now !== undefined && context.served) {
        throw invalid('--now is not possible beside a running server, whose clock would disagree. Stop it, or use: simulate --from DAY --to DAY')
      }
      const app = await context.app()
      const now = options.now === undefined ? app.clock.now() : await askedMoment(app, options.now)
      const counts = await runJob(app, job, { now, asked: options.now !== undefined, transport: context.transport(app) })
      answer(context, options.json, { job: name, now, counts }, () => `${name} at ${now.toString()}: ${Object.entries(counts).map(([what, n]) => `${n} ${what}`).join(', ') || 'nothing to do'}.`)
    })
}
