// A mail server on a free port of this machine that plays a script: at each place of a session it makes the moves it is
// told, and everywhere else it answers as a good server does. What it kept is the truth that a test asks for.

import { createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket, type SecureContextOptions } from 'node:tls'
import { good, key } from './certificates.ts'

/** Places of a session, in the order in which it comes by them; `body` is played at a part of the message. */
export type Place =
  | 'connect' | 'greeting' | 'EHLO' | 'HELO' | 'STARTTLS' | 'handshake' | 'AUTH' | 'NOOP' | 'RSET' | 'MAIL' | 'RCPT' | 'DATA' | 'body' | 'dot' | 'QUIT'

/** A line to say, bytes as they are, or one of the moves below. */
export type Move = string | Uint8Array | ((call: Call) => void)

export interface Script extends Partial<Record<Exclude<Place, 'body'>, Move | readonly Move[]>> {
  /** From which part of the message on, 0 being before its first byte. */
  readonly body?: { readonly at: number; readonly moves: readonly Move[] }
  /** How the server encrypts: not at all, when asked (STARTTLS), or from the first byte. */
  readonly tls?: 'never' | 'starttls' | 'at once'
  readonly certificate?: SecureContextOptions
}

/** One connection, as moves see it. */
export interface Call {
  socket: Socket
  /** What is below the encryption. */
  readonly raw: Socket
  mode: 'commands' | 'body' | 'handshake' | 'ended'
  input: Buffer
  from: string
  to: string
  body: Buffer
  isBodyPlayed: boolean
  readonly server: State
}

export interface Kept { readonly from: string; readonly to: string; readonly messageId: string; readonly raw: Buffer }

interface State {
  script: Script
  readonly kept: Kept[]
  readonly commands: string[]
  readonly calls: Set<Call>
  connections: number
  /** The length of the next message, for what is played in its midst. */
  expected: number
  onSilence: () => void
  /** Told when a script's last move in a body was made. */
  onBodyPlayed: () => void
}

/** Keeps the message, whatever is said about it. */
export const keep = (call: Call): void => { call.server.kept.push(keptOf(call)) }
/** Closes the connection in good order (FIN). */
export const fin = (call: Call): void => { call.mode = 'ended'; call.socket.end() }
/** Breaks the connection off (RST). */
export const reset = (call: Call): void => { call.mode = 'ended'; call.raw.resetAndDestroy() }
/** Says nothing, and never will. */
export const silence = (call: Call): void => { call.server.onSilence() }
/** Reads no more: what is sent fills the buffers on the way, and then the window is zero. */
export const deaf = (call: Call): void => { call.mode = 'ended'; call.socket.removeAllListeners('data'); call.socket.pause() }
/** Says it when the other side has already gone. */
export const tooLate = (text: string) => (call: Call): void => { call.raw.once('end', () => make(call, text)) }
/** Takes one byte at a time; the rest waits. */
export const byBytes = (call: Call): void => {
  const waiting: number[] = []
  call.socket.removeAllListeners('data')
  const next = (): void => {
    const byte = waiting.shift()
    if (byte !== undefined) { call.input = Buffer.from([byte]); read(call) }
    if (!call.raw.destroyed) setImmediate(next)
  }
  call.socket.on('data', (chunk: Buffer) => { waiting.push(...chunk) })
  next()
}
/** Puts bytes below the encryption: to the other side, a broken record. */
export const below = (bytes: Uint8Array) => (call: Call): void => { call.raw.write(bytes) }

const usual: Readonly<Record<Exclude<Place, 'body' | 'connect' | 'handshake'>, Move>> = {
  greeting: '220 mail.example.test ESMTP', EHLO: greet, HELO: '250 mail.example.test', STARTTLS: '220 2.0.0 go ahead', AUTH: signIn,
  NOOP: '250 2.0.0 ok', RSET: '250 2.0.0 ok', MAIL: '250 2.1.0 ok', RCPT: '250 2.1.5 ok', DATA: '354 go on', dot: takeIt, QUIT: leave,
}

function greet(call: Call): void {
  const offers = call.server.script.tls === 'starttls' && !(call.socket instanceof TLSSocket) ? ['STARTTLS'] : ['AUTH PLAIN LOGIN']
  make(call, ['250-mail.example.test', ...offers.map((one) => `250-${one}`), '250 ENHANCEDSTATUSCODES'].join('\r\n'))
}
function signIn(call: Call): void { make(call, '235 2.7.0 welcome') }
function takeIt(call: Call): void { keep(call); make(call, `250 2.0.0 kept as ${call.server.kept.length}`) }
function leave(call: Call): void { make(call, '221 2.0.0 bye'); fin(call) }

function make(call: Call, move: Move): void {
  if (typeof move === 'function') move(call)
  else if (!call.socket.destroyed) call.socket.write(typeof move === 'string' ? `${move}\r\n` : move)
}

/** Plays a place; tells whether the script had moves of its own for it. */
function play(call: Call, place: Exclude<Place, 'body'>): boolean {
  const { server } = call
  const own = server.script[place]
  if (own === undefined) {
    if (place !== 'connect' && place !== 'handshake') make(call, usual[place])
    return false
  }
  for (const move of typeof own === 'string' || typeof own === 'function' || own instanceof Uint8Array ? [own] : own) make(call, move)
  return true
}

function listen(call: Call): void {
  call.socket.on('error', () => undefined)
  call.socket.on('data', (chunk: Buffer) => {
    call.input = Buffer.concat([call.input, chunk])
    read(call)
  })
}

