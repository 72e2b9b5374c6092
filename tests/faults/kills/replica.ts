// A process that is made to die: the real application on a real database, with a real connection to a mail server,
// running the real jobs. REPLICA says where it sends itself a signal; the rest of the environment is Recert's own.

import { schedule } from '../../../jobs/schedule.ts'
import { runJob } from '../../../src/app/jobs.ts'
import { closeApp, openApp, openTransport } from '../../../src/app/open.ts'
import { readConfig } from '../../../src/config.ts'
import { openLog } from '../../../src/log.ts'
import { clockAhead } from './clock.ts'
import { type Reach, withTransactionsTold, withTransportTold } from './points.ts'

export interface Order {
  /** Milliseconds that its watch is ahead. */
  readonly ahead: number
  /** Where it sends itself the signal, the nth time that it gets there; nowhere unless said. */
  readonly point?: string
  readonly nth?: number
  readonly signal?: 'SIGKILL' | 'SIGSTOP'
  /** How often it runs its jobs; without end unless said. */
  readonly rounds?: number
  readonly jobs: readonly string[]
}

const order: Order = JSON.parse(process.env['REPLICA']!)

const tell = (line: string): void => void process.stdout.write(`${line}\n`)

let left = order.nth ?? 1
const reach: Reach = async (place) => {
  if (place !== order.point || --left !== 0) return
  tell(`at ${place}`)
  process.kill(process.pid, order.signal ?? 'SIGKILL')
  // A signal to oneself may arrive a little later; nothing must happen meanwhile.
  if (order.signal !== 'SIGSTOP') await new Promise(() => undefined)
}

const config = readConfig(process.env)
const opened = await openApp(config, clockAhead(order.ahead), openLog(config.logLevel))
const app = withTransactionsTold(opened, reach)
const transport = withTransportTold(openTransport(config)!, reach)

const stopping = new AbortController()
process.once('SIGTERM', () => {
  stopping.abort()
  void transport.close()
})
tell('ready')

const jobs = schedule.filter((job) => order.jobs.includes(job.name))
for (let n = 0; n < (order.rounds ?? Infinity) && !stopping.signal.aborted; n++) {
  for (const job of jobs) {
    if (stopping.signal.aborted) break
    await runJob(app, job, { now: app.clock.now(), asked: false, transport, stopping: stopping.signal }).catch(() => tell(`failed ${job.name}`))
  }
  // An idle replica leaves the machine to the others.
  if (order.rounds === undefined) await new Promise((resolve) => { setTimeout(resolve, 50) })
}
await transport.close()
await closeApp(opened)
tell('ended')
