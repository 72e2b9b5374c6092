// The weekly status: planned once per compliance manager and ISO week, composed from what is true when
// it goes out; and the weekly mail of owners who prefer one, which is planned alike. One that is late goes within
// its week; a week that has passed is not sent after all.

import { createHash } from 'node:crypto'
import { priorities } from '../core/channel.ts'
import { type Day, dayOf, type Instant, instantAt, weekOf } from '../core/day.ts'
import type { DigestView } from '../core/digest.ts'
import type { Letter } from '../core/message.ts'
import { type DigestFilter, type Directory, type Organisation, type Person } from '../core/person.ts'
import { nextSendAt } from '../core/sending.ts'
import { notFound } from '../errors.ts'
import { composeDigest } from '../mail/digest.ts'
import { composeOwnDigest } from '../mail/own-digest.ts'
import type { Db } from '../store/database.ts'
import { findWatermark } from '../store/jobs.ts'
import { findDigestBefore, hasDailyMail, insertMessage, type MessageRow } from '../store/outbox.ts'
import { findFirstComplianceManager, readDirectory } from '../store/people.ts'
import type { App } from './app.ts'
import { calendarOf } from './calendars.ts'
import { readDigestBlocks } from './digest-blocks.ts'
import { changedFilter, digestDueAt, type FilterWords, isComplianceManager, narrowingOf, readsDigests, readsOwnDigest, scopeOf, withinOf } from './digest-scope.ts'
import { messageIdFor } from './installation.ts'
import type { Composition } from './letters.ts'
import { isEmptyOwnDigest, ownDigestViewFor, withButtons } from './own-digest.ts'
import { getPerson } from './people.ts'
import { planJob } from './reminders.ts'
import { loadWorld, type World } from './world.ts'

type Counts = NonNullable<DigestView['before']>

export interface DigestAt { readonly world: World; readonly directory: Directory; readonly now: Instant }

/** Plans the digests that are due as of `now`; the key (person, week) makes each exactly one. */
export async function planDigests(app: App, now: Instant): Promise<{ planned: number }> {
  const planned = await findWatermark(app.database.db, planJob)
  return await planEach(app, now, 'planned', (person, dueAt, world) => {
    // The day's notices take an owner's weekly mail with them: whether there are any must be known first.
    const knowsNotices = !readsOwnDigest(person) || (planned !== undefined && Temporal.Instant.compare(planned, dueAt) >= 0)
    return knowsNotices && !waitsForSendHour(person, world, dueAt, now)
  })
}

/** Plans, into quarantine, the digests of the week that were due before a restore at `now`; earlier weeks have passed. */
export async function replanDigests(app: App, now: Instant): Promise<{ planned: number }> {
  return await planEach(app, now, 'quarantined', () => true)
}

async function planEach(
  app: App, now: Instant, state: 'planned' | 'quarantined', mayLeave: (person: Person, dueAt: Instant, world: World) => boolean,
): Promise<{ planned: number }> {
  const { db } = app.database
  const at: DigestAt = { world: await loadWorld(db), directory: await readDirectory(db), now }
  let opened = 0
  for (const person of [...at.directory.values()].filter((one) => readsDigests(one) || readsOwnDigest(one))) {
    const dueAt = digestDueAt(person, at.world, now)
    if (Temporal.Instant.compare(dueAt, now) > 0 || !mayLeave(person, dueAt, at.world)) continue
    const scope = mailScopeOf(person, at)
    if (scope.length === 0) continue
    if (await planOne(app, person, { dueAt, now, state, rehearsal: !scope.some((one) => one.live) })) opened++
  }
  return { planned: opened }
}

// Whether it leaves: an owner's mail with their own organisation, the status with any it is about.
function mailScopeOf(person: Person, at: DigestAt): Organisation[] {
  if (readsDigests(person)) return scopeOf(person, at.world, at.directory)
  const home = at.world.organisations.get(person.organisationId)
  return home ? [home] : []
}

async function planOne(app: App, person: Person, at: { dueAt: Instant; now: Instant; state: 'planned' | 'quarantined'; rehearsal: boolean }): Promise<boolean> {
  const period = weekOf(dayOf(at.now, person.zone))
  const id = await app.database.transact(async (db) => await insertMessage(db, {
    personId: person.id, organisationId: person.organisationId, kind: 'digest', period, part: 1, priority: priorities.digest, rehearsal: at.rehearsal,
    dueAt: at.dueAt, state: at.state, language: person.language, messageId: await messageIdFor(app, db, [person.id, 'digest', period, at.rehearsal]),
  }, at.now))
  return id !== undefined
}

// A day late it goes at a send hour like any other mail, unless the week would end without one.
function waitsForSendHour(person: Person, world: World, dueAt: Instant, now: Instant): boolean {
  const next = nextSendAt(person, calendarOf(world.calendars, person.calendar), now)
  const today = dayOf(now, person.zone)
  const open = Temporal.Instant.compare(next, now) <= 0 || dayOf(dueAt, person.zone).equals(today)
  return !open && weekOf(dayOf(next, person.zone)) === weekOf(today)
}

