// A person as deciding needs them: who they are, whether mail can reach them, and when they are
// written to. Settings are already those that apply: their own, else their organisation's.

import type { Language } from './certification.ts'
import { compareDays, type Day } from './day.ts'

export const roles = ['administrator', 'compliance-manager', 'top-management', 'owner', 'auditor'] as const
export type Role = (typeof roles)[number]

export interface Person {
  readonly id: number
  readonly organisationId: number
  readonly name: string
  readonly email: string | undefined
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
  /** Whether runs start by themselves when their window opens. */
  readonly runs: 'by-hand' | 'automatic'
  /** False until an administrator says "go live": its mail is kept here, never sent. */
  readonly live: boolean
}
