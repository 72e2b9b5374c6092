// Delivering: one message claimed, composed, captured or sent, and settled. The loop belongs to the job.
// Nothing here decides whether to remind; it only says what is planned, once, and keeps what was answered.

import { randomUUID } from 'node:crypto'
import { dayOf, type Instant } from '../core/day.ts'
import { nextAttemptAfter } from '../core/message.ts'
import type { Directory, Person } from '../core/person.ts'
import { isReachable } from '../core/person.ts'
import { silenceFrom } from '../core/rise.ts'
import { longestShift } from '../core/window.ts'
import { composeBytes } from '../mail/smtp.ts'
import type { Phase, SendResult, Transport } from '../mail/transport.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { claimMessage, passGate, rescueMessages } from '../store/lease.ts'
import { removeLinks } from '../store/links.ts'
import { checkDutiesIn, checkDutiesOf, checkWhatMayBeUnanswered } from '../store/obligations.ts'
import * as outbox from '../store/outbox.ts'
import type { MessageRow } from '../store/outbox.ts'
import { readDirectory, updatePerson } from '../store/people.ts'
import { releaseNews } from '../store/news.ts'
import { unsayNotices } from '../store/reminders.ts'
import type { App } from './app.ts'
import { redactMessage, wordsKept } from './bytes.ts'
import { composeDigestMessage } from './digests.ts'
import { envelopeOf } from './envelopes.ts'
import { findHold } from './installation.ts'
import { composeDailyMessage, type Composition } from './letters.ts'
import { openLinks } from './links.ts'
import { noteBounced } from './news.ts'
import { composeSignInMessage, isAskedTooLongAgo, withoutLink } from './sign-in-letter.ts'
import { loadWorld, type World } from './world.ts'

export type Outcome = 'sent' | 'captured' | 'deferred' | 'rejected' | 'abandoned' | 'cancelled' | 'lost' | 'paused' | 'in-doubt'

/** Everything that a run of deliveries reads once. */
export interface Post {
  readonly world: World
  readonly directory: Directory
  readonly now: Instant
  /** Undefined while mail is only captured. */
  readonly transport: Transport | undefined
  /** Why nothing may leave: every message waits until an administrator confirms. */
  readonly hold: string | undefined
}

const preGateMilliseconds = 60_000

export async function openPost(app: App, transport: Transport | undefined, now: Instant): Promise<Post> {
  const { db } = app.database
  return {
    world: await loadWorld(db), directory: await readDirectory(db), now, transport,
    hold: transport ? await findHold(app) : undefined,
  }
}

/** Delivers the message longest due; undefined when none waits. `paused` means: stop, the fault is ours. */
export async function deliverNext(app: App, post: Post): Promise<Outcome | undefined> {
  if (post.hold) return undefined
  const token = randomUUID()
  const message = await app.database.transact((db) => claimMessage(db, token, post.now))
  if (!message) return undefined
  const claim = { id: message.id, token }
  const person = post.directory.get(message.personId)
  // Who left or lost their address since is not written to; their duties go to the next in line.
  if (!isReachable(person)) return await cancelUnreachable(app, message, claim, post)
  if (isAskedTooLongAgo(message, app.clock.now())) return await cancelStale(app, message, claim, person, post)
  const raw = message.gatedAt ? message.raw! : await composeClaimed(app, message, claim, person, post)
  if (raw === 'lost') return 'lost'
  if (raw === undefined) return await settleCancelled(app, claim, 'nothing left to say', post.now)
  return staysHere(message, post)
    ? await capture(app, message, claim, post.now)
    : await send(app, { message, claim, raw, person }, post)
}

const staysHere = (message: MessageRow, post: Post): boolean => message.rehearsal || !post.transport

async function cancelStale(app: App, message: MessageRow, claim: outbox.Claim, person: Person, post: Post): Promise<Outcome> {
  const settlement = await withoutLink(app, message, person, { state: 'cancelled', reply: 'asked too long ago' })
  const settled = await app.database.transact((db) => outbox.settleMessage(db, claim, settlement, post.now))
  return settled ? 'cancelled' : 'lost'
}

async function settleCancelled(app: App, claim: outbox.Claim, reason: string, now: Instant): Promise<Outcome> {
  const settled = await app.database.transact(async (db) => {
    if (!await outbox.settleMessage(db, claim, { state: 'cancelled', reply: reason }, now)) return false
    await removeLinks(db, claim.id)
    return true
  })
  return settled ? 'cancelled' : 'lost'
}

