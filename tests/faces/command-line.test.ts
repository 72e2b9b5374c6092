// The command line as a script or a person meets it: each command in this process, on a terminal that
// keeps what it was told, over a test database at one moment, Tuesday 24 November 2026, 08:00 UTC.

import { loadCalendars, publishedCalendars } from '../../src/app/calendars.ts'
import { localZone } from '../../src/clock.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import type { App } from '../../src/app/app.ts'
import type { Context } from '../../src/cli/context.ts'
import { run } from '../../src/cli/program.ts'
import { testClock } from '../helpers/clock.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { testFolder } from '../helpers/folder.ts'
import { appOn } from '../helpers/timeline.ts'

const start = '2026-11-24T08:00:00Z'
const clock = testClock(start)
let opened: TestDatabase
let app: App
let folder: string

beforeAll(async () => {
  opened = await testDatabase()
  app = await appOn(opened.database, clock)
})
beforeEach(async () => {
  await opened.reset()
  clock.set(start)
  folder = testFolder()
})
afterAll(() => opened.close())

interface Answer { readonly exit: number; readonly out: string; readonly err: string }

/** Types a command; `rest` is what only the composition root or a server would hand it. */
async function typed(argv: readonly string[], rest: Partial<Context> = {}): Promise<Answer> {
  let out = '', err = ''
  const context: Context = {
    io: { stdout: (text) => { out += text }, stderr: (text) => { err += text }, stdoutBytes: async () => undefined, stdin: async () => '', cwd: folder, columns: 100, language: 'en' },
    clock: app.clock, zone: localZone(), app: async () => app, served: false, calendars: () => loadCalendars(app.database.db), jobs: schedule, transport: () => undefined, home: folder,
    serve: () => Promise.reject(new Error('not served here')), demo: () => Promise.reject(new Error('no demo here')), ...rest,
  }
  const exit = await run(argv, context, (error) => { throw error })
  return { exit, out, err }
}

/** Types a command as in a terminal: words between spaces, and values put in whole. */
const recert = (words: TemplateStringsArray, ...values: readonly string[]): Promise<Answer> => typed(argvOf(words, values))

function argvOf(words: TemplateStringsArray, values: readonly string[]): string[] {
  return words.flatMap((text, n) => [...text.split(' ').filter((one) => one !== ''), ...(n < values.length ? [values[n]!] : [])])
}

/** Types a command with --json and returns its one document; anything but success is a failure. */
async function jsonOf<T = Record<string, unknown>>(words: TemplateStringsArray, ...values: readonly string[]): Promise<T> {
  const { exit, out, err } = await typed([...argvOf(words, values), '--json'])
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  const document: T = JSON.parse(out)
  return document
}

/** Organisation, compliance manager and one certificate: the three commands of the README. */
async function settled(): Promise<void> {
  await recert`organisation add --name ${'Example Ltd'} --zone Europe/Berlin`
  await recert`person add --name ${'Ann Keller'} --email ann@example.org --role compliance-manager,owner`
  await recert`certification add --scheme iso-27001 --edition 2022 --name ${'Head office'} --set decision=2025-12-01 --owner ann@example.org`
}

describe('a newcomer', () => {
  test('gets from nothing to the first reminder for a certificate of their own, as the README says', async () => {
    expect((await recert`organisation add --name ${'Example Ltd'} --zone Europe/Berlin`).out).toContain('Example Ltd')
    expect((await recert`person add --name ${'Ann Keller'} --email ann@example.org --role compliance-manager,owner`).out).toContain('ann@example.org')
    const added = await recert`certification add --scheme iso-27001 --edition 2022 --name ${'Head office'} --set decision=2025-12-01 --owner ann@example.org`
    expect(added.out).toMatch(/2026-12-01 +First surveillance audit/)
    expect(added.out).toMatch(/2028-12-01 +Certificate valid until/)
    expect((await recert`reminder preview`).out).toMatch(/Ann Keller +Head office +First surveillance audit/)
    expect((await recert`reminder explain 1`).out).toContain('ISO/IEC 17021-1 9.1.3')
    expect((await recert`job run plan-reminders --now 2026-12-01T09:00:00+01:00`).out).toContain('1 messages')
    expect((await recert`job run deliver-messages --now 2026-12-01T09:00:00+01:00`).out).toContain('1 captured')
    expect((await recert`message list`).out).toMatch(/Ann Keller +daily +captured/)
    expect((await recert`message show 1`).out).toContain('First surveillance audit')
    expect((await recert`admin login-link ann@example.org`).out).toMatch(/^http:\/\/localhost:3000\/\S+\n/)
  })

  test.each([
    ['organisation list', 'No organisations. Add one with: organisation add --name NAME'],
    ['person list', 'No people. Add one with: person add'],
    ['certification list', 'No certifications. Enter one: certification add'],
    ['obligation list', 'No duties.'], ['procedure list', 'No runs. Start one: procedure start'],
    ['reminder preview', 'Nothing will be said.'], ['message list', 'No messages.'],
    ['simulate --from 2026-12-01 --to 2026-12-02', 'No mail.'],
  ])('on an empty database, %s says what to do next', async (command, says) => {
    const { exit, out } = await typed(command.split(' '))
    expect({ exit, out: out.slice(0, says.length) }).toEqual({ exit: 0, out: says })
  })
})

