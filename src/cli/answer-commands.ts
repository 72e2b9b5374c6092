// reminder answers, reminder take-back: what was answered to mails, and what of it is taken back.

import { type Command } from 'commander'
import { listAnswers } from '../app/answer-list.ts'
import { act } from '../app/app.ts'
import { takeBackAnswer } from '../app/taking-back.ts'
import { recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, facts, noteLimit, table } from './output.ts'

export function addAnswerCommands(group: Command, context: Context): void {
  group.command('answers').description('who answered what to their mail, newest first').argument('[certification]', 'only of this one', recordNumber)
    .option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async (certification: number | undefined, options: { limit: number; json?: boolean }) => {
      const all = await listAnswers(await context.app(), certification, options.limit)
      noteLimit(context, all.length, options.limit)
      answer(context, options.json, all, () => table(['number', 'answered', 'mail of', 'by', 'answer', 'day', 'certification', 'duty', 'notice', 'remark', 'via', 'taken back'], all.map((one) => [
        one.id, one.answeredAt, one.person, one.actor === one.person ? '' : one.actor, one.action, one.on, one.certification.slice(0, 40),
        `${one.obligationId} ${one.obligation.en}`, one.notice, one.remark, one.via, one.takenBackAt,
      ]), 'Nobody has answered yet.'))
    })
  group.command('take-back').description('take an answer back; what it said was done is open again').argument('<answer>', 'its number', recordNumber)
    .option('--json', 'one JSON document')
    .action(async (id: number, options: { json?: boolean }) => {
      const app = await context.app()
      const taken = await act(app, (db, now) => takeBackAnswer(app, db, id, { now, via: 'command' }))
      answer(context, options.json, taken, () => facts([['answer', taken.id], ['was', taken.action], ['duty', taken.obligationId], ['taken back', taken.takenBackAt]]))
    })
}
