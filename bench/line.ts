// A line of the table: what was measured, what limits it (measured in the same run), and the mark that the ratio of
// the two must meet. Marks are ratios, since single figures depend on the machine.

import type { Stand } from './stand.ts'

export interface Figure {
  readonly what: string
  readonly value: number
  /** What follows the number: `ms`, `/s`, `MB`. */
  readonly unit: string
}

export interface Line {
  readonly measured: Figure
  readonly limit: Figure
  /** Measured divided by limit must be `atMost` this, or `atLeast` this. */
  readonly mark: { readonly atMost: number } | { readonly atLeast: number }
  /** Said below the line: of what the figure consists, what it does not say. */
  readonly remark?: string
}

export interface Context {
  /** A hundredth to a tenth of the records: for whoever changes the benchmarks, not for figures to keep. */
  readonly small: boolean
  /** PostgreSQL with fsync on, and databases filled on it; started when first asked for. Throws `Missing` where there is none. */
  readonly stand: () => Promise<Stand>
  /** Says what is being waited for. */
  readonly say: (text: string) => void
}

/** One part of the benchmarks: measures, and hands back its lines in the order of the table. */
export type Part = (context: Context) => Promise<Line[]>

/** What a part needs is not on this machine; its message says what. */
export class Missing extends Error {}

export const ratioOf = ({ measured, limit }: Line): number => measured.value / limit.value

export const meetsMark = (line: Line): boolean =>
  ('atMost' in line.mark ? ratioOf(line) <= line.mark.atMost : ratioOf(line) >= line.mark.atLeast)

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(2) : value.toPrecision(2))
const figure = ({ value, unit }: Figure): string => `${shown(value)} ${unit}`

const header = ['measured', '', 'limit in the same run', '', 'ratio', 'mark', ''] as const
const widths = [52, 11, 48, 11, 8, 8, 6] as const

const row = (cells: readonly string[]): string =>
  cells.map((cell, n) => ([1, 3, 4, 5].includes(n) ? cell.padStart(widths[n]!) : cell.padEnd(widths[n]!))).join('  ').trimEnd()

export const headerText = (): string => `${row(header)}\n${widths.map((width) => '-'.repeat(width)).join('  ')}`

export function lineText(line: Line): string {
  const mark = 'atMost' in line.mark ? `<= ${line.mark.atMost}` : `>= ${line.mark.atLeast}`
  const text = row([
    line.measured.what, figure(line.measured), line.limit.what, figure(line.limit), shown(ratioOf(line)), mark, meetsMark(line) ? 'ok' : 'MISSED',
  ])
  return line.remark ? `${text}\n    ${line.remark}` : text
}

/** Runs some work several times; returns the shortest time it took, in milliseconds. What others do on the machine only adds. */
export async function shortest(times: number, work: () => Promise<unknown>, before: () => Promise<unknown> = async () => undefined): Promise<number> {
  let best = Infinity
  for (let n = 0; n < times; n += 1) {
    await before()
    const began = performance.now()
    await work()
    best = Math.min(best, performance.now() - began)
  }
  return best
}
