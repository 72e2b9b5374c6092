// A person as deciding needs them: who they are, whether mail can reach them, and when they are
// written to. Settings are already those that apply: their own, else their organisation's.

import type { Language } from './certification.ts'
import { compareDays, type Day } from './day.ts'

export const roles = ['administrator', 'compliance-manager', 'top-management', 'owner', 'auditor'] as const
export type Role = (typeof roles)[number]

/** A mailbox is read by several people, none of whom is known by their address. */
export type PersonKind = 'person' | 'mailbox'

/** Weekly: what is more than ten working days ahead waits for the weekly day, with a list of what lies ahead. */
export type Rhythm = 'daily' | 'weekly'

/** What of the weekly status is read; nothing named means all of it. */
export interface DigestFilter {
  readonly organisations?: readonly number[] | undefined
  readonly schemes?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
}

export interface Person {
  readonly id: number
  readonly organisationId: number
  readonly name: string
  readonly email: string | undefined
  readonly kind: PersonKind
  readonly roles: readonly Role[]
  readonly supervisorId: number | undefined
  readonly deputyId: number | undefined
  /** Inclusive on both ends. */
  readonly away: { readonly from: Day; readonly until: Day } | undefined
  readonly active: boolean
  /** False once a mail server has refused the address for good. */
  readonly emailAccepted: boolean
  readonly zone: string
  readonly calendar: string
  readonly language: Language
  /** Local `HH:MM` from which they are written to. */
  readonly sendHour: string
  /** ISO day of the week, 1 is Monday: when what can wait is written of. */
  readonly weeklyDay: number
  readonly rhythm: Rhythm
  readonly digest: 'weekly' | 'none'
  readonly digestFilter: DigestFilter
}

export type Directory = ReadonlyMap<number, Person>

export function isReachable(person: Person | undefined): person is Person {
  return person !== undefined && person.active && person.email !== undefined && person.emailAccepted
}

export function isAway(person: Person, on: Day): boolean {
  return person.away !== undefined
    && compareDays(person.away.from, on) <= 0 && compareDays(on, person.away.until) <= 0
}

/** Returns every send hour that somebody has, with its zone, once. */
export function sendHoursOf(directory: Directory): readonly Pick<Person, 'sendHour' | 'zone'>[] {
  return [...new Map([...directory.values()].map(({ sendHour, zone }) => [`${sendHour} ${zone}`, { sendHour, zone }])).values()]
}

/** The legal entity or unit that holds certifications; its settings are the defaults of its people. */
export interface Organisation {
  readonly id: number
  readonly name: string
  readonly zone: string
  readonly calendar: string
  /** ISO 3166: whose rules apply to what it holds; undefined where only the international ones do. */
  readonly country: string | undefined
  readonly language: Language
  readonly sendHour: string
  readonly weeklyDay: number
  /** Whether runs start by themselves when their window opens. */
  readonly runs: 'by-hand' | 'automatic'
  /** False until an administrator says "go live": its mail is kept here, never sent. */
  readonly live: boolean
}
