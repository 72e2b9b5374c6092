// Signing in: a link somebody was given is changed, once, for a session. Nobody has a password.

import { priorities } from '../core/channel.ts'
import type { Instant } from '../core/day.ts'
import { type Rights, rightsOf } from '../core/rights.ts'
import type { Person } from '../core/person.ts'
import { conflict, notFound } from '../errors.ts'
import { isReachable } from '../core/person.ts'
import { parseAddress } from '../mail/address.ts'
import { type Db, wakeWorkers } from '../store/database.ts'
import { countAsked, insertMessage } from '../store/outbox.ts'
import { findOrganisation, findPerson, findPersonByEmail, holdPerson } from '../store/people.ts'
import * as store from '../store/sessions.ts'
import { act, type App } from './app.ts'
import { messageIdFor } from './installation.ts'
import { drawToken, hashOf } from './tokens.ts'

export const linkLifetime = Temporal.Duration.from({ minutes: 15 })
const sessionLifetime = Temporal.Duration.from({ hours: 7 * 24 })
const idleLimit = Temporal.Duration.from({ hours: 12 })
const touchInterval = Temporal.Duration.from({ minutes: 1 })

/** Somebody who is signed in, with what they may see. */
export interface Reader {
  readonly person: Person
  readonly rights: Rights
}

export interface SignInLink {
  readonly url: string
  readonly expiresAt: Instant
}

/**
 * Makes a link that signs a person in once, within `lifetime` (15 minutes). Older unused links stay
 * valid until they expire.
 *
 * Throws `not-found` for an unknown address, `conflict` for somebody who was deactivated and for a mailbox.
 */
export async function createSignInLink(app: App, email: string, lifetime = linkLifetime): Promise<SignInLink> {
  const { db } = app.database
  const person = await findPersonByEmail(db, email)
  if (!person) throw notFound(`Nobody here has the address "${email}". See who is known with: person list`)
  if (!person.active) throw conflict(`${person.name} was deactivated and cannot sign in.`)
  // Whoever reads a mailbox is somebody: what is done must have a name to it.
  if (person.kind === 'mailbox') {
    throw conflict(`${person.name} is a mailbox that several read, and nobody signs in as a mailbox. Ask for a link to an address of your own.`)
  }
  const { url, row } = drawSignInLink(app, app.clock.now(), lifetime)
  await store.insertSignInLink(db, { personId: person.id, ...row })
  app.log.info({ person: person.id }, 'sign-in link made')
  return { url, expiresAt: row.expiresAt }
}

/** Draws a link that is nobody's yet: it works once its row is stored with whose it is. */
export function drawSignInLink(app: App, createdAt: Instant, lifetime = linkLifetime): { readonly url: string; readonly row: Omit<store.NewToken, 'personId'> } {
  const token = drawToken()
  return { url: `${app.config.url}/sign-in/${token}`, row: { tokenHash: hashOf(token), createdAt, expiresAt: createdAt.add(lifetime) } }
}

/** So many sign-in mails one person gets within the life of a link; what is asked for beyond is not planned. */
const mostAsked = 3

/**
 * Plans a mail with a sign-in link to whoever has the address and can be reached.
 *
 * Says nothing of whether that is anybody: the answer to a stranger must not tell who works here.
 */
export async function requestSignInLink(app: App, address: string): Promise<void> {
  const parsed = parseAddress(address)
  if (!parsed.ok) return
  await act(app, async (db, now) => {
    const person = await findPersonByEmail(db, parsed.address)
    // A mailbox of several names nobody who could be signed in.
    if (!person || person.kind !== 'person' || !isReachable(person)) return
    await planSignInMail(app, db, person, now)
  })
}

async function planSignInMail(app: App, db: Db, person: Person, now: Instant): Promise<void> {
  // Held first: of several who ask at once, each is counted before the next.
  await holdPerson(db, person.id)
  if (await countAsked(db, person.id, now.subtract(linkLifetime)) >= mostAsked) return
  const { live } = (await findOrganisation(db, person.organisationId))!
  const period = now.toString()
  const id = await insertMessage(db, {
    organisationId: person.organisationId, personId: person.id, kind: 'sign-in', period, part: 1, priority: priorities.signIn, rehearsal: !live, dueAt: now,
    language: person.language, messageId: await messageIdFor(app, db, [person.id, 'sign-in', period, !live]),
  }, now)
  if (id === undefined) return
  await wakeWorkers(db)
  app.log.info({ person: person.id, message: id }, 'sign-in mail planned')
}

/** Says whether a link would still sign somebody in; looking uses nothing up. */
export async function isLinkUsable(app: App, token: string): Promise<boolean> {
  return await store.isSignInLinkUsable(app.database.db, hashOf(token), app.clock.now())
}

/** Uses a link up and opens a session; returns its token, or undefined for a used, expired or unknown link. */
export async function signIn(app: App, token: string): Promise<string | undefined> {
  const now = app.clock.now()
  const sessionToken = drawToken()
  const personId = await app.database.transact(async (db) => {
    const claimed = await store.claimSignInLink(db, hashOf(token), now)
    if (claimed === undefined) return undefined
    await store.insertSession(db, {
      personId: claimed, tokenHash: hashOf(sessionToken), createdAt: now, expiresAt: now.add(sessionLifetime),
    })
    return claimed
  })
  if (personId === undefined) return undefined
  app.log.info({ person: personId }, 'signed in')
  return sessionToken
}

/** Returns who a session belongs to; undefined once it is signed out, seven days old, or twelve hours idle. */
export async function findSession(app: App, token: string): Promise<Reader | undefined> {
  const { db } = app.database
  const now = app.clock.now()
  const session = await store.findLiveSession(db, hashOf(token), { now, seenAfter: now.subtract(idleLimit) })
  if (!session) return undefined
  const lately = now.subtract(touchInterval)
  if (Temporal.Instant.compare(session.seenAt, lately) <= 0) await store.touchSession(db, session.id, now, lately)
  const person = await findPerson(db, session.personId)
  return person && { person, rights: rightsOf(person) }
}

export async function signOut(app: App, token: string): Promise<void> {
  await store.endSession(app.database.db, hashOf(token), app.clock.now())
}
