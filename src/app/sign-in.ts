// Signing in: a link somebody was given is changed, once, for a session. Nobody has a password.

import type { Instant } from '../core/day.ts'
import { type Rights, rightsOf } from '../core/rights.ts'
import type { Person } from '../core/person.ts'
import { conflict, notFound } from '../errors.ts'
import { findPerson, findPersonByEmail } from '../store/people.ts'
import * as store from '../store/sessions.ts'
import type { App } from './app.ts'
import { drawToken, hashOf } from './tokens.ts'

const linkLifetime = Temporal.Duration.from({ minutes: 15 })
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
 * Throws `not-found` for an unknown address, `conflict` for somebody who was deactivated.
 */
export async function createSignInLink(app: App, email: string, lifetime = linkLifetime): Promise<SignInLink> {
  const { db } = app.database
  const person = await findPersonByEmail(db, email)
  if (!person) throw notFound(`Nobody here has the address "${email}". See who is known with: person list`)
  if (!person.active) throw conflict(`${person.name} was deactivated and cannot sign in.`)
  const token = drawToken()
  const createdAt = app.clock.now()
  const expiresAt = createdAt.add(lifetime)
  await store.insertSignInLink(db, { personId: person.id, tokenHash: hashOf(token), createdAt, expiresAt })
  app.log.info({ person: person.id }, 'sign-in link made')
  return { url: `${app.config.url}/sign-in/${token}`, expiresAt }
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
