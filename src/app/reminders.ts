// Planning reminders: candidates, decisions, then one transaction per person that writes the ledger and
// the message together. Run any number of times, at any time, by any number of processes.

import { priorityOfDays } from '../core/channel.ts'
import { type Day, dayOf, type Instant } from '../core/day.ts'
import { isUnwindowed } from '../core/ladder.ts'
import type { Obligation } from '../core/obligation.ts'
import { variantsOf } from '../core/policy.ts'
import type { Unheard } from '../core/reminder.ts'
import { type Rise, silenceFrom, snoozeOf } from '../core/rise.ts'
import { atOnce, opensBetween, passesFirst, sendHourAfter } from '../core/sending.ts'
import { longestShift, type Window, windowsOf } from '../core/window.ts'
import { readReturned } from '../store/bounces.ts'
import { type Db, wakeWorkers } from '../store/database.ts'
import { findWatermark, moveWatermark } from '../store/jobs.ts'
import { checkWhatMayBeUnanswered, setNextCheck } from '../store/obligations.ts'
import { findParts, hurryMessage, insertMessage, removeUnsaid } from '../store/outbox.ts'
import { listSendHours, readDirectory } from '../store/people.ts'
import { readPolicies } from '../store/policies.ts'
import { insertNotices, listCandidates, type NoticeValues } from '../store/reminders.ts'
import type { App } from './app.ts'
import { messageIdFor } from './installation.ts'
import { hasNewsToTell, planNews } from './news.ts'
import { decideAll, loadDuties, type PlanScene, type Verdict } from './verdicts.ts'
import { loadWorld, type World } from './world.ts'

export const planJob = 'plan-reminders'
const chunk = 500

export interface Planned {
  readonly considered: number
  readonly said: number
  readonly messages: number
  readonly waiting: number
  /** Duties that call for a notice and have nobody who can be reached. */
  readonly unheard: number
}

interface Scene extends PlanScene {
  /** False where a run was asked about another moment: it leaves no trace of how far was looked. */
  readonly leavesMarks: boolean
}

const nothing: Planned = { considered: 0, said: 0, messages: 0, waiting: 0, unheard: 0 }

/** Plans what is due to be said as of `now`. With `leavesMarks` false the watermark and next looks stay as they are. */
export async function planReminders(app: App, now: Instant, leavesMarks: boolean): Promise<Planned> {
  return await planAt(app, now, { leavesMarks })
}

/** Plans what was due to be said at a moment before a restore: into mails that are quarantined, as if they left then. */
export async function replanReminders(app: App, now: Instant): Promise<Planned> {
  return await planAt(app, now, { leavesMarks: true, begins: 'quarantined' })
}

async function planAt(app: App, now: Instant, how: Pick<Scene, 'leavesMarks' | 'begins'>): Promise<Planned> {
  const { db } = app.database
  const windows = await windowsDue(db, now, how.leavesMarks)
  const ids = await listCandidates(db, windows, now, { after: 0, limit: chunk })
  // Most minutes of a day have nothing to look at: then nobody is read.
  const isIdle = ids.length === 0 && windows.length === 0 && !await hasNewsToTell(db)
  const planned = isIdle ? nothing : await planFrom(app, { ...await openScene(app, now), ...how }, windows, ids)
  if (how.leavesMarks) await app.database.transact((tx) => moveWatermark(tx, planJob, now))
  // Once for all of them, and after they are stored: other processes help at once.
  if (planned.messages > 0) await app.database.transact(wakeWorkers)
  return planned
}

async function openScene({ database: { db } }: App, now: Instant): Promise<PlanScene> {
  return { world: await loadWorld(db), directory: await readDirectory(db), policies: await readPolicies(db), now }
}

async function planFrom(app: App, scene: Scene, windows: readonly Window[], first: readonly number[]): Promise<Planned> {
  let total = nothing
  let at = scene
  for (let ids = first; ids.length > 0;) {
    total = added(total, await planChunk(app, at, ids))
    if (ids.length < chunk) break
    ids = await listCandidates(app.database.db, windows, scene.now, { after: ids.at(-1)!, limit: chunk })
    // People are read after the duties: of whoever was added meanwhile both are seen, or neither. A duty whose owner
    // is not known yet would be put off by an hour.
    at = { ...scene, ...await openScene(app, scene.now) }
  }
  const told = await planNews(app, scene, windows.length > 0)
  return { ...total, messages: total.messages + told.messages }
}

