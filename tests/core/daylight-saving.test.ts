// Every time zone there is, at every hour of the day, around each change of its clocks in two years: five
// notices on five days in a row, decided at every half hour about the send hour, midnight and the change.

import { describe, expect, test } from 'vitest'
import type { Calendar } from '../../src/core/calendar.ts'
import { type Day, dayOf, type Instant, instantAt } from '../../src/core/day.ts'
import type { Person } from '../../src/core/person.ts'
import { decideReminder } from '../../src/core/reminder.ts'
import type { Said } from '../../src/core/rise.ts'
import { decideTiming, opensBetween, sendHourAfter } from '../../src/core/sending.ts'
import { alice, instant, ladderOf, listener, obligation, untouched } from '../helpers/factory.ts'
import { rowOf } from '../helpers/ledger.ts'

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
const wholeHours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`)
/** Where clocks change, also the half hours about which they do. */
const hoursOf = (changes: readonly Change[]): readonly string[] =>
  changes.some((one) => one.minutes !== 0) ? [...wholeHours, '00:30', '01:30', '02:30', '23:30'] : wholeHours

interface Change {
  /** For a zone whose clocks stay as they are: a moment of an ordinary week. */
  readonly at: Instant
  /** By how much clocks are put forward; negative: back. */
  readonly minutes: number
}

const [from, until] = [instant('2026-01-01T00:00:00Z'), instant('2028-01-01T00:00:00Z')]

function changesOf(zone: string): Change[] {
  const changes: Change[] = []
  for (let at = from.toZonedDateTimeISO(zone).getTimeZoneTransition('next'); at && Temporal.Instant.compare(at.toInstant(), until) < 0;
    at = at.getTimeZoneTransition('next')) {
    const before = at.subtract({ seconds: 1 }).offsetNanoseconds
    changes.push({ at: at.toInstant(), minutes: (at.offsetNanoseconds - before) / 60e9 })
  }
  return changes.length > 0 ? changes : [{ at: instant('2026-06-17T12:00:00Z'), minutes: 0 }]
}

// Clocks are changed on Sundays: in this calendar they are worked.
const everyDay: Calendar = { id: 'every-day', exceptions: new Map(), knownYears: undefined, weekend: [] }
const reader = listener({ calendar: everyDay })
/** A notice on each of five days, the third of which is the day itself. */
const ladder = { ...ladderOf('P2D', 'P1D', 'P0D'), overdue: [{ every: 'P1D', times: 2 }] }
const notices = ['P2D', 'P1D', 'P0D', 'overdue-1', 'overdue-2']

const halfHour = 30 * 60_000
const plus = (at: Instant, minutes: number): Instant => at.add({ minutes })

/** The half hours of UTC about every send hour, every local midnight and the change. */
function ticksAbout(days: readonly Day[], person: Person, change: Change): Instant[] {
  const moments = [
    ...days.flatMap((one) => [instantAt(one, person.sendHour, person.zone), instantAt(one, '00:00', person.zone)]), change.at,
  ]
  const ticks = moments.flatMap((at) => [-30, 0, 30, 60].map((minutes) => Math.floor(plus(at, minutes).epochMilliseconds / halfHour) * halfHour))
  return [...new Set(ticks)].sort((a, b) => a - b).map((at) => Temporal.Instant.fromEpochMilliseconds(at))
}

interface Told { readonly notice: string; readonly at: Instant; readonly dueAt: Instant }

/** Asks at every tick, as the planner does: when a send hour has begun since the last one, or what waited is due. */
function live(days: readonly Day[], person: Person, change: Change): Told[] {
  const duty = obligation({ dueOn: days[2]! })
  const [said, told]: [Said[], Told[]] = [[], []]
  let waits: Instant | undefined
  let last = instantAt(days[0]!, '00:00', person.zone).subtract({ hours: 1 })
  for (const now of ticksAbout(days, person, change)) {
    const isLooked = opensBetween(person.sendHour, person.zone, last, now) || (waits && Temporal.Instant.compare(waits, now) <= 0)
    last = now
    if (!isLooked) continue
    const decision = decideReminder(duty, ladder, reader, { said, circumstances: untouched }, dayOf(now, person.zone))
    if (!decision.say) continue
    const lastUsefulOn = decision.rise.offsetDays >= 0 ? decision.rise.countedTo : undefined
    const timing = decideTiming({ on: decision.rise.on, lastUsefulOn }, person, everyDay, now)
    waits = timing.send ? undefined : timing.waitUntil
    if (!timing.send) continue
    for (const rise of [decision.rise, ...decision.covers]) said.push(rowOf(rise, reader, rise === decision.rise ? 'said' : 'covered'))
    told.push({ notice: decision.rise.rung.notice, at: now, dueAt: timing.dueAt })
  }
  return told
}

/** What is wrong with the mail of five days; nothing, where each day had its own notice at its hour. */
function faultsOf(days: readonly Day[], person: Person, change: Change): string[] {
  const told = live(days, person, change)
  const where = `${person.zone} ${person.sendHour}`
  if (told.map((one) => one.notice).join() !== notices.join()) return [`${where}: ${told.map((one) => `${one.notice} at ${one.at.toString()}`).join()}`]
  return told.flatMap(({ notice, at, dueAt }, n) => [
    ...dayOf(at, person.zone).equals(days[n]!) ? [] : [`${where}: ${notice} on another day, at ${at.toString()}`],
    ...isWithinTheHour(at, dueAt) ? [] : [`${where}: ${notice} due ${dueAt.toString()} goes at ${at.toString()}`],
    ...isAtTheHour(dueAt, days[n]!, person, change) ? [] : [`${where}: ${notice} is due ${dueAt.toString()}`],
    ...n === 4 || sendHourAfter(person, everyDay, days[n]!).equals(told[n + 1]!.dueAt) ? [] : [`${where}: after ${notice} another hour was promised`],
  ])
}

const isWithinTheHour = (at: Instant, dueAt: Instant): boolean =>
  Temporal.Instant.compare(at, dueAt) >= 0 && Temporal.Instant.compare(at, plus(dueAt, 60)) < 0

// The clock on the wall shows the hour, for the first time that day; or that hour was left out, and it is
// no farther from the change than clocks were put forward.
function isAtTheHour(dueAt: Instant, on: Day, { zone, sendHour }: Person, change: Change): boolean {
  const wall = dueAt.toZonedDateTimeISO(zone)
  if (!wall.toPlainDate().equals(on)) return false
  if (wall.toPlainTime().toString({ smallestUnit: 'minute' }) === sendHour) {
    const earlier = plus(dueAt, Math.min(change.minutes, 0)).toZonedDateTimeISO(zone)
    return change.minutes >= 0 || !earlier.toPlainDateTime().equals(wall.toPlainDateTime())
  }
  const distance = dueAt.since(change.at).total('minutes')
  return change.minutes > 0 && Math.abs(distance) <= change.minutes
}

const chunks = 20
const visited = { zones: 0, changes: 0, lives: 0 }

describe('around every change of clocks, at every send hour, each of five days has its own mail at its hour', () => {
  test.each(Array.from({ length: chunks }, (_, n) => n))(`in all zones, part %i of ${chunks}`, (part) => {
    const faults = zones.filter((_, n) => n % chunks === part).flatMap((zone) => {
      const changes = changesOf(zone)
      visited.zones++
      visited.changes += changes.filter((one) => one.minutes !== 0).length
      return changes.flatMap((change) => {
        const first = dayOf(plus(change.at, -1), zone).subtract({ days: 1 })
        const days = Array.from({ length: 5 }, (_, n) => first.add({ days: n }))
        return hoursOf(changes).flatMap((sendHour) => {
          visited.lives++
          return faultsOf(days, { ...alice, zone, sendHour }, change)
        })
      })
    })
    expect(faults).toEqual([])
  })

  test('and no zone is left out', () => {
    expect(visited.zones).toBe(zones.length)
    expect(visited.zones).toBeGreaterThan(400)
    expect(visited.changes).toBeGreaterThan(400)
    expect(visited.lives).toBeGreaterThan(400 * 24)
  })
})
