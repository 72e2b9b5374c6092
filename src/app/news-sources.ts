// Where news comes from: gaps, questions never asked, closures ahead. Looked at when somebody's send hour begins, and
// kept once while it holds; what has passed is closed, so that the same may be news again.

import { type Closure, closureAhead } from '../core/closure.ts'
import { compareDays, dayOf } from '../core/day.ts'
import type { GapCause } from '../core/news.ts'
import { type Directory, isAway, isReachable, type Person } from '../core/person.ts'
import { caretakersOf } from '../core/recipient.ts'
import type { Db } from '../store/database.ts'
import * as store from '../store/news.ts'
import type { App } from './app.ts'
import { calendarOf } from './calendars.ts'
import { listenersFor, loadDuties, type PlanScene } from './verdicts.ts'

/** Keeps what is news as of the scene's moment, and closes what has passed. */
export async function gatherNews(app: App, scene: PlanScene): Promise<void> {
  await app.database.transact(async (db) => {
    await gatherGaps(db, scene)
    await gatherQuestions(db, scene)
    await gatherClosures(db, scene)
    await closeBounces(db, scene)
  })
}

const page = 1000
const gapKey = (certificationId: number): string => `certification/${certificationId}`

// Those whose mail came back are told of by that; these have nobody, and nothing will come back.
function causeOf(ownerId: number | null, directory: Directory): GapCause {
  const owner = ownerId === null ? undefined : directory.get(ownerId)
  if (!owner) return 'no-owner'
  return owner.active ? 'no-address' : 'left'
}

async function gatherGaps(db: Db, { directory, now }: PlanScene): Promise<void> {
  const unheard = [...directory.values()].filter((one) => !one.active || one.email === undefined).map((one) => one.id)
  const found = new Map<string, string>()
  for (let after = 0; ;) {
    const gaps = await store.listOwnerless(db, unheard, after, page)
    const rows = gaps.flatMap((gap): store.NewNews[] => caretakersOf(gap.organisationId, directory).map((person) => ({
      personId: person.id, kind: 'gap', key: gapKey(gap.id), certificationId: gap.id, facts: { cause: causeOf(gap.ownerId, directory), owner: gap.ownerId },
    })))
    for (const gap of gaps) found.set(gapKey(gap.id), causeOf(gap.ownerId, directory))
    await store.insertNews(db, rows, now)
    if (gaps.length < page) break
    after = gaps.at(-1)!.id
  }
  const passed = (await store.listOpenNews(db, 'gap')).filter((row) => found.get(row.key) !== row.facts['cause'])
  await store.closeNews(db, 'gap', [...new Set(passed.map((row) => row.key))], now)
}

/** A duty that was past when it was entered is asked about once, of whoever would hear of it. */
async function gatherQuestions(db: Db, scene: PlanScene): Promise<void> {
  await store.closeAnsweredQuestions(db, scene.now)
  for (let after = 0; ;) {
    const ids = await store.listUnasked(db, after, page)
    const duties = await loadDuties(db, ids)
    await store.insertNews(db, duties.flatMap((duty) => listenersFor(duty, scene, scene.now)
      .filter((one) => one.audience === 'owner').slice(0, 1).map((one): store.NewNews => ({
        personId: one.personId, kind: 'unconfirmed', key: `obligation/${duty.obligation.id}`,
        certificationId: duty.certification.id, obligationId: duty.obligation.id, facts: {},
      }))), scene.now)
    if (ids.length < page) break
    after = ids.at(-1)!
  }
}

async function gatherClosures(db: Db, scene: PlanScene): Promise<void> {
  const closures = new Map<string, Closure | undefined>()
  const holders = new Map<string, ReadonlySet<number | undefined>>()
  const rows: store.NewNews[] = []
  for (const person of scene.directory.values()) {
    const today = dayOf(scene.now, person.zone)
    // Many share a calendar: each is looked ahead on once.
    const place = `${person.calendar} ${today.toString()}`
    if (!closures.has(place)) closures.set(place, closureAhead(calendarOf(scene.world.calendars, person.calendar), today))
    const closure = isReachable(person) && closures.get(place)
    if (!closure) continue
    const { from, to, until } = closure
    const span = `${from.toString()}/${until.toString()}`
    if (!holders.has(span)) holders.set(span, new Set((await store.listDueWithin(db, from, until)).map((row) => holderOf(row.ownerId, scene))))
    if (!holders.get(span)!.has(person.id)) continue
    rows.push({
      personId: person.id, kind: 'closure', key: `${person.calendar}/${from.toString()}`,
      facts: { from: from.toString(), to: to.toString(), until: until.toString() },
    })
  }
  await store.insertNews(db, rows, scene.now)
}

/** Says whether a duty is a person's to do now: their own while they are there, or one of somebody they stand in for. */
export const standsInFor = (ownerId: number | null, person: Person, scene: Pick<PlanScene, 'directory' | 'now'>): boolean =>
  holderOf(ownerId, scene) === person.id

function holderOf(ownerId: number | null, { directory, now }: Pick<PlanScene, 'directory' | 'now'>): number | undefined {
  const isHere = (one: Person): boolean => isReachable(one) && !isAway(one, dayOf(now, one.zone))
  if (ownerId === null) return undefined
  const owner = directory.get(ownerId)
  const deputy = owner?.deputyId === undefined ? undefined : directory.get(owner.deputyId)
  return !owner || isHere(owner) || !deputy || !isHere(deputy) ? ownerId : deputy.id
}

async function closeBounces(db: Db, { directory, now }: PlanScene): Promise<void> {
  const passed = (await store.listOpenNews(db, 'bounced')).filter((row) => {
    const person = directory.get(Number(row.facts['person']))
    return !person?.active || person.emailAccepted
  })
  await store.closeNews(db, 'bounced', [...new Set(passed.map((row) => row.key))], now)
  const over = (await store.listOpenNews(db, 'closure'))
    .filter((row) => compareDays(Temporal.PlainDate.from(String(row.facts['until'])), dayOf(now, 'UTC')) < 0)
  await store.closeNews(db, 'closure', [...new Set(over.map((row) => row.key))], now)
}
