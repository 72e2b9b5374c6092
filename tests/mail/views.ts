// Views for tests of the mails: whole and plausible, to be changed where a test is about something.

import type { DigestDuty, DigestView, Light } from '../../src/core/digest.ts'
import type { DailyView, Line } from '../../src/core/message.ts'
import { weeksAhead } from '../../src/core/weeks-ahead.ts'

export const day = (text: string) => Temporal.PlainDate.from(text)

type Overrides<T> = { readonly [K in keyof T]?: T[K] }

export function lineWith(overrides: Overrides<Line> = {}, certification: Overrides<Line['certification']> = {}): Line {
  return {
    purpose: 'reminder',
    certification: {
      id: 12, scheme: { en: 'ISO/IEC 27001:2022', zh: 'ISO/IEC 27001:2022' }, name: 'Frankfurt DC', organisation: 'Nordlicht Hosting GmbH',
      certificateNumber: '01 153 2101', certificationBody: 'TÜV Rheinland', riders: [], ...certification,
    },
    duties: [{
      obligationId: 1, kind: 'surveillance-audit', title: { en: 'First surveillance audit', zh: '第一次监督审核' },
      basis: 'ISO/IEC 17021-1:2015, 9.1.3.3', mark: 'confirmed',
    }],
    tier: 'A', notice: 'P30D', countedTo: day('2026-12-18'), dueOn: day('2026-12-18'), latestOn: undefined, bookedOn: undefined,
    opensOn: undefined, daysLeft: 25, late: false, belated: false, movedFrom: undefined, movedBy: undefined, owner: undefined, costs: undefined,
    next: [], provisional: false, ...overrides,
  }
}

export function viewWith(lines: readonly Line[], overrides: Overrides<DailyView> = {}): DailyView {
  return {
    to: { id: 3, name: 'Ann Keller' }, language: 'en', day: day('2026-11-23'), lines, news: [],
    url: 'https://recert.example.org', rehearsal: false, ...overrides,
  }
}

export function dutyWith(overrides: Overrides<DigestDuty> = {}): DigestDuty {
  return {
    obligationId: 1, certificationId: 12, scheme: { en: 'ISO/IEC 27001:2022', zh: 'ISO/IEC 27001:2022' }, name: 'Frankfurt DC',
    organisation: 'Nordlicht Hosting GmbH', kind: 'surveillance-audit', tier: 'A',
    title: { en: 'First surveillance audit', zh: '第一次监督审核' }, dueOn: day('2026-12-18'), latestOn: undefined, bookedOn: undefined,
    daysLeft: 25, light: 'amber', owner: 'Ann Keller', forecast: undefined, provisional: false, unverified: false,
    ball: { holder: 'owner', name: 'owner' in overrides ? overrides.owner : 'Ann Keller', since: day('2026-11-03') }, ...overrides,
  }
}

/** A week in which nothing happens and nothing is due. */
export function quietDigest(overrides: Overrides<DigestView> = {}): DigestView {
  return {
    to: { id: 4, name: 'Zhou Min' }, language: 'en', organisation: 'Nordlicht Hosting GmbH', narrowing: undefined, week: '2026-W48', day: day('2026-11-23'),
    cutOffAt: Temporal.Instant.from('2026-11-23T08:00:00Z'), zone: 'Europe/Berlin', url: 'https://recert.example.org', rehearsal: false,
    counts: { needsYou: 0, inDanger: 0, late: 0, findings: 0, next30: 0, in31to90: 2, in91to180: 4, running: 0 },
    before: undefined, needsYou: [], lateOrInDanger: [], findings: [], next30: [], clusters: [], weeks: weeksAhead([], day('2026-11-23')), running: [], changed: [],
    register: { valid: 48, suspended: 0, expired: 0, archived: 5, ended: 1, notPlanned: 0, unverified: 0, provisional: 0 },
    trust: {
      checks: 10_080, lastCheckAt: Temporal.Instant.from('2026-11-23T07:59:00Z'), mailSince: Temporal.Instant.from('2026-11-16T08:00:00Z'), sent: 12, captured: 0, failed: 0, waiting: 0,
      bounced: 0, unreachable: 0, withoutOwner: 0, ownerLeft: 0, incomplete: 0,
    },
    ...overrides,
  }
}

