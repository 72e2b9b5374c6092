// A real register, imported for one owner and lived for seven weeks: what must be said is counted here once
// more, from the rows of the file alone, and compared with the mails that were captured.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explainReminders } from '../../src/app/explanations.ts'
import { importRegister, type ImportResult } from '../../src/app/import.ts'
import { listCertifications, listObligations } from '../../src/app/lists.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'
import { beginLife, type Life, type Mail, newMail, runJobsAt } from '../helpers/timeline.ts'

const file = join(import.meta.dirname, '../../../shared/data/common-criteria.csv')
const missing = !existsSync(file)
if (missing) process.stderr.write(`The register test is SKIPPED: there is no ${file}\n`)

const entered = '2026-11-24'
/** Not every day, and one twice: what is due does not depend on it. */
const moments = [
  '2026-11-24T09:00:00Z', '2026-11-25T09:00:00Z', '2026-11-25T16:00:00Z', '2026-11-27T09:00:00Z', '2026-11-30T09:00:00Z', '2026-12-04T09:00:00Z',
  '2026-12-14T09:00:00Z', '2026-12-15T09:00:00Z', '2026-12-31T09:00:00Z', '2027-01-01T09:00:00Z', '2027-01-12T09:00:00Z',
]

/** How a mail of a life names what it asks about a duty that was past at entry. */
const question = '(unconfirmed)'

interface Row { readonly cert_id: string; readonly status: string; readonly not_valid_before: string; readonly not_valid_after: string }

const dayNumber = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000
const isWeekend = (day: number): boolean => [0, 6].includes(new Date(day * 86_400_000).getUTCDay())

function moved(day: number, step: 1 | -1): number {
  let at = day
  while (isWeekend(at)) at += step
  return at
}

/** The days on which the owner of an archive date is told of it, in order: six before it, one after. */
function noticeDays(expiry: string): number[] {
  const on = dayNumber(expiry)
  let after = on + 1
  while (isWeekend(after)) after++
  return [...[540, 365, 270, 180, 90, 30].map((before) => moved(on - before, -1)), after]
}

/** How many lines a mail has at each moment: for each certificate the last notice reached, if none as late was said before. */
function expectedLines(rows: readonly Row[]): number[] {
  const dated = rows.filter((row) => row.status === 'active' && row.not_valid_after >= entered)
  const said = new Map<string, number>()
  return moments.map((moment) => {
    const today = dayNumber(moment.slice(0, 10))
    let lines = 0
    for (const { cert_id, not_valid_after } of dated) {
      const reached = noticeDays(not_valid_after).filter((day) => day <= today).length
      if (reached > (said.get(cert_id) ?? 0)) lines++
      said.set(cert_id, Math.max(reached, said.get(cert_id) ?? 0))
    }
    return lines
  })
}

describe.skipIf(missing)('604 Common Criteria certificates, imported for Alice', () => {
  let opened: TestDatabase
  let life: Life
  let result: ImportResult
  let mails: Mail[][]
  let rows: Row[]

  beforeAll(async () => {
    const bytes = readFileSync(file)
    const listed: Row[] = parse(bytes, { columns: true })
    // A certificate listed twice is one; one that ends on the day it begins is refused.
    rows = [...new Map(listed.map((row) => [row.cert_id, row])).values()].filter((row) => row.not_valid_after > row.not_valid_before)
    opened = await testDatabase()
    life = await beginLife(opened.database, entered, { people: [{ name: 'Dan', roles: ['owner'] }, { name: 'Alice', roles: ['owner'] }] })
    result = await importRegister(life.app, { bytes, file: 'common-criteria.csv', owner: 'alice@example.org', dryRun: false, partial: true })
    mails = []
    for (const moment of moments) {
      await runJobsAt(life, moment)
      mails.push(await newMail(life))
    }
  }, 120_000)
  afterAll(() => opened.close())

  test('are taken but for the five that end on the day they begin', () => {
    const past = rows.filter((row) => row.status === 'active' && row.not_valid_after < entered)
    const { accepted, updated, unchanged, rejected, unconfirmed } = result
    expect({ accepted, updated, unchanged, rejected, unconfirmed }).toEqual({ accepted: rows.length, updated: 0, unchanged: 0, rejected: 604 - rows.length, unconfirmed: past.length })
  })

  test('bring one mail a day on which something is due, with exactly the lines that are', () => {
    const expected = expectedLines(rows)
    expect(expected[0]).toBeGreaterThan(50)
    const lines = mails.map((all) => all.map((mail) => mail.says.filter((one) => one.notice !== question).length))
    expect(lines).toEqual(expected.map((due) => (due === 0 ? [] : [due])))
  })

  test('are asked about in the first of these mails where they were past when they came, and never again', () => {
    const past = rows.filter((row) => row.status === 'active' && row.not_valid_after < entered)
    const asked = mails.map((all) => all.flatMap((mail) => mail.says).filter((one) => one.notice === question).length)
    expect(asked).toEqual(moments.map((_, i) => (i === 0 ? past.length : 0)))
  })

  test('are told to their owner and nobody else', () => {
    expect(new Set(mails.flat().map((mail) => `${mail.to} ${mail.address}`))).toEqual(new Set(['Alice alice@example.org']))
    expect(life.digests).toEqual([])
  })

  test('are each told of once: no certificate twice by the same notice', () => {
    const said = mails.flat().flatMap((mail) => mail.says.map((one) => `${one.certificationId} ${one.notice}`))
    expect(new Set(said).size).toBe(said.length)
  })

  test('can each be explained: every duty, every notice, why or why not', async () => {
    const explained = new Set<number>()
    for (const { certification } of await listCertifications(life.app, {}, {})) {
      for (const { obligation, listeners } of await explainReminders(life.app, certification.id, undefined)) {
        explained.add(obligation.id)
        expect(listeners.map((one) => one.person)).toEqual(['Alice'])
        const [alice] = listeners
        expect(alice!.decision.reason).toMatch(/^(unconfirmed|not-yet|already-said|nothing-left)$/)
        expect(alice!.notices.length).toBeGreaterThan(0)
        for (const notice of alice!.notices) expect(`${notice.outcome}: ${notice.reason}`).toMatch(/^(said|covered|skipped|not-yet|passed-over): \S/)
      }
    }
    const duties = await listObligations(life.app, { states: ['unconfirmed', 'open', 'submitted', 'met', 'not-applicable'] }, 10_000)
    expect([...explained].sort((a, b) => a - b)).toEqual(duties.map((one) => one.obligation.id).sort((a, b) => a - b))
  }, 60_000)
})
