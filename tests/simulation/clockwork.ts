// True time and turns. Whatever a replica does with the database or the mail server waits here for its turn; one
// turn is given at a time, drawn from the seed, so that replicas interleave between transactions and a seed replays a
// run exactly. Time stands still while anybody can move, then jumps to the next moment at which something happens.

import type { Random } from './random.ts'

/** Whoever takes turns: a replica from its start to its end. Once `alive` is false none is ever given again. */
export interface Actor {
  readonly name: string
  alive: boolean
  /** Milliseconds of true time until which it stands still, as a process that was stopped. */
  pausedUntil: number
  /** Pieces of work that were begun and have not ended. */
  working: number
}

interface Waiting { readonly actor: Actor; readonly from: number; readonly resume: () => void }

export interface Clockwork {
  /** True time in milliseconds. */
  now(): number
  /** Waits for a turn, at `from` at the earliest. Never comes back for an actor that has died. */
  turn(actor: Actor, from?: number): Promise<void>
  /** Runs something at a moment, on nobody's behalf. */
  at(moment: number, run: () => void): void
  /** Says that a statement is under way; what it returns is called at its end. */
  begin(): () => void
  /** Gives turns and lets time pass until `until`; `idle` is asked, whenever nobody can move, for the next moment at which it wants to be called. */
  run(until: number, idle: Idle): Promise<void>
}

export interface Idle {
  /** Called once nobody can move; what it starts is run before time goes on. Returns when it wants to be called next. */
  stand(now: number): Promise<number>
  /** Called before time goes on. */
  passing(from: number, to: number): void
}

/** Rounds of the event loop without anything new after which whoever computes is taken to have come to rest. */
const restfulRounds = 3

export function openClockwork(start: number, random: Random): Clockwork {
  let now = start
  let waiting: Waiting[] = []
  let events: { moment: number; order: number; run: () => void }[] = []
  let order = 0
  let under = 0
  let steps = 0
  const actors = new Set<Actor>()

  const isBusy = (): boolean => under > 0
    || [...actors].some((one) => one.alive && one.working > 0 && !waiting.some((each) => each.actor === one))

  async function rest(): Promise<void> {
    for (let still = 0, rounds = 0, seen = steps; still < restfulRounds; rounds++) {
      await new Promise((resolve) => setImmediate(resolve))
      if (steps !== seen) { still = 0; seen = steps } else if (!isBusy()) still++
      if (rounds > 200_000) throw new Error(`nothing moves any more: ${[...actors].filter((one) => one.alive && one.working > 0).map((one) => one.name).join(', ')}`)
    }
  }

  async function giveTurns(): Promise<void> {
    for (;;) {
      waiting = waiting.filter((one) => one.actor.alive)
      const able = waiting.filter((one) => one.from <= now && one.actor.pausedUntil <= now)
      if (able.length === 0) return
      const one = random.pick(able)
      waiting.splice(waiting.indexOf(one), 1)
      steps++
      one.resume()
      await rest()
    }
  }

  return {
    now: () => now,
    async turn(actor, from = now) {
      actors.add(actor)
      steps++
      if (!actor.alive) return await new Promise(() => undefined)
      await new Promise<void>((resume) => { waiting.push({ actor, from, resume }) })
    },
    at(moment, run) {
      events.push({ moment, order: order++, run })
      events.sort((a, b) => a.moment - b.moment || a.order - b.order)
    },
    begin() {
      under++
      steps++
      return () => { under--; steps++ }
    },
    async run(until, idle) {
      for (;;) {
        await giveTurns()
        const wanted = await idle.stand(now)
        await rest()
        if (waiting.some((one) => one.actor.alive && one.from <= now && one.actor.pausedUntil <= now)) continue
        const next = Math.min(wanted, until, events[0]?.moment ?? Infinity,
          ...waiting.filter((one) => one.actor.alive).map((one) => Math.max(one.from, one.actor.pausedUntil)))
        if (next > now) { idle.passing(now, next); now = next }
        for (let due = events[0]; due && due.moment <= now; due = events[0]) { events = events.slice(1); due.run(); await rest() }
        for (const one of actors) if (!one.alive) actors.delete(one)
        if (now >= until) return
      }
    },
  }
}
