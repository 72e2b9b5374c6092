// The ladders that hold until somebody changes a policy, one for every kind of duty. All of it is
// practice: unverified, and editable.

import { type Audience, conditions, type Ladder, type Repeat, type Rung } from './ladder.ts'

type RungText = string

// `P180D unbooked` reads: 180 days before, if nothing is booked.
function rungsOf(audience: Audience, ...texts: readonly RungText[]): Rung[] {
  return texts.map((text) => {
    const [notice = text, when] = text.split(' ')
    return { notice, audience, when: conditions.find((one) => one === when) }
  })
}

const untilClosed = 'until closed' as const
const everybody: readonly Audience[] = ['owner', 'supervisor', 'compliance', 'management']
const tierA: readonly Audience[] = ['supervisor', 'management']
const weeklyThenMonthly: readonly Repeat[] = [
  { every: 'P1WD', times: 1 }, { every: 'P7D', times: 4 }, { every: 'P1M', times: untilClosed },
]
const everySecondDayThenWeekly: readonly Repeat[] = [
  { every: 'P2WD', times: 5 }, { every: 'P7D', times: untilClosed },
]
const weekly: readonly Repeat[] = [{ every: 'P7D', times: untilClosed }]
const weeklyFourTimes: readonly Repeat[] = [{ every: 'P7D', times: 4 }]

const auditedExpiry: readonly Rung[] = [
  ...rungsOf('owner', 'P270D', 'P180D unbooked', 'P90D', 'P60D', 'P30D', 'P14D', 'P7D', 'P0D'),
  ...rungsOf('supervisor', 'P150D unbooked', 'P30D undecided'),
  ...rungsOf('compliance', 'P120D unbooked', 'P30D undecided'),
  ...rungsOf('management', 'P30D undecided', 'P7D'),
]

const bookedAudit: readonly Rung[] = rungsOf('owner', 'P45D booked', 'P14D booked', 'P3WD booked')

