// News in the daily mail, in English.

import type { AnswerAction } from '../core/answer.ts'
import type { MailWords, NewsTold } from './words.ts'

const plural = (n: number, one: string, many: string): string => `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`
const beside = (before: string, text: string): string => (text === '' ? '' : `${before}${text}`)
const duty = ({ certificate, title, on, expires }: NewsTold): string => `${certificate}${beside(': ', title)}${beside(expires ? ', valid until ' : ', due ', on)}`
const answered = (told: NewsTold): string => `${duty(told)}: ${told.action ? answers[told.action](told.actionOn) : ''}`

const answers: Readonly<Record<AnswerAction, (on: string) => string>> = {
  acknowledge: () => 'seen', snooze: (on) => `quiet until ${on}`, done: (on) => `done on ${on}`, 'not-mine': () => '“not mine”',
}

export const news: MailWords['news'] = {
  unconfirmed: {
    subject: (count, first) => `${plural(count, 'duty was', 'duties were')} past when entered, such as ${duty(first)}: done, or still open?`,
    head: () => 'Was this done?',
    lead: 'These were already past when they were entered. You are asked once; nothing else is said of them until somebody answers: done, still open, or not yours.',
    entry: duty,
  },
  gap: {
    subject: (count, first) => (count === 1 ? `${first.certificate} has nobody to tell` : `${count.toLocaleString('en-GB')} certifications have nobody to tell, such as ${first.certificate}`),
    head: () => 'Nobody to tell',
    lead: 'Nobody owns these any more, so what falls due comes to you. Name an owner.',
    entry: ({ certificate, person, cause }) => `${certificate}: ${cause === 'left' ? `its owner${beside(', ', person)}, has left` : cause === 'no-address' ? `its owner${beside(', ', person)}, has no address` : 'no owner'}`,
  },
  bounced: {
    subject: (count, first) => (count === 1 ? `Mail to ${first.person} comes back` : `Mail to ${first.person} and ${plural(count - 1, 'other', 'others')} comes back`),
    head: () => 'Mail came back',
    lead: 'Their mail server refuses these addresses. What was for them goes to the next in line until you correct the address, or reinstate it once mail gets through.',
    entry: ({ person, remark }) => `${person}${beside(', ', remark)}`,
  },
  'not-mine': {
    subject: (count, first) => (count === 1 ? `Whose is it? ${duty(first)}` : `Whose are these? ${duty(first)}, and ${plural(count - 1, 'other', 'others')}`),
    head: () => 'Whose is it?',
    lead: 'Somebody says that these are not theirs. They go on hearing of them until you name another owner.',
    entry: (told) => `${duty(told)}${beside('; says ', told.person)}${beside(': ', told.remark)}`,
  },
  answered: {
    subject: (count, first) => `By a link in a mail: ${answered(first)}${count > 1 ? `, and ${count - 1} more` : ''}`,
    head: () => 'Recorded by a link in a mail',
    lead: 'A link proves only that somebody had the mail. If it was not you, open the entry and take it back; this is possible for 30 days.',
    entry: (told) => `${answered(told)}${beside('; says ', told.person)}`,
  },
  assigned: {
    subject: (count, first) => (count === 1 ? `Yours now: ${duty(first)}` : `Yours now: ${duty(first)}, and ${plural(count - 1, 'other', 'others')}`),
    head: () => 'Yours now',
    lead: 'From now on you hear of these in time.',
    entry: (told) => `${duty(told)}${beside('; assigned by ', told.person)}`,
  },
  closure: {
    subject: (count, first) => `Before the closure: ${duty(first)}${count > 1 ? `, and ${count - 1} more` : ''}`,
    head: (from, to) => `Before the closure, ${from} to ${to}`,
    lead: 'Due while everything is closed, or within five working days after it. What has to be done before?',
    entry: ({ certificate, title, on, expires }) => `${on}${beside(': ', certificate)}${expires ? ', expires' : beside(': ', title)}`,
  },
}

export const newsAnswer: MailWords['newsAnswer'] = (count) => (count === 1 ? 'Answer it' : `Answer all ${count.toLocaleString('en-GB')} of them`)
