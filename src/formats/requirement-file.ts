// A checklist as a file: bytes to text, text to rows, rows to what they say of an item. Headers and words
// are read in both languages; a column that means nothing here is left alone, and named.

import { type NamedOwner, type RowProblem, sameText } from '../core/register.ts'
import { decideLink, type NewEvidence } from '../core/evidence.ts'
import { requirementStates, type RequirementState, requirementWords } from '../core/requirement.ts'
import type { RequirementReading } from '../core/requirement-import.ts'
import { parseTable, rearm, type Row, type Table } from './csv.ts'
import { saysNone } from './dates.ts'
import { readRow, type RowReader, sameHeader } from './mapping.ts'
import { sizeLimit } from './register-file.ts'
import { decodeAs, decodeText, type Encoding } from './text.ts'

export const requirementColumns = ['code', 'area', 'title', 'title en', 'title zh', 'state', 'owner', 'evidence', 'reason', 'new'] as const
type Column = (typeof requirementColumns)[number]

const otherNames: Readonly<Record<Column, readonly string[]>> = {
  code: ['no', 'no.', 'number', '编号', '条款号', '指标编号', '要求编号'],
  area: ['category', '领域', '类别', '分类', '域', '能力域'],
  title: ['requirement', 'metric', '指标', '要求', '标题', '指标名称', '要求名称', '指标项', '检查项'],
  'title en': ['english', 'english title', '英文', '英文标题', '英文名称', '指标(英文)', '要求(英文)'],
  'title zh': ['chinese', 'chinese title', '中文', '中文标题', '中文名称', '指标(中文)', '要求(中文)'],
  state: ['status', '状态', '进度', '完成情况'],
  owner: ['responsible', '责任人', '负责人'],
  evidence: ['proof', 'link', 'links', '证据', '佐证', '佐证材料', '证明材料'],
  reason: ['remark', 'remarks', 'note', 'notes', '说明', '原因', '备注'],
  new: ['new item', '新增', '是否新增'],
}

const columnNames = new Map<string, Column>(requirementColumns.flatMap((column) =>
  [column, ...otherNames[column]].map((name) => [sameHeader(name), column] as const)))

export interface RequirementFile {
  readonly bytes: Uint8Array
  readonly encoding: Encoding | undefined
}

export type RequirementFileRead =
  | { readonly ok: true; readonly readings: readonly RequirementReading[]; readonly ignored: readonly string[] }
  | { readonly ok: false; readonly problems: readonly RowProblem[] }

/** Reads a file of at most `sizeLimit` bytes; `ignored` are the headers of columns that are not read. */
export function readRequirementFile(file: RequirementFile): RequirementFileRead {
  if (file.bytes.length > sizeLimit) return refuse(1, '', `The file has ${(file.bytes.length / 1024 / 1024).toFixed(1)} MB, more than 10: divide it`)
  const decoded = file.encoding ? decodeAs(file.bytes, file.encoding) : decodeText(file.bytes, 'gb18030')
  if (!decoded.ok) return refuse(decoded.line, '', decoded.reason)
  const parsed = parseTable(decoded.text)
  if (!parsed.ok) return refuse(parsed.row, '', parsed.reason)
  const columns = parsed.table.header.map((header) => columnNames.get(sameHeader(header)))
  const problems = headerProblems(parsed.table, columns)
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true, readings: parsed.table.rows.map((row) => readItem(row, columns)),
    ignored: parsed.table.header.filter((header, i) => columns[i] === undefined && header.trim() !== '').map((header) => header.trim()),
  }
}

function refuse(row: number, column: string, reason: string): RequirementFileRead {
  return { ok: false, problems: [{ row, column, value: '', reason }] }
}

function headerProblems({ header, headerRow: row }: Table, columns: readonly (Column | undefined)[]): RowProblem[] {
  if (!columns.includes('code')) {
    const reason = `The column is missing. A checklist has: ${requirementColumns.join(', ')} (or 编号, 领域, 指标, 状态, 责任人, 证据, 说明, 新增)`
    return [{ row, column: 'code', value: '', reason }]
  }
  return columns.flatMap((column, i) => (column !== undefined && columns.indexOf(column) < i
    ? [{ row, column, value: header[i] ?? '', reason: `The column ${column} is there twice` }] : []))
}

