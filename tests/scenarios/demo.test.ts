// The demo on awkward days: late on a Saturday, on New Year's Day, on a leap day, amid Spring Festival. It
// must show the same on each, touch nothing of the user's, and come back as it was.

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { describe, expect, onTestFinished, test } from 'vitest'
import { schedule } from '../../jobs/schedule.ts'
import type { App } from '../../src/app/app.ts'
import { buildDemo } from '../../src/app/demo.ts'
import type { Job } from '../../src/app/jobs.ts'
import { getMessage, listCertifications, listMessages, listObligations, listPeople, listProcedures } from '../../src/app/lists.ts'
import { closeApp } from '../../src/app/open.ts'
import { fixedClock } from '../../src/clock.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { dayOf } from '../../src/core/day.ts'
import { isLate } from '../../src/core/obligation.ts'
import { testFolder } from '../helpers/folder.ts'

// Only stops what hangs: a build is eight weeks of work, and the machine may have others to do.
const buildLimit = 240_000

// Nothing expires in these eight weeks, so the nights would bring nothing but vacuuming.
const withoutNights = schedule.filter((job) => job.name !== 'housekeeping')

async function built(moment: string, { home = testFolder(), jobs = withoutNights }: { home?: string; jobs?: readonly Job[] } = {}): Promise<{ app: App; said: string }> {
  let said = ''
  // A user with a database and a mail server of their own, neither of which answers.
  const user: Config = readConfig({ RECERT_HOME: home, DATABASE_URL: 'postgres://me@127.0.0.1:1/mine', SMTP_URL: 'smtp://127.0.0.1:1' })
  const app = await buildDemo(user, { clock: fixedClock(Temporal.Instant.from(moment)), jobs, say: (text) => { said += text } })
  onTestFinished(() => closeApp(app))
  return { app, said }
}

/** Fails unless the demo shows all that it is there to show. */
async function expectWhole(app: App, moment: string): Promise<void> {
  const now = Temporal.Instant.from(moment)
  const today = dayOf(now, 'Asia/Shanghai')
  const messages = await listMessages(app, {}, 1000)
  expect(messages.filter((one) => one.kind === 'daily').length).toBeGreaterThan(0)
  expect(messages.filter((one) => one.kind === 'digest').length).toBeGreaterThanOrEqual(7)
  expect(messages.filter((one) => one.state !== 'captured' || Temporal.Instant.compare(one.dueAt, now) > 0)).toEqual([])
  const late = (await listObligations(app, {})).filter(({ obligation }) => isLate(obligation, today))
  expect(late.filter(({ obligation }) => obligation.kind.endsWith('audit')).map((one) => one.certification)).toEqual(['Frankfurt data centre'])
  expect(await listPeople(app)).toHaveLength(5)
  const certifications = await listCertifications(app, {}, {})
  expect(certifications.map((one) => one.certification.scheme).sort()).toEqual(['c-star', 'common-criteria', 'csa-star', 'fips-140', 'gold-om', 'iso-27001', 'mlps', 'trucs'])
  const [run, ...others] = await listProcedures(app, {})
  expect(others).toEqual([])
  expect(run!.stages).toHaveLength(5)
  const states = new Set(run!.stages.flatMap((stage) => stage.steps.map((step) => step.state)))
  expect([...states].sort()).toEqual(['done', 'in-progress', 'not-started'])
}

async function expectReadable(app: App): Promise<void> {
  for (const { id } of await listMessages(app, {}, 1000)) {
    const { message } = await getMessage(app, id)
    const read = await simpleParser(Buffer.from(message.raw!))
    expect(read.subject).toBe(message.subject)
    expect(read.text?.trim().length).toBeGreaterThan(100)
    expect(read.html).toContain('</html>')
    expect(`${read.text}${String(read.html)}`).not.toMatch(/undefined|null|NaN|\[object/)
  }
}

describe('the demo, started', () => {
  test.each([
    ['on New Year\'s Day', '2027-01-01T03:00:00Z'],
    ['amid Spring Festival', '2027-02-08T01:30:00Z'],
  ])('%s, shows a reminder, a digest, one late audit and a run under way', async (_name, moment) => {
    const { app } = await built(moment)
    await expectWhole(app, moment)
    await expectReadable(app)
  }, buildLimit)

  test('late on a Saturday does so too; a second start finds it again, and nothing of the user\'s is touched', async () => {
    const home = testFolder()
    mkdirSync(join(home, 'database'))
    writeFileSync(join(home, 'database', 'mine'), 'records')
    const first = await built('2026-11-28T15:30:00Z', { home })
    await expectWhole(first.app, '2026-11-28T15:30:00Z')
    await expectReadable(first.app)
    expect(first.said).toMatch(/http:\/\/localhost:3000\/sign-in\/\S{40,}/)
    const before = await listMessages(first.app, {}, 1000)
    await closeApp(first.app)
    const second = await built('2026-11-29T09:00:00Z', { home })
    expect(second.said).toContain('is there again')
    expect((await listMessages(second.app, {}, 1000)).map((one) => one.id)).toEqual(before.map((one) => one.id))
    expect(readdirSync(home).sort()).toEqual(['database', 'demo'])
    expect(readdirSync(join(home, 'database'))).toEqual(['mine'])
  }, buildLimit)

  test('on a leap day, after a build that was interrupted and left nothing, is made anew', async () => {
    const home = testFolder()
    const moment = '2028-02-29T04:00:00Z'
    let runs = 0
    const failing = withoutNights.map((job): Job => ({ ...job, run: async (app, at) => {
      if (++runs > 30) throw new Error('the lid was closed')
      return await job.run(app, at)
    } }))
    await expect(built(moment, { home, jobs: failing })).rejects.toThrow('the lid was closed')
    expect(existsSync(join(home, 'demo', 'database'))).toBe(false)
    const { app, said } = await built(moment, { home })
    expect(said).toContain('Building')
    await expectWhole(app, moment)
    await expectReadable(app)
  }, buildLimit)
})
