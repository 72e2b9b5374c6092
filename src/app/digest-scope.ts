// Who reads the weekly status, and what it is about: the organisations a compliance manager looks after,
// narrowed by what they chose to read.

import { isWorkingDay } from '../core/calendar.ts'
import { type Day, dayOf, type Instant, instantAt, mondayOf } from '../core/day.ts'
import type { DigestNarrowing } from '../core/digest.ts'
import { type DigestFilter, type Directory, isReachable, type Organisation, type Person } from '../core/person.ts'
import { findScheme, listSchemes } from '../core/scheme.ts'
import { invalid } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { findOrganisationByName } from '../store/people.ts'
import type { Within } from '../store/within.ts'
import type { App } from './app.ts'
import { calendarOf } from './calendars.ts'
import { tagsOf } from './certifications.ts'
import { getOrganisation } from './people.ts'
import type { World } from './world.ts'

export const isComplianceManager = (person: Person): boolean => person.roles.includes('compliance-manager')

/** Compliance managers whom mail reaches, and who have not ended theirs. */
export const readsDigests = (person: Person): boolean => isComplianceManager(person) && isReachable(person) && person.digest === 'weekly'

/**
 * The organisations a digest is about: those that are named, else the reader's own and those whose
 * compliance managers read none.
 */
export function scopeOf(person: Person, world: World, directory: Directory, filter: DigestFilter = person.digestFilter): Organisation[] {
  const all = [...world.organisations.values()]
  if (filter.organisations) return all.filter((one) => filter.organisations!.includes(one.id))
  const managed = new Set([...directory.values()].filter(readsDigests).map((one) => one.organisationId))
  return all.filter((one) => one.id === person.organisationId || !managed.has(one.id))
}

/** Owners who prefer one mail a week; a compliance manager has the weekly status instead. */
export const readsOwnDigest = (person: Person): boolean =>
  person.rhythm === 'weekly' && person.digest === 'weekly' && !isComplianceManager(person) && isReachable(person)

/**
 * The send hour of the first working day of the person's current ISO week; for an owner, of the first at or after
 * their weekly day, else of the last before it. That day itself where the week has no working day.
 */
export function digestDueAt(person: Person, world: World, now: Instant): Instant {
  const monday = mondayOf(dayOf(now, person.zone))
  const calendar = calendarOf(world.calendars, person.calendar)
  const first = isComplianceManager(person) ? 0 : person.weeklyDay - 1
  const week = Array.from({ length: 7 }, (_, n) => monday.add({ days: n }))
  const works = (one: Day): boolean => isWorkingDay(one, calendar)
  const day = week.slice(first).find(works) ?? week.slice(0, first).findLast(works) ?? week[first]!
  return instantAt(day, person.sendHour, person.zone)
}

/** Organisations that are in nobody's weekly status. */
export function unreadOrganisations(world: World, directory: Directory): Organisation[] {
  const read = new Set([...directory.values()].filter(readsDigests).flatMap((one) => scopeOf(one, world, directory).map(({ id }) => id)))
  return [...world.organisations.values()].filter((one) => !read.has(one.id))
}

export const withinOf = (scope: readonly Organisation[], { schemes, tags }: DigestFilter): Within =>
  ({ organisationIds: scope.map((one) => one.id), schemes, tags })

/** What a filter narrows, in words; undefined where it narrows nothing. */
export function narrowingOf(app: App, world: World, { organisations, schemes, tags }: DigestFilter): DigestNarrowing | undefined {
  if (!organisations && !schemes && !tags) return undefined
  return {
    tags, organisations: organisations?.flatMap((id) => world.organisations.get(id)?.name ?? []),
    schemes: schemes?.map((id) => findScheme(app.catalogue, id)?.title ?? { en: id, zh: id }),
  }
}

/** What to read, as a person names it; `all` takes a narrowing away, undefined leaves it. */
export interface FilterWords {
  readonly organisation?: string | undefined
  readonly scheme?: string | undefined
  readonly tag?: string | undefined
}

/** Returns a filter with these parts changed; throws for an organisation, scheme or tag that cannot be. */
export async function changedFilter(app: App, db: Db, current: DigestFilter, words: FilterWords): Promise<DigestFilter> {
  const changed: { -readonly [K in keyof DigestFilter]: DigestFilter[K] } = { ...current }
  if (words.organisation !== undefined) changed.organisations = await organisationsIn(db, words.organisation)
  if (words.scheme !== undefined) changed.schemes = namesIn(words.scheme)?.map((id) => knownScheme(app, id))
  if (words.tag !== undefined) changed.tags = narrowed(words.tag, (names) => tagsOf(names))
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined))
}

const isAll = (text: string): boolean => text.trim().toLowerCase() === 'all'

function narrowed<T>(text: string, read: (names: string[]) => T[]): T[] | undefined {
  if (isAll(text)) return undefined
  const names = text.split(/[,，]/u).map((one) => one.trim()).filter((one) => one !== '')
  if (names.length === 0) throw invalid('Name at least one, with commas between, or all.')
  return read(names)
}

const namesIn = (text: string): string[] | undefined => narrowed(text, (names) => [...new Set(names)])

// A company's own name may have a comma in it.
async function organisationsIn(db: Db, text: string): Promise<number[] | undefined> {
  const whole = await findOrganisationByName(db, text)
  if (whole) return [whole.id]
  const names = namesIn(text)
  if (names === undefined) return undefined
  const ids = new Set<number>()
  for (const name of names) ids.add((await getOrganisation(db, name)).id)
  return [...ids]
}

function knownScheme(app: App, id: string): string {
  if (findScheme(app.catalogue, id)) return id
  throw invalid(`There is no scheme "${id}". Schemes: ${listSchemes(app.catalogue).map((one) => one.id).join(', ')}.`)
}