describe('exit codes', () => {
  test.each([
    [0, '--help'], [0, 'certification --help'], [0, 'help scheme'], [0, 'scheme list'],
    [2, ''], [2, 'certification'], [2, 'bogus'], [2, 'scheme list --colour'], [2, 'scheme list extra'], [2, 'scheme plan'],
    [2, 'certification add --scheme iso-27001'], [2, 'certification show abc'], [2, 'certification show 0'], [2, 'certification show 7'],
    [2, 'obligation list --due-within 90'], [2, 'obligation list --due-within P1H'], [2, 'obligation list --as-of 2026-02-29'],
    [2, 'import nothing.csv'], [2, 'export --format pdf'], [2, 'job run nothing'], [2, 'simulate --from 2026-12-02 --to 2026-12-01'],
    [2, 'message list --state lost'], [2, 'digest preview --to nobody@example.org'], [2, 'admin login-link nobody@example.org'],
    [1, 'message retry 7'], [1, 'doctor'],
  ])('%i: recert %s', async (code, command) => {
    const { exit, err, out } = await typed(command.split(' ').filter((word) => word !== ''))
    expect(exit).toBe(code)
    if (code > 0) expect(err).not.toBe('')
    if (code === 2) expect(out).toBe('')
  })

  test('a fault of ours is reported, and told as ours with 1', async () => {
    const reported: unknown[] = []
    let err = ''
    const io: Context['io'] = { stdout: () => undefined, stderr: (text) => { err += text }, stdoutBytes: async () => undefined, stdin: async () => '', cwd: folder, columns: 80, language: 'en' }
    const context: Context = { io, clock: app.clock, zone: localZone(), app: () => Promise.reject(new Error('a secret detail')), served: false, calendars: async () => publishedCalendars(), jobs: [], transport: () => undefined, home: folder, serve: async () => undefined, demo: async () => undefined }
    expect(await run(['person', 'list'], context, (error) => reported.push(error))).toBe(1)
    expect(reported).toHaveLength(1)
    expect(err).toMatch(/^This is a fault of Recert, not yours\./)
  })
})

