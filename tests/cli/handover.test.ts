import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { handOver, listenForCommands } from '../../src/cli/handover.ts'
import { languageOf, type Io } from '../../src/cli/io.ts'
import { testFolder } from '../helpers/folder.ts'

type Run = (argv: string[], io: Io) => Promise<number>
type Terminal = Io & { readonly said: { out: string; err: string; asked: number }; readonly bytes: Buffer[] }

function terminal(input = '', over: Partial<Io> = {}): Terminal {
  const said = { out: '', err: '', asked: 0 }
  const bytes: Buffer[] = []
  return {
    said, bytes,
    stdoutBytes: async (part) => void bytes.push(Buffer.from(part)),
    stdout: (text) => void (said.out += text),
    stderr: (text) => void (said.err += text),
    stdin: async () => {
      said.asked += 1
      return input
    },
    cwd: '/somewhere', columns: 123, language: 'zh',
    ...over,
  }
}

async function serve(home: string, run: Run, version = '1.0.0') {
  const server = await listenForCommands({ home, version, run })
  onTestFinished(() => server.close())
  return server
}

const ask = (home: string, io: Io, argv: string[] = [], version = '1.0.0') => handOver({ home, version, argv, io })

describe('a command handed to the running server', () => {
  it('runs with the arguments, folder, width and language of the terminal it was typed in', async () => {
    const home = testFolder()
    let seen: unknown
    await serve(home, async (argv, { cwd, columns, language }) => {
      seen = { argv, cwd, columns, language }
      return 0
    })
    expect(await ask(home, terminal(), ['import', '登记 册.csv', '--owner', 'a"b\n'])).toBe(0)
    expect(seen).toEqual({ argv: ['import', '登记 册.csv', '--owner', 'a"b\n'], cwd: '/somewhere', columns: 123, language: 'zh' })
  })

  it('prints there, on both outputs, and ends with its exit code', async () => {
    const home = testFolder()
    await serve(home, async (_, io) => {
      io.stdout('一行\n')
      io.stderr('hint\n')
      io.stdout('two\u2028lines\r\n')
      return 2
    })
    const io = terminal()
    expect(await ask(home, io)).toBe(2)
    expect(io.said).toEqual({ out: '一行\ntwo\u2028lines\r\n', err: 'hint\n', asked: 0 })
  })

  it('brings bytes as they are, in their order, between lines of text', async () => {
    const home = testFolder()
    const parts = [Uint8Array.from({ length: 256 }, (_, n) => n), new Uint8Array(300_000).fill(0xff)]
    await serve(home, async (_, io) => {
      io.stdout('before')
      for (const part of parts) await io.stdoutBytes(part)
      io.stdout('after')
      return 0
    })
    const io = terminal()
    expect(await ask(home, io)).toBe(0)
    expect(Buffer.concat(io.bytes).equals(Buffer.concat(parts))).toBe(true)
    expect(io.said.out).toBe('beforeafter')
  })

  it('is printed as it goes on, not only at its end', async () => {
    const home = testFolder()
    const seen = Promise.withResolvers<void>()
    await serve(home, async (_, io) => {
      io.stdout('first')
      await seen.promise
      return 0
    })
    expect(await ask(home, terminal('', { stdout: () => seen.resolve() }))).toBe(0)
  })

  it('brings long answers whole', async () => {
    const home = testFolder()
    const long = '证书 '.repeat(500_000)
    await serve(home, async (_, io) => {
      io.stdout(long)
      return 0
    })
    const io = terminal()
    await ask(home, io)
    expect(io.said.out === long).toBe(true)
  })

  it('gets the input of the terminal when it asks for it, once', async () => {
    const home = testFolder()
    await serve(home, async (_, io) => {
      io.stdout(`${await io.stdin()}${await io.stdin()}`)
      return 0
    })
    const io = terminal('输入\n'.repeat(50_000))
    await ask(home, io)
    expect(io.said.out).toBe('输入\n'.repeat(100_000))
    expect(io.said.asked).toBe(1)
  })

  it('does not touch an open terminal when it needs no input', async () => {
    const home = testFolder()
    await serve(home, async () => 0)
    const io = terminal('', { stdin: () => new Promise(() => undefined) })
    expect(await ask(home, io)).toBe(0)
  })

  it('runs beside others', async () => {
    const home = testFolder()
    const both = Promise.withResolvers<void>()
    let running = 0
    await serve(home, async (argv, io) => {
      running += 1
      if (running === 2) both.resolve()
      await both.promise
      io.stdout(argv.join())
      return 0
    })
    const [first, second] = [terminal(), terminal()]
    await Promise.all([ask(home, first, ['a']), ask(home, second, ['b'])])
    expect([first.said.out, second.said.out]).toEqual(['a', 'b'])
  })

  it('of another version is refused with a sentence, and not run', async () => {
    const home = testFolder()
    let ran = false
    await serve(home, async () => {
      ran = true
      return 0
    }, '2.0.0')
    const io = terminal()
    expect(await ask(home, io)).toBe(1)
    expect(io.said.err).toBe('The running server is version 2.0.0, this command is version 1.0.0. Restart the server, then try again.\n')
    expect(ran).toBe(false)
  })

  it('that throws ends with 1, and the server goes on', async () => {
    const home = testFolder()
    let times = 0
    await serve(home, async () => {
      times += 1
      if (times === 1) throw new Error('secret details')
      return 0
    })
    const io = terminal()
    expect(await ask(home, io)).toBe(1)
    expect(io.said.err).toBe('The server could not carry out the command.\n')
    expect(await ask(home, terminal())).toBe(0)
  })

  it('whose server closes on the way says so, and fails', async () => {
    const home = testFolder()
    const started = Promise.withResolvers<void>()
    const server = await serve(home, () => {
      started.resolve()
      return new Promise(() => undefined)
    })
    const io = terminal()
    const code = ask(home, io)
    await started.promise
    await server.close()
    expect(await code).toBe(1)
    expect(io.said.err).toContain('The server stopped before the command was done.')
  })
})

