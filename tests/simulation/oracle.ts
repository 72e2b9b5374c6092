// The judge. It knows the world by the model, what was said by the truth mailbox, and what moved in the outbox by
// the watch over it; of the product's own mind it knows nothing.
//
// Service-up time is what a promise is measured in: true time while at least one replica runs, is not stopped and has
// a watch that is right within five minutes, the database takes connections and the mail server is up. Two minutes after every fault that struck
// a replica do not count (a claim lasts ninety seconds and is then rescued by a tick), nor does what the mail server
// itself caused: the back-off after its own deferrals, and after a gate that was asked the twelve minutes of the lease.

import type { Accepted, SimulatedMailServer } from './mail-server.ts'
import { type Due, dueFor, goesNow, type Heard, listenersOf, localDay, type ModelCertificate, type ModelPerson, momentOf, nextMoment, weekdayOf, type World, worksOn } from './model.ts'
import { type Letter, readLetter, type SaidLine } from './reading.ts'
import type { Move } from './store.ts'

export interface Finding { readonly at: number; readonly kind: string; readonly says: string }

export interface Oracle {
  readonly world: MutableWorld
  readonly findings: Finding[]
  /** Raw copies of a mail that was there already. */
  readonly rawDuplicates: () => number
  /** Letters as their readers have them. */
  readonly letters: readonly { readonly letter: Letter; readonly person: ModelPerson; readonly at: number }[]
  /** Looks at the world as it is now. */
  look(now: number): void
  /** Counts time that passes while something is owed. */
  passing(from: number, to: number, isUp: boolean): void
  accepted(mail: Accepted): void
  excuse(to: string | undefined, until: number): void
  /** Every replica is out of step by at most so much from now on. */
  skew(aheadMs: number, behindMs: number): void
  moved(move: Move, now: number): void
  /** Says that something about the world was changed. */
  changed(now: number): void
  deactivated(name: string, now: number): void
  /** Whether something ought to leave now. */
  isOwed(now: number): boolean
  nextMoment(now: number): number
  end(now: number, rows: readonly { id: number; rfc: string; state: string; doubts: number; next: number }[]): void
}

export interface MutableWorld extends World {
  readonly people: Map<string, ModelPerson>
  readonly certificates: Map<string, ModelCertificate>
  readonly heard: Map<string, Heard[]>
  /** Everybody's addresses, old ones too. */
  readonly addresses: Map<string, string>
  /** Names by the ids that the database gave. */
  readonly ids: Map<number, string>
  /** Who reads a weekly status. */
  readonly digestReaders: Set<string>
}

const minute = 60_000
const promise = 15 * minute

interface Known { readonly due: Due; firstGoAt: number; lastDueAt: number }
interface Owed { readonly since: number; owed: number }

const keyOf = (one: { person: string; certificate: string; expiry: number; purpose: string; notice: string }): string =>
  `${one.person}/${one.certificate}/${one.expiry}/${one.purpose}/${one.notice}`