describe('a refusal names the value, the place and the way out', () => {
  beforeEach(settled)

  test.each([
    ['scheme plan iso-27001 --set decison=2026-03-01', 'iso-27001 has no anchor "decison". Anchors: decision, issue, first-issue, expiry.'],
    ['scheme plan iso-27001 --set decision=2023-02-29', '"2023-02-29" is not a day. Write YYYY-MM-DD'],
    ['scheme plan iso-27001 --set decision', '"decision" is not NAME=VALUE'],
    ['scheme plan iso27001 --set decision=2026-03-01', 'There is no scheme "iso27001". Known schemes: c-star, c5, cac-cloud, caiq, ccrc, common-criteria,'],
    ['scheme plan iso-27001 --edition 2005 --set decision=2026-03-01', '2005'],
    ['scheme plan iso-27001 --set decision=2026-03-01 --set expiry=2026-03-01', '2026-03-01'],
    ['calendar add-days 2026-02-06 ten --calendar CN', '"ten" is not a whole number.'],
    ['calendar add-days 2026-02-06 10 --calendar Atlantis', 'There is no calendar "Atlantis". Known: weekdays, CN'],
    ['person add --name Eve --email eve(x)@example.org', 'is not usable as an address'],
    ['person add --name Eve --email ANN@example.org', 'Somebody already has this address'],
    ['person add --name Eve --role boss', '"boss" is not one of administrator, compliance-manager, top-management, owner, auditor.'],
    ['person add --name Eve --zone Mars/Olympus', '"Mars/Olympus" is not a time zone. Use an IANA name'],
    ['person add --name Eve --send-hour 9', '"9" is not a local time. Use HH:MM from 00:00 to 23:59.'],
    ['person edit nobody@example.org --name X', 'There is no person "nobody@example.org". Add one with: person add'],
    ['certification add --scheme iso-27001 --name HQ --set decision=2026-01-01 --owner 9', 'There is no person "9".'],
    ['certification show 7', 'There is no certification 7. List them with: certification list'],
    ['certification renew 1 --on 2027-01-01', 'A decision of 2027-01-01 lies in the future (today is 2026-11-24).'],
    ['certification restore 1', '"Head office" is active: a certification that is valid cannot be restored. Allowed now: maintain, renew'],
    ['obligation book 1 --on 2027-01-15', '2027-01-15 is past the last allowed day 2026-12-01'],
    ['obligation done 1 --on 2026-11-25', '2026-11-25 lies in the future (today is 2026-11-24).'],
    ['obligation done 7', 'An expiry is not done: it ends by a decision.'],
    ['obligation met 9', 'There is no obligation 9. List them with: obligation list'],
    ['obligation confirm 1 --answer done', 'Obligation 1 is open: there is nothing to confirm.'],
    ['policy show nothing', 'There is no ladder "nothing". Ladders: expiry, '],
    ['policy set expiry --notices 30', '"30" is not a notice: use P30D'],
    ['job run cleanup', 'There is no job "cleanup". Jobs: plan-reminders, weekly-digest, rescue-deliveries, deliver-messages, housekeeping.'],
    ['job run plan-reminders --now tomorrow', '"tomorrow" is not a moment. Write it with its offset'],
    ['job run plan-reminders --now 2026-12-01', '"2026-12-01" is not a moment.'],
    ['message cancel 5', 'Message 5 is not there'],
    ['procedure start 1 --template nothing', 'nothing'],
  ])('%s', async (command, says) => {
    const { exit, err, out } = await typed(command.split(' '))
    expect(err).toContain(says)
    expect(out).toBe('')
    expect([1, 2]).toContain(exit)
  })

  test('the same certificate is not entered twice, and nothing of it is left behind', async () => {
    const again = await recert`certification add --scheme iso-27001 --name ${'Head office'} --set decision=2025-12-01`
    expect(again).toMatchObject({ exit: 1, out: '' })
    expect(again.err).toContain('is entered already, as certification 1')
    expect(await jsonOf<unknown[]>`certification list`).toHaveLength(1)
  })
})

/** Every day in a document is YYYY-MM-DD, every moment has its offset. */
function expectPlainDays(value: unknown, path = '$'): void {
  if (Array.isArray(value)) value.forEach((one, n) => expectPlainDays(one, `${path}[${n}]`))
  else if (value !== null && typeof value === 'object') for (const [key, one] of Object.entries(value)) expectPlainDays(one, `${path}.${key}`)
  else if (typeof value === 'string' && /(?<!waits)(On|day|date)$/.test(path)) expect(`${path} ${value}`).toMatch(/ \d{4}-\d\d-\d\d$/)
  else if (typeof value === 'string' && path.endsWith('At')) expect(`${path} ${value}`).toMatch(/ \d{4}-\d\d-\d\dT[\d:.]+Z$/)
}

