// What an audit found: graded by the scheme's own scale, answered, proven, verified. Which day each is due, what
// state a finding is in, what may happen to it next, and which duties it gives. Nothing here is stored.

import { type Calendar } from './calendar.ts'
import type { Mark, Words } from './certification.ts'
import { type Day, daysBetween, earliest, isAfter, isBefore, latest } from './day.ts'
import type { Closing } from './finding-shape.ts'
import type { Derived } from './obligation.ts'
import type { Refused, Scheme } from './scheme.ts'
import { addSpan, type Span } from './span.ts'

export type Findings = NonNullable<Scheme['findings']>
export type Grade = Readonly<Findings['grades'][number]>

/** The last days for each; undefined where nothing asks for it. */
export interface FindingDays {
  readonly answerDueOn: Day | undefined
  readonly proofDueOn: Day | undefined
  readonly verifyDueOn: Day | undefined
}

export interface Finding extends FindingDays {
  readonly id: number
  readonly certificationId: number
  readonly cycle: number
  readonly auditId: number | undefined
  /** As the audit report numbers it. */
  readonly number: string | undefined
  /** The id of its grade in the scheme. */
  readonly grade: string
  readonly title: string
  readonly clause: string | undefined
  readonly site: string | undefined
  /** The last day of the audit that found it. */
  readonly foundOn: Day
  readonly ownerId: number | undefined
  readonly correction: string | undefined
  readonly rootCause: string | undefined
  readonly correctiveAction: string | undefined
  readonly answeredOn: Day | undefined
  readonly provenOn: Day | undefined
  readonly verifiedOn: Day | undefined
  readonly closesBy: Closing
  readonly blocks: boolean
  readonly basis: string
  readonly mark: Mark
  readonly closedOn: Day | undefined
  /** Why it was closed without what closes it. */
  readonly closedReason: string | undefined
  readonly revision: number
}

export const findingStates = ['noted', 'open', 'answered', 'proof-sent', 'closed', 'taken-back'] as const
export type FindingState = (typeof findingStates)[number]

export const findingMoves = ['answer', 'prove', 'verify', 'close', 'grade', 'reopen'] as const
export type FindingMove = (typeof findingMoves)[number]

/** The states in the words of both languages, as screens and mails have them. */
export const findingWords: Readonly<Record<FindingState, Words>> = {
  noted: { en: 'noted', zh: '已记录' },
  open: { en: 'open', zh: '待答复' },
  answered: { en: 'answered', zh: '已答复' },
  'proof-sent': { en: 'with the body', zh: '待认证机构验证' },
  closed: { en: 'closed', zh: '已关闭' },
  'taken-back': { en: 'taken back', zh: '已撤回' },
}

type Days = Pick<Finding, 'answeredOn' | 'provenOn' | 'verifiedOn' | 'closedOn' | 'closedReason' | 'closesBy'>

/** Returns the state; a finding that nothing closes owes nothing and is only noted. */
export function stateOf(one: Days): FindingState {
  if (one.closedReason !== undefined) return 'taken-back'
  if (one.closedOn) return 'closed'
  if (one.closesBy === 'nothing') return 'noted'
  return one.provenOn ? 'proof-sent' : one.answeredOn ? 'answered' : 'open'
}

/** Says whether something is still to be done about it, by us or by the body. */
export const isOpen = (one: Days): boolean => ['open', 'answered', 'proof-sent'].includes(stateOf(one))

/** What may happen in each state. A closed one may still be verified: a minor one is, at the next audit. */
export const allowedMoves: Readonly<Record<FindingState, readonly FindingMove[]>> = {
  noted: ['close', 'grade'],
  open: ['answer', 'prove', 'close', 'grade'],
  answered: ['answer', 'prove', 'close', 'grade', 'reopen'],
  'proof-sent': ['prove', 'verify', 'close', 'grade', 'reopen'],
  closed: ['verify', 'reopen'],
  'taken-back': ['reopen'],
}

const done: Readonly<Record<FindingMove, string>> = {
  answer: 'answered', prove: 'proven', verify: 'verified', close: 'closed', grade: 'graded again', reopen: 'opened again',
}

