// An office whose days are lived by the real jobs: Alice owns, Bob is her line manager, Carol manages compliance.
// What anybody heard, and in which words, is read back as a person would see it.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import type { App } from '../../src/app/app.ts'
import type { Job } from '../../src/app/jobs.ts'
import type { Certification } from '../../src/core/certification.ts'
import type { Transport } from '../../src/mail/transport.ts'
import { type Db, rows } from '../../src/store/database.ts'
import { findMessage } from '../../src/store/outbox.ts'
import { aCast, aCertification, type Cast, type CertificationSample, ledger, testApp, type TestApp } from './records.ts'
import { runJobsAt } from './timeline.ts'

export interface Letter { readonly to: string; readonly on: string; readonly state: string; readonly subject: string; readonly text: string }

export interface Office {
  readonly app: App
  readonly clock: TestApp['clock']
  readonly alarms: string[]
  readonly cast: Cast
  /** What mail leaves by from now on; captured while undefined. */
  transport: Transport | undefined
  /** A FIPS 140 validation of Alice that ends on Wednesday 2027-06-30, unless said otherwise. */
  certificate(values?: Partial<CertificationSample>): Promise<Certification>
  /** Runs the jobs of every minute at these moments, or at nine where only a day is given. */
  live(...moments: readonly string[]): Promise<void>
  /** Runs what is done once a day. */
  keepHouse(moment: string): Promise<void>
  /** One change, in a transaction of its own. */
  change<T>(run: (db: Db) => Promise<T>): Promise<T>
  /** What was said so far: `Alice 2027-05-31 P30D`. */
  heard(name?: string): Promise<string[]>
  /** The daily mails so far, as their readers see them. */
  letters(name?: string): Promise<Letter[]>
}

const minutely = schedule.filter((job) => job.cron === '* * * * *' && job.name !== 'weekly-digest')
const housekeeping = schedule.filter((job) => job.name === 'housekeeping')

/** Opens an office for the tests of a file; every test begins with the same people and nothing else. */
export function office(): Office {
  let opened: TestApp
  let cast: Cast
  beforeAll(async () => { opened = await testApp() })
  beforeEach(async () => {
    await opened.reset()
    here.transport = undefined
    cast = await aCast(opened.app)
  })
  afterAll(() => opened.close())
  const run = async (moment: string, jobs: readonly Job[]): Promise<void> => runJobsAt({ app: opened.app, clock: opened.clock, transport: here.transport }, moment, jobs)
  const here: Office = {
    get app() { return opened.app },
    get clock() { return opened.clock },
    get alarms() { return opened.alarms },
    get cast() { return cast },
    transport: undefined,
    certificate: (values = {}) => aCertification(opened.app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, ...values }),
    async live(...moments) {
      for (const one of moments) await run(one.includes('T') ? one : `${one}T09:00:00Z`, minutely)
    },
    keepHouse: (moment) => run(moment, housekeeping),
    change: (act) => opened.app.database.transact(act),
    heard: (name) => heardIn(opened.app, name),
    letters: (name) => lettersIn(opened.app, name),
  }
  return here
}

/** What was said in any installation: `Alice 2027-05-31 P30D`. */
export async function heardIn(app: App, name?: string): Promise<string[]> {
  return (await ledger(app)).filter((one) => one.includes(' said')).map((one) => one.replace(' said', '')).filter((one) => name === undefined || one.startsWith(`${name} `))
}

/** The daily mails of any installation that have words. */
export async function lettersIn(app: App, name?: string): Promise<Letter[]> {
  const found = await rows<{ id: number; name: string }>(app.database.db, sql`
    select m.id, p.name from message m join person p on p.id = m.person_id where m.kind = 'daily' and m.subject is not null order by m.id`)
  return await Promise.all(found.filter((one) => name === undefined || one.name === name).map(async (one): Promise<Letter> => {
    const { state, period, subject, text } = (await findMessage(app.database.db, one.id))!
    return { to: one.name, on: period, state, subject: subject!, text: text! }
  }))
}

/** How often a text holds another. */
export const times = (text: string, part: string): number => text.split(part).length - 1
