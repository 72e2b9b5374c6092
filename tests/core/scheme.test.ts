import { describe, expect, it } from 'vitest'
import { weekdays } from '../../src/core/calendar.ts'
import { defaultLadders } from '../../src/core/default-ladders.ts'
import { stepsOf } from '../../src/core/procedure.ts'
import { costOf } from '../../src/core/rule-set.ts'
import {
  type Catalogue, completeAnchors, decideAnchors, decideOptions, getScheme, listSchemes, schemeTitle, settledOn,
} from '../../src/core/scheme.ts'
import { addSpan, parseSpan, rollDay } from '../../src/core/span.ts'
import { anchors, builtIn, cc, china, day, fips, iso, mlps } from './scheme-samples.ts'

describe.each(builtIn)('the built-in scheme $id', (scheme) => {
  const sources = [
    ...scheme.validity, ...scheme.rules, ...scheme.templates, ...scheme.templates.flatMap(stepsOf),
    ...[scheme.restoration, scheme.suspension, scheme.extension].filter((one) => one !== undefined),
    ...[scheme.restsOn, scheme.pending, scheme.afterEnd, scheme.requirements].filter((one) => one !== undefined), ...scheme.ruleSets,
    ...Object.values(scheme.options).flatMap((option) => Object.values(option.values).flatMap((value) => [value.ends ?? [], value.accepts ?? []].flat())),
    ...[...scheme.variants?.values() ?? []].flatMap((variant) => [...variant.validity, ...variant.rules]),
  ]

  it('says of every value that decides a date where it comes from and how far it can be trusted', () => {
    expect(sources.filter((one) => one.basis.trim() === '' || !['confirmed', 'derived', 'unverified'].includes(one.mark))).toEqual([])
    expect(sources.length).toBeGreaterThan(1)
  })

  it('speaks English and Chinese', () => {
    const titles = [
      scheme.title, ...Object.values(scheme.anchors).map((one) => one.title), ...scheme.rules.map((one) => one.title),
      ...scheme.rules.flatMap((one) => one.costs ?? []), ...scheme.templates.map((one) => one.title),
      ...Object.values(scheme.options).flatMap((one) => [one.title, one.disputed ?? []].flat()),
      ...scheme.ruleSets.map((one) => one.title), ...[...scheme.variants?.values() ?? []].flatMap((variant) => variant.rules.flatMap((one) => [one.title, one.costs ?? []].flat())),
      ...scheme.requirements ? [scheme.requirements.title, ...scheme.requirements.areas.flatMap((area) => [area.title, ...area.items.map((item) => item.title)])] : [],
      ...scheme.templates.flatMap((one) => one.stages.map((stage) => stage.title)), ...scheme.templates.flatMap(stepsOf).map((one) => one.title),
    ]
    expect(titles.filter((one) => /\p{Script=Han}/u.test(one.en) || !/\p{Script=Han}/u.test(one.zh))).toEqual([])
  })

  it('lets each certificate expire, by a ladder that exists', () => {
    expect(scheme.rules.filter((rule) => rule.kind === 'expiry')).toHaveLength(1)
    expect(scheme.rules.filter((rule) => !defaultLadders.some((ladder) => ladder.id === rule.ladder))).toEqual([])
  })
})

describe('the catalogue', () => {
  const catalogue: Catalogue = { schemes: new Map([iso, mlps, cc, fips].map((scheme) => [scheme.id, scheme])) }

  it('lists schemes by id and finds one', () => {
    expect(listSchemes(catalogue).map((scheme) => scheme.id)).toEqual(['common-criteria', 'fips-140', 'iso-27001', 'mlps'])
    expect(getScheme(catalogue, 'mlps')).toEqual({ ok: true, scheme: mlps })
  })

  it('names the schemes there are where one is unknown', () => {
    expect(getScheme(catalogue, 'iso27001')).toEqual({
      ok: false, refusal: 'There is no scheme "iso27001". Known schemes: common-criteria, fips-140, iso-27001, mlps.',
    })
  })
})

describe('options', () => {
  it('fall back to the scheme\'s default', () => {
    expect(decideOptions(iso, {})).toEqual({ ok: true, options: { edition: '2022' } })
    expect(decideOptions(fips, { level: '2' })).toEqual({ ok: true, options: { edition: '140-3', level: '2' } })
    expect(decideOptions(cc, {})).toEqual({ ok: true, options: {} })
  })

  it('are refused where the scheme does not know them, each with what is allowed', () => {
    expect(decideOptions(fips, { edition: '140-1', tier: 'gold' })).toEqual({
      ok: false, refusal: '"140-1" is not a value of edition. Allowed: 140-2, 140-3. fips-140 has no option "tier". Options: edition, level.',
    })
  })

  it('give the scheme its full name', () => {
    expect(schemeTitle(iso, { edition: '2013' }).en).toBe('ISO/IEC 27001:2013')
    expect(schemeTitle(iso, {}).en).toBe('ISO/IEC 27001:2022')
    expect(schemeTitle(mlps, {}).zh).toBe('网络安全等级保护三级')
    expect(schemeTitle(cc, {}).en).toBe('Common Criteria')
    expect(schemeTitle(cc, { eal: 'EAL4+' }).en).toBe('Common Criteria EAL4+')
  })
})

