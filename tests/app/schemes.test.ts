import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkSchemeFiles, loadCatalogue, planScheme, schemeFolders, schemeOf } from '../../src/app/schemes.ts'
import { type Catalogue, listSchemes } from '../../src/core/scheme.ts'
import { AppError } from '../../src/errors.ts'
import { builtIn, china, day, schemeText } from '../core/scheme-samples.ts'

let own: string
beforeEach(async () => { own = await mkdtemp(join(tmpdir(), 'schemes-')) })
afterEach(async () => { await rm(own, { recursive: true }) })

const builtInOnly = () => loadCatalogue(schemeFolders(own))
const fault = async (work: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await work.then(() => undefined, (one: unknown) => one)
  if (error instanceof AppError) return error
  throw new Error('It was not refused.', { cause: error })
}

describe('the catalogue of an installation', () => {
  it('holds the built-in schemes where there is no folder of its own', async () => {
    expect(listSchemes(await builtInOnly()).map((one) => one.id)).toEqual(builtIn.map((one) => one.id))
  })

  it('takes its own file over a built-in one with the same id, and adds others', async () => {
    await writeFile(join(own, 'ours.yaml'), schemeText('fips-140').replace('lasts: P5Y', 'lasts: P4Y'))
    await writeFile(join(own, 'more.yml'), schemeText('fips-140').replace('id: fips-140', 'id: fips-200'))
    await writeFile(join(own, 'notes.txt'), 'not a scheme')
    const [ours] = schemeFolders(own)
    const catalogue = await loadCatalogue([ours!, own])
    expect(catalogue.schemes.size).toBe(builtIn.length + 1)
    expect(schemeOf({ catalogue }, 'fips-140').validity[0]!.lasts.text).toBe('P4Y')
  })

  it('is refused whole, with every fault of every file', async () => {
    await writeFile(join(own, 'a.yaml'), schemeText('fips-140').replace('tier: A', 'tier: Z'))
    await writeFile(join(own, 'b.yaml'), 'id: b\n')
    const error = await fault(loadCatalogue([own]))
    expect(error.code).toBe('invalid')
    expect(error.message).toContain('rules[0].tier "Z" is not allowed here. Allowed: A, B, C')
    expect(error.message).toContain('b.yaml:1 title is missing')
    expect(error.problems.length).toBeGreaterThan(3)
  })

  it('is refused where two files of one folder have the same id', async () => {
    await writeFile(join(own, 'a.yaml'), schemeText('mlps'))
    await writeFile(join(own, 'b.yaml'), schemeText('mlps'))
    expect((await fault(loadCatalogue([own]))).message).toContain(`${join(own, 'b.yaml')}:1 id "mlps" is the id of ${join(own, 'a.yaml')} already`)
  })

  it('lets its own file drop a rule that built-in schemes on top drop or change too', async () => {
    await writeFile(join(own, 'ours.yaml'), [
      'id: iso-27001', 'extends: iso-27001', 'rules:', '  - { id: management-review-before-recertification, drop: true }',
      '  - { id: internal-audit-before-recertification, drop: true }', '',
    ].join('\n'))
    const rulesIn = (catalogue: Catalogue, id: string) => schemeOf({ catalogue }, id).rules.map((one) => one.id)
    const before = await builtInOnly()
    const after = await loadCatalogue(schemeFolders(own).with(1, own))
    const dropped = ['internal-audit-before-recertification', 'management-review-before-recertification']
    expect(rulesIn(before, 'iso-27001').filter((id) => !rulesIn(after, 'iso-27001').includes(id)).sort()).toEqual(dropped)
    expect(rulesIn(after, 'csa-star')).toEqual(rulesIn(before, 'csa-star'))
  })

  it('refuses to drop a rule that nothing below it has', async () => {
    await writeFile(join(own, 'ours.yaml'), 'id: iso-27001\nextends: iso-27001\nrules:\n  - { id: no-such-rule, drop: true }\n')
    const { problems, message } = await fault(loadCatalogue(schemeFolders(own).with(1, own)))
    expect(message).toContain(`${join(own, 'ours.yaml')}:4 rules[0] there is no rule "no-such-rule" to drop`)
    expect(new Set(problems.map((one) => one.row))).toEqual(new Set([4]))
    expect(new Set(problems.map((one) => one.column))).toEqual(new Set(['rules[0]']))
  })

  it('names the schemes there are where one is unknown', async () => {
    const catalogue = await builtInOnly()
    expect(() => schemeOf({ catalogue }, 'iso')).toThrow(`Known schemes: ${builtIn.map((one) => one.id).join(', ')}.`)
  })
})

describe('checking a file', () => {
  it('returns the scheme or its faults', async () => {
    await writeFile(join(own, 'a.yaml'), schemeText('mlps'))
    await writeFile(join(own, 'b.yaml'), 'id: b\n')
    expect((await checkSchemeFiles(schemeFolders(own), [join(own, 'a.yaml')]))[0]).toMatchObject({ ok: true, scheme: { id: 'mlps' } })
    expect((await checkSchemeFiles(schemeFolders(own), [join(own, 'b.yaml')]))[0]).toMatchObject({ ok: false })
  })

  it('that is not there says which', async () => {
    expect((await fault(checkSchemeFiles(schemeFolders(own), [join(own, 'none.yaml')]))).message).toContain('none.yaml cannot be read')
  })
})

describe('planning a scheme', () => {
  it('gives one line a duty as JSON, by due day, with every key', async () => {
    const plan = planScheme(await builtInOnly(), 'mlps', { set: { 'go-live': day('2026-09-01') }, options: {}, kind: 'initial' }, china, day('2026-09-02'))
    expect(plan[0]!.basis).toContain('Art. 15')
    expect(JSON.parse(JSON.stringify(plan))).toEqual([{
      rule: 'filing', kind: 'filing', tier: 'A', title: { en: 'Filing with public security', zh: '向公安机关备案' },
      opensOn: '2026-09-01', dueOn: '2026-10-08', latestOn: null, metBy: 'submitted', owedBy: 'organisation',
      basis: plan[0]!.basis, mark: 'confirmed', provisional: false,
    }])
  })

  it('refuses what the scheme does not know', async () => {
    const catalogue = await builtInOnly()
    const plan = (id: string, set: object, options: Record<string, string> = {}) => () =>
      planScheme(catalogue, id, { set: { ...set }, options, kind: 'initial' }, china, day('2026-09-02'))
    expect(plan('iso', { decision: day('2026-01-01') })).toThrow('There is no scheme "iso"')
    expect(plan('iso-27001', { golive: day('2026-01-01') })).toThrow('has no anchor "golive"')
    expect(plan('iso-27001', { decision: day('2026-01-01') }, { edition: '2005' })).toThrow('Allowed: 2013, 2022')
    expect(plan('iso-27001', {})).toThrow('needs a day to count from')
    expect(plan('iso-27001', { decision: day('2026-01-01'), expiry: day('2025-01-01') })).toThrow('must be after')
  })
})
