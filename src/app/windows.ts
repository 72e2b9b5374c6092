// When a run should begin: for each duty that a template serves and no run is for yet, the day its window opens
// and the last day it may start. Where an organisation wants it so, the run starts by itself when it opens.

import { addWorkingDays, workingDaysBetween } from '../core/calendar.ts'
import type { Certification, Words } from '../core/certification.ts'
import { compareDays, type Day, dayOf, earliest, type Instant, isAfter } from '../core/day.ts'
import type { Obligation } from '../core/obligation.ts'
import { latestStartOn } from '../core/procedure.ts'
import { findScheme, type Template } from '../core/scheme.ts'
import { listCertifications, readCertifications } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { listObligationsOf } from '../store/obligations.ts'
import { listServings } from '../store/procedures.ts'
import type { App } from './app.ts'
import { calendarOf } from './calendars.ts'
import { getCertification } from './certifications.ts'
import { offeredTemplates, startProcedure } from './procedures.ts'
import { loadWorld, todayOf, type World } from './world.ts'

/** A run that nobody has started yet. */
export interface Window {
  readonly certificationId: number
  readonly certification: string
  readonly template: string
  readonly obligationId: number
  readonly duty: Words
  readonly dueOn: Day
  /** The first day it makes sense: the duty's own window, or twenty working days before it must begin. */
  readonly opensOn: Day
  /** The last day it may begin and still finish in time. */
  readonly latestStartOn: Day
  /** Working days from today to that day; negative where it has passed. */
  readonly slack: number
}

/** A month of working days to spare: what is planned later than that is planned in haste. */
const ahead = 20
const page = 500

/** Lists the runs that nobody has started yet, the most urgent first. */
export async function listWindows(app: App, asked: { readonly certificationId?: number | undefined; readonly asOf?: Day | undefined }, limit: number): Promise<Window[]> {
  const { db } = app.database
  const world = await loadWorld(db)
  const found: Window[] = []
  if (asked.certificationId !== undefined) found.push(...await windowsOf(app, db, [await getCertification(db, asked.certificationId)], { world, asOf: asked.asOf }))
  else for await (const records of everyPage(db)) found.push(...await windowsOf(app, db, records, { world, asOf: asked.asOf }))
  return found.toSorted((a, b) => compareDays(a.latestStartOn, b.latestStartOn)).slice(0, limit)
}

async function* everyPage(db: Db, organisationId?: number): AsyncGenerator<Certification[]> {
  for (let after = 0; ;) {
    const records = await listCertifications(db, { organisationId, after }, page)
    if (records.length > 0) yield records
    if (records.length < page) return
    after = records.at(-1)!.id
  }
}

interface Scene { readonly world: World; readonly asOf?: Day | undefined }

/** Returns the runs that these certifications lack; one past its day has none to start any more. */
export async function windowsOf(app: App, db: Db, records: readonly Certification[], { world, asOf }: Scene): Promise<Window[]> {
  const ids = records.map((one) => one.id)
  const duties = Map.groupBy(await listObligationsOf(db, ids), (one) => one.certificationId)
  const taken = new Set((await listServings(db, ids)).map((one) => keyOf(one.certificationId, one.cycle, one.rule, one.ordinal)))
  const now = app.clock.now()
  return records.flatMap((record) => {
    const scheme = findScheme(app.catalogue, record.scheme)
    const today = asOf ?? todayOf(world, record.organisationId, now)
    return (scheme ? offeredTemplates(scheme, record.options) : []).flatMap((template) => (duties.get(record.id) ?? [])
      .filter((duty) => isServed(duty, template, today) && !taken.has(keyOf(record.id, duty.cycle, duty.ruleId, duty.ordinal)))
      .map((duty) => windowOf(record, template, duty, { world, today })))
  })
}

const keyOf = (...parts: readonly (string | number | null)[]): string => parts.join('/')

const isServed = (duty: Obligation, template: Template, today: Day): boolean =>
  template.serves.includes(duty.ruleId) && duty.state === 'open' && compareDays(duty.dueOn, today) >= 0

function windowOf(record: Certification, template: Template, duty: Obligation, { world, today }: { readonly world: World; readonly today: Day }): Window {
  const calendar = calendarOf(world.calendars, world.organisations.get(record.organisationId)!.calendar)
  const lastOn = latestStartOn(template, duty.dueOn, calendar)
  return {
    certificationId: record.id, certification: record.name, template: template.id, obligationId: duty.id, duty: duty.title, dueOn: duty.dueOn,
    opensOn: earliest(duty.opensOn, addWorkingDays(lastOn, -ahead, calendar).day)!, latestStartOn: lastOn, slack: workingDaysBetween(today, lastOn, calendar),
  }
}

/** Starts every run whose window has opened, where the organisation wants them started by themselves. Returns how many. */
export async function startOpenRuns(app: App, now: Instant): Promise<number> {
  const world = await loadWorld(app.database.db)
  let started = 0
  for (const organisation of world.organisations.values()) {
    if (organisation.runs !== 'automatic') continue
    const today = dayOf(now, organisation.zone)
    for await (const records of everyPage(app.database.db, organisation.id)) {
      started += await app.database.transact(async (db) => startAll(app, db, records, { world, today, now }))
    }
  }
  return started
}

async function startAll(app: App, db: Db, page: readonly Certification[], at: { readonly world: World; readonly today: Day; readonly now: Instant }): Promise<number> {
  const records = await readCertifications(db, page.map((one) => one.id))
  const open = (await windowsOf(app, db, records, { world: at.world, asOf: at.today })).filter((one) => !isAfter(one.opensOn, at.today))
  // A duty that two templates serve gets one run: the first the scheme names.
  const first = new Map(open.toReversed().map((one) => [one.obligationId, one]))
  for (const one of first.values()) {
    await startProcedure(app, db, { certificationId: one.certificationId, template: one.template, startOn: at.today, obligationId: one.obligationId, startedBy: 'window' }, { now: at.now })
  }
  return first.size
}
