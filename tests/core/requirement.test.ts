import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Evidence } from '../../src/core/evidence.ts'
import {
  decideChange, decideSeed, divideByArea, listedItems, progressOfItems, type Proven, type Requirement, type RequirementState,
  requirementStates,
} from '../../src/core/requirement.ts'
import { decideRequirements, type ImportDecided, type RequirementLine } from '../../src/core/requirement-import.ts'
import { checklistOf, metrics, metricsLater, survey } from '../helpers/checklists.ts'
import { alice, bob, instant, person } from '../helpers/factory.ts'

const proof = (link: string, id = 1): Evidence => ({ id, title: undefined, link, addedAt: instant('2026-11-24T08:00:00Z') })

function item(rest: Partial<Proven> = {}): Proven {
  return {
    id: 1, certificationId: 1, area: 'data', code: '1', ordinal: 1, title: { en: 'Durability', zh: '数据存储的持久性' }, state: 'open',
    ownerId: undefined, reason: undefined, revision: 1, evidence: [], ...rest,
  }
}

const inStates = (...states: RequirementState[]): Requirement[] => states.map((state, n) => item({ id: n + 1, code: String(n), state }))

describe('progress', () => {
  test('counts what is met and what does not apply of all there is', () => {
    expect(progressOfItems(inStates('met', 'not-applicable', 'in-progress', 'open', 'open'))).toEqual({
      all: 5, settled: 2, percent: 40, counts: { open: 2, 'in-progress': 1, met: 1, 'not-applicable': 1 },
    })
  })

  test('is 100 only once everything is settled, and 0 for a list without items', () => {
    expect(progressOfItems([...inStates(...Array<RequirementState>(999).fill('met')), item()]).percent).toBe(99)
    expect(progressOfItems(inStates('met', 'not-applicable')).percent).toBe(100)
    expect(progressOfItems([])).toMatchObject({ all: 0, settled: 0, percent: 0 })
  })

  test('the counts of the states make up the whole, whatever the list', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...requirementStates)), (states) => {
      const { all, counts } = progressOfItems(inStates(...states))
      expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(all)
    }))
  })

  test('stands by area in the order of the scheme, and what the scheme has dropped comes last', () => {
    const areas = divideByArea(checklistOf(metrics), [
      item({ id: 9, area: 'old', code: 'X' }), item({ id: 3, area: 'service', ordinal: 4, state: 'met' }), item({ id: 2, area: 'service', ordinal: 3 }), item(),
    ])
    expect(areas.map((one) => `${one.title.en}: ${one.progress.settled}/${one.progress.all} ${one.items.map((each) => each.id).join(',')}`))
      .toEqual(['Data security: 0/1 1', 'Service quality: 1/2 2,3', 'old: 0/1 9'])
    expect(divideByArea(checklistOf(survey), []).map((one) => one.byImport)).toEqual([true, true])
  })
})

