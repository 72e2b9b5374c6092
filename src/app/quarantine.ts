// Deciding about mail that may have been sent before a restore: a person releases it, and it leaves at once, or drops
// it as sent. Whoever was to get several gets one: what waited for days is one letter, not a pile.

import type { Words } from '../core/certification.ts'
import type { Day, Instant } from '../core/day.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { bareMessageId, parseMessageIds } from '../formats/message-ids.ts'
import { closeAlarms, restateAlarm } from '../store/alarms.ts'
import { type Db, wakeWorkers } from '../store/database.ts'
import { appendHistory, type Entry } from '../store/history.ts'
import * as store from '../store/quarantine.ts'
import { act, type App } from './app.ts'
import { messageIdFor } from './installation.ts'
import type { Reader } from './sign-in.ts'

export interface HeldNotice {
  readonly certification: string
  readonly title: Words
  readonly notice: string
  readonly countedTo: Day
}

/** A mail in quarantine, as whoever decides about it needs to see it. */
export interface HeldMail {
  readonly id: number
  readonly kind: string
  readonly person: string
  /** When it would have been sent. */
  readonly dueAt: Instant
  readonly messageId: string
  /** True where it had passed the gate before the backup was taken: it leaves with the same bytes. */
  readonly inDoubt: boolean
  readonly rehearsal: boolean
  readonly notices: readonly HeldNotice[]
  /** How much is told besides. */
  readonly news: number
}

/** Lists what is quarantined, what would have been sent first before. */
export async function listHeldMail(app: App, limit: number): Promise<HeldMail[]> {
  const { db } = app.database
  const held = await store.listQuarantined(db, limit)
  const contents = await store.listContents(db, held.map((one) => one.id))
  const notices = Map.groupBy(contents.notices, (one) => one.messageId)
  const news = new Map(contents.news.map((one) => [one.messageId, one.n]))
  return held.map(({ id, kind, person, dueAt, messageId, gatedAt, rehearsal }) => ({
    id, kind, person, dueAt, messageId, rehearsal, inDoubt: gatedAt !== null, notices: notices.get(id) ?? [], news: news.get(id) ?? 0,
  }))
}

/** Which mails, by number; `all` where nobody picks. */
export type Chosen = readonly number[] | 'all'

interface Act { readonly now: Instant; readonly by?: { readonly id: number } | undefined }

export interface Release {
  readonly released: readonly number[]
  /** Whose words go out with another mail to the same person, and with which. */
  readonly joined: readonly { readonly id: number; readonly into: number }[]
  /** Known to have been sent. */
  readonly dropped: readonly number[]
}

/**
 * Lets quarantined mails leave; those whose Message-ID stands in `sentIn`, such as the log of a mail server, are dropped
 * instead. A mail that never passed
 * the gate joins the newest of its reader's, and is quiet about what a tighter notice has said meanwhile; one that
 * did leaves with its bytes, so that a mailbox that has it can tell. Throws `conflict` where one is not quarantined.
 */
export async function releaseMessages(app: App, db: Db, chosen: Chosen, { sentIn, ...by }: Act & { readonly sentIn?: string | undefined }): Promise<Release> {
  const sent = sentIn === undefined ? undefined : sentIdsIn(sentIn)
  const [known, held] = partedBy(await holdChosen(db, chosen), (row) => sent?.has(bareMessageId(row.messageId)) === true)
  const letters = [...Map.groupBy(held, lettersOf).values()].filter((group) => group.length > 1)
  const joined: { id: number; into: number }[] = []
  for (const group of letters) {
    const lead = group.at(-1)!
    const others = group.slice(0, -1).map((row) => row.id)
    await store.joinMessages(db, others, { id: lead.id, messageId: await messageIdFor(app, db, [lead.messageId, 'released', by.now.toString()]) })
    await store.cancelQuarantined(db, others, `joined to message ${lead.id}`, by.now)
    joined.push(...others.map((id) => ({ id, into: lead.id })))
  }
  const gone = new Set(joined.map((one) => one.id))
  const leaving = held.filter((row) => !gone.has(row.id))
  const released = leaving.map((row) => row.id)
  await store.releaseQuarantined(db, released, by.now)
  await store.coverByTighter(db, leaving.filter((row) => row.gatedAt === null).map((row) => row.id))
  await note(db, leaving, { ...by, event: 'message-released' })
  await note(db, held.filter((row) => gone.has(row.id)), { ...by, event: 'message-joined' })
  const dropped = await drop(db, known, by)
  if (released.length > 0) await wakeWorkers(db)
  return { released, joined, dropped }
}

