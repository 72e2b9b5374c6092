// The blocks of the weekly status, from records to what a reader sees: who has the ball, what is in
// danger, what changed, and whether the product itself can be trusted.

import { addWorkingDays, type Calendar } from '../core/calendar.ts'
import { compareDays, type Day, dayOf, daysBetween, type Instant, isAfter, isBefore } from '../core/day.ts'
import type { Change, ChangeKind, DigestDuty, DigestFinding, DigestView, Need, Running } from '../core/digest.ts'
import { bookByOf, lightOf } from '../core/light.ts'
import { isLate, lateAfter } from '../core/obligation.ts'
import type { Directory, Organisation } from '../core/person.ts'
import { readCertifications } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import * as store from '../store/digests.ts'
import { countRuns, findLastDone } from '../store/jobs.ts'
import { listRunPlans } from '../store/overview.ts'
import { listForecasts, listProcedures } from '../store/procedures.ts'
import { listObligationsById } from '../store/obligations.ts'
import type { App } from './app.ts'
import { closingsOf, type FindingView, listFindings } from './findings.ts'
import { runningOf } from './procedures.ts'
import { readRegister } from './register.ts'
import { schemeName } from './reading.ts'
import type { World } from './world.ts'

export interface DigestScope {
  readonly scope: readonly Organisation[]
  readonly world: World
  readonly directory: Directory
  readonly calendar: Calendar
  readonly day: Day
  readonly since: Instant
  readonly now: Instant
}

type Blocks = Pick<DigestView, 'counts' | 'needsYou' | 'lateOrInDanger' | 'findings' | 'next30' | 'clusters' | 'running' | 'changed' | 'register' | 'trust'>

const ahead = 180

export async function readDigestBlocks(app: App, db: Db, at: DigestScope): Promise<Blocks> {
  const ids = at.scope.map((one) => one.id)
  const duties = await dutiesOf(app, db, ids, at)
  const running = await runsOf(app, db, ids, at)
  const needsYou = await needsOf(db, ids, duties, at)
  const bad = duties.filter(({ duty, late }) => late || duty.light === 'red' || duty.light === 'amber').map((one) => one.duty)
  const within = (from: number, to: number) => duties.filter(({ duty }) => duty.daysLeft >= from && duty.daysLeft <= to)
  const next30 = within(0, 30).map((one) => one.duty)
  const register = await readRegister(app, db, ids, at)
  return {
    counts: {
      needsYou: needsYou.length, late: duties.filter((one) => one.late).length,
      inDanger: duties.filter((one) => !one.late && (one.duty.light === 'red' || one.duty.light === 'amber')).length,
      next30: next30.length, in31to90: within(31, 90).length, in91to180: within(91, 180).length, running: running.length,
    },
    needsYou, lateOrInDanger: bad.toSorted(worstFirst), findings: await findingsOf(app, db, ids, at), next30, clusters: clustersOf(next30, at.calendar),
    running, changed: await changesOf(app, db, ids, at), register: register.counts,
    trust: await trustOf(db, ids, at, register.incomplete),
  }
}

interface Duty { readonly duty: DigestDuty; readonly late: boolean; readonly row: store.DutyRow }

async function dutiesOf(app: App, db: Db, ids: readonly number[], at: DigestScope): Promise<Duty[]> {
  const rows = await store.listDutiesUntil(db, ids, at.day.add({ days: ahead }))
  const plans = await listRunPlans(db, rows.map((row) => row.certification.id))
  const closings = await closingsOf(db, rows.map((row) => row.certification.id), at.day)
  // What rides on another, or waits for a visit to be booked, is told by the other's line.
  return rows.filter((row) => row.obligation.owedBy === 'organisation' && row.obligation.ladder !== 'none').map((row) => {
    const { obligation, certification } = row
    const ownerId = obligation.ownerId ?? certification.ownerId
    const finishOn = plans.get(certification.id)?.find((plan) => plan.targetOn.equals(obligation.dueOn))?.finishOn
    return {
      row, late: isLate(obligation, at.day),
      duty: {
        obligationId: obligation.id, certificationId: certification.id,
        scheme: schemeName(app, certification), name: certification.name,
        organisation: at.world.organisations.get(certification.organisationId)?.name ?? '',
        kind: obligation.kind, tier: obligation.tier, title: obligation.title, dueOn: obligation.dueOn,
        latestOn: obligation.latestOn, bookedOn: obligation.bookedOn, daysLeft: daysBetween(at.day, lateAfter(obligation)),
        light: lightOf(obligation, { finishOn, closesOn: closings.get(certification.id) }, at.calendar, at.day),
        owner: ownerId === null ? undefined : at.directory.get(ownerId)?.name,
        provisional: obligation.provisional, unverified: obligation.mark === 'unverified',
      },
    }
  })
}

