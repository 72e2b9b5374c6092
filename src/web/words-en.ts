// Every English text of the pages. The Chinese ones stand in words-zh.ts in the same shape; the terms
// are those practitioners use for certificates, audits and duties.

import type { AnswerRefusal } from '../app/answers.ts'
import type { AnswerAction, Effect, Hindrance, Via } from '../core/answer.ts'
import type { Binding, CertificationState } from '../core/standing.ts'
import type { DecisionKind } from '../core/certification.ts'
import type { AuditState } from '../core/audit.ts'
import type { BounceAction } from '../core/bounce.ts'
import type { Day } from '../core/day.ts'
import type { Light } from '../core/digest.ts'
import type { TargetKind } from '../core/evidence.ts'
import type { AlarmKind } from '../core/alarm.ts'
import type { MessageState } from '../core/message.ts'
import type { ObligationState } from '../core/obligation.ts'
import type { StepState } from '../core/network.ts'
import type { Risk } from '../core/procedure.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

const many = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`
const day = (on: Day): string => `${on.day} ${months[on.month - 1]} ${on.year}`

const units: Readonly<Record<string, string>> = { D: 'day', WD: 'working-day' }

function notice(text: string): string {
  if (text === 'opens') return 'window opens'
  if (text === 'half') return 'half-way'
  if (text === 'moved') return 'day moved'
  const [, late, amount, unit] = /^(late-)?P(\d+)(WD|D)$/.exec(text) ?? []
  if (text.startsWith('again-')) return 'put off until that day'
  if (text.startsWith('silence-')) return `no answer to the ${notice(text.slice('silence-'.length))}`
  if (amount === undefined || unit === undefined) return text.replace(/^overdue-(\d+)$/, 'late, notice $1')
  if (late) return `${amount} ${units[unit]}s late`
  return amount === '0' ? 'on the day' : `${amount}-${units[unit]} notice`
}

export const en = {
  tag: 'en',
  other: { language: 'zh', name: '中文' },
  nav: { overview: 'Overview', certifications: 'Certifications', mail: 'Mail', pages: 'Pages', skip: 'Skip to the content', signOut: 'Sign out' },

  day,
  weekday: (on: Day): string => weekdays[on.dayOfWeek - 1]!,
  month: (on: Day): string => months[on.month - 1]!,
  moment: (at: Temporal.ZonedDateTime): string => `${day(at.toPlainDate())}, ${at.toPlainTime().toString({ smallestUnit: 'minute' })}`,
  daysLeft: (n: number): string => (n === 0 ? 'today' : n > 0 ? many(n, 'day', 'days') : `${many(-n, 'day', 'days')} late`),
  notice,

  asked: {
    banner: (on: Day): string => `You are looking at ${day(on)}, not at today.`,
    back: 'Back to today', label: 'Ask about another day', go: 'Show',
  },

  overview: {
    title: 'Overview',
    verdict({ late, inDanger, unconfirmed }: { late: number; inDanger: number; unconfirmed: number }): string {
      const parts = [
        late > 0 ? many(late, 'duty is late', 'duties are late') : 'Nothing is late',
        inDanger > 0 ? many(inDanger, 'is in danger of being late', 'are in danger of being late') : late > 0 ? '' : 'nothing in danger',
        unconfirmed > 0 ? many(unconfirmed, 'waits for an answer', 'wait for an answer') : '',
      ]
      return `${parts.filter(Boolean).join(', ')}.`
    },
    scope: { every: (on: string): string => `All organisations, ${on}`, own: (on: string): string => `What you own, ${on}` },
    numbers: { late: 'late', inDanger: 'in danger of being late', next30: 'due in the next 30 days', unconfirmed: 'waiting for an answer' },
    atLeast: (n: number): string => `${n}+`,
    late: 'Late', lateNone: 'Nothing is late.',
    ahead: 'Due in the next 90 days', aheadNone: 'Nothing is due in the next 90 days.',
    aheadNote: 'What is in danger after that is listed too.',
    more: (n: number): string => `and ${many(n, 'more line', 'more lines')}; every duty stands on the page of its certification.`,
    asking: 'Waiting for your answer',
    askingNote: 'Nobody is reminded of an unanswered duty. Answer with the command below each.',
    askingMore: (n: number): string => `and ${many(n, 'more certification', 'more certifications')}. List every question with:`,
    askedExpired: (on: Day): string => `Valid until ${day(on)}. Renewed, given up, or being restored?`,
    askedRestorable: (until: Day): string => `It can be restored until ${day(until)}.`,
    askedDuties: (n: number): string => `${many(n, 'duty was', 'duties were')} already past when the record was entered. Done, still open, or not ours?`,
    answers: { renewed: 'renewed', givenUp: 'given up', restored: 'being restored', done: 'done', open: 'still open', notOurs: 'not ours' },
    running: 'Runs under way', runningNone: 'No run is under way.',
    empty: 'There are no certifications in your sight yet.',
    emptyWay: 'Enter one, or import a register:',
    runway: 'The next 90 days',
    today: 'today',
  },

  columns: {
    certification: 'Certification', duty: 'Duty', owner: 'Owner', by: 'Last day', left: 'Time left', status: 'Status', booked: 'Booked',
    basis: 'Basis', state: 'State', ends: 'Valid until', number: 'Certificate no.', organisation: 'Organisation', scheme: 'Scheme',
    subject: 'Subject', to: 'To', when: 'When', kind: 'Kind', said: 'Notice', told: 'Told', mail: 'Mail', decision: 'Decision',
    on: 'Day', until: 'Until', reason: 'Reason', what: 'What', who: 'By', attempt: 'Attempt', outcome: 'Outcome', reply: 'Answer',
    step: 'Step', planned: 'Planned', channel: 'Channel', lateBy: 'Late by',
  },
  nobody: 'nobody',
  before: (what: string): string => `before: ${what}`,
  none: 'none',
  expires: 'valid until',
  due: 'due',
  bookedOn: (on: Day): string => `booked ${day(on)}`,
  notBooked: 'not booked',
  submittedOn: (on: Day): string => `submitted ${day(on)}`,
  latest: (on: Day): string => `late only after ${day(on)}`,
  moved: (from: Day, by: string | undefined): string => `moved from ${day(from)}${by ? ` by ${by}` : ''}`,
  unverified: 'unverified rule',
  derived: 'derived',
  provisional: 'provisional calendar',
  outside: 'owed by others',
  advice: 'advice',
  assumed: 'assumed',
  computed: 'by the rules of the scheme',
  notRecorded: 'not recorded',
  list: ', ',

  lights: {
    red: 'late or out of time', amber: 'little time left', green: 'planned and in time', grey: 'nothing planned yet',
  } satisfies Record<Light, string>,
  legend: 'Status lights',

  certificationStates: {
    planned: 'planned', active: 'valid', 'in-renewal': 'valid, renewal pending', 'pending-renewal': 'valid, renewal applied for', suspended: 'suspended',
    'expired-restorable': 'expired, can be restored', expired: 'expired', deprecated: 'deprecated', withdrawn: 'withdrawn', cancelled: 'given up',
    archived: 'archived', superseded: 'replaced',
  } satisfies Record<CertificationState, string>,
  unknownState: 'scheme not in the catalogue',
  bindings: {
    expiry: 'the expiry of the certificate', extension: 'an extension', edition: 'the end of its edition',
    parent: 'the end of the certification it rests on', suspension: 'the end of the suspension', withdrawal: 'its withdrawal',
    cancellation: 'its being given up', archive: 'its archiving', renewal: 'its renewal', application: 'the application for its renewal',
  } satisfies Record<Binding, string>,
  dutyStates: {
    unconfirmed: 'waits for an answer', open: 'open', submitted: 'submitted', met: 'met', 'not-applicable': 'not applicable',
  } satisfies Record<ObligationState, string>,
  stepStates: {
    'not-started': 'not started', 'in-progress': 'under way', waiting: 'waiting', done: 'done', skipped: 'skipped',
  } satisfies Record<StepState, string>,
  decisions: {
    grant: 'granted', maintain: 'maintained', renew: 'renewed', suspend: 'suspended', restore: 'restored', withdraw: 'withdrawn',
    cancel: 'given up', extend: 'extended', archive: 'archived', 'expand-scope': 'scope expanded', 'reduce-scope': 'scope reduced', refuse: 'refused', transfer: 'moved to another body',
  } satisfies Record<DecisionKind, string>,

  register: {
    title: 'Certifications', search: 'Name, number, scheme, body or owner', find: 'Search', clear: 'Clear',
    shown: { current: 'Current', ended: 'Ended', all: 'All' },
    none: 'No certification here.', noneFound: (words: string): string => `Nothing matches “${words}”.`,
    next: 'Next page', first: 'First page', noEnd: 'no end',
    distance: (n: number): string => (n === 0 ? 'today' : n > 0 ? `in ${many(n, 'day', 'days')}` : `${many(-n, 'day', 'days')} ago`),
  },

  certification: {
    until: (on: Day): string => `Valid until ${day(on)}`,
    ended: (on: Day): string => `since ${day(on)}`,
    restorable: (until: Day): string => `Can be restored until ${day(until)}.`,
    doubtful: (until: Day): string => `Might be restored until ${day(until)}, which must not be counted on.`,
    binds: (what: string): string => `What sets this day: ${what}.`,
    differ: (stated: Day, computed: Day): string => `The record states ${day(stated)}; the rules of the scheme give ${day(computed)}. The stated day counts.`,
    noEnd: 'No end is recorded.',
    facts: 'Record', dates: 'Dates', duties: 'Duties', runs: 'Runs', said: 'What was said', decisions: 'Decisions', history: 'History',
    days: { decision: 'Decision day', issue: 'Issue day', 'first-issue': 'First issue day', expiry: 'Valid until' } as Record<string, string>,
    body: 'Certification body', holder: 'Holder', covers: 'Also covers', sites: 'Sites', tags: 'Tags', country: 'Rules of', scope: 'Scope', parent: 'Rests on', riders: 'Resting on it', owner: 'Owner', number: 'Certificate no.',
    noDuties: 'The scheme derives no duties for it.', noSaid: 'Nothing has been said yet.',
    proof: 'All of it as a table, for auditors: who was told, what the server answered, who acknowledged', noDecisions: 'No decision is recorded.', noHistory: 'Nothing is recorded.',
    closed: (n: number): string => `${many(n, 'duty', 'duties')} met or not applicable`,
  },

  requirements: {
    item: 'Item', evidence: 'Evidence', unproven: 'no evidence', empty: 'no items yet', fill: 'Fill it from a file:',
    settled: (n: number, of: number): string => `${n} of ${of} met or not applicable`,
  },

  evidence: {
    title: 'Evidence', proves: 'Proves', none: 'All of it was withdrawn.', taken: 'withdrawn',
    kinds: { requirement: 'item', obligation: 'duty', step: 'step', finding: 'finding' } satisfies Record<TargetKind, string>,
    withdrawn: (n: number): string => `${n} withdrawn`,
    cut: (n: number): string => `Only the newest ${n} are shown. List the rest with:`,
  },

  remarks: {
    title: 'Good to know',
    ruleSet: (title: string): string => `Rules that hold: ${title}.`,
    disputed: (option: string, value: string, says: string): string => `${option}: ${value}. ${says}`,
    editionClosed: (edition: string, until: Day, on: Day): string => `Decided on ${day(on)} to ${edition}, to which decisions ended on ${day(until)}. Check the certificate.`,
    lockedOut: (on: Day, basis: string): string => `No certification body takes a new application until ${day(on)} (${basis}).`,
    footingLapsed: (state: string, on: Day | undefined): string =>
      `What it rests on is ${state}${on ? ` (${day(on)})` : ''}. That does not end it by rule: ask whoever awarded it.`,
    footingRenewed: (on: Day): string => `What it rests on was renewed on ${day(on)}, and its end follows. Was this renewed with it? Then record its renewal.`,
    findingOpen: (grade: string, number: string, title: string, by: Day | undefined): string =>
      `${grade} ${number} is open: ${title}.${by ? ` To be verified by ${day(by)}.` : ''} While it is open, no renewal is decided.`,
    footingUnknown: (schemes: readonly string[]): string => `It rests on ${schemes.join(' or ')}, which is not recorded: its end is not watched.`,
  },

  audits: {
    title: 'Audits', visit: 'Visit', actual: 'Took place', others: (n: number): string => `and ${many(n, 'other certification', 'other certifications')}`,
    states: { planned: 'planned', booked: 'booked', 'carried-out': 'carried out', cancelled: 'cancelled' } satisfies Record<AuditState, string>,
    moved: { body: 'moved by the body', us: 'moved by us' },
    early: (n: number): string => (n === 0 ? 'on the last allowed day' : `${many(n, 'day', 'days')} before the last allowed one`),
    late: (n: number): string => `${many(n, 'day', 'days')} past the limit`,
  },
  findings: {
    title: 'Findings', finding: 'Finding', answer: 'Answer', proof: 'Proof', verified: 'Verified', late: 'late', until: (on: string): string => `by ${on}`,
  },
  run: {
    started: (on: Day): string => `started ${day(on)}`,
    target: (on: Day): string => `for ${day(on)}`,
    ended: (on: Day): string => `ended ${day(on)}`,
    stage: (n: number, of: number): string => `stage ${n} of ${of}`,
    percent: (n: number): string => `${n} % done`,
    slack: (n: number): string => (n < 0 ? `${many(-n, 'working day', 'working days')} short` : `${many(n, 'working day', 'working days')} to spare`),
    next: (what: string, on: string): string => `Next: ${what}${on && `, by ${on}`}`,
    waits: (on: string, since: Day | undefined): string => `waits on ${on}${since ? ` since ${day(since)}` : ''}`,
    expected: (on: Day): string => `expected ${day(on)}`,
    byItself: 'by itself, when its window opened',
    forecast: (on: Day): string => `finishes ${day(on)} as things stand`,
    chain: (codes: string): string => `decided by ${codes}`,
    broken: {
      limit: (code: string, on: string, days: number): string => `${code} misses its legal limit of ${on} by ${many(days, 'working day', 'working days')}`,
      booking: (code: string, on: string, days: number): string => `${code} cannot be ready for its booked day ${on}: ${many(days, 'working day', 'working days')} short`,
    },
    risks: { ended: 'ended', safe: 'in time', tight: 'little to spare', danger: 'in danger of being late', late: 'late' } satisfies Record<Risk, string>,
    spare: 'Spare days', days: (n: number): string => String(n), critical: 'decides the finish',
    must: 'by', can: 'can be', limit: 'legal limit', history: 'How the forecast moved',
    toStart: 'Runs to start', beginBy: 'Begin by',
    steps: (done: number, of: number): string => `${done} of ${of}`,
    all: 'All steps',
    states: { done: 'done', current: 'under way', ahead: 'ahead' },
  },

  mail: {
    title: 'Mail', note: {
      capture: 'Mail is captured here to be read; none leaves.',
      smtp: 'Sent means accepted by a mail server.',
    },
    none: 'No mail here.', all: 'All', noSubject: 'Not composed yet', next: 'Older mail', first: 'Newest mail',
    kinds: { daily: 'Reminders', digest: 'Weekly status', 'sign-in': 'Sign-in link' } as Record<string, string>,
    quarantine: {
      title: 'Held after a restore',
      note: 'The records were restored from a backup. This mail was due between the backup and the restore, so most of it has been sent already, and nobody here knows which. Release sends it; drop counts it as sent. Several released to one person leave as one mail.',
      by: 'Compare with the log of your mail server, by a command:', says: 'Says', at: 'Would have gone', choose: 'Choose', chooseOne: (person: string, at: string): string => `Choose the mail to ${person} of ${at}`,
      release: 'Release what I chose', drop: 'Drop what I chose', releaseAll: (n: number): string => `Release all ${n}`, dropAll: (n: number): string => `Drop all ${n}`,
      news: (n: number): string => many(n, 'piece of news', 'pieces of news'), more: (n: number): string => `and ${n} more`, inDoubt: 'was leaving as the backup was taken',
      nothing: 'Nothing was chosen, so nothing was done.', rest: (n: number): string => `Only the first ${n} are shown.`, none: 'No mail is held any more.',
    },
    rehearsal: 'rehearsal',
    states: {
      planned: 'waiting', claimed: 'being sent', gated: 'in doubt', sent: 'sent', captured: 'captured', deferred: 'will be tried again',
      rejected: 'refused', abandoned: 'given up', cancelled: 'cancelled', quarantined: 'held after a restore',
    } satisfies Record<MessageState, string>,
    html: 'As HTML', text: 'As text', attempts: 'Attempts', noParts: 'It is composed when it is due to be sent, so there is nothing to read yet.',
    download: 'Download .eml', alone: 'Open alone', dueAt: 'Due to be sent', settledAt: 'Ended', identity: 'Message-ID', frame: 'The mail as its reader sees it',
    noAttempts: 'No attempt yet.', underWay: 'under way',
    channels: { capture: 'captured', smtp: 'SMTP' } as Record<string, string>,
    outcomes: {
      sent: 'sent', captured: 'captured', deferred: 'will be tried again', rejected: 'refused', abandoned: 'given up', released: 'put back', 'in-doubt': 'in doubt',
    } as Record<string, string>,
    reports: 'What mail servers reported later', suspended: 'The address is suspended until it is corrected, or somebody says that mail gets through again (person reinstate).',
    actions: { failed: 'came back', delayed: 'delayed', delivered: 'delivered', relayed: 'passed on', expanded: 'passed on to a list' } satisfies Record<BounceAction, string>,
  },
  purposes: { reminder: 'reminder', escalation: 'escalation', fallback: 'in place of somebody unreachable' } as Record<string, string>,
  outcomes: {
    said: 'said', covered: 'covered by a later notice', skipped: 'skipped', unsaid: 'not said after all',
    muted: 'quiet: handed in', snoozed: 'put off',
  } as Record<string, string>,
  events: {
    restored: 'Restored from a backup', 'message-released': 'Released after a restore', 'message-joined': 'Joined to another mail', 'message-dropped': 'Dropped after a restore: sent before',
    'obligation-unbooked': 'Booking taken back', 'obligation-reopened': 'Open again',
    'finding-added': 'Finding entered', 'finding-answered': 'Finding answered', 'finding-proven': 'Proof of a finding sent', 'finding-verified': 'Finding verified',
    'finding-closed': 'Finding closed', 'finding-graded': 'Finding graded again', 'finding-assigned': 'Owner of a finding changed', 'finding-reopened': 'Finding open again',
    'policy-changed': 'Reminder policy changed', 'policy-reset': 'Reminder policy set back',
    'calendar-imported': 'Working calendar imported', 'requirements-added': 'Checklist added', 'requirements-imported': 'Checklist imported', 'requirement-open': 'Item set back to open', 'requirement-in-progress': 'Item begun', 'requirement-met': 'Item met',
    'requirement-not-applicable': 'Item not applicable', 'requirement-assigned': 'Owner of an item changed', 'requirement-remarked': 'Remark on an item', 'evidence-added': 'Evidence added', 'evidence-withdrawn': 'Evidence withdrawn',
    'certification-added': 'Entered', 'certification-edited': 'Corrected', 'certification-grant': 'Granted', 'certification-maintain': 'Maintained',
    'certification-renew': 'Renewed', 'certification-suspend': 'Suspended', 'certification-restore': 'Restored', 'certification-withdraw': 'Withdrawn',
    'certification-cancel': 'Given up', 'certification-extend': 'Extended', 'certification-archive': 'Archived', 'certification-refuse': 'Refused', 'certification-transfer': 'Moved to another body',
    'certification-expand-scope': 'Scope expanded', 'certification-reduce-scope': 'Scope reduced',
    'obligation-moved': 'Moved', 'obligation-met': 'Met', 'obligation-booked': 'Booked', 'obligation-submitted': 'Submitted',
    'obligation-not-applicable': 'Not applicable', 'obligation-assigned': 'Owner changed', 'obligation-confirmed': 'Confirmed as open',
    'procedure-started': 'Run started', 'step-done': 'Step done', 'step-skipped': 'Step skipped', 'step-in-progress': 'Step begun',
    'step-waiting': 'Step waits', 'step-not-started': 'Step set back', 'step-assigned': 'Step given to somebody', 'step-edited': 'Step changed',
    'step-added': 'Step added', 'stage-added': 'Stage added', 'stage-moved': 'Stage put elsewhere', 'procedure-moved': 'Day of a run changed', 'audit-planned': 'Audit planned', 'audit-booked': 'Audit booked', 'audit-moved': 'Audit moved',
    'message-reported': 'A mail server reported on a mail', 'person-suspended': 'Address suspended: mail came back', 'person-reinstated': 'Address reinstated',
    'digest-ended': 'Weekly status ended', 'digest-resumed': 'Weekly status resumed',
    'audit-carried-out': 'Audit carried out', 'audit-cancelled': 'Audit cancelled', 'audit-covers': 'Audit serves more', 'audit-releases': 'Audit serves less', 'procedure-ended': 'Run given up',
    'answer-acknowledge': 'Notice acknowledged', 'answer-snooze': 'Notice snoozed', 'answer-done': 'Answered: done', 'answer-not-mine': 'Answered: not mine',
    'answer-confirm': 'Answered: past when entered', 'answer-taken-back': 'Answer taken back', 'digest-begun': 'Weekly mail sent again', 'alarm-closed': 'Alarm closed by hand',
  } as Record<string, string>,

  alarms: {
    title: 'Something is wrong with the mail', since: (at: string): string => `since ${at}`, more: (n: number): string => `${many(n, 'more alarm', 'more alarms')}:`,
    close: 'When it is settled:',
    kinds: {
      'mail-failed': { what: 'A mail was given up', way: 'What it says has not reached its reader by mail. See what the mail server answered, mend it and try again, or tell them another way:' },
      'channel-paused': { what: 'The mail server refuses all mail', way: 'Nothing is lost: mail waits and is tried again every few minutes. Find out what the mail server says:' },
      conservation: { what: 'Mails do not add up', way: 'Records of mails contradict each other. See which mails, and whether their readers were told:' },
      quarantine: { what: 'Mail is held after a restore', way: 'Nobody knows whether it was sent before. Look through it and release or drop it:' },
      clock: { what: 'A clock is wrong', way: 'A server differs from its database by more than five minutes and sends nothing. Set the clocks of both by NTP, then look again:' },
    } satisfies Record<AlarmKind, { what: string; way: string }>,
  },
  health: {
    title: 'Can you trust this',
    quarantined: (n: number): string => `${many(n, 'mail waits', 'mails wait')} for a decision after a restore.`,
    lastRun: (at: string): string => `Last planning run ${at}.`, noRun: 'No planning run yet: start the server, or run job run plan-reminders.',
    mail: (m: { sent: number; captured: number; failed: number }): string => `Mail of the last 7 days: ${m.sent} sent, ${m.captured} captured, ${m.failed} failed.`,
    next: (at: string, n: number): string => `Next send ${at} (${many(n, 'mail waits', 'mails wait')}).`, noneWaits: 'No mail waits.',
    failed: (jobs: string): string => `The last run of ${jobs} failed.`,
  },

  signIn: {
    title: 'Sign in',
    how: 'Every page shows somebody’s own work, so you sign in first. There is no password: you get a link that works once.',
    address: 'Your e-mail address', send: 'Send me a link',
    askedTitle: 'Look into your mail', asked: 'If somebody here has this address, a link is on its way. It comes within two minutes.',
    ask: 'No mail, or none can be sent from here yet? Whoever looks after Recert makes a link with this command:',
    lasts: 'A link lasts 15 minutes; you stay signed in for a week.',
    ready: 'Your link is good. It signs you in once.', button: 'Sign in to Recert',
    goneTitle: 'This link does not work any more', gone: 'It was used before, has expired, or was never made. Make a new one with:',
  },

  answers: {
    title: 'Answers', answer: 'Answer', by: 'By', takenBack: 'taken back', stands: 'stands', mailOf: (person: string): string => `, mail to ${person}`,
    takeBack: (duty: string): string => `Take it back: ${duty}`,
  },
  answer: {
    actions: {
      acknowledge: {
        title: 'I know, I am on it', button: 'I know, I am on it',
        says: 'This says that you have seen the notice. It is then not passed up because nobody answered.',
        note: 'The duty stays open. The next notices still come, and the last two before the day, and all after it, are passed up as ever.',
      },
      snooze: {
        title: 'Snooze', button: 'Snooze until that day', says: 'Until the day you choose nothing is said of it to you; on that day you are told how it stands.',
        note: 'The last two notices before the day, and all after it, are always said. Snoozing moves no due day.',
      },
      done: {
        title: 'Done', button: 'It was done that day', says: 'On which day was it done?',
        note: 'A link proves only that somebody had the mail, so it never ends a duty on which a certificate or a law depends.',
      },
      'not-mine': {
        title: 'Not mine', button: 'It is not mine', says: 'The compliance managers are told, and find somebody.',
        note: 'Until somebody else is named, the notices go on coming to you: nothing may be without an owner.',
      },
    } satisfies Record<AnswerAction, { title: string; button: string; says: string; note: string }>,
    effects: {
      heard: 'It is noted that you know.', quiet: 'It is quiet until that day.', submitted: 'It counts as submitted, and as open until that is confirmed, for example with:',
      met: 'It counts as done; nothing further is said of it.', 'passed-back': 'The compliance managers are told.',
    } satisfies Record<Effect, string>,
    grave: 'It counts as submitted only: a link alone ends no duty of this weight. Whoever decides ends it with:',
    hindrances: {
      ended: 'Nothing to do: it is done, or does not apply any more.', submitted: 'Nothing to do: it was submitted already.',
      expiry: 'An expiry is not done: renewing it, or giving it up, is a decision.', moved: 'Its day has moved since this mail; a later one names the new day.',
      reassigned: 'It has another owner by now.', 'too-near': 'It cannot be snoozed: the last two notices before the day, and all after it, are always said.',
      'past-limit': 'It cannot be snoozed that long.',
    } satisfies Record<Hindrance, string>,
    snoozable: (until: Day): string => `It can be quiet until ${day(until)}.`,
    nothing: 'There is nothing to answer here any more.',
    given: (by: string, via: string): string => `Answered for ${by}, ${via}:`,
    vias: { 'mail-link': 'by mail link', page: 'on a page', command: 'by a command' } satisfies Record<Via, string>,
    until: 'Quiet until', doneOn: 'Done on',
    takeBack: 'Take it back', takeBackNote: 'This is possible for 30 days; everything is then as if nothing had been answered.',
    tooLate: 'It was answered more than 30 days ago and can no longer be taken back here.',
    actor: 'This mailbox is read by several people. Who are you?', choose: 'Choose your name',
    untilField: 'Quiet until', doneField: 'Done on', remarkField: 'Who it belongs to, if you know',
    refusals: {
      gone: () => 'This link does not work any more.', actor: () => 'Nothing was saved yet: choose your name.', nothing: () => 'There is nothing to answer here any more.',
      'no-day': () => 'Nothing was saved yet: choose the day.',
      'snooze-range': ({ first, last }) => (first && last ? `That day is not possible: choose one from ${day(first)} to ${day(last)}.` : 'It can no longer be snoozed.'),
      future: ({ last }) => `That day lies in the future${last ? `; today is ${day(last)}` : ''}.`,
      'long-ago': ({ first }) => `That day is too long ago${first ? `: the earliest is ${day(first)}` : ''}. Is the year right?`,
      remark: () => 'The remark is too long: 500 characters at most.',
    } as Record<AnswerRefusal['kind'], (refusal: Pick<AnswerRefusal, 'first' | 'last'>) => string>,
    goneTitle: 'This link does not work any more', gone: 'Links in mails work for 30 days. Use the one in your newest mail, or ask whoever looks after Recert.',
  },
  confirm: {
    title: 'Already past when entered', says: 'These duties were past when their records were entered. Nobody is reminded of one before it is answered.',
    none: 'Everything is answered. Thank you.', next: 'The next ones', button: 'Save what I chose',
    answers: { none: 'no answer yet', done: 'done on', open: 'still open', 'not-ours': 'not ours' }, doneDay: 'Done on',
    all: 'All others on this page', expiry: 'An expiry is not done: a renewal is a decision, with a new certificate. Being renewed or restored is “still open”.',
    outcome: (saved: number, refused: number): string =>
      `${saved === 0 && refused === 0 ? 'Nothing was chosen, so nothing was saved' : `${many(saved, 'answer', 'answers')} saved`}${refused > 0 ? `, ${refused} not: see below` : ''}.`,
  },
  unsubscribe: {
    status: { title: 'Weekly status', says: 'You get a status mail every week. You can end it here.', button: 'End the weekly status', ended: 'You no longer get the weekly status.' },
    own: { title: 'Your weekly mail', says: 'What lies further ahead comes to you once a week. You can have each notice on its own day instead.', button: 'End the weekly mail', ended: 'You no longer get the weekly mail: each notice comes on its own day.' },
    again: 'Send it again', later: 'The link of this page works for 30 days after its mail. After that, whoever looks after Recert can turn it on again.',
    reminders: 'Reminders of what must be done cannot be ended: they stop when it is done.',
  },

  errors: {
    400: 'That cannot be shown', 401: 'Please sign in', 403: 'This request came from another page', 404: 'Not found', 405: 'That is not possible here',
    409: 'That does not go together', 410: 'This link does not work any more', 413: 'That is too large', 421: 'Wrong address',
    500: 'Something went wrong', 503: 'Not available right now',
  } as Record<number, string>,
  notFound: 'There is nothing at this address, or it is not yours to see.',
  bug: 'This is a fault of Recert, not yours. It has been logged; nothing was changed.',
  crossSite: 'It must come from a form on a page of this Recert. Open the page again and use its button.',
  tooLarge: 'A form may hold 64 KB.',
  back: 'Back to the overview',
}

/** What the pages say, in either language. */
export type PageWords = typeof en
