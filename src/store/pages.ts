// Whole tables out of a database and into another, a page at a time. A row is the JSON text PostgreSQL
// itself writes and reads, so that no number, date or moment passes through a parser of ours.

import { sql, type SQL } from 'drizzle-orm'
import type { Db } from './database.ts'
import { rows } from './driver.ts'
import type { StoredColumn, StoredTable } from './tables.ts'

export interface Page {
  readonly table: StoredTable
  readonly rows: readonly string[]
}

/**
 * How many rows are moved at once. Rows with bytes are whole mails, or parts of files of 256 KB each: a page of
 * them must stay a short statement.
 */
export const pageSize = (table: StoredTable): number => (table.name === 'file_part' ? 1 : table.columns.some(isBytes) ? 50 : 1000)
const isBytes = (column: StoredColumn): boolean => column.type === 'bytea'

const name = (text: string): SQL => sql`${sql.identifier(text)}`
const list = (parts: readonly SQL[]): SQL => sql.join([...parts], sql`, `)
const typed = (column: StoredColumn): SQL => sql`${name(column.name)} ${sql.raw(isBytes(column) ? 'text' : column.type)}`

/** Reads all rows of the tables given, in the order of their keys. */
export async function* readPages(db: Db, tables: readonly StoredTable[]): AsyncGenerator<Page> {
  for (const table of tables) {
    let after: readonly string[] | undefined
    do {
      const found = await readPage(db, table, after)
      if (found.length > 0) yield { table, rows: found.map((each) => each.row) }
      after = found.length < pageSize(table) ? undefined : found.at(-1)?.key
    } while (after !== undefined)
  }
}

async function readPage(db: Db, table: StoredTable, after: readonly string[] | undefined) {
  const key = list(table.key.map((each) => name(each.name)))
  const last = after && list(table.key.map((each, at) => sql`${after[at]}::text::${sql.raw(each.type)}`))
  const values = table.columns.map((each) => (isBytes(each)
    ? sql`translate(encode(${name(each.name)}, 'base64'), E'\n', '') as ${name(each.name)}`
    : name(each.name)))
  return rows<{ row: string; key: string[] }>(db, sql`
    select row_to_json(page)::text as row, json_build_array(${list(table.key.map((each) => sql`page.${name(each.name)}::text`))}) as key
    from (
      select ${list(values)} from ${name(table.name)}
      ${last ? sql`where (${key}) > (${last})` : sql``}
      order by ${key} limit ${sql.raw(String(pageSize(table)))}
    ) page
    order by ${list(table.key.map((each) => sql`page.${name(each.name)}`))}`)
}

/**
 * Writes pages into empty tables, in the order they come; returns the number of rows.
 *
 * References within a table are set once all its rows are there, and the numbering goes on after the last.
 */
export async function writePages(db: Db, pages: AsyncIterable<Page>): Promise<number> {
  let count = 0
  const references = new Map<StoredTable, string[]>()
  for await (const page of pages) {
    await insertPage(db, page)
    references.set(page.table, [...references.get(page.table) ?? [], ...ownReferences(page)])
    count += page.rows.length
  }
  for (const [table, found] of references) {
    await setOwnReferences(db, table, found)
    await numberOn(db, table)
  }
  return count
}

async function insertPage(db: Db, { table, rows: page }: Page): Promise<void> {
  const value = (column: StoredColumn): SQL => {
    if (table.ownReferences.includes(column.name)) return sql`null`
    return isBytes(column) ? sql`decode(page.${name(column.name)}, 'base64')` : sql`page.${name(column.name)}`
  }
  await db.execute(sql`
    insert into ${name(table.name)} (${list(table.columns.map((each) => name(each.name)))}) overriding system value
    select ${list(table.columns.map(value))}
    from json_to_recordset(${`[${page.join(',')}]`}::text::json) as page(${list(table.columns.map(typed))})`)
}

/** Of the rows that name another row of their table: key and references only, to be set later. */
function ownReferences({ table, rows: page }: Page): string[] {
  if (table.ownReferences.length === 0) return []
  const kept = [...table.key.map((each) => each.name), ...table.ownReferences]
  return page.map((row): Record<string, unknown> => JSON.parse(row))
    .filter((row) => table.ownReferences.some((column) => row[column] !== null))
    .map((row) => JSON.stringify(Object.fromEntries(kept.map((column) => [column, row[column]]))))
}

async function setOwnReferences(db: Db, table: StoredTable, found: readonly string[]): Promise<void> {
  const columns = table.columns.filter(({ name }) => table.ownReferences.includes(name))
  for (let from = 0; from < found.length; from += pageSize(table)) {
    const page = `[${found.slice(from, from + pageSize(table)).join(',')}]`
    await db.execute(sql`
      update ${name(table.name)} as row set ${list(columns.map((each) => sql`${name(each.name)} = page.${name(each.name)}`))}
      from json_to_recordset(${page}::text::json) as page(${list([...table.key, ...columns].map(typed))})
      where ${sql.join(table.key.map((each) => sql`row.${name(each.name)} = page.${name(each.name)}`), sql` and `)}`)
  }
}

async function numberOn(db: Db, table: StoredTable): Promise<void> {
  if (table.numbered === undefined) return
  await db.execute(sql`
    select setval(pg_get_serial_sequence(${`public."${table.name}"`}, ${table.numbered}), max(${name(table.numbered)}))
    from ${name(table.name)}`)
}
