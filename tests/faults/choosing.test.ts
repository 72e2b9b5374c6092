// Faults of other systems in choosing what is due: each by its number in the checklist, shown not to be here.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { editCertification } from '../../src/app/certifications.ts'
import { decideCertification, type DecisionInput } from '../../src/app/decisions.ts'
import { importRegister, ImportRefused } from '../../src/app/import.ts'
import { bookObligation, doneObligation } from '../../src/app/obligations.ts'
import { changePolicy } from '../../src/app/policies.ts'
import { nthAfter } from '../../src/core/day.ts'
import * as answers from '../../src/store/schema-answers.ts'
import * as mails from '../../src/store/schema-mail.ts'
import * as proof from '../../src/store/schema-proof.ts'
import * as records from '../../src/store/schema-records.ts'
import * as system from '../../src/store/schema-system.ts'
import * as work from '../../src/store/schema-work.ts'
import { day, daysFrom } from '../helpers/factory.ts'
import { office } from '../helpers/office.ts'
import { aPerson, dutiesOf, dutyOf } from '../helpers/records.ts'
import { typist } from '../helpers/typing.ts'

const here = office()
const now = () => here.clock.now()

describe('days that are missed', () => {
  test.each([
    ['2027-01-04', 'P180D'], ['2027-02-19', 'P180D'], ['2027-04-05', 'P90D'], ['2027-06-09', 'P30D'],
    ['2027-06-25', 'P7D'], ['2027-06-30', 'P0D'], ['2027-07-05', 'overdue-1'], ['2027-07-29', 'overdue-5'],
  ])('B1 a server that was off until %s says the tightest notice passed, in one mail', async (back, notice) => {
    await here.certificate()
    await here.live('2026-12-30', back)
    expect(await here.heard('Alice')).toEqual([`Alice ${back} ${notice}`])
    expect(await here.letters('Alice')).toHaveLength(1)
  })

  test('B5 a run that is late by minutes, hours or days, or comes on a Saturday, still says what it missed', async () => {
    await here.certificate()
    await here.live('2026-12-31T23:59:59Z', '2027-01-01T16:41:07Z') //            due at nine, the server back in the afternoon
    await here.live('2027-04-03T03:17:00Z', '2027-04-05T09:37:00Z') //            asked on a Saturday night, then on Monday past nine
    await here.live('2027-05-30T12:00:00Z', '2027-06-01T13:00:00Z', '2027-06-02T09:59:00Z')
    await here.live('2027-06-29T09:00:00Z', '2027-06-30T23:43:00Z') //            the last minutes of the last day
    expect(await here.heard('Alice')).toEqual([
      'Alice 2027-01-01 P180D', 'Alice 2027-04-05 P90D', 'Alice 2027-06-02 P30D', 'Alice 2027-06-29 P7D', 'Alice 2027-06-30 P0D',
    ])
  })
})

