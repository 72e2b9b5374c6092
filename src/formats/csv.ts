// Comma-separated files in and out (RFC 4180; semicolon and tab are read too). Rows are lists of cells,
// never objects, so a column may carry any name. What the cells mean is not known here.

import { CsvError, parse } from 'csv-parse/sync'

/** Rows are numbered as a spreadsheet shows them: the header is the first, blank ones count. */
export interface Row { readonly number: number; readonly cells: readonly string[] }

export interface Table { readonly header: readonly string[]; readonly headerRow: number; readonly rows: readonly Row[] }

export type TableRead =
  | { readonly ok: true; readonly table: Table }
  | { readonly ok: false; readonly row: number; readonly reason: string }

/** The most rows a file may have. */
export const rowLimit = 50_000

/** The most columns a file may have. */
export const columnLimit = 500

/** The most characters a cell may have. */
export const cellLimit = 10_000

const delimiters = [',', ';', '\t'] as const
const byteOrderMark = '\uFEFF'

/** Reads a table; blank rows are left out. Refuses, with its row, what cannot be divided into rows and cells. */
export function parseTable(text: string): TableRead {
  const nul = text.indexOf('\0')
  if (nul >= 0) return refuse(lineAt(text, nul), 'Contains a NUL character: save it as CSV in UTF-8 (or name its encoding with --encoding)')
  try {
    const records = divide(text, delimiterOf(text), rowLimit + 1)
    if (records.length > rowLimit) return refuse(rowLimit + 1, `More than ${rowLimit} rows: divide the file`)
    return tableOf(records.map((cells, i) => ({ number: i + 1, cells })).filter((row) => !isBlank(row)))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return refuse(Number(error['records'] ?? 0) + 1, reasonOf(error))
  }
}

function tableOf(rows: readonly Row[]): TableRead {
  const [header, ...rest] = rows
  if (header === undefined) return refuse(1, 'The file is empty')
  if (header.cells.length > columnLimit) return refuse(header.number, `More than ${columnLimit} columns`)
  if (rest.length === 0) return refuse(header.number, 'Only a header, no rows')
  return { ok: true, table: { header: header.cells, headerRow: header.number, rows: rest } }
}

function divide(text: string, delimiter: string, to: number): string[][] {
  return parse(text, {
    bom: true, delimiter, to, relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: 1_000_000,
  })
}

// One delimiter for the whole file: the one that divides the header into the most cells.
function delimiterOf(text: string): string {
  const widths = delimiters.map((delimiter) => ({ delimiter, width: headerWidth(text, delimiter) }))
  return widths.reduce((best, next) => (next.width > best.width ? next : best)).delimiter
}

function headerWidth(text: string, delimiter: string): number {
  try {
    return divide(text.slice(0, 100_000).trimStart(), delimiter, 1)[0]?.length ?? 0
  } catch {
    return 0
  }
}

const isBlank = (row: Row): boolean => row.cells.every((cell) => cell.trim() === '')
const refuse = (row: number, reason: string): TableRead => ({ ok: false, row, reason })
const lineAt = (text: string, index: number): number => text.slice(0, index).split(/\r\n|\n|\r/).length

function reasonOf(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED': return 'A quote (") is opened in this row and never closed'
    case 'CSV_INVALID_CLOSING_QUOTE': return 'A closing quote (") is followed by something else than the next cell; double a quote inside a quoted cell'
    case 'INVALID_OPENING_QUOTE': return 'A quote (") stands in the middle of a cell; quote the whole cell and double the quote'
    case 'CSV_MAX_RECORD_SIZE': return 'The row is longer than 1,000,000 characters'
    default: return `The row cannot be read (${error.code})`
  }
}

/** Composes a file that spreadsheets open rightly: UTF-8 with its mark, CRLF, quotes where needed, no live formula. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((cells) => cells.map(formatCell).join(','))
  return `${byteOrderMark}${lines.join('\r\n')}\r\n`
}

function formatCell(cell: string): string {
  const safe = disarm(cell)
  return /[",;\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Puts an apostrophe before what a spreadsheet would run as a formula. Apostrophes already there are kept apart by one more. */
export function disarm(cell: string): string {
  return /^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
}

/** Takes away exactly the apostrophe that `disarm` put there. */
export function rearm(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell
}
