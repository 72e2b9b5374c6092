// The command that proves the simulator: in a copy of the sources it makes one fault after the other, and lives seeds
// until the oracle has something to say. Exit 0: each was found; 1: one was not, or the bank does not fit the sources.
//
//   npm run simulate:mutants                       all of them, 200 seeds each at most
//   npm run simulate:mutants -- --rotation 4       four of those that were found before, others every day
//   npm run simulate:mutants -- --only "the gate"  those whose name holds a text

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/clock.ts'
import { type Edit, found as everFound, type Mutant, mutants } from './mutants.ts'

const root = join(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '200' }, years: { type: 'string', default: '1' }, rotation: { type: 'string' }, only: { type: 'string' }, check: { type: 'boolean', default: false } },
})

interface Summary { readonly seeds: number; readonly seconds: number; readonly findings: readonly { readonly seed: number; readonly kind: string; readonly says: string }[] }

/** Returns the sources with one fault; throws where its text is not there exactly once. */
function mutated(text: string, edit: Edit): string {
  const parts = text.split(edit.from)
  if (parts.length !== 2) throw new Error(`${edit.file} holds ${parts.length - 1} times: ${edit.from}`)
  return parts.join(edit.to)
}

function misfits(): string[] {
  return mutants.flatMap((one) => one.edits.flatMap((edit) => {
    try {
      mutated(readFileSync(join(root, edit.file), 'utf8'), edit)
      return []
    } catch (error) {
      return [`"${one.name}" does not fit: ${error instanceof Error ? error.message : String(error)}`]
    }
  }))
}

function copySources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'recert-mutants-'))
  for (const name of ['src', 'jobs', 'drizzle', 'tests', 'package.json']) cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

/** Lives seeds on the copy with the fault in it; the copy is whole again afterwards. */
function live(copy: string, one: Mutant): Summary | string {
  const files = [...new Set(one.edits.map((edit) => edit.file))]
  for (const file of files) {
    const edits = one.edits.filter((edit) => edit.file === file)
    writeFileSync(join(copy, file), edits.reduce(mutated, readFileSync(join(root, file), 'utf8')))
  }
  const run = spawnSync(process.execPath, [join(copy, 'tests/simulation/main.ts'), '--from', '1', '--seeds', values.seeds, '--years', values.years, '--json'], { cwd: copy, encoding: 'utf8', maxBuffer: 2 ** 28 })
  for (const file of files) cpSync(join(root, file), join(copy, file))
  const last = run.stdout.trimEnd().split('\n').at(-1) ?? ''
  return last.startsWith('{') ? JSON.parse(last) : `the simulator itself failed: ${run.stderr.slice(-300)}`
}

function chosen(): readonly Mutant[] {
  const named = mutants.filter((one) => one.name.includes(values.only ?? ''))
  if (values.rotation === undefined) return named
  const count = Number(values.rotation)
  const turning = named.filter((one) => everFound.has(one.name))
  const day = Math.floor(systemClock.now().epochMilliseconds / 86_400_000)
  return Array.from({ length: Math.min(count, turning.length) }, (_, n) => turning[(day * count + n) % turning.length]!)
}

const wrong = misfits()
for (const line of wrong) process.stdout.write(`${line}\n`)
if (wrong.length > 0 || values.check) process.exit(wrong.length > 0 ? 1 : 0)
const copy = copySources()
let survivors = 0
try {
  for (const one of chosen()) {
    const result = live(copy, one)
    const found = typeof result === 'string' ? undefined : result.findings[0]
    if (!found) survivors += 1
    const says = typeof result === 'string' ? result : found ? `found by seed ${found.seed} in ${result.seconds} s: ${found.kind}: ${found.says}` : `NOT FOUND in ${result.seeds} seeds`
    process.stdout.write(`${one.name}: ${says}\n`)
  }
} finally {
  rmSync(copy, { recursive: true })
}
if (chosen().length === 0) process.stdout.write('None was chosen.\n')
else process.stdout.write(survivors === 0 ? 'Each was found.\n' : `${survivors} were not found.\n`)
process.exit(survivors === 0 ? 0 : 1)
