// 简体中文邮件用语。短、平实、具体：什么事、截止哪天、还有几天、下一步做什么。
// The mails in Simplified Chinese, in the terms a practitioner uses (责任人, 最迟日期, 应办事项 …).

import type { Day } from '../core/day.ts'
import type { DigestView, OwnDigestView } from '../core/digest.ts'
import { byTheRules } from '../core/message.ts'
import { news, newsAnswer } from './news-words-zh.ts'
import type { DailyWords, DigestWords, MailWords, OwnDigestWords, StanceWords } from './words.ts'

const number = (n: number): string => n.toLocaleString('en-GB')
const items = (n: number): string => `${number(n)} 项`
const ahead = (n: number): string => (n === 0 ? '今天' : n === 1 ? '明天' : `还有 ${number(n)} 天`)
const ago = (n: number): string => (n === 0 ? '今天' : n === 1 ? '昨天' : `${number(n)} 天前`)
const weekdays = ['一', '二', '三', '四', '五', '六', '日']
const monthAndDay = (on: Day): string => `${on.month}月${on.day}日`
const day = (on: Day): string => `${on.year}年${monthAndDay(on)}（周${weekdays[on.dayOfWeek - 1]!}）`

function notice(text: string): string {
  const [, late, n, unit] = /^(late-)?P(\d+)(WD|D)$/.exec(text) ?? []
  if (text === 'opens') return '办理窗口期开始'
  if (text === 'half') return '时间过半'
  if (text === 'moved') return '日期变更通知'
  if (text.startsWith('again-')) return '按您的要求于今日再次提醒'
  if (text.startsWith('silence-')) return `${notice(text.slice('silence-'.length))}发出五个工作日后仍无答复`
  if (text.startsWith('overdue-')) return `第 ${text.slice('overdue-'.length)} 次逾期提醒`
  if (n === undefined) return text
  const span = `${n} 个${unit === 'WD' ? '工作日' : '自然日'}`
  if (late) return `最迟日期后 ${span}的提醒`
  return n === '0' ? '当日提醒' : `提前 ${span}的提醒`
}

const stances: MailWords['stances'] = {
  due: said((t) => `${t.what}${ahead(t.days)}截止（${t.shortOn}）`, (t) => `${t.what}：截止日期 ${t.on}，${ahead(t.days)}`, ahead),
  expires: said((t) => `${ahead(t.days)}到期（${t.shortOn}）`, (t) => `有效期至 ${t.on}，${ahead(t.days)}${t.days <= 1 ? '到期' : ''}`, ahead),
  booked: said((t) => `${t.what}${ahead(t.days)}（已约定 ${t.shortOn}）`, (t) => `${t.what}：已约定 ${t.on}，${ahead(t.days)}`, ahead),
  late: said((t) => `${t.what}已逾期 ${number(t.days)} 天（最迟日期 ${t.shortOn}）`, (t) => `${t.what}：已逾期 ${number(t.days)} 天，最迟日期为 ${t.on}`, (n) => `逾期 ${number(n)} 天`),
  expired: said((t) => `已于 ${t.shortOn} 到期（${ago(t.days)}）`, (t) => `已到期：有效期至 ${t.on}（${ago(t.days)}）`, (n) => `已到期 ${number(n)} 天`),
  'booked-passed': said((t) => `${t.what}的约定日期已过（${t.shortOn}，${ago(t.days)}）`, (t) => `${t.what}：约定日期 ${t.on}已过（${ago(t.days)}）`, () => '约定日期已过'),
  'stricter-passed': said((t) => `${t.what}按较严的理解已于 ${t.shortOn} 截止（${ago(t.days)}）`, (t) => `${t.what}：按较严的理解截止日期为 ${t.on}（${ago(t.days)}）；${t.latest}之后才算逾期`, () => '较严日期已过'),
  expected: said((t) => `${t.what}应于 ${t.shortOn} 收到（${ago(t.days)}）`, (t) => `${t.what}：对方应于 ${t.on}完成（${ago(t.days)}）`, () => '尚未收到'),
}

function said(subject: StanceWords['subject'], statement: StanceWords['statement'], tag: StanceWords['tag']): StanceWords {
  return { subject, statement, tag }
}

