// Reminder ladders: which notices an obligation gives, to whom, counted to which day. The defaults for
// every kind stand here as data; a changed policy replaces one ladder. Deciding is in reminder.ts.

import type { Words } from './certification.ts'
import { addWorkingDays, type Calendar } from './calendar.ts'
import { type Day, daysBetween, isAfter, nthAfter } from './day.ts'

/** Who a rung speaks to; the person is found in recipient.ts. */
export const audiences = ['owner', 'supervisor', 'compliance', 'management'] as const
export type Audience = (typeof audiences)[number]

/** When a rung applies; one that does not is recorded as skipped, with this as its reason. */
export const conditions = ['unbooked', 'booked', 'undecided', 'uncontracted', 'unstarted', 'long'] as const
export type Condition = (typeof conditions)[number]

/**
 * One notice: `P30D` is 30 days before the counted day, `P3WD` three working days before it, `P0D` the
 * day itself, `late-P5WD` five working days after the last allowed day, `opens` the day its window opens.
 */
export interface Rung {
  readonly notice: string
  readonly audience: Audience
  readonly when?: Condition | undefined
}

/** Repeats after the last allowed day: `overdue-1`, `overdue-2` …, to the owner. */
export interface Repeat {
  /** `P1WD`, `P7D`, `P1M`. */
  readonly every: string
  readonly times: number | 'until closed'
}

export interface Ladder {
  readonly id: string
  readonly title: Words
  readonly rungs: readonly Rung[]
  readonly overdue: readonly Repeat[]
  /** Tier A: who besides the owner hears that a last allowed day has passed. */
  readonly late: readonly Audience[]
}

type RungText = string

// `P180D unbooked` reads: 180 days before, if nothing is booked.
function rungsOf(audience: Audience, ...texts: readonly RungText[]): Rung[] {
  return texts.map((text) => {
    const [notice = text, when] = text.split(' ')
    return { notice, audience, when: conditions.find((one) => one === when) }
  })
}

const untilClosed = 'until closed' as const
const tierA: readonly Audience[] = ['supervisor', 'management']
const weeklyThenMonthly: readonly Repeat[] = [
  { every: 'P1WD', times: 1 }, { every: 'P7D', times: 4 }, { every: 'P1M', times: untilClosed },
]
const everySecondDayThenWeekly: readonly Repeat[] = [
  { every: 'P2WD', times: 5 }, { every: 'P7D', times: untilClosed },
]
const weeklyFourTimes: readonly Repeat[] = [{ every: 'P7D', times: 4 }]

const auditedExpiry: readonly Rung[] = [
  ...rungsOf('owner', 'P270D', 'P180D unbooked', 'P90D', 'P60D', 'P30D', 'P14D', 'P7D', 'P0D'),
  ...rungsOf('supervisor', 'P150D unbooked', 'P30D undecided'),
  ...rungsOf('compliance', 'P120D unbooked', 'P30D undecided'),
  ...rungsOf('management', 'P30D undecided', 'P7D'),
]

const bookedAudit: readonly Rung[] = rungsOf('owner', 'P45D booked', 'P14D booked', 'P3WD booked')

