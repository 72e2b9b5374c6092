// A mail server that owns the truth: every copy it ever kept, by Message-ID and bytes. It answers at once, and
// falls silent where it is told to, before DATA is answered or at the final dot, so that its peer can be killed there.

import { createHash } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'

export interface Copy { readonly messageId: string; readonly hash: string; readonly to: string }

export type Silence = 'data' | 'dot, kept' | 'dot, lost'

export interface Sink {
  readonly url: string
  /** Every mail it took, in order, copies included. */
  readonly copies: Copy[]
  /** Falls silent once, on the first connection that gets there; resolves as soon as it has. */
  silentAt(place: Silence): Promise<void>
  /** Resolves when it has kept so many. */
  kept(count: number): Promise<void>
  close(): Promise<void>
}

interface Waiting { readonly place: Silence; readonly reached: () => void }

export interface SinkOptions {
  /** Milliseconds before the answer to a dot: how long a peer does not know. */
  readonly slowness?: number
}

export async function openSink({ slowness = 0 }: SinkOptions = {}): Promise<Sink> {
  const copies: Copy[] = []
  const sockets = new Set<Socket>()
  let waiting: Waiting | undefined
  const hearers = new Set<() => void>()
  const keep = (copy: Copy): void => {
    copies.push(copy)
    for (const one of hearers) one()
  }
  const isSilent = (...places: Silence[]): Silence | undefined => {
    const found = waiting && places.includes(waiting.place) ? waiting : undefined
    if (found) waiting = undefined
    found?.reached()
    return found?.place
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    converse(socket, { isSilent, keep, slowness })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    url: `smtp://127.0.0.1:${portOf(server)}`, copies,
    silentAt: async (place) => await new Promise<void>((reached) => { waiting = { place, reached } }),
    kept: async (count) => await new Promise<void>((resolve) => {
      const look = (): void => { if (copies.length >= count) resolve() }
      hearers.add(look)
      look()
    }),
    close: async () => await new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    }),
  }
}

/** The port that a server listens on. */
export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address.port
}

interface Rules {
  readonly isSilent: (...places: Silence[]) => Silence | undefined
  readonly keep: (copy: Copy) => void
  readonly slowness: number
}

function converse(socket: Socket, { isSilent, keep, slowness }: Rules): void {
  let body: string | undefined
  let rest = ''
  let to = ''
  const say = (line: string): void => { if (socket.writable) socket.write(`${line}\r\n`) }
  const command = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'RCPT') to = line.slice(line.indexOf('<') + 1, line.indexOf('>'))
    if (verb === 'QUIT') return void socket.end('221 bye\r\n')
    if (verb !== 'DATA') return say('250 ok')
    if (isSilent('data')) return
    body = ''
    say('354 go on')
  }
  // Kept first, said afterwards: a peer that dies in between cannot know.
  const dot = (raw: string): void => {
    const silence = isSilent('dot, kept', 'dot, lost')
    if (silence !== 'dot, lost') keep(copyOf(raw, to))
    if (silence === undefined) setTimeout(() => say('250 kept'), slowness)
  }
  say('220 ready')
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('latin1')
    for (;;) {
      const end = body === undefined ? '\r\n' : '\r\n.\r\n'
      const at = rest.indexOf(end)
      if (at === -1) return
      const line = rest.slice(0, at)
      rest = rest.slice(at + end.length)
      if (body === undefined) command(line)
      else { body = undefined; dot(line) }
    }
  })
}

function copyOf(raw: string, to: string): Copy {
  const messageId = /^Message-ID:\s*(<[^>]+>)/im.exec(raw)?.[1] ?? 'none'
  return { messageId, hash: createHash('sha256').update(raw, 'latin1').digest('hex'), to }
}
