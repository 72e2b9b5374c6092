// A line to PostgreSQL whose other end has gone says nothing, not even that: the driver would wait for an answer for
// ever, and TCP alone gives up after a quarter of an hour. So whoever waits long asks on a new line whether the
// server is still at work for this program, and hangs up the quiet lines where it is not.

import { Socket } from 'node:net'

/** What the driver made of an address; of several hosts the next is taken each time. */
export interface Address {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path?: string | false | undefined
}

export interface Watch {
  /** Connects a line that is watched. Handed to the driver. */
  readonly connect: (address: Address) => Socket
  /** Waits for an answer; rejects as the driver does where its line was hung up. */
  readonly awaiting: <T>(answer: PromiseLike<T>) => Promise<T>
  readonly end: () => void
}

const tickMilliseconds = 2500
/** So many ticks without a word are long: 15 seconds. */
const patience = 6

/** Watches the lines of one pool. `isBusy` says whether the server works on anything for it; a rejection means no. */
export function watchSilence(isBusy: () => Promise<boolean>): Watch {
  const lines = new Map<Socket, { heard: number; at: number }>()
  const waiting = new Map<symbol, number>()
  let tick = 0
  let asking = false
  const listen = (): void => {
    for (const [socket, line] of lines) {
      if (socket.destroyed) lines.delete(socket)
      else if (socket.bytesRead !== line.heard) lines.set(socket, { heard: socket.bytesRead, at: tick })
    }
  }
  const isOverdue = (): boolean => [...waiting.values()].some((since) => tick - since >= patience)
  const hangUpQuiet = (): void => {
    listen()
    for (const [socket, { at }] of lines) if (tick - at >= patience) socket.destroy()
  }
  const look = async (): Promise<void> => {
    asking = true
    const busy = await isBusy().catch(() => false)
    asking = false
    if (!busy && isOverdue()) hangUpQuiet()
  }
  const timer = setInterval(() => {
    tick++
    listen()
    if (isOverdue() && !asking) void look()
  }, tickMilliseconds).unref()
  let turn = 0
  return {
    connect(address) {
      const socket = connectTo(address, turn++)
      lines.set(socket, { heard: 0, at: tick })
      return socket
    },
    async awaiting(answer) {
      const own = Symbol('waiting')
      waiting.set(own, tick)
      try {
        return await answer
      } finally {
        waiting.delete(own)
      }
    },
    end: () => clearInterval(timer),
  }
}

// The driver writes at once; what it writes waits until the line is there.
function connectTo({ host, port, path }: Address, turn: number): Socket {
  const socket = partSlowly(new Socket())
  if (path) return socket.connect(path)
  const at = turn % host.length
  // Read by the driver: whose certificate it is.
  Object.assign(socket, { host: host[at], port: port[at] })
  return socket.connect(port[at]!, host[at]!)
}

const closed = (): Error => Object.assign(new Error('the line to PostgreSQL was closed'), { code: 'CONNECTION_CLOSED' })

// Once it hears that a line is closed the driver forgets it, fails what waited there, and writes the end of that
// transaction to the line it has forgotten: an error in a callback of its own, which nobody can catch and which ends
// the process. So it hears of the failure first, and of the closing when nothing more will be written.
function partSlowly(socket: Socket): Socket {
  const on = socket.on.bind(socket)
  return Object.assign(socket, {
    on(event: string, listener: (...given: unknown[]) => void): Socket {
      if (event !== 'close') return on(event, listener)
      return on('close', (hadError: boolean) => {
        if (!hadError) socket.emit('error', closed())
        setImmediate(() => setImmediate(listener, false))
      })
    },
  })
}
