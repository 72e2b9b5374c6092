// Replicas on one PostgreSQL, killed at random while mail goes out: whatever dies when, the account must be empty.

import { sql } from 'drizzle-orm'
import type { App } from '../../../src/app/app.ts'
import { rows } from '../../../src/store/database.ts'
import { type Account, drawAccount } from './account.ts'
import { countWaiting, finish } from './killing.ts'
import { addOwners, ageLeases, type Replica, type Stage, startReplica } from './stage.ts'

export interface LoopOrder {
  readonly replicas: number
  readonly kills: number
  /** People to be written to, one mail each, entered a few at a time between the kills. */
  readonly mails: number
  /** Numbers from 0 to 1. */
  readonly random: () => number
  readonly prefix?: string
  readonly say?: (line: string) => void
}

export interface LoopResult extends Account { readonly kills: number }

/** Milliseconds between two kills. */
const shortest = 100
const longest = 2000

export async function killAtRandom(stage: Stage, organisationId: number, order: LoopOrder): Promise<LoopResult> {
  const replicas: Replica[] = Array.from({ length: order.replicas }, () => startReplica(stage, {}))
  await Promise.all(replicas.map((one) => one.says('ready')))
  const perKill = Math.ceil(order.mails / order.kills)
  const orphans = new Map<string, number>()
  try {
    for (let n = 0; n < order.kills; n++) {
      const names = Array.from({ length: Math.max(0, Math.min(perKill, order.mails - n * perKill)) }, (_, i) => `${order.prefix ?? 'p'}-${n}-${i}`)
      await stage.use(async (app) => await addOwners(app, organisationId, names))
      await pause(shortest + order.random() * (longest - shortest))
      const which = Math.floor(order.random() * replicas.length)
      replicas[which]!.process.kill('SIGKILL')
      await replicas[which]!.ended
      replicas[which] = startReplica(stage, {})
      // A replica that is killed before it could do anything kills nothing but time.
      await replicas[which].says('ready')
      await stage.use(async (app) => await ageOrphans(app, orphans, n))
      if (n % 50 === 49) order.say?.(`${n + 1} kills, ${stage.sink.copies.length} copies`)
    }
    await stage.use(async (app) => await untilNothingWaits(app))
  } finally {
    for (const one of replicas) one.process.kill('SIGTERM')
    await Promise.all(replicas.map((one) => one.ended))
  }
  return await stage.use(async (app, transport) => {
    await finish(app, transport)
    return { ...await drawAccount(app, stage.sink.copies), kills: order.kills }
  })
}

const pause = async (milliseconds: number): Promise<void> => await new Promise((resolve) => { setTimeout(resolve, milliseconds) })

// Whose claim has not moved for five kills has died; the others' leases go on, so that nobody alive is robbed.
async function ageOrphans(app: App, seen: Map<string, number>, n: number): Promise<void> {
  const held = await rows<{ token: string }>(app.database.db, sql`select token from message where lease_until is not null order by id limit 10000`)
  const tokens = held.map((one) => one.token)
  for (const token of tokens) if (!seen.has(token)) seen.set(token, n)
  for (const token of seen.keys()) if (!tokens.includes(token)) seen.delete(token)
  const dead = [...seen].filter(([, since]) => n - since >= 5).map(([token]) => token)
  for (const token of dead) await ageLeases(app, sql`token = ${token}`)
}

// Everything that waits leaves by itself; what the dead held, after their leases. Given up where nothing moves.
async function untilNothingWaits(app: App): Promise<void> {
  let before = Infinity
  for (let idle = 0; idle < 10; idle++) {
    await pause(1000)
    if (idle > 3) await ageLeases(app)
    const left = await countWaiting(app)
    if (left === 0) return
    if (left < before) idle = 0
    before = left
  }
}