/** The default ladders, by id; practice, unverified and editable. */
export const defaultLadders: readonly Ladder[] = [
  {
    id: 'expiry', title: { en: 'expiry of a certificate that is audited', zh: '证书到期（需审核）' },
    rungs: auditedExpiry, overdue: weeklyThenMonthly, late: tierA,
  },
  {
    id: 'recertification', title: { en: 'recertification', zh: '再认证' },
    rungs: [...auditedExpiry.map(ifNotBooked), ...bookedAudit], overdue: weeklyThenMonthly, late: tierA,
  },
  {
    id: 'registration-expiry', title: { en: 'expiry of a registration or licence', zh: '登记或许可到期' },
    rungs: [
      ...rungsOf('owner', 'P180D', 'P90D', 'P30D', 'P7D', 'P0D'),
      ...rungsOf('supervisor', 'P7D'), ...rungsOf('compliance', 'P7D'),
    ],
    overdue: weeklyThenMonthly, late: tierA,
  },
  {
    id: 'surveillance-audit', title: { en: 'surveillance audit', zh: '监督审核' },
    rungs: [
      ...rungsOf('owner', 'P150D unbooked', 'P105D unbooked', 'P75D unbooked', 'P45D unbooked'),
      ...rungsOf('supervisor', 'P75D unbooked'), ...rungsOf('compliance', 'P75D unbooked'),
      ...rungsOf('management', 'P45D unbooked'),
      ...bookedAudit,
    ],
    overdue: [{ every: 'P1WD', times: 1 }, { every: 'P7D', times: untilClosed }], late: tierA,
  },
  {
    id: 'yearly-assessment', title: { en: 'yearly MLPS assessment', zh: '年度等级测评' },
    rungs: [
      ...rungsOf('owner', 'P180D', 'P120D uncontracted', 'P60D', 'P30D', 'P14D', 'P0D'),
      ...rungsOf('supervisor', 'P120D uncontracted', 'P14D'),
      ...rungsOf('compliance', 'P90D uncontracted', 'P14D'), ...rungsOf('management', 'P7D'),
    ],
    overdue: [{ every: 'P7D', times: 8 }, { every: 'P1M', times: untilClosed }], late: tierA,
  },
  {
    id: 'filing', title: { en: 'MLPS filing and table 4', zh: '等保备案与备案表四' },
    rungs: [
      ...rungsOf('owner', 'opens', 'P14D', 'P7D', 'P3WD', 'P0D'),
      ...rungsOf('supervisor', 'P7D'), ...rungsOf('compliance', 'P7D'), ...rungsOf('management', 'P0D'),
    ],
    overdue: everySecondDayThenWeekly, late: tierA,
  },
  {
    id: 'filing-extension', title: { en: 'MLPS filing extension', zh: '备案证明延期' },
    rungs: [
      ...rungsOf('owner', 'P120D', 'P90D', 'P45D', 'P21D', 'P7D', 'P0D'),
      ...rungsOf('supervisor', 'P21D'), ...rungsOf('compliance', 'P21D'), ...rungsOf('management', 'P7D'),
    ],
    overdue: everySecondDayThenWeekly, late: tierA,
  },
  {
    id: 'self-check', title: { en: 'self-check, protection work plan', zh: '自查、保护工作方案' },
    rungs: [
      ...rungsOf('owner', 'P30D', 'P7D', 'P0D'),
      ...rungsOf('supervisor', 'late-P5WD'), ...rungsOf('compliance', 'late-P10WD'),
    ],
    overdue: weeklyFourTimes, late: [],
  },
  {
    id: 'audit-preparation', title: { en: 'internal audit, management review', zh: '内部审核、管理评审' },
    rungs: [
      ...rungsOf('owner', 'P45D', 'P14D', 'P0D'),
      ...rungsOf('supervisor', 'late-P5WD'), ...rungsOf('compliance', 'late-P5WD'),
    ],
    overdue: weeklyFourTimes, late: [],
  },
  {
    id: 'archive-date', title: { en: 'Common Criteria archive date', zh: '通用准则归档日' },
    rungs: [
      ...rungsOf('owner', 'P540D', 'P365D', 'P270D', 'P180D', 'P90D', 'P30D'),
      // Letting it go ends the duty and keeping it starts a run: neither means undecided.
      ...rungsOf('supervisor', 'P365D unstarted'), ...rungsOf('compliance', 'P365D unstarted'),
    ],
    overdue: [{ every: 'P1WD', times: 1 }], late: [],
  },
  {
    id: 'suspension-end', title: { en: 'suspension end, restoration limit', zh: '暂停期满、恢复期限' },
    rungs: audiences.flatMap((audience) =>
      rungsOf(audience, 'opens', 'P90D', 'P60D', 'P30D', 'P14D', 'P7D', 'P3WD', 'P0D')),
    overdue: [], late: [],
  },
  {
    id: 'outside', title: { en: 'what an outside party owes', zh: '外部方应办事项' },
    rungs: [], overdue: [{ every: 'P3WD', times: 1 }, { every: 'P7D', times: untilClosed }], late: [],
  },
  {
    id: 'step', title: { en: 'step of a run', zh: '流程步骤' },
    rungs: rungsOf('owner', 'opens unstarted', 'P3WD long', 'P0D'),
    overdue: [{ every: 'P2WD', times: 1 }, { every: 'P7D', times: 4 }], late: [],
  },
  {
    id: 'custom', title: { en: 'own duty', zh: '自定义事项' },
    rungs: rungsOf('owner', 'P30D', 'P7D', 'P0D'),
    overdue: [{ every: 'P1WD', times: 1 }, { every: 'P7D', times: 4 }], late: [],
  },
  { id: 'none', title: { en: 'no notices of its own', zh: '不单独提醒' }, rungs: [], overdue: [], late: [] },
]

