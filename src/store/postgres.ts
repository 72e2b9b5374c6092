// PostgreSQL through postgres.js: the pool, what is said when it cannot be used, and the two locks that
// must outlive a query (migrating, serving), each on a connection of its own.

import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres, { type Sql } from 'postgres'
import { AppError } from '../errors.ts'
import type { Database, Db } from './database.ts'
import { codeOf, identityOf, rows, wakeCall } from './driver.ts'
import { type Watch, watchSilence } from './silence.ts'
import { openTransactionGuard } from './transaction.ts'

const oldestVersion = 15
// Two-part advisory lock keys; the first part only has to be ours.
const lockFamily = 1_380_143_700
const migratingLock = 1
const servingLock = 2

/** Opens the pool and makes sure the server is there and fit; not migrated. Throws `unavailable`. */
export async function openPostgres(url: string): Promise<Database> {
  // Tells the connections of this pool from those of other processes.
  const name = `recert ${randomUUID().slice(0, 8)}`
  const watch = watchSilence(() => isBusy(url, name))
  const client = connect(url, { max: 8, ...lineOf(watch) }, name)
  const place = placeOf(client)
  try {
    await watch.awaiting(refuseOldServer(client, place))
  } catch (error) {
    watch.end()
    await client.end({ timeout: 0 })
    throw error instanceof AppError ? error : unreachable(error, client, place)
  }
  return wrap(client, url, place, watch)
}

// The driver takes a function that opens its lines, which its types do not know.
const lineOf = (watch: Watch): object => ({ socket: watch.connect })

/** Says whether the server works on a statement of ours. On a line of its own, which must answer at once. */
async function isBusy(url: string, name: string): Promise<boolean> {
  const client = connect(url, { max: 1, connect_timeout: 5 }, `${name} asks`)
  const late = setTimeout(() => void client.end({ timeout: 0 }), 5000)
  try {
    const [found] = await client`select exists (select 1 from pg_stat_activity where application_name = ${name} and state = 'active') as busy`
    return found?.['busy'] === true
  } finally {
    clearTimeout(late)
    await client.end({ timeout: 0 })
  }
}

/** After so long without a statement a transaction is its client's no more: a process that was stopped must not keep its locks. */
const idleInTransaction = 60_000

function connect(url: string, options: postgres.Options<Record<string, never>>, name = 'recert'): Sql {
  try {
    return postgres(url, {
      connect_timeout: 10,
      // The default grows to 20 s, for which a server that is back would still be called gone.
      backoff: () => 0.5,
      onnotice: () => undefined,
      ...options,
      connection: { TimeZone: 'UTC', search_path: 'public', application_name: name, idle_in_transaction_session_timeout: idleInTransaction },
    }) as Sql
  } catch {
    // The cause is not kept: it carries the whole address, password included.
    throw new AppError('invalid', 'DATABASE_URL must look like postgres://user:password@host:5432/name.')
  }
}

// What the driver made of the address and the PG… variables, without user and password.
function placeOf(client: Sql): string {
  const { host, port, database } = client.options
  return `${host[0] ?? 'localhost'}:${port[0] ?? 5432}, database "${database}"`
}

async function refuseOldServer(client: Sql, place: string): Promise<void> {
  const [found] = await client`select current_setting('server_version_num')::int as number, current_setting('server_version') as name`
  if (found === undefined || Number(found['number']) >= oldestVersion * 10_000) return
  throw new AppError('unavailable', `PostgreSQL at ${place} is version ${found['name']}; Recert needs ${oldestVersion} or newer. `
    + 'Upgrade the server, or unset DATABASE_URL to use the embedded database.')
}

const absent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ECONNRESET',
  'ENOENT', 'CONNECT_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECTION_DESTROYED'])

function unreachable(cause: unknown, client: Sql, place: string): AppError {
  return new AppError('unavailable', reasonOf(cause, client.options, place), { cause })
}