function readItem(row: Row, columns: readonly (Column | undefined)[]): RequirementReading {
  if (row.cells.length !== columns.length) {
    const reason = `${row.cells.length} cells where the header has ${columns.length}: a delimiter or a quote is missing or too many`
    return { row: row.number, line: undefined, problems: [{ row: row.number, column: '', value: '', reason }] }
  }
  const cells = readRow(row.number, new Map(columns.flatMap((column, i) => (column ? [[column, rearm(row.cells[i] ?? '')] as const] : []))))
  const code = cells.needed('code')
  if (code.length > 40) cells.refuse('code', code, `Longer than 40 characters (${code.length})`)
  const line = {
    code, area: cells.text('area') || undefined, ...titlesIn(cells), state: stateIn(cells), owner: ownerIn(cells.text('owner')),
    reason: cells.text('reason', 2000) || undefined, evidence: evidenceIn(cells), isNew: saysYes(cells),
  }
  return { row: row.number, line: code === '' ? undefined : line, problems: cells.problems }
}

// A title whose column names no language is in the one it is written in.
function titlesIn(cells: RowReader): { readonly en: string | undefined; readonly zh: string | undefined } {
  const en = cells.text('title en') || undefined
  const zh = cells.text('title zh') || undefined
  const title = cells.text('title') || undefined
  const isChinese = title !== undefined && (en !== undefined || (zh === undefined && /\p{Script=Han}/u.test(title)))
  return isChinese ? { en, zh: zh ?? title } : { en: en ?? title, zh }
}

const states = new Map<string, RequirementState>([
  ...requirementStates.flatMap((state) => [state.replace('-', ' '), requirementWords[state].zh].map((word) => [word, state] as const)),
  ...['not started', 'to do', 'todo', '未完成', '待办', '未满足', '未达标'].map((word) => [word, 'open'] as const),
  ...['started', 'under way', '办理中', '部分满足'].map((word) => [word, 'in-progress'] as const),
  ...['done', 'complete', 'completed', '满足', '达标', '已达标', '符合', '完成', '已完成'].map((word) => [word, 'met'] as const),
  ...['n/a', 'na'].map((word) => [word, 'not-applicable'] as const),
])

function stateIn(cells: RowReader): RequirementState | undefined {
  const text = cells.text('state')
  const state = states.get(sameText(text).replace(/[-_]/g, ' '))
  if (text !== '' && !state) cells.refuse('state', text, `Not a state. Known: ${[...states.keys()].join(', ')}`)
  return state
}

function ownerIn(text: string): NamedOwner | undefined {
  if (text === '') return undefined
  if (saysNone(text)) return 'nobody'
  const both = /^(.*?)\s*<([^<>]*)>$/.exec(text)
  if (both) return { name: both[1]?.replace(/^"(.*)"$/, '$1') || undefined, email: both[2] }
  return text.includes('@') ? { email: text } : { name: text }
}

// Any number of links, in lines or beside each other; words before a link are its title.
function evidenceIn(cells: RowReader): NewEvidence[] {
  return cells.lines('evidence').filter((line) => !saysNone(line)).flatMap((line) => {
    const found = [...line.replace(/[;,](?=\s*https?:\/\/)/gi, ' ').matchAll(/(.*?)(https?:\/\/[^\s；，、。]+)[;,；，、。]*/gi)]
    const read = found.reduce((length, [all]) => length + all.length, 0)
    if (found.length > 0 && line.slice(read).trim() === '') return found.flatMap(([, title = '', link = '']) => linkIn(cells, title, link))
    cells.refuse('evidence', line, 'Write links, one a line; words before a link are its title, as in: SLA 2026 https://docs.example.com/sla')
    return []
  })
}

function linkIn(cells: RowReader, title: string, text: string): NewEvidence[] {
  const decided = decideLink(text.replace(/[;,]+$/, ''))
  if (decided.ok) return [{ link: decided.link, title: title.replace(/^[\s;,；，、]+|[\s:：]+$/g, '') || undefined }]
  cells.refuse('evidence', text, decided.refusal)
  return []
}

function saysYes(cells: RowReader): boolean {
  const text = sameText(cells.text('new'))
  const yes = ['yes', 'y', 'true', 'x', '1', '是', '新增', '√'].includes(text)
  if (!yes && !['', 'no', 'n', 'false', '0', '否'].includes(text)) cells.refuse('new', text, 'Must be yes or no')
  return yes
}
