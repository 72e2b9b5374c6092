// 每日邮件中的其他消息。
// News in the daily mail, in Simplified Chinese.

import type { AnswerAction } from '../core/answer.ts'
import type { MailWords, NewsTold } from './words.ts'

const beside = (before: string, text: string, after = ''): string => (text === '' ? '' : `${before}${text}${after}`)
const duty = ({ certificate, title, on, expires }: NewsTold): string => `${certificate}${beside('：', title)}${beside(expires ? '，有效期至 ' : '，截止日期 ', on)}`
const others = (count: number): string => (count > 1 ? `，另有 ${(count - 1).toLocaleString('en-GB')} 项` : '')
const answered = (told: NewsTold): string => `${duty(told)}：${told.action ? answers[told.action](told.actionOn) : ''}`

const answers: Readonly<Record<AnswerAction, (on: string) => string>> = {
  acknowledge: () => '已知悉', snooze: (on) => `${on}前不再提醒`, done: (on) => `已于${on}办结`, 'not-mine': () => '不归本人负责',
}

export const news: MailWords['news'] = {
  unconfirmed: {
    subject: (count, first) => `${count.toLocaleString('en-GB')} 项应办事项登记时日期已过，如 ${duty(first)}：已办还是未办？`,
    head: () => '这些办了吗？',
    lead: '以下事项在登记时日期已过。只询问这一次，有人答复之前不再提醒：已办、仍未办，或不归您负责。',
    entry: duty,
  },
  gap: {
    subject: (count, first) => `${first.certificate}无人可通知${others(count)}`,
    head: () => '无人可通知',
    lead: '以下资质没有责任人，到期事项只能发给您。请指定责任人。',
    entry: ({ certificate, person, cause }) => `${certificate}：${cause === 'left' ? `责任人${person}已离开` : cause === 'no-address' ? `责任人${person}没有邮箱地址` : '没有责任人'}`,
  },
  bounced: {
    subject: (count, first) => `发给${first.person}的邮件被退回${others(count)}`,
    head: () => '邮件被退回',
    lead: '对方邮件服务器拒收以下地址。在您更正地址或确认可以送达并恢复该地址之前，本应发给他们的提醒由下一位接收。',
    entry: ({ person, remark }) => `${person}${beside('，', remark)}`,
  },
  'not-mine': {
    subject: (count, first) => `应由谁负责？${duty(first)}${others(count)}`,
    head: () => '应由谁负责？',
    lead: '有人表示以下事项不归自己负责。在您另行指定责任人之前，仍会提醒原责任人。',
    entry: (told) => `${duty(told)}${beside('（', told.person, ' 答复）')}${beside('：', told.remark)}`,
  },
  answered: {
    subject: (count, first) => `通过邮件链接登记：${answered(first)}${others(count)}`,
    head: () => '通过邮件链接登记的答复',
    lead: '链接只能说明有人收到了邮件。如非本人操作，请打开该条并撤回，30 天内有效。',
    entry: (told) => `${answered(told)}${beside('（', told.person, ' 答复）')}`,
  },
  assigned: {
    subject: (count, first) => `现由您负责：${duty(first)}${others(count)}`,
    head: () => '现由您负责',
    lead: '今后到期前会及时提醒您。',
    entry: (told) => `${duty(told)}${beside('（由', told.person, '指定）')}`,
  },
  closure: {
    subject: (count, first) => `放假前须办：${duty(first)}${others(count)}`,
    head: (from, to) => `放假之前（${from}至${to}）`,
    lead: '以下事项在放假期间或节后五个工作日内截止。哪些须在放假前办妥？',
    entry: ({ certificate, title, on, expires }) => `${on}${beside('：', certificate)}${expires ? '到期' : beside('：', title)}`,
  },
}

export const newsAnswer: MailWords['newsAnswer'] = (count) => (count === 1 ? '去答复' : `一次答复全部 ${count.toLocaleString('en-GB')} 项`)