/** Says whether something may happen to a finding; a refusal names what may instead. */
export function decideMove(one: Finding, move: FindingMove): { readonly ok: true } | Refused {
  const state = stateOf(one)
  const refuse = (why: string): Refused => ({ ok: false, refusal: why })
  if (move === 'verify' && (state === 'open' || state === 'answered')) return refuse(`it is ${state}: send the proof first (finding prove ${one.id} --on DAY), then record the verification.`)
  if (!allowedMoves[state].includes(move)) return refuse(`it is ${findingWords[state].en} and cannot be ${done[move]}. Possible now: ${allowedMoves[state].join(', ')}.`)
  if (move === 'prove' && state === 'open' && (one.answerDueOn ?? (one.closesBy === 'answer' || undefined))) return refuse(`it has not been answered. Answer first: finding answer ${one.id} --on DAY`)
  if (move === 'verify' && one.verifiedOn) return refuse(`it was verified on ${one.verifiedOn.toString()} already.`)
  return { ok: true }
}

export type DatedMove = Extract<FindingMove, 'answer' | 'prove' | 'verify' | 'close'>

/** What a change writes; null takes a value away. */
export interface FindingChange {
  readonly answeredOn?: Day | null
  readonly provenOn?: Day | null
  readonly verifiedOn?: Day | null
  readonly closedOn?: Day | null
  readonly closedReason?: string | null
}

/** Returns what a move on a day changes, or why it is refused; `asOf` is today where it is recorded. */
export function decideDatedMove(one: Finding, move: DatedMove, on: Day, asOf: Day): { readonly ok: true; readonly change: FindingChange } | Refused {
  const allowed = decideMove(one, move)
  if (!allowed.ok) return allowed
  if (isAfter(on, asOf)) return { ok: false, refusal: `${on.toString()} lies in the future (today is ${asOf.toString()}).` }
  const before = latest(one.foundOn, ...(move === 'answer' ? [] : [one.answeredOn]), ...(move === 'verify' || move === 'close' ? [one.provenOn] : []))!
  if (isBefore(on, before)) return { ok: false, refusal: `${on.toString()} is before ${before.toString()}, the day it was ${nameOfDay(one, before)}. Allowed: ${before.toString()} to ${asOf.toString()}.` }
  return { ok: true, change: changeOf(one, move, on) }
}

const nameOfDay = (one: Finding, day: Day): string => (one.provenOn?.equals(day) ? 'proven' : one.answeredOn?.equals(day) ? 'answered' : 'found')

const closesWith: Readonly<Record<Exclude<DatedMove, 'close'>, Closing>> = { answer: 'answer', prove: 'proof', verify: 'verification' }
const dayOfMove = { answer: 'answeredOn', prove: 'provenOn', verify: 'verifiedOn' } as const

function changeOf(one: Finding, move: DatedMove, on: Day): FindingChange {
  if (move === 'close') return { closedOn: on }
  return { [dayOfMove[move]]: on, ...(closesWith[move] === one.closesBy && !one.closedOn ? { closedOn: on } : {}) }
}

/** Returns what taking the last step back changes: a proof refused is owed again, one taken back is open. */
export function decideReopen(one: Finding): { readonly ok: true; readonly change: FindingChange } | Refused {
  const allowed = decideMove(one, 'reopen')
  if (!allowed.ok) return allowed
  if (stateOf(one) === 'taken-back') return { ok: true, change: { closedOn: null, closedReason: null } }
  const last = one.verifiedOn ? 'verifiedOn' : one.provenOn ? 'provenOn' : 'answeredOn'
  // A minor one verified later stays closed by its answer.
  const closing = one.closedOn && last === dayOfMove[one.closesBy === 'answer' ? 'answer' : one.closesBy === 'proof' ? 'prove' : 'verify']
  return { ok: true, change: { [last]: null, ...(closing ? { closedOn: null } : {}) } }
}

export interface Owed { readonly what: 'answer' | 'proof' | 'verification'; readonly dueOn: Day | undefined }

/** Returns what is owed next and by when; a verification is the body's to give. */
export function owedNext(one: Finding): Owed | undefined {
  const state = stateOf(one)
  if (state === 'open' && (one.answerDueOn ?? (one.closesBy === 'answer' || undefined))) return { what: 'answer', dueOn: one.answerDueOn }
  if (state === 'open' || state === 'answered') return { what: 'proof', dueOn: one.proofDueOn }
  return state === 'proof-sent' ? { what: 'verification', dueOn: one.verifyDueOn } : undefined
}

