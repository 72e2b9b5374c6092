// The first page: what is late and who has the ball, what comes next and how safe it is, what waits for
// an answer, which runs are under way, and whether the product itself is working.

import type { Day, Instant } from '../core/day.ts'
import type { Light } from '../core/digest.ts'
import type { Words } from '../core/certification.ts'
import { countedTo } from '../core/obligation.ts'
import type { CertificationState } from '../core/standing.ts'
import type { Db } from '../store/database.ts'
import type { DutyRow } from '../store/digests.ts'
import { readCertifications } from '../store/certifications.ts'
import { findLastDone, listLastRuns } from '../store/jobs.ts'
import * as store from '../store/overview.ts'
import { countQuarantined } from '../store/quarantine.ts'
import { type Alarm, listOpenAlarms } from './alarms.ts'
import type { App } from './app.ts'
import { calendarFor, type DutyView, dutyView, type Judged, type Question, questionOf, schemeName, seenBy } from './reading.ts'
import { standingsOf } from './standings.ts'
import { type RunView, viewRuns } from './runs.ts'
import type { Reader } from './sign-in.ts'
import { loadWorld, type World } from './world.ts'

/** The duties of one certification that end the same day, for the same owner: one line. */
export interface Line {
  readonly certificationId: number
  readonly certification: string
  readonly scheme: Words
  readonly organisation: string
  readonly duties: readonly DutyView[]
  readonly dueOn: Day
  readonly latestOn: Day | undefined
  readonly bookedOn: Day | undefined
  readonly daysLeft: number
  readonly light: Light
  readonly owner: string | undefined
}

/** A certification with something to answer: duties past at entry, or an expiry that nothing followed. */
export interface Asking {
  readonly certificationId: number
  readonly certification: string
  readonly scheme: Words
  readonly expiry: { readonly obligationId: number; readonly on: Day; readonly confirmed: boolean } | undefined
  readonly state: CertificationState | undefined
  readonly restorableUntil: Day | undefined
  readonly duties: readonly { readonly id: number; readonly title: Words; readonly dueOn: Day }[]
}

export interface Health {
  readonly lastRunAt: Instant | undefined
  readonly failedJobs: readonly string[]
  readonly mail: store.MailHealth
  readonly mode: 'capture' | 'smtp'
  /** What is wrong with the mail, oldest first. */
  readonly alarms: readonly Alarm[]
  /** Mail that may have been sent before a restore. */
  readonly quarantined: number
}

export interface Overview extends Question {
  readonly zone: string
  readonly sight: 'every' | 'own'
  readonly counts: store.DutyCounts & { readonly inDanger: number; readonly asking: number }
  /** True where there are more duties ahead than were looked at: `inDanger` is then a least number. */
  readonly capped: boolean
  readonly late: readonly Line[]
  readonly ahead: readonly Line[]
  /** Lines that the two lists leave out. */
  readonly lateMore: number
  readonly aheadMore: number
  readonly asking: readonly Asking[]
  readonly running: readonly RunView[]
  readonly health: Health | undefined
}

const looked = 2000
const danger = 180
const next = 90
const shownLines = 40
const shownAsking = 5
const shownRuns = 6

/** Returns the first page's contents for a reader; `asked` is the `?asOf=` of the page. */
export async function getOverview(app: App, reader: Reader, asked: string | undefined): Promise<Overview> {
  const { db } = app.database
  const question = questionOf(app, reader, asked)
  const seen = seenBy(reader, 'certifications')
  const rows = await store.listDutiesSeen(db, seen, question.asOf.add({ days: danger }), looked)
  const world = await loadWorld(db)
  const lines = await linesOf(app, db, rows, { reader, world, asOf: question.asOf })
  const late = lines.filter((line) => line.daysLeft < 0)
  const ahead = lines.filter((line) => line.daysLeft >= 0 && (line.daysLeft <= next || isInDanger(line)))
  const asking = await store.listAsking(db, seen, question.asOf, shownAsking)
  return {
    ...question, zone: reader.person.zone, sight: reader.rights.certifications,
    counts: {
      ...await store.countDuties(db, seen, question.asOf), asking: asking.total,
      inDanger: lines.flatMap((line) => line.duties).filter((duty) => !duty.late && isInDanger(duty)).length,
    },
    capped: rows.length === looked,
    late: late.slice(0, shownLines), lateMore: Math.max(0, late.length - shownLines),
    ahead: ahead.slice(0, shownLines), aheadMore: Math.max(0, ahead.length - shownLines),
    asking: await askingOf(app, db, asking.ids, { seen, world, asOf: question.asOf }),
    running: await runningOf(app, db, reader, question.asOf),
    health: reader.rights.health ? await readHealth(app, db) : undefined,
  }
}

