import { describe, expect, it } from 'vitest'
import { type Calendar, weekdays } from '../../src/core/calendar.ts'
import { type Place, planRun } from '../../src/core/plan.ts'
import { chainLength, freshSteps, latestStartOn, progressOf, stepDuty, stepsOf, type TrackedStep } from '../../src/core/procedure.ts'
import { findTemplate, type Scheme, type Template } from '../../src/core/scheme.ts'
import { builtIn, cc, china, day, iso, mlps, schemeFrom } from './scheme-samples.ts'

/** The first days of every step of a run that begins on `startOn`. */
const planSteps = (one: Template, startOn: Temporal.PlainDate, calendar: Calendar): readonly Place[] =>
  [...planRun({ steps: freshSteps(one), target: one.target, startOn, deadlineOn: undefined, calendar }, startOn).places.values()]

const template = (scheme: Scheme, id: string): Template => findTemplate(scheme, id)!

describe('the shortest run', () => {
  it.each([
    ['ISO/IEC 27001 recertification', iso, 'recertification', 'E1', 140],
    ['ISO/IEC 27001 surveillance, to the audit', iso, 'surveillance', 'C1', 41],
    ['MLPS level 3, first run', mlps, 'five-stages', '4.8', 150],
    ['MLPS level 3, yearly assessment', mlps, 'yearly-assessment', '4.7', 99],
    ['MLPS filing extension', mlps, 'filing-extension', '5', 24],
    ['Common Criteria evaluation', cc, 'evaluation', 'C2', 235],
  ])('of %s takes the working days of its longest chain', (_, scheme, id, target, length) => {
    expect(template(scheme, id).target).toBe(target)
    expect(chainLength(template(scheme, id), target)).toBe(length)
  })

  it.each([
    ['ISO/IEC 27001 recertification', iso, 'recertification', '2026-06-01'],
    ['ISO/IEC 27001 surveillance', iso, 'surveillance', '2026-10-23'],
    ['MLPS yearly assessment', mlps, 'yearly-assessment', '2026-07-29'],
    ['MLPS first run', mlps, 'five-stages', '2026-05-18'],
  ])('of %s towards Friday 2026-12-18 in China must begin on time', (_, scheme, id, start) => {
    const run = template(scheme, id)
    expect(latestStartOn(run, day('2026-12-18'), china).toString()).toBe(start)
    const finish = planSteps(run, day(start), china).find((step) => step.code === run.target)!
    expect(finish.earliestFinishOn.toString()).toBe('2026-12-18')
  })

  it('towards a day off ends on the working day before it', () => {
    expect(latestStartOn(template(mlps, 'filing-extension'), day('2026-12-20'), china).toString())
      .toBe(latestStartOn(template(mlps, 'filing-extension'), day('2026-12-18'), china).toString())
  })
})

const small = findTemplate(schemeFrom(`
  id: small
  title: { en: Small, zh: 小 }
  instrument: report
  effectiveOn: 2020-01-01
  anchors: { expiry: { title: { en: End, zh: 到期 } } }
  begins: expiry
  validity: stated
  rules: [{ id: expiry, kind: expiry, tier: A, ladder: none, title: { en: End, zh: 到期 }, due: { from: end }, metBy: decided, basis: test, mark: confirmed, costs: { en: It ends, zh: 失效 } }]
  templates:
    - id: run
      title: { en: Run, zh: 流程 }
      target: C
      basis: test
      mark: unverified
      stages:
        - code: S
          title: { en: Stage, zh: 阶段 }
          steps:
            - { code: C, days: P2WD, after: [Z, B+P3WD], role: r, deliverable: d, title: { en: c, zh: c } }
            - { code: A, days: P1WD, role: r, deliverable: d, title: { en: a, zh: a } }
            - { code: B, days: P3WD, after: [A], role: r, deliverable: d, title: { en: b, zh: b } }
            - { code: Z, days: P0WD, after: [B], role: r, deliverable: d, title: { en: z, zh: z } }
            - { code: M, days: P0WD, role: r, deliverable: d, title: { en: m, zh: m } }
`), 'run')!

describe('planning forward', () => {
  const plan = (startOn: string, calendar = weekdays) => planSteps(small, day(startOn), calendar)
    .map((step) => `${step.code} ${step.earliestStartOn.toString()}/${step.earliestFinishOn.toString()}${step.provisional ? ' provisional' : ''}`)

  it('a one-day step starts and ends on the same day, its successor on the next working day', () => {
    expect(plan('2026-01-05')).toEqual([
      'C 2026-01-14/2026-01-15', // after a lag of three working days
      'A 2026-01-05/2026-01-05', // Monday
      'B 2026-01-06/2026-01-08',
      'Z 2026-01-08/2026-01-08', // takes no time
      'M 2026-01-05/2026-01-05',
    ])
  })

  it('begins on the first working day and walks over days off', () => {
    expect(plan('2026-02-15', china).slice(1, 3)).toEqual(['A 2026-02-24/2026-02-24', 'B 2026-02-25/2026-02-27'])
  })

  it('works on a make-up Saturday', () => {
    expect(plan('2026-02-26', china)[2]).toBe('B 2026-02-27/2026-03-02')
  })

  it('is provisional from the first day of a year nobody has announced', () => {
    expect(plan('2026-12-30', china).slice(1, 4)).toEqual([
      'A 2026-12-30/2026-12-30', 'B 2026-12-31/2027-01-04 provisional', 'Z 2027-01-04/2027-01-04 provisional',
    ])
  })
})