const daily: DailyWords = {
  subject: (certificate, statement, more) => `${certificate}：${statement}${more > 0 ? `，另有 ${items(more)}` : ''}`,
  greeting: (name) => `${name}，您好：`,
  lead: (lines, late) => late === 0
    ? `有 ${items(lines)}事项需要您办理${lines > 1 ? '，最紧急的在前' : ''}。`
    : late === lines ? `有 ${items(lines)}事项已逾期。` : `有 ${items(lines)}事项需要您办理，其中 ${items(late)}已逾期。`,
  rehearsal: '演练：本邮件只保存在系统中，没有发出。单位正式启用后，发出的邮件就是这样。',
  groups: {
    late: { head: '已逾期', lead: '最迟日期已过。' },
    reminder: { head: '由您负责', lead: '您是责任人，或者是责任人的代理人。' },
    escalation: { head: '上报给您', lead: '责任人已收到提醒。因日期临近或仍未办结，现上报给您。' },
    fallback: { head: '无法联系到责任人', lead: '责任人和代理人都联系不上，请您办理，或者指定责任人。' },
  },
  labels: {
    lastAllowed: '最迟日期', readings: '两种理解', booked: '已约定日期', window: '办理窗口期', owner: '责任人',
    moved: '日期变更', costs: '逾期后果', serves: '涉及资质', riders: '一并涉及', why: '依据', next: '下一步',
  },
  readings: (stricter, looser) => `按较严的理解为 ${stricter}；${looser}之后才算逾期`,
  window: (from, to) => `${from}至${to}`,
  standIn: (owner) => `${owner}（您是代理人）`,
  moved: (from, to, by) => `由 ${from}改为 ${to}${by === undefined ? '' : by === byTheRules ? '，由规则推算' : `，变更人：${by}`}`,
  served: (certificate, titles, on, latest) => `${certificate}：${titles}，${latest === undefined ? `最迟日期 ${on}` : `按较严的理解为 ${on}，${latest}之后才算逾期`}`,
  visitMoved: (from, to, by, reason) => `约定日期由 ${from}改为 ${to}${by === undefined ? '' : `，变更方：${by}`}${reason === undefined ? '' : `，原因：${reason}`}`,
  theBody: '认证机构',
  visit: (title, serves) => `现场审核 ${title}（涉及 ${serves} 项资质）`,
  certificateNumber: (value) => `证书编号 ${value}`,
  expiresToo: '证书也在这一天到期。',
  notes: {
    belated: '这条提醒本应更早发出，当时未能发出。',
    provisional: '暂定：当年的放假安排尚未公布，日期可能变动。',
    unverified: '此规则为未经核实的默认值，请对照合同或法规核对。',
  },
  purposes: { reminder: '由您负责', escalation: '上报给您', fallback: '无法联系到责任人' },
  actions: { acknowledge: '已知悉', snooze: '稍后提醒', done: '已办', 'not-mine': '不归我负责' },
  moreLines: (count) => `另有 ${items(count)}认证有事项待办，请在系统中查看`,
  moreDuties: (count) => `另有 ${items(count)}`,
  open: '在系统中查看',
  footer: 'Recert 把当天的提醒合并为一封邮件，每个提醒节点只提醒一次。',
  links: { home: '全部待办事项', mail: '邮件记录' },
}

function figures({ inDanger, late, needsYou }: DigestView['counts']): string[] {
  return [
    ...(inDanger > 0 ? [`${items(inDanger)}有风险`] : []),
    ...(late > 0 ? [`${items(late)}逾期`] : []),
    ...(needsYou > 0 ? [`${items(needsYou)}待您处理`] : []),
  ]
}

const signed = (n: number): string => (n === 0 ? '不变' : n > 0 ? `增加 ${number(n)}` : `减少 ${number(-n)}`)

function verdict(counts: DigestView['counts'], checks: number): string {
  const { inDanger, late, needsYou, findings } = counts
  const need = `${needsYou > 0 ? `${items(needsYou)}待您处理。` : ''}${findings > 0 ? `${items(findings)}不符合未关闭。` : ''}`
  if (late === 0 && inDanger === 0) {
    return `没有逾期，也没有逾期风险。${need}${checks === 0 ? '但本周没有运行过检查，以上结论不足为凭。' : `本周共检查 ${number(checks)} 次。`}`
  }
  return `${late === 0 ? '没有逾期' : `${items(late)}已逾期`}，${inDanger === 0 ? '没有逾期风险' : `${items(inDanger)}有逾期风险`}。${need}`
}

