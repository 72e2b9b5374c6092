// Delivering: one message claimed, composed, captured or sent, and settled. Several are under way at once; the
// run that starts them is in delivery-run.ts, what an answer means in settlements.ts. Nothing here decides whether
// to remind; it only says what is planned, once, and keeps what was answered.

import { randomUUID } from 'node:crypto'
import { pauseAfter } from '../core/channel.ts'
import type { Instant } from '../core/day.ts'
import { maxAttempts, nextAfterDoubt } from '../core/message.ts'
import type { Directory, Person } from '../core/person.ts'
import { isReachable } from '../core/person.ts'
import { composeBytes } from '../mail/smtp.ts'
import type { SendResult, Transport } from '../mail/transport.ts'
import { closeAlarms, raiseAlarm } from '../store/alarms.ts'
import { type ChannelRow, findChannel, pauseChannel, resumeChannel } from '../store/channel.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { type ClaimedRow, claimMessage, isRateUsedUp, passGate, rescueMessages } from '../store/lease.ts'
import { removeLinks } from '../store/links.ts'
import * as outbox from '../store/outbox.ts'
import type { MessageRow } from '../store/outbox.ts'
import { readDirectory } from '../store/people.ts'
import type { App } from './app.ts'
import { withoutTokens, wordsKept } from './bytes.ts'
import { composeDigestMessage } from './digests.ts'
import { envelopeOf, returnPathFor } from './envelopes.ts'
import { findHold } from './installation.ts'
import { composeDailyMessage, type Composition } from './letters.ts'
import { openLinks } from './links.ts'
import { expectAnswers } from './reminders.ts'
import { type Outcome, putBack, settlementOf } from './settlements.ts'
import { composeSignInMessage, isAskedTooLongAgo, withoutLink } from './sign-in-letter.ts'
import { passOn, suspendAddress } from './suspension.ts'
import { loadWorld, type World } from './world.ts'

export const smtpChannel = 'smtp'

/** Everything that a run of deliveries reads once. */
export interface Post {
  readonly world: World
  readonly directory: Directory
  readonly now: Instant
  /** Undefined while mail is only captured. */
  readonly transport: Transport | undefined
  /** Why nothing may leave: every message waits until an administrator confirms. */
  readonly hold: string | undefined
  /** How the way out fares; undefined while it never failed, and while mail is captured. */
  readonly channel: ChannelRow | undefined
}

const preGateMilliseconds = 60_000

export async function openPost(app: App, transport: Transport | undefined, now: Instant): Promise<Post> {
  const { db } = app.database
  return {
    world: await loadWorld(db), directory: await readDirectory(db), now, transport,
    hold: transport ? await findHold(app) : undefined,
    channel: transport ? await findChannel(db, smtpChannel) : undefined,
  }
}

/** Says whether the way out rests after a fault of the site. */
export const isPaused = ({ channel, now }: Post): boolean =>
  channel !== undefined && channel.pausedUntil !== null && Temporal.Instant.compare(channel.pausedUntil, now) > 0

/** Delivers the message that comes first; undefined when none waits. `paused` and `limited` mean: stop, no more can leave now. */
export async function deliverNext(app: App, post: Post): Promise<Outcome | undefined> {
  if (post.hold || isPaused(post)) return undefined
  const token = randomUUID()
  const perMinute = post.transport ? app.config.mailRate : undefined
  const claimed = await app.database.transact(async (db) => {
    if (perMinute !== undefined && await isRateUsedUp(db, perMinute)) return 'limited'
    return await claimMessage(db, token, post.now)
  })
  if (claimed === 'limited') return 'limited'
  if (!claimed) return undefined
  return await deliverClaimed(app, claimed, { id: claimed.id, token }, post)
}

async function deliverClaimed(app: App, message: ClaimedRow, claim: outbox.Claim, post: Post): Promise<Outcome> {
  // Added since the run began, somebody is not in its directory, and would be taken for one who has left.
  const person = post.directory.get(message.personId) ?? (await readDirectory(app.database.db)).get(message.personId)
  // Who left or lost their address since is not written to; their duties go to the next in line.
  if (!isReachable(person)) return await cancelUnreachable(app, message, claim, post)
  if (isAskedTooLongAgo(message, app.clock.now())) return await cancelStale(app, message, claim, person, post)
  if (!staysHere(message, post) && message.recentlySent >= app.config.recipientRate) return await spare(app, message, claim, post)
  const ready = message.gatedAt ? await startWith(app, message, message.raw!, post) : await composeClaimed(app, message, claim, person, post)
  if (ready === 'lost') return 'lost'
  if (ready === undefined) return await settleCancelled(app, claim, 'nothing left to say', post.now)
  return staysHere(message, post)
    ? await capture(app, message, claim, ready, post.now)
    : await send(app, { message, claim, ...ready, person }, post)
}