describe('a change', () => {
  test('alters what differs and nothing else', () => {
    expect(decideChange(item({ state: 'met', ownerId: 1 }), { state: 'met', ownerId: 1 })).toMatchObject({ ok: true, values: {} })
    expect(decideChange(item({ ownerId: 1 }), { state: 'in-progress', ownerId: null })).toMatchObject({ ok: true, values: { state: 'in-progress', ownerId: null } })
  })

  test.each([undefined, '', '  '])('not applicable without a reason (%j) is refused', (reason) => {
    expect(decideChange(item({ reason: 'a remark of before' }), { state: 'not-applicable', reason }))
      .toMatchObject({ ok: false, field: 'reason', refusal: 'Say why 1 is not applicable: it needs a reason.' })
  })

  test('why it did not apply goes once it applies, a remark stays', () => {
    expect(decideChange(item({ state: 'not-applicable', reason: 'no disks' }), { state: 'open' })).toMatchObject({ values: { state: 'open', reason: null } })
    expect(decideChange(item({ reason: 'wait for Bob' }), { state: 'in-progress' })).toMatchObject({ values: { state: 'in-progress' } })
    expect(decideChange(item({ state: 'not-applicable', reason: 'no disks' }), { reason: '' })).toMatchObject({ ok: false })
  })

  test('met without evidence is allowed and said, with evidence it is just met', () => {
    expect(decideChange(item(), { state: 'met' })).toMatchObject({ ok: true, lacksEvidence: true })
    expect(decideChange(item(), { state: 'met', add: [{ link: 'https://a.example/x', title: undefined }] })).toMatchObject({ ok: true, lacksEvidence: false })
    expect(decideChange(item({ state: 'met', evidence: [proof('https://a.example/x')] }), { withdraw: ['https://a.example/x'] }))
      .toMatchObject({ ok: true, lacksEvidence: true })
  })

  test('a reason of a novel and a title of a page are refused with their limits', () => {
    expect(decideChange(item(), { reason: 'x'.repeat(2001) })).toMatchObject({ ok: false, refusal: 'A reason may have 2000 characters; this one has 2001.' })
    expect(decideChange(item(), { add: [{ link: 'https://a.example/', title: 'x'.repeat(201) }] }))
      .toMatchObject({ ok: false, refusal: 'The title of a link may have 200 characters; this one has 201.' })
  })

  test('a link that is there already is not added again, one that is not there cannot be withdrawn', () => {
    const proven = item({ evidence: [proof('https://a.example/x')] })
    expect(decideChange(proven, { add: ['https://a.example/x', 'HTTPS://a.example/y', 'https://a.example/y'].map((link) => ({ link, title: undefined })) }))
      .toMatchObject({ ok: true, added: [{ link: 'https://a.example/y' }] })
    expect(decideChange(proven, { withdraw: ['https://a.example/z'] }))
      .toMatchObject({ ok: false, refusal: '1 has no evidence "https://a.example/z". It has: https://a.example/x.' })
  })
})

describe('what a scheme lists', () => {
  const stored = listedItems(checklistOf(metrics)).map((one, n) => ({ ...one, id: n + 1 }))

  test('is missing from a new certification as a whole, and nothing is missing afterwards', () => {
    expect(decideSeed(checklistOf(metrics), []).missing.map((one) => `${one.ordinal} ${one.area} ${one.code}`))
      .toEqual(['1 data 1', '2 data 2', '3 service 7', '4 service 10', '5 service 12'])
    expect(decideSeed(checklistOf(metrics), stored)).toEqual({ missing: [], rewritten: [] })
  })

  test('grows: only the new item is missing, and a mended title is rewritten', () => {
    const { missing, rewritten } = decideSeed(checklistOf(metricsLater), stored)
    expect(missing.map((one) => one.code)).toEqual(['13'])
    expect(rewritten).toEqual([{ ...stored[0], title: { en: 'Durability of stored data', zh: '数据存储的持久性' } }])
  })
})