// Once the audit is booked a recertification counts to the booked day by the rungs of a booked audit;
// the expiry beside it goes on counting to the expiry.
function ifNotBooked(rung: Rung): Rung {
  return rung.when === undefined || rung.when === 'undecided' ? { ...rung, when: 'unbooked' } : rung
}

const noticePattern = /^(?:opens|(late-(?!P0))?P(\d{1,4})(WD|D))$/

/** Says whether a text names a notice a policy may use; the reason names the allowed forms. */
export function noticeFault(text: string): string | undefined {
  return noticePattern.test(text) ? undefined
    : `"${text}" is not a notice: use P30D (days before), P3WD (working days before), P0D, late-P5WD or opens`
}

/** A rung placed in the calendar of one person. */
export interface Placed {
  readonly rung: Rung
  readonly countedTo: Day
  /** The day it is reached, before moving to a working day. */
  readonly reachedOn: Day
  /** Days before `countedTo`; negative after it. */
  readonly offsetDays: number
}

/** Returns the day a notice is reached; undefined for `opens` where nothing opens before the counted day is past. */
export function placeRung(
  rung: Rung, days: { readonly countedTo: Day; readonly lateAfter: Day; readonly opensOn: Day | undefined },
  calendar: Calendar,
): Placed | undefined {
  if (rung.notice === 'opens') {
    return days.opensOn && !isAfter(days.opensOn, days.countedTo) ? placed(rung, days.countedTo, days.opensOn) : undefined
  }
  const [, late, amount, unit] = noticePattern.exec(rung.notice) ?? []
  const n = Number(amount) * (late ? 1 : -1)
  const from = late ? days.lateAfter : days.countedTo
  return placed(rung, from, unit === 'WD' ? addWorkingDays(from, n, calendar).day : from.add({ days: n }))
}

function placed(rung: Rung, countedTo: Day, reachedOn: Day): Placed {
  return { rung, countedTo, reachedOn, offsetDays: daysBetween(reachedOn, countedTo) }
}

/**
 * Returns the overdue notices reached up to `asOf`, and the next one. The first repeat counts from
 * `lateAfter`, each later one from the end of the repeat before it: a week after the first working day.
 */
export function placeRepeats(ladder: Ladder, lateAfter: Day, calendar: Calendar, asOf: Day): Placed[] {
  const reached: Placed[] = []
  let base = lateAfter
  for (const repeat of ladder.overdue) {
    const times = repeat.times === untilClosed ? Infinity : repeat.times
    let last = base
    for (let n = 1; n <= times; n++) {
      last = repeatDay(base, repeat.every, n, calendar)
      reached.push(placed({ notice: `overdue-${reached.length + 1}`, audience: 'owner' }, lateAfter, last))
      if (isAfter(last, asOf)) return reached
    }
    base = last
  }
  return reached
}

function repeatDay(base: Day, every: string, n: number, calendar: Calendar): Day {
  const working = /^P(\d+)WD$/.exec(every)
  if (working) return addWorkingDays(base, Number(working[1]) * n, calendar).day
  return nthAfter(base, Temporal.Duration.from(every), n)
}
