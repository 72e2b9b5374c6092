// evidence: links and files that prove something, added, listed, read back and withdrawn.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { act, type App } from '../app/app.ts'
import { openFileSource } from '../app/evidence-files.ts'
import { addEvidence, type EvidenceView, listEvidence, openEvidence, type TargetName, withdrawEvidence } from '../app/evidence.ts'
import { getPerson } from '../app/people.ts'
import { dayOf } from '../core/day.ts'
import { type Evidence, formatSize } from '../core/evidence.ts'
import type { Person } from '../core/person.ts'
import { invalid } from '../errors.ts'
import { recordNumber, stepName } from './arguments.ts'
import type { Context } from './context.ts'
import { writeOutputFile } from './output-file.ts'
import { answer, facts, noteLimit, table } from './output.ts'

export function addEvidenceCommands(program: Command, context: Context): void {
  const group = program.command('evidence').description('files and links that prove something: who added what when')
  addCommand(group, context)
  listCommand(group, context)
  getCommand(group, context)
  withdrawCommand(group, context)
}

interface TargetOptions { requirement?: number; obligation?: number; step?: { procedureId: number; code: string }; finding?: number }

const withTarget = (command: Command): Command => command
  .option('--requirement <n>', 'an item of a checklist (requirement list)', recordNumber).option('--obligation <n>', 'a duty (obligation list)', recordNumber)
  .option('--step <run/code>', 'a step of a run, such as 3/4.2 (procedure show)', stepName).option('--finding <n>', 'what an audit found', recordNumber)

/** Returns the one thing that is named; undefined where none is. */
function targetOf({ requirement, obligation, step, finding }: TargetOptions): TargetName | undefined {
  const named: TargetName[] = [
    ...(requirement === undefined ? [] : [{ kind: 'requirement', id: requirement } as const]),
    ...(obligation === undefined ? [] : [{ kind: 'obligation', id: obligation } as const]),
    ...(step === undefined ? [] : [{ kind: 'step', ...step } as const]),
    ...(finding === undefined ? [] : [{ kind: 'finding', id: finding } as const]),
  ]
  if (named.length > 1) throw invalid('Evidence proves one thing: give one of --requirement, --obligation, --step and --finding.')
  return named[0]
}

const byOf = async (app: App, person: string | undefined): Promise<Person | undefined> =>
  (person === undefined ? undefined : await act(app, (db) => getPerson(db, person)))

type AddOptions = TargetOptions & { title?: string; by?: string; json?: boolean }

function addCommand(group: Command, context: Context): void {
  withTarget(group.command('add').description('add a file of at most 25 MB, or a link, to what it proves').argument('<file or url>'))
    .option('--title <text>', 'what it is called').option('--by <person>', 'who adds it: address or number').option('--json', 'one JSON document')
    .action(async (what: string, { title, by, json, ...rest }: AddOptions) => {
      const target = targetOf(rest)
      if (target === undefined) throw invalid('Say what it proves: --requirement N, --obligation N, --step RUN/CODE or --finding N.')
      const source = looksLikeLink(what) ? { link: what } : await openFileSource(resolve(context.io.cwd, what))
      const app = await context.app()
      const added = await addEvidence(app, { target, source, title, by: await byOf(app, by) })
      if (added.claimed !== undefined && added.file) {
        context.io.stderr(`The name says ${added.claimed}, the content is ${added.file.type}: it is kept as that.\n`)
      }
      answer(context, json, added, () => evidenceText(context, added))
    })
}

