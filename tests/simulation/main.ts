// The command: lives many seeds, alone or with several processes beside each other, and stops at the first that finds
// something, with what happened before it. Exit 0: nothing was found; 1: something was; 2: it was asked wrongly.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { loadCatalogue, schemeFolders } from '../../src/app/schemes.ts'
import { runSeed, type SeedResult } from './run.ts'
import { openStore } from './store.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' }, years: { type: 'string', default: '1' }, from: { type: 'string', default: '1' }, step: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '100000' }, workers: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false }, trace: { type: 'boolean', default: false }, 'keep-going': { type: 'boolean', default: false }, lines: { type: 'boolean', default: false },
  },
})
const write = (text: string): void => void process.stdout.write(`${text}\n`)

function numberOf(name: 'seeds' | 'years' | 'from' | 'step' | 'minutes' | 'workers'): number {
  const number = Number(values[name])
  if (!(number > 0)) {
    process.stderr.write(`--${name} is "${values[name]}": give a number above 0. npm run simulate -- --seeds 10 --years 1 --from 1\n`)
    process.exit(2)
  }
  return number
}
const [seeds, years, from, step, minutes, workers] = [numberOf('seeds'), numberOf('years'), numberOf('from'), numberOf('step'), numberOf('minutes'), numberOf('workers')]
const began = performance.now()
const results: SeedResult[] = []
/** Whether a result is the last one wanted. */
function take(result: SeedResult): boolean {
  results.push({ ...result, trace: [] })
  if (values.lines) write(JSON.stringify(result))
  else if (!values.json) tell(result)
  return result.findings.length > 0 && !values['keep-going']
}

await (workers > 1 ? liveBeside() : liveAlone())
if (!values.lines) report()
process.exit(results.some((one) => one.findings.length > 0) ? 1 : 0)

async function liveAlone(): Promise<void> {
  const store = await openStore()
  const catalogue = await loadCatalogue(schemeFolders('/nowhere'))
  for (let seed = from; seed < from + seeds && performance.now() - began < minutes * 60_000; seed += step) {
    const result = await runSeed(store, catalogue, seed, years)
    if (values.trace) for (const line of result.trace) process.stderr.write(`${line}\n`)
    if (take({ ...result, trace: result.findings.length > 0 ? result.trace : [] })) break
  }
  await store.close()
}

/** Shares the seeds out to processes, which are ended once one of them has found something. */
async function liveBeside(): Promise<void> {
  const ending = new AbortController()
  const failed: string[] = []
  await Promise.all(Array.from({ length: workers }, async (_, n) => {
    const child = spawn(process.execPath, [import.meta.filename, '--lines', '--from', String(from + n), '--seeds', String(seeds - n), '--step', String(workers), '--years', String(years),
      '--minutes', String(minutes), ...values['keep-going'] ? ['--keep-going'] : []], { stdio: ['ignore', 'pipe', 'inherit'], signal: ending.signal })
    const ended = new Promise<number | null>((resolve) => { child.once('close', resolve); child.once('error', () => resolve(null)) })
    for await (const line of createInterface({ input: child.stdout })) {
      const result: SeedResult = JSON.parse(line)
      if (take(result)) ending.abort()
    }
    const code = await ended
    if (code !== 0 && code !== 1 && !ending.signal.aborted) failed.push(`process ${n + 1} ended with ${code}`)
  }))
  if (failed.length === 0) return
  process.stderr.write(`${failed.join('\n')}\n`)
  process.exit(1)
}

function tell(result: SeedResult): void {
  const { seed, mails, kills, milliseconds, hash, findings, trace } = result
  write(`seed ${seed}: ${mails} mails, ${kills} kills, ${Math.round(milliseconds)} ms, ${hash.slice(0, 12)}${findings.length > 0 ? `, ${findings.length} findings` : ''}`)
  if (findings.length === 0) return
  const at = trace.findIndex((line) => line.includes('FINDING'))
  if (!values.trace && at >= 0) for (const line of trace.slice(Math.max(0, at - 60), at + 1)) write(`  ${line}`)
  for (const one of findings.slice(0, 10)) write(`  ${new Date(one.at).toISOString()} ${one.kind}: ${one.says}`)
  write(`  again: npm run simulate -- --from ${seed} --seeds 1 --years ${years} --trace`)
}

function report(): void {
  const sum = (of: (one: SeedResult) => number): number => results.reduce((total, one) => total + of(one), 0)
  const faults: Record<string, number> = {}
  for (const one of results) for (const [kind, n] of Object.entries(one.faults)) faults[kind] = (faults[kind] ?? 0) + n
  const summary = {
    seeds: results.length, years: results.length * years, seconds: Math.round((performance.now() - began) / 100) / 10, mails: sum((one) => one.mails), kills: sum((one) => one.kills),
    rawDuplicates: sum((one) => one.rawDuplicates), findings: results.flatMap((one) => one.findings.map((each) => ({ seed: one.seed, at: new Date(each.at).toISOString(), kind: each.kind, says: each.says }))),
    faults: Object.fromEntries(Object.entries(faults).sort(([a], [b]) => (a < b ? -1 : 1))),
  }
  if (values.json) return write(JSON.stringify(summary))
  write(`${summary.seeds} seeds, ${summary.years} years in ${summary.seconds} s: ${summary.mails} mails, ${summary.kills} kills, ${summary.rawDuplicates} raw duplicates, ${summary.findings.length} findings`)
  write(Object.entries(summary.faults).map(([kind, n]) => `${kind} ${n}`).join(', '))
}