export function openOracle(traffic: () => SimulatedMailServer, tell: (at: number, text: string) => void): Oracle {
  const world: MutableWorld = { people: new Map(), certificates: new Map(), heard: new Map(), addresses: new Map(), ids: new Map(), digestReaders: new Set() }
  const findings: Finding[] = []
  const letters: { letter: Letter; person: ModelPerson; at: number }[] = []
  const records = new Map<string, Known>()
  let owing = new Map<string, Owed>()
  const digests = new Map<string, Set<string>>()
  const digestOwed = new Map<string, number>()
  const copies = new Map<string, Accepted[]>()
  const firstTold = new Map<string, { messageId: string; at: number }>()
  const excused = new Map<string, number>()
  const gone = new Map<string, number>()
  const claimed = new Map<string, number>()
  let excusedAll = 0
  let ahead = 0
  let behind = 0
  let version = 0
  const changes = new Map<string, { expiry: number; until: number }[]>()

  const find = (at: number, kind: string, says: string): void => { findings.push({ at, kind, says }); tell(at, `FINDING ${kind}: ${says}`) }

  // ---- what is due, remembered while neither a day nor the world has changed ----

  const cached = new Map<string, { key: string; due: Due | undefined }>()
  function* dues(now: number): Generator<{ due: Due; person: ModelPerson }> {
    for (const certificate of world.certificates.values()) {
      for (const listener of listenersOf(certificate, world)) {
        const today = localDay(now, listener.person.zone)
        const name = `${certificate.name}/${listener.person.name}/${listener.purpose}/${today}`
        let known = cached.get(name)
        if (known?.key !== String(version)) {
          known = { key: String(version), due: dueFor(certificate, listener, world, today) }
          if (cached.size > 5000) cached.clear()
          cached.set(name, known)
        }
        if (known.due) yield { due: known.due, person: listener.person }
      }
    }
  }

  function hadMail(person: ModelPerson, since: number, now: number): boolean {
    const at = claimed.get(person.name)
    return at !== undefined && localDay(at, person.zone) === localDay(now, person.zone) && at <= since + minute
  }

  const goes = (due: Due, person: ModelPerson, now: number): boolean => goesNow(due, person, now, hadMail(person, owing.get(keyOf(due))?.since ?? now, now))

  function look(now: number): void {
    const still = new Map<string, Owed>()
    for (const { due } of dues(now)) still.set(keyOf(due), owing.get(keyOf(due)) ?? { since: now, owed: 0 })
    owing = still
    for (const moment of ahead > 0 ? [now, now + ahead] : [now]) {
      for (const { due, person } of dues(moment)) {
        const known = records.get(keyOf(due)) ?? { due, firstGoAt: Infinity, lastDueAt: now }
        known.lastDueAt = now
        if (known.firstGoAt === Infinity && goesNow(due, person, moment, false)) known.firstGoAt = now
        records.set(keyOf(due), known)
      }
    }
  }

  function passing(from: number, to: number, isUp: boolean): void {
    if (!isUp) return
    for (const { due, person } of dues(from)) {
      const own = owing.get(keyOf(due))
      if (!own || !goes(due, person, from) || !goes(due, person, to - 1)) continue
      own.owed += Math.max(0, to - Math.max(from, excusedAll, excused.get(person.address) ?? 0))
      if (own.owed > promise) {
        find(to, 'missed', `${person.name} has not heard ${due.notice} of ${due.certificate} (${due.purpose}), owed for ${Math.round(own.owed / minute)} minutes of service`)
        own.owed = -Infinity
      }
    }
    for (const name of world.digestReaders) {
      const person = world.people.get(name)!
      const key = digestKey(person, from)
      if (!person.active || !person.reachable || (digests.get(key)?.size ?? 0) > 0 || !digestGoes(person, from) || !digestGoes(person, to - 1)) continue
      const owed = (digestOwed.get(key) ?? 0) + Math.max(0, to - Math.max(from, excusedAll, excused.get(person.address) ?? 0))
      digestOwed.set(key, owed)
      if (owed > promise) {
        find(to, 'missed', `${name} has not had the weekly status of ${key}`)
        digestOwed.set(key, -Infinity)
      }
    }
  }

  // ---- the weekly status ----

  const mondayOf = (day: number): number => day - weekdayOf(day) + 1
  const digestKey = (person: ModelPerson, at: number): string => `${person.name}/${mondayOf(localDay(at, person.zone))}`
  function digestGoes(person: ModelPerson, now: number): boolean {
    const today = localDay(now, person.zone)
    const opens = momentOf(today, person.sendHour, person.zone)
    return now >= opens && worksOn(today) && (weekdayOf(today) === 1 || now < opens + 60 * minute)
  }

  const excuseOf = (person: ModelPerson): number => excused.get(person.address) ?? 0
  const wantsDigest = (person: ModelPerson, now: number): boolean =>
    person.active && person.reachable && (digests.get(digestKey(person, now))?.size ?? 0) === 0 && digestGoes(person, now)
  const owesDigest = (person: ModelPerson, now: number): boolean => now >= excuseOf(person) && wantsDigest(person, now)
  const owesDigestBut = (now: number): boolean => [...world.digestReaders].some((name) => wantsDigest(world.people.get(name)!, now))

  // The next moment stays what it is until it has come or the world is another.
  let foreseen = { version: -1, at: 0 }
  function upcoming(now: number): number {
    if (foreseen.version !== version || foreseen.at <= now) foreseen = { version, at: nextMoment(world, now) }
    return foreseen.at
  }

  // ---- what was said ----

  function accepted(mail: Accepted): void {
    const letter = readLetter(mail.raw)
    const known = copies.get(mail.messageId) ?? []
    copies.set(mail.messageId, [...known, mail])
    const person = world.people.get(world.addresses.get(mail.to) ?? '')
    if (!person || letter.to !== mail.to) return find(mail.at, 'stranger', `a mail went to ${mail.to}`)
    tell(mail.at, `mail ${mail.messageId.slice(1, 9)} to ${person.name}: ${letter.kind === 'digest' ? `week ${letter.week}` : letter.lines.map((one) => `${one.certificate} ${one.notice}${one.purpose === 'reminder' ? '' : ` ${one.purpose}`}`).join(', ') || 'news'}`)
    if (known.length > 0) {
      if (known.some((one) => one.sha256 !== mail.sha256)) find(mail.at, 'bytes', `${mail.messageId} was sent again with other bytes`)
      return
    }
    letters.push({ letter, person, at: mail.at })
    look(mail.at)
    const askedAt = traffic().traffic.get(mail.messageId)?.firstAskedAt ?? mail.askedAt
    const left = gone.get(person.name)
    if (left !== undefined && askedAt > left + 3 * minute) find(mail.at, 'deactivated', `${person.name}, who left, was written to`)
    if (letter.kind === 'digest') return digestSaid(letter, person, mail)
    for (const line of letter.lines) lineSaid(line, { letter, person, mail, askedAt })
    version++
    look(mail.at)
  }

  function digestSaid(letter: Letter, person: ModelPerson, mail: Accepted): void {
    const key = digestKey(person, letter.date)
    const known = digests.get(key) ?? new Set()
    digests.set(key, known.add(mail.messageId))
    if (known.size > 1) find(mail.at, 'duplicate', `${person.name} has a second weekly status of ${key}`)
    if (!world.digestReaders.has(person.name)) find(mail.at, 'not due', `${person.name} reads no weekly status`)
    const monday = momentOf(mondayOf(localDay(letter.date, person.zone)), person.sendHour, person.zone)
    if (mail.askedAt + ahead < monday) find(mail.at, 'early', `the weekly status of ${key} came before its hour`)
  }

  interface Saying { readonly letter: Letter; readonly person: ModelPerson; readonly mail: Accepted; readonly askedAt: number }

  function lineSaid(line: SaidLine, { letter, person, mail, askedAt }: Saying): void {
    const expiry = Math.round(Date.parse(`${line.countedTo}T00:00:00Z`) / 86_400_000)
    const key = keyOf({ ...line, person: person.name, expiry })
    const what = `${person.name}: ${line.certificate} ${line.notice} (${line.purpose}), counted to ${line.countedTo}`
    const record = records.get(key)
    if (!record) return find(mail.at, 'not due', `${what} was never due`)
    const { due } = record
    const slack = 5 * minute + behind
    if (record.firstGoAt > askedAt + 1000) find(mail.at, 'early', `${what} was not to be said yet`)
    if (record.lastDueAt < askedAt - slack - (isStrict(line, askedAt - slack) ? 0 : 26 * 60 * minute)) find(mail.at, 'not due', `${what} was due until ${new Date(record.lastDueAt).toISOString()} only`)
    const days = [localDay(askedAt - slack, person.zone), localDay(askedAt + ahead, person.zone)]
    if (!(expiry - days[1]! <= line.daysLeft && line.daysLeft <= expiry - days[0]!)) find(mail.at, 'wrong words', `${what} says ${line.daysLeft} days`)
    const before = firstTold.get(key)
    if (before && line.notice !== 'again') find(mail.at, 'duplicate', `${what} was said by ${before.messageId} before ${mail.messageId}`)
    firstTold.set(key, { messageId: mail.messageId, at: mail.at })
    const place = `${line.certificate}/${person.name}`
    const told = world.heard.get(place) ?? []
    const tighter = told.find((one) => one.expiry === expiry && one.purpose === line.purpose && one.offset < due.offset
      && (firstTold.get(keyOf({ ...one }))?.at ?? Infinity) < askedAt - slack)
    if (tighter) find(mail.at, 'after tighter', `${what} came after ${tighter.notice}`)
    world.heard.set(place, [...told, { person: person.name, certificate: line.certificate, expiry, purpose: line.purpose, notice: line.notice, offset: due.offset, toldOn: localDay(letter.date, person.zone) }])
  }

  // Of a reminder whose day has moved or whose owner has changed nothing may be said any more.
  function isStrict(line: SaidLine, at: number): boolean {
    const certificate = world.certificates.get(line.certificate)
    if (!certificate || line.purpose !== 'reminder') return false
    return (changes.get(line.certificate) ?? []).some((one) => one.until < at) && Math.round(Date.parse(`${line.countedTo}T00:00:00Z`) / 86_400_000) !== certificate.expiry
  }

  // ---- the outbox ----

  const allowed: Readonly<Record<string, readonly string[]>> = {
    planned: ['planned', 'claimed', 'cancelled', 'quarantined'],
    claimed: ['claimed', 'gated', 'planned', 'deferred', 'rejected', 'abandoned', 'cancelled', 'quarantined'],
    gated: ['gated', 'sent', 'deferred', 'rejected', 'abandoned', 'quarantined'],
    deferred: ['deferred', 'claimed', 'cancelled', 'quarantined'],
    quarantined: ['planned', 'deferred', 'cancelled'], rejected: ['rejected', 'deferred'], abandoned: ['abandoned', 'deferred'],
    sent: ['sent'], cancelled: ['cancelled'], captured: [],
  }
  const places = new Map<number, string>()
  const rfcs = new Map<string, number>()

  function moved(move: Move, now: number): void {
    const what = `message ${move.id}, ${String(move.was)} to ${String(move.is)}`
    if (move.op === 'DELETE') {
      if (!move.fresh) find(now, 'conservation', `${what}: a planned message vanished`)
      places.delete(move.id)
      return
    }
    places.set(move.id, move.is!)
    if (move.op === 'INSERT') {
      if (rfcs.has(move.rfc)) find(now, 'conservation', `${what}: two messages have one Message-ID`)
      rfcs.set(move.rfc, move.id)
      if (move.is !== 'planned') find(now, 'conservation', `${what}: it begins otherwise than planned`)
      return
    }
    if (!allowed[move.was!]?.includes(move.is!)) find(now, 'conservation', `${what}: no such move`)
    if (move.is === 'sent' && !copies.has(move.rfc) && move.was !== 'sent') find(now, 'conservation', `${what}: no mail server has accepted it`)
    if (!move.same_id) find(now, 'conservation', `${what}: it became another message`)
    if (move.had_passed && (!move.has_passed || move.is === 'planned')) find(now, 'conservation', `${what}: it forgot that it had passed the gate`)
    if (move.had_passed && !move.same_bytes && move.is !== 'sent') find(now, 'bytes', `${what}: its bytes changed after the gate`)
    if (move.is === 'gated' && move.was === 'gated') find(now, 'fence', `${what}: the gate was passed twice`)
    // What passed the gate was an attempt, whatever became of it.
    if (move.more_attempts && move.was !== 'gated' && traffic().traffic.get(move.rfc)?.last === 'site') find(now, 'attempts', `${what}: a fault of the site was counted as an attempt`)
    if (move.is === 'abandoned' && move.was !== 'abandoned') find(now, 'abandoned', `${what}: it was given up after ${move.attempts} attempts`)
    if (move.is === 'claimed' && move.was !== 'claimed') {
      const owner = world.ids.get(move.person)
      if (owner !== undefined) noteClaim(owner, now)
    }
  }
  function noteClaim(name: string, now: number): void {
    const person = world.people.get(name)!
    const last = claimed.get(name)
    if (last === undefined || localDay(last, person.zone) !== localDay(now, person.zone)) claimed.set(name, now)
  }

  return {
    world, findings, letters, look, passing, accepted, moved,
    rawDuplicates: () => [...copies.values()].reduce((sum, all) => sum + all.length - 1, 0),
    excuse(to, until) {
      if (to === undefined) excusedAll = Math.max(excusedAll, until)
      else excused.set(to, Math.max(excused.get(to) ?? 0, until))
    },
    skew(aheadMs, behindMs) { ahead = Math.max(ahead, aheadMs); behind = Math.max(behind, behindMs) },
    changed(now) {
      for (const one of world.certificates.values()) {
        const known = changes.get(one.name) ?? []
        if (known.at(-1)?.expiry !== one.expiry) changes.set(one.name, [...known.map((each) => ({ ...each, until: Math.min(each.until, now) })), { expiry: one.expiry, until: Infinity }])
      }
      version++
      look(now)
    },
    deactivated(name, now) { gone.set(name, now) },
    isOwed: (now) => now >= excusedAll && ([...dues(now)].some(({ due, person }) => now >= excuseOf(person) && goes(due, person, now))
      || [...world.digestReaders].some((name) => owesDigest(world.people.get(name)!, now))),
    nextMoment(now) {
      // Soon again, once what held it back is over.
      const waits = [...dues(now)].flatMap(({ due, person }) => (goes(due, person, now) ? [Math.max(excusedAll, excuseOf(person))] : []))
      let next = Math.min(upcoming(now), ...waits.filter((at) => at > now), ...owesDigestBut(now) && excusedAll > now ? [excusedAll] : [])
      for (const { person } of dues(now)) {
        // What could not be said in its hour waits for the next one.
        for (let day = localDay(now, person.zone); day < localDay(now, person.zone) + 5; day++) {
          const at = momentOf(day, person.sendHour, person.zone)
          if (worksOn(day) && at > now) { next = Math.min(next, at); break }
        }
      }
      for (const name of world.digestReaders) {
        const person = world.people.get(name)!
        const monday = mondayOf(localDay(now, person.zone))
        const days = (digests.get(digestKey(person, now))?.size ?? 0) > 0 ? [monday + 7] : [monday, monday + 1, monday + 2, monday + 3, monday + 4, monday + 7]
        const at = days.map((day) => momentOf(day, person.sendHour, person.zone)).find((one) => one > now)
        if (at !== undefined && person.active && person.reachable) next = Math.min(next, at)
      }
      return next
    },
    end(now, rows) {
      for (const row of rows) {
        const raws = copies.get(row.rfc)?.length ?? 0
        if (places.get(row.id) !== row.state) find(now, 'conservation', `message ${row.id} is ${row.state}, last seen ${places.get(row.id) ?? 'nowhere'}`)
        if (raws > 1 && row.doubts < raws - 1) find(now, 'unlisted duplicate', `${row.rfc} was accepted ${raws} times, and ${row.doubts} sendings are listed in doubt`)
        if (!['sent', 'cancelled', 'rejected', 'abandoned'].includes(row.state) && row.next < now - 60 * minute) find(now, 'conservation', `message ${row.id} still waits, ${row.state}`)
        if (raws > 0 && row.state !== 'sent') find(now, 'conservation', `message ${row.id} was accepted and is ${row.state}`)
        places.delete(row.id)
      }
      for (const [id, state] of places) find(now, 'conservation', `message ${id}, ${state}, is gone`)
    },
  }
}
