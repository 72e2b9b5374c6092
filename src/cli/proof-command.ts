// reminder proof: the evidence for auditors of one certification.

import type { Command } from 'commander'
import { answerText, formatProof, listProof, type Told } from '../app/proof.ts'
import { invalid } from '../errors.ts'
import { recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, table } from './output.ts'

export function addProofCommand(group: Command, context: Context): void {
  group.command('proof').description('for auditors: who was told what and when, what the server answered, who acknowledged').argument('<certification>', '', recordNumber)
    .option('--csv', 'a table for a spreadsheet').option('--json', 'one JSON document')
    .action(async (id: number, options: { csv?: boolean; json?: boolean }) => {
      if (options.csv && options.json) throw invalid('Say one of --csv and --json.')
      const told = await listProof(await context.app(), id)
      answer(context, options.json, told, () => (options.csv ? formatProof(told) : proofTable(told)))
    })
}

const proofTable = (told: readonly Told[]): string => table(
  ['decided', 'person', 'as', 'duty', 'notice', 'counted to', 'outcome', 'mail', 'to', 'settled', 'reply', 'answers'],
  told.map((one) => [
    one.decidedAt.toString({ smallestUnit: 'minute' }), one.person, one.audience ?? one.purpose, one.duty.en, one.notice, one.countedTo, one.outcome,
    one.mail && `${one.mail.number} ${one.mail.state}`, one.mail?.address, one.mail?.settledAt?.toString({ smallestUnit: 'minute' }), one.mail?.reply,
    one.answers.map(answerText).join('; '),
  ]), 'Nothing was said of it yet. What will be said: reminder preview')