describe('the socket', () => {
  it('answers nobody where no server runs', async () => {
    const home = testFolder()
    expect(await ask(home, terminal())).toBe('nobody')
    expect(await ask(join(home, 'not/there'), terminal())).toBe('nobody')
    const server = await listenForCommands({ home, version: '1', run: async () => 0 })
    await server.close()
    expect(await ask(home, terminal())).toBe('nobody')
  })

  it('is open to its owner only', async () => {
    const home = testFolder()
    await serve(home, async () => 0)
    expect(statSync(join(home, 'recert.sock')).mode & 0o777).toBe(0o600)
  })

  it('of a server that was killed counts as nobody, and the next server replaces it', async () => {
    const home = testFolder()
    const program = `const { listenForCommands } = await import(process.argv[1])
      await listenForCommands({ home: process.argv[2], version: '1.0.0', run: async () => 0 }); console.log('listening')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program,
      join(import.meta.dirname, '../../src/cli/handover.ts'), home], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    expect(await ask(home, terminal())).toBe(0)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    expect(existsSync(join(home, 'recert.sock'))).toBe(true)
    expect(await ask(home, terminal())).toBe('nobody')
    await serve(home, async () => 7)
    expect(await ask(home, terminal())).toBe(7)
  })

  it('moves to the folder for temporary files where the path would be too long', async () => {
    const home = join(testFolder(), 'long'.repeat(30))
    mkdirSync(home)
    await serve(home, async () => 5)
    expect(existsSync(join(home, 'recert.sock'))).toBe(false)
    expect(await ask(home, terminal())).toBe(5)
    expect(await ask(join(tmpdir(), 'other'.repeat(30)), terminal())).toBe('nobody')
  })

  it('is not mistaken for a file of that name', async () => {
    const home = testFolder()
    writeFileSync(join(home, 'recert.sock'), '')
    expect(await ask(home, terminal())).toBe('nobody')
  })
})

describe('the language of a terminal', () => {
  it.each([
    [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
    [{ LANG: 'en_US.UTF-8' }, 'en'],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'en_US', LC_MESSAGES: 'zh_TW' }, 'zh'],
    [{ LANG: 'de_DE' }, 'en'],
    [{}, 'en'],
  ] as const)('%j is %s', (environment, language) => {
    expect(languageOf(environment)).toBe(language)
  })
})