const need: DigestWords['need'] = (n, certificate, on) => {
  switch (n.kind) {
    case 'no-owner': return `${items(n.certifications)}认证没有责任人，例如“${n.example}”。请指定。`
    case 'unconfirmed': return `${items(n.duties)}事项在录入时已过期限：已办结、仍未办，还是不属于本单位？`
    case 'expired': return `${number(n.certifications)} 张证书在录入时已到期，例如“${n.example}”：已换证、已注销，还是正在恢复？`
    case 'unreachable': return n.cause === 'rejected' ? `发给${n.person}的邮件被退回，请更正邮箱地址，或在可以送达后恢复该地址。` : `${n.person}没有邮箱地址，邮件无法送达。`
    case 'unbooked': return `${certificate(n.duty)}：${n.duty.title.zh}尚未约定日期，原应在${on(n.bookBy)}前约定。`
    case 'booked-day-passed': return `${certificate(n.duty)}：${n.duty.title.zh}的约定日期${n.duty.bookedOn ? ` ${on(n.duty.bookedOn)} ` : ''}已过，是已完成还是改期？`
    case 'not-mine': return `${certificate(n.duty)}：${n.person}表示“${n.duty.title.zh}”不由其负责，请指定责任人。`
    case 'owner-left': return `${n.person}已离岗，仍负责 ${items(n.duties)}事项，例如“${n.example}”。请另行指定责任人。`
    case 'failed-mail': return `${number(n.messages)} 封邮件未能投递。`
    default: return `${n.organisation}尚未正式启用：${number(n.captured)} 封邮件只保存在系统中，没有发出。`
  }
}

