// One process per folder. Two on one embedded database lose rows and break indexes without an error, so
// every opener takes a lock that the kernel frees when the process ends, however it ends.
// Only this module may open the lock file: closing any descriptor on it drops the lock.

import { mkdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError, conflict } from '../errors.ts'

// A connection that nobody refers to any more would be collected, and its lock freed with it.
const held = new Set<DatabaseSync>()

/**
 * Takes the lock on a folder, which is made where it is missing; returns what gives it back.
 *
 * Throws `conflict` naming the process that holds it, `invalid` for a folder on a network file system.
 */
export function lockFolder(home: string): () => void {
  makeFolder(home)
  refuseNetworkFolder(home)
  const lock = new DatabaseSync(join(home, 'lock'), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (cause) {
    lock.close()
    throw isHeld(cause) ? conflict(heldMessage(home)) : cause
  }
  held.add(lock)
  writeFileSync(join(home, 'holder'), JSON.stringify({ pid: process.pid, host: hostname() }))
  return () => {
    if (!held.delete(lock)) return
    rmSync(join(home, 'holder'), { force: true })
    lock.close()
  }
}

function makeFolder(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new AppError('invalid', `The folder ${home} cannot be made. Set RECERT_HOME to a folder this user may write to.`, { cause })
  }
}

const busy = 5

function isHeld(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === busy
}

// Only for the message: the file may be that of an earlier holder, or be just about to be written.
function heldMessage(home: string): string {
  return `The folder ${home} is in use by ${holderOf(home)}. Two processes on it would destroy the data. `
    + 'Stop that process, or set RECERT_HOME to another folder, and try again.'
}

function holderOf(home: string): string {
  const file = join(home, 'holder')
  try {
    const { pid, host }: { pid: number; host: string } = JSON.parse(readFileSync(file, 'utf8'))
    const since = Temporal.Instant.fromEpochMilliseconds(Math.floor(statSync(file).mtimeMs))
    const where = host === hostname() ? '' : ` on ${host}`
    return `process ${pid}${where}, since ${since.toString({ smallestUnit: 'second' })}`
  } catch {
    return 'another process'
  }
}

// Linux's numbers (statfs(2)). FUSE may be local or not: the mount table says which it is.
const fuse = 0x65_73_55_46
const networkFileSystems = new Map([
  [0x69_69, 'NFS'], [0x51_7b, 'SMB'], [0xfe_53_4d_42, 'SMB'], [0xff_53_4d_42, 'CIFS'], [0x53_46_41_4f, 'AFS'],
  [0x5a_3c_69_f0, 'AFS'], [0x00_c3_64_00, 'Ceph'], [0x0b_d0_0b_d0, 'Lustre'], [0x01_16_19_70, 'GFS2'], [0x74_61_63_6f, 'OCFS2'],
])
const networkFuse = /^fuse\.(sshfs|s3fs|rclone|gcsfuse|glusterfs|cephfs|smbnetfs|davfs|curlftpfs)/

/** Names the network file system a folder is on; undefined for a local one. `mounts` is /proc/self/mounts. */
export function networkFileSystem(folder: string, type: number, mounts: string): string | undefined {
  if (type !== fuse) return networkFileSystems.get(type)
  const around = mounts.split('\n').map((line) => line.split(' '))
    .filter(([, point = '']) => folder === point || folder.startsWith(point.endsWith('/') ? point : `${point}/`))
    .sort(([, a = ''], [, b = '']) => b.length - a.length)
  return networkFuse.exec(around[0]?.[2] ?? '')?.[1]
}

function refuseNetworkFolder(home: string): void {
  const found = process.platform === 'linux'
    ? networkFileSystem(home, statfsSync(home).type, readFileSync('/proc/self/mounts', 'utf8'))
    : process.platform === 'win32' && home.startsWith('\\\\') ? 'a network share' : undefined
  if (found === undefined) return
  throw new AppError('invalid', `The folder ${home} is on a network file system (${found}), whose locks cannot be relied on. `
    + 'Set RECERT_HOME to a folder on a local disk, or DATABASE_URL to a PostgreSQL server.')
}
