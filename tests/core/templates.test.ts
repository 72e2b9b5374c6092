import { describe, expect, it } from 'vitest'
import { type Calendar, weekdays } from '../../src/core/calendar.ts'
import { compareDays, type Day } from '../../src/core/day.ts'
import { planRun } from '../../src/core/plan.ts'
import { chainLength, freshSteps, stepsOf } from '../../src/core/procedure.ts'
import { findRule } from '../../src/core/rule-set.ts'
import { findTemplate, type Rule, type Scheme, type Step, type Template } from '../../src/core/scheme.ts'
import { addSpan, parseSpan, rollDay } from '../../src/core/span.ts'
import { builtIn, china, day } from './scheme-samples.ts'

const scheme = (id: string): Scheme => builtIn.find((one) => one.id === id)!
const template = (id: string, templateId: string): Template => findTemplate(scheme(id), templateId)!

const every = builtIn.flatMap((one) => one.templates.map((run) => ({ name: `${one.id} ${run.id}`, of: one, run })))

interface Extent { readonly startOn: Day; readonly finishOn: Day }

/** The days of each step where every one begins as early as it can. */
function shortest(run: Pick<Template, 'stages' | 'target'>, startOn: Day, calendar: Calendar): ReadonlyMap<string, Extent> {
  const plan = planRun({ steps: freshSteps(run), target: run.target, calendar, startOn, deadlineOn: undefined }, startOn)
  return new Map([...plan.places].map(([code, one]) => [code, { startOn: one.earliestStartOn, finishOn: one.earliestFinishOn }]))
}

const managementSystems = ['iso-20000-1', 'iso-22301', 'iso-27001', 'iso-27017', 'iso-27018', 'iso-27701', 'iso-42001', 'iso-9001']

describe('the procedures there are', () => {
  it('are these, with the working days of their shortest run', () => {
    const own = every.filter(({ of }) => of.id === 'iso-27001' || !managementSystems.includes(of.id))
    expect(own.map(({ name, run }) => `${name} ${run.target} ${chainLength(run, run.target)}`)).toEqual([
      'c-star renewal D1 130',
      'c5 report C2 75',
      'cac-cloud assessment C7 262',
      'caiq renewal A2 23',
      'ccrc surveillance C1 69',
      'common-criteria evaluation C2 235', 'common-criteria continuity C2 52',
      'crypto-assessment assessment B3 83',
      'csa-star recertification D1 143', 'csa-star surveillance C1 41', 'csa-star initial-certification D1 143', 'csa-star change 4 40', 'csa-star caiq A2 23',
      'cyber-essentials self-assessment B3 19', 'cyber-essentials plus-assessment C4 48',
      'ens recertification E1 95',
      'eucc evaluation C2 225',
      'fedramp annual-assessment C1 78',
      'gold-om evaluation C2 149',
      'hitrust recertification C3 147', 'hitrust interim-assessment B2 27',
      'ismap renewal C1 95',
      'iso-27001 recertification E1 140', 'iso-27001 surveillance C1 41', 'iso-27001 initial-certification E1 152', 'iso-27001 change 4 40',
      'mlps five-stages 4.8 150', 'mlps yearly-assessment 4.7 99', 'mlps filing-and-building 3.5 83', 'mlps advised-assessment 4.7 99',
      'mlps filing-extension 5 24', 'mlps change 4 40',
      'mtcs recertification D1 95', 'mtcs surveillance C1 38',
      'pci-dss report C2 100', 'pci-dss questionnaire B2 45',
      'soc-2 report C2 75',
      'tisax assessment D3 151',
      'trucs evaluation C2 112',
    ])
  })

  it.each(managementSystems)('%s has those of every management system', (id) => {
    expect(scheme(id).templates.map((run) => `${run.id} ${chainLength(run, run.target)}`))
      .toEqual(['recertification 140', 'surveillance 41', 'initial-certification 152', 'change 40'])
  })

  it('only a scheme of whose procedure nothing is known has none', () => {
    expect(builtIn.filter((one) => one.templates.length === 0).map((one) => one.id)).toEqual(['fips-140'])
  })
})

const stepsIn = (run: Template, stage: string): readonly Step[] => run.stages.find((one) => one.code === stage)!.steps