// So many mails to one person in a day are a fault somewhere: what waits is not lost, and the log says so.
async function spare(app: App, message: ClaimedRow, claim: outbox.Claim, post: Post): Promise<Outcome> {
  const reply = `this person has had ${message.recentlySent} mails within 24 hours`
  app.log.error({ message: message.id, person: message.personId, mails: message.recentlySent }, 'a person is sent too much mail: the rest waits')
  const settled = await app.database.transact((db) => outbox.settleMessage(db, claim, { ...putBack(message, reply), nextAttemptAt: post.now.add({ hours: 1 }) }, post.now))
  return settled ? 'put-back' : 'lost'
}

const staysHere = (message: MessageRow, post: Post): boolean => message.rehearsal || !post.transport

async function cancelStale(app: App, message: MessageRow, claim: outbox.Claim, person: Person, post: Post): Promise<Outcome> {
  const settlement = await withoutLink(app, message, person, { state: 'cancelled', reply: 'asked too long ago' })
  const settled = await app.database.transact((db) => outbox.settleMessage(db, claim, settlement, post.now))
  return settled ? 'cancelled' : 'lost'
}

async function settleCancelled(app: App, claim: outbox.Claim, reason: string, now: Instant): Promise<Outcome> {
  return await app.database.transact((db) => cancelIn(db, claim, reason, now)) ? 'cancelled' : 'lost'
}

async function cancelIn(db: Db, claim: outbox.Claim, reason: string, now: Instant): Promise<boolean> {
  if (!await outbox.settleMessage(db, claim, { state: 'cancelled', reply: reason }, now)) return false
  await removeLinks(db, claim.id)
  return true
}

async function cancelUnreachable(app: App, message: MessageRow, claim: outbox.Claim, post: Post): Promise<Outcome> {
  const settled = await app.database.transact(async (db) => {
    if (!await cancelIn(db, claim, 'the person can no longer be reached', post.now)) return false
    await passOn(db, message, post.now)
    return true
  })
  return settled ? 'cancelled' : 'lost'
}

/** The final bytes, and the attempt that was opened to send them or to keep them here. */
interface Ready { readonly raw: Uint8Array; readonly attempt: number }

async function startWith(app: App, message: MessageRow, raw: Uint8Array, post: Post): Promise<Ready> {
  return { raw, attempt: await app.database.transact((db) => startAttempt(db, message, post)) }
}

const startAttempt = (db: Db, message: MessageRow, post: Post): Promise<number> =>
  outbox.startDelivery(db, message.id, staysHere(message, post) ? 'capture' : 'smtp', post.now)

async function composeClaimed(
  app: App, message: MessageRow, claim: outbox.Claim, person: Person, post: Post,
): Promise<Ready | 'lost' | undefined> {
  const composition = await compose(app, message, post)
  if (!composition) return undefined
  if (message.raw && message.fingerprint === composition.fingerprint && message.address === person.email) return await startWith(app, message, message.raw, post)
  const links = openLinks(app.config.url)
  const letter = await composition.letter(links.issue)
  const envelope = envelopeOf(app, message, { name: person.name, address: person.email! }, {
    references: composition.references, unsubscribeUrl: message.kind === 'digest' ? links.issue('unsubscribe') : undefined,
  })
  const raw = await composeBytes(letter, envelope, { calendar: composition.calendar, dkim: app.config.dkim })
  // What stays here is there to be read, and so is what it holds; of what leaves no secret is kept readable.
  const stays = staysHere(message, post)
  const kept = stays ? letter : composition.secret?.kept ?? letter
  return await app.database.transact(async (db) => {
    const { fingerprint, secret } = composition
    if (!await outbox.saveComposed(db, claim, { address: person.email!, ...wordsKept(kept, stays ? 'stays' : 'leaves'), raw, fingerprint })) return 'lost'
    await links.keep(db, message, post.now)
    await secret?.save(db)
    return { raw, attempt: await startAttempt(db, message, post) }
  })
}

async function compose(app: App, message: MessageRow, post: Post): Promise<Composition | undefined> {
  const { db } = app.database
  if (message.kind === 'digest') return await composeDigestMessage(app, db, message, post)
  if (message.kind === 'sign-in') return composeSignInMessage(app, message, post)
  return await composeDailyMessage(app, db, message, post)
}

async function capture(app: App, message: MessageRow, claim: outbox.Claim, { attempt }: Ready, now: Instant): Promise<Outcome> {
  const settled = await app.database.transact(async (db) => {
    await outbox.endDelivery(db, attempt, { outcome: 'captured', phase: null, fault: null, reply: null }, now)
    return await settleWithHistory(db, message, claim, { state: 'captured', reply: null, attempts: message.attempts + 1 }, now)
  })
  return settled ? 'captured' : 'lost'
}

interface Parcel extends Ready { readonly message: MessageRow; readonly claim: outbox.Claim; readonly person: Person }

async function send(app: App, parcel: Parcel, post: Post): Promise<Outcome> {
  const { message, claim, raw } = parcel
  const gate = (): Promise<boolean> => app.database.transact((db) => passGate(db, claim, app.clock.now()))
  const address = message.gatedAt ? message.address! : parcel.person.email!
  const result = await post.transport!.send(
    { raw, from: await returnPathFor(app, message), to: address }, gate, app.clock.deadline(preGateMilliseconds))
  return await settleSent(app, parcel, result, post)
}