describe('days that are counted', () => {
  test.each([
    ['America/Los_Angeles', '00:00'], ['America/Los_Angeles', '23:59'], ['Pacific/Kiritimati', '00:00'], ['Pacific/Kiritimati', '23:59'],
  ])('B2 in %s at %s it is as many days as the calendar there says', async (zone, hour) => {
    const dan = await aPerson(here.app, { name: 'Dan', organisationId: here.cast.organisation.id, zone, sendHour: '00:00' })
    await here.certificate({ ownerId: dan.id })
    await here.live(day('2027-05-31').toZonedDateTime({ timeZone: zone, plainTime: hour }).toInstant().toString())
    expect(await here.letters('Dan')).toMatchObject([{ on: '2027-05-31', subject: expect.stringContaining('30 days') }])
  })

  test('B3 day 0 and the days after it are said', async () => {
    await here.certificate()
    await here.live(...daysFrom('2027-06-24', '2027-07-16'))
    const letters = await here.letters('Alice')
    expect(letters.map(({ on, subject }) => `${on} ${/expires today|expired \d+ days? ago|expired yesterday|expires in \d+ days/.exec(subject)?.[0]}`)).toEqual([
      '2027-06-24 expires in 6 days', '2027-06-30 expires today', '2027-07-01 expired yesterday', '2027-07-08 expired 8 days ago', '2027-07-15 expired 15 days ago',
    ])
  })

  test('B4 a notice three years ahead is said on its day', async () => {
    await here.change((db) => changePolicy(db, 'registration-expiry', { audience: 'owner', notices: ['P1095D', 'P730D', 'P365D'] }, now()))
    await here.certificate({ days: { expiry: '2029-11-30' } })
    await here.live('2026-11-30', '2026-12-01', '2027-11-30', '2027-12-01', '2028-11-29', '2028-11-30')
    expect(await here.heard()).toEqual(['Alice 2026-12-01 P1095D', 'Alice 2027-12-01 P730D', 'Alice 2028-11-30 P365D'])
  })

  test('B9 each duty is counted from the day its rule names, not from the day something was printed, done or decided', async () => {
    const { id } = await here.certificate({ scheme: 'iso-27001', days: { decision: '2027-03-01', issue: '2027-03-29' } })
    const surveillance = await dutyOf(here.app, id, 'surveillance-1')
    expect(surveillance.dueOn.toString()).toBe('2028-03-01')
    here.clock.set('2028-01-20T10:00:00Z')
    await here.change((db) => doneObligation(here.app, db, surveillance.id, day('2028-01-10'), { now: now() }))
    const [next, expiry] = [await dutyOf(here.app, id, 'surveillance'), await dutyOf(here.app, id)]
    expect([next.dueOn.toString(), expiry.dueOn.toString()]).toEqual(['2029-12-31', '2030-03-01'])
  })

  test.each([
    ['2027-01-31', '2031-01-31', ['2028-01-31', '2029-01-31', '2030-01-31']],
    ['2028-02-29', '2033-02-28', ['2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']],
  ])('B10 what comes every year from %s is counted from there each time: no short month moves the next one', async (decision, expiry, expected) => {
    const { id } = await here.certificate({ scheme: 'mtcs', days: { decision, expiry } })
    expect((await dutiesOf(here.app, id)).filter((one) => one.includes(' surveillance ')).map((one) => one.split(' ')[0])).toEqual(expected)
    expect(Array.from({ length: 4 }, (_, n) => nthAfter(day('2027-01-31'), Temporal.Duration.from('P1M'), n).toString())).toEqual(['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30'])
  })
})

