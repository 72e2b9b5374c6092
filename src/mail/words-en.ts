// The mails in English. Short, plain and concrete: what, by when, in how many days, what to do next.

import type { Day } from '../core/day.ts'
import type { DigestView, OwnDigestView } from '../core/digest.ts'
import { byTheRules } from '../core/message.ts'
import { news, newsAnswer } from './news-words-en.ts'
import type { DailyWords, DigestWords, MailWords, OwnDigestWords, StanceWords } from './words.ts'

const number = (n: number): string => n.toLocaleString('en-GB')
const plural = (n: number, one: string, many = `${one}s`): string => `${number(n)} ${n === 1 ? one : many}`
const days = (n: number): string => plural(n, 'day')
const ahead = (n: number): string => (n === 0 ? 'today' : n === 1 ? 'tomorrow' : `in ${days(n)}`)
const ago = (n: number): string => (n === 0 ? 'today' : n === 1 ? 'yesterday' : `${days(n)} ago`)
const left = (n: number): string => (n <= 1 ? ahead(n) : `${days(n)} left`)
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const dayAndMonth = (on: Day): string => `${on.day} ${months[on.month - 1]!}`
const day = (on: Day): string => `${weekdays[on.dayOfWeek - 1]!} ${dayAndMonth(on)} ${on.year}`

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`
}

function notice(text: string): string {
  const [, late, n, unit] = /^(late-)?P(\d+)(WD|D)$/.exec(text) ?? []
  if (text === 'opens') return 'its window opens'
  if (text === 'half') return 'half of the time has passed'
  if (text === 'moved') return 'notice of a moved day'
  if (text.startsWith('again-')) return 'you asked to be reminded today'
  if (text.startsWith('silence-')) return `five working days without an answer to the ${notice(text.slice('silence-'.length))}`
  if (text.startsWith('overdue-')) return `late notice no. ${text.slice('overdue-'.length)}`
  if (n === undefined) return text
  if (late) return `notice ${plural(Number(n), unit === 'WD' ? 'working day' : 'day')} after the last allowed day`
  return n === '0' ? 'notice of the last day' : `${n}-${unit === 'WD' ? 'working-day' : 'day'} notice`
}

const stances: MailWords['stances'] = {
  due: said((t) => `${t.what} due ${ahead(t.days)} (${t.shortOn})`, (t) => `${t.what}: due ${t.on}, ${ahead(t.days)}`, left),
  expires: said((t) => `expires ${ahead(t.days)} (${t.shortOn})`, (t) => `Valid until ${t.on}: expires ${t.days === 0 ? 'at the end of today' : ahead(t.days)}`, left),
  booked: said((t) => `${t.what} ${ahead(t.days)} (booked for ${t.shortOn})`, (t) => `${t.what}: booked for ${t.on}, ${ahead(t.days)}`, left),
  late: said((t) => `${t.what} ${days(t.days)} late (last allowed day ${t.shortOn})`, (t) => `${t.what}: ${days(t.days)} late, the last allowed day was ${t.on}`, (n) => `${days(n)} late`),
  expired: said((t) => `expired ${ago(t.days)} (${t.shortOn})`, (t) => `Expired: valid until ${t.on}, ${ago(t.days)}`, (n) => `expired ${ago(n)}`),
  'booked-passed': said((t) => `${t.what}: its booked day passed ${ago(t.days)} (${t.shortOn})`, (t) => `${t.what}: its booked day, ${t.on}, passed ${ago(t.days)}`, () => 'booked day passed'),
  'stricter-passed': said((t) => `${t.what} was due ${ago(t.days)} (${t.shortOn}) by the stricter reading`, (t) => `${t.what}: by the stricter reading due ${t.on}, ${ago(t.days)}; late only after ${t.latest}`, () => 'stricter day passed'),
  expected: said((t) => `${t.what} was expected ${ago(t.days)} (${t.shortOn})`, (t) => `${t.what}: expected on ${t.on}, ${ago(t.days)}`, () => 'not here yet'),
}

function said(subject: StanceWords['subject'], statement: StanceWords['statement'], tag: StanceWords['tag']): StanceWords {
  return { subject, statement, tag }
}

const daily: DailyWords = {
  subject: (certificate, statement, more) => `${certificate}: ${statement}${more > 0 ? `, and ${number(more)} more` : ''}`,
  greeting: (name) => `Hello ${name},`,
  lead: (lines, late) => late === 0
    ? (lines === 1 ? 'one thing needs you.' : `${number(lines)} things need you, the most urgent first.`)
    : late === lines
      ? (lines === 1 ? 'one thing is late.' : `${number(lines)} things are late.`)
      : `${number(lines)} things need you; ${late === 1 ? 'one of them is' : `${number(late)} of them are`} late.`,
  rehearsal: 'Rehearsal: this mail was kept here and not sent. It shows what would go out once the organisation goes live.',
  groups: {
    late: { head: 'Late', lead: 'The last allowed day has passed.' },
    reminder: { head: 'Yours', lead: 'You own these, or stand in for their owner.' },
    escalation: { head: 'Passed up to you', lead: 'The owner has been told. You hear because it is getting close or is still open.' },
    fallback: { head: 'Reached nobody nearer', lead: 'No owner or deputy could be reached. Please act, or name an owner.' },
  },
  labels: {
    lastAllowed: 'Last allowed day', readings: 'Two readings', booked: 'Booked for', window: 'Window', owner: 'Owner',
    moved: 'Moved', costs: 'What it costs', serves: 'Serves', riders: 'Rides along', why: 'Why', next: 'Next',
  },
  readings: (stricter, looser) => `by the stricter reading ${stricter}; late only after ${looser}`,
  window: (from, to) => `${from} to ${to}`,
  standIn: (owner) => `${owner} (you stand in)`,
  moved: (from, to, by) => `from ${from} to ${to}${by === undefined ? '' : `, by ${by === byTheRules ? 'the rules' : by}`}`,
  served: (certificate, titles, on, latest) => `${certificate}: ${titles}, ${latest === undefined ? `last allowed day ${on}` : `by the stricter reading ${on}, late only after ${latest}`}`,
  visitMoved: (from, to, by, reason) => `the booked day, from ${from} to ${to}${by === undefined ? '' : `, by ${by}`}${reason === undefined ? '' : `: ${reason}`}`,
  theBody: 'the certification body',
  visit: (title, serves) => `Audit visit ${title} (${serves} certificates)`,
  certificateNumber: (value) => `no. ${value}`,
  expiresToo: 'The certificate expires that day.',
  notes: {
    belated: 'This notice was due earlier; it could not be sent then.',
    provisional: 'Provisional: the holidays of that year are not published yet, so the day may move.',
    unverified: 'Unverified default: check this rule against your contract or the regulation.',
  },
  purposes: { reminder: 'yours', escalation: 'passed up to you', fallback: 'reached nobody nearer' },
  actions: { acknowledge: 'I know, I am on it', snooze: 'Snooze …', done: 'Done', 'not-mine': 'Not mine' },
  moreLines: (count) => `${plural(count, 'more certification has', 'more certifications have')} something due: see them all in Recert`,
  moreDuties: (count) => `${number(count)} more`,
  open: 'Open in Recert',
  footer: 'Recert gathers the notices of a day into one mail, and says each of them once.',
  links: { home: 'All that is due', mail: 'Mail' },
}

function figures({ inDanger, late, needsYou }: DigestView['counts']): string[] {
  return [
    ...(inDanger > 0 ? [`${number(inDanger)} in danger`] : []),
    ...(late > 0 ? [`${number(late)} late`] : []),
    ...(needsYou > 0 ? [`${number(needsYou)} ${needsYou === 1 ? 'needs' : 'need'} you`] : []),
  ]
}

const signed = (n: number): string => (n === 0 ? 'unchanged' : n > 0 ? `+${number(n)}` : `\u2212${number(-n)}`)
const isOrAre = (n: number): string => (n === 1 ? 'is' : 'are')

function verdict(counts: DigestView['counts'], checks: number): string {
  const { inDanger, late, needsYou, findings } = counts
  const need = `${needsYou > 0 ? ` ${plural(needsYou, 'thing needs', 'things need')} you.` : ''}${findings > 0 ? ` ${plural(findings, 'nonconformity is', 'nonconformities are')} open.` : ''}`
  if (late === 0 && inDanger === 0) {
    const ran = checks === 0 ? 'But no check ran this week, so this proves little.' : `${plural(checks, 'check')} ran this week.`
    return `Nothing is late, nothing in danger.${need} ${ran}`
  }
  const sayLate = late === 0 ? 'Nothing is late' : `${plural(late, 'duty', 'duties')} ${isOrAre(late)} late`
  return `${sayLate}, ${inDanger === 0 ? 'nothing is in danger' : `${number(inDanger)} ${isOrAre(inDanger)} in danger of being late`}.${need}`
}

const need: DigestWords['need'] = (n, certificate, on) => {
  switch (n.kind) {
    case 'no-owner': return `${plural(n.certifications, 'certification has', 'certifications have')} no owner, such as ${n.example}. Name one.`
    case 'unconfirmed': return `${plural(n.duties, 'duty was', 'duties were')} already past when entered: done, still open, or not yours?`
    case 'expired': return `${plural(n.certifications, 'certificate had', 'certificates had')} already expired when entered, such as ${n.example}: renewed, given up, or being restored?`
    case 'unreachable': return n.cause === 'rejected' ? `Mail to ${n.person} comes back: correct the address, or reinstate it once mail gets through.` : `${n.person} has no address: mail cannot reach them.`
    case 'unbooked': return `${certificate(n.duty)}: ${n.duty.title.en} has no booked day; it had to be booked by ${on(n.bookBy)}.`
    case 'booked-day-passed': return `${certificate(n.duty)}: the day booked for ${n.duty.title.en}${n.duty.bookedOn ? ` (${on(n.duty.bookedOn)})` : ''} has passed. Done, or moved?`
    case 'not-mine': return `${certificate(n.duty)}: ${n.person} says that this is not theirs: ${n.duty.title.en}. Name an owner.`
    case 'owner-left': return `${n.person} has left and still owns ${plural(n.duties, 'duty', 'duties')}, such as of ${n.example}. Name another owner.`
    case 'failed-mail': return `${plural(n.messages, 'mail')} could not be delivered.`
    default: return `${n.organisation} is not live: ${plural(n.captured, 'mail was', 'mails were')} kept here, none sent.`
  }
}

const digest: DigestWords = {
  subject: (week, counts) => {
    const quiet = counts.late === 0 && counts.inDanger === 0 ? ['nothing late', 'nothing in danger'] : []
    return `Recert week ${week}: ${[...quiet, ...figures(counts)].join(', ')}`
  },
  title: (week) => `Weekly status, week ${week}`,
  scope: (organisation, from, to, cutOff) => `${organisation} · ${from} to ${to} · as of ${cutOff}`,
  narrowing: ({ organisations, schemes, tags }) => `Only ${[
    ...(organisations ? [`organisations: ${organisations}`] : []), ...(schemes ? [`schemes: ${schemes}`] : []), ...(tags ? [`tags: ${tags}`] : []),
  ].join('; ')}`,
  verdict,
  since: (counts, before) => `Since last week: late ${signed(counts.late - before.late)}, in danger ${signed(counts.inDanger - before.inDanger)}, needs you ${signed(counts.needsYou - before.needsYou)}${before.findings === undefined || (counts.findings === 0 && before.findings === 0) ? '' : `, nonconformities ${signed(counts.findings - before.findings)}`}.`,
  rehearsal: daily.rehearsal,
  figures: { late: 'late', inDanger: 'in danger', needsYou: 'need you', next30: 'in 30 days' },
  heads: {
    needsYou: 'Needs you', lateOrInDanger: 'Late or in danger', findings: 'Open nonconformities', next30: 'Next 30 days', running: 'Running',
    changed: 'Changed since the last status', register: 'Register', trust: 'Can you trust this?',
  },
  none: { lateOrInDanger: 'None.', next30: 'Nothing.', changed: 'Nothing.' },
  need,
  owner: (name) => name ?? 'no owner',
  ball: ({ holder, name }, since) => {
    if (holder === 'handed-in') return `handed in${since ? ` ${since}` : ''}, with ${name ?? 'the body'}`
    return `${holder === 'waits' ? `waits on ${name}` : name ? `with ${name}` : 'no owner'}${since ? ` since ${since}` : ''}`
  },
  forecast: (on, n) => `forecast ${on}, ${n === 0 ? 'on the last day' : n > 0 ? `${days(n)} too late` : `${days(-n)} early`}`,
  booked: (on) => (on ? `booked for ${on}` : 'not booked'),
  lastAllowed: (duty, on) => (duty.latestOn
    ? `${duty.kind === 'expiry' ? 'valid until' : 'due'} ${on(duty.dueOn)}, late only after ${on(duty.latestOn)}`
    : `${duty.kind === 'expiry' ? 'valid until' : 'last allowed day'} ${on(duty.dueOn)}`),
  owed: { answer: 'answer owed', proof: 'proof owed', verification: 'with the body' },
  until: (on) => `by ${on}`,
  unverified: 'unverified rule',
  provisional: 'provisional day',
  ahead: (counts) => `Later: ${number(counts.in31to90)} in 31 to 90 days, ${number(counts.in91to180)} in 91 to 180 days.`,
  listedAbove: (count) => `${number(count)} of them ${isOrAre(count)} listed above.`,
  cluster: ({ kind, duties }, from, to) => (kind === 'crowd'
    ? `${number(duties)} of them crowd between ${from} and ${to}.`
    : `${plural(duties, 'falls', 'fall')} due while everything is closed, ${from} to ${to}.`),
  weeks: {
    head: (n) => `The next ${n} weeks`, today: 'today', legend: 'number: duties due in that week',
    month: (of, withYear) => `${months[of.month - 1]!}${withYear ? ` ${of.year}` : ''}`,
    sentence: (due, n) => `Next ${n} weeks: ${due.map(({ week, duties }) => `week ${week}: ${number(duties)}`).join(', ') || 'nothing'}.`,
  },
  stage: (n, stages, name, percent) => `stage ${n} of ${stages}, ${name}, ${percent}% done`,
  nextStep: (step, on) => `next: ${step}${on ? ` by ${on}` : ''}`,
  slack: (n) => (n < 0 ? `${plural(-n, 'working day')} short` : plural(n, 'spare working day')),
  waitsOn: (whom, since) => `waits on ${whom}${since ? ` since ${since}` : ''}`,
  changes: {
    granted: 'Granted', renewed: 'Renewed', suspended: 'Suspended', restored: 'Restored', withdrawn: 'Withdrawn by the body',
    refused: 'Refused', transferred: 'Moved to another body', 'scope-changed': 'Scope changed', 'given-up': 'Given up', extended: 'Extended', archived: 'Archived', added: 'Added', moved: 'Moved', met: 'Done', booked: 'Booked',
    'owner-changed': 'New owner',
  },
  change: ({ count, from, to, by }, kind, what, on) => {
    if (count > 1) return `${kind}: ${number(count)}, such as ${what}`
    const moved = from && to ? `, ${on(from)} → ${on(to)}` : to ? `, ${on(to)}` : ''
    return `${kind}: ${what}${moved}${by ? `, by ${by}` : ''}`
  },
  register: (r) => [
    `${number(r.valid)} valid, ${number(r.suspended)} suspended, ${number(r.expired)} expired, ${number(r.archived)} archived, ${number(r.ended)} ended.`,
    `Renewal not planned: ${number(r.notPlanned)}. By an unverified rule: ${number(r.unverified)}; by a provisional calendar: ${number(r.provisional)}.`,
  ],
  trust: (t, last, since) => [
    t.checks === 0 ? 'No check ran this week.' : `${plural(t.checks, 'check')} ran${last ? `, the last ${last}` : ''}.`,
    `Mail since ${since}: ${number(t.sent)} sent, ${number(t.captured)} kept here, ${number(t.failed)} failed, ${number(t.waiting)} overdue to leave; ${plural(t.bounced, 'address', 'addresses')} refused, ${plural(t.unreachable, 'person', 'people')} without one.`,
    `Records: ${number(t.incomplete)} incomplete, ${number(t.withoutOwner)} without owner; ${plural(t.ownerLeft, 'duty', 'duties')} of owners who have left.`,
  ],
  more: (count) => `and ${number(count)} more`,
  open: 'Open',
  footer: 'The weekly status goes to compliance managers on the first working day of each week.',
}

const own: OwnDigestWords = {
  subject: (week, counts) => `Your week ${week}: ${ownFigures(counts).join(', ')}`,
  title: (week) => `Your week ${week}`,
  scope: (organisation, cutOff) => `${organisation} · as of ${cutOff}`,
  lead: (counts) => `here is what is yours: ${ownFigures(counts).join(', ')}.`,
  lateOrInDanger: 'Late or in danger',
  footer: 'You get this once a week because you asked for weekly reminders. What cannot wait comes by itself.',
}

function ownFigures({ late, inDanger, next30 }: OwnDigestView['counts']): string[] {
  return [
    ...(late > 0 ? [`${number(late)} late`] : []), ...(inDanger > 0 ? [`${number(inDanger)} in danger`] : []),
    next30 > 0 ? `${number(next30)} due within 30 days` : 'nothing due within 30 days',
  ]
}

export const en: MailWords = {
  tag: 'en',
  number,
  day,
  shortDay: (on, asOf) => (on.year === asOf.year ? dayAndMonth(on) : `${dayAndMonth(on)} ${on.year}`),
  moment: (at, zone) => {
    const local = at.toZonedDateTimeISO(zone)
    return `${day(local.toPlainDate())}, ${local.toPlainTime().toString({ smallestUnit: 'minute' })} (${zone})`
  },
  list,
  comma: ', ',
  colon: ': ',
  kinds: {
    expiry: 'expiry', recertification: 'recertification', 'surveillance-audit': 'surveillance audit', 'internal-audit': 'internal audit',
    'management-review': 'management review', booking: 'booking', assessment: 'assessment', filing: 'filing',
    'filing-extension': 'filing extension', 'self-check': 'self-check', scan: 'scan', report: 'report', notification: 'notification',
    contract: 'contract', step: 'step', 'corrective-action': 'corrective action', transition: 'transition to the new edition',
    'suspension-end': 'end of suspension', restoration: 'restoration', inspection: 'inspection', custom: 'duty',
  },
  firstMoves: {
    expiry: 'Decide whether to renew it, and ask for an offer.',
    recertification: 'Agree the audit day with the certification body: the decision must be taken before the expiry.',
    'surveillance-audit': 'Agree the audit day with the certification body.',
    'internal-audit': 'Name the auditor and set the day.',
    'management-review': 'Set the day and invite top management.',
    booking: 'Ask for a day and book it.',
    assessment: 'Sign the contract with the assessment body and agree the days on site.',
    filing: 'Complete the filing forms and hand them in.',
    'filing-extension': 'Prepare the application for the extension.',
    'self-check': 'Go through the checklist and keep the record.',
    scan: 'Order the scan and keep its report.',
    report: 'Find out who writes it and when it will be ready.',
    notification: 'Tell them in writing.',
    contract: 'Get the quotation and have it signed.',
    step: 'Start it, or say what it waits for.',
    'corrective-action': 'Send the cause and the action to the certification body.',
    transition: 'Plan the audit to the new edition.',
    'suspension-end': 'Close what led to the suspension, and ask for it to be lifted.',
    restoration: 'Complete what is outstanding; after the limit only a new certification is left.',
    inspection: 'Gather the records that will be asked for.',
    custom: 'Do it, or agree another day.',
  },
  stanceMoves: {
    booked: 'Make sure that everyone who is needed has the day, and get the records ready.',
    'booked-passed': 'Say whether it took place, or agree another day.',
    expected: 'Ask them when it will come.',
  },
  askOwner: (owner) => `Ask ${owner} what holds it up.`,
  stances,
  notice,
  lights: { red: 'late as it stands', amber: 'tight', green: 'planned and in time', grey: 'nothing planned yet' },
  daily,
  news,
  newsAnswer,
  digest,
  signIn: {
    subject: 'Sign in to Recert',
    lead: 'Somebody asked for a link to sign in to Recert with your address. Recert does not know who it was.',
    button: 'Sign in to Recert',
    lasts: 'The link works once, and for 15 minutes.',
    ignore: 'If it was not you, do nothing: without the link nothing happens, and it stops working by itself. Pass it on to nobody.',
    footer: 'This mail was sent because your address was entered on the sign-in page.',
  },
  test: {
    subject: 'Test mail from Recert',
    lead: (at) => `An administrator sent this test on ${at}. It arrived, so mail can leave from here:`,
    ignore: 'Nothing is due, and there is nothing to do.',
    footer: 'Recert sends a test only when an administrator asks for one.',
  },
  own,
}
