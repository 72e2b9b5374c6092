// What sentences about the world are made of: duties, people, listeners and calendars whose defaults hide
// everything a sentence does not mention. Alice owns, Bob is her line manager, Carol manages compliance.

import { type Calendar, weekdays } from '../../src/core/calendar.ts'
import type { Day, Instant } from '../../src/core/day.ts'
import { defaultLadders } from '../../src/core/default-ladders.ts'
import { conditions, type Ladder, type Rung } from '../../src/core/ladder.ts'
import type { Derived, Obligation } from '../../src/core/obligation.ts'
import type { Directory, Person } from '../../src/core/person.ts'
import type { Circumstances } from '../../src/core/circumstances.ts'
import type { Listener } from '../../src/core/rise.ts'

export const day = (text: string): Day => Temporal.PlainDate.from(text)
export const instant = (text: string): Instant => Temporal.Instant.from(text)

/** A duty of Alice on the plain ladder (30, 7 and 0 days), due on Wednesday 30 June 2027. */
export function obligation(rest: Partial<Obligation> = {}): Obligation {
  return {
    ...derived(), id: 1, certificationId: 1, organisationId: 1, bookedOn: undefined, state: 'open', ownerId: alice.id,
    stepId: undefined, enteredOn: day('2026-01-05'), submittedOn: undefined, metOn: undefined, endedBy: undefined,
    movedFrom: undefined, movedBy: undefined, revision: 1, ...rest,
  }
}

export function derived(rest: Partial<Derived> = {}): Derived {
  return {
    cycle: 1, ruleId: 'rule', ordinal: 1, kind: 'report', tier: 'A', ladder: 'custom',
    title: { en: 'Yearly report', zh: '年度报告' }, opensOn: undefined, dueOn: day('2027-06-30'), latestOn: undefined,
    metBy: 'submitted', owedBy: 'organisation', basis: 'clause 1', mark: 'confirmed', provisional: false, ...rest,
  }
}

export function person(rest: Partial<Person> & Pick<Person, 'id' | 'name'>): Person {
  return {
    organisationId: 1, email: `${rest.name.toLowerCase()}@example.org`, roles: ['owner'], supervisorId: undefined,
    deputyId: undefined, away: undefined, active: true, emailAccepted: true, zone: 'UTC', calendar: 'weekdays',
    language: 'en', sendHour: '09:00', kind: 'person', weeklyDay: 1, rhythm: 'daily', digest: 'weekly', digestFilter: {}, ...rest,
  }
}

export const alice = person({ id: 1, name: 'Alice', supervisorId: 2 })
export const bob = person({ id: 2, name: 'Bob' })
export const carol = person({ id: 3, name: 'Carol', roles: ['compliance-manager'] })

export const directoryOf = (...people: readonly Person[]): Directory => new Map(people.map((one) => [one.id, one]))

/** Alice, listening as the owner. */
export function listener(rest: Partial<Listener> = {}): Listener {
  return { audience: 'owner', purpose: 'reminder', personId: alice.id, onBehalfOf: undefined, calendar: weekdays, ...rest }
}

/** Nothing booked, contracted, started, handed in or decided. */
export const untouched: Circumstances = {
  booked: false, contracted: false, started: false, submitted: false, decided: false, long: false, critical: false,
}

export function defaultLadder(id: string): Ladder {
  const found = defaultLadders.find((one) => one.id === id)
  if (!found) throw new Error(`no default ladder ${id}`)
  return found
}

/** A ladder of these notices to the owner, without repeats; `P30D unbooked` has a condition. */
export function ladderOf(...texts: readonly string[]): Ladder {
  const rungs = texts.map((text): Rung => {
    const [notice, when] = text.split(' ')
    return { notice: notice!, audience: 'owner', when: conditions.find((one) => one === when) }
  })
  return { id: 'test', title: { en: 'test', zh: '测试' }, rungs, overdue: [], late: [] }
}

export function calendarOf(off: readonly string[], work: readonly string[] = [], knownYears?: readonly number[]): Calendar {
  return {
    id: 'test', knownYears: knownYears && new Set(knownYears),
    exceptions: new Map([...off.map((text) => [text, false] as const), ...work.map((text) => [text, true] as const)]),
  }
}

/** Returns the days from one to another, both included, as text. */
export function daysFrom(from: string, to: string): string[] {
  const count = day(from).until(day(to), { largestUnit: 'day' }).days
  return Array.from({ length: count + 1 }, (_, n) => day(from).add({ days: n }).toString())
}

/** China's 2026 as announced: Spring Festival and National Day, with their make-up workdays. */
export const china: Calendar = calendarOf(
  [...daysFrom('2026-02-15', '2026-02-23'), ...daysFrom('2026-10-01', '2026-10-07')],
  ['2026-02-14', '2026-02-28', '2026-09-20', '2026-10-10'], [2026])
