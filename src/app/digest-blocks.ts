// The blocks of the weekly status, from records to what a reader sees: what needs them, what is late or in
// danger, what comes, what changed, and whether the product itself can be trusted.

import type { Calendar } from '../core/calendar.ts'
import { compareDays, type Day, type Instant, latest } from '../core/day.ts'
import type { DigestFinding, DigestView, Running } from '../core/digest.ts'
import type { Directory, Organisation } from '../core/person.ts'
import { findClusters, lastShown, weeksAhead } from '../core/weeks-ahead.ts'
import type { Db } from '../store/database.ts'
import { listDutiesUntil } from '../store/digests.ts'
import { countRuns, findLastDone } from '../store/jobs.ts'
import { listForecasts, listProcedures } from '../store/procedures.ts'
import type { Within } from '../store/within.ts'
import type { App } from './app.ts'
import { changesOf } from './digest-changes.ts'
import { datedDuties, digestDuties, isBad, worstFirst } from './digest-duties.ts'
import { type Lacks, mailSince, needsOf, readLacks } from './digest-needs.ts'
import { type FindingView, listFindings } from './findings.ts'
import { runningOf } from './procedures.ts'
import { readRegister } from './register.ts'
import { schemeName } from './reading.ts'
import type { World } from './world.ts'

export interface DigestScope {
  readonly scope: readonly Organisation[]
  readonly within: Within
  readonly world: World
  readonly directory: Directory
  readonly calendar: Calendar
  readonly zone: string
  readonly day: Day
  readonly since: Instant
  readonly now: Instant
}

type Blocks = Pick<DigestView, 'counts' | 'needsYou' | 'lateOrInDanger' | 'findings' | 'next30' | 'clusters' | 'weeks' | 'running' | 'changed' | 'register' | 'trust'>

const ahead = 180

export async function readDigestBlocks(app: App, db: Db, at: DigestScope): Promise<Blocks> {
  const until = latest(at.day.add({ days: ahead }), lastShown(at.day))!
  const duties = await digestDuties(app, db, await listDutiesUntil(db, at.within, until), at)
  const running = await runsOf(app, db, at)
  const lacks = await readLacks(db, at)
  const needsYou = await needsOf(app, db, duties, lacks, at)
  const bad = duties.filter(isBad)
  const count = (from: number, to: number) => duties.filter(({ duty }) => duty.daysLeft >= from && duty.daysLeft <= to).length
  const next30 = duties.filter(({ duty }) => duty.daysLeft >= 0 && duty.daysLeft <= 30).map((one) => one.duty)
  const findings = await findingsOf(app, db, at)
  const register = await readRegister(app, db, at.within, at)
  return {
    counts: {
      needsYou: needsYou.length, late: bad.filter((one) => one.late).length, inDanger: bad.filter((one) => !one.late).length,
      findings: findings.length, next30: next30.length, in31to90: count(31, 90), in91to180: count(91, 180), running: running.length,
    },
    needsYou, lateOrInDanger: await datedDuties(db, bad.map((one) => one.duty).toSorted(worstFirst), at.zone), findings, next30,
    // A step is kept to its last day by its run: many of them are no crowd.
    clusters: findClusters(next30.filter((duty) => duty.kind !== 'step').map((duty) => duty.dueOn), at.calendar),
    weeks: weeksAhead(duties.filter((one) => !one.late).map(({ duty }) => ({ on: duty.bookedOn ?? duty.dueOn, light: duty.light })), at.day),
    running, changed: await changesOf(app, db, at), register: register.counts, trust: await trustOf(db, at, lacks, register.incomplete),
  }
}

// A list of so many is read elsewhere: the digest shows its first lines and the number.
const mostFindings = 1000
const mostRuns = 1000

async function findingsOf(app: App, db: Db, at: DigestScope): Promise<DigestFinding[]> {
  const open = await listFindings(app, db, { within: at.within, openOnly: true, asOf: at.day }, mostFindings)
  return open.map((one): DigestFinding => ({
    findingId: one.id, certificationId: one.certificationId, scheme: one.scheme, name: one.certification, audit: one.audit, grade: one.gradeTitle, number: one.number,
    title: one.title, owed: one.owed?.what ?? 'proof', dueOn: one.owed?.dueOn, daysLeft: one.daysLeft, light: findingLight(one), owner: one.owner,
  }))
}

const findingLight = ({ late, daysLeft }: FindingView): DigestFinding['light'] =>
  (late ? 'red' : daysLeft !== undefined && daysLeft <= 14 ? 'amber' : 'grey')

async function runsOf(app: App, db: Db, at: DigestScope): Promise<Running[]> {
  const runs = await listProcedures(db, { within: at.within, runningOnly: true }, mostRuns)
  const forecasts = await listForecasts(db, runs.map((run) => run.procedure.id))
  const lastWeek = at.day.subtract({ days: 7 })
  return runs.map((run) => ({
    ...runningOf(run, { calendar: at.calendar, asOf: at.day, title: schemeName(app, { scheme: run.certification.scheme, options: {} }) }),
    slackBefore: forecasts.get(run.procedure.id)?.findLast((one) => compareDays(one.asOf, lastWeek) <= 0)?.slack ?? undefined,
  })).toSorted((a, b) => (a.slack ?? 999) - (b.slack ?? 999))
}

async function trustOf(db: Db, at: DigestScope, { gaps, unreachable, left, mail }: Lacks, incomplete: number): Promise<DigestView['trust']> {
  const week = at.now.subtract({ hours: 7 * 24 })
  const last = await findLastDone(db, 'plan-reminders')
  return {
    checks: (await countRuns(db, 'plan-reminders', week, at.now.add({ seconds: 1 }))).done, lastCheckAt: last?.asOf,
    mailSince: mailSince(at), ...mail, bounced: unreachable.filter((one) => one.rejectedAt).length, unreachable: unreachable.filter((one) => !one.rejectedAt).length,
    withoutOwner: gaps.withoutOwner, ownerLeft: left.reduce((sum, one) => sum + one.duties, 0), incomplete,
  }
}
