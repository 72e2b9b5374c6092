// What an administrator does with a single message: try again what was given up, take out what waits.

import type { Instant } from '../core/day.ts'
import { conflict } from '../errors.ts'
import { type Db, wakeWorkers } from '../store/database.ts'
import { closeAlarms } from '../store/alarms.ts'
import { appendHistory } from '../store/history.ts'
import { findMessage, moveMessage } from '../store/outbox.ts'

/** Puts a rejected or abandoned message back; its bytes stay as they are once it has passed the gate. */
export async function retryMessage(db: Db, id: number, now: Instant): Promise<void> {
  const message = await findMessage(db, id)
  if (message?.kind === 'sign-in') throw conflict(`Message ${id} held a sign-in link, which is not kept. Make a new one with: admin login-link ADDRESS`)
  await move(db, id, { from: ['rejected', 'abandoned'], to: 'deferred', reason: 'tried again by hand', verb: 'tried again' }, now)
}

/** Takes out a message that has not left; what it would have said counts as said. */
export async function cancelMessage(db: Db, id: number, now: Instant): Promise<void> {
  await move(db, id, { from: ['planned', 'deferred'], to: 'cancelled', reason: 'cancelled by hand', verb: 'cancelled' }, now)
}

type Move = Parameters<typeof moveMessage>[2] & { readonly verb: string }

async function move(db: Db, id: number, by: Move, now: Instant): Promise<void> {
  const message = await findMessage(db, id)
  if (!message || !await moveMessage(db, id, by, now)) {
    throw conflict(`Message ${id} is ${message?.state ?? 'not there'}; only ${by.from.join(' or ')} ones can be ${by.verb}.`)
  }
  if (by.to === 'deferred') {
    await closeAlarms(db, { kind: 'mail-failed', subjectId: id }, now)
    await wakeWorkers(db)
  }
  await appendHistory(db, message.organisationId, [{ event: `message-${by.to}`, subject: 'message', subjectId: id, facts: { by: 'hand' } }], now)
}