function read(call: Call): void {
  while (call.mode === 'commands') {
    const end = call.input.indexOf('\r\n')
    if (end < 0) return
    const line = call.input.subarray(0, end).toString('latin1')
    call.input = call.input.subarray(end + 2)
    obey(call, line)
  }
  if (call.mode === 'body') readBody(call)
}

const isCommand = (verb: string): verb is Exclude<Place, 'body' | 'connect' | 'handshake' | 'greeting' | 'dot'> => /^(EHLO|HELO|STARTTLS|AUTH|NOOP|RSET|MAIL|RCPT|DATA|QUIT)$/.test(verb)

function obey(call: Call, line: string): void {
  call.server.commands.push(line)
  const verb = line.split(/[ :]/)[0]!.toUpperCase()
  if (verb === 'MAIL') call.from = addressIn(line)
  if (verb === 'RCPT') call.to = addressIn(line)
  if (!isCommand(verb)) return make(call, '500 5.5.2 what?')
  const isOwn = play(call, verb)
  if (verb === 'STARTTLS' && (!isOwn || saysFirst(call, 'STARTTLS', '220'))) encrypt(call)
  if (verb === 'DATA' && call.mode === 'commands' && (!isOwn || saysFirst(call, 'DATA', '354'))) beginBody(call)
}

const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? ''

function saysFirst(call: Call, place: 'STARTTLS' | 'DATA', code: string): boolean {
  const first = [call.server.script[place]].flat()[0]
  return (typeof first === 'string' || first instanceof Uint8Array) && Buffer.from(first).toString('latin1').startsWith(code)
}

function beginBody(call: Call): void {
  call.mode = 'body'
  call.body = Buffer.alloc(0)
  call.isBodyPlayed = false
  playBody(call)
}

function readBody(call: Call): void {
  call.body = Buffer.concat([call.body, call.input])
  call.input = Buffer.alloc(0)
  playBody(call)
  if (call.mode !== 'body') return
  // A message of nothing is a dot alone.
  const end = call.body.subarray(0, 3).equals(Buffer.from('.\r\n')) ? -2 : call.body.indexOf('\r\n.\r\n')
  if (end === -1) return
  call.input = call.body.subarray(end + 5)
  call.body = call.body.subarray(0, end + 2)
  call.mode = 'commands'
  play(call, 'dot')
  read(call)
}

function playBody(call: Call): void {
  const { script, expected } = call.server
  if (!script.body || call.isBodyPlayed || call.body.length < Math.floor(expected * script.body.at)) return
  call.isBodyPlayed = true
  for (const move of script.body.moves) make(call, move)
  call.server.onBodyPlayed()
}

function keptOf({ from, to, body }: Call): Kept {
  const raw = Buffer.from(body.toString('latin1').replace(/^\.\./gm, '.'), 'latin1')
  return { from, to, messageId: /^Message-ID: (\S+)/im.exec(raw.toString('latin1'))?.[1] ?? '', raw }
}

function encrypt(call: Call): void {
  const { script } = call.server
  call.raw.removeAllListeners('data')
  // Whoever spoke ahead of the handshake is not heard in it.
  call.input = Buffer.alloc(0)
  if (play(call, 'handshake')) { call.mode = 'ended'; return }
  const socket = new TLSSocket(call.raw, {
    isServer: true, secureContext: createSecureContext({ key, cert: good, ...script.certificate }),
  })
  call.socket = socket
  listen(call)
}

function answer(raw: Socket, state: State): void {
  const call: Call = { socket: raw, raw, mode: 'commands', input: Buffer.alloc(0), from: '', to: '', body: Buffer.alloc(0), isBodyPlayed: false, server: state }
  state.connections++
  state.calls.add(call)
  raw.once('close', () => state.calls.delete(call))
  raw.on('error', () => undefined)
  if (play(call, 'connect')) return
  if (state.script.tls === 'at once') encrypt(call)
  else listen(call)
  if (call.mode === 'commands') play(call, 'greeting')
}

export interface ScriptedServer extends Pick<State, 'kept' | 'commands'> {
  readonly port: number
  readonly connections: () => number
  /** From now on plays this; an empty script is a good server. */
  play(script: Script): void
  /** Makes moves on every connection that is open, though nobody asked anything. */
  interrupt(...moves: readonly Move[]): Promise<void>
  /** Told of each silence that was asked for: from then on nothing more will come. */
  onSilence(tell: () => void): void
  /** Says how long the next message is; resolves once the moves in its body, if there are any, were made. */
  expect(length: number): Promise<void>
  /** Nobody listens any more; connections that are there end. */
  shut(): Promise<void>
  open(): Promise<void>
}

export async function openScriptedServer(): Promise<ScriptedServer> {
  const state: State = {
    script: {}, kept: [], commands: [], calls: new Set(), connections: 0, expected: 0, onSilence: () => undefined, onBodyPlayed: () => undefined,
  }
  const server = createServer((raw) => answer(raw, state))
  const open = async (port: number): Promise<void> => await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve) })
  await open(0)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    port, kept: state.kept, commands: state.commands, connections: () => state.connections,
    play: (script) => { state.script = script },
    interrupt: async (...moves) => {
      for (const call of state.calls) for (const move of moves) make(call, move)
      // What was said must have arrived before anything else is.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => { setImmediate(resolve) })
    },
    onSilence: (tell) => { state.onSilence = tell },
    expect: async (length) => {
      state.expected = length
      if (state.script.body) await new Promise<void>((resolve) => { state.onBodyPlayed = resolve })
    },
    shut: async () => await new Promise((resolve) => {
      for (const { raw } of state.calls) raw.destroy()
      server.close(() => resolve())
    }),
    open: () => open(port),
  }
}
