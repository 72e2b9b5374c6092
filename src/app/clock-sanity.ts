// A server whose clock is wrong must not plan or send by it: on the wrong day everything is due. The database's clock is
// the second opinion; the embedded database has no clock but ours, so there nothing can differ.

import type { Instant } from '../core/day.ts'
import { isSkewed } from '../core/watch.ts'
import { AppError } from '../errors.ts'
import { closeAlarms, listOpenAlarms, raiseAlarm, restateAlarm } from '../store/alarms.ts'
import { readClock } from '../store/lease.ts'
import type { App } from './app.ts'

const mostOpen = 200
/** Seen within it, another process may still have it. */
const stale = { minutes: 5 }

/** Throws `unavailable`, with an alarm, while this machine's clock is more than five minutes away from the database's. */
export async function refuseWrongClock(app: App): Promise<void> {
  const before = app.clock.now()
  // A database that does not answer is told by the job that needs it.
  const at = await readClock(app.database.db).catch(() => undefined)
  if (at === undefined) return
  const after = app.clock.now()
  // Asking takes time; what lies between the two looks is nobody's fault.
  const skew = Temporal.Instant.compare(at, before) < 0 ? at.until(before) : Temporal.Instant.compare(at, after) > 0 ? at.until(after) : new Temporal.Duration()
  if (!isSkewed(skew)) return await closeStale(app, at)
  await alarmOf(app, Math.round(skew.total('seconds')), at)
  throw new AppError('unavailable', `The clock of this machine is ${Math.abs(Math.round(skew.total('seconds')))} seconds ${skew.sign > 0 ? 'ahead of' : 'behind'} `
    + 'the database\'s: nothing is planned or sent until the two agree. Set the clocks of both by NTP.')
}

async function alarmOf(app: App, seconds: number, at: Instant): Promise<void> {
  const one = { kind: 'clock', facts: { seconds, seenAt: at.toString({ smallestUnit: 'second' }) } } as const
  // By the database's clock: ours is the one in doubt.
  const isNew = await app.database.transact(async (db) => await raiseAlarm(db, one, at) || (await restateAlarm(db, one), false))
  if (isNew) app.log.error({ seconds }, 'the clock of this machine differs from the database\'s: nothing is planned or sent')
}

// Of several processes one may be wrong: the others leave its alarm alone as long as it goes on saying so.
async function closeStale(app: App, at: Instant): Promise<void> {
  const open = (await listOpenAlarms(app.database.db, mostOpen)).find((one) => one.kind === 'clock')
  const seenAt = open?.facts['seenAt']
  if (!open || (typeof seenAt === 'string' && Temporal.Instant.compare(Temporal.Instant.from(seenAt).add(stale), at) > 0)) return
  await app.database.transact((db) => closeAlarms(db, { kind: 'clock' }, at))
  app.log.info({}, 'all clocks agree again')
}
