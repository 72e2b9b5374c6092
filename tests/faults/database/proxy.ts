// Stands between a process and its PostgreSQL, counts the statements that pass, and breaks the line at one of them:
// before it reaches the server, or after the server has done it and before anybody hears so. It can also swallow
// everything without a word, as a line does whose other end has gone.

import { connect, createServer, type Socket } from 'node:net'
import { portOf } from '../kills/sink.ts'

/** `lost` never reaches the server; `unheard` is done by it, and its answer never comes back. */
export type Cut = 'lost' | 'unheard'

export interface Proxy {
  readonly url: string
  /** Statements since the last `watch` or `cutAt`, in the order in which they passed. */
  readonly statements: readonly string[]
  /** Starts counting anew, and breaks nothing. */
  watch(): void
  /** Starts counting anew, and breaks the line at the nth statement from 1. */
  cutAt(n: number, cut: Cut): void
  /** Calls `before` when the nth statement has come, and passes it on once that has ended. */
  interruptAt(n: number, before: () => Promise<void>): void
  /** From now on nothing passes, in either direction, and no line is closed; lines that are opened are taken and not answered. */
  swallow(): void
  /** New lines pass again; what was swallowed stays so. */
  recover(): void
  close(): Promise<void>
}

interface Plan { readonly n: number; readonly cut?: Cut; readonly before?: () => Promise<void> }

interface Line {
  readonly client: Socket
  readonly server: Socket
  swallowed: boolean
  /** Its server's answer is waited for, and will be kept from the client. */
  unheard: boolean
}

export async function openProxy(databaseUrl: string): Promise<Proxy> {
  const target = new URL(databaseUrl)
  const { hostname, port } = target
  const lines = new Set<Line>()
  const statements: string[] = []
  let plan: Plan | undefined
  let swallowing = false
  const begin = (next?: Plan): void => { statements.length = 0; plan = next }
  const arrive = (text: string): Plan | undefined => {
    statements.push(text)
    if (statements.length !== plan?.n) return undefined
    const found = plan
    plan = undefined
    return found
  }
  const listener = createServer((client) => {
    const line: Line = { client, server: connect(Number(port), hostname), swallowed: swallowing, unheard: false }
    lines.add(line)
    client.once('close', () => lines.delete(line))
    join(line, arrive)
  })
  await new Promise<void>((resolve) => { listener.listen(0, '127.0.0.1', resolve) })
  target.hostname = '127.0.0.1'
  target.port = String(portOf(listener))
  return {
    url: target.toString(), statements,
    watch: () => begin(),
    cutAt: (n, cut) => begin({ n, cut }),
    interruptAt: (n, before) => begin({ n, before }),
    swallow() {
      swallowing = true
      for (const line of lines) line.swallowed = true
    },
    recover: () => { swallowing = false },
    close: async () => await new Promise<void>((resolve) => {
      for (const line of lines) hangUp(line)
      listener.close(() => resolve())
    }),
  }
}

function hangUp({ client, server }: Line): void {
  client.destroy()
  server.destroy()
}

function join(line: Line, arrive: (text: string) => Plan | undefined): void {
  const { client, server } = line
  for (const socket of [client, server]) socket.on('error', () => undefined)
  client.once('close', () => { if (!line.swallowed) server.destroy() })
  server.once('close', () => { if (!line.swallowed) client.destroy() })
  server.on('data', (chunk: Buffer) => {
    // The answer is there, so the statement is done: now nobody hears of it.
    if (line.unheard) return hangUp(line)
    if (!line.swallowed) client.write(chunk)
  })
  let pending: Promise<void> = Promise.resolve()
  const read = statementReader()
  client.on('data', (chunk: Buffer) => {
    // In order, also where one piece waits for what happens before it.
    pending = pending.then(async () => { for (const piece of read(chunk)) await pass(line, piece, arrive) })
  })
}

interface Piece { readonly bytes: Buffer; readonly text?: string }

async function pass(line: Line, { bytes, text }: Piece, arrive: (text: string) => Plan | undefined): Promise<void> {
  if (line.swallowed) return
  const plan = text === undefined ? undefined : arrive(text)
  if (plan?.cut === 'lost') return hangUp(line)
  if (plan?.cut === 'unheard') line.unheard = true
  await plan?.before?.()
  line.server.write(bytes)
}

/**
 * Cuts what a client says into messages, and names those that carry out a statement: a simple query by itself; of an
 * extended one the Execute, by the text of what was bound before it. The first message of a line has no type.
 */
function statementReader(): (chunk: Buffer) => Piece[] {
  let rest = Buffer.alloc(0)
  let isStarted = false
  const parsed = new Map<string, string>()
  let bound = ''
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const pieces: Piece[] = []
    for (;;) {
      const head = isStarted ? 1 : 0
      if (rest.length < head + 4) return pieces
      const length = head + rest.readUInt32BE(head)
      if (rest.length < length) return pieces
      const bytes = rest.subarray(0, length)
      rest = rest.subarray(length)
      const type = isStarted ? String.fromCharCode(bytes[0]!) : ''
      isStarted = true
      const [first = '', second = ''] = type === 'P' || type === 'B' ? bytes.toString('utf8', 5).split('\0', 2) : []
      if (type === 'P') parsed.set(first, second)
      if (type === 'B') bound = parsed.get(second) ?? ''
      if (type === 'Q') pieces.push({ bytes, text: bytes.toString('utf8', 5, length - 1) })
      else pieces.push(type === 'E' ? { bytes, text: bound } : { bytes })
    }
  }
}
