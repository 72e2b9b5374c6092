// evidence: files and links that prove something, added, listed, fetched and withdrawn.

import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { act } from '../app/app.ts'
import { openFileSource } from '../app/evidence-files.ts'
import { addEvidence, type EvidenceView, listEvidence, openEvidence, type OpenedFile, type TargetName, withdrawEvidence } from '../app/evidence.ts'
import { formatSize } from '../core/evidence.ts'
import { conflict, invalid } from '../errors.ts'
import { recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, facts, noteLimit, table } from './output.ts'

interface TargetOptions { requirement?: number; obligation?: number; finding?: number; step?: { procedureId: number; code: string } }

/** Reads `RUN/CODE`. */
function stepName(text: string): { procedureId: number; code: string } {
  const [, run, code] = /^([1-9]\d{0,8})\/([A-Za-z0-9.]+)$/.exec(text) ?? []
  if (run === undefined || code === undefined) throw new InvalidArgumentError(`"${text}" is not a step of a run: write RUN/CODE, such as 3/4.2.`)
  return { procedureId: Number(run), code }
}

const withTarget = (command: Command): Command => command
  .option('--requirement <n>', 'an item of a checklist', recordNumber).option('--obligation <n>', 'a duty', recordNumber)
  .option('--step <run/code>', 'a step of a run, such as 3/4.2', stepName).option('--finding <n>', 'a finding', recordNumber)

function targetOf({ requirement, obligation, finding, step }: TargetOptions): TargetName | undefined {
  const named: TargetName[] = [
    ...(requirement === undefined ? [] : [{ kind: 'requirement' as const, id: requirement }]), ...(obligation === undefined ? [] : [{ kind: 'obligation' as const, id: obligation }]),
    ...(finding === undefined ? [] : [{ kind: 'finding' as const, id: finding }]), ...(step === undefined ? [] : [{ kind: 'step' as const, ...step }]),
  ]
  if (named.length > 1) throw invalid('Evidence proves one thing: give only one of --requirement, --obligation, --step, --finding.')
  return named[0]
}

export function addEvidenceCommands(program: Command, context: Context): void {
  const group = program.command('evidence').description('files and links that prove something')
  addCommand(group, context)
  listCommand(group, context)
  getCommand(group, context)
  group.command('withdraw').description('take evidence back: it stays recorded, and counts no more').argument('<number>', '', recordNumber)
    .requiredOption('--reason <text>', 'why').option('--json', 'one JSON document')
    .action(async (id: number, { reason, json }: { reason: string; json?: boolean }) => {
      const app = await context.app()
      const withdrawn = await act(app, (db, now) => withdrawEvidence(db, id, reason, { now }))
      answer(context, json, withdrawn, () => `Withdrawn: ${nameOf(withdrawn)}. It stays listed with: evidence list --withdrawn`)
    })
}

function addCommand(group: Command, context: Context): void {
  withTarget(group.command('add').description('add a file of at most 25 MB, or a link').argument('<file or link>', 'a file, or https://…'))
    .option('--title <text>', 'what it is called').option('--json', 'one JSON document')
    .action(async (what: string, options: TargetOptions & { title?: string; json?: boolean }) => {
      const target = targetOf(options)
      if (!target) throw invalid('Say what it proves: --requirement N, --obligation N, --step RUN/CODE or --finding N.')
      const app = await context.app()
      const source = /^https?:\/\//i.test(what) ? { link: what } : await openFileSource(resolve(context.io.cwd, what))
      const added = await addEvidence(app, { target, source, title: options.title })
      if (added.claimed) context.io.stderr(`Its name says ${added.claimed}; by its content it is ${added.file?.type ?? 'something else'} and is kept as that.\n`)
      answer(context, options.json, added, () => evidenceFacts(added, context))
    })
}

const nameOf = (one: EvidenceView): string => one.title ?? one.file?.name ?? one.link ?? ''

const provenBy = ({ target }: EvidenceView, { io: { language } }: Context): string =>
  `${target.kind} ${target.procedureId === undefined ? target.id : `${target.procedureId}/${target.code ?? ''}`} ${target.title[language]}`

function evidenceFacts(one: EvidenceView, context: Context): string {
  return facts([
    ['evidence', one.id], ['proves', provenBy(one, context)], ['certification', `${one.certificationId} ${one.certification}`], ['title', one.title], ['link', one.link],
    ['file', one.file?.name], ['type', one.file?.type], ['size', one.file && formatSize(one.file.size)], ['SHA-256', one.file?.sha256],
    ['added', `${one.addedAt.toString({ smallestUnit: 'second' })}${one.addedBy ? ` by ${one.addedBy}` : ''}`],
  ])
}

interface ListOptions extends TargetOptions { certification?: number; withdrawn?: boolean; limit: number; json?: boolean }

function listCommand(group: Command, context: Context): void {
  withTarget(group.command('list').description('list evidence, the newest first').option('--certification <n>', 'only of this one', recordNumber))
    .option('--withdrawn', 'also what was withdrawn').option('--limit <n>', 'at most so many', recordNumber, 1000).option('--json', 'one JSON document')
    .action(async (options: ListOptions) => {
      const app = await context.app()
      const found = await listEvidence(app, { certificationId: options.certification, target: targetOf(options), withdrawnToo: options.withdrawn }, options.limit)
      noteLimit(context, found.length, options.limit)
      answer(context, options.json, found, () => table(['number', 'proves', 'certification', 'what', 'type', 'size', 'added', 'by', 'withdrawn'], found.map((one) => [
        one.id, provenBy(one, context).slice(0, 50), one.certification.slice(0, 30), nameOf(one).slice(0, 50), one.file?.type ?? 'link', one.file && formatSize(one.file.size),
        one.addedAt.toString().slice(0, 10), one.addedBy, one.withdrawn && `${one.withdrawn.at.toString().slice(0, 10)}${one.withdrawn.reason ? ` ${one.withdrawn.reason}` : ''}`,
      ]), 'No evidence. Add some: evidence add FILE --obligation N'))
    })
}

function getCommand(group: Command, context: Context): void {
  group.command('get').description('fetch a file').argument('<number>', '', recordNumber)
    .option('--out <file>', 'where to (default: its own name, here); - for standard output').option('--force', 'overwrite a file that is there')
    .action(async (id: number, { out, force }: { out?: string; force?: boolean }) => {
      const opened = await openEvidence(await context.app(), id)
      if (out === '-') {
        for await (const part of opened.content) await context.io.stdoutBytes(part)
        return
      }
      const path = resolve(context.io.cwd, out ?? opened.name)
      if (!force && existsSync(path)) throw conflict(`${path} is there already. Give another name with --out FILE, or --force to overwrite it.`)
      await writeWhole(opened, path)
      context.io.stdout(`${path} (${opened.type}, ${formatSize(opened.size)}).\n`)
    })
}

// Whoever opens the file must find all of it or nothing: it gets its name last.
async function writeWhole({ content }: OpenedFile, path: string): Promise<void> {
  const unfinished = `${path}.unfinished`
  try {
    await pipeline(content, createWriteStream(unfinished, { mode: 0o600 }))
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
