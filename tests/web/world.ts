// A small installation for the pages: two owners who may not see each other's records, a manager who
// sees all, and something late, due, unanswered, under way and said.

import type { App } from '../../src/app/app.ts'
import { registerCertifications, type CertificationDraft } from '../../src/app/certifications.ts'
import { addOrganisation, addPerson } from '../../src/app/people.ts'
import { startProcedure } from '../../src/app/procedures.ts'
import { markStep } from '../../src/app/steps.ts'
import { loadCatalogue, schemeFolders } from '../../src/app/schemes.ts'
import { createSignInLink } from '../../src/app/sign-in.ts'
import { readConfig } from '../../src/config.ts'
import type { Role } from '../../src/core/person.ts'
import { type Log, silentLog } from '../../src/log.ts'
import { delivery, message, notice } from '../../src/store/schema-mail.ts'
import { obligation } from '../../src/store/schema-work.ts'
import { openWeb } from '../../src/web/server.ts'
import { type TestClock, testClock } from '../helpers/clock.ts'
import { type TestDatabase, testDatabase } from '../helpers/database.ts'

export const base = 'http://localhost:3000'
export const entered = '2026-09-29T07:00:00Z'
export const now = '2026-11-24T09:00:00Z'
export const hostileName = '<script>alert("x")</script> & \'co\''

export interface World {
  readonly app: App
  readonly clock: TestClock
  readonly test: TestDatabase
  readonly logged: unknown[]
}

/** Opens an empty installation. */
export async function openWorld(environment: Record<string, string> = {}): Promise<World> {
  const test = await testDatabase()
  const clock = testClock(now)
  const logged: unknown[] = []
  const keep = (...line: unknown[]): void => {
    logged.push(line)
  }
  const log: Log = { ...silentLog, error: keep, info: keep, warn: keep }
  const config = readConfig({ RECERT_HOME: '/nowhere', ...environment })
  const catalogue = await loadCatalogue(schemeFolders('/nowhere').slice(0, 1))
  return { app: { config, clock, log, catalogue, database: test.database }, clock, test, logged }
}

const day = (text: string): Temporal.PlainDate => Temporal.PlainDate.from(text)

const draft = (values: Partial<CertificationDraft> & Pick<CertificationDraft, 'name' | 'scheme' | 'ownerId' | 'organisationId'>, days: Record<string, string>): CertificationDraft => ({
  options: {}, registerKey: values.name, registerFacts: {}, cycleKind: 'initial', decisions: [],
  anchors: Object.entries(days).map(([name, on]) => ({ name, day: day(on), assumed: false })), ...values,
})

export interface People {
  readonly carol: number
  readonly ann: number
  readonly wang: number
}

/** Fills it: certification 1 is Ann's, 2 (with the hostile name) Wang's, 3 expired and Carol's; mail 1 is Ann's, 2 Wang's. */
export async function fill({ app, clock }: World): Promise<People> {
  clock.set(entered)
  const at = clock.now()
  const people = await app.database.transact(async (db) => {
    const { id: organisationId } = await addOrganisation(app, db, { name: 'Harbour Cloud', zone: 'Europe/Berlin' }, { zone: 'UTC', now: at })
    const add = async (name: string, email: string, roles: Role[], language: 'en' | 'zh') =>
      (await addPerson(app, db, { organisationId, name, email, roles, language }, at)).id
    const carol = await add('Carol Meier', 'carol@example.org', ['administrator', 'compliance-manager'], 'en')
    const ann = await add('Ann Keller', 'ann@example.org', ['owner'], 'en')
    const wang = await add('王强', 'wang@example.org', ['owner'], 'zh')
    await registerCertifications(app, db, [
      draft({ organisationId, scheme: 'iso-27001', ownerId: ann, name: 'Frankfurt data centre' }, { decision: '2025-11-14' }),
      draft({ organisationId, scheme: 'mlps', ownerId: wang, name: hostileName }, { 'level-fixed': '2026-09-01', filing: '2026-09-20' }),
      draft({ organisationId, scheme: 'iso-27001', ownerId: carol, name: 'Old office' }, { decision: '2023-03-01', expiry: '2026-02-28' }),
    ], at)
    const run = await startProcedure(app, db, { certificationId: 2, template: 'five-stages', startOn: day('2026-09-29'), targetOn: day('2027-05-03') }, { now: at })
    await markStep(db, run, '1.1', { state: 'done', on: day('2026-09-29') }, { now: at })
    return { carol, ann, wang }
  })
  clock.set(now)
  await addMail(app, people)
  return people
}

async function addMail(app: App, people: People): Promise<void> {
  const at = Temporal.Instant.from('2026-11-23T08:00:00Z')
  const { db } = app.database
  for (const [n, personId] of [people.ann, people.wang].entries()) {
    await db.insert(message).values({
      organisationId: 1, personId, kind: 'daily', period: '2026-11-23', part: 1, rehearsal: false, dueAt: at, state: 'captured',
      messageId: `<mail-${n}@localhost>`, language: 'en', address: `reader-${n}@example.org`, subject: `Subject <b>${n}</b>`,
      text: `Text of mail ${n}`, html: `<p>HTML of mail ${n}</p><script>alert(1)</script>`, raw: Buffer.from(`Subject: mail ${n}\r\n\r\nBody`),
      attempts: 1, nextAttemptAt: at, settledAt: at, createdAt: at,
    })
    await db.insert(delivery).values({ messageId: n + 1, attempt: 1, channel: 'capture', startedAt: at, endedAt: at, outcome: 'captured' })
  }
  const [duty] = await db.select().from(obligation).limit(1)
  await db.insert(notice).values({
    obligationId: duty!.id, countedTo: duty!.dueOn, notice: 'P30D', offsetDays: 30, personId: people.ann, purpose: 'reminder',
    outcome: 'said', reason: 'first-notice', messageId: 1, decidedAt: at,
  })
}

export interface Sent {
  readonly method?: string
  readonly body?: string
  readonly headers?: Record<string, string>
}

export type Browser = (path: string, sent?: Sent) => Promise<Response>

/** Returns how a signed-in person asks for pages. */
export async function browserOf({ app }: Pick<World, 'app'>, email: string): Promise<Browser> {
  const web = openWeb(app)
  const { url } = await createSignInLink(app, email)
  const answer = await web.request(url, { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } })
  const cookie = cookieOf(answer)
  return async (path, sent = {}) => await web.request(`${base}${path}`, { ...sent, headers: { cookie, ...sent.headers } })
}

/** The session cookie of an answer, as a browser would send it back. */
export const cookieOf = (answer: Response): string => answer.headers.getSetCookie().map((one) => one.split(';')[0]!).join('; ')