describe('records that change', () => {
  test('B7 duties of later years come without anybody opening a page', async () => {
    await here.certificate({ scheme: 'mlps', name: 'Payments', days: { filing: '2026-01-04', report: '2026-09-25' } })
    for (const year of ['2028', '2029', '2030']) await here.keepHouse(`${year}-01-05T00:17:00Z`)
    await here.live('2030-11-28', '2030-11-29', ...daysFrom('2030-12-02', '2030-12-06'))
    expect((await here.letters('Alice')).map((one) => one.text).join('')).toContain('Self-check 2030')
  })

  test('B8 what a list says of a certificate ages with the day, though nothing touches the record', async () => {
    await here.certificate()
    const type = typist(here.app, () => ({ folder: '/nowhere' }))
    const states: string[] = []
    for (const on of ['2027-06-30', '2027-07-01']) {
      here.clock.set(`${on}T12:00:00Z`)
      const [today] = JSON.parse((await type`certification list --json`).out)
      const [asked] = JSON.parse((await type`certification list --as-of ${'2027-07-01'} --json`).out)
      states.push(`${on} ${today.state}, on the day after ${asked.state}`)
    }
    expect(states).toEqual(['2027-06-30 active, on the day after expired', '2027-07-01 expired, on the day after expired'])
  })

  test('B11 correcting something else does not make what is late less late', async () => {
    const { id } = await here.certificate()
    await here.live('2027-07-01')
    here.clock.set('2027-07-05T12:00:00Z')
    await here.change((db) => editCertification(here.app, db, id, { name: 'Module B', certificateNumber: '4711', certificationBody: 'CMVP' }, { now: now() }))
    await here.keepHouse('2027-07-06T00:17:00Z')
    await here.live('2027-07-06', '2027-07-08')
    const told = await here.letters('Alice')
    expect(told.map((one) => one.on)).toEqual(['2027-07-01', '2027-07-08'])
    expect(told.at(-1)!.subject).toContain('Module B: expired 8 days ago')
  })

  test('B12 an agreed day stays, whatever is derived anew, and is what notices count to', async () => {
    const { id } = await here.certificate({ scheme: 'iso-27001', days: { decision: '2027-03-01' } })
    const { id: dutyId } = await dutyOf(here.app, id, 'surveillance-1')
    here.clock.set('2027-12-20T12:00:00Z')
    await here.change((db) => bookObligation(here.app, db, dutyId, day('2028-02-16'), { now: now(), pastTheLimit: 'refuse' }))
    await here.keepHouse('2027-12-21T00:17:00Z')
    await here.change((db) => editCertification(here.app, db, id, { anchors: [{ name: 'decision', day: day('2027-03-08') }] }, { now: now() }))
    await here.keepHouse('2027-12-22T00:17:00Z')
    const duty = await dutyOf(here.app, id, 'surveillance-1')
    expect([duty.dueOn.toString(), duty.bookedOn?.toString()]).toEqual(['2028-03-08', '2028-02-16'])
    await here.live('2028-02-01', '2028-02-02')
    expect((await here.letters('Alice')).at(-1)).toMatchObject({ on: '2028-02-02', subject: expect.stringContaining('in 14 days (booked for 16 Feb)') })
  })

  test.each([['03/04/2027'], ['2027-02-30'], ['31.04.2027'], ['2027-13-01'], ['30/06/27'], ['tomorrow']])('B13 %s in a register is refused with its row and column, and nothing is taken', async (text) => {
    const file = `scheme,organisation,name,expiry\r\nfips-140,Harbour Cloud,Good,2027-06-30\r\nfips-140,Harbour Cloud,Bad,${text}\r\n`
    const importing = importRegister(here.app, { bytes: new TextEncoder().encode(file), file: 'register.csv', dryRun: false, partial: false })
    const refused = await importing.then(() => undefined, (thrown: unknown) => (thrown instanceof ImportRefused ? thrown.result.problems : thrown))
    expect(refused).toMatchObject([{ row: 3, column: 'expiry', value: text }])
    const type = typist(here.app, () => ({ folder: '/nowhere' }))
    expect(JSON.parse((await type`certification list --json`).out)).toEqual([])
    expect(await type`certification add --scheme fips-140 --name Module --set ${`expiry=${text}`}`).toMatchObject({ exit: 2, err: expect.stringContaining(text) })
  })

  test.each<[DecisionInput['kind'], Partial<DecisionInput>]>([
    ['renew', { anchors: [{ name: 'expiry', day: day('2032-06-30'), assumed: false }] }], ['cancel', {}], ['withdraw', {}], ['archive', {}],
  ])('B14 after a decision to %s nobody is reminded of what it ended', async (kind, rest) => {
    const { id } = await here.certificate({ days: { decision: '2022-07-01', expiry: '2027-06-30' } })
    await here.live('2027-05-31')
    here.clock.set('2027-06-01T12:00:00Z')
    await here.change((db) => decideCertification(here.app, db, id, { kind, decidedOn: day('2027-06-01'), ...rest }, now()))
    await here.live('2027-06-02', '2027-06-23', '2027-06-30', '2027-07-01', '2027-07-08')
    expect(await here.heard()).toEqual(['Alice 2027-05-31 P30D'])
  })
})

