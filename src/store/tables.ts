// What tables there are, as the database itself tells it, so that a backup also keeps the columns of a
// newer program. Left out: the record of migrations, and columns that are computed from others.

import { sql } from 'drizzle-orm'
import type { Db } from './database.ts'
import { rows } from './driver.ts'

export interface StoredColumn {
  readonly name: string
  /** As SQL names it, such as `timestamp with time zone`. */
  readonly type: string
}

export interface StoredTable {
  readonly name: string
  readonly columns: readonly StoredColumn[]
  /** The primary key, in its order. */
  readonly key: readonly StoredColumn[]
  /** The column the database numbers, if there is one. */
  readonly numbered: string | undefined
  /** The columns that name another row of the same table. */
  readonly ownReferences: readonly string[]
}

type Column = StoredColumn & { place: number; numbered: boolean }
type Reference = { table: string; columns: number[] }
type Found = { name: string; columns: Column[]; key: number[] | null; references: Reference[] | null }

/** Lists every table, each after those it refers to; there are a few dozen, so there is no limit. */
export async function listTables(db: Db): Promise<StoredTable[]> {
  const found = await rows<Found>(db, sql`
    select t.relname as name,
      (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'place', a.attnum, 'numbered', a.attidentity <> '') order by a.attnum)
        from pg_attribute a
        where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      (select to_json(c.conkey) from pg_constraint c where c.conrelid = t.oid and c.contype = 'p') as key,
      (select json_agg(json_build_object('table', r.relname, 'columns', c.conkey))
        from pg_constraint c join pg_class r on r.oid = c.confrelid
        where c.conrelid = t.oid and c.contype = 'f') as references
    from pg_class t join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and t.relkind = 'r' and t.relname <> 'migration'
    order by t.relname`)
  return inReferenceOrder(found).map(tableOf)
}

function inReferenceOrder(found: readonly Found[]): Found[] {
  const ordered: Found[] = []
  let waiting = [...found]
  while (waiting.length > 0) {
    const names = new Set(waiting.map((each) => each.name))
    const free = waiting.filter((each) => (each.references ?? [])
      .every(({ table }) => table === each.name || !names.has(table)))
    if (free.length === 0) throw new Error(`These tables refer to each other in a ring: ${[...names].join(', ')}.`)
    ordered.push(...free)
    waiting = waiting.filter((each) => !free.includes(each))
  }
  return ordered
}

function tableOf({ name, columns, key, references }: Found): StoredTable {
  const at = (place: number): Column[] => columns.filter((each) => each.place === place)
  if (key === null) throw new Error(`The table ${name} has no primary key to read it by.`)
  return {
    name,
    columns: columns.map(({ name, type }) => ({ name, type })),
    key: key.flatMap(at),
    numbered: columns.find((each) => each.numbered)?.name,
    ownReferences: (references ?? []).filter((each) => each.table === name)
      .flatMap((each) => each.columns.flatMap(at)).map((each) => each.name),
  }
}
