import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { splitWords } from '../../src/cli/command-line.ts'
import { aCast, aCertification, testApp, type TestApp } from '../helpers/records.ts'
import { type Answer, type Typist, typist } from '../helpers/typing.ts'

let opened: TestApp
beforeAll(async () => {
  opened = await testApp()
})
beforeEach(async () => {
  await opened.reset()
  const { alice } = await aCast(opened.app)
  await aCertification(opened.app, { organisationId: 1, ownerId: alice.id })
})
afterAll(() => opened.close())

let language: 'en' | 'zh' = 'en'
beforeEach(() => {
  language = 'en'
})
const recert: Typist = (words, ...values) => typist(opened.app, () => ({ folder: '/', language }))(words, ...values)

/** A whole line, its words without blanks in them. */
const typed = (line: string): Promise<Answer> => recert(Object.assign([line], { raw: [line] }))

async function jsonOf<T>(answer: Promise<Answer>): Promise<T> {
  const { exit, out, err } = await answer
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  const document: T = JSON.parse(out)
  return document
}

describe('policy set', () => {
  test('sets the notices of one audience, the repeats and who hears what is late, and shows from where each comes', async () => {
    const { exit, out } = await recert`policy set registration-expiry --notices P1000D,P45D:unbooked --overdue P1WD,P7D*4,P1M* --late management --organisation ${'Harbour Cloud'}`
    expect(exit).toBe(0)
    expect(out).toMatch(/^overdue +P1WD,P7D\*4,P1M\* \(organisation 1\)$/m)
    expect(out).toMatch(/^when late, also +management \(organisation 1\)$/m)
    expect(out).toMatch(/^P1000D +owner +organisation 1$/m)
    expect(out).toMatch(/^P45D +owner +unbooked +organisation 1$/m)
    expect(out).toMatch(/^P7D +compliance +default$/m)
  })

  test('speaks to people and mailboxes, by number or address', async () => {
    await recert`person add --name Box --email box@example.org --mailbox`
    expect((await recert`policy set registration-expiry --audience box@example.org --notices P90D`).out).toMatch(/^P90D +person:4 +everywhere$/m)
    expect((await recert`policy set registration-expiry --audience person:4 --notices none`).out).toContain('person:4 hears none (everywhere).')
    expect((await recert`policy set registration-expiry --late person:4,deputy`).out).toMatch(/^when late, also +person:4, deputy \(everywhere\)$/m)
  })

  test('leaves what it does not name as it was at that place', async () => {
    await recert`policy set custom --notices P9D`
    await recert`policy set custom --overdue none`
    await recert`policy set custom --audience compliance --notices late-P5WD`
    const found = await jsonOf<{ rungs: { notice: string; audience: string }[]; overdue: unknown[]; places: unknown[] }>(recert`policy show custom --json`)
    expect(found.rungs.map((rung) => `${rung.audience} ${rung.notice}`)).toEqual(['owner P9D', 'compliance late-P5WD'])
    expect([found.overdue, found.places]).toEqual([[], [{ kind: 'everywhere' }]])
  })

  test.each([
    [2, 'policy set registration-expiry --notices 30,P7D:soon', '"30" is not a notice', '"soon" is not a condition'],
    [2, 'policy set registration-expiry --notices P30D --certification 1 --organisation 1', 'Name one place'],
    [2, 'policy set registration-expiry --notices P30D --certification 7', 'There is no certification 7. List them with: certification list'],
    [2, 'policy set custom --notices P30D --obligation 1', 'Obligation 1 is not on the ladder "custom": its ladder is "registration-expiry".'],
    [2, 'policy set custom --overdue P7D*,P1M', 'Nothing comes after "P7D*"'],
    [2, 'policy set custom --late owner', 'The owner hears what is late anyway'], [2, 'policy set custom', 'Say what to change: --notices, --overdue or --late.'],
    [2, 'policy set nothing --notices P1D', 'There is no ladder "nothing". Ladders: expiry, '], [1, 'policy reset custom', 'Nothing was changed about the ladder "custom" for all.'],
    [2, 'policy show custom --obligation 9', 'There is no obligation 9.'],
  ])('%i: %s', async (code, line, ...says) => {
    const { exit, out, err } = await typed(line)
    expect([exit, out]).toEqual([code, ''])
    for (const one of says) expect(err).toContain(one)
  })
})

test('policy reset lets the place around decide again', async () => {
  await recert`policy set registration-expiry --notices P60D`
  await recert`policy set registration-expiry --notices P50D --certification 1`
  expect((await recert`policy reset registration-expiry --certification 1`).out).toMatch(/^P60D +owner +everywhere$/m)
  expect((await recert`policy list`).out).toMatch(/^registration-expiry .* P60D .* everywhere$/m)
})

