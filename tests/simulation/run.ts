// One seed: a world, its faults and its years, from the first to the last; and what was found.

import { createHash } from 'node:crypto'
import type { App } from '../../src/app/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Job } from '../../src/app/jobs.ts'
import { silentLog } from '../../src/log.ts'
import { type Actor, openClockwork } from './clockwork.ts'
import { openMailServer, type SimulatedMailServer } from './mail-server.ts'
import { openOracle, type Finding } from './oracle.ts'
import { type Random, randomOf } from './random.ts'
import { everyMinute, jobNamed, nowOf, type Replica, startProcess, type Surroundings } from './replica.ts'
import type { SimulatedStore } from './store.ts'
import { drawSwarm, type FaultKind, type Swarm } from './swarm.ts'
import { doOne, openOffice } from './users.ts'

export interface SeedResult {
  readonly seed: number
  readonly findings: readonly Finding[]
  readonly mails: number
  readonly kills: number
  readonly rawDuplicates: number
  readonly faults: Readonly<Record<string, number>>
  /** What happened, oldest first; the last part of it where much did. */
  readonly trace: readonly string[]
  /** Of everything that happened: the same seed gives the same. */
  readonly hash: string
  readonly milliseconds: number
}

const minute = 60_000
const hour = 60 * minute
const dayLong = 24 * hour
const mostTraced = 3000
/** Before its end a run has no faults any more: what is owed must be said by then. */
const quietEnd = 5 * dayLong

const config = readConfig({ RECERT_HOME: '/nowhere', RECERT_MAIL: 'smtp', SMTP_URL: 'smtp://mail.example.org:25', RECERT_URL: 'https://recert.example.org', RECERT_FROM: 'Recert <recert@example.org>' })

const userKinds = ['day moved', 'owner changed', 'renewed', 'entered', 'imported', 'acknowledged', 'snoozed', 'deactivated', 'address corrected', 'send hour changed'] as const
/** Faults after which a claim may be held by nobody until its lease ends. */
const costsALease: ReadonlySet<string> = new Set([
  'killed', 'pause', 'commit acknowledgement lost', 'connection refused', 'serialization failure', 'statement terminated', 'graceful stop', 'started', 'job failed',
])