async function settleSent(app: App, parcel: Parcel, result: SendResult, post: Post): Promise<Outcome> {
  const { message, claim, person, attempt, raw } = parcel
  const now = app.clock.now()
  const verdict = settlementOf(result, message, now)
  const settlement = verdict.message && await withoutLink(app, message, person, withoutTokens(message, raw, verdict.message))
  const settled = await app.database.transact(async (db) => {
    // The message before its attempt, in the order in which a rescue locks them.
    const held = !settlement || await settleWithHistory(db, message, claim, settlement, now)
    await outbox.endDelivery(db, attempt, {
      outcome: verdict.delivery, phase: 'phase' in result ? result.phase : null,
      fault: 'fault' in result ? result.fault : null, reply: 'reply' in result ? result.reply : null,
    }, now)
    await noteChannel(app, db, result, post, now)
    if (held && settlement) await noteFailure(app, db, parcel, { result, settlement }, now)
    return held
  })
  return settled ? verdict.outcome : 'lost'
}

// Committed with what the message became: whoever dies in between leaves neither a pause nor a mail unexplained.
async function noteChannel(app: App, db: Db, result: SendResult, post: Post, now: Instant): Promise<void> {
  if (result.outcome === 'deferred' && result.fault === 'site') {
    const paused = await pauseChannel(db, smtpChannel, result.reply, now, (failures) => now.add(pauseAfter(failures)))
    if (!paused) return
    await raiseAlarm(db, { kind: 'channel-paused', facts: { phase: result.phase, reply: result.reply } }, now)
    app.log.error({ phase: result.phase, failures: paused.failures }, 'the mail server refuses this installation: mail waits')
  } else if (post.channel?.failingSince && (result.outcome === 'sent' || result.outcome === 'rejected')) {
    if (await resumeChannel(db, smtpChannel)) await closeAlarms(db, { kind: 'channel-paused' }, now)
  }
}

async function noteFailure(
  app: App, db: Db, { message, person }: Parcel, { result, settlement }: { result: SendResult; settlement: outbox.Settlement }, now: Instant,
): Promise<void> {
  if (settlement.state !== 'rejected' && settlement.state !== 'abandoned') return
  app.log.error({ message: message.id, person: person.id, outcome: settlement.state }, 'a mail could not be delivered')
  await raiseAlarm(db, { kind: 'mail-failed', subjectId: message.id, facts: { state: settlement.state, person: person.id, reply: settlement.reply } }, now)
  if (result.outcome === 'rejected' && result.fault === 'recipient') return await suspendAddress(db, message, person, now)
  // Tried for a day in vain, and never past the gate: nobody has heard it, so the next mail says it again.
  if (settlement.state === 'abandoned' && message.gatedAt === null) await passOn(db, message, now)
}

async function settleWithHistory(
  db: Db, message: MessageRow, claim: outbox.Claim, settlement: outbox.Settlement, now: Instant,
): Promise<boolean> {
  if (!await outbox.settleMessage(db, claim, settlement, now)) return false
  if (settlement.state === 'sent' || settlement.state === 'captured') {
    await appendHistory(db, message.organisationId, [{
      event: `message-${settlement.state}`, subject: 'message', subjectId: message.id,
      facts: { person: message.personId, kind: message.kind, period: message.period, messageId: message.messageId },
    }], now)
    // From now on its reader may be silent: what escalates by that is looked at on its own day.
    await expectAnswers(db, message.id, now)
  }
  return true
}

type Doubted = Awaited<ReturnType<typeof outbox.readDoubts>>[number]

async function putOff(db: Db, { id, personId, attempts, doubts }: Doubted, now: Instant): Promise<void> {
  const wait = attempts >= maxAttempts ? undefined : nextAfterDoubt(doubts)
  if (wait?.total('minutes') === 0) return
  await outbox.deferInDoubt(db, id, wait && now.add(wait), now)
  if (!wait) await raiseAlarm(db, { kind: 'mail-failed', subjectId: id, facts: { state: 'abandoned', person: personId, reply: 'in doubt to the last attempt' } }, now)
}

/** Frees messages whose worker vanished; those past the gate go out again with the same bytes. */
export async function rescueDeliveries(app: App, now: Instant): Promise<{ released: number; inDoubt: number }> {
  const freed = await app.database.transact(async (db) => {
    const rescued = await rescueMessages(db, now)
    await outbox.closeLostDeliveries(db, rescued.released, 'released', now)
    await outbox.closeLostDeliveries(db, rescued.inDoubt, 'in-doubt', now)
    for (const one of await outbox.readDoubts(db, rescued.inDoubt)) await putOff(db, one, now)
    return rescued
  })
  if (freed.inDoubt.length > 0) app.log.warn({ messages: freed.inDoubt }, 'in doubt: sent again with the same Message-ID')
  return { released: freed.released.length, inDoubt: freed.inDoubt.length }
}
