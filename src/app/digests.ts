// The weekly status: planned once per compliance manager and ISO week, composed from what is true when
// it goes out. A digest is late within its week; a week that has passed is not sent after all.

import { createHash } from 'node:crypto'
import { isWorkingDay } from '../core/calendar.ts'
import { type Day, dayOf, type Instant, instantAt, mondayOf, weekOf } from '../core/day.ts'
import type { DigestView } from '../core/digest.ts'
import { type Directory, isReachable, type Organisation, type Person } from '../core/person.ts'
import { nextSendAt } from '../core/sending.ts'
import { notFound } from '../errors.ts'
import { composeDigest } from '../mail/digest.ts'
import type { Db } from '../store/database.ts'
import { findDigestBefore, insertMessage, type MessageRow } from '../store/outbox.ts'
import { findFirstComplianceManager, readDirectory } from '../store/people.ts'
import type { App } from './app.ts'
import { calendarOf } from './calendars.ts'
import { readDigestBlocks } from './digest-blocks.ts'
import { messageIdFor } from './installation.ts'
import type { Composition } from './letters.ts'
import { getPerson } from './people.ts'
import { loadWorld, type World } from './world.ts'

type Counts = NonNullable<DigestView['before']>

/** Plans the digests that are due as of `now`; the key (person, week) makes each exactly one. */
export async function planDigests(app: App, now: Instant): Promise<{ planned: number }> {
  const { db } = app.database
  const world = await loadWorld(db)
  const directory = await readDirectory(db)
  let planned = 0
  for (const person of [...directory.values()].filter(readsDigests)) {
    const dueAt = digestDueAt(person, world, now)
    if (Temporal.Instant.compare(dueAt, now) > 0 || waitsForSendHour(person, world, dueAt, now)) continue
    const scope = scopeOf(person, world, directory)
    if (scope.length === 0) continue
    if (await planOne(app, person, { dueAt, now, rehearsal: !scope.some((one) => one.live) })) planned++
  }
  return { planned }
}

const readsDigests = (person: Person): boolean => person.roles.includes('compliance-manager') && isReachable(person)

async function planOne(app: App, person: Person, at: { dueAt: Instant; now: Instant; rehearsal: boolean }): Promise<boolean> {
  const period = weekOf(dayOf(at.now, person.zone))
  const id = await app.database.transact(async (db) => await insertMessage(db, {
    personId: person.id, organisationId: person.organisationId, kind: 'digest', period, part: 1, rehearsal: at.rehearsal,
    dueAt: at.dueAt, language: person.language, messageId: await messageIdFor(app, db, [person.id, 'digest', period, at.rehearsal]),
  }, at.now))
  return id !== undefined
}

/** The send hour of the first working day of the person's current ISO week; Monday's where it has none. */
export function digestDueAt(person: Person, world: World, now: Instant): Instant {
  const monday = mondayOf(dayOf(now, person.zone))
  const calendar = calendarOf(world.calendars, person.calendar)
  const week = Array.from({ length: 7 }, (_, n) => monday.add({ days: n }))
  const day = week.find((one) => isWorkingDay(one, calendar)) ?? monday
  return instantAt(day, person.sendHour, person.zone)
}

// A day late it goes at a send hour like any other mail, unless the week would end without one.
function waitsForSendHour(person: Person, world: World, dueAt: Instant, now: Instant): boolean {
  const next = nextSendAt(person, calendarOf(world.calendars, person.calendar), now)
  const today = dayOf(now, person.zone)
  const open = Temporal.Instant.compare(next, now) <= 0 || dayOf(dueAt, person.zone).equals(today)
  return !open && weekOf(dayOf(next, person.zone)) === weekOf(today)
}

/** The organisations a compliance manager looks after: their own, and those that have none of their own. */
export function scopeOf(person: Person, world: World, directory: Directory): Organisation[] {
  const managed = new Set([...directory.values()].filter(readsDigests).map((one) => one.organisationId))
  return [...world.organisations.values()].filter((one) => one.id === person.organisationId || !managed.has(one.id))
}

/** Composes a planned digest as of `now`; undefined once its week has passed, or for who looks after nothing any more. */
export async function composeDigestMessage(
  app: App, db: Db, message: MessageRow, at: { readonly world: World; readonly directory: Directory; readonly now: Instant },
): Promise<Composition | undefined> {
  const person = at.directory.get(message.personId)!
  if (weekOf(dayOf(at.now, person.zone)) !== message.period || !readsDigests(person)) return undefined
  const view = await digestViewFor(app, db, person, at)
  const counts: Counts = { inDanger: view.counts.inDanger, late: view.counts.late, needsYou: view.counts.needsYou }
  const words = createHash('sha256').update(JSON.stringify(view)).digest('hex')
  return { letter: async () => composeDigest({ ...view, rehearsal: message.rehearsal }), fingerprint: JSON.stringify({ counts, words }) }
}

/** What the digest of a person says as of `now`; nothing is written. */
export async function digestViewFor(
  app: App, db: Db, person: Person, at: { readonly world: World; readonly directory: Directory; readonly now: Instant },
): Promise<DigestView> {
  const day: Day = dayOf(at.now, person.zone)
  const scope = scopeOf(person, at.world, at.directory)
  const week = weekOf(day)
  const before = await findDigestBefore(db, person.id, week)
  const since = before?.settledAt ?? at.now.subtract({ hours: 7 * 24 })
  const blocks = await readDigestBlocks(app, db, { scope, calendar: calendarOf(at.world.calendars, person.calendar), day, since, ...at })
  return {
    to: { id: person.id, name: person.name }, language: person.language, organisation: scopeName(scope),
    week, day, cutOffAt: at.now, zone: person.zone, url: app.config.url, rehearsal: !scope.some((one) => one.live),
    before: countsIn(before?.fingerprint), ...blocks,
  }
}

const scopeName = (scope: readonly Organisation[]): string =>
  scope.length <= 2 ? scope.map((one) => one.name).join(', ') : `${scope[0]!.name} +${scope.length - 1}`

function countsIn(fingerprint: string | null | undefined): Counts | undefined {
  if (!fingerprint?.startsWith('{')) return undefined
  const kept: { counts: Counts } = JSON.parse(fingerprint)
  return kept.counts
}

/** Composes the digest a compliance manager would get on a day (by default now); nothing is written. */
export async function composeDigestPreview(
  app: App, question: { readonly to?: string | undefined; readonly asOf?: Day | undefined },
): Promise<{ to: string; week: string; counts: DigestView['counts']; subject: string; text: string; html: string }> {
  const { db } = app.database
  const person = question.to === undefined ? await findFirstComplianceManager(db) : await getPerson(db, question.to)
  if (!person) throw notFound('There is no compliance manager yet. Add one: person add --name NAME --email ADDRESS --role compliance-manager')
  const now = question.asOf ? instantAt(question.asOf, person.sendHour, person.zone) : app.clock.now()
  const view = await digestViewFor(app, db, person, { world: await loadWorld(db), directory: await readDirectory(db), now })
  return { to: person.name, week: view.week, counts: view.counts, ...composeDigest(view) }
}