export async function runSeed(store: SimulatedStore, catalogue: App['catalogue'], seed: number, years: number): Promise<SeedResult> {
  const began = performance.now()
  const random = randomOf(`seed ${seed}`)
  const epoch = Date.UTC(2027, 0, 1) + random.between(0, 1500) * dayLong + random.between(0, 1439) * minute
  const until = epoch + Math.round(years * 365.25 * dayLong)
  const swarm = drawSwarm(random.named('swarm'))
  const clockwork = openClockwork(epoch, random.named('turns'))
  await store.begin(clockwork)
  await store.read(`insert into installation (name, value) values ('message-key', 'the key of seed ${seed}')`)

  // ---- what is noted ----
  const trace: string[] = []
  const hash = createHash('sha256')
  const faults: Record<string, number> = {}
  const tell = (text: string): void => {
    const line = `${new Date(clockwork.now()).toISOString()} ${text}`
    hash.update(line)
    trace.push(line)
    if (trace.length > mostTraced * 2) trace.splice(0, mostTraced)
  }
  let struckUntil = 0
  let kills = 0
  const isCalm = (): boolean => clockwork.now() >= until - quietEnd
  const note = (kind: string, who: string, more = ''): void => {
    tell(`${who}: ${kind}${more === '' ? '' : `, ${more}`}`)
    if (kind !== 'job failed' && kind !== 'started' && kind !== 'killed') faults[kind] = (faults[kind] ?? 0) + 1
    if (costsALease.has(kind)) struckUntil = Math.max(struckUntil, clockwork.now() + 2 * minute)
    if (kind === 'killed') { kills++; const replica = replicas.find((one) => one.name === who)!; comesBack(replica, random.pick([1, 5, 30, 90, 300, 1200]) * 1000) }
  }

  // ---- the parts ----
  const oracle = openOracle(() => server, (_, text) => tell(text))
  const server: SimulatedMailServer = openMailServer({
    clockwork, random: random.named('mail server'), swarm, note, calm: isCalm,
    observer: {
      excuse: (to, at) => oracle.excuse(to, at + skew), accepted: (mail) => oracle.accepted(mail), asked: () => undefined,
      died: (address) => {
        const person = oracle.world.people.get(oracle.world.addresses.get(address)!)!
        person.reachable = false
        tell(`nobody is at ${address} any more`)
        oracle.changed(clockwork.now())
      },
    },
  })
  let databaseIsDown = false
  const around: Surroundings = {
    store, clockwork, random: random.named('replicas'), swarm, config: { ...config, mailConnections: random.named('connections').pick([1, 2, 5]) }, catalogue, note, calm: isCalm,
    openTransport: (actor, kill) => server.open(actor, kill), databaseIsDown: () => databaseIsDown,
    alarm: (who, text) => tell(`${who}: alarm, ${text}`),
  }
  const replicas = drawReplicas(random.named('watches'), swarm)
  const skew = replicas.reduce((most, { watch }) => Math.max(most, Math.abs(watch.aheadMs) + 130_000), 0) * 2
  oracle.skew(Math.max(0, ...replicas.map(({ watch }) => watch.aheadMs + 130_000)), Math.max(0, ...replicas.map(({ watch }) => -watch.aheadMs + 130_000)))

  function start(replica: Replica): void {
    if (replica.process) return
    replica.process = startProcess(replica, around, epoch)
    note('started', replica.name)
    replica.process.tick([...everyMinute, ...ticks.chance(0.2) ? [jobNamed('housekeeping')] : []])
  }
  function comesBack(replica: Replica, inMs: number): void {
    replica.upAt = Math.max(replica.upAt, clockwork.now() + inMs)
    clockwork.at(clockwork.now() + inMs, () => { if (replica.upAt <= clockwork.now()) start(replica) })
  }

  // ---- users ----
  const userActor: Actor = { name: 'user', alive: true, pausedUntil: 0, working: 0 }
  const plain = async (): Promise<void> => undefined
  const userApp: App = {
    config, catalogue, log: silentLog,
    clock: { now: () => Temporal.Instant.fromEpochMilliseconds(clockwork.now()), deadline: () => new AbortController().signal },
    database: store.open({ before: () => clockwork.turn(userActor), inside: () => undefined, beforeCommit: () => undefined, afterCommit: plain }),
  }
  const office = { app: userApp, oracle, server, random: random.named('users'), now: () => clockwork.now(), ids: { organisation: 0, people: new Map<string, number>(), certificates: new Map<string, number>() }, tell: (text: string) => tell(`user: ${text}`) }
  function asUser(work: () => Promise<unknown>): void {
    userActor.working++
    work().catch((error: unknown) => {
      oracle.findings.push({ at: clockwork.now(), kind: 'user', says: `a use case failed: ${error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}` : String(error)}` })
      tell(`FINDING user: ${String(error)}`)
    }).finally(() => { userActor.working-- })
  }
  asUser(async () => {
    await openOffice(office)
    for (const [name, id] of office.ids.people) oracle.world.ids.set(id, name)
    oracle.changed(clockwork.now())
    for (const replica of replicas) start(replica)
  })

  // ---- what strikes by itself ----
  const fate = random.named('fate')
  const yearly = (kind: FaultKind, run: () => void): void => {
    const expected = swarm(kind) * years
    const several = Math.floor(expected) + (fate.chance(expected % 1) ? 1 : 0)
    for (let n = 0; n < several; n++) clockwork.at(fate.between(epoch + hour, until - quietEnd - hour), run)
  }
  for (const kind of userKinds) {
    yearly(kind, () => asUser(async () => {
      if (await doOne(kind, office)) { faults[kind] = (faults[kind] ?? 0) + 1 }
    }))
  }
  yearly('graceful stop', () => {
    const replica = fate.pick(replicas)
    if (!replica.process || replica.process.stopping) return
    note('graceful stop', replica.name)
    const { process } = replica
    replica.upAt = Infinity
    void process.stop().then(() => { replica.upAt = 0; comesBack(replica, fate.pick([1, 20, 300]) * 1000) })
  })
  yearly('database down', () => {
    databaseIsDown = true
    note('database down', 'database')
    clockwork.at(clockwork.now() + fate.pick([5, 60, 600, 2400]) * 1000, () => { databaseIsDown = false; struckUntil = Math.max(struckUntil, clockwork.now() + 2 * minute) })
  })
  yearly('mail server down', () => {
    server.down = true
    note('mail server down', 'mail server')
    clockwork.at(clockwork.now() + fate.pick([1, 3, 10, 10, 25, 90]) * minute, () => { server.down = false; oracle.excuse(undefined, clockwork.now() + 17 * minute + skew) })
  })
  yearly('clock set back', () => {
    const replica = fate.pick(replicas)
    const by = fate.pick([1, 10, 60, 600, 1800]) * minute
    note('clock set back', replica.name, `${by / minute} minutes`)
    replica.watch.aheadMs -= by
    oracle.skew(0, by + skew)
    clockwork.at(clockwork.now() + fate.pick([10, 120, 1440]) * minute, () => { replica.watch.aheadMs += by })
  })
  yearly('clock set ahead', () => {
    const replica = fate.pick(replicas)
    const by = fate.pick([6, 60, 1440, 40 * 1440, 7300 * 1440]) * minute
    note('clock set ahead', replica.name, `${by / minute} minutes`)
    replica.watch.aheadMs += by
    clockwork.at(clockwork.now() + fate.pick([2, 10, 120, 1440]) * minute, () => { replica.watch.aheadMs -= by })
  })
  yearly('all down', () => {
    const ms = fate.pick([minute, 20 * minute, 3 * hour, dayLong, 3 * dayLong, 16 * dayLong])
    note('all down', 'everybody', `${ms / hour} hours`)
    for (const replica of replicas) {
      if (replica.process) { replica.process.actor.alive = false; replica.process = undefined }
      comesBack(replica, ms + fate.between(0, 90) * 1000)
    }
  })

  // ---- ticks ----
  const ticks = random.named('ticks')
  const decoys = Array.from({ length: Math.round(8 * years) }, () => ticks.between(epoch, until)).sort((a, b) => a - b)
  let lastTick = 0
  let missed = 0
  let nextTick = epoch
  async function standing(now: number): Promise<number> {
    for (const move of await store.takeMoves()) oracle.moved(move, now)
    oracle.look(now)
    if (now >= nextTick) { lastTick = now; await tickAll(now) }
    while (decoys[0] !== undefined && decoys[0] <= now) decoys.shift()
    // With nobody there the next thing to happen is that somebody comes back.
    if (!replicas.some(({ process }) => process && !process.stopping && process.actor.pausedUntil <= now)) return Infinity
    const soonest = oracle.isOwed(now) ? now : Math.min(await nextInStore(), oracle.nextMoment(now), decoys[0] ?? Infinity)
    nextTick = Math.max(soonest <= lastTick + minute ? lastTick + minute : soonest + ticks.between(0, 45) * 1000, now + 1)
    return nextTick
  }
  async function nextInStore(): Promise<number> {
    const [row] = await store.read<{ next: number | null }>(`select extract(epoch from least(
      greatest((select min(next_attempt_at) from message where state in ('planned', 'deferred')), (select paused_until from channel where name = 'smtp')), (select min(lease_until) from message where state in ('claimed', 'gated')),
      (select min(check_at) from obligation where state in ('open', 'submitted') and check_at is not null)))::float8 * 1000 as next`)
    return row?.next ?? Infinity
  }
  async function tickAll(now: number): Promise<void> {
    const needed = await neededJobs(now)
    const able = replicas.flatMap(({ process }) => (process && !process.stopping && process.actor.pausedUntil <= now ? [process] : []))
    if (able.length === 0) return
    if (missed < 3 && !isCalm() && ticks.chance(swarm('tick skipped'))) { missed++; faults['tick skipped'] = (faults['tick skipped'] ?? 0) + 1; return }
    missed = 0
    // Who comes too late finds nothing to do: most of the time one is enough, and to have all of them at once is what is hard.
    const chosen = ticks.chance(0.6) ? [ticks.pick(able)] : able
    for (const process of chosen) {
      const late = ticks.chance(swarm('tick late')) ? ticks.between(1, 50_000) : 0
      const jobs = drawJobs(needed)
      for (const wait of ticks.chance(swarm('tick doubled')) ? [late, late + ticks.between(0, 20_000)] : [late]) {
        clockwork.at(now + wait, () => { if (process.actor.alive && process.actor.pausedUntil <= clockwork.now()) process.tick(jobs) })
      }
    }
  }
  function drawJobs(needed: ReadonlySet<string>): Job[] {
    const jobs = everyMinute.filter((one) => needed.has(one.name) || ticks.chance(0.05))
    return ticks.chance(swarm('jobs in disorder')) ? jobs.toReversed() : jobs
  }
  // Runs that would find nothing to do are left out for most of the time: a tick that is skipped must change nothing.
  async function neededJobs(now: number): Promise<Set<string>> {
    const [row] = await store.read<{ mail: boolean; lease: boolean; check: boolean }>(`select
      exists (select from message where state in ('planned', 'deferred') and next_attempt_at <= $1::timestamptz) as mail,
      exists (select from message where state in ('claimed', 'gated') and lease_until <= $1::timestamptz) as lease,
      exists (select from obligation where state in ('open', 'submitted') and check_at <= $1::timestamptz) as check`, [new Date(now + skew).toISOString()])
    const needed = new Set<string>()
    const isDue = oracle.isOwed(now)
    if (row!.check || isDue) needed.add('plan-reminders')
    if (isDue && oracle.world.digestReaders.size > 0) needed.add('weekly-digest')
    if (row!.lease) needed.add('rescue-deliveries')
    if (row!.mail || row!.lease || needed.size > 0) needed.add('deliver-messages')
    if (needed.size === 0) for (const one of everyMinute) needed.add(one.name)
    return needed
  }

  const isUp = (now: number): boolean => !databaseIsDown && !server.down && now >= struckUntil && replicas.some((one) => one.process && !one.process.stopping
    && one.process.actor.pausedUntil <= now && Math.abs(nowOf(one, clockwork, epoch).epochMilliseconds - now) <= 5 * minute)

  await clockwork.run(until, { stand: standing, passing: (from, to) => oracle.passing(from, to, isUp(from)) })
  const rows = await store.read<{ id: number; rfc: string; state: string; doubts: number; next: number }>(`select m.id, m.message_id as rfc, m.state,
    (select count(*) from delivery d where d.message_id = m.id and d.outcome = 'in-doubt')::int as doubts, extract(epoch from next_attempt_at)::float8 * 1000 as next from message m order by m.id`)
  for (const move of await store.takeMoves()) oracle.moved(move, clockwork.now())
  oracle.end(clockwork.now(), rows)
  for (const one of replicas) if (one.process) one.process.actor.alive = false
  return {
    seed, findings: oracle.findings, mails: oracle.letters.length, kills, rawDuplicates: oracle.rawDuplicates(), faults, trace: trace.slice(-mostTraced), hash: hash.digest('hex'),
    milliseconds: performance.now() - began,
  }
}

function drawReplicas(random: Random, swarm: Swarm): Replica[] {
  const several = random.pick([1, 2, 3, 3])
  return Array.from({ length: several }, (_, n): Replica => {
    const aheadMs = random.chance(swarm('clock ahead')) ? random.between(0, 160_000) : random.chance(swarm('clock behind')) ? -random.between(0, 160_000) : 0
    return {
      name: `replica ${n + 1}`, process: undefined, upAt: 0,
      watch: { aheadMs, driftPpm: random.chance(swarm('clock drifts')) ? random.between(-500, 500) : 0 },
    }
  })
}
