// Faults of other systems in getting mail out: each by its number in the checklist, shown not to be here.

import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { examine } from '../../src/app/doctor.ts'
import { listJobRuns, runJob } from '../../src/app/jobs.ts'
import { languages } from '../../src/core/certification.ts'
import { type DailyView, maxAttempts, purposes } from '../../src/core/message.ts'
import { obligationKinds } from '../../src/core/obligation.ts'
import { listSchemes } from '../../src/core/scheme.ts'
import { composeDaily } from '../../src/mail/daily.ts'
import { composeDigest } from '../../src/mail/digest.ts'
import { findPerson } from '../../src/store/people.ts'
import { copyInto } from '../../src/store/backup.ts'
import { planRemindersJob } from '../../jobs/plan-reminders.ts'
import { testDatabase } from '../helpers/database.ts'
import { day } from '../helpers/factory.ts'
import { bodyRefused, busy, mailServer, onlyFor, unknownRecipient } from '../helpers/mail-server.ts'
import { office } from '../helpers/office.ts'
import { aPerson, deliverAll, live, mail } from '../helpers/records.ts'
import { appOn } from '../helpers/timeline.ts'
import { busyDigest, lineWith, manifoldLines, quietDigest, viewWith } from '../mail/views.ts'

const here = office()
const goLive = () => live(here.app, here.cast.organisation)
const wrongOf = async (): Promise<string[]> => (await examine(here.app, undefined)).filter((one) => !one.ok).map((one) => one.what)

