// How the layout of a register is described and how one row of it is read: cells by column name,
// every fault collected with its row, column and value. The layouts themselves are in mapping-*.ts.

import type { Day } from '../core/day.ts'
import type { Layout, Reading, RowProblem } from '../core/register.ts'
import { cellLimit } from './csv.ts'
import { type DateRead, saysNone } from './dates.ts'
import type { OlderEncoding } from './text.ts'

export const mappingIds = ['common-criteria', 'common-criteria-portal', 'fips-140', 'recert'] as const
export type MappingId = (typeof mappingIds)[number]

export interface Mapping extends Layout {
  readonly id: MappingId
  /** Columns that must be there, in the register's own words. */
  readonly needs: readonly string[]
  /** Every column there may be, where others are a mistake; undefined where others are simply not read. */
  readonly allows: readonly string[] | undefined
  /** What the publisher writes in when it is not UTF-8. */
  readonly older: OlderEncoding
  /** The column, in our words, that a header means; undefined for one that is not read. */
  readonly columnOf: (header: string) => string | undefined
  /** Undoes what the publisher did to a cell, such as escaping it for web pages. */
  readonly cell: (text: string) => string
  readonly read: (row: RowReader) => Reading
}

/** Makes headers comparable: case, width, underscores and spaces do not matter. */
export function sameHeader(header: string): string {
  return header.normalize('NFKC').replace(/[_\-\s]+/g, ' ').trim().toLowerCase()
}

export const asWritten = (text: string): string => text

/** Finds columns by the register's own headers, compared without case and spaces. */
export function byHeaders(headers: readonly string[]): (header: string) => string | undefined {
  const known = new Map(headers.map((header) => [sameHeader(header), header]))
  return (header) => known.get(sameHeader(header))
}

export interface RowReader {
  readonly number: number
  readonly problems: readonly RowProblem[]
  /** The cell as one line, without space around it; empty where it, or the column, is missing. */
  text(column: string, limit?: number): string
  /** The cell as lines; empty ones are left out. */
  lines(column: string): string[]
  /** The cell, refused where it is empty. */
  needed(column: string): string
  /** The day of a cell; undefined where it is empty, says that there is none, or is refused. */
  day(column: string, parse: (text: string) => DateRead): Day | undefined
  /** The day of a cell, refused where it is empty or says that there is none. */
  neededDay(column: string, parse: (text: string) => DateRead): Day | undefined
  /** What a cell says of the end: the last valid day, that there is none, or nothing. */
  end(column: string, parse: (text: string) => DateRead): { readonly expiry: Day | undefined; readonly endless: boolean }
  refuse(column: string, value: string, reason: string): void
}

/** The most characters of a name, a number or the like. */
const textLimit = 500

/** Opens one row; `cells` by column name. */
export function readRow(number: number, cells: ReadonlyMap<string, string>): RowReader {
  const problems: RowProblem[] = []
  const refuse = (column: string, value: string, reason: string) =>
    void problems.push({ row: number, column, value: shortened(value), reason })
  const raw = (column: string, limit: number) => {
    const cell = cells.get(column) ?? ''
    const fault = cellFault(cell, limit)
    if (fault) refuse(column, cell, fault)
    return fault ? '' : cell
  }
  const text = (column: string, limit = textLimit) => oneLine(raw(column, limit))
  const needed = (column: string) => {
    const found = text(column)
    if (found === '' && !problems.some((one) => one.column === column)) refuse(column, '', 'Empty: a value is needed here')
    return found
  }
  const dayIn = (column: string, cell: string, parse: (text: string) => DateRead) => {
    if (cell === '') return undefined
    const read = parse(cell)
    if (read.ok) return read.day
    refuse(column, cell, read.reason)
    return undefined
  }
  return {
    number, problems, refuse, text, needed,
    lines: (column) => raw(column, cellLimit).split(/\r\n|\n|\r/).map(oneLine).filter((line) => line !== ''),
    day: (column, parse) => dayIn(column, unlessNone(text(column)), parse),
    neededDay: (column, parse) => dayIn(column, needed(column), parse),
    end: (column, parse) => {
      const cell = text(column)
      return { expiry: dayIn(column, unlessNone(cell), parse), endless: saysNone(cell) }
    },
  }
}

const unlessNone = (text: string): string => (saysNone(text) ? '' : text)
const oneLine = (text: string): string => text.trim().replace(/\s+/g, ' ')
const shortened = (value: string): string => (value.length > 100 ? `${value.slice(0, 100)}…` : value)

function cellFault(cell: string, limit: number): string | undefined {
  if (cell.length > limit) return `Longer than ${limit} characters (${cell.length})`
  // Control characters, and those that turn the direction of the text around them, deceive whoever reads it.
  return /[[\p{Cc}--[\t\n\v\f\r]]\u202A-\u202E\u2066-\u2069]/v.test(cell) ? 'Contains a control character' : undefined
}

/** Leaves out the days that are not known. */
export function knownDays(days: Readonly<Record<string, Day | undefined>>): Record<string, Day> {
  return Object.fromEntries(Object.entries(days).flatMap(([name, day]) => (day ? [[name, day]] : [])))
}

/** Leaves out what is empty, so that records keep only what a register said. */
export function withoutEmpty(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}
