// What the pages' use cases share: the day a question is about, what its reader may see, and how one
// duty and one certification's standing read on that day.

import type { Calendar } from '../core/calendar.ts'
import type { Certification, Mark, Words } from '../core/certification.ts'
import { type Day, dayOf, daysBetween, parseDay } from '../core/day.ts'
import type { Light } from '../core/digest.ts'
import { lightOf } from '../core/light.ts'
import { isLate, lateAfter, type Obligation, type ObligationKind, type ObligationState, type Tier } from '../core/obligation.ts'
import { findScheme, schemeTitle } from '../core/scheme.ts'
import { invalid } from '../errors.ts'
import type { Db } from '../store/database.ts'
import type { RunPlan, SeenBy } from '../store/overview.ts'
import type { App } from './app.ts'
import { calendarOf, loadCalendars } from './calendars.ts'
import type { Reader } from './sign-in.ts'

/** The day a page is about, and the reader's own today. */
export interface Question {
  readonly asOf: Day
  readonly today: Day
}

/** Reads `?asOf=`; today in the reader's zone without one. Throws `invalid` naming a value that is no day. */
export function questionOf(app: App, reader: Reader, asked: string | undefined): Question {
  const today = dayOf(app.clock.now(), reader.person.zone)
  if (asked === undefined || asked === '') return { asOf: today, today }
  const asOf = parseDay(asked)
  if (!asOf) throw invalid(`asOf=${asked} is not a day. Write it as YYYY-MM-DD, for example asOf=${today.toString()}.`)
  if (asOf.year < 1900 || asOf.year > 2200) throw invalid(`asOf=${asked} is out of range. Ask about a day from 1900-01-01 to 2200-12-31.`)
  return { asOf, today }
}

export const seenBy = (reader: Reader, what: 'certifications' | 'messages'): SeenBy =>
  reader.rights[what] === 'every' ? undefined : reader.person.id

/** The calendar that a reader's spare days are counted in. */
export async function calendarFor(db: Db, reader: Reader): Promise<Calendar> {
  return calendarOf(await loadCalendars(db), reader.person.calendar)
}

export interface DutyView {
  readonly id: number
  readonly kind: ObligationKind
  readonly tier: Tier
  readonly title: Words
  readonly state: ObligationState
  readonly outside: boolean
  /** Owed by nobody: never late. */
  readonly advice: boolean
  readonly opensOn: Day | undefined
  readonly dueOn: Day
  readonly latestOn: Day | undefined
  readonly bookedOn: Day | undefined
  readonly endedOn: Day | undefined
  /** To the last allowed day by the looser reading; negative after it. */
  readonly daysLeft: number
  readonly late: boolean
  /** Undefined where nothing is owed here: met, not applicable, unanswered, an outside party's, or told with another duty. */
  readonly light: Light | undefined
  readonly owner: string | undefined
  readonly basis: string
  readonly mark: Mark
  readonly provisional: boolean
  readonly movedFrom: Day | undefined
  readonly movedBy: string | undefined
}

/** What a duty is judged by besides itself. */
export interface Judged {
  readonly owner: string | undefined
  /** The plans of the certification's running procedures. */
  readonly plans: readonly RunPlan[] | undefined
  readonly calendar: Calendar
  /** When the last finding that blocks a renewal can be expected to be closed. */
  readonly closesOn?: Day | undefined
}

export function dutyView(obligation: Obligation, judged: Judged, asOf: Day): DutyView {
  const { id, kind, tier, title, state, opensOn, dueOn, latestOn, bookedOn, basis, mark, provisional } = obligation
  const live = state === 'open' || state === 'submitted'
  const { owedBy } = obligation
  // Green is earned: a run makes safe the duty it is for, not every other one of its certification.
  const finishOn = judged.plans?.find((plan) => plan.targetOn.equals(dueOn))?.finishOn
  return {
    id, kind, tier, title, state, outside: owedBy === 'outside', advice: owedBy === 'nobody', opensOn, dueOn, latestOn, bookedOn, basis, mark, provisional,
    endedOn: state === 'submitted' ? obligation.submittedOn : obligation.metOn,
    daysLeft: daysBetween(asOf, lateAfter(obligation)), late: isLate(obligation, asOf),
    light: live && owedBy === 'organisation' && obligation.ladder !== 'none' ? lightOf(obligation, { finishOn, closesOn: judged.closesOn }, judged.calendar, asOf) : undefined,
    owner: judged.owner, movedFrom: obligation.movedFrom, movedBy: obligation.movedBy,
  }
}

/** Returns the scheme's name with its options; its id where the catalogue does not have it. */
export function schemeName(app: App, certification: Pick<Certification, 'scheme' | 'options'>): Words {
  const scheme = findScheme(app.catalogue, certification.scheme)
  return scheme ? schemeTitle(scheme, certification.options) : { en: certification.scheme, zh: certification.scheme }
}
