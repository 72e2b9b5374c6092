// The scenario language: a certification's life told as a table. Each row is a day, what happened on it
// and the mail it brought; the days between the rows are lived too, and must be silent. Every day runs the
// real jobs in their order on a test clock, and what is compared are the mails that were captured.

import { asc, eq } from 'drizzle-orm'
import { expect } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import { act, type App } from '../../src/app/app.ts'
import { editCertification } from '../../src/app/certifications.ts'
import { decideCertification, type DecisionInput } from '../../src/app/decisions.ts'
import { enterCertification, type NewCertification } from '../../src/app/entry.ts'
import { type Job, runJob } from '../../src/app/jobs.ts'
import { getMessage, listMessages, listObligations } from '../../src/app/lists.ts'
import { type Answer, bookObligation, confirmObligation, doneObligation, meetObligation } from '../../src/app/obligations.ts'
import { addOrganisation, addPerson, type NewPerson } from '../../src/app/people.ts'
import { loadCatalogue, schemeFolders } from '../../src/app/schemes.ts'
import { readConfig } from '../../src/config.ts'
import { instantAt } from '../../src/core/day.ts'
import type { Obligation, ObligationState } from '../../src/core/obligation.ts'
import { type Log, silentLog } from '../../src/log.ts'
import type { Transport } from '../../src/mail/transport.ts'
import type { Database } from '../../src/store/database.ts'
import { listSaidIn } from '../../src/store/reminders.ts'
import { news } from '../../src/store/schema-answers.ts'
import { testClock, type TestClock } from './clock.ts'
import { day } from './factory.ts'

/** Day, what happened on it before the mail of the day, and that mail: `Alice: expiry P30D | Bob: expiry P7D`. */
export type Row = readonly [day: string, happened: string, mail: string]

export type Deed = (life: Life) => Promise<unknown>

export interface Life {
  readonly app: App
  readonly clock: TestClock
  readonly zone: string
  readonly organisationId: number
  /** Ids by name. */
  readonly people: ReadonlyMap<string, number>
  /** The way out for mail; undefined while it is only captured. */
  transport: Transport | undefined
  /** The certification that deeds are about. */
  certificationId: number
  /** The next day to be lived. */
  next: Temporal.PlainDate
  /** When the server is on; otherwise days pass, and no job runs. */
  runs: 'daily' | 'on Mondays' | 'never'
  /** What was logged as an error; a life that is told has none. */
  readonly alarms: string[]
  /** The weekly digests captured so far, as `2027-W09 Carol`. */
  readonly digests: string[]
  /** Messages already looked at. */
  seen: number
}

/** Returns an application on a test database: mail is captured, and what is logged as an error is kept in `alarms`. */
export async function appOn(database: Database, clock: App['clock'], alarms: string[] = []): Promise<App> {
  const log: Log = { ...silentLog, error: (_facts: unknown, says?: string) => void alarms.push(says ?? '') }
  return { config: readConfig({ RECERT_HOME: '/nowhere' }), clock, log, database, catalogue: await loadCatalogue(schemeFolders('/nowhere')) }
}

interface Beginning {
  readonly zone?: string
  readonly calendar?: string
  readonly people?: readonly (Omit<NewPerson, 'organisationId' | 'email'> & { readonly supervisor?: string; readonly deputy?: string })[]
}

/** Alice owns, Bob is her line manager, Carol manages compliance, Dora is top management. */
const household: NonNullable<Beginning['people']> = [
  { name: 'Carol', roles: ['compliance-manager'] }, { name: 'Dora', roles: ['top-management'] },
  { name: 'Bob', roles: ['owner'] }, { name: 'Alice', roles: ['owner'], supervisor: 'Bob' },
]

/** Begins a life at 08:00 of a day in an organisation with its people. */
export async function beginLife(database: Database, first: string, { zone = 'UTC', calendar = 'weekdays', people = household }: Beginning = {}): Promise<Life> {
  const clock = testClock(instantAt(day(first), '08:00', zone).toString())
  // A life asks what is said on which day; vacuuming the embedded database each night only makes it slow.
  const alarms: string[] = []
  const app = await appOn({ ...database, kind: 'postgres' }, clock, alarms)
  const ids = new Map<string, number>()
  const organisationId = await act(app, async (db, now) => {
    const organisation = await addOrganisation(app, db, { name: 'Example Ltd', calendar }, { zone, now })
    for (const { supervisor, deputy, ...one } of people) {
      const added = await addPerson(app, db, {
        ...one, organisationId: organisation.id, email: `${one.name.toLowerCase()}@example.org`,
        supervisorId: ids.get(supervisor ?? ''), deputyId: ids.get(deputy ?? ''),
      }, now)
      ids.set(one.name, added.id)
    }
    return organisation.id
  })
  return { app, clock, zone, organisationId, people: ids, transport: undefined, certificationId: 0, next: day(first), runs: 'daily', alarms, digests: [], seen: 0 }
}

