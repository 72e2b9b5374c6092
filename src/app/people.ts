// Organisations and people: added, changed, sent away, deactivated. What concerns somebody's duties
// makes the planner look at them again, so that a gap is told and never waits for the next day.

import type { Language } from '../core/certification.ts'
import type { Day, Instant } from '../core/day.ts'
import { type DigestFilter, type Organisation, type Person, type PersonKind, type Rhythm, type Role, roles as knownRoles } from '../core/person.ts'
import { AppError, conflict, invalid, notFound } from '../errors.ts'
import { parseAddress } from '../mail/address.ts'
import { type Db, violatedConstraint } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { checkDutiesOf, checkDutiesOfOrganisation } from '../store/obligations.ts'
import * as store from '../store/people.ts'
import { closeNews, releaseRehearsedNews } from '../store/news.ts'
import { releaseRehearsals } from '../store/reminders.ts'
import type { App } from './app.ts'
import { getCalendar, loadCalendars } from './calendars.ts'
import { type MovedDuty, rederiveEvery } from './derivation.ts'
import { replanRunsOf } from './replanning.ts'
import { loadWorld } from './world.ts'

export interface Settings {
  readonly zone?: string | undefined
  readonly calendar?: string | undefined
  readonly language?: Language | undefined
  readonly sendHour?: string | undefined
  /** ISO day of the week, 1 is Monday: when what can wait is written of. */
  readonly weeklyDay?: number | undefined
}

export interface NewOrganisation extends Settings {
  readonly name: string
  readonly country?: string | undefined
  /** Whether runs start by themselves when their window opens; by hand unless said. */
  readonly runs?: Organisation['runs'] | undefined
}

export interface OrganisationChange extends Settings {
  readonly name?: string | undefined
  /** ISO 3166: whose rules apply; null where only the international ones do. */
  readonly country?: string | null | undefined
  readonly runs?: Organisation['runs'] | undefined
}

export interface NewPerson extends Settings {
  readonly organisationId: number
  readonly name: string
  readonly email?: string | undefined
  readonly roles: readonly Role[]
  /** A person unless said; a mailbox is read by several. */
  readonly kind?: PersonKind | undefined
  readonly rhythm?: Rhythm | undefined
  readonly supervisorId?: number | undefined
  readonly deputyId?: number | undefined
}

/** Adds an organisation; unset settings are the machine's zone, weekdays, the calendar's country, English and 09:00. */
export async function addOrganisation(
  app: App, db: Db, values: NewOrganisation, defaults: { readonly zone: string; readonly now: Instant },
): Promise<Organisation> {
  const name = required('name', values.name)
  await checkSettings(db, values)
  if (await store.findOrganisationByName(db, name)) {
    throw conflict(`There is already an organisation "${name}". Change it with: organisation edit.`)
  }
  const added = await store.insertOrganisation(db, {
    name, zone: values.zone ?? defaults.zone, calendar: values.calendar ?? 'weekdays',
    country: values.country ?? countryOf(values.calendar) ?? null, language: values.language ?? 'en', sendHour: values.sendHour ?? '09:00', weeklyDay: values.weeklyDay ?? 1, runs: values.runs ?? 'by-hand', createdAt: defaults.now,
  })
  await appendHistory(db, added.id, [{ event: 'organisation-added', subject: 'organisation', subjectId: added.id, facts: {} }], defaults.now)
  app.log.info({ organisation: added.id }, 'organisation added')
  return added
}

// A calendar is most often named by its country; one of a company begins with it: CN-acme.
const countryOf = (calendar: string | undefined): string | undefined => /^([A-Z]{2})(-|$)/.exec(calendar ?? '')?.[1]

/** Changes an organisation; another calendar or country derives its duties anew. Returns every duty this moved. */
export async function editOrganisation(
  app: App, db: Db, id: number, values: OrganisationChange, now: Instant,
): Promise<readonly MovedDuty[]> {
  await checkSettings(db, values)
  const name = values.name === undefined ? undefined : required('name', values.name)
  await mendable(store.updateOrganisation(db, id, { ...values, name }))
  await checkDutiesOfOrganisation(db, id, now)
  await appendHistory(db, id, [{ event: 'organisation-edited', subject: 'organisation', subjectId: id, facts: {} }], now)
  if (values.calendar === undefined && values.country === undefined) return []
  const moved = await rederiveEvery(app, db, await loadWorld(db), {
    now, because: 'no longer follows from the rules of its country', organisations: new Set([id]), by: 'person',
  })
  await replanRunsOf(db, { organisationIds: [id] }, { now })
  return moved
}

/**
 * Lets mail of an organisation leave. What was only captured until now was never said to anybody, so
 * it no longer counts, and everybody hears the tightest notice that holds at their next send hour.
 */
