// Benchmarks of what the product promises about speed, in one table. Every limit is measured in the same run as what
// it limits, and the mark is a ratio: single times depend on the machine. It fails for no figure, and names what missed.
//
//   npm run bench                       all of it, about a quarter of an hour
//   npm run bench -- planning storage   some parts
//   npm run bench -- --small            few records: to see that it runs

import { parseArgs } from 'node:util'
import { type Context, headerText, lineText, type Line, meetsMark, Missing, type Part } from './line.ts'
import { openStand, type Stand } from './stand.ts'

/** The parts by name, in the order of the table; loaded when they are run. */
const parts: Readonly<Record<string, () => Promise<Part>>> = {
  planning: async () => (await import('./planning.ts')).planningLines,
  delivery: async () => (await import('./delivery.ts')).deliveryLines,
  memory: async () => (await import('./memory.ts')).memoryLines,
  storage: async () => (await import('./storage.ts')).storageLines,
  embedded: async () => (await import('./embedded.ts')).embeddedLines,
}

const print = (text: string): void => void process.stdout.write(`${text}\n`)
const say = (text: string): void => void process.stderr.write(`  … ${text}\n`)

function asked(): { names: readonly string[]; small: boolean } {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { small: { type: 'boolean', default: false } } })
  const unknown = positionals.filter((name) => !(name in parts))
  if (unknown.length > 0) throw new Error(`There is no part "${unknown.join('", "')}". Parts: ${Object.keys(parts).join(', ')}.`)
  return { names: positionals.length > 0 ? positionals : Object.keys(parts), small: values.small }
}

async function run(name: string, context: Context): Promise<Line[]> {
  try {
    const part = await parts[name]!()
    return await part(context)
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    print(`${name}: not measured. ${error.message}`)
    return []
  }
}

const { names, small } = asked()
let stand: Promise<Stand> | undefined
const context: Context = { small, say, stand: () => stand ??= openStand(say) }
const lines: Line[] = []
try {
  print(headerText())
  for (const name of names) {
    const found = await run(name, context)
    for (const line of found) print(lineText(line))
    lines.push(...found)
  }
} finally {
  await stand?.then((open) => open.close(), () => undefined)
}
const missed = lines.filter((line) => !meetsMark(line))
print('')
print(missed.length === 0 ? `All ${lines.length} lines meet their marks.` : `${missed.length} of ${lines.length} lines miss their marks:`)
for (const line of missed) print(`  ${line.measured.what}`)
if (small) print('With --small the figures are for trying the benchmarks, not for keeping.')