describe('--json gives one document on standard output', () => {
  beforeEach(async () => {
    await settled()
    await recert`certification add --scheme mlps --level 3 --name ${'Payments'} --set filing=2026-06-01 --owner ann@example.org`
    await recert`procedure start 2 --template five-stages --on 2026-11-02 --target 2027-06-01`
    await recert`job run plan-reminders`
    await recert`job run weekly-digest`
    await recert`job run deliver-messages`
  })

  test.each([
    'scheme list', 'scheme show mlps', 'scheme plan mlps --set filing=2026-06-01', 'calendar list', 'calendar add-days 2026-02-06 10 --calendar CN',
    'organisation list', 'organisation edit 1 --zone UTC', 'person list', 'person edit 1 --language zh', 'policy list', 'policy show step',
    'policy set custom --notices P14D,P0D', 'certification list', 'certification list --as-of 2030-01-01', 'certification show 1',
    'certification edit 1 --set issue=2025-12-05', 'certification maintain 1', 'certification renew 1', 'obligation list', 'obligation list --due-within P90D --owner ann@example.org',
    'obligation book 1 --on 2026-11-27', 'obligation done 1', 'obligation met 1', 'obligation assign 1 --to none', 'obligation not-applicable 1 --reason sold',
    'procedure list', 'procedure show 1', 'procedure mark 1 1.1 --as done', 'reminder preview', 'reminder explain 1', 'reminder explain 2 --as-of 2027-03-01',
    'message list', 'message show 1', 'digest preview', 'digest preview --as-of 2027-01-04', 'job list', 'job run housekeeping',
    'simulate --from 2026-12-01 --to 2026-12-03', 'database status', 'admin login-link ann@example.org',
  ])('%s', async (command) => {
    const { exit, out, err } = await typed([...command.split(' '), '--json'])
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    expectPlainDays(JSON.parse(out))
    expect(out).not.toContain('undefined')
    const table = await typed(command.split(' '))
    if (!/renew|done|met|not-applicable|maintain/.test(command)) expect(table).toMatchObject({ exit: 0, err: '' })
    expect(table.out).not.toMatch(/undefined|\[object Object\]/)
  })
})