const digest: DigestWords = {
  subject: (week, counts) => {
    const quiet = counts.late === 0 && counts.inDanger === 0 ? ['没有逾期', '没有逾期风险'] : []
    return `资质周报 第${week}周：${[...quiet, ...figures(counts)].join('，')}`
  },
  title: (week) => `每周状态 第${week}周`,
  scope: (organisation, from, to, cutOff) => `${organisation} · ${from}至${to} · 数据截至 ${cutOff}`,
  narrowing: ({ organisations, schemes, tags }) => `仅含${[
    ...(organisations ? [`单位：${organisations}`] : []), ...(schemes ? [`资质类型：${schemes}`] : []), ...(tags ? [`标签：${tags}`] : []),
  ].join('；')}`,
  verdict,
  since: (counts, before) => `与上周相比：逾期${signed(counts.late - before.late)}，有风险${signed(counts.inDanger - before.inDanger)}，待您处理${signed(counts.needsYou - before.needsYou)}${before.findings === undefined || (counts.findings === 0 && before.findings === 0) ? '' : `，不符合${signed(counts.findings - before.findings)}`}。`,
  rehearsal: daily.rehearsal,
  figures: { late: '已逾期', inDanger: '有逾期风险', needsYou: '待您处理', next30: '30 天内' },
  heads: {
    needsYou: '待您处理', lateOrInDanger: '已逾期或有逾期风险', findings: '未关闭的不符合项', next30: '今后 30 天', running: '办理中',
    changed: '上次周报以来的变化', register: '资质台账', trust: '数据是否可信',
  },
  none: { lateOrInDanger: '无。', next30: '无。', changed: '无。' },
  need,
  owner: (name) => name ?? '没有责任人',
  ball: ({ holder, name }, since) => {
    if (holder === 'handed-in') return `已提交${since ? `（${since}）` : ''}，等待${name ?? '认证机构'}`
    const from = since ? `（自 ${since} 起）` : ''
    return `${holder === 'waits' ? `等待${name}` : name ? `责任人：${name}` : '没有责任人'}${from}`
  },
  forecast: (on, n) => `预计 ${on} 完成，${n === 0 ? '恰为最迟日期' : n > 0 ? `晚 ${number(n)} 天` : `早 ${number(-n)} 天`}`,
  booked: (on) => (on ? `已约定 ${on}` : '未约定日期'),
  lastAllowed: (duty, on) => (duty.latestOn
    ? `${duty.kind === 'expiry' ? '有效期至' : '截止'} ${on(duty.dueOn)}，${on(duty.latestOn)}之后才算逾期`
    : `${duty.kind === 'expiry' ? '有效期至' : '最迟'} ${on(duty.dueOn)}`),
  owed: { answer: '待答复', proof: '待提交证据', verification: '待认证机构验证' },
  until: (on) => `最迟 ${on}`,
  unverified: '规则未核实',
  provisional: '日期暂定',
  ahead: (counts) => `更远：31 至 90 天 ${items(counts.in31to90)}，91 至 180 天 ${items(counts.in91to180)}。`,
  listedAbove: (count) => `其中 ${items(count)}已列在上面。`,
  cluster: ({ kind, duties }, from, to) => (kind === 'crowd'
    ? `其中 ${items(duties)}集中在 ${from}至${to}。` : `其中 ${items(duties)}的日期在放假期间（${from}至${to}）。`),
  weeks: {
    head: (n) => `今后 ${n} 周`, today: '今天', legend: '数字：该周截止的事项数',
    month: (of, withYear) => `${withYear ? `${of.year}年` : ''}${of.month}月`,
    sentence: (due, n) => `今后 ${n} 周：${due.map(({ week, duties }) => `第${week}周 ${items(duties)}`).join('，') || '无'}。`,
  },
  stage: (n, stages, name, percent) => `第 ${n}/${stages} 阶段 ${name}，已完成 ${percent}%`,
  nextStep: (step, on) => `下一步：${step}${on ? `（${on}前）` : ''}`,
  slack: (n) => (n < 0 ? `缺 ${number(-n)} 个工作日` : `余 ${number(n)} 个工作日`),
  waitsOn: (whom, since) => `等待${whom}${since ? `（自 ${since} 起）` : ''}`,
  changes: {
    granted: '授予', renewed: '已换证', suspended: '暂停', restored: '恢复', withdrawn: '撤销', 'given-up': '注销', extended: '延期',
    refused: '未获批准', transferred: '认证转换', 'scope-changed': '认证范围变更', archived: '已归档', added: '新增', moved: '日期变更', met: '已办结', booked: '已约定日期', 'owner-changed': '责任人变更',
  },
  change: ({ count, from, to, by }, kind, what, on) => {
    if (count > 1) return `${kind}：${items(count)}，例如“${what}”`
    const moved = from && to ? `，${on(from)} → ${on(to)}` : to ? `，${on(to)}` : ''
    return `${kind}：${what}${moved}${by ? `，${by}` : ''}`
  },
  register: (r) => [
    `有效 ${number(r.valid)}，暂停 ${number(r.suspended)}，已过期 ${number(r.expired)}，已归档 ${number(r.archived)}，已终止 ${number(r.ended)}。`,
    `尚未安排换证 ${number(r.notPlanned)}；规则未核实 ${number(r.unverified)}；日历暂定 ${number(r.provisional)}。`,
  ],
  trust: (t, last, since) => [
    t.checks === 0 ? '本周没有运行过检查。' : `本周检查 ${number(t.checks)} 次${last ? `，最近一次 ${last}` : ''}。`,
    `邮件（自 ${since} 起）：发出 ${number(t.sent)} 封，仅保存 ${number(t.captured)} 封，失败 ${number(t.failed)} 封，逾时未发 ${number(t.waiting)} 封；地址被拒收 ${number(t.bounced)} 人，没有邮箱地址 ${number(t.unreachable)} 人。`,
    `记录：不完整 ${items(t.incomplete)}，没有责任人 ${items(t.withoutOwner)}；责任人已离岗 ${items(t.ownerLeft)}。`,
  ],
  more: (count) => `另有 ${items(count)}`,
  open: '查看',
  footer: '每周状态在每周第一个工作日发给合规负责人。',
}