const printed: readonly Rung[] = [
  ...rungsOf('supervisor', 'P90D unsubmitted', 'P14D'), ...rungsOf('compliance', 'P90D unsubmitted', 'P14D'),
]

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
      ...rungsOf('supervisor', 'P365D undecided'), ...rungsOf('compliance', 'P365D undecided'),
    ],
    overdue: [{ every: 'P1WD', times: 1 }], late: [],
  },
  {
    id: 'suspension-end', title: { en: 'suspension end, restoration limit', zh: '暂停期满、恢复期限' },
    rungs: everybody.flatMap((audience) =>
      rungsOf(audience, 'opens', 'P90D', 'P60D', 'P30D', 'P14D', 'P7D', 'P3WD', 'P0D')),
    overdue: [], late: [],
  },
  {
    id: 'state-duty', title: { en: 'what a suspension or an expiry asks for', zh: '暂停或到期后应办事项' },
    rungs: [...rungsOf('owner', 'opens', 'P0D'), ...rungsOf('compliance', 'late-P5WD')], overdue: [{ every: 'P7D', times: 2 }], late: [],
  },
  {
    id: 'major-corrective-action', title: { en: 'corrective action, major', zh: '纠正措施（严重）' },
    rungs: [
      ...rungsOf('owner', 'opens', 'half', 'P14D', 'P7D', 'P3WD', 'P1WD', 'P0D'),
      ...rungsOf('supervisor', 'opens', 'P7D', 'P0D'), ...rungsOf('compliance', 'opens', 'P14D', 'P7D', 'P0D'),
      ...rungsOf('management', 'P7D', 'P0D'),
    ],
    overdue: everySecondDayThenWeekly, late: tierA,
  },
  {
    id: 'corrective-action', title: { en: 'corrective action, minor', zh: '纠正措施（轻微）' },
    rungs: [...rungsOf('owner', 'opens', 'P30D', 'P7D', 'P0D'), ...rungsOf('supervisor', 'late-P5WD')],
    overdue: weeklyFourTimes, late: [],
  },
  {
    id: 'change-notice', title: { en: 'notice of a change to the body', zh: '向机构通报变更' },
    rungs: [
      ...rungsOf('owner', 'opens', 'P0D'), ...rungsOf('supervisor', 'late-P6WD'), ...rungsOf('compliance', 'late-P6WD'),
    ],
    overdue: [{ every: 'P3WD', times: untilClosed }], late: [],
  },
  {
    id: 'outside', title: { en: 'what an outside party owes', zh: '外部方应办事项' },
    rungs: [], overdue: [{ every: 'P3WD', times: 1 }, { every: 'P7D', times: untilClosed }], late: [],
  },
  {
    id: 'step', title: { en: 'step of a run', zh: '流程步骤' },
    rungs: [...rungsOf('owner', 'opens unstarted', 'P3WD long', 'P0D'), ...rungsOf('supervisor', 'late-P3WD critical')],
    overdue: [{ every: 'P2WD', times: 1 }, { every: 'P7D', times: 4 }], late: [],
  },
  {
    id: 'custom', title: { en: 'own duty', zh: '自定义事项' },
    rungs: rungsOf('owner', 'P30D', 'P7D', 'P0D'),
    overdue: [{ every: 'P1WD', times: 1 }, { every: 'P7D', times: 4 }], late: [],
  },
  {
    id: 'transition', title: { en: 'transition to a new edition', zh: '标准换版' },
    rungs: [
      ...rungsOf('owner', 'P365D', 'P180D', 'P90D', 'P30D'), ...rungsOf('supervisor', 'P90D'),
      ...rungsOf('compliance', 'P540D', 'P365D', 'P180D', 'P90D'), ...rungsOf('management', 'P90D'),
    ],
    overdue: weekly, late: tierA,
  },
  {
    id: 'application', title: { en: 'application for a re-assessment', zh: '复评申请' },
    rungs: [
      ...rungsOf('owner', 'P365D', 'P180D', 'P90D', 'P45D', 'P14D', 'P0D'),
      ...rungsOf('supervisor', 'P90D unstarted', 'P14D'), ...rungsOf('compliance', 'P90D unstarted', 'P14D'),
      ...rungsOf('management', 'P14D'),
    ],
    overdue: weekly, late: tierA,
  },
  {
    id: 'registry', title: { en: 'entry in a register renewed', zh: '注册库条目更新' },
    rungs: [...rungsOf('owner', 'P60D', 'P21D', 'P7D', 'P0D'), ...rungsOf('supervisor', 'late-P10WD')],
    overdue: [{ every: 'P1D', times: 1 }, { every: 'P29D', times: 1 }], late: [],
  },
  {
    id: 'trucs-expiry', title: { en: 'Trusted Cloud certificate', zh: '可信云证书到期' },
    rungs: [...rungsOf('owner', 'P210D', 'P90D', 'P45D', 'P14D', 'P0D'), ...printed], overdue: weeklyFourTimes, late: tierA,
  },
  {
    id: 'gold-om-expiry', title: { en: 'Gold O&M result', zh: '金牌运维到期' },
    rungs: [...rungsOf('owner', 'P270D', 'P90D', 'P45D', 'P14D', 'P0D'), ...printed], overdue: weeklyFourTimes, late: tierA,
  },
  {
    id: 'period-end', title: { en: 'end of an audited period', zh: '审计期间结束' },
    rungs: [...rungsOf('owner', 'P120D', 'P30D', 'P0D'), ...rungsOf('supervisor', 'P7D'), ...rungsOf('compliance', 'P7D')],
    overdue: weekly, late: tierA,
  },
  {
    id: 'period-report', title: { en: 'report about a period', zh: '期间报告' },
    rungs: [...rungsOf('owner', 'P30D', 'P14D', 'P0D'), ...rungsOf('supervisor', 'P7D'), ...rungsOf('compliance', 'P7D')],
    overdue: weekly, late: tierA,
  },
  {
    id: 'yearly-report', title: { en: 'yearly report', zh: '年度报告' },
    rungs: [
      ...rungsOf('owner', 'P180D', 'P90D', 'P45D', 'P14D', 'P0D'), ...rungsOf('supervisor', 'P14D'),
      ...rungsOf('compliance', 'P14D'), ...rungsOf('management', 'P7D'),
    ],
    overdue: weekly, late: tierA,
  },
  {
    id: 'scan', title: { en: 'scan once a quarter', zh: '季度扫描' },
    rungs: [...rungsOf('owner', 'P21D', 'P7D', 'P0D'), ...rungsOf('supervisor', 'P0D')],
    overdue: [{ every: 'P3WD', times: 4 }], late: [],
  },
  {
    id: 'contract', title: { en: 'contract, quotation, fee', zh: '合同、报价、费用' },
    rungs: [...rungsOf('owner', 'P30D', 'P7D', 'P0D'), ...rungsOf('supervisor', 'late-P5WD')], overdue: weeklyFourTimes, late: [],
  },
  {
    id: 'advice', title: { en: 'advice, which nobody is late with', zh: '建议事项（不计逾期）' },
    rungs: rungsOf('owner', 'P90D', 'P30D'), overdue: [], late: [],
  },
  { id: 'none', title: { en: 'no notices of its own', zh: '不单独提醒' }, rungs: [], overdue: [], late: [] },
]

// Once the audit is booked a recertification counts to the booked day by the rungs of a booked audit;
// the expiry beside it goes on counting to the expiry.
function ifNotBooked(rung: Rung): Rung {
  return rung.when === undefined || rung.when === 'undecided' ? { ...rung, when: 'unbooked' } : rung
}