describe('dates that are stored', () => {
  /** For each day of the schema: a place that reads it, and does something with it. */
const readers: Readonly<Record<string, string>> = {
    'anchor.day': 'src/core/occurrence.ts',
    'answer.doneOn': 'src/store/answers.ts', 'answer.untilOn': 'src/store/answers.ts',
    'audit.bookedFrom': 'src/app/audits.ts', 'audit.bookedUntil': 'src/core/audit.ts', 'audit.cancelledOn': 'src/core/audit.ts',
    'audit.carriedOutOn': 'src/core/audit.ts',
    'audit_move.fromOn': 'src/app/letters.ts', 'audit_move.toOn': 'src/app/letters.ts',
    'calendar_day.day': 'src/store/calendars.ts',
    'certification.enteredOn': 'src/app/derivation.ts',
    'decision.decidedOn': 'src/core/standing.ts', 'decision.untilOn': 'src/core/standing.ts',
    'finding.answerDueOn': 'src/core/finding.ts', 'finding.answeredOn': 'src/core/finding.ts', 'finding.closedOn': 'src/core/finding.ts',
    'finding.foundOn': 'src/core/finding.ts', 'finding.proofDueOn': 'src/core/finding.ts', 'finding.provenOn': 'src/core/finding.ts',
    'finding.verifiedOn': 'src/core/finding.ts', 'finding.verifyDueOn': 'src/core/finding.ts',
    'forecast.asOf': 'src/cli/procedure-text.ts', 'forecast.deadlineOn': 'src/cli/procedure-text.ts', 'forecast.finishOn': 'src/cli/procedure-text.ts',
    'notice.countedTo': 'src/core/reminder.ts',
    'obligation.bookedOn': 'src/core/obligation.ts', 'obligation.countedTo': 'src/store/reminders.ts', 'obligation.dueOn': 'src/core/obligation.ts',
    'obligation.enteredOn': 'src/app/letters.ts', 'obligation.lateAfter': 'src/store/overview.ts', 'obligation.latestOn': 'src/core/obligation.ts',
    'obligation.metOn': 'src/app/world.ts', 'obligation.movedFrom': 'src/core/rise.ts', 'obligation.opensOn': 'src/core/rise.ts',
    'obligation.submittedOn': 'src/store/obligations.ts',
    'person.awayFrom': 'src/store/people.ts', 'person.awayUntil': 'src/store/people.ts',
    'procedure.endedOn': 'src/app/steps.ts', 'procedure.forecastOn': 'src/web/run-card.ts', 'procedure.startedOn': 'src/app/standings.ts',
    'procedure.targetOn': 'src/app/run-plans.ts',
    'step.doneOn': 'src/core/passes.ts', 'step.expectedOn': 'src/core/passes.ts', 'step.finishOn': 'src/app/digest-duties.ts', 'step.startOn': 'src/app/replanning.ts',
    'step.startedOn': 'src/core/passes.ts', 'step.waitingSince': 'src/mail/digest-items.ts',
  }

  const snake = (property: string): string => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

  const columns = [answers, mails, proof, records, system, work].flatMap((schema) => Object.values(schema))
    .filter((one) => is(one, PgTable)).flatMap((table) => Object.entries(getTableColumns(table))
      .filter(([, column]) => column.getSQLType() === 'date').map(([property]) => `${getTableName(table)}.${property}`))

  const root = join(import.meta.dirname, '../..')
  const codeOf = (path: string): string => readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')

  const mentions = (path: string, property: string): boolean =>
    existsSync(join(root, path)) && new RegExp(`\\b(${property}|${snake(property)})\\b`).test(codeOf(path))

  test('B6 every date column has a place that reads it', () => {
    expect(columns.toSorted()).toEqual(Object.keys(readers).toSorted())
    expect(Object.entries(readers).filter(([column, path]) => !mentions(path, column.split('.')[1]!))).toEqual([])
  })
})
