// The table of practice, row by row and in its own notation, held against the ladders that hold by default: days
// before the counted day, `w` for working days, who hears, and what comes after the day. O is the owner (of a step: its
// owner), M the line manager, C the compliance managers, T top management.

import { describe, expect, it } from 'vitest'
import { defaultLadders } from '../../src/core/default-ladders.ts'
import { type Audience, type Condition, type Ladder, noticeFault, type Repeat, type Rung } from '../../src/core/ladder.ts'
import { defaultLadder } from '../helpers/factory.ts'

const conditionWords: Readonly<Record<Condition, string>> = {
  unbooked: 'if not booked', booked: 'if booked', undecided: 'if not decided', uncontracted: 'if no contract', unstarted: 'if not started',
  unsubmitted: 'if not submitted', long: 'of 10 days and more', critical: 'if critical',
}

function rungWords({ notice, when }: Rung): string {
  const [, late, amount, unit] = /^(late-)?P(\d+)(WD|D)$/.exec(notice) ?? []
  const text = amount === undefined ? notice : `${amount}${unit === 'WD' ? 'w' : ''}${late ? ' late' : ''}`
  return when ? `${text} ${conditionWords[when]}` : text
}

const columnOf = ({ rungs }: Ladder, audience: Audience): string => rungs.filter((rung) => rung.audience === audience).map(rungWords).join(', ') || '-'

const everyWords: Readonly<Record<string, string>> = {
  P1D: 'day 1', P1WD: 'first working day', P2WD: 'every 2w', P3WD: 'every 3w', P7D: 'weekly', P1M: 'monthly', P29D: 'day 30',
}

const repeatWords = ({ every, times }: Repeat): string =>
  `${everyWords[every] ?? every}${times === 1 ? '' : times === 'until closed' ? ' until closed' : ` ×${times}`}`

const letters: Partial<Record<Audience, string>> = { supervisor: 'M', compliance: 'C', management: 'T' }

const afterOf = ({ overdue, late }: Ladder): string =>
  `${overdue.map(repeatWords).join(', ') || '-'}${late.length > 0 ? ` + ${late.map((one) => letters[one]).join(', ')} once` : ''}`

const columnsOf = (ladder: Ladder) =>
  [columnOf(ladder, 'owner'), columnOf(ladder, 'supervisor'), columnOf(ladder, 'compliance'), columnOf(ladder, 'management'), afterOf(ladder)]

const late = ' + M, T once'
const suspension = 'opens, 90, 60, 30, 14, 7, 3w, 0'

