// What can be answered to notices as things stand: whose the duty is by now, whether its day is still the
// one that was said, and how long it may be snoozed. A mail's buttons and the pages behind them ask the same.

import { type AnswerAction, type AnswerDecision, decideAnswer } from '../core/answer.ts'
import { compareDays, type Day, dayOf, type Instant, isBefore } from '../core/day.ts'
import { lateAfter, type Obligation } from '../core/obligation.ts'
import { ladderFor } from '../core/policy.ts'
import { snoozableUntil } from '../core/reminder.ts'
import { listHeard } from '../store/answers.ts'
import type { Db } from '../store/database.ts'
import { readPolicies } from '../store/policies.ts'
import { listenersFor, loadDuties, type LoadedDuty, type Scene } from './verdicts.ts'

type Heard = Awaited<ReturnType<typeof listHeard>>[number]

export interface Answerable extends Heard {
  readonly isTheirs: boolean
  readonly isCurrent: boolean
  readonly snoozableUntil: Day | undefined
}

/** Reads notices with what may be answered to them as of `now`, in the order of their duties. */
export async function loadAnswerable(
  db: Db, noticeIds: readonly number[], at: Pick<Scene, 'world' | 'directory'> & { readonly now: Instant },
): Promise<Answerable[]> {
  const heard = await listHeard(db, noticeIds)
  const duties = new Map((await loadDuties(db, [...new Set(heard.map((one) => one.obligation.id))])).map((one) => [one.obligation.id, one]))
  const scene: Scene = { world: at.world, directory: at.directory, policies: await readPolicies(db) }
  return heard.map((one) => ({
    ...one, isTheirs: isTheirs(one), isCurrent: countedBy(one.obligation, one.notice.offsetDays).equals(one.notice.countedTo),
    snoozableUntil: limitOf(duties.get(one.obligation.id)!, one, scene, at.now),
  }))
}

// A fallback's owner could not be reached: whoever was told in their place may answer until there is another.
function isTheirs({ notice, obligation, certification }: Heard): boolean {
  const owner = obligation.ownerId ?? certification.ownerId ?? undefined
  if (notice.purpose === 'reminder') return (notice.onBehalfOf ?? notice.personId) === owner
  return notice.purpose === 'fallback' && (owner === undefined || owner === notice.onBehalfOf || owner === notice.personId)
}

/** Returns the day that a notice of such an offset counts to. */
const countedBy = (duty: Obligation, offsetDays: number): Day => (offsetDays >= 0 ? duty.bookedOn ?? duty.dueOn : lateAfter(duty))

function limitOf(duty: LoadedDuty, { notice }: Heard, scene: Scene, now: Instant): Day | undefined {
  const ladder = ladderFor(duty.obligation, scene.policies)
  const listener = listenersFor(duty, scene, now).find((one) => one.personId === notice.personId && one.purpose === notice.purpose)
  if (!ladder || !listener) return undefined
  const today = dayOf(now, listener.person.zone)
  const limit = snoozableUntil(duty.obligation, ladder, listener, duty, today)
  return limit && isBefore(today, limit) ? limit : undefined
}

export const decide = (action: AnswerAction, one: Answerable, untilOn?: Day): AnswerDecision => decideAnswer(action, one, untilOn)

/** Says whether an answer would do anything for any of these. */
export const isPossible = (action: AnswerAction, list: readonly Answerable[]): boolean => list.some((one) => decide(action, one).ok)

/** Returns the last day that a snooze of any of these may name. */
export function lastSnooze(list: readonly Answerable[]): Day | undefined {
  return list.flatMap((one) => (decide('snooze', one).ok && one.snoozableUntil ? [one.snoozableUntil] : [])).sort(compareDays).at(-1)
}
