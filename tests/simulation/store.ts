// The one database of a simulation: the real one in memory, whose `clock_timestamp()` shows true time, and through
// which every replica reaches by a door of its own, where its turns are awaited and its connection may fail.

import { PGlite, type QueryOptions, type Results } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import { openMemoryDatabase, rows, type Database, type Db } from '../../src/store/database.ts'
import { openTransactionGuard } from '../../src/store/transaction.ts'
import type { Clockwork } from './clockwork.ts'
import { openKept, type Kept } from './kept-answers.ts'

/** What a replica's way to the database may do to it. `inside` is asked at every statement of a transaction. */
export interface Door {
  before(kind: 'statement' | 'transaction'): Promise<void>
  inside(): void
  /** Asked once all of a transaction was said: a throw takes it back. */
  beforeCommit(): void
  afterCommit(): Promise<void>
}

export interface SimulatedStore {
  /** Opens a way to the database for one replica. */
  open(door: Door): Database
  /** Reads beside the replicas, without a turn. */
  read<R extends Record<string, unknown>>(query: string, values?: unknown[]): Promise<R[]>
  /** Takes what the watch over messages has noted since it was last asked. */
  takeMoves(): Promise<Move[]>
  /** Empties every table and begins a life by another clockwork. */
  begin(clockwork: Clockwork): Promise<void>
  close(): Promise<void>
}

/** One change of a row of the outbox, as a trigger saw it. */
export interface Move {
  readonly id: number
  readonly op: 'INSERT' | 'UPDATE' | 'DELETE'
  readonly rfc: string
  readonly person: number
  readonly was: string | null
  readonly is: string | null
  readonly had_passed: boolean
  readonly has_passed: boolean
  readonly same_bytes: boolean
  readonly same_id: boolean
  /** Of a deleted row: whether the same transaction had inserted it. */
  readonly fresh: boolean
  readonly attempts: number
  readonly more_attempts: boolean
}

const virtualClock = `
create schema simulation;
create function simulation.clock_timestamp() returns timestamptz language sql volatile as
  $$ select current_setting('simulation.now')::timestamptz $$;
create table simulation.move (n serial primary key, id int, op text, rfc text, person int, was text, is_now text, had_passed bool, has_passed bool,
  same_bytes bool, same_id bool, fresh bool, attempts int, more_attempts bool);
create function simulation.watch() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into simulation.move (id, op, rfc, person, is_now, had_passed, has_passed, same_bytes, same_id, fresh, attempts, more_attempts)
      values (new.id, tg_op, new.message_id, new.person_id, new.state, false, new.gated_at is not null, true, true, false, new.attempts, false);
  elsif tg_op = 'DELETE' then
    insert into simulation.move (id, op, rfc, person, was, had_passed, has_passed, same_bytes, same_id, fresh, attempts, more_attempts)
      values (old.id, tg_op, old.message_id, old.person_id, old.state, old.gated_at is not null, false, true, true,
        old.xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296, old.attempts, false);
  else
    insert into simulation.move (id, op, rfc, person, was, is_now, had_passed, has_passed, same_bytes, same_id, fresh, attempts, more_attempts)
      values (new.id, tg_op, new.message_id, new.person_id, old.state, new.state, old.gated_at is not null, new.gated_at is not null,
        old.raw is not distinct from new.raw, old.message_id = new.message_id and old.person_id = new.person_id and old.kind = new.kind,
        false, new.attempts, new.attempts > old.attempts);
  end if;
  return null;
end $$;
create trigger watched after insert or update or delete on public.message for each row execute function simulation.watch();
-- Ours comes before the one of the catalogue, which is otherwise searched first.
set search_path = simulation, pg_catalog, public;
set simulation.now = '2000-01-01T00:00:00Z';
`

export async function openStore(): Promise<SimulatedStore> {
  const database = await openMemoryDatabase()
  const client = clientOf(database.db)
  await client.exec(virtualClock)
  const tables = await rows<{ name: string }>(database.db, sql`
    select tablename as name from pg_tables where schemaname = 'public' order by tablename`)
  const names = tables.map((one) => one.name)
  const kept = openKept(names)
  const identity = await database.identity()
  let clockwork: Clockwork | undefined
  let shown = -1

  async function showTime(): Promise<void> {
    const now = clockwork!.now()
    if (now === shown) return
    shown = now
    await client.exec(`set simulation.now = '${new Date(now).toISOString()}'`)
  }

  return {
    open: (door) => openDoor({ client, kept, door, identity, clockwork: clockwork!, showTime }),
    async read(query, values) {
      return (await kept.query(client, query, values)).rows
    },
    async takeMoves() {
      const found = await client.query<Move & { is_now: string | null }>(
        'with taken as (delete from simulation.move returning *) select * from taken order by n')
      return found.rows.map(({ is_now: is, ...rest }) => ({ ...rest, is }))
    },
    async begin(other) {
      clockwork = other
      await client.exec(`alter table history disable trigger user;
        truncate ${names.filter((name) => name !== 'migration').map((name) => `"${name}"`).join(', ')} restart identity cascade;
        alter table history enable trigger user; truncate simulation.move`)
      kept.forget()
      shown = -1
      await showTime()
    },
    close: () => database.close(),
  }
}

/** The driver behind a database in memory. */
function clientOf(db: Db): PGlite {
  if ('$client' in db && db.$client instanceof PGlite) return db.$client
  throw new Error('The database does not name its driver.')
}

interface Rooms {
  readonly client: PGlite
  readonly kept: Kept
  readonly door: Door
  readonly identity: string
  readonly clockwork: Clockwork
  readonly showTime: () => Promise<void>
}

function openDoor({ client, kept, door, identity, clockwork, showTime }: Rooms): Database {
  const guard = openTransactionGuard()
  const facade = {
    async query(text: string, values?: unknown[], options?: QueryOptions): Promise<Results<never>> {
      guard.refuseInside()
      await door.before('statement')
      return await held(async () => {
        await showTime()
        return await kept.query(client, text, values, options)
      })
    },
    async transaction<T>(work: (tx: unknown) => Promise<T>): Promise<T> {
      return await kept.transaction(client, async (query) => {
        const result = await work({ query: async (text: string, values?: unknown[], options?: QueryOptions) => {
          door.inside()
          return await query(text, values, options)
        } })
        door.beforeCommit()
        return result
      })
    },
  }
  async function held<T>(work: () => Promise<T>): Promise<T> {
    const end = clockwork.begin()
    try {
      return await work()
    } finally {
      end()
    }
  }
  const db: Db = drizzle({ client: new Proxy(client, { get: (target, name): unknown => Reflect.get(name === 'query' || name === 'transaction' ? facade : target, name) }) })
  return {
    // Only the embedded one is vacuumed by housekeeping, which takes time and tells nothing here.
    kind: 'postgres', place: 'memory', db,
    async transact(work) {
      guard.refuseInside()
      await door.before('transaction')
      const result = await held(async () => {
        await showTime()
        return await db.transaction((inner) => guard.inside(() => work(inner)))
      })
      await door.afterCommit()
      return result
    },
    migrateAlone: (work) => work(),
    identity: async () => identity,
    holdServing: async () => undefined,
    isServed: async () => false,
    // A wake-up is a favour: ticks are what is promised.
    listen: async () => async () => undefined,
    close: async () => undefined,
  }
}
