import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { lockFolder, networkFileSystem } from '../../src/store/lock.ts'
import { testFolder } from '../helpers/folder.ts'

const lockModule = join(import.meta.dirname, '../../src/store/lock.ts')
const program = `
  const { lockFolder } = await import(process.argv[1])
  try { lockFolder(process.argv[2]); console.log('held') } catch (error) { console.log(error.code + ': ' + error.message) }
  process.stdin.resume()`

// Another process that takes the lock and keeps it for as long as it lives.
async function otherHolder(home: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, lockModule, home], { stdio: ['pipe', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = await new Promise<string>((resolve) => child.stdout?.setEncoding('utf8').once('data', resolve))
  return { child, said: said.trim() }
}

function refusal(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('It was not refused.')
}

describe('the lock on a folder', () => {
  it('makes the folder and its parents, for this user only', () => {
    const home = join(testFolder(), 'a/b')
    lockFolder(home)()
    expect(statSync(home).mode & 0o777).toBe(0o700)
  })

  it('refuses a second opener in the same process, naming this process', () => {
    const home = testFolder()
    const unlock = lockFolder(home)
    onTestFinished(unlock)
    const error = refusal(() => lockFolder(home))
    expect(error.code).toBe('conflict')
    expect(error.message).toContain(`The folder ${home} is in use by process ${process.pid}, since 20`)
    expect(error.message).toContain('Stop that process, or set RECERT_HOME to another folder')
  })

  it('refuses a second opener in another process, and lets it in once it is given back', async () => {
    const home = testFolder()
    const unlock = lockFolder(home)
    const early = await otherHolder(home)
    expect(early.said).toContain(`conflict: The folder ${home} is in use by process ${process.pid}`)
    unlock()
    expect((await otherHolder(home)).said).toBe('held')
  })

  it('is free again after its holder was killed', async () => {
    const home = testFolder()
    const { child, said } = await otherHolder(home)
    expect(said).toBe('held')
    expect(refusal(() => lockFolder(home)).message).toContain(`process ${child.pid}`)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    expect(existsSync(join(home, 'holder'))).toBe(true)
    lockFolder(home)()
  })

  it('is given back once, however often that is asked', () => {
    const home = testFolder()
    const first = lockFolder(home)
    first()
    const second = lockFolder(home)
    first()
    expect(refusal(() => lockFolder(home)).code).toBe('conflict')
    second()
  })

  it('says so where the folder cannot be made', () => {
    const error = refusal(() => lockFolder('/dev/null/recert'))
    expect(error.code).toBe('invalid')
    expect(error.message).toContain('/dev/null/recert')
  })
})

describe('a folder on a network file system', () => {
  const mounts = ['/dev/sda1 / ext4 rw 0 0', 'me@far:/ /home/me/far fuse.sshfs rw 0 0', 'disk /mnt fuse.grpcfuse rw 0 0'].join('\n')
  it.each([
    ['NFS', 0x69_69, '/srv', 'NFS'],
    ['a Windows share', 0xfe_53_4d_42, '/srv', 'SMB'],
    ['an older Windows share', 0xff_53_4d_42, '/srv', 'CIFS'],
    ['SSH', 0x65_73_55_46, '/home/me/far/recert', 'sshfs'],
    ['a local FUSE mount', 0x65_73_55_46, '/mnt/recert', undefined],
    ['a local FUSE mount beside one by SSH', 0x65_73_55_46, '/home/me/farther', undefined],
    ['ext4', 0xef_53, '/srv', undefined],
    ['overlayfs', 0x79_4c_76_30, '/srv', undefined],
    ['btrfs', 0x91_23_68_3e, '/srv', undefined],
  ])('%s is told', (_, type, folder, expected) => {
    expect(networkFileSystem(folder, type, mounts)).toBe(expected)
  })
})
