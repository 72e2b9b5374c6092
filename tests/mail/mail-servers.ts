// Mail servers for tests, on free ports of this machine: a real one whose answers are set per command,
// and a scripted one for what no well-behaved server does, such as falling silent at the dot.

import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface Received { readonly from: string; readonly to: string[]; readonly raw: Buffer }

export interface RealServer {
  readonly url: string
  readonly received: Received[]
  close(): Promise<void>
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** An error whose text is the reply, with its code, as smtp-server wants it. */
export function reply(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code })
}

/** Opens a real server; `onBody` may answer the dot with an error. */
export async function openRealServer(
  options: SMTPServerOptions & { readonly answerDot?: () => Error | undefined; readonly scheme?: string } = {},
): Promise<RealServer> {
  const received: Received[] = []
  const { answerDot, scheme = 'smtp', ...rest } = options
  const server = new SMTPServer({
    authOptional: true, disableReverseLookup: true, logger: false, disabledCommands: scheme === 'smtp' ? ['STARTTLS'] : [],
    secure: scheme === 'smtps',
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const fault = answerDot?.()
        if (fault) return done(fault)
        received.push({
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          to: session.envelope.rcptTo.map((one) => one.address), raw: Buffer.concat(chunks),
        })
        return done(null, 'kept as 42')
      })
    },
    ...rest,
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const port = portOf(server.server.address())
  return {
    url: `${scheme}://127.0.0.1:${port}`, received,
    close: async () => await new Promise<void>((resolve) => { server.close(resolve) }),
  }
}

/** What a scripted server does at a place: a line to say, `drop` the connection, or say `nothing`. */
export type Move = string
export type Place = 'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'dot'

export interface ScriptedServer {
  readonly url: string
  /** Called for each connection, before it is greeted. */
  onConnect: () => void
  readonly commands: string[]
  /** What came after DATA, dot included where it came. */
  readonly body: () => string
  /** Resolves when the body holds a text. */
  readonly sees: (text: string) => Promise<void>
  close(): Promise<void>
}

const usual: Readonly<Record<Place, Move>> = {
  greeting: '220 ready', EHLO: '250 scripted', MAIL: '250 ok', RCPT: '250 ok', DATA: '354 go on', body: 'nothing', dot: '250 kept',
}

const isPlace = (verb: string): verb is Place => Object.hasOwn(usual, verb)

/** Opens a server that follows a script, which may be rewritten between two mails. */
export async function openScriptedServer(script: Partial<Record<Place, Move>>): Promise<ScriptedServer> {
  const commands: string[] = []
  const sockets = new Set<Socket>()
  let body = ''
  const watchers: { text: string; resolve: () => void }[] = []
  const server: Server = createServer((socket) => {
    opened.onConnect()
    sockets.add(socket)
    socket.on('error', () => undefined)
    let inBody = false
    const play = (place: Place): void => {
      const move = script[place] ?? usual[place]
      if (move === 'drop') socket.destroy()
      else if (move !== 'nothing') socket.write(`${move}\r\n`)
      if (place === 'DATA' && move.startsWith('354')) { inBody = true; play('body') }
    }
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      if (!inBody) {
        for (const line of text.split('\r\n').filter(Boolean)) {
          commands.push(line)
          const verb = line.split(/[ :]/)[0]!.toUpperCase()
          if (verb === 'QUIT') socket.end('221 bye\r\n')
          else if (isPlace(verb)) play(verb)
        }
        return
      }
      body += text
      for (const watcher of watchers) if (body.includes(watcher.text)) watcher.resolve()
      if (body.endsWith('\r\n.\r\n')) { inBody = false; play('dot') }
    })
    play('greeting')
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const port = portOf(server.address())
  const opened: ScriptedServer = {
    url: `smtp://127.0.0.1:${port}`, onConnect: () => undefined, commands, body: () => body,
    sees: async (text) => await new Promise<void>((resolve) => {
      if (body.includes(text)) resolve()
      else watchers.push({ text, resolve })
    }),
    close: async () => await new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    }),
  }
  return opened
}