export async function goLive(app: App, db: Db, organisation: Organisation, now: Instant): Promise<{ renewed: number }> {
  if (app.config.mail !== 'smtp') {
    throw conflict('Mail is only captured on this installation. Set SMTP_URL and RECERT_MAIL=smtp before an organisation goes live.')
  }
  if (organisation.live) throw conflict(`"${organisation.name}" is live already.`)
  await store.updateOrganisation(db, organisation.id, { liveAt: now })
  const renewed = await releaseRehearsals(db, organisation.id)
  await releaseRehearsedNews(db, organisation.id)
  await checkDutiesOfOrganisation(db, organisation.id, now)
  await appendHistory(db, organisation.id, [{ event: 'organisation-live', subject: 'organisation', subjectId: organisation.id, facts: { renewed } }], now)
  return { renewed }
}

export async function addPerson(app: App, db: Db, values: NewPerson, now: Instant): Promise<Person> {
  const { supervisorId, deputyId, kind = 'person', ...rest } = values
  await checkSettings(db, values)
  checkRoles(values.roles)
  if (kind === 'mailbox') checkMailbox(values)
  const added = await mendable(store.insertPerson(db, {
    zone: rest.zone, calendar: rest.calendar, language: rest.language, sendHour: rest.sendHour, weeklyDay: rest.weeklyDay, rhythm: rest.rhythm,
    kind, organisationId: values.organisationId, name: required('name', values.name),
    email: values.email === undefined ? null : checkedAddress(values.email),
    roles: [...values.roles], supervisorId: supervisorId ?? null, deputyId: deputyId ?? null, createdAt: now,
  }))
  await appendHistory(db, values.organisationId, [{ event: 'person-added', subject: 'person', subjectId: added.id, facts: {} }], now)
  app.log.info({ person: added.id }, 'person added')
  return added
}

export interface PersonChange extends Settings {
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly roles?: readonly Role[] | undefined
  readonly rhythm?: Rhythm | undefined
  /** `none`: they have ended their weekly mail. */
  readonly digest?: Person['digest'] | undefined
  readonly digestFilter?: DigestFilter | undefined
  readonly supervisorId?: number | null | undefined
  readonly deputyId?: number | null | undefined
}

export async function editPerson(db: Db, person: Person, change: PersonChange, now: Instant): Promise<Person> {
  await checkSettings(db, change)
  if (change.roles) checkRoles(change.roles)
  if (person.kind === 'mailbox') {
    checkMailbox({ roles: change.roles ?? person.roles, supervisorId: change.supervisorId, email: change.email ?? person.email })
  }
  const email = change.email === undefined ? undefined : checkedAddress(change.email)
  const { digest, ...rest } = change
  const ends = digest !== undefined && digest !== person.digest
  const values = {
    ...rest, email, roles: change.roles && [...change.roles],
    // A new address has not been refused by anybody yet.
    emailRejectedAt: email === undefined ? undefined : null,
    digestEndedAt: digest === 'weekly' ? null : ends ? now : undefined,
  }
  if (digest === undefined && Object.values(values).every((value) => value === undefined)) throw invalid(`Say what to change about ${person.name}.`)
  if (Object.values(values).some((value) => value !== undefined)) {
    await mendable(store.updatePerson(db, person.id, values))
    if (email !== undefined) await closeNews(db, 'bounced', [`person/${person.id}`], now)
    await recordPerson(db, person, 'person-edited', now)
  }
  if (ends) await recordPerson(db, person, digest === 'none' ? 'digest-ended' : 'digest-resumed', now)
  return (await store.findPerson(db, person.id))!
}

/** Says that somebody is away, both days included; their deputy hears meanwhile. No days: they are back. */
export async function setAway(db: Db, person: Person, days: { from: Day; until: Day } | undefined, now: Instant): Promise<void> {
  if (days && Temporal.PlainDate.compare(days.from, days.until) > 0) {
    throw invalid(`Away from ${days.from.toString()} until ${days.until.toString()}: the first day must not be after the last.`)
  }
  await store.updatePerson(db, person.id, { awayFrom: days?.from ?? null, awayUntil: days?.until ?? null })
  // Their steps are planned round it; nobody works while away.
  await replanRunsOf(db, { personId: person.id }, { now })
  await recordPerson(db, person, 'person-away', now)
}

/** Says that mail reaches somebody again at the address that was suspended: from now on they hear of their duties themselves. */
export async function reinstatePerson(db: Db, person: Person, now: Instant): Promise<void> {
  if (person.email === undefined) throw conflict(`${person.name} has no address. Enter one with: person edit ${person.id} --email ADDRESS`)
  if (person.emailAccepted) throw conflict(`The address of ${person.name} is not suspended.`)
  await store.updatePerson(db, person.id, { emailRejectedAt: null })
  // Should it come back again, that is news again.
  await closeNews(db, 'bounced', [`person/${person.id}`], now)
  await recordPerson(db, person, 'person-reinstated', now)
}

