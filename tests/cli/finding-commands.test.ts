import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aCast, aCertification, testApp, type TestApp } from '../helpers/records.ts'
import { type Typist, typist } from '../helpers/typing.ts'

let opened: TestApp
let recert: Typist
let language: 'en' | 'zh' = 'en'

beforeAll(async () => {
  opened = await testApp()
  recert = typist(opened.app, () => ({ folder: '/nowhere', language, columns: 100 }))
})
beforeEach(async () => {
  language = 'en'
  await opened.reset()
  const cast = await aCast(opened.app)
  await aCertification(opened.app, { organisationId: 1, ownerId: cast.alice.id, scheme: 'iso-27001', name: 'Main', days: { decision: '2024-03-10', expiry: '2027-03-10' } })
})
afterAll(() => opened.close())

const title = 'No risk treatment'
const add = () => recert`finding add 1 --grade major --title ${title} --on 2026-11-20 --number NC-1 --clause 6.1.3`

describe('finding', () => {
  test('add says what is owed by when, and what leaving it open costs', async () => {
    const { exit, out } = await add()
    expect(exit).toBe(0)
    expect(out).toContain('grade                Major nonconformity (major)')
    expect(out).toContain('owed next            answer by 2026-12-04')
    expect(out).toContain('While it is open no recertification is decided')
    expect(out).toContain('(unverified)')
  })

  test('add takes the days of the body\'s letter', async () => {
    const { out } = await recert`finding add 1 --grade major --title ${title} --on 2026-11-20 --answer-by 2026-12-01 --proof-by 2027-01-10 --verify-by none --json`
    expect(JSON.parse(out)).toMatchObject({ answerDueOn: '2026-12-01', proofDueOn: '2027-01-10', verifyDueOn: null, state: 'open', owed: { what: 'answer', dueOn: '2026-12-01' }, late: false, daysLeft: 7 })
  })

  test('goes from answer to proof to verification', async () => {
    await add()
    const state = async (answer: ReturnType<Typist>): Promise<unknown> => JSON.parse((await answer).out).state
    expect(await state(recert`finding answer 1 --on 2026-11-23 --correction ${'done at once'} --root-cause ${'nobody was told'} --action ${'training'} --json`)).toBe('answered')
    expect((await recert`finding verify 1`).err).toContain('send the proof first (finding prove 1 --on DAY)')
    expect(await state(recert`finding prove 1 --json`)).toBe('proof-sent')
    expect(await state(recert`finding reopen 1 --json`)).toBe('answered')
    expect(await state(recert`finding prove 1 --json`)).toBe('proof-sent')
    expect(await state(recert`finding verify 1 --json`)).toBe('closed')
    const { out } = await recert`finding show 1`
    expect(out).toContain('root cause         nobody was told')
    expect((await recert`finding list --open`).out).toContain('No findings.')
    expect((await recert`finding list --open --as-of 2026-11-22`).out).toContain('NC-1')
  })

  test('list says the state in the reader\'s language', async () => {
    await add()
    language = 'zh'
    const { out } = await recert`finding list --certification 1 --grade major --owner alice@example.org`
    expect(out).toContain('严重不符合')
    expect(out).toContain('待答复')
  })

  test('close needs a reason, grade as well, and both say what they did', async () => {
    await add()
    expect((await recert`finding close 1`).exit).toBe(2)
    const graded = JSON.parse((await recert`finding grade 1 --grade minor --reason ${'one record of many'} --json`).out)
    expect(graded).toMatchObject({ grade: 'minor', blocks: false, basis: expect.stringContaining('Graded minor instead of major: one record of many') })
    expect((await recert`finding close 1 --reason ${'withdrawn'}`).out).toContain('because        withdrawn')
  })

  test('assign gives it to somebody, and back', async () => {
    await add()
    expect((await recert`finding assign 1 bob@example.org`).out).toContain('owner                Bob')
    expect((await recert`finding assign 1 none`).out).toContain('owner                Alice')
  })

  test('that blocks is named where a renewal is refused, and on the certificate', async () => {
    await add()
    const { exit, err } = await recert`certification renew 1 --on 2026-11-24`
    expect([exit, err]).toEqual([1, expect.stringContaining('finding prove 1 --on DAY, then finding verify 1 --on DAY')])
    expect((await recert`certification show 1 --as-of 2027-03-11`).out).toContain('LATE: Major nonconformity NC-1 is open')
  })

  test('of a grade that is not there names those that are', async () => {
    const { exit, err } = await recert`finding add 1 --grade fatal --title x --on 2026-11-20`
    expect([exit, err]).toEqual([2, expect.stringContaining('Grades: major (Major nonconformity, 严重不符合); minor')])
    expect((await recert`finding show 9`).err).toContain('There is no finding 9. List them with: finding list')
  })
})