it.each(builtIn.flatMap((scheme) => scheme.templates.map((one) => ({ name: `${scheme.id} ${one.id}`, one }))))(
  '$name: no step begins before what it waits for has finished', ({ one }) => {
    const planned = new Map(planSteps(one, day('2026-01-05'), china).map((step) => [step.code, step]))
    const early = stepsOf(one).flatMap((step) => step.after.filter((before) => {
      const order = Temporal.PlainDate.compare(planned.get(before.step)!.earliestFinishOn, planned.get(step.code)!.earliestStartOn)
      // A milestone takes no time: it stands on the very day its predecessor finishes.
      return step.days === 0 ? order > 0 : order >= 0
    }).map((before) => `${step.code} before ${before.step}`))
    expect(early).toEqual([])
  })

describe('progress', () => {
  const step = (stage: string, days: number, state: TrackedStep['state'], finishOn?: string) =>
    ({ stage, days, state, finishOn: finishOn === undefined ? undefined : day(finishOn), code: `${stage}${days}` })

  it('counts planned days, not steps, and leaves skipped ones out', () => {
    const steps = [step('A', 10, 'done'), step('A', 30, 'skipped'), step('B', 5, 'in-progress', '2026-03-01'), step('B', 5, 'not-started', '2026-03-08')]
    expect(progressOf(steps)).toMatchObject({ percent: 50, stage: 'B', stageNumber: 2, stages: 2 })
    expect(progressOf(steps).next?.finishOn?.toString()).toBe('2026-03-01')
  })

  it('stands in the first stage that is not finished, though a later one has begun', () => {
    const steps = [step('1', 5, 'done'), step('2', 5, 'waiting', '2026-04-01'), step('3', 5, 'done'), step('3', 6, 'not-started', '2026-03-01')]
    expect(progressOf(steps)).toMatchObject({ stage: '2', stageNumber: 2, stages: 3 })
    expect(progressOf(steps).next?.code).toBe('36')
  })

  it('names as next what people can do, not what an authority has not begun', () => {
    const police = { ...step('5', 1, 'not-started', '2026-03-01'), owedBy: 'outside' as const }
    const ours = { ...step('3', 10, 'not-started', '2026-05-01'), owedBy: 'organisation' as const }
    expect(progressOf([ours, police]).next).toBe(ours)
    expect(progressOf([{ ...police, state: 'waiting' }, ours]).next?.code).toBe('51')
    expect(progressOf([police]).next).toBe(police)
  })

  it('is 100 only when every step has ended', () => {
    expect(progressOf([step('A', 1000, 'done'), step('A', 0, 'not-started')]).percent).toBe(99)
    expect(progressOf([step('A', 1000, 'done'), step('A', 0, 'done')])).toMatchObject({ percent: 100, stage: undefined, stageNumber: 1, next: undefined })
    expect(progressOf([step('A', 1, 'not-started'), step('A', 1, 'not-started')]).percent).toBe(0)
    expect(progressOf([step('A', 0, 'done'), step('A', 0, 'not-started')]).percent).toBe(0)
  })
})

describe('the duty of a step', () => {
  const run = {
    procedureId: 7, cycle: 2, code: 'A1', title: { en: 'Scope', zh: '范围' }, startOn: day('2026-03-02'), finishOn: day('2026-03-06'),
    deliverable: 'scope sheet', basis: 'practice', mark: 'unverified' as const, provisional: false,
  }

  it('is due on its last planned day and ends when it is carried out', () => {
    const duty = stepDuty({ ...run, owedBy: 'organisation' })
    expect([duty.kind, duty.tier, duty.ladder, duty.metBy, duty.opensOn?.toString(), duty.dueOn.toString()])
      .toEqual(['step', 'B', 'step', 'carried-out', '2026-03-02', '2026-03-06'])
    expect(duty.ruleId).toBe('run-7/A1')
  })

  it('that tells the body of a change is owed at once, by a ladder of its own', () => {
    const duty = stepDuty({ ...run, deliverable: 'notice of change', owedBy: 'organisation' })
    expect([duty.tier, duty.ladder]).toEqual(['A', 'change-notice'])
  })

  it('that is an outside party\'s own act is expected, never owed', () => {
    const duty = stepDuty({ ...run, owedBy: 'outside' })
    expect([duty.ladder, duty.owedBy]).toEqual(['outside', 'outside'])
  })
})