/** Returns the finding as it was at the end of a day; undefined before it was found. */
export function findingOn(one: Finding, asOf: Day): Finding | undefined {
  if (isAfter(one.foundOn, asOf)) return undefined
  const by = (on: Day | undefined): Day | undefined => (on && !isAfter(on, asOf) ? on : undefined)
  const closedOn = by(one.closedOn)
  return {
    ...one, answeredOn: by(one.answeredOn), provenOn: by(one.provenOn), verifiedOn: by(one.verifiedOn),
    closedOn, closedReason: closedOn && one.closedReason,
  }
}

/** What days are counted from. */
export interface Occasion {
  readonly foundOn: Day
  /** The last valid day of the cycle; undefined where none is known. */
  readonly end: Day | undefined
  /** True while the certification has yet to be granted. */
  readonly initial: boolean
  readonly body: string | undefined
  readonly calendar: Calendar
}

export type Graded = { readonly grade: Grade; readonly days: FindingDays; readonly basis: string; readonly mark: Mark; readonly provisional: boolean }

/** Returns a grade with the days it gives, or a refusal naming the grades there are and the way to have others. */
export function decideGrade(scheme: Pick<Scheme, 'id' | 'findings'>, id: string, at: Occasion): ({ readonly ok: true } & Graded) | Refused {
  const { findings } = scheme
  if (!findings) return { ok: false, refusal: `${scheme.id} has no scale of findings. Give it one in a scheme file of your own that extends it (findings: grades: …), then: scheme check FILE` }
  const grade = findings.grades.find((one) => one.id === id)
  if (!grade) return { ok: false, refusal: `${scheme.id} has no grade "${id}". Grades: ${findings.grades.map((one) => `${one.id} (${one.title.en}, ${one.title.zh})`).join('; ')}.` }
  const body = findings.bodies.find((one) => one.named.toLowerCase() === at.body?.trim().toLowerCase() && one.grades[id])
  const initial = at.initial ? grade.initial : undefined
  const { answer, proof, verified } = { ...grade, ...initial, ...body?.grades[id] }
  const { basis, mark } = body ?? initial ?? grade
  const count = dayCounter(grade, at)
  const [answerBy, proofBy, verifyBy] = [answer, proof, verified].map(count)
  return {
    ok: true, grade, basis, mark, provisional: [answerBy, proofBy, verifyBy].some((one) => one?.provisional),
    days: { answerDueOn: answerBy?.day, proofDueOn: proofBy?.day, verifyDueOn: verifyBy?.day },
  }
}

// Shortened only where the end lies ahead: one found after it is owed all the same.
function dayCounter({ cap }: Grade, { foundOn, end, calendar }: Occasion) {
  const limit = cap === 'end' && end && !isBefore(end, foundOn) ? end : undefined
  return (span: Span | undefined): { day: Day; provisional: boolean } | undefined => {
    if (!span) return undefined
    const { day, provisional } = addSpan(foundOn, span, calendar)
    return { day: earliest(day, limit)!, provisional }
  }
}

/** Returns days that a person gave over those of the rule, or why they cannot be; null takes one away. */
export function decideDays(ruled: FindingDays, given: { readonly [K in keyof FindingDays]?: Day | null | undefined }, foundOn: Day): { readonly ok: true; readonly days: FindingDays } | Refused {
  const of = (name: keyof FindingDays): Day | undefined => (given[name] === undefined ? ruled[name] : given[name] ?? undefined)
  const days = { answerDueOn: of('answerDueOn'), proofDueOn: of('proofDueOn'), verifyDueOn: of('verifyDueOn') }
  const order = [['found', foundOn], ['answer', days.answerDueOn], ['proof', days.proofDueOn], ['verification', days.verifyDueOn]] as const
  const known = order.flatMap(([name, day]) => (day ? [{ name, day }] : []))
  const wrong = known.find(({ day }, n) => n > 0 && isBefore(day, known[n - 1]!.day))
  if (!wrong) return { ok: true, days }
  return { ok: false, refusal: `${wrong.day.toString()} for the ${wrong.name} is too early. The days must follow each other: ${known.map(({ name, day }) => `${name} ${day.toString()}`).join(', ')}.` }
}

/**
 * Returns the days of a new grade, keeping those that a person had set: those which the old grade does not give.
 * A day of the new grade that falls after a kept one which follows it is shortened to that.
 */
