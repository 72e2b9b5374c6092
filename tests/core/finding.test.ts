import { describe, expect, test } from 'vitest'
import { weekdays } from '../../src/core/calendar.ts'
import {
  allowedMoves, blockingFindings, type DatedMove, decideDatedMove, decideDays, decideGrade, decideMove, decideReopen, expectedClosing, fateOfDuty, type Finding,
  type FindingMove, findingDuties, findingDutyOf, findingMoves, findingOn, type FindingState, findingStates, owedNext, regradedDays, stateOf,
} from '../../src/core/finding.ts'
import { isRuled } from '../../src/core/rederivation.ts'
import { findingRemarks } from '../../src/core/remark.ts'
import { parseScheme } from '../../src/formats/scheme-yaml.ts'
import { builtIn, iso, mlps } from './scheme-samples.ts'
import { day, obligation } from '../helpers/factory.ts'

const finding = (rest: Partial<Finding> = {}): Finding => ({
  id: 7, certificationId: 1, cycle: 1, auditId: undefined, number: 'NC-1', grade: 'major', title: 'No risk treatment', clause: undefined, site: undefined,
  foundOn: day('2027-03-01'), ownerId: undefined, correction: undefined, rootCause: undefined, correctiveAction: undefined,
  answerDueOn: day('2027-03-15'), proofDueOn: day('2027-05-30'), verifyDueOn: day('2027-06-13'), answeredOn: undefined, provenOn: undefined, verifiedOn: undefined,
  closesBy: 'verification', blocks: true, basis: 'clause', mark: 'confirmed', closedOn: undefined, closedReason: undefined, revision: 1, ...rest,
})
const answered = finding({ answeredOn: day('2027-03-10') })
const proven = finding({ answeredOn: day('2027-03-10'), provenOn: day('2027-05-01') })
const closed = finding({ answeredOn: day('2027-03-10'), provenOn: day('2027-05-01'), verifiedOn: day('2027-05-20'), closedOn: day('2027-05-20') })
const inState: Readonly<Record<FindingState, Finding>> = {
  noted: finding({ closesBy: 'nothing', blocks: false, answerDueOn: undefined, proofDueOn: undefined, verifyDueOn: undefined }),
  open: finding(), answered, 'proof-sent': proven, closed,
  'taken-back': finding({ closedOn: day('2027-04-01'), closedReason: 'withdrawn by the auditor' }),
}

