// Faults of other systems in keeping the thing running: each by its number in the checklist, shown not to be here.

import { expect, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import { examine } from '../../src/app/doctor.ts'
import { exportRegister } from '../../src/app/export.ts'
import { importRegister, type ImportResult } from '../../src/app/import.ts'
import { listJobRuns } from '../../src/app/jobs.ts'
import { editPerson } from '../../src/app/people.ts'
import { parseTable } from '../../src/formats/csv.ts'
import { findBrokenLink, listHistory } from '../../src/store/history.ts'
import { startRun } from '../../src/store/jobs.ts'
import { claimMessage } from '../../src/store/lease.ts'
import { findMessage } from '../../src/store/outbox.ts'
import { mailServer } from '../helpers/mail-server.ts'
import { heardIn, office, times } from '../helpers/office.ts'
import { live, mail } from '../helpers/records.ts'
import { runJobsAt } from '../helpers/timeline.ts'

const here = office()

const importing = (text: string): Promise<ImportResult> =>
  importRegister(here.app, { bytes: new TextEncoder().encode(text), file: 'register.csv', dryRun: false, partial: false })

test('B51 a start takes no other worker\'s mail from it, and a run whose process died is called failed', async () => {
  await live(here.app, here.cast.organisation)
  await here.certificate()
  await here.live('2027-05-31T08:59:00Z')
  await runJobsAt(here, '2027-05-31T09:00:00Z', schedule.slice(0, 1))
  await here.change((db) => claimMessage(db, 'another worker', here.clock.now()))
  await here.change((db) => startRun(db, 'weekly-digest', { startedAt: here.clock.now(), asOf: here.clock.now() }))
  const server = mailServer()
  here.transport = server
  await here.live('2027-05-31T09:01:00Z')
  expect(server.parcels).toHaveLength(0)
  expect(await mail(here.app)).toEqual(['Alice daily 2027-05-31 claimed'])
  const digestRun = async () => (await listJobRuns(here.app)).find((one) => one.job === 'weekly-digest')
  expect(await digestRun()).toMatchObject({ outcome: null })
  await here.keepHouse('2027-06-01T00:17:00Z')
  expect(await digestRun()).toMatchObject({ outcome: 'failed', error: 'the process ended before the run did' })
})

test('B52 of 1,100 certificates that end the same day none is left out: of planning, of the mail, of the export', async () => {
  const lines = Array.from({ length: 1100 }, (_, n) => `fips-140,Harbour Cloud,Module ${n},C-${n},alice@example.org,2027-06-30`)
  expect(await importing(`scheme,organisation,name,certificate number,owner,expiry\r\n${lines.join('\r\n')}\r\n`)).toMatchObject({ accepted: 1100 })
  await here.live('2027-05-31')
  expect(await heardIn(here.app, 'Alice')).toHaveLength(1100)
  const letters = await here.letters('Alice')
  expect(letters).toHaveLength(1)
  expect(letters[0]!.subject).toContain('1,099 more')
  expect(times(await exportRegister(here.app, { format: 'csv' }), '\r\nfips-140,')).toBe(1100)
}, 120_000)

test('B53 where nothing plans, or not any more, somebody is told', async () => {
  const timetable = async () => (await examine(here.app, undefined)).find((one) => one.what === 'timetable')
  expect(await timetable()).toEqual({ what: 'timetable', ok: false, says: 'no planning run yet: start the server with npm start' })
  await here.live('2027-05-31')
  expect(await timetable()).toMatchObject({ ok: true })
  here.clock.set('2027-05-31T09:06:00Z')
  expect(await timetable()).toEqual({ what: 'timetable', ok: false, says: 'last planning run at 2027-05-31T09:00:00Z: start the server with npm start' })
})

test('B54 after a whole cycle of three years, and another, the proof of what was said and decided is still there', async () => {
  const { id } = await here.certificate()
  await here.live('2027-05-31', '2027-06-30')
  const { db } = here.app.database
  const proof = async () => ({
    heard: await here.heard(), letters: await here.letters(), history: (await listHistory(db, 'certification', id)).length,
    sent: (await listHistory(db, 'message', 1)).map((one) => one.event), bytes: (await findMessage(db, 1))!.raw!.length,
  })
  const before = await proof()
  expect(before).toMatchObject({ heard: ['Alice 2027-05-31 P30D', 'Alice 2027-06-30 P0D', expect.any(String), expect.any(String)], sent: ['message-captured'] })
  for (const year of [2028, 2029, 2030, 2033]) await here.keepHouse(`${year}-06-30T00:17:00Z`)
  expect(await proof()).toEqual(before)
  expect(await findBrokenLink(db, here.cast.organisation.id)).toBeUndefined()
})

test('B55 a name with commas, quotes, lines or a formula neither breaks an exported file nor arms it, and comes back as it was', async () => {
  const names = ['a, b', 'say "cheese"', 'two\nlines', '=HYPERLINK("http://evil.example")', '+49 30', '-1', '@SUM(A1)', '\'=1', 'ends with space ', '逗号，引号“”']
  for (const [n, name] of names.entries()) await here.certificate({ name, certificateNumber: `C-${n}` })
  await here.change((db) => editPerson(db, here.cast.alice, { name: '=cmd|\' /C calc\'!A0' }, here.clock.now()))
  const text = await exportRegister(here.app, { format: 'csv' })
  const read = parseTable(text)
  if (!read.ok) throw new Error(read.reason)
  expect(read.table.rows).toHaveLength(names.length)
  expect(read.table.rows.flatMap((row) => row.cells).filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
  expect(read.table.rows.every((row) => row.cells.length === read.table.header.length)).toBe(true)
  expect(await importing(text)).toMatchObject({ accepted: 0, updated: 0, unchanged: names.length, rejected: 0 })
})
