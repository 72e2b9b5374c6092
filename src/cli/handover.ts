// While a server runs on an embedded database, no other process may open it. So a command typed in
// another terminal is handed to the server, over a socket beside the database, and its output comes back.
// Both sides speak in frames: one JSON object a line.
//   to the server    {"command":{version, argv, cwd, columns, language}}   {"stdin":"…"}
//   to the terminal  {"stdout":"…"}   {"bytes":"base64"}   {"stderr":"…"}   {"need":"stdin"}   {"exit":0}

import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, rmSync, statSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Io } from './io.ts'

type Run = (argv: string[], io: Io) => Promise<number>

interface Command {
  readonly version: string
  readonly argv: string[]
  readonly cwd: string
  readonly columns: number
  readonly language: 'en' | 'zh'
}

interface ToServer { readonly command?: Command; readonly stdin?: string }
interface ToTerminal { readonly stdout?: string; readonly bytes?: string; readonly stderr?: string; readonly need?: 'stdin'; readonly exit?: number }

/**
 * Takes commands of other terminals until closed; runs each with the terminal it came from. `run` reports
 * its own errors: one that it throws is only told to the terminal, as an exit code of 1.
 *
 * Only for the process that holds the lock on `home`: a socket left by a dead server is removed.
 */
export async function listenForCommands(options: { home: string; version: string; run: Run }): Promise<{ close(): Promise<void> }> {
  const address = addressOf(options.home)
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    serve(socket, options.version, options.run)
  })
  if (!isPipe(address)) rmSync(address, { force: true })
  await listen(server, address)
  return {
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of open) socket.destroy()
    }),
  }
}

/** Hands a command to the server on `home`; returns its exit code, or `nobody` where no server listens. */
export async function handOver(
  { home, version, argv, io }: { home: string; version: string; argv: string[]; io: Io },
): Promise<number | 'nobody'> {
  const socket = await reach(home)
  if (socket === undefined) return 'nobody'
  const command: Command = { version, argv, cwd: io.cwd, columns: io.columns, language: io.language }
  send(socket, { command } satisfies ToServer)
  try {
    for await (const frame of framesOf<ToTerminal>(socket)) {
      if (frame.stdout !== undefined) io.stdout(frame.stdout)
      if (frame.bytes !== undefined) await io.stdoutBytes(Buffer.from(frame.bytes, 'base64'))
      if (frame.stderr !== undefined) io.stderr(frame.stderr)
      if (frame.need === 'stdin') send(socket, { stdin: await io.stdin() } satisfies ToServer)
      if (frame.exit !== undefined) return frame.exit
    }
  } catch (error) {
    if (!isBroken(error)) throw error
  } finally {
    socket.destroy()
  }
  io.stderr('The server stopped before the command was done. See with "obligation list" or "message list" what it still did.\n')
  return 1
}

function serve(socket: Socket, version: string, run: Run): void {
  // A terminal that has gone takes its output with it; the command still runs to its end.
  socket.on('error', () => socket.destroy())
  void carryOut(socket, version, run)
    .catch(() => {
      send(socket, { stderr: 'The server could not carry out the command.\n' } satisfies ToTerminal)
      return 1
    })
    .then((exit) => {
      send(socket, { exit } satisfies ToTerminal)
      socket.end()
    })
}

async function carryOut(socket: Socket, version: string, run: Run): Promise<number> {
  const frames = framesOf<ToServer>(socket)
  const first = await frames.next()
  const command = first.done ? undefined : first.value.command
  if (command === undefined) throw new Error('A connection without a command.')
  if (command.version !== version) {
    send(socket, { stderr: `The running server is version ${version}, this command is version ${command.version}. `
      + 'Restart the server, then try again.\n' } satisfies ToTerminal)
    return 1
  }
  return run(command.argv, terminalOf(socket, command, frames))
}

function terminalOf(socket: Socket, { cwd, columns, language }: Command, frames: AsyncGenerator<ToServer>): Io {
  let input: Promise<string> | undefined
  const readInput = async (): Promise<string> => {
    send(socket, { need: 'stdin' } satisfies ToTerminal)
    const next = await frames.next()
    if (next.done) throw new Error('The terminal closed before its input was read.')
    return next.value.stdin ?? ''
  }
  return {
    stdout: (text) => send(socket, { stdout: text } satisfies ToTerminal),
    stdoutBytes: (part) => sendBytes(socket, part),
    stderr: (text) => send(socket, { stderr: text } satisfies ToTerminal),
    stdin: () => input ??= readInput(),
    cwd, columns, language,
  }
}

function send(socket: Socket, frame: ToServer | ToTerminal): void {
  if (socket.writable) socket.write(`${JSON.stringify(frame)}\n`)
}

// A file must not pile up in memory where its terminal reads slowly; a terminal that has gone is not waited for.
function sendBytes(socket: Socket, part: Uint8Array): Promise<void> {
  if (!socket.writable) return Promise.resolve()
  const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64')
  return new Promise((resolve) => {
    socket.write(`${JSON.stringify({ bytes } satisfies ToTerminal)}\n`, () => resolve())
  })
}

async function* framesOf<Frame>(socket: Socket): AsyncGenerator<Frame> {
  let parts: string[] = []
  for await (const chunk of socket.setEncoding('utf8') as AsyncIterable<string>) {
    const [first = '', ...others] = chunk.split('\n')
    parts.push(first)
    for (const next of others) {
      const frame: Frame = JSON.parse(parts.join(''))
      yield frame
      parts = [next]
    }
  }
}

// A socket's path must fit in about 100 bytes; macOS has the shortest limit, 104.
function addressOf(home: string): string {
  const short = createHash('sha256').update(home).digest('hex').slice(0, 24)
  if (process.platform === 'win32') return `\\\\.\\pipe\\recert-${short}`
  const beside = join(home, 'recert.sock')
  return Buffer.byteLength(beside) <= 100 ? beside : join(tmpdir(), `recert-${short}.sock`)
}

const isPipe = (address: string): boolean => address.startsWith('\\\\')

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // The socket is made within the call, so that nobody else can reach it even for a moment.
    const mask = process.umask(0o177)
    try {
      server.listen(address, () => {
        if (!isPipe(address)) chmodSync(address, 0o600)
        resolve()
      })
    } finally {
      process.umask(mask)
    }
  })
}

function reach(home: string): Promise<Socket | undefined> {
  const address = addressOf(home)
  if (!isPipe(address) && !isOurs(home, address)) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    const socket = connect(address, () => {
      socket.off('error', refuse)
      resolve(socket)
    })
    const refuse = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined)
      else reject(error)
    }
    socket.once('error', refuse)
  })
}

// In the shared folder for temporary files, somebody else could listen under our name.
function isOurs(home: string, address: string): boolean {
  const socket = lstatSync(address, { throwIfNoEntry: false })
  const folder = statSync(home, { throwIfNoEntry: false })
  return socket !== undefined && folder !== undefined && (socket.uid === folder.uid || socket.uid === process.getuid?.())
}

const isBroken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code))
