// An application on a test database, and the records that sentences about it need, made by the real use
// cases: Alice owns, Bob is her line manager, Carol manages compliance. Everybody lives in UTC on weekdays.

import { sql } from 'drizzle-orm'
import type { App } from '../../src/app/app.ts'
import { getCertification } from '../../src/app/certifications.ts'
import { openPost, deliverNext } from '../../src/app/deliveries.ts'
import type { Outcome } from '../../src/app/settlements.ts'
import { enterCertification, type NewCertification } from '../../src/app/entry.ts'
import { addOrganisation, addPerson, goLive, type NewOrganisation, type NewPerson } from '../../src/app/people.ts'
import { type Planned, planReminders } from '../../src/app/reminders.ts'
import { loadCatalogue, schemeFolders } from '../../src/app/schemes.ts'
import { readConfig } from '../../src/config.ts'
import type { Certification } from '../../src/core/certification.ts'
import type { Obligation } from '../../src/core/obligation.ts'
import type { Organisation, Person } from '../../src/core/person.ts'
import { type Log, silentLog } from '../../src/log.ts'
import type { Transport } from '../../src/mail/transport.ts'
import { rows } from '../../src/store/database.ts'
import { listObligationsOf } from '../../src/store/obligations.ts'
import { type TestClock, testClock } from './clock.ts'
import { testDatabase, type TestDatabase } from './database.ts'
import { day } from './factory.ts'

/** A Tuesday. */
export const start = '2026-11-24T08:00:00Z'

export interface TestApp {
  readonly app: App
  readonly clock: TestClock
  /** What was logged as an error, for whoever must be alarmed. */
  readonly alarms: string[]
  /** Empties the records and sets the clock back. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** Opens an application that captures its mail, on a database of its own. */
export async function testApp(open: () => Promise<TestDatabase> = testDatabase): Promise<TestApp> {
  const opened = await open()
  const clock = testClock(start)
  const alarms: string[] = []
  const log: Log = { ...silentLog, error: (_: unknown, text?: string) => void alarms.push(text ?? '') }
  const app: App = { config: readConfig({}), clock, log, database: opened.database, catalogue: await loadCatalogue(schemeFolders('nowhere')) }
  return {
    app, clock, alarms, close: () => opened.close(),
    async reset() {
      await opened.reset()
      clock.set(start)
      alarms.length = 0
    },
  }
}

export const anOrganisation = (app: App, name = 'Harbour Cloud', rest: Partial<NewOrganisation> = {}): Promise<Organisation> => app.database.transact((db) =>
  addOrganisation(app, db, { name, calendar: 'weekdays', ...rest }, { zone: 'UTC', now: app.clock.now() }))

export const aPerson = (app: App, values: Partial<NewPerson> & Pick<NewPerson, 'name' | 'organisationId'>): Promise<Person> =>
  app.database.transact((db) => addPerson(app, db,
    { email: `${values.name.toLowerCase()}@example.org`, roles: ['owner'], ...values }, app.clock.now()))

export interface Cast {
  readonly organisation: Organisation
  readonly alice: Person
  readonly bob: Person
  readonly carol: Person
}

/** Adds an organisation with Bob, Alice and Carol. */
export async function aCast(app: App, rest: Partial<NewOrganisation> = {}): Promise<Cast> {
  const organisation = await anOrganisation(app, undefined, rest)
  const bob = await aPerson(app, { name: 'Bob', organisationId: organisation.id })
  const alice = await aPerson(app, { name: 'Alice', organisationId: organisation.id, supervisorId: bob.id })
  const carol = await aPerson(app, { name: 'Carol', organisationId: organisation.id, roles: ['compliance-manager'] })
  return { organisation, alice, bob, carol }
}

/** Lets mail of an organisation leave, as an installation with a mail server would. */
export const live = (app: App, organisation: Organisation): Promise<{ renewed: number }> => app.database.transact((db) =>
  goLive({ ...app, config: { ...app.config, mail: 'smtp' } }, db, organisation, app.clock.now()))

export type CertificationSample = Partial<Omit<NewCertification, 'days'>> & Pick<NewCertification, 'organisationId'>
  & { readonly days?: Readonly<Record<string, string>> }

/**
 * Enters a FIPS 140 validation: one duty, its expiry on Wednesday 30 June 2027, said 180, 90, 30, 7 and 0
 * days before to the owner and 7 days before to the line manager and to compliance.
 */
export async function aCertification(app: App, { days, ...values }: CertificationSample): Promise<Certification> {
  const { certificationId } = await app.database.transact((db) => enterCertification(app, db, {
    scheme: 'fips-140', options: {}, name: 'Module', cycleKind: 'initial', ...values,
    days: Object.fromEntries(Object.entries(days ?? { expiry: '2027-06-30' }).map(([name, text]) => [name, day(text)])),
  }, app.clock.now()))
  return await getCertification(app.database.db, certificationId)
}

/** Returns the duty of a rule, the earliest where there are several. */
export async function dutyOf(app: App, certificationId: number, ruleId = 'expiry'): Promise<Obligation> {
  const duties = await listObligationsOf(app.database.db, [certificationId])
  const found = duties.find((one) => one.ruleId === ruleId)
  if (!found) throw new Error(`no duty ${ruleId}; there are ${duties.map((one) => one.ruleId).join(', ')}`)
  return found
}

/** Lists the duties of a certification as text, by due day: `2027-06-30 expiry open`. */
export async function dutiesOf(app: App, certificationId: number): Promise<string[]> {
  return (await listObligationsOf(app.database.db, [certificationId]))
    .map((one) => `${one.dueOn.toString()} ${one.ruleId}${one.ordinal === 1 ? '' : ` #${one.ordinal}`} ${one.state}`)
}

/** Plans as of a moment, at which the clock then stands. */
export async function planAt({ app, clock }: TestApp, moment: string): Promise<Planned> {
  clock.set(moment)
  return await planReminders(app, clock.now(), true)
}

/** Delivers all that waits at the clock's moment; captured without a transport. */
export async function deliverAll(app: App, transport?: Transport): Promise<Outcome[]> {
  const post = await openPost(app, transport, app.clock.now())
  const outcomes: Outcome[] = []
  for (;;) {
    const outcome = await deliverNext(app, post)
    if (outcome === undefined) return outcomes
    outcomes.push(outcome)
    if (outcome === 'paused') return outcomes
  }
}

/** Lists what the ledger holds as text, oldest first: `Alice 2027-05-31 P30D said`; the day is that of the message. */
export async function ledger(app: App): Promise<string[]> {
  const found = await rows<{ line: string }>(app.database.db, sql`
    select concat_ws(' ', p.name, m.period || case when m.part > 1 then '#' || m.part else '' end, n.notice, n.outcome,
      case when n.purpose <> 'reminder' then n.purpose end,
      case when n.on_behalf_of is not null and n.on_behalf_of <> n.person_id then 'for ' || o.name end) as line
    from notice n join person p on p.id = n.person_id left join message m on m.id = n.message_id left join person o on o.id = n.on_behalf_of
    order by n.id`)
  return found.map((row) => row.line)
}

/** Lists the messages as text, oldest first: `Alice daily 2027-05-31 planned`. */
export async function mail(app: App): Promise<string[]> {
  const found = await rows<{ line: string }>(app.database.db, sql`
    select concat_ws(' ', p.name, m.kind, m.period || case when m.part > 1 then '#' || m.part else '' end, m.state) as line
    from message m join person p on p.id = m.person_id order by m.id`)
  return found.map((row) => row.line)
}
