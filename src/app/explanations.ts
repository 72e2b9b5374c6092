// Why somebody was or was not told, and what will be said: the same deciding as the real run, with
// nothing written.

import { compareDays, type Day, dayOf, earliest, type Instant, instantAt, isAfter, isBefore } from '../core/day.ts'
import type { Ladder } from '../core/ladder.ts'
import type { Obligation } from '../core/obligation.ts'
import { ladderFor, type Part, type Place, policyFor } from '../core/policy.ts'
import type { Addressed } from '../core/recipient.ts'
import { holds } from '../core/circumstances.ts'
import { decideReminder, type ReminderDecision } from '../core/reminder.ts'
import { type Rise, risesOf, type Said } from '../core/rise.ts'
import { nextSendAt } from '../core/sending.ts'
import type { Db } from '../store/database.ts'
import { listDueIds, listObligationsOf } from '../store/obligations.ts'
import { readDirectory } from '../store/people.ts'
import { readPolicies } from '../store/policies.ts'
import { listNoticesOf } from '../store/reminders.ts'
import type { App } from './app.ts'
import { getCertification } from './certifications.ts'
import { listenersFor, loadDuties, type LoadedDuty, ownerOf, type Scene } from './verdicts.ts'
import { loadWorld } from './world.ts'

export interface NoticeTrace {
  readonly notice: string
  readonly on: Day
  readonly outcome: Said['outcome'] | 'due' | 'not-yet' | 'passed-over'
  readonly reason: string
  readonly messageId: number | undefined
}

export interface Explanation {
  readonly obligation: Obligation
  /** The ladder that holds, and the place that each part comes from which no default gives; the nearest to the duty. */
  readonly policy: { readonly ladder: string; readonly from: readonly { readonly part: Part; readonly place: Place }[] }
  readonly listeners: readonly {
    readonly person: string
    readonly personId: number
    readonly audience: string
    readonly purpose: string
    readonly decision: { readonly say: boolean; readonly reason: string; readonly notice: string | undefined; readonly next: { notice: string; on: Day } | undefined }
    readonly notices: readonly NoticeTrace[]
  }[]
}

async function sceneOf(db: Db): Promise<Scene> {
  return { world: await loadWorld(db), directory: await readDirectory(db), policies: await readPolicies(db) }
}

/** Explains every duty of a certification, for everybody who could hear of it, as of a day or now; none where it owes none. */
export async function explainReminders(app: App, certificationId: number, asOf: Day | undefined): Promise<Explanation[]> {
  const { db } = app.database
  const scene = await sceneOf(db)
  const obligations = await listObligationsOf(db, [certificationId])
  if (obligations.length === 0) await getCertification(db, certificationId)
  const duties = await loadDuties(db, obligations.map((one) => one.id))
  const rows = await listNoticesOf(db, certificationId, 10_000)
  const messageOf = new Map(rows.map(({ notice }) =>
    [`${notice.obligationId}/${notice.personId}/${notice.purpose}/${notice.notice}/${notice.countedTo.toString()}`, notice]))
  return duties.map((duty) => {
    const { ladder, from } = policyFor(duty.obligation, scene.policies)!
    return {
      obligation: duty.obligation,
      policy: { ladder: ladder.id, from: [...from].map(([part, place]) => ({ part, place })) },
      listeners: listenersFor(duty, scene, momentOf(app, asOf, scene, duty)).map((listener) => {
        const day = asOf ?? dayOf(app.clock.now(), listener.person.zone)
        return explainOne(duty, ladder, listener, { day, rowOf: (rise) => messageOf.get(
          `${duty.obligation.id}/${listener.personId}/${listener.purpose}/${rise.rung.notice}/${rise.countedTo.toString()}`) })
      }),
    }
  })
}

function momentOf(app: App, asOf: Day | undefined, scene: Scene, duty: LoadedDuty): Instant {
  const zone = scene.world.organisations.get(duty.obligation.organisationId)?.zone ?? 'UTC'
  return asOf ? instantAt(asOf, '12:00', zone) : app.clock.now()
}

type NoticeRow = Awaited<ReturnType<typeof listNoticesOf>>[number]['notice']

function explainOne(
  duty: LoadedDuty, ladder: Ladder, listener: Addressed, at: { readonly day: Day; readonly rowOf: (rise: Rise) => NoticeRow | undefined },
): Explanation['listeners'][number] {
  const decision = decideReminder(duty.obligation, ladder, listener, duty, at.day)
  const notices = risesOf(duty.obligation, ladder, listener, duty, at.day).map((rise): NoticeTrace => {
    const row = at.rowOf(rise)
    const base = { notice: rise.rung.notice, on: rise.on, messageId: row?.messageId ?? undefined }
    // One notice may stand on a ladder under two conditions; only the one that holds can have been said.
    if (!holds(rise.rung.when, duty.circumstances)) return { ...base, messageId: undefined, outcome: 'skipped', reason: `only if ${rise.rung.when}` }
    if (row && (row.outcome === 'said' || row.outcome === 'covered')) return { ...base, outcome: row.outcome, reason: row.reason }
    if (decision.say && decision.rise.rung.notice === rise.rung.notice) return { ...base, outcome: 'due', reason: decision.reason }
    const ahead = compareDays(rise.on, at.day) > 0
    if (row && row.outcome !== 'unsaid' && !ahead) return { ...base, outcome: row.outcome, reason: row.reason }
    const quiet = decision.unheard.find((one) => one.rise.rung.notice === rise.rung.notice)
    if (quiet) return { ...base, outcome: quiet.outcome, reason: quiet.outcome === 'muted' ? 'handed in' : 'put off by its reader' }
    return { ...base, outcome: ahead ? 'not-yet' : 'passed-over', reason: ahead ? `on ${rise.on.toString()}` : decision.reason }
  })
  return {
    person: listener.person.name, personId: listener.personId, audience: listener.audience, purpose: listener.purpose, notices,
    decision: {
      say: decision.say, reason: decision.reason, notice: decision.rise?.rung.notice,
      next: decision.next && { notice: decision.next.rung.notice, on: decision.next.on },
    },
  }
}

