// message bounce: what a mail server reports later of a mail it had taken, handed in as it came.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type Recorded, recordReport } from '../app/bounces.ts'
import type { getMessage } from '../app/lists.ts'
import { invalid } from '../errors.ts'
import type { Context } from './context.ts'
import { readInputFile } from './input-file.ts'
import { answer, table } from './output.ts'

type Bounces = Awaited<ReturnType<typeof getMessage>>['bounces']

export const bouncesTable = (bounces: Bounces): string => table(['reported', 'action', 'status', 'address suspended', 'the mail server said'],
  bounces.map((one) => [one.receivedAt, one.action, one.status, one.suspends ? 'yes' : 'no', one.diagnostic]), '')

export function addBounceCommand(group: Command, context: Context): void {
  group.command('bounce').description('take in what came back: the report of a mail server, from standard input or a file').argument('[file]', 'the whole mail as it came; standard input without one')
    .option('--recipient <address>', 'the address it came to, where its headers do not say so').option('--json', 'one JSON document')
    .action(async (file: string | undefined, { recipient, json }: { recipient?: string; json?: boolean }) => {
      const raw = file === undefined ? new TextEncoder().encode(await context.io.stdin()) : await readInputFile(resolve(context.io.cwd, file), 1)
      if (raw.byteLength === 0) throw invalid('There is nothing to read. Hand in the whole report: message bounce < report.eml')
      const recorded = await recordReport(await context.app(), raw, recipient)
      if (recorded.outcome === 'refused') throw invalid(`Refused, and nothing was changed: ${recorded.reason}.`)
      answer(context, json, recorded, () => recordedText(recorded))
    })
}

function recordedText(recorded: Recorded): string {
  switch (recorded.outcome) {
    case 'refused': case 'ignored': return `Ignored: ${recorded.reason}.`
    case 'known': return `This report on message ${recorded.messageId} was taken in before; it counts once.`
    default: return `Message ${recorded.messageId} to ${recorded.person.name}: ${[recorded.action, recorded.status].filter(Boolean).join(', ')}.${
      recorded.diagnostic ? `\nThe mail server said: ${recorded.diagnostic}` : ''}\n${consequenceOf(recorded)}`
  }
}

function consequenceOf({ messageId, action, person, suspended }: Extract<Recorded, { outcome: 'recorded' }>): string {
  if (suspended) {
    return `The address is suspended, and what the mail said goes to the next in line. Once mail gets through again: person reinstate ${person.id}, or person edit ${person.id} --email ADDRESS`
  }
  if (action !== 'failed') return 'Recorded; nothing else changes.'
  return `The address is not suspended. See the mail with: message show ${messageId}`
}