/** The codes of everything a step waits for, however far back; a step in a circle waits for itself. */
function before(run: Template, code: string, seen = new Set<string>()): ReadonlySet<string> {
  const stage = run.stages.find((one) => one.steps.some((step) => step.code === code))!
  const step = stage.steps.find((one) => one.code === code)!
  const awaited = stage.after.flatMap((other) => stepsIn(run, other).map((one) => one.code))
  for (const one of [...step.after.map((wait) => wait.step), ...awaited]) {
    if (seen.has(one)) continue
    seen.add(one)
    before(run, one, seen)
  }
  return seen
}

describe.each(every)('$name', ({ of, run }) => {
  it('is titled in two languages that differ', () => {
    const titles = [run.title, ...run.stages.map((stage) => stage.title), ...stepsOf(run).map((step) => step.title)]
    expect(titles.filter(({ en, zh }) => en === zh || !/\p{Script=Han}/u.test(zh) || /\p{Script=Han}/u.test(en))).toEqual([])
  })

  it('says of every step what comes out of it, who does it, and where its length is from', () => {
    expect(stepsOf(run).filter((step) => [step.deliverable, step.role, step.basis, step.mark].some((text) => text.trim() === ''))).toEqual([])
    expect(stepsOf(run).filter((step) => step.owedBy === 'outside' && step.waitsOn === undefined)).toEqual([])
  })

  it('has no step that waits for itself, and its target is reached', () => {
    expect(stepsOf(run).filter((step) => before(run, step.code).has(step.code))).toEqual([])
    expect(chainLength(run, run.target)).toBeGreaterThan(0)
  })

  it('holds its audit on the way to its target', () => {
    expect(run.audit === undefined || run.audit === run.target || before(run, run.target).has(run.audit)).toBe(true)
  })

  it('serves duties of the scheme, in one version of its rules or another', () => {
    expect(run.serves.filter((rule) => findRule(of, rule) === undefined)).toEqual([])
  })

  it('renews where it is for the end of what it renews, and needs no stage that its steps do not', () => {
    if (run.serves.some((rule) => rule === 'expiry' || rule === 'recertification')) expect(run.renews).toBe(true)
    const apart = { ...run, stages: run.stages.map((stage) => ({ ...stage, after: [] })) }
    const planned = shortest(apart, day('2026-01-05'), china)
    const early = run.stages.flatMap((stage) => stage.after.flatMap((other) => stepsIn(run, other)).flatMap((one) =>
      stage.steps.filter((step) => compareDays(planned.get(step.code)!.startOn, planned.get(one.code)!.finishOn) < 0).map((step) => `${step.code} before ${one.code}`)))
    expect(early).toEqual([])
  })
})

type Limited = Step & { readonly limit: NonNullable<Step['limit']> }

const limitsOf = (run: Template): readonly Limited[] => stepsOf(run).filter((step): step is Limited => step.limit !== undefined)

describe('what the law limits', () => {
  it('is this', () => {
    const distinct = every.filter(({ of }) => of.id === 'iso-27001' || !managementSystems.includes(of.id))
    expect(distinct.flatMap(({ name, run }) => limitsOf(run).map((step) =>
      `${name} ${step.code}: ${step.limit.within} after ${step.limit.from}${step.limit.roll ? ` rolled ${step.limit.roll}` : ''}, ${step.limit.mark}`))).toEqual([
      'crypto-assessment assessment C1: P30D after B3 rolled forward, confirmed',
      'cyber-essentials self-assessment B2: P2WD after B1, confirmed',
      'cyber-essentials plus-assessment B2: P2WD after B1, confirmed',
      'cyber-essentials plus-assessment C4: P89D after B3, derived',
      'iso-27001 initial-certification D3: P181D after C3, derived',
      'mlps five-stages 2.2: P30D after 1.4 rolled forward, confirmed',
      'mlps five-stages 2.3: P10WD after 2.2, confirmed',
      'mlps five-stages 4.8: P30D after 4.7 rolled forward, confirmed',
      'mlps yearly-assessment 4.8: P30D after 4.7 rolled forward, confirmed',
      'mlps filing-and-building 2.2: P30D after 1.4 rolled forward, confirmed',
      'mlps filing-and-building 2.3: P10WD after 2.2, confirmed',
      'tisax assessment D3: P273D after C1, derived',
    ])
  })

  const limited = every.filter(({ run }) => limitsOf(run).length > 0)
  const starts = ['2025-12-22', '2026-01-05', '2026-01-30', '2026-03-02', '2026-04-27', '2026-08-31', '2026-09-21']

  it.each(limited.flatMap(({ name, run }) => [weekdays, china].map((calendar) => ({ name, run, calendar, id: calendar.id }))))(
    'of $name holds in the shortest run on the calendar $id, whenever it begins', ({ run, calendar }) => {
      const late = starts.flatMap((start) => {
        const planned = shortest(run, day(start), calendar)
        return limitsOf(run).filter(({ code, limit }) => {
          const last = rollDay(addSpan(planned.get(limit.from)!.finishOn, parseSpan(limit.within)!, calendar).day, limit.roll, calendar).day
          return compareDays(planned.get(code)!.finishOn, last) > 0
        }).map((step) => `${step.code} begun ${start}`)
      })
      expect(late).toEqual([])
    })

  it.each([
    ['half a year after stage 2', 'P181D', 'P6M'], ['three months after the basic certificate', 'P89D', 'P3M'], ['nine months after an opening', 'P273D', 'P9M'],
  ])('in months is counted as their shortest length: %s', (_, days, months) => {
    const lengths = Array.from({ length: 365 }, (_one, n) => day('2026-01-01').add({ days: n }))
      .map((from) => from.until(addSpan(from, parseSpan(months)!, weekdays).day, { largestUnit: 'days' }).days)
    expect(`P${Math.min(...lengths)}D`).toBe(days)
  })
})

