// A mail server that takes everything with as little work as can be, in a process of its own: what is measured is
// the sender. `node bench/sink.ts MILLISECONDS` waits so long before each answer, as a server far away does.

import { createServer, type AddressInfo, type Socket } from 'node:net'

const delay = Number(process.argv[2] ?? 0)
let taken = 0

function answersTo(state: { rest: string; inBody: boolean }): string {
  let answers = ''
  for (;;) {
    const end = state.inBody ? '\r\n.\r\n' : '\r\n'
    const at = state.rest.indexOf(end)
    if (at < 0) return answers
    const line = state.rest.slice(0, at)
    state.rest = state.rest.slice(at + end.length)
    if (state.inBody) taken += 1
    answers += state.inBody ? '250 kept\r\n' : answerTo(line.slice(0, 4).toUpperCase())
    state.inBody = !state.inBody && line.toUpperCase() === 'DATA'
  }
}

function answerTo(verb: string): string {
  if (verb === 'EHLO') return '250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n'
  return verb === 'DATA' ? '354 go on\r\n' : verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n'
}

function serve(socket: Socket): void {
  const state = { rest: '', inBody: false }
  const say = (text: string): void => {
    if (delay > 0) setTimeout(() => socket.write(text), delay)
    else socket.write(text)
  }
  socket.setNoDelay(true).setEncoding('latin1').on('error', () => undefined)
  socket.on('data', (chunk: string) => {
    state.rest += chunk
    const answers = answersTo(state)
    if (answers !== '') say(answers)
  })
  say('220 sink\r\n')
}

const server = createServer(serve).listen(0, '127.0.0.1', () => {
  const address: AddressInfo | string | null = server.address()
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 })
})
process.on('message', () => process.send?.({ taken }))
process.on('disconnect', () => process.exit(0))