// A list of so many is read elsewhere: the digest shows its first lines and the number.
const mostFindings = 1000

async function findingsOf(app: App, db: Db, organisationIds: readonly number[], at: DigestScope): Promise<DigestFinding[]> {
  const open = await listFindings(app, db, { organisationIds, openOnly: true, asOf: at.day }, mostFindings)
  return open.map((one): DigestFinding => ({
    findingId: one.id, certificationId: one.certificationId, scheme: one.scheme, name: one.certification, audit: one.audit, grade: one.gradeTitle, number: one.number,
    title: one.title, owed: one.owed?.what ?? 'proof', dueOn: one.owed?.dueOn, daysLeft: one.daysLeft, light: findingLight(one), owner: one.owner,
  }))
}

const findingLight = ({ late, daysLeft }: FindingView): DigestFinding['light'] =>
  (late ? 'red' : daysLeft !== undefined && daysLeft <= 14 ? 'amber' : 'grey')

// What is lost first: the certificate or the law, then what has been late longest.
const worstFirst = (a: DigestDuty, b: DigestDuty): number =>
  Number(b.daysLeft < 0) - Number(a.daysLeft < 0) || (a.tier < b.tier ? -1 : a.tier > b.tier ? 1 : 0) || a.daysLeft - b.daysLeft

async function needsOf(db: Db, ids: readonly number[], duties: readonly Duty[], at: DigestScope): Promise<Need[]> {
  const gaps = await store.readGaps(db, ids)
  const unreachable = await store.listUnreachable(db, ids)
  const mail = await store.countMail(db, ids, at.since)
  const other = gaps.unconfirmed - gaps.expired
  return [
    ...unbooked(duties, at.day),
    ...duties.filter(({ duty }) => duty.bookedOn && isBefore(duty.bookedOn, at.day)).map(({ duty }): Need => ({ kind: 'booked-day-passed', duty })),
    ...(gaps.withoutOwnerExample ? [{ kind: 'no-owner' as const, certifications: gaps.withoutOwner, exampleId: gaps.withoutOwnerExample.id, example: gaps.withoutOwnerExample.name }] : []),
    ...(gaps.expiredExample ? [{ kind: 'expired' as const, certifications: gaps.expired, exampleId: gaps.expiredExample.id, example: gaps.expiredExample.name }] : []),
    ...(other > 0 ? [{ kind: 'unconfirmed' as const, duties: other }] : []),
    ...unreachable.map((one): Need => ({ kind: 'unreachable', personId: one.id, person: one.name, cause: one.rejectedAt ? 'rejected' : 'no-address' })),
    ...(mail.failed > 0 ? [{ kind: 'failed-mail' as const, messages: mail.failed }] : []),
    ...at.scope.filter((one) => !one.live && mail.captured > 0).slice(0, 1).map((one): Need => ({ kind: 'not-live', organisation: one.name, captured: mail.captured })),
  ]
}

function unbooked(duties: readonly Duty[], day: Day): Need[] {
  return duties.flatMap(({ duty, row }) => {
    const bookBy = duty.bookedOn ? undefined : bookByOf(row.obligation)
    return bookBy && isAfter(day, bookBy) ? [{ kind: 'unbooked' as const, duty, bookBy }] : []
  })
}

// Three or more duties within ten working days are a week somebody will not get through.
function clustersOf(duties: readonly DigestDuty[], calendar: Calendar): { from: Day; to: Day; duties: number }[] {
  const days = duties.filter((duty) => duty.kind !== 'step').map((duty) => duty.dueOn)
  for (const [n, from] of days.entries()) {
    const until = addWorkingDays(from, 10, calendar).day
    const within = days.slice(n).filter((day) => !isAfter(day, until))
    if (within.length >= 3) return [{ from, to: within.at(-1)!, duties: within.length }]
  }
  return []
}

