// A ladder as a person types it: notices and repeats with commas between, read whole, every fault named with what is
// allowed. `P90D,P45D:unbooked` and `P1WD,P7D*4,P1M*`; repeats also back again.

import { type Audience, audiences, conditions, noticeFault, type Repeat, type Rung } from './ladder.ts'

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] }

const mostNotices = 40
const mostRepeats = 10
const mostTimes = 999

/** Reads the notices of one audience: each a notice, or a notice and its condition joined by a colon; none: it hears nothing. */
export function parseNotices(texts: readonly string[], audience: Audience): Parsed<readonly Rung[]> {
  const problems = texts.flatMap(rungFaults)
  const twice = texts.find((text, i) => texts.indexOf(text) < i)
  if (texts.length === 0) problems.push('No notice is named: write none where nothing is to be said.')
  if (twice !== undefined) problems.push(`"${twice}" is there twice: name each notice once.`)
  if (texts.length > mostNotices) problems.push(`${texts.length} notices are too many: at most ${mostNotices} for one audience.`)
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, value: texts.map((text) => {
    const [notice = text, when] = text.split(':')
    return { notice, audience, when: conditions.find((one) => one === when) }
  }) }
}

function rungFaults(text: string): string[] {
  const [notice = text, when, ...more] = text.split(':')
  const known = when === undefined || (more.length === 0 && conditions.some((one) => one === when))
  return [...[noticeFault(notice)].filter((fault) => fault !== undefined), ...(known ? []
    : [`"${[when, ...more].join(':')}" is not a condition. Conditions: ${conditions.join(', ')}.`])]
}

const repeatPattern = /^P([1-9]\d{0,3})(WD|D|M)(?:(\*)([1-9]\d{0,2})?)?$/
const mostOf: Readonly<Record<string, number>> = { D: 3660, WD: 3660, M: 120 }

/** Reads repeats: `P1WD` once, `P7D*4` four times, `P1M*` until the duty is closed. */
export function parseRepeats(texts: readonly string[]): Parsed<readonly Repeat[]> {
  const problems = texts.flatMap((text) => repeatFault(text) ?? [])
  const endless = texts.slice(0, -1).find((text) => text.endsWith('*'))
  if (texts.length === 0) problems.push('No repeat is named: write none where what is late is not repeated.')
  if (endless !== undefined) problems.push(`Nothing comes after "${endless}", which goes on until the duty is closed: put it last.`)
  if (texts.length > mostRepeats) problems.push(`${texts.length} repeats are too many: at most ${mostRepeats}, one after the other.`)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: texts.map(repeatOf) }
}

function repeatFault(text: string): string | undefined {
  const [form, amount, unit = ''] = repeatPattern.exec(text) ?? []
  if (form === undefined) {
    return `"${text}" is not a repeat: use P1WD (once, after a working day), P7D*4 (four times, 1 to ${mostTimes}) or P1M* (until closed), from one day on`
  }
  return Number(amount) <= mostOf[unit]! ? undefined : `"${text}" is too long: at most P${mostOf['D']}D, P${mostOf['WD']}WD or P${mostOf['M']}M`
}

function repeatOf(text: string): Repeat {
  const [, amount, unit, star, times] = repeatPattern.exec(text)!
  return { every: `P${amount!}${unit!}`, times: star === undefined ? 1 : times === undefined ? 'until closed' : Number(times) }
}

/** Returns repeats as they are typed. */
export function formatRepeats(repeats: readonly Repeat[]): string {
  return repeats.map(({ every, times }) => (times === 1 ? every : times === 'until closed' ? `${every}*` : `${every}*${times}`)).join(',') || 'none'
}

/** Reads an audience that is no address: its name, or `person:12`. */
export function parseAudience(text: string): Audience | undefined {
  const named = /^person:([1-9]\d{0,8})$/.exec(text)
  return named ? `person:${Number(named[1])}` : audiences.find((one) => one === text)
}