const own: OwnDigestWords = {
  subject: (week, counts) => `您的一周 第${week}周：${ownFigures(counts).join('，')}`,
  title: (week) => `您的一周 第${week}周`,
  scope: (organisation, cutOff) => `${organisation} · 数据截至 ${cutOff}`,
  lead: (counts) => `由您负责的事项：${ownFigures(counts).join('，')}。`,
  lateOrInDanger: '已逾期或有逾期风险',
  footer: '您选择了每周提醒，因此每周收到一封。不能等的事项会另行提醒。',
}

function ownFigures({ late, inDanger, next30 }: OwnDigestView['counts']): string[] {
  return [
    ...(late > 0 ? [`${items(late)}已逾期`] : []), ...(inDanger > 0 ? [`${items(inDanger)}有逾期风险`] : []),
    next30 > 0 ? `30 天内 ${items(next30)}` : '30 天内没有事项',
  ]
}

export const zh: MailWords = {
  tag: 'zh-CN',
  number,
  day,
  shortDay: (on, asOf) => (on.year === asOf.year ? monthAndDay(on) : `${on.year}年${monthAndDay(on)}`),
  moment: (at, zone) => {
    const local = at.toZonedDateTimeISO(zone)
    return `${day(local.toPlainDate())}${local.toPlainTime().toString({ smallestUnit: 'minute' })}（${zone}）`
  },
  list: (all) => all.join('、'),
  comma: '，',
  colon: '：',
  kinds: {
    expiry: '到期', recertification: '再认证', 'surveillance-audit': '监督审核', 'internal-audit': '内部审核',
    'management-review': '管理评审', booking: '约定日期', assessment: '测评', filing: '备案', 'filing-extension': '备案证明延期',
    'self-check': '自查', scan: '扫描', report: '报告', notification: '通知', contract: '签订合同', step: '步骤',
    'corrective-action': '纠正措施', transition: '换版', 'suspension-end': '暂停期满', restoration: '恢复', inspection: '监督检查',
    custom: '应办事项',
  },
  firstMoves: {
    expiry: '决定是否换证，并询价。',
    recertification: '与认证机构约定审核日期：认证决定须在到期前作出。',
    'surveillance-audit': '与认证机构约定审核日期。',
    'internal-audit': '确定内审员和日期。',
    'management-review': '确定日期，通知最高管理者。',
    booking: '询问并约定日期。',
    assessment: '与测评机构签订合同，约定现场测评日期。',
    filing: '填写备案材料并提交。',
    'filing-extension': '准备延期申请材料。',
    'self-check': '按清单逐项自查，保存记录。',
    scan: '安排扫描，保存报告。',
    report: '确认由谁编写、何时完成。',
    notification: '书面通知对方。',
    contract: '取得报价并完成签订。',
    step: '开始办理，或说明在等什么。',
    'corrective-action': '向认证机构提交原因分析和纠正措施。',
    transition: '安排换版审核。',
    'suspension-end': '解决导致暂停的问题，申请恢复。',
    restoration: '办完未完成的事项；过了期限只能重新申请初次认证。',
    inspection: '准备检查时要用的记录。',
    custom: '办理，或另行约定日期。',
  },
  stanceMoves: {
    booked: '确认相关人员都已知悉日期，备好资料。',
    'booked-passed': '请说明是否已完成，或另行约定日期。',
    expected: '请询问对方何时完成。',
  },
  askOwner: (owner) => `请联系责任人${owner}，了解卡在哪里。`,
  stances,
  notice,
  lights: { red: '照此将逾期', amber: '时间紧', green: '已安排，来得及', grey: '尚未安排' },
  daily,
  news,
  newsAnswer,
  digest,
  signIn: {
    subject: '登录 Recert',
    lead: '有人用您的邮箱地址申请了登录 Recert 的链接；系统不知道是谁申请的。',
    button: '登录 Recert',
    lasts: '链接只能使用一次，15 分钟内有效。',
    ignore: '如果不是您本人申请，无需处理：不使用链接就不会发生任何事，链接会自行失效。请勿转发给任何人。',
    footer: '您的地址被填入登录页面，因此发送本邮件。',
  },
  test: {
    subject: 'Recert 测试邮件',
    lead: (at) => `管理员于${at}发送了本测试邮件。您已收到，说明邮件可以从这里发出：`,
    ignore: '没有任何事项到期，无需处理。',
    footer: '仅在管理员要求时，Recert 才会发送测试邮件。',
  },
  own,
}
