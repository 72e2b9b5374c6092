import { spawn } from 'node:child_process'
import { fsyncSync, fstatSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase, rows } from '../../src/store/database.ts'
import { durableOptions } from '../../src/store/embedded.ts'
import { testFolder } from '../helpers/folder.ts'

const open = (home: string) => openDatabase({ home, databaseUrl: undefined })

describe('the embedded database', () => {
  it('runs with fsync on, in a way that reaches the disk', async () => {
    const database = await open(join(testFolder(), 'deep/home'))
    onTestFinished(() => database.close())
    expect(await rows(database.db, sql`
      select current_setting('fsync') as fsync, current_setting('wal_sync_method') as method,
        current_setting('synchronous_commit') as commit, current_setting('full_page_writes') as pages`))
      .toEqual([{ fsync: 'on', method: 'fsync', commit: 'on', pages: 'on' }])
  })

  it('syncs every commit to the disk, and the folders that name the files', async () => {
    const synced = { files: 0, folders: 0 }
    const client = await PGlite.create(durableOptions(join(testFolder(), 'database'), (descriptor) => {
      synced[fstatSync(descriptor).isDirectory() ? 'folders' : 'files'] += 1
      fsyncSync(descriptor)
    }))
    onTestFinished(() => client.close())
    await client.exec('create table sample (id integer)')
    const before = synced.files
    for (let n = 0; n < 20; n += 1) await client.query('insert into sample values ($1)', [n])
    expect(synced.files - before).toBeGreaterThanOrEqual(20)
    await client.exec('checkpoint')
    expect(synced.folders).toBeGreaterThan(0)
  })

  it('stops rather than confirm what the disk refused', async () => {
    let full = false
    const client = await PGlite.create(durableOptions(join(testFolder(), 'database'), (descriptor) => {
      if (full) throw new Error('no space')
      fsyncSync(descriptor)
    }))
    await client.exec('create table sample (id integer)')
    full = true
    await expect(client.query('insert into sample values (1)')).rejects.toThrow()
    full = false
    await client.close().catch(() => undefined)
  })

  it('keeps its rows and its identity when it is opened again', async () => {
    const home = testFolder()
    const first = await open(home)
    const identity = await first.identity()
    await first.db.execute(sql`insert into installation (name, value) values ('url', 'http://localhost:3000')`)
    await first.close()
    const second = await open(home)
    expect(await rows(second.db, sql`select value from installation`)).toEqual([{ value: 'http://localhost:3000' }])
    expect(await second.identity()).toBe(identity)
    await second.close()
  })

  it('keeps all it confirmed when its process is killed in the middle of writing', async () => {
    const home = testFolder()
    const program = `const { openDatabase } = await import(process.argv[1])
      const { sql } = await import('drizzle-orm')
      const { db } = await openDatabase({ home: process.argv[2], databaseUrl: undefined })
      for (let n = 1; ; n += 1) {
        await db.execute(sql\`insert into installation (name, value) values (\${n}::text, 'x')\`)
        process.stdout.write(n + '\\n')
      }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program,
      join(import.meta.dirname, '../../src/store/database.ts'), home], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.once('close', resolve))
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('\n200\n')) child.kill('SIGKILL')
    })
    await ended
    const confirmed = Number(said.trimEnd().split('\n').at(-1))
    const database = await open(home)
    const found = await rows<{ last: number }>(database.db, sql`select max(name::int)::int as last from installation`)
    await database.close()
    expect(confirmed).toBeGreaterThanOrEqual(200)
    expect(found[0]?.last).toBeGreaterThanOrEqual(confirmed)
  })

  it('is closed once, however often that is asked, and frees its folder', async () => {
    const home = testFolder()
    const first = await open(home)
    await expect(open(home)).rejects.toThrow(`The folder ${home} is in use by process ${process.pid}`)
    await Promise.all([first.close(), first.close()])
    await (await open(home)).close()
  })

  it('says so where its folder cannot be read as a database, and frees the lock', async () => {
    const home = testFolder()
    writeFileSync(join(home, 'database'), 'not a folder')
    await expect(open(home)).rejects.toThrow(`The embedded database in ${join(home, 'database')} cannot be opened`)
    await expect(open(home)).rejects.toThrow('cannot be opened')
  })
})