/** Composes a planned digest as of `now`; undefined once its week has passed, or where nothing is left to say to them. */
export async function composeDigestMessage(app: App, db: Db, message: MessageRow, at: DigestAt): Promise<Composition | undefined> {
  const person = at.directory.get(message.personId)!
  if (weekOf(dayOf(at.now, person.zone)) !== message.period) return undefined
  if (readsOwnDigest(person)) return await composeOwnMessage(app, db, message, { ...at, person })
  if (!readsDigests(person)) return undefined
  const view = await digestViewFor(app, db, person, at)
  return { letter: async () => composeDigest({ ...view, rehearsal: message.rehearsal }), fingerprint: fingerprintOf(view, person.digestFilter) }
}

async function composeOwnMessage(app: App, db: Db, message: MessageRow, { person, ...at }: DigestAt & { readonly person: Person }): Promise<Composition | undefined> {
  const view = await ownDigestViewFor(app, db, person, at)
  // One mail a day: where the day has notices, theirs has it all.
  if (isEmptyOwnDigest(view) || await hasDailyMail(db, person.id, view.day)) return undefined
  return {
    letter: async (issue) => composeOwnDigest({ ...await withButtons(db, view, issue, { ...at, person }), rehearsal: message.rehearsal }), fingerprint: hashOf(view),
  }
}

interface Kept { readonly counts: Counts; readonly filter?: DigestFilter; readonly words: string }

function fingerprintOf(view: DigestView, filter: DigestFilter): string {
  const { inDanger, late, needsYou, findings } = view.counts
  return JSON.stringify({ counts: { inDanger, late, needsYou, findings }, filter, words: hashOf(view) } satisfies Kept)
}

const hashOf = (view: unknown): string => createHash('sha256').update(JSON.stringify(view)).digest('hex')

/** What the digest of a person says as of `now`, narrowed by a filter (by default their own); nothing is written. */
export async function digestViewFor(app: App, db: Db, person: Person, at: DigestAt, filter: DigestFilter = person.digestFilter): Promise<DigestView> {
  const day: Day = dayOf(at.now, person.zone)
  const scope = scopeOf(person, at.world, at.directory, filter)
  const week = weekOf(day)
  const before = await findDigestBefore(db, person.id, week)
  const since = before?.settledAt ?? at.now.subtract({ hours: 7 * 24 })
  const blocks = await readDigestBlocks(app, db, {
    ...at, scope, within: withinOf(scope, filter), calendar: calendarOf(at.world.calendars, person.calendar), zone: person.zone, day, since,
  })
  return {
    to: { id: person.id, name: person.name }, language: person.language, organisation: scopeName(scope), narrowing: narrowingOf(app, at.world, filter),
    week, day, cutOffAt: at.now, zone: person.zone, url: app.config.url, rehearsal: !scope.some((one) => one.live),
    before: countsIn(before?.fingerprint, filter), ...blocks,
  }
}

const scopeName = (scope: readonly Organisation[]): string =>
  scope.length <= 2 ? scope.map((one) => one.name).join(', ') : `${scope[0]!.name} +${scope.length - 1}`

// Numbers of another choice of certifications are nothing to compare with.
function countsIn(fingerprint: string | null | undefined, filter: DigestFilter): Counts | undefined {
  if (!fingerprint?.startsWith('{')) return undefined
  const kept: Kept = JSON.parse(fingerprint)
  return faceOf(kept.filter ?? {}) === faceOf(filter) ? kept.counts : undefined
}

const faceOf = ({ organisations, schemes, tags }: DigestFilter): string =>
  JSON.stringify([organisations?.toSorted((a, b) => a - b), schemes?.toSorted(), tags?.toSorted()])

export interface DigestQuestion extends FilterWords {
  /** A compliance manager (by default the first), or an owner for their own. */
  readonly to?: string | undefined
  readonly asOf?: Day | undefined
}

export interface DigestPreview extends Letter {
  readonly to: string
  readonly week: string
  readonly counts: DigestView['counts'] | Pick<DigestView['counts'], 'late' | 'inDanger' | 'next30'>
}

/** Composes the weekly mail a person would get on a day (by default now); nothing is written. */
export async function composeDigestPreview(app: App, question: DigestQuestion): Promise<DigestPreview> {
  const { db } = app.database
  const person = question.to === undefined ? await findFirstComplianceManager(db) : await getPerson(db, question.to)
  if (!person) throw notFound('There is no compliance manager yet. Add one: person add --name NAME --email ADDRESS --role compliance-manager')
  const now = question.asOf ? instantAt(question.asOf, person.sendHour, person.zone) : app.clock.now()
  const at: DigestAt = { world: await loadWorld(db), directory: await readDirectory(db), now }
  if (!isComplianceManager(person)) {
    const view = await ownDigestViewFor(app, db, person, at)
    return { to: person.name, week: view.week, counts: view.counts, ...composeOwnDigest(view) }
  }
  const view = await digestViewFor(app, db, person, at, await changedFilter(app, db, person.digestFilter, question))
  return { to: person.name, week: view.week, counts: view.counts, ...composeDigest(view) }
}
