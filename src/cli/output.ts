// Answers: a table for people, one JSON document for programs. Diagnostics never go to standard output.

import Table from 'cli-table3'
import type { Context } from './context.ts'

export type Cell = string | number | boolean | null | undefined | { toString(): string }

/** Prints one JSON document where it is asked for, else what a person reads. */
export function answer(context: Context, json: boolean | undefined, data: unknown, text: () => string): void {
  context.io.stdout(json ? `${JSON.stringify(data, undefined, 2)}\n` : ensureLine(text()))
}

/** Says on the side that a list was cut at its limit, so that nobody takes a part for the whole. */
export function noteLimit(context: Context, shown: number, limit: number): void {
  if (shown >= limit) context.io.stderr(`Only the first ${limit} are listed; --limit N lists more.\n`)
}

const ensureLine = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

const plain = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
}

/** Returns rows in columns under their heads; a sentence where there are none. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[], none: string): string {
  if (rows.length === 0) return none
  const drawn = new Table({ head: [...heads], chars: plain, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } })
  for (const row of rows) drawn.push(row.map((cell) => (cell === null || cell === undefined ? '' : cell.toString())))
  return drawn.toString().split('\n').map((line) => line.trimEnd()).join('\n')
}

/** Returns `name  value` lines, the empty ones left out. */
export function facts(pairs: readonly (readonly [string, Cell])[]): string {
  const said = pairs.filter(([, value]) => value !== undefined && value !== null && value !== '')
  const width = Math.max(0, ...said.map(([name]) => name.length))
  return said.map(([name, value]) => `${name.padEnd(width)}  ${value!.toString()}`).join('\n')
}