describe('what goes wrong is seen', () => {
  test('B29 a job that fails is logged and kept as failed, and one that stops running is named', async () => {
    await here.live('2027-05-31')
    expect(await wrongOf()).not.toContain('timetable')
    const { db } = here.app.database
    await here.certificate()
    await db.execute(sql.raw(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$`))
    await db.execute(sql.raw('create trigger refuse before insert on notice execute function refuse()'))
    try {
      here.clock.set('2027-05-31T09:01:00Z')
      await expect(runJob(here.app, planRemindersJob, { now: here.clock.now(), asked: false, transport: undefined })).rejects.toThrow()
    } finally {
      await db.execute(sql.raw('drop function refuse cascade'))
    }
    expect(here.alarms).toEqual(['a job failed'])
    expect((await listJobRuns(here.app)).find((one) => one.job === 'plan-reminders')).toMatchObject({ outcome: 'failed', error: expect.stringMatching(/\w/) })
    here.clock.set('2027-05-31T09:30:00Z')
    expect(await wrongOf()).toContain('timetable')
  })

  test('B30 a busy server is asked again less and less often, and not for ever; then somebody is alarmed', async () => {
    await goLive()
    await here.certificate()
    const server = mailServer(...Array.from({ length: 100 }, () => busy))
    here.transport = server
    const asked: number[] = []
    for (let quarter = 0; quarter < 4 * 36; quarter++) {
      const before = server.parcels.length
      here.clock.set(Temporal.Instant.from('2027-05-31T09:00:00Z').add({ minutes: 15 * quarter }).toString())
      if (quarter === 0) await here.live('2027-05-31')
      else await deliverAll(here.app, server)
      if (server.parcels.length > before) asked.push(quarter)
    }
    const waits = asked.slice(1).map((one, n) => one - asked[n]!)
    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    expect(server.parcels).toHaveLength(maxAttempts)
    expect(await mail(here.app)).toEqual(['Alice daily 2027-05-31 abandoned'])
    expect(here.alarms).toEqual(['a mail could not be delivered'])
    expect(await wrongOf()).toContain('outbox')
  })

  test('B31 an address that bounces is marked, the next in line hears, and nothing goes there any more', async () => {
    await goLive()
    await here.certificate()
    const server = mailServer(unknownRecipient)
    here.transport = server
    await here.live('2027-05-31', '2027-05-31T09:02:00Z', '2027-06-30')
    const to = server.parcels.map((one) => one.to)
    expect(to[0]).toBe('alice@example.org')
    expect(to.slice(1).toSorted()).toEqual(['bob@example.org', 'bob@example.org', 'carol@example.org', 'carol@example.org'])
    expect((await findPerson(here.app.database.db, here.cast.alice.id))!.emailAccepted).toBe(false)
  })

  test('B32 neither a bad mail nor a bad record keeps the others from going, and nothing to do is no end', async () => {
    await here.live('2027-05-28', '2027-05-28T09:01:00Z')
    await goLive()
    const names = ['Dan', 'Eve', 'Finn', 'Gus']
    for (const name of names) await here.certificate({ name: `Module of ${name}`, ownerId: (await aPerson(here.app, { name, organisationId: here.cast.organisation.id })).id })
    await here.certificate({ name: 'Of a scheme that is gone' })
    await here.app.database.db.execute(sql`update certification set scheme = 'no-such-scheme' where name = 'Of a scheme that is gone'`)
    await here.keepHouse('2027-05-31T00:17:00Z')
    const answer = onlyFor('eve@example.org', unknownRecipient)
    here.transport = mailServer(bodyRefused, answer, busy, answer, answer)
    await here.live('2027-05-31')
    expect((await mail(here.app)).filter((one) => names.some((name) => one.startsWith(name))).sort()).toEqual([
      'Dan daily 2027-05-31 rejected', 'Eve daily 2027-05-31 rejected', 'Finn daily 2027-05-31 deferred', 'Gus daily 2027-05-31 sent',
    ])
    expect(await mail(here.app)).toContain('Alice daily 2027-05-31 sent')
  })
})

/** What a template leaves behind where a variable or a word is missing. */
const leftOver = /undefined|NaN|\[object|\bnull\b|\{\w*\}|\$\{|Invalid|^\s*[:：]\s*$/m

describe('what a mail says', () => {
  const dailies = (): Partial<DailyView>[] => purposes.flatMap((purpose) => obligationKinds.flatMap((kind) => [-400, -1, 0, 1, 90].map((daysLeft) => {
    const dueOn = day('2026-11-23').add({ days: daysLeft })
    return { lines: [lineWith({ purpose, daysLeft, dueOn, countedTo: dueOn, late: daysLeft < 0, duties: [{ obligationId: 1, kind, title: { en: 'Own title', zh: '标题' }, basis: 'clause 1', mark: 'unverified' }] })] }
  })))

  test('B33 every mail in every language has all its words, for every kind of duty, every day and everybody', () => {
    for (const language of languages) {
      const letters = [
        ...dailies().map((view) => composeDaily(viewWith(view.lines!, { language }))), composeDaily(viewWith(manifoldLines(), { language, rehearsal: true })),
        ...[quietDigest({ language }), busyDigest({ language })].map(composeDigest),
      ]
      for (const { subject, text, html } of letters) {
        expect(subject.trim()).not.toBe('')
        for (const part of [subject, text, html.replace(/<style[\s\S]*?<\/style>/g, '')]) expect(part).not.toMatch(leftOver)
      }
      if (language === 'zh') for (const { subject } of letters) expect(subject.replace(/Own title|Frankfurt DC|ISO\S*|KeyVault|Common Criteria EAL3\+/g, '')).not.toMatch(/\b(due|late|days?|expires?|booked)\b/)
    }
  })

  test('B33 every duty of every scheme has its name in both languages', () => {
    const titles = listSchemes(here.app.catalogue).flatMap((scheme) => [scheme, ...(scheme.variants?.values() ?? [])].flatMap(({ rules }) => rules.map((rule) => `${scheme.id} ${rule.id}: ${rule.title.en}/${rule.title.zh}`)))
    expect(titles.length).toBeGreaterThan(100)
    expect(titles.filter((one) => /: \/|\/$|undefined/.test(one))).toEqual([])
  })

  test('B34 a mail that is late says the days that are left when it goes, not those it was planned with', async () => {
    await goLive()
    await here.certificate()
    await here.live('2027-04-15')
    here.transport = mailServer(busy)
    await here.live('2027-06-10', '2027-06-12T11:00:00Z')
    const { subject, text } = (await here.letters('Alice')).at(-1)!
    expect(subject).toContain('expires in 18 days')
    expect(`${subject}${text}`).not.toMatch(/\b(30|20|90) days/)
  })
})

test('B35 a copy of the database sends nothing, says why, and shows what it would have sent', async () => {
  await goLive()
  await here.certificate()
  here.transport = mailServer()
  await here.live('2027-04-01')
  const memory = await testDatabase()
  try {
    await copyInto(here.app.database, memory.database)
    // All databases of the tests come from one template; a restored one has an identity of its own.
    const copy = { ...await appOn({ ...memory.database, identity: async () => 'another/1' }, here.clock), config: here.app.config }
    const server = mailServer()
    here.clock.set('2027-05-31T09:00:00Z')
    await runJob(copy, planRemindersJob, { now: here.clock.now(), asked: false, transport: server })
    await deliverAll(copy, server)
    expect(server.parcels).toHaveLength(0)
    expect(await mail(copy)).toContain('Alice daily 2027-05-31 planned')
    expect((await examine(copy, server)).filter((one) => !one.ok).map((one) => one.says).join(' ')).toContain('is a copy of the one that was set up')
  } finally {
    await memory.close()
  }
})
