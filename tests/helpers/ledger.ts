// A ledger in memory, kept as the planner keeps it: what is said and covered on each day that is asked.

import type { Ladder } from '../../src/core/ladder.ts'
import type { Obligation } from '../../src/core/obligation.ts'
import type { Circumstances } from '../../src/core/circumstances.ts'
import { decideReminder } from '../../src/core/reminder.ts'
import type { Listener, Memory, Rise, Said } from '../../src/core/rise.ts'
import { day, untouched } from './factory.ts'

export interface Story {
  readonly obligation: Obligation
  readonly ladder: Ladder
  readonly listener: Listener
  readonly circumstances?: Partial<Circumstances>
  readonly given?: Memory['given']
}

/** Returns the ledger's row of a notice said to a listener. */
export function rowOf(rise: Pick<Rise, 'rung' | 'countedTo' | 'offsetDays'>, to: Listener, outcome: Said['outcome']): Said {
  return {
    notice: rise.rung.notice, countedTo: rise.countedTo, offsetDays: rise.offsetDays, purpose: to.purpose,
    personId: to.personId, onBehalfOf: to.onBehalfOf, outcome,
  }
}

// The unique key of the table: the same notice of a day is kept once, and what was quiet may be said after all.
function keep(said: Said[], row: Said): void {
  const at = said.findIndex((one) => one.notice === row.notice && one.countedTo.equals(row.countedTo)
    && one.personId === row.personId && one.purpose === row.purpose)
  if (at < 0) said.push(row)
  else if (said[at]!.outcome !== 'said' && said[at]!.outcome !== 'covered') said[at] = row
}

/** Asks on each of the days, in that order; returns `day notice (what it covers)` where something was said. */
export function live(story: Story, days: readonly string[], said: Said[] = []): string[] {
  const circumstances = { ...untouched, ...story.circumstances }
  return days.flatMap((text) => {
    const decision = decideReminder(story.obligation, story.ladder, story.listener, { said, given: story.given, circumstances }, day(text))
    if (decision.say) keep(said, rowOf(decision.rise, story.listener, 'said'))
    for (const rise of decision.say ? decision.covers : []) keep(said, rowOf(rise, story.listener, 'covered'))
    for (const { rise, outcome } of decision.unheard) keep(said, rowOf(rise, story.listener, outcome))
    if (!decision.say) return []
    const covers = decision.covers.map((rise) => rise.rung.notice).join(' ')
    return [`${text} ${decision.rise.rung.notice}${covers && ` (${covers})`}`]
  })
}
