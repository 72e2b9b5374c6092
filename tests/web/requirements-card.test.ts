import { describe, expect, test } from 'vitest'
import type { ChecklistView, RequirementView } from '../../src/app/requirements.ts'
import type { Evidence } from '../../src/core/evidence.ts'
import { divideByArea, progressOfItems } from '../../src/core/requirement.ts'
import type { Scheme } from '../../src/core/scheme.ts'
import { requirementsCard } from '../../src/web/requirements-card.ts'
import { en } from '../../src/web/words-en.ts'
import { zh } from '../../src/web/words-zh.ts'
import { checklistOf, metrics, survey } from '../helpers/checklists.ts'
import { instant } from '../helpers/factory.ts'

const proof = (link: string, title?: string): Evidence => ({ id: 1, link, title, addedAt: instant('2026-11-24T08:00:00Z') })

function item(code: string, rest: Partial<RequirementView> = {}): RequirementView {
  return {
    id: Number(code), certificationId: 3, area: 'data', code, ordinal: Number(code), title: { en: `Item ${code}`, zh: `指标 ${code}` }, state: 'open', ownerId: undefined,
    reason: undefined, revision: 1, evidence: [], certification: 'Cloud host', areaTitle: { en: 'Data security', zh: '数据安全' }, owner: 'Ann Keller', ...rest,
  }
}

function view(items: readonly RequirementView[], scheme: Scheme = metrics): ChecklistView {
  const { title, basis, mark } = checklistOf(scheme)
  return { certificationId: 3, title, basis, mark, progress: progressOfItems(items), areas: divideByArea(checklistOf(scheme), items) }
}

const card = async (shown: ChecklistView, words = en): Promise<string> => (await requirementsCard(shown, words)).toString()
/** What a person reads of it. */
const read = async (shown: ChecklistView, words = en): Promise<string> => (await card(shown, words)).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

const three = [
  item('1', { state: 'met', evidence: [proof('https://docs.example.com/sla', 'SLA 2026'), proof('http://wiki.example.com/')] }),
  item('2', { state: 'not-applicable', reason: 'no disks are offered', owner: undefined }), item('7', { area: 'service', state: 'in-progress' }),
]

describe('the checklist on a page', () => {
  test('shows each area with its progress, and each item with state, owner and evidence', async () => {
    const page = await read(view(three))
    expect(page).toContain('The five metrics unverified rule 2 of 3 met or not applicable, in progress 1 · a published list')
    expect(page).toContain('Data security 2 of 2 met or not applicable')
    expect(page).toContain('1 Item 1 Ann Keller SLA 2026 wiki.example.com met')
    expect(page).toContain('2 Item 2 no disks are offered nobody not applicable')
    expect(page).toContain('Service quality 0 of 1 met or not applicable, in progress 1')
  })

  test('says the same in Chinese, by the name the scheme gives its list', async () => {
    const page = await read(view(three), zh)
    expect(page).toContain('5 项指标 规则未核实 3 项中 2 项已满足或不适用、进行中 1')
    expect(page).toContain('数据安全 2 项中 2 项已满足或不适用')
    expect(page).toContain('1 指标 1 Ann Keller SLA 2026 wiki.example.com 已满足')
    expect(page).toContain('佐证材料')
  })

  test('a met item without evidence is marked', async () => {
    expect(await read(view([item('1', { state: 'met' })]))).toContain('1 Item 1 Ann Keller no evidence met')
    expect(await read(view([item('1')]))).not.toContain('no evidence')
  })

  test('links only to pages of the web, tells them nothing of where the reader came from, and lets nothing become markup', async () => {
    const page = await card(view([item('1', {
      title: { en: '<b>x</b>', zh: 'x' }, owner: '<i>Ann</i>', reason: '<script>alert(1)</script>',
      evidence: [proof('javascript:alert(1)', 'click'), proof('https://a.example/"><script>alert(1)</script>'), proof('https://a.example/x', '<img src=x onerror=alert(1)>')],
    })]))
    expect(page).not.toMatch(/<(b|i|script|img)[ >]/)
    expect([...page.matchAll(/<a href="([^"]*)" rel="noreferrer noopener">/g)].map((found) => found[1]!.slice(0, 18))).toEqual(['https://a.example/', 'https://a.example/'])
    expect(page.match(/<a /g)).toHaveLength(2)
  })

  test('a short list lies open, a long one is folded by area', async () => {
    const long = Array.from({ length: 21 }, (_, n) => item(String(n + 1)))
    expect((await card(view(three))).match(/<details open>/g)).toHaveLength(2)
    expect(await card(view(long))).not.toContain('<details open>')
    expect(await read(view(long))).toContain('0 of 21 met or not applicable')
  })

  test('a list nobody has filled yet says how', async () => {
    expect(await read(view([], survey))).toContain('Process management no items yet Fill it from a file: npm run -s recert -- requirement import FILE --certification 3')
  })
})
