// What is wrong with this installation, as sentences a person can act on.

import type { Transport } from '../mail/transport.ts'
import { listSuspended } from '../store/bounces.ts'
import { findLastDone } from '../store/jobs.ts'
import { countMessages, findOldestWaiting } from '../store/outbox.ts'
import { findFirstComplianceManager, listOrganisations, readDirectory } from '../store/people.ts'
import { findBrokenLink } from '../store/history.ts'
import { countQuarantined } from '../store/quarantine.ts'
import { alarmText, listOpenAlarms, wayOut } from './alarms.ts'
import type { App } from './app.ts'
import { findDatabaseStatus } from './database.ts'
import { unreadOrganisations } from './digest-scope.ts'
import { findHold } from './installation.ts'
import { loadWorld } from './world.ts'

export interface Finding {
  readonly what: string
  readonly ok: boolean
  readonly says: string
}

/** Looks at database, timetable, people and mail; sends nothing. */
export async function examine(app: App, transport: Transport | undefined): Promise<Finding[]> {
  return [
    ...await examineDatabase(app), await examineTimetable(app), await examinePeople(app), ...await examineAddresses(app),
    ...await examineMail(app, transport), ...await examineAlarms(app), ...await examineHistory(app),
  ]
}

async function examineDatabase(app: App): Promise<Finding[]> {
  const status = await findDatabaseStatus(app.database)
  const warnings = status.warnings.map((says) => ({ what: 'database', ok: false, says }))
  return warnings.length > 0 ? warnings : [{ what: 'database', ok: true, says: `${status.kind}, ${status.place}` }]
}

async function examineTimetable(app: App): Promise<Finding> {
  const last = await findLastDone(app.database.db, 'plan-reminders')
  const now = app.clock.now()
  const fresh = last !== undefined && Temporal.Instant.compare(last.startedAt.add({ minutes: 5 }), now) >= 0
  return {
    what: 'timetable', ok: fresh,
    says: last ? `last planning run at ${last.startedAt.toString({ smallestUnit: 'second' })}${fresh ? '' : ': start the server with npm start'}` : 'no planning run yet: start the server with npm start',
  }
}

async function examinePeople(app: App): Promise<Finding> {
  const { db } = app.database
  const organisations = await listOrganisations(db)
  if (organisations.length === 0) return { what: 'people', ok: false, says: 'no organisation yet: organisation add --name NAME' }
  const manager = await findFirstComplianceManager(db)
  const unread = manager ? unreadOrganisations(await loadWorld(db), await readDirectory(db)) : []
  if (unread.length > 0) {
    const names = unread.slice(0, 3).map((one) => one.name).join(', ')
    return { what: 'people', ok: false, says: `nobody reads the weekly status of ${names}${unread.length > 3 ? ` and ${unread.length - 3} more` : ''}: person edit PERSON --digest weekly --digest-organisation all` }
  }
  return manager
    ? { what: 'people', ok: true, says: `${organisations.length} organisations; compliance managers are told of every gap` }
    : { what: 'people', ok: false, says: 'no compliance manager: gaps are told to nobody. person add --role compliance-manager' }
}

async function examineAddresses(app: App): Promise<Finding[]> {
  const suspended = await listSuspended(app.database.db, 100)
  const [first] = suspended
  if (!first) return []
  const others = suspended.length > 1 ? ` and ${suspended.length - 1} more` : ''
  return [{ what: 'people', ok: false, says: `mail to ${first.name}${others} came back, so none goes there: person edit ${first.id} --email ADDRESS, or person reinstate ${first.id} once it gets through` }]
}

async function examineMail(app: App, transport: Transport | undefined): Promise<Finding[]> {
  const { db } = app.database
  const waiting = await findOldestWaiting(db, app.clock.now().subtract({ minutes: 15 }))
  const failed = await countMessages(db, app.clock.now().subtract({ hours: 7 * 24 }))
  const gone = (failed.get('rejected') ?? 0) + (failed.get('abandoned') ?? 0)
  const hold = transport ? await findHold(app) : undefined
  const verified = await transport?.verify()
  const held = await countQuarantined(db)
  return [
    verified === undefined ? { what: 'mail', ok: true, says: 'captured: nothing leaves (RECERT_MAIL=capture)' }
      : verified.ok ? { what: 'mail', ok: true, says: 'the mail server answers and accepts the sign-in' }
        : { what: 'mail', ok: false, says: `the mail server refuses at ${verified.phase}: ${verified.reply}` },
    ...(hold ? [{ what: 'mail', ok: false, says: hold }] : []),
    ...(held > 0 ? [{ what: 'quarantine', ok: false, says: `${held} mails may have been sent before a restore and wait for your decision: message quarantined, then message release or message drop` }] : []),
    ...(waiting ? [{ what: 'outbox', ok: false, says: `mail due at ${waiting.toString()} has not left` }] : []),
    ...(gone > 0 ? [{ what: 'outbox', ok: false, says: `${gone} mails of the last week were given up: message list --state rejected` }] : []),
  ]
}

async function examineAlarms(app: App): Promise<Finding[]> {
  const open = await listOpenAlarms(app)
  return open.map((one) => ({ what: 'alarm', ok: false, says: `${alarmText(one)}. See: ${wayOut(one)}; when it is settled: admin close-alarm ${one.id}` }))
}

async function examineHistory(app: App): Promise<Finding[]> {
  const { db } = app.database
  const broken: Finding[] = []
  for (const organisation of await listOrganisations(db)) {
    const link = await findBrokenLink(db, organisation.id)
    if (link !== undefined) broken.push({ what: 'history', ok: false, says: `${organisation.name}: link ${link} of the chain does not follow from the one before` })
  }
  return broken.length > 0 ? broken : [{ what: 'history', ok: true, says: 'every chain is whole' }]
}
