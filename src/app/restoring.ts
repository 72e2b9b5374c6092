// Restoring: nobody knows what was sent between the moment a backup was taken and now. A restore begins an epoch: what
// was under way is quarantined with it, in one transaction; then the time between is lived anew, and every mail that
// was due in it is quarantined too. Only then does planning go on. A person decides about the quarantined ones.

import { type Day, dayOf, type Instant, instantAt } from '../core/day.ts'
import { decideRestored, type Epoch, epochAfter, type RestoreRefusal } from '../core/epoch.ts'
import { AppError, conflict } from '../errors.ts'
import { raiseAlarm, restateAlarm } from '../store/alarms.ts'
import { readBackup } from '../store/backup.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { listOrganisations } from '../store/people.ts'
import * as store from '../store/quarantine.ts'
import { act, type App } from './app.ts'
import { rederiveAll } from './derivation.ts'
import { replanDigests } from './digests.ts'
import { sendMomentsOf } from './life.ts'
import { expectAnswers, replanReminders } from './reminders.ts'
import { replanEvery } from './replanning.ts'
import { startOpenRuns } from './windows.ts'
import { loadWorld } from './world.ts'

export interface Restored {
  /** The epoch that began. */
  readonly epoch: number
  readonly since: Instant
  /** Mails that wait for a person's word. */
  readonly quarantined: number
}

/** Restores a backup into an empty database and begins an epoch; throws what `readBackup` throws. */
export async function restoreBackup(app: App, file: string): Promise<Restored & { readonly rows: number }> {
  const now = app.clock.now()
  const rows = await readBackup(app.database, file, async (db, takenAt) =>
    beginEpoch(db, takenAt ?? await store.findNewestMoment(db) ?? now, now))
  return { rows, ...await replayed(app) }
}

/**
 * Begins an epoch on a database that was restored by other means, such as pg_restore or a snapshot of its disk, taken
 * at `since`; the newest moment found in it where nobody knows. Told of the same restore again it throws `conflict`
 * and changes nothing, as it does beside a running server.
 */
export async function noteRestored(app: App, since: Instant | undefined): Promise<Restored> {
  if (await app.database.isServed()) throw conflict('A server runs on this database and may be sending. Stop every server first.')
  await act(app, async (db, now) => {
    const verdict = decideRestored(await store.findEpoch(db), since, now)
    if (!verdict.ok) throw refusalOf(verdict.refusal, since)
    await beginEpoch(db, since ?? await store.findNewestMoment(db) ?? now, now)
  })
  return await replayed(app)
}

function refusalOf(refusal: RestoreRefusal, since: Instant | undefined): AppError {
  if (refusal === 'future') return new AppError('invalid', `${since!.toString()} is still to come. Name the moment at which the data was taken.`)
  if (refusal === 'known') {
    return conflict(`These records know of a restore that came after ${since!.toString()}, so this one has been told already. `
      + 'Nothing was changed; start the server without --restored.')
  }
  return conflict('These records know of an earlier restore; whether it is this one cannot be told. '
    + 'Name the moment at which the restored data was taken, such as 2027-01-15T03:00:00Z, or leave --restored away.')
}

async function beginEpoch(db: Db, since: Instant, now: Instant): Promise<void> {
  const epoch = epochAfter(await store.findEpoch(db), since, now)
  const quarantined = await store.quarantineMail(db, now)
  for (const { id } of await store.holdQuarantined(db, 'all')) await expectAnswers(db, id, now)
  await store.saveEpoch(db, epoch)
  for (const { id } of await listOrganisations(db)) {
    const facts = { epoch: epoch.number, since: epoch.since.toString(), quarantined: quarantined.get(id) ?? 0 }
    await appendHistory(db, id, [{ event: 'restored', subject: 'organisation', subjectId: id, facts }], now)
  }
  await sayHowManyWait(db, now)
}

async function replayed(app: App): Promise<Restored> {
  await replayEpoch(app)
  const epoch = (await store.findEpoch(app.database.db))!
  return { epoch: epoch.number, since: epoch.since, quarantined: await store.countQuarantined(app.database.db) }
}

/**
 * Lives the time between backup and restore anew where that is still to be done, each day and send hour as a server
 * would have: mails come with the day, the words and the Message-ID that they had, and are quarantined. Interrupted,
 * it is done again from the start, which finds what is said and says nothing twice.
 */
export async function replayEpoch(app: App): Promise<void> {
  const { db } = app.database
  const epoch = await store.findEpoch(db)
  if (!epoch || epoch.replayed) return
  for (let day = dayOf(epoch.since, 'UTC'); Temporal.PlainDate.compare(day, dayOf(epoch.beganAt, 'UTC')) <= 0; day = day.add({ days: 1 })) {
    await replayDay(app, epoch, day)
  }
  await replanReminders(app, epoch.beganAt)
  await replanDigests(app, epoch.beganAt)
  await act(app, async (tx, now) => {
    await store.saveEpoch(tx, { ...epoch, replayed: true })
    await sayHowManyWait(tx, now)
  })
}

async function replayDay(app: App, { since, beganAt }: Epoch, day: Day): Promise<void> {
  const isWithin = (at: Instant): boolean => Temporal.Instant.compare(since, at) < 0 && Temporal.Instant.compare(at, beganAt) <= 0
  const midnight = instantAt(day, '00:00', 'UTC')
  const begins = isWithin(midnight) ? midnight : since
  await rederiveAll(app, await loadWorld(app.database.db), begins)
  await startOpenRuns(app, begins)
  await replanEvery(app, begins)
  for (const at of [begins, ...(await sendMomentsOf(app, day)).filter(isWithin)]) await replanReminders(app, at)
}

/** Keeps the alarm of the quarantine with how many mails wait in it. */
async function sayHowManyWait(db: Db, now: Instant): Promise<void> {
  const waiting = await store.countQuarantined(db)
  if (waiting === 0) return
  const alarm = { kind: 'quarantine' as const, facts: { waiting } }
  if (!await raiseAlarm(db, alarm, now)) await restateAlarm(db, alarm)
}