const isInDanger = (one: { readonly light: Light | undefined }): boolean => one.light === 'red' || one.light === 'amber'

async function linesOf(
  app: App, db: Db, rows: readonly DutyRow[], at: { readonly reader: Reader; readonly world: World; readonly asOf: Day },
): Promise<Line[]> {
  const names = await store.listNames(db, rows.flatMap((row) => ownerOf(row) ?? []))
  const plans = await store.listRunPlans(db, rows.map((row) => row.certification.id))
  const calendar = await calendarFor(db, at.reader)
  const judge = (row: DutyRow): Judged =>
    ({ owner: names.get(ownerOf(row) ?? 0), plans: plans.get(row.certification.id), calendar })
  const groups = Map.groupBy(rows, (row) =>
    [row.certification.id, row.obligation.dueOn.toString(), countedTo(row.obligation).toString(), ownerOf(row)].join('/'))
  return [...groups.values()].map((group) => lineOf(app, group, group.map((row) => dutyView(row.obligation, judge(row), at.asOf)), at.world))
}

const ownerOf = ({ obligation, certification }: DutyRow): number | undefined => obligation.ownerId ?? certification.ownerId ?? undefined

const worst: readonly Light[] = ['red', 'amber', 'grey', 'green']

function lineOf(app: App, rows: readonly DutyRow[], duties: readonly DutyView[], world: World): Line {
  const { certification } = rows[0]!
  const lights = duties.map((duty) => duty.light ?? 'grey')
  const strictest = duties.reduce((a, b) => (b.daysLeft < a.daysLeft ? b : a))
  return {
    certificationId: certification.id, certification: certification.name, scheme: schemeName(app, certification),
    organisation: world.organisations.get(certification.organisationId)?.name ?? '', duties,
    dueOn: strictest.dueOn, latestOn: strictest.latestOn, bookedOn: duties[0]!.bookedOn, daysLeft: strictest.daysLeft,
    light: worst.find((light) => lights.includes(light)) ?? 'grey', owner: duties[0]!.owner,
  }
}

async function askingOf(
  app: App, db: Db, ids: readonly number[], at: { readonly seen: store.SeenBy; readonly world: World; readonly asOf: Day },
): Promise<Asking[]> {
  const rows = Map.groupBy(await store.listQuestions(db, at.seen, { certificationIds: ids, asOf: at.asOf }, 500), (row) => row.certification.id)
  const standings = await standingsOf(app, db, await readCertifications(db, ids), { world: at.world, asOf: () => at.asOf })
  return ids.flatMap((id): Asking[] => {
    const asked = rows.get(id) ?? []
    if (asked.length === 0) return []
    const { certification } = asked[0]!
    const expiry = asked.findLast(({ obligation }) => obligation.kind === 'expiry')?.obligation
    return [{
      certificationId: id, certification: certification.name, scheme: schemeName(app, certification),
      expiry: expiry && { obligationId: expiry.id, on: expiry.dueOn, confirmed: expiry.state !== 'unconfirmed' },
      state: standings.get(id)?.state, restorableUntil: standings.get(id)?.restorableUntil,
      duties: asked.filter(({ obligation }) => obligation.kind !== 'expiry')
        .map(({ obligation }) => ({ id: obligation.id, title: obligation.title, dueOn: obligation.dueOn })),
    }]
  })
}

async function runningOf(app: App, db: Db, reader: Reader, asOf: Day): Promise<RunView[]> {
  const ids = await store.listRunningIds(db, seenBy(reader, 'certifications'), shownRuns)
  const runs = ids.length === 0 ? [] : await viewRuns(app, db, { ids }, asOf)
  return runs.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
}

async function readHealth(app: App, db: Db): Promise<Health> {
  const last = await findLastDone(db, 'plan-reminders')
  const failed = (await listLastRuns(db)).filter((run) => run.outcome === 'failed')
  return {
    lastRunAt: last?.endedAt ?? undefined, failedJobs: failed.map((run) => run.job),
    mail: await store.readMailHealth(db, app.clock.now().subtract({ hours: 7 * 24 })), mode: app.config.mail,
    alarms: await listOpenAlarms(app), quarantined: await countQuarantined(db),
  }
}