describe('a finding', () => {
  test.each(findingStates)('is %s by what has happened to it', (state) => expect(stateOf(inState[state])).toBe(state))

  // Written down a second time: what the table allows, less what needs an answer or a verification first.
  const possible: Readonly<Record<FindingState, string>> = {
    noted: 'close grade', open: 'answer close grade', answered: 'answer prove close grade reopen', 'proof-sent': 'prove verify close grade reopen', closed: 'reopen', 'taken-back': 'reopen',
  }
  const pairs = findingStates.flatMap((state) => findingMoves.map((move): [FindingState, FindingMove, boolean] => [state, move, possible[state].split(' ').includes(move)]))
  test.each(pairs)('that is %s, asked to %s: %s', (state, move, allowed) => {
    const decided = decideMove(inState[state], move)
    expect(decided.ok).toBe(allowed)
    if (!decided.ok) expect(decided.refusal).toMatch(/it (is|was|has not been) /)
  })

  test('that is refused names what is possible instead', () => {
    const decided = decideMove(inState['taken-back'], 'prove')
    expect(decided).toEqual({ ok: false, refusal: 'it is taken back and cannot be proven. Possible now: reopen.' })
    expect(allowedMoves.closed).toContain('verify')
  })

  test('that asks for no answer is proven at once', () => {
    expect(decideMove(finding({ answerDueOn: undefined, closesBy: 'proof' }), 'prove')).toEqual({ ok: true })
  })

  test('that is closed by its answer may be verified later, once', () => {
    const minor = finding({ closesBy: 'answer', answeredOn: day('2027-03-10'), closedOn: day('2027-03-10') })
    const decided = decideDatedMove(minor, 'verify', day('2028-02-01'), day('2028-02-02'))
    expect(decided.ok && String(decided.change.verifiedOn)).toBe('2028-02-01')
    expect(decided.ok && decided.change.closedOn).toBeUndefined()
    expect(decideMove({ ...minor, verifiedOn: day('2028-02-01') }, 'verify')).toMatchObject({ ok: false, refusal: 'it was verified on 2028-02-01 already.' })
  })

  const days: readonly [Finding, DatedMove, string, string][] = [
    [finding(), 'answer', '2027-02-28', 'is before 2027-03-01, the day it was found'], [finding(), 'answer', '2027-03-01', ''],
    [answered, 'prove', '2027-03-09', 'is before 2027-03-10, the day it was answered'], [answered, 'prove', '2027-03-10', ''],
    [proven, 'verify', '2027-04-30', 'is before 2027-05-01, the day it was proven'], [proven, 'verify', '2027-05-01', ''],
    [proven, 'verify', '2027-06-30', ''], [proven, 'verify', '2027-07-01', 'lies in the future (today is 2027-06-30)'],
  ]
  test.each(days)('of its days %# in turn', (one, move, on, refusal) => {
    const decided = decideDatedMove(one, move, day(on), day('2027-06-30'))
    expect(decided.ok ? '' : decided.refusal).toContain(refusal)
    expect(decided.ok).toBe(refusal === '')
  })

  test.each([['answer', 'answer', finding({ closesBy: 'answer' })], ['prove', 'proof', { ...answered, closesBy: 'proof' as const }], ['verify', 'verification', proven]] as const)(
    'is closed by the day of %s where its rule says %s', (move, _closing, one) => {
      const decided = decideDatedMove(one, move, day('2027-05-20'), day('2027-06-30'))
      expect(decided.ok && String(decided.change.closedOn)).toBe('2027-05-20')
    })

  test('has its last step taken back', () => {
    const changes = [answered, proven, closed, inState['taken-back']].map((one) => { const d = decideReopen(one); return d.ok ? Object.keys(d.change) : [] })
    expect(changes).toEqual([['answeredOn'], ['provenOn'], ['verifiedOn', 'closedOn'], ['closedOn', 'closedReason']])
    const minor = decideReopen(finding({ closesBy: 'answer', answeredOn: day('2027-03-10'), closedOn: day('2027-03-10'), verifiedOn: day('2028-01-01') }))
    expect(minor.ok && Object.keys(minor.change)).toEqual(['verifiedOn'])
  })

  test('owes the answer, then the proof, then waits for the body', () => {
    expect([finding(), answered, proven, closed].map((one) => owedNext(one)).map((one) => one && `${one.what} ${String(one.dueOn)}`))
      .toEqual(['answer 2027-03-15', 'proof 2027-05-30', 'verification 2027-06-13', undefined])
  })

  test('asked of an earlier day is what it was then', () => {
    const on = (text: string) => { const then = findingOn(closed, day(text)); return then && stateOf(then) }
    expect(['2027-02-28', '2027-03-01', '2027-03-10', '2027-05-01', '2027-05-20'].map(on)).toEqual([undefined, 'open', 'answered', 'proof-sent', 'closed'])
  })

  test('blocks from the day it was found until the day before it is verified', () => {
    const on = (text: string) => blockingFindings([closed], day(text)).length
    expect(['2027-02-28', '2027-03-01', '2027-05-19', '2027-05-20'].map(on)).toEqual([0, 1, 1, 0])
    expect(blockingFindings([finding({ blocks: false })], day('2027-04-01'))).toEqual([])
  })

  test('that is late pushes its expected closing ahead of it', () => {
    expect(String(expectedClosing(finding(), day('2027-03-02')))).toBe('2027-06-13')
    // A fortnight lies between proof and verification, whenever the proof comes.
    expect(String(expectedClosing(finding(), day('2027-07-01')))).toBe('2027-07-15')
    expect(String(expectedClosing(proven, day('2027-07-01')))).toBe('2027-07-01')
  })
})