/** Deactivates somebody who left: they get no mail and cannot sign in; what they own goes on to those after them. */
export async function deactivatePerson(db: Db, person: Person, now: Instant): Promise<void> {
  if (!person.active) throw conflict(`${person.name} is deactivated already.`)
  await store.updatePerson(db, person.id, { deactivatedAt: now })
  await recordPerson(db, person, 'person-deactivated', now)
}

async function recordPerson(db: Db, person: Person, event: string, now: Instant): Promise<void> {
  await checkDutiesOf(db, person.id, now)
  await appendHistory(db, person.organisationId, [{ event, subject: 'person', subjectId: person.id, facts: {} }], now)
}

/** Finds a person by address or number; throws `not-found` naming the way to add one. */
export async function getPerson(db: Db, text: string): Promise<Person> {
  const found = /^\d+$/.test(text) ? await store.findPerson(db, Number(text)) : await store.findPersonByEmail(db, text)
  if (found) return found
  throw notFound(`There is no person "${text}". Add one with: person add --name NAME --email ${text.includes('@') ? text : 'ADDRESS'}`)
}

/** Finds an organisation by name or number; throws `not-found` naming the way to add one. */
export async function getOrganisation(db: Db, text: string): Promise<Organisation> {
  const found = await store.findOrganisationByName(db, text)
    ?? (/^\d+$/.test(text) ? await store.findOrganisation(db, Number(text)) : undefined)
  if (found) return found
  throw notFound(`There is no organisation "${text}". Add it with: organisation add --name "${text}"`)
}

/** Returns the organisation named, or the only one there is. */
export async function getHome(db: Db, text: string | undefined): Promise<Organisation> {
  if (text !== undefined) return await getOrganisation(db, text)
  const all = await store.listOrganisations(db, 20)
  if (all.length === 1) return all[0]!
  throw invalid(all.length === 0
    ? 'There is no organisation yet. Add one first: organisation add --name NAME'
    : `Say of which organisation: --organisation NAME. There are: ${all.map((one) => one.name).join(', ')}.`)
}

function checkRoles(given: readonly string[]): void {
  const wrong = given.filter((role) => !(knownRoles as readonly string[]).includes(role))
  if (wrong.length > 0) throw invalid(`"${wrong.join('", "')}" is not a role. Roles: ${knownRoles.join(', ')}.`)
}

// Nobody in particular reads it: it stands for no role, has nobody above it, and is nothing but an address.
function checkMailbox(values: { readonly roles: readonly Role[]; readonly supervisorId?: number | null | undefined; readonly email?: string | undefined }): void {
  const problems = [
    ...(values.roles.length === 1 && values.roles[0] === 'owner' ? [] : ['A mailbox has no role but owner: leave --role out, and give roles to people.']),
    ...(typeof values.supervisorId === 'number' ? ['A mailbox has no supervisor: leave --supervisor out.'] : []),
    ...(values.email === undefined ? ['A mailbox needs its address: --email ADDRESS.'] : []),
  ]
  if (problems.length > 0) throw invalid(problems.join('\n'))
}

function checkedAddress(text: string): string {
  const parsed = parseAddress(text)
  if (parsed.ok) return parsed.address
  throw invalid(`${JSON.stringify(text)} is not usable as an address: ${parsed.refusal}`)
}

async function checkSettings(db: Db, settings: Settings): Promise<void> {
  if (settings.zone !== undefined && !isZone(settings.zone)) {
    throw invalid(`"${settings.zone}" is not a time zone. Use an IANA name such as Asia/Shanghai or Europe/Berlin.`)
  }
  if (settings.calendar !== undefined) getCalendar(await loadCalendars(db), settings.calendar)
  if (settings.weeklyDay !== undefined && ![1, 2, 3, 4, 5, 6, 7].includes(settings.weeklyDay)) {
    throw invalid(`${settings.weeklyDay} is not a day of the week: 1 (Monday) to 7 (Sunday).`)
  }
  if (settings.sendHour !== undefined && !/^([01]\d|2[0-3]):[0-5]\d$/.test(settings.sendHour)) {
    throw invalid(`"${settings.sendHour}" is not a local time. Use HH:MM from 00:00 to 23:59.`)
  }
}

function isZone(text: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text)
    return /^[A-Za-z]/.test(text)
  } catch {
    return false
  }
}

function required(what: string, text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') throw invalid(`A ${what} must not be empty.`)
  return trimmed
}

const sentences: Readonly<Record<string, string>> = {
  person_email_is_used_once_whatever_its_case: 'Somebody already has this address. One address is one person, whatever its case.',
  organisation_name_is_used_once: 'There is already an organisation of this name.',
  person_is_not_their_own_supervisor: 'Nobody is their own supervisor.',
  person_is_not_their_own_deputy: 'Nobody is their own deputy.',
}

async function mendable<T>(write: Promise<T>): Promise<T> {
  try {
    return await write
  } catch (cause) {
    const sentence = sentences[violatedConstraint(cause) ?? '']
    if (sentence) throw new AppError('conflict', sentence, { cause })
    throw cause
  }
}
