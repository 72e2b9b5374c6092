// message quarantined, release, drop: mail that may have been sent before a restore, and what becomes of it.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { act, type App, rehearse } from '../app/app.ts'
import { type Chosen, dropMessages, type HeldMail, listHeldMail, type Release, releaseMessages } from '../app/quarantine.ts'
import { invalid } from '../errors.ts'
import { recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { readInputFile } from './input-file.ts'
import { answer, noteLimit, table } from './output.ts'

export function addQuarantineCommands(group: Command, context: Context): void {
  group.command('quarantined').description('mail that may have been sent before a restore: to whom, what it says, when it would have been sent')
    .option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async ({ limit, json }: { limit: number; json?: boolean }) => {
      const held = await listHeldMail(await context.app(), limit)
      noteLimit(context, held.length, limit)
      answer(context, json, held, () => table(['number', 'would have gone', 'to', 'kind', 'says', 'Message-ID'],
        held.map((one) => [one.id, one.dueAt, one.person, one.kind, saysText(one), one.messageId]), 'No mail is quarantined.'))
    })
  releaseCommand(group, context)
  numbered(group.command('drop').description('take quarantined mail out: it was sent before the restore, and what it says stays said'))
    .action(async (ids: number[], { all, json }: { all?: boolean; json?: boolean }) => {
      const chosen = chosenOf('drop', ids, all)
      const dropped = await act(await context.app(), (db, now) => dropMessages(db, chosen, { now }))
      answer(context, json, { dropped }, () => `${counted(dropped.length)} dropped as sent before the restore.`)
    })
}

const numbered = (command: Command): Command => command.argument('[numbers...]', '', numbers)
  .option('--all', 'all that is quarantined').option('--json', 'one JSON document')

const numbers = (text: string, earlier: readonly number[] = []): number[] => [...earlier, recordNumber(text)]

interface ReleaseOptions { all?: boolean; unlessIn?: string; dryRun?: boolean; json?: boolean }

function releaseCommand(group: Command, context: Context): void {
  numbered(group.command('release').description('let quarantined mail leave at once; several to one person leave as one'))
    .option('--unless-in <file>', 'a file of Message-IDs known to have been sent, such as a mail server’s log: those are dropped, the others released')
    .option('--dry-run', 'only say what would be done')
    .action(async (ids: number[], { all, unlessIn, dryRun, json }: ReleaseOptions) => {
      const chosen = unlessIn !== undefined && ids.length === 0 ? 'all' : chosenOf('release', ids, all)
      const sentIn = unlessIn === undefined ? undefined : Buffer.from(await readInputFile(resolve(context.io.cwd, unlessIn), 200)).toString('utf8')
      const release = await releasing(await context.app(), chosen, { sentIn, dryRun: dryRun ?? false })
      answer(context, json, { ...release, dryRun: dryRun ?? false }, () => releaseText(release, dryRun ? 'would be ' : ''))
    })
}

async function releasing(app: App, chosen: Chosen, { sentIn, dryRun }: { readonly sentIn: string | undefined; readonly dryRun: boolean }): Promise<Release> {
  const carryOut = dryRun ? rehearse : act
  return await carryOut(app, (db, now) => releaseMessages(app, db, chosen, { now, sentIn }))
}

function chosenOf(verb: string, ids: readonly number[], all: boolean | undefined): Chosen {
  if (ids.length > 0 && all) throw invalid(`Either numbers or --all: message ${verb} 12 13, or message ${verb} --all`)
  if (ids.length === 0 && !all) throw invalid(`Which? message ${verb} 12 13, or message ${verb} --all. List them with: message quarantined`)
  return all ? 'all' : ids
}

const counted = (n: number): string => (n === 1 ? '1 mail' : `${n} mails`)

function releaseText({ released, joined, dropped }: Release, would: string): string {
  return [
    `${counted(released.length)} ${would}released${would ? '' : ': leaving with the next delivery'}.`,
    ...joined.length > 0 ? [`${counted(joined.length)} ${would}joined to the newest to the same person: ${joined.map((one) => `${one.id} to ${one.into}`).join(', ')}.`] : [],
    ...dropped.length > 0 ? [`${counted(dropped.length)} ${would}dropped as sent before the restore: ${dropped.join(', ')}.`] : [],
  ].join('\n')
}

const shownNotices = 4

function saysText({ kind, notices, news, inDoubt, rehearsal }: HeldMail): string {
  const said = notices.slice(0, shownNotices).map((one) => `${one.certification}: ${one.title.en} ${one.notice}`)
  return [
    ...said, ...notices.length > shownNotices ? [`… and ${notices.length - shownNotices} more`] : [],
    ...news > 0 ? [`${news} news`] : [], ...kind === 'digest' ? ['the weekly status'] : [],
    ...inDoubt ? ['(as it may have left)'] : [], ...rehearsal ? ['(rehearsal: stays here)'] : [],
  ].join('\n')
}