describe('a file', () => {
  const line = (code: string, rest: Partial<RequirementLine> = {}): RequirementLine => ({
    code, area: undefined, en: undefined, zh: undefined, state: undefined, owner: undefined, reason: undefined, evidence: [], isNew: false, ...rest,
  })
  const fixed = listedItems(checklistOf(metrics)).map((one, n) => item({ ...one, id: n + 1 }))
  const decide = (lines: readonly RequirementLine[], stored: readonly Proven[] = fixed, scheme = metrics): ImportDecided =>
    decideRequirements(lines.map((one, n) => ({ row: n + 2, line: one, problems: [] })), {
      checklist: checklistOf(scheme), stored, organisationId: 1, people: [alice, bob, person({ id: 4, name: 'Dora', active: false }), person({ id: 5, name: 'Bob' })],
    })
  const reasons = (decided: ImportDecided): string[] => decided.problems.map((one) => `${one.row} ${one.column}: ${one.reason}`)

  test('says of each item whether it is new, altered or as before, and which it leaves out', () => {
    const decided = decide([line('1', { state: 'met' }), line('2'), line('７', { reason: 'see wiki' })])
    expect([decided.added.length, decided.updated.map((one) => one.item.code), decided.unchanged, decided.absent, decided.lackEvidence])
      .toEqual([0, ['1', '7'], 1, ['10', '12'], ['1']])
  })

  test('adds to an area that takes its items by import, by its id or its title in either language', () => {
    const decided = decide(['process', '流程管理', 'process MANAGEMENT'].map((area, n) => line(`P${n}`, { area, en: 'Runbook' })), [], survey)
    expect(reasons(decided)).toEqual([])
    expect(decided.added.map(({ item: one }) => [one.area, one.code, one.title.en, one.title.zh])).toEqual([0, 1, 2].map((n) => ['process', `P${n}`, 'Runbook', 'Runbook']))
  })

  test('adds to an area with a list of its own only where it says so', () => {
    expect(reasons(decide([line('3', { area: 'data', en: 'Erasure' })])))
      .toEqual(['2 code: "Data security" has a list of its own without this code. Mend the code, or write yes in the column new to add it'])
    expect(decide([line('3', { area: 'data', en: 'Erasure', isNew: true })]).added).toHaveLength(1)
  })

  test.each([
    [line('P', { en: 'Runbook' }), 'area: A new item needs an area. Areas: process (Process management, 流程管理); automation (Automation, 运维自动化)'],
    [line('P', { en: 'Runbook', area: 'people' }), 'area: No such area. Areas: process (Process management, 流程管理); automation (Automation, 运维自动化)'],
    [line('P', { area: 'process' }), 'title: A new item needs a title'],
    [line('P', { en: 'Runbook', area: 'process', state: 'not-applicable' }), 'reason: Say why P is not applicable: it needs a reason.'],
    [line('P', { en: 'Runbook', area: 'process', owner: { name: 'Zoe' } }), 'owner: Nobody here is known by this name. Add them first: person add'],
    [line('P', { en: 'Runbook', area: 'process', owner: { name: 'Bob' } }), 'owner: Several people have this name: give the address'],
    [line('P', { en: 'Runbook', area: 'process', owner: { email: 'DORA@example.org' } }), 'owner: Dora is deactivated: name somebody else'],
  ])('refuses what cannot be placed (%#)', (wrong, reason) => {
    expect(reasons(decide([wrong], [], survey))).toEqual([`2 ${reason}`])
  })

  test('the same code in two rows refuses both', () => {
    const decided = decide([line('1', { state: 'met' }), line('2', { state: 'met' }), line(' 1')])
    expect([decided.rejected, decided.updated.map((one) => one.item.code)]).toEqual([2, ['2']])
    expect(reasons(decided)).toEqual(['2 code: Rows 2, 4 have the same code: keep one', '4 code: Rows 2, 4 have the same code: keep one'])
  })

  test('an item of the scheme keeps its area and its title; another one takes them from the file', () => {
    expect(reasons(decide([line('1', { area: 'service' })]))).toEqual(['2 area: The scheme has 1 in the area "data". Mend the code or the area'])
    const renamed = decide([line('1', { en: 'Lasting' })])
    expect([renamed.unchanged, renamed.updated, renamed.titledOtherwise]).toEqual([1, [], ['1']])
    const own = [item({ id: 7, area: 'process', code: 'P', title: { en: '流程', zh: '流程' } })]
    expect(decide([line('P', { area: 'automation', zh: '流程化' })], own, survey).updated.map((one) => one.values))
      .toEqual([{ area: 'automation', title: { en: '流程化', zh: '流程化' } }])
    const both = [item({ id: 7, area: 'process', code: 'P', title: { en: 'Flow', zh: '流程' } })]
    expect(decide([line('P', { zh: '流程化' })], both, survey).updated.map((one) => one.values.title)).toEqual([{ en: 'Flow', zh: '流程化' }])
  })

  test('a blank cell changes nothing, and "nobody" takes an owner away', () => {
    const owned = [item({ ownerId: 1, reason: 'soon', state: 'in-progress' })]
    expect(decide([line('1')], owned)).toMatchObject({ unchanged: 1, updated: [] })
    expect(decide([line('1', { owner: 'nobody' })], owned).updated.map((one) => one.change.values)).toEqual([{ ownerId: null }])
    expect(decide([line('1', { owner: { email: 'alice@example.org' } })], owned)).toMatchObject({ unchanged: 1 })
  })

  test('a list longer than one certification may have is refused', () => {
    const decided = decide(Array.from({ length: 5_001 }, (_, n) => line(`P${n}`, { area: 'process', en: 'x' })), [], survey)
    expect([decided.added.length, decided.rejected]).toEqual([0, 5_001])
    expect(reasons(decided)[0]).toContain('5001 items in all; one certification may have 5000')
  })
})