// What the table leaves open: once a tier A day has passed, the line manager and top management hear it, once (its section on roles).
const rows: readonly (readonly [kind: string, id: string, ...columns: string[]])[] = [
  ['recertification and expiry', 'expiry', '270, 180 if not booked, 90, 60, 30, 14, 7, 0', '150 if not booked, 30 if not decided',
    '120 if not booked, 30 if not decided', '30 if not decided, 7', `first working day, weekly ×4, monthly until closed${late}`],
  ['expiry of what needs no audit', 'registration-expiry', '180, 90, 30, 7, 0', '7', '7', '-', `first working day, weekly ×4, monthly until closed${late}`],
  // Until a suspension is recorded, whose ladder goes on from there, what is late is repeated.
  ['surveillance audit, not booked and booked', 'surveillance-audit',
    '150 if not booked, 105 if not booked, 75 if not booked, 45 if not booked, 45 if booked, 14 if booked, 3w if booked',
    '75 if not booked', '75 if not booked', '45 if not booked', `first working day, weekly until closed${late}`],
  ['internal audit, management review', 'audit-preparation', '45, 14, 0', '5w late', '5w late', '-', 'weekly ×4'],
  ['MLPS yearly assessment', 'yearly-assessment', '180, 120 if no contract, 60, 30, 14, 0', '120 if no contract, 14', '90 if no contract, 14', '7',
    `weekly ×8, monthly until closed${late}`],
  ['MLPS filing, table 4', 'filing', 'opens, 14, 7, 3w, 0', '7', '7', '0', `every 2w ×5, weekly until closed${late}`],
  ['MLPS filing extension', 'filing-extension', '120, 90, 45, 21, 7, 0', '21', '21', '7', `every 2w ×5, weekly until closed${late}`],
  ['protection work plan, self-check', 'self-check', '30, 7, 0', '5w late', '10w late', '-', 'weekly ×4'],
  ['any outside answer', 'outside', '-', '-', '-', '-', 'every 3w, weekly until closed'],
  ['CAC application', 'application', '365, 180, 90, 45, 14, 0', '90 if not started, 14', '90 if not started, 14', '14', `weekly until closed${late}`],
  ['STAR, 27017 … riding on a parent', 'none', '-', '-', '-', '-', '-'],
  ['CAIQ renewal, registry upkeep', 'registry', '60, 21, 7, 0', '10w late', '-', '-', 'day 1, day 30'],
  ['TRUCS', 'trucs-expiry', '210, 90, 45, 14, 0', '90 if not submitted, 14', '90 if not submitted, 14', '-', `weekly ×4${late}`],
  ['Gold O&M', 'gold-om-expiry', '270, 90, 45, 14, 0', '90 if not submitted, 14', '90 if not submitted, 14', '-', `weekly ×4${late}`],
  ['Common Criteria archive date', 'archive-date', '540, 365, 270, 180, 90, 30', '365 if not decided', '365 if not decided', '-', 'first working day'],
  ['report about a period: its end', 'period-end', '120, 30, 0', '7', '7', '-', `weekly until closed${late}`],
  ['report about a period: the report', 'period-report', '30, 14, 0', '7', '7', '-', `weekly until closed${late}`],
  ['PCI DSS report', 'yearly-report', '180, 90, 45, 14, 0', '14', '14', '7', `weekly until closed${late}`],
  ['PCI quarterly scan', 'scan', '21, 7, 0', '0', '-', '-', 'every 3w ×4'],
  ['transition to a new edition', 'transition', '365, 180, 90, 30', '90', '540, 365, 180, 90', '90', `weekly until closed${late}`],
  ['corrective action, major', 'major-corrective-action', 'opens, half, 14, 7, 3w, 1w, 0', 'opens, 7, 0', 'opens, 14, 7, 0', '7, 0',
    `every 2w ×5, weekly until closed${late}`],
  ['corrective action, minor', 'corrective-action', 'opens, 30, 7, 0', '5w late', '-', '-', 'weekly ×4'],
  ['suspension end, restoration limit', 'suspension-end', suspension, suspension, suspension, suspension, '-'],
  ['notice of change to the body', 'change-notice', 'opens, 0', '6w late', '6w late', '-', 'every 3w until closed'],
  ['contract, quotation, fee', 'contract', '30, 7, 0', '5w late', '-', '-', 'weekly ×4'],
  ['step', 'step', 'opens if not started, 3w of 10 days and more, 0', '3w late if critical', '-', '-', 'every 2w, weekly ×4'],
  // Day 1 is the first on which anybody works: after a closure the second notice would follow at once.
  ['custom', 'custom', '30, 7, 0', '-', '-', '-', 'first working day, weekly ×4'],
]

// Besides the table: the other half of the first row once the audit is booked, and two kinds of our own.
const others: typeof rows = [
  ['recertification, beside the expiry', 'recertification', '270 if not booked, 180 if not booked, 90 if not booked, 60 if not booked, 30 if not booked,'
    + ' 14 if not booked, 7 if not booked, 0 if not booked, 45 if booked, 14 if booked, 3w if booked', '150 if not booked, 30 if not booked',
    '120 if not booked, 30 if not booked', '30 if not booked, 7 if not booked', `first working day, weekly ×4, monthly until closed${late}`],
  ['what a suspension or an expiry asks for', 'state-duty', 'opens, 0', '-', '5w late', '-', 'weekly ×2'],
  ['advice', 'advice', '90, 30', '-', '-', '-', '-'],
]

describe('the default ladders say what the table of practice says', () => {
  it.each([...rows, ...others])('%s', (_, id, ...columns) => {
    expect(columnsOf(defaultLadder(id))).toEqual(columns)
  })

  it('and there is no other', () => {
    expect(defaultLadders.map((one) => one.id).sort()).toEqual([...rows, ...others].map(([, id]) => id).sort())
  })

  it('in notices a policy may use', () => {
    expect(defaultLadders.flatMap((one) => one.rungs).flatMap((rung) => noticeFault(rung.notice) ?? [])).toEqual([])
  })
})