async function cancelUnreachable(app: App, message: MessageRow, claim: outbox.Claim, post: Post): Promise<Outcome> {
  const outcome = await settleCancelled(app, claim, 'the person can no longer be reached', post.now)
  await app.database.transact((db) => passOn(db, message, post.now))
  return outcome
}

// What was planned here has reached nobody: it is unsaid, and its duties look for the next in line.
async function passOn(db: Db, message: MessageRow, now: Instant): Promise<void> {
  await checkDutiesOf(db, message.personId, now)
  await checkDutiesIn(db, message.id, now)
  await unsayNotices(db, message.id)
  await releaseNews(db, message.id)
}

async function composeClaimed(
  app: App, message: MessageRow, claim: outbox.Claim, person: Person, post: Post,
): Promise<Uint8Array | 'lost' | undefined> {
  const composition = await compose(app, message, post)
  if (!composition) return undefined
  if (message.raw && message.fingerprint === composition.fingerprint && message.address === person.email) return message.raw
  const links = openLinks(app.config.url)
  const letter = await composition.letter(links.issue)
  const envelope = envelopeOf(app, message, { name: person.name, address: person.email! }, {
    references: composition.references, unsubscribeUrl: message.kind === 'digest' ? links.issue('unsubscribe') : undefined,
  })
  const raw = await composeBytes(letter, envelope, { calendar: composition.calendar, dkim: app.config.dkim })
  // What stays here is there to be read, and so is what it holds; of what leaves no secret is kept readable.
  const stays = staysHere(message, post)
  const kept = stays ? letter : composition.secret?.kept ?? letter
  const saved = await app.database.transact(async (db) => {
    const { fingerprint, secret } = composition
    if (!await outbox.saveComposed(db, claim, { address: person.email!, ...wordsKept(kept, stays ? 'stays' : 'leaves'), raw, fingerprint })) return false
    await links.keep(db, message, post.now)
    await secret?.save(db)
    return true
  })
  return saved ? raw : 'lost'
}

async function compose(app: App, message: MessageRow, post: Post): Promise<Composition | undefined> {
  const { db } = app.database
  if (message.kind === 'digest') return await composeDigestMessage(app, db, message, post)
  if (message.kind === 'sign-in') return composeSignInMessage(app, message, post)
  return await composeDailyMessage(app, db, message, post)
}

async function capture(app: App, message: MessageRow, claim: outbox.Claim, now: Instant): Promise<Outcome> {
  const settled = await app.database.transact(async (db) => {
    const delivery = await outbox.startDelivery(db, message.id, 'capture', now)
    await outbox.endDelivery(db, delivery, { outcome: 'captured', phase: null, fault: null, reply: null }, now)
    return await settleWithHistory(db, message, claim, { state: 'captured', reply: null, attempts: message.attempts + 1 }, now)
  })
  return settled ? 'captured' : 'lost'
}

interface Parcel { readonly message: MessageRow; readonly claim: outbox.Claim; readonly raw: Uint8Array; readonly person: Person }

async function send(app: App, parcel: Parcel, post: Post): Promise<Outcome> {
  const { message, claim, raw } = parcel
  const attempt = await app.database.transact((db) => outbox.startDelivery(db, message.id, 'smtp', post.now))
  const gate = (): Promise<boolean> => app.database.transact((db) => passGate(db, claim, app.clock.now()))
  const address = message.gatedAt ? message.address! : parcel.person.email!
  const result = await post.transport!.send(
    { raw, from: app.config.from, to: address }, gate, app.clock.deadline(preGateMilliseconds))
  const verdict = settlementOf(result, message, app.clock.now())
  const settlement = verdict.message ? { ...verdict, message: await withoutLink(app, message, parcel.person, verdict.message) } : verdict
  const settled = await app.database.transact(async (db) => {
    const now = app.clock.now()
    await outbox.endDelivery(db, attempt, {
      outcome: settlement.delivery, phase: 'phase' in result ? result.phase : null,
      fault: 'fault' in result ? result.fault : null, reply: 'reply' in result ? result.reply : null,
    }, now)
    return settlement.message ? await settleWithHistory(db, message, claim, settlement.message, now) : true
  })
  if (settled) await soundAlarm(app, parcel, result, settlement.outcome)
  return settled ? settlement.outcome : 'lost'
}

