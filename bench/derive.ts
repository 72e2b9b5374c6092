// What deriving costs: all duties of 1,000 to 100,000 certifications of every scheme, the cost of one beside
// the cost of one in the smallest round. Pure: no database, no files but the schemes. Ratios within one run;
// single times depend on the machine and are printed only to be divided.
//
//   npm run bench:derive

import { loadCatalogue, schemeFolders } from '../src/app/schemes.ts'
import { publishedCalendars } from '../src/app/calendars.ts'
import { deriveObligations, type DerivationFacts } from '../src/core/derivation.ts'
import { decideOptions, listSchemes, type Scheme } from '../src/core/scheme.ts'

const asOf = Temporal.PlainDate.from('2026-11-25')
const sizes = [1000, 10_000, 100_000]
const rounds = 5
const calendar = publishedCalendars().get('CN')!

/** A record of a scheme whose days differ from record to record, as a register's do. */
function factsOf(scheme: Scheme, n: number): DerivationFacts {
  const began = asOf.subtract({ days: 30 + (n * 37) % 900 })
  const options = decideOptions(scheme, {})
  const anchors = [...new Set([scheme.begins, 'decision', 'issue', 'report', 'filing', 'level-fixed'])]
    .filter((name) => scheme.anchors[name] !== undefined)
    .map((name) => ({ name, day: began, assumed: false }))
  const expiry = scheme.validity.length > 0 ? [] : [{ name: 'expiry', day: began.add({ years: 3 }), assumed: false }]
  return {
    options: options.ok ? options.options : {}, decisions: [], calendar, country: n % 2 === 0 ? 'CN' : undefined, enteredOn: began,
    cycles: [{ number: 1, kind: n % 3 === 0 ? 'recertification' : 'initial', anchors: [...anchors, ...expiry] }],
  }
}

function derive(schemes: readonly Scheme[], size: number): { duties: number; nanoseconds: number } {
  const records = Array.from({ length: size }, (_, n) => ({ scheme: schemes[n % schemes.length]!, facts: factsOf(schemes[n % schemes.length]!, n) }))
  const before = process.hrtime.bigint()
  const duties = records.reduce((sum, { scheme, facts }) => sum + deriveObligations(scheme, facts, asOf).length, 0)
  return { duties, nanoseconds: Number(process.hrtime.bigint() - before) }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

const schemes = listSchemes(await loadCatalogue(schemeFolders('')))
derive(schemes, 2000)
// The sizes take turns, so that a machine that slows down slows all of them.
const times = new Map(sizes.map((size) => [size, [] as number[]]))
const counts = new Map<number, number>()
for (let round = 0; round < rounds; round++) {
  for (const size of sizes) {
    const { duties, nanoseconds } = derive(schemes, size)
    times.get(size)!.push(nanoseconds / size)
    counts.set(size, duties)
  }
}
const base = median(times.get(sizes[0]!)!)
process.stdout.write(`${schemes.length} schemes, as of ${asOf.toString()}, ${rounds} rounds, median cost of one certification\n`)
for (const size of sizes) {
  const one = median(times.get(size)!)
  process.stdout.write(`${String(size).padStart(8)} certifications  ${String(counts.get(size)).padStart(8)} duties  ${(one / 1000).toFixed(1).padStart(7)} µs  ratio ${(one / base).toFixed(2)}\n`)
}