// Duties become due only at somebody's send hour: between two of them only what changed is looked at.
async function windowsDue(db: Db, now: Instant, leavesMarks: boolean): Promise<Window[]> {
  const since = await findWatermark(db, planJob) ?? now.subtract({ hours: 48 })
  const from = Temporal.Instant.compare(since, now) <= 0 ? since : now.subtract({ hours: 24 })
  const opens = (await listSendHours(db)).some(({ sendHour, zone }) => opensBetween(sendHour, zone, from, now))
  return opens || !leavesMarks ? windowsOf(variantsOf(await readPolicies(db)), from, now) : []
}

async function planChunk(app: App, scene: Scene, ids: readonly number[]): Promise<Planned> {
  const duties = await loadDuties(app.database.db, ids)
  const verdicts = await hastened(app.database.db, decideAll(duties, scene, scene.now), scene.now)
  const due = verdicts.filter((one) => one.timing?.send)
  let said = 0, messages = 0
  const waits: { obligation: Obligation; until: Instant }[] = []
  for (const group of Map.groupBy(due, (one) => `${one.listener.personId}/${rehearses(one, scene.world)}`).values()) {
    const result = await app.database.transact((tx) => say(app, tx, group, scene))
    said += result.said
    messages += result.opened ? 1 : 0
    if (result.waitUntil) waits.push(...group.map((one) => ({ obligation: one.duty.obligation, until: result.waitUntil! })))
  }
  await app.database.transact((tx) => recordUnheard(tx, verdicts, scene))
  if (scene.leavesMarks) await app.database.transact((tx) => setNextCheck(tx, nextChecks(duties.map((duty) => duty.obligation), verdicts, waits, scene.now)))
  const waiting = verdicts.filter((one) => one.timing && !one.timing.send).length + waits.length
  const heard = new Set(verdicts.map((one) => one.duty.obligation.id))
  return { considered: ids.length, said, messages, waiting, unheard: duties.filter((duty) => !heard.has(duty.obligation.id)).length }
}

const dayLong = { hours: 24 }

// Whoever hears in place of somebody whose mail came back does not wait for their own send hour: it was due, and said to nobody.
async function hastened(db: Db, verdicts: readonly Verdict[], now: Instant): Promise<Verdict[]> {
  const stands = ({ decision, listener }: Verdict): boolean => decision.say && listener.purpose !== 'reminder'
  const returned = await readReturned(db, [...new Set(verdicts.filter(stands).map((one) => one.duty.obligation.id))], now.subtract(dayLong))
  return verdicts.map((one) => (stands(one) && returned.has(one.duty.obligation.id) ? { ...one, timing: atOnce(now) } : one))
}

const added = (a: Planned, b: Planned): Planned => ({
  considered: a.considered + b.considered, said: a.said + b.said, messages: a.messages + b.messages,
  waiting: a.waiting + b.waiting, unheard: a.unheard + b.unheard,
})

const rehearses = (verdict: Verdict, world: World): boolean =>
  !world.organisations.get(verdict.duty.obligation.organisationId)?.live

/**
 * Writes one person's notices and the message that says them, in one transaction.
 *
 * The day's mail is added to while it has not left. Once it has, only what would be worthless by the
 * next one makes a second; the rest waits for the next send hour.
 */
async function say(
  app: App, db: Db, group: readonly Verdict[], scene: Scene,
): Promise<{ said: number; opened: boolean; waitUntil?: Instant }> {
  const { person, calendar } = group[0]!.listener
  const today = dayOf(scene.now, person.zone)
  const key = { personId: person.id, kind: 'daily' as const, period: today.toString(), rehearsal: rehearses(group[0]!, scene.world) }
  const { waiting, hasLeft, count } = await findParts(db, key, scene.begins && scene.now)
  const nextMailAt = sendHourAfter(person, calendar, today)
  const now = waiting || !hasLeft ? group : group.filter((one) => isUrgent(one, today, dayOf(nextMailAt, person.zone)))
  if (now.length === 0) return { said: 0, opened: false, waitUntil: nextMailAt }
  const part = waiting ? waiting.part : count + 1
  const priority = priorityOfDays(now.map((one) => one.decision.rise?.offsetDays ?? 0))
  if (waiting) await hurryMessage(db, waiting.id, priority)
  const id = waiting ? waiting.id : await insertMessage(db, {
    ...key, part, organisationId: person.organisationId, language: person.language, dueAt: earliestDue(now, scene.now), priority, state: scene.begins ?? 'planned',
    messageId: await messageIdFor(app, db, [key.personId, key.kind, key.period, part, key.rehearsal]),
  }, scene.now)
  // Somebody else has just opened it: it is committed by now, so what they did not know of joins it.
  if (id === undefined) return await say(app, db, group, scene)
  const said = await insertNotices(db, now.flatMap((one) => rowsOf(one, id)), scene.now)
  if (said === 0 && !waiting) await removeUnsaid(db, id)
  if (scene.begins) await expectAnswers(db, id, scene.now)
  return { said, opened: said > 0 && !waiting, ...(now.length < group.length ? { waitUntil: nextMailAt } : {}) }
}

