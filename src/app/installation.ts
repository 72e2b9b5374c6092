// What this installation is: its own key, and the address and database its mail may leave from. A copied
// database (a restore, a staging machine) holds its mail until an administrator says it is the real one.

import { createHmac, randomBytes } from 'node:crypto'
import { tokenOf } from '../mail/return-path.ts'
import type { Db } from '../store/database.ts'
import { findFact, keepFact, saveFact } from '../store/jobs.ts'
import { findEpoch } from '../store/quarantine.ts'
import type { App } from './app.ts'

const keyFact = 'message-key'
const urlFact = 'url'
const identityFact = 'identity'

/**
 * Returns the Message-ID that follows from what a message is: the same after a crash, never guessable. A restore makes
 * it another, since a mail of the same day may have had other words before; what is only lived anew has the former.
 */
export async function messageIdFor(app: App, db: Db, parts: readonly (string | number | boolean)[]): Promise<string> {
  const epoch = await findEpoch(db)
  const number = epoch ? epoch.number - (epoch.replayed ? 0 : 1) : 0
  return `<${await digestOf(db, number === 0 ? parts : [...parts, 'epoch', number])}@${new URL(app.config.url).hostname}>`
}

/**
 * Returns the Message-ID that all mail about a certification refers to, so that mailboxes keep it together.
 * No mail has it: it can be computed anew at any time, and the first mail need not have arrived.
 */
export async function threadRootFor(app: App, db: Db, certificationId: number): Promise<string> {
  return `<certification-${certificationId}.${await digestOf(db, ['certification', certificationId])}@${new URL(app.config.url).hostname}>`
}

/** Returns the token that an address carries to which a message comes back: it names the message, and nobody can guess it. */
export const bounceTokenFor = async (db: Db, messageId: number): Promise<string> => tokenOf(messageId, await digestOf(db, ['bounce', messageId]))

async function digestOf(db: Db, parts: readonly (string | number | boolean)[]): Promise<string> {
  const key = await findFact(db, keyFact) ?? await keepFact(db, keyFact, randomBytes(32).toString('hex'))
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex').slice(0, 40)
}

/** Returns why mail is held; undefined where this is the installation that recorded itself. */
export async function findHold(app: App): Promise<string | undefined> {
  const { db } = app.database
  const identity = await app.database.identity()
  const knownUrl = await keepFact(db, urlFact, app.config.url)
  const knownIdentity = await keepFact(db, identityFact, identity)
  if (knownUrl !== app.config.url) {
    return `RECERT_URL is ${app.config.url}, but this database was set up for ${knownUrl}. Confirm with: admin confirm-installation`
  }
  if (knownIdentity !== identity) {
    return 'This database is a copy of the one that was set up. Confirm with: admin confirm-installation'
  }
  return undefined
}

/** Records that this is the real installation: held mail may leave. */
export async function confirmInstallation(app: App): Promise<void> {
  const identity = await app.database.identity()
  await app.database.transact(async (db) => {
    await saveFact(db, urlFact, app.config.url)
    await saveFact(db, identityFact, identity)
  })
}