interface Verdict {
  readonly outcome: Outcome
  readonly delivery: 'sent' | 'deferred' | 'rejected' | 'abandoned' | 'released' | 'in-doubt'
  /** Undefined leaves the row where it is: in doubt, until its lease ends. */
  readonly message?: outbox.Settlement
}

function settlementOf(result: SendResult, message: MessageRow, now: Instant): Verdict {
  const attempts = message.attempts + 1
  if (result.outcome === 'sent' || result.outcome === 'rejected') {
    return { outcome: result.outcome, delivery: result.outcome, message: { state: result.outcome, reply: result.reply, attempts } }
  }
  if (result.outcome === 'in-doubt') return { outcome: 'in-doubt', delivery: 'in-doubt' }
  if (result.outcome === 'refused-at-gate') return { outcome: 'lost', delivery: 'released' }
  return result.fault === 'site' ? released(result, message, now) : deferred(result.reply, message, now)
}

// A fault of the site is nobody's attempt: the message goes back, and the channel rests until the next run.
function released({ reply, phase }: { reply: string; phase: Phase }, message: MessageRow, now: Instant): Verdict {
  const gated = message.gatedAt !== null || phase === 'gated' || phase === 'dot'
  return {
    outcome: 'paused', delivery: 'released',
    message: { state: gated ? 'deferred' : 'planned', reply, nextAttemptAt: now.add({ minutes: 1 }) },
  }
}

function deferred(reply: string, message: MessageRow, now: Instant): Verdict {
  const attempts = message.attempts + 1
  const wait = nextAttemptAfter(attempts)
  if (!wait) return { outcome: 'abandoned', delivery: 'abandoned', message: { state: 'abandoned', reply, attempts } }
  return { outcome: 'deferred', delivery: 'deferred', message: { state: 'deferred', reply, attempts, nextAttemptAt: now.add(wait) } }
}

async function settleWithHistory(
  db: Db, message: MessageRow, claim: outbox.Claim, settlement: outbox.Settlement, now: Instant,
): Promise<boolean> {
  if (!await outbox.settleMessage(db, claim, settlement, now)) return false
  if (settlement.state === 'sent') await redactMessage(db, message.id)
  if (settlement.state === 'sent' || settlement.state === 'captured') {
    await appendHistory(db, message.organisationId, [{
      event: `message-${settlement.state}`, subject: 'message', subjectId: message.id,
      facts: { person: message.personId, kind: message.kind, period: message.period, messageId: message.messageId },
    }], now)
    // From now on its reader may be silent: what escalates by that is looked at on its own day.
    await checkWhatMayBeUnanswered(db, message.id, dayOf(now, 'UTC').add({ days: silenceFrom + longestShift }), now)
  }
  return true
}

async function soundAlarm(app: App, { message, person }: Parcel, result: SendResult, outcome: Outcome): Promise<void> {
  if (result.outcome === 'rejected' && result.fault === 'recipient') {
    const now = app.clock.now()
    await app.database.transact(async (db) => {
      await updatePerson(db, person.id, { emailRejectedAt: now })
      await passOn(db, message, now)
      await noteBounced(db, person, await readDirectory(db), now)
    })
  }
  const failed = outcome === 'rejected' || outcome === 'abandoned'
  if (failed) app.log.error({ message: message.id, person: person.id, outcome }, 'a mail could not be delivered')
  if (outcome === 'paused') app.log.error({ message: message.id }, 'the mail server refuses this installation: mail waits')
}

/** Frees messages whose worker vanished; those past the gate go out again with the same bytes. */
export async function rescueDeliveries(app: App, now: Instant): Promise<{ released: number; inDoubt: number }> {
  const freed = await app.database.transact(async (db) => {
    const rescued = await rescueMessages(db, now)
    await outbox.closeLostDeliveries(db, rescued.released, 'released', now)
    await outbox.closeLostDeliveries(db, rescued.inDoubt, 'in-doubt', now)
    return rescued
  })
  if (freed.inDoubt.length > 0) app.log.warn({ messages: freed.inDoubt }, 'in doubt: sent again with the same Message-ID')
  return { released: freed.released.length, inDoubt: freed.inDoubt.length }
}