describe('anchors', () => {
  it('that are missing are stood in for, and marked assumed', () => {
    const [issue, decision] = completeAnchors(iso, anchors({ issue: '2024-02-29' }))
    expect([issue!.name, issue!.assumed, decision!.name, decision!.day.toString(), decision!.assumed])
      .toEqual(['issue', false, 'decision', '2024-02-29', true])
    expect(completeAnchors(iso, anchors({ issue: '2024-02-29', decision: '2024-02-20' })).some((one) => one.assumed)).toBe(false)
  })

  it.each([
    [{ 'go-live': '2024-01-01' }, 'iso-27001 has no anchor "go-live". Anchors: decision, issue, first-issue, expiry.'],
    [{}, 'iso-27001 needs a day to count from. Anchors: decision, issue, first-issue, expiry.'],
    [{ decision: '2024-01-01', expiry: '2024-01-01' }, 'The expiry 2024-01-01 must be after the decision 2024-01-01.'],
    [{ issue: '2024-01-02', expiry: '2024-01-01' }, 'The expiry 2024-01-01 must be after the decision 2024-01-02.'],
  ])('%j are refused', (days, refusal) => {
    const given = Object.fromEntries(Object.entries(days).map(([name, text]) => [name, day(text)]))
    expect(decideAnchors(iso, given)).toEqual({ ok: false, refusal })
  })
})

describe('what a rule says besides its day', () => {
  it('is what missing it costs, the limits of a state included', () => {
    expect(costOf(iso, 'surveillance-1', { country: undefined }, day('2026-11-24'))?.en).toContain('suspended')
    expect(costOf(iso, 'suspension-end', { country: undefined }, day('2026-11-24'))?.en).toContain('withdrawn')
    expect(costOf(iso, 'restoration', { country: undefined }, day('2026-11-24'))?.zh).toContain('初次认证')
    expect(costOf(mlps, 'inspection', { country: undefined }, day('2026-11-24'))).toBeUndefined()
  })

  it('is the day on which the record shows it as done', () => {
    const cycle = { number: 1, kind: 'initial' as const, anchors: anchors({ filing: '2026-09-20' }) }
    expect(settledOn(mlps, { ruleId: 'filing', ordinal: 1 }, cycle)?.toString()).toBe('2026-09-20')
    expect(settledOn(mlps, { ruleId: 'first-assessment', ordinal: 1 }, cycle)).toBeUndefined()
    expect(settledOn(mlps, { ruleId: 'self-check', ordinal: 1 }, cycle)).toBeUndefined()
  })
})

describe('a length of time', () => {
  it.each([
    // from, length, to
    ['2024-02-29', 'P12M', '2025-02-28'],
    ['2024-02-29', 'P36M', '2027-02-28'],
    ['2024-02-29', 'P3Y', '2027-02-28'],
    ['2024-01-31', 'P1M', '2024-02-29'],
    ['2027-08-31', '-P6M', '2027-02-28'],
    ['2027-02-28', 'P6M', '2027-08-28'],
    ['2026-02-01', 'P30D', '2026-03-03'],
    ['2026-01-05', 'P2W', '2026-01-19'],
    ['2026-02-06', 'P10WD', '2026-02-27'],
    ['2026-02-09', 'P10WD', '2026-02-28'],
    ['2026-02-27', '-P10WD', '2026-02-06'],
    ['2026-03-04', 'P0D', '2026-03-04'],
  ])('%s %s is %s', (from, text, to) => {
    expect(addSpan(day(from), parseSpan(text)!, china).day.toString()).toBe(to)
  })

  it.each(['', 'P', '30D', 'P30', 'P1.5Y', 'PT24H', 'P1DT1H', 'P3WD2D', 'p3y', 'P1Y-2M', '3 years', 'P-3M'])('"%s" is none', (text) => {
    expect(parseSpan(text)).toBeUndefined()
  })

  it.each([
    ['2026-10-01', 'forward', '2026-10-08'], ['2026-10-01', 'back', '2026-09-30'], ['2026-10-10', 'forward', '2026-10-10'],
    ['2026-10-01', undefined, '2026-10-01'],
  ] as const)('%s rolled %s is %s', (from, roll, to) => {
    expect(rollDay(day(from), roll, china).day.toString()).toBe(to)
    expect(rollDay(day(from), roll, weekdays).provisional).toBe(false)
  })
})
