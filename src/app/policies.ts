// Reminder policies: the ladders in force, and changing one. A change says nothing twice: a notice at or
// after one already said is covered.

import { type Audience, conditions, type Ladder, noticeFault, type Rung } from '../core/ladder.ts'
import type { Instant } from '../core/day.ts'
import { invalid, notFound } from '../errors.ts'
import type { Db } from '../store/database.ts'
import { checkDutiesOnLadder } from '../store/obligations.ts'
import { readLadders, savePolicy } from '../store/policies.ts'
import type { App } from './app.ts'

export type Policy = Ladder & { readonly changed: boolean }

export async function listPolicies(app: App): Promise<readonly Policy[]> {
  return [...(await readLadders(app.database.db)).values()]
}

export async function getPolicy(app: App, id: string): Promise<Policy> {
  return await policyIn(app.database.db, id)
}

async function policyIn(db: Db, id: string): Promise<Policy> {
  const ladders = await readLadders(db)
  const found = ladders.get(id)
  if (!found) throw notFound(`There is no ladder "${id}". Ladders: ${[...ladders.keys()].join(', ')}.`)
  return found
}

/** Replaces the notices of one audience; each is a notice, or a notice and its condition joined by a colon. */
export async function changePolicy(
  db: Db, id: string, change: { readonly audience: Audience; readonly notices: readonly string[] }, now: Instant,
): Promise<Policy> {
  const ladder = await policyIn(db, id)
  const rungs = [...ladder.rungs.filter((rung) => rung.audience !== change.audience), ...change.notices.map((text) => rungOf(text, change.audience))]
  await savePolicy(db, id, { rungs, overdue: ladder.overdue, late: ladder.late }, now)
  await checkDutiesOnLadder(db, id, now)
  return await policyIn(db, id)
}

function rungOf(text: string, audience: Audience): Rung {
  const [notice = text, when] = text.split(':')
  const condition = conditions.find((one) => one === when)
  const fault = noticeFault(notice)
  if (fault) throw invalid(fault)
  if (when !== undefined && condition === undefined) {
    throw invalid(`"${when}" is not a condition. Conditions: ${conditions.join(', ')}.`)
  }
  return { notice, audience, when: condition }
}