/** Lives every day up to the last row and compares what happened and what was mailed with the table. */
export async function tell(life: Life, table: readonly Row[], deeds: Readonly<Record<string, Deed>> = {}): Promise<void> {
  const [lived] = await liveTables(life, [table], deeds)
  expect(lived).toEqual(asLines(table))
  expect(life.alarms).toEqual([])
}

/** Lives several certifications side by side, one table each; returns each as it was lived, for `asLines`. */
export async function liveTables(life: Life, tables: readonly (readonly Row[])[], deeds: Readonly<Record<string, Deed>>): Promise<string[][]> {
  const stories = tables.map((table) => ({ planned: new Map(table.map(([on, happened]) => [on, happened])), lived: [] as Row[], id: life.certificationId }))
  const last = tables.flatMap((table) => table.map(([on]) => on)).sort().at(-1)!
  while (life.next.toString() <= last) {
    const on = life.next.toString()
    const mails = await liveDay(life, stories.flatMap((story) => {
      const happened = story.planned.get(on) ?? ''
      return happened === '' ? [] : [within(story, deedOf(happened, deeds))]
    }))
    for (const { planned, lived, id } of stories) {
      const told = mailAbout(mails, tables.length === 1 ? undefined : id)
      if (planned.has(on) || told !== '') lived.push([on, planned.get(on) ?? '', told])
    }
  }
  return stories.map(({ lived }) => asLines(lived))
}

/** A table as text, for a difference that can be read. */
export const asLines = (table: readonly Row[]): string[] =>
  table.map(([on, happened, mail]) => `${on}  ${happened.padEnd(44)}  ${mail}`.trimEnd())

// Deeds are about the certification of their own table.
const within = (story: { id: number }, deed: Deed): Deed => async (life) => {
  life.certificationId = story.id
  await deed(life)
  story.id = life.certificationId
}

function deedOf(name: string, deeds: Readonly<Record<string, Deed>>): Deed {
  const deed = deeds[name]
  if (!deed) throw new Error(`nothing says what "${name}" is`)
  return deed
}

/** One captured or sent daily mail: to whom, and what it says about which certification. */
export interface Mail {
  readonly to: string
  readonly part: number
  readonly address: string
  readonly says: readonly { readonly certificationId: number; readonly notice: string }[]
}

/** Lives the next day: housekeeping in the night, what people do at half past eight, the other jobs at nine. */
export async function liveDay(life: Life, deeds: readonly Deed[] = []): Promise<Mail[]> {
  const on = life.next
  const isOn = (): boolean => life.runs === 'daily' || (life.runs === 'on Mondays' && on.dayOfWeek === 1)
  if (isOn()) await runJobsAt(life, instantAt(on, '00:17', life.zone).toString(), hourly)
  life.clock.set(instantAt(on, '08:30', life.zone).toString())
  for (const deed of deeds) await deed(life)
  if (isOn()) await runJobsAt(life, instantAt(on, '09:00', life.zone).toString(), everyMinute)
  life.next = on.add({ days: 1 })
  return await newMail(life)
}

const everyMinute = schedule.filter((job) => job.cron === '* * * * *')
const hourly = schedule.filter((job) => !everyMinute.includes(job))

/** Runs jobs once, in the order of the timetable: all of them unless some are named. */
export async function runJobsAt(life: Pick<Life, 'app' | 'clock' | 'transport'>, moment: string, jobs: readonly Job[] = schedule): Promise<void> {
  life.clock.set(moment)
  for (const job of jobs) await runJob(life.app, job, { now: life.clock.now(), asked: false, transport: life.transport })
}

/** Returns mails as `Alice: expiry P30D | Bob: expiry P30D`, about one certification or all; one that came back says nothing. */
export function mailAbout(mails: readonly Mail[], certificationId?: number): string {
  return mails.flatMap(({ to, part, says }) => {
    const about = says.filter((one) => certificationId === undefined || one.certificationId === certificationId)
    if (about.length === 0) return certificationId === undefined ? [to] : []
    return [`${to}${part === 1 ? '' : ` (part ${part})`}: ${[...new Set(about.map((one) => one.notice))].sort().join(' + ')}`]
  }).sort().join(' | ')
}

/** Returns the daily mails since the last look, and notes the digests; every one of them must be readable. */
export async function newMail(life: Life): Promise<Mail[]> {
  const rows = (await listMessages(life.app, {}, 100)).filter((one) => one.id > life.seen).toReversed()
  const mails: Mail[] = []
  for (const row of rows) {
    life.seen = row.id
    const { message } = await getMessage(life.app, row.id)
    expect(['captured', 'sent', 'rejected'], `${row.person}, ${row.state}`).toContain(row.state)
    expect(message.subject && message.text && message.html && message.raw).toBeTruthy()
    if (row.kind === 'digest') life.digests.push(`${row.period} ${row.person}`)
    else mails.push({ to: row.state === 'rejected' ? `${row.person} (refused)` : row.person, part: row.part, address: message.address!, says: await saidIn(life.app, row.id, message.text!) })
  }
  return mails
}