describe('the duties that procedures are for', () => {
  it('are met by nothing else but these audits and assessments', () => {
    const rulesOf = (one: Scheme): readonly Rule[] => [one, ...one.variants?.values() ?? []].flatMap((version) => version.rules)
    const audited = ['recertification', 'surveillance-audit', 'assessment']
    const unserved = builtIn.filter((one) => one.templates.length > 0).flatMap((one) => rulesOf(one)
      .filter((rule) => rule.tier === 'A' && rule.owedBy === 'organisation' && audited.includes(rule.kind))
      .filter((rule) => !one.templates.some((run) => run.serves.includes(rule.id))).map((rule) => `${one.id} ${rule.id}`))
    expect([...new Set(unserved)]).toEqual([
      'c5 period-end', 'c5 next-period-end', 'c5 reference-day', // days of the period, within the report's run
      'common-criteria interim-check-1', 'common-criteria interim-check-2', // of which no step is known
      'ismap next-period-end',
      'iso-9001 recertification-audit', // the audit within the recertification
      'soc-2 period-end', 'soc-2 next-period-end',
    ])
  })

  it('are those of the version in force: a quality management system in China has its surveillances under other names', () => {
    const version = scheme('iso-9001').variants!.get('cnca-qms-01-2025')!
    const names = version.rules.filter((rule) => rule.kind === 'surveillance-audit').map((rule) => rule.id)
    expect(names).toEqual(['surveillance-gap', 'surveillance-2'])
    expect(template('iso-9001', 'surveillance').serves).toEqual(expect.arrayContaining(names))
  })

  it('go by the level of a classified system: each level has its own', () => {
    const of = (level: string): string[] => scheme('mlps').templates.filter((run) => run.when?.['level']?.includes(level) ?? true).map((run) => run.id)
    expect(of('2')).toEqual(['filing-and-building', 'advised-assessment', 'filing-extension', 'change'])
    expect(of('3')).toEqual(['five-stages', 'yearly-assessment', 'filing-extension', 'change'])
    expect(of('4')).toEqual(of('3'))
  })

  it('leave six months between an application for a cloud assessment and the expiry', () => {
    const planned = shortest(template('cac-cloud', 'assessment'), day('2025-12-01'), china)
    const [applied, published] = ['B5', 'C7'].map((code) => planned.get(code)!.finishOn)
    expect(compareDays(applied!, addSpan(published!, parseSpan('-P6M')!, china).day)).toBeLessThanOrEqual(0)
  })
})

describe('steps beside each other', () => {
  it('the filing of a classified system does not hold up its building', () => {
    const planned = shortest(template('mlps', 'five-stages'), day('2026-03-02'), china)
    expect(planned.get('3.1')!.startOn.toString()).toBe(planned.get('2.1')!.startOn.toString())
    expect(template('mlps', 'five-stages').stages.map((stage) => [stage.code, stage.after])).toEqual([['1', []], ['2', ['1']], ['3', ['1']], ['4', ['1']], ['5', ['2']]])
  })
})