const busyWeeks = () => Array.from({ length: 40 }, (_, n) => ({
  on: day('2026-11-24').add({ days: (n * 37) % 170 }), light: (['red', 'amber', 'grey', 'green', 'grey'] as const satisfies Light[])[n % 5]!,
}))

export function busyDigest(overrides: Overrides<DigestView> = {}): DigestView {
  const late = dutyWith({
    obligationId: 2, certificationId: 13, scheme: { en: 'Classified protection level 3', zh: '等保三级' }, name: '核心交易系统', kind: 'assessment',
    title: { en: 'Yearly assessment', zh: '年度等级测评' }, dueOn: day('2026-11-12'), daysLeft: -11, light: 'red', owner: '李婷', organisation: '华南数据中心',
  })
  const unbooked = dutyWith({
    obligationId: 3, certificationId: 14, name: '上海机房', dueOn: day('2026-11-30'), daysLeft: 7, light: 'red', owner: '陈晨', unverified: true, organisation: '华东数据中心',
  })
  const expiring = dutyWith({
    obligationId: 4, certificationId: 15, scheme: { en: 'Common Criteria EAL3+', zh: '通用准则 EAL3+' }, name: 'KeyVault 3.2', kind: 'expiry',
    title: { en: 'Archive date', zh: '归档日' }, dueOn: day('2026-12-16'), daysLeft: 23, light: 'amber', owner: undefined, tier: 'A',
  })
  const booked = dutyWith({ bookedOn: day('2026-12-09'), light: 'green' })
  return quietDigest({
    counts: { needsYou: 6, inDanger: 2, late: 1, findings: 0, next30: 3, in31to90: 12, in91to180: 26, running: 1 },
    before: { inDanger: 3, late: 0, needsYou: 6 },
    needsYou: [
      { kind: 'unbooked', duty: unbooked, bookBy: day('2026-11-16') },
      { kind: 'no-owner', certifications: 3, exampleId: 15, example: 'KeyVault 3.2' },
      { kind: 'expired', certifications: 2, exampleId: 16, example: 'KeyVault 2.0' },
      { kind: 'unconfirmed', duties: 4 },
      { kind: 'unreachable', personId: 9, person: '王强', cause: 'rejected' },
      { kind: 'failed-mail', messages: 1 },
    ],
    lateOrInDanger: [late, unbooked, expiring], next30: [unbooked, expiring, booked],
    clusters: [{ kind: 'crowd', from: day('2026-12-09'), to: day('2026-12-18'), duties: 3 }],
    weeks: weeksAhead(busyWeeks(), day('2026-11-23')),
    running: [{
      procedureId: 1, certificationId: 13, title: { en: 'Classified protection level 3', zh: '等保三级' }, name: '核心交易系统',
      stage: { en: 'assessment', zh: '等级测评' }, stageNumber: 4, stages: 5, percent: 62,
      next: { en: 'On-site assessment', zh: '现场测评' }, nextOn: day('2026-12-02'), slack: -3, waitsOn: '测评机构',
    }],
    changed: [
      { kind: 'renewed', on: day('2026-11-18'), certificationId: 17, scheme: { en: 'ISO 14001', zh: 'ISO 14001' }, name: 'Hamburg', title: undefined, from: undefined, to: undefined, by: undefined, count: 1 },
      { kind: 'moved', on: day('2026-11-19'), certificationId: 12, scheme: { en: 'ISO/IEC 27001:2022', zh: 'ISO/IEC 27001:2022' }, name: 'Frankfurt DC', title: { en: 'First surveillance audit', zh: '第一次监督审核' }, from: day('2026-12-01'), to: day('2026-12-18'), by: 'Ann Keller', count: 1 },
      { kind: 'added', on: day('2026-11-20'), certificationId: 18, scheme: { en: 'FIPS 140-3', zh: 'FIPS 140-3' }, name: 'Module A', title: undefined, from: undefined, to: undefined, by: undefined, count: 600 },
    ],
    register: { valid: 43, suspended: 1, expired: 2, archived: 5, ended: 1, notPlanned: 4, unverified: 7, provisional: 3 },
    trust: {
      checks: 10_080, lastCheckAt: Temporal.Instant.from('2026-11-23T07:59:00Z'), mailSince: Temporal.Instant.from('2026-11-16T08:00:00Z'), sent: 34, captured: 2, failed: 1, waiting: 0,
      bounced: 1, unreachable: 0, withoutOwner: 3, ownerLeft: 2, incomplete: 5,
    },
    ...overrides,
  })
}