async function runsOf(app: App, db: Db, ids: readonly number[], at: DigestScope): Promise<Running[]> {
  const runs = await listProcedures(db, { organisationIds: ids, runningOnly: true })
  const forecasts = await listForecasts(db, runs.map((run) => run.procedure.id))
  const lastWeek = at.day.subtract({ days: 7 })
  return runs.map((run) => ({
    ...runningOf(run, { calendar: at.calendar, asOf: at.day, title: schemeName(app, { scheme: run.certification.scheme, options: {} }) }),
    slackBefore: forecasts.get(run.procedure.id)?.findLast((one) => compareDays(one.asOf, lastWeek) <= 0)?.slack ?? undefined,
  })).toSorted((a, b) => (a.slack ?? 999) - (b.slack ?? 999))
}

const changeKinds: Readonly<Record<string, ChangeKind>> = {
  'certification-added': 'added', 'certification-grant': 'granted', 'certification-renew': 'renewed',
  'certification-suspend': 'suspended', 'certification-restore': 'restored', 'certification-withdraw': 'withdrawn',
  'certification-cancel': 'given-up', 'certification-extend': 'extended', 'certification-archive': 'archived',
  'obligation-moved': 'moved', 'obligation-met': 'met', 'obligation-booked': 'booked', 'certification-owner': 'owner-changed',
}
const weight: readonly ChangeKind[] = [
  'suspended', 'withdrawn', 'given-up', 'renewed', 'granted', 'restored', 'extended', 'archived', 'moved', 'owner-changed', 'met', 'booked', 'added',
]

async function changesOf(app: App, db: Db, ids: readonly number[], at: DigestScope): Promise<Change[]> {
  const entries = (await store.listChanges(db, ids, at.since)).filter((entry) => changeKinds[entry.event])
  const duties = new Map((await listObligationsById(db, entries.filter((one) => one.subject === 'obligation').map((one) => one.subjectId))).map((one) => [one.id, one]))
  const certificationId = (entry: (typeof entries)[number]) => entry.subject === 'certification' ? entry.subjectId : duties.get(entry.subjectId)?.certificationId ?? 0
  const records = new Map((await readCertifications(db, [...new Set(entries.map(certificationId))])).map((one) => [one.id, one]))
  const changes = entries.flatMap((entry): Change[] => {
    const record = records.get(certificationId(entry))
    if (!record) return []
    const day = (name: string) => typeof entry.facts[name] === 'string' ? Temporal.PlainDate.from(entry.facts[name]) : undefined
    return [{
      kind: changeKinds[entry.event]!, on: dayOf(entry.at, 'UTC'), certificationId: record.id,
      scheme: schemeName(app, record), name: record.name,
      title: entry.subject === 'obligation' ? duties.get(entry.subjectId)?.title : undefined, from: day('from'), to: day('to') ?? day('on'),
      by: entry.actorId === null ? undefined : at.directory.get(entry.actorId)?.name, count: 1,
    }]
  })
  return folded(changes).toSorted((a, b) => weight.indexOf(a.kind) - weight.indexOf(b.kind))
}

// An import of six hundred is one line, and so is a pile of anything else.
function folded(changes: readonly Change[]): Change[] {
  return [...Map.groupBy(changes, (one) => one.kind).values()]
    .flatMap((alike) => (alike.length > 3 ? [{ ...alike[0]!, count: alike.length }] : alike))
}

async function trustOf(db: Db, ids: readonly number[], at: DigestScope, incomplete: number): Promise<DigestView['trust']> {
  const week = at.now.subtract({ hours: 7 * 24 })
  const mail = await store.countMail(db, ids, week)
  const gaps = await store.readGaps(db, ids)
  const last = await findLastDone(db, 'plan-reminders')
  return {
    checks: (await countRuns(db, 'plan-reminders', week, at.now.add({ seconds: 1 }))).done, lastCheckAt: last?.asOf,
    ...mail, unreachable: (await store.listUnreachable(db, ids)).length, withoutOwner: gaps.withoutOwner, incomplete,
  }
}