function reasonOf(cause: unknown, { user, database }: Sql['options'], place: string): string {
  const code = codeOf(cause)
  if (absent.has(code)) {
    return `No PostgreSQL answers at ${place} (${code}). Start one, for example with "docker compose up -d database", `
      + 'or unset DATABASE_URL to use the embedded database.'
  }
  if (code.startsWith('28')) {
    return `PostgreSQL at ${place} does not let user "${user}" in. Check the user and the password in DATABASE_URL.`
  }
  if (code === '3D000') {
    return `PostgreSQL at ${place}: there is no such database. Create it, for example with "createdb ${database}", or correct DATABASE_URL.`
  }
  return `PostgreSQL at ${place} cannot be used: ${cause instanceof Error ? cause.message : String(cause)} (${code}).`
}

function wrap(client: Sql, url: string, place: string, watch: Watch): Database {
  const guard = openTransactionGuard()
  const db: Db = drizzle({ client: guarded(client, guard.refuseInside, watch) })
  const mark = servingMark(url)
  let closing: Promise<void> | undefined
  return {
    kind: 'postgres',
    place,
    db,
    transact: async (work) => db.transaction((inner) => guard.inside(() => work(inner))),
    migrateAlone: (work) => migrateAlone(url, place, work),
    identity: () => identityOf(db),
    listen: async (woken) => {
      const heard = await client.listen(wakeCall, woken)
      return () => heard.unlisten()
    },
    holdServing: mark.hold,
    isServed: () => isServed(db),
    close: () => closing ??= mark.drop().then(() => client.end({ timeout: 5 })).finally(watch.end),
  }
}

// A transaction runs on a client of its own, so what passes here is the outer database only.
function guarded(client: Sql, refuseInside: () => void, watch: Watch): Sql {
  return new Proxy(client, {
    get(target, name) {
      if (name === 'begin') {
        refuseInside()
        return (work: (inner: postgres.TransactionSql) => Promise<unknown>) => watch.awaiting(target.begin(work))
      }
      if (name === 'unsafe') {
        refuseInside()
        return (...given: Parameters<Sql['unsafe']>) => watched(target.unsafe(...given), watch)
      }
      return Reflect.get(target, name, target)
    },
  })
}

interface Answer { readonly then: PromiseLike<unknown>['then']; readonly values: () => Answer }

// The driver begins a query when it is first waited for, and `values` returns it unbegun.
function watched(query: PromiseLike<unknown> & { values(): PromiseLike<unknown> }, watch: Watch): Answer {
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- it stands for the driver's own, which is one
    then: (done, failed) => watch.awaiting(query).then(done, failed),
    values: () => {
      query.values()
      return watched(query, watch)
    },
  }
}

// The lock ends with its connection, so it must not be one of the pool's, which are closed as they age.
async function migrateAlone<T>(url: string, place: string, work: () => Promise<T>): Promise<T> {
  const connection = connect(url, { max: 1, max_lifetime: null })
  try {
    await connection`set lock_timeout = '60s'`
    await connection`select pg_advisory_lock(${lockFamily}, ${migratingLock})`
    return await work()
  } catch (error) {
    if (codeOf(error) !== '55P03') throw error
    throw new AppError('unavailable', `Another process has been migrating PostgreSQL at ${place} for a minute. `
      + 'Wait until it has ended, and start again.', { cause: error })
  } finally {
    await connection.end({ timeout: 5 })
  }
}

interface ServingMark {
  readonly hold: () => Promise<void>
  readonly drop: () => Promise<void>
}

function servingMark(url: string): ServingMark {
  let connection: Sql | undefined
  const take = async (): Promise<void> => {
    if (connection) await connection`select pg_advisory_lock_shared(${lockFamily}, ${servingLock})`
  }
  // After a lost connection the mark is taken again, each try paced by the driver's back-off.
  const again = (): void => {
    take().catch(() => undefined)
  }
  return {
    async hold() {
      if (connection !== undefined) return
      connection = connect(url, { max: 1, max_lifetime: null, onclose: again })
      await take()
    },
    async drop() {
      const held = connection
      connection = undefined
      await held?.end({ timeout: 5 })
    },
  }
}

async function isServed(db: Db): Promise<boolean> {
  const [found] = await rows<{ served: boolean }>(db, sql`
    select exists (
      select 1 from pg_locks
      where locktype = 'advisory' and granted and objsubid = 2
        and classid = ${sql.raw(String(lockFamily))} and objid = ${sql.raw(String(servingLock))}
        and database = (select oid from pg_database where datname = current_database())
    ) as served`)
  return found?.served ?? false
}