async function saidIn(app: App, id: number, text: string): Promise<Mail['says']> {
  const items = await listSaidIn(app.database.db, id)
  for (const { obligation: { kind, title } } of items) {
    // An expiry beside other duties of the same day has a sentence of its own.
    if (kind !== 'expiry') expect([title.en, title.zh].some((words) => text.includes(words)), text).toBe(true)
  }
  const told = new Map((await listNewsTold(app, id)).map((row) => [`${row.kind}/${row.certificationId ?? 0}`, row]))
  return [
    ...items.map(({ obligation, notice }) => ({ certificationId: obligation.certificationId, notice: `${nameOf(obligation)} ${notice.notice}` })),
    ...[...told.values()].map((row) => ({ certificationId: row.certificationId ?? 0, notice: `(${row.kind})` })),
  ]
}

// What was told may have passed by the end of the day; it stands in the mail all the same.
const listNewsTold = (app: App, messageId: number) => app.database.db.select({ kind: news.kind, certificationId: news.certificationId })
  .from(news).where(eq(news.messageId, messageId)).orderBy(asc(news.kind), asc(news.certificationId)).limit(1000)

// A rule that comes again is told apart by its year or month; one that comes once needs no number.
const nameOf = ({ ruleId, ordinal, cycle }: Pick<Obligation, 'ruleId' | 'ordinal' | 'cycle'>): string =>
  `${ruleId}${ordinal > 1 ? `/${ordinal}` : ''}${cycle > 1 ? `#${cycle}` : ''}`

// ---- deeds ----

type Entered = Pick<NewCertification, 'scheme'> & Partial<Pick<NewCertification, 'options' | 'cycleKind' | 'name'>>

/** Enters the certification that later deeds are about; Alice owns it. */
export const enter = (input: Entered, days: Readonly<Record<string, string>>, owner = 'Alice'): Deed => async (life) => {
  const added = await act(life.app, (db, now) => enterCertification(life.app, db, {
    organisationId: life.organisationId, name: 'Head office', options: {}, cycleKind: 'initial', ownerId: life.people.get(owner), ...input,
    days: Object.fromEntries(Object.entries(days).map(([anchor, text]) => [anchor, day(text)])),
  }, now))
  life.certificationId = added.certificationId
}

/** Takes a decision on the certification, today unless `on` says so. */
export const decide = (kind: DecisionInput['kind'], rest: { on?: string; until?: string; set?: Readonly<Record<string, string>> } = {}): Deed => async (life) => {
  await act(life.app, (db, now) => decideCertification(life.app, db, life.certificationId, {
    kind, decidedOn: rest.on ? day(rest.on) : life.next, untilOn: rest.until ? day(rest.until) : undefined,
    anchors: Object.entries(rest.set ?? {}).map(([name, text]) => ({ name, day: day(text), assumed: false })),
  }, now))
}

const allStates: readonly ObligationState[] = ['unconfirmed', 'open', 'submitted', 'met', 'not-applicable']

/** Returns the duties of the certification, as `rule state due`. */
export async function dutiesOf(life: Life, states: readonly ObligationState[] = allStates): Promise<string[]> {
  const duties = await listObligations(life.app, { certificationId: life.certificationId, states })
  return duties.map(({ obligation }) => `${nameOf(obligation)} ${obligation.state} ${obligation.dueOn.toString()}`)
}

/** Finds a duty of the certification by the name that mails of a table give it. */
export async function dutyNamed(life: Life, name: string): Promise<Obligation> {
  const duties = await listObligations(life.app, { certificationId: life.certificationId, states: allStates })
  const found = duties.find(({ obligation }) => nameOf(obligation) === name)
  if (!found) throw new Error(`no duty "${name}" among ${duties.map(({ obligation }) => nameOf(obligation)).join(', ')}`)
  return found.obligation
}

export const book = (name: string, on: string): Deed => async (life) => {
  const { id } = await dutyNamed(life, name)
  await act(life.app, (db, now) => bookObligation(life.app, db, id, day(on), { now, pastTheLimit: 'refuse' }))
}

export const done = (name: string): Deed => async (life) => {
  const { id } = await dutyNamed(life, name)
  await act(life.app, (db, now) => doneObligation(life.app, db, id, life.next, { now }))
}

export const met = (name: string): Deed => async (life) => {
  const { id } = await dutyNamed(life, name)
  await act(life.app, (db, now) => meetObligation(life.app, db, id, life.next, { now }))
}

/** Corrects or adds days of the certification, such as the day it was filed. */
export const setDays = (days: Readonly<Record<string, string>>): Deed => async (life) => {
  await act(life.app, (db, now) => editCertification(life.app, db, life.certificationId, {
    anchors: Object.entries(days).map(([name, text]) => ({ name, day: day(text), assumed: false })),
  }, { now }))
}

/** Answers about a duty that was past when it was entered. */
export const answer = (name: string, given: Answer, on?: string): Deed => async (life) => {
  const { id } = await dutyNamed(life, name)
  await act(life.app, (db, now) => confirmObligation(life.app, db, id, { answer: given, on: on ? day(on) : undefined }, { now }))
}

export const serverRuns = (when: Life['runs']): Deed => async (life) => { life.runs = when }