// Any scheme: what no link may be is then refused as a link, not looked for as a file.
const looksLikeLink = (text: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(text)

function evidenceText(context: Context, one: EvidenceView): string {
  return facts([
    ['evidence', one.id], ['title', one.title], ['link', one.link],
    ['file', one.file?.name], ['size', one.file && formatSize(one.file.size)], ['type', one.file?.type], ['SHA-256', one.file?.sha256],
    ['proves', provenText(context, one)], ['certification', `${one.certificationId} ${one.certification}`],
    ['added', `${one.addedAt.toString()}${one.addedBy ? ` by ${one.addedBy}` : ''}`],
    ['withdrawn', one.withdrawn && `${one.withdrawn.at.toString()}${one.withdrawn.by ? ` by ${one.withdrawn.by}` : ''}: ${one.withdrawn.reason ?? ''}`],
  ])
}

function provenText({ io }: Context, { target }: EvidenceView): string {
  const name = target.kind === 'step' ? `${target.procedureId}/${target.code}` : `${target.id}${target.code ? ` (${target.code})` : ''}`
  return `${target.kind} ${name} ${target.title[io.language].slice(0, 60)}`
}

/** Names a link or a file in a cell of a table. */
export const proofText = ({ title, link, file }: Evidence): string => [title, link ?? `${file.name} (${formatSize(file.size)})`].filter(Boolean).join(' ')

type ListOptions = TargetOptions & { certification?: number; by?: string; withdrawn?: boolean; limit: number; json?: boolean }

function listCommand(group: Command, context: Context): void {
  withTarget(group.command('list').description('list evidence, the newest first').option('--certification <n>', 'only of this one', recordNumber))
    .option('--by <person>', 'only what this person added: address or number').option('--withdrawn', 'also what was withdrawn')
    .option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async ({ certification: certificationId, by, withdrawn: withdrawnToo, limit, json, ...rest }: ListOptions) => {
      const target = targetOf(rest)
      const app = await context.app()
      const personId = (await byOf(app, by))?.id
      const found = await listEvidence(app, { certificationId, target, personId, withdrawnToo }, limit)
      noteLimit(context, found.length, limit)
      answer(context, json, found, () => listText(context, found))
    })
}

function listText(context: Context, found: readonly EvidenceView[]): string {
  const someWithdrawn = found.some((one) => one.withdrawn)
  return table(['number', 'evidence', 'proves', 'certification', 'added', 'by', ...(someWithdrawn ? ['withdrawn'] : [])], found.map((one) => [
    one.id, proofText(one), provenText(context, one), `${one.certificationId} ${one.certification.slice(0, 30)}`, dayOf(one.addedAt, context.zone), one.addedBy,
    ...(someWithdrawn ? [one.withdrawn && `${dayOf(one.withdrawn.at, context.zone).toString()} ${one.withdrawn.reason ?? ''}`] : []),
  ]), 'No evidence. Add some: evidence add FILE|URL --requirement N')
}

interface GetOptions { out?: string; force?: boolean; json?: boolean }

function getCommand(group: Command, context: Context): void {
  group.command('get').description('write a file as it was added; its SHA-256 is checked').argument('<number>', 'as evidence list shows it', recordNumber)
    .option('--out <file>', 'where to (default: its own name in the current folder); - writes it to standard output')
    .option('--force', 'also over a file that is there').option('--json', 'one JSON document')
    .action(async (id: number, options: GetOptions) => {
      if (options.out === '-' && options.json) throw invalid('--out - and --json both want standard output: leave one away.')
      const { content, ...file } = await openEvidence(await context.app(), id)
      if (options.out === '-') {
        for await (const part of content) await context.io.stdoutBytes(part)
        return
      }
      const path = await writeOutputFile(resolve(context.io.cwd, options.out ?? '.'), { name: file.name, content, force: options.force ?? false })
      answer(context, options.json, { evidence: id, ...file, path }, () => facts([
        ['written', path], ['size', formatSize(file.size)], ['type', file.type], ['SHA-256', file.sha256],
      ]))
    })
}

function withdrawCommand(group: Command, context: Context): void {
  group.command('withdraw').description('say that it proves it no longer; it stays recorded').argument('<number>', 'as evidence list shows it', recordNumber)
    .requiredOption('--reason <text>', 'why').option('--by <person>', 'who withdraws it: address or number').option('--json', 'one JSON document')
    .action(async (id: number, { reason, by, json }: { reason: string; by?: string; json?: boolean }) => {
      const app = await context.app()
      const person = await byOf(app, by)
      const withdrawn = await act(app, (db, now) => withdrawEvidence(db, id, reason, { now, by: person }))
      answer(context, json, withdrawn, () => evidenceText(context, withdrawn))
    })
}