describe('the shapes that scripts rely on', () => {
  test('scheme plan lists what follows, by due day, and stores nothing', async () => {
    const rows = await jsonOf<{ title: { en: string }; basis: string; [key: string]: unknown }[]>`scheme plan iso-27001 --edition 2022 --set decision=2026-03-02`
    expect(rows.filter((row) => row['tier'] === 'B').map((row) => `${String(row['dueOn'])} ${String(row['rule'])}`)).toEqual([
      '2027-01-31 internal-audit-for-surveillance-1', '2027-02-10 management-review-for-surveillance-1',
      '2028-11-02 internal-audit-before-recertification', '2028-11-12 management-review-before-recertification',
      '2028-12-01 internal-audit-for-surveillance', '2028-12-11 management-review-for-surveillance',
    ])
    expect(rows.filter((row) => row['tier'] === 'A').map(({ rule, kind, tier, title, opensOn, dueOn, metBy, mark }) => ({ rule, kind, tier, title: title.en, opensOn, dueOn, metBy, mark }))).toEqual([
      { rule: 'surveillance-1', kind: 'surveillance-audit', tier: 'A', title: 'First surveillance audit', opensOn: null, dueOn: '2027-03-02', metBy: 'carried-out', mark: 'confirmed' },
      { rule: 'surveillance', kind: 'surveillance-audit', tier: 'A', title: 'Surveillance audit 2028', opensOn: '2028-01-01', dueOn: '2028-12-31', metBy: 'carried-out', mark: 'confirmed' },
      { rule: 'expiry', kind: 'expiry', tier: 'A', title: 'Certificate valid until', opensOn: null, dueOn: '2029-03-02', metBy: 'decided', mark: 'confirmed' },
      { rule: 'recertification', kind: 'recertification', tier: 'A', title: 'Recertification decided', opensOn: null, dueOn: '2029-03-02', metBy: 'decided', mark: 'confirmed' },
    ])
    expect(rows.every((row) => row.basis !== '')).toBe(true)
    expect(await jsonOf<unknown[]>`certification list`).toEqual([])
  })

  // The vectors of the reference: Spring Festival, make-up workdays, National Day, and the rule that the first day is not counted.
  test.each([
    ['2026-02-06', '10', '--working', '2026-02-27'], ['2026-02-09', '10', '--working', '2026-02-28'], ['2026-04-24', '10', '--working', '2026-05-12'],
    ['2026-09-24', '10', '--working', '2026-10-15'], ['2026-09-30', '10', '--working', '2026-10-20'], ['2025-12-24', '10', '--working', '2026-01-08'],
    ['2026-09-01', '30', '--roll=forward', '2026-10-08'], ['2026-09-01', '30', '--roll=back', '2026-09-30'], ['2026-02-01', '30', '--roll=forward', '2026-03-03'],
    ['2026-10-08', '-3', '--working', '2026-09-28'], ['2026-02-28', '-10', '--working', '2026-02-09'],
  ])('calendar add-days %s %s %s is %s', async (from, n, how, date) => {
    expect(await jsonOf`calendar add-days ${from} ${n} --calendar CN ${how}`).toEqual({ date, provisional: false })
  })

  test('a year that nobody has announced is provisional, and said to be', async () => {
    expect(await jsonOf`calendar add-days 2026-12-25 10 --calendar CN --working`).toMatchObject({ provisional: true })
    expect((await recert`calendar add-days 2026-12-25 10 --calendar CN --working`).out).toContain('provisional')
    expect(await jsonOf`calendar add-days 2026-12-25 10 --calendar weekdays --working`).toEqual({ date: '2027-01-08', provisional: false })
  })

  test('import counts certifications and names every refused row', async () => {
    await settled()
    writeFileSync(join(folder, 'register.csv'), [
      'cert_id,name,manufacturer,scheme,eal,category,status,not_valid_before,not_valid_after',
      'A-1,Card OS,Example,FR,EAL5+,Cards,active,2025-09-29,2030-09-29',
      'A-2,Card OS 2,Example,FR,EAL5+,Cards,active,2023-02-29,2028-02-28',
      'A-3,Card OS 3,Example,FR,EAL5+,Cards,active,2024-01-01,2024-01-01',
      'A-4,Card OS 4,Example,FR,EAL5+,Cards,archived,2015-01-01,2020-01-01',
      'A-5,Card OS 5,Example,FR,EAL5+,Cards,active,2019-01-01,2024-01-01', ''].join('\n'))
    const whole = await typed(['import', 'register.csv', '--json'])
    expect(whole.exit).toBe(2)
    expect(JSON.parse(whole.out)).toMatchObject({ accepted: 0, rejected: 2 })
    expect(whole.err).toContain('row 3, not_valid_before')
    expect(await jsonOf<unknown[]>`certification list`).toHaveLength(1)
    const { accepted, updated, unchanged, rejected, unconfirmed, problems } = await jsonOf`import register.csv --partial`
    expect({ accepted, updated, unchanged, rejected, unconfirmed }).toEqual({ accepted: 3, updated: 0, unchanged: 0, rejected: 2, unconfirmed: 1 })
    expect(problems).toEqual([
      { row: 3, column: 'not_valid_before', value: '2023-02-29', reason: '2023-02-29 does not exist' },
      { row: 4, column: 'not_valid_after', value: '2024-01-01', reason: expect.any(String) },
    ])
    expect(await jsonOf`import register.csv --partial`).toMatchObject({ accepted: 0, updated: 0, unchanged: 3, rejected: 2 })
    expect(await jsonOf`import register.csv --partial --dry-run`).toMatchObject({ accepted: 0, unchanged: 3 })
  })

  test('what is exported is imported again as unchanged', async () => {
    await settled()
    expect(await recert`export --format csv --output register.csv`).toEqual({ exit: 0, out: '', err: '' })
    expect(await jsonOf`import register.csv`).toMatchObject({ accepted: 0, updated: 0, unchanged: 1, rejected: 0, problems: [] })
    expectPlainDays(JSON.parse((await recert`export --format json`).out))
  })

  test('reminder preview lists who will be told what, when and why', async () => {
    await settled()
    const preview = async (): Promise<string[]> => (await jsonOf<Record<string, string | null>[]>`reminder preview --from 2026-11-24 --to 2026-12-16 --certification 1`)
      .map((one) => ['on', 'to', 'certification', 'obligation', 'notice', 'dueOn', 'bookedOn', 'reason'].map((key) => one[key] ?? 'null').join(', '))
    const audit = 'Ann Keller, Head office, First surveillance audit'
    expect(await preview()).toEqual([
      `2026-11-24, ${audit}, P45D, 2026-12-01, null, first-notice`, `2026-12-02, ${audit}, overdue-1, 2026-12-01, null, overdue`,
      `2026-12-09, ${audit}, overdue-2, 2026-12-01, null, overdue`, `2026-12-16, ${audit}, overdue-3, 2026-12-01, null, overdue`,
    ])
    await recert`obligation book 1 --on 2026-11-30`
    expect((await preview()).slice(0, 2)).toEqual([
      `2026-11-24, ${audit}, P14D, 2026-12-01, 2026-11-30, first-notice`, `2026-11-25, ${audit}, P3WD, 2026-12-01, 2026-11-30, next-notice`,
    ])
  })

  test('reminder explain gives every duty, every notice and its reason', async () => {
    await settled()
    const duties = await jsonOf<{ obligation: { ruleId: string; dueOn: string }; listeners: { person: string; decision: { say: boolean; reason: string; notice: string }; notices: { notice: string; outcome: string; on: string }[] }[] }[]>`reminder explain 1`
    expect(duties.map((one) => [one.obligation.ruleId, one.obligation.dueOn, one.listeners.map((each) => `${each.person}: ${each.decision.reason}`)])).toEqual([
      ['surveillance-1', '2026-12-01', ['Ann Keller: first-notice']],
      // What prepares an audit keeps quiet until a day is booked.
      ['internal-audit-for-surveillance', '2027-12-01', ['Ann Keller: no-notices']], ['management-review-for-surveillance', '2027-12-11', ['Ann Keller: no-notices']],
      ['surveillance', '2027-12-31', ['Ann Keller: not-yet']],
      ['internal-audit-before-recertification', '2028-08-03', ['Ann Keller: no-notices']], ['management-review-before-recertification', '2028-08-13', ['Ann Keller: no-notices']],
      ['expiry', '2028-12-01', ['Ann Keller: not-yet']], ['recertification', '2028-12-01', ['Ann Keller: not-yet']],
    ])
  })
})

