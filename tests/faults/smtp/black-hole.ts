// A port at which connections are neither refused nor accepted: its queue is full, and nobody takes from it.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

export interface BlackHole { readonly port: number; close(): Promise<void> }

// The worker listens, says where, and never comes back to its loop.
const listener = `
  const { parentPort } = require('node:worker_threads')
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
  })`

/** Opens one; two connections fit into its queue, and the third gets no answer. */
export async function openBlackHole(): Promise<BlackHole> {
  const worker = new Worker(listener, { eval: true })
  const port = await new Promise<number>((resolve) => { worker.once('message', resolve) })
  const queued: Socket[] = []
  for (let place = 0; place < 2; place++) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    queued.push(socket)
    await once(socket, 'connect')
  }
  return {
    port,
    async close() {
      for (const socket of queued) socket.destroy()
      await worker.terminate()
    },
  }
}
