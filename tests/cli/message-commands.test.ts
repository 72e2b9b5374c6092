// `message bounce`, and what a person does about an address that no mail reaches.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { bounceTokenFor } from '../../src/app/installation.ts'
import { testFolder } from '../helpers/folder.ts'
import { mailServer } from '../helpers/mail-server.ts'
import { aCast, aCertification, deliverAll, live, planAt, testApp, type TestApp } from '../helpers/records.ts'
import { typist, type Typist } from '../helpers/typing.ts'
import { bytes, dsn, type Group } from '../mail/report-samples.ts'

let opened: TestApp
let app: App
let folder: string
let stdin = ''
let returnPath: string
beforeAll(async () => {
  opened = await testApp()
  app = opened.app
})
beforeEach(async () => {
  await opened.reset()
  stdin = ''
  folder = testFolder()
  const { organisation, alice } = await aCast(app)
  await live(app, organisation)
  await aCertification(app, { organisationId: organisation.id, ownerId: alice.id })
  await planAt(opened, '2027-05-31T09:00:00Z')
  expect(await deliverAll(app, mailServer())).toEqual(['sent'])
  returnPath = `bounces+${await bounceTokenFor(app.database.db, 1)}@example.org`
})
afterAll(() => opened.close())

const typed: Typist = (...words) => typist(app, () => ({ folder, stdin }))(...words)
const report = (group: Partial<Group> = {}, to = returnPath): string =>
  Buffer.from(bytes(dsn({ to, groups: [{ final: 'rfc822; alice@example.org', status: '5.1.1', says: '550 5.1.1 no such user', ...group }] }))).toString()

describe('message bounce', () => {
  test('takes in what stands on standard input, and says what follows from it', async () => {
    stdin = report()
    const { exit, out } = await typed`message bounce`
    expect(exit).toBe(0)
    expect(out).toBe('Message 1 to Alice: failed, 5.1.1.\nThe mail server said: 550 5.1.1 no such user\n'
      + 'The address is suspended, and what the mail said goes to the next in line. Once mail gets through again: person reinstate 2, or person edit 2 --email ADDRESS\n')
    expect((await typed`message bounce`).out).toBe('This report on message 1 was taken in before; it counts once.\n')
    expect((await typed`message show 1`).out).toMatch(/reported +action +status +address suspended +the mail server said\n2027-05-31T09:00:00Z +failed +5\.1\.1 +yes +550 5\.1\.1 no such user/)
    const shown: { state: string; bounces: object[] } = JSON.parse((await typed`message show 1 --json`).out)
    expect(shown.state).toBe('sent')
    expect(shown.bounces).toMatchObject([{ action: 'failed', status: '5.1.1', suspends: true }])
  })

  test('takes a file, and the address it came to', async () => {
    writeFileSync(join(folder, 'report.eml'), report({ action: 'delayed', status: '4.4.1' }, 'elsewhere@example.org'))
    const refused = await typed`message bounce report.eml`
    expect(refused.exit).toBe(2)
    expect(refused.err).toContain('Refused, and nothing was changed: nothing in it proves')
    expect(refused.err).toContain('--recipient')
    const { exit, out } = await typed`message bounce report.eml --recipient ${returnPath} --json`
    expect(exit).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ outcome: 'recorded', action: 'delayed', status: '4.4.1', suspended: false })
  })

  test('says so where there is nothing to read, too much, or nothing to believe', async () => {
    expect(await typed`message bounce`).toMatchObject({ exit: 2, err: 'There is nothing to read. Hand in the whole report: message bounce < report.eml\n' })
    writeFileSync(join(folder, 'long.eml'), Buffer.alloc(1024 * 1024 + 1, 'x'))
    expect((await typed`message bounce long.eml`).err).toContain('at most 1 MB')
    expect((await typed`message bounce missing.eml`).exit).toBe(2)
  })

  test('ignores a note of absence, and says so', async () => {
    stdin = `From: alice@example.org\nTo: ${returnPath}\nSubject: Automatic reply\nAuto-Submitted: auto-replied\n\nAway.\n`
    expect(await typed`message bounce`).toMatchObject({ exit: 0, out: 'Ignored: it is the answer of a machine, such as a note of absence: the mail has arrived.\n' })
  })
})

describe('an address that no mail reaches', () => {
  test('is named by doctor and the list of people, until it is reinstated', async () => {
    stdin = report()
    await typed`message bounce`
    expect((await typed`person list`).out).toContain('address suspended: mail came back (person reinstate)')
    expect((await typed`doctor`).out).toContain('mail to Alice came back, so none goes there: person edit 2 --email ADDRESS, or person reinstate 2 once it gets through')
    expect((await typed`person reinstate alice@example.org`).out).toContain('Mail goes to Alice at alice@example.org again.')
    expect((await typed`person list`).out).not.toContain('suspended')
    expect((await typed`doctor`).out).not.toContain('came back')
    expect(await typed`person reinstate 2`).toMatchObject({ exit: 1, err: 'The address of Alice is not suspended.\n' })
  })

  test('is forgotten where another is entered', async () => {
    stdin = report()
    await typed`message bounce`
    await typed`person edit 2 --email alice@new.example.org`
    expect((await typed`person list`).out).not.toContain('suspended')
  })
})