function sentIdsIn(text: string): ReadonlySet<string> {
  const ids = parseMessageIds(text)
  if (ids.size === 0) throw invalid('The file holds no Message-ID. Write one a line, such as <8f3a…@recert.example.org>.')
  return ids
}

// What never left is one letter to its reader, however many days it is from; a digest is one by itself.
const lettersOf = (row: store.QuarantinedRow): string =>
  (row.kind === 'daily' && row.gatedAt === null ? `${row.personId}/${row.rehearsal}` : `message ${row.id}`)

/**
 * Takes quarantined mails out: they were sent before the restore. So what they say stays said, and is not planned
 * anew; the next notices come as ever. Throws `conflict` where one is not quarantined.
 */
export async function dropMessages(db: Db, chosen: Chosen, by: Act): Promise<readonly number[]> {
  return await drop(db, await holdChosen(db, chosen), by)
}

async function drop(db: Db, held: readonly store.QuarantinedRow[], by: Act): Promise<number[]> {
  const ids = held.map((row) => row.id)
  await store.dropQuarantined(db, ids, by.now)
  await note(db, held, { ...by, event: 'message-dropped' })
  await endAlarm(db, by)
  return ids
}

async function holdChosen(db: Db, chosen: Chosen): Promise<store.QuarantinedRow[]> {
  const held = await store.holdQuarantined(db, chosen)
  const there = new Set(held.map((row) => row.id))
  const missing = chosen === 'all' ? [] : chosen.filter((id) => !there.has(id))
  if (missing.length === 0) return held
  throw conflict(`Message ${missing.join(', ')} is not quarantined (any more): nothing was changed. Look again: message quarantined`)
}

async function note(db: Db, rows: readonly store.QuarantinedRow[], { now, by, event }: Act & { readonly event: string }): Promise<void> {
  for (const [organisationId, own] of Map.groupBy(rows, (row) => row.organisationId)) {
    await appendHistory(db, organisationId, own.map((row): Entry => ({
      event, subject: 'message', subjectId: row.id, facts: { person: row.personId, kind: row.kind, period: row.period }, actorId: by?.id,
    })), now)
  }
}

async function endAlarm(db: Db, { now, by }: Act): Promise<void> {
  const waiting = await store.countQuarantined(db)
  if (waiting === 0) await closeAlarms(db, { kind: 'quarantine' }, now, by?.id)
  else await restateAlarm(db, { kind: 'quarantine', facts: { waiting } })
}

function partedBy<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))]
}

/** What the page of quarantined mail can be asked to do. */
export type HeldAct = 'release' | 'drop'

/** The first so many are shown on the page. */
const shown = 200

export interface HeldPage {
  readonly held: readonly HeldMail[]
  readonly total: number
}

/** Returns what an administrator decides about; undefined for anybody else. */
export async function findHeldPage(app: App, reader: Reader): Promise<HeldPage | undefined> {
  if (!reader.rights.quarantine) return undefined
  return { held: await listHeldMail(app, shown), total: await store.countQuarantined(app.database.db) }
}

/** Does what an administrator pressed. For anybody else it throws `not-found`, as for a page that is not there. */
export async function decideHeldFor(app: App, reader: Reader, pressed: { readonly act: HeldAct; readonly chosen: Chosen }): Promise<void> {
  if (!reader.rights.quarantine) throw notFound('There is nothing at this address, or it is not yours to see.')
  await act(app, async (db, now) => {
    const by = { now, by: reader.person }
    if (pressed.act === 'release') await releaseMessages(app, db, pressed.chosen, by)
    else await dropMessages(db, pressed.chosen, by)
  })
}
