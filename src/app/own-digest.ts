// The weekly mail of an owner who prefers one: what of their own is late or in danger, and what falls due in
// the next 30 days. Nothing else is said to them, and with neither there is no mail.

import { type Day, dayOf, type Instant, weekOf } from '../core/day.ts'
import type { OwnDigestView } from '../core/digest.ts'
import type { Directory, Person } from '../core/person.ts'
import type { Db } from '../store/database.ts'
import { listDutiesOwned } from '../store/digests.ts'
import type { App } from './app.ts'
import { calendarOf } from './calendars.ts'
import { datedDuties, digestDuties, isBad, worstFirst } from './digest-duties.ts'
import type { World } from './world.ts'

const ahead = 180

/** What the weekly mail of an owner says as of `now`; nothing is written. */
export async function ownDigestViewFor(
  app: App, db: Db, person: Person, at: { readonly world: World; readonly directory: Directory; readonly now: Instant },
): Promise<OwnDigestView> {
  const day: Day = dayOf(at.now, person.zone)
  const home = at.world.organisations.get(person.organisationId)
  const rows = await listDutiesOwned(db, person.id, day.add({ days: ahead }))
  const duties = await digestDuties(app, db, rows, { ...at, calendar: calendarOf(at.world.calendars, person.calendar), zone: person.zone, day })
  const bad = duties.filter(isBad)
  const next30 = duties.filter(({ duty }) => duty.daysLeft >= 0 && duty.daysLeft <= 30).map((one) => one.duty)
  return {
    to: { id: person.id, name: person.name }, language: person.language, organisation: home?.name ?? '', week: weekOf(day), day,
    cutOffAt: at.now, zone: person.zone, url: app.config.url, rehearsal: home?.live !== true,
    counts: { late: bad.filter((one) => one.late).length, inDanger: bad.filter((one) => !one.late).length, next30: next30.length },
    lateOrInDanger: await datedDuties(db, bad.map((one) => one.duty).toSorted(worstFirst), person.zone), next30,
  }
}

/** Says whether there is nothing to say: no mail goes out then. */
export const isEmptyOwnDigest = (view: OwnDigestView): boolean => view.lateOrInDanger.length === 0 && view.next30.length === 0
