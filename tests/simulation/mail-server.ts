// A mail server that lies in every way real ones do, and the truth mailbox: what it accepted, byte by byte, whatever
// it answered. It asks the gate exactly as the real transport does: once, after the body, before the last dot.

import { createHash } from 'node:crypto'
import type { Parcel, SendResult, Transport } from '../../src/mail/transport.ts'
import type { Actor, Clockwork } from './clockwork.ts'
import type { Random } from './random.ts'
import type { FaultKind, Swarm } from './swarm.ts'

export interface Accepted {
  readonly messageId: string
  readonly to: string
  /** True time in milliseconds. */
  readonly at: number
  /** When the gate of this very sending was asked: the words were composed before. */
  readonly askedAt: number
  readonly sha256: string
  readonly raw: Buffer
}

/** What the server knows of one mail beyond its acceptance. */
export interface Traffic {
  readonly to: string
  /** The last answer that reached the client, or that none did. */
  last: 'none' | 'site' | 'other'
  /** Answers so far that cost an attempt. */
  deferrals: number
  firstAskedAt: number | undefined
}

export interface SimulatedMailServer {
  readonly accepted: readonly Accepted[]
  readonly traffic: ReadonlyMap<string, Traffic>
  /** Addresses that no mail reaches any more. */
  readonly dead: Set<string>
  /** While down nobody can connect. */
  down: boolean
  open(actor: Actor, kill: () => void): Transport
}

/** What an observer is told while it happens. */
export interface Observer {
  /** The server's own doing holds mail back until then: of one address, or of everybody. */
  excuse(to: string | undefined, until: number): void
  accepted(mail: Accepted): void
  died(address: string): void
  asked(messageId: string, to: string, at: number): void
}

interface Place {
  readonly clockwork: Clockwork
  readonly random: Random
  readonly swarm: Swarm
  readonly note: (kind: FaultKind, who: string, more?: string) => void
  readonly calm: () => boolean
  readonly observer: Observer
}

const minute = 60_000
const deferred = (fault: 'site' | 'recipient' | 'message' | 'transient', phase: 'connect' | 'greeting' | 'auth' | 'mail' | 'rcpt' | 'data' | 'dot', reply: string): SendResult =>
  ({ outcome: 'deferred', fault, phase, reply })

