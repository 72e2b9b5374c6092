import { describe, expect, test } from 'vitest'
import type { FindingView } from '../../src/app/findings.ts'
import { findingsCard } from '../../src/web/findings-card.ts'
import { en } from '../../src/web/words-en.ts'
import { zh } from '../../src/web/words-zh.ts'
import { day } from '../helpers/factory.ts'

const finding = (rest: Partial<FindingView> = {}): FindingView => ({
  id: 7, certificationId: 3, cycle: 1, auditId: undefined, number: 'NC-1', grade: 'major', title: 'No <risk> treatment', clause: '6.1.3', site: 'Hamburg', foundOn: day('2027-03-01'),
  ownerId: undefined, correction: undefined, rootCause: undefined, correctiveAction: undefined, answerDueOn: day('2027-03-15'), proofDueOn: day('2027-05-30'), verifyDueOn: undefined,
  answeredOn: undefined, provenOn: undefined, verifiedOn: undefined, closesBy: 'verification', blocks: true, basis: 'clause', mark: 'unverified', closedOn: undefined, closedReason: undefined,
  revision: 1, certification: 'Main', organisationId: 1, scheme: { en: 'ISO/IEC 27001', zh: 'ISO/IEC 27001' }, gradeTitle: { en: 'Major nonconformity', zh: '严重不符合' }, costs: undefined,
  audit: undefined, state: 'open', open: true, owed: { what: 'answer', dueOn: day('2027-03-15') }, owner: 'Ann Keller', late: false, daysLeft: 3, ...rest,
})
const card = async (list: readonly FindingView[], words = en): Promise<string> => (await findingsCard(list, words)).toString()
const read = async (list: readonly FindingView[], words = en): Promise<string> => (await card(list, words)).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

describe('findings on a page', () => {
  test('show grade, clause, site, the last days, owner and state', async () => {
    const page = await read([finding()])
    expect(page).toContain('NC-1 No &lt;risk&gt; treatment Major nonconformity · 6.1.3 · Hamburg')
    expect(page).toMatch(/by .*15.* by .*30.* unverified rule Ann Keller open/)
    expect(page).not.toContain('late')
  })
  test('say what is late, in red, and in Chinese too', async () => {
    expect(await card([finding({ late: true, daysLeft: -1 })])).toContain('<span class="tag red">late</span>')
    expect(await read([finding({ late: true, daysLeft: -1 })], zh)).toContain('已逾期')
  })
  test('closed show the days of what was done', async () => {
    const page = await read([finding({ answeredOn: day('2027-03-10'), provenOn: day('2027-05-01'), verifiedOn: day('2027-05-20'), closedOn: day('2027-05-20'), state: 'closed', open: false, owed: undefined })])
    expect(page).toContain('closed')
    expect(page).not.toContain('unverified')
  })
  test('have no card where there are none', async () => expect(await card([])).toBe(''))
})