/** Eight lines of every group and stance. */
export function manifoldLines(): Line[] {
  const mlps = { id: 13, scheme: { en: 'Classified protection level 3', zh: '等保三级' }, name: '核心交易系统', organisation: '华南数据中心', certificateNumber: undefined, certificationBody: undefined }
  const duty = (kind: Line['duties'][number]['kind'], en: string, zh: string, mark: Line['duties'][number]['mark'] = 'confirmed') =>
    [{ obligationId: 7, kind, title: { en, zh }, basis: 'GB/T 28448-2019', mark }]
  return [
    lineWith({ purpose: 'escalation', late: true, daysLeft: -11, countedTo: day('2026-11-12'), dueOn: day('2026-11-12'), notice: 'overdue-2', owner: '李婷', duties: duty('assessment', 'Yearly assessment', '年度等级测评') }, mlps),
    lineWith({ late: true, daysLeft: -3, countedTo: day('2026-11-20'), dueOn: day('2026-11-20'), notice: 'overdue-1', duties: duty('expiry', 'Expiry', '证书到期') }, { id: 15, name: 'KeyVault 3.2', scheme: { en: 'Common Criteria EAL3+', zh: '通用准则 EAL3+' } }),
    lineWith({ opensOn: day('2026-10-01'), movedFrom: day('2026-12-01'), movedBy: 'Zhou Min', belated: true, next: [{ en: 'Confirm the audit date with the certification body', zh: '与认证机构确认审核日期' }, { en: 'Close the 2 open nonconformities', zh: '关闭 2 项不符合' }, { en: 'Upload the management review minutes', zh: '上传管理评审记录' }] }, { riders: ['CSA STAR Gold', 'ISO/IEC 27017'] }),
    lineWith({ bookedOn: day('2026-12-01'), countedTo: day('2026-12-01'), daysLeft: 8, notice: 'P14D', dueOn: day('2026-12-18') }, { id: 16, name: 'Hamburg' }),
    lineWith({ latestOn: day('2027-01-17'), countedTo: day('2026-12-18'), provisional: true, notice: 'P30D', duties: duty('filing', 'Filing with the police', '公安机关备案', 'unverified'), owner: '王强' }, { ...mlps, id: 19 }),
    lineWith({ purpose: 'escalation', owner: 'Ben Ott', duties: [...duty('recertification', 'Recertification', '再认证'), ...duty('expiry', 'Expiry', '证书到期')], countedTo: day('2026-11-24'), dueOn: day('2026-11-24'), daysLeft: 1, notice: 'P7D' }, { id: 20, name: 'Leipzig' }),
    lineWith({ purpose: 'fallback', owner: 'Eva Lang', duties: duty('management-review', 'Management review', '管理评审'), countedTo: day('2026-11-23'), dueOn: day('2026-11-23'), daysLeft: 0, notice: 'P0D' }, { id: 21, name: 'Bremen' }),
    lineWith({ duties: duty('inspection', 'Inspection report of the police', '公安机关检查结果'), countedTo: day('2026-11-18'), dueOn: day('2026-11-18'), daysLeft: -5, notice: 'overdue-1' }, { ...mlps, id: 22 }),
  ]
}
