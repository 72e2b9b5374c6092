// When a person is written to: at their local send hour on a working day. A notice of the day goes that
// day; a late one waits for the next send hour, unless the due day would pass first.

import { type Calendar, isWorkingDay } from './calendar.ts'
import { compareDays, type Day, dayOf, type Instant, instantAt, isAfter } from './day.ts'
import type { Person } from './person.ts'

const compareInstants = (a: Instant, b: Instant): number => Temporal.Instant.compare(a, b)

export type Timing =
  | { readonly send: true; readonly urgent: boolean; readonly belated: boolean; readonly dueAt: Instant }
  | { readonly send: false; readonly waitUntil: Instant }

/** The send hour lasts an hour: what is late goes within it, so that one mail can hold it all. */
const sendHourLength = { hours: 1 }

const opensAt = (person: Person, day: Day): Instant => instantAt(day, person.sendHour, person.zone)

/** Returns the person's next send hour that begins after `now`, or began less than an hour before it. */
export function nextSendAt(person: Person, calendar: Calendar, now: Instant): Instant {
  let day = dayOf(now, person.zone)
  for (;;) {
    const opens = opensAt(person, day)
    if (isWorkingDay(day, calendar) && compareInstants(now, opens.add(sendHourLength)) < 0) return opens
    day = day.add({ days: 1 })
  }
}

/** Returns the first send hour of a working day after the person's local day. */
export function sendHourAfter(person: Person, calendar: Calendar, day: Day): Instant {
  let next = day.add({ days: 1 })
  while (!isWorkingDay(next, calendar)) next = next.add({ days: 1 })
  return opensAt(person, next)
}

/**
 * Decides when a notice for `on` (a working day of the person) is sent; its computed instant is `dueAt`.
 *
 * `lastUsefulOn` is the day after which a notice ahead of it is worthless; undefined for overdue ones.
 */
export function decideTiming(
  notice: { readonly on: Day; readonly lastUsefulOn: Day | undefined },
  person: Person, calendar: Calendar, now: Instant,
): Timing {
  const today = dayOf(now, person.zone)
  if (compareDays(notice.on, today) >= 0) {
    const dueAt = opensAt(person, notice.on)
    return compareInstants(now, dueAt) >= 0
      ? { send: true, urgent: false, belated: false, dueAt }
      : { send: false, waitUntil: dueAt }
  }
  const next = nextSendAt(person, calendar, now)
  if (compareInstants(next, now) <= 0) return { send: true, urgent: false, belated: true, dueAt: next }
  if (passesFirst(notice.lastUsefulOn, today, dayOf(next, person.zone))) {
    return { send: true, urgent: true, belated: true, dueAt: now }
  }
  return { send: false, waitUntil: next }
}

/** When somebody hears in place of another whose mail came back: at once, on any day, since nobody has heard yet. */
export const atOnce = (now: Instant): Timing => ({ send: true, urgent: true, belated: true, dueAt: now })

/** Says whether a day still to come would pass before the next mail: only this, and what came back, makes a second one that day. */
export function passesFirst(lastUsefulOn: Day | undefined, today: Day, nextMailOn: Day): boolean {
  return lastUsefulOn !== undefined
    && compareDays(today, lastUsefulOn) <= 0 && isAfter(nextMailOn, lastUsefulOn)
}

/** Says whether the send hour of a zone began after `from` and not after `to`; days off included. */
export function opensBetween(hour: string, zone: string, from: Instant, to: Instant): boolean {
  if (compareInstants(from.add({ hours: 24 }), to) < 0) return true
  // A day of 23 hours can begin and end within 24: the day between counts too.
  const first = dayOf(from, zone)
  return [first, first.add({ days: 1 }), first.add({ days: 2 })].some((day) => {
    const opens = instantAt(day, hour, zone)
    return compareInstants(opens, from) > 0 && compareInstants(opens, to) <= 0
  })
}