export function regradedDays(now: FindingDays, old: FindingDays | undefined, next: FindingDays): FindingDays {
  const of = (name: keyof FindingDays): Day | undefined => (sameDay(now[name], old?.[name]) ? next[name] : now[name])
  const verifyDueOn = of('verifyDueOn')
  const proofDueOn = of('proofDueOn') && earliest(of('proofDueOn'), verifyDueOn)
  return { answerDueOn: of('answerDueOn') && earliest(of('answerDueOn'), proofDueOn, verifyDueOn), proofDueOn, verifyDueOn }
}

const sameDay = (a: Day | undefined, b: Day | undefined): boolean => a?.toString() === b?.toString()

const duties = {
  answer: { en: 'Cause and action', zh: '提交纠正、原因分析和措施计划' },
  proof: { en: 'Proof of the corrective action', zh: '提交纠正措施的证据' },
  verification: { en: 'Verification by the body', zh: '认证机构验证' },
} as const satisfies Record<Owed['what'], Words>

/** Reads the duty of a finding from its rule id, such as `finding-7/proof`; undefined for any other. */
export function findingDutyOf(ruleId: string): { readonly findingId: number; readonly what: Owed['what'] } | undefined {
  const [, id, what] = /^finding-(\d+)\/(answer|proof|verification)$/.exec(ruleId) ?? []
  return what === 'answer' || what === 'proof' || what === 'verification' ? { findingId: Number(id), what } : undefined
}

/** Returns the duties of a finding, each on its last allowed day; the body's own is expected, not owed by us. */
export function findingDuties(one: Finding, rule: Pick<Grade, 'title' | 'tier' | 'ladder'>, provisional: boolean): readonly Derived[] {
  const duty = (what: Owed['what'], dueOn: Day | undefined, opensOn: Day): Derived[] => (dueOn ? [{
    cycle: one.cycle, ruleId: `finding-${one.id}/${what}`, ordinal: 1, kind: 'corrective-action', tier: rule.tier,
    ladder: what === 'verification' ? 'outside' : rule.ladder, title: titleOf(one, rule.title, what),
    opensOn: earliest(opensOn, dueOn), dueOn, latestOn: undefined, metBy: what === 'verification' ? 'verified' : 'submitted',
    owedBy: what === 'verification' ? 'outside' : 'organisation', basis: one.basis, mark: one.mark, provisional,
  }] : [])
  return [
    ...duty('answer', one.answerDueOn, one.foundOn), ...duty('proof', one.proofDueOn, one.answerDueOn ?? one.foundOn),
    ...duty('verification', one.verifyDueOn, one.proofDueOn ?? one.foundOn),
  ]
}

function titleOf(one: Finding, grade: Words, what: Owed['what']): Words {
  const number = one.number ?? String(one.id)
  return { en: `${duties[what].en}, ${grade.en} ${number}: ${one.title}`, zh: `${duties[what].zh}（${grade.zh} ${number}：${one.title}）` }
}

/** What has become of a duty of a finding: its day; that the finding no longer asks for it; or owed still. */
export function fateOfDuty(one: Finding, what: Owed['what']): { readonly metOn: Day } | 'not-owed' | 'owed' {
  const on = { answer: one.answeredOn, proof: one.provenOn, verification: one.verifiedOn }[what]
  if (on) return { metOn: on }
  return isOpen(one) ? 'owed' : 'not-owed'
}

/** Returns those that keep a decision of that day from being taken: found by then and not closed by then. */
export function blockingFindings<F extends Finding>(findings: readonly F[], decidedOn: Day): readonly F[] {
  return findings.filter((one) => {
    const then = findingOn(one, decidedOn)
    return one.blocks && then !== undefined && isOpen(then)
  })
}

/** Returns the day it can be expected to be closed, with what is late already counted in; undefined where nothing says. */
export function expectedClosing(one: Finding, asOf: Day): Day | undefined {
  const last = one.verifyDueOn ?? one.proofDueOn
  if (!last) return undefined
  const left = one.provenOn || !one.proofDueOn || !one.verifyDueOn ? 0 : daysBetween(one.proofDueOn, one.verifyDueOn)
  return latest(last, asOf.add({ days: left }))
}

/** Sorts for people: what blocks first, then by the day owed next. */
export function byWeight(a: Finding, b: Finding): number {
  const day = (one: Finding): string => owedNext(one)?.dueOn?.toString() ?? '9999'
  return Number(b.blocks) - Number(a.blocks) || (day(a) < day(b) ? -1 : day(a) > day(b) ? 1 : a.id - b.id)
}