export interface Foreseen {
  readonly on: Day
  readonly to: string
  readonly toId: number
  readonly certification: string
  readonly certificationId: number
  readonly obligation: string
  readonly obligationId: number
  readonly notice: string
  readonly purpose: string
  readonly dueOn: Day
  readonly bookedOn: Day | undefined
  readonly reason: string
}

const page = 500

interface Days { readonly from: Day; readonly to: Day }

/** Lists what will be said from a day to a day, both included, if nothing changes; by day, then person. */
export async function previewReminders(app: App, range: Days & { readonly certificationId?: number | undefined }): Promise<Foreseen[]> {
  const { db } = app.database
  const scene = await sceneOf(db)
  const now = app.clock.now()
  const foreseen: Foreseen[] = []
  for (let after = 0; ;) {
    const ids = await listDueIds(db, { certificationId: range.certificationId, after }, page)
    for (const duty of await loadDuties(db, ids)) foreseen.push(...foresee(duty, scene, range, now))
    if (ids.length < page) break
    after = ids.at(-1)!
  }
  return foreseen.sort((a, b) => Temporal.PlainDate.compare(a.on, b.on) || a.toId - b.toId || a.obligationId - b.obligationId)
}

// Lives the days on which something could be said, keeping a ledger of its own for all who listen: what one is told
// and does not answer, another may hear of. Who listens changes as the owner goes away and comes back.
function foresee(duty: LoadedDuty, scene: Scene, range: Days, now: Instant): Foreseen[] {
  const ladder = ladderFor(duty.obligation, scene.policies)
  if (!ladder) return []
  const said: Said[] = [...duty.said]
  const moments = momentsOf(duty, scene, now)
  return moments.flatMap((moment, i) => {
    const listeners = listenersFor(duty, scene, moment).map((listener): Listening =>
      ({ listener, first: dayOf(nextSendAt(listener.person, listener.calendar, moment), listener.person.zone) }))
    const end = moments[i + 1]
    return walkDays({ duty, ladder, said }, listeners, { from: range.from, to: range.to, until: (zone) => end && dayOf(end, zone) })
  })
}

// From when on others may listen: now, and whenever the owner or the deputy goes or is back.
function momentsOf(duty: LoadedDuty, scene: Scene, now: Instant): Instant[] {
  const owner = scene.directory.get(ownerOf(duty) ?? 0)
  const deputy = scene.directory.get(owner?.deputyId ?? 0)
  const turns = [owner, deputy].flatMap((one) => (one?.away
    ? [one.away.from, one.away.until.add({ days: 1 })].map((day) => instantAt(day, '00:00', one.zone)) : []))
  const ahead = turns.filter((turn) => Temporal.Instant.compare(turn, now) > 0).sort((a, b) => Temporal.Instant.compare(a, b))
  return [now, ...ahead]
}

interface Listening { readonly listener: Addressed; readonly first: Day }

interface Told { readonly duty: LoadedDuty; readonly ladder: Ladder; readonly said: Said[] }

/** The days that are lived: up to `to` and before `until`, where others listen; told of from `from` on. */
type Lived = Days & { readonly until: (zone: string) => Day | undefined }

function walkDays({ duty, ladder, said }: Told, listeners: readonly Listening[], { from, to, until }: Lived): Foreseen[] {
  const lines: Foreseen[] = []
  for (let day = earliest(...listeners.map((one) => one.first)); day && !isAfter(day, to);) {
    const today: Day = day
    const ahead: (Day | undefined)[] = []
    for (const { listener, first } of listeners) {
      const end = until(listener.person.zone)
      if (end && !isBefore(today, end)) continue
      if (isBefore(today, first)) {
        ahead.push(first)
        continue
      }
      const decision = decideReminder(duty.obligation, ladder, listener, { ...duty, said }, today)
      ahead.push(decision.next?.on)
      if (!decision.say) continue
      said.push(saidOf(decision.rise, listener, 'said', today), ...decision.covers.map((rise) => saidOf(rise, listener, 'covered', today)))
      if (!isBefore(today, from)) lines.push(lineOf(duty, listener, decision, today))
    }
    day = earliest(...ahead.filter((one) => one && isAfter(one, today)))
  }
  return lines
}

const saidOf = (rise: Rise, listener: Addressed, outcome: 'said' | 'covered', toldOn: Day): Said => ({
  notice: rise.rung.notice, countedTo: rise.countedTo, offsetDays: rise.offsetDays, purpose: listener.purpose,
  personId: listener.personId, onBehalfOf: listener.onBehalfOf, outcome, toldOn,
})

function lineOf(duty: LoadedDuty, listener: Addressed, decision: Extract<ReminderDecision, { say: true }>, on: Day): Foreseen {
  return {
    on, to: listener.person.name, toId: listener.personId, certification: duty.certification.name,
    certificationId: duty.certification.id, obligation: duty.obligation.title.en, obligationId: duty.obligation.id,
    notice: decision.rise.rung.notice, purpose: listener.purpose, dueOn: duty.obligation.dueOn,
    bookedOn: duty.obligation.bookedOn, reason: decision.reason,
  }
}