describe('records and decisions', () => {
  beforeEach(settled)

  test('a renewal opens a cycle and prints its duties; a withdrawal ends them', async () => {
    const renewed = await jsonOf<{ obligations: { cycle: number; ruleId: string; dueOn: string }[] }>`certification renew 1 --on 2026-11-20 --set expiry=2029-12-01`
    const limits = renewed.obligations.filter((one) => !/^(internal-audit|management-review)/.test(one.ruleId))
    expect(limits.map((one) => `${one.cycle} ${one.ruleId} ${one.dueOn}`)).toEqual([
      '2 surveillance-in-later-cycle 2027-12-31', '2 surveillance-in-later-cycle 2028-12-31', '2 expiry 2029-12-01', '2 recertification 2029-12-01',
    ])
    expect(await jsonOf`certification withdraw 1 --reason ${'for cause'}`).toMatchObject({ obligations: [] })
    expect((await jsonOf<{ state: string }[]>`certification list`)[0]?.state).toBe('withdrawn')
    expect((await recert`certification renew 1`).err).toContain('Enter a new certification instead.')
  })

  test('a duty is booked, done and given to somebody', async () => {
    await recert`person add --name Ben --email ben@example.org`
    expect(await jsonOf`obligation book 1 --on 2026-11-27`).toMatchObject({ bookedOn: '2026-11-27', state: 'open' })
    expect(await jsonOf`obligation assign 1 --to ben@example.org`).toMatchObject({ ownerId: 2 })
    expect((await jsonOf<{ id: number; owner: string }[]>`obligation list --owner ben@example.org`).map((one) => [one.id, one.owner])).toEqual([[1, 'Ben']])
    expect(await jsonOf`obligation done 1 --on 2026-11-24`).toMatchObject({ state: 'met', metOn: '2026-11-24' })
    expect((await jsonOf<{ id: number }[]>`obligation list`).map((one) => one.id)).not.toContain(1)
  })

  test('what was past at entry waits for an answer, and only "open" is reminded of', async () => {
    await recert`certification add --scheme iso-27001 --name Lab --set decision=2024-06-01 --owner ann@example.org`
    const waiting = await jsonOf<{ id: number; dueOn: string; state: string }[]>`obligation list --unconfirmed`
    expect(waiting.map((one) => `${one.dueOn} ${one.state}`)).toEqual(['2025-06-01 unconfirmed'])
    expect(await jsonOf`obligation confirm ${String(waiting[0]!.id)} --answer open`).toMatchObject({ state: 'open' })
    expect((await jsonOf<{ obligationId: number }[]>`reminder preview --to 2026-11-25`).map((one) => one.obligationId)).toContain(waiting[0]!.id)
  })

  test('people go away, come back and leave; the list says so', async () => {
    expect((await recert`person away 1 --from 2026-12-01 --until 2026-12-24`).out).toContain('away 2026-12-01 to 2026-12-24')
    expect((await recert`person away 1 --back`).out).toContain('active')
    expect((await recert`person deactivate 1`).out).toContain('Ann Keller is deactivated.')
    expect((await recert`person list`).out).toContain('deactivated')
  })
})

