// PGlite: PostgreSQL inside this process, in a folder or in memory. As shipped it never syncs a commit
// to the disk; the file system below does. Everything is run on one connection, one thing at a time.

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { drizzle } from 'drizzle-orm/pglite'
import { AppError } from '../errors.ts'
import type { Database, Db } from './database.ts'
import { identityOf, wakeCall } from './driver.ts'
import { lockFolder } from './lock.ts'
import { openTransactionGuard } from './transaction.ts'

export interface MemoryDatabase extends Database {
  /** The whole database as a tar archive, to open another one from. */
  dump(): Promise<Blob>
}

/** Opens `<home>/database`, not migrated. Throws `conflict` while another process holds the folder. */
export async function openEmbedded(home: string): Promise<Database> {
  const unlock = lockFolder(home)
  try {
    const client = await openFolder(join(home, 'database'))
    return wrap(client, home, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

/** Says whether there is a database in the folder already. */
export const isInFolder = (home: string): boolean => existsSync(join(home, 'database', 'PG_VERSION'))

/** Opens a database in memory, not migrated; from the dump of another one where it is given. */
export async function openMemory(dump?: Blob): Promise<MemoryDatabase> {
  const client = await PGlite.create({
    startParams: [...PGlite.defaultStartParams, ...always],
    ...(dump ? { loadDataDir: dump } : {}),
  })
  return Object.assign(wrap(client, 'memory', () => undefined), {
    dump: () => client.dumpDataDir('none'),
  })
}

const always = ['-c', 'timezone=UTC']

type Sync = (descriptor: number) => void

/** The settings under which a commit is on the disk before it is acknowledged. */
export function durableOptions(folder: string, sync: Sync = fsyncSync): PGliteOptions {
  return {
    fs: new SyncingFolder(folder, sync),
    // -F turns fsync off. Of the ways to sync, fsync alone reaches the file system's callback.
    startParams: [...PGlite.defaultStartParams.filter((each) => each !== '-F'), ...always, '-c', 'wal_sync_method=fsync'],
  }
}

async function openFolder(folder: string): Promise<PGlite> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const isNew = !existsSync(join(folder, 'PG_VERSION'))
    const client = await PGlite.create(durableOptions(folder))
    // The files of a first start are made before PostgreSQL runs, and nothing syncs them later.
    if (isNew) syncTree(folder)
    return client
  } catch (cause) {
    throw new AppError('unavailable', `The embedded database in ${folder} cannot be opened: ${
      cause instanceof Error ? cause.message : String(cause)}. Check that this user may write there and that the disk `
      + 'has room; otherwise restore a backup into an empty RECERT_HOME.', { cause })
  }
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) syncFolder(path)
    else if (entry.isFile()) syncPath(path, 'r+')
  }
  for (const path of [folder, dirname(folder)]) syncFolder(path)
}

// Windows keeps the entries of a folder by itself and cannot open one to sync it.
function syncFolder(path: string, sync: Sync = fsyncSync): void {
  if (process.platform !== 'win32') syncPath(path, 'r', sync)
}

function syncPath(path: string, flags: string, sync: Sync = fsyncSync): void {
  const descriptor = openSync(path, flags)
  try {
    sync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

interface OpenFile { readonly nfd?: number; readonly node: unknown }
interface FolderModule {
  NODEFS: { stream_ops: { fsync?: (file: OpenFile) => number }; realPath(node: unknown): string }
}

const inputOutputError = 29

class SyncingFolder extends NodeFS {
  readonly #sync: Sync

  constructor(folder: string, sync: Sync) {
    super(folder)
    this.#sync = sync
  }

  override async init(...[client, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const made = await super.init(client, options)
    const addCallback = ({ NODEFS }: FolderModule): void => {
      NODEFS.stream_ops.fsync = (file) => this.#fsync(file, NODEFS)
    }
    made.emscriptenOpts.preRun = [...[made.emscriptenOpts.preRun ?? []].flat(), addCallback]
    return made
  }

  // A refusal must be returned: PostgreSQL then stops rather than trust what is not on the disk.
  #fsync(file: OpenFile, nodefs: FolderModule['NODEFS']): number {
    try {
      if (file.nfd === undefined) syncFolder(nodefs.realPath(file.node), this.#sync)
      else this.#sync(file.nfd)
      return 0
    } catch {
      return inputOutputError
    }
  }
}

function wrap(client: PGlite, place: string, unlock: () => void): Database {
  const guard = openTransactionGuard()
  const db: Db = drizzle({ client: guarded(client, guard.refuseInside) })
  let closing: Promise<void> | undefined
  return {
    kind: 'embedded',
    place,
    db,
    transact: async (work) => db.transaction((inner) => guard.inside(() => work(inner))),
    migrateAlone: (work) => work(),
    identity: () => identityOf(db),
    listen: (woken) => client.listen(wakeCall, woken),
    holdServing: async () => undefined,
    isServed: async () => false,
    close: () => closing ??= client.close().finally(unlock),
  }
}

// A transaction runs on a client of its own, so what passes here is the outer database only.
function guarded(client: PGlite, refuseInside: () => void): PGlite {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...given: unknown[]): unknown => {
        refuseInside()
        return Reflect.apply(value, target, given)
      }
    },
  })
}