/** Has what a mail says looked at while its reader may be silent about it, as is done when one has left. */
export async function expectAnswers(db: Db, messageId: number, now: Instant): Promise<void> {
  await checkWhatMayBeUnanswered(db, messageId, dayOf(now, 'UTC').add({ days: silenceFrom + longestShift }), now)
}

function isUrgent(verdict: Verdict, today: Day, nextMailOn: Day): boolean {
  const { decision: { rise }, timing } = verdict
  if (timing?.send && timing.urgent) return true
  return rise !== undefined && passesFirst(rise.offsetDays >= 0 ? rise.countedTo : undefined, today, nextMailOn)
}

function earliestDue(verdicts: readonly Verdict[], now: Instant): Instant {
  return verdicts.reduce((first, one) => {
    const dueAt = one.timing?.send ? one.timing.dueAt : now
    return Temporal.Instant.compare(dueAt, first) < 0 ? dueAt : first
  }, now)
}

function rowsOf(verdict: Verdict, messageId: number): NoticeValues[] {
  const { decision } = verdict
  if (!decision.say) return []
  return [
    rowOf(verdict, decision.rise, { outcome: 'said', reason: decision.reason, messageId }),
    ...decision.covers.map((rise) => rowOf(verdict, rise, {
      outcome: 'covered' as const, reason: `covered by ${decision.rise.rung.notice}`, messageId,
    })),
  ]
}

function rowOf(
  { duty, listener }: Verdict, rise: Rise, how: Pick<NoticeValues, 'outcome' | 'reason' | 'messageId'>,
): NoticeValues {
  return {
    obligationId: duty.obligation.id, countedTo: rise.countedTo, notice: rise.rung.notice, offsetDays: rise.offsetDays,
    personId: listener.personId, onBehalfOf: listener.onBehalfOf, purpose: listener.purpose, audience: listener.audience, ...how,
  }
}

async function recordUnheard(db: Db, verdicts: readonly Verdict[], scene: Scene): Promise<void> {
  await insertNotices(db, verdicts.flatMap((one) => one.decision.unheard.map((unheard) =>
    rowOf(one, unheard.rise, { outcome: unheard.outcome, reason: whyUnheard(one, unheard), messageId: undefined }))), scene.now)
}

function whyUnheard({ duty, listener }: Verdict, { rise, outcome }: Unheard): string {
  if (outcome === 'skipped') return `only if ${rise.rung.when}`
  if (outcome === 'muted') return `handed in on ${duty.obligation.submittedOn?.toString() ?? 'an earlier day'}`
  return `put off until ${snoozeOf(duty.obligation, listener, duty)?.toString() ?? 'later'}`
}

// A notice that no window finds (a window's opening, a second repeat, the end of a snooze) is looked at on its own day.
function nextChecks(
  obligations: readonly Obligation[], verdicts: readonly Verdict[], waits: readonly { obligation: Obligation; until: Instant }[], now: Instant,
): { id: number; revision: number; at: Instant | undefined }[] {
  const times = new Map<number, Instant[]>()
  const note = (id: number, at: Instant): void => void times.set(id, [...times.get(id) ?? [], at])
  for (const { duty, decision, timing, opensAt } of verdicts) {
    if (timing && !timing.send) note(duty.obligation.id, timing.waitUntil)
    if (decision.next && isUnwindowed(decision.next.rung.notice)) note(duty.obligation.id, opensAt(decision.next.on))
  }
  for (const { obligation, until } of waits) note(obligation.id, until)
  // Nobody could be told: somebody may be added, so it is asked again and never forgotten.
  const heard = new Set(verdicts.map((one) => one.duty.obligation.id))
  for (const { id } of obligations.filter((one) => !heard.has(one.id))) note(id, now.add({ hours: 1 }))
  return obligations.map(({ id, revision }) => ({
    id, revision, at: times.get(id)?.reduce((a, b) => (Temporal.Instant.compare(b, a) < 0 ? b : a)),
  }))
}

