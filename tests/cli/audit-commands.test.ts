import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuditView } from '../../src/app/audits.ts'
import { aCast, aCertification, testApp, type TestApp } from '../helpers/records.ts'
import { type Typist, typist } from '../helpers/typing.ts'

let opened: TestApp
let recert: Typist

beforeAll(async () => {
  opened = await testApp()
  recert = typist(opened.app, () => ({ folder: '/nowhere', columns: 120 }))
})
beforeEach(async () => {
  await opened.reset()
  opened.clock.set('2026-11-24T10:00:00Z')
  const { alice } = await aCast(opened.app)
  for (const [scheme, name, decision] of [['iso-27001', 'Office', '2026-03-10'], ['iso-9001', 'Quality', '2026-03-20']] as const) {
    await aCertification(opened.app, { organisationId: 1, ownerId: alice.id, scheme, name, certificationBody: 'Nordcert', days: { decision } })
  }
})
afterAll(() => opened.close())

const json = async (answer: ReturnType<Typist>): Promise<AuditView> => {
  const { exit, out, err } = await answer
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  return JSON.parse(out)
}
const typed = (command: string): ReturnType<Typist> => recert(Object.assign([command], { raw: [command] }))

describe('a visit typed', () => {
  test('is planned, booked, moved and recorded, and shows the three days of each duty', async () => {
    expect((await json(recert`audit plan --certification 1,2 --title ${'Spring visit'} --site Hanau --json`))).toMatchObject({ id: 1, state: 'planned', title: 'Spring visit', body: 'Nordcert', sites: ['Hanau'] })
    expect((await json(recert`audit book 1 --from 2027-03-02 --until 2027-03-03 --json`)).state).toBe('booked')
    await recert`audit move 1 --from 2027-03-08 --by body --reason ${'auditor ill'}`
    opened.clock.set('2027-03-12T10:00:00Z')
    const { out } = await recert`audit record 1 --on 2027-03-11`
    const duties = out.split('\n').filter((line) => line.includes('First surveillance audit'))
    expect(duties[0]).toMatch(/ISO\/IEC 27001:2022 Office +2027-03-10 +2027-03-08 +2027-03-11 +met +carried-out/)
    expect(duties[1]).toMatch(/ISO 9001:2015 Quality +2027-03-20 +2027-03-08 +2027-03-11 +met +carried-out/)
    expect(out).toContain('Note: past the limit of surveillance-1')
    expect(out).toContain('by 1 days. The certificate is suspended, for up to six months, then withdrawn.')
    expect(out).toMatch(/2027-03-02 +2027-03-08 +body +auditor ill/)
    expect((await recert`audit list --certification 2`).out).toMatch(/1 +Spring visit +Nordcert +carried-out +2027-03-08 +2027-03-08 +2027-03-11 +2 +1/)
  })

  test.each([
    ['audit plan', 2, 'Say what the visit is for: --certification N or --obligation N.'],
    ['audit plan --certification 1,x', 2, '"x" is not a whole number.'],
    ['audit plan --certification 1 --until 2027-03-01', 2, 'Give the first day too: --from DAY.'],
    ['audit plan --certification 1 --from 2027-03-05 --until 2027-03-01', 2, 'The visit cannot end on 2027-03-01, before it begins on 2027-03-05.'],
    ['audit plan --certification 1 --from 2027-03-11', 2, '2027-03-11 is past the limit of: Office, surveillance-1 (last allowed day 2027-03-10).'],
    ['audit plan --certification 9', 2, 'There is no certification 9.'],
    ['audit show 9', 2, 'There is no audit 9. List them with: audit list'],
    ['audit plan --obligation 9999', 2, 'There is no obligation 9999.'],
  ])('%s is refused with a sentence', async (command, exit, sentence) => {
    const answer = await typed(command)
    expect(answer.exit).toBe(exit)
    expect(answer.err).toContain(sentence)
    expect((await recert`audit list`).out).toContain('No visits.')
  })

  test('asked on another day says what is to be done then, and how many days are left', async () => {
    await recert`audit plan --certification 1 --title First`
    expect((await recert`audit list`).out).toMatch(/book it +\d+$/m)
    expect((await recert`audit show 1 --as-of 2026-12-01`).out).toMatch(/^next +book it: 2027-\d\d-\d\d \(\d+ days\)$/m)
    await recert`audit book 1 --from 2026-12-10`
    expect((await recert`audit list --as-of 2026-12-01`).out).toMatch(/prepare +9$/m)
    expect((await recert`audit list --as-of 2026-12-11`).out).toMatch(/record it, or move it +-1$/m)
  })

  test('twice for the same duty is refused, naming the visit that is there', async () => {
    await recert`audit plan --certification 1 --title First`
    const { exit, err } = await recert`audit plan --certification 1`
    expect([exit, err]).toEqual([1, expect.stringMatching(/^Obligation \d+ is covered by audit 1 \(First\) already\. Release it first: audit release 1 --obligation \d+\n$/)])
  })
})