test('the reader of a Chinese terminal reads what each ladder is for', async () => {
  language = 'zh'
  expect((await recert`policy list`).out).toContain('登记或许可到期')
  expect((await recert`policy show change-notice`).out).toContain('向机构通报变更')
})

test('explain says which policy holds, and from where', async () => {
  expect((await recert`reminder explain 1`).out).toMatch(/^policy +registration-expiry: the default$/m)
  await recert`policy set registration-expiry --notices P60D --certification 1`
  await recert`policy set registration-expiry --late none`
  expect((await recert`reminder explain 1`).out).toMatch(/^policy +registration-expiry: late from everywhere; owner from certification 1; the rest by default$/m)
})

describe('a mailbox', () => {
  test('has an address, no role and nobody above it, and does not sign in', async () => {
    const { exit, err } = await recert`person add --name Box --mailbox --role administrator --supervisor bob@example.org`
    expect(exit).toBe(2)
    expect(err.trim().split('\n')).toEqual([
      expect.stringContaining('no role but owner'), expect.stringContaining('no supervisor'), expect.stringContaining('needs its address: --email ADDRESS'),
    ])
    expect((await recert`person add --name Box --email box@example.org --mailbox`).out).toMatch(/^4 +Box +box@example.org +mailbox /m)
    expect((await recert`person edit box@example.org --role administrator`).err).toContain('no role but owner')
    expect((await recert`person edit box@example.org --name Team`).exit).toBe(0)
    const refused = await recert`admin login-link box@example.org`
    expect([refused.exit, refused.err]).toEqual([1, expect.stringContaining('nobody signs in as a mailbox')])
  })
})

describe('words of a command line', () => {
  test.each([
    ['policy set custom --notices P1D', ['policy', 'set', 'custom', '--notices', 'P1D']], ['  a   b\t', ['a', 'b']], ['', []],
    ['a "b c" d', ['a', 'b c', 'd']], [`a 'b "c"' d`, ['a', 'b "c"', 'd']], ['a --x="b c"d', ['a', '--x=b cd']], ['a "" b', ['a', '', 'b']],
    [String.raw`a b\ c "d\"e" 'f\g'`, ['a', 'b c', 'd"e', String.raw`f\g`]], ['a $(b) `c` *', ['a', '$(b)', '`c`', '*']],
    ['备案 "系统 甲"', ['备案', '系统 甲']],
  ])('%j are %j', (line, words) => {
    expect(splitWords(line)).toEqual(words)
  })

  test.each(['a "b', `a 'b`])('%j is refused: a quote is not closed', (line) => {
    expect(() => splitWords(line)).toThrow('is not closed')
  })
})

interface Row { on: string; to: string; notice: string; change: string; dueOn: string; bookedOn: string | null; certification: string; obligation: string; reason: string }

describe('reminder preview --with', () => {
  test('lists what a command would make us say, and keeps nothing of it', async () => {
    const rows = await jsonOf<Row[]>(recert`reminder preview --with ${'policy set registration-expiry --audience "carol@example.org" --notices P60D'} --json`)
    expect(rows.map((one) => [one.change, one.on, one.to, one.notice, one.dueOn, one.bookedOn])).toEqual([['added', '2027-04-30', 'Carol', 'P60D', '2027-06-30', null]])
    expect((await recert`policy show registration-expiry`).out).toContain('nothing: the default')
  }, 120_000)

  test('says so with + and −; nothing where nothing changes', async () => {
    const { out } = await recert`policy set registration-expiry --notices P90D,P45D,P30D,P7D,P0D --dry-run`
    expect(out).toMatch(/^− +2027-01-01 +Alice +Module +Validation active until +P180D +2027-06-30/m)
    expect(out).toMatch(/^\+ +2027-05-14 +Alice +Module +Validation active until +P45D +2027-06-30/m)
    expect(out).toMatch(/^1 more and 1 fewer from 2026-11-24 to 2027-11-24\. Nothing was changed\.$/m)
  }, 120_000)

  test('a command that fails says why, with its own exit code', async () => {
    const conflict = await recert`reminder preview --with ${'policy reset custom'}`
    expect([conflict.exit, conflict.out, conflict.err]).toEqual([1, '', expect.stringContaining('Nothing was changed about the ladder "custom"')])
  }, 120_000)

  test.each([
    ['serve', 'is not a command that changes records. It begins with one of organisation, person, policy,'], ['', 'is not a command that changes records'],
    ['policy set "custom', 'is not closed'],
  ])('%j is refused before anything is tried', async (line, says) => {
    const { exit, err } = await recert`reminder preview --with ${line}`
    expect([exit, err]).toEqual([2, expect.stringContaining(says)])
  })
})
