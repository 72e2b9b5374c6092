// A register's file as a whole: bytes to text, text to rows, the header to a layout, rows to readings.
// A file that cannot be taken apart is refused with its place; what single rows say is listed per row.

import type { Catalogue } from '../core/scheme.ts'
import type { Reading, RowProblem } from '../core/register.ts'
import { parseTable, type Row, type Table } from './csv.ts'
import { type Mapping, type MappingId, readRow, sameHeader } from './mapping.ts'
import { commonCriteria, commonCriteriaPortal } from './mapping-common-criteria.ts'
import { fips140 } from './mapping-fips.ts'
import { recertMapping } from './mapping-recert.ts'
import { decodeAs, decodeText, type Decoded, type Encoding, type OlderEncoding } from './text.ts'

/** The most bytes a file may have: 10 MB. */
export const sizeLimit = 10 * 1024 * 1024

export interface RegisterFile {
  readonly bytes: Uint8Array
  readonly mapping: MappingId | undefined
  readonly encoding: Encoding | undefined
}

export type RegisterRead =
  | { readonly ok: true; readonly mapping: Mapping; readonly readings: readonly Reading[] }
  | { readonly ok: false; readonly problems: readonly RowProblem[] }

/** Reads a file of at most `sizeLimit` bytes; the layout is told from the header where none is given. */
export function readRegister(file: RegisterFile, catalogue: Catalogue): RegisterRead {
  if (file.bytes.length > sizeLimit) {
    return refuse(1, '', `The file has ${(file.bytes.length / 1024 / 1024).toFixed(1)} MB, more than 10: divide it`)
  }
  const mappings = [commonCriteria, commonCriteriaPortal, fips140, recertMapping(catalogue)]
  const decoded = decode(file, mappings)
  if (!decoded.ok) return refuse(decoded.line, '', decoded.reason)
  const parsed = parseTable(decoded.text)
  if (!parsed.ok) return refuse(parsed.row, '', parsed.reason)
  const mapping = file.mapping ? mappings.find((one) => one.id === file.mapping) : fitting(parsed.table, mappings)
  if (!mapping) return refuse(parsed.table.headerRow, '', unknownLayout(mappings))
  return readTable(parsed.table, mapping)
}

function decode(file: RegisterFile, mappings: readonly Mapping[]): Decoded {
  return file.encoding ? decodeAs(file.bytes, file.encoding) : decodeText(file.bytes, olderEncoding(file, mappings))
}

// The headers of the registers are plain letters, the same in every older encoding: they tell who
// published the file before its encoding is known.
function olderEncoding(file: RegisterFile, mappings: readonly Mapping[]): OlderEncoding {
  const named = mappings.find((one) => one.id === file.mapping)
  if (named) return named.older
  const parsed = parseTable(new TextDecoder('windows-1252').decode(file.bytes))
  return (parsed.ok ? fitting(parsed.table, mappings)?.older : undefined) ?? 'gb18030'
}

// The registers know themselves by several columns; ours is what names a scheme and is none of them.
function fitting(table: Table, mappings: readonly Mapping[]): Mapping | undefined {
  const fits = mappings.filter((mapping) => missing(table, mapping).length === 0)
  const registers = fits.filter((mapping) => mapping.allows === undefined)
  return registers.length > 0 ? (registers.length === 1 ? registers[0] : undefined) : fits[0]
}

function missing(table: Table, mapping: Mapping): string[] {
  const columns = new Set(table.header.map((header) => mapping.columnOf(header)))
  return mapping.needs.filter((column) => !columns.has(column))
}

const unknownLayout = (mappings: readonly Mapping[]): string =>
  `The header fits no layout. Name one with --mapping; their columns: ${mappings
    .map((mapping) => `${mapping.id} (${(mapping.allows ?? mapping.needs).join(', ')})`).join('; ')}`

function readTable(table: Table, mapping: Mapping): RegisterRead {
  const problems = headerProblems(table, mapping)
  if (problems.length > 0) return { ok: false, problems }
  const columns = table.header.map((header) => mapping.columnOf(header))
  return { ok: true, mapping, readings: table.rows.map((row) => readCells(row, columns, mapping)) }
}

function readCells(row: Row, columns: readonly (string | undefined)[], mapping: Mapping): Reading {
  if (row.cells.length !== columns.length) {
    const reason = `${row.cells.length} cells where the header has ${columns.length}: a delimiter or a quote is missing or too many`
    return { row: row.number, identity: undefined, entry: undefined, problems: [{ row: row.number, column: '', value: '', reason }] }
  }
  const cells = new Map(columns.flatMap((column, i) => {
    return column === undefined ? [] : [[column, mapping.cell(row.cells[i] ?? '')] as const]
  }))
  return mapping.read(readRow(row.number, cells))
}

function headerProblems(table: Table, mapping: Mapping): RowProblem[] {
  const row = table.headerRow
  const absent = missing(table, mapping).map((column) =>
    ({ row, column, value: '', reason: `The column is missing. ${mapping.id} needs: ${mapping.needs.join(', ')}` }))
  return [...absent, ...table.header.flatMap((header, i) => {
    const reason = headerFault(table, i, mapping)
    return reason === undefined ? [] : [{ row, column: header.trim() || `column ${i + 1}`, value: header.trim(), reason }]
  })]
}

function headerFault(table: Table, i: number, mapping: Mapping): string | undefined {
  const header = table.header[i] ?? ''
  const column = mapping.columnOf(header)
  if (header.trim() === '') return isUnused(table, i) ? undefined : 'The column has no name'
  if (column === undefined && mapping.allows) return `Unknown column. ${mapping.id} has: ${mapping.allows.join(', ')}`
  const same = (other: string) => (column === undefined ? sameHeader(other) === sameHeader(header) : mapping.columnOf(other) === column)
  return table.header.slice(0, i).some(same) ? `The column ${column ?? header.trim()} is there twice` : undefined
}

// Spreadsheets leave such columns behind.
const isUnused = (table: Table, i: number): boolean => table.rows.every((row) => (row.cells[i] ?? '').trim() === '')

function refuse(row: number, column: string, reason: string): RegisterRead {
  return { ok: false, problems: [{ row, column, value: '', reason }] }
}
