// 页面的全部中文文字，结构与 words-en.ts 相同；术语以认证行业的通行说法为准。

import type { Day } from '../core/day.ts'
import type { PageWords } from './words-en.ts'

const weekdays = ['周一', '周二', '周三', '周四', '周五', '周六', '周日']

const day = (on: Day): string => `${on.year}年${on.month}月${on.day}日`
const units: Readonly<Record<string, string>> = { D: '天', WD: '个工作日' }

function notice(text: string): string {
  if (text === 'opens') return '窗口期开始'
  if (text === 'half') return '时间过半'
  if (text === 'moved') return '日期变更'
  const [, late, amount, unit] = /^(late-)?P(\d+)(WD|D)$/.exec(text) ?? []
  if (text.startsWith('again-')) return '按要求再次提醒'
  if (text.startsWith('silence-')) return `${notice(text.slice('silence-'.length))}无答复`
  if (amount === undefined || unit === undefined) return text.replace(/^overdue-(\d+)$/, '逾期第 $1 次提醒')
  if (late) return `逾期 ${amount} ${units[unit]}`
  return amount === '0' ? '当天提醒' : `提前 ${amount} ${units[unit]}`
}

export const zh: PageWords = {
  tag: 'zh-Hans',
  other: { language: 'en', name: 'English' },
  nav: { overview: '总览', certifications: '资质台账', mail: '邮件', pages: '页面', skip: '跳到正文', signOut: '退出' },

  day,
  weekday: (on) => weekdays[on.dayOfWeek - 1]!,
  month: (on) => `${on.month}月`,
  moment: (at) => `${day(at.toPlainDate())} ${at.toPlainTime().toString({ smallestUnit: 'minute' })}`,
  daysLeft: (n) => (n === 0 ? '今天' : n > 0 ? `${n} 天` : `逾期 ${-n} 天`),
  notice,

  asked: { banner: (on) => `您正在查看 ${day(on)} 的情况，不是今天。`, back: '回到今天', label: '查看其他日期', go: '查看' },

  overview: {
    title: '总览',
    verdict({ late, inDanger, unconfirmed }) {
      const parts = [
        late > 0 ? `${late} 项已逾期` : '没有逾期事项',
        inDanger > 0 ? `${inDanger} 项有逾期风险` : late > 0 ? '' : '没有逾期风险',
        unconfirmed > 0 ? `${unconfirmed} 项待答复` : '',
      ]
      return `${parts.filter(Boolean).join('，')}。`
    },
    scope: { every: (on) => `全部组织，${on}`, own: (on) => `由您负责的事项，${on}` },
    numbers: { late: '已逾期', inDanger: '有逾期风险', next30: '30 天内截止', unconfirmed: '待答复' },
    atLeast: (n) => `${n}+`,
    late: '已逾期', lateNone: '没有逾期事项。',
    ahead: '未来 90 天', aheadNone: '未来 90 天没有应办事项。',
    aheadNote: '90 天以后有逾期风险的事项也列在这里。',
    more: (n) => `另有 ${n} 行；全部事项见各证书页面。`,
    asking: '等待您答复',
    askingNote: '待答复的事项不会提醒任何人。请用各项下方的命令答复。',
    askingMore: (n) => `另有 ${n} 张证书。列出全部问题的命令：`,
    askedExpired: (on) => `有效期至 ${day(on)}。已换证、已注销，还是正在恢复？`,
    askedRestorable: (until) => `可恢复至 ${day(until)}。`,
    askedDuties: (n) => `${n} 项应办事项在录入时已过截止日期。已完成、仍未完成，还是与我方无关？`,
    answers: { renewed: '已换证', givenUp: '已注销', restored: '正在恢复', done: '已完成', open: '仍未完成', notOurs: '与我方无关' },
    running: '进行中的办理流程', runningNone: '没有进行中的办理流程。',
    empty: '您名下还没有证书。',
    emptyWay: '录入一张证书，或导入台账：',
    runway: '未来 90 天',
    today: '今天',
  },

  columns: {
    certification: '证书', duty: '应办事项', owner: '责任人', by: '最迟日期', left: '剩余', status: '状态', booked: '约定',
    basis: '依据', state: '状态', ends: '有效期至', number: '证书编号', organisation: '组织', scheme: '资质类型',
    subject: '主题', to: '收件人', when: '时间', kind: '类别', said: '提醒节点', told: '已告知', mail: '邮件', decision: '决定',
    on: '日期', until: '至', reason: '原因', what: '事项', who: '操作人', attempt: '次数', outcome: '结果', reply: '服务器答复',
    step: '步骤', planned: '计划', channel: '途径', lateBy: '逾期',
  },
  nobody: '无责任人',
  before: (what) => `此前：${what}`,
  none: '无',
  expires: '有效期至',
  due: '截止',
  bookedOn: (on) => `已约定 ${day(on)}`,
  notBooked: '尚未约定',
  submittedOn: (on) => `${day(on)} 已提交`,
  latest: (on) => `${day(on)} 之后才算逾期`,
  moved: (from, by) => `由 ${day(from)} 变更${by ? `（${by}）` : ''}`,
  unverified: '规则未核实',
  derived: '推导',
  provisional: '日历暂定',
  outside: '外部方应办',
  advice: '建议',
  assumed: '推定',
  computed: '按规则推算',
  notRecorded: '未登记',
  list: '、',

  lights: { red: '已逾期或来不及', amber: '时间紧', green: '已安排，来得及', grey: '尚未安排' },
  legend: '状态灯',

  certificationStates: {
    planned: '计划中', active: '有效', 'in-renewal': '有效（续期办理中）', 'pending-renewal': '有效（已申请续期）', suspended: '暂停', 'expired-restorable': '已过期（可恢复）',
    expired: '已过期（失效）', deprecated: '已归档（Deprecated）', withdrawn: '撤销', cancelled: '注销', archived: '已归档', superseded: '已换证',
  },
  unknownState: '目录中没有该资质类型',
  bindings: {
    expiry: '证书的有效期', extension: '延期', edition: '所依据版本的终止日', parent: '所依附证书的终止', suspension: '暂停期满',
    withdrawal: '撤销', cancellation: '注销', archive: '归档', renewal: '换证', application: '续期申请',
  },
  dutyStates: { unconfirmed: '待答复', open: '未完成', submitted: '已提交', met: '已完成', 'not-applicable': '不适用' },
  stepStates: { 'not-started': '未开始', 'in-progress': '进行中', waiting: '等待', done: '已完成', skipped: '已跳过' },
  decisions: {
    grant: '授予', maintain: '保持', renew: '更新', suspend: '暂停', restore: '恢复', withdraw: '撤销', cancel: '注销', extend: '延期',
    archive: '归档', 'expand-scope': '扩大认证范围', 'reduce-scope': '缩小认证范围', refuse: '拒绝', transfer: '认证转换（转机构）',
  },

  register: {
    title: '资质台账', search: '名称、编号、类型、机构或责任人', find: '搜索', clear: '清除',
    shown: { current: '现行', ended: '已终止', all: '全部' },
    none: '这里没有证书。', noneFound: (words) => `没有与“${words}”相符的证书。`,
    next: '下一页', first: '第一页', noEnd: '长期',
    distance: (n) => (n === 0 ? '今天' : n > 0 ? `${n} 天后` : `${-n} 天前`),
  },

  certification: {
    until: (on) => `有效期至 ${day(on)}`,
    ended: (on) => `自 ${day(on)} 起`,
    restorable: (until) => `可恢复至 ${day(until)}。`,
    doubtful: (until) => `或可恢复至 ${day(until)}，但不能指望。`,
    binds: (what) => `该日期取决于：${what}。`,
    differ: (stated, computed) => `登记的日期是 ${day(stated)}，按规则推算为 ${day(computed)}；以登记的日期为准。`,
    noEnd: '未登记有效期。',
    facts: '基本信息', dates: '日期', duties: '应办事项', runs: '办理流程', said: '提醒记录', decisions: '决定', history: '历史',
    days: { decision: '认证决定日期', issue: '发证日期', 'first-issue': '初次发证日期', expiry: '有效期至' },
    body: '认证机构', holder: '持证方', covers: '另覆盖', sites: '场所', tags: '标签', country: '适用规则', scope: '认证范围', parent: '所依附证书', riders: '依附于它的证书', owner: '责任人', number: '证书编号',
    noDuties: '该资质类型没有推导出应办事项。', noSaid: '还没有发出提醒。',
    proof: '导出全部提醒记录（供审核员查阅）：通知了谁、服务器如何答复、谁已知悉', noDecisions: '没有登记决定。', noHistory: '没有记录。',
    closed: (n) => `${n} 项已完成或不适用`,
  },

  requirements: {
    item: '条目', evidence: '佐证材料', unproven: '缺佐证材料', empty: '尚无条目', fill: '从文件导入：',
    settled: (n, of) => `${of} 项中 ${n} 项已满足或不适用`,
  },

  evidence: {
    title: '佐证材料', proves: '证明事项', none: '佐证材料均已撤回。', taken: '撤回于',
    kinds: { requirement: '条目', obligation: '应办事项', step: '步骤', finding: '审核发现' },
    withdrawn: (n) => `已撤回 ${n} 项`,
    cut: (n) => `仅显示最新的 ${n} 项，其余请用以下命令列出：`,
  },

  remarks: {
    title: '须知',
    ruleSet: (title) => `适用规则：${title}。`,
    disputed: (option, value, says) => `${option}：${value}。${says}`,
    editionClosed: (edition, until, on) => `认证决定日期为 ${day(on)}，而 ${edition} 的认证决定已于 ${day(until)} 截止，请核对证书。`,
    lockedOut: (on, basis) => `${day(on)} 前任何认证机构不受理新的认证申请（${basis}）。`,
    footingLapsed: (state, on) => `所依附的资质${state}${on ? `（${day(on)}）` : ''}。按规则它并不因此失效，请向授予方确认。`,
    footingRenewed: (on) => `所依附的资质已于 ${day(on)} 更新，其有效期随之变化。本证是否一并更新？如是，请登记更新。`,
    findingOpen: (grade, number, title, by) =>
      `${grade} ${number} 未关闭：${title}。${by ? `最迟 ${day(by)}验证。` : ''}未关闭前不作出再认证决定。`,
    footingUnknown: (schemes) => `它以 ${schemes.join('、')} 为基础，但该资质没有登记，其有效期无法跟踪。`,
  },

  audits: {
    title: '审核', visit: '现场审核', actual: '实际日期', others: (n) => `另涉及 ${n} 项资质`,
    states: { planned: '已计划', booked: '已约定', 'carried-out': '已实施', cancelled: '已取消' },
    moved: { body: '认证机构改期', us: '我方改期' },
    early: (n) => (n === 0 ? '最迟日期当天' : `早于最迟日期 ${n} 天`), late: (n) => `超出最迟日期 ${n} 天`,
  },
  findings: {
    title: '不符合项', finding: '不符合项', answer: '答复', proof: '证据', verified: '验证', late: '已逾期', until: (on) => `最迟 ${on}`,
  },
  run: {
    started: (on) => `${day(on)} 启动`,
    target: (on) => `目标 ${day(on)}`,
    ended: (on) => `${day(on)} 结束`,
    stage: (n, of) => `第 ${n} 阶段，共 ${of} 个`,
    percent: (n) => `已完成 ${n}%`,
    slack: (n) => (n < 0 ? `缺 ${-n} 个工作日` : `机动时间余 ${n} 个工作日`),
    next: (what, on) => `下一步：${what}${on && `，${on} 前`}`,
    waits: (on, since) => `等待${on}${since ? `（自 ${day(since)} 起）` : ''}`,
    expected: (on) => `预计 ${day(on)}`,
    byItself: '窗口期开始时自动启动',
    forecast: (on) => `按现状预计 ${day(on)} 完成`,
    chain: (codes) => `关键步骤 ${codes}`,
    broken: {
      limit: (code, on, days) => `${code} 超出法定期限 ${on}，缺 ${days} 个工作日`,
      booking: (code, on, days) => `${code} 赶不上约定日期 ${on}，缺 ${days} 个工作日`,
    },
    risks: { ended: '已结束', safe: '按期', tight: '机动时间少', danger: '有逾期风险', late: '已逾期' },
    spare: '机动时间', days: (n) => `${n} 个工作日`, critical: '关键步骤',
    must: '最迟', can: '最早', limit: '法定期限', history: '预计完成日期的变化',
    toStart: '待启动的流程', beginBy: '最迟启动',
    steps: (done, of) => `${done}/${of}`,
    all: '全部步骤',
    states: { done: '已完成', current: '进行中', ahead: '未开始' },
  },

  mail: {
    title: '邮件', note: { capture: '邮件留存在这里供查看，不会发出。', smtp: '“已发送”指邮件服务器已接收。' },
    none: '这里没有邮件。', all: '全部', noSubject: '尚未生成', next: '更早的邮件', first: '最新的邮件',
    kinds: { daily: '提醒', digest: '每周状态', 'sign-in': '登录链接' },
    quarantine: {
      title: '恢复后暂扣的邮件',
      note: '数据是从备份恢复的。这些邮件应在备份与恢复之间发出，多数已经发出，但这里无从得知是哪些。“放行”会发送；“剔除”则视为已发送。同一人的多封邮件放行时合并为一封。',
      by: '可用命令与邮件服务器的日志比对：', says: '内容', at: '原定发送时间', choose: '选择', chooseOne: (person, at) => `选择 ${at} 发给${person}的邮件`,
      release: '放行所选', drop: '剔除所选', releaseAll: (n) => `全部放行（${n} 封）`, dropAll: (n) => `全部剔除（${n} 封）`,
      news: (n) => `${n} 条消息`, more: (n) => `另有 ${n} 项`, inDoubt: '备份时正在发送',
      nothing: '没有选择邮件，未作任何操作。', rest: (n) => `仅显示前 ${n} 封。`, none: '没有暂扣的邮件了。',
    },
    rehearsal: '演练',
    states: {
      planned: '待发送', claimed: '发送中', gated: '结果待核实', sent: '已发送', captured: '已留存', deferred: '稍后重试',
      rejected: '被拒收', abandoned: '已放弃', cancelled: '已取消', quarantined: '恢复后暂扣',
    },
    html: 'HTML', text: '纯文本', attempts: '发送记录', noParts: '邮件在应发送时才生成，现在还没有内容。',
    download: '下载 .eml', alone: '单独打开', dueAt: '应发送时间', settledAt: '结束时间', identity: 'Message-ID', frame: '收件人看到的邮件',
    noAttempts: '尚未尝试发送。', underWay: '进行中',
    channels: { capture: '留存', smtp: 'SMTP' },
    outcomes: {
      sent: '已发送', captured: '已留存', deferred: '稍后重试', rejected: '被拒收', abandoned: '已放弃', released: '已退回', 'in-doubt': '结果待核实',
    },
    reports: '邮件服务器的后续报告', suspended: '该地址已停用，更正地址或由人员确认可重新送达（person reinstate）后恢复。',
    actions: { failed: '被退回', delayed: '延迟', delivered: '已送达', relayed: '已转交', expanded: '已转至邮件列表' },
  },
  purposes: { reminder: '提醒', escalation: '上报', fallback: '代为接收（责任人无法联系）' },
  outcomes: { said: '已提醒', covered: '已由后续提醒覆盖', skipped: '已跳过', unsaid: '实际未提醒', muted: '已提交，不再提醒', snoozed: '稍后提醒' },
  events: {
    restored: '已从备份恢复', 'message-released': '恢复后放行', 'message-joined': '并入另一封邮件', 'message-dropped': '恢复后剔除：此前已发送',
    'obligation-unbooked': '取消约定日期', 'obligation-reopened': '重新打开',
    'finding-added': '登记不符合项', 'finding-answered': '不符合项已答复', 'finding-proven': '不符合项证据已提交', 'finding-verified': '不符合项已验证',
    'finding-closed': '不符合项已关闭', 'finding-graded': '不符合项重新分级', 'finding-assigned': '不符合项更换责任人', 'finding-reopened': '不符合项重新打开',
    'policy-changed': '提醒策略已变更', 'policy-reset': '提醒策略已恢复',
    'calendar-imported': '导入工作日历', 'requirements-added': '建立清单', 'requirements-imported': '导入清单', 'requirement-open': '条目退回未开始', 'requirement-in-progress': '条目进行中', 'requirement-met': '条目已满足',
    'requirement-not-applicable': '条目不适用', 'requirement-assigned': '条目更换责任人', 'requirement-remarked': '条目说明变更', 'evidence-added': '添加佐证材料', 'evidence-withdrawn': '撤回佐证材料',
    'certification-added': '录入', 'certification-edited': '更正', 'certification-grant': '授予', 'certification-maintain': '保持',
    'certification-renew': '更新', 'certification-suspend': '暂停', 'certification-restore': '恢复', 'certification-withdraw': '撤销',
    'certification-cancel': '注销', 'certification-extend': '延期', 'certification-archive': '归档', 'certification-refuse': '拒绝', 'certification-transfer': '转换认证机构',
    'certification-expand-scope': '扩大认证范围', 'certification-reduce-scope': '缩小认证范围',
    'obligation-moved': '日期变更', 'obligation-met': '已完成', 'obligation-booked': '已约定', 'obligation-submitted': '已提交',
    'obligation-not-applicable': '不适用', 'obligation-assigned': '更换责任人', 'obligation-confirmed': '确认仍未完成',
    'procedure-started': '流程启动', 'step-done': '步骤完成', 'step-skipped': '步骤跳过', 'step-in-progress': '步骤开始',
    'step-waiting': '步骤等待', 'step-not-started': '步骤退回', 'step-assigned': '步骤已指派', 'step-edited': '步骤已修改',
    'step-added': '新增步骤', 'stage-added': '新增阶段', 'stage-moved': '阶段顺序已调整', 'procedure-moved': '流程目标日期已变更', 'audit-planned': '计划审核', 'audit-booked': '约定审核', 'audit-moved': '审核改期',
    'message-reported': '邮件服务器报告送达情况', 'person-suspended': '地址已停用：邮件被退回', 'person-reinstated': '地址已恢复使用',
    'digest-ended': '已停收周报', 'digest-resumed': '已恢复接收周报',
    'audit-carried-out': '审核已实施', 'audit-cancelled': '审核已取消', 'audit-covers': '审核增加范围', 'audit-releases': '审核减少范围', 'procedure-ended': '流程已放弃',
    'answer-acknowledge': '已知悉提醒', 'answer-snooze': '稍后提醒', 'answer-done': '答复：已办', 'answer-not-mine': '答复：不归我负责',
    'answer-confirm': '答复：录入时已过期限', 'answer-taken-back': '撤回答复', 'digest-begun': '重新发送每周邮件', 'alarm-closed': '手动关闭告警',
  },

  alarms: {
    title: '邮件出现问题', since: (at) => `自 ${at}`, more: (n) => `另有 ${n} 条告警：`,
    close: '处理完毕后：',
    kinds: {
      'mail-failed': { what: '有一封邮件已放弃发送', way: '收件人没有通过邮件得知其内容。请查看邮件服务器的答复，排除原因后重试，或以其他方式告知：' },
      'channel-paused': { what: '邮件服务器拒收所有邮件', way: '邮件没有丢失：先行等待，每隔几分钟自动重试。请查明邮件服务器的答复：' },
      conservation: { what: '邮件记录不相符', way: '邮件的各项记录互相矛盾。请查看涉及哪些邮件，以及收件人是否已得知：' },
      quarantine: { what: '数据恢复后有邮件被扣留', way: '无法确定这些邮件此前是否已发送。请逐一查看，再放行或取消：' },
      clock: { what: '时钟不准', way: '有服务器的时钟与数据库相差超过五分钟，因此不发送邮件。请用 NTP 校准两者的时钟，然后再次检查：' },
    },
  },
  health: {
    title: '系统是否可信',
    quarantined: (n) => `数据恢复后有 ${n} 封邮件待您决定。`,
    lastRun: (at) => `最近一次检查：${at}。`, noRun: '还没有检查过：请启动服务，或运行 job run plan-reminders。',
    mail: (m) => `最近 7 天邮件：已发送 ${m.sent}，已留存 ${m.captured}，失败 ${m.failed}。`,
    next: (at, n) => `下次发送：${at}（${n} 封待发）。`, noneWaits: '没有待发邮件。',
    failed: (jobs) => `${jobs} 最近一次运行失败。`,
  },

  signIn: {
    title: '登录',
    how: '每个页面显示的都是个人的工作，因此需要先登录。没有密码：您会得到一个只能使用一次的链接。',
    address: '您的邮箱地址', send: '发送登录链接',
    askedTitle: '请查收邮件', asked: '如果这里有人使用该地址，链接已在发送途中，两分钟内送达。',
    ask: '没有收到，或这里尚不能发送邮件？Recert 的管理员可用以下命令生成链接：',
    lasts: '链接 15 分钟内有效；登录状态保持一周。',
    ready: '链接有效，只能登录一次。', button: '登录 Recert',
    goneTitle: '该链接已失效', gone: '它已被使用、已过期，或从未生成。用以下命令生成新的链接：',
  },

  answers: {
    title: '答复', answer: '答复内容', by: '答复人', takenBack: '已撤回', stands: '有效', mailOf: (person) => `，发给${person}的邮件`,
    takeBack: (duty) => `撤回：${duty}`,
  },
  answer: {
    actions: {
      acknowledge: {
        title: '已知悉', button: '已知悉', says: '表示您已看到此提醒，不会再因无人回应而上报。',
        note: '事项仍未完成，后续提醒照常发送；截止日期前最后两次提醒以及逾期提醒仍会照常上报。',
      },
      snooze: {
        title: '稍后提醒', button: '到该日再提醒', says: '在您选择的日期之前不再提醒；到该日会告知当时的情况。',
        note: '截止日期前最后两次提醒以及逾期提醒始终发送。稍后提醒不会改变截止日期。',
      },
      done: {
        title: '已办', button: '于该日办结', says: '是哪一天办结的？',
        note: '链接只能说明有人收到了邮件，因此凡关系到证书或法律要求的事项，不能仅凭链接办结。',
      },
      'not-mine': {
        title: '不归我负责', button: '不归我负责', says: '将告知合规管理人员，由其另行指派。',
        note: '在另行指派之前，提醒仍会发给您：任何事项都不能没有责任人。',
      },
    },
    effects: {
      heard: '已记录您知悉。', quiet: '在该日之前不再提醒。', submitted: '记为已提交，确认之前仍未完成，可用以下命令确认：',
      met: '记为已完成，不再提醒。', 'passed-back': '将告知合规管理人员。',
    },
    grave: '只记为已提交：仅凭链接不能办结这样重要的事项。由有权决定的人用以下命令办结：',
    hindrances: {
      ended: '无需处理：已完成或不再适用。', submitted: '无需处理：已提交。', expiry: '到期不能“办结”：更新或注销都需要作出决定。',
      moved: '此邮件发出后日期已变更，以后的邮件会给出新日期。', reassigned: '责任人已变更。',
      'too-near': '不能稍后提醒：截止日期前最后两次提醒以及逾期提醒始终发送。', 'past-limit': '不能推迟到那么晚再提醒。',
    },
    snoozable: (until) => `最晚可推迟到${day(until)}再提醒。`,
    nothing: '这里已没有需要答复的内容。',
    given: (by, via) => `${by}，${via}答复：`,
    vias: { 'mail-link': '通过邮件链接', page: '在页面上', command: '通过命令' },
    until: '再次提醒：', doneOn: '办结日期：',
    takeBack: '撤回', takeBackNote: '30 天内可以撤回，撤回后如同未曾答复。', tooLate: '答复已超过 30 天，不能在此撤回。',
    actor: '这个邮箱由多人共用。您是哪一位？', choose: '请选择姓名',
    untilField: '再次提醒的日期', doneField: '办结日期', remarkField: '应由谁负责（如果知道）',
    refusals: {
      gone: () => '该链接已失效。', actor: () => '尚未保存：请选择姓名。', nothing: () => '这里已没有需要答复的内容。', 'no-day': () => '尚未保存：请选择日期。',
      'snooze-range': ({ first, last }) => (first && last ? `不能选择该日期：请在${day(first)}至${day(last)}之间选择。` : '已不能稍后提醒。'),
      future: ({ last }) => `该日期在未来${last ? `，今天是${day(last)}` : ''}。`,
      'long-ago': ({ first }) => `该日期过早${first ? `，最早为${day(first)}` : ''}。年份是否正确？`,
      remark: () => '说明过长，最多 500 个字符。',
    },
    goneTitle: '该链接已失效', gone: '邮件中的链接 30 天内有效。请使用最新邮件中的链接，或咨询 Recert 的管理员。',
  },
  confirm: {
    title: '录入时已过期限的事项', says: '这些事项在录入时已过期限。答复之前不会提醒任何人。',
    none: '已全部答复，谢谢。', next: '下一页', button: '保存所选答复',
    answers: { none: '暂不答复', done: '已办，日期', open: '仍未完成', 'not-ours': '不归我们' }, doneDay: '办结日期',
    all: '本页其余各项', expiry: '到期不能“办结”：更新需要作出决定并取得新证书。正在更新或恢复的，请选“仍未完成”。',
    outcome: (saved, refused) => `${saved === 0 && refused === 0 ? '未选择任何答复，没有保存' : `已保存 ${saved} 项答复`}${refused > 0 ? `，${refused} 项未能保存，见下方` : ''}。`,
  },
  unsubscribe: {
    status: { title: '每周状态', says: '您每周会收到一封状态邮件，可以在此停止。', button: '停止每周状态', ended: '您不再收到每周状态邮件。' },
    own: { title: '您的每周邮件', says: '较远的事项每周汇总发给您一次。您也可以改为在各自的日期收到提醒。', button: '停止每周邮件', ended: '您不再收到每周邮件，各项提醒在各自的日期发送。' },
    again: '重新发送', later: '本页链接在邮件发出后 30 天内有效；此后可请 Recert 的管理员重新开启。',
    reminders: '应办事项的提醒不能退订，事项完成后自然停止。',
  },

  errors: {
    400: '无法显示', 401: '请先登录', 403: '该请求来自其他页面', 404: '未找到', 405: '此处不能这样操作', 409: '内容有冲突', 410: '该链接已失效',
    413: '内容过大', 421: '地址不正确', 500: '系统出错', 503: '暂时无法使用',
  },
  notFound: '该地址没有内容，或者您无权查看。',
  bug: '这是 Recert 的错误，与您无关。错误已记录，没有任何改动。',
  crossSite: '请求必须来自本 Recert 页面上的表单。请重新打开页面，使用页面上的按钮。',
  tooLarge: '表单最多 64 KB。',
  back: '回到总览',
}