export function openMailServer({ clockwork, random, swarm, note, calm, observer }: Place): SimulatedMailServer {
  const accepted: Accepted[] = []
  const traffic = new Map<string, Traffic>()
  const dead = new Set<string>()
  const server = { accepted, traffic, dead, down: false, open }
  // A mail is not refused for ever: after six answers the server is kind to it, as the queue gives up within a day.
  const mostDeferrals = 6

  function open(actor: Actor, kill: () => void): Transport {
    let isOpen = true
    const running = new Set<Promise<SendResult>>()
    const ending = new AbortController()
    return {
      async send(parcel, gate, signal) {
        if (!isOpen) return { outcome: 'stopped', phase: 'connect', reply: 'the program is stopping' }
        const sending = converse({ actor, kill, parcel, gate, signal, stopping: ending.signal })
        running.add(sending)
        return await sending.finally(() => running.delete(sending))
      },
      verify: async () => ({ ok: true }),
      async close() {
        isOpen = false
        ending.abort()
        await Promise.allSettled(running)
      },
    }
  }

  interface Conversation {
    readonly actor: Actor
    readonly kill: () => void
    readonly parcel: Parcel
    readonly gate: () => Promise<boolean>
    readonly signal: AbortSignal
    /** Given once the program ends. */
    readonly stopping: AbortSignal
  }

  async function converse(talk: Conversation): Promise<SendResult> {
    const raw = Buffer.from(talk.parcel.raw)
    const messageId = /^Message-ID: *(<[^>]+>)/im.exec(raw.toString('latin1'))?.[1] ?? 'none'
    const known = traffic.get(messageId) ?? { to: talk.parcel.to, last: 'none' as const, deferrals: 0, firstAskedAt: undefined }
    traffic.set(messageId, known)
    const answer = (result: SendResult): SendResult => {
      const isSite = result.outcome === 'deferred' && result.fault === 'site'
      known.last = isSite ? 'site' : 'other'
      if (result.outcome !== 'deferred') return result
      if (isSite) observer.excuse(undefined, clockwork.now() + 17 * minute)
      else observer.excuse(known.to, clockwork.now() + (Math.min(2 ** known.deferrals++, 240) + 2) * minute)
      return result
    }
    const strikes = (kind: FaultKind): boolean => {
      if (calm() || known.deferrals >= mostDeferrals || !random.chance(swarm(kind))) return false
      note(kind, talk.actor.name, `${messageId.slice(0, 9)} ${talk.parcel.to}`)
      return true
    }
    const before = await envelope(talk, messageId, { answer, strikes })
    if (before) return before
    known.firstAskedAt ??= clockwork.now()
    const askedAt = clockwork.now()
    observer.asked(messageId, talk.parcel.to, askedAt)
    // Whoever passes the gate and is then heard of no more holds its lease for twelve minutes.
    observer.excuse(talk.parcel.to, askedAt + 15 * minute)
    if (!await talk.gate()) return { outcome: 'refused-at-gate' }
    if (strikes('kill while sending')) { talk.kill(); await clockwork.turn(talk.actor) }
    const accept = (): void => {
      const mail: Accepted = { messageId, to: talk.parcel.to, at: clockwork.now(), askedAt, raw, sha256: createHash('sha256').update(raw).digest('hex') }
      accepted.push(mail)
      observer.accepted(mail)
    }
    return await afterTheDot(talk, { answer, strikes, accept })
  }

  interface Ways { readonly answer: (result: SendResult) => SendResult; readonly strikes: (kind: FaultKind) => boolean }

  async function envelope({ actor, parcel, signal, stopping, kill }: Conversation, messageId: string, { answer, strikes }: Ways): Promise<SendResult | undefined> {
    const isOver = (): boolean => signal.aborted || stopping.aborted
    const over = (phase: 'connect' | 'data'): SendResult => (stopping.aborted ? { outcome: 'stopped', phase, reply: 'the program is stopping' } : answer(deferred('transient', phase, 'aborted')))
    await clockwork.turn(actor, clockwork.now() + random.between(20, 400))
    if (isOver()) return over('connect')
    if (server.down || strikes('refused connection')) return answer(deferred('site', 'connect', 'ECONNREFUSED'))
    if (strikes('greeting 421')) return answer(deferred('site', 'greeting', '421 too busy'))
    if (strikes('sign-in refused')) return answer(deferred('site', 'auth', '535 sign in failed'))
    if (strikes('sender refused')) return answer(deferred('site', 'mail', '451 sender refused'))
    const isHeld = accepted.some((one) => one.messageId === messageId)
    if (dead.has(parcel.to) || (!isHeld && strikes('recipient refused'))) {
      if (!dead.has(parcel.to)) observer.died(parcel.to)
      dead.add(parcel.to)
      return answer({ outcome: 'rejected', fault: 'recipient', phase: 'rcpt', reply: '550 5.1.1 no such user' })
    }
    if (strikes('recipient deferred')) return answer(deferred('recipient', 'rcpt', '451 4.2.1 greylisted'))
    if (strikes('data deferred')) return answer(deferred('message', 'data', '451 4.3.0 try later'))
    await clockwork.turn(actor, clockwork.now() + random.between(50, 3000))
    if (strikes('dropped in data')) return answer(deferred('transient', 'data', 'connection lost'))
    if (strikes('slow beyond the deadline')) for (let n = 0; n < 5 && !isOver(); n++) await clockwork.turn(actor, clockwork.now() + 25_000)
    if (isOver()) return over('data')
    if (strikes('kill while sending')) { kill(); await clockwork.turn(actor) }
    return undefined
  }

  async function afterTheDot({ actor }: Conversation, { answer, strikes, accept }: Ways & { readonly accept: () => void }): Promise<SendResult> {
    const soon = (): Promise<void> => clockwork.turn(actor, clockwork.now() + random.between(10, 900))
    if (strikes('deferred at the dot')) { await soon(); return answer(deferred('message', 'dot', '451 4.3.0 try later')) }
    if (strikes('dropped at the dot')) { await soon(); return answer({ outcome: 'in-doubt', phase: 'gated', reply: 'connection lost' }) }
    if (strikes('accepted without reply')) { accept(); await soon(); return answer({ outcome: 'in-doubt', phase: 'gated', reply: 'connection lost' }) }
    if (strikes('accepted late')) { accept(); await clockwork.turn(actor, clockwork.now() + random.between(1, 9) * minute); return answer({ outcome: 'sent', reply: '250 late' }) }
    accept()
    await soon()
    return answer({ outcome: 'sent', reply: '250 taken' })
  }

  return server
}