describe('a grade of ISO/IEC 27001', () => {
  const at = { foundOn: day('2027-03-01'), end: day('2028-12-10'), initial: false, body: undefined, calendar: weekdays }
  const graded = (id: string, rest: Partial<typeof at> = {}) => {
    const decided = decideGrade(iso, id, { ...at, ...rest })
    if (!decided.ok) throw new Error(decided.refusal)
    return [decided.days.answerDueOn, decided.days.proofDueOn, decided.days.verifyDueOn].map(String).join(' ')
  }

  test('counts from the last day of the audit, that day not counted', () => {
    expect(graded('major')).toBe('2027-03-15 2027-05-30 2027-06-13')
    expect(graded('minor')).toBe('2027-05-30 undefined undefined')
    expect(graded('observation')).toBe('undefined undefined undefined')
  })

  test('is verified within six months of stage 2 before the first certificate', () => {
    expect(graded('major', { initial: true })).toBe('2027-03-15 2027-05-30 2027-09-01')
  })

  test('is shortened so that closing does not fall after the last valid day', () => {
    expect(graded('major', { end: day('2027-06-12') })).toBe('2027-03-15 2027-05-30 2027-06-12')
    expect(graded('major', { end: day('2027-04-01') })).toBe('2027-03-15 2027-04-01 2027-04-01')
    // One found after the end is owed all the same.
    expect(graded('major', { end: day('2027-02-28') })).toBe('2027-03-15 2027-05-30 2027-06-13')
  })

  test('that does not exist is refused with those that do', () => {
    expect(decideGrade(iso, 'high', at)).toMatchObject({ ok: false, refusal: expect.stringContaining('major (Major nonconformity, 严重不符合); minor') })
    expect(decideGrade({ ...iso, findings: undefined }, 'major', at)).toMatchObject({ ok: false, refusal: expect.stringContaining('a scheme file of your own that extends it') })
  })

  test('of MLPS sets no day, because no rule of the country does', () => {
    const decided = decideGrade(mlps, 'major-hidden-danger', at)
    expect(decided.ok && [decided.days.answerDueOn, decided.days.proofDueOn, decided.days.verifyDueOn]).toEqual([undefined, undefined, undefined])
  })
})

describe('a certification body', () => {
  test('has its own days, found by its name however it is written', () => {
    const findings = { ...iso.findings!, bodies: [{ named: 'Nordcert', grades: { major: { answer: { unit: 'calendar' as const, text: 'P14D', duration: Temporal.Duration.from('P14D') } } }, basis: 'contract', mark: 'confirmed' as const }] }
    const decided = decideGrade({ ...iso, findings }, 'major', { foundOn: day('2027-03-01'), end: undefined, initial: false, body: ' nordcert ', calendar: weekdays })
    expect(decided.ok && [String(decided.days.answerDueOn), String(decided.days.proofDueOn), decided.basis]).toEqual(['2027-03-15', '2027-05-30', 'contract'])
  })
})

describe('days that a person gives', () => {
  const ruled = { answerDueOn: day('2027-03-15'), proofDueOn: day('2027-05-30'), verifyDueOn: day('2027-06-13') }
  test('stand over those of the rule', () => {
    const decided = decideDays(ruled, { proofDueOn: day('2027-04-30'), verifyDueOn: null }, day('2027-03-01'))
    expect(decided.ok && Object.values(decided.days).map(String)).toEqual(['2027-03-15', '2027-04-30', 'undefined'])
  })
  test('must follow each other', () => {
    expect(decideDays(ruled, { proofDueOn: day('2027-03-14') }, day('2027-03-01'))).toMatchObject({ ok: false, refusal: expect.stringContaining('2027-03-14 for the proof is too early') })
    expect(decideDays(ruled, { answerDueOn: day('2027-02-14') }, day('2027-03-01'))).toMatchObject({ ok: false })
  })
  test('stay where it is graded again, and the others follow the new grade', () => {
    const now = { ...ruled, proofDueOn: day('2027-04-30') }
    const next = { answerDueOn: day('2027-05-30'), proofDueOn: undefined, verifyDueOn: undefined }
    expect(Object.values(regradedDays(now, ruled, next)).map(String)).toEqual(['2027-04-30', '2027-04-30', 'undefined'])
    // Nothing is known of the old grade: every day may be a person's.
    expect(Object.values(regradedDays(now, undefined, next)).map(String)).toEqual(['2027-03-15', '2027-04-30', '2027-06-13'])
  })
})

describe('the duties of a finding', () => {
  const rule = { title: { en: 'Major nonconformity', zh: '严重不符合' }, tier: 'A', ladder: 'major-corrective-action' } as const
  test('are the answer and the proof, owed by us, and the verification, expected of the body', () => {
    expect(findingDuties(finding(), rule, false).map((one) => `${one.ruleId} ${String(one.opensOn)} ${String(one.dueOn)} ${one.owedBy} ${one.metBy} ${one.ladder}`)).toEqual([
      'finding-7/answer 2027-03-01 2027-03-15 organisation submitted major-corrective-action',
      'finding-7/proof 2027-03-15 2027-05-30 organisation submitted major-corrective-action',
      'finding-7/verification 2027-05-30 2027-06-13 outside verified outside',
    ])
  })
  test('are told apart from those of the rules, which do not end them', () => {
    expect(findingDutyOf('finding-7/proof')).toEqual({ findingId: 7, what: 'proof' })
    expect(findingDutyOf('finding-7/else')).toBeUndefined()
    expect(['finding-7/proof', 'run-2/4.1', 'expiry'].map((ruleId) => isRuled(obligation({ ruleId })))).toEqual([false, false, true])
  })
  test('end with it', () => {
    expect([finding(), answered, inState['taken-back']].map((one) => fateOfDuty(one, 'proof'))).toEqual(['owed', 'owed', 'not-owed'])
    const fate = fateOfDuty(closed, 'proof')
    expect(typeof fate === 'string' ? fate : fate.metOn.toString()).toBe('2027-05-01')
  })
})

