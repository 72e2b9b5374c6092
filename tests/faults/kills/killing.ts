// One killing: somebody is due to be told, a process dies at a named point, and the next one finishes the work.

import { sql } from 'drizzle-orm'
import type { App } from '../../../src/app/app.ts'
import type { Transport } from '../../../src/mail/transport.ts'
import { rows } from '../../../src/store/database.ts'
import { drawAccount } from './account.ts'
import { doubtful, type Point, wirePoints, type WirePoint } from './points.ts'
import type { Silence } from './sink.ts'
import { addOwners, ageLeases, type Replica, runJobs, type Stage, startReplica } from './stage.ts'

export interface Killing {
  readonly point: Point
  /** Copies beyond the first that this killing led to. */
  readonly duplicates: number
  readonly findings: readonly string[]
}

const silences: Readonly<Record<WirePoint, Silence>> = {
  'DATA unanswered': 'data', 'dot written, mail kept': 'dot, kept', 'dot written, mail lost': 'dot, lost',
  'told to stop before the gate': 'data', 'told to stop after the dot': 'dot, kept',
}

const isWirePoint = (point: Point): point is WirePoint => wirePoints.some((one) => one === point)

/** Kills one process at a point and lets the next one finish. `name` is a person nobody has written to. */
export async function killAt(stage: Stage, organisationId: number, point: Point, name: string): Promise<Killing> {
  const before = await stage.use(async (app) => {
    await addOwners(app, organisationId, [name])
    return (await drawAccount(app, stage.sink.copies)).duplicates
  })
  await stage.leave()
  await (isWirePoint(point) ? dieOnTheWire(stage, point) : dieByItself(stage, point))
  const early = stage.sink.copies.length
  return await stage.use(async (app, transport) => {
    await runJobs(app, transport)
    const stolen = isPlanned(point) && stage.sink.copies.length > early ? [`${name} was written to again while the lease lasted`] : []
    await finish(app, transport)
    const { duplicates, findings } = await drawAccount(app, stage.sink.copies)
    const more = duplicates - before
    const wild = more > 0 && !doubtful.has(point) ? [`${name} got ${more} duplicates, killed where none can be`] : []
    return { point, duplicates: more, findings: [...stolen, ...findings, ...wild] }
  })
}

/** Lets the leases of the dead run out, and does what is left to do, such as what was put off by a minute. */
export async function finish(app: App, transport: Transport): Promise<void> {
  // On a slow machine one run may end before the mail does.
  for (let before = Infinity, left = await countWaiting(app); left < before; left = await countWaiting(app)) {
    before = left
    await ageLeases(app)
    await runJobs(app, transport, 5)
  }
}

/** Counts the mails that have not been sent yet. */
export async function countWaiting(app: App): Promise<number> {
  const [left] = await rows<{ n: number }>(app.database.db, sql`select count(*)::int as n from message where state <> 'sent'`)
  return left!.n
}

// Before the claim nothing is leased, and whoever comes next may send at once; told to stop, a process gives it back.
const isPlanned = (point: Point): boolean => !/^plan|^claim before|told to stop before/.test(point)

async function dieByItself(stage: Stage, point: Point): Promise<void> {
  const victim = startReplica(stage, { point, rounds: 1 })
  await victim.says(`at ${point}`)
  await endedBy(victim, 'SIGKILL')
}

async function dieOnTheWire(stage: Stage, point: WirePoint): Promise<void> {
  const silent = stage.sink.silentAt(silences[point])
  const victim = startReplica(stage, { rounds: 1 })
  await Promise.race([silent, victim.ended.then(() => { throw new Error(`A replica ended before "${point}".`) })])
  if (!point.startsWith('told to stop')) victim.process.kill('SIGKILL')
  else victim.process.kill('SIGTERM')
  if (point === 'told to stop before the gate') return await endedBy(victim, undefined)
  // After the dot it waits for the answer, so that only a second, harder signal ends it.
  if (point === 'told to stop after the dot') {
    await waits(victim, 300)
    victim.process.kill('SIGKILL')
  }
  await endedBy(victim, 'SIGKILL')
}

async function waits(victim: Replica, milliseconds: number): Promise<void> {
  const passed = new Promise<undefined>((resolve) => { setTimeout(resolve, milliseconds, undefined) })
  const ended = await Promise.race([passed, victim.ended.then(() => 'ended')])
  if (ended) throw new Error('A replica ended although the answer to its last dot was not there.')
}

async function endedBy(victim: Replica, signal: NodeJS.Signals | undefined): Promise<void> {
  const found = await victim.ended
  if (found !== signal) throw new Error(`A replica ended by ${found ?? 'itself'}, not by ${signal ?? 'itself'}.`)
}