describe('job run --now', () => {
  beforeEach(settled)

  test('is refused where mail is sent, naming simulate, with 2', async () => {
    const sending = { ...app, config: { ...app.config, mail: 'smtp' as const, smtpUrl: 'smtp://localhost' } }
    const { exit, err } = await typed(['job', 'run', 'plan-reminders', '--now', '2027-01-15T09:00:00Z'], { app: async () => sending })
    expect(exit).toBe(2)
    expect(err).toContain('simulate --from DAY --to DAY')
  })

  test('is refused beside a running server, naming simulate, with 2', async () => {
    const command = ['job', 'run', 'plan-reminders', '--now', '2027-01-15T09:00:00Z']
    const database = { ...opened.database, isServed: async () => true }
    for (const rest of [{ served: true }, { app: async () => ({ ...app, database }) }]) {
      const { exit, err } = await typed(command, rest)
      expect(exit).toBe(2)
      expect(err).toContain('simulate --from DAY --to DAY')
    }
  })

  test('says at another moment what would hold then, and leaves the real clock where it was', async () => {
    await recert`job run plan-reminders`
    await recert`job run deliver-messages`
    expect(await jsonOf`job run plan-reminders --now 2028-03-06T08:00:00Z`).toMatchObject({ counts: { messages: 1 } })
    clock.set('2026-11-25T08:00:00Z')
    expect(await jsonOf`job run plan-reminders`).toMatchObject({ counts: { messages: 0 } })
  })

  test('a run beside a server without --now is a run like any other', async () => {
    expect(await typed(['job', 'run', 'plan-reminders'], { served: true })).toMatchObject({ exit: 0, err: '' })
  })
})

test.each(['serve', 'demo', 'database migrate', 'database restore x'])('beside a server, %s is refused with the reason', async (command) => {
  const { exit, err } = await typed(command.split(' '), { served: true })
  expect({ exit, err }).toEqual({ exit: 1, err: expect.stringContaining('is not possible while a server runs on this folder. Stop the server first.') })
})

test('serve and demo are told the port and whether to serve', async () => {
  const asked: unknown[] = []
  const rest: Partial<Context> = { serve: async (options) => void asked.push(options), demo: async (options) => void asked.push(options) }
  await typed(['serve', '--port', '4000'], rest)
  await typed(['demo', '--once'], rest)
  expect(asked).toEqual([{ port: 4000 }, { once: true, port: undefined }])
  for (const port of ['0', '65536', 'x']) expect(await typed(['serve', '--port', port], rest)).toMatchObject({ exit: 2 })
})

test('a scheme file of one\'s own is checked with line and path', async () => {
  writeFileSync(join(folder, 'mine.yaml'), 'id: mine\ntitle: { en: Mine, zh: 自有 }\ninstrument: certificate\neffectiveOn: 2026-13-01\n')
  const { exit, err } = await recert`scheme check mine.yaml`
  expect(exit).toBe(2)
  expect(err).toContain(`${join(folder, 'mine.yaml')}:4 effectiveOn`)
  expect((await recert`scheme check nothing.yaml`).err).toContain('cannot be read')
})

test('a table aligns Chinese with the rest', async () => {
  await recert`organisation add --name 示例有限公司`
  await recert`person add --name 李婷 --email li@example.org`
  const [head, row] = (await recert`person list`).out.split('\n')
  const width = (text: string): number => text.length + text.replace(/[^\u2e80-\uffff]/g, '').length
  expect(width(row!.slice(0, row!.indexOf('li@')))).toBe(width(head!.slice(0, head!.indexOf('address'))))
})