describe('on a certificate', () => {
  const said = (one: Finding, limit: string, asOf: string) => findingRemarks([{ ...one, grade: { en: 'Major', zh: '严重' } }], day(limit), day(asOf)).map((r) => `${String(r.dueOn)}${r.late ? ' late' : ''}`)
  test('an open one that blocks is said, late once its own last day or the renewal\'s has passed', () => {
    expect(said(finding(), '2027-06-10', '2027-03-15')).toEqual(['2027-06-10'])
    expect(said(finding(), '2027-06-10', '2027-03-16')).toEqual(['2027-06-10 late'])
    expect(said(proven, '2027-06-10', '2027-06-10')).toEqual(['2027-06-10'])
    expect(said(proven, '2027-06-10', '2027-06-11')).toEqual(['2027-06-10 late'])
    expect(said(finding({ blocks: false }), '2027-06-10', '2027-06-11')).toEqual([])
  })
})

describe('the scales of the built-in schemes', () => {
  const scales = builtIn.flatMap((scheme) => (scheme.findings ? [{ id: scheme.id, findings: scheme.findings }] : []))
  test('are those of the schemes whose sources have one', () => {
    expect(scales.map((one) => one.id).sort()).toEqual([
      'c-star', 'c5', 'common-criteria', 'csa-star', 'cyber-essentials', 'eucc', 'iso-20000-1', 'iso-22301', 'iso-27001', 'iso-27017', 'iso-27018', 'iso-27701', 'iso-42001', 'iso-9001',
      'mlps', 'pci-dss', 'soc-2', 'tisax',
    ])
  })
  test.each(scales)('of $id say where each grade comes from, in both languages', ({ findings }) => {
    for (const grade of findings.grades) {
      expect(grade.basis.trim()).not.toBe('')
      expect(grade.title.zh).toMatch(/\p{Script=Han}/u)
      expect(grade.title.en).not.toMatch(/\p{Script=Han}/u)
    }
  })
})

describe('a scheme file with a scale', () => {
  const file = (grade: string, rest = '') => `id: own
title: { en: Own, zh: 自有 }
instrument: certificate
effectiveOn: 2026-01-01
anchors:
  decision: { title: { en: Decision, zh: 决定 } }
  expiry: { title: { en: Valid until, zh: 有效期至 } }
begins: decision
validity: stated
rules:
  - { id: expiry, kind: expiry, tier: A, ladder: expiry, title: { en: End, zh: 到期 }, metBy: decided, basis: test, mark: confirmed, costs: { en: x, zh: 无 }, due: { from: end } }
findings:
  basis: test
  mark: confirmed
  grades:
    - id: major
      title: { en: Major, zh: 严重 }
      tier: B
      ${grade}
      basis: test
      mark: confirmed
${rest}`
  const faults = (text: string): string[] => {
    const parsed = parseScheme(text, 'own.yaml')
    return parsed.ok ? [] : parsed.problems.map((one) => `${one.file}:${one.line} ${one.path}: ${one.reason}`)
  }
  test('that fits is read', () => expect(faults(file('closes: answer\n      answer: P14D'))).toEqual([]))
  test.each([
    ['closes: nothing\n      answer: P14D', '', 'own.yaml:20 findings.grades[0].answer: does not go with closes: nothing'],
    ['closes: handshake', '', 'own.yaml:19 findings.grades[0].closes'],
    ['closes: proof\n      proof: soon', '', 'own.yaml:20 findings.grades[0].proof'],
    ['closes: proof', '    - { id: major, title: { en: M, zh: 严 }, tier: B, closes: proof, basis: t, mark: confirmed }\n', 'own.yaml:22 findings.grades[1].id: "major" is used twice'],
    ['closes: proof', '  bodies:\n    - named: Nordcert\n      basis: contract\n      mark: confirmed\n      grades:\n        mayor: { proof: P30D }\n', 'own.yaml:27 findings.bodies[0].grades.mayor: unknown grade "mayor". Allowed: major'],
  ])('that says %j is refused with file and line', (grade, rest, expected) => {
    expect(faults(file(grade, rest)).join('\n')).toContain(expected)
  })
})
