// Working days as rows: date, working or off, name; with English or Chinese heads. What can be read in two
// ways (调休 is the rest or the work for it) is refused, never guessed.

import type { CalendarEntry } from '../core/calendar-years.ts'
import type { RowProblem } from '../core/register.ts'
import { parseTable, type Row, type Table } from './csv.ts'
import { parseYearFirst } from './dates.ts'

export interface EntriesRead {
  readonly entries: readonly CalendarEntry[]
  readonly problems: readonly RowProblem[]
}

/** What a column says: `working` and `off` hold yes or no as well as words, `kind` words only. */
const meanings = ['date', 'working', 'off', 'kind', 'name'] as const
type Column = (typeof meanings)[number]

const heads: Readonly<Record<Column, readonly string[]>> = {
  date: ['date', 'day', '日期'],
  working: ['working', 'isworking', 'workday', 'isworkday', 'workingday', 'isworkingday', '上班', '是否上班', '工作日', '是否工作日'],
  off: ['off', 'isoff', 'offday', 'isoffday', 'dayoff', 'isholiday', '放假', '是否放假', '休息', '是否休息', '休息日', '是否休息日'],
  kind: ['kind', 'type', 'status', '类型', '类别', '状态', '休/班', '休班', '班/休', '班休'],
  name: ['name', 'holiday', 'holidayname', 'description', 'note', '名称', '节日', '节假日', '说明', '备注'],
}

const words: Readonly<Record<'off' | 'working', readonly string[]>> = {
  off: ['off', 'dayoff', 'holiday', 'publicholiday', 'closed', 'rest', 'weekend', '休', '休息', '休息日', '假', '假日', '假期', '放假', '节假日', '法定节假日', '周末'],
  working: ['working', 'work', 'workday', 'workingday', 'makeup', 'makeupday', 'makeupworkday', '班', '上班', '补班', '补班日', '调休上班', '工作', '工作日'],
}
const yes = ['true', 'yes', 'y', '1', '是']
const no = ['false', 'no', 'n', '0', '否']

/** Reads a table of days; every row that cannot be understood is a problem. */
export function readCalendarCsv(text: string): EntriesRead {
  const parsed = parseTable(text)
  if (!parsed.ok) return { entries: [], problems: [{ row: parsed.row, column: '', value: '', reason: parsed.reason }] }
  const { table } = parsed
  const columns = table.header.map(columnOf)
  const problems = headerProblems(table, columns)
  if (problems.length > 0) return { entries: [], problems }
  const read = table.rows.map((row) => readRow(row, columns))
  return { entries: read.flatMap((one) => one.entries), problems: read.flatMap((one) => one.problems) }
}

const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase()
const glued = (text: string): string => plain(text).replace(/[\s_-]/g, '')

function columnOf(head: string): Column | undefined {
  return meanings.find((column) => heads[column].includes(glued(head)))
}

const states = ['working', 'off', 'kind'] as const

function headerProblems(table: Table, columns: readonly (Column | undefined)[]): RowProblem[] {
  const at = (value: string, reason: string): RowProblem => ({ row: table.headerRow, column: '', value, reason })
  const twice = table.header.filter((_, i) => columns[i] !== undefined && columns.indexOf(columns[i]) !== i)
    .map((head) => at(head, 'Means the same as another column: keep one'))
  const stated = table.header.filter((_, i) => states.some((one) => one === columns[i]))
  return [
    ...twice,
    ...(columns.includes('date') ? [] : [at(table.header.join(', '), 'No column "date" (日期). The columns are date; working, off or kind; name')]),
    ...(stated.length === 0 ? [at(table.header.join(', '), 'No column says whether a day is off: add "working" (yes or no) or "kind" (off or working, 休 or 班)')] : []),
    ...(stated.length > 1 && twice.length === 0 ? [at(stated.join(', '), 'Several columns say whether a day is off: keep one')] : []),
  ]
}

function readRow(row: Row, columns: readonly (Column | undefined)[]): EntriesRead {
  const problem = (column: string, value: string, reason: string): RowProblem => ({ row: row.number, column, value, reason })
  if (row.cells.length !== columns.length) {
    return { entries: [], problems: [problem('', '', `${row.cells.length} cells where the header has ${columns.length}: a delimiter or a quote is missing or too many`)] }
  }
  const cell = (column: Column): string => row.cells[columns.indexOf(column)] ?? ''
  const column = states.find((one) => columns.includes(one))!
  const date = parseYearFirst(cell('date'))
  const state = readState(cell(column), column)
  if (date.ok && typeof state === 'boolean') {
    return { entries: [{ row: row.number, day: date.day, working: state, name: cell('name').trim() }], problems: [] }
  }
  return {
    entries: [],
    problems: [
      ...(date.ok ? [] : [problem('date', cell('date'), date.reason)]),
      ...(typeof state === 'boolean' ? [] : [problem(column, cell(column), state)]),
    ],
  }
}

/** Returns whether it is a working day, or why the cell does not tell. */
function readState(text: string, column: (typeof states)[number]): boolean | string {
  const word = glued(text)
  if (words.working.includes(word)) return true
  if (words.off.includes(word)) return false
  if (word === '调休') return 'May mean the rest or the work for it: write 休 or 班'
  if (column !== 'kind' && yes.includes(word)) return column === 'working'
  if (column !== 'kind' && no.includes(word)) return column === 'off'
  return column === 'kind' ? 'Neither off nor working: write off or working, 休 or 班' : 'Neither yes nor no: write true or false, 是 or 否'
}
